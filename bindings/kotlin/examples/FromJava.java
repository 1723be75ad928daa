import com.hookbridge.GetLogsOptions;
import com.hookbridge.HookBridge;
import com.hookbridge.HookBridgeOptions;
import com.hookbridge.MessageStatus;
import com.hookbridge.SendRequest;
import java.util.Map;

public class FromJava {
    public static void main(String[] arguments) {
        var options = new HookBridgeOptions().database("hookbridge.db");
        try (var client = new HookBridge(options)) {
            var endpoint = client.listEndpoints().get(0);
            var request = new SendRequest(endpoint.getId(), Map.of("event", "order.created", "order_id", "ord_128"))
                .headers(Map.of("X-Source", "billing-service"))
                .idempotencyKey("order-128-created-v1");
            var sent = client.sendAsync(request); // a CompletableFuture
            System.out.println("accepted " + sent.join().getMessageId());
            client.flush();
            client.streamLogs(new GetLogsOptions().status(MessageStatus.SUCCEEDED))
                .forEach(message -> System.out.println(message.getMessageId() + " " + message.getStatus()));
        }
    }
}
