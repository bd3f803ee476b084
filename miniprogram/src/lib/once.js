/** One key for one thing said: a second tap after an answer was lost makes nothing twice. */
const { api } = require("./api");

/** @type {WeakMap<object, Map<string, { said: string, key: string }>>} what each page sent, and has no answer to yet */
const sent = new WeakMap();

/**
 * Sends something with its key: the same again until it was answered or something else is said.
 * @template T
 * @param {object} page
 * @param {string} name what is sent, of those that the page sends
 * @param {unknown} body
 * @param {(key: string) => Promise<T>} send
 * @returns {Promise<T>}
 */
async function once(page, name, body, send) {
  const mine = sent.get(page) ?? new Map();
  sent.set(page, mine);
  const said = JSON.stringify(body);
  const before = mine.get(name);
  const key = before?.said === said ? before.key : api.newKey();
  mine.set(name, { said, key });
  const answer = await send(key);
  mine.delete(name);
  return answer;
}

module.exports = { once };
