// bnc_processes.h over MPI.
//
// MPI leaves open in which order MPI_Allreduce adds. Here it is fixed: small sums gather the numbers
// of all processes, and each process adds them up in their order; large ones are cut into as many
// pieces as there are processes, process r adds up piece r of all of them, in their order, and hands
// the sum to all. Either way each number is added in one order. A large sum sends 2 (P - 1) / P times
// its bytes, as many as a ring; a small one P - 1 times, in one message instead of two.
#define _POSIX_C_SOURCE 200809L
#include <mpi.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bnc_processes.h"

enum {
  SMALL = 16384,       // bytes of a process that are gathered: more take longer than a second message
  LARGEST = 1 << 24,   // numbers that are added up at a time: counts of MPI are ints
  WAITING = 64,        // sums that have begun, at most
  PAUSE = 20000,       // nanoseconds between looks at a sum in the background
};

static bnc_processes table;
static char host[MPI_MAX_PROCESSOR_NAME + 1];
static bnc_traffic traffic_so_far;

// Room of one thread, which grows.
struct room {
  char *bytes;
  size_t size;
};

static void fail(const char *what) {
  fprintf(stderr, "error: process %d on %s: %s\n", table.rank, host, what);
  MPI_Abort(MPI_COMM_WORLD, 1);
}

static char *reserve(struct room *room, size_t size) {
  if (size > room->size) {
    free(room->bytes);
    room->bytes = malloc(size);
    room->size = size;
    if (!room->bytes) fail("there is no memory for what processes exchange");
  }
  return room->bytes;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

// total = the sum over processes p of parts[p], each of `count` numbers, in their order.
static void add_up(const char *parts, int processes, int count, int element_size, void *total) {
  if (element_size == sizeof(double)) {
    const double *x = (const double *)(const void *)parts;
    double *sum = total;
    for (int k = 0; k < count; k++) {
      double y = x[k];
      for (int p = 1; p < processes; p++) y += x[(ptrdiff_t)p * count + k];
      sum[k] = y;
    }
  } else {
    const float *x = (const float *)(const void *)parts;
    float *sum = total;
    for (int k = 0; k < count; k++) {
      float y = x[k];
      for (int p = 1; p < processes; p++) y += x[(ptrdiff_t)p * count + k];
      sum[k] = y;
    }
  }
}

// Whether the thread that computes has come to the end and waits for what is in the background.
static atomic_int is_awaited;

// Waits for a request: all the time, or looking now and then as long as the thread that computes needs
// the core.
static void finish(MPI_Request *request, int in_background) {
  if (!in_background) {
    MPI_Wait(request, MPI_STATUS_IGNORE);
    return;
  }
  for (int done = 0; !done;) {
    MPI_Test(request, &done, MPI_STATUS_IGNORE);
    if (!done && !atomic_load_explicit(&is_awaited, memory_order_relaxed))
      nanosleep(&(struct timespec){.tv_nsec = PAUSE}, 0);
  }
}

// A sum of at most LARGEST numbers.
static void sum_some(MPI_Comm comm, char *numbers, int count, int element_size, struct room *room,
                     int in_background) {
  const int processes = table.count;
  const MPI_Datatype type = element_size == sizeof(double) ? MPI_DOUBLE : MPI_FLOAT;
  MPI_Request request;
  if ((size_t)count * (size_t)element_size <= SMALL) {
    char *all = reserve(room, (size_t)count * (size_t)element_size * (size_t)processes);
    MPI_Iallgather(numbers, count, type, all, count, type, comm, &request);
    finish(&request, in_background);
    add_up(all, processes, count, element_size, numbers);
    return;
  }
  // Piece r has those from r * count / processes on.
  int *own = (int *)(void *)reserve(
      room, (size_t)processes * 4 * sizeof(int) + ((size_t)count / (size_t)processes + 1)
          * (size_t)processes * (size_t)element_size);
  int *counts = own, *starts = own + processes, *same = own + 2 * processes;
  int *places = own + 3 * processes;
  for (int p = 0; p < processes; p++) {
    starts[p] = (int)((int64_t)count * p / processes);
    counts[p] = (int)((int64_t)count * (p + 1) / processes) - starts[p];
  }
  const int mine = counts[table.rank];
  for (int p = 0; p < processes; p++) {
    same[p] = mine;
    places[p] = p * mine;
  }
  char *parts = (char *)(own + 4 * processes);
  MPI_Ialltoallv(numbers, counts, starts, type, parts, same, places, type, comm, &request);
  finish(&request, in_background);
  add_up(parts, processes, mine, element_size,
         numbers + (size_t)starts[table.rank] * (size_t)element_size);
  MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, numbers, counts, starts, type, comm, &request);
  finish(&request, in_background);
}

static void sum_all(MPI_Comm comm, void *numbers, int64_t count, int element_size,
                    struct room *room, int in_background) {
  char *next = numbers;
  while (count > 0) {
    const int some = count < LARGEST ? (int)count : LARGEST;
    sum_some(comm, next, some, element_size, room, in_background);
    next += (size_t)some * (size_t)element_size;
    count -= some;
  }
}

// What a sum of so many bytes sends to others.
static void count_sum(uint64_t bytes) {
  const uint64_t others = (uint64_t)table.count - 1;
  traffic_so_far.messages += 1;
  traffic_so_far.bytes += bytes <= SMALL ? bytes * others
                                         : 2 * bytes * others / (uint64_t)table.count;
}

// ---- In the foreground

static MPI_Comm foreground;
static struct room foreground_room;

static void sum(void *numbers, int64_t count, int32_t element_size) {
  const double start = now();
  sum_all(foreground, numbers, count, element_size, &foreground_room, 0);
  traffic_so_far.seconds += now() - start;
  count_sum((uint64_t)count * (uint64_t)element_size);
}

