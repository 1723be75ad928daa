#include "helpers.h"

int main(void) {
    hookbridge_engine *engine = open_engine("{\"database\": \"hookbridge.db\"}");
    cJSON *page = call(engine, "dead_letters.list", "{\"limit\": 100}"), *message;
    cJSON_ArrayForEach(message, cJSON_GetObjectItem(page, "messages")) {
        printf("%s %s\n", text(message, "message_id"), text(message, "last_error"));
        char request[64];
        snprintf(request, sizeof request, "{\"message_id\": \"%s\"}", text(message, "message_id"));
        cJSON_Delete(call(engine, "dead_letters.replay", request));
    }
    cJSON_Delete(page);
    hookbridge_flush(engine, 30000, NULL, NULL);
    close_engine(engine);
    return 0;
}
