// residual: a network in C, written by bnc 0.2.0-dev from residual.bn. To change it, change the
// model.
/*
   cc -std=c11 -O2 -fno-unroll-loops -ffp-contract=fast -march=x86-64-v3 -fPIC -shared \
      residual.c -lm -o residual.so
*/
// What stands here, from top to bottom: the sizes, numbers and vectors, the memory, the kernels of
// the forward pass, of the loss, of the backward pass, the steps that call them in order, and the
// table that tells a host what it must know.
//
// One vector holds one number of 8 examples, one in each lane, so no channel count and no image
// size wastes a lane. A tensor [channels, height, width] lies as
// [blocks][channels][height][width][lanes]. A short batch leaves lanes inactive: they hold 0, by
// selection, whatever was there before.
#include "residual.h"

#include <math.h>
#include <stdatomic.h>
#include <stddef.h>

// ---- Sizes

typedef float real;
enum {
  BATCH = 64,   // examples a step, at most
  LANES = 8,   // examples a vector
  BLOCKS = 8,  // vectors that hold all of them
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

// Adds to each of four numbers the sum of the lanes of one of four vectors: first of neighbours,
// until each of the vectors has one lane in every four.
static ALWAYS_INLINE void add_lanes(const vec *v, real *to) {
  const vec first = __builtin_shufflevector(v[0], v[1], 0, 2, 8, 10, 4, 6, 12, 14)
      + __builtin_shufflevector(v[0], v[1], 1, 3, 9, 11, 5, 7, 13, 15),
      second = __builtin_shufflevector(v[2], v[3], 0, 2, 8, 10, 4, 6, 12, 14)
      + __builtin_shufflevector(v[2], v[3], 1, 3, 9, 11, 5, 7, 13, 15);
  vec sum = __builtin_shufflevector(first, second, 0, 2, 8, 10, 4, 6, 12, 14)
      + __builtin_shufflevector(first, second, 1, 3, 9, 11, 5, 7, 13, 15);
  sum += __builtin_shufflevector(sum, sum, 4, 5, 6, 7, 0, 1, 2, 3);
  UNROLL for (int i = 0; i < 4; i++) to[i] += sum[i];
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

// x <= 0 ? 0 : x
static ALWAYS_INLINE vec vec_relu(vec x) { return masked(x, ~(x <= (vec){0})); }

// y <= 0 ? dy * y : dy
static ALWAYS_INLINE vec vec_relu_gradient(vec dy, vec y) {
  return blend(y <= (vec){0}, dy * y, dy);
}

// x <= 0 ? 0 : dy
static ALWAYS_INLINE vec vec_relu_gradient_2(vec dy, vec x) { return masked(dy, ~(x <= (vec){0})); }

// ---- Memory: what the caller owns

// What is learned, in canonical order.
struct parameters {
  real conv1_weight[432];  // [16, 3, 3, 3]
  real batchnorm1_gamma[16], batchnorm1_beta[16];
  real first_conv1_weight[2304];  // [16, 16, 3, 3]
  real first_batchnorm1_gamma[16], first_batchnorm1_beta[16];
  real first_conv2_weight[2304];  // [16, 16, 3, 3]
  real first_batchnorm2_gamma[16], first_batchnorm2_beta[16];
  real conv2_weight[4608];  // [32, 16, 3, 3]
  real batchnorm2_gamma[32], batchnorm2_beta[32];
  real second_conv1_weight[9216];  // [32, 32, 3, 3]
  real second_batchnorm1_gamma[32], second_batchnorm1_beta[32];
  real second_conv2_weight[9216];  // [32, 32, 3, 3]
  real second_batchnorm2_gamma[32], second_batchnorm2_beta[32];
  real conv3_weight[18432];  // [64, 32, 3, 3]
  real batchnorm3_gamma[64], batchnorm3_beta[64];
  real third_conv1_weight[36864];  // [64, 64, 3, 3]
  real third_batchnorm1_gamma[64], third_batchnorm1_beta[64];
  real third_conv2_weight[36864];  // [64, 64, 3, 3]
  real third_batchnorm2_gamma[64], third_batchnorm2_beta[64];
  real dense1_weight[640];  // [10, 64]
  real dense1_bias[10];
};

// What is kept from step to step but not learned.
struct state {
  real batchnorm1_running_mean[16], batchnorm1_running_variance[16], batchnorm1_seen[1];
  real first_batchnorm1_running_mean[16], first_batchnorm1_running_variance[16],
      first_batchnorm1_seen[1];
  real first_batchnorm2_running_mean[16], first_batchnorm2_running_variance[16],
      first_batchnorm2_seen[1];
  real batchnorm2_running_mean[32], batchnorm2_running_variance[32], batchnorm2_seen[1];
  real second_batchnorm1_running_mean[32], second_batchnorm1_running_variance[32],
      second_batchnorm1_seen[1];
  real second_batchnorm2_running_mean[32], second_batchnorm2_running_variance[32],
      second_batchnorm2_seen[1];
  real batchnorm3_running_mean[64], batchnorm3_running_variance[64], batchnorm3_seen[1];
  real third_batchnorm1_running_mean[64], third_batchnorm1_running_variance[64],
      third_batchnorm1_seen[1];
  real third_batchnorm2_running_mean[64], third_batchnorm2_running_variance[64],
      third_batchnorm2_seen[1];
};

// Where in scratch each tensor lies, in numbers. Tensors whose lives do not overlap share a place.
enum {
  b_image_lanes = 12058624,  // [8][3][32][32][8]
  b_conv1_output = 0,  // [8][16][32][32][8]
  b_conv1_partial = 1048576,  // [8][16][3]
  b_batchnorm1_moments = 12256096,  // [3][16]
  b_relu1_output = 1048576,  // [8][16][32][32][8]
  b_first_conv1_weight_products = 3145728,  // [36][272]
  b_first_conv1_output = 2097152,  // [8][16][32][32][8]
  b_first_conv1_partial = 3155520,  // [8][2][16][3]
  b_first_batchnorm1_moments = 12256144,  // [3][16]
  b_first_relu1_output = 3145728,  // [8][16][32][32][8]
  b_first_conv2_weight_products = 5242880,  // [36][272]
  b_first_conv2_output = 4194304,  // [8][16][32][32][8]
  b_first_conv2_partial = 5252672,  // [8][2][16][3]
  b_first_batchnorm2_moments = 12256192,  // [3][16]
  b_first_batchnorm2_output = 5242880,  // [8][16][32][32][8]
  b_first_relu2_output = 6291456,  // [8][16][32][32][8]
  b_conv2_output = 7340032,  // [8][32][16][16][8]
  b_conv2_partial = 5242880,  // [8][32][3]
  b_batchnorm2_moments = 12255808,  // [3][32]
  b_relu2_output = 7864320,  // [8][32][16][16][8]
  b_second_conv1_weight_products = 5242880,  // [36][1040]
  b_second_conv1_output = 8388608,  // [8][32][16][16][8]
  b_second_conv1_partial = 5280320,  // [8][2][32][3]
  b_second_batchnorm1_moments = 12255904,  // [3][32]
  b_second_relu1_output = 8912896,  // [8][32][16][16][8]
  b_second_conv2_weight_products = 5242880,  // [36][1040]
  b_second_conv2_output = 9437184,  // [8][32][16][16][8]
  b_second_conv2_partial = 5280320,  // [8][2][32][3]
  b_second_batchnorm2_moments = 12256000,  // [3][32]
  b_second_batchnorm2_output = 5242880,  // [8][32][16][16][8]
  b_second_relu2_output = 9961472,  // [8][32][16][16][8]
  b_conv3_output = 5832704,  // [8][64][8][8][8]
  b_conv3_partial = 5242880,  // [8][64][3]
  b_batchnorm3_moments = 12255232,  // [3][64]
  b_relu3_output = 10485760,  // [8][64][8][8][8]
  b_third_conv1_weight_products = 5242880,  // [36][4112]
  b_third_conv1_output = 10747904,  // [8][64][8][8][8]
  b_third_conv1_partial = 5390912,  // [8][64][3]
  b_third_batchnorm1_moments = 12255424,  // [3][64]
  b_third_relu1_output = 11010048,  // [8][64][8][8][8]
  b_third_conv2_weight_products = 5242880,  // [36][4112]
  b_third_conv2_output = 11272192,  // [8][64][8][8][8]
  b_third_conv2_partial = 5390912,  // [8][64][3]
  b_third_batchnorm2_moments = 12255616,  // [3][64]
  b_third_batchnorm2_output = 5242880,  // [8][64][8][8][8]
  b_third_relu2_output = 5505024,  // [8][64][8][8][8]
  b_avgpool1_output = 5242880,  // [8][64][1][1][8]
  b_dense1_output = 5246976,  // [8][10][8]
  b_dense1_output_gradient = 5255168,  // [8][10][8]
  b_block_losses = 5247616,  // [8]
  b_flatten1_output_gradient = 5246976,  // [8][64][8]
  b_dense1_rows = 5251072,  // [64][64]
  b_relu3_third_add1_output_gradient = 11534336,  // [8][64][8][8][8]
  b_third_batchnorm2_partial_sums = 5242880,  // [8][64][2]
  b_third_batchnorm2_coefficients = 5243904,  // [4][64]
  b_third_conv2_output_gradient = 11272192,  // [8][64][8][8][8]
  b_third_relu1_output_gradient = 11796480,  // [8][64][8][8][8]
  b_third_conv2_turned_weight_products = 5242880,  // [36][4112]
  b_third_conv2_weight_gradient_products = 5242880,  // [4][64][36][64]
  b_third_batchnorm1_partial_sums = 5242880,  // [8][64][2]
  b_third_batchnorm1_coefficients = 5243904,  // [4][64]
  b_third_conv1_output_gradient = 10747904,  // [8][64][8][8][8]
  b_relu3_third_conv1_output_gradient = 11010048,  // [8][64][8][8][8]
  b_third_conv1_turned_weight_products = 5242880,  // [36][4112]
  b_third_conv1_weight_gradient_products = 5242880,  // [4][64][36][64]
  b_relu3_summed_output_gradient = 5242880,  // [8][64][8][8][8]
  b_batchnorm3_partial_sums = 5505024,  // [8][64][2]
  b_batchnorm3_coefficients = 5506048,  // [4][64]
  b_conv3_output_gradient = 5832704,  // [8][64][8][8][8]
  b_relu2_second_add1_output_gradient = 10485760,  // [8][32][16][16][8]
  b_conv3_weight_gradient_parts = 5242880,  // [4][8][288][16]
  b_second_batchnorm2_partial_sums = 5242880,  // [8][32][2]
  b_second_batchnorm2_coefficients = 5243392,  // [4][32]
  b_second_conv2_output_gradient = 9437184,  // [8][32][16][16][8]
  b_second_relu1_output_gradient = 9961472,  // [8][32][16][16][8]
  b_second_conv2_turned_weight_products = 5242880,  // [36][1040]
  b_second_conv2_weight_gradient_products = 5242880,  // [16][32][36][32]
  b_second_batchnorm1_partial_sums = 5242880,  // [8][32][2]
  b_second_batchnorm1_coefficients = 5243392,  // [4][32]
  b_second_conv1_output_gradient = 8388608,  // [8][32][16][16][8]
  b_relu2_second_conv1_output_gradient = 8912896,  // [8][32][16][16][8]
  b_second_conv1_turned_weight_products = 5242880,  // [36][1040]
  b_second_conv1_weight_gradient_products = 5242880,  // [16][32][36][32]
  b_relu2_summed_output_gradient = 5242880,  // [8][32][16][16][8]
  b_batchnorm2_partial_sums = 5767168,  // [8][32][2]
  b_batchnorm2_coefficients = 5767680,  // [4][32]
  b_conv2_output_gradient = 7340032,  // [8][32][16][16][8]
  b_relu1_first_add1_output_gradient = 5242880,  // [8][16][32][32][8]
  b_conv2_weight_gradient_parts = 7864320,  // [8][4][144][16]
  b_first_batchnorm2_partial_sums = 6291456,  // [8][16][2]
  b_first_batchnorm2_coefficients = 6291712,  // [4][16]
  b_first_conv2_output_gradient = 4194304,  // [8][16][32][32][8]
  b_first_relu1_output_gradient = 6291456,  // [8][16][32][32][8]
  b_first_conv2_turned_weight_products = 7340032,  // [36][272]
  b_first_conv2_weight_gradient_products = 7340032,  // [16][16][36][16]
  b_first_batchnorm1_partial_sums = 3145728,  // [8][16][2]
  b_first_batchnorm1_coefficients = 3145984,  // [4][16]
  b_first_conv1_output_gradient = 2097152,  // [8][16][32][32][8]
  b_relu1_first_conv1_output_gradient = 3145728,  // [8][16][32][32][8]
  b_first_conv1_turned_weight_products = 4194304,  // [36][272]
  b_first_conv1_weight_gradient_products = 4194304,  // [16][16][36][16]
  b_relu1_summed_output_gradient = 1048576,  // [8][16][32][32][8]
  b_batchnorm1_partial_sums = 2097152,  // [8][16][2]
  b_batchnorm1_coefficients = 2097408,  // [4][16]
  b_conv1_output_gradient = 0,  // [8][16][32][32][8]
  SCRATCH = 12256240
};

// How far a block of the input is on its way into the lanes.
enum { ABSENT, LOADING, LOADED };

// What the kernels of one call can see.
struct step {
  struct parameters *parameters;
  struct state *state;
  real *scratch;
  const bnc_host *host;
  const bnc_batch *batch;
  real learning_rate;
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

// sgd: moves a parameter p along its gradient g.
//   p = p - learning_rate * g
static ALWAYS_INLINE void sgd_update(real *p, real g, const struct step *s) {
  *p -= s->learning_rate * g;
}

// The same for the last `count` parameters of a row.
static NEVER_INLINE void sgd_update_end(real *p, const vec *g, int count, const struct step *s) {
  for (int l = 0; l < count; l++) sgd_update(p + l, (*g)[l], s);
}

// The same for the next LANES parameters of a row, or the `count` that are left.
static ALWAYS_INLINE void sgd_update_row(real *row, vec g, int count, const struct step *s) {
  if (count < LANES) {
    sgd_update_end(row, &g, count, s);
    return;
  }
  packed *p = (packed *)(void *)row;
  *p -= s->learning_rate * g;
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

// image: `count` numbers of an example, LANES at most; bytes are multiplied by
// (real)0.00392156862745098.
static ALWAYS_INLINE vec k_image_load_piece(const struct step *s, ptrdiff_t first, int count) {
  vec v = {0};
  if (s->batch->input_types[0] == BNC_UINT8) {
    const uint8_t *x = (const uint8_t *)s->batch->inputs[0] + first;
    if (count == LANES) v = __builtin_convertvector(*(const bytes *)(const void *)x, vec);
    else
      for (int k = 0; k < count; k++) v[k] = (real)x[k];
    return v * (real)0.00392156862745098;
  }
  const real *x = (const real *)s->batch->inputs[0] + first;
  if (count == LANES) return *(const packed *)(const void *)x;
  for (int k = 0; k < count; k++) v[k] = x[k];
  return v;
}

// image: the examples of a block, brought into the lanes.
//   y [3, 32, 32]
static NEVER_INLINE void k_image_load_block(const struct step *s, int block) {
  enum { COUNT = 3072 };
  vec *y = lanes_at(s, b_image_lanes) + block * COUNT;
  const int active = active_count(s, block);
  ptrdiff_t start[LANES] = {0};
  for (int l = 0; l < active; l++) start[l] = row_of(s, block * LANES + l) * COUNT;
  for (int k = 0; k < COUNT; k += LANES) {
    const int count = COUNT - k < LANES ? COUNT - k : LANES;
    vec square[LANES] = {0};
    for (int l = 0; l < active; l++) square[l] = k_image_load_piece(s, start[l] + k, count);
    transpose(square);
    for (int i = 0; i < count; i++) y[k + i] = square[i];
  }
}

// image: loads blocks `first` up to `end`, except those that are loaded already. The first task
// that needs a block loads it, just before its use; one that finds another task loading it waits.
static void k_image_load_once(const struct step *s, int first, int end) {
  for (int block = first; block < end; block++) {
    int state = ABSENT;
    if (atomic_load(&s->input[block]) == ABSENT &&
        atomic_compare_exchange_strong(&s->input[block], &state, LOADING)) {
      k_image_load_block(s, block);
      atomic_store(&s->input[block], LOADED);
    }
  }
  for (int block = first; block < end; block++)
    while (atomic_load(&s->input[block]) != LOADED) s->host->wait(s->host->context);
}

// image: the same as a kernel of its own.
static void k_image_load(const struct step *s, int block) {
  k_image_load_once(s, block, block + 1);
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

static const struct convolution g_conv1 = { .G = 1, .CI = 3, .H = 32, .W = 32, .CO = 16, .OH = 32,
    .OW = 32, .KH = 3, .KW = 3, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 1, .PB = 1, .PL = 1,
    .INNER = 1, .INNER_END = 31 };

// One tile of a convolution: `channels` x `columns` sums in registers. Each x is loaded for all the
// channels, each weight for all the columns. `edge` says that a window may reach into the padding.
static ALWAYS_INLINE void convolution_forward_tile(const struct convolution g, const vec *x,
    const real *weight, vec *y, mask active, int i, int j, const int channels, const int columns,
    const int edge) {
  vec sum[TILE];
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) sum[c * columns + t] = (vec){0};
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
static ALWAYS_INLINE void convolution_forward_span(const struct convolution g, const vec *x,
    const real *weight, vec *y, mask active, int i, const int start, const int end,
    const int channels, const int width) {
  const int rest = (end - start) % width, whole = end - rest;
  const int left = left_edge(g.INNER, start, whole, width);
  const int right = right_edge(g.INNER_END, left, whole, width);
  UNROLL for (int j = start; j < left; j += width)
    convolution_forward_tile(g, x, weight, y, active, i, j, channels, width, 1);
  for (int j = left; j < right; j += width)
    convolution_forward_tile(g, x, weight, y, active, i, j, channels, width, 0);
  UNROLL for (int j = right; j < whole; j += width)
    convolution_forward_tile(g, x, weight, y, active, i, j, channels, width, 1);
  if (rest > 0)
    convolution_forward_tile(g, x, weight, y, active, i, whole, channels, rest, 1);
}

// Rows `first` up to `end` of `channels` output channels.
static ALWAYS_INLINE void convolution_forward_rows(const struct convolution g,
    const struct pieces columns, const vec *x, const real *weight, vec *y, mask active, int first,
    int end, const int channels) {
  const int wide = columns.wide * (columns.size + 1);
  for (int i = first; i < end; i++) {
    if (wide > 0)
      convolution_forward_span(g, x, weight, y, active, i, 0, wide, channels, columns.size + 1);
    convolution_forward_span(g, x, weight, y, active, i, wide, g.OW, channels, columns.size);
  }
}

static ALWAYS_INLINE int piece_size(const struct pieces p, int index) {
  return p.size + (index < p.wide);
}

// A task of a convolution: one tile's output channels of one block, then their mean and squares for
// the batch norm.
static ALWAYS_INLINE void convolution_forward_moments(const struct step *s, int task,
    const struct convolution g, const struct pieces tiles, const struct pieces columns,
    const vec *x, const real *weight, vec *y, real (*partial)[3]) {
  const int tile = task % tiles.count, group = task / tiles.count % g.G;
  const int block = task / tiles.count / g.G, plane = g.OH * g.OW;
  const int co = group * g.CO + piece_start(tiles, tile);
  const mask active = active_lanes(s, block);
  x += (block * g.G + group) * (g.CI * g.H * g.W);
  weight += co * (g.CI * g.KH * g.KW);
  y += (block * g.G * g.CO + co) * plane;
  if (tiles.wide > 0 && tile < tiles.wide)
    convolution_forward_rows(g, columns, x, weight, y, active, 0, g.OH, tiles.size + 1);
  else
    convolution_forward_rows(g, columns, x, weight, y, active, 0, g.OH, tiles.size);
  if (!s->training) return;
  partial += block * g.G * g.CO + co;
  for (int c = 0; c < piece_size(tiles, tile); c++)
    block_moments(y + c * plane, plane, active_count(s, block), active, partial[c]);
}

// conv1 (residual.bn:14), forward and moments: 2 output channels of a block a task
//   x [3, 32, 32], weight [16, 3, 3, 3], y [16, 32, 32]
static void k_conv1_forward(const struct step *s, int task) {
  convolution_forward_moments(s, task, g_conv1, (struct pieces){8, 2, 0}, (struct pieces){7, 4, 4},
      lanes_at(s, b_image_lanes), s->parameters->conv1_weight, lanes_at(s, b_conv1_output),
      moments_at(s, b_conv1_partial));
}

// k_conv1_forward, and before it the image that it needs.
static void k_conv1_forward_loading(const struct step *s, int task) {
  const int block = task / 8;
  k_image_load_once(s, block, block + 1);
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

static const struct normalization g_batchnorm1 = { .C = 16, .H = 32, .W = 32, .OH = 32, .OW = 32,
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

// batchnorm1 (residual.bn:14): mean and variance of each channel
static void k_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_batchnorm1, (real)1e-05, moments_at(s, b_conv1_partial),
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

// batchnorm1, relu1 (residual.bn:14), forward: x [16, 32, 32], y [16, 32, 32]
static void k_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_batchnorm1, (struct pieces){16, 1, 0},
      s->scratch + b_batchnorm1_moments, s->parameters->batchnorm1_gamma,
      s->parameters->batchnorm1_beta, lanes_at(s, b_conv1_output), lanes_at(s, b_relu1_output));
}

// A convolution of C channels of H x W numbers to K channels of OH x OW by windows of 3 x 3 taps,
// with PT rows of zeros above the image and PL columns of them to its left, as Winograd has it:
// F(SIDE x SIDE, 3x3) of Lavin and Gray (2015). A tile of SIDE x SIDE results is
//   A' (sum over c of (G w[k, c] G') * (B' x[c] B)) A
// of the window of x that it depends on, which has two rows and two columns more: as many products
// a channel as there are numbers in it, instead of 9 a result. The tiles lie in rows of TW; STRIP
// of them go through the products while what these read stays in the cache, GROUP side by side in
// registers.
struct winograd {
  int C, H, W, K, OH, OW, PT, PL, SIDE, TW, STRIP, GROUP;
};

// What lies between two of the products' planes, beside what they hold: planes a power of two apart
// would lie in the same lines of a cache.
enum { SKEW_VECTORS = 3, SKEW_WEIGHTS = 16 };

// From one plane to the next, of `channels` of a strip's tiles and of the weight.
static ALWAYS_INLINE int winograd_plane(const struct winograd g, const int channels) {
  return channels * g.STRIP + SKEW_VECTORS;
}
static ALWAYS_INLINE int winograd_weight_plane(const struct winograd g) {
  return g.K * g.C + SKEW_WEIGHTS;
}

// Fetches rows of an image that are wanted soon: they lie too far apart for a processor to see them
// coming.
enum { LINE_VECTORS = sizeof(vec) < 64 ? 64 / sizeof(vec) : 1 };
static ALWAYS_INLINE void winograd_fetch(const vec *x, int width, const int rows,
    const int columns) {
  UNROLL for (int i = 0; i < rows; i++)
    UNROLL for (int j = 0; j < columns; j += LINE_VECTORS) __builtin_prefetch(x + (i * width + j));
}

// Memory of each thread, which stays in its cache from task to task.
static _Thread_local vec thread_vectors[18936];

// F(4x4, 3x3) along a row or a column of a tile, by polynomials' values at 0, r, -r, 2r, -2r and
// infinity, r the root of 1/2: points as far above 1 as below it round least. With rows apart by ;
//   B' = [1 0 -5/2 0 1 0; 0 -2r -2 r 1 0; 0 2r -2 -r 1 0;
//         0 -r -1/2 2r 1 0; 0 r -1/2 -2r 1 0; 0 1 0 -5/2 0 1]
//   A' = [1 1 1 1 1 0; 0 r -r 2r -2r 0; 0 1/2 1/2 2 2 0; 0 r/2 -r/2 4r -4r 1]
//   G = [1 0 0; -2/3 -2r/3 -1/3; -2/3 2r/3 -1/3; 1/6 r/3 1/3; 1/6 -r/3 1/3; 0 0 1]
static const real WINOGRAD_ROOT = (real)0.70710678118654752440;
static ALWAYS_INLINE void winograd4_window(const vec *x, vec *v) {
  const vec inner = x[4] - 2 * x[2], outer = x[4] - x[2] / 2;
  const vec left = WINOGRAD_ROOT * (x[3] - 2 * x[1]), right = WINOGRAD_ROOT * (2 * x[3] - x[1]);
  v[0] = x[0] - (real)2.5 * x[2] + x[4];
  v[1] = inner + left;
  v[2] = inner - left;
  v[3] = outer + right;
  v[4] = outer - right;
  v[5] = x[1] - (real)2.5 * x[3] + x[5];
}
static ALWAYS_INLINE void winograd4_results(const vec *m, vec *y) {
  const vec inner = m[1] + m[2], outer = m[3] + m[4];
  const vec left = WINOGRAD_ROOT * (m[1] - m[2]), right = WINOGRAD_ROOT * (m[3] - m[4]);
  y[0] = m[0] + inner + outer;
  y[1] = left + 2 * right;
  y[2] = inner / 2 + 2 * outer;
  y[3] = left / 2 + 4 * right + m[5];
}
static ALWAYS_INLINE void winograd4_taps(const real *w, real *u) {
  const real inner = w[0] + w[2] / 2, outer = w[0] + 2 * w[2], middle = WINOGRAD_ROOT * w[1];
  u[0] = w[0];
  u[1] = (inner + middle) * (real)(-2.0 / 3);
  u[2] = (inner - middle) * (real)(-2.0 / 3);
  u[3] = (outer + 2 * middle) * (real)(1.0 / 6);
  u[4] = (outer - 2 * middle) * (real)(1.0 / 6);
  u[5] = w[2];
}

static const struct winograd g_first_conv1 = { .C = 16, .H = 32, .W = 32, .K = 16, .OH = 32,
    .OW = 32, .PT = 1, .PL = 1, .SIDE = 4, .TW = 8, .STRIP = 4, .GROUP = 4 };

// G w G' of the taps w of one window: its 36 numbers, `plane` apart.
static ALWAYS_INLINE void winograd4_weight(const real *w, const int plane, real *to) {
  real rows[6][3];
  UNROLL for (int j = 0; j < 3; j++) {
    const real column[3] = { w[j], w[3 + j], w[6 + j] };
    real u[6];
    winograd4_taps(column, u);
    UNROLL for (int i = 0; i < 6; i++) rows[i][j] = u[i];
  }
  UNROLL for (int i = 0; i < 6; i++) {
    real u[6];
    winograd4_taps(rows[i], u);
    UNROLL for (int j = 0; j < 6; j++) to[(ptrdiff_t)(6 * i + j) * plane] = u[j];
  }
}

// A task: the windows to a tile of the output channels. Of each of the 36 products those of a tile
// lie side by side, channel by channel of what they are multiplied with.
static ALWAYS_INLINE void winograd4_weights(int task, const struct winograd g,
    const struct pieces tiles, const real *weight, real *products) {
  const int first = piece_start(tiles, task), size = piece_size(tiles, task);
  for (int c = 0; c < g.C; c++)
    for (int k = 0; k < size; k++) {
      const real *w = weight + ((first + k) * g.C + c) * 9;
      winograd4_weight(w, winograd_weight_plane(g), products + first * g.C + c * size + k);
    }
}

// winograd4_weights for the sizes of first_conv1, which other layers have too.
static void winograd4_weights_of_first_conv1(int task, const real *weight, real *products) {
  winograd4_weights(task, g_first_conv1, (struct pieces){6, 2, 4}, weight, products);
}

// first_conv1 (residual.bn:4), the weight as Winograd's products take it: 3 or 2 output channels a
// task
//   weight [16, 16, 3, 3]
static void k_first_conv1_weight_transform(const struct step *s, int task) {
  winograd4_weights_of_first_conv1(task, s->parameters->first_conv1_weight,
      s->scratch + b_first_conv1_weight_products);
}

// B' x B of the tile whose window begins at a row and a column; what of it lies outside the image
// is 0.
static ALWAYS_INLINE void winograd4_transform(const struct winograd g, const vec *x, int row,
    int column, vec *v, const int plane) {
  static const vec zeros[6] = { {0} };
  const vec *rows[6];
  UNROLL for (int i = 0; i < 6; i++) {
    const int outside = row + i < 0 || row + i >= g.H;
    rows[i] = outside ? zeros : x + ((ptrdiff_t)(row + i) * g.W + column);
  }
  vec d[6][6];
  UNROLL for (int j = 0; j < 6; j++) {
    const int outside = column + j < 0 || column + j >= g.W;
    vec a[6], b[6] = { {0} };
    if (!outside) {
      UNROLL for (int i = 0; i < 6; i++) a[i] = rows[i][j];
      winograd4_window(a, b);
    }
    UNROLL for (int i = 0; i < 6; i++) d[i][j] = b[i];
  }
  UNROLL for (int i = 0; i < 6; i++) {
    vec b[6];
    winograd4_window(d[i], b);
    UNROLL for (int j = 0; j < 6; j++) v[(6 * i + j) * plane] = b[j];
  }
}

// B' x B of a group's tiles from `tile` on, channel by channel; tiles from `last` on are none, and
// are taken to be the one before.
static ALWAYS_INLINE void winograd4_load(const struct winograd g, const vec *x, int tile, int last,
    vec *v) {
  int rows[TILE], columns[TILE];
  for (int t = 0; t < g.GROUP; t++) {
    const int at = tile + t < last ? tile + t : last - 1;
    rows[t] = at / g.TW * g.SIDE - g.PT;
    columns[t] = at % g.TW * g.SIDE - g.PL;
  }
  for (int c = 0; c < g.C; c++, x += g.H * g.W)
    for (int t = 0; t < g.GROUP; t++, v++) {
      winograd_fetch(x + ((2 * g.H + rows[t]) * g.W + columns[t] + 1), g.W, 6, 4);
      winograd4_transform(g, x, rows[t], columns[t], v, winograd_plane(g, g.C));
    }
}

// `channels` x GROUP sums in registers. Each v is loaded for all the channels, each weight for all
// the tiles.
static ALWAYS_INLINE void winograd_tile(const struct winograd g, const real *weight, const vec *v,
    vec *m, const int channels) {
  vec sum[TILE];
  UNROLL for (int n = 0; n < channels * g.GROUP; n++) sum[n] = (vec){0};
  for (int c = 0; c < g.C; c++, weight += channels, v += g.GROUP)
    UNROLL for (int t = 0; t < g.GROUP; t++)
      UNROLL for (int k = 0; k < channels; k++) sum[k * g.GROUP + t] += v[t] * weight[k];
  UNROLL for (int n = 0; n < channels * g.GROUP; n++) m[n] = sum[n];
}

// One of the products of a group of tiles: m[k] = sum over c of weight[k, c] * v[c].
static ALWAYS_INLINE void winograd_products(const struct winograd g, const struct pieces tiles,
    const real *weight, const vec *v, vec *m) {
  const int wide = tiles.wide * (tiles.size + 1);
  for (int k = 0; k < wide; k += tiles.size + 1)
    winograd_tile(g, weight + k * g.C, v, m + k * g.GROUP, tiles.size + 1);
  for (int k = wide; k < g.K; k += tiles.size)
    winograd_tile(g, weight + k * g.C, v, m + k * g.GROUP, tiles.size);
}

// A' m A of a group's tiles from `tile` on, up to `last`.
static ALWAYS_INLINE void winograd4_store(const struct winograd g, const vec *m, vec *y,
    mask active, int tile, int last) {
  const int plane = winograd_plane(g, g.K), count = last - tile < g.GROUP ? last - tile : g.GROUP;
  int rows[TILE], columns[TILE];
  for (int t = 0; t < count; t++) {
    rows[t] = (tile + t) / g.TW * g.SIDE;
    columns[t] = (tile + t) % g.TW * g.SIDE;
  }
  for (int c = 0; c < g.K; c++, m += g.GROUP)
    for (int t = 0; t < count; t++) {
      const ptrdiff_t start = ((ptrdiff_t)c * g.OH + rows[t]) * g.OW + columns[t];
      vec d[4][6];
      UNROLL for (int j = 0; j < 6; j++) {
        vec a[6], b[4];
        UNROLL for (int i = 0; i < 6; i++) a[i] = m[t + (6 * i + j) * plane];
        winograd4_results(a, b);
        UNROLL for (int i = 0; i < 4; i++) d[i][j] = b[i];
      }
      UNROLL for (int i = 0; i < 4; i++) {
        vec results[4];
        winograd4_results(d[i], results);
        UNROLL for (int j = 0; j < 4; j++) {
          if (g.OH % g.SIDE && rows[t] + i >= g.OH) continue;
          if (g.OW % g.SIDE && columns[t] + j >= g.OW) continue;
          const ptrdiff_t at = start + (i * g.OW + j);
          const vec sum = results[j];
          y[at] = masked(sum, active);
        }
      }
    }
}

// A task of a convolution by Winograd's products: a band of rows of one block, then their mean and
// squares for the batch norm.
static ALWAYS_INLINE void winograd4_moments(const struct step *s, int task, const struct winograd g,
    const struct pieces tiles, const struct pieces bands, const vec *x, const real *weight, vec *y,
    real (*partial)[3]) {
  const int block = task / bands.count, band = task % bands.count;
  const int first = piece_start(bands, band), end = first + piece_size(bands, band);
  const int last = (end + g.SIDE - 1) / g.SIDE * g.TW, plane = g.OH * g.OW;
  const int inputs = winograd_plane(g, g.C), outputs = winograd_plane(g, g.K);
  const mask active = active_lanes(s, block);
  x += block * (g.C * g.H * g.W);
  y += block * (g.K * plane);
  vec *v = thread_vectors, *m = v + 36 * inputs;
  for (int strip = first / g.SIDE * g.TW; strip < last; strip += g.STRIP) {
    const int count = last - strip < g.STRIP ? last - strip : g.STRIP;
    for (int t = 0; t < count; t += g.GROUP) winograd4_load(g, x, strip + t, last, v + t * g.C);
    for (int p = 0; p < 36; p++)
      for (int t = 0; t < count; t += g.GROUP)
        winograd_products(g, tiles, weight + p * winograd_weight_plane(g), v + p * inputs + t * g.C,
            m + p * outputs + t * g.K);
    for (int t = 0; t < count; t += g.GROUP)
      winograd4_store(g, m + t * g.K, y, active, strip + t, last);
  }
  if (!s->training) return;
  partial += task * g.K;
  for (int k = 0; k < g.K; k++)
    block_moments(y + k * plane + first * g.OW, (end - first) * g.OW, active_count(s, block),
        active, partial[k]);
}

// winograd4_moments for the sizes of first_conv1, which other layers have too.
static void winograd4_moments_of_first_conv1(const struct step *s, int task, const vec *x,
    const real *weight, vec *y, real (*partial)[3]) {
  winograd4_moments(s, task, g_first_conv1, (struct pieces){6, 2, 4}, (struct pieces){2, 16, 0}, x,
      weight, y, partial);
}

// first_conv1 (residual.bn:4), forward and moments, by Winograd's 36 products a tile: 16 rows of a
// block a task
//   x [16, 32, 32], weight [16, 16, 3, 3], y [16, 32, 32]
static void k_first_conv1_forward(const struct step *s, int task) {
  winograd4_moments_of_first_conv1(s, task, lanes_at(s, b_relu1_output),
      s->scratch + b_first_conv1_weight_products, lanes_at(s, b_first_conv1_output),
      moments_at(s, b_first_conv1_partial));
}

// The mean and variance of each channel of a batch, from those of the blocks' bands of rows by
// Chan's merge, which subtracts no large numbers from each other: a block has a center near its
// mean, what is left of the mean, and the squares around the center; outside of training the
// running statistics.
//   moments [3][C]: mean, variance, inverse = 1 / sqrt(variance + eps)
static ALWAYS_INLINE void batchnorm_moments_of_bands(const struct step *s, int task,
    const struct normalization n, const struct pieces bands, const real eps, real (*partial)[3],
    const real *running_mean, const real *running_variance, real *moments) {
  (void)task;
  for (int c = 0; c < n.C; c++) {
    const real *own = partial[c];
    double mean = (double)own[0] + (double)own[1];
    double count = active_count(s, 0) * (piece_size(bands, 0) * n.W);
    double squares = (double)own[2] - count * (double)own[1] * (double)own[1];
    for (int part = 1; part < s->blocks * bands.count && s->training; part++) {
      const real *other = partial[part * n.C + c];
      const int rows = piece_size(bands, part % bands.count);
      const double more = active_count(s, part / bands.count) * (rows * n.W), total = count + more;
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

// first_batchnorm1 (residual.bn:4): mean and variance of each channel
static void k_first_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments_of_bands(s, task, g_batchnorm1, (struct pieces){2, 16, 0}, (real)1e-05,
      moments_at(s, b_first_conv1_partial), s->state->first_batchnorm1_running_mean,
      s->state->first_batchnorm1_running_variance, s->scratch + b_first_batchnorm1_moments);
}

// first_batchnorm1, first_relu1 (residual.bn:4), forward: x [16, 32, 32], y [16, 32, 32]
static void k_first_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_batchnorm1, (struct pieces){16, 1, 0},
      s->scratch + b_first_batchnorm1_moments, s->parameters->first_batchnorm1_gamma,
      s->parameters->first_batchnorm1_beta, lanes_at(s, b_first_conv1_output),
      lanes_at(s, b_first_relu1_output));
}

// first_conv2 (residual.bn:5), the weight as Winograd's products take it: 3 or 2 output channels a
// task
//   weight [16, 16, 3, 3]
static void k_first_conv2_weight_transform(const struct step *s, int task) {
  winograd4_weights_of_first_conv1(task, s->parameters->first_conv2_weight,
      s->scratch + b_first_conv2_weight_products);
}

// first_conv2 (residual.bn:5), forward and moments, by Winograd's 36 products a tile: 16 rows of a
// block a task
//   x [16, 32, 32], weight [16, 16, 3, 3], y [16, 32, 32]
static void k_first_conv2_forward(const struct step *s, int task) {
  winograd4_moments_of_first_conv1(s, task, lanes_at(s, b_first_relu1_output),
      s->scratch + b_first_conv2_weight_products, lanes_at(s, b_first_conv2_output),
      moments_at(s, b_first_conv2_partial));
}

// first_batchnorm2 (residual.bn:5): mean and variance of each channel
static void k_first_batchnorm2_moments_merge(const struct step *s, int task) {
  batchnorm_moments_of_bands(s, task, g_batchnorm1, (struct pieces){2, 16, 0}, (real)1e-05,
      moments_at(s, b_first_conv2_partial), s->state->first_batchnorm2_running_mean,
      s->state->first_batchnorm2_running_variance, s->scratch + b_first_batchnorm2_moments);
}

// A task: a piece of the channels of one block. Where a layer has no gamma or beta, they are 0.
static ALWAYS_INLINE void batchnorm_forward(const struct step *s, int task,
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
      ys[k] = masked(normalized(xs[k], mean, scale, shift), active);
  }
}

// first_batchnorm2 (residual.bn:5), forward: x [16, 32, 32], y [16, 32, 32]
static void k_first_batchnorm2_forward(const struct step *s, int task) {
  batchnorm_forward(s, task, g_batchnorm1, (struct pieces){16, 1, 0},
      s->scratch + b_first_batchnorm2_moments, s->parameters->first_batchnorm2_gamma,
      s->parameters->first_batchnorm2_beta, lanes_at(s, b_first_conv2_output),
      lanes_at(s, b_first_batchnorm2_output));
}

// y = relu(a + b), number by number, in `pieces` tasks a block of `count` numbers.
static ALWAYS_INLINE void map_relu_add(int task, const int count, const int pieces, const vec *a,
    const vec *b, vec *y) {
  const int block = task / pieces, piece = task % pieces;
  const int first = block * count + (int)((int64_t)count * piece / pieces);
  const int end = block * count + (int)((int64_t)count * (piece + 1) / pieces);
  for (int k = first; k < end; k++) y[k] = vec_relu(a[k] + b[k]);
}

// first_add1, first_relu2 (residual.bn:6): y = relu(a + b), all [16, 32, 32]
static void k_first_add1_forward(const struct step *s, int task) {
  map_relu_add(task, 16384, 8, lanes_at(s, b_relu1_output), lanes_at(s, b_first_batchnorm2_output),
      lanes_at(s, b_first_relu2_output));
}

static const struct convolution g_conv2 = { .G = 1, .CI = 16, .H = 32, .W = 32, .CO = 32, .OH = 16,
    .OW = 16, .KH = 3, .KW = 3, .SH = 2, .SW = 2, .DH = 1, .DW = 1, .PT = 1, .PB = 0, .PL = 1,
    .INNER = 1, .INNER_END = 16 };

// conv2 (residual.bn:16), forward and moments: 5 or 4 output channels of a block a task
//   x [16, 32, 32], weight [32, 16, 3, 3], y [32, 16, 16]
static void k_conv2_forward(const struct step *s, int task) {
  convolution_forward_moments(s, task, g_conv2, (struct pieces){7, 4, 4}, (struct pieces){8, 2, 0},
      lanes_at(s, b_first_relu2_output), s->parameters->conv2_weight, lanes_at(s, b_conv2_output),
      moments_at(s, b_conv2_partial));
}

static const struct normalization g_batchnorm2 = { .C = 32, .H = 16, .W = 16, .OH = 16, .OW = 16,
    .K = 1, .S = 1 };

// batchnorm2 (residual.bn:16): mean and variance of each channel
static void k_batchnorm2_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_batchnorm2, (real)1e-05, moments_at(s, b_conv2_partial),
      s->state->batchnorm2_running_mean, s->state->batchnorm2_running_variance,
      s->scratch + b_batchnorm2_moments);
}

// batchnorm2, relu2 (residual.bn:16), forward: x [32, 16, 16], y [32, 16, 16]
static void k_batchnorm2_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_batchnorm2, (struct pieces){32, 1, 0},
      s->scratch + b_batchnorm2_moments, s->parameters->batchnorm2_gamma,
      s->parameters->batchnorm2_beta, lanes_at(s, b_conv2_output), lanes_at(s, b_relu2_output));
}

