package com.hookbridge.internal

import java.util.concurrent.ArrayBlockingQueue

/**
 * What a call writes its failure to, used again: it is a structure of JNA, and a `send` needs four, which took 21 µs to make and 2 more to copy
 * their fields to and fro. `bindgen` has every call take its status here.
 *
 * One that is taken is its caller's alone, so that calls within calls and on other threads have others. Only one that tells of a success comes
 * back, and the library leaves that as it was: what failed or threw is left to the collector. A queue rather than a variable of each thread:
 * virtual threads are many, and threads of a pool outlive what was loaded in them.
 */
internal object CallStatuses {
    /** More than that at once are made anew. */
    private const val KEPT = 256
    private val unused = ArrayBlockingQueue<UniffiRustCallStatus>(KEPT)

    /** A status of no failure. Its fields are not copied before and after a call. */
    fun take(): UniffiRustCallStatus =
        unused.poll() ?: UniffiRustCallStatus().apply {
            write()
            setAutoSynch(false)
        }

    /** Takes a status back where its call succeeded, or else fills its fields in. */
    fun succeeded(status: UniffiRustCallStatus): Boolean {
        // The code is the first field.
        if (status.pointer.getByte(0) != UNIFFI_CALL_SUCCESS) {
            status.read()
            return false
        }
        unused.offer(status)
        return true
    }
}
