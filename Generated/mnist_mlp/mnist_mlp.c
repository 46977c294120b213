// mnist_mlp: a network in C, written by bnc 0.2.0-dev from mnist_mlp.bn. To change it, change the
// model.
/*
   cc -std=c11 -O2 -fno-unroll-loops -ffp-contract=fast -march=x86-64-v3 -fPIC -shared \
      mnist_mlp.c -lm -o mnist_mlp.so
*/
// What stands here, from top to bottom: the sizes, numbers and vectors, the memory, the kernels of
// the forward pass, of the loss, of the backward pass, the steps that call them in order, and the
// table that tells a host what it must know.
//
// One vector holds one number of 8 examples, one in each lane, so no channel count and no image
// size wastes a lane. A tensor [channels, height, width] lies as
// [blocks][channels][height][width][lanes]. A short batch leaves lanes inactive: they hold 0, by
// selection, whatever was there before.
#include "mnist_mlp.h"

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

// x <= 0 ? 0 : dy
static ALWAYS_INLINE vec vec_relu_gradient(vec dy, vec x) { return masked(dy, ~(x <= (vec){0})); }

// ---- Memory: what the caller owns

// What is learned, in canonical order.
struct parameters {
  real dense1_weight[100352];  // [128, 784]
  real batchnorm1_gamma[128], batchnorm1_beta[128];
  real dense2_weight[8192];  // [64, 128]
  real batchnorm2_gamma[64], batchnorm2_beta[64];
  real dense3_weight[640];  // [10, 64]
  real dense3_bias[10];
};

// What is kept from step to step but not learned.
struct state {
  real batchnorm1_running_mean[128], batchnorm1_running_variance[128], batchnorm1_seen[1];
  real batchnorm2_running_mean[64], batchnorm2_running_variance[64], batchnorm2_seen[1];
};

