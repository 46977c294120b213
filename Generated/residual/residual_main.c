// A plain C program around residual.c: a few training steps on numbers that it makes up, or the outputs
// of each example where the network is for inference, and one evaluation, all printed. It shows what a host does, and lets sanitizers watch the network.
//
//   cc -std=c11 -O2 -fno-unroll-loops -ffp-contract=fast -march=x86-64-v3 residual_main.c residual.c -lm -o residual
//
// usage: residual [STEPS] [EXAMPLES]
#include "residual.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Uniform between 0 and 1, from a linear congruential generator (Knuth, MMIX).
static double uniform(uint64_t *seed) {
  *seed = *seed * 6364136223846793005u + 1442695040888963407u;
  return (double)(*seed >> 11) / 9007199254740992.0;
}

static double normal(uint64_t *seed) {
  const double radius = sqrt(-2 * log(1 - uniform(seed)));
  return radius * cos(6.283185307179586 * uniform(seed));
}

static void *region(uint64_t size) {
  const uint64_t whole = (size + BNC_ALIGNMENT) / BNC_ALIGNMENT * BNC_ALIGNMENT;
  void *memory = aligned_alloc(BNC_ALIGNMENT, whole);
  if (!memory) {
    fprintf(stderr, "error: no memory for %llu bytes\n", (unsigned long long)whole);
    exit(1);
  }
  memset(memory, 0, whole);
  return memory;
}

static void store(void *at, uint32_t element_size, uint64_t index, double value) {
  if (element_size == sizeof(float)) ((float *)at)[index] = (float)value;
  else ((double *)at)[index] = value;
}

// Gives every parameter and statistic its first value, as the plugin's table says.
static void initialize(const bnc_plugin *plugin, const bnc_regions *regions, uint64_t *seed) {
  for (uint32_t t = 0; t < plugin->tensor_count; t++) {
    const bnc_tensor *tensor = &plugin->tensors[t];
    if (tensor->region == BNC_SCRATCH) continue;
    char *start = tensor->region == BNC_STATE ? regions->state : regions->parameters;
    uint64_t count = 1;
    for (int32_t d = 0; d < tensor->rank; d++) count *= (uint64_t)tensor->shape[d];
    for (uint64_t k = 0; k < count; k++) {
      double value = tensor->first;
      if (tensor->initializer == BNC_NORMAL) value += tensor->second * normal(seed);
      if (tensor->initializer == BNC_UNIFORM) value += (tensor->second - tensor->first) * uniform(seed);
      // Who infers loads statistics of a network that was trained; here any will do.
      if (tensor->role == BNC_SEEN && plugin->infer) value = 1;
      store(start + tensor->offset, plugin->element_size, k, value);
    }
  }
}

int main(int argument_count, char **arguments) {
  const bnc_plugin *plugin = BNC_SYMBOL();
  const int steps = argument_count > 1 ? atoi(arguments[1]) : 3;
  const int count = argument_count > 2 ? atoi(arguments[2]) : (int)plugin->batch;
  if (count < 1 || count > (int)plugin->batch) {
    fprintf(stderr, "error: EXAMPLES must be from 1 to %u, the batch\n", (unsigned)plugin->batch);
    return 1;
  }
  uint64_t inputs = 1, outputs = 1, seed = 1;
  for (int32_t d = 0; d < plugin->input_rank; d++) inputs *= (uint64_t)plugin->input_shape[d];
  for (int32_t d = 0; d < plugin->output_rank; d++) outputs *= (uint64_t)plugin->output_shape[d];
  const bnc_regions regions = {
      .parameters = region(plugin->parameters_size),
      .state = region(plugin->state_size),
      .scratch = region(plugin->scratch_size),
      .gradients = region(plugin->parameters_size),
      .prepared = region(plugin->prepared_size),
  };
  const uint64_t most = plugin->batch;
  uint8_t *input = region(most * inputs);
  void *target = region(most * (plugin->classes ? sizeof(int32_t) : plugin->target_elements * plugin->element_size));
  void *result_rows = region(most * outputs * plugin->element_size);
  initialize(plugin, &regions, &seed);
  // Each class lights other pixels, so that there is something to learn.
  for (uint64_t n = 0; n < most; n++) {
    const uint64_t label = plugin->classes ? n % plugin->classes : n % 2;
    for (uint64_t k = 0; k < inputs; k++)
      input[n * inputs + k] = (uint8_t)(uniform(&seed) * 64 + (k % 10 == label ? 128 : 0));
    if (plugin->classes) ((int32_t *)target)[n] = (int32_t)label;
    for (uint64_t k = 0; k < plugin->target_elements; k++)
      store(target, plugin->element_size, n * plugin->target_elements + k, (double)label);
  }
  const bnc_batch batch = {.input = input, .target = target, .input_type = BNC_UINT8, .count = count};
  bnc_result result = {0};
  if (plugin->infer) {
    int32_t status = plugin->prepare(&regions);
    for (int n = 0; n < count && status == BNC_OK; n++)
      status = plugin->infer(NULL, &regions, input + (uint64_t)n * inputs, BNC_UINT8,
                             (char *)result_rows + (uint64_t)n * outputs * plugin->element_size);
    if (status != BNC_OK) {
      fprintf(stderr, "error: inference returned status %d\n", (int)status);
      return 1;
    }
    printf("inferred %d examples\n", count);
  }
  for (int step = 0; step < steps && !plugin->infer; step++) {
    const int32_t status = plugin->train ? plugin->train(NULL, &regions, &batch, plugin->learning_rate, &result)
                                         : plugin->gradient(NULL, &regions, &batch, 1, NULL, &result);
    if (status != BNC_OK) {
      fprintf(stderr, "error: step %d returned status %d\n", step, (int)status);
      return 1;
    }
    printf("step %d: loss %.6f\n", step, result.loss / count);
  }
  const int32_t status = plugin->evaluate(NULL, &regions, &batch, result_rows, &result);
  if (status != BNC_OK) {
    fprintf(stderr, "error: evaluation returned status %d\n", (int)status);
    return 1;
  }
  printf("evaluation: loss %.6f\n", result.loss / count);
  free(regions.parameters), free(regions.state), free(regions.scratch), free(regions.gradients);
  free(regions.prepared);
  free(input), free(target), free(result_rows);
  return 0;
}
