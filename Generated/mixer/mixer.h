// mixer: the interface of mixer.c, written by bnc 0.2.0-dev.
// The interface between a network that bnc compiled and the program that runs it.
//
// A plugin is C without globals that change, without allocation, without input or output: its
// caller owns every byte, so that any number of networks and threads can use one plugin at a time.
// It exports one symbol, BNC_SYMBOL, a function that returns the table `bnc_plugin`; the table says
// all that a host must know, and holds the entry points.
#ifndef BNC_PLUGIN_H
#define BNC_PLUGIN_H

#include <stdint.h>

// Axes of a tensor, at most.
#define BNC_MAX_RANK 8

// How numbers are stored.
enum {
  BNC_UINT8 = 0,  // of an input: bytes, multiplied by its scale on their way in
  BNC_REAL = 1,   // float or double as the plugin's element_size says
  BNC_INT32 = 2,  // of a target: a class
  BNC_INT8 = 3,
  BNC_FLOAT16 = 4,
  BNC_FLOAT32 = 5,
  BNC_FLOAT64 = 6,
};

// What a tensor is.
enum {
  BNC_WEIGHT = 0,
  BNC_BIAS = 1,
  BNC_GAMMA = 2,
  BNC_BETA = 3,
  BNC_RUNNING_MEAN = 4,
  BNC_RUNNING_VARIANCE = 5,
  BNC_SEEN = 6,  // 1 once the running statistics hold a batch, else 0
  BNC_VALUE = 7,            // a layer's result
  BNC_VALUE_GRADIENT = 8,   // the loss's gradient with respect to a value
  BNC_BATCH_MEAN = 9,       // of a batch norm
  BNC_BATCH_VARIANCE = 10,  // of a batch norm, biased
  BNC_SLOT = 11,            // what the optimizer keeps for a parameter
  BNC_OTHER = 12,           // a parameter or state of another kind: its name says which
  BNC_AVERAGE = 13,         // a slot that is evaluated and saved in its parameter's place
};

// Where a tensor lies.
enum { BNC_PARAMETERS = 0, BNC_STATE = 1, BNC_SCRATCH = 2, BNC_SLOTS = 3 };

// How a tensor starts.
enum {
  BNC_CONSTANT = 0,  // first
  BNC_NORMAL = 1,    // mean first, deviation second
  BNC_UNIFORM = 2,   // from first to second
  BNC_NOTHING = 3,   // nothing to start: scratch
  BNC_TRUNCATED_NORMAL = 4,  // mean 0, deviation first, none further from 0 than second
  BNC_ORTHOGONAL = 5,  // a matrix [shape 0][the rest]: orthogonal rows or columns, first long
  BNC_DIRAC = 6,       // 1 where output and input are the same, in a window's middle; else 0, and
                       // of outputs beyond the inputs uniform from -first to first; in second
                       // groups of outputs, each of its own inputs, where that is more than 1
  BNC_LISTED = 7,      // values
};

// What a loss makes probabilities of its output by.
enum {
  BNC_NO_PROBABILITIES = 0,
  BNC_SOFTMAX = 1,  // of the numbers of an example's classes, which are its first axis
  BNC_SIGMOID = 2,  // of each number
};

// What a host makes of sound for an input: the logarithms of mel bands, or cepstral coefficients,
// of windows of it; or nothing, but that it is cut to the length or goes on with zeros.
//
// Of the sounds that it trains on, a host gives some a piece of a recording of noise first, other
// ones in each epoch: x[k] becomes x[k] + v * noise[start + k], and no more than 1 or less than -1.
typedef struct bnc_sound {
  int32_t rate;            // samples a second
  int32_t length;          // samples of the whole
  int32_t window, stride;  // samples
  int32_t bands;           // 0: the samples themselves
  int32_t coefficients;    // kept of the bands' cosine transform; 0: the bands
  double low, high;        // Hertz
  double background_frequency;  // the part of the sounds that get noise
  double background_volume;     // v at most, any from 0 on as likely; 0: the model says no noise
} bnc_sound;

// An input, a target or an output.
typedef struct bnc_value {
  const char *name;
  uint32_t element_types;       // what it is given or written as: bits 1 << BNC_UINT8, ...
  int32_t rank;                 // 0: one number, or a class
  int64_t shape[BNC_MAX_RANK];  // one example's
  uint32_t classes;             // of a target: how many there are; 0: real values
  uint32_t ignored;             // of a target: a class that does not count, the bit of its sign
                                // turned; 0: all count
  double scale;                 // what bytes are multiplied by
  int32_t scales_reals;         // of an input: whether reals are multiplied by it too
  uint32_t normalization;       // of an input: 1 + the layer whose gamma and beta normalize it;
                                // 0: none. Where they are not listed, the host makes them of the
                                // training data: 1 / deviation and -mean / deviation
  const bnc_sound *sound;       // of an input: what is made of sound; null: nothing
  int32_t resizes;              // of an input: whether images are brought to its size
} bnc_value;

