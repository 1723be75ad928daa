# frozen_string_literal: true

require "hookbridge"

HookBridge.open(database: "hookbridge.db") do |client|
  client.iter_dlq_messages do |message|
    puts "#{message.message_id} #{message.last_error}"
    client.replay_from_dlq(message.message_id)
  end
  client.flush
end
