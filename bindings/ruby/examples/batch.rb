# frozen_string_literal: true

require "hookbridge"

HookBridge.open(database: "hookbridge.db") do |client|
  endpoint = client.list_endpoints.first
  results = client.send_batch(
    [
      { endpoint_id: endpoint.id, payload: { event: "order.created", order_id: "ord_124" } },
      { endpoint_id: endpoint.id, payload: HookBridge::RawJson.new('{"event": "order.paid", "total": 19.90}') },
      { endpoint_id: "ep_unknown", payload: { event: "order.created" } }
    ]
  )
  results.each do |result|
    case result
    in HookBridge::SendFailure then puts "refused #{result.code}"
    in HookBridge::SendWebhookResponse then puts "accepted #{result.message_id}"
    end
  end
  client.flush
end
