// lenet5_trainer.c: the training that lenet5_trainer.h declares, written by bnc 0.2.0-dev.
/*
   cc -std=c11 -O2 -fno-unroll-loops -ffp-contract=fast -march=x86-64-v3 main.c \
      lenet5_trainer.c lenet5.c -lm -o lenet5
*/
#include "lenet5_trainer.h"

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

// ---- Tensors

static uint64_t count_of(const bnc_tensor *tensor) {
  uint64_t count = 1;
  for (int d = 0; d < tensor->rank; d++) count *= (uint64_t)tensor->shape[d];
  return count;
}

static bnc_regions regions_of(struct lenet5_arena *arena) {
  return (bnc_regions){
      .parameters = arena->parameters,
      .slots = arena->slots,
      .scratch = arena->scratch,
  };
}

// Where a tensor that lasts begins; null of one in scratch.
static real *numbers_of(const bnc_tensor *tensor, struct lenet5_arena *arena) {
  switch (tensor->region) {
    case BNC_PARAMETERS: return (real *)(void *)(arena->parameters + tensor->offset);
    case BNC_SLOTS: return (real *)(void *)(arena->slots + tensor->offset);
    default: return NULL;
  }
}

static int is_saved(const bnc_tensor *tensor) {
  return tensor->region == BNC_PARAMETERS || tensor->region == BNC_STATE;
}

// Tensor `index` of the table gets its first values: each has a stream of random numbers of its
// own.
static void set_first_values(struct lenet5_arena *arena, uint32_t index, uint64_t seed) {
  const bnc_tensor *tensor = &BNC_SYMBOL()->tensors[index];
  real *out = numbers_of(tensor, arena);
  if (!out) return;
  const uint64_t count = count_of(tensor);
  const double first = tensor->first, second = tensor->second;
  struct generator g = seeded(seed, FIRST_VALUES, index);
  switch (tensor->initializer) {
    case BNC_UNIFORM:
      for (uint64_t k = 0; k < count; k++) out[k] = (real)uniform(&g, first, second);
      return;
    default:
      for (uint64_t k = 0; k < count; k++) out[k] = (real)first;
  }
}

void lenet5_begin(struct lenet5_trainer *t, struct lenet5_arena *arena, uint64_t seed) {
  const bnc_plugin *plugin = BNC_SYMBOL();
  *t = (struct lenet5_trainer){.arena = arena, .seed = seed, .epochs = plugin->epochs};
  t->not_finite_layer = -1;
  for (uint32_t h = 0; h < plugin->hyperparameter_count; h++)
    if (!strcmp(plugin->hyperparameters[h].name, "learning_rate"))
      t->learning_rate = plugin->hyperparameters[h].value;
  memset(arena, 0, sizeof *arena);
  for (uint32_t k = 0; k < plugin->tensor_count; k++) set_first_values(arena, k, seed);
}

// ---- Steps

