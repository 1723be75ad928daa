'use strict';

const { spawn } = require('node:child_process');
const { once } = require('node:events');

const PACKAGE = JSON.stringify(require('node:path').join(__dirname, '../..'));

/** Starts a program of its own that has the package as `sdk` and `process.argv.slice(1)`. */
function start(source, ...args) {
  const text = `const sdk = require(${PACKAGE});\n(async () => {${source}\n})();`;
  return spawn(process.execPath, ['--expose-gc', '--max-semi-space-size=2', '-e', text, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

/** Runs one to its end: its output and its status. One that does not end is killed, and the status says so. */
async function run(source, ...args) {
  const child = start(source, ...args);
  let output = '';
  child.stdout.on('data', (part) => (output += part));
  child.stdin.end();
  const timer = setTimeout(() => child.kill('SIGKILL'), 180_000);
  const [status, signal] = await once(child, 'close');
  clearTimeout(timer);
  return { output: output.trim(), status: status ?? signal };
}

module.exports = { run, start };
