'use strict';

// A message in the application's own transaction: a function of PostgreSQL's schema `hookbridge`, called on the
// application's own connection (docs/postgresql.md). No driver is needed to load this: the connection brings its own.

const { fromFailure, invalid } = require('./errors.js');
const { kindOf, payloadBody } = require('./payloads.js');
const requests = require('./requests.js');

/** An argument that is text. Some drivers would cut it at U+0000, which PostgreSQL cannot hold. */
function textArgument(name, value) {
  if (value?.includes('\0')) {
    throw invalid(`\`${name}\` has the character U+0000`);
  }
  return { value: value ?? null, isJson: false };
}

/** An argument that is a JSON object; nothing where it is empty. */
function jsonArgument(fields) {
  const value = requests.document(fields ?? {});
  return { value: value === '{}' ? null : value, isJson: true };
}

/** The call of a `send`. Its rules are the function's own. */
function sendCall(given) {
  return {
    name: 'send',
    given: [
      textArgument('endpointId', requests.text('endpointId', given.endpointId)),
      textArgument('payload', payloadBody(given.payload)),
      jsonArgument(requests.headers(given.headers)),
      textArgument('idempotencyKey', requests.optionalText('idempotencyKey', given.idempotencyKey)),
      jsonArgument({
        ordering_key: requests.optionalText('orderingKey', given.orderingKey),
        deliver_at: requests.optionalMoment('deliverAt', given.deliverAt),
        expires_at: requests.optionalMoment('expiresAt', given.expiresAt),
        retention_hours: requests.hours(given.retentionHours),
      }),
    ],
  };
}

/** A call as a statement. Each argument goes to the server as text, whatever a driver makes of other types. */
function statement({ name, given }) {
  const casts = given.map(({ isJson }, index) => {
    const text = `CAST($${index + 1} AS text)`;
    return isJson ? `CAST(${text} AS jsonb)` : text;
  });
  return {
    text: `SELECT CAST(hookbridge.${name}(${casts.join(', ')}) AS text) AS id`,
    values: given.map(({ value }) => value),
  };
}

const has = (transaction, ...names) => names.every((name) => typeof transaction[name] === 'function');

/** A Client of node-postgres, or one of a Pool. */
function withPg(client, call) {
  // Of the server: `I` where nothing is begun. Older versions do not say it.
  if (has(client, 'getTransactionStatus') && client.getTransactionStatus() === 'I') {
    throw noTransaction();
  }
  return client.query(statement(call));
}

/** What the callback of Prisma's `$transaction` is given. */
function withPrisma(client, call) {
  const { text, values } = statement(call);
  return client.$queryRawUnsafe(text, ...values);
}

/** What the callback of Drizzle's `transaction` is given. It takes what has `getSQL`, and asks that for the statement. */
function withDrizzle(transaction, call) {
  const { text, values } = statement(call);
  return transaction.execute({ getSQL: () => ({ toQuery: () => ({ sql: text, params: values }) }) });
}

/** What runs a call. */
function runnerOf(transaction) {
  if (transaction === null || typeof transaction !== 'object') {
    throw new TypeError(`\`transaction\` must be an object, not ${kindOf(transaction)}`);
  }
  if (has(transaction, '$queryRawUnsafe')) {
    if (has(transaction, '$connect')) {
      throw invalid('`transaction` must be what the callback of `$transaction` is given, not the client');
    }
    return withPrisma;
  }
  if (has(transaction, 'execute', 'rollback')) {
    return withDrizzle;
  }
  if (has(transaction, 'execute', 'transaction')) {
    throw invalid('`transaction` must be what the callback of `transaction` is given, not the database');
  }
  if (has(transaction, 'query')) {
    if ('totalCount' in transaction) {
      throw invalid('`transaction` must be a client of the pool, from its `connect`, not the pool');
    }
    return withPg;
  }
  throw invalid('`transaction` must be a client of node-postgres, or a transaction of Prisma or Drizzle');
}

function noTransaction() {
  return invalid('`transaction` has no transaction open: the message would be there at once');
}

/** Runs a call on the application's connection; the id that it answers. */
async function run(call, transaction) {
  const runner = runnerOf(transaction);
  let answer;
  try {
    answer = await runner(transaction, call);
  } catch (error) {
    throw refusal(error) ?? error;
  }
  return (answer.rows ?? answer)[0].id;
}

/** What the server said, wherever a package that lies around the driver has put it. */
function* said(error) {
  for (let inner = error; inner !== null && typeof inner === 'object'; inner = inner.cause) {
    // Prisma, with an adapter and without.
    const adapter = inner.meta?.driverAdapterError;
    if (adapter) {
      yield* said(adapter);
    }
    yield {
      state: inner.originalCode ?? inner.code,
      message: inner.originalMessage ?? inner.message,
      detail: inner.detail,
    };
    yield { state: inner.meta?.code, message: inner.meta?.message };
  }
}

/**
 * What the function refused, as an error of this package. All else is the driver's, and so is the state of the
 * transaction.
 */
function refusal(error) {
  for (const { state, message, detail } of said(error)) {
    // `HB404`, or data that a type of PostgreSQL does not take before the function could say so.
    const refused = /^(?:HB(\d{3})|22...)$/.exec(state ?? '');
    if (refused?.[1] === undefined) {
      if (refused) {
        return invalid(message, 'INVALID_REQUEST', error);
      }
      continue;
    }
    const [, code, why] = /([A-Z_]+): (.*)/s.exec(message) ?? [];
    return fromFailure({
      code: detail ?? code ?? 'INVALID_REQUEST',
      message: why ?? message,
      status: Number(refused[1]),
      cause: error,
    });
  }
  return undefined;
}

module.exports = { run, sendCall };
