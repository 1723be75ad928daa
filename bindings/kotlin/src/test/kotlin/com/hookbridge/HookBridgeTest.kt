package com.hookbridge

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.ObjectMapper
import com.sun.net.httpserver.HttpServer
import java.io.File
import java.math.BigDecimal
import java.net.InetSocketAddress
import java.nio.file.Files
import java.nio.file.Path
import java.util.Base64
import java.util.HexFormat
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.Executors
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec
import kotlin.test.AfterTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNotNull
import kotlin.test.assertTrue
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.runBlocking

/** What memory may grow after the warm-up, in MiB: far less than a leak of each message or of each engine would take. */
private const val ALLOWED = 16

private class Delivery(val headers: Map<String, String>, val body: String)

class HookBridgeTest {
    private val folder: Path = Files.createTempDirectory("hookbridge")
    private val deliveries = ConcurrentLinkedQueue<Delivery>()
    private val receiver = HttpServer.create(InetSocketAddress("127.0.0.1", 0), 64).apply {
        executor = Executors.newCachedThreadPool { task -> Thread(task).apply { isDaemon = true } }
        createContext("/") { exchange ->
            val body = exchange.requestBody.readAllBytes().decodeToString()
            deliveries += Delivery(exchange.requestHeaders.entries.associate { it.key.lowercase() to it.value.first() }, body)
            exchange.sendResponseHeaders(200, -1)
            exchange.close()
        }
        start()
    }
    private val url = "http://127.0.0.1:${receiver.address.port}/hook"

    private fun options(name: String = "outbox.db") =
        Options(database = folder.resolve(name).toString(), durability = "normal", allowLocalEndpoints = true, verifyDns = false)

    private fun until(what: String, holds: () -> Boolean) {
        val deadline = System.nanoTime() + 30_000_000_000
        while (!holds()) {
            assertTrue(System.nanoTime() < deadline, what)
            Thread.sleep(10)
        }
    }

    @AfterTest
    fun clean() {
        receiver.stop(0)
        folder.toFile().deleteRecursively()
    }

    @Test
    fun `a message is delivered, and its signature verifies`() {
        HookBridge(options()).use { client ->
            val endpoint = client.createEndpoint(url, EndpointSettings(description = "orders"))
            val sent = client.send(
                SendRequest(
                    endpointId = endpoint.id,
                    payload = json(mapOf("event" to "order.created", "amount" to BigDecimal("1.10"), "name" to "ünï \"☃\"\n")),
                    headers = mapOf("X-Source" to "billing-service"),
                    idempotencyKey = "order-123-created-v1",
                ),
            )
            assertTrue(client.flush(30.0))
            val delivery = deliveries.single()
            assertEquals(sent.messageId, delivery.headers["x-webhook-id"])
            assertEquals("billing-service", delivery.headers["x-source"])
            assertEquals("""{"event":"order.created","amount":1.10,"name":"ünï \"☃\"\u000a"}""", delivery.body)
            assertEquals(delivery.headers["webhook-timestamp"], delivery.headers["x-webhook-timestamp"])
            val at = delivery.headers.getValue("x-webhook-timestamp")
            val found = delivery.headers["x-webhook-signature"] to delivery.headers["webhook-signature"]
            assertEquals(signatures(listOf(endpoint.signingSecret), sent.messageId, at, delivery.body), found)
            val message = client.getMessage(sent.messageId)
            assertEquals("succeeded", message.status)
            assertNotNull(message.deliveredAt)
            assertEquals(200, client.getMessageAttempts(sent.messageId).data.single().responseStatus)
            client.shutdown()
        }
    }

    @Test
    fun `what is refused is an exception of its class`() {
        HookBridge(options()).use { client ->
            val unknown = assertFailsWith<HookBridgeException.NotFound> { client.getEndpoint("ep_" + "0".repeat(32)) }
            assertEquals("ENDPOINT_NOT_FOUND", unknown.failure.code)
            assertEquals(404, unknown.failure.status)
            assertFailsWith<HookBridgeException.Validation> { client.createEndpoint("ftp://example.com", EndpointSettings()) }
            assertFailsWith<HookBridgeException.Validation> { client.send(SendRequest("ep_" + "0".repeat(32), "{".toByteArray())) }
            assertFailsWith<IllegalArgumentException> { json(Double.NaN) }
            client.shutdown()
            val closed = assertFailsWith<HookBridgeException.Other> { client.stats() }
            assertEquals("CLOSED", closed.failure.code)
        }
        assertFailsWith<HookBridgeException.Validation> { HookBridge(options().copy(durability = "most")) }
        assertFailsWith<HookBridgeException.Validation> { HookBridge(Options(baseUrl = "http://example.com", apiKey = "k")) }
        val gone = Options(baseUrl = "http://127.0.0.1:9", apiKey = "k", retries = 0)
        HookBridge(gone).use { assertFailsWith<HookBridgeException.Network> { it.listEndpoints() } }
    }

    @Test
    fun `coroutines and threads send at once`() {
        HookBridge(options()).use { client ->
            val endpoint = client.createEndpoint(url, EndpointSettings())
            val ids = runBlocking {
                (0 until 200).map { number -> async { client.sendAsync(SendRequest(endpoint.id, json(number))).messageId } }.awaitAll()
            }
            val threads = (0 until 4).map { thread ->
                Thread { repeat(50) { client.send(SendRequest(endpoint.id, json("$thread-$it"))) } }.apply { start() }
            }
            threads.forEach(Thread::join)
            assertEquals(200, ids.toSet().size)
            until("every delivery") { deliveries.size == 400 }
            client.shutdown()
        }
    }

