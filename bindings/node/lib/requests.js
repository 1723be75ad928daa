'use strict';

// From arguments to what the engine takes. A refusal names the argument as the caller wrote it.

const { fileURLToPath } = require('node:url');
const { types } = require('node:util');
const { invalid, spoken } = require('./errors.js');
const { MESSAGE, SETTINGS } = require('./names.js');
const { RawJson, json, kindOf, payloadText } = require('./payloads.js');

const quoted = (names) => names.map((name) => `\`${name}\``).join(', ');

/** Fields of which null is a value: it clears what is stored. */
const CLEARED_BY_NULL = new Set(['retry_schedule', 'schema', 'example']);

function isGiven(value) {
  return value !== undefined && value !== null;
}

/** Refuses fields that nobody would read: a name that is misspelt must not be passed over. */
function onlyKnown(given, names, what, code) {
  for (const name of Object.keys(given)) {
    if (!names.includes(name)) {
      const there = names.length > 0 ? `it has: ${quoted([...names].sort())}` : 'it has none';
      throw invalid(`${what} has no option \`${name}\`; ${there}`, code);
    }
  }
}

/** The options of `method`, which knows those in `names`. */
function named(method, options, names) {
  if (!isGiven(options)) {
    return {};
  }
  if (typeof options !== 'object' || Array.isArray(options)) {
    throw new TypeError(`the options of \`${method}\` must be an object, not ${kindOf(options)}`);
  }
  onlyKnown(options, names, `\`${method}\``);
  return options;
}

/** Refuses options of a method that has none. */
function noOptions(method, options) {
  // `ids.map(client.getMessage, client)` hands over an index, which is no option.
  if (isGiven(options) && typeof options === 'object') {
    onlyKnown(options, [], `\`${method}\``);
  }
}

/** A request as JSON, without what was not given. A payload always is: null is one. */
function document(request) {
  const fields = [];
  for (const [name, value] of Object.entries(request)) {
    const isPayload = name === 'payload';
    if (isPayload || isGiven(value) || (value === null && CLEARED_BY_NULL.has(name))) {
      const written = isPayload || value instanceof RawJson ? payloadText : json;
      fields.push(`${json(name)}:${written(value, `\`${spoken(name)}\``)}`);
    }
  }
  return `{${fields.join(',')}}`;
}

/** The engine's configuration. */
function configuration(options) {
  const given = options ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) {
    throw new TypeError(`the options of \`HookBridge\` must be an object, not ${kindOf(given)}`);
  }
  onlyKnown(given, Object.values(SETTINGS), '`HookBridge`', 'INVALID_CONFIGURATION');
  const settings = {};
  for (const [field, name] of Object.entries(SETTINGS)) {
    const value = given[name];
    if (typeof value === 'number' && !Number.isFinite(value)) {
      // JSON would say null of it.
      throw invalid(`\`${name}\` must be a number, not ${value}`, 'INVALID_CONFIGURATION');
    }
    if (isGiven(value)) {
      settings[field] = value instanceof URL && value.protocol === 'file:' ? fileURLToPath(value) : value;
    }
  }
  return json(settings, 'an option');
}

/** Headers as names and values in turn. */
function pairs(headers) {
  if (typeof headers !== 'object' || Array.isArray(headers)) {
    throw invalid('`headers` must be an object of strings', 'INVALID_HEADERS');
  }
  // A `Headers` or a `Map` has its pairs behind an iterator.
  const found = [...(typeof headers[Symbol.iterator] === 'function' ? headers : Object.entries(headers))];
  for (const [name, value] of found) {
    if (typeof name !== 'string' || typeof value !== 'string') {
      throw invalid('`headers` must have strings as names and as values', 'INVALID_HEADERS');
    }
  }
  return found;
}

/** Headers as a send hands them over: names and values in turn. */
function headerList(headers) {
  const flat = isGiven(headers) ? pairs(headers).flat() : [];
  return flat.length > 0 ? flat : null;
}

/** Headers as a request has them. */
function headers(given) {
  return isGiven(given) ? Object.fromEntries(pairs(given)) : undefined;
}

/** A string. */
function text(name, given) {
  if (typeof given !== 'string') {
    throw new TypeError(`\`${name}\` must be a string, not ${kindOf(given)}`);
  }
  return given;
}

/** A string, or nothing. */
function optionalText(name, given) {
  return isGiven(given) ? text(name, given) : null;
}