static const struct winograd g_second_conv1 = { .C = 32, .H = 16, .W = 16, .K = 32, .OH = 16,
    .OW = 16, .PT = 1, .PL = 1, .SIDE = 4, .TW = 4, .STRIP = 4, .GROUP = 4 };

// winograd4_weights for the sizes of second_conv1, which other layers have too.
static void winograd4_weights_of_second_conv1(int task, const real *weight, real *products) {
  winograd4_weights(task, g_second_conv1, (struct pieces){11, 2, 10}, weight, products);
}

// second_conv1 (residual.bn:4), the weight as Winograd's products take it: 3 or 2 output channels a
// task
//   weight [32, 32, 3, 3]
static void k_second_conv1_weight_transform(const struct step *s, int task) {
  winograd4_weights_of_second_conv1(task, s->parameters->second_conv1_weight,
      s->scratch + b_second_conv1_weight_products);
}

// winograd4_moments for the sizes of second_conv1, which other layers have too.
static void winograd4_moments_of_second_conv1(const struct step *s, int task, const vec *x,
    const real *weight, vec *y, real (*partial)[3]) {
  winograd4_moments(s, task, g_second_conv1, (struct pieces){11, 2, 10}, (struct pieces){2, 8, 0},
      x, weight, y, partial);
}

