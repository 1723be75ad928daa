# frozen_string_literal: true

class HookBridge
  # A payload that is a JSON document already. It is sent byte for byte.
  #
  #   client.send(endpoint_id:, payload: HookBridge::RawJson.new('{"price": 1.10}'))
  class RawJson
    # @return [String]
    attr_reader :document

    # @param document [String]
    def initialize(document)
      raise TypeError, "`document` must be a String, not #{document.class}" unless document.is_a?(String)

      @document = document.dup.freeze
      freeze
    end

    # It would be written as something else.
    def to_json(*)
      raise TypeError, "a RawJson is a whole payload, and no part of one"
    end
  end
end
