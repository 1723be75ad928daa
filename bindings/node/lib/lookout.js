'use strict';

// Looks for an answer in each turn of the event loop, for a moment, before the loop may fall asleep: to wake it takes longer
// than to write a message. Whatever else the loop has to do it does in between.

const { performance } = require('node:perf_hooks');
// Taken before a test can put its own in the place of it.
const { setImmediate } = globalThis;

/** How long an answer is looked for, in milliseconds. */
const MOMENT = 0.1;
/** How many calls are not looked for after one whose answer took longer. */
const DISCOURAGED = 32;

class Lookout {
  #complete;
  #engine;
  #until;
  #unlooked = 0;

  /** `complete` takes the tags and answers that are found. */
  constructor(complete) {
    this.#complete = complete;
  }

  /** For the answer to a call of `engine` that has begun. */
  begin(engine) {
    if (this.#unlooked > 0) {
      this.#unlooked -= 1;
      return;
    }
    const looking = this.#engine !== undefined;
    this.#engine = engine;
    this.#until = performance.now() + MOMENT;
    if (!looking) {
      this.#look();
    }
  }

  #look = () => {
    const again = performance.now() < this.#until;
    const found = this.#engine.look(again);
    if (found === null && again) {
      setImmediate(this.#look);
      return;
    }
    this.#engine = undefined;
    if (found === null) {
      this.#unlooked = DISCOURAGED;
    } else {
      this.#complete(found.tags, found.answers);
    }
  };
}

module.exports = { Lookout };
