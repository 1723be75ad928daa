# frozen_string_literal: true

# The gem pg.

require "hookbridge"
require "pg"

endpoint_id, order = ENV.values_at("ENDPOINT_ID", "ORDER")
insert = "INSERT INTO orders (reference) VALUES ($1)"
payload = { order:, to: "Zoë / Øre", paid: true }
headers = { "X-Source" => "orders" }
connection = PG.connect(ENV.fetch("DATABASE_URL"))

HookBridge.open do |client|
  connection.transaction do
    connection.exec_params(insert, ["#{order} committed"])
    receipt = client.send(endpoint_id:, payload:, headers:, transaction: connection)
    puts "committed #{receipt.message_id}"
  end

  connection.exec("BEGIN")
  connection.exec_params(insert, ["#{order} rolled back"])
  receipt = client.send(endpoint_id:, payload:, transaction: connection)
  connection.exec("ROLLBACK")
  puts "rolled back #{receipt.message_id}"

  begin
    connection.transaction do
      connection.exec_params(insert, ["#{order} refused"])
      client.send(endpoint_id: "ep_unknown", payload:, transaction: connection)
    end
  rescue HookBridge::NotFoundError => e
    puts "refused #{e.code} #{e.status_code}"
  end
end
