/** The label on an appliance: its code by the camera, or a photo of it that the service reads. */
const { api } = require("./api");
const { refused } = require("./allowed");
const { choose } = require("./photos");

/** @returns {Promise<string | null>} the text of a code; null when there was none */
function scan() {
  return new Promise((resolve) => {
    wx.scanCode({
      scanType: ["barCode", "qrCode", "datamatrix", "pdf417"],
      success: (found) => resolve(found.result),
      fail: (failed) => {
        refused(failed, "scope.camera");
        resolve(null);
      },
    });
  });
}

/** @typedef {import("./api").Schemas["LabelOut"]} Label */

/** @returns {Promise<Label | null>} */
async function scanned() {
  const text = await scan();
  return text === null ? null : api.post("/api/v1/labels", { body: { text } });
}

/**
 * The code by which the program was opened: one of its own (`scene`), or the address on a sticker (`q`).
 * @param {{ scene?: string, q?: string }} options
 * @returns {Promise<Label | null>}
 */
async function opened({ scene, q }) {
  const text = q ? decodeURIComponent(q) : scene ? `scene=${decodeURIComponent(scene)}` : "";
  return text ? api.post("/api/v1/labels", { body: { text } }) : null;
}

/** @returns {Promise<Label | null>} */
async function photographed() {
  const [path] = await choose(1);
  if (path === undefined) return null;
  const { id } = await api.upload({ file: path, form: { purpose: "report" } });
  return api.post("/api/v1/labels", { body: { attachment_id: id } });
}

module.exports = { opened, scanned, photographed };
