/** Consent to messages of progress. WeChat lets a program ask only in a tap, for three at a time; one yes is one message. */
const { api } = require("./api");

const AT_ONCE = 3;

/** @typedef {import("./api").Schemas["ConsentOut"]} Consent */

/**
 * What to ask for at the next tap; nothing where it cannot be learned.
 * @returns {Promise<Consent[]>}
 */
async function worthAsking() {
  try {
    const { items } = await api.get("/api/v1/me/consents");
    return items.filter((each) => each.ask && !each.blocked).slice(0, AT_ONCE);
  } catch {
    return [];
  }
}

/**
 * To be called in the tap itself, before anything is waited for. It never fails: a report must not hang on it.
 * @param {Consent[]} consents
 * @returns {Promise<{ template_id: string, result: "accept" | "reject" | "ban" | "filter" }[]>}
 */
function askNow(consents) {
  return new Promise((resolve) => {
    if (!consents.length) return resolve([]);
    wx.requestSubscribeMessage({
      tmplIds: consents.map((each) => each.template_id),
      success: (/** @type {Record<string, any>} */ said) =>
        resolve(
          consents
            .filter((each) => said[each.template_id])
            .map((each) => ({ template_id: each.template_id, result: said[each.template_id] })),
        ),
      // 20004: messages are switched off for the whole program; the page says where to switch them on.
      fail: () => resolve([]),
    });
  });
}

/**
 * @param {{ template_id: string, result: "accept" | "reject" | "ban" | "filter" }[]} results
 * @returns {Promise<number>} how many were allowed
 */
async function report(results) {
  if (results.length) {
    try {
      await api.post("/api/v1/me/consents", { body: { results } });
    } catch {
      // WeChat tells the service the same by itself.
    }
  }
  return results.filter((each) => each.result === "accept").length;
}

module.exports = { worthAsking, askNow, report };
