#include "templates.h"

// #embed is C23; the clang of Swift's toolchain has it in C11 too.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const char bias_gradient_c[] = {
#embed "C/bias_gradient.c.mustache"
};
static const char convolution_forward_c[] = {
#embed "C/convolution_forward.c.mustache"
};
static const char convolution_input_gradient_c[] = {
#embed "C/convolution_input_gradient.c.mustache"
};
static const char convolution_weight_gradient_c[] = {
#embed "C/convolution_weight_gradient.c.mustache"
};
static const char dense_forward_c[] = {
#embed "C/dense_forward.c.mustache"
};
static const char dense_input_gradient_c[] = {
#embed "C/dense_input_gradient.c.mustache"
};
static const char dense_rows_c[] = {
#embed "C/dense_rows.c.mustache"
};
static const char dense_weight_gradient_c[] = {
#embed "C/dense_weight_gradient.c.mustache"
};
static const char host_main_c[] = {
#embed "C/host_main.c.mustache"
};
static const char input_load_c[] = {
#embed "C/input_load.c.mustache"
};
static const char network_c[] = {
#embed "C/network.c.mustache"
};
static const char network_h[] = {
#embed "C/network.h.mustache"
};
static const char normalization_backward_c[] = {
#embed "C/normalization_backward.c.mustache"
};
static const char normalization_forward_c[] = {
#embed "C/normalization_forward.c.mustache"
};
static const char normalization_gradient_c[] = {
#embed "C/normalization_gradient.c.mustache"
};
static const char normalization_moments_c[] = {
#embed "C/normalization_moments.c.mustache"
};
static const char normalization_move_c[] = {
#embed "C/normalization_move.c.mustache"
};
static const char normalization_running_c[] = {
#embed "C/normalization_running.c.mustache"
};
static const char normalization_statistics_c[] = {
#embed "C/normalization_statistics.c.mustache"
};
static const char normalization_sums_c[] = {
#embed "C/normalization_sums.c.mustache"
};
static const char pool_backward_c[] = {
#embed "C/pool_backward.c.mustache"
};
static const char pool_forward_c[] = {
#embed "C/pool_forward.c.mustache"
};
static const char relu_backward_c[] = {
#embed "C/relu_backward.c.mustache"
};
static const char relu_forward_c[] = {
#embed "C/relu_forward.c.mustache"
};
static const char softmax_cross_entropy_c[] = {
#embed "C/softmax_cross_entropy.c.mustache"
};
static const char sum_c[] = {
#embed "C/sum.c.mustache"
};
static const char update_c[] = {
#embed "C/update.c.mustache"
};
static const char interface_h[] = {
#embed "../Sources/PluginABI/include/bnc_plugin.h"
};

static const bnc_template templates[] = {
    {"bias_gradient.c", bias_gradient_c, (int32_t)sizeof bias_gradient_c},
    {"convolution_forward.c", convolution_forward_c, (int32_t)sizeof convolution_forward_c},
    {"convolution_input_gradient.c", convolution_input_gradient_c, (int32_t)sizeof convolution_input_gradient_c},
    {"convolution_weight_gradient.c", convolution_weight_gradient_c, (int32_t)sizeof convolution_weight_gradient_c},
    {"dense_forward.c", dense_forward_c, (int32_t)sizeof dense_forward_c},
    {"dense_input_gradient.c", dense_input_gradient_c, (int32_t)sizeof dense_input_gradient_c},
    {"dense_rows.c", dense_rows_c, (int32_t)sizeof dense_rows_c},
    {"dense_weight_gradient.c", dense_weight_gradient_c, (int32_t)sizeof dense_weight_gradient_c},
    {"host_main.c", host_main_c, (int32_t)sizeof host_main_c},
    {"input_load.c", input_load_c, (int32_t)sizeof input_load_c},
    {"network.c", network_c, (int32_t)sizeof network_c},
    {"network.h", network_h, (int32_t)sizeof network_h},
    {"normalization_backward.c", normalization_backward_c, (int32_t)sizeof normalization_backward_c},
    {"normalization_forward.c", normalization_forward_c, (int32_t)sizeof normalization_forward_c},
    {"normalization_gradient.c", normalization_gradient_c, (int32_t)sizeof normalization_gradient_c},
    {"normalization_moments.c", normalization_moments_c, (int32_t)sizeof normalization_moments_c},
    {"normalization_move.c", normalization_move_c, (int32_t)sizeof normalization_move_c},
    {"normalization_running.c", normalization_running_c, (int32_t)sizeof normalization_running_c},
    {"normalization_statistics.c", normalization_statistics_c, (int32_t)sizeof normalization_statistics_c},
    {"normalization_sums.c", normalization_sums_c, (int32_t)sizeof normalization_sums_c},
    {"pool_backward.c", pool_backward_c, (int32_t)sizeof pool_backward_c},
    {"pool_forward.c", pool_forward_c, (int32_t)sizeof pool_forward_c},
    {"relu_backward.c", relu_backward_c, (int32_t)sizeof relu_backward_c},
    {"relu_forward.c", relu_forward_c, (int32_t)sizeof relu_forward_c},
    {"softmax_cross_entropy.c", softmax_cross_entropy_c, (int32_t)sizeof softmax_cross_entropy_c},
    {"sum.c", sum_c, (int32_t)sizeof sum_c},
    {"update.c", update_c, (int32_t)sizeof update_c},
    {"bnc_plugin.h", interface_h, (int32_t)sizeof interface_h},
};

int32_t template_count(void) { return (int32_t)(sizeof templates / sizeof templates[0]); }

bnc_template template_at(int32_t index) { return templates[index]; }
