/* A library for LD_PRELOAD that counts the operations that change files below a folder, and fails the n-th.

   Counted: open and openat that create or truncate, write, pwrite, writev, ftruncate, fsync, fdatasync, rename,
   link, mkdir, rmdir, unlink. Each function below replaces that of the C library, decides with `strike` whether
   the call fails, and otherwise calls the real one. Nothing is counted before `fault_arm` or after `fault_count`.

   fault_arm(n, how, root): begin to count in this process, below the folder `root`. `how`:
     "count"     nothing fails
     "once"      the n-th operation fails: no space left on the device (ENOSPC)
     "full"      the n-th and all later ones fail so
     "kill"      the process gets SIGKILL before the n-th
     "readonly"  all fail as on a file system mounted read-only (EROFS)
   fault_count(): stop counting and return the number of operations.

   clock_arm(seed): let the wall clock jump back and forth by up to forty years at every call; the monotonic
   clock, which measures durations, is left alone.

   Used by tests/support/sandbox.py; conftest.py compiles it. Linux with glibc only. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static char root[PATH_MAX];
static char how[16];
static long at = -1, count = 0;
#define FILES 65536
static char ours[FILES];

void fault_arm(long n, const char *what, const char *folder) {
  strncpy(how, what, sizeof how - 1);
  strncpy(root, folder, sizeof root - 1);
  count = 0;
  at = n;
}

long fault_count(void) {
  at = -1;
  return count;
}

static unsigned long draws = 0; /* 0: the clock is left alone */

void clock_arm(unsigned long seed) { draws = seed; }

/* Seconds by which the wall clock is off at this call. */
static long jump(void) {
  if (!draws) return 0;
  draws = draws * 6364136223846793005UL + 1442695040888963407UL;
  long span = (draws >> 60) < 8 ? 5 : (draws >> 60) < 12 ? 86400 : 1262304000; /* 5 s, a day, forty years */
  return (long)((draws >> 20) % (unsigned long)(2 * span + 1)) - span;
}

/* Count an operation; return 1 if it must fail, with errno set. */
static int strike(void) {
  long now = __atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST);
  if (!strcmp(how, "kill") && now == at) kill(getpid(), SIGKILL);
  int fails = (!strcmp(how, "once") && now == at) || (!strcmp(how, "full") && now >= at);
  if (fails) errno = ENOSPC;
  if (!strcmp(how, "readonly")) { errno = EROFS; return 1; }
  return fails;
}

/* 1 if `path`, relative to the open folder `folder`, is below `root`. */
static int below(int folder, const char *path) {
  char whole[PATH_MAX];
  if (at < 0 || !path) return 0;
  if (path[0] == '/') {
    if (strlen(path) >= PATH_MAX) return 0;
    strcpy(whole, path);
  } else {
    ssize_t length;
    if (folder == AT_FDCWD) {
      if (!getcwd(whole, sizeof whole)) return 0;
      length = (ssize_t)strlen(whole);
    } else {
      char link[64];
      char *end = link + sizeof link;
      (void)end;
      strcpy(link, "/proc/self/fd/");
      char digits[16];
      int k = 0, value = folder;
      do { digits[k++] = (char)('0' + value % 10); value /= 10; } while (value);
      char *to = link + strlen(link);
      while (k) *to++ = digits[--k];
      *to = 0;
      length = readlink(link, whole, sizeof whole - 1);
      if (length < 0) return 0;
    }
    if ((size_t)length + strlen(path) + 2 >= PATH_MAX) return 0;
    whole[length] = '/';
    strcpy(whole + length + 1, path);
  }
  return strncmp(whole, root, strlen(root)) == 0;
}

#define REAL(name) static __typeof__(name) *real; if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

/* Remember whether writes to an open file count. */
static int opened(int file, int changes) {
  if (file >= 0 && file < FILES) ours[file] = (char)changes;
  return file;
}

