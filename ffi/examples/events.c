#include <poll.h>
#include "helpers.h"

int main(void) {
    hookbridge_engine *engine = open_engine("{\"database\": \"hookbridge.db\"}");
    hookbridge_events *events = NULL;
    hookbridge_error *error = NULL;
    must(hookbridge_events_open(engine, &events, &error), &error);

    cJSON *page = call(engine, "endpoints.list", "{}");
    hookbridge_message message = {0};
    message.endpoint_id = slice(text(cJSON_GetArrayItem(cJSON_GetObjectItem(page, "data"), 0), "id"));
    message.payload = slice("{\"event\":\"order.created\",\"order_id\":\"ord_128\"}");
    must(hookbridge_send(engine, &message, NULL, &error), &error);
    cJSON_Delete(page);

    struct pollfd watched = {hookbridge_events_fd(events), POLLIN, 0}; /* beside your own descriptors */
    while (poll(&watched, 1, 30000) == 1) {
        hookbridge_buffer *event = NULL;
        must(hookbridge_events_next(events, 0, &event, &error), &error);
        if (event != NULL) {
            cJSON *json = cJSON_Parse((const char *)hookbridge_buffer_data(event));
            printf("%s %s\n", text(json, "kind"), text(json, "message_id"));
            cJSON_Delete(json);
            hookbridge_buffer_free(event);
            break;
        }
    }
    hookbridge_events_free(events);
    close_engine(engine);
    return 0;
}
