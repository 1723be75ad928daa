import com.hookbridge.HookBridge
import com.hookbridge.HookBridgeOptions
import com.hookbridge.RawJson
import com.hookbridge.SendFailure
import com.hookbridge.SendRequest
import com.hookbridge.SendWebhookResponse

fun main() {
    HookBridge(HookBridgeOptions(database = "hookbridge.db")).use { client ->
        val endpoint = client.listEndpoints().first()
        val results = client.sendBatch(
            listOf(
                SendRequest(endpoint.id, mapOf("event" to "order.created", "order_id" to "ord_124")),
                SendRequest(endpoint.id, RawJson("""{"event": "order.paid", "total": 19.90}""")),
                SendRequest("ep_unknown", mapOf("event" to "order.created")),
            ),
        )
        for (result in results) {
            when (result) {
                is SendWebhookResponse -> println("accepted ${result.messageId}")
                is SendFailure -> println("refused ${result.code}")
            }
        }
        client.flush()
    }
}
