/* The driver of C. See tests/conformance/README.md. JSON is read and written by cJSON; what the library answers is passed on as it stands. */

#include <cjson/cJSON.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "hookbridge.h"

enum { MOST_CLIENTS = 8, CLOSE_TIMEOUT_MS = 5000, PATIENCE_MS = 30000 };

typedef struct {
    char name[32];
    hookbridge_engine *engine;
    hookbridge_events *events;
} client;

static client clients[MOST_CLIENTS];
static cJSON *rows;

static const char *text_of(const cJSON *object, const char *name) {
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(object, name));
    return text ? text : "";
}

static double number_of(const cJSON *object, const char *name, double otherwise) {
    const cJSON *found = cJSON_GetObjectItem(object, name);
    return cJSON_IsNumber(found) ? cJSON_GetNumberValue(found) : otherwise;
}

static client *named(const char *name) {
    for (int i = 0; i < MOST_CLIENTS; i++) {
        if (clients[i].engine && strcmp(clients[i].name, name) == 0) return &clients[i];
    }
    return NULL;
}

static hookbridge_slice slice(const char *text) {
    return (hookbridge_slice){(const uint8_t *)text, text ? strlen(text) : 0};
}

/* C has one error type: the class is told from the code, as the bindings do. */
static const char *class_of(const hookbridge_error *error) {
    switch (hookbridge_error_code(error)) {
    case HOOKBRIDGE_CLOSED: return "HookBridgeError";
    case HOOKBRIDGE_IDEMPOTENCY_MISMATCH: return "IdempotencyError";
    case HOOKBRIDGE_REPLAY_LIMIT_EXCEEDED: return "ReplayLimitError";
    case HOOKBRIDGE_NETWORK_ERROR: return "NetworkError";
    case HOOKBRIDGE_TIMEOUT: return "TimeoutError";
    default: break;
    }
    switch (hookbridge_error_http_status(error)) {
    case 400: case 413: return "ValidationError";
    case 401: return "AuthenticationError";
    case 404: return "NotFoundError";
    case 429: return "RateLimitError";
    default: return "HookBridgeError";
    }
}

/* Puts the error into the reply and frees it. */
static void fail(cJSON *reply, hookbridge_error *error) {
    cJSON *shown = cJSON_AddObjectToObject(reply, "error");
    cJSON_AddStringToObject(shown, "class", class_of(error));
    cJSON_AddStringToObject(shown, "code", hookbridge_error_name(error));
    cJSON_AddStringToObject(shown, "message", hookbridge_error_message(error));
    cJSON_AddNumberToObject(shown, "status", hookbridge_error_http_status(error));
    cJSON_AddBoolToObject(shown, "retryable", hookbridge_error_is_retryable(error));
    const char *request = hookbridge_error_request_id(error);
    if (request && *request) cJSON_AddStringToObject(shown, "request_id", request);
    uint64_t pause_ms = hookbridge_error_retry_after_ms(error);
    if (pause_ms) cJSON_AddNumberToObject(shown, "retry_after", (double)pause_ms / 1e3);
    hookbridge_error_free(error);
}

/* Puts an answer into the reply as it stands and frees it. */
static void give(cJSON *reply, hookbridge_buffer *answer) {
    const char *text = (const char *)hookbridge_buffer_data(answer);
    cJSON *parsed = cJSON_Parse(text);
    cJSON *messages = cJSON_GetObjectItem(parsed, "messages");
    if (messages && cJSON_HasObjectItem(parsed, "has_more") && !cJSON_HasObjectItem(parsed, "event_id")) {
        /* The dead letter queue calls its list otherwise, as an event does; the suite wants every list alike. */
        cJSON_AddItemToObject(parsed, "data", cJSON_DetachItemFromObject(parsed, "messages"));
        cJSON_AddItemToObject(reply, "ok", parsed);
    } else {
        cJSON_Delete(parsed);
        cJSON_AddItemToObject(reply, "ok", cJSON_CreateRaw(text));
    }
    hookbridge_buffer_free(answer);
}

