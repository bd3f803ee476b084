/** What every page does when it asks for something: one thing at a time, and a failure is told with what to do. */
const { ApiProblem, Unreachable } = require("../api/problem");

/**
 * @typedef {{ text: string, again: boolean, code: string, trace: string }} Told
 * @typedef {{ data: Record<string, any>, setData(data: Record<string, any>): void }} Holder
 */

/**
 * @param {unknown} error
 * @returns {Told}
 */
function explain(error) {
  if (error instanceof Unreachable) return { text: error.msg, again: true, code: "unreachable", trace: "" };
  if (!(error instanceof ApiProblem)) throw error;
  const details = error.errors.map((each) => each.msg).filter((msg) => msg && msg !== error.msg);
  return {
    text: [error.msg, ...details].join("\n"),
    again: error.status >= 429 || error.is("stale_version", "conflict"),
    code: error.code,
    // Short enough to be read out on the telephone.
    trace: error.status >= 500 ? error.traceId.slice(0, 8) : "",
  };
}

/**
 * Does `work` for a page unless the same is being done already; true when it succeeded.
 * While it lasts `busy` holds its name; what went wrong is in `problem`.
 * @param {Holder} page
 * @param {string} name
 * @param {() => Promise<unknown>} work
 * @returns {Promise<boolean>}
 */
async function carry(page, name, work) {
  if (page.data["busy"] === name) return false;
  page.setData({ busy: name, problem: null });
  try {
    await work();
    return true;
  } catch (error) {
    page.setData({ problem: explain(error) });
    return false;
  } finally {
    page.setData({ busy: "" });
    wx.stopPullDownRefresh();
  }
}

/**
 * @param {string} text
 * @param {"success" | "none"} [icon]
 */
function tell(text, icon = "none") {
  wx.showToast({ title: text, icon, duration: 2500 });
}

/**
 * @param {string} title
 * @param {string} content
 * @param {string} confirmText
 * @returns {Promise<boolean>}
 */
function sure(title, content, confirmText) {
  return new Promise((resolve) => {
    wx.showModal({ title, content, confirmText, success: (found) => resolve(found.confirm), fail: () => resolve(false) });
  });
}

module.exports = { carry, explain, tell, sure };
