// ds_cnn: a network in C, written by bnc 0.2.0-dev from ds_cnn.bn. To change it, change the model.
/*
   cc -std=c11 -O2 -fno-unroll-loops -ffp-contract=fast -march=x86-64-v3 -fPIC -shared \
      ds_cnn.c -lm -o ds_cnn.so
*/
// What stands here, from top to bottom: the sizes, numbers and vectors, the memory, the kernels of
// the forward pass, of the loss, of the backward pass, the steps that call them in order, and the
// table that tells a host what it must know.
//
// One vector holds one number of 8 examples, one in each lane, so no channel count and no image
// size wastes a lane. A tensor [channels, height, width] lies as
// [blocks][channels][height][width][lanes]. A short batch leaves lanes inactive: they hold 0, by
// selection, whatever was there before. Note: conv1.bias does not learn: batchnorm1 subtracts the
// mean, and the bias with it. Note: separable1_separable1_conv1.bias does not learn:
// separable1_separable1_batchnorm1 subtracts the mean, and the bias with it. Note:
// separable1_separable1_conv2.bias does not learn: separable1_separable1_batchnorm2 subtracts the
// mean, and the bias with it. Note: separable2_separable1_conv1.bias does not learn:
// separable2_separable1_batchnorm1 subtracts the mean, and the bias with it. Note:
// separable2_separable1_conv2.bias does not learn: separable2_separable1_batchnorm2 subtracts the
// mean, and the bias with it. Note: separable3_separable1_conv1.bias does not learn:
// separable3_separable1_batchnorm1 subtracts the mean, and the bias with it. Note:
// separable3_separable1_conv2.bias does not learn: separable3_separable1_batchnorm2 subtracts the
// mean, and the bias with it. Note: separable4_separable1_conv1.bias does not learn:
// separable4_separable1_batchnorm1 subtracts the mean, and the bias with it. Note:
// separable4_separable1_conv2.bias does not learn: separable4_separable1_batchnorm2 subtracts the
// mean, and the bias with it.
#include "ds_cnn.h"

#include <math.h>
#include <stdatomic.h>
#include <stddef.h>

// ---- Sizes

typedef float real;
enum {
  BATCH = 100,   // examples a step, at most
  LANES = 8,   // examples a vector
  BLOCKS = 13,  // vectors that hold all of them
};

// ---- Vectors

#if defined(__GNUC__) && !defined(__clang__)
// Vectors never leave this file, so that it does not matter how a call would hand them over.
#pragma GCC diagnostic ignored "-Wpsabi"
#endif

// Loops that pay for being unrolled say so; the compiler leaves the others as they are.
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#define UNROLL_TWICE _Pragma("clang loop unroll_count(2)")
#else
#define UNROLL _Pragma("GCC unroll 64")
#define UNROLL_TWICE _Pragma("GCC unroll 2")
#endif
#define ALWAYS_INLINE inline __attribute__((always_inline))
#define NEVER_INLINE __attribute__((noinline))

// One number of each of LANES examples; `mask` has all bits of a lane set, or none.
typedef real vec __attribute__((vector_size(32), may_alias));
typedef int32_t mask __attribute__((vector_size(32), may_alias));
// The same anywhere in a row of parameters.
typedef real packed __attribute__((vector_size(32), aligned(sizeof(real)), may_alias));
// LANES bytes anywhere in a row of data.
typedef uint8_t bytes __attribute__((vector_size(LANES), aligned(1), may_alias));

static ALWAYS_INLINE vec splat(real a) { return (vec){0} + a; }

// v where the mask is set, else 0: a selection, so that not even a NaN comes through.
static ALWAYS_INLINE vec masked(vec v, mask m) { return (vec)((mask)v & m); }

// a where the mask is set, else b.
static ALWAYS_INLINE vec blend(mask m, vec a, vec b) {
  return (vec)(((mask)a & m) | ((mask)b & ~m));
}

// The larger of two numbers; a NaN wins, so that it stays visible.
static ALWAYS_INLINE vec max_of(vec a, vec b) {
  const mask take = (b > a) | (b != b);
  return (vec)(((mask)b & take) | ((mask)a & ~take));
}

// The sum of the lanes, halves first, always in the same order.
static ALWAYS_INLINE real lanes_sum(vec v) {
  v += __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3);
  v += __builtin_shufflevector(v, v, 2, 3, 4, 5, 6, 7, 0, 1);
  v += __builtin_shufflevector(v, v, 1, 2, 3, 4, 5, 6, 7, 0);
  return v[0];
}

// Turns LANES vectors, the rows of a square, into its columns. Each round is an interleaving of the
// rows' upper and lower half: number k of row r is at place LANES r + k, and a round turns the bits
// of all places by one. When each index has moved as many bits as it has, rows and columns have
// changed roles.
static ALWAYS_INLINE void transpose(vec rows[LANES]) {
  UNROLL for (int round = 1; round < LANES; round *= 2) {
    vec mixed[LANES];
    UNROLL for (int i = 0; i < LANES / 2; i++) {
      const vec upper = rows[i], lower = rows[i + LANES / 2];
      mixed[2 * i] = __builtin_shufflevector(upper, lower, 0, 8, 1, 9, 2, 10, 3, 11);
      mixed[2 * i + 1] = __builtin_shufflevector(upper, lower, 4, 12, 5, 13, 6, 14, 7, 15);
    }
    UNROLL for (int i = 0; i < LANES; i++) rows[i] = mixed[i];
  }
}

// Functions of one number of type real.
#define SQRT sqrtf
#define LOG logf

// exp(x) to a unit in the last place: 2^n * exp(r), where n is x / log(2), rounded, and r what is
// left of x, of which a polynomial makes exp(r).
static inline vec vec_exp(vec x) {
  // From 89 on the result is infinite, up to -104 it is 0. A NaN stays aside.
  const vec low = blend(x < splat(-104), splat(-104), x);
  const vec inside = masked(blend(x > splat(89), splat(89), low), x == x);
  // Numbers of this size are whole: the sum is rounded, and its last bits are n.
  const vec rounded = inside * (real)1.44269504 + 12582912;
  const vec n = rounded - 12582912;
  // log(2) in two parts, of which n times the first is exact.
  const vec r = inside - n * (real)0.693359375 + n * (real)2.12194440e-4;
  vec p = splat((real)1.99183851e-4);
  p = p * r + (real)1.39460736e-3;
  p = p * r + (real)8.33326392e-3;
  p = p * r + (real)4.16662693e-2;
  p = p * r + (real)1.66666672e-1;
  p = p * r + (real)0.5;
  const vec y = p * (r * r) + r + 1;
  // 2^n as two factors, each of which is a float where n is at the end of the range.
  const mask power = (mask)rounded - 0x4b400000, half = power >> 1;
  const vec result = y * (vec)((half + 127) << 23) * (vec)((power - half + 127) << 23);
  return blend(x == x, result, x);
}

static inline vec vec_sqrt(vec x) {
  UNROLL for (int l = 0; l < LANES; l++) x[l] = sqrtf(x[l]);
  return x;
}

// x <= 0 ? 0 : x
static ALWAYS_INLINE vec vec_relu(vec x) { return masked(x, ~(x <= (vec){0})); }

// x <= 0 ? 0 : dy
static ALWAYS_INLINE vec vec_relu_gradient(vec dy, vec x) { return masked(dy, ~(x <= (vec){0})); }

// ---- Memory: what the caller owns

// What is learned, in canonical order.
struct parameters {
  real conv1_weight[2560];  // [64, 1, 10, 4]
  real conv1_bias[64];
  real batchnorm1_gamma[64], batchnorm1_beta[64];
  real separable1_separable1_conv1_weight[576];  // [64, 1, 3, 3]
  real separable1_separable1_conv1_bias[64];
  real separable1_separable1_batchnorm1_gamma[64], separable1_separable1_batchnorm1_beta[64];
  real separable1_separable1_conv2_weight[4096];  // [64, 64, 1, 1]
  real separable1_separable1_conv2_bias[64];
  real separable1_separable1_batchnorm2_gamma[64], separable1_separable1_batchnorm2_beta[64];
  real separable2_separable1_conv1_weight[576];  // [64, 1, 3, 3]
  real separable2_separable1_conv1_bias[64];
  real separable2_separable1_batchnorm1_gamma[64], separable2_separable1_batchnorm1_beta[64];
  real separable2_separable1_conv2_weight[4096];  // [64, 64, 1, 1]
  real separable2_separable1_conv2_bias[64];
  real separable2_separable1_batchnorm2_gamma[64], separable2_separable1_batchnorm2_beta[64];
  real separable3_separable1_conv1_weight[576];  // [64, 1, 3, 3]
  real separable3_separable1_conv1_bias[64];
  real separable3_separable1_batchnorm1_gamma[64], separable3_separable1_batchnorm1_beta[64];
  real separable3_separable1_conv2_weight[4096];  // [64, 64, 1, 1]
  real separable3_separable1_conv2_bias[64];
  real separable3_separable1_batchnorm2_gamma[64], separable3_separable1_batchnorm2_beta[64];
  real separable4_separable1_conv1_weight[576];  // [64, 1, 3, 3]
  real separable4_separable1_conv1_bias[64];
  real separable4_separable1_batchnorm1_gamma[64], separable4_separable1_batchnorm1_beta[64];
  real separable4_separable1_conv2_weight[4096];  // [64, 64, 1, 1]
  real separable4_separable1_conv2_bias[64];
  real separable4_separable1_batchnorm2_gamma[64], separable4_separable1_batchnorm2_beta[64];
  real dense1_weight[768];  // [12, 64]
  real dense1_bias[12];
};

// What is kept from step to step but not learned.
struct state {
  real batchnorm1_running_mean[64], batchnorm1_running_variance[64];
  real separable1_separable1_batchnorm1_running_mean[64],
      separable1_separable1_batchnorm1_running_variance[64];
  real separable1_separable1_batchnorm2_running_mean[64],
      separable1_separable1_batchnorm2_running_variance[64];
  real separable2_separable1_batchnorm1_running_mean[64],
      separable2_separable1_batchnorm1_running_variance[64];
  real separable2_separable1_batchnorm2_running_mean[64],
      separable2_separable1_batchnorm2_running_variance[64];
  real separable3_separable1_batchnorm1_running_mean[64],
      separable3_separable1_batchnorm1_running_variance[64];
  real separable3_separable1_batchnorm2_running_mean[64],
      separable3_separable1_batchnorm2_running_variance[64];
  real separable4_separable1_batchnorm1_running_mean[64],
      separable4_separable1_batchnorm1_running_variance[64];
  real separable4_separable1_batchnorm2_running_mean[64],
      separable4_separable1_batchnorm2_running_variance[64];
};

// Where in scratch each tensor lies, in numbers. Tensors whose lives do not overlap share a place.
enum {
  b_features_lanes = 14976000,  // [13][1][49][10][8]
  b_conv1_output = 0,  // [13][64][25][5][8]
  b_conv1_partial = 832000,  // [13][64][3]
  b_batchnorm1_moments = 15059728,  // [3][64]
  b_relu1_output = 832000,  // [13][64][25][5][8]
  b_dropout1_output = 832000,  // [13][64][25][5][8]
  b_separable1_separable1_conv1_output = 1664000,  // [13][64][25][5][8]
  b_separable1_separable1_conv1_partial = 2496000,  // [13][64][3]
  b_separable1_separable1_batchnorm1_moments = 15059920,  // [3][64]
  b_separable1_separable1_relu1_output = 2496000,  // [13][64][25][5][8]
  b_separable1_separable1_conv2_output = 3328000,  // [13][64][25][5][8]
  b_separable1_separable1_conv2_partial = 4160000,  // [13][64][3]
  b_separable1_separable1_batchnorm2_moments = 15060112,  // [3][64]
  b_separable1_separable1_relu2_output = 4160000,  // [13][64][25][5][8]
  b_separable2_separable1_conv1_output = 4992000,  // [13][64][25][5][8]
  b_separable2_separable1_conv1_partial = 5824000,  // [13][64][3]
  b_separable2_separable1_batchnorm1_moments = 15060304,  // [3][64]
  b_separable2_separable1_relu1_output = 5824000,  // [13][64][25][5][8]
  b_separable2_separable1_conv2_output = 6656000,  // [13][64][25][5][8]
  b_separable2_separable1_conv2_partial = 7488000,  // [13][64][3]
  b_separable2_separable1_batchnorm2_moments = 15060496,  // [3][64]
  b_separable2_separable1_relu2_output = 7488000,  // [13][64][25][5][8]
  b_separable3_separable1_conv1_output = 8320000,  // [13][64][25][5][8]
  b_separable3_separable1_conv1_partial = 9152000,  // [13][64][3]
  b_separable3_separable1_batchnorm1_moments = 15060688,  // [3][64]
  b_separable3_separable1_relu1_output = 9152000,  // [13][64][25][5][8]
  b_separable3_separable1_conv2_output = 9984000,  // [13][64][25][5][8]
  b_separable3_separable1_conv2_partial = 10816000,  // [13][64][3]
  b_separable3_separable1_batchnorm2_moments = 15060880,  // [3][64]
  b_separable3_separable1_relu2_output = 10816000,  // [13][64][25][5][8]
  b_separable4_separable1_conv1_output = 11648000,  // [13][64][25][5][8]
  b_separable4_separable1_conv1_partial = 12480000,  // [13][64][3]
  b_separable4_separable1_batchnorm1_moments = 15061072,  // [3][64]
  b_separable4_separable1_relu1_output = 12480000,  // [13][64][25][5][8]
  b_separable4_separable1_conv2_output = 13312000,  // [13][64][25][5][8]
  b_separable4_separable1_conv2_partial = 14144000,  // [13][64][3]
  b_separable4_separable1_batchnorm2_moments = 15061264,  // [3][64]
  b_separable4_separable1_relu2_output = 14144000,  // [13][64][25][5][8]
  b_dropout2_output = 14144000,  // [13][64][25][5][8]
  b_avgpool1_output = 15026960,  // [13][64][1][1][8]
  b_dense1_output = 14144000,  // [13][12][8]
  b_dense1_output_gradient = 14150656,  // [13][12][8]
  b_block_losses = 14145248,  // [13]
  b_flatten1_output_gradient = 15033616,  // [13][64][8]
  b_dense1_rows = 14144000,  // [104][64]
  b_dropout2_output_gradient = 14144000,  // [13][64][25][5][8]
  b_separable4_separable1_relu2_output_gradient = 14144000,  // [13][64][25][5][8]
  b_separable4_separable1_batchnorm2_partial_sums = 15026960,  // [13][64][2]
  b_separable4_separable1_batchnorm2_coefficients = 15028624,  // [4][64]
  b_separable4_separable1_conv2_output_gradient = 13312000,  // [13][64][25][5][8]
  b_separable4_separable1_relu1_output_gradient = 14144000,  // [13][64][25][5][8]
  b_separable4_separable1_conv2_dweight = 13312000,  // [64][64][1][1]
  b_separable4_separable1_conv2_weight_gradient_parts = 15026960,  // [4][8][64][16]
  b_separable4_separable1_batchnorm1_partial_sums = 12480000,  // [13][64][2]
  b_separable4_separable1_batchnorm1_coefficients = 12481664,  // [4][64]
  b_separable4_separable1_conv1_output_gradient = 11648000,  // [13][64][25][5][8]
  b_separable3_separable1_relu2_output_gradient = 12480000,  // [13][64][25][5][8]
  b_separable4_separable1_conv1_dweight = 13316096,  // [64][1][3][3]
  b_separable3_separable1_batchnorm2_partial_sums = 10816000,  // [13][64][2]
  b_separable3_separable1_batchnorm2_coefficients = 10817664,  // [4][64]
  b_separable3_separable1_conv2_output_gradient = 9984000,  // [13][64][25][5][8]
  b_separable3_separable1_relu1_output_gradient = 10816000,  // [13][64][25][5][8]
  b_separable3_separable1_conv2_dweight = 9984000,  // [64][64][1][1]
  b_separable3_separable1_conv2_weight_gradient_parts = 11648000,  // [4][8][64][16]
  b_separable3_separable1_batchnorm1_partial_sums = 9152000,  // [13][64][2]
  b_separable3_separable1_batchnorm1_coefficients = 9153664,  // [4][64]
  b_separable3_separable1_conv1_output_gradient = 8320000,  // [13][64][25][5][8]
  b_separable2_separable1_relu2_output_gradient = 9152000,  // [13][64][25][5][8]
  b_separable3_separable1_conv1_dweight = 9988096,  // [64][1][3][3]
  b_separable2_separable1_batchnorm2_partial_sums = 7488000,  // [13][64][2]
  b_separable2_separable1_batchnorm2_coefficients = 7489664,  // [4][64]
  b_separable2_separable1_conv2_output_gradient = 6656000,  // [13][64][25][5][8]
  b_separable2_separable1_relu1_output_gradient = 7488000,  // [13][64][25][5][8]
  b_separable2_separable1_conv2_dweight = 6656000,  // [64][64][1][1]
  b_separable2_separable1_conv2_weight_gradient_parts = 8320000,  // [4][8][64][16]
  b_separable2_separable1_batchnorm1_partial_sums = 5824000,  // [13][64][2]
  b_separable2_separable1_batchnorm1_coefficients = 5825664,  // [4][64]
  b_separable2_separable1_conv1_output_gradient = 4992000,  // [13][64][25][5][8]
  b_separable1_separable1_relu2_output_gradient = 5824000,  // [13][64][25][5][8]
  b_separable2_separable1_conv1_dweight = 6660096,  // [64][1][3][3]
  b_separable1_separable1_batchnorm2_partial_sums = 4160000,  // [13][64][2]
  b_separable1_separable1_batchnorm2_coefficients = 4161664,  // [4][64]
  b_separable1_separable1_conv2_output_gradient = 3328000,  // [13][64][25][5][8]
  b_separable1_separable1_relu1_output_gradient = 4160000,  // [13][64][25][5][8]
  b_separable1_separable1_conv2_dweight = 3328000,  // [64][64][1][1]
  b_separable1_separable1_conv2_weight_gradient_parts = 4992000,  // [4][8][64][16]
  b_separable1_separable1_batchnorm1_partial_sums = 2496000,  // [13][64][2]
  b_separable1_separable1_batchnorm1_coefficients = 2497664,  // [4][64]
  b_separable1_separable1_conv1_output_gradient = 1664000,  // [13][64][25][5][8]
  b_dropout1_output_gradient = 2496000,  // [13][64][25][5][8]
  b_separable1_separable1_conv1_dweight = 3332096,  // [64][1][3][3]
  b_relu1_output_gradient = 2496000,  // [13][64][25][5][8]
  b_batchnorm1_partial_sums = 832000,  // [13][64][2]
  b_batchnorm1_coefficients = 833664,  // [4][64]
  b_conv1_output_gradient = 0,  // [13][64][25][5][8]
  b_conv1_dweight = 832000,  // [64][1][10][4]
  SCRATCH = 15061456
};

// How far a block of the input is on its way into the lanes.
enum { ABSENT, LOADING, LOADED };

// What the kernels of one call can see.
struct step {
  struct parameters *parameters;
  struct state *state;
  real *scratch;
  real *slots;  // what the optimizer keeps, laid out as parameters each
  const bnc_host *host;
  const bnc_batch *batch;
  real beta1;
  real beta2;
  real eps;
  real rate;
  real square_share;
  uint64_t number, epoch, seed;  // of the step: what is drawn depends on them
  int count;     // examples
  int blocks;    // blocks that hold an example
  int training;  // batch norms use the batch's statistics, not the running ones
  atomic_int *input;  // how far each block of the input is
};

static ALWAYS_INLINE vec *lanes_at(const struct step *s, int offset) {
  return (vec *)(void *)(s->scratch + offset);
}

// How many examples a block holds.
static ALWAYS_INLINE int active_count(const struct step *s, int block) {
  const int left = s->count - block * LANES;
  return left < LANES ? left : LANES;
}

static ALWAYS_INLINE mask active_lanes(const struct step *s, int block) {
  const int32_t active = active_count(s, block);
  const mask lane = { 0, 1, 2, 3, 4, 5, 6, 7 };
  return lane < active;
}

// The row of the caller's data that holds an example.
static ALWAYS_INLINE ptrdiff_t row_of(const struct step *s, int example) {
  return s->batch->rows ? (ptrdiff_t)s->batch->rows[example] : example;
}

static ALWAYS_INLINE int has_target(const struct step *s) {
  return s->batch->targets && s->batch->targets[0];
}

static ALWAYS_INLINE real (*moments_at(const struct step *s, int offset))[3] {
  return (real (*)[3])(void *)(s->scratch + offset);
}

static ALWAYS_INLINE real (*pairs_at(const struct step *s, int offset))[2] {
  return (real (*)[2])(void *)(s->scratch + offset);
}

static ALWAYS_INLINE int label_of(const struct step *s, int example) {
  return ((const int32_t *)s->batch->targets[0])[row_of(s, example)];
}

// What the optimizer keeps in `slot` for the parameter p.
static ALWAYS_INLINE real *slot_of(const struct step *s, const real *p, int slot) {
  enum { PARAMETERS = sizeof(struct parameters) / sizeof(real) };
  return s->slots + (ptrdiff_t)slot * PARAMETERS + (p - (const real *)s->parameters);
}

// adam: moves a parameter p along its gradient g.
//   rate = learning_rate / (1 - beta1 ^ t)
//   square_share = 1 / (1 - beta2 ^ t)
//   mean = beta1 * mean + (1 - beta1) * g
//   square = beta2 * square + (1 - beta2) * g * g
//   p = p - rate * mean / (sqrt(square * square_share) + eps)
static ALWAYS_INLINE void adam_update(real *p, real g, const struct step *s) {
  real *mean = slot_of(s, p, 0);
  real *square = slot_of(s, p, 1);
  *mean = s->beta1 * *mean + (1 - s->beta1) * g;
  *square = s->beta2 * *square + (1 - s->beta2) * g * g;
  *p -= s->rate * *mean / (SQRT(*square * s->square_share) + s->eps);
}

// The same for the last `count` parameters of a row.
static NEVER_INLINE void adam_update_end(real *p, const vec *g, int count, const struct step *s) {
  for (int l = 0; l < count; l++) adam_update(p + l, (*g)[l], s);
}

// The same for the next LANES parameters of a row, or the `count` that are left.
static ALWAYS_INLINE void adam_update_row(real *row, vec g, int count, const struct step *s) {
  if (count < LANES) {
    adam_update_end(row, &g, count, s);
    return;
  }
  packed *p = (packed *)(void *)row;
  packed *mean = (packed *)(void *)slot_of(s, row, 0);
  packed *square = (packed *)(void *)slot_of(s, row, 1);
  *mean = s->beta1 * *mean + (1 - s->beta1) * g;
  *square = s->beta2 * *square + (1 - s->beta2) * g * g;
  *p -= s->rate * *mean / (vec_sqrt(*square * s->square_share) + s->eps);
}

// A sum of very many numbers is made of parts of at most PART. `lost` is what rounding has taken
// from the total so far (Kahan): the error does not grow with the number of parts.
enum { PART = 256 };
struct long_sum {
  vec total, lost;
};

static ALWAYS_INLINE void add_part(struct long_sum *sum, vec part) {
  const vec missing = part - sum->lost, total = sum->total + missing;
  sum->lost = (total - sum->total) - missing;
  sum->total = total;
}

// The sum of `count` vectors, four sums side by side, which do not wait for each other.
static inline vec sum_of(const vec *x, int count) {
  struct long_sum sum = {0};
  for (int first = 0; first < count; first += PART) {
    const int end = first + PART < count ? first + PART : count, whole = end - (end - first) % 4;
    vec part[4] = {0};
    for (int k = first; k < whole; k += 4)
      UNROLL for (int u = 0; u < 4; u++) part[u] += x[k + u];
    for (int k = whole; k < end; k++) part[0] += x[k];
    add_part(&sum, (part[0] + part[1]) + (part[2] + part[3]));
  }
  return sum.total;
}

static ALWAYS_INLINE vec normalized(vec x, real mean, real scale, real shift) {
  return (x - mean) * scale + shift;
}

// The sum of the squared distances of `count` vectors from `center`, in the active lanes, and the
// sum of the distances.
static inline vec squares_of(const vec *x, int count, real center, mask active, vec *distances) {
  struct long_sum sum = {0}, rest = {0};
  for (int first = 0; first < count; first += PART) {
    const int end = first + PART < count ? first + PART : count, whole = end - (end - first) % 4;
    vec part[4] = {0}, rests[4] = {0};
    for (int k = first; k < whole; k += 4)
      UNROLL for (int u = 0; u < 4; u++) {
        const vec d = masked(x[k + u] - center, active);
        part[u] += d * d;
        rests[u] += d;
      }
    for (int k = whole; k < end; k++) {
      const vec d = masked(x[k] - center, active);
      part[0] += d * d;
      rests[0] += d;
    }
    add_part(&sum, (part[0] + part[1]) + (part[2] + part[3]));
    add_part(&rest, (rests[0] + rests[1]) + (rests[2] + rests[3]));
  }
  *distances = rest.total;
  return sum.total;
}

// Of a block's `count` x `active` numbers a center, which is their mean but for rounding, what they
// are from it in the mean, and the sum of their squared distances from it. The second pass is
// centred, so that nothing cancels, and says what rounding left of the mean.
static inline void block_moments(const vec *x, int count, int active, mask lanes, real *moments) {
  const real center = lanes_sum(sum_of(x, count)) / (real)(count * active);
  vec distances;
  const vec squares = squares_of(x, count, center, lanes, &distances);
  moments[0] = center;
  moments[1] = lanes_sum(distances) / (real)(count * active);
  moments[2] = lanes_sum(squares);
}

// ---- Forward

// features: `count` numbers of an example, LANES at most; bytes are multiplied by 1.
static ALWAYS_INLINE vec k_features_load_piece(const struct step *s, ptrdiff_t first, int count) {
  vec v = {0};
  if (s->batch->input_types[0] == BNC_UINT8) {
    const uint8_t *x = (const uint8_t *)s->batch->inputs[0] + first;
    if (count == LANES) v = __builtin_convertvector(*(const bytes *)(const void *)x, vec);
    else
      for (int k = 0; k < count; k++) v[k] = (real)x[k];
    return v * 1;
  }
  const real *x = (const real *)s->batch->inputs[0] + first;
  if (count == LANES) return *(const packed *)(const void *)x;
  for (int k = 0; k < count; k++) v[k] = x[k];
  return v;
}

