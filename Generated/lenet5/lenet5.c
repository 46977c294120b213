// lenet5: a network in C, written by bnc 0.2.0-dev from lenet5.bn. To change it, change the model.
/*
   cc -std=c11 -O2 -fno-unroll-loops -ffp-contract=fast -march=x86-64-v3 -fPIC -shared \
      lenet5.c -lm -o lenet5.so
*/
// What stands here, from top to bottom: the sizes, numbers and vectors, the memory, the kernels of
// the forward pass, of the loss, of the backward pass, the steps that call them in order, and the
// table that tells a host what it must know.
//
// One vector holds one number of 8 examples, one in each lane, so no channel count and no image
// size wastes a lane. A tensor [channels, height, width] lies as
// [blocks][channels][height][width][lanes]. A short batch leaves lanes inactive: they hold 0, by
// selection, whatever was there before.
#include "lenet5.h"

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
#define LOG logf

static ALWAYS_INLINE vec vec_abs(vec x) { return blend(x < (vec){0}, -x, x); }

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

// tanh(x) to one and a half units in the last place: a polynomial around 0, 1 - 2 / (exp(2 |x|) +
// 1) beyond.
static inline vec vec_tanh(vec x) {
  const vec size = vec_abs(x), square = x * x;
  vec p = splat((real)-5.70498686e-3);
  p = p * square + (real)2.06390861e-2;
  p = p * square - (real)5.37397155e-2;
  p = p * square + (real)1.33314416e-1;
  p = p * square - (real)3.33332807e-1;
  const vec large = 1 - 2 / (vec_exp(2 * size) + 1);
  return blend(size < splat((real)0.625), p * square * x + x, blend(x < (vec){0}, -large, large));
}

// dy * (1 - y * y)
static ALWAYS_INLINE vec vec_tanh_gradient(vec dy, vec y) { return dy * (1 - y * y); }

// ---- Memory: what the caller owns

// What is learned, in canonical order.
struct parameters {
  real conv1_weight[150];  // [6, 1, 5, 5]
  real conv1_bias[6];
  real conv2_weight[2400];  // [16, 6, 5, 5]
  real conv2_bias[16];
  real conv3_weight[48000];  // [120, 16, 5, 5]
  real conv3_bias[120];
  real dense1_weight[10080];  // [84, 120]
  real dense1_bias[84];
  real dense2_weight[840];  // [10, 84]
  real dense2_bias[10];
};

// Where in scratch each tensor lies, in numbers. Tensors whose lives do not overlap share a place.
enum {
  b_image_lanes = 677376,  // [8][1][28][28][8]
  b_tanh1_output = 0,  // [8][6][28][28][8]
  b_avgpool1_output = 505856,  // [8][6][14][14][8]
  b_tanh2_output = 301056,  // [8][16][10][10][8]
  b_avgpool2_output = 403456,  // [8][16][5][5][8]
  b_tanh3_output = 429056,  // [8][120][1][1][8]
  b_tanh4_output = 442368,  // [8][84][8]
  b_dense2_output = 436736,  // [8][10][8]
  b_dense2_output_gradient = 447744,  // [8][10][8]
  b_block_losses = 437376,  // [8]
  b_dense1_output_gradient = 452096,  // [8][84][8]
  b_dense2_rows = 436736,  // [64][88]
  b_conv3_output_gradient = 436736,  // [8][120][1][1][8]
  b_dense1_rows = 444416,  // [64][120]
  b_avgpool2_output_gradient = 581120,  // [8][16][5][5][8]
  b_conv2_output_gradient = 403456,  // [8][16][10][10][8]
  b_avgpool1_output_gradient = 602112,  // [8][6][14][14][8]
  b_conv1_output_gradient = 301056,  // [8][6][28][28][8]
  SCRATCH = 727552
};

// How far a block of the input is on its way into the lanes.
enum { ABSENT, LOADING, LOADED };

