'use strict';

// From the engine's answers to results: names in camelCase, moments as dates. What a newer engine adds is there at once.

const MOMENTS = new Set(['timestamp', 'since', 'filter_start_time', 'filter_end_time']);
/** Objects whose names are the user's, not ours. */
const MAPS = new Set(['headers', 'request_headers', 'response_headers', 'retry_schedule']);
/** Objects by id. */
const BY_ID = new Set(['api_keys', 'users']);

const known = new Map();

/** `created_at` as `createdAt`; names are few and come again. */
function camel(name) {
  let written = known.get(name);
  if (written === undefined) {
    written = name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
    known.set(name, written);
  }
  return written;
}

function value(name, given) {
  if (typeof given === 'string') {
    return name.endsWith('_at') || MOMENTS.has(name) ? new Date(given) : given;
  }
  if (given === null || typeof given !== 'object' || MAPS.has(name)) {
    return given;
  }
  if (Array.isArray(given)) {
    return given.map((item) => value('', item));
  }
  if (BY_ID.has(name)) {
    return Object.fromEntries(Object.entries(given).map(([id, item]) => [id, value('', item)]));
  }
  return object(given);
}

function object(given) {
  const result = {};
  for (const name of Object.keys(given)) {
    result[camel(name)] = value(name, given[name]);
  }
  return result;
}

/** A single result. */
const one = (answer) => object(JSON.parse(answer));

/** A page of results, whatever its list is called. */
function page(answer) {
  const { data, messages, has_more: hasMore, next_cursor: nextCursor } = JSON.parse(answer);
  return { data: (data ?? messages).map(object), hasMore, nextCursor };
}

/** Several results. */
const many = (answer) => JSON.parse(answer).map(object);

/** What became of each message of a batch. */
const batch = (answer) => JSON.parse(answer).results.map(object);

/** What actors are called. */
const actors = (answer) => ({ apiKeys: {}, users: {}, ...one(answer) });

/** Where a file is. */
const downloadUrl = (answer) => JSON.parse(answer).download_url;

/** Nothing to say. */
const nothing = () => undefined;

module.exports = { actors, batch, downloadUrl, many, nothing, one, page };
