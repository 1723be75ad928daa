# frozen_string_literal: true

require "test_helper"

# What methods return: pages, printing, JSON.
class ResultsTest < OutboxTest
  URL = "http://127.0.0.1:9/hooks"

  def test_a_secret_is_not_printed_and_is_in_json_and_hashes
    client = open_client(delivery: "off", api_key: "hb_live_quiet")
    endpoint = client.create_endpoint(URL)
    secrets = {
      endpoint => :signing_secret, client.create_endpoint_signing_key(endpoint.id) => :signing_secret,
      client.create_api_key("live") => :key
    }
    secrets.each do |result, name|
      secret = result[name]
      assert_match(/\A(whsec|hb_live)_/, secret)
      printed(result).each { |text| refute_includes(text, secret) }
      assert_includes(result.inspect, "#{name}=[hidden]")
      assert_equal(secret, result.to_h[name])
      assert_equal(secret, JSON.parse(result.to_json)[name.name])
      assert_equal(secret, JSON.parse(JSON.generate({ nested: [result] }))["nested"][0][name.name])
      assert_predicate(result, :frozen?)
    end
    printed(client).each { |text| refute_includes(text, "quiet") }
  end

  def test_results_are_json_with_times_in_utc_and_all_that_is_in_them
    client = open_client(delivery: "off")
    endpoint = client.create_endpoint(URL)
    json = JSON.parse(client.get_endpoint(endpoint.id).to_json)
    assert_match(/\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\z/, json["created_at"])
    assert_equal(endpoint.created_at.iso8601(3), json["created_at"])
    buckets = JSON.parse(client.get_timeseries_metrics("1h").to_json)["buckets"]
    assert_equal([60, 0], [buckets.size, buckets[0]["total"]])
    assert_equal({ endpoint.id => URL }, client.list_endpoints.to_h { |item| [item.id, item.url] })
    assert_match(/\A#<struct HookBridge::Endpoint id="ep_/, client.get_endpoint(endpoint.id).inspect)
  end

  def test_a_page_is_its_items_and_leads_to_the_next
    client = open_client(delivery: "off")
    ids = Array.new(5) { client.create_endpoint(URL).id }.reverse
    page = client.list_endpoints(limit: 2)
    assert_equal(ids.first(2), page.map(&:id))
    assert_equal([2, 2, 2, true, false], [page.size, page.length, page.count, page.has_more, page.empty?])
    assert_equal([ids[0], ids[1], nil, ids[1]], [page.first.id, page[-1].id, page[2], page.last.id])
    assert_equal([page.to_a, page.to_a], [page.endpoints, page.each.to_a])
    assert_equal(ids[0], page.find { |item| item.id == ids[0] }.id)
    assert_equal(%i[endpoints has_more next_cursor], page.to_h.keys)
    assert_equal(ids.first(2), JSON.parse(page.to_json)["endpoints"].map { |item| item["id"] })
    assert_match(/\A#<struct HookBridge::ListEndpointsResponse endpoints=\[#<struct HookBridge::EndpointSummary/, page.inspect)
    case page
    in { endpoints: [first, *], next_cursor: String } then assert_equal(ids[0], first.id)
    end

    second = page.next_page
    assert_equal(client.list_endpoints(limit: 2, cursor: page.next_cursor), second)
    last = second.next_page
    assert_equal([1, false, nil, nil], [last.size, last.has_more, last.next_cursor, last.next_page])
    kept = Marshal.load(Marshal.dump(page))
    assert_equal(page, kept)
    assert_match(/next_cursor/, assert_raises(HookBridge::Error) { kept.next_page }.message)
  end

  def test_iterators_walk_all_pages_each_when_it_is_reached
    client = open_client(max_attempts: 1)
    endpoint = client.create_endpoint(URL)
    client.send_batch(Array.new(7) { |n| { endpoint_id: endpoint.id, payload: n } })
    client.send(endpoint_id: client.create_endpoint(URL).id, payload: "other")
    assert(client.flush(timeout: 60))
    logs = client.get_logs(endpoint_id: endpoint.id).map(&:message_id)
    assert_equal(7, logs.size)
    walked = []
    assert_same(client, client.iter_logs(endpoint_id: endpoint.id, limit: 3) { |item| walked << item.message_id })
    assert_equal(logs, walked)
    assert_equal([8, 8], [client.iter_logs.count, client.iter_dlq_messages(limit: 3).to_a.size])
    assert_equal(2, client.iter_endpoints(limit: 1).map(&:id).uniq.size)
    assert_equal([1], client.get_message_attempts(logs[0]).map(&:attempt_no))

    calls = 0
    client.define_singleton_method(:get_logs) { |**given| (calls += 1) && super(**given) }
    items = client.iter_logs(endpoint_id: endpoint.id, limit: 2)
    assert_instance_of(Enumerator, items)
    assert_equal(0, calls)
    assert_equal(logs.first(3), items.lazy.map(&:message_id).first(3))
    assert_equal(2, calls)
    assert_equal(logs[0], items.next.message_id)
  end

  def test_every_method_refuses_a_keyword_that_it_does_not_have
    client = open_client(delivery: "off")
    names = HookBridge.public_instance_methods(false) - %i[inspect]
    assert_operator(names.size, :>, 35)
    names.each do |name|
      required = client.method(name).parameters.filter_map { |kind, _| "x" if kind == :req }
      keywords = client.method(name).parameters.filter_map { |kind, key| [key, "x"] if kind == :keyreq }.to_h
      next if required.empty? && keywords.empty? && client.method(name).arity.zero?

      assert_raises(ArgumentError, name) { client.public_send(name, *required, **keywords, idempotencykey: "x") }
    end
  end

  def test_a_schedule_is_cleared_by_nil_and_stays_where_nothing_is_said
    client = open_client(delivery: "off")
    endpoint = client.create_endpoint(URL, retry_schedule: [5])
    assert_equal({ "slow" => [5.0], "fast" => [5.0] }, client.update_endpoint(endpoint.id, burst: nil).retry_schedule)
    assert_nil(client.update_endpoint(endpoint.id, retry_schedule: nil).retry_schedule)
  end

  private

  # All that a program might print by accident.
  def printed(value)
    [value.inspect, value.to_s, format("%p", value), [value].inspect, capture_io { [puts(value), p(value), pp([[value]])] }.join]
  end
end
