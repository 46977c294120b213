// residual: a network in C, written by bnc 0.2.0-dev from residual.bn. To change it, change the model.
//
//   cc -std=c11 -O2 -fno-unroll-loops -ffp-contract=fast -march=x86-64-v3 -fPIC -shared residual.c -lm -o residual.so
//
// What stands here, from top to bottom: the sizes, numbers and vectors, the memory, the kernels of
// the forward pass, of the loss, of the backward pass, the steps that call them in order, and the
// table that tells a host what it must know.
//
// One vector holds one number of 8 examples, one in each lane, so no channel count and no image
// size wastes a lane. A tensor [channels, height, width] lies as [blocks][channels][height][width][lanes].
// A short batch leaves lanes dead: they hold 0, by selection, whatever was there before.
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
static ALWAYS_INLINE vec keep(vec v, mask m) { return (vec)((mask)v & m); }

// a where the mask is set, else b.
static ALWAYS_INLINE vec choose(mask m, vec a, vec b) {
  return (vec)(((mask)a & m) | ((mask)b & ~m));
}

// The larger of two numbers; a NaN wins, so that it stays visible.
static ALWAYS_INLINE vec larger(vec a, vec b) {
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

// Turns LANES vectors, the rows of a square, into its columns. Each round is a riffle of the rows'
// upper and lower half: number k of row r is at place LANES r + k, and a round turns the bits of all
// places by one. When each index has moved as many bits as it has, rows and columns have changed roles.
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

static inline vec vec_exp(vec x) {
  UNROLL for (int l = 0; l < LANES; l++) x[l] = expf(x[l]);
  return x;
}

// x <= 0 ? 0 : x
static ALWAYS_INLINE vec vec_relu(vec x) { return keep(x, ~(x <= (vec){0})); }

// y <= 0 ? dy * y : dy
static ALWAYS_INLINE vec vec_relu_gradient(vec dy, vec y) {
  return choose(y <= (vec){0}, dy * y, dy);
}

// x <= 0 ? 0 : dy
static ALWAYS_INLINE vec vec_relu_gradient_2(vec dy, vec x) { return keep(dy, ~(x <= (vec){0})); }

// ---- Memory: what the caller owns

// What is learned, in canonical order.
struct parameters {
  real conv1_weight[432];  // [16, 3, 3, 3]
  real batchnorm1_gamma[16];  // [16]
  real batchnorm1_beta[16];  // [16]
  real first_conv1_weight[2304];  // [16, 16, 3, 3]
  real first_batchnorm1_gamma[16];  // [16]
  real first_batchnorm1_beta[16];  // [16]
  real first_conv2_weight[2304];  // [16, 16, 3, 3]
  real first_batchnorm2_gamma[16];  // [16]
  real first_batchnorm2_beta[16];  // [16]
  real conv2_weight[4608];  // [32, 16, 3, 3]
  real batchnorm2_gamma[32];  // [32]
  real batchnorm2_beta[32];  // [32]
  real second_conv1_weight[9216];  // [32, 32, 3, 3]
  real second_batchnorm1_gamma[32];  // [32]
  real second_batchnorm1_beta[32];  // [32]
  real second_conv2_weight[9216];  // [32, 32, 3, 3]
  real second_batchnorm2_gamma[32];  // [32]
  real second_batchnorm2_beta[32];  // [32]
  real conv3_weight[18432];  // [64, 32, 3, 3]
  real batchnorm3_gamma[64];  // [64]
  real batchnorm3_beta[64];  // [64]
  real third_conv1_weight[36864];  // [64, 64, 3, 3]
  real third_batchnorm1_gamma[64];  // [64]
  real third_batchnorm1_beta[64];  // [64]
  real third_conv2_weight[36864];  // [64, 64, 3, 3]
  real third_batchnorm2_gamma[64];  // [64]
  real third_batchnorm2_beta[64];  // [64]
  real dense1_weight[640];  // [10, 64]
  real dense1_bias[10];  // [10]
};

// What is kept from step to step but not learned.
struct state {
  real batchnorm1_running_mean[16];  // [16]
  real batchnorm1_running_variance[16];  // [16]
  real batchnorm1_seen[1];  // [1]
  real first_batchnorm1_running_mean[16];  // [16]
  real first_batchnorm1_running_variance[16];  // [16]
  real first_batchnorm1_seen[1];  // [1]
  real first_batchnorm2_running_mean[16];  // [16]
  real first_batchnorm2_running_variance[16];  // [16]
  real first_batchnorm2_seen[1];  // [1]
  real batchnorm2_running_mean[32];  // [32]
  real batchnorm2_running_variance[32];  // [32]
  real batchnorm2_seen[1];  // [1]
  real second_batchnorm1_running_mean[32];  // [32]
  real second_batchnorm1_running_variance[32];  // [32]
  real second_batchnorm1_seen[1];  // [1]
  real second_batchnorm2_running_mean[32];  // [32]
  real second_batchnorm2_running_variance[32];  // [32]
  real second_batchnorm2_seen[1];  // [1]
  real batchnorm3_running_mean[64];  // [64]
  real batchnorm3_running_variance[64];  // [64]
  real batchnorm3_seen[1];  // [1]
  real third_batchnorm1_running_mean[64];  // [64]
  real third_batchnorm1_running_variance[64];  // [64]
  real third_batchnorm1_seen[1];  // [1]
  real third_batchnorm2_running_mean[64];  // [64]
  real third_batchnorm2_running_variance[64];  // [64]
  real third_batchnorm2_seen[1];  // [1]
};

// Where in scratch each tensor lies, in numbers. Tensors whose lives do not overlap share a place.
enum {
  b_image_lanes = 11272192,  // [8][3][32][32][8]
  b_conv1_output = 0,  // [8][16][32][32][8]
  b_conv1_partial = 1048576,  // [8][16][2]
  b_batchnorm1_moments = 11473760,  // [3][16]
  b_relu1_output = 1048576,  // [8][16][32][32][8]
  b_first_conv1_output = 2097152,  // [8][16][32][32][8]
  b_first_conv1_partial = 3145728,  // [8][16][2]
  b_first_batchnorm1_moments = 11473808,  // [3][16]
  b_first_relu1_output = 3145728,  // [8][16][32][32][8]
  b_first_conv2_output = 4194304,  // [8][16][32][32][8]
  b_first_conv2_partial = 5242880,  // [8][16][2]
  b_first_batchnorm2_moments = 11473856,  // [3][16]
  b_first_batchnorm2_output = 5242880,  // [8][16][32][32][8]
  b_first_relu2_output = 6291456,  // [8][16][32][32][8]
  b_conv2_output = 7340032,  // [8][32][16][16][8]
  b_conv2_partial = 5242880,  // [8][32][2]
  b_batchnorm2_moments = 11473472,  // [3][32]
  b_relu2_output = 5242880,  // [8][32][16][16][8]
  b_second_conv1_output = 5767168,  // [8][32][16][16][8]
  b_second_conv1_partial = 7864320,  // [8][32][2]
  b_second_batchnorm1_moments = 11473568,  // [3][32]
  b_second_relu1_output = 7864320,  // [8][32][16][16][8]
  b_second_conv2_output = 8388608,  // [8][32][16][16][8]
  b_second_conv2_partial = 8912896,  // [8][32][2]
  b_second_batchnorm2_moments = 11473664,  // [3][32]
  b_second_batchnorm2_output = 8912896,  // [8][32][16][16][8]
  b_second_relu2_output = 9437184,  // [8][32][16][16][8]
  b_conv3_output = 9961472,  // [8][64][8][8][8]
  b_conv3_partial = 8912896,  // [8][64][2]
  b_batchnorm3_moments = 11472896,  // [3][64]
  b_relu3_output = 8912896,  // [8][64][8][8][8]
  b_third_conv1_output = 9175040,  // [8][64][8][8][8]
  b_third_conv1_partial = 10223616,  // [8][64][2]
  b_third_batchnorm1_moments = 11473088,  // [3][64]
  b_third_relu1_output = 10223616,  // [8][64][8][8][8]
  b_third_conv2_output = 10485760,  // [8][64][8][8][8]
  b_third_conv2_partial = 10747904,  // [8][64][2]
  b_third_batchnorm2_moments = 11473280,  // [3][64]
  b_third_batchnorm2_output = 10747904,  // [8][64][8][8][8]
  b_third_relu2_output = 11010048,  // [8][64][8][8][8]
  b_avgpool1_output = 10747904,  // [8][64][1][1][8]
  b_dense1_output = 10752000,  // [8][10][8]
  b_dense1_output_gradient = 10756096,  // [8][10][8]
  b_block_losses = 10752640,  // [8]
  b_flatten1_output_gradient = 11468800,  // [8][64][8]
  b_dense1_rows = 10752000,  // [64][64]
  b_third_relu2_output_gradient = 10747904,  // [8][64][8][8][8]
  b_relu3_third_add1_output_gradient = 10747904,  // [8][64][8][8][8]
  b_third_batchnorm2_partial_sums = 11010048,  // [8][64][2]
  b_third_batchnorm2_coefficients = 11011072,  // [4][64]
  b_third_conv2_output_gradient = 10485760,  // [8][64][8][8][8]
  b_third_relu1_output_gradient = 11010048,  // [8][64][8][8][8]
  b_third_batchnorm1_partial_sums = 10223616,  // [8][64][2]
  b_third_batchnorm1_coefficients = 10224640,  // [4][64]
  b_third_conv1_output_gradient = 9175040,  // [8][64][8][8][8]
  b_relu3_third_conv1_output_gradient = 10223616,  // [8][64][8][8][8]
  b_relu3_summed_output_gradient = 8912896,  // [8][64][8][8][8]
  b_batchnorm3_partial_sums = 9175040,  // [8][64][2]
  b_batchnorm3_coefficients = 9176064,  // [4][64]
  b_conv3_output_gradient = 9961472,  // [8][64][8][8][8]
  b_second_relu2_output_gradient = 8912896,  // [8][32][16][16][8]
  b_relu2_second_add1_output_gradient = 8912896,  // [8][32][16][16][8]
  b_second_batchnorm2_partial_sums = 9437184,  // [8][32][2]
  b_second_batchnorm2_coefficients = 9437696,  // [4][32]
  b_second_conv2_output_gradient = 8388608,  // [8][32][16][16][8]
  b_second_relu1_output_gradient = 9437184,  // [8][32][16][16][8]
  b_second_batchnorm1_partial_sums = 7864320,  // [8][32][2]
  b_second_batchnorm1_coefficients = 7864832,  // [4][32]
  b_second_conv1_output_gradient = 5767168,  // [8][32][16][16][8]
  b_relu2_second_conv1_output_gradient = 7864320,  // [8][32][16][16][8]
  b_relu2_summed_output_gradient = 5242880,  // [8][32][16][16][8]
  b_batchnorm2_partial_sums = 5767168,  // [8][32][2]
  b_batchnorm2_coefficients = 5767680,  // [4][32]
  b_conv2_output_gradient = 7340032,  // [8][32][16][16][8]
  b_first_relu2_output_gradient = 5242880,  // [8][16][32][32][8]
  b_relu1_first_add1_output_gradient = 5242880,  // [8][16][32][32][8]
  b_first_batchnorm2_partial_sums = 6291456,  // [8][16][2]
  b_first_batchnorm2_coefficients = 6291712,  // [4][16]
  b_first_conv2_output_gradient = 4194304,  // [8][16][32][32][8]
  b_first_relu1_output_gradient = 6291456,  // [8][16][32][32][8]
  b_first_batchnorm1_partial_sums = 3145728,  // [8][16][2]
  b_first_batchnorm1_coefficients = 3145984,  // [4][16]
  b_first_conv1_output_gradient = 2097152,  // [8][16][32][32][8]
  b_relu1_first_conv1_output_gradient = 3145728,  // [8][16][32][32][8]
  b_relu1_summed_output_gradient = 1048576,  // [8][16][32][32][8]
  b_batchnorm1_partial_sums = 2097152,  // [8][16][2]
  b_batchnorm1_coefficients = 2097408,  // [4][16]
  b_conv1_output_gradient = 0,  // [8][16][32][32][8]
  SCRATCH = 11473904
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

static ALWAYS_INLINE vec *lanes_at(const struct step *s, int offset) { return (vec *)(void *)(s->scratch + offset); }

static ALWAYS_INLINE real (*moments_at(const struct step *s, int offset))[2] {
  return (real (*)[2])(void *)(s->scratch + offset);
}

// How many examples a block holds.
static ALWAYS_INLINE int live_count(const struct step *s, int block) {
  const int left = s->count - block * LANES;
  return left < LANES ? left : LANES;
}

static ALWAYS_INLINE mask live_lanes(const struct step *s, int block) {
  const int32_t live = live_count(s, block);
  const mask lane = { 0, 1, 2, 3, 4, 5, 6, 7 };
  return lane < live;
}

// The row of the caller's data that holds an example.
static ALWAYS_INLINE ptrdiff_t row_of(const struct step *s, int example) {
  return s->batch->rows ? (ptrdiff_t)s->batch->rows[example] : example;
}

static ALWAYS_INLINE int has_target(const struct step *s) {
  return s->batch->targets && s->batch->targets[0];
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


// A sum of very many numbers is made of parts, each of at most PART one after the other. `lost` is what
// rounding has taken from the total so far (Kahan): the error does not grow with the number of parts.
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

// The same of their squared distances from `mean`, in the lanes that live.
static inline vec squares_of(const vec *x, int count, real mean, mask live) {
  struct long_sum sum = {0};
  for (int first = 0; first < count; first += PART) {
    const int end = first + PART < count ? first + PART : count, whole = end - (end - first) % 4;
    vec part[4] = {0};
    for (int k = first; k < whole; k += 4)
      UNROLL for (int u = 0; u < 4; u++) {
        const vec d = keep(x[k + u] - mean, live);
        part[u] += d * d;
      }
    for (int k = whole; k < end; k++) {
      const vec d = keep(x[k] - mean, live);
      part[0] += d * d;
    }
    add_part(&sum, (part[0] + part[1]) + (part[2] + part[3]));
  }
  return sum.total;
}

static ALWAYS_INLINE vec normalized(vec x, real mean, real scale, real shift) { return (x - mean) * scale + shift; }

// The mean of a block's `count` x `live` numbers, and the sum of their squared distances from it: the
// second pass is centred, so that nothing cancels.
static inline void block_moments(const vec *x, int count, int live, mask lanes, real *moments) {
  const real mean = lanes_sum(sum_of(x, count)) / (real)(count * live);
  moments[0] = mean;
  moments[1] = lanes_sum(squares_of(x, count, mean, lanes));
}

// ---- Forward

// image: `count` numbers of an example, LANES at most; bytes are multiplied by (real)0.00392156862745098.
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
  const int live = live_count(s, block);
  ptrdiff_t start[LANES] = {0};
  for (int l = 0; l < live; l++) start[l] = row_of(s, block * LANES + l) * COUNT;
  for (int k = 0; k < COUNT; k += LANES) {
    const int count = COUNT - k < LANES ? COUNT - k : LANES;
    vec square[LANES] = {0};
    for (int l = 0; l < live; l++) square[l] = k_image_load_piece(s, start[l] + k, count);
    transpose(square);
    for (int i = 0; i < count; i++) y[k + i] = square[i];
  }
}

// image: loads blocks `first` up to `end`, except those that are loaded already. The first task that needs
// a block loads it, just before its use; one that finds another task loading it waits.
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
static void k_image_load(const struct step *s, int block) { k_image_load_once(s, block, block + 1); }

// conv1 (residual.bn:14), forward:
//   y[n, co, i, j] = sum over ci, ky, kx of weight[co, ci, ky, kx] * x[n, ci, i + ky - 1, j + kx - 1]
//   x [3, 32, 32], weight [16, 3, 3, 3], y [16, 32, 32]
// One tile: `channels` x `columns` sums in registers. Each x is loaded for all the channels, each
// weight for all the columns. `edge` says that a window may reach into the padding.
static ALWAYS_INLINE void k_conv1_forward_tile(const vec *x, const real *weight, vec *y,
    mask live, int i, int j, const int channels, const int columns, const int edge) {
  enum { CI = 3, H = 32, W = 32, CO = 16, OH = 32, OW = 32, K = 3, S = 1, P = 1 };
  vec sum[3][4];
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) sum[c][t] = (vec){0};
  for (int ci = 0; ci < CI; ci++)
    for (int ky = 0; ky < K; ky++) {
      const int row = i + ky - P;
      if (row < 0 || row >= H) continue;
      const vec *xs = x + (ci * H + row) * W;
      const real *w = weight + (ci * K + ky) * K;
      UNROLL for (int kx = 0; kx < K; kx++)
        UNROLL for (int t = 0; t < columns; t++) {
          const int column = j + t + kx - P;
          if (edge && (column < 0 || column >= W)) continue;
          const vec v = xs[column];
          UNROLL for (int c = 0; c < channels; c++) sum[c][t] += v * w[c * CI * K * K + kx];
        }
    }
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) y[(c * OH + i) * OW + j + t] = keep(sum[c][t], live);
}

// conv1: `channels` output channels of one block, row by row.
static ALWAYS_INLINE void k_conv1_forward_rows(const vec *x, const real *weight, vec *y,
    mask live, const int channels) {
  for (int i = 0; i < 32; i++) {
    k_conv1_forward_tile(x, weight, y, live, i, 0, channels, 4, 1);
    for (int j = 4; j < 28; j += 4)
      k_conv1_forward_tile(x, weight, y, live, i, j, channels, 4, 0);
    k_conv1_forward_tile(x, weight, y, live, i, 28, channels, 4, 1);
  }
}

// conv1: a task makes 3 or 2 output channels of one block, then their mean and squares for the
// batch norm.
static void k_conv1_forward(const struct step *s, int task) {
  enum { CI = 3, H = 32, W = 32, CO = 16, OH = 32, OW = 32, K = 3, S = 1, P = 1, TILES = 6 };
  const int block = task / TILES, tile = task % TILES;
  const int co = tile * 2 + (tile < 4 ? tile : 4);
  const vec *x = lanes_at(s, b_image_lanes) + block * (CI * H * W);
  const real *weight = s->parameters->conv1_weight + co * (CI * K * K);
  vec *y = lanes_at(s, b_conv1_output) + (block * CO + co) * (OH * OW);
  const mask live = live_lanes(s, block);
  if (tile < 4) k_conv1_forward_rows(x, weight, y, live, 3);
  if (tile >= 4) k_conv1_forward_rows(x, weight, y, live, 2);
  if (!s->training) return;
  real (*partial)[2] = moments_at(s, b_conv1_partial) + block * CO + co;
  for (int c = 0; c < (tile < 4 ? 3 : 2); c++)
    block_moments(y + c * OH * OW, OH * OW, live_count(s, block), live, partial[c]);
}

// k_conv1_forward, and before it the image that it needs.
static void k_conv1_forward_loading(const struct step *s, int task) {
  const int block = task / 6;
  k_image_load_once(s, block, block + 1);
  k_conv1_forward(s, task);
}

// batchnorm1 (residual.bn:14): the batch's mean and variance of each channel, from the blocks' by Chan's merge,
// which subtracts no large numbers from each other.
//   moments [3][16]: mean, variance, 1 / sqrt(variance + eps)
static void k_batchnorm1_moments_merge(const struct step *s, int task) {
  enum { C = 16, PLANE = 1024 };
  (void)task;
  real (*partial)[2] = moments_at(s, b_conv1_partial);
  real *moments = s->scratch + b_batchnorm1_moments;
  for (int c = 0; c < C; c++) {
    double mean = (double)partial[c][0], squares = (double)partial[c][1];
    double count = live_count(s, 0) * PLANE;
    for (int block = 1; block < s->blocks; block++) {
      const real *other = partial[block * C + c];
      const double more = live_count(s, block) * PLANE, total = count + more;
      const double delta = (double)other[0] - mean;
      mean += delta * (more / total);
      squares += (double)other[1] + delta * delta * (count * more / total);
      count = total;
    }
    moments[c] = (real)mean;
    moments[C + c] = (real)(squares / count);
    moments[2 * C + c] = 1 / SQRT(moments[C + c] + (real)1e-05);
  }
}

// batchnorm1 (residual.bn:14): the running statistics in the place of the batch's.
static void k_batchnorm1_moments_running(const struct step *s, int task) {
  enum { C = 16 };
  (void)task;
  real *moments = s->scratch + b_batchnorm1_moments;
  for (int c = 0; c < C; c++) {
    moments[c] = s->state->batchnorm1_running_mean[c];
    moments[C + c] = s->state->batchnorm1_running_variance[c];
    moments[2 * C + c] = 1 / SQRT(moments[C + c] + (real)1e-05);
  }
}

// batchnorm1, relu1 (residual.bn:14):
//   y = gamma[c] * (x - mean[c]) / sqrt(variance[c] + eps) + beta[c]
//   y = x <= 0 ? 0 : x
//   x [16, 32, 32], y [16, 32, 32]
static void k_batchnorm1_forward(const struct step *s, int task) {
  enum { C = 16, H = 32, W = 32, OH = 32, OW = 32, K = 1, S = 1, TILES = 16 };
  const int block = task / TILES, tile = task % TILES;
  const int first = tile, end = first + 1;
  const mask live = live_lanes(s, block);
  const real *moments = s->scratch + b_batchnorm1_moments;
  for (int c = first; c < end; c++) {
    const real mean = moments[c];
    const real scale = s->parameters->batchnorm1_gamma[c] * moments[2 * C + c];
    const real shift = s->parameters->batchnorm1_beta[c];
    const vec *x = lanes_at(s, b_conv1_output) + (block * C + c) * (H * W);
    vec *y = lanes_at(s, b_relu1_output) + (block * C + c) * (H * W);
    for (int k = 0; k < H * W; k++) y[k] = keep(vec_relu(normalized(x[k], mean, scale, shift)), live);
  }
}

// first_conv1 (residual.bn:4), forward:
//   y[n, co, i, j] = sum over ci, ky, kx of weight[co, ci, ky, kx] * x[n, ci, i + ky - 1, j + kx - 1]
//   x [16, 32, 32], weight [16, 16, 3, 3], y [16, 32, 32]
// One tile: `channels` x `columns` sums in registers. Each x is loaded for all the channels, each
// weight for all the columns. `edge` says that a window may reach into the padding.
static ALWAYS_INLINE void k_first_conv1_forward_tile(const vec *x, const real *weight, vec *y,
    mask live, int i, int j, const int channels, const int columns, const int edge) {
  enum { CI = 16, H = 32, W = 32, CO = 16, OH = 32, OW = 32, K = 3, S = 1, P = 1 };
  vec sum[3][4];
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) sum[c][t] = (vec){0};
  for (int ci = 0; ci < CI; ci++)
    for (int ky = 0; ky < K; ky++) {
      const int row = i + ky - P;
      if (row < 0 || row >= H) continue;
      const vec *xs = x + (ci * H + row) * W;
      const real *w = weight + (ci * K + ky) * K;
      UNROLL for (int kx = 0; kx < K; kx++)
        UNROLL for (int t = 0; t < columns; t++) {
          const int column = j + t + kx - P;
          if (edge && (column < 0 || column >= W)) continue;
          const vec v = xs[column];
          UNROLL for (int c = 0; c < channels; c++) sum[c][t] += v * w[c * CI * K * K + kx];
        }
    }
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) y[(c * OH + i) * OW + j + t] = keep(sum[c][t], live);
}

// first_conv1: `channels` output channels of one block, row by row.
static ALWAYS_INLINE void k_first_conv1_forward_rows(const vec *x, const real *weight, vec *y,
    mask live, const int channels) {
  for (int i = 0; i < 32; i++) {
    k_first_conv1_forward_tile(x, weight, y, live, i, 0, channels, 4, 1);
    for (int j = 4; j < 28; j += 4)
      k_first_conv1_forward_tile(x, weight, y, live, i, j, channels, 4, 0);
    k_first_conv1_forward_tile(x, weight, y, live, i, 28, channels, 4, 1);
  }
}

// first_conv1: a task makes 3 or 2 output channels of one block, then their mean and squares for the
// batch norm.
static void k_first_conv1_forward(const struct step *s, int task) {
  enum { CI = 16, H = 32, W = 32, CO = 16, OH = 32, OW = 32, K = 3, S = 1, P = 1, TILES = 6 };
  const int block = task / TILES, tile = task % TILES;
  const int co = tile * 2 + (tile < 4 ? tile : 4);
  const vec *x = lanes_at(s, b_relu1_output) + block * (CI * H * W);
  const real *weight = s->parameters->first_conv1_weight + co * (CI * K * K);
  vec *y = lanes_at(s, b_first_conv1_output) + (block * CO + co) * (OH * OW);
  const mask live = live_lanes(s, block);
  if (tile < 4) k_first_conv1_forward_rows(x, weight, y, live, 3);
  if (tile >= 4) k_first_conv1_forward_rows(x, weight, y, live, 2);
  if (!s->training) return;
  real (*partial)[2] = moments_at(s, b_first_conv1_partial) + block * CO + co;
  for (int c = 0; c < (tile < 4 ? 3 : 2); c++)
    block_moments(y + c * OH * OW, OH * OW, live_count(s, block), live, partial[c]);
}

// first_batchnorm1 (residual.bn:4): the batch's mean and variance of each channel, from the blocks' by Chan's merge,
// which subtracts no large numbers from each other.
//   moments [3][16]: mean, variance, 1 / sqrt(variance + eps)
static void k_first_batchnorm1_moments_merge(const struct step *s, int task) {
  enum { C = 16, PLANE = 1024 };
  (void)task;
  real (*partial)[2] = moments_at(s, b_first_conv1_partial);
  real *moments = s->scratch + b_first_batchnorm1_moments;
  for (int c = 0; c < C; c++) {
    double mean = (double)partial[c][0], squares = (double)partial[c][1];
    double count = live_count(s, 0) * PLANE;
    for (int block = 1; block < s->blocks; block++) {
      const real *other = partial[block * C + c];
      const double more = live_count(s, block) * PLANE, total = count + more;
      const double delta = (double)other[0] - mean;
      mean += delta * (more / total);
      squares += (double)other[1] + delta * delta * (count * more / total);
      count = total;
    }
    moments[c] = (real)mean;
    moments[C + c] = (real)(squares / count);
    moments[2 * C + c] = 1 / SQRT(moments[C + c] + (real)1e-05);
  }
}

// first_batchnorm1 (residual.bn:4): the running statistics in the place of the batch's.
static void k_first_batchnorm1_moments_running(const struct step *s, int task) {
  enum { C = 16 };
  (void)task;
  real *moments = s->scratch + b_first_batchnorm1_moments;
  for (int c = 0; c < C; c++) {
    moments[c] = s->state->first_batchnorm1_running_mean[c];
    moments[C + c] = s->state->first_batchnorm1_running_variance[c];
    moments[2 * C + c] = 1 / SQRT(moments[C + c] + (real)1e-05);
  }
}

// first_batchnorm1, first_relu1 (residual.bn:4):
//   y = gamma[c] * (x - mean[c]) / sqrt(variance[c] + eps) + beta[c]
//   y = x <= 0 ? 0 : x
//   x [16, 32, 32], y [16, 32, 32]
static void k_first_batchnorm1_forward(const struct step *s, int task) {
  enum { C = 16, H = 32, W = 32, OH = 32, OW = 32, K = 1, S = 1, TILES = 16 };
  const int block = task / TILES, tile = task % TILES;
  const int first = tile, end = first + 1;
  const mask live = live_lanes(s, block);
  const real *moments = s->scratch + b_first_batchnorm1_moments;
  for (int c = first; c < end; c++) {
    const real mean = moments[c];
    const real scale = s->parameters->first_batchnorm1_gamma[c] * moments[2 * C + c];
    const real shift = s->parameters->first_batchnorm1_beta[c];
    const vec *x = lanes_at(s, b_first_conv1_output) + (block * C + c) * (H * W);
    vec *y = lanes_at(s, b_first_relu1_output) + (block * C + c) * (H * W);
    for (int k = 0; k < H * W; k++) y[k] = keep(vec_relu(normalized(x[k], mean, scale, shift)), live);
  }
}

// first_conv2 (residual.bn:5), forward:
//   y[n, co, i, j] = sum over ci, ky, kx of weight[co, ci, ky, kx] * x[n, ci, i + ky - 1, j + kx - 1]
//   x [16, 32, 32], weight [16, 16, 3, 3], y [16, 32, 32]
// One tile: `channels` x `columns` sums in registers. Each x is loaded for all the channels, each
// weight for all the columns. `edge` says that a window may reach into the padding.
static ALWAYS_INLINE void k_first_conv2_forward_tile(const vec *x, const real *weight, vec *y,
    mask live, int i, int j, const int channels, const int columns, const int edge) {
  enum { CI = 16, H = 32, W = 32, CO = 16, OH = 32, OW = 32, K = 3, S = 1, P = 1 };
  vec sum[3][4];
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) sum[c][t] = (vec){0};
  for (int ci = 0; ci < CI; ci++)
    for (int ky = 0; ky < K; ky++) {
      const int row = i + ky - P;
      if (row < 0 || row >= H) continue;
      const vec *xs = x + (ci * H + row) * W;
      const real *w = weight + (ci * K + ky) * K;
      UNROLL for (int kx = 0; kx < K; kx++)
        UNROLL for (int t = 0; t < columns; t++) {
          const int column = j + t + kx - P;
          if (edge && (column < 0 || column >= W)) continue;
          const vec v = xs[column];
          UNROLL for (int c = 0; c < channels; c++) sum[c][t] += v * w[c * CI * K * K + kx];
        }
    }
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) y[(c * OH + i) * OW + j + t] = keep(sum[c][t], live);
}

// first_conv2: `channels` output channels of one block, row by row.
static ALWAYS_INLINE void k_first_conv2_forward_rows(const vec *x, const real *weight, vec *y,
    mask live, const int channels) {
  for (int i = 0; i < 32; i++) {
    k_first_conv2_forward_tile(x, weight, y, live, i, 0, channels, 4, 1);
    for (int j = 4; j < 28; j += 4)
      k_first_conv2_forward_tile(x, weight, y, live, i, j, channels, 4, 0);
    k_first_conv2_forward_tile(x, weight, y, live, i, 28, channels, 4, 1);
  }
}

// first_conv2: a task makes 3 or 2 output channels of one block, then their mean and squares for the
// batch norm.
static void k_first_conv2_forward(const struct step *s, int task) {
  enum { CI = 16, H = 32, W = 32, CO = 16, OH = 32, OW = 32, K = 3, S = 1, P = 1, TILES = 6 };
  const int block = task / TILES, tile = task % TILES;
  const int co = tile * 2 + (tile < 4 ? tile : 4);
  const vec *x = lanes_at(s, b_first_relu1_output) + block * (CI * H * W);
  const real *weight = s->parameters->first_conv2_weight + co * (CI * K * K);
  vec *y = lanes_at(s, b_first_conv2_output) + (block * CO + co) * (OH * OW);
  const mask live = live_lanes(s, block);
  if (tile < 4) k_first_conv2_forward_rows(x, weight, y, live, 3);
  if (tile >= 4) k_first_conv2_forward_rows(x, weight, y, live, 2);
  if (!s->training) return;
  real (*partial)[2] = moments_at(s, b_first_conv2_partial) + block * CO + co;
  for (int c = 0; c < (tile < 4 ? 3 : 2); c++)
    block_moments(y + c * OH * OW, OH * OW, live_count(s, block), live, partial[c]);
}

