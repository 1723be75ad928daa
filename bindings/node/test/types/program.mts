// A program as a user writes it, for the type checker.
import sdk, { HookBridge, HookBridgeError, NotFoundError, RawJson } from '@hookbridge/sdk';
import type { CreateEndpointResponse, ErrorCode, GetLogsOptions, MessageStatus, Page } from '@hookbridge/sdk';

export async function deliver(endpointId: string): Promise<Date | null> {
  const client = new HookBridge({
    database: 'orders.db',
    durability: 'normal',
    maxInFlight: 64,
    retrySchedule: [1, 5],
  });
  const result = await client.send({
    endpointId,
    payload: { event: 'order.created' },
    headers: { 'X-Source': 'billing' },
  });
  const batch = [
    { endpointId, payload: Buffer.from('[1.10]') },
    { endpointId, payload: new RawJson('[1.10]') },
  ];
  for (const item of await client.sendBatch(batch)) {
    console.log('code' in item ? item.code : item.messageId);
  }
  for await (const event of client.events()) {
    console.log(event.kind, event.occurredAt.getTime());
  }
  try {
    const message = await client.getMessage(result.messageId);
    return message.deliveredAt;
  } catch (error) {
    if (error instanceof NotFoundError) console.log(error.code, error.statusCode);
    if (error instanceof HookBridgeError) return null;
    throw error;
  } finally {
    const ended: boolean = await client.close(5);
    console.log(ended, sdk.version);
  }
}

export async function look(client: HookBridge): Promise<number> {
  const made: CreateEndpointResponse = await client.createEndpoint('https://example.com/hooks', { rateLimitRps: 5 });
  await client.updateEndpoint(made.id, { headers: new Map([['X-A', 'b']]), retrySchedule: null });
  const filter: GetLogsOptions = { status: 'succeeded', startTime: new Date(0) };
  const first = await client.getLogs(filter);
  const second = await first.nextPage();
  const statuses: MessageStatus[] = Array.from(first, ({ status }) => status);
  for await (const { messageId } of client.iterLogs({ limit: 10 })) console.log(messageId);
  const size = (page: Page<unknown>): number => page.length;
  const keys = await client.listApiKeys();
  const actors = await client.lookupActors({ apiKeyIds: keys.map(({ keyId }) => keyId) });
  console.log(actors.apiKeys?.[keys[0]?.keyId ?? '']?.label, statuses, first[0]?.endpoint, first.messages.length);
  await client.deleteMessagesAll({ status: ['failed_permanent'] });
  await client.replayAllMessages('pending_retry', { limit: 5 });
  const code: ErrorCode = 'ENDPOINT_NOT_FOUND';
  console.log(code, (await client.getMetrics('1h')).window);
  return size(first) + (second === null ? 0 : size(second));
}

export async function closed(): Promise<void> {
  await using client = new HookBridge({ database: 'orders.db' });
  await client.flush();
}

export function mistakes(client: HookBridge): void {
  // @ts-expect-error a message needs an endpoint
  void client.send({ payload: 1 });
  // @ts-expect-error there is no such field
  void client.send({ endpointId: 'x', payload: 1, idempotencykey: 'x' });
  // @ts-expect-error there is no such setting
  new HookBridge({ datebase: 'x' });
  // @ts-expect-error nor such a delivery
  new HookBridge({ delivery: 'maybe' });
  // @ts-expect-error ids are text
  void client.getMessage(7);
  // @ts-expect-error there is no such status
  void client.getLogs({ status: 'faild' });
  // @ts-expect-error nor such a window
  void client.getMetrics('2h');
  // @ts-expect-error an iterator begins at the first page
  void client.iterLogs({ cursor: 'x' });
  // @ts-expect-error both ends are needed
  void client.createExport({ startTime: new Date() });
}

export async function inTransactions(
  client: HookBridge,
  pg: { query(config: { text: string; values?: unknown[] }): Promise<{ rows: object[] }> },
  prisma: { $queryRawUnsafe<T = unknown>(query: string, ...values: unknown[]): Promise<T> },
  drizzle: { execute(query: string | { getSQL(): object }): Promise<object>; rollback(): never },
): Promise<string[]> {
  const ids = [];
  for (const transaction of [pg, prisma, drizzle, null, undefined]) {
    ids.push((await client.send({ endpointId: 'ep_', payload: 1 }, { transaction })).messageId);
  }
  // @ts-expect-error an option that does not exist
  await client.send({ endpointId: 'ep_', payload: 1 }, { transactions: pg });
  return ids;
}
