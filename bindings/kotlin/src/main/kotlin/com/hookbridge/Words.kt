// Written by `hookbridge-generate`: change the definition, not this file.

package com.hookbridge

/** The state of a message. */
class MessageStatus(word: String) : Word(word) {
    companion object {
        /** `queued` */
        @JvmField
        val QUEUED = MessageStatus("queued")

        /** `delivering` */
        @JvmField
        val DELIVERING = MessageStatus("delivering")

        /** `succeeded` */
        @JvmField
        val SUCCEEDED = MessageStatus("succeeded")

        /** `pending_retry` */
        @JvmField
        val PENDING_RETRY = MessageStatus("pending_retry")

        /** `failed_permanent` */
        @JvmField
        val FAILED_PERMANENT = MessageStatus("failed_permanent")

        /** Those that this version knows. A newer server may say another. */
        @JvmField
        val KNOWN: List<MessageStatus> = listOf(QUEUED, DELIVERING, SUCCEEDED, PENDING_RETRY, FAILED_PERMANENT)
    }
}

/** What follows for an ordering key when one of its messages is given up. */
class OnFailure(word: String) : Word(word) {
    companion object {
        /** `continue` */
        @JvmField
        val CONTINUE = OnFailure("continue")

        /** `halt` */
        @JvmField
        val HALT = OnFailure("halt")

        /** Those that this version knows. A newer server may say another. */
        @JvmField
        val KNOWN: List<OnFailure> = listOf(CONTINUE, HALT)
    }
}

/** How an endpoint has answered since the process that delivers began, or since its breaker opened. */
class EndpointStanding(word: String) : Word(word) {
    companion object {
        /** `untried` */
        @JvmField
        val UNTRIED = EndpointStanding("untried")

        /** `failing` */
        @JvmField
        val FAILING = EndpointStanding("failing")

        /** `answering` */
        @JvmField
        val ANSWERING = EndpointStanding("answering")

        /** `unknown` */
        @JvmField
        val UNKNOWN = EndpointStanding("unknown")

        /** Those that this version knows. A newer server may say another. */
        @JvmField
        val KNOWN: List<EndpointStanding> = listOf(UNTRIED, FAILING, ANSWERING, UNKNOWN)
    }
}

/** Whether an endpoint's breaker lets its messages through. */
class BreakerState(word: String) : Word(word) {
    companion object {
        /** `closed` */
        @JvmField
        val CLOSED = BreakerState("closed")

        /** `open` */
        @JvmField
        val OPEN = BreakerState("open")

        /** `unknown` */
        @JvmField
        val UNKNOWN = BreakerState("unknown")

        /** Those that this version knows. A newer server may say another. */
        @JvmField
        val KNOWN: List<BreakerState> = listOf(CLOSED, OPEN, UNKNOWN)
    }
}

/** Which list of the retry schedule a failure was put on. */
class RetryType(word: String) : Word(word) {
    companion object {
        /** `fast` */
        @JvmField
        val FAST = RetryType("fast")

        /** `slow` */
        @JvmField
        val SLOW = RetryType("slow")

        /** Those that this version knows. A newer server may say another. */
        @JvmField
        val KNOWN: List<RetryType> = listOf(FAST, SLOW)
    }
}

/** What a check of a signature came to. */
class VerificationCause(word: String) : Word(word) {
    companion object {
        /** `valid` */
        @JvmField
        val VALID = VerificationCause("valid")

        /** `clock_off` */
        @JvmField
        val CLOCK_OFF = VerificationCause("clock_off")

        /** `header_missing` */
        @JvmField
        val HEADER_MISSING = VerificationCause("header_missing")

        /** `header_malformed` */
        @JvmField
        val HEADER_MALFORMED = VerificationCause("header_malformed")

        /** `payload_written_again` */
        @JvmField
        val PAYLOAD_WRITTEN_AGAIN = VerificationCause("payload_written_again")

        /** `payload_space` */
        @JvmField
        val PAYLOAD_SPACE = VerificationCause("payload_space")

        /** `payload_changed` */
        @JvmField
        val PAYLOAD_CHANGED = VerificationCause("payload_changed")

        /** `other_endpoint` */
        @JvmField
        val OTHER_ENDPOINT = VerificationCause("other_endpoint")

        /** `unknown_key` */
        @JvmField
        val UNKNOWN_KEY = VerificationCause("unknown_key")

        /** `values_not_split` */
        @JvmField
        val VALUES_NOT_SPLIT = VerificationCause("values_not_split")

        /** `secret_cut` */
        @JvmField
        val SECRET_CUT = VerificationCause("secret_cut")

        /** `secret_decoded` */
        @JvmField
        val SECRET_DECODED = VerificationCause("secret_decoded")

        /** `secret_not_decoded` */
        @JvmField
        val SECRET_NOT_DECODED = VerificationCause("secret_not_decoded")

        /** `encoding_wrong` */
        @JvmField
        val ENCODING_WRONG = VerificationCause("encoding_wrong")

        /** `signed_wrong` */
        @JvmField
        val SIGNED_WRONG = VerificationCause("signed_wrong")

        /** Those that this version knows. A newer server may say another. */
        @JvmField
        val KNOWN: List<VerificationCause> = listOf(VALID, CLOCK_OFF, HEADER_MISSING, HEADER_MALFORMED, PAYLOAD_WRITTEN_AGAIN, PAYLOAD_SPACE, PAYLOAD_CHANGED, OTHER_ENDPOINT, UNKNOWN_KEY, VALUES_NOT_SPLIT, SECRET_CUT, SECRET_DECODED, SECRET_NOT_DECODED, ENCODING_WRONG, SIGNED_WRONG)
    }
}

