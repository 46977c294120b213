// mnist_augmented: a network in C, written by bnc 0.2.0-dev from mnist_augmented.bn. To change it,
// change the model.
/*
   cc -std=c11 -O2 -fno-unroll-loops -ffp-contract=fast -march=x86-64-v3 -fPIC -shared \
      mnist_augmented.c -lm -o mnist_augmented.so
*/
// What stands here, from top to bottom: the sizes, numbers and vectors, the memory, the kernels of
// the forward pass, of the loss, of the backward pass, the steps that call them in order, and the
// table that tells a host what it must know.
//
// One vector holds one number of 8 examples, one in each lane, so no channel count and no image
// size wastes a lane. A tensor [channels, height, width] lies as
// [blocks][channels][height][width][lanes]. A short batch leaves lanes inactive: they hold 0, by
// selection, whatever was there before.
#include "mnist_augmented.h"

#include <math.h>
#include <stdatomic.h>
#include <stddef.h>

// ---- Sizes

typedef float real;
enum {
  BATCH = 128,   // examples a step, at most
  LANES = 8,   // examples a vector
  BLOCKS = 16,  // vectors that hold all of them
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

static inline vec vec_log(vec x) {
  UNROLL for (int l = 0; l < LANES; l++) x[l] = logf(x[l]);
  return x;
}

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

// Where in scratch each tensor lies, in numbers. Tensors whose lives do not overlap share a place.
enum {
  b_image_lanes = 0,  // [16][1][28][28][8]
  b_rotate_image_output = 100352,  // [16][1][28][28][8]
  b_zoom_image_output = 0,  // [16][1][28][28][8]
  b_shift_image_output = 3114240,  // [16][1][28][28][8]
  b_conv1_output = 0,  // [16][20][26][26][8]
  b_conv1_partial = 1730560,  // [16][20][3]
  b_batchnorm1_moments = 3215136,  // [3][20]
  b_avgpool1_output = 2248960,  // [16][20][13][13][8]
  b_conv2_output = 1730560,  // [16][50][9][9][8]
  b_conv2_partial = 2681600,  // [16][50][3]
  b_batchnorm2_moments = 3214976,  // [3][50]
  b_avgpool2_output = 2681600,  // [16][50][4][4][8]
  b_dense1_output = 2988800,  // [16][128][8]
  b_dense1_partial = 2784000,  // [16][128][3]
  b_batchnorm3_moments = 3214592,  // [3][128]
  b_relu3_output = 2784000,  // [16][128][8]
  b_dense2_output = 2800384,  // [16][10][8]
  b_dense2_output_gradient = 2833152,  // [16][10][8]
  b_block_losses = 2801664,  // [16]
  b_relu3_output_gradient = 2800384,  // [16][128][8]
  b_dense2_rows = 2816768,  // [128][128]
  b_batchnorm3_partial_sums = 2784000,  // [16][128][2]
  b_batchnorm3_coefficients = 2788096,  // [4][128]
  b_dense1_output_gradient = 2988800,  // [16][128][8]
  b_flatten1_output_gradient = 2784000,  // [16][800][8]
  b_dense1_rows = 2886400,  // [128][800]
  b_batchnorm2_partial_sums = 2681600,  // [16][50][2]
  b_batchnorm2_coefficients = 2683200,  // [4][50]
  b_conv2_output_gradient = 1730560,  // [16][50][9][9][8]
  b_avgpool1_output_gradient = 2681600,  // [16][20][13][13][8]
  b_batchnorm1_partial_sums = 1730560,  // [16][20][2]
  b_batchnorm1_coefficients = 1731200,  // [4][20]
  b_conv1_output_gradient = 0,  // [16][20][26][26][8]
  SCRATCH = 3215200
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
  real learning_rate;
  real beta1;
  real beta2;
  real eps;
  real weight_decay;
  real rate;
  real square_share;
  uint64_t number, epoch, seed;  // of the step: what is drawn depends on them
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

// What the optimizer keeps in `slot` for the parameter p.
static ALWAYS_INLINE real *slot_of(const struct step *s, const real *p, int slot) {
  enum { PARAMETERS = sizeof(struct parameters) / sizeof(real) };
  return s->slots + (ptrdiff_t)slot * PARAMETERS + (p - (const real *)s->parameters);
}

// adamw: moves a parameter p along its gradient g.
//   rate = learning_rate / (1 - beta1 ^ t)
//   square_share = 1 / (1 - beta2 ^ t)
//   p = p - learning_rate * weight_decay * p
//   mean = beta1 * mean + (1 - beta1) * g
//   square = beta2 * square + (1 - beta2) * g * g
//   p = p - rate * mean / (sqrt(square * square_share) + eps)
static ALWAYS_INLINE void adamw_update(real *p, real g, const struct step *s) {
  real *mean = slot_of(s, p, 0);
  real *square = slot_of(s, p, 1);
  *p -= s->learning_rate * s->weight_decay * *p;
  *mean = s->beta1 * *mean + (1 - s->beta1) * g;
  *square = s->beta2 * *square + (1 - s->beta2) * g * g;
  *p -= s->rate * *mean / (SQRT(*square * s->square_share) + s->eps);
}

// The same for the last `count` parameters of a row.
static NEVER_INLINE void adamw_update_end(real *p, const vec *g, int count, const struct step *s) {
  for (int l = 0; l < count; l++) adamw_update(p + l, (*g)[l], s);
}

// The same for the next LANES parameters of a row, or the `count` that are left.
static ALWAYS_INLINE void adamw_update_row(real *row, vec g, int count, const struct step *s) {
  if (count < LANES) {
    adamw_update_end(row, &g, count, s);
    return;
  }
  packed *p = (packed *)(void *)row;
  packed *mean = (packed *)(void *)slot_of(s, row, 0);
  packed *square = (packed *)(void *)slot_of(s, row, 1);
  *p -= s->learning_rate * s->weight_decay * *p;
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

// Numbers of 32 bits, and their products.
typedef uint64_t counters __attribute__((vector_size(LANES * sizeof(uint64_t)), may_alias));

// Makes four random numbers of 32 bits of a counter of four, in each lane: Philox4x32-10 (Salmon et
// al., 2011). A number depends on its counter and on the key alone, so that it can be drawn again.
static ALWAYS_INLINE void philox(counters counter[4], uint64_t key) {
  const uint64_t low = UINT32_MAX;
  uint64_t key0 = key & low, key1 = key >> 32;
  for (int round = 0; round < 10; round++) {
    const counters first = counter[0] * 0xd2511f53u, second = counter[2] * 0xcd9e8d57u;
    counter[0] = (second >> 32) ^ counter[1] ^ key0;
    counter[1] = second & low;
    counter[2] = (first >> 32) ^ counter[3] ^ key1;
    counter[3] = first & low;
    key0 = (key0 + 0x9e3779b9u) & low;
    key1 = (key1 + 0xbb67ae85u) & low;
  }
}

// Random numbers 4 * quad to 4 * quad + 3, of 31 bits, for each example of a block. They depend on
// the seed, the epoch, the augmentation, whose number is `stream`, and the example's row in the
// data, and on nothing else.
static ALWAYS_INLINE void draw_for_rows(const struct step *s, const int stream, uint64_t epoch,
    int block, int quad, mask drawn[4]) {
  counters row = {0};
  for (int l = 0; l < active_count(s, block); l++)
    row[l] = (uint64_t)row_of(s, block * LANES + l) & UINT32_MAX;
  counters numbers[4] = {(counters){0} + (uint64_t)quad, row,
      (counters){0} + (1u << 31) + (uint64_t)stream,
                         (counters){0} + (epoch & UINT32_MAX)};
  philox(numbers, s->seed + (epoch >> 32));
  UNROLL for (int u = 0; u < 4; u++) drawn[u] = __builtin_convertvector(numbers[u] >> 1, mask);
}

// What lies at (i, j) of x in each lane, between the four numbers around it; 0 outside.
static ALWAYS_INLINE vec between_four(const vec *x, const int rows, const int columns, vec i,
    vec j) {
  // Further out nothing changes.
  i = blend(i < -1, splat(-1), blend(i > (real)rows, splat((real)rows), i));
  j = blend(j < -1, splat(-1), blend(j > (real)columns, splat((real)columns), j));
  const mask top = __builtin_convertvector(i + 1, mask) - 1;
  const mask left = __builtin_convertvector(j + 1, mask) - 1;
  const vec down = i - __builtin_convertvector(top, vec), up = 1 - down;
  const vec right = j - __builtin_convertvector(left, vec), before = 1 - right;
  vec sum = {0};
  UNROLL for (int p = 0; p < 2; p++)
    UNROLL for (int q = 0; q < 2; q++) {
      const mask row = top + p, column = left + q;
      const mask inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns);
      const mask place = (row * columns + column) & inside;
      vec v;
      UNROLL for (int l = 0; l < LANES; l++) v[l] = x[place[l]][l];
      sum += (p ? down : up) * (q ? right : before) * masked(v, inside);
    }
  return sum;
}

// A task: a channel of a block, each example turned around its middle by up to so many radians, and
// larger or smaller by up to so much.
static ALWAYS_INLINE void turn(const struct step *s, int task, const int stream, const int channels,
    const int rows, const int columns, const double radians, const double amount, const vec *x,
    vec *y) {
  x += (ptrdiff_t)task * (rows * columns);
  y += (ptrdiff_t)task * (rows * columns);
  if (!s->training) {
    for (int k = 0; k < rows * columns; k++) y[k] = x[k];
    return;
  }
  mask drawn[4];
  draw_for_rows(s, stream, s->epoch, task / channels, 0, drawn);
  vec along, across;
  for (int l = 0; l < LANES; l++) {
    const double side = (double)drawn[0][l] * 0x1p-30 - 1, factor = 1 + amount * side;
    along[l] = (real)(cos(radians * side) / factor);
    across[l] = (real)(sin(radians * side) / factor);
  }
  const real middle_i = (real)(0.5 * (rows - 1)), middle_j = (real)(0.5 * (columns - 1));
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < columns; j++) {
      const real u = (real)i - middle_i, v = (real)j - middle_j;
      const vec at_i = middle_i + (along * u + across * v);
      const vec at_j = middle_j + (along * v - across * u);
      y[i * columns + j] = between_four(x, rows, columns, at_i, at_j);
    }
}

// rotate_image (mnist_augmented.bn:21): y = x turned by up to 10.0 degrees, 0 outside, in training,
// all [1, 28, 28]
static void k_rotate_image_forward(const struct step *s, int task) {
  turn(s, task, 0, 1, 28, 28, 0.17453292519943295, 0.0, lanes_at(s, b_image_lanes),
      lanes_at(s, b_rotate_image_output));
}

// k_rotate_image_forward, and before it the image that it needs.
static void k_rotate_image_forward_loading(const struct step *s, int task) {
  const int block = task / 1;
  k_image_load_once(s, block, block + 1);
  k_rotate_image_forward(s, task);
}

// zoom_image (mnist_augmented.bn:22): y = x 0.9 to 1.1 times as large, 0 outside, in training, all
// [1, 28, 28]
static void k_zoom_image_forward(const struct step *s, int task) {
  turn(s, task, 1, 1, 28, 28, 0.0, 0.1, lanes_at(s, b_rotate_image_output),
      lanes_at(s, b_zoom_image_output));
}

// One of the whole numbers from -most to most, by a random number of 31 bits.
static ALWAYS_INLINE int moved_by(uint64_t number, const int most) {
  return (int)(number * (uint64_t)(2 * most + 1) >> 31) - most;
}

// A task: a channel of a block, each example moved by whole rows and columns.
//   y[i, j] = x[i + down, j + right], 0 outside of x
static ALWAYS_INLINE void shift_zeros(const struct step *s, int task, const int stream,
    const int channels, const int rows, const int columns, const int most_down,
    const int most_right, const vec *x, vec *y) {
  mask drawn[4] = {0};
  if (s->training) draw_for_rows(s, stream, s->epoch, task / channels, 0, drawn);
  x += (ptrdiff_t)task * (rows * columns);
  y += (ptrdiff_t)task * (rows * columns);
  for (int i = 0; i < rows; i++)
    for (int l = 0; l < LANES; l++) {
      const int down = s->training ? moved_by((uint64_t)drawn[0][l], most_down) : 0;
      const int right = s->training ? moved_by((uint64_t)drawn[1][l], most_right) : 0;
      const int is_row = i + down >= 0 && i + down < rows;
      const vec *row = x + (is_row ? i + down : 0) * columns;
      for (int j = 0; j < columns; j++) {
        const int is_inside = is_row && j + right >= 0 && j + right < columns;
        y[i * columns + j][l] = is_inside ? row[j + right][l] : 0;
      }
    }
}

// shift_image (mnist_augmented.bn:23): y[i, j] = x[i + down, j + right], 0 outside, in training,
// all [1, 28, 28]
static void k_shift_image_forward(const struct step *s, int task) {
  shift_zeros(s, task, 2, 1, 28, 28, 2, 2, lanes_at(s, b_zoom_image_output),
      lanes_at(s, b_shift_image_output));
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

static const struct convolution g_conv1 = { .G = 1, .CI = 1, .H = 28, .W = 28, .CO = 20, .OH = 26,
    .OW = 26, .KH = 3, .KW = 3, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0, .PB = 0, .PL = 0,
    .INNER = 0, .INNER_END = 26 };

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

static ALWAYS_INLINE int piece_size(const struct pieces p, int index) {
  return p.size + (index < p.wide);
}

// A task of a convolution: one tile's output channels of one block, then their mean and squares for
// the batch norm.
static ALWAYS_INLINE void convolution_bias_forward_moments(const struct step *s, int task,
    const struct convolution g, const struct pieces tiles, const struct pieces columns,
    const vec *x, const real *weight, const real *bias, vec *y, real (*partial)[3]) {
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
  if (!s->training) return;
  partial += block * g.G * g.CO + co;
  for (int c = 0; c < piece_size(tiles, tile); c++)
    block_moments(y + c * plane, plane, active_count(s, block), active, partial[c]);
}

// conv1 (mnist_augmented.bn:7), forward and moments: 5 output channels of a block a task
//   x [1, 28, 28], weight [20, 1, 3, 3], y [20, 26, 26]
static void k_conv1_forward(const struct step *s, int task) {
  convolution_bias_forward_moments(s, task, g_conv1, (struct pieces){4, 5, 0},
      (struct pieces){13, 2, 0}, lanes_at(s, b_shift_image_output), s->parameters->conv1_weight,
      s->parameters->conv1_bias, lanes_at(s, b_conv1_output), moments_at(s, b_conv1_partial));
}

// A batch norm of C channels of H x W numbers, and the activation and the pool that run with it: OH
// x OW windows of K x K numbers, S apart; without a pool, each number is a window. g is what these
// leave of dy, 0 where no window lies, and xhat = (x - mean) * inverse:
//   y = gamma[c] * xhat + beta[c], dbeta[c] = sum of g, dgamma[c] = sum of g * xhat
//   dx = gamma[c] * inverse * (g - mean of g - xhat * mean of g * xhat)
struct normalization {
  int C, H, W, OH, OW, K, S;
};

static const struct normalization g_batchnorm1 = { .C = 20, .H = 26, .W = 26, .OH = 13, .OW = 13,
    .K = 2, .S = 2 };

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

// batchnorm1 (mnist_augmented.bn:7): mean and variance of each channel
static void k_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_batchnorm1, (real)1e-05, moments_at(s, b_conv1_partial),
      s->state->batchnorm1_running_mean, s->state->batchnorm1_running_variance,
      s->scratch + b_batchnorm1_moments);
}

