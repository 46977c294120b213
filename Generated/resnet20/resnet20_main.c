// A plain C program around resnet20.c: a few training steps on numbers that it makes up, or the
// outputs of each example where the network is for inference, and one evaluation, all printed. It
// shows what a host does, and lets sanitizers watch the network.
/*
   cc -std=c11 -O2 -fno-unroll-loops -ffp-contract=fast -march=x86-64-v3 resnet20_main.c \
      resnet20.c -lm -o resnet20
*/
// usage: resnet20 [STEPS] [EXAMPLES]
#include "resnet20.h"

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

// Numbers of one example of an input, a target or an output; of a class one.
static uint64_t count_of(const bnc_value *value) {
  uint64_t count = 1;
  for (int32_t d = 0; d < value->rank; d++) count *= (uint64_t)value->shape[d];
  return count;
}

// Gives every parameter, statistic and slot its first value, as the plugin's table says.
static void initialize(const bnc_plugin *plugin, const bnc_regions *regions, uint64_t *seed) {
  for (uint32_t t = 0; t < plugin->tensor_count; t++) {
    const bnc_tensor *tensor = &plugin->tensors[t];
    if (tensor->region == BNC_SCRATCH) continue;
    char *start = tensor->region == BNC_STATE   ? regions->state
                  : tensor->region == BNC_SLOTS ? regions->slots
                                                : regions->parameters;
    uint64_t count = 1;
    for (int32_t d = 0; d < tensor->rank; d++) count *= (uint64_t)tensor->shape[d];
    for (uint64_t k = 0; k < count; k++) {
      double value = tensor->first;
      if (tensor->initializer == BNC_NORMAL) value += tensor->second * normal(seed);
      if (tensor->initializer == BNC_UNIFORM)
        value += (tensor->second - tensor->first) * uniform(seed);
      // Of those that are more than numbers one by one any will do here.
      if (tensor->initializer >= BNC_TRUNCATED_NORMAL) value = 0.1 * normal(seed);
      if (tensor->initializer == BNC_LISTED) value = tensor->values[k];
      // Who does not train loads statistics of a network that was trained; here any will do.
      if (tensor->role == BNC_SEEN && plugin->prepare) value = 1;
      store(start + tensor->offset, plugin->element_size, k, value);
    }
  }
}

// The class that example `n` is taken to be of.
static uint64_t label_of(uint64_t n, uint32_t classes) { return classes ? n % classes : n % 2; }

// Inputs of `count` examples, `size` bytes each: each class lights other pixels, so that there is
// something to learn.
static void *made_up_input(uint64_t size, uint64_t count, uint32_t classes, uint64_t *seed) {
  uint8_t *input = region(count * size);
  for (uint64_t n = 0; n < count; n++)
    for (uint64_t k = 0; k < size; k++) {
      const uint64_t light = k % 10 == label_of(n, classes) ? 128 : 0;
      input[n * size + k] = (uint8_t)(uniform(seed) * 64 + (double)light);
    }
  return input;
}

// Targets of `count` examples.
static void *made_up_target(const bnc_value *target, uint64_t count, uint32_t element_size) {
  const uint64_t size = count_of(target);
  void *rows = region(count * size * (target->classes ? sizeof(int32_t) : element_size));
  for (uint64_t n = 0; n < count; n++)
    for (uint64_t k = 0; k < size; k++) {
      const uint64_t label = label_of(n, target->classes);
      if (target->classes) ((int32_t *)rows)[n * size + k] = (int32_t)label;
      else store(rows, element_size, n * size + k, (double)label);
    }
  return rows;
}

