#define _GNU_SOURCE
#include "bnc_crash.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "bnc_segments.h"

enum {
  STACK = 1 << 16,        // bytes for a handler: AVX-512 and AMX alone take eleven thousand
  MOST_LIBRARIES = 64,
  MOST_WORDS = 1 << 16,   // of a stack that are looked at
  MOST_TEXT = 1 << 13,
};

static const struct crash {
  int number;
  const char *words;
} crashes[] = {
    {SIGSEGV, "SIGSEGV, an address that is not its own"},
    {SIGBUS, "SIGBUS, an address with nothing behind it"},
    {SIGFPE, "SIGFPE, a division of whole numbers that has no result"},
    {SIGILL, "SIGILL, an instruction that the processor does not have"},
};
enum { CRASHES = sizeof crashes / sizeof crashes[0] };

static struct sigaction former[CRASHES];
static _Atomic(const bnc_crash_library *) libraries[MOST_LIBRARIES];
static _Atomic(const char *) note_path, note_text, note_other;
static const char *help_text;
static bnc_segment own[32];  // this program's code
static int32_t own_count;
static atomic_int is_installed;
static atomic_flag is_told = ATOMIC_FLAG_INIT;

// What a handler knows of its thread.
static _Thread_local struct {
  uint64_t top;  // of its stack; 0: not known
  void *alternate;
  // What is known of the crash while more is looked for.
  const bnc_crash_library *library;
  const bnc_crash_function *function;
  const bnc_crash_function *inner;  // the outermost of the calls that are sure
  int number;
} thread;

// ---- Where it crashed

static const bnc_crash_library *library_at(uint64_t address) {
  for (int k = 0; k < MOST_LIBRARIES; k++) {
    const bnc_crash_library *library = atomic_load(&libraries[k]);
    if (library && address >= library->start && address < library->end) return library;
  }
  return NULL;
}

static const bnc_crash_function *function_at(const bnc_crash_library *library, uint64_t address) {
  for (int64_t k = 0; k < library->count; k++)
    if (address >= library->functions[k].start && address < library->functions[k].end)
      return &library->functions[k];
  return NULL;
}

static int is_own_code(uint64_t address) {
  for (int32_t k = 0; k < own_count; k++)
    if (own[k].is_code && address >= own[k].start && address < own[k].end) return 1;
  return 0;
}

// Whether the instruction that ends before `address`, which is in a library's code, calls `function`.
static int calls(const bnc_crash_library *library, uint64_t address,
                 const bnc_crash_function *function) {
#if defined(__x86_64__)
  const uint8_t *end = (const uint8_t *)(uintptr_t)address;
  int32_t distance;
  if (address < library->start + 5 || end[-5] != 0xE8) return 0;
  memcpy(&distance, end - 4, sizeof distance);
  return address + (uint64_t)(int64_t)distance == function->start;
#elif defined(__aarch64__)
  uint32_t call;
  if (address < library->start + 4) return 0;
  memcpy(&call, (const void *)(uintptr_t)(address - 4), sizeof call);
  const int64_t distance = (int64_t)((uint64_t)call << 38) >> 36;
  return call >> 26 == 0x25 && address - 4 + (uint64_t)distance == function->start;
#else
  (void)library, (void)address;
  return function != NULL;
#endif
}

// Notes what is known of one more address on the way out of the crash; says whether that is enough.
// Several kernels may call one function, and older addresses lie on a stack: a kernel is sure where it
// calls what is known so far, and else the first one that is found.
static int consider(uint64_t address) {
  const bnc_crash_library *library = library_at(address);
  // What bnc itself did is no fault of compiled code, unless that has called it.
  if (!library) return !thread.library && is_own_code(address);
  if (thread.library && library != thread.library) return 0;
  thread.library = library;
  const bnc_crash_function *function = function_at(library, address);
  if (!function) return 0;
  if (!thread.inner) {
    thread.inner = thread.function = function;
    return function->is_kernel;
  }
  const int is_caller = calls(library, address + 1, thread.inner);
  if (is_caller) thread.inner = function;
  if (function->is_kernel && (is_caller || !thread.function->is_kernel)) thread.function = function;
  return function->is_kernel && is_caller;
}

// Looks for the kernel: at the crash, then at all that looks like a place to return to, from the top
// of the stack on. What the compiled code has called, memset say, has no name of its own here.
static void search(const ucontext_t *context) {
#if defined(__x86_64__)
  const uint64_t place = (uint64_t)context->uc_mcontext.gregs[REG_RIP];
  const uint64_t stack = (uint64_t)context->uc_mcontext.gregs[REG_RSP];
#elif defined(__aarch64__)
  const uint64_t place = context->uc_mcontext.pc, stack = context->uc_mcontext.sp;
  const uint64_t link = context->uc_mcontext.regs[30];
#else
  const uint64_t place = 0, stack = UINT64_MAX;
  (void)context;
#endif
  if (consider(place)) return;
#if defined(__aarch64__)
  if (consider(link - 1)) return;
#endif
  const uint64_t *words = (const uint64_t *)(uintptr_t)((stack + 7) & ~(uint64_t)7);
  for (int k = 0; k < MOST_WORDS && (uint64_t)(uintptr_t)&words[k] < thread.top; k++)
    if (consider(words[k] - 1)) return;
}