// first_batchnorm2 (residual.bn:5): the batch's mean and variance of each channel, from the blocks' by Chan's merge,
// which subtracts no large numbers from each other.
//   moments [3][16]: mean, variance, 1 / sqrt(variance + eps)
static void k_first_batchnorm2_moments_merge(const struct step *s, int task) {
  enum { C = 16, PLANE = 1024 };
  (void)task;
  real (*partial)[2] = moments_at(s, b_first_conv2_partial);
  real *moments = s->scratch + b_first_batchnorm2_moments;
  for (int c = 0; c < C; c++) {
    double mean = (double)partial[c][0], squares = (double)partial[c][1];
    double count = live_count(s, 0) * PLANE;
    for (int block = 1; block < s->blocks; block++) {
      const real *other = partial[block * C + c];
      const double more = live_count(s, block) * PLANE, total = count + more;
      const double delta = (double)other[0] - mean;
      mean += delta * (more / total);
      squares += (double)other[1] + delta * delta * (count * more / total);
      count = total;
    }
    moments[c] = (real)mean;
    moments[C + c] = (real)(squares / count);
    moments[2 * C + c] = 1 / SQRT(moments[C + c] + (real)1e-05);
  }
}

// first_batchnorm2 (residual.bn:5): the running statistics in the place of the batch's.
static void k_first_batchnorm2_moments_running(const struct step *s, int task) {
  enum { C = 16 };
  (void)task;
  real *moments = s->scratch + b_first_batchnorm2_moments;
  for (int c = 0; c < C; c++) {
    moments[c] = s->state->first_batchnorm2_running_mean[c];
    moments[C + c] = s->state->first_batchnorm2_running_variance[c];
    moments[2 * C + c] = 1 / SQRT(moments[C + c] + (real)1e-05);
  }
}

// first_batchnorm2 (residual.bn:5):
//   y = gamma[c] * (x - mean[c]) / sqrt(variance[c] + eps) + beta[c]
//   x [16, 32, 32], y [16, 32, 32]
static void k_first_batchnorm2_forward(const struct step *s, int task) {
  enum { C = 16, H = 32, W = 32, OH = 32, OW = 32, K = 1, S = 1, TILES = 16 };
  const int block = task / TILES, tile = task % TILES;
  const int first = tile, end = first + 1;
  const mask live = live_lanes(s, block);
  const real *moments = s->scratch + b_first_batchnorm2_moments;
  for (int c = first; c < end; c++) {
    const real mean = moments[c];
    const real scale = s->parameters->first_batchnorm2_gamma[c] * moments[2 * C + c];
    const real shift = s->parameters->first_batchnorm2_beta[c];
    const vec *x = lanes_at(s, b_first_conv2_output) + (block * C + c) * (H * W);
    vec *y = lanes_at(s, b_first_batchnorm2_output) + (block * C + c) * (H * W);
    for (int k = 0; k < H * W; k++) y[k] = keep(normalized(x[k], mean, scale, shift), live);
  }
}

// first_add1, first_relu2 (residual.bn:6): y = relu(add(a, b))
//   all [16, 32, 32]
static void k_first_add1_forward(const struct step *s, int task) {
  enum { COUNT = 16384, PIECES = 8 };
  const int block = task / PIECES, piece = task % PIECES;
  const vec *a = lanes_at(s, b_relu1_output) + block * COUNT;
  const vec *b = lanes_at(s, b_first_batchnorm2_output) + block * COUNT;
  vec *y = lanes_at(s, b_first_relu2_output) + block * COUNT;
  const int first = (int)((int64_t)COUNT * piece / PIECES);
  const int end = (int)((int64_t)COUNT * (piece + 1) / PIECES);
  for (int k = first; k < end; k++) y[k] = vec_relu(a[k] + b[k]);
}

// conv2 (residual.bn:16), forward:
//   y[n, co, i, j] = sum over ci, ky, kx of weight[co, ci, ky, kx] * x[n, ci, 2 i + ky - 1, 2 j + kx - 1]
//   x [16, 32, 32], weight [32, 16, 3, 3], y [32, 16, 16]
// One tile: `channels` x `columns` sums in registers. Each x is loaded for all the channels, each
// weight for all the columns. `edge` says that a window may reach into the padding.
static ALWAYS_INLINE void k_conv2_forward_tile(const vec *x, const real *weight, vec *y,
    mask live, int i, int j, const int channels, const int columns, const int edge) {
  enum { CI = 16, H = 32, W = 32, CO = 32, OH = 16, OW = 16, K = 3, S = 2, P = 1 };
  vec sum[3][4];
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) sum[c][t] = (vec){0};
  for (int ci = 0; ci < CI; ci++)
    for (int ky = 0; ky < K; ky++) {
      const int row = i * S + ky - P;
      if (row < 0 || row >= H) continue;
      const vec *xs = x + (ci * H + row) * W;
      const real *w = weight + (ci * K + ky) * K;
      UNROLL for (int kx = 0; kx < K; kx++)
        UNROLL for (int t = 0; t < columns; t++) {
          const int column = (j + t) * S + kx - P;
          if (edge && (column < 0 || column >= W)) continue;
          const vec v = xs[column];
          UNROLL for (int c = 0; c < channels; c++) sum[c][t] += v * w[c * CI * K * K + kx];
        }
    }
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) y[(c * OH + i) * OW + j + t] = keep(sum[c][t], live);
}

// conv2: `channels` output channels of one block, row by row.
static ALWAYS_INLINE void k_conv2_forward_rows(const vec *x, const real *weight, vec *y,
    mask live, const int channels) {
  for (int i = 0; i < 16; i++) {
    k_conv2_forward_tile(x, weight, y, live, i, 0, channels, 4, 1);
    for (int j = 4; j < 16; j += 4)
      k_conv2_forward_tile(x, weight, y, live, i, j, channels, 4, 0);
  }
}

// conv2: a task makes 3 or 2 output channels of one block, then their mean and squares for the
// batch norm.
static void k_conv2_forward(const struct step *s, int task) {
  enum { CI = 16, H = 32, W = 32, CO = 32, OH = 16, OW = 16, K = 3, S = 2, P = 1, TILES = 11 };
  const int block = task / TILES, tile = task % TILES;
  const int co = tile * 2 + (tile < 10 ? tile : 10);
  const vec *x = lanes_at(s, b_first_relu2_output) + block * (CI * H * W);
  const real *weight = s->parameters->conv2_weight + co * (CI * K * K);
  vec *y = lanes_at(s, b_conv2_output) + (block * CO + co) * (OH * OW);
  const mask live = live_lanes(s, block);
  if (tile < 10) k_conv2_forward_rows(x, weight, y, live, 3);
  if (tile >= 10) k_conv2_forward_rows(x, weight, y, live, 2);
  if (!s->training) return;
  real (*partial)[2] = moments_at(s, b_conv2_partial) + block * CO + co;
  for (int c = 0; c < (tile < 10 ? 3 : 2); c++)
    block_moments(y + c * OH * OW, OH * OW, live_count(s, block), live, partial[c]);
}

// batchnorm2 (residual.bn:16): the batch's mean and variance of each channel, from the blocks' by Chan's merge,
// which subtracts no large numbers from each other.
//   moments [3][32]: mean, variance, 1 / sqrt(variance + eps)
static void k_batchnorm2_moments_merge(const struct step *s, int task) {
  enum { C = 32, PLANE = 256 };
  (void)task;
  real (*partial)[2] = moments_at(s, b_conv2_partial);
  real *moments = s->scratch + b_batchnorm2_moments;
  for (int c = 0; c < C; c++) {
    double mean = (double)partial[c][0], squares = (double)partial[c][1];
    double count = live_count(s, 0) * PLANE;
    for (int block = 1; block < s->blocks; block++) {
      const real *other = partial[block * C + c];
      const double more = live_count(s, block) * PLANE, total = count + more;
      const double delta = (double)other[0] - mean;
      mean += delta * (more / total);
      squares += (double)other[1] + delta * delta * (count * more / total);
      count = total;
    }
    moments[c] = (real)mean;
    moments[C + c] = (real)(squares / count);
    moments[2 * C + c] = 1 / SQRT(moments[C + c] + (real)1e-05);
  }
}

// batchnorm2 (residual.bn:16): the running statistics in the place of the batch's.
static void k_batchnorm2_moments_running(const struct step *s, int task) {
  enum { C = 32 };
  (void)task;
  real *moments = s->scratch + b_batchnorm2_moments;
  for (int c = 0; c < C; c++) {
    moments[c] = s->state->batchnorm2_running_mean[c];
    moments[C + c] = s->state->batchnorm2_running_variance[c];
    moments[2 * C + c] = 1 / SQRT(moments[C + c] + (real)1e-05);
  }
}

// batchnorm2, relu2 (residual.bn:16):
//   y = gamma[c] * (x - mean[c]) / sqrt(variance[c] + eps) + beta[c]
//   y = x <= 0 ? 0 : x
//   x [32, 16, 16], y [32, 16, 16]
static void k_batchnorm2_forward(const struct step *s, int task) {
  enum { C = 32, H = 16, W = 16, OH = 16, OW = 16, K = 1, S = 1, TILES = 32 };
  const int block = task / TILES, tile = task % TILES;
  const int first = tile, end = first + 1;
  const mask live = live_lanes(s, block);
  const real *moments = s->scratch + b_batchnorm2_moments;
  for (int c = first; c < end; c++) {
    const real mean = moments[c];
    const real scale = s->parameters->batchnorm2_gamma[c] * moments[2 * C + c];
    const real shift = s->parameters->batchnorm2_beta[c];
    const vec *x = lanes_at(s, b_conv2_output) + (block * C + c) * (H * W);
    vec *y = lanes_at(s, b_relu2_output) + (block * C + c) * (H * W);
    for (int k = 0; k < H * W; k++) y[k] = keep(vec_relu(normalized(x[k], mean, scale, shift)), live);
  }
}

// second_conv1 (residual.bn:4), forward:
//   y[n, co, i, j] = sum over ci, ky, kx of weight[co, ci, ky, kx] * x[n, ci, i + ky - 1, j + kx - 1]
//   x [32, 16, 16], weight [32, 32, 3, 3], y [32, 16, 16]
// One tile: `channels` x `columns` sums in registers. Each x is loaded for all the channels, each
// weight for all the columns. `edge` says that a window may reach into the padding.
static ALWAYS_INLINE void k_second_conv1_forward_tile(const vec *x, const real *weight, vec *y,
    mask live, int i, int j, const int channels, const int columns, const int edge) {
  enum { CI = 32, H = 16, W = 16, CO = 32, OH = 16, OW = 16, K = 3, S = 1, P = 1 };
  vec sum[3][4];
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) sum[c][t] = (vec){0};
  for (int ci = 0; ci < CI; ci++)
    for (int ky = 0; ky < K; ky++) {
      const int row = i + ky - P;
      if (row < 0 || row >= H) continue;
      const vec *xs = x + (ci * H + row) * W;
      const real *w = weight + (ci * K + ky) * K;
      UNROLL for (int kx = 0; kx < K; kx++)
        UNROLL for (int t = 0; t < columns; t++) {
          const int column = j + t + kx - P;
          if (edge && (column < 0 || column >= W)) continue;
          const vec v = xs[column];
          UNROLL for (int c = 0; c < channels; c++) sum[c][t] += v * w[c * CI * K * K + kx];
        }
    }
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) y[(c * OH + i) * OW + j + t] = keep(sum[c][t], live);
}

// second_conv1: `channels` output channels of one block, row by row.
static ALWAYS_INLINE void k_second_conv1_forward_rows(const vec *x, const real *weight, vec *y,
    mask live, const int channels) {
  for (int i = 0; i < 16; i++) {
    k_second_conv1_forward_tile(x, weight, y, live, i, 0, channels, 4, 1);
    for (int j = 4; j < 12; j += 4)
      k_second_conv1_forward_tile(x, weight, y, live, i, j, channels, 4, 0);
    k_second_conv1_forward_tile(x, weight, y, live, i, 12, channels, 4, 1);
  }
}

// second_conv1: a task makes 3 or 2 output channels of one block, then their mean and squares for the
// batch norm.
static void k_second_conv1_forward(const struct step *s, int task) {
  enum { CI = 32, H = 16, W = 16, CO = 32, OH = 16, OW = 16, K = 3, S = 1, P = 1, TILES = 11 };
  const int block = task / TILES, tile = task % TILES;
  const int co = tile * 2 + (tile < 10 ? tile : 10);
  const vec *x = lanes_at(s, b_relu2_output) + block * (CI * H * W);
  const real *weight = s->parameters->second_conv1_weight + co * (CI * K * K);
  vec *y = lanes_at(s, b_second_conv1_output) + (block * CO + co) * (OH * OW);
  const mask live = live_lanes(s, block);
  if (tile < 10) k_second_conv1_forward_rows(x, weight, y, live, 3);
  if (tile >= 10) k_second_conv1_forward_rows(x, weight, y, live, 2);
  if (!s->training) return;
  real (*partial)[2] = moments_at(s, b_second_conv1_partial) + block * CO + co;
  for (int c = 0; c < (tile < 10 ? 3 : 2); c++)
    block_moments(y + c * OH * OW, OH * OW, live_count(s, block), live, partial[c]);
}

// second_batchnorm1 (residual.bn:4): the batch's mean and variance of each channel, from the blocks' by Chan's merge,
// which subtracts no large numbers from each other.
//   moments [3][32]: mean, variance, 1 / sqrt(variance + eps)
static void k_second_batchnorm1_moments_merge(const struct step *s, int task) {
  enum { C = 32, PLANE = 256 };
  (void)task;
  real (*partial)[2] = moments_at(s, b_second_conv1_partial);
  real *moments = s->scratch + b_second_batchnorm1_moments;
  for (int c = 0; c < C; c++) {
    double mean = (double)partial[c][0], squares = (double)partial[c][1];
    double count = live_count(s, 0) * PLANE;
    for (int block = 1; block < s->blocks; block++) {
      const real *other = partial[block * C + c];
      const double more = live_count(s, block) * PLANE, total = count + more;
      const double delta = (double)other[0] - mean;
      mean += delta * (more / total);
      squares += (double)other[1] + delta * delta * (count * more / total);
      count = total;
    }
    moments[c] = (real)mean;
    moments[C + c] = (real)(squares / count);
    moments[2 * C + c] = 1 / SQRT(moments[C + c] + (real)1e-05);
  }
}

// second_batchnorm1 (residual.bn:4): the running statistics in the place of the batch's.
static void k_second_batchnorm1_moments_running(const struct step *s, int task) {
  enum { C = 32 };
  (void)task;
  real *moments = s->scratch + b_second_batchnorm1_moments;
  for (int c = 0; c < C; c++) {
    moments[c] = s->state->second_batchnorm1_running_mean[c];
    moments[C + c] = s->state->second_batchnorm1_running_variance[c];
    moments[2 * C + c] = 1 / SQRT(moments[C + c] + (real)1e-05);
  }
}

// second_batchnorm1, second_relu1 (residual.bn:4):
//   y = gamma[c] * (x - mean[c]) / sqrt(variance[c] + eps) + beta[c]
//   y = x <= 0 ? 0 : x
//   x [32, 16, 16], y [32, 16, 16]
static void k_second_batchnorm1_forward(const struct step *s, int task) {
  enum { C = 32, H = 16, W = 16, OH = 16, OW = 16, K = 1, S = 1, TILES = 32 };
  const int block = task / TILES, tile = task % TILES;
  const int first = tile, end = first + 1;
  const mask live = live_lanes(s, block);
  const real *moments = s->scratch + b_second_batchnorm1_moments;
  for (int c = first; c < end; c++) {
    const real mean = moments[c];
    const real scale = s->parameters->second_batchnorm1_gamma[c] * moments[2 * C + c];
    const real shift = s->parameters->second_batchnorm1_beta[c];
    const vec *x = lanes_at(s, b_second_conv1_output) + (block * C + c) * (H * W);
    vec *y = lanes_at(s, b_second_relu1_output) + (block * C + c) * (H * W);
    for (int k = 0; k < H * W; k++) y[k] = keep(vec_relu(normalized(x[k], mean, scale, shift)), live);
  }
}

// second_conv2 (residual.bn:5), forward:
//   y[n, co, i, j] = sum over ci, ky, kx of weight[co, ci, ky, kx] * x[n, ci, i + ky - 1, j + kx - 1]
//   x [32, 16, 16], weight [32, 32, 3, 3], y [32, 16, 16]
// One tile: `channels` x `columns` sums in registers. Each x is loaded for all the channels, each
// weight for all the columns. `edge` says that a window may reach into the padding.
static ALWAYS_INLINE void k_second_conv2_forward_tile(const vec *x, const real *weight, vec *y,
    mask live, int i, int j, const int channels, const int columns, const int edge) {
  enum { CI = 32, H = 16, W = 16, CO = 32, OH = 16, OW = 16, K = 3, S = 1, P = 1 };
  vec sum[3][4];
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) sum[c][t] = (vec){0};
  for (int ci = 0; ci < CI; ci++)
    for (int ky = 0; ky < K; ky++) {
      const int row = i + ky - P;
      if (row < 0 || row >= H) continue;
      const vec *xs = x + (ci * H + row) * W;
      const real *w = weight + (ci * K + ky) * K;
      UNROLL for (int kx = 0; kx < K; kx++)
        UNROLL for (int t = 0; t < columns; t++) {
          const int column = j + t + kx - P;
          if (edge && (column < 0 || column >= W)) continue;
          const vec v = xs[column];
          UNROLL for (int c = 0; c < channels; c++) sum[c][t] += v * w[c * CI * K * K + kx];
        }
    }
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) y[(c * OH + i) * OW + j + t] = keep(sum[c][t], live);
}

// second_conv2: `channels` output channels of one block, row by row.
static ALWAYS_INLINE void k_second_conv2_forward_rows(const vec *x, const real *weight, vec *y,
    mask live, const int channels) {
  for (int i = 0; i < 16; i++) {
    k_second_conv2_forward_tile(x, weight, y, live, i, 0, channels, 4, 1);
    for (int j = 4; j < 12; j += 4)
      k_second_conv2_forward_tile(x, weight, y, live, i, j, channels, 4, 0);
    k_second_conv2_forward_tile(x, weight, y, live, i, 12, channels, 4, 1);
  }
}

// second_conv2: a task makes 3 or 2 output channels of one block, then their mean and squares for the
// batch norm.
static void k_second_conv2_forward(const struct step *s, int task) {
  enum { CI = 32, H = 16, W = 16, CO = 32, OH = 16, OW = 16, K = 3, S = 1, P = 1, TILES = 11 };
  const int block = task / TILES, tile = task % TILES;
  const int co = tile * 2 + (tile < 10 ? tile : 10);
  const vec *x = lanes_at(s, b_second_relu1_output) + block * (CI * H * W);
  const real *weight = s->parameters->second_conv2_weight + co * (CI * K * K);
  vec *y = lanes_at(s, b_second_conv2_output) + (block * CO + co) * (OH * OW);
  const mask live = live_lanes(s, block);
  if (tile < 10) k_second_conv2_forward_rows(x, weight, y, live, 3);
  if (tile >= 10) k_second_conv2_forward_rows(x, weight, y, live, 2);
  if (!s->training) return;
  real (*partial)[2] = moments_at(s, b_second_conv2_partial) + block * CO + co;
  for (int c = 0; c < (tile < 10 ? 3 : 2); c++)
    block_moments(y + c * OH * OW, OH * OW, live_count(s, block), live, partial[c]);
}

// second_batchnorm2 (residual.bn:5): the batch's mean and variance of each channel, from the blocks' by Chan's merge,
// which subtracts no large numbers from each other.
//   moments [3][32]: mean, variance, 1 / sqrt(variance + eps)
static void k_second_batchnorm2_moments_merge(const struct step *s, int task) {
  enum { C = 32, PLANE = 256 };
  (void)task;
  real (*partial)[2] = moments_at(s, b_second_conv2_partial);
  real *moments = s->scratch + b_second_batchnorm2_moments;
  for (int c = 0; c < C; c++) {
    double mean = (double)partial[c][0], squares = (double)partial[c][1];
    double count = live_count(s, 0) * PLANE;
    for (int block = 1; block < s->blocks; block++) {
      const real *other = partial[block * C + c];
      const double more = live_count(s, block) * PLANE, total = count + more;
      const double delta = (double)other[0] - mean;
      mean += delta * (more / total);
      squares += (double)other[1] + delta * delta * (count * more / total);
      count = total;
    }
    moments[c] = (real)mean;
    moments[C + c] = (real)(squares / count);
    moments[2 * C + c] = 1 / SQRT(moments[C + c] + (real)1e-05);
  }
}

// second_batchnorm2 (residual.bn:5): the running statistics in the place of the batch's.
static void k_second_batchnorm2_moments_running(const struct step *s, int task) {
  enum { C = 32 };
  (void)task;
  real *moments = s->scratch + b_second_batchnorm2_moments;
  for (int c = 0; c < C; c++) {
    moments[c] = s->state->second_batchnorm2_running_mean[c];
    moments[C + c] = s->state->second_batchnorm2_running_variance[c];
    moments[2 * C + c] = 1 / SQRT(moments[C + c] + (real)1e-05);
  }
}

// second_batchnorm2 (residual.bn:5):
//   y = gamma[c] * (x - mean[c]) / sqrt(variance[c] + eps) + beta[c]
//   x [32, 16, 16], y [32, 16, 16]
static void k_second_batchnorm2_forward(const struct step *s, int task) {
  enum { C = 32, H = 16, W = 16, OH = 16, OW = 16, K = 1, S = 1, TILES = 32 };
  const int block = task / TILES, tile = task % TILES;
  const int first = tile, end = first + 1;
  const mask live = live_lanes(s, block);
  const real *moments = s->scratch + b_second_batchnorm2_moments;
  for (int c = first; c < end; c++) {
    const real mean = moments[c];
    const real scale = s->parameters->second_batchnorm2_gamma[c] * moments[2 * C + c];
    const real shift = s->parameters->second_batchnorm2_beta[c];
    const vec *x = lanes_at(s, b_second_conv2_output) + (block * C + c) * (H * W);
    vec *y = lanes_at(s, b_second_batchnorm2_output) + (block * C + c) * (H * W);
    for (int k = 0; k < H * W; k++) y[k] = keep(normalized(x[k], mean, scale, shift), live);
  }
}

// second_add1, second_relu2 (residual.bn:6): y = relu(add(a, b))
//   all [32, 16, 16]
static void k_second_add1_forward(const struct step *s, int task) {
  enum { COUNT = 8192, PIECES = 4 };
  const int block = task / PIECES, piece = task % PIECES;
  const vec *a = lanes_at(s, b_relu2_output) + block * COUNT;
  const vec *b = lanes_at(s, b_second_batchnorm2_output) + block * COUNT;
  vec *y = lanes_at(s, b_second_relu2_output) + block * COUNT;
  const int first = (int)((int64_t)COUNT * piece / PIECES);
  const int end = (int)((int64_t)COUNT * (piece + 1) / PIECES);
  for (int k = first; k < end; k++) y[k] = vec_relu(a[k] + b[k]);
}

// conv3 (residual.bn:18), forward:
//   y[n, co, i, j] = sum over ci, ky, kx of weight[co, ci, ky, kx] * x[n, ci, 2 i + ky - 1, 2 j + kx - 1]
//   x [32, 16, 16], weight [64, 32, 3, 3], y [64, 8, 8]
// One tile: `channels` x `columns` sums in registers. Each x is loaded for all the channels, each
// weight for all the columns. `edge` says that a window may reach into the padding.
static ALWAYS_INLINE void k_conv3_forward_tile(const vec *x, const real *weight, vec *y,
    mask live, int i, int j, const int channels, const int columns, const int edge) {
  enum { CI = 32, H = 16, W = 16, CO = 64, OH = 8, OW = 8, K = 3, S = 2, P = 1 };
  vec sum[3][4];
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) sum[c][t] = (vec){0};
  for (int ci = 0; ci < CI; ci++)
    for (int ky = 0; ky < K; ky++) {
      const int row = i * S + ky - P;
      if (row < 0 || row >= H) continue;
      const vec *xs = x + (ci * H + row) * W;
      const real *w = weight + (ci * K + ky) * K;
      UNROLL for (int kx = 0; kx < K; kx++)
        UNROLL for (int t = 0; t < columns; t++) {
          const int column = (j + t) * S + kx - P;
          if (edge && (column < 0 || column >= W)) continue;
          const vec v = xs[column];
          UNROLL for (int c = 0; c < channels; c++) sum[c][t] += v * w[c * CI * K * K + kx];
        }
    }
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) y[(c * OH + i) * OW + j + t] = keep(sum[c][t], live);
}

// conv3: `channels` output channels of one block, row by row.
static ALWAYS_INLINE void k_conv3_forward_rows(const vec *x, const real *weight, vec *y,
    mask live, const int channels) {
  for (int i = 0; i < 8; i++) {
    k_conv3_forward_tile(x, weight, y, live, i, 0, channels, 4, 1);
    k_conv3_forward_tile(x, weight, y, live, i, 4, channels, 4, 0);
  }
}

// conv3: a task makes 3 or 2 output channels of one block, then their mean and squares for the
// batch norm.
static void k_conv3_forward(const struct step *s, int task) {
  enum { CI = 32, H = 16, W = 16, CO = 64, OH = 8, OW = 8, K = 3, S = 2, P = 1, TILES = 22 };
  const int block = task / TILES, tile = task % TILES;
  const int co = tile * 2 + (tile < 20 ? tile : 20);
  const vec *x = lanes_at(s, b_second_relu2_output) + block * (CI * H * W);
  const real *weight = s->parameters->conv3_weight + co * (CI * K * K);
  vec *y = lanes_at(s, b_conv3_output) + (block * CO + co) * (OH * OW);
  const mask live = live_lanes(s, block);
  if (tile < 20) k_conv3_forward_rows(x, weight, y, live, 3);
  if (tile >= 20) k_conv3_forward_rows(x, weight, y, live, 2);
  if (!s->training) return;
  real (*partial)[2] = moments_at(s, b_conv3_partial) + block * CO + co;
  for (int c = 0; c < (tile < 20 ? 3 : 2); c++)
    block_moments(y + c * OH * OW, OH * OW, live_count(s, block), live, partial[c]);
}

// batchnorm3 (residual.bn:18): the batch's mean and variance of each channel, from the blocks' by Chan's merge,
// which subtracts no large numbers from each other.
//   moments [3][64]: mean, variance, 1 / sqrt(variance + eps)
static void k_batchnorm3_moments_merge(const struct step *s, int task) {
  enum { C = 64, PLANE = 64 };
  (void)task;
  real (*partial)[2] = moments_at(s, b_conv3_partial);
  real *moments = s->scratch + b_batchnorm3_moments;
  for (int c = 0; c < C; c++) {
    double mean = (double)partial[c][0], squares = (double)partial[c][1];
    double count = live_count(s, 0) * PLANE;
    for (int block = 1; block < s->blocks; block++) {
      const real *other = partial[block * C + c];
      const double more = live_count(s, block) * PLANE, total = count + more;
      const double delta = (double)other[0] - mean;
      mean += delta * (more / total);
      squares += (double)other[1] + delta * delta * (count * more / total);
      count = total;
    }
    moments[c] = (real)mean;
    moments[C + c] = (real)(squares / count);
    moments[2 * C + c] = 1 / SQRT(moments[C + c] + (real)1e-05);
  }
}

// batchnorm3 (residual.bn:18): the running statistics in the place of the batch's.
static void k_batchnorm3_moments_running(const struct step *s, int task) {
  enum { C = 64 };
  (void)task;
  real *moments = s->scratch + b_batchnorm3_moments;
  for (int c = 0; c < C; c++) {
    moments[c] = s->state->batchnorm3_running_mean[c];
    moments[C + c] = s->state->batchnorm3_running_variance[c];
    moments[2 * C + c] = 1 / SQRT(moments[C + c] + (real)1e-05);
  }
}

// batchnorm3, relu3 (residual.bn:18):
//   y = gamma[c] * (x - mean[c]) / sqrt(variance[c] + eps) + beta[c]
//   y = x <= 0 ? 0 : x
//   x [64, 8, 8], y [64, 8, 8]
static void k_batchnorm3_forward(const struct step *s, int task) {
  enum { C = 64, H = 8, W = 8, OH = 8, OW = 8, K = 1, S = 1, TILES = 16 };
  const int block = task / TILES, tile = task % TILES;
  const int first = tile * 4, end = first + 4;
  const mask live = live_lanes(s, block);
  const real *moments = s->scratch + b_batchnorm3_moments;
  for (int c = first; c < end; c++) {
    const real mean = moments[c];
    const real scale = s->parameters->batchnorm3_gamma[c] * moments[2 * C + c];
    const real shift = s->parameters->batchnorm3_beta[c];
    const vec *x = lanes_at(s, b_conv3_output) + (block * C + c) * (H * W);
    vec *y = lanes_at(s, b_relu3_output) + (block * C + c) * (H * W);
    for (int k = 0; k < H * W; k++) y[k] = keep(vec_relu(normalized(x[k], mean, scale, shift)), live);
  }
}

// third_conv1 (residual.bn:4), forward:
//   y[n, co, i, j] = sum over ci, ky, kx of weight[co, ci, ky, kx] * x[n, ci, i + ky - 1, j + kx - 1]
//   x [64, 8, 8], weight [64, 64, 3, 3], y [64, 8, 8]
// One tile: `channels` x `columns` sums in registers. Each x is loaded for all the channels, each
// weight for all the columns. `edge` says that a window may reach into the padding.
static ALWAYS_INLINE void k_third_conv1_forward_tile(const vec *x, const real *weight, vec *y,
    mask live, int i, int j, const int channels, const int columns, const int edge) {
  enum { CI = 64, H = 8, W = 8, CO = 64, OH = 8, OW = 8, K = 3, S = 1, P = 1 };
  vec sum[3][4];
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) sum[c][t] = (vec){0};
  for (int ci = 0; ci < CI; ci++)
    for (int ky = 0; ky < K; ky++) {
      const int row = i + ky - P;
      if (row < 0 || row >= H) continue;
      const vec *xs = x + (ci * H + row) * W;
      const real *w = weight + (ci * K + ky) * K;
      UNROLL for (int kx = 0; kx < K; kx++)
        UNROLL for (int t = 0; t < columns; t++) {
          const int column = j + t + kx - P;
          if (edge && (column < 0 || column >= W)) continue;
          const vec v = xs[column];
          UNROLL for (int c = 0; c < channels; c++) sum[c][t] += v * w[c * CI * K * K + kx];
        }
    }
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) y[(c * OH + i) * OW + j + t] = keep(sum[c][t], live);
}

// third_conv1: `channels` output channels of one block, row by row.
static ALWAYS_INLINE void k_third_conv1_forward_rows(const vec *x, const real *weight, vec *y,
    mask live, const int channels) {
  for (int i = 0; i < 8; i++) {
    k_third_conv1_forward_tile(x, weight, y, live, i, 0, channels, 4, 1);
    k_third_conv1_forward_tile(x, weight, y, live, i, 4, channels, 4, 1);
  }
}

// third_conv1: a task makes 3 or 2 output channels of one block, then their mean and squares for the
// batch norm.
static void k_third_conv1_forward(const struct step *s, int task) {
  enum { CI = 64, H = 8, W = 8, CO = 64, OH = 8, OW = 8, K = 3, S = 1, P = 1, TILES = 22 };
  const int block = task / TILES, tile = task % TILES;
  const int co = tile * 2 + (tile < 20 ? tile : 20);
  const vec *x = lanes_at(s, b_relu3_output) + block * (CI * H * W);
  const real *weight = s->parameters->third_conv1_weight + co * (CI * K * K);
  vec *y = lanes_at(s, b_third_conv1_output) + (block * CO + co) * (OH * OW);
  const mask live = live_lanes(s, block);
  if (tile < 20) k_third_conv1_forward_rows(x, weight, y, live, 3);
  if (tile >= 20) k_third_conv1_forward_rows(x, weight, y, live, 2);
  if (!s->training) return;
  real (*partial)[2] = moments_at(s, b_third_conv1_partial) + block * CO + co;
  for (int c = 0; c < (tile < 20 ? 3 : 2); c++)
    block_moments(y + c * OH * OW, OH * OW, live_count(s, block), live, partial[c]);
}

