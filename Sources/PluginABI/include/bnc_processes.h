// The processes that train one network together, as a module offers them that bnc loads where it was
// started by mpirun or srun. The module is compiled on the user's machine, against the MPI there, so
// that bnc is built and runs without any.
//
// All processes make the same calls in the same order.
#ifndef BNC_PROCESSES_H
#define BNC_PROCESSES_H

#include <stdint.h>

// The exported function: joins the other processes, and returns the table, or null and in `error` why
// there is none.
#define BNC_PROCESSES_SYMBOL bnc_processes_join

// What sums and gathers have cost this process so far.
typedef struct bnc_traffic {
  uint64_t messages;  // sums and gathers
  uint64_t bytes;     // that it sent to others
  double seconds;     // that its caller waited
} bnc_traffic;

typedef struct bnc_processes {
  uint32_t struct_size;  // sizeof(bnc_processes)
  int32_t rank;          // which of the processes this is, from 0
  int32_t count;         // how many there are
  int32_t local_rank;    // the same among those on this host
  int32_t local_count;
  const char *host;      // this host's name
  // Adds up `count` numbers, floats or doubles by their size, over all processes, in place. Each
  // number is the sum in the order of the processes, added up once, or by all alike: it has the same
  // bits in all of them, and in each repetition with as many.
  void (*sum)(void *numbers, int64_t count, int32_t element_size);
  // Begins such a sum; until sum_end the numbers are the module's. Other calls may come in between.
  void (*sum_begin)(void *numbers, int64_t count, int32_t element_size);
  // Waits for all sums that have begun.
  void (*sum_end)(void);
  // The `size` bytes of each process, in `all` one after the other.
  void (*gather)(const void *own, void *all, int64_t size);
  void (*traffic)(bnc_traffic *traffic);
  // Leaves; nothing is called afterwards. All have to.
  void (*leave)(void);
  // Ends all processes, this one with `code`. Does not return.
  void (*abort)(int32_t code);
} bnc_processes;

#endif