// Where in scratch each tensor lies, in numbers. Tensors whose lives do not overlap share a place.
enum {
  b_image_lanes = 0,  // [8][1][28][28][8]
  b_dense1_output = 100352,  // [8][128][8]
  b_dense1_partial = 108544,  // [8][128][3]
  b_batchnorm1_moments = 28672,  // [3][128]
  b_relu1_output = 0,  // [8][128][8]
  b_dense2_output = 24576,  // [8][64][8]
  b_dense2_partial = 8192,  // [8][64][3]
  b_batchnorm2_moments = 29056,  // [3][64]
  b_relu2_output = 8192,  // [8][64][8]
  b_dense3_output = 12288,  // [8][10][8]
  b_dense3_output_gradient = 20480,  // [8][10][8]
  b_block_losses = 12928,  // [8]
  b_relu2_output_gradient = 12288,  // [8][64][8]
  b_dense3_rows = 16384,  // [64][64]
  b_batchnorm2_partial_sums = 8192,  // [8][64][2]
  b_batchnorm2_coefficients = 9216,  // [4][64]
  b_dense2_output_gradient = 24576,  // [8][64][8]
  b_relu1_output_gradient = 8192,  // [8][128][8]
  b_dense2_rows = 16384,  // [64][128]
  b_batchnorm1_partial_sums = 0,  // [8][128][2]
  b_batchnorm1_coefficients = 2048,  // [4][128]
  b_dense1_output_gradient = 100352,  // [8][128][8]
  b_image_rows = 50176,  // [64][784]
  SCRATCH = 111616
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

// image: the examples of a block, brought into the lanes, and in training also as rows, one example
// each.
//   y [1, 28, 28], rows [batch][784]
static NEVER_INLINE void k_image_load_block(const struct step *s, int block) {
  enum { COUNT = 784, STRIDE = 784 };
  vec *y = lanes_at(s, b_image_lanes) + block * COUNT;
  vec *rows = lanes_at(s, b_image_rows) + block * STRIDE;
  const int active = active_count(s, block);
  ptrdiff_t start[LANES] = {0};
  for (int l = 0; l < active; l++) start[l] = row_of(s, block * LANES + l) * COUNT;
  for (int k = 0; k < COUNT; k += LANES) {
    const int count = COUNT - k < LANES ? COUNT - k : LANES;
    vec square[LANES] = {0};
    for (int l = 0; l < active; l++) square[l] = k_image_load_piece(s, start[l] + k, count);
    if (s->training)
      UNROLL for (int l = 0; l < LANES; l++) rows[(l * STRIDE + k) / LANES] = square[l];
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

// A dense layer from IN features to OUT:
//   y[n, o] = sum over f of weight[o, f] * x[n, f], plus bias[o]
//   dx[n, f] = sum over o of weight[o, f] * dy[n, o]
//   dweight[o, f] = sum over n of dy[n, o] * x[n, f]
struct dense {
  int IN, OUT;
};

// The sums that a tile has in registers, at most.
enum { TILE = 12 };

static const struct dense g_dense1 = { .IN = 784, .OUT = 128 };

static ALWAYS_INLINE int piece_size(const struct pieces p, int index) {
  return p.size + (index < p.wide);
}

// One tile of a dense layer: `features` outputs of `blocks` blocks in registers.
static ALWAYS_INLINE void dense_forward_tile(const struct step *s, const struct dense d,
    const vec *x, const real *weight, vec *y, int block, const int features, const int blocks) {
  vec sum[TILE];
  UNROLL for (int o = 0; o < features; o++)
    UNROLL for (int b = 0; b < blocks; b++) sum[o * blocks + b] = (vec){0};
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
static ALWAYS_INLINE void dense_forward_moments(const struct step *s, int task,
    const struct dense d, const struct pieces tiles, const int group, const vec *x,
    const real *weight, vec *y, real (*partial)[3]) {
  const int tile = task % tiles.count, first = task / tiles.count * group;
  const int end = first + group < s->blocks ? first + group : s->blocks;
  const int o = piece_start(tiles, tile);
  weight += o * d.IN;
  y += o;
  const int wide = tiles.wide > 0 && tile < tiles.wide, whole = group > 1 && end - first == group;
  for (int block = first; block < end; block += whole ? group : 1)
    if (wide && whole)
      dense_forward_tile(s, d, x, weight, y, block, tiles.size + 1, group);
    else if (wide)
      dense_forward_tile(s, d, x, weight, y, block, tiles.size + 1, 1);
    else if (whole)
      dense_forward_tile(s, d, x, weight, y, block, tiles.size, group);
    else
      dense_forward_tile(s, d, x, weight, y, block, tiles.size, 1);
  if (!s->training) return;
  for (int block = first; block < end; block++) {
    const mask active = active_lanes(s, block);
    for (int c = 0; c < piece_size(tiles, tile); c++)
      block_moments(y + block * d.OUT + c, 1, active_count(s, block), active,
          partial[block * d.OUT + o + c]);
  }
}

// dense1 (mnist_mlp.bn:8), forward and moments: 3 or 2 outputs of 4 blocks a task
//   x [784], weight [128, 784], y [128]
static void k_dense1_forward(const struct step *s, int task) {
  dense_forward_moments(s, task, g_dense1, (struct pieces){43, 2, 42}, 4,
      lanes_at(s, b_image_lanes), s->parameters->dense1_weight, lanes_at(s, b_dense1_output),
      moments_at(s, b_dense1_partial));
}

// k_dense1_forward, and before it the image that it needs.
static void k_dense1_forward_loading(const struct step *s, int task) {
  enum { TASKS = 43, GROUP = 4 };
  const int first = task / TASKS * GROUP;
  k_image_load_once(s, first, first + GROUP < s->blocks ? first + GROUP : s->blocks);
  k_dense1_forward(s, task);
}

// A batch norm of C channels of H x W numbers, and the activation and the pool that run with it: OH
// x OW windows of K x K numbers, S apart; without a pool, each number is a window. g is what these
// leave of dy, 0 where no window lies, and xhat = (x - mean) * inverse:
//   y = gamma[c] * xhat + beta[c], dbeta[c] = sum of g, dgamma[c] = sum of g * xhat
//   dx = gamma[c] * inverse * (g - mean of g - xhat * mean of g * xhat)
struct normalization {
  int C, H, W, OH, OW, K, S;
};

static const struct normalization g_batchnorm1 = { .C = 128, .H = 1, .W = 1, .OH = 1, .OW = 1,
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

// batchnorm1 (mnist_mlp.bn:8): mean and variance of each channel
static void k_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_batchnorm1, (real)1e-05, moments_at(s, b_dense1_partial),
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

// batchnorm1, relu1 (mnist_mlp.bn:8), forward: x [128], y [128]
static void k_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_batchnorm1, (struct pieces){1, 128, 0},
      s->scratch + b_batchnorm1_moments, s->parameters->batchnorm1_gamma,
      s->parameters->batchnorm1_beta, lanes_at(s, b_dense1_output), lanes_at(s, b_relu1_output));
}

static const struct dense g_dense2 = { .IN = 128, .OUT = 64 };

// dense2 (mnist_mlp.bn:9), forward and moments: 3 or 2 outputs of 4 blocks a task
//   x [128], weight [64, 128], y [64]
static void k_dense2_forward(const struct step *s, int task) {
  dense_forward_moments(s, task, g_dense2, (struct pieces){22, 2, 20}, 4,
      lanes_at(s, b_relu1_output), s->parameters->dense2_weight, lanes_at(s, b_dense2_output),
      moments_at(s, b_dense2_partial));
}

static const struct normalization g_batchnorm2 = { .C = 64, .H = 1, .W = 1, .OH = 1, .OW = 1,
    .K = 1, .S = 1 };

// batchnorm2 (mnist_mlp.bn:9): mean and variance of each channel
static void k_batchnorm2_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_batchnorm2, (real)1e-05, moments_at(s, b_dense2_partial),
      s->state->batchnorm2_running_mean, s->state->batchnorm2_running_variance,
      s->scratch + b_batchnorm2_moments);
}

// batchnorm2, relu2 (mnist_mlp.bn:9), forward: x [64], y [64]
static void k_batchnorm2_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_batchnorm2, (struct pieces){1, 64, 0},
      s->scratch + b_batchnorm2_moments, s->parameters->batchnorm2_gamma,
      s->parameters->batchnorm2_beta, lanes_at(s, b_dense2_output), lanes_at(s, b_relu2_output));
}

