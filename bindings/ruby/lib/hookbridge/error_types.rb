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

  # The HTTP status that goes with each code.
  STATUS_BY_CODE = {
    "INTERNAL_ERROR" => 500,
    "INVALID_REQUEST" => 400,
    "INVALID_HEADERS" => 400,
    "INVALID_ENDPOINT" => 400,
    "ENDPOINT_UNREACHABLE" => 400,
    "ENDPOINT_BLOCKED" => 400,
    "INVALID_STATUS" => 400,
    "UNAUTHORIZED" => 401,
    "NOT_FOUND" => 404,
    "ENDPOINT_NOT_FOUND" => 404,
    "IDEMPOTENCY_MISMATCH" => 409,
    "DELIVERY_IN_PROGRESS" => 409,
    "RETRY_IN_PROGRESS" => 409,
    "MAX_SIGNING_KEYS_REACHED" => 409,
    "CANNOT_DELETE_LAST_SIGNING_KEY" => 409,
    "RETENTION_EXPIRED" => 410,
    "PAYLOAD_UNAVAILABLE" => 410,
    "PAYLOAD_TOO_LARGE" => 413,
    "REPLAY_LIMIT_EXCEEDED" => 429,
    "STORAGE_UNAVAILABLE" => 503,
    "INVALID_CONFIGURATION" => 400,
    "CLOSED" => 400,
    "FORKED" => 500,
    "SCHEMA_TOO_NEW" => 500,
    "EXPORT_NOT_READY" => 400,
    "EXPORT_EXPIRED" => 410,
    "NETWORK_ERROR" => 502,
    "TIMEOUT" => 504,
    "RATE_LIMIT_EXCEEDED" => 429,
    "NOT_SUPPORTED" => 400,
    "FORBIDDEN" => 403,
    "ALREADY_EXISTS" => 409,
    "UNKNOWN_EVENT_TYPE" => 400,
    "INVALID_PAYLOAD" => 400
  }.freeze
  private_constant :STATUS_BY_CODE
end