// features: the examples of a block, brought into the lanes.
//   y [1, 49, 10]
static NEVER_INLINE void k_features_load_block(const struct step *s, int block) {
  enum { COUNT = 490 };
  vec *y = lanes_at(s, b_features_lanes) + block * COUNT;
  const int active = active_count(s, block);
  ptrdiff_t start[LANES] = {0};
  for (int l = 0; l < active; l++) start[l] = row_of(s, block * LANES + l) * COUNT;
  for (int k = 0; k < COUNT; k += LANES) {
    const int count = COUNT - k < LANES ? COUNT - k : LANES;
    vec square[LANES] = {0};
    for (int l = 0; l < active; l++) square[l] = k_features_load_piece(s, start[l] + k, count);
    transpose(square);
    for (int i = 0; i < count; i++) y[k + i] = square[i];
  }
}

// features: loads blocks `first` up to `end`, except those that are loaded already. The first task
// that needs a block loads it, just before its use; one that finds another task loading it waits.
static void k_features_load_once(const struct step *s, int first, int end) {
  for (int block = first; block < end; block++) {
    int state = ABSENT;
    if (atomic_load(&s->input[block]) == ABSENT &&
        atomic_compare_exchange_strong(&s->input[block], &state, LOADING)) {
      k_features_load_block(s, block);
      atomic_store(&s->input[block], LOADED);
    }
  }
  for (int block = first; block < end; block++)
    while (atomic_load(&s->input[block]) != LOADED) s->host->wait(s->host->context);
}

// features: the same as a kernel of its own.
static void k_features_load(const struct step *s, int block) {
  k_features_load_once(s, block, block + 1);
}

// A whole in `count` pieces: the first `wide` of them are one larger than `size`.
struct pieces {
  int count, size, wide;
};

static ALWAYS_INLINE int piece_start(const struct pieces p, int index) {
  return index * p.size + (index < p.wide ? index : p.wide);
}

// A convolution of CI channels of H x W numbers to CO channels of OH x OW, in each of G groups, by
// windows of KH x KW taps, DH x DW apart, every SH rows and SW columns of an image with PT rows of
// zeros above it, PB below, and PL columns of them to its left:
//   y[n, co, i, j] = sum over ci, ky, kx of
//       weight[co, ci, ky, kx] * x[n, ci, row, column], plus bias[co]
//       where row = i * SH + ky * DH - PT and column = j * SW + kx * DW - PL
//   dx[n, ci, row, column] += weight[co, ci, ky, kx] * dy[n, co, i, j]
//   dweight[co, ci, ky, kx] = sum over n, i, j of dy[n, co, i, j] * x[n, ci, row, column]
// The windows of columns INNER up to INNER_END lie in the image itself.
struct convolution {
  int G, CI, H, W, CO, OH, OW, KH, KW, SH, SW, DH, DW, PT, PB, PL, INNER, INNER_END;
};

// The sums that a tile has in registers, at most.
enum { TILE = 12 };

static const struct convolution g_conv1 = { .G = 1, .CI = 1, .H = 49, .W = 10, .CO = 64, .OH = 25,
    .OW = 5, .KH = 10, .KW = 4, .SH = 2, .SW = 2, .DH = 1, .DW = 1, .PT = 4, .PB = 5, .PL = 1,
    .INNER = 1, .INNER_END = 4 };

// One tile of a convolution: `channels` x `columns` sums in registers. Each x is loaded for all the
// channels, each weight for all the columns. `edge` says that a window may reach into the padding.
static ALWAYS_INLINE void convolution_bias_forward_tile(const struct convolution g, const vec *x,
    const real *weight, const real *bias, vec *y, mask active, int i, int j, const int channels,
    const int columns, const int edge) {
  vec sum[TILE];
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) sum[c * columns + t] = splat(bias[c]);
  for (int ci = 0; ci < g.CI; ci++)
    for (int ky = 0; ky < g.KH; ky++) {
      const ptrdiff_t row = i * g.SH + ky * g.DH - g.PT;
      if (g.PT + g.PB > 0 && (row < 0 || row >= g.H)) continue;
      const ptrdiff_t start = (ci * g.H + row) * g.W + j * g.SW - g.PL;
      const real *w = weight + (ci * g.KH + ky) * g.KW;
      UNROLL for (int kx = 0; kx < g.KW; kx++)
        UNROLL for (int t = 0; t < columns; t++) {
          const int column = (j + t) * g.SW + kx * g.DW - g.PL;
          if (edge && (column < 0 || column >= g.W)) continue;
          const vec v = x[start + t * g.SW + kx * g.DW];
          UNROLL for (int c = 0; c < channels; c++)
            sum[c * columns + t] += v * w[c * g.CI * g.KH * g.KW + kx];
        }
    }
  const ptrdiff_t first = (ptrdiff_t)i * g.OW + j;
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) {
      const ptrdiff_t at = first + (c * g.OH * g.OW + t);
      y[at] = masked(sum[c * columns + t], active);
    }
}

// Of tiles of `width` columns from `start` to `end`: where the first begins at `inner` or behind
// it.
static ALWAYS_INLINE int left_edge(const int inner, const int start, const int end,
    const int width) {
  const int left = start + (inner > start ? (inner - start + width - 1) / width * width : 0);
  return left < end ? left : end;
}

// Of those from `left` on: where the first begins that reaches behind `inner_end`.
static ALWAYS_INLINE int right_edge(const int inner_end, const int left, const int end,
    const int width) {
  const int right = left + (inner_end > left ? (inner_end - left) / width * width : 0);
  return right < end ? right : end;
}

// Columns `start` to `end` of row i. Tiles at an edge are unrolled: their columns are constants
// then.
static ALWAYS_INLINE void convolution_bias_forward_span(const struct convolution g, const vec *x,
    const real *weight, const real *bias, vec *y, mask active, int i, const int start,
    const int end, const int channels, const int width) {
  const int rest = (end - start) % width, whole = end - rest;
  const int left = left_edge(g.INNER, start, whole, width);
  const int right = right_edge(g.INNER_END, left, whole, width);
  UNROLL for (int j = start; j < left; j += width)
    convolution_bias_forward_tile(g, x, weight, bias, y, active, i, j, channels, width, 1);
  for (int j = left; j < right; j += width)
    convolution_bias_forward_tile(g, x, weight, bias, y, active, i, j, channels, width, 0);
  UNROLL for (int j = right; j < whole; j += width)
    convolution_bias_forward_tile(g, x, weight, bias, y, active, i, j, channels, width, 1);
  if (rest > 0)
    convolution_bias_forward_tile(g, x, weight, bias, y, active, i, whole, channels, rest, 1);
}

// Rows `first` up to `end` of `channels` output channels.
static ALWAYS_INLINE void convolution_bias_forward_rows(const struct convolution g,
    const struct pieces columns, const vec *x, const real *weight, const real *bias, vec *y,
    mask active, int first, int end, const int channels) {
  const int wide = columns.wide * (columns.size + 1);
  for (int i = first; i < end; i++) {
    if (wide > 0)
      convolution_bias_forward_span(g, x, weight, bias, y, active, i, 0, wide, channels,
          columns.size + 1);
    convolution_bias_forward_span(g, x, weight, bias, y, active, i, wide, g.OW, channels,
        columns.size);
  }
}

static ALWAYS_INLINE int piece_size(const struct pieces p, int index) {
  return p.size + (index < p.wide);
}

// A task of a convolution: one tile's output channels of one block, then their mean and squares for
// the batch norm.
static ALWAYS_INLINE void convolution_bias_forward_moments(const struct step *s, int task,
    const struct convolution g, const struct pieces tiles, const struct pieces columns,
    const vec *x, const real *weight, const real *bias, vec *y, real (*partial)[3]) {
  const int tile = task % tiles.count, group = task / tiles.count % g.G;
  const int block = task / tiles.count / g.G, plane = g.OH * g.OW;
  const int co = group * g.CO + piece_start(tiles, tile);
  const mask active = active_lanes(s, block);
  x += (block * g.G + group) * (g.CI * g.H * g.W);
  weight += co * (g.CI * g.KH * g.KW);
  bias += co;
  y += (block * g.G * g.CO + co) * plane;
  if (tiles.wide > 0 && tile < tiles.wide)
    convolution_bias_forward_rows(g, columns, x, weight, bias, y, active, 0, g.OH, tiles.size + 1);
  else
    convolution_bias_forward_rows(g, columns, x, weight, bias, y, active, 0, g.OH, tiles.size);
  if (!s->training) return;
  partial += block * g.G * g.CO + co;
  for (int c = 0; c < piece_size(tiles, tile); c++)
    block_moments(y + c * plane, plane, active_count(s, block), active, partial[c]);
}

// conv1 (ds_cnn.bn:15), forward and moments: 2 output channels of a block a task
//   x [1, 49, 10], weight [64, 1, 10, 4], y [64, 25, 5]
static void k_conv1_forward(const struct step *s, int task) {
  convolution_bias_forward_moments(s, task, g_conv1, (struct pieces){32, 2, 0},
      (struct pieces){1, 5, 0}, lanes_at(s, b_features_lanes), s->parameters->conv1_weight,
      s->parameters->conv1_bias, lanes_at(s, b_conv1_output), moments_at(s, b_conv1_partial));
}

// k_conv1_forward, and before it the features that it needs.
static void k_conv1_forward_loading(const struct step *s, int task) {
  const int block = task / 32;
  k_features_load_once(s, block, block + 1);
  k_conv1_forward(s, task);
}

// A batch norm of C channels of H x W numbers, and the activation and the pool that run with it: OH
// x OW windows of K x K numbers, S apart; without a pool, each number is a window. g is what these
// leave of dy, 0 where no window lies, and xhat = (x - mean) * inverse:
//   y = gamma[c] * xhat + beta[c], dbeta[c] = sum of g, dgamma[c] = sum of g * xhat
//   dx = gamma[c] * inverse * (g - mean of g - xhat * mean of g * xhat)
struct normalization {
  int C, H, W, OH, OW, K, S;
};

static const struct normalization g_batchnorm1 = { .C = 64, .H = 25, .W = 5, .OH = 25, .OW = 5,
    .K = 1, .S = 1 };

// The mean and variance of each channel of a batch, from those of the blocks by Chan's merge, which
// subtracts no large numbers from each other: a block has a center near its mean, what is left of
// the mean, and the squares around the center; outside of training the running statistics.
//   moments [3][C]: mean, variance, inverse = 1 / sqrt(variance + eps)
static ALWAYS_INLINE void batchnorm_moments(const struct step *s, int task,
    const struct normalization n, const real eps, real (*partial)[3], const real *running_mean,
    const real *running_variance, real *moments) {
  (void)task;
  for (int c = 0; c < n.C; c++) {
    const real *own = partial[c];
    double mean = (double)own[0] + (double)own[1];
    double count = active_count(s, 0) * (n.H * n.W);
    double squares = (double)own[2] - count * (double)own[1] * (double)own[1];
    for (int part = 1; part < s->blocks && s->training; part++) {
      const real *other = partial[part * n.C + c];
      const double more = active_count(s, part) * (n.H * n.W), total = count + more;
      const double rest = (double)other[1], delta = (double)other[0] + rest - mean;
      mean += delta * (more / total);
      squares += (double)other[2] - more * rest * rest + delta * delta * (count * more / total);
      count = total;
    }
    moments[c] = s->training ? (real)mean : running_mean[c];
    moments[n.C + c] = s->training ? (real)(squares < 0 ? 0 : squares / count)
        : running_variance[c];
    moments[2 * n.C + c] = 1 / SQRT(moments[n.C + c] + eps);
  }
}

// batchnorm1 (ds_cnn.bn:15): mean and variance of each channel
static void k_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_batchnorm1, (real)0.001, moments_at(s, b_conv1_partial),
      s->state->batchnorm1_running_mean, s->state->batchnorm1_running_variance,
      s->scratch + b_batchnorm1_moments);
}

// A task: a piece of the channels of one block. Where a layer has no gamma or beta, they are 0.
static ALWAYS_INLINE void batchnorm_relu_forward(const struct step *s, int task,
    const struct normalization n, const struct pieces tiles, const real *moments, const real *gamma,
    const real *beta, const vec *x, vec *y) {
  const int block = task / tiles.count, first = piece_start(tiles, task % tiles.count);
  const int end = first + piece_size(tiles, task % tiles.count);
  const mask active = active_lanes(s, block);
  for (int c = first; c < end; c++) {
    const int at = block * n.C + c;
    const real mean = moments[c], shift = beta ? beta[c] : 0;
    const real scale = gamma ? gamma[c] * moments[2 * n.C + c] : moments[2 * n.C + c];
    const vec *xs = x + at * (n.H * n.W);
    vec *ys = y + at * (n.OH * n.OW);
    for (int k = 0; k < n.H * n.W; k++)
      ys[k] = masked(vec_relu(normalized(xs[k], mean, scale, shift)), active);
  }
}

// batchnorm1, relu1 (ds_cnn.bn:15), forward: x [64, 25, 5], y [64, 25, 5]
static void k_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_batchnorm1, (struct pieces){32, 2, 0},
      s->scratch + b_batchnorm1_moments, s->parameters->batchnorm1_gamma,
      s->parameters->batchnorm1_beta, lanes_at(s, b_conv1_output), lanes_at(s, b_relu1_output));
}

// Numbers of 32 bits, and their products.
typedef uint64_t counters __attribute__((vector_size(LANES * sizeof(uint64_t)), may_alias));

// Makes four random numbers of 32 bits of a counter of four, in each lane: Philox4x32-10 (Salmon et
// al., 2011). A number depends on its counter and on the key alone, so that it can be drawn again.
static ALWAYS_INLINE void philox(counters counter[4], uint64_t key) {
  const uint64_t low = UINT32_MAX;
  uint64_t key0 = key & low, key1 = key >> 32;
  for (int round = 0; round < 10; round++) {
    const counters first = counter[0] * 0xd2511f53u, second = counter[2] * 0xcd9e8d57u;
    counter[0] = (second >> 32) ^ counter[1] ^ key0;
    counter[1] = second & low;
    counter[2] = (first >> 32) ^ counter[3] ^ key1;
    counter[3] = first & low;
    key0 = (key0 + 0x9e3779b9u) & low;
    key1 = (key1 + 0xbb67ae85u) & low;
  }
}

// Which of the units 4 * quad to 4 * quad + 3 of a block's examples are kept: those whose random
// number, of 31 bits, is not below `drops`. It depends on the seed, the step, the layer, the
// example and the unit, and on nothing else.
static ALWAYS_INLINE void draw_kept(const struct step *s, const int layer, int block, int quad,
    const int drops, mask kept[4]) {
  const counters lane = { 0, 1, 2, 3, 4, 5, 6, 7 };
  counters numbers[4] = {(counters){0} + (uint64_t)quad, lane + (uint64_t)(block * LANES),
                     (counters){0} + (uint64_t)layer, (counters){0} + (s->number & UINT32_MAX)};
  philox(numbers, s->seed + (s->number >> 32));
  UNROLL for (int u = 0; u < 4; u++)
    kept[u] = __builtin_convertvector(numbers[u] >> 1, mask) >= drops;
}

// A task: a piece of the units of one block, four by four, each of `size` numbers that are kept or
// dropped together. In training y = x * scale of those that are kept, else 0; in evaluation y = x.
static ALWAYS_INLINE void dropout_forward(const struct step *s, int task, const int layer,
    const int units, const int size, const struct pieces quads, const int drops, const real scale,
    const vec *x, vec *y) {
  const int block = task / quads.count, first = piece_start(quads, task % quads.count);
  for (int quad = first; quad < first + piece_size(quads, task % quads.count); quad++) {
    mask kept[4] = {0};
    if (s->training) draw_kept(s, layer, block, quad, drops, kept);
    for (int u = 0; u < 4 && 4 * quad + u < units; u++) {
      const int start = (block * units + 4 * quad + u) * size;
      for (int k = start; k < start + size; k++) {
        const vec value = s->training ? masked(x[k] * scale, kept[u]) : x[k];
        y[k] = value;
      }
    }
  }
}

// dropout1 (ds_cnn.bn:16), forward: y = number kept ? x / (1 - 0.2) : 0, in place, all [64, 25, 5]
static void k_dropout1_forward(const struct step *s, int task) {
  dropout_forward(s, task, 3, 8000, 1, (struct pieces){4, 500, 0}, 429496730, (real)1.25,
      lanes_at(s, b_relu1_output), lanes_at(s, b_dropout1_output));
}

static const struct convolution g_separable1_separable1_conv1 = { .G = 64, .CI = 1, .H = 25, .W = 5,
    .CO = 1, .OH = 25, .OW = 5, .KH = 3, .KW = 3, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 1,
    .PB = 1, .PL = 1, .INNER = 1, .INNER_END = 4 };

// One tile of a depthwise convolution: `columns` sums in registers, of each of the windows that
// `channels` have over one channel of x. What lies under them is loaded once a row for all of them.
// `edge` says that a window may reach into the padding.
static ALWAYS_INLINE void depthwise_bias_forward_tile(const struct convolution g, const vec *x,
    const real *weight, const real *bias, vec *y, mask active, int i, int j, const int channels,
    const int columns, const int edge) {
  vec sum[TILE];
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) sum[c * columns + t] = splat(bias[c]);
  UNROLL for (int ky = 0; ky < g.KH; ky++) {
    const ptrdiff_t row = i * g.SH + ky * g.DH - g.PT;
    if (g.PT + g.PB > 0 && (row < 0 || row >= g.H)) continue;
    const ptrdiff_t start = row * g.W + j * g.SW - g.PL;
    const real *w = weight + ky * g.KW;
    UNROLL for (int k = 0; k <= (columns - 1) * g.SW + (g.KW - 1) * g.DW; k++) {
      const int column = j * g.SW + k - g.PL;
      if (edge && (column < 0 || column >= g.W)) continue;
      const vec v = x[start + k];
      UNROLL for (int t = 0; t < columns; t++) {
        const int kx = (k - t * g.SW) / g.DW;
        if (k < t * g.SW || kx * g.DW != k - t * g.SW || kx >= g.KW) continue;
        UNROLL for (int c = 0; c < channels; c++)
          sum[c * columns + t] += v * w[c * g.KH * g.KW + kx];
      }
    }
  }
  const ptrdiff_t first = (ptrdiff_t)i * g.OW + j;
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) {
      const ptrdiff_t at = first + (c * g.OH * g.OW + t);
      y[at] = masked(sum[c * columns + t], active);
    }
}

// Columns `start` to `end` of row i. Tiles at an edge are unrolled: their columns are constants
// then.
static ALWAYS_INLINE void depthwise_bias_forward_span(const struct convolution g, const vec *x,
    const real *weight, const real *bias, vec *y, mask active, int i, const int start,
    const int end, const int channels, const int width) {
  const int rest = (end - start) % width, whole = end - rest;
  const int left = left_edge(g.INNER, start, whole, width);
  const int right = right_edge(g.INNER_END, left, whole, width);
  UNROLL for (int j = start; j < left; j += width)
    depthwise_bias_forward_tile(g, x, weight, bias, y, active, i, j, channels, width, 1);
  for (int j = left; j < right; j += width)
    depthwise_bias_forward_tile(g, x, weight, bias, y, active, i, j, channels, width, 0);
  UNROLL for (int j = right; j < whole; j += width)
    depthwise_bias_forward_tile(g, x, weight, bias, y, active, i, j, channels, width, 1);
  if (rest > 0)
    depthwise_bias_forward_tile(g, x, weight, bias, y, active, i, whole, channels, rest, 1);
}

// Rows `first` up to `end` of `channels` output channels.
static ALWAYS_INLINE void depthwise_bias_forward_rows(const struct convolution g,
    const struct pieces columns, const vec *x, const real *weight, const real *bias, vec *y,
    mask active, int first, int end, const int channels) {
  const int wide = columns.wide * (columns.size + 1);
  for (int i = first; i < end; i++) {
    if (wide > 0)
      depthwise_bias_forward_span(g, x, weight, bias, y, active, i, 0, wide, channels,
          columns.size + 1);
    depthwise_bias_forward_span(g, x, weight, bias, y, active, i, wide, g.OW, channels,
        columns.size);
  }
}

// A task of a convolution: one tile's output channels of one block, then their mean and squares for
// the batch norm.
static ALWAYS_INLINE void depthwise_bias_forward_moments(const struct step *s, int task,
    const struct convolution g, const struct pieces tiles, const struct pieces columns,
    const vec *x, const real *weight, const real *bias, vec *y, real (*partial)[3]) {
  const int tile = task % tiles.count, group = task / tiles.count % g.G;
  const int block = task / tiles.count / g.G, plane = g.OH * g.OW;
  const int co = group * g.CO + piece_start(tiles, tile);
  const mask active = active_lanes(s, block);
  x += (block * g.G + group) * (g.CI * g.H * g.W);
  weight += co * (g.CI * g.KH * g.KW);
  bias += co;
  y += (block * g.G * g.CO + co) * plane;
  if (tiles.wide > 0 && tile < tiles.wide)
    depthwise_bias_forward_rows(g, columns, x, weight, bias, y, active, 0, g.OH, tiles.size + 1);
  else
    depthwise_bias_forward_rows(g, columns, x, weight, bias, y, active, 0, g.OH, tiles.size);
  if (!s->training) return;
  partial += block * g.G * g.CO + co;
  for (int c = 0; c < piece_size(tiles, tile); c++)
    block_moments(y + c * plane, plane, active_count(s, block), active, partial[c]);
}

// depthwise_bias_forward_moments for the sizes of separable1_separable1_conv1, which other layers
// have too.
static void depthwise_bias_forward_moments_of_separable1_separable1_conv1(const struct step *s,
    int task, const vec *x, const real *weight, const real *bias, vec *y, real (*partial)[3]) {
  depthwise_bias_forward_moments(s, task, g_separable1_separable1_conv1, (struct pieces){1, 1, 0},
      (struct pieces){1, 5, 0}, x, weight, bias, y, partial);
}

// separable1_separable1_conv1 (ds_cnn.bn:5), forward and moments: 1 output channels of a block a
// task
//   x [64, 25, 5], weight [64, 1, 3, 3], y [64, 25, 5]
static void k_separable1_separable1_conv1_forward(const struct step *s, int task) {
  depthwise_bias_forward_moments_of_separable1_separable1_conv1(s, task,
      lanes_at(s, b_dropout1_output), s->parameters->separable1_separable1_conv1_weight,
      s->parameters->separable1_separable1_conv1_bias,
      lanes_at(s, b_separable1_separable1_conv1_output),
      moments_at(s, b_separable1_separable1_conv1_partial));
}

// separable1_separable1_batchnorm1 (ds_cnn.bn:6): mean and variance of each channel
static void k_separable1_separable1_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_batchnorm1, (real)0.001,
      moments_at(s, b_separable1_separable1_conv1_partial),
      s->state->separable1_separable1_batchnorm1_running_mean,
      s->state->separable1_separable1_batchnorm1_running_variance,
      s->scratch + b_separable1_separable1_batchnorm1_moments);
}

// separable1_separable1_batchnorm1, separable1_separable1_relu1 (ds_cnn.bn:6), forward: x [64, 25,
// 5], y [64, 25, 5]
static void k_separable1_separable1_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_batchnorm1, (struct pieces){32, 2, 0},
      s->scratch + b_separable1_separable1_batchnorm1_moments,
      s->parameters->separable1_separable1_batchnorm1_gamma,
      s->parameters->separable1_separable1_batchnorm1_beta,
      lanes_at(s, b_separable1_separable1_conv1_output),
      lanes_at(s, b_separable1_separable1_relu1_output));
}

static const struct convolution g_separable1_separable1_conv2 = { .G = 1, .CI = 64, .H = 1,
    .W = 125, .CO = 64, .OH = 1, .OW = 125, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1,
    .PT = 0, .PB = 0, .PL = 0, .INNER = 0, .INNER_END = 125 };

// convolution_bias_forward_moments for the sizes of separable1_separable1_conv2, which other layers
// have too.
static void convolution_bias_forward_moments_of_separable1_separable1_conv2(const struct step *s,
    int task, const vec *x, const real *weight, const real *bias, vec *y, real (*partial)[3]) {
  convolution_bias_forward_moments(s, task, g_separable1_separable1_conv2,
      (struct pieces){22, 2, 20}, (struct pieces){32, 3, 29}, x, weight, bias, y, partial);
}

// separable1_separable1_conv2 (ds_cnn.bn:7), forward and moments: 3 or 2 output channels of a block
// a task
//   x [64, 1, 125], weight [64, 64, 1, 1], y [64, 1, 125]
static void k_separable1_separable1_conv2_forward(const struct step *s, int task) {
  convolution_bias_forward_moments_of_separable1_separable1_conv2(s, task,
      lanes_at(s, b_separable1_separable1_relu1_output),
      s->parameters->separable1_separable1_conv2_weight,
      s->parameters->separable1_separable1_conv2_bias,
      lanes_at(s, b_separable1_separable1_conv2_output),
      moments_at(s, b_separable1_separable1_conv2_partial));
}

// separable1_separable1_batchnorm2 (ds_cnn.bn:7): mean and variance of each channel
static void k_separable1_separable1_batchnorm2_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_batchnorm1, (real)0.001,
      moments_at(s, b_separable1_separable1_conv2_partial),
      s->state->separable1_separable1_batchnorm2_running_mean,
      s->state->separable1_separable1_batchnorm2_running_variance,
      s->scratch + b_separable1_separable1_batchnorm2_moments);
}

// separable1_separable1_batchnorm2, separable1_separable1_relu2 (ds_cnn.bn:7), forward: x [64, 25,
// 5], y [64, 25, 5]
static void k_separable1_separable1_batchnorm2_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_batchnorm1, (struct pieces){32, 2, 0},
      s->scratch + b_separable1_separable1_batchnorm2_moments,
      s->parameters->separable1_separable1_batchnorm2_gamma,
      s->parameters->separable1_separable1_batchnorm2_beta,
      lanes_at(s, b_separable1_separable1_conv2_output),
      lanes_at(s, b_separable1_separable1_relu2_output));
}

// separable2_separable1_conv1 (ds_cnn.bn:5), forward and moments: 1 output channels of a block a
// task
//   x [64, 25, 5], weight [64, 1, 3, 3], y [64, 25, 5]
static void k_separable2_separable1_conv1_forward(const struct step *s, int task) {
  depthwise_bias_forward_moments_of_separable1_separable1_conv1(s, task,
      lanes_at(s, b_separable1_separable1_relu2_output),
      s->parameters->separable2_separable1_conv1_weight,
      s->parameters->separable2_separable1_conv1_bias,
      lanes_at(s, b_separable2_separable1_conv1_output),
      moments_at(s, b_separable2_separable1_conv1_partial));
}

// separable2_separable1_batchnorm1 (ds_cnn.bn:6): mean and variance of each channel
static void k_separable2_separable1_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_batchnorm1, (real)0.001,
      moments_at(s, b_separable2_separable1_conv1_partial),
      s->state->separable2_separable1_batchnorm1_running_mean,
      s->state->separable2_separable1_batchnorm1_running_variance,
      s->scratch + b_separable2_separable1_batchnorm1_moments);
}

