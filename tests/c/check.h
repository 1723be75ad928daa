/* What the C tests share: a check that says where it failed, and slices of string literals. */
#ifndef CHECK_H
#define CHECK_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "hookbridge.h"

#define CHECK(condition)                                                             \
    do {                                                                             \
        if (!(condition)) {                                                          \
            fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition);  \
            exit(1);                                                                 \
        }                                                                            \
    } while (0)

static inline hookbridge_slice slice(const char *text) {
    hookbridge_slice s = {(const uint8_t *)text, strlen(text)};
    return s;
}

/* Takes where the error is put, since it may not be there yet when the arguments are read. */
static inline void ok(hookbridge_code code, hookbridge_error **error) {
    if (code != HOOKBRIDGE_OK) {
        fprintf(stderr, "%s: %s\n", hookbridge_error_name(*error), hookbridge_error_message(*error));
        exit(1);
    }
}

static inline hookbridge_engine *open_engine(const char *folder, const char *more) {
    char configuration[1024];
    snprintf(configuration, sizeof configuration,
             "{\"database\":\"%s/outbox.db\",\"allow_local_endpoints\":true,\"verify_dns\":false,"
             "\"retry_schedule\":[0.05]%s}", folder, more);
    hookbridge_engine *engine = NULL;
    hookbridge_error *error = NULL;
    ok(hookbridge_open(slice(configuration), &engine, &error), &error);
    return engine;
}

/* Creates an endpoint and writes its id. */
static inline void create_endpoint(hookbridge_engine *engine, const char *url, char id[36]) {
    char request[512];
    snprintf(request, sizeof request, "{\"url\":\"%s\"}", url);
    hookbridge_buffer *answer = NULL;
    hookbridge_error *error = NULL;
    ok(hookbridge_call(engine, slice("endpoints.create"), slice(request), &answer, &error), &error);
    const char *found = strstr((const char *)hookbridge_buffer_data(answer), "ep_");
    CHECK(found != NULL);
    memcpy(id, found, 35);
    id[35] = 0;
    hookbridge_buffer_free(answer);
}

static inline void send_one(hookbridge_engine *engine, const char *endpoint, const char *payload, char id[37]) {
    hookbridge_message message = {0};
    message.endpoint_id = slice(endpoint);
    message.payload = slice(payload);
    hookbridge_error *error = NULL;
    ok(hookbridge_send(engine, &message, id, &error), &error);
}
#endif
