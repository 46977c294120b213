#include "templates.h"

// #embed is C23; the clang of Swift's toolchain has it in C11 too.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const char bias_gradient[] = {
#embed "C/bias_gradient.c.mustache"
};
static const char convolution_forward[] = {
#embed "C/convolution_forward.c.mustache"
};
static const char convolution_input_gradient[] = {
#embed "C/convolution_input_gradient.c.mustache"
};
static const char convolution_weight_gradient[] = {
#embed "C/convolution_weight_gradient.c.mustache"
};
static const char dense_forward[] = {
#embed "C/dense_forward.c.mustache"
};
static const char dense_input_gradient[] = {
#embed "C/dense_input_gradient.c.mustache"
};
static const char dense_input_gradient_product[] = {
#embed "C/dense_input_gradient_product.c.mustache"
};
static const char dense_rows[] = {
#embed "C/dense_rows.c.mustache"
};
static const char dense_weight_gradient[] = {
#embed "C/dense_weight_gradient.c.mustache"
};
static const char elementwise_loss[] = {
#embed "C/elementwise_loss.c.mustache"
};
static const char map[] = {
#embed "C/map.c.mustache"
};
static const char optimizer[] = {
#embed "C/optimizer.c.mustache"
};
static const char host_main[] = {
#embed "C/host_main.c.mustache"
};
static const char inference[] = {
#embed "C/inference.c.mustache"
};
static const char inference_affine[] = {
#embed "C/inference_affine.c.mustache"
};
static const char inference_convolution[] = {
#embed "C/inference_convolution.c.mustache"
};
static const char inference_dense[] = {
#embed "C/inference_dense.c.mustache"
};
static const char inference_elements[] = {
#embed "C/inference_elements.c.mustache"
};
static const char inference_flatten[] = {
#embed "C/inference_flatten.c.mustache"
};
static const char inference_load[] = {
#embed "C/inference_load.c.mustache"
};
static const char inference_loss[] = {
#embed "C/inference_loss.c.mustache"
};
static const char inference_pool[] = {
#embed "C/inference_pool.c.mustache"
};
static const char inference_prepare[] = {
#embed "C/inference_prepare.c.mustache"
};
static const char input_load[] = {
#embed "C/input_load.c.mustache"
};
static const char input_loading[] = {
#embed "C/input_loading.c.mustache"
};
static const char network[] = {
#embed "C/network.c.mustache"
};
static const char network_h[] = {
#embed "C/network.h.mustache"
};
static const char normalization_backward[] = {
#embed "C/normalization_backward.c.mustache"
};
static const char normalization_forward[] = {
#embed "C/normalization_forward.c.mustache"
};
static const char normalization_gradient[] = {
#embed "C/normalization_gradient.c.mustache"
};
static const char normalization_moments[] = {
#embed "C/normalization_moments.c.mustache"
};
static const char normalization_move[] = {
#embed "C/normalization_move.c.mustache"
};
static const char normalization_running[] = {
#embed "C/normalization_running.c.mustache"
};
static const char normalization_statistics[] = {
#embed "C/normalization_statistics.c.mustache"
};
static const char normalization_sums[] = {
#embed "C/normalization_sums.c.mustache"
};
static const char plugin_table[] = {
#embed "C/plugin_table.c.mustache"
};
static const char pool_backward[] = {
#embed "C/pool_backward.c.mustache"
};
static const char pool_forward[] = {
#embed "C/pool_forward.c.mustache"
};
static const char scale_shift_backward[] = {
#embed "C/scale_shift_backward.c.mustache"
};
static const char scale_shift_forward[] = {
#embed "C/scale_shift_forward.c.mustache"
};
static const char softmax_cross_entropy[] = {
#embed "C/softmax_cross_entropy.c.mustache"
};
static const char steps[] = {
#embed "C/steps.c.mustache"
};
static const char update[] = {
#embed "C/update.c.mustache"
};
static const char vectors[] = {
#embed "C/vectors.c.mustache"
};
static const char peaks[] = {
#embed "C/peaks.c"
};
static const char bnc_plugin[] = {
#embed "../Sources/PluginABI/include/bnc_plugin.h"
};

