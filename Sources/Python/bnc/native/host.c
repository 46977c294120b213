// What the Python package provides to a plugin, as bnc's own runner does: threads and matrix
// products. The package compiles this file, with random.c and Processor.c, when it is first needed.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "bnc_plugin.h"
#include "bnc_processor.h"

#define EXPORT __attribute__((visibility("default")))

// ---- Threads

// About a tenth of a millisecond: longer than the serial parts of a step.
enum { SPINS = 4000 };

typedef void body(void *argument, int32_t index);

// A number on cache lines of its own: two, because processors fetch them in pairs.
struct counter {
  _Alignas(128) atomic_ullong value;
};

typedef void sgemm(int, int, int, int, int, int, float, const float *, int, const float *, int,
    float, float *, int);
typedef void dgemm(int, int, int, int, int, int, double, const double *, int, const double *, int,
    double, double *, int);

// Threads that share one parallel loop at a time, split into a range of indices for each: a thread
// takes those of its own first, one at a time, then those that others left.
struct host {
  bnc_host table;
  sgemm *sgemm;
  dgemm *dgemm;
  int threads;
  // The loop: written before a range is published, read only after an index of it was claimed,
  // which keeps the loop from ending.
  body *body;
  void *argument;
  struct counter generation, finished, sleepers, busy;
  struct counter *ranges;  // the next index above the end, 32 bits each
  pthread_mutex_t mutex;
  pthread_cond_t wake;
};

struct assignment {
  struct host *host;
  int thread;
};

// The next index of a range, or -1 where none is left.
static int64_t take_index(struct counter *range) {
  unsigned long long packed = atomic_load_explicit(&range->value, memory_order_relaxed);
  for (;;) {
    const uint32_t next = (uint32_t)(packed >> 32), end = (uint32_t)packed;
    if (next >= end) return -1;
    const unsigned long long taken = (unsigned long long)(next + 1) << 32 | end;
    if (atomic_compare_exchange_weak_explicit(&range->value, &packed, taken, memory_order_acquire,
            memory_order_relaxed))
      return next;
  }
}

static void work(struct host *h, int thread) {
  unsigned long long done = 0;
  for (int step = 0; step < h->threads; step++) {
    struct counter *range = &h->ranges[(thread + step) % h->threads];
    for (int64_t index; (index = take_index(range)) >= 0; done++)
      h->body(h->argument, (int32_t)index);
  }
  if (done > 0) atomic_fetch_add_explicit(&h->finished.value, done, memory_order_release);
}

// Spins, then sleeps, until the generation is another than `seen`.
static unsigned long long await_next(struct host *h, unsigned long long seen) {
  unsigned long long generation;
  for (int spin = 0; spin < SPINS; spin++) {
    generation = atomic_load_explicit(&h->generation.value, memory_order_acquire);
    if (generation != seen) return generation;
    bnc_pause();
  }
  // The count of sleepers goes up before the generation is read again, and the other side does it
  // the other way round, so that one of the two always sees the other.
  atomic_fetch_add(&h->sleepers.value, 1);
  pthread_mutex_lock(&h->mutex);
  while ((generation = atomic_load(&h->generation.value)) == seen)
    pthread_cond_wait(&h->wake, &h->mutex);
  pthread_mutex_unlock(&h->mutex);
  atomic_fetch_sub(&h->sleepers.value, 1);
  return generation;
}

static void *worker(void *argument) {
  const struct assignment own = *(struct assignment *)argument;
  free(argument);
  for (unsigned long long seen = 0;;) {
    seen = await_next(own.host, seen);
    work(own.host, own.thread);
  }
  return NULL;
}

