# frozen_string_literal: true

# The driver of Ruby. See tests/conformance/README.md.

require "hookbridge"
require_relative "../../../../bindings/ruby/test/support/reactor"

# Carries out commands by the gem's own methods.
class Driver
  PAYLOADS = %w[payload payload_text payload_base64].freeze
  # Arguments that are called otherwise than their field.
  RENAMED = { "api_key_id" => "api_key_ids", "user_id" => "user_ids" }.freeze
  IDS = RENAMED.values.freeze

  def initialize
    @clients = {}
    @events = {}
  end

  def reply(command)
    { id: command["id"], ok: carry_out(command) }
  rescue StandardError => e
    { id: command["id"], error: shown(e) }
  end

  private

  def carry_out(command)
    case command["do"]
    when "hello" then { language: "ruby", can: %w[fork async pages request_id] }
    when "open"
      @clients[command["as"]] = HookBridge.new(**named(command["options"]))
      {}
    when "call" then call(command)
    when "async" then scheduled(command)
    when "many" then many(command)
    when "events" then events(command)
    when "flush" then client(command).flush(**timeout(command))
    when "close"
      client(command).close(**timeout(command))
      {}
    when "fork" then forked(command)
    when "page" then page(command)
    when "walk" then walked(command)
    when "exit" then {}
    else raise ArgumentError, "there is no command #{command["do"]}"
    end
  end

  def client(command)
    @clients.fetch(command["on"])
  end

  def timeout(command)
    command["timeout"] ? { timeout: command["timeout"] } : {}
  end

  def call(command, number = 0)
    result(command["method"], called(command, number))
  end

  # The method's own parameters say which arguments it takes by place.
  def called(command, number = 0)
    method = client(command).public_method(command["method"])
    arguments = prepared(numbered(command["args"] || {}, number))
    placed = method.parameters.filter_map { |kind, name| arguments.delete(name) if %i[req opt].include?(kind) && arguments[name] }
    method.call(*placed, **arguments)
  end

  def page(command)
    found = called(command)
    { items: found.map { |item| plain(item) }, length: found.size, last: plain(found[-1]),
      has_more: found.has_more, next_cursor: found.next_cursor }
  end

  def walked(command)
    items = called(command).lazy
    items = items.first(command["count"]) if command["count"]
    items.map { |item| plain(item) }.to_a
  end

  # Ruby's asynchronous way: a fiber under a scheduler. What was scheduled has run when the thread ends.
  def scheduled(command)
    outcome = nil
    Thread.new do
      Fiber.set_scheduler(Reactor.new)
      Fiber.schedule do
        outcome = call(command)
      rescue StandardError => e
        outcome = e
      end
    end.join
    outcome.is_a?(StandardError) ? raise(outcome) : outcome
  end

  def many(command)
    results = Array.new(command["times"])
    numbers = Queue.new
    command["times"].times { |number| numbers << number }
    numbers.close
    threads = Array.new(command["threads"]) do
      Thread.new do
        while (number = numbers.pop)
          results[number] = attempt(command, number)
        end
      end
    end
    threads.each(&:join)
    { results: }
  end

  def attempt(command, number)
    { ok: call(command, number) }
  rescue StandardError => e
    { error: shown(e) }
  end

  def events(command)
    queue = (@events[command["on"]] ||= command["watch"] ? client(command).watch : client(command).events)
    deadline = now + (command["timeout"] || 30)
    found = []
    while found.size < command["count"].to_i
      event = queue.next(timeout: [deadline - now, 0].max)
      break if event.nil?

      found << plain(event)
    end
    found
  end

  def forked(command)
    readable, writable = IO.pipe
    child = fork do
      readable.close
      writable.write(JSON.generate(command["commands"].map { |inner| reply(inner) }))
      writable.close
      exit!(0)
    end
    writable.close
    replies = JSON.parse(readable.read)
    { replies:, status: Process.wait2(child).last.exitstatus }
  end

  def prepared(arguments)
    arguments = with_payload(arguments).transform_keys { |name| RENAMED.fetch(name, name) }
    IDS.each { |name| arguments[name] = arguments[name].split(",") if arguments.key?(name) }
    arguments["messages"] = arguments["messages"].map { |item| named(with_payload(item)) } if arguments.key?("messages")
    named(arguments)
  end

  def with_payload(arguments)
    return arguments unless PAYLOADS.any? { |name| arguments.key?(name) }

    arguments.except(*PAYLOADS).merge("payload" => payload(arguments))
  end

  def payload(arguments)
    text, coded, value = arguments.values_at("payload_text", "payload_base64", "payload")
    return value unless text || coded

    HookBridge::RawJson.new(text || coded.unpack1("m"))
  end

  def named(fields)
    fields.transform_keys(&:to_sym)
  end

  # "%i" in every string is the call's number.
  def numbered(value, number)
    case value
    when String then value.gsub("%i", number.to_s)
    when Array then value.map { |item| numbered(item, number) }
    when Hash then value.transform_values { |item| numbered(item, number) }
    else value
    end
  end

  def result(method, found)
    case method
    when "send_batch"
      { results: found.map { |item| item.is_a?(HookBridge::SendFailure) ? { error: item.to_h } : plain(item) } }
    when "download_export" then { download_url: found }
    else found.is_a?(Array) ? { data: plain(found), has_more: false, next_cursor: nil } : shown_result(found)
    end
  end

  def shown_result(found)
    return {} if found.nil?

    found.is_a?(HookBridge::Page) ? { data: plain(found.to_a), **found.to_h.slice(:has_more, :next_cursor) } : plain(found)
  end

  # A result as the suite compares it.
  def plain(value)
    case value
    when Struct then value.to_h.transform_values { |item| plain(item) }
    when Time then value.getutc.iso8601(3)
    when Hash then value.transform_values { |item| plain(item) }
    when Array then value.map { |item| plain(item) }
    else value
    end
  end

  def shown(error)
    return { class: "TypeError", message: error.inspect } unless error.is_a?(HookBridge::Error)

    name = error.instance_of?(HookBridge::Error) ? "HookBridgeError" : error.class.name.delete_prefix("HookBridge::")
    { class: name, code: error.code, message: error.message, status: error.status_code, retryable: error.retryable?,
      request_id: error.request_id, retry_after: error.retry_after }
  end

  def now
    Process.clock_gettime(Process::CLOCK_MONOTONIC)
  end
end

$stdout.sync = true
driver = Driver.new
$stdin.each_line do |line|
  command = JSON.parse(line)
  puts(JSON.generate(driver.reply(command)))
  exit if command["do"] == "exit"
end
# Without closing what is open, and without waiting for it.
exit!(0)