static const struct dense g_dense3 = { .IN = 64, .OUT = 10 };

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

// dense3 (mnist_mlp.bn:10), forward: 3 or 2 outputs of 4 blocks a task
//   x [64], weight [10, 64], y [10]
static void k_dense3_forward(const struct step *s, int task) {
  dense_bias_forward(s, task, g_dense3, (struct pieces){4, 2, 2}, 4, lanes_at(s, b_relu2_output),
      s->parameters->dense3_weight, s->parameters->dense3_bias, lanes_at(s, b_dense3_output));
}

// ---- Loss

// The loss (mnist_mlp.bn:12) of each example, and its gradient:
//   loss[n] = log(sum over k of exp(x[n, k])) - x[n, label[n]]
//   dx[n, k] = exp(x[n, k]) / sum - (k == label[n]), divided by the number of examples
//   x [10], dx [10]
// The largest x is taken away first, so that no exponential overflows.
static void k_loss_softmax_cross_entropy(const struct step *s, int block) {
  enum { OUTPUTS = 10 };
  const vec *x = lanes_at(s, b_dense3_output) + block * OUTPUTS;
  vec *dx = lanes_at(s, b_dense3_output_gradient) + block * OUTPUTS;
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

// dense3 (mnist_mlp.bn:10), input gradient: 3 or 2 features of the batch a task
//   dy [10], weight [10, 64], dx [64]
static void k_dense3_input_gradient(const struct step *s, int task) {
  dense_input_gradient(s, task, g_dense3, (struct pieces){22, 2, 20}, 1, 10, 4,
      lanes_at(s, b_dense3_output_gradient), s->parameters->dense3_weight,
      lanes_at(s, b_relu2_output_gradient));
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

// dense3 (mnist_mlp.bn:10): its input as rows, x [64], rows [batch][64]
static void k_dense3_rows_load(const struct step *s, int task) {
  load_rows(task, 64, 64, lanes_at(s, b_relu2_output), lanes_at(s, b_dense3_rows));
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

// dense3 (mnist_mlp.bn:10), weight gradient and step: 3 or 2 outputs a task
//   rows [batch][64], dy [10], dweight [10, 64]
static void k_dense3_weight_gradient(const struct step *s, int task) {
  dense_weight_gradient(s, task, g_dense3, (struct pieces){4, 2, 2}, (struct pieces){2, 4, 0}, 2,
      64, lanes_at(s, b_dense3_rows), lanes_at(s, b_dense3_output_gradient),
      s->parameters->dense3_weight);
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

// dense3 (mnist_mlp.bn:10), bias gradient and step: dy [10]
static void k_dense3_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 10, 1, lanes_at(s, b_dense3_output_gradient), s->parameters->dense3_bias);
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

// batchnorm2, relu2 (mnist_mlp.bn:9): sums of g and of g * xhat, x [64], dy [64]
static void k_batchnorm2_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_batchnorm2, (struct pieces){1, 64, 0},
      s->scratch + b_batchnorm2_moments, s->parameters->batchnorm2_gamma,
      s->parameters->batchnorm2_beta, lanes_at(s, b_dense2_output),
      lanes_at(s, b_relu2_output_gradient), pairs_at(s, b_batchnorm2_partial_sums));
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

// batchnorm2 (mnist_mlp.bn:9): gradients of gamma and beta, and step
static void k_batchnorm2_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_batchnorm2, s->scratch + b_batchnorm2_moments,
      pairs_at(s, b_batchnorm2_partial_sums), s->scratch + b_batchnorm2_coefficients,
      s->parameters->batchnorm2_gamma, s->parameters->batchnorm2_beta);
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

// batchnorm2, relu2 (mnist_mlp.bn:9), input gradient in x's place: x [64], dy [64]
static void k_batchnorm2_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_batchnorm2, (struct pieces){1, 64, 0},
      s->scratch + b_batchnorm2_moments, s->scratch + b_batchnorm2_coefficients,
      lanes_at(s, b_dense2_output), lanes_at(s, b_relu2_output_gradient),
      lanes_at(s, b_dense2_output_gradient));
}

