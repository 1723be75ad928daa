// A program as a user writes it, for the type checker.
import sdk, { HookBridge, HookBridgeError, NotFoundError } from '@hookbridge/sdk';

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
  for (const item of await client.sendBatch([{ endpointId, payload: Buffer.from('[1.10]') }])) {
    console.log(item.error ? item.error.code : item.messageId);
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

export function mistakes(client: HookBridge): void {
  // @ts-expect-error a message needs an endpoint
  void client.send({ payload: 1 });
  // @ts-expect-error there is no such setting
  new HookBridge({ datebase: 'x' });
  // @ts-expect-error nor such a delivery
  new HookBridge({ delivery: 'maybe' });
  // @ts-expect-error ids are text
  void client.getMessage(7);
}
