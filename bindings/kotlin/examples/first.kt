import com.hookbridge.HookBridge
import com.hookbridge.HookBridgeOptions

fun main() {
    HookBridge(HookBridgeOptions(database = "hookbridge.db")).use { client ->
        val endpoint = client.createEndpoint("https://example.com/hooks")
        println("${endpoint.id} ${endpoint.signingSecret}") // the secret is shown only here

        val result = client.send(
            endpoint.id,
            mapOf("event" to "order.created", "order_id" to "ord_123"),
            headers = mapOf("X-Source" to "billing-service"),
            idempotencyKey = "order-123-created-v1",
        )
        println(result.messageId)
        client.flush() // waits until it is delivered
    }
}
