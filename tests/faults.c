/* Makes the Nth write, sync, rename, link or truncation below one folder fail, or the process
   die at it. Loaded with LD_PRELOAD, so that SQLite's and tantivy's own calls fail too. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static char folder[PATH_MAX];
static long fail_at = 0, count = 0;
static int mode = 0; /* 1: fail once with EIO; 2: the disk is full from there on; 3: die */

void faults_arm(const char *below, long at, int how) {
    strncpy(folder, below, sizeof folder - 1);
    count = 0;
    fail_at = at;
    mode = how;
}
long faults_count(void) { return count; }

static int strikes(const char *path) {
    if (!mode || strncmp(path, folder, strlen(folder))) return 0;
    long here = __sync_add_and_fetch(&count, 1);
    if (mode == 1 && here == fail_at) { errno = EIO; return 1; }
    if (mode == 2 && here >= fail_at) { errno = ENOSPC; return 1; }
    if (mode == 3 && here == fail_at) _exit(77);
    return 0;
}
static int strikes_fd(int fd) {
    char link[64], path[PATH_MAX];
    if (!mode) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strikes(path);
}
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *b, size_t n) { return strikes_fd(fd) ? -1 : REAL(write)(fd, b, n); }
ssize_t pwrite(int fd, const void *b, size_t n, off_t o) { return strikes_fd(fd) ? -1 : REAL(pwrite)(fd, b, n, o); }
ssize_t pwrite64(int fd, const void *b, size_t n, off64_t o) { return strikes_fd(fd) ? -1 : REAL(pwrite64)(fd, b, n, o); }
int fsync(int fd) { return strikes_fd(fd) ? -1 : REAL(fsync)(fd); }
int fdatasync(int fd) { return strikes_fd(fd) ? -1 : REAL(fdatasync)(fd); }
int ftruncate(int fd, off_t n) { return strikes_fd(fd) ? -1 : REAL(ftruncate)(fd, n); }
int ftruncate64(int fd, off64_t n) { return strikes_fd(fd) ? -1 : REAL(ftruncate64)(fd, n); }
int rename(const char *a, const char *b) { return strikes(b) ? -1 : REAL(rename)(a, b); }
int renameat(int x, const char *a, int y, const char *b) { return strikes(b) ? -1 : REAL(renameat)(x, a, y, b); }
int renameat2(int x, const char *a, int y, const char *b, unsigned f) { return strikes(b) ? -1 : REAL(renameat2)(x, a, y, b, f); }
int link(const char *a, const char *b) { return strikes(b) ? -1 : REAL(link)(a, b); }
