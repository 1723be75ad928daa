// What the function or SQLite's table refuses, as exceptions of the package. A savepoint, and the transaction goes on.
import com.hookbridge.HookBridge
import com.hookbridge.HookBridgeException
import com.hookbridge.RawJson
import com.hookbridge.SendRequest
import java.sql.DriverManager
import java.time.Instant

const val DAY = 24 * 3600L

fun refused(send: () -> Unit) =
    try {
        send()
    } catch (refusal: HookBridgeException) {
        check(!refusal.reason.startsWith(refusal.code)) { refusal.reason }
        println("refused ${refusal.code} ${refusal.statusCode}")
    }

fun main() {
    // A file does not know what was sent before.
    val isFile = System.getenv("SQLITE_FILE") != null
    val cases =
        listOf(
            SendRequest("ep_unknown", null),
            SendRequest(endpointId, 1, headers = mapOf("Host" to "example.com")),
            SendRequest(endpointId, 1, idempotencyKey = "not a key"),
            SendRequest(endpointId, 1, deliverAt = Instant.now().plusSeconds(400 * DAY)),
            SendRequest(endpointId, 1, orderingKey = "a\u0000b"),
            SendRequest(endpointId, 2, idempotencyKey = "one").takeUnless { isFile },
            SendRequest(endpointId, "x".repeat(1_048_576)),
        ).filterNotNull()
    HookBridge().use { client ->
        DriverManager.getConnection(System.getenv("JDBC_URL")).use { connection ->
            connection.autoCommit = false
            val soon = Instant.now().plusSeconds(DAY)
            val first = client.send(
                endpointId, RawJson("1"), idempotencyKey = "one", retentionHours = 1, orderingKey = "customer-7",
                deliverAt = soon, expiresAt = soon.plusSeconds(DAY), transaction = connection,
            )
            check(isFile || client.send(endpointId, 1, idempotencyKey = "one", transaction = connection) == first)
            for (request in cases) {
                val before = connection.setSavepoint()
                refused { client.send(request, connection) }
                connection.rollback(before)
            }
            connection.rollback()
            connection.autoCommit = true
            refused { client.send(endpointId, 1, transaction = connection) }
        }
    }
}