// What the kernels of one call can see.
struct step {
  struct parameters *parameters;
  real *scratch;
  real *slots;  // what the optimizer keeps, laid out as parameters each
  const bnc_host *host;
  const bnc_batch *batch;
  real learning_rate;
  real momentum;
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

static ALWAYS_INLINE int label_of(const struct step *s, int example) {
  return ((const int32_t *)s->batch->targets[0])[row_of(s, example)];
}

// What the optimizer keeps in `slot` for the parameter p.
static ALWAYS_INLINE real *slot_of(const struct step *s, const real *p, int slot) {
  enum { PARAMETERS = sizeof(struct parameters) / sizeof(real) };
  return s->slots + (ptrdiff_t)slot * PARAMETERS + (p - (const real *)s->parameters);
}

// momentum: moves a parameter p along its gradient g.
//   velocity = momentum * velocity + g
//   p = p - learning_rate * velocity
static ALWAYS_INLINE void momentum_update(real *p, real g, const struct step *s) {
  real *velocity = slot_of(s, p, 0);
  *velocity = s->momentum * *velocity + g;
  *p -= s->learning_rate * *velocity;
}

// The same for the last `count` parameters of a row.
static NEVER_INLINE void momentum_update_end(real *p, const vec *g, int count,
    const struct step *s) {
  for (int l = 0; l < count; l++) momentum_update(p + l, (*g)[l], s);
}

// The same for the next LANES parameters of a row, or the `count` that are left.
static ALWAYS_INLINE void momentum_update_row(real *row, vec g, int count, const struct step *s) {
  if (count < LANES) {
    momentum_update_end(row, &g, count, s);
    return;
  }
  packed *p = (packed *)(void *)row;
  packed *velocity = (packed *)(void *)slot_of(s, row, 0);
  *velocity = s->momentum * *velocity + g;
  *p -= s->learning_rate * *velocity;
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
//   y [1, 28, 28]
static NEVER_INLINE void k_image_load_block(const struct step *s, int block) {
  enum { COUNT = 784 };
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

static const struct convolution g_conv1 = { .G = 1, .CI = 1, .H = 28, .W = 28, .CO = 6, .OH = 28,
    .OW = 28, .KH = 5, .KW = 5, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 2, .PB = 2, .PL = 2,
    .INNER = 2, .INNER_END = 26 };

// One tile of a convolution: `channels` x `columns` sums in registers. Each x is loaded for all the
// channels, each weight for all the columns. `edge` says that a window may reach into the padding.
static ALWAYS_INLINE void convolution_bias_tanh_forward_tile(const struct convolution g,
    const vec *x, const real *weight, const real *bias, vec *y, mask active, int i, int j,
    const int channels, const int columns, const int edge) {
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
      y[at] = masked(vec_tanh(sum[c * columns + t]), active);
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
static ALWAYS_INLINE void convolution_bias_tanh_forward_span(const struct convolution g,
    const vec *x, const real *weight, const real *bias, vec *y, mask active, int i, const int start,
    const int end, const int channels, const int width) {
  const int rest = (end - start) % width, whole = end - rest;
  const int left = left_edge(g.INNER, start, whole, width);
  const int right = right_edge(g.INNER_END, left, whole, width);
  UNROLL for (int j = start; j < left; j += width)
    convolution_bias_tanh_forward_tile(g, x, weight, bias, y, active, i, j, channels, width, 1);
  for (int j = left; j < right; j += width)
    convolution_bias_tanh_forward_tile(g, x, weight, bias, y, active, i, j, channels, width, 0);
  UNROLL for (int j = right; j < whole; j += width)
    convolution_bias_tanh_forward_tile(g, x, weight, bias, y, active, i, j, channels, width, 1);
  if (rest > 0)
    convolution_bias_tanh_forward_tile(g, x, weight, bias, y, active, i, whole, channels, rest, 1);
}

// Rows `first` up to `end` of `channels` output channels.
static ALWAYS_INLINE void convolution_bias_tanh_forward_rows(const struct convolution g,
    const struct pieces columns, const vec *x, const real *weight, const real *bias, vec *y,
    mask active, int first, int end, const int channels) {
  const int wide = columns.wide * (columns.size + 1);
  for (int i = first; i < end; i++) {
    if (wide > 0)
      convolution_bias_tanh_forward_span(g, x, weight, bias, y, active, i, 0, wide, channels,
          columns.size + 1);
    convolution_bias_tanh_forward_span(g, x, weight, bias, y, active, i, wide, g.OW, channels,
        columns.size);
  }
}

// A task of a convolution: one tile's output channels of one block.
static ALWAYS_INLINE void convolution_bias_tanh_forward(const struct step *s, int task,
    const struct convolution g, const struct pieces tiles, const struct pieces columns,
    const vec *x, const real *weight, const real *bias, vec *y) {
  const int tile = task % tiles.count, group = task / tiles.count % g.G;
  const int block = task / tiles.count / g.G, plane = g.OH * g.OW;
  const int co = group * g.CO + piece_start(tiles, tile);
  const mask active = active_lanes(s, block);
  x += (block * g.G + group) * (g.CI * g.H * g.W);
  weight += co * (g.CI * g.KH * g.KW);
  bias += co;
  y += (block * g.G * g.CO + co) * plane;
  if (tiles.wide > 0 && tile < tiles.wide)
    convolution_bias_tanh_forward_rows(g, columns, x, weight, bias, y, active, 0, g.OH,
        tiles.size + 1);
  else
    convolution_bias_tanh_forward_rows(g, columns, x, weight, bias, y, active, 0, g.OH, tiles.size);
}

// conv1 (lenet5.bn:7), forward: 2 output channels of a block a task
//   then y = tanh(x), x the sum
//   x [1, 28, 28], weight [6, 1, 5, 5], y [6, 28, 28]
static void k_conv1_forward(const struct step *s, int task) {
  convolution_bias_tanh_forward(s, task, g_conv1, (struct pieces){3, 2, 0},
      (struct pieces){6, 4, 4}, lanes_at(s, b_image_lanes), s->parameters->conv1_weight,
      s->parameters->conv1_bias, lanes_at(s, b_tanh1_output));
}

// k_conv1_forward, and before it the image that it needs.
static void k_conv1_forward_loading(const struct step *s, int task) {
  const int block = task / 3;
  k_image_load_once(s, block, block + 1);
  k_conv1_forward(s, task);
}

// A pool: OH x OW windows of KH x KW numbers, DH rows and DW columns apart, every SH rows and SW
// columns of H x W numbers, the first one PT rows above them and PL columns to their left. EDGES:
// some windows reach past the numbers. A mean counts what lies from row TOP up to BOTTOM and from
// column LEFT up to RIGHT.
struct pool {
  int H, W, OH, OW, KH, KW, SH, SW, DH, DW, PT, PL, EDGES, TOP, BOTTOM, LEFT, RIGHT;
};

static const struct pool g_avgpool1 = { .H = 28, .W = 28, .OH = 14, .OW = 14, .KH = 2, .KW = 2,
    .SH = 2, .SW = 2, .DH = 1, .DW = 1, .PT = 0, .PL = 0, .EDGES = 0, .TOP = 0, .BOTTOM = 28,
    .LEFT = 0, .RIGHT = 28 };

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

// avgpool1 (lenet5.bn:7): y[n, c, i, j] = mean of the 2 x 2 window of x[n, c]
//   x [6, 28, 28], y [6, 14, 14]
static void k_avgpool1_forward(const struct step *s, int task) {
  avgpool_forward(task, g_avgpool1, (real)0.25, lanes_at(s, b_tanh1_output),
      lanes_at(s, b_avgpool1_output));
}

static const struct convolution g_conv2 = { .G = 1, .CI = 6, .H = 14, .W = 14, .CO = 16, .OH = 10,
    .OW = 10, .KH = 5, .KW = 5, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0, .PB = 0, .PL = 0,
    .INNER = 0, .INNER_END = 10 };

// conv2 (lenet5.bn:8), forward: 2 output channels of a block a task
//   then y = tanh(x), x the sum
//   x [6, 14, 14], weight [16, 6, 5, 5], y [16, 10, 10]
static void k_conv2_forward(const struct step *s, int task) {
  convolution_bias_tanh_forward(s, task, g_conv2, (struct pieces){8, 2, 0},
      (struct pieces){2, 5, 0}, lanes_at(s, b_avgpool1_output), s->parameters->conv2_weight,
      s->parameters->conv2_bias, lanes_at(s, b_tanh2_output));
}

static const struct pool g_avgpool2 = { .H = 10, .W = 10, .OH = 5, .OW = 5, .KH = 2, .KW = 2,
    .SH = 2, .SW = 2, .DH = 1, .DW = 1, .PT = 0, .PL = 0, .EDGES = 0, .TOP = 0, .BOTTOM = 10,
    .LEFT = 0, .RIGHT = 10 };

// avgpool2 (lenet5.bn:8): y[n, c, i, j] = mean of the 2 x 2 window of x[n, c]
//   x [16, 10, 10], y [16, 5, 5]
static void k_avgpool2_forward(const struct step *s, int task) {
  avgpool_forward(task, g_avgpool2, (real)0.25, lanes_at(s, b_tanh2_output),
      lanes_at(s, b_avgpool2_output));
}

static const struct convolution g_conv3 = { .G = 1, .CI = 16, .H = 5, .W = 5, .CO = 120, .OH = 1,
    .OW = 1, .KH = 5, .KW = 5, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0, .PB = 0, .PL = 0,
    .INNER = 0, .INNER_END = 1 };

// conv3 (lenet5.bn:9), forward: 7 or 6 output channels of a block a task
//   then y = tanh(x), x the sum
//   x [16, 5, 5], weight [120, 16, 5, 5], y [120, 1, 1]
static void k_conv3_forward(const struct step *s, int task) {
  convolution_bias_tanh_forward(s, task, g_conv3, (struct pieces){18, 6, 12},
      (struct pieces){1, 1, 0}, lanes_at(s, b_avgpool2_output), s->parameters->conv3_weight,
      s->parameters->conv3_bias, lanes_at(s, b_tanh3_output));
}

// A dense layer from IN features to OUT:
//   y[n, o] = sum over f of weight[o, f] * x[n, f], plus bias[o]
//   dx[n, f] = sum over o of weight[o, f] * dy[n, o]
//   dweight[o, f] = sum over n of dy[n, o] * x[n, f]
struct dense {
  int IN, OUT;
};

static const struct dense g_dense1 = { .IN = 120, .OUT = 84 };

// One tile of a dense layer: `features` outputs of `blocks` blocks in registers.
static ALWAYS_INLINE void dense_bias_tanh_forward_tile(const struct step *s, const struct dense d,
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
      y[at] = masked(vec_tanh(sum[o * blocks + b]), active);
    }
  }
}

// A task of a dense layer: one tile's outputs of a group of blocks.
static ALWAYS_INLINE void dense_bias_tanh_forward(const struct step *s, int task,
    const struct dense d, const struct pieces tiles, const int group, const vec *x,
    const real *weight, const real *bias, vec *y) {
  const int tile = task % tiles.count, first = task / tiles.count * group;
  const int end = first + group < s->blocks ? first + group : s->blocks;
  const int o = piece_start(tiles, tile);
  weight += o * d.IN;
  bias += o;
  y += o;
  const int wide = tiles.wide > 0 && tile < tiles.wide, whole = group > 1 && end - first == group;
  for (int block = first; block < end; block += whole ? group : 1)
    if (wide && whole)
      dense_bias_tanh_forward_tile(s, d, x, weight, bias, y, block, tiles.size + 1, group);
    else if (wide)
      dense_bias_tanh_forward_tile(s, d, x, weight, bias, y, block, tiles.size + 1, 1);
    else if (whole)
      dense_bias_tanh_forward_tile(s, d, x, weight, bias, y, block, tiles.size, group);
    else
      dense_bias_tanh_forward_tile(s, d, x, weight, bias, y, block, tiles.size, 1);
}

// dense1 (lenet5.bn:11), forward: 3 outputs of 4 blocks a task
//   then y = tanh(x), x the sum
//   x [120], weight [84, 120], y [84]
static void k_dense1_forward(const struct step *s, int task) {
  dense_bias_tanh_forward(s, task, g_dense1, (struct pieces){28, 3, 0}, 4,
      lanes_at(s, b_tanh3_output), s->parameters->dense1_weight, s->parameters->dense1_bias,
      lanes_at(s, b_tanh4_output));
}

static const struct dense g_dense2 = { .IN = 84, .OUT = 10 };

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

// dense2 (lenet5.bn:12), forward: 3 or 2 outputs of 4 blocks a task
//   x [84], weight [10, 84], y [10]
static void k_dense2_forward(const struct step *s, int task) {
  dense_bias_forward(s, task, g_dense2, (struct pieces){4, 2, 2}, 4, lanes_at(s, b_tanh4_output),
      s->parameters->dense2_weight, s->parameters->dense2_bias, lanes_at(s, b_dense2_output));
}

// ---- Loss

// The loss (lenet5.bn:14) of each example, and its gradient:
//   loss[n] = log(sum over k of exp(x[n, k])) - x[n, label[n]]
//   dx[n, k] = exp(x[n, k]) / sum - (k == label[n]), divided by the number of examples
//   x [10], dx [10]
// The largest x is taken away first, so that no exponential overflows.
static void k_loss_softmax_cross_entropy(const struct step *s, int block) {
  enum { OUTPUTS = 10 };
  const vec *x = lanes_at(s, b_dense2_output) + block * OUTPUTS;
  vec *dx = lanes_at(s, b_dense2_output_gradient) + block * OUTPUTS;
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
static ALWAYS_INLINE void dense_input_tanh_gradient_tile(const struct step *s, const struct dense d,
    const vec *dy, const real *weight, const vec *saved, vec *dx, int first, int end, int block,
    const int features, const int blocks) {
  vec sum[TILE] = {0};
  saved += block * d.IN;
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
    UNROLL for (int f = 0; f < features; f++) {
      vec v = sum[f * blocks + b];
      if (end == d.OUT) v = vec_tanh_gradient(v, saved[b * d.IN + f]);
      dx[b * d.IN + f] = masked(v, active);
    }
  }
}

// A task of a dense layer's input gradient: some tiles of dx for the whole batch, in passes over
// the outputs, so that a pass's rows of the weight stay in the cache for all of them.
static ALWAYS_INLINE void dense_input_tanh_gradient(const struct step *s, int task,
    const struct dense d, const struct pieces tiles, const int tiles_of_task,
    const int outputs_of_pass, const int group, const vec *dy, const real *weight, const vec *saved,
    vec *dx) {
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
          dense_input_tanh_gradient_tile(s, d, dy, weight + f, saved + f, dx + f, first, end, block,
              widest, group);
        else if (wide)
          dense_input_tanh_gradient_tile(s, d, dy, weight + f, saved + f, dx + f, first, end, block,
              widest, 1);
        else if (whole)
          dense_input_tanh_gradient_tile(s, d, dy, weight + f, saved + f, dx + f, first, end, block,
              tiles.size, group);
        else
          dense_input_tanh_gradient_tile(s, d, dy, weight + f, saved + f, dx + f, first, end, block,
              tiles.size, 1);
      }
    }
  }
}

