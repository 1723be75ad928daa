package com.hookbridge

import com.fasterxml.jackson.databind.ObjectMapper
import java.io.File
import java.nio.file.Files
import java.nio.file.Path
import java.time.Instant
import kotlin.reflect.full.memberFunctions
import kotlin.test.AfterTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** What methods take and answer. */
class ResultsTest {
    private class Order(@Suppress("unused") val id: Int)

    private val folder: Path = Files.createTempDirectory("hookbridge")
    private val client =
        HookBridge(
            HookBridgeOptions(
                database = folder.resolve("outbox.db").toString(),
                durability = Durability.NORMAL,
                delivery = Delivery.OFF,
                allowLocalEndpoints = true,
                verifyDns = false,
                retrySchedule = RetrySchedule.of(1.0, 60.0),
            ),
        )

    private fun endpoint(description: String? = null) = client.createEndpoint("http://127.0.0.1:9/", description)

    @AfterTest
    fun clean() {
        client.close()
        folder.toFile().deleteRecursively()
    }

    @Test
    fun `every operation has its method with its arguments`() {
        val methods = HookBridge::class.memberFunctions.groupBy { it.name }
        val camel = { name: String -> Regex("_([a-z])").replace(name) { it.groupValues[1].uppercase() } }
        for (operation in ObjectMapper().readTree(File("../../tests/conformance/operations.json"))) {
            // The application's own transaction is no field.
            val own = if (operation["method"].asText() == "send") listOf("transaction") else listOf()
            val expected = operation["args"].map { camel(it.asText()) } + own
            val found = methods[camel(operation["method"].asText())].orEmpty().map { method -> method.parameters.mapNotNull { it.name } }
            val plural = expected.map { if (it in setOf("userId", "apiKeyId")) "${it}s" else it }
            assertTrue(expected in found || plural in found, "$operation: $found")
        }
    }

    @Test
    fun `pages are lists, and know the next`() {
        val ids = (1..7).map { endpoint("no. $it").id }.reversed()
        val page = client.listEndpoints(limit = 3)
        assertEquals(3, page.size)
        assertEquals(ids[1], page[1].id)
        assertEquals(ids.take(3), page.map { it.id })
        assertEquals(page, page.endpoints)
        assertTrue(page.hasMore)
        val next = page.nextPage()!!
        assertEquals(ids.subList(3, 6), next.map { it.id })
        val last = next.nextPage()!!
        assertEquals(ids.takeLast(1), last.map { it.id })
        assertNull(last.nextPage())
        assertEquals(listOf("no. 7", "no. 6"), page.subList(0, 2).map { it.description })
        assertEquals(ids, client.iterEndpoints(limit = 2).map { it.id }.toList())
        assertEquals(ids, client.streamEndpoints(ListEndpointsOptions().limit(3)).map { it.id }.toList())
        assertEquals(ids.take(2), client.iterEndpoints(limit = 1).take(2).map { it.id }.toList())
        assertEquals("[{", page.toJson().substringAfter(":").take(2))
        assertEquals(setOf("endpoints", "has_more", "next_cursor"), page.toMap().keys)
    }

    @Test
    fun `logs are filtered by words and moments, page after page`() {
        val endpoint = endpoint().id
        val before = Instant.now().minusSeconds(60)
        val sent = (1..5).map { client.send(endpoint, it).messageId }.reversed()
        val iterated = client.iterLogs(status = listOf(MessageStatus.QUEUED), startTime = before, limit = 2, endpointId = endpoint)
        assertEquals(sent, iterated.map { it.messageId }.toList())
        assertEquals(sent, iterated.map { it.messageId }.toList())
        val options = GetLogsOptions().status(MessageStatus.QUEUED).startTime(before).limit(2)
        assertEquals(sent, client.streamLogs(options).map { it.messageId }.toList())
        assertEquals(2, client.getLogs(options).size)
        assertEquals(0, client.getLogs(endTime = before).size)
        assertEquals(0, client.iterDlqMessages().count())
        val deleted = client.deleteMessagesAll(DeleteMessagesAllOptions().status(MessageStatus.QUEUED, MessageStatus.SUCCEEDED).limit(2))
        assertEquals(2, deleted.deleted)
    }