// While one loop runs, another one, from within it or from elsewhere, runs on its caller's thread.
static void parallel_for(void *context, int32_t count, body *run, void *argument) {
  struct host *h = context;
  unsigned long long idle = 0;
  if (count < 2 || h->threads < 2 ||
      !atomic_compare_exchange_strong(&h->busy.value, &idle, 1)) {
    for (int32_t index = 0; index < count; index++) run(argument, index);
    return;
  }
  h->body = run;
  h->argument = argument;
  atomic_store_explicit(&h->finished.value, 0, memory_order_relaxed);
  for (int t = 0; t < h->threads; t++) {
    const uint64_t first = (uint64_t)count * (uint64_t)t / (uint64_t)h->threads;
    const uint64_t end = (uint64_t)count * (uint64_t)(t + 1) / (uint64_t)h->threads;
    atomic_store_explicit(&h->ranges[t].value, first << 32 | end, memory_order_release);
  }
  atomic_fetch_add(&h->generation.value, 1);
  if (atomic_load(&h->sleepers.value) > 0) {
    pthread_mutex_lock(&h->mutex);
    pthread_cond_broadcast(&h->wake);
    pthread_mutex_unlock(&h->mutex);
  }
  work(h, 0);
  const unsigned long long all = (unsigned long long)count;
  for (int spin = 0; atomic_load_explicit(&h->finished.value, memory_order_acquire) < all; spin++) {
    // A worker may have lost its core to another process.
    if (spin > SPINS) sched_yield();
    else bnc_pause();
  }
  atomic_store_explicit(&h->busy.value, 0, memory_order_release);
}

static void wait_a_moment(void *context) {
  (void)context;
  bnc_pause();
}

// ---- Matrix products

static void multiply(void *context, const bnc_gemm *p) {
  const struct host *h = context;
  enum { ROW_MAJOR = 101, PLAIN = 111, TRANSPOSED = 112 };
  const int a = p->transpose_a ? TRANSPOSED : PLAIN, b = p->transpose_b ? TRANSPOSED : PLAIN;
  if (p->element_size == 4)
    h->sgemm(ROW_MAJOR, a, b, p->m, p->n, p->k, 1, p->a, p->stride_a, p->b, p->stride_b,
        p->accumulate ? 1 : 0, p->c, p->stride_c);
  else
    h->dgemm(ROW_MAJOR, a, b, p->m, p->n, p->k, 1, p->a, p->stride_a, p->b, p->stride_b,
        p->accumulate ? 1 : 0, p->c, p->stride_c);
}

// A host of `threads` threads, the caller's among them, that lives as long as the process; its
// table stands first. `waits`: every thread has a core of its own. The products are OpenBLAS's, or
// null. NULL where the system gives no memory, or no threads.
EXPORT bnc_host *bnc_python_host(int threads, int waits, sgemm *singles, dgemm *doubles) {
  struct host *h = aligned_alloc(128, (sizeof *h + 127) / 128 * 128);
  if (!h) return NULL;
  memset(h, 0, sizeof *h);
  h->ranges = aligned_alloc(128, (size_t)threads * sizeof *h->ranges);
  if (!h->ranges) return NULL;
  memset(h->ranges, 0, (size_t)threads * sizeof *h->ranges);
  h->threads = threads;
  h->sgemm = singles;
  h->dgemm = doubles;
  h->table = (bnc_host){
      .struct_size = sizeof h->table,
      .context = h,
      .parallel_for = parallel_for,
      .gemm = singles && doubles ? multiply : NULL,
      .wait = waits ? wait_a_moment : NULL,
  };
  pthread_mutex_init(&h->mutex, NULL);
  pthread_cond_init(&h->wake, NULL);
  for (int t = 1; t < threads; t++) {
    struct assignment *own = malloc(sizeof *own);
    pthread_t thread;
    if (!own) return NULL;
    *own = (struct assignment){h, t};
    if (pthread_create(&thread, NULL, worker, own)) return NULL;
    pthread_detach(thread);
  }
  return &h->table;
}

EXPORT uint64_t bnc_python_instruction_set(void) { return bnc_instruction_set(); }
