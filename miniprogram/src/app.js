const { watchPrivacy } = require("./lib/privacy");

App({
  onLaunch() {
    watchPrivacy();
    const updates = wx.getUpdateManager();
    updates.onUpdateReady(() => updates.applyUpdate());
  },
});
