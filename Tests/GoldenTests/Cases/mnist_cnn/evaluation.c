// mnist_cnn: a network in C, written by bnc 0.2.0-dev from mnist_cnn.bn. To change it, change the
// model.
/*
   cc -std=c11 -O2 -fno-unroll-loops -ffp-contract=fast -march=x86-64-v3 -fPIC -shared \
      mnist_cnn.c -lm -o mnist_cnn.so
*/
// This file evaluates: losses and outputs of a batch, and nothing that trains. What stands here,
// from top to bottom: the sizes, numbers and vectors, the memory, the kernels of the forward pass
// and of the loss, what prepares the weights for them, the calls, and the table that tells a host
// what it must know.
//
// One vector holds one number of 8 examples, one in each lane, so no channel count and no image
// size wastes a lane. A tensor [channels, height, width] lies as
// [blocks][channels][height][width][lanes]. A short batch leaves lanes inactive: they hold 0, by
// selection, whatever was there before.
#include "mnist_cnn.h"

#include <math.h>
#include <stddef.h>

// ---- Sizes

typedef float real;
enum {
  BATCH = 8,   // examples a call, at most
  LANES = 8,   // examples a vector
};

// ---- Vectors

#if defined(__GNUC__) && !defined(__clang__)
// Vectors never leave this file, so that it does not matter how a call would hand them over.
#pragma GCC diagnostic ignored "-Wpsabi"
#endif

// Loops that pay for being unrolled say so; the compiler leaves the others as they are.
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 64")
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

// ---- Memory: what the caller owns

// What is learned, in canonical order.
struct parameters {
  real conv1_weight[180];  // [20, 1, 3, 3]
  real conv1_bias[20];
  real batchnorm1_gamma[20], batchnorm1_beta[20];
  real conv2_weight[25000];  // [50, 20, 5, 5]
  real conv2_bias[50];
  real batchnorm2_gamma[50], batchnorm2_beta[50];
  real dense1_weight[102400];  // [128, 800]
  real dense1_bias[128];
  real batchnorm3_gamma[128], batchnorm3_beta[128];
  real dense2_weight[1280];  // [10, 128]
  real dense2_bias[10];
};

// What is kept from step to step but not learned.
struct state {
  real batchnorm1_running_mean[20], batchnorm1_running_variance[20], batchnorm1_seen[1];
  real batchnorm2_running_mean[50], batchnorm2_running_variance[50], batchnorm2_seen[1];
  real batchnorm3_running_mean[128], batchnorm3_running_variance[128], batchnorm3_seen[1];
};

// What the kernels read of them, made by `prepare`.
struct prepared {
  real conv1_weight[180];  // [20][1][3][3]
  real conv1_bias[20];  // [20]
  real conv2_weight[25000];  // [50][20][5][5]
  real conv2_bias[50];  // [50]
  real dense1_weight[102400];  // [128][800]
  real dense1_bias[128];  // [128]
};

// Where in scratch each tensor lies, in numbers. Tensors whose lives do not overlap share a place.
enum {
  b_image_lanes = 108160,  // [1][1][28][28][8]
  b_relu1_output = 0,  // [1][20][26][26][8]
  b_avgpool1_output = 108160,  // [1][20][13][13][8]
  b_relu2_output = 0,  // [1][50][9][9][8]
  b_avgpool2_output = 32400,  // [1][50][4][4][8]
  b_relu3_output = 0,  // [1][128][8]
  b_dense2_output = 1024,  // [1][10][8]
  b_dense2_output_gradient = 0,  // [1][10][8]
  b_block_losses = 80,  // [1]
  SCRATCH = 135200
};

