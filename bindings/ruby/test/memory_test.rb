# frozen_string_literal: true

require "test_helper"

# Resident memory and descriptors stay flat. Each runs in a process of its own, so that nothing else counts.
class MemoryTest < OutboxTest
  # What may be added after the warm-up, in kilobytes.
  ALLOWED = 16 * 1024

  MEASURE = <<~RUBY
    def resident
      GC.start
      File.read("/proc/self/status")[/^VmRSS:\\s+(\\d+)/, 1].to_i
    end
    def descriptors = Dir.children("/proc/self/fd").size
    settings = { database: ARGV[0], durability: "normal", delivery: "off", allow_local_endpoints: true, verify_dns: false }
  RUBY

  SENDS = <<~RUBY
    client = HookBridge.new(**settings)
    endpoint = client.create_endpoint("http://127.0.0.1:9/").id
    payload = { event: "order.created", text: "x" * 200 }
    send = ->(count) { count.times { |n| client.send(endpoint_id: endpoint, payload: payload, headers: { "X-N" => n.to_s }) } }
    send.call(20_000)
    memory, files = resident, descriptors
    send.call(100_000)
    puts resident - memory, descriptors - files, client.stats.queued
  RUBY

  CYCLES = <<~RUBY
    cycle = lambda do |count|
      count.times do
        HookBridge.open(**settings) do |client|
          client.stats
          client.events.next
        end
      end
    end
    cycle.call(100)
    memory, files = resident, descriptors
    cycle.call(1_000)
    puts resident - memory, descriptors - files, Dir.children("/proc/self/task").size
  RUBY

  UNCLOSED = <<~RUBY
    open = ->(count) { count.times { |n| HookBridge.new(**settings).stats and (GC.start if (n % 20).zero?) } }
    open.call(400)
    memory = resident
    open.call(600)
    threads = -> { Dir.children("/proc/self/task").size }
    deadline = Time.now + 30
    # Nobody waits for the threads of a client that was forgotten.
    (GC.start || sleep(0.05)) until threads.call < 20 || Time.now > deadline
    puts resident - memory, threads.call
  RUBY

  def test_a_hundred_thousand_sends
    grown, files, queued = measured(SENDS)
    assert_operator(grown, :<, ALLOWED)
    assert_equal([0, 120_000], [files, queued])
  end

  def test_a_thousand_clients_opened_and_closed
    grown, files, threads = measured(CYCLES)
    assert_operator(grown, :<, ALLOWED)
    assert_operator(files, :<=, 0)
    assert_operator(threads, :<, 20)
  end

  def test_clients_that_are_forgotten_are_collected
    grown, threads = measured(UNCLOSED)
    # How many are there at once, and so what the allocator keeps, is the collector's affair; one that stays has threads.
    assert_operator(grown, :<, 3 * ALLOWED)
    assert_operator(threads, :<, 100)
  end

  private

  def measured(program)
    started = start_ruby(MEASURE + program, settings[:database])
    output = Timeout.timeout(900) { started.read }
    started.close
    assert_predicate(Process.last_status, :success?, output)
    output.lines.map(&:to_i)
  end
end
