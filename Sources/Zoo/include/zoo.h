// The example models, embedded, so that the program needs no files beside it.
#ifndef BNC_ZOO_H
#define BNC_ZOO_H

#include <stdint.h>

// One example model: its name and its text.
typedef struct zoo_model {
  const char *name;
  const char *text;
} zoo_model;

// How many there are.
int32_t zoo_count(void);

// Model `index`, from 0 to zoo_count() - 1.
zoo_model zoo_at(int32_t index);

#endif