    @Test
    fun `secrets are not printed, and are in the JSON`() {
        val created = endpoint("orders")
        assertTrue(created.signingSecret.startsWith("whsec_"))
        assertFalse(created.signingSecret in "$created", "$created")
        assertTrue("signingSecret=[hidden]" in "$created" && created.id in "$created")
        assertEquals(created.signingSecret, created.toMap()["signing_secret"])
        assertTrue(created.signingSecret in created.toJson())
        val key = client.createApiKey(label = "suite")
        assertFalse(key.key in "$key", "$key")
        assertFalse("$key" in client.createEndpointSigningKey(created.id).toString())
        // As Java would have it.
        val options = HookBridgeOptions().apiKey("hb_live_secret").database("x.db")
        assertFalse("hb_live_secret" in "$options")
    }

    @Test
    fun `results compare, and are maps of what JSON knows`() {
        val created = endpoint()
        val schedule = RetrySchedule.lists(slow = listOf(5.0))
        val changed = client.updateEndpoint(created.id, maxAttempts = 3, headers = mapOf("X-A" to "1"), retrySchedule = schedule)
        assertEquals(changed, client.getEndpoint(created.id))
        assertEquals(changed.hashCode(), client.getEndpoint(created.id).hashCode())
        assertEquals(listOf(5.0), changed.retrySchedule?.slow)
        assertEquals(mapOf("X-A" to "1"), changed.toMap()["headers"])
        assertTrue(Regex("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z").matches(changed.toMap()["created_at"] as String))
        val cleared = client.updateEndpoint(created.id, UpdateEndpointOptions().retrySchedule(RetrySchedule.INHERITED).maxAttempts(0))
        assertNull(cleared.retrySchedule)
        assertNull(cleared.maxAttempts)
        assertEquals(mapOf("X-A" to "1"), cleared.headers)
        assertEquals(RetrySchedule.INHERITED, RetrySchedule.of())
        assertEquals(RetrySchedule.HOOKBRIDGE, RetrySchedule.named("hookbridge"))
        val key = client.createApiKey(label = "suite")
        assertEquals("suite", client.lookupActors(apiKeyIds = listOf(key.keyId)).apiKeys?.get(key.keyId)?.label)
    }

    @Test
    fun `settings that are no numbers are refused, and a schedule of none is the default`() {
        val refused = assertFailsWith<ValidationException> { HookBridge(HookBridgeOptions(timeout = Double.NaN)) }
        assertEquals("INVALID_CONFIGURATION: `timeout` must be a number", refused.message)
        val database = folder.resolve("other.db").toString()
        HookBridge(HookBridgeOptions(database = database, retrySchedule = RetrySchedule.INHERITED)).use { assertEquals(0, it.stats().queued) }
    }

    @Test
    fun `a word that this version does not know is a word`() {
        val status = MessageStatus("held")
        assertEquals("held", status.toString())
        assertEquals(status, MessageStatus("held"))
        assertFalse(status in MessageStatus.KNOWN)
        assertFalse(status.equals(ExportStatus("held")))
        val refused = assertFailsWith<ValidationException> { client.getLogs(status = listOf(status)) }
        assertTrue("`status`" in refused.reason, refused.reason)
    }

    @Test
    fun `a batch has a result or a failure for each`() {
        val endpoint = endpoint().id
        val results = client.sendBatch(listOf(SendRequest(endpoint, "one"), SendRequest("ep_" + "0".repeat(32), 2), SendRequest(endpoint, RawJson("3"))))
        assertTrue(results[0] is SendWebhookResponse && results[2] is SendWebhookResponse)
        assertEquals(ErrorCode.ENDPOINT_NOT_FOUND, (results[1] as SendFailure).code)
        val smuggled = RawJson("""1},{"endpoint_id":"$endpoint","payload":2""")
        val refused = assertFailsWith<ValidationException> { client.sendBatch(listOf(SendRequest(endpoint, 1), SendRequest(endpoint, smuggled))) }
        assertTrue("`messages[1].payload` is not JSON" in refused.reason, refused.reason)
        assertEquals(2, client.stats().queued)
    }

    @Test
    fun `what is no JSON is named, with the way out`() {
        val endpoint = endpoint().id
        val refused = { payload: Any? -> assertFailsWith<ValidationException> { client.send(endpoint, payload) }.reason }
        val order = refused(mapOf("orders" to listOf(Order(1))))
        assertTrue("`payload`" in order && Order::class.java.name in order && "RawJson" in order, order)
        assertTrue("RawJson(bytes)" in refused("{}".toByteArray()))
        assertTrue("NaN" in refused(Double.NaN))
        assertTrue("a string" in refused(mapOf(1 to 2)))
        assertTrue("no part" in refused(listOf(RawJson("1"))))
        val batch = assertFailsWith<ValidationException> { client.sendBatch(listOf(SendRequest(endpoint, Order(1)))) }
        assertTrue("`messages[0].payload`" in batch.reason, batch.reason)
    }
}
