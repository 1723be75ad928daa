'use strict';

// A message in the application's own transaction, on its own connection: a function of PostgreSQL's schema `hookbridge`
// (docs/postgresql.md), or a row of SQLite's table `hookbridge_send` (docs/sqlite-outbox.md). No driver is needed to load
// this: the connection brings its own.

const { STATUS_BY_CODE } = require('./error_types.js');
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

/** The call of a `send`, and the same as a row of SQLite's table. The rules are the function's and the table's own. */
function sendCall(given) {
  const endpointId = textArgument('endpointId', requests.text('endpointId', given.endpointId));
  const payload = textArgument('payload', payloadBody(given.payload));
  const headers = jsonArgument(requests.headers(given.headers));
  const key = textArgument('idempotencyKey', requests.optionalText('idempotencyKey', given.idempotencyKey));
  const options = {
    ordering_key: requests.optionalText('orderingKey', given.orderingKey),
    deliver_at: requests.optionalMoment('deliverAt', given.deliverAt),
    expires_at: requests.optionalMoment('expiresAt', given.expiresAt),
    retention_hours: requests.hours(given.retentionHours),
  };
  const columns = {
    endpoint_id: endpointId.value,
    payload: payload.value,
    headers: headers.value,
    idempotency_key: key.value,
    ...options,
  };
  return {
    name: 'send',
    given: [endpointId, payload, headers, key, jsonArgument(options)],
    row: Object.entries(columns).filter(([, value]) => value !== undefined && value !== null),
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

/** A call as a statement of SQLite. Some drivers would make a fraction of a number. */
function insertion({ row }) {
  const names = row.map(([name]) => name).join(', ');
  const places = row.map(() => '?').join(', ');
  return {
    text: `INSERT INTO hookbridge_send (${names}) VALUES (${places}) RETURNING id`,
    values: row.map(([, value]) => (typeof value === 'number' ? BigInt(value) : value)),
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

/** A database of better-sqlite3 or of `node:sqlite`. */
function withSqlite(database, call) {
  if (database.inTransaction === false || database.isTransaction === false) {
    throw noTransaction();
  }
  const { text, values } = insertion(call);
  return database.prepare(text).all(...values);
}

/** What the callback of Drizzle's `transaction` is given over SQLite. */
function withDrizzleOnSqlite(transaction, call) {
  const { text, values } = insertion(call);
  return transaction.all({ getSQL: () => ({ toQuery: () => ({ sql: text, params: values }) }) });
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
  if (has(transaction, 'all', 'run', 'rollback')) {
    return withDrizzleOnSqlite;
  }
  if (has(transaction, 'prepare', 'exec')) {
    return withSqlite;
  }
  if (has(transaction, 'execute', 'transaction') || has(transaction, 'all', 'run', 'transaction')) {
    throw invalid('`transaction` must be what the callback of `transaction` is given, not the database');
  }
  if (has(transaction, 'query')) {
    if ('totalCount' in transaction) {
      throw invalid('`transaction` must be a client of the pool, from its `connect`, not the pool');
    }
    return withPg;
  }
  throw invalid(
    '`transaction` must be a client of node-postgres, a database of better-sqlite3 or node:sqlite, or a transaction of ' +
      'Prisma or Drizzle',
  );
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
    throw refused(runner, error);
  }
  return (answer.rows ?? answer)[0].id;
}

const SYNCHRONOUS = new Set([withSqlite, withDrizzleOnSqlite]);

/** Runs a call on a connection to SQLite that knows no promises; the id that it answers. */
function runSync(call, transaction) {
  const runner = runnerOf(transaction);
  if (!SYNCHRONOUS.has(runner)) {
    throw invalid('`transaction` must be of SQLite: for PostgreSQL use `send`');
  }
  let answer;
  try {
    answer = runner(transaction, call);
  } catch (error) {
    throw refused(runner, error);
  }
  if (!Array.isArray(answer)) {
    throw invalid('`transaction` is of a driver with promises: use `send`');
  }
  return answer[0].id;
}

/** What is to be thrown for what a driver has thrown. */
function refused(runner, error) {
  return (SYNCHRONOUS.has(runner) ? refusalOfTrigger(error) : refusal(error)) ?? error;
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

/** The same for a trigger of SQLite. */
function refusalOfTrigger(error) {
  for (let inner = error; inner !== null && typeof inner === 'object'; inner = inner.cause) {
    const [, code, message] = /^(?:.*: )?([A-Z]+(?:_[A-Z]+)+): (.*)$/s.exec(inner.message ?? '') ?? [];
    const status = STATUS_BY_CODE.get(code);
    if (status !== undefined) {
      return fromFailure({ code, message, status, cause: error });
    }
  }
  return undefined;
}

module.exports = { run, runSync, sendCall };