/** One of the two signatures of a delivery. */
class SignatureScheme(word: String) : Word(word) {
    companion object {
        /** `webhook` */
        @JvmField
        val WEBHOOK = SignatureScheme("webhook")

        /** `standard` */
        @JvmField
        val STANDARD = SignatureScheme("standard")

        /** Those that this version knows. A newer server may say another. */
        @JvmField
        val KNOWN: List<SignatureScheme> = listOf(WEBHOOK, STANDARD)
    }
}

/** Where a message is on its way. */
class Progress(word: String) : Word(word) {
    companion object {
        /** `waiting` */
        @JvmField
        val WAITING = Progress("waiting")

        /** `being_attempted` */
        @JvmField
        val BEING_ATTEMPTED = Progress("being_attempted")

        /** `delivered` */
        @JvmField
        val DELIVERED = Progress("delivered")

        /** `given_up` */
        @JvmField
        val GIVEN_UP = Progress("given_up")

        /** `deleted` */
        @JvmField
        val DELETED = Progress("deleted")

        /** Those that this version knows. A newer server may say another. */
        @JvmField
        val KNOWN: List<Progress> = listOf(WAITING, BEING_ATTEMPTED, DELIVERED, GIVEN_UP, DELETED)
    }
}

/** A reason for where a message is. */
class ExplanationCause(word: String) : Word(word) {
    companion object {
        /** `delivered` */
        @JvmField
        val DELIVERED = ExplanationCause("delivered")

        /** `deleted` */
        @JvmField
        val DELETED = ExplanationCause("deleted")

        /** `given_up` */
        @JvmField
        val GIVEN_UP = ExplanationCause("given_up")

        /** `cancelled` */
        @JvmField
        val CANCELLED = ExplanationCause("cancelled")

        /** `payload_gone` */
        @JvmField
        val PAYLOAD_GONE = ExplanationCause("payload_gone")

        /** `being_attempted` */
        @JvmField
        val BEING_ATTEMPTED = ExplanationCause("being_attempted")

        /** `nobody_delivers` */
        @JvmField
        val NOBODY_DELIVERS = ExplanationCause("nobody_delivers")

        /** `cannot_deliver` */
        @JvmField
        val CANNOT_DELIVER = ExplanationCause("cannot_deliver")

        /** `deliverer_stopped` */
        @JvmField
        val DELIVERER_STOPPED = ExplanationCause("deliverer_stopped")

        /** `paused` */
        @JvmField
        val PAUSED = ExplanationCause("paused")

        /** `endpoint_deleted` */
        @JvmField
        val ENDPOINT_DELETED = ExplanationCause("endpoint_deleted")

        /** `scheduled` */
        @JvmField
        val SCHEDULED = ExplanationCause("scheduled")

        /** `behind_in_order` */
        @JvmField
        val BEHIND_IN_ORDER = ExplanationCause("behind_in_order")

        /** `order_halted` */
        @JvmField
        val ORDER_HALTED = ExplanationCause("order_halted")

        /** `waits_for_retry` */
        @JvmField
        val WAITS_FOR_RETRY = ExplanationCause("waits_for_retry")

        /** `shortage` */
        @JvmField
        val SHORTAGE = ExplanationCause("shortage")

        /** `breaker_open` */
        @JvmField
        val BREAKER_OPEN = ExplanationCause("breaker_open")

        /** `rate_limited` */
        @JvmField
        val RATE_LIMITED = ExplanationCause("rate_limited")

        /** `endpoint_busy` */
        @JvmField
        val ENDPOINT_BUSY = ExplanationCause("endpoint_busy")

        /** `slots_taken` */
        @JvmField
        val SLOTS_TAKEN = ExplanationCause("slots_taken")

        /** `behind` */
        @JvmField
        val BEHIND = ExplanationCause("behind")

        /** `delivered_elsewhere` */
        @JvmField
        val DELIVERED_ELSEWHERE = ExplanationCause("delivered_elsewhere")

        /** `due` */
        @JvmField
        val DUE = ExplanationCause("due")

        /** Those that this version knows. A newer server may say another. */
        @JvmField
        val KNOWN: List<ExplanationCause> = listOf(DELIVERED, DELETED, GIVEN_UP, CANCELLED, PAYLOAD_GONE, BEING_ATTEMPTED, NOBODY_DELIVERS, CANNOT_DELIVER, DELIVERER_STOPPED, PAUSED, ENDPOINT_DELETED, SCHEDULED, BEHIND_IN_ORDER, ORDER_HALTED, WAITS_FOR_RETRY, SHORTAGE, BREAKER_OPEN, RATE_LIMITED, ENDPOINT_BUSY, SLOTS_TAKEN, BEHIND, DELIVERED_ELSEWHERE, DUE)
    }
}

