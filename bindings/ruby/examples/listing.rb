# frozen_string_literal: true

require "hookbridge"

HookBridge.open(database: "hookbridge.db") do |client|
  page = client.list_endpoints(limit: 20)
  puts "#{page.size} #{page.first.id}"
  puts "that is all" if page.next_page.nil?

  client.iter_logs(status: "succeeded") do |message|
    puts "#{message.message_id} #{message.status}"
  end
end
