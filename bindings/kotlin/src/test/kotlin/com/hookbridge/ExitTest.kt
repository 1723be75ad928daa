@file:JvmName("EndsKt")

package com.hookbridge

import com.sun.net.httpserver.HttpServer
import java.lang.ref.WeakReference
import java.net.InetSocketAddress
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit
import kotlin.test.AfterTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** Programs that end without a close, each in a process of its own. */
class ExitTest {
    private val folder: Path = Files.createTempDirectory("hookbridge")
    private val deliveries = ConcurrentLinkedQueue<String>()
    private var answersAfter = 0L
    private val handlers = Executors.newCachedThreadPool()
    private val receiver = HttpServer.create(InetSocketAddress("127.0.0.1", 0), 64).apply {
        executor = handlers
        createContext("/") { exchange ->
            deliveries += exchange.requestBody.readAllBytes().decodeToString()
            Thread.sleep(answersAfter)
            exchange.sendResponseHeaders(200, -1)
            exchange.close()
        }
        start()
    }

    @AfterTest
    fun clean() {
        handlers.shutdownNow()
        receiver.stop(0)
        folder.toFile().deleteRecursively()
    }

    /** How many seconds the program took to end. */
    private fun run(vararg words: String): Double {
        val java = Path.of(System.getProperty("java.home"), "bin", "java").toString()
        val path = System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path")
        val begun = System.nanoTime()
        val process = ProcessBuilder(
            java, "-cp", path, "com.hookbridge.EndsKt",
            folder.resolve("outbox.db").toString(), "http://127.0.0.1:${receiver.address.port}/", *words,
        ).inheritIO().start()
        if (!process.waitFor(60, TimeUnit.SECONDS)) process.destroyForcibly()
        assertEquals(0, process.waitFor())
        return (System.nanoTime() - begun) / 1e9
    }

    private fun statuses() =
        HookBridge(HookBridgeOptions(database = folder.resolve("outbox.db").toString(), delivery = Delivery.OFF, allowLocalEndpoints = true))
            .use { client -> client.iterLogs().map { it.status }.toList() }

    @Test
    fun `what was accepted is delivered once, and recorded`() {
        run("returns")
        run("exits")
        assertEquals(listOf(MessageStatus.SUCCEEDED, MessageStatus.SUCCEEDED), statuses())
        assertEquals(2, deliveries.size)
    }

    @Test
    fun `a receiver that does not answer holds the exit no longer than it may`() {
        answersAfter = 20_000
        val taken = run("exits", "1")
        assertTrue(taken < 15, "$taken s")
        assertEquals(1, statuses().size)
    }

    @Test
    fun `after a close nothing is waited for`() {
        run("closes")
        assertEquals(listOf(MessageStatus.SUCCEEDED), statuses())
    }

    @Test
    fun `a client that nobody uses is collected, and delivers first`() {
        val client = WeakReference(sent())
        val deadline = System.nanoTime() + 30_000_000_000
        while (client.get() != null || deliveries.isEmpty()) {
            assertTrue(System.nanoTime() < deadline, "it is kept, or delivered nothing")
            System.gc()
            Thread.sleep(20)
        }
        assertNull(client.get())
        assertEquals(listOf("\"collected\""), deliveries.toList())
    }

    private fun sent() =
        client(folder.resolve("collected.db").toString(), 2.0).also {
            it.send(it.createEndpoint("http://127.0.0.1:${receiver.address.port}/").id, "collected")
        }
}

private fun client(database: String, exitTimeout: Double) =
    HookBridge(HookBridgeOptions(database = database, allowLocalEndpoints = true, verifyDns = false, exitTimeout = exitTimeout))

/** A program that sends, and ends as it is told to. */
fun main(arguments: Array<String>) {
    val (database, url, end) = arguments
    val client = client(database, arguments.getOrNull(3)?.toDouble() ?: 10.0)
    client.send(client.createEndpoint(url).id, end)
    when (end) {
        "exits" -> kotlin.system.exitProcess(0)
        "closes" -> {
            client.flush()
            client.close()
        }
    }
}