// separable2_separable1_batchnorm1, separable2_separable1_relu1 (ds_cnn.bn:6), forward: x [64, 25,
// 5], y [64, 25, 5]
static void k_separable2_separable1_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_batchnorm1, (struct pieces){32, 2, 0},
      s->scratch + b_separable2_separable1_batchnorm1_moments,
      s->parameters->separable2_separable1_batchnorm1_gamma,
      s->parameters->separable2_separable1_batchnorm1_beta,
      lanes_at(s, b_separable2_separable1_conv1_output),
      lanes_at(s, b_separable2_separable1_relu1_output));
}

// separable2_separable1_conv2 (ds_cnn.bn:7), forward and moments: 3 or 2 output channels of a block
// a task
//   x [64, 1, 125], weight [64, 64, 1, 1], y [64, 1, 125]
static void k_separable2_separable1_conv2_forward(const struct step *s, int task) {
  convolution_bias_forward_moments_of_separable1_separable1_conv2(s, task,
      lanes_at(s, b_separable2_separable1_relu1_output),
      s->parameters->separable2_separable1_conv2_weight,
      s->parameters->separable2_separable1_conv2_bias,
      lanes_at(s, b_separable2_separable1_conv2_output),
      moments_at(s, b_separable2_separable1_conv2_partial));
}

// separable2_separable1_batchnorm2 (ds_cnn.bn:7): mean and variance of each channel
static void k_separable2_separable1_batchnorm2_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_batchnorm1, (real)0.001,
      moments_at(s, b_separable2_separable1_conv2_partial),
      s->state->separable2_separable1_batchnorm2_running_mean,
      s->state->separable2_separable1_batchnorm2_running_variance,
      s->scratch + b_separable2_separable1_batchnorm2_moments);
}

// separable2_separable1_batchnorm2, separable2_separable1_relu2 (ds_cnn.bn:7), forward: x [64, 25,
// 5], y [64, 25, 5]
static void k_separable2_separable1_batchnorm2_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_batchnorm1, (struct pieces){32, 2, 0},
      s->scratch + b_separable2_separable1_batchnorm2_moments,
      s->parameters->separable2_separable1_batchnorm2_gamma,
      s->parameters->separable2_separable1_batchnorm2_beta,
      lanes_at(s, b_separable2_separable1_conv2_output),
      lanes_at(s, b_separable2_separable1_relu2_output));
}

// separable3_separable1_conv1 (ds_cnn.bn:5), forward and moments: 1 output channels of a block a
// task
//   x [64, 25, 5], weight [64, 1, 3, 3], y [64, 25, 5]
static void k_separable3_separable1_conv1_forward(const struct step *s, int task) {
  depthwise_bias_forward_moments_of_separable1_separable1_conv1(s, task,
      lanes_at(s, b_separable2_separable1_relu2_output),
      s->parameters->separable3_separable1_conv1_weight,
      s->parameters->separable3_separable1_conv1_bias,
      lanes_at(s, b_separable3_separable1_conv1_output),
      moments_at(s, b_separable3_separable1_conv1_partial));
}

// separable3_separable1_batchnorm1 (ds_cnn.bn:6): mean and variance of each channel
static void k_separable3_separable1_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_batchnorm1, (real)0.001,
      moments_at(s, b_separable3_separable1_conv1_partial),
      s->state->separable3_separable1_batchnorm1_running_mean,
      s->state->separable3_separable1_batchnorm1_running_variance,
      s->scratch + b_separable3_separable1_batchnorm1_moments);
}

// separable3_separable1_batchnorm1, separable3_separable1_relu1 (ds_cnn.bn:6), forward: x [64, 25,
// 5], y [64, 25, 5]
static void k_separable3_separable1_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_batchnorm1, (struct pieces){32, 2, 0},
      s->scratch + b_separable3_separable1_batchnorm1_moments,
      s->parameters->separable3_separable1_batchnorm1_gamma,
      s->parameters->separable3_separable1_batchnorm1_beta,
      lanes_at(s, b_separable3_separable1_conv1_output),
      lanes_at(s, b_separable3_separable1_relu1_output));
}

// separable3_separable1_conv2 (ds_cnn.bn:7), forward and moments: 3 or 2 output channels of a block
// a task
//   x [64, 1, 125], weight [64, 64, 1, 1], y [64, 1, 125]
static void k_separable3_separable1_conv2_forward(const struct step *s, int task) {
  convolution_bias_forward_moments_of_separable1_separable1_conv2(s, task,
      lanes_at(s, b_separable3_separable1_relu1_output),
      s->parameters->separable3_separable1_conv2_weight,
      s->parameters->separable3_separable1_conv2_bias,
      lanes_at(s, b_separable3_separable1_conv2_output),
      moments_at(s, b_separable3_separable1_conv2_partial));
}

// separable3_separable1_batchnorm2 (ds_cnn.bn:7): mean and variance of each channel
static void k_separable3_separable1_batchnorm2_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_batchnorm1, (real)0.001,
      moments_at(s, b_separable3_separable1_conv2_partial),
      s->state->separable3_separable1_batchnorm2_running_mean,
      s->state->separable3_separable1_batchnorm2_running_variance,
      s->scratch + b_separable3_separable1_batchnorm2_moments);
}

// separable3_separable1_batchnorm2, separable3_separable1_relu2 (ds_cnn.bn:7), forward: x [64, 25,
// 5], y [64, 25, 5]
static void k_separable3_separable1_batchnorm2_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_batchnorm1, (struct pieces){32, 2, 0},
      s->scratch + b_separable3_separable1_batchnorm2_moments,
      s->parameters->separable3_separable1_batchnorm2_gamma,
      s->parameters->separable3_separable1_batchnorm2_beta,
      lanes_at(s, b_separable3_separable1_conv2_output),
      lanes_at(s, b_separable3_separable1_relu2_output));
}

// separable4_separable1_conv1 (ds_cnn.bn:5), forward and moments: 1 output channels of a block a
// task
//   x [64, 25, 5], weight [64, 1, 3, 3], y [64, 25, 5]
static void k_separable4_separable1_conv1_forward(const struct step *s, int task) {
  depthwise_bias_forward_moments_of_separable1_separable1_conv1(s, task,
      lanes_at(s, b_separable3_separable1_relu2_output),
      s->parameters->separable4_separable1_conv1_weight,
      s->parameters->separable4_separable1_conv1_bias,
      lanes_at(s, b_separable4_separable1_conv1_output),
      moments_at(s, b_separable4_separable1_conv1_partial));
}

// separable4_separable1_batchnorm1 (ds_cnn.bn:6): mean and variance of each channel
static void k_separable4_separable1_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_batchnorm1, (real)0.001,
      moments_at(s, b_separable4_separable1_conv1_partial),
      s->state->separable4_separable1_batchnorm1_running_mean,
      s->state->separable4_separable1_batchnorm1_running_variance,
      s->scratch + b_separable4_separable1_batchnorm1_moments);
}

// separable4_separable1_batchnorm1, separable4_separable1_relu1 (ds_cnn.bn:6), forward: x [64, 25,
// 5], y [64, 25, 5]
static void k_separable4_separable1_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_batchnorm1, (struct pieces){32, 2, 0},
      s->scratch + b_separable4_separable1_batchnorm1_moments,
      s->parameters->separable4_separable1_batchnorm1_gamma,
      s->parameters->separable4_separable1_batchnorm1_beta,
      lanes_at(s, b_separable4_separable1_conv1_output),
      lanes_at(s, b_separable4_separable1_relu1_output));
}

// separable4_separable1_conv2 (ds_cnn.bn:7), forward and moments: 3 or 2 output channels of a block
// a task
//   x [64, 1, 125], weight [64, 64, 1, 1], y [64, 1, 125]
static void k_separable4_separable1_conv2_forward(const struct step *s, int task) {
  convolution_bias_forward_moments_of_separable1_separable1_conv2(s, task,
      lanes_at(s, b_separable4_separable1_relu1_output),
      s->parameters->separable4_separable1_conv2_weight,
      s->parameters->separable4_separable1_conv2_bias,
      lanes_at(s, b_separable4_separable1_conv2_output),
      moments_at(s, b_separable4_separable1_conv2_partial));
}

// separable4_separable1_batchnorm2 (ds_cnn.bn:7): mean and variance of each channel
static void k_separable4_separable1_batchnorm2_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_batchnorm1, (real)0.001,
      moments_at(s, b_separable4_separable1_conv2_partial),
      s->state->separable4_separable1_batchnorm2_running_mean,
      s->state->separable4_separable1_batchnorm2_running_variance,
      s->scratch + b_separable4_separable1_batchnorm2_moments);
}

// separable4_separable1_batchnorm2, separable4_separable1_relu2 (ds_cnn.bn:7), forward: x [64, 25,
// 5], y [64, 25, 5]
static void k_separable4_separable1_batchnorm2_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_batchnorm1, (struct pieces){32, 2, 0},
      s->scratch + b_separable4_separable1_batchnorm2_moments,
      s->parameters->separable4_separable1_batchnorm2_gamma,
      s->parameters->separable4_separable1_batchnorm2_beta,
      lanes_at(s, b_separable4_separable1_conv2_output),
      lanes_at(s, b_separable4_separable1_relu2_output));
}

// dropout2 (ds_cnn.bn:18), forward: y = number kept ? x / (1 - 0.4) : 0, in place, all [64, 25, 5]
static void k_dropout2_forward(const struct step *s, int task) {
  dropout_forward(s, task, 28, 8000, 1, (struct pieces){4, 500, 0}, 858993459,
      (real)1.6666666666666667, lanes_at(s, b_separable4_separable1_relu2_output),
      lanes_at(s, b_dropout2_output));
}

// A pool: OH x OW windows of KH x KW numbers, DH rows and DW columns apart, every SH rows and SW
// columns of H x W numbers, the first one PT rows above them and PL columns to their left. EDGES:
// some windows reach past the numbers. A mean counts what lies from row TOP up to BOTTOM and from
// column LEFT up to RIGHT.
struct pool {
  int H, W, OH, OW, KH, KW, SH, SW, DH, DW, PT, PL, EDGES, TOP, BOTTOM, LEFT, RIGHT;
};

static const struct pool g_avgpool1 = { .H = 25, .W = 5, .OH = 1, .OW = 1, .KH = 24, .KW = 5,
    .SH = 24, .SW = 5, .DH = 1, .DW = 1, .PT = 0, .PL = 0, .EDGES = 0, .TOP = 0, .BOTTOM = 25,
    .LEFT = 0, .RIGHT = 5 };

// A task: the mean of each window of one channel of one block.
static ALWAYS_INLINE void avgpool_forward(int task, const struct pool p, const real share,
    const vec *x, vec *y) {
  x += task * (p.H * p.W);
  y += task * (p.OH * p.OW);
  for (int i = 0; i < p.OH; i++)
    for (int j = 0; j < p.OW; j++) {
      vec sum = {0};
      for (int ky = 0; ky < p.KH; ky++)
        for (int kx = 0; kx < p.KW; kx++) {
          const int row = i * p.SH + ky * p.DH - p.PT, column = j * p.SW + kx * p.DW - p.PL;
          if (p.EDGES && (row < 0 || row >= p.H || column < 0 || column >= p.W)) continue;
          sum += x[row * p.W + column];
        }
      y[i * p.OW + j] = sum * share;
    }
}

// avgpool1 (ds_cnn.bn:19): y[n, c, i, j] = mean of the 24 x 5 window of x[n, c]
//   x [64, 25, 5], y [64, 1, 1]
static void k_avgpool1_forward(const struct step *s, int task) {
  avgpool_forward(task, g_avgpool1, (real)0.008333333333333333, lanes_at(s, b_dropout2_output),
      lanes_at(s, b_avgpool1_output));
}

// A dense layer from IN features to OUT:
//   y[n, o] = sum over f of weight[o, f] * x[n, f], plus bias[o]
//   dx[n, f] = sum over o of weight[o, f] * dy[n, o]
//   dweight[o, f] = sum over n of dy[n, o] * x[n, f]
struct dense {
  int IN, OUT;
};

static const struct dense g_dense1 = { .IN = 64, .OUT = 12 };

// One tile of a dense layer: `features` outputs of `blocks` blocks in registers.
static ALWAYS_INLINE void dense_bias_forward_tile(const struct step *s, const struct dense d,
    const vec *x, const real *weight, const real *bias, vec *y, int block, const int features,
    const int blocks) {
  vec sum[TILE];
  UNROLL for (int o = 0; o < features; o++)
    UNROLL for (int b = 0; b < blocks; b++) sum[o * blocks + b] = splat(bias[o]);
  x += block * d.IN;
  for (int f = 0; f < d.IN; f++)
    UNROLL for (int b = 0; b < blocks; b++) {
      const vec v = x[b * d.IN + f];
      UNROLL for (int o = 0; o < features; o++) sum[o * blocks + b] += v * weight[o * d.IN + f];
    }
  UNROLL for (int b = 0; b < blocks; b++) {
    const mask active = active_lanes(s, block + b);
    UNROLL for (int o = 0; o < features; o++) {
      const int at = (block + b) * d.OUT + o;
      y[at] = masked(sum[o * blocks + b], active);
    }
  }
}

// A task of a dense layer: one tile's outputs of a group of blocks.
static ALWAYS_INLINE void dense_bias_forward(const struct step *s, int task, const struct dense d,
    const struct pieces tiles, const int group, const vec *x, const real *weight, const real *bias,
    vec *y) {
  const int tile = task % tiles.count, first = task / tiles.count * group;
  const int end = first + group < s->blocks ? first + group : s->blocks;
  const int o = piece_start(tiles, tile);
  weight += o * d.IN;
  bias += o;
  y += o;
  const int wide = tiles.wide > 0 && tile < tiles.wide, whole = group > 1 && end - first == group;
  for (int block = first; block < end; block += whole ? group : 1)
    if (wide && whole)
      dense_bias_forward_tile(s, d, x, weight, bias, y, block, tiles.size + 1, group);
    else if (wide)
      dense_bias_forward_tile(s, d, x, weight, bias, y, block, tiles.size + 1, 1);
    else if (whole)
      dense_bias_forward_tile(s, d, x, weight, bias, y, block, tiles.size, group);
    else
      dense_bias_forward_tile(s, d, x, weight, bias, y, block, tiles.size, 1);
}

// dense1 (ds_cnn.bn:21), forward: 3 outputs of 4 blocks a task
//   x [64], weight [12, 64], y [12]
static void k_dense1_forward(const struct step *s, int task) {
  dense_bias_forward(s, task, g_dense1, (struct pieces){4, 3, 0}, 4, lanes_at(s, b_avgpool1_output),
      s->parameters->dense1_weight, s->parameters->dense1_bias, lanes_at(s, b_dense1_output));
}

// ---- Loss

// The loss (ds_cnn.bn:23) of each example, and its gradient:
//   loss[n] = log(sum over k of exp(x[n, k])) - x[n, label[n]]
//   dx[n, k] = exp(x[n, k]) / sum - (k == label[n]), divided by the number of examples
//   x [12], dx [12]
// The largest x is taken away first, so that no exponential overflows.
static void k_loss_softmax_cross_entropy(const struct step *s, int block) {
  enum { OUTPUTS = 12 };
  const vec *x = lanes_at(s, b_dense1_output) + block * OUTPUTS;
  vec *dx = lanes_at(s, b_dense1_output_gradient) + block * OUTPUTS;
  const int active = active_count(s, block);
  vec best = x[0], sum = {0};
  for (int k = 1; k < OUTPUTS; k++) best = max_of(best, x[k]);
  for (int k = 0; k < OUTPUTS; k++) {
    dx[k] = vec_exp(x[k] - best);
    sum += dx[k];
  }
  const vec share = 1 / (sum * (real)s->count);
  const mask lanes = active_lanes(s, block);
  for (int k = 0; k < OUTPUTS; k++) dx[k] = masked(dx[k] * share, lanes);
  real loss = 0;
  if (has_target(s))
    for (int l = 0; l < active; l++) {
      const int label = label_of(s, block * LANES + l);
      dx[label][l] -= 1 / (real)s->count;
      loss += LOG(sum[l]) - (x[label][l] - best[l]);
    }
  (s->scratch + b_block_losses)[block] = loss;
}

// What the loss (ds_cnn.bn:23) adds for parameters.
static double penalty(const struct parameters *parameters) {
  double sum = 0;
  // conv1.weight: 0.0001 * p * p
  for (int k = 0; k < 2560; k++) {
    const double p = (double)parameters->conv1_weight[k];
    sum += 0.0001 * p * p;
  }
  // separable1_separable1_conv1.weight: 0.0001 * p * p
  for (int k = 0; k < 576; k++) {
    const double p = (double)parameters->separable1_separable1_conv1_weight[k];
    sum += 0.0001 * p * p;
  }
  // separable1_separable1_conv2.weight: 0.0001 * p * p
  for (int k = 0; k < 4096; k++) {
    const double p = (double)parameters->separable1_separable1_conv2_weight[k];
    sum += 0.0001 * p * p;
  }
  // separable2_separable1_conv1.weight: 0.0001 * p * p
  for (int k = 0; k < 576; k++) {
    const double p = (double)parameters->separable2_separable1_conv1_weight[k];
    sum += 0.0001 * p * p;
  }
  // separable2_separable1_conv2.weight: 0.0001 * p * p
  for (int k = 0; k < 4096; k++) {
    const double p = (double)parameters->separable2_separable1_conv2_weight[k];
    sum += 0.0001 * p * p;
  }
  // separable3_separable1_conv1.weight: 0.0001 * p * p
  for (int k = 0; k < 576; k++) {
    const double p = (double)parameters->separable3_separable1_conv1_weight[k];
    sum += 0.0001 * p * p;
  }
  // separable3_separable1_conv2.weight: 0.0001 * p * p
  for (int k = 0; k < 4096; k++) {
    const double p = (double)parameters->separable3_separable1_conv2_weight[k];
    sum += 0.0001 * p * p;
  }
  // separable4_separable1_conv1.weight: 0.0001 * p * p
  for (int k = 0; k < 576; k++) {
    const double p = (double)parameters->separable4_separable1_conv1_weight[k];
    sum += 0.0001 * p * p;
  }
  // separable4_separable1_conv2.weight: 0.0001 * p * p
  for (int k = 0; k < 4096; k++) {
    const double p = (double)parameters->separable4_separable1_conv2_weight[k];
    sum += 0.0001 * p * p;
  }
  return sum;
}

// ---- Backward

// One tile of a dense layer's input gradient: `features` of dx for `blocks` blocks in registers. A
// pass over the outputs from `first` up to `end` adds to what earlier passes left in dx.
static ALWAYS_INLINE void dense_input_gradient_tile(const struct step *s, const struct dense d,
    const vec *dy, const real *weight, vec *dx, int first, int end, int block, const int features,
    const int blocks) {
  vec sum[TILE] = {0};
  dx += block * d.IN;
  if (first > 0)
    UNROLL for (int b = 0; b < blocks; b++)
      UNROLL for (int f = 0; f < features; f++) sum[f * blocks + b] = dx[b * d.IN + f];
  UNROLL_TWICE for (int o = first; o < end; o++)
    UNROLL for (int b = 0; b < blocks; b++) {
      const vec v = dy[(block + b) * d.OUT + o];
      UNROLL for (int f = 0; f < features; f++) sum[f * blocks + b] += v * weight[o * d.IN + f];
    }
  UNROLL for (int b = 0; b < blocks; b++) {
    const mask active = active_lanes(s, block + b);
    UNROLL for (int f = 0; f < features; f++)
      dx[b * d.IN + f] = masked(sum[f * blocks + b], active);
  }
}

// A task of a dense layer's input gradient: some tiles of dx for the whole batch, in passes over
// the outputs, so that a pass's rows of the weight stay in the cache for all of them.
static ALWAYS_INLINE void dense_input_gradient(const struct step *s, int task, const struct dense d,
    const struct pieces tiles, const int tiles_of_task, const int outputs_of_pass, const int group,
    const vec *dy, const real *weight, vec *dx) {
  const int widest = tiles.size + (tiles.wide > 0);
  for (int first = 0; first < d.OUT; first += outputs_of_pass) {
    const int end = first + outputs_of_pass < d.OUT ? first + outputs_of_pass : d.OUT;
    for (int tile = task * tiles_of_task; tile < (task + 1) * tiles_of_task
        && tile < tiles.count; tile++) {
      const int f = piece_start(tiles, tile);
      const int wide = tiles.wide > 0 && tile < tiles.wide;
      for (int block = 0, whole; block < s->blocks; block += whole ? group : 1) {
        whole = group > 1 && block + group <= s->blocks;
        if (wide && whole)
          dense_input_gradient_tile(s, d, dy, weight + f, dx + f, first, end, block, widest, group);
        else if (wide)
          dense_input_gradient_tile(s, d, dy, weight + f, dx + f, first, end, block, widest, 1);
        else if (whole)
          dense_input_gradient_tile(s, d, dy, weight + f, dx + f, first, end, block, tiles.size,
              group);
        else
          dense_input_gradient_tile(s, d, dy, weight + f, dx + f, first, end, block, tiles.size, 1);
      }
    }
  }
}

// dense1 (ds_cnn.bn:21), input gradient: 3 or 2 features of the batch a task
//   dy [12], weight [12, 64], dx [64]
static void k_dense1_input_gradient(const struct step *s, int task) {
  dense_input_gradient(s, task, g_dense1, (struct pieces){22, 2, 20}, 1, 12, 4,
      lanes_at(s, b_dense1_output_gradient), s->parameters->dense1_weight,
      lanes_at(s, b_flatten1_output_gradient));
}

// A block of a vector of `count` features as rows, one example each, `stride` numbers apart.
static ALWAYS_INLINE void load_rows(int block, const int count, const int stride, const vec *x,
    vec *rows) {
  x += block * count;
  rows += block * stride;
  for (int f = 0; f < count; f += LANES) {
    vec square[LANES];
    UNROLL for (int i = 0; i < LANES; i++)
      square[i] = count % LANES == 0 || f + i < count ? x[f + i] : (vec){0};
    transpose(square);
    UNROLL for (int l = 0; l < LANES; l++) rows[(l * stride + f) / LANES] = square[l];
  }
}

// dense1 (ds_cnn.bn:21): its input as rows, x [64], rows [batch][64]
static void k_dense1_rows_load(const struct step *s, int task) {
  load_rows(task, 64, 64, lanes_at(s, b_avgpool1_output), lanes_at(s, b_dense1_rows));
}

// One tile of a dense layer's weight gradient: `features` outputs x `vectors` vectors of inputs in
// registers. Here the lanes hold input features, so that no sum runs across lanes.
static ALWAYS_INLINE void dense_weight_gradient_tile(const struct step *s, const struct dense d,
    const int stride, const vec *rows, const vec *dy, real *weight, int o, int f,
    const int features, const int vectors) {
  UNROLL for (int c = 0; c < features; c++)
    UNROLL for (int v = 0; v < vectors; v++)
      __builtin_prefetch(&weight[(o + c) * d.IN + f + v * LANES], 1);
  rows += f / LANES;
  dy += o;
  vec sum[TILE] = {0};
  for (int n = 0; n < s->count; n++) {
    const vec *g = dy + n / LANES * d.OUT;
    UNROLL for (int v = 0; v < vectors; v++) {
      const vec x = rows[n * (stride / LANES) + v];
      UNROLL for (int c = 0; c < features; c++) sum[c * vectors + v] += x * g[c][n % LANES];
    }
  }
  UNROLL for (int c = 0; c < features; c++)
    UNROLL for (int v = 0; v < vectors; v++) {
      const int first = f + v * LANES, at = (o + c) * d.IN + first;
      adam_update_row(&weight[at], sum[c * vectors + v], d.IN % LANES == 0 ? LANES : d.IN - first,
          s);
    }
}

// The gradients of `features` outputs' weights, for the tiles of inputs from `first` up to `end`.
static ALWAYS_INLINE void dense_weight_gradient_inputs(const struct step *s, const struct dense d,
    const struct pieces columns, const int stride, const vec *rows, const vec *dy, real *weight,
    int o, int first, int end, const int features) {
  for (int piece = first; piece < end; piece++) {
    const int f = piece_start(columns, piece) * LANES;
    if (columns.wide > 0 && piece < columns.wide)
      dense_weight_gradient_tile(s, d, stride, rows, dy, weight, o, f, features, columns.size + 1);
    else
      dense_weight_gradient_tile(s, d, stride, rows, dy, weight, o, f, features, columns.size);
  }
}

// A task of a dense layer's weight gradient: one tile of outputs for a group of tiles of inputs.
static ALWAYS_INLINE void dense_weight_gradient(const struct step *s, int task,
    const struct dense d, const struct pieces tiles, const struct pieces columns, const int group,
    const int stride, const vec *rows, const vec *dy, real *weight) {
  const int tile = task % tiles.count, first = task / tiles.count * group;
  const int end = first + group < columns.count ? first + group : columns.count;
  const int o = piece_start(tiles, tile);
  if (tiles.wide > 0 && tile < tiles.wide)
    dense_weight_gradient_inputs(s, d, columns, stride, rows, dy, weight, o, first, end,
        tiles.size + 1);
  else
    dense_weight_gradient_inputs(s, d, columns, stride, rows, dy, weight, o, first, end,
        tiles.size);
}

// dense1 (ds_cnn.bn:21), weight gradient and step: 3 outputs a task
//   rows [batch][64], dy [12], dweight [12, 64]
static void k_dense1_weight_gradient(const struct step *s, int task) {
  dense_weight_gradient(s, task, g_dense1, (struct pieces){4, 3, 0}, (struct pieces){2, 4, 0}, 2,
      64, lanes_at(s, b_dense1_rows), lanes_at(s, b_dense1_output_gradient),
      s->parameters->dense1_weight);
}

// A task of a bias's gradient: dbias[c], the sum of dy[n, c] over examples n and all `plane`
// positions.
static ALWAYS_INLINE void bias_gradient(const struct step *s, int c, const int channels,
    const int plane, const vec *dy, real *bias) {
  struct long_sum sum = {0};
  for (int block = 0; block < s->blocks; block++)
    add_part(&sum, sum_of(dy + (block * channels + c) * plane, plane));
  adam_update(&bias[c], lanes_sum(sum.total), s);
}

// dense1 (ds_cnn.bn:21), bias gradient and step: dy [12]
static void k_dense1_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 12, 1, lanes_at(s, b_dense1_output_gradient), s->parameters->dense1_bias);
}

// A task: dy shared among the numbers of its window, of one channel of one block.
static ALWAYS_INLINE void avgpool_backward(int task, const struct pool p, const real share,
    const vec *dy, vec *dx) {
  dy += task * (p.OH * p.OW);
  dx += task * (p.H * p.W);
  for (int k = 0; k < p.H * p.W; k++) dx[k] = (vec){0};
  for (int i = 0; i < p.OH; i++)
    for (int j = 0; j < p.OW; j++) {
      const vec part = dy[i * p.OW + j] * share;
      for (int ky = 0; ky < p.KH; ky++)
        for (int kx = 0; kx < p.KW; kx++) {
          const int row = i * p.SH + ky * p.DH - p.PT, column = j * p.SW + kx * p.DW - p.PL;
          if (p.EDGES && (row < 0 || row >= p.H || column < 0 || column >= p.W)) continue;
          dx[row * p.W + column] += part;
        }
    }
}