// What the kernels of one call can see.
struct step {
  const struct prepared *prepared;
  struct parameters *parameters;
  struct state *state;
  real *scratch;
  const bnc_host *host;
  const bnc_batch *batch;
  int count;     // examples
  int blocks;    // blocks that hold an example
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
static void k_image_load(const struct step *s, int block) {
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
// The windows of columns INNER up to INNER_END lie in the image itself.
struct convolution {
  int G, CI, H, W, CO, OH, OW, KH, KW, SH, SW, DH, DW, PT, PB, PL, INNER, INNER_END;
};

// The sums that a tile has in registers, at most.
enum { TILE = 10 };

static const struct convolution g_conv1 = { .G = 1, .CI = 1, .H = 28, .W = 28, .CO = 20, .OH = 26,
    .OW = 26, .KH = 3, .KW = 3, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0, .PB = 0, .PL = 0,
    .INNER = 0, .INNER_END = 26 };

// One tile of a convolution: `channels` x `columns` sums in registers. Each x is loaded for all the
// channels, each weight for all the columns. `edge` says that a window may reach into the padding.
static ALWAYS_INLINE void convolution_bias_relu_forward_tile(const struct convolution g,
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
      y[at] = masked(vec_relu(sum[c * columns + t]), active);
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
static ALWAYS_INLINE void convolution_bias_relu_forward_span(const struct convolution g,
    const vec *x, const real *weight, const real *bias, vec *y, mask active, int i, const int start,
    const int end, const int channels, const int width) {
  const int rest = (end - start) % width, whole = end - rest;
  const int left = left_edge(g.INNER, start, whole, width);
  const int right = right_edge(g.INNER_END, left, whole, width);
  UNROLL for (int j = start; j < left; j += width)
    convolution_bias_relu_forward_tile(g, x, weight, bias, y, active, i, j, channels, width, 1);
  for (int j = left; j < right; j += width)
    convolution_bias_relu_forward_tile(g, x, weight, bias, y, active, i, j, channels, width, 0);
  UNROLL for (int j = right; j < whole; j += width)
    convolution_bias_relu_forward_tile(g, x, weight, bias, y, active, i, j, channels, width, 1);
  if (rest > 0)
    convolution_bias_relu_forward_tile(g, x, weight, bias, y, active, i, whole, channels, rest, 1);
}

// Rows `first` up to `end` of `channels` output channels.
static ALWAYS_INLINE void convolution_bias_relu_forward_rows(const struct convolution g,
    const struct pieces columns, const vec *x, const real *weight, const real *bias, vec *y,
    mask active, int first, int end, const int channels) {
  const int wide = columns.wide * (columns.size + 1);
  for (int i = first; i < end; i++) {
    if (wide > 0)
      convolution_bias_relu_forward_span(g, x, weight, bias, y, active, i, 0, wide, channels,
          columns.size + 1);
    convolution_bias_relu_forward_span(g, x, weight, bias, y, active, i, wide, g.OW, channels,
        columns.size);
  }
}

// A task of a convolution: one tile's output channels of one block.
static ALWAYS_INLINE void convolution_bias_relu_forward(const struct step *s, int task,
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
    convolution_bias_relu_forward_rows(g, columns, x, weight, bias, y, active, 0, g.OH,
        tiles.size + 1);
  else
    convolution_bias_relu_forward_rows(g, columns, x, weight, bias, y, active, 0, g.OH, tiles.size);
}

// conv1 (mnist_cnn.bn:7), forward: 5 output channels of a block a task
//   then y = x <= 0 ? 0 : x, x the sum
//   x [1, 28, 28], weight [20, 1, 3, 3], y [20, 26, 26]
static void k_conv1_forward(const struct step *s, int task) {
  convolution_bias_relu_forward(s, task, g_conv1, (struct pieces){4, 5, 0},
      (struct pieces){13, 2, 0}, lanes_at(s, b_image_lanes), s->prepared->conv1_weight,
      s->prepared->conv1_bias, lanes_at(s, b_relu1_output));
}

// A pool: OH x OW windows of KH x KW numbers, DH rows and DW columns apart, every SH rows and SW
// columns of H x W numbers, the first one PT rows above them and PL columns to their left. EDGES:
// some windows reach past the numbers. A mean counts what lies from row TOP up to BOTTOM and from
// column LEFT up to RIGHT.
struct pool {
  int H, W, OH, OW, KH, KW, SH, SW, DH, DW, PT, PL, EDGES, TOP, BOTTOM, LEFT, RIGHT;
};

static const struct pool g_avgpool1 = { .H = 26, .W = 26, .OH = 13, .OW = 13, .KH = 2, .KW = 2,
    .SH = 2, .SW = 2, .DH = 1, .DW = 1, .PT = 0, .PL = 0, .EDGES = 0, .TOP = 0, .BOTTOM = 26,
    .LEFT = 0, .RIGHT = 26 };

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

// avgpool1 (mnist_cnn.bn:7): y[n, c, i, j] = mean of the 2 x 2 window of x[n, c]
//   x [20, 26, 26], y [20, 13, 13]
static void k_avgpool1_forward(const struct step *s, int task) {
  avgpool_forward(task, g_avgpool1, (real)0.25, lanes_at(s, b_relu1_output),
      lanes_at(s, b_avgpool1_output));
}

static const struct convolution g_conv2 = { .G = 1, .CI = 20, .H = 13, .W = 13, .CO = 50, .OH = 9,
    .OW = 9, .KH = 5, .KW = 5, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0, .PB = 0, .PL = 0,
    .INNER = 0, .INNER_END = 9 };

// conv2 (mnist_cnn.bn:8), forward: 3 or 2 output channels of a block a task
//   then y = x <= 0 ? 0 : x, x the sum
//   x [20, 13, 13], weight [50, 20, 5, 5], y [50, 9, 9]
static void k_conv2_forward(const struct step *s, int task) {
  convolution_bias_relu_forward(s, task, g_conv2, (struct pieces){17, 2, 16},
      (struct pieces){3, 3, 0}, lanes_at(s, b_avgpool1_output), s->prepared->conv2_weight,
      s->prepared->conv2_bias, lanes_at(s, b_relu2_output));
}

static const struct pool g_avgpool2 = { .H = 9, .W = 9, .OH = 4, .OW = 4, .KH = 2, .KW = 2, .SH = 2,
    .SW = 2, .DH = 1, .DW = 1, .PT = 0, .PL = 0, .EDGES = 0, .TOP = 0, .BOTTOM = 9, .LEFT = 0,
    .RIGHT = 9 };

// avgpool2 (mnist_cnn.bn:8): y[n, c, i, j] = mean of the 2 x 2 window of x[n, c]
//   x [50, 9, 9], y [50, 4, 4]
static void k_avgpool2_forward(const struct step *s, int task) {
  avgpool_forward(task, g_avgpool2, (real)0.25, lanes_at(s, b_relu2_output),
      lanes_at(s, b_avgpool2_output));
}

// A dense layer from IN features to OUT:
//   y[n, o] = sum over f of weight[o, f] * x[n, f], plus bias[o]
//   dx[n, f] = sum over o of weight[o, f] * dy[n, o]
//   dweight[o, f] = sum over n of dy[n, o] * x[n, f]
struct dense {
  int IN, OUT;
};

static const struct dense g_dense1 = { .IN = 800, .OUT = 128 };

// One tile of a dense layer: `features` outputs of `blocks` blocks in registers.
static ALWAYS_INLINE void dense_bias_relu_forward_tile(const struct step *s, const struct dense d,
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
      y[at] = masked(vec_relu(sum[o * blocks + b]), active);
    }
  }
}

// A task of a dense layer: one tile's outputs of a group of blocks.
static ALWAYS_INLINE void dense_bias_relu_forward(const struct step *s, int task,
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
      dense_bias_relu_forward_tile(s, d, x, weight, bias, y, block, tiles.size + 1, group);
    else if (wide)
      dense_bias_relu_forward_tile(s, d, x, weight, bias, y, block, tiles.size + 1, 1);
    else if (whole)
      dense_bias_relu_forward_tile(s, d, x, weight, bias, y, block, tiles.size, group);
    else
      dense_bias_relu_forward_tile(s, d, x, weight, bias, y, block, tiles.size, 1);
}

// dense1 (mnist_cnn.bn:10), forward: 7 or 6 outputs of 1 blocks a task
//   then y = x <= 0 ? 0 : x, x the sum
//   x [800], weight [128, 800], y [128]
static void k_dense1_forward(const struct step *s, int task) {
  dense_bias_relu_forward(s, task, g_dense1, (struct pieces){19, 6, 14}, 1,
      lanes_at(s, b_avgpool2_output), s->prepared->dense1_weight, s->prepared->dense1_bias,
      lanes_at(s, b_relu3_output));
}

static const struct dense g_dense2 = { .IN = 128, .OUT = 10 };

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

// dense2 (mnist_cnn.bn:11), forward: 5 outputs of 1 blocks a task
//   x [128], weight [10, 128], y [10]
static void k_dense2_forward(const struct step *s, int task) {
  dense_bias_forward(s, task, g_dense2, (struct pieces){2, 5, 0}, 1, lanes_at(s, b_relu3_output),
      s->parameters->dense2_weight, s->parameters->dense2_bias, lanes_at(s, b_dense2_output));
}

// ---- Preparation

// What becomes of a channel's number: x * scale + shift.
struct affine {
  real scale, shift;
};

// The same and then a batch norm: less its mean, times a factor, plus beta.
static inline struct affine folded(struct affine a, real factor, real mean, real beta) {
  return (struct affine){a.scale * factor, (a.shift - mean) * factor + beta};
}

// The `depth` numbers of output o's weight, times `scale`.
static void scale_row(int depth, int o, const real *weight, real scale, real *scaled) {
  for (int k = o * depth; k < (o + 1) * depth; k++) scaled[k] = weight[k] * scale;
}

// conv1 (mnist_cnn.bn:7): the weight and the bias, ready for the kernel, with batchnorm1 folded in.
static void k_conv1_prepare(const bnc_regions *regions) {
  const struct parameters *p = regions->parameters;
  const struct state *t = regions->state;
  struct prepared *r = regions->prepared;
  for (int o = 0; o < 20; o++) {
    struct affine a = {1, p->conv1_bias[o]};
    a = folded(a, p->batchnorm1_gamma[o] / SQRT(t->batchnorm1_running_variance[o] + (real)1e-05),
        t->batchnorm1_running_mean[o], p->batchnorm1_beta[o]);
    r->conv1_bias[o] = a.shift;
    scale_row(9, o, p->conv1_weight, a.scale, r->conv1_weight);
  }
}

// conv2 (mnist_cnn.bn:8): the weight and the bias, ready for the kernel, with batchnorm2 folded in.
static void k_conv2_prepare(const bnc_regions *regions) {
  const struct parameters *p = regions->parameters;
  const struct state *t = regions->state;
  struct prepared *r = regions->prepared;
  for (int o = 0; o < 50; o++) {
    struct affine a = {1, p->conv2_bias[o]};
    a = folded(a, p->batchnorm2_gamma[o] / SQRT(t->batchnorm2_running_variance[o] + (real)1e-05),
        t->batchnorm2_running_mean[o], p->batchnorm2_beta[o]);
    r->conv2_bias[o] = a.shift;
    scale_row(500, o, p->conv2_weight, a.scale, r->conv2_weight);
  }
}

// dense1 (mnist_cnn.bn:10): the weight and the bias, ready for the kernel, with batchnorm3 folded
// in.
static void k_dense1_prepare(const bnc_regions *regions) {
  const struct parameters *p = regions->parameters;
  const struct state *t = regions->state;
  struct prepared *r = regions->prepared;
  for (int o = 0; o < 128; o++) {
    struct affine a = {1, p->dense1_bias[o]};
    a = folded(a, p->batchnorm3_gamma[o] / SQRT(t->batchnorm3_running_variance[o] + (real)1e-05),
        t->batchnorm3_running_mean[o], p->batchnorm3_beta[o]);
    r->dense1_bias[o] = a.shift;
    scale_row(800, o, p->dense1_weight, a.scale, r->dense1_weight);
  }
}

// Whether every batch norm that starts at its first batch has seen one.
static int trained(const struct state *state) {
  return state->batchnorm1_seen[0] != 0 && state->batchnorm2_seen[0] != 0
      && state->batchnorm3_seen[0] != 0;
}

static int32_t prepare(const bnc_regions *regions) {
  if (!regions || !regions->parameters || !regions->prepared || !regions->state)
    return BNC_BAD_ARGUMENT;
  if (!trained(regions->state)) return BNC_NOT_TRAINED;
  k_conv1_prepare(regions);
  k_conv2_prepare(regions);
  k_dense1_prepare(regions);
  return BNC_OK;
}

// ---- Loss

// The loss (mnist_cnn.bn:13) of each example, and its gradient:
//   loss[n] = log(sum over k of exp(x[n, k])) - x[n, label[n]]
//   dx[n, k] = exp(x[n, k]) / sum - (k == label[n])
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
  const vec share = 1 / sum;
  const mask lanes = active_lanes(s, block);
  for (int k = 0; k < OUTPUTS; k++) dx[k] = masked(dx[k] * share, lanes);
  real loss = 0;
  if (has_target(s))
    for (int l = 0; l < active; l++) {
      const int label = label_of(s, block * LANES + l);
      dx[label][l] -= 1;
      loss += LOG(sum[l]) - (x[label][l] - best[l]);
    }
  (s->scratch + b_block_losses)[block] = loss;
}

