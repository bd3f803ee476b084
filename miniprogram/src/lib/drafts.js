/** What is being written is kept until it is sent, whatever happens to the phone. */

/** @typedef {import("./photos").Photo} Photo */

/**
 * @param {string} name
 * @param {{ [field: string]: unknown, photos?: Photo[] }} draft
 */
function keep(name, draft) {
  // A photo that has not been sent is a temporary file, which WeChat may delete.
  const photos = draft.photos ? { photos: draft.photos.filter((each) => each.state === "sent") } : {};
  wx.setStorageSync(name, { ...draft, ...photos });
}

/**
 * @template {object} T
 * @param {string} name
 * @param {T} blank
 * @returns {T}
 */
function kept(name, blank) {
  return { ...blank, ...(wx.getStorageSync(name) || {}) };
}

/** @param {string} name */
function drop(name) {
  wx.removeStorageSync(name);
}

/**
 * @param {readonly Photo[]} photos
 * @returns {string} what to do about those that have not been sent; empty when all have
 */
function unsent(photos) {
  if (photos.some((each) => each.state === "failed")) return "有照片没有传上来，请点它重试，或删除它。";
  return photos.some((each) => each.state !== "sent") ? "照片还没有传完，请稍等或点它重试。" : "";
}

module.exports = { keep, kept, drop, unsent };
