// What a host asks the processor and cannot ask from Swift.
#ifndef BNC_PROCESSOR_H
#define BNC_PROCESSOR_H

#include <stdint.h>

// The bits BNC_SSE2, BNC_AVX2, BNC_AVX512 and BNC_NEON that hold here: the processor has the
// instructions and the operating system saves their registers.
uint64_t bnc_instruction_set(void);

// How many processors this process may run on.
int32_t bnc_available_processors(void);

// Tells the processor that a thread waits in a loop.
static inline void bnc_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb");
#endif
}

#endif