// A number that each step is given.
typedef struct bnc_hyperparameter {
  const char *name;  // "learning_rate"
  double value;      // the model's own
} bnc_hyperparameter;

// A loss, or a metric.
typedef struct bnc_measure {
  const char *name;  // "softmax_cross_entropy"
  int32_t output;    // what it reads
  int32_t target;    // or -1
  int32_t is_mean;   // of a loss: the gradient is of the mean over the examples, not the sum
  int32_t is_logit;  // of a loss over one output for two classes: the output says the second class
                     // above 0; else above 0.5
  int32_t is_of_labels;   // of a loss against real values: each says whether something is so, from
                          // 0 to 1, and the output that it is above 0 or 0.5
  int32_t probabilities;  // of a loss: what makes them of its output, BNC_SOFTMAX, BNC_SIGMOID, or
                          // BNC_NO_PROBABILITIES where the loss makes none
  double weight;          // of a loss: its factor in the whole
} bnc_measure;

// When a host lets the learning rate fall: after more than `patience` epochs whose test was no
// better than the best one so far.
typedef struct bnc_plateau {
  const char *metric;  // what a test is judged by: "loss", "accuracy"
  double factor;       // what the learning rate is multiplied by
  double threshold;    // how much better than the best one a test must be
  double end;          // the part of the learning rate that it does not fall below
  int32_t patience;
  int32_t cooldown;     // epochs after a fall that are not counted
  int32_t is_absolute;  // threshold is a difference, not a part of the best one
  int32_t reserved;
} bnc_plateau;

// One tensor that has a name.
typedef struct bnc_tensor {
  const char *name;  // "conv1.weight"
  int32_t role, region;
  int32_t layer;     // the layer that owns it, or -1
  int32_t lanes;     // 0: plain C order; else [batch / lanes][shape ...][lanes]
  int32_t rank;
  int32_t initializer;
  int64_t shape[BNC_MAX_RANK];  // batch left out
  uint64_t offset;   // bytes from the start of its region
  double first, second;  // of the initializer
  const double *values;  // of BNC_LISTED, as many as the tensor has; else null
} bnc_tensor;

// A weight that a host makes of the training data before the first step, unless a file has it: the
// directions of an input's patches. Of n numbers x in a patch, [channels][rows][columns] and after
// what scales and normalizes the input, over all places where the tensor's window lies within an
// example, the mean of x x^T has the eigenvalues l, the largest first, and the eigenvectors v.
// Output k of the weight is v[k] / sqrt(l[k] + eps), output n + k the same with the other sign.
typedef struct bnc_whitening {
  uint32_t tensor, input;  // by their places in the tables
  uint32_t examples;       // how many count, the first ones of those that are trained on
  int32_t row_dilation, column_dilation;
  int32_t reserved;
  double eps;
} bnc_whitening;

// How an evaluation looks at an input: place (i, j) shows what the example has at (i + down,
// j + right), with the rows counted from below where they are flipped, the columns from the right.
typedef struct bnc_view {
  double weight;  // of the outputs in their mean; the same for all inputs of a view
  int32_t flips_rows, flips_columns;
  int32_t down, right;
  int32_t is_edge;  // beyond the border lies the edge; else what is mirrored at it
  int32_t reserved;
} bnc_view;

// One kernel of a step.
typedef struct bnc_kernel {
  const char *name;     // the C function
  int32_t layer;        // or -1
  int32_t reserved;
  double operations;    // multiplications and additions for a full batch
  double bytes;         // read and written at least, for a full batch
} bnc_kernel;

// Raised whenever something of all this changes that is there already; a host refuses a plugin of
// another version. What is added to the end of bnc_host, which begins with its size, does not
// raise it.
#define BNC_ABI_VERSION 10

// The exported function; -DBNC_SYMBOL=... renames it, to link several networks into one program.
#ifndef BNC_SYMBOL
#define BNC_SYMBOL bnc_plugin_table
#endif

// Regions begin at a multiple of this many bytes.
#define BNC_ALIGNMENT 64

// What an entry point returns.
enum {
  BNC_OK = 0,
  BNC_BAD_ARGUMENT = 1,  // a count outside 1...batch, a class outside its range, a missing pointer
  BNC_NOT_FINITE = 2,    // the loss is infinite or not a number; parameters and state are untouched
  BNC_NOT_TRAINED = 3,   // evaluation, but a batch norm with `start: first_batch` never saw a batch
};

