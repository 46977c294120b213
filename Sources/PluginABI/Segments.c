#define _GNU_SOURCE
#include "bnc_segments.h"

#include <link.h>

// What is looked for, and what was found.
struct search {
  uint64_t address;
  bnc_segment *segments;
  int32_t room, count;
};

static int look(struct dl_phdr_info *library, size_t size, void *context) {
  (void)size;
  struct search *search = context;
  int32_t count = 0, is_it = 0;
  for (int row = 0; row < library->dlpi_phnum; row++) {
    const ElfW(Phdr) *header = &library->dlpi_phdr[row];
    if (header->p_type != PT_LOAD || !(header->p_flags & PF_R)) continue;
    const uint64_t start = library->dlpi_addr + header->p_vaddr;
    const uint64_t end = start + header->p_memsz;
    if (search->address >= start && search->address < end) is_it = 1;
    if (count == search->room) continue;
    search->segments[count++] =
        (bnc_segment){.start = start, .end = end, .is_code = (header->p_flags & PF_X) != 0};
  }
  if (is_it) search->count = count;
  return is_it;
}

int32_t bnc_segments(const void *address, bnc_segment *segments, int32_t room) {
  struct search search = {(uint64_t)(uintptr_t)address, segments, room, 0};
  dl_iterate_phdr(look, &search);
  return search.count;
}
