import com.hookbridge.HookBridge
import com.hookbridge.HookBridgeException
import com.hookbridge.HookBridgeOptions
import com.hookbridge.NotFoundException

fun main() {
    HookBridge(HookBridgeOptions(database = "hookbridge.db")).use { client ->
        try {
            client.send("ep_unknown", mapOf("event" to "order.created"))
        } catch (error: NotFoundException) {
            println("${error.code} ${error.statusCode}")
        } catch (error: HookBridgeException) {
            println("${error.code} ${if (error.isRetryable) "again later" else "not again"}")
        }
    }
}
