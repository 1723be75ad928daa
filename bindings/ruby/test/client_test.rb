# frozen_string_literal: true

require "test_helper"
require "openssl"

class ClientTest < OutboxTest
  def test_a_message_is_delivered_with_its_headers_and_both_signatures
    client, receiver, endpoint = connected
    result = client.send(
      endpoint_id: endpoint.id,
      payload: { event: "order.created", order_id: "ord_123" },
      headers: { "X-Source" => "billing-service", "X-Symbol": "as a keyword" },
      idempotency_key: "order-123-created-v1"
    )
    assert_equal("queued", result.status)
    delivery, = receiver.take(1)
    assert_equal(%({"event":"order.created","order_id":"ord_123"}), delivery.body)
    assert_equal(result.message_id, delivery.message_id)
    assert_equal(["billing-service", "as a keyword"], delivery.headers.values_at("x-source", "x-symbol"))
    signed(delivery, endpoint.signing_secret)
    assert(client.flush(timeout: 30))
    assert_equal("order-123-created-v1", client.get_message(result.message_id).idempotency_key)
  end

  def test_the_signature_vectors
    vectors = JSON.parse(File.read(File.join(REPOSITORY, "tests/conformance/signatures.json")))
    refute_empty(vectors)
    vectors.each do |vector|
      timestamp, body = vector.values_at("timestamp", "body")
      plain = vector["secrets"].map { |secret| plain_signature(secret, timestamp, body) }.join(",")
      standard = vector["secrets"].map { |secret| standard_signature(secret, vector["message_id"], timestamp, body) }.join(" ")
      assert_equal([vector["webhook"], vector["standard"]], [plain, standard])
    end
  end

  def test_raw_json_is_sent_byte_for_byte_and_other_values_keep_their_digits
    client, receiver, endpoint = connected
    text = %( { "n": 9007199254740993, "x": 1.10, "huge": 1e400, "z": "\u{1F600}\\u0000" } )
    raw = [text, text.b].map { |document| HookBridge::RawJson.new(document) }
    values = [*raw, { n: (2**64) + 1, x: 0.1 }, [], nil, true, 12, "a string", "{}", { "ümlaut" => "☃" }]
    values.each { |value| client.send(endpoint_id: endpoint.id, payload: value) }
    bodies = receiver.take(values.size).map { |delivery| delivery.body.force_encoding("UTF-8") }
    expected = [text, text, %({"n":18446744073709551617,"x":0.1}), "[]", "null", "true", "12", %("a string"), %("{}"),
                %({"ümlaut":"☃"})]
    assert_equal(expected.sort, bodies.sort)
  end

  def test_what_is_no_json_is_refused
    client, _, endpoint = connected
    cyclic = []
    cyclic << cyclic
    raw = ["no json", "", "\xFF", "{}\0"].map { |text| HookBridge::RawJson.new(text) }
    [Float::NAN, { "a" => "\xFF" }, "\xFF", cyclic, *raw].each do |payload|
      error = assert_raises(HookBridge::ValidationError, payload.class) { client.send(endpoint_id: endpoint.id, payload:) }
      assert_equal(["INVALID_REQUEST", 400, false], [error.code, error.status_code, error.retryable?])
    end
    error = assert_raises(HookBridge::ValidationError) { client.send(endpoint_id: endpoint.id, payload: "1" * 1_048_577) }
    assert_equal(["PAYLOAD_TOO_LARGE", 413], [error.code, error.status_code])
    [HookBridge::RawJson.new(%(1},{"endpoint_id":"x")), HookBridge::RawJson.new("\xFF"), "\xFF"].each do |payload|
      error = assert_raises(HookBridge::ValidationError) { client.send_batch([{ endpoint_id: endpoint.id, payload: }]) }
      assert_match(/messages\[0\]/, error.message)
    end
    assert_raises(TypeError) { client.send(endpoint_id: endpoint.id, payload: [HookBridge::RawJson.new("1")]) }
    assert_raises(TypeError) { HookBridge::RawJson.new(1) }
  end

  def test_arguments_of_the_wrong_type_are_ruby_errors
    client, _, endpoint = connected
    assert_raises(TypeError) { client.send(endpoint_id: 1, payload: 1) }
    assert_raises(TypeError) { client.send(endpoint_id: endpoint.id, payload: 1, idempotency_key: 5) }
    assert_raises(ArgumentError) { client.send(:close) }
    {
      "`limit` must be of Integer, not String" => -> { client.get_logs(limit: "5") },
      "`endpoint_id` must be of String, not Integer" => -> { client.get_endpoint(7) },
      "`message_ids` must be an Array of strings, not String" => -> { client.replay_batch_messages("id") },
      "`message_ids[1]` must be a String, not Integer" => -> { client.delete_messages_batch(["id", 7]) },
      "`start_time` must be a Time or RFC 3339 text, not Integer" => -> { client.get_logs(start_time: 5) },
      "`messages[0]` must be a Hash, not Integer" => -> { client.send_batch([7]) }
    }.each { |message, call| assert_equal(message, assert_raises(TypeError, &call).message) }
    assert_raises(ArgumentError) { client.flush(timeout: -1) }
    assert_raises(ArgumentError) { client.flush(timeout: Float::NAN) }
    assert_raises(HookBridge::ValidationError) { client.send(endpoint_id: endpoint.id, payload: 1, retention_hours: -1) }
    error = assert_raises(HookBridge::ValidationError) do
      client.send(endpoint_id: endpoint.id, payload: 1, headers: { "A" => 1 })
    end
    assert_equal("INVALID_HEADERS", error.code)
    assert_instance_of(HookBridge::Stats, client.__send__(:stats))
    assert_instance_of(HookBridge::Stats, client.public_send(:stats))
  end

  def test_a_batch_answers_for_each_message
    client, receiver, endpoint = connected
    results = client.send_batch(
      [
        { endpoint_id: endpoint.id, payload: { n: 1 }, headers: { "X-A" => "b" } },
        { endpoint_id: "ep_00000000000000000000000000000000", payload: 2 },
        { "endpoint_id" => endpoint.id, "payload" => HookBridge::RawJson.new("{\"exact\": 1.10}"), "idempotency_key" => "k" }
      ]
    )
    accepted = HookBridge::SendWebhookResponse
    assert_equal([accepted, HookBridge::SendFailure, accepted], results.map(&:class))
    assert_equal("ENDPOINT_NOT_FOUND", results[1].code)
    assert_equal([%({"exact": 1.10}), %({"n":1})], receiver.take(2).map(&:body).sort)
    assert_raises(HookBridge::ValidationError) { client.send_batch([{ endpoint_id: endpoint.id }]) }
    error = assert_raises(HookBridge::ValidationError) { client.send_batch([{ endpoint_id: "x", payload: 1, key: 2 }]) }
    assert_match(/`messages\[0\]` has no `key`; it has: .*idempotency_key/, error.message)
  end

  def test_endpoints_and_their_keys
    client, _, endpoint = connected
    changed = client.update_endpoint(endpoint.id, description: "orders", rate_limit_rps: 5, headers: { "X-A" => "b" })
    assert_equal(["orders", 5, { "X-A" => "b" }], [changed.description, changed.rate_limit_rps, changed.headers])
    assert_instance_of(Time, changed.created_at)
    assert_predicate(changed.created_at, :utc?)
    assert_predicate(client.pause_endpoint(endpoint.id), :paused)
    assert_equal(0, client.resume_endpoint(endpoint.id).messages_requeued)
    key = client.rotate_endpoint_secret(endpoint.id)
    assert_match(/\Awhsec_/, key.signing_secret)
    assert_equal([endpoint.signing_key_id, key.id], client.list_endpoint_signing_keys(endpoint.id).map(&:id))
    assert_nil(client.delete_endpoint_signing_key(endpoint.id, key.id))
    3.times { client.create_endpoint("https://example.com/") }
    page = client.list_endpoints(limit: 3)
    assert_equal([3, true], [page.size, page.has_more])
    assert_equal([endpoint.id], client.list_endpoints(cursor: page.next_cursor).map(&:id))
    assert_nil(client.delete_endpoint(endpoint.id))
    error = assert_raises(HookBridge::NotFoundError) { client.get_endpoint(endpoint.id) }
    assert_equal(["ENDPOINT_NOT_FOUND", 404], [error.code, error.status_code])
  end

  def test_what_was_given_up_is_found_replayed_and_deleted
    status = 400
    client, receiver, endpoint = connected { |_| status }
    begun = Time.now - 60
    id = client.send(endpoint_id: endpoint.id, payload: 1).message_id
    receiver.take(1)
    eventually { client.get_message(id).status == "failed_permanent" }
    assert_equal([id], client.get_dlq_messages.map(&:message_id))
    assert_equal([id],
                 client.get_logs(status: "failed_permanent", start_time: begun, end_time: Time.now + 60).map(&:message_id))
    attempt = client.get_message_attempts(id).first
    assert_equal([1, 400], [attempt.attempt_no, attempt.response_status])
    assert_instance_of(HookBridge::ValidationError, assert_raises(HookBridge::Error) { client.cancel_retry(id) })
    status = 200
    assert_equal("queued", client.replay_from_dlq(id).status)
    receiver.take(1)
    eventually { client.get_message(id).status == "succeeded" }
    metrics = client.get_metrics("1h")
    assert_equal([1, 1, 1], [metrics.total_messages, metrics.succeeded, metrics.failed])
    assert_equal(60, client.get_timeseries_metrics("1h").buckets.size)
    assert_equal(0, client.replay_all_messages("failed_permanent").replayed)
    assert_equal(1, client.replay_batch_messages([id]).results.size)
    receiver.take(1)
    assert(client.flush(timeout: 30))
    refute(client.delete_message(id).already_deleted)
    assert_equal(1, client.delete_messages_batch([id]).already_deleted_count)
    assert_equal(0, client.delete_messages_all(status: "succeeded", created_after: begun).deleted)
  end

  def test_a_retry_is_waited_for_made_now_or_given_up
    client, receiver, endpoint = connected(retry_schedule: [3600]) { |_| 503 }
    id = client.send(endpoint_id: endpoint.id, payload: 1).message_id
    receiver.take(1)
    waiting = eventually { (message = client.get_message(id)).status == "pending_retry" && message }
    assert_operator(waiting.next_attempt_at, :>, Time.now + 1800)
    client.retry_now(id)
    receiver.take(1)
    eventually { client.get_message_attempts(id).size == 2 && client.get_message(id).status == "pending_retry" }
    assert_equal("failed_permanent", client.cancel_retry(id).status)
  end

  def test_an_idempotency_key_counts_once
    client, _, endpoint = connected
    first = client.send(endpoint_id: endpoint.id, payload: 1, idempotency_key: "k")
    assert_equal(first, client.send(endpoint_id: endpoint.id, payload: 1, idempotency_key: "k"))
    error = assert_raises(HookBridge::IdempotencyError) do
      client.send(endpoint_id: endpoint.id, payload: 2, idempotency_key: "k")
    end
    assert_equal("IDEMPOTENCY_MISMATCH", error.code)
  end

  def test_keys_exports_and_actors
    client, = connected
    key = client.create_api_key("test", label: "ci")
    assert_match(/\Ahb_test_/, key.key)
    assert_equal(["ci"], client.list_api_keys.map(&:label))
    actors = client.lookup_actors(api_key_ids: [key.key_id])
    assert_equal([{ key.key_id => "ci" }, nil], [actors.api_keys.transform_values(&:label), actors.users])
    assert_empty(client.lookup_actors(user_ids: ["nobody"]).users)
    assert_nil(client.delete_api_key(key.key_id))
    export = client.create_export(start_time: Time.now - 3600, end_time: Time.now + 1)
    eventually { client.get_export(export.id).status == "completed" }
    assert_equal([export.id], client.list_exports.map(&:id))
    path = client.download_export(export.id).delete_prefix("file://")
    assert_match(/\Amessage_id|\Aid/, File.read(path))
    assert_nil(client.delete_export(export.id))
    refute_path_exists(path)
  end

  def test_results_are_frozen_structs_that_match_patterns
    client, = connected
    stats = client.stats
    assert_predicate(stats, :frozen?)
    assert(Ractor.shareable?(stats))
    case stats
    in { queued: Integer => queued, deliverer: }
      assert_equal(0, queued)
      assert(deliverer.nil? || deliverer.pid == Process.pid)
    end
    assert_raises(FrozenError) { stats.queued = 1 }
  end

  def test_events_tell_what_happens_until_the_client_is_closed
    statuses = [500, 200]
    client, _, endpoint = connected { |_| statuses.shift }
    events = client.events
    id = client.send(endpoint_id: endpoint.id, payload: 1).message_id
    assert(events.to_io.wait_readable(30))
    first, second = events.first(2)
    assert_equal(["attempt_failed", id, 500], [first.kind, first.message_id, first.response_status])
    assert_equal(["message_delivered", 2], [second.kind, second.attempt_no])
    assert_operator(first.next_attempt_at, :>=, first.occurred_at)
    assert_nil(events.next)
    waiting = Thread.new { events.to_a }
    client.close
    assert_equal([], waiting.join(30).value)
    assert_predicate(events, :closed?)
    assert_equal(0, events.dropped)
  end

  def test_a_closed_client_says_so_and_the_file_can_be_opened_again
    id = nil
    receiver = open_receiver
    returned = HookBridge.open(**settings(delivery: "off")) do |client|
      endpoint = client.create_endpoint(receiver.url)
      id = client.send(endpoint_id: endpoint.id, payload: 1).message_id
      client
    end
    error = assert_raises(HookBridge::Error) { returned.stats }
    assert_equal([HookBridge::Error, "CLOSED"], [error.class, error.code])
    assert(returned.close)
    client = open_client
    assert_equal([id], receiver.take(1).map(&:message_id))
    assert(client.flush(timeout: 30))
  end

  def test_open_closes_for_an_exception_too
    kept = nil
    assert_raises(ZeroDivisionError) { HookBridge.open(**settings) { |client| (kept = client) && (1 / 0) } }
    assert_equal("CLOSED", assert_raises(HookBridge::Error) { kept.stats }.code)
  end

  def test_settings_are_checked_and_paths_are_taken
    error = assert_raises(HookBridge::ValidationError) { HookBridge.new(**settings(max_in_flight: 0)) }
    assert_equal("INVALID_CONFIGURATION", error.code)
    assert_match(/max_in_flight/, error.message)
    error = assert_raises(ArgumentError) { HookBridge.new(**settings(no_such: 1)) }
    assert_match(/no_such.*database.*exit_timeout/, error.message)
    error = assert_raises(HookBridge::Error) { HookBridge.new(**settings(database: File.join(@folder, "none/outbox.db"))) }
    assert_equal(["STORAGE_UNAVAILABLE", true], [error.code, error.retryable?])
    client = open_client(database: Pathname(@folder) / "by-path.db", api_key: "hb_live_secret")
    assert_path_exists(File.join(@folder, "by-path.db"))
    refute_match(/secret/, client.inspect)
  end

  def test_errors_have_the_class_of_their_code
    expected = {
      ["CLOSED", 400] => HookBridge::Error, ["IDEMPOTENCY_MISMATCH", 409] => HookBridge::IdempotencyError,
      ["REPLAY_LIMIT_EXCEEDED", 429] => HookBridge::ReplayLimitError, ["NETWORK_ERROR", 502] => HookBridge::NetworkError,
      ["TIMEOUT", 504] => HookBridge::TimeoutError, ["EXPORT_NOT_READY", 400] => HookBridge::ValidationError,
      ["UNAUTHORIZED", 401] => HookBridge::AuthenticationError, ["ENDPOINT_NOT_FOUND", 404] => HookBridge::NotFoundError,
      ["PAYLOAD_TOO_LARGE", 413] => HookBridge::ValidationError, ["RATE_LIMIT_EXCEEDED", 429] => HookBridge::RateLimitError,
      ["STORAGE_UNAVAILABLE", 503] => HookBridge::Error
    }
    expected.each do |(code, status), kind|
      error = HookBridge::Error.from_engine(code, "text", status, true, "req_1", 2.5)
      assert_instance_of(kind, error)
      assert_equal([code, "text", status, true, "req_1", 2.5],
                   [error.code, error.message, error.status_code, error.retryable?, error.request_id, error.retry_after])
    end
  end

  private

  def signed(delivery, secret)
    timestamp, id = delivery.headers.values_at("x-webhook-timestamp", "x-webhook-id")
    assert_equal(plain_signature(secret, timestamp, delivery.body), delivery.headers["x-webhook-signature"])
    assert_equal(standard_signature(secret, id, timestamp, delivery.body), delivery.headers["webhook-signature"])
  end

  def plain_signature(secret, timestamp, body)
    "sha256=#{OpenSSL::HMAC.hexdigest("SHA256", secret, "#{timestamp}.".b + body.b)}"
  end

  def standard_signature(secret, id, timestamp, body)
    key = secret.delete_prefix("whsec_").unpack1("m")
    "v1,#{[OpenSSL::HMAC.digest("SHA256", key, "#{id}.#{timestamp}.".b + body.b)].pack("m0")}"
  end
end