// dense2 (lenet5.bn:12), input gradient: 3 features of the batch a task
//   then through tanh4: dy * (1 - y * y), dy the gradient so far
//   dy [10], weight [10, 84], dx [84]
static void k_dense2_input_gradient(const struct step *s, int task) {
  dense_input_tanh_gradient(s, task, g_dense2, (struct pieces){28, 3, 0}, 1, 10, 4,
      lanes_at(s, b_dense2_output_gradient), s->parameters->dense2_weight,
      lanes_at(s, b_tanh4_output), lanes_at(s, b_dense1_output_gradient));
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

// dense2 (lenet5.bn:12): its input as rows, x [84], rows [batch][88]
static void k_dense2_rows_load(const struct step *s, int task) {
  load_rows(task, 84, 88, lanes_at(s, b_tanh4_output), lanes_at(s, b_dense2_rows));
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
      momentum_update_row(&weight[at], sum[c * vectors + v],
          d.IN % LANES == 0 ? LANES : d.IN - first, s);
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

// dense2 (lenet5.bn:12), weight gradient and step: 2 outputs a task
//   rows [batch][88], dy [10], dweight [10, 84]
static void k_dense2_weight_gradient(const struct step *s, int task) {
  dense_weight_gradient(s, task, g_dense2, (struct pieces){5, 2, 0}, (struct pieces){2, 5, 1}, 2,
      88, lanes_at(s, b_dense2_rows), lanes_at(s, b_dense2_output_gradient),
      s->parameters->dense2_weight);
}

// A task of a bias's gradient: dbias[c], the sum of dy[n, c] over examples n and all `plane`
// positions.
static ALWAYS_INLINE void bias_gradient(const struct step *s, int c, const int channels,
    const int plane, const vec *dy, real *bias) {
  struct long_sum sum = {0};
  for (int block = 0; block < s->blocks; block++)
    add_part(&sum, sum_of(dy + (block * channels + c) * plane, plane));
  momentum_update(&bias[c], lanes_sum(sum.total), s);
}

// dense2 (lenet5.bn:12), bias gradient and step: dy [10]
static void k_dense2_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 10, 1, lanes_at(s, b_dense2_output_gradient), s->parameters->dense2_bias);
}

