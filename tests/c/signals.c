/* A send may commit on the host's own thread: handlers of the host run between sends and not within, its signal mask
 * is as it was, and a file at its size limit is an error and no SIGXFSZ. argv: folder. */
#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>
#include "check.h"

static volatile sig_atomic_t rung;

static void ring(int signal) {
    (void)signal;
    rung++;
}

static void set_limit(rlim_t bytes) {
    struct rlimit limit;
    CHECK(getrlimit(RLIMIT_FSIZE, &limit) == 0);
    limit.rlim_cur = bytes;
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

int main(int argc, char **argv) {
    CHECK(argc == 2);
    hookbridge_engine *engine = open_engine(argv[1], ",\"delivery\":\"off\"");
    char endpoint[36], id[HOOKBRIDGE_MESSAGE_ID_SIZE];
    create_endpoint(engine, "http://127.0.0.1:9/", endpoint);

    /* No SA_RESTART: whatever call the alarm meets is interrupted. */
    struct sigaction action = {0};
    action.sa_handler = ring;
    CHECK(sigaction(SIGALRM, &action, NULL) == 0);
    struct itimerval every = {{0, 500}, {0, 500}}, never = {{0, 0}, {0, 0}};
    CHECK(setitimer(ITIMER_REAL, &every, NULL) == 0);
    for (int n = 0; n < 2000 || rung < 10; n++) {
        send_one(engine, endpoint, "{\"n\":1}", id);
    }
    CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
    sigset_t mask;
    CHECK(pthread_sigmask(SIG_BLOCK, NULL, &mask) == 0);
    for (int number = 1; number < NSIG; number++) {
        CHECK(sigismember(&mask, number) != 1);
    }

    static char payload[100001];
    memset(payload, '1', sizeof payload - 1);
    hookbridge_message message = {0};
    message.endpoint_id = slice(endpoint);
    message.payload = slice(payload);
    hookbridge_error *error = NULL;
    hookbridge_code code = HOOKBRIDGE_OK;
    set_limit(40960);
    for (int n = 0; n < 1000 && code == HOOKBRIDGE_OK; n++) {
        code = hookbridge_send(engine, &message, id, &error);
    }
    CHECK(code != HOOKBRIDGE_OK);
    CHECK(strcmp(hookbridge_error_name(error), "STORAGE_UNAVAILABLE") == 0);
    hookbridge_error_free(error);
    set_limit(RLIM_INFINITY);
    send_one(engine, endpoint, payload, id);
    error = NULL;
    ok(hookbridge_close(engine, 60000, NULL, &error), &error);
    hookbridge_free(engine);
    return 0;
}