// third_batchnorm1 (residual.bn:4): the batch's mean and variance of each channel, from the blocks' by Chan's merge,
// which subtracts no large numbers from each other.
//   moments [3][64]: mean, variance, 1 / sqrt(variance + eps)
static void k_third_batchnorm1_moments_merge(const struct step *s, int task) {
  enum { C = 64, PLANE = 64 };
  (void)task;
  real (*partial)[2] = moments_at(s, b_third_conv1_partial);
  real *moments = s->scratch + b_third_batchnorm1_moments;
  for (int c = 0; c < C; c++) {
    double mean = (double)partial[c][0], squares = (double)partial[c][1];
    double count = live_count(s, 0) * PLANE;
    for (int block = 1; block < s->blocks; block++) {
      const real *other = partial[block * C + c];
      const double more = live_count(s, block) * PLANE, total = count + more;
      const double delta = (double)other[0] - mean;
      mean += delta * (more / total);
      squares += (double)other[1] + delta * delta * (count * more / total);
      count = total;
    }
    moments[c] = (real)mean;
    moments[C + c] = (real)(squares / count);
    moments[2 * C + c] = 1 / SQRT(moments[C + c] + (real)1e-05);
  }
}

// third_batchnorm1 (residual.bn:4): the running statistics in the place of the batch's.
static void k_third_batchnorm1_moments_running(const struct step *s, int task) {
  enum { C = 64 };
  (void)task;
  real *moments = s->scratch + b_third_batchnorm1_moments;
  for (int c = 0; c < C; c++) {
    moments[c] = s->state->third_batchnorm1_running_mean[c];
    moments[C + c] = s->state->third_batchnorm1_running_variance[c];
    moments[2 * C + c] = 1 / SQRT(moments[C + c] + (real)1e-05);
  }
}

// third_batchnorm1, third_relu1 (residual.bn:4):
//   y = gamma[c] * (x - mean[c]) / sqrt(variance[c] + eps) + beta[c]
//   y = x <= 0 ? 0 : x
//   x [64, 8, 8], y [64, 8, 8]
static void k_third_batchnorm1_forward(const struct step *s, int task) {
  enum { C = 64, H = 8, W = 8, OH = 8, OW = 8, K = 1, S = 1, TILES = 16 };
  const int block = task / TILES, tile = task % TILES;
  const int first = tile * 4, end = first + 4;
  const mask live = live_lanes(s, block);
  const real *moments = s->scratch + b_third_batchnorm1_moments;
  for (int c = first; c < end; c++) {
    const real mean = moments[c];
    const real scale = s->parameters->third_batchnorm1_gamma[c] * moments[2 * C + c];
    const real shift = s->parameters->third_batchnorm1_beta[c];
    const vec *x = lanes_at(s, b_third_conv1_output) + (block * C + c) * (H * W);
    vec *y = lanes_at(s, b_third_relu1_output) + (block * C + c) * (H * W);
    for (int k = 0; k < H * W; k++) y[k] = keep(vec_relu(normalized(x[k], mean, scale, shift)), live);
  }
}

// third_conv2 (residual.bn:5), forward:
//   y[n, co, i, j] = sum over ci, ky, kx of weight[co, ci, ky, kx] * x[n, ci, i + ky - 1, j + kx - 1]
//   x [64, 8, 8], weight [64, 64, 3, 3], y [64, 8, 8]
// One tile: `channels` x `columns` sums in registers. Each x is loaded for all the channels, each
// weight for all the columns. `edge` says that a window may reach into the padding.
static ALWAYS_INLINE void k_third_conv2_forward_tile(const vec *x, const real *weight, vec *y,
    mask live, int i, int j, const int channels, const int columns, const int edge) {
  enum { CI = 64, H = 8, W = 8, CO = 64, OH = 8, OW = 8, K = 3, S = 1, P = 1 };
  vec sum[3][4];
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) sum[c][t] = (vec){0};
  for (int ci = 0; ci < CI; ci++)
    for (int ky = 0; ky < K; ky++) {
      const int row = i + ky - P;
      if (row < 0 || row >= H) continue;
      const vec *xs = x + (ci * H + row) * W;
      const real *w = weight + (ci * K + ky) * K;
      UNROLL for (int kx = 0; kx < K; kx++)
        UNROLL for (int t = 0; t < columns; t++) {
          const int column = j + t + kx - P;
          if (edge && (column < 0 || column >= W)) continue;
          const vec v = xs[column];
          UNROLL for (int c = 0; c < channels; c++) sum[c][t] += v * w[c * CI * K * K + kx];
        }
    }
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) y[(c * OH + i) * OW + j + t] = keep(sum[c][t], live);
}

// third_conv2: `channels` output channels of one block, row by row.
static ALWAYS_INLINE void k_third_conv2_forward_rows(const vec *x, const real *weight, vec *y,
    mask live, const int channels) {
  for (int i = 0; i < 8; i++) {
    k_third_conv2_forward_tile(x, weight, y, live, i, 0, channels, 4, 1);
    k_third_conv2_forward_tile(x, weight, y, live, i, 4, channels, 4, 1);
  }
}

// third_conv2: a task makes 3 or 2 output channels of one block, then their mean and squares for the
// batch norm.
static void k_third_conv2_forward(const struct step *s, int task) {
  enum { CI = 64, H = 8, W = 8, CO = 64, OH = 8, OW = 8, K = 3, S = 1, P = 1, TILES = 22 };
  const int block = task / TILES, tile = task % TILES;
  const int co = tile * 2 + (tile < 20 ? tile : 20);
  const vec *x = lanes_at(s, b_third_relu1_output) + block * (CI * H * W);
  const real *weight = s->parameters->third_conv2_weight + co * (CI * K * K);
  vec *y = lanes_at(s, b_third_conv2_output) + (block * CO + co) * (OH * OW);
  const mask live = live_lanes(s, block);
  if (tile < 20) k_third_conv2_forward_rows(x, weight, y, live, 3);
  if (tile >= 20) k_third_conv2_forward_rows(x, weight, y, live, 2);
  if (!s->training) return;
  real (*partial)[2] = moments_at(s, b_third_conv2_partial) + block * CO + co;
  for (int c = 0; c < (tile < 20 ? 3 : 2); c++)
    block_moments(y + c * OH * OW, OH * OW, live_count(s, block), live, partial[c]);
}

// third_batchnorm2 (residual.bn:5): the batch's mean and variance of each channel, from the blocks' by Chan's merge,
// which subtracts no large numbers from each other.
//   moments [3][64]: mean, variance, 1 / sqrt(variance + eps)
static void k_third_batchnorm2_moments_merge(const struct step *s, int task) {
  enum { C = 64, PLANE = 64 };
  (void)task;
  real (*partial)[2] = moments_at(s, b_third_conv2_partial);
  real *moments = s->scratch + b_third_batchnorm2_moments;
  for (int c = 0; c < C; c++) {
    double mean = (double)partial[c][0], squares = (double)partial[c][1];
    double count = live_count(s, 0) * PLANE;
    for (int block = 1; block < s->blocks; block++) {
      const real *other = partial[block * C + c];
      const double more = live_count(s, block) * PLANE, total = count + more;
      const double delta = (double)other[0] - mean;
      mean += delta * (more / total);
      squares += (double)other[1] + delta * delta * (count * more / total);
      count = total;
    }
    moments[c] = (real)mean;
    moments[C + c] = (real)(squares / count);
    moments[2 * C + c] = 1 / SQRT(moments[C + c] + (real)1e-05);
  }
}

// third_batchnorm2 (residual.bn:5): the running statistics in the place of the batch's.
static void k_third_batchnorm2_moments_running(const struct step *s, int task) {
  enum { C = 64 };
  (void)task;
  real *moments = s->scratch + b_third_batchnorm2_moments;
  for (int c = 0; c < C; c++) {
    moments[c] = s->state->third_batchnorm2_running_mean[c];
    moments[C + c] = s->state->third_batchnorm2_running_variance[c];
    moments[2 * C + c] = 1 / SQRT(moments[C + c] + (real)1e-05);
  }
}

// third_batchnorm2 (residual.bn:5):
//   y = gamma[c] * (x - mean[c]) / sqrt(variance[c] + eps) + beta[c]
//   x [64, 8, 8], y [64, 8, 8]
static void k_third_batchnorm2_forward(const struct step *s, int task) {
  enum { C = 64, H = 8, W = 8, OH = 8, OW = 8, K = 1, S = 1, TILES = 16 };
  const int block = task / TILES, tile = task % TILES;
  const int first = tile * 4, end = first + 4;
  const mask live = live_lanes(s, block);
  const real *moments = s->scratch + b_third_batchnorm2_moments;
  for (int c = first; c < end; c++) {
    const real mean = moments[c];
    const real scale = s->parameters->third_batchnorm2_gamma[c] * moments[2 * C + c];
    const real shift = s->parameters->third_batchnorm2_beta[c];
    const vec *x = lanes_at(s, b_third_conv2_output) + (block * C + c) * (H * W);
    vec *y = lanes_at(s, b_third_batchnorm2_output) + (block * C + c) * (H * W);
    for (int k = 0; k < H * W; k++) y[k] = keep(normalized(x[k], mean, scale, shift), live);
  }
}

// third_add1, third_relu2 (residual.bn:6): y = relu(add(a, b))
//   all [64, 8, 8]
static void k_third_add1_forward(const struct step *s, int task) {
  enum { COUNT = 4096, PIECES = 2 };
  const int block = task / PIECES, piece = task % PIECES;
  const vec *a = lanes_at(s, b_relu3_output) + block * COUNT;
  const vec *b = lanes_at(s, b_third_batchnorm2_output) + block * COUNT;
  vec *y = lanes_at(s, b_third_relu2_output) + block * COUNT;
  const int first = (int)((int64_t)COUNT * piece / PIECES);
  const int end = (int)((int64_t)COUNT * (piece + 1) / PIECES);
  for (int k = first; k < end; k++) y[k] = vec_relu(a[k] + b[k]);
}

// avgpool1 (residual.bn:20): y[n, c, i, j] = mean of the 8 x 8 window of x[n, c]
//   x [64, 8, 8], y [64, 1, 1]
static void k_avgpool1_forward(const struct step *s, int task) {
  enum { H = 8, W = 8, OH = 1, OW = 1, K = 8, S = 8, P = 0 };
  const vec *x = lanes_at(s, b_third_relu2_output) + task * (H * W);
  vec *y = lanes_at(s, b_avgpool1_output) + task * (OH * OW);
  for (int i = 0; i < OH; i++)
    for (int j = 0; j < OW; j++) {
      vec sum = {0};
      for (int ky = 0; ky < K; ky++)
        for (int kx = 0; kx < K; kx++) {
          const int row = i * S + ky - P, column = j * S + kx - P;
          sum += x[row * W + column];
        }
      y[i * OW + j] = sum * (real)0.015625;
    }
}

// dense1 (residual.bn:22), forward:
//   y[n, o] = bias[o] + sum over f of weight[o, f] * x[n, f]
//   x [64], weight [10, 64], y [10]
// One tile: `features` outputs of `blocks` blocks in registers.
static ALWAYS_INLINE void k_dense1_forward_tile(const vec *x, const real *weight, const real *bias, vec *y,
    const struct step *s, int block, const int features, const int blocks) {
  enum { IN = 64, OUT = 10 };
  vec sum[3][4];
  UNROLL for (int o = 0; o < features; o++)
    UNROLL for (int b = 0; b < blocks; b++) sum[o][b] = splat(bias[o]);
  for (int f = 0; f < IN; f++)
    UNROLL for (int b = 0; b < blocks; b++) {
      const vec v = x[(block + b) * IN + f];
      UNROLL for (int o = 0; o < features; o++) sum[o][b] += v * weight[o * IN + f];
    }
  UNROLL for (int b = 0; b < blocks; b++) {
    const mask live = live_lanes(s, block + b);
    UNROLL for (int o = 0; o < features; o++) y[(block + b) * OUT + o] = keep(sum[o][b], live);
  }
}

// dense1: `features` outputs of the blocks from `block` up to `end`.
static ALWAYS_INLINE void k_dense1_forward_blocks(const vec *x, const real *weight, const real *bias, vec *y,
    const struct step *s, int block, int end, const int features) {
  if (end - block == 4) {
    k_dense1_forward_tile(x, weight, bias, y, s, block, features, 4);
    return;
  }
  for (; block < end; block++) k_dense1_forward_tile(x, weight, bias, y, s, block, features, 1);
}

// dense1: a task makes 3 or 2 outputs of 4 blocks.
static void k_dense1_forward(const struct step *s, int task) {
  enum { IN = 64, OUT = 10, TILES = 4, GROUP = 4 };
  const int tile = task % TILES, first = task / TILES * GROUP;
  const int end = first + GROUP < s->blocks ? first + GROUP : s->blocks;
  const int o = tile * 2 + (tile < 2 ? tile : 2);
  const vec *x = lanes_at(s, b_avgpool1_output);
  const real *weight = s->parameters->dense1_weight + o * IN;
  const real *bias = s->parameters->dense1_bias + o;
  vec *y = lanes_at(s, b_dense1_output) + o;
  if (tile < 2) k_dense1_forward_blocks(x, weight, bias, y, s, first, end, 3);
  if (tile >= 2) k_dense1_forward_blocks(x, weight, bias, y, s, first, end, 2);
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
  const int live = live_count(s, block);
  vec best = x[0], sum = {0};
  for (int k = 1; k < OUTPUTS; k++) best = larger(best, x[k]);
  for (int k = 0; k < OUTPUTS; k++) {
    dx[k] = vec_exp(x[k] - best);
    sum += dx[k];
  }
  const vec share = 1 / (sum * (real)s->count);
  const mask lanes = live_lanes(s, block);
  for (int k = 0; k < OUTPUTS; k++) dx[k] = keep(dx[k] * share, lanes);
  real loss = 0;
  if (has_target(s))
    for (int l = 0; l < live; l++) {
      const int label = label_of(s, block * LANES + l);
      dx[label][l] -= 1 / (real)s->count;
      loss += LOG(sum[l]) - (x[label][l] - best[l]);
    }
  (s->scratch + b_block_losses)[block] = loss;
}

// ---- Backward

// dense1 (residual.bn:22): the gradient of its input,
//   dx[n, f] = sum over o of weight[o, f] * dy[n, o]
//   dy [10], weight [10, 64], dx [64]
// One tile: `features` of dx for `blocks` blocks in registers.
static ALWAYS_INLINE void k_dense1_input_gradient_tile(const vec *dy, const real *weight, vec *dx, const struct step *s,
    int block, const int features, const int blocks) {
  enum { IN = 64, OUT = 10 };
  vec sum[3][4] = {0};
  UNROLL_TWICE for (int o = 0; o < OUT; o++)
    UNROLL for (int b = 0; b < blocks; b++) {
      const vec v = dy[(block + b) * OUT + o];
      UNROLL for (int f = 0; f < features; f++) sum[f][b] += v * weight[o * IN + f];
    }
  UNROLL for (int b = 0; b < blocks; b++) {
    const mask live = live_lanes(s, block + b);
    UNROLL for (int f = 0; f < features; f++) dx[(block + b) * IN + f] = keep(sum[f][b], live);
  }
}

// dense1: `features` of dx for the whole batch.
static ALWAYS_INLINE void k_dense1_input_gradient_blocks(const vec *dy, const real *weight, vec *dx, const struct step *s,
    const int features) {
  int block = 0;
  for (; block + 4 <= s->blocks; block += 4)
    k_dense1_input_gradient_tile(dy, weight, dx, s, block, features, 4);
  for (; block < s->blocks; block++) k_dense1_input_gradient_tile(dy, weight, dx, s, block, features, 1);
}

// dense1: a task makes 3 or 2 features of dx for the whole batch.
static void k_dense1_input_gradient(const struct step *s, int tile) {
  const int f = tile * 2 + (tile < 20 ? tile : 20);
  const vec *dy = lanes_at(s, b_dense1_output_gradient);
  const real *weight = s->parameters->dense1_weight + f;
  vec *dx = lanes_at(s, b_flatten1_output_gradient) + f;
  if (tile < 20) k_dense1_input_gradient_blocks(dy, weight, dx, s, 3);
  if (tile >= 20) k_dense1_input_gradient_blocks(dy, weight, dx, s, 2);
}

// dense1 (residual.bn:22): its input as rows, one example each.
//   x [64], rows [batch][64]
static void k_dense1_rows_load(const struct step *s, int block) {
  enum { IN = 64, STRIDE = 64 };
  const vec *x = lanes_at(s, b_avgpool1_output) + block * IN;
  vec *rows = lanes_at(s, b_dense1_rows) + block * STRIDE;
  for (int f = 0; f < IN; f += LANES) {
    vec square[LANES];
    UNROLL for (int i = 0; i < LANES; i++) square[i] = x[f + i];
    transpose(square);
    UNROLL for (int l = 0; l < LANES; l++) rows[(l * STRIDE + f) / LANES] = square[l];
  }
}

// dense1 (residual.bn:22): the gradient of its weight, and the step along it,
//   dweight[o, f] = sum over n of dy[n, o] * x[n, f]
//   rows [batch][64], dy [10], dweight [10, 64]
// Here the lanes hold input features, so that no sum runs across lanes. One tile: `features` outputs
// x `vectors` vectors of inputs in registers.
static ALWAYS_INLINE void k_dense1_weight_gradient_tile(const struct step *s, int o, int f,
    const int features, const int vectors) {
  enum { IN = 64, OUT = 10, STRIDE = 64 };
  const vec *dy = lanes_at(s, b_dense1_output_gradient) + o;
  const vec *rows = lanes_at(s, b_dense1_rows) + f / LANES;
  UNROLL for (int c = 0; c < features; c++)
    UNROLL for (int v = 0; v < vectors; v++) __builtin_prefetch(&s->parameters->dense1_weight[(o + c) * IN + f + v * LANES], 1);
  vec sum[3][4] = {0};
  for (int n = 0; n < s->count; n++) {
    const vec *g = dy + n / LANES * OUT;
    UNROLL for (int v = 0; v < vectors; v++) {
      const vec x = rows[n * (STRIDE / LANES) + v];
      UNROLL for (int c = 0; c < features; c++) sum[c][v] += x * g[c][n % LANES];
    }
  }
  UNROLL for (int c = 0; c < features; c++)
    UNROLL for (int v = 0; v < vectors; v++) {
      const int first = f + v * LANES, at = (o + c) * IN + first;
      sgd_update_row(&s->parameters->dense1_weight[at], sum[c][v], LANES, s);
    }
}

// dense1: the gradients of `features` outputs' weights.
static ALWAYS_INLINE void k_dense1_weight_gradient_inputs(const struct step *s, int o, const int features) {
  for (int piece = 0; piece < 2; piece++) {
    const int f = (piece * 4) * LANES;
    k_dense1_weight_gradient_tile(s, o, f, features, 4);
  }
}

// dense1: a task makes the gradients of 3 or 2 outputs' weights.
static void k_dense1_weight_gradient(const struct step *s, int tile) {
  const int o = tile * 2 + (tile < 2 ? tile : 2);
  if (tile < 2) k_dense1_weight_gradient_inputs(s, o, 3);
  if (tile >= 2) k_dense1_weight_gradient_inputs(s, o, 2);
}

// dense1 (residual.bn:22): the gradient of its bias, and the step along it,
//   dbias[c] = sum over n, i, j of dy[n, c, i, j]
//   dy [10], dbias [10]
static void k_dense1_bias_gradient(const struct step *s, int channel) {
  enum { CHANNELS = 10, PLANE = 1 };
  struct long_sum sum = {0};
  for (int block = 0; block < s->blocks; block++)
    add_part(&sum, sum_of(lanes_at(s, b_dense1_output_gradient) + (block * CHANNELS + channel) * PLANE, PLANE));
  const int at = channel;
  sgd_update(&s->parameters->dense1_bias[at], lanes_sum(sum.total), s);
}

// avgpool1 (residual.bn:20): the gradient of its input, dy shared among the numbers of its window
//   dy [64, 1, 1], dx [64, 8, 8]
static void k_avgpool1_backward(const struct step *s, int task) {
  enum { H = 8, W = 8, OH = 1, OW = 1, K = 8, S = 8, P = 0 };
  const vec *dy = lanes_at(s, b_flatten1_output_gradient) + task * (OH * OW);
  vec *dx = lanes_at(s, b_third_relu2_output_gradient) + task * (H * W);
  for (int k = 0; k < H * W; k++) dx[k] = (vec){0};
  for (int i = 0; i < OH; i++)
    for (int j = 0; j < OW; j++) {
      const vec share = dy[i * OW + j] * (real)0.015625;
      for (int ky = 0; ky < K; ky++)
        for (int kx = 0; kx < K; kx++) {
          const int row = i * S + ky - P, column = j * S + kx - P;
          dx[row * W + column] += share;
        }
    }
}

// third_add1, third_relu2 (residual.bn:6): dx = y <= 0 ? dy * y : dy
//   all [64, 8, 8]
static void k_third_add1_backward(const struct step *s, int task) {
  enum { COUNT = 4096, PIECES = 2 };
  const int block = task / PIECES, piece = task % PIECES;
  const vec *dy = lanes_at(s, b_third_relu2_output_gradient) + block * COUNT;
  const vec *y = lanes_at(s, b_third_relu2_output) + block * COUNT;
  vec *dx = lanes_at(s, b_relu3_third_add1_output_gradient) + block * COUNT;
  const int first = (int)((int64_t)COUNT * piece / PIECES);
  const int end = (int)((int64_t)COUNT * (piece + 1) / PIECES);
  for (int k = first; k < end; k++) dx[k] = vec_relu_gradient(dy[k], y[k]);
}

// third_batchnorm2 (residual.bn:5), backward: g, what dy, the gradient of the result, leaves of
// itself before the batch norm, of each number of a window. The mask is made again from x, which is
// cheaper than to store it.
static ALWAYS_INLINE void k_third_batchnorm2_window(const vec *x, vec dy, real mean, real scale, real shift, vec *g) {
  enum { W = 8, K = 1 };
  (void)x, (void)mean, (void)scale, (void)shift;
  UNROLL for (int k = 0; k < K * K; k++) {
    g[k] = dy;
  }
}

// third_batchnorm2: each block's sum of g and of g * xhat, a channel.
//   x [64, 8, 8], dy [64, 8, 8]
static void k_third_batchnorm2_sums(const struct step *s, int task) {
  enum { C = 64, H = 8, W = 8, OH = 8, OW = 8, K = 1, S = 1, TILES = 16 };
  const int block = task / TILES, tile = task % TILES;
  const int first = tile * 4, end = first + 4;
  const real *moments = s->scratch + b_third_batchnorm2_moments;
  real (*partial)[2] = moments_at(s, b_third_batchnorm2_partial_sums) + block * C;
  for (int c = first; c < end; c++) {
    const real mean = moments[c], inverse = moments[2 * C + c];
    const real scale = s->parameters->third_batchnorm2_gamma[c] * moments[2 * C + c];
    const real shift = s->parameters->third_batchnorm2_beta[c];
    const vec *x = lanes_at(s, b_third_conv2_output) + (block * C + c) * (H * W);
    const vec *dy = lanes_at(s, b_relu3_third_add1_output_gradient) + (block * C + c) * (OH * OW);
    vec sum = {0}, product = {0};
    for (int i = 0; i < OH; i++)
      for (int j = 0; j < OW; j++) {
        const vec *window = x + i * S * W + j * S;
        vec g[K * K];
        k_third_batchnorm2_window(window, dy[i * OW + j], mean, scale, shift, g);
        UNROLL for (int k = 0; k < K * K; k++) {
          sum += g[k];
          product += g[k] * (window[k / K * W + k % K] - mean);
        }
      }
    partial[c][0] = lanes_sum(sum);
    partial[c][1] = lanes_sum(product) * inverse;
  }
}

// third_batchnorm2 (residual.bn:5): the gradients of gamma and beta, and the step along them,
//   dbeta[c] = sum of g, dgamma[c] = sum of g * xhat
// and what dx needs of them. With the running statistics, which depend on no example, dx takes no means away.
//   coefficients [4][64]: scale and shift as they were, mean of g, mean of g * xhat
static void k_third_batchnorm2_parameter_gradient(const struct step *s, int task) {
  enum { C = 64, PLANE = 64 };
  (void)task;
  const real *moments = s->scratch + b_third_batchnorm2_moments;
  real (*partial)[2] = moments_at(s, b_third_batchnorm2_partial_sums);
  real *coefficients = s->scratch + b_third_batchnorm2_coefficients;
  const real share = s->training ? 1 / (real)(s->count * PLANE) : 0;
  for (int c = 0; c < C; c++) {
    double g = 0, g_xhat = 0;
    for (int block = 0; block < s->blocks; block++) {
      g += (double)partial[block * C + c][0];
      g_xhat += (double)partial[block * C + c][1];
    }
    const real sum = (real)g, product = (real)g_xhat;
    coefficients[c] = s->parameters->third_batchnorm2_gamma[c] * moments[2 * C + c];
    coefficients[C + c] = s->parameters->third_batchnorm2_beta[c];
    coefficients[2 * C + c] = sum * share;
    coefficients[3 * C + c] = product * share;
    sgd_update(&s->parameters->third_batchnorm2_gamma[c], product, s);
    sgd_update(&s->parameters->third_batchnorm2_beta[c], sum, s);
  }
}

// third_batchnorm2 (residual.bn:5): the gradient of its input,
//   dx = gamma * inverse * (g - mean of g - xhat * mean of g * xhat), and g = 0 where no window lies
//   x [64, 8, 8], dy [64, 8, 8], dx [64, 8, 8], in x's place
static void k_third_batchnorm2_backward(const struct step *s, int task) {
  enum { C = 64, H = 8, W = 8, OH = 8, OW = 8, K = 1, S = 1, TILES = 16 };
  const int block = task / TILES, tile = task % TILES;
  const int first = tile * 4, end = first + 4;
  const mask live = live_lanes(s, block);
  const real *moments = s->scratch + b_third_batchnorm2_moments, *coefficients = s->scratch + b_third_batchnorm2_coefficients;
  for (int c = first; c < end; c++) {
    const real mean = moments[c], inverse = moments[2 * C + c], scale = coefficients[c], shift = coefficients[C + c];
    const real mean_g = coefficients[2 * C + c], slope = coefficients[3 * C + c] * inverse;
    const vec *x = lanes_at(s, b_third_conv2_output) + (block * C + c) * (H * W);
    const vec *dy = lanes_at(s, b_relu3_third_add1_output_gradient) + (block * C + c) * (OH * OW);
    vec *dx = lanes_at(s, b_third_conv2_output_gradient) + (block * C + c) * (H * W);
    for (int i = 0; i < OH; i++)
      for (int j = 0; j < OW; j++) {
        const int at = i * S * W + j * S;
        vec g[K * K];
        k_third_batchnorm2_window(x + at, dy[i * OW + j], mean, scale, shift, g);
        UNROLL for (int k = 0; k < K * K; k++) {
          const int cell = at + k / K * W + k % K;
          dx[cell] = keep((g[k] - mean_g - (x[cell] - mean) * slope) * scale, live);
        }
      }
  }
}

// third_conv2 (residual.bn:5): the gradient of its input,
//   dx[n, ci, i + ky - 1, j + kx - 1] += weight[co, ci, ky, kx] * dy[n, co, i, j] for all co, ky, kx, i, j
//   dy [64, 8, 8], weight [64, 64, 3, 3], dx [64, 8, 8]
// One tile: `columns` of dx's row i for `channels` of its channels, in registers, gathered from every dy
// whose window covers them; `edge` says that some lie outside of dy. Nothing is computed on padding.
static ALWAYS_INLINE void k_third_conv2_input_gradient_tile(const vec *dy, const real *weight, vec *dx, mask live, int i, int j,
    const int channels, const int columns, const int edge) {
  enum { CI = 64, H = 8, W = 8, CO = 64, OH = 8, OW = 8, K = 3, S = 1, P = 1 };
  vec sum[3][4] = {0};
  for (int co = 0; co < CO; co++)
    for (int ky = 0; ky < K; ky += S) {
      const int row = (i + P - ky) / S;
      if (ky > i + P || row >= OH) continue;
      const vec *g = dy + (co * OH + row) * OW;
      const real *w = weight + (co * CI * K + ky) * K;
      UNROLL for (int kx = 0; kx < K; kx++)
        UNROLL for (int t = 0; t < columns; t++) {
          const int o = (t + P - kx) / S;
          if (o * S != t + P - kx || (edge && (j + o < 0 || j + o >= OW))) continue;
          const vec v = g[j + o];
          UNROLL for (int c = 0; c < channels; c++) sum[c][t] += v * w[c * K * K + kx];
        }
    }
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) dx[(c * H + i) * W + j + t] = keep(sum[c][t], live);
}

// third_conv2: dx of `channels` input channels of one block, row by row.
static ALWAYS_INLINE void k_third_conv2_input_gradient_rows(const vec *dy, const real *weight, vec *dx, mask live,
    const int channels) {
  for (int i = 0; i < 8; i++) {
    k_third_conv2_input_gradient_tile(dy, weight, dx, live, i, 0, channels, 4, 1);
    k_third_conv2_input_gradient_tile(dy, weight, dx, live, i, 4, channels, 4, 1);
  }
}

// third_conv2: a task makes dx of 3 or 2 input channels of one block.
static void k_third_conv2_input_gradient(const struct step *s, int task) {
  enum { CI = 64, H = 8, W = 8, CO = 64, OH = 8, OW = 8, K = 3, S = 1, P = 1, TILES = 22 };
  const int block = task / TILES, tile = task % TILES;
  const int ci = tile * 2 + (tile < 20 ? tile : 20);
  const vec *dy = lanes_at(s, b_third_conv2_output_gradient) + block * (CO * OH * OW);
  const real *weight = s->parameters->third_conv2_weight + ci * (K * K);
  vec *dx = lanes_at(s, b_third_relu1_output_gradient) + (block * CI + ci) * (H * W);
  const mask live = live_lanes(s, block);
  if (tile < 20) k_third_conv2_input_gradient_rows(dy, weight, dx, live, 3);
  if (tile >= 20) k_third_conv2_input_gradient_rows(dy, weight, dx, live, 2);
}

// third_conv2 (residual.bn:5): the gradient of its weight, and the step along it,
//   dweight[co, ci, ky, kx] = sum over n, i, j of dy[n, co, i, j] * x[n, ci, i + ky - 1, j + kx - 1]
//   x [64, 8, 8], dy [64, 8, 8], dweight [64, 64, 3, 3]
// A tile is `outputs` x `inputs` channels x `taps` kernel columns from kx on, in registers, each lane the
// sum over its own examples. Here: what rows `first` up to `end` of one block's dy add to it for row ky of
// the kernel. Dead lanes hold 0 in x and in dy.
static ALWAYS_INLINE void k_third_conv2_weight_gradient_rows(const vec *x, const vec *dy, vec sums[4][1][3],
    int first, int end, int ky, int kx, const int outputs, const int inputs, const int taps) {
  enum { CI = 64, H = 8, W = 8, CO = 64, OH = 8, OW = 8, K = 3, S = 1, P = 1 };
  vec sum[4][1][3];
  UNROLL for (int o = 0; o < outputs; o++)
    UNROLL for (int c = 0; c < inputs; c++)
      UNROLL for (int k = 0; k < taps; k++) sum[o][c][k] = sums[o][c][k];
  const int first_row = ky < P ? (P - ky + S - 1) / S : 0, end_row = (H - 1 + P - ky + S) / S;
  if (first < first_row) first = first_row;
  if (end > end_row) end = end_row;
  for (int i = first; i < end; i++) {
    const int row = (i * S + ky - P) * W + kx - P;
    const vec *g = dy + i * OW;
    UNROLL for (int side = 0; side < 2; side++)
      for (int j = side ? 7 : 0; j < (side ? OW : 1); j++)
        UNROLL for (int k = 0; k < taps; k++) {
          const int column = j * S + kx + k - P;
          if (column < 0 || column >= W) continue;
          UNROLL for (int c = 0; c < inputs; c++)
            UNROLL for (int o = 0; o < outputs; o++) sum[o][c][k] += g[o * OH * OW + j] * x[c * H * W + row + j * S + k];
        }
    for (int j = 1; j < 7; j++)
      UNROLL for (int o = 0; o < outputs; o++) {
        const vec v = g[o * OH * OW + j];
        UNROLL for (int c = 0; c < inputs; c++)
          UNROLL for (int k = 0; k < taps; k++) sum[o][c][k] += v * x[c * H * W + row + j * S + k];
      }
  }
  UNROLL for (int o = 0; o < outputs; o++)
    UNROLL for (int c = 0; c < inputs; c++)
      UNROLL for (int k = 0; k < taps; k++) sums[o][c][k] = sum[o][c][k];
}