/** Several strings. */
function texts(name, given) {
  if (typeof given === 'string' || typeof given?.[Symbol.iterator] !== 'function') {
    throw new TypeError(`\`${name}\` must be an array of strings, not ${kindOf(given)}`);
  }
  return Array.from(given, (item, index) => text(`${name}[${index}]`, item));
}

/** Several strings, or nothing. */
function optionalTexts(name, given) {
  return isGiven(given) ? texts(name, given) : undefined;
}

/** A whole number, or nothing. */
function whole(name, given) {
  if (!isGiven(given) || typeof given === 'bigint' || Number.isInteger(given)) {
    return given;
  }
  throw new TypeError(`\`${name}\` must be a whole number, not ${typeof given === 'number' ? given : kindOf(given)}`);
}

/** One word, or several. */
function words(name, given) {
  return typeof given === 'string' ? [given] : optionalTexts(name, given);
}

/** A moment as the engine takes it. */
function moment(name, given) {
  if (typeof given === 'string') {
    return given;
  }
  if (!types.isDate(given) || Number.isNaN(given.getTime())) {
    const kind = types.isDate(given) ? 'an invalid one' : kindOf(given);
    throw new TypeError(`\`${name}\` must be a Date or RFC 3339 text, not ${kind}`);
  }
  return given.toISOString();
}

/** A moment, or nothing. */
function optionalMoment(name, given) {
  return isGiven(given) ? moment(name, given) : undefined;
}

/** Hours as a send hands them over. */
function hours(given) {
  if (!isGiven(given)) {
    return null;
  }
  if (!Number.isInteger(given) || given < 0 || given > 0xffffffff) {
    throw invalid('`retentionHours` must be a whole number of hours, 0 or more');
  }
  return given;
}

/** Seconds that somebody is ready to wait. */
function seconds(given) {
  if (typeof given !== 'number' || Number.isNaN(given) || given < 0) {
    throw new TypeError('`timeout` must be a number of seconds, 0 or more');
  }
  return given;
}

/** An object that has no other fields than those in `names`. */
function fields(given, names, what) {
  if (given === null || typeof given !== 'object') {
    throw new TypeError(`${what} must be an object, not ${kindOf(given)}`);
  }
  onlyKnown(given, names, what);
  return given;
}

/** A message to be sent. */
function message(given, what) {
  return fields(given, MESSAGE, what);
}

/** Whether a message says something of its order or its time. */
function hasOrderOrTime({ orderingKey, deliverAt, expiresAt }) {
  return isGiven(orderingKey) || isGiven(deliverAt) || isGiven(expiresAt);
}

/** A message as JSON. `of` stands before the names of its fields where one is refused. */
function messageText(given, of = '') {
  const rest = document({
    endpoint_id: text(`${of}endpointId`, given.endpointId),
    headers: headers(given.headers),
    idempotency_key: optionalText(`${of}idempotencyKey`, given.idempotencyKey),
    retention_hours: hours(given.retentionHours),
    ordering_key: optionalText(`${of}orderingKey`, given.orderingKey),
    deliver_at: optionalMoment(`${of}deliverAt`, given.deliverAt),
    expires_at: optionalMoment(`${of}expiresAt`, given.expiresAt),
  });
  return `${rest.slice(0, -1)},"payload":${payloadText(given.payload, `\`${of}payload\``)}}`;
}

/** Each of several as JSON, by `read`, which gets it and its place. */
function items(name, given, read) {
  if (typeof given === 'string' || typeof given?.[Symbol.iterator] !== 'function') {
    throw new TypeError(`\`${name}\` must be an array of objects, not ${kindOf(given)}`);
  }
  return `[${Array.from(given, (item, index) => read(item, `${name}[${index}]`)).join(',')}]`;
}

/** The request of `sendBatch`. */
function batch(messages) {
  const read = (given, place) => messageText(message(given, `\`${place}\``), `${place}.`);
  return `{"messages":${items('messages', messages, read)}}`;
}

/** Several requests with a payload: each has the fields in `names`, and `read` makes a request of it. */
function several(name, given, names, read) {
  const text = (item, place) => {
    const { payload, ...rest } = read(fields(item, names, `\`${place}\``), `${place}.`);
    return `${document(rest).slice(0, -1)},"payload":${payloadText(payload, `\`${place}.payload\``)}}`;
  };
  return new RawJson(items(name, given, text));
}

module.exports = {
  batch,
  configuration,
  document,
  hasOrderOrTime,
  headerList,
  headers,
  hours,
  message,
  messageText,
  moment,
  named,
  noOptions,
  optionalMoment,
  optionalText,
  optionalTexts,
  seconds,
  several,
  text,
  texts,
  whole,
  words,
};
