# frozen_string_literal: true

# What the function refuses, as errors of the gem. A savepoint, and the transaction goes on.

require "hookbridge"
require "pg"

DAY = 24 * 3600
endpoint_id = ENV.fetch("ENDPOINT_ID")
CASES = [
  { endpoint_id: "ep_unknown", payload: nil },
  { payload: 1, headers: { Host: "example.com" } },
  { payload: 1, idempotency_key: "not a key" },
  { payload: 1, deliver_at: "2030-02-31T00:00:00Z" },
  { payload: 1, ordering_key: "a\0b" },
  { payload: 2, idempotency_key: "one" },
  { payload: "x" * 1_048_576 }
].freeze

def refused
  yield
  raise "nothing was refused"
rescue HookBridge::Error => e
  raise "the code is in #{e.message}" if e.message.start_with?(e.code)

  puts "refused #{e.code} #{e.status_code}"
end

connection = PG.connect(ENV.fetch("DATABASE_URL"))
HookBridge.open do |client|
  connection.exec("BEGIN")
  first = client.send(
    endpoint_id:, payload: HookBridge::RawJson.new("1".b), idempotency_key: "one", ordering_key: "customer-7",
    deliver_at: Time.now + DAY, expires_at: Time.now + (2 * DAY), retention_hours: 1, transaction: connection
  )
  again = client.send(endpoint_id:, payload: 1, idempotency_key: "one", transaction: connection)
  raise "#{again} is not #{first}" unless again == first

  CASES.each do |given|
    connection.exec("SAVEPOINT before")
    refused { client.send(endpoint_id:, **given, transaction: connection) }
    connection.exec("ROLLBACK TO before")
  end
  connection.exec("ROLLBACK")
  refused { client.send(endpoint_id:, payload: 1, transaction: connection) }
end
