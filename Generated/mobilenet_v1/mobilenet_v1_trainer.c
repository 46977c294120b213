// mobilenet_v1_trainer.c: the training that mobilenet_v1_trainer.h declares, written by bnc
// 0.2.0-dev.
/*
   cc -std=c11 -O2 -fno-unroll-loops -ffp-contract=fast -march=x86-64-v3 main.c \
      mobilenet_v1_trainer.c mobilenet_v1.c -lm -o mobilenet_v1
*/
#include "mobilenet_v1_trainer.h"

#include <math.h>
#include <string.h>

// The first values have the same bits everywhere: no machine rounds once where another one rounds
// twice.
#if defined(__clang__)
#pragma clang fp contract(off)
#elif defined(__GNUC__)
#pragma GCC optimize("fp-contract=off")
#endif

typedef float real;

enum { BATCH = 32, PASSES = 1 };

// ---- Random numbers: xoshiro256**, seeded by SplitMix64 (Blackman and Vigna)

struct generator {
  uint64_t state[4];
  double spare;  // the second number of Marsaglia's polar method
  int has_spare;
};

enum { FIRST_VALUES = 1, ORDER = 2 };

static uint64_t split_mix(uint64_t *state) {
  uint64_t mixed = *state += 0x9E3779B97F4A7C15u;
  mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9u;
  mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBu;
  return mixed ^ mixed >> 31;
}

// Stream `index` of those for `purpose`.
static struct generator seeded(uint64_t seed, uint64_t purpose, uint64_t index) {
  struct generator g = {0};
  uint64_t mixer = seed;
  mixer = split_mix(&mixer) ^ purpose;
  mixer = split_mix(&mixer) ^ index;
  for (int k = 0; k < 4; k++) g.state[k] = split_mix(&mixer);
  return g;
}

static uint64_t rotated(uint64_t word, int count) { return word << count | word >> (64 - count); }

static uint64_t next(struct generator *g) {
  uint64_t *s = g->state;
  const uint64_t result = rotated(s[1] * 5, 7) * 9, shifted = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= shifted;
  s[3] = rotated(s[3], 45);
  return result;
}

// A whole number below `bound`, all as likely (Lemire): the upper word of a product of 96 bits.
static uint32_t below(struct generator *g, uint32_t bound) {
  for (;;) {
    const uint64_t word = next(g);
    const uint64_t low = (word & 0xFFFFFFFFu) * bound;
    const uint64_t high = (word >> 32) * bound + (low >> 32);
    // Of the 2^64 words a few at the low end would make some results more likely.
    if ((high << 32 | (low & 0xFFFFFFFFu)) >= (0 - (uint64_t)bound) % bound)
      return (uint32_t)(high >> 32);
  }
}

static double uniform(struct generator *g, double lower, double upper) {
  return lower + (upper - lower) * ((double)(next(g) >> 11) * 0x1p-53);
}

static double normal(struct generator *g) {
  if (g->has_spare) {
    g->has_spare = 0;
    return g->spare;
  }
  for (;;) {
    const double x = uniform(g, -1, 1), y = uniform(g, -1, 1), square = x * x + y * y;
    if (square >= 1 || square == 0) continue;
    const double factor = sqrt(-2 * log(square) / square);
    g->spare = y * factor;
    g->has_spare = 1;
    return x * factor;
  }
}

// ---- Tensors

static uint64_t count_of(const bnc_tensor *tensor) {
  uint64_t count = 1;
  for (int d = 0; d < tensor->rank; d++) count *= (uint64_t)tensor->shape[d];
  return count;
}

static bnc_regions regions_of(struct mobilenet_v1_arena *arena) {
  return (bnc_regions){
      .parameters = arena->parameters,
      .state = arena->state,
      .slots = arena->slots,
      .scratch = arena->scratch,
  };
}

// Where a tensor that lasts begins; null of one in scratch.
static real *numbers_of(const bnc_tensor *tensor, struct mobilenet_v1_arena *arena) {
  switch (tensor->region) {
    case BNC_PARAMETERS: return (real *)(void *)(arena->parameters + tensor->offset);
    case BNC_STATE: return (real *)(void *)(arena->state + tensor->offset);
    case BNC_SLOTS: return (real *)(void *)(arena->slots + tensor->offset);
    default: return NULL;
  }
}

static int is_saved(const bnc_tensor *tensor) {
  return tensor->region == BNC_PARAMETERS || tensor->region == BNC_STATE;
}

// Tensor `index` of the table gets its first values: each has a stream of random numbers of its
// own.
static void set_first_values(struct mobilenet_v1_arena *arena, uint32_t index, uint64_t seed) {
  const bnc_tensor *tensor = &BNC_SYMBOL()->tensors[index];
  real *out = numbers_of(tensor, arena);
  if (!out) return;
  const uint64_t count = count_of(tensor);
  const double first = tensor->first, second = tensor->second;
  struct generator g = seeded(seed, FIRST_VALUES, index);
  switch (tensor->initializer) {
    case BNC_NORMAL:
      for (uint64_t k = 0; k < count; k++) out[k] = (real)(first + second * normal(&g));
      return;
    case BNC_UNIFORM:
      for (uint64_t k = 0; k < count; k++) out[k] = (real)uniform(&g, first, second);
      return;
    default:
      for (uint64_t k = 0; k < count; k++) out[k] = (real)first;
  }
}

void mobilenet_v1_begin(struct mobilenet_v1_trainer *t, struct mobilenet_v1_arena *arena,
    uint64_t seed) {
  const bnc_plugin *plugin = BNC_SYMBOL();
  *t = (struct mobilenet_v1_trainer){.arena = arena, .seed = seed, .epochs = plugin->epochs};
  t->not_finite_layer = -1;
  for (uint32_t h = 0; h < plugin->hyperparameter_count; h++)
    if (!strcmp(plugin->hyperparameters[h].name, "learning_rate"))
      t->learning_rate = plugin->hyperparameters[h].value;
  memset(arena, 0, sizeof *arena);
  for (uint32_t k = 0; k < plugin->tensor_count; k++) set_first_values(arena, k, seed);
}

