# Written by `hookbridge-generate`: change the definition, not this file.
# frozen_string_literal: true

class HookBridge
  # The API key is missing or unknown (401).
  class AuthenticationError < Error; end
  # No such endpoint, message, key or export (404).
  class NotFoundError < Error; end
  # The request or a setting is wrong (400, 413).
  class ValidationError < Error; end
  # Too much at once (429).
  class RateLimitError < Error; end
  # The idempotency key was used with another payload (409).
  class IdempotencyError < Error; end
  # The message was replayed as often as is allowed (429).
  class ReplayLimitError < Error; end
  # A server could not be reached, or broke off (502).
  class NetworkError < Error; end
  # A server did not answer in time (504).
  class TimeoutError < Error; end

  # The class for each code; a code that is missing here has none of its own.
  BY_CODE = {
    "UNAUTHORIZED" => AuthenticationError,
    "NOT_FOUND" => NotFoundError,
    "ENDPOINT_NOT_FOUND" => NotFoundError,
    "INVALID_REQUEST" => ValidationError,
    "INVALID_HEADERS" => ValidationError,
    "INVALID_ENDPOINT" => ValidationError,
    "ENDPOINT_UNREACHABLE" => ValidationError,
    "ENDPOINT_BLOCKED" => ValidationError,
    "INVALID_STATUS" => ValidationError,
    "PAYLOAD_TOO_LARGE" => ValidationError,
    "INVALID_CONFIGURATION" => ValidationError,
    "EXPORT_NOT_READY" => ValidationError,
    "NOT_SUPPORTED" => ValidationError,
    "UNKNOWN_EVENT_TYPE" => ValidationError,
    "INVALID_PAYLOAD" => ValidationError,
    "RATE_LIMIT_EXCEEDED" => RateLimitError,
    "IDEMPOTENCY_MISMATCH" => IdempotencyError,
    "REPLAY_LIMIT_EXCEEDED" => ReplayLimitError,
    "NETWORK_ERROR" => NetworkError,
    "TIMEOUT" => TimeoutError
  }.freeze
  private_constant :BY_CODE
end
