/* Stands in for the name server, by LD_PRELOAD: names that end in `.test` or `.invalid` resolve as the file says that
 * HOOKBRIDGE_SHIM_NAMES names. Its lines are `name milliseconds address...`; each question takes that long and is
 * answered by the next address in turn. `-` is the answer that there is no such name, `!CODE` fails with that code, and
 * `a+b` is a host with both addresses. Each question is a line in the file of the same name with `.asked`. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
