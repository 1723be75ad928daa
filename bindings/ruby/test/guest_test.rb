# frozen_string_literal: true

require "test_helper"
require "support/reactor"

# What a Ruby program expects of a library that waits: threads, interrupts, fibers and ractors.
class GuestTest < OutboxTest
  class Refused < StandardError; end

  def test_threads_send_at_once_and_nothing_is_lost
    client, receiver, endpoint = connected(durability: "normal")
    ids = Array.new(8) do |thread|
      Thread.new { Array.new(100) { |n| client.send(endpoint_id: endpoint.id, payload: { thread:, n: }).message_id } }
    end.flat_map(&:value)
    assert_equal(800, ids.uniq.size)
    assert_equal(ids.sort, receiver.take(800).map(&:message_id).sort)
  end

  def test_other_threads_run_while_one_waits
    client = waiting_client
    counted = 0
    waiter = Thread.new { client.flush(timeout: 1.0) }
    counted += 1 while waiter.alive?
    refute(waiter.value)
    assert_operator(counted, :>, 1_000)
  end

  def test_an_exception_from_another_thread_ends_a_wait
    client = waiting_client
    waits(client).each do |wait|
      waiter = Thread.new(&wait)
      waiter.report_on_exception = false
      sleep(0.05)
      waiter.raise(Refused)
      assert_raises(Refused) { Timeout.timeout(30) { waiter.join } }
      killed = Thread.new(&wait)
      sleep(0.05)
      killed.kill
      assert(killed.join(30))
    end
  end

  def test_a_timeout_ends_a_wait
    client = waiting_client
    waits(client).each { |wait| assert_raises(Timeout::Error) { Timeout.timeout(0.1) { wait.call } } }
  end

  def test_an_exception_that_is_pending_is_raised_and_nothing_is_half_done
    client, _, endpoint = connected(delivery: "off")
    accepted = Queue.new
    50.times do
      sender = Thread.new { loop { accepted << client.send(endpoint_id: endpoint.id, payload: 1).message_id } }
      sender.report_on_exception = false
      Thread.pass
      sender.raise(Refused)
      assert_raises(Refused) { sender.join(30) }
    end
    assert_operator(client.stats.queued, :>=, accepted.size)
    assert_equal(accepted.size, Array.new(accepted.size) { accepted.pop }.uniq.size)
  end

  def test_signals_reach_a_program_that_waits
    { "INT" => "Interrupt", "TERM" => "SignalException" }.each do |signal, name|
      program = start_ruby(<<~'RUBY', File.join(@folder, "#{signal}.db"))
        client = HookBridge.new(database: ARGV[0], allow_local_endpoints: true, verify_dns: false, delivery: "off")
        endpoint = client.create_endpoint("http://127.0.0.1:9/")
        client.send(endpoint_id: endpoint.id, payload: 1)
        Signal.trap("INT", "DEFAULT")
        $stdout.sync = true
        begin
          puts "waiting"
          client.flush(timeout: 600)
        rescue SignalException => e
          puts e.class
        end
      RUBY
      assert_equal("waiting\n", program.gets)
      sleep(0.1)
      Process.kill(signal, program.pid)
      assert_equal("#{name}\n", Timeout.timeout(30) { program.gets })
      program.close
      assert_predicate(Process.last_status, :success?)
    end
  end

  def test_a_trap_may_send
    client, receiver, endpoint = connected
    previous = Signal.trap("USR2") { Thread.new { client.send(endpoint_id: endpoint.id, payload: 2) } }
    Process.kill("USR2", Process.pid)
    assert_equal(["2"], receiver.take(1).map(&:body))
  ensure
    Signal.trap("USR2", previous || "DEFAULT")
  end

  def test_fibers_send_and_do_not_hold_up_their_scheduler
    client, receiver, endpoint = connected
    events = client.events
    order = []
    Thread.new do
      Fiber.set_scheduler(Reactor.new)
      Fiber.schedule do
        order << events.next(timeout: 30).kind
      end
      Fiber.schedule do
        order << :before
        order << client.send(endpoint_id: endpoint.id, payload: 1).status
        assert_raises(HookBridge::NotFoundError) { client.get_endpoint("ep_00000000000000000000000000000000") }
        assert(client.flush)
      end
    end.join(60)
    assert_equal([:before, "queued"], order.first(2))
    assert_equal("message_delivered", order.last)
    assert_equal(1, receiver.take(1).size)
  end

  def test_plain_fibers_and_enumerators_work
    client, receiver, endpoint = connected
    ids = Enumerator.new { |out| 3.times { |n| out << client.send(endpoint_id: endpoint.id, payload: n).message_id } }
    assert_equal(Array.new(3) { ids.next }.sort, receiver.take(3).map(&:message_id).sort)
  end

  def test_a_ractor_sends_through_a_client_that_is_shared
    program = start_ruby(<<~'RUBY', File.join(@folder, "ractor.db"))
      Warning[:experimental] = false
      client = HookBridge.new(database: ARGV[0], allow_local_endpoints: true, verify_dns: false, delivery: "off")
      endpoint = client.create_endpoint("http://127.0.0.1:9/").id
      shared = Ractor.make_shareable(client)
      ractors = 4.times.map do |n|
        Ractor.new(shared, endpoint, n) do |mine, id, number|
          first = mine.send(endpoint_id: id, payload: { n: number }).message_id
          begin
            mine.get_message("0192ffff-ffff-7fff-bfff-ffffffffffff")
          rescue HookBridge::Error => e
            [first, mine.get_message(first).status, e.code]
          end
        end
      end
      found = ractors.map(&:take)
      puts found.map(&:first).uniq.size, found.map { |one| one[1..] }.uniq.flatten, client.stats.queued
    RUBY
    output = Timeout.timeout(60) { program.read }
    program.close
    assert_equal(%w[4 queued NOT_FOUND 4], output.split)
  end

  private

  # A client with a message that is never delivered: there is something to wait for.
  def waiting_client
    client, _, endpoint = connected(delivery: "off")
    client.send(endpoint_id: endpoint.id, payload: 1)
    client
  end

  def waits(client)
    events = client.events
    [-> { client.flush(timeout: 600) }, -> { events.next(timeout: 600) }, -> { events.each { |event| flunk(event.kind) } }]
  end
end