// A task: a piece of the channels of one block. Where a layer has no gamma or beta, they are 0.
static ALWAYS_INLINE void batchnorm_relu_avgpool_forward(const struct step *s, int task,
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
    for (int i = 0; i < n.OH; i++)
      for (int j = 0; j < n.OW; j++) {
        const vec *window = xs + i * n.S * n.W + j * n.S;
        vec sum = {0};
        UNROLL for (int ky = 0; ky < n.K; ky++)
          UNROLL for (int kx = 0; kx < n.K; kx++)
            sum += vec_relu(normalized(window[ky * n.W + kx], mean, scale, shift));
        ys[i * n.OW + j] = masked(sum * (real)0.25, active);
      }
  }
}

// batchnorm1, relu1, avgpool1 (mnist_augmented.bn:7), forward: x [20, 26, 26], y [20, 13, 13]
static void k_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_avgpool_forward(s, task, g_batchnorm1, (struct pieces){20, 1, 0},
      s->scratch + b_batchnorm1_moments, s->parameters->batchnorm1_gamma,
      s->parameters->batchnorm1_beta, lanes_at(s, b_conv1_output), lanes_at(s, b_avgpool1_output));
}

static const struct convolution g_conv2 = { .G = 1, .CI = 20, .H = 13, .W = 13, .CO = 50, .OH = 9,
    .OW = 9, .KH = 5, .KW = 5, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0, .PB = 0, .PL = 0,
    .INNER = 0, .INNER_END = 9 };

