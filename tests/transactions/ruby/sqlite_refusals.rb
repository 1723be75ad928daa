# frozen_string_literal: true

# What SQLite's table refuses, as errors of the gem. A savepoint, and the transaction goes on.

require "hookbridge"
require "sqlite3"

DAY = 24 * 3600
endpoint_id = ENV.fetch("ENDPOINT_ID")
CASES = [
  { endpoint_id: "ep_unknown", payload: nil },
  { payload: 1, headers: { Host: "example.com" } },
  { payload: 1, idempotency_key: "not a key" },
  { payload: 1, deliver_at: "2030-02-31T00:00:00Z" },
  { payload: 1, ordering_key: "a\0b" },
  { payload: "x" * 1_048_576 }
].freeze

def refused
  yield
  raise "nothing was refused"
rescue HookBridge::Error => e
  raise "the code is in #{e.message}" if e.message.start_with?(e.code)

  puts "refused #{e.code} #{e.status_code}"
end

# What an application may have set is not what is read here.
database = SQLite3::Database.new(ENV.fetch("SQLITE_FILE"), results_as_hash: true)
database.busy_timeout = 5_000
HookBridge.open do |client|
  database.execute("BEGIN IMMEDIATE")
  first = client.send(
    endpoint_id:, payload: HookBridge::RawJson.new("1".b), idempotency_key: "one", ordering_key: "customer-7",
    deliver_at: Time.now + DAY, expires_at: Time.now + (2 * DAY), retention_hours: 1, transaction: database
  )
  raise "no id: #{first}" unless first.message_id.length == 36

  CASES.each do |given|
    database.execute("SAVEPOINT before")
    refused { client.send(endpoint_id:, **given, transaction: database) }
    database.execute("ROLLBACK TO before")
  end
  database.execute("ROLLBACK")
  refused { client.send(endpoint_id:, payload: 1, transaction: database) }
end
