// mixer: a network in C, written by bnc 0.2.0-dev from mixer.bn. To change it, change the model.
/*
   cc -std=c11 -O2 -fno-unroll-loops -ffp-contract=fast -march=x86-64-v3 -fPIC -shared mixer.c \
      -lm -o mixer.so
*/
// What stands here, from top to bottom: the sizes, numbers and vectors, the memory, the kernels of
// the forward pass, of the loss, of the backward pass, the steps that call them in order, and the
// table that tells a host what it must know.
//
// One vector holds one number of 8 examples, one in each lane, so no channel count and no image
// size wastes a lane. A tensor [channels, height, width] lies as
// [blocks][channels][height][width][lanes]. A short batch leaves lanes inactive: they hold 0, by
// selection, whatever was there before.
#include "mixer.h"

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

// erf(x) to one and a half units in the last place: a polynomial around 0, 1 - exp(of another)
// beyond, which is 1 from 4 on.
static inline vec vec_erf(vec x) {
  const vec size = vec_abs(x), square = x * x;
  vec p = splat((real)-5.91941876e-4);
  p = p * square + (real)4.97913035e-3;
  p = p * square - (real)2.67570354e-2;
  p = p * square + (real)1.12815522e-1;
  p = p * square - (real)3.7612468e-1;
  p = p * square + (real)1.28379151e-1;
  const vec near = blend(size > splat(4), splat(4), size);
  vec q = splat((real)-5.15092916e-6);
  q = q * near + (real)4.82028117e-5;
  q = q * near + (real)3.60618687e-5;
  q = q * near - (real)2.89229304e-3;
  q = q * near + (real)2.2611998e-2;
  q = q * near - (real)1.05202898e-1;
  q = q * near - (real)6.35656536e-1;
  q = q * near - (real)1.28544897e-1;
  const vec large = 1 - vec_exp(q * near - near);
  return blend(size < splat((real)0.9375), p * x + x, blend(x < (vec){0}, -large, large));
}

static inline vec vec_sqrt(vec x) {
  UNROLL for (int l = 0; l < LANES; l++) x[l] = sqrtf(x[l]);
  return x;
}

// 0.5 * x * (1 + erf(x * 0.7071067811865476))
static ALWAYS_INLINE vec vec_gelu(vec x) {
  return (real)0.5 * x * (1 + vec_erf(x * (real)0.7071067811865476));
}

// dy * (0.5 * (1 + erf(0.7071067811865476 * x)) + 0.5 * x * 0.7978845608028654 *
// exp(-0.7071067811865476 * x * 0.7071067811865476 * x))
static ALWAYS_INLINE vec vec_gelu_gradient(vec dy, vec x) {
  const vec part0 = (real)0.7071067811865476 * x;
  return dy
      * ((real)0.5 * (1 + vec_erf(part0)) + (real)0.5 * x * (real)0.7978845608028654
      * vec_exp(-(part0 * part0)));
}

// ---- Memory: what the caller owns

// What is learned, in canonical order.
struct parameters {
  real conv1_weight[3072];  // [64, 3, 4, 4]
  real conv1_bias[64];
  real layer1_mixing1_layer_norm1_gamma[64], layer1_mixing1_layer_norm1_beta[64];
  real layer1_mixing1_mlp1_conv1_weight[8192];  // [128, 64, 1]
  real layer1_mixing1_mlp1_conv1_bias[128];
  real layer1_mixing1_mlp1_conv2_weight[8192];  // [64, 128, 1]
  real layer1_mixing1_mlp1_conv2_bias[64];
  real layer1_mixing1_layer_norm2_gamma[64], layer1_mixing1_layer_norm2_beta[64];
  real layer1_mixing1_mlp2_conv1_weight[16384];  // [256, 64, 1]
  real layer1_mixing1_mlp2_conv1_bias[256];
  real layer1_mixing1_mlp2_conv2_weight[16384];  // [64, 256, 1]
  real layer1_mixing1_mlp2_conv2_bias[64];
  real layer2_mixing1_layer_norm1_gamma[64], layer2_mixing1_layer_norm1_beta[64];
  real layer2_mixing1_mlp1_conv1_weight[8192];  // [128, 64, 1]
  real layer2_mixing1_mlp1_conv1_bias[128];
  real layer2_mixing1_mlp1_conv2_weight[8192];  // [64, 128, 1]
  real layer2_mixing1_mlp1_conv2_bias[64];
  real layer2_mixing1_layer_norm2_gamma[64], layer2_mixing1_layer_norm2_beta[64];
  real layer2_mixing1_mlp2_conv1_weight[16384];  // [256, 64, 1]
  real layer2_mixing1_mlp2_conv1_bias[256];
  real layer2_mixing1_mlp2_conv2_weight[16384];  // [64, 256, 1]
  real layer2_mixing1_mlp2_conv2_bias[64];
  real layer_norm1_gamma[64], layer_norm1_beta[64];
  real dense1_weight[640];  // [10, 64]
  real dense1_bias[10];
};

