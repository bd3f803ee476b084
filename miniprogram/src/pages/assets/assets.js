/** My appliances and vehicles: how long the warranty of each lasts; its whole life is on its own page. */
const { api } = require("../../lib/api");
const { called } = require("../../lib/asset");
const { once } = require("../../lib/once");
const { carry, tell } = require("../../lib/page");
const { photographed, scanned } = require("../../lib/label");

/** @typedef {import("../../lib/api").Schemas} Schemas */

const WARRANTY = { in: "保修期内", out: "已过保修期", unknown: "保修待确认" };
/** @returns {{ kind: Schemas["AssetKind"], category: string, brand: string, model: string, serial_number: string, plate_number: string, purchased_on: string, name: string, room: string }} */
const blank = () => ({ kind: "appliance", category: "", brand: "", model: "", serial_number: "", plate_number: "", purchased_on: "", name: "", room: "" });

Component({
  options: { addGlobalClass: true },
  data: {
    busy: "",
    problem: /** @type {import("../../lib/page").Told | null} */ (null),
    items: /** @type {(Schemas["AssetOut"] & { called: string, marks: string, cover: string, last: string, tag: string })[]} */ ([]),
    adding: false,
    fresh: blank(),
    lack: "",
    loaded: false,
  },
  methods: {
    onShow() {
      return this.load();
    },
    onPullDownRefresh() {
      return this.load();
    },
    load() {
      return carry(this, "load", async () => {
        const { items } = await api.get("/api/v1/assets");
        this.setData({
          loaded: true,
          items: items.map((each) => ({
            ...each,
            called: called(each),
            marks: [each.name ? each.category : "", each.model, each.plate_number || each.serial_number].filter(Boolean).join(" "),
            cover: WARRANTY[each.warranty] + (each.warranty_ends_on ? `，到 ${each.warranty_ends_on}` : ""),
            last: each.services[0] ? `服务 ${each.services.length} 次，最近一次：${each.services[0].label}` : "还没有服务记录",
            tag: each.mine === false ? "家人共享" : each.household_id ? "已共享给家人" : "",
          })),
        });
      });
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    open(event) {
      wx.navigateTo({ url: `/pages/asset/asset?id=${event.currentTarget.dataset["id"]}` });
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    report(event) {
      wx.navigateTo({ url: `/pages/report/report?asset=${event.currentTarget.dataset["id"]}` });
    },
    receive() {
      wx.navigateTo({ url: "/pages/transfer/transfer" });
    },
    add() {
      this.setData({ adding: !this.data.adding, fresh: blank(), lack: "" });
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    kind(event) {
      this.setData({ "fresh.kind": event.currentTarget.dataset["kind"] });
    },
    /** @param {WechatMiniprogram.CustomEvent<{ name: string, value: string }>} event */
    typed(event) {
      this.setData({ [`fresh.${event.detail.name}`]: event.detail.value, lack: "" });
    },
    /** @param {WechatMiniprogram.CustomEvent<{ value: string }>} event */
    bought(event) {
      this.setData({ "fresh.purchased_on": event.detail.value });
    },
    scan() {
      return this.read(scanned);
    },
    photograph() {
      return this.read(photographed);
    },
    /** @param {() => Promise<Schemas["LabelOut"] | null>} look */
    read(look) {
      return carry(this, "label", async () => {
        const found = await look();
        if (!found) return;
        const { brand, model, serial_number, category } = found;
        if (!brand && !model && !serial_number) tell("没有认出标签内容，请手动填写。");
        else this.setData({ fresh: { ...this.data.fresh, brand, model, serial_number, category: category || this.data.fresh.category } });
      });
    },
    async save() {
      const { fresh } = this.data;
      if (!fresh.category.trim()) {
        this.setData({ lack: fresh.kind === "vehicle" ? "请填写车型，如：电动自行车。" : "请填写是什么设备，如：洗衣机。" });
        return;
      }
      const { purchased_on, ...rest } = fresh;
      const body = { ...rest, ...(purchased_on ? { purchased_on } : {}) };
      const done = await carry(this, "save", () => once(this, "asset", body, (key) => api.post("/api/v1/assets", { body, key })));
      if (!done) return;
      this.setData({ adding: false });
      await this.load();
    },
  },
});