// avgpool1 (ds_cnn.bn:19), input gradient: dy [64, 1, 1], dx [64, 25, 5]
static void k_avgpool1_backward(const struct step *s, int task) {
  avgpool_backward(task, g_avgpool1, (real)0.008333333333333333,
      lanes_at(s, b_flatten1_output_gradient), lanes_at(s, b_dropout2_output_gradient));
}

// A task: a piece of the units of one block, four by four, each of `size` numbers that are kept or
// dropped together. In training dx = dy * scale of those that are kept, else 0; in evaluation dx =
// dy.
static ALWAYS_INLINE void dropout_backward(const struct step *s, int task, const int layer,
    const int units, const int size, const struct pieces quads, const int drops, const real scale,
    const vec *dy, vec *dx) {
  const int block = task / quads.count, first = piece_start(quads, task % quads.count);
  for (int quad = first; quad < first + piece_size(quads, task % quads.count); quad++) {
    mask kept[4] = {0};
    if (s->training) draw_kept(s, layer, block, quad, drops, kept);
    for (int u = 0; u < 4 && 4 * quad + u < units; u++) {
      const int start = (block * units + 4 * quad + u) * size;
      for (int k = start; k < start + size; k++) {
        const vec value = s->training ? masked(dy[k] * scale, kept[u]) : dy[k];
        dx[k] = value;
      }
    }
  }
}

// dropout2 (ds_cnn.bn:18), backward: what is kept is drawn again, in place, all [64, 25, 5]
static void k_dropout2_backward(const struct step *s, int task) {
  dropout_backward(s, task, 28, 8000, 1, (struct pieces){4, 500, 0}, 858993459,
      (real)1.6666666666666667, lanes_at(s, b_dropout2_output_gradient),
      lanes_at(s, b_separable4_separable1_relu2_output_gradient));
}

// What dy, the gradient of the result, leaves of itself before relu, at each number of a window: g.
// The mask is made again from x, which is cheaper than to store it.
static ALWAYS_INLINE void batchnorm_relu_window(const struct normalization n, const vec *x, vec dy,
    real mean, real scale, real shift, vec *g) {
  UNROLL for (int k = 0; k < n.K * n.K; k++) {
    const vec v = normalized(x[k / n.K * n.W + k % n.K], mean, scale, shift);
    g[k] = vec_relu_gradient(dy, v);
  }
}

// A task: one block's sums of g and of g * xhat, of a piece of the channels.
static ALWAYS_INLINE void batchnorm_relu_sums(int task, const struct normalization n,
    const struct pieces tiles, const real *moments, const real *gamma, const real *beta,
    const vec *x, const vec *dy, real (*partial)[2]) {
  const int block = task / tiles.count, first = piece_start(tiles, task % tiles.count);
  const int end = first + piece_size(tiles, task % tiles.count);
  for (int c = first; c < end; c++) {
    const int at = block * n.C + c;
    const real mean = moments[c], inverse = moments[2 * n.C + c], shift = beta ? beta[c] : 0;
    const real scale = gamma ? gamma[c] * inverse : inverse;
    const vec *xs = x + at * (n.H * n.W), *dys = dy + at * (n.OH * n.OW);
    const int rows = n.OW < PART ? PART / n.OW : 1;
    struct long_sum sum = {0}, product = {0};
    for (int row = 0; row < n.OH; row += rows)
      for (int column = 0; column < n.OW; column += PART) {
        const int end_row = row + rows < n.OH ? row + rows : n.OH;
        const int end_column = column + PART < n.OW ? column + PART : n.OW;
        vec sum_part = {0}, product_part = {0};
        for (int i = row; i < end_row; i++)
          for (int j = column; j < end_column; j++) {
            const vec *window = xs + i * n.S * n.W + j * n.S;
            vec g[1];
            batchnorm_relu_window(n, window, dys[i * n.OW + j], mean, scale, shift, g);
            UNROLL for (int k = 0; k < n.K * n.K; k++) {
              sum_part += g[k];
              product_part += g[k] * (window[k / n.K * n.W + k % n.K] - mean);
            }
          }
        add_part(&sum, sum_part);
        add_part(&product, product_part);
      }
    partial[at][0] = lanes_sum(sum.total);
    partial[at][1] = lanes_sum(product.total) * inverse;
  }
}

// separable4_separable1_batchnorm2, separable4_separable1_relu2 (ds_cnn.bn:7): sums of g and of g *
// xhat, x [64, 25, 5], dy [64, 25, 5]
static void k_separable4_separable1_batchnorm2_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_batchnorm1, (struct pieces){32, 2, 0},
      s->scratch + b_separable4_separable1_batchnorm2_moments,
      s->parameters->separable4_separable1_batchnorm2_gamma,
      s->parameters->separable4_separable1_batchnorm2_beta,
      lanes_at(s, b_separable4_separable1_conv2_output),
      lanes_at(s, b_separable4_separable1_relu2_output_gradient),
      pairs_at(s, b_separable4_separable1_batchnorm2_partial_sums));
}

// The gradients of gamma and beta, and step, and what dx needs of them. With the running
// statistics, which depend on no example, dx takes no means away.
//   coefficients [4][C]: scale and shift as they were, mean of g, mean of g * xhat
static ALWAYS_INLINE void batchnorm_parameter_gradient(const struct step *s, int task,
    const struct normalization n, const real *moments, real (*partial)[2], real *coefficients,
    real *gamma, real *beta) {
  (void)task;
  const real share = s->training ? 1 / (real)(s->count * (n.H * n.W)) : 0;
  for (int c = 0; c < n.C; c++) {
    double g = 0, gx = 0;
    for (int block = 0; block < s->blocks; block++) {
      g += (double)partial[block * n.C + c][0];
      gx += (double)partial[block * n.C + c][1];
    }
    const real sum = (real)g, product = (real)gx;
    coefficients[c] = gamma[c] * moments[2 * n.C + c];
    coefficients[n.C + c] = beta[c];
    coefficients[2 * n.C + c] = sum * share;
    coefficients[3 * n.C + c] = product * share;
    adam_update(&gamma[c], product, s);
    adam_update(&beta[c], sum, s);
  }
}

// separable4_separable1_batchnorm2 (ds_cnn.bn:7): gradients of gamma and beta, and step
static void k_separable4_separable1_batchnorm2_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_batchnorm1,
      s->scratch + b_separable4_separable1_batchnorm2_moments,
      pairs_at(s, b_separable4_separable1_batchnorm2_partial_sums),
      s->scratch + b_separable4_separable1_batchnorm2_coefficients,
      s->parameters->separable4_separable1_batchnorm2_gamma,
      s->parameters->separable4_separable1_batchnorm2_beta);
}

// A task: the gradient of a piece of the channels of one block's x.
static ALWAYS_INLINE void batchnorm_relu_backward(const struct step *s, int task,
    const struct normalization n, const struct pieces tiles, const real *moments,
    const real *coefficients, const vec *x, const vec *dy, vec *dx) {
  const int block = task / tiles.count, first = piece_start(tiles, task % tiles.count);
  const int end = first + piece_size(tiles, task % tiles.count);
  const mask active = active_lanes(s, block);
  for (int c = first; c < end; c++) {
    const int plane = (block * n.C + c) * (n.H * n.W);
    const real mean = moments[c], scale = coefficients[c], shift = coefficients[n.C + c];
    const real mean_g = coefficients[2 * n.C + c];
    const real slope = coefficients[3 * n.C + c] * moments[2 * n.C + c];
    const vec *xs = x + plane, *dys = dy + (block * n.C + c) * (n.OH * n.OW);
    vec *dxs = dx + plane;
    for (int i = 0; i < n.OH; i++)
      for (int j = 0; j < n.OW; j++) {
        const int at = i * n.S * n.W + j * n.S;
        vec g[1];
        batchnorm_relu_window(n, xs + at, dys[i * n.OW + j], mean, scale, shift, g);
        UNROLL for (int k = 0; k < n.K * n.K; k++) {
          const int cell = at + k / n.K * n.W + k % n.K;
          dxs[cell] = masked((g[k] - mean_g - (xs[cell] - mean) * slope) * scale, active);
        }
      }
  }
}

// separable4_separable1_batchnorm2, separable4_separable1_relu2 (ds_cnn.bn:7), input gradient in
// x's place: x [64, 25, 5], dy [64, 25, 5]
static void k_separable4_separable1_batchnorm2_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_batchnorm1, (struct pieces){32, 2, 0},
      s->scratch + b_separable4_separable1_batchnorm2_moments,
      s->scratch + b_separable4_separable1_batchnorm2_coefficients,
      lanes_at(s, b_separable4_separable1_conv2_output),
      lanes_at(s, b_separable4_separable1_relu2_output_gradient),
      lanes_at(s, b_separable4_separable1_conv2_output_gradient));
}

// One tile of a convolution's input gradient: `columns` of dx's row i for `channels` of its
// channels, in registers, gathered from every dy whose window covers them; `edge` says that some
// lie outside of dy. Nothing is computed on padding.
static ALWAYS_INLINE void convolution_input_gradient_tile(const struct convolution g, const vec *dy,
    const real *weight, vec *dx, mask active, int i, int j, const int channels, const int columns,
    const int edge) {
  vec sum[TILE] = {0};
  const int every = g.DH > 1 ? 1 : g.SH;  // of so many rows of the kernel, one may lie over row i
  for (int co = 0; co < g.CO; co++)
    for (int ky = (i + g.PT) % every; ky < g.KH; ky += every) {
      const ptrdiff_t row = (i + g.PT - ky * g.DH) / g.SH;
      if (ky * g.DH > i + g.PT || row >= g.OH) continue;
      if (g.DH > 1 && (i + g.PT - ky * g.DH) % g.SH != 0) continue;
      const ptrdiff_t start = (co * g.OH + row) * g.OW + j / g.SW;
      const real *w = weight + (co * g.CI * g.KH + ky) * g.KW;
      UNROLL for (int kx = 0; kx < g.KW; kx++)
        UNROLL for (int t = 0; t < columns; t++) {
          const int o = (t + g.PL - kx * g.DW) / g.SW;
          if (o * g.SW != t + g.PL - kx * g.DW) continue;
          if (edge && (j / g.SW + o < 0 || j / g.SW + o >= g.OW)) continue;
          const vec v = dy[start + o];
          UNROLL for (int c = 0; c < channels; c++)
            sum[c * columns + t] += v * w[c * g.KH * g.KW + kx];
        }
    }
  const ptrdiff_t first = (ptrdiff_t)i * g.W + j;
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) {
      const ptrdiff_t at = first + (c * g.H * g.W + t);
      dx[at] = masked(sum[c * columns + t], active);
    }
}

// Columns `start` to `end` of dx's row i. Tiles at an edge are unrolled, for constant columns.
static ALWAYS_INLINE void convolution_input_gradient_span(const struct convolution g, const vec *dy,
    const real *weight, vec *dx, mask active, int i, const int start, const int end,
    const int channels, const int width) {
  const int rest = (end - start) % width, whole = end - rest;
  const int left = left_edge(((g.KW - 1) * g.DW - g.PL) / g.SW * g.SW, start, whole, width);
  const int right = right_edge(g.OW * g.SW - g.PL, left, whole, width);
  UNROLL for (int j = start; j < left; j += width)
    convolution_input_gradient_tile(g, dy, weight, dx, active, i, j, channels, width, 1);
  for (int j = left; j < right; j += width)
    convolution_input_gradient_tile(g, dy, weight, dx, active, i, j, channels, width, 0);
  UNROLL for (int j = right; j < whole; j += width)
    convolution_input_gradient_tile(g, dy, weight, dx, active, i, j, channels, width, 1);
  if (rest > 0)
    convolution_input_gradient_tile(g, dy, weight, dx, active, i, whole, channels, rest, 1);
}

// Rows `first` up to `end` of dx for `channels` input channels.
static ALWAYS_INLINE void convolution_input_gradient_rows(const struct convolution g,
    const struct pieces columns, const vec *dy, const real *weight, vec *dx, mask active, int first,
    int end, const int channels) {
  const int wide = columns.wide * (columns.size + 1);
  for (int i = first; i < end; i++) {
    if (wide > 0)
      convolution_input_gradient_span(g, dy, weight, dx, active, i, 0, wide, channels,
          columns.size + 1);
    convolution_input_gradient_span(g, dy, weight, dx, active, i, wide, g.W, channels,
        columns.size);
  }
}

// A task of a convolution's input gradient: dx of one tile's input channels of one block.
static ALWAYS_INLINE void convolution_input_gradient(const struct step *s, int task,
    const struct convolution g, const struct pieces tiles, const struct pieces columns,
    const vec *dy, const real *weight, vec *dx) {
  const int tile = task % tiles.count, group = task / tiles.count % g.G;
  const int block = task / tiles.count / g.G, ci = piece_start(tiles, tile);
  const int plane = ((block * g.G + group) * g.CI + ci) * (g.H * g.W);
  const mask active = active_lanes(s, block);
  dy += (block * g.G + group) * (g.CO * g.OH * g.OW);
  weight += (group * g.CO * g.CI + ci) * (g.KH * g.KW);
  dx += plane;
  if (tiles.wide > 0 && tile < tiles.wide)
    convolution_input_gradient_rows(g, columns, dy, weight, dx, active, 0, g.H, tiles.size + 1);
  else
    convolution_input_gradient_rows(g, columns, dy, weight, dx, active, 0, g.H, tiles.size);
}

// convolution_input_gradient for the sizes of separable1_separable1_conv2, which other layers have
// too.
static void convolution_input_gradient_of_separable1_separable1_conv2(const struct step *s,
    int task, const vec *dy, const real *weight, vec *dx) {
  convolution_input_gradient(s, task, g_separable1_separable1_conv2, (struct pieces){22, 2, 20},
      (struct pieces){32, 3, 29}, dy, weight, dx);
}

// separable4_separable1_conv2 (ds_cnn.bn:7), input gradient: 3 or 2 input channels of a block a
// task
//   dy [64, 1, 125], weight [64, 64, 1, 1], dx [64, 1, 125]
static void k_separable4_separable1_conv2_input_gradient(const struct step *s, int task) {
  convolution_input_gradient_of_separable1_separable1_conv2(s, task,
      lanes_at(s, b_separable4_separable1_conv2_output_gradient),
      s->parameters->separable4_separable1_conv2_weight,
      lanes_at(s, b_separable4_separable1_relu1_output_gradient));
}

static const struct convolution g_separable4_separable1_conv2 = { .G = 1, .CI = 64, .H = 25, .W = 5,
    .CO = 64, .OH = 25, .OW = 5, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0,
    .PB = 0, .PL = 0, .INNER = 0, .INNER_END = 5 };

// Memory of each thread, which stays in its cache from task to task.
static _Thread_local vec thread_vectors[400];

// Transposes rows of dy from `first` up to `end`: of each position and example the output channels
// of `vectors` vectors from vector `start` on.
static ALWAYS_INLINE void convolution_channel_gradient_load(const struct convolution g,
    const vec *dy, int first, int end, int start, int vectors, vec *transposed) {
  for (int v = 0; v < vectors; v++) {
    const int channel = (start + v) * LANES;
    for (int at = first * g.OW; at < end * g.OW; at++) {
      vec square[LANES];
      UNROLL for (int i = 0; i < LANES; i++)
        square[i] = g.CO % LANES == 0 || channel + i < g.CO
            ? dy[(channel + i) * (g.OH * g.OW) + at] : (vec){0};
      transpose(square);
      vec *to = transposed + (at - first * g.OW) * LANES * vectors + v;
      UNROLL for (int n = 0; n < LANES; n++) to[n * vectors] = square[n];
    }
  }
}

// One tile: what rows of dy from `first` up to `end` add for row ky of the kernel to the gradients
// of `vectors` vectors of output channels x `inputs` input channels. A vector of dy serves `inputs`
// x KW products in registers, a number of x one with each of the vectors.
static ALWAYS_INLINE void convolution_channel_gradient_tile(const struct convolution g,
    const vec *x, const vec *dy, struct long_sum *sums, int first, int end, int ky,
    const int vectors, const int inputs) {
  const real *numbers = (const real *)(const void *)x;
  vec sum[TILE] = {0};
  for (int i = first; i < end; i++, dy += g.OW * LANES * vectors) {
    const ptrdiff_t row = i * g.SH + ky * g.DH - g.PT;
    if (g.PT + g.PB > 0 && (row < 0 || row >= g.H)) continue;
    const ptrdiff_t start = row * g.W - g.PL;
    // The columns whose windows reach into the padding, on either side, then the others.
    if (g.INNER > 0 || g.INNER_END < g.OW)
      UNROLL for (int side = 0; side < 2; side++)
        for (int j = side ? g.INNER_END : 0; j < (side ? g.OW : g.INNER); j++)
          UNROLL for (int k = 0; k < g.KW; k++) {
            const int column = j * g.SW + k * g.DW - g.PL;
            if (column < 0 || column >= g.W) continue;
            for (int n = 0; n < LANES; n++)
              UNROLL for (int c = 0; c < inputs; c++)
                UNROLL for (int v = 0; v < vectors; v++)
                  sum[(v * inputs + c) * g.KW + k] += dy[(j * LANES + n) * vectors + v]
                      * numbers[(start + c * g.H * g.W + j * g.SW + k * g.DW) * LANES + n];
          }
    for (int j = g.INNER; j < g.INNER_END; j++)
      for (int n = 0; n < LANES; n++)
        UNROLL for (int c = 0; c < inputs; c++)
          UNROLL for (int k = 0; k < g.KW; k++) {
            const real number = numbers[(start + c * g.H * g.W + j * g.SW + k * g.DW) * LANES + n];
            UNROLL for (int v = 0; v < vectors; v++)
              sum[(v * inputs + c) * g.KW + k] += dy[(j * LANES + n) * vectors + v] * number;
          }
  }
  UNROLL for (int v = 0; v < vectors; v++)
    UNROLL for (int c = 0; c < inputs; c++)
      UNROLL for (int k = 0; k < g.KW; k++)
        add_part(&sums[((v * g.CI + c) * g.KH + ky) * g.KW + k], sum[(v * inputs + c) * g.KW + k]);
}

// A task: what a share of the batch's bands of rows adds to the weight gradient of a group of tiles
// of output channels. All of them go over a band while it is in the cache.
static ALWAYS_INLINE void convolution_channel_gradient(const struct step *s, int task,
    const struct convolution g, const struct pieces outputs, const struct pieces inputs,
    const struct pieces groups, const struct pieces bands, const struct pieces shares, const vec *x,
    const vec *dy, real *parts) {
  const int group = task % groups.count, share = task / groups.count;
  const int first_output = piece_start(groups, group),
      end_output = first_output + piece_size(groups, group);
  const int start = piece_start(outputs, first_output),
      count = piece_start(outputs, end_output) - start;
  const int vectors = (g.CO + LANES - 1) / LANES, row = g.CI * g.KH * g.KW;
  struct long_sum *sums = (struct long_sum *)(void *)parts + ((ptrdiff_t)share * vectors + start)
      * row;
  for (int k = 0; k < count * row; k++) sums[k] = (struct long_sum){ {0}, {0} };

  const int item = piece_start(shares, share), end_item = item + piece_size(shares, share);
  for (int k = item; k < end_item && k < s->blocks * bands.count; k++) {
    const int block = k / bands.count, band = k % bands.count;
    const int first = piece_start(bands, band), end = first + piece_size(bands, band);
    const int examples = (end - first) * g.OW * LANES;
    for (int output = first_output; output < end_output; output++) {
      const int v = piece_start(outputs, output);
      convolution_channel_gradient_load(g, dy + block * g.CO * (g.OH * g.OW), first, end, v,
          piece_size(outputs, output), thread_vectors + (v - start) * examples);
    }
    for (int input = 0; input < inputs.count; input++)
      for (int output = first_output; output < end_output; output++) {
        const int c = piece_start(inputs, input), v = piece_start(outputs, output) - start;
        const vec *xs = x + (block * g.CI + c) * (g.H * g.W), *dys = thread_vectors + v * examples;
        struct long_sum *to = sums + v * row + c * (g.KH * g.KW);
        const int more_outputs = outputs.wide > 0 && output < outputs.wide;
        const int more_inputs = inputs.wide > 0 && input < inputs.wide;
        for (int ky = 0; ky < g.KH; ky++) {
          if (more_outputs && more_inputs)
            convolution_channel_gradient_tile(g, xs, dys, to, first, end, ky, outputs.size + 1,
                inputs.size + 1);
          else if (more_outputs)
            convolution_channel_gradient_tile(g, xs, dys, to, first, end, ky, outputs.size + 1,
                inputs.size);
          else if (more_inputs)
            convolution_channel_gradient_tile(g, xs, dys, to, first, end, ky, outputs.size,
                inputs.size + 1);
          else
            convolution_channel_gradient_tile(g, xs, dys, to, first, end, ky, outputs.size,
                inputs.size);
        }
      }
  }
}

// convolution_channel_gradient for the sizes of separable4_separable1_conv2, which other layers
// have too.
static void convolution_channel_gradient_of_separable4_separable1_conv2(const struct step *s,
    int task, const vec *x, const vec *dy, real *parts) {
  convolution_channel_gradient(s, task, g_separable4_separable1_conv2, (struct pieces){4, 2, 0},
      (struct pieces){11, 5, 9}, (struct pieces){4, 1, 0}, (struct pieces){5, 5, 0},
      (struct pieces){4, 16, 1}, x, dy, parts);
}

// separable4_separable1_conv2 (ds_cnn.bn:7), what the batch adds to the weight gradient, output
// channels in the lanes: 17 or 16 bands of rows, 1 tile of output channels a task
//   x [64, 25, 5], dy [64, 25, 5]
static void k_separable4_separable1_conv2_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient_of_separable4_separable1_conv2(s, task,
      lanes_at(s, b_separable4_separable1_relu1_output),
      lanes_at(s, b_separable4_separable1_conv2_output_gradient),
      s->scratch + b_separable4_separable1_conv2_weight_gradient_parts);
}

// A task: some stretches of input channels and taps, each of a vector of output channels, whose
// shares are added.
static ALWAYS_INLINE void convolution_channel_gradient_weights(int task, const struct convolution g,
    const struct pieces tasks, const int shares, const real *parts, real *dweight) {
  enum { STRETCH = 16 };
  const int row = g.CI * g.KH * g.KW, stretches = (row + STRETCH - 1) / STRETCH;
  const int vectors = (g.CO + LANES - 1) / LANES;
  const struct long_sum *sums = (const struct long_sum *)(const void *)parts;
  const int first = piece_start(tasks, task), end = first + piece_size(tasks, task);
  for (int item = first; item < end; item++) {
    const int v = item / stretches, start = item % stretches * STRETCH;
    const int count = row - start < STRETCH ? row - start : STRETCH;
    vec total[STRETCH] = {0};
    for (int share = 0; share < shares; share++)
      for (int k = 0; k < count; k++)
        total[k] += sums[((ptrdiff_t)share * vectors + v) * row + start + k].total;
    for (int l = 0; l < LANES && v * LANES + l < g.CO; l++)
      for (int k = 0; k < count; k++) {
        const int at = (v * LANES + l) * row + start + k;
        dweight[at] = total[k][l];
      }
  }
}

// convolution_channel_gradient_weights for the sizes of separable4_separable1_conv2, which other
// layers have too.
static void convolution_channel_gradient_weights_of_separable4_separable1_conv2(int task,
    const real *parts, real *dweight) {
  convolution_channel_gradient_weights(task, g_separable4_separable1_conv2,
      (struct pieces){16, 2, 0}, 4, parts, dweight);
}

// separable4_separable1_conv2 (ds_cnn.bn:7), weight gradient, from what shares of the batch add to
// it: 2 stretches of 16 numbers a task
//   dweight [64, 64, 1, 1]
static void k_separable4_separable1_conv2_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights_of_separable4_separable1_conv2(task,
      s->scratch + b_separable4_separable1_conv2_weight_gradient_parts,
      s->scratch + b_separable4_separable1_conv2_dweight);
}

// separable4_separable1_batchnorm1, separable4_separable1_relu1 (ds_cnn.bn:6): sums of g and of g *
// xhat, x [64, 25, 5], dy [64, 25, 5]
static void k_separable4_separable1_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_batchnorm1, (struct pieces){32, 2, 0},
      s->scratch + b_separable4_separable1_batchnorm1_moments,
      s->parameters->separable4_separable1_batchnorm1_gamma,
      s->parameters->separable4_separable1_batchnorm1_beta,
      lanes_at(s, b_separable4_separable1_conv1_output),
      lanes_at(s, b_separable4_separable1_relu1_output_gradient),
      pairs_at(s, b_separable4_separable1_batchnorm1_partial_sums));
}

// separable4_separable1_batchnorm1 (ds_cnn.bn:6): gradients of gamma and beta, and step
static void k_separable4_separable1_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_batchnorm1,
      s->scratch + b_separable4_separable1_batchnorm1_moments,
      pairs_at(s, b_separable4_separable1_batchnorm1_partial_sums),
      s->scratch + b_separable4_separable1_batchnorm1_coefficients,
      s->parameters->separable4_separable1_batchnorm1_gamma,
      s->parameters->separable4_separable1_batchnorm1_beta);
}

// separable4_separable1_batchnorm1, separable4_separable1_relu1 (ds_cnn.bn:6), input gradient in
// x's place: x [64, 25, 5], dy [64, 25, 5]
static void k_separable4_separable1_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_batchnorm1, (struct pieces){32, 2, 0},
      s->scratch + b_separable4_separable1_batchnorm1_moments,
      s->scratch + b_separable4_separable1_batchnorm1_coefficients,
      lanes_at(s, b_separable4_separable1_conv1_output),
      lanes_at(s, b_separable4_separable1_relu1_output_gradient),
      lanes_at(s, b_separable4_separable1_conv1_output_gradient));
}