// dense1 (lenet5.bn:11), input gradient: 3 features of the batch a task
//   then through tanh3: dy * (1 - y * y), dy the gradient so far
//   dy [84], weight [84, 120], dx [120]
static void k_dense1_input_gradient(const struct step *s, int task) {
  dense_input_tanh_gradient(s, task, g_dense1, (struct pieces){40, 3, 0}, 1, 84, 4,
      lanes_at(s, b_dense1_output_gradient), s->parameters->dense1_weight,
      lanes_at(s, b_tanh3_output), lanes_at(s, b_conv3_output_gradient));
}

// dense1 (lenet5.bn:11): its input as rows, x [120], rows [batch][120]
static void k_dense1_rows_load(const struct step *s, int task) {
  load_rows(task, 120, 120, lanes_at(s, b_tanh3_output), lanes_at(s, b_dense1_rows));
}

// dense1 (lenet5.bn:11), weight gradient and step: 3 outputs a task
//   rows [batch][120], dy [84], dweight [84, 120]
static void k_dense1_weight_gradient(const struct step *s, int task) {
  dense_weight_gradient(s, task, g_dense1, (struct pieces){28, 3, 0}, (struct pieces){4, 3, 3}, 4,
      120, lanes_at(s, b_dense1_rows), lanes_at(s, b_dense1_output_gradient),
      s->parameters->dense1_weight);
}

