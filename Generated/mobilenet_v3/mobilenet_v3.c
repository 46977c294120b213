// mobilenet_v3: a network in C, written by bnc 0.2.0-dev from mobilenet_v3.bn. To change it, change
// the model.
/*
   cc -std=c11 -O2 -fno-unroll-loops -ffp-contract=fast -march=x86-64-v3 -fPIC -shared \
      mobilenet_v3.c -lm -o mobilenet_v3.so
*/
// What stands here, from top to bottom: the sizes, numbers and vectors, the memory, the kernels of
// the forward pass, of the loss, of the backward pass, the steps that call them in order, and the
// table that tells a host what it must know.
//
// One vector holds one number of 8 examples, one in each lane, so no channel count and no image
// size wastes a lane. A tensor [channels, height, width] lies as
// [blocks][channels][height][width][lanes]. A short batch leaves lanes inactive: they hold 0, by
// selection, whatever was there before.
#include "mobilenet_v3.h"

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

// x <= -3 ? 0 : 3 <= x ? x : x * (x + 3) / 6
static ALWAYS_INLINE vec vec_hard_swish(vec x) {
  return masked(blend(splat(3) <= x, x, x * (x + 3) / 6), ~(x <= splat(-3)));
}

// x <= 0 ? 0 : x
static ALWAYS_INLINE vec vec_relu(vec x) { return masked(x, ~(x <= (vec){0})); }

// x <= -3 ? 0 : 3 <= x ? 1 : (x + 3) / 6
static ALWAYS_INLINE vec vec_hard_sigmoid(vec x) {
  return masked(blend(splat(3) <= x, splat(1), (x + 3) / 6), ~(x <= splat(-3)));
}

// x <= -3 ? 0 : 3 <= x ? dy : dy * (x + 3 + x) / 6
static ALWAYS_INLINE vec vec_hard_swish_gradient(vec dy, vec x) {
  return masked(blend(splat(3) <= x, dy, dy * (x + 3 + x) / 6), ~(x <= splat(-3)));
}

// x <= -3 ? 0 : 3 <= x ? 0 : 0.16666666666666666 * dy
static ALWAYS_INLINE vec vec_hard_sigmoid_gradient(vec dy, vec x) {
  return masked(masked((real)0.16666666666666666 * dy, ~(splat(3) <= x)), ~(x <= splat(-3)));
}

// y <= 0 ? dy * y : dy
static ALWAYS_INLINE vec vec_relu_gradient(vec dy, vec y) {
  return blend(y <= (vec){0}, dy * y, dy);
}

// ---- Memory: what the caller owns

// What is learned, in canonical order.
struct parameters {
  real conv1_weight[432];  // [16, 3, 3, 3]
  real batchnorm1_gamma[16], batchnorm1_beta[16];
  real narrow1_conv1_weight[512];  // [32, 16, 1, 1]
  real narrow1_batchnorm1_gamma[32], narrow1_batchnorm1_beta[32];
  real narrow1_conv2_weight[288];  // [32, 1, 3, 3]
  real narrow1_batchnorm2_gamma[32], narrow1_batchnorm2_beta[32];
  real narrow1_excitation1_dense1_weight[256];  // [8, 32]
  real narrow1_excitation1_dense1_bias[8];
  real narrow1_excitation1_dense2_weight[256];  // [32, 8]
  real narrow1_excitation1_dense2_bias[32];
  real narrow1_conv3_weight[768];  // [24, 32, 1, 1]
  real narrow1_batchnorm3_gamma[24], narrow1_batchnorm3_beta[24];
  real residual1_narrow1_conv1_weight[1728];  // [72, 24, 1, 1]
  real residual1_narrow1_batchnorm1_gamma[72], residual1_narrow1_batchnorm1_beta[72];
  real residual1_narrow1_conv2_weight[648];  // [72, 1, 3, 3]
  real residual1_narrow1_batchnorm2_gamma[72], residual1_narrow1_batchnorm2_beta[72];
  real residual1_narrow1_excitation1_dense1_weight[1296];  // [18, 72]
  real residual1_narrow1_excitation1_dense1_bias[18];
  real residual1_narrow1_excitation1_dense2_weight[1296];  // [72, 18]
  real residual1_narrow1_excitation1_dense2_bias[72];
  real residual1_narrow1_conv3_weight[1728];  // [24, 72, 1, 1]
  real residual1_narrow1_batchnorm3_gamma[24], residual1_narrow1_batchnorm3_beta[24];
  real narrow2_conv1_weight[2304];  // [96, 24, 1, 1]
  real narrow2_batchnorm1_gamma[96], narrow2_batchnorm1_beta[96];
  real narrow2_conv2_weight[2400];  // [96, 1, 5, 5]
  real narrow2_batchnorm2_gamma[96], narrow2_batchnorm2_beta[96];
  real narrow2_excitation1_dense1_weight[2304];  // [24, 96]
  real narrow2_excitation1_dense1_bias[24];
  real narrow2_excitation1_dense2_weight[2304];  // [96, 24]
  real narrow2_excitation1_dense2_bias[96];
  real narrow2_conv3_weight[3840];  // [40, 96, 1, 1]
  real narrow2_batchnorm3_gamma[40], narrow2_batchnorm3_beta[40];
  real residual2_narrow1_conv1_weight[4800];  // [120, 40, 1, 1]
  real residual2_narrow1_batchnorm1_gamma[120], residual2_narrow1_batchnorm1_beta[120];
  real residual2_narrow1_conv2_weight[3000];  // [120, 1, 5, 5]
  real residual2_narrow1_batchnorm2_gamma[120], residual2_narrow1_batchnorm2_beta[120];
  real residual2_narrow1_excitation1_dense1_weight[3600];  // [30, 120]
  real residual2_narrow1_excitation1_dense1_bias[30];
  real residual2_narrow1_excitation1_dense2_weight[3600];  // [120, 30]
  real residual2_narrow1_excitation1_dense2_bias[120];
  real residual2_narrow1_conv3_weight[4800];  // [40, 120, 1, 1]
  real residual2_narrow1_batchnorm3_gamma[40], residual2_narrow1_batchnorm3_beta[40];
  real conv2_weight[7680];  // [192, 40, 1, 1]
  real batchnorm2_gamma[192], batchnorm2_beta[192];
  real dense1_weight[24576];  // [128, 192]
  real dense1_bias[128];
  real dense2_weight[1280];  // [10, 128]
  real dense2_bias[10];
};

// What is kept from step to step but not learned.
struct state {
  real batchnorm1_running_mean[16], batchnorm1_running_variance[16], batchnorm1_seen[1];
  real narrow1_batchnorm1_running_mean[32], narrow1_batchnorm1_running_variance[32],
      narrow1_batchnorm1_seen[1];
  real narrow1_batchnorm2_running_mean[32], narrow1_batchnorm2_running_variance[32],
      narrow1_batchnorm2_seen[1];
  real narrow1_batchnorm3_running_mean[24], narrow1_batchnorm3_running_variance[24],
      narrow1_batchnorm3_seen[1];
  real residual1_narrow1_batchnorm1_running_mean[72],
      residual1_narrow1_batchnorm1_running_variance[72], residual1_narrow1_batchnorm1_seen[1];
  real residual1_narrow1_batchnorm2_running_mean[72],
      residual1_narrow1_batchnorm2_running_variance[72], residual1_narrow1_batchnorm2_seen[1];
  real residual1_narrow1_batchnorm3_running_mean[24],
      residual1_narrow1_batchnorm3_running_variance[24], residual1_narrow1_batchnorm3_seen[1];
  real narrow2_batchnorm1_running_mean[96], narrow2_batchnorm1_running_variance[96],
      narrow2_batchnorm1_seen[1];
  real narrow2_batchnorm2_running_mean[96], narrow2_batchnorm2_running_variance[96],
      narrow2_batchnorm2_seen[1];
  real narrow2_batchnorm3_running_mean[40], narrow2_batchnorm3_running_variance[40],
      narrow2_batchnorm3_seen[1];
  real residual2_narrow1_batchnorm1_running_mean[120],
      residual2_narrow1_batchnorm1_running_variance[120], residual2_narrow1_batchnorm1_seen[1];
  real residual2_narrow1_batchnorm2_running_mean[120],
      residual2_narrow1_batchnorm2_running_variance[120], residual2_narrow1_batchnorm2_seen[1];
  real residual2_narrow1_batchnorm3_running_mean[40],
      residual2_narrow1_batchnorm3_running_variance[40], residual2_narrow1_batchnorm3_seen[1];
  real batchnorm2_running_mean[192], batchnorm2_running_variance[192], batchnorm2_seen[1];
};

// Where in scratch each tensor lies, in numbers. Tensors whose lives do not overlap share a place.
enum {
  b_image_lanes = 23691264,  // [8][3][32][32][8]
  b_conv1_output = 14811136,  // [8][16][32][32][8]
  b_conv1_partial = 0,  // [8][16][3]
  b_batchnorm1_moments = 24776576,  // [3][16]
  b_hard_swish1_output = 15859712,  // [8][16][32][32][8]
  b_narrow1_conv1_output = 0,  // [8][32][32][32][8]
  b_narrow1_conv1_partial = 2097152,  // [8][32][3]
  b_narrow1_batchnorm1_moments = 24776224,  // [3][32]
  b_narrow1_hard_swish1_output = 2097152,  // [8][32][32][32][8]
  b_narrow1_conv2_output = 16908288,  // [8][32][16][16][8]
  b_narrow1_conv2_partial = 4194304,  // [8][32][3]
  b_narrow1_batchnorm2_moments = 24776320,  // [3][32]
  b_narrow1_hard_swish2_output = 17432576,  // [8][32][16][16][8]
  b_narrow1_excitation1_global_avgpool1_output = 24762368,  // [8][32][8]
  b_narrow1_excitation1_relu1_output = 24773696,  // [8][8][8]
  b_narrow1_excitation1_dense2_sums = 24764416,  // [8][32][8]
  b_narrow1_excitation1_hard_sigmoid1_output = 24766464,  // [8][32][8]
  b_narrow1_excitation1_multiply1_output = 17956864,  // [8][32][16][16][8]
  b_narrow1_conv3_output = 20938752,  // [8][24][16][16][8]
  b_narrow1_conv3_partial = 4194304,  // [8][24][3]
  b_narrow1_batchnorm3_moments = 24776416,  // [3][24]
  b_narrow1_batchnorm3_output = 21331968,  // [8][24][16][16][8]
  b_residual1_narrow1_conv1_output = 8912896,  // [8][72][16][16][8]
  b_residual1_narrow1_conv1_partial = 4194304,  // [8][72][3]
  b_residual1_narrow1_batchnorm1_moments = 24775520,  // [3][72]
  b_residual1_narrow1_hard_swish1_output = 10092544,  // [8][72][16][16][8]
  b_residual1_narrow1_conv2_output = 11272192,  // [8][72][16][16][8]
  b_residual1_narrow1_conv2_partial = 4194304,  // [8][72][3]
  b_residual1_narrow1_batchnorm2_moments = 24775744,  // [3][72]
  b_residual1_narrow1_hard_swish2_output = 12451840,  // [8][72][16][16][8]
  b_residual1_narrow1_excitation1_global_avgpool1_output = 24748544,  // [8][72][8]
  b_residual1_narrow1_excitation1_relu1_output = 24771968,  // [8][18][8]
  b_residual1_narrow1_excitation1_dense2_sums = 24753152,  // [8][72][8]
  b_residual1_narrow1_excitation1_hard_sigmoid1_output = 24757760,  // [8][72][8]
  b_residual1_narrow1_excitation1_multiply1_output = 13631488,  // [8][72][16][16][8]
  b_residual1_narrow1_conv3_output = 21725184,  // [8][24][16][16][8]
  b_residual1_narrow1_conv3_partial = 4194304,  // [8][2][24][3]
  b_residual1_narrow1_batchnorm3_moments = 24776496,  // [3][24]
  b_residual1_narrow1_batchnorm3_output = 4194304,  // [8][24][16][16][8]
  b_residual1_add1_output = 22118400,  // [8][24][16][16][8]
  b_narrow2_conv1_output = 4194304,  // [8][96][16][16][8]
  b_narrow2_conv1_partial = 5767168,  // [8][96][3]
  b_narrow2_batchnorm1_moments = 24774944,  // [3][96]
  b_narrow2_hard_swish1_output = 5767168,  // [8][96][16][16][8]
  b_narrow2_conv2_output = 22511616,  // [8][96][8][8][8]
  b_narrow2_conv2_partial = 7340032,  // [8][96][3]
  b_narrow2_batchnorm2_moments = 24775232,  // [3][96]
  b_narrow2_hard_swish2_output = 22904832,  // [8][96][8][8][8]
  b_narrow2_excitation1_global_avgpool1_output = 24730112,  // [8][96][8]
  b_narrow2_excitation1_relu1_output = 24770432,  // [8][24][8]
  b_narrow2_excitation1_dense2_sums = 24736256,  // [8][96][8]
  b_narrow2_excitation1_hard_sigmoid1_output = 24742400,  // [8][96][8]
  b_narrow2_excitation1_multiply1_output = 23298048,  // [8][96][8][8][8]
  b_narrow2_conv3_output = 23887872,  // [8][40][8][8][8]
  b_narrow2_conv3_partial = 7340032,  // [8][40][3]
  b_narrow2_batchnorm3_moments = 24775968,  // [3][40]
  b_narrow2_batchnorm3_output = 24051712,  // [8][40][8][8][8]
  b_residual2_narrow1_conv1_output = 18481152,  // [8][120][8][8][8]
  b_residual2_narrow1_conv1_partial = 7340032,  // [8][120][3]
  b_residual2_narrow1_batchnorm1_moments = 24774208,  // [3][120]
  b_residual2_narrow1_hard_swish1_output = 18972672,  // [8][120][8][8][8]
  b_residual2_narrow1_conv2_output = 19464192,  // [8][120][8][8][8]
  b_residual2_narrow1_conv2_partial = 7340032,  // [8][120][3]
  b_residual2_narrow1_batchnorm2_moments = 24774576,  // [3][120]
  b_residual2_narrow1_hard_swish2_output = 19955712,  // [8][120][8][8][8]
  b_residual2_narrow1_excitation1_global_avgpool1_output = 24707072,  // [8][120][8]
  b_residual2_narrow1_excitation1_relu1_output = 24768512,  // [8][30][8]
  b_residual2_narrow1_excitation1_dense2_sums = 24714752,  // [8][120][8]
  b_residual2_narrow1_excitation1_hard_sigmoid1_output = 24722432,  // [8][120][8]
  b_residual2_narrow1_excitation1_multiply1_output = 20447232,  // [8][120][8][8][8]
  b_residual2_narrow1_conv3_output = 24215552,  // [8][40][8][8][8]
  b_residual2_narrow1_conv3_partial = 7340032,  // [8][40][3]
  b_residual2_narrow1_batchnorm3_moments = 24776096,  // [3][40]
  b_residual2_narrow1_batchnorm3_output = 7340032,  // [8][40][8][8][8]
  b_residual2_add1_output = 24379392,  // [8][40][8][8][8]
  b_conv2_output = 7340032,  // [8][192][8][8][8]
  b_conv2_partial = 8126464,  // [8][192][3]
  b_batchnorm2_moments = 24773120,  // [3][192]
  b_hard_swish2_output = 8126464,  // [8][192][8][8][8]
  b_global_avgpool1_output = 24543232,  // [8][192][8]
  b_dense1_sums = 8126464,  // [8][128][8]
  b_hard_swish3_output = 8134656,  // [8][128][8]
  b_dropout1_output = 8134656,  // [8][128][8]
  b_dense2_output = 8142848,  // [8][10][8]
  b_dense2_output_gradient = 8159232,  // [8][10][8]
  b_block_losses = 8143488,  // [8]
  b_dropout1_output_gradient = 8142848,  // [8][128][8]
  b_dense2_rows = 8151040,  // [64][128]
  b_dense1_output_gradient = 8142848,  // [8][128][8]
  b_global_avgpool1_output_gradient = 24555520,  // [8][192][8]
  b_dense1_rows = 8126464,  // [64][192]
  b_hard_swish2_output_gradient = 8126464,  // [8][192][8][8][8]
  b_batchnorm2_partial_sums = 24543232,  // [8][192][2]
  b_batchnorm2_coefficients = 24546304,  // [4][192]
  b_conv2_output_gradient = 7340032,  // [8][192][8][8][8]
  b_residual2_add1_output_gradient = 24543232,  // [8][40][8][8][8]
  b_conv2_weight_gradient_parts = 8126464,  // [2][24][40][16]
  b_residual2_narrow1_batchnorm3_partial_sums = 7340032,  // [8][40][2]
  b_residual2_narrow1_batchnorm3_coefficients = 7340672,  // [4][40]
  b_residual2_narrow1_conv3_output_gradient = 24215552,  // [8][40][8][8][8]
  b_residual2_narrow1_excitation1_multiply1_output_gradient = 7340032,  // [8][120][8][8][8]
  b_residual2_narrow1_conv3_weight_gradient_parts = 7831552,  // [6][5][120][16]
  b_residual2_narrow1_hard_swish2_part_output_gradient = 7831552,  // [8][120][8][8][8]
  b_residual2_narrow1_excitation1_dense2_output_gradient = 8323072,  // [8][120][8]
  b_residual2_narrow1_excitation1_dense1_output_gradient = 7347712,  // [8][30][8]
  b_residual2_narrow1_excitation1_dense2_rows = 7340032,  // [64][32]
  b_residual2_narrow1_excitation1_global_avgpool1_output_gradient = 8323072,  // [8][120][8]
  b_residual2_narrow1_excitation1_dense1_rows = 7340032,  // [64][120]
  b_residual2_narrow1_hard_swish2_part_output_gradient_2 = 7340032,  // [8][120][8][8][8]
  b_residual2_narrow1_hard_swish2_summed_output_gradient = 8323072,  // [8][120][8][8][8]
  b_residual2_narrow1_batchnorm2_partial_sums = 7340032,  // [8][120][2]
  b_residual2_narrow1_batchnorm2_coefficients = 7341952,  // [4][120]
  b_residual2_narrow1_conv2_output_gradient = 19464192,  // [8][120][8][8][8]
  b_residual2_narrow1_hard_swish1_output_gradient = 7340032,  // [8][120][8][8][8]
  b_residual2_narrow1_batchnorm1_partial_sums = 7831552,  // [8][120][2]
  b_residual2_narrow1_batchnorm1_coefficients = 7833472,  // [4][120]
  b_residual2_narrow1_conv1_output_gradient = 18481152,  // [8][120][8][8][8]
  b_narrow2_batchnorm3_residual2_narrow1_conv1_output_gradient = 7340032,  // [8][40][8][8][8]
  b_residual2_narrow1_conv1_weight_gradient_parts = 7503872,  // [2][15][40][16]
  b_narrow2_batchnorm3_summed_output_gradient = 7503872,  // [8][40][8][8][8]
  b_narrow2_batchnorm3_partial_sums = 7340032,  // [8][40][2]
  b_narrow2_batchnorm3_coefficients = 7340672,  // [4][40]
  b_narrow2_conv3_output_gradient = 23887872,  // [8][40][8][8][8]
  b_narrow2_excitation1_multiply1_output_gradient = 7340032,  // [8][96][8][8][8]
  b_narrow2_conv3_weight_gradient_parts = 7733248,  // [6][5][96][16]
  // [8][96][8][8][8]
  b_narrow2_hard_swish2_narrow2_excitation1_multiply1_output_gradient = 7733248,
  b_narrow2_excitation1_dense2_output_gradient = 8126464,  // [8][96][8]
  b_narrow2_excitation1_dense1_output_gradient = 7346176,  // [8][24][8]
  b_narrow2_excitation1_dense2_rows = 7340032,  // [64][24]
  b_narrow2_excitation1_global_avgpool1_output_gradient = 8126464,  // [8][96][8]
  b_narrow2_excitation1_dense1_rows = 7340032,  // [64][96]
  // [8][96][8][8][8]
  b_narrow2_hard_swish2_narrow2_excitation1_global_avgpool1_output_gradient = 7340032,
  b_narrow2_hard_swish2_summed_output_gradient = 8126464,  // [8][96][8][8][8]
  b_narrow2_batchnorm2_partial_sums = 7340032,  // [8][96][2]
  b_narrow2_batchnorm2_coefficients = 7341568,  // [4][96]
  b_narrow2_conv2_output_gradient = 22511616,  // [8][96][8][8][8]
  b_narrow2_hard_swish1_output_gradient = 7340032,  // [8][96][16][16][8]
  b_narrow2_batchnorm1_partial_sums = 5767168,  // [8][96][2]
  b_narrow2_batchnorm1_coefficients = 5768704,  // [4][96]
  b_narrow2_conv1_output_gradient = 4194304,  // [8][96][16][16][8]
  b_residual1_add1_output_gradient = 7733248,  // [8][24][16][16][8]
  b_narrow2_conv1_weight_gradient_parts = 5767168,  // [3][12][24][16]
  b_residual1_narrow1_batchnorm3_partial_sums = 4194304,  // [8][24][2]
  b_residual1_narrow1_batchnorm3_coefficients = 4194688,  // [4][24]
  b_residual1_narrow1_conv3_output_gradient = 21725184,  // [8][24][16][16][8]
  b_residual1_narrow1_excitation1_multiply1_output_gradient = 4194304,  // [8][72][16][16][8]
  b_residual1_narrow1_conv3_weight_gradient_parts = 5373952,  // [8][3][72][16]
  b_residual1_narrow1_hard_swish2_part_output_gradient = 5373952,  // [8][72][16][16][8]
  b_residual1_narrow1_excitation1_dense2_output_gradient = 6553600,  // [8][72][8]
  b_residual1_narrow1_excitation1_dense1_output_gradient = 4198912,  // [8][18][8]
  b_residual1_narrow1_excitation1_dense2_rows = 4194304,  // [64][24]
  b_residual1_narrow1_excitation1_global_avgpool1_output_gradient = 6553600,  // [8][72][8]
  b_residual1_narrow1_excitation1_dense1_rows = 4194304,  // [64][72]
  b_residual1_narrow1_hard_swish2_part_output_gradient_2 = 4194304,  // [8][72][16][16][8]
  b_residual1_narrow1_hard_swish2_summed_output_gradient = 6553600,  // [8][72][16][16][8]
  b_residual1_narrow1_batchnorm2_partial_sums = 4194304,  // [8][72][2]
  b_residual1_narrow1_batchnorm2_coefficients = 4195456,  // [4][72]
  b_residual1_narrow1_conv2_output_gradient = 11272192,  // [8][72][16][16][8]
  b_residual1_narrow1_hard_swish1_output_gradient = 4194304,  // [8][72][16][16][8]
  b_residual1_narrow1_batchnorm1_partial_sums = 5373952,  // [8][72][2]
  b_residual1_narrow1_batchnorm1_coefficients = 5375104,  // [4][72]
  b_residual1_narrow1_conv1_output_gradient = 8912896,  // [8][72][16][16][8]
  b_narrow1_batchnorm3_residual1_narrow1_conv1_output_gradient = 4194304,  // [8][24][16][16][8]
  b_residual1_narrow1_conv1_weight_gradient_parts = 4587520,  // [4][9][24][16]
  b_narrow1_batchnorm3_summed_output_gradient = 4587520,  // [8][24][16][16][8]
  b_narrow1_batchnorm3_partial_sums = 4194304,  // [8][24][2]
  b_narrow1_batchnorm3_coefficients = 4194688,  // [4][24]
  b_narrow1_conv3_output_gradient = 20938752,  // [8][24][16][16][8]
  b_narrow1_excitation1_multiply1_output_gradient = 4194304,  // [8][32][16][16][8]
  b_narrow1_conv3_weight_gradient_parts = 4718592,  // [8][3][32][16]
  // [8][32][16][16][8]
  b_narrow1_hard_swish2_narrow1_excitation1_multiply1_output_gradient = 4718592,
  b_narrow1_excitation1_dense2_output_gradient = 5242880,  // [8][32][8]
  b_narrow1_excitation1_dense1_output_gradient = 4196352,  // [8][8][8]
  b_narrow1_excitation1_dense2_rows = 4194304,  // [64][8]
  b_narrow1_excitation1_global_avgpool1_output_gradient = 5242880,  // [8][32][8]
  b_narrow1_excitation1_dense1_rows = 4194304,  // [64][32]
  // [8][32][16][16][8]
  b_narrow1_hard_swish2_narrow1_excitation1_global_avgpool1_output_gradient = 4194304,
  b_narrow1_hard_swish2_summed_output_gradient = 5242880,  // [8][32][16][16][8]
  b_narrow1_batchnorm2_partial_sums = 4194304,  // [8][32][2]
  b_narrow1_batchnorm2_coefficients = 4194816,  // [4][32]
  b_narrow1_conv2_output_gradient = 16908288,  // [8][32][16][16][8]
  b_narrow1_hard_swish1_output_gradient = 4194304,  // [8][32][32][32][8]
  b_narrow1_batchnorm1_partial_sums = 2097152,  // [8][32][2]
  b_narrow1_batchnorm1_coefficients = 2097664,  // [4][32]
  b_narrow1_conv1_output_gradient = 0,  // [8][32][32][32][8]
  b_hard_swish1_output_gradient = 2097152,  // [8][16][32][32][8]
  b_narrow1_conv1_weight_gradient_parts = 3145728,  // [8][4][16][16]
  b_batchnorm1_partial_sums = 0,  // [8][16][2]
  b_batchnorm1_coefficients = 256,  // [4][16]
  b_conv1_output_gradient = 14811136,  // [8][16][32][32][8]
  SCRATCH = 24776624
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
  real momentum;
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

static const struct convolution g_conv1 = { .G = 1, .CI = 3, .H = 32, .W = 32, .CO = 16, .OH = 32,
    .OW = 32, .KH = 3, .KW = 3, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 1, .PB = 1, .PL = 1,
    .INNER = 1, .INNER_END = 31 };

// One tile of a convolution: `channels` x `columns` sums in registers. Each x is loaded for all the
// channels, each weight for all the columns. `edge` says that a window may reach into the padding.
static ALWAYS_INLINE void convolution_forward_tile(const struct convolution g, const vec *x,
    const real *weight, vec *y, mask active, int i, int j, const int channels, const int columns,
    const int edge) {
  vec sum[TILE];
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) sum[c * columns + t] = (vec){0};
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
static ALWAYS_INLINE void convolution_forward_span(const struct convolution g, const vec *x,
    const real *weight, vec *y, mask active, int i, const int start, const int end,
    const int channels, const int width) {
  const int rest = (end - start) % width, whole = end - rest;
  const int left = left_edge(g.INNER, start, whole, width);
  const int right = right_edge(g.INNER_END, left, whole, width);
  UNROLL for (int j = start; j < left; j += width)
    convolution_forward_tile(g, x, weight, y, active, i, j, channels, width, 1);
  for (int j = left; j < right; j += width)
    convolution_forward_tile(g, x, weight, y, active, i, j, channels, width, 0);
  UNROLL for (int j = right; j < whole; j += width)
    convolution_forward_tile(g, x, weight, y, active, i, j, channels, width, 1);
  if (rest > 0)
    convolution_forward_tile(g, x, weight, y, active, i, whole, channels, rest, 1);
}

// Rows `first` up to `end` of `channels` output channels.
static ALWAYS_INLINE void convolution_forward_rows(const struct convolution g,
    const struct pieces columns, const vec *x, const real *weight, vec *y, mask active, int first,
    int end, const int channels) {
  const int wide = columns.wide * (columns.size + 1);
  for (int i = first; i < end; i++) {
    if (wide > 0)
      convolution_forward_span(g, x, weight, y, active, i, 0, wide, channels, columns.size + 1);
    convolution_forward_span(g, x, weight, y, active, i, wide, g.OW, channels, columns.size);
  }
}

static ALWAYS_INLINE int piece_size(const struct pieces p, int index) {
  return p.size + (index < p.wide);
}

// A task of a convolution: one tile's output channels of one block, then their mean and squares for
// the batch norm.
static ALWAYS_INLINE void convolution_forward_moments(const struct step *s, int task,
    const struct convolution g, const struct pieces tiles, const struct pieces columns,
    const vec *x, const real *weight, vec *y, real (*partial)[3]) {
  const int tile = task % tiles.count, group = task / tiles.count % g.G;
  const int block = task / tiles.count / g.G, plane = g.OH * g.OW;
  const int co = group * g.CO + piece_start(tiles, tile);
  const mask active = active_lanes(s, block);
  x += (block * g.G + group) * (g.CI * g.H * g.W);
  weight += co * (g.CI * g.KH * g.KW);
  y += (block * g.G * g.CO + co) * plane;
  if (tiles.wide > 0 && tile < tiles.wide)
    convolution_forward_rows(g, columns, x, weight, y, active, 0, g.OH, tiles.size + 1);
  else
    convolution_forward_rows(g, columns, x, weight, y, active, 0, g.OH, tiles.size);
  if (!s->training) return;
  partial += block * g.G * g.CO + co;
  for (int c = 0; c < piece_size(tiles, tile); c++)
    block_moments(y + c * plane, plane, active_count(s, block), active, partial[c]);
}

// conv1 (mobilenet_v3.bn:27), forward and moments: 2 output channels of a block a task
//   x [3, 32, 32], weight [16, 3, 3, 3], y [16, 32, 32]
static void k_conv1_forward(const struct step *s, int task) {
  convolution_forward_moments(s, task, g_conv1, (struct pieces){8, 2, 0}, (struct pieces){7, 4, 4},
      lanes_at(s, b_image_lanes), s->parameters->conv1_weight, lanes_at(s, b_conv1_output),
      moments_at(s, b_conv1_partial));
}

// k_conv1_forward, and before it the image that it needs.
static void k_conv1_forward_loading(const struct step *s, int task) {
  const int block = task / 8;
  k_image_load_once(s, block, block + 1);
  k_conv1_forward(s, task);
}

// A batch norm of C channels of H x W numbers, and the activation and the pool that run with it: OH
// x OW windows of K x K numbers, S apart; without a pool, each number is a window. g is what these
// leave of dy, 0 where no window lies, and xhat = (x - mean) * inverse:
//   y = gamma[c] * xhat + beta[c], dbeta[c] = sum of g, dgamma[c] = sum of g * xhat
//   dx = gamma[c] * inverse * (g - mean of g - xhat * mean of g * xhat)
struct normalization {
  int C, H, W, OH, OW, K, S;
};

static const struct normalization g_batchnorm1 = { .C = 16, .H = 32, .W = 32, .OH = 32, .OW = 32,
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

// batchnorm1 (mobilenet_v3.bn:27): mean and variance of each channel
static void k_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_batchnorm1, (real)1e-05, moments_at(s, b_conv1_partial),
      s->state->batchnorm1_running_mean, s->state->batchnorm1_running_variance,
      s->scratch + b_batchnorm1_moments);
}

// A task: a piece of the channels of one block. Where a layer has no gamma or beta, they are 0.
static ALWAYS_INLINE void batchnorm_hard_swish_forward(const struct step *s, int task,
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
      ys[k] = masked(vec_hard_swish(normalized(xs[k], mean, scale, shift)), active);
  }
}

// batchnorm1, hard_swish1 (mobilenet_v3.bn:27), forward: x [16, 32, 32], y [16, 32, 32]
static void k_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_hard_swish_forward(s, task, g_batchnorm1, (struct pieces){16, 1, 0},
      s->scratch + b_batchnorm1_moments, s->parameters->batchnorm1_gamma,
      s->parameters->batchnorm1_beta, lanes_at(s, b_conv1_output),
      lanes_at(s, b_hard_swish1_output));
}

static const struct convolution g_narrow1_conv1 = { .G = 1, .CI = 16, .H = 1, .W = 1024, .CO = 32,
    .OH = 1, .OW = 1024, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0, .PB = 0,
    .PL = 0, .INNER = 0, .INNER_END = 1024 };

// narrow1_conv1 (mobilenet_v3.bn:10), forward and moments: 3 or 2 output channels of a block a task
//   x [16, 1, 1024], weight [32, 16, 1, 1], y [32, 1, 1024]
static void k_narrow1_conv1_forward(const struct step *s, int task) {
  convolution_forward_moments(s, task, g_narrow1_conv1, (struct pieces){11, 2, 10},
      (struct pieces){256, 4, 0}, lanes_at(s, b_hard_swish1_output),
      s->parameters->narrow1_conv1_weight, lanes_at(s, b_narrow1_conv1_output),
      moments_at(s, b_narrow1_conv1_partial));
}

static const struct normalization g_narrow1_batchnorm1 = { .C = 32, .H = 32, .W = 32, .OH = 32,
    .OW = 32, .K = 1, .S = 1 };

// narrow1_batchnorm1 (mobilenet_v3.bn:10): mean and variance of each channel
static void k_narrow1_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_narrow1_batchnorm1, (real)1e-05,
      moments_at(s, b_narrow1_conv1_partial), s->state->narrow1_batchnorm1_running_mean,
      s->state->narrow1_batchnorm1_running_variance, s->scratch + b_narrow1_batchnorm1_moments);
}

// narrow1_batchnorm1, narrow1_hard_swish1 (mobilenet_v3.bn:10), forward: x [32, 32, 32], y [32, 32,
// 32]
static void k_narrow1_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_hard_swish_forward(s, task, g_narrow1_batchnorm1, (struct pieces){32, 1, 0},
      s->scratch + b_narrow1_batchnorm1_moments, s->parameters->narrow1_batchnorm1_gamma,
      s->parameters->narrow1_batchnorm1_beta, lanes_at(s, b_narrow1_conv1_output),
      lanes_at(s, b_narrow1_hard_swish1_output));
}

static const struct convolution g_narrow1_conv2 = { .G = 32, .CI = 1, .H = 32, .W = 32, .CO = 1,
    .OH = 16, .OW = 16, .KH = 3, .KW = 3, .SH = 2, .SW = 2, .DH = 1, .DW = 1, .PT = 1, .PB = 0,
    .PL = 1, .INNER = 1, .INNER_END = 16 };

// One tile of a depthwise convolution: `columns` sums in registers, of each of the windows that
// `channels` have over one channel of x. What lies under them is loaded once a row for all of them.
// `edge` says that a window may reach into the padding.
static ALWAYS_INLINE void depthwise_forward_tile(const struct convolution g, const vec *x,
    const real *weight, vec *y, mask active, int i, int j, const int channels, const int columns,
    const int edge) {
  vec sum[TILE];
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) sum[c * columns + t] = (vec){0};
  UNROLL for (int ky = 0; ky < g.KH; ky++) {
    const ptrdiff_t row = i * g.SH + ky * g.DH - g.PT;
    if (g.PT + g.PB > 0 && (row < 0 || row >= g.H)) continue;
    const ptrdiff_t start = row * g.W + j * g.SW - g.PL;
    const real *w = weight + ky * g.KW;
    UNROLL for (int k = 0; k <= (columns - 1) * g.SW + (g.KW - 1) * g.DW; k++) {
      const int column = j * g.SW + k - g.PL;
      if (edge && (column < 0 || column >= g.W)) continue;
      const vec v = x[start + k];
      UNROLL for (int t = 0; t < columns; t++) {
        const int kx = (k - t * g.SW) / g.DW;
        if (k < t * g.SW || kx * g.DW != k - t * g.SW || kx >= g.KW) continue;
        UNROLL for (int c = 0; c < channels; c++)
          sum[c * columns + t] += v * w[c * g.KH * g.KW + kx];
      }
    }
  }
  const ptrdiff_t first = (ptrdiff_t)i * g.OW + j;
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) {
      const ptrdiff_t at = first + (c * g.OH * g.OW + t);
      y[at] = masked(sum[c * columns + t], active);
    }
}