// One tile of a depthwise convolution's input gradient: `columns` of row i of one channel of dx, in
// registers, gathered from every dy whose window covers them. Each dy is loaded once a row for all
// of them; `edge` says that some lie outside of dy. Nothing is computed on padding.
static ALWAYS_INLINE void depthwise_input_gradient_tile(const struct convolution g, const vec *dy,
    const real *weight, vec *dx, mask active, int i, int j, const int channels, const int columns,
    const int edge) {
  vec sum[TILE] = {0};
  const int every = g.DH > 1 ? 1 : g.SH;  // of so many rows of the kernel, one may lie over row i
  for (int co = 0; co < g.CO; co++)
    UNROLL for (int ky = (i + g.PT) % every; ky < g.KH; ky += every) {
      const ptrdiff_t row = (i + g.PT - ky * g.DH) / g.SH;
      if (ky * g.DH > i + g.PT || row >= g.OH) continue;
      if (g.DH > 1 && (i + g.PT - ky * g.DH) % g.SH != 0) continue;
      const ptrdiff_t start = (co * g.OH + row) * g.OW + j / g.SW;
      const real *w = weight + (co * g.KH + ky) * g.KW;
      const int left = -(((g.KW - 1) * g.DW - g.PL) / g.SW), right = (columns - 1 + g.PL) / g.SW;
      UNROLL for (int o = left; o <= right; o++) {
        if (edge && (j / g.SW + o < 0 || j / g.SW + o >= g.OW)) continue;
        const vec v = dy[start + o];
        UNROLL for (int t = 0; t < columns; t++) {
          const int kx = (t + g.PL - o * g.SW) / g.DW;
          if (t + g.PL < o * g.SW || kx * g.DW != t + g.PL - o * g.SW || kx >= g.KW) continue;
          UNROLL for (int c = 0; c < channels; c++)
            sum[c * columns + t] += v * w[c * g.KH * g.KW + kx];
        }
      }
    }
  const ptrdiff_t first = (ptrdiff_t)i * g.W + j;
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) {
      const ptrdiff_t at = first + (c * g.H * g.W + t);
      dx[at] = masked(sum[c * columns + t], active);
    }
}

// Columns `start` to `end` of dx's row i. Tiles at an edge are unrolled, for constant columns.
static ALWAYS_INLINE void depthwise_input_gradient_span(const struct convolution g, const vec *dy,
    const real *weight, vec *dx, mask active, int i, const int start, const int end,
    const int channels, const int width) {
  const int rest = (end - start) % width, whole = end - rest;
  const int left = left_edge(((g.KW - 1) * g.DW - g.PL) / g.SW * g.SW, start, whole, width);
  const int right = right_edge(g.OW * g.SW - g.PL, left, whole, width);
  UNROLL for (int j = start; j < left; j += width)
    depthwise_input_gradient_tile(g, dy, weight, dx, active, i, j, channels, width, 1);
  for (int j = left; j < right; j += width)
    depthwise_input_gradient_tile(g, dy, weight, dx, active, i, j, channels, width, 0);
  UNROLL for (int j = right; j < whole; j += width)
    depthwise_input_gradient_tile(g, dy, weight, dx, active, i, j, channels, width, 1);
  if (rest > 0)
    depthwise_input_gradient_tile(g, dy, weight, dx, active, i, whole, channels, rest, 1);
}

// Rows `first` up to `end` of dx for `channels` input channels.
static ALWAYS_INLINE void depthwise_input_gradient_rows(const struct convolution g,
    const struct pieces columns, const vec *dy, const real *weight, vec *dx, mask active, int first,
    int end, const int channels) {
  const int wide = columns.wide * (columns.size + 1);
  for (int i = first; i < end; i++) {
    if (wide > 0)
      depthwise_input_gradient_span(g, dy, weight, dx, active, i, 0, wide, channels,
          columns.size + 1);
    depthwise_input_gradient_span(g, dy, weight, dx, active, i, wide, g.W, channels, columns.size);
  }
}

// A task of a convolution's input gradient: dx of one tile's input channels of one block.
static ALWAYS_INLINE void depthwise_input_gradient(const struct step *s, int task,
    const struct convolution g, const struct pieces tiles, const struct pieces columns,
    const vec *dy, const real *weight, vec *dx) {
  const int tile = task % tiles.count, group = task / tiles.count % g.G;
  const int block = task / tiles.count / g.G, ci = piece_start(tiles, tile);
  const int plane = ((block * g.G + group) * g.CI + ci) * (g.H * g.W);
  const mask active = active_lanes(s, block);
  dy += (block * g.G + group) * (g.CO * g.OH * g.OW);
  weight += (group * g.CO * g.CI + ci) * (g.KH * g.KW);
  dx += plane;
  if (tiles.wide > 0 && tile < tiles.wide)
    depthwise_input_gradient_rows(g, columns, dy, weight, dx, active, 0, g.H, tiles.size + 1);
  else
    depthwise_input_gradient_rows(g, columns, dy, weight, dx, active, 0, g.H, tiles.size);
}

// depthwise_input_gradient for the sizes of separable1_separable1_conv1, which other layers have
// too.
static void depthwise_input_gradient_of_separable1_separable1_conv1(const struct step *s, int task,
    const vec *dy, const real *weight, vec *dx) {
  depthwise_input_gradient(s, task, g_separable1_separable1_conv1, (struct pieces){1, 1, 0},
      (struct pieces){1, 5, 0}, dy, weight, dx);
}

// separable4_separable1_conv1 (ds_cnn.bn:5), input gradient: 1 input channels of a block a task
//   dy [64, 25, 5], weight [64, 1, 3, 3], dx [64, 25, 5]
static void k_separable4_separable1_conv1_input_gradient(const struct step *s, int task) {
  depthwise_input_gradient_of_separable1_separable1_conv1(s, task,
      lanes_at(s, b_separable4_separable1_conv1_output_gradient),
      s->parameters->separable4_separable1_conv1_weight,
      lanes_at(s, b_separable3_separable1_relu2_output_gradient));
}

// What `columns` numbers of dy, from column j of row i on, add to the sums of `kernel_rows` rows of
// the kernel from ky on: each number of x is loaded once a row for all the dy whose windows it lies
// under. `edge` says that a window may reach into the padding.
static ALWAYS_INLINE void depthwise_weight_gradient_tile(const struct convolution g, const vec *x,
    const vec *dy, vec sum[TILE], int i, int j, int ky, const int kernel_rows, const int columns,
    const int edge) {
  vec dys[TILE];
  UNROLL for (int t = 0; t < columns; t++) dys[t] = dy[i * g.OW + j + t];
  UNROLL for (int r = 0; r < kernel_rows; r++) {
    const ptrdiff_t row = i * g.SH + (ky + r) * g.DH - g.PT;
    if (g.PT + g.PB > 0 && (row < 0 || row >= g.H)) continue;
    const ptrdiff_t start = row * g.W + j * g.SW - g.PL;
    UNROLL for (int k = 0; k <= (columns - 1) * g.SW + (g.KW - 1) * g.DW; k++) {
      const int column = j * g.SW + k - g.PL;
      if (edge && (column < 0 || column >= g.W)) continue;
      const vec v = x[start + k];
      UNROLL for (int t = 0; t < columns; t++) {
        const int kx = (k - t * g.SW) / g.DW;
        if (k < t * g.SW || kx * g.DW != k - t * g.SW || kx >= g.KW) continue;
        sum[r * g.KW + kx] += dys[t] * v;
      }
    }
  }
}

// What rows `first` up to `end` of one channel's dy add to `kernel_rows` rows of its kernel from ky
// on, whose sums stay in registers, each lane that of its own examples. Inactive lanes hold 0 in x
// and in dy.
static ALWAYS_INLINE void depthwise_weight_gradient_rows(const struct convolution g, const vec *x,
    const vec *dy, vec *sums, int first, int end, int ky, const int kernel_rows,
    const int columns) {
  const int rest = g.OW % columns, whole = g.OW - rest;
  const int left = left_edge(g.INNER, 0, whole, columns);
  const int right = right_edge(g.INNER_END, left, whole, columns);
  vec sum[TILE];
  UNROLL for (int k = 0; k < kernel_rows * g.KW; k++) sum[k] = sums[k];
  for (int i = first; i < end; i++) {
    UNROLL for (int j = 0; j < left; j += columns)
      depthwise_weight_gradient_tile(g, x, dy, sum, i, j, ky, kernel_rows, columns, 1);
    for (int j = left; j < right; j += columns)
      depthwise_weight_gradient_tile(g, x, dy, sum, i, j, ky, kernel_rows, columns, 0);
    UNROLL for (int j = right; j < whole; j += columns)
      depthwise_weight_gradient_tile(g, x, dy, sum, i, j, ky, kernel_rows, columns, 1);
    if (rest > 0)
      depthwise_weight_gradient_tile(g, x, dy, sum, i, whole, ky, kernel_rows, rest, 1);
  }
  UNROLL for (int k = 0; k < kernel_rows * g.KW; k++) sums[k] = sum[k];
}

// A task of a depthwise convolution's weight gradient: one channel's kernel, over the whole batch
// in parts of `rows` rows of `blocks` blocks; at the end the lanes are added. `kernel_rows` rows of
// the kernel have their sums in registers at a time.
static ALWAYS_INLINE void depthwise_weight_gradient(const struct step *s, int task,
    const struct convolution g, const int blocks, const int rows, const int kernel_rows,
    const int columns, const vec *x, const vec *dy, real *dweight) {
  struct long_sum sums[9] = {0};
  x += task / g.CO * (g.H * g.W);
  dy += task * (g.OH * g.OW);
  for (int first = 0; first < s->blocks; first += blocks)
    for (int row = 0; row < g.OH; row += rows) {
      const int end = first + blocks < s->blocks ? first + blocks : s->blocks;
      const int end_row = row + rows < g.OH ? row + rows : g.OH;
      vec part[9] = {0};
      for (int block = first; block < end; block++) {
        const vec *xs = x + block * (g.G * g.H * g.W),
            *dys = dy + block * (g.G * g.CO * g.OH * g.OW);
        const int rest = g.KH % kernel_rows;
        for (int ky = 0; ky < g.KH - rest; ky += kernel_rows)
          depthwise_weight_gradient_rows(g, xs, dys, part + ky * g.KW, row, end_row, ky,
              kernel_rows, columns);
        if (rest > 0)
          depthwise_weight_gradient_rows(g, xs, dys, part + (g.KH - rest) * g.KW, row, end_row,
              g.KH - rest, rest, columns);
      }
      for (int k = 0; k < g.KH * g.KW; k++) add_part(&sums[k], part[k]);
    }
  for (int k = 0; k < g.KH * g.KW; k++) {
    const int at = task * (g.KH * g.KW) + k;
    dweight[at] = lanes_sum(sums[k].total);
  }
}

// depthwise_weight_gradient for the sizes of separable1_separable1_conv1, which other layers have
// too.
static void depthwise_weight_gradient_of_separable1_separable1_conv1(const struct step *s, int task,
    const vec *x, const vec *dy, real *dweight) {
  depthwise_weight_gradient(s, task, g_separable1_separable1_conv1, 8, 25, 3, 4, x, dy, dweight);
}

// separable4_separable1_conv1 (ds_cnn.bn:5), weight gradient: a channel's kernel a task
//   x [64, 25, 5], dy [64, 25, 5], dweight [64, 1, 3, 3]
static void k_separable4_separable1_conv1_weight_gradient(const struct step *s, int task) {
  depthwise_weight_gradient_of_separable1_separable1_conv1(s, task,
      lanes_at(s, b_separable3_separable1_relu2_output),
      lanes_at(s, b_separable4_separable1_conv1_output_gradient),
      s->scratch + b_separable4_separable1_conv1_dweight);
}

// separable3_separable1_batchnorm2, separable3_separable1_relu2 (ds_cnn.bn:7): sums of g and of g *
// xhat, x [64, 25, 5], dy [64, 25, 5]
static void k_separable3_separable1_batchnorm2_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_batchnorm1, (struct pieces){32, 2, 0},
      s->scratch + b_separable3_separable1_batchnorm2_moments,
      s->parameters->separable3_separable1_batchnorm2_gamma,
      s->parameters->separable3_separable1_batchnorm2_beta,
      lanes_at(s, b_separable3_separable1_conv2_output),
      lanes_at(s, b_separable3_separable1_relu2_output_gradient),
      pairs_at(s, b_separable3_separable1_batchnorm2_partial_sums));
}

// separable3_separable1_batchnorm2 (ds_cnn.bn:7): gradients of gamma and beta, and step
static void k_separable3_separable1_batchnorm2_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_batchnorm1,
      s->scratch + b_separable3_separable1_batchnorm2_moments,
      pairs_at(s, b_separable3_separable1_batchnorm2_partial_sums),
      s->scratch + b_separable3_separable1_batchnorm2_coefficients,
      s->parameters->separable3_separable1_batchnorm2_gamma,
      s->parameters->separable3_separable1_batchnorm2_beta);
}

// separable3_separable1_batchnorm2, separable3_separable1_relu2 (ds_cnn.bn:7), input gradient in
// x's place: x [64, 25, 5], dy [64, 25, 5]
static void k_separable3_separable1_batchnorm2_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_batchnorm1, (struct pieces){32, 2, 0},
      s->scratch + b_separable3_separable1_batchnorm2_moments,
      s->scratch + b_separable3_separable1_batchnorm2_coefficients,
      lanes_at(s, b_separable3_separable1_conv2_output),
      lanes_at(s, b_separable3_separable1_relu2_output_gradient),
      lanes_at(s, b_separable3_separable1_conv2_output_gradient));
}

// separable3_separable1_conv2 (ds_cnn.bn:7), input gradient: 3 or 2 input channels of a block a
// task
//   dy [64, 1, 125], weight [64, 64, 1, 1], dx [64, 1, 125]
static void k_separable3_separable1_conv2_input_gradient(const struct step *s, int task) {
  convolution_input_gradient_of_separable1_separable1_conv2(s, task,
      lanes_at(s, b_separable3_separable1_conv2_output_gradient),
      s->parameters->separable3_separable1_conv2_weight,
      lanes_at(s, b_separable3_separable1_relu1_output_gradient));
}

// separable3_separable1_conv2 (ds_cnn.bn:7), what the batch adds to the weight gradient, output
// channels in the lanes: 17 or 16 bands of rows, 1 tile of output channels a task
//   x [64, 25, 5], dy [64, 25, 5]
static void k_separable3_separable1_conv2_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient_of_separable4_separable1_conv2(s, task,
      lanes_at(s, b_separable3_separable1_relu1_output),
      lanes_at(s, b_separable3_separable1_conv2_output_gradient),
      s->scratch + b_separable3_separable1_conv2_weight_gradient_parts);
}

// separable3_separable1_conv2 (ds_cnn.bn:7), weight gradient, from what shares of the batch add to
// it: 2 stretches of 16 numbers a task
//   dweight [64, 64, 1, 1]
static void k_separable3_separable1_conv2_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights_of_separable4_separable1_conv2(task,
      s->scratch + b_separable3_separable1_conv2_weight_gradient_parts,
      s->scratch + b_separable3_separable1_conv2_dweight);
}

// separable3_separable1_batchnorm1, separable3_separable1_relu1 (ds_cnn.bn:6): sums of g and of g *
// xhat, x [64, 25, 5], dy [64, 25, 5]
static void k_separable3_separable1_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_batchnorm1, (struct pieces){32, 2, 0},
      s->scratch + b_separable3_separable1_batchnorm1_moments,
      s->parameters->separable3_separable1_batchnorm1_gamma,
      s->parameters->separable3_separable1_batchnorm1_beta,
      lanes_at(s, b_separable3_separable1_conv1_output),
      lanes_at(s, b_separable3_separable1_relu1_output_gradient),
      pairs_at(s, b_separable3_separable1_batchnorm1_partial_sums));
}

// separable3_separable1_batchnorm1 (ds_cnn.bn:6): gradients of gamma and beta, and step
static void k_separable3_separable1_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_batchnorm1,
      s->scratch + b_separable3_separable1_batchnorm1_moments,
      pairs_at(s, b_separable3_separable1_batchnorm1_partial_sums),
      s->scratch + b_separable3_separable1_batchnorm1_coefficients,
      s->parameters->separable3_separable1_batchnorm1_gamma,
      s->parameters->separable3_separable1_batchnorm1_beta);
}

// separable3_separable1_batchnorm1, separable3_separable1_relu1 (ds_cnn.bn:6), input gradient in
// x's place: x [64, 25, 5], dy [64, 25, 5]
static void k_separable3_separable1_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_batchnorm1, (struct pieces){32, 2, 0},
      s->scratch + b_separable3_separable1_batchnorm1_moments,
      s->scratch + b_separable3_separable1_batchnorm1_coefficients,
      lanes_at(s, b_separable3_separable1_conv1_output),
      lanes_at(s, b_separable3_separable1_relu1_output_gradient),
      lanes_at(s, b_separable3_separable1_conv1_output_gradient));
}

// separable3_separable1_conv1 (ds_cnn.bn:5), input gradient: 1 input channels of a block a task
//   dy [64, 25, 5], weight [64, 1, 3, 3], dx [64, 25, 5]
static void k_separable3_separable1_conv1_input_gradient(const struct step *s, int task) {
  depthwise_input_gradient_of_separable1_separable1_conv1(s, task,
      lanes_at(s, b_separable3_separable1_conv1_output_gradient),
      s->parameters->separable3_separable1_conv1_weight,
      lanes_at(s, b_separable2_separable1_relu2_output_gradient));
}

// separable3_separable1_conv1 (ds_cnn.bn:5), weight gradient: a channel's kernel a task
//   x [64, 25, 5], dy [64, 25, 5], dweight [64, 1, 3, 3]
static void k_separable3_separable1_conv1_weight_gradient(const struct step *s, int task) {
  depthwise_weight_gradient_of_separable1_separable1_conv1(s, task,
      lanes_at(s, b_separable2_separable1_relu2_output),
      lanes_at(s, b_separable3_separable1_conv1_output_gradient),
      s->scratch + b_separable3_separable1_conv1_dweight);
}

// separable2_separable1_batchnorm2, separable2_separable1_relu2 (ds_cnn.bn:7): sums of g and of g *
// xhat, x [64, 25, 5], dy [64, 25, 5]
static void k_separable2_separable1_batchnorm2_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_batchnorm1, (struct pieces){32, 2, 0},
      s->scratch + b_separable2_separable1_batchnorm2_moments,
      s->parameters->separable2_separable1_batchnorm2_gamma,
      s->parameters->separable2_separable1_batchnorm2_beta,
      lanes_at(s, b_separable2_separable1_conv2_output),
      lanes_at(s, b_separable2_separable1_relu2_output_gradient),
      pairs_at(s, b_separable2_separable1_batchnorm2_partial_sums));
}

// separable2_separable1_batchnorm2 (ds_cnn.bn:7): gradients of gamma and beta, and step
static void k_separable2_separable1_batchnorm2_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_batchnorm1,
      s->scratch + b_separable2_separable1_batchnorm2_moments,
      pairs_at(s, b_separable2_separable1_batchnorm2_partial_sums),
      s->scratch + b_separable2_separable1_batchnorm2_coefficients,
      s->parameters->separable2_separable1_batchnorm2_gamma,
      s->parameters->separable2_separable1_batchnorm2_beta);
}

// separable2_separable1_batchnorm2, separable2_separable1_relu2 (ds_cnn.bn:7), input gradient in
// x's place: x [64, 25, 5], dy [64, 25, 5]
static void k_separable2_separable1_batchnorm2_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_batchnorm1, (struct pieces){32, 2, 0},
      s->scratch + b_separable2_separable1_batchnorm2_moments,
      s->scratch + b_separable2_separable1_batchnorm2_coefficients,
      lanes_at(s, b_separable2_separable1_conv2_output),
      lanes_at(s, b_separable2_separable1_relu2_output_gradient),
      lanes_at(s, b_separable2_separable1_conv2_output_gradient));
}

// separable2_separable1_conv2 (ds_cnn.bn:7), input gradient: 3 or 2 input channels of a block a
// task
//   dy [64, 1, 125], weight [64, 64, 1, 1], dx [64, 1, 125]
static void k_separable2_separable1_conv2_input_gradient(const struct step *s, int task) {
  convolution_input_gradient_of_separable1_separable1_conv2(s, task,
      lanes_at(s, b_separable2_separable1_conv2_output_gradient),
      s->parameters->separable2_separable1_conv2_weight,
      lanes_at(s, b_separable2_separable1_relu1_output_gradient));
}

// separable2_separable1_conv2 (ds_cnn.bn:7), what the batch adds to the weight gradient, output
// channels in the lanes: 17 or 16 bands of rows, 1 tile of output channels a task
//   x [64, 25, 5], dy [64, 25, 5]
static void k_separable2_separable1_conv2_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient_of_separable4_separable1_conv2(s, task,
      lanes_at(s, b_separable2_separable1_relu1_output),
      lanes_at(s, b_separable2_separable1_conv2_output_gradient),
      s->scratch + b_separable2_separable1_conv2_weight_gradient_parts);
}

// separable2_separable1_conv2 (ds_cnn.bn:7), weight gradient, from what shares of the batch add to
// it: 2 stretches of 16 numbers a task
//   dweight [64, 64, 1, 1]
static void k_separable2_separable1_conv2_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights_of_separable4_separable1_conv2(task,
      s->scratch + b_separable2_separable1_conv2_weight_gradient_parts,
      s->scratch + b_separable2_separable1_conv2_dweight);
}

// separable2_separable1_batchnorm1, separable2_separable1_relu1 (ds_cnn.bn:6): sums of g and of g *
// xhat, x [64, 25, 5], dy [64, 25, 5]
static void k_separable2_separable1_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_batchnorm1, (struct pieces){32, 2, 0},
      s->scratch + b_separable2_separable1_batchnorm1_moments,
      s->parameters->separable2_separable1_batchnorm1_gamma,
      s->parameters->separable2_separable1_batchnorm1_beta,
      lanes_at(s, b_separable2_separable1_conv1_output),
      lanes_at(s, b_separable2_separable1_relu1_output_gradient),
      pairs_at(s, b_separable2_separable1_batchnorm1_partial_sums));
}

// separable2_separable1_batchnorm1 (ds_cnn.bn:6): gradients of gamma and beta, and step
static void k_separable2_separable1_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_batchnorm1,
      s->scratch + b_separable2_separable1_batchnorm1_moments,
      pairs_at(s, b_separable2_separable1_batchnorm1_partial_sums),
      s->scratch + b_separable2_separable1_batchnorm1_coefficients,
      s->parameters->separable2_separable1_batchnorm1_gamma,
      s->parameters->separable2_separable1_batchnorm1_beta);
}

// separable2_separable1_batchnorm1, separable2_separable1_relu1 (ds_cnn.bn:6), input gradient in
// x's place: x [64, 25, 5], dy [64, 25, 5]
static void k_separable2_separable1_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_batchnorm1, (struct pieces){32, 2, 0},
      s->scratch + b_separable2_separable1_batchnorm1_moments,
      s->scratch + b_separable2_separable1_batchnorm1_coefficients,
      lanes_at(s, b_separable2_separable1_conv1_output),
      lanes_at(s, b_separable2_separable1_relu1_output_gradient),
      lanes_at(s, b_separable2_separable1_conv1_output_gradient));
}

// separable2_separable1_conv1 (ds_cnn.bn:5), input gradient: 1 input channels of a block a task
//   dy [64, 25, 5], weight [64, 1, 3, 3], dx [64, 25, 5]
static void k_separable2_separable1_conv1_input_gradient(const struct step *s, int task) {
  depthwise_input_gradient_of_separable1_separable1_conv1(s, task,
      lanes_at(s, b_separable2_separable1_conv1_output_gradient),
      s->parameters->separable2_separable1_conv1_weight,
      lanes_at(s, b_separable1_separable1_relu2_output_gradient));
}

// separable2_separable1_conv1 (ds_cnn.bn:5), weight gradient: a channel's kernel a task
//   x [64, 25, 5], dy [64, 25, 5], dweight [64, 1, 3, 3]
static void k_separable2_separable1_conv1_weight_gradient(const struct step *s, int task) {
  depthwise_weight_gradient_of_separable1_separable1_conv1(s, task,
      lanes_at(s, b_separable1_separable1_relu2_output),
      lanes_at(s, b_separable2_separable1_conv1_output_gradient),
      s->scratch + b_separable2_separable1_conv1_dweight);
}

// separable1_separable1_batchnorm2, separable1_separable1_relu2 (ds_cnn.bn:7): sums of g and of g *
// xhat, x [64, 25, 5], dy [64, 25, 5]
static void k_separable1_separable1_batchnorm2_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_batchnorm1, (struct pieces){32, 2, 0},
      s->scratch + b_separable1_separable1_batchnorm2_moments,
      s->parameters->separable1_separable1_batchnorm2_gamma,
      s->parameters->separable1_separable1_batchnorm2_beta,
      lanes_at(s, b_separable1_separable1_conv2_output),
      lanes_at(s, b_separable1_separable1_relu2_output_gradient),
      pairs_at(s, b_separable1_separable1_batchnorm2_partial_sums));
}

// separable1_separable1_batchnorm2 (ds_cnn.bn:7): gradients of gamma and beta, and step
static void k_separable1_separable1_batchnorm2_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_batchnorm1,
      s->scratch + b_separable1_separable1_batchnorm2_moments,
      pairs_at(s, b_separable1_separable1_batchnorm2_partial_sums),
      s->scratch + b_separable1_separable1_batchnorm2_coefficients,
      s->parameters->separable1_separable1_batchnorm2_gamma,
      s->parameters->separable1_separable1_batchnorm2_beta);
}

// separable1_separable1_batchnorm2, separable1_separable1_relu2 (ds_cnn.bn:7), input gradient in
// x's place: x [64, 25, 5], dy [64, 25, 5]
static void k_separable1_separable1_batchnorm2_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_batchnorm1, (struct pieces){32, 2, 0},
      s->scratch + b_separable1_separable1_batchnorm2_moments,
      s->scratch + b_separable1_separable1_batchnorm2_coefficients,
      lanes_at(s, b_separable1_separable1_conv2_output),
      lanes_at(s, b_separable1_separable1_relu2_output_gradient),
      lanes_at(s, b_separable1_separable1_conv2_output_gradient));
}

// separable1_separable1_conv2 (ds_cnn.bn:7), input gradient: 3 or 2 input channels of a block a
// task
//   dy [64, 1, 125], weight [64, 64, 1, 1], dx [64, 1, 125]
static void k_separable1_separable1_conv2_input_gradient(const struct step *s, int task) {
  convolution_input_gradient_of_separable1_separable1_conv2(s, task,
      lanes_at(s, b_separable1_separable1_conv2_output_gradient),
      s->parameters->separable1_separable1_conv2_weight,
      lanes_at(s, b_separable1_separable1_relu1_output_gradient));
}

// separable1_separable1_conv2 (ds_cnn.bn:7), what the batch adds to the weight gradient, output
// channels in the lanes: 17 or 16 bands of rows, 1 tile of output channels a task
//   x [64, 25, 5], dy [64, 25, 5]
static void k_separable1_separable1_conv2_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient_of_separable4_separable1_conv2(s, task,
      lanes_at(s, b_separable1_separable1_relu1_output),
      lanes_at(s, b_separable1_separable1_conv2_output_gradient),
      s->scratch + b_separable1_separable1_conv2_weight_gradient_parts);
}

