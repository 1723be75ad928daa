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

/** The HTTP status that goes with each code. */
const STATUS_BY_CODE = new Map([
  ['INTERNAL_ERROR', 500],
  ['INVALID_REQUEST', 400],
  ['INVALID_HEADERS', 400],
  ['INVALID_ENDPOINT', 400],
  ['ENDPOINT_UNREACHABLE', 400],
  ['ENDPOINT_BLOCKED', 400],
  ['INVALID_STATUS', 400],
  ['UNAUTHORIZED', 401],
  ['NOT_FOUND', 404],
  ['ENDPOINT_NOT_FOUND', 404],
  ['IDEMPOTENCY_MISMATCH', 409],
  ['DELIVERY_IN_PROGRESS', 409],
  ['RETRY_IN_PROGRESS', 409],
  ['MAX_SIGNING_KEYS_REACHED', 409],
  ['CANNOT_DELETE_LAST_SIGNING_KEY', 409],
  ['RETENTION_EXPIRED', 410],
  ['PAYLOAD_UNAVAILABLE', 410],
  ['PAYLOAD_TOO_LARGE', 413],
  ['REPLAY_LIMIT_EXCEEDED', 429],
  ['STORAGE_UNAVAILABLE', 503],
  ['INVALID_CONFIGURATION', 400],
  ['CLOSED', 400],
  ['FORKED', 500],
  ['SCHEMA_TOO_NEW', 500],
  ['EXPORT_NOT_READY', 400],
  ['EXPORT_EXPIRED', 410],
  ['NETWORK_ERROR', 502],
  ['TIMEOUT', 504],
  ['RATE_LIMIT_EXCEEDED', 429],
  ['NOT_SUPPORTED', 400],
  ['FORBIDDEN', 403],
  ['ALREADY_EXISTS', 409],
  ['UNKNOWN_EVENT_TYPE', 400],
  ['INVALID_PAYLOAD', 400],
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
  STATUS_BY_CODE,
};
