'use strict';

const { ARGUMENTS, SETTINGS } = require('./names.js');

const SPOKEN = new Map([...Object.entries(SETTINGS), ...Object.entries(ARGUMENTS)]);

/** The name under which a caller knows a setting or an argument of the engine. */
function spoken(name) {
  return SPOKEN.get(name) ?? name;
}

/** What the engine says, with the names that the caller knows. */
function inCallersWords(message) {
  return message.replace(/`[a-z0-9_.[\]]+`/g, (path) => path.replace(/[a-z0-9_]+/g, spoken));
}

class HookBridgeError extends Error {
  constructor(message, failure = {}) {
    super(message, failure.cause === undefined ? undefined : { cause: failure.cause });
    this.code = failure.code ?? 'INTERNAL_ERROR';
    this.statusCode = failure.status ?? null;
    this.requestId = failure.requestId ?? null;
    this.isRetryable = failure.retryable ?? false;
    this.retryAfter = failure.retryAfter ?? null;
  }

  get name() {
    return this.constructor.name;
  }
}

class AuthenticationError extends HookBridgeError {}
class NotFoundError extends HookBridgeError {}
class ValidationError extends HookBridgeError {}
class RateLimitError extends HookBridgeError {}
class IdempotencyError extends HookBridgeError {}
class ReplayLimitError extends HookBridgeError {}
class NetworkError extends HookBridgeError {}
class TimeoutError extends HookBridgeError {}

const BY_CODE = {
  CLOSED: HookBridgeError,
  IDEMPOTENCY_MISMATCH: IdempotencyError,
  REPLAY_LIMIT_EXCEEDED: ReplayLimitError,
  NETWORK_ERROR: NetworkError,
  TIMEOUT: TimeoutError,
};
const BY_STATUS = {
  400: ValidationError,
  401: AuthenticationError,
  404: NotFoundError,
  413: ValidationError,
  429: RateLimitError,
};

/** The error for what the engine said. */
function fromFailure(failure) {
  const Kind = BY_CODE[failure.code] ?? BY_STATUS[failure.status] ?? HookBridgeError;
  return new Kind(inCallersWords(failure.message), failure);
}

/** What cannot even be said to the engine. */
function invalid(message, code = 'INVALID_REQUEST', cause = undefined) {
  return new ValidationError(message, { code, status: 400, cause });
}

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
  fromFailure,
  inCallersWords,
  invalid,
  spoken,
};
