// The random numbers that a training starts from and is ordered by, with the bits of bnc's runner
// (RandomGenerator.swift). It is compiled without contraction: no machine rounds once where another
// one rounds twice.
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "bnc_plugin.h"

#define EXPORT __attribute__((visibility("default")))

// xoshiro256**, seeded by SplitMix64, and the second number of Marsaglia's polar method.
struct generator {
  uint64_t state[4];
  double spare;
  int has_spare;
};

static uint64_t split_mix(uint64_t *state) {
  uint64_t mixed = *state += 0x9E3779B97F4A7C15;
  mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9;
  mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB;
  return mixed ^ mixed >> 31;
}

static uint64_t rotated(uint64_t word, int count) { return word << count | word >> (64 - count); }

// Stream `index` of those for `purpose`.
static struct generator seeded(uint64_t seed, uint64_t purpose, uint64_t index) {
  struct generator g = {0};
  uint64_t mixer = seed;
  mixer = split_mix(&mixer) ^ purpose;
  mixer = split_mix(&mixer) ^ index;
  for (int k = 0; k < 4; k++) g.state[k] = split_mix(&mixer);
  return g;
}

static uint64_t next(struct generator *g) {
  uint64_t *s = g->state;
  const uint64_t result = rotated(s[1] * 5, 7) * 9, shifted = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= shifted;
  s[3] = rotated(s[3], 45);
  return result;
}

static double uniform(struct generator *g, double lower, double upper) {
  return lower + (upper - lower) * ((double)(next(g) >> 11) * 0x1p-53);
}

__extension__ typedef unsigned __int128 wide;

static uint64_t below(struct generator *g, uint64_t bound) {
  for (;;) {
    const wide product = (wide)next(g) * bound;
    // Of the 2^64 values a few at the low end would make some results more likely.
    if ((uint64_t)product >= (0 - bound) % bound) return (uint64_t)(product >> 64);
  }
}

static double normal(struct generator *g) {
  if (g->has_spare) {
    g->has_spare = 0;
    return g->spare;
  }
  for (;;) {
    const double x = uniform(g, -1, 1), y = uniform(g, -1, 1), square = x * x + y * y;
    if (square >= 1 || square == 0) continue;
    const double factor = sqrt(-2 * log(square) / square);
    g->spare = y * factor;
    g->has_spare = 1;
    return x * factor;
  }
}

static double truncated_normal(struct generator *g, double deviation, double bound) {
  if (!(deviation > 0 && bound > 0)) return 0;
  for (;;) {
    if (bound >= deviation) {
      const double number = deviation * normal(g);
      if (fabs(number) <= bound) return number;
    } else {
      // Few normal numbers would be left: uniform ones, by how likely they are.
      const double number = uniform(g, -bound, bound), distance = number / deviation;
      if (uniform(g, 0, 1) < exp(-distance * distance / 2)) return number;
    }
  }
}

// Eight sums side by side, as bnc's runner has them.
static double product(const double *a, const double *b, int64_t count) {
  double sums[8] = {0}, whole = -0.0, rest = 0;
  const int64_t most = count / 8 * 8;
  for (int64_t start = 0; start < most; start += 8)
    for (int lane = 0; lane < 8; lane++) sums[lane] += a[start + lane] * b[start + lane];
  for (int lane = 0; lane < 8; lane++) whole += sums[lane];
  for (int64_t k = most; k < count; k++) rest += a[k] * b[k];
  return whole + rest;
}

// Orthogonal rows or columns of length `gain`, by Gram and Schmidt's process, each vector twice.
static int orthogonal(struct generator *g, double *out, int64_t rows, int64_t columns,
    double gain) {
  const int tall = rows > columns;
  const int64_t count = tall ? columns : rows, length = tall ? rows : columns;
  double *all = malloc((size_t)(count * length) * sizeof *all);
  if (!all) return 0;
  for (int64_t i = 0; i < rows; i++)
    for (int64_t j = 0; j < columns; j++)
      all[tall ? j * length + i : i * length + j] = normal(g);
  for (int64_t i = 0; i < count; i++) {
    double *own = all + i * length;
    for (int twice = 0; twice < 2; twice++)
      for (int64_t before = 0; before < i; before++) {
        const double *other = all + before * length, part = product(own, other, length);
        for (int64_t k = 0; k < length; k++) own[k] -= part * other[k];
      }
    const double size = sqrt(product(own, own, length));
    for (int64_t k = 0; k < length; k++) own[k] /= size;
  }
  for (int64_t i = 0; i < rows; i++)
    for (int64_t j = 0; j < columns; j++)
      out[i * columns + j] = gain * all[tall ? j * length + i : i * length + j];
  free(all);
  return 1;
}

// The first numbers of tensor `index` of a table, [rows][columns], by its initializer; 0 where it
// is none that draws, or where there is no memory.
EXPORT int bnc_python_draw(double *out, int64_t rows, int64_t columns, int initializer,
    double first, double second, uint64_t seed, uint64_t index) {
  enum { PARAMETERS = 1 };
  struct generator g = seeded(seed, PARAMETERS, index);
  const int64_t count = rows * columns;
  switch (initializer) {
    case BNC_NORMAL:
      for (int64_t k = 0; k < count; k++) out[k] = first + second * normal(&g);
      return 1;
    case BNC_UNIFORM:
      for (int64_t k = 0; k < count; k++) out[k] = uniform(&g, first, second);
      return 1;
    case BNC_TRUNCATED_NORMAL:
      for (int64_t k = 0; k < count; k++) out[k] = truncated_normal(&g, first, second);
      return 1;
    case BNC_ORTHOGONAL: return orthogonal(&g, out, rows, columns, first);
    default: return 0;
  }
}

// The order of `count` rows in an epoch (Fisher and Yates).
EXPORT void bnc_python_shuffle(uint32_t *rows, uint32_t count, uint64_t seed, uint64_t epoch) {
  enum { SHUFFLE = 2 };
  struct generator g = seeded(seed, SHUFFLE, epoch);
  for (uint32_t k = 0; k < count; k++) rows[k] = k;
  for (uint32_t k = count; k-- > 1;) {
    const uint32_t other = (uint32_t)below(&g, (uint64_t)k + 1), row = rows[k];
    rows[k] = rows[other];
    rows[other] = row;
  }
}
