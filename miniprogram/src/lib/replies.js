/** Answers on a ticket that have not been read: what the inbox was told of them. */
const { api } = require("./api");

/**
 * @param {string} number
 * @returns {Promise<string[]>} their places in the inbox; none where it cannot be learned
 */
async function unreadReplies(number) {
  try {
    const { items } = await api.get("/api/v1/me/inbox", { query: { unread: true, limit: 50 } });
    return items.filter((each) => each.kind === "conversation_reply" && each.number === number).map((each) => each.id);
  } catch {
    return [];
  }
}

/** @param {string} number */
async function readReplies(number) {
  const ids = await unreadReplies(number);
  // It stays unread in the inbox, which is no reason to disturb anybody.
  if (ids.length) await api.post("/api/v1/me/inbox/read", { body: { ids } }).catch(() => {});
}

module.exports = { unreadReplies, readReplies };
