package com.hookbridge

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
        Options(
            database = folder.resolve("outbox.db").toString(),
            durability = "normal",
            delivery = "off",
            allowLocalEndpoints = true,
            verifyDns = false,
        )

    private fun endpoint(client: HookBridge) = client.createEndpoint("http://127.0.0.1:9/", EndpointSettings()).id

    /** A payload that is wrong behind so many spaces, which its refusal names. */
    private fun wrong(endpointId: String, spaces: Int) = SendRequest(endpointId, (" ".repeat(spaces) + "!").toByteArray())

    private fun assertRefused(spaces: Int, refusal: HookBridgeException.Validation) {
        assertEquals("INVALID_REQUEST", refusal.failure.code)
        assertTrue(refusal.failure.reason.endsWith("at line 1 column ${spaces + 1}"), refusal.failure.reason)
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
                val sent = client.send(SendRequest(endpoint, json(n)))
                assertFailsWith<HookBridgeException.NotFound> { client.send(SendRequest("ep_" + "0".repeat(32), json(n))) }
                assertEquals("queued", client.getMessage(sent.messageId).status)
                // Thrown while the request is written, before the call.
                assertFailsWith<CharacterCodingException> { client.send(SendRequest("\ud800", json(n))) }
                assertFailsWith<CharacterCodingException> { client.getMessage("\ud800") }
                assertEquals(n + 1L, client.stats().queued)
            }
            client.shutdown()
            assertEquals("CLOSED", assertFailsWith<HookBridgeException.Other> { client.stats() }.failure.code)
        }
    }

    @Test
    fun `each thread has its own failure and its own message`() {
        HookBridge(options).use { client ->
            val endpoint = endpoint(client)
            together(32) { thread ->
                repeat(100) { n ->
                    assertRefused(thread, assertFailsWith { client.send(wrong(endpoint, thread)) })
                    val request = SendRequest(endpoint, json("$thread-$n"), idempotencyKey = "k-$thread-$n")
                    val sent = client.send(request)
                    assertEquals(sent, client.send(request))
                    assertEquals("k-$thread-$n", client.getMessage(sent.messageId).idempotencyKey)
                    assertFailsWith<HookBridgeException.Idempotency> { client.send(request.copy(payload = json(null))) }
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
                client.send(SendRequest(endpoint, json(thread)))
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
                        client.sendAsync(SendRequest(endpoint, json(n)))
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
                assertFailsWith<IllegalStateException> { client.stats() }
                return@together
            }
            val end = assertFailsWith<Exception> {
                repeat(20_000) {
                    accepted += client.send(SendRequest(endpoint, json(thread))).messageId
                    underWay.countDown()
                }
            }
            assertTrue(end is IllegalStateException && "destroyed" in end.message!!, "$end")
        }
        assertTrue(client.uniffiIsDestroyed)
        HookBridge(options).use { later ->
            assertEquals(accepted.size.toLong(), later.stats().queued)
            accepted.forEach { assertEquals("queued", later.getMessage(it).status) }
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
