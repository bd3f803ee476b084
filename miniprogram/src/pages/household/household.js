/** Households: who is in, what is shared, and how somebody comes in. */
const { api } = require("../../lib/api");
const { once } = require("../../lib/once");
const { carry, sure, tell } = require("../../lib/page");
const { moment } = require("../../lib/words");

/** @typedef {import("../../lib/api").Schemas} Schemas */

Component({
  options: { addGlobalClass: true },
  data: {
    busy: "",
    problem: /** @type {import("../../lib/page").Told | null} */ (null),
    items: /** @type {Schemas["HouseholdOut"][]} */ ([]),
    assets: /** @type {Schemas["AssetOut"][]} */ ([]),
    invitation: /** @type {{ household: string, code: string, until: string } | null} */ (null),
    name: "",
    code: "",
    loaded: false,
  },
  methods: {
    /** @param {{ code?: string }} options */
    onLoad(options) {
      this.setData({ code: options.code ?? "" });
    },
    onShow() {
      return this.load();
    },
    load() {
      return carry(this, "load", async () => {
        const [households, assets] = await Promise.all([api.get("/api/v1/households"), api.get("/api/v1/assets")]);
        this.setData({ items: households.items, assets: assets.items.filter((each) => each.mine !== false), loaded: true });
      });
    },
    /** @param {WechatMiniprogram.CustomEvent<{ name: "name" | "code", value: string }>} event */
    typed(event) {
      this.setData({ [event.detail.name]: event.detail.value });
    },
    async found() {
      const name = this.data.name.trim();
      if (!name) return tell("给家庭起个名字，如：我们家。");
      const made = await carry(this, "found", () => once(this, "household", name, (key) => api.post("/api/v1/households", { body: { name }, key })));
      if (made) {
        this.setData({ name: "" });
        await this.load();
      }
    },
    async join() {
      const code = this.data.code.trim();
      if (!code) return tell("请填写家人发来的邀请码。");
      if (await carry(this, "join", () => api.post("/api/v1/household-members", { body: { code } }))) {
        this.setData({ code: "" });
        tell("已加入家庭", "success");
        await this.load();
      }
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    invite(event) {
      const household = event.currentTarget.dataset["id"];
      return carry(this, "invite", async () => {
        const path = { household_id: household };
        // The same key tells the same code again: it is told once, and its answer may have been lost.
        const made = await once(this, "invitation", path, (key) => api.post("/api/v1/households/{household_id}/invitations", { path, key }));
        this.setData({ invitation: { household, code: made.code, until: moment(made.expires_at) } });
      });
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    async withdraw(event) {
      const path = { household_id: event.currentTarget.dataset["id"] };
      if (!(await carry(this, "withdraw", () => api.delete("/api/v1/households/{household_id}/invitations", { path })))) return;
      this.setData({ invitation: null });
      tell("还没有人用的邀请都已失效");
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    async hand(event) {
      const { id, member } = /** @type {{ id: string, member: string }} */ (event.currentTarget.dataset);
      if (!(await sure("交给对方管理", "以后由对方邀请和移出成员；您仍是家庭成员。", "交给对方"))) return;
      const options = { path: { household_id: id }, body: { member_id: member } };
      if (await carry(this, "hand", () => api.put("/api/v1/households/{household_id}/owner", options))) await this.load();
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    async remove(event) {
      const { id, member, me } = /** @type {{ id: string, member: string, me: boolean }} */ (event.currentTarget.dataset);
      const home = this.data.items.find((each) => each.id === id);
      const last = home?.members.length === 1 ? "您是最后一位成员，退出后家庭会解散。" : "";
      const words = me ? `退出后，您的设备不再共享给他们，他们共享的您也不再看到；各自报修过的工单不受影响。${last}` : "移出后对方看不到家里共享的设备。";
      if (!(await sure(me ? "退出家庭" : "移出成员", words, "确定"))) return;
      const path = { household_id: id, member_id: member };
      if (await carry(this, "remove", () => api.delete("/api/v1/households/{household_id}/members/{member_id}", { path }))) {
        await this.load();
      }
    },
    /** @param {WechatMiniprogram.CustomEvent<{ value: boolean }>} event */
    async share(event) {
      const { id, household } = /** @type {{ id: string, household: string }} */ (event.currentTarget.dataset);
      const body = { household_id: event.detail.value ? household : null };
      await carry(this, "share", () => api.put("/api/v1/assets/{asset_id}/household", { path: { asset_id: id }, body }));
      const { problem } = this.data;
      await this.load();
      if (problem) this.setData({ problem });
    },
    onShareAppMessage() {
      const { invitation } = this.data;
      return invitation
        ? { title: "加入我们家，一起管理家里的设备", path: `/pages/household/household?code=${invitation.code}` }
        : { title: "报修、查进度，都在这里", path: "/pages/home/home" };
    },
  },
});