static void gather(const void *own, void *all, int64_t size) {
  const double start = now();
  // Pieces of a size that an int holds, which is why they are gathered apart and put into place.
  for (int64_t done = 0; done < size;) {
    const int64_t left = size - done;
    const int most = LARGEST / table.count > 4096 ? LARGEST / table.count : 4096;
    const int some = left < most ? (int)left : most;
    if (done == 0 && some == left) {
      MPI_Allgather(own, some, MPI_BYTE, all, some, MPI_BYTE, foreground);
    } else {
      char *parts = reserve(&foreground_room, (size_t)some * (size_t)table.count);
      MPI_Allgather((const char *)own + done, some, MPI_BYTE, parts, some, MPI_BYTE, foreground);
      for (int p = 0; p < table.count; p++)
        memcpy((char *)all + p * size + done, parts + (ptrdiff_t)p * some, (size_t)some);
    }
    done += some;
  }
  traffic_so_far.seconds += now() - start;
  traffic_so_far.messages += 1;
  traffic_so_far.bytes += (uint64_t)size * ((uint64_t)table.count - 1);
}

// ---- In the background: a thread with a communicator of its own
//
// On one host what is exchanged is copied from memory to memory by the cores that compute: a second
// thread would only take turns with the first.

static MPI_Comm background;
static struct room background_room;
static int has_thread;
static pthread_t thread;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct {
  void *numbers;
  int64_t count;
  int32_t element_size;
} waiting[WAITING];
static int64_t begun, taken;  // sums that have begun, and those of them that have ended
static int is_over;

static void *run(void *argument) {
  (void)argument;
  pthread_mutex_lock(&mutex);
  for (;;) {
    while (taken == begun && !is_over) pthread_cond_wait(&changed, &mutex);
    if (taken == begun) break;
    const int place = (int)(taken % WAITING);
    pthread_mutex_unlock(&mutex);
    sum_all(background, waiting[place].numbers, waiting[place].count, waiting[place].element_size,
            &background_room, 1);
    pthread_mutex_lock(&mutex);
    taken += 1;
    pthread_cond_broadcast(&changed);
  }
  pthread_mutex_unlock(&mutex);
  return 0;
}

static void sum_begin(void *numbers, int64_t count, int32_t element_size) {
  if (!has_thread) {
    sum(numbers, count, element_size);
    return;
  }
  pthread_mutex_lock(&mutex);
  while (begun - taken == WAITING) pthread_cond_wait(&changed, &mutex);
  const int place = (int)(begun % WAITING);
  waiting[place].numbers = numbers;
  waiting[place].count = count;
  waiting[place].element_size = element_size;
  begun += 1;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&mutex);
  count_sum((uint64_t)count * (uint64_t)element_size);
}

static void sum_end(void) {
  if (!has_thread) return;
  const double start = now();
  atomic_store_explicit(&is_awaited, 1, memory_order_relaxed);
  pthread_mutex_lock(&mutex);
  while (taken < begun) pthread_cond_wait(&changed, &mutex);
  pthread_mutex_unlock(&mutex);
  atomic_store_explicit(&is_awaited, 0, memory_order_relaxed);
  traffic_so_far.seconds += now() - start;
}

// ---- To begin and to end

static void traffic(bnc_traffic *result) { *result = traffic_so_far; }

static void leave(void) {
  // Nobody ends, and is missed by the launcher, before the first one has written what all have made.
  MPI_Barrier(foreground);
  if (has_thread) {
    pthread_mutex_lock(&mutex);
    is_over = 1;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
    pthread_join(thread, 0);
  }
  MPI_Finalize();
}

static void stop(int32_t code) {
  MPI_Abort(MPI_COMM_WORLD, code);
  _Exit(code);
}

const bnc_processes *bnc_processes_join(const char **error) {
  int is_begun = 0, provided = MPI_THREAD_SINGLE, length = 0;
  MPI_Initialized(&is_begun);
  if (is_begun) {
    *error = "MPI has begun already";
    return 0;
  }
  if (MPI_Init_thread(0, 0, MPI_THREAD_MULTIPLE, &provided) != MPI_SUCCESS) {
    *error = "MPI cannot begin";
    return 0;
  }
  MPI_Comm_rank(MPI_COMM_WORLD, &table.rank);
  MPI_Comm_size(MPI_COMM_WORLD, &table.count);
  MPI_Get_processor_name(host, &length);
  MPI_Comm local;
  MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, table.rank, MPI_INFO_NULL, &local);
  MPI_Comm_rank(local, &table.local_rank);
  MPI_Comm_size(local, &table.local_count);
  MPI_Comm_free(&local);
  MPI_Comm_dup(MPI_COMM_WORLD, &foreground);
  MPI_Comm_dup(MPI_COMM_WORLD, &background);
  const char *wish = getenv("BNC_MPI_BACKGROUND");
  int wants = wish ? strcmp(wish, "0") != 0 : table.local_count < table.count;
  wants = wants && provided == MPI_THREAD_MULTIPLE;
  // All or none, or some would wait for sums that the others take elsewhere.
  MPI_Allreduce(&wants, &has_thread, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
  if (has_thread && pthread_create(&thread, 0, run, 0) != 0)
    fail("there is no thread for what is exchanged in the background");
  table.struct_size = sizeof table;
  table.host = host;
  table.sum = sum;
  table.sum_begin = sum_begin;
  table.sum_end = sum_end;
  table.gather = gather;
  table.traffic = traffic;
  table.leave = leave;
  table.abort = stop;
  return &table;
}