// dense2 (mnist_mlp.bn:9), input gradient: 3 or 2 features of the batch a task
//   dy [64], weight [64, 128], dx [128]
static void k_dense2_input_gradient(const struct step *s, int task) {
  dense_input_gradient(s, task, g_dense2, (struct pieces){43, 2, 42}, 1, 64, 4,
      lanes_at(s, b_dense2_output_gradient), s->parameters->dense2_weight,
      lanes_at(s, b_relu1_output_gradient));
}

// dense2 (mnist_mlp.bn:9): its input as rows, x [128], rows [batch][128]
static void k_dense2_rows_load(const struct step *s, int task) {
  load_rows(task, 128, 128, lanes_at(s, b_relu1_output), lanes_at(s, b_dense2_rows));
}

// dense2 (mnist_mlp.bn:9), weight gradient and step: 3 or 2 outputs a task
//   rows [batch][128], dy [64], dweight [64, 128]
static void k_dense2_weight_gradient(const struct step *s, int task) {
  dense_weight_gradient(s, task, g_dense2, (struct pieces){22, 2, 20}, (struct pieces){4, 4, 0}, 4,
      128, lanes_at(s, b_dense2_rows), lanes_at(s, b_dense2_output_gradient),
      s->parameters->dense2_weight);
}

// batchnorm1, relu1 (mnist_mlp.bn:8): sums of g and of g * xhat, x [128], dy [128]
static void k_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_batchnorm1, (struct pieces){1, 128, 0},
      s->scratch + b_batchnorm1_moments, s->parameters->batchnorm1_gamma,
      s->parameters->batchnorm1_beta, lanes_at(s, b_dense1_output),
      lanes_at(s, b_relu1_output_gradient), pairs_at(s, b_batchnorm1_partial_sums));
}

// batchnorm1 (mnist_mlp.bn:8): gradients of gamma and beta, and step
static void k_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_batchnorm1, s->scratch + b_batchnorm1_moments,
      pairs_at(s, b_batchnorm1_partial_sums), s->scratch + b_batchnorm1_coefficients,
      s->parameters->batchnorm1_gamma, s->parameters->batchnorm1_beta);
}

// batchnorm1, relu1 (mnist_mlp.bn:8), input gradient in x's place: x [128], dy [128]
static void k_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_batchnorm1, (struct pieces){1, 128, 0},
      s->scratch + b_batchnorm1_moments, s->scratch + b_batchnorm1_coefficients,
      lanes_at(s, b_dense1_output), lanes_at(s, b_relu1_output_gradient),
      lanes_at(s, b_dense1_output_gradient));
}

