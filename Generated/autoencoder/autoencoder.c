// autoencoder: a network in C, written by bnc 0.2.0-dev from autoencoder.bn. To change it, change
// the model.
/*
   cc -std=c11 -O2 -fno-unroll-loops -ffp-contract=fast -march=x86-64-v3 -fPIC -shared \
      autoencoder.c -lm -o autoencoder.so
*/
// What stands here, from top to bottom: the sizes, numbers and vectors, the memory, the kernels of
// the forward pass, of the loss, of the backward pass, the steps that call them in order, and the
// table that tells a host what it must know.
//
// One vector holds one number of 8 examples, one in each lane, so no channel count and no image
// size wastes a lane. A tensor [channels, height, width] lies as
// [blocks][channels][height][width][lanes]. A short batch leaves lanes inactive: they hold 0, by
// selection, whatever was there before. Note: encoder1_hidden1_dense1.bias does not learn:
// encoder1_hidden1_batchnorm1 subtracts the mean, and the bias with it. Note:
// encoder2_hidden1_dense1.bias does not learn: encoder2_hidden1_batchnorm1 subtracts the mean, and
// the bias with it. Note: encoder3_hidden1_dense1.bias does not learn: encoder3_hidden1_batchnorm1
// subtracts the mean, and the bias with it. Note: encoder4_hidden1_dense1.bias does not learn:
// encoder4_hidden1_batchnorm1 subtracts the mean, and the bias with it. Note: hidden1_dense1.bias
// does not learn: hidden1_batchnorm1 subtracts the mean, and the bias with it. Note:
// decoder1_hidden1_dense1.bias does not learn: decoder1_hidden1_batchnorm1 subtracts the mean, and
// the bias with it. Note: decoder2_hidden1_dense1.bias does not learn: decoder2_hidden1_batchnorm1
// subtracts the mean, and the bias with it. Note: decoder3_hidden1_dense1.bias does not learn:
// decoder3_hidden1_batchnorm1 subtracts the mean, and the bias with it. Note:
// decoder4_hidden1_dense1.bias does not learn: decoder4_hidden1_batchnorm1 subtracts the mean, and
// the bias with it.
#include "autoencoder.h"

#include <math.h>
#include <stdatomic.h>
#include <stddef.h>

// ---- Sizes

typedef float real;
enum {
  BATCH = 512,   // examples a step, at most
  LANES = 8,   // examples a vector
  BLOCKS = 64,  // vectors that hold all of them
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
  real encoder1_hidden1_dense1_weight[81920];  // [128, 640]
  real encoder1_hidden1_dense1_bias[128];
  real encoder1_hidden1_batchnorm1_gamma[128], encoder1_hidden1_batchnorm1_beta[128];
  real encoder2_hidden1_dense1_weight[16384];  // [128, 128]
  real encoder2_hidden1_dense1_bias[128];
  real encoder2_hidden1_batchnorm1_gamma[128], encoder2_hidden1_batchnorm1_beta[128];
  real encoder3_hidden1_dense1_weight[16384];  // [128, 128]
  real encoder3_hidden1_dense1_bias[128];
  real encoder3_hidden1_batchnorm1_gamma[128], encoder3_hidden1_batchnorm1_beta[128];
  real encoder4_hidden1_dense1_weight[16384];  // [128, 128]
  real encoder4_hidden1_dense1_bias[128];
  real encoder4_hidden1_batchnorm1_gamma[128], encoder4_hidden1_batchnorm1_beta[128];
  real hidden1_dense1_weight[1024];  // [8, 128]
  real hidden1_dense1_bias[8];
  real hidden1_batchnorm1_gamma[8], hidden1_batchnorm1_beta[8];
  real decoder1_hidden1_dense1_weight[1024];  // [128, 8]
  real decoder1_hidden1_dense1_bias[128];
  real decoder1_hidden1_batchnorm1_gamma[128], decoder1_hidden1_batchnorm1_beta[128];
  real decoder2_hidden1_dense1_weight[16384];  // [128, 128]
  real decoder2_hidden1_dense1_bias[128];
  real decoder2_hidden1_batchnorm1_gamma[128], decoder2_hidden1_batchnorm1_beta[128];
  real decoder3_hidden1_dense1_weight[16384];  // [128, 128]
  real decoder3_hidden1_dense1_bias[128];
  real decoder3_hidden1_batchnorm1_gamma[128], decoder3_hidden1_batchnorm1_beta[128];
  real decoder4_hidden1_dense1_weight[16384];  // [128, 128]
  real decoder4_hidden1_dense1_bias[128];
  real decoder4_hidden1_batchnorm1_gamma[128], decoder4_hidden1_batchnorm1_beta[128];
  real dense1_weight[81920];  // [640, 128]
  real dense1_bias[640];
};

// What is kept from step to step but not learned.
struct state {
  real encoder1_hidden1_batchnorm1_running_mean[128],
      encoder1_hidden1_batchnorm1_running_variance[128];
  real encoder2_hidden1_batchnorm1_running_mean[128],
      encoder2_hidden1_batchnorm1_running_variance[128];
  real encoder3_hidden1_batchnorm1_running_mean[128],
      encoder3_hidden1_batchnorm1_running_variance[128];
  real encoder4_hidden1_batchnorm1_running_mean[128],
      encoder4_hidden1_batchnorm1_running_variance[128];
  real hidden1_batchnorm1_running_mean[8], hidden1_batchnorm1_running_variance[8];
  real decoder1_hidden1_batchnorm1_running_mean[128],
      decoder1_hidden1_batchnorm1_running_variance[128];
  real decoder2_hidden1_batchnorm1_running_mean[128],
      decoder2_hidden1_batchnorm1_running_variance[128];
  real decoder3_hidden1_batchnorm1_running_mean[128],
      decoder3_hidden1_batchnorm1_running_variance[128];
  real decoder4_hidden1_batchnorm1_running_mean[128],
      decoder4_hidden1_batchnorm1_running_variance[128];
};

// Where in scratch each tensor lies, in numbers. Tensors whose lives do not overlap share a place.
enum {
  b_frames_lanes = 0,  // [64][640][8]
  b_encoder1_hidden1_dense1_output = 983040,  // [64][128][8]
  b_encoder1_hidden1_dense1_partial = 327680,  // [64][128][3]
  b_encoder1_hidden1_batchnorm1_moments = 2039808,  // [3][128]
  b_encoder1_hidden1_relu1_output = 1048576,  // [64][128][8]
  b_encoder2_hidden1_dense1_output = 1114112,  // [64][128][8]
  b_encoder2_hidden1_dense1_partial = 0,  // [64][128][3]
  b_encoder2_hidden1_batchnorm1_moments = 2040192,  // [3][128]
  b_encoder2_hidden1_relu1_output = 1179648,  // [64][128][8]
  b_encoder3_hidden1_dense1_output = 1245184,  // [64][128][8]
  b_encoder3_hidden1_dense1_partial = 0,  // [64][128][3]
  b_encoder3_hidden1_batchnorm1_moments = 2040576,  // [3][128]
  b_encoder3_hidden1_relu1_output = 1310720,  // [64][128][8]
  b_encoder4_hidden1_dense1_output = 1376256,  // [64][128][8]
  b_encoder4_hidden1_dense1_partial = 0,  // [64][128][3]
  b_encoder4_hidden1_batchnorm1_moments = 2040960,  // [3][128]
  b_encoder4_hidden1_relu1_output = 1441792,  // [64][128][8]
  b_hidden1_dense1_output = 2031616,  // [64][8][8]
  b_hidden1_dense1_partial = 0,  // [64][8][3]
  b_hidden1_batchnorm1_moments = 2042944,  // [3][8]
  b_hidden1_relu1_output = 2035712,  // [64][8][8]
  b_decoder1_hidden1_dense1_output = 1507328,  // [64][128][8]
  b_decoder1_hidden1_dense1_partial = 0,  // [64][128][3]
  b_decoder1_hidden1_batchnorm1_moments = 2041344,  // [3][128]
  b_decoder1_hidden1_relu1_output = 1572864,  // [64][128][8]
  b_decoder2_hidden1_dense1_output = 1638400,  // [64][128][8]
  b_decoder2_hidden1_dense1_partial = 0,  // [64][128][3]
  b_decoder2_hidden1_batchnorm1_moments = 2041728,  // [3][128]
  b_decoder2_hidden1_relu1_output = 1703936,  // [64][128][8]
  b_decoder3_hidden1_dense1_output = 1769472,  // [64][128][8]
  b_decoder3_hidden1_dense1_partial = 0,  // [64][128][3]
  b_decoder3_hidden1_batchnorm1_moments = 2042112,  // [3][128]
  b_decoder3_hidden1_relu1_output = 1835008,  // [64][128][8]
  b_decoder4_hidden1_dense1_output = 1900544,  // [64][128][8]
  b_decoder4_hidden1_dense1_partial = 0,  // [64][128][3]
  b_decoder4_hidden1_batchnorm1_moments = 2042496,  // [3][128]
  b_decoder4_hidden1_relu1_output = 1966080,  // [64][128][8]
  b_dense1_output = 0,  // [64][640][8]
  b_dense1_output_gradient = 327680,  // [64][640][8]
  b_block_losses = 2042880,  // [64]
  b_decoder4_hidden1_relu1_output_gradient = 0,  // [64][128][8]
  b_dense1_rows = 65536,  // [512][128]
  b_decoder4_hidden1_batchnorm1_partial_sums = 65536,  // [64][128][2]
  b_decoder4_hidden1_batchnorm1_coefficients = 81920,  // [4][128]
  b_decoder4_hidden1_dense1_output_gradient = 1900544,  // [64][128][8]
  b_decoder3_hidden1_relu1_output_gradient = 0,  // [64][128][8]
  b_decoder4_hidden1_dense1_rows = 65536,  // [512][128]
  b_decoder3_hidden1_batchnorm1_partial_sums = 65536,  // [64][128][2]
  b_decoder3_hidden1_batchnorm1_coefficients = 81920,  // [4][128]
  b_decoder3_hidden1_dense1_output_gradient = 1769472,  // [64][128][8]
  b_decoder2_hidden1_relu1_output_gradient = 0,  // [64][128][8]
  b_decoder3_hidden1_dense1_rows = 65536,  // [512][128]
  b_decoder2_hidden1_batchnorm1_partial_sums = 65536,  // [64][128][2]
  b_decoder2_hidden1_batchnorm1_coefficients = 81920,  // [4][128]
  b_decoder2_hidden1_dense1_output_gradient = 1638400,  // [64][128][8]
  b_decoder1_hidden1_relu1_output_gradient = 0,  // [64][128][8]
  b_decoder2_hidden1_dense1_rows = 65536,  // [512][128]
  b_decoder1_hidden1_batchnorm1_partial_sums = 65536,  // [64][128][2]
  b_decoder1_hidden1_batchnorm1_coefficients = 81920,  // [4][128]
  b_decoder1_hidden1_dense1_output_gradient = 1507328,  // [64][128][8]
  b_hidden1_relu1_output_gradient = 0,  // [64][8][8]
  b_decoder1_hidden1_dense1_rows = 4096,  // [512][8]
  b_hidden1_batchnorm1_partial_sums = 4096,  // [64][8][2]
  b_hidden1_batchnorm1_coefficients = 5120,  // [4][8]
  b_hidden1_dense1_output_gradient = 2031616,  // [64][8][8]
  b_encoder4_hidden1_relu1_output_gradient = 0,  // [64][128][8]
  b_hidden1_dense1_rows = 65536,  // [512][128]
  b_encoder4_hidden1_batchnorm1_partial_sums = 65536,  // [64][128][2]
  b_encoder4_hidden1_batchnorm1_coefficients = 81920,  // [4][128]
  b_encoder4_hidden1_dense1_output_gradient = 1376256,  // [64][128][8]
  b_encoder3_hidden1_relu1_output_gradient = 0,  // [64][128][8]
  b_encoder4_hidden1_dense1_rows = 65536,  // [512][128]
  b_encoder3_hidden1_batchnorm1_partial_sums = 65536,  // [64][128][2]
  b_encoder3_hidden1_batchnorm1_coefficients = 81920,  // [4][128]
  b_encoder3_hidden1_dense1_output_gradient = 1245184,  // [64][128][8]
  b_encoder2_hidden1_relu1_output_gradient = 0,  // [64][128][8]
  b_encoder3_hidden1_dense1_rows = 65536,  // [512][128]
  b_encoder2_hidden1_batchnorm1_partial_sums = 65536,  // [64][128][2]
  b_encoder2_hidden1_batchnorm1_coefficients = 81920,  // [4][128]
  b_encoder2_hidden1_dense1_output_gradient = 1114112,  // [64][128][8]
  b_encoder1_hidden1_relu1_output_gradient = 0,  // [64][128][8]
  b_encoder2_hidden1_dense1_rows = 65536,  // [512][128]
  b_encoder1_hidden1_batchnorm1_partial_sums = 65536,  // [64][128][2]
  b_encoder1_hidden1_batchnorm1_coefficients = 81920,  // [4][128]
  b_encoder1_hidden1_dense1_output_gradient = 983040,  // [64][128][8]
  b_frames_rows = 655360,  // [512][640]
  SCRATCH = 2042976
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

// Target `k` of the `count` that an example has.
static ALWAYS_INLINE real target_of(const struct step *s, int example, int k, int count) {
  return ((const real *)s->batch->targets[0])[row_of(s, example) * count + k];
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

// frames: `count` numbers of an example, LANES at most; bytes are multiplied by 1.
static ALWAYS_INLINE vec k_frames_load_piece(const struct step *s, ptrdiff_t first, int count) {
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

// frames: the examples of a block, brought into the lanes, and in training also as rows, one
// example each.
//   y [640], rows [batch][640]
static NEVER_INLINE void k_frames_load_block(const struct step *s, int block) {
  enum { COUNT = 640, STRIDE = 640 };
  vec *y = lanes_at(s, b_frames_lanes) + block * COUNT;
  vec *rows = lanes_at(s, b_frames_rows) + block * STRIDE;
  const int active = active_count(s, block);
  ptrdiff_t start[LANES] = {0};
  for (int l = 0; l < active; l++) start[l] = row_of(s, block * LANES + l) * COUNT;
  for (int k = 0; k < COUNT; k += LANES) {
    const int count = COUNT - k < LANES ? COUNT - k : LANES;
    vec square[LANES] = {0};
    for (int l = 0; l < active; l++) square[l] = k_frames_load_piece(s, start[l] + k, count);
    if (s->training)
      UNROLL for (int l = 0; l < LANES; l++) rows[(l * STRIDE + k) / LANES] = square[l];
    transpose(square);
    for (int i = 0; i < count; i++) y[k + i] = square[i];
  }
}

// frames: loads blocks `first` up to `end`, except those that are loaded already. The first task
// that needs a block loads it, just before its use; one that finds another task loading it waits.
static void k_frames_load_once(const struct step *s, int first, int end) {
  for (int block = first; block < end; block++) {
    int state = ABSENT;
    if (atomic_load(&s->input[block]) == ABSENT &&
        atomic_compare_exchange_strong(&s->input[block], &state, LOADING)) {
      k_frames_load_block(s, block);
      atomic_store(&s->input[block], LOADED);
    }
  }
  for (int block = first; block < end; block++)
    while (atomic_load(&s->input[block]) != LOADED) s->host->wait(s->host->context);
}

// frames: the same as a kernel of its own.
static void k_frames_load(const struct step *s, int block) {
  k_frames_load_once(s, block, block + 1);
}

// A whole in `count` pieces: the first `wide` of them are one larger than `size`.
struct pieces {
  int count, size, wide;
};

static ALWAYS_INLINE int piece_start(const struct pieces p, int index) {
  return index * p.size + (index < p.wide ? index : p.wide);
}

// A dense layer from IN features to OUT:
//   y[n, o] = sum over f of weight[o, f] * x[n, f], plus bias[o]
//   dx[n, f] = sum over o of weight[o, f] * dy[n, o]
//   dweight[o, f] = sum over n of dy[n, o] * x[n, f]
struct dense {
  int IN, OUT;
};

// The sums that a tile has in registers, at most.
enum { TILE = 12 };

static const struct dense g_encoder1_hidden1_dense1 = { .IN = 640, .OUT = 128 };

static ALWAYS_INLINE int piece_size(const struct pieces p, int index) {
  return p.size + (index < p.wide);
}

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

// A task of a dense layer: one tile's outputs of a group of blocks, then their mean and squares for
// the batch norm.
static ALWAYS_INLINE void dense_bias_forward_moments(const struct step *s, int task,
    const struct dense d, const struct pieces tiles, const int group, const vec *x,
    const real *weight, const real *bias, vec *y, real (*partial)[3]) {
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
  if (!s->training) return;
  for (int block = first; block < end; block++) {
    const mask active = active_lanes(s, block);
    for (int c = 0; c < piece_size(tiles, tile); c++)
      block_moments(y + block * d.OUT + c, 1, active_count(s, block), active,
          partial[block * d.OUT + o + c]);
  }
}

// encoder1_hidden1_dense1 (autoencoder.bn:4), forward and moments: 3 or 2 outputs of 4 blocks a
// task
//   x [640], weight [128, 640], y [128]
static void k_encoder1_hidden1_dense1_forward(const struct step *s, int task) {
  dense_bias_forward_moments(s, task, g_encoder1_hidden1_dense1, (struct pieces){43, 2, 42}, 4,
      lanes_at(s, b_frames_lanes), s->parameters->encoder1_hidden1_dense1_weight,
      s->parameters->encoder1_hidden1_dense1_bias, lanes_at(s, b_encoder1_hidden1_dense1_output),
      moments_at(s, b_encoder1_hidden1_dense1_partial));
}

// k_encoder1_hidden1_dense1_forward, and before it the frames that it needs.
static void k_encoder1_hidden1_dense1_forward_loading(const struct step *s, int task) {
  enum { TASKS = 43, GROUP = 4 };
  const int first = task / TASKS * GROUP;
  k_frames_load_once(s, first, first + GROUP < s->blocks ? first + GROUP : s->blocks);
  k_encoder1_hidden1_dense1_forward(s, task);
}

// A batch norm of C channels of H x W numbers, and the activation and the pool that run with it: OH
// x OW windows of K x K numbers, S apart; without a pool, each number is a window. g is what these
// leave of dy, 0 where no window lies, and xhat = (x - mean) * inverse:
//   y = gamma[c] * xhat + beta[c], dbeta[c] = sum of g, dgamma[c] = sum of g * xhat
//   dx = gamma[c] * inverse * (g - mean of g - xhat * mean of g * xhat)
struct normalization {
  int C, H, W, OH, OW, K, S;
};

static const struct normalization g_encoder1_hidden1_batchnorm1 = { .C = 128, .H = 1, .W = 1,
    .OH = 1, .OW = 1, .K = 1, .S = 1 };

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

// encoder1_hidden1_batchnorm1 (autoencoder.bn:4): mean and variance of each channel
static void k_encoder1_hidden1_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_encoder1_hidden1_batchnorm1, (real)0.001,
      moments_at(s, b_encoder1_hidden1_dense1_partial),
      s->state->encoder1_hidden1_batchnorm1_running_mean,
      s->state->encoder1_hidden1_batchnorm1_running_variance,
      s->scratch + b_encoder1_hidden1_batchnorm1_moments);
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

// encoder1_hidden1_batchnorm1, encoder1_hidden1_relu1 (autoencoder.bn:4), forward: x [128], y [128]
static void k_encoder1_hidden1_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_encoder1_hidden1_batchnorm1, (struct pieces){1, 128, 0},
      s->scratch + b_encoder1_hidden1_batchnorm1_moments,
      s->parameters->encoder1_hidden1_batchnorm1_gamma,
      s->parameters->encoder1_hidden1_batchnorm1_beta,
      lanes_at(s, b_encoder1_hidden1_dense1_output), lanes_at(s, b_encoder1_hidden1_relu1_output));
}

