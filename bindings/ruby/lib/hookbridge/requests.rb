# frozen_string_literal: true

class HookBridge
  # From arguments to the engine's JSON.
  module Requests
    # Deeper than the engine takes, and not so deep that Ruby's generator could run out of stack.
    NESTING = 1_000

    module_function

    # A request, without the arguments that were not given.
    def document(request)
      generate(request.compact, "an argument")
    end

    # The bytes that are stored and sent.
    def payload(value)
      value.is_a?(String) ? value : generate(value, "the payload")
    end

    # Headers as the engine takes them.
    def headers(headers)
      return if headers.nil? || headers.empty?

      headers.map do |name, value|
        name = name.name if name.is_a?(Symbol)
        raise wrong("header names and values are strings", "INVALID_HEADERS") unless name.is_a?(String) && value.is_a?(String)

        [name, value]
      end
    end

    # The request of a batch. Payloads that are strings go in as they are.
    def batch(messages)
      items = messages.map do |message|
        rest = message.to_h.transform_keys(&:to_s)
        raise wrong("a message has no payload") unless rest.key?("payload")

        text = payload(rest.delete("payload"))
        text = text.dup.force_encoding(Encoding::UTF_8) unless text.encoding == Encoding::UTF_8
        raise wrong("the payload is not UTF-8") unless text.valid_encoding?

        fields = document(rest).delete_suffix("}")
        %(#{fields}#{"," unless fields == "{"}"payload":#{text}})
      end
      %({"messages":[#{items.join(",")}]})
    end

    # A moment as the engine takes it.
    def time(moment)
      moment.nil? || moment.is_a?(String) ? moment : moment.to_time.getutc.iso8601(6)
    end

    # One id, or a list of them.
    def ids(ids)
      text = Array(ids).join(",")
      text unless text.empty?
    end

    def generate(value, what)
      JSON.generate(value, max_nesting: NESTING)
    rescue JSON::JSONError, EncodingError => e
      raise wrong("#{what} is not JSON: #{e.message}")
    end

    def wrong(message, code = "INVALID_REQUEST")
      ValidationError.new(message, code:, status: 400)
    end
  end
  private_constant :Requests
end