// conv2 (mnist_augmented.bn:8), forward and moments: 3 or 2 output channels of a block a task
//   x [20, 13, 13], weight [50, 20, 5, 5], y [50, 9, 9]
static void k_conv2_forward(const struct step *s, int task) {
  convolution_bias_forward_moments(s, task, g_conv2, (struct pieces){17, 2, 16},
      (struct pieces){3, 3, 0}, lanes_at(s, b_avgpool1_output), s->parameters->conv2_weight,
      s->parameters->conv2_bias, lanes_at(s, b_conv2_output), moments_at(s, b_conv2_partial));
}

static const struct normalization g_batchnorm2 = { .C = 50, .H = 9, .W = 9, .OH = 4, .OW = 4,
    .K = 2, .S = 2 };

// batchnorm2 (mnist_augmented.bn:8): mean and variance of each channel
static void k_batchnorm2_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_batchnorm2, (real)1e-05, moments_at(s, b_conv2_partial),
      s->state->batchnorm2_running_mean, s->state->batchnorm2_running_variance,
      s->scratch + b_batchnorm2_moments);
}

// batchnorm2, relu2, avgpool2 (mnist_augmented.bn:8), forward: x [50, 9, 9], y [50, 4, 4]
static void k_batchnorm2_forward(const struct step *s, int task) {
  batchnorm_relu_avgpool_forward(s, task, g_batchnorm2, (struct pieces){17, 2, 16},
      s->scratch + b_batchnorm2_moments, s->parameters->batchnorm2_gamma,
      s->parameters->batchnorm2_beta, lanes_at(s, b_conv2_output), lanes_at(s, b_avgpool2_output));
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

// dense1 (mnist_augmented.bn:10), forward and moments: 3 or 2 outputs of 4 blocks a task
//   x [800], weight [128, 800], y [128]
static void k_dense1_forward(const struct step *s, int task) {
  dense_bias_forward_moments(s, task, g_dense1, (struct pieces){43, 2, 42}, 4,
      lanes_at(s, b_avgpool2_output), s->parameters->dense1_weight, s->parameters->dense1_bias,
      lanes_at(s, b_dense1_output), moments_at(s, b_dense1_partial));
}

static const struct normalization g_batchnorm3 = { .C = 128, .H = 1, .W = 1, .OH = 1, .OW = 1,
    .K = 1, .S = 1 };

// batchnorm3 (mnist_augmented.bn:10): mean and variance of each channel
static void k_batchnorm3_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_batchnorm3, (real)1e-05, moments_at(s, b_dense1_partial),
      s->state->batchnorm3_running_mean, s->state->batchnorm3_running_variance,
      s->scratch + b_batchnorm3_moments);
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

// batchnorm3, relu3 (mnist_augmented.bn:10), forward: x [128], y [128]
static void k_batchnorm3_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_batchnorm3, (struct pieces){1, 128, 0},
      s->scratch + b_batchnorm3_moments, s->parameters->batchnorm3_gamma,
      s->parameters->batchnorm3_beta, lanes_at(s, b_dense1_output), lanes_at(s, b_relu3_output));
}

