// Spring: the connection of its transaction.
import com.hookbridge.HookBridge
import com.hookbridge.NotFoundException
import org.springframework.jdbc.core.JdbcTemplate
import org.springframework.jdbc.datasource.DataSourceUtils
import org.springframework.jdbc.datasource.DriverManagerDataSource
import org.springframework.jdbc.support.JdbcTransactionManager
import org.springframework.transaction.support.TransactionTemplate

fun main() {
    val insert = "INSERT INTO orders (reference) VALUES (?)"
    val source = DriverManagerDataSource(System.getenv("JDBC_URL"))
    val jdbc = JdbcTemplate(source)
    val transactions = TransactionTemplate(JdbcTransactionManager(source))
    HookBridge().use { client ->
        val receipt = transactions.execute {
            jdbc.update(insert, "$order committed")
            client.send(endpointId, payload, headers = headers, transaction = DataSourceUtils.getConnection(source))
        }
        println("committed ${receipt!!.messageId}")

        val other = transactions.execute { status ->
            jdbc.update(insert, "$order rolled back")
            status.setRollbackOnly()
            client.send(endpointId, payload, transaction = DataSourceUtils.getConnection(source))
        }
        println("rolled back ${other!!.messageId}")

        try {
            transactions.executeWithoutResult {
                jdbc.update(insert, "$order refused")
                client.send("ep_unknown", payload, transaction = DataSourceUtils.getConnection(source))
            }
        } catch (refusal: NotFoundException) {
            println("refused ${refusal.code} ${refusal.statusCode}")
        }
    }
}
