import { HookBridge, HookBridgeError, NotFoundError } from '@hookbridge/sdk';

const client = new HookBridge({ database: 'hookbridge.db' });
try {
  await client.send({ endpointId: 'ep_unknown', payload: { event: 'order.created' } });
} catch (error) {
  if (error instanceof NotFoundError) console.log(error.code, error.statusCode);
  else if (error instanceof HookBridgeError) console.log(error.code, error.isRetryable ? 'again later' : 'not again');
  else throw error;
} finally {
  await client.close();
}
