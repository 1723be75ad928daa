# frozen_string_literal: true

require "test_helper"

# The same class on a server and as a relay. HOOKBRIDGE_COMMAND says where the `hookbridge` command is.
class RemoteTest < OutboxTest
  COMMAND = ENV.fetch("HOOKBRIDGE_COMMAND", nil)
  KEY = "hb_test_0123456789abcdefghijklmnopqrstuv"

  def setup
    super
    @sidecars = []
  end

  def teardown
    @sidecars.each do |sidecar|
      Process.kill("KILL", sidecar.pid)
      sidecar.close
    end
    super
  end

  def test_a_server_that_is_not_there_is_a_network_error
    client = HookBridge.new(api_key: KEY, base_url: "http://127.0.0.1:#{free_port}", retries: 0)
    error = assert_raises(HookBridge::NetworkError) { client.send(endpoint_id: "ep_1", payload: 1) }
    assert_equal(["NETWORK_ERROR", true], [error.code, error.retryable?])
    error = assert_raises(HookBridge::ValidationError) { HookBridge.new(base_url: "http://127.0.0.1:1") }
    assert_match(/api_key/, error.message)
  end

  def test_a_server_that_hangs_is_a_timeout_and_can_be_interrupted
    hanging = TCPServer.new("127.0.0.1", 0)
    client = HookBridge.new(api_key: KEY, base_url: "http://127.0.0.1:#{hanging.addr[1]}", retries: 0, timeout: 0.2)
    assert_equal("TIMEOUT", assert_raises(HookBridge::TimeoutError) { client.stats }.code)
    patient = HookBridge.new(api_key: KEY, base_url: "http://127.0.0.1:#{hanging.addr[1]}", retries: 0, timeout: 600)
    assert_raises(Timeout::Error) { Timeout.timeout(0.2) { patient.stats } }
    assert_raises(Timeout::Error) { Timeout.timeout(0.2) { patient.send(endpoint_id: "ep_1", payload: 1) } }
  ensure
    hanging.close
  end

  def test_over_http_and_as_a_relay
    skip("HOOKBRIDGE_COMMAND is not set") if COMMAND.nil?
    receiver = open_receiver
    server = start_sidecar
    client = HookBridge.new(api_key: KEY, base_url: server)
    endpoint = client.create_endpoint(receiver.url)
    result = client.send(endpoint_id: endpoint.id, payload: { a: 1 }, headers: { "X-A" => "b" })
    assert_equal([result.message_id], receiver.take(1).map(&:message_id))
    error = assert_raises(HookBridge::NotFoundError) { client.get_message("0192ffff-ffff-7fff-bfff-ffffffffffff") }
    refute_nil(error.request_id)
    wrong = HookBridge.new(api_key: "hb_test_wrong", base_url: server)
    assert_equal("UNAUTHORIZED", assert_raises(HookBridge::AuthenticationError) { wrong.list_endpoints }.code)

    relay = open_client(api_key: KEY, base_url: server, database: File.join(@folder, "relay.db"))
    id = relay.send(endpoint_id: endpoint.id, payload: HookBridge::RawJson.new("{\"exact\": 1.10}")).message_id
    delivery, = receiver.take(1)
    assert_equal("{\"exact\": 1.10}", delivery.body)
    eventually { relay.get_message(id).status == "succeeded" }
  end

  private

  def free_port
    TCPServer.open("127.0.0.1", 0) { |server| server.addr[1] }
  end

  def start_sidecar
    port = free_port
    arguments = %W[serve --database #{@folder}/served.db --listen 127.0.0.1:#{port} --allow-local-endpoints]
    environment = { "HOOKBRIDGE_API_KEY" => KEY, "HOOKBRIDGE_VERIFY_DNS" => "false" }
    sidecar = IO.popen([environment, COMMAND, *arguments], err: File::NULL)
    @sidecars << sidecar
    eventually do
      TCPSocket.open("127.0.0.1", port, &:close)
      true
    rescue SystemCallError
      false
    end
    "http://127.0.0.1:#{port}"
  end
end
