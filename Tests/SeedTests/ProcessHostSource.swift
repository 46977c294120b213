/// A host in C for a plugin of several processes: thirty steps over examples that it makes up, and of
/// each the loss, which process 0 prints.
let processHostSource = #"""
  #include "m.h"

  #include <mpi.h>
  #include <stdio.h>
  #include <stdlib.h>
  #include <string.h>

  static void sum(void *context, void *numbers, int64_t count, int32_t element_type) {
    (void)context;
    MPI_Allreduce(MPI_IN_PLACE, numbers, (int)count,
                  element_type == BNC_FLOAT64 ? MPI_DOUBLE : MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
  }

  static void *zeros(uint64_t size) {
    size = (size + BNC_ALIGNMENT - 1) / BNC_ALIGNMENT * BNC_ALIGNMENT;
    void *memory = aligned_alloc(BNC_ALIGNMENT, size ? size : BNC_ALIGNMENT);
    if (memory) memset(memory, 0, size);
    return memory;
  }

  int main(int count, char **words) {
    enum { STEPS = 30, LARGEST = 24 };
    int rank, processes;
    MPI_Init(&count, &words);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &processes);
    const bnc_plugin *p = bnc_plugin_table();
    if (processes > 1 && p->processes != (uint32_t)processes) return 2;
    const bnc_regions regions = {
        .parameters = zeros(p->parameters_size), .state = zeros(p->state_size),
        .scratch = zeros(p->scratch_size), .gradients = zeros(p->parameters_size),
        .slots = zeros(p->slots_size),
    };
    float *parameters = regions.parameters;
    for (uint64_t k = 0; k < p->parameters_size / sizeof(float); k++)
      parameters[k] = (float)((int)(k * 37 % 19) - 9) / 12;
    const bnc_host host = {.struct_size = sizeof host, .sum = processes > 1 ? sum : 0};
    for (int step = 1; step <= STEPS; step++) {
      // The last of a few has fewer examples than there are processes.
      const int whole = step % 10 ? LARGEST : 2;
      const int first = whole * rank / processes, end = whole * (rank + 1) / processes;
      float inputs[LARGEST][2];
      int32_t labels[LARGEST];
      for (int n = first; n < end; n++) {
        labels[n - first] = (n * 7 + step) % 2;
        inputs[n - first][0] = (float)((n * 5 + step) % 11) / 11 + (float)labels[n - first];
        inputs[n - first][1] = (float)((n * 3 + step * 2) % 13) / 13;
      }
      const int32_t type = BNC_REAL;
      const bnc_batch batch = {
          .inputs = (const void *[]){inputs}, .targets = (const void *[]){labels},
          .input_types = &type, .count = end - first,
      };
      const double hyperparameters[] = {0.05};
      const bnc_step told = {
          .step = (uint64_t)step, .hyperparameters = hyperparameters, .passes = 1,
          .examples = (uint64_t)whole, .whole = (uint32_t)whole, .first = (uint32_t)first,
      };
      bnc_result result = {0};
      if (p->train(&host, &regions, &batch, &told, &result) != BNC_OK) MPI_Abort(MPI_COMM_WORLD, 3);
      if (rank == 0) printf("%.9g\n", result.loss / whole);
    }
    MPI_Finalize();
    return 0;
  }
  """#
