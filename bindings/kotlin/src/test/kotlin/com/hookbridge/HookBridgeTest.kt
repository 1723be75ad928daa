package com.hookbridge

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.ObjectMapper
import com.sun.net.httpserver.HttpServer
import java.io.File
import java.math.BigDecimal
import java.net.InetSocketAddress
import java.nio.file.Files
import java.nio.file.Path
import java.time.Instant
import java.time.temporal.ChronoUnit
import java.util.Base64
import java.util.HexFormat
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.ExecutionException
import java.util.concurrent.Executors
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec
import kotlin.test.AfterTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertTrue
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.runBlocking

/** What memory may grow after the warm-up, in MiB: far less than a leak of each message or of each engine would take. */
private const val ALLOWED = 16

private class Received(val headers: Map<String, String>, val body: String)

class HookBridgeTest {
    private val folder: Path = Files.createTempDirectory("hookbridge")
    private val deliveries = ConcurrentLinkedQueue<Received>()
    private val receiver = HttpServer.create(InetSocketAddress("127.0.0.1", 0), 64).apply {
        executor = Executors.newCachedThreadPool { task -> Thread(task).apply { isDaemon = true } }
        createContext("/") { exchange ->
            val body = exchange.requestBody.readAllBytes().decodeToString()
            deliveries += Received(exchange.requestHeaders.entries.associate { it.key.lowercase() to it.value.first() }, body)
            exchange.sendResponseHeaders(200, -1)
            exchange.close()
        }
        start()
    }
    private val url = "http://127.0.0.1:${receiver.address.port}/hook"

