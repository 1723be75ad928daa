package com.hookbridge

import com.hookbridge.internal.CallStatuses
import com.hookbridge.internal.UNIFFI_CALL_ERROR
import com.hookbridge.internal.UNIFFI_CALL_SUCCESS
import com.hookbridge.internal.UniffiRustCallStatus
import java.nio.charset.CharacterCodingException
import java.nio.file.Files
import java.nio.file.Path
import java.util.Collections
import java.util.IdentityHashMap
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.CountDownLatch
import kotlin.test.AfterTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.runBlocking

/** More than are kept. */
private const val MANY = 300

/** Calls share their statuses one after the other: each has its own answer all the same. */
class CallsTest {
    private val folder: Path = Files.createTempDirectory("hookbridge")
    private val options =
        HookBridgeOptions(
            database = folder.resolve("outbox.db").toString(),
            durability = Durability.NORMAL,
            delivery = Delivery.OFF,
            allowLocalEndpoints = true,
            verifyDns = false,
        )

    private fun endpoint(client: HookBridge) = client.createEndpoint("http://127.0.0.1:9/").id

    /** A payload that is wrong behind so many spaces, which its refusal names. */
    private fun wrong(endpointId: String, spaces: Int) = SendRequest(endpointId, RawJson(" ".repeat(spaces) + "!"))

    private fun assertRefused(spaces: Int, refusal: ValidationException) {
        assertEquals("INVALID_REQUEST", refusal.code)
        assertTrue(refusal.reason.endsWith("at line 1 column ${spaces + 1}"), refusal.reason)
    }

    private fun together(count: Int, work: (Int) -> Unit) {
        val failures = ConcurrentLinkedQueue<Throwable>()
        val begin = CountDownLatch(1)
        val threads = (0 until count).map { number ->
            Thread {
                begin.await()
                runCatching { work(number) }.onFailure(failures::add)
            }.apply { start() }
        }
        begin.countDown()
        threads.forEach(Thread::join)
        failures.forEach { throw it }
    }

    @AfterTest
    fun clean() {
        folder.toFile().deleteRecursively()
    }

    @Test
    fun `a failure leaves nothing for the call after it`() {
        HookBridge(options).use { client ->
            val endpoint = endpoint(client)
            repeat(MANY) { n ->
                assertRefused(n, assertFailsWith { client.send(wrong(endpoint, n)) })
                val sent = client.send(endpoint, n)
                assertFailsWith<NotFoundException> { client.send("ep_" + "0".repeat(32), n) }
                assertEquals(MessageStatus.QUEUED, client.getMessage(sent.messageId).status)
                // Thrown while the request is written, before the call.
                assertFailsWith<CharacterCodingException> { client.send("\ud800", n) }
                assertFailsWith<CharacterCodingException> { client.getMessage("\ud800") }
                assertEquals(n + 1L, client.stats().queued)
            }
            client.close()
            val refusal = assertFailsWith<HookBridgeException> { client.stats() }
            assertEquals("CLOSED: the client was closed: open a new one", refusal.message)
        }
    }

    @Test
    fun `each thread has its own failure and its own message`() {
        HookBridge(options).use { client ->
            val endpoint = endpoint(client)
            together(32) { thread ->
                repeat(100) { n ->
                    assertRefused(thread, assertFailsWith { client.send(wrong(endpoint, thread)) })
                    val request = SendRequest(endpoint, "$thread-$n", idempotencyKey = "k-$thread-$n")
                    val sent = client.send(request)
                    assertEquals(sent, client.send(request))
                    assertEquals("k-$thread-$n", client.getMessage(sent.messageId).idempotencyKey)
                    assertFailsWith<IdempotencyException> { client.send(endpoint, null, idempotencyKey = "k-$thread-$n") }
                }
            }
            assertEquals(3_200, client.stats().queued)
        }
    }

    @Test
    fun `more threads at once than statuses are kept`() {
        HookBridge(options).use { client ->
            val endpoint = endpoint(client)
            together(MANY) { thread ->
                assertRefused(thread, assertFailsWith { client.send(wrong(endpoint, thread)) })
                client.send(endpoint, thread)
            }
            assertEquals(MANY.toLong(), client.stats().queued)
        }
    }

    @Test
    fun `coroutines have their own failures`() {
        HookBridge(options).use { client ->
            val endpoint = endpoint(client)
            runBlocking {
                (0 until MANY).map { n ->
                    async {
                        assertRefused(n, assertFailsWith { client.sendAsync(wrong(endpoint, n)) })
                        client.sendAsync(endpoint, n)
                    }
                }.awaitAll()
            }
            assertEquals(MANY.toLong(), client.stats().queued)
        }
    }

    @Test
    fun `a client that is freed while others send takes no more, and nothing that was accepted is lost`() {
        val client = HookBridge(options)
        val endpoint = endpoint(client)
        val accepted = ConcurrentLinkedQueue<String>()
        val underWay = CountDownLatch(8)
        together(9) { thread ->
            if (thread == 8) {
                underWay.await()
                client.close()
                // The others' calls overlap: there is always one under way.
                assertEquals("CLOSED", assertFailsWith<HookBridgeException> { client.stats() }.code)
                return@together
            }
            val end = assertFailsWith<Exception> {
                repeat(20_000) {
                    accepted += client.send(endpoint, thread).messageId
                    underWay.countDown()
                }
            }
            assertTrue(end is HookBridgeException && end.code == "CLOSED", "$end")
        }
        HookBridge(options).use { later ->
            assertEquals(accepted.size.toLong(), later.stats().queued)
            accepted.forEach { assertEquals(MessageStatus.QUEUED, later.getMessage(it).status) }
        }
    }

    @Test
    fun `only what tells of a success is used again, by one at a time`() {
        val failed = CallStatuses.take()
        // As the library would.
        failed.pointer.setByte(0, UNIFFI_CALL_ERROR)
        assertFalse(CallStatuses.succeeded(failed))
        assertTrue(failed.isError())
        val succeeded = CallStatuses.take()
        assertTrue(CallStatuses.succeeded(succeeded))
        val taken = Collections.newSetFromMap(IdentityHashMap<UniffiRustCallStatus, Boolean>())
        repeat(MANY) { assertTrue(taken.add(CallStatuses.take())) }
        assertTrue(succeeded in taken)
        assertFalse(failed in taken)
        assertTrue(taken.all { it.pointer.getByte(0) == UNIFFI_CALL_SUCCESS })
    }
}
