// What this machine can do at most: `bnc bench` holds its kernels against it.
#include <stdint.h>

#if defined(__AVX512F__)
enum { VECTOR_BYTES = 64 };
#elif defined(__AVX__)
enum { VECTOR_BYTES = 32 };
#else
enum { VECTOR_BYTES = 16 };
#endif
enum { CHAINS = 12 };

typedef float vec __attribute__((vector_size(VECTOR_BYTES)));

// Runs `rounds` rounds of CHAINS multiply-adds that do not wait for each other, all in registers, and
// returns how many multiplications and additions that were. `keep` takes a number that depends on all.
double bnc_peak_multiply_add(int64_t rounds, float *keep) {
  vec chain[CHAINS];
  const vec factor = (vec){0} + 0.9999999f, term = (vec){0} + 1e-9f;
  for (int c = 0; c < CHAINS; c++) chain[c] = factor + (float)c;
  for (int64_t round = 0; round < rounds; round++) {
    chain[0] = chain[0] * factor + term, chain[1] = chain[1] * factor + term;
    chain[2] = chain[2] * factor + term, chain[3] = chain[3] * factor + term;
    chain[4] = chain[4] * factor + term, chain[5] = chain[5] * factor + term;
    chain[6] = chain[6] * factor + term, chain[7] = chain[7] * factor + term;
    chain[8] = chain[8] * factor + term, chain[9] = chain[9] * factor + term;
    chain[10] = chain[10] * factor + term, chain[11] = chain[11] * factor + term;
  }
  vec sum = {0};
  for (int c = 0; c < CHAINS; c++) sum += chain[c];
  for (int l = 0; l < (int)(VECTOR_BYTES / sizeof(float)); l++) *keep += sum[l];
  return (double)rounds * CHAINS * 2 * (VECTOR_BYTES / sizeof(float));
}
