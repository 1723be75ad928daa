// Written by `hookbridge-generate`: change the definition, not this file.
'use strict';

const { HookBridge } = require('./lib/client.js');
const { Events } = require('./lib/events.js');
const errors = require('./lib/error_types.js');
const { RawJson } = require('./lib/payloads.js');

// Named one by one, so that `import` finds the names too.
exports.HookBridge = HookBridge;
exports.Events = Events;
exports.RawJson = RawJson;
exports.HookBridgeError = errors.HookBridgeError;
exports.AuthenticationError = errors.AuthenticationError;
exports.NotFoundError = errors.NotFoundError;
exports.ValidationError = errors.ValidationError;
exports.RateLimitError = errors.RateLimitError;
exports.IdempotencyError = errors.IdempotencyError;
exports.ReplayLimitError = errors.ReplayLimitError;
exports.NetworkError = errors.NetworkError;
exports.TimeoutError = errors.TimeoutError;
exports.version = require('./package.json').version;
