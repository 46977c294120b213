#include "templates.h"

static const bnc_template templates[] = {{0, 0, 0}};

int32_t template_count(void) { return 0; }

bnc_template template_at(int32_t index) { return templates[index]; }
