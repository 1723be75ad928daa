# Written by `hookbridge-generate`: change the definition, not this file.
# frozen_string_literal: true

class HookBridge
  # A message that was accepted: it is on disk.
  #
  # @!attribute [r] message_id
  #   @return [String] The id under which the message is delivered.
  # @!attribute [r] status
  #   @return [String] Always +queued+.
  class SendWebhookResponse < Shape.of(message_id: String, status: String)
  end

  # A message that an event made.
  #
  # @!attribute [r] message_id
  #   @return [String] The id under which it is delivered.
  # @!attribute [r] endpoint_id
  #   @return [String] The endpoint it goes to.
  class SentMessage < Shape.of(message_id: String, endpoint_id: String)
  end

  # An event that was accepted: it is on disk with all its messages.
  #
  # @!attribute [r] event_id
  #   @return [String] The event's id, `evt_...`.
  # @!attribute [r] matched
  #   @return [Integer, nil] How many endpoints want it. 0 is no error: the event is kept, and can be replayed to an
  #     endpoint that comes later. Absent in a relay, whose server knows the endpoints.
  # @!attribute [r] messages
  #   @return [Array<SentMessage>] Its messages, one for each endpoint.
  class SendEventResponse < Shape.of(event_id: String, matched: Integer, messages: [SentMessage])
  end

  # Why a message of a batch was refused.
  #
  # @!attribute [r] code
  #   @return [String] The error's code, for programs.
  # @!attribute [r] message
  #   @return [String] The error's sentence, for people.
  class SendFailure < Shape.of(code: String, message: String)
  end

  # The result for one event of a batch: a receipt, or why it was refused.
  #
  # @!attribute [r] error
  #   @return [SendFailure, nil] Why it was refused, which does not affect the other events; nil where it was
  #     accepted.
  # @!attribute [r] event_id
  #   @return [String, nil] The event's id; nil where it was refused.
  # @!attribute [r] matched
  #   @return [Integer, nil] How many endpoints want it; nil where it was refused, and in a relay.
  # @!attribute [r] messages
  #   @return [Array<SentMessage>, nil] Its messages; nil where it was refused.
  class EventResult < Shape.of(error: SendFailure, event_id: String, matched: Integer, messages: [SentMessage])
  end

  # What {#send_event_batch} answers: a result for each event, in order.
  #
  # @!attribute [r] results
  #   @return [Array<EventResult>] One result for each event of the request, in its order.
  class SendEventsResponse < Shape.of(results: [EventResult])
  end

  # An event, without its payload.
  #
  # @!attribute [r] event_id
  #   @return [String] The event's id, `evt_...`.
  # @!attribute [r] type
  #   @return [String] The name of its type.
  # @!attribute [r] tenant
  #   @return [String, nil] The customer whose endpoints it went to; nil where the producer named none.
  # @!attribute [r] idempotency_key
  #   @return [String, nil] The producer's idempotency key; nil where it gave none.
  # @!attribute [r] ordering_key
  #   @return [String, nil] Its messages to one endpoint are delivered in order with others of this key; nil where the
  #     producer gave none.
  # @!attribute [r] size_bytes
  #   @return [Integer] The size of the payload.
  # @!attribute [r] payload_sha256
  #   @return [String] Hex SHA-256 of the payload.
  # @!attribute [r] created_at
  #   @return [Time] When it was accepted.
  # @!attribute [r] deliver_at
  #   @return [Time, nil] Before when its messages are not delivered.
  # @!attribute [r] expires_at
  #   @return [Time, nil] After when its messages are not tried any more.
  # @!attribute [r] matched
  #   @return [Integer] How many endpoints wanted it when it was accepted.
  # @!attribute [r] has_payload
  #   @return [Boolean] Whether its payload is still kept.
  class EventRecord < Shape.of(
    event_id: String, type: String, tenant: String, idempotency_key: String, ordering_key: String, size_bytes: Integer,
    payload_sha256: String, created_at: Time, deliver_at: Time, expires_at: Time, matched: Integer, has_payload: Object
  )
  end

  # A page of a list.
  #
  # @!attribute [r] events
  #   @return [Array<EventRecord>] The items of this page.
  class ListEventsResponse < Page.of(:events, EventRecord)
  end

  # A message of an event.
  #
  # @!attribute [r] message_id
  #   @return [String] The message's id.
  # @!attribute [r] endpoint_id
  #   @return [String] The endpoint it goes to.
  # @!attribute [r] status
  #   @return [String] The message's state.
  class EventMessage < Shape.of(message_id: String, endpoint_id: String, status: String)
  end

  # An event with its messages.
  #
  # @!attribute [r] event_id
  #   @return [String] The event's id, `evt_...`.
  # @!attribute [r] type
  #   @return [String] The name of its type.
  # @!attribute [r] tenant
  #   @return [String, nil] The customer whose endpoints it went to; nil where the producer named none.
  # @!attribute [r] idempotency_key
  #   @return [String, nil] The producer's idempotency key; nil where it gave none.
  # @!attribute [r] ordering_key
  #   @return [String, nil] Its messages to one endpoint are delivered in order with others of this key; nil where the
  #     producer gave none.
  # @!attribute [r] size_bytes
  #   @return [Integer] The size of the payload.
  # @!attribute [r] payload_sha256
  #   @return [String] Hex SHA-256 of the payload.
  # @!attribute [r] created_at
  #   @return [Time] When it was accepted.
  # @!attribute [r] deliver_at
  #   @return [Time, nil] Before when its messages are not delivered.
  # @!attribute [r] expires_at
  #   @return [Time, nil] After when its messages are not tried any more.
  # @!attribute [r] matched
  #   @return [Integer] How many endpoints wanted it when it was accepted.
  # @!attribute [r] has_payload
  #   @return [Boolean] Whether its payload is still kept.
  # @!attribute [r] messages
  #   @return [Array<EventMessage>] Its messages, those of the oldest endpoint first.
  # @!attribute [r] has_more
  #   @return [Boolean] Whether it has further messages.
  # @!attribute [r] next_cursor
  #   @return [String, nil] What to pass as +cursor+ for them; nil where there are none.
  class EventDetails < Shape.of(
    event_id: String, type: String, tenant: String, idempotency_key: String, ordering_key: String, size_bytes: Integer,
    payload_sha256: String, created_at: Time, deliver_at: Time, expires_at: Time, matched: Integer, has_payload: Object,
    messages: [EventMessage], has_more: Object, next_cursor: String
  )
  end

  # What {#replay_events} answers.
  #
  # @!attribute [r] replayed
  #   @return [Integer] How many events got a message for the endpoint, or would get one.
  # @!attribute [r] event_ids
  #   @return [Array<String>] Those events, oldest first.
  # @!attribute [r] message_ids
  #   @return [Array<String>] The messages that were made; empty in a dry run.
  # @!attribute [r] examined
  #   @return [Integer] How many events this call looked at.
  # @!attribute [r] spread_over_seconds
  #   @return [Integer] Over how many seconds the messages are spread by +rate+. The next call should come no sooner.
  # @!attribute [r] dry_run
  #   @return [Boolean] Whether this was a dry run.
  # @!attribute [r] has_more
  #   @return [Boolean] Whether there may be further events.
  # @!attribute [r] next_cursor
  #   @return [String, nil] What to pass as +cursor+ to go on; nil where nothing is left.
  class ReplayEventsResult < Shape.of(
    replayed: Integer, event_ids: [String], message_ids: [String], examined: Integer, spread_over_seconds: Integer,
    dry_run: Object, has_more: Object, next_cursor: String
  )
  end

  # A condition, and what it found.
  #
  # @!attribute [r] pointer
  #   @return [String] The place.
  # @!attribute [r] holds
  #   @return [Boolean] Whether the condition holds.
  # @!attribute [r] found
  #   @return [String, nil] What the sample has there, as JSON; nil where it has nothing.
  class CheckedCondition < Shape.of(pointer: String, holds: Object, found: String)
  end

  # What {#check_subscription} answers.
  #
  # @!attribute [r] wanted
  #   @return [Boolean] Whether an event like the sample would be delivered.
  # @!attribute [r] type_taken
  #   @return [Boolean] Whether the patterns take its type.
  # @!attribute [r] conditions
  #   @return [Array<CheckedCondition>] The conditions of the filter, in order.
  class CheckedSubscription < Shape.of(wanted: Object, type_taken: Object, conditions: [CheckedCondition])
  end

  # A type of event in the catalogue.
  #
  # @!attribute [r] name
  #   @return [String] The name, such as +order.created+.
  # @!attribute [r] description
  #   @return [String, nil] For people; at most 500 characters.
  # @!attribute [r] schema
  #   @return [Object, nil] The JSON schema (2020-12) of its payloads.
  # @!attribute [r] example
  #   @return [Object, nil] A payload, for whoever writes a receiver.
  # @!attribute [r] deprecated
  #   @return [Boolean] Whether receivers should not rely on it any more. It is sent all the same.
  # @!attribute [r] created_at
  #   @return [Time] When it was made.
  # @!attribute [r] updated_at
  #   @return [Time] When it last changed.
  class EventTypeEntry < Shape.of(
    name: String, description: String, schema: Object, example: Object, deprecated: Object, created_at: Time,
    updated_at: Time
  )
  end

  # A page of a list.
  #
  # @!attribute [r] event_types
  #   @return [Array<EventTypeEntry>] The items of this page.
  class ListEventTypesResponse < Page.of(:event_types, EventTypeEntry)
  end

  # A new endpoint. Its signing secret is shown only here.
  #
  # @!attribute [r] id
  #   @return [String] The endpoint's id, `ep_...`.
  # @!attribute [r] url
  #   @return [String] The normalised URL.
  # @!attribute [r] signing_secret
  #   @return [String] The secret that deliveries are signed with, `whsec_...`.
  # @!attribute [r] created_at
  #   @return [Time] When the endpoint was made.
  # @!attribute [r] description
  #   @return [String, nil] The owner's words.
  # @!attribute [r] signing_key_id
  #   @return [String] The signing key's id, `sk_...`.
  # @!attribute [r] key_hint
  #   @return [String] The last four characters of the secret.
  class CreateEndpointResponse < Shape.of(
    id: String, url: String, signing_secret: Shape::Secret, created_at: Time, description: String,
    signing_key_id: String, key_hint: String
  )
  end

  # An endpoint in a list.
  #
  # @!attribute [r] id
  #   @return [String] The endpoint's id, `ep_...`.
  # @!attribute [r] url
  #   @return [String] Where deliveries are posted to.
  # @!attribute [r] created_at
  #   @return [Time] When it was made.
  # @!attribute [r] paused
  #   @return [Boolean] Whether deliveries are held.
  # @!attribute [r] description
  #   @return [String, nil] The owner's words.
  # @!attribute [r] tenant
  #   @return [String, nil] The customer it belongs to.
  class EndpointSummary < Shape.of(
    id: String, url: String, created_at: Time, paused: Object, description: String, tenant: String
  )
  end

  # A page of a list.
  #
  # @!attribute [r] endpoints
  #   @return [Array<EndpointSummary>] The items of this page.
  class ListEndpointsResponse < Page.of(:endpoints, EndpointSummary)
  end

  # An endpoint, without its signing keys.
  #
  # @!attribute [r] id
  #   @return [String] The endpoint's id, `ep_...`.
  # @!attribute [r] url
  #   @return [String] Where deliveries are posted to.
  # @!attribute [r] created_at
  #   @return [Time] When it was made.
  # @!attribute [r] updated_at
  #   @return [Time] When it last changed.
  # @!attribute [r] paused
  #   @return [Boolean] Whether deliveries are held.
  # @!attribute [r] description
  #   @return [String, nil] The owner's words, at most 500 characters.
  # @!attribute [r] rate_limit_rps
  #   @return [Integer, nil] Deliveries a second, 1 to 1,000; nil is unlimited.
  # @!attribute [r] burst
  #   @return [Integer, nil] Deliveries at once within the rate limit, 1 to 10,000; nil is +rate_limit_rps+.
  # @!attribute [r] headers
  #   @return [Hash{String => String}, nil] Sent with every delivery.
  # @!attribute [r] retry_schedule
  #   @return [String, Hash, nil] Replaces the engine's schedule.
  # @!attribute [r] max_attempts
  #   @return [Integer, nil] Replaces the engine's number of attempts, 1 to 100.
  # @!attribute [r] tenant
  #   @return [String, nil] The customer it belongs to, whose events it gets; nil for the producer's own.
  # @!attribute [r] event_types
  #   @return [Array<String>, nil] The events that it wants: patterns of types; nil is every type.
  # @!attribute [r] filter
  #   @return [Object, nil] Conditions on an event's payload, all of which must hold.
  # @!attribute [r] on_failure
  #   @return [String, nil] What follows for an ordering key when one of its messages is given up; nil is +continue+.
  class Endpoint < Shape.of(
    id: String, url: String, created_at: Time, updated_at: Time, paused: Object, description: String,
    rate_limit_rps: Integer, burst: Integer, headers: { String => String }, retry_schedule: Object,
    max_attempts: Integer, tenant: String, event_types: [String], filter: Object, on_failure: String
  )
  end

  # Whether an endpoint's deliveries are held.
  #
  # @!attribute [r] id
  #   @return [String] The endpoint's id, `ep_...`.
  # @!attribute [r] paused
  #   @return [Boolean] Whether deliveries are held now.
  # @!attribute [r] messages_requeued
  #   @return [Integer, nil] After a resume: how many messages had come due meanwhile.
  class PauseState < Shape.of(id: String, paused: Object, messages_requeued: Integer)
  end

  # What happened at an endpoint in a minute.
  #
  # @!attribute [r] at
  #   @return [Time] When the minute begins.
  # @!attribute [r] succeeded
  #   @return [Integer] Successful deliveries.
  # @!attribute [r] failed
  #   @return [Integer] Messages given up after an attempt.
  # @!attribute [r] retries
  #   @return [Integer] Failed attempts that another was to follow.
  class HealthMinute < Shape.of(at: Time, succeeded: Integer, failed: Integer, retries: Integer)
  end

  # How an endpoint is doing.
  #
  # @!attribute [r] endpoint_id
  #   @return [String] The endpoint's id.
  # @!attribute [r] url
  #   @return [String] Its URL.
  # @!attribute [r] tenant
  #   @return [String, nil] The customer it belongs to; nil where it belongs to none.
  # @!attribute [r] paused
  #   @return [Boolean] Whether its deliveries are held.
  # @!attribute [r] standing
  #   @return [String] How it has answered.
  # @!attribute [r] breaker
  #   @return [String] Whether its breaker is open.
  # @!attribute [r] probes_at
  #   @return [Time, nil] When the next attempt probes it, while its breaker is open.
  # @!attribute [r] in_flight
  #   @return [Integer, nil] Attempts under way; nil where another process delivers.
  # @!attribute [r] limit
  #   @return [Integer, nil] How many attempts may be under way now; nil where another process delivers, or nothing
  #     was to be delivered.
  # @!attribute [r] tokens
  #   @return [Float, nil] How many attempts the rate limit lets begin at once; nil without one.
  # @!attribute [r] queued
  #   @return [Integer] Messages that were accepted or replayed and not attempted since. Those in flight are among
  #     them.
  # @!attribute [r] waiting_for_retry
  #   @return [Integer] Messages that failed and will be tried again.
  # @!attribute [r] dead
  #   @return [Integer] Messages in the dead letter queue.
  # @!attribute [r] last_success_at
  #   @return [Time, nil] When it last took a message, to the minute; to the hour or the day where that is long ago.
  # @!attribute [r] last_failure_at
  #   @return [Time, nil] When an attempt last failed, alike.
  # @!attribute [r] minutes
  #   @return [Array<HealthMinute>] The last 60 minutes, the current one last.
  class EndpointHealth < Shape.of(
    endpoint_id: String, url: String, tenant: String, paused: Object, standing: String, breaker: String,
    probes_at: Time, in_flight: Integer, limit: Integer, tokens: Float, queued: Integer, waiting_for_retry: Integer,
    dead: Integer, last_success_at: Time, last_failure_at: Time, minutes: [HealthMinute]
  )
  end

  # A page of a list.
  #
  # @!attribute [r] endpoints
  #   @return [Array<EndpointHealth>] The items of this page.
  class EndpointHealthResponse < Page.of(:endpoints, EndpointHealth)
  end

  # One attempt at a delivery. Times are whole milliseconds.
  #
  # @!attribute [r] id
  #   @return [String] A UUIDv7.
  # @!attribute [r] attempt_no
  #   @return [Integer] 1 for the first attempt of the message; goes on counting after a replay.
  # @!attribute [r] created_at
  #   @return [Time] When the attempt began.
  # @!attribute [r] response_status
  #   @return [Integer, nil] The receiver's status; nil where no answer came.
  # @!attribute [r] response_latency_ms
  #   @return [Integer, nil] From the beginning of the attempt to the end of the answer or of the failure.
  # @!attribute [r] processing_ms
  #   @return [Integer, nil] From the moment the message was due to the beginning of the attempt.
  # @!attribute [r] error_text
  #   @return [String, nil] What went wrong, for people.
  # @!attribute [r] response_headers
  #   @return [Hash{String => String}, nil] The answer's headers. The values of a repeated name are joined by a comma.
  # @!attribute [r] retry_type
  #   @return [String, nil] Which list of the schedule the next attempt follows.
  # @!attribute [r] retry_after_seconds
  #   @return [Integer, nil] The delay until the next attempt.
  # @!attribute [r] resolved_ip
  #   @return [String, nil] The address that was connected to or refused.
  # @!attribute [r] request_headers
  #   @return [Hash{String => String}, nil] The headers sent. The value of +Authorization+ is masked.
  # @!attribute [r] dns_ms
  #   @return [Integer, nil] Resolving the host; nil on a reused connection.
  # @!attribute [r] tcp_connect_ms
  #   @return [Integer, nil] Connecting; nil on a reused connection.
  # @!attribute [r] tls_handshake_ms
  #   @return [Integer, nil] The TLS handshake; nil on a reused connection and without TLS.
  # @!attribute [r] ttfb_ms
  #   @return [Integer, nil] From the request being ready to be written to the answer's headers.
  # @!attribute [r] transfer_ms
  #   @return [Integer, nil] From the answer's headers to its last byte.
  # @!attribute [r] conn_reused
  #   @return [Boolean, nil] Whether a kept connection served.
  # @!attribute [r] response_body_truncated
  #   @return [Boolean, nil] Whether the answer's body was longer than the kept part.
  # @!attribute [r] response_body
  #   @return [String, nil] The beginning of the answer's body as text, at most 64 KiB of it.
  # @!attribute [r] note
  #   @return [String, nil] Something unusual that neither the status nor the error says: a body that was cut off or
  #     ended badly, a dead kept connection that a fresh one replaced.
  class AttemptRecord < Shape.of(
    id: String, attempt_no: Integer, created_at: Time, response_status: Integer, response_latency_ms: Integer,
    processing_ms: Integer, error_text: String, response_headers: { String => String }, retry_type: String,
    retry_after_seconds: Integer, resolved_ip: String, request_headers: { String => String }, dns_ms: Integer,
    tcp_connect_ms: Integer, tls_handshake_ms: Integer, ttfb_ms: Integer, transfer_ms: Integer, conn_reused: Object,
    response_body_truncated: Object, response_body: String, note: String
  )
  end

  # What a test delivery came to.
  #
  # @!attribute [r] message_id
  #   @return [String] The id that was sent. No message has it.
  # @!attribute [r] delivered
  #   @return [Boolean] Whether the receiver answered 2xx.
  # @!attribute [r] payload
  #   @return [String] What was sent.
  # @!attribute [r] attempt
  #   @return [AttemptRecord] The attempt.
  class TestDelivery < Shape.of(message_id: String, delivered: Object, payload: String, attempt: AttemptRecord)
  end

  # What a check of a signature came to.
  #
  # @!attribute [r] valid
  #   @return [Boolean] Whether a key of the endpoint made the signature of this body at about this time, and the
  #     computed value, if one was given, is right.
  # @!attribute [r] cause
  #   @return [String] What is right or wrong, for programs.
  # @!attribute [r] sentence
  #   @return [String] What it means and what to do, for people.
  # @!attribute [r] scheme
  #   @return [String, nil] The signature that was looked at; nil where there is none.
  # @!attribute [r] key_id
  #   @return [String, nil] The endpoint's key that made it; nil where none did.
  # @!attribute [r] signed_at
  #   @return [Time, nil] The time that was signed.
  class Verification < Shape.of(
    valid: Object, cause: String, sentence: String, scheme: String, key_id: String, signed_at: Time
  )
  end

  # A signing key as {#list_endpoint_signing_keys} shows it, without its secret.
  #
  # @!attribute [r] id
  #   @return [String] The signing key's id, `sk_...`.
  # @!attribute [r] key_hint
  #   @return [String] The last four characters of the secret.
  # @!attribute [r] created_at
  #   @return [Time] When it was made.
  class SigningKey < Shape.of(id: String, key_hint: String, created_at: Time)
  end

  # What {#create_endpoint_signing_key} answers: the one time that the secret is shown.
  #
  # @!attribute [r] id
  #   @return [String] The signing key's id, `sk_...`.
  # @!attribute [r] signing_secret
  #   @return [String] `whsec_...`, shown only here.
  # @!attribute [r] key_hint
  #   @return [String] The last four characters of the secret.
  # @!attribute [r] created_at
  #   @return [Time] When it was made.
  class RotateSecretResponse < Shape.of(id: String, signing_secret: Shape::Secret, key_hint: String, created_at: Time)
  end

  # A message, without its payload.
  #
  # @!attribute [r] id
  #   @return [String] A UUIDv7.
  # @!attribute [r] project_id
  #   @return [String] Always +proj_default+.
  # @!attribute [r] endpoint_id
  #   @return [String] The endpoint it goes to.
  # @!attribute [r] status
  #   @return [String] The message's state.
  # @!attribute [r] attempt_count
  #   @return [Integer] Attempts that ended.
  # @!attribute [r] replay_count
  #   @return [Integer] Replays by {#replay}, {#replay_all_messages} and {#replay_batch_messages}, at most 10.
  # @!attribute [r] content_type
  #   @return [String] Always `application/json`.
  # @!attribute [r] size_bytes
  #   @return [Integer] The size of the payload.
  # @!attribute [r] payload_sha256
  #   @return [String] Hex SHA-256 of the payload.
  # @!attribute [r] created_at
  #   @return [Time] When it was accepted.
  # @!attribute [r] updated_at
  #   @return [Time] When it last changed.
  # @!attribute [r] idempotency_key
  #   @return [String, nil] The producer's idempotency key; nil where it gave none.
  # @!attribute [r] next_attempt_at
  #   @return [Time, nil] When the next attempt is due, while +pending_retry+ or scheduled.
  # @!attribute [r] last_error
  #   @return [String, nil] What the last failed attempt said.
  # @!attribute [r] response_status
  #   @return [Integer, nil] The receiver's status in the last attempt; nil where that attempt got no answer.
  # @!attribute [r] response_latency_ms
  #   @return [Integer, nil] How long the last attempt took, in milliseconds.
  # @!attribute [r] deleted_at
  #   @return [Time, nil] When it was deleted.
  # @!attribute [r] deleted_by_api_key_id
  #   @return [String, nil] The API key of the caller that deleted it; nil where the door asks for none.
  # @!attribute [r] first_attempt_at
  #   @return [Time, nil] When the first attempt began.
  # @!attribute [r] delivered_at
  #   @return [Time, nil] When it was delivered.
  # @!attribute [r] failed_at
  #   @return [Time, nil] When it was given up.
  # @!attribute [r] queue_wait_ms
  #   @return [Integer, nil] From acceptance to the first attempt, in milliseconds.
  # @!attribute [r] total_delivery_ms
  #   @return [Integer, nil] From acceptance to success, in milliseconds.
  # @!attribute [r] payload_expires_at
  #   @return [Time, nil] When the payload is dropped at the latest; nil once it is gone.
  # @!attribute [r] event_id
  #   @return [String, nil] The event that it belongs to; nil for a message that was sent to one endpoint.
  # @!attribute [r] event_type
  #   @return [String, nil] The type of that event.
  # @!attribute [r] ordering_key
  #   @return [String, nil] Messages of the endpoint with this key are delivered one after another.
  # @!attribute [r] deliver_at
  #   @return [Time, nil] Before when it is not delivered.
  # @!attribute [r] expires_at
  #   @return [Time, nil] After when it is not tried any more.
  class Message < Shape.of(
    id: String, project_id: String, endpoint_id: String, status: String, attempt_count: Integer, replay_count: Integer,
    content_type: String, size_bytes: Integer, payload_sha256: String, created_at: Time, updated_at: Time,
    idempotency_key: String, next_attempt_at: Time, last_error: String, response_status: Integer,
    response_latency_ms: Integer, deleted_at: Time, deleted_by_api_key_id: String, first_attempt_at: Time,
    delivered_at: Time, failed_at: Time, queue_wait_ms: Integer, total_delivery_ms: Integer, payload_expires_at: Time,
    event_id: String, event_type: String, ordering_key: String, deliver_at: Time, expires_at: Time
  )
  end

  # A page of a list.
  #
  # @!attribute [r] attempts
  #   @return [Array<AttemptRecord>] The items of this page.
  class AttemptsResponse < Page.of(:attempts, AttemptRecord)
  end

  # A message's payload and what is sent beside it.
  #
  # @!attribute [r] message_id
  #   @return [String] The message's id.
  # @!attribute [r] endpoint_id
  #   @return [String] The endpoint it goes to.
  # @!attribute [r] content_type
  #   @return [String] Always `application/json`.
  # @!attribute [r] payload
  #   @return [String] The JSON document as a text, byte for byte as it was accepted: what is read into numbers may
  #     lose digits.
  # @!attribute [r] size_bytes
  #   @return [Integer] The size of the payload.
  # @!attribute [r] payload_sha256
  #   @return [String] Hex SHA-256 of the payload.
  # @!attribute [r] headers
  #   @return [Hash{String => String}, nil] The message's own headers; nil where it has none.
  # @!attribute [r] payload_expires_at
  #   @return [Time, nil] When the payload is dropped at the latest.
  class MessagePayload < Shape.of(
    message_id: String, endpoint_id: String, content_type: String, payload: String, size_bytes: Integer,
    payload_sha256: String, headers: { String => String }, payload_expires_at: Time
  )
  end

  # One reason, with what belongs to it.
  #
  # @!attribute [r] cause
  #   @return [String] The reason, for programs.
  # @!attribute [r] sentence
  #   @return [String] The reason, for people.
  # @!attribute [r] until
  #   @return [Time, nil] When the reason ends, or at the latest; nil where that is not known.
  # @!attribute [r] count
  #   @return [Integer, nil] How many: attempts made, attempts under way, or messages before it.
  # @!attribute [r] limit
  #   @return [Integer, nil] How many there may be: attempts in all, or under way.
  # @!attribute [r] pid
  #   @return [Integer, nil] The process that is meant.
  # @!attribute [r] message_id
  #   @return [String, nil] The message that is meant.
  class ExplanationReason < Shape.of(
    cause: String, sentence: String, until: Time, count: Integer, limit: Integer, pid: Integer, message_id: String
  )
  end

  # Why a message is where it is.
  #
  # @!attribute [r] message_id
  #   @return [String] The message's id.
  # @!attribute [r] endpoint_id
  #   @return [String] The endpoint it goes to.
  # @!attribute [r] progress
  #   @return [String] Where it is.
  # @!attribute [r] sentence
  #   @return [String] The first of the reasons, for people.
  # @!attribute [r] reasons
  #   @return [Array<ExplanationReason>] Every reason, what decides most first.
  # @!attribute [r] changes_at
  #   @return [Time, nil] When it goes on; nil where that takes a person, or is not known.
  class Explanation < Shape.of(
    message_id: String, endpoint_id: String, progress: String, sentence: String, reasons: [ExplanationReason],
    changes_at: Time
  )
  end

  # A message that is queued again.
  #
  # @!attribute [r] message_id
  #   @return [String] The message's id, which stays.
  # @!attribute [r] status
  #   @return [String] Always +queued+.
  class ReplayMessageResponse < Shape.of(message_id: String, status: String)
  end

  # What a replay by a filter came to.
  #
  # @!attribute [r] replayed
  #   @return [Integer] How many messages are queued again.
  # @!attribute [r] failed
  #   @return [Integer] How many were refused because of their state or their payload's retention.
  # @!attribute [r] stuck
  #   @return [Integer] Always 0: a replay is one transaction, so no message is left halfway.
  # @!attribute [r] replayed_message_ids
  #   @return [Array<String>] The messages that are queued again.
  # @!attribute [r] stuck_message_ids
  #   @return [Array<String>] Always empty.
  # @!attribute [r] refused
  #   @return [Hash{String => Integer}, nil] How many were refused, by the code of their error; nil where an older
  #     server answered.
  # @!attribute [r] dry_run
  #   @return [Boolean, nil] Whether nothing was changed, and this is what would happen; nil where an older server
  #     answered.
  # @!attribute [r] next_cursor
  #   @return [String, nil] What to pass as +cursor+ to go on; nil where nothing is left.
  class ReplayAllMessagesResponse < Shape.of(
    replayed: Integer, failed: Integer, stuck: Integer, replayed_message_ids: [String], stuck_message_ids: [String],
    refused: { String => Integer }, dry_run: Object, next_cursor: String
  )
  end

  # What a cancel by a filter came to.
  #
  # @!attribute [r] cancelled
  #   @return [Integer] How many messages were given up.
  # @!attribute [r] cancelled_message_ids
  #   @return [Array<String>] Their ids.
  # @!attribute [r] refused
  #   @return [Hash{String => Integer}] How many were refused, by the code of their error.
  # @!attribute [r] dry_run
  #   @return [Boolean] Whether nothing was changed, and this is what would happen.
  # @!attribute [r] next_cursor
  #   @return [String, nil] What to pass as +cursor+ to go on; nil where nothing is left.
  class CancelAllResult < Shape.of(
    cancelled: Integer, cancelled_message_ids: [String], refused: { String => Integer }, dry_run: Object,
    next_cursor: String
  )
  end

  # What became of one message of a replay.
  #
  # @!attribute [r] message_id
  #   @return [String] The id as the request gave it.
  # @!attribute [r] status
  #   @return [String] +replayed+ or +failed+.
  # @!attribute [r] error
  #   @return [String, nil] Why the message was not replayed.
  class ReplayBatchResult < Shape.of(message_id: String, status: String, error: String)
  end

  # What a replay of named messages came to.
  #
  # @!attribute [r] replayed
  #   @return [Integer] How many messages are queued again.
  # @!attribute [r] failed
  #   @return [Integer] How many were refused.
  # @!attribute [r] stuck
  #   @return [Integer] Always 0.
  # @!attribute [r] results
  #   @return [Array<ReplayBatchResult>] One result for each id of the request, in its order.
  class ReplayBatchMessagesResponse < Shape.of(
    replayed: Integer, failed: Integer, stuck: Integer, results: [ReplayBatchResult]
  )
  end

  # A message that was deleted, now or before.
  #
  # @!attribute [r] message_id
  #   @return [String] The message's id.
  # @!attribute [r] deleted_at
  #   @return [Time] When the message was first deleted.
  # @!attribute [r] already_deleted
  #   @return [Boolean] Whether it had been deleted before.
  class DeleteMessageResult < Shape.of(message_id: String, deleted_at: Time, already_deleted: Object)
  end

  # What became of one message of a delete.
  #
  # @!attribute [r] message_id
  #   @return [String] The id as the request gave it.
  # @!attribute [r] outcome
  #   @return [String] +deleted+, +already_deleted+ or +not_found+.
  # @!attribute [r] deleted_at
  #   @return [Time, nil] When the message was first deleted.
  class DeleteBatchItemResult < Shape.of(message_id: String, outcome: String, deleted_at: Time)
  end

  # What a delete of named messages came to.
  #
  # @!attribute [r] results
  #   @return [Array<DeleteBatchItemResult>] One result for each id of the request, in its order.
  # @!attribute [r] deleted_count
  #   @return [Integer] How many messages this request deleted.
  # @!attribute [r] already_deleted_count
  #   @return [Integer] How many had been deleted before.
  # @!attribute [r] not_found_count
  #   @return [Integer] How many ids are unknown.
  class DeleteBatchResult < Shape.of(
    results: [DeleteBatchItemResult], deleted_count: Integer, already_deleted_count: Integer, not_found_count: Integer
  )
  end

  # What a delete by a filter came to. Where +deleted+ is the limit there may be more.
  #
  # @!attribute [r] deleted
  #   @return [Integer] How many messages were deleted.
  # @!attribute [r] deleted_message_ids
  #   @return [Array<String>] Their ids.
  # @!attribute [r] dry_run
  #   @return [Boolean, nil] Whether nothing was changed, and this is what would happen; nil where an older server
  #     answered.
  # @!attribute [r] next_cursor
  #   @return [String, nil] What to pass as +cursor+ to go on; nil where nothing is left.
  class DeleteAllResult < Shape.of(
    deleted: Integer, deleted_message_ids: [String], dry_run: Object, next_cursor: String
  )
  end

  # One line of the logs or of the dead letter queue.
  #
  # @!attribute [r] message_id
  #   @return [String] A UUIDv7.
  # @!attribute [r] endpoint
  #   @return [String] The endpoint's URL, not its id.
  # @!attribute [r] status
  #   @return [String] The message's state.
  # @!attribute [r] attempt_count
  #   @return [Integer] Attempts that ended.
  # @!attribute [r] created_at
  #   @return [Time] When it was accepted.
  # @!attribute [r] delivered_at
  #   @return [Time, nil] When it was delivered.
  # @!attribute [r] next_attempt_at
  #   @return [Time, nil] When the next attempt is due, while +pending_retry+ or scheduled.
  # @!attribute [r] response_status
  #   @return [Integer, nil] The receiver's status in the last attempt; nil where that attempt got no answer.
  # @!attribute [r] response_latency_ms
  #   @return [Integer, nil] How long the last attempt took, in milliseconds.
  # @!attribute [r] last_error
  #   @return [String, nil] What the last failed attempt said.
  # @!attribute [r] deleted_at
  #   @return [Time, nil] When it was deleted.
  # @!attribute [r] failed_at
  #   @return [Time, nil] When it was given up.
  # @!attribute [r] endpoint_id
  #   @return [String, nil] The endpoint's id; nil where an older server answered.
  # @!attribute [r] event_type
  #   @return [String, nil] The type of the event that it belongs to; nil for a message that was sent to one endpoint.
  class MessageSummary < Shape.of(
    message_id: String, endpoint: String, status: String, attempt_count: Integer, created_at: Time, delivered_at: Time,
    next_attempt_at: Time, response_status: Integer, response_latency_ms: Integer, last_error: String, deleted_at: Time,
    failed_at: Time, endpoint_id: String, event_type: String
  )
  end

  # A page of a list.
  #
  # @!attribute [r] messages
  #   @return [Array<MessageSummary>] The items of this page.
  class LogsResponse < Page.of(:messages, MessageSummary)
  end

  # A page of a list.
  #
  # @!attribute [r] messages
  #   @return [Array<MessageSummary>] The items of this page.
  class DlqMessagesResponse < Page.of(:messages, MessageSummary)
  end

  # Dead letters with one cause at one endpoint.
  #
  # @!attribute [r] cause
  #   @return [String] `HTTP 503` where the receiver answered, else the text of the error without numbers and
  #     addresses.
  # @!attribute [r] endpoint_id
  #   @return [String] The endpoint.
  # @!attribute [r] endpoint
  #   @return [String] The endpoint's URL.
  # @!attribute [r] count
  #   @return [Integer] How many messages.
  # @!attribute [r] first_failed_at
  #   @return [Time] When the first of them was given up.
  # @!attribute [r] last_failed_at
  #   @return [Time] When the last of them was given up.
  # @!attribute [r] message_id
  #   @return [String] The newest of them.
  # @!attribute [r] last_error
  #   @return [String, nil] What its last attempt said, whole.
  class DeadLetterGroup < Shape.of(
    cause: String, endpoint_id: String, endpoint: String, count: Integer, first_failed_at: Time, last_failed_at: Time,
    message_id: String, last_error: String
  )
  end

  # What {#get_dlq_groups} answers. Where there is more, the further messages have groups of their own: those with the
  # same cause and endpoint belong together.
  #
  # @!attribute [r] groups
  #   @return [Array<DeadLetterGroup>] The largest first.
  # @!attribute [r] read
  #   @return [Integer] How many dead letters were read: at most 10,000.
  # @!attribute [r] has_more
  #   @return [Boolean] Whether there are more.
  # @!attribute [r] next_cursor
  #   @return [String, nil] What to pass as +cursor+ to go on; nil where all were read.
  class DeadLetterGroups < Shape.of(groups: [DeadLetterGroup], read: Integer, has_more: Object, next_cursor: String)
  end

  # What happened in a window of time, in sum.
  #
  # @!attribute [r] window
  #   @return [String] The window asked for.
  # @!attribute [r] total_messages
  #   @return [Integer] Messages accepted. A replay, and a send that an idempotency key answered, accept none.
  # @!attribute [r] succeeded
  #   @return [Integer] Successful deliveries; a message that is replayed may have several.
  # @!attribute [r] failed
  #   @return [Integer] Messages given up after an attempt; not those that were cancelled, deleted or ran out of
  #     retention.
  # @!attribute [r] retries
  #   @return [Integer] Failed attempts that another was to follow.
  # @!attribute [r] success_rate
  #   @return [Float] +succeeded+ divided by +total_messages+, 0 to 1; 0 where no message was accepted. 1 where more
  #     messages succeeded than were accepted, as after an outage whose messages were accepted before the window.
  # @!attribute [r] avg_latency_ms
  #   @return [Integer] The mean time of the attempts that got an answer, of any status; 0 where none got one.
  class Metrics < Shape.of(
    window: String, total_messages: Integer, succeeded: Integer, failed: Integer, retries: Integer, success_rate: Float,
    avg_latency_ms: Integer
  )
  end

  # What happened in one bucket of a window.
  #
  # @!attribute [r] timestamp
  #   @return [Time] When the bucket begins.
  # @!attribute [r] total
  #   @return [Integer] Messages accepted.
  # @!attribute [r] succeeded
  #   @return [Integer] Successful deliveries.
  # @!attribute [r] failed
  #   @return [Integer] Messages given up after an attempt.
  # @!attribute [r] retrying
  #   @return [Integer] Failed attempts that another was to follow.
  # @!attribute [r] avg_latency_ms
  #   @return [Integer] The mean time of the attempts that got an answer.
  class TimeSeriesBucket < Shape.of(
    timestamp: Time, total: Integer, succeeded: Integer, failed: Integer, retrying: Integer, avg_latency_ms: Integer
  )
  end

  # What happened in a window of time, bucket by bucket.
  #
  # @!attribute [r] window
  #   @return [String] The window asked for.
  # @!attribute [r] buckets
  #   @return [Array<TimeSeriesBucket>] Oldest first, without a gap.
  class TimeSeriesMetrics < Shape.of(window: String, buckets: [TimeSeriesBucket])
  end

  # An API key as {#list_api_keys} shows it.
  #
  # @!attribute [r] key_id
  #   @return [String] The API key's id, `key_...`.
  # @!attribute [r] label
  #   @return [String] The label that it was given; empty without one.
  # @!attribute [r] prefix
  #   @return [String] The key's first 11 characters.
  # @!attribute [r] created_at
  #   @return [Time] When it was made.
  # @!attribute [r] last_used_at
  #   @return [Time, nil] When the key was last used, to the minute; nil where it never was.
  # @!attribute [r] scope
  #   @return [String, nil] What the key lets its owner do; nil where an older server answered.
  class ApiKeyInfo < Shape.of(
    key_id: String, label: String, prefix: String, created_at: Time, last_used_at: Time, scope: String
  )
  end

  # What {#create_api_key} answers: the one time that the whole key is shown.
  #
  # @!attribute [r] key_id
  #   @return [String] The API key's id, `key_...`.
  # @!attribute [r] key
  #   @return [String] The whole key, shown only here.
  # @!attribute [r] prefix
  #   @return [String] Its first 11 characters.
  # @!attribute [r] label
  #   @return [String] The label that it was given; empty without one.
  # @!attribute [r] created_at
  #   @return [Time] When it was made.
  # @!attribute [r] scope
  #   @return [String, nil] What the key lets its owner do; nil where an older server answered.
  class CreateApiKeyResponse < Shape.of(
    key_id: String, key: Shape::Secret, prefix: String, label: String, created_at: Time, scope: String
  )
  end

  # A code that signs a browser in once.
  #
  # @!attribute [r] code
  #   @return [String] The code, shown only here. A console takes it behind its address: `/console#login=<code>`.
  # @!attribute [r] expires_at
  #   @return [Time] Until when it works: 60 seconds from now.
  # @!attribute [r] consoles
  #   @return [Array<String>] Where consoles of this outbox were served last, the newest first.
  class CreateLoginCodeResponse < Shape.of(code: Shape::Secret, expires_at: Time, consoles: [String])
  end

  # An export: a CSV file of messages.
  #
  # @!attribute [r] id
  #   @return [String] A UUIDv7.
  # @!attribute [r] project_id
  #   @return [String] Always +proj_default+.
  # @!attribute [r] status
  #   @return [String] The export's state.
  # @!attribute [r] filter_start_time
  #   @return [Time] Messages accepted at this moment or later.
  # @!attribute [r] filter_end_time
  #   @return [Time] Messages accepted before this moment.
  # @!attribute [r] created_at
  #   @return [Time] When it was requested.
  # @!attribute [r] filter_status
  #   @return [String, nil] Only messages with this status.
  # @!attribute [r] filter_endpoint_id
  #   @return [String, nil] Only messages of this endpoint: the digits of its id as a UUID with dashes.
  # @!attribute [r] row_count
  #   @return [Integer, nil] How many messages it has.
  # @!attribute [r] file_size_bytes
  #   @return [Integer, nil] How large the file is.
  # @!attribute [r] error_message
  #   @return [String, nil] Why it failed.
  # @!attribute [r] started_at
  #   @return [Time, nil] When writing last began.
  # @!attribute [r] completed_at
  #   @return [Time, nil] When it was completed or failed.
  # @!attribute [r] expires_at
  #   @return [Time, nil] Until when the file is kept.
  # @!attribute [r] direction
  #   @return [String] Always +outbound+.
  class ExportRecord < Shape.of(
    id: String, project_id: String, status: String, filter_start_time: Time, filter_end_time: Time, created_at: Time,
    filter_status: String, filter_endpoint_id: String, row_count: Integer, file_size_bytes: Integer,
    error_message: String, started_at: Time, completed_at: Time, expires_at: Time, direction: String
  )
  end

  # The process that delivers from an outbox.
  #
  # @!attribute [r] pid
  #   @return [Integer] Its process id.
  # @!attribute [r] this_engine
  #   @return [Boolean] Whether the asked engine itself delivers.
  # @!attribute [r] since
  #   @return [Time] Since when it delivers.
  # @!attribute [r] stopped
  #   @return [Boolean] Whether the process is stopped, by a signal or with its container, so that it delivers
  #     nothing. False where this cannot be seen: the process is on another machine or hidden from this one.
  class Deliverer < Shape.of(pid: Integer, this_engine: Object, since: Time, stopped: Object)
  end

  # A shortage that keeps attempts waiting.
  #
  # @!attribute [r] kind
  #   @return [String] What is missing.
  # @!attribute [r] text
  #   @return [String] What is missing, with the system's error, for people.
  # @!attribute [r] since
  #   @return [Time] Since when it is missing.
  class Shortage < Shape.of(kind: String, text: String, since: Time)
  end

  # How the outbox stands.
  #
  # @!attribute [r] queued
  #   @return [Integer] Messages that were accepted or replayed and not attempted since. Those in flight are among
  #     them.
  # @!attribute [r] in_flight
  #   @return [Integer] Attempts under way in this process.
  # @!attribute [r] waiting_for_retry
  #   @return [Integer] Messages that failed and will be tried again.
  # @!attribute [r] dead
  #   @return [Integer] Messages in the dead letter queue.
  # @!attribute [r] oldest_due_age_seconds
  #   @return [Float, nil] How long ago the oldest message that is due was accepted, in seconds; nil where none is
  #     due.
  # @!attribute [r] bytes_on_disk
  #   @return [Integer] The size of the file and its write-ahead log.
  # @!attribute [r] deliverer
  #   @return [Deliverer, nil] The process that delivers; nil where none delivers.
  # @!attribute [r] not_delivering
  #   @return [String, nil] Why this process, which should deliver, cannot; nil where it can, or should not.
  # @!attribute [r] shortage
  #   @return [Shortage, nil] What this process lacks for its attempts; nil where it lacks nothing.
  class Stats < Shape.of(
    queued: Integer, in_flight: Integer, waiting_for_retry: Integer, dead: Integer, oldest_due_age_seconds: Float,
    bytes_on_disk: Integer, deliverer: Deliverer, not_delivering: String, shortage: Shortage
  )
  end

  # Who asks, and what answers.
  #
  # @!attribute [r] api_key
  #   @return [ApiKeyInfo, nil] The API key that the caller showed; nil in a process, where nobody is asked for one.
  # @!attribute [r] scope
  #   @return [String] What the caller may do.
  # @!attribute [r] version
  #   @return [String] The version of HookBridge.
  # @!attribute [r] pid
  #   @return [Integer] The process that answers.
  # @!attribute [r] database
  #   @return [String] The outbox's file.
  # @!attribute [r] delivers
  #   @return [Boolean] Whether this engine is to deliver.
  # @!attribute [r] deliverer
  #   @return [Deliverer, nil] The process that delivers; nil where none does.
  # @!attribute [r] max_payload_bytes
  #   @return [Integer] The largest payload, in bytes.
  # @!attribute [r] payload_retention_hours
  #   @return [Integer] How long payloads are kept, in hours.
  # @!attribute [r] max_attempts
  #   @return [Integer] The most attempts at a message.
  class WhoAmI < Shape.of(
    api_key: ApiKeyInfo, scope: String, version: String, pid: Integer, database: String, delivers: Object,
    deliverer: Deliverer, max_payload_bytes: Integer, payload_retention_hours: Integer, max_attempts: Integer
  )
  end

  # A change that a caller with an API key asked for.
  #
  # @!attribute [r] activity_id
  #   @return [Integer] Its number. A later one is higher.
  # @!attribute [r] occurred_at
  #   @return [Time] When it was done.
  # @!attribute [r] operation
  #   @return [String] The operation, such as {#pause_endpoint}.
  # @!attribute [r] api_key_id
  #   @return [String] The key that the caller showed.
  # @!attribute [r] api_key_label
  #   @return [String] The label of that key at the time; empty where it had none.
  # @!attribute [r] api_key_prefix
  #   @return [String] The first characters of that key.
  # @!attribute [r] endpoint_id
  #   @return [String, nil] The endpoint that it was about; nil where it was about none, or several.
  # @!attribute [r] message_id
  #   @return [String, nil] The message that it was about; nil where it was about none, or several.
  # @!attribute [r] affected
  #   @return [Integer] How many messages, endpoints or keys it changed.
  # @!attribute [r] detail
  #   @return [String, nil] What else was asked for, as a JSON object: a filter, a label, the fields that were
  #     changed. No secret and no payload.
  class Activity < Shape.of(
    activity_id: Integer, occurred_at: Time, operation: String, api_key_id: String, api_key_label: String,
    api_key_prefix: String, endpoint_id: String, message_id: String, affected: Integer, detail: String
  )
  end

  # A page of a list.
  #
  # @!attribute [r] activities
  #   @return [Array<Activity>] The items of this page.
  class ActivityResponse < Page.of(:activities, Activity)
  end

  # An API key.
  #
  # @!attribute [r] label
  #   @return [String] The key's label; empty where it has none.
  class ApiKeyActor < Shape.of(label: String)
  end

  # A user.
  #
  # @!attribute [r] email
  #   @return [String] The user's mail address.
  class UserActor < Shape.of(email: String)
  end

  # The actors that are known. A map is present only where ids of its kind were asked for.
  #
  # @!attribute [r] api_keys
  #   @return [Hash{String => ApiKeyActor}, nil] API keys by id.
  # @!attribute [r] users
  #   @return [Hash{String => UserActor}, nil] Users by id.
  class ActorLookupResult < Shape.of(api_keys: { String => ApiKeyActor }, users: { String => UserActor })
  end

  # Something that happened in the process that delivers, or should deliver. An event about a message is sent after its
  # outcome was recorded.
  #
  # @!attribute [r] kind
  #   @return [String] The kind of event.
  # @!attribute [r] message_id
  #   @return [String, nil] The message; nil where the event is about none, as are the next three fields.
  # @!attribute [r] endpoint_id
  #   @return [String, nil] Its endpoint.
  # @!attribute [r] event_type
  #   @return [String, nil] The type of the event that the message belongs to; nil for a message that was sent to one
  #     endpoint.
  # @!attribute [r] attempt_no
  #   @return [Integer, nil] Which attempt it was, from 1.
  # @!attribute [r] response_status
  #   @return [Integer, nil] The receiver's status; nil where no answer came.
  # @!attribute [r] error_text
  #   @return [String, nil] What went wrong; nil where nothing did.
  # @!attribute [r] next_attempt_at
  #   @return [Time, nil] When the next attempt is due; nil where none follows.
  # @!attribute [r] occurred_at
  #   @return [Time] When it happened.
  class Event < Shape.of(
    kind: String, message_id: String, endpoint_id: String, event_type: String, attempt_no: Integer,
    response_status: Integer, error_text: String, next_attempt_at: Time, occurred_at: Time
  )
  end
end
