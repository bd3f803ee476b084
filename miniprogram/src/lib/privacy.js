/**
 * WeChat asks for consent to the privacy guide when an ability is first used, and lets the program draw the question.
 * The page that is shown draws it (components/privacy-ask); here the question waits for its answer.
 */

/** @typedef {{ buttonId?: string, event: "exposureAuthorization" | "agree" | "disagree" }} PrivacyAnswer */

/** @type {((answer: PrivacyAnswer) => void) | null} */
let waiting = null;
/** @type {Set<(open: boolean) => void>} */
const watchers = new Set();

function watchPrivacy() {
  /** @param {(answer: PrivacyAnswer) => void} resolve */
  const asked = (resolve) => {
    waiting = resolve;
    watchers.forEach((watch) => watch(true));
  };
  // The typings know the callback's older form, without the function to answer with.
  wx.onNeedPrivacyAuthorization?.(/** @type {any} */ (asked));
}

/**
 * @param {(open: boolean) => void} watch
 * @returns {() => void} to stop
 */
function onPrivacyQuestion(watch) {
  watchers.add(watch);
  return () => watchers.delete(watch);
}

/** @param {PrivacyAnswer} answer */
function answerPrivacy(answer) {
  const resolve = waiting;
  if (resolve === null) return;
  if (answer.event !== "exposureAuthorization") {
    waiting = null;
    watchers.forEach((watch) => watch(false));
  }
  resolve(answer);
}

/** @returns {Promise<{ needed: boolean, name: string }>} */
function privacySetting() {
  return new Promise((resolve) => {
    if (!wx.getPrivacySetting) return resolve({ needed: false, name: "" });
    wx.getPrivacySetting({
      success: (found) => resolve({ needed: found.needAuthorization, name: found.privacyContractName }),
      fail: () => resolve({ needed: false, name: "" }),
    });
  });
}

/** Asks now, so that the first use of an ability is not interrupted. @returns {Promise<boolean>} */
function requirePrivacy() {
  return new Promise((resolve) => {
    if (!wx.requirePrivacyAuthorize) return resolve(true);
    wx.requirePrivacyAuthorize({ success: () => resolve(true), fail: () => resolve(false) });
  });
}

module.exports = { watchPrivacy, onPrivacyQuestion, answerPrivacy, privacySetting, requirePrivacy };
