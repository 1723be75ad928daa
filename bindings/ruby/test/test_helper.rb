# frozen_string_literal: true

require "minitest/autorun"
require "fileutils"
require "pathname"
require "rbconfig"
require "socket"
require "timeout"
require "tmpdir"
require "hookbridge"

# A real receiver on loopback.
class Receiver
  Delivery = Struct.new(:path, :headers, :body) do
    def message_id
      headers.fetch("x-webhook-id")
    end
  end

  attr_reader :url

  # @param answer [Proc] the status for a delivery
  def initialize(&answer)
    @answer = answer || ->(_) { 200 }
    @server = TCPServer.new("127.0.0.1", 0)
    @url = "http://127.0.0.1:#{@server.addr[1]}/hooks"
    @deliveries = Queue.new
    @kept = []
    @thread = Thread.new { accept }
  end

  # The next +count+ deliveries, in the order in which they came.
  def take(count, within: 60)
    Timeout.timeout(within) { Array.new(count) { @deliveries.pop } }
  end

  # All that came and was not taken.
  def rest
    Array.new(@deliveries.size) { @deliveries.pop }
  end

  def close
    @thread.kill
    @server.close
  end

  private

  def accept
    loop do
      connection = @server.accept
      Thread.new(connection) do |socket|
        serve(socket)
      rescue SystemCallError, IOError
        # A killed sender resets its connections.
      ensure
        socket.close
      end
    end
  end

  def serve(socket)
    while (line = socket.gets)
      headers = {}
      while (header = socket.gets.chomp) != ""
        name, value = header.split(": ", 2)
        headers[name.downcase] = value
      end
      delivery = Delivery.new(line.split[1], headers, socket.read(headers.fetch("content-length").to_i))
      status = @answer.call(delivery)
      @deliveries << delivery
      socket.write("HTTP/1.1 #{status} Answer\r\nContent-Length: 0\r\n\r\n")
    end
  end
end

# A folder, settings for an outbox in it, and whatever must be closed afterwards.
class OutboxTest < Minitest::Test
  LIBRARY = File.expand_path("../lib", __dir__)
  REPOSITORY = File.expand_path("../../..", __dir__)

  def setup
    @folder = Dir.mktmpdir("hookbridge-ruby")
    @receivers = []
    @clients = []
  end

  def teardown
    @clients.each { |client| client.close(timeout: 2.0) }
    @receivers.each(&:close)
    FileUtils.rm_rf(@folder)
  end

  def settings(**others)
    {
      database: File.join(@folder, "outbox.db"), allow_local_endpoints: true, verify_dns: false, retry_schedule: [0.05], **others
    }
  end

  def open_client(**others)
    client = HookBridge.new(**settings(**others))
    @clients << client
    client
  end

  def open_receiver(&)
    receiver = Receiver.new(&)
    @receivers << receiver
    receiver
  end

  # A client, a receiver and an endpoint that leads to it.
  def connected(**others, &)
    client = open_client(**others)
    receiver = open_receiver(&)
    [client, receiver, client.create_endpoint(receiver.url)]
  end

  def eventually(within: 30)
    deadline = Process.clock_gettime(Process::CLOCK_MONOTONIC) + within
    loop do
      found = yield
      return found if found

      flunk("it did not come about") if Process.clock_gettime(Process::CLOCK_MONOTONIC) > deadline
      sleep(0.01)
    end
  end

  # Starts another Ruby on +program+; its output can be read from the answer's +io+.
  def start_ruby(program, *arguments)
    IO.popen([RbConfig.ruby, "-I", LIBRARY, "-r", "hookbridge", "-e", program, *arguments])
  end
end