// Where in scratch each tensor lies, in numbers. Tensors whose lives do not overlap share a place.
enum {
  b_image_lanes = 9699328,  // [8][3][32][32][8]
  b_conv1_output = 7340032,  // [8][64][8][8][8]
  b_layer1_mixing1_layer_norm1_moments = 9895936,  // [8][64][2][8]
  b_layer1_mixing1_layer_norm1_output = 0,  // [8][64][64][8]
  b_layer1_mixing1_transpose1_output = 7602176,  // [8][64][64][8]
  b_layer1_mixing1_mlp1_conv1_sums = 5242880,  // [8][128][64][8]
  b_layer1_mixing1_mlp1_gelu1_output = 5767168,  // [8][128][64][8]
  b_layer1_mixing1_mlp1_conv2_output = 0,  // [8][64][64][8]
  b_layer1_mixing1_transpose2_output = 262144,  // [8][64][64][8]
  b_layer1_mixing1_add1_output = 7864320,  // [8][64][64][8]
  b_layer1_mixing1_layer_norm2_moments = 9904128,  // [8][64][2][8]
  b_layer1_mixing1_layer_norm2_output = 8126464,  // [8][64][64][8]
  b_layer1_mixing1_mlp2_conv1_sums = 0,  // [8][256][64][8]
  b_layer1_mixing1_mlp2_gelu1_output = 1048576,  // [8][256][64][8]
  b_layer1_mixing1_mlp2_conv2_output = 2097152,  // [8][64][64][8]
  b_layer1_mixing1_add2_output = 8388608,  // [8][64][64][8]
  b_layer2_mixing1_layer_norm1_moments = 9912320,  // [8][64][2][8]
  b_layer2_mixing1_layer_norm1_output = 2097152,  // [8][64][64][8]
  b_layer2_mixing1_transpose1_output = 8650752,  // [8][64][64][8]
  b_layer2_mixing1_mlp1_conv1_sums = 6291456,  // [8][128][64][8]
  b_layer2_mixing1_mlp1_gelu1_output = 6815744,  // [8][128][64][8]
  b_layer2_mixing1_mlp1_conv2_output = 2097152,  // [8][64][64][8]
  b_layer2_mixing1_transpose2_output = 2359296,  // [8][64][64][8]
  b_layer2_mixing1_add1_output = 8912896,  // [8][64][64][8]
  b_layer2_mixing1_layer_norm2_moments = 9920512,  // [8][64][2][8]
  b_layer2_mixing1_layer_norm2_output = 9175040,  // [8][64][64][8]
  b_layer2_mixing1_mlp2_conv1_sums = 2097152,  // [8][256][64][8]
  b_layer2_mixing1_mlp2_gelu1_output = 3145728,  // [8][256][64][8]
  b_layer2_mixing1_mlp2_conv2_output = 4194304,  // [8][64][64][8]
  b_layer2_mixing1_add2_output = 4456448,  // [8][64][64][8]
  b_layer_norm1_moments = 4718592,  // [8][64][2][8]
  b_layer_norm1_output = 4194304,  // [8][64][64][8]
  b_global_avgpool1_output = 4726784,  // [8][64][8]
  b_dense1_output = 4194304,  // [8][10][8]
  b_dense1_output_gradient = 4198400,  // [8][10][8]
  b_block_losses = 4194944,  // [8]
  b_global_avgpool1_output_gradient = 4730880,  // [8][64][8]
  b_dense1_rows = 4194304,  // [64][64]
  b_layer_norm1_output_gradient = 4194304,  // [8][64][64][8]
  b_layer2_mixing1_add2_output_gradient = 9437184,  // [8][64][64][8]
  b_layer2_mixing1_mlp2_conv1_output_gradient = 4194304,  // [8][256][64][8]
  b_layer2_mixing1_mlp2_conv2_weight_gradient_parts = 2097152,  // [4][8][256][16]
  b_layer2_mixing1_layer_norm2_output_gradient = 2097152,  // [8][64][64][8]
  b_layer2_mixing1_mlp2_conv1_weight_gradient_parts = 2359296,  // [1][32][64][16]
  b_layer2_mixing1_add1_layer2_mixing1_layer_norm2_output_gradient = 2359296,  // [8][64][64][8]
  b_layer2_mixing1_add1_summed_output_gradient = 2621440,  // [8][64][64][8]
  b_layer2_mixing1_mlp1_conv2_output_gradient = 2883584,  // [8][64][64][8]
  b_layer2_mixing1_mlp1_conv1_output_gradient = 2097152,  // [8][128][64][8]
  b_layer2_mixing1_mlp1_conv2_weight_gradient_parts = 3145728,  // [4][8][128][16]
  b_layer2_mixing1_transpose1_output_gradient = 2883584,  // [8][64][64][8]
  b_layer2_mixing1_mlp1_conv1_weight_gradient_parts = 3145728,  // [2][16][64][16]
  b_layer2_mixing1_layer_norm1_output_gradient = 2097152,  // [8][64][64][8]
  b_layer1_mixing1_add2_layer2_mixing1_layer_norm1_output_gradient = 2359296,  // [8][64][64][8]
  b_layer1_mixing1_add2_summed_output_gradient = 3145728,  // [8][64][64][8]
  b_layer1_mixing1_mlp2_conv1_output_gradient = 2097152,  // [8][256][64][8]
  b_layer1_mixing1_mlp2_conv2_weight_gradient_parts = 0,  // [4][8][256][16]
  b_layer1_mixing1_layer_norm2_output_gradient = 0,  // [8][64][64][8]
  b_layer1_mixing1_mlp2_conv1_weight_gradient_parts = 262144,  // [1][32][64][16]
  b_layer1_mixing1_add1_layer1_mixing1_layer_norm2_output_gradient = 262144,  // [8][64][64][8]
  b_layer1_mixing1_add1_summed_output_gradient = 524288,  // [8][64][64][8]
  b_layer1_mixing1_mlp1_conv2_output_gradient = 786432,  // [8][64][64][8]
  b_layer1_mixing1_mlp1_conv1_output_gradient = 0,  // [8][128][64][8]
  b_layer1_mixing1_mlp1_conv2_weight_gradient_parts = 1048576,  // [4][8][128][16]
  b_layer1_mixing1_transpose1_output_gradient = 786432,  // [8][64][64][8]
  b_layer1_mixing1_mlp1_conv1_weight_gradient_parts = 1048576,  // [2][16][64][16]
  b_layer1_mixing1_layer_norm1_output_gradient = 0,  // [8][64][64][8]
  b_reshape1_layer1_mixing1_layer_norm1_output_gradient = 262144,  // [8][64][64][8]
  b_reshape1_summed_output_gradient = 0,  // [8][64][64][8]
  b_conv1_weight_gradient_parts = 262144,  // [4][8][48][16]
  SCRATCH = 9928704
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

static ALWAYS_INLINE int label_of(const struct step *s, int example) {
  return ((const int32_t *)s->batch->targets[0])[row_of(s, example)];
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

static const struct convolution g_conv1 = { .G = 1, .CI = 3, .H = 32, .W = 32, .CO = 64, .OH = 8,
    .OW = 8, .KH = 4, .KW = 4, .SH = 4, .SW = 4, .DH = 1, .DW = 1, .PT = 0, .PB = 0, .PL = 0,
    .INNER = 0, .INNER_END = 8 };

// One tile of a convolution: `channels` x `columns` sums in registers. Each x is loaded for all the
// channels, each weight for all the columns. `edge` says that a window may reach into the padding.
static ALWAYS_INLINE void convolution_bias_forward_tile(const struct convolution g, const vec *x,
    const real *weight, const real *bias, vec *y, mask active, int i, int j, const int channels,
    const int columns, const int edge) {
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
static ALWAYS_INLINE void convolution_bias_forward_span(const struct convolution g, const vec *x,
    const real *weight, const real *bias, vec *y, mask active, int i, const int start,
    const int end, const int channels, const int width) {
  const int rest = (end - start) % width, whole = end - rest;
  const int left = left_edge(g.INNER, start, whole, width);
  const int right = right_edge(g.INNER_END, left, whole, width);
  UNROLL for (int j = start; j < left; j += width)
    convolution_bias_forward_tile(g, x, weight, bias, y, active, i, j, channels, width, 1);
  for (int j = left; j < right; j += width)
    convolution_bias_forward_tile(g, x, weight, bias, y, active, i, j, channels, width, 0);
  UNROLL for (int j = right; j < whole; j += width)
    convolution_bias_forward_tile(g, x, weight, bias, y, active, i, j, channels, width, 1);
  if (rest > 0)
    convolution_bias_forward_tile(g, x, weight, bias, y, active, i, whole, channels, rest, 1);
}

// Rows `first` up to `end` of `channels` output channels.
static ALWAYS_INLINE void convolution_bias_forward_rows(const struct convolution g,
    const struct pieces columns, const vec *x, const real *weight, const real *bias, vec *y,
    mask active, int first, int end, const int channels) {
  const int wide = columns.wide * (columns.size + 1);
  for (int i = first; i < end; i++) {
    if (wide > 0)
      convolution_bias_forward_span(g, x, weight, bias, y, active, i, 0, wide, channels,
          columns.size + 1);
    convolution_bias_forward_span(g, x, weight, bias, y, active, i, wide, g.OW, channels,
        columns.size);
  }
}

// A task of a convolution: one tile's output channels of one block.
static ALWAYS_INLINE void convolution_bias_forward(const struct step *s, int task,
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
    convolution_bias_forward_rows(g, columns, x, weight, bias, y, active, 0, g.OH, tiles.size + 1);
  else
    convolution_bias_forward_rows(g, columns, x, weight, bias, y, active, 0, g.OH, tiles.size);
}

// conv1 (mixer.bn:20), forward: 5 or 4 output channels of a block a task
//   x [3, 32, 32], weight [64, 3, 4, 4], y [64, 8, 8]
static void k_conv1_forward(const struct step *s, int task) {
  convolution_bias_forward(s, task, g_conv1, (struct pieces){13, 4, 12}, (struct pieces){4, 2, 0},
      lanes_at(s, b_image_lanes), s->parameters->conv1_weight, s->parameters->conv1_bias,
      lanes_at(s, b_conv1_output));
}

// k_conv1_forward, and before it the image that it needs.
static void k_conv1_forward_loading(const struct step *s, int task) {
  const int block = task / 13;
  k_image_load_once(s, block, block + 1);
  k_conv1_forward(s, task);
}

static ALWAYS_INLINE int piece_size(const struct pieces p, int index) {
  return p.size + (index < p.wide);
}

// O x I groups of an example, which are normalized each by itself, of N numbers I apart: number k
// of group [o, i] is (o * N + k) * I + i, and its gamma and beta are number o * A + k / R. I or R
// is 1. With means over the group, g = gamma * dy, and xhat = (x - mean) * inverse:
//   y = gamma * xhat + beta, dbeta = sum of dy, dgamma = sum of dy * xhat
//   dx = (g - mean of g - xhat * mean of g * xhat) * inverse
struct norm_groups {
  int O, N, I, A, R;
};

// Where a group of a block begins.
static ALWAYS_INLINE int group_start(const struct norm_groups n, int block, int group) {
  return (block * n.O + group / n.I) * (n.N * n.I) + group % n.I;
}

static const struct norm_groups g_layer1_mixing1_layer_norm1 = { .O = 1, .N = 64, .I = 64, .A = 0,
    .R = 1 };

// The mean of a group of `count` numbers `apart` in each lane, and inverse = 1 / sqrt(variance +
// eps). The second pass is centred, so that nothing cancels, and takes away what rounding left of
// the mean.
static inline void group_moments(const int count, const int apart, const real eps, const vec *x,
    vec *inverse, vec *mean) {
  const real share = 1 / (real)count;
  struct long_sum sum = {0}, rest = {0}, squares = {0};
  for (int first = 0; first < count; first += PART) {
    const int end = first + PART < count ? first + PART : count, whole = end - (end - first) % 4;
    vec part[4] = {0};
    for (int k = first; k < whole; k += 4)
      UNROLL for (int u = 0; u < 4; u++) part[u] += x[(k + u) * apart];
    for (int k = whole; k < end; k++) part[0] += x[k * apart];
    add_part(&sum, (part[0] + part[1]) + (part[2] + part[3]));
  }
  const vec center = sum.total * share;
  for (int first = 0; first < count; first += PART) {
    const int end = first + PART < count ? first + PART : count;
    vec rest_part[2] = {0}, squares_part[2] = {0};
    for (int k = first; k < end; k += 2)
      UNROLL for (int u = 0; u < 2; u++) {
        if (k + u == end) continue;
        const vec d = x[(k + u) * apart] - center;
        rest_part[u] += d;
        squares_part[u] += d * d;
      }
    add_part(&rest, rest_part[0] + rest_part[1]);
    add_part(&squares, squares_part[0] + squares_part[1]);
  }
  const vec off = rest.total * share, variance = squares.total * share - off * off;
  *mean = center + off;
  *inverse = 1 / vec_sqrt(max_of(variance, (vec){0}) + eps);
}

// Memory of each thread, which stays in its cache from task to task.
static _Thread_local vec thread_vectors[1024];

// How many groups from `group` on, up to `end` and at most `most`, lie beside each other.
static ALWAYS_INLINE int neighbours(const struct norm_groups n, int group, int end,
    const int most) {
  int count = n.I - group % n.I;
  if (count > end - group) count = end - group;
  return count < most ? count : most;
}

// Brings the numbers of each of `count` neighbours together.
static ALWAYS_INLINE void bring_together(const struct norm_groups n, int count, const vec *x,
    vec *together) {
  for (int k = 0; k < n.N; k++)
    for (int w = 0; w < count; w++) together[w * n.N + k] = x[k * n.I + w];
}

// Brings them back to where they belong.
static ALWAYS_INLINE void bring_back(const struct norm_groups n, int count, const vec *together,
    vec *y) {
  for (int k = 0; k < n.N; k++)
    for (int w = 0; w < count; w++) y[k * n.I + w] = together[w * n.N + k];
}

// Normalizes a group, whose numbers lie `apart`, into y. `kept` is its inverse and mean.
static ALWAYS_INLINE void norm_group(const struct norm_groups n, const int group, const int apart,
    const real eps, const real *gamma, const real *beta, const mask active, const vec *x, vec *kept,
    vec *y) {
  vec mean, inverse;
  group_moments(n.N, apart, eps, x, &inverse, &mean);
  kept[0] = masked(inverse, active);
  kept[1] = masked(mean, active);
  for (int k = 0; k < n.N; k++) {
    const int p = group / n.I * n.A + k / n.R;
    const vec value = (x[k * apart] - mean) * inverse * gamma[p] + beta[p];
    y[k * apart] = masked(value, active);
  }
}

// A task: a piece of the groups of one block. Numbers of a group that lie far apart have few places
// in a cache: those of up to 8 neighbours are brought together first.
static ALWAYS_INLINE void norm_forward(const struct step *s, int task, const struct norm_groups n,
    const struct pieces groups, const real eps, const real *gamma, const real *beta, const vec *x,
    vec *moments, vec *y) {
  const int block = task / groups.count, first = piece_start(groups, task % groups.count);
  const int end = first + piece_size(groups, task % groups.count);
  const mask active = active_lanes(s, block);
  moments += 2 * block * (n.O * n.I);
  vec *ys = thread_vectors;
  for (int group = first, count; group < end; group += count) {
    const int start = group_start(n, block, group);
    count = neighbours(n, group, end, 8);
    bring_together(n, count, x + start, ys);
    for (int w = 0; w < count; w++)
      norm_group(n, group + w, 1, eps, gamma, beta, active, ys + w * n.N, moments + 2 * (group + w),
          ys + w * n.N);
    bring_back(n, count, ys, y + start);
  }
}

// layer1_mixing1_layer_norm1 (mixer.bn:8), forward: y = gamma * (x - mean) / sqrt(variance + eps) +
// beta, mean and variance of each place's channels
//   all [64, 64]
static void k_layer1_mixing1_layer_norm1_forward(const struct step *s, int task) {
  norm_forward(s, task, g_layer1_mixing1_layer_norm1, (struct pieces){2, 32, 0}, (real)1e-05,
      s->parameters->layer1_mixing1_layer_norm1_gamma,
      s->parameters->layer1_mixing1_layer_norm1_beta, lanes_at(s, b_conv1_output),
      lanes_at(s, b_layer1_mixing1_layer_norm1_moments),
      lanes_at(s, b_layer1_mixing1_layer_norm1_output));
}

// Four axes: how many numbers there are along each, or how far a value's numbers lie apart along
// it, 0 where one number serves all.
struct axes {
  int i, j, k, l;
};

// Where the number of these indices lies, `block` numbers for each block of examples before it.
static ALWAYS_INLINE ptrdiff_t place(const struct axes step, ptrdiff_t block, int i, int j, int k,
    int l) {
  return block + step.i * i + step.j * j + step.k * k + step.l * l;
}

// A box of n numbers, `from` apart in x, to places `to` apart in y: one of `pieces` pieces of it.
static ALWAYS_INLINE void copy_box(const int piece, const int pieces, const struct axes n,
    const struct axes from, const vec *x, const struct axes to, vec *y) {
  const int first = (int)((int64_t)n.i * piece / pieces),
      end = (int)((int64_t)n.i * (piece + 1) / pieces);
  for (int i = first; i < end; i++)
    for (int j = 0; j < n.j; j++)
      for (int k = 0; k < n.k; k++)
        for (int l = 0; l < n.l; l++) y[place(to, 0, i, j, k, l)] = x[place(from, 0, i, j, k, l)];
}

// layer1_mixing1_transpose1 (mixer.bn:9): y has the axes [2, 1] of x
//   x [64, 64], y [64, 64]
static void k_layer1_mixing1_transpose1_forward(const struct step *s, int task) {
  const int block = task / 2, piece = task % 2;
  vec *y = lanes_at(s, b_layer1_mixing1_transpose1_output) + block * 4096;
  copy_box(piece, 2, (struct axes){64, 64, 1, 1}, (struct axes){1, 64, 0, 0},
      lanes_at(s, b_layer1_mixing1_layer_norm1_output) + block * 4096, (struct axes){64, 1, 0, 0},
      y);
}

static const struct convolution g_layer1_mixing1_mlp1_conv1 = { .G = 1, .CI = 64, .H = 1, .W = 64,
    .CO = 128, .OH = 1, .OW = 64, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0,
    .PB = 0, .PL = 0, .INNER = 0, .INNER_END = 64 };

// One tile of a convolution: `channels` x `columns` sums in registers. Each x is loaded for all the
// channels, each weight for all the columns. `edge` says that a window may reach into the padding.
static ALWAYS_INLINE void convolution_bias_gelu_forward_tile(const struct convolution g,
    const vec *x, const real *weight, const real *bias, vec *z, vec *y, mask active, int i, int j,
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
      z[at] = masked(sum[c * columns + t], active);
      y[at] = masked(vec_gelu(sum[c * columns + t]), active);
    }
}

// Columns `start` to `end` of row i. Tiles at an edge are unrolled: their columns are constants
// then.
static ALWAYS_INLINE void convolution_bias_gelu_forward_span(const struct convolution g,
    const vec *x, const real *weight, const real *bias, vec *z, vec *y, mask active, int i,
    const int start, const int end, const int channels, const int width) {
  const int rest = (end - start) % width, whole = end - rest;
  const int left = left_edge(g.INNER, start, whole, width);
  const int right = right_edge(g.INNER_END, left, whole, width);
  UNROLL for (int j = start; j < left; j += width)
    convolution_bias_gelu_forward_tile(g, x, weight, bias, z, y, active, i, j, channels, width, 1);
  for (int j = left; j < right; j += width)
    convolution_bias_gelu_forward_tile(g, x, weight, bias, z, y, active, i, j, channels, width, 0);
  UNROLL for (int j = right; j < whole; j += width)
    convolution_bias_gelu_forward_tile(g, x, weight, bias, z, y, active, i, j, channels, width, 1);
  if (rest > 0)
    convolution_bias_gelu_forward_tile(g, x, weight, bias, z, y, active, i, whole, channels, rest,
        1);
}

// Rows `first` up to `end` of `channels` output channels.
static ALWAYS_INLINE void convolution_bias_gelu_forward_rows(const struct convolution g,
    const struct pieces columns, const vec *x, const real *weight, const real *bias, vec *z, vec *y,
    mask active, int first, int end, const int channels) {
  const int wide = columns.wide * (columns.size + 1);
  for (int i = first; i < end; i++) {
    if (wide > 0)
      convolution_bias_gelu_forward_span(g, x, weight, bias, z, y, active, i, 0, wide, channels,
          columns.size + 1);
    convolution_bias_gelu_forward_span(g, x, weight, bias, z, y, active, i, wide, g.OW, channels,
        columns.size);
  }
}

// A task of a convolution: one tile's output channels of one block.
static ALWAYS_INLINE void convolution_bias_gelu_forward(const struct step *s, int task,
    const struct convolution g, const struct pieces tiles, const struct pieces columns,
    const vec *x, const real *weight, const real *bias, vec *z, vec *y) {
  const int tile = task % tiles.count, group = task / tiles.count % g.G;
  const int block = task / tiles.count / g.G, plane = g.OH * g.OW;
  const int co = group * g.CO + piece_start(tiles, tile);
  const mask active = active_lanes(s, block);
  x += (block * g.G + group) * (g.CI * g.H * g.W);
  weight += co * (g.CI * g.KH * g.KW);
  bias += co;
  z += (block * g.G * g.CO + co) * plane;
  y += (block * g.G * g.CO + co) * plane;
  if (tiles.wide > 0 && tile < tiles.wide)
    convolution_bias_gelu_forward_rows(g, columns, x, weight, bias, z, y, active, 0, g.OH,
        tiles.size + 1);
  else
    convolution_bias_gelu_forward_rows(g, columns, x, weight, bias, z, y, active, 0, g.OH,
        tiles.size);
}

// convolution_bias_gelu_forward for the sizes of layer1_mixing1_mlp1_conv1, which other layers have
// too.
static void convolution_bias_gelu_forward_of_layer1_mixing1_mlp1_conv1(const struct step *s,
    int task, const vec *x, const real *weight, const real *bias, vec *z, vec *y) {
  convolution_bias_gelu_forward(s, task, g_layer1_mixing1_mlp1_conv1, (struct pieces){43, 2, 42},
      (struct pieces){16, 4, 0}, x, weight, bias, z, y);
}

// layer1_mixing1_mlp1_conv1 (mixer.bn:3), forward: 3 or 2 output channels of a block a task
//   then y = 0.5 * x * (1 + erf(x * 0.7071067811865476)), x the sum
//   x [64, 1, 64], weight [128, 64, 1, 1], y [128, 1, 64]
static void k_layer1_mixing1_mlp1_conv1_forward(const struct step *s, int task) {
  convolution_bias_gelu_forward_of_layer1_mixing1_mlp1_conv1(s, task,
      lanes_at(s, b_layer1_mixing1_transpose1_output),
      s->parameters->layer1_mixing1_mlp1_conv1_weight,
      s->parameters->layer1_mixing1_mlp1_conv1_bias, lanes_at(s, b_layer1_mixing1_mlp1_conv1_sums),
      lanes_at(s, b_layer1_mixing1_mlp1_gelu1_output));
}

static const struct convolution g_layer1_mixing1_mlp1_conv2 = { .G = 1, .CI = 128, .H = 1, .W = 64,
    .CO = 64, .OH = 1, .OW = 64, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0,
    .PB = 0, .PL = 0, .INNER = 0, .INNER_END = 64 };

// convolution_bias_forward for the sizes of layer1_mixing1_mlp1_conv2, which other layers have too.
static void convolution_bias_forward_of_layer1_mixing1_mlp1_conv2(const struct step *s, int task,
    const vec *x, const real *weight, const real *bias, vec *y) {
  convolution_bias_forward(s, task, g_layer1_mixing1_mlp1_conv2, (struct pieces){22, 2, 20},
      (struct pieces){16, 4, 0}, x, weight, bias, y);
}

// layer1_mixing1_mlp1_conv2 (mixer.bn:3), forward: 3 or 2 output channels of a block a task
//   x [128, 1, 64], weight [64, 128, 1, 1], y [64, 1, 64]
static void k_layer1_mixing1_mlp1_conv2_forward(const struct step *s, int task) {
  convolution_bias_forward_of_layer1_mixing1_mlp1_conv2(s, task,
      lanes_at(s, b_layer1_mixing1_mlp1_gelu1_output),
      s->parameters->layer1_mixing1_mlp1_conv2_weight,
      s->parameters->layer1_mixing1_mlp1_conv2_bias,
      lanes_at(s, b_layer1_mixing1_mlp1_conv2_output));
}

// layer1_mixing1_transpose2 (mixer.bn:9): y has the axes [2, 1] of x
//   x [64, 64], y [64, 64]
static void k_layer1_mixing1_transpose2_forward(const struct step *s, int task) {
  const int block = task / 2, piece = task % 2;
  vec *y = lanes_at(s, b_layer1_mixing1_transpose2_output) + block * 4096;
  copy_box(piece, 2, (struct axes){64, 64, 1, 1}, (struct axes){1, 64, 0, 0},
      lanes_at(s, b_layer1_mixing1_mlp1_conv2_output) + block * 4096, (struct axes){64, 1, 0, 0},
      y);
}

// y = a + b, number by number, in `pieces` tasks a block of `count` numbers.
static ALWAYS_INLINE void map_add(int task, const int count, const int pieces, const vec *a,
    const vec *b, vec *y) {
  const int block = task / pieces, piece = task % pieces;
  const int first = block * count + (int)((int64_t)count * piece / pieces);
  const int end = block * count + (int)((int64_t)count * (piece + 1) / pieces);
  for (int k = first; k < end; k++) y[k] = a[k] + b[k];
}

// layer1_mixing1_add1 (mixer.bn:10): y = a + b, all [64, 64]
static void k_layer1_mixing1_add1_forward(const struct step *s, int task) {
  map_add(task, 4096, 2, lanes_at(s, b_conv1_output),
      lanes_at(s, b_layer1_mixing1_transpose2_output), lanes_at(s, b_layer1_mixing1_add1_output));
}

// layer1_mixing1_layer_norm2 (mixer.bn:11), forward: y = gamma * (x - mean) / sqrt(variance + eps)
// + beta, mean and variance of each place's channels
//   all [64, 64]
static void k_layer1_mixing1_layer_norm2_forward(const struct step *s, int task) {
  norm_forward(s, task, g_layer1_mixing1_layer_norm1, (struct pieces){2, 32, 0}, (real)1e-05,
      s->parameters->layer1_mixing1_layer_norm2_gamma,
      s->parameters->layer1_mixing1_layer_norm2_beta, lanes_at(s, b_layer1_mixing1_add1_output),
      lanes_at(s, b_layer1_mixing1_layer_norm2_moments),
      lanes_at(s, b_layer1_mixing1_layer_norm2_output));
}

static const struct convolution g_layer1_mixing1_mlp2_conv1 = { .G = 1, .CI = 64, .H = 1, .W = 64,
    .CO = 256, .OH = 1, .OW = 64, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0,
    .PB = 0, .PL = 0, .INNER = 0, .INNER_END = 64 };

// convolution_bias_gelu_forward for the sizes of layer1_mixing1_mlp2_conv1, which other layers have
// too.
static void convolution_bias_gelu_forward_of_layer1_mixing1_mlp2_conv1(const struct step *s,
    int task, const vec *x, const real *weight, const real *bias, vec *z, vec *y) {
  convolution_bias_gelu_forward(s, task, g_layer1_mixing1_mlp2_conv1, (struct pieces){86, 2, 84},
      (struct pieces){16, 4, 0}, x, weight, bias, z, y);
}

// layer1_mixing1_mlp2_conv1 (mixer.bn:3), forward: 3 or 2 output channels of a block a task
//   then y = 0.5 * x * (1 + erf(x * 0.7071067811865476)), x the sum
//   x [64, 1, 64], weight [256, 64, 1, 1], y [256, 1, 64]
static void k_layer1_mixing1_mlp2_conv1_forward(const struct step *s, int task) {
  convolution_bias_gelu_forward_of_layer1_mixing1_mlp2_conv1(s, task,
      lanes_at(s, b_layer1_mixing1_layer_norm2_output),
      s->parameters->layer1_mixing1_mlp2_conv1_weight,
      s->parameters->layer1_mixing1_mlp2_conv1_bias, lanes_at(s, b_layer1_mixing1_mlp2_conv1_sums),
      lanes_at(s, b_layer1_mixing1_mlp2_gelu1_output));
}

static const struct convolution g_layer1_mixing1_mlp2_conv2 = { .G = 1, .CI = 256, .H = 1, .W = 64,
    .CO = 64, .OH = 1, .OW = 64, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0,
    .PB = 0, .PL = 0, .INNER = 0, .INNER_END = 64 };

// convolution_bias_forward for the sizes of layer1_mixing1_mlp2_conv2, which other layers have too.
static void convolution_bias_forward_of_layer1_mixing1_mlp2_conv2(const struct step *s, int task,
    const vec *x, const real *weight, const real *bias, vec *y) {
  convolution_bias_forward(s, task, g_layer1_mixing1_mlp2_conv2, (struct pieces){22, 2, 20},
      (struct pieces){16, 4, 0}, x, weight, bias, y);
}

// layer1_mixing1_mlp2_conv2 (mixer.bn:3), forward: 3 or 2 output channels of a block a task
//   x [256, 1, 64], weight [64, 256, 1, 1], y [64, 1, 64]
static void k_layer1_mixing1_mlp2_conv2_forward(const struct step *s, int task) {
  convolution_bias_forward_of_layer1_mixing1_mlp2_conv2(s, task,
      lanes_at(s, b_layer1_mixing1_mlp2_gelu1_output),
      s->parameters->layer1_mixing1_mlp2_conv2_weight,
      s->parameters->layer1_mixing1_mlp2_conv2_bias,
      lanes_at(s, b_layer1_mixing1_mlp2_conv2_output));
}

// layer1_mixing1_add2 (mixer.bn:12): y = a + b, all [64, 64]
static void k_layer1_mixing1_add2_forward(const struct step *s, int task) {
  map_add(task, 4096, 2, lanes_at(s, b_layer1_mixing1_add1_output),
      lanes_at(s, b_layer1_mixing1_mlp2_conv2_output), lanes_at(s, b_layer1_mixing1_add2_output));
}

// layer2_mixing1_layer_norm1 (mixer.bn:8), forward: y = gamma * (x - mean) / sqrt(variance + eps) +
// beta, mean and variance of each place's channels
//   all [64, 64]
static void k_layer2_mixing1_layer_norm1_forward(const struct step *s, int task) {
  norm_forward(s, task, g_layer1_mixing1_layer_norm1, (struct pieces){2, 32, 0}, (real)1e-05,
      s->parameters->layer2_mixing1_layer_norm1_gamma,
      s->parameters->layer2_mixing1_layer_norm1_beta, lanes_at(s, b_layer1_mixing1_add2_output),
      lanes_at(s, b_layer2_mixing1_layer_norm1_moments),
      lanes_at(s, b_layer2_mixing1_layer_norm1_output));
}

// layer2_mixing1_transpose1 (mixer.bn:9): y has the axes [2, 1] of x
//   x [64, 64], y [64, 64]
static void k_layer2_mixing1_transpose1_forward(const struct step *s, int task) {
  const int block = task / 2, piece = task % 2;
  vec *y = lanes_at(s, b_layer2_mixing1_transpose1_output) + block * 4096;
  copy_box(piece, 2, (struct axes){64, 64, 1, 1}, (struct axes){1, 64, 0, 0},
      lanes_at(s, b_layer2_mixing1_layer_norm1_output) + block * 4096, (struct axes){64, 1, 0, 0},
      y);
}

// layer2_mixing1_mlp1_conv1 (mixer.bn:3), forward: 3 or 2 output channels of a block a task
//   then y = 0.5 * x * (1 + erf(x * 0.7071067811865476)), x the sum
//   x [64, 1, 64], weight [128, 64, 1, 1], y [128, 1, 64]
static void k_layer2_mixing1_mlp1_conv1_forward(const struct step *s, int task) {
  convolution_bias_gelu_forward_of_layer1_mixing1_mlp1_conv1(s, task,
      lanes_at(s, b_layer2_mixing1_transpose1_output),
      s->parameters->layer2_mixing1_mlp1_conv1_weight,
      s->parameters->layer2_mixing1_mlp1_conv1_bias, lanes_at(s, b_layer2_mixing1_mlp1_conv1_sums),
      lanes_at(s, b_layer2_mixing1_mlp1_gelu1_output));
}

// layer2_mixing1_mlp1_conv2 (mixer.bn:3), forward: 3 or 2 output channels of a block a task
//   x [128, 1, 64], weight [64, 128, 1, 1], y [64, 1, 64]
static void k_layer2_mixing1_mlp1_conv2_forward(const struct step *s, int task) {
  convolution_bias_forward_of_layer1_mixing1_mlp1_conv2(s, task,
      lanes_at(s, b_layer2_mixing1_mlp1_gelu1_output),
      s->parameters->layer2_mixing1_mlp1_conv2_weight,
      s->parameters->layer2_mixing1_mlp1_conv2_bias,
      lanes_at(s, b_layer2_mixing1_mlp1_conv2_output));
}

// layer2_mixing1_transpose2 (mixer.bn:9): y has the axes [2, 1] of x
//   x [64, 64], y [64, 64]
static void k_layer2_mixing1_transpose2_forward(const struct step *s, int task) {
  const int block = task / 2, piece = task % 2;
  vec *y = lanes_at(s, b_layer2_mixing1_transpose2_output) + block * 4096;
  copy_box(piece, 2, (struct axes){64, 64, 1, 1}, (struct axes){1, 64, 0, 0},
      lanes_at(s, b_layer2_mixing1_mlp1_conv2_output) + block * 4096, (struct axes){64, 1, 0, 0},
      y);
}

// layer2_mixing1_add1 (mixer.bn:10): y = a + b, all [64, 64]
static void k_layer2_mixing1_add1_forward(const struct step *s, int task) {
  map_add(task, 4096, 2, lanes_at(s, b_layer1_mixing1_add2_output),
      lanes_at(s, b_layer2_mixing1_transpose2_output), lanes_at(s, b_layer2_mixing1_add1_output));
}

// layer2_mixing1_layer_norm2 (mixer.bn:11), forward: y = gamma * (x - mean) / sqrt(variance + eps)
// + beta, mean and variance of each place's channels
//   all [64, 64]
static void k_layer2_mixing1_layer_norm2_forward(const struct step *s, int task) {
  norm_forward(s, task, g_layer1_mixing1_layer_norm1, (struct pieces){2, 32, 0}, (real)1e-05,
      s->parameters->layer2_mixing1_layer_norm2_gamma,
      s->parameters->layer2_mixing1_layer_norm2_beta, lanes_at(s, b_layer2_mixing1_add1_output),
      lanes_at(s, b_layer2_mixing1_layer_norm2_moments),
      lanes_at(s, b_layer2_mixing1_layer_norm2_output));
}

// layer2_mixing1_mlp2_conv1 (mixer.bn:3), forward: 3 or 2 output channels of a block a task
//   then y = 0.5 * x * (1 + erf(x * 0.7071067811865476)), x the sum
//   x [64, 1, 64], weight [256, 64, 1, 1], y [256, 1, 64]
static void k_layer2_mixing1_mlp2_conv1_forward(const struct step *s, int task) {
  convolution_bias_gelu_forward_of_layer1_mixing1_mlp2_conv1(s, task,
      lanes_at(s, b_layer2_mixing1_layer_norm2_output),
      s->parameters->layer2_mixing1_mlp2_conv1_weight,
      s->parameters->layer2_mixing1_mlp2_conv1_bias, lanes_at(s, b_layer2_mixing1_mlp2_conv1_sums),
      lanes_at(s, b_layer2_mixing1_mlp2_gelu1_output));
}

// layer2_mixing1_mlp2_conv2 (mixer.bn:3), forward: 3 or 2 output channels of a block a task
//   x [256, 1, 64], weight [64, 256, 1, 1], y [64, 1, 64]
static void k_layer2_mixing1_mlp2_conv2_forward(const struct step *s, int task) {
  convolution_bias_forward_of_layer1_mixing1_mlp2_conv2(s, task,
      lanes_at(s, b_layer2_mixing1_mlp2_gelu1_output),
      s->parameters->layer2_mixing1_mlp2_conv2_weight,
      s->parameters->layer2_mixing1_mlp2_conv2_bias,
      lanes_at(s, b_layer2_mixing1_mlp2_conv2_output));
}

// layer2_mixing1_add2 (mixer.bn:12): y = a + b, all [64, 64]
static void k_layer2_mixing1_add2_forward(const struct step *s, int task) {
  map_add(task, 4096, 2, lanes_at(s, b_layer2_mixing1_add1_output),
      lanes_at(s, b_layer2_mixing1_mlp2_conv2_output), lanes_at(s, b_layer2_mixing1_add2_output));
}

// layer_norm1 (mixer.bn:23), forward: y = gamma * (x - mean) / sqrt(variance + eps) + beta, mean
// and variance of each place's channels
//   all [64, 64]
static void k_layer_norm1_forward(const struct step *s, int task) {
  norm_forward(s, task, g_layer1_mixing1_layer_norm1, (struct pieces){2, 32, 0}, (real)1e-05,
      s->parameters->layer_norm1_gamma, s->parameters->layer_norm1_beta,
      lanes_at(s, b_layer2_mixing1_add2_output), lanes_at(s, b_layer_norm1_moments),
      lanes_at(s, b_layer_norm1_output));
}

// A pool: OH x OW windows of KH x KW numbers, DH rows and DW columns apart, every SH rows and SW
// columns of H x W numbers, the first one PT rows above them and PL columns to their left. EDGES:
// some windows reach past the numbers. A mean counts what lies from row TOP up to BOTTOM and from
// column LEFT up to RIGHT.
struct pool {
  int H, W, OH, OW, KH, KW, SH, SW, DH, DW, PT, PL, EDGES, TOP, BOTTOM, LEFT, RIGHT;
};

static const struct pool g_global_avgpool1 = { .H = 1, .W = 64, .OH = 1, .OW = 1, .KH = 1, .KW = 64,
    .SH = 1, .SW = 64, .DH = 1, .DW = 1, .PT = 0, .PL = 0, .EDGES = 0, .TOP = 0, .BOTTOM = 1,
    .LEFT = 0, .RIGHT = 64 };

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

// global_avgpool1 (mixer.bn:24): y[n, c] = mean of x[n, c]
//   x [64, 64], y [64]
static void k_global_avgpool1_forward(const struct step *s, int task) {
  avgpool_forward(task, g_global_avgpool1, (real)0.015625, lanes_at(s, b_layer_norm1_output),
      lanes_at(s, b_global_avgpool1_output));
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

// dense1 (mixer.bn:25), forward: 3 or 2 outputs of 4 blocks a task
//   x [64], weight [10, 64], y [10]
static void k_dense1_forward(const struct step *s, int task) {
  dense_bias_forward(s, task, g_dense1, (struct pieces){4, 2, 2}, 4,
      lanes_at(s, b_global_avgpool1_output), s->parameters->dense1_weight,
      s->parameters->dense1_bias, lanes_at(s, b_dense1_output));
}

// ---- Loss

// The loss (mixer.bn:27) of each example, and its gradient:
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

// dense1 (mixer.bn:25), input gradient: 3 or 2 features of the batch a task
//   dy [10], weight [10, 64], dx [64]
static void k_dense1_input_gradient(const struct step *s, int task) {
  dense_input_gradient(s, task, g_dense1, (struct pieces){22, 2, 20}, 1, 10, 4,
      lanes_at(s, b_dense1_output_gradient), s->parameters->dense1_weight,
      lanes_at(s, b_global_avgpool1_output_gradient));
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

// dense1 (mixer.bn:25): its input as rows, x [64], rows [batch][64]
static void k_dense1_rows_load(const struct step *s, int task) {
  load_rows(task, 64, 64, lanes_at(s, b_global_avgpool1_output), lanes_at(s, b_dense1_rows));
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

// dense1 (mixer.bn:25), weight gradient and step: 3 or 2 outputs a task
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
  adam_update(&bias[c], lanes_sum(sum.total), s);
}

// dense1 (mixer.bn:25), bias gradient and step: dy [10]
static void k_dense1_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 10, 1, lanes_at(s, b_dense1_output_gradient), s->parameters->dense1_bias);
}

// A task: dy shared among the numbers of its window, of one channel of one block.
static ALWAYS_INLINE void avgpool_backward(int task, const struct pool p, const real share,
    const vec *dy, vec *dx) {
  dy += task * (p.OH * p.OW);
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
}

// global_avgpool1 (mixer.bn:24), input gradient: dy [64], dx [64, 64]
static void k_global_avgpool1_backward(const struct step *s, int task) {
  avgpool_backward(task, g_global_avgpool1, (real)0.015625,
      lanes_at(s, b_global_avgpool1_output_gradient), lanes_at(s, b_layer_norm1_output_gradient));
}

// The gradient of the numbers of a group, which lie `apart`.
static ALWAYS_INLINE void norm_group_backward(const struct norm_groups n, const int group,
    const int apart, const real *gamma, const mask active, const vec *x, const vec *dy,
    const vec *kept, vec *dx) {
  const real share = 1 / (real)n.N;
  const vec inverse = kept[0], mean = kept[1];
  struct long_sum sum = {0}, product = {0};
  for (int part = 0; part < n.N; part += PART) {
    const int end = part + PART < n.N ? part + PART : n.N;
    vec sum_part = {0}, product_part = {0};
    for (int k = part; k < end; k++) {
      const int p = group / n.I * n.A + k / n.R;
      const vec g = dy[k * apart] * gamma[p];
      sum_part += g;
      product_part += g * (x[k * apart] - mean);
    }
    add_part(&sum, sum_part);
    add_part(&product, product_part);
  }
  const vec mean_g = sum.total * share;
  const vec slope = product.total * share * inverse * inverse;
  for (int k = 0; k < n.N; k++) {
    const int p = group / n.I * n.A + k / n.R;
    const vec g = dy[k * apart] * gamma[p];
    dx[k * apart] = masked((g - mean_g - (x[k * apart] - mean) * slope) * inverse, active);
  }
}

// A task: the gradient of a piece of the groups of one block's x. What lies far apart is brought
// together first.
static ALWAYS_INLINE void norm_backward(const struct step *s, int task, const struct norm_groups n,
    const struct pieces groups, const real *gamma, const vec *x, const vec *dy, const vec *moments,
    vec *dx) {
  const int block = task / groups.count, first = piece_start(groups, task % groups.count);
  const int end = first + piece_size(groups, task % groups.count);
  const mask active = active_lanes(s, block);
  moments += 2 * block * (n.O * n.I);
  vec *xs = thread_vectors, *dys = xs + 6 * n.N;
  for (int group = first, count; group < end; group += count) {
    const int start = group_start(n, block, group);
    count = neighbours(n, group, end, 6);
    bring_together(n, count, x + start, xs);
    bring_together(n, count, dy + start, dys);
    for (int w = 0; w < count; w++)
      norm_group_backward(n, group + w, 1, gamma, active, xs + w * n.N, dys + w * n.N,
          moments + 2 * (group + w), xs + w * n.N);
    bring_back(n, count, xs, dx + start);
  }
}

// layer_norm1 (mixer.bn:23), input gradient: all [64, 64]
static void k_layer_norm1_backward(const struct step *s, int task) {
  norm_backward(s, task, g_layer1_mixing1_layer_norm1, (struct pieces){2, 32, 0},
      s->parameters->layer_norm1_gamma, lanes_at(s, b_layer2_mixing1_add2_output),
      lanes_at(s, b_layer_norm1_output_gradient), lanes_at(s, b_layer_norm1_moments),
      lanes_at(s, b_layer2_mixing1_add2_output_gradient));
}

// A task: the gradients of a piece of the parameters, summed over all numbers that each belongs to.
static ALWAYS_INLINE void norm_parameter_gradient(const struct step *s, int task,
    const struct norm_groups n, const struct pieces parameters, const vec *x, const vec *moments,
    const vec *dy, real *gamma, real *beta) {
  const int first = piece_start(parameters, task);
  for (int p = first; p < first + piece_size(parameters, task); p++) {
    // The outer groups that it belongs to, so many at a time, and its run of numbers in each.
    const int from = n.A ? p / n.A : 0, to = n.A ? from + 1 : n.O;
    const int run = n.R * n.I, offset = (n.A ? p % n.A : p) * run;
    const int steps = run < PART ? PART / run : 1;
    struct long_sum sum = {0}, product = {0};
    for (int block = 0; block < s->blocks; block++)
      for (int step = from; step < to; step += steps)
        for (int part = 0; part < run; part += PART) {
          const int last = step + steps < to ? step + steps : to;
          const int end = part + PART < run ? part + PART : run;
          vec sum_part = {0}, product_part = {0};
          for (int o = step; o < last; o++)
            for (int k = part; k < end; k++) {
              const int at = (block * n.O + o) * (n.N * n.I) + offset + k;
              sum_part += dy[at];
              const vec *kept = moments + 2 * ((block * n.O + o) * n.I + (n.I > 1 ? k : 0));
              product_part += dy[at] * (x[at] - kept[1]) * kept[0];
            }
          add_part(&sum, sum_part);
          add_part(&product, product_part);
        }
    adam_update(&gamma[p], lanes_sum(product.total), s);
    adam_update(&beta[p], lanes_sum(sum.total), s);
  }
}

// layer_norm1 (mixer.bn:23): gradients of gamma and beta, and step
static void k_layer_norm1_parameter_gradient(const struct step *s, int task) {
  norm_parameter_gradient(s, task, g_layer1_mixing1_layer_norm1, (struct pieces){2, 32, 0},
      lanes_at(s, b_layer2_mixing1_add2_output), lanes_at(s, b_layer_norm1_moments),
      lanes_at(s, b_layer_norm1_output_gradient), s->parameters->layer_norm1_gamma,
      s->parameters->layer_norm1_beta);
}

// One tile of a convolution's input gradient: `columns` of dx's row i for `channels` of its
// channels, in registers, gathered from every dy whose window covers them; `edge` says that some
// lie outside of dy. Nothing is computed on padding. `through`: dx goes through the slope of an
// activation; else nothing is `saved`.
static ALWAYS_INLINE void convolution_input_gradient_tile(const struct convolution g, const vec *dy,
    const real *weight, const vec *saved, const int through, vec *dx, mask active, int i, int j,
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
      dx[at] = masked(through ? (vec)(vec_gelu_gradient(sum[c * columns + t], saved[at]))
          : sum[c * columns + t], active);
    }
}

// Columns `start` to `end` of dx's row i. Tiles at an edge are unrolled, for constant columns.
static ALWAYS_INLINE void convolution_input_gradient_span(const struct convolution g, const vec *dy,
    const real *weight, const vec *saved, const int through, vec *dx, mask active, int i,
    const int start, const int end, const int channels, const int width) {
  const int rest = (end - start) % width, whole = end - rest;
  const int left = left_edge(((g.KW - 1) * g.DW - g.PL) / g.SW * g.SW, start, whole, width);
  const int right = right_edge(g.OW * g.SW - g.PL, left, whole, width);
  UNROLL for (int j = start; j < left; j += width)
    convolution_input_gradient_tile(g, dy, weight, saved, through, dx, active, i, j, channels,
        width, 1);
  for (int j = left; j < right; j += width)
    convolution_input_gradient_tile(g, dy, weight, saved, through, dx, active, i, j, channels,
        width, 0);
  UNROLL for (int j = right; j < whole; j += width)
    convolution_input_gradient_tile(g, dy, weight, saved, through, dx, active, i, j, channels,
        width, 1);
  if (rest > 0)
    convolution_input_gradient_tile(g, dy, weight, saved, through, dx, active, i, whole, channels,
        rest, 1);
}

// Rows `first` up to `end` of dx for `channels` input channels.
static ALWAYS_INLINE void convolution_input_gradient_rows(const struct convolution g,
    const struct pieces columns, const vec *dy, const real *weight, const vec *saved,
    const int through, vec *dx, mask active, int first, int end, const int channels) {
  const int wide = columns.wide * (columns.size + 1);
  for (int i = first; i < end; i++) {
    if (wide > 0)
      convolution_input_gradient_span(g, dy, weight, saved, through, dx, active, i, 0, wide,
          channels, columns.size + 1);
    convolution_input_gradient_span(g, dy, weight, saved, through, dx, active, i, wide, g.W,
        channels, columns.size);
  }
}

// A task of a convolution's input gradient: dx of one tile's input channels of one block.
static ALWAYS_INLINE void convolution_input_gradient(const struct step *s, int task,
    const struct convolution g, const struct pieces tiles, const struct pieces columns,
    const vec *dy, const real *weight, const vec *saved, const int through, vec *dx) {
  const int tile = task % tiles.count, group = task / tiles.count % g.G;
  const int block = task / tiles.count / g.G, ci = piece_start(tiles, tile);
  const int plane = ((block * g.G + group) * g.CI + ci) * (g.H * g.W);
  const mask active = active_lanes(s, block);
  dy += (block * g.G + group) * (g.CO * g.OH * g.OW);
  weight += (group * g.CO * g.CI + ci) * (g.KH * g.KW);
  if (through) saved += plane;
  dx += plane;
  if (tiles.wide > 0 && tile < tiles.wide)
    convolution_input_gradient_rows(g, columns, dy, weight, saved, through, dx, active, 0, g.H,
        tiles.size + 1);
  else
    convolution_input_gradient_rows(g, columns, dy, weight, saved, through, dx, active, 0, g.H,
        tiles.size);
}

// convolution_input_gradient for the sizes of layer1_mixing1_mlp2_conv2, which other layers have
// too.
static void convolution_input_gradient_of_layer1_mixing1_mlp2_conv2(const struct step *s, int task,
    const vec *dy, const real *weight, const vec *saved, vec *dx) {
  convolution_input_gradient(s, task, g_layer1_mixing1_mlp2_conv2, (struct pieces){86, 2, 84},
      (struct pieces){16, 4, 0}, dy, weight, saved, 1, dx);
}

// layer2_mixing1_mlp2_conv2 (mixer.bn:3), input gradient: 3 or 2 input channels of a block a task
//   then through layer2_mixing1_mlp2_gelu1: dy * (0.5 * (1 + erf(0.7071067811865476 * x)) + 0.5 * x
//     * 0.7978845608028654 * exp(-0.7071067811865476 * x * 0.7071067811865476 * x)), dy the
//     gradient so far
//   dy [64, 1, 64], weight [64, 256, 1, 1], dx [256, 1, 64]
static void k_layer2_mixing1_mlp2_conv2_input_gradient(const struct step *s, int task) {
  convolution_input_gradient_of_layer1_mixing1_mlp2_conv2(s, task,
      lanes_at(s, b_layer2_mixing1_add2_output_gradient),
      s->parameters->layer2_mixing1_mlp2_conv2_weight,
      lanes_at(s, b_layer2_mixing1_mlp2_conv1_sums),
      lanes_at(s, b_layer2_mixing1_mlp2_conv1_output_gradient));
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

// convolution_channel_gradient for the sizes of layer1_mixing1_mlp2_conv2, which other layers have
// too.
static void convolution_channel_gradient_of_layer1_mixing1_mlp2_conv2(const struct step *s,
    int task, const vec *x, const vec *dy, real *parts) {
  convolution_channel_gradient(s, task, g_layer1_mixing1_mlp2_conv2, (struct pieces){4, 2, 0},
      (struct pieces){43, 5, 41}, (struct pieces){4, 1, 0}, (struct pieces){1, 1, 0},
      (struct pieces){4, 2, 0}, x, dy, parts);
}

// layer2_mixing1_mlp2_conv2 (mixer.bn:3), what the batch adds to the weight gradient, output
// channels in the lanes: 2 bands of rows, 1 tile of output channels a task
//   x [256, 1, 64], dy [64, 1, 64]
static void k_layer2_mixing1_mlp2_conv2_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient_of_layer1_mixing1_mlp2_conv2(s, task,
      lanes_at(s, b_layer2_mixing1_mlp2_gelu1_output),
      lanes_at(s, b_layer2_mixing1_add2_output_gradient),
      s->scratch + b_layer2_mixing1_mlp2_conv2_weight_gradient_parts);
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
        adam_update(&weight[at], total[k][l], s);
      }
  }
}