// The instructions that a plugin was compiled to use, as bits.
enum {
  BNC_SSE2 = 1,
  BNC_AVX2 = 2,     // with FMA: x86-64-v3
  BNC_AVX512 = 4,   // F, BW, CD, DQ, VL: x86-64-v4
  BNC_NEON = 8,
};

// A matrix product for the host: C = A B + (accumulate ? C : 0), rows packed at the given strides.
// A is [m][k] or, transposed, [k][m]; B is [k][n] or [n][k]; C is [m][n].
typedef struct bnc_gemm {
  int32_t m, n, k;
  int32_t transpose_a, transpose_b;
  int32_t stride_a, stride_b, stride_c;
  int32_t accumulate;
  int32_t element_size;
  const void *a, *b;
  void *c;
} bnc_gemm;

// What the host provides; a null pointer makes the plugin do without.
typedef struct bnc_host {
  uint32_t struct_size;
  uint32_t reserved;
  void *context;  // handed to each function below
  // Calls body(argument, index) once for each index from 0 to count - 1, in any order, on any
  // threads, and returns when all have returned. A call may wait for another that has begun: a
  // thread must not begin a call in the middle of another.
  void (*parallel_for)(void *context, int32_t count, void (*body)(void *argument, int32_t index),
                       void *argument);
  // One matrix product, on the calling thread; may be called from within parallel_for.
  void (*gemm)(void *context, const bnc_gemm *product);
  // Kernel `kernel` of the plugin's table has just finished: for those who measure.
  void (*kernel_done)(void *context, int32_t kernel);
  // A moment's wait of one call of parallel_for for another, again and again until that is done.
  // Provided where every thread has a core of its own; else kernels that would wait are run one
  // after the other.
  void (*wait)(void *context);
  // Adds up `count` numbers of `element_type` over all processes that a batch lies across, in place
  // and in the order of the processes, so that all have the same bits; all call it in the same
  // order. Null on one process. Called on the thread that called the plugin.
  void (*sum)(void *context, void *numbers, int64_t count, int32_t element_type);
  // Begins such a sum and returns, so that it is on its way while the step goes on; until sum_end
  // returns the numbers are the host's. There may be several at a time, and calls of `sum` in
  // between. Both null: gradients are added up by `sum`. Numbers of parameters that do not learn
  // may be among them: nobody reads what becomes of these, and the caller has set them to 0 once.
  void (*sum_begin)(void *context, void *numbers, int64_t count, int32_t element_type);
  // Waits for all sums that have begun.
  void (*sum_end)(void *context);
} bnc_host;

// The memory that a caller owns; sizes stand in the plugin's table, aligned to BNC_ALIGNMENT.
typedef struct bnc_regions {
  void *parameters;  // learned
  void *state;       // running statistics
  void *scratch;     // nothing in it outlives a call
  void *gradients;   // laid out as parameters; for `gradient`, and `train` across processes
  void *prepared;    // what `prepare` makes of the learned numbers; only for plugins that have it
  void *slots;       // what the optimizer keeps: one after the other, each laid out as parameters
} bnc_regions;

// Some examples. Arrays are in the order of the plugin's tables.
typedef struct bnc_batch {
  const void *const *inputs;    // of each input rows of one example each, in canonical order
  const void *const *targets;   // of each target int32_t classes or rows of real values; may be
                                // null in evaluate, as may each of them
  const int32_t *input_types;   // of each input BNC_UINT8 or BNC_REAL
  const uint32_t *rows;         // the row of each example; null: row i is example i
  int32_t count;                // from 1 to the plugin's batch; 0 where other processes have some
  int32_t reserved;
} bnc_batch;

// What a step is told beside its examples.
typedef struct bnc_step {
  uint64_t step;                  // 1 for the first step of a training
  uint64_t seed;                  // of what is drawn in a step: the same for the same seed and step
  const double *hyperparameters;  // in the order of the plugin's table
  uint64_t examples;  // of all its passes; only for plugins that have several, as what follows
  uint32_t pass;      // which of the passes of the step this is, from 0: the last one updates
  uint32_t passes;    // how many it has, from 1 to the plugin's
  uint64_t epoch;     // from 0: augmentations are drawn for it and an example's row in the data
  uint64_t steps;     // of the whole training; 0 where that is not known
  uint32_t whole;     // examples of the pass over all processes; only for plugins for several
  uint32_t first;     // how many of them other processes have before this one's
} bnc_step;

