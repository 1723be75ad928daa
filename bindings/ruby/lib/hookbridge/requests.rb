# frozen_string_literal: true

class HookBridge
  # The value of an argument that was not given, where nil says something.
  NOT_GIVEN = Object.new.freeze
  private_constant :NOT_GIVEN

  # From arguments to the engine's JSON.
  module Requests
    # Deeper than the engine takes, and not so deep that Ruby's generator could run out of stack.
    NESTING = 1_000
    # Fields of which nil is a value: it clears what is stored.
    CLEARED_BY_NIL = %i[retry_schedule].freeze

    module_function

    # A request, without the arguments that were not given. A payload always is: nil is null.
    def document(request)
      given = request.reject do |name, value|
        NOT_GIVEN.equal?(value) || (value.nil? && name != :payload && !CLEARED_BY_NIL.include?(name))
      end
      given.each { |name, value| check(name, value) }
      "{#{given.map { |name, value| "#{generate(name, "a name")}:#{embedded(value, "`#{name}`")}" }.join(",")}}"
    end

    # The engine's configuration.
    def configuration(settings)
      given = settings.compact.transform_values { |value| value.respond_to?(:to_path) ? value.to_path : value }
      generate(given, "a setting")
    end

    # The bytes that are stored and sent.
    def payload(value)
      value.is_a?(RawJson) ? value.document : generate(value, "`payload`")
    end

    # Headers as a send hands them over: pairs of names and values.
    def header_list(headers)
      return if headers.nil? || headers.empty?

      headers.map do |name, value|
        name = name.name if name.is_a?(Symbol)
        unless name.is_a?(String) && value.is_a?(String)
          raise wrong("`headers` must have strings as names and as values", "INVALID_HEADERS")
        end

        [name, value]
      end
    end

    # Headers as a request has them.
    def headers(headers)
      headers.nil? ? nil : header_list(headers).to_h
    end

    # The request of a batch.
    def batch(messages)
      %({"messages":#{items(:messages, messages, MESSAGE)}})
    end

    # Several requests with a payload, each with these fields.
    def several(name, given, fields)
      RawJson.new(items(name, given, fields))
    end

    # A moment as the engine takes it.
    def time(name, moment)
      return moment if moment.nil? || moment.is_a?(String)
      raise TypeError, "`#{name}` must be a Time or RFC 3339 text, not #{moment.class}" unless moment.respond_to?(:to_time)

      moment.to_time.getutc.iso8601(6)
    end

    # Several texts.
    def texts(name, values)
      return if values.nil?
      raise TypeError, "`#{name}` must be an Array of strings, not #{values.class}" unless values.respond_to?(:to_a)

      values.to_a.each_with_index do |value, index|
        raise TypeError, "`#{name}[#{index}]` must be a String, not #{value.class}" unless value.is_a?(String)
      end
    end

    # One word, or several.
    def words(values)
      values.nil? ? nil : Array(values)
    end

    def generate(value, what)
      JSON.generate(value, max_nesting: NESTING)
    rescue JSON::JSONError, EncodingError => e
      raise wrong("#{what} is not JSON: #{e.message}")
    end

    def wrong(message, code = "INVALID_REQUEST")
      ValidationError.new(message, code:, status_code: 400)
    end

    def items(name, given, fields)
      if given.is_a?(Hash) || !given.respond_to?(:each_with_index)
        raise TypeError, "`#{name}` must be an Array of hashes, not #{given.class}"
      end

      "[#{given.each_with_index.map { |item, index| item(item, "#{name}[#{index}]", fields) }.join(",")}]"
    end

    # One of a batch. A payload that is JSON already goes in as it is.
    def item(given, what, fields)
      raise TypeError, "`#{what}` must be a Hash, not #{given.class}" unless given.respond_to?(:to_hash)

      rest = given.to_hash.transform_keys(&:to_sym)
      rest[:headers] = headers(rest[:headers])
      %i[deliver_at expires_at].each { |name| rest[name] = time("#{what}.#{name}", rest[name]) }
      unknown = (rest.keys - fields).first
      raise wrong("`#{what}` has no `#{unknown}`; it has: #{fields.join(", ")}") if unknown
      raise wrong("`#{what}` has no `payload`") unless rest.key?(:payload)

      payload = embedded(rest.delete(:payload), "the `payload` of `#{what}`")
      others = document(rest).delete_suffix("}")
      %(#{others}#{"," unless others == "{"}"payload":#{payload}})
    end

    # A payload as a part of a larger document.
    def embedded(value, what)
      return generate(value, what) unless value.is_a?(RawJson)

      text = value.document
      text = text.dup.force_encoding(Encoding::UTF_8) unless text.encoding == Encoding::UTF_8
      raise wrong("#{what} is not UTF-8") unless text.valid_encoding?

      # What is no document of its own could say more than a payload in the midst of another.
      JSON.parse(text, max_nesting: NESTING)
      text
    rescue JSON::ParserError => e
      raise wrong("#{what} is not JSON: #{e.message}")
    end

    # That an argument is of its kind: the engine would speak of a place in a document that nobody has seen.
    def check(name, value)
      kinds = ARGUMENTS[name]
      return if kinds.nil? || value.nil? || kinds.any? { |kind| value.is_a?(kind) }

      raise TypeError, "`#{name}` must be of #{kinds.map(&:name).join(" or ")}, not #{value.class}"
    end
  end
  private_constant :Requests
end