// convolution_channel_gradient_weights for the sizes of layer1_mixing1_mlp2_conv2, which other
// layers have too.
static void convolution_channel_gradient_weights_of_layer1_mixing1_mlp2_conv2(const struct step *s,
    int task, const real *parts, real *weight) {
  convolution_channel_gradient_weights(s, task, g_layer1_mixing1_mlp2_conv2,
      (struct pieces){16, 8, 0}, 4, parts, weight);
}

// layer2_mixing1_mlp2_conv2 (mixer.bn:3), weight gradient and step, from what shares of the batch
// add to it: 8 stretches of 16 numbers a task
//   dweight [64, 256, 1, 1]
static void k_layer2_mixing1_mlp2_conv2_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights_of_layer1_mixing1_mlp2_conv2(s, task,
      s->scratch + b_layer2_mixing1_mlp2_conv2_weight_gradient_parts,
      s->parameters->layer2_mixing1_mlp2_conv2_weight);
}

// layer2_mixing1_mlp2_conv2 (mixer.bn:3), bias gradient and step: dy [64, 64]
static void k_layer2_mixing1_mlp2_conv2_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 64, 64, lanes_at(s, b_layer2_mixing1_add2_output_gradient),
      s->parameters->layer2_mixing1_mlp2_conv2_bias);
}

