'use strict';

// What a client does beside the operations: sending, events, and its beginning and end. What each method takes and
// answers is documented in `index.d.ts`.

const { fromFailure, inCallersWords } = require('./errors.js');
const { Events } = require('./events.js');
const exit = require('./exit.js');
const native = require('./native.js');
const { Operations } = require('./operations.js');
const { payloadOf } = require('./payloads.js');
const { Pending } = require('./pending.js');
const requests = require('./requests.js');
const { run, runSync, sendCall } = require('./transaction.js');
const { SendFailure, SendWebhookResponse } = require('./types.js');

/** How long `close` lets attempts under way end, in seconds. */
const CLOSE_TIMEOUT = 5;
/** How long `flush` waits, in seconds. */
const FLUSH_TIMEOUT = 30;

/** What is committed with the next sends, and so is answered within microseconds. */
const SHORT = new Set(['messages.send', 'events.send']);

const failed = (answer) => 'code' in answer;

class HookBridge extends Operations {
  #engine;
  #pending = new Pending();

  constructor(options) {
    super((operation, request) => this.#call(operation, requests.document(request)));
    const opened = native.openEngine(requests.configuration(options), this.#pending.complete);
    if (failed(opened)) {
      throw fromFailure(opened);
    }
    this.#engine = opened;
    exit.expect(this, opened);
  }

  async #call(operation, request) {
    const begin = (tag) => this.#engine.call(operation, request, tag);
    return JSON.parse(await this.#pending.expect(this.#engine, begin, { isShort: SHORT.has(operation) }));
  }

  async send(message, options) {
    const given = requests.message(message, '`message`');
    const { transaction } = requests.named('send', options, ['transaction']);
    if (transaction !== undefined && transaction !== null) {
      const messageId = await run(sendCall(given), transaction);
      return new SendWebhookResponse({ message_id: messageId, status: 'queued' });
    }
    if (requests.hasOrderOrTime(given)) {
      return new SendWebhookResponse(await this.#call('messages.send', requests.messageText(given)));
    }
    const endpointId = requests.text('endpointId', given.endpointId);
    const payload = payloadOf(given.payload);
    const headers = requests.headerList(given.headers);
    const key = requests.optionalText('idempotencyKey', given.idempotencyKey);
    const hours = requests.hours(given.retentionHours);
    const messageId = await this.#pending.expect(
      this.#engine,
      (tag) => this.#engine.send(endpointId, payload, headers, key, hours, tag),
      { isShort: true },
    );
    return new SendWebhookResponse({ message_id: messageId, status: 'queued' });
  }

  sendSync(message, options) {
    const given = requests.message(message, '`message`');
    const { transaction } = requests.named('sendSync', options, ['transaction']);
    const messageId = runSync(sendCall(given), transaction ?? null);
    return new SendWebhookResponse({ message_id: messageId, status: 'queued' });
  }

  async sendBatch(messages) {
    const { results } = await this.#call('messages.send_batch', requests.batch(messages));
    return results.map((item) => {
      if (item.error === undefined) {
        return new SendWebhookResponse(item);
      }
      return new SendFailure({ ...item.error, message: inCallersWords(item.error.message) });
    });
  }

  events() {
    return this.#queue(this.#engine.events());
  }

  watch() {
    return this.#queue(this.#engine.watch());
  }

  #queue(queue) {
    if (failed(queue)) {
      throw fromFailure(queue);
    }
    return new Events(queue, this.#pending);
  }

  async flush(timeout = FLUSH_TIMEOUT) {
    const patience = requests.seconds(timeout);
    return this.#pending.expect(this.#engine, (tag) => this.#engine.flush(patience, tag));
  }

  async close(timeout = CLOSE_TIMEOUT) {
    const patience = requests.seconds(timeout);
    const closed = await this.#pending.expect(this.#engine, (tag) => this.#engine.close(patience, tag));
    exit.forget(this.#engine);
    return closed;
  }
}

// `await using client = …`, where Node knows it.
if (Symbol.asyncDispose) {
  Object.defineProperty(HookBridge.prototype, Symbol.asyncDispose, {
    value: async function asyncDispose() {
      await this.close();
    },
  });
}

module.exports = { HookBridge };