// Columns `start` to `end` of row i. Tiles at an edge are unrolled: their columns are constants
// then.
static ALWAYS_INLINE void depthwise_forward_span(const struct convolution g, const vec *x,
    const real *weight, vec *y, mask active, int i, const int start, const int end,
    const int channels, const int width) {
  const int rest = (end - start) % width, whole = end - rest;
  const int left = left_edge(g.INNER, start, whole, width);
  const int right = right_edge(g.INNER_END, left, whole, width);
  UNROLL for (int j = start; j < left; j += width)
    depthwise_forward_tile(g, x, weight, y, active, i, j, channels, width, 1);
  for (int j = left; j < right; j += width)
    depthwise_forward_tile(g, x, weight, y, active, i, j, channels, width, 0);
  UNROLL for (int j = right; j < whole; j += width)
    depthwise_forward_tile(g, x, weight, y, active, i, j, channels, width, 1);
  if (rest > 0)
    depthwise_forward_tile(g, x, weight, y, active, i, whole, channels, rest, 1);
}

// Rows `first` up to `end` of `channels` output channels.
static ALWAYS_INLINE void depthwise_forward_rows(const struct convolution g,
    const struct pieces columns, const vec *x, const real *weight, vec *y, mask active, int first,
    int end, const int channels) {
  const int wide = columns.wide * (columns.size + 1);
  for (int i = first; i < end; i++) {
    if (wide > 0)
      depthwise_forward_span(g, x, weight, y, active, i, 0, wide, channels, columns.size + 1);
    depthwise_forward_span(g, x, weight, y, active, i, wide, g.OW, channels, columns.size);
  }
}

// A task of a convolution: one tile's output channels of one block, then their mean and squares for
// the batch norm.
static ALWAYS_INLINE void depthwise_forward_moments(const struct step *s, int task,
    const struct convolution g, const struct pieces tiles, const struct pieces columns,
    const vec *x, const real *weight, vec *y, real (*partial)[3]) {
  const int tile = task % tiles.count, group = task / tiles.count % g.G;
  const int block = task / tiles.count / g.G, plane = g.OH * g.OW;
  const int co = group * g.CO + piece_start(tiles, tile);
  const mask active = active_lanes(s, block);
  x += (block * g.G + group) * (g.CI * g.H * g.W);
  weight += co * (g.CI * g.KH * g.KW);
  y += (block * g.G * g.CO + co) * plane;
  if (tiles.wide > 0 && tile < tiles.wide)
    depthwise_forward_rows(g, columns, x, weight, y, active, 0, g.OH, tiles.size + 1);
  else
    depthwise_forward_rows(g, columns, x, weight, y, active, 0, g.OH, tiles.size);
  if (!s->training) return;
  partial += block * g.G * g.CO + co;
  for (int c = 0; c < piece_size(tiles, tile); c++)
    block_moments(y + c * plane, plane, active_count(s, block), active, partial[c]);
}

// narrow1_conv2 (mobilenet_v3.bn:11), forward and moments: 1 output channels of a block a task
//   x [32, 32, 32], weight [32, 1, 3, 3], y [32, 16, 16]
static void k_narrow1_conv2_forward(const struct step *s, int task) {
  depthwise_forward_moments(s, task, g_narrow1_conv2, (struct pieces){1, 1, 0},
      (struct pieces){2, 8, 0}, lanes_at(s, b_narrow1_hard_swish1_output),
      s->parameters->narrow1_conv2_weight, lanes_at(s, b_narrow1_conv2_output),
      moments_at(s, b_narrow1_conv2_partial));
}

static const struct normalization g_narrow1_batchnorm2 = { .C = 32, .H = 16, .W = 16, .OH = 16,
    .OW = 16, .K = 1, .S = 1 };

// narrow1_batchnorm2 (mobilenet_v3.bn:12): mean and variance of each channel
static void k_narrow1_batchnorm2_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_narrow1_batchnorm2, (real)1e-05,
      moments_at(s, b_narrow1_conv2_partial), s->state->narrow1_batchnorm2_running_mean,
      s->state->narrow1_batchnorm2_running_variance, s->scratch + b_narrow1_batchnorm2_moments);
}

// narrow1_batchnorm2, narrow1_hard_swish2 (mobilenet_v3.bn:12), forward: x [32, 16, 16], y [32, 16,
// 16]
static void k_narrow1_batchnorm2_forward(const struct step *s, int task) {
  batchnorm_hard_swish_forward(s, task, g_narrow1_batchnorm2, (struct pieces){32, 1, 0},
      s->scratch + b_narrow1_batchnorm2_moments, s->parameters->narrow1_batchnorm2_gamma,
      s->parameters->narrow1_batchnorm2_beta, lanes_at(s, b_narrow1_conv2_output),
      lanes_at(s, b_narrow1_hard_swish2_output));
}

// A pool: OH x OW windows of KH x KW numbers, DH rows and DW columns apart, every SH rows and SW
// columns of H x W numbers, the first one PT rows above them and PL columns to their left. EDGES:
// some windows reach past the numbers. A mean counts what lies from row TOP up to BOTTOM and from
// column LEFT up to RIGHT.
struct pool {
  int H, W, OH, OW, KH, KW, SH, SW, DH, DW, PT, PL, EDGES, TOP, BOTTOM, LEFT, RIGHT;
};

static const struct pool g_narrow1_excitation1_global_avgpool1 = { .H = 16, .W = 16, .OH = 1,
    .OW = 1, .KH = 16, .KW = 16, .SH = 16, .SW = 16, .DH = 1, .DW = 1, .PT = 0, .PL = 0, .EDGES = 0,
    .TOP = 0, .BOTTOM = 16, .LEFT = 0, .RIGHT = 16 };

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

// narrow1_excitation1_global_avgpool1 (mobilenet_v3.bn:4): y[n, c] = mean of x[n, c]
//   x [32, 16, 16], y [32]
static void k_narrow1_excitation1_global_avgpool1_forward(const struct step *s, int task) {
  avgpool_forward(task, g_narrow1_excitation1_global_avgpool1, (real)0.00390625,
      lanes_at(s, b_narrow1_hard_swish2_output),
      lanes_at(s, b_narrow1_excitation1_global_avgpool1_output));
}

// A dense layer from IN features to OUT:
//   y[n, o] = sum over f of weight[o, f] * x[n, f], plus bias[o]
//   dx[n, f] = sum over o of weight[o, f] * dy[n, o]
//   dweight[o, f] = sum over n of dy[n, o] * x[n, f]
struct dense {
  int IN, OUT;
};

static const struct dense g_narrow1_excitation1_dense1 = { .IN = 32, .OUT = 8 };

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

// narrow1_excitation1_dense1 (mobilenet_v3.bn:4), forward: 3 or 2 outputs of 4 blocks a task
//   then y = x <= 0 ? 0 : x, x the sum
//   x [32], weight [8, 32], y [8]
static void k_narrow1_excitation1_dense1_forward(const struct step *s, int task) {
  dense_bias_relu_forward(s, task, g_narrow1_excitation1_dense1, (struct pieces){3, 2, 2}, 4,
      lanes_at(s, b_narrow1_excitation1_global_avgpool1_output),
      s->parameters->narrow1_excitation1_dense1_weight,
      s->parameters->narrow1_excitation1_dense1_bias,
      lanes_at(s, b_narrow1_excitation1_relu1_output));
}

static const struct dense g_narrow1_excitation1_dense2 = { .IN = 8, .OUT = 32 };

// One tile of a dense layer: `features` outputs of `blocks` blocks in registers.
static ALWAYS_INLINE void dense_bias_hard_sigmoid_forward_tile(const struct step *s,
    const struct dense d, const vec *x, const real *weight, const real *bias, vec *z, vec *y,
    int block, const int features, const int blocks) {
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
      z[at] = masked(sum[o * blocks + b], active);
      y[at] = masked(vec_hard_sigmoid(sum[o * blocks + b]), active);
    }
  }
}

// A task of a dense layer: one tile's outputs of a group of blocks.
static ALWAYS_INLINE void dense_bias_hard_sigmoid_forward(const struct step *s, int task,
    const struct dense d, const struct pieces tiles, const int group, const vec *x,
    const real *weight, const real *bias, vec *z, vec *y) {
  const int tile = task % tiles.count, first = task / tiles.count * group;
  const int end = first + group < s->blocks ? first + group : s->blocks;
  const int o = piece_start(tiles, tile);
  weight += o * d.IN;
  bias += o;
  z += o;
  y += o;
  const int wide = tiles.wide > 0 && tile < tiles.wide, whole = group > 1 && end - first == group;
  for (int block = first; block < end; block += whole ? group : 1)
    if (wide && whole)
      dense_bias_hard_sigmoid_forward_tile(s, d, x, weight, bias, z, y, block, tiles.size + 1,
          group);
    else if (wide)
      dense_bias_hard_sigmoid_forward_tile(s, d, x, weight, bias, z, y, block, tiles.size + 1, 1);
    else if (whole)
      dense_bias_hard_sigmoid_forward_tile(s, d, x, weight, bias, z, y, block, tiles.size, group);
    else
      dense_bias_hard_sigmoid_forward_tile(s, d, x, weight, bias, z, y, block, tiles.size, 1);
}

// narrow1_excitation1_dense2 (mobilenet_v3.bn:4), forward: 3 or 2 outputs of 4 blocks a task
//   then y = x <= -3 ? 0 : 3 <= x ? 1 : (x + 3) / 6, x the sum
//   x [8], weight [32, 8], y [32]
static void k_narrow1_excitation1_dense2_forward(const struct step *s, int task) {
  dense_bias_hard_sigmoid_forward(s, task, g_narrow1_excitation1_dense2, (struct pieces){11, 2, 10},
      4, lanes_at(s, b_narrow1_excitation1_relu1_output),
      s->parameters->narrow1_excitation1_dense2_weight,
      s->parameters->narrow1_excitation1_dense2_bias,
      lanes_at(s, b_narrow1_excitation1_dense2_sums),
      lanes_at(s, b_narrow1_excitation1_hard_sigmoid1_output));
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

// y = a * b, number by number, in `pieces` tasks a block.
static ALWAYS_INLINE void broadcast_multiply(int task, const int pieces, const struct axes n,
    const int a_count, const struct axes a_step, const vec *a, const int b_count,
    const struct axes b_step, const vec *b, const struct axes y_step, vec *y) {
  const int block = task / pieces, piece = task % pieces;
  const int first = (int)((int64_t)n.i * piece / pieces),
      end = (int)((int64_t)n.i * (piece + 1) / pieces);
  const ptrdiff_t a_block = (ptrdiff_t)block * a_count;
  const ptrdiff_t b_block = (ptrdiff_t)block * b_count;
  const ptrdiff_t y_block = (ptrdiff_t)block * (n.i * n.j * n.k * n.l);
  for (int i = first; i < end; i++)
    for (int j = 0; j < n.j; j++)
      for (int k = 0; k < n.k; k++)
        for (int l = 0; l < n.l; l++)
          y[place(y_step, y_block, i, j, k, l)] = a[place(a_step, a_block, i, j, k, l)]
              * b[place(b_step, b_block, i, j, k, l)];
}

// narrow1_excitation1_multiply1 (mobilenet_v3.bn:5): y = a * b
//   a [32, 16, 16], b [32], y [32, 16, 16]
static void k_narrow1_excitation1_multiply1_forward(const struct step *s, int task) {
  broadcast_multiply(task, 4, (struct axes){32, 256, 1, 1}, 8192, (struct axes){256, 1, 0, 0},
      lanes_at(s, b_narrow1_hard_swish2_output), 32, (struct axes){1, 0, 0, 0},
      lanes_at(s, b_narrow1_excitation1_hard_sigmoid1_output), (struct axes){256, 1, 0, 0},
      lanes_at(s, b_narrow1_excitation1_multiply1_output));
}

static const struct convolution g_narrow1_conv3 = { .G = 1, .CI = 32, .H = 1, .W = 256, .CO = 24,
    .OH = 1, .OW = 256, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0, .PB = 0,
    .PL = 0, .INNER = 0, .INNER_END = 256 };

// narrow1_conv3 (mobilenet_v3.bn:14), forward and moments: 3 output channels of a block a task
//   x [32, 1, 256], weight [24, 32, 1, 1], y [24, 1, 256]
static void k_narrow1_conv3_forward(const struct step *s, int task) {
  convolution_forward_moments(s, task, g_narrow1_conv3, (struct pieces){8, 3, 0},
      (struct pieces){64, 4, 0}, lanes_at(s, b_narrow1_excitation1_multiply1_output),
      s->parameters->narrow1_conv3_weight, lanes_at(s, b_narrow1_conv3_output),
      moments_at(s, b_narrow1_conv3_partial));
}

static const struct normalization g_narrow1_batchnorm3 = { .C = 24, .H = 16, .W = 16, .OH = 16,
    .OW = 16, .K = 1, .S = 1 };

// narrow1_batchnorm3 (mobilenet_v3.bn:14): mean and variance of each channel
static void k_narrow1_batchnorm3_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_narrow1_batchnorm3, (real)1e-05,
      moments_at(s, b_narrow1_conv3_partial), s->state->narrow1_batchnorm3_running_mean,
      s->state->narrow1_batchnorm3_running_variance, s->scratch + b_narrow1_batchnorm3_moments);
}

// A task: a piece of the channels of one block. Where a layer has no gamma or beta, they are 0.
static ALWAYS_INLINE void batchnorm_forward(const struct step *s, int task,
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
      ys[k] = masked(normalized(xs[k], mean, scale, shift), active);
  }
}

// narrow1_batchnorm3 (mobilenet_v3.bn:14), forward: x [24, 16, 16], y [24, 16, 16]
static void k_narrow1_batchnorm3_forward(const struct step *s, int task) {
  batchnorm_forward(s, task, g_narrow1_batchnorm3, (struct pieces){24, 1, 0},
      s->scratch + b_narrow1_batchnorm3_moments, s->parameters->narrow1_batchnorm3_gamma,
      s->parameters->narrow1_batchnorm3_beta, lanes_at(s, b_narrow1_conv3_output),
      lanes_at(s, b_narrow1_batchnorm3_output));
}

static const struct convolution g_residual1_narrow1_conv1 = { .G = 1, .CI = 24, .H = 1, .W = 256,
    .CO = 72, .OH = 1, .OW = 256, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0,
    .PB = 0, .PL = 0, .INNER = 0, .INNER_END = 256 };

// residual1_narrow1_conv1 (mobilenet_v3.bn:10), forward and moments: 3 output channels of a block a
// task
//   x [24, 1, 256], weight [72, 24, 1, 1], y [72, 1, 256]
static void k_residual1_narrow1_conv1_forward(const struct step *s, int task) {
  convolution_forward_moments(s, task, g_residual1_narrow1_conv1, (struct pieces){24, 3, 0},
      (struct pieces){64, 4, 0}, lanes_at(s, b_narrow1_batchnorm3_output),
      s->parameters->residual1_narrow1_conv1_weight, lanes_at(s, b_residual1_narrow1_conv1_output),
      moments_at(s, b_residual1_narrow1_conv1_partial));
}

static const struct normalization g_residual1_narrow1_batchnorm1 = { .C = 72, .H = 16, .W = 16,
    .OH = 16, .OW = 16, .K = 1, .S = 1 };

// residual1_narrow1_batchnorm1 (mobilenet_v3.bn:10): mean and variance of each channel
static void k_residual1_narrow1_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_residual1_narrow1_batchnorm1, (real)1e-05,
      moments_at(s, b_residual1_narrow1_conv1_partial),
      s->state->residual1_narrow1_batchnorm1_running_mean,
      s->state->residual1_narrow1_batchnorm1_running_variance,
      s->scratch + b_residual1_narrow1_batchnorm1_moments);
}

// residual1_narrow1_batchnorm1, residual1_narrow1_hard_swish1 (mobilenet_v3.bn:10), forward: x [72,
// 16, 16], y [72, 16, 16]
static void k_residual1_narrow1_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_hard_swish_forward(s, task, g_residual1_narrow1_batchnorm1, (struct pieces){72, 1, 0},
      s->scratch + b_residual1_narrow1_batchnorm1_moments,
      s->parameters->residual1_narrow1_batchnorm1_gamma,
      s->parameters->residual1_narrow1_batchnorm1_beta,
      lanes_at(s, b_residual1_narrow1_conv1_output),
      lanes_at(s, b_residual1_narrow1_hard_swish1_output));
}

static const struct convolution g_residual1_narrow1_conv2 = { .G = 72, .CI = 1, .H = 16, .W = 16,
    .CO = 1, .OH = 16, .OW = 16, .KH = 3, .KW = 3, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 1,
    .PB = 1, .PL = 1, .INNER = 1, .INNER_END = 15 };

// residual1_narrow1_conv2 (mobilenet_v3.bn:11), forward and moments: 1 output channels of a block a
// task
//   x [72, 16, 16], weight [72, 1, 3, 3], y [72, 16, 16]
static void k_residual1_narrow1_conv2_forward(const struct step *s, int task) {
  depthwise_forward_moments(s, task, g_residual1_narrow1_conv2, (struct pieces){1, 1, 0},
      (struct pieces){2, 8, 0}, lanes_at(s, b_residual1_narrow1_hard_swish1_output),
      s->parameters->residual1_narrow1_conv2_weight, lanes_at(s, b_residual1_narrow1_conv2_output),
      moments_at(s, b_residual1_narrow1_conv2_partial));
}

// residual1_narrow1_batchnorm2 (mobilenet_v3.bn:12): mean and variance of each channel
static void k_residual1_narrow1_batchnorm2_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_residual1_narrow1_batchnorm1, (real)1e-05,
      moments_at(s, b_residual1_narrow1_conv2_partial),
      s->state->residual1_narrow1_batchnorm2_running_mean,
      s->state->residual1_narrow1_batchnorm2_running_variance,
      s->scratch + b_residual1_narrow1_batchnorm2_moments);
}

// residual1_narrow1_batchnorm2, residual1_narrow1_hard_swish2 (mobilenet_v3.bn:12), forward: x [72,
// 16, 16], y [72, 16, 16]
static void k_residual1_narrow1_batchnorm2_forward(const struct step *s, int task) {
  batchnorm_hard_swish_forward(s, task, g_residual1_narrow1_batchnorm1, (struct pieces){72, 1, 0},
      s->scratch + b_residual1_narrow1_batchnorm2_moments,
      s->parameters->residual1_narrow1_batchnorm2_gamma,
      s->parameters->residual1_narrow1_batchnorm2_beta,
      lanes_at(s, b_residual1_narrow1_conv2_output),
      lanes_at(s, b_residual1_narrow1_hard_swish2_output));
}

// residual1_narrow1_excitation1_global_avgpool1 (mobilenet_v3.bn:4): y[n, c] = mean of x[n, c]
//   x [72, 16, 16], y [72]
static void k_residual1_narrow1_excitation1_global_avgpool1_forward(const struct step *s,
    int task) {
  avgpool_forward(task, g_narrow1_excitation1_global_avgpool1, (real)0.00390625,
      lanes_at(s, b_residual1_narrow1_hard_swish2_output),
      lanes_at(s, b_residual1_narrow1_excitation1_global_avgpool1_output));
}

static const struct dense g_residual1_narrow1_excitation1_dense1 = { .IN = 72, .OUT = 18 };

// residual1_narrow1_excitation1_dense1 (mobilenet_v3.bn:4), forward: 3 outputs of 4 blocks a task
//   then y = x <= 0 ? 0 : x, x the sum
//   x [72], weight [18, 72], y [18]
static void k_residual1_narrow1_excitation1_dense1_forward(const struct step *s, int task) {
  dense_bias_relu_forward(s, task, g_residual1_narrow1_excitation1_dense1, (struct pieces){6, 3, 0},
      4, lanes_at(s, b_residual1_narrow1_excitation1_global_avgpool1_output),
      s->parameters->residual1_narrow1_excitation1_dense1_weight,
      s->parameters->residual1_narrow1_excitation1_dense1_bias,
      lanes_at(s, b_residual1_narrow1_excitation1_relu1_output));
}

static const struct dense g_residual1_narrow1_excitation1_dense2 = { .IN = 18, .OUT = 72 };

// residual1_narrow1_excitation1_dense2 (mobilenet_v3.bn:4), forward: 3 outputs of 4 blocks a task
//   then y = x <= -3 ? 0 : 3 <= x ? 1 : (x + 3) / 6, x the sum
//   x [18], weight [72, 18], y [72]
static void k_residual1_narrow1_excitation1_dense2_forward(const struct step *s, int task) {
  dense_bias_hard_sigmoid_forward(s, task, g_residual1_narrow1_excitation1_dense2,
      (struct pieces){24, 3, 0}, 4, lanes_at(s, b_residual1_narrow1_excitation1_relu1_output),
      s->parameters->residual1_narrow1_excitation1_dense2_weight,
      s->parameters->residual1_narrow1_excitation1_dense2_bias,
      lanes_at(s, b_residual1_narrow1_excitation1_dense2_sums),
      lanes_at(s, b_residual1_narrow1_excitation1_hard_sigmoid1_output));
}

// residual1_narrow1_excitation1_multiply1 (mobilenet_v3.bn:5): y = a * b
//   a [72, 16, 16], b [72], y [72, 16, 16]
static void k_residual1_narrow1_excitation1_multiply1_forward(const struct step *s, int task) {
  broadcast_multiply(task, 9, (struct axes){72, 256, 1, 1}, 18432, (struct axes){256, 1, 0, 0},
      lanes_at(s, b_residual1_narrow1_hard_swish2_output), 72, (struct axes){1, 0, 0, 0},
      lanes_at(s, b_residual1_narrow1_excitation1_hard_sigmoid1_output),
      (struct axes){256, 1, 0, 0}, lanes_at(s, b_residual1_narrow1_excitation1_multiply1_output));
}

static const struct convolution g_residual1_narrow1_conv3 = { .G = 1, .CI = 72, .H = 16, .W = 16,
    .CO = 24, .OH = 16, .OW = 16, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0,
    .PB = 0, .PL = 0, .INNER = 0, .INNER_END = 16 };

// A task of a convolution of large images: a band of rows of one block, then their mean and squares
// for the batch norm. The rows of x that these need stay in the cache for all the channels.
static ALWAYS_INLINE void convolution_forward_moments_band(const struct step *s, int task,
    const struct convolution g, const struct pieces tiles, const struct pieces columns,
    const struct pieces bands, const vec *x, const real *weight, vec *y, real (*partial)[3]) {
  const int block = task / bands.count, band = task % bands.count;
  const int first = piece_start(bands, band), end = first + piece_size(bands, band);
  const int plane = g.OH * g.OW;
  const mask active = active_lanes(s, block);
  x += block * (g.CI * g.H * g.W);
  y += block * (g.CO * plane);
  for (int tile = 0; tile < tiles.count; tile++) {
    const int co = piece_start(tiles, tile);
    const real *w = weight + co * (g.CI * g.KH * g.KW);
    if (tiles.wide > 0 && tile < tiles.wide)
      convolution_forward_rows(g, columns, x, w, y + co * plane, active, first, end,
          tiles.size + 1);
    else
      convolution_forward_rows(g, columns, x, w, y + co * plane, active, first, end, tiles.size);
  }
  if (!s->training) return;
  partial += task * g.CO;
  for (int c = 0; c < g.CO; c++)
    block_moments(y + (c * g.OH + first) * g.OW, (end - first) * g.OW, active_count(s, block),
        active, partial[c]);
}

// residual1_narrow1_conv3 (mobilenet_v3.bn:14), forward and moments: 8 rows of a block a task
//   x [72, 16, 16], weight [24, 72, 1, 1], y [24, 16, 16]
static void k_residual1_narrow1_conv3_forward(const struct step *s, int task) {
  convolution_forward_moments_band(s, task, g_residual1_narrow1_conv3, (struct pieces){8, 3, 0},
      (struct pieces){4, 4, 0}, (struct pieces){2, 8, 0},
      lanes_at(s, b_residual1_narrow1_excitation1_multiply1_output),
      s->parameters->residual1_narrow1_conv3_weight, lanes_at(s, b_residual1_narrow1_conv3_output),
      moments_at(s, b_residual1_narrow1_conv3_partial));
}

// The mean and variance of each channel of a batch, from those of the blocks' bands of rows by
// Chan's merge, which subtracts no large numbers from each other: a block has a center near its
// mean, what is left of the mean, and the squares around the center; outside of training the
// running statistics.
//   moments [3][C]: mean, variance, inverse = 1 / sqrt(variance + eps)
static ALWAYS_INLINE void batchnorm_moments_of_bands(const struct step *s, int task,
    const struct normalization n, const struct pieces bands, const real eps, real (*partial)[3],
    const real *running_mean, const real *running_variance, real *moments) {
  (void)task;
  for (int c = 0; c < n.C; c++) {
    const real *own = partial[c];
    double mean = (double)own[0] + (double)own[1];
    double count = active_count(s, 0) * (piece_size(bands, 0) * n.W);
    double squares = (double)own[2] - count * (double)own[1] * (double)own[1];
    for (int part = 1; part < s->blocks * bands.count && s->training; part++) {
      const real *other = partial[part * n.C + c];
      const int rows = piece_size(bands, part % bands.count);
      const double more = active_count(s, part / bands.count) * (rows * n.W), total = count + more;
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

// residual1_narrow1_batchnorm3 (mobilenet_v3.bn:14): mean and variance of each channel
static void k_residual1_narrow1_batchnorm3_moments_merge(const struct step *s, int task) {
  batchnorm_moments_of_bands(s, task, g_narrow1_batchnorm3, (struct pieces){2, 8, 0}, (real)1e-05,
      moments_at(s, b_residual1_narrow1_conv3_partial),
      s->state->residual1_narrow1_batchnorm3_running_mean,
      s->state->residual1_narrow1_batchnorm3_running_variance,
      s->scratch + b_residual1_narrow1_batchnorm3_moments);
}

// residual1_narrow1_batchnorm3 (mobilenet_v3.bn:14), forward: x [24, 16, 16], y [24, 16, 16]
static void k_residual1_narrow1_batchnorm3_forward(const struct step *s, int task) {
  batchnorm_forward(s, task, g_narrow1_batchnorm3, (struct pieces){24, 1, 0},
      s->scratch + b_residual1_narrow1_batchnorm3_moments,
      s->parameters->residual1_narrow1_batchnorm3_gamma,
      s->parameters->residual1_narrow1_batchnorm3_beta,
      lanes_at(s, b_residual1_narrow1_conv3_output),
      lanes_at(s, b_residual1_narrow1_batchnorm3_output));
}

// y = a + b, number by number, in `pieces` tasks a block of `count` numbers.
static ALWAYS_INLINE void map_add(int task, const int count, const int pieces, const vec *a,
    const vec *b, vec *y) {
  const int block = task / pieces, piece = task % pieces;
  const int first = block * count + (int)((int64_t)count * piece / pieces);
  const int end = block * count + (int)((int64_t)count * (piece + 1) / pieces);
  for (int k = first; k < end; k++) y[k] = a[k] + b[k];
}

// residual1_add1 (mobilenet_v3.bn:19): y = a + b, all [24, 16, 16]
static void k_residual1_add1_forward(const struct step *s, int task) {
  map_add(task, 6144, 3, lanes_at(s, b_narrow1_batchnorm3_output),
      lanes_at(s, b_residual1_narrow1_batchnorm3_output), lanes_at(s, b_residual1_add1_output));
}

static const struct convolution g_narrow2_conv1 = { .G = 1, .CI = 24, .H = 1, .W = 256, .CO = 96,
    .OH = 1, .OW = 256, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0, .PB = 0,
    .PL = 0, .INNER = 0, .INNER_END = 256 };

// narrow2_conv1 (mobilenet_v3.bn:10), forward and moments: 3 output channels of a block a task
//   x [24, 1, 256], weight [96, 24, 1, 1], y [96, 1, 256]
static void k_narrow2_conv1_forward(const struct step *s, int task) {
  convolution_forward_moments(s, task, g_narrow2_conv1, (struct pieces){32, 3, 0},
      (struct pieces){64, 4, 0}, lanes_at(s, b_residual1_add1_output),
      s->parameters->narrow2_conv1_weight, lanes_at(s, b_narrow2_conv1_output),
      moments_at(s, b_narrow2_conv1_partial));
}

static const struct normalization g_narrow2_batchnorm1 = { .C = 96, .H = 16, .W = 16, .OH = 16,
    .OW = 16, .K = 1, .S = 1 };

// narrow2_batchnorm1 (mobilenet_v3.bn:10): mean and variance of each channel
static void k_narrow2_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_narrow2_batchnorm1, (real)1e-05,
      moments_at(s, b_narrow2_conv1_partial), s->state->narrow2_batchnorm1_running_mean,
      s->state->narrow2_batchnorm1_running_variance, s->scratch + b_narrow2_batchnorm1_moments);
}

// narrow2_batchnorm1, narrow2_hard_swish1 (mobilenet_v3.bn:10), forward: x [96, 16, 16], y [96, 16,
// 16]
static void k_narrow2_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_hard_swish_forward(s, task, g_narrow2_batchnorm1, (struct pieces){96, 1, 0},
      s->scratch + b_narrow2_batchnorm1_moments, s->parameters->narrow2_batchnorm1_gamma,
      s->parameters->narrow2_batchnorm1_beta, lanes_at(s, b_narrow2_conv1_output),
      lanes_at(s, b_narrow2_hard_swish1_output));
}

static const struct convolution g_narrow2_conv2 = { .G = 96, .CI = 1, .H = 16, .W = 16, .CO = 1,
    .OH = 8, .OW = 8, .KH = 5, .KW = 5, .SH = 2, .SW = 2, .DH = 1, .DW = 1, .PT = 2, .PB = 1,
    .PL = 2, .INNER = 1, .INNER_END = 7 };

// narrow2_conv2 (mobilenet_v3.bn:11), forward and moments: 1 output channels of a block a task
//   x [96, 16, 16], weight [96, 1, 5, 5], y [96, 8, 8]
static void k_narrow2_conv2_forward(const struct step *s, int task) {
  convolution_forward_moments(s, task, g_narrow2_conv2, (struct pieces){1, 1, 0},
      (struct pieces){1, 8, 0}, lanes_at(s, b_narrow2_hard_swish1_output),
      s->parameters->narrow2_conv2_weight, lanes_at(s, b_narrow2_conv2_output),
      moments_at(s, b_narrow2_conv2_partial));
}

static const struct normalization g_narrow2_batchnorm2 = { .C = 96, .H = 8, .W = 8, .OH = 8,
    .OW = 8, .K = 1, .S = 1 };

// narrow2_batchnorm2 (mobilenet_v3.bn:12): mean and variance of each channel
static void k_narrow2_batchnorm2_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_narrow2_batchnorm2, (real)1e-05,
      moments_at(s, b_narrow2_conv2_partial), s->state->narrow2_batchnorm2_running_mean,
      s->state->narrow2_batchnorm2_running_variance, s->scratch + b_narrow2_batchnorm2_moments);
}

// narrow2_batchnorm2, narrow2_hard_swish2 (mobilenet_v3.bn:12), forward: x [96, 8, 8], y [96, 8, 8]
static void k_narrow2_batchnorm2_forward(const struct step *s, int task) {
  batchnorm_hard_swish_forward(s, task, g_narrow2_batchnorm2, (struct pieces){24, 4, 0},
      s->scratch + b_narrow2_batchnorm2_moments, s->parameters->narrow2_batchnorm2_gamma,
      s->parameters->narrow2_batchnorm2_beta, lanes_at(s, b_narrow2_conv2_output),
      lanes_at(s, b_narrow2_hard_swish2_output));
}

static const struct pool g_narrow2_excitation1_global_avgpool1 = { .H = 8, .W = 8, .OH = 1, .OW = 1,
    .KH = 8, .KW = 8, .SH = 8, .SW = 8, .DH = 1, .DW = 1, .PT = 0, .PL = 0, .EDGES = 0, .TOP = 0,
    .BOTTOM = 8, .LEFT = 0, .RIGHT = 8 };

// narrow2_excitation1_global_avgpool1 (mobilenet_v3.bn:4): y[n, c] = mean of x[n, c]
//   x [96, 8, 8], y [96]
static void k_narrow2_excitation1_global_avgpool1_forward(const struct step *s, int task) {
  avgpool_forward(task, g_narrow2_excitation1_global_avgpool1, (real)0.015625,
      lanes_at(s, b_narrow2_hard_swish2_output),
      lanes_at(s, b_narrow2_excitation1_global_avgpool1_output));
}

static const struct dense g_narrow2_excitation1_dense1 = { .IN = 96, .OUT = 24 };

// narrow2_excitation1_dense1 (mobilenet_v3.bn:4), forward: 3 outputs of 4 blocks a task
//   then y = x <= 0 ? 0 : x, x the sum
//   x [96], weight [24, 96], y [24]
static void k_narrow2_excitation1_dense1_forward(const struct step *s, int task) {
  dense_bias_relu_forward(s, task, g_narrow2_excitation1_dense1, (struct pieces){8, 3, 0}, 4,
      lanes_at(s, b_narrow2_excitation1_global_avgpool1_output),
      s->parameters->narrow2_excitation1_dense1_weight,
      s->parameters->narrow2_excitation1_dense1_bias,
      lanes_at(s, b_narrow2_excitation1_relu1_output));
}

static const struct dense g_narrow2_excitation1_dense2 = { .IN = 24, .OUT = 96 };

// narrow2_excitation1_dense2 (mobilenet_v3.bn:4), forward: 3 outputs of 4 blocks a task
//   then y = x <= -3 ? 0 : 3 <= x ? 1 : (x + 3) / 6, x the sum
//   x [24], weight [96, 24], y [96]
static void k_narrow2_excitation1_dense2_forward(const struct step *s, int task) {
  dense_bias_hard_sigmoid_forward(s, task, g_narrow2_excitation1_dense2, (struct pieces){32, 3, 0},
      4, lanes_at(s, b_narrow2_excitation1_relu1_output),
      s->parameters->narrow2_excitation1_dense2_weight,
      s->parameters->narrow2_excitation1_dense2_bias,
      lanes_at(s, b_narrow2_excitation1_dense2_sums),
      lanes_at(s, b_narrow2_excitation1_hard_sigmoid1_output));
}

