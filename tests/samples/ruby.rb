# frozen_string_literal: true

require "hookbridge"

client = HookBridge.new(api_key: "YOUR_API_KEY")

result = client.send(
  endpoint_id: "YOUR_ENDPOINT_ID",
  payload: { event: "order.created", order_id: "ord_123" },
  headers: { "X-Source" => "billing-service" },
  idempotency_key: "order-123-created-v1"
)
puts result.message_id
