'use strict';

// What is stored and sent of a payload.

const { randomUUID } = require('node:crypto');
const { types } = require('node:util');
const { invalid } = require('./errors.js');

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The bytes, where `value` is bytes of some kind. */
function bytesOf(value) {
  if (value instanceof Uint8Array || types.isUint8Array(value)) {
    return value;
  }
  return types.isAnyArrayBuffer(value) ? new Uint8Array(value) : undefined;
}

class RawJson {
  #document;

  constructor(document) {
    const taken = typeof document === 'string' ? document : bytesOf(document);
    if (taken === undefined) {
      throw new TypeError(`\`document\` must be a string or bytes, not ${kindOf(document)}`);
    }
    this.#document = taken;
  }

  get document() {
    return this.#document;
  }

  // It would be written as something else.
  toJSON() {
    throw new TypeError('a RawJson is a whole payload, and no part of one');
  }
}

/** What a value is, for people. */
function kindOf(value) {
  if (value === null) {
    return 'null';
  }
  if (Array.isArray(value)) {
    return 'an array';
  }
  const kind = typeof value;
  return kind === 'undefined' ? kind : `${kind === 'object' ? 'an' : 'a'} ${kind}`;
}

/** JSON as the language writes it, but with every digit of a BigInt. */
function json(value, what) {
  let text;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    text = withBigInts(value, what, cause);
  }
  if (text === undefined) {
    throw invalid(`${what} is not JSON: it is ${kindOf(value)}`);
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

/** The document of a payload that is JSON already. */
function rawOf(payload) {
  return payload instanceof RawJson ? payload.document : bytesOf(payload);
}

/** A payload as `send` hands it over: a JSON document, as text or as bytes. */
function payloadOf(payload) {
  return rawOf(payload) ?? json(payload, '`payload`');
}

/** The same as text alone. */
function payloadBody(payload) {
  const body = payloadOf(payload);
  return typeof body === 'string' ? body : decoded(body, '`payload`');
}

function decoded(bytes, what) {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw invalid(`${what} is not UTF-8`, 'INVALID_REQUEST', cause);
  }
}

/** A payload as part of a larger document. */
function payloadText(payload, what) {
  const raw = rawOf(payload);
  if (raw === undefined) {
    return json(payload, what);
  }
  const text = typeof raw === 'string' ? raw : decoded(raw, what);
  try {
    // What is no document of its own could say more than a payload in the midst of another.
    JSON.parse(text);
  } catch (cause) {
    throw invalid(`${what} is not JSON: ${cause.message}`, 'INVALID_REQUEST', cause);
  }
  return text;
}

module.exports = { RawJson, json, kindOf, payloadBody, payloadOf, payloadText };