// narrow2_excitation1_multiply1 (mobilenet_v3.bn:5): y = a * b
//   a [96, 8, 8], b [96], y [96, 8, 8]
static void k_narrow2_excitation1_multiply1_forward(const struct step *s, int task) {
  broadcast_multiply(task, 3, (struct axes){96, 64, 1, 1}, 6144, (struct axes){64, 1, 0, 0},
      lanes_at(s, b_narrow2_hard_swish2_output), 96, (struct axes){1, 0, 0, 0},
      lanes_at(s, b_narrow2_excitation1_hard_sigmoid1_output), (struct axes){64, 1, 0, 0},
      lanes_at(s, b_narrow2_excitation1_multiply1_output));
}

static const struct convolution g_narrow2_conv3 = { .G = 1, .CI = 96, .H = 1, .W = 64, .CO = 40,
    .OH = 1, .OW = 64, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0, .PB = 0,
    .PL = 0, .INNER = 0, .INNER_END = 64 };

// narrow2_conv3 (mobilenet_v3.bn:14), forward and moments: 3 or 2 output channels of a block a task
//   x [96, 1, 64], weight [40, 96, 1, 1], y [40, 1, 64]
static void k_narrow2_conv3_forward(const struct step *s, int task) {
  convolution_forward_moments(s, task, g_narrow2_conv3, (struct pieces){14, 2, 12},
      (struct pieces){16, 4, 0}, lanes_at(s, b_narrow2_excitation1_multiply1_output),
      s->parameters->narrow2_conv3_weight, lanes_at(s, b_narrow2_conv3_output),
      moments_at(s, b_narrow2_conv3_partial));
}

static const struct normalization g_narrow2_batchnorm3 = { .C = 40, .H = 8, .W = 8, .OH = 8,
    .OW = 8, .K = 1, .S = 1 };

// narrow2_batchnorm3 (mobilenet_v3.bn:14): mean and variance of each channel
static void k_narrow2_batchnorm3_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_narrow2_batchnorm3, (real)1e-05,
      moments_at(s, b_narrow2_conv3_partial), s->state->narrow2_batchnorm3_running_mean,
      s->state->narrow2_batchnorm3_running_variance, s->scratch + b_narrow2_batchnorm3_moments);
}

// narrow2_batchnorm3 (mobilenet_v3.bn:14), forward: x [40, 8, 8], y [40, 8, 8]
static void k_narrow2_batchnorm3_forward(const struct step *s, int task) {
  batchnorm_forward(s, task, g_narrow2_batchnorm3, (struct pieces){10, 4, 0},
      s->scratch + b_narrow2_batchnorm3_moments, s->parameters->narrow2_batchnorm3_gamma,
      s->parameters->narrow2_batchnorm3_beta, lanes_at(s, b_narrow2_conv3_output),
      lanes_at(s, b_narrow2_batchnorm3_output));
}

static const struct convolution g_residual2_narrow1_conv1 = { .G = 1, .CI = 40, .H = 1, .W = 64,
    .CO = 120, .OH = 1, .OW = 64, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0,
    .PB = 0, .PL = 0, .INNER = 0, .INNER_END = 64 };

// residual2_narrow1_conv1 (mobilenet_v3.bn:10), forward and moments: 3 output channels of a block a
// task
//   x [40, 1, 64], weight [120, 40, 1, 1], y [120, 1, 64]
static void k_residual2_narrow1_conv1_forward(const struct step *s, int task) {
  convolution_forward_moments(s, task, g_residual2_narrow1_conv1, (struct pieces){40, 3, 0},
      (struct pieces){16, 4, 0}, lanes_at(s, b_narrow2_batchnorm3_output),
      s->parameters->residual2_narrow1_conv1_weight, lanes_at(s, b_residual2_narrow1_conv1_output),
      moments_at(s, b_residual2_narrow1_conv1_partial));
}

static const struct normalization g_residual2_narrow1_batchnorm1 = { .C = 120, .H = 8, .W = 8,
    .OH = 8, .OW = 8, .K = 1, .S = 1 };

// residual2_narrow1_batchnorm1 (mobilenet_v3.bn:10): mean and variance of each channel
static void k_residual2_narrow1_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_residual2_narrow1_batchnorm1, (real)1e-05,
      moments_at(s, b_residual2_narrow1_conv1_partial),
      s->state->residual2_narrow1_batchnorm1_running_mean,
      s->state->residual2_narrow1_batchnorm1_running_variance,
      s->scratch + b_residual2_narrow1_batchnorm1_moments);
}

// residual2_narrow1_batchnorm1, residual2_narrow1_hard_swish1 (mobilenet_v3.bn:10), forward: x
// [120, 8, 8], y [120, 8, 8]
static void k_residual2_narrow1_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_hard_swish_forward(s, task, g_residual2_narrow1_batchnorm1, (struct pieces){30, 4, 0},
      s->scratch + b_residual2_narrow1_batchnorm1_moments,
      s->parameters->residual2_narrow1_batchnorm1_gamma,
      s->parameters->residual2_narrow1_batchnorm1_beta,
      lanes_at(s, b_residual2_narrow1_conv1_output),
      lanes_at(s, b_residual2_narrow1_hard_swish1_output));
}

static const struct convolution g_residual2_narrow1_conv2 = { .G = 120, .CI = 1, .H = 8, .W = 8,
    .CO = 1, .OH = 8, .OW = 8, .KH = 5, .KW = 5, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 2,
    .PB = 2, .PL = 2, .INNER = 2, .INNER_END = 6 };

// residual2_narrow1_conv2 (mobilenet_v3.bn:11), forward and moments: 1 output channels of a block a
// task
//   x [120, 8, 8], weight [120, 1, 5, 5], y [120, 8, 8]
static void k_residual2_narrow1_conv2_forward(const struct step *s, int task) {
  convolution_forward_moments(s, task, g_residual2_narrow1_conv2, (struct pieces){1, 1, 0},
      (struct pieces){1, 8, 0}, lanes_at(s, b_residual2_narrow1_hard_swish1_output),
      s->parameters->residual2_narrow1_conv2_weight, lanes_at(s, b_residual2_narrow1_conv2_output),
      moments_at(s, b_residual2_narrow1_conv2_partial));
}

// residual2_narrow1_batchnorm2 (mobilenet_v3.bn:12): mean and variance of each channel
static void k_residual2_narrow1_batchnorm2_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_residual2_narrow1_batchnorm1, (real)1e-05,
      moments_at(s, b_residual2_narrow1_conv2_partial),
      s->state->residual2_narrow1_batchnorm2_running_mean,
      s->state->residual2_narrow1_batchnorm2_running_variance,
      s->scratch + b_residual2_narrow1_batchnorm2_moments);
}

// residual2_narrow1_batchnorm2, residual2_narrow1_hard_swish2 (mobilenet_v3.bn:12), forward: x
// [120, 8, 8], y [120, 8, 8]
static void k_residual2_narrow1_batchnorm2_forward(const struct step *s, int task) {
  batchnorm_hard_swish_forward(s, task, g_residual2_narrow1_batchnorm1, (struct pieces){30, 4, 0},
      s->scratch + b_residual2_narrow1_batchnorm2_moments,
      s->parameters->residual2_narrow1_batchnorm2_gamma,
      s->parameters->residual2_narrow1_batchnorm2_beta,
      lanes_at(s, b_residual2_narrow1_conv2_output),
      lanes_at(s, b_residual2_narrow1_hard_swish2_output));
}

// residual2_narrow1_excitation1_global_avgpool1 (mobilenet_v3.bn:4): y[n, c] = mean of x[n, c]
//   x [120, 8, 8], y [120]
static void k_residual2_narrow1_excitation1_global_avgpool1_forward(const struct step *s,
    int task) {
  avgpool_forward(task, g_narrow2_excitation1_global_avgpool1, (real)0.015625,
      lanes_at(s, b_residual2_narrow1_hard_swish2_output),
      lanes_at(s, b_residual2_narrow1_excitation1_global_avgpool1_output));
}

static const struct dense g_residual2_narrow1_excitation1_dense1 = { .IN = 120, .OUT = 30 };

// residual2_narrow1_excitation1_dense1 (mobilenet_v3.bn:4), forward: 3 outputs of 4 blocks a task
//   then y = x <= 0 ? 0 : x, x the sum
//   x [120], weight [30, 120], y [30]
static void k_residual2_narrow1_excitation1_dense1_forward(const struct step *s, int task) {
  dense_bias_relu_forward(s, task, g_residual2_narrow1_excitation1_dense1,
      (struct pieces){10, 3, 0}, 4,
      lanes_at(s, b_residual2_narrow1_excitation1_global_avgpool1_output),
      s->parameters->residual2_narrow1_excitation1_dense1_weight,
      s->parameters->residual2_narrow1_excitation1_dense1_bias,
      lanes_at(s, b_residual2_narrow1_excitation1_relu1_output));
}

static const struct dense g_residual2_narrow1_excitation1_dense2 = { .IN = 30, .OUT = 120 };

// residual2_narrow1_excitation1_dense2 (mobilenet_v3.bn:4), forward: 3 outputs of 4 blocks a task
//   then y = x <= -3 ? 0 : 3 <= x ? 1 : (x + 3) / 6, x the sum
//   x [30], weight [120, 30], y [120]
static void k_residual2_narrow1_excitation1_dense2_forward(const struct step *s, int task) {
  dense_bias_hard_sigmoid_forward(s, task, g_residual2_narrow1_excitation1_dense2,
      (struct pieces){40, 3, 0}, 4, lanes_at(s, b_residual2_narrow1_excitation1_relu1_output),
      s->parameters->residual2_narrow1_excitation1_dense2_weight,
      s->parameters->residual2_narrow1_excitation1_dense2_bias,
      lanes_at(s, b_residual2_narrow1_excitation1_dense2_sums),
      lanes_at(s, b_residual2_narrow1_excitation1_hard_sigmoid1_output));
}

// residual2_narrow1_excitation1_multiply1 (mobilenet_v3.bn:5): y = a * b
//   a [120, 8, 8], b [120], y [120, 8, 8]
static void k_residual2_narrow1_excitation1_multiply1_forward(const struct step *s, int task) {
  broadcast_multiply(task, 4, (struct axes){120, 64, 1, 1}, 7680, (struct axes){64, 1, 0, 0},
      lanes_at(s, b_residual2_narrow1_hard_swish2_output), 120, (struct axes){1, 0, 0, 0},
      lanes_at(s, b_residual2_narrow1_excitation1_hard_sigmoid1_output), (struct axes){64, 1, 0, 0},
      lanes_at(s, b_residual2_narrow1_excitation1_multiply1_output));
}

static const struct convolution g_residual2_narrow1_conv3 = { .G = 1, .CI = 120, .H = 1, .W = 64,
    .CO = 40, .OH = 1, .OW = 64, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0,
    .PB = 0, .PL = 0, .INNER = 0, .INNER_END = 64 };

// residual2_narrow1_conv3 (mobilenet_v3.bn:14), forward and moments: 3 or 2 output channels of a
// block a task
//   x [120, 1, 64], weight [40, 120, 1, 1], y [40, 1, 64]
static void k_residual2_narrow1_conv3_forward(const struct step *s, int task) {
  convolution_forward_moments(s, task, g_residual2_narrow1_conv3, (struct pieces){14, 2, 12},
      (struct pieces){16, 4, 0}, lanes_at(s, b_residual2_narrow1_excitation1_multiply1_output),
      s->parameters->residual2_narrow1_conv3_weight, lanes_at(s, b_residual2_narrow1_conv3_output),
      moments_at(s, b_residual2_narrow1_conv3_partial));
}

// residual2_narrow1_batchnorm3 (mobilenet_v3.bn:14): mean and variance of each channel
static void k_residual2_narrow1_batchnorm3_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_narrow2_batchnorm3, (real)1e-05,
      moments_at(s, b_residual2_narrow1_conv3_partial),
      s->state->residual2_narrow1_batchnorm3_running_mean,
      s->state->residual2_narrow1_batchnorm3_running_variance,
      s->scratch + b_residual2_narrow1_batchnorm3_moments);
}

// residual2_narrow1_batchnorm3 (mobilenet_v3.bn:14), forward: x [40, 8, 8], y [40, 8, 8]
static void k_residual2_narrow1_batchnorm3_forward(const struct step *s, int task) {
  batchnorm_forward(s, task, g_narrow2_batchnorm3, (struct pieces){10, 4, 0},
      s->scratch + b_residual2_narrow1_batchnorm3_moments,
      s->parameters->residual2_narrow1_batchnorm3_gamma,
      s->parameters->residual2_narrow1_batchnorm3_beta,
      lanes_at(s, b_residual2_narrow1_conv3_output),
      lanes_at(s, b_residual2_narrow1_batchnorm3_output));
}

// residual2_add1 (mobilenet_v3.bn:19): y = a + b, all [40, 8, 8]
static void k_residual2_add1_forward(const struct step *s, int task) {
  map_add(task, 2560, 2, lanes_at(s, b_narrow2_batchnorm3_output),
      lanes_at(s, b_residual2_narrow1_batchnorm3_output), lanes_at(s, b_residual2_add1_output));
}

static const struct convolution g_conv2 = { .G = 1, .CI = 40, .H = 1, .W = 64, .CO = 192, .OH = 1,
    .OW = 64, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0, .PB = 0, .PL = 0,
    .INNER = 0, .INNER_END = 64 };

// conv2 (mobilenet_v3.bn:32), forward and moments: 3 output channels of a block a task
//   x [40, 1, 64], weight [192, 40, 1, 1], y [192, 1, 64]
static void k_conv2_forward(const struct step *s, int task) {
  convolution_forward_moments(s, task, g_conv2, (struct pieces){64, 3, 0},
      (struct pieces){16, 4, 0}, lanes_at(s, b_residual2_add1_output), s->parameters->conv2_weight,
      lanes_at(s, b_conv2_output), moments_at(s, b_conv2_partial));
}

static const struct normalization g_batchnorm2 = { .C = 192, .H = 8, .W = 8, .OH = 8, .OW = 8,
    .K = 1, .S = 1 };

// batchnorm2 (mobilenet_v3.bn:32): mean and variance of each channel
static void k_batchnorm2_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_batchnorm2, (real)1e-05, moments_at(s, b_conv2_partial),
      s->state->batchnorm2_running_mean, s->state->batchnorm2_running_variance,
      s->scratch + b_batchnorm2_moments);
}

// batchnorm2, hard_swish2 (mobilenet_v3.bn:32), forward: x [192, 8, 8], y [192, 8, 8]
static void k_batchnorm2_forward(const struct step *s, int task) {
  batchnorm_hard_swish_forward(s, task, g_batchnorm2, (struct pieces){48, 4, 0},
      s->scratch + b_batchnorm2_moments, s->parameters->batchnorm2_gamma,
      s->parameters->batchnorm2_beta, lanes_at(s, b_conv2_output),
      lanes_at(s, b_hard_swish2_output));
}

// global_avgpool1 (mobilenet_v3.bn:33): y[n, c] = mean of x[n, c]
//   x [192, 8, 8], y [192]
static void k_global_avgpool1_forward(const struct step *s, int task) {
  avgpool_forward(task, g_narrow2_excitation1_global_avgpool1, (real)0.015625,
      lanes_at(s, b_hard_swish2_output), lanes_at(s, b_global_avgpool1_output));
}

static const struct dense g_dense1 = { .IN = 192, .OUT = 128 };

// One tile of a dense layer: `features` outputs of `blocks` blocks in registers.
static ALWAYS_INLINE void dense_bias_hard_swish_forward_tile(const struct step *s,
    const struct dense d, const vec *x, const real *weight, const real *bias, vec *z, vec *y,
    int block, const int features, const int blocks) {
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
      z[at] = masked(sum[o * blocks + b], active);
      y[at] = masked(vec_hard_swish(sum[o * blocks + b]), active);
    }
  }
}

// A task of a dense layer: one tile's outputs of a group of blocks.
static ALWAYS_INLINE void dense_bias_hard_swish_forward(const struct step *s, int task,
    const struct dense d, const struct pieces tiles, const int group, const vec *x,
    const real *weight, const real *bias, vec *z, vec *y) {
  const int tile = task % tiles.count, first = task / tiles.count * group;
  const int end = first + group < s->blocks ? first + group : s->blocks;
  const int o = piece_start(tiles, tile);
  weight += o * d.IN;
  bias += o;
  z += o;
  y += o;
  const int wide = tiles.wide > 0 && tile < tiles.wide, whole = group > 1 && end - first == group;
  for (int block = first; block < end; block += whole ? group : 1)
    if (wide && whole)
      dense_bias_hard_swish_forward_tile(s, d, x, weight, bias, z, y, block, tiles.size + 1, group);
    else if (wide)
      dense_bias_hard_swish_forward_tile(s, d, x, weight, bias, z, y, block, tiles.size + 1, 1);
    else if (whole)
      dense_bias_hard_swish_forward_tile(s, d, x, weight, bias, z, y, block, tiles.size, group);
    else
      dense_bias_hard_swish_forward_tile(s, d, x, weight, bias, z, y, block, tiles.size, 1);
}

// dense1 (mobilenet_v3.bn:34), forward: 3 or 2 outputs of 4 blocks a task
//   then y = x <= -3 ? 0 : 3 <= x ? x : x * (x + 3) / 6, x the sum
//   x [192], weight [128, 192], y [128]
static void k_dense1_forward(const struct step *s, int task) {
  dense_bias_hard_swish_forward(s, task, g_dense1, (struct pieces){43, 2, 42}, 4,
      lanes_at(s, b_global_avgpool1_output), s->parameters->dense1_weight,
      s->parameters->dense1_bias, lanes_at(s, b_dense1_sums), lanes_at(s, b_hard_swish3_output));
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

// Which of the units 4 * quad to 4 * quad + 3 of a block's examples are kept: those whose random
// number, of 31 bits, is not below `drops`. It depends on the seed, the step, the layer, the
// example and the unit, and on nothing else.
static ALWAYS_INLINE void draw_kept(const struct step *s, const int layer, int block, int quad,
    const int drops, mask kept[4]) {
  const counters lane = { 0, 1, 2, 3, 4, 5, 6, 7 };
  counters numbers[4] = {(counters){0} + (uint64_t)quad, lane + (uint64_t)(block * LANES),
                     (counters){0} + (uint64_t)layer, (counters){0} + (s->number & UINT32_MAX)};
  philox(numbers, s->seed + (s->number >> 32));
  UNROLL for (int u = 0; u < 4; u++)
    kept[u] = __builtin_convertvector(numbers[u] >> 1, mask) >= drops;
}

// A task: a piece of the units of one block, four by four, each of `size` numbers that are kept or
// dropped together. In training y = x * scale of those that are kept, else 0; in evaluation y = x.
static ALWAYS_INLINE void dropout_forward(const struct step *s, int task, const int layer,
    const int units, const int size, const struct pieces quads, const int drops, const real scale,
    const vec *x, vec *y) {
  const int block = task / quads.count, first = piece_start(quads, task % quads.count);
  for (int quad = first; quad < first + piece_size(quads, task % quads.count); quad++) {
    mask kept[4] = {0};
    if (s->training) draw_kept(s, layer, block, quad, drops, kept);
    for (int u = 0; u < 4 && 4 * quad + u < units; u++) {
      const int start = (block * units + 4 * quad + u) * size;
      for (int k = start; k < start + size; k++) {
        const vec value = s->training ? masked(x[k] * scale, kept[u]) : x[k];
        y[k] = value;
      }
    }
  }
}

// dropout1 (mobilenet_v3.bn:34), forward: y = number kept ? x / (1 - 0.2) : 0, in place, all [128]
static void k_dropout1_forward(const struct step *s, int task) {
  dropout_forward(s, task, 67, 128, 1, (struct pieces){1, 32, 0}, 429496730, (real)1.25,
      lanes_at(s, b_hard_swish3_output), lanes_at(s, b_dropout1_output));
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

// dense2 (mobilenet_v3.bn:35), forward: 3 or 2 outputs of 4 blocks a task
//   x [128], weight [10, 128], y [10]
static void k_dense2_forward(const struct step *s, int task) {
  dense_bias_forward(s, task, g_dense2, (struct pieces){4, 2, 2}, 4, lanes_at(s, b_dropout1_output),
      s->parameters->dense2_weight, s->parameters->dense2_bias, lanes_at(s, b_dense2_output));
}

// ---- Loss

// The loss (mobilenet_v3.bn:37) of each example, and its gradient:
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

// dense2 (mobilenet_v3.bn:35), input gradient: 3 or 2 features of the batch a task
//   dy [10], weight [10, 128], dx [128]
static void k_dense2_input_gradient(const struct step *s, int task) {
  dense_input_gradient(s, task, g_dense2, (struct pieces){43, 2, 42}, 1, 10, 4,
      lanes_at(s, b_dense2_output_gradient), s->parameters->dense2_weight,
      lanes_at(s, b_dropout1_output_gradient));
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

// dense2 (mobilenet_v3.bn:35): its input as rows, x [128], rows [batch][128]
static void k_dense2_rows_load(const struct step *s, int task) {
  load_rows(task, 128, 128, lanes_at(s, b_dropout1_output), lanes_at(s, b_dense2_rows));
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

// dense2 (mobilenet_v3.bn:35), weight gradient and step: 3 or 2 outputs a task
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
  momentum_update(&bias[c], lanes_sum(sum.total), s);
}

// dense2 (mobilenet_v3.bn:35), bias gradient and step: dy [10]
static void k_dense2_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 10, 1, lanes_at(s, b_dense2_output_gradient), s->parameters->dense2_bias);
}

// A task: a piece of the units of one block, four by four, each of `size` numbers that are kept or
// dropped together. In training dx = dy * scale of those that are kept, else 0; in evaluation dx =
// dy.
static ALWAYS_INLINE void dropout_hard_swish_gradient(const struct step *s, int task,
    const int layer, const int units, const int size, const struct pieces quads, const int drops,
    const real scale, const vec *dy, const vec *saved, vec *dx) {
  const int block = task / quads.count, first = piece_start(quads, task % quads.count);
  const mask active = active_lanes(s, block);
  for (int quad = first; quad < first + piece_size(quads, task % quads.count); quad++) {
    mask kept[4] = {0};
    if (s->training) draw_kept(s, layer, block, quad, drops, kept);
    for (int u = 0; u < 4 && 4 * quad + u < units; u++) {
      const int start = (block * units + 4 * quad + u) * size;
      for (int k = start; k < start + size; k++) {
        const vec value = s->training ? masked(dy[k] * scale, kept[u]) : dy[k];
        dx[k] = masked(vec_hard_swish_gradient(value, saved[k]), active);
      }
    }
  }
}

// dropout1 (mobilenet_v3.bn:34), backward: what is kept is drawn again, in place, all [128]
//   then through hard_swish3: x <= -3 ? 0 : 3 <= x ? dy : dy * (x + 3 + x) / 6, dy the gradient so
//     far
static void k_dropout1_backward(const struct step *s, int task) {
  dropout_hard_swish_gradient(s, task, 67, 128, 1, (struct pieces){1, 32, 0}, 429496730, (real)1.25,
      lanes_at(s, b_dropout1_output_gradient), lanes_at(s, b_dense1_sums),
      lanes_at(s, b_dense1_output_gradient));
}

// dense1 (mobilenet_v3.bn:34), input gradient: 3 features of the batch a task
//   dy [128], weight [128, 192], dx [192]
static void k_dense1_input_gradient(const struct step *s, int task) {
  dense_input_gradient(s, task, g_dense1, (struct pieces){64, 3, 0}, 1, 128, 4,
      lanes_at(s, b_dense1_output_gradient), s->parameters->dense1_weight,
      lanes_at(s, b_global_avgpool1_output_gradient));
}

// dense1 (mobilenet_v3.bn:34): its input as rows, x [192], rows [batch][192]
static void k_dense1_rows_load(const struct step *s, int task) {
  load_rows(task, 192, 192, lanes_at(s, b_global_avgpool1_output), lanes_at(s, b_dense1_rows));
}

// dense1 (mobilenet_v3.bn:34), weight gradient and step: 3 or 2 outputs a task
//   rows [batch][192], dy [128], dweight [128, 192]
static void k_dense1_weight_gradient(const struct step *s, int task) {
  dense_weight_gradient(s, task, g_dense1, (struct pieces){43, 2, 42}, (struct pieces){6, 4, 0}, 6,
      192, lanes_at(s, b_dense1_rows), lanes_at(s, b_dense1_output_gradient),
      s->parameters->dense1_weight);
}

// dense1 (mobilenet_v3.bn:34), bias gradient and step: dy [128]
static void k_dense1_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 128, 1, lanes_at(s, b_dense1_output_gradient), s->parameters->dense1_bias);
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

// global_avgpool1 (mobilenet_v3.bn:33), input gradient: dy [192], dx [192, 8, 8]
static void k_global_avgpool1_backward(const struct step *s, int task) {
  avgpool_backward(task, g_narrow2_excitation1_global_avgpool1, (real)0.015625,
      lanes_at(s, b_global_avgpool1_output_gradient), lanes_at(s, b_hard_swish2_output_gradient));
}

// What dy, the gradient of the result, leaves of itself before hard_swish, at each number of a
// window: g. The mask is made again from x, which is cheaper than to store it.
static ALWAYS_INLINE void batchnorm_hard_swish_window(const struct normalization n, const vec *x,
    vec dy, real mean, real scale, real shift, vec *g) {
  UNROLL for (int k = 0; k < n.K * n.K; k++) {
    const vec v = normalized(x[k / n.K * n.W + k % n.K], mean, scale, shift);
    g[k] = vec_hard_swish_gradient(dy, v);
  }
}

// A task: one block's sums of g and of g * xhat, of a piece of the channels.
static ALWAYS_INLINE void batchnorm_hard_swish_sums(int task, const struct normalization n,
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
            batchnorm_hard_swish_window(n, window, dys[i * n.OW + j], mean, scale, shift, g);
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

// batchnorm2, hard_swish2 (mobilenet_v3.bn:32): sums of g and of g * xhat, x [192, 8, 8], dy [192,
// 8, 8]
static void k_batchnorm2_sums(const struct step *s, int task) {
  batchnorm_hard_swish_sums(task, g_batchnorm2, (struct pieces){48, 4, 0},
      s->scratch + b_batchnorm2_moments, s->parameters->batchnorm2_gamma,
      s->parameters->batchnorm2_beta, lanes_at(s, b_conv2_output),
      lanes_at(s, b_hard_swish2_output_gradient), pairs_at(s, b_batchnorm2_partial_sums));
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
    momentum_update(&gamma[c], product, s);
    momentum_update(&beta[c], sum, s);
  }
}

// batchnorm2 (mobilenet_v3.bn:32): gradients of gamma and beta, and step
static void k_batchnorm2_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_batchnorm2, s->scratch + b_batchnorm2_moments,
      pairs_at(s, b_batchnorm2_partial_sums), s->scratch + b_batchnorm2_coefficients,
      s->parameters->batchnorm2_gamma, s->parameters->batchnorm2_beta);
}

// A task: the gradient of a piece of the channels of one block's x.
static ALWAYS_INLINE void batchnorm_hard_swish_backward(const struct step *s, int task,
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
        batchnorm_hard_swish_window(n, xs + at, dys[i * n.OW + j], mean, scale, shift, g);
        UNROLL for (int k = 0; k < n.K * n.K; k++) {
          const int cell = at + k / n.K * n.W + k % n.K;
          dxs[cell] = masked((g[k] - mean_g - (xs[cell] - mean) * slope) * scale, active);
        }
      }
  }
}

// batchnorm2, hard_swish2 (mobilenet_v3.bn:32), input gradient in x's place: x [192, 8, 8], dy
// [192, 8, 8]
static void k_batchnorm2_backward(const struct step *s, int task) {
  batchnorm_hard_swish_backward(s, task, g_batchnorm2, (struct pieces){48, 4, 0},
      s->scratch + b_batchnorm2_moments, s->scratch + b_batchnorm2_coefficients,
      lanes_at(s, b_conv2_output), lanes_at(s, b_hard_swish2_output_gradient),
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

// conv2 (mobilenet_v3.bn:32), input gradient: 3 or 2 input channels of a block a task
//   dy [192, 1, 64], weight [192, 40, 1, 1], dx [40, 1, 64]
static void k_conv2_input_gradient(const struct step *s, int task) {
  convolution_input_gradient(s, task, g_conv2, (struct pieces){14, 2, 12},
      (struct pieces){16, 4, 0}, lanes_at(s, b_conv2_output_gradient), s->parameters->conv2_weight,
      lanes_at(s, b_residual2_add1_output_gradient));
}

static const struct convolution g_conv2_2 = { .G = 1, .CI = 40, .H = 8, .W = 8, .CO = 192, .OH = 8,
    .OW = 8, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0, .PB = 0, .PL = 0,
    .INNER = 0, .INNER_END = 8 };

// Memory of each thread, which stays in its cache from task to task.
static _Thread_local vec thread_vectors[512];

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

// conv2 (mobilenet_v3.bn:32), what the batch adds to the weight gradient, output channels in the
// lanes: 8 bands of rows, 1 tile of output channels a task
//   x [40, 8, 8], dy [192, 8, 8]
static void k_conv2_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient(s, task, g_conv2_2, (struct pieces){12, 2, 0},
      (struct pieces){7, 5, 5}, (struct pieces){12, 1, 0}, (struct pieces){2, 4, 0},
      (struct pieces){2, 8, 0}, lanes_at(s, b_residual2_add1_output),
      lanes_at(s, b_conv2_output_gradient), s->scratch + b_conv2_weight_gradient_parts);
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
        momentum_update(&weight[at], total[k][l], s);
      }
  }
}

// conv2 (mobilenet_v3.bn:32), weight gradient and step, from what shares of the batch add to it: 5
// or 4 stretches of 16 numbers a task
//   dweight [192, 40, 1, 1]
static void k_conv2_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights(s, task, g_conv2_2, (struct pieces){15, 4, 12}, 2,
      s->scratch + b_conv2_weight_gradient_parts, s->parameters->conv2_weight);
}

// What dy, the gradient of the result, leaves of itself before the batch norm, at each number of a
// window: g.
static ALWAYS_INLINE void batchnorm_window(const struct normalization n, const vec *x, vec dy,
    real mean, real scale, real shift, vec *g) {
  (void)x, (void)mean, (void)scale, (void)shift;
  UNROLL for (int k = 0; k < n.K * n.K; k++) {
    g[k] = dy;
  }
}

// A task: one block's sums of g and of g * xhat, of a piece of the channels.
static ALWAYS_INLINE void batchnorm_sums(int task, const struct normalization n,
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
            batchnorm_window(n, window, dys[i * n.OW + j], mean, scale, shift, g);
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

// residual2_narrow1_batchnorm3 (mobilenet_v3.bn:14): sums of g and of g * xhat, x [40, 8, 8], dy
// [40, 8, 8]
static void k_residual2_narrow1_batchnorm3_sums(const struct step *s, int task) {
  batchnorm_sums(task, g_narrow2_batchnorm3, (struct pieces){10, 4, 0},
      s->scratch + b_residual2_narrow1_batchnorm3_moments,
      s->parameters->residual2_narrow1_batchnorm3_gamma,
      s->parameters->residual2_narrow1_batchnorm3_beta,
      lanes_at(s, b_residual2_narrow1_conv3_output), lanes_at(s, b_residual2_add1_output_gradient),
      pairs_at(s, b_residual2_narrow1_batchnorm3_partial_sums));
}

// residual2_narrow1_batchnorm3 (mobilenet_v3.bn:14): gradients of gamma and beta, and step
static void k_residual2_narrow1_batchnorm3_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_narrow2_batchnorm3,
      s->scratch + b_residual2_narrow1_batchnorm3_moments,
      pairs_at(s, b_residual2_narrow1_batchnorm3_partial_sums),
      s->scratch + b_residual2_narrow1_batchnorm3_coefficients,
      s->parameters->residual2_narrow1_batchnorm3_gamma,
      s->parameters->residual2_narrow1_batchnorm3_beta);
}

// A task: the gradient of a piece of the channels of one block's x.
static ALWAYS_INLINE void batchnorm_backward(const struct step *s, int task,
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
        batchnorm_window(n, xs + at, dys[i * n.OW + j], mean, scale, shift, g);
        UNROLL for (int k = 0; k < n.K * n.K; k++) {
          const int cell = at + k / n.K * n.W + k % n.K;
          dxs[cell] = masked((g[k] - mean_g - (xs[cell] - mean) * slope) * scale, active);
        }
      }
  }
}

// residual2_narrow1_batchnorm3 (mobilenet_v3.bn:14), input gradient in x's place: x [40, 8, 8], dy
// [40, 8, 8]
static void k_residual2_narrow1_batchnorm3_backward(const struct step *s, int task) {
  batchnorm_backward(s, task, g_narrow2_batchnorm3, (struct pieces){10, 4, 0},
      s->scratch + b_residual2_narrow1_batchnorm3_moments,
      s->scratch + b_residual2_narrow1_batchnorm3_coefficients,
      lanes_at(s, b_residual2_narrow1_conv3_output), lanes_at(s, b_residual2_add1_output_gradient),
      lanes_at(s, b_residual2_narrow1_conv3_output_gradient));
}

// residual2_narrow1_conv3 (mobilenet_v3.bn:14), input gradient: 3 input channels of a block a task
//   dy [40, 1, 64], weight [40, 120, 1, 1], dx [120, 1, 64]
static void k_residual2_narrow1_conv3_input_gradient(const struct step *s, int task) {
  convolution_input_gradient(s, task, g_residual2_narrow1_conv3, (struct pieces){40, 3, 0},
      (struct pieces){16, 4, 0}, lanes_at(s, b_residual2_narrow1_conv3_output_gradient),
      s->parameters->residual2_narrow1_conv3_weight,
      lanes_at(s, b_residual2_narrow1_excitation1_multiply1_output_gradient));
}

static const struct convolution g_residual2_narrow1_conv3_2 = { .G = 1, .CI = 120, .H = 8, .W = 8,
    .CO = 40, .OH = 8, .OW = 8, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0,
    .PB = 0, .PL = 0, .INNER = 0, .INNER_END = 8 };

// residual2_narrow1_conv3 (mobilenet_v3.bn:14), what the batch adds to the weight gradient, output
// channels in the lanes: 3 or 2 bands of rows, 1 tile of output channels a task
//   x [120, 8, 8], dy [40, 8, 8]
static void k_residual2_narrow1_conv3_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient(s, task, g_residual2_narrow1_conv3_2, (struct pieces){3, 1, 2},
      (struct pieces){20, 6, 0}, (struct pieces){3, 1, 0}, (struct pieces){2, 4, 0},
      (struct pieces){6, 2, 4}, lanes_at(s, b_residual2_narrow1_excitation1_multiply1_output),
      lanes_at(s, b_residual2_narrow1_conv3_output_gradient),
      s->scratch + b_residual2_narrow1_conv3_weight_gradient_parts);
}

