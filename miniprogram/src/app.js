const { sure } = require("./lib/page");
const { watchPrivacy } = require("./lib/privacy");

App({
  onLaunch() {
    watchPrivacy();
    const updates = wx.getUpdateManager();
    updates.onUpdateReady(async () => {
      // It starts the program anew; what is being written is kept, but nobody likes to be interrupted.
      if (await sure("有新版本", "更新后会重新打开，正在填写的报修会保留。", "更新")) updates.applyUpdate();
    });
  },
});
