// vectors.c: the network small, which bnc 0.2.0-dev has frozen. To change it, change small.bn, or
// train it anew.
//
// The weights are those of small.safetensors: 65 parameters.
//
// It calls expf of math.h, and allocates nothing. It works in the caller's scratch. On the stack it
// takes 2048 bytes at most where a compiler optimizes, without what functions of math.h take.
//
// It is written for generic, with vectors as gcc and clang have them. One vector holds one number
// of 4 channels, one in each lane. An image [channels, height, width] lies as
// [height][width][channels, rounded up to whole vectors]; what fills the last vector has weight 0,
// and nothing reads it.
#include "vectors.h"

#include <math.h>
#include <stddef.h>

// ---- Numbers

typedef float real;
enum { LANES = 4 };  // channels a vector

#if defined(__GNUC__) && !defined(__clang__)
// Vectors never leave this file, so that it does not matter how a call would hand them over.
#pragma GCC diagnostic ignored "-Wpsabi"
#define UNROLL _Pragma("GCC unroll 64")
#elif defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL
#endif
#if defined(__GNUC__)
#define ALWAYS_INLINE inline __attribute__((always_inline))
#else
#define ALWAYS_INLINE inline
#endif

// A value of a type that is written in place: C and C++ have different words for it.
#if defined(__cplusplus)
#define VALUE(type) type
#define STRUCT(name) name
#else
#define VALUE(type) (type)
#define STRUCT(name) (struct name)
#endif

// One number of each of LANES channels; `mask` has all bits of a lane set, or none.
typedef real vec __attribute__((vector_size(16), may_alias));
typedef int32_t mask __attribute__((vector_size(16), may_alias));

// v where the mask is set, else 0: a selection, so that not even a NaN comes through.
static ALWAYS_INLINE vec masked(vec v, mask m) { return (vec)((mask)v & m); }

// x <= 0 ? 0 : x
static ALWAYS_INLINE vec vec_relu(vec x) { return masked(x, ~(x <= VALUE(vec){0})); }

// ---- Weights

// Batch norms are folded into the layers before them. What is packed lies as its comment says.
struct small_weights {
  vec conv1_weight[9];  // [1 tile][3][3][1][1][4]
  vec conv1_bias[1];  // [1][4]
  vec dense1_weight[12];  // [1 tile][2][3][2][1][4]
  vec dense1_bias[1];  // [1][4]
};

// ---- Memory

// Where in scratch each value lies, in numbers. Values whose lives do not overlap share a place.
enum {
  b_image_channels = 32,  // [4][5][1]
  b_relu1_output = 0,  // [2][3][4]
  b_dense1_output = 32,  // [1][1][4]
  SCRATCH = 64
};

// What the layers can see.
struct step {
  const struct small_weights *weights;
  real *scratch;
  const float *in_image;
};

static ALWAYS_INLINE vec *lanes_at(const struct step *s, int offset) {
  return (vec *)(void *)(s->scratch + offset);
}

// ---- Layers

