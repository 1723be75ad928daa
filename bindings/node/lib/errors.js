'use strict';

const { BY_CODE, HookBridgeError, ValidationError } = require('./error_types.js');
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

/** The error for what the engine said. */
function fromFailure(failure) {
  const Kind = BY_CODE.get(failure.code) ?? HookBridgeError;
  return new Kind(inCallersWords(failure.message), failure);
}

/** What cannot even be said to the engine. */
function invalid(message, code = 'INVALID_REQUEST', cause = undefined) {
  return new ValidationError(message, { code, status: 400, cause });
}

module.exports = { fromFailure, inCallersWords, invalid, spoken };
