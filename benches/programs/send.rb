# frozen_string_literal: true

# Prints the median microseconds of a send, and sends a second. Without an endpoint, of an event.

require "hookbridge"

database, endpoint_id, payload, warm_up, sends = ARGV
warm_up = Integer(warm_up)
sends = Integer(sends)
payload = HookBridge::RawJson.new(payload)
client = HookBridge.new(database:, durability: "normal", delivery: "off", allow_local_endpoints: true)
now = -> { Process.clock_gettime(Process::CLOCK_MONOTONIC) }
send = -> { endpoint_id.empty? ? client.send_event("order.created", payload) : client.send(endpoint_id:, payload:) }

warm_up.times { send.call }
taken = Array.new(sends) do
  begun = now.call
  send.call
  now.call - begun
end
begun = now.call
sends.times { send.call }
rate = sends / (now.call - begun)
client.close
puts "#{taken.sort[sends / 2] * 1e6} #{rate}"
