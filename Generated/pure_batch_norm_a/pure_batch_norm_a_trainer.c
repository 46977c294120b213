// pure_batch_norm_a_trainer.c: the training that pure_batch_norm_a_trainer.h declares, written by
// bnc 0.2.0-dev.
/*
   cc -std=c11 -O2 -fno-unroll-loops -ffp-contract=fast -march=x86-64-v3 main.c \
      pure_batch_norm_a_trainer.c pure_batch_norm_a.c -lm -o pure_batch_norm_a
*/
#include "pure_batch_norm_a_trainer.h"

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

enum { BATCH = 3, PASSES = 1 };

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

// ---- Tensors

static uint64_t count_of(const bnc_tensor *tensor) {
  uint64_t count = 1;
  for (int d = 0; d < tensor->rank; d++) count *= (uint64_t)tensor->shape[d];
  return count;
}

static bnc_regions regions_of(struct pure_batch_norm_a_arena *arena) {
  return (bnc_regions){
      .parameters = arena->parameters,
      .state = arena->state,
      .scratch = arena->scratch,
  };
}

// Where a tensor that lasts begins; null of one in scratch.
static real *numbers_of(const bnc_tensor *tensor, struct pure_batch_norm_a_arena *arena) {
  switch (tensor->region) {
    case BNC_PARAMETERS: return (real *)(void *)(arena->parameters + tensor->offset);
    case BNC_STATE: return (real *)(void *)(arena->state + tensor->offset);
    default: return NULL;
  }
}

static int is_saved(const bnc_tensor *tensor) {
  return tensor->region == BNC_PARAMETERS || tensor->region == BNC_STATE;
}

// Tensor `index` of the table gets its first values: each has a stream of random numbers of its
// own.
static void set_first_values(struct pure_batch_norm_a_arena *arena, uint32_t index, uint64_t seed) {
  const bnc_tensor *tensor = &BNC_SYMBOL()->tensors[index];
  real *out = numbers_of(tensor, arena);
  if (!out) return;
  const uint64_t count = count_of(tensor);
  const double first = tensor->first;
  (void)seed;
  switch (tensor->initializer) {
    default:
      for (uint64_t k = 0; k < count; k++) out[k] = (real)first;
  }
}

void pure_batch_norm_a_begin(struct pure_batch_norm_a_trainer *t,
    struct pure_batch_norm_a_arena *arena, uint64_t seed) {
  const bnc_plugin *plugin = BNC_SYMBOL();
  *t = (struct pure_batch_norm_a_trainer){.arena = arena, .seed = seed, .epochs = plugin->epochs};
  t->not_finite_layer = -1;
  for (uint32_t h = 0; h < plugin->hyperparameter_count; h++)
    if (!strcmp(plugin->hyperparameters[h].name, "learning_rate"))
      t->learning_rate = plugin->hyperparameters[h].value;
  memset(arena, 0, sizeof *arena);
  for (uint32_t k = 0; k < plugin->tensor_count; k++) set_first_values(arena, k, seed);
}

// ---- Steps

