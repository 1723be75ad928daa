'use strict';

// The packed artefact in a clean project, the README's samples and the example.

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const { promisify } = require('node:util');
const { Receiver } = require('./support/receiver.js');
const { folder } = require('./support/outbox.js');

const PACKAGE = path.join(__dirname, '..');
const TRIPLE = `${process.platform}-${process.arch}-gnu`;
const run = promisify(execFile);

/** A project that has the packed package, and the platform's. */
async function project() {
  const directory = folder();
  const platform = path.join(directory, 'platform');
  fs.cpSync(path.join(PACKAGE, 'npm', TRIPLE), platform, { recursive: true });
  fs.copyFileSync(path.join(PACKAGE, `hookbridge.${TRIPLE}.node`), path.join(platform, `hookbridge.${TRIPLE}.node`));
  for (const source of [platform, PACKAGE]) {
    await run('npm', ['pack', '--silent', '--pack-destination', directory, source], { cwd: directory });
  }
  const archives = fs.readdirSync(directory).filter((name) => name.endsWith('.tgz'));
  assert.equal(archives.length, 2);
  const clean = path.join(directory, 'project');
  fs.mkdirSync(clean);
  fs.writeFileSync(path.join(clean, 'package.json'), '{"name": "shop", "private": true}');
  const install = [
    'install',
    '--offline',
    '--no-audit',
    '--no-fund',
    '--silent',
    ...archives.map((name) => `../${name}`),
  ];
  await run('npm', install, { cwd: clean });
  return clean;
}

const ENVIRONMENT = { ...process.env, HOOKBRIDGE_ALLOW_LOCAL_ENDPOINTS: '1', HOOKBRIDGE_API_KEY: 'hb_test_any' };

test('packed, installed and used: the samples, the example, both kinds of module, types', async (t) => {
  const receiver = await Receiver.start();
  t.after(() => receiver.stop());
  const clean = await project();
  const installed = path.join(clean, 'node_modules/@hookbridge/sdk');
  assert.deepEqual(fs.readdirSync(installed).sort(), [
    'README.md',
    'index.d.mts',
    'index.d.ts',
    'index.js',
    'index.mjs',
    'lib',
    'package.json',
  ]);
  const node = (file, ...args) =>
    run(process.execPath, [file, ...args], { cwd: clean, env: ENVIRONMENT, timeout: 120_000 });
  const write = (name, text) => fs.writeFileSync(path.join(clean, name), text);

  const [sending, verifying] = fs
    .readFileSync(path.join(PACKAGE, 'README.md'), 'utf8')
    .match(/(?<=```js\n)[^]*?(?=```)/g);
  assert.ok(sending.includes('https://example.com/hooks'));
  write('sending.mjs', `${sending.replace('https://example.com/hooks', receiver.url)}\nawait client.flush();`);
  const [endpointId, secret, messageId] = (await node('sending.mjs')).stdout.trim().split(' ');
  assert.match(endpointId, /^ep_/);
  const [{ headers, body }] = await receiver.received(1);
  assert.equal(headers['webhook-id'], messageId);
  write('verifying.mjs', verifying);
  const { verify } = await import(path.join(clean, 'verifying.mjs'));
  assert.equal(verify(secret, headers, body), true);
  assert.equal(verify(secret, headers, `${body} `), false);

  fs.copyFileSync(path.join(PACKAGE, 'examples/orders.mjs'), path.join(clean, 'orders.mjs'));
  const { stdout } = await node('orders.mjs', receiver.url);
  assert.match(stdout, /^accepted .{36}\nmessage_delivered after attempt 1\nthe receiver answered 200\n$/);
  await assert.rejects(node('orders.mjs', 'ftp://example.com'), { code: 1, stderr: /^INVALID_ENDPOINT: / });

  write(
    'both.cjs',
    `
    const sdk = require('@hookbridge/sdk');
    import('@hookbridge/sdk').then((esm) => {
      const same = Object.keys(sdk).filter((name) => esm[name] === sdk[name]);
      console.log(same.length === Object.keys(sdk).length && esm.default === sdk, sdk.version);
    });
    `,
  );
  assert.equal((await node('both.cjs')).stdout, `true ${require('../package.json').version}\n`);

  for (const name of ['program.mts', 'program.cts']) {
    fs.copyFileSync(path.join(PACKAGE, 'test/types', name), path.join(clean, name));
  }
  const types = path.join(PACKAGE, 'node_modules/@types');
  const options = [
    '--strict',
    '--noEmit',
    '--module',
    'node16',
    '--target',
    'es2022',
    '--types',
    'node',
    '--typeRoots',
    types,
  ];
  await run(
    process.execPath,
    [path.join(PACKAGE, 'node_modules/typescript/bin/tsc'), ...options, 'program.mts', 'program.cts'],
    { cwd: clean },
  );
});

test('a platform without a native half is named', async () => {
  const copy = path.join(folder(), 'copy');
  fs.mkdirSync(copy);
  for (const name of ['index.js', 'lib', 'package.json']) {
    fs.cpSync(path.join(PACKAGE, name), path.join(copy, name), { recursive: true });
  }
  assert.throws(() => require(copy), /no native half for this platform: @hookbridge\/sdk-linux-/);
});