static const struct dense g_encoder2_hidden1_dense1 = { .IN = 128, .OUT = 128 };

// dense_bias_forward_moments for the sizes of encoder2_hidden1_dense1, which other layers have too.
static void dense_bias_forward_moments_of_encoder2_hidden1_dense1(const struct step *s, int task,
    const vec *x, const real *weight, const real *bias, vec *y, real (*partial)[3]) {
  dense_bias_forward_moments(s, task, g_encoder2_hidden1_dense1, (struct pieces){43, 2, 42}, 4, x,
      weight, bias, y, partial);
}

// encoder2_hidden1_dense1 (autoencoder.bn:4), forward and moments: 3 or 2 outputs of 4 blocks a
// task
//   x [128], weight [128, 128], y [128]
static void k_encoder2_hidden1_dense1_forward(const struct step *s, int task) {
  dense_bias_forward_moments_of_encoder2_hidden1_dense1(s, task,
      lanes_at(s, b_encoder1_hidden1_relu1_output), s->parameters->encoder2_hidden1_dense1_weight,
      s->parameters->encoder2_hidden1_dense1_bias, lanes_at(s, b_encoder2_hidden1_dense1_output),
      moments_at(s, b_encoder2_hidden1_dense1_partial));
}

// encoder2_hidden1_batchnorm1 (autoencoder.bn:4): mean and variance of each channel
static void k_encoder2_hidden1_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_encoder1_hidden1_batchnorm1, (real)0.001,
      moments_at(s, b_encoder2_hidden1_dense1_partial),
      s->state->encoder2_hidden1_batchnorm1_running_mean,
      s->state->encoder2_hidden1_batchnorm1_running_variance,
      s->scratch + b_encoder2_hidden1_batchnorm1_moments);
}

// encoder2_hidden1_batchnorm1, encoder2_hidden1_relu1 (autoencoder.bn:4), forward: x [128], y [128]
static void k_encoder2_hidden1_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_encoder1_hidden1_batchnorm1, (struct pieces){1, 128, 0},
      s->scratch + b_encoder2_hidden1_batchnorm1_moments,
      s->parameters->encoder2_hidden1_batchnorm1_gamma,
      s->parameters->encoder2_hidden1_batchnorm1_beta,
      lanes_at(s, b_encoder2_hidden1_dense1_output), lanes_at(s, b_encoder2_hidden1_relu1_output));
}

// encoder3_hidden1_dense1 (autoencoder.bn:4), forward and moments: 3 or 2 outputs of 4 blocks a
// task
//   x [128], weight [128, 128], y [128]
static void k_encoder3_hidden1_dense1_forward(const struct step *s, int task) {
  dense_bias_forward_moments_of_encoder2_hidden1_dense1(s, task,
      lanes_at(s, b_encoder2_hidden1_relu1_output), s->parameters->encoder3_hidden1_dense1_weight,
      s->parameters->encoder3_hidden1_dense1_bias, lanes_at(s, b_encoder3_hidden1_dense1_output),
      moments_at(s, b_encoder3_hidden1_dense1_partial));
}

// encoder3_hidden1_batchnorm1 (autoencoder.bn:4): mean and variance of each channel
static void k_encoder3_hidden1_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_encoder1_hidden1_batchnorm1, (real)0.001,
      moments_at(s, b_encoder3_hidden1_dense1_partial),
      s->state->encoder3_hidden1_batchnorm1_running_mean,
      s->state->encoder3_hidden1_batchnorm1_running_variance,
      s->scratch + b_encoder3_hidden1_batchnorm1_moments);
}

// encoder3_hidden1_batchnorm1, encoder3_hidden1_relu1 (autoencoder.bn:4), forward: x [128], y [128]
static void k_encoder3_hidden1_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_encoder1_hidden1_batchnorm1, (struct pieces){1, 128, 0},
      s->scratch + b_encoder3_hidden1_batchnorm1_moments,
      s->parameters->encoder3_hidden1_batchnorm1_gamma,
      s->parameters->encoder3_hidden1_batchnorm1_beta,
      lanes_at(s, b_encoder3_hidden1_dense1_output), lanes_at(s, b_encoder3_hidden1_relu1_output));
}

// encoder4_hidden1_dense1 (autoencoder.bn:4), forward and moments: 3 or 2 outputs of 4 blocks a
// task
//   x [128], weight [128, 128], y [128]
static void k_encoder4_hidden1_dense1_forward(const struct step *s, int task) {
  dense_bias_forward_moments_of_encoder2_hidden1_dense1(s, task,
      lanes_at(s, b_encoder3_hidden1_relu1_output), s->parameters->encoder4_hidden1_dense1_weight,
      s->parameters->encoder4_hidden1_dense1_bias, lanes_at(s, b_encoder4_hidden1_dense1_output),
      moments_at(s, b_encoder4_hidden1_dense1_partial));
}

// encoder4_hidden1_batchnorm1 (autoencoder.bn:4): mean and variance of each channel
static void k_encoder4_hidden1_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_encoder1_hidden1_batchnorm1, (real)0.001,
      moments_at(s, b_encoder4_hidden1_dense1_partial),
      s->state->encoder4_hidden1_batchnorm1_running_mean,
      s->state->encoder4_hidden1_batchnorm1_running_variance,
      s->scratch + b_encoder4_hidden1_batchnorm1_moments);
}

// encoder4_hidden1_batchnorm1, encoder4_hidden1_relu1 (autoencoder.bn:4), forward: x [128], y [128]
static void k_encoder4_hidden1_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_encoder1_hidden1_batchnorm1, (struct pieces){1, 128, 0},
      s->scratch + b_encoder4_hidden1_batchnorm1_moments,
      s->parameters->encoder4_hidden1_batchnorm1_gamma,
      s->parameters->encoder4_hidden1_batchnorm1_beta,
      lanes_at(s, b_encoder4_hidden1_dense1_output), lanes_at(s, b_encoder4_hidden1_relu1_output));
}

static const struct dense g_hidden1_dense1 = { .IN = 128, .OUT = 8 };

// hidden1_dense1 (autoencoder.bn:4), forward and moments: 3 or 2 outputs of 4 blocks a task
//   x [128], weight [8, 128], y [8]
static void k_hidden1_dense1_forward(const struct step *s, int task) {
  dense_bias_forward_moments(s, task, g_hidden1_dense1, (struct pieces){3, 2, 2}, 4,
      lanes_at(s, b_encoder4_hidden1_relu1_output), s->parameters->hidden1_dense1_weight,
      s->parameters->hidden1_dense1_bias, lanes_at(s, b_hidden1_dense1_output),
      moments_at(s, b_hidden1_dense1_partial));
}

static const struct normalization g_hidden1_batchnorm1 = { .C = 8, .H = 1, .W = 1, .OH = 1, .OW = 1,
    .K = 1, .S = 1 };

// hidden1_batchnorm1 (autoencoder.bn:4): mean and variance of each channel
static void k_hidden1_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_hidden1_batchnorm1, (real)0.001,
      moments_at(s, b_hidden1_dense1_partial), s->state->hidden1_batchnorm1_running_mean,
      s->state->hidden1_batchnorm1_running_variance, s->scratch + b_hidden1_batchnorm1_moments);
}

// hidden1_batchnorm1, hidden1_relu1 (autoencoder.bn:4), forward: x [8], y [8]
static void k_hidden1_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_hidden1_batchnorm1, (struct pieces){1, 8, 0},
      s->scratch + b_hidden1_batchnorm1_moments, s->parameters->hidden1_batchnorm1_gamma,
      s->parameters->hidden1_batchnorm1_beta, lanes_at(s, b_hidden1_dense1_output),
      lanes_at(s, b_hidden1_relu1_output));
}

static const struct dense g_decoder1_hidden1_dense1 = { .IN = 8, .OUT = 128 };

// decoder1_hidden1_dense1 (autoencoder.bn:4), forward and moments: 3 or 2 outputs of 4 blocks a
// task
//   x [8], weight [128, 8], y [128]
static void k_decoder1_hidden1_dense1_forward(const struct step *s, int task) {
  dense_bias_forward_moments(s, task, g_decoder1_hidden1_dense1, (struct pieces){43, 2, 42}, 4,
      lanes_at(s, b_hidden1_relu1_output), s->parameters->decoder1_hidden1_dense1_weight,
      s->parameters->decoder1_hidden1_dense1_bias, lanes_at(s, b_decoder1_hidden1_dense1_output),
      moments_at(s, b_decoder1_hidden1_dense1_partial));
}