// dense1 (lenet5.bn:11), bias gradient and step: dy [84]
static void k_dense1_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 84, 1, lanes_at(s, b_dense1_output_gradient), s->parameters->dense1_bias);
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

// conv3 (lenet5.bn:9), input gradient: 2 input channels of a block a task
//   dy [120, 1, 1], weight [120, 16, 5, 5], dx [16, 5, 5]
static void k_conv3_input_gradient(const struct step *s, int task) {
  convolution_input_gradient(s, task, g_conv3, (struct pieces){8, 2, 0}, (struct pieces){1, 5, 0},
      lanes_at(s, b_conv3_output_gradient), s->parameters->conv3_weight,
      lanes_at(s, b_avgpool2_output_gradient));
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
        momentum_update(&weight[at], lanes_sum(sums[(o * inputs + c) * taps + k].total), s);
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

// conv3 (lenet5.bn:9), weight gradient and step: a kernel row of 2 x 1 channels a task
//   x [16, 5, 5], dy [120, 1, 1], dweight [120, 16, 5, 5]
static void k_conv3_weight_gradient(const struct step *s, int task) {
  convolution_weight_gradient(s, task, g_conv3, (struct pieces){60, 2, 0},
      (struct pieces){16, 1, 0}, (struct pieces){1, 5, 0}, 8, 1, lanes_at(s, b_avgpool2_output),
      lanes_at(s, b_conv3_output_gradient), s->parameters->conv3_weight);
}

// conv3 (lenet5.bn:9), bias gradient and step: dy [120, 1, 1]
static void k_conv3_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 120, 1, lanes_at(s, b_conv3_output_gradient), s->parameters->conv3_bias);
}

