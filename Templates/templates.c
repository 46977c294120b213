#include "templates.h"

// One entry a file of C/, by name: embed.h takes TEMPLATE in. A macro cannot hold the directive.
static const bnc_template templates[] = {
#define TEMPLATE bias_gradient.c.mustache
#include "embed.h"
#define TEMPLATE convolution_forward.c.mustache
#include "embed.h"
#define TEMPLATE convolution_input_gradient.c.mustache
#include "embed.h"
#define TEMPLATE convolution_weight_gradient.c.mustache
#include "embed.h"
#define TEMPLATE dense_forward.c.mustache
#include "embed.h"
#define TEMPLATE dense_input_gradient.c.mustache
#include "embed.h"
#define TEMPLATE dense_input_gradient_product.c.mustache
#include "embed.h"
#define TEMPLATE dense_rows.c.mustache
#include "embed.h"
#define TEMPLATE dense_weight_gradient.c.mustache
#include "embed.h"
#define TEMPLATE elementwise_loss.c.mustache
#include "embed.h"
#define TEMPLATE host_main.c.mustache
#include "embed.h"
#define TEMPLATE inference.c.mustache
#include "embed.h"
#define TEMPLATE inference_affine.c.mustache
#include "embed.h"
#define TEMPLATE inference_convolution.c.mustache
#include "embed.h"
#define TEMPLATE inference_dense.c.mustache
#include "embed.h"
#define TEMPLATE inference_elements.c.mustache
#include "embed.h"
#define TEMPLATE inference_flatten.c.mustache
#include "embed.h"
#define TEMPLATE inference_load.c.mustache
#include "embed.h"
#define TEMPLATE inference_loss.c.mustache
#include "embed.h"
#define TEMPLATE inference_pool.c.mustache
#include "embed.h"
#define TEMPLATE inference_prepare.c.mustache
#include "embed.h"
#define TEMPLATE input_load.c.mustache
#include "embed.h"
#define TEMPLATE input_loading.c.mustache
#include "embed.h"
#define TEMPLATE map.c.mustache
#include "embed.h"
#define TEMPLATE network.c.mustache
#include "embed.h"
#define TEMPLATE network.h.mustache
#include "embed.h"
#define TEMPLATE normalization_backward.c.mustache
#include "embed.h"
#define TEMPLATE normalization_forward.c.mustache
#include "embed.h"
#define TEMPLATE normalization_gradient.c.mustache
#include "embed.h"
#define TEMPLATE normalization_moments.c.mustache
#include "embed.h"
#define TEMPLATE normalization_move.c.mustache
#include "embed.h"
#define TEMPLATE normalization_running.c.mustache
#include "embed.h"
#define TEMPLATE normalization_statistics.c.mustache
#include "embed.h"
#define TEMPLATE normalization_sums.c.mustache
#include "embed.h"
#define TEMPLATE optimizer.c.mustache
#include "embed.h"
#define TEMPLATE plugin_table.c.mustache
#include "embed.h"
#define TEMPLATE pool_backward.c.mustache
#include "embed.h"
#define TEMPLATE pool_forward.c.mustache
#include "embed.h"
#define TEMPLATE scale_shift_backward.c.mustache
#include "embed.h"
#define TEMPLATE scale_shift_forward.c.mustache
#include "embed.h"
#define TEMPLATE softmax_cross_entropy.c.mustache
#include "embed.h"
#define TEMPLATE steps.c.mustache
#include "embed.h"
#define TEMPLATE update.c.mustache
#include "embed.h"
#define TEMPLATE vectors.c.mustache
#include "embed.h"
#define TEMPLATE peaks.c
#include "embed.h"
    // The interface lies with the host's half of it.
    {"bnc_plugin.h",
     (const char[]){
#embed "../Sources/PluginABI/include/bnc_plugin.h" suffix(, 0)
     }},
};

int32_t template_count(void) { return (int32_t)(sizeof templates / sizeof templates[0]); }

bnc_template template_at(int32_t index) { return templates[index]; }