/** One of the words of the API. */
class ReplayableMessageStatus(word: String) : Word(word) {
    companion object {
        /** `failed_permanent` */
        @JvmField
        val FAILED_PERMANENT = ReplayableMessageStatus("failed_permanent")

        /** `pending_retry` */
        @JvmField
        val PENDING_RETRY = ReplayableMessageStatus("pending_retry")

        /** Those that this version knows. A newer server may say another. */
        @JvmField
        val KNOWN: List<ReplayableMessageStatus> = listOf(FAILED_PERMANENT, PENDING_RETRY)
    }
}

/** One of the words of the API. */
class ReplayOutcome(word: String) : Word(word) {
    companion object {
        /** `replayed` */
        @JvmField
        val REPLAYED = ReplayOutcome("replayed")

        /** `failed` */
        @JvmField
        val FAILED = ReplayOutcome("failed")

        /** `stuck` */
        @JvmField
        val STUCK = ReplayOutcome("stuck")

        /** Those that this version knows. A newer server may say another. */
        @JvmField
        val KNOWN: List<ReplayOutcome> = listOf(REPLAYED, FAILED, STUCK)
    }
}

/** One of the words of the API. */
class DeleteOutcome(word: String) : Word(word) {
    companion object {
        /** `deleted` */
        @JvmField
        val DELETED = DeleteOutcome("deleted")

        /** `already_deleted` */
        @JvmField
        val ALREADY_DELETED = DeleteOutcome("already_deleted")

        /** `not_found` */
        @JvmField
        val NOT_FOUND = DeleteOutcome("not_found")

        /** Those that this version knows. A newer server may say another. */
        @JvmField
        val KNOWN: List<DeleteOutcome> = listOf(DELETED, ALREADY_DELETED, NOT_FOUND)
    }
}

/** The length of time that metrics cover, which ends now. */
class MetricsWindow(word: String) : Word(word) {
    companion object {
        /** `1h` */
        @JvmField
        val WINDOW_1H = MetricsWindow("1h")

        /** `24h` */
        @JvmField
        val WINDOW_24H = MetricsWindow("24h")

        /** `7d` */
        @JvmField
        val WINDOW_7D = MetricsWindow("7d")

        /** `30d` */
        @JvmField
        val WINDOW_30D = MetricsWindow("30d")

        /** Those that this version knows. A newer server may say another. */
        @JvmField
        val KNOWN: List<MetricsWindow> = listOf(WINDOW_1H, WINDOW_24H, WINDOW_7D, WINDOW_30D)
    }
}

/** What a key lets its owner do at an HTTP door. */
class ApiKeyScope(word: String) : Word(word) {
    companion object {
        /** `full` */
        @JvmField
        val FULL = ApiKeyScope("full")

        /** `read` */
        @JvmField
        val READ = ApiKeyScope("read")

        /** `send` */
        @JvmField
        val SEND = ApiKeyScope("send")

        /** Those that this version knows. A newer server may say another. */
        @JvmField
        val KNOWN: List<ApiKeyScope> = listOf(FULL, READ, SEND)
    }
}