// residual2_narrow1_conv3 (mobilenet_v3.bn:14), weight gradient and step, from what shares of the
// batch add to it: 3 or 2 stretches of 16 numbers a task
//   dweight [40, 120, 1, 1]
static void k_residual2_narrow1_conv3_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights(s, task, g_residual2_narrow1_conv3_2,
      (struct pieces){14, 2, 12}, 6, s->scratch + b_residual2_narrow1_conv3_weight_gradient_parts,
      s->parameters->residual2_narrow1_conv3_weight);
}

// dx = sum of dy * b over the axes along which dx has no step, l and maybe k, in `pieces` tasks a
// block.
static ALWAYS_INLINE void broadcast_map_gradient(int task, const int pieces, const struct axes n,
    const int dy_count, const struct axes dy_step, const vec *dy, const int b_count,
    const struct axes b_step, const vec *b, const int dx_count, const struct axes dx_step,
    vec *dx) {
  const int block = task / pieces, piece = task % pieces;
  const int first = (int)((int64_t)n.i * piece / pieces),
      end = (int)((int64_t)n.i * (piece + 1) / pieces);
  const ptrdiff_t dy_block = (ptrdiff_t)block * dy_count;
  const ptrdiff_t b_block = (ptrdiff_t)block * b_count;
  const ptrdiff_t dx_block = (ptrdiff_t)block * dx_count;
  for (int i = first; i < end; i++)
    for (int j = 0; j < n.j; j++) {
      struct long_sum total = {0};
      for (int k = 0; k < n.k; k++) {
        if (dx_step.k > 0) total = (struct long_sum){0};
        for (int start = 0; start < n.l; start += PART) {
          vec part = {0};
          for (int l = start; l < n.l && l < start + PART; l++)
            part += dy[place(dy_step, dy_block, i, j, k, l)]
                * b[place(b_step, b_block, i, j, k, l)];
          add_part(&total, part);
        }
        const ptrdiff_t at = place(dx_step, dx_block, i, j, k, 0);
        if (dx_step.k > 0 || k == n.k - 1) dx[at] = total.total;
      }
    }
}

// residual2_narrow1_excitation1_multiply1 (mobilenet_v3.bn:5): dx = sum of dy * b
//   dy [120, 8, 8], b [120], dx [120, 8, 8]
static void k_residual2_narrow1_excitation1_multiply1_backward(const struct step *s, int task) {
  broadcast_map_gradient(task, 4, (struct axes){120, 64, 1, 1}, 7680, (struct axes){64, 1, 0, 0},
      lanes_at(s, b_residual2_narrow1_excitation1_multiply1_output_gradient), 120,
      (struct axes){1, 0, 0, 0}, lanes_at(s, b_residual2_narrow1_excitation1_hard_sigmoid1_output),
      7680, (struct axes){64, 1, 0, 0},
      lanes_at(s, b_residual2_narrow1_hard_swish2_part_output_gradient));
}

// dx = sum of dy * a over the axes along which dx has no step, l and maybe k, in `pieces` tasks a
// block.
static ALWAYS_INLINE void broadcast_map_gradient_hard_sigmoid_gradient(int task, const int pieces,
    const struct axes n, const int dy_count, const struct axes dy_step, const vec *dy,
    const int a_count, const struct axes a_step, const vec *a, const vec *saved, const int dx_count,
    const struct axes dx_step, vec *dx) {
  const int block = task / pieces, piece = task % pieces;
  const int first = (int)((int64_t)n.i * piece / pieces),
      end = (int)((int64_t)n.i * (piece + 1) / pieces);
  const ptrdiff_t dy_block = (ptrdiff_t)block * dy_count;
  const ptrdiff_t a_block = (ptrdiff_t)block * a_count;
  const ptrdiff_t dx_block = (ptrdiff_t)block * dx_count;
  for (int i = first; i < end; i++)
    for (int j = 0; j < n.j; j++) {
      struct long_sum total = {0};
      for (int k = 0; k < n.k; k++) {
        if (dx_step.k > 0) total = (struct long_sum){0};
        for (int start = 0; start < n.l; start += PART) {
          vec part = {0};
          for (int l = start; l < n.l && l < start + PART; l++)
            part += dy[place(dy_step, dy_block, i, j, k, l)]
                * a[place(a_step, a_block, i, j, k, l)];
          add_part(&total, part);
        }
        const ptrdiff_t at = place(dx_step, dx_block, i, j, k, 0);
        if (dx_step.k > 0 || k == n.k - 1)
          dx[at] = vec_hard_sigmoid_gradient(total.total, saved[at]);
      }
    }
}

// residual2_narrow1_excitation1_multiply1, residual2_narrow1_excitation1_hard_sigmoid1
// (mobilenet_v3.bn:5): dx = sum of dy * a
//   dy [120, 8, 8], a [120, 8, 8], dx [120]
//   then through residual2_narrow1_excitation1_hard_sigmoid1: x <= -3 ? 0 : 3 <= x ? 0 :
//     0.16666666666666666 * dy, dy the gradient so far
static void k_residual2_narrow1_excitation1_multiply1_backward_2(const struct step *s, int task) {
  broadcast_map_gradient_hard_sigmoid_gradient(task, 4, (struct axes){120, 1, 1, 64}, 7680,
      (struct axes){64, 0, 0, 1},
      lanes_at(s, b_residual2_narrow1_excitation1_multiply1_output_gradient), 7680,
      (struct axes){64, 0, 0, 1}, lanes_at(s, b_residual2_narrow1_hard_swish2_output),
      lanes_at(s, b_residual2_narrow1_excitation1_dense2_sums), 120, (struct axes){1, 0, 0, 0},
      lanes_at(s, b_residual2_narrow1_excitation1_dense2_output_gradient));
}

// One tile of a dense layer's input gradient: `features` of dx for `blocks` blocks in registers. A
// pass over the outputs from `first` up to `end` adds to what earlier passes left in dx.
static ALWAYS_INLINE void dense_input_relu_gradient_tile(const struct step *s, const struct dense d,
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
      if (end == d.OUT) v = vec_relu_gradient(v, saved[b * d.IN + f]);
      dx[b * d.IN + f] = masked(v, active);
    }
  }
}

// A task of a dense layer's input gradient: some tiles of dx for the whole batch, in passes over
// the outputs, so that a pass's rows of the weight stay in the cache for all of them.
static ALWAYS_INLINE void dense_input_relu_gradient(const struct step *s, int task,
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
          dense_input_relu_gradient_tile(s, d, dy, weight + f, saved + f, dx + f, first, end, block,
              widest, group);
        else if (wide)
          dense_input_relu_gradient_tile(s, d, dy, weight + f, saved + f, dx + f, first, end, block,
              widest, 1);
        else if (whole)
          dense_input_relu_gradient_tile(s, d, dy, weight + f, saved + f, dx + f, first, end, block,
              tiles.size, group);
        else
          dense_input_relu_gradient_tile(s, d, dy, weight + f, saved + f, dx + f, first, end, block,
              tiles.size, 1);
      }
    }
  }
}

// residual2_narrow1_excitation1_dense2 (mobilenet_v3.bn:4), input gradient: 3 features of the batch
// a task
//   then through residual2_narrow1_excitation1_relu1: y <= 0 ? dy * y : dy, dy the gradient so far
//   dy [120], weight [120, 30], dx [30]
static void k_residual2_narrow1_excitation1_dense2_input_gradient(const struct step *s, int task) {
  dense_input_relu_gradient(s, task, g_residual2_narrow1_excitation1_dense2,
      (struct pieces){10, 3, 0}, 1, 120, 4,
      lanes_at(s, b_residual2_narrow1_excitation1_dense2_output_gradient),
      s->parameters->residual2_narrow1_excitation1_dense2_weight,
      lanes_at(s, b_residual2_narrow1_excitation1_relu1_output),
      lanes_at(s, b_residual2_narrow1_excitation1_dense1_output_gradient));
}

// residual2_narrow1_excitation1_dense2 (mobilenet_v3.bn:4): its input as rows, x [30], rows
// [batch][32]
static void k_residual2_narrow1_excitation1_dense2_rows_load(const struct step *s, int task) {
  load_rows(task, 30, 32, lanes_at(s, b_residual2_narrow1_excitation1_relu1_output),
      lanes_at(s, b_residual2_narrow1_excitation1_dense2_rows));
}

// residual2_narrow1_excitation1_dense2 (mobilenet_v3.bn:4), weight gradient and step: 3 outputs a
// task
//   rows [batch][32], dy [120], dweight [120, 30]
static void k_residual2_narrow1_excitation1_dense2_weight_gradient(const struct step *s, int task) {
  dense_weight_gradient(s, task, g_residual2_narrow1_excitation1_dense2, (struct pieces){40, 3, 0},
      (struct pieces){1, 4, 0}, 1, 32, lanes_at(s, b_residual2_narrow1_excitation1_dense2_rows),
      lanes_at(s, b_residual2_narrow1_excitation1_dense2_output_gradient),
      s->parameters->residual2_narrow1_excitation1_dense2_weight);
}

// residual2_narrow1_excitation1_dense2 (mobilenet_v3.bn:4), bias gradient and step: dy [120]
static void k_residual2_narrow1_excitation1_dense2_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 120, 1,
      lanes_at(s, b_residual2_narrow1_excitation1_dense2_output_gradient),
      s->parameters->residual2_narrow1_excitation1_dense2_bias);
}

// residual2_narrow1_excitation1_dense1 (mobilenet_v3.bn:4), input gradient: 3 features of the batch
// a task
//   dy [30], weight [30, 120], dx [120]
static void k_residual2_narrow1_excitation1_dense1_input_gradient(const struct step *s, int task) {
  dense_input_gradient(s, task, g_residual2_narrow1_excitation1_dense1, (struct pieces){40, 3, 0},
      1, 30, 4, lanes_at(s, b_residual2_narrow1_excitation1_dense1_output_gradient),
      s->parameters->residual2_narrow1_excitation1_dense1_weight,
      lanes_at(s, b_residual2_narrow1_excitation1_global_avgpool1_output_gradient));
}

// residual2_narrow1_excitation1_dense1 (mobilenet_v3.bn:4): its input as rows, x [120], rows
// [batch][120]
static void k_residual2_narrow1_excitation1_dense1_rows_load(const struct step *s, int task) {
  load_rows(task, 120, 120, lanes_at(s, b_residual2_narrow1_excitation1_global_avgpool1_output),
      lanes_at(s, b_residual2_narrow1_excitation1_dense1_rows));
}

// residual2_narrow1_excitation1_dense1 (mobilenet_v3.bn:4), weight gradient and step: 3 outputs a
// task
//   rows [batch][120], dy [30], dweight [30, 120]
static void k_residual2_narrow1_excitation1_dense1_weight_gradient(const struct step *s, int task) {
  dense_weight_gradient(s, task, g_residual2_narrow1_excitation1_dense1, (struct pieces){10, 3, 0},
      (struct pieces){4, 3, 3}, 4, 120, lanes_at(s, b_residual2_narrow1_excitation1_dense1_rows),
      lanes_at(s, b_residual2_narrow1_excitation1_dense1_output_gradient),
      s->parameters->residual2_narrow1_excitation1_dense1_weight);
}

// residual2_narrow1_excitation1_dense1 (mobilenet_v3.bn:4), bias gradient and step: dy [30]
static void k_residual2_narrow1_excitation1_dense1_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 30, 1, lanes_at(s, b_residual2_narrow1_excitation1_dense1_output_gradient),
      s->parameters->residual2_narrow1_excitation1_dense1_bias);
}

// residual2_narrow1_excitation1_global_avgpool1 (mobilenet_v3.bn:4), input gradient: dy [120], dx
// [120, 8, 8]
static void k_residual2_narrow1_excitation1_global_avgpool1_backward(const struct step *s,
    int task) {
  avgpool_backward(task, g_narrow2_excitation1_global_avgpool1, (real)0.015625,
      lanes_at(s, b_residual2_narrow1_excitation1_global_avgpool1_output_gradient),
      lanes_at(s, b_residual2_narrow1_hard_swish2_part_output_gradient_2));
}

// y = part0 + part1, number by number, in `pieces` tasks a block of `count` numbers.
static ALWAYS_INLINE void map_add_2(int task, const int count, const int pieces, const vec *part0,
    const vec *part1, vec *y) {
  const int block = task / pieces, piece = task % pieces;
  const int first = block * count + (int)((int64_t)count * piece / pieces);
  const int end = block * count + (int)((int64_t)count * (piece + 1) / pieces);
  for (int k = first; k < end; k++) y[k] = part0[k] + part1[k];
}

// The gradient of residual2_narrow1_hard_swish2, which several layers read: y = part0 + part1, all
// [120, 8, 8]
static void k_residual2_narrow1_hard_swish2_gradient_sum(const struct step *s, int task) {
  map_add_2(task, 7680, 4, lanes_at(s, b_residual2_narrow1_hard_swish2_part_output_gradient),
      lanes_at(s, b_residual2_narrow1_hard_swish2_part_output_gradient_2),
      lanes_at(s, b_residual2_narrow1_hard_swish2_summed_output_gradient));
}

// residual2_narrow1_batchnorm2, residual2_narrow1_hard_swish2 (mobilenet_v3.bn:12): sums of g and
// of g * xhat, x [120, 8, 8], dy [120, 8, 8]
static void k_residual2_narrow1_batchnorm2_sums(const struct step *s, int task) {
  batchnorm_hard_swish_sums(task, g_residual2_narrow1_batchnorm1, (struct pieces){30, 4, 0},
      s->scratch + b_residual2_narrow1_batchnorm2_moments,
      s->parameters->residual2_narrow1_batchnorm2_gamma,
      s->parameters->residual2_narrow1_batchnorm2_beta,
      lanes_at(s, b_residual2_narrow1_conv2_output),
      lanes_at(s, b_residual2_narrow1_hard_swish2_summed_output_gradient),
      pairs_at(s, b_residual2_narrow1_batchnorm2_partial_sums));
}

// residual2_narrow1_batchnorm2 (mobilenet_v3.bn:12): gradients of gamma and beta, and step
static void k_residual2_narrow1_batchnorm2_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_residual2_narrow1_batchnorm1,
      s->scratch + b_residual2_narrow1_batchnorm2_moments,
      pairs_at(s, b_residual2_narrow1_batchnorm2_partial_sums),
      s->scratch + b_residual2_narrow1_batchnorm2_coefficients,
      s->parameters->residual2_narrow1_batchnorm2_gamma,
      s->parameters->residual2_narrow1_batchnorm2_beta);
}

// residual2_narrow1_batchnorm2, residual2_narrow1_hard_swish2 (mobilenet_v3.bn:12), input gradient
// in x's place: x [120, 8, 8], dy [120, 8, 8]
static void k_residual2_narrow1_batchnorm2_backward(const struct step *s, int task) {
  batchnorm_hard_swish_backward(s, task, g_residual2_narrow1_batchnorm1, (struct pieces){30, 4, 0},
      s->scratch + b_residual2_narrow1_batchnorm2_moments,
      s->scratch + b_residual2_narrow1_batchnorm2_coefficients,
      lanes_at(s, b_residual2_narrow1_conv2_output),
      lanes_at(s, b_residual2_narrow1_hard_swish2_summed_output_gradient),
      lanes_at(s, b_residual2_narrow1_conv2_output_gradient));
}

// residual2_narrow1_conv2 (mobilenet_v3.bn:11), input gradient: 1 input channels of a block a task
//   dy [120, 8, 8], weight [120, 1, 5, 5], dx [120, 8, 8]
static void k_residual2_narrow1_conv2_input_gradient(const struct step *s, int task) {
  convolution_input_gradient(s, task, g_residual2_narrow1_conv2, (struct pieces){1, 1, 0},
      (struct pieces){1, 8, 0}, lanes_at(s, b_residual2_narrow1_conv2_output_gradient),
      s->parameters->residual2_narrow1_conv2_weight,
      lanes_at(s, b_residual2_narrow1_hard_swish1_output_gradient));
}

// What `columns` numbers of dy, from column j of row i on, add to the sums of `kernel_rows` rows of
// the kernel from ky on: each number of x is loaded once a row for all the dy whose windows it lies
// under. `edge` says that a window may reach into the padding.
static ALWAYS_INLINE void depthwise_weight_gradient_tile(const struct convolution g, const vec *x,
    const vec *dy, vec sum[TILE], int i, int j, int ky, const int kernel_rows, const int columns,
    const int edge) {
  vec dys[TILE];
  UNROLL for (int t = 0; t < columns; t++) dys[t] = dy[i * g.OW + j + t];
  UNROLL for (int r = 0; r < kernel_rows; r++) {
    const ptrdiff_t row = i * g.SH + (ky + r) * g.DH - g.PT;
    if (g.PT + g.PB > 0 && (row < 0 || row >= g.H)) continue;
    const ptrdiff_t start = row * g.W + j * g.SW - g.PL;
    UNROLL for (int k = 0; k <= (columns - 1) * g.SW + (g.KW - 1) * g.DW; k++) {
      const int column = j * g.SW + k - g.PL;
      if (edge && (column < 0 || column >= g.W)) continue;
      const vec v = x[start + k];
      UNROLL for (int t = 0; t < columns; t++) {
        const int kx = (k - t * g.SW) / g.DW;
        if (k < t * g.SW || kx * g.DW != k - t * g.SW || kx >= g.KW) continue;
        sum[r * g.KW + kx] += dys[t] * v;
      }
    }
  }
}

// What rows `first` up to `end` of one channel's dy add to `kernel_rows` rows of its kernel from ky
// on, whose sums stay in registers, each lane that of its own examples. Inactive lanes hold 0 in x
// and in dy.
static ALWAYS_INLINE void depthwise_weight_gradient_rows(const struct convolution g, const vec *x,
    const vec *dy, vec *sums, int first, int end, int ky, const int kernel_rows,
    const int columns) {
  const int rest = g.OW % columns, whole = g.OW - rest;
  const int left = left_edge(g.INNER, 0, whole, columns);
  const int right = right_edge(g.INNER_END, left, whole, columns);
  vec sum[TILE];
  UNROLL for (int k = 0; k < kernel_rows * g.KW; k++) sum[k] = sums[k];
  for (int i = first; i < end; i++) {
    UNROLL for (int j = 0; j < left; j += columns)
      depthwise_weight_gradient_tile(g, x, dy, sum, i, j, ky, kernel_rows, columns, 1);
    for (int j = left; j < right; j += columns)
      depthwise_weight_gradient_tile(g, x, dy, sum, i, j, ky, kernel_rows, columns, 0);
    UNROLL for (int j = right; j < whole; j += columns)
      depthwise_weight_gradient_tile(g, x, dy, sum, i, j, ky, kernel_rows, columns, 1);
    if (rest > 0)
      depthwise_weight_gradient_tile(g, x, dy, sum, i, whole, ky, kernel_rows, rest, 1);
  }
  UNROLL for (int k = 0; k < kernel_rows * g.KW; k++) sums[k] = sum[k];
}

// A task of a depthwise convolution's weight gradient: one channel's kernel, over the whole batch
// in parts of `rows` rows of `blocks` blocks; at the end the lanes are added, and the weight moves.
// `kernel_rows` rows of the kernel have their sums in registers at a time.
static ALWAYS_INLINE void depthwise_weight_gradient(const struct step *s, int task,
    const struct convolution g, const int blocks, const int rows, const int kernel_rows,
    const int columns, const vec *x, const vec *dy, real *weight) {
  struct long_sum sums[25] = {0};
  x += task / g.CO * (g.H * g.W);
  dy += task * (g.OH * g.OW);
  for (int first = 0; first < s->blocks; first += blocks)
    for (int row = 0; row < g.OH; row += rows) {
      const int end = first + blocks < s->blocks ? first + blocks : s->blocks;
      const int end_row = row + rows < g.OH ? row + rows : g.OH;
      vec part[25] = {0};
      for (int block = first; block < end; block++) {
        const vec *xs = x + block * (g.G * g.H * g.W),
            *dys = dy + block * (g.G * g.CO * g.OH * g.OW);
        const int rest = g.KH % kernel_rows;
        for (int ky = 0; ky < g.KH - rest; ky += kernel_rows)
          depthwise_weight_gradient_rows(g, xs, dys, part + ky * g.KW, row, end_row, ky,
              kernel_rows, columns);
        if (rest > 0)
          depthwise_weight_gradient_rows(g, xs, dys, part + (g.KH - rest) * g.KW, row, end_row,
              g.KH - rest, rest, columns);
      }
      for (int k = 0; k < g.KH * g.KW; k++) add_part(&sums[k], part[k]);
    }
  for (int k = 0; k < g.KH * g.KW; k++) {
    const int at = task * (g.KH * g.KW) + k;
    momentum_update(&weight[at], lanes_sum(sums[k].total), s);
  }
}

// residual2_narrow1_conv2 (mobilenet_v3.bn:11), weight gradient and step: a channel's kernel a task
//   x [120, 8, 8], dy [120, 8, 8], dweight [120, 1, 5, 5]
static void k_residual2_narrow1_conv2_weight_gradient(const struct step *s, int task) {
  depthwise_weight_gradient(s, task, g_residual2_narrow1_conv2, 8, 8, 2, 4,
      lanes_at(s, b_residual2_narrow1_hard_swish1_output),
      lanes_at(s, b_residual2_narrow1_conv2_output_gradient),
      s->parameters->residual2_narrow1_conv2_weight);
}

// residual2_narrow1_batchnorm1, residual2_narrow1_hard_swish1 (mobilenet_v3.bn:10): sums of g and
// of g * xhat, x [120, 8, 8], dy [120, 8, 8]
static void k_residual2_narrow1_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_hard_swish_sums(task, g_residual2_narrow1_batchnorm1, (struct pieces){30, 4, 0},
      s->scratch + b_residual2_narrow1_batchnorm1_moments,
      s->parameters->residual2_narrow1_batchnorm1_gamma,
      s->parameters->residual2_narrow1_batchnorm1_beta,
      lanes_at(s, b_residual2_narrow1_conv1_output),
      lanes_at(s, b_residual2_narrow1_hard_swish1_output_gradient),
      pairs_at(s, b_residual2_narrow1_batchnorm1_partial_sums));
}

// residual2_narrow1_batchnorm1 (mobilenet_v3.bn:10): gradients of gamma and beta, and step
static void k_residual2_narrow1_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_residual2_narrow1_batchnorm1,
      s->scratch + b_residual2_narrow1_batchnorm1_moments,
      pairs_at(s, b_residual2_narrow1_batchnorm1_partial_sums),
      s->scratch + b_residual2_narrow1_batchnorm1_coefficients,
      s->parameters->residual2_narrow1_batchnorm1_gamma,
      s->parameters->residual2_narrow1_batchnorm1_beta);
}

// residual2_narrow1_batchnorm1, residual2_narrow1_hard_swish1 (mobilenet_v3.bn:10), input gradient
// in x's place: x [120, 8, 8], dy [120, 8, 8]
static void k_residual2_narrow1_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_hard_swish_backward(s, task, g_residual2_narrow1_batchnorm1, (struct pieces){30, 4, 0},
      s->scratch + b_residual2_narrow1_batchnorm1_moments,
      s->scratch + b_residual2_narrow1_batchnorm1_coefficients,
      lanes_at(s, b_residual2_narrow1_conv1_output),
      lanes_at(s, b_residual2_narrow1_hard_swish1_output_gradient),
      lanes_at(s, b_residual2_narrow1_conv1_output_gradient));
}

// residual2_narrow1_conv1 (mobilenet_v3.bn:10), input gradient: 3 or 2 input channels of a block a
// task
//   dy [120, 1, 64], weight [120, 40, 1, 1], dx [40, 1, 64]
static void k_residual2_narrow1_conv1_input_gradient(const struct step *s, int task) {
  convolution_input_gradient(s, task, g_residual2_narrow1_conv1, (struct pieces){14, 2, 12},
      (struct pieces){16, 4, 0}, lanes_at(s, b_residual2_narrow1_conv1_output_gradient),
      s->parameters->residual2_narrow1_conv1_weight,
      lanes_at(s, b_narrow2_batchnorm3_residual2_narrow1_conv1_output_gradient));
}

static const struct convolution g_residual2_narrow1_conv1_2 = { .G = 1, .CI = 40, .H = 8, .W = 8,
    .CO = 120, .OH = 8, .OW = 8, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0,
    .PB = 0, .PL = 0, .INNER = 0, .INNER_END = 8 };

// residual2_narrow1_conv1 (mobilenet_v3.bn:10), what the batch adds to the weight gradient, output
// channels in the lanes: 8 bands of rows, 1 tile of output channels a task
//   x [40, 8, 8], dy [120, 8, 8]
static void k_residual2_narrow1_conv1_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient(s, task, g_residual2_narrow1_conv1_2, (struct pieces){8, 1, 7},
      (struct pieces){7, 5, 5}, (struct pieces){8, 1, 0}, (struct pieces){2, 4, 0},
      (struct pieces){2, 8, 0}, lanes_at(s, b_narrow2_batchnorm3_output),
      lanes_at(s, b_residual2_narrow1_conv1_output_gradient),
      s->scratch + b_residual2_narrow1_conv1_weight_gradient_parts);
}

// residual2_narrow1_conv1 (mobilenet_v3.bn:10), weight gradient and step, from what shares of the
// batch add to it: 3 stretches of 16 numbers a task
//   dweight [120, 40, 1, 1]
static void k_residual2_narrow1_conv1_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights(s, task, g_residual2_narrow1_conv1_2,
      (struct pieces){15, 3, 0}, 2, s->scratch + b_residual2_narrow1_conv1_weight_gradient_parts,
      s->parameters->residual2_narrow1_conv1_weight);
}

// The gradient of narrow2_batchnorm3, which several layers read: y = part0 + part1, all [40, 8, 8]
static void k_narrow2_batchnorm3_gradient_sum(const struct step *s, int task) {
  map_add_2(task, 2560, 2, lanes_at(s, b_residual2_add1_output_gradient),
      lanes_at(s, b_narrow2_batchnorm3_residual2_narrow1_conv1_output_gradient),
      lanes_at(s, b_narrow2_batchnorm3_summed_output_gradient));
}

// narrow2_batchnorm3 (mobilenet_v3.bn:14): sums of g and of g * xhat, x [40, 8, 8], dy [40, 8, 8]
static void k_narrow2_batchnorm3_sums(const struct step *s, int task) {
  batchnorm_sums(task, g_narrow2_batchnorm3, (struct pieces){10, 4, 0},
      s->scratch + b_narrow2_batchnorm3_moments, s->parameters->narrow2_batchnorm3_gamma,
      s->parameters->narrow2_batchnorm3_beta, lanes_at(s, b_narrow2_conv3_output),
      lanes_at(s, b_narrow2_batchnorm3_summed_output_gradient),
      pairs_at(s, b_narrow2_batchnorm3_partial_sums));
}

// narrow2_batchnorm3 (mobilenet_v3.bn:14): gradients of gamma and beta, and step
static void k_narrow2_batchnorm3_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_narrow2_batchnorm3,
      s->scratch + b_narrow2_batchnorm3_moments, pairs_at(s, b_narrow2_batchnorm3_partial_sums),
      s->scratch + b_narrow2_batchnorm3_coefficients, s->parameters->narrow2_batchnorm3_gamma,
      s->parameters->narrow2_batchnorm3_beta);
}

// narrow2_batchnorm3 (mobilenet_v3.bn:14), input gradient in x's place: x [40, 8, 8], dy [40, 8, 8]
static void k_narrow2_batchnorm3_backward(const struct step *s, int task) {
  batchnorm_backward(s, task, g_narrow2_batchnorm3, (struct pieces){10, 4, 0},
      s->scratch + b_narrow2_batchnorm3_moments, s->scratch + b_narrow2_batchnorm3_coefficients,
      lanes_at(s, b_narrow2_conv3_output), lanes_at(s, b_narrow2_batchnorm3_summed_output_gradient),
      lanes_at(s, b_narrow2_conv3_output_gradient));
}

// narrow2_conv3 (mobilenet_v3.bn:14), input gradient: 3 input channels of a block a task
//   dy [40, 1, 64], weight [40, 96, 1, 1], dx [96, 1, 64]
static void k_narrow2_conv3_input_gradient(const struct step *s, int task) {
  convolution_input_gradient(s, task, g_narrow2_conv3, (struct pieces){32, 3, 0},
      (struct pieces){16, 4, 0}, lanes_at(s, b_narrow2_conv3_output_gradient),
      s->parameters->narrow2_conv3_weight,
      lanes_at(s, b_narrow2_excitation1_multiply1_output_gradient));
}

static const struct convolution g_narrow2_conv3_2 = { .G = 1, .CI = 96, .H = 8, .W = 8, .CO = 40,
    .OH = 8, .OW = 8, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0, .PB = 0,
    .PL = 0, .INNER = 0, .INNER_END = 8 };

// narrow2_conv3 (mobilenet_v3.bn:14), what the batch adds to the weight gradient, output channels
// in the lanes: 3 or 2 bands of rows, 1 tile of output channels a task
//   x [96, 8, 8], dy [40, 8, 8]
static void k_narrow2_conv3_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient(s, task, g_narrow2_conv3_2, (struct pieces){3, 1, 2},
      (struct pieces){16, 6, 0}, (struct pieces){3, 1, 0}, (struct pieces){2, 4, 0},
      (struct pieces){6, 2, 4}, lanes_at(s, b_narrow2_excitation1_multiply1_output),
      lanes_at(s, b_narrow2_conv3_output_gradient),
      s->scratch + b_narrow2_conv3_weight_gradient_parts);
}

// narrow2_conv3 (mobilenet_v3.bn:14), weight gradient and step, from what shares of the batch add
// to it: 2 stretches of 16 numbers a task
//   dweight [40, 96, 1, 1]
static void k_narrow2_conv3_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights(s, task, g_narrow2_conv3_2, (struct pieces){15, 2, 0}, 6,
      s->scratch + b_narrow2_conv3_weight_gradient_parts, s->parameters->narrow2_conv3_weight);
}

// narrow2_excitation1_multiply1 (mobilenet_v3.bn:5): dx = sum of dy * b
//   dy [96, 8, 8], b [96], dx [96, 8, 8]
static void k_narrow2_excitation1_multiply1_backward(const struct step *s, int task) {
  broadcast_map_gradient(task, 3, (struct axes){96, 64, 1, 1}, 6144, (struct axes){64, 1, 0, 0},
      lanes_at(s, b_narrow2_excitation1_multiply1_output_gradient), 96, (struct axes){1, 0, 0, 0},
      lanes_at(s, b_narrow2_excitation1_hard_sigmoid1_output), 6144, (struct axes){64, 1, 0, 0},
      lanes_at(s, b_narrow2_hard_swish2_narrow2_excitation1_multiply1_output_gradient));
}

// narrow2_excitation1_multiply1, narrow2_excitation1_hard_sigmoid1 (mobilenet_v3.bn:5): dx = sum of
// dy * a
//   dy [96, 8, 8], a [96, 8, 8], dx [96]
//   then through narrow2_excitation1_hard_sigmoid1: x <= -3 ? 0 : 3 <= x ? 0 : 0.16666666666666666
//     * dy, dy the gradient so far
static void k_narrow2_excitation1_multiply1_backward_2(const struct step *s, int task) {
  broadcast_map_gradient_hard_sigmoid_gradient(task, 3, (struct axes){96, 1, 1, 64}, 6144,
      (struct axes){64, 0, 0, 1}, lanes_at(s, b_narrow2_excitation1_multiply1_output_gradient),
      6144, (struct axes){64, 0, 0, 1}, lanes_at(s, b_narrow2_hard_swish2_output),
      lanes_at(s, b_narrow2_excitation1_dense2_sums), 96, (struct axes){1, 0, 0, 0},
      lanes_at(s, b_narrow2_excitation1_dense2_output_gradient));
}

// narrow2_excitation1_dense2 (mobilenet_v3.bn:4), input gradient: 3 features of the batch a task
//   then through narrow2_excitation1_relu1: y <= 0 ? dy * y : dy, dy the gradient so far
//   dy [96], weight [96, 24], dx [24]
static void k_narrow2_excitation1_dense2_input_gradient(const struct step *s, int task) {
  dense_input_relu_gradient(s, task, g_narrow2_excitation1_dense2, (struct pieces){8, 3, 0}, 1, 96,
      4, lanes_at(s, b_narrow2_excitation1_dense2_output_gradient),
      s->parameters->narrow2_excitation1_dense2_weight,
      lanes_at(s, b_narrow2_excitation1_relu1_output),
      lanes_at(s, b_narrow2_excitation1_dense1_output_gradient));
}

// narrow2_excitation1_dense2 (mobilenet_v3.bn:4): its input as rows, x [24], rows [batch][24]
static void k_narrow2_excitation1_dense2_rows_load(const struct step *s, int task) {
  load_rows(task, 24, 24, lanes_at(s, b_narrow2_excitation1_relu1_output),
      lanes_at(s, b_narrow2_excitation1_dense2_rows));
}

// narrow2_excitation1_dense2 (mobilenet_v3.bn:4), weight gradient and step: 3 outputs a task
//   rows [batch][24], dy [96], dweight [96, 24]
static void k_narrow2_excitation1_dense2_weight_gradient(const struct step *s, int task) {
  dense_weight_gradient(s, task, g_narrow2_excitation1_dense2, (struct pieces){32, 3, 0},
      (struct pieces){1, 3, 0}, 1, 24, lanes_at(s, b_narrow2_excitation1_dense2_rows),
      lanes_at(s, b_narrow2_excitation1_dense2_output_gradient),
      s->parameters->narrow2_excitation1_dense2_weight);
}

// narrow2_excitation1_dense2 (mobilenet_v3.bn:4), bias gradient and step: dy [96]
static void k_narrow2_excitation1_dense2_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 96, 1, lanes_at(s, b_narrow2_excitation1_dense2_output_gradient),
      s->parameters->narrow2_excitation1_dense2_bias);
}

// narrow2_excitation1_dense1 (mobilenet_v3.bn:4), input gradient: 3 features of the batch a task
//   dy [24], weight [24, 96], dx [96]
static void k_narrow2_excitation1_dense1_input_gradient(const struct step *s, int task) {
  dense_input_gradient(s, task, g_narrow2_excitation1_dense1, (struct pieces){32, 3, 0}, 1, 24, 4,
      lanes_at(s, b_narrow2_excitation1_dense1_output_gradient),
      s->parameters->narrow2_excitation1_dense1_weight,
      lanes_at(s, b_narrow2_excitation1_global_avgpool1_output_gradient));
}

// narrow2_excitation1_dense1 (mobilenet_v3.bn:4): its input as rows, x [96], rows [batch][96]
static void k_narrow2_excitation1_dense1_rows_load(const struct step *s, int task) {
  load_rows(task, 96, 96, lanes_at(s, b_narrow2_excitation1_global_avgpool1_output),
      lanes_at(s, b_narrow2_excitation1_dense1_rows));
}

