// vgg_trainer.c: the training that vgg_trainer.h declares, written by bnc 0.2.0-dev.
/*
   cc -std=c11 -O2 -fno-unroll-loops -ffp-contract=fast -march=x86-64-v3 main.c vgg_trainer.c \
      vgg.c -lm -o vgg
*/
#include "vgg_trainer.h"

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

enum { BATCH = 64, PASSES = 1 };

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

static bnc_regions regions_of(struct vgg_arena *arena) {
  return (bnc_regions){
      .parameters = arena->parameters,
      .state = arena->state,
      .slots = arena->slots,
      .scratch = arena->scratch,
  };
}

// Where a tensor that lasts begins; null of one in scratch.
static real *numbers_of(const bnc_tensor *tensor, struct vgg_arena *arena) {
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
static void set_first_values(struct vgg_arena *arena, uint32_t index, uint64_t seed) {
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
    default:
      for (uint64_t k = 0; k < count; k++) out[k] = (real)first;
  }
}

void vgg_begin(struct vgg_trainer *t, struct vgg_arena *arena, uint64_t seed) {
  const bnc_plugin *plugin = BNC_SYMBOL();
  *t = (struct vgg_trainer){.arena = arena, .seed = seed, .epochs = plugin->epochs};
  t->not_finite_layer = -1;
  for (uint32_t h = 0; h < plugin->hyperparameter_count; h++)
    if (!strcmp(plugin->hyperparameters[h].name, "learning_rate"))
      t->learning_rate = plugin->hyperparameters[h].value;
  memset(arena, 0, sizeof *arena);
  for (uint32_t k = 0; k < plugin->tensor_count; k++) set_first_values(arena, k, seed);
}

// ---- Steps

