#include "helpers.h"

int main(void) {
    hookbridge_engine *engine = open_engine("{\"database\": \"local.db\", \"allow_local_endpoints\": true}");
    cJSON *endpoint = call(engine, "endpoints.create", "{\"url\": \"http://127.0.0.1:9000/hooks\"}");

    hookbridge_message message = {0};
    message.endpoint_id = slice(text(endpoint, "id"));
    message.payload = slice("{\"event\":\"order.created\"}");
    char message_id[HOOKBRIDGE_MESSAGE_ID_SIZE];
    hookbridge_error *error = NULL;
    must(hookbridge_send(engine, &message, message_id, &error), &error);
    hookbridge_flush(engine, 30000, NULL, NULL);

    char request[64];
    snprintf(request, sizeof request, "{\"message_id\": \"%s\"}", message_id);
    cJSON *found = call(engine, "messages.get", request);
    printf("%s\n", text(found, "status"));
    cJSON_Delete(found);
    cJSON_Delete(endpoint);
    close_engine(engine);
    return 0;
}
