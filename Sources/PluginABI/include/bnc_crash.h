// What a process says where compiled code crashes, in place of what the system would: the layer, the
// kernel, and where its training can go on from.
//
// The kernel is found by the address of the crash, so that a step takes no longer for it. All that is
// said is text before anything crashes: a signal's handler may not take memory.
#ifndef BNC_CRASH_H
#define BNC_CRASH_H

#include <stdint.h>

// A function of compiled code.
typedef struct bnc_crash_function {
  uint64_t start, end;  // addresses, the first one and the one behind the last one
  const char *name;     // of the C function
  const char *layer;    // whose kernel it is, or null
  int32_t is_kernel;    // else something that kernels call
  int32_t reserved;
} bnc_crash_function;

// A library of compiled code.
typedef struct bnc_crash_library {
  const char *subject;  // what a message is about: the file of the model
  uint64_t start, end;  // of its code
  const bnc_crash_function *functions;
  int64_t count;
} bnc_crash_library;

// From now on a crash in compiled code ends the process with a message that ends with `help`, which
// has to stay, and the exit code 1. A crash elsewhere does what it did before. The calling thread is
// the main one.
void bnc_crash_install(const char *help);

// Whether it is installed.
int32_t bnc_crash_is_installed(void);

// Crashes of the calling thread are told too, where its own stack is full as well, until it ends.
void bnc_crash_begin_thread(void);
void bnc_crash_end_thread(void);

// Crashes in `library` are told, until it is removed; it has to stay as long. One too many is not.
void bnc_crash_add(const bnc_crash_library *library);
void bnc_crash_remove(const bnc_crash_library *library);

// What else is said: `note`, or `other` where `path` names a file that is not there. Both end with a
// line break, and all three have to stay.
void bnc_crash_note(const char *path, const char *note, const char *other);

#endif