// decoder1_hidden1_batchnorm1 (autoencoder.bn:4): mean and variance of each channel
static void k_decoder1_hidden1_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_encoder1_hidden1_batchnorm1, (real)0.001,
      moments_at(s, b_decoder1_hidden1_dense1_partial),
      s->state->decoder1_hidden1_batchnorm1_running_mean,
      s->state->decoder1_hidden1_batchnorm1_running_variance,
      s->scratch + b_decoder1_hidden1_batchnorm1_moments);
}

// decoder1_hidden1_batchnorm1, decoder1_hidden1_relu1 (autoencoder.bn:4), forward: x [128], y [128]
static void k_decoder1_hidden1_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_encoder1_hidden1_batchnorm1, (struct pieces){1, 128, 0},
      s->scratch + b_decoder1_hidden1_batchnorm1_moments,
      s->parameters->decoder1_hidden1_batchnorm1_gamma,
      s->parameters->decoder1_hidden1_batchnorm1_beta,
      lanes_at(s, b_decoder1_hidden1_dense1_output), lanes_at(s, b_decoder1_hidden1_relu1_output));
}

// decoder2_hidden1_dense1 (autoencoder.bn:4), forward and moments: 3 or 2 outputs of 4 blocks a
// task
//   x [128], weight [128, 128], y [128]
static void k_decoder2_hidden1_dense1_forward(const struct step *s, int task) {
  dense_bias_forward_moments_of_encoder2_hidden1_dense1(s, task,
      lanes_at(s, b_decoder1_hidden1_relu1_output), s->parameters->decoder2_hidden1_dense1_weight,
      s->parameters->decoder2_hidden1_dense1_bias, lanes_at(s, b_decoder2_hidden1_dense1_output),
      moments_at(s, b_decoder2_hidden1_dense1_partial));
}

// decoder2_hidden1_batchnorm1 (autoencoder.bn:4): mean and variance of each channel
static void k_decoder2_hidden1_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_encoder1_hidden1_batchnorm1, (real)0.001,
      moments_at(s, b_decoder2_hidden1_dense1_partial),
      s->state->decoder2_hidden1_batchnorm1_running_mean,
      s->state->decoder2_hidden1_batchnorm1_running_variance,
      s->scratch + b_decoder2_hidden1_batchnorm1_moments);
}

// decoder2_hidden1_batchnorm1, decoder2_hidden1_relu1 (autoencoder.bn:4), forward: x [128], y [128]
static void k_decoder2_hidden1_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_encoder1_hidden1_batchnorm1, (struct pieces){1, 128, 0},
      s->scratch + b_decoder2_hidden1_batchnorm1_moments,
      s->parameters->decoder2_hidden1_batchnorm1_gamma,
      s->parameters->decoder2_hidden1_batchnorm1_beta,
      lanes_at(s, b_decoder2_hidden1_dense1_output), lanes_at(s, b_decoder2_hidden1_relu1_output));
}

// decoder3_hidden1_dense1 (autoencoder.bn:4), forward and moments: 3 or 2 outputs of 4 blocks a
// task
//   x [128], weight [128, 128], y [128]
static void k_decoder3_hidden1_dense1_forward(const struct step *s, int task) {
  dense_bias_forward_moments_of_encoder2_hidden1_dense1(s, task,
      lanes_at(s, b_decoder2_hidden1_relu1_output), s->parameters->decoder3_hidden1_dense1_weight,
      s->parameters->decoder3_hidden1_dense1_bias, lanes_at(s, b_decoder3_hidden1_dense1_output),
      moments_at(s, b_decoder3_hidden1_dense1_partial));
}

// decoder3_hidden1_batchnorm1 (autoencoder.bn:4): mean and variance of each channel
static void k_decoder3_hidden1_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_encoder1_hidden1_batchnorm1, (real)0.001,
      moments_at(s, b_decoder3_hidden1_dense1_partial),
      s->state->decoder3_hidden1_batchnorm1_running_mean,
      s->state->decoder3_hidden1_batchnorm1_running_variance,
      s->scratch + b_decoder3_hidden1_batchnorm1_moments);
}

// decoder3_hidden1_batchnorm1, decoder3_hidden1_relu1 (autoencoder.bn:4), forward: x [128], y [128]
static void k_decoder3_hidden1_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_encoder1_hidden1_batchnorm1, (struct pieces){1, 128, 0},
      s->scratch + b_decoder3_hidden1_batchnorm1_moments,
      s->parameters->decoder3_hidden1_batchnorm1_gamma,
      s->parameters->decoder3_hidden1_batchnorm1_beta,
      lanes_at(s, b_decoder3_hidden1_dense1_output), lanes_at(s, b_decoder3_hidden1_relu1_output));
}

// decoder4_hidden1_dense1 (autoencoder.bn:4), forward and moments: 3 or 2 outputs of 4 blocks a
// task
//   x [128], weight [128, 128], y [128]
static void k_decoder4_hidden1_dense1_forward(const struct step *s, int task) {
  dense_bias_forward_moments_of_encoder2_hidden1_dense1(s, task,
      lanes_at(s, b_decoder3_hidden1_relu1_output), s->parameters->decoder4_hidden1_dense1_weight,
      s->parameters->decoder4_hidden1_dense1_bias, lanes_at(s, b_decoder4_hidden1_dense1_output),
      moments_at(s, b_decoder4_hidden1_dense1_partial));
}

// decoder4_hidden1_batchnorm1 (autoencoder.bn:4): mean and variance of each channel
static void k_decoder4_hidden1_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_encoder1_hidden1_batchnorm1, (real)0.001,
      moments_at(s, b_decoder4_hidden1_dense1_partial),
      s->state->decoder4_hidden1_batchnorm1_running_mean,
      s->state->decoder4_hidden1_batchnorm1_running_variance,
      s->scratch + b_decoder4_hidden1_batchnorm1_moments);
}

// decoder4_hidden1_batchnorm1, decoder4_hidden1_relu1 (autoencoder.bn:4), forward: x [128], y [128]
static void k_decoder4_hidden1_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_encoder1_hidden1_batchnorm1, (struct pieces){1, 128, 0},
      s->scratch + b_decoder4_hidden1_batchnorm1_moments,
      s->parameters->decoder4_hidden1_batchnorm1_gamma,
      s->parameters->decoder4_hidden1_batchnorm1_beta,
      lanes_at(s, b_decoder4_hidden1_dense1_output), lanes_at(s, b_decoder4_hidden1_relu1_output));
}

static const struct dense g_dense1 = { .IN = 128, .OUT = 640 };

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

// dense1 (autoencoder.bn:15), forward: 3 or 2 outputs of 4 blocks a task
//   x [128], weight [640, 128], y [640]
static void k_dense1_forward(const struct step *s, int task) {
  dense_bias_forward(s, task, g_dense1, (struct pieces){214, 2, 212}, 4,
      lanes_at(s, b_decoder4_hidden1_relu1_output), s->parameters->dense1_weight,
      s->parameters->dense1_bias, lanes_at(s, b_dense1_output));
}

// ---- Loss

// The loss (autoencoder.bn:17) of each example, and its gradient, over m = 640 outputs:
//   loss[n] = sum over k of f(x[n, k], target[n, k]) / m, and f(x, t) =
//   (x - t) * (x - t)
//   dx[n, k] = df / m, divided by the number of examples, and df =
//   2 * (x - t)
//   x [640], dx [640]
static void k_loss_mean_squared_error(const struct step *s, int block) {
  enum { OUTPUTS = 640 };
  const vec *x = lanes_at(s, b_dense1_output) + block * OUTPUTS;
  vec *dx = lanes_at(s, b_dense1_output_gradient) + block * OUTPUTS;
  const int active = active_count(s, block);
  double loss = 0;
  for (int k = 0; k < OUTPUTS; k++) {
    dx[k] = (vec){0};
    if (!has_target(s)) continue;
    for (int l = 0; l < active; l++) {
      const real v = x[k][l], t = target_of(s, block * LANES + l, k, OUTPUTS);
      const real part0 = v - t;
      dx[k][l] = (2 * part0) * (real)0.0015625 / (real)s->count;
      loss += (double)(part0 * part0);
    }
  }
  (s->scratch + b_block_losses)[block] = (real)loss * (real)0.0015625;
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

// dense1 (autoencoder.bn:15), input gradient: 42 tiles of 3 or 2 features of the batch a task
//   dy [640], weight [640, 128], dx [128]
static void k_dense1_input_gradient(const struct step *s, int task) {
  dense_input_gradient(s, task, g_dense1, (struct pieces){43, 2, 42}, 42, 64, 4,
      lanes_at(s, b_dense1_output_gradient), s->parameters->dense1_weight,
      lanes_at(s, b_decoder4_hidden1_relu1_output_gradient));
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

// dense1 (autoencoder.bn:15): its input as rows, x [128], rows [batch][128]
static void k_dense1_rows_load(const struct step *s, int task) {
  load_rows(task, 128, 128, lanes_at(s, b_decoder4_hidden1_relu1_output),
      lanes_at(s, b_dense1_rows));
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

// dense1 (autoencoder.bn:15), weight gradient and step: 3 or 2 outputs a task
//   rows [batch][128], dy [640], dweight [640, 128]
static void k_dense1_weight_gradient(const struct step *s, int task) {
  dense_weight_gradient(s, task, g_dense1, (struct pieces){214, 2, 212}, (struct pieces){4, 4, 0},
      2, 128, lanes_at(s, b_dense1_rows), lanes_at(s, b_dense1_output_gradient),
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

// dense1 (autoencoder.bn:15), bias gradient and step: dy [640]
static void k_dense1_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 640, 1, lanes_at(s, b_dense1_output_gradient), s->parameters->dense1_bias);
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

// decoder4_hidden1_batchnorm1, decoder4_hidden1_relu1 (autoencoder.bn:4): sums of g and of g *
// xhat, x [128], dy [128]
static void k_decoder4_hidden1_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_encoder1_hidden1_batchnorm1, (struct pieces){1, 128, 0},
      s->scratch + b_decoder4_hidden1_batchnorm1_moments,
      s->parameters->decoder4_hidden1_batchnorm1_gamma,
      s->parameters->decoder4_hidden1_batchnorm1_beta,
      lanes_at(s, b_decoder4_hidden1_dense1_output),
      lanes_at(s, b_decoder4_hidden1_relu1_output_gradient),
      pairs_at(s, b_decoder4_hidden1_batchnorm1_partial_sums));
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

// decoder4_hidden1_batchnorm1 (autoencoder.bn:4): gradients of gamma and beta, and step
static void k_decoder4_hidden1_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_encoder1_hidden1_batchnorm1,
      s->scratch + b_decoder4_hidden1_batchnorm1_moments,
      pairs_at(s, b_decoder4_hidden1_batchnorm1_partial_sums),
      s->scratch + b_decoder4_hidden1_batchnorm1_coefficients,
      s->parameters->decoder4_hidden1_batchnorm1_gamma,
      s->parameters->decoder4_hidden1_batchnorm1_beta);
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

// decoder4_hidden1_batchnorm1, decoder4_hidden1_relu1 (autoencoder.bn:4), input gradient in x's
// place: x [128], dy [128]
static void k_decoder4_hidden1_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_encoder1_hidden1_batchnorm1, (struct pieces){1, 128, 0},
      s->scratch + b_decoder4_hidden1_batchnorm1_moments,
      s->scratch + b_decoder4_hidden1_batchnorm1_coefficients,
      lanes_at(s, b_decoder4_hidden1_dense1_output),
      lanes_at(s, b_decoder4_hidden1_relu1_output_gradient),
      lanes_at(s, b_decoder4_hidden1_dense1_output_gradient));
}

// dense_input_gradient for the sizes of encoder2_hidden1_dense1, which other layers have too.
static void dense_input_gradient_of_encoder2_hidden1_dense1(const struct step *s, int task,
    const vec *dy, const real *weight, vec *dx) {
  dense_input_gradient(s, task, g_encoder2_hidden1_dense1, (struct pieces){43, 2, 42}, 1, 128, 4,
      dy, weight, dx);
}

// decoder4_hidden1_dense1 (autoencoder.bn:4), input gradient: 3 or 2 features of the batch a task
//   dy [128], weight [128, 128], dx [128]
static void k_decoder4_hidden1_dense1_input_gradient(const struct step *s, int task) {
  dense_input_gradient_of_encoder2_hidden1_dense1(s, task,
      lanes_at(s, b_decoder4_hidden1_dense1_output_gradient),
      s->parameters->decoder4_hidden1_dense1_weight,
      lanes_at(s, b_decoder3_hidden1_relu1_output_gradient));
}

// decoder4_hidden1_dense1 (autoencoder.bn:4): its input as rows, x [128], rows [batch][128]
static void k_decoder4_hidden1_dense1_rows_load(const struct step *s, int task) {
  load_rows(task, 128, 128, lanes_at(s, b_decoder3_hidden1_relu1_output),
      lanes_at(s, b_decoder4_hidden1_dense1_rows));
}

// dense_weight_gradient for the sizes of encoder2_hidden1_dense1, which other layers have too.
static void dense_weight_gradient_of_encoder2_hidden1_dense1(const struct step *s, int task,
    const vec *rows, const vec *dy, real *weight) {
  dense_weight_gradient(s, task, g_encoder2_hidden1_dense1, (struct pieces){43, 2, 42},
      (struct pieces){4, 4, 0}, 2, 128, rows, dy, weight);
}

// decoder4_hidden1_dense1 (autoencoder.bn:4), weight gradient and step: 3 or 2 outputs a task
//   rows [batch][128], dy [128], dweight [128, 128]
static void k_decoder4_hidden1_dense1_weight_gradient(const struct step *s, int task) {
  dense_weight_gradient_of_encoder2_hidden1_dense1(s, task,
      lanes_at(s, b_decoder4_hidden1_dense1_rows),
      lanes_at(s, b_decoder4_hidden1_dense1_output_gradient),
      s->parameters->decoder4_hidden1_dense1_weight);
}