// separable1_separable1_conv2 (ds_cnn.bn:7), weight gradient, from what shares of the batch add to
// it: 2 stretches of 16 numbers a task
//   dweight [64, 64, 1, 1]
static void k_separable1_separable1_conv2_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights_of_separable4_separable1_conv2(task,
      s->scratch + b_separable1_separable1_conv2_weight_gradient_parts,
      s->scratch + b_separable1_separable1_conv2_dweight);
}

// separable1_separable1_batchnorm1, separable1_separable1_relu1 (ds_cnn.bn:6): sums of g and of g *
// xhat, x [64, 25, 5], dy [64, 25, 5]
static void k_separable1_separable1_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_batchnorm1, (struct pieces){32, 2, 0},
      s->scratch + b_separable1_separable1_batchnorm1_moments,
      s->parameters->separable1_separable1_batchnorm1_gamma,
      s->parameters->separable1_separable1_batchnorm1_beta,
      lanes_at(s, b_separable1_separable1_conv1_output),
      lanes_at(s, b_separable1_separable1_relu1_output_gradient),
      pairs_at(s, b_separable1_separable1_batchnorm1_partial_sums));
}

// separable1_separable1_batchnorm1 (ds_cnn.bn:6): gradients of gamma and beta, and step
static void k_separable1_separable1_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_batchnorm1,
      s->scratch + b_separable1_separable1_batchnorm1_moments,
      pairs_at(s, b_separable1_separable1_batchnorm1_partial_sums),
      s->scratch + b_separable1_separable1_batchnorm1_coefficients,
      s->parameters->separable1_separable1_batchnorm1_gamma,
      s->parameters->separable1_separable1_batchnorm1_beta);
}

// separable1_separable1_batchnorm1, separable1_separable1_relu1 (ds_cnn.bn:6), input gradient in
// x's place: x [64, 25, 5], dy [64, 25, 5]
static void k_separable1_separable1_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_batchnorm1, (struct pieces){32, 2, 0},
      s->scratch + b_separable1_separable1_batchnorm1_moments,
      s->scratch + b_separable1_separable1_batchnorm1_coefficients,
      lanes_at(s, b_separable1_separable1_conv1_output),
      lanes_at(s, b_separable1_separable1_relu1_output_gradient),
      lanes_at(s, b_separable1_separable1_conv1_output_gradient));
}

// separable1_separable1_conv1 (ds_cnn.bn:5), input gradient: 1 input channels of a block a task
//   dy [64, 25, 5], weight [64, 1, 3, 3], dx [64, 25, 5]
static void k_separable1_separable1_conv1_input_gradient(const struct step *s, int task) {
  depthwise_input_gradient_of_separable1_separable1_conv1(s, task,
      lanes_at(s, b_separable1_separable1_conv1_output_gradient),
      s->parameters->separable1_separable1_conv1_weight, lanes_at(s, b_dropout1_output_gradient));
}

// separable1_separable1_conv1 (ds_cnn.bn:5), weight gradient: a channel's kernel a task
//   x [64, 25, 5], dy [64, 25, 5], dweight [64, 1, 3, 3]
static void k_separable1_separable1_conv1_weight_gradient(const struct step *s, int task) {
  depthwise_weight_gradient_of_separable1_separable1_conv1(s, task, lanes_at(s, b_dropout1_output),
      lanes_at(s, b_separable1_separable1_conv1_output_gradient),
      s->scratch + b_separable1_separable1_conv1_dweight);
}

// dropout1 (ds_cnn.bn:16), backward: what is kept is drawn again, in place, all [64, 25, 5]
static void k_dropout1_backward(const struct step *s, int task) {
  dropout_backward(s, task, 3, 8000, 1, (struct pieces){4, 500, 0}, 429496730, (real)1.25,
      lanes_at(s, b_dropout1_output_gradient), lanes_at(s, b_relu1_output_gradient));
}

// batchnorm1, relu1 (ds_cnn.bn:15): sums of g and of g * xhat, x [64, 25, 5], dy [64, 25, 5]
static void k_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_batchnorm1, (struct pieces){32, 2, 0},
      s->scratch + b_batchnorm1_moments, s->parameters->batchnorm1_gamma,
      s->parameters->batchnorm1_beta, lanes_at(s, b_conv1_output),
      lanes_at(s, b_relu1_output_gradient), pairs_at(s, b_batchnorm1_partial_sums));
}

// batchnorm1 (ds_cnn.bn:15): gradients of gamma and beta, and step
static void k_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_batchnorm1, s->scratch + b_batchnorm1_moments,
      pairs_at(s, b_batchnorm1_partial_sums), s->scratch + b_batchnorm1_coefficients,
      s->parameters->batchnorm1_gamma, s->parameters->batchnorm1_beta);
}

// batchnorm1, relu1 (ds_cnn.bn:15), input gradient in x's place: x [64, 25, 5], dy [64, 25, 5]
static void k_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_batchnorm1, (struct pieces){32, 2, 0},
      s->scratch + b_batchnorm1_moments, s->scratch + b_batchnorm1_coefficients,
      lanes_at(s, b_conv1_output), lanes_at(s, b_relu1_output_gradient),
      lanes_at(s, b_conv1_output_gradient));
}

// A tile of a convolution's weight gradient is `outputs` x `inputs` channels x `taps` columns of
// the kernel from kx on, in registers, each lane the sum over its own examples. Here: what rows
// `first` up to `end` of one block's dy add to it for row ky of the kernel. Inactive lanes hold 0
// in x and in dy.
static ALWAYS_INLINE void convolution_weight_gradient_rows(const struct convolution g, const vec *x,
    const vec *dy, vec sums[TILE], int first, int end, int ky, int kx, const int outputs,
    const int inputs, const int taps) {
  vec sum[TILE];
  UNROLL for (int k = 0; k < outputs * inputs * taps; k++) sum[k] = sums[k];
  const int above = g.PT - ky * g.DH;  // rows of the window's row ky that lie above x
  const int first_row = above > 0 ? (above + g.SH - 1) / g.SH : 0;
  const int end_row = (g.H - 1 + above + g.SH) / g.SH;
  if (first < first_row) first = first_row;
  if (end > end_row) end = end_row;
  for (int i = first; i < end; i++) {
    const ptrdiff_t row = (ptrdiff_t)(i * g.SH - above) * g.W + kx * g.DW - g.PL;
    const vec *dys = dy + i * g.OW;
    // The columns whose windows reach into the padding, on either side, then the others.
    if (g.INNER > 0 || g.INNER_END < g.OW)
      UNROLL for (int side = 0; side < 2; side++)
        for (ptrdiff_t j = side ? g.INNER_END : 0; j < (side ? g.OW : g.INNER); j++)
          UNROLL for (int k = 0; k < taps; k++) {
            const ptrdiff_t column = j * g.SW + (kx + k) * g.DW - g.PL;
            if (column < 0 || column >= g.W) continue;
            UNROLL for (int c = 0; c < inputs; c++)
              UNROLL for (int o = 0; o < outputs; o++)
                sum[(o * inputs + c) * taps + k] += dys[j + o * g.OH * g.OW]
                    * x[row + j * g.SW + (c * g.H * g.W + k * g.DW)];
          }
    for (ptrdiff_t j = g.INNER; j < g.INNER_END; j++)
      UNROLL for (int o = 0; o < outputs; o++) {
        const vec v = dys[j + o * g.OH * g.OW];
        UNROLL for (int c = 0; c < inputs; c++)
          UNROLL for (int k = 0; k < taps; k++)
            sum[(o * inputs + c) * taps + k] += v * x[row + j * g.SW + (c * g.H * g.W + k * g.DW)];
      }
  }
  UNROLL for (int k = 0; k < outputs * inputs * taps; k++) sums[k] = sum[k];
}

// One tile for row ky of the kernel, over the whole batch in parts of `rows` rows of `blocks`
// blocks; at the end the lanes are added.
static ALWAYS_INLINE void convolution_weight_gradient_tile(const struct step *s,
    const struct convolution g, const vec *x, const vec *dy, real *dweight, const int blocks,
    const int rows, int co, int ci, int ky, int kx, const int outputs, const int inputs,
    const int taps) {
  struct long_sum sums[TILE] = {0};
  for (int first = 0; first < s->blocks; first += blocks)
    for (int row = 0; row < g.OH; row += rows) {
      const int end = first + blocks < s->blocks ? first + blocks : s->blocks;
      const int end_row = row + rows < g.OH ? row + rows : g.OH;
      vec part[TILE] = {0};
      for (int block = first; block < end; block++)
        convolution_weight_gradient_rows(g, x + (block * g.G * g.CI + ci) * (g.H * g.W),
            dy + (block * g.G * g.CO + co) * (g.OH * g.OW), part, row, end_row, ky, kx, outputs,
            inputs, taps);
      const int is_whole = blocks * LANES >= BATCH && rows >= g.OH;
      UNROLL for (int k = 0; k < outputs * inputs * taps; k++)
        if (is_whole) sums[k].total = part[k];
        else add_part(&sums[k], part[k]);
    }
  UNROLL for (int o = 0; o < outputs; o++)
    UNROLL for (int c = 0; c < inputs; c++)
      UNROLL for (int k = 0; k < taps; k++) {
        const int at = (((co + o) * g.CI + ci + c) * g.KH + ky) * g.KW + kx + k;
        dweight[at] = lanes_sum(sums[(o * inputs + c) * taps + k].total);
      }
}

// A row of the kernel for `outputs` x `inputs` channels.
static ALWAYS_INLINE void convolution_weight_gradient_taps(const struct step *s,
    const struct convolution g, const struct pieces taps, const vec *x, const vec *dy,
    real *dweight, const int blocks, const int rows, int co, int ci, int ky, const int outputs,
    const int inputs) {
  const int wide = taps.wide * (taps.size + 1);
  for (int kx = 0; kx < wide; kx += taps.size + 1)
    convolution_weight_gradient_tile(s, g, x, dy, dweight, blocks, rows, co, ci, ky, kx, outputs,
        inputs, taps.size + 1);
  for (int kx = wide; kx < g.KW; kx += taps.size)
    convolution_weight_gradient_tile(s, g, x, dy, dweight, blocks, rows, co, ci, ky, kx, outputs,
        inputs, taps.size);
}

// A task of a convolution's weight gradient: one row of the kernel for one tile of output and of
// input channels.
static ALWAYS_INLINE void convolution_weight_gradient(const struct step *s, int task,
    const struct convolution g, const struct pieces outputs, const struct pieces inputs,
    const struct pieces taps, const int blocks, const int rows, const vec *x, const vec *dy,
    real *dweight) {
  const int ky = task % g.KH, input = task / g.KH % inputs.count;
  const int output = task / g.KH / inputs.count % outputs.count;
  const int group = task / g.KH / inputs.count / outputs.count;
  const int co = piece_start(outputs, output), ci = piece_start(inputs, input);
  x += group * (g.CI * g.H * g.W);
  dy += group * (g.CO * g.OH * g.OW);
  dweight += group * g.CO * (g.CI * g.KH * g.KW);
  const int more_outputs = outputs.wide > 0 && output < outputs.wide;
  const int more_inputs = inputs.wide > 0 && input < inputs.wide;
  if (more_outputs && more_inputs)
    convolution_weight_gradient_taps(s, g, taps, x, dy, dweight, blocks, rows, co, ci, ky,
        outputs.size + 1, inputs.size + 1);
  else if (more_outputs)
    convolution_weight_gradient_taps(s, g, taps, x, dy, dweight, blocks, rows, co, ci, ky,
        outputs.size + 1, inputs.size);
  else if (more_inputs)
    convolution_weight_gradient_taps(s, g, taps, x, dy, dweight, blocks, rows, co, ci, ky,
        outputs.size, inputs.size + 1);
  else
    convolution_weight_gradient_taps(s, g, taps, x, dy, dweight, blocks, rows, co, ci, ky,
        outputs.size, inputs.size);
}

// conv1 (ds_cnn.bn:15), weight gradient: a kernel row of 2 x 1 channels a task
//   x [1, 49, 10], dy [64, 25, 5], dweight [64, 1, 10, 4]
static void k_conv1_weight_gradient(const struct step *s, int task) {
  convolution_weight_gradient(s, task, g_conv1, (struct pieces){32, 2, 0}, (struct pieces){1, 1, 0},
      (struct pieces){1, 4, 0}, 8, 25, lanes_at(s, b_features_lanes),
      lanes_at(s, b_conv1_output_gradient), s->scratch + b_conv1_dweight);
}

// The gradient of separable4_separable1_conv2.weight, and of what the loss (ds_cnn.bn:23) adds for
// each p of it: 0.0002 * p.
static void k_separable4_separable1_conv2_weight_penalty_gradient(const struct step *s, int task) {
  (void)task;
  const real *p = s->parameters->separable4_separable1_conv2_weight;
  real *gradient = s->scratch + b_separable4_separable1_conv2_dweight;
  for (int k = 0; k < 4096; k++) gradient[k] += (real)0.0002 * p[k];
}

// The gradient of separable4_separable1_conv1.weight, and of what the loss (ds_cnn.bn:23) adds for
// each p of it: 0.0002 * p.
static void k_separable4_separable1_conv1_weight_penalty_gradient(const struct step *s, int task) {
  (void)task;
  const real *p = s->parameters->separable4_separable1_conv1_weight;
  real *gradient = s->scratch + b_separable4_separable1_conv1_dweight;
  for (int k = 0; k < 576; k++) gradient[k] += (real)0.0002 * p[k];
}

// The gradient of separable3_separable1_conv2.weight, and of what the loss (ds_cnn.bn:23) adds for
// each p of it: 0.0002 * p.
static void k_separable3_separable1_conv2_weight_penalty_gradient(const struct step *s, int task) {
  (void)task;
  const real *p = s->parameters->separable3_separable1_conv2_weight;
  real *gradient = s->scratch + b_separable3_separable1_conv2_dweight;
  for (int k = 0; k < 4096; k++) gradient[k] += (real)0.0002 * p[k];
}

// The gradient of separable3_separable1_conv1.weight, and of what the loss (ds_cnn.bn:23) adds for
// each p of it: 0.0002 * p.
static void k_separable3_separable1_conv1_weight_penalty_gradient(const struct step *s, int task) {
  (void)task;
  const real *p = s->parameters->separable3_separable1_conv1_weight;
  real *gradient = s->scratch + b_separable3_separable1_conv1_dweight;
  for (int k = 0; k < 576; k++) gradient[k] += (real)0.0002 * p[k];
}

// The gradient of separable2_separable1_conv2.weight, and of what the loss (ds_cnn.bn:23) adds for
// each p of it: 0.0002 * p.
static void k_separable2_separable1_conv2_weight_penalty_gradient(const struct step *s, int task) {
  (void)task;
  const real *p = s->parameters->separable2_separable1_conv2_weight;
  real *gradient = s->scratch + b_separable2_separable1_conv2_dweight;
  for (int k = 0; k < 4096; k++) gradient[k] += (real)0.0002 * p[k];
}

// The gradient of separable2_separable1_conv1.weight, and of what the loss (ds_cnn.bn:23) adds for
// each p of it: 0.0002 * p.
static void k_separable2_separable1_conv1_weight_penalty_gradient(const struct step *s, int task) {
  (void)task;
  const real *p = s->parameters->separable2_separable1_conv1_weight;
  real *gradient = s->scratch + b_separable2_separable1_conv1_dweight;
  for (int k = 0; k < 576; k++) gradient[k] += (real)0.0002 * p[k];
}

// The gradient of separable1_separable1_conv2.weight, and of what the loss (ds_cnn.bn:23) adds for
// each p of it: 0.0002 * p.
static void k_separable1_separable1_conv2_weight_penalty_gradient(const struct step *s, int task) {
  (void)task;
  const real *p = s->parameters->separable1_separable1_conv2_weight;
  real *gradient = s->scratch + b_separable1_separable1_conv2_dweight;
  for (int k = 0; k < 4096; k++) gradient[k] += (real)0.0002 * p[k];
}

// The gradient of separable1_separable1_conv1.weight, and of what the loss (ds_cnn.bn:23) adds for
// each p of it: 0.0002 * p.
static void k_separable1_separable1_conv1_weight_penalty_gradient(const struct step *s, int task) {
  (void)task;
  const real *p = s->parameters->separable1_separable1_conv1_weight;
  real *gradient = s->scratch + b_separable1_separable1_conv1_dweight;
  for (int k = 0; k < 576; k++) gradient[k] += (real)0.0002 * p[k];
}

// The gradient of conv1.weight, and of what the loss (ds_cnn.bn:23) adds for each p of it: 0.0002 *
// p.
static void k_conv1_weight_penalty_gradient(const struct step *s, int task) {
  (void)task;
  const real *p = s->parameters->conv1_weight;
  real *gradient = s->scratch + b_conv1_dweight;
  for (int k = 0; k < 2560; k++) gradient[k] += (real)0.0002 * p[k];
}

// separable4_separable1_conv2.weight (ds_cnn.bn:7): one step along its gradient.
static void k_separable4_separable1_conv2_weight_update(const struct step *s, int task) {
  (void)task;
  const real *gradient = s->scratch + b_separable4_separable1_conv2_dweight;
  const int end = 4096;
  int k = 0;
  for (; k + LANES <= end; k += LANES) {
    const packed *row = (const packed *)(const void *)(gradient + k);
    adam_update_row(&s->parameters->separable4_separable1_conv2_weight[k], (vec)*row, LANES, s);
  }
  for (; k < end; k++)
    adam_update(&s->parameters->separable4_separable1_conv2_weight[k], gradient[k], s);
}

// separable4_separable1_conv1.weight (ds_cnn.bn:5): one step along its gradient.
static void k_separable4_separable1_conv1_weight_update(const struct step *s, int task) {
  (void)task;
  const real *gradient = s->scratch + b_separable4_separable1_conv1_dweight;
  const int end = 576;
  int k = 0;
  for (; k + LANES <= end; k += LANES) {
    const packed *row = (const packed *)(const void *)(gradient + k);
    adam_update_row(&s->parameters->separable4_separable1_conv1_weight[k], (vec)*row, LANES, s);
  }
  for (; k < end; k++)
    adam_update(&s->parameters->separable4_separable1_conv1_weight[k], gradient[k], s);
}

// separable3_separable1_conv2.weight (ds_cnn.bn:7): one step along its gradient.
static void k_separable3_separable1_conv2_weight_update(const struct step *s, int task) {
  (void)task;
  const real *gradient = s->scratch + b_separable3_separable1_conv2_dweight;
  const int end = 4096;
  int k = 0;
  for (; k + LANES <= end; k += LANES) {
    const packed *row = (const packed *)(const void *)(gradient + k);
    adam_update_row(&s->parameters->separable3_separable1_conv2_weight[k], (vec)*row, LANES, s);
  }
  for (; k < end; k++)
    adam_update(&s->parameters->separable3_separable1_conv2_weight[k], gradient[k], s);
}

// separable3_separable1_conv1.weight (ds_cnn.bn:5): one step along its gradient.
static void k_separable3_separable1_conv1_weight_update(const struct step *s, int task) {
  (void)task;
  const real *gradient = s->scratch + b_separable3_separable1_conv1_dweight;
  const int end = 576;
  int k = 0;
  for (; k + LANES <= end; k += LANES) {
    const packed *row = (const packed *)(const void *)(gradient + k);
    adam_update_row(&s->parameters->separable3_separable1_conv1_weight[k], (vec)*row, LANES, s);
  }
  for (; k < end; k++)
    adam_update(&s->parameters->separable3_separable1_conv1_weight[k], gradient[k], s);
}

// separable2_separable1_conv2.weight (ds_cnn.bn:7): one step along its gradient.
static void k_separable2_separable1_conv2_weight_update(const struct step *s, int task) {
  (void)task;
  const real *gradient = s->scratch + b_separable2_separable1_conv2_dweight;
  const int end = 4096;
  int k = 0;
  for (; k + LANES <= end; k += LANES) {
    const packed *row = (const packed *)(const void *)(gradient + k);
    adam_update_row(&s->parameters->separable2_separable1_conv2_weight[k], (vec)*row, LANES, s);
  }
  for (; k < end; k++)
    adam_update(&s->parameters->separable2_separable1_conv2_weight[k], gradient[k], s);
}

// separable2_separable1_conv1.weight (ds_cnn.bn:5): one step along its gradient.
static void k_separable2_separable1_conv1_weight_update(const struct step *s, int task) {
  (void)task;
  const real *gradient = s->scratch + b_separable2_separable1_conv1_dweight;
  const int end = 576;
  int k = 0;
  for (; k + LANES <= end; k += LANES) {
    const packed *row = (const packed *)(const void *)(gradient + k);
    adam_update_row(&s->parameters->separable2_separable1_conv1_weight[k], (vec)*row, LANES, s);
  }
  for (; k < end; k++)
    adam_update(&s->parameters->separable2_separable1_conv1_weight[k], gradient[k], s);
}

// separable1_separable1_conv2.weight (ds_cnn.bn:7): one step along its gradient.
static void k_separable1_separable1_conv2_weight_update(const struct step *s, int task) {
  (void)task;
  const real *gradient = s->scratch + b_separable1_separable1_conv2_dweight;
  const int end = 4096;
  int k = 0;
  for (; k + LANES <= end; k += LANES) {
    const packed *row = (const packed *)(const void *)(gradient + k);
    adam_update_row(&s->parameters->separable1_separable1_conv2_weight[k], (vec)*row, LANES, s);
  }
  for (; k < end; k++)
    adam_update(&s->parameters->separable1_separable1_conv2_weight[k], gradient[k], s);
}

// separable1_separable1_conv1.weight (ds_cnn.bn:5): one step along its gradient.
static void k_separable1_separable1_conv1_weight_update(const struct step *s, int task) {
  (void)task;
  const real *gradient = s->scratch + b_separable1_separable1_conv1_dweight;
  const int end = 576;
  int k = 0;
  for (; k + LANES <= end; k += LANES) {
    const packed *row = (const packed *)(const void *)(gradient + k);
    adam_update_row(&s->parameters->separable1_separable1_conv1_weight[k], (vec)*row, LANES, s);
  }
  for (; k < end; k++)
    adam_update(&s->parameters->separable1_separable1_conv1_weight[k], gradient[k], s);
}

// conv1.weight (ds_cnn.bn:15): one step along its gradient.
static void k_conv1_weight_update(const struct step *s, int task) {
  (void)task;
  const real *gradient = s->scratch + b_conv1_dweight;
  const int end = 2560;
  int k = 0;
  for (; k + LANES <= end; k += LANES) {
    const packed *row = (const packed *)(const void *)(gradient + k);
    adam_update_row(&s->parameters->conv1_weight[k], (vec)*row, LANES, s);
  }
  for (; k < end; k++) adam_update(&s->parameters->conv1_weight[k], gradient[k], s);
}

// running = momentum * running + (1 - momentum) * batch. One value per channel has no variance:
// nothing moves.
static ALWAYS_INLINE void move_statistics(const struct step *s, int task,
    const struct normalization n, const real momentum, const real *moments, real *mean,
    real *variance) {
  (void)task;
  if (s->count * (n.H * n.W) == 1) return;
  const real keeps = momentum;
  for (int c = 0; c < n.C; c++) {
    mean[c] = keeps * mean[c] + (1 - keeps) * moments[c];
    variance[c] = keeps * variance[c] + (1 - keeps) * moments[n.C + c];
  }
}

// batchnorm1 (ds_cnn.bn:15): the running statistics move
static void k_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_batchnorm1, (real)0.99, s->scratch + b_batchnorm1_moments,
      s->state->batchnorm1_running_mean, s->state->batchnorm1_running_variance);
}

// separable1_separable1_batchnorm1 (ds_cnn.bn:6): the running statistics move
static void k_separable1_separable1_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_batchnorm1, (real)0.99,
      s->scratch + b_separable1_separable1_batchnorm1_moments,
      s->state->separable1_separable1_batchnorm1_running_mean,
      s->state->separable1_separable1_batchnorm1_running_variance);
}

// separable1_separable1_batchnorm2 (ds_cnn.bn:7): the running statistics move
static void k_separable1_separable1_batchnorm2_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_batchnorm1, (real)0.99,
      s->scratch + b_separable1_separable1_batchnorm2_moments,
      s->state->separable1_separable1_batchnorm2_running_mean,
      s->state->separable1_separable1_batchnorm2_running_variance);
}

// separable2_separable1_batchnorm1 (ds_cnn.bn:6): the running statistics move
static void k_separable2_separable1_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_batchnorm1, (real)0.99,
      s->scratch + b_separable2_separable1_batchnorm1_moments,
      s->state->separable2_separable1_batchnorm1_running_mean,
      s->state->separable2_separable1_batchnorm1_running_variance);
}

// separable2_separable1_batchnorm2 (ds_cnn.bn:7): the running statistics move
static void k_separable2_separable1_batchnorm2_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_batchnorm1, (real)0.99,
      s->scratch + b_separable2_separable1_batchnorm2_moments,
      s->state->separable2_separable1_batchnorm2_running_mean,
      s->state->separable2_separable1_batchnorm2_running_variance);
}

// separable3_separable1_batchnorm1 (ds_cnn.bn:6): the running statistics move
static void k_separable3_separable1_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_batchnorm1, (real)0.99,
      s->scratch + b_separable3_separable1_batchnorm1_moments,
      s->state->separable3_separable1_batchnorm1_running_mean,
      s->state->separable3_separable1_batchnorm1_running_variance);
}

// separable3_separable1_batchnorm2 (ds_cnn.bn:7): the running statistics move
static void k_separable3_separable1_batchnorm2_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_batchnorm1, (real)0.99,
      s->scratch + b_separable3_separable1_batchnorm2_moments,
      s->state->separable3_separable1_batchnorm2_running_mean,
      s->state->separable3_separable1_batchnorm2_running_variance);
}

// separable4_separable1_batchnorm1 (ds_cnn.bn:6): the running statistics move
static void k_separable4_separable1_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_batchnorm1, (real)0.99,
      s->scratch + b_separable4_separable1_batchnorm1_moments,
      s->state->separable4_separable1_batchnorm1_running_mean,
      s->state->separable4_separable1_batchnorm1_running_variance);
}

// separable4_separable1_batchnorm2 (ds_cnn.bn:7): the running statistics move
static void k_separable4_separable1_batchnorm2_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_batchnorm1, (real)0.99,
      s->scratch + b_separable4_separable1_batchnorm2_moments,
      s->state->separable4_separable1_batchnorm2_running_mean,
      s->state->separable4_separable1_batchnorm2_running_variance);
}

// ---- Steps

// A kernel does one task of its own, on any thread.
typedef void kernel(const struct step *s, int task);

// When it runs.
enum { ALWAYS, TRAINING, APART };

