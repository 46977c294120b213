// vectors_main.c: what vectors.c makes of raw files, and how a program embeds it.
/*
   cc -std=c11 -O2 vectors_main.c vectors.c -lm -o vectors
*/
// usage: vectors WEIGHTS INPUT
//   INPUT: SMALL_BATCH times SMALL_INPUT_SIZE floats, in C order; where the data have bytes, those
//     times 0.003921569
#include "vectors.h"

#include <stdio.h>

// All of them the caller's: static here, for a stack may be small.
static float weight_file[SMALL_WEIGHTS_SIZE / sizeof(float)] SMALL_ALIGNED;
static float input_1[SMALL_BATCH * SMALL_INPUT_SIZE];
static float output_1[SMALL_BATCH * SMALL_OUTPUT_SIZE];
static float scratch[SMALL_SCRATCH_SIZE] SMALL_ALIGNED;

// Fills `bytes` with a file that has exactly so many; 0 where it cannot, and says why.
static int read_file(const char *path, void *bytes, size_t size) {
  FILE *file = fopen(path, "rb");
  if (!file) {
    perror(path);
    return 0;
  }
  const size_t count = fread(bytes, 1, size, file);
  const int is_whole = count == size && fgetc(file) == EOF && !ferror(file);
  fclose(file);
  if (!is_whole)
    fprintf(stderr, "error: %s: is not a file of %lu bytes\n", path, (unsigned long)size);
  return is_whole;
}

int main(int count, char **arguments) {
  if (count != 3) {
    fprintf(stderr, "usage: vectors WEIGHTS INPUT\n");
    return 1;
  }
  if (!read_file(arguments[1], weight_file, sizeof weight_file)) return 1;
  const struct small_weights *weights = small_weights_from(weight_file, sizeof weight_file);
  if (!weights) {
    fprintf(stderr, "error: %s: are no weights of this network, or damaged\n", arguments[1]);
    return 1;
  }
  if (!read_file(arguments[2], input_1, sizeof input_1)) return 1;

  small_run(input_1, output_1, scratch, weights);

  for (int n = 0; n < SMALL_BATCH; n++) {
    if (SMALL_BATCH > 1) printf("example %d\n", n);
    const float *row_1 = output_1 + n * SMALL_OUTPUT_SIZE;
    int best_1 = 0;
    for (int k = 1; k < 3; k++)
      if (row_1[k] > row_1[best_1]) best_1 = k;
    printf("logits: class %d (%s), %g\n", best_1, small_class_names[best_1], (double)row_1[best_1]);
  }
  return fflush(stdout) == 0 ? 0 : 1;
}