    @Test
    fun `events tell, and what was accepted waits for the next opening`() {
        val first = HookBridge(options().copy(delivery = "off"))
        val endpoint = first.createEndpoint(url, EndpointSettings())
        val sent = first.send(SendRequest(endpoint.id, json(1)))
        first.shutdown()
        first.close()
        HookBridge(options()).use { client ->
            client.events().use { events ->
                until("the delivery") { deliveries.size == 1 }
                val later = client.send(SendRequest(endpoint.id, json(2)))
                val told = generateSequence { events.next(10.0) }.first { it.messageId == later.messageId }
                assertEquals("message_delivered", told.kind)
            }
            until("the record") { client.getMessage(sent.messageId).status == "succeeded" }
            client.shutdown()
        }
    }

    @Test
    fun `no operation lacks its method`() {
        val operations: JsonNode = ObjectMapper().readTree(File("../../tests/conformance/operations.json"))
        val methods = HookBridge::class.java.methods.map { it.name }.toSet()
        for (operation in operations) {
            val method = Regex("_([a-z])").replace(operation["method"].asText()) { it.groupValues[1].uppercase() }
            assertTrue(method in methods, method)
        }
    }

    @Test
    fun `the signatures of every suite come out here too`() {
        val vectors: JsonNode = ObjectMapper().readTree(File("../../tests/conformance/signatures.json"))
        assertTrue(vectors.size() > 0)
        for (vector in vectors) {
            val secrets = vector["secrets"].map { it.asText() }
            val made = signatures(secrets, vector["message_id"].asText(), vector["timestamp"].asText(), vector["body"].asText())
            assertEquals(vector["webhook"].asText() to vector["standard"].asText(), made)
        }
    }

    @Test
    fun `a hundred thousand sends leave memory as it was`() {
        HookBridge(options().copy(delivery = "off")).use { client ->
            val endpoint = client.createEndpoint(url, EndpointSettings())
            val payload = json(mapOf("event" to "order.created", "text" to "x".repeat(200)))
            val send = { count: Int -> repeat(count) { client.send(SendRequest(endpoint.id, payload, mapOf("X-N" to "$it"))) } }
            send(20_000)
            val before = memory()
            send(100_000)
            assertFlat(before)
            assertEquals(120_000uL, client.stats().queued.toULong())
            client.shutdown()
        }
    }

    @Test
    fun `a hundred thousand refusals leave memory as it was`() {
        HookBridge(options().copy(delivery = "off")).use { client ->
            val endpoint = client.createEndpoint(url, EndpointSettings())
            // What is wrong with the header's name is told with the name.
            val wrong = SendRequest(endpoint.id, json(1), mapOf(":".repeat(1_000) to ""))
            val refused = { count: Int -> repeat(count) { assertFailsWith<HookBridgeException.Validation> { client.send(wrong) } } }
            refused(20_000)
            val before = memory()
            refused(100_000)
            assertFlat(before)
            client.shutdown()
        }
    }

    @Test
    fun `a thousand openings leave memory, descriptors and threads as they were`() {
        val open = { count: Int -> repeat(count) { HookBridge(options()).use { it.stats(); it.shutdown() } } }
        val entries = { folder: String -> File("/proc/self/$folder").list()!!.size }
        open(100)
        val before = memory()
        val (files, threads) = entries("fd") to entries("task")
        open(1_000)
        assertFlat(before)
        assertTrue(entries("fd") <= files + 4, "${entries("fd")} descriptors, $files before")
        assertTrue(entries("task") <= threads + 8, "${entries("task")} threads, $threads before")
    }

    /** The two headers as a receiver works them out, for every secret in order. */
    private fun signatures(secrets: List<String>, id: String, timestamp: String, body: String): Pair<String, String> =
        secrets.joinToString(",") { "sha256=" + HexFormat.of().formatHex(hmac(it.toByteArray(), "$timestamp.$body")) } to
            secrets.joinToString(" ") {
                val key = Base64.getDecoder().decode(it.removePrefix("whsec_"))
                "v1," + Base64.getEncoder().encodeToString(hmac(key, "$id.$timestamp.$body"))
            }

    private fun hmac(key: ByteArray, text: String): ByteArray =
        Mac.getInstance("HmacSHA256").apply { init(SecretKeySpec(key, algorithm)) }.doFinal(text.toByteArray())

    /**
     * What is live in the heap, and what is resident in all, in MiB. The heap is resident as a whole from the start: the rest is native.
     * What waits for a cleaner outlives one collection, so that the least of some is taken.
     */
    private fun memory(): Pair<Long, Long> {
        val live = (1..5).minOf {
            System.gc()
            Thread.sleep(100)
            Runtime.getRuntime().run { totalMemory() - freeMemory() }
        }
        return live / 1_048_576 to File("/proc/self/statm").readText().split(" ")[1].toLong() * 4096 / 1_048_576
    }

    private fun assertFlat(before: Pair<Long, Long>) {
        val after = memory()
        val flat = after.first - before.first < ALLOWED && after.second - before.second < ALLOWED
        assertTrue(flat, "live in the heap and resident: $before MiB became $after")
    }
}