// second_conv1 (residual.bn:4), forward and moments, by Winograd's 36 products a tile: 8 rows of a
// block a task
//   x [32, 16, 16], weight [32, 32, 3, 3], y [32, 16, 16]
static void k_second_conv1_forward(const struct step *s, int task) {
  winograd4_moments_of_second_conv1(s, task, lanes_at(s, b_relu2_output),
      s->scratch + b_second_conv1_weight_products, lanes_at(s, b_second_conv1_output),
      moments_at(s, b_second_conv1_partial));
}

// second_batchnorm1 (residual.bn:4): mean and variance of each channel
static void k_second_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments_of_bands(s, task, g_batchnorm2, (struct pieces){2, 8, 0}, (real)1e-05,
      moments_at(s, b_second_conv1_partial), s->state->second_batchnorm1_running_mean,
      s->state->second_batchnorm1_running_variance, s->scratch + b_second_batchnorm1_moments);
}

// second_batchnorm1, second_relu1 (residual.bn:4), forward: x [32, 16, 16], y [32, 16, 16]
static void k_second_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_batchnorm2, (struct pieces){32, 1, 0},
      s->scratch + b_second_batchnorm1_moments, s->parameters->second_batchnorm1_gamma,
      s->parameters->second_batchnorm1_beta, lanes_at(s, b_second_conv1_output),
      lanes_at(s, b_second_relu1_output));
}

// second_conv2 (residual.bn:5), the weight as Winograd's products take it: 3 or 2 output channels a
// task
//   weight [32, 32, 3, 3]
static void k_second_conv2_weight_transform(const struct step *s, int task) {
  winograd4_weights_of_second_conv1(task, s->parameters->second_conv2_weight,
      s->scratch + b_second_conv2_weight_products);
}

// second_conv2 (residual.bn:5), forward and moments, by Winograd's 36 products a tile: 8 rows of a
// block a task
//   x [32, 16, 16], weight [32, 32, 3, 3], y [32, 16, 16]
static void k_second_conv2_forward(const struct step *s, int task) {
  winograd4_moments_of_second_conv1(s, task, lanes_at(s, b_second_relu1_output),
      s->scratch + b_second_conv2_weight_products, lanes_at(s, b_second_conv2_output),
      moments_at(s, b_second_conv2_partial));
}

// second_batchnorm2 (residual.bn:5): mean and variance of each channel
static void k_second_batchnorm2_moments_merge(const struct step *s, int task) {
  batchnorm_moments_of_bands(s, task, g_batchnorm2, (struct pieces){2, 8, 0}, (real)1e-05,
      moments_at(s, b_second_conv2_partial), s->state->second_batchnorm2_running_mean,
      s->state->second_batchnorm2_running_variance, s->scratch + b_second_batchnorm2_moments);
}

// second_batchnorm2 (residual.bn:5), forward: x [32, 16, 16], y [32, 16, 16]
static void k_second_batchnorm2_forward(const struct step *s, int task) {
  batchnorm_forward(s, task, g_batchnorm2, (struct pieces){32, 1, 0},
      s->scratch + b_second_batchnorm2_moments, s->parameters->second_batchnorm2_gamma,
      s->parameters->second_batchnorm2_beta, lanes_at(s, b_second_conv2_output),
      lanes_at(s, b_second_batchnorm2_output));
}

// second_add1, second_relu2 (residual.bn:6): y = relu(a + b), all [32, 16, 16]
static void k_second_add1_forward(const struct step *s, int task) {
  map_relu_add(task, 8192, 4, lanes_at(s, b_relu2_output), lanes_at(s, b_second_batchnorm2_output),
      lanes_at(s, b_second_relu2_output));
}

static const struct convolution g_conv3 = { .G = 1, .CI = 32, .H = 16, .W = 16, .CO = 64, .OH = 8,
    .OW = 8, .KH = 3, .KW = 3, .SH = 2, .SW = 2, .DH = 1, .DW = 1, .PT = 1, .PB = 0, .PL = 1,
    .INNER = 1, .INNER_END = 8 };

// conv3 (residual.bn:18), forward and moments: 5 or 4 output channels of a block a task
//   x [32, 16, 16], weight [64, 32, 3, 3], y [64, 8, 8]
static void k_conv3_forward(const struct step *s, int task) {
  convolution_forward_moments(s, task, g_conv3, (struct pieces){13, 4, 12},
      (struct pieces){4, 2, 0}, lanes_at(s, b_second_relu2_output), s->parameters->conv3_weight,
      lanes_at(s, b_conv3_output), moments_at(s, b_conv3_partial));
}

static const struct normalization g_batchnorm3 = { .C = 64, .H = 8, .W = 8, .OH = 8, .OW = 8,
    .K = 1, .S = 1 };

// batchnorm3 (residual.bn:18): mean and variance of each channel
static void k_batchnorm3_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_batchnorm3, (real)1e-05, moments_at(s, b_conv3_partial),
      s->state->batchnorm3_running_mean, s->state->batchnorm3_running_variance,
      s->scratch + b_batchnorm3_moments);
}

// batchnorm3, relu3 (residual.bn:18), forward: x [64, 8, 8], y [64, 8, 8]
static void k_batchnorm3_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_batchnorm3, (struct pieces){16, 4, 0},
      s->scratch + b_batchnorm3_moments, s->parameters->batchnorm3_gamma,
      s->parameters->batchnorm3_beta, lanes_at(s, b_conv3_output), lanes_at(s, b_relu3_output));
}

static const struct winograd g_third_conv1 = { .C = 64, .H = 8, .W = 8, .K = 64, .OH = 8, .OW = 8,
    .PT = 1, .PL = 1, .SIDE = 4, .TW = 2, .STRIP = 4, .GROUP = 4 };

// winograd4_weights for the sizes of third_conv1, which other layers have too.
static void winograd4_weights_of_third_conv1(int task, const real *weight, real *products) {
  winograd4_weights(task, g_third_conv1, (struct pieces){22, 2, 20}, weight, products);
}

// third_conv1 (residual.bn:4), the weight as Winograd's products take it: 3 or 2 output channels a
// task
//   weight [64, 64, 3, 3]
static void k_third_conv1_weight_transform(const struct step *s, int task) {
  winograd4_weights_of_third_conv1(task, s->parameters->third_conv1_weight,
      s->scratch + b_third_conv1_weight_products);
}

// winograd4_moments for the sizes of third_conv1, which other layers have too.
static void winograd4_moments_of_third_conv1(const struct step *s, int task, const vec *x,
    const real *weight, vec *y, real (*partial)[3]) {
  winograd4_moments(s, task, g_third_conv1, (struct pieces){22, 2, 20}, (struct pieces){1, 8, 0}, x,
      weight, y, partial);
}

// third_conv1 (residual.bn:4), forward and moments, by Winograd's 36 products a tile: a block a
// task
//   x [64, 8, 8], weight [64, 64, 3, 3], y [64, 8, 8]
static void k_third_conv1_forward(const struct step *s, int task) {
  winograd4_moments_of_third_conv1(s, task, lanes_at(s, b_relu3_output),
      s->scratch + b_third_conv1_weight_products, lanes_at(s, b_third_conv1_output),
      moments_at(s, b_third_conv1_partial));
}

// third_batchnorm1 (residual.bn:4): mean and variance of each channel
static void k_third_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_batchnorm3, (real)1e-05, moments_at(s, b_third_conv1_partial),
      s->state->third_batchnorm1_running_mean, s->state->third_batchnorm1_running_variance,
      s->scratch + b_third_batchnorm1_moments);
}

// third_batchnorm1, third_relu1 (residual.bn:4), forward: x [64, 8, 8], y [64, 8, 8]
static void k_third_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_batchnorm3, (struct pieces){16, 4, 0},
      s->scratch + b_third_batchnorm1_moments, s->parameters->third_batchnorm1_gamma,
      s->parameters->third_batchnorm1_beta, lanes_at(s, b_third_conv1_output),
      lanes_at(s, b_third_relu1_output));
}

// third_conv2 (residual.bn:5), the weight as Winograd's products take it: 3 or 2 output channels a
// task
//   weight [64, 64, 3, 3]
static void k_third_conv2_weight_transform(const struct step *s, int task) {
  winograd4_weights_of_third_conv1(task, s->parameters->third_conv2_weight,
      s->scratch + b_third_conv2_weight_products);
}

// third_conv2 (residual.bn:5), forward and moments, by Winograd's 36 products a tile: a block a
// task
//   x [64, 8, 8], weight [64, 64, 3, 3], y [64, 8, 8]
static void k_third_conv2_forward(const struct step *s, int task) {
  winograd4_moments_of_third_conv1(s, task, lanes_at(s, b_third_relu1_output),
      s->scratch + b_third_conv2_weight_products, lanes_at(s, b_third_conv2_output),
      moments_at(s, b_third_conv2_partial));
}

// third_batchnorm2 (residual.bn:5): mean and variance of each channel
static void k_third_batchnorm2_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_batchnorm3, (real)1e-05, moments_at(s, b_third_conv2_partial),
      s->state->third_batchnorm2_running_mean, s->state->third_batchnorm2_running_variance,
      s->scratch + b_third_batchnorm2_moments);
}

// third_batchnorm2 (residual.bn:5), forward: x [64, 8, 8], y [64, 8, 8]
static void k_third_batchnorm2_forward(const struct step *s, int task) {
  batchnorm_forward(s, task, g_batchnorm3, (struct pieces){16, 4, 0},
      s->scratch + b_third_batchnorm2_moments, s->parameters->third_batchnorm2_gamma,
      s->parameters->third_batchnorm2_beta, lanes_at(s, b_third_conv2_output),
      lanes_at(s, b_third_batchnorm2_output));
}

// third_add1, third_relu2 (residual.bn:6): y = relu(a + b), all [64, 8, 8]
static void k_third_add1_forward(const struct step *s, int task) {
  map_relu_add(task, 4096, 2, lanes_at(s, b_relu3_output), lanes_at(s, b_third_batchnorm2_output),
      lanes_at(s, b_third_relu2_output));
}

// A pool: OH x OW windows of KH x KW numbers, DH rows and DW columns apart, every SH rows and SW
// columns of H x W numbers, the first one PT rows above them and PL columns to their left. EDGES:
// some windows reach past the numbers. A mean counts what lies from row TOP up to BOTTOM and from
// column LEFT up to RIGHT.
struct pool {
  int H, W, OH, OW, KH, KW, SH, SW, DH, DW, PT, PL, EDGES, TOP, BOTTOM, LEFT, RIGHT;
};

static const struct pool g_avgpool1 = { .H = 8, .W = 8, .OH = 1, .OW = 1, .KH = 8, .KW = 8, .SH = 8,
    .SW = 8, .DH = 1, .DW = 1, .PT = 0, .PL = 0, .EDGES = 0, .TOP = 0, .BOTTOM = 8, .LEFT = 0,
    .RIGHT = 8 };

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

// avgpool1 (residual.bn:20): y[n, c, i, j] = mean of the 8 x 8 window of x[n, c]
//   x [64, 8, 8], y [64, 1, 1]
static void k_avgpool1_forward(const struct step *s, int task) {
  avgpool_forward(task, g_avgpool1, (real)0.015625, lanes_at(s, b_third_relu2_output),
      lanes_at(s, b_avgpool1_output));
}

// A dense layer from IN features to OUT:
//   y[n, o] = sum over f of weight[o, f] * x[n, f], plus bias[o]
//   dx[n, f] = sum over o of weight[o, f] * dy[n, o]
//   dweight[o, f] = sum over n of dy[n, o] * x[n, f]
struct dense {
  int IN, OUT;
};

static const struct dense g_dense1 = { .IN = 64, .OUT = 10 };

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

// dense1 (residual.bn:22), forward: 3 or 2 outputs of 4 blocks a task
//   x [64], weight [10, 64], y [10]
static void k_dense1_forward(const struct step *s, int task) {
  dense_bias_forward(s, task, g_dense1, (struct pieces){4, 2, 2}, 4, lanes_at(s, b_avgpool1_output),
      s->parameters->dense1_weight, s->parameters->dense1_bias, lanes_at(s, b_dense1_output));
}

