# frozen_string_literal: true

require "hookbridge"

HookBridge.open(database: "hookbridge.db") do |client|
  client.send(endpoint_id: "ep_unknown", payload: { event: "order.created" })
rescue HookBridge::NotFoundError => e
  puts "#{e.code} #{e.status_code}"
rescue HookBridge::Error => e
  puts "#{e.code} #{e.retryable? ? "again later" : "not again"}"
end
