'use strict';

// Looks for an answer in each turn of the event loop, for a moment, before the loop may fall asleep: to wake it takes longer
// than to write a message. Whatever else the loop has to do it does in between.

const { performance } = require('node:perf_hooks');
// Taken before a test can put its own in the place of it. Where that was done before, nothing is looked for: whatever happens
// here, the loop is also woken for each answer.
const { setImmediate } = require('node:timers');

/** How long an answer is looked for, in milliseconds. */
const MOMENT = 0.1;
/** How many calls are not looked for after one whose answer took longer. */
const DISCOURAGED = 32;

class Lookout {
  #complete;
  #isAwaited;
  #engine;
  #until;
  #unlooked = 0;

  /** `complete` takes the tags and answers that are found; `isAwaited` says whether one is still to come. */
  constructor(complete, isAwaited) {
    this.#complete = complete;
    this.#isAwaited = isAwaited;
  }

  /** For the answer to a call of `engine` that has begun. */
  begin(engine) {
    if (this.#unlooked > 0) {
      this.#unlooked -= 1;
      return;
    }
    this.#until = performance.now() + MOMENT;
    if (this.#engine === undefined) {
      this.#engine = engine;
      setImmediate(this.#look);
    }
  }

  #look = () => {
    const found = this.#isAwaited() ? this.#engine.look() : null;
    if (found !== null) {
      this.#complete(found.tags, found.answers);
    }
    const isAwaited = this.#isAwaited();
    if (isAwaited && performance.now() < this.#until) {
      setImmediate(this.#look);
      return;
    }
    this.#engine = undefined;
    if (isAwaited) {
      this.#unlooked = DISCOURAGED;
    }
  };
}

module.exports = { Lookout };