// third_conv2: one tile for row ky of the kernel, over the whole batch; at the end the lanes are added.
static ALWAYS_INLINE void k_third_conv2_weight_gradient_tile(const struct step *s, int co, int ci, int ky, int kx,
    const int outputs, const int inputs, const int taps) {
  enum { CI = 64, H = 8, W = 8, CO = 64, OH = 8, OW = 8, K = 3, S = 1, P = 1 };
  vec sum[4][1][3] = {0};
  for (int block = 0; block < s->blocks; block++) {
    const vec *x = lanes_at(s, b_third_relu1_output) + (block * CI + ci) * (H * W);
    const vec *dy = lanes_at(s, b_third_conv2_output_gradient) + (block * CO + co) * (OH * OW);
    k_third_conv2_weight_gradient_rows(x, dy, sum, 0, OH, ky, kx, outputs, inputs, taps);
  }
  UNROLL for (int o = 0; o < outputs; o++)
    UNROLL for (int c = 0; c < inputs; c++)
      UNROLL for (int k = 0; k < taps; k++) {
        const int at = (((co + o) * CI + ci + c) * K + ky) * K + kx + k;
        sgd_update(&s->parameters->third_conv2_weight[at], lanes_sum(sum[o][c][k]), s);
      }
}

// third_conv2: a task makes one row of the kernel for 4 output and 1 input channels.
static void k_third_conv2_weight_gradient(const struct step *s, int task) {
  enum { K = 3, INPUT_TILES = 64 };
  const int ky = task % K, input_tile = task / K % INPUT_TILES, output_tile = task / K / INPUT_TILES;
  const int co = output_tile * 4, ci = input_tile;
  k_third_conv2_weight_gradient_tile(s, co, ci, ky, 0, 4, 1, 3);
}

// third_batchnorm1, third_relu1 (residual.bn:4), backward: g, what dy, the gradient of the result, leaves of
// itself before third_relu1, of each number of a window. The mask is made again from x, which is
// cheaper than to store it.
static ALWAYS_INLINE void k_third_batchnorm1_window(const vec *x, vec dy, real mean, real scale, real shift, vec *g) {
  enum { W = 8, K = 1 };
  UNROLL for (int k = 0; k < K * K; k++) {
    const vec v = normalized(x[k / K * W + k % K], mean, scale, shift);
    g[k] = vec_relu_gradient_2(dy, v);
  }
}

// third_batchnorm1, third_relu1: each block's sum of g and of g * xhat, a channel.
//   x [64, 8, 8], dy [64, 8, 8]
static void k_third_batchnorm1_sums(const struct step *s, int task) {
  enum { C = 64, H = 8, W = 8, OH = 8, OW = 8, K = 1, S = 1, TILES = 16 };
  const int block = task / TILES, tile = task % TILES;
  const int first = tile * 4, end = first + 4;
  const real *moments = s->scratch + b_third_batchnorm1_moments;
  real (*partial)[2] = moments_at(s, b_third_batchnorm1_partial_sums) + block * C;
  for (int c = first; c < end; c++) {
    const real mean = moments[c], inverse = moments[2 * C + c];
    const real scale = s->parameters->third_batchnorm1_gamma[c] * moments[2 * C + c];
    const real shift = s->parameters->third_batchnorm1_beta[c];
    const vec *x = lanes_at(s, b_third_conv1_output) + (block * C + c) * (H * W);
    const vec *dy = lanes_at(s, b_third_relu1_output_gradient) + (block * C + c) * (OH * OW);
    vec sum = {0}, product = {0};
    for (int i = 0; i < OH; i++)
      for (int j = 0; j < OW; j++) {
        const vec *window = x + i * S * W + j * S;
        vec g[K * K];
        k_third_batchnorm1_window(window, dy[i * OW + j], mean, scale, shift, g);
        UNROLL for (int k = 0; k < K * K; k++) {
          sum += g[k];
          product += g[k] * (window[k / K * W + k % K] - mean);
        }
      }
    partial[c][0] = lanes_sum(sum);
    partial[c][1] = lanes_sum(product) * inverse;
  }
}

// third_batchnorm1 (residual.bn:4): the gradients of gamma and beta, and the step along them,
//   dbeta[c] = sum of g, dgamma[c] = sum of g * xhat
// and what dx needs of them. With the running statistics, which depend on no example, dx takes no means away.
//   coefficients [4][64]: scale and shift as they were, mean of g, mean of g * xhat
static void k_third_batchnorm1_parameter_gradient(const struct step *s, int task) {
  enum { C = 64, PLANE = 64 };
  (void)task;
  const real *moments = s->scratch + b_third_batchnorm1_moments;
  real (*partial)[2] = moments_at(s, b_third_batchnorm1_partial_sums);
  real *coefficients = s->scratch + b_third_batchnorm1_coefficients;
  const real share = s->training ? 1 / (real)(s->count * PLANE) : 0;
  for (int c = 0; c < C; c++) {
    double g = 0, g_xhat = 0;
    for (int block = 0; block < s->blocks; block++) {
      g += (double)partial[block * C + c][0];
      g_xhat += (double)partial[block * C + c][1];
    }
    const real sum = (real)g, product = (real)g_xhat;
    coefficients[c] = s->parameters->third_batchnorm1_gamma[c] * moments[2 * C + c];
    coefficients[C + c] = s->parameters->third_batchnorm1_beta[c];
    coefficients[2 * C + c] = sum * share;
    coefficients[3 * C + c] = product * share;
    sgd_update(&s->parameters->third_batchnorm1_gamma[c], product, s);
    sgd_update(&s->parameters->third_batchnorm1_beta[c], sum, s);
  }
}

// third_batchnorm1, third_relu1 (residual.bn:4): the gradient of its input,
//   dx = gamma * inverse * (g - mean of g - xhat * mean of g * xhat), and g = 0 where no window lies
//   x [64, 8, 8], dy [64, 8, 8], dx [64, 8, 8], in x's place
static void k_third_batchnorm1_backward(const struct step *s, int task) {
  enum { C = 64, H = 8, W = 8, OH = 8, OW = 8, K = 1, S = 1, TILES = 16 };
  const int block = task / TILES, tile = task % TILES;
  const int first = tile * 4, end = first + 4;
  const mask live = live_lanes(s, block);
  const real *moments = s->scratch + b_third_batchnorm1_moments, *coefficients = s->scratch + b_third_batchnorm1_coefficients;
  for (int c = first; c < end; c++) {
    const real mean = moments[c], inverse = moments[2 * C + c], scale = coefficients[c], shift = coefficients[C + c];
    const real mean_g = coefficients[2 * C + c], slope = coefficients[3 * C + c] * inverse;
    const vec *x = lanes_at(s, b_third_conv1_output) + (block * C + c) * (H * W);
    const vec *dy = lanes_at(s, b_third_relu1_output_gradient) + (block * C + c) * (OH * OW);
    vec *dx = lanes_at(s, b_third_conv1_output_gradient) + (block * C + c) * (H * W);
    for (int i = 0; i < OH; i++)
      for (int j = 0; j < OW; j++) {
        const int at = i * S * W + j * S;
        vec g[K * K];
        k_third_batchnorm1_window(x + at, dy[i * OW + j], mean, scale, shift, g);
        UNROLL for (int k = 0; k < K * K; k++) {
          const int cell = at + k / K * W + k % K;
          dx[cell] = keep((g[k] - mean_g - (x[cell] - mean) * slope) * scale, live);
        }
      }
  }
}

// third_conv1 (residual.bn:4): the gradient of its input,
//   dx[n, ci, i + ky - 1, j + kx - 1] += weight[co, ci, ky, kx] * dy[n, co, i, j] for all co, ky, kx, i, j
//   dy [64, 8, 8], weight [64, 64, 3, 3], dx [64, 8, 8]
// One tile: `columns` of dx's row i for `channels` of its channels, in registers, gathered from every dy
// whose window covers them; `edge` says that some lie outside of dy. Nothing is computed on padding.
static ALWAYS_INLINE void k_third_conv1_input_gradient_tile(const vec *dy, const real *weight, vec *dx, mask live, int i, int j,
    const int channels, const int columns, const int edge) {
  enum { CI = 64, H = 8, W = 8, CO = 64, OH = 8, OW = 8, K = 3, S = 1, P = 1 };
  vec sum[3][4] = {0};
  for (int co = 0; co < CO; co++)
    for (int ky = 0; ky < K; ky += S) {
      const int row = (i + P - ky) / S;
      if (ky > i + P || row >= OH) continue;
      const vec *g = dy + (co * OH + row) * OW;
      const real *w = weight + (co * CI * K + ky) * K;
      UNROLL for (int kx = 0; kx < K; kx++)
        UNROLL for (int t = 0; t < columns; t++) {
          const int o = (t + P - kx) / S;
          if (o * S != t + P - kx || (edge && (j + o < 0 || j + o >= OW))) continue;
          const vec v = g[j + o];
          UNROLL for (int c = 0; c < channels; c++) sum[c][t] += v * w[c * K * K + kx];
        }
    }
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) dx[(c * H + i) * W + j + t] = keep(sum[c][t], live);
}

// third_conv1: dx of `channels` input channels of one block, row by row.
static ALWAYS_INLINE void k_third_conv1_input_gradient_rows(const vec *dy, const real *weight, vec *dx, mask live,
    const int channels) {
  for (int i = 0; i < 8; i++) {
    k_third_conv1_input_gradient_tile(dy, weight, dx, live, i, 0, channels, 4, 1);
    k_third_conv1_input_gradient_tile(dy, weight, dx, live, i, 4, channels, 4, 1);
  }
}

// third_conv1: a task makes dx of 3 or 2 input channels of one block.
static void k_third_conv1_input_gradient(const struct step *s, int task) {
  enum { CI = 64, H = 8, W = 8, CO = 64, OH = 8, OW = 8, K = 3, S = 1, P = 1, TILES = 22 };
  const int block = task / TILES, tile = task % TILES;
  const int ci = tile * 2 + (tile < 20 ? tile : 20);
  const vec *dy = lanes_at(s, b_third_conv1_output_gradient) + block * (CO * OH * OW);
  const real *weight = s->parameters->third_conv1_weight + ci * (K * K);
  vec *dx = lanes_at(s, b_relu3_third_conv1_output_gradient) + (block * CI + ci) * (H * W);
  const mask live = live_lanes(s, block);
  if (tile < 20) k_third_conv1_input_gradient_rows(dy, weight, dx, live, 3);
  if (tile >= 20) k_third_conv1_input_gradient_rows(dy, weight, dx, live, 2);
}

// third_conv1 (residual.bn:4): the gradient of its weight, and the step along it,
//   dweight[co, ci, ky, kx] = sum over n, i, j of dy[n, co, i, j] * x[n, ci, i + ky - 1, j + kx - 1]
//   x [64, 8, 8], dy [64, 8, 8], dweight [64, 64, 3, 3]
// A tile is `outputs` x `inputs` channels x `taps` kernel columns from kx on, in registers, each lane the
// sum over its own examples. Here: what rows `first` up to `end` of one block's dy add to it for row ky of
// the kernel. Dead lanes hold 0 in x and in dy.
static ALWAYS_INLINE void k_third_conv1_weight_gradient_rows(const vec *x, const vec *dy, vec sums[4][1][3],
    int first, int end, int ky, int kx, const int outputs, const int inputs, const int taps) {
  enum { CI = 64, H = 8, W = 8, CO = 64, OH = 8, OW = 8, K = 3, S = 1, P = 1 };
  vec sum[4][1][3];
  UNROLL for (int o = 0; o < outputs; o++)
    UNROLL for (int c = 0; c < inputs; c++)
      UNROLL for (int k = 0; k < taps; k++) sum[o][c][k] = sums[o][c][k];
  const int first_row = ky < P ? (P - ky + S - 1) / S : 0, end_row = (H - 1 + P - ky + S) / S;
  if (first < first_row) first = first_row;
  if (end > end_row) end = end_row;
  for (int i = first; i < end; i++) {
    const int row = (i * S + ky - P) * W + kx - P;
    const vec *g = dy + i * OW;
    UNROLL for (int side = 0; side < 2; side++)
      for (int j = side ? 7 : 0; j < (side ? OW : 1); j++)
        UNROLL for (int k = 0; k < taps; k++) {
          const int column = j * S + kx + k - P;
          if (column < 0 || column >= W) continue;
          UNROLL for (int c = 0; c < inputs; c++)
            UNROLL for (int o = 0; o < outputs; o++) sum[o][c][k] += g[o * OH * OW + j] * x[c * H * W + row + j * S + k];
        }
    for (int j = 1; j < 7; j++)
      UNROLL for (int o = 0; o < outputs; o++) {
        const vec v = g[o * OH * OW + j];
        UNROLL for (int c = 0; c < inputs; c++)
          UNROLL for (int k = 0; k < taps; k++) sum[o][c][k] += v * x[c * H * W + row + j * S + k];
      }
  }
  UNROLL for (int o = 0; o < outputs; o++)
    UNROLL for (int c = 0; c < inputs; c++)
      UNROLL for (int k = 0; k < taps; k++) sums[o][c][k] = sum[o][c][k];
}

// third_conv1: one tile for row ky of the kernel, over the whole batch; at the end the lanes are added.
static ALWAYS_INLINE void k_third_conv1_weight_gradient_tile(const struct step *s, int co, int ci, int ky, int kx,
    const int outputs, const int inputs, const int taps) {
  enum { CI = 64, H = 8, W = 8, CO = 64, OH = 8, OW = 8, K = 3, S = 1, P = 1 };
  vec sum[4][1][3] = {0};
  for (int block = 0; block < s->blocks; block++) {
    const vec *x = lanes_at(s, b_relu3_output) + (block * CI + ci) * (H * W);
    const vec *dy = lanes_at(s, b_third_conv1_output_gradient) + (block * CO + co) * (OH * OW);
    k_third_conv1_weight_gradient_rows(x, dy, sum, 0, OH, ky, kx, outputs, inputs, taps);
  }
  UNROLL for (int o = 0; o < outputs; o++)
    UNROLL for (int c = 0; c < inputs; c++)
      UNROLL for (int k = 0; k < taps; k++) {
        const int at = (((co + o) * CI + ci + c) * K + ky) * K + kx + k;
        sgd_update(&s->parameters->third_conv1_weight[at], lanes_sum(sum[o][c][k]), s);
      }
}

// third_conv1: a task makes one row of the kernel for 4 output and 1 input channels.
static void k_third_conv1_weight_gradient(const struct step *s, int task) {
  enum { K = 3, INPUT_TILES = 64 };
  const int ky = task % K, input_tile = task / K % INPUT_TILES, output_tile = task / K / INPUT_TILES;
  const int co = output_tile * 4, ci = input_tile;
  k_third_conv1_weight_gradient_tile(s, co, ci, ky, 0, 4, 1, 3);
}

// The gradient of relu3, which several layers read: y = part0 + part1
//   all [64, 8, 8]
static void k_relu3_gradient_sum(const struct step *s, int task) {
  enum { COUNT = 4096, PIECES = 2 };
  const int block = task / PIECES, piece = task % PIECES;
  const vec *part0 = lanes_at(s, b_relu3_third_add1_output_gradient) + block * COUNT;
  const vec *part1 = lanes_at(s, b_relu3_third_conv1_output_gradient) + block * COUNT;
  vec *y = lanes_at(s, b_relu3_summed_output_gradient) + block * COUNT;
  const int first = (int)((int64_t)COUNT * piece / PIECES);
  const int end = (int)((int64_t)COUNT * (piece + 1) / PIECES);
  for (int k = first; k < end; k++) y[k] = part0[k] + part1[k];
}

// batchnorm3, relu3 (residual.bn:18), backward: g, what dy, the gradient of the result, leaves of
// itself before relu3, of each number of a window. The mask is made again from x, which is
// cheaper than to store it.
static ALWAYS_INLINE void k_batchnorm3_window(const vec *x, vec dy, real mean, real scale, real shift, vec *g) {
  enum { W = 8, K = 1 };
  UNROLL for (int k = 0; k < K * K; k++) {
    const vec v = normalized(x[k / K * W + k % K], mean, scale, shift);
    g[k] = vec_relu_gradient_2(dy, v);
  }
}

// batchnorm3, relu3: each block's sum of g and of g * xhat, a channel.
//   x [64, 8, 8], dy [64, 8, 8]
static void k_batchnorm3_sums(const struct step *s, int task) {
  enum { C = 64, H = 8, W = 8, OH = 8, OW = 8, K = 1, S = 1, TILES = 16 };
  const int block = task / TILES, tile = task % TILES;
  const int first = tile * 4, end = first + 4;
  const real *moments = s->scratch + b_batchnorm3_moments;
  real (*partial)[2] = moments_at(s, b_batchnorm3_partial_sums) + block * C;
  for (int c = first; c < end; c++) {
    const real mean = moments[c], inverse = moments[2 * C + c];
    const real scale = s->parameters->batchnorm3_gamma[c] * moments[2 * C + c];
    const real shift = s->parameters->batchnorm3_beta[c];
    const vec *x = lanes_at(s, b_conv3_output) + (block * C + c) * (H * W);
    const vec *dy = lanes_at(s, b_relu3_summed_output_gradient) + (block * C + c) * (OH * OW);
    vec sum = {0}, product = {0};
    for (int i = 0; i < OH; i++)
      for (int j = 0; j < OW; j++) {
        const vec *window = x + i * S * W + j * S;
        vec g[K * K];
        k_batchnorm3_window(window, dy[i * OW + j], mean, scale, shift, g);
        UNROLL for (int k = 0; k < K * K; k++) {
          sum += g[k];
          product += g[k] * (window[k / K * W + k % K] - mean);
        }
      }
    partial[c][0] = lanes_sum(sum);
    partial[c][1] = lanes_sum(product) * inverse;
  }
}

// batchnorm3 (residual.bn:18): the gradients of gamma and beta, and the step along them,
//   dbeta[c] = sum of g, dgamma[c] = sum of g * xhat
// and what dx needs of them. With the running statistics, which depend on no example, dx takes no means away.
//   coefficients [4][64]: scale and shift as they were, mean of g, mean of g * xhat
static void k_batchnorm3_parameter_gradient(const struct step *s, int task) {
  enum { C = 64, PLANE = 64 };
  (void)task;
  const real *moments = s->scratch + b_batchnorm3_moments;
  real (*partial)[2] = moments_at(s, b_batchnorm3_partial_sums);
  real *coefficients = s->scratch + b_batchnorm3_coefficients;
  const real share = s->training ? 1 / (real)(s->count * PLANE) : 0;
  for (int c = 0; c < C; c++) {
    double g = 0, g_xhat = 0;
    for (int block = 0; block < s->blocks; block++) {
      g += (double)partial[block * C + c][0];
      g_xhat += (double)partial[block * C + c][1];
    }
    const real sum = (real)g, product = (real)g_xhat;
    coefficients[c] = s->parameters->batchnorm3_gamma[c] * moments[2 * C + c];
    coefficients[C + c] = s->parameters->batchnorm3_beta[c];
    coefficients[2 * C + c] = sum * share;
    coefficients[3 * C + c] = product * share;
    sgd_update(&s->parameters->batchnorm3_gamma[c], product, s);
    sgd_update(&s->parameters->batchnorm3_beta[c], sum, s);
  }
}

// batchnorm3, relu3 (residual.bn:18): the gradient of its input,
//   dx = gamma * inverse * (g - mean of g - xhat * mean of g * xhat), and g = 0 where no window lies
//   x [64, 8, 8], dy [64, 8, 8], dx [64, 8, 8], in x's place
static void k_batchnorm3_backward(const struct step *s, int task) {
  enum { C = 64, H = 8, W = 8, OH = 8, OW = 8, K = 1, S = 1, TILES = 16 };
  const int block = task / TILES, tile = task % TILES;
  const int first = tile * 4, end = first + 4;
  const mask live = live_lanes(s, block);
  const real *moments = s->scratch + b_batchnorm3_moments, *coefficients = s->scratch + b_batchnorm3_coefficients;
  for (int c = first; c < end; c++) {
    const real mean = moments[c], inverse = moments[2 * C + c], scale = coefficients[c], shift = coefficients[C + c];
    const real mean_g = coefficients[2 * C + c], slope = coefficients[3 * C + c] * inverse;
    const vec *x = lanes_at(s, b_conv3_output) + (block * C + c) * (H * W);
    const vec *dy = lanes_at(s, b_relu3_summed_output_gradient) + (block * C + c) * (OH * OW);
    vec *dx = lanes_at(s, b_conv3_output_gradient) + (block * C + c) * (H * W);
    for (int i = 0; i < OH; i++)
      for (int j = 0; j < OW; j++) {
        const int at = i * S * W + j * S;
        vec g[K * K];
        k_batchnorm3_window(x + at, dy[i * OW + j], mean, scale, shift, g);
        UNROLL for (int k = 0; k < K * K; k++) {
          const int cell = at + k / K * W + k % K;
          dx[cell] = keep((g[k] - mean_g - (x[cell] - mean) * slope) * scale, live);
        }
      }
  }
}

// conv3 (residual.bn:18): the gradient of its input,
//   dx[n, ci, 2 i + ky - 1, 2 j + kx - 1] += weight[co, ci, ky, kx] * dy[n, co, i, j] for all co, ky, kx, i, j
//   dy [64, 8, 8], weight [64, 32, 3, 3], dx [32, 16, 16]
// One tile: `columns` of dx's row i for `channels` of its channels, in registers, gathered from every dy
// whose window covers them; `edge` says that some lie outside of dy. Nothing is computed on padding.
static ALWAYS_INLINE void k_conv3_input_gradient_tile(const vec *dy, const real *weight, vec *dx, mask live, int i, int j,
    const int channels, const int columns, const int edge) {
  enum { CI = 32, H = 16, W = 16, CO = 64, OH = 8, OW = 8, K = 3, S = 2, P = 1 };
  vec sum[3][4] = {0};
  for (int co = 0; co < CO; co++)
    for (int ky = (i + P) % S; ky < K; ky += S) {
      const int row = (i + P - ky) / S;
      if (ky > i + P || row >= OH) continue;
      const vec *g = dy + (co * OH + row) * OW;
      const real *w = weight + (co * CI * K + ky) * K;
      UNROLL for (int kx = 0; kx < K; kx++)
        UNROLL for (int t = 0; t < columns; t++) {
          const int o = (t + P - kx) / S;
          if (o * S != t + P - kx || (edge && (j / S + o < 0 || j / S + o >= OW))) continue;
          const vec v = g[j / S + o];
          UNROLL for (int c = 0; c < channels; c++) sum[c][t] += v * w[c * K * K + kx];
        }
    }
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) dx[(c * H + i) * W + j + t] = keep(sum[c][t], live);
}

// conv3: dx of `channels` input channels of one block, row by row.
static ALWAYS_INLINE void k_conv3_input_gradient_rows(const vec *dy, const real *weight, vec *dx, mask live,
    const int channels) {
  for (int i = 0; i < 16; i++) {
    for (int j = 0; j < 12; j += 4)
      k_conv3_input_gradient_tile(dy, weight, dx, live, i, j, channels, 4, 0);
    k_conv3_input_gradient_tile(dy, weight, dx, live, i, 12, channels, 4, 1);
  }
}

// conv3: a task makes dx of 3 or 2 input channels of one block.
static void k_conv3_input_gradient(const struct step *s, int task) {
  enum { CI = 32, H = 16, W = 16, CO = 64, OH = 8, OW = 8, K = 3, S = 2, P = 1, TILES = 11 };
  const int block = task / TILES, tile = task % TILES;
  const int ci = tile * 2 + (tile < 10 ? tile : 10);
  const vec *dy = lanes_at(s, b_conv3_output_gradient) + block * (CO * OH * OW);
  const real *weight = s->parameters->conv3_weight + ci * (K * K);
  vec *dx = lanes_at(s, b_second_relu2_output_gradient) + (block * CI + ci) * (H * W);
  const mask live = live_lanes(s, block);
  if (tile < 10) k_conv3_input_gradient_rows(dy, weight, dx, live, 3);
  if (tile >= 10) k_conv3_input_gradient_rows(dy, weight, dx, live, 2);
}

// conv3 (residual.bn:18): the gradient of its weight, and the step along it,
//   dweight[co, ci, ky, kx] = sum over n, i, j of dy[n, co, i, j] * x[n, ci, 2 i + ky - 1, 2 j + kx - 1]
//   x [32, 16, 16], dy [64, 8, 8], dweight [64, 32, 3, 3]
// A tile is `outputs` x `inputs` channels x `taps` kernel columns from kx on, in registers, each lane the
// sum over its own examples. Here: what rows `first` up to `end` of one block's dy add to it for row ky of
// the kernel. Dead lanes hold 0 in x and in dy.
static ALWAYS_INLINE void k_conv3_weight_gradient_rows(const vec *x, const vec *dy, vec sums[4][1][3],
    int first, int end, int ky, int kx, const int outputs, const int inputs, const int taps) {
  enum { CI = 32, H = 16, W = 16, CO = 64, OH = 8, OW = 8, K = 3, S = 2, P = 1 };
  vec sum[4][1][3];
  UNROLL for (int o = 0; o < outputs; o++)
    UNROLL for (int c = 0; c < inputs; c++)
      UNROLL for (int k = 0; k < taps; k++) sum[o][c][k] = sums[o][c][k];
  const int first_row = ky < P ? (P - ky + S - 1) / S : 0, end_row = (H - 1 + P - ky + S) / S;
  if (first < first_row) first = first_row;
  if (end > end_row) end = end_row;
  for (int i = first; i < end; i++) {
    const int row = (i * S + ky - P) * W + kx - P;
    const vec *g = dy + i * OW;
    UNROLL for (int side = 0; side < 2; side++)
      for (int j = side ? 8 : 0; j < (side ? OW : 1); j++)
        UNROLL for (int k = 0; k < taps; k++) {
          const int column = j * S + kx + k - P;
          if (column < 0 || column >= W) continue;
          UNROLL for (int c = 0; c < inputs; c++)
            UNROLL for (int o = 0; o < outputs; o++) sum[o][c][k] += g[o * OH * OW + j] * x[c * H * W + row + j * S + k];
        }
    for (int j = 1; j < 8; j++)
      UNROLL for (int o = 0; o < outputs; o++) {
        const vec v = g[o * OH * OW + j];
        UNROLL for (int c = 0; c < inputs; c++)
          UNROLL for (int k = 0; k < taps; k++) sum[o][c][k] += v * x[c * H * W + row + j * S + k];
      }
  }
  UNROLL for (int o = 0; o < outputs; o++)
    UNROLL for (int c = 0; c < inputs; c++)
      UNROLL for (int k = 0; k < taps; k++) sums[o][c][k] = sum[o][c][k];
}

// conv3: one tile for row ky of the kernel, over the whole batch; at the end the lanes are added.
static ALWAYS_INLINE void k_conv3_weight_gradient_tile(const struct step *s, int co, int ci, int ky, int kx,
    const int outputs, const int inputs, const int taps) {
  enum { CI = 32, H = 16, W = 16, CO = 64, OH = 8, OW = 8, K = 3, S = 2, P = 1 };
  vec sum[4][1][3] = {0};
  for (int block = 0; block < s->blocks; block++) {
    const vec *x = lanes_at(s, b_second_relu2_output) + (block * CI + ci) * (H * W);
    const vec *dy = lanes_at(s, b_conv3_output_gradient) + (block * CO + co) * (OH * OW);
    k_conv3_weight_gradient_rows(x, dy, sum, 0, OH, ky, kx, outputs, inputs, taps);
  }
  UNROLL for (int o = 0; o < outputs; o++)
    UNROLL for (int c = 0; c < inputs; c++)
      UNROLL for (int k = 0; k < taps; k++) {
        const int at = (((co + o) * CI + ci + c) * K + ky) * K + kx + k;
        sgd_update(&s->parameters->conv3_weight[at], lanes_sum(sum[o][c][k]), s);
      }
}

// conv3: a task makes one row of the kernel for 4 output and 1 input channels.
static void k_conv3_weight_gradient(const struct step *s, int task) {
  enum { K = 3, INPUT_TILES = 32 };
  const int ky = task % K, input_tile = task / K % INPUT_TILES, output_tile = task / K / INPUT_TILES;
  const int co = output_tile * 4, ci = input_tile;
  k_conv3_weight_gradient_tile(s, co, ci, ky, 0, 4, 1, 3);
}

// second_add1, second_relu2 (residual.bn:6): dx = y <= 0 ? dy * y : dy
//   all [32, 16, 16]
static void k_second_add1_backward(const struct step *s, int task) {
  enum { COUNT = 8192, PIECES = 4 };
  const int block = task / PIECES, piece = task % PIECES;
  const vec *dy = lanes_at(s, b_second_relu2_output_gradient) + block * COUNT;
  const vec *y = lanes_at(s, b_second_relu2_output) + block * COUNT;
  vec *dx = lanes_at(s, b_relu2_second_add1_output_gradient) + block * COUNT;
  const int first = (int)((int64_t)COUNT * piece / PIECES);
  const int end = (int)((int64_t)COUNT * (piece + 1) / PIECES);
  for (int k = first; k < end; k++) dx[k] = vec_relu_gradient(dy[k], y[k]);
}

// second_batchnorm2 (residual.bn:5), backward: g, what dy, the gradient of the result, leaves of
// itself before the batch norm, of each number of a window. The mask is made again from x, which is
// cheaper than to store it.
static ALWAYS_INLINE void k_second_batchnorm2_window(const vec *x, vec dy, real mean, real scale, real shift, vec *g) {
  enum { W = 16, K = 1 };
  (void)x, (void)mean, (void)scale, (void)shift;
  UNROLL for (int k = 0; k < K * K; k++) {
    g[k] = dy;
  }
}

// second_batchnorm2: each block's sum of g and of g * xhat, a channel.
//   x [32, 16, 16], dy [32, 16, 16]
static void k_second_batchnorm2_sums(const struct step *s, int task) {
  enum { C = 32, H = 16, W = 16, OH = 16, OW = 16, K = 1, S = 1, TILES = 32 };
  const int block = task / TILES, tile = task % TILES;
  const int first = tile, end = first + 1;
  const real *moments = s->scratch + b_second_batchnorm2_moments;
  real (*partial)[2] = moments_at(s, b_second_batchnorm2_partial_sums) + block * C;
  for (int c = first; c < end; c++) {
    const real mean = moments[c], inverse = moments[2 * C + c];
    const real scale = s->parameters->second_batchnorm2_gamma[c] * moments[2 * C + c];
    const real shift = s->parameters->second_batchnorm2_beta[c];
    const vec *x = lanes_at(s, b_second_conv2_output) + (block * C + c) * (H * W);
    const vec *dy = lanes_at(s, b_relu2_second_add1_output_gradient) + (block * C + c) * (OH * OW);
    vec sum = {0}, product = {0};
    for (int i = 0; i < OH; i++)
      for (int j = 0; j < OW; j++) {
        const vec *window = x + i * S * W + j * S;
        vec g[K * K];
        k_second_batchnorm2_window(window, dy[i * OW + j], mean, scale, shift, g);
        UNROLL for (int k = 0; k < K * K; k++) {
          sum += g[k];
          product += g[k] * (window[k / K * W + k % K] - mean);
        }
      }
    partial[c][0] = lanes_sum(sum);
    partial[c][1] = lanes_sum(product) * inverse;
  }
}

