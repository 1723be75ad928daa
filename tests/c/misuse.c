/* Null arguments, wrong input, closing twice: an error with a code, never a crash. */
#include <arpa/inet.h>
#include <dirent.h>
#include <sys/socket.h>
#include <unistd.h>
#include "check.h"

static void refused(hookbridge_code got, hookbridge_code wanted, hookbridge_error **filled) {
    hookbridge_error *error = *filled;
    CHECK(got == wanted);
    CHECK(hookbridge_error_code(error) == wanted);
    CHECK(strlen(hookbridge_error_name(error)) > 0 && strlen(hookbridge_error_message(error)) > 0);
    hookbridge_error_free(error);
}

/* The engine's threads have ended: what they hold until then would count as lost to valgrind. */
static void threads_end(void) {
    for (int looks = 0; looks < 6000; looks++) {
        int tasks = 0;
        DIR *folder = opendir("/proc/self/task");
        CHECK(folder != NULL);
        for (struct dirent *entry; (entry = readdir(folder)) != NULL;) tasks += entry->d_name[0] != '.';
        closedir(folder);
        if (tasks == 1) return;
        usleep(10000);
    }
    CHECK(!"a thread goes on after the close");
}

/* A close whose time passes while a receiver that never answers is waited for says so. */
static void closes_too_early(const char *folder) {
    int receiver = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    CHECK(bind(receiver, (struct sockaddr *)&address, length) == 0 && listen(receiver, 8) == 0);
    CHECK(getsockname(receiver, (struct sockaddr *)&address, &length) == 0);
    hookbridge_engine *engine = open_engine(folder, "");
    char url[64], endpoint[36], id[HOOKBRIDGE_MESSAGE_ID_SIZE];
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", ntohs(address.sin_port));
    create_endpoint(engine, url, endpoint);
    send_one(engine, endpoint, "{}", id);
    int caller = accept(receiver, NULL, NULL);
    CHECK(caller >= 0);
    bool ended = true;
    hookbridge_error *error = NULL;
    ok(hookbridge_close(engine, 0, &ended, &error), &error);
    CHECK(!ended);
    hookbridge_free(engine);
    close(caller);
    close(receiver);
}

int main(int argc, char **argv) {
    CHECK(argc == 2);
    CHECK(hookbridge_abi_version() == HOOKBRIDGE_ABI_VERSION);
    CHECK(strchr(hookbridge_version(), '.') != NULL);
    hookbridge_error *error = NULL;
    hookbridge_engine *engine = (hookbridge_engine *)1;
    refused(hookbridge_open(slice("{\"durability\":1}"), &engine, &error), HOOKBRIDGE_INVALID_CONFIGURATION, &error);
    CHECK(engine == NULL);
    hookbridge_slice binary = {(const uint8_t *)"\xff\xfe", 2};
    refused(hookbridge_open(binary, &engine, &error), HOOKBRIDGE_INVALID_REQUEST, &error);
    refused(hookbridge_open(slice("{}"), NULL, &error), HOOKBRIDGE_INVALID_REQUEST, &error);
    refused(hookbridge_open(slice("{\"database\":\"/nowhere/at/all.db\"}"), &engine, &error),
            HOOKBRIDGE_STORAGE_UNAVAILABLE, &error);
    CHECK(hookbridge_open(slice("nonsense"), &engine, NULL) == HOOKBRIDGE_INVALID_CONFIGURATION);

    engine = open_engine(argv[1], "");
    char endpoint[36], id[HOOKBRIDGE_MESSAGE_ID_SIZE];
    create_endpoint(engine, "http://127.0.0.1:1/hook", endpoint);
    hookbridge_message message = {0};
    refused(hookbridge_send(engine, NULL, id, &error), HOOKBRIDGE_INVALID_REQUEST, &error);
    refused(hookbridge_send(NULL, &message, id, &error), HOOKBRIDGE_INVALID_REQUEST, &error);
    message.payload = slice("{}");
    refused(hookbridge_send(engine, &message, id, &error), HOOKBRIDGE_ENDPOINT_NOT_FOUND, &error);
    CHECK(id[0] == 0);
    message.endpoint_id = slice(endpoint);
    message.payload = slice("{not json");
    refused(hookbridge_send(engine, &message, NULL, &error), HOOKBRIDGE_INVALID_REQUEST, &error);
    message.payload.data = NULL;
    refused(hookbridge_send(engine, &message, NULL, &error), HOOKBRIDGE_INVALID_REQUEST, &error);
    message.payload = slice("{}");
    message.headers = slice("{\"Host\":\"x\"}");
    refused(hookbridge_send(engine, &message, NULL, &error), HOOKBRIDGE_INVALID_HEADERS, &error);
    message.headers = slice("");
    message.idempotency_key = slice("with space");
    refused(hookbridge_send(engine, &message, NULL, &error), HOOKBRIDGE_INVALID_REQUEST, &error);
    hookbridge_buffer *answer = (hookbridge_buffer *)1;
    refused(hookbridge_call(engine, slice("no.such"), slice("{}"), &answer, &error), HOOKBRIDGE_NOT_FOUND, &error);
    CHECK(answer == NULL);
    refused(hookbridge_call(engine, slice("stats"), slice("{}"), NULL, &error), HOOKBRIDGE_INVALID_REQUEST, &error);
    refused(hookbridge_send_batch(engine, slice("]"), &answer, &error), HOOKBRIDGE_INVALID_REQUEST, &error);

    ok(hookbridge_close(engine, 60000, NULL, &error), &error);
    ok(hookbridge_close(engine, 60000, NULL, &error), &error);
    refused(hookbridge_call(engine, slice("stats"), slice("{}"), &answer, &error), HOOKBRIDGE_CLOSED, &error);
    hookbridge_events *events = NULL;
    refused(hookbridge_events_open(engine, &events, &error), HOOKBRIDGE_CLOSED, &error);
    bool ended = true;
    refused(hookbridge_close(NULL, 1, &ended, &error), HOOKBRIDGE_INVALID_REQUEST, &error);
    CHECK(!ended);
    bool flushed = true;
    refused(hookbridge_flush(NULL, 1, &flushed, &error), HOOKBRIDGE_INVALID_REQUEST, &error);
    refused(hookbridge_events_next(NULL, 1, &answer, &error), HOOKBRIDGE_INVALID_REQUEST, &error);
    hookbridge_free(engine);

    hookbridge_free(NULL);
    hookbridge_error_free(NULL);
    hookbridge_buffer_free(NULL);
    hookbridge_events_free(NULL);
    CHECK(hookbridge_error_code(NULL) == HOOKBRIDGE_OK && hookbridge_error_http_status(NULL) == 0);
    CHECK(!hookbridge_error_is_retryable(NULL) && hookbridge_buffer_len(NULL) == 0);
    CHECK(hookbridge_buffer_data(NULL) == NULL && hookbridge_events_fd(NULL) == -1);
    CHECK(hookbridge_events_dropped(NULL) == 0);
    hookbridge_set_log(NULL, NULL, 0);
    closes_too_early(argv[1]);
    threads_end();
    return 0;
}
