import com.hookbridge.HookBridge
import com.hookbridge.HookBridgeOptions

fun main() {
    HookBridge(HookBridgeOptions(database = "local.db", allowLocalEndpoints = true)).use { client ->
        val endpoint = client.createEndpoint("http://127.0.0.1:9000/hooks")
        val result = client.send(endpoint.id, mapOf("event" to "order.created"))
        client.flush()
        println(client.getMessage(result.messageId).status)
    }
}