// narrow2_excitation1_dense1 (mobilenet_v3.bn:4), weight gradient and step: 3 outputs a task
//   rows [batch][96], dy [24], dweight [24, 96]
static void k_narrow2_excitation1_dense1_weight_gradient(const struct step *s, int task) {
  dense_weight_gradient(s, task, g_narrow2_excitation1_dense1, (struct pieces){8, 3, 0},
      (struct pieces){3, 4, 0}, 3, 96, lanes_at(s, b_narrow2_excitation1_dense1_rows),
      lanes_at(s, b_narrow2_excitation1_dense1_output_gradient),
      s->parameters->narrow2_excitation1_dense1_weight);
}

// narrow2_excitation1_dense1 (mobilenet_v3.bn:4), bias gradient and step: dy [24]
static void k_narrow2_excitation1_dense1_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 24, 1, lanes_at(s, b_narrow2_excitation1_dense1_output_gradient),
      s->parameters->narrow2_excitation1_dense1_bias);
}

// narrow2_excitation1_global_avgpool1 (mobilenet_v3.bn:4), input gradient: dy [96], dx [96, 8, 8]
static void k_narrow2_excitation1_global_avgpool1_backward(const struct step *s, int task) {
  avgpool_backward(task, g_narrow2_excitation1_global_avgpool1, (real)0.015625,
      lanes_at(s, b_narrow2_excitation1_global_avgpool1_output_gradient),
      lanes_at(s, b_narrow2_hard_swish2_narrow2_excitation1_global_avgpool1_output_gradient));
}

// The gradient of narrow2_hard_swish2, which several layers read: y = part0 + part1, all [96, 8, 8]
static void k_narrow2_hard_swish2_gradient_sum(const struct step *s, int task) {
  map_add_2(task, 6144, 3,
      lanes_at(s, b_narrow2_hard_swish2_narrow2_excitation1_multiply1_output_gradient),
      lanes_at(s, b_narrow2_hard_swish2_narrow2_excitation1_global_avgpool1_output_gradient),
      lanes_at(s, b_narrow2_hard_swish2_summed_output_gradient));
}

// narrow2_batchnorm2, narrow2_hard_swish2 (mobilenet_v3.bn:12): sums of g and of g * xhat, x [96,
// 8, 8], dy [96, 8, 8]
static void k_narrow2_batchnorm2_sums(const struct step *s, int task) {
  batchnorm_hard_swish_sums(task, g_narrow2_batchnorm2, (struct pieces){24, 4, 0},
      s->scratch + b_narrow2_batchnorm2_moments, s->parameters->narrow2_batchnorm2_gamma,
      s->parameters->narrow2_batchnorm2_beta, lanes_at(s, b_narrow2_conv2_output),
      lanes_at(s, b_narrow2_hard_swish2_summed_output_gradient),
      pairs_at(s, b_narrow2_batchnorm2_partial_sums));
}

// narrow2_batchnorm2 (mobilenet_v3.bn:12): gradients of gamma and beta, and step
static void k_narrow2_batchnorm2_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_narrow2_batchnorm2,
      s->scratch + b_narrow2_batchnorm2_moments, pairs_at(s, b_narrow2_batchnorm2_partial_sums),
      s->scratch + b_narrow2_batchnorm2_coefficients, s->parameters->narrow2_batchnorm2_gamma,
      s->parameters->narrow2_batchnorm2_beta);
}

// narrow2_batchnorm2, narrow2_hard_swish2 (mobilenet_v3.bn:12), input gradient in x's place: x [96,
// 8, 8], dy [96, 8, 8]
static void k_narrow2_batchnorm2_backward(const struct step *s, int task) {
  batchnorm_hard_swish_backward(s, task, g_narrow2_batchnorm2, (struct pieces){24, 4, 0},
      s->scratch + b_narrow2_batchnorm2_moments, s->scratch + b_narrow2_batchnorm2_coefficients,
      lanes_at(s, b_narrow2_conv2_output),
      lanes_at(s, b_narrow2_hard_swish2_summed_output_gradient),
      lanes_at(s, b_narrow2_conv2_output_gradient));
}

// narrow2_conv2 (mobilenet_v3.bn:11), input gradient: 1 input channels of a block a task
//   dy [96, 8, 8], weight [96, 1, 5, 5], dx [96, 16, 16]
static void k_narrow2_conv2_input_gradient(const struct step *s, int task) {
  convolution_input_gradient(s, task, g_narrow2_conv2, (struct pieces){1, 1, 0},
      (struct pieces){2, 8, 0}, lanes_at(s, b_narrow2_conv2_output_gradient),
      s->parameters->narrow2_conv2_weight, lanes_at(s, b_narrow2_hard_swish1_output_gradient));
}

// narrow2_conv2 (mobilenet_v3.bn:11), weight gradient and step: a channel's kernel a task
//   x [96, 16, 16], dy [96, 8, 8], dweight [96, 1, 5, 5]
static void k_narrow2_conv2_weight_gradient(const struct step *s, int task) {
  depthwise_weight_gradient(s, task, g_narrow2_conv2, 8, 8, 2, 4,
      lanes_at(s, b_narrow2_hard_swish1_output), lanes_at(s, b_narrow2_conv2_output_gradient),
      s->parameters->narrow2_conv2_weight);
}

// narrow2_batchnorm1, narrow2_hard_swish1 (mobilenet_v3.bn:10): sums of g and of g * xhat, x [96,
// 16, 16], dy [96, 16, 16]
static void k_narrow2_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_hard_swish_sums(task, g_narrow2_batchnorm1, (struct pieces){96, 1, 0},
      s->scratch + b_narrow2_batchnorm1_moments, s->parameters->narrow2_batchnorm1_gamma,
      s->parameters->narrow2_batchnorm1_beta, lanes_at(s, b_narrow2_conv1_output),
      lanes_at(s, b_narrow2_hard_swish1_output_gradient),
      pairs_at(s, b_narrow2_batchnorm1_partial_sums));
}

// narrow2_batchnorm1 (mobilenet_v3.bn:10): gradients of gamma and beta, and step
static void k_narrow2_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_narrow2_batchnorm1,
      s->scratch + b_narrow2_batchnorm1_moments, pairs_at(s, b_narrow2_batchnorm1_partial_sums),
      s->scratch + b_narrow2_batchnorm1_coefficients, s->parameters->narrow2_batchnorm1_gamma,
      s->parameters->narrow2_batchnorm1_beta);
}

// narrow2_batchnorm1, narrow2_hard_swish1 (mobilenet_v3.bn:10), input gradient in x's place: x [96,
// 16, 16], dy [96, 16, 16]
static void k_narrow2_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_hard_swish_backward(s, task, g_narrow2_batchnorm1, (struct pieces){96, 1, 0},
      s->scratch + b_narrow2_batchnorm1_moments, s->scratch + b_narrow2_batchnorm1_coefficients,
      lanes_at(s, b_narrow2_conv1_output), lanes_at(s, b_narrow2_hard_swish1_output_gradient),
      lanes_at(s, b_narrow2_conv1_output_gradient));
}

static const struct convolution g_narrow2_conv1_2 = { .G = 1, .CI = 24, .H = 16, .W = 16, .CO = 96,
    .OH = 16, .OW = 16, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0, .PB = 0,
    .PL = 0, .INNER = 0, .INNER_END = 16 };

// A task of the input gradient of a convolution of large images: a band of rows of one block's dx.
// The rows of dy that these need stay in the cache for all the channels.
static ALWAYS_INLINE void convolution_input_gradient_band(const struct step *s, int task,
    const struct convolution g, const struct pieces tiles, const struct pieces columns,
    const struct pieces bands, const vec *dy, const real *weight, vec *dx) {
  const int block = task / bands.count, band = task % bands.count;
  const int first = piece_start(bands, band), end = first + piece_size(bands, band);
  const mask active = active_lanes(s, block);
  dy += block * (g.CO * g.OH * g.OW);
  dx += block * (g.CI * g.H * g.W);
  for (int tile = 0; tile < tiles.count; tile++) {
    const int ci = piece_start(tiles, tile), plane = ci * (g.H * g.W);
    const real *w = weight + ci * (g.KH * g.KW);
    if (tiles.wide > 0 && tile < tiles.wide)
      convolution_input_gradient_rows(g, columns, dy, w, dx + plane, active, first, end,
          tiles.size + 1);
    else
      convolution_input_gradient_rows(g, columns, dy, w, dx + plane, active, first, end,
          tiles.size);
  }
}

// narrow2_conv1 (mobilenet_v3.bn:10), input gradient: 8 rows of a block a task
//   dy [96, 16, 16], weight [96, 24, 1, 1], dx [24, 16, 16]
static void k_narrow2_conv1_input_gradient(const struct step *s, int task) {
  convolution_input_gradient_band(s, task, g_narrow2_conv1_2, (struct pieces){8, 3, 0},
      (struct pieces){4, 4, 0}, (struct pieces){2, 8, 0},
      lanes_at(s, b_narrow2_conv1_output_gradient), s->parameters->narrow2_conv1_weight,
      lanes_at(s, b_residual1_add1_output_gradient));
}

// narrow2_conv1 (mobilenet_v3.bn:10), what the batch adds to the weight gradient, output channels
// in the lanes: 22 or 21 bands of rows, 1 tile of output channels a task
//   x [24, 16, 16], dy [96, 16, 16]
static void k_narrow2_conv1_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient(s, task, g_narrow2_conv1_2, (struct pieces){6, 2, 0},
      (struct pieces){4, 6, 0}, (struct pieces){6, 1, 0}, (struct pieces){8, 2, 0},
      (struct pieces){3, 21, 1}, lanes_at(s, b_residual1_add1_output),
      lanes_at(s, b_narrow2_conv1_output_gradient),
      s->scratch + b_narrow2_conv1_weight_gradient_parts);
}

// narrow2_conv1 (mobilenet_v3.bn:10), weight gradient and step, from what shares of the batch add
// to it: 2 stretches of 16 numbers a task
//   dweight [96, 24, 1, 1]
static void k_narrow2_conv1_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights(s, task, g_narrow2_conv1_2, (struct pieces){12, 2, 0}, 3,
      s->scratch + b_narrow2_conv1_weight_gradient_parts, s->parameters->narrow2_conv1_weight);
}

// residual1_narrow1_batchnorm3 (mobilenet_v3.bn:14): sums of g and of g * xhat, x [24, 16, 16], dy
// [24, 16, 16]
static void k_residual1_narrow1_batchnorm3_sums(const struct step *s, int task) {
  batchnorm_sums(task, g_narrow1_batchnorm3, (struct pieces){24, 1, 0},
      s->scratch + b_residual1_narrow1_batchnorm3_moments,
      s->parameters->residual1_narrow1_batchnorm3_gamma,
      s->parameters->residual1_narrow1_batchnorm3_beta,
      lanes_at(s, b_residual1_narrow1_conv3_output), lanes_at(s, b_residual1_add1_output_gradient),
      pairs_at(s, b_residual1_narrow1_batchnorm3_partial_sums));
}

// residual1_narrow1_batchnorm3 (mobilenet_v3.bn:14): gradients of gamma and beta, and step
static void k_residual1_narrow1_batchnorm3_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_narrow1_batchnorm3,
      s->scratch + b_residual1_narrow1_batchnorm3_moments,
      pairs_at(s, b_residual1_narrow1_batchnorm3_partial_sums),
      s->scratch + b_residual1_narrow1_batchnorm3_coefficients,
      s->parameters->residual1_narrow1_batchnorm3_gamma,
      s->parameters->residual1_narrow1_batchnorm3_beta);
}

// residual1_narrow1_batchnorm3 (mobilenet_v3.bn:14), input gradient in x's place: x [24, 16, 16],
// dy [24, 16, 16]
static void k_residual1_narrow1_batchnorm3_backward(const struct step *s, int task) {
  batchnorm_backward(s, task, g_narrow1_batchnorm3, (struct pieces){24, 1, 0},
      s->scratch + b_residual1_narrow1_batchnorm3_moments,
      s->scratch + b_residual1_narrow1_batchnorm3_coefficients,
      lanes_at(s, b_residual1_narrow1_conv3_output), lanes_at(s, b_residual1_add1_output_gradient),
      lanes_at(s, b_residual1_narrow1_conv3_output_gradient));
}

static const struct convolution g_residual1_narrow1_conv3_2 = { .G = 1, .CI = 72, .H = 1, .W = 256,
    .CO = 24, .OH = 1, .OW = 256, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0,
    .PB = 0, .PL = 0, .INNER = 0, .INNER_END = 256 };

// residual1_narrow1_conv3 (mobilenet_v3.bn:14), input gradient: 3 input channels of a block a task
//   dy [24, 1, 256], weight [24, 72, 1, 1], dx [72, 1, 256]
static void k_residual1_narrow1_conv3_input_gradient(const struct step *s, int task) {
  convolution_input_gradient(s, task, g_residual1_narrow1_conv3_2, (struct pieces){24, 3, 0},
      (struct pieces){64, 4, 0}, lanes_at(s, b_residual1_narrow1_conv3_output_gradient),
      s->parameters->residual1_narrow1_conv3_weight,
      lanes_at(s, b_residual1_narrow1_excitation1_multiply1_output_gradient));
}

// residual1_narrow1_conv3 (mobilenet_v3.bn:14), what the batch adds to the weight gradient, output
// channels in the lanes: 8 bands of rows, 1 tile of output channels a task
//   x [72, 16, 16], dy [24, 16, 16]
static void k_residual1_narrow1_conv3_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient(s, task, g_residual1_narrow1_conv3, (struct pieces){2, 1, 1},
      (struct pieces){12, 6, 0}, (struct pieces){2, 1, 0}, (struct pieces){8, 2, 0},
      (struct pieces){8, 8, 0}, lanes_at(s, b_residual1_narrow1_excitation1_multiply1_output),
      lanes_at(s, b_residual1_narrow1_conv3_output_gradient),
      s->scratch + b_residual1_narrow1_conv3_weight_gradient_parts);
}

// residual1_narrow1_conv3 (mobilenet_v3.bn:14), weight gradient and step, from what shares of the
// batch add to it: 1 stretch of 16 numbers a task
//   dweight [24, 72, 1, 1]
static void k_residual1_narrow1_conv3_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights(s, task, g_residual1_narrow1_conv3,
      (struct pieces){15, 1, 0}, 8, s->scratch + b_residual1_narrow1_conv3_weight_gradient_parts,
      s->parameters->residual1_narrow1_conv3_weight);
}

// residual1_narrow1_excitation1_multiply1 (mobilenet_v3.bn:5): dx = sum of dy * b
//   dy [72, 16, 16], b [72], dx [72, 16, 16]
static void k_residual1_narrow1_excitation1_multiply1_backward(const struct step *s, int task) {
  broadcast_map_gradient(task, 9, (struct axes){72, 256, 1, 1}, 18432, (struct axes){256, 1, 0, 0},
      lanes_at(s, b_residual1_narrow1_excitation1_multiply1_output_gradient), 72,
      (struct axes){1, 0, 0, 0}, lanes_at(s, b_residual1_narrow1_excitation1_hard_sigmoid1_output),
      18432, (struct axes){256, 1, 0, 0},
      lanes_at(s, b_residual1_narrow1_hard_swish2_part_output_gradient));
}

// residual1_narrow1_excitation1_multiply1, residual1_narrow1_excitation1_hard_sigmoid1
// (mobilenet_v3.bn:5): dx = sum of dy * a
//   dy [72, 16, 16], a [72, 16, 16], dx [72]
//   then through residual1_narrow1_excitation1_hard_sigmoid1: x <= -3 ? 0 : 3 <= x ? 0 :
//     0.16666666666666666 * dy, dy the gradient so far
static void k_residual1_narrow1_excitation1_multiply1_backward_2(const struct step *s, int task) {
  broadcast_map_gradient_hard_sigmoid_gradient(task, 9, (struct axes){72, 1, 1, 256}, 18432,
      (struct axes){256, 0, 0, 1},
      lanes_at(s, b_residual1_narrow1_excitation1_multiply1_output_gradient), 18432,
      (struct axes){256, 0, 0, 1}, lanes_at(s, b_residual1_narrow1_hard_swish2_output),
      lanes_at(s, b_residual1_narrow1_excitation1_dense2_sums), 72, (struct axes){1, 0, 0, 0},
      lanes_at(s, b_residual1_narrow1_excitation1_dense2_output_gradient));
}

// residual1_narrow1_excitation1_dense2 (mobilenet_v3.bn:4), input gradient: 3 features of the batch
// a task
//   then through residual1_narrow1_excitation1_relu1: y <= 0 ? dy * y : dy, dy the gradient so far
//   dy [72], weight [72, 18], dx [18]
static void k_residual1_narrow1_excitation1_dense2_input_gradient(const struct step *s, int task) {
  dense_input_relu_gradient(s, task, g_residual1_narrow1_excitation1_dense2,
      (struct pieces){6, 3, 0}, 1, 72, 4,
      lanes_at(s, b_residual1_narrow1_excitation1_dense2_output_gradient),
      s->parameters->residual1_narrow1_excitation1_dense2_weight,
      lanes_at(s, b_residual1_narrow1_excitation1_relu1_output),
      lanes_at(s, b_residual1_narrow1_excitation1_dense1_output_gradient));
}

// residual1_narrow1_excitation1_dense2 (mobilenet_v3.bn:4): its input as rows, x [18], rows
// [batch][24]
static void k_residual1_narrow1_excitation1_dense2_rows_load(const struct step *s, int task) {
  load_rows(task, 18, 24, lanes_at(s, b_residual1_narrow1_excitation1_relu1_output),
      lanes_at(s, b_residual1_narrow1_excitation1_dense2_rows));
}

// residual1_narrow1_excitation1_dense2 (mobilenet_v3.bn:4), weight gradient and step: 3 outputs a
// task
//   rows [batch][24], dy [72], dweight [72, 18]
static void k_residual1_narrow1_excitation1_dense2_weight_gradient(const struct step *s, int task) {
  dense_weight_gradient(s, task, g_residual1_narrow1_excitation1_dense2, (struct pieces){24, 3, 0},
      (struct pieces){1, 3, 0}, 1, 24, lanes_at(s, b_residual1_narrow1_excitation1_dense2_rows),
      lanes_at(s, b_residual1_narrow1_excitation1_dense2_output_gradient),
      s->parameters->residual1_narrow1_excitation1_dense2_weight);
}

// residual1_narrow1_excitation1_dense2 (mobilenet_v3.bn:4), bias gradient and step: dy [72]
static void k_residual1_narrow1_excitation1_dense2_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 72, 1, lanes_at(s, b_residual1_narrow1_excitation1_dense2_output_gradient),
      s->parameters->residual1_narrow1_excitation1_dense2_bias);
}

// residual1_narrow1_excitation1_dense1 (mobilenet_v3.bn:4), input gradient: 3 features of the batch
// a task
//   dy [18], weight [18, 72], dx [72]
static void k_residual1_narrow1_excitation1_dense1_input_gradient(const struct step *s, int task) {
  dense_input_gradient(s, task, g_residual1_narrow1_excitation1_dense1, (struct pieces){24, 3, 0},
      1, 18, 4, lanes_at(s, b_residual1_narrow1_excitation1_dense1_output_gradient),
      s->parameters->residual1_narrow1_excitation1_dense1_weight,
      lanes_at(s, b_residual1_narrow1_excitation1_global_avgpool1_output_gradient));
}

// residual1_narrow1_excitation1_dense1 (mobilenet_v3.bn:4): its input as rows, x [72], rows
// [batch][72]
static void k_residual1_narrow1_excitation1_dense1_rows_load(const struct step *s, int task) {
  load_rows(task, 72, 72, lanes_at(s, b_residual1_narrow1_excitation1_global_avgpool1_output),
      lanes_at(s, b_residual1_narrow1_excitation1_dense1_rows));
}

// residual1_narrow1_excitation1_dense1 (mobilenet_v3.bn:4), weight gradient and step: 3 outputs a
// task
//   rows [batch][72], dy [18], dweight [18, 72]
static void k_residual1_narrow1_excitation1_dense1_weight_gradient(const struct step *s, int task) {
  dense_weight_gradient(s, task, g_residual1_narrow1_excitation1_dense1, (struct pieces){6, 3, 0},
      (struct pieces){3, 3, 0}, 3, 72, lanes_at(s, b_residual1_narrow1_excitation1_dense1_rows),
      lanes_at(s, b_residual1_narrow1_excitation1_dense1_output_gradient),
      s->parameters->residual1_narrow1_excitation1_dense1_weight);
}

// residual1_narrow1_excitation1_dense1 (mobilenet_v3.bn:4), bias gradient and step: dy [18]
static void k_residual1_narrow1_excitation1_dense1_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 18, 1, lanes_at(s, b_residual1_narrow1_excitation1_dense1_output_gradient),
      s->parameters->residual1_narrow1_excitation1_dense1_bias);
}

// residual1_narrow1_excitation1_global_avgpool1 (mobilenet_v3.bn:4), input gradient: dy [72], dx
// [72, 16, 16]
static void k_residual1_narrow1_excitation1_global_avgpool1_backward(const struct step *s,
    int task) {
  avgpool_backward(task, g_narrow1_excitation1_global_avgpool1, (real)0.00390625,
      lanes_at(s, b_residual1_narrow1_excitation1_global_avgpool1_output_gradient),
      lanes_at(s, b_residual1_narrow1_hard_swish2_part_output_gradient_2));
}

// The gradient of residual1_narrow1_hard_swish2, which several layers read: y = part0 + part1, all
// [72, 16, 16]
static void k_residual1_narrow1_hard_swish2_gradient_sum(const struct step *s, int task) {
  map_add_2(task, 18432, 9, lanes_at(s, b_residual1_narrow1_hard_swish2_part_output_gradient),
      lanes_at(s, b_residual1_narrow1_hard_swish2_part_output_gradient_2),
      lanes_at(s, b_residual1_narrow1_hard_swish2_summed_output_gradient));
}

// residual1_narrow1_batchnorm2, residual1_narrow1_hard_swish2 (mobilenet_v3.bn:12): sums of g and
// of g * xhat, x [72, 16, 16], dy [72, 16, 16]
static void k_residual1_narrow1_batchnorm2_sums(const struct step *s, int task) {
  batchnorm_hard_swish_sums(task, g_residual1_narrow1_batchnorm1, (struct pieces){72, 1, 0},
      s->scratch + b_residual1_narrow1_batchnorm2_moments,
      s->parameters->residual1_narrow1_batchnorm2_gamma,
      s->parameters->residual1_narrow1_batchnorm2_beta,
      lanes_at(s, b_residual1_narrow1_conv2_output),
      lanes_at(s, b_residual1_narrow1_hard_swish2_summed_output_gradient),
      pairs_at(s, b_residual1_narrow1_batchnorm2_partial_sums));
}

// residual1_narrow1_batchnorm2 (mobilenet_v3.bn:12): gradients of gamma and beta, and step
static void k_residual1_narrow1_batchnorm2_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_residual1_narrow1_batchnorm1,
      s->scratch + b_residual1_narrow1_batchnorm2_moments,
      pairs_at(s, b_residual1_narrow1_batchnorm2_partial_sums),
      s->scratch + b_residual1_narrow1_batchnorm2_coefficients,
      s->parameters->residual1_narrow1_batchnorm2_gamma,
      s->parameters->residual1_narrow1_batchnorm2_beta);
}

// residual1_narrow1_batchnorm2, residual1_narrow1_hard_swish2 (mobilenet_v3.bn:12), input gradient
// in x's place: x [72, 16, 16], dy [72, 16, 16]
static void k_residual1_narrow1_batchnorm2_backward(const struct step *s, int task) {
  batchnorm_hard_swish_backward(s, task, g_residual1_narrow1_batchnorm1, (struct pieces){72, 1, 0},
      s->scratch + b_residual1_narrow1_batchnorm2_moments,
      s->scratch + b_residual1_narrow1_batchnorm2_coefficients,
      lanes_at(s, b_residual1_narrow1_conv2_output),
      lanes_at(s, b_residual1_narrow1_hard_swish2_summed_output_gradient),
      lanes_at(s, b_residual1_narrow1_conv2_output_gradient));
}

// One tile of a depthwise convolution's input gradient: `columns` of row i of one channel of dx, in
// registers, gathered from every dy whose window covers them. Each dy is loaded once a row for all
// of them; `edge` says that some lie outside of dy. Nothing is computed on padding.
static ALWAYS_INLINE void depthwise_input_gradient_tile(const struct convolution g, const vec *dy,
    const real *weight, vec *dx, mask active, int i, int j, const int channels, const int columns,
    const int edge) {
  vec sum[TILE] = {0};
  const int every = g.DH > 1 ? 1 : g.SH;  // of so many rows of the kernel, one may lie over row i
  for (int co = 0; co < g.CO; co++)
    UNROLL for (int ky = (i + g.PT) % every; ky < g.KH; ky += every) {
      const ptrdiff_t row = (i + g.PT - ky * g.DH) / g.SH;
      if (ky * g.DH > i + g.PT || row >= g.OH) continue;
      if (g.DH > 1 && (i + g.PT - ky * g.DH) % g.SH != 0) continue;
      const ptrdiff_t start = (co * g.OH + row) * g.OW + j / g.SW;
      const real *w = weight + (co * g.KH + ky) * g.KW;
      const int left = -(((g.KW - 1) * g.DW - g.PL) / g.SW), right = (columns - 1 + g.PL) / g.SW;
      UNROLL for (int o = left; o <= right; o++) {
        if (edge && (j / g.SW + o < 0 || j / g.SW + o >= g.OW)) continue;
        const vec v = dy[start + o];
        UNROLL for (int t = 0; t < columns; t++) {
          const int kx = (t + g.PL - o * g.SW) / g.DW;
          if (t + g.PL < o * g.SW || kx * g.DW != t + g.PL - o * g.SW || kx >= g.KW) continue;
          UNROLL for (int c = 0; c < channels; c++)
            sum[c * columns + t] += v * w[c * g.KH * g.KW + kx];
        }
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
static ALWAYS_INLINE void depthwise_input_gradient_span(const struct convolution g, const vec *dy,
    const real *weight, vec *dx, mask active, int i, const int start, const int end,
    const int channels, const int width) {
  const int rest = (end - start) % width, whole = end - rest;
  const int left = left_edge(((g.KW - 1) * g.DW - g.PL) / g.SW * g.SW, start, whole, width);
  const int right = right_edge(g.OW * g.SW - g.PL, left, whole, width);
  UNROLL for (int j = start; j < left; j += width)
    depthwise_input_gradient_tile(g, dy, weight, dx, active, i, j, channels, width, 1);
  for (int j = left; j < right; j += width)
    depthwise_input_gradient_tile(g, dy, weight, dx, active, i, j, channels, width, 0);
  UNROLL for (int j = right; j < whole; j += width)
    depthwise_input_gradient_tile(g, dy, weight, dx, active, i, j, channels, width, 1);
  if (rest > 0)
    depthwise_input_gradient_tile(g, dy, weight, dx, active, i, whole, channels, rest, 1);
}

// Rows `first` up to `end` of dx for `channels` input channels.
static ALWAYS_INLINE void depthwise_input_gradient_rows(const struct convolution g,
    const struct pieces columns, const vec *dy, const real *weight, vec *dx, mask active, int first,
    int end, const int channels) {
  const int wide = columns.wide * (columns.size + 1);
  for (int i = first; i < end; i++) {
    if (wide > 0)
      depthwise_input_gradient_span(g, dy, weight, dx, active, i, 0, wide, channels,
          columns.size + 1);
    depthwise_input_gradient_span(g, dy, weight, dx, active, i, wide, g.W, channels, columns.size);
  }
}

// A task of a convolution's input gradient: dx of one tile's input channels of one block.
static ALWAYS_INLINE void depthwise_input_gradient(const struct step *s, int task,
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
    depthwise_input_gradient_rows(g, columns, dy, weight, dx, active, 0, g.H, tiles.size + 1);
  else
    depthwise_input_gradient_rows(g, columns, dy, weight, dx, active, 0, g.H, tiles.size);
}

// residual1_narrow1_conv2 (mobilenet_v3.bn:11), input gradient: 1 input channels of a block a task
//   dy [72, 16, 16], weight [72, 1, 3, 3], dx [72, 16, 16]
static void k_residual1_narrow1_conv2_input_gradient(const struct step *s, int task) {
  depthwise_input_gradient(s, task, g_residual1_narrow1_conv2, (struct pieces){1, 1, 0},
      (struct pieces){2, 8, 0}, lanes_at(s, b_residual1_narrow1_conv2_output_gradient),
      s->parameters->residual1_narrow1_conv2_weight,
      lanes_at(s, b_residual1_narrow1_hard_swish1_output_gradient));
}

// A task of a depthwise convolution's weight gradient: one channel's kernel, over the whole batch
// in parts of `rows` rows of `blocks` blocks; at the end the lanes are added, and the weight moves.
// `kernel_rows` rows of the kernel have their sums in registers at a time.
static ALWAYS_INLINE void depthwise_weight_gradient_2(const struct step *s, int task,
    const struct convolution g, const int blocks, const int rows, const int kernel_rows,
    const int columns, const vec *x, const vec *dy, real *weight) {
  struct long_sum sums[9] = {0};
  x += task / g.CO * (g.H * g.W);
  dy += task * (g.OH * g.OW);
  for (int first = 0; first < s->blocks; first += blocks)
    for (int row = 0; row < g.OH; row += rows) {
      const int end = first + blocks < s->blocks ? first + blocks : s->blocks;
      const int end_row = row + rows < g.OH ? row + rows : g.OH;
      vec part[9] = {0};
      for (int block = first; block < end; block++) {
        const vec *xs = x + block * (g.G * g.H * g.W),
            *dys = dy + block * (g.G * g.CO * g.OH * g.OW);
        const int rest = g.KH % kernel_rows;
        for (int ky = 0; ky < g.KH - rest; ky += kernel_rows)
          depthwise_weight_gradient_rows(g, xs, dys, part + ky * g.KW, row, end_row, ky,
              kernel_rows, columns);
        if (rest > 0)
          depthwise_weight_gradient_rows(g, xs, dys, part + (g.KH - rest) * g.KW, row, end_row,
              g.KH - rest, rest, columns);
      }
      for (int k = 0; k < g.KH * g.KW; k++) add_part(&sums[k], part[k]);
    }
  for (int k = 0; k < g.KH * g.KW; k++) {
    const int at = task * (g.KH * g.KW) + k;
    momentum_update(&weight[at], lanes_sum(sums[k].total), s);
  }
}

// residual1_narrow1_conv2 (mobilenet_v3.bn:11), weight gradient and step: a channel's kernel a task
//   x [72, 16, 16], dy [72, 16, 16], dweight [72, 1, 3, 3]
static void k_residual1_narrow1_conv2_weight_gradient(const struct step *s, int task) {
  depthwise_weight_gradient_2(s, task, g_residual1_narrow1_conv2, 4, 16, 3, 4,
      lanes_at(s, b_residual1_narrow1_hard_swish1_output),
      lanes_at(s, b_residual1_narrow1_conv2_output_gradient),
      s->parameters->residual1_narrow1_conv2_weight);
}

// residual1_narrow1_batchnorm1, residual1_narrow1_hard_swish1 (mobilenet_v3.bn:10): sums of g and
// of g * xhat, x [72, 16, 16], dy [72, 16, 16]
static void k_residual1_narrow1_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_hard_swish_sums(task, g_residual1_narrow1_batchnorm1, (struct pieces){72, 1, 0},
      s->scratch + b_residual1_narrow1_batchnorm1_moments,
      s->parameters->residual1_narrow1_batchnorm1_gamma,
      s->parameters->residual1_narrow1_batchnorm1_beta,
      lanes_at(s, b_residual1_narrow1_conv1_output),
      lanes_at(s, b_residual1_narrow1_hard_swish1_output_gradient),
      pairs_at(s, b_residual1_narrow1_batchnorm1_partial_sums));
}

// residual1_narrow1_batchnorm1 (mobilenet_v3.bn:10): gradients of gamma and beta, and step
static void k_residual1_narrow1_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_residual1_narrow1_batchnorm1,
      s->scratch + b_residual1_narrow1_batchnorm1_moments,
      pairs_at(s, b_residual1_narrow1_batchnorm1_partial_sums),
      s->scratch + b_residual1_narrow1_batchnorm1_coefficients,
      s->parameters->residual1_narrow1_batchnorm1_gamma,
      s->parameters->residual1_narrow1_batchnorm1_beta);
}

// residual1_narrow1_batchnorm1, residual1_narrow1_hard_swish1 (mobilenet_v3.bn:10), input gradient
// in x's place: x [72, 16, 16], dy [72, 16, 16]
static void k_residual1_narrow1_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_hard_swish_backward(s, task, g_residual1_narrow1_batchnorm1, (struct pieces){72, 1, 0},
      s->scratch + b_residual1_narrow1_batchnorm1_moments,
      s->scratch + b_residual1_narrow1_batchnorm1_coefficients,
      lanes_at(s, b_residual1_narrow1_conv1_output),
      lanes_at(s, b_residual1_narrow1_hard_swish1_output_gradient),
      lanes_at(s, b_residual1_narrow1_conv1_output_gradient));
}

static const struct convolution g_residual1_narrow1_conv1_2 = { .G = 1, .CI = 24, .H = 16, .W = 16,
    .CO = 72, .OH = 16, .OW = 16, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0,
    .PB = 0, .PL = 0, .INNER = 0, .INNER_END = 16 };

// residual1_narrow1_conv1 (mobilenet_v3.bn:10), input gradient: 8 rows of a block a task
//   dy [72, 16, 16], weight [72, 24, 1, 1], dx [24, 16, 16]
static void k_residual1_narrow1_conv1_input_gradient(const struct step *s, int task) {
  convolution_input_gradient_band(s, task, g_residual1_narrow1_conv1_2, (struct pieces){8, 3, 0},
      (struct pieces){4, 4, 0}, (struct pieces){2, 8, 0},
      lanes_at(s, b_residual1_narrow1_conv1_output_gradient),
      s->parameters->residual1_narrow1_conv1_weight,
      lanes_at(s, b_narrow1_batchnorm3_residual1_narrow1_conv1_output_gradient));
}

// residual1_narrow1_conv1 (mobilenet_v3.bn:10), what the batch adds to the weight gradient, output
// channels in the lanes: 16 bands of rows, 1 tile of output channels a task
//   x [24, 16, 16], dy [72, 16, 16]
static void k_residual1_narrow1_conv1_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient(s, task, g_residual1_narrow1_conv1_2, (struct pieces){5, 1, 4},
      (struct pieces){4, 6, 0}, (struct pieces){5, 1, 0}, (struct pieces){8, 2, 0},
      (struct pieces){4, 16, 0}, lanes_at(s, b_narrow1_batchnorm3_output),
      lanes_at(s, b_residual1_narrow1_conv1_output_gradient),
      s->scratch + b_residual1_narrow1_conv1_weight_gradient_parts);
}

