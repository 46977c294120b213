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
// lies as [height][width][channels, rounded up to whole vectors]; of a value only the rows and
// columns are there that something reads. What fills the last vector has weight 0, and nothing
// reads it.
#include "mnist_cnn.h"

#include <math.h>
#include <stddef.h>

// ---- Sizes

typedef float real;
enum {
  BATCH = 64,   // examples an evaluation, at most
  LANES = 8,   // channels a vector
  INPUTS = 784,
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
static ALWAYS_INLINE vec keep(vec v, mask m) { return (vec)((mask)v & m); }

// Functions of one number of type real.
#define SQRT sqrtf
#define EXP expf
#define LOG logf

// x <= 0 ? 0 : x
static ALWAYS_INLINE vec vec_relu(vec x) { return keep(x, ~(x <= (vec){0})); }

// ---- Memory: what the caller owns

// What was learned, in canonical order.
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

// What was kept from step to step but not learned.
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

// Where in scratch each value lies, in numbers. Values whose lives do not overlap share a place.
enum {
  b_image_channels = 13824,  // [28][28][1]
  b_relu1_output = 0,  // [24][24][24]
  b_avgpool1_output = 13824,  // [12][12][24]
  b_relu2_output = 0,  // [8][8][56]
  b_avgpool2_output = 3584,  // [4][4][56]
  b_relu3_output = 0,  // [1][1][128]
  b_dense2_output = 128,  // [1][1][16]
  one_output = 17280,  // [10]: where `evaluate` keeps an example's that nobody asked for
  SCRATCH = 17290
};

// What the kernels of one call can see.
struct call {
  const struct prepared *prepared;
  real *scratch;
  const void *const *inputs;  // one example each, canonical order
  const int32_t *input_types;
  const bnc_host *host;
};

static ALWAYS_INLINE vec *vectors_at(const struct call *s,
    int offset) { return (vec *)(void *)(s->scratch + offset); }
static ALWAYS_INLINE real *numbers_at(const struct call *s,
    int offset) { return s->scratch + offset; }

// ---- Kernels

// image: the example, channels last; bytes are multiplied by (real)0.00392156862745098.
//   y [28][28][1]
static void k_image_load(const struct call *s, int task) {
  enum { C = 1, PLANE = 784, STRIDE = 1 };
  (void)task;
  real *y = numbers_at(s, b_image_channels);
  if (s->input_types[0] == BNC_UINT8) {
    const uint8_t *x = s->inputs[0];
    for (int c = 0; c < C; c++)
      for (int k = 0; k < PLANE; k++)
        y[k * STRIDE + c] = (real)x[c * PLANE + k] * (real)0.00392156862745098;
  } else {
    const real *x = s->inputs[0];
    for (int c = 0; c < C; c++)
      for (int k = 0; k < PLANE; k++) y[k * STRIDE + c] = x[c * PLANE + k];
  }
}

// conv1, batchnorm1, relu1 (mnist_cnn.bn:7):
//   y[n, co, i, j] = bias[co] + sum over ci, ky, kx of weight[co, ci, ky, kx] *
//     x[n, ci, i + ky, j + kx]
//   y = gamma[c] * (x - mean[c]) / sqrt(variance[c] + eps) + beta[c], folded into the weight and
//     the bias
//   y = x <= 0 ? 0 : x
//   x [28][28][1], weight [20, 1, 3, 3], y [24][24][24]
// One tile: `columns` x `vectors` sums in registers. Each x is broadcast for all the vectors, each
// vector of the weight loaded for all the columns.
static ALWAYS_INLINE void k_conv1_forward_tile(const real *x, const vec *weight, const vec *bias,
    vec *y,
    int i, int j, const int vectors, const int columns) {
  enum { CI = 1, STRIDE = 1, H = 28, W = 28, V = 3, OW = 24, K = 3, S = 1, P = 0 };
  vec sum[4][3];
  UNROLL for (int t = 0; t < columns; t++)
    UNROLL for (int v = 0; v < vectors; v++) sum[t][v] = bias[v];
  for (int ky = 0; ky < K; ky++) {
    const int row = i + ky;
    UNROLL for (int kx = 0; kx < K; kx++) {
      const vec *w = weight + (ky * K + kx) * CI * vectors;
      for (int ci = 0; ci < CI; ci++)
        UNROLL for (int t = 0; t < columns; t++) {
          const int column = j + t + kx;
          const real a = x[(row * W + column) * STRIDE + ci];
          UNROLL for (int v = 0; v < vectors; v++) sum[t][v] += w[ci * vectors + v] * a;
        }
    }
  }
  UNROLL for (int t = 0; t < columns; t++)
    UNROLL for (int v = 0; v < vectors; v++) y[(i * OW + j + t) * V + v] = vec_relu(sum[t][v]);
}

// conv1: rows `first` to `end` of one tile of output channels.
static ALWAYS_INLINE void k_conv1_forward_rows(const real *x, const vec *weight, const vec *bias,
    vec *y,
    int first, int end, const int vectors) {
  for (int i = first; i < end; i++) {
    for (int j = 0; j < 24; j += 4)
      k_conv1_forward_tile(x, weight, bias, y, i, j, vectors, 4);
  }
}

// conv1: a task makes 24 of 24 rows, and 3 of 3 vectors of output channels.
static void k_conv1_forward(const struct call *s, int task) {
  enum { DEPTH = 9 };
  const int tile = task, first = 0, end = 24;
  const int v = tile * 3;
  const real *x = numbers_at(s, b_image_channels);
  const vec *weight = s->prepared->conv1_weight + v * DEPTH, *bias = s->prepared->conv1_bias + v;
  vec *y = vectors_at(s, b_relu1_output) + v;
  k_conv1_forward_rows(x, weight, bias, y, first, end, 3);
}

// avgpool1 (mnist_cnn.bn:7): y[n, c, i, j] = mean of the 2 x 2 window of x[n, c]
//   x [24][24][24], y [12][12][24]
static void k_avgpool1_forward(const struct call *s, int task) {
  enum { H = 24, W = 24, OH = 12, OW = 12, V = 3, K = 2, S = 2, P = 0 };
  (void)task;
  const vec *x = vectors_at(s, b_relu1_output);
  vec *y = vectors_at(s, b_avgpool1_output);
  for (int i = 0; i < OH; i++)
    for (int j = 0; j < OW; j++)
      for (int v = 0; v < V; v++) {
        vec sum = {0};
        for (int ky = 0; ky < K; ky++)
          for (int kx = 0; kx < K; kx++) {
            const int row = i * S + ky, column = j * S + kx;
            sum += x[(row * W + column) * V + v];
          }
        y[(i * OW + j) * V + v] = sum * (real)0.25;
      }
}

// conv2, batchnorm2, relu2 (mnist_cnn.bn:8):
//   y[n, co, i, j] = bias[co] + sum over ci, ky, kx of weight[co, ci, ky, kx] *
//     x[n, ci, i + ky, j + kx]
//   y = gamma[c] * (x - mean[c]) / sqrt(variance[c] + eps) + beta[c], folded into the weight and
//     the bias
//   y = x <= 0 ? 0 : x
//   x [12][12][24], weight [50, 20, 5, 5], y [8][8][56]
// One tile: `columns` x `vectors` sums in registers. Each x is broadcast for all the vectors, each
// vector of the weight loaded for all the columns.
static ALWAYS_INLINE void k_conv2_forward_tile(const real *x, const vec *weight, const vec *bias,
    vec *y,
    int i, int j, const int vectors, const int columns) {
  enum { CI = 20, STRIDE = 24, H = 12, W = 12, V = 7, OW = 8, K = 5, S = 1, P = 0 };
  vec sum[4][3];
  UNROLL for (int t = 0; t < columns; t++)
    UNROLL for (int v = 0; v < vectors; v++) sum[t][v] = bias[v];
  for (int ky = 0; ky < K; ky++) {
    const int row = i + ky;
    UNROLL for (int kx = 0; kx < K; kx++) {
      const vec *w = weight + (ky * K + kx) * CI * vectors;
      for (int ci = 0; ci < CI; ci++)
        UNROLL for (int t = 0; t < columns; t++) {
          const int column = j + t + kx;
          const real a = x[(row * W + column) * STRIDE + ci];
          UNROLL for (int v = 0; v < vectors; v++) sum[t][v] += w[ci * vectors + v] * a;
        }
    }
  }
  UNROLL for (int t = 0; t < columns; t++)
    UNROLL for (int v = 0; v < vectors; v++) y[(i * OW + j + t) * V + v] = vec_relu(sum[t][v]);
}

// conv2: rows `first` to `end` of one tile of output channels.
static ALWAYS_INLINE void k_conv2_forward_rows(const real *x, const vec *weight, const vec *bias,
    vec *y,
    int first, int end, const int vectors) {
  for (int i = first; i < end; i++) {
    for (int j = 0; j < 8; j += 4)
      k_conv2_forward_tile(x, weight, bias, y, i, j, vectors, 4);
  }
}

// conv2: a task makes 1 of 8 rows, and 3 or 2 of 7 vectors of output channels.
static void k_conv2_forward(const struct call *s, int task) {
  enum { DEPTH = 500, PARTS = 8 };
  const int tile = task / PARTS, part = task % PARTS;
  const int first = part, end = first + 1;
  const int v = tile * 2 + (tile < 1 ? tile : 1);
  const real *x = numbers_at(s, b_avgpool1_output);
  const vec *weight = s->prepared->conv2_weight + v * DEPTH, *bias = s->prepared->conv2_bias + v;
  vec *y = vectors_at(s, b_relu2_output) + v;
  if (tile < 1) k_conv2_forward_rows(x, weight, bias, y, first, end, 3);
  if (tile >= 1) k_conv2_forward_rows(x, weight, bias, y, first, end, 2);
}

// avgpool2 (mnist_cnn.bn:8): y[n, c, i, j] = mean of the 2 x 2 window of x[n, c]
//   x [8][8][56], y [4][4][56]
static void k_avgpool2_forward(const struct call *s, int task) {
  enum { H = 8, W = 8, OH = 4, OW = 4, V = 7, K = 2, S = 2, P = 0 };
  (void)task;
  const vec *x = vectors_at(s, b_relu2_output);
  vec *y = vectors_at(s, b_avgpool2_output);
  for (int i = 0; i < OH; i++)
    for (int j = 0; j < OW; j++)
      for (int v = 0; v < V; v++) {
        vec sum = {0};
        for (int ky = 0; ky < K; ky++)
          for (int kx = 0; kx < K; kx++) {
            const int row = i * S + ky, column = j * S + kx;
            sum += x[(row * W + column) * V + v];
          }
        y[(i * OW + j) * V + v] = sum * (real)0.25;
      }
}

// dense1, batchnorm3, relu3 (mnist_cnn.bn:10):
//   y[n, o] = bias[o] + sum over f of weight[o, f] * x[n, f]
//   y = gamma[c] * (x - mean[c]) / sqrt(variance[c] + eps) + beta[c], folded into the weight and
//     the bias
//   y = x <= 0 ? 0 : x
//   x [800], weight [128, 800], y [128]
// One tile: `vectors` vectors of outputs in registers.
static ALWAYS_INLINE void k_dense1_forward_tile(const real *x, const vec *weight, const vec *bias,
    vec *y,
    const int vectors) {
  enum { RUNS = 16, STRIDE = 56, RUN = 50 };
  vec sum[8];
  UNROLL for (int v = 0; v < vectors; v++) sum[v] = bias[v];
  for (int r = 0; r < RUNS; r++, x += STRIDE, weight += RUN * vectors) {
    for (int f = 0; f < RUN; f++)
      UNROLL for (int v = 0; v < vectors; v++) sum[v] += weight[f * vectors + v] * x[f];
  }
  UNROLL for (int v = 0; v < vectors; v++) y[v] = vec_relu(sum[v]);
}

// dense1: a task makes 8 of 16 vectors of outputs.
static void k_dense1_forward(const struct call *s, int tile) {
  enum { IN = 800 };
  const int v = tile * 8;
  const real *x = numbers_at(s, b_avgpool2_output);
  const vec *weight = s->prepared->dense1_weight + v * IN, *bias = s->prepared->dense1_bias + v;
  vec *y = vectors_at(s, b_relu3_output) + v;
  k_dense1_forward_tile(x, weight, bias, y, 8);
}

// dense2 (mnist_cnn.bn:11):
//   y[n, o] = bias[o] + sum over f of weight[o, f] * x[n, f]
//   x [128], weight [10, 128], y [10]
// One tile: `vectors` vectors of outputs in registers, as 4 sums each that do not wait for each
// other.
static ALWAYS_INLINE void k_dense2_forward_tile(const real *x, const vec *weight, const vec *bias,
    vec *y,
    const int vectors) {
  enum { RUN = 128, SUMS = 4, WHOLE = 128 };
  vec sum[SUMS][2] = {0};
  UNROLL for (int v = 0; v < vectors; v++) sum[0][v] = bias[v];
  for (int f = 0; f < WHOLE; f += SUMS)
    UNROLL for (int u = 0; u < SUMS; u++)
      UNROLL for (int v = 0; v < vectors; v++)
        sum[u][v] += weight[(f + u) * vectors + v] * x[f + u];
  UNROLL for (int u = 1; u < SUMS; u++)
    UNROLL for (int v = 0; v < vectors; v++) sum[0][v] += sum[u][v];
  UNROLL for (int v = 0; v < vectors; v++) y[v] = sum[0][v];
}

// dense2: a task makes 2 of 2 vectors of outputs.
static void k_dense2_forward(const struct call *s, int tile) {
  enum { IN = 128 };
  const int v = tile * 2;
  const real *x = numbers_at(s, b_relu3_output);
  const vec *weight = s->prepared->dense2_weight + v * IN, *bias = s->prepared->dense2_bias + v;
  vec *y = vectors_at(s, b_dense2_output) + v;
  k_dense2_forward_tile(x, weight, bias, y, 2);
}

// ---- Preparation

// conv1 (mnist_cnn.bn:7): the weight and the bias, batchnorm1 folded in.
// Outputs lie in the lanes; lanes past the last one make 0.
//   weight [1 tile][3][3][1][3][8], bias [3][8]
static void k_conv1_prepare(const bnc_regions *regions) {
  enum { OUT = 20, V = 3, CI = 1, K = 3 };
  const struct parameters *p = regions->parameters;
  const struct state *t = regions->state;
  struct prepared *r = regions->prepared;
  for (int o = 0; o < V * LANES; o++) {
    const int v = o / LANES, l = o % LANES;
    real scale = 0, shift = 0;
    if (o < OUT) {
      scale = 1;
      shift = p->conv1_bias[o];
      {  // batchnorm1
        const real factor = p->batchnorm1_gamma[o]
            / SQRT(t->batchnorm1_running_variance[o] + (real)1e-05);
        scale *= factor;
        shift = (shift - t->batchnorm1_running_mean[o]) * factor + p->batchnorm1_beta[o];
      }
    }
    r->conv1_bias[v][l] = shift;
    // The tile that vector v is in, and how many vectors that tile has.
    const int first = 0, size = 3;
    vec *w = r->conv1_weight + first * 9 + (v - first);
    const real *weight = p->conv1_weight;
    for (int ky = 0; ky < K; ky++)
      for (int kx = 0; kx < K; kx++)
        for (int ci = 0; ci < CI; ci++)
          w[((ky * K + kx) * CI + ci) * size][l] =
              o < OUT ? weight[((o * CI + ci) * K + ky) * K + kx] * scale : 0;
  }
}

// conv2 (mnist_cnn.bn:8): the weight and the bias, batchnorm2 folded in.
// Outputs lie in the lanes; lanes past the last one make 0.
//   weight [3 tiles][5][5][20][3 or 2][8], bias [7][8]
static void k_conv2_prepare(const bnc_regions *regions) {
  enum { OUT = 50, V = 7, CI = 20, K = 5 };
  const struct parameters *p = regions->parameters;
  const struct state *t = regions->state;
  struct prepared *r = regions->prepared;
  for (int o = 0; o < V * LANES; o++) {
    const int v = o / LANES, l = o % LANES;
    real scale = 0, shift = 0;
    if (o < OUT) {
      scale = 1;
      shift = p->conv2_bias[o];
      {  // batchnorm2
        const real factor = p->batchnorm2_gamma[o]
            / SQRT(t->batchnorm2_running_variance[o] + (real)1e-05);
        scale *= factor;
        shift = (shift - t->batchnorm2_running_mean[o]) * factor + p->batchnorm2_beta[o];
      }
    }
    r->conv2_bias[v][l] = shift;
    // The tile that vector v is in, and how many vectors that tile has.
    const int first = v < 3 ? v / 3 * 3 : 3 + (v - 3) / 2 * 2, size = v < 3 ? 3 : 2;
    vec *w = r->conv2_weight + first * 500 + (v - first);
    const real *weight = p->conv2_weight;
    for (int ky = 0; ky < K; ky++)
      for (int kx = 0; kx < K; kx++)
        for (int ci = 0; ci < CI; ci++)
          w[((ky * K + kx) * CI + ci) * size][l] =
              o < OUT ? weight[((o * CI + ci) * K + ky) * K + kx] * scale : 0;
  }
}

// dense1 (mnist_cnn.bn:10): the weight and the bias, batchnorm3 folded in.
// Outputs lie in the lanes; lanes past the last one make 0.
//   weight [2 tiles][4][4][50][8][8], bias [16][8]
static void k_dense1_prepare(const bnc_regions *regions) {
  enum { OUT = 128, V = 16, C = 50, PLANE = 16 };
  const struct parameters *p = regions->parameters;
  const struct state *t = regions->state;
  struct prepared *r = regions->prepared;
  for (int o = 0; o < V * LANES; o++) {
    const int v = o / LANES, l = o % LANES;
    real scale = 0, shift = 0;
    if (o < OUT) {
      scale = 1;
      shift = p->dense1_bias[o];
      {  // batchnorm3
        const real factor = p->batchnorm3_gamma[o]
            / SQRT(t->batchnorm3_running_variance[o] + (real)1e-05);
        scale *= factor;
        shift = (shift - t->batchnorm3_running_mean[o]) * factor + p->batchnorm3_beta[o];
      }
    }
    r->dense1_bias[v][l] = shift;
    // The tile that vector v is in, and how many vectors that tile has.
    const int first = v / 8 * 8, size = 8;
    vec *w = r->dense1_weight + first * 800 + (v - first);
    const real *weight = p->dense1_weight;
    for (int k = 0; k < PLANE; k++)
      for (int c = 0; c < C; c++)
        w[(k * C + c) * size][l] = o < OUT ? weight[(o * C + c) * PLANE + k] * scale : 0;
  }
}

// dense2 (mnist_cnn.bn:11): the weight and the bias.
// Outputs lie in the lanes; lanes past the last one make 0.
//   weight [1 tile][128][2][8], bias [2][8]
static void k_dense2_prepare(const bnc_regions *regions) {
  enum { OUT = 10, V = 2, C = 128, PLANE = 1 };
  const struct parameters *p = regions->parameters;
  struct prepared *r = regions->prepared;
  for (int o = 0; o < V * LANES; o++) {
    const int v = o / LANES, l = o % LANES;
    real scale = 0, shift = 0;
    if (o < OUT) {
      scale = 1;
      shift = p->dense2_bias[o];
    }
    r->dense2_bias[v][l] = shift;
    // The tile that vector v is in, and how many vectors that tile has.
    const int first = 0, size = 2;
    vec *w = r->dense2_weight + first * 128 + (v - first);
    const real *weight = p->dense2_weight;
    for (int k = 0; k < PLANE; k++)
      for (int c = 0; c < C; c++)
        w[(k * C + c) * size][l] = o < OUT ? weight[(o * C + c) * PLANE + k] * scale : 0;
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

// The row of the caller's data that holds an example.
static ptrdiff_t row_of(const bnc_batch *batch, int example) {
  return batch->rows ? (ptrdiff_t)batch->rows[example] : example;
}

// The loss (mnist_cnn.bn:13) of one example:
//   log(sum over k of exp(x[k])) - x[label]
// The largest x is taken away first, so that no exponential overflows.
static double loss_of(const bnc_batch *batch, const real *x, int example) {
  const int label = ((const int32_t *)batch->targets[0])[row_of(batch, example)];
  real best = x[0], sum = 0;
  for (int k = 1; k < OUTPUTS; k++)
    if (x[k] > best || x[k] != x[k]) best = x[k];
  for (int k = 0; k < OUTPUTS; k++) sum += EXP(x[k] - best);
  return (double)(LOG(sum) - (x[label] - best));
}

// ---- Calls

// A kernel does one task of its own, on any thread.
typedef void kernel(const struct call *s, int task);

// A kernel's place among the others.
struct scheduled {
  kernel *run;
  int tasks, shared;  // `shared`: the host's threads take part
  struct {
    int layer, offset, numbers;
  } results[1];  // where it leaves which layers' results, and their numbers
};

// All kernels, in the order in which they run. Their table at the end has this order.
static const struct scheduled schedule[] = {
    { k_image_load, .tasks = 1 },
    { k_conv1_forward, .tasks = 1, .results = {{0, b_relu1_output, 13824}} },
    { k_avgpool1_forward, .tasks = 1, .results = {{3, b_avgpool1_output, 3456}} },
    { k_conv2_forward, .tasks = 24, .shared = 1, .results = {{4, b_relu2_output, 3584}} },
    { k_avgpool2_forward, .tasks = 1, .results = {{7, b_avgpool2_output, 896}} },
    { k_dense1_forward, .tasks = 2, .results = {{9, b_relu3_output, 128}} },
    { k_dense2_forward, .tasks = 1, .results = {{12, b_dense2_output, 16}} },
};
enum { KERNELS = sizeof schedule / sizeof schedule[0] };

// What the host's threads are handed.
struct work {
  kernel *run;
  const struct call *call;
};

static void do_task(void *argument, int32_t task) {
  const struct work *work = argument;
  work->run(work->call, task);
}

static void run(const struct call *s, int number) {
  const struct scheduled *k = &schedule[number];
  if (k->shared && s->host && s->host->parallel_for) {
    s->host->parallel_for(s->host->context, k->tasks, do_task, &(struct work){k->run, s});
  } else {
    for (int task = 0; task < k->tasks; task++) k->run(s, task);
  }
  if (s->host && s->host->kernel_done) s->host->kernel_done(s->host->context, number);
}

// The outputs of one example, in canonical order.
static void forward(const struct call *s, real *outputs) {
  for (int number = 0; number < KERNELS; number++) run(s, number);
  const real *y = numbers_at(s, b_dense2_output);
  for (int k = 0; k < OUTPUTS; k++) outputs[k] = y[k];
}

static int32_t infer(const bnc_host *host, const bnc_regions *regions, const void *const *inputs,
                     const int32_t *input_types, void *const *outputs) {
  if (!regions || !regions->prepared || !regions->scratch) return BNC_BAD_ARGUMENT;
  if (!inputs || !inputs[0] || !input_types || !outputs || !outputs[0]) return BNC_BAD_ARGUMENT;
  if (input_types[0] != BNC_UINT8 && input_types[0] != BNC_REAL) return BNC_BAD_ARGUMENT;
  forward(&(struct call){regions->prepared, regions->scratch, inputs, input_types, host},
      outputs[0]);
  return BNC_OK;
}

// Whether the first `count` numbers of a value are finite.
static int all_finite(const struct call *s, int offset, int count) {
  for (int k = 0; k < count; k++)
    if (!isfinite(numbers_at(s, offset)[k])) return 0;
  return 1;
}

// The first layer whose result is infinite or not a number, or -1: the example once more, with a
// look at each result before another takes its place. A batch norm that was folded into a layer
// counts as that.
static int32_t first_not_finite(const struct call *s) {
  for (int number = 0; number < KERNELS; number++) {
    run(s, number);
    for (int r = 0; r < 1; r++)
      if (!all_finite(s, schedule[number].results[r].offset, schedule[number].results[r].numbers))
        return schedule[number].results[r].layer;
  }
  return -1;
}

static int has_target(const bnc_batch *batch) { return batch->targets && batch->targets[0]; }

// The examples one by one.
static int32_t evaluate(const bnc_host *host, const bnc_regions *regions, const bnc_batch *batch,
                        void *const *outputs, bnc_result *result) {
  if (!regions || !regions->scratch || !batch || !batch->inputs || !batch->inputs[0])
    return BNC_BAD_ARGUMENT;
  if (!batch->input_types || batch->count < 1 || batch->count > BATCH) return BNC_BAD_ARGUMENT;
  const int32_t type = batch->input_types[0];
  if (type != BNC_UINT8 && type != BNC_REAL) return BNC_BAD_ARGUMENT;
  for (int n = 0; has_target(batch) && n < batch->count; n++) {
    const int label = ((const int32_t *)batch->targets[0])[row_of(batch, n)];
    if (label < 0 || label >= 10) return BNC_BAD_ARGUMENT;
  }
  const int32_t status = prepare(regions);
  if (status != BNC_OK) return status;
  const ptrdiff_t size = type == BNC_UINT8 ? INPUTS : INPUTS * (ptrdiff_t)sizeof(real);
  const void *input = 0;
  const struct call s = {regions->prepared, regions->scratch, &input, batch->input_types, host};
  real *all = outputs ? outputs[0] : 0;
  result->loss = 0;
  result->not_finite_layer = -1;
  for (int n = 0; n < batch->count; n++) {
    real *y = all ? all + (ptrdiff_t)n * OUTPUTS : numbers_at(&s, one_output);
    input = (const char *)batch->inputs[0] + row_of(batch, n) * size;
    forward(&s, y);
    if (!has_target(batch)) continue;
    const double loss = loss_of(batch, y, n);
    if (!isfinite(loss) && isfinite(result->loss)) result->not_finite_layer = first_not_finite(&s);
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

// What a layer owns: the layer and its number, name and role, how it starts with two numbers, rank
// and shape.
#define PARAMETER(owner, layer, name, role, start, first, second, rank, ...) \
  { #owner "." #name, role, BNC_PARAMETERS, layer, 0, rank, start, { __VA_ARGS__ }, \
    offsetof(struct parameters, owner##_##name), first, second }
#define STATE(owner, layer, name, role, start, first, second, rank, ...) \
  { #owner "." #name, role, BNC_STATE, layer, 0, rank, start, { __VA_ARGS__ }, \
    offsetof(struct state, owner##_##name), first, second }
static const bnc_tensor tensors[] = {
    PARAMETER(conv1, 0, weight, BNC_WEIGHT, BNC_NORMAL, 0.0, 0.01, 4, 20, 1, 3, 3),
    PARAMETER(conv1, 0, bias, BNC_BIAS, BNC_NORMAL, 0.0, 0.01, 1, 20),
    PARAMETER(batchnorm1, 1, gamma, BNC_GAMMA, BNC_NORMAL, 1.0, 0.01, 1, 20),
    PARAMETER(batchnorm1, 1, beta, BNC_BETA, BNC_NORMAL, 0.0, 0.01, 1, 20),
    STATE(batchnorm1, 1, running_mean, BNC_RUNNING_MEAN, BNC_CONSTANT, 0.0, 0.0, 1, 20),
    STATE(batchnorm1, 1, running_variance, BNC_RUNNING_VARIANCE, BNC_CONSTANT, 1.0, 0.0, 1, 20),
    STATE(batchnorm1, 1, seen, BNC_SEEN, BNC_CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(conv2, 4, weight, BNC_WEIGHT, BNC_NORMAL, 0.0, 0.01, 4, 50, 20, 5, 5),
    PARAMETER(conv2, 4, bias, BNC_BIAS, BNC_NORMAL, 0.0, 0.01, 1, 50),
    PARAMETER(batchnorm2, 5, gamma, BNC_GAMMA, BNC_NORMAL, 1.0, 0.01, 1, 50),
    PARAMETER(batchnorm2, 5, beta, BNC_BETA, BNC_NORMAL, 0.0, 0.01, 1, 50),
    STATE(batchnorm2, 5, running_mean, BNC_RUNNING_MEAN, BNC_CONSTANT, 0.0, 0.0, 1, 50),
    STATE(batchnorm2, 5, running_variance, BNC_RUNNING_VARIANCE, BNC_CONSTANT, 1.0, 0.0, 1, 50),
    STATE(batchnorm2, 5, seen, BNC_SEEN, BNC_CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(dense1, 9, weight, BNC_WEIGHT, BNC_NORMAL, 0.0, 0.01, 2, 128, 800),
    PARAMETER(dense1, 9, bias, BNC_BIAS, BNC_NORMAL, 0.0, 0.01, 1, 128),
    PARAMETER(batchnorm3, 10, gamma, BNC_GAMMA, BNC_NORMAL, 1.0, 0.01, 1, 128),
    PARAMETER(batchnorm3, 10, beta, BNC_BETA, BNC_NORMAL, 0.0, 0.01, 1, 128),
    STATE(batchnorm3, 10, running_mean, BNC_RUNNING_MEAN, BNC_CONSTANT, 0.0, 0.0, 1, 128),
    STATE(batchnorm3, 10, running_variance, BNC_RUNNING_VARIANCE, BNC_CONSTANT, 1.0, 0.0, 1, 128),
    STATE(batchnorm3, 10, seen, BNC_SEEN, BNC_CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(dense2, 12, weight, BNC_WEIGHT, BNC_NORMAL, 0.0, 0.01, 2, 10, 128),
    PARAMETER(dense2, 12, bias, BNC_BIAS, BNC_NORMAL, 0.0, 0.01, 1, 10),
};

static const char *const layers[] = {
    "conv1", "batchnorm1", "relu1", "avgpool1", "conv2", "batchnorm2", "relu2", "avgpool2",
    "flatten1", "dense1", "batchnorm3", "relu3", "dense2", 0,
};

// Multiplications and additions, and bytes read and written at least, for one example.
static const bnc_kernel kernels[] = {
    {"image_load", -1, 0, 784.0, 3136.0},
    {"conv1_forward", 0, 0, 207360.0, 59392.0},
    {"avgpool1_forward", 3, 0, 2880.0, 69120.0},
    {"conv2_forward", 4, 0, 3200000.0, 128760.0},
    {"avgpool2_forward", 7, 0, 800.0, 17920.0},
    {"dense1_forward", 9, 0, 204800.0, 415232.0},
    {"dense2_forward", 12, 0, 2560.0, 5736.0},
};

// Name, element types, rank, shape, classes, 0, scale.
static const bnc_value inputs[] = {
    {"image", 1 << BNC_UINT8 | 1 << BNC_REAL, 3, { 1, 28, 28 }, 0, 0, 0.00392156862745098},
};

static const bnc_value targets[] = {
    {"digit", 1 << BNC_INT32, 0, { 0 }, 10, 0, 1},
};

static const bnc_value outputs[] = {
    {"logits", 1 << BNC_REAL, 1, { 10 }, 0, 0, 1},
};

// Name, output, target, whether it is a mean, 0, weight.
static const bnc_measure losses[] = {
    {"softmax_cross_entropy", 0, 0, 0, 0, 1},
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
      .model_hash = "3c89c8d1a8a3205f0f5e5669ad18d4b25a38d7d395ad7c5ab4fbc7bf52441964",
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
