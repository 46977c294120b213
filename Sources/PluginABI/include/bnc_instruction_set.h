// What the processor at hand can run, for a host that checks a plugin before it calls it.
#ifndef BNC_INSTRUCTION_SET_H
#define BNC_INSTRUCTION_SET_H

#include <stdint.h>

// The bits BNC_SSE2, BNC_AVX2, BNC_AVX512 and BNC_NEON that hold here: the processor has the
// instructions and the operating system saves their registers.
uint64_t bnc_instruction_set(void);

#endif
