// What the fuzzing program asks of libFuzzer, of the heap and of the clock.
#ifndef MEASURE_H
#define MEASURE_H

#include <stddef.h>
#include <stdint.h>

// libFuzzer's mutation of `size` bytes that have room for `room`.
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t room);

// What the runs came to; it lies in a file, so that it is there after a crash too.
typedef struct measure_record {
  uint64_t runs;
  uint64_t accepted;           // inputs that the reader took
  uint64_t skipped;            // inputs that were left out: a gzip file that inflates to too much
  uint64_t slowest;            // nanoseconds of processor time of a run
  uint64_t slowest_size;       // bytes of its input
  uint64_t most_memory;        // bytes on the heap, at most, beyond those before the run
  uint64_t most_memory_size;   // bytes of its input
  uint64_t nearest;            // most of heap / (20 x input + 64 MiB), in thousandths
} measure_record;

// The record in the file at `path`, or in memory where that is null.
measure_record *measure_open(const char *path);

// Begins a run.
void measure_start(void);
// Ends it: bytes and nanoseconds since it began.
uint64_t measure_memory(void);
uint64_t measure_time(void);

#endif
