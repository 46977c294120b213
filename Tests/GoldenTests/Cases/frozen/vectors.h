// vectors.h: the interface of vectors.c, the network small, which bnc 0.2.0-dev has frozen.
#ifndef SMALL_H
#define SMALL_H

#include <stddef.h>
#include <stdint.h>

#if defined(__cplusplus)
extern "C" {
#endif

// Examples a call: it takes so many, and makes so many outputs.
#define SMALL_BATCH 4

// image, [1, 4, 5]: so many floats an example, in C order; where the data have bytes, those times
// 0.003921569.
#define SMALL_INPUT_SIZE 20

// logits, [3]: so many floats an example, the probabilities of its classes, in C order.
#define SMALL_OUTPUT_SIZE 3

// Floats of scratch, which the caller owns; what is in it before a call does not matter. It and the
// weights begin at a multiple of so many bytes: `static float scratch[SMALL_SCRATCH_SIZE]
// SMALL_ALIGNED;`
#define SMALL_SCRATCH_SIZE 64
#define SMALL_ALIGNMENT 16
#define SMALL_ALIGNED __attribute__((aligned(SMALL_ALIGNMENT)))

// Bytes of the file of weights.
#define SMALL_WEIGHTS_SIZE 432

// Weights in memory.
struct small_weights;

// The weights in the bytes of such a file, which stay where they are; NULL where they are of
// another network, damaged, of another size, not aligned, or in another order of bytes than this
// machine's.
const struct small_weights *small_weights_from(const void *data, size_t size);

// What the training's data call the classes, UTF-8.
extern const char *const small_class_names[3];

// Runs the network. It keeps nothing from call to call: with a scratch of its own each, several
// threads may run it at once.
void small_run(const float *input, float *output, float *scratch,
    const struct small_weights *weights);

#if defined(__cplusplus)
}
#endif

#endif
