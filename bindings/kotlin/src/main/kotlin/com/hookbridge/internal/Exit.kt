package com.hookbridge.internal

import java.util.Collections
import java.util.WeakHashMap
import kotlin.concurrent.thread

/**
 * What happens at a normal exit to clients that nobody closed: what they have accepted gets a moment (`exitTimeout`) to be delivered and
 * recorded, so that the next run has nothing to repeat. They are not kept for this: one that is collected before has its moment then.
 */
internal object Exit {
    private val unclosed = Collections.newSetFromMap(WeakHashMap<HookBridge, Boolean>())

    init {
        // Side by side: they have their moment together.
        val hook = Thread({ remaining().map { thread(isDaemon = true) { finish(it) } }.forEach(Thread::join) }, "hookbridge-exit")
        try {
            Runtime.getRuntime().addShutdownHook(hook)
        } catch (_: IllegalStateException) {
            // The exit has begun: what is accepted from now on is delivered by the next run.
        }
    }

    private fun finish(client: HookBridge) {
        try {
            client.finish()
        } catch (_: Exception) {
            // It was closed meanwhile, or nobody is left to be told.
        }
    }

    @Synchronized
    private fun remaining() = unclosed.toList()

    /** The client is to be finished at the end. */
    @Synchronized
    fun expect(client: HookBridge) {
        unclosed += client
    }

    /** It was closed. */
    @Synchronized
    fun forget(client: HookBridge) {
        unclosed -= client
    }
}