/** The mode that a key's prefix names. Both modes behave alike. */
class ApiKeyMode(word: String) : Word(word) {
    companion object {
        /** `live` */
        @JvmField
        val LIVE = ApiKeyMode("live")

        /** `test` */
        @JvmField
        val TEST = ApiKeyMode("test")

        /** Those that this version knows. A newer server may say another. */
        @JvmField
        val KNOWN: List<ApiKeyMode> = listOf(LIVE, TEST)
    }
}

/** The state of an export. */
class ExportStatus(word: String) : Word(word) {
    companion object {
        /** `pending` */
        @JvmField
        val PENDING = ExportStatus("pending")

        /** `processing` */
        @JvmField
        val PROCESSING = ExportStatus("processing")

        /** `completed` */
        @JvmField
        val COMPLETED = ExportStatus("completed")

        /** `failed` */
        @JvmField
        val FAILED = ExportStatus("failed")

        /** `expired` */
        @JvmField
        val EXPIRED = ExportStatus("expired")

        /** Those that this version knows. A newer server may say another. */
        @JvmField
        val KNOWN: List<ExportStatus> = listOf(PENDING, PROCESSING, COMPLETED, FAILED, EXPIRED)
    }
}

/** A resource of this process or machine without which no attempt can be made. */
class ShortageKind(word: String) : Word(word) {
    companion object {
        /** `descriptors` */
        @JvmField
        val DESCRIPTORS = ShortageKind("descriptors")

        /** `memory` */
        @JvmField
        val MEMORY = ShortageKind("memory")

        /** `local_ports` */
        @JvmField
        val LOCAL_PORTS = ShortageKind("local_ports")

        /** `threads` */
        @JvmField
        val THREADS = ShortageKind("threads")

        /** `lookup_places` */
        @JvmField
        val LOOKUP_PLACES = ShortageKind("lookup_places")

        /** `resolver` */
        @JvmField
        val RESOLVER = ShortageKind("resolver")

        /** `trust_store` */
        @JvmField
        val TRUST_STORE = ShortageKind("trust_store")

        /** Those that this version knows. A newer server may say another. */
        @JvmField
        val KNOWN: List<ShortageKind> = listOf(DESCRIPTORS, MEMORY, LOCAL_PORTS, THREADS, LOOKUP_PLACES, RESOLVER, TRUST_STORE)
    }
}

/** The kind of an event. */
class EventKind(word: String) : Word(word) {
    companion object {
        /** `message_delivered` */
        @JvmField
        val MESSAGE_DELIVERED = EventKind("message_delivered")

        /** `attempt_failed` */
        @JvmField
        val ATTEMPT_FAILED = EventKind("attempt_failed")

        /** `message_dead` */
        @JvmField
        val MESSAGE_DEAD = EventKind("message_dead")

        /** `not_delivering` */
        @JvmField
        val NOT_DELIVERING = EventKind("not_delivering")

        /** `message_accepted` */
        @JvmField
        val MESSAGE_ACCEPTED = EventKind("message_accepted")

        /** `attempt_started` */
        @JvmField
        val ATTEMPT_STARTED = EventKind("attempt_started")

        /** `endpoint_changed` */
        @JvmField
        val ENDPOINT_CHANGED = EventKind("endpoint_changed")

        /** Those that this version knows. A newer server may say another. */
        @JvmField
        val KNOWN: List<EventKind> = listOf(MESSAGE_DELIVERED, ATTEMPT_FAILED, MESSAGE_DEAD, NOT_DELIVERING, MESSAGE_ACCEPTED, ATTEMPT_STARTED, ENDPOINT_CHANGED)
    }
}

/** `full`: an accepted message survives a power cut. `normal`: it survives the process. */
class Durability(word: String) : Word(word) {
    companion object {
        /** `full` */
        @JvmField
        val FULL = Durability("full")

        /** `normal` */
        @JvmField
        val NORMAL = Durability("normal")

        /** Those that this version knows. A newer server may say another. */
        @JvmField
        val KNOWN: List<Durability> = listOf(FULL, NORMAL)
    }
}

/** `auto` delivers where no other process on the file does, `off` only accepts. */
class Delivery(word: String) : Word(word) {
    companion object {
        /** `auto` */
        @JvmField
        val AUTO = Delivery("auto")

        /** `off` */
        @JvmField
        val OFF = Delivery("off")

        /** Those that this version knows. A newer server may say another. */
        @JvmField
        val KNOWN: List<Delivery> = listOf(AUTO, OFF)
    }
}

/** The codes of errors. A newer server may say one that is not among them. */
object ErrorCode {
    /** The engine failed in a way that it should not have. */
    const val INTERNAL_ERROR = "INTERNAL_ERROR"