static const bnc_template templates[] = {
    {"bias_gradient.c.mustache", bias_gradient, (int32_t)sizeof bias_gradient},
    {"convolution_forward.c.mustache", convolution_forward, (int32_t)sizeof convolution_forward},
    {"convolution_input_gradient.c.mustache", convolution_input_gradient, (int32_t)sizeof convolution_input_gradient},
    {"convolution_weight_gradient.c.mustache", convolution_weight_gradient, (int32_t)sizeof convolution_weight_gradient},
    {"dense_forward.c.mustache", dense_forward, (int32_t)sizeof dense_forward},
    {"dense_input_gradient.c.mustache", dense_input_gradient, (int32_t)sizeof dense_input_gradient},
    {"dense_input_gradient_product.c.mustache", dense_input_gradient_product, (int32_t)sizeof dense_input_gradient_product},
    {"dense_rows.c.mustache", dense_rows, (int32_t)sizeof dense_rows},
    {"dense_weight_gradient.c.mustache", dense_weight_gradient, (int32_t)sizeof dense_weight_gradient},
    {"elementwise_loss.c.mustache", elementwise_loss, (int32_t)sizeof elementwise_loss},
    {"map.c.mustache", map, (int32_t)sizeof map},
    {"optimizer.c.mustache", optimizer, (int32_t)sizeof optimizer},
    {"host_main.c.mustache", host_main, (int32_t)sizeof host_main},
    {"inference.c.mustache", inference, (int32_t)sizeof inference},
    {"inference_affine.c.mustache", inference_affine, (int32_t)sizeof inference_affine},
    {"inference_convolution.c.mustache", inference_convolution, (int32_t)sizeof inference_convolution},
    {"inference_dense.c.mustache", inference_dense, (int32_t)sizeof inference_dense},
    {"inference_elements.c.mustache", inference_elements, (int32_t)sizeof inference_elements},
    {"inference_flatten.c.mustache", inference_flatten, (int32_t)sizeof inference_flatten},
    {"inference_load.c.mustache", inference_load, (int32_t)sizeof inference_load},
    {"inference_loss.c.mustache", inference_loss, (int32_t)sizeof inference_loss},
    {"inference_pool.c.mustache", inference_pool, (int32_t)sizeof inference_pool},
    {"inference_prepare.c.mustache", inference_prepare, (int32_t)sizeof inference_prepare},
    {"input_load.c.mustache", input_load, (int32_t)sizeof input_load},
    {"input_loading.c.mustache", input_loading, (int32_t)sizeof input_loading},
    {"network.c.mustache", network, (int32_t)sizeof network},
    {"network.h.mustache", network_h, (int32_t)sizeof network_h},
    {"normalization_backward.c.mustache", normalization_backward, (int32_t)sizeof normalization_backward},
    {"normalization_forward.c.mustache", normalization_forward, (int32_t)sizeof normalization_forward},
    {"normalization_gradient.c.mustache", normalization_gradient, (int32_t)sizeof normalization_gradient},
    {"normalization_moments.c.mustache", normalization_moments, (int32_t)sizeof normalization_moments},
    {"normalization_move.c.mustache", normalization_move, (int32_t)sizeof normalization_move},
    {"normalization_running.c.mustache", normalization_running, (int32_t)sizeof normalization_running},
    {"normalization_statistics.c.mustache", normalization_statistics, (int32_t)sizeof normalization_statistics},
    {"normalization_sums.c.mustache", normalization_sums, (int32_t)sizeof normalization_sums},
    {"plugin_table.c.mustache", plugin_table, (int32_t)sizeof plugin_table},
    {"pool_backward.c.mustache", pool_backward, (int32_t)sizeof pool_backward},
    {"pool_forward.c.mustache", pool_forward, (int32_t)sizeof pool_forward},
    {"scale_shift_backward.c.mustache", scale_shift_backward, (int32_t)sizeof scale_shift_backward},
    {"scale_shift_forward.c.mustache", scale_shift_forward, (int32_t)sizeof scale_shift_forward},
    {"softmax_cross_entropy.c.mustache", softmax_cross_entropy, (int32_t)sizeof softmax_cross_entropy},
    {"steps.c.mustache", steps, (int32_t)sizeof steps},
    {"update.c.mustache", update, (int32_t)sizeof update},
    {"vectors.c.mustache", vectors, (int32_t)sizeof vectors},
    {"peaks.c", peaks, (int32_t)sizeof peaks},
    {"bnc_plugin.h", bnc_plugin, (int32_t)sizeof bnc_plugin},
};

int32_t template_count(void) { return (int32_t)(sizeof templates / sizeof templates[0]); }

bnc_template template_at(int32_t index) { return templates[index]; }
