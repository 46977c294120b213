#define _GNU_SOURCE
#include "bnc_processor.h"

#include <sched.h>
#include <unistd.h>

#include "bnc_plugin.h"

// __builtin_cpu_supports asks XGETBV too, so that a kernel without AVX-512 state counts as none.
uint64_t bnc_instruction_set(void) {
  uint64_t found = 0;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("sse2")) found |= BNC_SSE2;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
      __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2"))
    found |= BNC_AVX2;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    found |= BNC_AVX512;
#elif defined(__aarch64__)
  found |= BNC_NEON;  // part of the base architecture
#endif
  return found;
}

int32_t bnc_available_processors(void) {
  cpu_set_t set;
  // More processors than the set has room for: the system's own count is the best answer.
  if (sched_getaffinity(0, sizeof set, &set) != 0) return (int32_t)sysconf(_SC_NPROCESSORS_ONLN);
  return CPU_COUNT(&set);
}