static size_t decode(const char *coded, unsigned char *bytes) {
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t length = 0;
    unsigned value = 0, bits = 0;
    for (; *coded && *coded != '='; coded++) {
        value = value << 6 | (unsigned)(strchr(alphabet, *coded) - alphabet);
        bits += 6;
        if (bits >= 8) bytes[length++] = (unsigned char)(value >> (bits -= 8));
    }
    return length;
}

static void send_message(const client *of, const cJSON *args, cJSON *reply) {
    char *made = NULL;
    hookbridge_message message = {0};
    message.endpoint_id = slice(text_of(args, "endpoint_id"));
    const cJSON *hours = cJSON_GetObjectItem(args, "retention_hours");
    if (cJSON_HasObjectItem(args, "payload_text")) {
        message.payload = slice(text_of(args, "payload_text"));
    } else if (cJSON_HasObjectItem(args, "payload_base64")) {
        const char *coded = text_of(args, "payload_base64");
        made = malloc(strlen(coded) + 1);
        message.payload = (hookbridge_slice){(uint8_t *)made, decode(coded, (unsigned char *)made)};
    } else {
        made = cJSON_PrintUnformatted(cJSON_GetObjectItem(args, "payload"));
        message.payload = slice(made);
    }
    const cJSON *headers = cJSON_GetObjectItem(args, "headers");
    char *header_text = headers ? cJSON_PrintUnformatted(headers) : NULL;
    message.headers = slice(header_text);
    message.idempotency_key = slice(cJSON_GetStringValue(cJSON_GetObjectItem(args, "idempotency_key")));
    if (cJSON_IsNumber(hours)) {
        message.retention_hours = (uint32_t)cJSON_GetNumberValue(hours);
        message.has_retention_hours = true;
    }
    char id[HOOKBRIDGE_MESSAGE_ID_SIZE];
    hookbridge_error *error = NULL;
    if (hookbridge_send(of->engine, &message, id, &error) == HOOKBRIDGE_OK) {
        cJSON *receipt = cJSON_AddObjectToObject(reply, "ok");
        cJSON_AddStringToObject(receipt, "message_id", id);
        cJSON_AddStringToObject(receipt, "status", "queued");
    } else {
        fail(reply, error);
    }
    free(header_text);
    free(made);
}

static void call(const client *of, const char *method, const cJSON *args, cJSON *reply) {
    /* `hookbridge_message` has no order and no time: a message with one is sent as an operation. */
    bool ordered = cJSON_HasObjectItem(args, "ordering_key") || cJSON_HasObjectItem(args, "deliver_at") || cJSON_HasObjectItem(args, "expires_at");
    if (strcmp(method, "send") == 0 && !ordered) {
        send_message(of, args, reply);
        return;
    }
    const char *operation = method;
    const cJSON *row;
    cJSON_ArrayForEach(row, rows) {
        if (strcmp(text_of(row, "method"), method) == 0) operation = text_of(row, "operation");
    }
    /* A batch's payloads stand as they were given. */
    cJSON *whole = cJSON_Duplicate(args, true);
    cJSON *message;
    cJSON_ArrayForEach(message, cJSON_GetObjectItem(whole, "messages")) {
        cJSON *text = cJSON_DetachItemFromObject(message, "payload_text");
        if (text) cJSON_AddItemToObject(message, "payload", cJSON_CreateRaw(cJSON_GetStringValue(text)));
        cJSON_Delete(text);
    }
    char *request = cJSON_PrintUnformatted(whole);
    cJSON_Delete(whole);
    hookbridge_buffer *answer = NULL;
    hookbridge_error *error = NULL;
    if (hookbridge_call(of->engine, slice(operation), slice(request), &answer, &error) == HOOKBRIDGE_OK) {
        give(reply, answer);
    } else {
        fail(reply, error);
    }
    free(request);
}

typedef struct {
    const client *of;
    const cJSON *command;
    int first, step, times;
    cJSON **replies;
} share;

