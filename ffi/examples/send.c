/* Sends one webhook and waits until it is delivered.
 *
 *   cc send.c $(pkg-config --cflags --libs hookbridge) -o send && ./send http://127.0.0.1:9000/hook
 */
#include <stdio.h>
#include <string.h>
#include <hookbridge.h>

static hookbridge_slice slice(const char *text) {
    return (hookbridge_slice){(const uint8_t *)text, strlen(text)};
}

static int fail(hookbridge_error *error) {
    fprintf(stderr, "%s: %s\n", hookbridge_error_name(error), hookbridge_error_message(error));
    hookbridge_error_free(error);
    return 1;
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: send URL\n");
        return 2;
    }
    hookbridge_error *error = NULL;
    hookbridge_engine *engine = NULL;
    if (hookbridge_open(slice("{\"database\":\"example.db\",\"allow_local_endpoints\":true}"), &engine, &error)) {
        return fail(error);
    }

    char request[2200];
    snprintf(request, sizeof request, "{\"url\":\"%s\"}", argv[1]);
    hookbridge_buffer *endpoint = NULL;
    if (hookbridge_call(engine, slice("endpoints.create"), slice(request), &endpoint, &error)) {
        hookbridge_free(engine);
        return fail(error);
    }
    /* A real program reads the answer with its JSON library; the id is what follows "id":". */
    char endpoint_id[36] = {0};
    memcpy(endpoint_id, strstr((const char *)hookbridge_buffer_data(endpoint), "ep_"), 35);
    hookbridge_buffer_free(endpoint);

    hookbridge_message message = {0};
    message.endpoint_id = slice(endpoint_id);
    message.payload = slice("{\"event\":\"order.created\",\"order_id\":\"ord_123\"}");
    char message_id[HOOKBRIDGE_MESSAGE_ID_SIZE];
    if (hookbridge_send(engine, &message, message_id, &error)) {
        hookbridge_free(engine);
        return fail(error);
    }
    printf("accepted %s\n", message_id);

    bool delivered = false;
    hookbridge_flush(engine, 10000, &delivered, NULL);
    printf(delivered ? "delivered\n" : "still on its way\n");
    hookbridge_close(engine, 5000, NULL, NULL);
    hookbridge_free(engine);
    return delivered ? 0 : 1;
}