// residual1_narrow1_conv1 (mobilenet_v3.bn:10), weight gradient and step, from what shares of the
// batch add to it: 2 stretches of 16 numbers a task
//   dweight [72, 24, 1, 1]
static void k_residual1_narrow1_conv1_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights(s, task, g_residual1_narrow1_conv1_2,
      (struct pieces){9, 2, 0}, 4, s->scratch + b_residual1_narrow1_conv1_weight_gradient_parts,
      s->parameters->residual1_narrow1_conv1_weight);
}

// The gradient of narrow1_batchnorm3, which several layers read: y = part0 + part1, all [24, 16,
// 16]
static void k_narrow1_batchnorm3_gradient_sum(const struct step *s, int task) {
  map_add_2(task, 6144, 3, lanes_at(s, b_residual1_add1_output_gradient),
      lanes_at(s, b_narrow1_batchnorm3_residual1_narrow1_conv1_output_gradient),
      lanes_at(s, b_narrow1_batchnorm3_summed_output_gradient));
}

// narrow1_batchnorm3 (mobilenet_v3.bn:14): sums of g and of g * xhat, x [24, 16, 16], dy [24, 16,
// 16]
static void k_narrow1_batchnorm3_sums(const struct step *s, int task) {
  batchnorm_sums(task, g_narrow1_batchnorm3, (struct pieces){24, 1, 0},
      s->scratch + b_narrow1_batchnorm3_moments, s->parameters->narrow1_batchnorm3_gamma,
      s->parameters->narrow1_batchnorm3_beta, lanes_at(s, b_narrow1_conv3_output),
      lanes_at(s, b_narrow1_batchnorm3_summed_output_gradient),
      pairs_at(s, b_narrow1_batchnorm3_partial_sums));
}

// narrow1_batchnorm3 (mobilenet_v3.bn:14): gradients of gamma and beta, and step
static void k_narrow1_batchnorm3_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_narrow1_batchnorm3,
      s->scratch + b_narrow1_batchnorm3_moments, pairs_at(s, b_narrow1_batchnorm3_partial_sums),
      s->scratch + b_narrow1_batchnorm3_coefficients, s->parameters->narrow1_batchnorm3_gamma,
      s->parameters->narrow1_batchnorm3_beta);
}

// narrow1_batchnorm3 (mobilenet_v3.bn:14), input gradient in x's place: x [24, 16, 16], dy [24, 16,
// 16]
static void k_narrow1_batchnorm3_backward(const struct step *s, int task) {
  batchnorm_backward(s, task, g_narrow1_batchnorm3, (struct pieces){24, 1, 0},
      s->scratch + b_narrow1_batchnorm3_moments, s->scratch + b_narrow1_batchnorm3_coefficients,
      lanes_at(s, b_narrow1_conv3_output), lanes_at(s, b_narrow1_batchnorm3_summed_output_gradient),
      lanes_at(s, b_narrow1_conv3_output_gradient));
}

// narrow1_conv3 (mobilenet_v3.bn:14), input gradient: 3 or 2 input channels of a block a task
//   dy [24, 1, 256], weight [24, 32, 1, 1], dx [32, 1, 256]
static void k_narrow1_conv3_input_gradient(const struct step *s, int task) {
  convolution_input_gradient(s, task, g_narrow1_conv3, (struct pieces){11, 2, 10},
      (struct pieces){64, 4, 0}, lanes_at(s, b_narrow1_conv3_output_gradient),
      s->parameters->narrow1_conv3_weight,
      lanes_at(s, b_narrow1_excitation1_multiply1_output_gradient));
}

static const struct convolution g_narrow1_conv3_2 = { .G = 1, .CI = 32, .H = 16, .W = 16, .CO = 24,
    .OH = 16, .OW = 16, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0, .PB = 0,
    .PL = 0, .INNER = 0, .INNER_END = 16 };

// narrow1_conv3 (mobilenet_v3.bn:14), what the batch adds to the weight gradient, output channels
// in the lanes: 8 bands of rows, 1 tile of output channels a task
//   x [32, 16, 16], dy [24, 16, 16]
static void k_narrow1_conv3_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient(s, task, g_narrow1_conv3_2, (struct pieces){2, 1, 1},
      (struct pieces){6, 5, 2}, (struct pieces){2, 1, 0}, (struct pieces){8, 2, 0},
      (struct pieces){8, 8, 0}, lanes_at(s, b_narrow1_excitation1_multiply1_output),
      lanes_at(s, b_narrow1_conv3_output_gradient),
      s->scratch + b_narrow1_conv3_weight_gradient_parts);
}

// narrow1_conv3 (mobilenet_v3.bn:14), weight gradient and step, from what shares of the batch add
// to it: 1 stretch of 16 numbers a task
//   dweight [24, 32, 1, 1]
static void k_narrow1_conv3_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights(s, task, g_narrow1_conv3_2, (struct pieces){6, 1, 0}, 8,
      s->scratch + b_narrow1_conv3_weight_gradient_parts, s->parameters->narrow1_conv3_weight);
}

// narrow1_excitation1_multiply1 (mobilenet_v3.bn:5): dx = sum of dy * b
//   dy [32, 16, 16], b [32], dx [32, 16, 16]
static void k_narrow1_excitation1_multiply1_backward(const struct step *s, int task) {
  broadcast_map_gradient(task, 4, (struct axes){32, 256, 1, 1}, 8192, (struct axes){256, 1, 0, 0},
      lanes_at(s, b_narrow1_excitation1_multiply1_output_gradient), 32, (struct axes){1, 0, 0, 0},
      lanes_at(s, b_narrow1_excitation1_hard_sigmoid1_output), 8192, (struct axes){256, 1, 0, 0},
      lanes_at(s, b_narrow1_hard_swish2_narrow1_excitation1_multiply1_output_gradient));
}

// narrow1_excitation1_multiply1, narrow1_excitation1_hard_sigmoid1 (mobilenet_v3.bn:5): dx = sum of
// dy * a
//   dy [32, 16, 16], a [32, 16, 16], dx [32]
//   then through narrow1_excitation1_hard_sigmoid1: x <= -3 ? 0 : 3 <= x ? 0 : 0.16666666666666666
//     * dy, dy the gradient so far
static void k_narrow1_excitation1_multiply1_backward_2(const struct step *s, int task) {
  broadcast_map_gradient_hard_sigmoid_gradient(task, 4, (struct axes){32, 1, 1, 256}, 8192,
      (struct axes){256, 0, 0, 1}, lanes_at(s, b_narrow1_excitation1_multiply1_output_gradient),
      8192, (struct axes){256, 0, 0, 1}, lanes_at(s, b_narrow1_hard_swish2_output),
      lanes_at(s, b_narrow1_excitation1_dense2_sums), 32, (struct axes){1, 0, 0, 0},
      lanes_at(s, b_narrow1_excitation1_dense2_output_gradient));
}

// narrow1_excitation1_dense2 (mobilenet_v3.bn:4), input gradient: 3 or 2 features of the batch a
// task
//   then through narrow1_excitation1_relu1: y <= 0 ? dy * y : dy, dy the gradient so far
//   dy [32], weight [32, 8], dx [8]
static void k_narrow1_excitation1_dense2_input_gradient(const struct step *s, int task) {
  dense_input_relu_gradient(s, task, g_narrow1_excitation1_dense2, (struct pieces){3, 2, 2}, 1, 32,
      4, lanes_at(s, b_narrow1_excitation1_dense2_output_gradient),
      s->parameters->narrow1_excitation1_dense2_weight,
      lanes_at(s, b_narrow1_excitation1_relu1_output),
      lanes_at(s, b_narrow1_excitation1_dense1_output_gradient));
}

// narrow1_excitation1_dense2 (mobilenet_v3.bn:4): its input as rows, x [8], rows [batch][8]
static void k_narrow1_excitation1_dense2_rows_load(const struct step *s, int task) {
  load_rows(task, 8, 8, lanes_at(s, b_narrow1_excitation1_relu1_output),
      lanes_at(s, b_narrow1_excitation1_dense2_rows));
}

// narrow1_excitation1_dense2 (mobilenet_v3.bn:4), weight gradient and step: 7 or 6 outputs a task
//   rows [batch][8], dy [32], dweight [32, 8]
static void k_narrow1_excitation1_dense2_weight_gradient(const struct step *s, int task) {
  dense_weight_gradient(s, task, g_narrow1_excitation1_dense2, (struct pieces){5, 6, 2},
      (struct pieces){1, 1, 0}, 1, 8, lanes_at(s, b_narrow1_excitation1_dense2_rows),
      lanes_at(s, b_narrow1_excitation1_dense2_output_gradient),
      s->parameters->narrow1_excitation1_dense2_weight);
}

// narrow1_excitation1_dense2 (mobilenet_v3.bn:4), bias gradient and step: dy [32]
static void k_narrow1_excitation1_dense2_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 32, 1, lanes_at(s, b_narrow1_excitation1_dense2_output_gradient),
      s->parameters->narrow1_excitation1_dense2_bias);
}

// narrow1_excitation1_dense1 (mobilenet_v3.bn:4), input gradient: 3 or 2 features of the batch a
// task
//   dy [8], weight [8, 32], dx [32]
static void k_narrow1_excitation1_dense1_input_gradient(const struct step *s, int task) {
  dense_input_gradient(s, task, g_narrow1_excitation1_dense1, (struct pieces){11, 2, 10}, 1, 8, 4,
      lanes_at(s, b_narrow1_excitation1_dense1_output_gradient),
      s->parameters->narrow1_excitation1_dense1_weight,
      lanes_at(s, b_narrow1_excitation1_global_avgpool1_output_gradient));
}

// narrow1_excitation1_dense1 (mobilenet_v3.bn:4): its input as rows, x [32], rows [batch][32]
static void k_narrow1_excitation1_dense1_rows_load(const struct step *s, int task) {
  load_rows(task, 32, 32, lanes_at(s, b_narrow1_excitation1_global_avgpool1_output),
      lanes_at(s, b_narrow1_excitation1_dense1_rows));
}

// narrow1_excitation1_dense1 (mobilenet_v3.bn:4), weight gradient and step: 3 or 2 outputs a task
//   rows [batch][32], dy [8], dweight [8, 32]
static void k_narrow1_excitation1_dense1_weight_gradient(const struct step *s, int task) {
  dense_weight_gradient(s, task, g_narrow1_excitation1_dense1, (struct pieces){3, 2, 2},
      (struct pieces){1, 4, 0}, 1, 32, lanes_at(s, b_narrow1_excitation1_dense1_rows),
      lanes_at(s, b_narrow1_excitation1_dense1_output_gradient),
      s->parameters->narrow1_excitation1_dense1_weight);
}

// narrow1_excitation1_dense1 (mobilenet_v3.bn:4), bias gradient and step: dy [8]
static void k_narrow1_excitation1_dense1_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 8, 1, lanes_at(s, b_narrow1_excitation1_dense1_output_gradient),
      s->parameters->narrow1_excitation1_dense1_bias);
}

// narrow1_excitation1_global_avgpool1 (mobilenet_v3.bn:4), input gradient: dy [32], dx [32, 16, 16]
static void k_narrow1_excitation1_global_avgpool1_backward(const struct step *s, int task) {
  avgpool_backward(task, g_narrow1_excitation1_global_avgpool1, (real)0.00390625,
      lanes_at(s, b_narrow1_excitation1_global_avgpool1_output_gradient),
      lanes_at(s, b_narrow1_hard_swish2_narrow1_excitation1_global_avgpool1_output_gradient));
}

// The gradient of narrow1_hard_swish2, which several layers read: y = part0 + part1, all [32, 16,
// 16]
static void k_narrow1_hard_swish2_gradient_sum(const struct step *s, int task) {
  map_add_2(task, 8192, 4,
      lanes_at(s, b_narrow1_hard_swish2_narrow1_excitation1_multiply1_output_gradient),
      lanes_at(s, b_narrow1_hard_swish2_narrow1_excitation1_global_avgpool1_output_gradient),
      lanes_at(s, b_narrow1_hard_swish2_summed_output_gradient));
}

// narrow1_batchnorm2, narrow1_hard_swish2 (mobilenet_v3.bn:12): sums of g and of g * xhat, x [32,
// 16, 16], dy [32, 16, 16]
static void k_narrow1_batchnorm2_sums(const struct step *s, int task) {
  batchnorm_hard_swish_sums(task, g_narrow1_batchnorm2, (struct pieces){32, 1, 0},
      s->scratch + b_narrow1_batchnorm2_moments, s->parameters->narrow1_batchnorm2_gamma,
      s->parameters->narrow1_batchnorm2_beta, lanes_at(s, b_narrow1_conv2_output),
      lanes_at(s, b_narrow1_hard_swish2_summed_output_gradient),
      pairs_at(s, b_narrow1_batchnorm2_partial_sums));
}

// narrow1_batchnorm2 (mobilenet_v3.bn:12): gradients of gamma and beta, and step
static void k_narrow1_batchnorm2_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_narrow1_batchnorm2,
      s->scratch + b_narrow1_batchnorm2_moments, pairs_at(s, b_narrow1_batchnorm2_partial_sums),
      s->scratch + b_narrow1_batchnorm2_coefficients, s->parameters->narrow1_batchnorm2_gamma,
      s->parameters->narrow1_batchnorm2_beta);
}

// narrow1_batchnorm2, narrow1_hard_swish2 (mobilenet_v3.bn:12), input gradient in x's place: x [32,
// 16, 16], dy [32, 16, 16]
static void k_narrow1_batchnorm2_backward(const struct step *s, int task) {
  batchnorm_hard_swish_backward(s, task, g_narrow1_batchnorm2, (struct pieces){32, 1, 0},
      s->scratch + b_narrow1_batchnorm2_moments, s->scratch + b_narrow1_batchnorm2_coefficients,
      lanes_at(s, b_narrow1_conv2_output),
      lanes_at(s, b_narrow1_hard_swish2_summed_output_gradient),
      lanes_at(s, b_narrow1_conv2_output_gradient));
}

// One tile of a depthwise convolution's input gradient: `columns` of row i of one channel of dx, in
// registers, gathered from every dy whose window covers them. Each dy is loaded once a row for all
// of them; `edge` says that some lie outside of dy. Nothing is computed on padding.
static ALWAYS_INLINE void depthwise_input_gradient_tile_2(const struct convolution g, const vec *dy,
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
      const real *w = weight + (co * g.KH + ky) * g.KW;
      const int left = -(((g.KW - 1) * g.DW - g.PL) / g.SW), right = (columns - 1 + g.PL) / g.SW;
      UNROLL for (int o = left; o <= right; o++) {
        if (edge && (j / g.SW + o < 0 || j / g.SW + o >= g.OW)) continue;
        const vec v = dy[start + o];
        UNROLL for (int t = 0; t < columns; t++) {
          const int kx = (t + g.PL - o * g.SW) / g.DW;
          if (t + g.PL < o * g.SW || kx * g.DW != t + g.PL - o * g.SW || kx >= g.KW) continue;
          UNROLL for (int c = 0; c < channels; c++)
            sum[c * columns + t] += v * w[c * g.KH * g.KW + kx];
        }
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
static ALWAYS_INLINE void depthwise_input_gradient_span_2(const struct convolution g, const vec *dy,
    const real *weight, vec *dx, mask active, int i, const int start, const int end,
    const int channels, const int width) {
  const int rest = (end - start) % width, whole = end - rest;
  const int left = left_edge(((g.KW - 1) * g.DW - g.PL) / g.SW * g.SW, start, whole, width);
  const int right = right_edge(g.OW * g.SW - g.PL, left, whole, width);
  UNROLL for (int j = start; j < left; j += width)
    depthwise_input_gradient_tile_2(g, dy, weight, dx, active, i, j, channels, width, 1);
  for (int j = left; j < right; j += width)
    depthwise_input_gradient_tile_2(g, dy, weight, dx, active, i, j, channels, width, 0);
  UNROLL for (int j = right; j < whole; j += width)
    depthwise_input_gradient_tile_2(g, dy, weight, dx, active, i, j, channels, width, 1);
  if (rest > 0)
    depthwise_input_gradient_tile_2(g, dy, weight, dx, active, i, whole, channels, rest, 1);
}

// Rows `first` up to `end` of dx for `channels` input channels.
static ALWAYS_INLINE void depthwise_input_gradient_rows_2(const struct convolution g,
    const struct pieces columns, const vec *dy, const real *weight, vec *dx, mask active, int first,
    int end, const int channels) {
  const int wide = columns.wide * (columns.size + 1);
  for (int i = first; i < end; i++) {
    if (wide > 0)
      depthwise_input_gradient_span_2(g, dy, weight, dx, active, i, 0, wide, channels,
          columns.size + 1);
    depthwise_input_gradient_span_2(g, dy, weight, dx, active, i, wide, g.W, channels,
        columns.size);
  }
}

// A task of a convolution's input gradient: dx of one tile's input channels of one block.
static ALWAYS_INLINE void depthwise_input_gradient_2(const struct step *s, int task,
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
    depthwise_input_gradient_rows_2(g, columns, dy, weight, dx, active, 0, g.H, tiles.size + 1);
  else
    depthwise_input_gradient_rows_2(g, columns, dy, weight, dx, active, 0, g.H, tiles.size);
}

// narrow1_conv2 (mobilenet_v3.bn:11), input gradient: 1 input channels of a block a task
//   dy [32, 16, 16], weight [32, 1, 3, 3], dx [32, 32, 32]
static void k_narrow1_conv2_input_gradient(const struct step *s, int task) {
  depthwise_input_gradient_2(s, task, g_narrow1_conv2, (struct pieces){1, 1, 0},
      (struct pieces){4, 8, 0}, lanes_at(s, b_narrow1_conv2_output_gradient),
      s->parameters->narrow1_conv2_weight, lanes_at(s, b_narrow1_hard_swish1_output_gradient));
}

// narrow1_conv2 (mobilenet_v3.bn:11), weight gradient and step: a channel's kernel a task
//   x [32, 32, 32], dy [32, 16, 16], dweight [32, 1, 3, 3]
static void k_narrow1_conv2_weight_gradient(const struct step *s, int task) {
  depthwise_weight_gradient_2(s, task, g_narrow1_conv2, 4, 16, 3, 4,
      lanes_at(s, b_narrow1_hard_swish1_output), lanes_at(s, b_narrow1_conv2_output_gradient),
      s->parameters->narrow1_conv2_weight);
}

// narrow1_batchnorm1, narrow1_hard_swish1 (mobilenet_v3.bn:10): sums of g and of g * xhat, x [32,
// 32, 32], dy [32, 32, 32]
static void k_narrow1_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_hard_swish_sums(task, g_narrow1_batchnorm1, (struct pieces){32, 1, 0},
      s->scratch + b_narrow1_batchnorm1_moments, s->parameters->narrow1_batchnorm1_gamma,
      s->parameters->narrow1_batchnorm1_beta, lanes_at(s, b_narrow1_conv1_output),
      lanes_at(s, b_narrow1_hard_swish1_output_gradient),
      pairs_at(s, b_narrow1_batchnorm1_partial_sums));
}

// narrow1_batchnorm1 (mobilenet_v3.bn:10): gradients of gamma and beta, and step
static void k_narrow1_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_narrow1_batchnorm1,
      s->scratch + b_narrow1_batchnorm1_moments, pairs_at(s, b_narrow1_batchnorm1_partial_sums),
      s->scratch + b_narrow1_batchnorm1_coefficients, s->parameters->narrow1_batchnorm1_gamma,
      s->parameters->narrow1_batchnorm1_beta);
}

// narrow1_batchnorm1, narrow1_hard_swish1 (mobilenet_v3.bn:10), input gradient in x's place: x [32,
// 32, 32], dy [32, 32, 32]
static void k_narrow1_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_hard_swish_backward(s, task, g_narrow1_batchnorm1, (struct pieces){32, 1, 0},
      s->scratch + b_narrow1_batchnorm1_moments, s->scratch + b_narrow1_batchnorm1_coefficients,
      lanes_at(s, b_narrow1_conv1_output), lanes_at(s, b_narrow1_hard_swish1_output_gradient),
      lanes_at(s, b_narrow1_conv1_output_gradient));
}

static const struct convolution g_narrow1_conv1_2 = { .G = 1, .CI = 16, .H = 32, .W = 32, .CO = 32,
    .OH = 32, .OW = 32, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0, .PB = 0,
    .PL = 0, .INNER = 0, .INNER_END = 32 };

// narrow1_conv1 (mobilenet_v3.bn:10), input gradient: 16 rows of a block a task
//   dy [32, 32, 32], weight [32, 16, 1, 1], dx [16, 32, 32]
static void k_narrow1_conv1_input_gradient(const struct step *s, int task) {
  convolution_input_gradient_band(s, task, g_narrow1_conv1_2, (struct pieces){6, 2, 4},
      (struct pieces){8, 4, 0}, (struct pieces){2, 16, 0},
      lanes_at(s, b_narrow1_conv1_output_gradient), s->parameters->narrow1_conv1_weight,
      lanes_at(s, b_hard_swish1_output_gradient));
}

// narrow1_conv1 (mobilenet_v3.bn:10), what the batch adds to the weight gradient, output channels
// in the lanes: 32 bands of rows, 1 tile of output channels a task
//   x [16, 32, 32], dy [32, 32, 32]
static void k_narrow1_conv1_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient(s, task, g_narrow1_conv1_2, (struct pieces){2, 2, 0},
      (struct pieces){3, 5, 1}, (struct pieces){2, 1, 0}, (struct pieces){32, 1, 0},
      (struct pieces){8, 32, 0}, lanes_at(s, b_hard_swish1_output),
      lanes_at(s, b_narrow1_conv1_output_gradient),
      s->scratch + b_narrow1_conv1_weight_gradient_parts);
}

// narrow1_conv1 (mobilenet_v3.bn:10), weight gradient and step, from what shares of the batch add
// to it: 1 stretch of 16 numbers a task
//   dweight [32, 16, 1, 1]
static void k_narrow1_conv1_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights(s, task, g_narrow1_conv1_2, (struct pieces){4, 1, 0}, 8,
      s->scratch + b_narrow1_conv1_weight_gradient_parts, s->parameters->narrow1_conv1_weight);
}

// batchnorm1, hard_swish1 (mobilenet_v3.bn:27): sums of g and of g * xhat, x [16, 32, 32], dy [16,
// 32, 32]
static void k_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_hard_swish_sums(task, g_batchnorm1, (struct pieces){16, 1, 0},
      s->scratch + b_batchnorm1_moments, s->parameters->batchnorm1_gamma,
      s->parameters->batchnorm1_beta, lanes_at(s, b_conv1_output),
      lanes_at(s, b_hard_swish1_output_gradient), pairs_at(s, b_batchnorm1_partial_sums));
}

// batchnorm1 (mobilenet_v3.bn:27): gradients of gamma and beta, and step
static void k_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_batchnorm1, s->scratch + b_batchnorm1_moments,
      pairs_at(s, b_batchnorm1_partial_sums), s->scratch + b_batchnorm1_coefficients,
      s->parameters->batchnorm1_gamma, s->parameters->batchnorm1_beta);
}

// batchnorm1, hard_swish1 (mobilenet_v3.bn:27), input gradient in x's place: x [16, 32, 32], dy
// [16, 32, 32]
static void k_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_hard_swish_backward(s, task, g_batchnorm1, (struct pieces){16, 1, 0},
      s->scratch + b_batchnorm1_moments, s->scratch + b_batchnorm1_coefficients,
      lanes_at(s, b_conv1_output), lanes_at(s, b_hard_swish1_output_gradient),
      lanes_at(s, b_conv1_output_gradient));
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

// conv1 (mobilenet_v3.bn:27), weight gradient and step: a kernel row of 4 x 1 channels a task
//   x [3, 32, 32], dy [16, 32, 32], dweight [16, 3, 3, 3]
static void k_conv1_weight_gradient(const struct step *s, int task) {
  convolution_weight_gradient(s, task, g_conv1, (struct pieces){4, 4, 0}, (struct pieces){3, 1, 0},
      (struct pieces){1, 3, 0}, 1, 32, lanes_at(s, b_image_lanes),
      lanes_at(s, b_conv1_output_gradient), s->parameters->conv1_weight);
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

// batchnorm1 (mobilenet_v3.bn:27): the running statistics move
static void k_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_batchnorm1, (real)0.9, s->scratch + b_batchnorm1_moments,
      s->state->batchnorm1_running_mean, s->state->batchnorm1_running_variance,
      s->state->batchnorm1_seen);
}

// narrow1_batchnorm1 (mobilenet_v3.bn:10): the running statistics move
static void k_narrow1_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_narrow1_batchnorm1, (real)0.9,
      s->scratch + b_narrow1_batchnorm1_moments, s->state->narrow1_batchnorm1_running_mean,
      s->state->narrow1_batchnorm1_running_variance, s->state->narrow1_batchnorm1_seen);
}

// narrow1_batchnorm2 (mobilenet_v3.bn:12): the running statistics move
static void k_narrow1_batchnorm2_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_narrow1_batchnorm2, (real)0.9,
      s->scratch + b_narrow1_batchnorm2_moments, s->state->narrow1_batchnorm2_running_mean,
      s->state->narrow1_batchnorm2_running_variance, s->state->narrow1_batchnorm2_seen);
}

// narrow1_batchnorm3 (mobilenet_v3.bn:14): the running statistics move
static void k_narrow1_batchnorm3_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_narrow1_batchnorm3, (real)0.9,
      s->scratch + b_narrow1_batchnorm3_moments, s->state->narrow1_batchnorm3_running_mean,
      s->state->narrow1_batchnorm3_running_variance, s->state->narrow1_batchnorm3_seen);
}

// residual1_narrow1_batchnorm1 (mobilenet_v3.bn:10): the running statistics move
static void k_residual1_narrow1_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_residual1_narrow1_batchnorm1, (real)0.9,
      s->scratch + b_residual1_narrow1_batchnorm1_moments,
      s->state->residual1_narrow1_batchnorm1_running_mean,
      s->state->residual1_narrow1_batchnorm1_running_variance,
      s->state->residual1_narrow1_batchnorm1_seen);
}

// residual1_narrow1_batchnorm2 (mobilenet_v3.bn:12): the running statistics move
static void k_residual1_narrow1_batchnorm2_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_residual1_narrow1_batchnorm1, (real)0.9,
      s->scratch + b_residual1_narrow1_batchnorm2_moments,
      s->state->residual1_narrow1_batchnorm2_running_mean,
      s->state->residual1_narrow1_batchnorm2_running_variance,
      s->state->residual1_narrow1_batchnorm2_seen);
}

// residual1_narrow1_batchnorm3 (mobilenet_v3.bn:14): the running statistics move
static void k_residual1_narrow1_batchnorm3_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_narrow1_batchnorm3, (real)0.9,
      s->scratch + b_residual1_narrow1_batchnorm3_moments,
      s->state->residual1_narrow1_batchnorm3_running_mean,
      s->state->residual1_narrow1_batchnorm3_running_variance,
      s->state->residual1_narrow1_batchnorm3_seen);
}

// narrow2_batchnorm1 (mobilenet_v3.bn:10): the running statistics move
static void k_narrow2_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_narrow2_batchnorm1, (real)0.9,
      s->scratch + b_narrow2_batchnorm1_moments, s->state->narrow2_batchnorm1_running_mean,
      s->state->narrow2_batchnorm1_running_variance, s->state->narrow2_batchnorm1_seen);
}

// narrow2_batchnorm2 (mobilenet_v3.bn:12): the running statistics move
static void k_narrow2_batchnorm2_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_narrow2_batchnorm2, (real)0.9,
      s->scratch + b_narrow2_batchnorm2_moments, s->state->narrow2_batchnorm2_running_mean,
      s->state->narrow2_batchnorm2_running_variance, s->state->narrow2_batchnorm2_seen);
}

// narrow2_batchnorm3 (mobilenet_v3.bn:14): the running statistics move
static void k_narrow2_batchnorm3_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_narrow2_batchnorm3, (real)0.9,
      s->scratch + b_narrow2_batchnorm3_moments, s->state->narrow2_batchnorm3_running_mean,
      s->state->narrow2_batchnorm3_running_variance, s->state->narrow2_batchnorm3_seen);
}

// residual2_narrow1_batchnorm1 (mobilenet_v3.bn:10): the running statistics move
static void k_residual2_narrow1_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_residual2_narrow1_batchnorm1, (real)0.9,
      s->scratch + b_residual2_narrow1_batchnorm1_moments,
      s->state->residual2_narrow1_batchnorm1_running_mean,
      s->state->residual2_narrow1_batchnorm1_running_variance,
      s->state->residual2_narrow1_batchnorm1_seen);
}

// residual2_narrow1_batchnorm2 (mobilenet_v3.bn:12): the running statistics move
static void k_residual2_narrow1_batchnorm2_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_residual2_narrow1_batchnorm1, (real)0.9,
      s->scratch + b_residual2_narrow1_batchnorm2_moments,
      s->state->residual2_narrow1_batchnorm2_running_mean,
      s->state->residual2_narrow1_batchnorm2_running_variance,
      s->state->residual2_narrow1_batchnorm2_seen);
}

// residual2_narrow1_batchnorm3 (mobilenet_v3.bn:14): the running statistics move
static void k_residual2_narrow1_batchnorm3_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_narrow2_batchnorm3, (real)0.9,
      s->scratch + b_residual2_narrow1_batchnorm3_moments,
      s->state->residual2_narrow1_batchnorm3_running_mean,
      s->state->residual2_narrow1_batchnorm3_running_variance,
      s->state->residual2_narrow1_batchnorm3_seen);
}

// batchnorm2 (mobilenet_v3.bn:32): the running statistics move
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
  } results[2];  // where it leaves which layers' results, and their numbers per example
};

