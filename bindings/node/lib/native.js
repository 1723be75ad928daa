'use strict';

// Finds the native half: beside this package where it was built here, else in the package of the platform.

const fs = require('node:fs');
const path = require('node:path');
const { version } = require('../package.json');

/** The platforms that have a package with the native half built. */
const BUILT = { 'linux-x64-gnu': '@hookbridge/sdk-linux-x64-gnu' };

/** What this platform is called, most likely first. */
function triples() {
  const base = `${process.platform}-${process.arch}`;
  return process.platform === 'linux' ? [`${base}-gnu`, `${base}-musl`] : [base];
}

/** What to do where no native half was found; `own` is the package that lacks, where there is one. */
function advice(own) {
  const build =
    'build it from the sources (needs Rust): `make node` in a clone of hookbridge, and install `bindings/node` of it';
  return own === undefined
    ? `one is published only for ${Object.keys(BUILT).join(', ')}; here, ${build}`
    : `install it with \`npm install ${own}@${version}\`, which \`--omit=optional\` leaves out, or ${build}`;
}

function load() {
  const packages = triples().flatMap((triple) => BUILT[triple] ?? []);
  const built = triples().map((triple) => path.join(__dirname, '..', `hookbridge.${triple}.node`));
  const causes = [];
  let missing;
  for (const candidate of [...built.filter((file) => fs.existsSync(file)), ...packages]) {
    try {
      return require(candidate);
    } catch (cause) {
      causes.push(`${candidate}: ${cause.message.split('\n', 1)[0]}`);
      missing ??= cause.code === 'MODULE_NOT_FOUND' ? candidate : undefined;
    }
  }
  const tried = causes.length > 0 ? ` (${causes.join('; ')})` : '';
  throw new Error(
    `@hookbridge/sdk has no native half for ${process.platform}-${process.arch}${tried}: ${advice(missing)}`,
  );
}

module.exports = load();
