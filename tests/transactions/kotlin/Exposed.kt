// Exposed: the connection of its transaction.
import com.hookbridge.HookBridge
import com.hookbridge.NotFoundException
import java.sql.Connection
import org.jetbrains.exposed.sql.Database
import org.jetbrains.exposed.sql.Table
import org.jetbrains.exposed.sql.Transaction
import org.jetbrains.exposed.sql.insert
import org.jetbrains.exposed.sql.transactions.transaction

object Orders : Table("orders") {
    val reference = text("reference")
}

val Transaction.jdbc get() = connection.connection as Connection

fun main() {
    Database.connect(System.getenv("JDBC_URL"))
    HookBridge().use { client ->
        val receipt = transaction {
            Orders.insert { it[reference] = "$order committed" }
            client.send(endpointId, payload, headers = headers, transaction = jdbc)
        }
        println("committed ${receipt.messageId}")

        val other = transaction {
            Orders.insert { it[reference] = "$order rolled back" }
            client.send(endpointId, payload, transaction = jdbc).also { rollback() }
        }
        println("rolled back ${other.messageId}")

        try {
            transaction {
                Orders.insert { it[reference] = "$order refused" }
                client.send("ep_unknown", payload, transaction = jdbc)
            }
        } catch (refusal: NotFoundException) {
            println("refused ${refusal.code} ${refusal.statusCode}")
        }
    }
}