// second_batchnorm2 (residual.bn:5): the gradients of gamma and beta, and the step along them,
//   dbeta[c] = sum of g, dgamma[c] = sum of g * xhat
// and what dx needs of them. With the running statistics, which depend on no example, dx takes no means away.
//   coefficients [4][32]: scale and shift as they were, mean of g, mean of g * xhat
static void k_second_batchnorm2_parameter_gradient(const struct step *s, int task) {
  enum { C = 32, PLANE = 256 };
  (void)task;
  const real *moments = s->scratch + b_second_batchnorm2_moments;
  real (*partial)[2] = moments_at(s, b_second_batchnorm2_partial_sums);
  real *coefficients = s->scratch + b_second_batchnorm2_coefficients;
  const real share = s->training ? 1 / (real)(s->count * PLANE) : 0;
  for (int c = 0; c < C; c++) {
    double g = 0, g_xhat = 0;
    for (int block = 0; block < s->blocks; block++) {
      g += (double)partial[block * C + c][0];
      g_xhat += (double)partial[block * C + c][1];
    }
    const real sum = (real)g, product = (real)g_xhat;
    coefficients[c] = s->parameters->second_batchnorm2_gamma[c] * moments[2 * C + c];
    coefficients[C + c] = s->parameters->second_batchnorm2_beta[c];
    coefficients[2 * C + c] = sum * share;
    coefficients[3 * C + c] = product * share;
    sgd_update(&s->parameters->second_batchnorm2_gamma[c], product, s);
    sgd_update(&s->parameters->second_batchnorm2_beta[c], sum, s);
  }
}

// second_batchnorm2 (residual.bn:5): the gradient of its input,
//   dx = gamma * inverse * (g - mean of g - xhat * mean of g * xhat), and g = 0 where no window lies
//   x [32, 16, 16], dy [32, 16, 16], dx [32, 16, 16], in x's place
static void k_second_batchnorm2_backward(const struct step *s, int task) {
  enum { C = 32, H = 16, W = 16, OH = 16, OW = 16, K = 1, S = 1, TILES = 32 };
  const int block = task / TILES, tile = task % TILES;
  const int first = tile, end = first + 1;
  const mask live = live_lanes(s, block);
  const real *moments = s->scratch + b_second_batchnorm2_moments, *coefficients = s->scratch + b_second_batchnorm2_coefficients;
  for (int c = first; c < end; c++) {
    const real mean = moments[c], inverse = moments[2 * C + c], scale = coefficients[c], shift = coefficients[C + c];
    const real mean_g = coefficients[2 * C + c], slope = coefficients[3 * C + c] * inverse;
    const vec *x = lanes_at(s, b_second_conv2_output) + (block * C + c) * (H * W);
    const vec *dy = lanes_at(s, b_relu2_second_add1_output_gradient) + (block * C + c) * (OH * OW);
    vec *dx = lanes_at(s, b_second_conv2_output_gradient) + (block * C + c) * (H * W);
    for (int i = 0; i < OH; i++)
      for (int j = 0; j < OW; j++) {
        const int at = i * S * W + j * S;
        vec g[K * K];
        k_second_batchnorm2_window(x + at, dy[i * OW + j], mean, scale, shift, g);
        UNROLL for (int k = 0; k < K * K; k++) {
          const int cell = at + k / K * W + k % K;
          dx[cell] = keep((g[k] - mean_g - (x[cell] - mean) * slope) * scale, live);
        }
      }
  }
}

// second_conv2 (residual.bn:5): the gradient of its input,
//   dx[n, ci, i + ky - 1, j + kx - 1] += weight[co, ci, ky, kx] * dy[n, co, i, j] for all co, ky, kx, i, j
//   dy [32, 16, 16], weight [32, 32, 3, 3], dx [32, 16, 16]
// One tile: `columns` of dx's row i for `channels` of its channels, in registers, gathered from every dy
// whose window covers them; `edge` says that some lie outside of dy. Nothing is computed on padding.
static ALWAYS_INLINE void k_second_conv2_input_gradient_tile(const vec *dy, const real *weight, vec *dx, mask live, int i, int j,
    const int channels, const int columns, const int edge) {
  enum { CI = 32, H = 16, W = 16, CO = 32, OH = 16, OW = 16, K = 3, S = 1, P = 1 };
  vec sum[3][4] = {0};
  for (int co = 0; co < CO; co++)
    for (int ky = 0; ky < K; ky += S) {
      const int row = (i + P - ky) / S;
      if (ky > i + P || row >= OH) continue;
      const vec *g = dy + (co * OH + row) * OW;
      const real *w = weight + (co * CI * K + ky) * K;
      UNROLL for (int kx = 0; kx < K; kx++)
        UNROLL for (int t = 0; t < columns; t++) {
          const int o = (t + P - kx) / S;
          if (o * S != t + P - kx || (edge && (j + o < 0 || j + o >= OW))) continue;
          const vec v = g[j + o];
          UNROLL for (int c = 0; c < channels; c++) sum[c][t] += v * w[c * K * K + kx];
        }
    }
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) dx[(c * H + i) * W + j + t] = keep(sum[c][t], live);
}

// second_conv2: dx of `channels` input channels of one block, row by row.
static ALWAYS_INLINE void k_second_conv2_input_gradient_rows(const vec *dy, const real *weight, vec *dx, mask live,
    const int channels) {
  for (int i = 0; i < 16; i++) {
    k_second_conv2_input_gradient_tile(dy, weight, dx, live, i, 0, channels, 4, 1);
    for (int j = 4; j < 12; j += 4)
      k_second_conv2_input_gradient_tile(dy, weight, dx, live, i, j, channels, 4, 0);
    k_second_conv2_input_gradient_tile(dy, weight, dx, live, i, 12, channels, 4, 1);
  }
}

// second_conv2: a task makes dx of 3 or 2 input channels of one block.
static void k_second_conv2_input_gradient(const struct step *s, int task) {
  enum { CI = 32, H = 16, W = 16, CO = 32, OH = 16, OW = 16, K = 3, S = 1, P = 1, TILES = 11 };
  const int block = task / TILES, tile = task % TILES;
  const int ci = tile * 2 + (tile < 10 ? tile : 10);
  const vec *dy = lanes_at(s, b_second_conv2_output_gradient) + block * (CO * OH * OW);
  const real *weight = s->parameters->second_conv2_weight + ci * (K * K);
  vec *dx = lanes_at(s, b_second_relu1_output_gradient) + (block * CI + ci) * (H * W);
  const mask live = live_lanes(s, block);
  if (tile < 10) k_second_conv2_input_gradient_rows(dy, weight, dx, live, 3);
  if (tile >= 10) k_second_conv2_input_gradient_rows(dy, weight, dx, live, 2);
}

// second_conv2 (residual.bn:5): the gradient of its weight, and the step along it,
//   dweight[co, ci, ky, kx] = sum over n, i, j of dy[n, co, i, j] * x[n, ci, i + ky - 1, j + kx - 1]
//   x [32, 16, 16], dy [32, 16, 16], dweight [32, 32, 3, 3]
// A tile is `outputs` x `inputs` channels x `taps` kernel columns from kx on, in registers, each lane the
// sum over its own examples. Here: what rows `first` up to `end` of one block's dy add to it for row ky of
// the kernel. Dead lanes hold 0 in x and in dy.
static ALWAYS_INLINE void k_second_conv2_weight_gradient_rows(const vec *x, const vec *dy, vec sums[4][1][3],
    int first, int end, int ky, int kx, const int outputs, const int inputs, const int taps) {
  enum { CI = 32, H = 16, W = 16, CO = 32, OH = 16, OW = 16, K = 3, S = 1, P = 1 };
  vec sum[4][1][3];
  UNROLL for (int o = 0; o < outputs; o++)
    UNROLL for (int c = 0; c < inputs; c++)
      UNROLL for (int k = 0; k < taps; k++) sum[o][c][k] = sums[o][c][k];
  const int first_row = ky < P ? (P - ky + S - 1) / S : 0, end_row = (H - 1 + P - ky + S) / S;
  if (first < first_row) first = first_row;
  if (end > end_row) end = end_row;
  for (int i = first; i < end; i++) {
    const int row = (i * S + ky - P) * W + kx - P;
    const vec *g = dy + i * OW;
    UNROLL for (int side = 0; side < 2; side++)
      for (int j = side ? 15 : 0; j < (side ? OW : 1); j++)
        UNROLL for (int k = 0; k < taps; k++) {
          const int column = j * S + kx + k - P;
          if (column < 0 || column >= W) continue;
          UNROLL for (int c = 0; c < inputs; c++)
            UNROLL for (int o = 0; o < outputs; o++) sum[o][c][k] += g[o * OH * OW + j] * x[c * H * W + row + j * S + k];
        }
    for (int j = 1; j < 15; j++)
      UNROLL for (int o = 0; o < outputs; o++) {
        const vec v = g[o * OH * OW + j];
        UNROLL for (int c = 0; c < inputs; c++)
          UNROLL for (int k = 0; k < taps; k++) sum[o][c][k] += v * x[c * H * W + row + j * S + k];
      }
  }
  UNROLL for (int o = 0; o < outputs; o++)
    UNROLL for (int c = 0; c < inputs; c++)
      UNROLL for (int k = 0; k < taps; k++) sums[o][c][k] = sum[o][c][k];
}

// second_conv2: one tile for row ky of the kernel, over the whole batch; at the end the lanes are added.
static ALWAYS_INLINE void k_second_conv2_weight_gradient_tile(const struct step *s, int co, int ci, int ky, int kx,
    const int outputs, const int inputs, const int taps) {
  enum { CI = 32, H = 16, W = 16, CO = 32, OH = 16, OW = 16, K = 3, S = 1, P = 1 };
  enum { BLOCKS_OF_PART = 4, ROWS_OF_PART = 16 };
  struct long_sum sums[4][1][3] = {0};
  for (int first = 0; first < s->blocks; first += BLOCKS_OF_PART)
    for (int row = 0; row < OH; row += ROWS_OF_PART) {
      const int end = first + BLOCKS_OF_PART < s->blocks ? first + BLOCKS_OF_PART : s->blocks;
      const int end_row = row + ROWS_OF_PART < OH ? row + ROWS_OF_PART : OH;
      vec part[4][1][3] = {0};
      for (int block = first; block < end; block++) {
        const vec *x = lanes_at(s, b_second_relu1_output) + (block * CI + ci) * (H * W);
        const vec *dy = lanes_at(s, b_second_conv2_output_gradient) + (block * CO + co) * (OH * OW);
        k_second_conv2_weight_gradient_rows(x, dy, part, row, end_row, ky, kx, outputs, inputs, taps);
      }
      UNROLL for (int o = 0; o < outputs; o++)
        UNROLL for (int c = 0; c < inputs; c++)
          UNROLL for (int k = 0; k < taps; k++) add_part(&sums[o][c][k], part[o][c][k]);
    }
  UNROLL for (int o = 0; o < outputs; o++)
    UNROLL for (int c = 0; c < inputs; c++)
      UNROLL for (int k = 0; k < taps; k++) {
        const int at = (((co + o) * CI + ci + c) * K + ky) * K + kx + k;
        sgd_update(&s->parameters->second_conv2_weight[at], lanes_sum(sums[o][c][k].total), s);
      }
}

// second_conv2: a task makes one row of the kernel for 4 output and 1 input channels.
static void k_second_conv2_weight_gradient(const struct step *s, int task) {
  enum { K = 3, INPUT_TILES = 32 };
  const int ky = task % K, input_tile = task / K % INPUT_TILES, output_tile = task / K / INPUT_TILES;
  const int co = output_tile * 4, ci = input_tile;
  k_second_conv2_weight_gradient_tile(s, co, ci, ky, 0, 4, 1, 3);
}

// second_batchnorm1, second_relu1 (residual.bn:4), backward: g, what dy, the gradient of the result, leaves of
// itself before second_relu1, of each number of a window. The mask is made again from x, which is
// cheaper than to store it.
static ALWAYS_INLINE void k_second_batchnorm1_window(const vec *x, vec dy, real mean, real scale, real shift, vec *g) {
  enum { W = 16, K = 1 };
  UNROLL for (int k = 0; k < K * K; k++) {
    const vec v = normalized(x[k / K * W + k % K], mean, scale, shift);
    g[k] = vec_relu_gradient_2(dy, v);
  }
}

// second_batchnorm1, second_relu1: each block's sum of g and of g * xhat, a channel.
//   x [32, 16, 16], dy [32, 16, 16]
static void k_second_batchnorm1_sums(const struct step *s, int task) {
  enum { C = 32, H = 16, W = 16, OH = 16, OW = 16, K = 1, S = 1, TILES = 32 };
  const int block = task / TILES, tile = task % TILES;
  const int first = tile, end = first + 1;
  const real *moments = s->scratch + b_second_batchnorm1_moments;
  real (*partial)[2] = moments_at(s, b_second_batchnorm1_partial_sums) + block * C;
  for (int c = first; c < end; c++) {
    const real mean = moments[c], inverse = moments[2 * C + c];
    const real scale = s->parameters->second_batchnorm1_gamma[c] * moments[2 * C + c];
    const real shift = s->parameters->second_batchnorm1_beta[c];
    const vec *x = lanes_at(s, b_second_conv1_output) + (block * C + c) * (H * W);
    const vec *dy = lanes_at(s, b_second_relu1_output_gradient) + (block * C + c) * (OH * OW);
    vec sum = {0}, product = {0};
    for (int i = 0; i < OH; i++)
      for (int j = 0; j < OW; j++) {
        const vec *window = x + i * S * W + j * S;
        vec g[K * K];
        k_second_batchnorm1_window(window, dy[i * OW + j], mean, scale, shift, g);
        UNROLL for (int k = 0; k < K * K; k++) {
          sum += g[k];
          product += g[k] * (window[k / K * W + k % K] - mean);
        }
      }
    partial[c][0] = lanes_sum(sum);
    partial[c][1] = lanes_sum(product) * inverse;
  }
}

// second_batchnorm1 (residual.bn:4): the gradients of gamma and beta, and the step along them,
//   dbeta[c] = sum of g, dgamma[c] = sum of g * xhat
// and what dx needs of them. With the running statistics, which depend on no example, dx takes no means away.
//   coefficients [4][32]: scale and shift as they were, mean of g, mean of g * xhat
static void k_second_batchnorm1_parameter_gradient(const struct step *s, int task) {
  enum { C = 32, PLANE = 256 };
  (void)task;
  const real *moments = s->scratch + b_second_batchnorm1_moments;
  real (*partial)[2] = moments_at(s, b_second_batchnorm1_partial_sums);
  real *coefficients = s->scratch + b_second_batchnorm1_coefficients;
  const real share = s->training ? 1 / (real)(s->count * PLANE) : 0;
  for (int c = 0; c < C; c++) {
    double g = 0, g_xhat = 0;
    for (int block = 0; block < s->blocks; block++) {
      g += (double)partial[block * C + c][0];
      g_xhat += (double)partial[block * C + c][1];
    }
    const real sum = (real)g, product = (real)g_xhat;
    coefficients[c] = s->parameters->second_batchnorm1_gamma[c] * moments[2 * C + c];
    coefficients[C + c] = s->parameters->second_batchnorm1_beta[c];
    coefficients[2 * C + c] = sum * share;
    coefficients[3 * C + c] = product * share;
    sgd_update(&s->parameters->second_batchnorm1_gamma[c], product, s);
    sgd_update(&s->parameters->second_batchnorm1_beta[c], sum, s);
  }
}

// second_batchnorm1, second_relu1 (residual.bn:4): the gradient of its input,
//   dx = gamma * inverse * (g - mean of g - xhat * mean of g * xhat), and g = 0 where no window lies
//   x [32, 16, 16], dy [32, 16, 16], dx [32, 16, 16], in x's place
static void k_second_batchnorm1_backward(const struct step *s, int task) {
  enum { C = 32, H = 16, W = 16, OH = 16, OW = 16, K = 1, S = 1, TILES = 32 };
  const int block = task / TILES, tile = task % TILES;
  const int first = tile, end = first + 1;
  const mask live = live_lanes(s, block);
  const real *moments = s->scratch + b_second_batchnorm1_moments, *coefficients = s->scratch + b_second_batchnorm1_coefficients;
  for (int c = first; c < end; c++) {
    const real mean = moments[c], inverse = moments[2 * C + c], scale = coefficients[c], shift = coefficients[C + c];
    const real mean_g = coefficients[2 * C + c], slope = coefficients[3 * C + c] * inverse;
    const vec *x = lanes_at(s, b_second_conv1_output) + (block * C + c) * (H * W);
    const vec *dy = lanes_at(s, b_second_relu1_output_gradient) + (block * C + c) * (OH * OW);
    vec *dx = lanes_at(s, b_second_conv1_output_gradient) + (block * C + c) * (H * W);
    for (int i = 0; i < OH; i++)
      for (int j = 0; j < OW; j++) {
        const int at = i * S * W + j * S;
        vec g[K * K];
        k_second_batchnorm1_window(x + at, dy[i * OW + j], mean, scale, shift, g);
        UNROLL for (int k = 0; k < K * K; k++) {
          const int cell = at + k / K * W + k % K;
          dx[cell] = keep((g[k] - mean_g - (x[cell] - mean) * slope) * scale, live);
        }
      }
  }
}

// second_conv1 (residual.bn:4): the gradient of its input,
//   dx[n, ci, i + ky - 1, j + kx - 1] += weight[co, ci, ky, kx] * dy[n, co, i, j] for all co, ky, kx, i, j
//   dy [32, 16, 16], weight [32, 32, 3, 3], dx [32, 16, 16]
// One tile: `columns` of dx's row i for `channels` of its channels, in registers, gathered from every dy
// whose window covers them; `edge` says that some lie outside of dy. Nothing is computed on padding.
static ALWAYS_INLINE void k_second_conv1_input_gradient_tile(const vec *dy, const real *weight, vec *dx, mask live, int i, int j,
    const int channels, const int columns, const int edge) {
  enum { CI = 32, H = 16, W = 16, CO = 32, OH = 16, OW = 16, K = 3, S = 1, P = 1 };
  vec sum[3][4] = {0};
  for (int co = 0; co < CO; co++)
    for (int ky = 0; ky < K; ky += S) {
      const int row = (i + P - ky) / S;
      if (ky > i + P || row >= OH) continue;
      const vec *g = dy + (co * OH + row) * OW;
      const real *w = weight + (co * CI * K + ky) * K;
      UNROLL for (int kx = 0; kx < K; kx++)
        UNROLL for (int t = 0; t < columns; t++) {
          const int o = (t + P - kx) / S;
          if (o * S != t + P - kx || (edge && (j + o < 0 || j + o >= OW))) continue;
          const vec v = g[j + o];
          UNROLL for (int c = 0; c < channels; c++) sum[c][t] += v * w[c * K * K + kx];
        }
    }
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) dx[(c * H + i) * W + j + t] = keep(sum[c][t], live);
}

// second_conv1: dx of `channels` input channels of one block, row by row.
static ALWAYS_INLINE void k_second_conv1_input_gradient_rows(const vec *dy, const real *weight, vec *dx, mask live,
    const int channels) {
  for (int i = 0; i < 16; i++) {
    k_second_conv1_input_gradient_tile(dy, weight, dx, live, i, 0, channels, 4, 1);
    for (int j = 4; j < 12; j += 4)
      k_second_conv1_input_gradient_tile(dy, weight, dx, live, i, j, channels, 4, 0);
    k_second_conv1_input_gradient_tile(dy, weight, dx, live, i, 12, channels, 4, 1);
  }
}

// second_conv1: a task makes dx of 3 or 2 input channels of one block.
static void k_second_conv1_input_gradient(const struct step *s, int task) {
  enum { CI = 32, H = 16, W = 16, CO = 32, OH = 16, OW = 16, K = 3, S = 1, P = 1, TILES = 11 };
  const int block = task / TILES, tile = task % TILES;
  const int ci = tile * 2 + (tile < 10 ? tile : 10);
  const vec *dy = lanes_at(s, b_second_conv1_output_gradient) + block * (CO * OH * OW);
  const real *weight = s->parameters->second_conv1_weight + ci * (K * K);
  vec *dx = lanes_at(s, b_relu2_second_conv1_output_gradient) + (block * CI + ci) * (H * W);
  const mask live = live_lanes(s, block);
  if (tile < 10) k_second_conv1_input_gradient_rows(dy, weight, dx, live, 3);
  if (tile >= 10) k_second_conv1_input_gradient_rows(dy, weight, dx, live, 2);
}

// second_conv1 (residual.bn:4): the gradient of its weight, and the step along it,
//   dweight[co, ci, ky, kx] = sum over n, i, j of dy[n, co, i, j] * x[n, ci, i + ky - 1, j + kx - 1]
//   x [32, 16, 16], dy [32, 16, 16], dweight [32, 32, 3, 3]
// A tile is `outputs` x `inputs` channels x `taps` kernel columns from kx on, in registers, each lane the
// sum over its own examples. Here: what rows `first` up to `end` of one block's dy add to it for row ky of
// the kernel. Dead lanes hold 0 in x and in dy.
static ALWAYS_INLINE void k_second_conv1_weight_gradient_rows(const vec *x, const vec *dy, vec sums[4][1][3],
    int first, int end, int ky, int kx, const int outputs, const int inputs, const int taps) {
  enum { CI = 32, H = 16, W = 16, CO = 32, OH = 16, OW = 16, K = 3, S = 1, P = 1 };
  vec sum[4][1][3];
  UNROLL for (int o = 0; o < outputs; o++)
    UNROLL for (int c = 0; c < inputs; c++)
      UNROLL for (int k = 0; k < taps; k++) sum[o][c][k] = sums[o][c][k];
  const int first_row = ky < P ? (P - ky + S - 1) / S : 0, end_row = (H - 1 + P - ky + S) / S;
  if (first < first_row) first = first_row;
  if (end > end_row) end = end_row;
  for (int i = first; i < end; i++) {
    const int row = (i * S + ky - P) * W + kx - P;
    const vec *g = dy + i * OW;
    UNROLL for (int side = 0; side < 2; side++)
      for (int j = side ? 15 : 0; j < (side ? OW : 1); j++)
        UNROLL for (int k = 0; k < taps; k++) {
          const int column = j * S + kx + k - P;
          if (column < 0 || column >= W) continue;
          UNROLL for (int c = 0; c < inputs; c++)
            UNROLL for (int o = 0; o < outputs; o++) sum[o][c][k] += g[o * OH * OW + j] * x[c * H * W + row + j * S + k];
        }
    for (int j = 1; j < 15; j++)
      UNROLL for (int o = 0; o < outputs; o++) {
        const vec v = g[o * OH * OW + j];
        UNROLL for (int c = 0; c < inputs; c++)
          UNROLL for (int k = 0; k < taps; k++) sum[o][c][k] += v * x[c * H * W + row + j * S + k];
      }
  }
  UNROLL for (int o = 0; o < outputs; o++)
    UNROLL for (int c = 0; c < inputs; c++)
      UNROLL for (int k = 0; k < taps; k++) sums[o][c][k] = sum[o][c][k];
}

// second_conv1: one tile for row ky of the kernel, over the whole batch; at the end the lanes are added.
static ALWAYS_INLINE void k_second_conv1_weight_gradient_tile(const struct step *s, int co, int ci, int ky, int kx,
    const int outputs, const int inputs, const int taps) {
  enum { CI = 32, H = 16, W = 16, CO = 32, OH = 16, OW = 16, K = 3, S = 1, P = 1 };
  enum { BLOCKS_OF_PART = 4, ROWS_OF_PART = 16 };
  struct long_sum sums[4][1][3] = {0};
  for (int first = 0; first < s->blocks; first += BLOCKS_OF_PART)
    for (int row = 0; row < OH; row += ROWS_OF_PART) {
      const int end = first + BLOCKS_OF_PART < s->blocks ? first + BLOCKS_OF_PART : s->blocks;
      const int end_row = row + ROWS_OF_PART < OH ? row + ROWS_OF_PART : OH;
      vec part[4][1][3] = {0};
      for (int block = first; block < end; block++) {
        const vec *x = lanes_at(s, b_relu2_output) + (block * CI + ci) * (H * W);
        const vec *dy = lanes_at(s, b_second_conv1_output_gradient) + (block * CO + co) * (OH * OW);
        k_second_conv1_weight_gradient_rows(x, dy, part, row, end_row, ky, kx, outputs, inputs, taps);
      }
      UNROLL for (int o = 0; o < outputs; o++)
        UNROLL for (int c = 0; c < inputs; c++)
          UNROLL for (int k = 0; k < taps; k++) add_part(&sums[o][c][k], part[o][c][k]);
    }
  UNROLL for (int o = 0; o < outputs; o++)
    UNROLL for (int c = 0; c < inputs; c++)
      UNROLL for (int k = 0; k < taps; k++) {
        const int at = (((co + o) * CI + ci + c) * K + ky) * K + kx + k;
        sgd_update(&s->parameters->second_conv1_weight[at], lanes_sum(sums[o][c][k].total), s);
      }
}

// second_conv1: a task makes one row of the kernel for 4 output and 1 input channels.
static void k_second_conv1_weight_gradient(const struct step *s, int task) {
  enum { K = 3, INPUT_TILES = 32 };
  const int ky = task % K, input_tile = task / K % INPUT_TILES, output_tile = task / K / INPUT_TILES;
  const int co = output_tile * 4, ci = input_tile;
  k_second_conv1_weight_gradient_tile(s, co, ci, ky, 0, 4, 1, 3);
}

// The gradient of relu2, which several layers read: y = part0 + part1
//   all [32, 16, 16]
static void k_relu2_gradient_sum(const struct step *s, int task) {
  enum { COUNT = 8192, PIECES = 4 };
  const int block = task / PIECES, piece = task % PIECES;
  const vec *part0 = lanes_at(s, b_relu2_second_add1_output_gradient) + block * COUNT;
  const vec *part1 = lanes_at(s, b_relu2_second_conv1_output_gradient) + block * COUNT;
  vec *y = lanes_at(s, b_relu2_summed_output_gradient) + block * COUNT;
  const int first = (int)((int64_t)COUNT * piece / PIECES);
  const int end = (int)((int64_t)COUNT * (piece + 1) / PIECES);
  for (int k = first; k < end; k++) y[k] = part0[k] + part1[k];
}

// batchnorm2, relu2 (residual.bn:16), backward: g, what dy, the gradient of the result, leaves of
// itself before relu2, of each number of a window. The mask is made again from x, which is
// cheaper than to store it.
static ALWAYS_INLINE void k_batchnorm2_window(const vec *x, vec dy, real mean, real scale, real shift, vec *g) {
  enum { W = 16, K = 1 };
  UNROLL for (int k = 0; k < K * K; k++) {
    const vec v = normalized(x[k / K * W + k % K], mean, scale, shift);
    g[k] = vec_relu_gradient_2(dy, v);
  }
}

// batchnorm2, relu2: each block's sum of g and of g * xhat, a channel.
//   x [32, 16, 16], dy [32, 16, 16]
static void k_batchnorm2_sums(const struct step *s, int task) {
  enum { C = 32, H = 16, W = 16, OH = 16, OW = 16, K = 1, S = 1, TILES = 32 };
  const int block = task / TILES, tile = task % TILES;
  const int first = tile, end = first + 1;
  const real *moments = s->scratch + b_batchnorm2_moments;
  real (*partial)[2] = moments_at(s, b_batchnorm2_partial_sums) + block * C;
  for (int c = first; c < end; c++) {
    const real mean = moments[c], inverse = moments[2 * C + c];
    const real scale = s->parameters->batchnorm2_gamma[c] * moments[2 * C + c];
    const real shift = s->parameters->batchnorm2_beta[c];
    const vec *x = lanes_at(s, b_conv2_output) + (block * C + c) * (H * W);
    const vec *dy = lanes_at(s, b_relu2_summed_output_gradient) + (block * C + c) * (OH * OW);
    vec sum = {0}, product = {0};
    for (int i = 0; i < OH; i++)
      for (int j = 0; j < OW; j++) {
        const vec *window = x + i * S * W + j * S;
        vec g[K * K];
        k_batchnorm2_window(window, dy[i * OW + j], mean, scale, shift, g);
        UNROLL for (int k = 0; k < K * K; k++) {
          sum += g[k];
          product += g[k] * (window[k / K * W + k % K] - mean);
        }
      }
    partial[c][0] = lanes_sum(sum);
    partial[c][1] = lanes_sum(product) * inverse;
  }
}

// batchnorm2 (residual.bn:16): the gradients of gamma and beta, and the step along them,
//   dbeta[c] = sum of g, dgamma[c] = sum of g * xhat
// and what dx needs of them. With the running statistics, which depend on no example, dx takes no means away.
//   coefficients [4][32]: scale and shift as they were, mean of g, mean of g * xhat
static void k_batchnorm2_parameter_gradient(const struct step *s, int task) {
  enum { C = 32, PLANE = 256 };
  (void)task;
  const real *moments = s->scratch + b_batchnorm2_moments;
  real (*partial)[2] = moments_at(s, b_batchnorm2_partial_sums);
  real *coefficients = s->scratch + b_batchnorm2_coefficients;
  const real share = s->training ? 1 / (real)(s->count * PLANE) : 0;
  for (int c = 0; c < C; c++) {
    double g = 0, g_xhat = 0;
    for (int block = 0; block < s->blocks; block++) {
      g += (double)partial[block * C + c][0];
      g_xhat += (double)partial[block * C + c][1];
    }
    const real sum = (real)g, product = (real)g_xhat;
    coefficients[c] = s->parameters->batchnorm2_gamma[c] * moments[2 * C + c];
    coefficients[C + c] = s->parameters->batchnorm2_beta[c];
    coefficients[2 * C + c] = sum * share;
    coefficients[3 * C + c] = product * share;
    sgd_update(&s->parameters->batchnorm2_gamma[c], product, s);
    sgd_update(&s->parameters->batchnorm2_beta[c], sum, s);
  }
}

// batchnorm2, relu2 (residual.bn:16): the gradient of its input,
//   dx = gamma * inverse * (g - mean of g - xhat * mean of g * xhat), and g = 0 where no window lies
//   x [32, 16, 16], dy [32, 16, 16], dx [32, 16, 16], in x's place
static void k_batchnorm2_backward(const struct step *s, int task) {
  enum { C = 32, H = 16, W = 16, OH = 16, OW = 16, K = 1, S = 1, TILES = 32 };
  const int block = task / TILES, tile = task % TILES;
  const int first = tile, end = first + 1;
  const mask live = live_lanes(s, block);
  const real *moments = s->scratch + b_batchnorm2_moments, *coefficients = s->scratch + b_batchnorm2_coefficients;
  for (int c = first; c < end; c++) {
    const real mean = moments[c], inverse = moments[2 * C + c], scale = coefficients[c], shift = coefficients[C + c];
    const real mean_g = coefficients[2 * C + c], slope = coefficients[3 * C + c] * inverse;
    const vec *x = lanes_at(s, b_conv2_output) + (block * C + c) * (H * W);
    const vec *dy = lanes_at(s, b_relu2_summed_output_gradient) + (block * C + c) * (OH * OW);
    vec *dx = lanes_at(s, b_conv2_output_gradient) + (block * C + c) * (H * W);
    for (int i = 0; i < OH; i++)
      for (int j = 0; j < OW; j++) {
        const int at = i * S * W + j * S;
        vec g[K * K];
        k_batchnorm2_window(x + at, dy[i * OW + j], mean, scale, shift, g);
        UNROLL for (int k = 0; k < K * K; k++) {
          const int cell = at + k / K * W + k % K;
          dx[cell] = keep((g[k] - mean_g - (x[cell] - mean) * slope) * scale, live);
        }
      }
  }
}