// ---- Steps

// Brings `count` examples, from place `first` of the order on, into the arena.
static int32_t fetch(struct mobilenet_v1_arena *arena, const struct mobilenet_v1_data *data,
    const uint32_t *order, uint32_t first, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    const int32_t status = data->read(data->context, order ? order[first + i] : first + i,
        arena->in_image + i * 27648, arena->to_person + i * 1);
    if (status) return status;
  }
  return BNC_OK;
}

// What is handed to the network: the examples in the arena.
struct handed {
  const void *inputs[1], *targets[1];
  int32_t types[1];
  bnc_batch batch;
};

static const bnc_batch *hand(struct handed *h, struct mobilenet_v1_arena *arena, uint32_t count) {
  *h = (struct handed){
      .inputs = { arena->in_image, },
      .targets = { arena->to_person, },
      .types = { BNC_UINT8, },
      .batch = {.count = (int32_t)count},
  };
  h->batch.inputs = h->inputs;
  h->batch.targets = h->targets;
  h->batch.input_types = h->types;
  return &h->batch;
}

// The order of an epoch (Fisher and Yates).
static void shuffle(uint32_t *order, uint32_t count, uint64_t seed, uint64_t epoch) {
  struct generator g = seeded(seed, ORDER, epoch);
  for (uint32_t k = 0; k < count; k++) order[k] = k;
  for (uint32_t k = count; k-- > 1;) {
    const uint32_t other = below(&g, k + 1), row = order[k];
    order[k] = order[other];
    order[other] = row;
  }
}

// One pass of a step, `pass` of `passes`, over `count` of its `examples`.
static int32_t train(struct mobilenet_v1_trainer *t, uint64_t epoch_steps, uint32_t count,
    uint32_t examples, uint32_t pass, uint32_t passes) {
  const bnc_plugin *plugin = BNC_SYMBOL();
  const uint64_t steps = epoch_steps * t->epochs;
  double hyperparameters[4];
  for (uint32_t h = 0; h < plugin->hyperparameter_count; h++)
    hyperparameters[h] = strcmp(plugin->hyperparameters[h].name, "learning_rate")
                             ? plugin->hyperparameters[h].value
                             : t->learning_rate;
  if (plugin->schedule) plugin->schedule(t->step + 1, steps, epoch_steps, hyperparameters);
  const bnc_step step = {
      .step = t->step + 1,
      .seed = t->seed,
      .hyperparameters = hyperparameters,
      .examples = examples,
      .pass = pass,
      .passes = passes,
      // An example is drawn for by its place in the arena: so that it is another draw each time.
      .epoch = t->step,
      .steps = steps,
  };
  struct handed h;
  const bnc_regions regions = regions_of(t->arena);
  bnc_result result = {0};
  const int32_t status =
      plugin->train(t->host, &regions, hand(&h, t->arena, count), &step, &result);
  if (status == BNC_OK) t->loss += result.loss;
  if (status == BNC_NOT_FINITE) t->not_finite_layer = result.not_finite_layer;
  return status;
}

int32_t mobilenet_v1_step(struct mobilenet_v1_trainer *t, const struct mobilenet_v1_data *data,
    uint32_t *order) {
  const uint32_t most = (uint32_t)BATCH * PASSES;
  const uint64_t epoch_steps = ((uint64_t)data->count + most - 1) / most;
  if (data->count == 0 || t->epoch_step >= epoch_steps) return BNC_BAD_ARGUMENT;
  if (order && !t->is_ordered) shuffle(order, data->count, t->seed, t->epoch);
  t->is_ordered = 1;
  const uint32_t start = t->epoch_step * most, left = data->count - start;
  const uint32_t examples = left < most ? left : most, passes = (examples + BATCH - 1) / BATCH;
  if (t->epoch_step == 0) t->loss = 0;
  for (uint32_t pass = 0; pass < passes; pass++) {
    const uint32_t rest = examples - pass * BATCH, count = rest < BATCH ? rest : BATCH;
    int32_t status = fetch(t->arena, data, order, start + pass * BATCH, count);
    if (!status) status = train(t, epoch_steps, count, examples, pass, passes);
    if (status) return status;
  }
  t->step++;
  if (++t->epoch_step == epoch_steps) {
    t->epoch++;
    t->epoch_step = 0;
    t->is_ordered = 0;
  }
  return BNC_OK;
}

int32_t mobilenet_v1_epoch(struct mobilenet_v1_trainer *t, const struct mobilenet_v1_data *data,
    uint32_t *order, double *loss) {
  for (const uint32_t epoch = t->epoch; t->epoch == epoch;) {
    const int32_t status = mobilenet_v1_step(t, data, order);
    if (status) return status;
  }
  if (loss) *loss = t->loss / data->count;
  return BNC_OK;
}

// ---- Evaluation

// How many of `count` examples are taken for what they are.
static uint32_t count_right(const struct mobilenet_v1_arena *arena, uint32_t count) {
  uint32_t right = 0;
  for (uint32_t i = 0; i < count; i++) {
    const real *y = arena->out_logits + i * 2;
    int32_t best = 0;
    for (int32_t k = 1; k < 2; k++)
      if (y[k] > y[best]) best = k;
    if (best == arena->to_person[i]) right++;
  }
  return right;
}

