#include "zoo.h"

// #embed is C23; the clang of Swift's toolchain has it in C11 too.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const char mnist_cnn[] = {
#embed "mnist_cnn.bn"
};
static const char mnist_mlp[] = {
#embed "mnist_mlp.bn"
};
static const char residual[] = {
#embed "residual.bn"
};
static const char regression[] = {
#embed "regression.bn"
};
static const char fix_gamma[] = {
#embed "fix_gamma.bn"
};
static const char pure_batch_norm_a[] = {
#embed "pure_batch_norm_a.bn"
};
static const char pure_batch_norm_b[] = {
#embed "pure_batch_norm_b.bn"
};
static const char normalize_scale_shift[] = {
#embed "normalize_scale_shift.bn"
};
static const char bc_model[] = {
#embed "bc_model.bn"
};
static const char bc_model_sigmoid[] = {
#embed "bc_model_sigmoid.bn"
};

#define MODEL(name) {#name, name, (int32_t)sizeof name}

// In the order in which `bnc new --list` shows them: what most people want first.
static const zoo_model models[] = {
    MODEL(mnist_cnn),
    MODEL(mnist_mlp),
    MODEL(residual),
    MODEL(regression),
    MODEL(fix_gamma),
    MODEL(pure_batch_norm_a),
    MODEL(pure_batch_norm_b),
    MODEL(normalize_scale_shift),
    MODEL(bc_model),
    MODEL(bc_model_sigmoid),
};

int32_t zoo_count(void) { return (int32_t)(sizeof models / sizeof models[0]); }

zoo_model zoo_at(int32_t index) { return models[index]; }