// decoder3_hidden1_batchnorm1, decoder3_hidden1_relu1 (autoencoder.bn:4): sums of g and of g *
// xhat, x [128], dy [128]
static void k_decoder3_hidden1_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_encoder1_hidden1_batchnorm1, (struct pieces){1, 128, 0},
      s->scratch + b_decoder3_hidden1_batchnorm1_moments,
      s->parameters->decoder3_hidden1_batchnorm1_gamma,
      s->parameters->decoder3_hidden1_batchnorm1_beta,
      lanes_at(s, b_decoder3_hidden1_dense1_output),
      lanes_at(s, b_decoder3_hidden1_relu1_output_gradient),
      pairs_at(s, b_decoder3_hidden1_batchnorm1_partial_sums));
}

// decoder3_hidden1_batchnorm1 (autoencoder.bn:4): gradients of gamma and beta, and step
static void k_decoder3_hidden1_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_encoder1_hidden1_batchnorm1,
      s->scratch + b_decoder3_hidden1_batchnorm1_moments,
      pairs_at(s, b_decoder3_hidden1_batchnorm1_partial_sums),
      s->scratch + b_decoder3_hidden1_batchnorm1_coefficients,
      s->parameters->decoder3_hidden1_batchnorm1_gamma,
      s->parameters->decoder3_hidden1_batchnorm1_beta);
}

// decoder3_hidden1_batchnorm1, decoder3_hidden1_relu1 (autoencoder.bn:4), input gradient in x's
// place: x [128], dy [128]
static void k_decoder3_hidden1_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_encoder1_hidden1_batchnorm1, (struct pieces){1, 128, 0},
      s->scratch + b_decoder3_hidden1_batchnorm1_moments,
      s->scratch + b_decoder3_hidden1_batchnorm1_coefficients,
      lanes_at(s, b_decoder3_hidden1_dense1_output),
      lanes_at(s, b_decoder3_hidden1_relu1_output_gradient),
      lanes_at(s, b_decoder3_hidden1_dense1_output_gradient));
}

// decoder3_hidden1_dense1 (autoencoder.bn:4), input gradient: 3 or 2 features of the batch a task
//   dy [128], weight [128, 128], dx [128]
static void k_decoder3_hidden1_dense1_input_gradient(const struct step *s, int task) {
  dense_input_gradient_of_encoder2_hidden1_dense1(s, task,
      lanes_at(s, b_decoder3_hidden1_dense1_output_gradient),
      s->parameters->decoder3_hidden1_dense1_weight,
      lanes_at(s, b_decoder2_hidden1_relu1_output_gradient));
}

// decoder3_hidden1_dense1 (autoencoder.bn:4): its input as rows, x [128], rows [batch][128]
static void k_decoder3_hidden1_dense1_rows_load(const struct step *s, int task) {
  load_rows(task, 128, 128, lanes_at(s, b_decoder2_hidden1_relu1_output),
      lanes_at(s, b_decoder3_hidden1_dense1_rows));
}

// decoder3_hidden1_dense1 (autoencoder.bn:4), weight gradient and step: 3 or 2 outputs a task
//   rows [batch][128], dy [128], dweight [128, 128]
static void k_decoder3_hidden1_dense1_weight_gradient(const struct step *s, int task) {
  dense_weight_gradient_of_encoder2_hidden1_dense1(s, task,
      lanes_at(s, b_decoder3_hidden1_dense1_rows),
      lanes_at(s, b_decoder3_hidden1_dense1_output_gradient),
      s->parameters->decoder3_hidden1_dense1_weight);
}

// decoder2_hidden1_batchnorm1, decoder2_hidden1_relu1 (autoencoder.bn:4): sums of g and of g *
// xhat, x [128], dy [128]
static void k_decoder2_hidden1_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_encoder1_hidden1_batchnorm1, (struct pieces){1, 128, 0},
      s->scratch + b_decoder2_hidden1_batchnorm1_moments,
      s->parameters->decoder2_hidden1_batchnorm1_gamma,
      s->parameters->decoder2_hidden1_batchnorm1_beta,
      lanes_at(s, b_decoder2_hidden1_dense1_output),
      lanes_at(s, b_decoder2_hidden1_relu1_output_gradient),
      pairs_at(s, b_decoder2_hidden1_batchnorm1_partial_sums));
}

// decoder2_hidden1_batchnorm1 (autoencoder.bn:4): gradients of gamma and beta, and step
static void k_decoder2_hidden1_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_encoder1_hidden1_batchnorm1,
      s->scratch + b_decoder2_hidden1_batchnorm1_moments,
      pairs_at(s, b_decoder2_hidden1_batchnorm1_partial_sums),
      s->scratch + b_decoder2_hidden1_batchnorm1_coefficients,
      s->parameters->decoder2_hidden1_batchnorm1_gamma,
      s->parameters->decoder2_hidden1_batchnorm1_beta);
}

// decoder2_hidden1_batchnorm1, decoder2_hidden1_relu1 (autoencoder.bn:4), input gradient in x's
// place: x [128], dy [128]
static void k_decoder2_hidden1_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_encoder1_hidden1_batchnorm1, (struct pieces){1, 128, 0},
      s->scratch + b_decoder2_hidden1_batchnorm1_moments,
      s->scratch + b_decoder2_hidden1_batchnorm1_coefficients,
      lanes_at(s, b_decoder2_hidden1_dense1_output),
      lanes_at(s, b_decoder2_hidden1_relu1_output_gradient),
      lanes_at(s, b_decoder2_hidden1_dense1_output_gradient));
}

// decoder2_hidden1_dense1 (autoencoder.bn:4), input gradient: 3 or 2 features of the batch a task
//   dy [128], weight [128, 128], dx [128]
static void k_decoder2_hidden1_dense1_input_gradient(const struct step *s, int task) {
  dense_input_gradient_of_encoder2_hidden1_dense1(s, task,
      lanes_at(s, b_decoder2_hidden1_dense1_output_gradient),
      s->parameters->decoder2_hidden1_dense1_weight,
      lanes_at(s, b_decoder1_hidden1_relu1_output_gradient));
}

// decoder2_hidden1_dense1 (autoencoder.bn:4): its input as rows, x [128], rows [batch][128]
static void k_decoder2_hidden1_dense1_rows_load(const struct step *s, int task) {
  load_rows(task, 128, 128, lanes_at(s, b_decoder1_hidden1_relu1_output),
      lanes_at(s, b_decoder2_hidden1_dense1_rows));
}

// decoder2_hidden1_dense1 (autoencoder.bn:4), weight gradient and step: 3 or 2 outputs a task
//   rows [batch][128], dy [128], dweight [128, 128]
static void k_decoder2_hidden1_dense1_weight_gradient(const struct step *s, int task) {
  dense_weight_gradient_of_encoder2_hidden1_dense1(s, task,
      lanes_at(s, b_decoder2_hidden1_dense1_rows),
      lanes_at(s, b_decoder2_hidden1_dense1_output_gradient),
      s->parameters->decoder2_hidden1_dense1_weight);
}

// decoder1_hidden1_batchnorm1, decoder1_hidden1_relu1 (autoencoder.bn:4): sums of g and of g *
// xhat, x [128], dy [128]
static void k_decoder1_hidden1_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_encoder1_hidden1_batchnorm1, (struct pieces){1, 128, 0},
      s->scratch + b_decoder1_hidden1_batchnorm1_moments,
      s->parameters->decoder1_hidden1_batchnorm1_gamma,
      s->parameters->decoder1_hidden1_batchnorm1_beta,
      lanes_at(s, b_decoder1_hidden1_dense1_output),
      lanes_at(s, b_decoder1_hidden1_relu1_output_gradient),
      pairs_at(s, b_decoder1_hidden1_batchnorm1_partial_sums));
}

// decoder1_hidden1_batchnorm1 (autoencoder.bn:4): gradients of gamma and beta, and step
static void k_decoder1_hidden1_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_encoder1_hidden1_batchnorm1,
      s->scratch + b_decoder1_hidden1_batchnorm1_moments,
      pairs_at(s, b_decoder1_hidden1_batchnorm1_partial_sums),
      s->scratch + b_decoder1_hidden1_batchnorm1_coefficients,
      s->parameters->decoder1_hidden1_batchnorm1_gamma,
      s->parameters->decoder1_hidden1_batchnorm1_beta);
}

// decoder1_hidden1_batchnorm1, decoder1_hidden1_relu1 (autoencoder.bn:4), input gradient in x's
// place: x [128], dy [128]
static void k_decoder1_hidden1_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_encoder1_hidden1_batchnorm1, (struct pieces){1, 128, 0},
      s->scratch + b_decoder1_hidden1_batchnorm1_moments,
      s->scratch + b_decoder1_hidden1_batchnorm1_coefficients,
      lanes_at(s, b_decoder1_hidden1_dense1_output),
      lanes_at(s, b_decoder1_hidden1_relu1_output_gradient),
      lanes_at(s, b_decoder1_hidden1_dense1_output_gradient));
}

// decoder1_hidden1_dense1 (autoencoder.bn:4), input gradient: 3 or 2 features of the batch a task
//   dy [128], weight [128, 8], dx [8]
static void k_decoder1_hidden1_dense1_input_gradient(const struct step *s, int task) {
  dense_input_gradient(s, task, g_decoder1_hidden1_dense1, (struct pieces){3, 2, 2}, 1, 128, 4,
      lanes_at(s, b_decoder1_hidden1_dense1_output_gradient),
      s->parameters->decoder1_hidden1_dense1_weight, lanes_at(s, b_hidden1_relu1_output_gradient));
}

// decoder1_hidden1_dense1 (autoencoder.bn:4): its input as rows, x [8], rows [batch][8]
static void k_decoder1_hidden1_dense1_rows_load(const struct step *s, int task) {
  load_rows(task, 8, 8, lanes_at(s, b_hidden1_relu1_output),
      lanes_at(s, b_decoder1_hidden1_dense1_rows));
}

// decoder1_hidden1_dense1 (autoencoder.bn:4), weight gradient and step: 7 or 6 outputs a task
//   rows [batch][8], dy [128], dweight [128, 8]
static void k_decoder1_hidden1_dense1_weight_gradient(const struct step *s, int task) {
  dense_weight_gradient(s, task, g_decoder1_hidden1_dense1, (struct pieces){19, 6, 14},
      (struct pieces){1, 1, 0}, 1, 8, lanes_at(s, b_decoder1_hidden1_dense1_rows),
      lanes_at(s, b_decoder1_hidden1_dense1_output_gradient),
      s->parameters->decoder1_hidden1_dense1_weight);
}

// hidden1_batchnorm1, hidden1_relu1 (autoencoder.bn:4): sums of g and of g * xhat, x [8], dy [8]
static void k_hidden1_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_hidden1_batchnorm1, (struct pieces){1, 8, 0},
      s->scratch + b_hidden1_batchnorm1_moments, s->parameters->hidden1_batchnorm1_gamma,
      s->parameters->hidden1_batchnorm1_beta, lanes_at(s, b_hidden1_dense1_output),
      lanes_at(s, b_hidden1_relu1_output_gradient), pairs_at(s, b_hidden1_batchnorm1_partial_sums));
}

// hidden1_batchnorm1 (autoencoder.bn:4): gradients of gamma and beta, and step
static void k_hidden1_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_hidden1_batchnorm1,
      s->scratch + b_hidden1_batchnorm1_moments, pairs_at(s, b_hidden1_batchnorm1_partial_sums),
      s->scratch + b_hidden1_batchnorm1_coefficients, s->parameters->hidden1_batchnorm1_gamma,
      s->parameters->hidden1_batchnorm1_beta);
}

// hidden1_batchnorm1, hidden1_relu1 (autoencoder.bn:4), input gradient in x's place: x [8], dy [8]
static void k_hidden1_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_hidden1_batchnorm1, (struct pieces){1, 8, 0},
      s->scratch + b_hidden1_batchnorm1_moments, s->scratch + b_hidden1_batchnorm1_coefficients,
      lanes_at(s, b_hidden1_dense1_output), lanes_at(s, b_hidden1_relu1_output_gradient),
      lanes_at(s, b_hidden1_dense1_output_gradient));
}

// hidden1_dense1 (autoencoder.bn:4), input gradient: 3 or 2 features of the batch a task
//   dy [8], weight [8, 128], dx [128]
static void k_hidden1_dense1_input_gradient(const struct step *s, int task) {
  dense_input_gradient(s, task, g_hidden1_dense1, (struct pieces){43, 2, 42}, 1, 8, 4,
      lanes_at(s, b_hidden1_dense1_output_gradient), s->parameters->hidden1_dense1_weight,
      lanes_at(s, b_encoder4_hidden1_relu1_output_gradient));
}

// hidden1_dense1 (autoencoder.bn:4): its input as rows, x [128], rows [batch][128]
static void k_hidden1_dense1_rows_load(const struct step *s, int task) {
  load_rows(task, 128, 128, lanes_at(s, b_encoder4_hidden1_relu1_output),
      lanes_at(s, b_hidden1_dense1_rows));
}

// hidden1_dense1 (autoencoder.bn:4), weight gradient and step: 3 or 2 outputs a task
//   rows [batch][128], dy [8], dweight [8, 128]
static void k_hidden1_dense1_weight_gradient(const struct step *s, int task) {
  dense_weight_gradient(s, task, g_hidden1_dense1, (struct pieces){3, 2, 2},
      (struct pieces){4, 4, 0}, 2, 128, lanes_at(s, b_hidden1_dense1_rows),
      lanes_at(s, b_hidden1_dense1_output_gradient), s->parameters->hidden1_dense1_weight);
}

// encoder4_hidden1_batchnorm1, encoder4_hidden1_relu1 (autoencoder.bn:4): sums of g and of g *
// xhat, x [128], dy [128]
static void k_encoder4_hidden1_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_encoder1_hidden1_batchnorm1, (struct pieces){1, 128, 0},
      s->scratch + b_encoder4_hidden1_batchnorm1_moments,
      s->parameters->encoder4_hidden1_batchnorm1_gamma,
      s->parameters->encoder4_hidden1_batchnorm1_beta,
      lanes_at(s, b_encoder4_hidden1_dense1_output),
      lanes_at(s, b_encoder4_hidden1_relu1_output_gradient),
      pairs_at(s, b_encoder4_hidden1_batchnorm1_partial_sums));
}

