/* Between a process and the disk, by LD_PRELOAD: breaks its calls on an outbox, or writes down what it did.
 *
 * HOOKBRIDGE_SHIM_DATABASE  the outbox; calls on it and on its -wal are looked at
 * HOOKBRIDGE_SHIM_FAULT     a file that names the fault in force, or is empty:
 *                           `write`, `short` (half of it, then no space), `nospace`, `sync`, `open`, `truncate`
 * HOOKBRIDGE_SHIM_TRACE     a file that gets a record of each write, sync and truncation, and of each line that
 *                           the process writes to its standard output, in the order in which they happened
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum file { OTHER = 0, DATABASE = 1, LOG = 2, OUTPUT = 3 };
enum operation { WRITE = 'W', SYNC = 'S', SYNC_FAILED = 'F', TRUNCATE = 'T', UNLINK = 'U' };

#define DESCRIPTORS 4096
static unsigned char kind_of[DESCRIPTORS];
static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;

static enum file kind_of_path(const char *path) {
    const char *database = getenv("HOOKBRIDGE_SHIM_DATABASE");
    if (!database || !path) return OTHER;
    size_t length = strlen(database);
    if (strncmp(path, database, length) != 0) return OTHER;
    if (path[length] == 0) return DATABASE;
    return strcmp(path + length, "-wal") == 0 ? LOG : OTHER;
}

static enum file kind(int fd) {
    if (fd == 1) return OUTPUT;
    return fd >= 0 && fd < DESCRIPTORS ? kind_of[fd] : OTHER;
}

static int fault(const char *name) {
    const char *path = getenv("HOOKBRIDGE_SHIM_FAULT");
    if (!path) return 0;
    char text[32] = {0};
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0) return 0;
    long got = syscall(SYS_read, fd, text, sizeof text - 1);
    syscall(SYS_close, fd);
    return got > 0 && strcmp(text, name) == 0;
}

/* A record: operation, file, offset, length, bytes. */
static void record(enum operation operation, enum file file, uint64_t offset, const void *bytes, uint32_t length) {
    static int trace = -2;
    if (trace == -2) {
        const char *path = getenv("HOOKBRIDGE_SHIM_TRACE");
        trace = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    }
    if (trace < 0) return;
    unsigned char *whole = malloc(14 + (size_t)length);
    if (!whole) abort();
    whole[0] = (unsigned char)operation;
    whole[1] = (unsigned char)file;
    memcpy(whole + 2, &offset, 8);
    memcpy(whole + 10, &length, 4);
    if (length) memcpy(whole + 14, bytes, length);
    size_t left = 14 + (size_t)length;
    unsigned char *at = whole;
    while (left > 0) {
        long wrote = syscall(SYS_write, trace, at, left);
        if (wrote <= 0) abort();
        at += wrote;
        left -= (size_t)wrote;
    }
    free(whole);
}

static int opened(int fd, const char *path) {
    if (fd >= 0 && fd < DESCRIPTORS) kind_of[fd] = (unsigned char)kind_of_path(path);
    return fd;
}

#define OPEN(name)                                                                                                     \
    int name(const char *path, int flags, ...) {                                                                       \
        mode_t mode = 0;                                                                                               \
        if (flags & (O_CREAT | O_TMPFILE)) {                                                                           \
            va_list rest;                                                                                              \
            va_start(rest, flags);                                                                                     \
            mode = va_arg(rest, mode_t);                                                                               \
            va_end(rest);                                                                                              \
        }                                                                                                              \
        if (kind_of_path(path) != OTHER && fault("open")) {                                                            \
            errno = EIO;                                                                                               \
            return -1;                                                                                                 \
        }                                                                                                              \
        return opened((int)syscall(SYS_openat, AT_FDCWD, path, flags, mode), path);                                    \
    }
OPEN(open)
OPEN(open64)

int close(int fd) {
    if (fd >= 0 && fd < DESCRIPTORS) kind_of[fd] = OTHER;
    return (int)syscall(SYS_close, fd);
}

/* The last write was cut short: the disk is full. */
static int was_short;

/* Writes at `offset`, or where the descriptor stands if that is negative. */
static ssize_t write_at(int fd, const void *bytes, size_t length, off_t offset) {
    enum file file = kind(fd);
    if (file == OTHER) {
        return offset < 0 ? syscall(SYS_write, fd, bytes, length) : syscall(SYS_pwrite64, fd, bytes, length, offset);
    }
    pthread_mutex_lock(&order);
    ssize_t wrote;
    int said = 0;
    if (file != OUTPUT && fault("write")) {
        wrote = -1, said = EIO;
    } else if (file != OUTPUT && (fault("nospace") || (fault("short") && was_short))) {
        wrote = -1, said = ENOSPC;
        was_short = 0;
    } else {
        if (file != OUTPUT && fault("short") && length > 1) length /= 2, was_short = 1;
        off_t at = offset >= 0 ? offset : file == OUTPUT ? 0 : (off_t)syscall(SYS_lseek, fd, 0, SEEK_CUR);
        wrote = offset < 0 ? syscall(SYS_write, fd, bytes, length) : syscall(SYS_pwrite64, fd, bytes, length, offset);
        said = errno;
        if (wrote > 0) record(WRITE, file, (uint64_t)at, bytes, (uint32_t)wrote);
    }
    pthread_mutex_unlock(&order);
    errno = said;
    return wrote;
}

ssize_t write(int fd, const void *bytes, size_t length) { return write_at(fd, bytes, length, -1); }
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) { return write_at(fd, bytes, length, offset); }
ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t offset) { return write_at(fd, bytes, length, offset); }

static int synced(int fd, long call) {
    enum file file = kind(fd);
    if (file == OTHER || file == OUTPUT) return (int)syscall(call, fd);
    pthread_mutex_lock(&order);
    int outcome, said = 0;
    if (fault("sync")) {
        outcome = -1, said = EIO;
        record(SYNC_FAILED, file, 0, NULL, 0);
    } else {
        /* The real disk need not be waited for: what is lost at a power cut is decided from the trace. */
        outcome = getenv("HOOKBRIDGE_SHIM_TRACE") ? 0 : (int)syscall(call, fd);
        said = errno;
        if (outcome == 0) record(SYNC, file, 0, NULL, 0);
    }
    pthread_mutex_unlock(&order);
    errno = said;
    return outcome;
}

int fsync(int fd) { return synced(fd, SYS_fsync); }
int fdatasync(int fd) { return synced(fd, SYS_fdatasync); }

static int truncated(int fd, off_t length) {
    enum file file = kind(fd);
    if (file == OTHER) return (int)syscall(SYS_ftruncate, fd, length);
    if (fault("truncate")) {
        errno = EIO;
        return -1;
    }
    pthread_mutex_lock(&order);
    int outcome = (int)syscall(SYS_ftruncate, fd, length);
    if (outcome == 0) record(TRUNCATE, file, (uint64_t)length, NULL, 0);
    pthread_mutex_unlock(&order);
    return outcome;
}

int ftruncate(int fd, off_t length) { return truncated(fd, length); }
int ftruncate64(int fd, off_t length) { return truncated(fd, length); }

int unlink(const char *path) {
    enum file file = kind_of_path(path);
    pthread_mutex_lock(&order);
    int outcome = (int)syscall(SYS_unlink, path);
    if (outcome == 0 && file != OTHER) record(UNLINK, file, 0, NULL, 0);
    pthread_mutex_unlock(&order);
    return outcome;
}