// A task: dy shared among the numbers of its window, of one channel of one block.
static ALWAYS_INLINE void avgpool_tanh_gradient(const struct step *s, int task, const struct pool p,
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
  for (int k = 0; k < p.H * p.W; k++) dx[k] = masked(vec_tanh_gradient(dx[k], saved[k]), active);
}

// avgpool2 (lenet5.bn:8), input gradient: dy [16, 5, 5], dx [16, 10, 10]
//   then through tanh2: dy * (1 - y * y), dy the gradient so far
static void k_avgpool2_backward(const struct step *s, int task) {
  avgpool_tanh_gradient(s, task, g_avgpool2, (real)0.25, lanes_at(s, b_avgpool2_output_gradient),
      lanes_at(s, b_tanh2_output), 16, lanes_at(s, b_conv2_output_gradient));
}

// conv2 (lenet5.bn:8), input gradient: 2 input channels of a block a task
//   dy [16, 10, 10], weight [16, 6, 5, 5], dx [6, 14, 14]
static void k_conv2_input_gradient(const struct step *s, int task) {
  convolution_input_gradient(s, task, g_conv2, (struct pieces){3, 2, 0}, (struct pieces){3, 4, 2},
      lanes_at(s, b_conv2_output_gradient), s->parameters->conv2_weight,
      lanes_at(s, b_avgpool1_output_gradient));
}

// conv2 (lenet5.bn:8), weight gradient and step: a kernel row of 2 x 1 channels a task
//   x [6, 14, 14], dy [16, 10, 10], dweight [16, 6, 5, 5]
static void k_conv2_weight_gradient(const struct step *s, int task) {
  convolution_weight_gradient(s, task, g_conv2, (struct pieces){8, 2, 0}, (struct pieces){6, 1, 0},
      (struct pieces){1, 5, 0}, 8, 10, lanes_at(s, b_avgpool1_output),
      lanes_at(s, b_conv2_output_gradient), s->parameters->conv2_weight);
}

// conv2 (lenet5.bn:8), bias gradient and step: dy [16, 10, 10]
static void k_conv2_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 16, 100, lanes_at(s, b_conv2_output_gradient), s->parameters->conv2_bias);
}

// avgpool1 (lenet5.bn:7), input gradient: dy [6, 14, 14], dx [6, 28, 28]
//   then through tanh1: dy * (1 - y * y), dy the gradient so far
static void k_avgpool1_backward(const struct step *s, int task) {
  avgpool_tanh_gradient(s, task, g_avgpool1, (real)0.25, lanes_at(s, b_avgpool1_output_gradient),
      lanes_at(s, b_tanh1_output), 6, lanes_at(s, b_conv1_output_gradient));
}

// conv1 (lenet5.bn:7), weight gradient and step: a kernel row of 2 x 1 channels a task
//   x [1, 28, 28], dy [6, 28, 28], dweight [6, 1, 5, 5]
static void k_conv1_weight_gradient(const struct step *s, int task) {
  convolution_weight_gradient(s, task, g_conv1, (struct pieces){3, 2, 0}, (struct pieces){1, 1, 0},
      (struct pieces){1, 5, 0}, 1, 28, lanes_at(s, b_image_lanes),
      lanes_at(s, b_conv1_output_gradient), s->parameters->conv1_weight);
}

