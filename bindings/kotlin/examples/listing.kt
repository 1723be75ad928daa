import com.hookbridge.HookBridge
import com.hookbridge.HookBridgeOptions
import com.hookbridge.MessageStatus

fun main() {
    HookBridge(HookBridgeOptions(database = "hookbridge.db")).use { client ->
        val page = client.listEndpoints(limit = 20)
        println("${page.size} ${page.first().id}")
        if (page.nextPage() == null) println("that is all")

        for (message in client.iterLogs(status = listOf(MessageStatus.SUCCEEDED))) {
            println("${message.messageId} ${message.status}")
        }
    }
}