static const struct dense g_dense2 = { .IN = 128, .OUT = 10 };

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

// dense2 (mnist_augmented.bn:11), forward: 3 or 2 outputs of 4 blocks a task
//   x [128], weight [10, 128], y [10]
static void k_dense2_forward(const struct step *s, int task) {
  dense_bias_forward(s, task, g_dense2, (struct pieces){4, 2, 2}, 4, lanes_at(s, b_relu3_output),
      s->parameters->dense2_weight, s->parameters->dense2_bias, lanes_at(s, b_dense2_output));
}

// ---- Loss

// The loss (mnist_augmented.bn:13) of each example, and its gradient:
//   loss[n] = sum over k of q[n, k] * (log(sum over j of exp(x[n, j])) - x[n, k])
//   dx[n, k] = exp(x[n, k]) / sum * (sum over j of q[n, j]) - q[n, k], divided by the number of
//     examples
//   q[n, k] = (0.9 * (k == label[n]) + 0.01)
//   x [10], dx [10]
// The largest x is taken away first, so that no exponential overflows.
static void k_loss_softmax_cross_entropy(const struct step *s, int block) {
  enum { CLASSES = 10, POSITIONS = 1 };
  const vec *x = lanes_at(s, b_dense2_output) + block * (CLASSES * POSITIONS);
  vec *dx = lanes_at(s, b_dense2_output_gradient) + block * (CLASSES * POSITIONS);
  const int active = has_target(s) ? active_count(s, block) : 0;
  const real share = 1 / (real)s->count;
  vec loss = {0};
  for (int p = 0; p < POSITIONS; p++) {
    vec labels = splat(-1), own = {0};
    for (int l = 0; l < active; l++) {
      const int label = label_of(s, block * LANES + l);
      labels[l] = (real)label;
      own[l] = (real)0.9 * 1;
    }
    const mask counts = labels >= (vec){0};
    const vec total = own + masked(splat((real)0.1), counts);
    vec best = x[p], sum = {0};
    for (int k = 1; k < CLASSES; k++) best = max_of(best, x[k * POSITIONS + p]);
    for (int k = 0; k < CLASSES; k++) sum += vec_exp(x[k * POSITIONS + p] - best);
    const vec log_sum = vec_log(sum), factor = total / sum;
    for (int k = 0; k < CLASSES; k++) {
      const vec q = masked(own, labels == splat((real)k)) + masked(splat((real)0.01), counts),
          below = best - x[k * POSITIONS + p];
      loss += masked(q * (log_sum + below), q != (vec){0});
      dx[k * POSITIONS + p] = masked((factor * vec_exp(-below) - q) * share, counts);
    }
  }
  (s->scratch + b_block_losses)[block] = lanes_sum(loss);
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

// dense2 (mnist_augmented.bn:11), input gradient: 3 or 2 features of the batch a task
//   dy [10], weight [10, 128], dx [128]
static void k_dense2_input_gradient(const struct step *s, int task) {
  dense_input_gradient(s, task, g_dense2, (struct pieces){43, 2, 42}, 1, 10, 4,
      lanes_at(s, b_dense2_output_gradient), s->parameters->dense2_weight,
      lanes_at(s, b_relu3_output_gradient));
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

// dense2 (mnist_augmented.bn:11): its input as rows, x [128], rows [batch][128]
static void k_dense2_rows_load(const struct step *s, int task) {
  load_rows(task, 128, 128, lanes_at(s, b_relu3_output), lanes_at(s, b_dense2_rows));
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
      adamw_update_row(&weight[at], sum[c * vectors + v], d.IN % LANES == 0 ? LANES : d.IN - first,
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

// dense2 (mnist_augmented.bn:11), weight gradient and step: 3 or 2 outputs a task
//   rows [batch][128], dy [10], dweight [10, 128]
static void k_dense2_weight_gradient(const struct step *s, int task) {
  dense_weight_gradient(s, task, g_dense2, (struct pieces){4, 2, 2}, (struct pieces){4, 4, 0}, 4,
      128, lanes_at(s, b_dense2_rows), lanes_at(s, b_dense2_output_gradient),
      s->parameters->dense2_weight);
}

// A task of a bias's gradient: dbias[c], the sum of dy[n, c] over examples n and all `plane`
// positions.
static ALWAYS_INLINE void bias_gradient(const struct step *s, int c, const int channels,
    const int plane, const vec *dy, real *bias) {
  struct long_sum sum = {0};
  for (int block = 0; block < s->blocks; block++)
    add_part(&sum, sum_of(dy + (block * channels + c) * plane, plane));
  adamw_update(&bias[c], lanes_sum(sum.total), s);
}

// dense2 (mnist_augmented.bn:11), bias gradient and step: dy [10]
static void k_dense2_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 10, 1, lanes_at(s, b_dense2_output_gradient), s->parameters->dense2_bias);
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

// batchnorm3, relu3 (mnist_augmented.bn:10): sums of g and of g * xhat, x [128], dy [128]
static void k_batchnorm3_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_batchnorm3, (struct pieces){1, 128, 0},
      s->scratch + b_batchnorm3_moments, s->parameters->batchnorm3_gamma,
      s->parameters->batchnorm3_beta, lanes_at(s, b_dense1_output),
      lanes_at(s, b_relu3_output_gradient), pairs_at(s, b_batchnorm3_partial_sums));
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
    adamw_update(&gamma[c], product, s);
    adamw_update(&beta[c], sum, s);
  }
}

// batchnorm3 (mnist_augmented.bn:10): gradients of gamma and beta, and step
static void k_batchnorm3_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_batchnorm3, s->scratch + b_batchnorm3_moments,
      pairs_at(s, b_batchnorm3_partial_sums), s->scratch + b_batchnorm3_coefficients,
      s->parameters->batchnorm3_gamma, s->parameters->batchnorm3_beta);
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

// batchnorm3, relu3 (mnist_augmented.bn:10), input gradient in x's place: x [128], dy [128]
static void k_batchnorm3_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_batchnorm3, (struct pieces){1, 128, 0},
      s->scratch + b_batchnorm3_moments, s->scratch + b_batchnorm3_coefficients,
      lanes_at(s, b_dense1_output), lanes_at(s, b_relu3_output_gradient),
      lanes_at(s, b_dense1_output_gradient));
}

// dense1 (mnist_augmented.bn:10), input gradient: 42 tiles of 3 or 2 features of the batch a task
//   dy [128], weight [128, 800], dx [800]
static void k_dense1_input_gradient(const struct step *s, int task) {
  dense_input_gradient(s, task, g_dense1, (struct pieces){267, 2, 266}, 42, 64, 4,
      lanes_at(s, b_dense1_output_gradient), s->parameters->dense1_weight,
      lanes_at(s, b_flatten1_output_gradient));
}