// ---- Loss

// The loss (residual.bn:24) of each example, and its gradient:
//   loss[n] = log(sum over k of exp(x[n, k])) - x[n, label[n]]
//   dx[n, k] = exp(x[n, k]) / sum - (k == label[n]), divided by the number of examples
//   x [10], dx [10]
// The largest x is taken away first, so that no exponential overflows.
static void k_loss_softmax_cross_entropy(const struct step *s, int block) {
  enum { OUTPUTS = 10 };
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

// dense1 (residual.bn:22), input gradient: 3 or 2 features of the batch a task
//   dy [10], weight [10, 64], dx [64]
static void k_dense1_input_gradient(const struct step *s, int task) {
  dense_input_gradient(s, task, g_dense1, (struct pieces){22, 2, 20}, 1, 10, 4,
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

// dense1 (residual.bn:22): its input as rows, x [64], rows [batch][64]
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
      sgd_update_row(&weight[at], sum[c * vectors + v], d.IN % LANES == 0 ? LANES : d.IN - first,
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

// dense1 (residual.bn:22), weight gradient and step: 3 or 2 outputs a task
//   rows [batch][64], dy [10], dweight [10, 64]
static void k_dense1_weight_gradient(const struct step *s, int task) {
  dense_weight_gradient(s, task, g_dense1, (struct pieces){4, 2, 2}, (struct pieces){2, 4, 0}, 2,
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
  sgd_update(&bias[c], lanes_sum(sum.total), s);
}

// dense1 (residual.bn:22), bias gradient and step: dy [10]
static void k_dense1_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 10, 1, lanes_at(s, b_dense1_output_gradient), s->parameters->dense1_bias);
}

// A task: dy shared among the numbers of its window, of one channel of one block.
static ALWAYS_INLINE void avgpool_relu_gradient(const struct step *s, int task, const struct pool p,
    const real share, const vec *dy, const vec *saved, const int channels, vec *dx) {
  dy += task * (p.OH * p.OW);
  saved += task * (p.H * p.W);
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
  const mask active = active_lanes(s, task / channels);
  for (int k = 0; k < p.H * p.W; k++) dx[k] = masked(vec_relu_gradient(dx[k], saved[k]), active);
}

// avgpool1 (residual.bn:20), input gradient: dy [64, 1, 1], dx [64, 8, 8]
//   then through third_relu2: y <= 0 ? dy * y : dy, dy the gradient so far
static void k_avgpool1_backward(const struct step *s, int task) {
  avgpool_relu_gradient(s, task, g_avgpool1, (real)0.015625,
      lanes_at(s, b_flatten1_output_gradient), lanes_at(s, b_third_relu2_output), 64,
      lanes_at(s, b_relu3_third_add1_output_gradient));
}

// What dy, the gradient of the result, leaves of itself before the batch norm, at each number of a
// window: g.
static ALWAYS_INLINE void batchnorm_window(const struct normalization n, const vec *x, vec dy,
    real mean, real scale, real shift, vec *g) {
  (void)x, (void)mean, (void)scale, (void)shift;
  UNROLL for (int k = 0; k < n.K * n.K; k++) {
    g[k] = dy;
  }
}

// A task: one block's sums of g and of g * xhat, of a piece of the channels.
static ALWAYS_INLINE void batchnorm_sums(int task, const struct normalization n,
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
            batchnorm_window(n, window, dys[i * n.OW + j], mean, scale, shift, g);
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

// third_batchnorm2 (residual.bn:5): sums of g and of g * xhat, x [64, 8, 8], dy [64, 8, 8]
static void k_third_batchnorm2_sums(const struct step *s, int task) {
  batchnorm_sums(task, g_batchnorm3, (struct pieces){16, 4, 0},
      s->scratch + b_third_batchnorm2_moments, s->parameters->third_batchnorm2_gamma,
      s->parameters->third_batchnorm2_beta, lanes_at(s, b_third_conv2_output),
      lanes_at(s, b_relu3_third_add1_output_gradient),
      pairs_at(s, b_third_batchnorm2_partial_sums));
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
    sgd_update(&gamma[c], product, s);
    sgd_update(&beta[c], sum, s);
  }
}

// third_batchnorm2 (residual.bn:5): gradients of gamma and beta, and step
static void k_third_batchnorm2_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_batchnorm3, s->scratch + b_third_batchnorm2_moments,
      pairs_at(s, b_third_batchnorm2_partial_sums), s->scratch + b_third_batchnorm2_coefficients,
      s->parameters->third_batchnorm2_gamma, s->parameters->third_batchnorm2_beta);
}

// A task: the gradient of a piece of the channels of one block's x.
static ALWAYS_INLINE void batchnorm_backward(const struct step *s, int task,
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
        batchnorm_window(n, xs + at, dys[i * n.OW + j], mean, scale, shift, g);
        UNROLL for (int k = 0; k < n.K * n.K; k++) {
          const int cell = at + k / n.K * n.W + k % n.K;
          dxs[cell] = masked((g[k] - mean_g - (xs[cell] - mean) * slope) * scale, active);
        }
      }
  }
}

// third_batchnorm2 (residual.bn:5), input gradient in x's place: x [64, 8, 8], dy [64, 8, 8]
static void k_third_batchnorm2_backward(const struct step *s, int task) {
  batchnorm_backward(s, task, g_batchnorm3, (struct pieces){16, 4, 0},
      s->scratch + b_third_batchnorm2_moments, s->scratch + b_third_batchnorm2_coefficients,
      lanes_at(s, b_third_conv2_output), lanes_at(s, b_relu3_third_add1_output_gradient),
      lanes_at(s, b_third_conv2_output_gradient));
}

// A task: the windows to a tile of the input's channels, with the weight turned around. Of each of
// the 36 products those of a tile lie side by side, channel by channel of what they are multiplied
// with.
static ALWAYS_INLINE void winograd4_turned_weights(int task, const struct winograd g,
    const struct pieces tiles, const real *weight, real *products) {
  const int first = piece_start(tiles, task), size = piece_size(tiles, task);
  for (int c = 0; c < g.C; c++)
    for (int k = 0; k < size; k++) {
      const real *taps = weight + (c * g.K + first + k) * 9;
      real w[9];
      for (int t = 0; t < 9; t++) w[t] = taps[8 - t];
      winograd4_weight(w, winograd_weight_plane(g), products + first * g.C + c * size + k);
    }
}

// winograd4_turned_weights for the sizes of third_conv1, which other layers have too.
static void winograd4_turned_weights_of_third_conv1(int task, const real *weight, real *products) {
  winograd4_turned_weights(task, g_third_conv1, (struct pieces){22, 2, 20}, weight, products);
}

// third_conv2 (residual.bn:5), the weight, turned around, as Winograd's products take it: 3 or 2
// input channels a task
//   weight [64, 64, 3, 3]
static void k_third_conv2_turned_weight_transform(const struct step *s, int task) {
  winograd4_turned_weights_of_third_conv1(task, s->parameters->third_conv2_weight,
      s->scratch + b_third_conv2_turned_weight_products);
}

// A task of a convolution by Winograd's products: a band of rows of one block.
static ALWAYS_INLINE void winograd4_2(const struct step *s, int task, const struct winograd g,
    const struct pieces tiles, const struct pieces bands, const vec *x, const real *weight,
    vec *y) {
  const int block = task / bands.count, band = task % bands.count;
  const int first = piece_start(bands, band), end = first + piece_size(bands, band);
  const int last = (end + g.SIDE - 1) / g.SIDE * g.TW, plane = g.OH * g.OW;
  const int inputs = winograd_plane(g, g.C), outputs = winograd_plane(g, g.K);
  const mask active = active_lanes(s, block);
  x += block * (g.C * g.H * g.W);
  y += block * (g.K * plane);
  vec *v = thread_vectors, *m = v + 36 * inputs;
  for (int strip = first / g.SIDE * g.TW; strip < last; strip += g.STRIP) {
    const int count = last - strip < g.STRIP ? last - strip : g.STRIP;
    for (int t = 0; t < count; t += g.GROUP) winograd4_load(g, x, strip + t, last, v + t * g.C);
    for (int p = 0; p < 36; p++)
      for (int t = 0; t < count; t += g.GROUP)
        winograd_products(g, tiles, weight + p * winograd_weight_plane(g), v + p * inputs + t * g.C,
            m + p * outputs + t * g.K);
    for (int t = 0; t < count; t += g.GROUP)
      winograd4_store(g, m + t * g.K, y, active, strip + t, last);
  }
}

// winograd4_2 for the sizes of third_conv1, which other layers have too.
static void winograd4_2_of_third_conv1(const struct step *s, int task, const vec *x,
    const real *weight, vec *y) {
  winograd4_2(s, task, g_third_conv1, (struct pieces){22, 2, 20}, (struct pieces){1, 8, 0}, x,
      weight, y);
}

// third_conv2 (residual.bn:5), input gradient, by Winograd's 36 products a tile: a block a task
//   dy [64, 8, 8], weight [64, 64, 3, 3], dx [64, 8, 8]
static void k_third_conv2_input_gradient(const struct step *s, int task) {
  winograd4_2_of_third_conv1(s, task, lanes_at(s, b_third_conv2_output_gradient),
      s->scratch + b_third_conv2_turned_weight_products,
      lanes_at(s, b_third_relu1_output_gradient));
}

static const struct winograd g_third_conv2 = { .C = 64, .H = 8, .W = 8, .K = 64, .OH = 8, .OW = 8,
    .PT = 1, .PL = 1, .SIDE = 4, .TW = 2, .STRIP = 8, .GROUP = 1 };

// The weight's gradient along a row or a column: F(3x3, 4x4), whose windows are those of F(4x4,
// 3x3). With rows apart by ;
//   A' = [1 1 1 1 1 0; 0 r -r 2r -2r 0; 0 1/2 1/2 2 2 1]
//   G = [1 0 0 0; -2/3 -2r/3 -1/3 -r/3; -2/3 2r/3 -1/3 r/3;
//        1/6 r/3 1/3 2r/3; 1/6 -r/3 1/3 -2r/3; 0 0 0 1]
static ALWAYS_INLINE void winograd4_slopes(const vec *dy, vec *u) {
  const vec inner = dy[0] + dy[2] / 2, outer = dy[0] + 2 * dy[2];
  const vec left = WINOGRAD_ROOT * (dy[1] + dy[3] / 2);
  const vec right = WINOGRAD_ROOT * (2 * dy[1] + 4 * dy[3]);
  u[0] = dy[0];
  u[1] = (inner + left) * (real)(-2.0 / 3);
  u[2] = (inner - left) * (real)(-2.0 / 3);
  u[3] = (outer + right) * (real)(1.0 / 6);
  u[4] = (outer - right) * (real)(1.0 / 6);
  u[5] = dy[3];
}
static ALWAYS_INLINE void winograd4_gradient(const vec *m, vec *dw) {
  const vec inner = m[1] + m[2], outer = m[3] + m[4];
  dw[0] = m[0] + inner + outer;
  dw[1] = WINOGRAD_ROOT * (m[1] - m[2] + 2 * (m[3] - m[4]));
  dw[2] = inner / 2 + 2 * outer + m[5];
}

// G dy G' of the tile that begins at a row and a column; what of it lies outside the image is 0.
static ALWAYS_INLINE void winograd4_gradient_slopes(const struct winograd g, const vec *dy, int row,
    int column, vec *u, const int plane) {
  static const vec zeros[4] = { {0} };
  const vec *rows[4];
  UNROLL for (int i = 0; i < 4; i++)
    rows[i] = row + i < g.OH ? dy + ((ptrdiff_t)(row + i) * g.OW + column) : zeros;
  vec d[6][4];
  UNROLL for (int j = 0; j < 4; j++) {
    vec a[4], b[6] = { {0} };
    if (column + j < g.OW) {
      UNROLL for (int i = 0; i < 4; i++) a[i] = rows[i][j];
      winograd4_slopes(a, b);
    }
    UNROLL for (int i = 0; i < 6; i++) d[i][j] = b[i];
  }
  UNROLL for (int i = 0; i < 6; i++) {
    vec b[6];
    winograd4_slopes(d[i], b);
    UNROLL for (int j = 0; j < 6; j++) u[(6 * i + j) * plane] = b[j];
  }
}

// What the products of a strip's tiles read: `count` tiles of the batch from `tile` on, of the
// channels of some register tiles. Those of one lie side by side, tile after tile. The blocks of x
// lie `pitch` vectors apart.
static ALWAYS_INLINE void winograd4_load_windows(const struct winograd g,
    const struct pieces inputs, int first, int end, const int pitch, const vec *x, int tile,
    int count, vec *v, const int plane) {
  const int tiles = (g.OH + g.SIDE - 1) / g.SIDE * g.TW;
  for (int i = first; i < end; i++) {
    const int channel = piece_start(inputs, i), channels = piece_size(inputs, i);
    for (int t = tile; t < tile + count; t++) {
      const int row = t % tiles / g.TW * g.SIDE - g.PT, column = t % g.TW * g.SIDE - g.PL;
      const vec *image = x + t / tiles * pitch + channel * (g.H * g.W);
      for (int c = 0; c < channels; c++, v++) {
        winograd_fetch(image + ((c + channels) * g.H + row) * g.W + column + 1, g.W, 6, 4);
        winograd4_transform(g, image + c * (g.H * g.W), row, column, v, plane);
      }
    }
  }
}
static ALWAYS_INLINE void winograd4_load_slopes(const struct winograd g,
    const struct pieces outputs, int first, int end, const vec *dy, int tile, int count, vec *u,
    const int plane) {
  const int tiles = (g.OH + g.SIDE - 1) / g.SIDE * g.TW;
  for (int o = first; o < end; o++) {
    const int channel = piece_start(outputs, o), channels = piece_size(outputs, o);
    for (int t = tile; t < tile + count; t++) {
      const int row = t % tiles / g.TW * g.SIDE, column = t % g.TW * g.SIDE;
      const vec *image = dy + (t / tiles * g.K + channel) * (g.OH * g.OW);
      for (int k = 0; k < channels; k++, u++) {
        winograd_fetch(image + ((k + channels) * g.OH + row) * g.OW + column, g.OW, 4, 4);
        winograd4_gradient_slopes(g, image + k * (g.OH * g.OW), row, column, u, plane);
      }
    }
  }
}

// What `count` tiles add to `outputs` x `inputs` of the products' sums, in registers, each lane
// over its own examples.
static ALWAYS_INLINE void winograd_gradient_tile(const vec *u, const vec *v, int count, real *m,
    const int row, const int outputs, const int inputs) {
  vec sum[TILE];
  UNROLL for (int n = 0; n < outputs * inputs; n++) sum[n] = (vec){0};
  for (int t = 0; t < count; t++, u += outputs, v += inputs)
    UNROLL for (int c = 0; c < inputs; c++)
      UNROLL for (int k = 0; k < outputs; k++) sum[k * inputs + c] += u[k] * v[c];
  UNROLL for (int k = 0; k < outputs; k++) {
    UNROLL for (int c = 0; c < inputs / 4 * 4; c += 4)
      add_lanes(&sum[k * inputs + c], &m[k * row + c]);
    UNROLL for (int c = inputs / 4 * 4; c < inputs; c++)
      m[k * row + c] += lanes_sum(sum[k * inputs + c]);
  }
}

// What they add to one of the products of a group of channels, register tile by register tile.
static ALWAYS_INLINE void winograd_gradient_row(const struct pieces inputs, int first, int end,
    const vec *u, const vec *v, int count, real *m, const int row, const int channels) {
  for (int i = first; i < end; i++) {
    const int size = piece_size(inputs, i);
    if (inputs.wide > 0 && i < inputs.wide)
      winograd_gradient_tile(u, v, count, m, row, channels, inputs.size + 1);
    else
      winograd_gradient_tile(u, v, count, m, row, channels, inputs.size);
    v += count * size;
    m += size;
  }
}
static ALWAYS_INLINE void winograd_gradient_products(const struct pieces outputs,
    const struct pieces inputs, int first_output, int end_output, int first_input, int end_input,
    const vec *u, const vec *v, int count, real *m, const int row) {
  for (int o = first_output; o < end_output; o++) {
    const int size = piece_size(outputs, o);
    if (outputs.wide > 0 && o < outputs.wide)
      winograd_gradient_row(inputs, first_input, end_input, u, v, count, m, row, outputs.size + 1);
    else
      winograd_gradient_row(inputs, first_input, end_input, u, v, count, m, row, outputs.size);
    u += count * size;
    m += size * row;
  }
}

// A task of a weight gradient by Winograd's products, F(3x3, 4x4):
//   dweight[k, c] = A' (sum over tiles of (G dy[k] G') * (B' x[c] B)) A
// A share of the batch's tiles adds to the sums of a group of output and a group of input channels,
// a strip of them at a time.
static ALWAYS_INLINE void winograd4_weight_gradient(const struct step *s, int task,
    const struct winograd g, const struct pieces outputs, const struct pieces inputs,
    const struct pieces output_groups, const struct pieces input_groups, const struct pieces shares,
    const int output_plane, const int input_plane, const vec *x, const vec *dy, real *products) {
  const int input_group = task % input_groups.count,
      group = task / input_groups.count % output_groups.count;
  const int share = task / input_groups.count / output_groups.count;
  const int first_output = piece_start(output_groups, group),
      end_output = first_output + piece_size(output_groups, group);
  const int first_input = piece_start(input_groups, input_group),
      end_input = first_input + piece_size(input_groups, input_group);
  const int tiles = (g.OH + g.SIDE - 1) / g.SIDE * g.TW;
  const int first = piece_start(shares, share), end = first + piece_size(shares, share);
  const int last = end < s->blocks * tiles ? end : s->blocks * tiles;
  vec *u = thread_vectors, *v = u + 36 * output_plane;
  const int channel = piece_start(inputs, first_input),
      channels = piece_start(inputs, end_input) - channel;
  const int output = piece_start(outputs, first_output), row = 36 * g.C;
  products += ((ptrdiff_t)share * g.K + output) * row + channel;
  for (int i = 0; i < (piece_start(outputs, end_output) - output) * 36; i++)
    for (int c = 0; c < channels; c++) products[i * g.C + c] = 0;

  for (int tile = first; tile < last; tile += g.STRIP) {
    const int count = last - tile < g.STRIP ? last - tile : g.STRIP;
    winograd4_load_slopes(g, outputs, first_output, end_output, dy, tile, count, u, output_plane);
    winograd4_load_windows(g, inputs, first_input, end_input, g.C * (g.H * g.W), x, tile, count, v,
        input_plane);
    for (int p = 0; p < 36; p++)
      winograd_gradient_products(outputs, inputs, first_output, end_output, first_input, end_input,
          u + p * output_plane, v + p * input_plane, count, products + p * g.C, row);
  }
}