// encoder4_hidden1_batchnorm1 (autoencoder.bn:4): gradients of gamma and beta, and step
static void k_encoder4_hidden1_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_encoder1_hidden1_batchnorm1,
      s->scratch + b_encoder4_hidden1_batchnorm1_moments,
      pairs_at(s, b_encoder4_hidden1_batchnorm1_partial_sums),
      s->scratch + b_encoder4_hidden1_batchnorm1_coefficients,
      s->parameters->encoder4_hidden1_batchnorm1_gamma,
      s->parameters->encoder4_hidden1_batchnorm1_beta);
}

// encoder4_hidden1_batchnorm1, encoder4_hidden1_relu1 (autoencoder.bn:4), input gradient in x's
// place: x [128], dy [128]
static void k_encoder4_hidden1_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_encoder1_hidden1_batchnorm1, (struct pieces){1, 128, 0},
      s->scratch + b_encoder4_hidden1_batchnorm1_moments,
      s->scratch + b_encoder4_hidden1_batchnorm1_coefficients,
      lanes_at(s, b_encoder4_hidden1_dense1_output),
      lanes_at(s, b_encoder4_hidden1_relu1_output_gradient),
      lanes_at(s, b_encoder4_hidden1_dense1_output_gradient));
}

// encoder4_hidden1_dense1 (autoencoder.bn:4), input gradient: 3 or 2 features of the batch a task
//   dy [128], weight [128, 128], dx [128]
static void k_encoder4_hidden1_dense1_input_gradient(const struct step *s, int task) {
  dense_input_gradient_of_encoder2_hidden1_dense1(s, task,
      lanes_at(s, b_encoder4_hidden1_dense1_output_gradient),
      s->parameters->encoder4_hidden1_dense1_weight,
      lanes_at(s, b_encoder3_hidden1_relu1_output_gradient));
}

// encoder4_hidden1_dense1 (autoencoder.bn:4): its input as rows, x [128], rows [batch][128]
static void k_encoder4_hidden1_dense1_rows_load(const struct step *s, int task) {
  load_rows(task, 128, 128, lanes_at(s, b_encoder3_hidden1_relu1_output),
      lanes_at(s, b_encoder4_hidden1_dense1_rows));
}

// encoder4_hidden1_dense1 (autoencoder.bn:4), weight gradient and step: 3 or 2 outputs a task
//   rows [batch][128], dy [128], dweight [128, 128]
static void k_encoder4_hidden1_dense1_weight_gradient(const struct step *s, int task) {
  dense_weight_gradient_of_encoder2_hidden1_dense1(s, task,
      lanes_at(s, b_encoder4_hidden1_dense1_rows),
      lanes_at(s, b_encoder4_hidden1_dense1_output_gradient),
      s->parameters->encoder4_hidden1_dense1_weight);
}

// encoder3_hidden1_batchnorm1, encoder3_hidden1_relu1 (autoencoder.bn:4): sums of g and of g *
// xhat, x [128], dy [128]
static void k_encoder3_hidden1_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_encoder1_hidden1_batchnorm1, (struct pieces){1, 128, 0},
      s->scratch + b_encoder3_hidden1_batchnorm1_moments,
      s->parameters->encoder3_hidden1_batchnorm1_gamma,
      s->parameters->encoder3_hidden1_batchnorm1_beta,
      lanes_at(s, b_encoder3_hidden1_dense1_output),
      lanes_at(s, b_encoder3_hidden1_relu1_output_gradient),
      pairs_at(s, b_encoder3_hidden1_batchnorm1_partial_sums));
}

// encoder3_hidden1_batchnorm1 (autoencoder.bn:4): gradients of gamma and beta, and step
static void k_encoder3_hidden1_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_encoder1_hidden1_batchnorm1,
      s->scratch + b_encoder3_hidden1_batchnorm1_moments,
      pairs_at(s, b_encoder3_hidden1_batchnorm1_partial_sums),
      s->scratch + b_encoder3_hidden1_batchnorm1_coefficients,
      s->parameters->encoder3_hidden1_batchnorm1_gamma,
      s->parameters->encoder3_hidden1_batchnorm1_beta);
}

// encoder3_hidden1_batchnorm1, encoder3_hidden1_relu1 (autoencoder.bn:4), input gradient in x's
// place: x [128], dy [128]
static void k_encoder3_hidden1_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_encoder1_hidden1_batchnorm1, (struct pieces){1, 128, 0},
      s->scratch + b_encoder3_hidden1_batchnorm1_moments,
      s->scratch + b_encoder3_hidden1_batchnorm1_coefficients,
      lanes_at(s, b_encoder3_hidden1_dense1_output),
      lanes_at(s, b_encoder3_hidden1_relu1_output_gradient),
      lanes_at(s, b_encoder3_hidden1_dense1_output_gradient));
}

// encoder3_hidden1_dense1 (autoencoder.bn:4), input gradient: 3 or 2 features of the batch a task
//   dy [128], weight [128, 128], dx [128]
static void k_encoder3_hidden1_dense1_input_gradient(const struct step *s, int task) {
  dense_input_gradient_of_encoder2_hidden1_dense1(s, task,
      lanes_at(s, b_encoder3_hidden1_dense1_output_gradient),
      s->parameters->encoder3_hidden1_dense1_weight,
      lanes_at(s, b_encoder2_hidden1_relu1_output_gradient));
}

// encoder3_hidden1_dense1 (autoencoder.bn:4): its input as rows, x [128], rows [batch][128]
static void k_encoder3_hidden1_dense1_rows_load(const struct step *s, int task) {
  load_rows(task, 128, 128, lanes_at(s, b_encoder2_hidden1_relu1_output),
      lanes_at(s, b_encoder3_hidden1_dense1_rows));
}

// encoder3_hidden1_dense1 (autoencoder.bn:4), weight gradient and step: 3 or 2 outputs a task
//   rows [batch][128], dy [128], dweight [128, 128]
static void k_encoder3_hidden1_dense1_weight_gradient(const struct step *s, int task) {
  dense_weight_gradient_of_encoder2_hidden1_dense1(s, task,
      lanes_at(s, b_encoder3_hidden1_dense1_rows),
      lanes_at(s, b_encoder3_hidden1_dense1_output_gradient),
      s->parameters->encoder3_hidden1_dense1_weight);
}

// encoder2_hidden1_batchnorm1, encoder2_hidden1_relu1 (autoencoder.bn:4): sums of g and of g *
// xhat, x [128], dy [128]
static void k_encoder2_hidden1_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_encoder1_hidden1_batchnorm1, (struct pieces){1, 128, 0},
      s->scratch + b_encoder2_hidden1_batchnorm1_moments,
      s->parameters->encoder2_hidden1_batchnorm1_gamma,
      s->parameters->encoder2_hidden1_batchnorm1_beta,
      lanes_at(s, b_encoder2_hidden1_dense1_output),
      lanes_at(s, b_encoder2_hidden1_relu1_output_gradient),
      pairs_at(s, b_encoder2_hidden1_batchnorm1_partial_sums));
}

// encoder2_hidden1_batchnorm1 (autoencoder.bn:4): gradients of gamma and beta, and step
static void k_encoder2_hidden1_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_encoder1_hidden1_batchnorm1,
      s->scratch + b_encoder2_hidden1_batchnorm1_moments,
      pairs_at(s, b_encoder2_hidden1_batchnorm1_partial_sums),
      s->scratch + b_encoder2_hidden1_batchnorm1_coefficients,
      s->parameters->encoder2_hidden1_batchnorm1_gamma,
      s->parameters->encoder2_hidden1_batchnorm1_beta);
}

// encoder2_hidden1_batchnorm1, encoder2_hidden1_relu1 (autoencoder.bn:4), input gradient in x's
// place: x [128], dy [128]
static void k_encoder2_hidden1_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_encoder1_hidden1_batchnorm1, (struct pieces){1, 128, 0},
      s->scratch + b_encoder2_hidden1_batchnorm1_moments,
      s->scratch + b_encoder2_hidden1_batchnorm1_coefficients,
      lanes_at(s, b_encoder2_hidden1_dense1_output),
      lanes_at(s, b_encoder2_hidden1_relu1_output_gradient),
      lanes_at(s, b_encoder2_hidden1_dense1_output_gradient));
}

// encoder2_hidden1_dense1 (autoencoder.bn:4), input gradient: 3 or 2 features of the batch a task
//   dy [128], weight [128, 128], dx [128]
static void k_encoder2_hidden1_dense1_input_gradient(const struct step *s, int task) {
  dense_input_gradient_of_encoder2_hidden1_dense1(s, task,
      lanes_at(s, b_encoder2_hidden1_dense1_output_gradient),
      s->parameters->encoder2_hidden1_dense1_weight,
      lanes_at(s, b_encoder1_hidden1_relu1_output_gradient));
}

// encoder2_hidden1_dense1 (autoencoder.bn:4): its input as rows, x [128], rows [batch][128]
static void k_encoder2_hidden1_dense1_rows_load(const struct step *s, int task) {
  load_rows(task, 128, 128, lanes_at(s, b_encoder1_hidden1_relu1_output),
      lanes_at(s, b_encoder2_hidden1_dense1_rows));
}

// encoder2_hidden1_dense1 (autoencoder.bn:4), weight gradient and step: 3 or 2 outputs a task
//   rows [batch][128], dy [128], dweight [128, 128]
static void k_encoder2_hidden1_dense1_weight_gradient(const struct step *s, int task) {
  dense_weight_gradient_of_encoder2_hidden1_dense1(s, task,
      lanes_at(s, b_encoder2_hidden1_dense1_rows),
      lanes_at(s, b_encoder2_hidden1_dense1_output_gradient),
      s->parameters->encoder2_hidden1_dense1_weight);
}

// encoder1_hidden1_batchnorm1, encoder1_hidden1_relu1 (autoencoder.bn:4): sums of g and of g *
// xhat, x [128], dy [128]
static void k_encoder1_hidden1_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_encoder1_hidden1_batchnorm1, (struct pieces){1, 128, 0},
      s->scratch + b_encoder1_hidden1_batchnorm1_moments,
      s->parameters->encoder1_hidden1_batchnorm1_gamma,
      s->parameters->encoder1_hidden1_batchnorm1_beta,
      lanes_at(s, b_encoder1_hidden1_dense1_output),
      lanes_at(s, b_encoder1_hidden1_relu1_output_gradient),
      pairs_at(s, b_encoder1_hidden1_batchnorm1_partial_sums));
}

// encoder1_hidden1_batchnorm1 (autoencoder.bn:4): gradients of gamma and beta, and step
static void k_encoder1_hidden1_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_encoder1_hidden1_batchnorm1,
      s->scratch + b_encoder1_hidden1_batchnorm1_moments,
      pairs_at(s, b_encoder1_hidden1_batchnorm1_partial_sums),
      s->scratch + b_encoder1_hidden1_batchnorm1_coefficients,
      s->parameters->encoder1_hidden1_batchnorm1_gamma,
      s->parameters->encoder1_hidden1_batchnorm1_beta);
}

// encoder1_hidden1_batchnorm1, encoder1_hidden1_relu1 (autoencoder.bn:4), input gradient in x's
// place: x [128], dy [128]
static void k_encoder1_hidden1_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_encoder1_hidden1_batchnorm1, (struct pieces){1, 128, 0},
      s->scratch + b_encoder1_hidden1_batchnorm1_moments,
      s->scratch + b_encoder1_hidden1_batchnorm1_coefficients,
      lanes_at(s, b_encoder1_hidden1_dense1_output),
      lanes_at(s, b_encoder1_hidden1_relu1_output_gradient),
      lanes_at(s, b_encoder1_hidden1_dense1_output_gradient));
}

// encoder1_hidden1_dense1 (autoencoder.bn:4), weight gradient and step: 3 or 2 outputs a task
//   rows [batch][640], dy [128], dweight [128, 640]
static void k_encoder1_hidden1_dense1_weight_gradient(const struct step *s, int task) {
  dense_weight_gradient(s, task, g_encoder1_hidden1_dense1, (struct pieces){43, 2, 42},
      (struct pieces){20, 4, 0}, 2, 640, lanes_at(s, b_frames_rows),
      lanes_at(s, b_encoder1_hidden1_dense1_output_gradient),
      s->parameters->encoder1_hidden1_dense1_weight);
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

// encoder1_hidden1_batchnorm1 (autoencoder.bn:4): the running statistics move
static void k_encoder1_hidden1_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_encoder1_hidden1_batchnorm1, (real)0.99,
      s->scratch + b_encoder1_hidden1_batchnorm1_moments,
      s->state->encoder1_hidden1_batchnorm1_running_mean,
      s->state->encoder1_hidden1_batchnorm1_running_variance);
}

// encoder2_hidden1_batchnorm1 (autoencoder.bn:4): the running statistics move
static void k_encoder2_hidden1_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_encoder1_hidden1_batchnorm1, (real)0.99,
      s->scratch + b_encoder2_hidden1_batchnorm1_moments,
      s->state->encoder2_hidden1_batchnorm1_running_mean,
      s->state->encoder2_hidden1_batchnorm1_running_variance);
}

// encoder3_hidden1_batchnorm1 (autoencoder.bn:4): the running statistics move
static void k_encoder3_hidden1_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_encoder1_hidden1_batchnorm1, (real)0.99,
      s->scratch + b_encoder3_hidden1_batchnorm1_moments,
      s->state->encoder3_hidden1_batchnorm1_running_mean,
      s->state->encoder3_hidden1_batchnorm1_running_variance);
}

// encoder4_hidden1_batchnorm1 (autoencoder.bn:4): the running statistics move
static void k_encoder4_hidden1_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_encoder1_hidden1_batchnorm1, (real)0.99,
      s->scratch + b_encoder4_hidden1_batchnorm1_moments,
      s->state->encoder4_hidden1_batchnorm1_running_mean,
      s->state->encoder4_hidden1_batchnorm1_running_variance);
}

// hidden1_batchnorm1 (autoencoder.bn:4): the running statistics move
static void k_hidden1_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_hidden1_batchnorm1, (real)0.99,
      s->scratch + b_hidden1_batchnorm1_moments, s->state->hidden1_batchnorm1_running_mean,
      s->state->hidden1_batchnorm1_running_variance);
}

