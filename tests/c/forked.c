/* An engine used on both sides of fork(), under load: everything that either side was given an id for is delivered.
 * argv: folder, receiver's URL. Prints the ids. */
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>
#include "check.h"

#define CHILDREN 20
#define EACH 10

static hookbridge_engine *engine;
static char endpoint[36];
static volatile int stop;

static void *hammer(void *unused) {
    (void)unused;
    char id[HOOKBRIDGE_MESSAGE_ID_SIZE];
    while (!stop) {
        send_one(engine, endpoint, "\"parent\"", id);
        printf("%s\n", id);
    }
    return NULL;
}

int main(int argc, char **argv) {
    CHECK(argc == 3);
    engine = open_engine(argv[1], ",\"durability\":\"normal\"");
    create_endpoint(engine, argv[2], endpoint);
    pthread_t threads[2];
    for (int n = 0; n < 2; n++) {
        CHECK(pthread_create(&threads[n], NULL, hammer, NULL) == 0);
    }
    for (int child = 0; child < CHILDREN; child++) {
        /* The ids of the child go through a pipe: stdio's own lock may be held at the fork. */
        int ends[2];
        CHECK(pipe(ends) == 0);
        pid_t pid = fork();
        CHECK(pid >= 0);
        if (pid == 0) {
            alarm(60);
            char id[HOOKBRIDGE_MESSAGE_ID_SIZE];
            for (int n = 0; n < EACH; n++) {
                hookbridge_message message = {0};
                message.endpoint_id = slice(endpoint);
                message.payload = slice("\"child\"");
                if (hookbridge_send(engine, &message, id, NULL) != HOOKBRIDGE_OK) {
                    _exit(2);
                }
                id[36] = '\n';
                if (write(ends[1], id, 37) != 37) {
                    _exit(3);
                }
            }
            _exit(0);
        }
        close(ends[1]);
        char id[37];
        int got = 0;
        ssize_t read_now;
        size_t have = 0;
        while ((read_now = read(ends[0], id + have, 37 - have)) > 0) {
            have += (size_t)read_now;
            if (have == 37) {
                printf("%.36s\n", id);
                have = 0;
                got++;
            }
        }
        close(ends[0]);
        int status = 0;
        CHECK(waitpid(pid, &status, 0) == pid);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        CHECK(got == EACH);
    }
    stop = 1;
    for (int n = 0; n < 2; n++) {
        pthread_join(threads[n], NULL);
    }
    bool flushed = false;
    hookbridge_error *error = NULL;
    ok(hookbridge_flush(engine, 120000, &flushed, &error), &error);
    CHECK(flushed);
    hookbridge_free(engine);
    return 0;
}