// dense1 (mnist_mlp.bn:8), weight gradient and step: 3 or 2 outputs a task
//   rows [batch][784], dy [128], dweight [128, 784]
static void k_dense1_weight_gradient(const struct step *s, int task) {
  dense_weight_gradient(s, task, g_dense1, (struct pieces){43, 2, 42}, (struct pieces){25, 3, 23},
      16, 784, lanes_at(s, b_image_rows), lanes_at(s, b_dense1_output_gradient),
      s->parameters->dense1_weight);
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

// batchnorm1 (mnist_mlp.bn:8): the running statistics move
static void k_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_batchnorm1, (real)0.9, s->scratch + b_batchnorm1_moments,
      s->state->batchnorm1_running_mean, s->state->batchnorm1_running_variance,
      s->state->batchnorm1_seen);
}

// batchnorm2 (mnist_mlp.bn:9): the running statistics move
static void k_batchnorm2_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_batchnorm2, (real)0.9, s->scratch + b_batchnorm2_moments,
      s->state->batchnorm2_running_mean, s->state->batchnorm2_running_variance,
      s->state->batchnorm2_seen);
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
    { k_dense1_forward_loading, .tasks = 43, .group = 4, .results = {{1, b_dense1_output, 128}} },
    { k_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_batchnorm1_forward, .tasks = 1, .results = {{2, b_relu1_output, 128}} },
    { k_dense2_forward, .tasks = 22, .group = 4, .results = {{4, b_dense2_output, 64}} },
    { k_batchnorm2_moments_merge, .tasks = 1, .whole = 1 },
    { k_batchnorm2_forward, .tasks = 1, .results = {{5, b_relu2_output, 64}} },
    { k_dense3_forward, .tasks = 4, .group = 4, .results = {{7, b_dense3_output, 10}} },

    { k_loss_softmax_cross_entropy, .tasks = 1 },

    { k_dense3_input_gradient, .tasks = 22, .whole = 1 },
    { k_dense3_rows_load, .tasks = 1 },
    { k_dense3_weight_gradient, .tasks = 4, .whole = 1 },
    { k_dense3_bias_gradient, .tasks = 10, .whole = 1 },
    { k_batchnorm2_sums, .tasks = 1 },
    { k_batchnorm2_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_batchnorm2_backward, .tasks = 1 },
    { k_dense2_input_gradient, .tasks = 43, .whole = 1 },
    { k_dense2_rows_load, .tasks = 1 },
    { k_dense2_weight_gradient, .tasks = 22, .whole = 1 },
    { k_batchnorm1_sums, .tasks = 1 },
    { k_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_batchnorm1_backward, .tasks = 1 },
    { k_dense1_weight_gradient, .tasks = 86, .whole = 1 },
    { k_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_batchnorm2_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
};
enum { FORWARD = 8, LOSS = 9, KERNELS = sizeof schedule / sizeof schedule[0] };

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
  if (outputs && !write_output(s, lanes_at(s, b_dense3_output), 10, outputs[0])) finite = 0;
  return finite;
}

