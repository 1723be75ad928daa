// Written by `hookbridge-generate`: change the definition, not this file.

'use strict';

const { everyItem } = require('./answers.js');
const {
  headers,
  moment,
  named,
  noOptions,
  optionalMoment,
  optionalText,
  optionalTexts,
  several,
  text,
  texts,
  whole,
  words,
} = require('./requests.js');
const {
  ActivityResponse,
  ActorLookupResult,
  ApiKeyInfo,
  AttemptsResponse,
  CancelAllResult,
  CheckedSubscription,
  CreateApiKeyResponse,
  CreateEndpointResponse,
  CreateLoginCodeResponse,
  DeadLetterGroups,
  DeleteAllResult,
  DeleteBatchResult,
  DeleteMessageResult,
  DlqMessagesResponse,
  Endpoint,
  EndpointHealthResponse,
  EventDetails,
  EventTypeEntry,
  Explanation,
  ExportRecord,
  ListEndpointsResponse,
  ListEventTypesResponse,
  ListEventsResponse,
  LogsResponse,
  Message,
  MessagePayload,
  Metrics,
  PauseState,
  ReplayAllMessagesResponse,
  ReplayBatchMessagesResponse,
  ReplayEventsResult,
  ReplayMessageResponse,
  RotateSecretResponse,
  SendEventResponse,
  SendEventsResponse,
  SigningKey,
  Stats,
  TestDelivery,
  TimeSeriesMetrics,
  Verification,
  WhoAmI,
} = require('./types.js');

/** The methods of a client that are operations of the engine. `index.d.ts` documents them. */
class Operations {
  #call;

  /** `call` carries out an operation by its name, and gives its answer. */
  constructor(call) {
    this.#call = call;
  }

