// mobilenet_v1: a network in C, written by bnc 0.2.0-dev from mobilenet_v1.bn. To change it, change
// the model.
/*
   cc -std=c11 -O2 -fno-unroll-loops -ffp-contract=fast -march=x86-64-v3 -fPIC -shared \
      mobilenet_v1.c -lm -o mobilenet_v1.so
*/
// What stands here, from top to bottom: the sizes, numbers and vectors, the memory, the kernels of
// the forward pass, of the loss, of the backward pass, the steps that call them in order, and the
// table that tells a host what it must know.
//
// One vector holds one number of 8 examples, one in each lane, so no channel count and no image
// size wastes a lane. A tensor [channels, height, width] lies as
// [blocks][channels][height][width][lanes]. A short batch leaves lanes inactive: they hold 0, by
// selection, whatever was there before. Note: conv1.bias does not learn: batchnorm1 subtracts the
// mean, and the bias with it. Note: separable1_conv1.bias does not learn: separable1_batchnorm1
// subtracts the mean, and the bias with it. Note: separable1_conv2.bias does not learn:
// separable1_batchnorm2 subtracts the mean, and the bias with it. Note: separable2_conv1.bias does
// not learn: separable2_batchnorm1 subtracts the mean, and the bias with it. Note:
// separable2_conv2.bias does not learn: separable2_batchnorm2 subtracts the mean, and the bias with
// it. Note: separable3_conv1.bias does not learn: separable3_batchnorm1 subtracts the mean, and the
// bias with it. Note: separable3_conv2.bias does not learn: separable3_batchnorm2 subtracts the
// mean, and the bias with it. Note: separable4_conv1.bias does not learn: separable4_batchnorm1
// subtracts the mean, and the bias with it. Note: separable4_conv2.bias does not learn:
// separable4_batchnorm2 subtracts the mean, and the bias with it. Note: separable5_conv1.bias does
// not learn: separable5_batchnorm1 subtracts the mean, and the bias with it. Note:
// separable5_conv2.bias does not learn: separable5_batchnorm2 subtracts the mean, and the bias with
// it. Note: separable6_conv1.bias does not learn: separable6_batchnorm1 subtracts the mean, and the
// bias with it. Note: separable6_conv2.bias does not learn: separable6_batchnorm2 subtracts the
// mean, and the bias with it. Note: middle1_separable1_conv1.bias does not learn:
// middle1_separable1_batchnorm1 subtracts the mean, and the bias with it. Note:
// middle1_separable1_conv2.bias does not learn: middle1_separable1_batchnorm2 subtracts the mean,
// and the bias with it. Note: middle2_separable1_conv1.bias does not learn:
// middle2_separable1_batchnorm1 subtracts the mean, and the bias with it. Note:
// middle2_separable1_conv2.bias does not learn: middle2_separable1_batchnorm2 subtracts the mean,
// and the bias with it. Note: middle3_separable1_conv1.bias does not learn:
// middle3_separable1_batchnorm1 subtracts the mean, and the bias with it. Note:
// middle3_separable1_conv2.bias does not learn: middle3_separable1_batchnorm2 subtracts the mean,
// and the bias with it. Note: middle4_separable1_conv1.bias does not learn:
// middle4_separable1_batchnorm1 subtracts the mean, and the bias with it. Note:
// middle4_separable1_conv2.bias does not learn: middle4_separable1_batchnorm2 subtracts the mean,
// and the bias with it. Note: middle5_separable1_conv1.bias does not learn:
// middle5_separable1_batchnorm1 subtracts the mean, and the bias with it. Note:
// middle5_separable1_conv2.bias does not learn: middle5_separable1_batchnorm2 subtracts the mean,
// and the bias with it. Note: separable7_conv1.bias does not learn: separable7_batchnorm1 subtracts
// the mean, and the bias with it. Note: separable7_conv2.bias does not learn: separable7_batchnorm2
// subtracts the mean, and the bias with it. Note: separable8_conv1.bias does not learn:
// separable8_batchnorm1 subtracts the mean, and the bias with it. Note: separable8_conv2.bias does
// not learn: separable8_batchnorm2 subtracts the mean, and the bias with it.
#include "mobilenet_v1.h"

#include <math.h>
#include <stdatomic.h>
#include <stddef.h>

// ---- Sizes

typedef float real;
enum {
  BATCH = 32,   // examples a step, at most
  LANES = 8,   // examples a vector
  BLOCKS = 4,  // vectors that hold all of them
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
  real conv1_weight[216];  // [8, 3, 3, 3]
  real conv1_bias[8];
  real batchnorm1_gamma[8], batchnorm1_beta[8];
  real separable1_conv1_weight[72];  // [8, 1, 3, 3]
  real separable1_conv1_bias[8];
  real separable1_batchnorm1_gamma[8], separable1_batchnorm1_beta[8];
  real separable1_conv2_weight[128];  // [16, 8, 1, 1]
  real separable1_conv2_bias[16];
  real separable1_batchnorm2_gamma[16], separable1_batchnorm2_beta[16];
  real separable2_conv1_weight[144];  // [16, 1, 3, 3]
  real separable2_conv1_bias[16];
  real separable2_batchnorm1_gamma[16], separable2_batchnorm1_beta[16];
  real separable2_conv2_weight[512];  // [32, 16, 1, 1]
  real separable2_conv2_bias[32];
  real separable2_batchnorm2_gamma[32], separable2_batchnorm2_beta[32];
  real separable3_conv1_weight[288];  // [32, 1, 3, 3]
  real separable3_conv1_bias[32];
  real separable3_batchnorm1_gamma[32], separable3_batchnorm1_beta[32];
  real separable3_conv2_weight[1024];  // [32, 32, 1, 1]
  real separable3_conv2_bias[32];
  real separable3_batchnorm2_gamma[32], separable3_batchnorm2_beta[32];
  real separable4_conv1_weight[288];  // [32, 1, 3, 3]
  real separable4_conv1_bias[32];
  real separable4_batchnorm1_gamma[32], separable4_batchnorm1_beta[32];
  real separable4_conv2_weight[2048];  // [64, 32, 1, 1]
  real separable4_conv2_bias[64];
  real separable4_batchnorm2_gamma[64], separable4_batchnorm2_beta[64];
  real separable5_conv1_weight[576];  // [64, 1, 3, 3]
  real separable5_conv1_bias[64];
  real separable5_batchnorm1_gamma[64], separable5_batchnorm1_beta[64];
  real separable5_conv2_weight[4096];  // [64, 64, 1, 1]
  real separable5_conv2_bias[64];
  real separable5_batchnorm2_gamma[64], separable5_batchnorm2_beta[64];
  real separable6_conv1_weight[576];  // [64, 1, 3, 3]
  real separable6_conv1_bias[64];
  real separable6_batchnorm1_gamma[64], separable6_batchnorm1_beta[64];
  real separable6_conv2_weight[8192];  // [128, 64, 1, 1]
  real separable6_conv2_bias[128];
  real separable6_batchnorm2_gamma[128], separable6_batchnorm2_beta[128];
  real middle1_separable1_conv1_weight[1152];  // [128, 1, 3, 3]
  real middle1_separable1_conv1_bias[128];
  real middle1_separable1_batchnorm1_gamma[128], middle1_separable1_batchnorm1_beta[128];
  real middle1_separable1_conv2_weight[16384];  // [128, 128, 1, 1]
  real middle1_separable1_conv2_bias[128];
  real middle1_separable1_batchnorm2_gamma[128], middle1_separable1_batchnorm2_beta[128];
  real middle2_separable1_conv1_weight[1152];  // [128, 1, 3, 3]
  real middle2_separable1_conv1_bias[128];
  real middle2_separable1_batchnorm1_gamma[128], middle2_separable1_batchnorm1_beta[128];
  real middle2_separable1_conv2_weight[16384];  // [128, 128, 1, 1]
  real middle2_separable1_conv2_bias[128];
  real middle2_separable1_batchnorm2_gamma[128], middle2_separable1_batchnorm2_beta[128];
  real middle3_separable1_conv1_weight[1152];  // [128, 1, 3, 3]
  real middle3_separable1_conv1_bias[128];
  real middle3_separable1_batchnorm1_gamma[128], middle3_separable1_batchnorm1_beta[128];
  real middle3_separable1_conv2_weight[16384];  // [128, 128, 1, 1]
  real middle3_separable1_conv2_bias[128];
  real middle3_separable1_batchnorm2_gamma[128], middle3_separable1_batchnorm2_beta[128];
  real middle4_separable1_conv1_weight[1152];  // [128, 1, 3, 3]
  real middle4_separable1_conv1_bias[128];
  real middle4_separable1_batchnorm1_gamma[128], middle4_separable1_batchnorm1_beta[128];
  real middle4_separable1_conv2_weight[16384];  // [128, 128, 1, 1]
  real middle4_separable1_conv2_bias[128];
  real middle4_separable1_batchnorm2_gamma[128], middle4_separable1_batchnorm2_beta[128];
  real middle5_separable1_conv1_weight[1152];  // [128, 1, 3, 3]
  real middle5_separable1_conv1_bias[128];
  real middle5_separable1_batchnorm1_gamma[128], middle5_separable1_batchnorm1_beta[128];
  real middle5_separable1_conv2_weight[16384];  // [128, 128, 1, 1]
  real middle5_separable1_conv2_bias[128];
  real middle5_separable1_batchnorm2_gamma[128], middle5_separable1_batchnorm2_beta[128];
  real separable7_conv1_weight[1152];  // [128, 1, 3, 3]
  real separable7_conv1_bias[128];
  real separable7_batchnorm1_gamma[128], separable7_batchnorm1_beta[128];
  real separable7_conv2_weight[32768];  // [256, 128, 1, 1]
  real separable7_conv2_bias[256];
  real separable7_batchnorm2_gamma[256], separable7_batchnorm2_beta[256];
  real separable8_conv1_weight[2304];  // [256, 1, 3, 3]
  real separable8_conv1_bias[256];
  real separable8_batchnorm1_gamma[256], separable8_batchnorm1_beta[256];
  real separable8_conv2_weight[65536];  // [256, 256, 1, 1]
  real separable8_conv2_bias[256];
  real separable8_batchnorm2_gamma[256], separable8_batchnorm2_beta[256];
  real dense1_weight[512];  // [2, 256]
  real dense1_bias[2];
};

// What is kept from step to step but not learned.
struct state {
  real batchnorm1_running_mean[8], batchnorm1_running_variance[8];
  real separable1_batchnorm1_running_mean[8], separable1_batchnorm1_running_variance[8];
  real separable1_batchnorm2_running_mean[16], separable1_batchnorm2_running_variance[16];
  real separable2_batchnorm1_running_mean[16], separable2_batchnorm1_running_variance[16];
  real separable2_batchnorm2_running_mean[32], separable2_batchnorm2_running_variance[32];
  real separable3_batchnorm1_running_mean[32], separable3_batchnorm1_running_variance[32];
  real separable3_batchnorm2_running_mean[32], separable3_batchnorm2_running_variance[32];
  real separable4_batchnorm1_running_mean[32], separable4_batchnorm1_running_variance[32];
  real separable4_batchnorm2_running_mean[64], separable4_batchnorm2_running_variance[64];
  real separable5_batchnorm1_running_mean[64], separable5_batchnorm1_running_variance[64];
  real separable5_batchnorm2_running_mean[64], separable5_batchnorm2_running_variance[64];
  real separable6_batchnorm1_running_mean[64], separable6_batchnorm1_running_variance[64];
  real separable6_batchnorm2_running_mean[128], separable6_batchnorm2_running_variance[128];
  real middle1_separable1_batchnorm1_running_mean[128],
      middle1_separable1_batchnorm1_running_variance[128];
  real middle1_separable1_batchnorm2_running_mean[128],
      middle1_separable1_batchnorm2_running_variance[128];
  real middle2_separable1_batchnorm1_running_mean[128],
      middle2_separable1_batchnorm1_running_variance[128];
  real middle2_separable1_batchnorm2_running_mean[128],
      middle2_separable1_batchnorm2_running_variance[128];
  real middle3_separable1_batchnorm1_running_mean[128],
      middle3_separable1_batchnorm1_running_variance[128];
  real middle3_separable1_batchnorm2_running_mean[128],
      middle3_separable1_batchnorm2_running_variance[128];
  real middle4_separable1_batchnorm1_running_mean[128],
      middle4_separable1_batchnorm1_running_variance[128];
  real middle4_separable1_batchnorm2_running_mean[128],
      middle4_separable1_batchnorm2_running_variance[128];
  real middle5_separable1_batchnorm1_running_mean[128],
      middle5_separable1_batchnorm1_running_variance[128];
  real middle5_separable1_batchnorm2_running_mean[128],
      middle5_separable1_batchnorm2_running_variance[128];
  real separable7_batchnorm1_running_mean[128], separable7_batchnorm1_running_variance[128];
  real separable7_batchnorm2_running_mean[256], separable7_batchnorm2_running_variance[256];
  real separable8_batchnorm1_running_mean[256], separable8_batchnorm1_running_variance[256];
  real separable8_batchnorm2_running_mean[256], separable8_batchnorm2_running_variance[256];
};

// Where in scratch each tensor lies, in numbers. Tensors whose lives do not overlap share a place.
enum {
  b_image_lanes = 0,  // [4][3][96][96][8]
  b_rotate_image_output = 884736,  // [4][3][96][96][8]
  b_zoom_image_output = 0,  // [4][3][96][96][8]
  b_shift_image_output = 884736,  // [4][3][96][96][8]
  b_flip_image_output = 3538944,  // [4][3][96][96][8]
  b_conv1_output = 4423680,  // [4][8][48][48][8]
  b_conv1_partial = 0,  // [4][4][8][3]
  b_batchnorm1_moments = 15859680,  // [3][8]
  b_relu1_output = 5013504,  // [4][8][48][48][8]
  b_separable1_conv1_output = 5603328,  // [4][8][48][48][8]
  b_separable1_conv1_partial = 0,  // [4][8][3]
  b_separable1_batchnorm1_moments = 15859712,  // [3][8]
  b_separable1_relu1_output = 6193152,  // [4][8][48][48][8]
  b_separable1_conv2_output = 0,  // [4][16][48][48][8]
  b_separable1_conv2_partial = 1179648,  // [4][4][16][3]
  b_separable1_batchnorm2_moments = 15859584,  // [3][16]
  b_separable1_relu2_output = 1179648,  // [4][16][48][48][8]
  b_separable2_conv1_output = 9732096,  // [4][16][24][24][8]
  b_separable2_conv1_partial = 2359296,  // [4][16][3]
  b_separable2_batchnorm1_moments = 15859632,  // [3][16]
  b_separable2_relu1_output = 10027008,  // [4][16][24][24][8]
  b_separable2_conv2_output = 2359296,  // [4][32][24][24][8]
  b_separable2_conv2_partial = 2949120,  // [4][32][3]
  b_separable2_batchnorm2_moments = 15859200,  // [3][32]
  b_separable2_relu2_output = 2949120,  // [4][32][24][24][8]
  b_separable3_conv1_output = 6782976,  // [4][32][24][24][8]
  b_separable3_conv1_partial = 7372800,  // [4][32][3]
  b_separable3_batchnorm1_moments = 15859296,  // [3][32]
  b_separable3_relu1_output = 7372800,  // [4][32][24][24][8]
  b_separable3_conv2_output = 7962624,  // [4][32][24][24][8]
  b_separable3_conv2_partial = 8552448,  // [4][4][32][3]
  b_separable3_batchnorm2_moments = 15859392,  // [3][32]
  b_separable3_relu2_output = 8552448,  // [4][32][24][24][8]
  b_separable4_conv1_output = 11796480,  // [4][32][12][12][8]
  b_separable4_conv1_partial = 9142272,  // [4][32][3]
  b_separable4_batchnorm1_moments = 15859488,  // [3][32]
  b_separable4_relu1_output = 11943936,  // [4][32][12][12][8]
  b_separable4_conv2_output = 9142272,  // [4][64][12][12][8]
  b_separable4_conv2_partial = 9437184,  // [4][64][3]
  b_separable4_batchnorm2_moments = 15858432,  // [3][64]
  b_separable4_relu2_output = 9437184,  // [4][64][12][12][8]
  b_separable5_conv1_output = 10321920,  // [4][64][12][12][8]
  b_separable5_conv1_partial = 10616832,  // [4][64][3]
  b_separable5_batchnorm1_moments = 15858624,  // [3][64]
  b_separable5_relu1_output = 10616832,  // [4][64][12][12][8]
  b_separable5_conv2_output = 10911744,  // [4][64][12][12][8]
  b_separable5_conv2_partial = 11206656,  // [4][64][3]
  b_separable5_batchnorm2_moments = 15858816,  // [3][64]
  b_separable5_relu2_output = 11206656,  // [4][64][12][12][8]
  b_separable6_conv1_output = 15187968,  // [4][64][6][6][8]
  b_separable6_conv1_partial = 11501568,  // [4][64][3]
  b_separable6_batchnorm1_moments = 15859008,  // [3][64]
  b_separable6_relu1_output = 15261696,  // [4][64][6][6][8]
  b_separable6_conv2_output = 11501568,  // [4][128][6][6][8]
  b_separable6_conv2_partial = 11649024,  // [4][128][3]
  b_separable6_batchnorm2_moments = 15853824,  // [3][128]
  b_separable6_relu2_output = 11649024,  // [4][128][6][6][8]
  b_middle1_separable1_conv1_output = 12091392,  // [4][128][6][6][8]
  b_middle1_separable1_conv1_partial = 12238848,  // [4][128][3]
  b_middle1_separable1_batchnorm1_moments = 15854208,  // [3][128]
  b_middle1_separable1_relu1_output = 12238848,  // [4][128][6][6][8]
  b_middle1_separable1_conv2_output = 12386304,  // [4][128][6][6][8]
  b_middle1_separable1_conv2_partial = 12533760,  // [4][128][3]
  b_middle1_separable1_batchnorm2_moments = 15854592,  // [3][128]
  b_middle1_separable1_relu2_output = 12533760,  // [4][128][6][6][8]
  b_middle2_separable1_conv1_output = 12681216,  // [4][128][6][6][8]
  b_middle2_separable1_conv1_partial = 12828672,  // [4][128][3]
  b_middle2_separable1_batchnorm1_moments = 15854976,  // [3][128]
  b_middle2_separable1_relu1_output = 12828672,  // [4][128][6][6][8]
  b_middle2_separable1_conv2_output = 12976128,  // [4][128][6][6][8]
  b_middle2_separable1_conv2_partial = 13123584,  // [4][128][3]
  b_middle2_separable1_batchnorm2_moments = 15855360,  // [3][128]
  b_middle2_separable1_relu2_output = 13123584,  // [4][128][6][6][8]
  b_middle3_separable1_conv1_output = 13271040,  // [4][128][6][6][8]
  b_middle3_separable1_conv1_partial = 13418496,  // [4][128][3]
  b_middle3_separable1_batchnorm1_moments = 15855744,  // [3][128]
  b_middle3_separable1_relu1_output = 13418496,  // [4][128][6][6][8]
  b_middle3_separable1_conv2_output = 13565952,  // [4][128][6][6][8]
  b_middle3_separable1_conv2_partial = 13713408,  // [4][128][3]
  b_middle3_separable1_batchnorm2_moments = 15856128,  // [3][128]
  b_middle3_separable1_relu2_output = 13713408,  // [4][128][6][6][8]
  b_middle4_separable1_conv1_output = 13860864,  // [4][128][6][6][8]
  b_middle4_separable1_conv1_partial = 14008320,  // [4][128][3]
  b_middle4_separable1_batchnorm1_moments = 15856512,  // [3][128]
  b_middle4_separable1_relu1_output = 14008320,  // [4][128][6][6][8]
  b_middle4_separable1_conv2_output = 14155776,  // [4][128][6][6][8]
  b_middle4_separable1_conv2_partial = 14303232,  // [4][128][3]
  b_middle4_separable1_batchnorm2_moments = 15856896,  // [3][128]
  b_middle4_separable1_relu2_output = 14303232,  // [4][128][6][6][8]
  b_middle5_separable1_conv1_output = 14450688,  // [4][128][6][6][8]
  b_middle5_separable1_conv1_partial = 14598144,  // [4][128][3]
  b_middle5_separable1_batchnorm1_moments = 15857280,  // [3][128]
  b_middle5_separable1_relu1_output = 14598144,  // [4][128][6][6][8]
  b_middle5_separable1_conv2_output = 14745600,  // [4][128][6][6][8]
  b_middle5_separable1_conv2_partial = 14893056,  // [4][128][3]
  b_middle5_separable1_batchnorm2_moments = 15857664,  // [3][128]
  b_middle5_separable1_relu2_output = 14893056,  // [4][128][6][6][8]
  b_separable7_conv1_output = 15777792,  // [4][128][3][3][8]
  b_separable7_conv1_partial = 15040512,  // [4][128][3]
  b_separable7_batchnorm1_moments = 15858048,  // [3][128]
  b_separable7_relu1_output = 15814656,  // [4][128][3][3][8]
  b_separable7_conv2_output = 15335424,  // [4][256][3][3][8]
  b_separable7_conv2_partial = 15040512,  // [4][256][3]
  b_separable7_batchnorm2_moments = 15851520,  // [3][256]
  b_separable7_relu2_output = 15409152,  // [4][256][3][3][8]
  b_separable8_conv1_output = 15482880,  // [4][256][3][3][8]
  b_separable8_conv1_partial = 15040512,  // [4][256][3]
  b_separable8_batchnorm1_moments = 15852288,  // [3][256]
  b_separable8_relu1_output = 15556608,  // [4][256][3][3][8]
  b_separable8_conv2_output = 15630336,  // [4][256][3][3][8]
  b_separable8_conv2_partial = 15040512,  // [4][256][3]
  b_separable8_batchnorm2_moments = 15853056,  // [3][256]
  b_avgpool1_output = 15048960,  // [4][256][1][1][8]
  b_dense1_output = 15040512,  // [4][2][8]
  b_dense1_output_gradient = 15065344,  // [4][2][8]
  b_block_losses = 15040576,  // [4]
  b_flatten1_output_gradient = 15057152,  // [4][256][8]
  b_dense1_rows = 15040512,  // [32][264]
  b_separable8_batchnorm2_partial_sums = 15040512,  // [4][256][2]
  b_separable8_batchnorm2_coefficients = 15042560,  // [4][256]
  b_separable8_conv2_output_gradient = 15630336,  // [4][256][3][3][8]
  b_separable8_relu1_output_gradient = 15704064,  // [4][256][3][3][8]
  b_separable8_conv2_dweight = 15556608,  // [256][256][1][1]
  b_separable8_conv2_weight_gradient_parts = 15040512,  // [1][32][256][16]
  b_separable8_batchnorm1_partial_sums = 15040512,  // [4][256][2]
  b_separable8_batchnorm1_coefficients = 15042560,  // [4][256]
  b_separable8_conv1_output_gradient = 15482880,  // [4][256][3][3][8]
  b_separable7_relu2_output_gradient = 15040512,  // [4][256][3][3][8]
  b_separable7_batchnorm2_partial_sums = 15114240,  // [4][256][2]
  b_separable7_batchnorm2_coefficients = 15116288,  // [4][256]
  b_separable7_conv2_output_gradient = 15335424,  // [4][256][3][3][8]
  b_separable7_relu1_output_gradient = 15040512,  // [4][128][3][3][8]
  b_separable7_conv2_dweight = 15409152,  // [256][128][1][1]
  b_separable7_batchnorm1_partial_sums = 15077376,  // [4][128][2]
  b_separable7_batchnorm1_coefficients = 15078400,  // [4][128]
  b_separable7_conv1_output_gradient = 15777792,  // [4][128][3][3][8]
  b_middle5_separable1_relu2_output_gradient = 15040512,  // [4][128][6][6][8]
  b_middle5_separable1_batchnorm2_partial_sums = 14893056,  // [4][128][2]
  b_middle5_separable1_batchnorm2_coefficients = 14894080,  // [4][128]
  b_middle5_separable1_conv2_output_gradient = 14745600,  // [4][128][6][6][8]
  b_middle5_separable1_relu1_output_gradient = 14893056,  // [4][128][6][6][8]
  b_middle5_separable1_conv2_dweight = 14745600,  // [128][128][1][1]
  b_middle5_separable1_conv2_weight_gradient_parts = 15040512,  // [2][16][128][16]
  b_middle5_separable1_batchnorm1_partial_sums = 14598144,  // [4][128][2]
  b_middle5_separable1_batchnorm1_coefficients = 14599168,  // [4][128]
  b_middle5_separable1_conv1_output_gradient = 14450688,  // [4][128][6][6][8]
  b_middle4_separable1_relu2_output_gradient = 14598144,  // [4][128][6][6][8]
  b_middle4_separable1_batchnorm2_partial_sums = 14303232,  // [4][128][2]
  b_middle4_separable1_batchnorm2_coefficients = 14304256,  // [4][128]
  b_middle4_separable1_conv2_output_gradient = 14155776,  // [4][128][6][6][8]
  b_middle4_separable1_relu1_output_gradient = 14303232,  // [4][128][6][6][8]
  b_middle4_separable1_conv2_dweight = 14155776,  // [128][128][1][1]
  b_middle4_separable1_conv2_weight_gradient_parts = 14450688,  // [2][16][128][16]
  b_middle4_separable1_batchnorm1_partial_sums = 14008320,  // [4][128][2]
  b_middle4_separable1_batchnorm1_coefficients = 14009344,  // [4][128]
  b_middle4_separable1_conv1_output_gradient = 13860864,  // [4][128][6][6][8]
  b_middle3_separable1_relu2_output_gradient = 14008320,  // [4][128][6][6][8]
  b_middle3_separable1_batchnorm2_partial_sums = 13713408,  // [4][128][2]
  b_middle3_separable1_batchnorm2_coefficients = 13714432,  // [4][128]
  b_middle3_separable1_conv2_output_gradient = 13565952,  // [4][128][6][6][8]
  b_middle3_separable1_relu1_output_gradient = 13713408,  // [4][128][6][6][8]
  b_middle3_separable1_conv2_dweight = 13565952,  // [128][128][1][1]
  b_middle3_separable1_conv2_weight_gradient_parts = 13860864,  // [2][16][128][16]
  b_middle3_separable1_batchnorm1_partial_sums = 13418496,  // [4][128][2]
  b_middle3_separable1_batchnorm1_coefficients = 13419520,  // [4][128]
  b_middle3_separable1_conv1_output_gradient = 13271040,  // [4][128][6][6][8]
  b_middle2_separable1_relu2_output_gradient = 13418496,  // [4][128][6][6][8]
  b_middle2_separable1_batchnorm2_partial_sums = 13123584,  // [4][128][2]
  b_middle2_separable1_batchnorm2_coefficients = 13124608,  // [4][128]
  b_middle2_separable1_conv2_output_gradient = 12976128,  // [4][128][6][6][8]
  b_middle2_separable1_relu1_output_gradient = 13123584,  // [4][128][6][6][8]
  b_middle2_separable1_conv2_dweight = 12976128,  // [128][128][1][1]
  b_middle2_separable1_conv2_weight_gradient_parts = 13271040,  // [2][16][128][16]
  b_middle2_separable1_batchnorm1_partial_sums = 12828672,  // [4][128][2]
  b_middle2_separable1_batchnorm1_coefficients = 12829696,  // [4][128]
  b_middle2_separable1_conv1_output_gradient = 12681216,  // [4][128][6][6][8]
  b_middle1_separable1_relu2_output_gradient = 12828672,  // [4][128][6][6][8]
  b_middle1_separable1_batchnorm2_partial_sums = 12533760,  // [4][128][2]
  b_middle1_separable1_batchnorm2_coefficients = 12534784,  // [4][128]
  b_middle1_separable1_conv2_output_gradient = 12386304,  // [4][128][6][6][8]
  b_middle1_separable1_relu1_output_gradient = 12533760,  // [4][128][6][6][8]
  b_middle1_separable1_conv2_dweight = 12386304,  // [128][128][1][1]
  b_middle1_separable1_conv2_weight_gradient_parts = 12681216,  // [2][16][128][16]
  b_middle1_separable1_batchnorm1_partial_sums = 12238848,  // [4][128][2]
  b_middle1_separable1_batchnorm1_coefficients = 12239872,  // [4][128]
  b_middle1_separable1_conv1_output_gradient = 12091392,  // [4][128][6][6][8]
  b_separable6_relu2_output_gradient = 12238848,  // [4][128][6][6][8]
  b_separable6_batchnorm2_partial_sums = 11649024,  // [4][128][2]
  b_separable6_batchnorm2_coefficients = 11650048,  // [4][128]
  b_separable6_conv2_output_gradient = 11501568,  // [4][128][6][6][8]
  b_separable6_relu1_output_gradient = 11649024,  // [4][64][6][6][8]
  b_separable6_conv2_dweight = 12091392,  // [128][64][1][1]
  b_separable6_conv2_weight_gradient_parts = 11722752,  // [2][16][64][16]
  b_separable6_batchnorm1_partial_sums = 11501568,  // [4][64][2]
  b_separable6_batchnorm1_coefficients = 11502080,  // [4][64]
  b_separable6_conv1_output_gradient = 15187968,  // [4][64][6][6][8]
  b_separable5_relu2_output_gradient = 11501568,  // [4][64][12][12][8]
  b_separable5_batchnorm2_partial_sums = 11206656,  // [4][64][2]
  b_separable5_batchnorm2_coefficients = 11207168,  // [4][64]
  b_separable5_conv2_output_gradient = 10911744,  // [4][64][12][12][8]
  b_separable5_relu1_output_gradient = 11206656,  // [4][64][12][12][8]
  b_separable5_conv2_dweight = 10911744,  // [64][64][1][1]
  b_separable5_conv2_weight_gradient_parts = 11501568,  // [4][8][64][16]
  b_separable5_batchnorm1_partial_sums = 10616832,  // [4][64][2]
  b_separable5_batchnorm1_coefficients = 10617344,  // [4][64]
  b_separable5_conv1_output_gradient = 10321920,  // [4][64][12][12][8]
  b_separable4_relu2_output_gradient = 10616832,  // [4][64][12][12][8]
  b_separable4_batchnorm2_partial_sums = 9437184,  // [4][64][2]
  b_separable4_batchnorm2_coefficients = 9437696,  // [4][64]
  b_separable4_conv2_output_gradient = 9142272,  // [4][64][12][12][8]
  b_separable4_relu1_output_gradient = 9437184,  // [4][32][12][12][8]
  b_separable4_conv2_dweight = 10321920,  // [64][32][1][1]
  b_separable4_conv2_weight_gradient_parts = 9584640,  // [4][8][32][16]
  b_separable4_batchnorm1_partial_sums = 9142272,  // [4][32][2]
  b_separable4_batchnorm1_coefficients = 9142528,  // [4][32]
  b_separable4_conv1_output_gradient = 11796480,  // [4][32][12][12][8]
  b_separable3_relu2_output_gradient = 9142272,  // [4][32][24][24][8]
  b_separable3_batchnorm2_partial_sums = 8552448,  // [4][32][2]
  b_separable3_batchnorm2_coefficients = 8552704,  // [4][32]
  b_separable3_conv2_output_gradient = 7962624,  // [4][32][24][24][8]
  b_separable3_relu1_output_gradient = 8552448,  // [4][32][24][24][8]
  b_separable3_conv2_dweight = 7962624,  // [32][32][1][1]
  b_separable3_conv2_weight_gradient_parts = 9142272,  // [8][4][32][16]
  b_separable3_batchnorm1_partial_sums = 7372800,  // [4][32][2]
  b_separable3_batchnorm1_coefficients = 7373056,  // [4][32]
  b_separable3_conv1_output_gradient = 6782976,  // [4][32][24][24][8]
  b_separable2_relu2_output_gradient = 7372800,  // [4][32][24][24][8]
  b_separable2_batchnorm2_partial_sums = 2949120,  // [4][32][2]
  b_separable2_batchnorm2_coefficients = 2949376,  // [4][32]
  b_separable2_conv2_output_gradient = 2359296,  // [4][32][24][24][8]
  b_separable2_relu1_output_gradient = 2949120,  // [4][16][24][24][8]
  b_separable2_conv2_dweight = 6782976,  // [32][16][1][1]
  b_separable2_conv2_weight_gradient_parts = 3244032,  // [8][4][16][16]
  b_separable2_batchnorm1_partial_sums = 2359296,  // [4][16][2]
  b_separable2_batchnorm1_coefficients = 2359424,  // [4][16]
  b_separable2_conv1_output_gradient = 9732096,  // [4][16][24][24][8]
  b_separable1_relu2_output_gradient = 2359296,  // [4][16][48][48][8]
  b_separable1_batchnorm2_partial_sums = 1179648,  // [4][16][2]
  b_separable1_batchnorm2_coefficients = 1179776,  // [4][16]
  b_separable1_conv2_output_gradient = 0,  // [4][16][48][48][8]
  b_separable1_relu1_output_gradient = 1179648,  // [4][8][48][48][8]
  b_separable1_conv2_dweight = 1769472,  // [16][8][1][1]
  b_separable1_batchnorm1_partial_sums = 0,  // [4][8][2]
  b_separable1_batchnorm1_coefficients = 64,  // [4][8]
  b_separable1_conv1_output_gradient = 5603328,  // [4][8][48][48][8]
  b_relu1_output_gradient = 0,  // [4][8][48][48][8]
  b_batchnorm1_partial_sums = 589824,  // [4][8][2]
  b_batchnorm1_coefficients = 589888,  // [4][8]
  b_conv1_output_gradient = 4423680,  // [4][8][48][48][8]
  b_conv1_dweight = 0,  // [8][3][3][3]
  SCRATCH = 15859744
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
  real beta1;
  real beta2;
  real eps;
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
//   y [3, 96, 96]
static NEVER_INLINE void k_image_load_block(const struct step *s, int block) {
  enum { COUNT = 27648 };
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

// In each lane the number nearest to `index` among `size` numbers.
static ALWAYS_INLINE mask clamped_lanes(mask index, const int size) {
  index &= ~(index < 0);
  return index - ((index >= size) & (index - (size - 1)));
}

// What lies at (i, j) of x in each lane, between the four numbers around it; x's edge outside.
static ALWAYS_INLINE vec between_four_edge(const vec *x, const int rows, const int columns, vec i,
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
      const mask row = clamped_lanes(top + p, rows), column = clamped_lanes(left + q, columns);
      const mask place = row * columns + column;
      vec v;
      UNROLL for (int l = 0; l < LANES; l++) v[l] = x[place[l]][l];
      sum += (p ? down : up) * (q ? right : before) * v;
    }
  return sum;
}

// A task: a channel of a block, each example turned around its middle by up to so many radians, and
// larger or smaller by up to so much.
static ALWAYS_INLINE void turn_edge(const struct step *s, int task, const int stream,
    const int channels, const int rows, const int columns, const double radians,
    const double amount, const vec *x, vec *y) {
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
      y[i * columns + j] = between_four_edge(x, rows, columns, at_i, at_j);
    }
}

// rotate_image (mobilenet_v1.bn:35): y = x turned by up to 10.0 degrees, x's edge outside, in
// training, all [3, 96, 96]
static void k_rotate_image_forward(const struct step *s, int task) {
  turn_edge(s, task, 0, 3, 96, 96, 0.17453292519943295, 0.0, lanes_at(s, b_image_lanes),
      lanes_at(s, b_rotate_image_output));
}

// k_rotate_image_forward, and before it the image that it needs.
static void k_rotate_image_forward_loading(const struct step *s, int task) {
  const int block = task / 3;
  k_image_load_once(s, block, block + 1);
  k_rotate_image_forward(s, task);
}

// zoom_image (mobilenet_v1.bn:36): y = x 0.9 to 1.1 times as large, x's edge outside, in training,
// all [3, 96, 96]
static void k_zoom_image_forward(const struct step *s, int task) {
  turn_edge(s, task, 1, 3, 96, 96, 0.0, 0.1, lanes_at(s, b_rotate_image_output),
      lanes_at(s, b_zoom_image_output));
}

// One of the whole numbers from -most to most, by a random number of 31 bits.
static ALWAYS_INLINE int moved_by(uint64_t number, const int most) {
  return (int)(number * (uint64_t)(2 * most + 1) >> 31) - most;
}

// The number nearest to `index` among `size` numbers.
static ALWAYS_INLINE int clamped(int index, const int size) {
  return index < 0 ? 0 : index < size ? index : size - 1;
}

// A task: a channel of a block, each example moved by whole rows and columns.
//   y[i, j] = x[clamped(i + down), clamped(j + right)]
static ALWAYS_INLINE void shift_edge(const struct step *s, int task, const int stream,
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
      const vec *row = x + clamped(i + down, rows) * columns;
      for (int j = 0; j < columns; j++) y[i * columns + j][l] = row[clamped(j + right, columns)][l];
    }
}

// shift_image (mobilenet_v1.bn:37): y[i, j] = x[i + down, j + right], x's edge outside, in
// training, all [3, 96, 96]
static void k_shift_image_forward(const struct step *s, int task) {
  shift_edge(s, task, 2, 3, 96, 96, 5, 5, lanes_at(s, b_zoom_image_output),
      lanes_at(s, b_shift_image_output));
}

// The examples of a block that this epoch flips: those whose random number is at most `most`.
static ALWAYS_INLINE mask flipped_lanes(const struct step *s, const int stream, const int most,
    int block) {
  if (!s->training) return (mask){0};
  mask drawn[4];
  draw_for_rows(s, stream, s->epoch, block, 0, drawn);
  return drawn[0] <= most;
}

// A task: a channel of a block, some examples of it from right to left.
static ALWAYS_INLINE void flip_columns(const struct step *s, int task, const int stream,
    const int most, const int channels, const int rows, const int columns, const vec *x, vec *y) {
  const mask flipped = flipped_lanes(s, stream, most, task / channels);
  x += (ptrdiff_t)task * (rows * columns);
  y += (ptrdiff_t)task * (rows * columns);
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < columns; j++) {
      const vec other = x[i * columns + columns - 1 - j];
      y[i * columns + j] = blend(flipped, other, x[i * columns + j]);
    }
}

// flip_image (mobilenet_v1.bn:38): y = x from right to left for 0.5 of the examples, in training,
// all [3, 96, 96]
static void k_flip_image_forward(const struct step *s, int task) {
  flip_columns(s, task, 3, 1073741823, 3, 96, 96, lanes_at(s, b_shift_image_output),
      lanes_at(s, b_flip_image_output));
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

static const struct convolution g_conv1 = { .G = 1, .CI = 3, .H = 96, .W = 96, .CO = 8, .OH = 48,
    .OW = 48, .KH = 3, .KW = 3, .SH = 2, .SW = 2, .DH = 1, .DW = 1, .PT = 0, .PB = 1, .PL = 0,
    .INNER = 0, .INNER_END = 47 };

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

// A task of a convolution of large images: a band of rows of one block, then their mean and squares
// for the batch norm. The rows of x that these need stay in the cache for all the channels.
static ALWAYS_INLINE void convolution_bias_forward_moments_band(const struct step *s, int task,
    const struct convolution g, const struct pieces tiles, const struct pieces columns,
    const struct pieces bands, const vec *x, const real *weight, const real *bias, vec *y,
    real (*partial)[3]) {
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
      convolution_bias_forward_rows(g, columns, x, w, bias + co, y + co * plane, active, first, end,
          tiles.size + 1);
    else
      convolution_bias_forward_rows(g, columns, x, w, bias + co, y + co * plane, active, first, end,
          tiles.size);
  }
  if (!s->training) return;
  partial += task * g.CO;
  for (int c = 0; c < g.CO; c++)
    block_moments(y + (c * g.OH + first) * g.OW, (end - first) * g.OW, active_count(s, block),
        active, partial[c]);
}

// conv1 (mobilenet_v1.bn:15), forward and moments: 12 rows of a block a task
//   x [3, 96, 96], weight [8, 3, 3, 3], y [8, 48, 48]
static void k_conv1_forward(const struct step *s, int task) {
  convolution_bias_forward_moments_band(s, task, g_conv1, (struct pieces){4, 2, 0},
      (struct pieces){10, 4, 8}, (struct pieces){4, 12, 0}, lanes_at(s, b_flip_image_output),
      s->parameters->conv1_weight, s->parameters->conv1_bias, lanes_at(s, b_conv1_output),
      moments_at(s, b_conv1_partial));
}

// A batch norm of C channels of H x W numbers, and the activation and the pool that run with it: OH
// x OW windows of K x K numbers, S apart; without a pool, each number is a window. g is what these
// leave of dy, 0 where no window lies, and xhat = (x - mean) * inverse:
//   y = gamma[c] * xhat + beta[c], dbeta[c] = sum of g, dgamma[c] = sum of g * xhat
//   dx = gamma[c] * inverse * (g - mean of g - xhat * mean of g * xhat)
struct normalization {
  int C, H, W, OH, OW, K, S;
};

static const struct normalization g_batchnorm1 = { .C = 8, .H = 48, .W = 48, .OH = 48, .OW = 48,
    .K = 1, .S = 1 };

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

// batchnorm1 (mobilenet_v1.bn:15): mean and variance of each channel
static void k_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments_of_bands(s, task, g_batchnorm1, (struct pieces){4, 12, 0}, (real)0.001,
      moments_at(s, b_conv1_partial), s->state->batchnorm1_running_mean,
      s->state->batchnorm1_running_variance, s->scratch + b_batchnorm1_moments);
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

// batchnorm1, relu1 (mobilenet_v1.bn:15), forward: x [8, 48, 48], y [8, 48, 48]
static void k_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_batchnorm1, (struct pieces){8, 1, 0},
      s->scratch + b_batchnorm1_moments, s->parameters->batchnorm1_gamma,
      s->parameters->batchnorm1_beta, lanes_at(s, b_conv1_output), lanes_at(s, b_relu1_output));
}

static const struct convolution g_separable1_conv1 = { .G = 8, .CI = 1, .H = 48, .W = 48, .CO = 1,
    .OH = 48, .OW = 48, .KH = 3, .KW = 3, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 1, .PB = 1,
    .PL = 1, .INNER = 1, .INNER_END = 47 };

// One tile of a depthwise convolution: `columns` sums in registers, of each of the windows that
// `channels` have over one channel of x. What lies under them is loaded once a row for all of them.
// `edge` says that a window may reach into the padding.
static ALWAYS_INLINE void depthwise_bias_forward_tile(const struct convolution g, const vec *x,
    const real *weight, const real *bias, vec *y, mask active, int i, int j, const int channels,
    const int columns, const int edge) {
  vec sum[TILE];
  UNROLL for (int c = 0; c < channels; c++)
    UNROLL for (int t = 0; t < columns; t++) sum[c * columns + t] = splat(bias[c]);
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
static ALWAYS_INLINE void depthwise_bias_forward_span(const struct convolution g, const vec *x,
    const real *weight, const real *bias, vec *y, mask active, int i, const int start,
    const int end, const int channels, const int width) {
  const int rest = (end - start) % width, whole = end - rest;
  const int left = left_edge(g.INNER, start, whole, width);
  const int right = right_edge(g.INNER_END, left, whole, width);
  UNROLL for (int j = start; j < left; j += width)
    depthwise_bias_forward_tile(g, x, weight, bias, y, active, i, j, channels, width, 1);
  for (int j = left; j < right; j += width)
    depthwise_bias_forward_tile(g, x, weight, bias, y, active, i, j, channels, width, 0);
  UNROLL for (int j = right; j < whole; j += width)
    depthwise_bias_forward_tile(g, x, weight, bias, y, active, i, j, channels, width, 1);
  if (rest > 0)
    depthwise_bias_forward_tile(g, x, weight, bias, y, active, i, whole, channels, rest, 1);
}

// Rows `first` up to `end` of `channels` output channels.
static ALWAYS_INLINE void depthwise_bias_forward_rows(const struct convolution g,
    const struct pieces columns, const vec *x, const real *weight, const real *bias, vec *y,
    mask active, int first, int end, const int channels) {
  const int wide = columns.wide * (columns.size + 1);
  for (int i = first; i < end; i++) {
    if (wide > 0)
      depthwise_bias_forward_span(g, x, weight, bias, y, active, i, 0, wide, channels,
          columns.size + 1);
    depthwise_bias_forward_span(g, x, weight, bias, y, active, i, wide, g.OW, channels,
        columns.size);
  }
}

// A task of a convolution: one tile's output channels of one block, then their mean and squares for
// the batch norm.
static ALWAYS_INLINE void depthwise_bias_forward_moments(const struct step *s, int task,
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
    depthwise_bias_forward_rows(g, columns, x, weight, bias, y, active, 0, g.OH, tiles.size + 1);
  else
    depthwise_bias_forward_rows(g, columns, x, weight, bias, y, active, 0, g.OH, tiles.size);
  if (!s->training) return;
  partial += block * g.G * g.CO + co;
  for (int c = 0; c < piece_size(tiles, tile); c++)
    block_moments(y + c * plane, plane, active_count(s, block), active, partial[c]);
}

// separable1_conv1 (mobilenet_v1.bn:5), forward and moments: 1 output channels of a block a task
//   x [8, 48, 48], weight [8, 1, 3, 3], y [8, 48, 48]
static void k_separable1_conv1_forward(const struct step *s, int task) {
  depthwise_bias_forward_moments(s, task, g_separable1_conv1, (struct pieces){1, 1, 0},
      (struct pieces){5, 9, 3}, lanes_at(s, b_relu1_output), s->parameters->separable1_conv1_weight,
      s->parameters->separable1_conv1_bias, lanes_at(s, b_separable1_conv1_output),
      moments_at(s, b_separable1_conv1_partial));
}

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

// separable1_batchnorm1 (mobilenet_v1.bn:6): mean and variance of each channel
static void k_separable1_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_batchnorm1, (real)0.001, moments_at(s, b_separable1_conv1_partial),
      s->state->separable1_batchnorm1_running_mean,
      s->state->separable1_batchnorm1_running_variance,
      s->scratch + b_separable1_batchnorm1_moments);
}

// separable1_batchnorm1, separable1_relu1 (mobilenet_v1.bn:6), forward: x [8, 48, 48], y [8, 48,
// 48]
static void k_separable1_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_batchnorm1, (struct pieces){8, 1, 0},
      s->scratch + b_separable1_batchnorm1_moments, s->parameters->separable1_batchnorm1_gamma,
      s->parameters->separable1_batchnorm1_beta, lanes_at(s, b_separable1_conv1_output),
      lanes_at(s, b_separable1_relu1_output));
}

static const struct convolution g_separable1_conv2 = { .G = 1, .CI = 8, .H = 48, .W = 48, .CO = 16,
    .OH = 48, .OW = 48, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0, .PB = 0,
    .PL = 0, .INNER = 0, .INNER_END = 48 };

// separable1_conv2 (mobilenet_v1.bn:7), forward and moments: 12 rows of a block a task
//   x [8, 48, 48], weight [16, 8, 1, 1], y [16, 48, 48]
static void k_separable1_conv2_forward(const struct step *s, int task) {
  convolution_bias_forward_moments_band(s, task, g_separable1_conv2, (struct pieces){6, 2, 4},
      (struct pieces){12, 4, 0}, (struct pieces){4, 12, 0}, lanes_at(s, b_separable1_relu1_output),
      s->parameters->separable1_conv2_weight, s->parameters->separable1_conv2_bias,
      lanes_at(s, b_separable1_conv2_output), moments_at(s, b_separable1_conv2_partial));
}

static const struct normalization g_separable1_batchnorm2 = { .C = 16, .H = 48, .W = 48, .OH = 48,
    .OW = 48, .K = 1, .S = 1 };

// separable1_batchnorm2 (mobilenet_v1.bn:7): mean and variance of each channel
static void k_separable1_batchnorm2_moments_merge(const struct step *s, int task) {
  batchnorm_moments_of_bands(s, task, g_separable1_batchnorm2, (struct pieces){4, 12, 0},
      (real)0.001, moments_at(s, b_separable1_conv2_partial),
      s->state->separable1_batchnorm2_running_mean,
      s->state->separable1_batchnorm2_running_variance,
      s->scratch + b_separable1_batchnorm2_moments);
}

// separable1_batchnorm2, separable1_relu2 (mobilenet_v1.bn:7), forward: x [16, 48, 48], y [16, 48,
// 48]
static void k_separable1_batchnorm2_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_separable1_batchnorm2, (struct pieces){16, 1, 0},
      s->scratch + b_separable1_batchnorm2_moments, s->parameters->separable1_batchnorm2_gamma,
      s->parameters->separable1_batchnorm2_beta, lanes_at(s, b_separable1_conv2_output),
      lanes_at(s, b_separable1_relu2_output));
}

static const struct convolution g_separable2_conv1 = { .G = 16, .CI = 1, .H = 48, .W = 48, .CO = 1,
    .OH = 24, .OW = 24, .KH = 3, .KW = 3, .SH = 2, .SW = 2, .DH = 1, .DW = 1, .PT = 0, .PB = 1,
    .PL = 0, .INNER = 0, .INNER_END = 23 };

// separable2_conv1 (mobilenet_v1.bn:5), forward and moments: 1 output channels of a block a task
//   x [16, 48, 48], weight [16, 1, 3, 3], y [16, 24, 24]
static void k_separable2_conv1_forward(const struct step *s, int task) {
  depthwise_bias_forward_moments(s, task, g_separable2_conv1, (struct pieces){1, 1, 0},
      (struct pieces){3, 8, 0}, lanes_at(s, b_separable1_relu2_output),
      s->parameters->separable2_conv1_weight, s->parameters->separable2_conv1_bias,
      lanes_at(s, b_separable2_conv1_output), moments_at(s, b_separable2_conv1_partial));
}

static const struct normalization g_separable2_batchnorm1 = { .C = 16, .H = 24, .W = 24, .OH = 24,
    .OW = 24, .K = 1, .S = 1 };

// separable2_batchnorm1 (mobilenet_v1.bn:6): mean and variance of each channel
static void k_separable2_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_separable2_batchnorm1, (real)0.001,
      moments_at(s, b_separable2_conv1_partial), s->state->separable2_batchnorm1_running_mean,
      s->state->separable2_batchnorm1_running_variance,
      s->scratch + b_separable2_batchnorm1_moments);
}

// separable2_batchnorm1, separable2_relu1 (mobilenet_v1.bn:6), forward: x [16, 24, 24], y [16, 24,
// 24]
static void k_separable2_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_separable2_batchnorm1, (struct pieces){16, 1, 0},
      s->scratch + b_separable2_batchnorm1_moments, s->parameters->separable2_batchnorm1_gamma,
      s->parameters->separable2_batchnorm1_beta, lanes_at(s, b_separable2_conv1_output),
      lanes_at(s, b_separable2_relu1_output));
}

static const struct convolution g_separable2_conv2 = { .G = 1, .CI = 16, .H = 1, .W = 576, .CO = 32,
    .OH = 1, .OW = 576, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0, .PB = 0,
    .PL = 0, .INNER = 0, .INNER_END = 576 };

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

// separable2_conv2 (mobilenet_v1.bn:7), forward and moments: 3 or 2 output channels of a block a
// task
//   x [16, 1, 576], weight [32, 16, 1, 1], y [32, 1, 576]
static void k_separable2_conv2_forward(const struct step *s, int task) {
  convolution_bias_forward_moments(s, task, g_separable2_conv2, (struct pieces){11, 2, 10},
      (struct pieces){144, 4, 0}, lanes_at(s, b_separable2_relu1_output),
      s->parameters->separable2_conv2_weight, s->parameters->separable2_conv2_bias,
      lanes_at(s, b_separable2_conv2_output), moments_at(s, b_separable2_conv2_partial));
}

static const struct normalization g_separable2_batchnorm2 = { .C = 32, .H = 24, .W = 24, .OH = 24,
    .OW = 24, .K = 1, .S = 1 };

// separable2_batchnorm2 (mobilenet_v1.bn:7): mean and variance of each channel
static void k_separable2_batchnorm2_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_separable2_batchnorm2, (real)0.001,
      moments_at(s, b_separable2_conv2_partial), s->state->separable2_batchnorm2_running_mean,
      s->state->separable2_batchnorm2_running_variance,
      s->scratch + b_separable2_batchnorm2_moments);
}

// separable2_batchnorm2, separable2_relu2 (mobilenet_v1.bn:7), forward: x [32, 24, 24], y [32, 24,
// 24]
static void k_separable2_batchnorm2_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_separable2_batchnorm2, (struct pieces){32, 1, 0},
      s->scratch + b_separable2_batchnorm2_moments, s->parameters->separable2_batchnorm2_gamma,
      s->parameters->separable2_batchnorm2_beta, lanes_at(s, b_separable2_conv2_output),
      lanes_at(s, b_separable2_relu2_output));
}

static const struct convolution g_separable3_conv1 = { .G = 32, .CI = 1, .H = 24, .W = 24, .CO = 1,
    .OH = 24, .OW = 24, .KH = 3, .KW = 3, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 1, .PB = 1,
    .PL = 1, .INNER = 1, .INNER_END = 23 };

// separable3_conv1 (mobilenet_v1.bn:5), forward and moments: 1 output channels of a block a task
//   x [32, 24, 24], weight [32, 1, 3, 3], y [32, 24, 24]
static void k_separable3_conv1_forward(const struct step *s, int task) {
  depthwise_bias_forward_moments(s, task, g_separable3_conv1, (struct pieces){1, 1, 0},
      (struct pieces){3, 8, 0}, lanes_at(s, b_separable2_relu2_output),
      s->parameters->separable3_conv1_weight, s->parameters->separable3_conv1_bias,
      lanes_at(s, b_separable3_conv1_output), moments_at(s, b_separable3_conv1_partial));
}

// separable3_batchnorm1 (mobilenet_v1.bn:6): mean and variance of each channel
static void k_separable3_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_separable2_batchnorm2, (real)0.001,
      moments_at(s, b_separable3_conv1_partial), s->state->separable3_batchnorm1_running_mean,
      s->state->separable3_batchnorm1_running_variance,
      s->scratch + b_separable3_batchnorm1_moments);
}

// separable3_batchnorm1, separable3_relu1 (mobilenet_v1.bn:6), forward: x [32, 24, 24], y [32, 24,
// 24]
static void k_separable3_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_separable2_batchnorm2, (struct pieces){32, 1, 0},
      s->scratch + b_separable3_batchnorm1_moments, s->parameters->separable3_batchnorm1_gamma,
      s->parameters->separable3_batchnorm1_beta, lanes_at(s, b_separable3_conv1_output),
      lanes_at(s, b_separable3_relu1_output));
}

static const struct convolution g_separable3_conv2 = { .G = 1, .CI = 32, .H = 24, .W = 24, .CO = 32,
    .OH = 24, .OW = 24, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0, .PB = 0,
    .PL = 0, .INNER = 0, .INNER_END = 24 };

// separable3_conv2 (mobilenet_v1.bn:7), forward and moments: 6 rows of a block a task
//   x [32, 24, 24], weight [32, 32, 1, 1], y [32, 24, 24]
static void k_separable3_conv2_forward(const struct step *s, int task) {
  convolution_bias_forward_moments_band(s, task, g_separable3_conv2, (struct pieces){11, 2, 10},
      (struct pieces){6, 4, 0}, (struct pieces){4, 6, 0}, lanes_at(s, b_separable3_relu1_output),
      s->parameters->separable3_conv2_weight, s->parameters->separable3_conv2_bias,
      lanes_at(s, b_separable3_conv2_output), moments_at(s, b_separable3_conv2_partial));
}

// separable3_batchnorm2 (mobilenet_v1.bn:7): mean and variance of each channel
static void k_separable3_batchnorm2_moments_merge(const struct step *s, int task) {
  batchnorm_moments_of_bands(s, task, g_separable2_batchnorm2, (struct pieces){4, 6, 0},
      (real)0.001, moments_at(s, b_separable3_conv2_partial),
      s->state->separable3_batchnorm2_running_mean,
      s->state->separable3_batchnorm2_running_variance,
      s->scratch + b_separable3_batchnorm2_moments);
}

// separable3_batchnorm2, separable3_relu2 (mobilenet_v1.bn:7), forward: x [32, 24, 24], y [32, 24,
// 24]
static void k_separable3_batchnorm2_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_separable2_batchnorm2, (struct pieces){32, 1, 0},
      s->scratch + b_separable3_batchnorm2_moments, s->parameters->separable3_batchnorm2_gamma,
      s->parameters->separable3_batchnorm2_beta, lanes_at(s, b_separable3_conv2_output),
      lanes_at(s, b_separable3_relu2_output));
}

static const struct convolution g_separable4_conv1 = { .G = 32, .CI = 1, .H = 24, .W = 24, .CO = 1,
    .OH = 12, .OW = 12, .KH = 3, .KW = 3, .SH = 2, .SW = 2, .DH = 1, .DW = 1, .PT = 0, .PB = 1,
    .PL = 0, .INNER = 0, .INNER_END = 11 };

// separable4_conv1 (mobilenet_v1.bn:5), forward and moments: 1 output channels of a block a task
//   x [32, 24, 24], weight [32, 1, 3, 3], y [32, 12, 12]
static void k_separable4_conv1_forward(const struct step *s, int task) {
  depthwise_bias_forward_moments(s, task, g_separable4_conv1, (struct pieces){1, 1, 0},
      (struct pieces){2, 6, 0}, lanes_at(s, b_separable3_relu2_output),
      s->parameters->separable4_conv1_weight, s->parameters->separable4_conv1_bias,
      lanes_at(s, b_separable4_conv1_output), moments_at(s, b_separable4_conv1_partial));
}

static const struct normalization g_separable4_batchnorm1 = { .C = 32, .H = 12, .W = 12, .OH = 12,
    .OW = 12, .K = 1, .S = 1 };

// separable4_batchnorm1 (mobilenet_v1.bn:6): mean and variance of each channel
static void k_separable4_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_separable4_batchnorm1, (real)0.001,
      moments_at(s, b_separable4_conv1_partial), s->state->separable4_batchnorm1_running_mean,
      s->state->separable4_batchnorm1_running_variance,
      s->scratch + b_separable4_batchnorm1_moments);
}

// separable4_batchnorm1, separable4_relu1 (mobilenet_v1.bn:6), forward: x [32, 12, 12], y [32, 12,
// 12]
static void k_separable4_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_separable4_batchnorm1, (struct pieces){32, 1, 0},
      s->scratch + b_separable4_batchnorm1_moments, s->parameters->separable4_batchnorm1_gamma,
      s->parameters->separable4_batchnorm1_beta, lanes_at(s, b_separable4_conv1_output),
      lanes_at(s, b_separable4_relu1_output));
}

static const struct convolution g_separable4_conv2 = { .G = 1, .CI = 32, .H = 1, .W = 144, .CO = 64,
    .OH = 1, .OW = 144, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0, .PB = 0,
    .PL = 0, .INNER = 0, .INNER_END = 144 };

// separable4_conv2 (mobilenet_v1.bn:7), forward and moments: 3 or 2 output channels of a block a
// task
//   x [32, 1, 144], weight [64, 32, 1, 1], y [64, 1, 144]
static void k_separable4_conv2_forward(const struct step *s, int task) {
  convolution_bias_forward_moments(s, task, g_separable4_conv2, (struct pieces){22, 2, 20},
      (struct pieces){36, 4, 0}, lanes_at(s, b_separable4_relu1_output),
      s->parameters->separable4_conv2_weight, s->parameters->separable4_conv2_bias,
      lanes_at(s, b_separable4_conv2_output), moments_at(s, b_separable4_conv2_partial));
}

static const struct normalization g_separable4_batchnorm2 = { .C = 64, .H = 12, .W = 12, .OH = 12,
    .OW = 12, .K = 1, .S = 1 };

// separable4_batchnorm2 (mobilenet_v1.bn:7): mean and variance of each channel
static void k_separable4_batchnorm2_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_separable4_batchnorm2, (real)0.001,
      moments_at(s, b_separable4_conv2_partial), s->state->separable4_batchnorm2_running_mean,
      s->state->separable4_batchnorm2_running_variance,
      s->scratch + b_separable4_batchnorm2_moments);
}

// separable4_batchnorm2, separable4_relu2 (mobilenet_v1.bn:7), forward: x [64, 12, 12], y [64, 12,
// 12]
static void k_separable4_batchnorm2_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_separable4_batchnorm2, (struct pieces){64, 1, 0},
      s->scratch + b_separable4_batchnorm2_moments, s->parameters->separable4_batchnorm2_gamma,
      s->parameters->separable4_batchnorm2_beta, lanes_at(s, b_separable4_conv2_output),
      lanes_at(s, b_separable4_relu2_output));
}

static const struct convolution g_separable5_conv1 = { .G = 64, .CI = 1, .H = 12, .W = 12, .CO = 1,
    .OH = 12, .OW = 12, .KH = 3, .KW = 3, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 1, .PB = 1,
    .PL = 1, .INNER = 1, .INNER_END = 11 };

// separable5_conv1 (mobilenet_v1.bn:5), forward and moments: 1 output channels of a block a task
//   x [64, 12, 12], weight [64, 1, 3, 3], y [64, 12, 12]
static void k_separable5_conv1_forward(const struct step *s, int task) {
  depthwise_bias_forward_moments(s, task, g_separable5_conv1, (struct pieces){1, 1, 0},
      (struct pieces){2, 6, 0}, lanes_at(s, b_separable4_relu2_output),
      s->parameters->separable5_conv1_weight, s->parameters->separable5_conv1_bias,
      lanes_at(s, b_separable5_conv1_output), moments_at(s, b_separable5_conv1_partial));
}

// separable5_batchnorm1 (mobilenet_v1.bn:6): mean and variance of each channel
static void k_separable5_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_separable4_batchnorm2, (real)0.001,
      moments_at(s, b_separable5_conv1_partial), s->state->separable5_batchnorm1_running_mean,
      s->state->separable5_batchnorm1_running_variance,
      s->scratch + b_separable5_batchnorm1_moments);
}

// separable5_batchnorm1, separable5_relu1 (mobilenet_v1.bn:6), forward: x [64, 12, 12], y [64, 12,
// 12]
static void k_separable5_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_separable4_batchnorm2, (struct pieces){64, 1, 0},
      s->scratch + b_separable5_batchnorm1_moments, s->parameters->separable5_batchnorm1_gamma,
      s->parameters->separable5_batchnorm1_beta, lanes_at(s, b_separable5_conv1_output),
      lanes_at(s, b_separable5_relu1_output));
}

static const struct convolution g_separable5_conv2 = { .G = 1, .CI = 64, .H = 1, .W = 144, .CO = 64,
    .OH = 1, .OW = 144, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0, .PB = 0,
    .PL = 0, .INNER = 0, .INNER_END = 144 };

// separable5_conv2 (mobilenet_v1.bn:7), forward and moments: 3 or 2 output channels of a block a
// task
//   x [64, 1, 144], weight [64, 64, 1, 1], y [64, 1, 144]
static void k_separable5_conv2_forward(const struct step *s, int task) {
  convolution_bias_forward_moments(s, task, g_separable5_conv2, (struct pieces){22, 2, 20},
      (struct pieces){36, 4, 0}, lanes_at(s, b_separable5_relu1_output),
      s->parameters->separable5_conv2_weight, s->parameters->separable5_conv2_bias,
      lanes_at(s, b_separable5_conv2_output), moments_at(s, b_separable5_conv2_partial));
}

// separable5_batchnorm2 (mobilenet_v1.bn:7): mean and variance of each channel
static void k_separable5_batchnorm2_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_separable4_batchnorm2, (real)0.001,
      moments_at(s, b_separable5_conv2_partial), s->state->separable5_batchnorm2_running_mean,
      s->state->separable5_batchnorm2_running_variance,
      s->scratch + b_separable5_batchnorm2_moments);
}

// separable5_batchnorm2, separable5_relu2 (mobilenet_v1.bn:7), forward: x [64, 12, 12], y [64, 12,
// 12]
static void k_separable5_batchnorm2_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_separable4_batchnorm2, (struct pieces){64, 1, 0},
      s->scratch + b_separable5_batchnorm2_moments, s->parameters->separable5_batchnorm2_gamma,
      s->parameters->separable5_batchnorm2_beta, lanes_at(s, b_separable5_conv2_output),
      lanes_at(s, b_separable5_relu2_output));
}

static const struct convolution g_separable6_conv1 = { .G = 64, .CI = 1, .H = 12, .W = 12, .CO = 1,
    .OH = 6, .OW = 6, .KH = 3, .KW = 3, .SH = 2, .SW = 2, .DH = 1, .DW = 1, .PT = 0, .PB = 1,
    .PL = 0, .INNER = 0, .INNER_END = 5 };

// separable6_conv1 (mobilenet_v1.bn:5), forward and moments: 1 output channels of a block a task
//   x [64, 12, 12], weight [64, 1, 3, 3], y [64, 6, 6]
static void k_separable6_conv1_forward(const struct step *s, int task) {
  depthwise_bias_forward_moments(s, task, g_separable6_conv1, (struct pieces){1, 1, 0},
      (struct pieces){1, 6, 0}, lanes_at(s, b_separable5_relu2_output),
      s->parameters->separable6_conv1_weight, s->parameters->separable6_conv1_bias,
      lanes_at(s, b_separable6_conv1_output), moments_at(s, b_separable6_conv1_partial));
}

static const struct normalization g_separable6_batchnorm1 = { .C = 64, .H = 6, .W = 6, .OH = 6,
    .OW = 6, .K = 1, .S = 1 };

// separable6_batchnorm1 (mobilenet_v1.bn:6): mean and variance of each channel
static void k_separable6_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_separable6_batchnorm1, (real)0.001,
      moments_at(s, b_separable6_conv1_partial), s->state->separable6_batchnorm1_running_mean,
      s->state->separable6_batchnorm1_running_variance,
      s->scratch + b_separable6_batchnorm1_moments);
}

// separable6_batchnorm1, separable6_relu1 (mobilenet_v1.bn:6), forward: x [64, 6, 6], y [64, 6, 6]
static void k_separable6_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_separable6_batchnorm1, (struct pieces){10, 6, 4},
      s->scratch + b_separable6_batchnorm1_moments, s->parameters->separable6_batchnorm1_gamma,
      s->parameters->separable6_batchnorm1_beta, lanes_at(s, b_separable6_conv1_output),
      lanes_at(s, b_separable6_relu1_output));
}

static const struct convolution g_separable6_conv2 = { .G = 1, .CI = 64, .H = 1, .W = 36, .CO = 128,
    .OH = 1, .OW = 36, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0, .PB = 0,
    .PL = 0, .INNER = 0, .INNER_END = 36 };

// separable6_conv2 (mobilenet_v1.bn:7), forward and moments: 3 or 2 output channels of a block a
// task
//   x [64, 1, 36], weight [128, 64, 1, 1], y [128, 1, 36]
static void k_separable6_conv2_forward(const struct step *s, int task) {
  convolution_bias_forward_moments(s, task, g_separable6_conv2, (struct pieces){43, 2, 42},
      (struct pieces){9, 4, 0}, lanes_at(s, b_separable6_relu1_output),
      s->parameters->separable6_conv2_weight, s->parameters->separable6_conv2_bias,
      lanes_at(s, b_separable6_conv2_output), moments_at(s, b_separable6_conv2_partial));
}

static const struct normalization g_separable6_batchnorm2 = { .C = 128, .H = 6, .W = 6, .OH = 6,
    .OW = 6, .K = 1, .S = 1 };

// separable6_batchnorm2 (mobilenet_v1.bn:7): mean and variance of each channel
static void k_separable6_batchnorm2_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_separable6_batchnorm2, (real)0.001,
      moments_at(s, b_separable6_conv2_partial), s->state->separable6_batchnorm2_running_mean,
      s->state->separable6_batchnorm2_running_variance,
      s->scratch + b_separable6_batchnorm2_moments);
}

// separable6_batchnorm2, separable6_relu2 (mobilenet_v1.bn:7), forward: x [128, 6, 6], y [128, 6,
// 6]
static void k_separable6_batchnorm2_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_separable6_batchnorm2_moments, s->parameters->separable6_batchnorm2_gamma,
      s->parameters->separable6_batchnorm2_beta, lanes_at(s, b_separable6_conv2_output),
      lanes_at(s, b_separable6_relu2_output));
}

static const struct convolution g_middle1_separable1_conv1 = { .G = 128, .CI = 1, .H = 6, .W = 6,
    .CO = 1, .OH = 6, .OW = 6, .KH = 3, .KW = 3, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 1,
    .PB = 1, .PL = 1, .INNER = 1, .INNER_END = 5 };

// depthwise_bias_forward_moments for the sizes of middle1_separable1_conv1, which other layers have
// too.
static void depthwise_bias_forward_moments_of_middle1_separable1_conv1(const struct step *s,
    int task, const vec *x, const real *weight, const real *bias, vec *y, real (*partial)[3]) {
  depthwise_bias_forward_moments(s, task, g_middle1_separable1_conv1, (struct pieces){1, 1, 0},
      (struct pieces){1, 6, 0}, x, weight, bias, y, partial);
}

// middle1_separable1_conv1 (mobilenet_v1.bn:5), forward and moments: 1 output channels of a block a
// task
//   x [128, 6, 6], weight [128, 1, 3, 3], y [128, 6, 6]
static void k_middle1_separable1_conv1_forward(const struct step *s, int task) {
  depthwise_bias_forward_moments_of_middle1_separable1_conv1(s, task,
      lanes_at(s, b_separable6_relu2_output), s->parameters->middle1_separable1_conv1_weight,
      s->parameters->middle1_separable1_conv1_bias, lanes_at(s, b_middle1_separable1_conv1_output),
      moments_at(s, b_middle1_separable1_conv1_partial));
}

// middle1_separable1_batchnorm1 (mobilenet_v1.bn:6): mean and variance of each channel
static void k_middle1_separable1_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_separable6_batchnorm2, (real)0.001,
      moments_at(s, b_middle1_separable1_conv1_partial),
      s->state->middle1_separable1_batchnorm1_running_mean,
      s->state->middle1_separable1_batchnorm1_running_variance,
      s->scratch + b_middle1_separable1_batchnorm1_moments);
}

// middle1_separable1_batchnorm1, middle1_separable1_relu1 (mobilenet_v1.bn:6), forward: x [128, 6,
// 6], y [128, 6, 6]
static void k_middle1_separable1_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_middle1_separable1_batchnorm1_moments,
      s->parameters->middle1_separable1_batchnorm1_gamma,
      s->parameters->middle1_separable1_batchnorm1_beta,
      lanes_at(s, b_middle1_separable1_conv1_output),
      lanes_at(s, b_middle1_separable1_relu1_output));
}

static const struct convolution g_middle1_separable1_conv2 = { .G = 1, .CI = 128, .H = 1, .W = 36,
    .CO = 128, .OH = 1, .OW = 36, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0,
    .PB = 0, .PL = 0, .INNER = 0, .INNER_END = 36 };

// convolution_bias_forward_moments for the sizes of middle1_separable1_conv2, which other layers
// have too.
static void convolution_bias_forward_moments_of_middle1_separable1_conv2(const struct step *s,
    int task, const vec *x, const real *weight, const real *bias, vec *y, real (*partial)[3]) {
  convolution_bias_forward_moments(s, task, g_middle1_separable1_conv2, (struct pieces){43, 2, 42},
      (struct pieces){9, 4, 0}, x, weight, bias, y, partial);
}

// middle1_separable1_conv2 (mobilenet_v1.bn:7), forward and moments: 3 or 2 output channels of a
// block a task
//   x [128, 1, 36], weight [128, 128, 1, 1], y [128, 1, 36]
static void k_middle1_separable1_conv2_forward(const struct step *s, int task) {
  convolution_bias_forward_moments_of_middle1_separable1_conv2(s, task,
      lanes_at(s, b_middle1_separable1_relu1_output),
      s->parameters->middle1_separable1_conv2_weight, s->parameters->middle1_separable1_conv2_bias,
      lanes_at(s, b_middle1_separable1_conv2_output),
      moments_at(s, b_middle1_separable1_conv2_partial));
}

// middle1_separable1_batchnorm2 (mobilenet_v1.bn:7): mean and variance of each channel
static void k_middle1_separable1_batchnorm2_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_separable6_batchnorm2, (real)0.001,
      moments_at(s, b_middle1_separable1_conv2_partial),
      s->state->middle1_separable1_batchnorm2_running_mean,
      s->state->middle1_separable1_batchnorm2_running_variance,
      s->scratch + b_middle1_separable1_batchnorm2_moments);
}

// middle1_separable1_batchnorm2, middle1_separable1_relu2 (mobilenet_v1.bn:7), forward: x [128, 6,
// 6], y [128, 6, 6]
static void k_middle1_separable1_batchnorm2_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_middle1_separable1_batchnorm2_moments,
      s->parameters->middle1_separable1_batchnorm2_gamma,
      s->parameters->middle1_separable1_batchnorm2_beta,
      lanes_at(s, b_middle1_separable1_conv2_output),
      lanes_at(s, b_middle1_separable1_relu2_output));
}

// middle2_separable1_conv1 (mobilenet_v1.bn:5), forward and moments: 1 output channels of a block a
// task
//   x [128, 6, 6], weight [128, 1, 3, 3], y [128, 6, 6]
static void k_middle2_separable1_conv1_forward(const struct step *s, int task) {
  depthwise_bias_forward_moments_of_middle1_separable1_conv1(s, task,
      lanes_at(s, b_middle1_separable1_relu2_output),
      s->parameters->middle2_separable1_conv1_weight, s->parameters->middle2_separable1_conv1_bias,
      lanes_at(s, b_middle2_separable1_conv1_output),
      moments_at(s, b_middle2_separable1_conv1_partial));
}

// middle2_separable1_batchnorm1 (mobilenet_v1.bn:6): mean and variance of each channel
static void k_middle2_separable1_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_separable6_batchnorm2, (real)0.001,
      moments_at(s, b_middle2_separable1_conv1_partial),
      s->state->middle2_separable1_batchnorm1_running_mean,
      s->state->middle2_separable1_batchnorm1_running_variance,
      s->scratch + b_middle2_separable1_batchnorm1_moments);
}

// middle2_separable1_batchnorm1, middle2_separable1_relu1 (mobilenet_v1.bn:6), forward: x [128, 6,
// 6], y [128, 6, 6]
static void k_middle2_separable1_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_middle2_separable1_batchnorm1_moments,
      s->parameters->middle2_separable1_batchnorm1_gamma,
      s->parameters->middle2_separable1_batchnorm1_beta,
      lanes_at(s, b_middle2_separable1_conv1_output),
      lanes_at(s, b_middle2_separable1_relu1_output));
}

// middle2_separable1_conv2 (mobilenet_v1.bn:7), forward and moments: 3 or 2 output channels of a
// block a task
//   x [128, 1, 36], weight [128, 128, 1, 1], y [128, 1, 36]
static void k_middle2_separable1_conv2_forward(const struct step *s, int task) {
  convolution_bias_forward_moments_of_middle1_separable1_conv2(s, task,
      lanes_at(s, b_middle2_separable1_relu1_output),
      s->parameters->middle2_separable1_conv2_weight, s->parameters->middle2_separable1_conv2_bias,
      lanes_at(s, b_middle2_separable1_conv2_output),
      moments_at(s, b_middle2_separable1_conv2_partial));
}

// middle2_separable1_batchnorm2 (mobilenet_v1.bn:7): mean and variance of each channel
static void k_middle2_separable1_batchnorm2_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_separable6_batchnorm2, (real)0.001,
      moments_at(s, b_middle2_separable1_conv2_partial),
      s->state->middle2_separable1_batchnorm2_running_mean,
      s->state->middle2_separable1_batchnorm2_running_variance,
      s->scratch + b_middle2_separable1_batchnorm2_moments);
}

// middle2_separable1_batchnorm2, middle2_separable1_relu2 (mobilenet_v1.bn:7), forward: x [128, 6,
// 6], y [128, 6, 6]
static void k_middle2_separable1_batchnorm2_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_middle2_separable1_batchnorm2_moments,
      s->parameters->middle2_separable1_batchnorm2_gamma,
      s->parameters->middle2_separable1_batchnorm2_beta,
      lanes_at(s, b_middle2_separable1_conv2_output),
      lanes_at(s, b_middle2_separable1_relu2_output));
}

// middle3_separable1_conv1 (mobilenet_v1.bn:5), forward and moments: 1 output channels of a block a
// task
//   x [128, 6, 6], weight [128, 1, 3, 3], y [128, 6, 6]
static void k_middle3_separable1_conv1_forward(const struct step *s, int task) {
  depthwise_bias_forward_moments_of_middle1_separable1_conv1(s, task,
      lanes_at(s, b_middle2_separable1_relu2_output),
      s->parameters->middle3_separable1_conv1_weight, s->parameters->middle3_separable1_conv1_bias,
      lanes_at(s, b_middle3_separable1_conv1_output),
      moments_at(s, b_middle3_separable1_conv1_partial));
}

// middle3_separable1_batchnorm1 (mobilenet_v1.bn:6): mean and variance of each channel
static void k_middle3_separable1_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_separable6_batchnorm2, (real)0.001,
      moments_at(s, b_middle3_separable1_conv1_partial),
      s->state->middle3_separable1_batchnorm1_running_mean,
      s->state->middle3_separable1_batchnorm1_running_variance,
      s->scratch + b_middle3_separable1_batchnorm1_moments);
}

// middle3_separable1_batchnorm1, middle3_separable1_relu1 (mobilenet_v1.bn:6), forward: x [128, 6,
// 6], y [128, 6, 6]
static void k_middle3_separable1_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_middle3_separable1_batchnorm1_moments,
      s->parameters->middle3_separable1_batchnorm1_gamma,
      s->parameters->middle3_separable1_batchnorm1_beta,
      lanes_at(s, b_middle3_separable1_conv1_output),
      lanes_at(s, b_middle3_separable1_relu1_output));
}

// middle3_separable1_conv2 (mobilenet_v1.bn:7), forward and moments: 3 or 2 output channels of a
// block a task
//   x [128, 1, 36], weight [128, 128, 1, 1], y [128, 1, 36]
static void k_middle3_separable1_conv2_forward(const struct step *s, int task) {
  convolution_bias_forward_moments_of_middle1_separable1_conv2(s, task,
      lanes_at(s, b_middle3_separable1_relu1_output),
      s->parameters->middle3_separable1_conv2_weight, s->parameters->middle3_separable1_conv2_bias,
      lanes_at(s, b_middle3_separable1_conv2_output),
      moments_at(s, b_middle3_separable1_conv2_partial));
}

// middle3_separable1_batchnorm2 (mobilenet_v1.bn:7): mean and variance of each channel
static void k_middle3_separable1_batchnorm2_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_separable6_batchnorm2, (real)0.001,
      moments_at(s, b_middle3_separable1_conv2_partial),
      s->state->middle3_separable1_batchnorm2_running_mean,
      s->state->middle3_separable1_batchnorm2_running_variance,
      s->scratch + b_middle3_separable1_batchnorm2_moments);
}

// middle3_separable1_batchnorm2, middle3_separable1_relu2 (mobilenet_v1.bn:7), forward: x [128, 6,
// 6], y [128, 6, 6]
static void k_middle3_separable1_batchnorm2_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_middle3_separable1_batchnorm2_moments,
      s->parameters->middle3_separable1_batchnorm2_gamma,
      s->parameters->middle3_separable1_batchnorm2_beta,
      lanes_at(s, b_middle3_separable1_conv2_output),
      lanes_at(s, b_middle3_separable1_relu2_output));
}

// middle4_separable1_conv1 (mobilenet_v1.bn:5), forward and moments: 1 output channels of a block a
// task
//   x [128, 6, 6], weight [128, 1, 3, 3], y [128, 6, 6]
static void k_middle4_separable1_conv1_forward(const struct step *s, int task) {
  depthwise_bias_forward_moments_of_middle1_separable1_conv1(s, task,
      lanes_at(s, b_middle3_separable1_relu2_output),
      s->parameters->middle4_separable1_conv1_weight, s->parameters->middle4_separable1_conv1_bias,
      lanes_at(s, b_middle4_separable1_conv1_output),
      moments_at(s, b_middle4_separable1_conv1_partial));
}

// middle4_separable1_batchnorm1 (mobilenet_v1.bn:6): mean and variance of each channel
static void k_middle4_separable1_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_separable6_batchnorm2, (real)0.001,
      moments_at(s, b_middle4_separable1_conv1_partial),
      s->state->middle4_separable1_batchnorm1_running_mean,
      s->state->middle4_separable1_batchnorm1_running_variance,
      s->scratch + b_middle4_separable1_batchnorm1_moments);
}

// middle4_separable1_batchnorm1, middle4_separable1_relu1 (mobilenet_v1.bn:6), forward: x [128, 6,
// 6], y [128, 6, 6]
static void k_middle4_separable1_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_middle4_separable1_batchnorm1_moments,
      s->parameters->middle4_separable1_batchnorm1_gamma,
      s->parameters->middle4_separable1_batchnorm1_beta,
      lanes_at(s, b_middle4_separable1_conv1_output),
      lanes_at(s, b_middle4_separable1_relu1_output));
}

// middle4_separable1_conv2 (mobilenet_v1.bn:7), forward and moments: 3 or 2 output channels of a
// block a task
//   x [128, 1, 36], weight [128, 128, 1, 1], y [128, 1, 36]
static void k_middle4_separable1_conv2_forward(const struct step *s, int task) {
  convolution_bias_forward_moments_of_middle1_separable1_conv2(s, task,
      lanes_at(s, b_middle4_separable1_relu1_output),
      s->parameters->middle4_separable1_conv2_weight, s->parameters->middle4_separable1_conv2_bias,
      lanes_at(s, b_middle4_separable1_conv2_output),
      moments_at(s, b_middle4_separable1_conv2_partial));
}

// middle4_separable1_batchnorm2 (mobilenet_v1.bn:7): mean and variance of each channel
static void k_middle4_separable1_batchnorm2_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_separable6_batchnorm2, (real)0.001,
      moments_at(s, b_middle4_separable1_conv2_partial),
      s->state->middle4_separable1_batchnorm2_running_mean,
      s->state->middle4_separable1_batchnorm2_running_variance,
      s->scratch + b_middle4_separable1_batchnorm2_moments);
}

// middle4_separable1_batchnorm2, middle4_separable1_relu2 (mobilenet_v1.bn:7), forward: x [128, 6,
// 6], y [128, 6, 6]
static void k_middle4_separable1_batchnorm2_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_middle4_separable1_batchnorm2_moments,
      s->parameters->middle4_separable1_batchnorm2_gamma,
      s->parameters->middle4_separable1_batchnorm2_beta,
      lanes_at(s, b_middle4_separable1_conv2_output),
      lanes_at(s, b_middle4_separable1_relu2_output));
}

// middle5_separable1_conv1 (mobilenet_v1.bn:5), forward and moments: 1 output channels of a block a
// task
//   x [128, 6, 6], weight [128, 1, 3, 3], y [128, 6, 6]
static void k_middle5_separable1_conv1_forward(const struct step *s, int task) {
  depthwise_bias_forward_moments_of_middle1_separable1_conv1(s, task,
      lanes_at(s, b_middle4_separable1_relu2_output),
      s->parameters->middle5_separable1_conv1_weight, s->parameters->middle5_separable1_conv1_bias,
      lanes_at(s, b_middle5_separable1_conv1_output),
      moments_at(s, b_middle5_separable1_conv1_partial));
}

// middle5_separable1_batchnorm1 (mobilenet_v1.bn:6): mean and variance of each channel
static void k_middle5_separable1_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_separable6_batchnorm2, (real)0.001,
      moments_at(s, b_middle5_separable1_conv1_partial),
      s->state->middle5_separable1_batchnorm1_running_mean,
      s->state->middle5_separable1_batchnorm1_running_variance,
      s->scratch + b_middle5_separable1_batchnorm1_moments);
}

// middle5_separable1_batchnorm1, middle5_separable1_relu1 (mobilenet_v1.bn:6), forward: x [128, 6,
// 6], y [128, 6, 6]
static void k_middle5_separable1_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_middle5_separable1_batchnorm1_moments,
      s->parameters->middle5_separable1_batchnorm1_gamma,
      s->parameters->middle5_separable1_batchnorm1_beta,
      lanes_at(s, b_middle5_separable1_conv1_output),
      lanes_at(s, b_middle5_separable1_relu1_output));
}

// middle5_separable1_conv2 (mobilenet_v1.bn:7), forward and moments: 3 or 2 output channels of a
// block a task
//   x [128, 1, 36], weight [128, 128, 1, 1], y [128, 1, 36]
static void k_middle5_separable1_conv2_forward(const struct step *s, int task) {
  convolution_bias_forward_moments_of_middle1_separable1_conv2(s, task,
      lanes_at(s, b_middle5_separable1_relu1_output),
      s->parameters->middle5_separable1_conv2_weight, s->parameters->middle5_separable1_conv2_bias,
      lanes_at(s, b_middle5_separable1_conv2_output),
      moments_at(s, b_middle5_separable1_conv2_partial));
}

// middle5_separable1_batchnorm2 (mobilenet_v1.bn:7): mean and variance of each channel
static void k_middle5_separable1_batchnorm2_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_separable6_batchnorm2, (real)0.001,
      moments_at(s, b_middle5_separable1_conv2_partial),
      s->state->middle5_separable1_batchnorm2_running_mean,
      s->state->middle5_separable1_batchnorm2_running_variance,
      s->scratch + b_middle5_separable1_batchnorm2_moments);
}

// middle5_separable1_batchnorm2, middle5_separable1_relu2 (mobilenet_v1.bn:7), forward: x [128, 6,
// 6], y [128, 6, 6]
static void k_middle5_separable1_batchnorm2_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_middle5_separable1_batchnorm2_moments,
      s->parameters->middle5_separable1_batchnorm2_gamma,
      s->parameters->middle5_separable1_batchnorm2_beta,
      lanes_at(s, b_middle5_separable1_conv2_output),
      lanes_at(s, b_middle5_separable1_relu2_output));
}

static const struct convolution g_separable7_conv1 = { .G = 128, .CI = 1, .H = 6, .W = 6, .CO = 1,
    .OH = 3, .OW = 3, .KH = 3, .KW = 3, .SH = 2, .SW = 2, .DH = 1, .DW = 1, .PT = 0, .PB = 1,
    .PL = 0, .INNER = 0, .INNER_END = 2 };

// separable7_conv1 (mobilenet_v1.bn:5), forward and moments: 1 output channels of a block a task
//   x [128, 6, 6], weight [128, 1, 3, 3], y [128, 3, 3]
static void k_separable7_conv1_forward(const struct step *s, int task) {
  depthwise_bias_forward_moments(s, task, g_separable7_conv1, (struct pieces){1, 1, 0},
      (struct pieces){1, 3, 0}, lanes_at(s, b_middle5_separable1_relu2_output),
      s->parameters->separable7_conv1_weight, s->parameters->separable7_conv1_bias,
      lanes_at(s, b_separable7_conv1_output), moments_at(s, b_separable7_conv1_partial));
}

static const struct normalization g_separable7_batchnorm1 = { .C = 128, .H = 3, .W = 3, .OH = 3,
    .OW = 3, .K = 1, .S = 1 };

// separable7_batchnorm1 (mobilenet_v1.bn:6): mean and variance of each channel
static void k_separable7_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_separable7_batchnorm1, (real)0.001,
      moments_at(s, b_separable7_conv1_partial), s->state->separable7_batchnorm1_running_mean,
      s->state->separable7_batchnorm1_running_variance,
      s->scratch + b_separable7_batchnorm1_moments);
}

// separable7_batchnorm1, separable7_relu1 (mobilenet_v1.bn:6), forward: x [128, 3, 3], y [128, 3,
// 3]
static void k_separable7_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_separable7_batchnorm1, (struct pieces){5, 25, 3},
      s->scratch + b_separable7_batchnorm1_moments, s->parameters->separable7_batchnorm1_gamma,
      s->parameters->separable7_batchnorm1_beta, lanes_at(s, b_separable7_conv1_output),
      lanes_at(s, b_separable7_relu1_output));
}

static const struct convolution g_separable7_conv2 = { .G = 1, .CI = 128, .H = 1, .W = 9, .CO = 256,
    .OH = 1, .OW = 9, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0, .PB = 0,
    .PL = 0, .INNER = 0, .INNER_END = 9 };

// separable7_conv2 (mobilenet_v1.bn:7), forward and moments: 3 or 2 output channels of a block a
// task
//   x [128, 1, 9], weight [256, 128, 1, 1], y [256, 1, 9]
static void k_separable7_conv2_forward(const struct step *s, int task) {
  convolution_bias_forward_moments(s, task, g_separable7_conv2, (struct pieces){86, 2, 84},
      (struct pieces){3, 3, 0}, lanes_at(s, b_separable7_relu1_output),
      s->parameters->separable7_conv2_weight, s->parameters->separable7_conv2_bias,
      lanes_at(s, b_separable7_conv2_output), moments_at(s, b_separable7_conv2_partial));
}

static const struct normalization g_separable7_batchnorm2 = { .C = 256, .H = 3, .W = 3, .OH = 3,
    .OW = 3, .K = 1, .S = 1 };

// separable7_batchnorm2 (mobilenet_v1.bn:7): mean and variance of each channel
static void k_separable7_batchnorm2_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_separable7_batchnorm2, (real)0.001,
      moments_at(s, b_separable7_conv2_partial), s->state->separable7_batchnorm2_running_mean,
      s->state->separable7_batchnorm2_running_variance,
      s->scratch + b_separable7_batchnorm2_moments);
}

// separable7_batchnorm2, separable7_relu2 (mobilenet_v1.bn:7), forward: x [256, 3, 3], y [256, 3,
// 3]
static void k_separable7_batchnorm2_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_separable7_batchnorm2, (struct pieces){10, 25, 6},
      s->scratch + b_separable7_batchnorm2_moments, s->parameters->separable7_batchnorm2_gamma,
      s->parameters->separable7_batchnorm2_beta, lanes_at(s, b_separable7_conv2_output),
      lanes_at(s, b_separable7_relu2_output));
}

static const struct convolution g_separable8_conv1 = { .G = 256, .CI = 1, .H = 3, .W = 3, .CO = 1,
    .OH = 3, .OW = 3, .KH = 3, .KW = 3, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 1, .PB = 1,
    .PL = 1, .INNER = 1, .INNER_END = 2 };

// separable8_conv1 (mobilenet_v1.bn:5), forward and moments: 1 output channels of a block a task
//   x [256, 3, 3], weight [256, 1, 3, 3], y [256, 3, 3]
static void k_separable8_conv1_forward(const struct step *s, int task) {
  depthwise_bias_forward_moments(s, task, g_separable8_conv1, (struct pieces){1, 1, 0},
      (struct pieces){1, 3, 0}, lanes_at(s, b_separable7_relu2_output),
      s->parameters->separable8_conv1_weight, s->parameters->separable8_conv1_bias,
      lanes_at(s, b_separable8_conv1_output), moments_at(s, b_separable8_conv1_partial));
}

// separable8_batchnorm1 (mobilenet_v1.bn:6): mean and variance of each channel
static void k_separable8_batchnorm1_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_separable7_batchnorm2, (real)0.001,
      moments_at(s, b_separable8_conv1_partial), s->state->separable8_batchnorm1_running_mean,
      s->state->separable8_batchnorm1_running_variance,
      s->scratch + b_separable8_batchnorm1_moments);
}

// separable8_batchnorm1, separable8_relu1 (mobilenet_v1.bn:6), forward: x [256, 3, 3], y [256, 3,
// 3]
static void k_separable8_batchnorm1_forward(const struct step *s, int task) {
  batchnorm_relu_forward(s, task, g_separable7_batchnorm2, (struct pieces){10, 25, 6},
      s->scratch + b_separable8_batchnorm1_moments, s->parameters->separable8_batchnorm1_gamma,
      s->parameters->separable8_batchnorm1_beta, lanes_at(s, b_separable8_conv1_output),
      lanes_at(s, b_separable8_relu1_output));
}

static const struct convolution g_separable8_conv2 = { .G = 1, .CI = 256, .H = 1, .W = 9, .CO = 256,
    .OH = 1, .OW = 9, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0, .PB = 0,
    .PL = 0, .INNER = 0, .INNER_END = 9 };

// separable8_conv2 (mobilenet_v1.bn:7), forward and moments: 3 or 2 output channels of a block a
// task
//   x [256, 1, 9], weight [256, 256, 1, 1], y [256, 1, 9]
static void k_separable8_conv2_forward(const struct step *s, int task) {
  convolution_bias_forward_moments(s, task, g_separable8_conv2, (struct pieces){86, 2, 84},
      (struct pieces){3, 3, 0}, lanes_at(s, b_separable8_relu1_output),
      s->parameters->separable8_conv2_weight, s->parameters->separable8_conv2_bias,
      lanes_at(s, b_separable8_conv2_output), moments_at(s, b_separable8_conv2_partial));
}

static const struct normalization g_separable8_batchnorm2 = { .C = 256, .H = 3, .W = 3, .OH = 1,
    .OW = 1, .K = 3, .S = 3 };

// separable8_batchnorm2 (mobilenet_v1.bn:7): mean and variance of each channel
static void k_separable8_batchnorm2_moments_merge(const struct step *s, int task) {
  batchnorm_moments(s, task, g_separable8_batchnorm2, (real)0.001,
      moments_at(s, b_separable8_conv2_partial), s->state->separable8_batchnorm2_running_mean,
      s->state->separable8_batchnorm2_running_variance,
      s->scratch + b_separable8_batchnorm2_moments);
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
        ys[i * n.OW + j] = masked(sum * (real)0.1111111111111111, active);
      }
  }
}

// separable8_batchnorm2, separable8_relu2, avgpool1 (mobilenet_v1.bn:7), forward: x [256, 3, 3], y
// [256, 1, 1]
static void k_separable8_batchnorm2_forward(const struct step *s, int task) {
  batchnorm_relu_avgpool_forward(s, task, g_separable8_batchnorm2, (struct pieces){10, 25, 6},
      s->scratch + b_separable8_batchnorm2_moments, s->parameters->separable8_batchnorm2_gamma,
      s->parameters->separable8_batchnorm2_beta, lanes_at(s, b_separable8_conv2_output),
      lanes_at(s, b_avgpool1_output));
}

// A dense layer from IN features to OUT:
//   y[n, o] = sum over f of weight[o, f] * x[n, f], plus bias[o]
//   dx[n, f] = sum over o of weight[o, f] * dy[n, o]
//   dweight[o, f] = sum over n of dy[n, o] * x[n, f]
struct dense {
  int IN, OUT;
};

static const struct dense g_dense1 = { .IN = 256, .OUT = 2 };

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

// dense1 (mobilenet_v1.bn:23), forward: 2 outputs of 4 blocks a task
//   x [256], weight [2, 256], y [2]
static void k_dense1_forward(const struct step *s, int task) {
  dense_bias_forward(s, task, g_dense1, (struct pieces){1, 2, 0}, 4, lanes_at(s, b_avgpool1_output),
      s->parameters->dense1_weight, s->parameters->dense1_bias, lanes_at(s, b_dense1_output));
}

// ---- Loss

// The loss (mobilenet_v1.bn:25) of each example, and its gradient:
//   loss[n] = log(sum over k of exp(x[n, k])) - x[n, label[n]]
//   dx[n, k] = exp(x[n, k]) / sum - (k == label[n]), divided by the number of examples
//   x [2], dx [2]
// The largest x is taken away first, so that no exponential overflows.
static void k_loss_softmax_cross_entropy(const struct step *s, int block) {
  enum { OUTPUTS = 2 };
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

// What the loss (mobilenet_v1.bn:25) adds for parameters.
static double penalty(const struct parameters *parameters) {
  double sum = 0;
  // conv1.weight: 0.0001 * p * p
  for (int k = 0; k < 216; k++) {
    const double p = (double)parameters->conv1_weight[k];
    sum += 0.0001 * p * p;
  }
  // separable1_conv2.weight: 0.0001 * p * p
  for (int k = 0; k < 128; k++) {
    const double p = (double)parameters->separable1_conv2_weight[k];
    sum += 0.0001 * p * p;
  }
  // separable2_conv2.weight: 0.0001 * p * p
  for (int k = 0; k < 512; k++) {
    const double p = (double)parameters->separable2_conv2_weight[k];
    sum += 0.0001 * p * p;
  }
  // separable3_conv2.weight: 0.0001 * p * p
  for (int k = 0; k < 1024; k++) {
    const double p = (double)parameters->separable3_conv2_weight[k];
    sum += 0.0001 * p * p;
  }
  // separable4_conv2.weight: 0.0001 * p * p
  for (int k = 0; k < 2048; k++) {
    const double p = (double)parameters->separable4_conv2_weight[k];
    sum += 0.0001 * p * p;
  }
  // separable5_conv2.weight: 0.0001 * p * p
  for (int k = 0; k < 4096; k++) {
    const double p = (double)parameters->separable5_conv2_weight[k];
    sum += 0.0001 * p * p;
  }
  // separable6_conv2.weight: 0.0001 * p * p
  for (int k = 0; k < 8192; k++) {
    const double p = (double)parameters->separable6_conv2_weight[k];
    sum += 0.0001 * p * p;
  }
  // middle1_separable1_conv2.weight: 0.0001 * p * p
  for (int k = 0; k < 16384; k++) {
    const double p = (double)parameters->middle1_separable1_conv2_weight[k];
    sum += 0.0001 * p * p;
  }
  // middle2_separable1_conv2.weight: 0.0001 * p * p
  for (int k = 0; k < 16384; k++) {
    const double p = (double)parameters->middle2_separable1_conv2_weight[k];
    sum += 0.0001 * p * p;
  }
  // middle3_separable1_conv2.weight: 0.0001 * p * p
  for (int k = 0; k < 16384; k++) {
    const double p = (double)parameters->middle3_separable1_conv2_weight[k];
    sum += 0.0001 * p * p;
  }
  // middle4_separable1_conv2.weight: 0.0001 * p * p
  for (int k = 0; k < 16384; k++) {
    const double p = (double)parameters->middle4_separable1_conv2_weight[k];
    sum += 0.0001 * p * p;
  }
  // middle5_separable1_conv2.weight: 0.0001 * p * p
  for (int k = 0; k < 16384; k++) {
    const double p = (double)parameters->middle5_separable1_conv2_weight[k];
    sum += 0.0001 * p * p;
  }
  // separable7_conv2.weight: 0.0001 * p * p
  for (int k = 0; k < 32768; k++) {
    const double p = (double)parameters->separable7_conv2_weight[k];
    sum += 0.0001 * p * p;
  }
  // separable8_conv2.weight: 0.0001 * p * p
  for (int k = 0; k < 65536; k++) {
    const double p = (double)parameters->separable8_conv2_weight[k];
    sum += 0.0001 * p * p;
  }
  return sum;
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

// dense1 (mobilenet_v1.bn:23), input gradient: 3 or 2 features of the batch a task
//   dy [2], weight [2, 256], dx [256]
static void k_dense1_input_gradient(const struct step *s, int task) {
  dense_input_gradient(s, task, g_dense1, (struct pieces){86, 2, 84}, 1, 2, 4,
      lanes_at(s, b_dense1_output_gradient), s->parameters->dense1_weight,
      lanes_at(s, b_flatten1_output_gradient));
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

// dense1 (mobilenet_v1.bn:23): its input as rows, x [256], rows [batch][264]
static void k_dense1_rows_load(const struct step *s, int task) {
  load_rows(task, 256, 264, lanes_at(s, b_avgpool1_output), lanes_at(s, b_dense1_rows));
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

// dense1 (mobilenet_v1.bn:23), weight gradient and step: 2 outputs a task
//   rows [batch][264], dy [2], dweight [2, 256]
static void k_dense1_weight_gradient(const struct step *s, int task) {
  dense_weight_gradient(s, task, g_dense1, (struct pieces){1, 2, 0}, (struct pieces){6, 5, 2}, 6,
      264, lanes_at(s, b_dense1_rows), lanes_at(s, b_dense1_output_gradient),
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

// dense1 (mobilenet_v1.bn:23), bias gradient and step: dy [2]
static void k_dense1_bias_gradient(const struct step *s, int task) {
  bias_gradient(s, task, 2, 1, lanes_at(s, b_dense1_output_gradient), s->parameters->dense1_bias);
}

// What dy, the gradient of the result, leaves of itself before relu and the pool, at each number of
// a window: g. The mask is made again from x, which is cheaper than to store it.
static ALWAYS_INLINE void batchnorm_relu_avgpool_window(const struct normalization n, const vec *x,
    vec dy, real mean, real scale, real shift, vec *g) {
  UNROLL for (int k = 0; k < n.K * n.K; k++) {
    const vec v = normalized(x[k / n.K * n.W + k % n.K], mean, scale, shift);
    g[k] = vec_relu_gradient(dy * (real)0.1111111111111111, v);
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
            vec g[9];
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

// separable8_batchnorm2, separable8_relu2, avgpool1 (mobilenet_v1.bn:7): sums of g and of g * xhat,
// x [256, 3, 3], dy [256, 1, 1]
static void k_separable8_batchnorm2_sums(const struct step *s, int task) {
  batchnorm_relu_avgpool_sums(task, g_separable8_batchnorm2, (struct pieces){10, 25, 6},
      s->scratch + b_separable8_batchnorm2_moments, s->parameters->separable8_batchnorm2_gamma,
      s->parameters->separable8_batchnorm2_beta, lanes_at(s, b_separable8_conv2_output),
      lanes_at(s, b_flatten1_output_gradient), pairs_at(s, b_separable8_batchnorm2_partial_sums));
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
    adam_update(&gamma[c], product, s);
    adam_update(&beta[c], sum, s);
  }
}

// separable8_batchnorm2 (mobilenet_v1.bn:7): gradients of gamma and beta, and step
static void k_separable8_batchnorm2_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_separable8_batchnorm2,
      s->scratch + b_separable8_batchnorm2_moments,
      pairs_at(s, b_separable8_batchnorm2_partial_sums),
      s->scratch + b_separable8_batchnorm2_coefficients, s->parameters->separable8_batchnorm2_gamma,
      s->parameters->separable8_batchnorm2_beta);
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
        vec g[9];
        batchnorm_relu_avgpool_window(n, xs + at, dys[i * n.OW + j], mean, scale, shift, g);
        UNROLL for (int k = 0; k < n.K * n.K; k++) {
          const int cell = at + k / n.K * n.W + k % n.K;
          dxs[cell] = masked((g[k] - mean_g - (xs[cell] - mean) * slope) * scale, active);
        }
      }
  }
}

// separable8_batchnorm2, separable8_relu2, avgpool1 (mobilenet_v1.bn:7), input gradient in x's
// place: x [256, 3, 3], dy [256, 1, 1]
static void k_separable8_batchnorm2_backward(const struct step *s, int task) {
  batchnorm_relu_avgpool_backward(s, task, g_separable8_batchnorm2, (struct pieces){10, 25, 6},
      s->scratch + b_separable8_batchnorm2_moments,
      s->scratch + b_separable8_batchnorm2_coefficients, lanes_at(s, b_separable8_conv2_output),
      lanes_at(s, b_flatten1_output_gradient), lanes_at(s, b_separable8_conv2_output_gradient));
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

// separable8_conv2 (mobilenet_v1.bn:7), input gradient: 3 or 2 input channels of a block a task
//   dy [256, 1, 9], weight [256, 256, 1, 1], dx [256, 1, 9]
static void k_separable8_conv2_input_gradient(const struct step *s, int task) {
  convolution_input_gradient(s, task, g_separable8_conv2, (struct pieces){86, 2, 84},
      (struct pieces){3, 3, 0}, lanes_at(s, b_separable8_conv2_output_gradient),
      s->parameters->separable8_conv2_weight, lanes_at(s, b_separable8_relu1_output_gradient));
}

static const struct convolution g_separable8_conv2_2 = { .G = 1, .CI = 256, .H = 3, .W = 3,
    .CO = 256, .OH = 3, .OW = 3, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0,
    .PB = 0, .PL = 0, .INNER = 0, .INNER_END = 3 };

// Memory of each thread, which stays in its cache from task to task.
static _Thread_local vec thread_vectors[384];

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

// separable8_conv2 (mobilenet_v1.bn:7), what the batch adds to the weight gradient, output channels
// in the lanes: 4 bands of rows, 1 tile of output channels a task
//   x [256, 3, 3], dy [256, 3, 3]
static void k_separable8_conv2_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient(s, task, g_separable8_conv2_2, (struct pieces){16, 2, 0},
      (struct pieces){43, 5, 41}, (struct pieces){16, 1, 0}, (struct pieces){1, 3, 0},
      (struct pieces){1, 4, 0}, lanes_at(s, b_separable8_relu1_output),
      lanes_at(s, b_separable8_conv2_output_gradient),
      s->scratch + b_separable8_conv2_weight_gradient_parts);
}

// A task: some stretches of input channels and taps, each of a vector of output channels, whose
// shares are added.
static ALWAYS_INLINE void convolution_channel_gradient_weights(int task, const struct convolution g,
    const struct pieces tasks, const int shares, const real *parts, real *dweight) {
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
        dweight[at] = total[k][l];
      }
  }
}

// separable8_conv2 (mobilenet_v1.bn:7), weight gradient, from what shares of the batch add to it:
// 32 stretches of 16 numbers a task
//   dweight [256, 256, 1, 1]
static void k_separable8_conv2_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights(task, g_separable8_conv2_2, (struct pieces){16, 32, 0}, 1,
      s->scratch + b_separable8_conv2_weight_gradient_parts,
      s->scratch + b_separable8_conv2_dweight);
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

// separable8_batchnorm1, separable8_relu1 (mobilenet_v1.bn:6): sums of g and of g * xhat, x [256,
// 3, 3], dy [256, 3, 3]
static void k_separable8_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_separable7_batchnorm2, (struct pieces){10, 25, 6},
      s->scratch + b_separable8_batchnorm1_moments, s->parameters->separable8_batchnorm1_gamma,
      s->parameters->separable8_batchnorm1_beta, lanes_at(s, b_separable8_conv1_output),
      lanes_at(s, b_separable8_relu1_output_gradient),
      pairs_at(s, b_separable8_batchnorm1_partial_sums));
}

// separable8_batchnorm1 (mobilenet_v1.bn:6): gradients of gamma and beta, and step
static void k_separable8_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_separable7_batchnorm2,
      s->scratch + b_separable8_batchnorm1_moments,
      pairs_at(s, b_separable8_batchnorm1_partial_sums),
      s->scratch + b_separable8_batchnorm1_coefficients, s->parameters->separable8_batchnorm1_gamma,
      s->parameters->separable8_batchnorm1_beta);
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

// separable8_batchnorm1, separable8_relu1 (mobilenet_v1.bn:6), input gradient in x's place: x [256,
// 3, 3], dy [256, 3, 3]
static void k_separable8_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_separable7_batchnorm2, (struct pieces){10, 25, 6},
      s->scratch + b_separable8_batchnorm1_moments,
      s->scratch + b_separable8_batchnorm1_coefficients, lanes_at(s, b_separable8_conv1_output),
      lanes_at(s, b_separable8_relu1_output_gradient),
      lanes_at(s, b_separable8_conv1_output_gradient));
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

// separable8_conv1 (mobilenet_v1.bn:5), input gradient: 1 input channels of a block a task
//   dy [256, 3, 3], weight [256, 1, 3, 3], dx [256, 3, 3]
static void k_separable8_conv1_input_gradient(const struct step *s, int task) {
  depthwise_input_gradient(s, task, g_separable8_conv1, (struct pieces){1, 1, 0},
      (struct pieces){1, 3, 0}, lanes_at(s, b_separable8_conv1_output_gradient),
      s->parameters->separable8_conv1_weight, lanes_at(s, b_separable7_relu2_output_gradient));
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
    adam_update(&weight[at], lanes_sum(sums[k].total), s);
  }
}

// separable8_conv1 (mobilenet_v1.bn:5), weight gradient and step: a channel's kernel a task
//   x [256, 3, 3], dy [256, 3, 3], dweight [256, 1, 3, 3]
static void k_separable8_conv1_weight_gradient(const struct step *s, int task) {
  depthwise_weight_gradient(s, task, g_separable8_conv1, 4, 3, 3, 3,
      lanes_at(s, b_separable7_relu2_output), lanes_at(s, b_separable8_conv1_output_gradient),
      s->parameters->separable8_conv1_weight);
}

// separable7_batchnorm2, separable7_relu2 (mobilenet_v1.bn:7): sums of g and of g * xhat, x [256,
// 3, 3], dy [256, 3, 3]
static void k_separable7_batchnorm2_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_separable7_batchnorm2, (struct pieces){10, 25, 6},
      s->scratch + b_separable7_batchnorm2_moments, s->parameters->separable7_batchnorm2_gamma,
      s->parameters->separable7_batchnorm2_beta, lanes_at(s, b_separable7_conv2_output),
      lanes_at(s, b_separable7_relu2_output_gradient),
      pairs_at(s, b_separable7_batchnorm2_partial_sums));
}

// separable7_batchnorm2 (mobilenet_v1.bn:7): gradients of gamma and beta, and step
static void k_separable7_batchnorm2_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_separable7_batchnorm2,
      s->scratch + b_separable7_batchnorm2_moments,
      pairs_at(s, b_separable7_batchnorm2_partial_sums),
      s->scratch + b_separable7_batchnorm2_coefficients, s->parameters->separable7_batchnorm2_gamma,
      s->parameters->separable7_batchnorm2_beta);
}

// separable7_batchnorm2, separable7_relu2 (mobilenet_v1.bn:7), input gradient in x's place: x [256,
// 3, 3], dy [256, 3, 3]
static void k_separable7_batchnorm2_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_separable7_batchnorm2, (struct pieces){10, 25, 6},
      s->scratch + b_separable7_batchnorm2_moments,
      s->scratch + b_separable7_batchnorm2_coefficients, lanes_at(s, b_separable7_conv2_output),
      lanes_at(s, b_separable7_relu2_output_gradient),
      lanes_at(s, b_separable7_conv2_output_gradient));
}

// separable7_conv2 (mobilenet_v1.bn:7), input gradient: 3 or 2 input channels of a block a task
//   dy [256, 1, 9], weight [256, 128, 1, 1], dx [128, 1, 9]
static void k_separable7_conv2_input_gradient(const struct step *s, int task) {
  convolution_input_gradient(s, task, g_separable7_conv2, (struct pieces){43, 2, 42},
      (struct pieces){3, 3, 0}, lanes_at(s, b_separable7_conv2_output_gradient),
      s->parameters->separable7_conv2_weight, lanes_at(s, b_separable7_relu1_output_gradient));
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
// blocks; at the end the lanes are added.
static ALWAYS_INLINE void convolution_weight_gradient_tile(const struct step *s,
    const struct convolution g, const vec *x, const vec *dy, real *dweight, const int blocks,
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
        dweight[at] = lanes_sum(sums[(o * inputs + c) * taps + k].total);
      }
}

// A row of the kernel for `outputs` x `inputs` channels.
static ALWAYS_INLINE void convolution_weight_gradient_taps(const struct step *s,
    const struct convolution g, const struct pieces taps, const vec *x, const vec *dy,
    real *dweight, const int blocks, const int rows, int co, int ci, int ky, const int outputs,
    const int inputs) {
  const int wide = taps.wide * (taps.size + 1);
  for (int kx = 0; kx < wide; kx += taps.size + 1)
    convolution_weight_gradient_tile(s, g, x, dy, dweight, blocks, rows, co, ci, ky, kx, outputs,
        inputs, taps.size + 1);
  for (int kx = wide; kx < g.KW; kx += taps.size)
    convolution_weight_gradient_tile(s, g, x, dy, dweight, blocks, rows, co, ci, ky, kx, outputs,
        inputs, taps.size);
}

// A task of a convolution's weight gradient: one row of the kernel for one tile of output and of
// input channels.
static ALWAYS_INLINE void convolution_weight_gradient(const struct step *s, int task,
    const struct convolution g, const struct pieces outputs, const struct pieces inputs,
    const struct pieces taps, const int blocks, const int rows, const vec *x, const vec *dy,
    real *dweight) {
  const int ky = task % g.KH, input = task / g.KH % inputs.count;
  const int output = task / g.KH / inputs.count % outputs.count;
  const int group = task / g.KH / inputs.count / outputs.count;
  const int co = piece_start(outputs, output), ci = piece_start(inputs, input);
  x += group * (g.CI * g.H * g.W);
  dy += group * (g.CO * g.OH * g.OW);
  dweight += group * g.CO * (g.CI * g.KH * g.KW);
  const int more_outputs = outputs.wide > 0 && output < outputs.wide;
  const int more_inputs = inputs.wide > 0 && input < inputs.wide;
  if (more_outputs && more_inputs)
    convolution_weight_gradient_taps(s, g, taps, x, dy, dweight, blocks, rows, co, ci, ky,
        outputs.size + 1, inputs.size + 1);
  else if (more_outputs)
    convolution_weight_gradient_taps(s, g, taps, x, dy, dweight, blocks, rows, co, ci, ky,
        outputs.size + 1, inputs.size);
  else if (more_inputs)
    convolution_weight_gradient_taps(s, g, taps, x, dy, dweight, blocks, rows, co, ci, ky,
        outputs.size, inputs.size + 1);
  else
    convolution_weight_gradient_taps(s, g, taps, x, dy, dweight, blocks, rows, co, ci, ky,
        outputs.size, inputs.size);
}

// separable7_conv2 (mobilenet_v1.bn:7), weight gradient: a kernel row of 4 x 3 or 2 channels a task
//   x [128, 1, 9], dy [256, 1, 9], dweight [256, 128, 1, 1]
static void k_separable7_conv2_weight_gradient(const struct step *s, int task) {
  convolution_weight_gradient(s, task, g_separable7_conv2, (struct pieces){64, 4, 0},
      (struct pieces){43, 2, 42}, (struct pieces){1, 1, 0}, 4, 1,
      lanes_at(s, b_separable7_relu1_output), lanes_at(s, b_separable7_conv2_output_gradient),
      s->scratch + b_separable7_conv2_dweight);
}

// separable7_batchnorm1, separable7_relu1 (mobilenet_v1.bn:6): sums of g and of g * xhat, x [128,
// 3, 3], dy [128, 3, 3]
static void k_separable7_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_separable7_batchnorm1, (struct pieces){5, 25, 3},
      s->scratch + b_separable7_batchnorm1_moments, s->parameters->separable7_batchnorm1_gamma,
      s->parameters->separable7_batchnorm1_beta, lanes_at(s, b_separable7_conv1_output),
      lanes_at(s, b_separable7_relu1_output_gradient),
      pairs_at(s, b_separable7_batchnorm1_partial_sums));
}

// separable7_batchnorm1 (mobilenet_v1.bn:6): gradients of gamma and beta, and step
static void k_separable7_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_separable7_batchnorm1,
      s->scratch + b_separable7_batchnorm1_moments,
      pairs_at(s, b_separable7_batchnorm1_partial_sums),
      s->scratch + b_separable7_batchnorm1_coefficients, s->parameters->separable7_batchnorm1_gamma,
      s->parameters->separable7_batchnorm1_beta);
}

// separable7_batchnorm1, separable7_relu1 (mobilenet_v1.bn:6), input gradient in x's place: x [128,
// 3, 3], dy [128, 3, 3]
static void k_separable7_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_separable7_batchnorm1, (struct pieces){5, 25, 3},
      s->scratch + b_separable7_batchnorm1_moments,
      s->scratch + b_separable7_batchnorm1_coefficients, lanes_at(s, b_separable7_conv1_output),
      lanes_at(s, b_separable7_relu1_output_gradient),
      lanes_at(s, b_separable7_conv1_output_gradient));
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

// separable7_conv1 (mobilenet_v1.bn:5), input gradient: 1 input channels of a block a task
//   dy [128, 3, 3], weight [128, 1, 3, 3], dx [128, 6, 6]
static void k_separable7_conv1_input_gradient(const struct step *s, int task) {
  depthwise_input_gradient_2(s, task, g_separable7_conv1, (struct pieces){1, 1, 0},
      (struct pieces){1, 6, 0}, lanes_at(s, b_separable7_conv1_output_gradient),
      s->parameters->separable7_conv1_weight,
      lanes_at(s, b_middle5_separable1_relu2_output_gradient));
}

// separable7_conv1 (mobilenet_v1.bn:5), weight gradient and step: a channel's kernel a task
//   x [128, 6, 6], dy [128, 3, 3], dweight [128, 1, 3, 3]
static void k_separable7_conv1_weight_gradient(const struct step *s, int task) {
  depthwise_weight_gradient(s, task, g_separable7_conv1, 4, 3, 3, 3,
      lanes_at(s, b_middle5_separable1_relu2_output),
      lanes_at(s, b_separable7_conv1_output_gradient), s->parameters->separable7_conv1_weight);
}

// middle5_separable1_batchnorm2, middle5_separable1_relu2 (mobilenet_v1.bn:7): sums of g and of g *
// xhat, x [128, 6, 6], dy [128, 6, 6]
static void k_middle5_separable1_batchnorm2_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_middle5_separable1_batchnorm2_moments,
      s->parameters->middle5_separable1_batchnorm2_gamma,
      s->parameters->middle5_separable1_batchnorm2_beta,
      lanes_at(s, b_middle5_separable1_conv2_output),
      lanes_at(s, b_middle5_separable1_relu2_output_gradient),
      pairs_at(s, b_middle5_separable1_batchnorm2_partial_sums));
}

// middle5_separable1_batchnorm2 (mobilenet_v1.bn:7): gradients of gamma and beta, and step
static void k_middle5_separable1_batchnorm2_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_separable6_batchnorm2,
      s->scratch + b_middle5_separable1_batchnorm2_moments,
      pairs_at(s, b_middle5_separable1_batchnorm2_partial_sums),
      s->scratch + b_middle5_separable1_batchnorm2_coefficients,
      s->parameters->middle5_separable1_batchnorm2_gamma,
      s->parameters->middle5_separable1_batchnorm2_beta);
}

// middle5_separable1_batchnorm2, middle5_separable1_relu2 (mobilenet_v1.bn:7), input gradient in
// x's place: x [128, 6, 6], dy [128, 6, 6]
static void k_middle5_separable1_batchnorm2_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_middle5_separable1_batchnorm2_moments,
      s->scratch + b_middle5_separable1_batchnorm2_coefficients,
      lanes_at(s, b_middle5_separable1_conv2_output),
      lanes_at(s, b_middle5_separable1_relu2_output_gradient),
      lanes_at(s, b_middle5_separable1_conv2_output_gradient));
}

// convolution_input_gradient for the sizes of middle1_separable1_conv2, which other layers have
// too.
static void convolution_input_gradient_of_middle1_separable1_conv2(const struct step *s, int task,
    const vec *dy, const real *weight, vec *dx) {
  convolution_input_gradient(s, task, g_middle1_separable1_conv2, (struct pieces){43, 2, 42},
      (struct pieces){9, 4, 0}, dy, weight, dx);
}

// middle5_separable1_conv2 (mobilenet_v1.bn:7), input gradient: 3 or 2 input channels of a block a
// task
//   dy [128, 1, 36], weight [128, 128, 1, 1], dx [128, 1, 36]
static void k_middle5_separable1_conv2_input_gradient(const struct step *s, int task) {
  convolution_input_gradient_of_middle1_separable1_conv2(s, task,
      lanes_at(s, b_middle5_separable1_conv2_output_gradient),
      s->parameters->middle5_separable1_conv2_weight,
      lanes_at(s, b_middle5_separable1_relu1_output_gradient));
}

static const struct convolution g_middle5_separable1_conv2 = { .G = 1, .CI = 128, .H = 6, .W = 6,
    .CO = 128, .OH = 6, .OW = 6, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0,
    .PB = 0, .PL = 0, .INNER = 0, .INNER_END = 6 };

// convolution_channel_gradient for the sizes of middle5_separable1_conv2, which other layers have
// too.
static void convolution_channel_gradient_of_middle5_separable1_conv2(const struct step *s, int task,
    const vec *x, const vec *dy, real *parts) {
  convolution_channel_gradient(s, task, g_middle5_separable1_conv2, (struct pieces){8, 2, 0},
      (struct pieces){22, 5, 18}, (struct pieces){8, 1, 0}, (struct pieces){2, 3, 0},
      (struct pieces){2, 4, 0}, x, dy, parts);
}

// middle5_separable1_conv2 (mobilenet_v1.bn:7), what the batch adds to the weight gradient, output
// channels in the lanes: 4 bands of rows, 1 tile of output channels a task
//   x [128, 6, 6], dy [128, 6, 6]
static void k_middle5_separable1_conv2_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient_of_middle5_separable1_conv2(s, task,
      lanes_at(s, b_middle5_separable1_relu1_output),
      lanes_at(s, b_middle5_separable1_conv2_output_gradient),
      s->scratch + b_middle5_separable1_conv2_weight_gradient_parts);
}

// convolution_channel_gradient_weights for the sizes of middle5_separable1_conv2, which other
// layers have too.
static void convolution_channel_gradient_weights_of_middle5_separable1_conv2(int task,
    const real *parts, real *dweight) {
  convolution_channel_gradient_weights(task, g_middle5_separable1_conv2, (struct pieces){16, 8, 0},
      2, parts, dweight);
}

// middle5_separable1_conv2 (mobilenet_v1.bn:7), weight gradient, from what shares of the batch add
// to it: 8 stretches of 16 numbers a task
//   dweight [128, 128, 1, 1]
static void k_middle5_separable1_conv2_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights_of_middle5_separable1_conv2(task,
      s->scratch + b_middle5_separable1_conv2_weight_gradient_parts,
      s->scratch + b_middle5_separable1_conv2_dweight);
}

// middle5_separable1_batchnorm1, middle5_separable1_relu1 (mobilenet_v1.bn:6): sums of g and of g *
// xhat, x [128, 6, 6], dy [128, 6, 6]
static void k_middle5_separable1_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_middle5_separable1_batchnorm1_moments,
      s->parameters->middle5_separable1_batchnorm1_gamma,
      s->parameters->middle5_separable1_batchnorm1_beta,
      lanes_at(s, b_middle5_separable1_conv1_output),
      lanes_at(s, b_middle5_separable1_relu1_output_gradient),
      pairs_at(s, b_middle5_separable1_batchnorm1_partial_sums));
}

// middle5_separable1_batchnorm1 (mobilenet_v1.bn:6): gradients of gamma and beta, and step
static void k_middle5_separable1_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_separable6_batchnorm2,
      s->scratch + b_middle5_separable1_batchnorm1_moments,
      pairs_at(s, b_middle5_separable1_batchnorm1_partial_sums),
      s->scratch + b_middle5_separable1_batchnorm1_coefficients,
      s->parameters->middle5_separable1_batchnorm1_gamma,
      s->parameters->middle5_separable1_batchnorm1_beta);
}

// middle5_separable1_batchnorm1, middle5_separable1_relu1 (mobilenet_v1.bn:6), input gradient in
// x's place: x [128, 6, 6], dy [128, 6, 6]
static void k_middle5_separable1_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_middle5_separable1_batchnorm1_moments,
      s->scratch + b_middle5_separable1_batchnorm1_coefficients,
      lanes_at(s, b_middle5_separable1_conv1_output),
      lanes_at(s, b_middle5_separable1_relu1_output_gradient),
      lanes_at(s, b_middle5_separable1_conv1_output_gradient));
}

// depthwise_input_gradient for the sizes of middle1_separable1_conv1, which other layers have too.
static void depthwise_input_gradient_of_middle1_separable1_conv1(const struct step *s, int task,
    const vec *dy, const real *weight, vec *dx) {
  depthwise_input_gradient(s, task, g_middle1_separable1_conv1, (struct pieces){1, 1, 0},
      (struct pieces){1, 6, 0}, dy, weight, dx);
}

// middle5_separable1_conv1 (mobilenet_v1.bn:5), input gradient: 1 input channels of a block a task
//   dy [128, 6, 6], weight [128, 1, 3, 3], dx [128, 6, 6]
static void k_middle5_separable1_conv1_input_gradient(const struct step *s, int task) {
  depthwise_input_gradient_of_middle1_separable1_conv1(s, task,
      lanes_at(s, b_middle5_separable1_conv1_output_gradient),
      s->parameters->middle5_separable1_conv1_weight,
      lanes_at(s, b_middle4_separable1_relu2_output_gradient));
}

// depthwise_weight_gradient for the sizes of middle1_separable1_conv1, which other layers have too.
static void depthwise_weight_gradient_of_middle1_separable1_conv1(const struct step *s, int task,
    const vec *x, const vec *dy, real *weight) {
  depthwise_weight_gradient(s, task, g_middle1_separable1_conv1, 4, 6, 3, 4, x, dy, weight);
}

// middle5_separable1_conv1 (mobilenet_v1.bn:5), weight gradient and step: a channel's kernel a task
//   x [128, 6, 6], dy [128, 6, 6], dweight [128, 1, 3, 3]
static void k_middle5_separable1_conv1_weight_gradient(const struct step *s, int task) {
  depthwise_weight_gradient_of_middle1_separable1_conv1(s, task,
      lanes_at(s, b_middle4_separable1_relu2_output),
      lanes_at(s, b_middle5_separable1_conv1_output_gradient),
      s->parameters->middle5_separable1_conv1_weight);
}

// middle4_separable1_batchnorm2, middle4_separable1_relu2 (mobilenet_v1.bn:7): sums of g and of g *
// xhat, x [128, 6, 6], dy [128, 6, 6]
static void k_middle4_separable1_batchnorm2_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_middle4_separable1_batchnorm2_moments,
      s->parameters->middle4_separable1_batchnorm2_gamma,
      s->parameters->middle4_separable1_batchnorm2_beta,
      lanes_at(s, b_middle4_separable1_conv2_output),
      lanes_at(s, b_middle4_separable1_relu2_output_gradient),
      pairs_at(s, b_middle4_separable1_batchnorm2_partial_sums));
}

// middle4_separable1_batchnorm2 (mobilenet_v1.bn:7): gradients of gamma and beta, and step
static void k_middle4_separable1_batchnorm2_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_separable6_batchnorm2,
      s->scratch + b_middle4_separable1_batchnorm2_moments,
      pairs_at(s, b_middle4_separable1_batchnorm2_partial_sums),
      s->scratch + b_middle4_separable1_batchnorm2_coefficients,
      s->parameters->middle4_separable1_batchnorm2_gamma,
      s->parameters->middle4_separable1_batchnorm2_beta);
}

// middle4_separable1_batchnorm2, middle4_separable1_relu2 (mobilenet_v1.bn:7), input gradient in
// x's place: x [128, 6, 6], dy [128, 6, 6]
static void k_middle4_separable1_batchnorm2_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_middle4_separable1_batchnorm2_moments,
      s->scratch + b_middle4_separable1_batchnorm2_coefficients,
      lanes_at(s, b_middle4_separable1_conv2_output),
      lanes_at(s, b_middle4_separable1_relu2_output_gradient),
      lanes_at(s, b_middle4_separable1_conv2_output_gradient));
}

// middle4_separable1_conv2 (mobilenet_v1.bn:7), input gradient: 3 or 2 input channels of a block a
// task
//   dy [128, 1, 36], weight [128, 128, 1, 1], dx [128, 1, 36]
static void k_middle4_separable1_conv2_input_gradient(const struct step *s, int task) {
  convolution_input_gradient_of_middle1_separable1_conv2(s, task,
      lanes_at(s, b_middle4_separable1_conv2_output_gradient),
      s->parameters->middle4_separable1_conv2_weight,
      lanes_at(s, b_middle4_separable1_relu1_output_gradient));
}

// middle4_separable1_conv2 (mobilenet_v1.bn:7), what the batch adds to the weight gradient, output
// channels in the lanes: 4 bands of rows, 1 tile of output channels a task
//   x [128, 6, 6], dy [128, 6, 6]
static void k_middle4_separable1_conv2_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient_of_middle5_separable1_conv2(s, task,
      lanes_at(s, b_middle4_separable1_relu1_output),
      lanes_at(s, b_middle4_separable1_conv2_output_gradient),
      s->scratch + b_middle4_separable1_conv2_weight_gradient_parts);
}

// middle4_separable1_conv2 (mobilenet_v1.bn:7), weight gradient, from what shares of the batch add
// to it: 8 stretches of 16 numbers a task
//   dweight [128, 128, 1, 1]
static void k_middle4_separable1_conv2_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights_of_middle5_separable1_conv2(task,
      s->scratch + b_middle4_separable1_conv2_weight_gradient_parts,
      s->scratch + b_middle4_separable1_conv2_dweight);
}

// middle4_separable1_batchnorm1, middle4_separable1_relu1 (mobilenet_v1.bn:6): sums of g and of g *
// xhat, x [128, 6, 6], dy [128, 6, 6]
static void k_middle4_separable1_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_middle4_separable1_batchnorm1_moments,
      s->parameters->middle4_separable1_batchnorm1_gamma,
      s->parameters->middle4_separable1_batchnorm1_beta,
      lanes_at(s, b_middle4_separable1_conv1_output),
      lanes_at(s, b_middle4_separable1_relu1_output_gradient),
      pairs_at(s, b_middle4_separable1_batchnorm1_partial_sums));
}

// middle4_separable1_batchnorm1 (mobilenet_v1.bn:6): gradients of gamma and beta, and step
static void k_middle4_separable1_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_separable6_batchnorm2,
      s->scratch + b_middle4_separable1_batchnorm1_moments,
      pairs_at(s, b_middle4_separable1_batchnorm1_partial_sums),
      s->scratch + b_middle4_separable1_batchnorm1_coefficients,
      s->parameters->middle4_separable1_batchnorm1_gamma,
      s->parameters->middle4_separable1_batchnorm1_beta);
}

// middle4_separable1_batchnorm1, middle4_separable1_relu1 (mobilenet_v1.bn:6), input gradient in
// x's place: x [128, 6, 6], dy [128, 6, 6]
static void k_middle4_separable1_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_middle4_separable1_batchnorm1_moments,
      s->scratch + b_middle4_separable1_batchnorm1_coefficients,
      lanes_at(s, b_middle4_separable1_conv1_output),
      lanes_at(s, b_middle4_separable1_relu1_output_gradient),
      lanes_at(s, b_middle4_separable1_conv1_output_gradient));
}

// middle4_separable1_conv1 (mobilenet_v1.bn:5), input gradient: 1 input channels of a block a task
//   dy [128, 6, 6], weight [128, 1, 3, 3], dx [128, 6, 6]
static void k_middle4_separable1_conv1_input_gradient(const struct step *s, int task) {
  depthwise_input_gradient_of_middle1_separable1_conv1(s, task,
      lanes_at(s, b_middle4_separable1_conv1_output_gradient),
      s->parameters->middle4_separable1_conv1_weight,
      lanes_at(s, b_middle3_separable1_relu2_output_gradient));
}

// middle4_separable1_conv1 (mobilenet_v1.bn:5), weight gradient and step: a channel's kernel a task
//   x [128, 6, 6], dy [128, 6, 6], dweight [128, 1, 3, 3]
static void k_middle4_separable1_conv1_weight_gradient(const struct step *s, int task) {
  depthwise_weight_gradient_of_middle1_separable1_conv1(s, task,
      lanes_at(s, b_middle3_separable1_relu2_output),
      lanes_at(s, b_middle4_separable1_conv1_output_gradient),
      s->parameters->middle4_separable1_conv1_weight);
}

// middle3_separable1_batchnorm2, middle3_separable1_relu2 (mobilenet_v1.bn:7): sums of g and of g *
// xhat, x [128, 6, 6], dy [128, 6, 6]
static void k_middle3_separable1_batchnorm2_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_middle3_separable1_batchnorm2_moments,
      s->parameters->middle3_separable1_batchnorm2_gamma,
      s->parameters->middle3_separable1_batchnorm2_beta,
      lanes_at(s, b_middle3_separable1_conv2_output),
      lanes_at(s, b_middle3_separable1_relu2_output_gradient),
      pairs_at(s, b_middle3_separable1_batchnorm2_partial_sums));
}

// middle3_separable1_batchnorm2 (mobilenet_v1.bn:7): gradients of gamma and beta, and step
static void k_middle3_separable1_batchnorm2_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_separable6_batchnorm2,
      s->scratch + b_middle3_separable1_batchnorm2_moments,
      pairs_at(s, b_middle3_separable1_batchnorm2_partial_sums),
      s->scratch + b_middle3_separable1_batchnorm2_coefficients,
      s->parameters->middle3_separable1_batchnorm2_gamma,
      s->parameters->middle3_separable1_batchnorm2_beta);
}

// middle3_separable1_batchnorm2, middle3_separable1_relu2 (mobilenet_v1.bn:7), input gradient in
// x's place: x [128, 6, 6], dy [128, 6, 6]
static void k_middle3_separable1_batchnorm2_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_middle3_separable1_batchnorm2_moments,
      s->scratch + b_middle3_separable1_batchnorm2_coefficients,
      lanes_at(s, b_middle3_separable1_conv2_output),
      lanes_at(s, b_middle3_separable1_relu2_output_gradient),
      lanes_at(s, b_middle3_separable1_conv2_output_gradient));
}

// middle3_separable1_conv2 (mobilenet_v1.bn:7), input gradient: 3 or 2 input channels of a block a
// task
//   dy [128, 1, 36], weight [128, 128, 1, 1], dx [128, 1, 36]
static void k_middle3_separable1_conv2_input_gradient(const struct step *s, int task) {
  convolution_input_gradient_of_middle1_separable1_conv2(s, task,
      lanes_at(s, b_middle3_separable1_conv2_output_gradient),
      s->parameters->middle3_separable1_conv2_weight,
      lanes_at(s, b_middle3_separable1_relu1_output_gradient));
}

// middle3_separable1_conv2 (mobilenet_v1.bn:7), what the batch adds to the weight gradient, output
// channels in the lanes: 4 bands of rows, 1 tile of output channels a task
//   x [128, 6, 6], dy [128, 6, 6]
static void k_middle3_separable1_conv2_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient_of_middle5_separable1_conv2(s, task,
      lanes_at(s, b_middle3_separable1_relu1_output),
      lanes_at(s, b_middle3_separable1_conv2_output_gradient),
      s->scratch + b_middle3_separable1_conv2_weight_gradient_parts);
}

// middle3_separable1_conv2 (mobilenet_v1.bn:7), weight gradient, from what shares of the batch add
// to it: 8 stretches of 16 numbers a task
//   dweight [128, 128, 1, 1]
static void k_middle3_separable1_conv2_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights_of_middle5_separable1_conv2(task,
      s->scratch + b_middle3_separable1_conv2_weight_gradient_parts,
      s->scratch + b_middle3_separable1_conv2_dweight);
}

// middle3_separable1_batchnorm1, middle3_separable1_relu1 (mobilenet_v1.bn:6): sums of g and of g *
// xhat, x [128, 6, 6], dy [128, 6, 6]
static void k_middle3_separable1_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_middle3_separable1_batchnorm1_moments,
      s->parameters->middle3_separable1_batchnorm1_gamma,
      s->parameters->middle3_separable1_batchnorm1_beta,
      lanes_at(s, b_middle3_separable1_conv1_output),
      lanes_at(s, b_middle3_separable1_relu1_output_gradient),
      pairs_at(s, b_middle3_separable1_batchnorm1_partial_sums));
}

// middle3_separable1_batchnorm1 (mobilenet_v1.bn:6): gradients of gamma and beta, and step
static void k_middle3_separable1_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_separable6_batchnorm2,
      s->scratch + b_middle3_separable1_batchnorm1_moments,
      pairs_at(s, b_middle3_separable1_batchnorm1_partial_sums),
      s->scratch + b_middle3_separable1_batchnorm1_coefficients,
      s->parameters->middle3_separable1_batchnorm1_gamma,
      s->parameters->middle3_separable1_batchnorm1_beta);
}

// middle3_separable1_batchnorm1, middle3_separable1_relu1 (mobilenet_v1.bn:6), input gradient in
// x's place: x [128, 6, 6], dy [128, 6, 6]
static void k_middle3_separable1_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_middle3_separable1_batchnorm1_moments,
      s->scratch + b_middle3_separable1_batchnorm1_coefficients,
      lanes_at(s, b_middle3_separable1_conv1_output),
      lanes_at(s, b_middle3_separable1_relu1_output_gradient),
      lanes_at(s, b_middle3_separable1_conv1_output_gradient));
}

// middle3_separable1_conv1 (mobilenet_v1.bn:5), input gradient: 1 input channels of a block a task
//   dy [128, 6, 6], weight [128, 1, 3, 3], dx [128, 6, 6]
static void k_middle3_separable1_conv1_input_gradient(const struct step *s, int task) {
  depthwise_input_gradient_of_middle1_separable1_conv1(s, task,
      lanes_at(s, b_middle3_separable1_conv1_output_gradient),
      s->parameters->middle3_separable1_conv1_weight,
      lanes_at(s, b_middle2_separable1_relu2_output_gradient));
}

// middle3_separable1_conv1 (mobilenet_v1.bn:5), weight gradient and step: a channel's kernel a task
//   x [128, 6, 6], dy [128, 6, 6], dweight [128, 1, 3, 3]
static void k_middle3_separable1_conv1_weight_gradient(const struct step *s, int task) {
  depthwise_weight_gradient_of_middle1_separable1_conv1(s, task,
      lanes_at(s, b_middle2_separable1_relu2_output),
      lanes_at(s, b_middle3_separable1_conv1_output_gradient),
      s->parameters->middle3_separable1_conv1_weight);
}

// middle2_separable1_batchnorm2, middle2_separable1_relu2 (mobilenet_v1.bn:7): sums of g and of g *
// xhat, x [128, 6, 6], dy [128, 6, 6]
static void k_middle2_separable1_batchnorm2_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_middle2_separable1_batchnorm2_moments,
      s->parameters->middle2_separable1_batchnorm2_gamma,
      s->parameters->middle2_separable1_batchnorm2_beta,
      lanes_at(s, b_middle2_separable1_conv2_output),
      lanes_at(s, b_middle2_separable1_relu2_output_gradient),
      pairs_at(s, b_middle2_separable1_batchnorm2_partial_sums));
}

// middle2_separable1_batchnorm2 (mobilenet_v1.bn:7): gradients of gamma and beta, and step
static void k_middle2_separable1_batchnorm2_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_separable6_batchnorm2,
      s->scratch + b_middle2_separable1_batchnorm2_moments,
      pairs_at(s, b_middle2_separable1_batchnorm2_partial_sums),
      s->scratch + b_middle2_separable1_batchnorm2_coefficients,
      s->parameters->middle2_separable1_batchnorm2_gamma,
      s->parameters->middle2_separable1_batchnorm2_beta);
}

// middle2_separable1_batchnorm2, middle2_separable1_relu2 (mobilenet_v1.bn:7), input gradient in
// x's place: x [128, 6, 6], dy [128, 6, 6]
static void k_middle2_separable1_batchnorm2_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_middle2_separable1_batchnorm2_moments,
      s->scratch + b_middle2_separable1_batchnorm2_coefficients,
      lanes_at(s, b_middle2_separable1_conv2_output),
      lanes_at(s, b_middle2_separable1_relu2_output_gradient),
      lanes_at(s, b_middle2_separable1_conv2_output_gradient));
}

// middle2_separable1_conv2 (mobilenet_v1.bn:7), input gradient: 3 or 2 input channels of a block a
// task
//   dy [128, 1, 36], weight [128, 128, 1, 1], dx [128, 1, 36]
static void k_middle2_separable1_conv2_input_gradient(const struct step *s, int task) {
  convolution_input_gradient_of_middle1_separable1_conv2(s, task,
      lanes_at(s, b_middle2_separable1_conv2_output_gradient),
      s->parameters->middle2_separable1_conv2_weight,
      lanes_at(s, b_middle2_separable1_relu1_output_gradient));
}

// middle2_separable1_conv2 (mobilenet_v1.bn:7), what the batch adds to the weight gradient, output
// channels in the lanes: 4 bands of rows, 1 tile of output channels a task
//   x [128, 6, 6], dy [128, 6, 6]
static void k_middle2_separable1_conv2_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient_of_middle5_separable1_conv2(s, task,
      lanes_at(s, b_middle2_separable1_relu1_output),
      lanes_at(s, b_middle2_separable1_conv2_output_gradient),
      s->scratch + b_middle2_separable1_conv2_weight_gradient_parts);
}

// middle2_separable1_conv2 (mobilenet_v1.bn:7), weight gradient, from what shares of the batch add
// to it: 8 stretches of 16 numbers a task
//   dweight [128, 128, 1, 1]
static void k_middle2_separable1_conv2_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights_of_middle5_separable1_conv2(task,
      s->scratch + b_middle2_separable1_conv2_weight_gradient_parts,
      s->scratch + b_middle2_separable1_conv2_dweight);
}

// middle2_separable1_batchnorm1, middle2_separable1_relu1 (mobilenet_v1.bn:6): sums of g and of g *
// xhat, x [128, 6, 6], dy [128, 6, 6]
static void k_middle2_separable1_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_middle2_separable1_batchnorm1_moments,
      s->parameters->middle2_separable1_batchnorm1_gamma,
      s->parameters->middle2_separable1_batchnorm1_beta,
      lanes_at(s, b_middle2_separable1_conv1_output),
      lanes_at(s, b_middle2_separable1_relu1_output_gradient),
      pairs_at(s, b_middle2_separable1_batchnorm1_partial_sums));
}

// middle2_separable1_batchnorm1 (mobilenet_v1.bn:6): gradients of gamma and beta, and step
static void k_middle2_separable1_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_separable6_batchnorm2,
      s->scratch + b_middle2_separable1_batchnorm1_moments,
      pairs_at(s, b_middle2_separable1_batchnorm1_partial_sums),
      s->scratch + b_middle2_separable1_batchnorm1_coefficients,
      s->parameters->middle2_separable1_batchnorm1_gamma,
      s->parameters->middle2_separable1_batchnorm1_beta);
}

// middle2_separable1_batchnorm1, middle2_separable1_relu1 (mobilenet_v1.bn:6), input gradient in
// x's place: x [128, 6, 6], dy [128, 6, 6]
static void k_middle2_separable1_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_middle2_separable1_batchnorm1_moments,
      s->scratch + b_middle2_separable1_batchnorm1_coefficients,
      lanes_at(s, b_middle2_separable1_conv1_output),
      lanes_at(s, b_middle2_separable1_relu1_output_gradient),
      lanes_at(s, b_middle2_separable1_conv1_output_gradient));
}

// middle2_separable1_conv1 (mobilenet_v1.bn:5), input gradient: 1 input channels of a block a task
//   dy [128, 6, 6], weight [128, 1, 3, 3], dx [128, 6, 6]
static void k_middle2_separable1_conv1_input_gradient(const struct step *s, int task) {
  depthwise_input_gradient_of_middle1_separable1_conv1(s, task,
      lanes_at(s, b_middle2_separable1_conv1_output_gradient),
      s->parameters->middle2_separable1_conv1_weight,
      lanes_at(s, b_middle1_separable1_relu2_output_gradient));
}

// middle2_separable1_conv1 (mobilenet_v1.bn:5), weight gradient and step: a channel's kernel a task
//   x [128, 6, 6], dy [128, 6, 6], dweight [128, 1, 3, 3]
static void k_middle2_separable1_conv1_weight_gradient(const struct step *s, int task) {
  depthwise_weight_gradient_of_middle1_separable1_conv1(s, task,
      lanes_at(s, b_middle1_separable1_relu2_output),
      lanes_at(s, b_middle2_separable1_conv1_output_gradient),
      s->parameters->middle2_separable1_conv1_weight);
}

// middle1_separable1_batchnorm2, middle1_separable1_relu2 (mobilenet_v1.bn:7): sums of g and of g *
// xhat, x [128, 6, 6], dy [128, 6, 6]
static void k_middle1_separable1_batchnorm2_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_middle1_separable1_batchnorm2_moments,
      s->parameters->middle1_separable1_batchnorm2_gamma,
      s->parameters->middle1_separable1_batchnorm2_beta,
      lanes_at(s, b_middle1_separable1_conv2_output),
      lanes_at(s, b_middle1_separable1_relu2_output_gradient),
      pairs_at(s, b_middle1_separable1_batchnorm2_partial_sums));
}

// middle1_separable1_batchnorm2 (mobilenet_v1.bn:7): gradients of gamma and beta, and step
static void k_middle1_separable1_batchnorm2_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_separable6_batchnorm2,
      s->scratch + b_middle1_separable1_batchnorm2_moments,
      pairs_at(s, b_middle1_separable1_batchnorm2_partial_sums),
      s->scratch + b_middle1_separable1_batchnorm2_coefficients,
      s->parameters->middle1_separable1_batchnorm2_gamma,
      s->parameters->middle1_separable1_batchnorm2_beta);
}

// middle1_separable1_batchnorm2, middle1_separable1_relu2 (mobilenet_v1.bn:7), input gradient in
// x's place: x [128, 6, 6], dy [128, 6, 6]
static void k_middle1_separable1_batchnorm2_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_middle1_separable1_batchnorm2_moments,
      s->scratch + b_middle1_separable1_batchnorm2_coefficients,
      lanes_at(s, b_middle1_separable1_conv2_output),
      lanes_at(s, b_middle1_separable1_relu2_output_gradient),
      lanes_at(s, b_middle1_separable1_conv2_output_gradient));
}

// middle1_separable1_conv2 (mobilenet_v1.bn:7), input gradient: 3 or 2 input channels of a block a
// task
//   dy [128, 1, 36], weight [128, 128, 1, 1], dx [128, 1, 36]
static void k_middle1_separable1_conv2_input_gradient(const struct step *s, int task) {
  convolution_input_gradient_of_middle1_separable1_conv2(s, task,
      lanes_at(s, b_middle1_separable1_conv2_output_gradient),
      s->parameters->middle1_separable1_conv2_weight,
      lanes_at(s, b_middle1_separable1_relu1_output_gradient));
}

// middle1_separable1_conv2 (mobilenet_v1.bn:7), what the batch adds to the weight gradient, output
// channels in the lanes: 4 bands of rows, 1 tile of output channels a task
//   x [128, 6, 6], dy [128, 6, 6]
static void k_middle1_separable1_conv2_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient_of_middle5_separable1_conv2(s, task,
      lanes_at(s, b_middle1_separable1_relu1_output),
      lanes_at(s, b_middle1_separable1_conv2_output_gradient),
      s->scratch + b_middle1_separable1_conv2_weight_gradient_parts);
}

// middle1_separable1_conv2 (mobilenet_v1.bn:7), weight gradient, from what shares of the batch add
// to it: 8 stretches of 16 numbers a task
//   dweight [128, 128, 1, 1]
static void k_middle1_separable1_conv2_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights_of_middle5_separable1_conv2(task,
      s->scratch + b_middle1_separable1_conv2_weight_gradient_parts,
      s->scratch + b_middle1_separable1_conv2_dweight);
}

// middle1_separable1_batchnorm1, middle1_separable1_relu1 (mobilenet_v1.bn:6): sums of g and of g *
// xhat, x [128, 6, 6], dy [128, 6, 6]
static void k_middle1_separable1_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_middle1_separable1_batchnorm1_moments,
      s->parameters->middle1_separable1_batchnorm1_gamma,
      s->parameters->middle1_separable1_batchnorm1_beta,
      lanes_at(s, b_middle1_separable1_conv1_output),
      lanes_at(s, b_middle1_separable1_relu1_output_gradient),
      pairs_at(s, b_middle1_separable1_batchnorm1_partial_sums));
}

// middle1_separable1_batchnorm1 (mobilenet_v1.bn:6): gradients of gamma and beta, and step
static void k_middle1_separable1_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_separable6_batchnorm2,
      s->scratch + b_middle1_separable1_batchnorm1_moments,
      pairs_at(s, b_middle1_separable1_batchnorm1_partial_sums),
      s->scratch + b_middle1_separable1_batchnorm1_coefficients,
      s->parameters->middle1_separable1_batchnorm1_gamma,
      s->parameters->middle1_separable1_batchnorm1_beta);
}

// middle1_separable1_batchnorm1, middle1_separable1_relu1 (mobilenet_v1.bn:6), input gradient in
// x's place: x [128, 6, 6], dy [128, 6, 6]
static void k_middle1_separable1_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_middle1_separable1_batchnorm1_moments,
      s->scratch + b_middle1_separable1_batchnorm1_coefficients,
      lanes_at(s, b_middle1_separable1_conv1_output),
      lanes_at(s, b_middle1_separable1_relu1_output_gradient),
      lanes_at(s, b_middle1_separable1_conv1_output_gradient));
}

// middle1_separable1_conv1 (mobilenet_v1.bn:5), input gradient: 1 input channels of a block a task
//   dy [128, 6, 6], weight [128, 1, 3, 3], dx [128, 6, 6]
static void k_middle1_separable1_conv1_input_gradient(const struct step *s, int task) {
  depthwise_input_gradient_of_middle1_separable1_conv1(s, task,
      lanes_at(s, b_middle1_separable1_conv1_output_gradient),
      s->parameters->middle1_separable1_conv1_weight,
      lanes_at(s, b_separable6_relu2_output_gradient));
}

// middle1_separable1_conv1 (mobilenet_v1.bn:5), weight gradient and step: a channel's kernel a task
//   x [128, 6, 6], dy [128, 6, 6], dweight [128, 1, 3, 3]
static void k_middle1_separable1_conv1_weight_gradient(const struct step *s, int task) {
  depthwise_weight_gradient_of_middle1_separable1_conv1(s, task,
      lanes_at(s, b_separable6_relu2_output),
      lanes_at(s, b_middle1_separable1_conv1_output_gradient),
      s->parameters->middle1_separable1_conv1_weight);
}

// separable6_batchnorm2, separable6_relu2 (mobilenet_v1.bn:7): sums of g and of g * xhat, x [128,
// 6, 6], dy [128, 6, 6]
static void k_separable6_batchnorm2_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_separable6_batchnorm2_moments, s->parameters->separable6_batchnorm2_gamma,
      s->parameters->separable6_batchnorm2_beta, lanes_at(s, b_separable6_conv2_output),
      lanes_at(s, b_separable6_relu2_output_gradient),
      pairs_at(s, b_separable6_batchnorm2_partial_sums));
}

// separable6_batchnorm2 (mobilenet_v1.bn:7): gradients of gamma and beta, and step
static void k_separable6_batchnorm2_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_separable6_batchnorm2,
      s->scratch + b_separable6_batchnorm2_moments,
      pairs_at(s, b_separable6_batchnorm2_partial_sums),
      s->scratch + b_separable6_batchnorm2_coefficients, s->parameters->separable6_batchnorm2_gamma,
      s->parameters->separable6_batchnorm2_beta);
}

// separable6_batchnorm2, separable6_relu2 (mobilenet_v1.bn:7), input gradient in x's place: x [128,
// 6, 6], dy [128, 6, 6]
static void k_separable6_batchnorm2_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_separable6_batchnorm2, (struct pieces){19, 6, 14},
      s->scratch + b_separable6_batchnorm2_moments,
      s->scratch + b_separable6_batchnorm2_coefficients, lanes_at(s, b_separable6_conv2_output),
      lanes_at(s, b_separable6_relu2_output_gradient),
      lanes_at(s, b_separable6_conv2_output_gradient));
}

// separable6_conv2 (mobilenet_v1.bn:7), input gradient: 3 or 2 input channels of a block a task
//   dy [128, 1, 36], weight [128, 64, 1, 1], dx [64, 1, 36]
static void k_separable6_conv2_input_gradient(const struct step *s, int task) {
  convolution_input_gradient(s, task, g_separable6_conv2, (struct pieces){22, 2, 20},
      (struct pieces){9, 4, 0}, lanes_at(s, b_separable6_conv2_output_gradient),
      s->parameters->separable6_conv2_weight, lanes_at(s, b_separable6_relu1_output_gradient));
}

static const struct convolution g_separable6_conv2_2 = { .G = 1, .CI = 64, .H = 6, .W = 6,
    .CO = 128, .OH = 6, .OW = 6, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0,
    .PB = 0, .PL = 0, .INNER = 0, .INNER_END = 6 };

// separable6_conv2 (mobilenet_v1.bn:7), what the batch adds to the weight gradient, output channels
// in the lanes: 4 bands of rows, 1 tile of output channels a task
//   x [64, 6, 6], dy [128, 6, 6]
static void k_separable6_conv2_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient(s, task, g_separable6_conv2_2, (struct pieces){8, 2, 0},
      (struct pieces){11, 5, 9}, (struct pieces){8, 1, 0}, (struct pieces){2, 3, 0},
      (struct pieces){2, 4, 0}, lanes_at(s, b_separable6_relu1_output),
      lanes_at(s, b_separable6_conv2_output_gradient),
      s->scratch + b_separable6_conv2_weight_gradient_parts);
}

// separable6_conv2 (mobilenet_v1.bn:7), weight gradient, from what shares of the batch add to it: 4
// stretches of 16 numbers a task
//   dweight [128, 64, 1, 1]
static void k_separable6_conv2_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights(task, g_separable6_conv2_2, (struct pieces){16, 4, 0}, 2,
      s->scratch + b_separable6_conv2_weight_gradient_parts,
      s->scratch + b_separable6_conv2_dweight);
}

// separable6_batchnorm1, separable6_relu1 (mobilenet_v1.bn:6): sums of g and of g * xhat, x [64, 6,
// 6], dy [64, 6, 6]
static void k_separable6_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_separable6_batchnorm1, (struct pieces){10, 6, 4},
      s->scratch + b_separable6_batchnorm1_moments, s->parameters->separable6_batchnorm1_gamma,
      s->parameters->separable6_batchnorm1_beta, lanes_at(s, b_separable6_conv1_output),
      lanes_at(s, b_separable6_relu1_output_gradient),
      pairs_at(s, b_separable6_batchnorm1_partial_sums));
}

// separable6_batchnorm1 (mobilenet_v1.bn:6): gradients of gamma and beta, and step
static void k_separable6_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_separable6_batchnorm1,
      s->scratch + b_separable6_batchnorm1_moments,
      pairs_at(s, b_separable6_batchnorm1_partial_sums),
      s->scratch + b_separable6_batchnorm1_coefficients, s->parameters->separable6_batchnorm1_gamma,
      s->parameters->separable6_batchnorm1_beta);
}

// separable6_batchnorm1, separable6_relu1 (mobilenet_v1.bn:6), input gradient in x's place: x [64,
// 6, 6], dy [64, 6, 6]
static void k_separable6_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_separable6_batchnorm1, (struct pieces){10, 6, 4},
      s->scratch + b_separable6_batchnorm1_moments,
      s->scratch + b_separable6_batchnorm1_coefficients, lanes_at(s, b_separable6_conv1_output),
      lanes_at(s, b_separable6_relu1_output_gradient),
      lanes_at(s, b_separable6_conv1_output_gradient));
}

// separable6_conv1 (mobilenet_v1.bn:5), input gradient: 1 input channels of a block a task
//   dy [64, 6, 6], weight [64, 1, 3, 3], dx [64, 12, 12]
static void k_separable6_conv1_input_gradient(const struct step *s, int task) {
  depthwise_input_gradient_2(s, task, g_separable6_conv1, (struct pieces){1, 1, 0},
      (struct pieces){2, 6, 0}, lanes_at(s, b_separable6_conv1_output_gradient),
      s->parameters->separable6_conv1_weight, lanes_at(s, b_separable5_relu2_output_gradient));
}

// separable6_conv1 (mobilenet_v1.bn:5), weight gradient and step: a channel's kernel a task
//   x [64, 12, 12], dy [64, 6, 6], dweight [64, 1, 3, 3]
static void k_separable6_conv1_weight_gradient(const struct step *s, int task) {
  depthwise_weight_gradient(s, task, g_separable6_conv1, 4, 6, 3, 4,
      lanes_at(s, b_separable5_relu2_output), lanes_at(s, b_separable6_conv1_output_gradient),
      s->parameters->separable6_conv1_weight);
}

// separable5_batchnorm2, separable5_relu2 (mobilenet_v1.bn:7): sums of g and of g * xhat, x [64,
// 12, 12], dy [64, 12, 12]
static void k_separable5_batchnorm2_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_separable4_batchnorm2, (struct pieces){64, 1, 0},
      s->scratch + b_separable5_batchnorm2_moments, s->parameters->separable5_batchnorm2_gamma,
      s->parameters->separable5_batchnorm2_beta, lanes_at(s, b_separable5_conv2_output),
      lanes_at(s, b_separable5_relu2_output_gradient),
      pairs_at(s, b_separable5_batchnorm2_partial_sums));
}

// separable5_batchnorm2 (mobilenet_v1.bn:7): gradients of gamma and beta, and step
static void k_separable5_batchnorm2_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_separable4_batchnorm2,
      s->scratch + b_separable5_batchnorm2_moments,
      pairs_at(s, b_separable5_batchnorm2_partial_sums),
      s->scratch + b_separable5_batchnorm2_coefficients, s->parameters->separable5_batchnorm2_gamma,
      s->parameters->separable5_batchnorm2_beta);
}

// separable5_batchnorm2, separable5_relu2 (mobilenet_v1.bn:7), input gradient in x's place: x [64,
// 12, 12], dy [64, 12, 12]
static void k_separable5_batchnorm2_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_separable4_batchnorm2, (struct pieces){64, 1, 0},
      s->scratch + b_separable5_batchnorm2_moments,
      s->scratch + b_separable5_batchnorm2_coefficients, lanes_at(s, b_separable5_conv2_output),
      lanes_at(s, b_separable5_relu2_output_gradient),
      lanes_at(s, b_separable5_conv2_output_gradient));
}

// separable5_conv2 (mobilenet_v1.bn:7), input gradient: 3 or 2 input channels of a block a task
//   dy [64, 1, 144], weight [64, 64, 1, 1], dx [64, 1, 144]
static void k_separable5_conv2_input_gradient(const struct step *s, int task) {
  convolution_input_gradient(s, task, g_separable5_conv2, (struct pieces){22, 2, 20},
      (struct pieces){36, 4, 0}, lanes_at(s, b_separable5_conv2_output_gradient),
      s->parameters->separable5_conv2_weight, lanes_at(s, b_separable5_relu1_output_gradient));
}

static const struct convolution g_separable5_conv2_2 = { .G = 1, .CI = 64, .H = 12, .W = 12,
    .CO = 64, .OH = 12, .OW = 12, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0,
    .PB = 0, .PL = 0, .INNER = 0, .INNER_END = 12 };

// separable5_conv2 (mobilenet_v1.bn:7), what the batch adds to the weight gradient, output channels
// in the lanes: 6 bands of rows, 1 tile of output channels a task
//   x [64, 12, 12], dy [64, 12, 12]
static void k_separable5_conv2_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient(s, task, g_separable5_conv2_2, (struct pieces){4, 2, 0},
      (struct pieces){11, 5, 9}, (struct pieces){4, 1, 0}, (struct pieces){6, 2, 0},
      (struct pieces){4, 6, 0}, lanes_at(s, b_separable5_relu1_output),
      lanes_at(s, b_separable5_conv2_output_gradient),
      s->scratch + b_separable5_conv2_weight_gradient_parts);
}

// separable5_conv2 (mobilenet_v1.bn:7), weight gradient, from what shares of the batch add to it: 2
// stretches of 16 numbers a task
//   dweight [64, 64, 1, 1]
static void k_separable5_conv2_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights(task, g_separable5_conv2_2, (struct pieces){16, 2, 0}, 4,
      s->scratch + b_separable5_conv2_weight_gradient_parts,
      s->scratch + b_separable5_conv2_dweight);
}

// separable5_batchnorm1, separable5_relu1 (mobilenet_v1.bn:6): sums of g and of g * xhat, x [64,
// 12, 12], dy [64, 12, 12]
static void k_separable5_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_separable4_batchnorm2, (struct pieces){64, 1, 0},
      s->scratch + b_separable5_batchnorm1_moments, s->parameters->separable5_batchnorm1_gamma,
      s->parameters->separable5_batchnorm1_beta, lanes_at(s, b_separable5_conv1_output),
      lanes_at(s, b_separable5_relu1_output_gradient),
      pairs_at(s, b_separable5_batchnorm1_partial_sums));
}

// separable5_batchnorm1 (mobilenet_v1.bn:6): gradients of gamma and beta, and step
static void k_separable5_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_separable4_batchnorm2,
      s->scratch + b_separable5_batchnorm1_moments,
      pairs_at(s, b_separable5_batchnorm1_partial_sums),
      s->scratch + b_separable5_batchnorm1_coefficients, s->parameters->separable5_batchnorm1_gamma,
      s->parameters->separable5_batchnorm1_beta);
}

// separable5_batchnorm1, separable5_relu1 (mobilenet_v1.bn:6), input gradient in x's place: x [64,
// 12, 12], dy [64, 12, 12]
static void k_separable5_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_separable4_batchnorm2, (struct pieces){64, 1, 0},
      s->scratch + b_separable5_batchnorm1_moments,
      s->scratch + b_separable5_batchnorm1_coefficients, lanes_at(s, b_separable5_conv1_output),
      lanes_at(s, b_separable5_relu1_output_gradient),
      lanes_at(s, b_separable5_conv1_output_gradient));
}

// separable5_conv1 (mobilenet_v1.bn:5), input gradient: 1 input channels of a block a task
//   dy [64, 12, 12], weight [64, 1, 3, 3], dx [64, 12, 12]
static void k_separable5_conv1_input_gradient(const struct step *s, int task) {
  depthwise_input_gradient(s, task, g_separable5_conv1, (struct pieces){1, 1, 0},
      (struct pieces){2, 6, 0}, lanes_at(s, b_separable5_conv1_output_gradient),
      s->parameters->separable5_conv1_weight, lanes_at(s, b_separable4_relu2_output_gradient));
}

// separable5_conv1 (mobilenet_v1.bn:5), weight gradient and step: a channel's kernel a task
//   x [64, 12, 12], dy [64, 12, 12], dweight [64, 1, 3, 3]
static void k_separable5_conv1_weight_gradient(const struct step *s, int task) {
  depthwise_weight_gradient(s, task, g_separable5_conv1, 4, 12, 3, 4,
      lanes_at(s, b_separable4_relu2_output), lanes_at(s, b_separable5_conv1_output_gradient),
      s->parameters->separable5_conv1_weight);
}

// separable4_batchnorm2, separable4_relu2 (mobilenet_v1.bn:7): sums of g and of g * xhat, x [64,
// 12, 12], dy [64, 12, 12]
static void k_separable4_batchnorm2_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_separable4_batchnorm2, (struct pieces){64, 1, 0},
      s->scratch + b_separable4_batchnorm2_moments, s->parameters->separable4_batchnorm2_gamma,
      s->parameters->separable4_batchnorm2_beta, lanes_at(s, b_separable4_conv2_output),
      lanes_at(s, b_separable4_relu2_output_gradient),
      pairs_at(s, b_separable4_batchnorm2_partial_sums));
}

// separable4_batchnorm2 (mobilenet_v1.bn:7): gradients of gamma and beta, and step
static void k_separable4_batchnorm2_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_separable4_batchnorm2,
      s->scratch + b_separable4_batchnorm2_moments,
      pairs_at(s, b_separable4_batchnorm2_partial_sums),
      s->scratch + b_separable4_batchnorm2_coefficients, s->parameters->separable4_batchnorm2_gamma,
      s->parameters->separable4_batchnorm2_beta);
}

// separable4_batchnorm2, separable4_relu2 (mobilenet_v1.bn:7), input gradient in x's place: x [64,
// 12, 12], dy [64, 12, 12]
static void k_separable4_batchnorm2_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_separable4_batchnorm2, (struct pieces){64, 1, 0},
      s->scratch + b_separable4_batchnorm2_moments,
      s->scratch + b_separable4_batchnorm2_coefficients, lanes_at(s, b_separable4_conv2_output),
      lanes_at(s, b_separable4_relu2_output_gradient),
      lanes_at(s, b_separable4_conv2_output_gradient));
}

// separable4_conv2 (mobilenet_v1.bn:7), input gradient: 3 or 2 input channels of a block a task
//   dy [64, 1, 144], weight [64, 32, 1, 1], dx [32, 1, 144]
static void k_separable4_conv2_input_gradient(const struct step *s, int task) {
  convolution_input_gradient(s, task, g_separable4_conv2, (struct pieces){11, 2, 10},
      (struct pieces){36, 4, 0}, lanes_at(s, b_separable4_conv2_output_gradient),
      s->parameters->separable4_conv2_weight, lanes_at(s, b_separable4_relu1_output_gradient));
}

static const struct convolution g_separable4_conv2_2 = { .G = 1, .CI = 32, .H = 12, .W = 12,
    .CO = 64, .OH = 12, .OW = 12, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0,
    .PB = 0, .PL = 0, .INNER = 0, .INNER_END = 12 };

// separable4_conv2 (mobilenet_v1.bn:7), what the batch adds to the weight gradient, output channels
// in the lanes: 6 bands of rows, 1 tile of output channels a task
//   x [32, 12, 12], dy [64, 12, 12]
static void k_separable4_conv2_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient(s, task, g_separable4_conv2_2, (struct pieces){4, 2, 0},
      (struct pieces){6, 5, 2}, (struct pieces){4, 1, 0}, (struct pieces){6, 2, 0},
      (struct pieces){4, 6, 0}, lanes_at(s, b_separable4_relu1_output),
      lanes_at(s, b_separable4_conv2_output_gradient),
      s->scratch + b_separable4_conv2_weight_gradient_parts);
}

// separable4_conv2 (mobilenet_v1.bn:7), weight gradient, from what shares of the batch add to it: 1
// stretch of 16 numbers a task
//   dweight [64, 32, 1, 1]
static void k_separable4_conv2_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights(task, g_separable4_conv2_2, (struct pieces){16, 1, 0}, 4,
      s->scratch + b_separable4_conv2_weight_gradient_parts,
      s->scratch + b_separable4_conv2_dweight);
}

// separable4_batchnorm1, separable4_relu1 (mobilenet_v1.bn:6): sums of g and of g * xhat, x [32,
// 12, 12], dy [32, 12, 12]
static void k_separable4_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_separable4_batchnorm1, (struct pieces){32, 1, 0},
      s->scratch + b_separable4_batchnorm1_moments, s->parameters->separable4_batchnorm1_gamma,
      s->parameters->separable4_batchnorm1_beta, lanes_at(s, b_separable4_conv1_output),
      lanes_at(s, b_separable4_relu1_output_gradient),
      pairs_at(s, b_separable4_batchnorm1_partial_sums));
}

// separable4_batchnorm1 (mobilenet_v1.bn:6): gradients of gamma and beta, and step
static void k_separable4_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_separable4_batchnorm1,
      s->scratch + b_separable4_batchnorm1_moments,
      pairs_at(s, b_separable4_batchnorm1_partial_sums),
      s->scratch + b_separable4_batchnorm1_coefficients, s->parameters->separable4_batchnorm1_gamma,
      s->parameters->separable4_batchnorm1_beta);
}

// separable4_batchnorm1, separable4_relu1 (mobilenet_v1.bn:6), input gradient in x's place: x [32,
// 12, 12], dy [32, 12, 12]
static void k_separable4_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_separable4_batchnorm1, (struct pieces){32, 1, 0},
      s->scratch + b_separable4_batchnorm1_moments,
      s->scratch + b_separable4_batchnorm1_coefficients, lanes_at(s, b_separable4_conv1_output),
      lanes_at(s, b_separable4_relu1_output_gradient),
      lanes_at(s, b_separable4_conv1_output_gradient));
}

// separable4_conv1 (mobilenet_v1.bn:5), input gradient: 1 input channels of a block a task
//   dy [32, 12, 12], weight [32, 1, 3, 3], dx [32, 24, 24]
static void k_separable4_conv1_input_gradient(const struct step *s, int task) {
  depthwise_input_gradient_2(s, task, g_separable4_conv1, (struct pieces){1, 1, 0},
      (struct pieces){3, 8, 0}, lanes_at(s, b_separable4_conv1_output_gradient),
      s->parameters->separable4_conv1_weight, lanes_at(s, b_separable3_relu2_output_gradient));
}

// separable4_conv1 (mobilenet_v1.bn:5), weight gradient and step: a channel's kernel a task
//   x [32, 24, 24], dy [32, 12, 12], dweight [32, 1, 3, 3]
static void k_separable4_conv1_weight_gradient(const struct step *s, int task) {
  depthwise_weight_gradient(s, task, g_separable4_conv1, 4, 12, 3, 4,
      lanes_at(s, b_separable3_relu2_output), lanes_at(s, b_separable4_conv1_output_gradient),
      s->parameters->separable4_conv1_weight);
}

// separable3_batchnorm2, separable3_relu2 (mobilenet_v1.bn:7): sums of g and of g * xhat, x [32,
// 24, 24], dy [32, 24, 24]
static void k_separable3_batchnorm2_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_separable2_batchnorm2, (struct pieces){32, 1, 0},
      s->scratch + b_separable3_batchnorm2_moments, s->parameters->separable3_batchnorm2_gamma,
      s->parameters->separable3_batchnorm2_beta, lanes_at(s, b_separable3_conv2_output),
      lanes_at(s, b_separable3_relu2_output_gradient),
      pairs_at(s, b_separable3_batchnorm2_partial_sums));
}

// separable3_batchnorm2 (mobilenet_v1.bn:7): gradients of gamma and beta, and step
static void k_separable3_batchnorm2_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_separable2_batchnorm2,
      s->scratch + b_separable3_batchnorm2_moments,
      pairs_at(s, b_separable3_batchnorm2_partial_sums),
      s->scratch + b_separable3_batchnorm2_coefficients, s->parameters->separable3_batchnorm2_gamma,
      s->parameters->separable3_batchnorm2_beta);
}

// separable3_batchnorm2, separable3_relu2 (mobilenet_v1.bn:7), input gradient in x's place: x [32,
// 24, 24], dy [32, 24, 24]
static void k_separable3_batchnorm2_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_separable2_batchnorm2, (struct pieces){32, 1, 0},
      s->scratch + b_separable3_batchnorm2_moments,
      s->scratch + b_separable3_batchnorm2_coefficients, lanes_at(s, b_separable3_conv2_output),
      lanes_at(s, b_separable3_relu2_output_gradient),
      lanes_at(s, b_separable3_conv2_output_gradient));
}

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

// separable3_conv2 (mobilenet_v1.bn:7), input gradient: 6 rows of a block a task
//   dy [32, 24, 24], weight [32, 32, 1, 1], dx [32, 24, 24]
static void k_separable3_conv2_input_gradient(const struct step *s, int task) {
  convolution_input_gradient_band(s, task, g_separable3_conv2, (struct pieces){11, 2, 10},
      (struct pieces){6, 4, 0}, (struct pieces){4, 6, 0},
      lanes_at(s, b_separable3_conv2_output_gradient), s->parameters->separable3_conv2_weight,
      lanes_at(s, b_separable3_relu1_output_gradient));
}

// separable3_conv2 (mobilenet_v1.bn:7), what the batch adds to the weight gradient, output channels
// in the lanes: 12 bands of rows, 1 tile of output channels a task
//   x [32, 24, 24], dy [32, 24, 24]
static void k_separable3_conv2_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient(s, task, g_separable3_conv2, (struct pieces){2, 2, 0},
      (struct pieces){6, 5, 2}, (struct pieces){2, 1, 0}, (struct pieces){24, 1, 0},
      (struct pieces){8, 12, 0}, lanes_at(s, b_separable3_relu1_output),
      lanes_at(s, b_separable3_conv2_output_gradient),
      s->scratch + b_separable3_conv2_weight_gradient_parts);
}

// separable3_conv2 (mobilenet_v1.bn:7), weight gradient, from what shares of the batch add to it: 1
// stretch of 16 numbers a task
//   dweight [32, 32, 1, 1]
static void k_separable3_conv2_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights(task, g_separable3_conv2, (struct pieces){8, 1, 0}, 8,
      s->scratch + b_separable3_conv2_weight_gradient_parts,
      s->scratch + b_separable3_conv2_dweight);
}

// separable3_batchnorm1, separable3_relu1 (mobilenet_v1.bn:6): sums of g and of g * xhat, x [32,
// 24, 24], dy [32, 24, 24]
static void k_separable3_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_separable2_batchnorm2, (struct pieces){32, 1, 0},
      s->scratch + b_separable3_batchnorm1_moments, s->parameters->separable3_batchnorm1_gamma,
      s->parameters->separable3_batchnorm1_beta, lanes_at(s, b_separable3_conv1_output),
      lanes_at(s, b_separable3_relu1_output_gradient),
      pairs_at(s, b_separable3_batchnorm1_partial_sums));
}

// separable3_batchnorm1 (mobilenet_v1.bn:6): gradients of gamma and beta, and step
static void k_separable3_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_separable2_batchnorm2,
      s->scratch + b_separable3_batchnorm1_moments,
      pairs_at(s, b_separable3_batchnorm1_partial_sums),
      s->scratch + b_separable3_batchnorm1_coefficients, s->parameters->separable3_batchnorm1_gamma,
      s->parameters->separable3_batchnorm1_beta);
}

// separable3_batchnorm1, separable3_relu1 (mobilenet_v1.bn:6), input gradient in x's place: x [32,
// 24, 24], dy [32, 24, 24]
static void k_separable3_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_separable2_batchnorm2, (struct pieces){32, 1, 0},
      s->scratch + b_separable3_batchnorm1_moments,
      s->scratch + b_separable3_batchnorm1_coefficients, lanes_at(s, b_separable3_conv1_output),
      lanes_at(s, b_separable3_relu1_output_gradient),
      lanes_at(s, b_separable3_conv1_output_gradient));
}

// separable3_conv1 (mobilenet_v1.bn:5), input gradient: 1 input channels of a block a task
//   dy [32, 24, 24], weight [32, 1, 3, 3], dx [32, 24, 24]
static void k_separable3_conv1_input_gradient(const struct step *s, int task) {
  depthwise_input_gradient(s, task, g_separable3_conv1, (struct pieces){1, 1, 0},
      (struct pieces){3, 8, 0}, lanes_at(s, b_separable3_conv1_output_gradient),
      s->parameters->separable3_conv1_weight, lanes_at(s, b_separable2_relu2_output_gradient));
}

// separable3_conv1 (mobilenet_v1.bn:5), weight gradient and step: a channel's kernel a task
//   x [32, 24, 24], dy [32, 24, 24], dweight [32, 1, 3, 3]
static void k_separable3_conv1_weight_gradient(const struct step *s, int task) {
  depthwise_weight_gradient(s, task, g_separable3_conv1, 1, 24, 3, 4,
      lanes_at(s, b_separable2_relu2_output), lanes_at(s, b_separable3_conv1_output_gradient),
      s->parameters->separable3_conv1_weight);
}

// separable2_batchnorm2, separable2_relu2 (mobilenet_v1.bn:7): sums of g and of g * xhat, x [32,
// 24, 24], dy [32, 24, 24]
static void k_separable2_batchnorm2_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_separable2_batchnorm2, (struct pieces){32, 1, 0},
      s->scratch + b_separable2_batchnorm2_moments, s->parameters->separable2_batchnorm2_gamma,
      s->parameters->separable2_batchnorm2_beta, lanes_at(s, b_separable2_conv2_output),
      lanes_at(s, b_separable2_relu2_output_gradient),
      pairs_at(s, b_separable2_batchnorm2_partial_sums));
}

// separable2_batchnorm2 (mobilenet_v1.bn:7): gradients of gamma and beta, and step
static void k_separable2_batchnorm2_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_separable2_batchnorm2,
      s->scratch + b_separable2_batchnorm2_moments,
      pairs_at(s, b_separable2_batchnorm2_partial_sums),
      s->scratch + b_separable2_batchnorm2_coefficients, s->parameters->separable2_batchnorm2_gamma,
      s->parameters->separable2_batchnorm2_beta);
}

// separable2_batchnorm2, separable2_relu2 (mobilenet_v1.bn:7), input gradient in x's place: x [32,
// 24, 24], dy [32, 24, 24]
static void k_separable2_batchnorm2_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_separable2_batchnorm2, (struct pieces){32, 1, 0},
      s->scratch + b_separable2_batchnorm2_moments,
      s->scratch + b_separable2_batchnorm2_coefficients, lanes_at(s, b_separable2_conv2_output),
      lanes_at(s, b_separable2_relu2_output_gradient),
      lanes_at(s, b_separable2_conv2_output_gradient));
}

static const struct convolution g_separable2_conv2_2 = { .G = 1, .CI = 16, .H = 24, .W = 24,
    .CO = 32, .OH = 24, .OW = 24, .KH = 1, .KW = 1, .SH = 1, .SW = 1, .DH = 1, .DW = 1, .PT = 0,
    .PB = 0, .PL = 0, .INNER = 0, .INNER_END = 24 };

// separable2_conv2 (mobilenet_v1.bn:7), input gradient: 6 rows of a block a task
//   dy [32, 24, 24], weight [32, 16, 1, 1], dx [16, 24, 24]
static void k_separable2_conv2_input_gradient(const struct step *s, int task) {
  convolution_input_gradient_band(s, task, g_separable2_conv2_2, (struct pieces){6, 2, 4},
      (struct pieces){6, 4, 0}, (struct pieces){4, 6, 0},
      lanes_at(s, b_separable2_conv2_output_gradient), s->parameters->separable2_conv2_weight,
      lanes_at(s, b_separable2_relu1_output_gradient));
}

// separable2_conv2 (mobilenet_v1.bn:7), what the batch adds to the weight gradient, output channels
// in the lanes: 12 bands of rows, 1 tile of output channels a task
//   x [16, 24, 24], dy [32, 24, 24]
static void k_separable2_conv2_weight_gradient_sums(const struct step *s, int task) {
  convolution_channel_gradient(s, task, g_separable2_conv2_2, (struct pieces){2, 2, 0},
      (struct pieces){3, 5, 1}, (struct pieces){2, 1, 0}, (struct pieces){24, 1, 0},
      (struct pieces){8, 12, 0}, lanes_at(s, b_separable2_relu1_output),
      lanes_at(s, b_separable2_conv2_output_gradient),
      s->scratch + b_separable2_conv2_weight_gradient_parts);
}

// separable2_conv2 (mobilenet_v1.bn:7), weight gradient, from what shares of the batch add to it: 1
// stretch of 16 numbers a task
//   dweight [32, 16, 1, 1]
static void k_separable2_conv2_weight_gradient(const struct step *s, int task) {
  convolution_channel_gradient_weights(task, g_separable2_conv2_2, (struct pieces){4, 1, 0}, 8,
      s->scratch + b_separable2_conv2_weight_gradient_parts,
      s->scratch + b_separable2_conv2_dweight);
}

// separable2_batchnorm1, separable2_relu1 (mobilenet_v1.bn:6): sums of g and of g * xhat, x [16,
// 24, 24], dy [16, 24, 24]
static void k_separable2_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_separable2_batchnorm1, (struct pieces){16, 1, 0},
      s->scratch + b_separable2_batchnorm1_moments, s->parameters->separable2_batchnorm1_gamma,
      s->parameters->separable2_batchnorm1_beta, lanes_at(s, b_separable2_conv1_output),
      lanes_at(s, b_separable2_relu1_output_gradient),
      pairs_at(s, b_separable2_batchnorm1_partial_sums));
}

// separable2_batchnorm1 (mobilenet_v1.bn:6): gradients of gamma and beta, and step
static void k_separable2_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_separable2_batchnorm1,
      s->scratch + b_separable2_batchnorm1_moments,
      pairs_at(s, b_separable2_batchnorm1_partial_sums),
      s->scratch + b_separable2_batchnorm1_coefficients, s->parameters->separable2_batchnorm1_gamma,
      s->parameters->separable2_batchnorm1_beta);
}

// separable2_batchnorm1, separable2_relu1 (mobilenet_v1.bn:6), input gradient in x's place: x [16,
// 24, 24], dy [16, 24, 24]
static void k_separable2_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_separable2_batchnorm1, (struct pieces){16, 1, 0},
      s->scratch + b_separable2_batchnorm1_moments,
      s->scratch + b_separable2_batchnorm1_coefficients, lanes_at(s, b_separable2_conv1_output),
      lanes_at(s, b_separable2_relu1_output_gradient),
      lanes_at(s, b_separable2_conv1_output_gradient));
}

// separable2_conv1 (mobilenet_v1.bn:5), input gradient: 1 input channels of a block a task
//   dy [16, 24, 24], weight [16, 1, 3, 3], dx [16, 48, 48]
static void k_separable2_conv1_input_gradient(const struct step *s, int task) {
  depthwise_input_gradient_2(s, task, g_separable2_conv1, (struct pieces){1, 1, 0},
      (struct pieces){5, 10, 0}, lanes_at(s, b_separable2_conv1_output_gradient),
      s->parameters->separable2_conv1_weight, lanes_at(s, b_separable1_relu2_output_gradient));
}

// separable2_conv1 (mobilenet_v1.bn:5), weight gradient and step: a channel's kernel a task
//   x [16, 48, 48], dy [16, 24, 24], dweight [16, 1, 3, 3]
static void k_separable2_conv1_weight_gradient(const struct step *s, int task) {
  depthwise_weight_gradient(s, task, g_separable2_conv1, 1, 24, 3, 4,
      lanes_at(s, b_separable1_relu2_output), lanes_at(s, b_separable2_conv1_output_gradient),
      s->parameters->separable2_conv1_weight);
}

// separable1_batchnorm2, separable1_relu2 (mobilenet_v1.bn:7): sums of g and of g * xhat, x [16,
// 48, 48], dy [16, 48, 48]
static void k_separable1_batchnorm2_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_separable1_batchnorm2, (struct pieces){16, 1, 0},
      s->scratch + b_separable1_batchnorm2_moments, s->parameters->separable1_batchnorm2_gamma,
      s->parameters->separable1_batchnorm2_beta, lanes_at(s, b_separable1_conv2_output),
      lanes_at(s, b_separable1_relu2_output_gradient),
      pairs_at(s, b_separable1_batchnorm2_partial_sums));
}

// separable1_batchnorm2 (mobilenet_v1.bn:7): gradients of gamma and beta, and step
static void k_separable1_batchnorm2_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_separable1_batchnorm2,
      s->scratch + b_separable1_batchnorm2_moments,
      pairs_at(s, b_separable1_batchnorm2_partial_sums),
      s->scratch + b_separable1_batchnorm2_coefficients, s->parameters->separable1_batchnorm2_gamma,
      s->parameters->separable1_batchnorm2_beta);
}

// separable1_batchnorm2, separable1_relu2 (mobilenet_v1.bn:7), input gradient in x's place: x [16,
// 48, 48], dy [16, 48, 48]
static void k_separable1_batchnorm2_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_separable1_batchnorm2, (struct pieces){16, 1, 0},
      s->scratch + b_separable1_batchnorm2_moments,
      s->scratch + b_separable1_batchnorm2_coefficients, lanes_at(s, b_separable1_conv2_output),
      lanes_at(s, b_separable1_relu2_output_gradient),
      lanes_at(s, b_separable1_conv2_output_gradient));
}

// separable1_conv2 (mobilenet_v1.bn:7), input gradient: 16 rows of a block a task
//   dy [16, 48, 48], weight [16, 8, 1, 1], dx [8, 48, 48]
static void k_separable1_conv2_input_gradient(const struct step *s, int task) {
  convolution_input_gradient_band(s, task, g_separable1_conv2, (struct pieces){3, 2, 2},
      (struct pieces){12, 4, 0}, (struct pieces){3, 16, 0},
      lanes_at(s, b_separable1_conv2_output_gradient), s->parameters->separable1_conv2_weight,
      lanes_at(s, b_separable1_relu1_output_gradient));
}

// separable1_conv2 (mobilenet_v1.bn:7), weight gradient: a kernel row of 4 x 3 or 2 channels a task
//   x [8, 48, 48], dy [16, 48, 48], dweight [16, 8, 1, 1]
static void k_separable1_conv2_weight_gradient(const struct step *s, int task) {
  convolution_weight_gradient(s, task, g_separable1_conv2, (struct pieces){4, 4, 0},
      (struct pieces){3, 2, 2}, (struct pieces){1, 1, 0}, 1, 21,
      lanes_at(s, b_separable1_relu1_output), lanes_at(s, b_separable1_conv2_output_gradient),
      s->scratch + b_separable1_conv2_dweight);
}

// separable1_batchnorm1, separable1_relu1 (mobilenet_v1.bn:6): sums of g and of g * xhat, x [8, 48,
// 48], dy [8, 48, 48]
static void k_separable1_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_batchnorm1, (struct pieces){8, 1, 0},
      s->scratch + b_separable1_batchnorm1_moments, s->parameters->separable1_batchnorm1_gamma,
      s->parameters->separable1_batchnorm1_beta, lanes_at(s, b_separable1_conv1_output),
      lanes_at(s, b_separable1_relu1_output_gradient),
      pairs_at(s, b_separable1_batchnorm1_partial_sums));
}

// separable1_batchnorm1 (mobilenet_v1.bn:6): gradients of gamma and beta, and step
static void k_separable1_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_batchnorm1, s->scratch + b_separable1_batchnorm1_moments,
      pairs_at(s, b_separable1_batchnorm1_partial_sums),
      s->scratch + b_separable1_batchnorm1_coefficients, s->parameters->separable1_batchnorm1_gamma,
      s->parameters->separable1_batchnorm1_beta);
}

// separable1_batchnorm1, separable1_relu1 (mobilenet_v1.bn:6), input gradient in x's place: x [8,
// 48, 48], dy [8, 48, 48]
static void k_separable1_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_batchnorm1, (struct pieces){8, 1, 0},
      s->scratch + b_separable1_batchnorm1_moments,
      s->scratch + b_separable1_batchnorm1_coefficients, lanes_at(s, b_separable1_conv1_output),
      lanes_at(s, b_separable1_relu1_output_gradient),
      lanes_at(s, b_separable1_conv1_output_gradient));
}

// separable1_conv1 (mobilenet_v1.bn:5), input gradient: 1 input channels of a block a task
//   dy [8, 48, 48], weight [8, 1, 3, 3], dx [8, 48, 48]
static void k_separable1_conv1_input_gradient(const struct step *s, int task) {
  depthwise_input_gradient(s, task, g_separable1_conv1, (struct pieces){1, 1, 0},
      (struct pieces){5, 9, 3}, lanes_at(s, b_separable1_conv1_output_gradient),
      s->parameters->separable1_conv1_weight, lanes_at(s, b_relu1_output_gradient));
}

// separable1_conv1 (mobilenet_v1.bn:5), weight gradient and step: a channel's kernel a task
//   x [8, 48, 48], dy [8, 48, 48], dweight [8, 1, 3, 3]
static void k_separable1_conv1_weight_gradient(const struct step *s, int task) {
  depthwise_weight_gradient(s, task, g_separable1_conv1, 1, 21, 3, 4, lanes_at(s, b_relu1_output),
      lanes_at(s, b_separable1_conv1_output_gradient), s->parameters->separable1_conv1_weight);
}

// batchnorm1, relu1 (mobilenet_v1.bn:15): sums of g and of g * xhat, x [8, 48, 48], dy [8, 48, 48]
static void k_batchnorm1_sums(const struct step *s, int task) {
  batchnorm_relu_sums(task, g_batchnorm1, (struct pieces){8, 1, 0},
      s->scratch + b_batchnorm1_moments, s->parameters->batchnorm1_gamma,
      s->parameters->batchnorm1_beta, lanes_at(s, b_conv1_output),
      lanes_at(s, b_relu1_output_gradient), pairs_at(s, b_batchnorm1_partial_sums));
}

// batchnorm1 (mobilenet_v1.bn:15): gradients of gamma and beta, and step
static void k_batchnorm1_parameter_gradient(const struct step *s, int task) {
  batchnorm_parameter_gradient(s, task, g_batchnorm1, s->scratch + b_batchnorm1_moments,
      pairs_at(s, b_batchnorm1_partial_sums), s->scratch + b_batchnorm1_coefficients,
      s->parameters->batchnorm1_gamma, s->parameters->batchnorm1_beta);
}

// batchnorm1, relu1 (mobilenet_v1.bn:15), input gradient in x's place: x [8, 48, 48], dy [8, 48,
// 48]
static void k_batchnorm1_backward(const struct step *s, int task) {
  batchnorm_relu_backward(s, task, g_batchnorm1, (struct pieces){8, 1, 0},
      s->scratch + b_batchnorm1_moments, s->scratch + b_batchnorm1_coefficients,
      lanes_at(s, b_conv1_output), lanes_at(s, b_relu1_output_gradient),
      lanes_at(s, b_conv1_output_gradient));
}

// conv1 (mobilenet_v1.bn:15), weight gradient: a kernel row of 4 x 1 channels a task
//   x [3, 96, 96], dy [8, 48, 48], dweight [8, 3, 3, 3]
static void k_conv1_weight_gradient(const struct step *s, int task) {
  convolution_weight_gradient(s, task, g_conv1, (struct pieces){2, 4, 0}, (struct pieces){3, 1, 0},
      (struct pieces){1, 3, 0}, 1, 21, lanes_at(s, b_flip_image_output),
      lanes_at(s, b_conv1_output_gradient), s->scratch + b_conv1_dweight);
}

// The gradient of separable8_conv2.weight, and of what the loss (mobilenet_v1.bn:25) adds for each
// p of it: 0.0002 * p.
static void k_separable8_conv2_weight_penalty_gradient(const struct step *s, int task) {
  (void)task;
  const real *p = s->parameters->separable8_conv2_weight;
  real *gradient = s->scratch + b_separable8_conv2_dweight;
  for (int k = 0; k < 65536; k++) gradient[k] += (real)0.0002 * p[k];
}

// The gradient of separable7_conv2.weight, and of what the loss (mobilenet_v1.bn:25) adds for each
// p of it: 0.0002 * p.
static void k_separable7_conv2_weight_penalty_gradient(const struct step *s, int task) {
  (void)task;
  const real *p = s->parameters->separable7_conv2_weight;
  real *gradient = s->scratch + b_separable7_conv2_dweight;
  for (int k = 0; k < 32768; k++) gradient[k] += (real)0.0002 * p[k];
}

// The gradient of middle5_separable1_conv2.weight, and of what the loss (mobilenet_v1.bn:25) adds
// for each p of it: 0.0002 * p.
static void k_middle5_separable1_conv2_weight_penalty_gradient(const struct step *s, int task) {
  (void)task;
  const real *p = s->parameters->middle5_separable1_conv2_weight;
  real *gradient = s->scratch + b_middle5_separable1_conv2_dweight;
  for (int k = 0; k < 16384; k++) gradient[k] += (real)0.0002 * p[k];
}

// The gradient of middle4_separable1_conv2.weight, and of what the loss (mobilenet_v1.bn:25) adds
// for each p of it: 0.0002 * p.
static void k_middle4_separable1_conv2_weight_penalty_gradient(const struct step *s, int task) {
  (void)task;
  const real *p = s->parameters->middle4_separable1_conv2_weight;
  real *gradient = s->scratch + b_middle4_separable1_conv2_dweight;
  for (int k = 0; k < 16384; k++) gradient[k] += (real)0.0002 * p[k];
}

// The gradient of middle3_separable1_conv2.weight, and of what the loss (mobilenet_v1.bn:25) adds
// for each p of it: 0.0002 * p.
static void k_middle3_separable1_conv2_weight_penalty_gradient(const struct step *s, int task) {
  (void)task;
  const real *p = s->parameters->middle3_separable1_conv2_weight;
  real *gradient = s->scratch + b_middle3_separable1_conv2_dweight;
  for (int k = 0; k < 16384; k++) gradient[k] += (real)0.0002 * p[k];
}

// The gradient of middle2_separable1_conv2.weight, and of what the loss (mobilenet_v1.bn:25) adds
// for each p of it: 0.0002 * p.
static void k_middle2_separable1_conv2_weight_penalty_gradient(const struct step *s, int task) {
  (void)task;
  const real *p = s->parameters->middle2_separable1_conv2_weight;
  real *gradient = s->scratch + b_middle2_separable1_conv2_dweight;
  for (int k = 0; k < 16384; k++) gradient[k] += (real)0.0002 * p[k];
}

// The gradient of middle1_separable1_conv2.weight, and of what the loss (mobilenet_v1.bn:25) adds
// for each p of it: 0.0002 * p.
static void k_middle1_separable1_conv2_weight_penalty_gradient(const struct step *s, int task) {
  (void)task;
  const real *p = s->parameters->middle1_separable1_conv2_weight;
  real *gradient = s->scratch + b_middle1_separable1_conv2_dweight;
  for (int k = 0; k < 16384; k++) gradient[k] += (real)0.0002 * p[k];
}

// The gradient of separable6_conv2.weight, and of what the loss (mobilenet_v1.bn:25) adds for each
// p of it: 0.0002 * p.
static void k_separable6_conv2_weight_penalty_gradient(const struct step *s, int task) {
  (void)task;
  const real *p = s->parameters->separable6_conv2_weight;
  real *gradient = s->scratch + b_separable6_conv2_dweight;
  for (int k = 0; k < 8192; k++) gradient[k] += (real)0.0002 * p[k];
}

// The gradient of separable5_conv2.weight, and of what the loss (mobilenet_v1.bn:25) adds for each
// p of it: 0.0002 * p.
static void k_separable5_conv2_weight_penalty_gradient(const struct step *s, int task) {
  (void)task;
  const real *p = s->parameters->separable5_conv2_weight;
  real *gradient = s->scratch + b_separable5_conv2_dweight;
  for (int k = 0; k < 4096; k++) gradient[k] += (real)0.0002 * p[k];
}

// The gradient of separable4_conv2.weight, and of what the loss (mobilenet_v1.bn:25) adds for each
// p of it: 0.0002 * p.
static void k_separable4_conv2_weight_penalty_gradient(const struct step *s, int task) {
  (void)task;
  const real *p = s->parameters->separable4_conv2_weight;
  real *gradient = s->scratch + b_separable4_conv2_dweight;
  for (int k = 0; k < 2048; k++) gradient[k] += (real)0.0002 * p[k];
}

// The gradient of separable3_conv2.weight, and of what the loss (mobilenet_v1.bn:25) adds for each
// p of it: 0.0002 * p.
static void k_separable3_conv2_weight_penalty_gradient(const struct step *s, int task) {
  (void)task;
  const real *p = s->parameters->separable3_conv2_weight;
  real *gradient = s->scratch + b_separable3_conv2_dweight;
  for (int k = 0; k < 1024; k++) gradient[k] += (real)0.0002 * p[k];
}

// The gradient of separable2_conv2.weight, and of what the loss (mobilenet_v1.bn:25) adds for each
// p of it: 0.0002 * p.
static void k_separable2_conv2_weight_penalty_gradient(const struct step *s, int task) {
  (void)task;
  const real *p = s->parameters->separable2_conv2_weight;
  real *gradient = s->scratch + b_separable2_conv2_dweight;
  for (int k = 0; k < 512; k++) gradient[k] += (real)0.0002 * p[k];
}

// The gradient of separable1_conv2.weight, and of what the loss (mobilenet_v1.bn:25) adds for each
// p of it: 0.0002 * p.
static void k_separable1_conv2_weight_penalty_gradient(const struct step *s, int task) {
  (void)task;
  const real *p = s->parameters->separable1_conv2_weight;
  real *gradient = s->scratch + b_separable1_conv2_dweight;
  for (int k = 0; k < 128; k++) gradient[k] += (real)0.0002 * p[k];
}

// The gradient of conv1.weight, and of what the loss (mobilenet_v1.bn:25) adds for each p of it:
// 0.0002 * p.
static void k_conv1_weight_penalty_gradient(const struct step *s, int task) {
  (void)task;
  const real *p = s->parameters->conv1_weight;
  real *gradient = s->scratch + b_conv1_dweight;
  for (int k = 0; k < 216; k++) gradient[k] += (real)0.0002 * p[k];
}

// separable8_conv2.weight (mobilenet_v1.bn:7): one step along its gradient, 8192 numbers a task.
static void k_separable8_conv2_weight_update(const struct step *s, int task) {
  const real *gradient = s->scratch + b_separable8_conv2_dweight;
  const int first = task * 8192, end = first + 8192 < 65536 ? first + 8192 : 65536;
  int k = first;
  for (; k + LANES <= end; k += LANES) {
    const packed *row = (const packed *)(const void *)(gradient + k);
    adam_update_row(&s->parameters->separable8_conv2_weight[k], (vec)*row, LANES, s);
  }
  for (; k < end; k++) adam_update(&s->parameters->separable8_conv2_weight[k], gradient[k], s);
}

// separable7_conv2.weight (mobilenet_v1.bn:7): one step along its gradient, 8192 numbers a task.
static void k_separable7_conv2_weight_update(const struct step *s, int task) {
  const real *gradient = s->scratch + b_separable7_conv2_dweight;
  const int first = task * 8192, end = first + 8192 < 32768 ? first + 8192 : 32768;
  int k = first;
  for (; k + LANES <= end; k += LANES) {
    const packed *row = (const packed *)(const void *)(gradient + k);
    adam_update_row(&s->parameters->separable7_conv2_weight[k], (vec)*row, LANES, s);
  }
  for (; k < end; k++) adam_update(&s->parameters->separable7_conv2_weight[k], gradient[k], s);
}

// middle5_separable1_conv2.weight (mobilenet_v1.bn:7): one step along its gradient, 8192 numbers a
// task.
static void k_middle5_separable1_conv2_weight_update(const struct step *s, int task) {
  const real *gradient = s->scratch + b_middle5_separable1_conv2_dweight;
  const int first = task * 8192, end = first + 8192 < 16384 ? first + 8192 : 16384;
  int k = first;
  for (; k + LANES <= end; k += LANES) {
    const packed *row = (const packed *)(const void *)(gradient + k);
    adam_update_row(&s->parameters->middle5_separable1_conv2_weight[k], (vec)*row, LANES, s);
  }
  for (; k < end; k++)
    adam_update(&s->parameters->middle5_separable1_conv2_weight[k], gradient[k], s);
}

// middle4_separable1_conv2.weight (mobilenet_v1.bn:7): one step along its gradient, 8192 numbers a
// task.
static void k_middle4_separable1_conv2_weight_update(const struct step *s, int task) {
  const real *gradient = s->scratch + b_middle4_separable1_conv2_dweight;
  const int first = task * 8192, end = first + 8192 < 16384 ? first + 8192 : 16384;
  int k = first;
  for (; k + LANES <= end; k += LANES) {
    const packed *row = (const packed *)(const void *)(gradient + k);
    adam_update_row(&s->parameters->middle4_separable1_conv2_weight[k], (vec)*row, LANES, s);
  }
  for (; k < end; k++)
    adam_update(&s->parameters->middle4_separable1_conv2_weight[k], gradient[k], s);
}

// middle3_separable1_conv2.weight (mobilenet_v1.bn:7): one step along its gradient, 8192 numbers a
// task.
static void k_middle3_separable1_conv2_weight_update(const struct step *s, int task) {
  const real *gradient = s->scratch + b_middle3_separable1_conv2_dweight;
  const int first = task * 8192, end = first + 8192 < 16384 ? first + 8192 : 16384;
  int k = first;
  for (; k + LANES <= end; k += LANES) {
    const packed *row = (const packed *)(const void *)(gradient + k);
    adam_update_row(&s->parameters->middle3_separable1_conv2_weight[k], (vec)*row, LANES, s);
  }
  for (; k < end; k++)
    adam_update(&s->parameters->middle3_separable1_conv2_weight[k], gradient[k], s);
}

// middle2_separable1_conv2.weight (mobilenet_v1.bn:7): one step along its gradient, 8192 numbers a
// task.
static void k_middle2_separable1_conv2_weight_update(const struct step *s, int task) {
  const real *gradient = s->scratch + b_middle2_separable1_conv2_dweight;
  const int first = task * 8192, end = first + 8192 < 16384 ? first + 8192 : 16384;
  int k = first;
  for (; k + LANES <= end; k += LANES) {
    const packed *row = (const packed *)(const void *)(gradient + k);
    adam_update_row(&s->parameters->middle2_separable1_conv2_weight[k], (vec)*row, LANES, s);
  }
  for (; k < end; k++)
    adam_update(&s->parameters->middle2_separable1_conv2_weight[k], gradient[k], s);
}

// middle1_separable1_conv2.weight (mobilenet_v1.bn:7): one step along its gradient, 8192 numbers a
// task.
static void k_middle1_separable1_conv2_weight_update(const struct step *s, int task) {
  const real *gradient = s->scratch + b_middle1_separable1_conv2_dweight;
  const int first = task * 8192, end = first + 8192 < 16384 ? first + 8192 : 16384;
  int k = first;
  for (; k + LANES <= end; k += LANES) {
    const packed *row = (const packed *)(const void *)(gradient + k);
    adam_update_row(&s->parameters->middle1_separable1_conv2_weight[k], (vec)*row, LANES, s);
  }
  for (; k < end; k++)
    adam_update(&s->parameters->middle1_separable1_conv2_weight[k], gradient[k], s);
}

// separable6_conv2.weight (mobilenet_v1.bn:7): one step along its gradient.
static void k_separable6_conv2_weight_update(const struct step *s, int task) {
  (void)task;
  const real *gradient = s->scratch + b_separable6_conv2_dweight;
  const int end = 8192;
  int k = 0;
  for (; k + LANES <= end; k += LANES) {
    const packed *row = (const packed *)(const void *)(gradient + k);
    adam_update_row(&s->parameters->separable6_conv2_weight[k], (vec)*row, LANES, s);
  }
  for (; k < end; k++) adam_update(&s->parameters->separable6_conv2_weight[k], gradient[k], s);
}

// separable5_conv2.weight (mobilenet_v1.bn:7): one step along its gradient.
static void k_separable5_conv2_weight_update(const struct step *s, int task) {
  (void)task;
  const real *gradient = s->scratch + b_separable5_conv2_dweight;
  const int end = 4096;
  int k = 0;
  for (; k + LANES <= end; k += LANES) {
    const packed *row = (const packed *)(const void *)(gradient + k);
    adam_update_row(&s->parameters->separable5_conv2_weight[k], (vec)*row, LANES, s);
  }
  for (; k < end; k++) adam_update(&s->parameters->separable5_conv2_weight[k], gradient[k], s);
}

// separable4_conv2.weight (mobilenet_v1.bn:7): one step along its gradient.
static void k_separable4_conv2_weight_update(const struct step *s, int task) {
  (void)task;
  const real *gradient = s->scratch + b_separable4_conv2_dweight;
  const int end = 2048;
  int k = 0;
  for (; k + LANES <= end; k += LANES) {
    const packed *row = (const packed *)(const void *)(gradient + k);
    adam_update_row(&s->parameters->separable4_conv2_weight[k], (vec)*row, LANES, s);
  }
  for (; k < end; k++) adam_update(&s->parameters->separable4_conv2_weight[k], gradient[k], s);
}

// separable3_conv2.weight (mobilenet_v1.bn:7): one step along its gradient.
static void k_separable3_conv2_weight_update(const struct step *s, int task) {
  (void)task;
  const real *gradient = s->scratch + b_separable3_conv2_dweight;
  const int end = 1024;
  int k = 0;
  for (; k + LANES <= end; k += LANES) {
    const packed *row = (const packed *)(const void *)(gradient + k);
    adam_update_row(&s->parameters->separable3_conv2_weight[k], (vec)*row, LANES, s);
  }
  for (; k < end; k++) adam_update(&s->parameters->separable3_conv2_weight[k], gradient[k], s);
}

// separable2_conv2.weight (mobilenet_v1.bn:7): one step along its gradient.
static void k_separable2_conv2_weight_update(const struct step *s, int task) {
  (void)task;
  const real *gradient = s->scratch + b_separable2_conv2_dweight;
  const int end = 512;
  int k = 0;
  for (; k + LANES <= end; k += LANES) {
    const packed *row = (const packed *)(const void *)(gradient + k);
    adam_update_row(&s->parameters->separable2_conv2_weight[k], (vec)*row, LANES, s);
  }
  for (; k < end; k++) adam_update(&s->parameters->separable2_conv2_weight[k], gradient[k], s);
}

// separable1_conv2.weight (mobilenet_v1.bn:7): one step along its gradient.
static void k_separable1_conv2_weight_update(const struct step *s, int task) {
  (void)task;
  const real *gradient = s->scratch + b_separable1_conv2_dweight;
  const int end = 128;
  int k = 0;
  for (; k + LANES <= end; k += LANES) {
    const packed *row = (const packed *)(const void *)(gradient + k);
    adam_update_row(&s->parameters->separable1_conv2_weight[k], (vec)*row, LANES, s);
  }
  for (; k < end; k++) adam_update(&s->parameters->separable1_conv2_weight[k], gradient[k], s);
}

// conv1.weight (mobilenet_v1.bn:15): one step along its gradient.
static void k_conv1_weight_update(const struct step *s, int task) {
  (void)task;
  const real *gradient = s->scratch + b_conv1_dweight;
  const int end = 216;
  int k = 0;
  for (; k + LANES <= end; k += LANES) {
    const packed *row = (const packed *)(const void *)(gradient + k);
    adam_update_row(&s->parameters->conv1_weight[k], (vec)*row, LANES, s);
  }
  for (; k < end; k++) adam_update(&s->parameters->conv1_weight[k], gradient[k], s);
}

// running = momentum * running + (1 - momentum) * batch. One value per channel has no variance:
// nothing moves.
static ALWAYS_INLINE void move_statistics(const struct step *s, int task,
    const struct normalization n, const real momentum, const real *moments, real *mean,
    real *variance) {
  (void)task;
  if (s->count * (n.H * n.W) == 1) return;
  const real keeps = momentum;
  for (int c = 0; c < n.C; c++) {
    mean[c] = keeps * mean[c] + (1 - keeps) * moments[c];
    variance[c] = keeps * variance[c] + (1 - keeps) * moments[n.C + c];
  }
}

// batchnorm1 (mobilenet_v1.bn:15): the running statistics move
static void k_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_batchnorm1, (real)0.99, s->scratch + b_batchnorm1_moments,
      s->state->batchnorm1_running_mean, s->state->batchnorm1_running_variance);
}

// separable1_batchnorm1 (mobilenet_v1.bn:6): the running statistics move
static void k_separable1_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_batchnorm1, (real)0.99, s->scratch + b_separable1_batchnorm1_moments,
      s->state->separable1_batchnorm1_running_mean,
      s->state->separable1_batchnorm1_running_variance);
}

// separable1_batchnorm2 (mobilenet_v1.bn:7): the running statistics move
static void k_separable1_batchnorm2_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_separable1_batchnorm2, (real)0.99,
      s->scratch + b_separable1_batchnorm2_moments, s->state->separable1_batchnorm2_running_mean,
      s->state->separable1_batchnorm2_running_variance);
}

// separable2_batchnorm1 (mobilenet_v1.bn:6): the running statistics move
static void k_separable2_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_separable2_batchnorm1, (real)0.99,
      s->scratch + b_separable2_batchnorm1_moments, s->state->separable2_batchnorm1_running_mean,
      s->state->separable2_batchnorm1_running_variance);
}

// separable2_batchnorm2 (mobilenet_v1.bn:7): the running statistics move
static void k_separable2_batchnorm2_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_separable2_batchnorm2, (real)0.99,
      s->scratch + b_separable2_batchnorm2_moments, s->state->separable2_batchnorm2_running_mean,
      s->state->separable2_batchnorm2_running_variance);
}

// separable3_batchnorm1 (mobilenet_v1.bn:6): the running statistics move
static void k_separable3_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_separable2_batchnorm2, (real)0.99,
      s->scratch + b_separable3_batchnorm1_moments, s->state->separable3_batchnorm1_running_mean,
      s->state->separable3_batchnorm1_running_variance);
}

// separable3_batchnorm2 (mobilenet_v1.bn:7): the running statistics move
static void k_separable3_batchnorm2_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_separable2_batchnorm2, (real)0.99,
      s->scratch + b_separable3_batchnorm2_moments, s->state->separable3_batchnorm2_running_mean,
      s->state->separable3_batchnorm2_running_variance);
}

// separable4_batchnorm1 (mobilenet_v1.bn:6): the running statistics move
static void k_separable4_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_separable4_batchnorm1, (real)0.99,
      s->scratch + b_separable4_batchnorm1_moments, s->state->separable4_batchnorm1_running_mean,
      s->state->separable4_batchnorm1_running_variance);
}

// separable4_batchnorm2 (mobilenet_v1.bn:7): the running statistics move
static void k_separable4_batchnorm2_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_separable4_batchnorm2, (real)0.99,
      s->scratch + b_separable4_batchnorm2_moments, s->state->separable4_batchnorm2_running_mean,
      s->state->separable4_batchnorm2_running_variance);
}

// separable5_batchnorm1 (mobilenet_v1.bn:6): the running statistics move
static void k_separable5_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_separable4_batchnorm2, (real)0.99,
      s->scratch + b_separable5_batchnorm1_moments, s->state->separable5_batchnorm1_running_mean,
      s->state->separable5_batchnorm1_running_variance);
}

// separable5_batchnorm2 (mobilenet_v1.bn:7): the running statistics move
static void k_separable5_batchnorm2_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_separable4_batchnorm2, (real)0.99,
      s->scratch + b_separable5_batchnorm2_moments, s->state->separable5_batchnorm2_running_mean,
      s->state->separable5_batchnorm2_running_variance);
}

// separable6_batchnorm1 (mobilenet_v1.bn:6): the running statistics move
static void k_separable6_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_separable6_batchnorm1, (real)0.99,
      s->scratch + b_separable6_batchnorm1_moments, s->state->separable6_batchnorm1_running_mean,
      s->state->separable6_batchnorm1_running_variance);
}

// separable6_batchnorm2 (mobilenet_v1.bn:7): the running statistics move
static void k_separable6_batchnorm2_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_separable6_batchnorm2, (real)0.99,
      s->scratch + b_separable6_batchnorm2_moments, s->state->separable6_batchnorm2_running_mean,
      s->state->separable6_batchnorm2_running_variance);
}

// middle1_separable1_batchnorm1 (mobilenet_v1.bn:6): the running statistics move
static void k_middle1_separable1_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_separable6_batchnorm2, (real)0.99,
      s->scratch + b_middle1_separable1_batchnorm1_moments,
      s->state->middle1_separable1_batchnorm1_running_mean,
      s->state->middle1_separable1_batchnorm1_running_variance);
}

// middle1_separable1_batchnorm2 (mobilenet_v1.bn:7): the running statistics move
static void k_middle1_separable1_batchnorm2_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_separable6_batchnorm2, (real)0.99,
      s->scratch + b_middle1_separable1_batchnorm2_moments,
      s->state->middle1_separable1_batchnorm2_running_mean,
      s->state->middle1_separable1_batchnorm2_running_variance);
}

// middle2_separable1_batchnorm1 (mobilenet_v1.bn:6): the running statistics move
static void k_middle2_separable1_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_separable6_batchnorm2, (real)0.99,
      s->scratch + b_middle2_separable1_batchnorm1_moments,
      s->state->middle2_separable1_batchnorm1_running_mean,
      s->state->middle2_separable1_batchnorm1_running_variance);
}

// middle2_separable1_batchnorm2 (mobilenet_v1.bn:7): the running statistics move
static void k_middle2_separable1_batchnorm2_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_separable6_batchnorm2, (real)0.99,
      s->scratch + b_middle2_separable1_batchnorm2_moments,
      s->state->middle2_separable1_batchnorm2_running_mean,
      s->state->middle2_separable1_batchnorm2_running_variance);
}

// middle3_separable1_batchnorm1 (mobilenet_v1.bn:6): the running statistics move
static void k_middle3_separable1_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_separable6_batchnorm2, (real)0.99,
      s->scratch + b_middle3_separable1_batchnorm1_moments,
      s->state->middle3_separable1_batchnorm1_running_mean,
      s->state->middle3_separable1_batchnorm1_running_variance);
}

// middle3_separable1_batchnorm2 (mobilenet_v1.bn:7): the running statistics move
static void k_middle3_separable1_batchnorm2_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_separable6_batchnorm2, (real)0.99,
      s->scratch + b_middle3_separable1_batchnorm2_moments,
      s->state->middle3_separable1_batchnorm2_running_mean,
      s->state->middle3_separable1_batchnorm2_running_variance);
}

// middle4_separable1_batchnorm1 (mobilenet_v1.bn:6): the running statistics move
static void k_middle4_separable1_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_separable6_batchnorm2, (real)0.99,
      s->scratch + b_middle4_separable1_batchnorm1_moments,
      s->state->middle4_separable1_batchnorm1_running_mean,
      s->state->middle4_separable1_batchnorm1_running_variance);
}

// middle4_separable1_batchnorm2 (mobilenet_v1.bn:7): the running statistics move
static void k_middle4_separable1_batchnorm2_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_separable6_batchnorm2, (real)0.99,
      s->scratch + b_middle4_separable1_batchnorm2_moments,
      s->state->middle4_separable1_batchnorm2_running_mean,
      s->state->middle4_separable1_batchnorm2_running_variance);
}

// middle5_separable1_batchnorm1 (mobilenet_v1.bn:6): the running statistics move
static void k_middle5_separable1_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_separable6_batchnorm2, (real)0.99,
      s->scratch + b_middle5_separable1_batchnorm1_moments,
      s->state->middle5_separable1_batchnorm1_running_mean,
      s->state->middle5_separable1_batchnorm1_running_variance);
}

// middle5_separable1_batchnorm2 (mobilenet_v1.bn:7): the running statistics move
static void k_middle5_separable1_batchnorm2_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_separable6_batchnorm2, (real)0.99,
      s->scratch + b_middle5_separable1_batchnorm2_moments,
      s->state->middle5_separable1_batchnorm2_running_mean,
      s->state->middle5_separable1_batchnorm2_running_variance);
}

// separable7_batchnorm1 (mobilenet_v1.bn:6): the running statistics move
static void k_separable7_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_separable7_batchnorm1, (real)0.99,
      s->scratch + b_separable7_batchnorm1_moments, s->state->separable7_batchnorm1_running_mean,
      s->state->separable7_batchnorm1_running_variance);
}

// separable7_batchnorm2 (mobilenet_v1.bn:7): the running statistics move
static void k_separable7_batchnorm2_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_separable7_batchnorm2, (real)0.99,
      s->scratch + b_separable7_batchnorm2_moments, s->state->separable7_batchnorm2_running_mean,
      s->state->separable7_batchnorm2_running_variance);
}

// separable8_batchnorm1 (mobilenet_v1.bn:6): the running statistics move
static void k_separable8_batchnorm1_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_separable7_batchnorm2, (real)0.99,
      s->scratch + b_separable8_batchnorm1_moments, s->state->separable8_batchnorm1_running_mean,
      s->state->separable8_batchnorm1_running_variance);
}

// separable8_batchnorm2 (mobilenet_v1.bn:7): the running statistics move
static void k_separable8_batchnorm2_running_move(const struct step *s, int task) {
  move_statistics(s, task, g_separable8_batchnorm2, (real)0.99,
      s->scratch + b_separable8_batchnorm2_moments, s->state->separable8_batchnorm2_running_mean,
      s->state->separable8_batchnorm2_running_variance);
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
    { k_rotate_image_forward_loading, .tasks = 3, .results = {{0, b_rotate_image_output, 27648}} },
    { k_zoom_image_forward, .tasks = 3, .results = {{1, b_zoom_image_output, 27648}} },
    { k_shift_image_forward, .tasks = 3, .results = {{2, b_shift_image_output, 27648}} },
    { k_flip_image_forward, .tasks = 3, .results = {{3, b_flip_image_output, 27648}} },
    { k_conv1_forward, .tasks = 4, .results = {{4, b_conv1_output, 18432}} },
    { k_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_batchnorm1_forward, .tasks = 8, .results = {{5, b_relu1_output, 18432}} },
    { k_separable1_conv1_forward, .tasks = 8, .results = {{7, b_separable1_conv1_output, 18432}} },
    { k_separable1_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_separable1_batchnorm1_forward, .tasks = 8,
        .results = {{8, b_separable1_relu1_output, 18432}} },
    { k_separable1_conv2_forward, .tasks = 4, .results = {{10, b_separable1_conv2_output, 36864}} },
    { k_separable1_batchnorm2_moments_merge, .tasks = 1, .whole = 1 },
    { k_separable1_batchnorm2_forward, .tasks = 16,
        .results = {{11, b_separable1_relu2_output, 36864}} },
    { k_separable2_conv1_forward, .tasks = 16, .results = {{13, b_separable2_conv1_output, 9216}} },
    { k_separable2_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_separable2_batchnorm1_forward, .tasks = 16,
        .results = {{14, b_separable2_relu1_output, 9216}} },
    { k_separable2_conv2_forward, .tasks = 11,
        .results = {{16, b_separable2_conv2_output, 18432}} },
    { k_separable2_batchnorm2_moments_merge, .tasks = 1, .whole = 1 },
    { k_separable2_batchnorm2_forward, .tasks = 32,
        .results = {{17, b_separable2_relu2_output, 18432}} },
    { k_separable3_conv1_forward, .tasks = 32,
        .results = {{19, b_separable3_conv1_output, 18432}} },
    { k_separable3_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_separable3_batchnorm1_forward, .tasks = 32,
        .results = {{20, b_separable3_relu1_output, 18432}} },
    { k_separable3_conv2_forward, .tasks = 4, .results = {{22, b_separable3_conv2_output, 18432}} },
    { k_separable3_batchnorm2_moments_merge, .tasks = 1, .whole = 1 },
    { k_separable3_batchnorm2_forward, .tasks = 32,
        .results = {{23, b_separable3_relu2_output, 18432}} },
    { k_separable4_conv1_forward, .tasks = 32, .results = {{25, b_separable4_conv1_output, 4608}} },
    { k_separable4_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_separable4_batchnorm1_forward, .tasks = 32,
        .results = {{26, b_separable4_relu1_output, 4608}} },
    { k_separable4_conv2_forward, .tasks = 22, .results = {{28, b_separable4_conv2_output, 9216}} },
    { k_separable4_batchnorm2_moments_merge, .tasks = 1, .whole = 1 },
    { k_separable4_batchnorm2_forward, .tasks = 64,
        .results = {{29, b_separable4_relu2_output, 9216}} },
    { k_separable5_conv1_forward, .tasks = 64, .results = {{31, b_separable5_conv1_output, 9216}} },
    { k_separable5_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_separable5_batchnorm1_forward, .tasks = 64,
        .results = {{32, b_separable5_relu1_output, 9216}} },
    { k_separable5_conv2_forward, .tasks = 22, .results = {{34, b_separable5_conv2_output, 9216}} },
    { k_separable5_batchnorm2_moments_merge, .tasks = 1, .whole = 1 },
    { k_separable5_batchnorm2_forward, .tasks = 64,
        .results = {{35, b_separable5_relu2_output, 9216}} },
    { k_separable6_conv1_forward, .tasks = 64, .results = {{37, b_separable6_conv1_output, 2304}} },
    { k_separable6_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_separable6_batchnorm1_forward, .tasks = 10,
        .results = {{38, b_separable6_relu1_output, 2304}} },
    { k_separable6_conv2_forward, .tasks = 43, .results = {{40, b_separable6_conv2_output, 4608}} },
    { k_separable6_batchnorm2_moments_merge, .tasks = 1, .whole = 1 },
    { k_separable6_batchnorm2_forward, .tasks = 19,
        .results = {{41, b_separable6_relu2_output, 4608}} },
    { k_middle1_separable1_conv1_forward, .tasks = 128,
        .results = {{43, b_middle1_separable1_conv1_output, 4608}} },
    { k_middle1_separable1_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_middle1_separable1_batchnorm1_forward, .tasks = 19,
        .results = {{44, b_middle1_separable1_relu1_output, 4608}} },
    { k_middle1_separable1_conv2_forward, .tasks = 43,
        .results = {{46, b_middle1_separable1_conv2_output, 4608}} },
    { k_middle1_separable1_batchnorm2_moments_merge, .tasks = 1, .whole = 1 },
    { k_middle1_separable1_batchnorm2_forward, .tasks = 19,
        .results = {{47, b_middle1_separable1_relu2_output, 4608}} },
    { k_middle2_separable1_conv1_forward, .tasks = 128,
        .results = {{49, b_middle2_separable1_conv1_output, 4608}} },
    { k_middle2_separable1_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_middle2_separable1_batchnorm1_forward, .tasks = 19,
        .results = {{50, b_middle2_separable1_relu1_output, 4608}} },
    { k_middle2_separable1_conv2_forward, .tasks = 43,
        .results = {{52, b_middle2_separable1_conv2_output, 4608}} },
    { k_middle2_separable1_batchnorm2_moments_merge, .tasks = 1, .whole = 1 },
    { k_middle2_separable1_batchnorm2_forward, .tasks = 19,
        .results = {{53, b_middle2_separable1_relu2_output, 4608}} },
    { k_middle3_separable1_conv1_forward, .tasks = 128,
        .results = {{55, b_middle3_separable1_conv1_output, 4608}} },
    { k_middle3_separable1_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_middle3_separable1_batchnorm1_forward, .tasks = 19,
        .results = {{56, b_middle3_separable1_relu1_output, 4608}} },
    { k_middle3_separable1_conv2_forward, .tasks = 43,
        .results = {{58, b_middle3_separable1_conv2_output, 4608}} },
    { k_middle3_separable1_batchnorm2_moments_merge, .tasks = 1, .whole = 1 },
    { k_middle3_separable1_batchnorm2_forward, .tasks = 19,
        .results = {{59, b_middle3_separable1_relu2_output, 4608}} },
    { k_middle4_separable1_conv1_forward, .tasks = 128,
        .results = {{61, b_middle4_separable1_conv1_output, 4608}} },
    { k_middle4_separable1_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_middle4_separable1_batchnorm1_forward, .tasks = 19,
        .results = {{62, b_middle4_separable1_relu1_output, 4608}} },
    { k_middle4_separable1_conv2_forward, .tasks = 43,
        .results = {{64, b_middle4_separable1_conv2_output, 4608}} },
    { k_middle4_separable1_batchnorm2_moments_merge, .tasks = 1, .whole = 1 },
    { k_middle4_separable1_batchnorm2_forward, .tasks = 19,
        .results = {{65, b_middle4_separable1_relu2_output, 4608}} },
    { k_middle5_separable1_conv1_forward, .tasks = 128,
        .results = {{67, b_middle5_separable1_conv1_output, 4608}} },
    { k_middle5_separable1_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_middle5_separable1_batchnorm1_forward, .tasks = 19,
        .results = {{68, b_middle5_separable1_relu1_output, 4608}} },
    { k_middle5_separable1_conv2_forward, .tasks = 43,
        .results = {{70, b_middle5_separable1_conv2_output, 4608}} },
    { k_middle5_separable1_batchnorm2_moments_merge, .tasks = 1, .whole = 1 },
    { k_middle5_separable1_batchnorm2_forward, .tasks = 19,
        .results = {{71, b_middle5_separable1_relu2_output, 4608}} },
    { k_separable7_conv1_forward, .tasks = 128,
        .results = {{73, b_separable7_conv1_output, 1152}} },
    { k_separable7_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_separable7_batchnorm1_forward, .tasks = 5,
        .results = {{74, b_separable7_relu1_output, 1152}} },
    { k_separable7_conv2_forward, .tasks = 86, .results = {{76, b_separable7_conv2_output, 2304}} },
    { k_separable7_batchnorm2_moments_merge, .tasks = 1, .whole = 1 },
    { k_separable7_batchnorm2_forward, .tasks = 10,
        .results = {{77, b_separable7_relu2_output, 2304}} },
    { k_separable8_conv1_forward, .tasks = 256,
        .results = {{79, b_separable8_conv1_output, 2304}} },
    { k_separable8_batchnorm1_moments_merge, .tasks = 1, .whole = 1 },
    { k_separable8_batchnorm1_forward, .tasks = 10,
        .results = {{80, b_separable8_relu1_output, 2304}} },
    { k_separable8_conv2_forward, .tasks = 86, .results = {{82, b_separable8_conv2_output, 2304}} },
    { k_separable8_batchnorm2_moments_merge, .tasks = 1, .whole = 1 },
    { k_separable8_batchnorm2_forward, .tasks = 10, .results = {{83, b_avgpool1_output, 256}} },
    { k_dense1_forward, .tasks = 1, .group = 4, .results = {{87, b_dense1_output, 2}} },

    { k_loss_softmax_cross_entropy, .tasks = 1 },

    { k_dense1_input_gradient, .tasks = 86, .whole = 1 },
    { k_dense1_rows_load, .tasks = 1 },
    { k_dense1_weight_gradient, .tasks = 1, .whole = 1 },
    { k_dense1_bias_gradient, .tasks = 2, .whole = 1 },
    { k_separable8_batchnorm2_sums, .tasks = 10 },
    { k_separable8_batchnorm2_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_separable8_batchnorm2_backward, .tasks = 10 },
    { k_separable8_conv2_input_gradient, .tasks = 86 },
    { k_separable8_conv2_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_separable8_conv2_weight_gradient, .tasks = 16, .whole = 1 },
    { k_separable8_batchnorm1_sums, .tasks = 10 },
    { k_separable8_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_separable8_batchnorm1_backward, .tasks = 10 },
    { k_separable8_conv1_input_gradient, .tasks = 256 },
    { k_separable8_conv1_weight_gradient, .tasks = 256, .whole = 1 },
    { k_separable7_batchnorm2_sums, .tasks = 10 },
    { k_separable7_batchnorm2_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_separable7_batchnorm2_backward, .tasks = 10 },
    { k_separable7_conv2_input_gradient, .tasks = 43 },
    { k_separable7_conv2_weight_gradient, .tasks = 2752, .whole = 1 },
    { k_separable7_batchnorm1_sums, .tasks = 5 },
    { k_separable7_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_separable7_batchnorm1_backward, .tasks = 5 },
    { k_separable7_conv1_input_gradient, .tasks = 128 },
    { k_separable7_conv1_weight_gradient, .tasks = 128, .whole = 1 },
    { k_middle5_separable1_batchnorm2_sums, .tasks = 19 },
    { k_middle5_separable1_batchnorm2_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_middle5_separable1_batchnorm2_backward, .tasks = 19 },
    { k_middle5_separable1_conv2_input_gradient, .tasks = 43 },
    { k_middle5_separable1_conv2_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_middle5_separable1_conv2_weight_gradient, .tasks = 16, .whole = 1 },
    { k_middle5_separable1_batchnorm1_sums, .tasks = 19 },
    { k_middle5_separable1_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_middle5_separable1_batchnorm1_backward, .tasks = 19 },
    { k_middle5_separable1_conv1_input_gradient, .tasks = 128 },
    { k_middle5_separable1_conv1_weight_gradient, .tasks = 128, .whole = 1 },
    { k_middle4_separable1_batchnorm2_sums, .tasks = 19 },
    { k_middle4_separable1_batchnorm2_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_middle4_separable1_batchnorm2_backward, .tasks = 19 },
    { k_middle4_separable1_conv2_input_gradient, .tasks = 43 },
    { k_middle4_separable1_conv2_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_middle4_separable1_conv2_weight_gradient, .tasks = 16, .whole = 1 },
    { k_middle4_separable1_batchnorm1_sums, .tasks = 19 },
    { k_middle4_separable1_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_middle4_separable1_batchnorm1_backward, .tasks = 19 },
    { k_middle4_separable1_conv1_input_gradient, .tasks = 128 },
    { k_middle4_separable1_conv1_weight_gradient, .tasks = 128, .whole = 1 },
    { k_middle3_separable1_batchnorm2_sums, .tasks = 19 },
    { k_middle3_separable1_batchnorm2_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_middle3_separable1_batchnorm2_backward, .tasks = 19 },
    { k_middle3_separable1_conv2_input_gradient, .tasks = 43 },
    { k_middle3_separable1_conv2_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_middle3_separable1_conv2_weight_gradient, .tasks = 16, .whole = 1 },
    { k_middle3_separable1_batchnorm1_sums, .tasks = 19 },
    { k_middle3_separable1_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_middle3_separable1_batchnorm1_backward, .tasks = 19 },
    { k_middle3_separable1_conv1_input_gradient, .tasks = 128 },
    { k_middle3_separable1_conv1_weight_gradient, .tasks = 128, .whole = 1 },
    { k_middle2_separable1_batchnorm2_sums, .tasks = 19 },
    { k_middle2_separable1_batchnorm2_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_middle2_separable1_batchnorm2_backward, .tasks = 19 },
    { k_middle2_separable1_conv2_input_gradient, .tasks = 43 },
    { k_middle2_separable1_conv2_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_middle2_separable1_conv2_weight_gradient, .tasks = 16, .whole = 1 },
    { k_middle2_separable1_batchnorm1_sums, .tasks = 19 },
    { k_middle2_separable1_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_middle2_separable1_batchnorm1_backward, .tasks = 19 },
    { k_middle2_separable1_conv1_input_gradient, .tasks = 128 },
    { k_middle2_separable1_conv1_weight_gradient, .tasks = 128, .whole = 1 },
    { k_middle1_separable1_batchnorm2_sums, .tasks = 19 },
    { k_middle1_separable1_batchnorm2_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_middle1_separable1_batchnorm2_backward, .tasks = 19 },
    { k_middle1_separable1_conv2_input_gradient, .tasks = 43 },
    { k_middle1_separable1_conv2_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_middle1_separable1_conv2_weight_gradient, .tasks = 16, .whole = 1 },
    { k_middle1_separable1_batchnorm1_sums, .tasks = 19 },
    { k_middle1_separable1_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_middle1_separable1_batchnorm1_backward, .tasks = 19 },
    { k_middle1_separable1_conv1_input_gradient, .tasks = 128 },
    { k_middle1_separable1_conv1_weight_gradient, .tasks = 128, .whole = 1 },
    { k_separable6_batchnorm2_sums, .tasks = 19 },
    { k_separable6_batchnorm2_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_separable6_batchnorm2_backward, .tasks = 19 },
    { k_separable6_conv2_input_gradient, .tasks = 22 },
    { k_separable6_conv2_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_separable6_conv2_weight_gradient, .tasks = 16, .whole = 1 },
    { k_separable6_batchnorm1_sums, .tasks = 10 },
    { k_separable6_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_separable6_batchnorm1_backward, .tasks = 10 },
    { k_separable6_conv1_input_gradient, .tasks = 64 },
    { k_separable6_conv1_weight_gradient, .tasks = 64, .whole = 1 },
    { k_separable5_batchnorm2_sums, .tasks = 64 },
    { k_separable5_batchnorm2_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_separable5_batchnorm2_backward, .tasks = 64 },
    { k_separable5_conv2_input_gradient, .tasks = 22 },
    { k_separable5_conv2_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_separable5_conv2_weight_gradient, .tasks = 16, .whole = 1 },
    { k_separable5_batchnorm1_sums, .tasks = 64 },
    { k_separable5_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_separable5_batchnorm1_backward, .tasks = 64 },
    { k_separable5_conv1_input_gradient, .tasks = 64 },
    { k_separable5_conv1_weight_gradient, .tasks = 64, .whole = 1 },
    { k_separable4_batchnorm2_sums, .tasks = 64 },
    { k_separable4_batchnorm2_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_separable4_batchnorm2_backward, .tasks = 64 },
    { k_separable4_conv2_input_gradient, .tasks = 11 },
    { k_separable4_conv2_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_separable4_conv2_weight_gradient, .tasks = 16, .whole = 1 },
    { k_separable4_batchnorm1_sums, .tasks = 32 },
    { k_separable4_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_separable4_batchnorm1_backward, .tasks = 32 },
    { k_separable4_conv1_input_gradient, .tasks = 32 },
    { k_separable4_conv1_weight_gradient, .tasks = 32, .whole = 1 },
    { k_separable3_batchnorm2_sums, .tasks = 32 },
    { k_separable3_batchnorm2_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_separable3_batchnorm2_backward, .tasks = 32 },
    { k_separable3_conv2_input_gradient, .tasks = 4 },
    { k_separable3_conv2_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_separable3_conv2_weight_gradient, .tasks = 8, .whole = 1 },
    { k_separable3_batchnorm1_sums, .tasks = 32 },
    { k_separable3_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_separable3_batchnorm1_backward, .tasks = 32 },
    { k_separable3_conv1_input_gradient, .tasks = 32 },
    { k_separable3_conv1_weight_gradient, .tasks = 32, .whole = 1 },
    { k_separable2_batchnorm2_sums, .tasks = 32 },
    { k_separable2_batchnorm2_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_separable2_batchnorm2_backward, .tasks = 32 },
    { k_separable2_conv2_input_gradient, .tasks = 4 },
    { k_separable2_conv2_weight_gradient_sums, .tasks = 16, .whole = 1 },
    { k_separable2_conv2_weight_gradient, .tasks = 4, .whole = 1 },
    { k_separable2_batchnorm1_sums, .tasks = 16 },
    { k_separable2_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_separable2_batchnorm1_backward, .tasks = 16 },
    { k_separable2_conv1_input_gradient, .tasks = 16 },
    { k_separable2_conv1_weight_gradient, .tasks = 16, .whole = 1 },
    { k_separable1_batchnorm2_sums, .tasks = 16 },
    { k_separable1_batchnorm2_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_separable1_batchnorm2_backward, .tasks = 16 },
    { k_separable1_conv2_input_gradient, .tasks = 3 },
    { k_separable1_conv2_weight_gradient, .tasks = 12, .whole = 1 },
    { k_separable1_batchnorm1_sums, .tasks = 8 },
    { k_separable1_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_separable1_batchnorm1_backward, .tasks = 8 },
    { k_separable1_conv1_input_gradient, .tasks = 8 },
    { k_separable1_conv1_weight_gradient, .tasks = 8, .whole = 1 },
    { k_batchnorm1_sums, .tasks = 8 },
    { k_batchnorm1_parameter_gradient, .tasks = 1, .whole = 1 },
    { k_batchnorm1_backward, .tasks = 8 },
    { k_conv1_weight_gradient, .tasks = 18, .whole = 1 },
    { k_separable8_conv2_weight_penalty_gradient, .tasks = 1, .whole = 1 },
    { k_separable7_conv2_weight_penalty_gradient, .tasks = 1, .whole = 1 },
    { k_middle5_separable1_conv2_weight_penalty_gradient, .tasks = 1, .whole = 1 },
    { k_middle4_separable1_conv2_weight_penalty_gradient, .tasks = 1, .whole = 1 },
    { k_middle3_separable1_conv2_weight_penalty_gradient, .tasks = 1, .whole = 1 },
    { k_middle2_separable1_conv2_weight_penalty_gradient, .tasks = 1, .whole = 1 },
    { k_middle1_separable1_conv2_weight_penalty_gradient, .tasks = 1, .whole = 1 },
    { k_separable6_conv2_weight_penalty_gradient, .tasks = 1, .whole = 1 },
    { k_separable5_conv2_weight_penalty_gradient, .tasks = 1, .whole = 1 },
    { k_separable4_conv2_weight_penalty_gradient, .tasks = 1, .whole = 1 },
    { k_separable3_conv2_weight_penalty_gradient, .tasks = 1, .whole = 1 },
    { k_separable2_conv2_weight_penalty_gradient, .tasks = 1, .whole = 1 },
    { k_separable1_conv2_weight_penalty_gradient, .tasks = 1, .whole = 1 },
    { k_conv1_weight_penalty_gradient, .tasks = 1, .whole = 1 },
    { k_separable8_conv2_weight_update, .tasks = 8, .whole = 1 },
    { k_separable7_conv2_weight_update, .tasks = 4, .whole = 1 },
    { k_middle5_separable1_conv2_weight_update, .tasks = 2, .whole = 1 },
    { k_middle4_separable1_conv2_weight_update, .tasks = 2, .whole = 1 },
    { k_middle3_separable1_conv2_weight_update, .tasks = 2, .whole = 1 },
    { k_middle2_separable1_conv2_weight_update, .tasks = 2, .whole = 1 },
    { k_middle1_separable1_conv2_weight_update, .tasks = 2, .whole = 1 },
    { k_separable6_conv2_weight_update, .tasks = 1, .whole = 1 },
    { k_separable5_conv2_weight_update, .tasks = 1, .whole = 1 },
    { k_separable4_conv2_weight_update, .tasks = 1, .whole = 1 },
    { k_separable3_conv2_weight_update, .tasks = 1, .whole = 1 },
    { k_separable2_conv2_weight_update, .tasks = 1, .whole = 1 },
    { k_separable1_conv2_weight_update, .tasks = 1, .whole = 1 },
    { k_conv1_weight_update, .tasks = 1, .whole = 1 },
    { k_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_separable1_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_separable1_batchnorm2_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_separable2_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_separable2_batchnorm2_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_separable3_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_separable3_batchnorm2_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_separable4_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_separable4_batchnorm2_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_separable5_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_separable5_batchnorm2_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_separable6_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_separable6_batchnorm2_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_middle1_separable1_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_middle1_separable1_batchnorm2_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_middle2_separable1_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_middle2_separable1_batchnorm2_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_middle3_separable1_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_middle3_separable1_batchnorm2_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_middle4_separable1_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_middle4_separable1_batchnorm2_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_middle5_separable1_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_middle5_separable1_batchnorm2_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_separable7_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_separable7_batchnorm2_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_separable8_batchnorm1_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
    { k_separable8_batchnorm2_running_move, .tasks = 1, .whole = 1, .when = TRAINING },
};
enum { FORWARD = 87, LOSS = 88, KERNELS = sizeof schedule / sizeof schedule[0] };

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
  return sum + s->count * penalty(s->parameters);
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
    if (label_of(s, n) < 0 || label_of(s, n) >= 2) return BNC_BAD_ARGUMENT;
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
  if (outputs && !write_output(s, lanes_at(s, b_dense1_output), 2, outputs[0])) finite = 0;
  return finite;
}

// multi_step, counted in epochs: turns the learning rate of a training into that of its step `step`
// of `last`.
static void schedule_rate(uint64_t step, uint64_t last, uint64_t epoch_steps,
                          double *hyperparameters) {
  const uint64_t length = epoch_steps > 0 ? epoch_steps : 1;
  const double t = (double)((step - 1) / length + 1);
  (void)last;
  if (t <= 20.0) hyperparameters[0] *= 1.0;
  else if (t <= 30.0) hyperparameters[0] *= 0.5;
  else hyperparameters[0] *= 0.25;
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
    PARAMETER(conv1_weight, "conv1.weight", 4, WEIGHT, NORMAL, 0.0, 0.2721655269759087, 4, 8, 3, 3,
        3),
    PARAMETER(conv1_bias, "conv1.bias", 4, BIAS, CONSTANT, 0.0, 0.0, 1, 8),
    PARAMETER(batchnorm1_gamma, "batchnorm1.gamma", 5, GAMMA, CONSTANT, 1.0, 0.0, 1, 8),
    PARAMETER(batchnorm1_beta, "batchnorm1.beta", 5, BETA, CONSTANT, 0.0, 0.0, 1, 8),
    STATE(batchnorm1_running_mean, "batchnorm1.running_mean", 5, RUNNING_MEAN, CONSTANT, 0.0, 0.0,
        1, 8),
    STATE(batchnorm1_running_variance, "batchnorm1.running_variance", 5, RUNNING_VARIANCE, CONSTANT,
        1.0, 0.0, 1, 8),
    PARAMETER(separable1_conv1_weight, "separable1_conv1.weight", 7, WEIGHT, UNIFORM,
        -0.2721655269759087, 0.2721655269759087, 4, 8, 1, 3, 3),
    PARAMETER(separable1_conv1_bias, "separable1_conv1.bias", 7, BIAS, CONSTANT, 0.0, 0.0, 1, 8),
    PARAMETER(separable1_batchnorm1_gamma, "separable1_batchnorm1.gamma", 8, GAMMA, CONSTANT, 1.0,
        0.0, 1, 8),
    PARAMETER(separable1_batchnorm1_beta, "separable1_batchnorm1.beta", 8, BETA, CONSTANT, 0.0, 0.0,
        1, 8),
    STATE(separable1_batchnorm1_running_mean, "separable1_batchnorm1.running_mean", 8, RUNNING_MEAN,
        CONSTANT, 0.0, 0.0, 1, 8),
    STATE(separable1_batchnorm1_running_variance, "separable1_batchnorm1.running_variance", 8,
        RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1, 8),
    PARAMETER(separable1_conv2_weight, "separable1_conv2.weight", 10, WEIGHT, NORMAL, 0.0, 0.5, 4,
        16, 8, 1, 1),
    PARAMETER(separable1_conv2_bias, "separable1_conv2.bias", 10, BIAS, CONSTANT, 0.0, 0.0, 1, 16),
    PARAMETER(separable1_batchnorm2_gamma, "separable1_batchnorm2.gamma", 11, GAMMA, CONSTANT, 1.0,
        0.0, 1, 16),
    PARAMETER(separable1_batchnorm2_beta, "separable1_batchnorm2.beta", 11, BETA, CONSTANT, 0.0,
        0.0, 1, 16),
    STATE(separable1_batchnorm2_running_mean, "separable1_batchnorm2.running_mean", 11,
        RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 16),
    STATE(separable1_batchnorm2_running_variance, "separable1_batchnorm2.running_variance", 11,
        RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1, 16),
    PARAMETER(separable2_conv1_weight, "separable2_conv1.weight", 13, WEIGHT, UNIFORM,
        -0.19802950859533486, 0.19802950859533486, 4, 16, 1, 3, 3),
    PARAMETER(separable2_conv1_bias, "separable2_conv1.bias", 13, BIAS, CONSTANT, 0.0, 0.0, 1, 16),
    PARAMETER(separable2_batchnorm1_gamma, "separable2_batchnorm1.gamma", 14, GAMMA, CONSTANT, 1.0,
        0.0, 1, 16),
    PARAMETER(separable2_batchnorm1_beta, "separable2_batchnorm1.beta", 14, BETA, CONSTANT, 0.0,
        0.0, 1, 16),
    STATE(separable2_batchnorm1_running_mean, "separable2_batchnorm1.running_mean", 14,
        RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 16),
    STATE(separable2_batchnorm1_running_variance, "separable2_batchnorm1.running_variance", 14,
        RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1, 16),
    PARAMETER(separable2_conv2_weight, "separable2_conv2.weight", 16, WEIGHT, NORMAL, 0.0,
        0.3535533905932738, 4, 32, 16, 1, 1),
    PARAMETER(separable2_conv2_bias, "separable2_conv2.bias", 16, BIAS, CONSTANT, 0.0, 0.0, 1, 32),
    PARAMETER(separable2_batchnorm2_gamma, "separable2_batchnorm2.gamma", 17, GAMMA, CONSTANT, 1.0,
        0.0, 1, 32),
    PARAMETER(separable2_batchnorm2_beta, "separable2_batchnorm2.beta", 17, BETA, CONSTANT, 0.0,
        0.0, 1, 32),
    STATE(separable2_batchnorm2_running_mean, "separable2_batchnorm2.running_mean", 17,
        RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 32),
    STATE(separable2_batchnorm2_running_variance, "separable2_batchnorm2.running_variance", 17,
        RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1, 32),
    PARAMETER(separable3_conv1_weight, "separable3_conv1.weight", 19, WEIGHT, UNIFORM,
        -0.1421338109037403, 0.1421338109037403, 4, 32, 1, 3, 3),
    PARAMETER(separable3_conv1_bias, "separable3_conv1.bias", 19, BIAS, CONSTANT, 0.0, 0.0, 1, 32),
    PARAMETER(separable3_batchnorm1_gamma, "separable3_batchnorm1.gamma", 20, GAMMA, CONSTANT, 1.0,
        0.0, 1, 32),
    PARAMETER(separable3_batchnorm1_beta, "separable3_batchnorm1.beta", 20, BETA, CONSTANT, 0.0,
        0.0, 1, 32),
    STATE(separable3_batchnorm1_running_mean, "separable3_batchnorm1.running_mean", 20,
        RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 32),
    STATE(separable3_batchnorm1_running_variance, "separable3_batchnorm1.running_variance", 20,
        RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1, 32),
    PARAMETER(separable3_conv2_weight, "separable3_conv2.weight", 22, WEIGHT, NORMAL, 0.0, 0.25, 4,
        32, 32, 1, 1),
    PARAMETER(separable3_conv2_bias, "separable3_conv2.bias", 22, BIAS, CONSTANT, 0.0, 0.0, 1, 32),
    PARAMETER(separable3_batchnorm2_gamma, "separable3_batchnorm2.gamma", 23, GAMMA, CONSTANT, 1.0,
        0.0, 1, 32),
    PARAMETER(separable3_batchnorm2_beta, "separable3_batchnorm2.beta", 23, BETA, CONSTANT, 0.0,
        0.0, 1, 32),
    STATE(separable3_batchnorm2_running_mean, "separable3_batchnorm2.running_mean", 23,
        RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 32),
    STATE(separable3_batchnorm2_running_variance, "separable3_batchnorm2.running_variance", 23,
        RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1, 32),
    PARAMETER(separable4_conv1_weight, "separable4_conv1.weight", 25, WEIGHT, UNIFORM,
        -0.1421338109037403, 0.1421338109037403, 4, 32, 1, 3, 3),
    PARAMETER(separable4_conv1_bias, "separable4_conv1.bias", 25, BIAS, CONSTANT, 0.0, 0.0, 1, 32),
    PARAMETER(separable4_batchnorm1_gamma, "separable4_batchnorm1.gamma", 26, GAMMA, CONSTANT, 1.0,
        0.0, 1, 32),
    PARAMETER(separable4_batchnorm1_beta, "separable4_batchnorm1.beta", 26, BETA, CONSTANT, 0.0,
        0.0, 1, 32),
    STATE(separable4_batchnorm1_running_mean, "separable4_batchnorm1.running_mean", 26,
        RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 32),
    STATE(separable4_batchnorm1_running_variance, "separable4_batchnorm1.running_variance", 26,
        RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1, 32),
    PARAMETER(separable4_conv2_weight, "separable4_conv2.weight", 28, WEIGHT, NORMAL, 0.0, 0.25, 4,
        64, 32, 1, 1),
    PARAMETER(separable4_conv2_bias, "separable4_conv2.bias", 28, BIAS, CONSTANT, 0.0, 0.0, 1, 64),
    PARAMETER(separable4_batchnorm2_gamma, "separable4_batchnorm2.gamma", 29, GAMMA, CONSTANT, 1.0,
        0.0, 1, 64),
    PARAMETER(separable4_batchnorm2_beta, "separable4_batchnorm2.beta", 29, BETA, CONSTANT, 0.0,
        0.0, 1, 64),
    STATE(separable4_batchnorm2_running_mean, "separable4_batchnorm2.running_mean", 29,
        RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 64),
    STATE(separable4_batchnorm2_running_variance, "separable4_batchnorm2.running_variance", 29,
        RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1, 64),
    PARAMETER(separable5_conv1_weight, "separable5_conv1.weight", 31, WEIGHT, UNIFORM,
        -0.10127393670836667, 0.10127393670836667, 4, 64, 1, 3, 3),
    PARAMETER(separable5_conv1_bias, "separable5_conv1.bias", 31, BIAS, CONSTANT, 0.0, 0.0, 1, 64),
    PARAMETER(separable5_batchnorm1_gamma, "separable5_batchnorm1.gamma", 32, GAMMA, CONSTANT, 1.0,
        0.0, 1, 64),
    PARAMETER(separable5_batchnorm1_beta, "separable5_batchnorm1.beta", 32, BETA, CONSTANT, 0.0,
        0.0, 1, 64),
    STATE(separable5_batchnorm1_running_mean, "separable5_batchnorm1.running_mean", 32,
        RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 64),
    STATE(separable5_batchnorm1_running_variance, "separable5_batchnorm1.running_variance", 32,
        RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1, 64),
    PARAMETER(separable5_conv2_weight, "separable5_conv2.weight", 34, WEIGHT, NORMAL, 0.0,
        0.1767766952966369, 4, 64, 64, 1, 1),
    PARAMETER(separable5_conv2_bias, "separable5_conv2.bias", 34, BIAS, CONSTANT, 0.0, 0.0, 1, 64),
    PARAMETER(separable5_batchnorm2_gamma, "separable5_batchnorm2.gamma", 35, GAMMA, CONSTANT, 1.0,
        0.0, 1, 64),
    PARAMETER(separable5_batchnorm2_beta, "separable5_batchnorm2.beta", 35, BETA, CONSTANT, 0.0,
        0.0, 1, 64),
    STATE(separable5_batchnorm2_running_mean, "separable5_batchnorm2.running_mean", 35,
        RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 64),
    STATE(separable5_batchnorm2_running_variance, "separable5_batchnorm2.running_variance", 35,
        RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1, 64),
    PARAMETER(separable6_conv1_weight, "separable6_conv1.weight", 37, WEIGHT, UNIFORM,
        -0.10127393670836667, 0.10127393670836667, 4, 64, 1, 3, 3),
    PARAMETER(separable6_conv1_bias, "separable6_conv1.bias", 37, BIAS, CONSTANT, 0.0, 0.0, 1, 64),
    PARAMETER(separable6_batchnorm1_gamma, "separable6_batchnorm1.gamma", 38, GAMMA, CONSTANT, 1.0,
        0.0, 1, 64),
    PARAMETER(separable6_batchnorm1_beta, "separable6_batchnorm1.beta", 38, BETA, CONSTANT, 0.0,
        0.0, 1, 64),
    STATE(separable6_batchnorm1_running_mean, "separable6_batchnorm1.running_mean", 38,
        RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 64),
    STATE(separable6_batchnorm1_running_variance, "separable6_batchnorm1.running_variance", 38,
        RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1, 64),
    PARAMETER(separable6_conv2_weight, "separable6_conv2.weight", 40, WEIGHT, NORMAL, 0.0,
        0.1767766952966369, 4, 128, 64, 1, 1),
    PARAMETER(separable6_conv2_bias, "separable6_conv2.bias", 40, BIAS, CONSTANT, 0.0, 0.0, 1, 128),
    PARAMETER(separable6_batchnorm2_gamma, "separable6_batchnorm2.gamma", 41, GAMMA, CONSTANT, 1.0,
        0.0, 1, 128),
    PARAMETER(separable6_batchnorm2_beta, "separable6_batchnorm2.beta", 41, BETA, CONSTANT, 0.0,
        0.0, 1, 128),
    STATE(separable6_batchnorm2_running_mean, "separable6_batchnorm2.running_mean", 41,
        RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 128),
    STATE(separable6_batchnorm2_running_variance, "separable6_batchnorm2.running_variance", 41,
        RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1, 128),
    PARAMETER(middle1_separable1_conv1_weight, "middle1_separable1_conv1.weight", 43, WEIGHT,
        UNIFORM, -0.07188851546895894, 0.07188851546895894, 4, 128, 1, 3, 3),
    PARAMETER(middle1_separable1_conv1_bias, "middle1_separable1_conv1.bias", 43, BIAS, CONSTANT,
        0.0, 0.0, 1, 128),
    PARAMETER(middle1_separable1_batchnorm1_gamma, "middle1_separable1_batchnorm1.gamma", 44, GAMMA,
        CONSTANT, 1.0, 0.0, 1, 128),
    PARAMETER(middle1_separable1_batchnorm1_beta, "middle1_separable1_batchnorm1.beta", 44, BETA,
        CONSTANT, 0.0, 0.0, 1, 128),
    STATE(middle1_separable1_batchnorm1_running_mean, "middle1_separable1_batchnorm1.running_mean",
        44, RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 128),
    STATE(middle1_separable1_batchnorm1_running_variance,
        "middle1_separable1_batchnorm1.running_variance", 44, RUNNING_VARIANCE, CONSTANT, 1.0, 0.0,
        1, 128),
    PARAMETER(middle1_separable1_conv2_weight, "middle1_separable1_conv2.weight", 46, WEIGHT,
        NORMAL, 0.0, 0.125, 4, 128, 128, 1, 1),
    PARAMETER(middle1_separable1_conv2_bias, "middle1_separable1_conv2.bias", 46, BIAS, CONSTANT,
        0.0, 0.0, 1, 128),
    PARAMETER(middle1_separable1_batchnorm2_gamma, "middle1_separable1_batchnorm2.gamma", 47, GAMMA,
        CONSTANT, 1.0, 0.0, 1, 128),
    PARAMETER(middle1_separable1_batchnorm2_beta, "middle1_separable1_batchnorm2.beta", 47, BETA,
        CONSTANT, 0.0, 0.0, 1, 128),
    STATE(middle1_separable1_batchnorm2_running_mean, "middle1_separable1_batchnorm2.running_mean",
        47, RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 128),
    STATE(middle1_separable1_batchnorm2_running_variance,
        "middle1_separable1_batchnorm2.running_variance", 47, RUNNING_VARIANCE, CONSTANT, 1.0, 0.0,
        1, 128),
    PARAMETER(middle2_separable1_conv1_weight, "middle2_separable1_conv1.weight", 49, WEIGHT,
        UNIFORM, -0.07188851546895894, 0.07188851546895894, 4, 128, 1, 3, 3),
    PARAMETER(middle2_separable1_conv1_bias, "middle2_separable1_conv1.bias", 49, BIAS, CONSTANT,
        0.0, 0.0, 1, 128),
    PARAMETER(middle2_separable1_batchnorm1_gamma, "middle2_separable1_batchnorm1.gamma", 50, GAMMA,
        CONSTANT, 1.0, 0.0, 1, 128),
    PARAMETER(middle2_separable1_batchnorm1_beta, "middle2_separable1_batchnorm1.beta", 50, BETA,
        CONSTANT, 0.0, 0.0, 1, 128),
    STATE(middle2_separable1_batchnorm1_running_mean, "middle2_separable1_batchnorm1.running_mean",
        50, RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 128),
    STATE(middle2_separable1_batchnorm1_running_variance,
        "middle2_separable1_batchnorm1.running_variance", 50, RUNNING_VARIANCE, CONSTANT, 1.0, 0.0,
        1, 128),
    PARAMETER(middle2_separable1_conv2_weight, "middle2_separable1_conv2.weight", 52, WEIGHT,
        NORMAL, 0.0, 0.125, 4, 128, 128, 1, 1),
    PARAMETER(middle2_separable1_conv2_bias, "middle2_separable1_conv2.bias", 52, BIAS, CONSTANT,
        0.0, 0.0, 1, 128),
    PARAMETER(middle2_separable1_batchnorm2_gamma, "middle2_separable1_batchnorm2.gamma", 53, GAMMA,
        CONSTANT, 1.0, 0.0, 1, 128),
    PARAMETER(middle2_separable1_batchnorm2_beta, "middle2_separable1_batchnorm2.beta", 53, BETA,
        CONSTANT, 0.0, 0.0, 1, 128),
    STATE(middle2_separable1_batchnorm2_running_mean, "middle2_separable1_batchnorm2.running_mean",
        53, RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 128),
    STATE(middle2_separable1_batchnorm2_running_variance,
        "middle2_separable1_batchnorm2.running_variance", 53, RUNNING_VARIANCE, CONSTANT, 1.0, 0.0,
        1, 128),
    PARAMETER(middle3_separable1_conv1_weight, "middle3_separable1_conv1.weight", 55, WEIGHT,
        UNIFORM, -0.07188851546895894, 0.07188851546895894, 4, 128, 1, 3, 3),
    PARAMETER(middle3_separable1_conv1_bias, "middle3_separable1_conv1.bias", 55, BIAS, CONSTANT,
        0.0, 0.0, 1, 128),
    PARAMETER(middle3_separable1_batchnorm1_gamma, "middle3_separable1_batchnorm1.gamma", 56, GAMMA,
        CONSTANT, 1.0, 0.0, 1, 128),
    PARAMETER(middle3_separable1_batchnorm1_beta, "middle3_separable1_batchnorm1.beta", 56, BETA,
        CONSTANT, 0.0, 0.0, 1, 128),
    STATE(middle3_separable1_batchnorm1_running_mean, "middle3_separable1_batchnorm1.running_mean",
        56, RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 128),
    STATE(middle3_separable1_batchnorm1_running_variance,
        "middle3_separable1_batchnorm1.running_variance", 56, RUNNING_VARIANCE, CONSTANT, 1.0, 0.0,
        1, 128),
    PARAMETER(middle3_separable1_conv2_weight, "middle3_separable1_conv2.weight", 58, WEIGHT,
        NORMAL, 0.0, 0.125, 4, 128, 128, 1, 1),
    PARAMETER(middle3_separable1_conv2_bias, "middle3_separable1_conv2.bias", 58, BIAS, CONSTANT,
        0.0, 0.0, 1, 128),
    PARAMETER(middle3_separable1_batchnorm2_gamma, "middle3_separable1_batchnorm2.gamma", 59, GAMMA,
        CONSTANT, 1.0, 0.0, 1, 128),
    PARAMETER(middle3_separable1_batchnorm2_beta, "middle3_separable1_batchnorm2.beta", 59, BETA,
        CONSTANT, 0.0, 0.0, 1, 128),
    STATE(middle3_separable1_batchnorm2_running_mean, "middle3_separable1_batchnorm2.running_mean",
        59, RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 128),
    STATE(middle3_separable1_batchnorm2_running_variance,
        "middle3_separable1_batchnorm2.running_variance", 59, RUNNING_VARIANCE, CONSTANT, 1.0, 0.0,
        1, 128),
    PARAMETER(middle4_separable1_conv1_weight, "middle4_separable1_conv1.weight", 61, WEIGHT,
        UNIFORM, -0.07188851546895894, 0.07188851546895894, 4, 128, 1, 3, 3),
    PARAMETER(middle4_separable1_conv1_bias, "middle4_separable1_conv1.bias", 61, BIAS, CONSTANT,
        0.0, 0.0, 1, 128),
    PARAMETER(middle4_separable1_batchnorm1_gamma, "middle4_separable1_batchnorm1.gamma", 62, GAMMA,
        CONSTANT, 1.0, 0.0, 1, 128),
    PARAMETER(middle4_separable1_batchnorm1_beta, "middle4_separable1_batchnorm1.beta", 62, BETA,
        CONSTANT, 0.0, 0.0, 1, 128),
    STATE(middle4_separable1_batchnorm1_running_mean, "middle4_separable1_batchnorm1.running_mean",
        62, RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 128),
    STATE(middle4_separable1_batchnorm1_running_variance,
        "middle4_separable1_batchnorm1.running_variance", 62, RUNNING_VARIANCE, CONSTANT, 1.0, 0.0,
        1, 128),
    PARAMETER(middle4_separable1_conv2_weight, "middle4_separable1_conv2.weight", 64, WEIGHT,
        NORMAL, 0.0, 0.125, 4, 128, 128, 1, 1),
    PARAMETER(middle4_separable1_conv2_bias, "middle4_separable1_conv2.bias", 64, BIAS, CONSTANT,
        0.0, 0.0, 1, 128),
    PARAMETER(middle4_separable1_batchnorm2_gamma, "middle4_separable1_batchnorm2.gamma", 65, GAMMA,
        CONSTANT, 1.0, 0.0, 1, 128),
    PARAMETER(middle4_separable1_batchnorm2_beta, "middle4_separable1_batchnorm2.beta", 65, BETA,
        CONSTANT, 0.0, 0.0, 1, 128),
    STATE(middle4_separable1_batchnorm2_running_mean, "middle4_separable1_batchnorm2.running_mean",
        65, RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 128),
    STATE(middle4_separable1_batchnorm2_running_variance,
        "middle4_separable1_batchnorm2.running_variance", 65, RUNNING_VARIANCE, CONSTANT, 1.0, 0.0,
        1, 128),
    PARAMETER(middle5_separable1_conv1_weight, "middle5_separable1_conv1.weight", 67, WEIGHT,
        UNIFORM, -0.07188851546895894, 0.07188851546895894, 4, 128, 1, 3, 3),
    PARAMETER(middle5_separable1_conv1_bias, "middle5_separable1_conv1.bias", 67, BIAS, CONSTANT,
        0.0, 0.0, 1, 128),
    PARAMETER(middle5_separable1_batchnorm1_gamma, "middle5_separable1_batchnorm1.gamma", 68, GAMMA,
        CONSTANT, 1.0, 0.0, 1, 128),
    PARAMETER(middle5_separable1_batchnorm1_beta, "middle5_separable1_batchnorm1.beta", 68, BETA,
        CONSTANT, 0.0, 0.0, 1, 128),
    STATE(middle5_separable1_batchnorm1_running_mean, "middle5_separable1_batchnorm1.running_mean",
        68, RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 128),
    STATE(middle5_separable1_batchnorm1_running_variance,
        "middle5_separable1_batchnorm1.running_variance", 68, RUNNING_VARIANCE, CONSTANT, 1.0, 0.0,
        1, 128),
    PARAMETER(middle5_separable1_conv2_weight, "middle5_separable1_conv2.weight", 70, WEIGHT,
        NORMAL, 0.0, 0.125, 4, 128, 128, 1, 1),
    PARAMETER(middle5_separable1_conv2_bias, "middle5_separable1_conv2.bias", 70, BIAS, CONSTANT,
        0.0, 0.0, 1, 128),
    PARAMETER(middle5_separable1_batchnorm2_gamma, "middle5_separable1_batchnorm2.gamma", 71, GAMMA,
        CONSTANT, 1.0, 0.0, 1, 128),
    PARAMETER(middle5_separable1_batchnorm2_beta, "middle5_separable1_batchnorm2.beta", 71, BETA,
        CONSTANT, 0.0, 0.0, 1, 128),
    STATE(middle5_separable1_batchnorm2_running_mean, "middle5_separable1_batchnorm2.running_mean",
        71, RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 128),
    STATE(middle5_separable1_batchnorm2_running_variance,
        "middle5_separable1_batchnorm2.running_variance", 71, RUNNING_VARIANCE, CONSTANT, 1.0, 0.0,
        1, 128),
    PARAMETER(separable7_conv1_weight, "separable7_conv1.weight", 73, WEIGHT, UNIFORM,
        -0.07188851546895894, 0.07188851546895894, 4, 128, 1, 3, 3),
    PARAMETER(separable7_conv1_bias, "separable7_conv1.bias", 73, BIAS, CONSTANT, 0.0, 0.0, 1, 128),
    PARAMETER(separable7_batchnorm1_gamma, "separable7_batchnorm1.gamma", 74, GAMMA, CONSTANT, 1.0,
        0.0, 1, 128),
    PARAMETER(separable7_batchnorm1_beta, "separable7_batchnorm1.beta", 74, BETA, CONSTANT, 0.0,
        0.0, 1, 128),
    STATE(separable7_batchnorm1_running_mean, "separable7_batchnorm1.running_mean", 74,
        RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 128),
    STATE(separable7_batchnorm1_running_variance, "separable7_batchnorm1.running_variance", 74,
        RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1, 128),
    PARAMETER(separable7_conv2_weight, "separable7_conv2.weight", 76, WEIGHT, NORMAL, 0.0, 0.125, 4,
        256, 128, 1, 1),
    PARAMETER(separable7_conv2_bias, "separable7_conv2.bias", 76, BIAS, CONSTANT, 0.0, 0.0, 1, 256),
    PARAMETER(separable7_batchnorm2_gamma, "separable7_batchnorm2.gamma", 77, GAMMA, CONSTANT, 1.0,
        0.0, 1, 256),
    PARAMETER(separable7_batchnorm2_beta, "separable7_batchnorm2.beta", 77, BETA, CONSTANT, 0.0,
        0.0, 1, 256),
    STATE(separable7_batchnorm2_running_mean, "separable7_batchnorm2.running_mean", 77,
        RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 256),
    STATE(separable7_batchnorm2_running_variance, "separable7_batchnorm2.running_variance", 77,
        RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1, 256),
    PARAMETER(separable8_conv1_weight, "separable8_conv1.weight", 79, WEIGHT, UNIFORM,
        -0.050931657369836215, 0.050931657369836215, 4, 256, 1, 3, 3),
    PARAMETER(separable8_conv1_bias, "separable8_conv1.bias", 79, BIAS, CONSTANT, 0.0, 0.0, 1, 256),
    PARAMETER(separable8_batchnorm1_gamma, "separable8_batchnorm1.gamma", 80, GAMMA, CONSTANT, 1.0,
        0.0, 1, 256),
    PARAMETER(separable8_batchnorm1_beta, "separable8_batchnorm1.beta", 80, BETA, CONSTANT, 0.0,
        0.0, 1, 256),
    STATE(separable8_batchnorm1_running_mean, "separable8_batchnorm1.running_mean", 80,
        RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 256),
    STATE(separable8_batchnorm1_running_variance, "separable8_batchnorm1.running_variance", 80,
        RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1, 256),
    PARAMETER(separable8_conv2_weight, "separable8_conv2.weight", 82, WEIGHT, NORMAL, 0.0,
        0.08838834764831845, 4, 256, 256, 1, 1),
    PARAMETER(separable8_conv2_bias, "separable8_conv2.bias", 82, BIAS, CONSTANT, 0.0, 0.0, 1, 256),
    PARAMETER(separable8_batchnorm2_gamma, "separable8_batchnorm2.gamma", 83, GAMMA, CONSTANT, 1.0,
        0.0, 1, 256),
    PARAMETER(separable8_batchnorm2_beta, "separable8_batchnorm2.beta", 83, BETA, CONSTANT, 0.0,
        0.0, 1, 256),
    STATE(separable8_batchnorm2_running_mean, "separable8_batchnorm2.running_mean", 83,
        RUNNING_MEAN, CONSTANT, 0.0, 0.0, 1, 256),
    STATE(separable8_batchnorm2_running_variance, "separable8_batchnorm2.running_variance", 83,
        RUNNING_VARIANCE, CONSTANT, 1.0, 0.0, 1, 256),
    PARAMETER(dense1_weight, "dense1.weight", 87, WEIGHT, UNIFORM, -0.15249857033260467,
        0.15249857033260467, 2, 2, 256),
    PARAMETER(dense1_bias, "dense1.bias", 87, BIAS, CONSTANT, 0.0, 0.0, 1, 2),
    SLOT(conv1_weight, "mean.conv1.weight", 4, SLOT, 0, 0.0, 4, 8, 3, 3, 3),
    SLOT(batchnorm1_gamma, "mean.batchnorm1.gamma", 5, SLOT, 0, 0.0, 1, 8),
    SLOT(batchnorm1_beta, "mean.batchnorm1.beta", 5, SLOT, 0, 0.0, 1, 8),
    SLOT(separable1_conv1_weight, "mean.separable1_conv1.weight", 7, SLOT, 0, 0.0, 4, 8, 1, 3, 3),
    SLOT(separable1_batchnorm1_gamma, "mean.separable1_batchnorm1.gamma", 8, SLOT, 0, 0.0, 1, 8),
    SLOT(separable1_batchnorm1_beta, "mean.separable1_batchnorm1.beta", 8, SLOT, 0, 0.0, 1, 8),
    SLOT(separable1_conv2_weight, "mean.separable1_conv2.weight", 10, SLOT, 0, 0.0, 4, 16, 8, 1, 1),
    SLOT(separable1_batchnorm2_gamma, "mean.separable1_batchnorm2.gamma", 11, SLOT, 0, 0.0, 1, 16),
    SLOT(separable1_batchnorm2_beta, "mean.separable1_batchnorm2.beta", 11, SLOT, 0, 0.0, 1, 16),
    SLOT(separable2_conv1_weight, "mean.separable2_conv1.weight", 13, SLOT, 0, 0.0, 4, 16, 1, 3, 3),
    SLOT(separable2_batchnorm1_gamma, "mean.separable2_batchnorm1.gamma", 14, SLOT, 0, 0.0, 1, 16),
    SLOT(separable2_batchnorm1_beta, "mean.separable2_batchnorm1.beta", 14, SLOT, 0, 0.0, 1, 16),
    SLOT(separable2_conv2_weight, "mean.separable2_conv2.weight", 16, SLOT, 0, 0.0, 4, 32, 16, 1,
        1),
    SLOT(separable2_batchnorm2_gamma, "mean.separable2_batchnorm2.gamma", 17, SLOT, 0, 0.0, 1, 32),
    SLOT(separable2_batchnorm2_beta, "mean.separable2_batchnorm2.beta", 17, SLOT, 0, 0.0, 1, 32),
    SLOT(separable3_conv1_weight, "mean.separable3_conv1.weight", 19, SLOT, 0, 0.0, 4, 32, 1, 3, 3),
    SLOT(separable3_batchnorm1_gamma, "mean.separable3_batchnorm1.gamma", 20, SLOT, 0, 0.0, 1, 32),
    SLOT(separable3_batchnorm1_beta, "mean.separable3_batchnorm1.beta", 20, SLOT, 0, 0.0, 1, 32),
    SLOT(separable3_conv2_weight, "mean.separable3_conv2.weight", 22, SLOT, 0, 0.0, 4, 32, 32, 1,
        1),
    SLOT(separable3_batchnorm2_gamma, "mean.separable3_batchnorm2.gamma", 23, SLOT, 0, 0.0, 1, 32),
    SLOT(separable3_batchnorm2_beta, "mean.separable3_batchnorm2.beta", 23, SLOT, 0, 0.0, 1, 32),
    SLOT(separable4_conv1_weight, "mean.separable4_conv1.weight", 25, SLOT, 0, 0.0, 4, 32, 1, 3, 3),
    SLOT(separable4_batchnorm1_gamma, "mean.separable4_batchnorm1.gamma", 26, SLOT, 0, 0.0, 1, 32),
    SLOT(separable4_batchnorm1_beta, "mean.separable4_batchnorm1.beta", 26, SLOT, 0, 0.0, 1, 32),
    SLOT(separable4_conv2_weight, "mean.separable4_conv2.weight", 28, SLOT, 0, 0.0, 4, 64, 32, 1,
        1),
    SLOT(separable4_batchnorm2_gamma, "mean.separable4_batchnorm2.gamma", 29, SLOT, 0, 0.0, 1, 64),
    SLOT(separable4_batchnorm2_beta, "mean.separable4_batchnorm2.beta", 29, SLOT, 0, 0.0, 1, 64),
    SLOT(separable5_conv1_weight, "mean.separable5_conv1.weight", 31, SLOT, 0, 0.0, 4, 64, 1, 3, 3),
    SLOT(separable5_batchnorm1_gamma, "mean.separable5_batchnorm1.gamma", 32, SLOT, 0, 0.0, 1, 64),
    SLOT(separable5_batchnorm1_beta, "mean.separable5_batchnorm1.beta", 32, SLOT, 0, 0.0, 1, 64),
    SLOT(separable5_conv2_weight, "mean.separable5_conv2.weight", 34, SLOT, 0, 0.0, 4, 64, 64, 1,
        1),
    SLOT(separable5_batchnorm2_gamma, "mean.separable5_batchnorm2.gamma", 35, SLOT, 0, 0.0, 1, 64),
    SLOT(separable5_batchnorm2_beta, "mean.separable5_batchnorm2.beta", 35, SLOT, 0, 0.0, 1, 64),
    SLOT(separable6_conv1_weight, "mean.separable6_conv1.weight", 37, SLOT, 0, 0.0, 4, 64, 1, 3, 3),
    SLOT(separable6_batchnorm1_gamma, "mean.separable6_batchnorm1.gamma", 38, SLOT, 0, 0.0, 1, 64),
    SLOT(separable6_batchnorm1_beta, "mean.separable6_batchnorm1.beta", 38, SLOT, 0, 0.0, 1, 64),
    SLOT(separable6_conv2_weight, "mean.separable6_conv2.weight", 40, SLOT, 0, 0.0, 4, 128, 64, 1,
        1),
    SLOT(separable6_batchnorm2_gamma, "mean.separable6_batchnorm2.gamma", 41, SLOT, 0, 0.0, 1, 128),
    SLOT(separable6_batchnorm2_beta, "mean.separable6_batchnorm2.beta", 41, SLOT, 0, 0.0, 1, 128),
    SLOT(middle1_separable1_conv1_weight, "mean.middle1_separable1_conv1.weight", 43, SLOT, 0, 0.0,
        4, 128, 1, 3, 3),
    SLOT(middle1_separable1_batchnorm1_gamma, "mean.middle1_separable1_batchnorm1.gamma", 44, SLOT,
        0, 0.0, 1, 128),
    SLOT(middle1_separable1_batchnorm1_beta, "mean.middle1_separable1_batchnorm1.beta", 44, SLOT, 0,
        0.0, 1, 128),
    SLOT(middle1_separable1_conv2_weight, "mean.middle1_separable1_conv2.weight", 46, SLOT, 0, 0.0,
        4, 128, 128, 1, 1),
    SLOT(middle1_separable1_batchnorm2_gamma, "mean.middle1_separable1_batchnorm2.gamma", 47, SLOT,
        0, 0.0, 1, 128),
    SLOT(middle1_separable1_batchnorm2_beta, "mean.middle1_separable1_batchnorm2.beta", 47, SLOT, 0,
        0.0, 1, 128),
    SLOT(middle2_separable1_conv1_weight, "mean.middle2_separable1_conv1.weight", 49, SLOT, 0, 0.0,
        4, 128, 1, 3, 3),
    SLOT(middle2_separable1_batchnorm1_gamma, "mean.middle2_separable1_batchnorm1.gamma", 50, SLOT,
        0, 0.0, 1, 128),
    SLOT(middle2_separable1_batchnorm1_beta, "mean.middle2_separable1_batchnorm1.beta", 50, SLOT, 0,
        0.0, 1, 128),
    SLOT(middle2_separable1_conv2_weight, "mean.middle2_separable1_conv2.weight", 52, SLOT, 0, 0.0,
        4, 128, 128, 1, 1),
    SLOT(middle2_separable1_batchnorm2_gamma, "mean.middle2_separable1_batchnorm2.gamma", 53, SLOT,
        0, 0.0, 1, 128),
    SLOT(middle2_separable1_batchnorm2_beta, "mean.middle2_separable1_batchnorm2.beta", 53, SLOT, 0,
        0.0, 1, 128),
    SLOT(middle3_separable1_conv1_weight, "mean.middle3_separable1_conv1.weight", 55, SLOT, 0, 0.0,
        4, 128, 1, 3, 3),
    SLOT(middle3_separable1_batchnorm1_gamma, "mean.middle3_separable1_batchnorm1.gamma", 56, SLOT,
        0, 0.0, 1, 128),
    SLOT(middle3_separable1_batchnorm1_beta, "mean.middle3_separable1_batchnorm1.beta", 56, SLOT, 0,
        0.0, 1, 128),
    SLOT(middle3_separable1_conv2_weight, "mean.middle3_separable1_conv2.weight", 58, SLOT, 0, 0.0,
        4, 128, 128, 1, 1),
    SLOT(middle3_separable1_batchnorm2_gamma, "mean.middle3_separable1_batchnorm2.gamma", 59, SLOT,
        0, 0.0, 1, 128),
    SLOT(middle3_separable1_batchnorm2_beta, "mean.middle3_separable1_batchnorm2.beta", 59, SLOT, 0,
        0.0, 1, 128),
    SLOT(middle4_separable1_conv1_weight, "mean.middle4_separable1_conv1.weight", 61, SLOT, 0, 0.0,
        4, 128, 1, 3, 3),
    SLOT(middle4_separable1_batchnorm1_gamma, "mean.middle4_separable1_batchnorm1.gamma", 62, SLOT,
        0, 0.0, 1, 128),
    SLOT(middle4_separable1_batchnorm1_beta, "mean.middle4_separable1_batchnorm1.beta", 62, SLOT, 0,
        0.0, 1, 128),
    SLOT(middle4_separable1_conv2_weight, "mean.middle4_separable1_conv2.weight", 64, SLOT, 0, 0.0,
        4, 128, 128, 1, 1),
    SLOT(middle4_separable1_batchnorm2_gamma, "mean.middle4_separable1_batchnorm2.gamma", 65, SLOT,
        0, 0.0, 1, 128),
    SLOT(middle4_separable1_batchnorm2_beta, "mean.middle4_separable1_batchnorm2.beta", 65, SLOT, 0,
        0.0, 1, 128),
    SLOT(middle5_separable1_conv1_weight, "mean.middle5_separable1_conv1.weight", 67, SLOT, 0, 0.0,
        4, 128, 1, 3, 3),
    SLOT(middle5_separable1_batchnorm1_gamma, "mean.middle5_separable1_batchnorm1.gamma", 68, SLOT,
        0, 0.0, 1, 128),
    SLOT(middle5_separable1_batchnorm1_beta, "mean.middle5_separable1_batchnorm1.beta", 68, SLOT, 0,
        0.0, 1, 128),
    SLOT(middle5_separable1_conv2_weight, "mean.middle5_separable1_conv2.weight", 70, SLOT, 0, 0.0,
        4, 128, 128, 1, 1),
    SLOT(middle5_separable1_batchnorm2_gamma, "mean.middle5_separable1_batchnorm2.gamma", 71, SLOT,
        0, 0.0, 1, 128),
    SLOT(middle5_separable1_batchnorm2_beta, "mean.middle5_separable1_batchnorm2.beta", 71, SLOT, 0,
        0.0, 1, 128),
    SLOT(separable7_conv1_weight, "mean.separable7_conv1.weight", 73, SLOT, 0, 0.0, 4, 128, 1, 3,
        3),
    SLOT(separable7_batchnorm1_gamma, "mean.separable7_batchnorm1.gamma", 74, SLOT, 0, 0.0, 1, 128),
    SLOT(separable7_batchnorm1_beta, "mean.separable7_batchnorm1.beta", 74, SLOT, 0, 0.0, 1, 128),
    SLOT(separable7_conv2_weight, "mean.separable7_conv2.weight", 76, SLOT, 0, 0.0, 4, 256, 128, 1,
        1),
    SLOT(separable7_batchnorm2_gamma, "mean.separable7_batchnorm2.gamma", 77, SLOT, 0, 0.0, 1, 256),
    SLOT(separable7_batchnorm2_beta, "mean.separable7_batchnorm2.beta", 77, SLOT, 0, 0.0, 1, 256),
    SLOT(separable8_conv1_weight, "mean.separable8_conv1.weight", 79, SLOT, 0, 0.0, 4, 256, 1, 3,
        3),
    SLOT(separable8_batchnorm1_gamma, "mean.separable8_batchnorm1.gamma", 80, SLOT, 0, 0.0, 1, 256),
    SLOT(separable8_batchnorm1_beta, "mean.separable8_batchnorm1.beta", 80, SLOT, 0, 0.0, 1, 256),
    SLOT(separable8_conv2_weight, "mean.separable8_conv2.weight", 82, SLOT, 0, 0.0, 4, 256, 256, 1,
        1),
    SLOT(separable8_batchnorm2_gamma, "mean.separable8_batchnorm2.gamma", 83, SLOT, 0, 0.0, 1, 256),
    SLOT(separable8_batchnorm2_beta, "mean.separable8_batchnorm2.beta", 83, SLOT, 0, 0.0, 1, 256),
    SLOT(dense1_weight, "mean.dense1.weight", 87, SLOT, 0, 0.0, 2, 2, 256),
    SLOT(dense1_bias, "mean.dense1.bias", 87, SLOT, 0, 0.0, 1, 2),
    SLOT(conv1_weight, "square.conv1.weight", 4, SLOT, 1, 0.0, 4, 8, 3, 3, 3),
    SLOT(batchnorm1_gamma, "square.batchnorm1.gamma", 5, SLOT, 1, 0.0, 1, 8),
    SLOT(batchnorm1_beta, "square.batchnorm1.beta", 5, SLOT, 1, 0.0, 1, 8),
    SLOT(separable1_conv1_weight, "square.separable1_conv1.weight", 7, SLOT, 1, 0.0, 4, 8, 1, 3, 3),
    SLOT(separable1_batchnorm1_gamma, "square.separable1_batchnorm1.gamma", 8, SLOT, 1, 0.0, 1, 8),
    SLOT(separable1_batchnorm1_beta, "square.separable1_batchnorm1.beta", 8, SLOT, 1, 0.0, 1, 8),
    SLOT(separable1_conv2_weight, "square.separable1_conv2.weight", 10, SLOT, 1, 0.0, 4, 16, 8, 1,
        1),
    SLOT(separable1_batchnorm2_gamma, "square.separable1_batchnorm2.gamma", 11, SLOT, 1, 0.0, 1,
        16),
    SLOT(separable1_batchnorm2_beta, "square.separable1_batchnorm2.beta", 11, SLOT, 1, 0.0, 1, 16),
    SLOT(separable2_conv1_weight, "square.separable2_conv1.weight", 13, SLOT, 1, 0.0, 4, 16, 1, 3,
        3),
    SLOT(separable2_batchnorm1_gamma, "square.separable2_batchnorm1.gamma", 14, SLOT, 1, 0.0, 1,
        16),
    SLOT(separable2_batchnorm1_beta, "square.separable2_batchnorm1.beta", 14, SLOT, 1, 0.0, 1, 16),
    SLOT(separable2_conv2_weight, "square.separable2_conv2.weight", 16, SLOT, 1, 0.0, 4, 32, 16, 1,
        1),
    SLOT(separable2_batchnorm2_gamma, "square.separable2_batchnorm2.gamma", 17, SLOT, 1, 0.0, 1,
        32),
    SLOT(separable2_batchnorm2_beta, "square.separable2_batchnorm2.beta", 17, SLOT, 1, 0.0, 1, 32),
    SLOT(separable3_conv1_weight, "square.separable3_conv1.weight", 19, SLOT, 1, 0.0, 4, 32, 1, 3,
        3),
    SLOT(separable3_batchnorm1_gamma, "square.separable3_batchnorm1.gamma", 20, SLOT, 1, 0.0, 1,
        32),
    SLOT(separable3_batchnorm1_beta, "square.separable3_batchnorm1.beta", 20, SLOT, 1, 0.0, 1, 32),
    SLOT(separable3_conv2_weight, "square.separable3_conv2.weight", 22, SLOT, 1, 0.0, 4, 32, 32, 1,
        1),
    SLOT(separable3_batchnorm2_gamma, "square.separable3_batchnorm2.gamma", 23, SLOT, 1, 0.0, 1,
        32),
    SLOT(separable3_batchnorm2_beta, "square.separable3_batchnorm2.beta", 23, SLOT, 1, 0.0, 1, 32),
    SLOT(separable4_conv1_weight, "square.separable4_conv1.weight", 25, SLOT, 1, 0.0, 4, 32, 1, 3,
        3),
    SLOT(separable4_batchnorm1_gamma, "square.separable4_batchnorm1.gamma", 26, SLOT, 1, 0.0, 1,
        32),
    SLOT(separable4_batchnorm1_beta, "square.separable4_batchnorm1.beta", 26, SLOT, 1, 0.0, 1, 32),
    SLOT(separable4_conv2_weight, "square.separable4_conv2.weight", 28, SLOT, 1, 0.0, 4, 64, 32, 1,
        1),
    SLOT(separable4_batchnorm2_gamma, "square.separable4_batchnorm2.gamma", 29, SLOT, 1, 0.0, 1,
        64),
    SLOT(separable4_batchnorm2_beta, "square.separable4_batchnorm2.beta", 29, SLOT, 1, 0.0, 1, 64),
    SLOT(separable5_conv1_weight, "square.separable5_conv1.weight", 31, SLOT, 1, 0.0, 4, 64, 1, 3,
        3),
    SLOT(separable5_batchnorm1_gamma, "square.separable5_batchnorm1.gamma", 32, SLOT, 1, 0.0, 1,
        64),
    SLOT(separable5_batchnorm1_beta, "square.separable5_batchnorm1.beta", 32, SLOT, 1, 0.0, 1, 64),
    SLOT(separable5_conv2_weight, "square.separable5_conv2.weight", 34, SLOT, 1, 0.0, 4, 64, 64, 1,
        1),
    SLOT(separable5_batchnorm2_gamma, "square.separable5_batchnorm2.gamma", 35, SLOT, 1, 0.0, 1,
        64),
    SLOT(separable5_batchnorm2_beta, "square.separable5_batchnorm2.beta", 35, SLOT, 1, 0.0, 1, 64),
    SLOT(separable6_conv1_weight, "square.separable6_conv1.weight", 37, SLOT, 1, 0.0, 4, 64, 1, 3,
        3),
    SLOT(separable6_batchnorm1_gamma, "square.separable6_batchnorm1.gamma", 38, SLOT, 1, 0.0, 1,
        64),
    SLOT(separable6_batchnorm1_beta, "square.separable6_batchnorm1.beta", 38, SLOT, 1, 0.0, 1, 64),
    SLOT(separable6_conv2_weight, "square.separable6_conv2.weight", 40, SLOT, 1, 0.0, 4, 128, 64, 1,
        1),
    SLOT(separable6_batchnorm2_gamma, "square.separable6_batchnorm2.gamma", 41, SLOT, 1, 0.0, 1,
        128),
    SLOT(separable6_batchnorm2_beta, "square.separable6_batchnorm2.beta", 41, SLOT, 1, 0.0, 1, 128),
    SLOT(middle1_separable1_conv1_weight, "square.middle1_separable1_conv1.weight", 43, SLOT, 1,
        0.0, 4, 128, 1, 3, 3),
    SLOT(middle1_separable1_batchnorm1_gamma, "square.middle1_separable1_batchnorm1.gamma", 44,
        SLOT, 1, 0.0, 1, 128),
    SLOT(middle1_separable1_batchnorm1_beta, "square.middle1_separable1_batchnorm1.beta", 44, SLOT,
        1, 0.0, 1, 128),
    SLOT(middle1_separable1_conv2_weight, "square.middle1_separable1_conv2.weight", 46, SLOT, 1,
        0.0, 4, 128, 128, 1, 1),
    SLOT(middle1_separable1_batchnorm2_gamma, "square.middle1_separable1_batchnorm2.gamma", 47,
        SLOT, 1, 0.0, 1, 128),
    SLOT(middle1_separable1_batchnorm2_beta, "square.middle1_separable1_batchnorm2.beta", 47, SLOT,
        1, 0.0, 1, 128),
    SLOT(middle2_separable1_conv1_weight, "square.middle2_separable1_conv1.weight", 49, SLOT, 1,
        0.0, 4, 128, 1, 3, 3),
    SLOT(middle2_separable1_batchnorm1_gamma, "square.middle2_separable1_batchnorm1.gamma", 50,
        SLOT, 1, 0.0, 1, 128),
    SLOT(middle2_separable1_batchnorm1_beta, "square.middle2_separable1_batchnorm1.beta", 50, SLOT,
        1, 0.0, 1, 128),
    SLOT(middle2_separable1_conv2_weight, "square.middle2_separable1_conv2.weight", 52, SLOT, 1,
        0.0, 4, 128, 128, 1, 1),
    SLOT(middle2_separable1_batchnorm2_gamma, "square.middle2_separable1_batchnorm2.gamma", 53,
        SLOT, 1, 0.0, 1, 128),
    SLOT(middle2_separable1_batchnorm2_beta, "square.middle2_separable1_batchnorm2.beta", 53, SLOT,
        1, 0.0, 1, 128),
    SLOT(middle3_separable1_conv1_weight, "square.middle3_separable1_conv1.weight", 55, SLOT, 1,
        0.0, 4, 128, 1, 3, 3),
    SLOT(middle3_separable1_batchnorm1_gamma, "square.middle3_separable1_batchnorm1.gamma", 56,
        SLOT, 1, 0.0, 1, 128),
    SLOT(middle3_separable1_batchnorm1_beta, "square.middle3_separable1_batchnorm1.beta", 56, SLOT,
        1, 0.0, 1, 128),
    SLOT(middle3_separable1_conv2_weight, "square.middle3_separable1_conv2.weight", 58, SLOT, 1,
        0.0, 4, 128, 128, 1, 1),
    SLOT(middle3_separable1_batchnorm2_gamma, "square.middle3_separable1_batchnorm2.gamma", 59,
        SLOT, 1, 0.0, 1, 128),
    SLOT(middle3_separable1_batchnorm2_beta, "square.middle3_separable1_batchnorm2.beta", 59, SLOT,
        1, 0.0, 1, 128),
    SLOT(middle4_separable1_conv1_weight, "square.middle4_separable1_conv1.weight", 61, SLOT, 1,
        0.0, 4, 128, 1, 3, 3),
    SLOT(middle4_separable1_batchnorm1_gamma, "square.middle4_separable1_batchnorm1.gamma", 62,
        SLOT, 1, 0.0, 1, 128),
    SLOT(middle4_separable1_batchnorm1_beta, "square.middle4_separable1_batchnorm1.beta", 62, SLOT,
        1, 0.0, 1, 128),
    SLOT(middle4_separable1_conv2_weight, "square.middle4_separable1_conv2.weight", 64, SLOT, 1,
        0.0, 4, 128, 128, 1, 1),
    SLOT(middle4_separable1_batchnorm2_gamma, "square.middle4_separable1_batchnorm2.gamma", 65,
        SLOT, 1, 0.0, 1, 128),
    SLOT(middle4_separable1_batchnorm2_beta, "square.middle4_separable1_batchnorm2.beta", 65, SLOT,
        1, 0.0, 1, 128),
    SLOT(middle5_separable1_conv1_weight, "square.middle5_separable1_conv1.weight", 67, SLOT, 1,
        0.0, 4, 128, 1, 3, 3),
    SLOT(middle5_separable1_batchnorm1_gamma, "square.middle5_separable1_batchnorm1.gamma", 68,
        SLOT, 1, 0.0, 1, 128),
    SLOT(middle5_separable1_batchnorm1_beta, "square.middle5_separable1_batchnorm1.beta", 68, SLOT,
        1, 0.0, 1, 128),
    SLOT(middle5_separable1_conv2_weight, "square.middle5_separable1_conv2.weight", 70, SLOT, 1,
        0.0, 4, 128, 128, 1, 1),
    SLOT(middle5_separable1_batchnorm2_gamma, "square.middle5_separable1_batchnorm2.gamma", 71,
        SLOT, 1, 0.0, 1, 128),
    SLOT(middle5_separable1_batchnorm2_beta, "square.middle5_separable1_batchnorm2.beta", 71, SLOT,
        1, 0.0, 1, 128),
    SLOT(separable7_conv1_weight, "square.separable7_conv1.weight", 73, SLOT, 1, 0.0, 4, 128, 1, 3,
        3),
    SLOT(separable7_batchnorm1_gamma, "square.separable7_batchnorm1.gamma", 74, SLOT, 1, 0.0, 1,
        128),
    SLOT(separable7_batchnorm1_beta, "square.separable7_batchnorm1.beta", 74, SLOT, 1, 0.0, 1, 128),
    SLOT(separable7_conv2_weight, "square.separable7_conv2.weight", 76, SLOT, 1, 0.0, 4, 256, 128,
        1, 1),
    SLOT(separable7_batchnorm2_gamma, "square.separable7_batchnorm2.gamma", 77, SLOT, 1, 0.0, 1,
        256),
    SLOT(separable7_batchnorm2_beta, "square.separable7_batchnorm2.beta", 77, SLOT, 1, 0.0, 1, 256),
    SLOT(separable8_conv1_weight, "square.separable8_conv1.weight", 79, SLOT, 1, 0.0, 4, 256, 1, 3,
        3),
    SLOT(separable8_batchnorm1_gamma, "square.separable8_batchnorm1.gamma", 80, SLOT, 1, 0.0, 1,
        256),
    SLOT(separable8_batchnorm1_beta, "square.separable8_batchnorm1.beta", 80, SLOT, 1, 0.0, 1, 256),
    SLOT(separable8_conv2_weight, "square.separable8_conv2.weight", 82, SLOT, 1, 0.0, 4, 256, 256,
        1, 1),
    SLOT(separable8_batchnorm2_gamma, "square.separable8_batchnorm2.gamma", 83, SLOT, 1, 0.0, 1,
        256),
    SLOT(separable8_batchnorm2_beta, "square.separable8_batchnorm2.beta", 83, SLOT, 1, 0.0, 1, 256),
    SLOT(dense1_weight, "square.dense1.weight", 87, SLOT, 1, 0.0, 2, 2, 256),
    SLOT(dense1_bias, "square.dense1.bias", 87, SLOT, 1, 0.0, 1, 2),
};

static const char *const layers[] = {
    "rotate_image", "zoom_image", "shift_image", "flip_image", "conv1", "batchnorm1", "relu1",
    "separable1_conv1", "separable1_batchnorm1", "separable1_relu1", "separable1_conv2",
    "separable1_batchnorm2", "separable1_relu2", "separable2_conv1", "separable2_batchnorm1",
    "separable2_relu1", "separable2_conv2", "separable2_batchnorm2", "separable2_relu2",
    "separable3_conv1", "separable3_batchnorm1", "separable3_relu1", "separable3_conv2",
    "separable3_batchnorm2", "separable3_relu2", "separable4_conv1", "separable4_batchnorm1",
    "separable4_relu1", "separable4_conv2", "separable4_batchnorm2", "separable4_relu2",
    "separable5_conv1", "separable5_batchnorm1", "separable5_relu1", "separable5_conv2",
    "separable5_batchnorm2", "separable5_relu2", "separable6_conv1", "separable6_batchnorm1",
    "separable6_relu1", "separable6_conv2", "separable6_batchnorm2", "separable6_relu2",
    "middle1_separable1_conv1", "middle1_separable1_batchnorm1", "middle1_separable1_relu1",
    "middle1_separable1_conv2", "middle1_separable1_batchnorm2", "middle1_separable1_relu2",
    "middle2_separable1_conv1", "middle2_separable1_batchnorm1", "middle2_separable1_relu1",
    "middle2_separable1_conv2", "middle2_separable1_batchnorm2", "middle2_separable1_relu2",
    "middle3_separable1_conv1", "middle3_separable1_batchnorm1", "middle3_separable1_relu1",
    "middle3_separable1_conv2", "middle3_separable1_batchnorm2", "middle3_separable1_relu2",
    "middle4_separable1_conv1", "middle4_separable1_batchnorm1", "middle4_separable1_relu1",
    "middle4_separable1_conv2", "middle4_separable1_batchnorm2", "middle4_separable1_relu2",
    "middle5_separable1_conv1", "middle5_separable1_batchnorm1", "middle5_separable1_relu1",
    "middle5_separable1_conv2", "middle5_separable1_batchnorm2", "middle5_separable1_relu2",
    "separable7_conv1", "separable7_batchnorm1", "separable7_relu1", "separable7_conv2",
    "separable7_batchnorm2", "separable7_relu2", "separable8_conv1", "separable8_batchnorm1",
    "separable8_relu1", "separable8_conv2", "separable8_batchnorm2", "separable8_relu2", "avgpool1",
    "flatten1", "dense1", 0,
};

// Multiplications and additions, and bytes read and written at least, for a full batch.
static const bnc_kernel kernels[] = {
    {"image_load", -1, 0, 884736.0, 3538944.0},
    {"rotate_image_forward", 0, 0, 14155776.0, 7077888.0},
    {"zoom_image_forward", 1, 0, 14155776.0, 7077888.0},
    {"shift_image_forward", 2, 0, 884736.0, 7077888.0},
    {"flip_image_forward", 3, 0, 884736.0, 7077888.0},
    {"conv1_forward", 4, 0, 31850496.0, 5900672.0},
    {"batchnorm1_moments_merge", 5, 0, 0.0, 1696.0},
    {"batchnorm1_forward", 5, 0, 1769472.0, 4718752.0},
    {"separable1_conv1_forward", 7, 0, 10616832.0, 4719296.0},
    {"separable1_batchnorm1_moments_merge", 8, 0, 0.0, 544.0},
    {"separable1_batchnorm1_forward", 8, 0, 1769472.0, 4718752.0},
    {"separable1_conv2_forward", 10, 0, 18874368.0, 7081536.0},
    {"separable1_batchnorm2_moments_merge", 11, 0, 0.0, 3392.0},
    {"separable1_batchnorm2_forward", 11, 0, 3538944.0, 9437504.0},
    {"separable2_conv1_forward", 13, 0, 5308416.0, 5899648.0},
    {"separable2_batchnorm1_moments_merge", 14, 0, 0.0, 1088.0},
    {"separable2_batchnorm1_forward", 14, 0, 884736.0, 2359616.0},
    {"separable2_conv2_forward", 16, 0, 18874368.0, 3542656.0},
    {"separable2_batchnorm2_moments_merge", 17, 0, 0.0, 2176.0},
    {"separable2_batchnorm2_forward", 17, 0, 1769472.0, 4719232.0},
    {"separable3_conv1_forward", 19, 0, 10616832.0, 4721408.0},
    {"separable3_batchnorm1_moments_merge", 20, 0, 0.0, 2176.0},
    {"separable3_batchnorm1_forward", 20, 0, 1769472.0, 4719232.0},
    {"separable3_conv2_forward", 22, 0, 37748736.0, 4728960.0},
    {"separable3_batchnorm2_moments_merge", 23, 0, 0.0, 6784.0},
    {"separable3_batchnorm2_forward", 23, 0, 1769472.0, 4719232.0},
    {"separable4_conv1_forward", 25, 0, 2654208.0, 2951936.0},
    {"separable4_batchnorm1_moments_merge", 26, 0, 0.0, 2176.0},
    {"separable4_batchnorm1_forward", 26, 0, 442368.0, 1180288.0},
    {"separable4_conv2_forward", 28, 0, 18874368.0, 1780992.0},
    {"separable4_batchnorm2_moments_merge", 29, 0, 0.0, 4352.0},
    {"separable4_batchnorm2_forward", 29, 0, 884736.0, 2360576.0},
    {"separable5_conv1_forward", 31, 0, 5308416.0, 2364928.0},
    {"separable5_batchnorm1_moments_merge", 32, 0, 0.0, 4352.0},
    {"separable5_batchnorm1_forward", 32, 0, 884736.0, 2360576.0},
    {"separable5_conv2_forward", 34, 0, 37748736.0, 2379008.0},
    {"separable5_batchnorm2_moments_merge", 35, 0, 0.0, 4352.0},
    {"separable5_batchnorm2_forward", 35, 0, 884736.0, 2360576.0},
    {"separable6_conv1_forward", 37, 0, 1327104.0, 1480192.0},
    {"separable6_batchnorm1_moments_merge", 38, 0, 0.0, 4352.0},
    {"separable6_batchnorm1_forward", 38, 0, 221184.0, 591104.0},
    {"separable6_conv2_forward", 40, 0, 18874368.0, 924160.0},
    {"separable6_batchnorm2_moments_merge", 41, 0, 0.0, 8704.0},
    {"separable6_batchnorm2_forward", 41, 0, 442368.0, 1182208.0},
    {"middle1_separable1_conv1_forward", 43, 0, 2654208.0, 1190912.0},
    {"middle1_separable1_batchnorm1_moments_merge", 44, 0, 0.0, 8704.0},
    {"middle1_separable1_batchnorm1_forward", 44, 0, 442368.0, 1182208.0},
    {"middle1_separable1_conv2_forward", 46, 0, 37748736.0, 1251840.0},
    {"middle1_separable1_batchnorm2_moments_merge", 47, 0, 0.0, 8704.0},
    {"middle1_separable1_batchnorm2_forward", 47, 0, 442368.0, 1182208.0},
    {"middle2_separable1_conv1_forward", 49, 0, 2654208.0, 1190912.0},
    {"middle2_separable1_batchnorm1_moments_merge", 50, 0, 0.0, 8704.0},
    {"middle2_separable1_batchnorm1_forward", 50, 0, 442368.0, 1182208.0},
    {"middle2_separable1_conv2_forward", 52, 0, 37748736.0, 1251840.0},
    {"middle2_separable1_batchnorm2_moments_merge", 53, 0, 0.0, 8704.0},
    {"middle2_separable1_batchnorm2_forward", 53, 0, 442368.0, 1182208.0},
    {"middle3_separable1_conv1_forward", 55, 0, 2654208.0, 1190912.0},
    {"middle3_separable1_batchnorm1_moments_merge", 56, 0, 0.0, 8704.0},
    {"middle3_separable1_batchnorm1_forward", 56, 0, 442368.0, 1182208.0},
    {"middle3_separable1_conv2_forward", 58, 0, 37748736.0, 1251840.0},
    {"middle3_separable1_batchnorm2_moments_merge", 59, 0, 0.0, 8704.0},
    {"middle3_separable1_batchnorm2_forward", 59, 0, 442368.0, 1182208.0},
    {"middle4_separable1_conv1_forward", 61, 0, 2654208.0, 1190912.0},
    {"middle4_separable1_batchnorm1_moments_merge", 62, 0, 0.0, 8704.0},
    {"middle4_separable1_batchnorm1_forward", 62, 0, 442368.0, 1182208.0},
    {"middle4_separable1_conv2_forward", 64, 0, 37748736.0, 1251840.0},
    {"middle4_separable1_batchnorm2_moments_merge", 65, 0, 0.0, 8704.0},
    {"middle4_separable1_batchnorm2_forward", 65, 0, 442368.0, 1182208.0},
    {"middle5_separable1_conv1_forward", 67, 0, 2654208.0, 1190912.0},
    {"middle5_separable1_batchnorm1_moments_merge", 68, 0, 0.0, 8704.0},
    {"middle5_separable1_batchnorm1_forward", 68, 0, 442368.0, 1182208.0},
    {"middle5_separable1_conv2_forward", 70, 0, 37748736.0, 1251840.0},
    {"middle5_separable1_batchnorm2_moments_merge", 71, 0, 0.0, 8704.0},
    {"middle5_separable1_batchnorm2_forward", 71, 0, 442368.0, 1182208.0},
    {"separable7_conv1_forward", 73, 0, 663552.0, 748544.0},
    {"separable7_batchnorm1_moments_merge", 74, 0, 0.0, 8704.0},
    {"separable7_batchnorm1_forward", 74, 0, 110592.0, 297472.0},
    {"separable7_conv2_forward", 76, 0, 18874368.0, 586752.0},
    {"separable7_batchnorm2_moments_merge", 77, 0, 0.0, 17408.0},
    {"separable7_batchnorm2_forward", 77, 0, 221184.0, 594944.0},
    {"separable8_conv1_forward", 79, 0, 1327104.0, 612352.0},
    {"separable8_batchnorm1_moments_merge", 80, 0, 0.0, 17408.0},
    {"separable8_batchnorm1_forward", 80, 0, 221184.0, 594944.0},
    {"separable8_conv2_forward", 82, 0, 37748736.0, 865280.0},
    {"separable8_batchnorm2_moments_merge", 83, 0, 0.0, 17408.0},
    {"separable8_batchnorm2_forward", 83, 0, 221184.0, 332800.0},
    {"dense1_forward", 87, 0, 32768.0, 35080.0},
    {"loss_softmax_cross_entropy", -1, 0, 320.0, 528.0},
    {"dense1_input_gradient", 87, 0, 32768.0, 35072.0},
    {"dense1_rows_load", 87, 0, 0.0, 66560.0},
    {"dense1_weight_gradient", 87, 0, 32768.0, 46336.0},
    {"dense1_bias_gradient", 87, 0, 64.0, 304.0},
    {"separable8_batchnorm2_sums", 83, 0, 368640.0, 340992.0},
    {"separable8_batchnorm2_parameter_gradient", 83, 0, 0.0, 29696.0},
    {"separable8_batchnorm2_backward", 83, 0, 442368.0, 629760.0},
    {"separable8_conv2_input_gradient", 82, 0, 37748736.0, 851968.0},
    {"separable8_conv2_weight_gradient_sums", 82, 0, 37748736.0, 1114112.0},
    {"separable8_conv2_weight_gradient", 82, 0, 0.0, 786432.0},
    {"separable8_batchnorm1_sums", 80, 0, 368640.0, 603136.0},
    {"separable8_batchnorm1_parameter_gradient", 80, 0, 0.0, 29696.0},
    {"separable8_batchnorm1_backward", 80, 0, 442368.0, 891904.0},
    {"separable8_conv1_input_gradient", 79, 0, 1327104.0, 599040.0},
    {"separable8_conv1_weight_gradient", 79, 0, 1327104.0, 645120.0},
    {"separable7_batchnorm2_sums", 77, 0, 368640.0, 603136.0},
    {"separable7_batchnorm2_parameter_gradient", 77, 0, 0.0, 29696.0},
    {"separable7_batchnorm2_backward", 77, 0, 442368.0, 891904.0},
    {"separable7_conv2_input_gradient", 76, 0, 18874368.0, 573440.0},
    {"separable7_conv2_weight_gradient", 76, 0, 18874368.0, 573440.0},
    {"separable7_batchnorm1_sums", 74, 0, 184320.0, 301568.0},
    {"separable7_batchnorm1_parameter_gradient", 74, 0, 0.0, 14848.0},
    {"separable7_batchnorm1_backward", 74, 0, 221184.0, 445952.0},
    {"separable7_conv1_input_gradient", 73, 0, 663552.0, 741888.0},
    {"separable7_conv1_weight_gradient", 73, 0, 663552.0, 764928.0},
    {"middle5_separable1_batchnorm2_sums", 71, 0, 737280.0, 1186304.0},
    {"middle5_separable1_batchnorm2_parameter_gradient", 71, 0, 0.0, 14848.0},
    {"middle5_separable1_batchnorm2_backward", 71, 0, 884736.0, 1773056.0},
    {"middle5_separable1_conv2_input_gradient", 70, 0, 37748736.0, 1245184.0},
    {"middle5_separable1_conv2_weight_gradient_sums", 70, 0, 37748736.0, 1441792.0},
    {"middle5_separable1_conv2_weight_gradient", 70, 0, 0.0, 327680.0},
    {"middle5_separable1_batchnorm1_sums", 68, 0, 737280.0, 1186304.0},
    {"middle5_separable1_batchnorm1_parameter_gradient", 68, 0, 0.0, 14848.0},
    {"middle5_separable1_batchnorm1_backward", 68, 0, 884736.0, 1773056.0},
    {"middle5_separable1_conv1_input_gradient", 67, 0, 2654208.0, 1184256.0},
    {"middle5_separable1_conv1_weight_gradient", 67, 0, 2654208.0, 1207296.0},
    {"middle4_separable1_batchnorm2_sums", 65, 0, 737280.0, 1186304.0},
    {"middle4_separable1_batchnorm2_parameter_gradient", 65, 0, 0.0, 14848.0},
    {"middle4_separable1_batchnorm2_backward", 65, 0, 884736.0, 1773056.0},
    {"middle4_separable1_conv2_input_gradient", 64, 0, 37748736.0, 1245184.0},
    {"middle4_separable1_conv2_weight_gradient_sums", 64, 0, 37748736.0, 1441792.0},
    {"middle4_separable1_conv2_weight_gradient", 64, 0, 0.0, 327680.0},
    {"middle4_separable1_batchnorm1_sums", 62, 0, 737280.0, 1186304.0},
    {"middle4_separable1_batchnorm1_parameter_gradient", 62, 0, 0.0, 14848.0},
    {"middle4_separable1_batchnorm1_backward", 62, 0, 884736.0, 1773056.0},
    {"middle4_separable1_conv1_input_gradient", 61, 0, 2654208.0, 1184256.0},
    {"middle4_separable1_conv1_weight_gradient", 61, 0, 2654208.0, 1207296.0},
    {"middle3_separable1_batchnorm2_sums", 59, 0, 737280.0, 1186304.0},
    {"middle3_separable1_batchnorm2_parameter_gradient", 59, 0, 0.0, 14848.0},
    {"middle3_separable1_batchnorm2_backward", 59, 0, 884736.0, 1773056.0},
    {"middle3_separable1_conv2_input_gradient", 58, 0, 37748736.0, 1245184.0},
    {"middle3_separable1_conv2_weight_gradient_sums", 58, 0, 37748736.0, 1441792.0},
    {"middle3_separable1_conv2_weight_gradient", 58, 0, 0.0, 327680.0},
    {"middle3_separable1_batchnorm1_sums", 56, 0, 737280.0, 1186304.0},
    {"middle3_separable1_batchnorm1_parameter_gradient", 56, 0, 0.0, 14848.0},
    {"middle3_separable1_batchnorm1_backward", 56, 0, 884736.0, 1773056.0},
    {"middle3_separable1_conv1_input_gradient", 55, 0, 2654208.0, 1184256.0},
    {"middle3_separable1_conv1_weight_gradient", 55, 0, 2654208.0, 1207296.0},
    {"middle2_separable1_batchnorm2_sums", 53, 0, 737280.0, 1186304.0},
    {"middle2_separable1_batchnorm2_parameter_gradient", 53, 0, 0.0, 14848.0},
    {"middle2_separable1_batchnorm2_backward", 53, 0, 884736.0, 1773056.0},
    {"middle2_separable1_conv2_input_gradient", 52, 0, 37748736.0, 1245184.0},
    {"middle2_separable1_conv2_weight_gradient_sums", 52, 0, 37748736.0, 1441792.0},
    {"middle2_separable1_conv2_weight_gradient", 52, 0, 0.0, 327680.0},
    {"middle2_separable1_batchnorm1_sums", 50, 0, 737280.0, 1186304.0},
    {"middle2_separable1_batchnorm1_parameter_gradient", 50, 0, 0.0, 14848.0},
    {"middle2_separable1_batchnorm1_backward", 50, 0, 884736.0, 1773056.0},
    {"middle2_separable1_conv1_input_gradient", 49, 0, 2654208.0, 1184256.0},
    {"middle2_separable1_conv1_weight_gradient", 49, 0, 2654208.0, 1207296.0},
    {"middle1_separable1_batchnorm2_sums", 47, 0, 737280.0, 1186304.0},
    {"middle1_separable1_batchnorm2_parameter_gradient", 47, 0, 0.0, 14848.0},
    {"middle1_separable1_batchnorm2_backward", 47, 0, 884736.0, 1773056.0},
    {"middle1_separable1_conv2_input_gradient", 46, 0, 37748736.0, 1245184.0},
    {"middle1_separable1_conv2_weight_gradient_sums", 46, 0, 37748736.0, 1441792.0},
    {"middle1_separable1_conv2_weight_gradient", 46, 0, 0.0, 327680.0},
    {"middle1_separable1_batchnorm1_sums", 44, 0, 737280.0, 1186304.0},
    {"middle1_separable1_batchnorm1_parameter_gradient", 44, 0, 0.0, 14848.0},
    {"middle1_separable1_batchnorm1_backward", 44, 0, 884736.0, 1773056.0},
    {"middle1_separable1_conv1_input_gradient", 43, 0, 2654208.0, 1184256.0},
    {"middle1_separable1_conv1_weight_gradient", 43, 0, 2654208.0, 1207296.0},
    {"separable6_batchnorm2_sums", 41, 0, 737280.0, 1186304.0},
    {"separable6_batchnorm2_parameter_gradient", 41, 0, 0.0, 14848.0},
    {"separable6_batchnorm2_backward", 41, 0, 884736.0, 1773056.0},
    {"separable6_conv2_input_gradient", 40, 0, 18874368.0, 917504.0},
    {"separable6_conv2_weight_gradient_sums", 40, 0, 18874368.0, 1015808.0},
    {"separable6_conv2_weight_gradient", 40, 0, 0.0, 163840.0},
    {"separable6_batchnorm1_sums", 38, 0, 368640.0, 593152.0},
    {"separable6_batchnorm1_parameter_gradient", 38, 0, 0.0, 7424.0},
    {"separable6_batchnorm1_backward", 38, 0, 442368.0, 886528.0},
    {"separable6_conv1_input_gradient", 37, 0, 1327104.0, 1476864.0},
    {"separable6_conv1_weight_gradient", 37, 0, 1327104.0, 1488384.0},
    {"separable5_batchnorm2_sums", 35, 0, 1474560.0, 2362624.0},
    {"separable5_batchnorm2_parameter_gradient", 35, 0, 0.0, 7424.0},
    {"separable5_batchnorm2_backward", 35, 0, 1769472.0, 3540736.0},
    {"separable5_conv2_input_gradient", 34, 0, 37748736.0, 2375680.0},
    {"separable5_conv2_weight_gradient_sums", 34, 0, 37748736.0, 2490368.0},
    {"separable5_conv2_weight_gradient", 34, 0, 0.0, 147456.0},
    {"separable5_batchnorm1_sums", 32, 0, 1474560.0, 2362624.0},
    {"separable5_batchnorm1_parameter_gradient", 32, 0, 0.0, 7424.0},
    {"separable5_batchnorm1_backward", 32, 0, 1769472.0, 3540736.0},
    {"separable5_conv1_input_gradient", 31, 0, 5308416.0, 2361600.0},
    {"separable5_conv1_weight_gradient", 31, 0, 5308416.0, 2373120.0},
    {"separable4_batchnorm2_sums", 29, 0, 1474560.0, 2362624.0},
    {"separable4_batchnorm2_parameter_gradient", 29, 0, 0.0, 7424.0},
    {"separable4_batchnorm2_backward", 29, 0, 1769472.0, 3540736.0},
    {"separable4_conv2_input_gradient", 28, 0, 18874368.0, 1777664.0},
    {"separable4_conv2_weight_gradient_sums", 28, 0, 18874368.0, 1835008.0},
    {"separable4_conv2_weight_gradient", 28, 0, 0.0, 73728.0},
    {"separable4_batchnorm1_sums", 26, 0, 737280.0, 1181312.0},
    {"separable4_batchnorm1_parameter_gradient", 26, 0, 0.0, 3712.0},
    {"separable4_batchnorm1_backward", 26, 0, 884736.0, 1770368.0},
    {"separable4_conv1_input_gradient", 25, 0, 2654208.0, 2950272.0},
    {"separable4_conv1_weight_gradient", 25, 0, 2654208.0, 2956032.0},
    {"separable3_batchnorm2_sums", 23, 0, 2949120.0, 4720256.0},
    {"separable3_batchnorm2_parameter_gradient", 23, 0, 0.0, 3712.0},
    {"separable3_batchnorm2_backward", 23, 0, 3538944.0, 7078784.0},
    {"separable3_conv2_input_gradient", 22, 0, 37748736.0, 4722688.0},
    {"separable3_conv2_weight_gradient_sums", 22, 0, 37748736.0, 4784128.0},
    {"separable3_conv2_weight_gradient", 22, 0, 0.0, 69632.0},
    {"separable3_batchnorm1_sums", 20, 0, 2949120.0, 4720256.0},
    {"separable3_batchnorm1_parameter_gradient", 20, 0, 0.0, 3712.0},
    {"separable3_batchnorm1_backward", 20, 0, 3538944.0, 7078784.0},
    {"separable3_conv1_input_gradient", 19, 0, 10616832.0, 4719744.0},
    {"separable3_conv1_weight_gradient", 19, 0, 10616832.0, 4725504.0},
    {"separable2_batchnorm2_sums", 17, 0, 2949120.0, 4720256.0},
    {"separable2_batchnorm2_parameter_gradient", 17, 0, 0.0, 3712.0},
    {"separable2_batchnorm2_backward", 17, 0, 3538944.0, 7078784.0},
    {"separable2_conv2_input_gradient", 16, 0, 18874368.0, 3540992.0},
    {"separable2_conv2_weight_gradient_sums", 16, 0, 18874368.0, 3571712.0},
    {"separable2_conv2_weight_gradient", 16, 0, 0.0, 34816.0},
    {"separable2_batchnorm1_sums", 14, 0, 1474560.0, 2360128.0},
    {"separable2_batchnorm1_parameter_gradient", 14, 0, 0.0, 1856.0},
    {"separable2_batchnorm1_backward", 14, 0, 1769472.0, 3539392.0},
    {"separable2_conv1_input_gradient", 13, 0, 5308416.0, 5898816.0},
    {"separable2_conv1_weight_gradient", 13, 0, 5308416.0, 5901696.0},
    {"separable1_batchnorm2_sums", 11, 0, 5898240.0, 9438016.0},
    {"separable1_batchnorm2_parameter_gradient", 11, 0, 0.0, 1856.0},
    {"separable1_batchnorm2_backward", 11, 0, 7077888.0, 14156224.0},
    {"separable1_conv2_input_gradient", 10, 0, 18874368.0, 7078400.0},
    {"separable1_conv2_weight_gradient", 10, 0, 18874368.0, 7078400.0},
    {"separable1_batchnorm1_sums", 8, 0, 2949120.0, 4719008.0},
    {"separable1_batchnorm1_parameter_gradient", 8, 0, 0.0, 928.0},
    {"separable1_batchnorm1_backward", 8, 0, 3538944.0, 7078112.0},
    {"separable1_conv1_input_gradient", 7, 0, 10616832.0, 4718880.0},
    {"separable1_conv1_weight_gradient", 7, 0, 10616832.0, 4720320.0},
    {"batchnorm1_sums", 5, 0, 2949120.0, 4719008.0},
    {"batchnorm1_parameter_gradient", 5, 0, 0.0, 928.0},
    {"batchnorm1_backward", 5, 0, 3538944.0, 7078112.0},
    {"conv1_weight_gradient", 4, 0, 31850496.0, 5899104.0},
    {"separable8_conv2_weight_penalty_gradient", 82, 0, 131072.0, 786432.0},
    {"separable7_conv2_weight_penalty_gradient", 76, 0, 65536.0, 393216.0},
    {"middle5_separable1_conv2_weight_penalty_gradient", 70, 0, 32768.0, 196608.0},
    {"middle4_separable1_conv2_weight_penalty_gradient", 64, 0, 32768.0, 196608.0},
    {"middle3_separable1_conv2_weight_penalty_gradient", 58, 0, 32768.0, 196608.0},
    {"middle2_separable1_conv2_weight_penalty_gradient", 52, 0, 32768.0, 196608.0},
    {"middle1_separable1_conv2_weight_penalty_gradient", 46, 0, 32768.0, 196608.0},
    {"separable6_conv2_weight_penalty_gradient", 40, 0, 16384.0, 98304.0},
    {"separable5_conv2_weight_penalty_gradient", 34, 0, 8192.0, 49152.0},
    {"separable4_conv2_weight_penalty_gradient", 28, 0, 4096.0, 24576.0},
    {"separable3_conv2_weight_penalty_gradient", 22, 0, 2048.0, 12288.0},
    {"separable2_conv2_weight_penalty_gradient", 16, 0, 1024.0, 6144.0},
    {"separable1_conv2_weight_penalty_gradient", 10, 0, 256.0, 1536.0},
    {"conv1_weight_penalty_gradient", 4, 0, 432.0, 2592.0},
    {"separable8_conv2_weight_update", 82, 0, 131072.0, 1835008.0},
    {"separable7_conv2_weight_update", 76, 0, 65536.0, 917504.0},
    {"middle5_separable1_conv2_weight_update", 70, 0, 32768.0, 458752.0},
    {"middle4_separable1_conv2_weight_update", 64, 0, 32768.0, 458752.0},
    {"middle3_separable1_conv2_weight_update", 58, 0, 32768.0, 458752.0},
    {"middle2_separable1_conv2_weight_update", 52, 0, 32768.0, 458752.0},
    {"middle1_separable1_conv2_weight_update", 46, 0, 32768.0, 458752.0},
    {"separable6_conv2_weight_update", 40, 0, 16384.0, 229376.0},
    {"separable5_conv2_weight_update", 34, 0, 8192.0, 114688.0},
    {"separable4_conv2_weight_update", 28, 0, 4096.0, 57344.0},
    {"separable3_conv2_weight_update", 22, 0, 2048.0, 28672.0},
    {"separable2_conv2_weight_update", 16, 0, 1024.0, 14336.0},
    {"separable1_conv2_weight_update", 10, 0, 256.0, 3584.0},
    {"conv1_weight_update", 4, 0, 432.0, 6048.0},
    {"batchnorm1_running_move", 5, 0, 0.0, 224.0},
    {"separable1_batchnorm1_running_move", 8, 0, 0.0, 224.0},
    {"separable1_batchnorm2_running_move", 11, 0, 0.0, 448.0},
    {"separable2_batchnorm1_running_move", 14, 0, 0.0, 448.0},
    {"separable2_batchnorm2_running_move", 17, 0, 0.0, 896.0},
    {"separable3_batchnorm1_running_move", 20, 0, 0.0, 896.0},
    {"separable3_batchnorm2_running_move", 23, 0, 0.0, 896.0},
    {"separable4_batchnorm1_running_move", 26, 0, 0.0, 896.0},
    {"separable4_batchnorm2_running_move", 29, 0, 0.0, 1792.0},
    {"separable5_batchnorm1_running_move", 32, 0, 0.0, 1792.0},
    {"separable5_batchnorm2_running_move", 35, 0, 0.0, 1792.0},
    {"separable6_batchnorm1_running_move", 38, 0, 0.0, 1792.0},
    {"separable6_batchnorm2_running_move", 41, 0, 0.0, 3584.0},
    {"middle1_separable1_batchnorm1_running_move", 44, 0, 0.0, 3584.0},
    {"middle1_separable1_batchnorm2_running_move", 47, 0, 0.0, 3584.0},
    {"middle2_separable1_batchnorm1_running_move", 50, 0, 0.0, 3584.0},
    {"middle2_separable1_batchnorm2_running_move", 53, 0, 0.0, 3584.0},
    {"middle3_separable1_batchnorm1_running_move", 56, 0, 0.0, 3584.0},
    {"middle3_separable1_batchnorm2_running_move", 59, 0, 0.0, 3584.0},
    {"middle4_separable1_batchnorm1_running_move", 62, 0, 0.0, 3584.0},
    {"middle4_separable1_batchnorm2_running_move", 65, 0, 0.0, 3584.0},
    {"middle5_separable1_batchnorm1_running_move", 68, 0, 0.0, 3584.0},
    {"middle5_separable1_batchnorm2_running_move", 71, 0, 0.0, 3584.0},
    {"separable7_batchnorm1_running_move", 74, 0, 0.0, 3584.0},
    {"separable7_batchnorm2_running_move", 77, 0, 0.0, 7168.0},
    {"separable8_batchnorm1_running_move", 80, 0, 0.0, 7168.0},
    {"separable8_batchnorm2_running_move", 83, 0, 0.0, 7168.0},
};

// Name, element types, rank, shape, classes, which of them does not count, scale, whether reals are
// scaled too, 1 + the layer that normalizes it, what is made of sound, whether images are
// brought to its size.
static const bnc_value inputs[] = {
    {"image", 1 << BNC_UINT8 | 1 << BNC_REAL, 3, { 3, 96, 96 }, 0, 0, 0.00392156862745098, 0, 0,
      0, 0},
};

static const bnc_value targets[] = {
    {"person", 1 << BNC_INT32, 0, { 0 }, 2, 0, 1, 0, 0, 0, 0},
};

static const bnc_value outputs[] = {
    {"logits", 1 << BNC_REAL, 1, { 2 }, 0, 0, 1, 0, 0, 0, 0},
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
    {"eps", 1e-07},
};

const bnc_plugin *BNC_SYMBOL(void) {
  static const bnc_plugin plugin = {
      .struct_size = sizeof(bnc_plugin),
      .abi_version = BNC_ABI_VERSION,
      .instruction_set = INSTRUCTIONS,
      .bnc_version = "0.2.0-dev",
      .model_name = "mobilenet_v1",
      .model_hash = "eab559022afb400a2f1b5034b6d3110ef2d3b604e5492587c403ea9833268666",
      .target = "x86-64-v3",
      .batch = BATCH,
      .lanes = LANES,
      .element_size = sizeof(real),
      .epochs = 50,
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
