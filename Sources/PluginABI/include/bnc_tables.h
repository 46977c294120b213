// What the table of a plugin says, row by row: its values, tensors, kernels, and what its host is to
// do with them. bnc_plugin.h has the table, and the calls.
#ifndef BNC_TABLES_H
#define BNC_TABLES_H

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

// What a host makes of sound for an input: the logarithms of mel bands, or cepstral coefficients, of
// windows of it; or nothing, but that it is cut to the length or goes on with zeros.
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

// When a host lets the learning rate fall: after more than `patience` epochs whose test was no better
// than the best one so far.
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

#endif