// All kernels: the forward pass, the loss, and the backward pass. Their table at the end has this
// order.
static const struct scheduled schedule[] = {
    { k_image_load, .tasks = 1, .when = APART },
    { k_conv1_forward_loading, .tasks = 8, .results = {{0, b_conv1_output, 16384}} },
    { k_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_batchnorm1_forward, .tasks = 16, .results = {{1, b_hard_swish1_output, 16384}} },
    { k_narrow1_conv1_forward, .tasks = 11, .results = {{3, b_narrow1_conv1_output, 32768}} },
    { k_narrow1_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_narrow1_batchnorm1_forward, .tasks = 32,
        .results = {{4, b_narrow1_hard_swish1_output, 32768}} },
    { k_narrow1_conv2_forward, .tasks = 32, .results = {{6, b_narrow1_conv2_output, 8192}} },
    { k_narrow1_batchnorm2_moments_merge, .tasks = 1, .whole = 1 },
    { k_narrow1_batchnorm2_forward, .tasks = 32,
        .results = {{7, b_narrow1_hard_swish2_output, 8192}} },
    { k_narrow1_excitation1_global_avgpool1_forward, .tasks = 32,
        .results = {{9, b_narrow1_excitation1_global_avgpool1_output, 32}} },
    { k_narrow1_excitation1_dense1_forward, .tasks = 3, .group = 4,
        .results = {{10, b_narrow1_excitation1_relu1_output, 8}} },
    { k_narrow1_excitation1_dense2_forward, .tasks = 11, .group = 4,
        .results = {{12, b_narrow1_excitation1_dense2_sums, 32},
        {13, b_narrow1_excitation1_hard_sigmoid1_output, 32}} },
    { k_narrow1_excitation1_multiply1_forward, .tasks = 4,
        .results = {{14, b_narrow1_excitation1_multiply1_output, 8192}} },
    { k_narrow1_conv3_forward, .tasks = 8, .results = {{15, b_narrow1_conv3_output, 6144}} },
    { k_narrow1_batchnorm3_moments_merge, .tasks = 1, .whole = 1 },
    { k_narrow1_batchnorm3_forward, .tasks = 24,
        .results = {{16, b_narrow1_batchnorm3_output, 6144}} },
    { k_residual1_narrow1_conv1_forward, .tasks = 24,
        .results = {{17, b_residual1_narrow1_conv1_output, 18432}} },
    { k_residual1_narrow1_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_residual1_narrow1_batchnorm1_forward, .tasks = 72,
        .results = {{18, b_residual1_narrow1_hard_swish1_output, 18432}} },
    { k_residual1_narrow1_conv2_forward, .tasks = 72,
        .results = {{20, b_residual1_narrow1_conv2_output, 18432}} },
    { k_residual1_narrow1_batchnorm2_moments_merge, .tasks = 1, .whole = 1 },
    { k_residual1_narrow1_batchnorm2_forward, .tasks = 72,
        .results = {{21, b_residual1_narrow1_hard_swish2_output, 18432}} },
    { k_residual1_narrow1_excitation1_global_avgpool1_forward, .tasks = 72,
        .results = {{23, b_residual1_narrow1_excitation1_global_avgpool1_output, 72}} },
    { k_residual1_narrow1_excitation1_dense1_forward, .tasks = 6, .group = 4,
        .results = {{24, b_residual1_narrow1_excitation1_relu1_output, 18}} },
    { k_residual1_narrow1_excitation1_dense2_forward, .tasks = 24, .group = 4,
        .results = {{26, b_residual1_narrow1_excitation1_dense2_sums, 72},
        {27, b_residual1_narrow1_excitation1_hard_sigmoid1_output, 72}} },
    { k_residual1_narrow1_excitation1_multiply1_forward, .tasks = 9,
        .results = {{28, b_residual1_narrow1_excitation1_multiply1_output, 18432}} },
    { k_residual1_narrow1_conv3_forward, .tasks = 2,
        .results = {{29, b_residual1_narrow1_conv3_output, 6144}} },
    { k_residual1_narrow1_batchnorm3_moments_merge, .tasks = 1, .whole = 1 },
    { k_residual1_narrow1_batchnorm3_forward, .tasks = 24,
        .results = {{30, b_residual1_narrow1_batchnorm3_output, 6144}} },
    { k_residual1_add1_forward, .tasks = 3, .results = {{31, b_residual1_add1_output, 6144}} },
    { k_narrow2_conv1_forward, .tasks = 32, .results = {{32, b_narrow2_conv1_output, 24576}} },
    { k_narrow2_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_narrow2_batchnorm1_forward, .tasks = 96,
        .results = {{33, b_narrow2_hard_swish1_output, 24576}} },
    { k_narrow2_conv2_forward, .tasks = 96, .results = {{35, b_narrow2_conv2_output, 6144}} },
    { k_narrow2_batchnorm2_moments_merge, .tasks = 1, .whole = 1 },
    { k_narrow2_batchnorm2_forward, .tasks = 24,
        .results = {{36, b_narrow2_hard_swish2_output, 6144}} },
    { k_narrow2_excitation1_global_avgpool1_forward, .tasks = 96,
        .results = {{38, b_narrow2_excitation1_global_avgpool1_output, 96}} },
    { k_narrow2_excitation1_dense1_forward, .tasks = 8, .group = 4,
        .results = {{39, b_narrow2_excitation1_relu1_output, 24}} },
    { k_narrow2_excitation1_dense2_forward, .tasks = 32, .group = 4,
        .results = {{41, b_narrow2_excitation1_dense2_sums, 96},
        {42, b_narrow2_excitation1_hard_sigmoid1_output, 96}} },
    { k_narrow2_excitation1_multiply1_forward, .tasks = 3,
        .results = {{43, b_narrow2_excitation1_multiply1_output, 6144}} },
    { k_narrow2_conv3_forward, .tasks = 14, .results = {{44, b_narrow2_conv3_output, 2560}} },
    { k_narrow2_batchnorm3_moments_merge, .tasks = 1, .whole = 1 },
    { k_narrow2_batchnorm3_forward, .tasks = 10,
        .results = {{45, b_narrow2_batchnorm3_output, 2560}} },
    { k_residual2_narrow1_conv1_forward, .tasks = 40,
        .results = {{46, b_residual2_narrow1_conv1_output, 7680}} },
    { k_residual2_narrow1_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_residual2_narrow1_batchnorm1_forward, .tasks = 30,
        .results = {{47, b_residual2_narrow1_hard_swish1_output, 7680}} },
    { k_residual2_narrow1_conv2_forward, .tasks = 120,
        .results = {{49, b_residual2_narrow1_conv2_output, 7680}} },
    { k_residual2_narrow1_batchnorm2_moments_merge, .tasks = 1, .whole = 1 },
    { k_residual2_narrow1_batchnorm2_forward, .tasks = 30,
        .results = {{50, b_residual2_narrow1_hard_swish2_output, 7680}} },
    { k_residual2_narrow1_excitation1_global_avgpool1_forward, .tasks = 120,
        .results = {{52, b_residual2_narrow1_excitation1_global_avgpool1_output, 120}} },
    { k_residual2_narrow1_excitation1_dense1_forward, .tasks = 10, .group = 4,
        .results = {{53, b_residual2_narrow1_excitation1_relu1_output, 30}} },
    { k_residual2_narrow1_excitation1_dense2_forward, .tasks = 40, .group = 4,
        .results = {{55, b_residual2_narrow1_excitation1_dense2_sums, 120},
        {56, b_residual2_narrow1_excitation1_hard_sigmoid1_output, 120}} },
    { k_residual2_narrow1_excitation1_multiply1_forward, .tasks = 4,
        .results = {{57, b_residual2_narrow1_excitation1_multiply1_output, 7680}} },
    { k_residual2_narrow1_conv3_forward, .tasks = 14,
        .results = {{58, b_residual2_narrow1_conv3_output, 2560}} },
    { k_residual2_narrow1_batchnorm3_moments_merge, .tasks = 1, .whole = 1 },
    { k_residual2_narrow1_batchnorm3_forward, .tasks = 10,
        .results = {{59, b_residual2_narrow1_batchnorm3_output, 2560}} },
    { k_residual2_add1_forward, .tasks = 2, .results = {{60, b_residual2_add1_output, 2560}} },
    { k_conv2_forward, .tasks = 64, .results = {{61, b_conv2_output, 12288}} },
    { k_batchnorm2_moments_merge, .tasks = 1, .whole = 1 },
    { k_batchnorm2_forward, .tasks = 48, .results = {{62, b_hard_swish2_output, 12288}} },
    { k_global_avgpool1_forward, .tasks = 192, .results = {{64, b_global_avgpool1_output, 192}} },
    { k_dense1_forward, .tasks = 43, .group = 4,
        .results = {{65, b_dense1_sums, 128}, {66, b_hard_swish3_output, 128}} },
    { k_dropout1_forward, .tasks = 1, .results = {{67, b_dropout1_output, 128}} },
    { k_dense2_forward, .tasks = 4, .group = 4, .results = {{68, b_dense2_output, 10}} },

    { k_loss_softmax_cross_entropy, .tasks = 1 },

    { k_dense2_input_gradient, .tasks = 43, .whole = 1 },
    { k_dense2_rows_load, .tasks = 1 },
    { k_dense2_weight_gradient, .tasks = 4, .whole = 1 },
    { k_dense2_bias_gradient, .tasks = 10, .whole = 1 },
    { k_dropout1_backward, .tasks = 1 },
    { k_dense1_input_gradient, .tasks = 64, .whole = 1 },
    { k_dense1_rows_load, .tasks = 1 },
    { k_dense1_weight_gradient, .tasks = 43, .whole = 1 },
    { k_dense1_bias_gradient, .tasks = 128, .whole = 1 },
    { k_global_avgpool1_backward, .tasks = 192 },
    { k_batchnorm2_sums, .tasks = 48 },
    { k_batchnorm2_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_batchnorm2_backward, .tasks = 48 },
    { k_conv2_input_gradient, .tasks = 14 },
    { k_conv2_weight_gradient_sums, .tasks = 24, .whole = 1 },
    { k_conv2_weight_gradient, .tasks = 15, .whole = 1 },
    { k_residual2_narrow1_batchnorm3_sums, .tasks = 10 },
    { k_residual2_narrow1_batchnorm3_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_residual2_narrow1_batchnorm3_backward, .tasks = 10 },
    { k_residual2_narrow1_conv3_input_gradient, .tasks = 40 },
    { k_residual2_narrow1_conv3_weight_gradient_sums, .tasks = 18, .whole = 1 },
    { k_residual2_narrow1_conv3_weight_gradient, .tasks = 14, .whole = 1 },
    { k_residual2_narrow1_excitation1_multiply1_backward, .tasks = 4 },
    { k_residual2_narrow1_excitation1_multiply1_backward_2, .tasks = 4 },
    { k_residual2_narrow1_excitation1_dense2_input_gradient, .tasks = 10, .whole = 1 },
    { k_residual2_narrow1_excitation1_dense2_rows_load, .tasks = 1 },
    { k_residual2_narrow1_excitation1_dense2_weight_gradient, .tasks = 40, .whole = 1 },
    { k_residual2_narrow1_excitation1_dense2_bias_gradient, .tasks = 120, .whole = 1 },
    { k_residual2_narrow1_excitation1_dense1_input_gradient, .tasks = 40, .whole = 1 },
    { k_residual2_narrow1_excitation1_dense1_rows_load, .tasks = 1 },
    { k_residual2_narrow1_excitation1_dense1_weight_gradient, .tasks = 10, .whole = 1 },
    { k_residual2_narrow1_excitation1_dense1_bias_gradient, .tasks = 30, .whole = 1 },
    { k_residual2_narrow1_excitation1_global_avgpool1_backward, .tasks = 120 },
    { k_residual2_narrow1_hard_swish2_gradient_sum, .tasks = 4 },
    { k_residual2_narrow1_batchnorm2_sums, .tasks = 30 },
    { k_residual2_narrow1_batchnorm2_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_residual2_narrow1_batchnorm2_backward, .tasks = 30 },
    { k_residual2_narrow1_conv2_input_gradient, .tasks = 120 },
    { k_residual2_narrow1_conv2_weight_gradient, .tasks = 120, .whole = 1 },
    { k_residual2_narrow1_batchnorm1_sums, .tasks = 30 },
    { k_residual2_narrow1_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_residual2_narrow1_batchnorm1_backward, .tasks = 30 },
    { k_residual2_narrow1_conv1_input_gradient, .tasks = 14 },
    { k_residual2_narrow1_conv1_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_residual2_narrow1_conv1_weight_gradient, .tasks = 15, .whole = 1 },
    { k_narrow2_batchnorm3_gradient_sum, .tasks = 2 },
    { k_narrow2_batchnorm3_sums, .tasks = 10 },
    { k_narrow2_batchnorm3_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_narrow2_batchnorm3_backward, .tasks = 10 },
    { k_narrow2_conv3_input_gradient, .tasks = 32 },
    { k_narrow2_conv3_weight_gradient_sums, .tasks = 18, .whole = 1 },
    { k_narrow2_conv3_weight_gradient, .tasks = 15, .whole = 1 },
    { k_narrow2_excitation1_multiply1_backward, .tasks = 3 },
    { k_narrow2_excitation1_multiply1_backward_2, .tasks = 3 },
    { k_narrow2_excitation1_dense2_input_gradient, .tasks = 8, .whole = 1 },
    { k_narrow2_excitation1_dense2_rows_load, .tasks = 1 },
    { k_narrow2_excitation1_dense2_weight_gradient, .tasks = 32, .whole = 1 },
    { k_narrow2_excitation1_dense2_bias_gradient, .tasks = 96, .whole = 1 },
    { k_narrow2_excitation1_dense1_input_gradient, .tasks = 32, .whole = 1 },
    { k_narrow2_excitation1_dense1_rows_load, .tasks = 1 },
    { k_narrow2_excitation1_dense1_weight_gradient, .tasks = 8, .whole = 1 },
    { k_narrow2_excitation1_dense1_bias_gradient, .tasks = 24, .whole = 1 },
    { k_narrow2_excitation1_global_avgpool1_backward, .tasks = 96 },
    { k_narrow2_hard_swish2_gradient_sum, .tasks = 3 },
    { k_narrow2_batchnorm2_sums, .tasks = 24 },
    { k_narrow2_batchnorm2_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_narrow2_batchnorm2_backward, .tasks = 24 },
    { k_narrow2_conv2_input_gradient, .tasks = 96 },
    { k_narrow2_conv2_weight_gradient, .tasks = 96, .whole = 1 },
    { k_narrow2_batchnorm1_sums, .tasks = 96 },
    { k_narrow2_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_narrow2_batchnorm1_backward, .tasks = 96 },
    { k_narrow2_conv1_input_gradient, .tasks = 2 },
    { k_narrow2_conv1_weight_gradient_sums, .tasks = 18, .whole = 1 },
    { k_narrow2_conv1_weight_gradient, .tasks = 12, .whole = 1 },
    { k_residual1_narrow1_batchnorm3_sums, .tasks = 24 },
    { k_residual1_narrow1_batchnorm3_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_residual1_narrow1_batchnorm3_backward, .tasks = 24 },
    { k_residual1_narrow1_conv3_input_gradient, .tasks = 24 },
    { k_residual1_narrow1_conv3_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_residual1_narrow1_conv3_weight_gradient, .tasks = 15, .whole = 1 },
    { k_residual1_narrow1_excitation1_multiply1_backward, .tasks = 9 },
    { k_residual1_narrow1_excitation1_multiply1_backward_2, .tasks = 9 },
    { k_residual1_narrow1_excitation1_dense2_input_gradient, .tasks = 6, .whole = 1 },
    { k_residual1_narrow1_excitation1_dense2_rows_load, .tasks = 1 },
    { k_residual1_narrow1_excitation1_dense2_weight_gradient, .tasks = 24, .whole = 1 },
    { k_residual1_narrow1_excitation1_dense2_bias_gradient, .tasks = 72, .whole = 1 },
    { k_residual1_narrow1_excitation1_dense1_input_gradient, .tasks = 24, .whole = 1 },
    { k_residual1_narrow1_excitation1_dense1_rows_load, .tasks = 1 },
    { k_residual1_narrow1_excitation1_dense1_weight_gradient, .tasks = 6, .whole = 1 },
    { k_residual1_narrow1_excitation1_dense1_bias_gradient, .tasks = 18, .whole = 1 },
    { k_residual1_narrow1_excitation1_global_avgpool1_backward, .tasks = 72 },
    { k_residual1_narrow1_hard_swish2_gradient_sum, .tasks = 9 },
    { k_residual1_narrow1_batchnorm2_sums, .tasks = 72 },
    { k_residual1_narrow1_batchnorm2_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_residual1_narrow1_batchnorm2_backward, .tasks = 72 },
    { k_residual1_narrow1_conv2_input_gradient, .tasks = 72 },
    { k_residual1_narrow1_conv2_weight_gradient, .tasks = 72, .whole = 1 },
    { k_residual1_narrow1_batchnorm1_sums, .tasks = 72 },
    { k_residual1_narrow1_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_residual1_narrow1_batchnorm1_backward, .tasks = 72 },
    { k_residual1_narrow1_conv1_input_gradient, .tasks = 2 },
    { k_residual1_narrow1_conv1_weight_gradient_sums, .tasks = 20, .whole = 1 },
    { k_residual1_narrow1_conv1_weight_gradient, .tasks = 9, .whole = 1 },
    { k_narrow1_batchnorm3_gradient_sum, .tasks = 3 },
    { k_narrow1_batchnorm3_sums, .tasks = 24 },
    { k_narrow1_batchnorm3_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_narrow1_batchnorm3_backward, .tasks = 24 },
    { k_narrow1_conv3_input_gradient, .tasks = 11 },
    { k_narrow1_conv3_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_narrow1_conv3_weight_gradient, .tasks = 6, .whole = 1 },
    { k_narrow1_excitation1_multiply1_backward, .tasks = 4 },
    { k_narrow1_excitation1_multiply1_backward_2, .tasks = 4 },
    { k_narrow1_excitation1_dense2_input_gradient, .tasks = 3, .whole = 1 },
    { k_narrow1_excitation1_dense2_rows_load, .tasks = 1 },
    { k_narrow1_excitation1_dense2_weight_gradient, .tasks = 5, .whole = 1 },
    { k_narrow1_excitation1_dense2_bias_gradient, .tasks = 32, .whole = 1 },
    { k_narrow1_excitation1_dense1_input_gradient, .tasks = 11, .whole = 1 },
    { k_narrow1_excitation1_dense1_rows_load, .tasks = 1 },
    { k_narrow1_excitation1_dense1_weight_gradient, .tasks = 3, .whole = 1 },
    { k_narrow1_excitation1_dense1_bias_gradient, .tasks = 8, .whole = 1 },
    { k_narrow1_excitation1_global_avgpool1_backward, .tasks = 32 },
    { k_narrow1_hard_swish2_gradient_sum, .tasks = 4 },
    { k_narrow1_batchnorm2_sums, .tasks = 32 },
    { k_narrow1_batchnorm2_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_narrow1_batchnorm2_backward, .tasks = 32 },
    { k_narrow1_conv2_input_gradient, .tasks = 32 },
    { k_narrow1_conv2_weight_gradient, .tasks = 32, .whole = 1 },
    { k_narrow1_batchnorm1_sums, .tasks = 32 },
    { k_narrow1_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_narrow1_batchnorm1_backward, .tasks = 32 },
    { k_narrow1_conv1_input_gradient, .tasks = 2 },
    { k_narrow1_conv1_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_narrow1_conv1_weight_gradient, .tasks = 4, .whole = 1 },
    { k_batchnorm1_sums, .tasks = 16 },
    { k_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_batchnorm1_backward, .tasks = 16 },
    { k_conv1_weight_gradient, .tasks = 36, .whole = 1 },
    { k_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_narrow1_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_narrow1_batchnorm2_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_narrow1_batchnorm3_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_residual1_narrow1_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_residual1_narrow1_batchnorm2_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_residual1_narrow1_batchnorm3_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_narrow2_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_narrow2_batchnorm2_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_narrow2_batchnorm3_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_residual2_narrow1_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_residual2_narrow1_batchnorm2_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_residual2_narrow1_batchnorm3_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_batchnorm2_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
};
enum { FORWARD = 65, LOSS = 66, KERNELS = sizeof schedule / sizeof schedule[0] };

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
  return state->batchnorm1_seen[0] != 0 && state->narrow1_batchnorm1_seen[0] != 0
      && state->narrow1_batchnorm2_seen[0] != 0 && state->narrow1_batchnorm3_seen[0] != 0
      && state->residual1_narrow1_batchnorm1_seen[0] != 0
      && state->residual1_narrow1_batchnorm2_seen[0] != 0
      && state->residual1_narrow1_batchnorm3_seen[0] != 0 && state->narrow2_batchnorm1_seen[0] != 0
      && state->narrow2_batchnorm2_seen[0] != 0 && state->narrow2_batchnorm3_seen[0] != 0
      && state->residual2_narrow1_batchnorm1_seen[0] != 0
      && state->residual2_narrow1_batchnorm2_seen[0] != 0
      && state->residual2_narrow1_batchnorm3_seen[0] != 0 && state->batchnorm2_seen[0] != 0;
}