// ---- Steps

// A kernel does one task of its own, on any thread.
typedef void kernel(const struct step *s, int task);

// A kernel's place among the others.
struct scheduled {
  kernel *run;
  int tasks;  // for each block,
  int group;  // or for each group of so many blocks,
  int whole;  // or in all
  struct {
    int layer, offset, numbers;
  } results[1];  // where it leaves which layers' results, and their numbers per example
};

// All kernels: the forward pass and the loss. Their table at the end has this order.
static const struct scheduled schedule[] = {
    { k_image_load, .tasks = 1 },
    { k_conv1_forward, .tasks = 4, .results = {{0, b_relu1_output, 13520}} },
    { k_avgpool1_forward, .tasks = 20, .results = {{3, b_avgpool1_output, 3380}} },
    { k_conv2_forward, .tasks = 17, .results = {{4, b_relu2_output, 4050}} },
    { k_avgpool2_forward, .tasks = 50, .results = {{7, b_avgpool2_output, 800}} },
    { k_dense1_forward, .tasks = 19, .group = 1, .results = {{9, b_relu3_output, 128}} },
    { k_dense2_forward, .tasks = 2, .group = 1, .results = {{12, b_dense2_output, 10}} },

    { k_loss_softmax_cross_entropy, .tasks = 1 },
};
enum { FORWARD = 7, LOSS = 8, KERNELS = sizeof schedule / sizeof schedule[0] };

