# frozen_string_literal: true

require "test_helper"

# Order, time and events: what says when a message goes, and to whom.
class OrderTest < OutboxTest
  def test_an_ordering_key_keeps_the_order
    statuses = [500]
    client, receiver, endpoint = connected { |_| statuses.shift || 200 }
    message = { endpoint_id: endpoint.id, ordering_key: "order-1" }
    payloads = [HookBridge::RawJson.new(%({"n": 1.10})), { n: 2 }, "three"]
    sent = payloads.map { |payload| client.send(**message, payload:, headers: { "X-A": "b" }) }
    assert_equal(["queued"], sent.map(&:status).uniq)
    assert_equal("order-1", client.get_message(sent[0].message_id).ordering_key)
    client.send_batch([{ **message, payload: nil }])
    deliveries = receiver.take(5)
    assert_equal([%({"n": 1.10}), %({"n": 1.10}), %({"n":2}), %("three"), "null"], deliveries.map(&:body))
    assert_equal("b", deliveries[0].headers["x-a"])
    assert_raises(TypeError) { client.send(**message, payload: 1, ordering_key: 5) }
    error = assert_raises(HookBridge::ValidationError) { client.send(**message, payload: HookBridge::RawJson.new("1,2")) }
    assert_match(/`payload`/, error.message)
  end

  def test_a_message_waits_for_its_time
    client, _, endpoint = connected
    at = Time.at(Time.now.to_i + 3600)
    message = { endpoint_id: endpoint.id, payload: 1, deliver_at: at, expires_at: at + 1 }
    batch = client.send_batch([{ **message, deliver_at: at.getutc.iso8601 }])
    [client.send(**message), *batch].each do |sent|
      found = client.get_message(sent.message_id)
      assert_equal(["queued", at, at, at + 1], [found.status, found.next_attempt_at, found.deliver_at, found.expires_at])
    end
    error = assert_raises(TypeError) { client.send_batch([{ **message, expires_at: 5 }]) }
    assert_match(/`messages\[0\]\.expires_at` must be a Time/, error.message)
  end

  def test_an_event_goes_to_all_that_want_it
    client = open_client
    receiver = open_receiver
    2.times { client.create_endpoint(receiver.url, event_types: ["order.*"]) }
    above = client.create_endpoint(receiver.url, event_types: ["order.*"], filter: [{ pointer: "/total", greater: 100 }])
    assert_equal(2, client.send_event("order.created", { total: 5 }, headers: { "X-A" => "b" }).matched)
    receiver.take(2).each do |delivery|
      assert_equal([%({"total":5}), "order.created", "b"], [delivery.body, *delivery.headers.values_at("x-webhook-event", "x-a")])
    end
    assert_equal(3, client.send_event("order.created", HookBridge::RawJson.new(%({"total": 101.0}))).matched)
    assert_equal([%({"total": 101.0})], receiver.take(3).map(&:body).uniq)
    assert_equal(2, client.send_event("order.created", %({"total": 101})).matched)
    assert_equal(0, client.send_event("user.created", nil).matched)
    soon = Time.at(Time.now.to_i + 60)
    paid = { type: "order.paid", payload: { total: 101 }, expires_at: soon }
    results = client.send_event_batch([paid, { type: "", payload: 1 }]).results
    assert_equal(soon, client.get_event(results[0].event_id).expires_at)
    error = assert_raises(HookBridge::ValidationError) { client.send_event_batch([{ type: "a", payload: 1, key: "k" }]) }
    assert_includes(error.message, "`events[0]` has no `key`")
    assert_equal([3, nil], results.map(&:matched))
    assert(results[1].error)
    refute(client.check_subscription("order.paid", { total: 7 }, endpoint_id: above.id).wanted)
  end

  def test_the_catalogue_takes_schemas_and_examples
    client = open_client
    schema = { "type" => "object", "required" => ["total"] }
    client.create_event_type("order.created", schema:, example: { total: 1 })
    assert_equal(schema, client.get_event_type("order.created").schema)
    assert_nil(client.update_event_type("order.created", example: HookBridge::RawJson.new("null")).example)
  end
end