// cosine: turns the learning rate of a training into that of its step `step` of `last`.
static void schedule_rate(uint64_t step, uint64_t last, uint64_t epoch_steps,
                          double *hyperparameters) {
  (void)epoch_steps;
  const double t = (double)step, steps = (double)last;
  if (t <= steps) hyperparameters[0] *= (1.0 + cos(3.141592653589793 * (t - 1.0) / steps)) / 2.0;
  else hyperparameters[0] *= 0.0;
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
    PARAMETER(conv1_weight, "conv1.weight", 0, WEIGHT, NORMAL, 0.0, 0.2721655269759087, 4, 16, 3, 3,
        3),
    PARAMETER(batchnorm1_gamma, "batchnorm1.gamma", 1, GAMMA, CONSTANT, 1.0, 0.0, 1, 16),
    PARAMETER(batchnorm1_beta, "batchnorm1.beta", 1, BETA, CONSTANT, 0.0, 0.0, 1, 16),
    STATE(batchnorm1_running_mean, "batchnorm1.running_mean", 1, RUNNING_MEAN, CONSTANT, 0.0, 0.0,
        1, 16),
    STATE(batchnorm1_running_variance, "batchnorm1.running_variance", 1, RUNNING_VARIANCE, CONSTANT,
        1.0, 0.0, 1, 16),
    STATE(batchnorm1_seen, "batchnorm1.seen", 1, SEEN, CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(narrow1_conv1_weight, "narrow1_conv1.weight", 3, WEIGHT, NORMAL, 0.0,
        0.3535533905932738, 4, 32, 16, 1, 1),
    PARAMETER(narrow1_batchnorm1_gamma, "narrow1_batchnorm1.gamma", 4, GAMMA, CONSTANT, 1.0, 0.0, 1,
        32),
    PARAMETER(narrow1_batchnorm1_beta, "narrow1_batchnorm1.beta", 4, BETA, CONSTANT, 0.0, 0.0, 1,
        32),
    STATE(narrow1_batchnorm1_running_mean, "narrow1_batchnorm1.running_mean", 4, RUNNING_MEAN,
        CONSTANT, 0.0, 0.0, 1, 32),
    STATE(narrow1_batchnorm1_running_variance, "narrow1_batchnorm1.running_variance", 4,
        RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1, 32),
    STATE(narrow1_batchnorm1_seen, "narrow1_batchnorm1.seen", 4, SEEN, CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(narrow1_conv2_weight, "narrow1_conv2.weight", 6, WEIGHT, NORMAL, 0.0,
        0.4714045207910317, 4, 32, 1, 3, 3),
    PARAMETER(narrow1_batchnorm2_gamma, "narrow1_batchnorm2.gamma", 7, GAMMA, CONSTANT, 1.0, 0.0, 1,
        32),
    PARAMETER(narrow1_batchnorm2_beta, "narrow1_batchnorm2.beta", 7, BETA, CONSTANT, 0.0, 0.0, 1,
        32),
    STATE(narrow1_batchnorm2_running_mean, "narrow1_batchnorm2.running_mean", 7, RUNNING_MEAN,
        CONSTANT, 0.0, 0.0, 1, 32),
    STATE(narrow1_batchnorm2_running_variance, "narrow1_batchnorm2.running_variance", 7,
        RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1, 32),
    STATE(narrow1_batchnorm2_seen, "narrow1_batchnorm2.seen", 7, SEEN, CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(narrow1_excitation1_dense1_weight, "narrow1_excitation1_dense1.weight", 10, WEIGHT,
        NORMAL, 0.0, 0.25, 2, 8, 32),
    PARAMETER(narrow1_excitation1_dense1_bias, "narrow1_excitation1_dense1.bias", 10, BIAS,
        CONSTANT, 0.0, 0.0, 1, 8),
    PARAMETER(narrow1_excitation1_dense2_weight, "narrow1_excitation1_dense2.weight", 12, WEIGHT,
        NORMAL, 0.0, 0.5, 2, 32, 8),
    PARAMETER(narrow1_excitation1_dense2_bias, "narrow1_excitation1_dense2.bias", 12, BIAS,
        CONSTANT, 0.0, 0.0, 1, 32),
    PARAMETER(narrow1_conv3_weight, "narrow1_conv3.weight", 15, WEIGHT, NORMAL, 0.0, 0.25, 4, 24,
        32, 1, 1),
    PARAMETER(narrow1_batchnorm3_gamma, "narrow1_batchnorm3.gamma", 16, GAMMA, CONSTANT, 1.0, 0.0,
        1, 24),
    PARAMETER(narrow1_batchnorm3_beta, "narrow1_batchnorm3.beta", 16, BETA, CONSTANT, 0.0, 0.0, 1,
        24),
    STATE(narrow1_batchnorm3_running_mean, "narrow1_batchnorm3.running_mean", 16, RUNNING_MEAN,
        CONSTANT, 0.0, 0.0, 1, 24),
    STATE(narrow1_batchnorm3_running_variance, "narrow1_batchnorm3.running_variance", 16,
        RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1, 24),
    STATE(narrow1_batchnorm3_seen, "narrow1_batchnorm3.seen", 16, SEEN, CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(residual1_narrow1_conv1_weight, "residual1_narrow1_conv1.weight", 17, WEIGHT, NORMAL,
        0.0, 0.28867513459481287, 4, 72, 24, 1, 1),
    PARAMETER(residual1_narrow1_batchnorm1_gamma, "residual1_narrow1_batchnorm1.gamma", 18, GAMMA,
        CONSTANT, 1.0, 0.0, 1, 72),
    PARAMETER(residual1_narrow1_batchnorm1_beta, "residual1_narrow1_batchnorm1.beta", 18, BETA,
        CONSTANT, 0.0, 0.0, 1, 72),
    STATE(residual1_narrow1_batchnorm1_running_mean, "residual1_narrow1_batchnorm1.running_mean",
        18, RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 72),
    STATE(residual1_narrow1_batchnorm1_running_variance,
        "residual1_narrow1_batchnorm1.running_variance", 18, RUNNING_VARIANCE, CONSTANT, 1.0, 0.0,
        1, 72),
    STATE(residual1_narrow1_batchnorm1_seen, "residual1_narrow1_batchnorm1.seen", 18, SEEN,
        CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(residual1_narrow1_conv2_weight, "residual1_narrow1_conv2.weight", 20, WEIGHT, NORMAL,
        0.0, 0.4714045207910317, 4, 72, 1, 3, 3),
    PARAMETER(residual1_narrow1_batchnorm2_gamma, "residual1_narrow1_batchnorm2.gamma", 21, GAMMA,
        CONSTANT, 1.0, 0.0, 1, 72),
    PARAMETER(residual1_narrow1_batchnorm2_beta, "residual1_narrow1_batchnorm2.beta", 21, BETA,
        CONSTANT, 0.0, 0.0, 1, 72),
    STATE(residual1_narrow1_batchnorm2_running_mean, "residual1_narrow1_batchnorm2.running_mean",
        21, RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 72),
    STATE(residual1_narrow1_batchnorm2_running_variance,
        "residual1_narrow1_batchnorm2.running_variance", 21, RUNNING_VARIANCE, CONSTANT, 1.0, 0.0,
        1, 72),
    STATE(residual1_narrow1_batchnorm2_seen, "residual1_narrow1_batchnorm2.seen", 21, SEEN,
        CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(residual1_narrow1_excitation1_dense1_weight,
        "residual1_narrow1_excitation1_dense1.weight", 24, WEIGHT, NORMAL, 0.0, 0.16666666666666666,
        2, 18, 72),
    PARAMETER(residual1_narrow1_excitation1_dense1_bias,
        "residual1_narrow1_excitation1_dense1.bias", 24, BIAS, CONSTANT, 0.0, 0.0, 1, 18),
    PARAMETER(residual1_narrow1_excitation1_dense2_weight,
        "residual1_narrow1_excitation1_dense2.weight", 26, WEIGHT, NORMAL, 0.0, 0.3333333333333333,
        2, 72, 18),
    PARAMETER(residual1_narrow1_excitation1_dense2_bias,
        "residual1_narrow1_excitation1_dense2.bias", 26, BIAS, CONSTANT, 0.0, 0.0, 1, 72),
    PARAMETER(residual1_narrow1_conv3_weight, "residual1_narrow1_conv3.weight", 29, WEIGHT, NORMAL,
        0.0, 0.16666666666666666, 4, 24, 72, 1, 1),
    PARAMETER(residual1_narrow1_batchnorm3_gamma, "residual1_narrow1_batchnorm3.gamma", 30, GAMMA,
        CONSTANT, 1.0, 0.0, 1, 24),
    PARAMETER(residual1_narrow1_batchnorm3_beta, "residual1_narrow1_batchnorm3.beta", 30, BETA,
        CONSTANT, 0.0, 0.0, 1, 24),
    STATE(residual1_narrow1_batchnorm3_running_mean, "residual1_narrow1_batchnorm3.running_mean",
        30, RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 24),
    STATE(residual1_narrow1_batchnorm3_running_variance,
        "residual1_narrow1_batchnorm3.running_variance", 30, RUNNING_VARIANCE, CONSTANT, 1.0, 0.0,
        1, 24),
    STATE(residual1_narrow1_batchnorm3_seen, "residual1_narrow1_batchnorm3.seen", 30, SEEN,
        CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(narrow2_conv1_weight, "narrow2_conv1.weight", 32, WEIGHT, NORMAL, 0.0,
        0.28867513459481287, 4, 96, 24, 1, 1),
    PARAMETER(narrow2_batchnorm1_gamma, "narrow2_batchnorm1.gamma", 33, GAMMA, CONSTANT, 1.0, 0.0,
        1, 96),
    PARAMETER(narrow2_batchnorm1_beta, "narrow2_batchnorm1.beta", 33, BETA, CONSTANT, 0.0, 0.0, 1,
        96),
    STATE(narrow2_batchnorm1_running_mean, "narrow2_batchnorm1.running_mean", 33, RUNNING_MEAN,
        CONSTANT, 0.0, 0.0, 1, 96),
    STATE(narrow2_batchnorm1_running_variance, "narrow2_batchnorm1.running_variance", 33,
        RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1, 96),
    STATE(narrow2_batchnorm1_seen, "narrow2_batchnorm1.seen", 33, SEEN, CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(narrow2_conv2_weight, "narrow2_conv2.weight", 35, WEIGHT, NORMAL, 0.0,
        0.282842712474619, 4, 96, 1, 5, 5),
    PARAMETER(narrow2_batchnorm2_gamma, "narrow2_batchnorm2.gamma", 36, GAMMA, CONSTANT, 1.0, 0.0,
        1, 96),
    PARAMETER(narrow2_batchnorm2_beta, "narrow2_batchnorm2.beta", 36, BETA, CONSTANT, 0.0, 0.0, 1,
        96),
    STATE(narrow2_batchnorm2_running_mean, "narrow2_batchnorm2.running_mean", 36, RUNNING_MEAN,
        CONSTANT, 0.0, 0.0, 1, 96),
    STATE(narrow2_batchnorm2_running_variance, "narrow2_batchnorm2.running_variance", 36,
        RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1, 96),
    STATE(narrow2_batchnorm2_seen, "narrow2_batchnorm2.seen", 36, SEEN, CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(narrow2_excitation1_dense1_weight, "narrow2_excitation1_dense1.weight", 39, WEIGHT,
        NORMAL, 0.0, 0.14433756729740643, 2, 24, 96),
    PARAMETER(narrow2_excitation1_dense1_bias, "narrow2_excitation1_dense1.bias", 39, BIAS,
        CONSTANT, 0.0, 0.0, 1, 24),
    PARAMETER(narrow2_excitation1_dense2_weight, "narrow2_excitation1_dense2.weight", 41, WEIGHT,
        NORMAL, 0.0, 0.28867513459481287, 2, 96, 24),
    PARAMETER(narrow2_excitation1_dense2_bias, "narrow2_excitation1_dense2.bias", 41, BIAS,
        CONSTANT, 0.0, 0.0, 1, 96),
    PARAMETER(narrow2_conv3_weight, "narrow2_conv3.weight", 44, WEIGHT, NORMAL, 0.0,
        0.14433756729740643, 4, 40, 96, 1, 1),
    PARAMETER(narrow2_batchnorm3_gamma, "narrow2_batchnorm3.gamma", 45, GAMMA, CONSTANT, 1.0, 0.0,
        1, 40),
    PARAMETER(narrow2_batchnorm3_beta, "narrow2_batchnorm3.beta", 45, BETA, CONSTANT, 0.0, 0.0, 1,
        40),
    STATE(narrow2_batchnorm3_running_mean, "narrow2_batchnorm3.running_mean", 45, RUNNING_MEAN,
        CONSTANT, 0.0, 0.0, 1, 40),
    STATE(narrow2_batchnorm3_running_variance, "narrow2_batchnorm3.running_variance", 45,
        RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1, 40),
    STATE(narrow2_batchnorm3_seen, "narrow2_batchnorm3.seen", 45, SEEN, CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(residual2_narrow1_conv1_weight, "residual2_narrow1_conv1.weight", 46, WEIGHT, NORMAL,
        0.0, 0.22360679774997896, 4, 120, 40, 1, 1),
    PARAMETER(residual2_narrow1_batchnorm1_gamma, "residual2_narrow1_batchnorm1.gamma", 47, GAMMA,
        CONSTANT, 1.0, 0.0, 1, 120),
    PARAMETER(residual2_narrow1_batchnorm1_beta, "residual2_narrow1_batchnorm1.beta", 47, BETA,
        CONSTANT, 0.0, 0.0, 1, 120),
    STATE(residual2_narrow1_batchnorm1_running_mean, "residual2_narrow1_batchnorm1.running_mean",
        47, RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 120),
    STATE(residual2_narrow1_batchnorm1_running_variance,
        "residual2_narrow1_batchnorm1.running_variance", 47, RUNNING_VARIANCE, CONSTANT, 1.0, 0.0,
        1, 120),
    STATE(residual2_narrow1_batchnorm1_seen, "residual2_narrow1_batchnorm1.seen", 47, SEEN,
        CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(residual2_narrow1_conv2_weight, "residual2_narrow1_conv2.weight", 49, WEIGHT, NORMAL,
        0.0, 0.282842712474619, 4, 120, 1, 5, 5),
    PARAMETER(residual2_narrow1_batchnorm2_gamma, "residual2_narrow1_batchnorm2.gamma", 50, GAMMA,
        CONSTANT, 1.0, 0.0, 1, 120),
    PARAMETER(residual2_narrow1_batchnorm2_beta, "residual2_narrow1_batchnorm2.beta", 50, BETA,
        CONSTANT, 0.0, 0.0, 1, 120),
    STATE(residual2_narrow1_batchnorm2_running_mean, "residual2_narrow1_batchnorm2.running_mean",
        50, RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 120),
    STATE(residual2_narrow1_batchnorm2_running_variance,
        "residual2_narrow1_batchnorm2.running_variance", 50, RUNNING_VARIANCE, CONSTANT, 1.0, 0.0,
        1, 120),
    STATE(residual2_narrow1_batchnorm2_seen, "residual2_narrow1_batchnorm2.seen", 50, SEEN,
        CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(residual2_narrow1_excitation1_dense1_weight,
        "residual2_narrow1_excitation1_dense1.weight", 53, WEIGHT, NORMAL, 0.0, 0.12909944487358055,
        2, 30, 120),
    PARAMETER(residual2_narrow1_excitation1_dense1_bias,
        "residual2_narrow1_excitation1_dense1.bias", 53, BIAS, CONSTANT, 0.0, 0.0, 1, 30),
    PARAMETER(residual2_narrow1_excitation1_dense2_weight,
        "residual2_narrow1_excitation1_dense2.weight", 55, WEIGHT, NORMAL, 0.0, 0.2581988897471611,
        2, 120, 30),
    PARAMETER(residual2_narrow1_excitation1_dense2_bias,
        "residual2_narrow1_excitation1_dense2.bias", 55, BIAS, CONSTANT, 0.0, 0.0, 1, 120),
    PARAMETER(residual2_narrow1_conv3_weight, "residual2_narrow1_conv3.weight", 58, WEIGHT, NORMAL,
        0.0, 0.12909944487358055, 4, 40, 120, 1, 1),
    PARAMETER(residual2_narrow1_batchnorm3_gamma, "residual2_narrow1_batchnorm3.gamma", 59, GAMMA,
        CONSTANT, 1.0, 0.0, 1, 40),
    PARAMETER(residual2_narrow1_batchnorm3_beta, "residual2_narrow1_batchnorm3.beta", 59, BETA,
        CONSTANT, 0.0, 0.0, 1, 40),
    STATE(residual2_narrow1_batchnorm3_running_mean, "residual2_narrow1_batchnorm3.running_mean",
        59, RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 40),
    STATE(residual2_narrow1_batchnorm3_running_variance,
        "residual2_narrow1_batchnorm3.running_variance", 59, RUNNING_VARIANCE, CONSTANT, 1.0, 0.0,
        1, 40),
    STATE(residual2_narrow1_batchnorm3_seen, "residual2_narrow1_batchnorm3.seen", 59, SEEN,
        CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(conv2_weight, "conv2.weight", 61, WEIGHT, NORMAL, 0.0, 0.22360679774997896, 4, 192,
        40, 1, 1),
    PARAMETER(batchnorm2_gamma, "batchnorm2.gamma", 62, GAMMA, CONSTANT, 1.0, 0.0, 1, 192),
    PARAMETER(batchnorm2_beta, "batchnorm2.beta", 62, BETA, CONSTANT, 0.0, 0.0, 1, 192),
    STATE(batchnorm2_running_mean, "batchnorm2.running_mean", 62, RUNNING_MEAN, CONSTANT, 0.0, 0.0,
        1, 192),
    STATE(batchnorm2_running_variance, "batchnorm2.running_variance", 62, RUNNING_VARIANCE,
        CONSTANT, 1.0, 0.0, 1, 192),
    STATE(batchnorm2_seen, "batchnorm2.seen", 62, SEEN, CONSTANT, 0.0, 0.0, 1, 1),
    PARAMETER(dense1_weight, "dense1.weight", 65, WEIGHT, NORMAL, 0.0, 0.10206207261596575, 2, 128,
        192),
    PARAMETER(dense1_bias, "dense1.bias", 65, BIAS, CONSTANT, 0.0, 0.0, 1, 128),
    PARAMETER(dense2_weight, "dense2.weight", 68, WEIGHT, NORMAL, 0.0, 0.125, 2, 10, 128),
    PARAMETER(dense2_bias, "dense2.bias", 68, BIAS, CONSTANT, 0.0, 0.0, 1, 10),
    SLOT(conv1_weight, "velocity.conv1.weight", 0, SLOT, 0, 0.0, 4, 16, 3, 3, 3),
    SLOT(batchnorm1_gamma, "velocity.batchnorm1.gamma", 1, SLOT, 0, 0.0, 1, 16),
    SLOT(batchnorm1_beta, "velocity.batchnorm1.beta", 1, SLOT, 0, 0.0, 1, 16),
    SLOT(narrow1_conv1_weight, "velocity.narrow1_conv1.weight", 3, SLOT, 0, 0.0, 4, 32, 16, 1, 1),
    SLOT(narrow1_batchnorm1_gamma, "velocity.narrow1_batchnorm1.gamma", 4, SLOT, 0, 0.0, 1, 32),
    SLOT(narrow1_batchnorm1_beta, "velocity.narrow1_batchnorm1.beta", 4, SLOT, 0, 0.0, 1, 32),
    SLOT(narrow1_conv2_weight, "velocity.narrow1_conv2.weight", 6, SLOT, 0, 0.0, 4, 32, 1, 3, 3),
    SLOT(narrow1_batchnorm2_gamma, "velocity.narrow1_batchnorm2.gamma", 7, SLOT, 0, 0.0, 1, 32),
    SLOT(narrow1_batchnorm2_beta, "velocity.narrow1_batchnorm2.beta", 7, SLOT, 0, 0.0, 1, 32),
    SLOT(narrow1_excitation1_dense1_weight, "velocity.narrow1_excitation1_dense1.weight", 10, SLOT,
        0, 0.0, 2, 8, 32),
    SLOT(narrow1_excitation1_dense1_bias, "velocity.narrow1_excitation1_dense1.bias", 10, SLOT, 0,
        0.0, 1, 8),
    SLOT(narrow1_excitation1_dense2_weight, "velocity.narrow1_excitation1_dense2.weight", 12, SLOT,
        0, 0.0, 2, 32, 8),
    SLOT(narrow1_excitation1_dense2_bias, "velocity.narrow1_excitation1_dense2.bias", 12, SLOT, 0,
        0.0, 1, 32),
    SLOT(narrow1_conv3_weight, "velocity.narrow1_conv3.weight", 15, SLOT, 0, 0.0, 4, 24, 32, 1, 1),
    SLOT(narrow1_batchnorm3_gamma, "velocity.narrow1_batchnorm3.gamma", 16, SLOT, 0, 0.0, 1, 24),
    SLOT(narrow1_batchnorm3_beta, "velocity.narrow1_batchnorm3.beta", 16, SLOT, 0, 0.0, 1, 24),
    SLOT(residual1_narrow1_conv1_weight, "velocity.residual1_narrow1_conv1.weight", 17, SLOT, 0,
        0.0, 4, 72, 24, 1, 1),
    SLOT(residual1_narrow1_batchnorm1_gamma, "velocity.residual1_narrow1_batchnorm1.gamma", 18,
        SLOT, 0, 0.0, 1, 72),
    SLOT(residual1_narrow1_batchnorm1_beta, "velocity.residual1_narrow1_batchnorm1.beta", 18, SLOT,
        0, 0.0, 1, 72),
    SLOT(residual1_narrow1_conv2_weight, "velocity.residual1_narrow1_conv2.weight", 20, SLOT, 0,
        0.0, 4, 72, 1, 3, 3),
    SLOT(residual1_narrow1_batchnorm2_gamma, "velocity.residual1_narrow1_batchnorm2.gamma", 21,
        SLOT, 0, 0.0, 1, 72),
    SLOT(residual1_narrow1_batchnorm2_beta, "velocity.residual1_narrow1_batchnorm2.beta", 21, SLOT,
        0, 0.0, 1, 72),
    SLOT(residual1_narrow1_excitation1_dense1_weight,
        "velocity.residual1_narrow1_excitation1_dense1.weight", 24, SLOT, 0, 0.0, 2, 18, 72),
    SLOT(residual1_narrow1_excitation1_dense1_bias,
        "velocity.residual1_narrow1_excitation1_dense1.bias", 24, SLOT, 0, 0.0, 1, 18),
    SLOT(residual1_narrow1_excitation1_dense2_weight,
        "velocity.residual1_narrow1_excitation1_dense2.weight", 26, SLOT, 0, 0.0, 2, 72, 18),
    SLOT(residual1_narrow1_excitation1_dense2_bias,
        "velocity.residual1_narrow1_excitation1_dense2.bias", 26, SLOT, 0, 0.0, 1, 72),
    SLOT(residual1_narrow1_conv3_weight, "velocity.residual1_narrow1_conv3.weight", 29, SLOT, 0,
        0.0, 4, 24, 72, 1, 1),
    SLOT(residual1_narrow1_batchnorm3_gamma, "velocity.residual1_narrow1_batchnorm3.gamma", 30,
        SLOT, 0, 0.0, 1, 24),
    SLOT(residual1_narrow1_batchnorm3_beta, "velocity.residual1_narrow1_batchnorm3.beta", 30, SLOT,
        0, 0.0, 1, 24),
    SLOT(narrow2_conv1_weight, "velocity.narrow2_conv1.weight", 32, SLOT, 0, 0.0, 4, 96, 24, 1, 1),
    SLOT(narrow2_batchnorm1_gamma, "velocity.narrow2_batchnorm1.gamma", 33, SLOT, 0, 0.0, 1, 96),
    SLOT(narrow2_batchnorm1_beta, "velocity.narrow2_batchnorm1.beta", 33, SLOT, 0, 0.0, 1, 96),
    SLOT(narrow2_conv2_weight, "velocity.narrow2_conv2.weight", 35, SLOT, 0, 0.0, 4, 96, 1, 5, 5),
    SLOT(narrow2_batchnorm2_gamma, "velocity.narrow2_batchnorm2.gamma", 36, SLOT, 0, 0.0, 1, 96),
    SLOT(narrow2_batchnorm2_beta, "velocity.narrow2_batchnorm2.beta", 36, SLOT, 0, 0.0, 1, 96),
    SLOT(narrow2_excitation1_dense1_weight, "velocity.narrow2_excitation1_dense1.weight", 39, SLOT,
        0, 0.0, 2, 24, 96),
    SLOT(narrow2_excitation1_dense1_bias, "velocity.narrow2_excitation1_dense1.bias", 39, SLOT, 0,
        0.0, 1, 24),
    SLOT(narrow2_excitation1_dense2_weight, "velocity.narrow2_excitation1_dense2.weight", 41, SLOT,
        0, 0.0, 2, 96, 24),
    SLOT(narrow2_excitation1_dense2_bias, "velocity.narrow2_excitation1_dense2.bias", 41, SLOT, 0,
        0.0, 1, 96),
    SLOT(narrow2_conv3_weight, "velocity.narrow2_conv3.weight", 44, SLOT, 0, 0.0, 4, 40, 96, 1, 1),
    SLOT(narrow2_batchnorm3_gamma, "velocity.narrow2_batchnorm3.gamma", 45, SLOT, 0, 0.0, 1, 40),
    SLOT(narrow2_batchnorm3_beta, "velocity.narrow2_batchnorm3.beta", 45, SLOT, 0, 0.0, 1, 40),
    SLOT(residual2_narrow1_conv1_weight, "velocity.residual2_narrow1_conv1.weight", 46, SLOT, 0,
        0.0, 4, 120, 40, 1, 1),
    SLOT(residual2_narrow1_batchnorm1_gamma, "velocity.residual2_narrow1_batchnorm1.gamma", 47,
        SLOT, 0, 0.0, 1, 120),
    SLOT(residual2_narrow1_batchnorm1_beta, "velocity.residual2_narrow1_batchnorm1.beta", 47, SLOT,
        0, 0.0, 1, 120),
    SLOT(residual2_narrow1_conv2_weight, "velocity.residual2_narrow1_conv2.weight", 49, SLOT, 0,
        0.0, 4, 120, 1, 5, 5),
    SLOT(residual2_narrow1_batchnorm2_gamma, "velocity.residual2_narrow1_batchnorm2.gamma", 50,
        SLOT, 0, 0.0, 1, 120),
    SLOT(residual2_narrow1_batchnorm2_beta, "velocity.residual2_narrow1_batchnorm2.beta", 50, SLOT,
        0, 0.0, 1, 120),
    SLOT(residual2_narrow1_excitation1_dense1_weight,
        "velocity.residual2_narrow1_excitation1_dense1.weight", 53, SLOT, 0, 0.0, 2, 30, 120),
    SLOT(residual2_narrow1_excitation1_dense1_bias,
        "velocity.residual2_narrow1_excitation1_dense1.bias", 53, SLOT, 0, 0.0, 1, 30),
    SLOT(residual2_narrow1_excitation1_dense2_weight,
        "velocity.residual2_narrow1_excitation1_dense2.weight", 55, SLOT, 0, 0.0, 2, 120, 30),
    SLOT(residual2_narrow1_excitation1_dense2_bias,
        "velocity.residual2_narrow1_excitation1_dense2.bias", 55, SLOT, 0, 0.0, 1, 120),
    SLOT(residual2_narrow1_conv3_weight, "velocity.residual2_narrow1_conv3.weight", 58, SLOT, 0,
        0.0, 4, 40, 120, 1, 1),
    SLOT(residual2_narrow1_batchnorm3_gamma, "velocity.residual2_narrow1_batchnorm3.gamma", 59,
        SLOT, 0, 0.0, 1, 40),
    SLOT(residual2_narrow1_batchnorm3_beta, "velocity.residual2_narrow1_batchnorm3.beta", 59, SLOT,
        0, 0.0, 1, 40),
    SLOT(conv2_weight, "velocity.conv2.weight", 61, SLOT, 0, 0.0, 4, 192, 40, 1, 1),
    SLOT(batchnorm2_gamma, "velocity.batchnorm2.gamma", 62, SLOT, 0, 0.0, 1, 192),
    SLOT(batchnorm2_beta, "velocity.batchnorm2.beta", 62, SLOT, 0, 0.0, 1, 192),
    SLOT(dense1_weight, "velocity.dense1.weight", 65, SLOT, 0, 0.0, 2, 128, 192),
    SLOT(dense1_bias, "velocity.dense1.bias", 65, SLOT, 0, 0.0, 1, 128),
    SLOT(dense2_weight, "velocity.dense2.weight", 68, SLOT, 0, 0.0, 2, 10, 128),
    SLOT(dense2_bias, "velocity.dense2.bias", 68, SLOT, 0, 0.0, 1, 10),
};

static const char *const layers[] = {
    "conv1", "batchnorm1", "hard_swish1", "narrow1_conv1", "narrow1_batchnorm1",
    "narrow1_hard_swish1", "narrow1_conv2", "narrow1_batchnorm2", "narrow1_hard_swish2",
    "narrow1_excitation1_global_avgpool1", "narrow1_excitation1_dense1",
    "narrow1_excitation1_relu1", "narrow1_excitation1_dense2", "narrow1_excitation1_hard_sigmoid1",
    "narrow1_excitation1_multiply1", "narrow1_conv3", "narrow1_batchnorm3",
    "residual1_narrow1_conv1", "residual1_narrow1_batchnorm1", "residual1_narrow1_hard_swish1",
    "residual1_narrow1_conv2", "residual1_narrow1_batchnorm2", "residual1_narrow1_hard_swish2",
    "residual1_narrow1_excitation1_global_avgpool1", "residual1_narrow1_excitation1_dense1",
    "residual1_narrow1_excitation1_relu1", "residual1_narrow1_excitation1_dense2",
    "residual1_narrow1_excitation1_hard_sigmoid1", "residual1_narrow1_excitation1_multiply1",
    "residual1_narrow1_conv3", "residual1_narrow1_batchnorm3", "residual1_add1", "narrow2_conv1",
    "narrow2_batchnorm1", "narrow2_hard_swish1", "narrow2_conv2", "narrow2_batchnorm2",
    "narrow2_hard_swish2", "narrow2_excitation1_global_avgpool1", "narrow2_excitation1_dense1",
    "narrow2_excitation1_relu1", "narrow2_excitation1_dense2", "narrow2_excitation1_hard_sigmoid1",
    "narrow2_excitation1_multiply1", "narrow2_conv3", "narrow2_batchnorm3",
    "residual2_narrow1_conv1", "residual2_narrow1_batchnorm1", "residual2_narrow1_hard_swish1",
    "residual2_narrow1_conv2", "residual2_narrow1_batchnorm2", "residual2_narrow1_hard_swish2",
    "residual2_narrow1_excitation1_global_avgpool1", "residual2_narrow1_excitation1_dense1",
    "residual2_narrow1_excitation1_relu1", "residual2_narrow1_excitation1_dense2",
    "residual2_narrow1_excitation1_hard_sigmoid1", "residual2_narrow1_excitation1_multiply1",
    "residual2_narrow1_conv3", "residual2_narrow1_batchnorm3", "residual2_add1", "conv2",
    "batchnorm2", "hard_swish2", "global_avgpool1", "dense1", "hard_swish3", "dropout1", "dense2",
    0,
};

// Multiplications and additions, and bytes read and written at least, for a full batch.
static const bnc_kernel kernels[] = {
    {"image_load", -1, 0, 196608.0, 786432.0},
    {"conv1_forward", 0, 0, 56623104.0, 4984000.0},
    {"batchnorm1_moments_merge", 1, 0, 0.0, 1856.0},
    {"batchnorm1_forward", 1, 0, 3145728.0, 8388928.0},
    {"narrow1_conv1_forward", 3, 0, 67108864.0, 12588032.0},
    {"narrow1_batchnorm1_moments_merge", 4, 0, 0.0, 3712.0},
    {"narrow1_batchnorm1_forward", 4, 0, 6291456.0, 16777856.0},
    {"narrow1_conv2_forward", 6, 0, 9437184.0, 10489984.0},
    {"narrow1_batchnorm2_moments_merge", 7, 0, 0.0, 3712.0},
    {"narrow1_batchnorm2_forward", 7, 0, 1572864.0, 4194944.0},
    {"narrow1_excitation1_global_avgpool1_forward", 9, 0, 524288.0, 2105344.0},
    {"narrow1_excitation1_dense1_forward", 10, 0, 32768.0, 11296.0},
    {"narrow1_excitation1_dense2_forward", 12, 0, 32768.0, 19584.0},
    {"narrow1_excitation1_multiply1_forward", 14, 0, 524288.0, 4202496.0},
    {"narrow1_conv3_forward", 15, 0, 25165824.0, 3675392.0},
    {"narrow1_batchnorm3_moments_merge", 16, 0, 0.0, 2784.0},
    {"narrow1_batchnorm3_forward", 16, 0, 1179648.0, 3146208.0},
    {"residual1_narrow1_conv1_forward", 17, 0, 56623104.0, 6305280.0},
    {"residual1_narrow1_batchnorm1_moments_merge", 18, 0, 0.0, 8352.0},
    {"residual1_narrow1_batchnorm1_forward", 18, 0, 3538944.0, 9438624.0},
    {"residual1_narrow1_conv2_forward", 20, 0, 21233664.0, 9446688.0},
    {"residual1_narrow1_batchnorm2_moments_merge", 21, 0, 0.0, 8352.0},
    {"residual1_narrow1_batchnorm2_forward", 21, 0, 3538944.0, 9438624.0},
    {"residual1_narrow1_excitation1_global_avgpool1_forward", 23, 0, 1179648.0, 4737024.0},
    {"residual1_narrow1_excitation1_dense1_forward", 24, 0, 165888.0, 28296.0},
    {"residual1_narrow1_excitation1_dense2_forward", 26, 0, 165888.0, 46944.0},
    {"residual1_narrow1_excitation1_multiply1_forward", 28, 0, 1179648.0, 9455616.0},
    {"residual1_narrow1_conv3_forward", 29, 0, 56623104.0, 6302976.0},
    {"residual1_narrow1_batchnorm3_moments_merge", 30, 0, 0.0, 5088.0},
    {"residual1_narrow1_batchnorm3_forward", 30, 0, 1179648.0, 3146208.0},
    {"residual1_add1_forward", 31, 0, 393216.0, 4718592.0},
    {"narrow2_conv1_forward", 32, 0, 75497472.0, 7882752.0},
    {"narrow2_batchnorm1_moments_merge", 33, 0, 0.0, 11136.0},
    {"narrow2_batchnorm1_forward", 33, 0, 4718592.0, 12584832.0},
    {"narrow2_conv2_forward", 35, 0, 19660800.0, 7883136.0},
    {"narrow2_batchnorm2_moments_merge", 36, 0, 0.0, 11136.0},
    {"narrow2_batchnorm2_forward", 36, 0, 1179648.0, 3147648.0},
    {"narrow2_excitation1_global_avgpool1_forward", 38, 0, 393216.0, 1597440.0},
    {"narrow2_excitation1_dense1_forward", 39, 0, 294912.0, 40032.0},
    {"narrow2_excitation1_dense2_forward", 41, 0, 294912.0, 64896.0},
    {"narrow2_excitation1_multiply1_forward", 43, 0, 393216.0, 3170304.0},
    {"narrow2_conv3_forward", 44, 0, 31457280.0, 2247424.0},
    {"narrow2_batchnorm3_moments_merge", 45, 0, 0.0, 4640.0},
    {"narrow2_batchnorm3_forward", 45, 0, 491520.0, 1311520.0},
    {"residual2_narrow1_conv1_forward", 46, 0, 39321600.0, 2652160.0},
    {"residual2_narrow1_batchnorm1_moments_merge", 47, 0, 0.0, 13920.0},
    {"residual2_narrow1_batchnorm1_forward", 47, 0, 1474560.0, 3934560.0},
    {"residual2_narrow1_conv2_forward", 49, 0, 24576000.0, 3955680.0},
    {"residual2_narrow1_batchnorm2_moments_merge", 50, 0, 0.0, 13920.0},
    {"residual2_narrow1_batchnorm2_forward", 50, 0, 1474560.0, 3934560.0},
    {"residual2_narrow1_excitation1_global_avgpool1_forward", 52, 0, 491520.0, 1996800.0},
    {"residual2_narrow1_excitation1_dense1_forward", 53, 0, 460800.0, 52920.0},
    {"residual2_narrow1_excitation1_dense2_forward", 55, 0, 460800.0, 84000.0},
    {"residual2_narrow1_excitation1_multiply1_forward", 57, 0, 491520.0, 3962880.0},
    {"residual2_narrow1_conv3_forward", 58, 0, 39321600.0, 2644480.0},
    {"residual2_narrow1_batchnorm3_moments_merge", 59, 0, 0.0, 4640.0},
    {"residual2_narrow1_batchnorm3_forward", 59, 0, 491520.0, 1311520.0},
    {"residual2_add1_forward", 60, 0, 163840.0, 1966080.0},
    {"conv2_forward", 61, 0, 62914560.0, 3850240.0},
    {"batchnorm2_moments_merge", 62, 0, 0.0, 22272.0},
    {"batchnorm2_forward", 62, 0, 2359296.0, 6295296.0},
    {"global_avgpool1_forward", 64, 0, 786432.0, 3194880.0},
    {"dense1_forward", 65, 0, 3145728.0, 213504.0},
    {"dropout1_forward", 67, 0, 8192.0, 65536.0},
    {"dense2_forward", 68, 0, 163840.0, 40488.0},
    {"loss_softmax_cross_entropy", -1, 0, 3200.0, 5152.0},
    {"dense2_input_gradient", 68, 0, 163840.0, 40448.0},
    {"dense2_rows_load", 68, 0, 0.0, 65536.0},
    {"dense2_weight_gradient", 68, 0, 163840.0, 55808.0},
    {"dense2_bias_gradient", 68, 0, 640.0, 2720.0},
    {"dropout1_backward", 67, 0, 57344.0, 98304.0},
    {"dense1_input_gradient", 65, 0, 3145728.0, 180224.0},
    {"dense1_rows_load", 65, 0, 0.0, 98304.0},
    {"dense1_weight_gradient", 65, 0, 3145728.0, 475136.0},
    {"dense1_bias_gradient", 65, 0, 8192.0, 34816.0},
    {"global_avgpool1_backward", 64, 0, 786432.0, 3194880.0},
    {"batchnorm2_sums", 62, 0, 3932160.0, 6307584.0},
    {"batchnorm2_parameter_gradient", 62, 0, 0.0, 25344.0},
    {"batchnorm2_backward", 62, 0, 4718592.0, 9442560.0},
    {"conv2_input_gradient", 61, 0, 62914560.0, 3831808.0},
    {"conv2_weight_gradient_sums", 61, 0, 62914560.0, 3923968.0},
    {"conv2_weight_gradient", 61, 0, 0.0, 245760.0},
    {"residual2_narrow1_batchnorm3_sums", 59, 0, 819200.0, 1314080.0},
    {"residual2_narrow1_batchnorm3_parameter_gradient", 59, 0, 0.0, 5280.0},
    {"residual2_narrow1_batchnorm3_backward", 59, 0, 983040.0, 1967200.0},
    {"residual2_narrow1_conv3_input_gradient", 58, 0, 39321600.0, 2640640.0},
    {"residual2_narrow1_conv3_weight_gradient_sums", 58, 0, 39321600.0, 2851840.0},
    {"residual2_narrow1_conv3_weight_gradient", 58, 0, 0.0, 307200.0},
    {"residual2_narrow1_excitation1_multiply1_backward", 57, 0, 983040.0, 3962880.0},
    {"residual2_narrow1_excitation1_multiply1_backward_2", 57, 0, 1006080.0, 3993600.0},
    {"residual2_narrow1_excitation1_dense2_input_gradient", 55, 0, 464640.0, 60480.0},
    {"residual2_narrow1_excitation1_dense2_rows_load", 55, 0, 0.0, 15872.0},
    {"residual2_narrow1_excitation1_dense2_weight_gradient", 55, 0, 460800.0, 96512.0},
    {"residual2_narrow1_excitation1_dense2_bias_gradient", 55, 0, 7680.0, 32640.0},
    {"residual2_narrow1_excitation1_dense1_input_gradient", 53, 0, 460800.0, 52800.0},
    {"residual2_narrow1_excitation1_dense1_rows_load", 53, 0, 0.0, 61440.0},
    {"residual2_narrow1_excitation1_dense1_weight_gradient", 53, 0, 460800.0, 96000.0},
    {"residual2_narrow1_excitation1_dense1_bias_gradient", 53, 0, 1920.0, 8160.0},
    {"residual2_narrow1_excitation1_global_avgpool1_backward", 52, 0, 491520.0, 1996800.0},
    {"residual2_narrow1_hard_swish2_gradient_sum", 51, 0, 491520.0, 5898240.0},
    {"residual2_narrow1_batchnorm2_sums", 50, 0, 2457600.0, 3942240.0},
    {"residual2_narrow1_batchnorm2_parameter_gradient", 50, 0, 0.0, 15840.0},
    {"residual2_narrow1_batchnorm2_backward", 50, 0, 2949120.0, 5901600.0},
    {"residual2_narrow1_conv2_input_gradient", 49, 0, 24576000.0, 3944160.0},
    {"residual2_narrow1_conv2_weight_gradient", 49, 0, 24576000.0, 3980160.0},
    {"residual2_narrow1_batchnorm1_sums", 47, 0, 2457600.0, 3942240.0},
    {"residual2_narrow1_batchnorm1_parameter_gradient", 47, 0, 0.0, 15840.0},
    {"residual2_narrow1_batchnorm1_backward", 47, 0, 2949120.0, 5901600.0},
    {"residual2_narrow1_conv1_input_gradient", 46, 0, 39321600.0, 2640640.0},
    {"residual2_narrow1_conv1_weight_gradient_sums", 46, 0, 39321600.0, 2698240.0},
    {"residual2_narrow1_conv1_weight_gradient", 46, 0, 0.0, 153600.0},
    {"narrow2_batchnorm3_gradient_sum", 45, 0, 163840.0, 1966080.0},
    {"narrow2_batchnorm3_sums", 45, 0, 819200.0, 1314080.0},
    {"narrow2_batchnorm3_parameter_gradient", 45, 0, 0.0, 5280.0},
    {"narrow2_batchnorm3_backward", 45, 0, 983040.0, 1967200.0},
    {"narrow2_conv3_input_gradient", 44, 0, 31457280.0, 2243584.0},
    {"narrow2_conv3_weight_gradient_sums", 44, 0, 31457280.0, 2412544.0},
    {"narrow2_conv3_weight_gradient", 44, 0, 0.0, 245760.0},
    {"narrow2_excitation1_multiply1_backward", 43, 0, 786432.0, 3170304.0},
    {"narrow2_excitation1_multiply1_backward_2", 43, 0, 804864.0, 3194880.0},
    {"narrow2_excitation1_dense2_input_gradient", 41, 0, 297984.0, 46080.0},
    {"narrow2_excitation1_dense2_rows_load", 41, 0, 0.0, 12288.0},
    {"narrow2_excitation1_dense2_weight_gradient", 41, 0, 294912.0, 67584.0},
    {"narrow2_excitation1_dense2_bias_gradient", 41, 0, 6144.0, 26112.0},
    {"narrow2_excitation1_dense1_input_gradient", 39, 0, 294912.0, 39936.0},
    {"narrow2_excitation1_dense1_rows_load", 39, 0, 0.0, 49152.0},
    {"narrow2_excitation1_dense1_weight_gradient", 39, 0, 294912.0, 67584.0},
    {"narrow2_excitation1_dense1_bias_gradient", 39, 0, 1536.0, 6528.0},
    {"narrow2_excitation1_global_avgpool1_backward", 38, 0, 393216.0, 1597440.0},
    {"narrow2_hard_swish2_gradient_sum", 37, 0, 393216.0, 4718592.0},
    {"narrow2_batchnorm2_sums", 36, 0, 1966080.0, 3153792.0},
    {"narrow2_batchnorm2_parameter_gradient", 36, 0, 0.0, 12672.0},
    {"narrow2_batchnorm2_backward", 36, 0, 2359296.0, 4721280.0},
    {"narrow2_conv2_input_gradient", 35, 0, 19660800.0, 7873920.0},
    {"narrow2_conv2_weight_gradient", 35, 0, 19660800.0, 7902720.0},
    {"narrow2_batchnorm1_sums", 33, 0, 7864320.0, 12590976.0},
    {"narrow2_batchnorm1_parameter_gradient", 33, 0, 0.0, 12672.0},
    {"narrow2_batchnorm1_backward", 33, 0, 9437184.0, 18877056.0},
    {"narrow2_conv1_input_gradient", 32, 0, 75497472.0, 7873536.0},
    {"narrow2_conv1_weight_gradient_sums", 32, 0, 75497472.0, 7919616.0},
    {"narrow2_conv1_weight_gradient", 32, 0, 0.0, 92160.0},
    {"residual1_narrow1_batchnorm3_sums", 30, 0, 1966080.0, 3147744.0},
    {"residual1_narrow1_batchnorm3_parameter_gradient", 30, 0, 0.0, 3168.0},
    {"residual1_narrow1_batchnorm3_backward", 30, 0, 2359296.0, 4719264.0},
    {"residual1_narrow1_conv3_input_gradient", 29, 0, 56623104.0, 6298368.0},
    {"residual1_narrow1_conv3_weight_gradient_sums", 29, 0, 56623104.0, 6402048.0},
    {"residual1_narrow1_conv3_weight_gradient", 29, 0, 0.0, 138240.0},
    {"residual1_narrow1_excitation1_multiply1_backward", 28, 0, 2359296.0, 9455616.0},
    {"residual1_narrow1_excitation1_multiply1_backward_2", 28, 0, 2373120.0, 9474048.0},
    {"residual1_narrow1_excitation1_dense2_input_gradient", 26, 0, 168192.0, 32832.0},
    {"residual1_narrow1_excitation1_dense2_rows_load", 26, 0, 0.0, 10752.0},
    {"residual1_narrow1_excitation1_dense2_weight_gradient", 26, 0, 165888.0, 45312.0},
    {"residual1_narrow1_excitation1_dense2_bias_gradient", 26, 0, 4608.0, 19584.0},
    {"residual1_narrow1_excitation1_dense1_input_gradient", 24, 0, 165888.0, 28224.0},
    {"residual1_narrow1_excitation1_dense1_rows_load", 24, 0, 0.0, 36864.0},
    {"residual1_narrow1_excitation1_dense1_weight_gradient", 24, 0, 165888.0, 43776.0},
    {"residual1_narrow1_excitation1_dense1_bias_gradient", 24, 0, 1152.0, 4896.0},
    {"residual1_narrow1_excitation1_global_avgpool1_backward", 23, 0, 1179648.0, 4737024.0},
    {"residual1_narrow1_hard_swish2_gradient_sum", 22, 0, 1179648.0, 14155776.0},
    {"residual1_narrow1_batchnorm2_sums", 21, 0, 5898240.0, 9443232.0},
    {"residual1_narrow1_batchnorm2_parameter_gradient", 21, 0, 0.0, 9504.0},
    {"residual1_narrow1_batchnorm2_backward", 21, 0, 7077888.0, 14157792.0},
    {"residual1_narrow1_conv2_input_gradient", 20, 0, 21233664.0, 9439776.0},
    {"residual1_narrow1_conv2_weight_gradient", 20, 0, 21233664.0, 9447552.0},
    {"residual1_narrow1_batchnorm1_sums", 18, 0, 5898240.0, 9443232.0},
    {"residual1_narrow1_batchnorm1_parameter_gradient", 18, 0, 0.0, 9504.0},
    {"residual1_narrow1_batchnorm1_backward", 18, 0, 7077888.0, 14157792.0},
    {"residual1_narrow1_conv1_input_gradient", 17, 0, 56623104.0, 6298368.0},
    {"residual1_narrow1_conv1_weight_gradient_sums", 17, 0, 56623104.0, 6346752.0},
    {"residual1_narrow1_conv1_weight_gradient", 17, 0, 0.0, 82944.0},
    {"narrow1_batchnorm3_gradient_sum", 16, 0, 393216.0, 4718592.0},
    {"narrow1_batchnorm3_sums", 16, 0, 1966080.0, 3147744.0},
    {"narrow1_batchnorm3_parameter_gradient", 16, 0, 0.0, 3168.0},
    {"narrow1_batchnorm3_backward", 16, 0, 2359296.0, 4719264.0},
    {"narrow1_conv3_input_gradient", 15, 0, 25165824.0, 3673088.0},
    {"narrow1_conv3_weight_gradient_sums", 15, 0, 25165824.0, 3719168.0},
    {"narrow1_conv3_weight_gradient", 15, 0, 0.0, 61440.0},
    {"narrow1_excitation1_multiply1_backward", 14, 0, 1048576.0, 4202496.0},
    {"narrow1_excitation1_multiply1_backward_2", 14, 0, 1054720.0, 4210688.0},
    {"narrow1_excitation1_dense2_input_gradient", 12, 0, 33792.0, 13312.0},
    {"narrow1_excitation1_dense2_rows_load", 12, 0, 0.0, 4096.0},
    {"narrow1_excitation1_dense2_weight_gradient", 12, 0, 32768.0, 14336.0},
    {"narrow1_excitation1_dense2_bias_gradient", 12, 0, 2048.0, 8704.0},
    {"narrow1_excitation1_dense1_input_gradient", 10, 0, 32768.0, 11264.0},
    {"narrow1_excitation1_dense1_rows_load", 10, 0, 0.0, 16384.0},
    {"narrow1_excitation1_dense1_weight_gradient", 10, 0, 32768.0, 14336.0},
    {"narrow1_excitation1_dense1_bias_gradient", 10, 0, 512.0, 2176.0},
    {"narrow1_excitation1_global_avgpool1_backward", 9, 0, 524288.0, 2105344.0},
    {"narrow1_hard_swish2_gradient_sum", 8, 0, 524288.0, 6291456.0},
    {"narrow1_batchnorm2_sums", 7, 0, 2621440.0, 4196992.0},
    {"narrow1_batchnorm2_parameter_gradient", 7, 0, 0.0, 4224.0},
    {"narrow1_batchnorm2_backward", 7, 0, 3145728.0, 6292352.0},
    {"narrow1_conv2_input_gradient", 6, 0, 9437184.0, 10486912.0},
    {"narrow1_conv2_weight_gradient", 6, 0, 9437184.0, 10490368.0},
    {"narrow1_batchnorm1_sums", 4, 0, 10485760.0, 16779904.0},
    {"narrow1_batchnorm1_parameter_gradient", 4, 0, 0.0, 4224.0},
    {"narrow1_batchnorm1_backward", 4, 0, 12582912.0, 25166720.0},
    {"narrow1_conv1_input_gradient", 3, 0, 67108864.0, 12584960.0},
    {"narrow1_conv1_weight_gradient_sums", 3, 0, 67108864.0, 12615680.0},
    {"narrow1_conv1_weight_gradient", 3, 0, 0.0, 40960.0},
    {"batchnorm1_sums", 1, 0, 5242880.0, 8389952.0},
    {"batchnorm1_parameter_gradient", 1, 0, 0.0, 2112.0},
    {"batchnorm1_backward", 1, 0, 6291456.0, 12583360.0},
    {"conv1_weight_gradient", 0, 0, 56623104.0, 4987648.0},
    {"batchnorm1_running_move", 1, 0, 0.0, 456.0},
    {"narrow1_batchnorm1_running_move", 4, 0, 0.0, 904.0},
    {"narrow1_batchnorm2_running_move", 7, 0, 0.0, 904.0},
    {"narrow1_batchnorm3_running_move", 16, 0, 0.0, 680.0},
    {"residual1_narrow1_batchnorm1_running_move", 18, 0, 0.0, 2024.0},
    {"residual1_narrow1_batchnorm2_running_move", 21, 0, 0.0, 2024.0},
    {"residual1_narrow1_batchnorm3_running_move", 30, 0, 0.0, 680.0},
    {"narrow2_batchnorm1_running_move", 33, 0, 0.0, 2696.0},
    {"narrow2_batchnorm2_running_move", 36, 0, 0.0, 2696.0},
    {"narrow2_batchnorm3_running_move", 45, 0, 0.0, 1128.0},
    {"residual2_narrow1_batchnorm1_running_move", 47, 0, 0.0, 3368.0},
    {"residual2_narrow1_batchnorm2_running_move", 50, 0, 0.0, 3368.0},
    {"residual2_narrow1_batchnorm3_running_move", 59, 0, 0.0, 1128.0},
    {"batchnorm2_running_move", 62, 0, 0.0, 5384.0},
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
    {"learning_rate", 0.05},
    {"momentum", 0.9},
};

const bnc_plugin *BNC_SYMBOL(void) {
  static const bnc_plugin plugin = {
      .struct_size = sizeof(bnc_plugin),
      .abi_version = BNC_ABI_VERSION,
      .instruction_set = INSTRUCTIONS,
      .bnc_version = "0.2.0-dev",
      .model_name = "mobilenet_v3",
      .model_hash = "57dc51f2c87f78af73918fa663f3d271eb1b9cea0ae549a760b543ff37dd806d",
      .target = "x86-64-v3",
      .batch = BATCH,
      .lanes = LANES,
      .element_size = sizeof(real),
      .epochs = 60,
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
      .state_size = sizeof(struct state),
      .scratch_size = (uint64_t)SCRATCH * sizeof(real),
      .slots_size = 1 * sizeof(struct parameters),
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