int main(int argument_count, char **arguments) {
  const bnc_plugin *plugin = BNC_SYMBOL();
  const int steps = argument_count > 1 ? atoi(arguments[1]) : 3;
  const int count = argument_count > 2 ? atoi(arguments[2]) : (int)plugin->batch;
  if (count < 1 || count > (int)plugin->batch) {
    fprintf(stderr, "error: EXAMPLES must be from 1 to %u, the batch\n", (unsigned)plugin->batch);
    return 1;
  }
  const uint32_t classes = plugin->targets[0].classes;
  uint64_t seed = 1;
  const bnc_regions regions = {
      .parameters = region(plugin->parameters_size),
      .state = region(plugin->state_size),
      .scratch = region(plugin->scratch_size),
      .gradients = region(plugin->parameters_size),
      .prepared = region(plugin->prepared_size),
      .slots = region(plugin->slots_size),
  };
  const uint64_t most = plugin->batch;
  initialize(plugin, &regions, &seed);
  void *input_rows[1], *target_rows[1], *output_rows[1];
  int32_t types[1];
  for (uint32_t v = 0; v < plugin->input_count; v++) {
    types[v] = BNC_UINT8;
    input_rows[v] = made_up_input(count_of(&plugin->inputs[v]), most, classes, &seed);
  }
  for (uint32_t v = 0; v < plugin->target_count; v++)
    target_rows[v] = made_up_target(&plugin->targets[v], most, plugin->element_size);
  for (uint32_t v = 0; v < plugin->output_count; v++)
    output_rows[v] = region(most * count_of(&plugin->outputs[v]) * plugin->element_size);
  const bnc_batch batch = {
      .inputs = (const void *const *)input_rows,
      .targets = (const void *const *)target_rows,
      .input_types = types,
      .count = count,
  };
  double *hyperparameters = region(plugin->hyperparameter_count * sizeof(double));
  bnc_result result = {0};
  if (plugin->infer) {
    int32_t status = plugin->prepare(&regions);
    for (int n = 0; n < count && status == BNC_OK; n++) {
      const void *one[1];
      void *made[1];
      for (uint32_t v = 0; v < plugin->input_count; v++)
        one[v] = (char *)input_rows[v] + (uint64_t)n * count_of(&plugin->inputs[v]);
      for (uint32_t v = 0; v < plugin->output_count; v++)
        made[v] = (char *)output_rows[v]
                  + (uint64_t)n * count_of(&plugin->outputs[v]) * plugin->element_size;
      status = plugin->infer(NULL, &regions, one, types, made);
    }
    if (status != BNC_OK) {
      fprintf(stderr, "error: inference returned status %d\n", (int)status);
      return 1;
    }
    printf("inferred %d examples\n", count);
  }
  for (int step = 0; step < steps && !plugin->prepare; step++) {
    for (uint32_t h = 0; h < plugin->hyperparameter_count; h++)
      hyperparameters[h] = plugin->hyperparameters[h].value;
    if (plugin->schedule)
      plugin->schedule((uint64_t)step + 1, (uint64_t)steps, 1, hyperparameters);
    const uint32_t passes = plugin->train && plugin->passes ? plugin->passes : 1;
    for (uint32_t pass = 0; pass < passes; pass++) {
      const bnc_step settings = {
          .step = (uint64_t)step + 1,
          .seed = 1,
          .hyperparameters = hyperparameters,
          .examples = (uint64_t)count * passes,
          .pass = pass,
          .passes = passes,
          .epoch = 0,
          .steps = 0,
      };
      const int32_t status =
          plugin->train ? plugin->train(NULL, &regions, &batch, &settings, &result)
                        : plugin->gradient(NULL, &regions, &batch, &settings, 1, NULL, &result);
      if (status != BNC_OK) {
        fprintf(stderr, "error: step %d returned status %d\n", step, (int)status);
        return 1;
      }
    }
    printf("step %d: loss %.6f\n", step, result.loss / count);
  }
  int32_t status = plugin->prepare ? plugin->prepare(&regions) : BNC_OK;
  if (status == BNC_OK)
    status = plugin->evaluate(NULL, &regions, &batch, output_rows, &result);
  if (status != BNC_OK) {
    fprintf(stderr, "error: evaluation returned status %d\n", (int)status);
    return 1;
  }
  printf("evaluation: loss %.6f\n", result.loss / count);
  free(regions.parameters), free(regions.state), free(regions.scratch), free(regions.gradients);
  free(regions.prepared), free(regions.slots), free(hyperparameters);
  for (uint32_t v = 0; v < plugin->input_count; v++) free(input_rows[v]);
  for (uint32_t v = 0; v < plugin->target_count; v++) free(target_rows[v]);
  for (uint32_t v = 0; v < plugin->output_count; v++) free(output_rows[v]);
  return 0;
}
