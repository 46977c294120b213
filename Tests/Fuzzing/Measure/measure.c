#define _GNU_SOURCE
#include "Measure.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static _Atomic int64_t live, most;
static int64_t before;
static uint64_t started;

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

measure_record *measure_open(const char *path) {
  size_t size = sizeof(measure_record);
  if (!path) return calloc(1, size);
  int file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0 || ftruncate(file, (off_t)size) != 0) return NULL;
  void *base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  return base == MAP_FAILED ? NULL : base;
}

void measure_start(void) {
  before = atomic_load(&live);
  atomic_store(&most, before);
  started = now();
}

uint64_t measure_memory(void) {
  int64_t grown = atomic_load(&most) - before;
  return grown > 0 ? (uint64_t)grown : 0;
}

uint64_t measure_time(void) { return now() - started; }

// A sanitizer has an allocator of its own.
#if !__has_feature(address_sanitizer)

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);
void __libc_free(void *);

static void *counted(void *block) {
  if (!block) return block;
  int64_t size = (int64_t)malloc_usable_size(block);
  int64_t all = atomic_fetch_add(&live, size) + size;
  int64_t seen = atomic_load(&most);
  while (all > seen && !atomic_compare_exchange_weak(&most, &seen, all)) {}
  return block;
}

static void uncounted(void *block) {
  if (block) atomic_fetch_sub(&live, (int64_t)malloc_usable_size(block));
}

void *malloc(size_t size) { return counted(__libc_malloc(size)); }
void *calloc(size_t count, size_t size) { return counted(__libc_calloc(count, size)); }

void *realloc(void *block, size_t size) {
  uncounted(block);
  void *moved = __libc_realloc(block, size);
  // What could not be moved is still there.
  if (!moved && size) return counted(block), NULL;
  return counted(moved);
}

void free(void *block) {
  uncounted(block);
  __libc_free(block);
}

void *memalign(size_t alignment, size_t size) {
  return counted(__libc_memalign(alignment, size));
}
void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **block, size_t alignment, size_t size) {
  void *made = memalign(alignment, size);
  if (!made) return ENOMEM;
  *block = made;
  return 0;
}

#endif