// What the host's threads are handed.
struct work {
  kernel *run;
  const struct step *step;
};

static void do_task(void *argument, int32_t task) {
  const struct work *work = argument;
  work->run(work->step, task);
}

// Runs the tasks of a kernel, on the host's threads where it provides some; says whether it was to
// run.
static int run(const struct step *s, int number) {
  const struct scheduled *k = &schedule[number];
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
static int32_t begin(struct step *s, const bnc_host *host,
                     const bnc_regions *regions, const bnc_batch *batch, int needs_target) {
  if (!regions || !regions->parameters || !regions->scratch || !batch) return BNC_BAD_ARGUMENT;
  if (!regions->prepared) return BNC_BAD_ARGUMENT;
  if (!batch->inputs || !batch->inputs[0] || !batch->input_types) return BNC_BAD_ARGUMENT;
  if (batch->input_types[0] != BNC_UINT8 && batch->input_types[0] != BNC_REAL)
    return BNC_BAD_ARGUMENT;
  if (!regions->state) return BNC_BAD_ARGUMENT;
  if (batch->count < 1 || batch->count > BATCH) return BNC_BAD_ARGUMENT;
  *s = (struct step){
      .prepared = regions->prepared,
      .parameters = regions->parameters,
      .state = regions->state,
      .scratch = regions->scratch,
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

static int32_t evaluate(const bnc_host *host, const bnc_regions *regions, const bnc_batch *batch,
                        void *const *outputs, bnc_result *result) {
  struct step s;
  const int32_t status = begin(&s, host, regions, batch, 0);
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
static const bnc_tensor tensors[] = {
    PARAMETER(conv1_weight, "conv1.weight", 0, WEIGHT, NORMAL, 0.0, 0.01, 4, 20, 1, 3, 3),
    PARAMETER(conv1_bias, "conv1.bias", 0, BIAS, NORMAL, 0.0, 0.01, 1, 20),
    PARAMETER(batchnorm1_gamma, "batchnorm1.gamma", 1, GAMMA, NORMAL, 1.0, 0.01, 1, 20),
    PARAMETER(batchnorm1_beta, "batchnorm1.beta", 1, BETA, NORMAL, 0.0, 0.01, 1, 20),
    STATE(batchnorm1_running_mean, "batchnorm1.running_mean", 1, RUNNING_MEAN, CONSTANT, 0.0, 0.0,
        1, 20),
    STATE(batchnorm1_running_variance, "batchnorm1.running_variance", 1, RUNNING_VARIANCE, CONSTANT,
        1.0, 0.0, 1, 20),
    STATE(batchnorm1_seen, "batchnorm1.seen", 1, SEEN, CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(conv2_weight, "conv2.weight", 4, WEIGHT, NORMAL, 0.0, 0.01, 4, 50, 20, 5, 5),
    PARAMETER(conv2_bias, "conv2.bias", 4, BIAS, NORMAL, 0.0, 0.01, 1, 50),
    PARAMETER(batchnorm2_gamma, "batchnorm2.gamma", 5, GAMMA, NORMAL, 1.0, 0.01, 1, 50),
    PARAMETER(batchnorm2_beta, "batchnorm2.beta", 5, BETA, NORMAL, 0.0, 0.01, 1, 50),
    STATE(batchnorm2_running_mean, "batchnorm2.running_mean", 5, RUNNING_MEAN, CONSTANT, 0.0, 0.0,
        1, 50),
    STATE(batchnorm2_running_variance, "batchnorm2.running_variance", 5, RUNNING_VARIANCE, CONSTANT,
        1.0, 0.0, 1, 50),
    STATE(batchnorm2_seen, "batchnorm2.seen", 5, SEEN, CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(dense1_weight, "dense1.weight", 9, WEIGHT, NORMAL, 0.0, 0.01, 2, 128, 800),
    PARAMETER(dense1_bias, "dense1.bias", 9, BIAS, NORMAL, 0.0, 0.01, 1, 128),
    PARAMETER(batchnorm3_gamma, "batchnorm3.gamma", 10, GAMMA, NORMAL, 1.0, 0.01, 1, 128),
    PARAMETER(batchnorm3_beta, "batchnorm3.beta", 10, BETA, NORMAL, 0.0, 0.01, 1, 128),
    STATE(batchnorm3_running_mean, "batchnorm3.running_mean", 10, RUNNING_MEAN, CONSTANT, 0.0, 0.0,
        1, 128),
    STATE(batchnorm3_running_variance, "batchnorm3.running_variance", 10, RUNNING_VARIANCE,
        CONSTANT, 1.0, 0.0, 1, 128),
    STATE(batchnorm3_seen, "batchnorm3.seen", 10, SEEN, CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(dense2_weight, "dense2.weight", 12, WEIGHT, NORMAL, 0.0, 0.01, 2, 10, 128),
    PARAMETER(dense2_bias, "dense2.bias", 12, BIAS, NORMAL, 0.0, 0.01, 1, 10),
};

static const char *const layers[] = {
    "conv1", "batchnorm1", "relu1", "avgpool1", "conv2", "batchnorm2", "relu2", "avgpool2",
    "flatten1", "dense1", "batchnorm3", "relu3", "dense2", 0,
};

// Multiplications and additions, and bytes read and written at least, for a full batch.
static const bnc_kernel kernels[] = {
    {"image_load", -1, 0, 6272.0, 25088.0},
    {"conv1_forward", 0, 0, 1946880.0, 458528.0},
    {"avgpool1_forward", 3, 0, 108160.0, 540800.0},
    {"conv2_forward", 4, 0, 32400000.0, 337960.0},
    {"avgpool2_forward", 7, 0, 25600.0, 155200.0},
    {"dense1_forward", 9, 0, 1638400.0, 439808.0},
    {"dense2_forward", 12, 0, 20480.0, 9576.0},
    {"loss_softmax_cross_entropy", -1, 0, 400.0, 644.0},
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
    {"softmax_cross_entropy", 0, 0, 0, 0, 0, BNC_SOFTMAX, 1.0},
};

static const bnc_hyperparameter hyperparameters[] = {
    {"learning_rate", 0.001},
};

const bnc_plugin *BNC_SYMBOL(void) {
  static const bnc_plugin plugin = {
      .struct_size = sizeof(bnc_plugin),
      .abi_version = BNC_ABI_VERSION,
      .instruction_set = INSTRUCTIONS,
      .bnc_version = "0.2.0-dev",
      .model_name = "mnist_cnn",
      .model_hash = "5f3cc3a0605098ae7181044afc95f70af72ef6726526018bbd351dc14326d06e",
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
      .prepared_size = sizeof(struct prepared),
      .tensors = tensors,
      .layers = layers,
      .kernels = kernels,
      .tensor_count = sizeof tensors / sizeof tensors[0],
      .layer_count = sizeof layers / sizeof layers[0] - 1,
      .kernel_count = sizeof kernels / sizeof kernels[0],
      .evaluate = evaluate,
      .prepare = prepare,
  };
  return &plugin;
}
