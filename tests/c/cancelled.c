/* Threads that are cancelled while they send end after the call: the others go on, and every id that was returned is
 * stored. argv: folder. */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include "check.h"

#define ROUNDS 60
#define THREADS 3

static hookbridge_engine *engine;
static char endpoint[36];
static atomic_int returned;

static void *sender(void *unused) {
    (void)unused;
    for (;;) {
        char id[HOOKBRIDGE_MESSAGE_ID_SIZE];
        send_one(engine, endpoint, "{\"n\":1}", id);
        atomic_fetch_add(&returned, 1);
        pthread_testcancel();
    }
    return NULL;
}

int main(int argc, char **argv) {
    CHECK(argc == 2);
    engine = open_engine(argv[1], ",\"delivery\":\"off\"");
    create_endpoint(engine, "http://127.0.0.1:9/", endpoint);
    for (int round = 0; round < ROUNDS; round++) {
        pthread_t threads[THREADS];
        for (int n = 0; n < THREADS; n++) {
            CHECK(pthread_create(&threads[n], NULL, sender, NULL) == 0);
        }
        struct timespec pause = {0, 500000 + round * 50000};
        nanosleep(&pause, NULL);
        for (int n = 0; n < THREADS; n++) {
            CHECK(pthread_cancel(threads[n]) == 0);
        }
        for (int n = 0; n < THREADS; n++) {
            void *end = NULL;
            CHECK(pthread_join(threads[n], &end) == 0 && end == PTHREAD_CANCELED);
        }
    }
    CHECK(atomic_load(&returned) > 0);
    hookbridge_buffer *answer = NULL;
    hookbridge_error *error = NULL;
    ok(hookbridge_call(engine, slice("stats"), slice(""), &answer, &error), &error);
    const char *queued = strstr((const char *)hookbridge_buffer_data(answer), "\"queued\":");
    CHECK(queued != NULL);
    CHECK(atoi(queued + strlen("\"queued\":")) >= atomic_load(&returned));
    hookbridge_buffer_free(answer);
    ok(hookbridge_close(engine, 60000, NULL, &error), &error);
    hookbridge_free(engine);
    return 0;
}