// convolution_input_gradient for the sizes of layer1_mixing1_mlp2_conv1, which other layers have
// too.
static void convolution_input_gradient_of_layer1_mixing1_mlp2_conv1(const struct step *s, int task,
    const vec *dy, const real *weight, vec *dx) {
  convolution_input_gradient(s, task, g_layer1_mixing1_mlp2_conv1, (struct pieces){22, 2, 20},
      (struct pieces){16, 4, 0}, dy, weight, 0, 0, dx);
}

// layer2_mixing1_mlp2_conv1 (mixer.bn:3), input gradient: 3 or 2 input channels of a block a task
//   dy [256, 1, 64], weight [256, 64, 1, 1], dx [64, 1, 64]
static void k_layer2_mixing1_mlp2_conv1_input_gradient(const struct step *s, int task) {
  convolution_input_gradient_of_layer1_mixing1_mlp2_conv1(s, task,
      lanes_at(s, b_layer2_mixing1_mlp2_conv1_output_gradient),
      s->parameters->layer2_mixing1_mlp2_conv1_weight,
      lanes_at(s, b_layer2_mixing1_layer_norm2_output_gradient));
}

// convolution_channel_gradient for the sizes of layer1_mixing1_mlp2_conv1, which other layers have
// too.
static void convolution_channel_gradient_of_layer1_mixing1_mlp2_conv1(const struct step *s,
    int task, const vec *x, const vec *dy, real *parts) {
  convolution_channel_gradient(s, task, g_layer1_mixing1_mlp2_conv1, (struct pieces){16, 2, 0},
      (struct pieces){11, 5, 9}, (struct pieces){16, 1, 0}, (struct pieces){1, 1, 0},
      (struct pieces){1, 8, 0}, x, dy, parts);
}

// layer2_mixing1_mlp2_conv1 (mixer.bn:3), what the batch adds to the weight gradient, output
// channels in the lanes: 8 bands of rows, 1 tile of output channels a task
//   x [64, 1, 64], dy [256, 1, 64]
static void k_layer2_mixing1_mlp2_conv1_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient_of_layer1_mixing1_mlp2_conv1(s, task,
      lanes_at(s, b_layer2_mixing1_layer_norm2_output),
      lanes_at(s, b_layer2_mixing1_mlp2_conv1_output_gradient),
      s->scratch + b_layer2_mixing1_mlp2_conv1_weight_gradient_parts);
}

// convolution_channel_gradient_weights for the sizes of layer1_mixing1_mlp2_conv1, which other
// layers have too.
static void convolution_channel_gradient_weights_of_layer1_mixing1_mlp2_conv1(const struct step *s,
    int task, const real *parts, real *weight) {
  convolution_channel_gradient_weights(s, task, g_layer1_mixing1_mlp2_conv1,
      (struct pieces){16, 8, 0}, 1, parts, weight);
}

// layer2_mixing1_mlp2_conv1 (mixer.bn:3), weight gradient and step, from what shares of the batch
// add to it: 8 stretches of 16 numbers a task
//   dweight [256, 64, 1, 1]
static void k_layer2_mixing1_mlp2_conv1_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights_of_layer1_mixing1_mlp2_conv1(s, task,
      s->scratch + b_layer2_mixing1_mlp2_conv1_weight_gradient_parts,
      s->parameters->layer2_mixing1_mlp2_conv1_weight);
}

// layer2_mixing1_mlp2_conv1 (mixer.bn:3), bias gradient and step: dy [256, 64]
static void k_layer2_mixing1_mlp2_conv1_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 256, 64, lanes_at(s, b_layer2_mixing1_mlp2_conv1_output_gradient),
      s->parameters->layer2_mixing1_mlp2_conv1_bias);
}

// layer2_mixing1_layer_norm2 (mixer.bn:11), input gradient: all [64, 64]
static void k_layer2_mixing1_layer_norm2_backward(const struct step *s, int task) {
  norm_backward(s, task, g_layer1_mixing1_layer_norm1, (struct pieces){2, 32, 0},
      s->parameters->layer2_mixing1_layer_norm2_gamma, lanes_at(s, b_layer2_mixing1_add1_output),
      lanes_at(s, b_layer2_mixing1_layer_norm2_output_gradient),
      lanes_at(s, b_layer2_mixing1_layer_norm2_moments),
      lanes_at(s, b_layer2_mixing1_add1_layer2_mixing1_layer_norm2_output_gradient));
}

// layer2_mixing1_layer_norm2 (mixer.bn:11): gradients of gamma and beta, and step
static void k_layer2_mixing1_layer_norm2_parameter_gradient(const struct step *s, int task) {
  norm_parameter_gradient(s, task, g_layer1_mixing1_layer_norm1, (struct pieces){2, 32, 0},
      lanes_at(s, b_layer2_mixing1_add1_output), lanes_at(s, b_layer2_mixing1_layer_norm2_moments),
      lanes_at(s, b_layer2_mixing1_layer_norm2_output_gradient),
      s->parameters->layer2_mixing1_layer_norm2_gamma,
      s->parameters->layer2_mixing1_layer_norm2_beta);
}

// y = part0 + part1, number by number, in `pieces` tasks a block of `count` numbers.
static ALWAYS_INLINE void map_add_2(int task, const int count, const int pieces, const vec *part0,
    const vec *part1, vec *y) {
  const int block = task / pieces, piece = task % pieces;
  const int first = block * count + (int)((int64_t)count * piece / pieces);
  const int end = block * count + (int)((int64_t)count * (piece + 1) / pieces);
  for (int k = first; k < end; k++) y[k] = part0[k] + part1[k];
}

