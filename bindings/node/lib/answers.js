'use strict';

// From the engine's answers to results: what the classes in `types.js` are made with.

/** A moment; null where there is none. */
function moment(text) {
  return text === undefined || text === null ? null : new Date(text);
}

/** Objects by the names that the answer has them under; null where it has none. */
function byName(Kind, answer) {
  if (answer === undefined || answer === null) {
    return null;
  }
  return Object.fromEntries(Object.entries(answer).map(([name, item]) => [name, new Kind(item)]));
}

/**
 * Gives a result a field that is not printed: `console.log` and `util.inspect` show no value of a getter. JSON, spreading
 * and whoever asks for it have it.
 */
function secret(result, name, value) {
  Object.defineProperty(result, name, { enumerable: true, get: () => value });
}

/** A page of a list: its items, and the way to the next. */
class Page {
  #items;
  #more;

  /** `name` is what the items are called; `more` asks for the page at a cursor. */
  constructor(name, items, answer, more) {
    this[name] = items;
    this.hasMore = answer.has_more;
    this.nextCursor = answer.next_cursor ?? null;
    this.#items = items;
    this.#more = more;
    // Not to be printed or written twice.
    items.forEach((item, index) => Object.defineProperty(this, index, { value: item }));
  }

  get length() {
    return this.#items.length;
  }

  at(index) {
    return this.#items.at(index);
  }

  [Symbol.iterator]() {
    return this.#items.values();
  }

  async nextPage() {
    return this.hasMore && this.nextCursor !== null ? this.#more(this.nextCursor) : null;
  }
}

/** The items of a page and of all that follow, each page asked for when it is reached. */
async function* everyItem(first) {
  for (let page = first; page !== null; page = await page.nextPage()) {
    yield* page;
  }
}

module.exports = { Page, byName, everyItem, moment, secret };
