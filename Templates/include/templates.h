// The templates of the generated C, embedded, so that the program needs no files beside it.
#ifndef BNC_TEMPLATES_H
#define BNC_TEMPLATES_H

#include <stdint.h>

// One template: its name and its text.
typedef struct bnc_template {
  const char *name;
  const char *text;
} bnc_template;

// How many there are.
int32_t template_count(void);

// Template `index`, from 0 to template_count() - 1.
bnc_template template_at(int32_t index);

#endif
