# frozen_string_literal: true

# A whole program: an outbox, three messages, and a receiver in the same process that verifies their signatures.
#
#   ruby -I lib examples/orders.rb

require "hookbridge"
require "openssl"
require "socket"
require "tmpdir"

# Compares in constant time, so that nobody can guess a signature byte by byte.
def verified?(secret, headers, body)
  expected = "sha256=#{OpenSSL::HMAC.hexdigest("SHA256", secret, "#{headers["x-webhook-timestamp"]}.#{body}")}"
  headers["x-webhook-signature"].split(",").any? { |given| OpenSSL.secure_compare(expected, given) }
end

# One request; in a real receiver this is a controller.
def receive(socket, secret, verified)
  headers = {}
  while (line = socket.gets.chomp) != ""
    name, value = line.split(": ", 2)
    headers[name.downcase] = value
  end
  body = socket.read(headers["content-length"].to_i)
  verified << [headers["x-webhook-id"], JSON.parse(body)["event"]] if verified?(secret.pop, headers, body)
  socket.write("HTTP/1.1 204 No Content\r\n\r\n")
end

server = TCPServer.new("127.0.0.1", 0)
secret = Queue.new
verified = Queue.new
Thread.new do
  loop do
    Thread.new(server.accept) { |socket| receive(socket, secret, verified) while socket.gets }
  end
end

Dir.mktmpdir do |folder|
  # Local receivers are refused unless they are allowed: a webhook's URL is often a stranger's.
  HookBridge.open(database: File.join(folder, "outbox.db"), allow_local_endpoints: true) do |client|
    endpoint = client.create_endpoint("http://127.0.0.1:#{server.addr[1]}/orders")
    3.times { secret << endpoint.signing_secret }
    3.times do |number|
      client.send(
        endpoint_id: endpoint.id,
        payload: { event: "order.created", order_id: "ord_#{number}" },
        idempotency_key: "order-#{number}-created-v1"
      )
    end
    abort "not everything was delivered" unless client.flush(timeout: 30)
  end
end

3.times do
  id, event = verified.pop
  puts "delivered #{id}: #{event}"
end
puts "all delivered, signatures verified"
