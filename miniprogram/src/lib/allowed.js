/** What to do when the phone or the person says no to camera, album or address. */

/** @type {Record<string, string>} */
const WORDS = {
  "scope.camera": "相机权限已关闭。请在设置里打开「摄像头」，或从相册选择照片、手动填写。",
  "scope.album": "相册权限已关闭。请在设置里打开「相册」，或直接拍照。",
  "scope.userLocation": "没有取得位置。地址写清楚就行，位置可以不选。",
  "scope.address": "没有取得通讯地址。您可以直接填写地址。",
};

/** @param {{ errMsg?: string }} failed */
function cancelled(failed) {
  return /cancel/.test(failed.errMsg ?? "");
}

/**
 * Tells what to do; nothing when the person only changed his mind.
 * @param {{ errMsg?: string, errno?: number }} failed
 * @param {string} scope
 */
function refused(failed, scope) {
  if (cancelled(failed)) return;
  // 104: the person did not agree to the privacy guide; 112: the guide does not name this ability.
  if (failed.errno === 104) {
    wx.showToast({ title: "同意隐私保护指引后才能使用，也可以手动填写。", icon: "none", duration: 3000 });
    return;
  }
  wx.showModal({
    title: "无法使用这项功能",
    content: WORDS[scope] ?? "请检查微信的权限设置，或手动填写。",
    confirmText: "去设置",
    cancelText: "手动填写",
    success: (found) => {
      if (found.confirm) wx.openSetting({});
    },
  });
}

module.exports = { refused, cancelled };
