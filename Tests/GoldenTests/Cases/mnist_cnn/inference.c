// mnist_cnn: a network in C, written by bnc 0.2.0-dev from mnist_cnn.bn. To change it, change the
// model.
/*
   cc -std=c11 -O2 -fno-unroll-loops -ffp-contract=fast -march=x86-64-v3 -fPIC -shared \
      mnist_cnn.c -lm -o mnist_cnn.so
*/
// This file infers: outputs of one example at a time, and nothing that trains. What stands here,
// from top to bottom: the sizes, numbers and vectors, the memory, the kernels, what prepares the
// weights for them, the loss, the calls, and the table that tells a host what it must know.
//
// One vector holds one number of 8 channels, one in each lane. An image [channels, height, width]
// lies as [height][width][channels, rounded up to whole vectors]; a value has only the rows and
// columns that something reads. What fills the last vector has weight 0, and nothing reads it.
#include "mnist_cnn.h"

#include <math.h>
#include <stddef.h>

// ---- Sizes

typedef float real;
enum {
  BATCH = 64,   // examples an evaluation, at most
  LANES = 8,   // channels a vector
  OUTPUTS = 10,
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

// One number of each of LANES channels; `mask` has all bits of a lane set, or none.
typedef real vec __attribute__((vector_size(32), may_alias));
typedef int32_t mask __attribute__((vector_size(32), may_alias));

// v where the mask is set, else 0: a selection, so that not even a NaN comes through.
static ALWAYS_INLINE vec masked(vec v, mask m) { return (vec)((mask)v & m); }

// Functions of one number of type real.
#define SQRT sqrtf
#define EXP expf
#define LOG logf

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
  vec conv1_weight[27];  // [1 tile][3][3][1][3][8]
  vec conv1_bias[3];  // [3][8]
  vec conv2_weight[3500];  // [3 tiles][5][5][20][3 or 2][8]
  vec conv2_bias[7];  // [7][8]
  vec dense1_weight[12800];  // [2 tiles][4][4][50][8][8]
  vec dense1_bias[16];  // [16][8]
  vec dense2_weight[256];  // [1 tile][128][2][8]
  vec dense2_bias[2];  // [2][8]
};

// Where in scratch each tensor lies, in numbers. Tensors whose lives do not overlap share a place.
enum {
  b_image_channels = 13824,  // [28][28][1]
  b_relu1_output = 0,  // [24][24][24]
  b_avgpool1_output = 13824,  // [12][12][24]
  b_relu2_output = 0,  // [8][8][56]
  b_avgpool2_output = 3584,  // [4][4][56]
  b_relu3_output = 0,  // [1][1][128]
  b_dense2_output = 128,  // [1][1][16]
  SCRATCH = 17280
};

// What the kernels of one call can see.
struct step {
  const struct prepared *prepared;
  real *scratch;
  const bnc_host *host;
  const bnc_batch *batch;
  int example;  // the one that is worked on
};

