'use strict';

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

module.exports = { HookBridgeError };
