package com.hookbridge

import com.hookbridge.internal.Destroyed
import com.hookbridge.internal.calling
import com.hookbridge.internal.published
import com.hookbridge.internal.Events as Native

/**
 * A queue of events, at most 10,000; past that the oldest are dropped and counted. A loop over it takes each as it happens, until the client
 * is closed.
 */
class Events internal constructor(private val native: Native) : Iterable<Event>, AutoCloseable {
    /** The next event; null where none came within [timeout] seconds (no limit), or where the client or the queue was closed. */
    @JvmOverloads
    fun next(timeout: Double = Double.POSITIVE_INFINITY): Event? = calling { unlessClosed(null) { native.next(timeout) } }?.published()

    /** How many were dropped because nobody took them. */
    val dropped: Long get() = unlessClosed(0L) { native.dropped() }

    /** The events that come, each waited for; it ends when the client is closed. */
    override fun iterator(): Iterator<Event> = generateSequence { next() }.iterator()

    /** Nothing comes any more. What waits for an event goes on waiting. */
    override fun close() = native.destroy()

    private inline fun <T> unlessClosed(closed: T, work: () -> T): T =
        try {
            work()
        } catch (_: Destroyed) {
            closed
        }
}
