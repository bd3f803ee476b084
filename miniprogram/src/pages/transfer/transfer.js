/** An appliance that somebody hands over: taken by the code in the link, or by the code as it was told. */
const { api } = require("../../lib/api");
const { inWords } = require("../../lib/asset");
const { carry } = require("../../lib/page");

Component({
  options: { addGlobalClass: true },
  data: {
    busy: "",
    problem: /** @type {import("../../lib/page").Told | null} */ (null),
    code: "",
    lack: "",
    id: "",
    name: "",
    jobs: 0,
  },
  methods: {
    /** @param {{ code?: string }} options */
    onLoad(options) {
      this.setData({ code: options.code ?? "" });
    },
    /** @param {WechatMiniprogram.CustomEvent<{ value: string }>} event */
    typed(event) {
      this.setData({ code: event.detail.value, lack: "" });
    },
    /** Repeating it is harmless: what is mine already stays mine. */
    async accept() {
      // A link that was copied out of a chat ends with the code.
      const code = this.data.code.trim().replace(/^.*[/=]/, "");
      this.setData({ lack: code ? "" : "请填写对方发来的转让码，或粘贴整条链接。" });
      if (!code) return;
      await carry(this, "accept", async () => {
        const asset = await api.post("/api/v1/asset-transfers", { body: { code } });
        this.setData({ id: asset.id, name: inWords(asset).name, jobs: asset.jobs.length });
      });
    },
    open() {
      wx.redirectTo({ url: `/pages/asset/asset?id=${this.data.id}` });
    },
  },
});