// The gradient of layer2_mixing1_add1, which several layers read: y = part0 + part1, all [64, 64]
static void k_layer2_mixing1_add1_gradient_sum(const struct step *s, int task) {
  map_add_2(task, 4096, 2, lanes_at(s, b_layer2_mixing1_add2_output_gradient),
      lanes_at(s, b_layer2_mixing1_add1_layer2_mixing1_layer_norm2_output_gradient),
      lanes_at(s, b_layer2_mixing1_add1_summed_output_gradient));
}

// layer2_mixing1_transpose2 (mixer.bn:9): input gradient of: y has the axes [2, 1] of x
//   dy [64, 64], dx [64, 64]
static void k_layer2_mixing1_transpose2_backward(const struct step *s, int task) {
  const int block = task / 2, piece = task % 2;
  vec *dx = lanes_at(s, b_layer2_mixing1_mlp1_conv2_output_gradient) + block * 4096;
  copy_box(piece, 2, (struct axes){64, 64, 1, 1}, (struct axes){64, 1, 0, 0},
      lanes_at(s, b_layer2_mixing1_add1_summed_output_gradient) + block * 4096,
      (struct axes){1, 64, 0, 0}, dx);
}

// convolution_input_gradient for the sizes of layer1_mixing1_mlp1_conv2, which other layers have
// too.
static void convolution_input_gradient_of_layer1_mixing1_mlp1_conv2(const struct step *s, int task,
    const vec *dy, const real *weight, const vec *saved, vec *dx) {
  convolution_input_gradient(s, task, g_layer1_mixing1_mlp1_conv2, (struct pieces){43, 2, 42},
      (struct pieces){16, 4, 0}, dy, weight, saved, 1, dx);
}

// layer2_mixing1_mlp1_conv2 (mixer.bn:3), input gradient: 3 or 2 input channels of a block a task
//   then through layer2_mixing1_mlp1_gelu1: dy * (0.5 * (1 + erf(0.7071067811865476 * x)) + 0.5 * x
//     * 0.7978845608028654 * exp(-0.7071067811865476 * x * 0.7071067811865476 * x)), dy the
//     gradient so far
//   dy [64, 1, 64], weight [64, 128, 1, 1], dx [128, 1, 64]
static void k_layer2_mixing1_mlp1_conv2_input_gradient(const struct step *s, int task) {
  convolution_input_gradient_of_layer1_mixing1_mlp1_conv2(s, task,
      lanes_at(s, b_layer2_mixing1_mlp1_conv2_output_gradient),
      s->parameters->layer2_mixing1_mlp1_conv2_weight,
      lanes_at(s, b_layer2_mixing1_mlp1_conv1_sums),
      lanes_at(s, b_layer2_mixing1_mlp1_conv1_output_gradient));
}

// convolution_channel_gradient for the sizes of layer1_mixing1_mlp1_conv2, which other layers have
// too.
static void convolution_channel_gradient_of_layer1_mixing1_mlp1_conv2(const struct step *s,
    int task, const vec *x, const vec *dy, real *parts) {
  convolution_channel_gradient(s, task, g_layer1_mixing1_mlp1_conv2, (struct pieces){4, 2, 0},
      (struct pieces){22, 5, 18}, (struct pieces){4, 1, 0}, (struct pieces){1, 1, 0},
      (struct pieces){4, 2, 0}, x, dy, parts);
}

// layer2_mixing1_mlp1_conv2 (mixer.bn:3), what the batch adds to the weight gradient, output
// channels in the lanes: 2 bands of rows, 1 tile of output channels a task
//   x [128, 1, 64], dy [64, 1, 64]
static void k_layer2_mixing1_mlp1_conv2_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient_of_layer1_mixing1_mlp1_conv2(s, task,
      lanes_at(s, b_layer2_mixing1_mlp1_gelu1_output),
      lanes_at(s, b_layer2_mixing1_mlp1_conv2_output_gradient),
      s->scratch + b_layer2_mixing1_mlp1_conv2_weight_gradient_parts);
}

// convolution_channel_gradient_weights for the sizes of layer1_mixing1_mlp1_conv2, which other
// layers have too.
static void convolution_channel_gradient_weights_of_layer1_mixing1_mlp1_conv2(const struct step *s,
    int task, const real *parts, real *weight) {
  convolution_channel_gradient_weights(s, task, g_layer1_mixing1_mlp1_conv2,
      (struct pieces){16, 4, 0}, 4, parts, weight);
}

// layer2_mixing1_mlp1_conv2 (mixer.bn:3), weight gradient and step, from what shares of the batch
// add to it: 4 stretches of 16 numbers a task
//   dweight [64, 128, 1, 1]
static void k_layer2_mixing1_mlp1_conv2_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights_of_layer1_mixing1_mlp1_conv2(s, task,
      s->scratch + b_layer2_mixing1_mlp1_conv2_weight_gradient_parts,
      s->parameters->layer2_mixing1_mlp1_conv2_weight);
}

// layer2_mixing1_mlp1_conv2 (mixer.bn:3), bias gradient and step: dy [64, 64]
static void k_layer2_mixing1_mlp1_conv2_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 64, 64, lanes_at(s, b_layer2_mixing1_mlp1_conv2_output_gradient),
      s->parameters->layer2_mixing1_mlp1_conv2_bias);
}

// convolution_input_gradient for the sizes of layer1_mixing1_mlp1_conv1, which other layers have
// too.
static void convolution_input_gradient_of_layer1_mixing1_mlp1_conv1(const struct step *s, int task,
    const vec *dy, const real *weight, vec *dx) {
  convolution_input_gradient(s, task, g_layer1_mixing1_mlp1_conv1, (struct pieces){22, 2, 20},
      (struct pieces){16, 4, 0}, dy, weight, 0, 0, dx);
}

// layer2_mixing1_mlp1_conv1 (mixer.bn:3), input gradient: 3 or 2 input channels of a block a task
//   dy [128, 1, 64], weight [128, 64, 1, 1], dx [64, 1, 64]
static void k_layer2_mixing1_mlp1_conv1_input_gradient(const struct step *s, int task) {
  convolution_input_gradient_of_layer1_mixing1_mlp1_conv1(s, task,
      lanes_at(s, b_layer2_mixing1_mlp1_conv1_output_gradient),
      s->parameters->layer2_mixing1_mlp1_conv1_weight,
      lanes_at(s, b_layer2_mixing1_transpose1_output_gradient));
}

// convolution_channel_gradient for the sizes of layer1_mixing1_mlp1_conv1, which other layers have
// too.
static void convolution_channel_gradient_of_layer1_mixing1_mlp1_conv1(const struct step *s,
    int task, const vec *x, const vec *dy, real *parts) {
  convolution_channel_gradient(s, task, g_layer1_mixing1_mlp1_conv1, (struct pieces){8, 2, 0},
      (struct pieces){11, 5, 9}, (struct pieces){8, 1, 0}, (struct pieces){1, 1, 0},
      (struct pieces){2, 4, 0}, x, dy, parts);
}

// layer2_mixing1_mlp1_conv1 (mixer.bn:3), what the batch adds to the weight gradient, output
// channels in the lanes: 4 bands of rows, 1 tile of output channels a task
//   x [64, 1, 64], dy [128, 1, 64]
static void k_layer2_mixing1_mlp1_conv1_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient_of_layer1_mixing1_mlp1_conv1(s, task,
      lanes_at(s, b_layer2_mixing1_transpose1_output),
      lanes_at(s, b_layer2_mixing1_mlp1_conv1_output_gradient),
      s->scratch + b_layer2_mixing1_mlp1_conv1_weight_gradient_parts);
}

// convolution_channel_gradient_weights for the sizes of layer1_mixing1_mlp1_conv1, which other
// layers have too.
static void convolution_channel_gradient_weights_of_layer1_mixing1_mlp1_conv1(const struct step *s,
    int task, const real *parts, real *weight) {
  convolution_channel_gradient_weights(s, task, g_layer1_mixing1_mlp1_conv1,
      (struct pieces){16, 4, 0}, 2, parts, weight);
}

// layer2_mixing1_mlp1_conv1 (mixer.bn:3), weight gradient and step, from what shares of the batch
// add to it: 4 stretches of 16 numbers a task
//   dweight [128, 64, 1, 1]
static void k_layer2_mixing1_mlp1_conv1_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights_of_layer1_mixing1_mlp1_conv1(s, task,
      s->scratch + b_layer2_mixing1_mlp1_conv1_weight_gradient_parts,
      s->parameters->layer2_mixing1_mlp1_conv1_weight);
}

// layer2_mixing1_mlp1_conv1 (mixer.bn:3), bias gradient and step: dy [128, 64]
static void k_layer2_mixing1_mlp1_conv1_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 128, 64, lanes_at(s, b_layer2_mixing1_mlp1_conv1_output_gradient),
      s->parameters->layer2_mixing1_mlp1_conv1_bias);
}

// layer2_mixing1_transpose1 (mixer.bn:9): input gradient of: y has the axes [2, 1] of x
//   dy [64, 64], dx [64, 64]
static void k_layer2_mixing1_transpose1_backward(const struct step *s, int task) {
  const int block = task / 2, piece = task % 2;
  vec *dx = lanes_at(s, b_layer2_mixing1_layer_norm1_output_gradient) + block * 4096;
  copy_box(piece, 2, (struct axes){64, 64, 1, 1}, (struct axes){64, 1, 0, 0},
      lanes_at(s, b_layer2_mixing1_transpose1_output_gradient) + block * 4096,
      (struct axes){1, 64, 0, 0}, dx);
}

// layer2_mixing1_layer_norm1 (mixer.bn:8), input gradient: all [64, 64]
static void k_layer2_mixing1_layer_norm1_backward(const struct step *s, int task) {
  norm_backward(s, task, g_layer1_mixing1_layer_norm1, (struct pieces){2, 32, 0},
      s->parameters->layer2_mixing1_layer_norm1_gamma, lanes_at(s, b_layer1_mixing1_add2_output),
      lanes_at(s, b_layer2_mixing1_layer_norm1_output_gradient),
      lanes_at(s, b_layer2_mixing1_layer_norm1_moments),
      lanes_at(s, b_layer1_mixing1_add2_layer2_mixing1_layer_norm1_output_gradient));
}

// layer2_mixing1_layer_norm1 (mixer.bn:8): gradients of gamma and beta, and step
static void k_layer2_mixing1_layer_norm1_parameter_gradient(const struct step *s, int task) {
  norm_parameter_gradient(s, task, g_layer1_mixing1_layer_norm1, (struct pieces){2, 32, 0},
      lanes_at(s, b_layer1_mixing1_add2_output), lanes_at(s, b_layer2_mixing1_layer_norm1_moments),
      lanes_at(s, b_layer2_mixing1_layer_norm1_output_gradient),
      s->parameters->layer2_mixing1_layer_norm1_gamma,
      s->parameters->layer2_mixing1_layer_norm1_beta);
}

// The gradient of layer1_mixing1_add2, which several layers read: y = part0 + part1, all [64, 64]
static void k_layer1_mixing1_add2_gradient_sum(const struct step *s, int task) {
  map_add_2(task, 4096, 2, lanes_at(s, b_layer2_mixing1_add1_summed_output_gradient),
      lanes_at(s, b_layer1_mixing1_add2_layer2_mixing1_layer_norm1_output_gradient),
      lanes_at(s, b_layer1_mixing1_add2_summed_output_gradient));
}

// layer1_mixing1_mlp2_conv2 (mixer.bn:3), input gradient: 3 or 2 input channels of a block a task
//   then through layer1_mixing1_mlp2_gelu1: dy * (0.5 * (1 + erf(0.7071067811865476 * x)) + 0.5 * x
//     * 0.7978845608028654 * exp(-0.7071067811865476 * x * 0.7071067811865476 * x)), dy the
//     gradient so far
//   dy [64, 1, 64], weight [64, 256, 1, 1], dx [256, 1, 64]
static void k_layer1_mixing1_mlp2_conv2_input_gradient(const struct step *s, int task) {
  convolution_input_gradient_of_layer1_mixing1_mlp2_conv2(s, task,
      lanes_at(s, b_layer1_mixing1_add2_summed_output_gradient),
      s->parameters->layer1_mixing1_mlp2_conv2_weight,
      lanes_at(s, b_layer1_mixing1_mlp2_conv1_sums),
      lanes_at(s, b_layer1_mixing1_mlp2_conv1_output_gradient));
}

// layer1_mixing1_mlp2_conv2 (mixer.bn:3), what the batch adds to the weight gradient, output
// channels in the lanes: 2 bands of rows, 1 tile of output channels a task
//   x [256, 1, 64], dy [64, 1, 64]
static void k_layer1_mixing1_mlp2_conv2_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient_of_layer1_mixing1_mlp2_conv2(s, task,
      lanes_at(s, b_layer1_mixing1_mlp2_gelu1_output),
      lanes_at(s, b_layer1_mixing1_add2_summed_output_gradient),
      s->scratch + b_layer1_mixing1_mlp2_conv2_weight_gradient_parts);
}

// layer1_mixing1_mlp2_conv2 (mixer.bn:3), weight gradient and step, from what shares of the batch
// add to it: 8 stretches of 16 numbers a task
//   dweight [64, 256, 1, 1]
static void k_layer1_mixing1_mlp2_conv2_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights_of_layer1_mixing1_mlp2_conv2(s, task,
      s->scratch + b_layer1_mixing1_mlp2_conv2_weight_gradient_parts,
      s->parameters->layer1_mixing1_mlp2_conv2_weight);
}

// layer1_mixing1_mlp2_conv2 (mixer.bn:3), bias gradient and step: dy [64, 64]
static void k_layer1_mixing1_mlp2_conv2_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 64, 64, lanes_at(s, b_layer1_mixing1_add2_summed_output_gradient),
      s->parameters->layer1_mixing1_mlp2_conv2_bias);
}

// layer1_mixing1_mlp2_conv1 (mixer.bn:3), input gradient: 3 or 2 input channels of a block a task
//   dy [256, 1, 64], weight [256, 64, 1, 1], dx [64, 1, 64]
static void k_layer1_mixing1_mlp2_conv1_input_gradient(const struct step *s, int task) {
  convolution_input_gradient_of_layer1_mixing1_mlp2_conv1(s, task,
      lanes_at(s, b_layer1_mixing1_mlp2_conv1_output_gradient),
      s->parameters->layer1_mixing1_mlp2_conv1_weight,
      lanes_at(s, b_layer1_mixing1_layer_norm2_output_gradient));
}

// layer1_mixing1_mlp2_conv1 (mixer.bn:3), what the batch adds to the weight gradient, output
// channels in the lanes: 8 bands of rows, 1 tile of output channels a task
//   x [64, 1, 64], dy [256, 1, 64]
static void k_layer1_mixing1_mlp2_conv1_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient_of_layer1_mixing1_mlp2_conv1(s, task,
      lanes_at(s, b_layer1_mixing1_layer_norm2_output),
      lanes_at(s, b_layer1_mixing1_mlp2_conv1_output_gradient),
      s->scratch + b_layer1_mixing1_mlp2_conv1_weight_gradient_parts);
}

// layer1_mixing1_mlp2_conv1 (mixer.bn:3), weight gradient and step, from what shares of the batch
// add to it: 8 stretches of 16 numbers a task
//   dweight [256, 64, 1, 1]
static void k_layer1_mixing1_mlp2_conv1_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights_of_layer1_mixing1_mlp2_conv1(s, task,
      s->scratch + b_layer1_mixing1_mlp2_conv1_weight_gradient_parts,
      s->parameters->layer1_mixing1_mlp2_conv1_weight);
}

// layer1_mixing1_mlp2_conv1 (mixer.bn:3), bias gradient and step: dy [256, 64]
static void k_layer1_mixing1_mlp2_conv1_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 256, 64, lanes_at(s, b_layer1_mixing1_mlp2_conv1_output_gradient),
      s->parameters->layer1_mixing1_mlp2_conv1_bias);
}

