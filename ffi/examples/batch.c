#include "helpers.h"

int main(void) {
    hookbridge_engine *engine = open_engine("{\"database\": \"hookbridge.db\"}");
    cJSON *page = call(engine, "endpoints.list", "{}");
    const char *endpoint = text(cJSON_GetArrayItem(cJSON_GetObjectItem(page, "data"), 0), "id");

    char messages[1024];
    snprintf(messages, sizeof messages,
             "[{\"endpoint_id\": \"%s\", \"payload\": {\"event\":\"order.created\",\"order_id\":\"ord_124\"}},"
             " {\"endpoint_id\": \"%s\", \"payload\": {\"event\": \"order.paid\", \"total\": 19.90}},"
             " {\"endpoint_id\": \"ep_unknown\", \"payload\": {\"event\":\"order.created\"}}]",
             endpoint, endpoint);
    hookbridge_buffer *answer = NULL;
    hookbridge_error *error = NULL;
    must(hookbridge_send_batch(engine, slice(messages), &answer, &error), &error);
    cJSON *results = cJSON_Parse((const char *)hookbridge_buffer_data(answer)), *result;
    cJSON_ArrayForEach(result, results) {
        cJSON *failure = cJSON_GetObjectItem(result, "error");
        printf("%s %s\n", failure ? "refused" : "accepted", failure ? text(failure, "code") : text(result, "message_id"));
    }
    hookbridge_flush(engine, 30000, NULL, NULL);
    hookbridge_buffer_free(answer);
    cJSON_Delete(results);
    cJSON_Delete(page);
    close_engine(engine);
    return 0;
}
