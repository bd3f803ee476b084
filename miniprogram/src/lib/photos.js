/** Photos from the phone to the service: each with its own progress, key and retry. */
const { api } = require("./api");
const { explain } = require("./page");
const { refused } = require("./allowed");

/**
 * @typedef {"report" | "rating" | "dispute" | "purchase_proof"} Purpose
 * @typedef {{ key: string, path: string, state: "waiting" | "sending" | "sent" | "failed", percent: number,
 *   id: string, problem: string }} Photo
 * @typedef {{ ticket?: string, purpose?: Purpose }} Where
 */

/**
 * @param {number} most
 * @param {("album" | "camera")[]} [sources]
 * @returns {Promise<string[]>} paths; empty when nothing was chosen
 */
function choose(most, sources = ["album", "camera"]) {
  return new Promise((resolve) => {
    wx.chooseMedia({
      count: most,
      mediaType: ["image"],
      sourceType: sources,
      sizeType: ["compressed"],
      success: (found) => resolve(found.tempFiles.map((each) => each.tempFilePath)),
      fail: (failed) => {
        refused(failed, /album/.test(failed.errMsg) ? "scope.album" : "scope.camera");
        resolve([]);
      },
    });
  });
}

/** @param {string} path @returns {Photo} */
function waiting(path) {
  return { key: api.newKey(), path, state: "waiting", percent: 0, id: "", problem: "" };
}

/**
 * @param {Photo} photo
 * @param {Where} where
 * @param {(now: Photo) => void} told each time something about it changed
 */
async function send(photo, where, told) {
  let now = { ...photo, state: /** @type {Photo["state"]} */ ("sending"), percent: 0, problem: "" };
  told(now);
  try {
    const { id } = await api.upload({
      file: photo.path,
      form: where,
      key: photo.key,
      onProgress: (percent) => {
        now = { ...now, percent };
        told(now);
      },
    });
    told({ ...now, state: "sent", percent: 100, id });
  } catch (error) {
    told({ ...now, state: "failed", problem: explain(error).text });
  }
}

module.exports = { choose, waiting, send };