  async sendEvent(type, payload, options) {
    const given = named('sendEvent', options, [
      'tenant',
      'headers',
      'idempotencyKey',
      'orderingKey',
      'deliverAt',
      'expiresAt',
      'retentionHours',
    ]);
    const request = {
      type: text('type', type),
      payload,
      tenant: optionalText('tenant', given.tenant),
      headers: headers(given.headers),
      idempotency_key: optionalText('idempotencyKey', given.idempotencyKey),
      ordering_key: optionalText('orderingKey', given.orderingKey),
      deliver_at: optionalMoment('deliverAt', given.deliverAt),
      expires_at: optionalMoment('expiresAt', given.expiresAt),
      retention_hours: whole('retentionHours', given.retentionHours),
    };
    return new SendEventResponse(await this.#call('events.send', request));
  }

  async sendEventBatch(events, options) {
    noOptions('sendEventBatch', options);
    const request = {
      events: several(
        'events',
        events,
        [
          'type',
          'payload',
          'tenant',
          'headers',
          'idempotencyKey',
          'orderingKey',
          'deliverAt',
          'expiresAt',
          'retentionHours',
        ],
        (item, of) => ({
          type: text(`${of}type`, item.type),
          payload: item.payload,
          tenant: optionalText(`${of}tenant`, item.tenant),
          headers: headers(item.headers),
          idempotency_key: optionalText(`${of}idempotencyKey`, item.idempotencyKey),
          ordering_key: optionalText(`${of}orderingKey`, item.orderingKey),
          deliver_at: optionalMoment(`${of}deliverAt`, item.deliverAt),
          expires_at: optionalMoment(`${of}expiresAt`, item.expiresAt),
          retention_hours: whole(`${of}retentionHours`, item.retentionHours),
        }),
      ),
    };
    return new SendEventsResponse(await this.#call('events.send_batch', request));
  }

  async listEvents(options) {
    const given = named('listEvents', options, ['type', 'tenant', 'startTime', 'endTime', 'limit', 'cursor']);
    const request = {
      type: optionalText('type', given.type),
      tenant: optionalText('tenant', given.tenant),
      start_time: optionalMoment('startTime', given.startTime),
      end_time: optionalMoment('endTime', given.endTime),
      limit: whole('limit', given.limit),
      cursor: optionalText('cursor', given.cursor),
    };
    const answer = await this.#call('events.list', request);
    return new ListEventsResponse(answer, (cursor) => this.listEvents({ ...given, cursor }));
  }

  async *iterEvents(options) {
    const given = named('iterEvents', options, ['type', 'tenant', 'startTime', 'endTime', 'limit']);
    yield* everyItem(await this.listEvents(given));
  }

  async getEvent(eventId, options) {
    const given = named('getEvent', options, ['limit', 'cursor']);
    const request = {
      event_id: text('eventId', eventId),
      limit: whole('limit', given.limit),
      cursor: optionalText('cursor', given.cursor),
    };
    return new EventDetails(await this.#call('events.get', request));
  }

  async replayEvents(endpointId, since, options) {
    const given = named('replayEvents', options, ['before', 'type', 'rate', 'limit', 'cursor', 'dryRun']);
    const request = {
      endpoint_id: text('endpointId', endpointId),
      since: moment('since', since),
      before: optionalMoment('before', given.before),
      type: optionalText('type', given.type),
      rate: whole('rate', given.rate),
      limit: whole('limit', given.limit),
      cursor: optionalText('cursor', given.cursor),
      dry_run: given.dryRun,
    };
    return new ReplayEventsResult(await this.#call('events.replay', request));
  }

  async checkSubscription(type, payload, options) {
    const given = named('checkSubscription', options, ['endpointId', 'eventTypes', 'filter']);
    const request = {
      type: text('type', type),
      payload,
      endpoint_id: optionalText('endpointId', given.endpointId),
      event_types: optionalTexts('eventTypes', given.eventTypes),
      filter: given.filter,
    };
    return new CheckedSubscription(await this.#call('subscriptions.check', request));
  }

  async createEventType(name, options) {
    const given = named('createEventType', options, ['description', 'schema', 'example', 'deprecated']);
    const request = {
      name: text('name', name),
      description: optionalText('description', given.description),
      schema: given.schema,
      example: given.example,
      deprecated: given.deprecated,
    };
    return new EventTypeEntry(await this.#call('event_types.create', request));
  }

  async listEventTypes(options) {
    const given = named('listEventTypes', options, ['limit', 'cursor']);
    const request = { limit: whole('limit', given.limit), cursor: optionalText('cursor', given.cursor) };
    const answer = await this.#call('event_types.list', request);
    return new ListEventTypesResponse(answer, (cursor) => this.listEventTypes({ ...given, cursor }));
  }

  async *iterEventTypes(options) {
    const given = named('iterEventTypes', options, ['limit']);
    yield* everyItem(await this.listEventTypes(given));
  }

  async getEventType(name, options) {
    noOptions('getEventType', options);
    const request = { name: text('name', name) };
    return new EventTypeEntry(await this.#call('event_types.get', request));
  }

  async updateEventType(name, options) {
    const given = named('updateEventType', options, ['description', 'schema', 'example', 'deprecated']);
    const request = {
      name: text('name', name),
      description: optionalText('description', given.description),
      schema: given.schema,
      example: given.example,
      deprecated: given.deprecated,
    };
    return new EventTypeEntry(await this.#call('event_types.update', request));
  }

  async deleteEventType(name, options) {
    noOptions('deleteEventType', options);
    const request = { name: text('name', name) };
    await this.#call('event_types.delete', request);
  }

  async createEndpoint(url, options) {
    const given = named('createEndpoint', options, [
      'description',
      'rateLimitRps',
      'burst',
      'headers',
      'retrySchedule',
      'maxAttempts',
      'tenant',
      'eventTypes',
      'filter',
      'onFailure',
    ]);
    const request = {
      url: text('url', url),
      description: optionalText('description', given.description),
      rate_limit_rps: whole('rateLimitRps', given.rateLimitRps),
      burst: whole('burst', given.burst),
      headers: headers(given.headers),
      retry_schedule: given.retrySchedule,
      max_attempts: whole('maxAttempts', given.maxAttempts),
      tenant: optionalText('tenant', given.tenant),
      event_types: optionalTexts('eventTypes', given.eventTypes),
      filter: given.filter,
      on_failure: optionalText('onFailure', given.onFailure),
    };
    return new CreateEndpointResponse(await this.#call('endpoints.create', request));
  }

  async listEndpoints(options) {
    const given = named('listEndpoints', options, ['limit', 'cursor', 'tenant']);
    const request = {
      limit: whole('limit', given.limit),
      cursor: optionalText('cursor', given.cursor),
      tenant: optionalText('tenant', given.tenant),
    };
    const answer = await this.#call('endpoints.list', request);
    return new ListEndpointsResponse(answer, (cursor) => this.listEndpoints({ ...given, cursor }));
  }

  async *iterEndpoints(options) {
    const given = named('iterEndpoints', options, ['limit', 'tenant']);
    yield* everyItem(await this.listEndpoints(given));
  }

  async getEndpoint(endpointId, options) {
    noOptions('getEndpoint', options);
    const request = { endpoint_id: text('endpointId', endpointId) };
    return new Endpoint(await this.#call('endpoints.get', request));
  }

  async updateEndpoint(endpointId, options) {
    const given = named('updateEndpoint', options, [
      'url',
      'description',
      'rateLimitRps',
      'burst',
      'headers',
      'retrySchedule',
      'maxAttempts',
      'tenant',
      'eventTypes',
      'filter',
      'onFailure',
    ]);
    const request = {
      endpoint_id: text('endpointId', endpointId),
      url: optionalText('url', given.url),
      description: optionalText('description', given.description),
      rate_limit_rps: whole('rateLimitRps', given.rateLimitRps),
      burst: whole('burst', given.burst),
      headers: headers(given.headers),
      retry_schedule: given.retrySchedule,
      max_attempts: whole('maxAttempts', given.maxAttempts),
      tenant: optionalText('tenant', given.tenant),
      event_types: optionalTexts('eventTypes', given.eventTypes),
      filter: given.filter,
      on_failure: optionalText('onFailure', given.onFailure),
    };
    return new Endpoint(await this.#call('endpoints.update', request));
  }

  async deleteEndpoint(endpointId, options) {
    noOptions('deleteEndpoint', options);
    const request = { endpoint_id: text('endpointId', endpointId) };
    await this.#call('endpoints.delete', request);
  }

  async pauseEndpoint(endpointId, options) {
    noOptions('pauseEndpoint', options);
    const request = { endpoint_id: text('endpointId', endpointId) };
    return new PauseState(await this.#call('endpoints.pause', request));
  }

  async resumeEndpoint(endpointId, options) {
    noOptions('resumeEndpoint', options);
    const request = { endpoint_id: text('endpointId', endpointId) };
    return new PauseState(await this.#call('endpoints.resume', request));
  }

  async getEndpointHealth(endpointId, options) {
    const given = named('getEndpointHealth', options, ['tenant', 'limit', 'cursor']);
    const request = {
      endpoint_id: optionalText('endpointId', endpointId),
      tenant: optionalText('tenant', given.tenant),
      limit: whole('limit', given.limit),
      cursor: optionalText('cursor', given.cursor),
    };
    const answer = await this.#call('endpoints.health', request);
    return new EndpointHealthResponse(answer, (cursor) => this.getEndpointHealth({ ...given, cursor }));
  }

  async *iterEndpointHealth(options) {
    const given = named('iterEndpointHealth', options, ['tenant', 'limit']);
    yield* everyItem(await this.getEndpointHealth(given));
  }

  async testEndpoint(endpointId, options) {
    const given = named('testEndpoint', options, ['payload']);
    const request = { endpoint_id: text('endpointId', endpointId), payload: optionalText('payload', given.payload) };
    return new TestDelivery(await this.#call('endpoints.test', request));
  }

  async verifyEndpointSignature(endpointId, options) {
    const given = named('verifyEndpointSignature', options, ['headers', 'body', 'computed']);
    const request = {
      endpoint_id: text('endpointId', endpointId),
      headers: headers(given.headers),
      body: text('body', given.body),
      computed: optionalText('computed', given.computed),
    };
    return new Verification(await this.#call('endpoints.verify', request));
  }

  async listEndpointSigningKeys(endpointId, options) {
    noOptions('listEndpointSigningKeys', options);
    const request = { endpoint_id: text('endpointId', endpointId) };
    const answer = await this.#call('signing_keys.list', request);
    return answer.data.map((item) => new SigningKey(item));
  }

  async createEndpointSigningKey(endpointId, options) {
    noOptions('createEndpointSigningKey', options);
    const request = { endpoint_id: text('endpointId', endpointId) };
    return new RotateSecretResponse(await this.#call('signing_keys.create', request));
  }

  async rotateEndpointSecret(endpointId, options) {
    noOptions('rotateEndpointSecret', options);
    const request = { endpoint_id: text('endpointId', endpointId) };
    return new RotateSecretResponse(await this.#call('signing_keys.create', request));
  }

  async deleteEndpointSigningKey(endpointId, keyId, options) {
    noOptions('deleteEndpointSigningKey', options);
    const request = { endpoint_id: text('endpointId', endpointId), key_id: text('keyId', keyId) };
    await this.#call('signing_keys.delete', request);
  }

  async getMessage(messageId, options) {
    noOptions('getMessage', options);
    const request = { message_id: text('messageId', messageId) };
    return new Message(await this.#call('messages.get', request));
  }

  async getMessageAttempts(messageId, options) {
    noOptions('getMessageAttempts', options);
    const request = { message_id: text('messageId', messageId) };
    const answer = await this.#call('messages.attempts', request);
    return new AttemptsResponse(answer);
  }

  async getMessagePayload(messageId, options) {
    noOptions('getMessagePayload', options);
    const request = { message_id: text('messageId', messageId) };
    return new MessagePayload(await this.#call('messages.payload', request));
  }

  async explainMessage(messageId, options) {
    noOptions('explainMessage', options);
    const request = { message_id: text('messageId', messageId) };
    return new Explanation(await this.#call('messages.explain', request));
  }

  async replay(messageId, options) {
    noOptions('replay', options);
    const request = { message_id: text('messageId', messageId) };
    return new ReplayMessageResponse(await this.#call('messages.replay', request));
  }

  async cancelRetry(messageId, options) {
    noOptions('cancelRetry', options);
    const request = { message_id: text('messageId', messageId) };
    return new Message(await this.#call('messages.cancel', request));
  }

  async retryNow(messageId, options) {
    noOptions('retryNow', options);
    const request = { message_id: text('messageId', messageId) };
    return new Message(await this.#call('messages.retry_now', request));
  }

  async rescheduleMessage(messageId, deliverAt, options) {
    noOptions('rescheduleMessage', options);
    const request = { message_id: text('messageId', messageId), deliver_at: moment('deliverAt', deliverAt) };
    return new Message(await this.#call('messages.reschedule', request));
  }

  async replayAllMessages(status, options) {
    const given = named('replayAllMessages', options, [
      'endpointId',
      'limit',
      'createdAfter',
      'createdBefore',
      'cause',
      'dryRun',
      'cursor',
    ]);
    const request = {
      status: text('status', status),
      endpoint_id: optionalText('endpointId', given.endpointId),
      limit: whole('limit', given.limit),
      created_after: optionalMoment('createdAfter', given.createdAfter),
      created_before: optionalMoment('createdBefore', given.createdBefore),
      cause: optionalText('cause', given.cause),
      dry_run: given.dryRun,
      cursor: optionalText('cursor', given.cursor),
    };
    return new ReplayAllMessagesResponse(await this.#call('messages.replay_all', request));
  }

  async cancelAllMessages(options) {
    const given = named('cancelAllMessages', options, [
      'endpointId',
      'createdAfter',
      'createdBefore',
      'limit',
      'cause',
      'dryRun',
      'cursor',
    ]);
    const request = {
      endpoint_id: optionalText('endpointId', given.endpointId),
      created_after: optionalMoment('createdAfter', given.createdAfter),
      created_before: optionalMoment('createdBefore', given.createdBefore),
      limit: whole('limit', given.limit),
      cause: optionalText('cause', given.cause),
      dry_run: given.dryRun,
      cursor: optionalText('cursor', given.cursor),
    };
    return new CancelAllResult(await this.#call('messages.cancel_all', request));
  }

  async replayBatchMessages(messageIds, options) {
    noOptions('replayBatchMessages', options);
    const request = { message_ids: texts('messageIds', messageIds) };
    return new ReplayBatchMessagesResponse(await this.#call('messages.replay_batch', request));
  }

  async deleteMessage(messageId, options) {
    noOptions('deleteMessage', options);
    const request = { message_id: text('messageId', messageId) };
    return new DeleteMessageResult(await this.#call('messages.delete', request));
  }

  async deleteMessagesBatch(messageIds, options) {
    noOptions('deleteMessagesBatch', options);
    const request = { message_ids: texts('messageIds', messageIds) };
    return new DeleteBatchResult(await this.#call('messages.delete_batch', request));
  }

  async deleteMessagesAll(options) {
    const given = named('deleteMessagesAll', options, [
      'status',
      'endpointId',
      'createdAfter',
      'createdBefore',
      'limit',
      'cause',
      'dryRun',
      'cursor',
    ]);
    const request = {
      status: words('status', given.status),
      endpoint_id: optionalText('endpointId', given.endpointId),
      created_after: optionalMoment('createdAfter', given.createdAfter),
      created_before: optionalMoment('createdBefore', given.createdBefore),
      limit: whole('limit', given.limit),
      cause: optionalText('cause', given.cause),
      dry_run: given.dryRun,
      cursor: optionalText('cursor', given.cursor),
    };
    return new DeleteAllResult(await this.#call('messages.delete_all', request));
  }

  async getLogs(options) {
    const given = named('getLogs', options, [
      'status',
      'startTime',
      'endTime',
      'limit',
      'cursor',
      'endpointId',
      'q',
      'error',
      'cause',
      'eventType',
      'tenant',
      'orderingKey',
    ]);
    const request = {
      status: words('status', given.status),
      start_time: optionalMoment('startTime', given.startTime),
      end_time: optionalMoment('endTime', given.endTime),
      limit: whole('limit', given.limit),
      cursor: optionalText('cursor', given.cursor),
      endpoint_id: optionalText('endpointId', given.endpointId),
      q: optionalText('q', given.q),
      error: optionalText('error', given.error),
      cause: optionalText('cause', given.cause),
      event_type: optionalText('eventType', given.eventType),
      tenant: optionalText('tenant', given.tenant),
      ordering_key: optionalText('orderingKey', given.orderingKey),
    };
    const answer = await this.#call('logs.list', request);
    return new LogsResponse(answer, (cursor) => this.getLogs({ ...given, cursor }));
  }

  async *iterLogs(options) {
    const given = named('iterLogs', options, [
      'status',
      'startTime',
      'endTime',
      'limit',
      'endpointId',
      'q',
      'error',
      'cause',
      'eventType',
      'tenant',
      'orderingKey',
    ]);
    yield* everyItem(await this.getLogs(given));
  }

  async getDlqMessages(options) {
    const given = named('getDlqMessages', options, ['limit', 'cursor', 'endpointId', 'cause', 'startTime', 'endTime']);
    const request = {
      limit: whole('limit', given.limit),
      cursor: optionalText('cursor', given.cursor),
      endpoint_id: optionalText('endpointId', given.endpointId),
      cause: optionalText('cause', given.cause),
      start_time: optionalMoment('startTime', given.startTime),
      end_time: optionalMoment('endTime', given.endTime),
    };
    const answer = await this.#call('dead_letters.list', request);
    return new DlqMessagesResponse(answer, (cursor) => this.getDlqMessages({ ...given, cursor }));
  }

  async *iterDlqMessages(options) {
    const given = named('iterDlqMessages', options, ['limit', 'endpointId', 'cause', 'startTime', 'endTime']);
    yield* everyItem(await this.getDlqMessages(given));
  }

  async getDlqGroups(options) {
    const given = named('getDlqGroups', options, ['endpointId', 'cursor']);
    const request = {
      endpoint_id: optionalText('endpointId', given.endpointId),
      cursor: optionalText('cursor', given.cursor),
    };
    return new DeadLetterGroups(await this.#call('dead_letters.groups', request));
  }

  async replayFromDlq(messageId, options) {
    noOptions('replayFromDlq', options);
    const request = { message_id: text('messageId', messageId) };
    return new ReplayMessageResponse(await this.#call('dead_letters.replay', request));
  }

  async getMetrics(window, options) {
    const given = named('getMetrics', options, ['endpointId']);
    const request = {
      window: optionalText('window', window),
      endpoint_id: optionalText('endpointId', given.endpointId),
    };
    return new Metrics(await this.#call('metrics.get', request));
  }

  async getTimeseriesMetrics(window, options) {
    const given = named('getTimeseriesMetrics', options, ['endpointId']);
    const request = {
      window: optionalText('window', window),
      endpoint_id: optionalText('endpointId', given.endpointId),
    };
    return new TimeSeriesMetrics(await this.#call('metrics.timeseries', request));
  }

  async listApiKeys(options) {
    noOptions('listApiKeys', options);
    const request = {};
    const answer = await this.#call('api_keys.list', request);
    return answer.data.map((item) => new ApiKeyInfo(item));
  }

  async createApiKey(mode, options) {
    const given = named('createApiKey', options, ['label', 'scope']);
    const request = {
      mode: optionalText('mode', mode),
      label: optionalText('label', given.label),
      scope: optionalText('scope', given.scope),
    };
    return new CreateApiKeyResponse(await this.#call('api_keys.create', request));
  }

  async deleteApiKey(keyId, options) {
    noOptions('deleteApiKey', options);
    const request = { key_id: text('keyId', keyId) };
    await this.#call('api_keys.delete', request);
  }

  async createLoginCode(options) {
    noOptions('createLoginCode', options);
    const request = {};
    return new CreateLoginCodeResponse(await this.#call('login_codes.create', request));
  }

  async createExport(options) {
    const given = named('createExport', options, ['startTime', 'endTime', 'status', 'endpointId']);
    const request = {
      start_time: moment('startTime', given.startTime),
      end_time: moment('endTime', given.endTime),
      status: optionalText('status', given.status),
      endpoint_id: optionalText('endpointId', given.endpointId),
    };
    return new ExportRecord(await this.#call('exports.create', request));
  }

  async listExports(options) {
    noOptions('listExports', options);
    const request = {};
    const answer = await this.#call('exports.list', request);
    return answer.data.map((item) => new ExportRecord(item));
  }

  async getExport(exportId, options) {
    noOptions('getExport', options);
    const request = { export_id: text('exportId', exportId) };
    return new ExportRecord(await this.#call('exports.get', request));
  }

  async downloadExport(exportId, options) {
    noOptions('downloadExport', options);
    const request = { export_id: text('exportId', exportId) };
    const answer = await this.#call('exports.download', request);
    return answer.download_url;
  }

  async deleteExport(exportId, options) {
    noOptions('deleteExport', options);
    const request = { export_id: text('exportId', exportId) };
    await this.#call('exports.delete', request);
  }

  async stats(options) {
    noOptions('stats', options);
    const request = {};
    return new Stats(await this.#call('stats', request));
  }

  async whoami(options) {
    noOptions('whoami', options);
    const request = {};
    return new WhoAmI(await this.#call('whoami', request));
  }

  async listActivity(options) {
    const given = named('listActivity', options, ['limit', 'cursor']);
    const request = { limit: whole('limit', given.limit), cursor: optionalText('cursor', given.cursor) };
    const answer = await this.#call('activity.list', request);
    return new ActivityResponse(answer, (cursor) => this.listActivity({ ...given, cursor }));
  }

  async *iterActivity(options) {
    const given = named('iterActivity', options, ['limit']);
    yield* everyItem(await this.listActivity(given));
  }

  async lookupActors(options) {
    const given = named('lookupActors', options, ['userIds', 'apiKeyIds']);
    const request = {
      user_id: optionalTexts('userIds', given.userIds),
      api_key_id: optionalTexts('apiKeyIds', given.apiKeyIds),
    };
    return new ActorLookupResult(await this.#call('actors.lookup', request));
  }
}

module.exports = { Operations };