// A kernel's place among the others.
struct scheduled {
  kernel *run;
  int tasks;  // for each block,
  int group;  // or for each group of so many blocks,
  int whole;  // or in all
  int when;
  struct {
    int layer, offset, numbers;
  } results[1];  // where it leaves which layers' results, and their numbers per example
};

// All kernels: the forward pass, the loss, and the backward pass. Their table at the end has this
// order.
static const struct scheduled schedule[] = {
    { k_features_load, .tasks = 1, .when = APART },
    { k_conv1_forward_loading, .tasks = 32, .results = {{0, b_conv1_output, 8000}} },
    { k_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_batchnorm1_forward, .tasks = 32, .results = {{1, b_relu1_output, 8000}} },
    { k_dropout1_forward, .tasks = 4, .results = {{3, b_dropout1_output, 8000}} },
    { k_separable1_separable1_conv1_forward, .tasks = 64,
        .results = {{4, b_separable1_separable1_conv1_output, 8000}} },
    { k_separable1_separable1_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_separable1_separable1_batchnorm1_forward, .tasks = 32,
        .results = {{5, b_separable1_separable1_relu1_output, 8000}} },
    { k_separable1_separable1_conv2_forward, .tasks = 22,
        .results = {{7, b_separable1_separable1_conv2_output, 8000}} },
    { k_separable1_separable1_batchnorm2_moments_merge, .tasks = 1, .whole = 1 },
    { k_separable1_separable1_batchnorm2_forward, .tasks = 32,
        .results = {{8, b_separable1_separable1_relu2_output, 8000}} },
    { k_separable2_separable1_conv1_forward, .tasks = 64,
        .results = {{10, b_separable2_separable1_conv1_output, 8000}} },
    { k_separable2_separable1_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_separable2_separable1_batchnorm1_forward, .tasks = 32,
        .results = {{11, b_separable2_separable1_relu1_output, 8000}} },
    { k_separable2_separable1_conv2_forward, .tasks = 22,
        .results = {{13, b_separable2_separable1_conv2_output, 8000}} },
    { k_separable2_separable1_batchnorm2_moments_merge, .tasks = 1, .whole = 1 },
    { k_separable2_separable1_batchnorm2_forward, .tasks = 32,
        .results = {{14, b_separable2_separable1_relu2_output, 8000}} },
    { k_separable3_separable1_conv1_forward, .tasks = 64,
        .results = {{16, b_separable3_separable1_conv1_output, 8000}} },
    { k_separable3_separable1_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_separable3_separable1_batchnorm1_forward, .tasks = 32,
        .results = {{17, b_separable3_separable1_relu1_output, 8000}} },
    { k_separable3_separable1_conv2_forward, .tasks = 22,
        .results = {{19, b_separable3_separable1_conv2_output, 8000}} },
    { k_separable3_separable1_batchnorm2_moments_merge, .tasks = 1, .whole = 1 },
    { k_separable3_separable1_batchnorm2_forward, .tasks = 32,
        .results = {{20, b_separable3_separable1_relu2_output, 8000}} },
    { k_separable4_separable1_conv1_forward, .tasks = 64,
        .results = {{22, b_separable4_separable1_conv1_output, 8000}} },
    { k_separable4_separable1_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_separable4_separable1_batchnorm1_forward, .tasks = 32,
        .results = {{23, b_separable4_separable1_relu1_output, 8000}} },
    { k_separable4_separable1_conv2_forward, .tasks = 22,
        .results = {{25, b_separable4_separable1_conv2_output, 8000}} },
    { k_separable4_separable1_batchnorm2_moments_merge, .tasks = 1, .whole = 1 },
    { k_separable4_separable1_batchnorm2_forward, .tasks = 32,
        .results = {{26, b_separable4_separable1_relu2_output, 8000}} },
    { k_dropout2_forward, .tasks = 4, .results = {{28, b_dropout2_output, 8000}} },
    { k_avgpool1_forward, .tasks = 64, .results = {{29, b_avgpool1_output, 64}} },
    { k_dense1_forward, .tasks = 4, .group = 4, .results = {{31, b_dense1_output, 12}} },

    { k_loss_softmax_cross_entropy, .tasks = 1 },

    { k_dense1_input_gradient, .tasks = 22, .whole = 1 },
    { k_dense1_rows_load, .tasks = 1 },
    { k_dense1_weight_gradient, .tasks = 4, .whole = 1 },
    { k_dense1_bias_gradient, .tasks = 12, .whole = 1 },
    { k_avgpool1_backward, .tasks = 64 },
    { k_dropout2_backward, .tasks = 4 },
    { k_separable4_separable1_batchnorm2_sums, .tasks = 32 },
    { k_separable4_separable1_batchnorm2_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_separable4_separable1_batchnorm2_backward, .tasks = 32 },
    { k_separable4_separable1_conv2_input_gradient, .tasks = 22 },
    { k_separable4_separable1_conv2_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_separable4_separable1_conv2_weight_gradient, .tasks = 16, .whole = 1 },
    { k_separable4_separable1_batchnorm1_sums, .tasks = 32 },
    { k_separable4_separable1_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_separable4_separable1_batchnorm1_backward, .tasks = 32 },
    { k_separable4_separable1_conv1_input_gradient, .tasks = 64 },
    { k_separable4_separable1_conv1_weight_gradient, .tasks = 64, .whole = 1 },
    { k_separable3_separable1_batchnorm2_sums, .tasks = 32 },
    { k_separable3_separable1_batchnorm2_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_separable3_separable1_batchnorm2_backward, .tasks = 32 },
    { k_separable3_separable1_conv2_input_gradient, .tasks = 22 },
    { k_separable3_separable1_conv2_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_separable3_separable1_conv2_weight_gradient, .tasks = 16, .whole = 1 },
    { k_separable3_separable1_batchnorm1_sums, .tasks = 32 },
    { k_separable3_separable1_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_separable3_separable1_batchnorm1_backward, .tasks = 32 },
    { k_separable3_separable1_conv1_input_gradient, .tasks = 64 },
    { k_separable3_separable1_conv1_weight_gradient, .tasks = 64, .whole = 1 },
    { k_separable2_separable1_batchnorm2_sums, .tasks = 32 },
    { k_separable2_separable1_batchnorm2_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_separable2_separable1_batchnorm2_backward, .tasks = 32 },
    { k_separable2_separable1_conv2_input_gradient, .tasks = 22 },
    { k_separable2_separable1_conv2_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_separable2_separable1_conv2_weight_gradient, .tasks = 16, .whole = 1 },
    { k_separable2_separable1_batchnorm1_sums, .tasks = 32 },
    { k_separable2_separable1_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_separable2_separable1_batchnorm1_backward, .tasks = 32 },
    { k_separable2_separable1_conv1_input_gradient, .tasks = 64 },
    { k_separable2_separable1_conv1_weight_gradient, .tasks = 64, .whole = 1 },
    { k_separable1_separable1_batchnorm2_sums, .tasks = 32 },
    { k_separable1_separable1_batchnorm2_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_separable1_separable1_batchnorm2_backward, .tasks = 32 },
    { k_separable1_separable1_conv2_input_gradient, .tasks = 22 },
    { k_separable1_separable1_conv2_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_separable1_separable1_conv2_weight_gradient, .tasks = 16, .whole = 1 },
    { k_separable1_separable1_batchnorm1_sums, .tasks = 32 },
    { k_separable1_separable1_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_separable1_separable1_batchnorm1_backward, .tasks = 32 },
    { k_separable1_separable1_conv1_input_gradient, .tasks = 64 },
    { k_separable1_separable1_conv1_weight_gradient, .tasks = 64, .whole = 1 },
    { k_dropout1_backward, .tasks = 4 },
    { k_batchnorm1_sums, .tasks = 32 },
    { k_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_batchnorm1_backward, .tasks = 32 },
    { k_conv1_weight_gradient, .tasks = 320, .whole = 1 },
    { k_separable4_separable1_conv2_weight_penalty_gradient, .tasks = 1, .whole = 1 },
    { k_separable4_separable1_conv1_weight_penalty_gradient, .tasks = 1, .whole = 1 },
    { k_separable3_separable1_conv2_weight_penalty_gradient, .tasks = 1, .whole = 1 },
    { k_separable3_separable1_conv1_weight_penalty_gradient, .tasks = 1, .whole = 1 },
    { k_separable2_separable1_conv2_weight_penalty_gradient, .tasks = 1, .whole = 1 },
    { k_separable2_separable1_conv1_weight_penalty_gradient, .tasks = 1, .whole = 1 },
    { k_separable1_separable1_conv2_weight_penalty_gradient, .tasks = 1, .whole = 1 },
    { k_separable1_separable1_conv1_weight_penalty_gradient, .tasks = 1, .whole = 1 },
    { k_conv1_weight_penalty_gradient, .tasks = 1, .whole = 1 },
    { k_separable4_separable1_conv2_weight_update, .tasks = 1, .whole = 1 },
    { k_separable4_separable1_conv1_weight_update, .tasks = 1, .whole = 1 },
    { k_separable3_separable1_conv2_weight_update, .tasks = 1, .whole = 1 },
    { k_separable3_separable1_conv1_weight_update, .tasks = 1, .whole = 1 },
    { k_separable2_separable1_conv2_weight_update, .tasks = 1, .whole = 1 },
    { k_separable2_separable1_conv1_weight_update, .tasks = 1, .whole = 1 },
    { k_separable1_separable1_conv2_weight_update, .tasks = 1, .whole = 1 },
    { k_separable1_separable1_conv1_weight_update, .tasks = 1, .whole = 1 },
    { k_conv1_weight_update, .tasks = 1, .whole = 1 },
    { k_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_separable1_separable1_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_separable1_separable1_batchnorm2_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_separable2_separable1_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_separable2_separable1_batchnorm2_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_separable3_separable1_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_separable3_separable1_batchnorm2_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_separable4_separable1_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_separable4_separable1_batchnorm2_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
};
enum { FORWARD = 32, LOSS = 33, KERNELS = sizeof schedule / sizeof schedule[0] };

// What the host's threads are handed.
struct work {
  kernel *run;
  const struct step *step;
};

static void do_task(void *argument, int32_t task) {
  const struct work *work = argument;
  work->run(work->step, task);
}

// Whether the input's load is a kernel of its own: where the host provides no wait, or measures
// kernels.
static int loads_apart(const struct step *s) {
  return !s->host || !s->host->wait || s->host->kernel_done;
}

// Runs the tasks of a kernel, on the host's threads where it provides some; says whether it was to
// run.
static int run(const struct step *s, int number) {
  const struct scheduled *k = &schedule[number];
  if (k->when == TRAINING && !s->training) return 0;
  if (k->when == APART && !loads_apart(s)) return 0;
  const int groups = k->group > 1 ? (s->blocks + k->group - 1) / k->group : s->blocks;
  const int tasks = k->whole ? k->tasks : k->tasks * groups;
  if (tasks > 1 && s->host && s->host->parallel_for) {
    s->host->parallel_for(s->host->context, tasks, do_task, &(struct work){k->run, s});
  } else {
    for (int task = 0; task < tasks; task++) k->run(s, task);
  }
  if (s->host && s->host->kernel_done) s->host->kernel_done(s->host->context, number);
  return 1;
}

static void run_all(const struct step *s, int first, int end) {
  for (int number = first; number < end; number++) run(s, number);
}

static void forward(const struct step *s) {
  for (int block = 0; block < s->blocks; block++) atomic_store(&s->input[block], ABSENT);
  run_all(s, 0, FORWARD);
}

// Whether the first `count` numbers of each example of a tensor are finite.
static int all_finite(const struct step *s, int offset, int count) {
  for (int k = 0; k < count * LANES * s->blocks; k++)
    if (!isfinite(s->scratch[offset + k])) return 0;
  return 1;
}

// The first layer whose result is infinite or not a number, or -1: the forward pass once more, with
// a look at each result before another takes its place.
static int32_t first_not_finite(const struct step *s) {
  for (int block = 0; block < s->blocks; block++) atomic_store(&s->input[block], ABSENT);
  for (int number = 0; number < FORWARD; number++) {
    if (!run(s, number)) continue;
    for (int r = 0; r < 1; r++)
      if (!all_finite(s, schedule[number].results[r].offset, schedule[number].results[r].numbers))
        return schedule[number].results[r].layer;
  }
  return -1;
}

// The loss of all examples, and its gradient.
static double loss(const struct step *s) {
  run_all(s, FORWARD, LOSS);
  double sum = 0;
  for (int block = 0; block < s->blocks; block++) sum += (double)s->scratch[b_block_losses + block];
  return sum + s->count * penalty(s->parameters);
}

// Checks what a caller passed and makes a step of it.
static int32_t begin(struct step *s, atomic_int *input, const bnc_host *host,
                     const bnc_regions *regions, const bnc_batch *batch, int needs_target) {
  if (!regions || !regions->parameters || !regions->scratch || !batch) return BNC_BAD_ARGUMENT;
  if (!batch->inputs || !batch->inputs[0] || !batch->input_types) return BNC_BAD_ARGUMENT;
  if (batch->input_types[0] != BNC_UINT8 && batch->input_types[0] != BNC_REAL)
    return BNC_BAD_ARGUMENT;
  if (!regions->state) return BNC_BAD_ARGUMENT;
  if (batch->count < 1 || batch->count > BATCH) return BNC_BAD_ARGUMENT;
  *s = (struct step){
      .parameters = regions->parameters,
      .state = regions->state,
      .scratch = regions->scratch,
      .slots = regions->slots,
      .input = input,
      .host = host,
      .batch = batch,
      .count = batch->count,
      .blocks = (batch->count + LANES - 1) / LANES,
  };
  if (needs_target && !has_target(s)) return BNC_BAD_ARGUMENT;
  for (int n = 0; has_target(s) && n < batch->count; n++)
    if (label_of(s, n) < 0 || label_of(s, n) >= 12) return BNC_BAD_ARGUMENT;
  return BNC_OK;
}

static void report(bnc_result *result, double loss) {
  result->loss = loss;
  result->not_finite_layer = -1;
  if (result->losses) result->losses[0] = loss;
}

// Copies an output of `count` numbers out of the lanes, where the caller wants it. Returns whether
// all that it copied are finite.
static int write_output(const struct step *s, const vec *y, int count, real *out) {
  int finite = 1;
  for (int n = 0; out && n < s->count; n++)
    for (int k = 0; k < count; k++) {
      const real number = y[n / LANES * count + k][n % LANES];
      if (!isfinite(number)) finite = 0;
      out[n * count + k] = number;
    }
  return finite;
}

static int write_outputs(const struct step *s, void *const *outputs) {
  int finite = 1;
  if (outputs && !write_output(s, lanes_at(s, b_dense1_output), 12, outputs[0])) finite = 0;
  return finite;
}

// multi_step, counted in epochs: turns the learning rate of a training into that of its step `step`
// of `last`.
static void schedule_rate(uint64_t step, uint64_t last, uint64_t epoch_steps,
                          double *hyperparameters) {
  const uint64_t length = epoch_steps > 0 ? epoch_steps : 1;
  const double t = (double)((step - 1) / length + 1);
  (void)last;
  if (t <= 12.0) hyperparameters[0] *= 1.0;
  else if (t <= 24.0) hyperparameters[0] *= 0.2;
  else hyperparameters[0] *= 0.04000000000000001;
}

static int32_t train(const bnc_host *host, const bnc_regions *regions, const bnc_batch *batch,
                     const bnc_step *step, bnc_result *result) {
  struct step s;
  atomic_int input[BLOCKS];
  const int32_t status = begin(&s, input, host, regions, batch, 1);
  if (status != BNC_OK) return status;
  if (!step || !step->hyperparameters || !s.slots) return BNC_BAD_ARGUMENT;
  const double learning_rate = step->hyperparameters[0];
  const double beta1 = step->hyperparameters[1];
  const double beta2 = step->hyperparameters[2];
  const double t = (double)step->step;
  s.beta1 = (real)step->hyperparameters[1];
  s.beta2 = (real)step->hyperparameters[2];
  s.eps = (real)step->hyperparameters[3];
  s.rate = (real)(learning_rate / (1.0 - pow(beta1, t)));
  s.square_share = (real)(1.0 / (1.0 - pow(beta2, t)));
  s.number = step->step;
  s.epoch = step->epoch;
  s.seed = step->seed;
  s.training = 1;
  forward(&s);
  report(result, loss(&s));
  if (!isfinite(result->loss)) {
    result->not_finite_layer = first_not_finite(&s);
    return BNC_NOT_FINITE;
  }
  run_all(&s, LOSS, KERNELS);
  return BNC_OK;
}

static int32_t evaluate(const bnc_host *host, const bnc_regions *regions, const bnc_batch *batch,
                        void *const *outputs, bnc_result *result) {
  struct step s;
  atomic_int input[BLOCKS];
  const int32_t status = begin(&s, input, host, regions, batch, 0);
  if (status != BNC_OK) return status;
  forward(&s);
  report(result, loss(&s));
  const int finite = write_outputs(&s, outputs);
  if (!finite || !isfinite(result->loss)) result->not_finite_layer = first_not_finite(&s);
  return BNC_OK;
}

// ---- The table

#if defined(__AVX512F__)
#define INSTRUCTIONS (BNC_SSE2 | BNC_AVX2 | BNC_AVX512)
#elif defined(__AVX2__)
#define INSTRUCTIONS (BNC_SSE2 | BNC_AVX2)
#elif defined(__SSE2__)
#define INSTRUCTIONS BNC_SSE2
#elif defined(__ARM_NEON)
#define INSTRUCTIONS BNC_NEON
#else
#define INSTRUCTIONS 0
#endif

// What a layer owns: the member, name, layer and role, how it starts with two numbers for that,
// rank and shape.
#define PARAMETER(member, name, layer, role, start, first, second, rank, ...) \
  { name, BNC_##role, BNC_PARAMETERS, layer, 0, rank, BNC_##start, { __VA_ARGS__ }, \
    offsetof(struct parameters, member), first, second, 0 }
#define STATE(member, name, layer, role, start, first, second, rank, ...) \
  { name, BNC_##role, BNC_STATE, layer, 0, rank, BNC_##start, { __VA_ARGS__ }, \
    offsetof(struct state, member), first, second, 0 }
// What an optimizer keeps for each number of a parameter, one slot after the other.
#define SLOT(member, name, layer, role, slot, start, rank, ...) \
  { name, BNC_##role, BNC_SLOTS, layer, 0, rank, BNC_CONSTANT, { __VA_ARGS__ }, \
    slot * sizeof(struct parameters) + offsetof(struct parameters, member), start, 0, 0 }
static const bnc_tensor tensors[] = {
    PARAMETER(conv1_weight, "conv1.weight", 0, WEIGHT, UNIFORM, -0.048038446141526144,
        0.048038446141526144, 4, 64, 1, 10, 4),
    PARAMETER(conv1_bias, "conv1.bias", 0, BIAS, CONSTANT, 0.0, 0.0, 1, 64),
    PARAMETER(batchnorm1_gamma, "batchnorm1.gamma", 1, GAMMA, CONSTANT, 1.0, 0.0, 1, 64),
    PARAMETER(batchnorm1_beta, "batchnorm1.beta", 1, BETA, CONSTANT, 0.0, 0.0, 1, 64),
    STATE(batchnorm1_running_mean, "batchnorm1.running_mean", 1, RUNNING_MEAN, CONSTANT, 0.0, 0.0,
        1, 64),
    STATE(batchnorm1_running_variance, "batchnorm1.running_variance", 1, RUNNING_VARIANCE, CONSTANT,
        1.0, 0.0, 1, 64),
    PARAMETER(separable1_separable1_conv1_weight, "separable1_separable1_conv1.weight", 4, WEIGHT,
        UNIFORM, -0.10127393670836667, 0.10127393670836667, 4, 64, 1, 3, 3),
    PARAMETER(separable1_separable1_conv1_bias, "separable1_separable1_conv1.bias", 4, BIAS,
        CONSTANT, 0.0, 0.0, 1, 64),
    PARAMETER(separable1_separable1_batchnorm1_gamma, "separable1_separable1_batchnorm1.gamma", 5,
        GAMMA, CONSTANT, 1.0, 0.0, 1, 64),
    PARAMETER(separable1_separable1_batchnorm1_beta, "separable1_separable1_batchnorm1.beta", 5,
        BETA, CONSTANT, 0.0, 0.0, 1, 64),
    STATE(separable1_separable1_batchnorm1_running_mean,
        "separable1_separable1_batchnorm1.running_mean", 5, RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1,
        64),
    STATE(separable1_separable1_batchnorm1_running_variance,
        "separable1_separable1_batchnorm1.running_variance", 5, RUNNING_VARIANCE, CONSTANT, 1.0,
        0.0, 1, 64),
    PARAMETER(separable1_separable1_conv2_weight, "separable1_separable1_conv2.weight", 7, WEIGHT,
        UNIFORM, -0.21650635094610965, 0.21650635094610965, 4, 64, 64, 1, 1),
    PARAMETER(separable1_separable1_conv2_bias, "separable1_separable1_conv2.bias", 7, BIAS,
        CONSTANT, 0.0, 0.0, 1, 64),
    PARAMETER(separable1_separable1_batchnorm2_gamma, "separable1_separable1_batchnorm2.gamma", 8,
        GAMMA, CONSTANT, 1.0, 0.0, 1, 64),
    PARAMETER(separable1_separable1_batchnorm2_beta, "separable1_separable1_batchnorm2.beta", 8,
        BETA, CONSTANT, 0.0, 0.0, 1, 64),
    STATE(separable1_separable1_batchnorm2_running_mean,
        "separable1_separable1_batchnorm2.running_mean", 8, RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1,
        64),
    STATE(separable1_separable1_batchnorm2_running_variance,
        "separable1_separable1_batchnorm2.running_variance", 8, RUNNING_VARIANCE, CONSTANT, 1.0,
        0.0, 1, 64),
    PARAMETER(separable2_separable1_conv1_weight, "separable2_separable1_conv1.weight", 10, WEIGHT,
        UNIFORM, -0.10127393670836667, 0.10127393670836667, 4, 64, 1, 3, 3),
    PARAMETER(separable2_separable1_conv1_bias, "separable2_separable1_conv1.bias", 10, BIAS,
        CONSTANT, 0.0, 0.0, 1, 64),
    PARAMETER(separable2_separable1_batchnorm1_gamma, "separable2_separable1_batchnorm1.gamma", 11,
        GAMMA, CONSTANT, 1.0, 0.0, 1, 64),
    PARAMETER(separable2_separable1_batchnorm1_beta, "separable2_separable1_batchnorm1.beta", 11,
        BETA, CONSTANT, 0.0, 0.0, 1, 64),
    STATE(separable2_separable1_batchnorm1_running_mean,
        "separable2_separable1_batchnorm1.running_mean", 11, RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1,
        64),
    STATE(separable2_separable1_batchnorm1_running_variance,
        "separable2_separable1_batchnorm1.running_variance", 11, RUNNING_VARIANCE, CONSTANT, 1.0,
        0.0, 1, 64),
    PARAMETER(separable2_separable1_conv2_weight, "separable2_separable1_conv2.weight", 13, WEIGHT,
        UNIFORM, -0.21650635094610965, 0.21650635094610965, 4, 64, 64, 1, 1),
    PARAMETER(separable2_separable1_conv2_bias, "separable2_separable1_conv2.bias", 13, BIAS,
        CONSTANT, 0.0, 0.0, 1, 64),
    PARAMETER(separable2_separable1_batchnorm2_gamma, "separable2_separable1_batchnorm2.gamma", 14,
        GAMMA, CONSTANT, 1.0, 0.0, 1, 64),
    PARAMETER(separable2_separable1_batchnorm2_beta, "separable2_separable1_batchnorm2.beta", 14,
        BETA, CONSTANT, 0.0, 0.0, 1, 64),
    STATE(separable2_separable1_batchnorm2_running_mean,
        "separable2_separable1_batchnorm2.running_mean", 14, RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1,
        64),
    STATE(separable2_separable1_batchnorm2_running_variance,
        "separable2_separable1_batchnorm2.running_variance", 14, RUNNING_VARIANCE, CONSTANT, 1.0,
        0.0, 1, 64),
    PARAMETER(separable3_separable1_conv1_weight, "separable3_separable1_conv1.weight", 16, WEIGHT,
        UNIFORM, -0.10127393670836667, 0.10127393670836667, 4, 64, 1, 3, 3),
    PARAMETER(separable3_separable1_conv1_bias, "separable3_separable1_conv1.bias", 16, BIAS,
        CONSTANT, 0.0, 0.0, 1, 64),
    PARAMETER(separable3_separable1_batchnorm1_gamma, "separable3_separable1_batchnorm1.gamma", 17,
        GAMMA, CONSTANT, 1.0, 0.0, 1, 64),
    PARAMETER(separable3_separable1_batchnorm1_beta, "separable3_separable1_batchnorm1.beta", 17,
        BETA, CONSTANT, 0.0, 0.0, 1, 64),
    STATE(separable3_separable1_batchnorm1_running_mean,
        "separable3_separable1_batchnorm1.running_mean", 17, RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1,
        64),
    STATE(separable3_separable1_batchnorm1_running_variance,
        "separable3_separable1_batchnorm1.running_variance", 17, RUNNING_VARIANCE, CONSTANT, 1.0,
        0.0, 1, 64),
    PARAMETER(separable3_separable1_conv2_weight, "separable3_separable1_conv2.weight", 19, WEIGHT,
        UNIFORM, -0.21650635094610965, 0.21650635094610965, 4, 64, 64, 1, 1),
    PARAMETER(separable3_separable1_conv2_bias, "separable3_separable1_conv2.bias", 19, BIAS,
        CONSTANT, 0.0, 0.0, 1, 64),
    PARAMETER(separable3_separable1_batchnorm2_gamma, "separable3_separable1_batchnorm2.gamma", 20,
        GAMMA, CONSTANT, 1.0, 0.0, 1, 64),
    PARAMETER(separable3_separable1_batchnorm2_beta, "separable3_separable1_batchnorm2.beta", 20,
        BETA, CONSTANT, 0.0, 0.0, 1, 64),
    STATE(separable3_separable1_batchnorm2_running_mean,
        "separable3_separable1_batchnorm2.running_mean", 20, RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1,
        64),
    STATE(separable3_separable1_batchnorm2_running_variance,
        "separable3_separable1_batchnorm2.running_variance", 20, RUNNING_VARIANCE, CONSTANT, 1.0,
        0.0, 1, 64),
    PARAMETER(separable4_separable1_conv1_weight, "separable4_separable1_conv1.weight", 22, WEIGHT,
        UNIFORM, -0.10127393670836667, 0.10127393670836667, 4, 64, 1, 3, 3),
    PARAMETER(separable4_separable1_conv1_bias, "separable4_separable1_conv1.bias", 22, BIAS,
        CONSTANT, 0.0, 0.0, 1, 64),
    PARAMETER(separable4_separable1_batchnorm1_gamma, "separable4_separable1_batchnorm1.gamma", 23,
        GAMMA, CONSTANT, 1.0, 0.0, 1, 64),
    PARAMETER(separable4_separable1_batchnorm1_beta, "separable4_separable1_batchnorm1.beta", 23,
        BETA, CONSTANT, 0.0, 0.0, 1, 64),
    STATE(separable4_separable1_batchnorm1_running_mean,
        "separable4_separable1_batchnorm1.running_mean", 23, RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1,
        64),
    STATE(separable4_separable1_batchnorm1_running_variance,
        "separable4_separable1_batchnorm1.running_variance", 23, RUNNING_VARIANCE, CONSTANT, 1.0,
        0.0, 1, 64),
    PARAMETER(separable4_separable1_conv2_weight, "separable4_separable1_conv2.weight", 25, WEIGHT,
        UNIFORM, -0.21650635094610965, 0.21650635094610965, 4, 64, 64, 1, 1),
    PARAMETER(separable4_separable1_conv2_bias, "separable4_separable1_conv2.bias", 25, BIAS,
        CONSTANT, 0.0, 0.0, 1, 64),
    PARAMETER(separable4_separable1_batchnorm2_gamma, "separable4_separable1_batchnorm2.gamma", 26,
        GAMMA, CONSTANT, 1.0, 0.0, 1, 64),
    PARAMETER(separable4_separable1_batchnorm2_beta, "separable4_separable1_batchnorm2.beta", 26,
        BETA, CONSTANT, 0.0, 0.0, 1, 64),
    STATE(separable4_separable1_batchnorm2_running_mean,
        "separable4_separable1_batchnorm2.running_mean", 26, RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1,
        64),
    STATE(separable4_separable1_batchnorm2_running_variance,
        "separable4_separable1_batchnorm2.running_variance", 26, RUNNING_VARIANCE, CONSTANT, 1.0,
        0.0, 1, 64),
    PARAMETER(dense1_weight, "dense1.weight", 31, WEIGHT, UNIFORM, -0.28097574347450816,
        0.28097574347450816, 2, 12, 64),
    PARAMETER(dense1_bias, "dense1.bias", 31, BIAS, CONSTANT, 0.0, 0.0, 1, 12),
    SLOT(conv1_weight, "mean.conv1.weight", 0, SLOT, 0, 0.0, 4, 64, 1, 10, 4),
    SLOT(batchnorm1_gamma, "mean.batchnorm1.gamma", 1, SLOT, 0, 0.0, 1, 64),
    SLOT(batchnorm1_beta, "mean.batchnorm1.beta", 1, SLOT, 0, 0.0, 1, 64),
    SLOT(separable1_separable1_conv1_weight, "mean.separable1_separable1_conv1.weight", 4, SLOT, 0,
        0.0, 4, 64, 1, 3, 3),
    SLOT(separable1_separable1_batchnorm1_gamma, "mean.separable1_separable1_batchnorm1.gamma", 5,
        SLOT, 0, 0.0, 1, 64),
    SLOT(separable1_separable1_batchnorm1_beta, "mean.separable1_separable1_batchnorm1.beta", 5,
        SLOT, 0, 0.0, 1, 64),
    SLOT(separable1_separable1_conv2_weight, "mean.separable1_separable1_conv2.weight", 7, SLOT, 0,
        0.0, 4, 64, 64, 1, 1),
    SLOT(separable1_separable1_batchnorm2_gamma, "mean.separable1_separable1_batchnorm2.gamma", 8,
        SLOT, 0, 0.0, 1, 64),
    SLOT(separable1_separable1_batchnorm2_beta, "mean.separable1_separable1_batchnorm2.beta", 8,
        SLOT, 0, 0.0, 1, 64),
    SLOT(separable2_separable1_conv1_weight, "mean.separable2_separable1_conv1.weight", 10, SLOT, 0,
        0.0, 4, 64, 1, 3, 3),
    SLOT(separable2_separable1_batchnorm1_gamma, "mean.separable2_separable1_batchnorm1.gamma", 11,
        SLOT, 0, 0.0, 1, 64),
    SLOT(separable2_separable1_batchnorm1_beta, "mean.separable2_separable1_batchnorm1.beta", 11,
        SLOT, 0, 0.0, 1, 64),
    SLOT(separable2_separable1_conv2_weight, "mean.separable2_separable1_conv2.weight", 13, SLOT, 0,
        0.0, 4, 64, 64, 1, 1),
    SLOT(separable2_separable1_batchnorm2_gamma, "mean.separable2_separable1_batchnorm2.gamma", 14,
        SLOT, 0, 0.0, 1, 64),
    SLOT(separable2_separable1_batchnorm2_beta, "mean.separable2_separable1_batchnorm2.beta", 14,
        SLOT, 0, 0.0, 1, 64),
    SLOT(separable3_separable1_conv1_weight, "mean.separable3_separable1_conv1.weight", 16, SLOT, 0,
        0.0, 4, 64, 1, 3, 3),
    SLOT(separable3_separable1_batchnorm1_gamma, "mean.separable3_separable1_batchnorm1.gamma", 17,
        SLOT, 0, 0.0, 1, 64),
    SLOT(separable3_separable1_batchnorm1_beta, "mean.separable3_separable1_batchnorm1.beta", 17,
        SLOT, 0, 0.0, 1, 64),
    SLOT(separable3_separable1_conv2_weight, "mean.separable3_separable1_conv2.weight", 19, SLOT, 0,
        0.0, 4, 64, 64, 1, 1),
    SLOT(separable3_separable1_batchnorm2_gamma, "mean.separable3_separable1_batchnorm2.gamma", 20,
        SLOT, 0, 0.0, 1, 64),
    SLOT(separable3_separable1_batchnorm2_beta, "mean.separable3_separable1_batchnorm2.beta", 20,
        SLOT, 0, 0.0, 1, 64),
    SLOT(separable4_separable1_conv1_weight, "mean.separable4_separable1_conv1.weight", 22, SLOT, 0,
        0.0, 4, 64, 1, 3, 3),
    SLOT(separable4_separable1_batchnorm1_gamma, "mean.separable4_separable1_batchnorm1.gamma", 23,
        SLOT, 0, 0.0, 1, 64),
    SLOT(separable4_separable1_batchnorm1_beta, "mean.separable4_separable1_batchnorm1.beta", 23,
        SLOT, 0, 0.0, 1, 64),
    SLOT(separable4_separable1_conv2_weight, "mean.separable4_separable1_conv2.weight", 25, SLOT, 0,
        0.0, 4, 64, 64, 1, 1),
    SLOT(separable4_separable1_batchnorm2_gamma, "mean.separable4_separable1_batchnorm2.gamma", 26,
        SLOT, 0, 0.0, 1, 64),
    SLOT(separable4_separable1_batchnorm2_beta, "mean.separable4_separable1_batchnorm2.beta", 26,
        SLOT, 0, 0.0, 1, 64),
    SLOT(dense1_weight, "mean.dense1.weight", 31, SLOT, 0, 0.0, 2, 12, 64),
    SLOT(dense1_bias, "mean.dense1.bias", 31, SLOT, 0, 0.0, 1, 12),
    SLOT(conv1_weight, "square.conv1.weight", 0, SLOT, 1, 0.0, 4, 64, 1, 10, 4),
    SLOT(batchnorm1_gamma, "square.batchnorm1.gamma", 1, SLOT, 1, 0.0, 1, 64),
    SLOT(batchnorm1_beta, "square.batchnorm1.beta", 1, SLOT, 1, 0.0, 1, 64),
    SLOT(separable1_separable1_conv1_weight, "square.separable1_separable1_conv1.weight", 4, SLOT,
        1, 0.0, 4, 64, 1, 3, 3),
    SLOT(separable1_separable1_batchnorm1_gamma, "square.separable1_separable1_batchnorm1.gamma", 5,
        SLOT, 1, 0.0, 1, 64),
    SLOT(separable1_separable1_batchnorm1_beta, "square.separable1_separable1_batchnorm1.beta", 5,
        SLOT, 1, 0.0, 1, 64),
    SLOT(separable1_separable1_conv2_weight, "square.separable1_separable1_conv2.weight", 7, SLOT,
        1, 0.0, 4, 64, 64, 1, 1),
    SLOT(separable1_separable1_batchnorm2_gamma, "square.separable1_separable1_batchnorm2.gamma", 8,
        SLOT, 1, 0.0, 1, 64),
    SLOT(separable1_separable1_batchnorm2_beta, "square.separable1_separable1_batchnorm2.beta", 8,
        SLOT, 1, 0.0, 1, 64),
    SLOT(separable2_separable1_conv1_weight, "square.separable2_separable1_conv1.weight", 10, SLOT,
        1, 0.0, 4, 64, 1, 3, 3),
    SLOT(separable2_separable1_batchnorm1_gamma, "square.separable2_separable1_batchnorm1.gamma",
        11, SLOT, 1, 0.0, 1, 64),
    SLOT(separable2_separable1_batchnorm1_beta, "square.separable2_separable1_batchnorm1.beta", 11,
        SLOT, 1, 0.0, 1, 64),
    SLOT(separable2_separable1_conv2_weight, "square.separable2_separable1_conv2.weight", 13, SLOT,
        1, 0.0, 4, 64, 64, 1, 1),
    SLOT(separable2_separable1_batchnorm2_gamma, "square.separable2_separable1_batchnorm2.gamma",
        14, SLOT, 1, 0.0, 1, 64),
    SLOT(separable2_separable1_batchnorm2_beta, "square.separable2_separable1_batchnorm2.beta", 14,
        SLOT, 1, 0.0, 1, 64),
    SLOT(separable3_separable1_conv1_weight, "square.separable3_separable1_conv1.weight", 16, SLOT,
        1, 0.0, 4, 64, 1, 3, 3),
    SLOT(separable3_separable1_batchnorm1_gamma, "square.separable3_separable1_batchnorm1.gamma",
        17, SLOT, 1, 0.0, 1, 64),
    SLOT(separable3_separable1_batchnorm1_beta, "square.separable3_separable1_batchnorm1.beta", 17,
        SLOT, 1, 0.0, 1, 64),
    SLOT(separable3_separable1_conv2_weight, "square.separable3_separable1_conv2.weight", 19, SLOT,
        1, 0.0, 4, 64, 64, 1, 1),
    SLOT(separable3_separable1_batchnorm2_gamma, "square.separable3_separable1_batchnorm2.gamma",
        20, SLOT, 1, 0.0, 1, 64),
    SLOT(separable3_separable1_batchnorm2_beta, "square.separable3_separable1_batchnorm2.beta", 20,
        SLOT, 1, 0.0, 1, 64),
    SLOT(separable4_separable1_conv1_weight, "square.separable4_separable1_conv1.weight", 22, SLOT,
        1, 0.0, 4, 64, 1, 3, 3),
    SLOT(separable4_separable1_batchnorm1_gamma, "square.separable4_separable1_batchnorm1.gamma",
        23, SLOT, 1, 0.0, 1, 64),
    SLOT(separable4_separable1_batchnorm1_beta, "square.separable4_separable1_batchnorm1.beta", 23,
        SLOT, 1, 0.0, 1, 64),
    SLOT(separable4_separable1_conv2_weight, "square.separable4_separable1_conv2.weight", 25, SLOT,
        1, 0.0, 4, 64, 64, 1, 1),
    SLOT(separable4_separable1_batchnorm2_gamma, "square.separable4_separable1_batchnorm2.gamma",
        26, SLOT, 1, 0.0, 1, 64),
    SLOT(separable4_separable1_batchnorm2_beta, "square.separable4_separable1_batchnorm2.beta", 26,
        SLOT, 1, 0.0, 1, 64),
    SLOT(dense1_weight, "square.dense1.weight", 31, SLOT, 1, 0.0, 2, 12, 64),
    SLOT(dense1_bias, "square.dense1.bias", 31, SLOT, 1, 0.0, 1, 12),
};

static const char *const layers[] = {
    "conv1", "batchnorm1", "relu1", "dropout1", "separable1_separable1_conv1",
    "separable1_separable1_batchnorm1", "separable1_separable1_relu1",
    "separable1_separable1_conv2", "separable1_separable1_batchnorm2",
    "separable1_separable1_relu2", "separable2_separable1_conv1",
    "separable2_separable1_batchnorm1", "separable2_separable1_relu1",
    "separable2_separable1_conv2", "separable2_separable1_batchnorm2",
    "separable2_separable1_relu2", "separable3_separable1_conv1",
    "separable3_separable1_batchnorm1", "separable3_separable1_relu1",
    "separable3_separable1_conv2", "separable3_separable1_batchnorm2",
    "separable3_separable1_relu2", "separable4_separable1_conv1",
    "separable4_separable1_batchnorm1", "separable4_separable1_relu1",
    "separable4_separable1_conv2", "separable4_separable1_batchnorm2",
    "separable4_separable1_relu2", "dropout2", "avgpool1", "flatten1", "dense1", 0,
};

// Multiplications and additions, and bytes read and written at least, for a full batch.
static const bnc_kernel kernels[] = {
    {"features_load", -1, 0, 49000.0, 203840.0},
    {"conv1_forward", 0, 0, 64000000.0, 3552320.0},
    {"batchnorm1_moments_merge", 1, 0, 0.0, 11264.0},
    {"batchnorm1_forward", 1, 0, 2400000.0, 6657280.0},
    {"dropout1_forward", 3, 0, 800000.0, 6656000.0},
    {"separable1_separable1_conv1_forward", 4, 0, 14400000.0, 6668544.0},
    {"separable1_separable1_batchnorm1_moments_merge", 5, 0, 0.0, 11264.0},
    {"separable1_separable1_batchnorm1_forward", 5, 0, 2400000.0, 6657280.0},
    {"separable1_separable1_conv2_forward", 7, 0, 102400000.0, 6682624.0},
    {"separable1_separable1_batchnorm2_moments_merge", 8, 0, 0.0, 11264.0},
    {"separable1_separable1_batchnorm2_forward", 8, 0, 2400000.0, 6657280.0},
    {"separable2_separable1_conv1_forward", 10, 0, 14400000.0, 6668544.0},
    {"separable2_separable1_batchnorm1_moments_merge", 11, 0, 0.0, 11264.0},
    {"separable2_separable1_batchnorm1_forward", 11, 0, 2400000.0, 6657280.0},
    {"separable2_separable1_conv2_forward", 13, 0, 102400000.0, 6682624.0},
    {"separable2_separable1_batchnorm2_moments_merge", 14, 0, 0.0, 11264.0},
    {"separable2_separable1_batchnorm2_forward", 14, 0, 2400000.0, 6657280.0},
    {"separable3_separable1_conv1_forward", 16, 0, 14400000.0, 6668544.0},
    {"separable3_separable1_batchnorm1_moments_merge", 17, 0, 0.0, 11264.0},
    {"separable3_separable1_batchnorm1_forward", 17, 0, 2400000.0, 6657280.0},
    {"separable3_separable1_conv2_forward", 19, 0, 102400000.0, 6682624.0},
    {"separable3_separable1_batchnorm2_moments_merge", 20, 0, 0.0, 11264.0},
    {"separable3_separable1_batchnorm2_forward", 20, 0, 2400000.0, 6657280.0},
    {"separable4_separable1_conv1_forward", 22, 0, 14400000.0, 6668544.0},
    {"separable4_separable1_batchnorm1_moments_merge", 23, 0, 0.0, 11264.0},
    {"separable4_separable1_batchnorm1_forward", 23, 0, 2400000.0, 6657280.0},
    {"separable4_separable1_conv2_forward", 25, 0, 102400000.0, 6682624.0},
    {"separable4_separable1_batchnorm2_moments_merge", 26, 0, 0.0, 11264.0},
    {"separable4_separable1_batchnorm2_forward", 26, 0, 2400000.0, 6657280.0},
    {"dropout2_forward", 28, 0, 800000.0, 6656000.0},
    {"avgpool1_forward", 29, 0, 768000.0, 3354624.0},
    {"dense1_forward", 31, 0, 153600.0, 34736.0},
    {"loss_softmax_cross_entropy", -1, 0, 6000.0, 10036.0},
    {"dense1_input_gradient", 31, 0, 153600.0, 34688.0},
    {"dense1_rows_load", 31, 0, 0.0, 53248.0},
    {"dense1_weight_gradient", 31, 0, 153600.0, 50048.0},
    {"dense1_bias_gradient", 31, 0, 1200.0, 5280.0},
    {"avgpool1_backward", 29, 0, 768000.0, 3354624.0},
    {"dropout2_backward", 28, 0, 800000.0, 6656000.0},
    {"separable4_separable1_batchnorm2_sums", 26, 0, 4000000.0, 6663936.0},
    {"separable4_separable1_batchnorm2_parameter_gradient", 26, 0, 0.0, 12032.0},
    {"separable4_separable1_batchnorm2_backward", 26, 0, 4800000.0, 9985792.0},
    {"separable4_separable1_conv2_input_gradient", 25, 0, 102400000.0, 6672384.0},
    {"separable4_separable1_conv2_weight_gradient_sums", 25, 0, 102400000.0, 6787072.0},
    {"separable4_separable1_conv2_weight_gradient", 25, 0, 0.0, 147456.0},
    {"separable4_separable1_batchnorm1_sums", 23, 0, 4000000.0, 6663936.0},
    {"separable4_separable1_batchnorm1_parameter_gradient", 23, 0, 0.0, 12032.0},
    {"separable4_separable1_batchnorm1_backward", 23, 0, 4800000.0, 9985792.0},
    {"separable4_separable1_conv1_input_gradient", 22, 0, 14400000.0, 6658304.0},
    {"separable4_separable1_conv1_weight_gradient", 22, 0, 14400000.0, 6658304.0},
    {"separable3_separable1_batchnorm2_sums", 20, 0, 4000000.0, 6663936.0},
    {"separable3_separable1_batchnorm2_parameter_gradient", 20, 0, 0.0, 12032.0},
    {"separable3_separable1_batchnorm2_backward", 20, 0, 4800000.0, 9985792.0},
    {"separable3_separable1_conv2_input_gradient", 19, 0, 102400000.0, 6672384.0},
    {"separable3_separable1_conv2_weight_gradient_sums", 19, 0, 102400000.0, 6787072.0},
    {"separable3_separable1_conv2_weight_gradient", 19, 0, 0.0, 147456.0},
    {"separable3_separable1_batchnorm1_sums", 17, 0, 4000000.0, 6663936.0},
    {"separable3_separable1_batchnorm1_parameter_gradient", 17, 0, 0.0, 12032.0},
    {"separable3_separable1_batchnorm1_backward", 17, 0, 4800000.0, 9985792.0},
    {"separable3_separable1_conv1_input_gradient", 16, 0, 14400000.0, 6658304.0},
    {"separable3_separable1_conv1_weight_gradient", 16, 0, 14400000.0, 6658304.0},
    {"separable2_separable1_batchnorm2_sums", 14, 0, 4000000.0, 6663936.0},
    {"separable2_separable1_batchnorm2_parameter_gradient", 14, 0, 0.0, 12032.0},
    {"separable2_separable1_batchnorm2_backward", 14, 0, 4800000.0, 9985792.0},
    {"separable2_separable1_conv2_input_gradient", 13, 0, 102400000.0, 6672384.0},
    {"separable2_separable1_conv2_weight_gradient_sums", 13, 0, 102400000.0, 6787072.0},
    {"separable2_separable1_conv2_weight_gradient", 13, 0, 0.0, 147456.0},
    {"separable2_separable1_batchnorm1_sums", 11, 0, 4000000.0, 6663936.0},
    {"separable2_separable1_batchnorm1_parameter_gradient", 11, 0, 0.0, 12032.0},
    {"separable2_separable1_batchnorm1_backward", 11, 0, 4800000.0, 9985792.0},
    {"separable2_separable1_conv1_input_gradient", 10, 0, 14400000.0, 6658304.0},
    {"separable2_separable1_conv1_weight_gradient", 10, 0, 14400000.0, 6658304.0},
    {"separable1_separable1_batchnorm2_sums", 8, 0, 4000000.0, 6663936.0},
    {"separable1_separable1_batchnorm2_parameter_gradient", 8, 0, 0.0, 12032.0},
    {"separable1_separable1_batchnorm2_backward", 8, 0, 4800000.0, 9985792.0},
    {"separable1_separable1_conv2_input_gradient", 7, 0, 102400000.0, 6672384.0},
    {"separable1_separable1_conv2_weight_gradient_sums", 7, 0, 102400000.0, 6787072.0},
    {"separable1_separable1_conv2_weight_gradient", 7, 0, 0.0, 147456.0},
    {"separable1_separable1_batchnorm1_sums", 5, 0, 4000000.0, 6663936.0},
    {"separable1_separable1_batchnorm1_parameter_gradient", 5, 0, 0.0, 12032.0},
    {"separable1_separable1_batchnorm1_backward", 5, 0, 4800000.0, 9985792.0},
    {"separable1_separable1_conv1_input_gradient", 4, 0, 14400000.0, 6658304.0},
    {"separable1_separable1_conv1_weight_gradient", 4, 0, 14400000.0, 6658304.0},
    {"dropout1_backward", 3, 0, 800000.0, 6656000.0},
    {"batchnorm1_sums", 1, 0, 4000000.0, 6663936.0},
    {"batchnorm1_parameter_gradient", 1, 0, 0.0, 12032.0},
    {"batchnorm1_backward", 1, 0, 4800000.0, 9985792.0},
    {"conv1_weight_gradient", 0, 0, 64000000.0, 3542080.0},
    {"separable4_separable1_conv2_weight_penalty_gradient", 25, 0, 8192.0, 49152.0},
    {"separable4_separable1_conv1_weight_penalty_gradient", 22, 0, 1152.0, 6912.0},
    {"separable3_separable1_conv2_weight_penalty_gradient", 19, 0, 8192.0, 49152.0},
    {"separable3_separable1_conv1_weight_penalty_gradient", 16, 0, 1152.0, 6912.0},
    {"separable2_separable1_conv2_weight_penalty_gradient", 13, 0, 8192.0, 49152.0},
    {"separable2_separable1_conv1_weight_penalty_gradient", 10, 0, 1152.0, 6912.0},
    {"separable1_separable1_conv2_weight_penalty_gradient", 7, 0, 8192.0, 49152.0},
    {"separable1_separable1_conv1_weight_penalty_gradient", 4, 0, 1152.0, 6912.0},
    {"conv1_weight_penalty_gradient", 0, 0, 5120.0, 30720.0},
    {"separable4_separable1_conv2_weight_update", 25, 0, 8192.0, 114688.0},
    {"separable4_separable1_conv1_weight_update", 22, 0, 1152.0, 16128.0},
    {"separable3_separable1_conv2_weight_update", 19, 0, 8192.0, 114688.0},
    {"separable3_separable1_conv1_weight_update", 16, 0, 1152.0, 16128.0},
    {"separable2_separable1_conv2_weight_update", 13, 0, 8192.0, 114688.0},
    {"separable2_separable1_conv1_weight_update", 10, 0, 1152.0, 16128.0},
    {"separable1_separable1_conv2_weight_update", 7, 0, 8192.0, 114688.0},
    {"separable1_separable1_conv1_weight_update", 4, 0, 1152.0, 16128.0},
    {"conv1_weight_update", 0, 0, 5120.0, 71680.0},
    {"batchnorm1_running_move", 1, 0, 0.0, 1792.0},
    {"separable1_separable1_batchnorm1_running_move", 5, 0, 0.0, 1792.0},
    {"separable1_separable1_batchnorm2_running_move", 8, 0, 0.0, 1792.0},
    {"separable2_separable1_batchnorm1_running_move", 11, 0, 0.0, 1792.0},
    {"separable2_separable1_batchnorm2_running_move", 14, 0, 0.0, 1792.0},
    {"separable3_separable1_batchnorm1_running_move", 17, 0, 0.0, 1792.0},
    {"separable3_separable1_batchnorm2_running_move", 20, 0, 0.0, 1792.0},
    {"separable4_separable1_batchnorm1_running_move", 23, 0, 0.0, 1792.0},
    {"separable4_separable1_batchnorm2_running_move", 26, 0, 0.0, 1792.0},
};

// Name, element types, rank, shape, classes, which of them does not count, scale, whether reals are
// scaled too, 1 + the layer that normalizes it, what is made of sound, whether images are
// brought to its size.
static const bnc_value inputs[] = {
    {"features", 1 << BNC_UINT8 | 1 << BNC_REAL, 3, { 1, 49, 10 }, 0, 0, 1.0, 0, 0,
      0, 0},
};

static const bnc_value targets[] = {
    {"word", 1 << BNC_INT32, 0, { 0 }, 12, 0, 1, 0, 0, 0, 0},
};

static const bnc_value outputs[] = {
    {"logits", 1 << BNC_REAL, 1, { 12 }, 0, 0, 1, 0, 0, 0, 0},
};

// Name, output, target, whether it is a mean, whether its output is a logit, whether its target is
// labels, what makes probabilities of the output, weight.
static const bnc_measure losses[] = {
    {"softmax_cross_entropy", 0, 0, 1, 0, 0, BNC_SOFTMAX, 1.0},
};

static const bnc_hyperparameter hyperparameters[] = {
    {"learning_rate", 0.0005},
    {"beta1", 0.9},
    {"beta2", 0.999},
    {"eps", 1e-07},
};

const bnc_plugin *BNC_SYMBOL(void) {
  static const bnc_plugin plugin = {
      .struct_size = sizeof(bnc_plugin),
      .abi_version = BNC_ABI_VERSION,
      .instruction_set = INSTRUCTIONS,
      .bnc_version = "0.2.0-dev",
      .model_name = "ds_cnn",
      .model_hash = "dfe17f2135a072c5e77c6ba1cbe8f97eb58d214d71b12a7f1d75f0de98bb178b",
      .target = "x86-64-v3",
      .batch = BATCH,
      .lanes = LANES,
      .element_size = sizeof(real),
      .epochs = 36,
      .inputs = inputs,
      .targets = targets,
      .outputs = outputs,
      .losses = losses,
      .hyperparameters = hyperparameters,
      .optimizer_name = "adam",
      .input_count = 1,
      .target_count = 1,
      .output_count = 1,
      .loss_count = 1,
      .hyperparameter_count = sizeof hyperparameters / sizeof hyperparameters[0],
      .parameters_size = sizeof(struct parameters),
      .state_size = sizeof(struct state),
      .scratch_size = (uint64_t)SCRATCH * sizeof(real),
      .slots_size = 2 * sizeof(struct parameters),
      .tensors = tensors,
      .layers = layers,
      .kernels = kernels,
      .tensor_count = sizeof tensors / sizeof tensors[0],
      .layer_count = sizeof layers / sizeof layers[0] - 1,
      .kernel_count = sizeof kernels / sizeof kernels[0],
      .schedule = schedule_rate,
      .train = train,
      .evaluate = evaluate,
  };
  return &plugin;
}
