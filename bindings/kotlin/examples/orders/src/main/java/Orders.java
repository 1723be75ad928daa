import com.hookbridge.EndpointSettings;
import com.hookbridge.HookBridge;
import com.hookbridge.HookBridgeException;
import com.hookbridge.JsonKt;
import com.hookbridge.Options;
import com.hookbridge.SendRequest;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HexFormat;
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

        Options options = new Options();
        options.setDatabase(Files.createTempDirectory("orders").resolve("outbox.db").toString());
        // Local receivers are refused unless they are allowed: a webhook's URL is often a stranger's.
        options.setAllowLocalEndpoints(true);
        try (HookBridge client = new HookBridge(options)) {
            String url = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/orders";
            var endpoint = client.createEndpoint(url, new EndpointSettings());
            secret.set(endpoint.getSigningSecret());
            for (int number = 0; number < 3; number++) {
                byte[] payload = JsonKt.json(Map.of("event", "order.created", "order_id", "ord_" + number));
                String key = "order-" + number + "-created-v1";
                var result = client.send(new SendRequest(endpoint.getId(), payload, Map.of("X-Source", "shop"), key, null));
                System.out.println("accepted " + result.getMessageId());
            }
            if (!client.flush(30.0)) {
                throw new IllegalStateException("not everything was delivered");
            }
            try {
                client.getMessage("019aba5e-0000-7000-8000-000000000000");
            } catch (HookBridgeException.NotFound error) {
                System.out.println("a message that nobody sent: " + error.getFailure().getCode());
            }
            client.shutdown(30.0);
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