// layer1_mixing1_layer_norm2 (mixer.bn:11), input gradient: all [64, 64]
static void k_layer1_mixing1_layer_norm2_backward(const struct step *s, int task) {
  norm_backward(s, task, g_layer1_mixing1_layer_norm1, (struct pieces){2, 32, 0},
      s->parameters->layer1_mixing1_layer_norm2_gamma, lanes_at(s, b_layer1_mixing1_add1_output),
      lanes_at(s, b_layer1_mixing1_layer_norm2_output_gradient),
      lanes_at(s, b_layer1_mixing1_layer_norm2_moments),
      lanes_at(s, b_layer1_mixing1_add1_layer1_mixing1_layer_norm2_output_gradient));
}

// layer1_mixing1_layer_norm2 (mixer.bn:11): gradients of gamma and beta, and step
static void k_layer1_mixing1_layer_norm2_parameter_gradient(const struct step *s, int task) {
  norm_parameter_gradient(s, task, g_layer1_mixing1_layer_norm1, (struct pieces){2, 32, 0},
      lanes_at(s, b_layer1_mixing1_add1_output), lanes_at(s, b_layer1_mixing1_layer_norm2_moments),
      lanes_at(s, b_layer1_mixing1_layer_norm2_output_gradient),
      s->parameters->layer1_mixing1_layer_norm2_gamma,
      s->parameters->layer1_mixing1_layer_norm2_beta);
}

// The gradient of layer1_mixing1_add1, which several layers read: y = part0 + part1, all [64, 64]
static void k_layer1_mixing1_add1_gradient_sum(const struct step *s, int task) {
  map_add_2(task, 4096, 2, lanes_at(s, b_layer1_mixing1_add2_summed_output_gradient),
      lanes_at(s, b_layer1_mixing1_add1_layer1_mixing1_layer_norm2_output_gradient),
      lanes_at(s, b_layer1_mixing1_add1_summed_output_gradient));
}

// layer1_mixing1_transpose2 (mixer.bn:9): input gradient of: y has the axes [2, 1] of x
//   dy [64, 64], dx [64, 64]
static void k_layer1_mixing1_transpose2_backward(const struct step *s, int task) {
  const int block = task / 2, piece = task % 2;
  vec *dx = lanes_at(s, b_layer1_mixing1_mlp1_conv2_output_gradient) + block * 4096;
  copy_box(piece, 2, (struct axes){64, 64, 1, 1}, (struct axes){64, 1, 0, 0},
      lanes_at(s, b_layer1_mixing1_add1_summed_output_gradient) + block * 4096,
      (struct axes){1, 64, 0, 0}, dx);
}

// layer1_mixing1_mlp1_conv2 (mixer.bn:3), input gradient: 3 or 2 input channels of a block a task
//   then through layer1_mixing1_mlp1_gelu1: dy * (0.5 * (1 + erf(0.7071067811865476 * x)) + 0.5 * x
//     * 0.7978845608028654 * exp(-0.7071067811865476 * x * 0.7071067811865476 * x)), dy the
//     gradient so far
//   dy [64, 1, 64], weight [64, 128, 1, 1], dx [128, 1, 64]
static void k_layer1_mixing1_mlp1_conv2_input_gradient(const struct step *s, int task) {
  convolution_input_gradient_of_layer1_mixing1_mlp1_conv2(s, task,
      lanes_at(s, b_layer1_mixing1_mlp1_conv2_output_gradient),
      s->parameters->layer1_mixing1_mlp1_conv2_weight,
      lanes_at(s, b_layer1_mixing1_mlp1_conv1_sums),
      lanes_at(s, b_layer1_mixing1_mlp1_conv1_output_gradient));
}

// layer1_mixing1_mlp1_conv2 (mixer.bn:3), what the batch adds to the weight gradient, output
// channels in the lanes: 2 bands of rows, 1 tile of output channels a task
//   x [128, 1, 64], dy [64, 1, 64]
static void k_layer1_mixing1_mlp1_conv2_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient_of_layer1_mixing1_mlp1_conv2(s, task,
      lanes_at(s, b_layer1_mixing1_mlp1_gelu1_output),
      lanes_at(s, b_layer1_mixing1_mlp1_conv2_output_gradient),
      s->scratch + b_layer1_mixing1_mlp1_conv2_weight_gradient_parts);
}

// layer1_mixing1_mlp1_conv2 (mixer.bn:3), weight gradient and step, from what shares of the batch
// add to it: 4 stretches of 16 numbers a task
//   dweight [64, 128, 1, 1]
static void k_layer1_mixing1_mlp1_conv2_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights_of_layer1_mixing1_mlp1_conv2(s, task,
      s->scratch + b_layer1_mixing1_mlp1_conv2_weight_gradient_parts,
      s->parameters->layer1_mixing1_mlp1_conv2_weight);
}

// layer1_mixing1_mlp1_conv2 (mixer.bn:3), bias gradient and step: dy [64, 64]
static void k_layer1_mixing1_mlp1_conv2_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 64, 64, lanes_at(s, b_layer1_mixing1_mlp1_conv2_output_gradient),
      s->parameters->layer1_mixing1_mlp1_conv2_bias);
}

// layer1_mixing1_mlp1_conv1 (mixer.bn:3), input gradient: 3 or 2 input channels of a block a task
//   dy [128, 1, 64], weight [128, 64, 1, 1], dx [64, 1, 64]
static void k_layer1_mixing1_mlp1_conv1_input_gradient(const struct step *s, int task) {
  convolution_input_gradient_of_layer1_mixing1_mlp1_conv1(s, task,
      lanes_at(s, b_layer1_mixing1_mlp1_conv1_output_gradient),
      s->parameters->layer1_mixing1_mlp1_conv1_weight,
      lanes_at(s, b_layer1_mixing1_transpose1_output_gradient));
}

// layer1_mixing1_mlp1_conv1 (mixer.bn:3), what the batch adds to the weight gradient, output
// channels in the lanes: 4 bands of rows, 1 tile of output channels a task
//   x [64, 1, 64], dy [128, 1, 64]
static void k_layer1_mixing1_mlp1_conv1_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient_of_layer1_mixing1_mlp1_conv1(s, task,
      lanes_at(s, b_layer1_mixing1_transpose1_output),
      lanes_at(s, b_layer1_mixing1_mlp1_conv1_output_gradient),
      s->scratch + b_layer1_mixing1_mlp1_conv1_weight_gradient_parts);
}

// layer1_mixing1_mlp1_conv1 (mixer.bn:3), weight gradient and step, from what shares of the batch
// add to it: 4 stretches of 16 numbers a task
//   dweight [128, 64, 1, 1]
static void k_layer1_mixing1_mlp1_conv1_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights_of_layer1_mixing1_mlp1_conv1(s, task,
      s->scratch + b_layer1_mixing1_mlp1_conv1_weight_gradient_parts,
      s->parameters->layer1_mixing1_mlp1_conv1_weight);
}

// layer1_mixing1_mlp1_conv1 (mixer.bn:3), bias gradient and step: dy [128, 64]
static void k_layer1_mixing1_mlp1_conv1_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 128, 64, lanes_at(s, b_layer1_mixing1_mlp1_conv1_output_gradient),
      s->parameters->layer1_mixing1_mlp1_conv1_bias);
}

// layer1_mixing1_transpose1 (mixer.bn:9): input gradient of: y has the axes [2, 1] of x
//   dy [64, 64], dx [64, 64]
static void k_layer1_mixing1_transpose1_backward(const struct step *s, int task) {
  const int block = task / 2, piece = task % 2;
  vec *dx = lanes_at(s, b_layer1_mixing1_layer_norm1_output_gradient) + block * 4096;
  copy_box(piece, 2, (struct axes){64, 64, 1, 1}, (struct axes){64, 1, 0, 0},
      lanes_at(s, b_layer1_mixing1_transpose1_output_gradient) + block * 4096,
      (struct axes){1, 64, 0, 0}, dx);
}

// layer1_mixing1_layer_norm1 (mixer.bn:8), input gradient: all [64, 64]
static void k_layer1_mixing1_layer_norm1_backward(const struct step *s, int task) {
  norm_backward(s, task, g_layer1_mixing1_layer_norm1, (struct pieces){2, 32, 0},
      s->parameters->layer1_mixing1_layer_norm1_gamma, lanes_at(s, b_conv1_output),
      lanes_at(s, b_layer1_mixing1_layer_norm1_output_gradient),
      lanes_at(s, b_layer1_mixing1_layer_norm1_moments),
      lanes_at(s, b_reshape1_layer1_mixing1_layer_norm1_output_gradient));
}

// layer1_mixing1_layer_norm1 (mixer.bn:8): gradients of gamma and beta, and step
static void k_layer1_mixing1_layer_norm1_parameter_gradient(const struct step *s, int task) {
  norm_parameter_gradient(s, task, g_layer1_mixing1_layer_norm1, (struct pieces){2, 32, 0},
      lanes_at(s, b_conv1_output), lanes_at(s, b_layer1_mixing1_layer_norm1_moments),
      lanes_at(s, b_layer1_mixing1_layer_norm1_output_gradient),
      s->parameters->layer1_mixing1_layer_norm1_gamma,
      s->parameters->layer1_mixing1_layer_norm1_beta);
}

// The gradient of reshape1, which several layers read: y = part0 + part1, all [64, 64]
static void k_reshape1_gradient_sum(const struct step *s, int task) {
  map_add_2(task, 4096, 2, lanes_at(s, b_layer1_mixing1_add1_summed_output_gradient),
      lanes_at(s, b_reshape1_layer1_mixing1_layer_norm1_output_gradient),
      lanes_at(s, b_reshape1_summed_output_gradient));
}

// conv1 (mixer.bn:20), what the batch adds to the weight gradient, output channels in the lanes: 4
// bands of rows, 1 tile of output channels a task
//   x [3, 32, 32], dy [64, 8, 8]
static void k_conv1_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient(s, task, g_conv1, (struct pieces){4, 2, 0}, (struct pieces){3, 1, 0},
      (struct pieces){4, 1, 0}, (struct pieces){2, 4, 0}, (struct pieces){4, 4, 0},
      lanes_at(s, b_image_lanes), lanes_at(s, b_reshape1_summed_output_gradient),
      s->scratch + b_conv1_weight_gradient_parts);
}

// conv1 (mixer.bn:20), weight gradient and step, from what shares of the batch add to it: 2
// stretches of 16 numbers a task
//   dweight [64, 3, 4, 4]
static void k_conv1_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights(s, task, g_conv1, (struct pieces){12, 2, 0}, 4,
      s->scratch + b_conv1_weight_gradient_parts, s->parameters->conv1_weight);
}

// conv1 (mixer.bn:20), bias gradient and step: dy [64, 8, 8]
static void k_conv1_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 64, 64, lanes_at(s, b_reshape1_summed_output_gradient),
      s->parameters->conv1_bias);
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
  } results[2];  // where it leaves which layers' results, and their numbers per example
};

// All kernels: the forward pass, the loss, and the backward pass. Their table at the end has this
// order.
static const struct scheduled schedule[] = {
    { k_image_load, .tasks = 1, .when = APART },
    { k_conv1_forward_loading, .tasks = 13, .results = {{0, b_conv1_output, 4096}} },
    { k_layer1_mixing1_layer_norm1_forward, .tasks = 2,
        .results = {{2, b_layer1_mixing1_layer_norm1_output, 4096}} },
    { k_layer1_mixing1_transpose1_forward, .tasks = 2,
        .results = {{3, b_layer1_mixing1_transpose1_output, 4096}} },
    { k_layer1_mixing1_mlp1_conv1_forward, .tasks = 43,
        .results = {{4, b_layer1_mixing1_mlp1_conv1_sums, 8192},
        {5, b_layer1_mixing1_mlp1_gelu1_output, 8192}} },
    { k_layer1_mixing1_mlp1_conv2_forward, .tasks = 22,
        .results = {{6, b_layer1_mixing1_mlp1_conv2_output, 4096}} },
    { k_layer1_mixing1_transpose2_forward, .tasks = 2,
        .results = {{7, b_layer1_mixing1_transpose2_output, 4096}} },
    { k_layer1_mixing1_add1_forward, .tasks = 2,
        .results = {{8, b_layer1_mixing1_add1_output, 4096}} },
    { k_layer1_mixing1_layer_norm2_forward, .tasks = 2,
        .results = {{9, b_layer1_mixing1_layer_norm2_output, 4096}} },
    { k_layer1_mixing1_mlp2_conv1_forward, .tasks = 86,
        .results = {{10, b_layer1_mixing1_mlp2_conv1_sums, 16384},
        {11, b_layer1_mixing1_mlp2_gelu1_output, 16384}} },
    { k_layer1_mixing1_mlp2_conv2_forward, .tasks = 22,
        .results = {{12, b_layer1_mixing1_mlp2_conv2_output, 4096}} },
    { k_layer1_mixing1_add2_forward, .tasks = 2,
        .results = {{13, b_layer1_mixing1_add2_output, 4096}} },
    { k_layer2_mixing1_layer_norm1_forward, .tasks = 2,
        .results = {{14, b_layer2_mixing1_layer_norm1_output, 4096}} },
    { k_layer2_mixing1_transpose1_forward, .tasks = 2,
        .results = {{15, b_layer2_mixing1_transpose1_output, 4096}} },
    { k_layer2_mixing1_mlp1_conv1_forward, .tasks = 43,
        .results = {{16, b_layer2_mixing1_mlp1_conv1_sums, 8192},
        {17, b_layer2_mixing1_mlp1_gelu1_output, 8192}} },
    { k_layer2_mixing1_mlp1_conv2_forward, .tasks = 22,
        .results = {{18, b_layer2_mixing1_mlp1_conv2_output, 4096}} },
    { k_layer2_mixing1_transpose2_forward, .tasks = 2,
        .results = {{19, b_layer2_mixing1_transpose2_output, 4096}} },
    { k_layer2_mixing1_add1_forward, .tasks = 2,
        .results = {{20, b_layer2_mixing1_add1_output, 4096}} },
    { k_layer2_mixing1_layer_norm2_forward, .tasks = 2,
        .results = {{21, b_layer2_mixing1_layer_norm2_output, 4096}} },
    { k_layer2_mixing1_mlp2_conv1_forward, .tasks = 86,
        .results = {{22, b_layer2_mixing1_mlp2_conv1_sums, 16384},
        {23, b_layer2_mixing1_mlp2_gelu1_output, 16384}} },
    { k_layer2_mixing1_mlp2_conv2_forward, .tasks = 22,
        .results = {{24, b_layer2_mixing1_mlp2_conv2_output, 4096}} },
    { k_layer2_mixing1_add2_forward, .tasks = 2,
        .results = {{25, b_layer2_mixing1_add2_output, 4096}} },
    { k_layer_norm1_forward, .tasks = 2, .results = {{26, b_layer_norm1_output, 4096}} },
    { k_global_avgpool1_forward, .tasks = 64, .results = {{27, b_global_avgpool1_output, 64}} },
    { k_dense1_forward, .tasks = 4, .group = 4, .results = {{28, b_dense1_output, 10}} },

    { k_loss_softmax_cross_entropy, .tasks = 1 },

    { k_dense1_input_gradient, .tasks = 22, .whole = 1 },
    { k_dense1_rows_load, .tasks = 1 },
    { k_dense1_weight_gradient, .tasks = 4, .whole = 1 },
    { k_dense1_bias_gradient, .tasks = 10, .whole = 1 },
    { k_global_avgpool1_backward, .tasks = 64 },
    { k_layer_norm1_backward, .tasks = 2 },
    { k_layer_norm1_parameter_gradient, .tasks = 2, .whole = 1 },
    { k_layer2_mixing1_mlp2_conv2_input_gradient, .tasks = 86 },
    { k_layer2_mixing1_mlp2_conv2_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_layer2_mixing1_mlp2_conv2_weight_gradient, .tasks = 16, .whole = 1 },
    { k_layer2_mixing1_mlp2_conv2_bias_gradient, .tasks = 64, .whole = 1 },
    { k_layer2_mixing1_mlp2_conv1_input_gradient, .tasks = 22 },
    { k_layer2_mixing1_mlp2_conv1_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_layer2_mixing1_mlp2_conv1_weight_gradient, .tasks = 16, .whole = 1 },
    { k_layer2_mixing1_mlp2_conv1_bias_gradient, .tasks = 256, .whole = 1 },
    { k_layer2_mixing1_layer_norm2_backward, .tasks = 2 },
    { k_layer2_mixing1_layer_norm2_parameter_gradient, .tasks = 2, .whole = 1 },
    { k_layer2_mixing1_add1_gradient_sum, .tasks = 2 },
    { k_layer2_mixing1_transpose2_backward, .tasks = 2 },
    { k_layer2_mixing1_mlp1_conv2_input_gradient, .tasks = 43 },
    { k_layer2_mixing1_mlp1_conv2_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_layer2_mixing1_mlp1_conv2_weight_gradient, .tasks = 16, .whole = 1 },
    { k_layer2_mixing1_mlp1_conv2_bias_gradient, .tasks = 64, .whole = 1 },
    { k_layer2_mixing1_mlp1_conv1_input_gradient, .tasks = 22 },
    { k_layer2_mixing1_mlp1_conv1_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_layer2_mixing1_mlp1_conv1_weight_gradient, .tasks = 16, .whole = 1 },
    { k_layer2_mixing1_mlp1_conv1_bias_gradient, .tasks = 128, .whole = 1 },
    { k_layer2_mixing1_transpose1_backward, .tasks = 2 },
    { k_layer2_mixing1_layer_norm1_backward, .tasks = 2 },
    { k_layer2_mixing1_layer_norm1_parameter_gradient, .tasks = 2, .whole = 1 },
    { k_layer1_mixing1_add2_gradient_sum, .tasks = 2 },
    { k_layer1_mixing1_mlp2_conv2_input_gradient, .tasks = 86 },
    { k_layer1_mixing1_mlp2_conv2_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_layer1_mixing1_mlp2_conv2_weight_gradient, .tasks = 16, .whole = 1 },
    { k_layer1_mixing1_mlp2_conv2_bias_gradient, .tasks = 64, .whole = 1 },
    { k_layer1_mixing1_mlp2_conv1_input_gradient, .tasks = 22 },
    { k_layer1_mixing1_mlp2_conv1_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_layer1_mixing1_mlp2_conv1_weight_gradient, .tasks = 16, .whole = 1 },
    { k_layer1_mixing1_mlp2_conv1_bias_gradient, .tasks = 256, .whole = 1 },
    { k_layer1_mixing1_layer_norm2_backward, .tasks = 2 },
    { k_layer1_mixing1_layer_norm2_parameter_gradient, .tasks = 2, .whole = 1 },
    { k_layer1_mixing1_add1_gradient_sum, .tasks = 2 },
    { k_layer1_mixing1_transpose2_backward, .tasks = 2 },
    { k_layer1_mixing1_mlp1_conv2_input_gradient, .tasks = 43 },
    { k_layer1_mixing1_mlp1_conv2_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_layer1_mixing1_mlp1_conv2_weight_gradient, .tasks = 16, .whole = 1 },
    { k_layer1_mixing1_mlp1_conv2_bias_gradient, .tasks = 64, .whole = 1 },
    { k_layer1_mixing1_mlp1_conv1_input_gradient, .tasks = 22 },
    { k_layer1_mixing1_mlp1_conv1_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_layer1_mixing1_mlp1_conv1_weight_gradient, .tasks = 16, .whole = 1 },
    { k_layer1_mixing1_mlp1_conv1_bias_gradient, .tasks = 128, .whole = 1 },
    { k_layer1_mixing1_transpose1_backward, .tasks = 2 },
    { k_layer1_mixing1_layer_norm1_backward, .tasks = 2 },
    { k_layer1_mixing1_layer_norm1_parameter_gradient, .tasks = 2, .whole = 1 },
    { k_reshape1_gradient_sum, .tasks = 2 },
    { k_conv1_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_conv1_weight_gradient, .tasks = 12, .whole = 1 },
    { k_conv1_bias_gradient, .tasks = 64, .whole = 1 },
};
enum { FORWARD = 25, LOSS = 26, KERNELS = sizeof schedule / sizeof schedule[0] };

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
    for (int r = 0; r < 2; r++)
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
  if (outputs && !write_output(s, lanes_at(s, b_dense1_output), 10, outputs[0])) finite = 0;
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
// What an optimizer keeps for each number of a parameter, one slot after the other.
#define SLOT(member, name, layer, role, slot, start, rank, ...) \
  { name, BNC_##role, BNC_SLOTS, layer, 0, rank, BNC_CONSTANT, { __VA_ARGS__ }, \
    slot * sizeof(struct parameters) + offsetof(struct parameters, member), start, 0, 0 }