static int32_t evaluate(struct mobilenet_v1_trainer *t, const struct mobilenet_v1_data *data,
    double *loss, uint32_t *right) {
  const bnc_plugin *plugin = BNC_SYMBOL();
  const bnc_regions regions = regions_of(t->arena);
  void *outputs[] = { t->arena->out_logits, };
  double sum = 0;
  for (uint32_t left = data->count, count; left > 0; left -= count) {
    count = left < BATCH ? left : BATCH;
    struct handed h;
    bnc_result result = {0};
    int32_t status = fetch(t->arena, data, NULL, data->count - left, count);
    if (!status)
      status = plugin->evaluate(t->host, &regions, hand(&h, t->arena, count), outputs, &result);
    if (status) return status;
    sum += result.loss;
    *right += count_right(t->arena, count);
  }
  *loss = sum / data->count;
  return BNC_OK;
}

int32_t mobilenet_v1_evaluate(struct mobilenet_v1_trainer *t, const struct mobilenet_v1_data *data,
    double *loss, uint32_t *right) {
  if (data->count == 0) return BNC_BAD_ARGUMENT;
  *right = 0;
  return evaluate(t, data, loss, right);
}

// ---- Files

// What a file of weights begins with (safetensors): names, types, shapes and places of what
// follows.
static const char *const header[] = {
    "{\"__metadata__\":{\"bnc.model\":\"mobilenet_v1\"},",
    "\"batchnorm1.beta\":{\"data_offsets\":[928,960],\"dtype\":\"F32\",\"shape\":[8]},",
    "\"batchnorm1.gamma\":{\"data_offsets\":[896,928],\"dtype\":\"F32\",\"shape\":[8]},",
    "\"batchnorm1.running_mean\":{\"data_offsets\":[960,992],\"dtype\":\"F32\",\"shape\":[8]},",
    "\"batchnorm1.running_variance\":{\"data_offsets\":[992,1024],\"dtype\":\"F32\",\"shape\":",
    "[8]},",
    "\"conv1.bias\":{\"data_offsets\":[864,896],\"dtype\":\"F32\",\"shape\":[8]},",
    "\"conv1.weight\":{\"data_offsets\":[0,864],\"dtype\":\"F32\",\"shape\":[8,3,3,3]},",
    "\"dense1.bias\":{\"data_offsets\":[887168,887176],\"dtype\":\"F32\",\"shape\":[2]},",
    "\"dense1.weight\":{\"data_offsets\":[885120,887168],\"dtype\":\"F32\",\"shape\":[2,256]},",
    "\"middle1_separable1_batchnorm1.beta\":{\"data_offsets\":[89472,89984],\"dtype\":\"F32\",",
    "\"shape\":[128]},",
    "\"middle1_separable1_batchnorm1.gamma\":{\"data_offsets\":[88960,89472],\"dtype\":\"F32\"",
    ",\"shape\":[128]},",
    "\"middle1_separable1_batchnorm1.running_mean\":{\"data_offsets\":[89984,90496],\"dtype\":",
    "\"F32\",\"shape\":[128]},",
    "\"middle1_separable1_batchnorm1.running_variance\":{\"data_offsets\":[90496,91008],\"dtyp",
    "e\":\"F32\",\"shape\":[128]},",
    "\"middle1_separable1_batchnorm2.beta\":{\"data_offsets\":[157568,158080],\"dtype\":\"F32\"",
    ",\"shape\":[128]},",
    "\"middle1_separable1_batchnorm2.gamma\":{\"data_offsets\":[157056,157568],\"dtype\":\"F32",
    "\",\"shape\":[128]},",
    "\"middle1_separable1_batchnorm2.running_mean\":{\"data_offsets\":[158080,158592],\"dtype\"",
    ":\"F32\",\"shape\":[128]},",
    "\"middle1_separable1_batchnorm2.running_variance\":{\"data_offsets\":[158592,159104],\"dt",
    "ype\":\"F32\",\"shape\":[128]},",
    "\"middle1_separable1_conv1.bias\":{\"data_offsets\":[88448,88960],\"dtype\":\"F32\",\"sha",
    "pe\":[128]},",
    "\"middle1_separable1_conv1.weight\":{\"data_offsets\":[83840,88448],\"dtype\":\"F32\",\"s",
    "hape\":[128,1,3,3]},",
    "\"middle1_separable1_conv2.bias\":{\"data_offsets\":[156544,157056],\"dtype\":\"F32\",\"s",
    "hape\":[128]},",
    "\"middle1_separable1_conv2.weight\":{\"data_offsets\":[91008,156544],\"dtype\":\"F32\",\"",
    "shape\":[128,128,1,1]},",
    "\"middle2_separable1_batchnorm1.beta\":{\"data_offsets\":[164736,165248],\"dtype\":\"F32\"",
    ",\"shape\":[128]},",
    "\"middle2_separable1_batchnorm1.gamma\":{\"data_offsets\":[164224,164736],\"dtype\":\"F32",
    "\",\"shape\":[128]},",
    "\"middle2_separable1_batchnorm1.running_mean\":{\"data_offsets\":[165248,165760],\"dtype\"",
    ":\"F32\",\"shape\":[128]},",
    "\"middle2_separable1_batchnorm1.running_variance\":{\"data_offsets\":[165760,166272],\"dt",
    "ype\":\"F32\",\"shape\":[128]},",
    "\"middle2_separable1_batchnorm2.beta\":{\"data_offsets\":[232832,233344],\"dtype\":\"F32\"",
    ",\"shape\":[128]},",
    "\"middle2_separable1_batchnorm2.gamma\":{\"data_offsets\":[232320,232832],\"dtype\":\"F32",
    "\",\"shape\":[128]},",
    "\"middle2_separable1_batchnorm2.running_mean\":{\"data_offsets\":[233344,233856],\"dtype\"",
    ":\"F32\",\"shape\":[128]},",
    "\"middle2_separable1_batchnorm2.running_variance\":{\"data_offsets\":[233856,234368],\"dt",
    "ype\":\"F32\",\"shape\":[128]},",
    "\"middle2_separable1_conv1.bias\":{\"data_offsets\":[163712,164224],\"dtype\":\"F32\",\"s",
    "hape\":[128]},",
    "\"middle2_separable1_conv1.weight\":{\"data_offsets\":[159104,163712],\"dtype\":\"F32\",\"",
    "shape\":[128,1,3,3]},",
    "\"middle2_separable1_conv2.bias\":{\"data_offsets\":[231808,232320],\"dtype\":\"F32\",\"s",
    "hape\":[128]},",
    "\"middle2_separable1_conv2.weight\":{\"data_offsets\":[166272,231808],\"dtype\":\"F32\",\"",
    "shape\":[128,128,1,1]},",
    "\"middle3_separable1_batchnorm1.beta\":{\"data_offsets\":[240000,240512],\"dtype\":\"F32\"",
    ",\"shape\":[128]},",
    "\"middle3_separable1_batchnorm1.gamma\":{\"data_offsets\":[239488,240000],\"dtype\":\"F32",
    "\",\"shape\":[128]},",
    "\"middle3_separable1_batchnorm1.running_mean\":{\"data_offsets\":[240512,241024],\"dtype\"",
    ":\"F32\",\"shape\":[128]},",
    "\"middle3_separable1_batchnorm1.running_variance\":{\"data_offsets\":[241024,241536],\"dt",
    "ype\":\"F32\",\"shape\":[128]},",
    "\"middle3_separable1_batchnorm2.beta\":{\"data_offsets\":[308096,308608],\"dtype\":\"F32\"",
    ",\"shape\":[128]},",
    "\"middle3_separable1_batchnorm2.gamma\":{\"data_offsets\":[307584,308096],\"dtype\":\"F32",
    "\",\"shape\":[128]},",
    "\"middle3_separable1_batchnorm2.running_mean\":{\"data_offsets\":[308608,309120],\"dtype\"",
    ":\"F32\",\"shape\":[128]},",
    "\"middle3_separable1_batchnorm2.running_variance\":{\"data_offsets\":[309120,309632],\"dt",
    "ype\":\"F32\",\"shape\":[128]},",
    "\"middle3_separable1_conv1.bias\":{\"data_offsets\":[238976,239488],\"dtype\":\"F32\",\"s",
    "hape\":[128]},",
    "\"middle3_separable1_conv1.weight\":{\"data_offsets\":[234368,238976],\"dtype\":\"F32\",\"",
    "shape\":[128,1,3,3]},",
    "\"middle3_separable1_conv2.bias\":{\"data_offsets\":[307072,307584],\"dtype\":\"F32\",\"s",
    "hape\":[128]},",
    "\"middle3_separable1_conv2.weight\":{\"data_offsets\":[241536,307072],\"dtype\":\"F32\",\"",
    "shape\":[128,128,1,1]},",
    "\"middle4_separable1_batchnorm1.beta\":{\"data_offsets\":[315264,315776],\"dtype\":\"F32\"",
    ",\"shape\":[128]},",
    "\"middle4_separable1_batchnorm1.gamma\":{\"data_offsets\":[314752,315264],\"dtype\":\"F32",
    "\",\"shape\":[128]},",
    "\"middle4_separable1_batchnorm1.running_mean\":{\"data_offsets\":[315776,316288],\"dtype\"",
    ":\"F32\",\"shape\":[128]},",
    "\"middle4_separable1_batchnorm1.running_variance\":{\"data_offsets\":[316288,316800],\"dt",
    "ype\":\"F32\",\"shape\":[128]},",
    "\"middle4_separable1_batchnorm2.beta\":{\"data_offsets\":[383360,383872],\"dtype\":\"F32\"",
    ",\"shape\":[128]},",
    "\"middle4_separable1_batchnorm2.gamma\":{\"data_offsets\":[382848,383360],\"dtype\":\"F32",
    "\",\"shape\":[128]},",
    "\"middle4_separable1_batchnorm2.running_mean\":{\"data_offsets\":[383872,384384],\"dtype\"",
    ":\"F32\",\"shape\":[128]},",
    "\"middle4_separable1_batchnorm2.running_variance\":{\"data_offsets\":[384384,384896],\"dt",
    "ype\":\"F32\",\"shape\":[128]},",
    "\"middle4_separable1_conv1.bias\":{\"data_offsets\":[314240,314752],\"dtype\":\"F32\",\"s",
    "hape\":[128]},",
    "\"middle4_separable1_conv1.weight\":{\"data_offsets\":[309632,314240],\"dtype\":\"F32\",\"",
    "shape\":[128,1,3,3]},",
    "\"middle4_separable1_conv2.bias\":{\"data_offsets\":[382336,382848],\"dtype\":\"F32\",\"s",
    "hape\":[128]},",
    "\"middle4_separable1_conv2.weight\":{\"data_offsets\":[316800,382336],\"dtype\":\"F32\",\"",
    "shape\":[128,128,1,1]},",
    "\"middle5_separable1_batchnorm1.beta\":{\"data_offsets\":[390528,391040],\"dtype\":\"F32\"",
    ",\"shape\":[128]},",
    "\"middle5_separable1_batchnorm1.gamma\":{\"data_offsets\":[390016,390528],\"dtype\":\"F32",
    "\",\"shape\":[128]},",
    "\"middle5_separable1_batchnorm1.running_mean\":{\"data_offsets\":[391040,391552],\"dtype\"",
    ":\"F32\",\"shape\":[128]},",
    "\"middle5_separable1_batchnorm1.running_variance\":{\"data_offsets\":[391552,392064],\"dt",
    "ype\":\"F32\",\"shape\":[128]},",
    "\"middle5_separable1_batchnorm2.beta\":{\"data_offsets\":[458624,459136],\"dtype\":\"F32\"",
    ",\"shape\":[128]},",
    "\"middle5_separable1_batchnorm2.gamma\":{\"data_offsets\":[458112,458624],\"dtype\":\"F32",
    "\",\"shape\":[128]},",
    "\"middle5_separable1_batchnorm2.running_mean\":{\"data_offsets\":[459136,459648],\"dtype\"",
    ":\"F32\",\"shape\":[128]},",
    "\"middle5_separable1_batchnorm2.running_variance\":{\"data_offsets\":[459648,460160],\"dt",
    "ype\":\"F32\",\"shape\":[128]},",
    "\"middle5_separable1_conv1.bias\":{\"data_offsets\":[389504,390016],\"dtype\":\"F32\",\"s",
    "hape\":[128]},",
    "\"middle5_separable1_conv1.weight\":{\"data_offsets\":[384896,389504],\"dtype\":\"F32\",\"",
    "shape\":[128,1,3,3]},",
    "\"middle5_separable1_conv2.bias\":{\"data_offsets\":[457600,458112],\"dtype\":\"F32\",\"s",
    "hape\":[128]},",
    "\"middle5_separable1_conv2.weight\":{\"data_offsets\":[392064,457600],\"dtype\":\"F32\",\"",
    "shape\":[128,128,1,1]},",
    "\"separable1_batchnorm1.beta\":{\"data_offsets\":[1376,1408],\"dtype\":\"F32\",\"shape\":",
    "[8]},",
    "\"separable1_batchnorm1.gamma\":{\"data_offsets\":[1344,1376],\"dtype\":\"F32\",\"shape\"",
    ":[8]},",
    "\"separable1_batchnorm1.running_mean\":{\"data_offsets\":[1408,1440],\"dtype\":\"F32\",\"",
    "shape\":[8]},",
    "\"separable1_batchnorm1.running_variance\":{\"data_offsets\":[1440,1472],\"dtype\":\"F32\"",
    ",\"shape\":[8]},",
    "\"separable1_batchnorm2.beta\":{\"data_offsets\":[2112,2176],\"dtype\":\"F32\",\"shape\":",
    "[16]},",
    "\"separable1_batchnorm2.gamma\":{\"data_offsets\":[2048,2112],\"dtype\":\"F32\",\"shape\"",
    ":[16]},",
    "\"separable1_batchnorm2.running_mean\":{\"data_offsets\":[2176,2240],\"dtype\":\"F32\",\"",
    "shape\":[16]},",
    "\"separable1_batchnorm2.running_variance\":{\"data_offsets\":[2240,2304],\"dtype\":\"F32\"",
    ",\"shape\":[16]},",
    "\"separable1_conv1.bias\":{\"data_offsets\":[1312,1344],\"dtype\":\"F32\",\"shape\":[8]},",
    "\"separable1_conv1.weight\":{\"data_offsets\":[1024,1312],\"dtype\":\"F32\",\"shape\":[8,",
    "1,3,3]},",
    "\"separable1_conv2.bias\":{\"data_offsets\":[1984,2048],\"dtype\":\"F32\",\"shape\":[16]}",
    ",",
    "\"separable1_conv2.weight\":{\"data_offsets\":[1472,1984],\"dtype\":\"F32\",\"shape\":[16",
    ",8,1,1]},",
    "\"separable2_batchnorm1.beta\":{\"data_offsets\":[3008,3072],\"dtype\":\"F32\",\"shape\":",
    "[16]},",
    "\"separable2_batchnorm1.gamma\":{\"data_offsets\":[2944,3008],\"dtype\":\"F32\",\"shape\"",
    ":[16]},",
    "\"separable2_batchnorm1.running_mean\":{\"data_offsets\":[3072,3136],\"dtype\":\"F32\",\"",
    "shape\":[16]},",
    "\"separable2_batchnorm1.running_variance\":{\"data_offsets\":[3136,3200],\"dtype\":\"F32\"",
    ",\"shape\":[16]},",
    "\"separable2_batchnorm2.beta\":{\"data_offsets\":[5504,5632],\"dtype\":\"F32\",\"shape\":",
    "[32]},",
    "\"separable2_batchnorm2.gamma\":{\"data_offsets\":[5376,5504],\"dtype\":\"F32\",\"shape\"",
    ":[32]},",
    "\"separable2_batchnorm2.running_mean\":{\"data_offsets\":[5632,5760],\"dtype\":\"F32\",\"",
    "shape\":[32]},",
    "\"separable2_batchnorm2.running_variance\":{\"data_offsets\":[5760,5888],\"dtype\":\"F32\"",
    ",\"shape\":[32]},",
    "\"separable2_conv1.bias\":{\"data_offsets\":[2880,2944],\"dtype\":\"F32\",\"shape\":[16]}",
    ",",
    "\"separable2_conv1.weight\":{\"data_offsets\":[2304,2880],\"dtype\":\"F32\",\"shape\":[16",
    ",1,3,3]},",
    "\"separable2_conv2.bias\":{\"data_offsets\":[5248,5376],\"dtype\":\"F32\",\"shape\":[32]}",
    ",",
    "\"separable2_conv2.weight\":{\"data_offsets\":[3200,5248],\"dtype\":\"F32\",\"shape\":[32",
    ",16,1,1]},",
    "\"separable3_batchnorm1.beta\":{\"data_offsets\":[7296,7424],\"dtype\":\"F32\",\"shape\":",
    "[32]},",
    "\"separable3_batchnorm1.gamma\":{\"data_offsets\":[7168,7296],\"dtype\":\"F32\",\"shape\"",
    ":[32]},",
    "\"separable3_batchnorm1.running_mean\":{\"data_offsets\":[7424,7552],\"dtype\":\"F32\",\"",
    "shape\":[32]},",
    "\"separable3_batchnorm1.running_variance\":{\"data_offsets\":[7552,7680],\"dtype\":\"F32\"",
    ",\"shape\":[32]},",
    "\"separable3_batchnorm2.beta\":{\"data_offsets\":[12032,12160],\"dtype\":\"F32\",\"shape\"",
    ":[32]},",
    "\"separable3_batchnorm2.gamma\":{\"data_offsets\":[11904,12032],\"dtype\":\"F32\",\"shape",
    "\":[32]},",
    "\"separable3_batchnorm2.running_mean\":{\"data_offsets\":[12160,12288],\"dtype\":\"F32\",",
    "\"shape\":[32]},",
    "\"separable3_batchnorm2.running_variance\":{\"data_offsets\":[12288,12416],\"dtype\":\"F3",
    "2\",\"shape\":[32]},",
    "\"separable3_conv1.bias\":{\"data_offsets\":[7040,7168],\"dtype\":\"F32\",\"shape\":[32]}",
    ",",
    "\"separable3_conv1.weight\":{\"data_offsets\":[5888,7040],\"dtype\":\"F32\",\"shape\":[32",
    ",1,3,3]},",
    "\"separable3_conv2.bias\":{\"data_offsets\":[11776,11904],\"dtype\":\"F32\",\"shape\":[32",
    "]},",
    "\"separable3_conv2.weight\":{\"data_offsets\":[7680,11776],\"dtype\":\"F32\",\"shape\":[3",
    "2,32,1,1]},",
    "\"separable4_batchnorm1.beta\":{\"data_offsets\":[13824,13952],\"dtype\":\"F32\",\"shape\"",
    ":[32]},",
    "\"separable4_batchnorm1.gamma\":{\"data_offsets\":[13696,13824],\"dtype\":\"F32\",\"shape",
    "\":[32]},",
    "\"separable4_batchnorm1.running_mean\":{\"data_offsets\":[13952,14080],\"dtype\":\"F32\",",
    "\"shape\":[32]},",
    "\"separable4_batchnorm1.running_variance\":{\"data_offsets\":[14080,14208],\"dtype\":\"F3",
    "2\",\"shape\":[32]},",
    "\"separable4_batchnorm2.beta\":{\"data_offsets\":[22912,23168],\"dtype\":\"F32\",\"shape\"",
    ":[64]},",
    "\"separable4_batchnorm2.gamma\":{\"data_offsets\":[22656,22912],\"dtype\":\"F32\",\"shape",
    "\":[64]},",
    "\"separable4_batchnorm2.running_mean\":{\"data_offsets\":[23168,23424],\"dtype\":\"F32\",",
    "\"shape\":[64]},",
    "\"separable4_batchnorm2.running_variance\":{\"data_offsets\":[23424,23680],\"dtype\":\"F3",
    "2\",\"shape\":[64]},",
    "\"separable4_conv1.bias\":{\"data_offsets\":[13568,13696],\"dtype\":\"F32\",\"shape\":[32",
    "]},",
    "\"separable4_conv1.weight\":{\"data_offsets\":[12416,13568],\"dtype\":\"F32\",\"shape\":[",
    "32,1,3,3]},",
    "\"separable4_conv2.bias\":{\"data_offsets\":[22400,22656],\"dtype\":\"F32\",\"shape\":[64",
    "]},",
    "\"separable4_conv2.weight\":{\"data_offsets\":[14208,22400],\"dtype\":\"F32\",\"shape\":[",
    "64,32,1,1]},",
    "\"separable5_batchnorm1.beta\":{\"data_offsets\":[26496,26752],\"dtype\":\"F32\",\"shape\"",
    ":[64]},",
    "\"separable5_batchnorm1.gamma\":{\"data_offsets\":[26240,26496],\"dtype\":\"F32\",\"shape",
    "\":[64]},",
    "\"separable5_batchnorm1.running_mean\":{\"data_offsets\":[26752,27008],\"dtype\":\"F32\",",
    "\"shape\":[64]},",
    "\"separable5_batchnorm1.running_variance\":{\"data_offsets\":[27008,27264],\"dtype\":\"F3",
    "2\",\"shape\":[64]},",
    "\"separable5_batchnorm2.beta\":{\"data_offsets\":[44160,44416],\"dtype\":\"F32\",\"shape\"",
    ":[64]},",
    "\"separable5_batchnorm2.gamma\":{\"data_offsets\":[43904,44160],\"dtype\":\"F32\",\"shape",
    "\":[64]},",
    "\"separable5_batchnorm2.running_mean\":{\"data_offsets\":[44416,44672],\"dtype\":\"F32\",",
    "\"shape\":[64]},",
    "\"separable5_batchnorm2.running_variance\":{\"data_offsets\":[44672,44928],\"dtype\":\"F3",
    "2\",\"shape\":[64]},",
    "\"separable5_conv1.bias\":{\"data_offsets\":[25984,26240],\"dtype\":\"F32\",\"shape\":[64",
    "]},",
    "\"separable5_conv1.weight\":{\"data_offsets\":[23680,25984],\"dtype\":\"F32\",\"shape\":[",
    "64,1,3,3]},",
    "\"separable5_conv2.bias\":{\"data_offsets\":[43648,43904],\"dtype\":\"F32\",\"shape\":[64",
    "]},",
    "\"separable5_conv2.weight\":{\"data_offsets\":[27264,43648],\"dtype\":\"F32\",\"shape\":[",
    "64,64,1,1]},",
    "\"separable6_batchnorm1.beta\":{\"data_offsets\":[47744,48000],\"dtype\":\"F32\",\"shape\"",
    ":[64]},",
    "\"separable6_batchnorm1.gamma\":{\"data_offsets\":[47488,47744],\"dtype\":\"F32\",\"shape",
    "\":[64]},",
    "\"separable6_batchnorm1.running_mean\":{\"data_offsets\":[48000,48256],\"dtype\":\"F32\",",
    "\"shape\":[64]},",
    "\"separable6_batchnorm1.running_variance\":{\"data_offsets\":[48256,48512],\"dtype\":\"F3",
    "2\",\"shape\":[64]},",
    "\"separable6_batchnorm2.beta\":{\"data_offsets\":[82304,82816],\"dtype\":\"F32\",\"shape\"",
    ":[128]},",
    "\"separable6_batchnorm2.gamma\":{\"data_offsets\":[81792,82304],\"dtype\":\"F32\",\"shape",
    "\":[128]},",
    "\"separable6_batchnorm2.running_mean\":{\"data_offsets\":[82816,83328],\"dtype\":\"F32\",",
    "\"shape\":[128]},",
    "\"separable6_batchnorm2.running_variance\":{\"data_offsets\":[83328,83840],\"dtype\":\"F3",
    "2\",\"shape\":[128]},",
    "\"separable6_conv1.bias\":{\"data_offsets\":[47232,47488],\"dtype\":\"F32\",\"shape\":[64",
    "]},",
    "\"separable6_conv1.weight\":{\"data_offsets\":[44928,47232],\"dtype\":\"F32\",\"shape\":[",
    "64,1,3,3]},",
    "\"separable6_conv2.bias\":{\"data_offsets\":[81280,81792],\"dtype\":\"F32\",\"shape\":[12",
    "8]},",
    "\"separable6_conv2.weight\":{\"data_offsets\":[48512,81280],\"dtype\":\"F32\",\"shape\":[",
    "128,64,1,1]},",
    "\"separable7_batchnorm1.beta\":{\"data_offsets\":[465792,466304],\"dtype\":\"F32\",\"shap",
    "e\":[128]},",
    "\"separable7_batchnorm1.gamma\":{\"data_offsets\":[465280,465792],\"dtype\":\"F32\",\"sha",
    "pe\":[128]},",
    "\"separable7_batchnorm1.running_mean\":{\"data_offsets\":[466304,466816],\"dtype\":\"F32\"",
    ",\"shape\":[128]},",
    "\"separable7_batchnorm1.running_variance\":{\"data_offsets\":[466816,467328],\"dtype\":\"",
    "F32\",\"shape\":[128]},",
    "\"separable7_batchnorm2.beta\":{\"data_offsets\":[600448,601472],\"dtype\":\"F32\",\"shap",
    "e\":[256]},",
    "\"separable7_batchnorm2.gamma\":{\"data_offsets\":[599424,600448],\"dtype\":\"F32\",\"sha",
    "pe\":[256]},",
    "\"separable7_batchnorm2.running_mean\":{\"data_offsets\":[601472,602496],\"dtype\":\"F32\"",
    ",\"shape\":[256]},",
    "\"separable7_batchnorm2.running_variance\":{\"data_offsets\":[602496,603520],\"dtype\":\"",
    "F32\",\"shape\":[256]},",
    "\"separable7_conv1.bias\":{\"data_offsets\":[464768,465280],\"dtype\":\"F32\",\"shape\":[",
    "128]},",
    "\"separable7_conv1.weight\":{\"data_offsets\":[460160,464768],\"dtype\":\"F32\",\"shape\"",
    ":[128,1,3,3]},",
    "\"separable7_conv2.bias\":{\"data_offsets\":[598400,599424],\"dtype\":\"F32\",\"shape\":[",
    "256]},",
    "\"separable7_conv2.weight\":{\"data_offsets\":[467328,598400],\"dtype\":\"F32\",\"shape\"",
    ":[256,128,1,1]},",
    "\"separable8_batchnorm1.beta\":{\"data_offsets\":[614784,615808],\"dtype\":\"F32\",\"shap",
    "e\":[256]},",
    "\"separable8_batchnorm1.gamma\":{\"data_offsets\":[613760,614784],\"dtype\":\"F32\",\"sha",
    "pe\":[256]},",
    "\"separable8_batchnorm1.running_mean\":{\"data_offsets\":[615808,616832],\"dtype\":\"F32\"",
    ",\"shape\":[256]},",
    "\"separable8_batchnorm1.running_variance\":{\"data_offsets\":[616832,617856],\"dtype\":\"",
    "F32\",\"shape\":[256]},",
    "\"separable8_batchnorm2.beta\":{\"data_offsets\":[882048,883072],\"dtype\":\"F32\",\"shap",
    "e\":[256]},",
    "\"separable8_batchnorm2.gamma\":{\"data_offsets\":[881024,882048],\"dtype\":\"F32\",\"sha",
    "pe\":[256]},",
    "\"separable8_batchnorm2.running_mean\":{\"data_offsets\":[883072,884096],\"dtype\":\"F32\"",
    ",\"shape\":[256]},",
    "\"separable8_batchnorm2.running_variance\":{\"data_offsets\":[884096,885120],\"dtype\":\"",
    "F32\",\"shape\":[256]},",
    "\"separable8_conv1.bias\":{\"data_offsets\":[612736,613760],\"dtype\":\"F32\",\"shape\":[",
    "256]},",
    "\"separable8_conv1.weight\":{\"data_offsets\":[603520,612736],\"dtype\":\"F32\",\"shape\"",
    ":[256,1,3,3]},",
    "\"separable8_conv2.bias\":{\"data_offsets\":[880000,881024],\"dtype\":\"F32\",\"shape\":[",
    "256]},",
    "\"separable8_conv2.weight\":{\"data_offsets\":[617856,880000],\"dtype\":\"F32\",\"shape\"",
    ":[256,256,1,1]}}",
};
enum { HEADER_LINES = sizeof header / sizeof header[0], HEADER_SIZE = 15384 };