// winograd4_weight_gradient for the sizes of third_conv2, which other layers have too.
static void winograd4_weight_gradient_of_third_conv2(const struct step *s, int task, const vec *x,
    const vec *dy, real *products) {
  winograd4_weight_gradient(s, task, g_third_conv2, (struct pieces){22, 2, 20},
      (struct pieces){16, 4, 0}, (struct pieces){2, 11, 0}, (struct pieces){2, 8, 0},
      (struct pieces){4, 8, 0}, 267, 259, x, dy, products);
}

// third_conv2 (residual.bn:5), weight gradient, by Winograd's 36 products a tile: 8 tiles of 33 x
// 32 channels a task
//   x [64, 8, 8], dy [64, 8, 8]
static void k_third_conv2_weight_gradient_sums(const struct step *s, int task) {
  winograd4_weight_gradient_of_third_conv2(s, task, lanes_at(s, b_third_relu1_output),
      lanes_at(s, b_third_conv2_output_gradient),
      s->scratch + b_third_conv2_weight_gradient_products);
}

// A task: A' m A of the products m of a tile of output channels, some input channels at a time,
// each the sum of what the shares of the tiles add to it; and the weight moves.
static ALWAYS_INLINE void winograd4_gradient_weights(const struct step *s, int task,
    const struct winograd g, const struct pieces tiles, const int shares, const real *products,
    real *weight) {
  const int first = piece_start(tiles, task), end = first + piece_size(tiles, task);
  for (int k = first; k < end; k++)
    for (int channel = 0; channel < g.C; channel += LANES) {
      const int channels = g.C - channel < LANES ? g.C - channel : LANES;
      vec m[36] = { {0} };
      for (int share = 0; share < shares; share++)
        for (int p = 0; p < 36; p++) {
          const real *sums = products + (((ptrdiff_t)share * g.K + k) * 36 + p) * g.C + channel;
          if (channels == LANES)
            m[p] += *(const packed *)(const void *)sums;
          else
            for (int c = 0; c < channels; c++) m[p][c] += sums[c];
        }
      vec rows[3][6], dw[9];
      UNROLL for (int j = 0; j < 6; j++) {
        vec a[6], b[3];
        UNROLL for (int i = 0; i < 6; i++) a[i] = m[6 * i + j];
        winograd4_gradient(a, b);
        UNROLL for (int i = 0; i < 3; i++) rows[i][j] = b[i];
      }
      UNROLL for (int i = 0; i < 3; i++) winograd4_gradient(rows[i], dw + 3 * i);
      for (int c = 0; c < channels; c++)
        for (int j = 0; j < 9; j++) {
          const int at = (k * g.C + channel + c) * 9 + j;
          sgd_update(&weight[at], dw[j][c], s);
        }
    }
}

// winograd4_gradient_weights for the sizes of third_conv2, which other layers have too.
static void winograd4_gradient_weights_of_third_conv2(const struct step *s, int task,
    const real *products, real *weight) {
  winograd4_gradient_weights(s, task, g_third_conv2, (struct pieces){22, 2, 20}, 4, products,
      weight);
}

// third_conv2 (residual.bn:5), weight gradient and step, from Winograd's products: 3 or 2 output
// channels a task
//   dweight [64, 64, 3, 3]
static void k_third_conv2_weight_gradient(const struct step *s, int task) {
  winograd4_gradient_weights_of_third_conv2(s, task,
      s->scratch + b_third_conv2_weight_gradient_products, s->parameters->third_conv2_weight);
}

// What dy, the gradient of the result, leaves of itself before relu, at each number of a window: g.
// The mask is made again from x, which is cheaper than to store it.
static ALWAYS_INLINE void batchnorm_relu_window(const struct normalization n, const vec *x, vec dy,
    real mean, real scale, real shift, vec *g) {
  UNROLL for (int k = 0; k < n.K * n.K; k++) {
    const vec v = normalized(x[k / n.K * n.W + k % n.K], mean, scale, shift);
    g[k] = vec_relu_gradient_2(dy, v);
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

// third_batchnorm1, third_relu1 (residual.bn:4): sums of g and of g * xhat, x [64, 8, 8], dy [64,
// 8, 8]
static void k_third_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_batchnorm3, (struct pieces){16, 4, 0},
      s->scratch + b_third_batchnorm1_moments, s->parameters->third_batchnorm1_gamma,
      s->parameters->third_batchnorm1_beta, lanes_at(s, b_third_conv1_output),
      lanes_at(s, b_third_relu1_output_gradient), pairs_at(s, b_third_batchnorm1_partial_sums));
}

// third_batchnorm1 (residual.bn:4): gradients of gamma and beta, and step
static void k_third_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_batchnorm3, s->scratch + b_third_batchnorm1_moments,
      pairs_at(s, b_third_batchnorm1_partial_sums), s->scratch + b_third_batchnorm1_coefficients,
      s->parameters->third_batchnorm1_gamma, s->parameters->third_batchnorm1_beta);
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

// third_batchnorm1, third_relu1 (residual.bn:4), input gradient in x's place: x [64, 8, 8], dy [64,
// 8, 8]
static void k_third_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_batchnorm3, (struct pieces){16, 4, 0},
      s->scratch + b_third_batchnorm1_moments, s->scratch + b_third_batchnorm1_coefficients,
      lanes_at(s, b_third_conv1_output), lanes_at(s, b_third_relu1_output_gradient),
      lanes_at(s, b_third_conv1_output_gradient));
}

// third_conv1 (residual.bn:4), the weight, turned around, as Winograd's products take it: 3 or 2
// input channels a task
//   weight [64, 64, 3, 3]
static void k_third_conv1_turned_weight_transform(const struct step *s, int task) {
  winograd4_turned_weights_of_third_conv1(task, s->parameters->third_conv1_weight,
      s->scratch + b_third_conv1_turned_weight_products);
}

// third_conv1 (residual.bn:4), input gradient, by Winograd's 36 products a tile: a block a task
//   dy [64, 8, 8], weight [64, 64, 3, 3], dx [64, 8, 8]
static void k_third_conv1_input_gradient(const struct step *s, int task) {
  winograd4_2_of_third_conv1(s, task, lanes_at(s, b_third_conv1_output_gradient),
      s->scratch + b_third_conv1_turned_weight_products,
      lanes_at(s, b_relu3_third_conv1_output_gradient));
}

// third_conv1 (residual.bn:4), weight gradient, by Winograd's 36 products a tile: 8 tiles of 33 x
// 32 channels a task
//   x [64, 8, 8], dy [64, 8, 8]
static void k_third_conv1_weight_gradient_sums(const struct step *s, int task) {
  winograd4_weight_gradient_of_third_conv2(s, task, lanes_at(s, b_relu3_output),
      lanes_at(s, b_third_conv1_output_gradient),
      s->scratch + b_third_conv1_weight_gradient_products);
}

// third_conv1 (residual.bn:4), weight gradient and step, from Winograd's products: 3 or 2 output
// channels a task
//   dweight [64, 64, 3, 3]
static void k_third_conv1_weight_gradient(const struct step *s, int task) {
  winograd4_gradient_weights_of_third_conv2(s, task,
      s->scratch + b_third_conv1_weight_gradient_products, s->parameters->third_conv1_weight);
}

// y = part0 + part1, number by number, in `pieces` tasks a block of `count` numbers.
static ALWAYS_INLINE void map_add(int task, const int count, const int pieces, const vec *part0,
    const vec *part1, vec *y) {
  const int block = task / pieces, piece = task % pieces;
  const int first = block * count + (int)((int64_t)count * piece / pieces);
  const int end = block * count + (int)((int64_t)count * (piece + 1) / pieces);
  for (int k = first; k < end; k++) y[k] = part0[k] + part1[k];
}

// The gradient of relu3, which several layers read: y = part0 + part1, all [64, 8, 8]
static void k_relu3_gradient_sum(const struct step *s, int task) {
  map_add(task, 4096, 2, lanes_at(s, b_relu3_third_add1_output_gradient),
      lanes_at(s, b_relu3_third_conv1_output_gradient),
      lanes_at(s, b_relu3_summed_output_gradient));
}

// batchnorm3, relu3 (residual.bn:18): sums of g and of g * xhat, x [64, 8, 8], dy [64, 8, 8]
static void k_batchnorm3_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_batchnorm3, (struct pieces){16, 4, 0},
      s->scratch + b_batchnorm3_moments, s->parameters->batchnorm3_gamma,
      s->parameters->batchnorm3_beta, lanes_at(s, b_conv3_output),
      lanes_at(s, b_relu3_summed_output_gradient), pairs_at(s, b_batchnorm3_partial_sums));
}

// batchnorm3 (residual.bn:18): gradients of gamma and beta, and step
static void k_batchnorm3_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_batchnorm3, s->scratch + b_batchnorm3_moments,
      pairs_at(s, b_batchnorm3_partial_sums), s->scratch + b_batchnorm3_coefficients,
      s->parameters->batchnorm3_gamma, s->parameters->batchnorm3_beta);
}

// batchnorm3, relu3 (residual.bn:18), input gradient in x's place: x [64, 8, 8], dy [64, 8, 8]
static void k_batchnorm3_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_batchnorm3, (struct pieces){16, 4, 0},
      s->scratch + b_batchnorm3_moments, s->scratch + b_batchnorm3_coefficients,
      lanes_at(s, b_conv3_output), lanes_at(s, b_relu3_summed_output_gradient),
      lanes_at(s, b_conv3_output_gradient));
}

// One tile of a convolution's input gradient: `columns` of dx's row i for `channels` of its
// channels, in registers, gathered from every dy whose window covers them; `edge` says that some
// lie outside of dy. Nothing is computed on padding.
static ALWAYS_INLINE void convolution_input_relu_gradient_tile(const struct convolution g,
    const vec *dy, const real *weight, const vec *saved, vec *dx, mask active, int i, int j,
    const int channels, const int columns, const int edge) {
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
      dx[at] = masked(vec_relu_gradient(sum[c * columns + t], saved[at]), active);
    }
}

// Columns `start` to `end` of dx's row i. Tiles at an edge are unrolled, for constant columns.
static ALWAYS_INLINE void convolution_input_relu_gradient_span(const struct convolution g,
    const vec *dy, const real *weight, const vec *saved, vec *dx, mask active, int i,
    const int start, const int end, const int channels, const int width) {
  const int rest = (end - start) % width, whole = end - rest;
  const int left = left_edge(((g.KW - 1) * g.DW - g.PL) / g.SW * g.SW, start, whole, width);
  const int right = right_edge(g.OW * g.SW - g.PL, left, whole, width);
  UNROLL for (int j = start; j < left; j += width)
    convolution_input_relu_gradient_tile(g, dy, weight, saved, dx, active, i, j, channels, width,
        1);
  for (int j = left; j < right; j += width)
    convolution_input_relu_gradient_tile(g, dy, weight, saved, dx, active, i, j, channels, width,
        0);
  UNROLL for (int j = right; j < whole; j += width)
    convolution_input_relu_gradient_tile(g, dy, weight, saved, dx, active, i, j, channels, width,
        1);
  if (rest > 0)
    convolution_input_relu_gradient_tile(g, dy, weight, saved, dx, active, i, whole, channels, rest,
        1);
}

// Rows `first` up to `end` of dx for `channels` input channels.
static ALWAYS_INLINE void convolution_input_relu_gradient_rows(const struct convolution g,
    const struct pieces columns, const vec *dy, const real *weight, const vec *saved, vec *dx,
    mask active, int first, int end, const int channels) {
  const int wide = columns.wide * (columns.size + 1);
  for (int i = first; i < end; i++) {
    if (wide > 0)
      convolution_input_relu_gradient_span(g, dy, weight, saved, dx, active, i, 0, wide, channels,
          columns.size + 1);
    convolution_input_relu_gradient_span(g, dy, weight, saved, dx, active, i, wide, g.W, channels,
        columns.size);
  }
}

// A task of a convolution's input gradient: dx of one tile's input channels of one block.
static ALWAYS_INLINE void convolution_input_relu_gradient(const struct step *s, int task,
    const struct convolution g, const struct pieces tiles, const struct pieces columns,
    const vec *dy, const real *weight, const vec *saved, vec *dx) {
  const int tile = task % tiles.count, group = task / tiles.count % g.G;
  const int block = task / tiles.count / g.G, ci = piece_start(tiles, tile);
  const int plane = ((block * g.G + group) * g.CI + ci) * (g.H * g.W);
  const mask active = active_lanes(s, block);
  dy += (block * g.G + group) * (g.CO * g.OH * g.OW);
  weight += (group * g.CO * g.CI + ci) * (g.KH * g.KW);
  saved += plane;
  dx += plane;
  if (tiles.wide > 0 && tile < tiles.wide)
    convolution_input_relu_gradient_rows(g, columns, dy, weight, saved, dx, active, 0, g.H,
        tiles.size + 1);
  else
    convolution_input_relu_gradient_rows(g, columns, dy, weight, saved, dx, active, 0, g.H,
        tiles.size);
}

// conv3 (residual.bn:18), input gradient: 3 or 2 input channels of a block a task
//   then through second_relu2: y <= 0 ? dy * y : dy, dy the gradient so far
//   dy [64, 8, 8], weight [64, 32, 3, 3], dx [32, 16, 16]
static void k_conv3_input_gradient(const struct step *s, int task) {
  convolution_input_relu_gradient(s, task, g_conv3, (struct pieces){11, 2, 10},
      (struct pieces){4, 4, 0}, lanes_at(s, b_conv3_output_gradient), s->parameters->conv3_weight,
      lanes_at(s, b_second_relu2_output), lanes_at(s, b_relu2_second_add1_output_gradient));
}

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

// conv3 (residual.bn:18), what the batch adds to the weight gradient, output channels in the lanes:
// 4 bands of rows, 1 tile of output channels a task
//   x [32, 16, 16], dy [64, 8, 8]
static void k_conv3_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient(s, task, g_conv3, (struct pieces){4, 2, 0},
      (struct pieces){16, 2, 0}, (struct pieces){4, 1, 0}, (struct pieces){2, 4, 0},
      (struct pieces){4, 4, 0}, lanes_at(s, b_second_relu2_output),
      lanes_at(s, b_conv3_output_gradient), s->scratch + b_conv3_weight_gradient_parts);
}

// A task: some stretches of input channels and taps, each of a vector of output channels, whose
// shares are added; and the weight moves.
static ALWAYS_INLINE void convolution_channel_gradient_weights(const struct step *s, int task,
    const struct convolution g, const struct pieces tasks, const int shares, const real *parts,
    real *weight) {
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
        sgd_update(&weight[at], total[k][l], s);
      }
  }
}

// conv3 (residual.bn:18), weight gradient and step, from what shares of the batch add to it: 9
// stretches of 16 numbers a task
//   dweight [64, 32, 3, 3]
static void k_conv3_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights(s, task, g_conv3, (struct pieces){16, 9, 0}, 4,
      s->scratch + b_conv3_weight_gradient_parts, s->parameters->conv3_weight);
}

// second_batchnorm2 (residual.bn:5): sums of g and of g * xhat, x [32, 16, 16], dy [32, 16, 16]
static void k_second_batchnorm2_sums(const struct step *s, int task) {
  batchnorm_sums(task, g_batchnorm2, (struct pieces){32, 1, 0},
      s->scratch + b_second_batchnorm2_moments, s->parameters->second_batchnorm2_gamma,
      s->parameters->second_batchnorm2_beta, lanes_at(s, b_second_conv2_output),
      lanes_at(s, b_relu2_second_add1_output_gradient),
      pairs_at(s, b_second_batchnorm2_partial_sums));
}

// second_batchnorm2 (residual.bn:5): gradients of gamma and beta, and step
static void k_second_batchnorm2_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_batchnorm2, s->scratch + b_second_batchnorm2_moments,
      pairs_at(s, b_second_batchnorm2_partial_sums), s->scratch + b_second_batchnorm2_coefficients,
      s->parameters->second_batchnorm2_gamma, s->parameters->second_batchnorm2_beta);
}

// second_batchnorm2 (residual.bn:5), input gradient in x's place: x [32, 16, 16], dy [32, 16, 16]
static void k_second_batchnorm2_backward(const struct step *s, int task) {
  batchnorm_backward(s, task, g_batchnorm2, (struct pieces){32, 1, 0},
      s->scratch + b_second_batchnorm2_moments, s->scratch + b_second_batchnorm2_coefficients,
      lanes_at(s, b_second_conv2_output), lanes_at(s, b_relu2_second_add1_output_gradient),
      lanes_at(s, b_second_conv2_output_gradient));
}

// winograd4_turned_weights for the sizes of second_conv1, which other layers have too.
static void winograd4_turned_weights_of_second_conv1(int task, const real *weight, real *products) {
  winograd4_turned_weights(task, g_second_conv1, (struct pieces){11, 2, 10}, weight, products);
}

// second_conv2 (residual.bn:5), the weight, turned around, as Winograd's products take it: 3 or 2
// input channels a task
//   weight [32, 32, 3, 3]
static void k_second_conv2_turned_weight_transform(const struct step *s, int task) {
  winograd4_turned_weights_of_second_conv1(task, s->parameters->second_conv2_weight,
      s->scratch + b_second_conv2_turned_weight_products);
}

// winograd4_2 for the sizes of second_conv1, which other layers have too.
static void winograd4_2_of_second_conv1(const struct step *s, int task, const vec *x,
    const real *weight, vec *y) {
  winograd4_2(s, task, g_second_conv1, (struct pieces){11, 2, 10}, (struct pieces){2, 8, 0}, x,
      weight, y);
}

// second_conv2 (residual.bn:5), input gradient, by Winograd's 36 products a tile: 8 rows of a block
// a task
//   dy [32, 16, 16], weight [32, 32, 3, 3], dx [32, 16, 16]
static void k_second_conv2_input_gradient(const struct step *s, int task) {
  winograd4_2_of_second_conv1(s, task, lanes_at(s, b_second_conv2_output_gradient),
      s->scratch + b_second_conv2_turned_weight_products,
      lanes_at(s, b_second_relu1_output_gradient));
}

static const struct winograd g_second_conv2 = { .C = 32, .H = 16, .W = 16, .K = 32, .OH = 16,
    .OW = 16, .PT = 1, .PL = 1, .SIDE = 4, .TW = 4, .STRIP = 8, .GROUP = 1 };