// dense1 (mnist_augmented.bn:10): its input as rows, x [800], rows [batch][800]
static void k_dense1_rows_load(const struct step *s, int task) {
  load_rows(task, 800, 800, lanes_at(s, b_avgpool2_output), lanes_at(s, b_dense1_rows));
}

// dense1 (mnist_augmented.bn:10), weight gradient and step: 3 or 2 outputs a task
//   rows [batch][800], dy [128], dweight [128, 800]
static void k_dense1_weight_gradient(const struct step *s, int task) {
  dense_weight_gradient(s, task, g_dense1, (struct pieces){43, 2, 42}, (struct pieces){25, 4, 0}, 8,
      800, lanes_at(s, b_dense1_rows), lanes_at(s, b_dense1_output_gradient),
      s->parameters->dense1_weight);
}

// dense1 (mnist_augmented.bn:10), bias gradient and step: dy [128]
static void k_dense1_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 128, 1, lanes_at(s, b_dense1_output_gradient), s->parameters->dense1_bias);
}

// What dy, the gradient of the result, leaves of itself before relu and the pool, at each number of
// a window: g. The mask is made again from x, which is cheaper than to store it.
static ALWAYS_INLINE void batchnorm_relu_avgpool_window(const struct normalization n, const vec *x,
    vec dy, real mean, real scale, real shift, vec *g) {
  UNROLL for (int k = 0; k < n.K * n.K; k++) {
    const vec v = normalized(x[k / n.K * n.W + k % n.K], mean, scale, shift);
    g[k] = vec_relu_gradient(dy * (real)0.25, v);
  }
}

// A task: one block's sums of g and of g * xhat, of a piece of the channels.
static ALWAYS_INLINE void batchnorm_relu_avgpool_sums(int task, const struct normalization n,
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
            vec g[4];
            batchnorm_relu_avgpool_window(n, window, dys[i * n.OW + j], mean, scale, shift, g);
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

// batchnorm2, relu2, avgpool2 (mnist_augmented.bn:8): sums of g and of g * xhat, x [50, 9, 9], dy
// [50, 4, 4]
static void k_batchnorm2_sums(const struct step *s, int task) {
  batchnorm_relu_avgpool_sums(task, g_batchnorm2, (struct pieces){17, 2, 16},
      s->scratch + b_batchnorm2_moments, s->parameters->batchnorm2_gamma,
      s->parameters->batchnorm2_beta, lanes_at(s, b_conv2_output),
      lanes_at(s, b_flatten1_output_gradient), pairs_at(s, b_batchnorm2_partial_sums));
}

// batchnorm2 (mnist_augmented.bn:8): gradients of gamma and beta, and step
static void k_batchnorm2_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_batchnorm2, s->scratch + b_batchnorm2_moments,
      pairs_at(s, b_batchnorm2_partial_sums), s->scratch + b_batchnorm2_coefficients,
      s->parameters->batchnorm2_gamma, s->parameters->batchnorm2_beta);
}

// A task: the gradient of a piece of the channels of one block's x.
static ALWAYS_INLINE void batchnorm_relu_avgpool_backward_with_rest(const struct step *s, int task,
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
        vec g[4];
        batchnorm_relu_avgpool_window(n, xs + at, dys[i * n.OW + j], mean, scale, shift, g);
        UNROLL for (int k = 0; k < n.K * n.K; k++) {
          const int cell = at + k / n.K * n.W + k % n.K;
          dxs[cell] = masked((g[k] - mean_g - (xs[cell] - mean) * slope) * scale, active);
        }
      }
    // The numbers that no window covers count in the statistics all the same.
    for (int i = 0; i < n.H; i++)
      for (int j = 0; j < n.W; j++)
        if (i >= n.OH * n.S || i % n.S >= n.K || j >= n.OW * n.S || j % n.S >= n.K) {
          const int cell = i * n.W + j;
          dxs[cell] = masked(((vec){0} - mean_g - (xs[cell] - mean) * slope) * scale, active);
        }
  }
}

// batchnorm2, relu2, avgpool2 (mnist_augmented.bn:8), input gradient in x's place: x [50, 9, 9], dy
// [50, 4, 4]
static void k_batchnorm2_backward(const struct step *s, int task) {
  batchnorm_relu_avgpool_backward_with_rest(s, task, g_batchnorm2, (struct pieces){17, 2, 16},
      s->scratch + b_batchnorm2_moments, s->scratch + b_batchnorm2_coefficients,
      lanes_at(s, b_conv2_output), lanes_at(s, b_flatten1_output_gradient),
      lanes_at(s, b_conv2_output_gradient));
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

// conv2 (mnist_augmented.bn:8), input gradient: 2 input channels of a block a task
//   dy [50, 9, 9], weight [50, 20, 5, 5], dx [20, 13, 13]
static void k_conv2_input_gradient(const struct step *s, int task) {
  convolution_input_gradient(s, task, g_conv2, (struct pieces){10, 2, 0}, (struct pieces){3, 4, 1},
      lanes_at(s, b_conv2_output_gradient), s->parameters->conv2_weight,
      lanes_at(s, b_avgpool1_output_gradient));
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
        adamw_update(&weight[at], lanes_sum(sums[(o * inputs + c) * taps + k].total), s);
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

// conv2 (mnist_augmented.bn:8), weight gradient and step: a kernel row of 2 x 1 channels a task
//   x [20, 13, 13], dy [50, 9, 9], dweight [50, 20, 5, 5]
static void k_conv2_weight_gradient(const struct step *s, int task) {
  convolution_weight_gradient(s, task, g_conv2, (struct pieces){25, 2, 0},
      (struct pieces){20, 1, 0}, (struct pieces){1, 5, 0}, 12, 9, lanes_at(s, b_avgpool1_output),
      lanes_at(s, b_conv2_output_gradient), s->parameters->conv2_weight);
}

// conv2 (mnist_augmented.bn:8), bias gradient and step: dy [50, 9, 9]
static void k_conv2_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 50, 81, lanes_at(s, b_conv2_output_gradient), s->parameters->conv2_bias);
}

// batchnorm1, relu1, avgpool1 (mnist_augmented.bn:7): sums of g and of g * xhat, x [20, 26, 26], dy
// [20, 13, 13]
static void k_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_avgpool_sums(task, g_batchnorm1, (struct pieces){20, 1, 0},
      s->scratch + b_batchnorm1_moments, s->parameters->batchnorm1_gamma,
      s->parameters->batchnorm1_beta, lanes_at(s, b_conv1_output),
      lanes_at(s, b_avgpool1_output_gradient), pairs_at(s, b_batchnorm1_partial_sums));
}

// batchnorm1 (mnist_augmented.bn:7): gradients of gamma and beta, and step
static void k_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_batchnorm1, s->scratch + b_batchnorm1_moments,
      pairs_at(s, b_batchnorm1_partial_sums), s->scratch + b_batchnorm1_coefficients,
      s->parameters->batchnorm1_gamma, s->parameters->batchnorm1_beta);
}