// image: the example, channels last.
//   y [4][5][1]
static void k_image_load(const struct step *s, int task) {
  enum { C = 1, PLANE = 20, STRIDE = 1 };
  const float *x = s->in_image;
  real *y = s->scratch + b_image_channels;
  (void)task;
  for (int c = 0; c < C; c++)
    for (int k = 0; k < PLANE; k++) y[k * STRIDE + c] = x[c * PLANE + k];
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
enum { TILE = 8 };

static const struct channel_convolution g_conv1 = { /* G */ 1, /* CI */ 1, /* H */ 4, /* W */ 5,
    /* CO */ 2, /* OH */ 2, /* OW */ 3, /* KH */ 3, /* KW */ 3, /* SH */ 1, /* SW */ 1, /* DH */ 1,
    /* DW */ 1, /* PT */ 0, /* PB */ 0, /* PL */ 0, /* INNER */ 0, /* INNER_END */ 3, /* XR */ 5,
    /* XS */ 1, /* YS */ 1 };

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

// conv1, batchnorm1, relu1 (small.bn:7)
//   y[n, co, i, j] = bias[co] + sum over ci, ky, kx of weight[co, ci, ky, kx] *
//     x[n, ci, i + ky, j + kx]
//   y = gamma[c] * (x - mean[c]) / sqrt(variance[c] + eps) + beta[c], folded into the weight and
//     the bias
//   y = x <= 0 ? 0 : x
//   x [4][5][1], weight [2, 1, 3, 3], y [2][3][4]
static void k_conv1_forward(const struct step *s, int task) {
  convolution_relu_forward(task, g_conv1, STRUCT(pieces){1, 1, 0}, STRUCT(pieces){1, 2, 0},
      STRUCT(pieces){1, 3, 0}, s->scratch + b_image_channels, s->weights->conv1_weight,
      s->weights->conv1_bias, lanes_at(s, b_relu1_output));
}

// A dense layer to OUT features from PLANE positions of C channels, which lie STRIDE numbers apart.
struct channel_dense {
  int PLANE, C, STRIDE, OUT;
};

static const struct channel_dense g_dense1 = { /* PLANE */ 6, /* C */ 2, /* STRIDE */ 4,
    /* OUT */ 3 };

// One tile of a dense layer: `vectors` vectors of outputs in registers, as `sums` sums each that do
// not wait for each other.
static ALWAYS_INLINE void dense_tile(const struct channel_dense d, const int sums, const real *x,
    const vec *weight, const vec *bias, vec *y, const int vectors) {
  // Positions without a gap between them are one run of numbers.
  const int runs = d.STRIDE == d.C ? 1 : d.PLANE, run = d.PLANE * d.C / runs,
      whole = run - run % sums;
  vec sum[TILE];
  UNROLL for (int u = 0; u < sums; u++)
    UNROLL for (int v = 0; v < vectors; v++)
      sum[u * vectors + v] = u == 0 ? bias[v] : VALUE(vec){0};
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

// dense1 (small.bn:8)
//   y[n, o] = bias[o] + sum over f of weight[o, f] * x[n, f]
//   x [12], weight [3, 12], y [3]
static void k_dense1_forward(const struct step *s, int task) {
  dense_forward(task, g_dense1, STRUCT(pieces){1, 1, 0}, 8, s->scratch + b_relu1_output,
      s->weights->dense1_weight, s->weights->dense1_bias, lanes_at(s, b_dense1_output));
}

// ---- The network

// All layers, in order.
static void forward(const struct step *s) {
  k_image_load(s, 0);
  k_conv1_forward(s, 0);
  k_dense1_forward(s, 0);
}

// exp(x) / sum of exp(x), over the classes of each position. The largest x is taken away first, so
// that no exponential overflows.
static void softmax(real *x, const int classes, const int positions) {
  for (int p = 0; p < positions; p++) {
    real best = x[p], sum = 0;
    for (int k = 1; k < classes; k++)
      if (x[k * positions + p] > best) best = x[k * positions + p];
    for (int k = 0; k < classes; k++)
      sum += x[k * positions + p] = expf(x[k * positions + p] - best);
    for (int k = 0; k < classes; k++) x[k * positions + p] /= sum;
  }
}

// logits: out of the lanes, in canonical order; then its softmax.
static void write_output(const struct step *s, real *out) {
  const real *y = s->scratch + b_dense1_output;
  for (int k = 0; k < 3; k++) out[k] = y[k];
  softmax(out, 3, 1);
}

// The CRC-32 of zlib and of PNG.
static uint32_t checksum(const uint8_t *bytes, size_t count) {
  uint32_t rest = 0xffffffffu;
  for (size_t k = 0; k < count; k++) {
    rest ^= bytes[k];
    for (int bit = 0; bit < 8; bit++) rest = rest >> 1 ^ (0xedb88320u & (0u - (rest & 1u)));
  }
  return ~rest;
}

const struct small_weights *small_weights_from(const void *data, size_t size) {
  enum { HEADER = 64 };
  if (!data || size != SMALL_WEIGHTS_SIZE) return NULL;
  if ((uintptr_t)data % SMALL_ALIGNMENT != 0) return NULL;
  // What they are, of which network, how many bytes, and the checksum of these.
  const uint32_t *head = (const uint32_t *)data;
  const uint8_t *numbers = (const uint8_t *)data + HEADER;
  if (head[0] != 828599906u || head[1] != 3146868486u) return NULL;
  if (head[2] != size - HEADER || head[3] != checksum(numbers, size - HEADER)) return NULL;
  return (const struct small_weights *)(const void *)numbers;
}

const char *const small_class_names[] = {
    "round",
    "square",
    "\"other\"",
};

void small_run(const float *input, float *output, float *scratch,
    const struct small_weights *weights) {
  for (int n = 0; n < SMALL_BATCH; n++) {
    const struct step s = { weights, scratch, input + n * SMALL_INPUT_SIZE };
    forward(&s);
    write_output(&s, output + n * SMALL_OUTPUT_SIZE);
  }
}