// winograd4_weight_gradient for the sizes of second_conv2, which other layers have too.
static void winograd4_weight_gradient_of_second_conv2(const struct step *s, int task, const vec *x,
    const vec *dy, real *products) {
  winograd4_weight_gradient(s, task, g_second_conv2, (struct pieces){11, 2, 10},
      (struct pieces){8, 4, 0}, (struct pieces){1, 11, 0}, (struct pieces){1, 8, 0},
      (struct pieces){16, 8, 0}, 259, 259, x, dy, products);
}

// second_conv2 (residual.bn:5), weight gradient, by Winograd's 36 products a tile: 8 tiles of 32 x
// 32 channels a task
//   x [32, 16, 16], dy [32, 16, 16]
static void k_second_conv2_weight_gradient_sums(const struct step *s, int task) {
  winograd4_weight_gradient_of_second_conv2(s, task, lanes_at(s, b_second_relu1_output),
      lanes_at(s, b_second_conv2_output_gradient),
      s->scratch + b_second_conv2_weight_gradient_products);
}

// winograd4_gradient_weights for the sizes of second_conv2, which other layers have too.
static void winograd4_gradient_weights_of_second_conv2(const struct step *s, int task,
    const real *products, real *weight) {
  winograd4_gradient_weights(s, task, g_second_conv2, (struct pieces){11, 2, 10}, 16, products,
      weight);
}

// second_conv2 (residual.bn:5), weight gradient and step, from Winograd's products: 3 or 2 output
// channels a task
//   dweight [32, 32, 3, 3]
static void k_second_conv2_weight_gradient(const struct step *s, int task) {
  winograd4_gradient_weights_of_second_conv2(s, task,
      s->scratch + b_second_conv2_weight_gradient_products, s->parameters->second_conv2_weight);
}

// second_batchnorm1, second_relu1 (residual.bn:4): sums of g and of g * xhat, x [32, 16, 16], dy
// [32, 16, 16]
static void k_second_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_batchnorm2, (struct pieces){32, 1, 0},
      s->scratch + b_second_batchnorm1_moments, s->parameters->second_batchnorm1_gamma,
      s->parameters->second_batchnorm1_beta, lanes_at(s, b_second_conv1_output),
      lanes_at(s, b_second_relu1_output_gradient), pairs_at(s, b_second_batchnorm1_partial_sums));
}

// second_batchnorm1 (residual.bn:4): gradients of gamma and beta, and step
static void k_second_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_batchnorm2, s->scratch + b_second_batchnorm1_moments,
      pairs_at(s, b_second_batchnorm1_partial_sums), s->scratch + b_second_batchnorm1_coefficients,
      s->parameters->second_batchnorm1_gamma, s->parameters->second_batchnorm1_beta);
}

// second_batchnorm1, second_relu1 (residual.bn:4), input gradient in x's place: x [32, 16, 16], dy
// [32, 16, 16]
static void k_second_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_batchnorm2, (struct pieces){32, 1, 0},
      s->scratch + b_second_batchnorm1_moments, s->scratch + b_second_batchnorm1_coefficients,
      lanes_at(s, b_second_conv1_output), lanes_at(s, b_second_relu1_output_gradient),
      lanes_at(s, b_second_conv1_output_gradient));
}

// second_conv1 (residual.bn:4), the weight, turned around, as Winograd's products take it: 3 or 2
// input channels a task
//   weight [32, 32, 3, 3]
static void k_second_conv1_turned_weight_transform(const struct step *s, int task) {
  winograd4_turned_weights_of_second_conv1(task, s->parameters->second_conv1_weight,
      s->scratch + b_second_conv1_turned_weight_products);
}

// second_conv1 (residual.bn:4), input gradient, by Winograd's 36 products a tile: 8 rows of a block
// a task
//   dy [32, 16, 16], weight [32, 32, 3, 3], dx [32, 16, 16]
static void k_second_conv1_input_gradient(const struct step *s, int task) {
  winograd4_2_of_second_conv1(s, task, lanes_at(s, b_second_conv1_output_gradient),
      s->scratch + b_second_conv1_turned_weight_products,
      lanes_at(s, b_relu2_second_conv1_output_gradient));
}

// second_conv1 (residual.bn:4), weight gradient, by Winograd's 36 products a tile: 8 tiles of 32 x
// 32 channels a task
//   x [32, 16, 16], dy [32, 16, 16]
static void k_second_conv1_weight_gradient_sums(const struct step *s, int task) {
  winograd4_weight_gradient_of_second_conv2(s, task, lanes_at(s, b_relu2_output),
      lanes_at(s, b_second_conv1_output_gradient),
      s->scratch + b_second_conv1_weight_gradient_products);
}

// second_conv1 (residual.bn:4), weight gradient and step, from Winograd's products: 3 or 2 output
// channels a task
//   dweight [32, 32, 3, 3]
static void k_second_conv1_weight_gradient(const struct step *s, int task) {
  winograd4_gradient_weights_of_second_conv2(s, task,
      s->scratch + b_second_conv1_weight_gradient_products, s->parameters->second_conv1_weight);
}

// The gradient of relu2, which several layers read: y = part0 + part1, all [32, 16, 16]
static void k_relu2_gradient_sum(const struct step *s, int task) {
  map_add(task, 8192, 4, lanes_at(s, b_relu2_second_add1_output_gradient),
      lanes_at(s, b_relu2_second_conv1_output_gradient),
      lanes_at(s, b_relu2_summed_output_gradient));
}

// batchnorm2, relu2 (residual.bn:16): sums of g and of g * xhat, x [32, 16, 16], dy [32, 16, 16]
static void k_batchnorm2_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_batchnorm2, (struct pieces){32, 1, 0},
      s->scratch + b_batchnorm2_moments, s->parameters->batchnorm2_gamma,
      s->parameters->batchnorm2_beta, lanes_at(s, b_conv2_output),
      lanes_at(s, b_relu2_summed_output_gradient), pairs_at(s, b_batchnorm2_partial_sums));
}

// batchnorm2 (residual.bn:16): gradients of gamma and beta, and step
static void k_batchnorm2_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_batchnorm2, s->scratch + b_batchnorm2_moments,
      pairs_at(s, b_batchnorm2_partial_sums), s->scratch + b_batchnorm2_coefficients,
      s->parameters->batchnorm2_gamma, s->parameters->batchnorm2_beta);
}

// batchnorm2, relu2 (residual.bn:16), input gradient in x's place: x [32, 16, 16], dy [32, 16, 16]
static void k_batchnorm2_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_batchnorm2, (struct pieces){32, 1, 0},
      s->scratch + b_batchnorm2_moments, s->scratch + b_batchnorm2_coefficients,
      lanes_at(s, b_conv2_output), lanes_at(s, b_relu2_summed_output_gradient),
      lanes_at(s, b_conv2_output_gradient));
}

// conv2 (residual.bn:16), input gradient: 3 or 2 input channels of a block a task
//   then through first_relu2: y <= 0 ? dy * y : dy, dy the gradient so far
//   dy [32, 16, 16], weight [32, 16, 3, 3], dx [16, 32, 32]
static void k_conv2_input_gradient(const struct step *s, int task) {
  convolution_input_relu_gradient(s, task, g_conv2, (struct pieces){6, 2, 4},
      (struct pieces){8, 4, 0}, lanes_at(s, b_conv2_output_gradient), s->parameters->conv2_weight,
      lanes_at(s, b_first_relu2_output), lanes_at(s, b_relu1_first_add1_output_gradient));
}

// conv2 (residual.bn:16), what the batch adds to the weight gradient, output channels in the lanes:
// 8 bands of rows, 1 tile of output channels a task
//   x [16, 32, 32], dy [32, 16, 16]
static void k_conv2_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient(s, task, g_conv2, (struct pieces){2, 2, 0}, (struct pieces){8, 2, 0},
      (struct pieces){2, 1, 0}, (struct pieces){8, 2, 0}, (struct pieces){8, 8, 0},
      lanes_at(s, b_first_relu2_output), lanes_at(s, b_conv2_output_gradient),
      s->scratch + b_conv2_weight_gradient_parts);
}

// conv2 (residual.bn:16), weight gradient and step, from what shares of the batch add to it: 3
// stretches of 16 numbers a task
//   dweight [32, 16, 3, 3]
static void k_conv2_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights(s, task, g_conv2, (struct pieces){12, 3, 0}, 8,
      s->scratch + b_conv2_weight_gradient_parts, s->parameters->conv2_weight);
}

// first_batchnorm2 (residual.bn:5): sums of g and of g * xhat, x [16, 32, 32], dy [16, 32, 32]
static void k_first_batchnorm2_sums(const struct step *s, int task) {
  batchnorm_sums(task, g_batchnorm1, (struct pieces){16, 1, 0},
      s->scratch + b_first_batchnorm2_moments, s->parameters->first_batchnorm2_gamma,
      s->parameters->first_batchnorm2_beta, lanes_at(s, b_first_conv2_output),
      lanes_at(s, b_relu1_first_add1_output_gradient),
      pairs_at(s, b_first_batchnorm2_partial_sums));
}

// first_batchnorm2 (residual.bn:5): gradients of gamma and beta, and step
static void k_first_batchnorm2_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_batchnorm1, s->scratch + b_first_batchnorm2_moments,
      pairs_at(s, b_first_batchnorm2_partial_sums), s->scratch + b_first_batchnorm2_coefficients,
      s->parameters->first_batchnorm2_gamma, s->parameters->first_batchnorm2_beta);
}

// first_batchnorm2 (residual.bn:5), input gradient in x's place: x [16, 32, 32], dy [16, 32, 32]
static void k_first_batchnorm2_backward(const struct step *s, int task) {
  batchnorm_backward(s, task, g_batchnorm1, (struct pieces){16, 1, 0},
      s->scratch + b_first_batchnorm2_moments, s->scratch + b_first_batchnorm2_coefficients,
      lanes_at(s, b_first_conv2_output), lanes_at(s, b_relu1_first_add1_output_gradient),
      lanes_at(s, b_first_conv2_output_gradient));
}

// winograd4_turned_weights for the sizes of first_conv1, which other layers have too.
static void winograd4_turned_weights_of_first_conv1(int task, const real *weight, real *products) {
  winograd4_turned_weights(task, g_first_conv1, (struct pieces){6, 2, 4}, weight, products);
}

// first_conv2 (residual.bn:5), the weight, turned around, as Winograd's products take it: 3 or 2
// input channels a task
//   weight [16, 16, 3, 3]
static void k_first_conv2_turned_weight_transform(const struct step *s, int task) {
  winograd4_turned_weights_of_first_conv1(task, s->parameters->first_conv2_weight,
      s->scratch + b_first_conv2_turned_weight_products);
}

// winograd4_2 for the sizes of first_conv1, which other layers have too.
static void winograd4_2_of_first_conv1(const struct step *s, int task, const vec *x,
    const real *weight, vec *y) {
  winograd4_2(s, task, g_first_conv1, (struct pieces){6, 2, 4}, (struct pieces){2, 16, 0}, x,
      weight, y);
}

// first_conv2 (residual.bn:5), input gradient, by Winograd's 36 products a tile: 16 rows of a block
// a task
//   dy [16, 32, 32], weight [16, 16, 3, 3], dx [16, 32, 32]
static void k_first_conv2_input_gradient(const struct step *s, int task) {
  winograd4_2_of_first_conv1(s, task, lanes_at(s, b_first_conv2_output_gradient),
      s->scratch + b_first_conv2_turned_weight_products,
      lanes_at(s, b_first_relu1_output_gradient));
}

static const struct winograd g_first_conv2 = { .C = 16, .H = 32, .W = 32, .K = 16, .OH = 32,
    .OW = 32, .PT = 1, .PL = 1, .SIDE = 4, .TW = 8, .STRIP = 16, .GROUP = 1 };

// winograd4_weight_gradient for the sizes of first_conv2, which other layers have too.
static void winograd4_weight_gradient_of_first_conv2(const struct step *s, int task, const vec *x,
    const vec *dy, real *products) {
  winograd4_weight_gradient(s, task, g_first_conv2, (struct pieces){6, 2, 4},
      (struct pieces){4, 4, 0}, (struct pieces){1, 6, 0}, (struct pieces){1, 4, 0},
      (struct pieces){16, 32, 0}, 259, 259, x, dy, products);
}

// first_conv2 (residual.bn:5), weight gradient, by Winograd's 36 products a tile: 32 tiles of 16 x
// 16 channels a task
//   x [16, 32, 32], dy [16, 32, 32]
static void k_first_conv2_weight_gradient_sums(const struct step *s, int task) {
  winograd4_weight_gradient_of_first_conv2(s, task, lanes_at(s, b_first_relu1_output),
      lanes_at(s, b_first_conv2_output_gradient),
      s->scratch + b_first_conv2_weight_gradient_products);
}

// winograd4_gradient_weights for the sizes of first_conv2, which other layers have too.
static void winograd4_gradient_weights_of_first_conv2(const struct step *s, int task,
    const real *products, real *weight) {
  winograd4_gradient_weights(s, task, g_first_conv2, (struct pieces){6, 2, 4}, 16, products,
      weight);
}

// first_conv2 (residual.bn:5), weight gradient and step, from Winograd's products: 3 or 2 output
// channels a task
//   dweight [16, 16, 3, 3]
static void k_first_conv2_weight_gradient(const struct step *s, int task) {
  winograd4_gradient_weights_of_first_conv2(s, task,
      s->scratch + b_first_conv2_weight_gradient_products, s->parameters->first_conv2_weight);
}

// first_batchnorm1, first_relu1 (residual.bn:4): sums of g and of g * xhat, x [16, 32, 32], dy [16,
// 32, 32]
static void k_first_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_batchnorm1, (struct pieces){16, 1, 0},
      s->scratch + b_first_batchnorm1_moments, s->parameters->first_batchnorm1_gamma,
      s->parameters->first_batchnorm1_beta, lanes_at(s, b_first_conv1_output),
      lanes_at(s, b_first_relu1_output_gradient), pairs_at(s, b_first_batchnorm1_partial_sums));
}

// first_batchnorm1 (residual.bn:4): gradients of gamma and beta, and step
static void k_first_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_batchnorm1, s->scratch + b_first_batchnorm1_moments,
      pairs_at(s, b_first_batchnorm1_partial_sums), s->scratch + b_first_batchnorm1_coefficients,
      s->parameters->first_batchnorm1_gamma, s->parameters->first_batchnorm1_beta);
}

// first_batchnorm1, first_relu1 (residual.bn:4), input gradient in x's place: x [16, 32, 32], dy
// [16, 32, 32]
static void k_first_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_batchnorm1, (struct pieces){16, 1, 0},
      s->scratch + b_first_batchnorm1_moments, s->scratch + b_first_batchnorm1_coefficients,
      lanes_at(s, b_first_conv1_output), lanes_at(s, b_first_relu1_output_gradient),
      lanes_at(s, b_first_conv1_output_gradient));
}

// first_conv1 (residual.bn:4), the weight, turned around, as Winograd's products take it: 3 or 2
// input channels a task
//   weight [16, 16, 3, 3]
static void k_first_conv1_turned_weight_transform(const struct step *s, int task) {
  winograd4_turned_weights_of_first_conv1(task, s->parameters->first_conv1_weight,
      s->scratch + b_first_conv1_turned_weight_products);
}

// first_conv1 (residual.bn:4), input gradient, by Winograd's 36 products a tile: 16 rows of a block
// a task
//   dy [16, 32, 32], weight [16, 16, 3, 3], dx [16, 32, 32]
static void k_first_conv1_input_gradient(const struct step *s, int task) {
  winograd4_2_of_first_conv1(s, task, lanes_at(s, b_first_conv1_output_gradient),
      s->scratch + b_first_conv1_turned_weight_products,
      lanes_at(s, b_relu1_first_conv1_output_gradient));
}

// first_conv1 (residual.bn:4), weight gradient, by Winograd's 36 products a tile: 32 tiles of 16 x
// 16 channels a task
//   x [16, 32, 32], dy [16, 32, 32]
static void k_first_conv1_weight_gradient_sums(const struct step *s, int task) {
  winograd4_weight_gradient_of_first_conv2(s, task, lanes_at(s, b_relu1_output),
      lanes_at(s, b_first_conv1_output_gradient),
      s->scratch + b_first_conv1_weight_gradient_products);
}

// first_conv1 (residual.bn:4), weight gradient and step, from Winograd's products: 3 or 2 output
// channels a task
//   dweight [16, 16, 3, 3]
static void k_first_conv1_weight_gradient(const struct step *s, int task) {
  winograd4_gradient_weights_of_first_conv2(s, task,
      s->scratch + b_first_conv1_weight_gradient_products, s->parameters->first_conv1_weight);
}

// The gradient of relu1, which several layers read: y = part0 + part1, all [16, 32, 32]
static void k_relu1_gradient_sum(const struct step *s, int task) {
  map_add(task, 16384, 8, lanes_at(s, b_relu1_first_add1_output_gradient),
      lanes_at(s, b_relu1_first_conv1_output_gradient),
      lanes_at(s, b_relu1_summed_output_gradient));
}

// batchnorm1, relu1 (residual.bn:14): sums of g and of g * xhat, x [16, 32, 32], dy [16, 32, 32]
static void k_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_batchnorm1, (struct pieces){16, 1, 0},
      s->scratch + b_batchnorm1_moments, s->parameters->batchnorm1_gamma,
      s->parameters->batchnorm1_beta, lanes_at(s, b_conv1_output),
      lanes_at(s, b_relu1_summed_output_gradient), pairs_at(s, b_batchnorm1_partial_sums));
}

// batchnorm1 (residual.bn:14): gradients of gamma and beta, and step
static void k_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_batchnorm1, s->scratch + b_batchnorm1_moments,
      pairs_at(s, b_batchnorm1_partial_sums), s->scratch + b_batchnorm1_coefficients,
      s->parameters->batchnorm1_gamma, s->parameters->batchnorm1_beta);
}

// batchnorm1, relu1 (residual.bn:14), input gradient in x's place: x [16, 32, 32], dy [16, 32, 32]
static void k_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_batchnorm1, (struct pieces){16, 1, 0},
      s->scratch + b_batchnorm1_moments, s->scratch + b_batchnorm1_coefficients,
      lanes_at(s, b_conv1_output), lanes_at(s, b_relu1_summed_output_gradient),
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
// blocks; at the end the lanes are added, and the weight moves.
static ALWAYS_INLINE void convolution_weight_gradient_tile(const struct step *s,
    const struct convolution g, const vec *x, const vec *dy, real *weight, const int blocks,
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
        sgd_update(&weight[at], lanes_sum(sums[(o * inputs + c) * taps + k].total), s);
      }
}

