# frozen_string_literal: true

class HookBridge
  # Any failure of HookBridge. The message is for people, the rest for programs.
  class Error < StandardError
    # @return [String] such as "ENDPOINT_NOT_FOUND"
    attr_reader :code
    # @return [Integer, nil] the HTTP status that goes with the code
    attr_reader :status_code
    # @return [String, nil] set where a server answered
    attr_reader :request_id
    # @return [Float, nil] seconds to wait before the same call, where that is known
    attr_reader :retry_after

    def initialize(
      message = nil, code: "INTERNAL_ERROR", status_code: nil, retryable: false, request_id: nil, retry_after: nil
    )
      super(message)
      @code = code
      @status_code = status_code
      @retryable = retryable
      @request_id = request_id
      @retry_after = retry_after
    end

    # Whether the same call may succeed later.
    def retryable?
      @retryable
    end

    # The exception for what the engine said: its class follows from the code.
    #
    # @private
    def self.from_engine(code, message, status_code, retryable, request_id, retry_after)
      kind = BY_CODE.fetch(code, Error)
      kind.new(message.gsub(RENAMED_NAME, RENAMED), code:, status_code:, retryable:, request_id:, retry_after:)
    end
  end
end
