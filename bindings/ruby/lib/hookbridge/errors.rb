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

    # The exception for what the engine said: its class follows from the code, or else from the HTTP status.
    #
    # @private
    def self.from_engine(code, message, status_code, retryable, request_id, retry_after)
      kind = BY_CODE.fetch(code) { BY_STATUS.fetch(status_code, Error) }
      kind.new(message.gsub(RENAMED_NAME, RENAMED), code:, status_code:, retryable:, request_id:, retry_after:)
    end
  end

  # The API key is missing or unknown (401).
  class AuthenticationError < Error; end
  # No such endpoint, message or key (404).
  class NotFoundError < Error; end
  # The request or a setting is wrong (400, 413).
  class ValidationError < Error; end
  # Too much at once (429).
  class RateLimitError < Error; end
  # The idempotency key was used with another payload (409).
  class IdempotencyError < Error; end
  # The message was replayed as often as is allowed (429).
  class ReplayLimitError < Error; end
  # A server could not be reached.
  class NetworkError < Error; end
  # A server did not answer in time.
  class TimeoutError < Error; end

  BY_CODE = {
    "CLOSED" => Error,
    "IDEMPOTENCY_MISMATCH" => IdempotencyError,
    "REPLAY_LIMIT_EXCEEDED" => ReplayLimitError,
    "NETWORK_ERROR" => NetworkError,
    "TIMEOUT" => TimeoutError
  }.freeze
  BY_STATUS = {
    400 => ValidationError,
    401 => AuthenticationError,
    404 => NotFoundError,
    413 => ValidationError,
    429 => RateLimitError
  }.freeze
  private_constant :BY_CODE, :BY_STATUS
end
