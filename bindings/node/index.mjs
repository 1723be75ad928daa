// Written by `hookbridge-generate`: change the definition, not this file.
// One copy for both kinds of module: classes are the same, and so is the engine.
import sdk from './index.js';

export const {
  HookBridge,
  Events,
  RawJson,
  HookBridgeError,
  AuthenticationError,
  NotFoundError,
  ValidationError,
  RateLimitError,
  IdempotencyError,
  ReplayLimitError,
  NetworkError,
  TimeoutError,
  version,
} = sdk;
export default sdk;
