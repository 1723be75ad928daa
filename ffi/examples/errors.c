#include "helpers.h"

int main(void) {
    hookbridge_engine *engine = open_engine("{\"database\": \"hookbridge.db\"}");
    hookbridge_message message = {0};
    message.endpoint_id = slice("ep_unknown");
    message.payload = slice("{\"event\":\"order.created\"}");
    hookbridge_error *error = NULL;
    switch (hookbridge_send(engine, &message, NULL, &error)) {
    case HOOKBRIDGE_OK:
        break;
    case HOOKBRIDGE_ENDPOINT_NOT_FOUND:
        printf("%s %u\n", hookbridge_error_name(error), hookbridge_error_http_status(error));
        break;
    default:
        printf("%s %s\n", hookbridge_error_name(error), hookbridge_error_is_retryable(error) ? "again later" : "not again");
    }
    hookbridge_error_free(error);
    close_engine(engine);
    return 0;
}
