'use strict';

// Finds the native half: beside this package where it was built here, else in the package of the platform.

const fs = require('node:fs');
const path = require('node:path');

/** What the addon may be called here, most likely first. */
function triples() {
  const base = `${process.platform}-${process.arch}`;
  return process.platform === 'linux' ? [`${base}-gnu`, `${base}-musl`] : [base];
}

function load() {
  const causes = [];
  for (const triple of triples()) {
    const built = path.join(__dirname, '..', `hookbridge.${triple}.node`);
    for (const candidate of fs.existsSync(built) ? [built] : [`@hookbridge/sdk-${triple}`]) {
      try {
        return require(candidate);
      } catch (cause) {
        causes.push(`${candidate}: ${cause.message.split('\n', 1)[0]}`);
      }
    }
  }
  throw new Error(`@hookbridge/sdk has no native half for this platform: ${causes.join('; ')}`);
}

module.exports = load();