#define OPEN(name)                                                          \
  int name(const char *path, int flags, ...) {                              \
    REAL(name);                                                             \
    mode_t mode = 0;                                                        \
    if (flags & (O_CREAT | O_TMPFILE)) {                                    \
      va_list more; va_start(more, flags); mode = va_arg(more, mode_t); va_end(more); \
    }                                                                       \
    int changes = (flags & O_ACCMODE) != O_RDONLY && below(AT_FDCWD, path); \
    if (changes && (flags & (O_CREAT | O_TRUNC)) && strike()) return -1;    \
    return opened(real(path, flags, mode), changes);                        \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                        \
  int name(int folder, const char *path, int flags, ...) {                  \
    REAL(name);                                                             \
    mode_t mode = 0;                                                        \
    if (flags & (O_CREAT | O_TMPFILE)) {                                    \
      va_list more; va_start(more, flags); mode = va_arg(more, mode_t); va_end(more); \
    }                                                                       \
    int changes = (flags & O_ACCMODE) != O_RDONLY && below(folder, path);   \
    if (changes && (flags & (O_CREAT | O_TRUNC)) && strike()) return -1;    \
    return opened(real(folder, path, flags, mode), changes);                \
  }
OPENAT(openat)
OPENAT(openat64)

int clock_gettime(clockid_t which, struct timespec *now) {
  REAL(clock_gettime);
  int done = real(which, now);
  if (!done && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) now->tv_sec += jump();
  return done;
}
int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  REAL(gettimeofday);
  int done = real(now, zone);
  if (!done) now->tv_sec += jump();
  return done;
}
time_t time(time_t *now) {
  REAL(time);
  time_t found = real(NULL) + jump();
  if (now) *now = found;
  return found;
}

int close(int file) {
  REAL(close);
  if (file >= 0 && file < FILES) ours[file] = 0;
  return real(file);
}

static int on(int file) { return at >= 0 && file >= 0 && file < FILES && ours[file]; }

ssize_t write(int file, const void *from, size_t size) {
  REAL(write);
  if (on(file) && strike()) return -1;
  return real(file, from, size);
}
ssize_t pwrite(int file, const void *from, size_t size, off_t place) {
  REAL(pwrite);
  if (on(file) && strike()) return -1;
  return real(file, from, size, place);
}
ssize_t pwrite64(int file, const void *from, size_t size, off64_t place) {
  REAL(pwrite64);
  if (on(file) && strike()) return -1;
  return real(file, from, size, place);
}
ssize_t writev(int file, const struct iovec *parts, int many) {
  REAL(writev);
  if (on(file) && strike()) return -1;
  return real(file, parts, many);
}
int fsync(int file) {
  REAL(fsync);
  if (on(file) && strike()) return -1;
  return real(file);
}
int fdatasync(int file) {
  REAL(fdatasync);
  if (on(file) && strike()) return -1;
  return real(file);
}
int ftruncate64(int file, off64_t size) {
  REAL(ftruncate64);
  if (on(file) && strike()) return -1;
  return real(file, size);
}
int rename(const char *from, const char *to) {
  REAL(rename);
  if (below(AT_FDCWD, to) && strike()) return -1;
  return real(from, to);
}
int renameat(int a, const char *from, int b, const char *to) {
  REAL(renameat);
  if (below(b, to) && strike()) return -1;
  return real(a, from, b, to);
}
int renameat2(int a, const char *from, int b, const char *to, unsigned int flags) {
  REAL(renameat2);
  if (below(b, to) && strike()) return -1;
  return real(a, from, b, to, flags);
}
int link(const char *from, const char *to) {
  REAL(link);
  if (below(AT_FDCWD, to) && strike()) return -1;
  return real(from, to);
}
int mkdir(const char *path, mode_t mode) {
  REAL(mkdir);
  if (below(AT_FDCWD, path) && strike()) return -1;
  return real(path, mode);
}
int rmdir(const char *path) {
  REAL(rmdir);
  if (below(AT_FDCWD, path) && strike()) return -1;
  return real(path);
}
int unlink(const char *path) {
  REAL(unlink);
  if (below(AT_FDCWD, path) && strike()) return -1;
  return real(path);
}
int unlinkat(int folder, const char *path, int flags) {
  REAL(unlinkat);
  if (below(folder, path) && strike()) return -1;
  return real(folder, path, flags);
}