// A row of the kernel for `outputs` x `inputs` channels.
static ALWAYS_INLINE void convolution_weight_gradient_taps(const struct step *s,
    const struct convolution g, const struct pieces taps, const vec *x, const vec *dy, real *weight,
    const int blocks, const int rows, int co, int ci, int ky, const int outputs, const int inputs) {
  const int wide = taps.wide * (taps.size + 1);
  for (int kx = 0; kx < wide; kx += taps.size + 1)
    convolution_weight_gradient_tile(s, g, x, dy, weight, blocks, rows, co, ci, ky, kx, outputs,
        inputs, taps.size + 1);
  for (int kx = wide; kx < g.KW; kx += taps.size)
    convolution_weight_gradient_tile(s, g, x, dy, weight, blocks, rows, co, ci, ky, kx, outputs,
        inputs, taps.size);
}

// A task of a convolution's weight gradient: one row of the kernel for one tile of output and of
// input channels.
static ALWAYS_INLINE void convolution_weight_gradient(const struct step *s, int task,
    const struct convolution g, const struct pieces outputs, const struct pieces inputs,
    const struct pieces taps, const int blocks, const int rows, const vec *x, const vec *dy,
    real *weight) {
  const int ky = task % g.KH, input = task / g.KH % inputs.count;
  const int output = task / g.KH / inputs.count % outputs.count;
  const int group = task / g.KH / inputs.count / outputs.count;
  const int co = piece_start(outputs, output), ci = piece_start(inputs, input);
  x += group * (g.CI * g.H * g.W);
  dy += group * (g.CO * g.OH * g.OW);
  weight += group * g.CO * (g.CI * g.KH * g.KW);
  const int more_outputs = outputs.wide > 0 && output < outputs.wide;
  const int more_inputs = inputs.wide > 0 && input < inputs.wide;
  if (more_outputs && more_inputs)
    convolution_weight_gradient_taps(s, g, taps, x, dy, weight, blocks, rows, co, ci, ky,
        outputs.size + 1, inputs.size + 1);
  else if (more_outputs)
    convolution_weight_gradient_taps(s, g, taps, x, dy, weight, blocks, rows, co, ci, ky,
        outputs.size + 1, inputs.size);
  else if (more_inputs)
    convolution_weight_gradient_taps(s, g, taps, x, dy, weight, blocks, rows, co, ci, ky,
        outputs.size, inputs.size + 1);
  else
    convolution_weight_gradient_taps(s, g, taps, x, dy, weight, blocks, rows, co, ci, ky,
        outputs.size, inputs.size);
}

// conv1 (residual.bn:14), weight gradient and step: a kernel row of 4 x 1 channels a task
//   x [3, 32, 32], dy [16, 32, 32], dweight [16, 3, 3, 3]
static void k_conv1_weight_gradient(const struct step *s, int task) {
  convolution_weight_gradient(s, task, g_conv1, (struct pieces){4, 4, 0}, (struct pieces){3, 1, 0},
      (struct pieces){1, 3, 0}, 1, 32, lanes_at(s, b_image_lanes),
      lanes_at(s, b_conv1_output_gradient), s->parameters->conv1_weight);
}

// running = momentum * running + (1 - momentum) * batch, from the first batch's own values. One
// value per channel has no variance: nothing moves.
static ALWAYS_INLINE void move_statistics(const struct step *s, int task,
    const struct normalization n, const real momentum, const real *moments, real *mean,
    real *variance, real *seen) {
  (void)task;
  if (s->count * (n.H * n.W) == 1) return;
  const real keeps = seen[0] != 0 ? momentum : 0;
  seen[0] = 1;
  for (int c = 0; c < n.C; c++) {
    mean[c] = keeps * mean[c] + (1 - keeps) * moments[c];
    variance[c] = keeps * variance[c] + (1 - keeps) * moments[n.C + c];
  }
}

// batchnorm1 (residual.bn:14): the running statistics move
static void k_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_batchnorm1, (real)0.9, s->scratch + b_batchnorm1_moments,
      s->state->batchnorm1_running_mean, s->state->batchnorm1_running_variance,
      s->state->batchnorm1_seen);
}

// first_batchnorm1 (residual.bn:4): the running statistics move
static void k_first_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_batchnorm1, (real)0.9, s->scratch + b_first_batchnorm1_moments,
      s->state->first_batchnorm1_running_mean, s->state->first_batchnorm1_running_variance,
      s->state->first_batchnorm1_seen);
}

// first_batchnorm2 (residual.bn:5): the running statistics move
static void k_first_batchnorm2_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_batchnorm1, (real)0.9, s->scratch + b_first_batchnorm2_moments,
      s->state->first_batchnorm2_running_mean, s->state->first_batchnorm2_running_variance,
      s->state->first_batchnorm2_seen);
}

// batchnorm2 (residual.bn:16): the running statistics move
static void k_batchnorm2_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_batchnorm2, (real)0.9, s->scratch + b_batchnorm2_moments,
      s->state->batchnorm2_running_mean, s->state->batchnorm2_running_variance,
      s->state->batchnorm2_seen);
}

// second_batchnorm1 (residual.bn:4): the running statistics move
static void k_second_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_batchnorm2, (real)0.9, s->scratch + b_second_batchnorm1_moments,
      s->state->second_batchnorm1_running_mean, s->state->second_batchnorm1_running_variance,
      s->state->second_batchnorm1_seen);
}

// second_batchnorm2 (residual.bn:5): the running statistics move
static void k_second_batchnorm2_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_batchnorm2, (real)0.9, s->scratch + b_second_batchnorm2_moments,
      s->state->second_batchnorm2_running_mean, s->state->second_batchnorm2_running_variance,
      s->state->second_batchnorm2_seen);
}

// batchnorm3 (residual.bn:18): the running statistics move
static void k_batchnorm3_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_batchnorm3, (real)0.9, s->scratch + b_batchnorm3_moments,
      s->state->batchnorm3_running_mean, s->state->batchnorm3_running_variance,
      s->state->batchnorm3_seen);
}

// third_batchnorm1 (residual.bn:4): the running statistics move
static void k_third_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_batchnorm3, (real)0.9, s->scratch + b_third_batchnorm1_moments,
      s->state->third_batchnorm1_running_mean, s->state->third_batchnorm1_running_variance,
      s->state->third_batchnorm1_seen);
}

// third_batchnorm2 (residual.bn:5): the running statistics move
static void k_third_batchnorm2_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_batchnorm3, (real)0.9, s->scratch + b_third_batchnorm2_moments,
      s->state->third_batchnorm2_running_mean, s->state->third_batchnorm2_running_variance,
      s->state->third_batchnorm2_seen);
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
    { k_image_load, .tasks = 1, .when = APART },
    { k_conv1_forward_loading, .tasks = 8, .results = {{0, b_conv1_output, 16384}} },
    { k_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_batchnorm1_forward, .tasks = 16, .results = {{1, b_relu1_output, 16384}} },
    { k_first_conv1_weight_transform, .tasks = 6, .whole = 1 },
    { k_first_conv1_forward, .tasks = 2, .results = {{3, b_first_conv1_output, 16384}} },
    { k_first_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_first_batchnorm1_forward, .tasks = 16, .results = {{4, b_first_relu1_output, 16384}} },
    { k_first_conv2_weight_transform, .tasks = 6, .whole = 1 },
    { k_first_conv2_forward, .tasks = 2, .results = {{6, b_first_conv2_output, 16384}} },
    { k_first_batchnorm2_moments_merge, .tasks = 1, .whole = 1 },
    { k_first_batchnorm2_forward, .tasks = 16, .results = {{7, b_first_batchnorm2_output, 16384}} },
    { k_first_add1_forward, .tasks = 8, .results = {{8, b_first_relu2_output, 16384}} },
    { k_conv2_forward, .tasks = 7, .results = {{10, b_conv2_output, 8192}} },
    { k_batchnorm2_moments_merge, .tasks = 1, .whole = 1 },
    { k_batchnorm2_forward, .tasks = 32, .results = {{11, b_relu2_output, 8192}} },
    { k_second_conv1_weight_transform, .tasks = 11, .whole = 1 },
    { k_second_conv1_forward, .tasks = 2, .results = {{13, b_second_conv1_output, 8192}} },
    { k_second_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_second_batchnorm1_forward, .tasks = 32, .results = {{14, b_second_relu1_output, 8192}} },
    { k_second_conv2_weight_transform, .tasks = 11, .whole = 1 },
    { k_second_conv2_forward, .tasks = 2, .results = {{16, b_second_conv2_output, 8192}} },
    { k_second_batchnorm2_moments_merge, .tasks = 1, .whole = 1 },
    { k_second_batchnorm2_forward, .tasks = 32,
        .results = {{17, b_second_batchnorm2_output, 8192}} },
    { k_second_add1_forward, .tasks = 4, .results = {{18, b_second_relu2_output, 8192}} },
    { k_conv3_forward, .tasks = 13, .results = {{20, b_conv3_output, 4096}} },
    { k_batchnorm3_moments_merge, .tasks = 1, .whole = 1 },
    { k_batchnorm3_forward, .tasks = 16, .results = {{21, b_relu3_output, 4096}} },
    { k_third_conv1_weight_transform, .tasks = 22, .whole = 1 },
    { k_third_conv1_forward, .tasks = 1, .results = {{23, b_third_conv1_output, 4096}} },
    { k_third_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_third_batchnorm1_forward, .tasks = 16, .results = {{24, b_third_relu1_output, 4096}} },
    { k_third_conv2_weight_transform, .tasks = 22, .whole = 1 },
    { k_third_conv2_forward, .tasks = 1, .results = {{26, b_third_conv2_output, 4096}} },
    { k_third_batchnorm2_moments_merge, .tasks = 1, .whole = 1 },
    { k_third_batchnorm2_forward, .tasks = 16, .results = {{27, b_third_batchnorm2_output, 4096}} },
    { k_third_add1_forward, .tasks = 2, .results = {{28, b_third_relu2_output, 4096}} },
    { k_avgpool1_forward, .tasks = 64, .results = {{30, b_avgpool1_output, 64}} },
    { k_dense1_forward, .tasks = 4, .group = 4, .results = {{32, b_dense1_output, 10}} },

    { k_loss_softmax_cross_entropy, .tasks = 1 },

    { k_dense1_input_gradient, .tasks = 22, .whole = 1 },
    { k_dense1_rows_load, .tasks = 1 },
    { k_dense1_weight_gradient, .tasks = 4, .whole = 1 },
    { k_dense1_bias_gradient, .tasks = 10, .whole = 1 },
    { k_avgpool1_backward, .tasks = 64 },
    { k_third_batchnorm2_sums, .tasks = 16 },
    { k_third_batchnorm2_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_third_batchnorm2_backward, .tasks = 16 },
    { k_third_conv2_turned_weight_transform, .tasks = 22, .whole = 1 },
    { k_third_conv2_input_gradient, .tasks = 1 },
    { k_third_conv2_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_third_conv2_weight_gradient, .tasks = 22, .whole = 1 },
    { k_third_batchnorm1_sums, .tasks = 16 },
    { k_third_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_third_batchnorm1_backward, .tasks = 16 },
    { k_third_conv1_turned_weight_transform, .tasks = 22, .whole = 1 },
    { k_third_conv1_input_gradient, .tasks = 1 },
    { k_third_conv1_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_third_conv1_weight_gradient, .tasks = 22, .whole = 1 },
    { k_relu3_gradient_sum, .tasks = 2 },
    { k_batchnorm3_sums, .tasks = 16 },
    { k_batchnorm3_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_batchnorm3_backward, .tasks = 16 },
    { k_conv3_input_gradient, .tasks = 11 },
    { k_conv3_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_conv3_weight_gradient, .tasks = 16, .whole = 1 },
    { k_second_batchnorm2_sums, .tasks = 32 },
    { k_second_batchnorm2_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_second_batchnorm2_backward, .tasks = 32 },
    { k_second_conv2_turned_weight_transform, .tasks = 11, .whole = 1 },
    { k_second_conv2_input_gradient, .tasks = 2 },
    { k_second_conv2_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_second_conv2_weight_gradient, .tasks = 11, .whole = 1 },
    { k_second_batchnorm1_sums, .tasks = 32 },
    { k_second_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_second_batchnorm1_backward, .tasks = 32 },
    { k_second_conv1_turned_weight_transform, .tasks = 11, .whole = 1 },
    { k_second_conv1_input_gradient, .tasks = 2 },
    { k_second_conv1_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_second_conv1_weight_gradient, .tasks = 11, .whole = 1 },
    { k_relu2_gradient_sum, .tasks = 4 },
    { k_batchnorm2_sums, .tasks = 32 },
    { k_batchnorm2_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_batchnorm2_backward, .tasks = 32 },
    { k_conv2_input_gradient, .tasks = 6 },
    { k_conv2_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_conv2_weight_gradient, .tasks = 12, .whole = 1 },
    { k_first_batchnorm2_sums, .tasks = 16 },
    { k_first_batchnorm2_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_first_batchnorm2_backward, .tasks = 16 },
    { k_first_conv2_turned_weight_transform, .tasks = 6, .whole = 1 },
    { k_first_conv2_input_gradient, .tasks = 2 },
    { k_first_conv2_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_first_conv2_weight_gradient, .tasks = 6, .whole = 1 },
    { k_first_batchnorm1_sums, .tasks = 16 },
    { k_first_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_first_batchnorm1_backward, .tasks = 16 },
    { k_first_conv1_turned_weight_transform, .tasks = 6, .whole = 1 },
    { k_first_conv1_input_gradient, .tasks = 2 },
    { k_first_conv1_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_first_conv1_weight_gradient, .tasks = 6, .whole = 1 },
    { k_relu1_gradient_sum, .tasks = 8 },
    { k_batchnorm1_sums, .tasks = 16 },
    { k_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_batchnorm1_backward, .tasks = 16 },
    { k_conv1_weight_gradient, .tasks = 36, .whole = 1 },
    { k_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_first_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_first_batchnorm2_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_batchnorm2_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_second_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_second_batchnorm2_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_batchnorm3_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_third_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_third_batchnorm2_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
};
enum { FORWARD = 39, LOSS = 40, KERNELS = sizeof schedule / sizeof schedule[0] };

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
  return sum;
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
      .input = input,
      .host = host,
      .batch = batch,
      .count = batch->count,
      .blocks = (batch->count + LANES - 1) / LANES,
  };
  if (needs_target && !has_target(s)) return BNC_BAD_ARGUMENT;
  for (int n = 0; has_target(s) && n < batch->count; n++)
    if (label_of(s, n) < 0 || label_of(s, n) >= 10) return BNC_BAD_ARGUMENT;
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
  if (outputs && !write_output(s, lanes_at(s, b_dense1_output), 10, outputs[0])) finite = 0;
  return finite;
}

// Whether every batch norm that starts at its first batch has seen one.
static int trained(const struct state *state) {
  return state->batchnorm1_seen[0] != 0 && state->first_batchnorm1_seen[0] != 0
      && state->first_batchnorm2_seen[0] != 0 && state->batchnorm2_seen[0] != 0
      && state->second_batchnorm1_seen[0] != 0 && state->second_batchnorm2_seen[0] != 0
      && state->batchnorm3_seen[0] != 0 && state->third_batchnorm1_seen[0] != 0
      && state->third_batchnorm2_seen[0] != 0;
}

