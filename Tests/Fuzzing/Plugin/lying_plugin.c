// A plugin whose tables can be made to lie: `lie` starts them from the true ones and takes edits.
// In the image there is everything that a table points to.
#include <stddef.h>
#include <string.h>

#include "bnc_plugin.h"

typedef struct image {
  bnc_plugin plugin;
  bnc_value inputs[2], targets[1], outputs[1];
  bnc_measure losses[1], metrics[1];
  bnc_hyperparameter hyperparameters[2];
  bnc_plateau plateau;
  bnc_sound sound;
  bnc_tensor tensors[8];
  bnc_kernel kernels[2];
  bnc_whitening whitenings[1];
  bnc_view views[2][2];
  const char *layers[2];
  double listed[4];
  char names[160];
} image;

static image now;
// Texts that have no end: nothing in it is 0.
static char endless[1 << 16];

static int32_t train(const bnc_host *h, const bnc_regions *r, const bnc_batch *b, const bnc_step *s,
                     bnc_result *result) {
  (void)h, (void)r, (void)b, (void)s;
  result->loss = 1;
  result->not_finite_layer = -1;
  return BNC_OK;
}

static void schedule(uint64_t step, uint64_t steps, uint64_t epoch_steps, double *values) {
  (void)step, (void)steps, (void)epoch_steps, (void)values;
}

static int32_t evaluate(const bnc_host *h, const bnc_regions *r, const bnc_batch *b,
                        void *const *outputs, bnc_result *result) {
  (void)h, (void)r, (void)b, (void)outputs;
  result->loss = 1;
  result->not_finite_layer = -1;
  return BNC_OK;
}

static int32_t gradient(const bnc_host *h, const bnc_regions *r, const bnc_batch *b,
                        const bnc_step *s, int32_t training, void *const *outputs,
                        bnc_result *result) {
  (void)s, (void)training;
  return evaluate(h, r, b, outputs, result);
}

static const char *text(int *end, const char *words) {
  char *place = now.names + *end;
  strcpy(place, words);
  *end += (int)strlen(words) + 1;
  return place;
}

