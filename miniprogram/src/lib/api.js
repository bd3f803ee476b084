/** The one way to the service. Signing in is silent: whoever opens the program is known by wx.login. */
const { Client } = require("../api/client");
const { ApiProblem, Unreachable } = require("../api/problem");
const { wxTransport } = require("../api/wx");
const { base } = require("../config");

/** @typedef {import("../../../clients/ts/types").Schemas} Schemas */

const KEPT = "session";
// A session that ends while a request is on its way would be refused.
const MARGIN_MS = 60_000;

/** @returns {string | null} */
function token() {
  /** @type {{ token: string, until: number } | ""} */
  const kept = wx.getStorageSync(KEPT);
  return kept && kept.until > Date.now() + MARGIN_MS ? kept.token : null;
}

/** @returns {Promise<string>} */
function code() {
  return new Promise((resolve, reject) => {
    wx.login({
      success: (found) => resolve(found.code),
      fail: (failed) => reject(new Unreachable(failed.errMsg)),
    });
  });
}

/**
 * A code works once and for five minutes, so each try asks for its own.
 * @returns {Promise<Schemas["CustomerOut"]>}
 */
async function signIn() {
  const session = await api.post("/api/v1/sessions/mini-program", { body: { code: await code() }, anonymous: true });
  wx.setStorageSync(KEPT, { token: session.access_token, until: Date.now() + session.expires_in * 1000 });
  return session.customer;
}

async function signOut() {
  try {
    await api.delete("/api/v1/sessions/current");
  } finally {
    wx.removeStorageSync(KEPT);
  }
}

/** For downloads, which the client does not carry. */
async function bearer() {
  if (token() === null) await signIn();
  return { url: base, header: { Authorization: `Bearer ${token()}` } };
}

/** @type {import("../../../clients/ts/client").Client<string>} */
const api = new Client({ base, transport: wxTransport(/** @type {any} */ (wx)), token, renew: signIn });

module.exports = { api, ApiProblem, Unreachable, signIn, signOut, bearer };