// conv1 (lenet5.bn:7), bias gradient and step: dy [6, 28, 28]
static void k_conv1_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 6, 784, lanes_at(s, b_conv1_output_gradient), s->parameters->conv1_bias);
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
    { k_conv1_forward_loading, .tasks = 3, .results = {{0, b_tanh1_output, 4704}} },
    { k_avgpool1_forward, .tasks = 6, .results = {{2, b_avgpool1_output, 1176}} },
    { k_conv2_forward, .tasks = 8, .results = {{3, b_tanh2_output, 1600}} },
    { k_avgpool2_forward, .tasks = 16, .results = {{5, b_avgpool2_output, 400}} },
    { k_conv3_forward, .tasks = 18, .results = {{6, b_tanh3_output, 120}} },
    { k_dense1_forward, .tasks = 28, .group = 4, .results = {{9, b_tanh4_output, 84}} },
    { k_dense2_forward, .tasks = 4, .group = 4, .results = {{11, b_dense2_output, 10}} },

    { k_loss_softmax_cross_entropy, .tasks = 1 },

    { k_dense2_input_gradient, .tasks = 28, .whole = 1 },
    { k_dense2_rows_load, .tasks = 1 },
    { k_dense2_weight_gradient, .tasks = 5, .whole = 1 },
    { k_dense2_bias_gradient, .tasks = 10, .whole = 1 },
    { k_dense1_input_gradient, .tasks = 40, .whole = 1 },
    { k_dense1_rows_load, .tasks = 1 },
    { k_dense1_weight_gradient, .tasks = 28, .whole = 1 },
    { k_dense1_bias_gradient, .tasks = 84, .whole = 1 },
    { k_conv3_input_gradient, .tasks = 8 },
    { k_conv3_weight_gradient, .tasks = 4800, .whole = 1 },
    { k_conv3_bias_gradient, .tasks = 120, .whole = 1 },
    { k_avgpool2_backward, .tasks = 16 },
    { k_conv2_input_gradient, .tasks = 3 },
    { k_conv2_weight_gradient, .tasks = 240, .whole = 1 },
    { k_conv2_bias_gradient, .tasks = 16, .whole = 1 },
    { k_avgpool1_backward, .tasks = 6 },
    { k_conv1_weight_gradient, .tasks = 15, .whole = 1 },
    { k_conv1_bias_gradient, .tasks = 6, .whole = 1 },
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
  if (batch->count < 1 || batch->count > BATCH) return BNC_BAD_ARGUMENT;
  *s = (struct step){
      .parameters = regions->parameters,
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
  if (outputs && !write_output(s, lanes_at(s, b_dense2_output), 10, outputs[0])) finite = 0;
  return finite;
}

