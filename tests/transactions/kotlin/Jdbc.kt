// JDBC, over PostgreSQL or SQLite.
import com.hookbridge.HookBridge
import com.hookbridge.NotFoundException
import java.sql.Connection
import java.sql.DriverManager

val endpointId: String = System.getenv("ENDPOINT_ID")
val order: String = System.getenv("ORDER")
val payload = mapOf("order" to order, "to" to "Zoë / Øre", "paid" to true)
val headers = mapOf("X-Source" to "orders")

fun Connection.insert(reference: String) =
    prepareStatement("INSERT INTO orders (reference) VALUES (?)").use { statement ->
        statement.setString(1, reference)
        statement.executeUpdate()
    }

fun main() {
    HookBridge().use { client ->
        DriverManager.getConnection(System.getenv("JDBC_URL")).use { connection ->
            connection.autoCommit = false

            connection.insert("$order committed")
            val receipt = client.send(endpointId, payload, headers = headers, transaction = connection)
            connection.commit()
            println("committed ${receipt.messageId}")

            connection.insert("$order rolled back")
            val other = client.send(endpointId, payload, transaction = connection)
            connection.rollback()
            println("rolled back ${other.messageId}")

            connection.insert("$order refused")
            try {
                client.send("ep_unknown", payload, transaction = connection)
            } catch (refusal: NotFoundException) {
                println("refused ${refusal.code} ${refusal.statusCode}")
            }
            connection.rollback()
        }
    }
}
