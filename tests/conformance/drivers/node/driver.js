'use strict';

// Node's driver. See `tests/conformance/README.md`.

const path = require('node:path');
const readline = require('node:readline');

const { HookBridge, HookBridgeError } = require(path.join(__dirname, '../../../../bindings/node'));

/** What methods take by position; the rest is one object. A send takes everything in one, and a batch is an array. */
const POSITIONAL = Object.fromEntries(
  require('../../operations.json')
    .filter(({ method }) => !['send', 'send_batch'].includes(method))
    .map(({ method, positional }) => [method, positional]),
);
/** Objects whose names are the user's. */
const VERBATIM = new Set(['headers', 'request_headers', 'response_headers', 'retry_schedule', 'payload']);
/** What pages call their items. */
const ITEMS = ['endpoints', 'messages', 'attempts', 'activities', 'events', 'eventTypes'];

const clients = new Map();

const camel = (name) => name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Arguments by the names of the language. */
function arguments_(given) {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [camel(name), value]));
}

function payloadOf({ payload_text: text, payload_base64: coded, ...rest }) {
  if (text !== undefined) {
    return { ...rest, payload: Buffer.from(text) };
  }
  return coded === undefined ? rest : { ...rest, payload: Buffer.from(coded, 'base64') };
}

/** A result as the suite compares it. */
function shown(value) {
  if (value instanceof Date) {
    return value.toISOString();
  }
  if (Array.isArray(value)) {
    return value.map(shown);
  }
  if (value === null || typeof value !== 'object') {
    return value;
  }
  if ('hasMore' in value && Symbol.iterator in value) {
    const data = ITEMS.map((name) => value[name]).find(Array.isArray);
    return { data: shown(data), has_more: value.hasMore, next_cursor: value.nextCursor };
  }
  const written = {};
  for (const [name, inner] of Object.entries(value)) {
    written[snake(name)] = VERBATIM.has(snake(name)) ? inner : shown(inner);
  }
  return written;
}

/** What a method answers, as the operation's answer has it. */
function answered(method, value) {
  if (method === 'send_batch') {
    return { results: value.map((item) => ('code' in item ? { error: item } : item)) };
  }
  if (method === 'download_export') {
    return { download_url: value };
  }
  return Array.isArray(value) ? { data: value, has_more: false, next_cursor: null } : value;
}

function call({ on, method, args: given = {} }) {
  const client = clients.get(on).client;
  const target = (...args) => client[camel(method)](...args).then((value) => answered(method, value));
  if (method === 'send') {
    return target(arguments_(payloadOf(given)));
  }
  if (method === 'send_batch') {
    return target(given.messages.map((message) => arguments_(payloadOf(message))));
  }
  if (method === 'lookup_actors') {
    const listed = (ids) => (typeof ids === 'string' ? ids.split(',') : ids);
    return target({ apiKeyIds: listed(given.api_key_id), userIds: listed(given.user_id) });
  }
  return target(...placed(method, given));
}

/** The arguments of a method: those that have a place in their order, and the rest in one object. */
function placed(method, given) {
  const rest = { ...given };
  const leading = (POSITIONAL[method] ?? []).map((name) => {
    delete rest[name];
    return given[name];
  });
  return [...leading, arguments_(rest)];
}

/** The reply without its id. */
async function reply(work) {
  try {
    return { ok: shown((await work()) ?? {}) };
  } catch (error) {
    if (error instanceof HookBridgeError) {
      const { name, code, statusCode: status, isRetryable: retryable } = error;
      const message = error.message.replace(/`([A-Za-z]+)`/g, (_, word) => `\`${snake(word)}\``);
      const { requestId: request_id, retryAfter: retry_after } = error;
      return { error: { class: name, code, message, status, retryable, request_id, retry_after } };
    }
    return { error: { class: error.name, message: error.message } };
  }
}

/** As many calls, so many at once. */
async function many(command) {
  const results = new Array(command.times);
  const text = JSON.stringify(command.args ?? {});
  let next = 0;
  const worker = async () => {
    while (next < command.times) {
      const number = next;
      next += 1;
      const args = JSON.parse(text.replaceAll('%i', String(number)));
      results[number] = await reply(() => call({ ...command, args }));
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, command.threads) }, worker));
  return { results };
}

async function events({ on, count, timeout = 30, watch }) {
  const entry = clients.get(on);
  entry.events ??= watch ? entry.client.watch() : entry.client.events();
  const deadline = performance.now() + timeout * 1000;
  const found = [];
  while (found.length < count) {
    const event = await entry.events.next(Math.max(0, (deadline - performance.now()) / 1000));
    if (event === null) {
      break;
    }
    found.push(event);
  }
  return found;
}

async function page({ on, method, args = {} }) {
  const found = await clients.get(on).client[camel(method)](...placed(method, args));
  const items = [...found];
  const last = found.at(-1) ?? null;
  return { items, length: found.length, last, has_more: found.hasMore, next_cursor: found.nextCursor };
}

async function walk({ on, method, args = {}, count = Infinity }) {
  const found = [];
  for await (const item of clients.get(on).client[camel(method)](arguments_(args))) {
    found.push(item);
    if (found.length === count) {
      break;
    }
  }
  return found;
}

const COMMANDS = {
  hello: () => ({ language: 'node', can: ['async', 'pages', 'request_id'] }),
  open: ({ as, options }) => {
    clients.set(as, { client: new HookBridge(arguments_(options)), events: null });
    return {};
  },
  call,
  async: call,
  page,
  walk,
  many,
  events,
  exit: () => ({}),
  flush: ({ on, timeout }) => clients.get(on).client.flush(timeout),
  close: async ({ on, timeout }) => {
    await clients.get(on).client.close(timeout);
    return {};
  },
};

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const command = JSON.parse(line);
    // What `many` gathers are replies already.
    const answer =
      command.do === 'many' ? { ok: await many(command) } : await reply(() => COMMANDS[command.do](command));
    process.stdout.write(`${JSON.stringify({ id: command.id, ...answer })}\n`);
    // Leaving the loop closes stdin, and then nothing is left to do.
    if (command.do === 'exit') {
      break;
    }
  }
}

main();
