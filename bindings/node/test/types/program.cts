// The same from CommonJS.
import sdk = require('@hookbridge/sdk');

export async function first(client: sdk.HookBridge): Promise<string> {
  const page: sdk.ListEndpointsResponse = await client.listEndpoints({ limit: 1 });
  return page[0]?.url ?? '';
}
