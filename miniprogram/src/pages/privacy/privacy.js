/** What I allow, who looked at my number, all my data as a file, and the end of my account. */
const { api, bearer, signOut } = require("../../lib/api");
const { once } = require("../../lib/once");
const { carry, sure, tell } = require("../../lib/page");
const { privacySetting, requirePrivacy } = require("../../lib/privacy");
const { moment } = require("../../lib/words");

/** @typedef {import("../../lib/api").Schemas} Schemas */

/** @type {Record<string, string>} */
const ROLES = { agent: "客服", engineer: "工程师", manager: "主管", admin: "管理员", contractor: "服务商" };
/** @type {Record<Schemas["PurposesSource"], string>} */
const SOURCES = { mini_program: "小程序", h5: "公众号页面", hotline: "客服热线" };

/** @param {Schemas["ConsentGivenOut"]} word */
const said = (word) => `${moment(word.at)}，您在${SOURCES[word.source]}${word.given ? "同意" : "撤回"}了第 ${word.version} 版`;

Component({
  options: { addGlobalClass: true },
  data: {
    busy: "",
    problem: /** @type {import("../../lib/page").Told | null} */ (null),
    guide: { needed: false, name: "" },
    consents: /** @type {(Schemas["ConsentStandingOut"] & { text: string, words: string[] })[]} */ ([]),
    looks: /** @type {{ when: string, role: string, number: string, reason: string }[]} */ ([]),
    looked: 0,
    deletion: /** @type {(Schemas["DeletionOut"] & { until: string }) | null} */ (null),
    proof: "",
  },
  methods: {
    onShow() {
      return this.load();
    },
    load() {
      return carry(this, "load", async () => {
        const [guide, privacy, texts, deletion] = await Promise.all([
          privacySetting(),
          api.get("/api/v1/me/privacy"),
          api.get("/api/v1/consent-texts"),
          api.get("/api/v1/me/deletion"),
        ]);
        const text = new Map(texts.items.map((each) => [each.purpose, each.text]));
        this.setData({
          guide,
          consents: privacy.consents.map((each) => ({ ...each, text: text.get(each.purpose) ?? "", words: each.history.map(said) })),
          looks: privacy.looks.map((each) => ({ when: moment(each.at), role: ROLES[each.role] ?? "工作人员", number: each.number, reason: each.reason })),
          looked: privacy.looked,
          deletion: { ...deletion, until: deletion.due_at ? moment(deletion.due_at) : "" },
        });
      });
    },
    readGuide() {
      wx.openPrivacyContract({ fail: () => tell("隐私保护指引暂时打不开，请稍后再试。") });
    },
    async agreeGuide() {
      const agreed = await requirePrivacy();
      this.setData({ guide: await privacySetting() });
      if (!agreed) tell("未同意也可以报修，照片、扫码和地址请手动填写。");
    },
    /** @param {WechatMiniprogram.CustomEvent<{ value: boolean }>} event */
    async say(event) {
      const consent = this.data.consents[Number(event.currentTarget.dataset["index"])];
      if (!consent) return;
      const body = {
        purpose: consent.purpose,
        version: consent.current_version,
        given: event.detail.value,
        source: /** @type {const} */ ("mini_program"),
      };
      await carry(this, "say", () => api.post("/api/v1/me/privacy/consents", { body }));
      const { problem } = this.data;
      // A switch that was refused must not stay where the finger left it.
      await this.load();
      if (problem) this.setData({ problem });
    },
    async exportAll() {
      await carry(this, "export", async () => {
        const { url, header } = await bearer();
        const path = await new Promise((resolve) => {
          wx.downloadFile({
            url: `${url}/api/v1/me/export.zip`,
            header,
            success: (found) => resolve(found.statusCode === 200 ? found.tempFilePath : ""),
            fail: () => resolve(""),
          });
        });
        if (!path) return tell("导出没有成功，请稍后再试；每天的次数有限。");
        // A mini-program cannot put a file into the phone's folders, but can hand it to a chat, one's own too.
        wx.shareFileMessage({ filePath: path, fileName: "我的数据.zip", fail: () => tell("没有发送，可以再点一次。") });
      });
    },
    async askDeletion() {
      const { deletion } = this.data;
      if (!deletion) return;
      const words = [...deletion.warnings.map((each) => each.text), "七天内可以反悔，之后个人资料全部删除，不能恢复。"];
      if (!(await sure("注销账号", words.join("\n"), "申请注销"))) return;
      await carry(this, "deletion", async () => {
        const asked = await once(this, "deletion", null, (key) => api.post("/api/v1/me/deletion", { key }));
        this.setData({ proof: asked.code });
      });
      const { problem } = this.data;
      await this.load();
      if (problem) this.setData({ problem });
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    ticket(event) {
      const number = event.currentTarget.dataset["number"];
      if (number) wx.navigateTo({ url: `/pages/ticket/ticket?number=${number}` });
    },
    async withdraw() {
      if (await carry(this, "withdraw", () => api.delete("/api/v1/me/deletion"))) {
        this.setData({ proof: "" });
        tell("已取消注销", "success");
        await this.load();
      }
    },
    async leave() {
      await carry(this, "leave", signOut);
      wx.reLaunch({ url: "/pages/home/home" });
    },
  },
});
