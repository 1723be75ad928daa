# frozen_string_literal: true

# An outbox in this process, and its delivery in the background.
#
# With +base_url:+ (and +api_key:+) the same methods work with a server that speaks HookBridge's HTTP API; with
# +database:+ beside it, messages are committed to the file first and forwarded in the background (a relay).
#
# Use it from any thread, in fibers, and on both sides of a fork. Waiting releases Ruby's lock and can be interrupted;
# what was begun goes on behind it. {HookBridge.open} closes at the end of its block. A program that ends without a close
# waits up to +exit_timeout+ for what it has accepted; what is undelivered then is delivered by the next run.
#
# Every method raises {HookBridge::Error} or one of its subclasses. Times are taken as Time (or RFC 3339 text) and given
# as Time in UTC. Results are frozen structs; the operations are in operations.rb.
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

  # Accepts a message: returns once it is on disk. (Ruby's own +send+ is +__send__+ here.)
  #
  # @param endpoint_id [String]
  # @param payload [Object] any value of which JSON is made, a String as a JSON string; {RawJson} is a JSON document that is
  #   sent byte for byte
  # @param headers [Hash, nil] sent with every attempt
  # @param idempotency_key [String, nil] at most 255 characters; the same key with the same payload is the same message
  # @param retention_hours [Integer, nil] how long the payload is kept
  # @param ordering_key [String, nil] messages of the endpoint with this key are delivered one after another; at most 255
  #   characters
  # @param deliver_at [Time, String, nil] before when it is not delivered; at most a year ahead
  # @param expires_at [Time, String, nil] after when it is not tried any more
  # @param transaction [PG::Connection, ActiveRecord::ConnectionAdapters::AbstractAdapter, Class, nil] the application's own
  #   connection to a PostgreSQL database with the schema +hookbridge+, or a class of ActiveRecord. The message is there when its
  #   transaction commits, and never was when it rolls back. This client's own outbox is left alone.
  # @return [SendWebhookResponse]
  def send(
    endpoint_id:, payload:, headers: nil, idempotency_key: nil, retention_hours: nil, ordering_key: nil, deliver_at: nil,
    expires_at: nil, transaction: nil
  )
    unless transaction.nil?
      options = {
        ordering_key:, deliver_at: Requests.time(:deliver_at, deliver_at), expires_at: Requests.time(:expires_at, expires_at),
        retention_hours:
      }
      call = Transaction.send_call(endpoint_id, payload, headers, idempotency_key, options)
      return SendWebhookResponse.new(message_id: Transaction.run(call, transaction), status: "queued").freeze
    end

    unless ordering_key.nil? && deliver_at.nil? && expires_at.nil?
      return SendWebhookResponse.read(
        call(
          "messages.send",
          endpoint_id:, payload:, headers: Requests.headers(headers), idempotency_key:, retention_hours:, ordering_key:,
          deliver_at: Requests.time(:deliver_at, deliver_at), expires_at: Requests.time(:expires_at, expires_at)
        )
      )
    end

    body = Requests.payload(payload)
    headers = Requests.header_list(headers)
    message_id = Waiting.for { @engine.send(endpoint_id, body, headers, idempotency_key, retention_hours) }
    SendWebhookResponse.new(message_id:, status: "queued").freeze
  end

  # Accepts up to 1,000 messages in one transaction; each has its result or its failure, in order.
  #
  # @param messages [Enumerable<Hash>] of the arguments of {#send}
  # @return [Array<SendWebhookResponse, SendFailure>]
  def send_batch(messages)
    parsed(request("messages.send_batch", Requests.batch(messages)))["results"].map do |item|
      item.key?("error") ? SendFailure.read(item["error"]) : SendWebhookResponse.read(item)
    end
  end

  # A queue of what happens to messages from now on, while this process delivers.
  #
  # @return [Events]
  def events
    Events.new(@engine.events)
  end

  # A queue of what happens to messages from now on, whichever process accepts and delivers them: the kinds of {#events}, and
  # +message_accepted+, +attempt_started+ and +endpoint_changed+.
  #
  # @return [Events]
  def watch
    Events.new(@engine.watch)
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
    Waiting.for { @engine.close(timeout) }.tap { Exit.forget(self, @engine) }
  end

  # Without the settings, since the API key is one of them.
  def inspect
    "#<#{self.class}>"
  end

  private

  # Ruby's own refusal would name no other setting.
  def refuse_settings(unknown)
    return if unknown.empty?

    names = method(:initialize).parameters.filter_map { |kind, name| name if kind == :key }
    raise ArgumentError, "there is no setting #{unknown.keys.first}; there are: #{names.join(", ")}"
  end

  def open_engine(**settings)
    @engine = NativeEngine.open(Requests.configuration(settings))
    Exit.expect(self, @engine)
  end

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