// Whether every batch norm that starts at its first batch has seen one.
static int trained(const struct state *state) {
  return state->batchnorm1_seen[0] != 0 && state->batchnorm2_seen[0] != 0;
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
    PARAMETER(dense1_weight, "dense1.weight", 1, WEIGHT, NORMAL, 0.0, 0.050507627227610534, 2, 128,
        784),
    PARAMETER(batchnorm1_gamma, "batchnorm1.gamma", 2, GAMMA, CONSTANT, 1.0, 0.0, 1, 128),
    PARAMETER(batchnorm1_beta, "batchnorm1.beta", 2, BETA, CONSTANT, 0.0, 0.0, 1, 128),
    STATE(batchnorm1_running_mean, "batchnorm1.running_mean", 2, RUNNING_MEAN, CONSTANT, 0.0, 0.0,
        1, 128),
    STATE(batchnorm1_running_variance, "batchnorm1.running_variance", 2, RUNNING_VARIANCE, CONSTANT,
        1.0, 0.0, 1, 128),
    STATE(batchnorm1_seen, "batchnorm1.seen", 2, SEEN, CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(dense2_weight, "dense2.weight", 4, WEIGHT, NORMAL, 0.0, 0.125, 2, 64, 128),
    PARAMETER(batchnorm2_gamma, "batchnorm2.gamma", 5, GAMMA, CONSTANT, 1.0, 0.0, 1, 64),
    PARAMETER(batchnorm2_beta, "batchnorm2.beta", 5, BETA, CONSTANT, 0.0, 0.0, 1, 64),
    STATE(batchnorm2_running_mean, "batchnorm2.running_mean", 5, RUNNING_MEAN, CONSTANT, 0.0, 0.0,
        1, 64),
    STATE(batchnorm2_running_variance, "batchnorm2.running_variance", 5, RUNNING_VARIANCE, CONSTANT,
        1.0, 0.0, 1, 64),
    STATE(batchnorm2_seen, "batchnorm2.seen", 5, SEEN, CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(dense3_weight, "dense3.weight", 7, WEIGHT, NORMAL, 0.0, 0.1767766952966369, 2, 10,
        64),
    PARAMETER(dense3_bias, "dense3.bias", 7, BIAS, CONSTANT, 0.0, 0.0, 1, 10),
};

static const char *const layers[] = {
    "flatten1", "dense1", "batchnorm1", "relu1", "dense2", "batchnorm2", "relu2", "dense3", 0,
};

// Multiplications and additions, and bytes read and written at least, for a full batch.
static const bnc_kernel kernels[] = {
    {"image_load", -1, 0, 50176.0, 401408.0},
    {"dense1_forward", 1, 0, 12845056.0, 647168.0},
    {"batchnorm1_moments_merge", 2, 0, 0.0, 14848.0},
    {"batchnorm1_forward", 2, 0, 24576.0, 68096.0},
    {"dense2_forward", 4, 0, 1048576.0, 88064.0},
    {"batchnorm2_moments_merge", 5, 0, 0.0, 7424.0},
    {"batchnorm2_forward", 5, 0, 12288.0, 34048.0},
    {"dense3_forward", 7, 0, 81920.0, 21544.0},
    {"loss_softmax_cross_entropy", -1, 0, 3200.0, 5152.0},
    {"dense3_input_gradient", 7, 0, 81920.0, 21504.0},
    {"dense3_rows_load", 7, 0, 0.0, 32768.0},
    {"dense3_weight_gradient", 7, 0, 81920.0, 24064.0},
    {"dense3_bias_gradient", 7, 0, 640.0, 2640.0},
    {"batchnorm2_sums", 5, 0, 20480.0, 38144.0},
    {"batchnorm2_parameter_gradient", 5, 0, 0.0, 7424.0},
    {"batchnorm2_backward", 5, 0, 24576.0, 50944.0},
    {"dense2_input_gradient", 4, 0, 1048576.0, 81920.0},
    {"dense2_rows_load", 4, 0, 0.0, 65536.0},
    {"dense2_weight_gradient", 4, 0, 1048576.0, 114688.0},
    {"batchnorm1_sums", 2, 0, 40960.0, 76288.0},
    {"batchnorm1_parameter_gradient", 2, 0, 0.0, 14848.0},
    {"batchnorm1_backward", 2, 0, 49152.0, 101888.0},
    {"dense1_weight_gradient", 1, 0, 12845056.0, 1036288.0},
    {"batchnorm1_running_move", 2, 0, 0.0, 3592.0},
    {"batchnorm2_running_move", 5, 0, 0.0, 1800.0},
};

// Name, element types, rank, shape, classes, which of them does not count, scale, whether reals are
// scaled too, 1 + the layer that normalizes it, what is made of sound, whether images are
// brought to its size.
static const bnc_value inputs[] = {
    {"image", 1 << BNC_UINT8 | 1 << BNC_REAL, 3, { 1, 28, 28 }, 0, 0, 0.00392156862745098, 0, 0,
      0, 0},
};

static const bnc_value targets[] = {
    {"digit", 1 << BNC_INT32, 0, { 0 }, 10, 0, 1, 0, 0, 0, 0},
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
      .model_name = "mnist_mlp",
      .model_hash = "5598a914c4e9814c30001b108e5c9df1a3f1f1e260a2020cbbffd2ba8df78b39",
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
