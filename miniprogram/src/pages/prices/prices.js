/** The published prices: what can be read without asking. */
const { api } = require("../../lib/api");
const { carry } = require("../../lib/page");
const { money } = require("../../lib/words");

/** @typedef {import("../../lib/api").Schemas["PublishedPrices"]} Prices */

/** @param {Prices["items"][number]} item */
const line = ({ code, name, category, unit, unit_price_fen, warranty_days, waived_with_repair }) => ({
  code,
  name,
  price: `${money(unit_price_fen)}/${unit}`,
  note: [category, warranty_days ? `质保 ${warranty_days} 天` : "", waived_with_repair ? "同意维修则免收" : ""].filter(Boolean).join(" · "),
});

Component({
  options: { addGlobalClass: true },
  data: {
    busy: "",
    problem: /** @type {import("../../lib/page").Told | null} */ (null),
    categories: /** @type {string[]} */ ([]),
    category: "",
    city: "",
    head: "",
    phone: "",
    lines: /** @type {ReturnType<typeof line>[]} */ ([]),
    loaded: false,
  },
  methods: {
    /** @param {{ category?: string, city?: string }} options */
    async onLoad(options) {
      this.setData({ category: decodeURIComponent(options.category ?? ""), city: decodeURIComponent(options.city ?? "") });
      const products = await api.get("/api/v1/products").catch(() => null);
      this.setData({ categories: [...new Set(products?.items.map((each) => each.category))] });
      await this.load();
    },
    load() {
      return carry(this, "load", async () => {
        const { category, city } = this.data;
        const found = await api.get("/api/v1/prices", { query: { category, city } });
        this.setData({
          head: found.version ? `第 ${found.version} 版，自 ${found.valid_from} 起执行。收费不会高于本表；未经您同意不收费。` : "",
          phone: found.complaint_phone,
          lines: found.items.map(line),
          loaded: true,
        });
      });
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    choose(event) {
      const value = event.currentTarget.dataset["value"];
      this.setData({ category: value === this.data.category ? "" : value });
      return this.load();
    },
    call() {
      wx.makePhoneCall({ phoneNumber: this.data.phone, fail: () => {} });
    },
  },
});
