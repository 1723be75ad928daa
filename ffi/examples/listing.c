#include "helpers.h"

int main(void) {
    hookbridge_engine *engine = open_engine("{\"database\": \"hookbridge.db\"}");
    cJSON *page = call(engine, "endpoints.list", "{\"limit\": 20}");
    cJSON *endpoints = cJSON_GetObjectItem(page, "data");
    printf("%d %s\n", cJSON_GetArraySize(endpoints), text(cJSON_GetArrayItem(endpoints, 0), "id"));
    if (!cJSON_IsTrue(cJSON_GetObjectItem(page, "has_more"))) {
        printf("that is all\n");
    }
    cJSON_Delete(page);

    char request[1024] = "{\"status\": \"succeeded\"}";
    for (const char *cursor = ""; cursor != NULL;) {
        page = call(engine, "logs.list", request);
        cJSON *message;
        cJSON_ArrayForEach(message, cJSON_GetObjectItem(page, "data")) {
            printf("%s %s\n", text(message, "message_id"), text(message, "status"));
        }
        cursor = text(page, "next_cursor");
        if (cursor != NULL) {
            snprintf(request, sizeof request, "{\"status\": \"succeeded\", \"cursor\": \"%s\"}", cursor);
        }
        cJSON_Delete(page);
    }
    close_engine(engine);
    return 0;
}