// decoder1_hidden1_batchnorm1 (autoencoder.bn:4): the running statistics move
static void k_decoder1_hidden1_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_encoder1_hidden1_batchnorm1, (real)0.99,
      s->scratch + b_decoder1_hidden1_batchnorm1_moments,
      s->state->decoder1_hidden1_batchnorm1_running_mean,
      s->state->decoder1_hidden1_batchnorm1_running_variance);
}

// decoder2_hidden1_batchnorm1 (autoencoder.bn:4): the running statistics move
static void k_decoder2_hidden1_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_encoder1_hidden1_batchnorm1, (real)0.99,
      s->scratch + b_decoder2_hidden1_batchnorm1_moments,
      s->state->decoder2_hidden1_batchnorm1_running_mean,
      s->state->decoder2_hidden1_batchnorm1_running_variance);
}

// decoder3_hidden1_batchnorm1 (autoencoder.bn:4): the running statistics move
static void k_decoder3_hidden1_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_encoder1_hidden1_batchnorm1, (real)0.99,
      s->scratch + b_decoder3_hidden1_batchnorm1_moments,
      s->state->decoder3_hidden1_batchnorm1_running_mean,
      s->state->decoder3_hidden1_batchnorm1_running_variance);
}

// decoder4_hidden1_batchnorm1 (autoencoder.bn:4): the running statistics move
static void k_decoder4_hidden1_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_encoder1_hidden1_batchnorm1, (real)0.99,
      s->scratch + b_decoder4_hidden1_batchnorm1_moments,
      s->state->decoder4_hidden1_batchnorm1_running_mean,
      s->state->decoder4_hidden1_batchnorm1_running_variance);
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
    { k_frames_load, .tasks = 1, .when = APART },
    { k_encoder1_hidden1_dense1_forward_loading, .tasks = 43, .group = 4,
        .results = {{0, b_encoder1_hidden1_dense1_output, 128}} },
    { k_encoder1_hidden1_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_encoder1_hidden1_batchnorm1_forward, .tasks = 1,
        .results = {{1, b_encoder1_hidden1_relu1_output, 128}} },
    { k_encoder2_hidden1_dense1_forward, .tasks = 43, .group = 4,
        .results = {{3, b_encoder2_hidden1_dense1_output, 128}} },
    { k_encoder2_hidden1_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_encoder2_hidden1_batchnorm1_forward, .tasks = 1,
        .results = {{4, b_encoder2_hidden1_relu1_output, 128}} },
    { k_encoder3_hidden1_dense1_forward, .tasks = 43, .group = 4,
        .results = {{6, b_encoder3_hidden1_dense1_output, 128}} },
    { k_encoder3_hidden1_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_encoder3_hidden1_batchnorm1_forward, .tasks = 1,
        .results = {{7, b_encoder3_hidden1_relu1_output, 128}} },
    { k_encoder4_hidden1_dense1_forward, .tasks = 43, .group = 4,
        .results = {{9, b_encoder4_hidden1_dense1_output, 128}} },
    { k_encoder4_hidden1_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_encoder4_hidden1_batchnorm1_forward, .tasks = 1,
        .results = {{10, b_encoder4_hidden1_relu1_output, 128}} },
    { k_hidden1_dense1_forward, .tasks = 3, .group = 4,
        .results = {{12, b_hidden1_dense1_output, 8}} },
    { k_hidden1_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_hidden1_batchnorm1_forward, .tasks = 1, .results = {{13, b_hidden1_relu1_output, 8}} },
    { k_decoder1_hidden1_dense1_forward, .tasks = 43, .group = 4,
        .results = {{15, b_decoder1_hidden1_dense1_output, 128}} },
    { k_decoder1_hidden1_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_decoder1_hidden1_batchnorm1_forward, .tasks = 1,
        .results = {{16, b_decoder1_hidden1_relu1_output, 128}} },
    { k_decoder2_hidden1_dense1_forward, .tasks = 43, .group = 4,
        .results = {{18, b_decoder2_hidden1_dense1_output, 128}} },
    { k_decoder2_hidden1_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_decoder2_hidden1_batchnorm1_forward, .tasks = 1,
        .results = {{19, b_decoder2_hidden1_relu1_output, 128}} },
    { k_decoder3_hidden1_dense1_forward, .tasks = 43, .group = 4,
        .results = {{21, b_decoder3_hidden1_dense1_output, 128}} },
    { k_decoder3_hidden1_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_decoder3_hidden1_batchnorm1_forward, .tasks = 1,
        .results = {{22, b_decoder3_hidden1_relu1_output, 128}} },
    { k_decoder4_hidden1_dense1_forward, .tasks = 43, .group = 4,
        .results = {{24, b_decoder4_hidden1_dense1_output, 128}} },
    { k_decoder4_hidden1_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_decoder4_hidden1_batchnorm1_forward, .tasks = 1,
        .results = {{25, b_decoder4_hidden1_relu1_output, 128}} },
    { k_dense1_forward, .tasks = 214, .group = 4, .results = {{27, b_dense1_output, 640}} },

    { k_loss_mean_squared_error, .tasks = 1 },

    { k_dense1_input_gradient, .tasks = 2, .whole = 1 },
    { k_dense1_rows_load, .tasks = 1 },
    { k_dense1_weight_gradient, .tasks = 428, .whole = 1 },
    { k_dense1_bias_gradient, .tasks = 640, .whole = 1 },
    { k_decoder4_hidden1_batchnorm1_sums, .tasks = 1 },
    { k_decoder4_hidden1_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_decoder4_hidden1_batchnorm1_backward, .tasks = 1 },
    { k_decoder4_hidden1_dense1_input_gradient, .tasks = 43, .whole = 1 },
    { k_decoder4_hidden1_dense1_rows_load, .tasks = 1 },
    { k_decoder4_hidden1_dense1_weight_gradient, .tasks = 86, .whole = 1 },
    { k_decoder3_hidden1_batchnorm1_sums, .tasks = 1 },
    { k_decoder3_hidden1_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_decoder3_hidden1_batchnorm1_backward, .tasks = 1 },
    { k_decoder3_hidden1_dense1_input_gradient, .tasks = 43, .whole = 1 },
    { k_decoder3_hidden1_dense1_rows_load, .tasks = 1 },
    { k_decoder3_hidden1_dense1_weight_gradient, .tasks = 86, .whole = 1 },
    { k_decoder2_hidden1_batchnorm1_sums, .tasks = 1 },
    { k_decoder2_hidden1_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_decoder2_hidden1_batchnorm1_backward, .tasks = 1 },
    { k_decoder2_hidden1_dense1_input_gradient, .tasks = 43, .whole = 1 },
    { k_decoder2_hidden1_dense1_rows_load, .tasks = 1 },
    { k_decoder2_hidden1_dense1_weight_gradient, .tasks = 86, .whole = 1 },
    { k_decoder1_hidden1_batchnorm1_sums, .tasks = 1 },
    { k_decoder1_hidden1_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_decoder1_hidden1_batchnorm1_backward, .tasks = 1 },
    { k_decoder1_hidden1_dense1_input_gradient, .tasks = 3, .whole = 1 },
    { k_decoder1_hidden1_dense1_rows_load, .tasks = 1 },
    { k_decoder1_hidden1_dense1_weight_gradient, .tasks = 19, .whole = 1 },
    { k_hidden1_batchnorm1_sums, .tasks = 1 },
    { k_hidden1_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_hidden1_batchnorm1_backward, .tasks = 1 },
    { k_hidden1_dense1_input_gradient, .tasks = 43, .whole = 1 },
    { k_hidden1_dense1_rows_load, .tasks = 1 },
    { k_hidden1_dense1_weight_gradient, .tasks = 6, .whole = 1 },
    { k_encoder4_hidden1_batchnorm1_sums, .tasks = 1 },
    { k_encoder4_hidden1_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_encoder4_hidden1_batchnorm1_backward, .tasks = 1 },
    { k_encoder4_hidden1_dense1_input_gradient, .tasks = 43, .whole = 1 },
    { k_encoder4_hidden1_dense1_rows_load, .tasks = 1 },
    { k_encoder4_hidden1_dense1_weight_gradient, .tasks = 86, .whole = 1 },
    { k_encoder3_hidden1_batchnorm1_sums, .tasks = 1 },
    { k_encoder3_hidden1_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_encoder3_hidden1_batchnorm1_backward, .tasks = 1 },
    { k_encoder3_hidden1_dense1_input_gradient, .tasks = 43, .whole = 1 },
    { k_encoder3_hidden1_dense1_rows_load, .tasks = 1 },
    { k_encoder3_hidden1_dense1_weight_gradient, .tasks = 86, .whole = 1 },
    { k_encoder2_hidden1_batchnorm1_sums, .tasks = 1 },
    { k_encoder2_hidden1_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_encoder2_hidden1_batchnorm1_backward, .tasks = 1 },
    { k_encoder2_hidden1_dense1_input_gradient, .tasks = 43, .whole = 1 },
    { k_encoder2_hidden1_dense1_rows_load, .tasks = 1 },
    { k_encoder2_hidden1_dense1_weight_gradient, .tasks = 86, .whole = 1 },
    { k_encoder1_hidden1_batchnorm1_sums, .tasks = 1 },
    { k_encoder1_hidden1_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_encoder1_hidden1_batchnorm1_backward, .tasks = 1 },
    { k_encoder1_hidden1_dense1_weight_gradient, .tasks = 430, .whole = 1 },
    { k_encoder1_hidden1_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_encoder2_hidden1_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_encoder3_hidden1_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_encoder4_hidden1_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_hidden1_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_decoder1_hidden1_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_decoder2_hidden1_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_decoder3_hidden1_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_decoder4_hidden1_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
};
enum { FORWARD = 29, LOSS = 30, KERNELS = sizeof schedule / sizeof schedule[0] };

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
      .slots = regions->slots,
      .input = input,
      .host = host,
      .batch = batch,
      .count = batch->count,
      .blocks = (batch->count + LANES - 1) / LANES,
  };
  if (needs_target && !has_target(s)) return BNC_BAD_ARGUMENT;
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
  if (outputs && !write_output(s, lanes_at(s, b_dense1_output), 640, outputs[0])) finite = 0;
  return finite;
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
    PARAMETER(encoder1_hidden1_dense1_weight, "encoder1_hidden1_dense1.weight", 0, WEIGHT, UNIFORM,
        -0.08838834764831845, 0.08838834764831845, 2, 128, 640),
    PARAMETER(encoder1_hidden1_dense1_bias, "encoder1_hidden1_dense1.bias", 0, BIAS, CONSTANT, 0.0,
        0.0, 1, 128),
    PARAMETER(encoder1_hidden1_batchnorm1_gamma, "encoder1_hidden1_batchnorm1.gamma", 1, GAMMA,
        CONSTANT, 1.0, 0.0, 1, 128),
    PARAMETER(encoder1_hidden1_batchnorm1_beta, "encoder1_hidden1_batchnorm1.beta", 1, BETA,
        CONSTANT, 0.0, 0.0, 1, 128),
    STATE(encoder1_hidden1_batchnorm1_running_mean, "encoder1_hidden1_batchnorm1.running_mean", 1,
        RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 128),
    STATE(encoder1_hidden1_batchnorm1_running_variance,
        "encoder1_hidden1_batchnorm1.running_variance", 1, RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1,
        128),
    PARAMETER(encoder2_hidden1_dense1_weight, "encoder2_hidden1_dense1.weight", 3, WEIGHT, UNIFORM,
        -0.15309310892394862, 0.15309310892394862, 2, 128, 128),
    PARAMETER(encoder2_hidden1_dense1_bias, "encoder2_hidden1_dense1.bias", 3, BIAS, CONSTANT, 0.0,
        0.0, 1, 128),
    PARAMETER(encoder2_hidden1_batchnorm1_gamma, "encoder2_hidden1_batchnorm1.gamma", 4, GAMMA,
        CONSTANT, 1.0, 0.0, 1, 128),
    PARAMETER(encoder2_hidden1_batchnorm1_beta, "encoder2_hidden1_batchnorm1.beta", 4, BETA,
        CONSTANT, 0.0, 0.0, 1, 128),
    STATE(encoder2_hidden1_batchnorm1_running_mean, "encoder2_hidden1_batchnorm1.running_mean", 4,
        RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 128),
    STATE(encoder2_hidden1_batchnorm1_running_variance,
        "encoder2_hidden1_batchnorm1.running_variance", 4, RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1,
        128),
    PARAMETER(encoder3_hidden1_dense1_weight, "encoder3_hidden1_dense1.weight", 6, WEIGHT, UNIFORM,
        -0.15309310892394862, 0.15309310892394862, 2, 128, 128),
    PARAMETER(encoder3_hidden1_dense1_bias, "encoder3_hidden1_dense1.bias", 6, BIAS, CONSTANT, 0.0,
        0.0, 1, 128),
    PARAMETER(encoder3_hidden1_batchnorm1_gamma, "encoder3_hidden1_batchnorm1.gamma", 7, GAMMA,
        CONSTANT, 1.0, 0.0, 1, 128),
    PARAMETER(encoder3_hidden1_batchnorm1_beta, "encoder3_hidden1_batchnorm1.beta", 7, BETA,
        CONSTANT, 0.0, 0.0, 1, 128),
    STATE(encoder3_hidden1_batchnorm1_running_mean, "encoder3_hidden1_batchnorm1.running_mean", 7,
        RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 128),
    STATE(encoder3_hidden1_batchnorm1_running_variance,
        "encoder3_hidden1_batchnorm1.running_variance", 7, RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1,
        128),
    PARAMETER(encoder4_hidden1_dense1_weight, "encoder4_hidden1_dense1.weight", 9, WEIGHT, UNIFORM,
        -0.15309310892394862, 0.15309310892394862, 2, 128, 128),
    PARAMETER(encoder4_hidden1_dense1_bias, "encoder4_hidden1_dense1.bias", 9, BIAS, CONSTANT, 0.0,
        0.0, 1, 128),
    PARAMETER(encoder4_hidden1_batchnorm1_gamma, "encoder4_hidden1_batchnorm1.gamma", 10, GAMMA,
        CONSTANT, 1.0, 0.0, 1, 128),
    PARAMETER(encoder4_hidden1_batchnorm1_beta, "encoder4_hidden1_batchnorm1.beta", 10, BETA,
        CONSTANT, 0.0, 0.0, 1, 128),
    STATE(encoder4_hidden1_batchnorm1_running_mean, "encoder4_hidden1_batchnorm1.running_mean", 10,
        RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 128),
    STATE(encoder4_hidden1_batchnorm1_running_variance,
        "encoder4_hidden1_batchnorm1.running_variance", 10, RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1,
        128),
    PARAMETER(hidden1_dense1_weight, "hidden1_dense1.weight", 12, WEIGHT, UNIFORM,
        -0.21004201260420147, 0.21004201260420147, 2, 8, 128),
    PARAMETER(hidden1_dense1_bias, "hidden1_dense1.bias", 12, BIAS, CONSTANT, 0.0, 0.0, 1, 8),
    PARAMETER(hidden1_batchnorm1_gamma, "hidden1_batchnorm1.gamma", 13, GAMMA, CONSTANT, 1.0, 0.0,
        1, 8),
    PARAMETER(hidden1_batchnorm1_beta, "hidden1_batchnorm1.beta", 13, BETA, CONSTANT, 0.0, 0.0, 1,
        8),
    STATE(hidden1_batchnorm1_running_mean, "hidden1_batchnorm1.running_mean", 13, RUNNING_MEAN,
        CONSTANT, 0.0, 0.0, 1, 8),
    STATE(hidden1_batchnorm1_running_variance, "hidden1_batchnorm1.running_variance", 13,
        RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1, 8),
    PARAMETER(decoder1_hidden1_dense1_weight, "decoder1_hidden1_dense1.weight", 15, WEIGHT, UNIFORM,
        -0.21004201260420147, 0.21004201260420147, 2, 128, 8),
    PARAMETER(decoder1_hidden1_dense1_bias, "decoder1_hidden1_dense1.bias", 15, BIAS, CONSTANT, 0.0,
        0.0, 1, 128),
    PARAMETER(decoder1_hidden1_batchnorm1_gamma, "decoder1_hidden1_batchnorm1.gamma", 16, GAMMA,
        CONSTANT, 1.0, 0.0, 1, 128),
    PARAMETER(decoder1_hidden1_batchnorm1_beta, "decoder1_hidden1_batchnorm1.beta", 16, BETA,
        CONSTANT, 0.0, 0.0, 1, 128),
    STATE(decoder1_hidden1_batchnorm1_running_mean, "decoder1_hidden1_batchnorm1.running_mean", 16,
        RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 128),
    STATE(decoder1_hidden1_batchnorm1_running_variance,
        "decoder1_hidden1_batchnorm1.running_variance", 16, RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1,
        128),
    PARAMETER(decoder2_hidden1_dense1_weight, "decoder2_hidden1_dense1.weight", 18, WEIGHT, UNIFORM,
        -0.15309310892394862, 0.15309310892394862, 2, 128, 128),
    PARAMETER(decoder2_hidden1_dense1_bias, "decoder2_hidden1_dense1.bias", 18, BIAS, CONSTANT, 0.0,
        0.0, 1, 128),
    PARAMETER(decoder2_hidden1_batchnorm1_gamma, "decoder2_hidden1_batchnorm1.gamma", 19, GAMMA,
        CONSTANT, 1.0, 0.0, 1, 128),
    PARAMETER(decoder2_hidden1_batchnorm1_beta, "decoder2_hidden1_batchnorm1.beta", 19, BETA,
        CONSTANT, 0.0, 0.0, 1, 128),
    STATE(decoder2_hidden1_batchnorm1_running_mean, "decoder2_hidden1_batchnorm1.running_mean", 19,
        RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 128),
    STATE(decoder2_hidden1_batchnorm1_running_variance,
        "decoder2_hidden1_batchnorm1.running_variance", 19, RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1,
        128),
    PARAMETER(decoder3_hidden1_dense1_weight, "decoder3_hidden1_dense1.weight", 21, WEIGHT, UNIFORM,
        -0.15309310892394862, 0.15309310892394862, 2, 128, 128),
    PARAMETER(decoder3_hidden1_dense1_bias, "decoder3_hidden1_dense1.bias", 21, BIAS, CONSTANT, 0.0,
        0.0, 1, 128),
    PARAMETER(decoder3_hidden1_batchnorm1_gamma, "decoder3_hidden1_batchnorm1.gamma", 22, GAMMA,
        CONSTANT, 1.0, 0.0, 1, 128),
    PARAMETER(decoder3_hidden1_batchnorm1_beta, "decoder3_hidden1_batchnorm1.beta", 22, BETA,
        CONSTANT, 0.0, 0.0, 1, 128),
    STATE(decoder3_hidden1_batchnorm1_running_mean, "decoder3_hidden1_batchnorm1.running_mean", 22,
        RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 128),
    STATE(decoder3_hidden1_batchnorm1_running_variance,
        "decoder3_hidden1_batchnorm1.running_variance", 22, RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1,
        128),
    PARAMETER(decoder4_hidden1_dense1_weight, "decoder4_hidden1_dense1.weight", 24, WEIGHT, UNIFORM,
        -0.15309310892394862, 0.15309310892394862, 2, 128, 128),
    PARAMETER(decoder4_hidden1_dense1_bias, "decoder4_hidden1_dense1.bias", 24, BIAS, CONSTANT, 0.0,
        0.0, 1, 128),
    PARAMETER(decoder4_hidden1_batchnorm1_gamma, "decoder4_hidden1_batchnorm1.gamma", 25, GAMMA,
        CONSTANT, 1.0, 0.0, 1, 128),
    PARAMETER(decoder4_hidden1_batchnorm1_beta, "decoder4_hidden1_batchnorm1.beta", 25, BETA,
        CONSTANT, 0.0, 0.0, 1, 128),
    STATE(decoder4_hidden1_batchnorm1_running_mean, "decoder4_hidden1_batchnorm1.running_mean", 25,
        RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 128),
    STATE(decoder4_hidden1_batchnorm1_running_variance,
        "decoder4_hidden1_batchnorm1.running_variance", 25, RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1,
        128),
    PARAMETER(dense1_weight, "dense1.weight", 27, WEIGHT, UNIFORM, -0.08838834764831845,
        0.08838834764831845, 2, 640, 128),
    PARAMETER(dense1_bias, "dense1.bias", 27, BIAS, CONSTANT, 0.0, 0.0, 1, 640),
    SLOT(encoder1_hidden1_dense1_weight, "mean.encoder1_hidden1_dense1.weight", 0, SLOT, 0, 0.0, 2,
        128, 640),
    SLOT(encoder1_hidden1_batchnorm1_gamma, "mean.encoder1_hidden1_batchnorm1.gamma", 1, SLOT, 0,
        0.0, 1, 128),
    SLOT(encoder1_hidden1_batchnorm1_beta, "mean.encoder1_hidden1_batchnorm1.beta", 1, SLOT, 0, 0.0,
        1, 128),
    SLOT(encoder2_hidden1_dense1_weight, "mean.encoder2_hidden1_dense1.weight", 3, SLOT, 0, 0.0, 2,
        128, 128),
    SLOT(encoder2_hidden1_batchnorm1_gamma, "mean.encoder2_hidden1_batchnorm1.gamma", 4, SLOT, 0,
        0.0, 1, 128),
    SLOT(encoder2_hidden1_batchnorm1_beta, "mean.encoder2_hidden1_batchnorm1.beta", 4, SLOT, 0, 0.0,
        1, 128),
    SLOT(encoder3_hidden1_dense1_weight, "mean.encoder3_hidden1_dense1.weight", 6, SLOT, 0, 0.0, 2,
        128, 128),
    SLOT(encoder3_hidden1_batchnorm1_gamma, "mean.encoder3_hidden1_batchnorm1.gamma", 7, SLOT, 0,
        0.0, 1, 128),
    SLOT(encoder3_hidden1_batchnorm1_beta, "mean.encoder3_hidden1_batchnorm1.beta", 7, SLOT, 0, 0.0,
        1, 128),
    SLOT(encoder4_hidden1_dense1_weight, "mean.encoder4_hidden1_dense1.weight", 9, SLOT, 0, 0.0, 2,
        128, 128),
    SLOT(encoder4_hidden1_batchnorm1_gamma, "mean.encoder4_hidden1_batchnorm1.gamma", 10, SLOT, 0,
        0.0, 1, 128),
    SLOT(encoder4_hidden1_batchnorm1_beta, "mean.encoder4_hidden1_batchnorm1.beta", 10, SLOT, 0,
        0.0, 1, 128),
    SLOT(hidden1_dense1_weight, "mean.hidden1_dense1.weight", 12, SLOT, 0, 0.0, 2, 8, 128),
    SLOT(hidden1_batchnorm1_gamma, "mean.hidden1_batchnorm1.gamma", 13, SLOT, 0, 0.0, 1, 8),
    SLOT(hidden1_batchnorm1_beta, "mean.hidden1_batchnorm1.beta", 13, SLOT, 0, 0.0, 1, 8),
    SLOT(decoder1_hidden1_dense1_weight, "mean.decoder1_hidden1_dense1.weight", 15, SLOT, 0, 0.0, 2,
        128, 8),
    SLOT(decoder1_hidden1_batchnorm1_gamma, "mean.decoder1_hidden1_batchnorm1.gamma", 16, SLOT, 0,
        0.0, 1, 128),
    SLOT(decoder1_hidden1_batchnorm1_beta, "mean.decoder1_hidden1_batchnorm1.beta", 16, SLOT, 0,
        0.0, 1, 128),
    SLOT(decoder2_hidden1_dense1_weight, "mean.decoder2_hidden1_dense1.weight", 18, SLOT, 0, 0.0, 2,
        128, 128),
    SLOT(decoder2_hidden1_batchnorm1_gamma, "mean.decoder2_hidden1_batchnorm1.gamma", 19, SLOT, 0,
        0.0, 1, 128),
    SLOT(decoder2_hidden1_batchnorm1_beta, "mean.decoder2_hidden1_batchnorm1.beta", 19, SLOT, 0,
        0.0, 1, 128),
    SLOT(decoder3_hidden1_dense1_weight, "mean.decoder3_hidden1_dense1.weight", 21, SLOT, 0, 0.0, 2,
        128, 128),
    SLOT(decoder3_hidden1_batchnorm1_gamma, "mean.decoder3_hidden1_batchnorm1.gamma", 22, SLOT, 0,
        0.0, 1, 128),
    SLOT(decoder3_hidden1_batchnorm1_beta, "mean.decoder3_hidden1_batchnorm1.beta", 22, SLOT, 0,
        0.0, 1, 128),
    SLOT(decoder4_hidden1_dense1_weight, "mean.decoder4_hidden1_dense1.weight", 24, SLOT, 0, 0.0, 2,
        128, 128),
    SLOT(decoder4_hidden1_batchnorm1_gamma, "mean.decoder4_hidden1_batchnorm1.gamma", 25, SLOT, 0,
        0.0, 1, 128),
    SLOT(decoder4_hidden1_batchnorm1_beta, "mean.decoder4_hidden1_batchnorm1.beta", 25, SLOT, 0,
        0.0, 1, 128),
    SLOT(dense1_weight, "mean.dense1.weight", 27, SLOT, 0, 0.0, 2, 640, 128),
    SLOT(dense1_bias, "mean.dense1.bias", 27, SLOT, 0, 0.0, 1, 640),
    SLOT(encoder1_hidden1_dense1_weight, "square.encoder1_hidden1_dense1.weight", 0, SLOT, 1, 0.0,
        2, 128, 640),
    SLOT(encoder1_hidden1_batchnorm1_gamma, "square.encoder1_hidden1_batchnorm1.gamma", 1, SLOT, 1,
        0.0, 1, 128),
    SLOT(encoder1_hidden1_batchnorm1_beta, "square.encoder1_hidden1_batchnorm1.beta", 1, SLOT, 1,
        0.0, 1, 128),
    SLOT(encoder2_hidden1_dense1_weight, "square.encoder2_hidden1_dense1.weight", 3, SLOT, 1, 0.0,
        2, 128, 128),
    SLOT(encoder2_hidden1_batchnorm1_gamma, "square.encoder2_hidden1_batchnorm1.gamma", 4, SLOT, 1,
        0.0, 1, 128),
    SLOT(encoder2_hidden1_batchnorm1_beta, "square.encoder2_hidden1_batchnorm1.beta", 4, SLOT, 1,
        0.0, 1, 128),
    SLOT(encoder3_hidden1_dense1_weight, "square.encoder3_hidden1_dense1.weight", 6, SLOT, 1, 0.0,
        2, 128, 128),
    SLOT(encoder3_hidden1_batchnorm1_gamma, "square.encoder3_hidden1_batchnorm1.gamma", 7, SLOT, 1,
        0.0, 1, 128),
    SLOT(encoder3_hidden1_batchnorm1_beta, "square.encoder3_hidden1_batchnorm1.beta", 7, SLOT, 1,
        0.0, 1, 128),
    SLOT(encoder4_hidden1_dense1_weight, "square.encoder4_hidden1_dense1.weight", 9, SLOT, 1, 0.0,
        2, 128, 128),
    SLOT(encoder4_hidden1_batchnorm1_gamma, "square.encoder4_hidden1_batchnorm1.gamma", 10, SLOT, 1,
        0.0, 1, 128),
    SLOT(encoder4_hidden1_batchnorm1_beta, "square.encoder4_hidden1_batchnorm1.beta", 10, SLOT, 1,
        0.0, 1, 128),
    SLOT(hidden1_dense1_weight, "square.hidden1_dense1.weight", 12, SLOT, 1, 0.0, 2, 8, 128),
    SLOT(hidden1_batchnorm1_gamma, "square.hidden1_batchnorm1.gamma", 13, SLOT, 1, 0.0, 1, 8),
    SLOT(hidden1_batchnorm1_beta, "square.hidden1_batchnorm1.beta", 13, SLOT, 1, 0.0, 1, 8),
    SLOT(decoder1_hidden1_dense1_weight, "square.decoder1_hidden1_dense1.weight", 15, SLOT, 1, 0.0,
        2, 128, 8),
    SLOT(decoder1_hidden1_batchnorm1_gamma, "square.decoder1_hidden1_batchnorm1.gamma", 16, SLOT, 1,
        0.0, 1, 128),
    SLOT(decoder1_hidden1_batchnorm1_beta, "square.decoder1_hidden1_batchnorm1.beta", 16, SLOT, 1,
        0.0, 1, 128),
    SLOT(decoder2_hidden1_dense1_weight, "square.decoder2_hidden1_dense1.weight", 18, SLOT, 1, 0.0,
        2, 128, 128),
    SLOT(decoder2_hidden1_batchnorm1_gamma, "square.decoder2_hidden1_batchnorm1.gamma", 19, SLOT, 1,
        0.0, 1, 128),
    SLOT(decoder2_hidden1_batchnorm1_beta, "square.decoder2_hidden1_batchnorm1.beta", 19, SLOT, 1,
        0.0, 1, 128),
    SLOT(decoder3_hidden1_dense1_weight, "square.decoder3_hidden1_dense1.weight", 21, SLOT, 1, 0.0,
        2, 128, 128),
    SLOT(decoder3_hidden1_batchnorm1_gamma, "square.decoder3_hidden1_batchnorm1.gamma", 22, SLOT, 1,
        0.0, 1, 128),
    SLOT(decoder3_hidden1_batchnorm1_beta, "square.decoder3_hidden1_batchnorm1.beta", 22, SLOT, 1,
        0.0, 1, 128),
    SLOT(decoder4_hidden1_dense1_weight, "square.decoder4_hidden1_dense1.weight", 24, SLOT, 1, 0.0,
        2, 128, 128),
    SLOT(decoder4_hidden1_batchnorm1_gamma, "square.decoder4_hidden1_batchnorm1.gamma", 25, SLOT, 1,
        0.0, 1, 128),
    SLOT(decoder4_hidden1_batchnorm1_beta, "square.decoder4_hidden1_batchnorm1.beta", 25, SLOT, 1,
        0.0, 1, 128),
    SLOT(dense1_weight, "square.dense1.weight", 27, SLOT, 1, 0.0, 2, 640, 128),
    SLOT(dense1_bias, "square.dense1.bias", 27, SLOT, 1, 0.0, 1, 640),
};

