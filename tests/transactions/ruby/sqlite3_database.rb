# frozen_string_literal: true

# The gem sqlite3.

require "hookbridge"
require "sqlite3"

endpoint_id, order = ENV.values_at("ENDPOINT_ID", "ORDER")
insert = "INSERT INTO orders (reference) VALUES (?)"
payload = { order:, to: "Zoë / Øre", paid: true }
headers = { "X-Source" => "orders" }
database = SQLite3::Database.new(ENV.fetch("SQLITE_FILE"))
database.busy_timeout = 5_000

HookBridge.open do |client|
  database.transaction(:immediate) do
    database.execute(insert, ["#{order} committed"])
    receipt = client.send(endpoint_id:, payload:, headers:, transaction: database)
    puts "committed #{receipt.message_id}"
  end

  database.transaction(:immediate)
  database.execute(insert, ["#{order} rolled back"])
  receipt = client.send(endpoint_id:, payload:, transaction: database)
  database.rollback
  puts "rolled back #{receipt.message_id}"

  begin
    database.transaction(:immediate) do
      database.execute(insert, ["#{order} refused"])
      client.send(endpoint_id: "ep_unknown", payload:, transaction: database)
    end
  rescue HookBridge::NotFoundError => e
    puts "refused #{e.code} #{e.status_code}"
  end
end
