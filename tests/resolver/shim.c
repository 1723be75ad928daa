/* Stands in for the name server, by LD_PRELOAD: names that end in `.test` or `.invalid` resolve as the file says that
 * HOOKBRIDGE_SHIM_NAMES names. Its lines are `name milliseconds address...`; each question takes that long and is
 * answered by the next address in turn. `-` is the answer that there is no such name, `!CODE` fails with that code, and
 * `a+b` is a host with both addresses. Each question is a line in the file of the same name with `.asked`.
 *
 * The file that HOOKBRIDGE_SHIM_SOCKETS names, where it is there, has a line `port CODE call...`: those calls fail with that
 * code on sockets that are connected to that port. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

typedef int resolve(const char *, const char *, const struct addrinfo *, struct addrinfo **);

static int ends_in(const char *name, const char *end) {
    size_t length = strlen(name), tail = strlen(end);
    return length >= tail && strcmp(name + length - tail, end) == 0;
}

static int failure(const char *code) {
    if (strcmp(code, "AGAIN") == 0) return EAI_AGAIN;
    if (strcmp(code, "FAIL") == 0) return EAI_FAIL;
    if (strcmp(code, "NODATA") == 0) return EAI_NODATA;
    if (strcmp(code, "MEMORY") == 0) return EAI_MEMORY;
    /* What glibc does where it can open no file: the code does not tell, errno does. */
    if (strcmp(code, "EMFILE") == 0) {
        errno = EMFILE;
        return EAI_NONAME;
    }
    errno = EIO;
    return EAI_SYSTEM;
}

static int all_of(resolve *real, char *addresses, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
    struct addrinfo **tail = found;
    char *rest = NULL;
    *found = NULL;
    for (char *one = strtok_r(addresses, "+", &rest); one; one = strtok_r(NULL, "+", &rest)) {
        int code = real(one, service, hints, tail);
        if (code != 0) return code;
        while (*tail) tail = &(*tail)->ai_next;
    }
    return *found ? 0 : EAI_NONAME;
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
    resolve *real = (resolve *)dlsym(RTLD_NEXT, "getaddrinfo");
    const char *path = getenv("HOOKBRIDGE_SHIM_NAMES");
    if (!path || !name || !(ends_in(name, ".test") || ends_in(name, ".invalid"))) return real(name, service, hints, found);
    char asked_path[4096];
    snprintf(asked_path, sizeof asked_path, "%s.asked", path);
    FILE *asked_file = fopen(asked_path, "ae");
    if (asked_file) {
        fprintf(asked_file, "%s\n", name);
        fclose(asked_file);
    }
    FILE *names = fopen(path, "re");
    if (!names) return EAI_FAIL;
    static unsigned asked;
    char line[512];
    int outcome = EAI_NONAME, error = 0;
    while (fgets(line, sizeof line, names)) {
        char *rest = NULL;
        const char *known = strtok_r(line, " \n", &rest);
        const char *millis = strtok_r(NULL, " \n", &rest);
        if (!known || !millis || strcmp(known, name) != 0) continue;
        struct timespec pause = {atoi(millis) / 1000, atoi(millis) % 1000 * 1000000L};
        nanosleep(&pause, NULL);
        char *addresses[16];
        unsigned count = 0;
        for (char *word; count < 16 && (word = strtok_r(NULL, " \n", &rest));) addresses[count++] = word;
        if (count == 0) break;
        char *address = addresses[__atomic_fetch_add(&asked, 1, __ATOMIC_SEQ_CST) % count];
        if (strcmp(address, "-") == 0) break;
        errno = 0;
        outcome = *address == '!' ? failure(address + 1) : all_of(real, address, service, hints, found);
        error = errno;
        break;
    }
    fclose(names);
    errno = error;
    return outcome;
}

/* Whether a call on a socket is to fail; errno says how. */
static int fails(int socket, const char *call) {
    const char *path = getenv("HOOKBRIDGE_SHIM_SOCKETS");
    FILE *file = path ? fopen(path, "re") : NULL;
    if (!file) return 0;
    char line[512], *rest = NULL;
    int found = 0;
    struct sockaddr_in peer = {0};
    socklen_t length = sizeof peer;
    if (fgets(line, sizeof line, file) && getpeername(socket, (struct sockaddr *)&peer, &length) == 0) {
        const char *port = strtok_r(line, " \n", &rest);
        const char *code = strtok_r(NULL, " \n", &rest);
        if (port && code && atoi(port) == ntohs(peer.sin_port)) {
            for (char *word; (word = strtok_r(NULL, " \n", &rest));) found |= strcmp(word, call) == 0;
            if (found) errno = strcmp(code, "ENOMEM") == 0 ? ENOMEM : strcmp(code, "ENOBUFS") == 0 ? ENOBUFS : ECONNRESET;
        }
    }
    int error = errno;
    fclose(file);
    errno = error;
    return found;
}

ssize_t send(int socket, const void *bytes, size_t length, int flags) {
    if (fails(socket, "send")) return -1;
    return ((ssize_t (*)(int, const void *, size_t, int))dlsym(RTLD_NEXT, "send"))(socket, bytes, length, flags);
}

ssize_t recv(int socket, void *bytes, size_t length, int flags) {
    if (fails(socket, "recv")) return -1;
    return ((ssize_t (*)(int, void *, size_t, int))dlsym(RTLD_NEXT, "recv"))(socket, bytes, length, flags);
}

ssize_t writev(int socket, const struct iovec *pieces, int count) {
    if (fails(socket, "send")) return -1;
    return ((ssize_t (*)(int, const struct iovec *, int))dlsym(RTLD_NEXT, "writev"))(socket, pieces, count);
}
