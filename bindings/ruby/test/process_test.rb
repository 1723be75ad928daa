# frozen_string_literal: true

require "test_helper"

# Forks, kills and ends: real processes on one file.
class ProcessTest < OutboxTest
  SENDER = <<~RUBY
    client = HookBridge.new(database: ARGV[0], allow_local_endpoints: true, verify_dns: false, retry_schedule: [0.05])
    $stdout.sync = true
    ARGV[2].to_i.times { |n| puts client.send(endpoint_id: ARGV[1], payload: { n: n }).message_id }
  RUBY

  def test_a_program_that_ends_without_close_delivers_in_its_own_run_each_message_once
    receiver, endpoint = prepared
    sender = start_ruby(SENDER, settings[:database], endpoint, "50")
    ids = sender.readlines(chomp: true)
    sender.close
    assert_predicate(Process.last_status, :success?)
    assert_equal(50, ids.uniq.size)
    assert_equal(ids.sort, receiver.rest.map(&:message_id).sort)
    assert(open_client.flush(timeout: 60))
    assert_empty(receiver.rest)
  end

  def test_a_receiver_that_does_not_answer_holds_an_exit_no_longer_than_it_may
    receiver = open_receiver { |_| sleep }
    endpoint = HookBridge.open(**settings(delivery: "off")) { |client| client.create_endpoint(receiver.url).id }
    begun = Process.clock_gettime(Process::CLOCK_MONOTONIC)
    sender = start_ruby(SENDER.sub("retry_schedule: [0.05]", "exit_timeout: 0.2"), settings[:database], endpoint, "1")
    assert_equal(1, sender.readlines.size)
    sender.close
    assert_predicate(Process.last_status, :success?)
    assert_operator(Process.clock_gettime(Process::CLOCK_MONOTONIC) - begun, :<, 20)
  end

  def test_a_kill_while_sending_loses_no_id_that_was_returned
    receiver, endpoint = prepared
    ids = []
    5.times do
      sender = start_ruby(SENDER, settings[:database], endpoint, "100000")
      ids.concat(Array.new(50) { sender.gets.chomp })
      Process.kill("KILL", sender.pid)
      ids.concat(sender.readlines.filter_map { |line| line.chomp if line.size == 37 })
      sender.close
    end
    finished(receiver, ids)
  end

  def test_a_client_of_the_master_works_in_every_worker_and_on_in_the_master
    client, receiver, endpoint = connected
    before = client.send(endpoint_id: endpoint.id, payload: 0).message_id
    ids = Array.new(4) { |worker| worker_sends(client, endpoint.id, worker) }.flat_map { |pipe| pipe.readlines(chomp: true) }
    statuses = Process.waitall.map { |_, status| status.exitstatus }
    assert_equal([0] * 4, statuses)
    after = client.send(endpoint_id: endpoint.id, payload: 1).message_id
    everything = [before, *ids, after]
    assert_equal(102, everything.uniq.size)
    assert(client.flush(timeout: 60))
    assert_empty(everything - receiver.rest.map(&:message_id))
  end

  def test_forks_under_busy_threads_neither_hang_nor_lose
    client, _, endpoint = connected(durability: "normal", delivery: "off")
    busy = true
    threads = Array.new(2) { Thread.new { [].tap { |ids| ids << send_one(client, endpoint.id) while busy } } }
    in_children = Array.new(20) do
      pipe = worker_sends(client, endpoint.id, 9, count: 3)
      Timeout.timeout(60) { pipe.readlines(chomp: true) }
    end
    assert(Process.waitall.all? { |_, status| status.success? })
    busy = false
    ids = threads.flat_map(&:value) + in_children.flatten
    assert_equal(60, in_children.flatten.size)
    assert_equal(ids.size, ids.uniq.size)
    assert_equal(ids.size, client.stats.queued)
  end

  def test_a_child_that_collects_garbage_and_closes_leaves_the_parent_alone
    client, receiver, endpoint = connected
    child = fork do
      GC.start
      client.close
      exit!(client.stats ? 1 : 2)
    rescue HookBridge::Error => e
      exit!(e.code == "CLOSED" ? 0 : 3)
    end
    assert_predicate(Process.wait2(child).last, :success?)
    client.send(endpoint_id: endpoint.id, payload: 1)
    assert_equal(1, receiver.take(1).size)
  end

  private

  def prepared
    receiver = open_receiver
    endpoint = HookBridge.open(**settings(delivery: "off")) { |client| client.create_endpoint(receiver.url).id }
    [receiver, endpoint]
  end

  def finished(receiver, ids)
    assert(open_client.flush(timeout: 60))
    assert_equal(ids.size, ids.uniq.size)
    assert_empty(ids - receiver.rest.map(&:message_id))
  end

  def send_one(client, endpoint)
    client.send(endpoint_id: endpoint, payload: 1).message_id
  end

  # A forked worker that sends and ends; its ids can be read from the answer.
  def worker_sends(client, endpoint, worker, count: 25)
    readable, writable = IO.pipe
    fork do
      readable.close
      count.times { |n| writable.puts(client.send(endpoint_id: endpoint, payload: { worker:, n: }).message_id) }
      writable.close
      exit!(0)
    end
    writable.close
    readable
  end
end
