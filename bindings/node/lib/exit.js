'use strict';

// What a client that nobody closed does when it is collected, or when the program ends: what it has accepted gets a moment
// (`exitTimeout`) to be delivered and recorded, so that the next run has nothing to repeat.

/** The engines that were not closed. */
const open = new Set();
const collected = new FinalizationRegistry((engine) => {
  if (open.delete(engine)) {
    engine.beginFinish();
  }
});

/** Has `engine` finish at the end, or once `client` is collected. */
function expect(client, engine) {
  open.add(engine);
  collected.register(client, engine, engine);
}

/** The engine was closed. */
function forget(engine) {
  open.delete(engine);
  collected.unregister(engine);
}

process.once('exit', () => {
  // Side by side: they have their moment together.
  for (const engine of open) {
    engine.beginFinish();
  }
  for (const engine of open) {
    engine.endFinish();
  }
});

module.exports = { expect, forget };
