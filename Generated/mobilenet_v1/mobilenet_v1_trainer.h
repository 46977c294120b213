// mobilenet_v1_trainer.h: trains mobilenet_v1 in a program of one's own, on a device or in a
// service; written by bnc 0.2.0-dev.
//
// Nothing here allocates, reads or writes by itself: the caller owns the memory, and functions of
// the caller's bring in the examples and take or give the bytes of what is kept. For ten epochs:
//
//   static struct mobilenet_v1_arena arena;
//   static uint32_t order[EXAMPLES];
//   struct mobilenet_v1_trainer trainer;
//   mobilenet_v1_begin(&trainer, &arena, 0);
//   for (trainer.epochs = 10; trainer.epoch < trainer.epochs;)
//     if (mobilenet_v1_epoch(&trainer, &data, order, &loss) != BNC_OK) return 1;
//
// From the same examples, seed and order this makes the same bits as `bnc train`, but for what its
// augmentations draw.
#ifndef MOBILENET_V1_TRAINER_H
#define MOBILENET_V1_TRAINER_H

#include "mobilenet_v1.h"

// All the memory of a training: 66941952 bytes.
struct mobilenet_v1_arena {
  _Alignas(BNC_ALIGNMENT) unsigned char parameters[865288];  // learned
  _Alignas(BNC_ALIGNMENT) unsigned char state[21888];  // running statistics
  _Alignas(BNC_ALIGNMENT) unsigned char slots[1730576];  // what the optimizer keeps
  _Alignas(BNC_ALIGNMENT) unsigned char scratch[63438976];  // of one call
  _Alignas(BNC_ALIGNMENT) uint8_t in_image[32 * 27648];
  _Alignas(BNC_ALIGNMENT) int32_t to_person[32 * 1];
  _Alignas(BNC_ALIGNMENT) float out_logits[32 * 2];
};

// Examples, and where they come from.
struct mobilenet_v1_data {
  uint32_t count;  // rows 0 to count - 1
  void *context;   // handed to the function
  // Puts example `row` where the pointers show. Ends the call with what it returns, if that is not
  // 0.
  //   in_image: 27648 numbers, as the data have them, in C order; times 0.003921569 inside
  //   to_person: a class from 0 to 1
  int32_t (*read)(void *context, uint32_t row, uint8_t *in_image, int32_t *to_person);
};

// A training. What is not said to be the caller's to change is to be read only.
struct mobilenet_v1_trainer {
  struct mobilenet_v1_arena *arena;
  const bnc_host *host;     // the caller's: threads, where there are some; begins as null
  double learning_rate;     // the caller's: before the schedule; begins as the model's
  uint32_t epochs;          // the caller's: of the whole training, for schedules; the model's
  uint32_t epoch;           // epochs so far
  uint64_t step;            // steps so far
  uint64_t seed;            // of the first values, of the order, and of what a step draws
  double loss;              // the sum over the examples of this epoch so far
  uint32_t epoch_step;      // steps of this epoch so far
  int32_t is_ordered;       // whether the order is this epoch's
  int32_t not_finite_layer; // after BNC_NOT_FINITE: the first whose result is not finite, or -1
};

// What the functions below return beside BNC_OK and what plugins return.
enum {
  MOBILENET_V1_NO_FILE = 100,     // a function of the caller's failed to read or write
  MOBILENET_V1_OTHER_FILE = 101,  // what is read is no such file, or of another model
  MOBILENET_V1_DAMAGED = 102,     // numbers that are not finite, or not those that were written
};

// Starts a training: every parameter gets its first value.
void mobilenet_v1_begin(struct mobilenet_v1_trainer *t, struct mobilenet_v1_arena *arena,
    uint64_t seed);

// One step of a training. `order` has room for as many numbers as there are examples, and is the
// same one in each step: examples are taken in an order that the seed and the epoch say. Without,
// they are taken as they come.
//
// BNC_NOT_FINITE: the loss is not finite, and what is learned is as before the step.
int32_t mobilenet_v1_step(struct mobilenet_v1_trainer *t, const struct mobilenet_v1_data *data,
    uint32_t *order);

// The steps that are left of an epoch. `loss`, if not null: the mean over the examples.
int32_t mobilenet_v1_epoch(struct mobilenet_v1_trainer *t, const struct mobilenet_v1_data *data,
    uint32_t *order, double *loss);

// The mean loss over all examples, with the running statistics, and how many are taken for what
// they are.
int32_t mobilenet_v1_evaluate(struct mobilenet_v1_trainer *t, const struct mobilenet_v1_data *data,
    double *loss, uint32_t *right);

// A function of the caller's that writes so many bytes, or reads so many; 0 where it failed.
typedef int mobilenet_v1_write(void *context, const void *bytes, uint64_t count);
typedef int mobilenet_v1_read(void *context, void *bytes, uint64_t count);

// The parameters and statistics as a file of safetensors, the one that `bnc train --save` writes
// and `bnc evaluate --weights` reads.
int32_t mobilenet_v1_save_weights(struct mobilenet_v1_trainer *t, mobilenet_v1_write *write,
    void *context);

// Takes them from such a file. Where something is wrong with it, begin anew.
int32_t mobilenet_v1_load_weights(struct mobilenet_v1_trainer *t, mobilenet_v1_read *read,
    void *context);

// All of a training, to go on from after any step with the same bits.
int32_t mobilenet_v1_save_checkpoint(const struct mobilenet_v1_trainer *t,
    mobilenet_v1_write *write, void *context);

// Goes on from a checkpoint. Where something is wrong with it, begin anew.
int32_t mobilenet_v1_load_checkpoint(struct mobilenet_v1_trainer *t, mobilenet_v1_read *read,
    void *context);

#endif