// A file of safetensors says the size of its header first, the lowest byte first.
static void put_size(unsigned char bytes[8]) {
  for (int k = 0; k < 8; k++) bytes[k] = (unsigned char)((uint64_t)HEADER_SIZE >> 8 * k);
}

int32_t mobilenet_v1_save_weights(struct mobilenet_v1_trainer *t, mobilenet_v1_write *write,
    void *context) {
  const bnc_plugin *plugin = BNC_SYMBOL();
  unsigned char size[8];
  put_size(size);
  int is_well = write(context, size, sizeof size);
  for (int line = 0; line < HEADER_LINES && is_well; line++)
    is_well = write(context, header[line], strlen(header[line]));
  for (uint32_t k = 0; k < plugin->tensor_count && is_well; k++)
    if (is_saved(&plugin->tensors[k]))
      is_well = write(context, numbers_of(&plugin->tensors[k], t->arena),
          count_of(&plugin->tensors[k]) * sizeof(real));
  return is_well ? BNC_OK : MOBILENET_V1_NO_FILE;
}

int32_t mobilenet_v1_load_weights(struct mobilenet_v1_trainer *t, mobilenet_v1_read *read,
    void *context) {
  const bnc_plugin *plugin = BNC_SYMBOL();
  unsigned char size[8], own[8];
  put_size(own);
  if (!read(context, size, sizeof size)) return MOBILENET_V1_NO_FILE;
  if (memcmp(size, own, sizeof size)) return MOBILENET_V1_OTHER_FILE;
  for (int line = 0; line < HEADER_LINES; line++) {
    char read_line[100];
    const uint64_t count = strlen(header[line]);
    if (!read(context, read_line, count)) return MOBILENET_V1_NO_FILE;
    if (memcmp(read_line, header[line], count)) return MOBILENET_V1_OTHER_FILE;
  }
  for (uint32_t k = 0; k < plugin->tensor_count; k++) {
    const bnc_tensor *tensor = &plugin->tensors[k];
    if (!is_saved(tensor)) continue;
    real *numbers = numbers_of(tensor, t->arena);
    if (!read(context, numbers, count_of(tensor) * sizeof(real))) return MOBILENET_V1_NO_FILE;
    for (uint64_t n = 0; n < count_of(tensor); n++)
      if (!isfinite(numbers[n]) || (tensor->role == BNC_RUNNING_VARIANCE && numbers[n] < 0))
        return MOBILENET_V1_DAMAGED;
  }
  return BNC_OK;
}

