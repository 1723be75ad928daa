import com.hookbridge.HookBridge
import com.hookbridge.HookBridgeOptions

fun main() {
    HookBridge(HookBridgeOptions(database = "hookbridge.db")).use { client ->
        for (message in client.iterDlqMessages()) {
            println("${message.messageId} ${message.lastError}")
            client.replayFromDlq(message.messageId)
        }
        client.flush()
    }
}