// conv2 (residual.bn:16): the gradient of its input,
//   dx[n, ci, 2 i + ky - 1, 2 j + kx - 1] += weight[co, ci, ky, kx] * dy[n, co, i, j] for all co, ky, kx, i, j
//   dy [32, 16, 16], weight [32, 16, 3, 3], dx [16, 32, 32]
// One tile: `columns` of dx's row i for `channels` of its channels, in registers, gathered from every dy
// whose window covers them; `edge` says that some lie outside of dy. Nothing is computed on padding.
static ALWAYS_INLINE void k_conv2_input_gradient_tile(const vec *dy, const real *weight, vec *dx, mask live, int i, int j,
    const int channels, const int columns, const int edge) {
  enum { CI = 16, H = 32, W = 32, CO = 32, OH = 16, OW = 16, K = 3, S = 2, P = 1 };
  vec sum[3][4] = {0};
  for (int co = 0; co < CO; co++)
    for (int ky = (i + P) % S; ky < K; ky += S) {
      const int row = (i + P - ky) / S;
      if (ky > i + P || row >= OH) continue;
      const vec *g = dy + (co * OH + row) * OW;
      const real *w = weight + (co * CI * K + ky) * K;
      UNROLL for (int kx = 0; kx < K; kx++)
        UNROLL for (int t = 0; t < columns; t++) {
          const int o = (t + P - kx) / S;
          if (o * S != t + P - kx || (edge && (j / S + o < 0 || j / S + o >= OW))) continue;
          const vec v = g[j / S + o];
          UNROLL for (int c = 0; c < channels; c++) sum[c][t] += v * w[c * K * K + kx];
        }
    }
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) dx[(c * H + i) * W + j + t] = keep(sum[c][t], live);
}

// conv2: dx of `channels` input channels of one block, row by row.
static ALWAYS_INLINE void k_conv2_input_gradient_rows(const vec *dy, const real *weight, vec *dx, mask live,
    const int channels) {
  for (int i = 0; i < 32; i++) {
    for (int j = 0; j < 28; j += 4)
      k_conv2_input_gradient_tile(dy, weight, dx, live, i, j, channels, 4, 0);
    k_conv2_input_gradient_tile(dy, weight, dx, live, i, 28, channels, 4, 1);
  }
}

// conv2: a task makes dx of 3 or 2 input channels of one block.
static void k_conv2_input_gradient(const struct step *s, int task) {
  enum { CI = 16, H = 32, W = 32, CO = 32, OH = 16, OW = 16, K = 3, S = 2, P = 1, TILES = 6 };
  const int block = task / TILES, tile = task % TILES;
  const int ci = tile * 2 + (tile < 4 ? tile : 4);
  const vec *dy = lanes_at(s, b_conv2_output_gradient) + block * (CO * OH * OW);
  const real *weight = s->parameters->conv2_weight + ci * (K * K);
  vec *dx = lanes_at(s, b_first_relu2_output_gradient) + (block * CI + ci) * (H * W);
  const mask live = live_lanes(s, block);
  if (tile < 4) k_conv2_input_gradient_rows(dy, weight, dx, live, 3);
  if (tile >= 4) k_conv2_input_gradient_rows(dy, weight, dx, live, 2);
}

// conv2 (residual.bn:16): the gradient of its weight, and the step along it,
//   dweight[co, ci, ky, kx] = sum over n, i, j of dy[n, co, i, j] * x[n, ci, 2 i + ky - 1, 2 j + kx - 1]
//   x [16, 32, 32], dy [32, 16, 16], dweight [32, 16, 3, 3]
// A tile is `outputs` x `inputs` channels x `taps` kernel columns from kx on, in registers, each lane the
// sum over its own examples. Here: what rows `first` up to `end` of one block's dy add to it for row ky of
// the kernel. Dead lanes hold 0 in x and in dy.
static ALWAYS_INLINE void k_conv2_weight_gradient_rows(const vec *x, const vec *dy, vec sums[4][1][3],
    int first, int end, int ky, int kx, const int outputs, const int inputs, const int taps) {
  enum { CI = 16, H = 32, W = 32, CO = 32, OH = 16, OW = 16, K = 3, S = 2, P = 1 };
  vec sum[4][1][3];
  UNROLL for (int o = 0; o < outputs; o++)
    UNROLL for (int c = 0; c < inputs; c++)
      UNROLL for (int k = 0; k < taps; k++) sum[o][c][k] = sums[o][c][k];
  const int first_row = ky < P ? (P - ky + S - 1) / S : 0, end_row = (H - 1 + P - ky + S) / S;
  if (first < first_row) first = first_row;
  if (end > end_row) end = end_row;
  for (int i = first; i < end; i++) {
    const int row = (i * S + ky - P) * W + kx - P;
    const vec *g = dy + i * OW;
    UNROLL for (int side = 0; side < 2; side++)
      for (int j = side ? 16 : 0; j < (side ? OW : 1); j++)
        UNROLL for (int k = 0; k < taps; k++) {
          const int column = j * S + kx + k - P;
          if (column < 0 || column >= W) continue;
          UNROLL for (int c = 0; c < inputs; c++)
            UNROLL for (int o = 0; o < outputs; o++) sum[o][c][k] += g[o * OH * OW + j] * x[c * H * W + row + j * S + k];
        }
    for (int j = 1; j < 16; j++)
      UNROLL for (int o = 0; o < outputs; o++) {
        const vec v = g[o * OH * OW + j];
        UNROLL for (int c = 0; c < inputs; c++)
          UNROLL for (int k = 0; k < taps; k++) sum[o][c][k] += v * x[c * H * W + row + j * S + k];
      }
  }
  UNROLL for (int o = 0; o < outputs; o++)
    UNROLL for (int c = 0; c < inputs; c++)
      UNROLL for (int k = 0; k < taps; k++) sums[o][c][k] = sum[o][c][k];
}

// conv2: one tile for row ky of the kernel, over the whole batch; at the end the lanes are added.
static ALWAYS_INLINE void k_conv2_weight_gradient_tile(const struct step *s, int co, int ci, int ky, int kx,
    const int outputs, const int inputs, const int taps) {
  enum { CI = 16, H = 32, W = 32, CO = 32, OH = 16, OW = 16, K = 3, S = 2, P = 1 };
  enum { BLOCKS_OF_PART = 4, ROWS_OF_PART = 16 };
  struct long_sum sums[4][1][3] = {0};
  for (int first = 0; first < s->blocks; first += BLOCKS_OF_PART)
    for (int row = 0; row < OH; row += ROWS_OF_PART) {
      const int end = first + BLOCKS_OF_PART < s->blocks ? first + BLOCKS_OF_PART : s->blocks;
      const int end_row = row + ROWS_OF_PART < OH ? row + ROWS_OF_PART : OH;
      vec part[4][1][3] = {0};
      for (int block = first; block < end; block++) {
        const vec *x = lanes_at(s, b_first_relu2_output) + (block * CI + ci) * (H * W);
        const vec *dy = lanes_at(s, b_conv2_output_gradient) + (block * CO + co) * (OH * OW);
        k_conv2_weight_gradient_rows(x, dy, part, row, end_row, ky, kx, outputs, inputs, taps);
      }
      UNROLL for (int o = 0; o < outputs; o++)
        UNROLL for (int c = 0; c < inputs; c++)
          UNROLL for (int k = 0; k < taps; k++) add_part(&sums[o][c][k], part[o][c][k]);
    }
  UNROLL for (int o = 0; o < outputs; o++)
    UNROLL for (int c = 0; c < inputs; c++)
      UNROLL for (int k = 0; k < taps; k++) {
        const int at = (((co + o) * CI + ci + c) * K + ky) * K + kx + k;
        sgd_update(&s->parameters->conv2_weight[at], lanes_sum(sums[o][c][k].total), s);
      }
}

// conv2: a task makes one row of the kernel for 4 output and 1 input channels.
static void k_conv2_weight_gradient(const struct step *s, int task) {
  enum { K = 3, INPUT_TILES = 16 };
  const int ky = task % K, input_tile = task / K % INPUT_TILES, output_tile = task / K / INPUT_TILES;
  const int co = output_tile * 4, ci = input_tile;
  k_conv2_weight_gradient_tile(s, co, ci, ky, 0, 4, 1, 3);
}

// first_add1, first_relu2 (residual.bn:6): dx = y <= 0 ? dy * y : dy
//   all [16, 32, 32]
static void k_first_add1_backward(const struct step *s, int task) {
  enum { COUNT = 16384, PIECES = 8 };
  const int block = task / PIECES, piece = task % PIECES;
  const vec *dy = lanes_at(s, b_first_relu2_output_gradient) + block * COUNT;
  const vec *y = lanes_at(s, b_first_relu2_output) + block * COUNT;
  vec *dx = lanes_at(s, b_relu1_first_add1_output_gradient) + block * COUNT;
  const int first = (int)((int64_t)COUNT * piece / PIECES);
  const int end = (int)((int64_t)COUNT * (piece + 1) / PIECES);
  for (int k = first; k < end; k++) dx[k] = vec_relu_gradient(dy[k], y[k]);
}

// first_batchnorm2 (residual.bn:5), backward: g, what dy, the gradient of the result, leaves of
// itself before the batch norm, of each number of a window. The mask is made again from x, which is
// cheaper than to store it.
static ALWAYS_INLINE void k_first_batchnorm2_window(const vec *x, vec dy, real mean, real scale, real shift, vec *g) {
  enum { W = 32, K = 1 };
  (void)x, (void)mean, (void)scale, (void)shift;
  UNROLL for (int k = 0; k < K * K; k++) {
    g[k] = dy;
  }
}

// first_batchnorm2: each block's sum of g and of g * xhat, a channel.
//   x [16, 32, 32], dy [16, 32, 32]
static void k_first_batchnorm2_sums(const struct step *s, int task) {
  enum { C = 16, H = 32, W = 32, OH = 32, OW = 32, K = 1, S = 1, TILES = 16 };
  const int block = task / TILES, tile = task % TILES;
  const int first = tile, end = first + 1;
  const real *moments = s->scratch + b_first_batchnorm2_moments;
  real (*partial)[2] = moments_at(s, b_first_batchnorm2_partial_sums) + block * C;
  for (int c = first; c < end; c++) {
    const real mean = moments[c], inverse = moments[2 * C + c];
    const real scale = s->parameters->first_batchnorm2_gamma[c] * moments[2 * C + c];
    const real shift = s->parameters->first_batchnorm2_beta[c];
    const vec *x = lanes_at(s, b_first_conv2_output) + (block * C + c) * (H * W);
    const vec *dy = lanes_at(s, b_relu1_first_add1_output_gradient) + (block * C + c) * (OH * OW);
    struct long_sum sum = {0}, product = {0};
    for (int i = 0; i < OH; i++)
      for (int part = 0; part < OW; part += PART) {
        const int end_of_part = part + PART < OW ? part + PART : OW;
        vec g_sum = {0}, g_product = {0};
        for (int j = part; j < end_of_part; j++) {
          const vec *window = x + i * S * W + j * S;
          vec g[K * K];
          k_first_batchnorm2_window(window, dy[i * OW + j], mean, scale, shift, g);
          UNROLL for (int k = 0; k < K * K; k++) {
            g_sum += g[k];
            g_product += g[k] * (window[k / K * W + k % K] - mean);
          }
        }
        add_part(&sum, g_sum);
        add_part(&product, g_product);
      }
    partial[c][0] = lanes_sum(sum.total);
    partial[c][1] = lanes_sum(product.total) * inverse;
  }
}

// first_batchnorm2 (residual.bn:5): the gradients of gamma and beta, and the step along them,
//   dbeta[c] = sum of g, dgamma[c] = sum of g * xhat
// and what dx needs of them. With the running statistics, which depend on no example, dx takes no means away.
//   coefficients [4][16]: scale and shift as they were, mean of g, mean of g * xhat
static void k_first_batchnorm2_parameter_gradient(const struct step *s, int task) {
  enum { C = 16, PLANE = 1024 };
  (void)task;
  const real *moments = s->scratch + b_first_batchnorm2_moments;
  real (*partial)[2] = moments_at(s, b_first_batchnorm2_partial_sums);
  real *coefficients = s->scratch + b_first_batchnorm2_coefficients;
  const real share = s->training ? 1 / (real)(s->count * PLANE) : 0;
  for (int c = 0; c < C; c++) {
    double g = 0, g_xhat = 0;
    for (int block = 0; block < s->blocks; block++) {
      g += (double)partial[block * C + c][0];
      g_xhat += (double)partial[block * C + c][1];
    }
    const real sum = (real)g, product = (real)g_xhat;
    coefficients[c] = s->parameters->first_batchnorm2_gamma[c] * moments[2 * C + c];
    coefficients[C + c] = s->parameters->first_batchnorm2_beta[c];
    coefficients[2 * C + c] = sum * share;
    coefficients[3 * C + c] = product * share;
    sgd_update(&s->parameters->first_batchnorm2_gamma[c], product, s);
    sgd_update(&s->parameters->first_batchnorm2_beta[c], sum, s);
  }
}

// first_batchnorm2 (residual.bn:5): the gradient of its input,
//   dx = gamma * inverse * (g - mean of g - xhat * mean of g * xhat), and g = 0 where no window lies
//   x [16, 32, 32], dy [16, 32, 32], dx [16, 32, 32], in x's place
static void k_first_batchnorm2_backward(const struct step *s, int task) {
  enum { C = 16, H = 32, W = 32, OH = 32, OW = 32, K = 1, S = 1, TILES = 16 };
  const int block = task / TILES, tile = task % TILES;
  const int first = tile, end = first + 1;
  const mask live = live_lanes(s, block);
  const real *moments = s->scratch + b_first_batchnorm2_moments, *coefficients = s->scratch + b_first_batchnorm2_coefficients;
  for (int c = first; c < end; c++) {
    const real mean = moments[c], inverse = moments[2 * C + c], scale = coefficients[c], shift = coefficients[C + c];
    const real mean_g = coefficients[2 * C + c], slope = coefficients[3 * C + c] * inverse;
    const vec *x = lanes_at(s, b_first_conv2_output) + (block * C + c) * (H * W);
    const vec *dy = lanes_at(s, b_relu1_first_add1_output_gradient) + (block * C + c) * (OH * OW);
    vec *dx = lanes_at(s, b_first_conv2_output_gradient) + (block * C + c) * (H * W);
    for (int i = 0; i < OH; i++)
      for (int j = 0; j < OW; j++) {
        const int at = i * S * W + j * S;
        vec g[K * K];
        k_first_batchnorm2_window(x + at, dy[i * OW + j], mean, scale, shift, g);
        UNROLL for (int k = 0; k < K * K; k++) {
          const int cell = at + k / K * W + k % K;
          dx[cell] = keep((g[k] - mean_g - (x[cell] - mean) * slope) * scale, live);
        }
      }
  }
}

// first_conv2 (residual.bn:5): the gradient of its input,
//   dx[n, ci, i + ky - 1, j + kx - 1] += weight[co, ci, ky, kx] * dy[n, co, i, j] for all co, ky, kx, i, j
//   dy [16, 32, 32], weight [16, 16, 3, 3], dx [16, 32, 32]
// One tile: `columns` of dx's row i for `channels` of its channels, in registers, gathered from every dy
// whose window covers them; `edge` says that some lie outside of dy. Nothing is computed on padding.
static ALWAYS_INLINE void k_first_conv2_input_gradient_tile(const vec *dy, const real *weight, vec *dx, mask live, int i, int j,
    const int channels, const int columns, const int edge) {
  enum { CI = 16, H = 32, W = 32, CO = 16, OH = 32, OW = 32, K = 3, S = 1, P = 1 };
  vec sum[3][4] = {0};
  for (int co = 0; co < CO; co++)
    for (int ky = 0; ky < K; ky += S) {
      const int row = (i + P - ky) / S;
      if (ky > i + P || row >= OH) continue;
      const vec *g = dy + (co * OH + row) * OW;
      const real *w = weight + (co * CI * K + ky) * K;
      UNROLL for (int kx = 0; kx < K; kx++)
        UNROLL for (int t = 0; t < columns; t++) {
          const int o = (t + P - kx) / S;
          if (o * S != t + P - kx || (edge && (j + o < 0 || j + o >= OW))) continue;
          const vec v = g[j + o];
          UNROLL for (int c = 0; c < channels; c++) sum[c][t] += v * w[c * K * K + kx];
        }
    }
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) dx[(c * H + i) * W + j + t] = keep(sum[c][t], live);
}

// first_conv2: dx of `channels` input channels of one block, row by row.
static ALWAYS_INLINE void k_first_conv2_input_gradient_rows(const vec *dy, const real *weight, vec *dx, mask live,
    const int channels) {
  for (int i = 0; i < 32; i++) {
    k_first_conv2_input_gradient_tile(dy, weight, dx, live, i, 0, channels, 4, 1);
    for (int j = 4; j < 28; j += 4)
      k_first_conv2_input_gradient_tile(dy, weight, dx, live, i, j, channels, 4, 0);
    k_first_conv2_input_gradient_tile(dy, weight, dx, live, i, 28, channels, 4, 1);
  }
}

// first_conv2: a task makes dx of 3 or 2 input channels of one block.
static void k_first_conv2_input_gradient(const struct step *s, int task) {
  enum { CI = 16, H = 32, W = 32, CO = 16, OH = 32, OW = 32, K = 3, S = 1, P = 1, TILES = 6 };
  const int block = task / TILES, tile = task % TILES;
  const int ci = tile * 2 + (tile < 4 ? tile : 4);
  const vec *dy = lanes_at(s, b_first_conv2_output_gradient) + block * (CO * OH * OW);
  const real *weight = s->parameters->first_conv2_weight + ci * (K * K);
  vec *dx = lanes_at(s, b_first_relu1_output_gradient) + (block * CI + ci) * (H * W);
  const mask live = live_lanes(s, block);
  if (tile < 4) k_first_conv2_input_gradient_rows(dy, weight, dx, live, 3);
  if (tile >= 4) k_first_conv2_input_gradient_rows(dy, weight, dx, live, 2);
}

// first_conv2 (residual.bn:5): the gradient of its weight, and the step along it,
//   dweight[co, ci, ky, kx] = sum over n, i, j of dy[n, co, i, j] * x[n, ci, i + ky - 1, j + kx - 1]
//   x [16, 32, 32], dy [16, 32, 32], dweight [16, 16, 3, 3]
// A tile is `outputs` x `inputs` channels x `taps` kernel columns from kx on, in registers, each lane the
// sum over its own examples. Here: what rows `first` up to `end` of one block's dy add to it for row ky of
// the kernel. Dead lanes hold 0 in x and in dy.
static ALWAYS_INLINE void k_first_conv2_weight_gradient_rows(const vec *x, const vec *dy, vec sums[4][1][3],
    int first, int end, int ky, int kx, const int outputs, const int inputs, const int taps) {
  enum { CI = 16, H = 32, W = 32, CO = 16, OH = 32, OW = 32, K = 3, S = 1, P = 1 };
  vec sum[4][1][3];
  UNROLL for (int o = 0; o < outputs; o++)
    UNROLL for (int c = 0; c < inputs; c++)
      UNROLL for (int k = 0; k < taps; k++) sum[o][c][k] = sums[o][c][k];
  const int first_row = ky < P ? (P - ky + S - 1) / S : 0, end_row = (H - 1 + P - ky + S) / S;
  if (first < first_row) first = first_row;
  if (end > end_row) end = end_row;
  for (int i = first; i < end; i++) {
    const int row = (i * S + ky - P) * W + kx - P;
    const vec *g = dy + i * OW;
    UNROLL for (int side = 0; side < 2; side++)
      for (int j = side ? 31 : 0; j < (side ? OW : 1); j++)
        UNROLL for (int k = 0; k < taps; k++) {
          const int column = j * S + kx + k - P;
          if (column < 0 || column >= W) continue;
          UNROLL for (int c = 0; c < inputs; c++)
            UNROLL for (int o = 0; o < outputs; o++) sum[o][c][k] += g[o * OH * OW + j] * x[c * H * W + row + j * S + k];
        }
    for (int j = 1; j < 31; j++)
      UNROLL for (int o = 0; o < outputs; o++) {
        const vec v = g[o * OH * OW + j];
        UNROLL for (int c = 0; c < inputs; c++)
          UNROLL for (int k = 0; k < taps; k++) sum[o][c][k] += v * x[c * H * W + row + j * S + k];
      }
  }
  UNROLL for (int o = 0; o < outputs; o++)
    UNROLL for (int c = 0; c < inputs; c++)
      UNROLL for (int k = 0; k < taps; k++) sums[o][c][k] = sum[o][c][k];
}

// first_conv2: one tile for row ky of the kernel, over the whole batch; at the end the lanes are added.
static ALWAYS_INLINE void k_first_conv2_weight_gradient_tile(const struct step *s, int co, int ci, int ky, int kx,
    const int outputs, const int inputs, const int taps) {
  enum { CI = 16, H = 32, W = 32, CO = 16, OH = 32, OW = 32, K = 3, S = 1, P = 1 };
  enum { BLOCKS_OF_PART = 1, ROWS_OF_PART = 32 };
  struct long_sum sums[4][1][3] = {0};
  for (int first = 0; first < s->blocks; first += BLOCKS_OF_PART)
    for (int row = 0; row < OH; row += ROWS_OF_PART) {
      const int end = first + BLOCKS_OF_PART < s->blocks ? first + BLOCKS_OF_PART : s->blocks;
      const int end_row = row + ROWS_OF_PART < OH ? row + ROWS_OF_PART : OH;
      vec part[4][1][3] = {0};
      for (int block = first; block < end; block++) {
        const vec *x = lanes_at(s, b_first_relu1_output) + (block * CI + ci) * (H * W);
        const vec *dy = lanes_at(s, b_first_conv2_output_gradient) + (block * CO + co) * (OH * OW);
        k_first_conv2_weight_gradient_rows(x, dy, part, row, end_row, ky, kx, outputs, inputs, taps);
      }
      UNROLL for (int o = 0; o < outputs; o++)
        UNROLL for (int c = 0; c < inputs; c++)
          UNROLL for (int k = 0; k < taps; k++) add_part(&sums[o][c][k], part[o][c][k]);
    }
  UNROLL for (int o = 0; o < outputs; o++)
    UNROLL for (int c = 0; c < inputs; c++)
      UNROLL for (int k = 0; k < taps; k++) {
        const int at = (((co + o) * CI + ci + c) * K + ky) * K + kx + k;
        sgd_update(&s->parameters->first_conv2_weight[at], lanes_sum(sums[o][c][k].total), s);
      }
}

// first_conv2: a task makes one row of the kernel for 4 output and 1 input channels.
static void k_first_conv2_weight_gradient(const struct step *s, int task) {
  enum { K = 3, INPUT_TILES = 16 };
  const int ky = task % K, input_tile = task / K % INPUT_TILES, output_tile = task / K / INPUT_TILES;
  const int co = output_tile * 4, ci = input_tile;
  k_first_conv2_weight_gradient_tile(s, co, ci, ky, 0, 4, 1, 3);
}

// first_batchnorm1, first_relu1 (residual.bn:4), backward: g, what dy, the gradient of the result, leaves of
// itself before first_relu1, of each number of a window. The mask is made again from x, which is
// cheaper than to store it.
static ALWAYS_INLINE void k_first_batchnorm1_window(const vec *x, vec dy, real mean, real scale, real shift, vec *g) {
  enum { W = 32, K = 1 };
  UNROLL for (int k = 0; k < K * K; k++) {
    const vec v = normalized(x[k / K * W + k % K], mean, scale, shift);
    g[k] = vec_relu_gradient_2(dy, v);
  }
}

// first_batchnorm1, first_relu1: each block's sum of g and of g * xhat, a channel.
//   x [16, 32, 32], dy [16, 32, 32]
static void k_first_batchnorm1_sums(const struct step *s, int task) {
  enum { C = 16, H = 32, W = 32, OH = 32, OW = 32, K = 1, S = 1, TILES = 16 };
  const int block = task / TILES, tile = task % TILES;
  const int first = tile, end = first + 1;
  const real *moments = s->scratch + b_first_batchnorm1_moments;
  real (*partial)[2] = moments_at(s, b_first_batchnorm1_partial_sums) + block * C;
  for (int c = first; c < end; c++) {
    const real mean = moments[c], inverse = moments[2 * C + c];
    const real scale = s->parameters->first_batchnorm1_gamma[c] * moments[2 * C + c];
    const real shift = s->parameters->first_batchnorm1_beta[c];
    const vec *x = lanes_at(s, b_first_conv1_output) + (block * C + c) * (H * W);
    const vec *dy = lanes_at(s, b_first_relu1_output_gradient) + (block * C + c) * (OH * OW);
    struct long_sum sum = {0}, product = {0};
    for (int i = 0; i < OH; i++)
      for (int part = 0; part < OW; part += PART) {
        const int end_of_part = part + PART < OW ? part + PART : OW;
        vec g_sum = {0}, g_product = {0};
        for (int j = part; j < end_of_part; j++) {
          const vec *window = x + i * S * W + j * S;
          vec g[K * K];
          k_first_batchnorm1_window(window, dy[i * OW + j], mean, scale, shift, g);
          UNROLL for (int k = 0; k < K * K; k++) {
            g_sum += g[k];
            g_product += g[k] * (window[k / K * W + k % K] - mean);
          }
        }
        add_part(&sum, g_sum);
        add_part(&product, g_product);
      }
    partial[c][0] = lanes_sum(sum.total);
    partial[c][1] = lanes_sum(product.total) * inverse;
  }
}

// first_batchnorm1 (residual.bn:4): the gradients of gamma and beta, and the step along them,
//   dbeta[c] = sum of g, dgamma[c] = sum of g * xhat
// and what dx needs of them. With the running statistics, which depend on no example, dx takes no means away.
//   coefficients [4][16]: scale and shift as they were, mean of g, mean of g * xhat
static void k_first_batchnorm1_parameter_gradient(const struct step *s, int task) {
  enum { C = 16, PLANE = 1024 };
  (void)task;
  const real *moments = s->scratch + b_first_batchnorm1_moments;
  real (*partial)[2] = moments_at(s, b_first_batchnorm1_partial_sums);
  real *coefficients = s->scratch + b_first_batchnorm1_coefficients;
  const real share = s->training ? 1 / (real)(s->count * PLANE) : 0;
  for (int c = 0; c < C; c++) {
    double g = 0, g_xhat = 0;
    for (int block = 0; block < s->blocks; block++) {
      g += (double)partial[block * C + c][0];
      g_xhat += (double)partial[block * C + c][1];
    }
    const real sum = (real)g, product = (real)g_xhat;
    coefficients[c] = s->parameters->first_batchnorm1_gamma[c] * moments[2 * C + c];
    coefficients[C + c] = s->parameters->first_batchnorm1_beta[c];
    coefficients[2 * C + c] = sum * share;
    coefficients[3 * C + c] = product * share;
    sgd_update(&s->parameters->first_batchnorm1_gamma[c], product, s);
    sgd_update(&s->parameters->first_batchnorm1_beta[c], sum, s);
  }
}

// first_batchnorm1, first_relu1 (residual.bn:4): the gradient of its input,
//   dx = gamma * inverse * (g - mean of g - xhat * mean of g * xhat), and g = 0 where no window lies
//   x [16, 32, 32], dy [16, 32, 32], dx [16, 32, 32], in x's place
static void k_first_batchnorm1_backward(const struct step *s, int task) {
  enum { C = 16, H = 32, W = 32, OH = 32, OW = 32, K = 1, S = 1, TILES = 16 };
  const int block = task / TILES, tile = task % TILES;
  const int first = tile, end = first + 1;
  const mask live = live_lanes(s, block);
  const real *moments = s->scratch + b_first_batchnorm1_moments, *coefficients = s->scratch + b_first_batchnorm1_coefficients;
  for (int c = first; c < end; c++) {
    const real mean = moments[c], inverse = moments[2 * C + c], scale = coefficients[c], shift = coefficients[C + c];
    const real mean_g = coefficients[2 * C + c], slope = coefficients[3 * C + c] * inverse;
    const vec *x = lanes_at(s, b_first_conv1_output) + (block * C + c) * (H * W);
    const vec *dy = lanes_at(s, b_first_relu1_output_gradient) + (block * C + c) * (OH * OW);
    vec *dx = lanes_at(s, b_first_conv1_output_gradient) + (block * C + c) * (H * W);
    for (int i = 0; i < OH; i++)
      for (int j = 0; j < OW; j++) {
        const int at = i * S * W + j * S;
        vec g[K * K];
        k_first_batchnorm1_window(x + at, dy[i * OW + j], mean, scale, shift, g);
        UNROLL for (int k = 0; k < K * K; k++) {
          const int cell = at + k / K * W + k % K;
          dx[cell] = keep((g[k] - mean_g - (x[cell] - mean) * slope) * scale, live);
        }
      }
  }
}

// first_conv1 (residual.bn:4): the gradient of its input,
//   dx[n, ci, i + ky - 1, j + kx - 1] += weight[co, ci, ky, kx] * dy[n, co, i, j] for all co, ky, kx, i, j
//   dy [16, 32, 32], weight [16, 16, 3, 3], dx [16, 32, 32]
// One tile: `columns` of dx's row i for `channels` of its channels, in registers, gathered from every dy
// whose window covers them; `edge` says that some lie outside of dy. Nothing is computed on padding.
static ALWAYS_INLINE void k_first_conv1_input_gradient_tile(const vec *dy, const real *weight, vec *dx, mask live, int i, int j,
    const int channels, const int columns, const int edge) {
  enum { CI = 16, H = 32, W = 32, CO = 16, OH = 32, OW = 32, K = 3, S = 1, P = 1 };
  vec sum[3][4] = {0};
  for (int co = 0; co < CO; co++)
    for (int ky = 0; ky < K; ky += S) {
      const int row = (i + P - ky) / S;
      if (ky > i + P || row >= OH) continue;
      const vec *g = dy + (co * OH + row) * OW;
      const real *w = weight + (co * CI * K + ky) * K;
      UNROLL for (int kx = 0; kx < K; kx++)
        UNROLL for (int t = 0; t < columns; t++) {
          const int o = (t + P - kx) / S;
          if (o * S != t + P - kx || (edge && (j + o < 0 || j + o >= OW))) continue;
          const vec v = g[j + o];
          UNROLL for (int c = 0; c < channels; c++) sum[c][t] += v * w[c * K * K + kx];
        }
    }
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) dx[(c * H + i) * W + j + t] = keep(sum[c][t], live);
}

// first_conv1: dx of `channels` input channels of one block, row by row.
static ALWAYS_INLINE void k_first_conv1_input_gradient_rows(const vec *dy, const real *weight, vec *dx, mask live,
    const int channels) {
  for (int i = 0; i < 32; i++) {
    k_first_conv1_input_gradient_tile(dy, weight, dx, live, i, 0, channels, 4, 1);
    for (int j = 4; j < 28; j += 4)
      k_first_conv1_input_gradient_tile(dy, weight, dx, live, i, j, channels, 4, 0);
    k_first_conv1_input_gradient_tile(dy, weight, dx, live, i, 28, channels, 4, 1);
  }
}

