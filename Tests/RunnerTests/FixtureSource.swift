/// A plugin written by hand: softmax regression (or, with REGRESSION, linear least squares) beside
/// running statistics that nothing uses. Macros bend it into the plugins that must be refused.
let fixtureSource = #"""
  #include <math.h>
  #include <stddef.h>
  #include "bnc_plugin.h"

  #ifndef REAL
  #define REAL float
  #endif
  #ifndef FEATURES
  #define FEATURES 4
  #endif
  #ifndef INPUT_SHAPE
  #define INPUT_RANK 1
  #define INPUT_SHAPE {FEATURES}
  #endif
  #ifndef CLASSES
  #define CLASSES 3
  #endif
  #ifndef BATCH
  #define BATCH 8
  #endif
  #ifndef VERSION
  #define VERSION BNC_ABI_VERSION
  #endif
  #ifndef STRUCT_SIZE
  #define STRUCT_SIZE sizeof(bnc_plugin)
  #endif
  #ifndef ISA
  #define ISA 0
  #endif
  #ifndef WEIGHT_OFFSET
  #define WEIGHT_OFFSET offsetof(parameters, weight)
  #endif
  #ifndef OUTPUTS
  #define OUTPUTS CLASSES
  #endif
  #ifndef ELEMENT_SIZE
  #define ELEMENT_SIZE sizeof(real)
  #endif
  #define LANES 4
  #define BLOCKS ((BATCH + LANES - 1) / LANES)

  typedef REAL real;
  typedef struct { real weight[CLASSES][FEATURES], bias[CLASSES]; } parameters;
  typedef struct { real mean[FEATURES], variance[FEATURES], seen; } state;
  typedef struct {
    real logits[BATCH][CLASSES], slope[BATCH][CLASSES];
    real mean[FEATURES], variance[FEATURES], x[BATCH][FEATURES], dx[BATCH][FEATURES];
    real value[BLOCKS][CLASSES][LANES], value_gradient[BLOCKS][CLASSES][LANES];
  } scratch;

  static uint32_t row(const bnc_batch *b, int i) { return b->rows ? b->rows[i] : (uint32_t)i; }

  static real pixel(const bnc_batch *b, int i, int f) {
    size_t at = (size_t)row(b, i) * FEATURES + (size_t)f;
    return b->input_types[0] == BNC_UINT8 ? ((const uint8_t *)b->inputs[0])[at] * (real)(1.0 / 255)
                                      : ((const real *)b->inputs[0])[at];
  }

  typedef struct { const bnc_batch *batch; const parameters *p; scratch *s; } job;

  static void logits_of(void *argument, int32_t i) {
    job *j = argument;
    for (int c = 0; c < CLASSES; c++) {
      real sum = j->p->bias[c];
      for (int f = 0; f < FEATURES; f++) sum += j->p->weight[c][f] * pixel(j->batch, i, f);
      j->s->logits[i][c] = sum;
    }
  }

  static double loss_of(const bnc_batch *b, scratch *s, int i) {
    const real *z = s->logits[i];
    double loss = 0;
  #ifdef REGRESSION
    const real *y = (const real *)b->targets[0] + (size_t)row(b, i) * CLASSES;
    for (int c = 0; c < CLASSES; c++) {
      s->slope[i][c] = z[c] - y[c];
      loss += 0.5 * (z[c] - y[c]) * (z[c] - y[c]);
    }
  #else
    int y = ((const int32_t *)b->targets[0])[row(b, i)];
    double top = z[0], sum = 0;
    for (int c = 1; c < CLASSES; c++) if (z[c] > top) top = z[c];
    for (int c = 0; c < CLASSES; c++) sum += exp(z[c] - top);
    for (int c = 0; c < CLASSES; c++) s->slope[i][c] = (real)(exp(z[c] - top) / sum) - (c == y);
    loss = log(sum) + top - z[y];
  #endif
    return loss;
  }

  static int forward(const bnc_host *h, const bnc_regions *r, const bnc_batch *b, bnc_result *out) {
    if (b->count < 1 || b->count > BATCH) return BNC_BAD_ARGUMENT;
    scratch *s = r->scratch;
    job j = {b, r->parameters, s};
    if (h && h->parallel_for) h->parallel_for(h->context, b->count, logits_of, &j);
    else for (int i = 0; i < b->count; i++) logits_of(&j, i);
    out->loss = 0;
    out->not_finite_layer = -1;
    if (b->targets[0]) for (int i = 0; i < b->count; i++) out->loss += loss_of(b, s, i);
    if (isfinite(out->loss)) return BNC_OK;
    out->not_finite_layer = 1;
    return BNC_NOT_FINITE;
  }

  static void statistics(const bnc_regions *r, const bnc_batch *b) {
    scratch *s = r->scratch;
    state *t = r->state;
    for (int f = 0; f < FEATURES; f++) {
      real mean = 0, variance = 0;
      for (int i = 0; i < b->count; i++) mean += pixel(b, i, f) / b->count;
      for (int i = 0; i < b->count; i++) {
        real d = pixel(b, i, f) - mean;
        variance += d * d / b->count;
      }
      s->mean[f] = mean;
      s->variance[f] = variance;
      t->mean[f] = t->seen ? (real)0.9 * t->mean[f] + (real)0.1 * mean : mean;
      t->variance[f] = t->seen ? (real)0.9 * t->variance[f] + (real)0.1 * variance : variance;
    }
    t->seen = 1;
  }

  static int32_t train(const bnc_host *h, const bnc_regions *r, const bnc_batch *b,
                       const bnc_step *step, bnc_result *out) {
    int code = forward(h, r, b, out);
    if (code) return code;
    scratch *s = r->scratch;
    parameters *p = r->parameters;
    const double lr = step->hyperparameters[0];
    for (int i = 0; i < b->count; i++)
      for (int c = 0; c < CLASSES; c++) {
        p->bias[c] -= (real)lr * s->slope[i][c];
        for (int f = 0; f < FEATURES; f++)
          p->weight[c][f] -= (real)lr * s->slope[i][c] * pixel(b, i, f);
      }
    statistics(r, b);
    return BNC_OK;
  }

  #ifdef SCHEDULE
  static void schedule(uint64_t step, uint64_t steps, uint64_t epoch_steps,
                       double *hyperparameters) {
    (void)epoch_steps;
    hyperparameters[0] *= (double)(steps + 1 - step) / (double)steps;
  }
  #endif

  static int32_t evaluate(const bnc_host *h, const bnc_regions *r, const bnc_batch *b,
                          void *const *outputs, bnc_result *out) {
    if (((state *)r->state)->seen == 0) return BNC_NOT_TRAINED;
    int code = forward(h, r, b, out);
    if (outputs)
      for (int i = 0; i < b->count * CLASSES; i++)
        ((real *)outputs[0])[i] = ((scratch *)r->scratch)->logits[0][i];
    return code;
  }

  #ifdef GRADIENT
  static int32_t gradient(const bnc_host *h, const bnc_regions *r, const bnc_batch *b,
                          const bnc_step *step, int32_t training, void *const *outputs,
                          bnc_result *out) {
    (void)step;
    int code = forward(h, r, b, out);
    scratch *s = r->scratch;
    parameters *p = r->parameters, *g = r->gradients;
    *g = (parameters){0};
    for (int i = 0; i < b->count; i++)
      for (int f = 0; f < FEATURES; f++) {
        s->x[i][f] = pixel(b, i, f);
        s->dx[i][f] = 0;
        for (int c = 0; c < CLASSES; c++) {
          g->weight[c][f] += s->slope[i][c] * s->x[i][f];
          s->dx[i][f] += s->slope[i][c] * p->weight[c][f];
        }
      }
    for (int i = 0; i < b->count; i++)
      for (int c = 0; c < CLASSES; c++) {
        g->bias[c] += s->slope[i][c];
        s->value[i / LANES][c][i % LANES] = s->logits[i][c];
        s->value_gradient[i / LANES][c][i % LANES] = s->slope[i][c];
        if (outputs) ((real *)outputs[0])[i * CLASSES + c] = s->logits[i][c];
      }
    if (training) statistics(r, b);
    return code;
  }
  #endif

  #define IN(name) offsetof(scratch, name)
  #ifdef LISTED
  static const double listed[CLASSES];
  #define BIAS BNC_LISTED, {LISTED}, offsetof(parameters, bias), 0, 0, listed
  #else
  #define BIAS BNC_CONSTANT, {CLASSES}, offsetof(parameters, bias), 0, 0
  #endif
  static const bnc_tensor tensors[] = {
      {"dense1.weight", BNC_WEIGHT, BNC_PARAMETERS, 1, 0, 2, BNC_NORMAL, {CLASSES, FEATURES},
       WEIGHT_OFFSET, 0, 0.01},
      {"dense1.bias", BNC_BIAS, BNC_PARAMETERS, 1, 0, 1, BIAS},
      {"batchnorm1.running_mean", BNC_RUNNING_MEAN, BNC_STATE, 0, 0, 1, BNC_CONSTANT, {FEATURES},
       offsetof(state, mean), 0, 0},
      {"batchnorm1.running_variance", BNC_RUNNING_VARIANCE, BNC_STATE, 0, 0, 1, BNC_CONSTANT,
       {FEATURES}, offsetof(state, variance), 1, 0},
      {"batchnorm1.seen", BNC_SEEN, BNC_STATE, 0, 0, 1, BNC_CONSTANT, {1}, offsetof(state, seen),
       0, 0},
      {"batchnorm1.batch_mean", BNC_BATCH_MEAN, BNC_SCRATCH, 0, 0, 1, BNC_NOTHING, {FEATURES},
       IN(mean), 0, 0},
      {"batchnorm1.batch_variance", BNC_BATCH_VARIANCE, BNC_SCRATCH, 0, 0, 1, BNC_NOTHING,
       {FEATURES}, IN(variance), 0, 0},
      {"batchnorm1.output", BNC_VALUE, BNC_SCRATCH, 0, 0, 1, BNC_NOTHING, {FEATURES}, IN(x), 0, 0},
      {"image.gradient", BNC_VALUE_GRADIENT, BNC_SCRATCH, -1, 0, 1, BNC_NOTHING, {FEATURES},
       IN(dx), 0, 0},
      {"dense1.output", BNC_VALUE, BNC_SCRATCH, 1, LANES, 1, BNC_NOTHING, {CLASSES}, IN(value), 0,
       0},
      {"dense1.output_gradient", BNC_VALUE_GRADIENT, BNC_SCRATCH, 1, LANES, 1, BNC_NOTHING,
       {CLASSES}, IN(value_gradient), 0, 0},
  };

  static const char *const layers[] = {"batchnorm1", "dense1"};

  #ifndef INPUT_COUNT
  #define INPUT_COUNT 1
  #endif
  #ifndef SCALE
  #define SCALE 1.0 / 255
  #endif
  #ifndef NORMALIZATION
  #define NORMALIZATION 0
  #endif
  static const bnc_value inputs[] = {
      {"image", 1 << BNC_UINT8 | 1 << BNC_REAL, INPUT_RANK, INPUT_SHAPE, 0, 0, SCALE, 0,
       NORMALIZATION},
      {"second", 1 << BNC_REAL, 1, {2}, 0, 0, 1},
  };
  static const bnc_value targets[] = {
  #ifdef REGRESSION
      {"digit", 1 << BNC_REAL, 1, {CLASSES}, 0, 0, 1},
  #else
      {"digit", 1 << BNC_INT32, 0, {0}, CLASSES, 0, 1},
  #endif
  };
  static const bnc_value outputs[] = {{"logits", 1 << BNC_REAL, 1, {OUTPUTS}, 0, 0, 1}};
  static const bnc_measure losses[] = {{"loss", 0, 0, 0, 0, 1}};
  static const bnc_hyperparameter hyperparameters[] = {{"learning_rate", 0.01}};

  #ifdef VIEW
  static const bnc_view views[] = {{VIEW}};
  #endif
  #ifdef WHITENING
  static const bnc_whitening whitenings[] = {{WHITENING}};
  #endif
  static const bnc_plugin plugin = {
      .struct_size = STRUCT_SIZE, .abi_version = VERSION, .instruction_set = ISA,
      .bnc_version = "0", .model_name = "fixture", .model_hash = "abc123", .target = "any",
      .batch = BATCH, .lanes = LANES, .element_size = ELEMENT_SIZE, .epochs = 3,
      .inputs = inputs, .targets = targets, .outputs = outputs, .losses = losses,
      .hyperparameters = hyperparameters, .optimizer_name = "sgd", .input_count = INPUT_COUNT,
      .target_count = 1, .output_count = 1, .loss_count = 1, .hyperparameter_count = 1,
      .parameters_size = sizeof(parameters),
      .state_size = sizeof(state), .scratch_size = sizeof(scratch), .tensors = tensors,
      .layers = layers, .tensor_count = sizeof tensors / sizeof tensors[0], .layer_count = 2,
      .train = train, .evaluate = evaluate,
  #ifdef GRADIENT
      .gradient = gradient,
  #endif
  #ifdef VIEW
      .views = views, .view_count = 1,
  #endif
  #ifdef WHITENING
      .whitenings = whitenings, .whitening_count = 1,
  #endif
  #ifdef SCHEDULE
      .schedule = schedule,
  #endif
  };

  #ifndef SYMBOL
  #define SYMBOL bnc_plugin_table
  #endif
  const bnc_plugin *SYMBOL(void) { return &plugin; }
  """#
