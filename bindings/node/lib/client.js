'use strict';

// What each method takes and answers is documented in `index.d.ts`.

const { fromFailure } = require('./errors.js');
const { Events } = require('./events.js');
const native = require('./native.js');
const { Pending } = require('./pending.js');
const requests = require('./requests.js');
const results = require('./results.js');

/** How long `close` lets attempts under way end, in seconds. */
const CLOSE_TIMEOUT = 5;
/** How long `flush` waits, in seconds. */
const FLUSH_TIMEOUT = 30;

const failed = (answer) => 'code' in answer;

class HookBridge {
  #engine;
  #pending = new Pending();

  constructor(options = {}) {
    const opened = native.openEngine(requests.configuration(options), this.#pending.complete);
    if (failed(opened)) {
      throw fromFailure(opened);
    }
    this.#engine = opened;
  }

  async #call(operation, request, read = results.one) {
    return this.#run(operation, requests.document(request), read);
  }

  async #run(operation, text, read) {
    return read(await this.#pending.expect(this.#engine, (tag) => this.#engine.call(operation, text, tag)));
  }

  async send(message) {
    const endpointId = requests.text(message?.endpointId, 'endpointId');
    const payload = requests.payloadOf(message.payload);
    const headers = requests.headerList(message.headers);
    const key = requests.optionalText(message.idempotencyKey, 'idempotencyKey');
    const hours = requests.hours(message.retentionHours);
    const messageId = await this.#pending.expect(
      this.#engine,
      (tag) => this.#engine.send(endpointId, payload, headers, key, hours, tag),
      { isShort: true },
    );
    return { messageId, status: 'queued' };
  }

  async sendBatch(messages) {
    return this.#run('messages.send_batch', requests.batch(messages), results.batch);
  }

  createEndpoint(endpoint) {
    return this.#call('endpoints.create', endpoint);
  }

  getEndpoint(endpointId) {
    return this.#call('endpoints.get', { endpointId });
  }

  listEndpoints(range = {}) {
    return this.#call('endpoints.list', range, results.page);
  }

  updateEndpoint(endpointId, changes = {}) {
    return this.#call('endpoints.update', { ...changes, endpointId });
  }

  deleteEndpoint(endpointId) {
    return this.#call('endpoints.delete', { endpointId }, results.nothing);
  }

  pauseEndpoint(endpointId) {
    return this.#call('endpoints.pause', { endpointId });
  }

  resumeEndpoint(endpointId) {
    return this.#call('endpoints.resume', { endpointId });
  }

  createEndpointSigningKey(endpointId) {
    return this.#call('signing_keys.create', { endpointId });
  }

  rotateEndpointSecret(endpointId) {
    return this.#call('signing_keys.create', { endpointId });
  }

  listEndpointSigningKeys(endpointId) {
    return this.#call('signing_keys.list', { endpointId }, results.page);
  }

  deleteEndpointSigningKey(endpointId, keyId) {
    return this.#call('signing_keys.delete', { endpointId, keyId }, results.nothing);
  }

  getMessage(messageId) {
    return this.#call('messages.get', { messageId });
  }

  getMessageAttempts(messageId) {
    return this.#call('messages.attempts', { messageId }, results.page);
  }

  replay(messageId) {
    return this.#call('messages.replay', { messageId });
  }

  cancelRetry(messageId) {
    return this.#call('messages.cancel', { messageId });
  }

  retryNow(messageId) {
    return this.#call('messages.retry_now', { messageId });
  }

  deleteMessage(messageId) {
    return this.#call('messages.delete', { messageId });
  }

  replayAllMessages(filter) {
    return this.#call('messages.replay_all', filter);
  }

  replayBatchMessages(messageIds) {
    return this.#call('messages.replay_batch', { messageIds });
  }

  deleteMessagesBatch(messageIds) {
    return this.#call('messages.delete_batch', { messageIds });
  }

  deleteMessagesAll(filter = {}) {
    return this.#call('messages.delete_all', filter);
  }

  getLogs(filter = {}) {
    return this.#call('logs.list', filter, results.page);
  }

  getDLQMessages(range = {}) {
    return this.#call('dead_letters.list', range, results.page);
  }

  replayFromDLQ(messageId) {
    return this.#call('dead_letters.replay', { messageId });
  }

  getMetrics(window, filter = {}) {
    return this.#call('metrics.get', { ...filter, window });
  }

  getTimeseriesMetrics(window, filter = {}) {
    return this.#call('metrics.timeseries', { ...filter, window });
  }

  createApiKey(key = {}) {
    return this.#call('api_keys.create', key);
  }

  listApiKeys() {
    return this.#call('api_keys.list', {}, results.page);
  }

  deleteApiKey(keyId) {
    return this.#call('api_keys.delete', { keyId }, results.nothing);
  }

  createExport(range) {
    return this.#call('exports.create', range);
  }

  listExports() {
    return this.#call('exports.list', {}, results.page);
  }

  getExport(exportId) {
    return this.#call('exports.get', { exportId });
  }

  downloadExport(exportId) {
    return this.#call('exports.download', { exportId }, results.downloadUrl);
  }

  deleteExport(exportId) {
    return this.#call('exports.delete', { exportId }, results.nothing);
  }

  async lookupActors({ apiKeyIds = [], userIds = [] } = {}) {
    const listed = (ids) => Array.from(ids).join(',') || undefined;
    return this.#call('actors.lookup', { apiKeyId: listed(apiKeyIds), userId: listed(userIds) }, results.actors);
  }

  stats() {
    return this.#call('stats', {});
  }

  events() {
    const queue = this.#engine.events();
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
    return this.#pending.expect(this.#engine, (tag) => this.#engine.close(patience, tag));
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