// first_conv1: a task makes dx of 3 or 2 input channels of one block.
static void k_first_conv1_input_gradient(const struct step *s, int task) {
  enum { CI = 16, H = 32, W = 32, CO = 16, OH = 32, OW = 32, K = 3, S = 1, P = 1, TILES = 6 };
  const int block = task / TILES, tile = task % TILES;
  const int ci = tile * 2 + (tile < 4 ? tile : 4);
  const vec *dy = lanes_at(s, b_first_conv1_output_gradient) + block * (CO * OH * OW);
  const real *weight = s->parameters->first_conv1_weight + ci * (K * K);
  vec *dx = lanes_at(s, b_relu1_first_conv1_output_gradient) + (block * CI + ci) * (H * W);
  const mask live = live_lanes(s, block);
  if (tile < 4) k_first_conv1_input_gradient_rows(dy, weight, dx, live, 3);
  if (tile >= 4) k_first_conv1_input_gradient_rows(dy, weight, dx, live, 2);
}

// first_conv1 (residual.bn:4): the gradient of its weight, and the step along it,
//   dweight[co, ci, ky, kx] = sum over n, i, j of dy[n, co, i, j] * x[n, ci, i + ky - 1, j + kx - 1]
//   x [16, 32, 32], dy [16, 32, 32], dweight [16, 16, 3, 3]
// A tile is `outputs` x `inputs` channels x `taps` kernel columns from kx on, in registers, each lane the
// sum over its own examples. Here: what rows `first` up to `end` of one block's dy add to it for row ky of
// the kernel. Dead lanes hold 0 in x and in dy.
static ALWAYS_INLINE void k_first_conv1_weight_gradient_rows(const vec *x, const vec *dy, vec sums[4][1][3],
    int first, int end, int ky, int kx, const int outputs, const int inputs, const int taps) {
  enum { CI = 16, H = 32, W = 32, CO = 16, OH = 32, OW = 32, K = 3, S = 1, P = 1 };
  vec sum[4][1][3];
  UNROLL for (int o = 0; o < outputs; o++)
    UNROLL for (int c = 0; c < inputs; c++)
      UNROLL for (int k = 0; k < taps; k++) sum[o][c][k] = sums[o][c][k];
  const int first_row = ky < P ? (P - ky + S - 1) / S : 0, end_row = (H - 1 + P - ky + S) / S;
  if (first < first_row) first = first_row;
  if (end > end_row) end = end_row;
  for (int i = first; i < end; i++) {
    const int row = (i * S + ky - P) * W + kx - P;
    const vec *g = dy + i * OW;
    UNROLL for (int side = 0; side < 2; side++)
      for (int j = side ? 31 : 0; j < (side ? OW : 1); j++)
        UNROLL for (int k = 0; k < taps; k++) {
          const int column = j * S + kx + k - P;
          if (column < 0 || column >= W) continue;
          UNROLL for (int c = 0; c < inputs; c++)
            UNROLL for (int o = 0; o < outputs; o++) sum[o][c][k] += g[o * OH * OW + j] * x[c * H * W + row + j * S + k];
        }
    for (int j = 1; j < 31; j++)
      UNROLL for (int o = 0; o < outputs; o++) {
        const vec v = g[o * OH * OW + j];
        UNROLL for (int c = 0; c < inputs; c++)
          UNROLL for (int k = 0; k < taps; k++) sum[o][c][k] += v * x[c * H * W + row + j * S + k];
      }
  }
  UNROLL for (int o = 0; o < outputs; o++)
    UNROLL for (int c = 0; c < inputs; c++)
      UNROLL for (int k = 0; k < taps; k++) sums[o][c][k] = sum[o][c][k];
}

// first_conv1: one tile for row ky of the kernel, over the whole batch; at the end the lanes are added.
static ALWAYS_INLINE void k_first_conv1_weight_gradient_tile(const struct step *s, int co, int ci, int ky, int kx,
    const int outputs, const int inputs, const int taps) {
  enum { CI = 16, H = 32, W = 32, CO = 16, OH = 32, OW = 32, K = 3, S = 1, P = 1 };
  enum { BLOCKS_OF_PART = 1, ROWS_OF_PART = 32 };
  struct long_sum sums[4][1][3] = {0};
  for (int first = 0; first < s->blocks; first += BLOCKS_OF_PART)
    for (int row = 0; row < OH; row += ROWS_OF_PART) {
      const int end = first + BLOCKS_OF_PART < s->blocks ? first + BLOCKS_OF_PART : s->blocks;
      const int end_row = row + ROWS_OF_PART < OH ? row + ROWS_OF_PART : OH;
      vec part[4][1][3] = {0};
      for (int block = first; block < end; block++) {
        const vec *x = lanes_at(s, b_relu1_output) + (block * CI + ci) * (H * W);
        const vec *dy = lanes_at(s, b_first_conv1_output_gradient) + (block * CO + co) * (OH * OW);
        k_first_conv1_weight_gradient_rows(x, dy, part, row, end_row, ky, kx, outputs, inputs, taps);
      }
      UNROLL for (int o = 0; o < outputs; o++)
        UNROLL for (int c = 0; c < inputs; c++)
          UNROLL for (int k = 0; k < taps; k++) add_part(&sums[o][c][k], part[o][c][k]);
    }
  UNROLL for (int o = 0; o < outputs; o++)
    UNROLL for (int c = 0; c < inputs; c++)
      UNROLL for (int k = 0; k < taps; k++) {
        const int at = (((co + o) * CI + ci + c) * K + ky) * K + kx + k;
        sgd_update(&s->parameters->first_conv1_weight[at], lanes_sum(sums[o][c][k].total), s);
      }
}

// first_conv1: a task makes one row of the kernel for 4 output and 1 input channels.
static void k_first_conv1_weight_gradient(const struct step *s, int task) {
  enum { K = 3, INPUT_TILES = 16 };
  const int ky = task % K, input_tile = task / K % INPUT_TILES, output_tile = task / K / INPUT_TILES;
  const int co = output_tile * 4, ci = input_tile;
  k_first_conv1_weight_gradient_tile(s, co, ci, ky, 0, 4, 1, 3);
}

// The gradient of relu1, which several layers read: y = part0 + part1
//   all [16, 32, 32]
static void k_relu1_gradient_sum(const struct step *s, int task) {
  enum { COUNT = 16384, PIECES = 8 };
  const int block = task / PIECES, piece = task % PIECES;
  const vec *part0 = lanes_at(s, b_relu1_first_add1_output_gradient) + block * COUNT;
  const vec *part1 = lanes_at(s, b_relu1_first_conv1_output_gradient) + block * COUNT;
  vec *y = lanes_at(s, b_relu1_summed_output_gradient) + block * COUNT;
  const int first = (int)((int64_t)COUNT * piece / PIECES);
  const int end = (int)((int64_t)COUNT * (piece + 1) / PIECES);
  for (int k = first; k < end; k++) y[k] = part0[k] + part1[k];
}

// batchnorm1, relu1 (residual.bn:14), backward: g, what dy, the gradient of the result, leaves of
// itself before relu1, of each number of a window. The mask is made again from x, which is
// cheaper than to store it.
static ALWAYS_INLINE void k_batchnorm1_window(const vec *x, vec dy, real mean, real scale, real shift, vec *g) {
  enum { W = 32, K = 1 };
  UNROLL for (int k = 0; k < K * K; k++) {
    const vec v = normalized(x[k / K * W + k % K], mean, scale, shift);
    g[k] = vec_relu_gradient_2(dy, v);
  }
}

// batchnorm1, relu1: each block's sum of g and of g * xhat, a channel.
//   x [16, 32, 32], dy [16, 32, 32]
static void k_batchnorm1_sums(const struct step *s, int task) {
  enum { C = 16, H = 32, W = 32, OH = 32, OW = 32, K = 1, S = 1, TILES = 16 };
  const int block = task / TILES, tile = task % TILES;
  const int first = tile, end = first + 1;
  const real *moments = s->scratch + b_batchnorm1_moments;
  real (*partial)[2] = moments_at(s, b_batchnorm1_partial_sums) + block * C;
  for (int c = first; c < end; c++) {
    const real mean = moments[c], inverse = moments[2 * C + c];
    const real scale = s->parameters->batchnorm1_gamma[c] * moments[2 * C + c];
    const real shift = s->parameters->batchnorm1_beta[c];
    const vec *x = lanes_at(s, b_conv1_output) + (block * C + c) * (H * W);
    const vec *dy = lanes_at(s, b_relu1_summed_output_gradient) + (block * C + c) * (OH * OW);
    struct long_sum sum = {0}, product = {0};
    for (int i = 0; i < OH; i++)
      for (int part = 0; part < OW; part += PART) {
        const int end_of_part = part + PART < OW ? part + PART : OW;
        vec g_sum = {0}, g_product = {0};
        for (int j = part; j < end_of_part; j++) {
          const vec *window = x + i * S * W + j * S;
          vec g[K * K];
          k_batchnorm1_window(window, dy[i * OW + j], mean, scale, shift, g);
          UNROLL for (int k = 0; k < K * K; k++) {
            g_sum += g[k];
            g_product += g[k] * (window[k / K * W + k % K] - mean);
          }
        }
        add_part(&sum, g_sum);
        add_part(&product, g_product);
      }
    partial[c][0] = lanes_sum(sum.total);
    partial[c][1] = lanes_sum(product.total) * inverse;
  }
}

// batchnorm1 (residual.bn:14): the gradients of gamma and beta, and the step along them,
//   dbeta[c] = sum of g, dgamma[c] = sum of g * xhat
// and what dx needs of them. With the running statistics, which depend on no example, dx takes no means away.
//   coefficients [4][16]: scale and shift as they were, mean of g, mean of g * xhat
static void k_batchnorm1_parameter_gradient(const struct step *s, int task) {
  enum { C = 16, PLANE = 1024 };
  (void)task;
  const real *moments = s->scratch + b_batchnorm1_moments;
  real (*partial)[2] = moments_at(s, b_batchnorm1_partial_sums);
  real *coefficients = s->scratch + b_batchnorm1_coefficients;
  const real share = s->training ? 1 / (real)(s->count * PLANE) : 0;
  for (int c = 0; c < C; c++) {
    double g = 0, g_xhat = 0;
    for (int block = 0; block < s->blocks; block++) {
      g += (double)partial[block * C + c][0];
      g_xhat += (double)partial[block * C + c][1];
    }
    const real sum = (real)g, product = (real)g_xhat;
    coefficients[c] = s->parameters->batchnorm1_gamma[c] * moments[2 * C + c];
    coefficients[C + c] = s->parameters->batchnorm1_beta[c];
    coefficients[2 * C + c] = sum * share;
    coefficients[3 * C + c] = product * share;
    sgd_update(&s->parameters->batchnorm1_gamma[c], product, s);
    sgd_update(&s->parameters->batchnorm1_beta[c], sum, s);
  }
}

// batchnorm1, relu1 (residual.bn:14): the gradient of its input,
//   dx = gamma * inverse * (g - mean of g - xhat * mean of g * xhat), and g = 0 where no window lies
//   x [16, 32, 32], dy [16, 32, 32], dx [16, 32, 32], in x's place
static void k_batchnorm1_backward(const struct step *s, int task) {
  enum { C = 16, H = 32, W = 32, OH = 32, OW = 32, K = 1, S = 1, TILES = 16 };
  const int block = task / TILES, tile = task % TILES;
  const int first = tile, end = first + 1;
  const mask live = live_lanes(s, block);
  const real *moments = s->scratch + b_batchnorm1_moments, *coefficients = s->scratch + b_batchnorm1_coefficients;
  for (int c = first; c < end; c++) {
    const real mean = moments[c], inverse = moments[2 * C + c], scale = coefficients[c], shift = coefficients[C + c];
    const real mean_g = coefficients[2 * C + c], slope = coefficients[3 * C + c] * inverse;
    const vec *x = lanes_at(s, b_conv1_output) + (block * C + c) * (H * W);
    const vec *dy = lanes_at(s, b_relu1_summed_output_gradient) + (block * C + c) * (OH * OW);
    vec *dx = lanes_at(s, b_conv1_output_gradient) + (block * C + c) * (H * W);
    for (int i = 0; i < OH; i++)
      for (int j = 0; j < OW; j++) {
        const int at = i * S * W + j * S;
        vec g[K * K];
        k_batchnorm1_window(x + at, dy[i * OW + j], mean, scale, shift, g);
        UNROLL for (int k = 0; k < K * K; k++) {
          const int cell = at + k / K * W + k % K;
          dx[cell] = keep((g[k] - mean_g - (x[cell] - mean) * slope) * scale, live);
        }
      }
  }
}

// conv1 (residual.bn:14): the gradient of its weight, and the step along it,
//   dweight[co, ci, ky, kx] = sum over n, i, j of dy[n, co, i, j] * x[n, ci, i + ky - 1, j + kx - 1]
//   x [3, 32, 32], dy [16, 32, 32], dweight [16, 3, 3, 3]
// A tile is `outputs` x `inputs` channels x `taps` kernel columns from kx on, in registers, each lane the
// sum over its own examples. Here: what rows `first` up to `end` of one block's dy add to it for row ky of
// the kernel. Dead lanes hold 0 in x and in dy.
static ALWAYS_INLINE void k_conv1_weight_gradient_rows(const vec *x, const vec *dy, vec sums[4][1][3],
    int first, int end, int ky, int kx, const int outputs, const int inputs, const int taps) {
  enum { CI = 3, H = 32, W = 32, CO = 16, OH = 32, OW = 32, K = 3, S = 1, P = 1 };
  vec sum[4][1][3];
  UNROLL for (int o = 0; o < outputs; o++)
    UNROLL for (int c = 0; c < inputs; c++)
      UNROLL for (int k = 0; k < taps; k++) sum[o][c][k] = sums[o][c][k];
  const int first_row = ky < P ? (P - ky + S - 1) / S : 0, end_row = (H - 1 + P - ky + S) / S;
  if (first < first_row) first = first_row;
  if (end > end_row) end = end_row;
  for (int i = first; i < end; i++) {
    const int row = (i * S + ky - P) * W + kx - P;
    const vec *g = dy + i * OW;
    UNROLL for (int side = 0; side < 2; side++)
      for (int j = side ? 31 : 0; j < (side ? OW : 1); j++)
        UNROLL for (int k = 0; k < taps; k++) {
          const int column = j * S + kx + k - P;
          if (column < 0 || column >= W) continue;
          UNROLL for (int c = 0; c < inputs; c++)
            UNROLL for (int o = 0; o < outputs; o++) sum[o][c][k] += g[o * OH * OW + j] * x[c * H * W + row + j * S + k];
        }
    for (int j = 1; j < 31; j++)
      UNROLL for (int o = 0; o < outputs; o++) {
        const vec v = g[o * OH * OW + j];
        UNROLL for (int c = 0; c < inputs; c++)
          UNROLL for (int k = 0; k < taps; k++) sum[o][c][k] += v * x[c * H * W + row + j * S + k];
      }
  }
  UNROLL for (int o = 0; o < outputs; o++)
    UNROLL for (int c = 0; c < inputs; c++)
      UNROLL for (int k = 0; k < taps; k++) sums[o][c][k] = sum[o][c][k];
}

// conv1: one tile for row ky of the kernel, over the whole batch; at the end the lanes are added.
static ALWAYS_INLINE void k_conv1_weight_gradient_tile(const struct step *s, int co, int ci, int ky, int kx,
    const int outputs, const int inputs, const int taps) {
  enum { CI = 3, H = 32, W = 32, CO = 16, OH = 32, OW = 32, K = 3, S = 1, P = 1 };
  enum { BLOCKS_OF_PART = 1, ROWS_OF_PART = 32 };
  struct long_sum sums[4][1][3] = {0};
  for (int first = 0; first < s->blocks; first += BLOCKS_OF_PART)
    for (int row = 0; row < OH; row += ROWS_OF_PART) {
      const int end = first + BLOCKS_OF_PART < s->blocks ? first + BLOCKS_OF_PART : s->blocks;
      const int end_row = row + ROWS_OF_PART < OH ? row + ROWS_OF_PART : OH;
      vec part[4][1][3] = {0};
      for (int block = first; block < end; block++) {
        const vec *x = lanes_at(s, b_image_lanes) + (block * CI + ci) * (H * W);
        const vec *dy = lanes_at(s, b_conv1_output_gradient) + (block * CO + co) * (OH * OW);
        k_conv1_weight_gradient_rows(x, dy, part, row, end_row, ky, kx, outputs, inputs, taps);
      }
      UNROLL for (int o = 0; o < outputs; o++)
        UNROLL for (int c = 0; c < inputs; c++)
          UNROLL for (int k = 0; k < taps; k++) add_part(&sums[o][c][k], part[o][c][k]);
    }
  UNROLL for (int o = 0; o < outputs; o++)
    UNROLL for (int c = 0; c < inputs; c++)
      UNROLL for (int k = 0; k < taps; k++) {
        const int at = (((co + o) * CI + ci + c) * K + ky) * K + kx + k;
        sgd_update(&s->parameters->conv1_weight[at], lanes_sum(sums[o][c][k].total), s);
      }
}

// conv1: a task makes one row of the kernel for 4 output and 1 input channels.
static void k_conv1_weight_gradient(const struct step *s, int task) {
  enum { K = 3, INPUT_TILES = 3 };
  const int ky = task % K, input_tile = task / K % INPUT_TILES, output_tile = task / K / INPUT_TILES;
  const int co = output_tile * 4, ci = input_tile;
  k_conv1_weight_gradient_tile(s, co, ci, ky, 0, 4, 1, 3);
}

// batchnorm1 (residual.bn:14): the running statistics move,
//   running = (real)0.9 * running + (1 - (real)0.9) * batch, from the first batch's own values
static void k_batchnorm1_running_move(const struct step *s, int task) {
  enum { C = 16 };
  (void)task;
  const real *moments = s->scratch + b_batchnorm1_moments;
  real *mean = s->state->batchnorm1_running_mean, *variance = s->state->batchnorm1_running_variance;
  const real keeps = s->state->batchnorm1_seen[0] != 0 ? (real)0.9 : 0;
  s->state->batchnorm1_seen[0] = 1;
  for (int c = 0; c < C; c++) {
    mean[c] = keeps * mean[c] + (1 - keeps) * moments[c];
    variance[c] = keeps * variance[c] + (1 - keeps) * moments[C + c];
  }
}

// first_batchnorm1 (residual.bn:4): the running statistics move,
//   running = (real)0.9 * running + (1 - (real)0.9) * batch, from the first batch's own values
static void k_first_batchnorm1_running_move(const struct step *s, int task) {
  enum { C = 16 };
  (void)task;
  const real *moments = s->scratch + b_first_batchnorm1_moments;
  real *mean = s->state->first_batchnorm1_running_mean, *variance = s->state->first_batchnorm1_running_variance;
  const real keeps = s->state->first_batchnorm1_seen[0] != 0 ? (real)0.9 : 0;
  s->state->first_batchnorm1_seen[0] = 1;
  for (int c = 0; c < C; c++) {
    mean[c] = keeps * mean[c] + (1 - keeps) * moments[c];
    variance[c] = keeps * variance[c] + (1 - keeps) * moments[C + c];
  }
}

// first_batchnorm2 (residual.bn:5): the running statistics move,
//   running = (real)0.9 * running + (1 - (real)0.9) * batch, from the first batch's own values
static void k_first_batchnorm2_running_move(const struct step *s, int task) {
  enum { C = 16 };
  (void)task;
  const real *moments = s->scratch + b_first_batchnorm2_moments;
  real *mean = s->state->first_batchnorm2_running_mean, *variance = s->state->first_batchnorm2_running_variance;
  const real keeps = s->state->first_batchnorm2_seen[0] != 0 ? (real)0.9 : 0;
  s->state->first_batchnorm2_seen[0] = 1;
  for (int c = 0; c < C; c++) {
    mean[c] = keeps * mean[c] + (1 - keeps) * moments[c];
    variance[c] = keeps * variance[c] + (1 - keeps) * moments[C + c];
  }
}

// batchnorm2 (residual.bn:16): the running statistics move,
//   running = (real)0.9 * running + (1 - (real)0.9) * batch, from the first batch's own values
static void k_batchnorm2_running_move(const struct step *s, int task) {
  enum { C = 32 };
  (void)task;
  const real *moments = s->scratch + b_batchnorm2_moments;
  real *mean = s->state->batchnorm2_running_mean, *variance = s->state->batchnorm2_running_variance;
  const real keeps = s->state->batchnorm2_seen[0] != 0 ? (real)0.9 : 0;
  s->state->batchnorm2_seen[0] = 1;
  for (int c = 0; c < C; c++) {
    mean[c] = keeps * mean[c] + (1 - keeps) * moments[c];
    variance[c] = keeps * variance[c] + (1 - keeps) * moments[C + c];
  }
}

// second_batchnorm1 (residual.bn:4): the running statistics move,
//   running = (real)0.9 * running + (1 - (real)0.9) * batch, from the first batch's own values
static void k_second_batchnorm1_running_move(const struct step *s, int task) {
  enum { C = 32 };
  (void)task;
  const real *moments = s->scratch + b_second_batchnorm1_moments;
  real *mean = s->state->second_batchnorm1_running_mean, *variance = s->state->second_batchnorm1_running_variance;
  const real keeps = s->state->second_batchnorm1_seen[0] != 0 ? (real)0.9 : 0;
  s->state->second_batchnorm1_seen[0] = 1;
  for (int c = 0; c < C; c++) {
    mean[c] = keeps * mean[c] + (1 - keeps) * moments[c];
    variance[c] = keeps * variance[c] + (1 - keeps) * moments[C + c];
  }
}

// second_batchnorm2 (residual.bn:5): the running statistics move,
//   running = (real)0.9 * running + (1 - (real)0.9) * batch, from the first batch's own values
static void k_second_batchnorm2_running_move(const struct step *s, int task) {
  enum { C = 32 };
  (void)task;
  const real *moments = s->scratch + b_second_batchnorm2_moments;
  real *mean = s->state->second_batchnorm2_running_mean, *variance = s->state->second_batchnorm2_running_variance;
  const real keeps = s->state->second_batchnorm2_seen[0] != 0 ? (real)0.9 : 0;
  s->state->second_batchnorm2_seen[0] = 1;
  for (int c = 0; c < C; c++) {
    mean[c] = keeps * mean[c] + (1 - keeps) * moments[c];
    variance[c] = keeps * variance[c] + (1 - keeps) * moments[C + c];
  }
}

// batchnorm3 (residual.bn:18): the running statistics move,
//   running = (real)0.9 * running + (1 - (real)0.9) * batch, from the first batch's own values
static void k_batchnorm3_running_move(const struct step *s, int task) {
  enum { C = 64 };
  (void)task;
  const real *moments = s->scratch + b_batchnorm3_moments;
  real *mean = s->state->batchnorm3_running_mean, *variance = s->state->batchnorm3_running_variance;
  const real keeps = s->state->batchnorm3_seen[0] != 0 ? (real)0.9 : 0;
  s->state->batchnorm3_seen[0] = 1;
  for (int c = 0; c < C; c++) {
    mean[c] = keeps * mean[c] + (1 - keeps) * moments[c];
    variance[c] = keeps * variance[c] + (1 - keeps) * moments[C + c];
  }
}

// third_batchnorm1 (residual.bn:4): the running statistics move,
//   running = (real)0.9 * running + (1 - (real)0.9) * batch, from the first batch's own values
static void k_third_batchnorm1_running_move(const struct step *s, int task) {
  enum { C = 64 };
  (void)task;
  const real *moments = s->scratch + b_third_batchnorm1_moments;
  real *mean = s->state->third_batchnorm1_running_mean, *variance = s->state->third_batchnorm1_running_variance;
  const real keeps = s->state->third_batchnorm1_seen[0] != 0 ? (real)0.9 : 0;
  s->state->third_batchnorm1_seen[0] = 1;
  for (int c = 0; c < C; c++) {
    mean[c] = keeps * mean[c] + (1 - keeps) * moments[c];
    variance[c] = keeps * variance[c] + (1 - keeps) * moments[C + c];
  }
}

// third_batchnorm2 (residual.bn:5): the running statistics move,
//   running = (real)0.9 * running + (1 - (real)0.9) * batch, from the first batch's own values
static void k_third_batchnorm2_running_move(const struct step *s, int task) {
  enum { C = 64 };
  (void)task;
  const real *moments = s->scratch + b_third_batchnorm2_moments;
  real *mean = s->state->third_batchnorm2_running_mean, *variance = s->state->third_batchnorm2_running_variance;
  const real keeps = s->state->third_batchnorm2_seen[0] != 0 ? (real)0.9 : 0;
  s->state->third_batchnorm2_seen[0] = 1;
  for (int c = 0; c < C; c++) {
    mean[c] = keeps * mean[c] + (1 - keeps) * moments[c];
    variance[c] = keeps * variance[c] + (1 - keeps) * moments[C + c];
  }
}

// ---- Steps

// A kernel does one task of its own, on any thread.
typedef void kernel(const struct step *s, int task);

// When it runs.
enum { ALWAYS, TRAINING, EVALUATION, APART };

// A kernel's place among the others.
struct scheduled {
  kernel *run;
  int tasks, blocks;  // so many tasks for each group of so many blocks, or in all where `blocks` is 0
  int when;
  struct {
    int layer, offset, numbers;
  } results[1];  // where it leaves which layers' results, and their numbers an example
};

// All kernels: the forward pass, the loss, and the backward pass. Their table at the end has this order.
static const struct scheduled schedule[] = {
    {.run = k_image_load, .tasks = 1, .blocks = 1, .when = APART},
    {.run = k_conv1_forward_loading, .tasks = 6, .blocks = 1, .results = {{0, b_conv1_output, 16384}}},
    {.run = k_batchnorm1_moments_merge, .tasks = 1, .when = TRAINING},
    {.run = k_batchnorm1_moments_running, .tasks = 1, .when = EVALUATION},
    {.run = k_batchnorm1_forward, .tasks = 16, .blocks = 1, .results = {{1, b_relu1_output, 16384}}},
    {.run = k_first_conv1_forward, .tasks = 6, .blocks = 1, .results = {{3, b_first_conv1_output, 16384}}},
    {.run = k_first_batchnorm1_moments_merge, .tasks = 1, .when = TRAINING},
    {.run = k_first_batchnorm1_moments_running, .tasks = 1, .when = EVALUATION},
    {.run = k_first_batchnorm1_forward, .tasks = 16, .blocks = 1, .results = {{4, b_first_relu1_output, 16384}}},
    {.run = k_first_conv2_forward, .tasks = 6, .blocks = 1, .results = {{6, b_first_conv2_output, 16384}}},
    {.run = k_first_batchnorm2_moments_merge, .tasks = 1, .when = TRAINING},
    {.run = k_first_batchnorm2_moments_running, .tasks = 1, .when = EVALUATION},
    {.run = k_first_batchnorm2_forward, .tasks = 16, .blocks = 1, .results = {{7, b_first_batchnorm2_output, 16384}}},
    {.run = k_first_add1_forward, .tasks = 8, .blocks = 1, .results = {{8, b_first_relu2_output, 16384}}},
    {.run = k_conv2_forward, .tasks = 11, .blocks = 1, .results = {{10, b_conv2_output, 8192}}},
    {.run = k_batchnorm2_moments_merge, .tasks = 1, .when = TRAINING},
    {.run = k_batchnorm2_moments_running, .tasks = 1, .when = EVALUATION},
    {.run = k_batchnorm2_forward, .tasks = 32, .blocks = 1, .results = {{11, b_relu2_output, 8192}}},
    {.run = k_second_conv1_forward, .tasks = 11, .blocks = 1, .results = {{13, b_second_conv1_output, 8192}}},
    {.run = k_second_batchnorm1_moments_merge, .tasks = 1, .when = TRAINING},
    {.run = k_second_batchnorm1_moments_running, .tasks = 1, .when = EVALUATION},
    {.run = k_second_batchnorm1_forward, .tasks = 32, .blocks = 1, .results = {{14, b_second_relu1_output, 8192}}},
    {.run = k_second_conv2_forward, .tasks = 11, .blocks = 1, .results = {{16, b_second_conv2_output, 8192}}},
    {.run = k_second_batchnorm2_moments_merge, .tasks = 1, .when = TRAINING},
    {.run = k_second_batchnorm2_moments_running, .tasks = 1, .when = EVALUATION},
    {.run = k_second_batchnorm2_forward, .tasks = 32, .blocks = 1, .results = {{17, b_second_batchnorm2_output, 8192}}},
    {.run = k_second_add1_forward, .tasks = 4, .blocks = 1, .results = {{18, b_second_relu2_output, 8192}}},
    {.run = k_conv3_forward, .tasks = 22, .blocks = 1, .results = {{20, b_conv3_output, 4096}}},
    {.run = k_batchnorm3_moments_merge, .tasks = 1, .when = TRAINING},
    {.run = k_batchnorm3_moments_running, .tasks = 1, .when = EVALUATION},
    {.run = k_batchnorm3_forward, .tasks = 16, .blocks = 1, .results = {{21, b_relu3_output, 4096}}},
    {.run = k_third_conv1_forward, .tasks = 22, .blocks = 1, .results = {{23, b_third_conv1_output, 4096}}},
    {.run = k_third_batchnorm1_moments_merge, .tasks = 1, .when = TRAINING},
    {.run = k_third_batchnorm1_moments_running, .tasks = 1, .when = EVALUATION},
    {.run = k_third_batchnorm1_forward, .tasks = 16, .blocks = 1, .results = {{24, b_third_relu1_output, 4096}}},
    {.run = k_third_conv2_forward, .tasks = 22, .blocks = 1, .results = {{26, b_third_conv2_output, 4096}}},
    {.run = k_third_batchnorm2_moments_merge, .tasks = 1, .when = TRAINING},
    {.run = k_third_batchnorm2_moments_running, .tasks = 1, .when = EVALUATION},
    {.run = k_third_batchnorm2_forward, .tasks = 16, .blocks = 1, .results = {{27, b_third_batchnorm2_output, 4096}}},
    {.run = k_third_add1_forward, .tasks = 2, .blocks = 1, .results = {{28, b_third_relu2_output, 4096}}},
    {.run = k_avgpool1_forward, .tasks = 64, .blocks = 1, .results = {{30, b_avgpool1_output, 64}}},
    {.run = k_dense1_forward, .tasks = 4, .blocks = 4, .results = {{32, b_dense1_output, 10}}},

    {.run = k_loss_softmax_cross_entropy, .tasks = 1, .blocks = 1},

    {.run = k_dense1_input_gradient, .tasks = 22},
    {.run = k_dense1_rows_load, .tasks = 1, .blocks = 1},
    {.run = k_dense1_weight_gradient, .tasks = 4},
    {.run = k_dense1_bias_gradient, .tasks = 10},
    {.run = k_avgpool1_backward, .tasks = 64, .blocks = 1},
    {.run = k_third_add1_backward, .tasks = 2, .blocks = 1},
    {.run = k_third_batchnorm2_sums, .tasks = 16, .blocks = 1},
    {.run = k_third_batchnorm2_parameter_gradient, .tasks = 1},
    {.run = k_third_batchnorm2_backward, .tasks = 16, .blocks = 1},
    {.run = k_third_conv2_input_gradient, .tasks = 22, .blocks = 1},
    {.run = k_third_conv2_weight_gradient, .tasks = 3072},
    {.run = k_third_batchnorm1_sums, .tasks = 16, .blocks = 1},
    {.run = k_third_batchnorm1_parameter_gradient, .tasks = 1},
    {.run = k_third_batchnorm1_backward, .tasks = 16, .blocks = 1},
    {.run = k_third_conv1_input_gradient, .tasks = 22, .blocks = 1},
    {.run = k_third_conv1_weight_gradient, .tasks = 3072},
    {.run = k_relu3_gradient_sum, .tasks = 2, .blocks = 1},
    {.run = k_batchnorm3_sums, .tasks = 16, .blocks = 1},
    {.run = k_batchnorm3_parameter_gradient, .tasks = 1},
    {.run = k_batchnorm3_backward, .tasks = 16, .blocks = 1},
    {.run = k_conv3_input_gradient, .tasks = 11, .blocks = 1},
    {.run = k_conv3_weight_gradient, .tasks = 1536},
    {.run = k_second_add1_backward, .tasks = 4, .blocks = 1},
    {.run = k_second_batchnorm2_sums, .tasks = 32, .blocks = 1},
    {.run = k_second_batchnorm2_parameter_gradient, .tasks = 1},
    {.run = k_second_batchnorm2_backward, .tasks = 32, .blocks = 1},
    {.run = k_second_conv2_input_gradient, .tasks = 11, .blocks = 1},
    {.run = k_second_conv2_weight_gradient, .tasks = 768},
    {.run = k_second_batchnorm1_sums, .tasks = 32, .blocks = 1},
    {.run = k_second_batchnorm1_parameter_gradient, .tasks = 1},
    {.run = k_second_batchnorm1_backward, .tasks = 32, .blocks = 1},
    {.run = k_second_conv1_input_gradient, .tasks = 11, .blocks = 1},
    {.run = k_second_conv1_weight_gradient, .tasks = 768},
    {.run = k_relu2_gradient_sum, .tasks = 4, .blocks = 1},
    {.run = k_batchnorm2_sums, .tasks = 32, .blocks = 1},
    {.run = k_batchnorm2_parameter_gradient, .tasks = 1},
    {.run = k_batchnorm2_backward, .tasks = 32, .blocks = 1},
    {.run = k_conv2_input_gradient, .tasks = 6, .blocks = 1},
    {.run = k_conv2_weight_gradient, .tasks = 384},
    {.run = k_first_add1_backward, .tasks = 8, .blocks = 1},
    {.run = k_first_batchnorm2_sums, .tasks = 16, .blocks = 1},
    {.run = k_first_batchnorm2_parameter_gradient, .tasks = 1},
    {.run = k_first_batchnorm2_backward, .tasks = 16, .blocks = 1},
    {.run = k_first_conv2_input_gradient, .tasks = 6, .blocks = 1},
    {.run = k_first_conv2_weight_gradient, .tasks = 192},
    {.run = k_first_batchnorm1_sums, .tasks = 16, .blocks = 1},
    {.run = k_first_batchnorm1_parameter_gradient, .tasks = 1},
    {.run = k_first_batchnorm1_backward, .tasks = 16, .blocks = 1},
    {.run = k_first_conv1_input_gradient, .tasks = 6, .blocks = 1},
    {.run = k_first_conv1_weight_gradient, .tasks = 192},
    {.run = k_relu1_gradient_sum, .tasks = 8, .blocks = 1},
    {.run = k_batchnorm1_sums, .tasks = 16, .blocks = 1},
    {.run = k_batchnorm1_parameter_gradient, .tasks = 1},
    {.run = k_batchnorm1_backward, .tasks = 16, .blocks = 1},
    {.run = k_conv1_weight_gradient, .tasks = 36},
    {.run = k_batchnorm1_running_move, .tasks = 1, .when = TRAINING},
    {.run = k_first_batchnorm1_running_move, .tasks = 1, .when = TRAINING},
    {.run = k_first_batchnorm2_running_move, .tasks = 1, .when = TRAINING},
    {.run = k_batchnorm2_running_move, .tasks = 1, .when = TRAINING},
    {.run = k_second_batchnorm1_running_move, .tasks = 1, .when = TRAINING},
    {.run = k_second_batchnorm2_running_move, .tasks = 1, .when = TRAINING},
    {.run = k_batchnorm3_running_move, .tasks = 1, .when = TRAINING},
    {.run = k_third_batchnorm1_running_move, .tasks = 1, .when = TRAINING},
    {.run = k_third_batchnorm2_running_move, .tasks = 1, .when = TRAINING},
};
enum { FORWARD = 42, LOSS = 43, KERNELS = sizeof schedule / sizeof schedule[0] };

