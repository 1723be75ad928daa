// Written by `hookbridge-generate`: change the definition, not this file.
'use strict';

const { HookBridgeError } = require('./error.js');

class AuthenticationError extends HookBridgeError {}
class NotFoundError extends HookBridgeError {}
class ValidationError extends HookBridgeError {}
class RateLimitError extends HookBridgeError {}
class IdempotencyError extends HookBridgeError {}
class ReplayLimitError extends HookBridgeError {}
class NetworkError extends HookBridgeError {}
class TimeoutError extends HookBridgeError {}

/** The class for each code; a code that is missing here has none of its own. */
const BY_CODE = new Map([
  ['UNAUTHORIZED', AuthenticationError],
  ['NOT_FOUND', NotFoundError],
  ['ENDPOINT_NOT_FOUND', NotFoundError],
  ['INVALID_REQUEST', ValidationError],
  ['INVALID_HEADERS', ValidationError],
  ['INVALID_ENDPOINT', ValidationError],
  ['ENDPOINT_UNREACHABLE', ValidationError],
  ['ENDPOINT_BLOCKED', ValidationError],
  ['INVALID_STATUS', ValidationError],
  ['PAYLOAD_TOO_LARGE', ValidationError],
  ['INVALID_CONFIGURATION', ValidationError],
  ['EXPORT_NOT_READY', ValidationError],
  ['NOT_SUPPORTED', ValidationError],
  ['UNKNOWN_EVENT_TYPE', ValidationError],
  ['INVALID_PAYLOAD', ValidationError],
  ['RATE_LIMIT_EXCEEDED', RateLimitError],
  ['IDEMPOTENCY_MISMATCH', IdempotencyError],
  ['REPLAY_LIMIT_EXCEEDED', ReplayLimitError],
  ['NETWORK_ERROR', NetworkError],
  ['TIMEOUT', TimeoutError],
]);

module.exports = {
  HookBridgeError,
  AuthenticationError,
  NotFoundError,
  ValidationError,
  RateLimitError,
  IdempotencyError,
  ReplayLimitError,
  NetworkError,
  TimeoutError,
  BY_CODE,
};
