#include "helpers.h"

int main(void) {
    hookbridge_engine *engine = open_engine("{\"database\": \"hookbridge.db\"}");
    cJSON *endpoint = call(engine, "endpoints.create", "{\"url\": \"https://example.com/hooks\"}");
    printf("%s %s\n", text(endpoint, "id"), text(endpoint, "signing_secret")); /* the secret is shown only here */

    hookbridge_message message = {0};
    message.endpoint_id = slice(text(endpoint, "id"));
    message.payload = slice("{\"event\":\"order.created\",\"order_id\":\"ord_123\"}");
    message.headers = slice("{\"X-Source\":\"billing-service\"}");
    message.idempotency_key = slice("order-123-created-v1");
    char message_id[HOOKBRIDGE_MESSAGE_ID_SIZE];
    hookbridge_error *error = NULL;
    must(hookbridge_send(engine, &message, message_id, &error), &error);
    printf("%s\n", message_id);

    hookbridge_flush(engine, 30000, NULL, NULL); /* waits until it is delivered */
    close_engine(engine);
    cJSON_Delete(endpoint);
    return 0;
}