// What the host's threads are handed.
struct work {
  kernel *run;
  const struct step *step;
};

static void do_task(void *argument, int32_t task) {
  const struct work *work = argument;
  work->run(work->step, task);
}

// Whether the input's load is a kernel of its own: where the host lends no wait, or measures kernels.
static int loads_apart(const struct step *s) {
  return !s->host || !s->host->wait || s->host->kernel_done;
}

static int runs(const struct step *s, int number) {
  switch (schedule[number].when) {
  case TRAINING: return s->training;
  case EVALUATION: return !s->training;
  case APART: return loads_apart(s);
  default: return 1;
  }
}

// Runs the tasks of a kernel, on the host's threads where it lends some.
static void run(const struct step *s, int number) {
  const struct scheduled *k = &schedule[number];
  const int groups = k->blocks ? (s->blocks + k->blocks - 1) / k->blocks : 1, tasks = k->tasks * groups;
  if (tasks > 1 && s->host && s->host->parallel_for) {
    s->host->parallel_for(s->host->context, tasks, do_task, &(struct work){k->run, s});
  } else {
    for (int task = 0; task < tasks; task++) k->run(s, task);
  }
  if (s->host && s->host->kernel_done) s->host->kernel_done(s->host->context, number);
}

static void run_all(const struct step *s, int first, int end) {
  for (int number = first; number < end; number++)
    if (runs(s, number)) run(s, number);
}

static void forward(const struct step *s) {
  for (int block = 0; block < s->blocks; block++) atomic_store(&s->input[block], ABSENT);
  run_all(s, 0, FORWARD);
}

// The loss of all examples, and its gradient.
static double loss(const struct step *s) {
  run_all(s, FORWARD, LOSS);
  double sum = 0;
  for (int block = 0; block < s->blocks; block++) sum += (double)s->scratch[b_block_losses + block];
  return sum;
}

// Whether the first `count` numbers of each example of a tensor are finite.
static int all_finite(const struct step *s, int offset, int count) {
  for (int k = 0; k < count * LANES * s->blocks; k++)
    if (!isfinite(s->scratch[offset + k])) return 0;
  return 1;
}

// The first layer whose result is infinite or not a number, or -1: the forward pass once more, with a
// look at each result before another takes its place.
static int32_t first_not_finite(const struct step *s) {
  for (int block = 0; block < s->blocks; block++) atomic_store(&s->input[block], ABSENT);
  for (int number = 0; number < FORWARD; number++) {
    if (!runs(s, number)) continue;
    run(s, number);
    for (int r = 0; r < 1; r++)
      if (!all_finite(s, schedule[number].results[r].offset, schedule[number].results[r].numbers))
        return schedule[number].results[r].layer;
  }
  return -1;
}

// Checks what a caller passed and makes a step of it.
static int32_t begin(struct step *s, atomic_int *input, const bnc_host *host,
                     const bnc_regions *regions, const bnc_batch *batch, int needs_target) {
  if (!regions || !regions->parameters || !regions->scratch || !batch) return BNC_BAD_ARGUMENT;
  if (!batch->inputs || !batch->inputs[0] || !batch->input_types) return BNC_BAD_ARGUMENT;
  if (!regions->state) return BNC_BAD_ARGUMENT;
  if (batch->count < 1 || batch->count > BATCH) return BNC_BAD_ARGUMENT;
  if (batch->input_types[0] != BNC_UINT8 && batch->input_types[0] != BNC_REAL) return BNC_BAD_ARGUMENT;
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
  if (has_target(s))
    for (int n = 0; n < s->count; n++)
      if (label_of(s, n) < 0 || label_of(s, n) >= 10) return BNC_BAD_ARGUMENT;
  return BNC_OK;
}

static void report(bnc_result *result, double loss) {
  result->loss = loss;
  result->not_finite_layer = -1;
  if (result->losses) result->losses[0] = loss;
}

// Copies the outputs out of the lanes.
static void write_outputs(const struct step *s, real *outputs) {
  const vec *y = lanes_at(s, b_dense1_output);
  for (int n = 0; n < s->count; n++)
    for (int k = 0; k < 10; k++) outputs[n * 10 + k] = y[n / LANES * 10 + k][n % LANES];
}

// Whether every batch norm that starts at its first batch has seen one.
static int trained(const struct state *state) {
  if (state->batchnorm1_seen[0] == 0) return 0;
  if (state->first_batchnorm1_seen[0] == 0) return 0;
  if (state->first_batchnorm2_seen[0] == 0) return 0;
  if (state->batchnorm2_seen[0] == 0) return 0;
  if (state->second_batchnorm1_seen[0] == 0) return 0;
  if (state->second_batchnorm2_seen[0] == 0) return 0;
  if (state->batchnorm3_seen[0] == 0) return 0;
  if (state->third_batchnorm1_seen[0] == 0) return 0;
  if (state->third_batchnorm2_seen[0] == 0) return 0;
  return 1;
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
  if (outputs && outputs[0]) write_outputs(&s, outputs[0]);
  if (!isfinite(result->loss)) result->not_finite_layer = first_not_finite(&s);
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

// Name, role, region, layer, lanes, rank, initializer, shape, offset, and the initializer's two numbers.
static const bnc_tensor tensors[] = {
    { "conv1.weight", BNC_WEIGHT, BNC_PARAMETERS, 0, 0, 4,
      BNC_NORMAL, { 16, 3, 3, 3 }, offsetof(struct parameters, conv1_weight), 0.0, 0.2721655269759087 },
    { "batchnorm1.gamma", BNC_GAMMA, BNC_PARAMETERS, 1, 0, 1,
      BNC_CONSTANT, { 16 }, offsetof(struct parameters, batchnorm1_gamma), 1.0, 0.0 },
    { "batchnorm1.beta", BNC_BETA, BNC_PARAMETERS, 1, 0, 1,
      BNC_CONSTANT, { 16 }, offsetof(struct parameters, batchnorm1_beta), 0.0, 0.0 },
    { "batchnorm1.running_mean", BNC_RUNNING_MEAN, BNC_STATE, 1, 0, 1,
      BNC_CONSTANT, { 16 }, offsetof(struct state, batchnorm1_running_mean), 0.0, 0.0 },
    { "batchnorm1.running_variance", BNC_RUNNING_VARIANCE, BNC_STATE, 1, 0, 1,
      BNC_CONSTANT, { 16 }, offsetof(struct state, batchnorm1_running_variance), 1.0, 0.0 },
    { "batchnorm1.seen", BNC_SEEN, BNC_STATE, 1, 0, 1,
      BNC_CONSTANT, { 1 }, offsetof(struct state, batchnorm1_seen), 0.0, 0.0 },
    { "first_conv1.weight", BNC_WEIGHT, BNC_PARAMETERS, 3, 0, 4,
      BNC_NORMAL, { 16, 16, 3, 3 }, offsetof(struct parameters, first_conv1_weight), 0.0, 0.11785113019775792 },
    { "first_batchnorm1.gamma", BNC_GAMMA, BNC_PARAMETERS, 4, 0, 1,
      BNC_CONSTANT, { 16 }, offsetof(struct parameters, first_batchnorm1_gamma), 1.0, 0.0 },
    { "first_batchnorm1.beta", BNC_BETA, BNC_PARAMETERS, 4, 0, 1,
      BNC_CONSTANT, { 16 }, offsetof(struct parameters, first_batchnorm1_beta), 0.0, 0.0 },
    { "first_batchnorm1.running_mean", BNC_RUNNING_MEAN, BNC_STATE, 4, 0, 1,
      BNC_CONSTANT, { 16 }, offsetof(struct state, first_batchnorm1_running_mean), 0.0, 0.0 },
    { "first_batchnorm1.running_variance", BNC_RUNNING_VARIANCE, BNC_STATE, 4, 0, 1,
      BNC_CONSTANT, { 16 }, offsetof(struct state, first_batchnorm1_running_variance), 1.0, 0.0 },
    { "first_batchnorm1.seen", BNC_SEEN, BNC_STATE, 4, 0, 1,
      BNC_CONSTANT, { 1 }, offsetof(struct state, first_batchnorm1_seen), 0.0, 0.0 },
    { "first_conv2.weight", BNC_WEIGHT, BNC_PARAMETERS, 6, 0, 4,
      BNC_NORMAL, { 16, 16, 3, 3 }, offsetof(struct parameters, first_conv2_weight), 0.0, 0.11785113019775792 },
    { "first_batchnorm2.gamma", BNC_GAMMA, BNC_PARAMETERS, 7, 0, 1,
      BNC_CONSTANT, { 16 }, offsetof(struct parameters, first_batchnorm2_gamma), 1.0, 0.0 },
    { "first_batchnorm2.beta", BNC_BETA, BNC_PARAMETERS, 7, 0, 1,
      BNC_CONSTANT, { 16 }, offsetof(struct parameters, first_batchnorm2_beta), 0.0, 0.0 },
    { "first_batchnorm2.running_mean", BNC_RUNNING_MEAN, BNC_STATE, 7, 0, 1,
      BNC_CONSTANT, { 16 }, offsetof(struct state, first_batchnorm2_running_mean), 0.0, 0.0 },
    { "first_batchnorm2.running_variance", BNC_RUNNING_VARIANCE, BNC_STATE, 7, 0, 1,
      BNC_CONSTANT, { 16 }, offsetof(struct state, first_batchnorm2_running_variance), 1.0, 0.0 },
    { "first_batchnorm2.seen", BNC_SEEN, BNC_STATE, 7, 0, 1,
      BNC_CONSTANT, { 1 }, offsetof(struct state, first_batchnorm2_seen), 0.0, 0.0 },
    { "conv2.weight", BNC_WEIGHT, BNC_PARAMETERS, 10, 0, 4,
      BNC_NORMAL, { 32, 16, 3, 3 }, offsetof(struct parameters, conv2_weight), 0.0, 0.11785113019775792 },
    { "batchnorm2.gamma", BNC_GAMMA, BNC_PARAMETERS, 11, 0, 1,
      BNC_CONSTANT, { 32 }, offsetof(struct parameters, batchnorm2_gamma), 1.0, 0.0 },
    { "batchnorm2.beta", BNC_BETA, BNC_PARAMETERS, 11, 0, 1,
      BNC_CONSTANT, { 32 }, offsetof(struct parameters, batchnorm2_beta), 0.0, 0.0 },
    { "batchnorm2.running_mean", BNC_RUNNING_MEAN, BNC_STATE, 11, 0, 1,
      BNC_CONSTANT, { 32 }, offsetof(struct state, batchnorm2_running_mean), 0.0, 0.0 },
    { "batchnorm2.running_variance", BNC_RUNNING_VARIANCE, BNC_STATE, 11, 0, 1,
      BNC_CONSTANT, { 32 }, offsetof(struct state, batchnorm2_running_variance), 1.0, 0.0 },
    { "batchnorm2.seen", BNC_SEEN, BNC_STATE, 11, 0, 1,
      BNC_CONSTANT, { 1 }, offsetof(struct state, batchnorm2_seen), 0.0, 0.0 },
    { "second_conv1.weight", BNC_WEIGHT, BNC_PARAMETERS, 13, 0, 4,
      BNC_NORMAL, { 32, 32, 3, 3 }, offsetof(struct parameters, second_conv1_weight), 0.0, 0.08333333333333333 },
    { "second_batchnorm1.gamma", BNC_GAMMA, BNC_PARAMETERS, 14, 0, 1,
      BNC_CONSTANT, { 32 }, offsetof(struct parameters, second_batchnorm1_gamma), 1.0, 0.0 },
    { "second_batchnorm1.beta", BNC_BETA, BNC_PARAMETERS, 14, 0, 1,
      BNC_CONSTANT, { 32 }, offsetof(struct parameters, second_batchnorm1_beta), 0.0, 0.0 },
    { "second_batchnorm1.running_mean", BNC_RUNNING_MEAN, BNC_STATE, 14, 0, 1,
      BNC_CONSTANT, { 32 }, offsetof(struct state, second_batchnorm1_running_mean), 0.0, 0.0 },
    { "second_batchnorm1.running_variance", BNC_RUNNING_VARIANCE, BNC_STATE, 14, 0, 1,
      BNC_CONSTANT, { 32 }, offsetof(struct state, second_batchnorm1_running_variance), 1.0, 0.0 },
    { "second_batchnorm1.seen", BNC_SEEN, BNC_STATE, 14, 0, 1,
      BNC_CONSTANT, { 1 }, offsetof(struct state, second_batchnorm1_seen), 0.0, 0.0 },
    { "second_conv2.weight", BNC_WEIGHT, BNC_PARAMETERS, 16, 0, 4,
      BNC_NORMAL, { 32, 32, 3, 3 }, offsetof(struct parameters, second_conv2_weight), 0.0, 0.08333333333333333 },
    { "second_batchnorm2.gamma", BNC_GAMMA, BNC_PARAMETERS, 17, 0, 1,
      BNC_CONSTANT, { 32 }, offsetof(struct parameters, second_batchnorm2_gamma), 1.0, 0.0 },
    { "second_batchnorm2.beta", BNC_BETA, BNC_PARAMETERS, 17, 0, 1,
      BNC_CONSTANT, { 32 }, offsetof(struct parameters, second_batchnorm2_beta), 0.0, 0.0 },
    { "second_batchnorm2.running_mean", BNC_RUNNING_MEAN, BNC_STATE, 17, 0, 1,
      BNC_CONSTANT, { 32 }, offsetof(struct state, second_batchnorm2_running_mean), 0.0, 0.0 },
    { "second_batchnorm2.running_variance", BNC_RUNNING_VARIANCE, BNC_STATE, 17, 0, 1,
      BNC_CONSTANT, { 32 }, offsetof(struct state, second_batchnorm2_running_variance), 1.0, 0.0 },
    { "second_batchnorm2.seen", BNC_SEEN, BNC_STATE, 17, 0, 1,
      BNC_CONSTANT, { 1 }, offsetof(struct state, second_batchnorm2_seen), 0.0, 0.0 },
    { "conv3.weight", BNC_WEIGHT, BNC_PARAMETERS, 20, 0, 4,
      BNC_NORMAL, { 64, 32, 3, 3 }, offsetof(struct parameters, conv3_weight), 0.0, 0.08333333333333333 },
    { "batchnorm3.gamma", BNC_GAMMA, BNC_PARAMETERS, 21, 0, 1,
      BNC_CONSTANT, { 64 }, offsetof(struct parameters, batchnorm3_gamma), 1.0, 0.0 },
    { "batchnorm3.beta", BNC_BETA, BNC_PARAMETERS, 21, 0, 1,
      BNC_CONSTANT, { 64 }, offsetof(struct parameters, batchnorm3_beta), 0.0, 0.0 },
    { "batchnorm3.running_mean", BNC_RUNNING_MEAN, BNC_STATE, 21, 0, 1,
      BNC_CONSTANT, { 64 }, offsetof(struct state, batchnorm3_running_mean), 0.0, 0.0 },
    { "batchnorm3.running_variance", BNC_RUNNING_VARIANCE, BNC_STATE, 21, 0, 1,
      BNC_CONSTANT, { 64 }, offsetof(struct state, batchnorm3_running_variance), 1.0, 0.0 },
    { "batchnorm3.seen", BNC_SEEN, BNC_STATE, 21, 0, 1,
      BNC_CONSTANT, { 1 }, offsetof(struct state, batchnorm3_seen), 0.0, 0.0 },
    { "third_conv1.weight", BNC_WEIGHT, BNC_PARAMETERS, 23, 0, 4,
      BNC_NORMAL, { 64, 64, 3, 3 }, offsetof(struct parameters, third_conv1_weight), 0.0, 0.05892556509887896 },
    { "third_batchnorm1.gamma", BNC_GAMMA, BNC_PARAMETERS, 24, 0, 1,
      BNC_CONSTANT, { 64 }, offsetof(struct parameters, third_batchnorm1_gamma), 1.0, 0.0 },
    { "third_batchnorm1.beta", BNC_BETA, BNC_PARAMETERS, 24, 0, 1,
      BNC_CONSTANT, { 64 }, offsetof(struct parameters, third_batchnorm1_beta), 0.0, 0.0 },
    { "third_batchnorm1.running_mean", BNC_RUNNING_MEAN, BNC_STATE, 24, 0, 1,
      BNC_CONSTANT, { 64 }, offsetof(struct state, third_batchnorm1_running_mean), 0.0, 0.0 },
    { "third_batchnorm1.running_variance", BNC_RUNNING_VARIANCE, BNC_STATE, 24, 0, 1,
      BNC_CONSTANT, { 64 }, offsetof(struct state, third_batchnorm1_running_variance), 1.0, 0.0 },
    { "third_batchnorm1.seen", BNC_SEEN, BNC_STATE, 24, 0, 1,
      BNC_CONSTANT, { 1 }, offsetof(struct state, third_batchnorm1_seen), 0.0, 0.0 },
    { "third_conv2.weight", BNC_WEIGHT, BNC_PARAMETERS, 26, 0, 4,
      BNC_NORMAL, { 64, 64, 3, 3 }, offsetof(struct parameters, third_conv2_weight), 0.0, 0.05892556509887896 },
    { "third_batchnorm2.gamma", BNC_GAMMA, BNC_PARAMETERS, 27, 0, 1,
      BNC_CONSTANT, { 64 }, offsetof(struct parameters, third_batchnorm2_gamma), 1.0, 0.0 },
    { "third_batchnorm2.beta", BNC_BETA, BNC_PARAMETERS, 27, 0, 1,
      BNC_CONSTANT, { 64 }, offsetof(struct parameters, third_batchnorm2_beta), 0.0, 0.0 },
    { "third_batchnorm2.running_mean", BNC_RUNNING_MEAN, BNC_STATE, 27, 0, 1,
      BNC_CONSTANT, { 64 }, offsetof(struct state, third_batchnorm2_running_mean), 0.0, 0.0 },
    { "third_batchnorm2.running_variance", BNC_RUNNING_VARIANCE, BNC_STATE, 27, 0, 1,
      BNC_CONSTANT, { 64 }, offsetof(struct state, third_batchnorm2_running_variance), 1.0, 0.0 },
    { "third_batchnorm2.seen", BNC_SEEN, BNC_STATE, 27, 0, 1,
      BNC_CONSTANT, { 1 }, offsetof(struct state, third_batchnorm2_seen), 0.0, 0.0 },
    { "dense1.weight", BNC_WEIGHT, BNC_PARAMETERS, 32, 0, 2,
      BNC_NORMAL, { 10, 64 }, offsetof(struct parameters, dense1_weight), 0.0, 0.1767766952966369 },
    { "dense1.bias", BNC_BIAS, BNC_PARAMETERS, 32, 0, 1,
      BNC_CONSTANT, { 10 }, offsetof(struct parameters, dense1_bias), 0.0, 0.0 },
};

static const char *const layers[] = {
    "conv1",
    "batchnorm1",
    "relu1",
    "first_conv1",
    "first_batchnorm1",
    "first_relu1",
    "first_conv2",
    "first_batchnorm2",
    "first_add1",
    "first_relu2",
    "conv2",
    "batchnorm2",
    "relu2",
    "second_conv1",
    "second_batchnorm1",
    "second_relu1",
    "second_conv2",
    "second_batchnorm2",
    "second_add1",
    "second_relu2",
    "conv3",
    "batchnorm3",
    "relu3",
    "third_conv1",
    "third_batchnorm1",
    "third_relu1",
    "third_conv2",
    "third_batchnorm2",
    "third_add1",
    "third_relu2",
    "avgpool1",
    "flatten1",
    "dense1",
    0,
};

// Multiplications and additions, and bytes read and written at least, for a full batch.
static const bnc_kernel kernels[] = {
    {"image_load", -1, 0, 196608.0, 786432.0},
    {"conv1_forward", 0, 0, 56623104.0, 4983488.0},
    {"batchnorm1_moments_merge", 1, 0, 0.0, 1216.0},
    {"batchnorm1_moments_running", 1, 0, 0.0, 320.0},
    {"batchnorm1_forward", 1, 0, 3145728.0, 8388928.0},
    {"first_conv1_forward", 3, 0, 301989888.0, 8398848.0},
    {"first_batchnorm1_moments_merge", 4, 0, 0.0, 1216.0},
    {"first_batchnorm1_moments_running", 4, 0, 0.0, 320.0},
    {"first_batchnorm1_forward", 4, 0, 3145728.0, 8388928.0},
    {"first_conv2_forward", 6, 0, 301989888.0, 8398848.0},
    {"first_batchnorm2_moments_merge", 7, 0, 0.0, 1216.0},
    {"first_batchnorm2_moments_running", 7, 0, 0.0, 320.0},
    {"first_batchnorm2_forward", 7, 0, 3145728.0, 8388928.0},
    {"first_add1_forward", 8, 0, 3145728.0, 12582912.0},
    {"conv2_forward", 10, 0, 150994944.0, 6311936.0},
    {"batchnorm2_moments_merge", 11, 0, 0.0, 2432.0},
    {"batchnorm2_moments_running", 11, 0, 0.0, 640.0},
    {"batchnorm2_forward", 11, 0, 1572864.0, 4194944.0},
    {"second_conv1_forward", 13, 0, 301989888.0, 4233216.0},
    {"second_batchnorm1_moments_merge", 14, 0, 0.0, 2432.0},
    {"second_batchnorm1_moments_running", 14, 0, 0.0, 640.0},
    {"second_batchnorm1_forward", 14, 0, 1572864.0, 4194944.0},
    {"second_conv2_forward", 16, 0, 301989888.0, 4233216.0},
    {"second_batchnorm2_moments_merge", 17, 0, 0.0, 2432.0},
    {"second_batchnorm2_moments_running", 17, 0, 0.0, 640.0},
    {"second_batchnorm2_forward", 17, 0, 1572864.0, 4194944.0},
    {"second_add1_forward", 18, 0, 1572864.0, 6291456.0},
    {"conv3_forward", 20, 0, 150994944.0, 3223552.0},
    {"batchnorm3_moments_merge", 21, 0, 0.0, 4864.0},
    {"batchnorm3_moments_running", 21, 0, 0.0, 1280.0},
    {"batchnorm3_forward", 21, 0, 786432.0, 2098432.0},
    {"third_conv1_forward", 23, 0, 301989888.0, 2248704.0},
    {"third_batchnorm1_moments_merge", 24, 0, 0.0, 4864.0},
    {"third_batchnorm1_moments_running", 24, 0, 0.0, 1280.0},
    {"third_batchnorm1_forward", 24, 0, 786432.0, 2098432.0},
    {"third_conv2_forward", 26, 0, 301989888.0, 2248704.0},
    {"third_batchnorm2_moments_merge", 27, 0, 0.0, 4864.0},
    {"third_batchnorm2_moments_running", 27, 0, 0.0, 1280.0},
    {"third_batchnorm2_forward", 27, 0, 786432.0, 2098432.0},
    {"third_add1_forward", 28, 0, 786432.0, 3145728.0},
    {"avgpool1_forward", 30, 0, 262144.0, 1064960.0},
    {"dense1_forward", 32, 0, 81920.0, 21544.0},
    {"loss_softmax_cross_entropy", -1, 0, 3200.0, 5152.0},
    {"dense1_input_gradient", 32, 0, 81920.0, 21504.0},
    {"dense1_rows_load", 32, 0, 0.0, 32768.0},
    {"dense1_weight_gradient", 32, 0, 81920.0, 24064.0},
    {"dense1_bias_gradient", 32, 0, 640.0, 2640.0},
    {"avgpool1_backward", 30, 0, 262144.0, 1064960.0},
    {"third_add1_backward", 28, 0, 524288.0, 3145728.0},
    {"third_batchnorm2_sums", 27, 0, 1310720.0, 2102528.0},
    {"third_batchnorm2_parameter_gradient", 27, 0, 0.0, 7424.0},
    {"third_batchnorm2_backward", 27, 0, 1572864.0, 3147520.0},
    {"third_conv2_input_gradient", 26, 0, 301989888.0, 2244608.0},
    {"third_conv2_weight_gradient", 26, 0, 301989888.0, 2392064.0},
    {"third_batchnorm1_sums", 24, 0, 1310720.0, 2102528.0},
    {"third_batchnorm1_parameter_gradient", 24, 0, 0.0, 7424.0},
    {"third_batchnorm1_backward", 24, 0, 1572864.0, 3147520.0},
    {"third_conv1_input_gradient", 23, 0, 301989888.0, 2244608.0},
    {"third_conv1_weight_gradient", 23, 0, 301989888.0, 2392064.0},
    {"relu3_gradient_sum", 22, 0, 262144.0, 3145728.0},
    {"batchnorm3_sums", 21, 0, 1310720.0, 2102528.0},
    {"batchnorm3_parameter_gradient", 21, 0, 0.0, 7424.0},
    {"batchnorm3_backward", 21, 0, 1572864.0, 3147520.0},
    {"conv3_input_gradient", 20, 0, 150994944.0, 3219456.0},
    {"conv3_weight_gradient", 20, 0, 150994944.0, 3293184.0},
    {"second_add1_backward", 18, 0, 1048576.0, 6291456.0},
    {"second_batchnorm2_sums", 17, 0, 2621440.0, 4196992.0},
    {"second_batchnorm2_parameter_gradient", 17, 0, 0.0, 3712.0},
    {"second_batchnorm2_backward", 17, 0, 3145728.0, 6292352.0},
    {"second_conv2_input_gradient", 16, 0, 301989888.0, 4231168.0},
    {"second_conv2_weight_gradient", 16, 0, 301989888.0, 4268032.0},
    {"second_batchnorm1_sums", 14, 0, 2621440.0, 4196992.0},
    {"second_batchnorm1_parameter_gradient", 14, 0, 0.0, 3712.0},
    {"second_batchnorm1_backward", 14, 0, 3145728.0, 6292352.0},
    {"second_conv1_input_gradient", 13, 0, 301989888.0, 4231168.0},
    {"second_conv1_weight_gradient", 13, 0, 301989888.0, 4268032.0},
    {"relu2_gradient_sum", 12, 0, 524288.0, 6291456.0},
    {"batchnorm2_sums", 11, 0, 2621440.0, 4196992.0},
    {"batchnorm2_parameter_gradient", 11, 0, 0.0, 3712.0},
    {"batchnorm2_backward", 11, 0, 3145728.0, 6292352.0},
    {"conv2_input_gradient", 10, 0, 150994944.0, 6309888.0},
    {"conv2_weight_gradient", 10, 0, 150994944.0, 6328320.0},
    {"first_add1_backward", 8, 0, 2097152.0, 12582912.0},
    {"first_batchnorm2_sums", 7, 0, 5242880.0, 8389952.0},
    {"first_batchnorm2_parameter_gradient", 7, 0, 0.0, 1856.0},
    {"first_batchnorm2_backward", 7, 0, 6291456.0, 12583360.0},
    {"first_conv2_input_gradient", 6, 0, 301989888.0, 8397824.0},
    {"first_conv2_weight_gradient", 6, 0, 301989888.0, 8407040.0},
    {"first_batchnorm1_sums", 4, 0, 5242880.0, 8389952.0},
    {"first_batchnorm1_parameter_gradient", 4, 0, 0.0, 1856.0},
    {"first_batchnorm1_backward", 4, 0, 6291456.0, 12583360.0},
    {"first_conv1_input_gradient", 3, 0, 301989888.0, 8397824.0},
    {"first_conv1_weight_gradient", 3, 0, 301989888.0, 8407040.0},
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

// Name, element types, rank, shape, classes, 0, scale.
static const bnc_value inputs[] = {
    {"image", 1 << BNC_UINT8 | 1 << BNC_REAL, 3, { 3, 32, 32 }, 0, 0, 0.00392156862745098},
};

static const bnc_value targets[] = {
    {"label", 1 << BNC_INT32, 0, { 0 }, 10, 0, 1},
};

static const bnc_value outputs[] = {
    {"logits", 1 << BNC_REAL, 1, { 10 }, 0, 0, 1},
};

// Name, output, target, whether it is a mean, 0, weight.
static const bnc_measure losses[] = {
    {"softmax_cross_entropy", 0, 0, 1, 0, 1},
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
      .model_hash = "8be641237c6f09805f3f4152963ce032b8ce6f82ebe6cc71ab9b9eb7868273bd",
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
