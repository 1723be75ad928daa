/* What the programs of the guide share. JSON is read by cJSON (Debian: libcjson-dev); any other library does as well. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cjson/cJSON.h>
#include <hookbridge.h>

static inline hookbridge_slice slice(const char *text) {
    return (hookbridge_slice){(const uint8_t *)text, strlen(text)};
}

/* Ends the program where a call was refused. */
static inline void must(hookbridge_code code, hookbridge_error **error) {
    if (code != HOOKBRIDGE_OK) {
        fprintf(stderr, "%s: %s\n", hookbridge_error_name(*error), hookbridge_error_message(*error));
        hookbridge_error_free(*error);
        exit(1);
    }
}

static inline hookbridge_engine *open_engine(const char *configuration) {
    hookbridge_error *error = NULL;
    hookbridge_engine *engine = NULL;
    must(hookbridge_open(slice(configuration), &engine, &error), &error);
    return engine;
}

/* Runs an operation. The answer is freed by cJSON_Delete. */
static inline cJSON *call(hookbridge_engine *engine, const char *operation, const char *request) {
    hookbridge_error *error = NULL;
    hookbridge_buffer *answer = NULL;
    must(hookbridge_call(engine, slice(operation), slice(request), &answer, &error), &error);
    cJSON *json = cJSON_Parse((const char *)hookbridge_buffer_data(answer));
    hookbridge_buffer_free(answer);
    return json;
}

/* A text of an answer; NULL where it is null. It lives as long as the answer. */
static inline const char *text(const cJSON *object, const char *name) {
    return cJSON_GetStringValue(cJSON_GetObjectItem(object, name));
}

static inline void close_engine(hookbridge_engine *engine) {
    hookbridge_close(engine, 5000, NULL, NULL);
    hookbridge_free(engine);
}