    private fun options(delivery: Delivery = Delivery.AUTO, durability: Durability = Durability.NORMAL) =
        HookBridgeOptions(
            database = folder.resolve("outbox.db").toString(),
            durability = durability,
            delivery = delivery,
            allowLocalEndpoints = true,
            verifyDns = false,
        )

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
            val endpoint = client.createEndpoint(url, description = "orders")
            val sent = client.send(
                endpoint.id,
                mapOf("event" to "order.created", "amount" to BigDecimal("1.10"), "name" to "ünï \"☃\"\n"),
                headers = mapOf("X-Source" to "billing-service"),
                idempotencyKey = "order-123-created-v1",
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
            assertEquals(MessageStatus.SUCCEEDED, message.status)
            assertNotNull(message.deliveredAt)
            assertEquals(200, client.getMessageAttempts(sent.messageId).single().responseStatus)
        }
    }

    @Test
    fun `what is refused is an exception of its class`() {
        HookBridge(options()).use { client ->
            val unknown = assertFailsWith<NotFoundException> { client.getEndpoint("ep_" + "0".repeat(32)) }
            assertEquals("ENDPOINT_NOT_FOUND" to 404, unknown.code to unknown.statusCode)
            assertEquals("ENDPOINT_NOT_FOUND: ${unknown.reason}", unknown.message)
            assertFailsWith<ValidationException> { client.createEndpoint("ftp://example.com") }
            assertFailsWith<ValidationException> { client.send("ep_" + "0".repeat(32), RawJson("{")) }
            val named = assertFailsWith<ValidationException> { client.createEndpoint(url, rateLimitRps = 5_000) }
            assertTrue("`rateLimitRps`" in named.reason, named.reason)
        }
        val wrong = assertFailsWith<ValidationException> { HookBridge(options(durability = Durability("most"))) }
        assertEquals("INVALID_CONFIGURATION", wrong.code)
        assertFailsWith<ValidationException> { HookBridge(HookBridgeOptions(baseUrl = "http://example.com", apiKey = "k")) }
        HookBridge(HookBridgeOptions(baseUrl = "http://127.0.0.1:9", apiKey = "k", retries = 0)).use {
            assertFailsWith<NetworkException> { it.listEndpoints() }
        }
    }

    @Test
    fun `a client that was closed says so`() {
        val client = HookBridge(options())
        val events = client.events()
        assertTrue(client.close(5.0))
        assertTrue(client.close(5.0))
        for (call in listOf<() -> Any?>({ client.stats() }, { client.send("ep_", 1) }, { client.events() }, { client.flush() })) {
            val refusal = assertFailsWith<HookBridgeException> { call() }
            assertEquals("CLOSED" to "the client was closed: open a new one", refusal.code to refusal.reason)
        }
        assertEquals(0, events.count())
        events.close()
        assertEquals(null, events.next())
    }

    @Test
    fun `coroutines and threads send at once`() {
        HookBridge(options()).use { client ->
            val endpoint = client.createEndpoint(url)
            val ids = runBlocking {
                (0 until 200).map { number -> async { client.sendAsync(endpoint.id, number).messageId } }.awaitAll()
            }
            val threads = (0 until 4).map { thread ->
                Thread { repeat(50) { client.send(endpoint.id, "$thread-$it") } }.apply { start() }
            }
            threads.forEach(Thread::join)
            assertEquals(200, ids.toSet().size)
            val future = client.sendFuture(endpoint.id, "later")
            assertEquals(MessageStatus.QUEUED, future.get().status)
            val refused = assertFailsWith<ExecutionException> { client.sendFuture("ep_", 1).get() }
            assertTrue(refused.cause is HookBridgeException, "$refused")
            until("every delivery") { deliveries.size == 401 }
        }
    }

    @Test
    fun `events tell, and what was accepted waits for the next opening`() {
        val first = HookBridge(options(Delivery.OFF))
        val endpoint = first.createEndpoint(url)
        val sent = first.send(endpoint.id, 1)
        first.close()
        HookBridge(options()).use { client ->
            client.events().use { events ->
                until("the delivery") { deliveries.size == 1 }
                val later = client.send(endpoint.id, 2)
                val told = events.first { it.messageId == later.messageId }
                assertEquals(EventKind.MESSAGE_DELIVERED, told.kind)
            }
            until("the record") { client.getMessage(sent.messageId).status == MessageStatus.SUCCEEDED }
        }
    }

    @Test
    fun `an ordering key keeps the order`() {
        HookBridge(options()).use { client ->
            val endpoint = client.createEndpoint(url)
            repeat(5) { client.send(endpoint.id, RawJson("{ \"n\": $it }"), orderingKey = "order-1") }
            runBlocking { client.sendAsync(endpoint.id, 5, orderingKey = "order-1") }
            val sent = client.send(SendRequest(endpoint.id, 6).orderingKey("order-1"))
            client.sendBatch(listOf(SendRequest(endpoint.id, 7, orderingKey = "order-1")))
            assertTrue(client.flush(30.0))
            assertEquals((0..4).map { "{ \"n\": $it }" } + listOf("5", "6", "7"), deliveries.map { it.body })
            assertEquals("order-1", client.getMessage(sent.messageId).orderingKey)
        }
    }

    @Test
    fun `a message waits for its time`() {
        HookBridge(options()).use { client ->
            val endpoint = client.createEndpoint(url)
            val at = Instant.now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(3_600)
            val sent = client.send(endpoint.id, 1, deliverAt = at, expiresAt = at.plusSeconds(1))
            val batched = client.sendBatch(listOf(SendRequest(endpoint.id, 1).deliverAt(at).expiresAt(at.plusSeconds(1))))
            for (id in listOf(sent.messageId, (batched.single() as SendWebhookResponse).messageId)) {
                val message = client.getMessage(id)
                assertEquals(MessageStatus.QUEUED, message.status)
                assertEquals(listOf(at, at, at.plusSeconds(1)), listOf(message.nextAttemptAt, message.deliverAt, message.expiresAt))
            }
        }
    }

    @Test
    fun `an event goes to all that want it`() {
        HookBridge(options()).use { client ->
            repeat(2) { client.createEndpoint(url, eventTypes = listOf("order.*")) }
            val filter = RawJson("""[{"pointer": "/total", "greater": 100}]""")
            val above = client.createEndpoint(url, eventTypes = listOf("order.*"), filter = filter)
            val found = client.getEndpoint(above.id)
            assertEquals(listOf(mapOf("pointer" to "/total", "greater" to 100)), found.toMap()["filter"])
            assertEquals("/total", ObjectMapper().readTree(found.toJson())["filter"][0]["pointer"].asText())
            assertEquals(2L, client.sendEvent("order.created", mapOf("total" to 5)).matched)
            assertTrue(client.flush(30.0))
            assertEquals(listOf("order.created", "order.created"), deliveries.map { it.headers["x-webhook-event"] })
            assertEquals(setOf("""{"total":5}"""), deliveries.map { it.body }.toSet())
            assertEquals(3L, client.sendEvent("order.created", RawJson("""{"total": 101.0}""")).matched)
            assertEquals(2L, client.sendEvent("order.created", """{"total": 101}""").matched)
            assertEquals(0L, client.sendEvent("user.created", null).matched)
            val soon = Instant.now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(60)
            val batch = client.sendEventBatch(listOf(BatchEvent("order.paid", mapOf("total" to 101), expiresAt = soon), BatchEvent("", 1)))
            assertEquals(soon, client.getEvent(batch.results[0].eventId!!).expiresAt)
            assertEquals(listOf(3L, null), batch.results.map { it.matched })
            assertNotNull(batch.results[1].error)
            assertTrue(client.flush(30.0))
            assertTrue(deliveries.any { it.body == """{"total": 101.0}""" })
            assertFalse(client.checkSubscription("order.paid", mapOf("total" to 7), endpointId = above.id).wanted)
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
        HookBridge(options(Delivery.OFF)).use { client ->
            val endpoint = client.createEndpoint(url)
            val payload = mapOf("event" to "order.created", "text" to "x".repeat(200))
            val send = { count: Int -> repeat(count) { client.send(endpoint.id, payload, mapOf("X-N" to "$it")) } }
            send(20_000)
            val before = memory()
            send(100_000)
            assertFlat(before)
            assertEquals(120_000, client.stats().queued)
        }
    }

    @Test
    fun `a hundred thousand refusals leave memory as it was`() {
        HookBridge(options(Delivery.OFF)).use { client ->
            val endpoint = client.createEndpoint(url)
            // What is wrong with the header's name is told with the name.
            val wrong = SendRequest(endpoint.id, 1, mapOf(":".repeat(1_000) to ""))
            val refused = { count: Int -> repeat(count) { assertFailsWith<ValidationException> { client.send(wrong) } } }
            refused(20_000)
            val before = memory()
            refused(100_000)
            assertFlat(before)
        }
    }

    @Test
    fun `a thousand openings leave memory, descriptors and threads as they were`() {
        val open = { count: Int -> repeat(count) { HookBridge(options()).use { it.stats() } } }
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
