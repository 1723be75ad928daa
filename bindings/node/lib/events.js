'use strict';

const { seconds } = require('./requests.js');
const { Event } = require('./types.js');

/** The events of an answer. */
const eventsOf = (answer) => JSON.parse(answer).map((event) => new Event(event));

class Events {
  #native;
  #pending;
  #waiting = [];
  #turn = Promise.resolve();
  #holding = true;
  #over = false;

  /** @internal */
  constructor(native, pending) {
    this.#native = native;
    this.#pending = pending;
  }

  next(timeout = Infinity) {
    let patience;
    try {
      patience = seconds(timeout);
    } catch (error) {
      return Promise.reject(error);
    }
    const deadline = performance.now() + patience * 1000;
    const event = this.#turn.then(() => this.#take(deadline));
    this.#turn = event.then(
      () => undefined,
      () => undefined,
    );
    return event;
  }

  async #take(deadline) {
    if (this.#waiting.length === 0 && !this.#over) {
      // A thread is asked only where there is something to wait for.
      this.#waiting = eventsOf(this.#native.take());
      const left = (deadline - performance.now()) / 1000;
      if (this.#waiting.length === 0 && left > 0 && !this.#native.isClosed) {
        const wait = (tag) => this.#native.wait(left, tag);
        this.#waiting = eventsOf(await this.#pending.expect(this.#native, wait, { holding: this.#holding }));
      }
    }
    return this.#waiting.shift() ?? null;
  }

  get dropped() {
    return this.#native.dropped;
  }

  ref() {
    this.#holding = true;
    return this;
  }

  unref() {
    this.#holding = false;
    return this;
  }

  close() {
    this.#over = true;
    this.#native.cancel();
  }

  async *[Symbol.asyncIterator]() {
    for (;;) {
      const event = await this.next();
      if (event === null) {
        return;
      }
      yield event;
    }
  }
}

module.exports = { Events };