static const bnc_tensor tensors[] = {
    PARAMETER(conv1_weight, "conv1.weight", 0, WEIGHT, NORMAL, 0.0, 0.2041241452319315, 4, 64, 3, 4,
        4),
    PARAMETER(conv1_bias, "conv1.bias", 0, BIAS, CONSTANT, 0.0, 0.0, 1, 64),
    PARAMETER(layer1_mixing1_layer_norm1_gamma, "layer1_mixing1_layer_norm1.gamma", 2, GAMMA,
        CONSTANT, 1.0, 0.0, 1, 64),
    PARAMETER(layer1_mixing1_layer_norm1_beta, "layer1_mixing1_layer_norm1.beta", 2, BETA, CONSTANT,
        0.0, 0.0, 1, 64),
    PARAMETER(layer1_mixing1_mlp1_conv1_weight, "layer1_mixing1_mlp1_conv1.weight", 4, WEIGHT,
        NORMAL, 0.0, 0.1767766952966369, 3, 128, 64, 1),
    PARAMETER(layer1_mixing1_mlp1_conv1_bias, "layer1_mixing1_mlp1_conv1.bias", 4, BIAS, CONSTANT,
        0.0, 0.0, 1, 128),
    PARAMETER(layer1_mixing1_mlp1_conv2_weight, "layer1_mixing1_mlp1_conv2.weight", 6, WEIGHT,
        NORMAL, 0.0, 0.125, 3, 64, 128, 1),
    PARAMETER(layer1_mixing1_mlp1_conv2_bias, "layer1_mixing1_mlp1_conv2.bias", 6, BIAS, CONSTANT,
        0.0, 0.0, 1, 64),
    PARAMETER(layer1_mixing1_layer_norm2_gamma, "layer1_mixing1_layer_norm2.gamma", 9, GAMMA,
        CONSTANT, 1.0, 0.0, 1, 64),
    PARAMETER(layer1_mixing1_layer_norm2_beta, "layer1_mixing1_layer_norm2.beta", 9, BETA, CONSTANT,
        0.0, 0.0, 1, 64),
    PARAMETER(layer1_mixing1_mlp2_conv1_weight, "layer1_mixing1_mlp2_conv1.weight", 10, WEIGHT,
        NORMAL, 0.0, 0.1767766952966369, 3, 256, 64, 1),
    PARAMETER(layer1_mixing1_mlp2_conv1_bias, "layer1_mixing1_mlp2_conv1.bias", 10, BIAS, CONSTANT,
        0.0, 0.0, 1, 256),
    PARAMETER(layer1_mixing1_mlp2_conv2_weight, "layer1_mixing1_mlp2_conv2.weight", 12, WEIGHT,
        NORMAL, 0.0, 0.08838834764831845, 3, 64, 256, 1),
    PARAMETER(layer1_mixing1_mlp2_conv2_bias, "layer1_mixing1_mlp2_conv2.bias", 12, BIAS, CONSTANT,
        0.0, 0.0, 1, 64),
    PARAMETER(layer2_mixing1_layer_norm1_gamma, "layer2_mixing1_layer_norm1.gamma", 14, GAMMA,
        CONSTANT, 1.0, 0.0, 1, 64),
    PARAMETER(layer2_mixing1_layer_norm1_beta, "layer2_mixing1_layer_norm1.beta", 14, BETA,
        CONSTANT, 0.0, 0.0, 1, 64),
    PARAMETER(layer2_mixing1_mlp1_conv1_weight, "layer2_mixing1_mlp1_conv1.weight", 16, WEIGHT,
        NORMAL, 0.0, 0.1767766952966369, 3, 128, 64, 1),
    PARAMETER(layer2_mixing1_mlp1_conv1_bias, "layer2_mixing1_mlp1_conv1.bias", 16, BIAS, CONSTANT,
        0.0, 0.0, 1, 128),
    PARAMETER(layer2_mixing1_mlp1_conv2_weight, "layer2_mixing1_mlp1_conv2.weight", 18, WEIGHT,
        NORMAL, 0.0, 0.125, 3, 64, 128, 1),
    PARAMETER(layer2_mixing1_mlp1_conv2_bias, "layer2_mixing1_mlp1_conv2.bias", 18, BIAS, CONSTANT,
        0.0, 0.0, 1, 64),
    PARAMETER(layer2_mixing1_layer_norm2_gamma, "layer2_mixing1_layer_norm2.gamma", 21, GAMMA,
        CONSTANT, 1.0, 0.0, 1, 64),
    PARAMETER(layer2_mixing1_layer_norm2_beta, "layer2_mixing1_layer_norm2.beta", 21, BETA,
        CONSTANT, 0.0, 0.0, 1, 64),
    PARAMETER(layer2_mixing1_mlp2_conv1_weight, "layer2_mixing1_mlp2_conv1.weight", 22, WEIGHT,
        NORMAL, 0.0, 0.1767766952966369, 3, 256, 64, 1),
    PARAMETER(layer2_mixing1_mlp2_conv1_bias, "layer2_mixing1_mlp2_conv1.bias", 22, BIAS, CONSTANT,
        0.0, 0.0, 1, 256),
    PARAMETER(layer2_mixing1_mlp2_conv2_weight, "layer2_mixing1_mlp2_conv2.weight", 24, WEIGHT,
        NORMAL, 0.0, 0.08838834764831845, 3, 64, 256, 1),
    PARAMETER(layer2_mixing1_mlp2_conv2_bias, "layer2_mixing1_mlp2_conv2.bias", 24, BIAS, CONSTANT,
        0.0, 0.0, 1, 64),
    PARAMETER(layer_norm1_gamma, "layer_norm1.gamma", 26, GAMMA, CONSTANT, 1.0, 0.0, 1, 64),
    PARAMETER(layer_norm1_beta, "layer_norm1.beta", 26, BETA, CONSTANT, 0.0, 0.0, 1, 64),
    PARAMETER(dense1_weight, "dense1.weight", 28, WEIGHT, NORMAL, 0.0, 0.1767766952966369, 2, 10,
        64),
    PARAMETER(dense1_bias, "dense1.bias", 28, BIAS, CONSTANT, 0.0, 0.0, 1, 10),
    SLOT(conv1_weight, "mean.conv1.weight", 0, SLOT, 0, 0.0, 4, 64, 3, 4, 4),
    SLOT(conv1_bias, "mean.conv1.bias", 0, SLOT, 0, 0.0, 1, 64),
    SLOT(layer1_mixing1_layer_norm1_gamma, "mean.layer1_mixing1_layer_norm1.gamma", 2, SLOT, 0, 0.0,
        1, 64),
    SLOT(layer1_mixing1_layer_norm1_beta, "mean.layer1_mixing1_layer_norm1.beta", 2, SLOT, 0, 0.0,
        1, 64),
    SLOT(layer1_mixing1_mlp1_conv1_weight, "mean.layer1_mixing1_mlp1_conv1.weight", 4, SLOT, 0, 0.0,
        3, 128, 64, 1),
    SLOT(layer1_mixing1_mlp1_conv1_bias, "mean.layer1_mixing1_mlp1_conv1.bias", 4, SLOT, 0, 0.0, 1,
        128),
    SLOT(layer1_mixing1_mlp1_conv2_weight, "mean.layer1_mixing1_mlp1_conv2.weight", 6, SLOT, 0, 0.0,
        3, 64, 128, 1),
    SLOT(layer1_mixing1_mlp1_conv2_bias, "mean.layer1_mixing1_mlp1_conv2.bias", 6, SLOT, 0, 0.0, 1,
        64),
    SLOT(layer1_mixing1_layer_norm2_gamma, "mean.layer1_mixing1_layer_norm2.gamma", 9, SLOT, 0, 0.0,
        1, 64),
    SLOT(layer1_mixing1_layer_norm2_beta, "mean.layer1_mixing1_layer_norm2.beta", 9, SLOT, 0, 0.0,
        1, 64),
    SLOT(layer1_mixing1_mlp2_conv1_weight, "mean.layer1_mixing1_mlp2_conv1.weight", 10, SLOT, 0,
        0.0, 3, 256, 64, 1),
    SLOT(layer1_mixing1_mlp2_conv1_bias, "mean.layer1_mixing1_mlp2_conv1.bias", 10, SLOT, 0, 0.0, 1,
        256),
    SLOT(layer1_mixing1_mlp2_conv2_weight, "mean.layer1_mixing1_mlp2_conv2.weight", 12, SLOT, 0,
        0.0, 3, 64, 256, 1),
    SLOT(layer1_mixing1_mlp2_conv2_bias, "mean.layer1_mixing1_mlp2_conv2.bias", 12, SLOT, 0, 0.0, 1,
        64),
    SLOT(layer2_mixing1_layer_norm1_gamma, "mean.layer2_mixing1_layer_norm1.gamma", 14, SLOT, 0,
        0.0, 1, 64),
    SLOT(layer2_mixing1_layer_norm1_beta, "mean.layer2_mixing1_layer_norm1.beta", 14, SLOT, 0, 0.0,
        1, 64),
    SLOT(layer2_mixing1_mlp1_conv1_weight, "mean.layer2_mixing1_mlp1_conv1.weight", 16, SLOT, 0,
        0.0, 3, 128, 64, 1),
    SLOT(layer2_mixing1_mlp1_conv1_bias, "mean.layer2_mixing1_mlp1_conv1.bias", 16, SLOT, 0, 0.0, 1,
        128),
    SLOT(layer2_mixing1_mlp1_conv2_weight, "mean.layer2_mixing1_mlp1_conv2.weight", 18, SLOT, 0,
        0.0, 3, 64, 128, 1),
    SLOT(layer2_mixing1_mlp1_conv2_bias, "mean.layer2_mixing1_mlp1_conv2.bias", 18, SLOT, 0, 0.0, 1,
        64),
    SLOT(layer2_mixing1_layer_norm2_gamma, "mean.layer2_mixing1_layer_norm2.gamma", 21, SLOT, 0,
        0.0, 1, 64),
    SLOT(layer2_mixing1_layer_norm2_beta, "mean.layer2_mixing1_layer_norm2.beta", 21, SLOT, 0, 0.0,
        1, 64),
    SLOT(layer2_mixing1_mlp2_conv1_weight, "mean.layer2_mixing1_mlp2_conv1.weight", 22, SLOT, 0,
        0.0, 3, 256, 64, 1),
    SLOT(layer2_mixing1_mlp2_conv1_bias, "mean.layer2_mixing1_mlp2_conv1.bias", 22, SLOT, 0, 0.0, 1,
        256),
    SLOT(layer2_mixing1_mlp2_conv2_weight, "mean.layer2_mixing1_mlp2_conv2.weight", 24, SLOT, 0,
        0.0, 3, 64, 256, 1),
    SLOT(layer2_mixing1_mlp2_conv2_bias, "mean.layer2_mixing1_mlp2_conv2.bias", 24, SLOT, 0, 0.0, 1,
        64),
    SLOT(layer_norm1_gamma, "mean.layer_norm1.gamma", 26, SLOT, 0, 0.0, 1, 64),
    SLOT(layer_norm1_beta, "mean.layer_norm1.beta", 26, SLOT, 0, 0.0, 1, 64),
    SLOT(dense1_weight, "mean.dense1.weight", 28, SLOT, 0, 0.0, 2, 10, 64),
    SLOT(dense1_bias, "mean.dense1.bias", 28, SLOT, 0, 0.0, 1, 10),
    SLOT(conv1_weight, "square.conv1.weight", 0, SLOT, 1, 0.0, 4, 64, 3, 4, 4),
    SLOT(conv1_bias, "square.conv1.bias", 0, SLOT, 1, 0.0, 1, 64),
    SLOT(layer1_mixing1_layer_norm1_gamma, "square.layer1_mixing1_layer_norm1.gamma", 2, SLOT, 1,
        0.0, 1, 64),
    SLOT(layer1_mixing1_layer_norm1_beta, "square.layer1_mixing1_layer_norm1.beta", 2, SLOT, 1, 0.0,
        1, 64),
    SLOT(layer1_mixing1_mlp1_conv1_weight, "square.layer1_mixing1_mlp1_conv1.weight", 4, SLOT, 1,
        0.0, 3, 128, 64, 1),
    SLOT(layer1_mixing1_mlp1_conv1_bias, "square.layer1_mixing1_mlp1_conv1.bias", 4, SLOT, 1, 0.0,
        1, 128),
    SLOT(layer1_mixing1_mlp1_conv2_weight, "square.layer1_mixing1_mlp1_conv2.weight", 6, SLOT, 1,
        0.0, 3, 64, 128, 1),
    SLOT(layer1_mixing1_mlp1_conv2_bias, "square.layer1_mixing1_mlp1_conv2.bias", 6, SLOT, 1, 0.0,
        1, 64),
    SLOT(layer1_mixing1_layer_norm2_gamma, "square.layer1_mixing1_layer_norm2.gamma", 9, SLOT, 1,
        0.0, 1, 64),
    SLOT(layer1_mixing1_layer_norm2_beta, "square.layer1_mixing1_layer_norm2.beta", 9, SLOT, 1, 0.0,
        1, 64),
    SLOT(layer1_mixing1_mlp2_conv1_weight, "square.layer1_mixing1_mlp2_conv1.weight", 10, SLOT, 1,
        0.0, 3, 256, 64, 1),
    SLOT(layer1_mixing1_mlp2_conv1_bias, "square.layer1_mixing1_mlp2_conv1.bias", 10, SLOT, 1, 0.0,
        1, 256),
    SLOT(layer1_mixing1_mlp2_conv2_weight, "square.layer1_mixing1_mlp2_conv2.weight", 12, SLOT, 1,
        0.0, 3, 64, 256, 1),
    SLOT(layer1_mixing1_mlp2_conv2_bias, "square.layer1_mixing1_mlp2_conv2.bias", 12, SLOT, 1, 0.0,
        1, 64),
    SLOT(layer2_mixing1_layer_norm1_gamma, "square.layer2_mixing1_layer_norm1.gamma", 14, SLOT, 1,
        0.0, 1, 64),
    SLOT(layer2_mixing1_layer_norm1_beta, "square.layer2_mixing1_layer_norm1.beta", 14, SLOT, 1,
        0.0, 1, 64),
    SLOT(layer2_mixing1_mlp1_conv1_weight, "square.layer2_mixing1_mlp1_conv1.weight", 16, SLOT, 1,
        0.0, 3, 128, 64, 1),
    SLOT(layer2_mixing1_mlp1_conv1_bias, "square.layer2_mixing1_mlp1_conv1.bias", 16, SLOT, 1, 0.0,
        1, 128),
    SLOT(layer2_mixing1_mlp1_conv2_weight, "square.layer2_mixing1_mlp1_conv2.weight", 18, SLOT, 1,
        0.0, 3, 64, 128, 1),
    SLOT(layer2_mixing1_mlp1_conv2_bias, "square.layer2_mixing1_mlp1_conv2.bias", 18, SLOT, 1, 0.0,
        1, 64),
    SLOT(layer2_mixing1_layer_norm2_gamma, "square.layer2_mixing1_layer_norm2.gamma", 21, SLOT, 1,
        0.0, 1, 64),
    SLOT(layer2_mixing1_layer_norm2_beta, "square.layer2_mixing1_layer_norm2.beta", 21, SLOT, 1,
        0.0, 1, 64),
    SLOT(layer2_mixing1_mlp2_conv1_weight, "square.layer2_mixing1_mlp2_conv1.weight", 22, SLOT, 1,
        0.0, 3, 256, 64, 1),
    SLOT(layer2_mixing1_mlp2_conv1_bias, "square.layer2_mixing1_mlp2_conv1.bias", 22, SLOT, 1, 0.0,
        1, 256),
    SLOT(layer2_mixing1_mlp2_conv2_weight, "square.layer2_mixing1_mlp2_conv2.weight", 24, SLOT, 1,
        0.0, 3, 64, 256, 1),
    SLOT(layer2_mixing1_mlp2_conv2_bias, "square.layer2_mixing1_mlp2_conv2.bias", 24, SLOT, 1, 0.0,
        1, 64),
    SLOT(layer_norm1_gamma, "square.layer_norm1.gamma", 26, SLOT, 1, 0.0, 1, 64),
    SLOT(layer_norm1_beta, "square.layer_norm1.beta", 26, SLOT, 1, 0.0, 1, 64),
    SLOT(dense1_weight, "square.dense1.weight", 28, SLOT, 1, 0.0, 2, 10, 64),
    SLOT(dense1_bias, "square.dense1.bias", 28, SLOT, 1, 0.0, 1, 10),
};

