import com.hookbridge.HookBridge
import com.hookbridge.HookBridgeOptions
import com.sun.net.httpserver.HttpServer
import java.net.InetSocketAddress
import kotlin.concurrent.thread

fun main() {
    val client = HookBridge(HookBridgeOptions(database = "hookbridge.db"))
    val endpoint = client.listEndpoints().first()

    val server = HttpServer.create(InetSocketAddress("127.0.0.1", 8000), 0)
    server.createContext("/orders/") { exchange ->
        val orderId = exchange.requestURI.path.substringAfterLast('/')
        val result = client.send(
            endpoint.id,
            mapOf("event" to "order.created", "order_id" to orderId),
            idempotencyKey = "$orderId-created",
        )
        val answer = """{"message_id": "${result.messageId}"}""".toByteArray()
        exchange.responseHeaders.add("Content-Type", "application/json")
        exchange.sendResponseHeaders(202, answer.size.toLong())
        exchange.responseBody.use { it.write(answer) }
    }
    Runtime.getRuntime().addShutdownHook(
        thread(start = false) {
            server.stop(1) // lets requests under way end
            client.close()
        },
    )
    server.start()
}
