/* Resident memory and descriptors stay flat over 100,000 sends and 1,000 openings. argv: folder. */
#include <dirent.h>
#include <unistd.h>
#include "check.h"

/* What may be added after the warm-up, in KiB. */
#define ALLOWED (16 * 1024)

static long resident(void) {
    long all, pages;
    FILE *statm = fopen("/proc/self/statm", "r");
    CHECK(statm != NULL && fscanf(statm, "%ld %ld", &all, &pages) == 2);
    fclose(statm);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static int count(const char *folder) {
    DIR *opened = opendir(folder);
    CHECK(opened != NULL);
    int entries = 0;
    while (readdir(opened) != NULL) {
        entries++;
    }
    closedir(opened);
    return entries;
}

static void send_many(hookbridge_engine *engine, const char *endpoint, int many) {
    char id[HOOKBRIDGE_MESSAGE_ID_SIZE];
    for (int n = 0; n < many; n++) {
        send_one(engine, endpoint, "{\"event\":\"order.created\",\"order_id\":\"ord_123\"}", id);
    }
}

static void open_many(const char *folder, int many) {
    for (int n = 0; n < many; n++) {
        hookbridge_engine *engine = open_engine(folder, ",\"delivery\":\"off\",\"durability\":\"normal\"");
        hookbridge_error *error = NULL;
        hookbridge_buffer *answer = NULL;
        ok(hookbridge_call(engine, slice("stats"), slice("{}"), &answer, &error), &error);
        hookbridge_buffer_free(answer);
        CHECK(hookbridge_call(engine, slice("messages.get"), slice("{\"message_id\":\"none\"}"), &answer, &error) !=
              HOOKBRIDGE_OK);
        hookbridge_error_free(error);
        ok(hookbridge_close(engine, 10000, NULL, &error), &error);
        hookbridge_free(engine);
    }
}

int main(int argc, char **argv) {
    CHECK(argc == 2);
    hookbridge_engine *engine = open_engine(argv[1], ",\"delivery\":\"off\",\"durability\":\"normal\"");
    hookbridge_error *error = NULL;
    char endpoint[36];
    create_endpoint(engine, "http://127.0.0.1:9/", endpoint);
    send_many(engine, endpoint, 20000);
    long memory = resident();
    int files = count("/proc/self/fd");
    send_many(engine, endpoint, 100000);
    CHECK(resident() - memory < ALLOWED);
    CHECK(count("/proc/self/fd") == files);
    ok(hookbridge_close(engine, 10000, NULL, &error), &error);
    hookbridge_free(engine);

    open_many(argv[1], 100);
    memory = resident();
    files = count("/proc/self/fd");
    int threads = count("/proc/self/task");
    open_many(argv[1], 1000);
    CHECK(resident() - memory < ALLOWED);
    CHECK(count("/proc/self/fd") <= files);
    CHECK(count("/proc/self/task") <= threads + 8);
    return 0;
}