// ---- What is said of it

struct text {
  char bytes[MOST_TEXT];
  size_t count;
};

static void put(struct text *text, const char *part) {
  for (; *part && text->count < sizeof text->bytes; part++) text->bytes[text->count++] = *part;
}

static void tell(const char *words) {
  static struct text text;
  const bnc_crash_function *function = thread.function;
  put(&text, "error: ");
  put(&text, thread.library->subject);
  put(&text, ": the compiled code crashed");
  if (function && function->layer) {
    put(&text, " in layer '");
    put(&text, function->layer);
    put(&text, "'");
  }
  if (function) {
    put(&text, function->is_kernel ? ", kernel " : ", function ");
    put(&text, function->name);
  }
  put(&text, ": ");
  put(&text, words);
  put(&text, "\nhelp: ");
  put(&text, help_text);
  put(&text, "\n");
  const char *path = atomic_load(&note_path), *note = atomic_load(&note_text);
  if (note && path && access(path, F_OK) != 0) note = atomic_load(&note_other);
  if (note) put(&text, note);
  for (size_t done = 0; done < text.count;) {
    const ssize_t more = write(STDERR_FILENO, text.bytes + done, text.count - done);
    if (more <= 0) break;
    done += (size_t)more;
  }
}

static void handle(int number, siginfo_t *info, void *context) {
  int row = 0;
  while (row < CRASHES - 1 && crashes[row].number != number) row++;
  // Sent by somebody: no crash at all.
  const int is_sent = info->si_code <= 0;
  if (!is_sent) {
    // A word of the stack that cannot be read brings it here once more, with what is known so far.
    const int is_second = thread.number != 0;
    if (!is_second) {
      thread.number = row + 1;
      search(context);
    }
    if (thread.library) {
      // Threads that crash at the same time let the first one speak.
      while (atomic_flag_test_and_set(&is_told)) pause();
      tell(crashes[thread.number - 1].words);
      _exit(1);
    }
  }
  sigaction(number, &former[row], NULL);
  // What crashed does so again, and finds what was there before; what was sent is sent again.
  if (is_sent) syscall(SYS_tgkill, getpid(), (pid_t)syscall(SYS_gettid), number);
}

// ---- Where it is prepared

void bnc_crash_begin_thread(void) {
  if (!atomic_load(&is_installed) || thread.top) return;
  thread.top = (uint64_t)(uintptr_t)__builtin_frame_address(0);
  stack_t there;
  if (sigaltstack(NULL, &there) == 0 && !(there.ss_flags & SS_DISABLE) && there.ss_size >= STACK)
    return;
  void *memory =
      mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return;
  thread.alternate = memory;
  sigaltstack(&(stack_t){.ss_sp = memory, .ss_size = STACK}, NULL);
}

void bnc_crash_end_thread(void) {
  thread.top = 0;
  if (!thread.alternate) return;
  sigaltstack(&(stack_t){.ss_flags = SS_DISABLE}, NULL);
  munmap(thread.alternate, STACK);
  thread.alternate = NULL;
}

void bnc_crash_install(const char *help) {
  if (atomic_exchange(&is_installed, 1)) return;
  help_text = help;
  own_count = bnc_segments((const void *)(uintptr_t)&bnc_crash_install, own,
                           sizeof own / sizeof own[0]);
  bnc_crash_begin_thread();
  struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
  sigemptyset(&action.sa_mask);
  for (int k = 0; k < CRASHES; k++) sigaction(crashes[k].number, &action, &former[k]);
}

int32_t bnc_crash_is_installed(void) { return atomic_load(&is_installed); }

void bnc_crash_add(const bnc_crash_library *library) {
  for (int k = 0; k < MOST_LIBRARIES; k++) {
    const bnc_crash_library *none = NULL;
    if (atomic_compare_exchange_strong(&libraries[k], &none, library)) return;
  }
}

void bnc_crash_remove(const bnc_crash_library *library) {
  for (int k = 0; k < MOST_LIBRARIES; k++) {
    const bnc_crash_library *it = library;
    if (atomic_compare_exchange_strong(&libraries[k], &it, NULL)) return;
  }
}

void bnc_crash_note(const char *path, const char *note, const char *other) {
  atomic_store(&note_other, other);
  atomic_store(&note_path, path);
  atomic_store(&note_text, note);
}
