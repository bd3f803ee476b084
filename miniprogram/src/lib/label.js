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

/** @returns {Promise<import("./api").Schemas["LabelOut"] | null>} */
async function scanned() {
  const text = await scan();
  return text === null ? null : api.post("/api/v1/labels", { body: { text } });
}

/** @returns {Promise<import("./api").Schemas["LabelOut"] | null>} */
async function photographed() {
  const [path] = await choose(1);
  if (path === undefined) return null;
  const { id } = await api.upload({ file: path, form: { purpose: "report" } });
  return api.post("/api/v1/labels", { body: { attachment_id: id } });
}

module.exports = { scanned, photographed };