// What a checkpoint begins with; after it come parameters, state and slots, and their checksum.
struct checkpoint {
  char format[16], model[80];
  uint64_t step, seed;
  uint32_t epoch, epoch_step, epochs, reserved;
  double learning_rate, loss;
};

static struct checkpoint checkpoint_of(const struct mobilenet_v1_trainer *t) {
  struct checkpoint c;
  memset(&c, 0, sizeof c);
  strcpy(c.format, "bnc trainer 1");
  strcpy(c.model, "eab559022afb400a2f1b5034b6d3110ef2d3b604e5492587c403ea9833268666");
  c.step = t->step, c.seed = t->seed, c.epoch = t->epoch, c.epoch_step = t->epoch_step;
  c.epochs = t->epochs, c.learning_rate = t->learning_rate, c.loss = t->loss;
  return c;
}

// Goes on with a checksum over `count` bytes: FNV-1a.
static uint64_t checked(uint64_t sum, const void *bytes, uint64_t count) {
  const unsigned char *byte = bytes;
  for (uint64_t k = 0; k < count; k++) sum = (sum ^ byte[k]) * 0x100000001B3u;
  return sum;
}

int32_t mobilenet_v1_save_checkpoint(const struct mobilenet_v1_trainer *t,
    mobilenet_v1_write *write, void *context) {
  const struct checkpoint c = checkpoint_of(t);
  const struct mobilenet_v1_arena *a = t->arena;
  uint64_t sum = checked(0xCBF29CE484222325u, &c, sizeof c);
  sum = checked(sum, a->parameters, sizeof a->parameters);
  sum = checked(sum, a->state, sizeof a->state);
  sum = checked(sum, a->slots, sizeof a->slots);
  int is_well = write(context, &c, sizeof c);
  is_well = is_well && write(context, a->parameters, sizeof a->parameters);
  is_well = is_well && write(context, a->state, sizeof a->state);
  is_well = is_well && write(context, a->slots, sizeof a->slots);
  is_well = is_well && write(context, &sum, sizeof sum);
  return is_well ? BNC_OK : MOBILENET_V1_NO_FILE;
}

