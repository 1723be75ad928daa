import com.hookbridge.BatchResult;
import com.hookbridge.CreateEndpointOptions;
import com.hookbridge.GetLogsOptions;
import com.hookbridge.HookBridge;
import com.hookbridge.HookBridgeOptions;
import com.hookbridge.MessageStatus;
import com.hookbridge.NotFoundException;
import com.hookbridge.RawJson;
import com.hookbridge.RetrySchedule;
import com.hookbridge.SendRequest;
import com.hookbridge.SendWebhookResponse;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** An outbox, three messages, and a receiver in the same program that verifies their signatures. */
public class Orders {
    public static void main(String[] arguments) throws Exception {
        AtomicReference<String> secret = new AtomicReference<>();
        Set<String> verified = ConcurrentHashMap.newKeySet();
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        receiver.createContext("/", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String at = exchange.getRequestHeaders().getFirst("X-Webhook-Timestamp");
            String given = exchange.getRequestHeaders().getFirst("X-Webhook-Signature");
            boolean genuine = given.equals(signature(secret.get(), at, body));
            if (genuine) {
                verified.add(exchange.getRequestHeaders().getFirst("X-Webhook-Id"));
            }
            exchange.sendResponseHeaders(genuine ? 204 : 401, -1);
            exchange.close();
        });
        receiver.start();

        // Local receivers are refused unless they are allowed: a webhook's URL is often a stranger's.
        HookBridgeOptions options = new HookBridgeOptions()
            .database(Files.createTempDirectory("orders").resolve("outbox.db").toString())
            .allowLocalEndpoints(true);
        try (HookBridge client = new HookBridge(options)) {
            String url = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/orders";
            var endpoint = client.createEndpoint(
                url,
                new CreateEndpointOptions().description("orders").retrySchedule(RetrySchedule.of(1, 60, 3600))
            );
            secret.set(endpoint.getSigningSecret());

            var order = Map.of("event", "order.created", "order_id", "ord_0");
            var request = new SendRequest(endpoint.getId(), order)
                .headers(Map.of("X-Source", "shop"))
                .idempotencyKey("order-0-created-v1");
            System.out.println("accepted " + client.send(request).getMessageId());
            System.out.println("accepted " + client.sendAsync(endpoint.getId(), List.of("a", 1)).get().getMessageId());
            var batch = List.of(new SendRequest(endpoint.getId(), new RawJson("{\"order_id\": \"ord_2\"}")));
            for (BatchResult result : client.sendBatch(batch)) {
                if (result instanceof SendWebhookResponse accepted) {
                    System.out.println("accepted " + accepted.getMessageId());
                }
            }
            if (!client.flush()) {
                throw new IllegalStateException("not everything was delivered");
            }
            long recorded = client.streamLogs(new GetLogsOptions().status(MessageStatus.SUCCEEDED)).count();
            System.out.println(recorded + " recorded, " + client.getLogs().size() + " on the first page");
            try {
                client.getMessage("019aba5e-0000-7000-8000-000000000000");
            } catch (NotFoundException error) {
                System.out.println("a message that nobody sent: " + error.getMessage());
            }
        } finally {
            receiver.stop(0);
        }
        System.out.println(verified.size() + " delivered, signatures verified");
    }

    private static String signature(String secret, String at, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            mac.update((at + ".").getBytes(StandardCharsets.UTF_8));
            return "sha256=" + HexFormat.of().formatHex(mac.doFinal(body));
        } catch (java.security.GeneralSecurityException error) {
            throw new IllegalStateException(error);
        }
    }
}
