// bc_model_sigmoid: a network in C, written by bnc 0.2.0-dev from bc_model_sigmoid.bn. To change it, change the model.
//
//   cc -std=c11 -O2 -fno-unroll-loops -ffp-contract=fast -march=x86-64-v3 -fPIC -shared bc_model_sigmoid.c -lm -o bc_model_sigmoid.so
//
// What stands here, from top to bottom: the sizes, numbers and vectors, the memory, the kernels of
// the forward pass, of the loss, of the backward pass, the steps that call them in order, and the
// table that tells a host what it must know.
//
// One vector holds one number of 8 examples, one in each lane, so no channel count and no image
// size wastes a lane. A tensor [channels, height, width] lies as [blocks][channels][height][width][lanes].
// A short batch leaves lanes dead: they hold 0, by selection, whatever was there before.
// Note: dense1.bias does not learn: batchnorm1 subtracts the mean, and the bias with it.
#include "bc_model_sigmoid.h"

#include <math.h>
#include <stdatomic.h>
#include <stddef.h>

// ---- Sizes

typedef float real;
enum {
  BATCH = 20,   // examples a step, at most
  LANES = 8,   // examples a vector
  BLOCKS = 3,  // vectors that hold all of them
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

static ALWAYS_INLINE vec vec_abs(vec x) { return choose(x < (vec){0}, -x, x); }

// 1 / (1 + exp(-x)), from exp(-|x|), which never overflows.
static inline vec vec_sigmoid(vec x) {
  const vec e = vec_exp(-vec_abs(x));
  return choose(x < (vec){0}, e, splat(1)) / (1 + e);
}

// dy * y * (1 - y)
static ALWAYS_INLINE vec vec_sigmoid_gradient(vec dy, vec y) { return dy * y * (1 - y); }

// ---- Memory: what the caller owns

// What is learned, in canonical order.
struct parameters {
  real dense1_weight[32];  // [16, 2]
  real dense1_bias[16];  // [16]
  real batchnorm1_gamma[16];  // [16]
  real batchnorm1_beta[16];  // [16]
  real dense2_weight[16];  // [1, 16]
  real dense2_bias[1];  // [1]
};

// What is kept from step to step but not learned.
struct state {
  real batchnorm1_running_mean[16];  // [16]
  real batchnorm1_running_variance[16];  // [16]
};

// Where in scratch each tensor lies, in numbers. Tensors whose lives do not overlap share a place.
enum {
  b_x_lanes = 480,  // [3][2][8]
  b_dense1_output = 0,  // [3][16][8]
  b_dense1_partial = 384,  // [3][16][2]
  b_batchnorm1_moments = 1728,  // [3][16]
  b_sigmoid1_output = 384,  // [3][16][8]
  b_sigmoid2_output = 768,  // [3][1][8]
  b_sigmoid2_output_gradient = 1776,  // [3][1][8]
  b_block_losses = 800,  // [3]
  b_dense2_output_gradient = 1776,  // [3][1][8]
  b_sigmoid1_output_gradient = 768,  // [3][16][8]
  b_dense2_rows = 1152,  // [24][16]
  b_batchnorm1_output_gradient = 768,  // [3][16][8]
  b_batchnorm1_partial_sums = 384,  // [3][16][2]
  b_batchnorm1_coefficients = 480,  // [4][16]
  b_dense1_output_gradient = 0,  // [3][16][8]
  b_x_rows = 1536,  // [24][8]
  SCRATCH = 1808
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

// x: `count` numbers of an example, LANES at most; bytes are multiplied by 1.
static ALWAYS_INLINE vec k_x_load_piece(const struct step *s, ptrdiff_t first, int count) {
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

// x: the examples of a block, brought into the lanes, and in training also as rows, one example each.
//   y [2], rows [batch][8]
static NEVER_INLINE void k_x_load_block(const struct step *s, int block) {
  enum { COUNT = 2, STRIDE = 8 };
  vec *y = lanes_at(s, b_x_lanes) + block * COUNT;
  vec *rows = lanes_at(s, b_x_rows) + block * STRIDE;
  const int live = live_count(s, block);
  ptrdiff_t start[LANES] = {0};
  for (int l = 0; l < live; l++) start[l] = row_of(s, block * LANES + l) * COUNT;
  for (int k = 0; k < COUNT; k += LANES) {
    const int count = COUNT - k < LANES ? COUNT - k : LANES;
    vec square[LANES] = {0};
    for (int l = 0; l < live; l++) square[l] = k_x_load_piece(s, start[l] + k, count);
    if (s->training)
      UNROLL for (int l = 0; l < LANES; l++) rows[(l * STRIDE + k) / LANES] = square[l];
    transpose(square);
    for (int i = 0; i < count; i++) y[k + i] = square[i];
  }
}

// x: loads blocks `first` up to `end`, except those that are loaded already. The first task that needs
// a block loads it, just before its use; one that finds another task loading it waits.
static void k_x_load_once(const struct step *s, int first, int end) {
  for (int block = first; block < end; block++) {
    int state = ABSENT;
    if (atomic_load(&s->input[block]) == ABSENT &&
        atomic_compare_exchange_strong(&s->input[block], &state, LOADING)) {
      k_x_load_block(s, block);
      atomic_store(&s->input[block], LOADED);
    }
  }
  for (int block = first; block < end; block++)
    while (atomic_load(&s->input[block]) != LOADED) s->host->wait(s->host->context);
}

// x: the same as a kernel of its own.
static void k_x_load(const struct step *s, int block) { k_x_load_once(s, block, block + 1); }

// dense1 (bc_model_sigmoid.bn:6), forward:
//   y[n, o] = bias[o] + sum over f of weight[o, f] * x[n, f]
//   x [2], weight [16, 2], y [16]
// One tile: `features` outputs of `blocks` blocks in registers.
static ALWAYS_INLINE void k_dense1_forward_tile(const vec *x, const real *weight, const real *bias, vec *y,
    const struct step *s, int block, const int features, const int blocks) {
  enum { IN = 2, OUT = 16 };
  vec sum[3][3];
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
  if (end - block == 3) {
    k_dense1_forward_tile(x, weight, bias, y, s, block, features, 3);
    return;
  }
  for (; block < end; block++) k_dense1_forward_tile(x, weight, bias, y, s, block, features, 1);
}

// dense1: a task makes 3 or 2 outputs of 3 blocks, then their mean and squares for the batch
// norm.
static void k_dense1_forward(const struct step *s, int task) {
  enum { IN = 2, OUT = 16, TILES = 6, GROUP = 3 };
  const int tile = task % TILES, first = task / TILES * GROUP;
  const int end = first + GROUP < s->blocks ? first + GROUP : s->blocks;
  const int o = tile * 2 + (tile < 4 ? tile : 4);
  const vec *x = lanes_at(s, b_x_lanes);
  const real *weight = s->parameters->dense1_weight + o * IN;
  const real *bias = s->parameters->dense1_bias + o;
  vec *y = lanes_at(s, b_dense1_output) + o;
  if (tile < 4) k_dense1_forward_blocks(x, weight, bias, y, s, first, end, 3);
  if (tile >= 4) k_dense1_forward_blocks(x, weight, bias, y, s, first, end, 2);
  if (!s->training) return;
  for (int block = first; block < end; block++) {
    const mask live = live_lanes(s, block);
    real (*partial)[2] = moments_at(s, b_dense1_partial) + block * OUT + o;
    for (int c = 0; c < (tile < 4 ? 3 : 2); c++)
      block_moments(y + block * OUT + c, 1, live_count(s, block), live, partial[c]);
  }
}

// k_dense1_forward, and before it the x that it needs.
static void k_dense1_forward_loading(const struct step *s, int task) {
  enum { TASKS = 6, GROUP = 3 };
  const int first = task / TASKS * GROUP;
  k_x_load_once(s, first, first + GROUP < s->blocks ? first + GROUP : s->blocks);
  k_dense1_forward(s, task);
}

// batchnorm1 (bc_model_sigmoid.bn:6): the batch's mean and variance of each channel, from the blocks' by Chan's merge,
// which subtracts no large numbers from each other.
//   moments [3][16]: mean, variance, 1 / sqrt(variance + eps)
static void k_batchnorm1_moments_merge(const struct step *s, int task) {
  enum { C = 16, PLANE = 1 };
  (void)task;
  real (*partial)[2] = moments_at(s, b_dense1_partial);
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

// batchnorm1 (bc_model_sigmoid.bn:6): the running statistics in the place of the batch's.
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

// batchnorm1, sigmoid1 (bc_model_sigmoid.bn:6):
//   y = gamma[c] * (x - mean[c]) / sqrt(variance[c] + eps) + beta[c]
//   y = sigmoid(x)
//   x [16], y [16]
static void k_batchnorm1_forward(const struct step *s, int task) {
  enum { C = 16, H = 1, W = 1, OH = 1, OW = 1, K = 1, S = 1, TILES = 1 };
  const int block = task / TILES, tile = task % TILES;
  const int first = tile * 16, end = first + 16;
  const mask live = live_lanes(s, block);
  const real *moments = s->scratch + b_batchnorm1_moments;
  for (int c = first; c < end; c++) {
    const real mean = moments[c];
    const real scale = s->parameters->batchnorm1_gamma[c] * moments[2 * C + c];
    const real shift = s->parameters->batchnorm1_beta[c];
    const vec *x = lanes_at(s, b_dense1_output) + (block * C + c) * (H * W);
    vec *y = lanes_at(s, b_sigmoid1_output) + (block * C + c) * (H * W);
    for (int k = 0; k < H * W; k++) y[k] = keep(vec_sigmoid(normalized(x[k], mean, scale, shift)), live);
  }
}

// dense2 (bc_model_sigmoid.bn:6), forward:
//   y[n, o] = bias[o] + sum over f of weight[o, f] * x[n, f]
//   then y = sigmoid(x), x the sum
//   x [16], weight [1, 16], y [1]
// One tile: `features` outputs of `blocks` blocks in registers.
static ALWAYS_INLINE void k_dense2_forward_tile(const vec *x, const real *weight, const real *bias, vec *y,
    const struct step *s, int block, const int features, const int blocks) {
  enum { IN = 16, OUT = 1 };
  vec sum[1][3];
  UNROLL for (int o = 0; o < features; o++)
    UNROLL for (int b = 0; b < blocks; b++) sum[o][b] = splat(bias[o]);
  for (int f = 0; f < IN; f++)
    UNROLL for (int b = 0; b < blocks; b++) {
      const vec v = x[(block + b) * IN + f];
      UNROLL for (int o = 0; o < features; o++) sum[o][b] += v * weight[o * IN + f];
    }
  UNROLL for (int b = 0; b < blocks; b++) {
    const mask live = live_lanes(s, block + b);
    UNROLL for (int o = 0; o < features; o++) y[(block + b) * OUT + o] = keep(vec_sigmoid(sum[o][b]), live);
  }
}

// dense2: `features` outputs of the blocks from `block` up to `end`.
static ALWAYS_INLINE void k_dense2_forward_blocks(const vec *x, const real *weight, const real *bias, vec *y,
    const struct step *s, int block, int end, const int features) {
  if (end - block == 3) {
    k_dense2_forward_tile(x, weight, bias, y, s, block, features, 3);
    return;
  }
  for (; block < end; block++) k_dense2_forward_tile(x, weight, bias, y, s, block, features, 1);
}

// dense2: a task makes 1 outputs of 3 blocks.
static void k_dense2_forward(const struct step *s, int task) {
  enum { IN = 16, OUT = 1, TILES = 1, GROUP = 3 };
  const int tile = task % TILES, first = task / TILES * GROUP;
  const int end = first + GROUP < s->blocks ? first + GROUP : s->blocks;
  const int o = tile;
  const vec *x = lanes_at(s, b_sigmoid1_output);
  const real *weight = s->parameters->dense2_weight + o * IN;
  const real *bias = s->parameters->dense2_bias + o;
  vec *y = lanes_at(s, b_sigmoid2_output) + o;
  k_dense2_forward_blocks(x, weight, bias, y, s, first, end, 1);
}

// ---- Loss

// The loss (bc_model_sigmoid.bn:8) of each example, and its gradient, over m = 1 outputs:
//   loss[n] = sum over k of f(x[n, k], target[n, k]) / m, and f(x, t) =
//   -(t * max(log(x), -100) + (1 - t) * max(log(1 - x), -100))
//   dx[n, k] = df / m, divided by the number of examples, and df =
//   (x - t) / max(x * (1 - x), 1e-12)
//   x [1], dx [1]
// A probability of 0 or 1 would cost infinitely much: no logarithm counts below -100, and no
// gradient is divided by less than 1e-12, as PyTorch has it.
static void k_loss_binary_cross_entropy(const struct step *s, int block) {
  enum { OUTPUTS = 1 };
  const vec *x = lanes_at(s, b_sigmoid2_output) + block * OUTPUTS;
  vec *dx = lanes_at(s, b_sigmoid2_output_gradient) + block * OUTPUTS;
  const int live = live_count(s, block);
  double loss = 0;
  for (int k = 0; k < OUTPUTS; k++) {
    dx[k] = (vec){0};
    if (!has_target(s)) continue;
    for (int l = 0; l < live; l++) {
      const real v = x[k][l], t = (real)label_of(s, block * LANES + l);
      const real part0 = 1 - v;
      dx[k][l] = ((v - t) / (v * part0 < (real)1e-12 ? (real)1e-12 : v * part0)) * 1 / (real)s->count;
      loss += (double)(-(t * (LOG(v) < -100 ? -100 : LOG(v)) + (1 - t) * (LOG(part0) < -100 ? -100 : LOG(part0))));
    }
  }
  (s->scratch + b_block_losses)[block] = (real)loss * 1;
}

// ---- Backward

// sigmoid2 (bc_model_sigmoid.bn:6): dx = dy * y * (1 - y)
//   all [1]
static void k_sigmoid2_backward(const struct step *s, int task) {
  enum { COUNT = 1 };
  const int block = task;
  const vec *dy = lanes_at(s, b_sigmoid2_output_gradient) + block * COUNT;
  const vec *y = lanes_at(s, b_sigmoid2_output) + block * COUNT;
  vec *dx = lanes_at(s, b_dense2_output_gradient) + block * COUNT;
  for (int k = 0; k < COUNT; k++) dx[k] = vec_sigmoid_gradient(dy[k], y[k]);
}

// dense2 (bc_model_sigmoid.bn:6): the gradient of its input,
//   dx[n, f] = sum over o of weight[o, f] * dy[n, o]
//   dy [1], weight [1, 16], dx [16]
// One tile: `features` of dx for `blocks` blocks in registers.
static ALWAYS_INLINE void k_dense2_input_gradient_tile(const vec *dy, const real *weight, vec *dx, const struct step *s,
    int block, const int features, const int blocks) {
  enum { IN = 16, OUT = 1 };
  vec sum[3][3] = {0};
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

// dense2: `features` of dx for the whole batch.
static ALWAYS_INLINE void k_dense2_input_gradient_blocks(const vec *dy, const real *weight, vec *dx, const struct step *s,
    const int features) {
  int block = 0;
  for (; block + 3 <= s->blocks; block += 3)
    k_dense2_input_gradient_tile(dy, weight, dx, s, block, features, 3);
  for (; block < s->blocks; block++) k_dense2_input_gradient_tile(dy, weight, dx, s, block, features, 1);
}

// dense2: a task makes 3 or 2 features of dx for the whole batch.
static void k_dense2_input_gradient(const struct step *s, int tile) {
  const int f = tile * 2 + (tile < 4 ? tile : 4);
  const vec *dy = lanes_at(s, b_dense2_output_gradient);
  const real *weight = s->parameters->dense2_weight + f;
  vec *dx = lanes_at(s, b_sigmoid1_output_gradient) + f;
  if (tile < 4) k_dense2_input_gradient_blocks(dy, weight, dx, s, 3);
  if (tile >= 4) k_dense2_input_gradient_blocks(dy, weight, dx, s, 2);
}

// dense2 (bc_model_sigmoid.bn:6): its input as rows, one example each.
//   x [16], rows [batch][16]
static void k_dense2_rows_load(const struct step *s, int block) {
  enum { IN = 16, STRIDE = 16 };
  const vec *x = lanes_at(s, b_sigmoid1_output) + block * IN;
  vec *rows = lanes_at(s, b_dense2_rows) + block * STRIDE;
  for (int f = 0; f < IN; f += LANES) {
    vec square[LANES];
    UNROLL for (int i = 0; i < LANES; i++) square[i] = x[f + i];
    transpose(square);
    UNROLL for (int l = 0; l < LANES; l++) rows[(l * STRIDE + f) / LANES] = square[l];
  }
}

// dense2 (bc_model_sigmoid.bn:6): the gradient of its weight, and the step along it,
//   dweight[o, f] = sum over n of dy[n, o] * x[n, f]
//   rows [batch][16], dy [1], dweight [1, 16]
// Here the lanes hold input features, so that no sum runs across lanes. One tile: `features` outputs
// x `vectors` vectors of inputs in registers.
static ALWAYS_INLINE void k_dense2_weight_gradient_tile(const struct step *s, int o, int f,
    const int features, const int vectors) {
  enum { IN = 16, OUT = 1, STRIDE = 16 };
  const vec *dy = lanes_at(s, b_dense2_output_gradient) + o;
  const vec *rows = lanes_at(s, b_dense2_rows) + f / LANES;
  UNROLL for (int c = 0; c < features; c++)
    UNROLL for (int v = 0; v < vectors; v++) __builtin_prefetch(&s->parameters->dense2_weight[(o + c) * IN + f + v * LANES], 1);
  vec sum[1][2] = {0};
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
      sgd_update_row(&s->parameters->dense2_weight[at], sum[c][v], LANES, s);
    }
}

// dense2: the gradients of `features` outputs' weights.
static ALWAYS_INLINE void k_dense2_weight_gradient_inputs(const struct step *s, int o, const int features) {
  for (int piece = 0; piece < 1; piece++) {
    const int f = (piece * 2) * LANES;
    k_dense2_weight_gradient_tile(s, o, f, features, 2);
  }
}

// dense2: a task makes the gradients of 1 outputs' weights.
static void k_dense2_weight_gradient(const struct step *s, int tile) {
  const int o = tile;
  k_dense2_weight_gradient_inputs(s, o, 1);
}

// dense2 (bc_model_sigmoid.bn:6): the gradient of its bias, and the step along it,
//   dbias[c] = sum over n, i, j of dy[n, c, i, j]
//   dy [1], dbias [1]
static void k_dense2_bias_gradient(const struct step *s, int channel) {
  enum { CHANNELS = 1, PLANE = 1 };
  struct long_sum sum = {0};
  for (int block = 0; block < s->blocks; block++)
    add_part(&sum, sum_of(lanes_at(s, b_dense2_output_gradient) + (block * CHANNELS + channel) * PLANE, PLANE));
  const int at = channel;
  sgd_update(&s->parameters->dense2_bias[at], lanes_sum(sum.total), s);
}

// sigmoid1 (bc_model_sigmoid.bn:6): dx = dy * y * (1 - y)
//   all [16]
static void k_sigmoid1_backward(const struct step *s, int task) {
  enum { COUNT = 16 };
  const int block = task;
  const vec *dy = lanes_at(s, b_sigmoid1_output_gradient) + block * COUNT;
  const vec *y = lanes_at(s, b_sigmoid1_output) + block * COUNT;
  vec *dx = lanes_at(s, b_batchnorm1_output_gradient) + block * COUNT;
  for (int k = 0; k < COUNT; k++) dx[k] = vec_sigmoid_gradient(dy[k], y[k]);
}

// batchnorm1, sigmoid1 (bc_model_sigmoid.bn:6), backward: g, what dy, the gradient of the result, leaves of
// itself before sigmoid1, of each number of a window. The mask is made again from x, which is
// cheaper than to store it.
static ALWAYS_INLINE void k_batchnorm1_window(const vec *x, vec dy, real mean, real scale, real shift, vec *g) {
  enum { W = 1, K = 1 };
  (void)x, (void)mean, (void)scale, (void)shift;
  UNROLL for (int k = 0; k < K * K; k++) {
    g[k] = dy;
  }
}

// batchnorm1, sigmoid1: each block's sum of g and of g * xhat, a channel.
//   x [16], dy [16]
static void k_batchnorm1_sums(const struct step *s, int task) {
  enum { C = 16, H = 1, W = 1, OH = 1, OW = 1, K = 1, S = 1, TILES = 1 };
  const int block = task / TILES, tile = task % TILES;
  const int first = tile * 16, end = first + 16;
  const real *moments = s->scratch + b_batchnorm1_moments;
  real (*partial)[2] = moments_at(s, b_batchnorm1_partial_sums) + block * C;
  for (int c = first; c < end; c++) {
    const real mean = moments[c], inverse = moments[2 * C + c];
    const real scale = s->parameters->batchnorm1_gamma[c] * moments[2 * C + c];
    const real shift = s->parameters->batchnorm1_beta[c];
    const vec *x = lanes_at(s, b_dense1_output) + (block * C + c) * (H * W);
    const vec *dy = lanes_at(s, b_batchnorm1_output_gradient) + (block * C + c) * (OH * OW);
    vec sum = {0}, product = {0};
    for (int i = 0; i < OH; i++)
      for (int j = 0; j < OW; j++) {
        const vec *window = x + i * S * W + j * S;
        vec g[K * K];
        k_batchnorm1_window(window, dy[i * OW + j], mean, scale, shift, g);
        UNROLL for (int k = 0; k < K * K; k++) {
          sum += g[k];
          product += g[k] * (window[k / K * W + k % K] - mean);
        }
      }
    partial[c][0] = lanes_sum(sum);
    partial[c][1] = lanes_sum(product) * inverse;
  }
}

// batchnorm1 (bc_model_sigmoid.bn:6): the gradients of gamma and beta, and the step along them,
//   dbeta[c] = sum of g, dgamma[c] = sum of g * xhat
// and what dx needs of them. With the running statistics, which depend on no example, dx takes no means away.
//   coefficients [4][16]: scale and shift as they were, mean of g, mean of g * xhat
static void k_batchnorm1_parameter_gradient(const struct step *s, int task) {
  enum { C = 16, PLANE = 1 };
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

// batchnorm1, sigmoid1 (bc_model_sigmoid.bn:6): the gradient of its input,
//   dx = gamma * inverse * (g - mean of g - xhat * mean of g * xhat), and g = 0 where no window lies
//   x [16], dy [16], dx [16], in x's place
static void k_batchnorm1_backward(const struct step *s, int task) {
  enum { C = 16, H = 1, W = 1, OH = 1, OW = 1, K = 1, S = 1, TILES = 1 };
  const int block = task / TILES, tile = task % TILES;
  const int first = tile * 16, end = first + 16;
  const mask live = live_lanes(s, block);
  const real *moments = s->scratch + b_batchnorm1_moments, *coefficients = s->scratch + b_batchnorm1_coefficients;
  for (int c = first; c < end; c++) {
    const real mean = moments[c], inverse = moments[2 * C + c], scale = coefficients[c], shift = coefficients[C + c];
    const real mean_g = coefficients[2 * C + c], slope = coefficients[3 * C + c] * inverse;
    const vec *x = lanes_at(s, b_dense1_output) + (block * C + c) * (H * W);
    const vec *dy = lanes_at(s, b_batchnorm1_output_gradient) + (block * C + c) * (OH * OW);
    vec *dx = lanes_at(s, b_dense1_output_gradient) + (block * C + c) * (H * W);
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

// dense1 (bc_model_sigmoid.bn:6): the gradient of its weight, and the step along it,
//   dweight[o, f] = sum over n of dy[n, o] * x[n, f]
//   rows [batch][8], dy [16], dweight [16, 2]
// Here the lanes hold input features, so that no sum runs across lanes. One tile: `features` outputs
// x `vectors` vectors of inputs in registers.
static ALWAYS_INLINE void k_dense1_weight_gradient_tile(const struct step *s, int o, int f,
    const int features, const int vectors) {
  enum { IN = 2, OUT = 16, STRIDE = 8 };
  const vec *dy = lanes_at(s, b_dense1_output_gradient) + o;
  const vec *rows = lanes_at(s, b_x_rows) + f / LANES;
  UNROLL for (int c = 0; c < features; c++)
    UNROLL for (int v = 0; v < vectors; v++) __builtin_prefetch(&s->parameters->dense1_weight[(o + c) * IN + f + v * LANES], 1);
  vec sum[6][1] = {0};
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
      sgd_update_row(&s->parameters->dense1_weight[at], sum[c][v], IN - first, s);
    }
}

// dense1: the gradients of `features` outputs' weights.
static ALWAYS_INLINE void k_dense1_weight_gradient_inputs(const struct step *s, int o, const int features) {
  for (int piece = 0; piece < 1; piece++) {
    const int f = (piece) * LANES;
    k_dense1_weight_gradient_tile(s, o, f, features, 1);
  }
}

// dense1: a task makes the gradients of 6 or 5 outputs' weights.
static void k_dense1_weight_gradient(const struct step *s, int tile) {
  const int o = tile * 5 + (tile < 1 ? tile : 1);
  if (tile < 1) k_dense1_weight_gradient_inputs(s, o, 6);
  if (tile >= 1) k_dense1_weight_gradient_inputs(s, o, 5);
}

// batchnorm1 (bc_model_sigmoid.bn:6): the running statistics move,
//   running = (real)0.9 * running + (1 - (real)0.9) * batch
// The running variance collects squares / (m - 1).
// A batch of one example has one value per channel, which has no variance: nothing moves.
static void k_batchnorm1_running_move(const struct step *s, int task) {
  enum { C = 16, PLANE = 1 };
  (void)task;
  if (s->count == 1) return;
  const real *moments = s->scratch + b_batchnorm1_moments;
  real *mean = s->state->batchnorm1_running_mean, *variance = s->state->batchnorm1_running_variance;
  const real keeps = (real)0.9;
  const real m = (real)(s->count * PLANE);
  for (int c = 0; c < C; c++) {
    mean[c] = keeps * mean[c] + (1 - keeps) * moments[c];
    variance[c] = keeps * variance[c] + (1 - keeps) * moments[C + c] * (m / (m - 1));
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
    {.run = k_x_load, .tasks = 1, .blocks = 1, .when = APART},
    {.run = k_dense1_forward_loading, .tasks = 6, .blocks = 3, .results = {{0, b_dense1_output, 16}}},
    {.run = k_batchnorm1_moments_merge, .tasks = 1, .when = TRAINING},
    {.run = k_batchnorm1_moments_running, .tasks = 1, .when = EVALUATION},
    {.run = k_batchnorm1_forward, .tasks = 1, .blocks = 1, .results = {{1, b_sigmoid1_output, 16}}},
    {.run = k_dense2_forward, .tasks = 1, .blocks = 3, .results = {{3, b_sigmoid2_output, 1}}},

    {.run = k_loss_binary_cross_entropy, .tasks = 1, .blocks = 1},

    {.run = k_sigmoid2_backward, .tasks = 1, .blocks = 1},
    {.run = k_dense2_input_gradient, .tasks = 6},
    {.run = k_dense2_rows_load, .tasks = 1, .blocks = 1},
    {.run = k_dense2_weight_gradient, .tasks = 1},
    {.run = k_dense2_bias_gradient, .tasks = 1},
    {.run = k_sigmoid1_backward, .tasks = 1, .blocks = 1},
    {.run = k_batchnorm1_sums, .tasks = 1, .blocks = 1},
    {.run = k_batchnorm1_parameter_gradient, .tasks = 1},
    {.run = k_batchnorm1_backward, .tasks = 1, .blocks = 1},
    {.run = k_dense1_weight_gradient, .tasks = 3},
    {.run = k_batchnorm1_running_move, .tasks = 1, .when = TRAINING},
};
enum { FORWARD = 6, LOSS = 7, KERNELS = sizeof schedule / sizeof schedule[0] };

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
      if (label_of(s, n) < 0 || label_of(s, n) >= 2) return BNC_BAD_ARGUMENT;
  return BNC_OK;
}

static void report(bnc_result *result, double loss) {
  result->loss = loss;
  result->not_finite_layer = -1;
  if (result->losses) result->losses[0] = loss;
}

// Copies the outputs out of the lanes.
static void write_outputs(const struct step *s, real *outputs) {
  const vec *y = lanes_at(s, b_sigmoid2_output);
  for (int n = 0; n < s->count; n++)
    for (int k = 0; k < 1; k++) outputs[n * 1 + k] = y[n / LANES * 1 + k][n % LANES];
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
    { "dense1.weight", BNC_WEIGHT, BNC_PARAMETERS, 0, 0, 2,
      BNC_UNIFORM, { 16, 2 }, offsetof(struct parameters, dense1_weight), -0.5773502691896257, 0.5773502691896257 },
    { "dense1.bias", BNC_BIAS, BNC_PARAMETERS, 0, 0, 1,
      BNC_CONSTANT, { 16 }, offsetof(struct parameters, dense1_bias), 0.0, 0.0 },
    { "batchnorm1.gamma", BNC_GAMMA, BNC_PARAMETERS, 1, 0, 1,
      BNC_CONSTANT, { 16 }, offsetof(struct parameters, batchnorm1_gamma), 1.0, 0.0 },
    { "batchnorm1.beta", BNC_BETA, BNC_PARAMETERS, 1, 0, 1,
      BNC_CONSTANT, { 16 }, offsetof(struct parameters, batchnorm1_beta), 0.0, 0.0 },
    { "batchnorm1.running_mean", BNC_RUNNING_MEAN, BNC_STATE, 1, 0, 1,
      BNC_CONSTANT, { 16 }, offsetof(struct state, batchnorm1_running_mean), 0.0, 0.0 },
    { "batchnorm1.running_variance", BNC_RUNNING_VARIANCE, BNC_STATE, 1, 0, 1,
      BNC_CONSTANT, { 16 }, offsetof(struct state, batchnorm1_running_variance), 1.0, 0.0 },
    { "dense2.weight", BNC_WEIGHT, BNC_PARAMETERS, 3, 0, 2,
      BNC_UNIFORM, { 1, 16 }, offsetof(struct parameters, dense2_weight), -0.5940885257860046, 0.5940885257860046 },
    { "dense2.bias", BNC_BIAS, BNC_PARAMETERS, 3, 0, 1,
      BNC_CONSTANT, { 1 }, offsetof(struct parameters, dense2_bias), 0.0, 0.0 },
};

static const char *const layers[] = {
    "dense1",
    "batchnorm1",
    "sigmoid1",
    "dense2",
    "sigmoid2",
    0,
};

// Multiplications and additions, and bytes read and written at least, for a full batch.
static const bnc_kernel kernels[] = {
    {"x_load", -1, 0, 40.0, 960.0},
    {"dense1_forward", 0, 0, 1280.0, 2304.0},
    {"batchnorm1_moments_merge", 1, 0, 0.0, 576.0},
    {"batchnorm1_moments_running", 1, 0, 0.0, 320.0},
    {"batchnorm1_forward", 1, 0, 960.0, 3392.0},
    {"dense2_forward", 3, 0, 640.0, 1700.0},
    {"loss_binary_cross_entropy", -1, 0, 100.0, 204.0},
    {"sigmoid2_backward", 4, 0, 60.0, 288.0},
    {"dense2_input_gradient", 3, 0, 640.0, 1696.0},
    {"dense2_rows_load", 3, 0, 0.0, 3072.0},
    {"dense2_weight_gradient", 3, 0, 640.0, 1760.0},
    {"dense2_bias_gradient", 3, 0, 20.0, 104.0},
    {"sigmoid1_backward", 2, 0, 960.0, 4608.0},
    {"batchnorm1_sums", 1, 0, 1600.0, 3776.0},
    {"batchnorm1_parameter_gradient", 1, 0, 0.0, 1216.0},
    {"batchnorm1_backward", 1, 0, 1920.0, 5056.0},
    {"dense1_weight_gradient", 0, 0, 1280.0, 2560.0},
    {"batchnorm1_running_move", 1, 0, 0.0, 448.0},
};

// Name, element types, rank, shape, classes, 0, scale.
static const bnc_value inputs[] = {
    {"x", 1 << BNC_UINT8 | 1 << BNC_REAL, 1, { 2 }, 0, 0, 1.0},
};

static const bnc_value targets[] = {
    {"label", 1 << BNC_INT32, 0, { 0 }, 2, 0, 1},
};

static const bnc_value outputs[] = {
    {"p", 1 << BNC_REAL, 1, { 1 }, 0, 0, 1},
};

// Name, output, target, whether it is a mean, 0, weight.
static const bnc_measure losses[] = {
    {"binary_cross_entropy", 0, 0, 1, 0, 1},
};

static const bnc_hyperparameter hyperparameters[] = {
    {"learning_rate", 0.5},
};

const bnc_plugin *BNC_SYMBOL(void) {
  static const bnc_plugin plugin = {
      .struct_size = sizeof(bnc_plugin),
      .abi_version = BNC_ABI_VERSION,
      .instruction_set = INSTRUCTIONS,
      .bnc_version = "0.2.0-dev",
      .model_name = "bc_model_sigmoid",
      .model_hash = "31725e49afcb951e55797d4d0d12f53943554f9eb2b8f28bc96b221581f8bff2",
      .target = "x86-64-v3",
      .batch = BATCH,
      .lanes = LANES,
      .element_size = sizeof(real),
      .epochs = 20,
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