// Brings `count` examples, from place `first` of the order on, into the arena.
static int32_t fetch(struct vgg_arena *arena, const struct vgg_data *data, const uint32_t *order,
    uint32_t first, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    const int32_t status = data->read(data->context, order ? order[first + i] : first + i,
        arena->in_image + i * 3072, arena->to_label + i * 1);
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

static const bnc_batch *hand(struct handed *h, struct vgg_arena *arena, uint32_t count) {
  *h = (struct handed){
      .inputs = { arena->in_image, },
      .targets = { arena->to_label, },
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
static int32_t train(struct vgg_trainer *t, uint64_t epoch_steps, uint32_t count, uint32_t examples,
    uint32_t pass, uint32_t passes) {
  const bnc_plugin *plugin = BNC_SYMBOL();
  const uint64_t steps = epoch_steps * t->epochs;
  double hyperparameters[2];
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

int32_t vgg_step(struct vgg_trainer *t, const struct vgg_data *data, uint32_t *order) {
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

int32_t vgg_epoch(struct vgg_trainer *t, const struct vgg_data *data, uint32_t *order,
    double *loss) {
  for (const uint32_t epoch = t->epoch; t->epoch == epoch;) {
    const int32_t status = vgg_step(t, data, order);
    if (status) return status;
  }
  if (loss) *loss = t->loss / data->count;
  return BNC_OK;
}

// ---- Evaluation

// How many of `count` examples are taken for what they are.
static uint32_t count_right(const struct vgg_arena *arena, uint32_t count) {
  uint32_t right = 0;
  for (uint32_t i = 0; i < count; i++) {
    const real *y = arena->out_logits + i * 10;
    int32_t best = 0;
    for (int32_t k = 1; k < 10; k++)
      if (y[k] > y[best]) best = k;
    if (best == arena->to_label[i]) right++;
  }
  return right;
}

static int32_t evaluate(struct vgg_trainer *t, const struct vgg_data *data, double *loss,
    uint32_t *right) {
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

int32_t vgg_evaluate(struct vgg_trainer *t, const struct vgg_data *data, double *loss,
    uint32_t *right) {
  if (data->count == 0) return BNC_BAD_ARGUMENT;
  *right = 0;
  return evaluate(t, data, loss, right);
}

// ---- Files

// What a file of weights begins with (safetensors): names, types, shapes and places of what
// follows.
static const char *const header[] = {
    "{\"__metadata__\":{\"bnc.model\":\"vgg\"},",
    "\"dense1.bias\":{\"data_offsets\":[3250584,3251608],\"dtype\":\"F32\",\"shape\":[256]},",
    "\"dense1.weight\":{\"data_offsets\":[1153432,3250584],\"dtype\":\"F32\",\"shape\":[256,20",
    "48]},",
    "\"dense2.bias\":{\"data_offsets\":[3261848,3261888],\"dtype\":\"F32\",\"shape\":[10]},",
    "\"dense2.weight\":{\"data_offsets\":[3251608,3261848],\"dtype\":\"F32\",\"shape\":[10,256",
    "]},",
    "\"pair1_batchnorm1.beta\":{\"data_offsets\":[3584,3712],\"dtype\":\"F32\",\"shape\":[32]}",
    ",",
    "\"pair1_batchnorm1.gamma\":{\"data_offsets\":[3456,3584],\"dtype\":\"F32\",\"shape\":[32]",
    "},",
    "\"pair1_batchnorm1.running_mean\":{\"data_offsets\":[3712,3840],\"dtype\":\"F32\",\"shape",
    "\":[32]},",
    "\"pair1_batchnorm1.running_variance\":{\"data_offsets\":[3840,3968],\"dtype\":\"F32\",\"s",
    "hape\":[32]},",
    "\"pair1_batchnorm1.seen\":{\"data_offsets\":[3968,3972],\"dtype\":\"F32\",\"shape\":[1]},",
    "\"pair1_batchnorm2.beta\":{\"data_offsets\":[40964,41092],\"dtype\":\"F32\",\"shape\":[32",
    "]},",
    "\"pair1_batchnorm2.gamma\":{\"data_offsets\":[40836,40964],\"dtype\":\"F32\",\"shape\":[3",
    "2]},",
    "\"pair1_batchnorm2.running_mean\":{\"data_offsets\":[41092,41220],\"dtype\":\"F32\",\"sha",
    "pe\":[32]},",
    "\"pair1_batchnorm2.running_variance\":{\"data_offsets\":[41220,41348],\"dtype\":\"F32\",\"",
    "shape\":[32]},",
    "\"pair1_batchnorm2.seen\":{\"data_offsets\":[41348,41352],\"dtype\":\"F32\",\"shape\":[1]",
    "},",
    "\"pair1_conv1.weight\":{\"data_offsets\":[0,3456],\"dtype\":\"F32\",\"shape\":[32,3,3,3]}",
    ",",
    "\"pair1_conv2.weight\":{\"data_offsets\":[3972,40836],\"dtype\":\"F32\",\"shape\":[32,32,",
    "3,3]},",
    "\"pair2_batchnorm1.beta\":{\"data_offsets\":[115336,115592],\"dtype\":\"F32\",\"shape\":[",
    "64]},",
    "\"pair2_batchnorm1.gamma\":{\"data_offsets\":[115080,115336],\"dtype\":\"F32\",\"shape\":",
    "[64]},",
    "\"pair2_batchnorm1.running_mean\":{\"data_offsets\":[115592,115848],\"dtype\":\"F32\",\"s",
    "hape\":[64]},",
    "\"pair2_batchnorm1.running_variance\":{\"data_offsets\":[115848,116104],\"dtype\":\"F32\"",
    ",\"shape\":[64]},",
    "\"pair2_batchnorm1.seen\":{\"data_offsets\":[116104,116108],\"dtype\":\"F32\",\"shape\":[",
    "1]},",
    "\"pair2_batchnorm2.beta\":{\"data_offsets\":[263820,264076],\"dtype\":\"F32\",\"shape\":[",
    "64]},",
    "\"pair2_batchnorm2.gamma\":{\"data_offsets\":[263564,263820],\"dtype\":\"F32\",\"shape\":",
    "[64]},",
    "\"pair2_batchnorm2.running_mean\":{\"data_offsets\":[264076,264332],\"dtype\":\"F32\",\"s",
    "hape\":[64]},",
    "\"pair2_batchnorm2.running_variance\":{\"data_offsets\":[264332,264588],\"dtype\":\"F32\"",
    ",\"shape\":[64]},",
    "\"pair2_batchnorm2.seen\":{\"data_offsets\":[264588,264592],\"dtype\":\"F32\",\"shape\":[",
    "1]},",
    "\"pair2_conv1.weight\":{\"data_offsets\":[41352,115080],\"dtype\":\"F32\",\"shape\":[64,3",
    "2,3,3]},",
    "\"pair2_conv2.weight\":{\"data_offsets\":[116108,263564],\"dtype\":\"F32\",\"shape\":[64,",
    "64,3,3]},",
    "\"pair3_batchnorm1.beta\":{\"data_offsets\":[560016,560528],\"dtype\":\"F32\",\"shape\":[",
    "128]},",
    "\"pair3_batchnorm1.gamma\":{\"data_offsets\":[559504,560016],\"dtype\":\"F32\",\"shape\":",
    "[128]},",
    "\"pair3_batchnorm1.running_mean\":{\"data_offsets\":[560528,561040],\"dtype\":\"F32\",\"s",
    "hape\":[128]},",
    "\"pair3_batchnorm1.running_variance\":{\"data_offsets\":[561040,561552],\"dtype\":\"F32\"",
    ",\"shape\":[128]},",
    "\"pair3_batchnorm1.seen\":{\"data_offsets\":[561552,561556],\"dtype\":\"F32\",\"shape\":[",
    "1]},",
    "\"pair3_batchnorm2.beta\":{\"data_offsets\":[1151892,1152404],\"dtype\":\"F32\",\"shape\"",
    ":[128]},",
    "\"pair3_batchnorm2.gamma\":{\"data_offsets\":[1151380,1151892],\"dtype\":\"F32\",\"shape\"",
    ":[128]},",
    "\"pair3_batchnorm2.running_mean\":{\"data_offsets\":[1152404,1152916],\"dtype\":\"F32\",\"",
    "shape\":[128]},",
    "\"pair3_batchnorm2.running_variance\":{\"data_offsets\":[1152916,1153428],\"dtype\":\"F32",
    "\",\"shape\":[128]},",
    "\"pair3_batchnorm2.seen\":{\"data_offsets\":[1153428,1153432],\"dtype\":\"F32\",\"shape\"",
    ":[1]},",
    "\"pair3_conv1.weight\":{\"data_offsets\":[264592,559504],\"dtype\":\"F32\",\"shape\":[128",
    ",64,3,3]},",
    "\"pair3_conv2.weight\":{\"data_offsets\":[561556,1151380],\"dtype\":\"F32\",\"shape\":[12",
    "8,128,3,3]}} ",
};
enum { HEADER_LINES = sizeof header / sizeof header[0], HEADER_SIZE = 3504 };

// A file of safetensors says the size of its header first, the lowest byte first.
static void put_size(unsigned char bytes[8]) {
  for (int k = 0; k < 8; k++) bytes[k] = (unsigned char)((uint64_t)HEADER_SIZE >> 8 * k);
}

int32_t vgg_save_weights(struct vgg_trainer *t, vgg_write *write, void *context) {
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
  return is_well ? BNC_OK : VGG_NO_FILE;
}

int32_t vgg_load_weights(struct vgg_trainer *t, vgg_read *read, void *context) {
  const bnc_plugin *plugin = BNC_SYMBOL();
  unsigned char size[8], own[8];
  put_size(own);
  if (!read(context, size, sizeof size)) return VGG_NO_FILE;
  if (memcmp(size, own, sizeof size)) return VGG_OTHER_FILE;
  for (int line = 0; line < HEADER_LINES; line++) {
    char read_line[100];
    const uint64_t count = strlen(header[line]);
    if (!read(context, read_line, count)) return VGG_NO_FILE;
    if (memcmp(read_line, header[line], count)) return VGG_OTHER_FILE;
  }
  for (uint32_t k = 0; k < plugin->tensor_count; k++) {
    const bnc_tensor *tensor = &plugin->tensors[k];
    if (!is_saved(tensor)) continue;
    real *numbers = numbers_of(tensor, t->arena);
    if (!read(context, numbers, count_of(tensor) * sizeof(real))) return VGG_NO_FILE;
    for (uint64_t n = 0; n < count_of(tensor); n++)
      if (!isfinite(numbers[n]) || (tensor->role == BNC_RUNNING_VARIANCE && numbers[n] < 0))
        return VGG_DAMAGED;
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

static struct checkpoint checkpoint_of(const struct vgg_trainer *t) {
  struct checkpoint c;
  memset(&c, 0, sizeof c);
  strcpy(c.format, "bnc trainer 1");
  strcpy(c.model, "a87004f40a66c1f1b4b7d213119036ed32ac288bc672f9fa03448d955cedfad3");
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

int32_t vgg_save_checkpoint(const struct vgg_trainer *t, vgg_write *write, void *context) {
  const struct checkpoint c = checkpoint_of(t);
  const struct vgg_arena *a = t->arena;
  uint64_t sum = checked(0xCBF29CE484222325u, &c, sizeof c);
  sum = checked(sum, a->parameters, sizeof a->parameters);
  sum = checked(sum, a->state, sizeof a->state);
  sum = checked(sum, a->slots, sizeof a->slots);
  int is_well = write(context, &c, sizeof c);
  is_well = is_well && write(context, a->parameters, sizeof a->parameters);
  is_well = is_well && write(context, a->state, sizeof a->state);
  is_well = is_well && write(context, a->slots, sizeof a->slots);
  is_well = is_well && write(context, &sum, sizeof sum);
  return is_well ? BNC_OK : VGG_NO_FILE;
}

int32_t vgg_load_checkpoint(struct vgg_trainer *t, vgg_read *read, void *context) {
  struct checkpoint c;
  const struct checkpoint own = checkpoint_of(t);
  struct vgg_arena *a = t->arena;
  if (!read(context, &c, sizeof c)) return VGG_NO_FILE;
  if (memcmp(c.format, own.format, sizeof c.format) || memcmp(c.model, own.model, sizeof c.model))
    return VGG_OTHER_FILE;
  uint64_t sum = checked(0xCBF29CE484222325u, &c, sizeof c), written = 0;
  if (!read(context, a->parameters, sizeof a->parameters)) return VGG_NO_FILE;
  sum = checked(sum, a->parameters, sizeof a->parameters);
  if (!read(context, a->state, sizeof a->state)) return VGG_NO_FILE;
  sum = checked(sum, a->state, sizeof a->state);
  if (!read(context, a->slots, sizeof a->slots)) return VGG_NO_FILE;
  sum = checked(sum, a->slots, sizeof a->slots);
  if (!read(context, &written, sizeof written)) return VGG_NO_FILE;
  if (sum != written) return VGG_DAMAGED;
  t->step = c.step, t->seed = c.seed, t->epoch = c.epoch, t->epoch_step = c.epoch_step;
  t->epochs = c.epochs, t->learning_rate = c.learning_rate, t->loss = c.loss;
  t->is_ordered = 0;
  return BNC_OK;
}
