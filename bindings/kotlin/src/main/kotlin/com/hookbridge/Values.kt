package com.hookbridge

import com.hookbridge.internal.json

/** What an operation answers. */
interface HookBridgeResult {
    /** Everything of it as maps, lists, strings, numbers and booleans, named and written as in the HTTP API. Secrets are included. */
    fun toMap(): Map<String, Any?>

    /** The same as JSON. */
    fun toJson(): String = json(toMap())
}

/** What became of one message of a batch: a [SendWebhookResponse], or a [SendFailure] where it was refused. */
sealed interface BatchResult : HookBridgeResult

/** A page of a list: its items, and the way to the next page. */
abstract class Page<out T> internal constructor(
    private val items: List<T>,
    /** Whether a further page exists. */
    val hasMore: Boolean,
    /** Where the next page begins; null on the last. */
    val nextCursor: String?,
) : AbstractList<T>(), HookBridgeResult {
    override val size: Int get() = items.size

    override fun get(index: Int): T = items[index]

    /** The page after this one; null where this is the last. */
    abstract fun nextPage(): Page<T>?
}

/** The items of a page and of all that follow, each page asked for when it is reached. */
internal fun <T> everyItem(first: () -> Page<T>): Sequence<T> =
    generateSequence(first) { it.nextPage() }.flatten()

/**
 * A word of the API. A newer server may say one that this version does not know, so that there is no enumeration of them: compare with the
 * constants of its type.
 */
abstract class Word internal constructor(
    /** As it stands in JSON. */
    val word: String,
) {
    override fun equals(other: Any?) = other is Word && other.javaClass == javaClass && other.word == word

    override fun hashCode() = word.hashCode()

    override fun toString() = word
}

/** A payload that is a JSON document already, in UTF-8. It is sent as it stands. */
class RawJson(internal val document: ByteArray) {
    /** The document as text. */
    constructor(document: String) : this(document.encodeToByteArray())

    /** As the native half takes it. */
    internal fun text() = document.decodeToString()

    override fun equals(other: Any?) = other is RawJson && other.document.contentEquals(document)

    override fun hashCode() = document.contentHashCode()

    override fun toString() = document.decodeToString()
}

/**
 * When a failed message is tried again: by a name, or by the gaps between attempts in seconds, of which the last repeats.
 */
class RetrySchedule private constructor(
    /** `hookbridge` or `standard-webhooks`; null where it has gaps. */
    val name: String?,
    /** The gaps after any failure but the answer 429; null for those of `hookbridge`. */
    val slow: List<Double>?,
    /** The gaps after the answer 429; null for those of `hookbridge`. */
    val fast: List<Double>?,
) {
    /** As it stands in JSON. */
    internal fun written(): Any? = name ?: mapOf("slow" to slow, "fast" to fast).filterValues { it != null }.ifEmpty { null }

    override fun equals(other: Any?) = other is RetrySchedule && other.written() == written()

    override fun hashCode() = written().hashCode()

    override fun toString() = written().toString()

    companion object {
        /** The default. */
        @JvmField
        val HOOKBRIDGE = named("hookbridge")

        /** The one that Standard Webhooks recommends. */
        @JvmField
        val STANDARD_WEBHOOKS = named("standard-webhooks")

        /** None of its own: an endpoint that is updated to it has the engine's. */
        @JvmField
        val INHERITED = RetrySchedule(null, null, null)

        /** The schedule of that name. */
        @JvmStatic
        fun named(name: String) = RetrySchedule(name, null, null)

        /** These gaps after every failure; without any it is [INHERITED]. */
        @JvmStatic
        fun of(vararg seconds: Double) = if (seconds.isEmpty()) INHERITED else lists(seconds.asList(), seconds.asList())

        /** Gaps after any failure but the answer 429, and after that. */
        @JvmStatic
        @JvmOverloads
        fun lists(slow: List<Double>? = null, fast: List<Double>? = null) = RetrySchedule(null, slow, fast)
    }
}