// A task: the gradient of a piece of the channels of one block's x.
static ALWAYS_INLINE void batchnorm_relu_avgpool_backward(const struct step *s, int task,
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
        vec g[4];
        batchnorm_relu_avgpool_window(n, xs + at, dys[i * n.OW + j], mean, scale, shift, g);
        UNROLL for (int k = 0; k < n.K * n.K; k++) {
          const int cell = at + k / n.K * n.W + k % n.K;
          dxs[cell] = masked((g[k] - mean_g - (xs[cell] - mean) * slope) * scale, active);
        }
      }
  }
}

// batchnorm1, relu1, avgpool1 (mnist_augmented.bn:7), input gradient in x's place: x [20, 26, 26],
// dy [20, 13, 13]
static void k_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_avgpool_backward(s, task, g_batchnorm1, (struct pieces){20, 1, 0},
      s->scratch + b_batchnorm1_moments, s->scratch + b_batchnorm1_coefficients,
      lanes_at(s, b_conv1_output), lanes_at(s, b_avgpool1_output_gradient),
      lanes_at(s, b_conv1_output_gradient));
}

// conv1 (mnist_augmented.bn:7), weight gradient and step: a kernel row of 4 x 1 channels a task
//   x [1, 28, 28], dy [20, 26, 26], dweight [20, 1, 3, 3]
static void k_conv1_weight_gradient(const struct step *s, int task) {
  convolution_weight_gradient(s, task, g_conv1, (struct pieces){5, 4, 0}, (struct pieces){1, 1, 0},
      (struct pieces){1, 3, 0}, 1, 26, lanes_at(s, b_shift_image_output),
      lanes_at(s, b_conv1_output_gradient), s->parameters->conv1_weight);
}

// conv1 (mnist_augmented.bn:7), bias gradient and step: dy [20, 26, 26]
static void k_conv1_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 20, 676, lanes_at(s, b_conv1_output_gradient), s->parameters->conv1_bias);
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

// batchnorm1 (mnist_augmented.bn:7): the running statistics move
static void k_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_batchnorm1, (real)0.9, s->scratch + b_batchnorm1_moments,
      s->state->batchnorm1_running_mean, s->state->batchnorm1_running_variance,
      s->state->batchnorm1_seen);
}

// batchnorm2 (mnist_augmented.bn:8): the running statistics move
static void k_batchnorm2_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_batchnorm2, (real)0.9, s->scratch + b_batchnorm2_moments,
      s->state->batchnorm2_running_mean, s->state->batchnorm2_running_variance,
      s->state->batchnorm2_seen);
}

// batchnorm3 (mnist_augmented.bn:10): the running statistics move
static void k_batchnorm3_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_batchnorm3, (real)0.9, s->scratch + b_batchnorm3_moments,
      s->state->batchnorm3_running_mean, s->state->batchnorm3_running_variance,
      s->state->batchnorm3_seen);
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
    { k_rotate_image_forward_loading, .tasks = 1, .results = {{0, b_rotate_image_output, 784}} },
    { k_zoom_image_forward, .tasks = 1, .results = {{1, b_zoom_image_output, 784}} },
    { k_shift_image_forward, .tasks = 1, .results = {{2, b_shift_image_output, 784}} },
    { k_conv1_forward, .tasks = 4, .results = {{3, b_conv1_output, 13520}} },
    { k_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_batchnorm1_forward, .tasks = 20, .results = {{4, b_avgpool1_output, 3380}} },
    { k_conv2_forward, .tasks = 17, .results = {{7, b_conv2_output, 4050}} },
    { k_batchnorm2_moments_merge, .tasks = 1, .whole = 1 },
    { k_batchnorm2_forward, .tasks = 17, .results = {{8, b_avgpool2_output, 800}} },
    { k_dense1_forward, .tasks = 43, .group = 4, .results = {{12, b_dense1_output, 128}} },
    { k_batchnorm3_moments_merge, .tasks = 1, .whole = 1 },
    { k_batchnorm3_forward, .tasks = 1, .results = {{13, b_relu3_output, 128}} },
    { k_dense2_forward, .tasks = 4, .group = 4, .results = {{15, b_dense2_output, 10}} },

    { k_loss_softmax_cross_entropy, .tasks = 1 },

    { k_dense2_input_gradient, .tasks = 43, .whole = 1 },
    { k_dense2_rows_load, .tasks = 1 },
    { k_dense2_weight_gradient, .tasks = 4, .whole = 1 },
    { k_dense2_bias_gradient, .tasks = 10, .whole = 1 },
    { k_batchnorm3_sums, .tasks = 1 },
    { k_batchnorm3_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_batchnorm3_backward, .tasks = 1 },
    { k_dense1_input_gradient, .tasks = 7, .whole = 1 },
    { k_dense1_rows_load, .tasks = 1 },
    { k_dense1_weight_gradient, .tasks = 172, .whole = 1 },
    { k_dense1_bias_gradient, .tasks = 128, .whole = 1 },
    { k_batchnorm2_sums, .tasks = 17 },
    { k_batchnorm2_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_batchnorm2_backward, .tasks = 17 },
    { k_conv2_input_gradient, .tasks = 10 },
    { k_conv2_weight_gradient, .tasks = 2500, .whole = 1 },
    { k_conv2_bias_gradient, .tasks = 50, .whole = 1 },
    { k_batchnorm1_sums, .tasks = 20 },
    { k_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_batchnorm1_backward, .tasks = 20 },
    { k_conv1_weight_gradient, .tasks = 15, .whole = 1 },
    { k_conv1_bias_gradient, .tasks = 20, .whole = 1 },
    { k_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_batchnorm2_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_batchnorm3_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
};
enum { FORWARD = 14, LOSS = 15, KERNELS = sizeof schedule / sizeof schedule[0] };

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

// Whether every batch norm that starts at its first batch has seen one.
static int trained(const struct state *state) {
  return state->batchnorm1_seen[0] != 0 && state->batchnorm2_seen[0] != 0
      && state->batchnorm3_seen[0] != 0;
}