// Brings `count` examples, from place `first` of the order on, into the arena.
static int32_t fetch(struct lenet5_arena *arena, const struct lenet5_data *data,
    const uint32_t *order, uint32_t first, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    const int32_t status = data->read(data->context, order ? order[first + i] : first + i,
        arena->in_image + i * 784, arena->to_digit + i * 1);
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

static const bnc_batch *hand(struct handed *h, struct lenet5_arena *arena, uint32_t count) {
  *h = (struct handed){
      .inputs = { arena->in_image, },
      .targets = { arena->to_digit, },
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
static int32_t train(struct lenet5_trainer *t, uint64_t epoch_steps, uint32_t count,
    uint32_t examples, uint32_t pass, uint32_t passes) {
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

int32_t lenet5_step(struct lenet5_trainer *t, const struct lenet5_data *data, uint32_t *order) {
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

int32_t lenet5_epoch(struct lenet5_trainer *t, const struct lenet5_data *data, uint32_t *order,
    double *loss) {
  for (const uint32_t epoch = t->epoch; t->epoch == epoch;) {
    const int32_t status = lenet5_step(t, data, order);
    if (status) return status;
  }
  if (loss) *loss = t->loss / data->count;
  return BNC_OK;
}

// ---- Evaluation

// How many of `count` examples are taken for what they are.
static uint32_t count_right(const struct lenet5_arena *arena, uint32_t count) {
  uint32_t right = 0;
  for (uint32_t i = 0; i < count; i++) {
    const real *y = arena->out_logits + i * 10;
    int32_t best = 0;
    for (int32_t k = 1; k < 10; k++)
      if (y[k] > y[best]) best = k;
    if (best == arena->to_digit[i]) right++;
  }
  return right;
}

static int32_t evaluate(struct lenet5_trainer *t, const struct lenet5_data *data, double *loss,
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

int32_t lenet5_evaluate(struct lenet5_trainer *t, const struct lenet5_data *data, double *loss,
    uint32_t *right) {
  if (data->count == 0) return BNC_BAD_ARGUMENT;
  *right = 0;
  return evaluate(t, data, loss, right);
}

// ---- Files

// What a file of weights begins with (safetensors): names, types, shapes and places of what
// follows.
static const char *const header[] = {
    "{\"__metadata__\":{\"bnc.model\":\"lenet5\"},",
    "\"conv1.bias\":{\"data_offsets\":[600,624],\"dtype\":\"F32\",\"shape\":[6]},",
    "\"conv1.weight\":{\"data_offsets\":[0,600],\"dtype\":\"F32\",\"shape\":[6,1,5,5]},",
    "\"conv2.bias\":{\"data_offsets\":[10224,10288],\"dtype\":\"F32\",\"shape\":[16]},",
    "\"conv2.weight\":{\"data_offsets\":[624,10224],\"dtype\":\"F32\",\"shape\":[16,6,5,5]},",
    "\"conv3.bias\":{\"data_offsets\":[202288,202768],\"dtype\":\"F32\",\"shape\":[120]},",
    "\"conv3.weight\":{\"data_offsets\":[10288,202288],\"dtype\":\"F32\",\"shape\":[120,16,5,5",
    "]},",
    "\"dense1.bias\":{\"data_offsets\":[243088,243424],\"dtype\":\"F32\",\"shape\":[84]},",
    "\"dense1.weight\":{\"data_offsets\":[202768,243088],\"dtype\":\"F32\",\"shape\":[84,120]}",
    ",",
    "\"dense2.bias\":{\"data_offsets\":[246784,246824],\"dtype\":\"F32\",\"shape\":[10]},",
    "\"dense2.weight\":{\"data_offsets\":[243424,246784],\"dtype\":\"F32\",\"shape\":[10,84]}}",
    "    ",
};
enum { HEADER_LINES = sizeof header / sizeof header[0], HEADER_SIZE = 792 };

// A file of safetensors says the size of its header first, the lowest byte first.
static void put_size(unsigned char bytes[8]) {
  for (int k = 0; k < 8; k++) bytes[k] = (unsigned char)((uint64_t)HEADER_SIZE >> 8 * k);
}

int32_t lenet5_save_weights(struct lenet5_trainer *t, lenet5_write *write, void *context) {
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
  return is_well ? BNC_OK : LENET5_NO_FILE;
}

int32_t lenet5_load_weights(struct lenet5_trainer *t, lenet5_read *read, void *context) {
  const bnc_plugin *plugin = BNC_SYMBOL();
  unsigned char size[8], own[8];
  put_size(own);
  if (!read(context, size, sizeof size)) return LENET5_NO_FILE;
  if (memcmp(size, own, sizeof size)) return LENET5_OTHER_FILE;
  for (int line = 0; line < HEADER_LINES; line++) {
    char read_line[100];
    const uint64_t count = strlen(header[line]);
    if (!read(context, read_line, count)) return LENET5_NO_FILE;
    if (memcmp(read_line, header[line], count)) return LENET5_OTHER_FILE;
  }
  for (uint32_t k = 0; k < plugin->tensor_count; k++) {
    const bnc_tensor *tensor = &plugin->tensors[k];
    if (!is_saved(tensor)) continue;
    real *numbers = numbers_of(tensor, t->arena);
    if (!read(context, numbers, count_of(tensor) * sizeof(real))) return LENET5_NO_FILE;
    for (uint64_t n = 0; n < count_of(tensor); n++)
      if (!isfinite(numbers[n]) || (tensor->role == BNC_RUNNING_VARIANCE && numbers[n] < 0))
        return LENET5_DAMAGED;
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

static struct checkpoint checkpoint_of(const struct lenet5_trainer *t) {
  struct checkpoint c;
  memset(&c, 0, sizeof c);
  strcpy(c.format, "bnc trainer 1");
  strcpy(c.model, "046480d6a930a5b463c3b88fcbe3d1d5bce322c8e27e60b2107998daadb8d9e4");
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

int32_t lenet5_save_checkpoint(const struct lenet5_trainer *t, lenet5_write *write, void *context) {
  const struct checkpoint c = checkpoint_of(t);
  const struct lenet5_arena *a = t->arena;
  uint64_t sum = checked(0xCBF29CE484222325u, &c, sizeof c);
  sum = checked(sum, a->parameters, sizeof a->parameters);
  sum = checked(sum, a->slots, sizeof a->slots);
  int is_well = write(context, &c, sizeof c);
  is_well = is_well && write(context, a->parameters, sizeof a->parameters);
  is_well = is_well && write(context, a->slots, sizeof a->slots);
  is_well = is_well && write(context, &sum, sizeof sum);
  return is_well ? BNC_OK : LENET5_NO_FILE;
}

int32_t lenet5_load_checkpoint(struct lenet5_trainer *t, lenet5_read *read, void *context) {
  struct checkpoint c;
  const struct checkpoint own = checkpoint_of(t);
  struct lenet5_arena *a = t->arena;
  if (!read(context, &c, sizeof c)) return LENET5_NO_FILE;
  if (memcmp(c.format, own.format, sizeof c.format) || memcmp(c.model, own.model, sizeof c.model))
    return LENET5_OTHER_FILE;
  uint64_t sum = checked(0xCBF29CE484222325u, &c, sizeof c), written = 0;
  if (!read(context, a->parameters, sizeof a->parameters)) return LENET5_NO_FILE;
  sum = checked(sum, a->parameters, sizeof a->parameters);
  if (!read(context, a->slots, sizeof a->slots)) return LENET5_NO_FILE;
  sum = checked(sum, a->slots, sizeof a->slots);
  if (!read(context, &written, sizeof written)) return LENET5_NO_FILE;
  if (sum != written) return LENET5_DAMAGED;
  t->step = c.step, t->seed = c.seed, t->epoch = c.epoch, t->epoch_step = c.epoch_step;
  t->epochs = c.epochs, t->learning_rate = c.learning_rate, t->loss = c.loss;
  t->is_ordered = 0;
  return BNC_OK;
}
