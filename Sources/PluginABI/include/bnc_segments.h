// Where the loader put a library, which a host asks before it follows a pointer that the library has,
// and to tell whose code crashed.
#ifndef BNC_SEGMENTS_H
#define BNC_SEGMENTS_H

#include <stdint.h>

// A piece of a library in memory.
typedef struct bnc_segment {
  uint64_t start, end;  // addresses, the first one and the one behind the last one
  int32_t is_code;
  int32_t reserved;
} bnc_segment;

// Writes the segments of the library that has something at `address`, `room` of them at most, those
// that can be read, and returns how many: 0 where no library has anything there.
int32_t bnc_segments(const void *address, bnc_segment *segments, int32_t room);

#endif