static int32_t train(const bnc_host *host, const bnc_regions *regions, const bnc_batch *batch,
                     const bnc_step *step, bnc_result *result) {
  struct step s;
  atomic_int input[BLOCKS];
  const int32_t status = begin(&s, input, host, regions, batch, 1);
  if (status != BNC_OK) return status;
  if (!step || !step->hyperparameters || !s.slots) return BNC_BAD_ARGUMENT;
  s.learning_rate = (real)step->hyperparameters[0];
  s.momentum = (real)step->hyperparameters[1];
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
// What an optimizer keeps for each number of a parameter, one slot after the other.
#define SLOT(member, name, layer, role, slot, start, rank, ...) \
  { name, BNC_##role, BNC_SLOTS, layer, 0, rank, BNC_CONSTANT, { __VA_ARGS__ }, \
    slot * sizeof(struct parameters) + offsetof(struct parameters, member), start, 0, 0 }
static const bnc_tensor tensors[] = {
    PARAMETER(conv1_weight, "conv1.weight", 0, WEIGHT, UNIFORM, -0.1851640199545103,
        0.1851640199545103, 4, 6, 1, 5, 5),
    PARAMETER(conv1_bias, "conv1.bias", 0, BIAS, CONSTANT, 0.0, 0.0, 1, 6),
    PARAMETER(conv2_weight, "conv2.weight", 3, WEIGHT, UNIFORM, -0.1044465935734187,
        0.1044465935734187, 4, 16, 6, 5, 5),
    PARAMETER(conv2_bias, "conv2.bias", 3, BIAS, CONSTANT, 0.0, 0.0, 1, 16),
    PARAMETER(conv3_weight, "conv3.weight", 6, WEIGHT, UNIFORM, -0.042008402520840295,
        0.042008402520840295, 4, 120, 16, 5, 5),
    PARAMETER(conv3_bias, "conv3.bias", 6, BIAS, CONSTANT, 0.0, 0.0, 1, 120),
    PARAMETER(dense1_weight, "dense1.weight", 9, WEIGHT, UNIFORM, -0.17149858514250885,
        0.17149858514250885, 2, 84, 120),
    PARAMETER(dense1_bias, "dense1.bias", 9, BIAS, CONSTANT, 0.0, 0.0, 1, 84),
    PARAMETER(dense2_weight, "dense2.weight", 11, WEIGHT, UNIFORM, -0.25264557631995566,
        0.25264557631995566, 2, 10, 84),
    PARAMETER(dense2_bias, "dense2.bias", 11, BIAS, CONSTANT, 0.0, 0.0, 1, 10),
    SLOT(conv1_weight, "velocity.conv1.weight", 0, SLOT, 0, 0.0, 4, 6, 1, 5, 5),
    SLOT(conv1_bias, "velocity.conv1.bias", 0, SLOT, 0, 0.0, 1, 6),
    SLOT(conv2_weight, "velocity.conv2.weight", 3, SLOT, 0, 0.0, 4, 16, 6, 5, 5),
    SLOT(conv2_bias, "velocity.conv2.bias", 3, SLOT, 0, 0.0, 1, 16),
    SLOT(conv3_weight, "velocity.conv3.weight", 6, SLOT, 0, 0.0, 4, 120, 16, 5, 5),
    SLOT(conv3_bias, "velocity.conv3.bias", 6, SLOT, 0, 0.0, 1, 120),
    SLOT(dense1_weight, "velocity.dense1.weight", 9, SLOT, 0, 0.0, 2, 84, 120),
    SLOT(dense1_bias, "velocity.dense1.bias", 9, SLOT, 0, 0.0, 1, 84),
    SLOT(dense2_weight, "velocity.dense2.weight", 11, SLOT, 0, 0.0, 2, 10, 84),
    SLOT(dense2_bias, "velocity.dense2.bias", 11, SLOT, 0, 0.0, 1, 10),
};

static const char *const layers[] = {
    "conv1", "tanh1", "avgpool1", "conv2", "tanh2", "avgpool2", "conv3", "tanh3", "flatten1",
    "dense1", "tanh4", "dense2", 0,
};

// Multiplications and additions, and bytes read and written at least, for a full batch.
static const bnc_kernel kernels[] = {
    {"image_load", -1, 0, 50176.0, 200704.0},
    {"conv1_forward", 0, 0, 15052800.0, 1405552.0},
    {"avgpool1_forward", 2, 0, 301056.0, 1505280.0},
    {"conv2_forward", 3, 0, 30720000.0, 720320.0},
    {"avgpool2_forward", 5, 0, 102400.0, 512000.0},
    {"conv3_forward", 6, 0, 6144000.0, 325600.0},
    {"dense1_forward", 9, 0, 1290240.0, 92880.0},
    {"dense2_forward", 11, 0, 107520.0, 27464.0},
    {"loss_softmax_cross_entropy", -1, 0, 3200.0, 5152.0},
    {"dense2_input_gradient", 11, 0, 123648.0, 48928.0},
    {"dense2_rows_load", 11, 0, 0.0, 44032.0},
    {"dense2_weight_gradient", 11, 0, 107520.0, 38528.0},
    {"dense2_bias_gradient", 11, 0, 640.0, 2720.0},
    {"dense1_input_gradient", 9, 0, 1313280.0, 123264.0},
    {"dense1_rows_load", 9, 0, 0.0, 61440.0},
    {"dense1_weight_gradient", 9, 0, 1290240.0, 213504.0},
    {"dense1_bias_gradient", 9, 0, 5376.0, 22848.0},
    {"conv3_input_gradient", 6, 0, 6144000.0, 325120.0},
    {"conv3_weight_gradient", 6, 0, 6144000.0, 901120.0},
    {"conv3_bias_gradient", 6, 0, 7680.0, 32640.0},
    {"avgpool2_backward", 5, 0, 409600.0, 921600.0},
    {"conv2_input_gradient", 3, 0, 30720000.0, 720256.0},
    {"conv2_weight_gradient", 3, 0, 30720000.0, 749056.0},
    {"conv2_bias_gradient", 3, 0, 102400.0, 409856.0},
    {"avgpool1_backward", 2, 0, 1204224.0, 2709504.0},
    {"conv1_weight_gradient", 0, 0, 15052800.0, 1407328.0},
    {"conv1_bias_gradient", 0, 0, 301056.0, 1204320.0},
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
    {"learning_rate", 0.02},
    {"momentum", 0.9},
};

const bnc_plugin *BNC_SYMBOL(void) {
  static const bnc_plugin plugin = {
      .struct_size = sizeof(bnc_plugin),
      .abi_version = BNC_ABI_VERSION,
      .instruction_set = INSTRUCTIONS,
      .bnc_version = "0.2.0-dev",
      .model_name = "lenet5",
      .model_hash = "046480d6a930a5b463c3b88fcbe3d1d5bce322c8e27e60b2107998daadb8d9e4",
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
      .optimizer_name = "momentum",
      .input_count = 1,
      .target_count = 1,
      .output_count = 1,
      .loss_count = 1,
      .hyperparameter_count = sizeof hyperparameters / sizeof hyperparameters[0],
      .parameters_size = sizeof(struct parameters),
      .state_size = 0,
      .scratch_size = (uint64_t)SCRATCH * sizeof(real),
      .slots_size = 1 * sizeof(struct parameters),
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