static const char *const layers[] = {
    "encoder1_hidden1_dense1", "encoder1_hidden1_batchnorm1", "encoder1_hidden1_relu1",
    "encoder2_hidden1_dense1", "encoder2_hidden1_batchnorm1", "encoder2_hidden1_relu1",
    "encoder3_hidden1_dense1", "encoder3_hidden1_batchnorm1", "encoder3_hidden1_relu1",
    "encoder4_hidden1_dense1", "encoder4_hidden1_batchnorm1", "encoder4_hidden1_relu1",
    "hidden1_dense1", "hidden1_batchnorm1", "hidden1_relu1", "decoder1_hidden1_dense1",
    "decoder1_hidden1_batchnorm1", "decoder1_hidden1_relu1", "decoder2_hidden1_dense1",
    "decoder2_hidden1_batchnorm1", "decoder2_hidden1_relu1", "decoder3_hidden1_dense1",
    "decoder3_hidden1_batchnorm1", "decoder3_hidden1_relu1", "decoder4_hidden1_dense1",
    "decoder4_hidden1_batchnorm1", "decoder4_hidden1_relu1", "dense1", 0,
};

// Multiplications and additions, and bytes read and written at least, for a full batch.
static const bnc_kernel kernels[] = {
    {"frames_load", -1, 0, 327680.0, 2621440.0},
    {"encoder1_hidden1_dense1_forward", 0, 0, 83886080.0, 1999360.0},
    {"encoder1_hidden1_batchnorm1_moments_merge", 1, 0, 0.0, 100864.0},
    {"encoder1_hidden1_batchnorm1_forward", 1, 0, 196608.0, 526848.0},
    {"encoder2_hidden1_dense1_forward", 3, 0, 16777216.0, 688640.0},
    {"encoder2_hidden1_batchnorm1_moments_merge", 4, 0, 0.0, 100864.0},
    {"encoder2_hidden1_batchnorm1_forward", 4, 0, 196608.0, 526848.0},
    {"encoder3_hidden1_dense1_forward", 6, 0, 16777216.0, 688640.0},
    {"encoder3_hidden1_batchnorm1_moments_merge", 7, 0, 0.0, 100864.0},
    {"encoder3_hidden1_batchnorm1_forward", 7, 0, 196608.0, 526848.0},
    {"encoder4_hidden1_dense1_forward", 9, 0, 16777216.0, 688640.0},
    {"encoder4_hidden1_batchnorm1_moments_merge", 10, 0, 0.0, 100864.0},
    {"encoder4_hidden1_batchnorm1_forward", 10, 0, 196608.0, 526848.0},
    {"hidden1_dense1_forward", 12, 0, 1048576.0, 288800.0},
    {"hidden1_batchnorm1_moments_merge", 13, 0, 0.0, 6304.0},
    {"hidden1_batchnorm1_forward", 13, 0, 12288.0, 32928.0},
    {"decoder1_hidden1_dense1_forward", 15, 0, 1048576.0, 381440.0},
    {"decoder1_hidden1_batchnorm1_moments_merge", 16, 0, 0.0, 100864.0},
    {"decoder1_hidden1_batchnorm1_forward", 16, 0, 196608.0, 526848.0},
    {"decoder2_hidden1_dense1_forward", 18, 0, 16777216.0, 688640.0},
    {"decoder2_hidden1_batchnorm1_moments_merge", 19, 0, 0.0, 100864.0},
    {"decoder2_hidden1_batchnorm1_forward", 19, 0, 196608.0, 526848.0},
    {"decoder3_hidden1_dense1_forward", 21, 0, 16777216.0, 688640.0},
    {"decoder3_hidden1_batchnorm1_moments_merge", 22, 0, 0.0, 100864.0},
    {"decoder3_hidden1_batchnorm1_forward", 22, 0, 196608.0, 526848.0},
    {"decoder4_hidden1_dense1_forward", 24, 0, 16777216.0, 688640.0},
    {"decoder4_hidden1_batchnorm1_moments_merge", 25, 0, 0.0, 100864.0},
    {"decoder4_hidden1_batchnorm1_forward", 25, 0, 196608.0, 526848.0},
    {"dense1_forward", 27, 0, 83886080.0, 1903104.0},
    {"loss_mean_squared_error", -1, 0, 1638400.0, 2621696.0},
    {"dense1_input_gradient", 27, 0, 83886080.0, 1900544.0},
    {"dense1_rows_load", 27, 0, 0.0, 524288.0},
    {"dense1_weight_gradient", 27, 0, 83886080.0, 3538944.0},
    {"dense1_bias_gradient", 27, 0, 327680.0, 1326080.0},
    {"decoder4_hidden1_batchnorm1_sums", 25, 0, 327680.0, 592384.0},
    {"decoder4_hidden1_batchnorm1_parameter_gradient", 25, 0, 0.0, 76288.0},
    {"decoder4_hidden1_batchnorm1_backward", 25, 0, 393216.0, 790016.0},
    {"decoder4_hidden1_dense1_input_gradient", 24, 0, 16777216.0, 589824.0},
    {"decoder4_hidden1_dense1_rows_load", 24, 0, 0.0, 524288.0},
    {"decoder4_hidden1_dense1_weight_gradient", 24, 0, 16777216.0, 917504.0},
    {"decoder3_hidden1_batchnorm1_sums", 22, 0, 327680.0, 592384.0},
    {"decoder3_hidden1_batchnorm1_parameter_gradient", 22, 0, 0.0, 76288.0},
    {"decoder3_hidden1_batchnorm1_backward", 22, 0, 393216.0, 790016.0},
    {"decoder3_hidden1_dense1_input_gradient", 21, 0, 16777216.0, 589824.0},
    {"decoder3_hidden1_dense1_rows_load", 21, 0, 0.0, 524288.0},
    {"decoder3_hidden1_dense1_weight_gradient", 21, 0, 16777216.0, 917504.0},
    {"decoder2_hidden1_batchnorm1_sums", 19, 0, 327680.0, 592384.0},
    {"decoder2_hidden1_batchnorm1_parameter_gradient", 19, 0, 0.0, 76288.0},
    {"decoder2_hidden1_batchnorm1_backward", 19, 0, 393216.0, 790016.0},
    {"decoder2_hidden1_dense1_input_gradient", 18, 0, 16777216.0, 589824.0},
    {"decoder2_hidden1_dense1_rows_load", 18, 0, 0.0, 524288.0},
    {"decoder2_hidden1_dense1_weight_gradient", 18, 0, 16777216.0, 917504.0},
    {"decoder1_hidden1_batchnorm1_sums", 16, 0, 327680.0, 592384.0},
    {"decoder1_hidden1_batchnorm1_parameter_gradient", 16, 0, 0.0, 76288.0},
    {"decoder1_hidden1_batchnorm1_backward", 16, 0, 393216.0, 790016.0},
    {"decoder1_hidden1_dense1_input_gradient", 15, 0, 1048576.0, 282624.0},
    {"decoder1_hidden1_dense1_rows_load", 15, 0, 0.0, 32768.0},
    {"decoder1_hidden1_dense1_weight_gradient", 15, 0, 1048576.0, 303104.0},
    {"hidden1_batchnorm1_sums", 13, 0, 20480.0, 37024.0},
    {"hidden1_batchnorm1_parameter_gradient", 13, 0, 0.0, 4768.0},
    {"hidden1_batchnorm1_backward", 13, 0, 24576.0, 49376.0},
    {"hidden1_dense1_input_gradient", 12, 0, 1048576.0, 282624.0},
    {"hidden1_dense1_rows_load", 12, 0, 0.0, 524288.0},
    {"hidden1_dense1_weight_gradient", 12, 0, 1048576.0, 303104.0},
    {"encoder4_hidden1_batchnorm1_sums", 10, 0, 327680.0, 592384.0},
    {"encoder4_hidden1_batchnorm1_parameter_gradient", 10, 0, 0.0, 76288.0},
    {"encoder4_hidden1_batchnorm1_backward", 10, 0, 393216.0, 790016.0},
    {"encoder4_hidden1_dense1_input_gradient", 9, 0, 16777216.0, 589824.0},
    {"encoder4_hidden1_dense1_rows_load", 9, 0, 0.0, 524288.0},
    {"encoder4_hidden1_dense1_weight_gradient", 9, 0, 16777216.0, 917504.0},
    {"encoder3_hidden1_batchnorm1_sums", 7, 0, 327680.0, 592384.0},
    {"encoder3_hidden1_batchnorm1_parameter_gradient", 7, 0, 0.0, 76288.0},
    {"encoder3_hidden1_batchnorm1_backward", 7, 0, 393216.0, 790016.0},
    {"encoder3_hidden1_dense1_input_gradient", 6, 0, 16777216.0, 589824.0},
    {"encoder3_hidden1_dense1_rows_load", 6, 0, 0.0, 524288.0},
    {"encoder3_hidden1_dense1_weight_gradient", 6, 0, 16777216.0, 917504.0},
    {"encoder2_hidden1_batchnorm1_sums", 4, 0, 327680.0, 592384.0},
    {"encoder2_hidden1_batchnorm1_parameter_gradient", 4, 0, 0.0, 76288.0},
    {"encoder2_hidden1_batchnorm1_backward", 4, 0, 393216.0, 790016.0},
    {"encoder2_hidden1_dense1_input_gradient", 3, 0, 16777216.0, 589824.0},
    {"encoder2_hidden1_dense1_rows_load", 3, 0, 0.0, 524288.0},
    {"encoder2_hidden1_dense1_weight_gradient", 3, 0, 16777216.0, 917504.0},
    {"encoder1_hidden1_batchnorm1_sums", 1, 0, 327680.0, 592384.0},
    {"encoder1_hidden1_batchnorm1_parameter_gradient", 1, 0, 0.0, 76288.0},
    {"encoder1_hidden1_batchnorm1_backward", 1, 0, 393216.0, 790016.0},
    {"encoder1_hidden1_dense1_weight_gradient", 0, 0, 83886080.0, 3538944.0},
    {"encoder1_hidden1_batchnorm1_running_move", 1, 0, 0.0, 3584.0},
    {"encoder2_hidden1_batchnorm1_running_move", 4, 0, 0.0, 3584.0},
    {"encoder3_hidden1_batchnorm1_running_move", 7, 0, 0.0, 3584.0},
    {"encoder4_hidden1_batchnorm1_running_move", 10, 0, 0.0, 3584.0},
    {"hidden1_batchnorm1_running_move", 13, 0, 0.0, 224.0},
    {"decoder1_hidden1_batchnorm1_running_move", 16, 0, 0.0, 3584.0},
    {"decoder2_hidden1_batchnorm1_running_move", 19, 0, 0.0, 3584.0},
    {"decoder3_hidden1_batchnorm1_running_move", 22, 0, 0.0, 3584.0},
    {"decoder4_hidden1_batchnorm1_running_move", 25, 0, 0.0, 3584.0},
};