int32_t mobilenet_v1_load_checkpoint(struct mobilenet_v1_trainer *t, mobilenet_v1_read *read,
    void *context) {
  struct checkpoint c;
  const struct checkpoint own = checkpoint_of(t);
  struct mobilenet_v1_arena *a = t->arena;
  if (!read(context, &c, sizeof c)) return MOBILENET_V1_NO_FILE;
  if (memcmp(c.format, own.format, sizeof c.format) || memcmp(c.model, own.model, sizeof c.model))
    return MOBILENET_V1_OTHER_FILE;
  uint64_t sum = checked(0xCBF29CE484222325u, &c, sizeof c), written = 0;
  if (!read(context, a->parameters, sizeof a->parameters)) return MOBILENET_V1_NO_FILE;
  sum = checked(sum, a->parameters, sizeof a->parameters);
  if (!read(context, a->state, sizeof a->state)) return MOBILENET_V1_NO_FILE;
  sum = checked(sum, a->state, sizeof a->state);
  if (!read(context, a->slots, sizeof a->slots)) return MOBILENET_V1_NO_FILE;
  sum = checked(sum, a->slots, sizeof a->slots);
  if (!read(context, &written, sizeof written)) return MOBILENET_V1_NO_FILE;
  if (sum != written) return MOBILENET_V1_DAMAGED;
  t->step = c.step, t->seed = c.seed, t->epoch = c.epoch, t->epoch_step = c.epoch_step;
  t->epochs = c.epochs, t->learning_rate = c.learning_rate, t->loss = c.loss;
  t->is_ordered = 0;
  return BNC_OK;
}
