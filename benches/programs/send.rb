# frozen_string_literal: true

# Prints the median microseconds of a send, and sends a second.

require "hookbridge"

database, endpoint_id, payload, warm_up, sends = ARGV
warm_up = Integer(warm_up)
sends = Integer(sends)
payload = HookBridge::RawJson.new(payload)
client = HookBridge.new(database:, durability: "normal", delivery: "off", allow_local_endpoints: true)
now = -> { Process.clock_gettime(Process::CLOCK_MONOTONIC) }

warm_up.times { client.send(endpoint_id:, payload:) }
taken = Array.new(sends) do
  begun = now.call
  client.send(endpoint_id:, payload:)
  now.call - begun
end
begun = now.call
sends.times { client.send(endpoint_id:, payload:) }
rate = sends / (now.call - begun)
client.close
puts "#{taken.sort[sends / 2] * 1e6} #{rate}"
