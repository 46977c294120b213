// The example models, embedded, so that the program needs no files beside it.
#ifndef BNC_EXAMPLE_MODELS_H
#define BNC_EXAMPLE_MODELS_H

#include <stdint.h>

// One example model: its name and its text.
typedef struct example_model {
  const char *name;
  const char *text;
} example_model;

// How many there are.
int32_t example_model_count(void);

// Model `index`, from 0 to example_model_count() - 1.
example_model example_model_at(int32_t index);

#endif