static void tell_the_truth(void) {
  memset(&now, 0, sizeof now);
  memset(endless, 'x', sizeof endless);
  int end = 0;
  const char *x = text(&end, "x"), *sound = text(&end, "s"), *loss = text(&end, "loss");
  now.inputs[0] = (bnc_value){x, 1 << BNC_UINT8 | 1 << BNC_REAL, 3, {2, 6, 6}, 0, 0, 1.0 / 255, 0, 1};
  now.inputs[1] = (bnc_value){sound, 1 << BNC_REAL, 2, {7, 4}, 0, 0, 1, .sound = &now.sound};
  now.targets[0] = (bnc_value){text(&end, "label"), 1 << BNC_INT32, 0, {0}, 3, 0, 1};
  now.outputs[0] = (bnc_value){text(&end, "y"), 1 << BNC_REAL, 1, {3}, 0, 0, 1};
  now.sound = (bnc_sound){8000, 64, 16, 8, 8, 4, 20, 4000, 0.5, 0.1};
  now.losses[0] = (bnc_measure){loss, 0, 0, 1, 0, 1};
  now.metrics[0] = (bnc_measure){text(&end, "accuracy"), 0, 0, 0, 0, 0};
  now.hyperparameters[0] = (bnc_hyperparameter){text(&end, "learning_rate"), 0.01};
  now.hyperparameters[1] = (bnc_hyperparameter){text(&end, "momentum"), 0.9};
  now.plateau = (bnc_plateau){loss, 0.1, 0.01, 0, 2, 0, 0, 0};
  const bnc_tensor all[8] = {
      {"a.gamma", BNC_GAMMA, BNC_PARAMETERS, 0, 0, 1, BNC_LISTED, {2}, 0, .values = now.listed},
      {"a.beta", BNC_BETA, BNC_PARAMETERS, 0, 0, 1, BNC_CONSTANT, {2}, 64},
      {"b.weight", BNC_WEIGHT, BNC_PARAMETERS, 1, 0, 4, BNC_DIRAC, {4, 2, 2, 2}, 128, 0.1},
      {"b.bias", BNC_BIAS, BNC_PARAMETERS, 1, 0, 2, BNC_ORTHOGONAL, {3, 2}, 256, 1},
      {"b.mean", BNC_RUNNING_MEAN, BNC_STATE, 1, 0, 1, BNC_TRUNCATED_NORMAL, {3}, 0, 1, 2},
      {"b.seen", BNC_SEEN, BNC_STATE, 1, 0, 1, BNC_NORMAL, {1}, 64, 0, 1},
      {"average.b.weight", BNC_AVERAGE, BNC_SLOTS, 1, 0, 4, BNC_UNIFORM, {4, 2, 2, 2}, 0, 0, 1},
      {"y.output", BNC_VALUE, BNC_SCRATCH, 1, 4, 1, BNC_NOTHING, {3}, 0},
  };
  memcpy(now.tensors, all, sizeof all);
  for (int i = 0; i < 8; i++) now.tensors[i].name = text(&end, all[i].name);
  now.kernels[0] = (bnc_kernel){text(&end, "k0"), 0, 0, 10, 20};
  now.kernels[1] = (bnc_kernel){text(&end, "k1"), 1, 0, 10, 20};
  now.whitenings[0] = (bnc_whitening){2, 0, 10, 1, 1, 0, 0.01};
  now.views[0][0] = now.views[0][1] = (bnc_view){.weight = 0.5};
  now.views[1][0] = now.views[1][1] = (bnc_view){.weight = 0.5, .flips_columns = 1, .right = 1};
  now.layers[0] = text(&end, "a");
  now.layers[1] = text(&end, "b");
  now.plugin = (bnc_plugin){
      .struct_size = sizeof(bnc_plugin), .abi_version = BNC_ABI_VERSION,
      .bnc_version = text(&end, "1"), .model_name = text(&end, "m"),
      .model_hash = text(&end, "f00"), .target = text(&end, "any"), .batch = 6, .lanes = 4,
      .element_size = 4, .epochs = 3, .inputs = now.inputs, .targets = now.targets,
      .outputs = now.outputs, .losses = now.losses, .metrics = now.metrics,
      .hyperparameters = now.hyperparameters, .plateau = &now.plateau,
      .optimizer_name = text(&end, "sgd"), .input_count = 2, .target_count = 1, .output_count = 1,
      .loss_count = 1, .metric_count = 1, .hyperparameter_count = 2, .parameters_size = 320,
      .state_size = 128, .scratch_size = 192, .slots_size = 128, .tensors = now.tensors,
      .layers = now.layers, .kernels = now.kernels, .tensor_count = 8, .layer_count = 2,
      .kernel_count = 2, .passes = 2, .train = train, .schedule = schedule, .evaluate = evaluate,
      .gradient = gradient, .whitenings = now.whitenings, .views = now.views[0],
      .whitening_count = 1, .view_count = 2,
  };
}

// Edits of 8 bytes, little-endian: where (2 bytes, of 4), what is written (2 bytes), the value (4).
// What is written: 0 to 3 a number of 1, 2, 4 or 8 bytes, 4 a double, 5 an address within the image or
// just past it, 6 one in a text without an end, 7 one that is far off.
void lie(const uint8_t *edits, size_t size);
void lie(const uint8_t *edits, size_t size) {
  tell_the_truth();
  for (size_t at = 0; at + 8 <= size; at += 8) {
    const uint8_t *e = edits + at;
    const size_t place = (size_t)(e[0] | e[1] << 8) * 4 % (sizeof now - 7);
    const int32_t value = (int32_t)(e[4] | e[5] << 8 | e[6] << 16 | (uint32_t)e[7] << 24);
    int64_t wide = value;
    size_t width = 8;
    switch (e[2] % 8) {
      case 0: width = 1; break;
      case 1: width = 2; break;
      case 2: width = 4; break;
      case 3: wide = (int64_t)((uint64_t)value << (e[3] % 64)); break;
      case 4: {
        double number = value;
        memcpy(&wide, &number, 8);
        break;
      }
      case 5: wide = (int64_t)(intptr_t)((char *)&now + value % (int32_t)(2 * sizeof now)); break;
      case 6: wide = (int64_t)(intptr_t)(endless + (uint32_t)value % sizeof endless); break;
      default: wide = (int64_t)((uint64_t)value << 12); break;
    }
    memcpy((char *)&now + place, &wide, width);
  }
}

// The truth about one image alone, for a training that goes on from checkpoints.
void be_plain(void);
void be_plain(void) {
  tell_the_truth();
  now.plugin.input_count = 1;
  now.plugin.whitening_count = now.plugin.view_count = 0;
}

const bnc_plugin *bnc_plugin_table(void) { return &now.plugin; }
