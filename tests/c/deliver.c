/* Messages go to a real receiver, which verifies signatures; events come by a descriptor; the log goes to the sink; a receiver that closes
 * its connections does not kill a plain C program by SIGPIPE. argv: folder, receiver's URL. */
#include <poll.h>
#include <stdatomic.h>
#include "check.h"

static atomic_int logged;

static void sink(void *context, uint32_t level, const char *target, const char *message) {
    CHECK(context == &logged && level >= 1 && level <= 5);
    CHECK(strncmp(target, "hookbridge", 10) == 0 && message != NULL);
    atomic_fetch_add(&logged, 1);
}

/* The receiver learns the secret from the address. */
static void create_signed(hookbridge_engine *engine, const char *receiver, char id[36]) {
    char request[512];
    hookbridge_buffer *answer = NULL;
    hookbridge_error *error = NULL;
    snprintf(request, sizeof request, "{\"url\":\"%s/signed\"}", receiver);
    ok(hookbridge_call(engine, slice("endpoints.create"), slice(request), &answer, &error), &error);
    const char *created = (const char *)hookbridge_buffer_data(answer);
    const char *endpoint = strstr(created, "ep_"), *secret = strstr(created, "whsec_");
    CHECK(endpoint != NULL && secret != NULL);
    snprintf(id, 36, "%.35s", endpoint);
    snprintf(request, sizeof request, "{\"endpoint_id\":\"%s\",\"url\":\"%s/signed/%.38s\"}", id, receiver, secret);
    hookbridge_buffer_free(answer);
    ok(hookbridge_call(engine, slice("endpoints.update"), slice(request), &answer, &error), &error);
    hookbridge_buffer_free(answer);
}

int main(int argc, char **argv) {
    CHECK(argc == 3);
    hookbridge_set_log(sink, &logged, 5);
    hookbridge_engine *engine = open_engine(argv[1], "");
    hookbridge_error *error = NULL;
    char url[256], endpoint[36], closing[36], id[HOOKBRIDGE_MESSAGE_ID_SIZE];
    create_signed(engine, argv[2], endpoint);
    snprintf(url, sizeof url, "%s/close", argv[2]);
    create_endpoint(engine, url, closing);
    hookbridge_events *events = NULL;
    ok(hookbridge_events_open(engine, &events, &error), &error);

    send_one(engine, endpoint, "{\"n\":1}", id);
    CHECK(strlen(id) == 36);
    struct pollfd watched = {hookbridge_events_fd(events), POLLIN, 0};
    CHECK(poll(&watched, 1, 30000) == 1);
    hookbridge_buffer *event = NULL;
    ok(hookbridge_events_next(events, 0, &event, &error), &error);
    CHECK(event != NULL && strstr((const char *)hookbridge_buffer_data(event), "message_delivered") != NULL);
    CHECK(strstr((const char *)hookbridge_buffer_data(event), id) != NULL);
    CHECK(strlen((const char *)hookbridge_buffer_data(event)) == hookbridge_buffer_len(event));
    hookbridge_buffer_free(event);

    char payload[4096];
    memset(payload, '1', sizeof payload - 1);
    payload[sizeof payload - 1] = 0;
    for (int n = 0; n < 100; n++) {
        send_one(engine, closing, payload, id);
    }
    char batch[512];
    snprintf(batch, sizeof batch,
             "[{\"endpoint_id\":\"%s\",\"payload\":[1]},{\"endpoint_id\":\"ep_none\",\"payload\":1}]", endpoint);
    hookbridge_buffer *results = NULL;
    ok(hookbridge_send_batch(engine, slice(batch), &results, &error), &error);
    const char *text = (const char *)hookbridge_buffer_data(results);
    CHECK(text[0] == '[' && strstr(text, "message_id") && strstr(text, "ENDPOINT_NOT_FOUND"));
    hookbridge_buffer_free(results);
    bool flushed = false;
    ok(hookbridge_flush(engine, 60000, &flushed, &error), &error);
    CHECK(flushed);
    CHECK(atomic_load(&logged) > 0);
    hookbridge_set_log(NULL, NULL, 0);
    bool ended = false;
    ok(hookbridge_close(engine, 60000, &ended, &error), &error);
    CHECK(ended);
    hookbridge_events_free(events);
    hookbridge_free(engine);
    return 0;
}