// Name, element types, rank, shape, classes, which of them does not count, scale, whether reals are
// scaled too, 1 + the layer that normalizes it, what is made of sound, whether images are
// brought to its size.
static const bnc_value inputs[] = {
    {"frames", 1 << BNC_UINT8 | 1 << BNC_REAL, 1, { 640 }, 0, 0, 1.0, 0, 0,
      0, 0},
};

static const bnc_value targets[] = {
    {"same", 1 << BNC_REAL, 1, { 640 }, 0, 0, 1, 0, 0, 0, 0},
};

static const bnc_value outputs[] = {
    {"y", 1 << BNC_REAL, 1, { 640 }, 0, 0, 1, 0, 0, 0, 0},
};

// Name, output, target, whether it is a mean, whether its output is a logit, whether its target is
// labels, what makes probabilities of the output, weight.
static const bnc_measure losses[] = {
    {"mean_squared_error", 0, 0, 1, 0, 0, BNC_NO_PROBABILITIES, 1.0},
};

static const bnc_hyperparameter hyperparameters[] = {
    {"learning_rate", 0.001},
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
      .model_name = "autoencoder",
      .model_hash = "95decda8074ab22655fb0a3d6131424b4d0260ab3f600e11a672f56a6c015c55",
      .target = "x86-64-v3",
      .batch = BATCH,
      .lanes = LANES,
      .element_size = sizeof(real),
      .epochs = 100,
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
      .train = train,
      .evaluate = evaluate,
  };
  return &plugin;
}
