/** Households: who is in, what is shared, and how somebody comes in. */
const { api } = require("../../lib/api");
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
      if (await carry(this, "found", () => api.post("/api/v1/households", { body: { name } }))) {
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
        const { code, expires_at } = await api.post("/api/v1/households/{household_id}/invitations", {
          path: { household_id: household },
        });
        this.setData({ invitation: { household, code, until: moment(expires_at) } });
      });
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    async remove(event) {
      const { id, member, me } = /** @type {{ id: string, member: string, me: boolean }} */ (event.currentTarget.dataset);
      const words = me ? "退出后看不到家人共享的设备。" : "移出后对方看不到家里共享的设备。";
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
