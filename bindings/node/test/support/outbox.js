'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { HookBridge } = require('../..');

/** A folder that is gone when the tests are over: what is open in it is closed before. */
function folder() {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'hookbridge-node-'));
  process.on('exit', () => fs.rmSync(made, { recursive: true, force: true }));
  return made;
}

/** A client on a file of its own, closed after the test. */
function open(t, options = {}) {
  const { in: directory = folder(), ...settings } = options;
  const client = new HookBridge({
    database: path.join(directory, 'outbox.db'),
    allowLocalEndpoints: true,
    durability: 'normal',
    ...settings,
  });
  t.after(() => client.close(2));
  return client;
}

/** Asks again until `wanted` says yes. */
async function until(ask, wanted, patience = 60_000) {
  const deadline = Date.now() + patience;
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) {
      return answer;
    }
    if (Date.now() > deadline) {
      throw new Error(`still ${JSON.stringify(answer)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

module.exports = { folder, open, until };