// Brings `count` examples, from place `first` of the order on, into the arena.
static int32_t fetch(struct pure_batch_norm_a_arena *arena,
    const struct pure_batch_norm_a_data *data, const uint32_t *order, uint32_t first,
    uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    const int32_t status = data->read(data->context, order ? order[first + i] : first + i,
        arena->in_x + i * 2, arena->to_y + i * 2);
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

static const bnc_batch *hand(struct handed *h, struct pure_batch_norm_a_arena *arena,
    uint32_t count) {
  *h = (struct handed){
      .inputs = { arena->in_x, },
      .targets = { arena->to_y, },
      .types = { BNC_REAL, },
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
static int32_t train(struct pure_batch_norm_a_trainer *t, uint64_t epoch_steps, uint32_t count,
    uint32_t examples, uint32_t pass, uint32_t passes) {
  const bnc_plugin *plugin = BNC_SYMBOL();
  const uint64_t steps = epoch_steps * t->epochs;
  double hyperparameters[1];
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

int32_t pure_batch_norm_a_step(struct pure_batch_norm_a_trainer *t,
    const struct pure_batch_norm_a_data *data, uint32_t *order) {
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

int32_t pure_batch_norm_a_epoch(struct pure_batch_norm_a_trainer *t,
    const struct pure_batch_norm_a_data *data, uint32_t *order, double *loss) {
  for (const uint32_t epoch = t->epoch; t->epoch == epoch;) {
    const int32_t status = pure_batch_norm_a_step(t, data, order);
    if (status) return status;
  }
  if (loss) *loss = t->loss / data->count;
  return BNC_OK;
}

// ---- Evaluation

static int32_t evaluate(struct pure_batch_norm_a_trainer *t,
    const struct pure_batch_norm_a_data *data, double *loss) {
  const bnc_plugin *plugin = BNC_SYMBOL();
  const bnc_regions regions = regions_of(t->arena);
  void *outputs[] = { t->arena->out_out, };
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
  }
  *loss = sum / data->count;
  return BNC_OK;
}

int32_t pure_batch_norm_a_evaluate(struct pure_batch_norm_a_trainer *t,
    const struct pure_batch_norm_a_data *data, double *loss) {
  if (data->count == 0) return BNC_BAD_ARGUMENT;
  return evaluate(t, data, loss);
}

// ---- Files

// What a file of weights begins with (safetensors): names, types, shapes and places of what
// follows.
static const char *const header[] = {
    "{\"__metadata__\":{\"bnc.model\":\"pure_batch_norm_a\"},",
    "\"batchnorm1.beta\":{\"data_offsets\":[8,16],\"dtype\":\"F32\",\"shape\":[2]},",
    "\"batchnorm1.gamma\":{\"data_offsets\":[0,8],\"dtype\":\"F32\",\"shape\":[2]},",
    "\"batchnorm1.running_mean\":{\"data_offsets\":[16,24],\"dtype\":\"F32\",\"shape\":[2]},",
    "\"batchnorm1.running_variance\":{\"data_offsets\":[24,32],\"dtype\":\"F32\",\"shape\":[2]",
    "},",
    "\"batchnorm1.seen\":{\"data_offsets\":[32,36],\"dtype\":\"F32\",\"shape\":[1]}}   ",
};
enum { HEADER_LINES = sizeof header / sizeof header[0], HEADER_SIZE = 416 };

// A file of safetensors says the size of its header first, the lowest byte first.
static void put_size(unsigned char bytes[8]) {
  for (int k = 0; k < 8; k++) bytes[k] = (unsigned char)((uint64_t)HEADER_SIZE >> 8 * k);
}

int32_t pure_batch_norm_a_save_weights(struct pure_batch_norm_a_trainer *t,
    pure_batch_norm_a_write *write, void *context) {
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
  return is_well ? BNC_OK : PURE_BATCH_NORM_A_NO_FILE;
}

int32_t pure_batch_norm_a_load_weights(struct pure_batch_norm_a_trainer *t,
    pure_batch_norm_a_read *read, void *context) {
  const bnc_plugin *plugin = BNC_SYMBOL();
  unsigned char size[8], own[8];
  put_size(own);
  if (!read(context, size, sizeof size)) return PURE_BATCH_NORM_A_NO_FILE;
  if (memcmp(size, own, sizeof size)) return PURE_BATCH_NORM_A_OTHER_FILE;
  for (int line = 0; line < HEADER_LINES; line++) {
    char read_line[100];
    const uint64_t count = strlen(header[line]);
    if (!read(context, read_line, count)) return PURE_BATCH_NORM_A_NO_FILE;
    if (memcmp(read_line, header[line], count)) return PURE_BATCH_NORM_A_OTHER_FILE;
  }
  for (uint32_t k = 0; k < plugin->tensor_count; k++) {
    const bnc_tensor *tensor = &plugin->tensors[k];
    if (!is_saved(tensor)) continue;
    real *numbers = numbers_of(tensor, t->arena);
    if (!read(context, numbers, count_of(tensor) * sizeof(real))) return PURE_BATCH_NORM_A_NO_FILE;
    for (uint64_t n = 0; n < count_of(tensor); n++)
      if (!isfinite(numbers[n]) || (tensor->role == BNC_RUNNING_VARIANCE && numbers[n] < 0))
        return PURE_BATCH_NORM_A_DAMAGED;
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

static struct checkpoint checkpoint_of(const struct pure_batch_norm_a_trainer *t) {
  struct checkpoint c;
  memset(&c, 0, sizeof c);
  strcpy(c.format, "bnc trainer 1");
  strcpy(c.model, "b6e8e16e5ad52ca119e3acfd40e1f86911b8322cacce654e7e16031746637231");
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

int32_t pure_batch_norm_a_save_checkpoint(const struct pure_batch_norm_a_trainer *t,
    pure_batch_norm_a_write *write, void *context) {
  const struct checkpoint c = checkpoint_of(t);
  const struct pure_batch_norm_a_arena *a = t->arena;
  uint64_t sum = checked(0xCBF29CE484222325u, &c, sizeof c);
  sum = checked(sum, a->parameters, sizeof a->parameters);
  sum = checked(sum, a->state, sizeof a->state);
  int is_well = write(context, &c, sizeof c);
  is_well = is_well && write(context, a->parameters, sizeof a->parameters);
  is_well = is_well && write(context, a->state, sizeof a->state);
  is_well = is_well && write(context, &sum, sizeof sum);
  return is_well ? BNC_OK : PURE_BATCH_NORM_A_NO_FILE;
}

int32_t pure_batch_norm_a_load_checkpoint(struct pure_batch_norm_a_trainer *t,
    pure_batch_norm_a_read *read, void *context) {
  struct checkpoint c;
  const struct checkpoint own = checkpoint_of(t);
  struct pure_batch_norm_a_arena *a = t->arena;
  if (!read(context, &c, sizeof c)) return PURE_BATCH_NORM_A_NO_FILE;
  if (memcmp(c.format, own.format, sizeof c.format) || memcmp(c.model, own.model, sizeof c.model))
    return PURE_BATCH_NORM_A_OTHER_FILE;
  uint64_t sum = checked(0xCBF29CE484222325u, &c, sizeof c), written = 0;
  if (!read(context, a->parameters, sizeof a->parameters)) return PURE_BATCH_NORM_A_NO_FILE;
  sum = checked(sum, a->parameters, sizeof a->parameters);
  if (!read(context, a->state, sizeof a->state)) return PURE_BATCH_NORM_A_NO_FILE;
  sum = checked(sum, a->state, sizeof a->state);
  if (!read(context, &written, sizeof written)) return PURE_BATCH_NORM_A_NO_FILE;
  if (sum != written) return PURE_BATCH_NORM_A_DAMAGED;
  t->step = c.step, t->seed = c.seed, t->epoch = c.epoch, t->epoch_step = c.epoch_step;
  t->epochs = c.epochs, t->learning_rate = c.learning_rate, t->loss = c.loss;
  t->is_ordered = 0;
  return BNC_OK;
}
