'use strict';

// From arguments to what the engine takes.

const { randomUUID } = require('node:crypto');
const { fileURLToPath } = require('node:url');
const { types } = require('node:util');
const { invalid } = require('./errors.js');

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** JSON as the language writes it, but with every digit of a BigInt. */
function json(value, what) {
  let text;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    text = withBigInts(value, what, cause);
  }
  if (text === undefined) {
    throw invalid(`${what} is not JSON: it is ${typeof value}`);
  }
  return text;
}

/** `JSON.stringify` takes no BigInt: each is written as a string that occurs nowhere else, then without its quotes. */
function withBigInts(value, what, cause) {
  const mark = randomUUID();
  let found = false;
  const replace = (key, inner) => {
    if (typeof inner !== 'bigint') {
      return inner;
    }
    found = true;
    return mark + inner;
  };
  try {
    const text = JSON.stringify(value, replace);
    if (found) {
      return text.replaceAll(new RegExp(`"${mark}(-?[0-9]+)"`, 'g'), '$1');
    }
  } catch {
    // What was wrong at first is said below.
  }
  throw invalid(`${what} is not JSON: ${cause.message}`, 'INVALID_REQUEST', cause);
}

const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Arguments by the engine's names, without those that were not given. */
function named(given) {
  if (given === null || typeof given !== 'object') {
    throw new TypeError('the argument must be an object');
  }
  const request = {};
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined && value !== null) {
      request[snake(name)] = value;
    }
  }
  return request;
}

/** A request as JSON. */
function document(given) {
  return json(named(given), 'an argument');
}

/** The engine's configuration. */
function configuration(options) {
  const settings = named(options);
  for (const key of ['database', 'ca_file']) {
    if (settings[key] instanceof URL) {
      settings[key] = fileURLToPath(settings[key]);
    }
  }
  return json(settings, 'an option');
}

/** The bytes of a JSON document, where `payload` is that. */
function rawBytes(payload) {
  if (payload instanceof Uint8Array || types.isUint8Array(payload)) {
    return payload;
  }
  return types.isAnyArrayBuffer(payload) ? new Uint8Array(payload) : undefined;
}

/** What is stored and sent: bytes as they are, anything else as JSON. */
function payloadOf(payload) {
  return rawBytes(payload) ?? json(payload, 'the payload');
}

/** Headers as the engine takes them: names and values in turn. */
function headerList(headers) {
  if (headers === undefined || headers === null) {
    return null;
  }
  if (typeof headers !== 'object' || Array.isArray(headers)) {
    throw invalid('headers are an object of strings', 'INVALID_HEADERS');
  }
  const flat = [];
  // A `Headers` or a `Map` has its pairs behind an iterator.
  for (const [name, value] of typeof headers[Symbol.iterator] === 'function' ? headers : Object.entries(headers)) {
    if (typeof name !== 'string' || typeof value !== 'string') {
      throw invalid('header names and values are strings', 'INVALID_HEADERS');
    }
    flat.push(name, value);
  }
  return flat.length > 0 ? flat : null;
}

/** Hours as the engine takes them. */
function hours(given) {
  if (given === undefined || given === null) {
    return null;
  }
  if (!Number.isInteger(given) || given < 0 || given > 0xffffffff) {
    throw invalid('`retentionHours` is a whole number of hours');
  }
  return given;
}

/** A string, or nothing. */
function optionalText(given, name) {
  if (given === undefined || given === null) {
    return null;
  }
  return text(given, name);
}

/** A string. */
function text(given, name) {
  if (typeof given !== 'string') {
    throw new TypeError(`\`${name}\` must be a string`);
  }
  return given;
}

/** Seconds that somebody is ready to wait. */
function seconds(given) {
  if (typeof given !== 'number' || Number.isNaN(given) || given < 0) {
    throw new TypeError('a timeout is a number of seconds, 0 or more');
  }
  return given;
}

/** The request of `sendBatch`. Payloads of bytes go in as they are. */
function batch(messages) {
  const items = Array.from(messages, (message) => {
    const { payload, headers, ...rest } = message;
    const bytes = rawBytes(payload);
    let body;
    try {
      body = bytes ? utf8.decode(bytes) : json(payload, 'the payload');
    } catch (cause) {
      throw bytes ? invalid('the payload is not UTF-8', 'INVALID_REQUEST', cause) : cause;
    }
    const pairs = headerList(headers);
    const fields = Object.entries(named(rest)).map(([name, value]) => `${json(name)}:${json(value, name)}`);
    if (pairs) {
      const written = [];
      for (let at = 0; at < pairs.length; at += 2) {
        written.push(`${json(pairs[at])}:${json(pairs[at + 1])}`);
      }
      fields.push(`"headers":{${written.join(',')}}`);
    }
    fields.push(`"payload":${body}`);
    return `{${fields.join(',')}}`;
  });
  return `{"messages":[${items.join(',')}]}`;
}

module.exports = { batch, configuration, document, headerList, hours, optionalText, payloadOf, seconds, text };
