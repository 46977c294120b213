#include "templates.h"

// One entry a file of C/, by name: embed.h takes TEMPLATE in. A macro cannot hold the directive.
static const bnc_template templates[] = {
#define TEMPLATE Augmentation/between_four.c.mustache
#include "embed.h"
#define TEMPLATE Augmentation/brightness.c.mustache
#include "embed.h"
#define TEMPLATE Augmentation/clamped_lanes.c.mustache
#include "embed.h"
#define TEMPLATE Augmentation/contrast.c.mustache
#include "embed.h"
#define TEMPLATE Augmentation/cutout.c.mustache
#include "embed.h"
#define TEMPLATE Augmentation/draw_for_rows.c.mustache
#include "embed.h"
#define TEMPLATE Augmentation/factor_of.c.mustache
#include "embed.h"
#define TEMPLATE Augmentation/flip.c.mustache
#include "embed.h"
#define TEMPLATE Augmentation/flipped_lanes.c.mustache
#include "embed.h"
#define TEMPLATE Augmentation/kernel.c.mustache
#include "embed.h"
#define TEMPLATE Augmentation/mixing_share.c.mustache
#include "embed.h"
#define TEMPLATE Augmentation/mixup.c.mustache
#include "embed.h"
#define TEMPLATE Augmentation/moved_by.c.mustache
#include "embed.h"
#define TEMPLATE Augmentation/nearest_four.c.mustache
#include "embed.h"
#define TEMPLATE Augmentation/noise.c.mustache
#include "embed.h"
#define TEMPLATE Augmentation/shift.c.mustache
#include "embed.h"
#define TEMPLATE Augmentation/turn.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/channel_gradient.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/channel_gradient_load.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/channel_gradient_task.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/channel_gradient_tile.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/channel_gradient_weights.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/channel_gradient_weights_task.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/channel_groups.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/channels_depthwise_pack.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/channels_depthwise_task.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/channels_depthwise_tile.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/channels_group_pack.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/channels_pack.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/channels_rows.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/channels_span.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/channels_task.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/channels_tile.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/convolution.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/depthwise_input_gradient_tile.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/depthwise_tile.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/depthwise_weight_gradient_rows.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/depthwise_weight_gradient_task.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/depthwise_weight_gradient_tile.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/edges.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/forward.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/forward_band.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/forward_rows.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/forward_span.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/forward_task.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/forward_tile.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/input_gradient.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/input_gradient_band.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/input_gradient_rows.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/input_gradient_span.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/input_gradient_task.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/input_gradient_tile.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/transposed.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/transposed_pack.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/transposed_rows.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/transposed_span.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/transposed_task.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/transposed_tile.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/weight_gradient.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/weight_gradient_band.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/weight_gradient_group.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/weight_gradient_rows.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/weight_gradient_taps.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/weight_gradient_task.c.mustache
#include "embed.h"
#define TEMPLATE Convolution/weight_gradient_tile.c.mustache
#include "embed.h"
#define TEMPLATE Dense/bias_gradient.c.mustache
#include "embed.h"
#define TEMPLATE Dense/bias_gradient_task.c.mustache
#include "embed.h"
#define TEMPLATE Dense/channels.c.mustache
#include "embed.h"
#define TEMPLATE Dense/channels_pack.c.mustache
#include "embed.h"
#define TEMPLATE Dense/channels_task.c.mustache
#include "embed.h"
#define TEMPLATE Dense/channels_tile.c.mustache
#include "embed.h"
#define TEMPLATE Dense/dense.c.mustache
#include "embed.h"
#define TEMPLATE Dense/forward.c.mustache
#include "embed.h"
#define TEMPLATE Dense/forward_task.c.mustache
#include "embed.h"
#define TEMPLATE Dense/forward_tile.c.mustache
#include "embed.h"
#define TEMPLATE Dense/input_gradient.c.mustache
#include "embed.h"
#define TEMPLATE Dense/input_gradient_product.c.mustache
#include "embed.h"
#define TEMPLATE Dense/input_gradient_product_task.c.mustache
#include "embed.h"
#define TEMPLATE Dense/input_gradient_task.c.mustache
#include "embed.h"
#define TEMPLATE Dense/input_gradient_tile.c.mustache
#include "embed.h"
#define TEMPLATE Dense/rows.c.mustache
#include "embed.h"
#define TEMPLATE Dense/rows_task.c.mustache
#include "embed.h"
#define TEMPLATE Dense/weight_gradient.c.mustache
#include "embed.h"
#define TEMPLATE Dense/weight_gradient_inputs.c.mustache
#include "embed.h"
#define TEMPLATE Dense/weight_gradient_task.c.mustache
#include "embed.h"
#define TEMPLATE Dense/weight_gradient_tile.c.mustache
#include "embed.h"
#define TEMPLATE Dropout/draw_kept.c.mustache
#include "embed.h"
#define TEMPLATE Dropout/kernel.c.mustache
#include "embed.h"
#define TEMPLATE Dropout/philox.c.mustache
#include "embed.h"
#define TEMPLATE Dropout/task.c.mustache
#include "embed.h"
#define TEMPLATE Elementwise/broadcast.c.mustache
#include "embed.h"
#define TEMPLATE Elementwise/broadcast_gradient_task.c.mustache
#include "embed.h"
#define TEMPLATE Elementwise/broadcast_task.c.mustache
#include "embed.h"
#define TEMPLATE Elementwise/channels_task.c.mustache
#include "embed.h"
#define TEMPLATE Elementwise/map.c.mustache
#include "embed.h"
#define TEMPLATE Elementwise/map_task.c.mustache
#include "embed.h"
#define TEMPLATE ExampleNormalization/backward.c.mustache
#include "embed.h"
#define TEMPLATE ExampleNormalization/backward_group.c.mustache
#include "embed.h"
#define TEMPLATE ExampleNormalization/backward_task.c.mustache
#include "embed.h"
#define TEMPLATE ExampleNormalization/channels_groups_task.c.mustache
#include "embed.h"
#define TEMPLATE ExampleNormalization/channels_moments.c.mustache
#include "embed.h"
#define TEMPLATE ExampleNormalization/channels_positions_task.c.mustache
#include "embed.h"
#define TEMPLATE ExampleNormalization/channels_root_mean_square.c.mustache
#include "embed.h"
#define TEMPLATE ExampleNormalization/forward.c.mustache
#include "embed.h"
#define TEMPLATE ExampleNormalization/forward_group.c.mustache
#include "embed.h"
#define TEMPLATE ExampleNormalization/forward_task.c.mustache
#include "embed.h"
#define TEMPLATE ExampleNormalization/groups.c.mustache
#include "embed.h"
#define TEMPLATE ExampleNormalization/moments.c.mustache
#include "embed.h"
#define TEMPLATE ExampleNormalization/neighbours.c.mustache
#include "embed.h"
#define TEMPLATE ExampleNormalization/parameter_gradient.c.mustache
#include "embed.h"
#define TEMPLATE ExampleNormalization/parameter_gradient_task.c.mustache
#include "embed.h"
#define TEMPLATE ExampleNormalization/root_mean_square.c.mustache
#include "embed.h"
#define TEMPLATE ExampleNormalization/share_in_groups.c.mustache
#include "embed.h"
#define TEMPLATE File/host_main.c.mustache
#include "embed.h"
#define TEMPLATE File/inference.c.mustache
#include "embed.h"
#define TEMPLATE File/network.c.mustache
#include "embed.h"
#define TEMPLATE File/network.h.mustache
#include "embed.h"
#define TEMPLATE File/peaks.c
#include "embed.h"
#define TEMPLATE File/plugin_table.c.mustache
#include "embed.h"
#define TEMPLATE File/preparation.c.mustache
#include "embed.h"
#define TEMPLATE File/schedule.c.mustache
#include "embed.h"
#define TEMPLATE File/steps.c.mustache
#include "embed.h"
#define TEMPLATE File/vectors.c.mustache
#include "embed.h"
#define TEMPLATE Folding/affine.c.mustache
#include "embed.h"
#define TEMPLATE Folding/folded.c.mustache
#include "embed.h"
#define TEMPLATE Folding/scale_row.c.mustache
#include "embed.h"
#define TEMPLATE Folding/slopes.c.mustache
#include "embed.h"
#define TEMPLATE Folding/weights.c.mustache
#include "embed.h"
#define TEMPLATE Frozen/body.c.mustache
#include "embed.h"
#define TEMPLATE Frozen/channels_load.c.mustache
#include "embed.h"
#define TEMPLATE Frozen/check.c.mustache
#include "embed.h"
#define TEMPLATE Frozen/main.c.mustache
#include "embed.h"
#define TEMPLATE Frozen/network.h.mustache
#include "embed.h"
#define TEMPLATE Frozen/top.c.mustache
#include "embed.h"
#define TEMPLATE Frozen/vectors.c.mustache
#include "embed.h"
#define TEMPLATE Library/add_lanes.c.mustache
#include "embed.h"
#define TEMPLATE Library/blend.c.mustache
#include "embed.h"
#define TEMPLATE Library/block_moments.c.mustache
#include "embed.h"
#define TEMPLATE Library/class_weight.c.mustache
#include "embed.h"
#define TEMPLATE Library/label_at.c.mustache
#include "embed.h"
#define TEMPLATE Library/label_of.c.mustache
#include "embed.h"
#define TEMPLATE Library/lanes_sum.c.mustache
#include "embed.h"
#define TEMPLATE Library/long_sum.c.mustache
#include "embed.h"
#define TEMPLATE Library/mapped.c.mustache
#include "embed.h"
#define TEMPLATE Library/masked.c.mustache
#include "embed.h"
#define TEMPLATE Library/max_of.c.mustache
#include "embed.h"
#define TEMPLATE Library/mirrored_moved_targets_of.c.mustache
#include "embed.h"
#define TEMPLATE Library/mirrored_targets_of.c.mustache
#include "embed.h"
#define TEMPLATE Library/moments_at.c.mustache
#include "embed.h"
#define TEMPLATE Library/moved_target_of.c.mustache
#include "embed.h"
#define TEMPLATE Library/moved_targets_of.c.mustache
#include "embed.h"
#define TEMPLATE Library/multiply.c.mustache
#include "embed.h"
#define TEMPLATE Library/normalized.c.mustache
#include "embed.h"
#define TEMPLATE Library/pairs_at.c.mustache
#include "embed.h"
#define TEMPLATE Library/scalar_sigmoid.c.mustache
#include "embed.h"
#define TEMPLATE Library/scalar_softplus.c.mustache
#include "embed.h"
#define TEMPLATE Library/scalars.c.mustache
#include "embed.h"
#define TEMPLATE Library/slot_of.c.mustache
#include "embed.h"
#define TEMPLATE Library/splat.c.mustache
#include "embed.h"
#define TEMPLATE Library/squares_of.c.mustache
#include "embed.h"
#define TEMPLATE Library/store_row.c.mustache
#include "embed.h"
#define TEMPLATE Library/sum_of.c.mustache
#include "embed.h"
#define TEMPLATE Library/sum_of_squares.c.mustache
#include "embed.h"
#define TEMPLATE Library/target_of.c.mustache
#include "embed.h"
#define TEMPLATE Library/targets_of.c.mustache
#include "embed.h"
#define TEMPLATE Library/transpose.c.mustache
#include "embed.h"
#define TEMPLATE Library/vec_abs.c.mustache
#include "embed.h"
#define TEMPLATE Library/vec_erf.c.mustache
#include "embed.h"
#define TEMPLATE Library/vec_exp.c.mustache
#include "embed.h"
#define TEMPLATE Library/vec_log1p.c.mustache
#include "embed.h"
#define TEMPLATE Library/vec_power.c.mustache
#include "embed.h"
#define TEMPLATE Library/vec_sigmoid.c.mustache
#include "embed.h"
#define TEMPLATE Library/vec_softplus.c.mustache
#include "embed.h"
#define TEMPLATE Library/vec_tanh.c.mustache
#include "embed.h"
#define TEMPLATE Losses/elementwise.c.mustache
#include "embed.h"
#define TEMPLATE Losses/loss_of.c.mustache
#include "embed.h"
#define TEMPLATE Losses/mixed.c.mustache
#include "embed.h"
#define TEMPLATE Losses/penalty.c.mustache
#include "embed.h"
#define TEMPLATE Losses/soft_targets.c.mustache
#include "embed.h"
#define TEMPLATE Losses/softmax_cross_entropy.c.mustache
#include "embed.h"
#define TEMPLATE Normalization/affine_task.c.mustache
#include "embed.h"
#define TEMPLATE Normalization/backward.c.mustache
#include "embed.h"
#define TEMPLATE Normalization/backward_task.c.mustache
#include "embed.h"
#define TEMPLATE Normalization/channel_affine_task.c.mustache
#include "embed.h"
#define TEMPLATE Normalization/forward.c.mustache
#include "embed.h"
#define TEMPLATE Normalization/forward_task.c.mustache
#include "embed.h"
#define TEMPLATE Normalization/gradient.c.mustache
#include "embed.h"
#define TEMPLATE Normalization/gradient_task.c.mustache
#include "embed.h"
#define TEMPLATE Normalization/join_moments.c.mustache
#include "embed.h"
#define TEMPLATE Normalization/join_moments_task.c.mustache
#include "embed.h"
#define TEMPLATE Normalization/moments.c.mustache
#include "embed.h"
#define TEMPLATE Normalization/moments_task.c.mustache
#include "embed.h"
#define TEMPLATE Normalization/move.c.mustache
#include "embed.h"
#define TEMPLATE Normalization/move_statistics.c.mustache
#include "embed.h"
#define TEMPLATE Normalization/normalization.c.mustache
#include "embed.h"
#define TEMPLATE Normalization/running_moments_task.c.mustache
#include "embed.h"
#define TEMPLATE Normalization/scale_shift_backward.c.mustache
#include "embed.h"
#define TEMPLATE Normalization/scale_shift_backward_task.c.mustache
#include "embed.h"
#define TEMPLATE Normalization/scale_shift_forward.c.mustache
#include "embed.h"
#define TEMPLATE Normalization/scale_shift_forward_task.c.mustache
#include "embed.h"
#define TEMPLATE Normalization/statistics.c.mustache
#include "embed.h"
#define TEMPLATE Normalization/statistics_task.c.mustache
#include "embed.h"
#define TEMPLATE Normalization/sums.c.mustache
#include "embed.h"
#define TEMPLATE Normalization/sums_task.c.mustache
#include "embed.h"
#define TEMPLATE Normalization/window.c.mustache
#include "embed.h"
#define TEMPLATE PReLU/backward.c.mustache
#include "embed.h"
#define TEMPLATE PReLU/backward_task.c.mustache
#include "embed.h"
#define TEMPLATE PReLU/channels_task.c.mustache
#include "embed.h"
#define TEMPLATE PReLU/forward.c.mustache
#include "embed.h"
#define TEMPLATE PReLU/forward_task.c.mustache
#include "embed.h"
#define TEMPLATE PReLU/slope_gradient.c.mustache
#include "embed.h"
#define TEMPLATE Pooling/backward.c.mustache
#include "embed.h"
#define TEMPLATE Pooling/backward_task.c.mustache
#include "embed.h"
#define TEMPLATE Pooling/channels_task.c.mustache
#include "embed.h"
#define TEMPLATE Pooling/covered.c.mustache
#include "embed.h"
#define TEMPLATE Pooling/forward.c.mustache
#include "embed.h"
#define TEMPLATE Pooling/forward_task.c.mustache
#include "embed.h"
#define TEMPLATE Pooling/pool.c.mustache
#include "embed.h"
#define TEMPLATE Portable/blend.c.mustache
#include "embed.h"
#define TEMPLATE Portable/lanes_sum.c.mustache
#include "embed.h"
#define TEMPLATE Portable/mapped.c.mustache
#include "embed.h"
#define TEMPLATE Portable/masked.c.mustache
#include "embed.h"
#define TEMPLATE Portable/max_of.c.mustache
#include "embed.h"
#define TEMPLATE Portable/vec_power.c.mustache
#include "embed.h"
#define TEMPLATE Portable/vec_softplus.c.mustache
#include "embed.h"
#define TEMPLATE Processes/doubles_at.c.mustache
#include "embed.h"
#define TEMPLATE Processes/mean.c.mustache
#include "embed.h"
#define TEMPLATE Processes/mean_over_processes.c.mustache
#include "embed.h"
#define TEMPLATE Processes/sum_begin.c.mustache
#include "embed.h"
#define TEMPLATE Processes/sums.c.mustache
#include "embed.h"
#define TEMPLATE Processes/sums_end.c.mustache
#include "embed.h"
#define TEMPLATE Shape/between.c.mustache
#include "embed.h"
#define TEMPLATE Shape/between_count.c.mustache
#include "embed.h"
#define TEMPLATE Shape/between_task.c.mustache
#include "embed.h"
#define TEMPLATE Shape/channels_between.c.mustache
#include "embed.h"
#define TEMPLATE Shape/channels_copy.c.mustache
#include "embed.h"
#define TEMPLATE Shape/channels_fill.c.mustache
#include "embed.h"
#define TEMPLATE Shape/channels_flatten_task.c.mustache
#include "embed.h"
#define TEMPLATE Shape/channels_move.c.mustache
#include "embed.h"
#define TEMPLATE Shape/channels_places.c.mustache
#include "embed.h"
#define TEMPLATE Shape/channels_through.c.mustache
#include "embed.h"
#define TEMPLATE Shape/clamped.c.mustache
#include "embed.h"
#define TEMPLATE Shape/copy_box.c.mustache
#include "embed.h"
#define TEMPLATE Shape/move.c.mustache
#include "embed.h"
#define TEMPLATE Shape/nearest.c.mustache
#include "embed.h"
#define TEMPLATE Shape/nearest_first.c.mustache
#include "embed.h"
#define TEMPLATE Shape/nearest_task.c.mustache
#include "embed.h"
#define TEMPLATE Shape/pad_backward_task.c.mustache
#include "embed.h"
#define TEMPLATE Shape/pad_task.c.mustache
#include "embed.h"
#define TEMPLATE Shape/reflected.c.mustache
#include "embed.h"
#define TEMPLATE Shape/relayout.c.mustache
#include "embed.h"
#define TEMPLATE Shape/resample.c.mustache
#include "embed.h"
#define TEMPLATE Shape/to_channels.c.mustache
#include "embed.h"
#define TEMPLATE Shape/to_lanes.c.mustache
#include "embed.h"
#define TEMPLATE Shape/upsample_backward_task.c.mustache
#include "embed.h"
#define TEMPLATE Shared/axes.c.mustache
#include "embed.h"
#define TEMPLATE Shared/channels.c.mustache
#include "embed.h"
#define TEMPLATE Shared/piece_of.c.mustache
#include "embed.h"
#define TEMPLATE Shared/piece_size.c.mustache
#include "embed.h"
#define TEMPLATE Shared/pieces.c.mustache
#include "embed.h"
#define TEMPLATE Shared/pitch.c.mustache
#include "embed.h"
#define TEMPLATE Shared/place.c.mustache
#include "embed.h"
#define TEMPLATE Shared/sizes.c.mustache
#include "embed.h"
#define TEMPLATE Shared/specialized.c.mustache
#include "embed.h"
#define TEMPLATE Shared/thread_vectors.c.mustache
#include "embed.h"
#define TEMPLATE Shared/tile.c.mustache
#include "embed.h"
#define TEMPLATE Shared/vectors_of.c.mustache
#include "embed.h"
#define TEMPLATE Softmax/axis_rows.c.mustache
#include "embed.h"
#define TEMPLATE Softmax/backward.c.mustache
#include "embed.h"
#define TEMPLATE Softmax/backward_task.c.mustache
#include "embed.h"
#define TEMPLATE Softmax/channels_task.c.mustache
#include "embed.h"
#define TEMPLATE Softmax/forward.c.mustache
#include "embed.h"
#define TEMPLATE Softmax/forward_task.c.mustache
#include "embed.h"
#define TEMPLATE Softmax/log_forward_task.c.mustache
#include "embed.h"
#define TEMPLATE StepOperations/accumulate.c.mustache
#include "embed.h"
#define TEMPLATE StepOperations/channels_load.c.mustache
#include "embed.h"
#define TEMPLATE StepOperations/gradient_norm.c.mustache
#include "embed.h"
#define TEMPLATE StepOperations/input_load.c.mustache
#include "embed.h"
#define TEMPLATE StepOperations/input_loading.c.mustache
#include "embed.h"
#define TEMPLATE StepOperations/penalty_gradient.c.mustache
#include "embed.h"
#define TEMPLATE StepOperations/target_load.c.mustache
#include "embed.h"
#define TEMPLATE StepOperations/tensor_update.c.mustache
#include "embed.h"
#define TEMPLATE StepOperations/update.c.mustache
#include "embed.h"
#define TEMPLATE Trainer/evaluation.c.mustache
#include "embed.h"
#define TEMPLATE Trainer/files.c.mustache
#include "embed.h"
#define TEMPLATE Trainer/random.c.mustache
#include "embed.h"
#define TEMPLATE Trainer/steps.c.mustache
#include "embed.h"
#define TEMPLATE Trainer/tensors.c.mustache
#include "embed.h"
#define TEMPLATE Trainer/top.c.mustache
#include "embed.h"
#define TEMPLATE Trainer/trainer.h.mustache
#include "embed.h"
#define TEMPLATE Training/accumulate.c.mustache
#include "embed.h"
#define TEMPLATE Training/optimizer.c.mustache
#include "embed.h"
#define TEMPLATE Training/orthogonalize.c.mustache
#include "embed.h"
#define TEMPLATE Training/schedule.c.mustache
#include "embed.h"
#define TEMPLATE Training/tensor_update.c.mustache
#include "embed.h"
#define TEMPLATE Winograd/along2.c.mustache
#include "embed.h"
#define TEMPLATE Winograd/along2_gradient.c.mustache
#include "embed.h"
#define TEMPLATE Winograd/along4.c.mustache
#include "embed.h"
#define TEMPLATE Winograd/along4_gradient.c.mustache
#include "embed.h"
#define TEMPLATE Winograd/forward.c.mustache
#include "embed.h"
#define TEMPLATE Winograd/gradient.c.mustache
#include "embed.h"
#define TEMPLATE Winograd/gradient_load.c.mustache
#include "embed.h"
#define TEMPLATE Winograd/gradient_products.c.mustache
#include "embed.h"
#define TEMPLATE Winograd/gradient_slopes.c.mustache
#include "embed.h"
#define TEMPLATE Winograd/gradient_task.c.mustache
#include "embed.h"
#define TEMPLATE Winograd/gradient_tile.c.mustache
#include "embed.h"
#define TEMPLATE Winograd/gradient_weights.c.mustache
#include "embed.h"
#define TEMPLATE Winograd/gradient_weights_task.c.mustache
#include "embed.h"
#define TEMPLATE Winograd/load.c.mustache
#include "embed.h"
#define TEMPLATE Winograd/pack.c.mustache
#include "embed.h"
#define TEMPLATE Winograd/products.c.mustache
#include "embed.h"
#define TEMPLATE Winograd/store.c.mustache
#include "embed.h"
#define TEMPLATE Winograd/task.c.mustache
#include "embed.h"
#define TEMPLATE Winograd/tile.c.mustache
#include "embed.h"
#define TEMPLATE Winograd/transform.c.mustache
#include "embed.h"
#define TEMPLATE Winograd/weight.c.mustache
#include "embed.h"
#define TEMPLATE Winograd/weights.c.mustache
#include "embed.h"
#define TEMPLATE Winograd/weights_task.c.mustache
#include "embed.h"
#define TEMPLATE Winograd/winograd.c.mustache
#include "embed.h"
    // The interface lies with the host's half of it.
    {"bnc_plugin.h",
     (const char[]){
#embed "../Sources/PluginABI/include/bnc_plugin.h" suffix(, 0)
     }},
    {"bnc_tables.h",
     (const char[]){
#embed "../Sources/PluginABI/include/bnc_tables.h" suffix(, 0)
     }},
};

int32_t template_count(void) { return (int32_t)(sizeof templates / sizeof templates[0]); }

bnc_template template_at(int32_t index) { return templates[index]; }
