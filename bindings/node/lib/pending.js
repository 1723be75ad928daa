'use strict';

// Promises that wait for the engine. While one waits the process stays; an open client alone holds nobody.

const { fromFailure } = require('./errors.js');
const { Lookout } = require('./lookout.js');

/** What a timer can be told to wait, in milliseconds. */
const LONGEST = 0x7fffffff;
// Taken before a test can put its own clock in the place of it.
const { setInterval } = globalThis;

let holders = 0;
let anchor;

function hold() {
  holders += 1;
  if (holders === 1) {
    anchor ??= setInterval(() => {}, LONGEST);
    anchor.ref();
  }
}

function release() {
  holders -= 1;
  if (holders === 0) {
    anchor.unref();
  }
}

class Pending {
  #waiting = new Map();
  #tags = 0;
  #short = 0;
  #lookout;

  constructor() {
    this.#lookout = new Lookout(this.complete, () => this.#short > 0);
  }

  /** For the engine: what became of some calls. */
  complete = (tags, answers) => {
    for (let index = 0; index < tags.length; index += 1) {
      const entry = this.#waiting.get(tags[index]);
      if (entry === undefined) {
        continue;
      }
      this.#forget(tags[index], entry);
      const answer = answers[index];
      if (typeof answer === 'object') {
        entry.reject(answer);
      } else {
        entry.resolve(answer);
      }
    }
  };

  /**
   * The answer to a call of `owner`, which `start` begins under the tag that it is given. What `start` returns went
   * wrong at once. `owner`, and the client that `start` knows, are kept until then: nobody else may hold them. The answer to a call
   * that `isShort` is looked for where no other such is waited for.
   */
  async expect(owner, start, { holding = true, isShort = false } = {}) {
    try {
      return await this.#begin(owner, start, holding, isShort);
    } catch (failure) {
      // Made here, where its stack shows who waited.
      throw failure instanceof Error ? failure : fromFailure(failure);
    }
  }

  #begin(owner, start, holding, isShort) {
    return new Promise((resolve, reject) => {
      this.#tags += 1;
      const tag = this.#tags;
      const entry = { resolve, reject, owner, start, holding, isShort };
      this.#waiting.set(tag, entry);
      this.#short += Number(isShort);
      if (holding) {
        hold();
      }
      let failure;
      try {
        failure = start(tag);
      } catch (thrown) {
        this.#forget(tag, entry);
        throw thrown;
      }
      if (failure) {
        this.#forget(tag, entry);
        reject(failure);
      } else if (isShort && this.#short === 1) {
        this.#lookout.begin(owner);
      }
    });
  }

  #forget(tag, entry) {
    this.#waiting.delete(tag);
    this.#short -= Number(entry.isShort);
    if (entry.holding) {
      release();
    }
  }
}

module.exports = { Pending };
