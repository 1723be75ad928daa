# frozen_string_literal: true

class HookBridge
  # Makes the classes of results: frozen structs whose members are the fields of an answer.
  module Shape
    # Members that are read as they stand, and members with a type: Time, a class of results,
    # [a class] for a list, or { id: a class } for a map.
    def self.of(*plain, **typed)
      struct = Struct.new(*plain, *typed.keys, keyword_init: true)
      struct.extend(self)
      struct.instance_variable_set(:@typed, typed.each_value { |type| type.freeze unless type.is_a?(Class) }.freeze)
      struct
    end

    # A class that is written as a subclass reads its members' types from the struct.
    def inherited(subclass)
      super
      subclass.instance_variable_set(:@typed, @typed)
    end

    # Makes a result of an answer; what a newer engine adds is passed over.
    def read(answer)
      new(**members.to_h { |name| [name, typed(@typed[name], answer[name.name])] }).freeze
    end

    private

    def typed(type, value)
      return value if type.nil? || value.nil?

      case type
      when Array then value.map { |item| type.first.read(item) }.freeze
      when Hash then value.transform_values { |item| type[:id].read(item) }.freeze
      else type == Time ? Time.iso8601(value).freeze : type.read(value)
      end
    end
  end
  private_constant :Shape

  # A message that was accepted: it is on disk.
  class SendResult < Shape.of(:message_id, :status); end

  # A message of a batch that was refused; the others are not touched by it.
  class SendFailure < Shape.of(:code, :message); end

  # A new endpoint. +signing_secret+ is shown only here.
  class CreatedEndpoint < Shape.of(:id, :url, :description, :signing_key_id, :signing_secret, :key_hint, created_at: Time)
  end

  # An endpoint.
  class Endpoint < Shape.of(
    :id, :url, :description, :rate_limit_rps, :burst, :headers, :retry_schedule, :max_attempts, :paused,
    created_at: Time, updated_at: Time
  )
  end

  # An endpoint in a list.
  class EndpointSummary < Shape.of(:id, :url, :description, :paused, created_at: Time); end

  # Whether an endpoint's deliveries are held, and after a resume how many had come due.
  class PausedEndpoint < Shape.of(:id, :paused, :messages_requeued); end

  # A signing key, without its secret.
  class SigningKey < Shape.of(:id, :key_hint, created_at: Time); end

  # A new signing key. +signing_secret+ is shown only here.
  class NewSigningKey < Shape.of(:id, :signing_secret, :key_hint, created_at: Time); end

  # A message, without its payload.
  class Message < Shape.of(
    :id, :project_id, :endpoint_id, :status, :attempt_count, :replay_count, :content_type, :size_bytes, :payload_sha256,
    :idempotency_key, :last_error, :response_status, :response_latency_ms, :queue_wait_ms, :total_delivery_ms,
    created_at: Time, updated_at: Time, next_attempt_at: Time, first_attempt_at: Time, delivered_at: Time,
    failed_at: Time, payload_expires_at: Time, deleted_at: Time
  )
  end

  # One attempt at a delivery; times are milliseconds.
  class Attempt < Shape.of(
    :id, :attempt_no, :response_status, :response_latency_ms, :processing_ms, :error_text, :response_headers,
    :retry_type, :retry_after_seconds, :resolved_ip, :request_headers, :dns_ms, :tcp_connect_ms, :tls_handshake_ms,
    :ttfb_ms, :transfer_ms, :conn_reused, :response_body, :response_body_truncated, :note, created_at: Time
  )
  end

  # A message that was deleted, now or before.
  class DeletedMessage < Shape.of(:message_id, :already_deleted, deleted_at: Time); end

  # A message in the logs or in the dead letter queue. +endpoint+ is its URL.
  class MessageSummary < Shape.of(
    :message_id, :endpoint, :status, :attempt_count, :response_status, :response_latency_ms, :last_error,
    created_at: Time, delivered_at: Time, failed_at: Time, next_attempt_at: Time, deleted_at: Time
  )
  end

  # What a replay by filter came to.
  class ReplayAllResult < Shape.of(:replayed, :failed, :stuck, :replayed_message_ids, :stuck_message_ids); end

  # One message of a replay: "replayed", or "failed" with the reason.
  class ReplayItem < Shape.of(:message_id, :status, :error); end

  # What a replay by name came to.
  class ReplayBatchResult < Shape.of(:replayed, :failed, :stuck, results: [ReplayItem]); end

  # One message of a delete: "deleted", "already_deleted" or "not_found".
  class DeleteItem < Shape.of(:message_id, :outcome, deleted_at: Time); end

  # What a delete by name came to.
  class DeleteBatchResult < Shape.of(:deleted_count, :already_deleted_count, :not_found_count, results: [DeleteItem]); end

  # What a delete by filter came to; as many as the limit means that there may be more.
  class DeleteAllResult < Shape.of(:deleted, :deleted_message_ids); end

  # What happened in a window; +success_rate+ is 0 to 1, +avg_latency_ms+ that of attempts that were answered.
  class Metrics < Shape.of(:window, :total_messages, :succeeded, :failed, :retries, :success_rate, :avg_latency_ms); end

  # What happened from +timestamp+ on, for the width of the series.
  class Bucket < Shape.of(:succeeded, :failed, :retrying, :total, :avg_latency_ms, timestamp: Time); end

  # What happened over time.
  class Timeseries < Shape.of(:window, buckets: [Bucket]); end

  # An API key without the key itself.
  class ApiKey < Shape.of(:key_id, :label, :prefix, created_at: Time, last_used_at: Time); end

  # A new API key; +key+ is shown only here.
  class NewApiKey < Shape.of(:key_id, :key, :prefix, :label, created_at: Time); end

  # A file of messages: "pending", "processing", "completed", "failed" or "expired".
  class Export < Shape.of(
    :id, :project_id, :status, :filter_status, :filter_endpoint_id, :row_count, :file_size_bytes, :error_message,
    filter_start_time: Time, filter_end_time: Time, created_at: Time, started_at: Time, completed_at: Time, expires_at: Time
  )
  end

  # What an API key that did something is called.
  class ApiKeyActor < Shape.of(:label); end

  # What a user who did something is called.
  class UserActor < Shape.of(:email); end

  # What those are called that did something, by their ids; unknown ids are missing, and a kind that was not asked for is nil.
  class Actors < Shape.of(api_keys: { id: ApiKeyActor }, users: { id: UserActor }); end

  # The process that delivers; +stopped+ by a signal or with its container it delivers nothing.
  class Deliverer < Shape.of(:pid, :this_engine, :stopped, since: Time); end

  # What a process lacks, so that attempts wait: "descriptors", "memory", "local_ports", "threads", "lookup_places",
  # "resolver" or "trust_store".
  class Shortage < Shape.of(:kind, :text, since: Time); end

  # How the outbox stands; +not_delivering+ says why the process that was asked, which should deliver, cannot.
  class Stats < Shape.of(
    :queued, :in_flight, :waiting_for_retry, :dead, :oldest_due_age_seconds, :bytes_on_disk, :not_delivering,
    deliverer: Deliverer, shortage: Shortage
  )
  end

  # What happened to a message: "message_delivered", "attempt_failed" or "message_dead"; or "not_delivering", of no message,
  # where this process should deliver and cannot: +error_text+ says why.
  class Event < Shape.of(
    :kind, :message_id, :endpoint_id, :attempt_no, :response_status, :error_text, next_attempt_at: Time, occurred_at: Time
  )
  end

  # A page of a list; +next_cursor+ is nil on the last.
  class Page < Struct.new(:data, :has_more, :next_cursor, keyword_init: true)
    # @private
    def self.read(item, answer, items_in = "data")
      data = answer[items_in].map { |one| item.read(one) }.freeze
      new(data:, has_more: answer["has_more"], next_cursor: answer["next_cursor"]).freeze
    end
  end
end