static ALWAYS_INLINE vec *lanes_at(const struct step *s, int offset) {
  return (vec *)(void *)(s->scratch + offset);
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

// image: the example, channels last; bytes are multiplied by (real)0.00392156862745098.
//   y [28][28][1]
static void k_image_load(const struct step *s, int task) {
  enum { C = 1, PLANE = 784, STRIDE = 1 };
  (void)task;
  real *y = s->scratch + b_image_channels;
  const ptrdiff_t first = row_of(s, s->example) * (C * PLANE);
  if (s->batch->input_types[0] == BNC_UINT8) {
    const uint8_t *x = (const uint8_t *)s->batch->inputs[0] + first;
    for (int c = 0; c < C; c++)
      for (int k = 0; k < PLANE; k++)
        y[k * STRIDE + c] = (real)x[c * PLANE + k] * (real)0.00392156862745098;
  } else {
    const real *x = (const real *)s->batch->inputs[0] + first;
    for (int c = 0; c < C; c++)
      for (int k = 0; k < PLANE; k++) y[k * STRIDE + c] = x[c * PLANE + k];
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
// The windows of columns INNER up to INNER_END lie in the image itself. Rows of x lie XR numbers
// apart, its positions XS; those of y YS vectors.
struct channel_convolution {
  int G, CI, H, W, CO, OH, OW, KH, KW, SH, SW, DH, DW, PT, PB, PL, INNER, INNER_END, XR, XS, YS;
};

// The sums that a tile has in registers, at most.
enum { TILE = 12 };

static const struct channel_convolution g_conv1 = { .G = 1, .CI = 1, .H = 28, .W = 28, .CO = 20,
    .OH = 24, .OW = 24, .KH = 3, .KW = 3, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0, .PB = 0,
    .PL = 0, .INNER = 0, .INNER_END = 24, .XR = 28, .XS = 1, .YS = 3 };

static ALWAYS_INLINE int piece_size(const struct pieces p, int index) {
  return p.size + (index < p.wide);
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

// One tile of a convolution: `columns` x `vectors` sums in registers. Each x is broadcast for all
// the vectors, each vector of the weight loaded for all the columns. `edge` says that a window may
// reach into the padding.
static ALWAYS_INLINE void convolution_relu_tile(const struct channel_convolution g, const real *x,
    const vec *weight, const vec *bias, vec *y, int i, int j, const int vectors, const int columns,
    const int edge) {
  vec sum[TILE];
  UNROLL for (int t = 0; t < columns; t++)
    UNROLL for (int v = 0; v < vectors; v++) sum[t * vectors + v] = bias[v];
  for (int ky = 0; ky < g.KH; ky++) {
    const ptrdiff_t row = i * g.SH + ky * g.DH - g.PT;
    if (g.PT + g.PB > 0 && (row < 0 || row >= g.H)) continue;
    const ptrdiff_t start = row * g.XR + ((ptrdiff_t)j * g.SW - g.PL) * g.XS;
    UNROLL for (int kx = 0; kx < g.KW; kx++) {
      const vec *w = weight + (ptrdiff_t)(ky * g.KW + kx) * g.CI * vectors;
      for (ptrdiff_t ci = 0; ci < g.CI; ci++)
        UNROLL for (int t = 0; t < columns; t++) {
          const int column = (j + t) * g.SW + kx * g.DW - g.PL;
          if (edge && (column < 0 || column >= g.W)) continue;
          const real a = x[start + (t * g.SW + kx * g.DW) * g.XS + ci];
          UNROLL for (int v = 0; v < vectors; v++) sum[t * vectors + v] += w[ci * vectors + v] * a;
        }
    }
  }
  const ptrdiff_t first = (ptrdiff_t)i * g.OW + j;
  UNROLL for (int t = 0; t < columns; t++)
    UNROLL for (int v = 0; v < vectors; v++)
      y[(first + t) * g.YS + v] = vec_relu(sum[t * vectors + v]);
}

// Columns `start` to `end` of row i. Tiles at an edge are unrolled: their columns are constants
// then.
static ALWAYS_INLINE void convolution_relu_span(const struct channel_convolution g, const real *x,
    const vec *weight, const vec *bias, vec *y, int i, const int start, const int end,
    const int vectors, const int width) {
  const int left = left_edge(g.INNER, start, end, width);
  const int right = right_edge(g.INNER_END, left, end, width);
  UNROLL for (int j = start; j < left; j += width)
    convolution_relu_tile(g, x, weight, bias, y, i, j, vectors, width, 1);
  for (int j = left; j < right; j += width)
    convolution_relu_tile(g, x, weight, bias, y, i, j, vectors, width, 0);
  UNROLL for (int j = right; j < end; j += width)
    convolution_relu_tile(g, x, weight, bias, y, i, j, vectors, width, 1);
}

// Rows `first` up to `end` of `vectors` vectors of output channels.
static ALWAYS_INLINE void convolution_relu_rows(const struct channel_convolution g,
    const struct pieces columns, const real *x, const vec *weight, const vec *bias, vec *y,
    int first, int end, const int vectors) {
  const int wide = columns.wide * (columns.size + 1);
  for (int i = first; i < end; i++) {
    if (wide > 0)
      convolution_relu_span(g, x, weight, bias, y, i, 0, wide, vectors, columns.size + 1);
    convolution_relu_span(g, x, weight, bias, y, i, wide, g.OW, vectors, columns.size);
  }
}

// A task of a convolution: some rows of one tile of output channels.
static ALWAYS_INLINE void convolution_relu_forward(int task, const struct channel_convolution g,
    const struct pieces tiles, const struct pieces rows, const struct pieces columns, const real *x,
    const vec *weight, const vec *bias, vec *y) {
  const int tile = task / rows.count, part = task % rows.count, v = piece_start(tiles, tile);
  const int first = piece_start(rows, part), end = first + piece_size(rows, part);
  weight += v * (g.KH * g.KW * g.CI);
  bias += v;
  y += v;
  if (tiles.wide > 0 && tile < tiles.wide)
    convolution_relu_rows(g, columns, x, weight, bias, y, first, end, tiles.size + 1);
  else
    convolution_relu_rows(g, columns, x, weight, bias, y, first, end, tiles.size);
}

// conv1, batchnorm1, relu1 (mnist_cnn.bn:7)
//   y[n, co, i, j] = bias[co] + sum over ci, ky, kx of weight[co, ci, ky, kx] *
//     x[n, ci, i + ky, j + kx]
//   y = gamma[c] * (x - mean[c]) / sqrt(variance[c] + eps) + beta[c], folded into the weight and
//     the bias
//   y = x <= 0 ? 0 : x
//   x [28][28][1], weight [20, 1, 3, 3], y [24][24][24]
static void k_conv1_forward(const struct step *s, int task) {
  convolution_relu_forward(task, g_conv1, (struct pieces){1, 3, 0}, (struct pieces){1, 24, 0},
      (struct pieces){6, 4, 0}, s->scratch + b_image_channels, s->prepared->conv1_weight,
      s->prepared->conv1_bias, lanes_at(s, b_relu1_output));
}

// How far rows and positions of a value lie apart, in vectors of channels.
struct pitch {
  int row, position;
};

// A pool: OH x OW windows of KH x KW numbers, DH rows and DW columns apart, every SH rows and SW
// columns of H x W numbers, the first one PT rows above them and PL columns to their left. EDGES:
// some windows reach past the numbers. A mean counts what lies from row TOP up to BOTTOM and from
// column LEFT up to RIGHT.
struct pool {
  int H, W, OH, OW, KH, KW, SH, SW, DH, DW, PT, PL, EDGES, TOP, BOTTOM, LEFT, RIGHT;
};

static const struct pool g_avgpool1 = { .H = 24, .W = 24, .OH = 12, .OW = 12, .KH = 2, .KW = 2,
    .SH = 2, .SW = 2, .DH = 1, .DW = 1, .PT = 0, .PL = 0, .EDGES = 0, .TOP = 0, .BOTTOM = 24,
    .LEFT = 0, .RIGHT = 24 };

// The mean of each window, of `vectors` vectors of channels; positions of x lie as `from` says,
// those of y `to` vectors apart.
static ALWAYS_INLINE void avgpool_forward(const struct pool p, const int vectors,
    const struct pitch from, const int to, const real share, const vec *x, vec *y) {
  for (int i = 0; i < p.OH; i++)
    for (int j = 0; j < p.OW; j++)
      for (int v = 0; v < vectors; v++) {
        vec sum = {0};
        for (int ky = 0; ky < p.KH; ky++)
          for (int kx = 0; kx < p.KW; kx++) {
            const ptrdiff_t row = i * p.SH + ky * p.DH - p.PT, column = j * p.SW + kx * p.DW - p.PL;
            if (p.EDGES && (row < 0 || row >= p.H || column < 0 || column >= p.W)) continue;
            sum += x[row * from.row + column * from.position + v];
          }
        y[((ptrdiff_t)i * p.OW + j) * to + v] = sum * share;
      }
}

// avgpool1 (mnist_cnn.bn:7)
//   y[n, c, i, j] = mean of the 2 x 2 window of x[n, c]
//   x [24][24][24], y [12][12][24]
static void k_avgpool1_forward(const struct step *s, int task) {
  (void)task;
  avgpool_forward(g_avgpool1, 3, (struct pitch){72, 3}, 3, (real)0.25, lanes_at(s, b_relu1_output),
      lanes_at(s, b_avgpool1_output));
}

static const struct channel_convolution g_conv2 = { .G = 1, .CI = 20, .H = 12, .W = 12, .CO = 50,
    .OH = 8, .OW = 8, .KH = 5, .KW = 5, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0, .PB = 0,
    .PL = 0, .INNER = 0, .INNER_END = 8, .XR = 288, .XS = 24, .YS = 7 };

// conv2, batchnorm2, relu2 (mnist_cnn.bn:8): 1 row of 3 or 2 vectors of channels a task
//   y[n, co, i, j] = bias[co] + sum over ci, ky, kx of weight[co, ci, ky, kx] *
//     x[n, ci, i + ky, j + kx]
//   y = gamma[c] * (x - mean[c]) / sqrt(variance[c] + eps) + beta[c], folded into the weight and
//     the bias
//   y = x <= 0 ? 0 : x
//   x [12][12][24], weight [50, 20, 5, 5], y [8][8][56]
static void k_conv2_forward(const struct step *s, int task) {
  convolution_relu_forward(task, g_conv2, (struct pieces){3, 2, 1}, (struct pieces){8, 1, 0},
      (struct pieces){2, 4, 0}, s->scratch + b_avgpool1_output, s->prepared->conv2_weight,
      s->prepared->conv2_bias, lanes_at(s, b_relu2_output));
}

static const struct pool g_avgpool2 = { .H = 8, .W = 8, .OH = 4, .OW = 4, .KH = 2, .KW = 2, .SH = 2,
    .SW = 2, .DH = 1, .DW = 1, .PT = 0, .PL = 0, .EDGES = 0, .TOP = 0, .BOTTOM = 8, .LEFT = 0,
    .RIGHT = 8 };

// avgpool2 (mnist_cnn.bn:8)
//   y[n, c, i, j] = mean of the 2 x 2 window of x[n, c]
//   x [8][8][56], y [4][4][56]
static void k_avgpool2_forward(const struct step *s, int task) {
  (void)task;
  avgpool_forward(g_avgpool2, 7, (struct pitch){56, 7}, 7, (real)0.25, lanes_at(s, b_relu2_output),
      lanes_at(s, b_avgpool2_output));
}

// A dense layer to OUT features from PLANE positions of C channels, which lie STRIDE numbers apart.
struct channel_dense {
  int PLANE, C, STRIDE, OUT;
};

static const struct channel_dense g_dense1 = { .PLANE = 16, .C = 50, .STRIDE = 56, .OUT = 128 };

// One tile of a dense layer: `vectors` vectors of outputs in registers, as `sums` sums each that do
// not wait for each other.
static ALWAYS_INLINE void dense_relu_tile(const struct channel_dense d, const int sums,
    const real *x, const vec *weight, const vec *bias, vec *y, const int vectors) {
  // Positions without a gap between them are one run of numbers.
  const int runs = d.STRIDE == d.C ? 1 : d.PLANE, run = d.PLANE * d.C / runs,
      whole = run - run % sums;
  vec sum[TILE];
  UNROLL for (int u = 0; u < sums; u++)
    UNROLL for (int v = 0; v < vectors; v++) sum[u * vectors + v] = u == 0 ? bias[v] : (vec){0};
  for (int r = 0; r < runs; r++, x += d.STRIDE, weight += run * vectors) {
    for (ptrdiff_t f = 0; f < whole; f += sums)
      UNROLL for (int u = 0; u < sums; u++)
        UNROLL for (int v = 0; v < vectors; v++)
          sum[u * vectors + v] += weight[(f + u) * vectors + v] * x[f + u];
    for (ptrdiff_t f = whole; f < run; f++)
      UNROLL for (int v = 0; v < vectors; v++) sum[v] += weight[f * vectors + v] * x[f];
  }
  UNROLL for (int u = 1; u < sums; u++)
    UNROLL for (int v = 0; v < vectors; v++) sum[v] += sum[u * vectors + v];
  UNROLL for (int v = 0; v < vectors; v++) y[v] = vec_relu(sum[v]);
}

// A task of a dense layer: one tile of outputs.
static ALWAYS_INLINE void dense_relu_forward(int task, const struct channel_dense d,
    const struct pieces tiles, const int sums, const real *x, const vec *weight, const vec *bias,
    vec *y) {
  const int v = piece_start(tiles, task);
  weight += v * (d.PLANE * d.C);
  bias += v;
  y += v;
  if (tiles.wide > 0 && task < tiles.wide)
    dense_relu_tile(d, sums, x, weight, bias, y, tiles.size + 1);
  else
    dense_relu_tile(d, sums, x, weight, bias, y, tiles.size);
}

// dense1, batchnorm3, relu3 (mnist_cnn.bn:10): 8 vectors of outputs a task
//   y[n, o] = bias[o] + sum over f of weight[o, f] * x[n, f]
//   y = gamma[c] * (x - mean[c]) / sqrt(variance[c] + eps) + beta[c], folded into the weight and
//     the bias
//   y = x <= 0 ? 0 : x
//   x [800], weight [128, 800], y [128]
static void k_dense1_forward(const struct step *s, int task) {
  dense_relu_forward(task, g_dense1, (struct pieces){2, 8, 0}, 1, s->scratch + b_avgpool2_output,
      s->prepared->dense1_weight, s->prepared->dense1_bias, lanes_at(s, b_relu3_output));
}

static const struct channel_dense g_dense2 = { .PLANE = 1, .C = 128, .STRIDE = 128, .OUT = 10 };

// One tile of a dense layer: `vectors` vectors of outputs in registers, as `sums` sums each that do
// not wait for each other.
static ALWAYS_INLINE void dense_tile(const struct channel_dense d, const int sums, const real *x,
    const vec *weight, const vec *bias, vec *y, const int vectors) {
  // Positions without a gap between them are one run of numbers.
  const int runs = d.STRIDE == d.C ? 1 : d.PLANE, run = d.PLANE * d.C / runs,
      whole = run - run % sums;
  vec sum[TILE];
  UNROLL for (int u = 0; u < sums; u++)
    UNROLL for (int v = 0; v < vectors; v++) sum[u * vectors + v] = u == 0 ? bias[v] : (vec){0};
  for (int r = 0; r < runs; r++, x += d.STRIDE, weight += run * vectors) {
    for (ptrdiff_t f = 0; f < whole; f += sums)
      UNROLL for (int u = 0; u < sums; u++)
        UNROLL for (int v = 0; v < vectors; v++)
          sum[u * vectors + v] += weight[(f + u) * vectors + v] * x[f + u];
    for (ptrdiff_t f = whole; f < run; f++)
      UNROLL for (int v = 0; v < vectors; v++) sum[v] += weight[f * vectors + v] * x[f];
  }
  UNROLL for (int u = 1; u < sums; u++)
    UNROLL for (int v = 0; v < vectors; v++) sum[v] += sum[u * vectors + v];
  UNROLL for (int v = 0; v < vectors; v++) y[v] = sum[v];
}

// A task of a dense layer: one tile of outputs.
static ALWAYS_INLINE void dense_forward(int task, const struct channel_dense d,
    const struct pieces tiles, const int sums, const real *x, const vec *weight, const vec *bias,
    vec *y) {
  const int v = piece_start(tiles, task);
  weight += v * (d.PLANE * d.C);
  bias += v;
  y += v;
  if (tiles.wide > 0 && task < tiles.wide)
    dense_tile(d, sums, x, weight, bias, y, tiles.size + 1);
  else
    dense_tile(d, sums, x, weight, bias, y, tiles.size);
}

// dense2 (mnist_cnn.bn:11)
//   y[n, o] = bias[o] + sum over f of weight[o, f] * x[n, f]
//   x [128], weight [10, 128], y [10]
static void k_dense2_forward(const struct step *s, int task) {
  dense_forward(task, g_dense2, (struct pieces){1, 2, 0}, 4, s->scratch + b_relu3_output,
      s->prepared->dense2_weight, s->prepared->dense2_bias, lanes_at(s, b_dense2_output));
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

// The piece that item `index` is in.
static inline int piece_of(const struct pieces p, int index) {
  const int wide = p.wide * (p.size + 1);
  return index < wide ? index / (p.size + 1) : p.wide + (index - wide) / p.size;
}

// Packs output channel o of a convolution's weight, times `scale`: [tile][ky][kx][ci][vector of the
// tile].
static void pack_convolution(const struct channel_convolution g, const struct pieces tiles, int o,
    const real *weight, real scale, vec *packed_weight) {
  const int v = o / LANES, tile = piece_of(tiles, v), first = piece_start(tiles, tile);
  vec *w = packed_weight + first * (g.KH * g.KW * g.CI) + (v - first);
  for (int ky = 0; ky < g.KH; ky++)
    for (int kx = 0; kx < g.KW; kx++)
      for (int ci = 0; ci < g.CI; ci++)
        w[((ky * g.KW + kx) * g.CI + ci) * piece_size(tiles, tile)][o % LANES] =
            o < g.CO ? weight[((o * g.CI + ci) * g.KH + ky) * g.KW + kx] * scale : 0;
}

// conv1 (mnist_cnn.bn:7): the weight and the bias, packed, with batchnorm1 folded in.
static void k_conv1_prepare(const bnc_regions *regions) {
  const struct parameters *p = regions->parameters;
  const struct state *t = regions->state;
  struct prepared *r = regions->prepared;
  for (int o = 0; o < 24; o++) {
    struct affine a = {0, 0};
    if (o < 20) {
      a = (struct affine){1, p->conv1_bias[o]};
      a = folded(a, p->batchnorm1_gamma[o] / SQRT(t->batchnorm1_running_variance[o] + (real)1e-05),
          t->batchnorm1_running_mean[o], p->batchnorm1_beta[o]);
    }
    r->conv1_bias[o / LANES][o % LANES] = a.shift;
    pack_convolution(g_conv1, (struct pieces){1, 3, 0}, o, p->conv1_weight, a.scale,
        r->conv1_weight);
  }
}

// conv2 (mnist_cnn.bn:8): the weight and the bias, packed, with batchnorm2 folded in.
static void k_conv2_prepare(const bnc_regions *regions) {
  const struct parameters *p = regions->parameters;
  const struct state *t = regions->state;
  struct prepared *r = regions->prepared;
  for (int o = 0; o < 56; o++) {
    struct affine a = {0, 0};
    if (o < 50) {
      a = (struct affine){1, p->conv2_bias[o]};
      a = folded(a, p->batchnorm2_gamma[o] / SQRT(t->batchnorm2_running_variance[o] + (real)1e-05),
          t->batchnorm2_running_mean[o], p->batchnorm2_beta[o]);
    }
    r->conv2_bias[o / LANES][o % LANES] = a.shift;
    pack_convolution(g_conv2, (struct pieces){3, 2, 1}, o, p->conv2_weight, a.scale,
        r->conv2_weight);
  }
}

// Packs output o of a dense layer's weight, times `scale`: [tile][position][channel][vector of the
// tile].
static void pack_dense(const struct channel_dense d, const struct pieces tiles, int o,
    const real *weight, real scale, vec *packed_weight) {
  const int v = o / LANES, tile = piece_of(tiles, v), first = piece_start(tiles, tile);
  vec *w = packed_weight + first * (d.PLANE * d.C) + (v - first);
  for (int k = 0; k < d.PLANE; k++)
    for (int c = 0; c < d.C; c++)
      w[(k * d.C + c) * piece_size(tiles, tile)][o % LANES] =
          o < d.OUT ? weight[(o * d.C + c) * d.PLANE + k] * scale : 0;
}

// dense1 (mnist_cnn.bn:10): the weight and the bias, packed, with batchnorm3 folded in.
static void k_dense1_prepare(const bnc_regions *regions) {
  const struct parameters *p = regions->parameters;
  const struct state *t = regions->state;
  struct prepared *r = regions->prepared;
  for (int o = 0; o < 128; o++) {
    struct affine a = {1, p->dense1_bias[o]};
    a = folded(a, p->batchnorm3_gamma[o] / SQRT(t->batchnorm3_running_variance[o] + (real)1e-05),
        t->batchnorm3_running_mean[o], p->batchnorm3_beta[o]);
    r->dense1_bias[o / LANES][o % LANES] = a.shift;
    pack_dense(g_dense1, (struct pieces){2, 8, 0}, o, p->dense1_weight, a.scale, r->dense1_weight);
  }
}

// dense2 (mnist_cnn.bn:11): the weight and the bias, packed.
static void k_dense2_prepare(const bnc_regions *regions) {
  const struct parameters *p = regions->parameters;
  struct prepared *r = regions->prepared;
  for (int o = 0; o < 16; o++) {
    struct affine a = {0, 0};
    if (o < 10) {
      a = (struct affine){1, p->dense2_bias[o]};
    }
    r->dense2_bias[o / LANES][o % LANES] = a.shift;
    pack_dense(g_dense2, (struct pieces){1, 2, 0}, o, p->dense2_weight, a.scale, r->dense2_weight);
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
  k_dense2_prepare(regions);
  return BNC_OK;
}

// ---- Loss

// The loss (mnist_cnn.bn:13) of the example:
//   log(sum over k of exp(x[k])) - x[label]
// The largest x is taken away first, so that no exponential overflows.
static double loss_of(const struct step *s) {
  const real *x = s->scratch + b_dense2_output;
  const int label = label_of(s, s->example);
  real best = x[0], sum = 0;
  for (int k = 1; k < OUTPUTS; k++)
    if (x[k] > best || x[k] != x[k]) best = x[k];
  for (int k = 0; k < OUTPUTS; k++) sum += EXP(x[k] - best);
  return (double)(LOG(sum) - (x[label] - best));
}

// ---- Steps

// A kernel does one task of its own, on any thread.
typedef void kernel(const struct step *s, int task);

// A kernel's place among the others.
struct scheduled {
  kernel *run;
  int tasks;
  int alone;  // on the calling thread
  struct {
    int layer, offset, numbers, channels, stride;
  } results[1];  // where it leaves which layers' results, and their numbers per example
};

// All kernels. Their table at the end has this order.
static const struct scheduled schedule[] = {
    { k_image_load, .tasks = 1 },
    { k_conv1_forward, .tasks = 1, .results = {{0, b_relu1_output, 13824, 20, 24}} },
    { k_avgpool1_forward, .tasks = 1, .results = {{3, b_avgpool1_output, 3456, 20, 24}} },
    { k_conv2_forward, .tasks = 24, .results = {{4, b_relu2_output, 3584, 50, 56}} },
    { k_avgpool2_forward, .tasks = 1, .results = {{7, b_avgpool2_output, 896, 50, 56}} },
    { k_dense1_forward, .tasks = 2, .alone = 1, .results = {{9, b_relu3_output, 128, 128, 128}} },
    { k_dense2_forward, .tasks = 1, .results = {{12, b_dense2_output, 16, 10, 16}} },
};
enum { FORWARD = 7 };

// What the host's threads are handed.
struct work {
  kernel *run;
  const struct step *step;
};

static void do_task(void *argument, int32_t task) {
  const struct work *work = argument;
  work->run(work->step, task);
}

// Runs the tasks of a kernel, on the host's threads where it provides some.
static void run(const struct step *s, int number) {
  const struct scheduled *k = &schedule[number];
  const int tasks = k->tasks;
  if (!k->alone && tasks > 1 && s->host && s->host->parallel_for) {
    s->host->parallel_for(s->host->context, tasks, do_task, &(struct work){k->run, s});
  } else {
    for (int task = 0; task < tasks; task++) k->run(s, task);
  }
  if (s->host && s->host->kernel_done) s->host->kernel_done(s->host->context, number);
}

static void run_all(const struct step *s, int first, int end) {
  for (int number = first; number < end; number++) run(s, number);
}

static void forward(const struct step *s) {
  run_all(s, 0, FORWARD);
}

// Whether the channels of a value are finite; what fills the last vector of a position is not
// looked at.
static int all_finite(const struct step *s, int offset, int count, int channels, int stride) {
  for (int k = 0; k < count; k++)
    if (k % stride < channels && !isfinite(s->scratch[offset + k])) return 0;
  return 1;
}

// The first layer whose result is infinite or not a number, or -1: the forward pass once more, with
// a look at each result before another takes its place. A batch norm that was folded into a layer
// counts as that.
static int32_t first_not_finite(const struct step *s) {
  for (int number = 0; number < FORWARD; number++) {
    run(s, number);
    for (int r = 0; r < 1; r++)
      if (!all_finite(s, schedule[number].results[r].offset, schedule[number].results[r].numbers,
          schedule[number].results[r].channels, schedule[number].results[r].stride))
        return schedule[number].results[r].layer;
  }
  return -1;
}

// Copies the outputs of example `row` out, in canonical order. Returns whether all that it copied
// are finite.
static int write_outputs(const struct step *s, void *const *outputs, int row) {
  int finite = 1;
  if (outputs[0]) {
    const real *y = s->scratch + b_dense2_output;
    real *out = (real *)outputs[0] + (ptrdiff_t)row * 10;
    for (int k = 0; k < 10; k++) out[k] = y[k];
    for (int k = 0; k < 10; k++)
      if (!isfinite(out[k])) finite = 0;
  }
  return finite;
}

static int32_t infer(const bnc_host *host, const bnc_regions *regions, const void *const *inputs,
                     const int32_t *input_types, void *const *outputs) {
  if (!regions || !regions->prepared || !regions->scratch) return BNC_BAD_ARGUMENT;
  if (!inputs || !inputs[0] || !input_types) return BNC_BAD_ARGUMENT;
  if (input_types[0] != BNC_UINT8 && input_types[0] != BNC_REAL) return BNC_BAD_ARGUMENT;
  if (!outputs || !outputs[0]) return BNC_BAD_ARGUMENT;
  const bnc_batch batch = {.inputs = inputs, .input_types = input_types, .count = 1};
  const struct step s = {.prepared = regions->prepared, .scratch = regions->scratch, .host = host,
      .batch = &batch};
  forward(&s);
  write_outputs(&s, outputs, 0);
  return BNC_OK;
}

// The examples one by one.
static int32_t evaluate(const bnc_host *host, const bnc_regions *regions, const bnc_batch *batch,
                        void *const *outputs, bnc_result *result) {
  if (!regions || !regions->scratch || !batch) return BNC_BAD_ARGUMENT;
  if (batch->count < 1 || batch->count > BATCH) return BNC_BAD_ARGUMENT;
  if (!batch->inputs || !batch->inputs[0] || !batch->input_types) return BNC_BAD_ARGUMENT;
  if (batch->input_types[0] != BNC_UINT8 && batch->input_types[0] != BNC_REAL)
    return BNC_BAD_ARGUMENT;
  const int32_t status = prepare(regions);
  if (status != BNC_OK) return status;
  struct step s = {.prepared = regions->prepared, .scratch = regions->scratch, .host = host,
      .batch = batch};
  for (int n = 0; has_target(&s) && n < batch->count; n++)
    if (label_of(&s, n) < 0 || label_of(&s, n) >= 10) return BNC_BAD_ARGUMENT;
  result->loss = 0;
  result->not_finite_layer = -1;
  for (s.example = 0; s.example < batch->count; s.example++) {
    forward(&s);
    const int finite = !outputs || write_outputs(&s, outputs, s.example);
    const double loss = has_target(&s) ? loss_of(&s) : 0;
    if ((!finite || !isfinite(loss)) && result->not_finite_layer < 0)
      result->not_finite_layer = first_not_finite(&s);
    result->loss += loss;
  }
  if (result->losses) result->losses[0] = result->loss;
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

// Multiplications and additions, and bytes read and written at least, for one example.
static const bnc_kernel kernels[] = {
    {"image_load", -1, 0, 784.0, 3136.0},
    {"conv1_forward", 0, 0, 207360.0, 59392.0},
    {"avgpool1_forward", 3, 0, 11520.0, 69120.0},
    {"conv2_forward", 4, 0, 3200000.0, 128760.0},
    {"avgpool2_forward", 7, 0, 3200.0, 17920.0},
    {"dense1_forward", 9, 0, 204800.0, 415232.0},
    {"dense2_forward", 12, 0, 2560.0, 5736.0},
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
      .model_hash = "c705bbc8104a4869dc6d6733c159d71406add2a65e7b1d7793d5763e0238fcb6",
      .target = "x86-64-v3",
      .batch = BATCH,
      .lanes = 1,
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
      .infer = infer,
  };
  return &plugin;
}