static int32_t train(const bnc_host *host, const bnc_regions *regions, const bnc_batch *batch,
                     const bnc_step *step, bnc_result *result) {
  struct step s;
  atomic_int input[BLOCKS];
  const int32_t status = begin(&s, input, host, regions, batch, 1);
  if (status != BNC_OK) return status;
  if (!step || !step->hyperparameters) return BNC_BAD_ARGUMENT;
  s.learning_rate = (real)step->hyperparameters[0];
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
  if (!trained(s.state)) return BNC_NOT_TRAINED;
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
static const bnc_tensor tensors[] = {
    PARAMETER(conv1_weight, "conv1.weight", 0, WEIGHT, NORMAL, 0.0, 0.2721655269759087, 4, 16, 3, 3,
        3),
    PARAMETER(batchnorm1_gamma, "batchnorm1.gamma", 1, GAMMA, CONSTANT, 1.0, 0.0, 1, 16),
    PARAMETER(batchnorm1_beta, "batchnorm1.beta", 1, BETA, CONSTANT, 0.0, 0.0, 1, 16),
    STATE(batchnorm1_running_mean, "batchnorm1.running_mean", 1, RUNNING_MEAN, CONSTANT, 0.0, 0.0,
        1, 16),
    STATE(batchnorm1_running_variance, "batchnorm1.running_variance", 1, RUNNING_VARIANCE, CONSTANT,
        1.0, 0.0, 1, 16),
    STATE(batchnorm1_seen, "batchnorm1.seen", 1, SEEN, CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(first_conv1_weight, "first_conv1.weight", 3, WEIGHT, NORMAL, 0.0, 0.11785113019775792,
        4, 16, 16, 3, 3),
    PARAMETER(first_batchnorm1_gamma, "first_batchnorm1.gamma", 4, GAMMA, CONSTANT, 1.0, 0.0, 1,
        16),
    PARAMETER(first_batchnorm1_beta, "first_batchnorm1.beta", 4, BETA, CONSTANT, 0.0, 0.0, 1, 16),
    STATE(first_batchnorm1_running_mean, "first_batchnorm1.running_mean", 4, RUNNING_MEAN, CONSTANT,
        0.0, 0.0, 1, 16),
    STATE(first_batchnorm1_running_variance, "first_batchnorm1.running_variance", 4,
        RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1, 16),
    STATE(first_batchnorm1_seen, "first_batchnorm1.seen", 4, SEEN, CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(first_conv2_weight, "first_conv2.weight", 6, WEIGHT, NORMAL, 0.0, 0.11785113019775792,
        4, 16, 16, 3, 3),
    PARAMETER(first_batchnorm2_gamma, "first_batchnorm2.gamma", 7, GAMMA, CONSTANT, 1.0, 0.0, 1,
        16),
    PARAMETER(first_batchnorm2_beta, "first_batchnorm2.beta", 7, BETA, CONSTANT, 0.0, 0.0, 1, 16),
    STATE(first_batchnorm2_running_mean, "first_batchnorm2.running_mean", 7, RUNNING_MEAN, CONSTANT,
        0.0, 0.0, 1, 16),
    STATE(first_batchnorm2_running_variance, "first_batchnorm2.running_variance", 7,
        RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1, 16),
    STATE(first_batchnorm2_seen, "first_batchnorm2.seen", 7, SEEN, CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(conv2_weight, "conv2.weight", 10, WEIGHT, NORMAL, 0.0, 0.11785113019775792, 4, 32, 16,
        3, 3),
    PARAMETER(batchnorm2_gamma, "batchnorm2.gamma", 11, GAMMA, CONSTANT, 1.0, 0.0, 1, 32),
    PARAMETER(batchnorm2_beta, "batchnorm2.beta", 11, BETA, CONSTANT, 0.0, 0.0, 1, 32),
    STATE(batchnorm2_running_mean, "batchnorm2.running_mean", 11, RUNNING_MEAN, CONSTANT, 0.0, 0.0,
        1, 32),
    STATE(batchnorm2_running_variance, "batchnorm2.running_variance", 11, RUNNING_VARIANCE,
        CONSTANT, 1.0, 0.0, 1, 32),
    STATE(batchnorm2_seen, "batchnorm2.seen", 11, SEEN, CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(second_conv1_weight, "second_conv1.weight", 13, WEIGHT, NORMAL, 0.0,
        0.08333333333333333, 4, 32, 32, 3, 3),
    PARAMETER(second_batchnorm1_gamma, "second_batchnorm1.gamma", 14, GAMMA, CONSTANT, 1.0, 0.0, 1,
        32),
    PARAMETER(second_batchnorm1_beta, "second_batchnorm1.beta", 14, BETA, CONSTANT, 0.0, 0.0, 1,
        32),
    STATE(second_batchnorm1_running_mean, "second_batchnorm1.running_mean", 14, RUNNING_MEAN,
        CONSTANT, 0.0, 0.0, 1, 32),
    STATE(second_batchnorm1_running_variance, "second_batchnorm1.running_variance", 14,
        RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1, 32),
    STATE(second_batchnorm1_seen, "second_batchnorm1.seen", 14, SEEN, CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(second_conv2_weight, "second_conv2.weight", 16, WEIGHT, NORMAL, 0.0,
        0.08333333333333333, 4, 32, 32, 3, 3),
    PARAMETER(second_batchnorm2_gamma, "second_batchnorm2.gamma", 17, GAMMA, CONSTANT, 1.0, 0.0, 1,
        32),
    PARAMETER(second_batchnorm2_beta, "second_batchnorm2.beta", 17, BETA, CONSTANT, 0.0, 0.0, 1,
        32),
    STATE(second_batchnorm2_running_mean, "second_batchnorm2.running_mean", 17, RUNNING_MEAN,
        CONSTANT, 0.0, 0.0, 1, 32),
    STATE(second_batchnorm2_running_variance, "second_batchnorm2.running_variance", 17,
        RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1, 32),
    STATE(second_batchnorm2_seen, "second_batchnorm2.seen", 17, SEEN, CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(conv3_weight, "conv3.weight", 20, WEIGHT, NORMAL, 0.0, 0.08333333333333333, 4, 64, 32,
        3, 3),
    PARAMETER(batchnorm3_gamma, "batchnorm3.gamma", 21, GAMMA, CONSTANT, 1.0, 0.0, 1, 64),
    PARAMETER(batchnorm3_beta, "batchnorm3.beta", 21, BETA, CONSTANT, 0.0, 0.0, 1, 64),
    STATE(batchnorm3_running_mean, "batchnorm3.running_mean", 21, RUNNING_MEAN, CONSTANT, 0.0, 0.0,
        1, 64),
    STATE(batchnorm3_running_variance, "batchnorm3.running_variance", 21, RUNNING_VARIANCE,
        CONSTANT, 1.0, 0.0, 1, 64),
    STATE(batchnorm3_seen, "batchnorm3.seen", 21, SEEN, CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(third_conv1_weight, "third_conv1.weight", 23, WEIGHT, NORMAL, 0.0,
        0.05892556509887896, 4, 64, 64, 3, 3),
    PARAMETER(third_batchnorm1_gamma, "third_batchnorm1.gamma", 24, GAMMA, CONSTANT, 1.0, 0.0, 1,
        64),
    PARAMETER(third_batchnorm1_beta, "third_batchnorm1.beta", 24, BETA, CONSTANT, 0.0, 0.0, 1, 64),
    STATE(third_batchnorm1_running_mean, "third_batchnorm1.running_mean", 24, RUNNING_MEAN,
        CONSTANT, 0.0, 0.0, 1, 64),
    STATE(third_batchnorm1_running_variance, "third_batchnorm1.running_variance", 24,
        RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1, 64),
    STATE(third_batchnorm1_seen, "third_batchnorm1.seen", 24, SEEN, CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(third_conv2_weight, "third_conv2.weight", 26, WEIGHT, NORMAL, 0.0,
        0.05892556509887896, 4, 64, 64, 3, 3),
    PARAMETER(third_batchnorm2_gamma, "third_batchnorm2.gamma", 27, GAMMA, CONSTANT, 1.0, 0.0, 1,
        64),
    PARAMETER(third_batchnorm2_beta, "third_batchnorm2.beta", 27, BETA, CONSTANT, 0.0, 0.0, 1, 64),
    STATE(third_batchnorm2_running_mean, "third_batchnorm2.running_mean", 27, RUNNING_MEAN,
        CONSTANT, 0.0, 0.0, 1, 64),
    STATE(third_batchnorm2_running_variance, "third_batchnorm2.running_variance", 27,
        RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1, 64),
    STATE(third_batchnorm2_seen, "third_batchnorm2.seen", 27, SEEN, CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(dense1_weight, "dense1.weight", 32, WEIGHT, NORMAL, 0.0, 0.1767766952966369, 2, 10,
        64),
    PARAMETER(dense1_bias, "dense1.bias", 32, BIAS, CONSTANT, 0.0, 0.0, 1, 10),
};

static const char *const layers[] = {
    "conv1", "batchnorm1", "relu1", "first_conv1", "first_batchnorm1", "first_relu1", "first_conv2",
    "first_batchnorm2", "first_add1", "first_relu2", "conv2", "batchnorm2", "relu2", "second_conv1",
    "second_batchnorm1", "second_relu1", "second_conv2", "second_batchnorm2", "second_add1",
    "second_relu2", "conv3", "batchnorm3", "relu3", "third_conv1", "third_batchnorm1",
    "third_relu1", "third_conv2", "third_batchnorm2", "third_add1", "third_relu2", "avgpool1",
    "flatten1", "dense1", 0,
};

// Multiplications and additions, and bytes read and written at least, for a full batch.
static const bnc_kernel kernels[] = {
    {"image_load", -1, 0, 196608.0, 786432.0},
    {"conv1_forward", 0, 0, 56623104.0, 4984000.0},
    {"batchnorm1_moments_merge", 1, 0, 0.0, 1856.0},
    {"batchnorm1_forward", 1, 0, 3145728.0, 8388928.0},
    {"first_conv1_weight_transform", 3, 0, 0.0, 48384.0},
    {"first_conv1_forward", 3, 0, 301989888.0, 8430848.0},
    {"first_batchnorm1_moments_merge", 4, 0, 0.0, 3392.0},
    {"first_batchnorm1_forward", 4, 0, 3145728.0, 8388928.0},
    {"first_conv2_weight_transform", 6, 0, 0.0, 48384.0},
    {"first_conv2_forward", 6, 0, 301989888.0, 8430848.0},
    {"first_batchnorm2_moments_merge", 7, 0, 0.0, 3392.0},
    {"first_batchnorm2_forward", 7, 0, 3145728.0, 8388928.0},
    {"first_add1_forward", 8, 0, 3145728.0, 12582912.0},
    {"conv2_forward", 10, 0, 150994944.0, 6312960.0},
    {"batchnorm2_moments_merge", 11, 0, 0.0, 3712.0},
    {"batchnorm2_forward", 11, 0, 1572864.0, 4194944.0},
    {"second_conv1_weight_transform", 13, 0, 0.0, 186624.0},
    {"second_conv1_forward", 13, 0, 301989888.0, 4350208.0},
    {"second_batchnorm1_moments_merge", 14, 0, 0.0, 6784.0},
    {"second_batchnorm1_forward", 14, 0, 1572864.0, 4194944.0},
    {"second_conv2_weight_transform", 16, 0, 0.0, 186624.0},
    {"second_conv2_forward", 16, 0, 301989888.0, 4350208.0},
    {"second_batchnorm2_moments_merge", 17, 0, 0.0, 6784.0},
    {"second_batchnorm2_forward", 17, 0, 1572864.0, 4194944.0},
    {"second_add1_forward", 18, 0, 1572864.0, 6291456.0},
    {"conv3_forward", 20, 0, 150994944.0, 3225600.0},
    {"batchnorm3_moments_merge", 21, 0, 0.0, 7424.0},
    {"batchnorm3_forward", 21, 0, 786432.0, 2098432.0},
    {"third_conv1_weight_transform", 23, 0, 0.0, 739584.0},
    {"third_conv1_forward", 23, 0, 301989888.0, 2695424.0},
    {"third_batchnorm1_moments_merge", 24, 0, 0.0, 7424.0},
    {"third_batchnorm1_forward", 24, 0, 786432.0, 2098432.0},
    {"third_conv2_weight_transform", 26, 0, 0.0, 739584.0},
    {"third_conv2_forward", 26, 0, 301989888.0, 2695424.0},
    {"third_batchnorm2_moments_merge", 27, 0, 0.0, 7424.0},
    {"third_batchnorm2_forward", 27, 0, 786432.0, 2098432.0},
    {"third_add1_forward", 28, 0, 786432.0, 3145728.0},
    {"avgpool1_forward", 30, 0, 262144.0, 1064960.0},
    {"dense1_forward", 32, 0, 81920.0, 21544.0},
    {"loss_softmax_cross_entropy", -1, 0, 3200.0, 5152.0},
    {"dense1_input_gradient", 32, 0, 81920.0, 21504.0},
    {"dense1_rows_load", 32, 0, 0.0, 32768.0},
    {"dense1_weight_gradient", 32, 0, 81920.0, 24064.0},
    {"dense1_bias_gradient", 32, 0, 640.0, 2640.0},
    {"avgpool1_backward", 30, 0, 786432.0, 2113536.0},
    {"third_batchnorm2_sums", 27, 0, 1310720.0, 2102528.0},
    {"third_batchnorm2_parameter_gradient", 27, 0, 0.0, 7424.0},
    {"third_batchnorm2_backward", 27, 0, 1572864.0, 3147520.0},
    {"third_conv2_turned_weight_transform", 26, 0, 0.0, 739584.0},
    {"third_conv2_input_gradient", 26, 0, 301989888.0, 2689280.0},
    {"third_conv2_weight_gradient_sums", 26, 0, 301989888.0, 4456448.0},
    {"third_conv2_weight_gradient", 26, 0, 0.0, 2654208.0},
    {"third_batchnorm1_sums", 24, 0, 1310720.0, 2102528.0},
    {"third_batchnorm1_parameter_gradient", 24, 0, 0.0, 7424.0},
    {"third_batchnorm1_backward", 24, 0, 1572864.0, 3147520.0},
    {"third_conv1_turned_weight_transform", 23, 0, 0.0, 739584.0},
    {"third_conv1_input_gradient", 23, 0, 301989888.0, 2689280.0},
    {"third_conv1_weight_gradient_sums", 23, 0, 301989888.0, 4456448.0},
    {"third_conv1_weight_gradient", 23, 0, 0.0, 2654208.0},
    {"relu3_gradient_sum", 22, 0, 262144.0, 3145728.0},
    {"batchnorm3_sums", 21, 0, 1310720.0, 2102528.0},
    {"batchnorm3_parameter_gradient", 21, 0, 0.0, 7424.0},
    {"batchnorm3_backward", 21, 0, 1572864.0, 3147520.0},
    {"conv3_input_gradient", 20, 0, 152043520.0, 5316608.0},
    {"conv3_weight_gradient_sums", 20, 0, 150994944.0, 3735552.0},
    {"conv3_weight_gradient", 20, 0, 0.0, 737280.0},
    {"second_batchnorm2_sums", 17, 0, 2621440.0, 4196992.0},
    {"second_batchnorm2_parameter_gradient", 17, 0, 0.0, 3712.0},
    {"second_batchnorm2_backward", 17, 0, 3145728.0, 6292352.0},
    {"second_conv2_turned_weight_transform", 16, 0, 0.0, 186624.0},
    {"second_conv2_input_gradient", 16, 0, 301989888.0, 4344064.0},
    {"second_conv2_weight_gradient_sums", 16, 0, 301989888.0, 6553600.0},
    {"second_conv2_weight_gradient", 16, 0, 0.0, 2433024.0},
    {"second_batchnorm1_sums", 14, 0, 2621440.0, 4196992.0},
    {"second_batchnorm1_parameter_gradient", 14, 0, 0.0, 3712.0},
    {"second_batchnorm1_backward", 14, 0, 3145728.0, 6292352.0},
    {"second_conv1_turned_weight_transform", 13, 0, 0.0, 186624.0},
    {"second_conv1_input_gradient", 13, 0, 301989888.0, 4344064.0},
    {"second_conv1_weight_gradient_sums", 13, 0, 301989888.0, 6553600.0},
    {"second_conv1_weight_gradient", 13, 0, 0.0, 2433024.0},
    {"relu2_gradient_sum", 12, 0, 524288.0, 6291456.0},
    {"batchnorm2_sums", 11, 0, 2621440.0, 4196992.0},
    {"batchnorm2_parameter_gradient", 11, 0, 0.0, 3712.0},
    {"batchnorm2_backward", 11, 0, 3145728.0, 6292352.0},
    {"conv2_input_gradient", 10, 0, 153092096.0, 10504192.0},
    {"conv2_weight_gradient_sums", 10, 0, 150994944.0, 6586368.0},
    {"conv2_weight_gradient", 10, 0, 0.0, 331776.0},
    {"first_batchnorm2_sums", 7, 0, 5242880.0, 8389952.0},
    {"first_batchnorm2_parameter_gradient", 7, 0, 0.0, 1856.0},
    {"first_batchnorm2_backward", 7, 0, 6291456.0, 12583360.0},
    {"first_conv2_turned_weight_transform", 6, 0, 0.0, 48384.0},
    {"first_conv2_input_gradient", 6, 0, 301989888.0, 8427776.0},
    {"first_conv2_weight_gradient_sums", 6, 0, 301989888.0, 8978432.0},
    {"first_conv2_weight_gradient", 6, 0, 0.0, 608256.0},
    {"first_batchnorm1_sums", 4, 0, 5242880.0, 8389952.0},
    {"first_batchnorm1_parameter_gradient", 4, 0, 0.0, 1856.0},
    {"first_batchnorm1_backward", 4, 0, 6291456.0, 12583360.0},
    {"first_conv1_turned_weight_transform", 3, 0, 0.0, 48384.0},
    {"first_conv1_input_gradient", 3, 0, 301989888.0, 8427776.0},
    {"first_conv1_weight_gradient_sums", 3, 0, 301989888.0, 8978432.0},
    {"first_conv1_weight_gradient", 3, 0, 0.0, 608256.0},
    {"relu1_gradient_sum", 2, 0, 1048576.0, 12582912.0},
    {"batchnorm1_sums", 1, 0, 5242880.0, 8389952.0},
    {"batchnorm1_parameter_gradient", 1, 0, 0.0, 1856.0},
    {"batchnorm1_backward", 1, 0, 6291456.0, 12583360.0},
    {"conv1_weight_gradient", 0, 0, 56623104.0, 4984192.0},
    {"batchnorm1_running_move", 1, 0, 0.0, 456.0},
    {"first_batchnorm1_running_move", 4, 0, 0.0, 456.0},
    {"first_batchnorm2_running_move", 7, 0, 0.0, 456.0},
    {"batchnorm2_running_move", 11, 0, 0.0, 904.0},
    {"second_batchnorm1_running_move", 14, 0, 0.0, 904.0},
    {"second_batchnorm2_running_move", 17, 0, 0.0, 904.0},
    {"batchnorm3_running_move", 21, 0, 0.0, 1800.0},
    {"third_batchnorm1_running_move", 24, 0, 0.0, 1800.0},
    {"third_batchnorm2_running_move", 27, 0, 0.0, 1800.0},
};

// Name, element types, rank, shape, classes, which of them does not count, scale, whether reals are
// scaled too, 1 + the layer that normalizes it, what is made of sound, whether images are
// brought to its size.
static const bnc_value inputs[] = {
    {"image", 1 << BNC_UINT8 | 1 << BNC_REAL, 3, { 3, 32, 32 }, 0, 0, 0.00392156862745098, 0, 0,
      0, 0},
};

static const bnc_value targets[] = {
    {"label", 1 << BNC_INT32, 0, { 0 }, 10, 0, 1, 0, 0, 0, 0},
};

static const bnc_value outputs[] = {
    {"logits", 1 << BNC_REAL, 1, { 10 }, 0, 0, 1, 0, 0, 0, 0},
};

// Name, output, target, whether it is a mean, whether its output is a logit, whether its target is
// labels, what makes probabilities of the output, weight.
static const bnc_measure losses[] = {
    {"softmax_cross_entropy", 0, 0, 1, 0, 0, BNC_SOFTMAX, 1.0},
};

static const bnc_hyperparameter hyperparameters[] = {
    {"learning_rate", 0.1},
};

const bnc_plugin *BNC_SYMBOL(void) {
  static const bnc_plugin plugin = {
      .struct_size = sizeof(bnc_plugin),
      .abi_version = BNC_ABI_VERSION,
      .instruction_set = INSTRUCTIONS,
      .bnc_version = "0.2.0-dev",
      .model_name = "residual",
      .model_hash = "743be269581600b915aa4cbe901842657eb13ffe3809f61df1ec1097b9e6bdd8",
      .target = "x86-64-v3",
      .batch = BATCH,
      .lanes = LANES,
      .element_size = sizeof(real),
      .epochs = 10,
      .inputs = inputs,
      .targets = targets,
      .outputs = outputs,
      .losses = losses,
      .hyperparameters = hyperparameters,
      .optimizer_name = "sgd",
      .input_count = 1,
      .target_count = 1,
      .output_count = 1,
      .loss_count = 1,
      .hyperparameter_count = sizeof hyperparameters / sizeof hyperparameters[0],
      .parameters_size = sizeof(struct parameters),
      .state_size = sizeof(struct state),
      .scratch_size = (uint64_t)SCRATCH * sizeof(real),
      .tensors = tensors,
      .layers = layers,
      .kernels = kernels,
      .tensor_count = sizeof tensors / sizeof tensors[0],
      .layer_count = sizeof layers / sizeof layers[0] - 1,
      .kernel_count = sizeof kernels / sizeof kernels[0],
      .train = train,
      .evaluate = evaluate,
  };
  return &plugin;
}