// What a call found.
typedef struct bnc_result {
  double loss;               // the sum of the examples' losses, weighted
  int32_t not_finite_layer;  // where the loss, or an output that was asked for, is not finite: the
                             // first layer whose result is not; else, or where none is found, -1
  int32_t reserved;
  double *losses;            // of each loss its part, where the caller gives room; else null
  double *counts;            // likewise in `evaluate` what its examples count together, where
                             // classes have weights or one is ignored; else it is let be
} bnc_result;

typedef struct bnc_plugin {
  uint32_t struct_size;  // sizeof(bnc_plugin), first, so that a host can check before it reads on
  uint32_t abi_version;
  uint64_t instruction_set;
  const char *bnc_version;
  const char *model_name;
  const char *model_hash;  // of the model's text and the flags that shape the code, hexadecimal
  const char *target;      // "x86-64-v3"
  uint32_t batch;          // examples per call, at most
  uint32_t lanes;          // examples per vector
  uint32_t element_size;   // 4: float, 8: double
  uint32_t epochs;         // the model's own

  const bnc_value *inputs;
  const bnc_value *targets;
  const bnc_value *outputs;
  const bnc_measure *losses;
  const bnc_measure *metrics;
  const bnc_hyperparameter *hyperparameters;
  const bnc_plateau *plateau;  // null where the learning rate depends on the step alone
  const char *optimizer_name;
  uint32_t input_count;
  uint32_t target_count;
  uint32_t output_count;
  uint32_t loss_count;
  uint32_t metric_count;
  uint32_t hyperparameter_count;

  uint64_t parameters_size;  // bytes
  uint64_t state_size;
  uint64_t scratch_size;
  uint64_t prepared_size;  // 0: the plugin has no `prepare`
  uint64_t slots_size;     // 0: the optimizer keeps nothing
  const bnc_tensor *tensors;
  const char *const *layers;  // names, in order
  const bnc_kernel *kernels;
  uint32_t tensor_count;
  uint32_t layer_count;
  uint32_t kernel_count;
  uint32_t passes;  // calls of `train` a step, at most: their gradients are added up; 0: 1

  // One step: forward, loss, backward, update of parameters, slots and state. Null but in plugins
  // that are compiled for training.
  int32_t (*train)(const bnc_host *host, const bnc_regions *regions, const bnc_batch *batch,
                   const bnc_step *step, bnc_result *result);
  // Makes of the hyperparameters of a training, in the order of the table, those of its step `step`
  // of `steps`, from 1 on: multiplies the learning rate, and may set the momentum. Call it on a
  // copy before each `train`. An epoch has `epoch_steps` steps. Null where all steps have the same.
  void (*schedule)(uint64_t step, uint64_t steps, uint64_t epoch_steps, double *hyperparameters);
  // Forward with the running statistics. outputs: of each output [count][its shape], or null; or
  // null.
  int32_t (*evaluate)(const bnc_host *host, const bnc_regions *regions, const bnc_batch *batch,
                      void *const *outputs, bnc_result *result);
  // Forward and backward without the update; every value and its gradient stay in scratch. Null
  // but in plugins compiled for it. training: with the batch's statistics, and the running ones
  // move; else with the running ones, which stay.
  int32_t (*gradient)(const bnc_host *host, const bnc_regions *regions, const bnc_batch *batch,
                      const bnc_step *step, int32_t training, void *const *outputs,
                      bnc_result *result);
  // Makes regions->prepared of parameters and state: once after they have changed. Null but in
  // plugins that are compiled for evaluation or inference, whose evaluate needs the region too;
  // that of an inference prepares it by itself. Of a plugin for evaluation, calls may run beside
  // each other, each with scratch of its own.
  int32_t (*prepare)(const bnc_regions *regions);
  // The outputs of one example, from regions->prepared: parameters and state are not looked at.
  // Null but in plugins that are compiled for inference.
  int32_t (*infer)(const bnc_host *host, const bnc_regions *regions, const void *const *inputs,
                   const int32_t *input_types, void *const *outputs);

  const bnc_whitening *whitenings;
  // What a host evaluates and predicts by: the mean of the outputs of `evaluate` over the views,
  // each a row for each input. 0 views: the examples as they are.
  const bnc_view *views;
  uint32_t whitening_count;
  uint32_t view_count;
  // Of plugins whose batch lies across several processes: how many, the examples of all of them,
  // and whether a process's share has to be symmetric, as many from the end of the batch as from
  // its start: examples are mixed that are as far from the one as from the other. 0: one process.
  uint32_t processes;
  uint32_t whole_batch;
  uint32_t shares_mirror;
  uint32_t reserved;
  const char *training_hash;  // the model_hash of the same training on one process; null: its own
} bnc_plugin;

#ifdef __cplusplus
extern "C"
#endif
const bnc_plugin *BNC_SYMBOL(void);

#endif
