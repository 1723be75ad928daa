# frozen_string_literal: true

# ActiveRecord, over PostgreSQL or SQLite: a class, or the connection of one.

require "active_record"
require "hookbridge"

endpoint_id, order = ENV.values_at("ENDPOINT_ID", "ORDER")
payload = { order:, to: "Zoë / Øre", paid: true }
headers = { "X-Source" => "orders" }
ActiveRecord::Base.establish_connection(ENV.fetch("DATABASE_URL"))

# What the shop sells.
class Order < ActiveRecord::Base
end

HookBridge.open do |client|
  # As in a request of Rails: the cache of queries must not answer a send.
  Order.cache do
    Order.transaction do
      Order.create!(reference: "#{order} committed")
      receipt = client.send(endpoint_id:, payload:, headers:, transaction: Order)
      puts "committed #{receipt.message_id}"
    end

    Order.transaction do
      Order.create!(reference: "#{order} rolled back")
      first = client.send(endpoint_id:, payload:, transaction: Order.connection)
      second = client.send(endpoint_id:, payload:, transaction: Order.connection)
      raise "one message for two sends" if first == second

      puts "rolled back #{first.message_id}"
      raise ActiveRecord::Rollback
    end

    begin
      Order.transaction do
        Order.create!(reference: "#{order} refused")
        client.send(endpoint_id: "ep_unknown", payload:, transaction: ActiveRecord::Base)
      end
    rescue HookBridge::NotFoundError => e
      puts "refused #{e.code} #{e.status_code}"
    end
  end
end
