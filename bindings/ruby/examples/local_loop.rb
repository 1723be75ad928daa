# frozen_string_literal: true

require "hookbridge"

HookBridge.open(database: "local.db", allow_local_endpoints: true) do |client|
  endpoint = client.create_endpoint("http://127.0.0.1:9000/hooks")
  result = client.send(endpoint_id: endpoint.id, payload: { event: "order.created" })
  client.flush
  puts client.get_message(result.message_id).status
end