// one_cycle: turns the learning rate of a training into that of its step `step` of `last`, and sets
// the momentum.
static void schedule_rate(uint64_t step, uint64_t last, uint64_t epoch_steps,
                          double *hyperparameters) {
  (void)epoch_steps;
  const double t = (double)step, steps = (double)last;
  if (steps < t) hyperparameters[0] *= 4e-06;
  else if (t - 1.0 < 0.3 * steps - 1.0) hyperparameters[0] *= 1.0 + (-0.48)
    * (1.0 + cos(3.141592653589793 * (t - 1.0) / (0.3 * steps - 1.0)));
  else hyperparameters[0] *= 4e-06 + 0.499998
      * (1.0 + cos(3.141592653589793 * (t - 1.0 - (0.3 * steps - 1.0))
      / (0.7 * steps < 1e-30 ? 1e-30 : 0.7 * steps)));
  if (steps < t) hyperparameters[1] = 0.95;
  else if (t - 1.0 < 0.3 * steps - 1.0)
    hyperparameters[1] = 0.85 + 0.04999999999999999
        * (1.0 + cos(3.141592653589793 * (t - 1.0) / (0.3 * steps - 1.0)));
  else hyperparameters[1] = 0.95 + (-0.04999999999999999)
      * (1.0 + cos(3.141592653589793 * (t - 1.0 - (0.3 * steps - 1.0))
      / (0.7 * steps < 1e-30 ? 1e-30 : 0.7 * steps)));
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
  s.learning_rate = (real)step->hyperparameters[0];
  s.beta1 = (real)step->hyperparameters[1];
  s.beta2 = (real)step->hyperparameters[2];
  s.eps = (real)step->hyperparameters[3];
  s.weight_decay = (real)step->hyperparameters[4];
  s.rate = (real)(learning_rate / (1.0 - pow(beta1, t)));
  s.square_share = (real)(1.0 / (1.0 - pow(beta2, t)));
  s.number = step->step;
  s.epoch = step->epoch;
  s.seed = step->seed;
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
// What an optimizer keeps for each number of a parameter, one slot after the other.
#define SLOT(member, name, layer, role, slot, start, rank, ...) \
  { name, BNC_##role, BNC_SLOTS, layer, 0, rank, BNC_CONSTANT, { __VA_ARGS__ }, \
    slot * sizeof(struct parameters) + offsetof(struct parameters, member), start, 0, 0 }
static const bnc_tensor tensors[] = {
    PARAMETER(conv1_weight, "conv1.weight", 3, WEIGHT, NORMAL, 0.0, 0.4714045207910317, 4, 20, 1, 3,
        3),
    PARAMETER(conv1_bias, "conv1.bias", 3, BIAS, CONSTANT, 0.0, 0.0, 1, 20),
    PARAMETER(batchnorm1_gamma, "batchnorm1.gamma", 4, GAMMA, CONSTANT, 1.0, 0.0, 1, 20),
    PARAMETER(batchnorm1_beta, "batchnorm1.beta", 4, BETA, CONSTANT, 0.0, 0.0, 1, 20),
    STATE(batchnorm1_running_mean, "batchnorm1.running_mean", 4, RUNNING_MEAN, CONSTANT, 0.0, 0.0,
        1, 20),
    STATE(batchnorm1_running_variance, "batchnorm1.running_variance", 4, RUNNING_VARIANCE, CONSTANT,
        1.0, 0.0, 1, 20),
    STATE(batchnorm1_seen, "batchnorm1.seen", 4, SEEN, CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(conv2_weight, "conv2.weight", 7, WEIGHT, NORMAL, 0.0, 0.06324555320336758, 4, 50, 20,
        5, 5),
    PARAMETER(conv2_bias, "conv2.bias", 7, BIAS, CONSTANT, 0.0, 0.0, 1, 50),
    PARAMETER(batchnorm2_gamma, "batchnorm2.gamma", 8, GAMMA, CONSTANT, 1.0, 0.0, 1, 50),
    PARAMETER(batchnorm2_beta, "batchnorm2.beta", 8, BETA, CONSTANT, 0.0, 0.0, 1, 50),
    STATE(batchnorm2_running_mean, "batchnorm2.running_mean", 8, RUNNING_MEAN, CONSTANT, 0.0, 0.0,
        1, 50),
    STATE(batchnorm2_running_variance, "batchnorm2.running_variance", 8, RUNNING_VARIANCE, CONSTANT,
        1.0, 0.0, 1, 50),
    STATE(batchnorm2_seen, "batchnorm2.seen", 8, SEEN, CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(dense1_weight, "dense1.weight", 12, WEIGHT, NORMAL, 0.0, 0.05, 2, 128, 800),
    PARAMETER(dense1_bias, "dense1.bias", 12, BIAS, CONSTANT, 0.0, 0.0, 1, 128),
    PARAMETER(batchnorm3_gamma, "batchnorm3.gamma", 13, GAMMA, CONSTANT, 1.0, 0.0, 1, 128),
    PARAMETER(batchnorm3_beta, "batchnorm3.beta", 13, BETA, CONSTANT, 0.0, 0.0, 1, 128),
    STATE(batchnorm3_running_mean, "batchnorm3.running_mean", 13, RUNNING_MEAN, CONSTANT, 0.0, 0.0,
        1, 128),
    STATE(batchnorm3_running_variance, "batchnorm3.running_variance", 13, RUNNING_VARIANCE,
        CONSTANT, 1.0, 0.0, 1, 128),
    STATE(batchnorm3_seen, "batchnorm3.seen", 13, SEEN, CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(dense2_weight, "dense2.weight", 15, WEIGHT, NORMAL, 0.0, 0.125, 2, 10, 128),
    PARAMETER(dense2_bias, "dense2.bias", 15, BIAS, CONSTANT, 0.0, 0.0, 1, 10),
    SLOT(conv1_weight, "mean.conv1.weight", 3, SLOT, 0, 0.0, 4, 20, 1, 3, 3),
    SLOT(conv1_bias, "mean.conv1.bias", 3, SLOT, 0, 0.0, 1, 20),
    SLOT(batchnorm1_gamma, "mean.batchnorm1.gamma", 4, SLOT, 0, 0.0, 1, 20),
    SLOT(batchnorm1_beta, "mean.batchnorm1.beta", 4, SLOT, 0, 0.0, 1, 20),
    SLOT(conv2_weight, "mean.conv2.weight", 7, SLOT, 0, 0.0, 4, 50, 20, 5, 5),
    SLOT(conv2_bias, "mean.conv2.bias", 7, SLOT, 0, 0.0, 1, 50),
    SLOT(batchnorm2_gamma, "mean.batchnorm2.gamma", 8, SLOT, 0, 0.0, 1, 50),
    SLOT(batchnorm2_beta, "mean.batchnorm2.beta", 8, SLOT, 0, 0.0, 1, 50),
    SLOT(dense1_weight, "mean.dense1.weight", 12, SLOT, 0, 0.0, 2, 128, 800),
    SLOT(dense1_bias, "mean.dense1.bias", 12, SLOT, 0, 0.0, 1, 128),
    SLOT(batchnorm3_gamma, "mean.batchnorm3.gamma", 13, SLOT, 0, 0.0, 1, 128),
    SLOT(batchnorm3_beta, "mean.batchnorm3.beta", 13, SLOT, 0, 0.0, 1, 128),
    SLOT(dense2_weight, "mean.dense2.weight", 15, SLOT, 0, 0.0, 2, 10, 128),
    SLOT(dense2_bias, "mean.dense2.bias", 15, SLOT, 0, 0.0, 1, 10),
    SLOT(conv1_weight, "square.conv1.weight", 3, SLOT, 1, 0.0, 4, 20, 1, 3, 3),
    SLOT(conv1_bias, "square.conv1.bias", 3, SLOT, 1, 0.0, 1, 20),
    SLOT(batchnorm1_gamma, "square.batchnorm1.gamma", 4, SLOT, 1, 0.0, 1, 20),
    SLOT(batchnorm1_beta, "square.batchnorm1.beta", 4, SLOT, 1, 0.0, 1, 20),
    SLOT(conv2_weight, "square.conv2.weight", 7, SLOT, 1, 0.0, 4, 50, 20, 5, 5),
    SLOT(conv2_bias, "square.conv2.bias", 7, SLOT, 1, 0.0, 1, 50),
    SLOT(batchnorm2_gamma, "square.batchnorm2.gamma", 8, SLOT, 1, 0.0, 1, 50),
    SLOT(batchnorm2_beta, "square.batchnorm2.beta", 8, SLOT, 1, 0.0, 1, 50),
    SLOT(dense1_weight, "square.dense1.weight", 12, SLOT, 1, 0.0, 2, 128, 800),
    SLOT(dense1_bias, "square.dense1.bias", 12, SLOT, 1, 0.0, 1, 128),
    SLOT(batchnorm3_gamma, "square.batchnorm3.gamma", 13, SLOT, 1, 0.0, 1, 128),
    SLOT(batchnorm3_beta, "square.batchnorm3.beta", 13, SLOT, 1, 0.0, 1, 128),
    SLOT(dense2_weight, "square.dense2.weight", 15, SLOT, 1, 0.0, 2, 10, 128),
    SLOT(dense2_bias, "square.dense2.bias", 15, SLOT, 1, 0.0, 1, 10),
};

static const char *const layers[] = {
    "rotate_image", "zoom_image", "shift_image", "conv1", "batchnorm1", "relu1", "avgpool1",
    "conv2", "batchnorm2", "relu2", "avgpool2", "flatten1", "dense1", "batchnorm3", "relu3",
    "dense2", 0,
};

// Multiplications and additions, and bytes read and written at least, for a full batch.
static const bnc_kernel kernels[] = {
    {"image_load", -1, 0, 100352.0, 401408.0},
    {"rotate_image_forward", 0, 0, 1605632.0, 802816.0},
    {"zoom_image_forward", 1, 0, 1605632.0, 802816.0},
    {"shift_image_forward", 2, 0, 100352.0, 802816.0},
    {"conv1_forward", 3, 0, 31150080.0, 7328288.0},
    {"batchnorm1_moments_merge", 4, 0, 0.0, 4240.0},
    {"batchnorm1_forward", 4, 0, 5191680.0, 8653200.0},
    {"conv2_forward", 7, 0, 518400000.0, 3913960.0},
    {"batchnorm2_moments_merge", 8, 0, 0.0, 10600.0},
    {"batchnorm2_forward", 8, 0, 1555200.0, 2484200.0},
    {"dense1_forward", 12, 0, 26214400.0, 909824.0},
    {"batchnorm3_moments_merge", 13, 0, 0.0, 27136.0},
    {"batchnorm3_forward", 13, 0, 49152.0, 133632.0},
    {"dense2_forward", 15, 0, 327680.0, 75816.0},
    {"loss_softmax_cross_entropy", -1, 0, 6400.0, 10304.0},
    {"dense2_input_gradient", 15, 0, 327680.0, 75776.0},
    {"dense2_rows_load", 15, 0, 0.0, 131072.0},
    {"dense2_weight_gradient", 15, 0, 327680.0, 101376.0},
    {"dense2_bias_gradient", 15, 0, 1280.0, 5360.0},
    {"batchnorm3_sums", 13, 0, 81920.0, 150016.0},
    {"batchnorm3_parameter_gradient", 13, 0, 0.0, 27136.0},
    {"batchnorm3_backward", 13, 0, 98304.0, 200192.0},
    {"dense1_input_gradient", 12, 0, 26214400.0, 884736.0},
    {"dense1_rows_load", 12, 0, 0.0, 819200.0},
    {"dense1_weight_gradient", 12, 0, 26214400.0, 2932736.0},
    {"dense1_bias_gradient", 12, 0, 16384.0, 68608.0},
    {"batchnorm2_sums", 8, 0, 2592000.0, 2490600.0},
    {"batchnorm2_parameter_gradient", 8, 0, 0.0, 10600.0},
    {"batchnorm2_backward", 8, 0, 3110400.0, 4558200.0},
    {"conv2_input_gradient", 7, 0, 518400000.0, 3904160.0},
    {"conv2_weight_gradient", 7, 0, 518400000.0, 4404160.0},
    {"conv2_bias_gradient", 7, 0, 518400.0, 2074800.0},
    {"batchnorm1_sums", 4, 0, 8652800.0, 8655760.0},
    {"batchnorm1_parameter_gradient", 4, 0, 0.0, 4240.0},
    {"batchnorm1_backward", 4, 0, 10383360.0, 15575600.0},
    {"conv1_weight_gradient", 3, 0, 31150080.0, 7327968.0},
    {"conv1_bias_gradient", 3, 0, 1730560.0, 6922720.0},
    {"batchnorm1_running_move", 4, 0, 0.0, 568.0},
    {"batchnorm2_running_move", 8, 0, 0.0, 1408.0},
    {"batchnorm3_running_move", 13, 0, 0.0, 3592.0},
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
    {"learning_rate", 0.003},
    {"beta1", 0.9},
    {"beta2", 0.999},
    {"eps", 1e-08},
    {"weight_decay", 0.02},
};

const bnc_plugin *BNC_SYMBOL(void) {
  static const bnc_plugin plugin = {
      .struct_size = sizeof(bnc_plugin),
      .abi_version = BNC_ABI_VERSION,
      .instruction_set = INSTRUCTIONS,
      .bnc_version = "0.2.0-dev",
      .model_name = "mnist_augmented",
      .model_hash = "631da9ffa5d22fb094aca64a4029c4f802a9c034ef3c8560f735ae532bfc75c7",
      .target = "x86-64-v3",
      .batch = BATCH,
      .lanes = LANES,
      .element_size = sizeof(real),
      .epochs = 16,
      .inputs = inputs,
      .targets = targets,
      .outputs = outputs,
      .losses = losses,
      .hyperparameters = hyperparameters,
      .optimizer_name = "adamw",
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
      .schedule = schedule_rate,
      .train = train,
      .evaluate = evaluate,
  };
  return &plugin;
}
