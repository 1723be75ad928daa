# frozen_string_literal: true

require "hookbridge"
require "json"
require "webrick"

client = HookBridge.new(database: "hookbridge.db")
endpoint = client.list_endpoints.first

server = WEBrick::HTTPServer.new(BindAddress: "127.0.0.1", Port: 8000)
server.mount_proc("/orders") do |request, response|
  order_id = File.basename(request.path)
  result = client.send(
    endpoint_id: endpoint.id,
    payload: { event: "order.created", order_id: },
    idempotency_key: "#{order_id}-created"
  )
  response.status = 202
  response.content_type = "application/json"
  response.body = JSON.generate(message_id: result.message_id)
end
trap("TERM") { server.shutdown }
server.start
client.close
