# frozen_string_literal: true

require "test_helper"

# The extension under valgrind. Ruby reads its stack as it is, so that only addresses are watched, and Ruby's own
# probing of its stack is passed over: what counts is that no error has a frame of ours.
class ValgrindTest < OutboxTest
  OPTIONS = %w[--undef-value-errors=no --num-callers=40 --max-stackframe=9000000].freeze
  PROGRAM = <<~'RUBY'
    HookBridge.open(database: ARGV[0], durability: "normal", delivery: "off", allow_local_endpoints: true, verify_dns: false) do |client|
      endpoint = client.create_endpoint("http://127.0.0.1:9/").id
      200.times { |n| client.send(endpoint_id: endpoint, payload: { n: n }, headers: { "X-A" => "b" }) }
      begin
        client.get_endpoint("ep_00000000000000000000000000000000")
      rescue HookBridge::NotFoundError => e
        puts e.code
      end
      waiter = Thread.new { client.flush(timeout: 600) }
      waiter.report_on_exception = false
      sleep(0.2)
      waiter.raise("enough")
      puts((waiter.join rescue $!.message))
      client.events.next
      GC.start
      puts client.stats.queued
    end
  RUBY

  def test_no_address_is_used_that_is_not_ours
    skip("valgrind is not installed") unless system("valgrind", "--version", out: File::NULL, err: File::NULL)
    log = File.join(@folder, "valgrind.log")
    command = ["valgrind", *OPTIONS, "--log-file=#{log}", RbConfig.ruby, "--disable=gems", "-I", LIBRARY, "-r", "hookbridge"]
    output = Timeout.timeout(600) { IO.popen([*command, "-e", PROGRAM, settings[:database]], &:read) }
    assert_equal(%w[ENDPOINT_NOT_FOUND enough 200], output.split)
    found = File.read(log)
    assert_match(/ERROR SUMMARY/, found)
    refute_match(/hookbridge/, found.lines.reject { |line| line.include?("Command:") }.join)
  end
end
