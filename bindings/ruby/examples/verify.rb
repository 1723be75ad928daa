# frozen_string_literal: true

# Reads a delivery from stdin, as JSON with its secret, its headers and its body, and says whether it is genuine.

require "json"
# readme: begin
require "openssl"

def genuine?(secret, headers, body)
  key = secret.delete_prefix("whsec_").unpack1("m")
  signed = "#{headers["webhook-id"]}.#{headers["webhook-timestamp"]}.#{body}"
  expected = "v1,#{[OpenSSL::HMAC.digest("SHA256", key, signed)].pack("m0")}"
  fresh = (Time.now.to_i - headers["webhook-timestamp"].to_i).abs < 300
  fresh && headers["webhook-signature"].split.any? { |given| OpenSSL.secure_compare(expected, given) }
end
# readme: end

delivery = JSON.parse($stdin.read)
puts genuine?(*delivery.values_at("secret", "headers", "body")) ? "genuine" : "forged"
