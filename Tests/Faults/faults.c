// Calls of the C library that fail when a test says so: loaded in front of it by LD_PRELOAD.
//
//   BNC_FAULT=write:3          the third write of the process fails
//   BNC_FAULT_ERROR=28         with this error number
//   BNC_FAULT_MARK=FILE        and this file is made, so that the test knows that there were so many
//
// Programs that the process starts are spared. Calls within the C library do not come by here.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static char kind[16];
static long wanted = -1;
static int code = 28;
static char mark[4096];
static atomic_long calls;

__attribute__((constructor)) static void begin(void) {
  const char *fault = getenv("BNC_FAULT"), *colon = fault ? strchr(fault, ':') : NULL;
  const char *error = getenv("BNC_FAULT_ERROR"), *file = getenv("BNC_FAULT_MARK");
  if (colon && (size_t)(colon - fault) < sizeof kind) {
    memcpy(kind, fault, (size_t)(colon - fault));
    if (error) code = atoi(error);
    if (file && strlen(file) < sizeof mark) strcpy(mark, file);
    wanted = atol(colon + 1);
  }
  unsetenv("LD_PRELOAD");
  unsetenv("BNC_FAULT");
}

// Whether this call is the one that fails.
static int fails(const char *name) {
  if (wanted < 0 || strcmp(name, kind) != 0) return 0;
  if (atomic_fetch_add(&calls, 1) + 1 != wanted) return 0;
  if (mark[0]) {
    long file = syscall(SYS_openat, AT_FDCWD, mark, O_WRONLY | O_CREAT, 0600);
    if (file >= 0) syscall(SYS_close, file);
  }
  errno = code;
  return 1;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define OPEN(name)                                   \
  int name(const char *path, int flags, ...) {       \
    va_list rest;                                    \
    va_start(rest, flags);                           \
    mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0; \
    va_end(rest);                                    \
    if (fails("open")) return -1;                    \
    return NEXT(name)(path, flags, mode);            \
  }
OPEN(open)
OPEN(open64)

int mkstemp(char *template) { return fails("open") ? -1 : NEXT(mkstemp)(template); }
int mkstemp64(char *template) { return fails("open") ? -1 : NEXT(mkstemp64)(template); }
char *mkdtemp(char *template) { return fails("open") ? NULL : NEXT(mkdtemp)(template); }

ssize_t write(int file, const void *bytes, size_t count) {
  return fails("write") ? -1 : NEXT(write)(file, bytes, count);
}

int fsync(int file) { return fails("fsync") ? -1 : NEXT(fsync)(file); }

int rename(const char *from, const char *to) {
  return fails("rename") ? -1 : NEXT(rename)(from, to);
}

void *mmap(void *at, size_t size, int access, int flags, int file, off_t offset) {
  return fails("mmap") ? MAP_FAILED : NEXT(mmap)(at, size, access, flags, file, offset);
}

void *mmap64(void *at, size_t size, int access, int flags, int file, off_t offset) {
  return fails("mmap") ? MAP_FAILED : NEXT(mmap64)(at, size, access, flags, file, offset);
}

// The C library's own, for dlsym may want memory itself.
extern void *__libc_malloc(size_t size);
void *malloc(size_t size) { return fails("malloc") ? NULL : __libc_malloc(size); }

// What starts programs and threads.
typedef int spawn_function(pid_t *, const char *, const void *, const void *, char *const[], char *const[]);
int posix_spawn(
    pid_t *process, const char *path, const void *actions, const void *attributes,
    char *const arguments[], char *const environment[]) {
  if (fails("spawn")) return code;
  return ((spawn_function *)dlsym(RTLD_NEXT, "posix_spawn"))(
      process, path, actions, attributes, arguments, environment);
}

typedef int thread_function(void *, const void *, void *(*)(void *), void *);
int pthread_create(void *thread, const void *attributes, void *(*body)(void *), void *argument) {
  if (fails("thread")) return code;
  return ((thread_function *)dlsym(RTLD_NEXT, "pthread_create"))(thread, attributes, body, argument);
}
