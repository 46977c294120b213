#include "zoo.h"

// #embed is C23; the clang of Swift's toolchain has it in C11 too.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const char mnist_cnn[] = {
#embed "mnist_cnn.bn"
};

static const zoo_model models[] = {
    {"mnist_cnn", mnist_cnn, (int32_t)sizeof mnist_cnn},
};

int32_t zoo_count(void) { return (int32_t)(sizeof models / sizeof models[0]); }

zoo_model zoo_at(int32_t index) { return models[index]; }
