'use strict';

// The packed artefact in a clean project, with the first of the examples.

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

test('packed, installed and used: an example, both kinds of module, types', async (t) => {
  const receiver = await Receiver.start();
  t.after(() => receiver.stop());
  const clean = await project();
  const installed = path.join(clean, 'node_modules/@hookbridge/sdk');
  assert.deepEqual(fs.readdirSync(installed).sort(), [
    'LICENSE-APACHE',
    'LICENSE-MIT',
    'README.md',
    'index.d.mts',
    'index.d.ts',
    'index.js',
    'index.mjs',
    'lib',
    'package.json',
  ]);
  const node = (file) => run(process.execPath, [file], { cwd: clean, env: ENVIRONMENT, timeout: 120_000 });
  const write = (name, text) => fs.writeFileSync(path.join(clean, name), text);

  const sample = fs.readFileSync(path.join(PACKAGE, 'examples/first.mjs'), 'utf8');
  write('first.mjs', sample.replace('https://example.com/hooks', receiver.url));
  const [endpointId, , messageId] = (await node('first.mjs')).stdout.trim().split(/\s/);
  assert.match(endpointId, /^ep_/);
  const [{ headers }] = await receiver.received(1);
  assert.equal(headers['webhook-id'], messageId);

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
    '--lib',
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

test('a package without its native half says what is missing, and names no package that does not exist', async () => {
  const directory = folder();
  await run('npm', ['pack', '--silent', '--pack-destination', directory, PACKAGE], { cwd: directory });
  const [archive] = fs.readdirSync(directory);
  await run('tar', ['-xzf', archive], { cwd: directory });
  const load = async (platform, arch) => {
    const pretend = `for (const [name, value] of Object.entries({ platform: '${platform}', arch: '${arch}' }))
      Object.defineProperty(process, name, { value });
      try { require('./package'); } catch (error) { console.log(error.message); }`;
    return (await run(process.execPath, ['-e', pretend], { cwd: directory })).stdout;
  };
  const { version } = require('../package.json');
  const here = await load('linux', 'x64');
  assert.match(here, /has no native half for linux-x64 \(@hookbridge\/sdk-linux-x64-gnu: Cannot find module/);
  assert.ok(
    here.includes(`\`npm install @hookbridge/sdk-linux-x64-gnu@${version}\``) && here.includes('`make node`'),
    here,
  );
  for (const [platform, arch] of [
    ['darwin', 'arm64'],
    ['linux', 'arm64'],
    ['win32', 'x64'],
  ]) {
    const elsewhere = await load(platform, arch);
    assert.match(elsewhere, new RegExp(`has no native half for ${platform}-${arch}: .*\`make node\``));
    assert.doesNotMatch(elsewhere, /@hookbridge\/sdk-/);
  }
});
