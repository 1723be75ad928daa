import { HookBridge } from '@hookbridge/sdk';

const client = new HookBridge({ database: 'hookbridge.db' });
for await (const message of client.iterDlqMessages()) {
  console.log(message.messageId, message.lastError);
  await client.replayFromDlq(message.messageId);
}
await client.flush();
await client.close();
