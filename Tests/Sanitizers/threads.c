// A host for plugins that has threads, so that a thread sanitizer sees what their tasks do side by side.
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "bnc_plugin.h"

enum { THREADS = 3 };

// One call of parallel_for.
struct loop {
  atomic_int next;
  int32_t count;
  void (*body)(void *argument, int32_t index);
  void *argument;
};

static void *take(void *of) {
  struct loop *loop = of;
  for (int32_t index; (index = atomic_fetch_add(&loop->next, 1)) < loop->count;)
    loop->body(loop->argument, index);
  return NULL;
}

static void parallel_for(void *context, int32_t count, void (*body)(void *argument, int32_t index),
                         void *argument) {
  (void)context;
  struct loop loop = {.count = count, .body = body, .argument = argument};
  pthread_t threads[THREADS];
  for (int k = 0; k < THREADS; k++)
    if (pthread_create(&threads[k], NULL, take, &loop)) {
      fputs("error: no thread can be started\n", stderr);
      exit(1);
    }
  for (int k = 0; k < THREADS; k++) pthread_join(threads[k], NULL);
}

static void wait(void *context) {
  (void)context;
  sched_yield();
}

const bnc_host *threaded_host(void);

const bnc_host *threaded_host(void) {
  static const bnc_host host = {
      .struct_size = sizeof host, .parallel_for = parallel_for, .wait = wait};
  return &host;
}