static const char *const layers[] = {
    "conv1", "reshape1", "layer1_mixing1_layer_norm1", "layer1_mixing1_transpose1",
    "layer1_mixing1_mlp1_conv1", "layer1_mixing1_mlp1_gelu1", "layer1_mixing1_mlp1_conv2",
    "layer1_mixing1_transpose2", "layer1_mixing1_add1", "layer1_mixing1_layer_norm2",
    "layer1_mixing1_mlp2_conv1", "layer1_mixing1_mlp2_gelu1", "layer1_mixing1_mlp2_conv2",
    "layer1_mixing1_add2", "layer2_mixing1_layer_norm1", "layer2_mixing1_transpose1",
    "layer2_mixing1_mlp1_conv1", "layer2_mixing1_mlp1_gelu1", "layer2_mixing1_mlp1_conv2",
    "layer2_mixing1_transpose2", "layer2_mixing1_add1", "layer2_mixing1_layer_norm2",
    "layer2_mixing1_mlp2_conv1", "layer2_mixing1_mlp2_gelu1", "layer2_mixing1_mlp2_conv2",
    "layer2_mixing1_add2", "layer_norm1", "global_avgpool1", "dense1", 0,
};

// Multiplications and additions, and bytes read and written at least, for a full batch.
static const bnc_kernel kernels[] = {
    {"image_load", -1, 0, 196608.0, 786432.0},
    {"conv1_forward", 0, 0, 25165824.0, 1847552.0},
    {"layer1_mixing1_layer_norm1_forward", 2, 0, 2097152.0, 2130432.0},
    {"layer1_mixing1_transpose1_forward", 3, 0, 0.0, 2097152.0},
    {"layer1_mixing1_mlp1_conv1_forward", 4, 0, 67108864.0, 5276160.0},
    {"layer1_mixing1_mlp1_conv2_forward", 6, 0, 67108864.0, 3178752.0},
    {"layer1_mixing1_transpose2_forward", 7, 0, 0.0, 2097152.0},
    {"layer1_mixing1_add1_forward", 8, 0, 262144.0, 3145728.0},
    {"layer1_mixing1_layer_norm2_forward", 9, 0, 2097152.0, 2130432.0},
    {"layer1_mixing1_mlp2_conv1_forward", 10, 0, 134217728.0, 9503744.0},
    {"layer1_mixing1_mlp2_conv2_forward", 12, 0, 134217728.0, 5308672.0},
    {"layer1_mixing1_add2_forward", 13, 0, 262144.0, 3145728.0},
    {"layer2_mixing1_layer_norm1_forward", 14, 0, 2097152.0, 2130432.0},
    {"layer2_mixing1_transpose1_forward", 15, 0, 0.0, 2097152.0},
    {"layer2_mixing1_mlp1_conv1_forward", 16, 0, 67108864.0, 5276160.0},
    {"layer2_mixing1_mlp1_conv2_forward", 18, 0, 67108864.0, 3178752.0},
    {"layer2_mixing1_transpose2_forward", 19, 0, 0.0, 2097152.0},
    {"layer2_mixing1_add1_forward", 20, 0, 262144.0, 3145728.0},
    {"layer2_mixing1_layer_norm2_forward", 21, 0, 2097152.0, 2130432.0},
    {"layer2_mixing1_mlp2_conv1_forward", 22, 0, 134217728.0, 9503744.0},
    {"layer2_mixing1_mlp2_conv2_forward", 24, 0, 134217728.0, 5308672.0},
    {"layer2_mixing1_add2_forward", 25, 0, 262144.0, 3145728.0},
    {"layer_norm1_forward", 26, 0, 2097152.0, 2130432.0},
    {"global_avgpool1_forward", 27, 0, 262144.0, 1064960.0},
    {"dense1_forward", 28, 0, 81920.0, 21544.0},
    {"loss_softmax_cross_entropy", -1, 0, 3200.0, 5152.0},
    {"dense1_input_gradient", 28, 0, 81920.0, 21504.0},
    {"dense1_rows_load", 28, 0, 0.0, 32768.0},
    {"dense1_weight_gradient", 28, 0, 81920.0, 34304.0},
    {"dense1_bias_gradient", 28, 0, 640.0, 2800.0},
    {"global_avgpool1_backward", 27, 0, 262144.0, 1064960.0},
    {"layer_norm1_backward", 26, 0, 2359296.0, 3178752.0},
    {"layer_norm1_parameter_gradient", 26, 0, 1310720.0, 2132992.0},
    {"layer2_mixing1_mlp2_conv2_input_gradient", 24, 0, 148897792.0, 9502720.0},
    {"layer2_mixing1_mlp2_conv2_weight_gradient_sums", 24, 0, 134217728.0, 5767168.0},
    {"layer2_mixing1_mlp2_conv2_weight_gradient", 24, 0, 0.0, 917504.0},
    {"layer2_mixing1_mlp2_conv2_bias_gradient", 24, 0, 262144.0, 1050112.0},
    {"layer2_mixing1_mlp2_conv1_input_gradient", 22, 0, 134217728.0, 5308416.0},
    {"layer2_mixing1_mlp2_conv1_weight_gradient_sums", 22, 0, 134217728.0, 5373952.0},
    {"layer2_mixing1_mlp2_conv1_weight_gradient", 22, 0, 0.0, 524288.0},
    {"layer2_mixing1_mlp2_conv1_bias_gradient", 22, 0, 1048576.0, 4200448.0},
    {"layer2_mixing1_layer_norm2_backward", 21, 0, 2359296.0, 3178752.0},
    {"layer2_mixing1_layer_norm2_parameter_gradient", 21, 0, 1310720.0, 2132992.0},
    {"layer2_mixing1_add1_gradient_sum", 20, 0, 262144.0, 3145728.0},
    {"layer2_mixing1_transpose2_backward", 19, 0, 0.0, 2097152.0},
    {"layer2_mixing1_mlp1_conv2_input_gradient", 18, 0, 74448896.0, 5275648.0},
    {"layer2_mixing1_mlp1_conv2_weight_gradient_sums", 18, 0, 67108864.0, 3407872.0},
    {"layer2_mixing1_mlp1_conv2_weight_gradient", 18, 0, 0.0, 458752.0},
    {"layer2_mixing1_mlp1_conv2_bias_gradient", 18, 0, 262144.0, 1050112.0},
    {"layer2_mixing1_mlp1_conv1_input_gradient", 16, 0, 67108864.0, 3178496.0},
    {"layer2_mixing1_mlp1_conv1_weight_gradient_sums", 16, 0, 67108864.0, 3276800.0},
    {"layer2_mixing1_mlp1_conv1_weight_gradient", 16, 0, 0.0, 327680.0},
    {"layer2_mixing1_mlp1_conv1_bias_gradient", 16, 0, 524288.0, 2100224.0},
    {"layer2_mixing1_transpose1_backward", 15, 0, 0.0, 2097152.0},
    {"layer2_mixing1_layer_norm1_backward", 14, 0, 2359296.0, 3178752.0},
    {"layer2_mixing1_layer_norm1_parameter_gradient", 14, 0, 1310720.0, 2132992.0},
    {"layer1_mixing1_add2_gradient_sum", 13, 0, 262144.0, 3145728.0},
    {"layer1_mixing1_mlp2_conv2_input_gradient", 12, 0, 148897792.0, 9502720.0},
    {"layer1_mixing1_mlp2_conv2_weight_gradient_sums", 12, 0, 134217728.0, 5767168.0},
    {"layer1_mixing1_mlp2_conv2_weight_gradient", 12, 0, 0.0, 917504.0},
    {"layer1_mixing1_mlp2_conv2_bias_gradient", 12, 0, 262144.0, 1050112.0},
    {"layer1_mixing1_mlp2_conv1_input_gradient", 10, 0, 134217728.0, 5308416.0},
    {"layer1_mixing1_mlp2_conv1_weight_gradient_sums", 10, 0, 134217728.0, 5373952.0},
    {"layer1_mixing1_mlp2_conv1_weight_gradient", 10, 0, 0.0, 524288.0},
    {"layer1_mixing1_mlp2_conv1_bias_gradient", 10, 0, 1048576.0, 4200448.0},
    {"layer1_mixing1_layer_norm2_backward", 9, 0, 2359296.0, 3178752.0},
    {"layer1_mixing1_layer_norm2_parameter_gradient", 9, 0, 1310720.0, 2132992.0},
    {"layer1_mixing1_add1_gradient_sum", 8, 0, 262144.0, 3145728.0},
    {"layer1_mixing1_transpose2_backward", 7, 0, 0.0, 2097152.0},
    {"layer1_mixing1_mlp1_conv2_input_gradient", 6, 0, 74448896.0, 5275648.0},
    {"layer1_mixing1_mlp1_conv2_weight_gradient_sums", 6, 0, 67108864.0, 3407872.0},
    {"layer1_mixing1_mlp1_conv2_weight_gradient", 6, 0, 0.0, 458752.0},
    {"layer1_mixing1_mlp1_conv2_bias_gradient", 6, 0, 262144.0, 1050112.0},
    {"layer1_mixing1_mlp1_conv1_input_gradient", 4, 0, 67108864.0, 3178496.0},
    {"layer1_mixing1_mlp1_conv1_weight_gradient_sums", 4, 0, 67108864.0, 3276800.0},
    {"layer1_mixing1_mlp1_conv1_weight_gradient", 4, 0, 0.0, 327680.0},
    {"layer1_mixing1_mlp1_conv1_bias_gradient", 4, 0, 524288.0, 2100224.0},
    {"layer1_mixing1_transpose1_backward", 3, 0, 0.0, 2097152.0},
    {"layer1_mixing1_layer_norm1_backward", 2, 0, 2359296.0, 3178752.0},
    {"layer1_mixing1_layer_norm1_parameter_gradient", 2, 0, 1310720.0, 2132992.0},
    {"reshape1_gradient_sum", 1, 0, 262144.0, 3145728.0},
    {"conv1_weight_gradient_sums", 0, 0, 25165824.0, 1933312.0},
    {"conv1_weight_gradient", 0, 0, 0.0, 172032.0},
    {"conv1_bias_gradient", 0, 0, 262144.0, 1050112.0},
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
    {"learning_rate", 0.001},
    {"beta1", 0.9},
    {"beta2", 0.999},
    {"eps", 1e-08},
};

const bnc_plugin *BNC_SYMBOL(void) {
  static const bnc_plugin plugin = {
      .struct_size = sizeof(bnc_plugin),
      .abi_version = BNC_ABI_VERSION,
      .instruction_set = INSTRUCTIONS,
      .bnc_version = "0.2.0-dev",
      .model_name = "mixer",
      .model_hash = "63785b51b317660b197c9dfac5c5dd09253fe3fa3bd7925ab28f42d8ec077f86",
      .target = "x86-64-v3",
      .batch = BATCH,
      .lanes = LANES,
      .element_size = sizeof(real),
      .epochs = 30,
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
      .state_size = 0,
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