/* `%i` in every string is the call's number. */
static cJSON *numbered(const cJSON *args, int number) {
    char *text = cJSON_PrintUnformatted(args), digits[16];
    int length = snprintf(digits, sizeof digits, "%d", number);
    char *filled = malloc(strlen(text) * 8 + 1), *out = filled;
    for (const char *in = text; *in;) {
        if (in[0] == '%' && in[1] == 'i') {
            memcpy(out, digits, (size_t)length);
            out += length;
            in += 2;
        } else {
            *out++ = *in++;
        }
    }
    *out = 0;
    cJSON *found = cJSON_Parse(filled);
    free(filled);
    free(text);
    return found;
}

static void *work(void *given) {
    share *mine = given;
    for (int number = mine->first; number < mine->times; number += mine->step) {
        cJSON *args = numbered(cJSON_GetObjectItem(mine->command, "args"), number);
        mine->replies[number] = cJSON_CreateObject();
        call(mine->of, text_of(mine->command, "method"), args, mine->replies[number]);
        cJSON_Delete(args);
    }
    return NULL;
}

static void many(const client *of, const cJSON *command, cJSON *reply) {
    int times = (int)number_of(command, "times", 1), threads = (int)number_of(command, "threads", 1);
    cJSON **replies = calloc((size_t)times, sizeof *replies);
    pthread_t *workers = calloc((size_t)threads, sizeof *workers);
    share *shares = calloc((size_t)threads, sizeof *shares);
    for (int i = 0; i < threads; i++) {
        shares[i] = (share){of, command, i, threads, times, replies};
        pthread_create(&workers[i], NULL, work, &shares[i]);
    }
    for (int i = 0; i < threads; i++) pthread_join(workers[i], NULL);
    cJSON *results = cJSON_AddArrayToObject(cJSON_AddObjectToObject(reply, "ok"), "results");
    for (int i = 0; i < times; i++) cJSON_AddItemToArray(results, replies[i]);
    free(shares);
    free(workers);
    free(replies);
}

static double now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void gather(client *of, const cJSON *command, cJSON *reply) {
    hookbridge_error *error = NULL;
    bool watches = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(command, "watch"));
    hookbridge_code (*open)(const hookbridge_engine *, hookbridge_events **, hookbridge_error **) =
        watches ? hookbridge_events_watch : hookbridge_events_open;
    if (!of->events && open(of->engine, &of->events, &error) != HOOKBRIDGE_OK) {
        fail(reply, error);
        return;
    }
    cJSON *found = cJSON_CreateArray();
    double deadline = now_ms() + number_of(command, "timeout", PATIENCE_MS / 1e3) * 1e3;
    int count = (int)number_of(command, "count", 0);
    while (cJSON_GetArraySize(found) < count) {
        double left = deadline - now_ms();
        hookbridge_buffer *event = NULL;
        if (hookbridge_events_next(of->events, left > 0 ? (uint64_t)left : 0, &event, &error) != HOOKBRIDGE_OK) {
            cJSON_Delete(found);
            fail(reply, error);
            return;
        }
        if (!event) break;
        cJSON_AddItemToArray(found, cJSON_CreateRaw((const char *)hookbridge_buffer_data(event)));
        hookbridge_buffer_free(event);
    }
    cJSON_AddItemToObject(reply, "ok", found);
}

static cJSON *carry_out(const cJSON *command);