    /**
     * Malformed JSON, a field that is missing, has the wrong type or breaks a limit, a cursor that is not ours; over
     * HTTP also 405 and 408.
     */
    const val INVALID_REQUEST = "INVALID_REQUEST"

    /** A custom header that is forbidden, malformed, given twice or too large. */
    const val INVALID_HEADERS = "INVALID_HEADERS"

    /** A URL that is malformed, of the wrong length or not `https`. */
    const val INVALID_ENDPOINT = "INVALID_ENDPOINT"

    /** The URL's host does not resolve. */
    const val ENDPOINT_UNREACHABLE = "ENDPOINT_UNREACHABLE"

    /** The host is, or resolves to, an address that is not public. */
    const val ENDPOINT_BLOCKED = "ENDPOINT_BLOCKED"

    /** The message's state does not allow the operation. */
    const val INVALID_STATUS = "INVALID_STATUS"

    /** No API key, an unknown one, or a link that is too old. */
    const val UNAUTHORIZED = "UNAUTHORIZED"

    /** No such message, signing key, API key, export, operation or route. */
    const val NOT_FOUND = "NOT_FOUND"

    /** No such endpoint, or it was deleted. */
    const val ENDPOINT_NOT_FOUND = "ENDPOINT_NOT_FOUND"

    /** The idempotency key was used for this endpoint with another payload. */
    const val IDEMPOTENCY_MISMATCH = "IDEMPOTENCY_MISMATCH"

    /** The message is queued or being delivered. */
    const val DELIVERY_IN_PROGRESS = "DELIVERY_IN_PROGRESS"

    /** The message waits for a fast retry after a 429. */
    const val RETRY_IN_PROGRESS = "RETRY_IN_PROGRESS"

    /** The endpoint has two signing keys. */
    const val MAX_SIGNING_KEYS_REACHED = "MAX_SIGNING_KEYS_REACHED"

    /** The signing key is the endpoint's only one. */
    const val CANNOT_DELETE_LAST_SIGNING_KEY = "CANNOT_DELETE_LAST_SIGNING_KEY"

    /** The payload is past its retention. */
    const val RETENTION_EXPIRED = "RETENTION_EXPIRED"

    /** The payload is gone: swept, dropped after delivery, or deleted with its message. */
    const val PAYLOAD_UNAVAILABLE = "PAYLOAD_UNAVAILABLE"

    /** The payload, the body or the whole batch is too large. */
    const val PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"

    /** The message was replayed ten times. */
    const val REPLAY_LIMIT_EXCEEDED = "REPLAY_LIMIT_EXCEEDED"

    /** The outbox cannot be read or written: disk full, locked, corrupt, replaced, no database. */
    const val STORAGE_UNAVAILABLE = "STORAGE_UNAVAILABLE"

    /** A setting is unknown or outside its range. */
    const val INVALID_CONFIGURATION = "INVALID_CONFIGURATION"

    /** The engine was closed. */
    const val CLOSED = "CLOSED"

    /** The process was forked while the engine could not be brought to rest. */
    const val FORKED = "FORKED"

    /** The file was written by a newer version. */
    const val SCHEMA_TOO_NEW = "SCHEMA_TOO_NEW"

    /** The export is not written yet, or failed. */
    const val EXPORT_NOT_READY = "EXPORT_NOT_READY"

    /** The export is past its seven days. */
    const val EXPORT_EXPIRED = "EXPORT_EXPIRED"

    /** The server at `baseUrl` could not be reached, broke off, or answered something else than HookBridge does. */
    const val NETWORK_ERROR = "NETWORK_ERROR"

    /** The server at `baseUrl` did not answer in time. */
    const val TIMEOUT = "TIMEOUT"

    /** More requests than are served at once, or no room for another export. */
    const val RATE_LIMIT_EXCEEDED = "RATE_LIMIT_EXCEEDED"

    /** What is asked does not exist in this way of running, such as events of a server. */
    const val NOT_SUPPORTED = "NOT_SUPPORTED"

    /** The API key's scope does not have the operation. */
    const val FORBIDDEN = "FORBIDDEN"

    /** There is something of this name already. */
    const val ALREADY_EXISTS = "ALREADY_EXISTS"

    /** The event's type is not in the catalogue, and only types that are may be sent (`strictEventTypes`). */
    const val UNKNOWN_EVENT_TYPE = "UNKNOWN_EVENT_TYPE"

    /** The payload does not fit the schema of the event's type (`validatePayloads`). */
    const val INVALID_PAYLOAD = "INVALID_PAYLOAD"
}
