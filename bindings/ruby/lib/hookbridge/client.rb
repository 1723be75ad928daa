# frozen_string_literal: true

# An outbox in this process, and its delivery in the background.
#
# With +base_url:+ (and +api_key:+) the same methods work with a server that speaks HookBridge's HTTP API; with
# +database:+ beside it, messages are committed to the file first and forwarded in the background (a relay).
#
# Use it from any thread, in fibers, and on both sides of a fork. Waiting releases Ruby's lock and can be interrupted;
# what was begun goes on behind it. {HookBridge.open} closes at the end of its block; without a close a program ends at
# once, and what is undelivered is delivered by the next run.
#
# Every method raises {HookBridge::Error} or one of its subclasses. Times are taken as Time (or RFC 3339 text) and given
# as Time in UTC. Results are frozen structs.
class HookBridge
  # How long the end of {HookBridge.open} lets attempts under way end, in seconds.
  CLOSE_TIMEOUT = 5.0
  # How long {#flush} waits where nothing is said, in seconds.
  FLUSH_TIMEOUT = 30.0

  private_constant :NativeEngine, :NativeEvents

  # A client that is closed at the end of the block, or is returned where there is none.
  #
  # @param settings as for {#initialize}
  # @return what the block returns
  def self.open(**settings)
    client = new(**settings)
    return client unless block_given?

    begin
      yield client
    ensure
      client.close
    end
  end

  # +api_key+ is optional in-process: whoever can open the file may send. What is not given comes from its HOOKBRIDGE_
  # variable or its default.
  #
  # @param api_key [String, nil]
  # @param settings +database+ ("hookbridge.db"), +durability+ ("full" or "normal"), +delivery+ ("auto" or "off"),
  #   timeouts in seconds, and the rest as the README's table says
  # @raise [ValidationError] that names the setting that is wrong or unknown
  def initialize(api_key: nil, **settings)
    settings = settings.transform_values { |value| value.respond_to?(:to_path) ? value.to_path : value }
    @engine = NativeEngine.open(Requests.document(settings.merge(api_key:)))
  end

  # Accepts a message: returns once it is on disk. (Ruby's own +send+ is +__send__+ here.)
  #
  # @param endpoint_id [String]
  # @param payload [Object] a JSON document as a String, which is sent byte for byte, or any other value, of which JSON is made
  # @param headers [Hash, nil] sent with every attempt
  # @param idempotency_key [String, nil] at most 255 characters; the same key with the same payload is the same message
  # @param retention_hours [Integer, nil] how long the payload is kept
  # @return [SendResult]
  def send(endpoint_id:, payload:, headers: nil, idempotency_key: nil, retention_hours: nil)
    body = Requests.payload(payload)
    headers = Requests.headers(headers)
    message_id = Waiting.for { @engine.send(endpoint_id, body, headers, idempotency_key, retention_hours) }
    SendResult.new(message_id:, status: "queued").freeze
  end

  # Accepts up to 1,000 messages in one transaction; each has its result or its failure, in order.
  #
  # @param messages [Enumerable<Hash>] of the arguments of {#send}
  # @return [Array<SendResult, SendFailure>]
  def send_batch(messages)
    parsed(request("messages.send_batch", Requests.batch(messages)))["results"].map do |item|
      item.key?("error") ? SendFailure.read(item["error"]) : SendResult.read(item)
    end
  end

  # Creates an endpoint; its signing secret is shown only in the answer.
  #
  # @param url [String]
  # @param rate_limit_rps [Integer, nil] attempts a second
  # @param burst [Integer, nil] how many of them at once
  # @param headers [Hash, nil] sent with every message
  # @param retry_schedule [String, Array<Numeric>, Hash, nil] a name, gaps in seconds, or gaps for +slow+ and +fast+
  # @return [CreatedEndpoint]
  def create_endpoint(
    url:, description: nil, rate_limit_rps: nil, burst: nil, headers: nil, retry_schedule: nil, max_attempts: nil
  )
    CreatedEndpoint.read(
      call(
        "endpoints.create",
        url:, description:, rate_limit_rps:, burst:, headers:,
        retry_schedule:, max_attempts:
      )
    )
  end

  # @return [Endpoint]
  def get_endpoint(endpoint_id)
    Endpoint.read(call("endpoints.get", endpoint_id:))
  end

  # Endpoints, newest first, 1 to 100 (50) a page.
  #
  # @return [Page<EndpointSummary>]
  def list_endpoints(limit: nil, cursor: nil)
    Page.read(EndpointSummary, call("endpoints.list", limit:, cursor:))
  end

  # Changes what is given; 0 clears a number, an empty string a description, an empty hash the headers.
  #
  # @return [Endpoint]
  def update_endpoint(
    endpoint_id, url: nil, description: nil, rate_limit_rps: nil, burst: nil, headers: nil, retry_schedule: nil, max_attempts: nil
  )
    Endpoint.read(
      call(
        "endpoints.update",
        endpoint_id:, url:, description:, rate_limit_rps:, burst:,
        headers:, retry_schedule:, max_attempts:
      )
    )
  end

  # Deletes an endpoint; what it accepted is still delivered.
  #
  # @return [nil]
  def delete_endpoint(endpoint_id)
    call("endpoints.delete", endpoint_id:)
    nil
  end

  # Holds an endpoint's deliveries.
  #
  # @return [PausedEndpoint]
  def pause_endpoint(endpoint_id)
    PausedEndpoint.read(call("endpoints.pause", endpoint_id:))
  end

  # Delivers what was held, at once.
  #
  # @return [PausedEndpoint]
  def resume_endpoint(endpoint_id)
    PausedEndpoint.read(call("endpoints.resume", endpoint_id:))
  end

  # Adds a second signing key; both sign until one is deleted.
  #
  # @return [NewSigningKey]
  def create_endpoint_signing_key(endpoint_id)
    NewSigningKey.read(call("signing_keys.create", endpoint_id:))
  end

  alias rotate_endpoint_secret create_endpoint_signing_key

  # The signing keys of an endpoint, oldest first.
  #
  # @return [Page<SigningKey>]
  def list_endpoint_signing_keys(endpoint_id)
    Page.read(SigningKey, call("signing_keys.list", endpoint_id:))
  end

  # Deletes a signing key, unless it is the only one.
  #
  # @return [nil]
  def delete_endpoint_signing_key(endpoint_id, key_id)
    call("signing_keys.delete", endpoint_id:, key_id:)
    nil
  end

  # @return [Message]
  def get_message(message_id)
    Message.read(call("messages.get", message_id:))
  end

  # The attempts of a message, at most 200; an unknown message has none.
  #
  # @return [Page<Attempt>]
  def get_message_attempts(message_id)
    Page.read(Attempt, call("messages.attempts", message_id:))
  end

  # Queues a message again, at most 10 times.
  #
  # @return [SendResult]
  def replay(message_id)
    SendResult.read(call("messages.replay", message_id:))
  end

  # Gives up a message that waits for a retry.
  #
  # @return [Message]
  def cancel_retry(message_id)
    Message.read(call("messages.cancel", message_id:))
  end

  # Makes a waiting retry due.
  #
  # @return [Message]
  def retry_now(message_id)
    Message.read(call("messages.retry_now", message_id:))
  end

  # Deletes a message: its payload at once, its retries with it.
  #
  # @return [DeletedMessage]
  def delete_message(message_id)
    DeletedMessage.read(call("messages.delete", message_id:))
  end

  # Queues again what is "failed_permanent" or "pending_retry", oldest first, 1 to 1,000 (100) of them.
  #
  # @return [ReplayAllResult]
  def replay_all_messages(status:, endpoint_id: nil, limit: nil)
    ReplayAllResult.read(call("messages.replay_all", status:, endpoint_id:, limit:))
  end

  # Queues 1 to 100 messages again; each has its outcome, in order.
  #
  # @return [ReplayBatchResult]
  def replay_batch_messages(message_ids)
    ReplayBatchResult.read(call("messages.replay_batch", message_ids: message_ids.to_a))
  end

  # Deletes 1 to 100 messages; each has its outcome, in order.
  #
  # @return [DeleteBatchResult]
  def delete_messages_batch(message_ids)
    DeleteBatchResult.read(call("messages.delete_batch", message_ids: message_ids.to_a))
  end

  # Deletes what the filter finds, oldest first, at most 1,000. +created_after+ is part of the range, +created_before+ is not.
  #
  # @param status [Array<String>, String, nil]
  # @return [DeleteAllResult]
  def delete_messages_all(status: [], endpoint_id: nil, created_after: nil, created_before: nil, limit: nil)
    DeleteAllResult.read(
      call(
        "messages.delete_all",
        status: Array(status), endpoint_id:, created_after: Requests.time(created_after),
        created_before: Requests.time(created_before), limit:
      )
    )
  end

  # Messages, newest first, 1 to 500 (50) a page. A filtered page may be short and still have more.
  #
  # @return [Page<MessageSummary>]
  def get_logs(endpoint_id: nil, status: nil, start_time: nil, end_time: nil, limit: nil, cursor: nil)
    answer = call(
      "logs.list",
      endpoint_id:, status:, start_time: Requests.time(start_time), end_time: Requests.time(end_time),
      limit:, cursor:
    )
    Page.read(MessageSummary, answer)
  end

  # The dead letter queue, newest first, 1 to 1,000 (100) a page.
  #
  # @return [Page<MessageSummary>]
  def get_dlq_messages(limit: nil, cursor: nil)
    Page.read(MessageSummary, call("dead_letters.list", limit:, cursor:), "messages")
  end

  # Queues a message of the dead letter queue again, as often as is wanted.
  #
  # @return [SendResult]
  def replay_from_dlq(message_id)
    SendResult.read(call("dead_letters.replay", message_id:))
  end

  # What happened in the last "1h", "24h" (the default), "7d" or "30d".
  #
  # @return [Metrics]
  def get_metrics(window: nil, endpoint_id: nil)
    Metrics.read(call("metrics.get", window:, endpoint_id:))
  end

  # The same by the minute, the hour, 6 hours or the day, oldest first, without gaps.
  #
  # @return [Timeseries]
  def get_timeseries_metrics(window: nil, endpoint_id: nil)
    Timeseries.read(call("metrics.timeseries", window:, endpoint_id:))
  end

  # Creates an API key for a server on this outbox, "live" or "test"; it is shown only in the answer.
  #
  # @return [NewApiKey]
  def create_api_key(mode: nil, label: nil)
    NewApiKey.read(call("api_keys.create", mode:, label:))
  end

  # API keys, oldest first, without the keys themselves.
  #
  # @return [Page<ApiKey>]
  def list_api_keys
    Page.read(ApiKey, call("api_keys.list"))
  end

  # Deletes an API key: nobody is let in with it from now on.
  #
  # @return [nil]
  def delete_api_key(key_id)
    call("api_keys.delete", key_id:)
    nil
  end

  # Has a CSV file written of the messages accepted from +start_time+ on and before +end_time+.
  #
  # @return [Export]
  def create_export(start_time:, end_time:, status: nil, endpoint_id: nil)
    answer = call(
      "exports.create",
      start_time: Requests.time(start_time), end_time: Requests.time(end_time), status:, endpoint_id:
    )
    Export.read(answer)
  end

  # Exports, newest first.
  #
  # @return [Page<Export>]
  def list_exports
    Page.read(Export, call("exports.list"))
  end

  # An export; its file is there once +status+ is "completed".
  #
  # @return [Export]
  def get_export(export_id)
    Export.read(call("exports.get", export_id:))
  end

  # Where the file is: a file:// URL in-process, a link that needs no key where a server was asked.
  #
  # @return [String]
  def download_export(export_id)
    call("exports.download", export_id:)["download_url"]
  end

  # Deletes an export and its file.
  #
  # @return [nil]
  def delete_export(export_id)
    call("exports.delete", export_id:)
    nil
  end

  # What the API keys and users are called that did something, at most 100; unknown ids are missing.
  #
  # @param api_key_id [String, Array<String>, nil] one id, or a list of them
  # @param user_id [String, Array<String>, nil]
  # @return [Actors]
  def lookup_actors(api_key_id: nil, user_id: nil)
    Actors.read(call("actors.lookup", api_key_id: Requests.ids(api_key_id), user_id: Requests.ids(user_id)))
  end

  # How the outbox stands.
  #
  # @return [Stats]
  def stats
    Stats.read(call("stats"))
  end

  # A queue of what happens to messages from now on, while this process delivers.
  #
  # @return [Events]
  def events
    Events.new(@engine.events)
  end

  # Waits until nothing is due, whichever process delivers.
  #
  # @param timeout [Float] seconds
  # @return [Boolean] false where +timeout+ passed before
  def flush(timeout: FLUSH_TIMEOUT)
    Waiting.for { @engine.flush(timeout) }
  end

  # Takes no more work, lets attempts under way end, stops the threads. Closing twice does nothing.
  #
  # @param timeout [Float] seconds
  # @return [Boolean] false where +timeout+ passed before
  def close(timeout: CLOSE_TIMEOUT)
    Waiting.for { @engine.close(timeout) }
  end

  # Without the settings, since the API key is one of them.
  def inspect
    "#<#{self.class}>"
  end

  private

  def call(operation, **arguments)
    parsed(request(operation, Requests.document(arguments)))
  end

  def request(operation, document)
    Waiting.for { @engine.call(operation, document) }
  end

  def parsed(answer)
    JSON.parse(answer, freeze: true)
  end
end