static void forked(const cJSON *command, cJSON *reply) {
    int ends[2];
    if (pipe(ends) != 0) return;
    pid_t child = fork();
    if (child == 0) {
        cJSON *replies = cJSON_CreateArray();
        const cJSON *inner;
        cJSON_ArrayForEach(inner, cJSON_GetObjectItem(command, "commands")) {
            cJSON_AddItemToArray(replies, carry_out(inner));
        }
        char *text = cJSON_PrintUnformatted(replies);
        size_t length = strlen(text);
        _exit(write(ends[1], text, length) == (ssize_t)length ? 0 : 1);
    }
    close(ends[1]);
    char text[65536];
    size_t length = 0;
    ssize_t got;
    while (length < sizeof text - 1 && (got = read(ends[0], text + length, sizeof text - 1 - length)) > 0) length += (size_t)got;
    text[length] = 0;
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    cJSON *ok = cJSON_AddObjectToObject(reply, "ok");
    cJSON_AddItemToObject(ok, "replies", cJSON_Parse(text));
    cJSON_AddNumberToObject(ok, "status", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

static void open_client(const cJSON *command, cJSON *reply) {
    const char *name = text_of(command, "as");
    char *options = cJSON_PrintUnformatted(cJSON_GetObjectItem(command, "options"));
    hookbridge_engine *engine = NULL;
    hookbridge_error *error = NULL;
    hookbridge_code code = hookbridge_open(slice(options), &engine, &error);
    free(options);
    if (code != HOOKBRIDGE_OK) {
        fail(reply, error);
        return;
    }
    client *place = named(name);
    for (int i = 0; !place && i < MOST_CLIENTS; i++) {
        if (!clients[i].engine) place = &clients[i];
    }
    if (!place) exit(3);
    /* What had the name before is left open, as a program might. */
    *place = (client){.engine = engine};
    snprintf(place->name, sizeof place->name, "%s", name);
    cJSON_AddObjectToObject(reply, "ok");
}

static cJSON *carry_out(const cJSON *command) {
    cJSON *reply = cJSON_CreateObject();
    cJSON_AddNumberToObject(reply, "id", number_of(command, "id", 0));
    const char *action = text_of(command, "do");
    client *of = named(text_of(command, "on"));
    hookbridge_error *error = NULL;
    if (strcmp(action, "hello") == 0) {
        cJSON_AddItemToObject(reply, "ok", cJSON_CreateRaw("{\"language\":\"c\",\"can\":[\"fork\",\"request_id\"]}"));
    } else if (strcmp(action, "open") == 0) {
        open_client(command, reply);
    } else if (strcmp(action, "fork") == 0) {
        forked(command, reply);
    } else if (strcmp(action, "exit") == 0) {
        /* As an atexit function of the program's would. */
        for (int i = 0; i < MOST_CLIENTS; i++) {
            if (clients[i].engine) hookbridge_finish(clients[i].engine, NULL, NULL);
        }
        cJSON_AddObjectToObject(reply, "ok");
    } else if (!of) {
        exit(2);
    } else if (strcmp(action, "call") == 0) {
        call(of, text_of(command, "method"), cJSON_GetObjectItem(command, "args"), reply);
    } else if (strcmp(action, "many") == 0) {
        many(of, command, reply);
    } else if (strcmp(action, "events") == 0) {
        gather(of, command, reply);
    } else if (strcmp(action, "flush") == 0) {
        bool flushed = false;
        uint64_t patience = (uint64_t)(number_of(command, "timeout", PATIENCE_MS / 1e3) * 1e3);
        if (hookbridge_flush(of->engine, patience, &flushed, &error) == HOOKBRIDGE_OK) cJSON_AddBoolToObject(reply, "ok", flushed);
        else fail(reply, error);
    } else if (strcmp(action, "close") == 0) {
        uint64_t patience = (uint64_t)(number_of(command, "timeout", CLOSE_TIMEOUT_MS / 1e3) * 1e3);
        if (hookbridge_close(of->engine, patience, NULL, &error) == HOOKBRIDGE_OK) cJSON_AddObjectToObject(reply, "ok");
        else fail(reply, error);
    }
    return reply;
}

int main(int count, char **arguments) {
    FILE *list = fopen(count > 1 ? arguments[1] : "operations.json", "r");
    if (!list) return 4;
    static char text[65536];
    text[fread(text, 1, sizeof text - 1, list)] = 0;
    fclose(list);
    rows = cJSON_Parse(text);
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, stdin) > 0) {
        cJSON *command = cJSON_Parse(line), *reply = carry_out(command);
        char *written = cJSON_PrintUnformatted(reply);
        puts(written);
        fflush(stdout);
        bool leaves = strcmp(text_of(command, "do"), "exit") == 0;
        free(written);
        cJSON_Delete(reply);
        cJSON_Delete(command);
        if (leaves) break;
    }
    free(line);
    cJSON_Delete(rows);
    /* Without closing what is open. */
    return 0;
}
