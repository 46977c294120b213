// small.h: the interface of small.c, the network small, which bnc 0.2.0-dev has frozen.
#ifndef SMALL_H
#define SMALL_H

#include <stddef.h>
#include <stdint.h>

#if defined(__cplusplus)
extern "C" {
#endif

// Examples a call: it takes so many, and makes so many outputs.
#define SMALL_BATCH 1

// image, [1, 4, 5]: so many bytes an example, as the data have them, in C order; times 0.003921569
// inside.
#define SMALL_INPUT_SIZE 20

// logits, [3]: so many floats an example, in C order.
#define SMALL_OUTPUT_SIZE 3

// Floats of scratch, which the caller owns; what is in it before a call does not matter. It and the
// weights begin at a multiple of so many bytes: `static float scratch[SMALL_SCRATCH_SIZE]
// SMALL_ALIGNED;`
#define SMALL_SCRATCH_SIZE 48
#define SMALL_ALIGNMENT 4
#define SMALL_ALIGNED

// What the training's data call the classes, UTF-8.
extern const char *const small_class_names[3];

// Runs the network. It keeps nothing from call to call: with a scratch of its own each, several
// threads may run it at once.
void small_run(const uint8_t *input, float *output, float *scratch);

#if defined(__cplusplus)
}
#endif

#endif
