/** Where we are, and the numbers to call. */
const { api } = require("../../lib/api");
const { carry } = require("../../lib/page");

/** @typedef {import("../../lib/api").Schemas["ServicePointOut"]} Point */

Component({
  options: { addGlobalClass: true },
  data: {
    busy: "",
    problem: /** @type {import("../../lib/page").Told | null} */ (null),
    items: /** @type {(Point & { serves: string })[]} */ ([]),
    loaded: false,
  },
  methods: {
    onLoad() {
      return this.load();
    },
    load() {
      return carry(this, "load", async () => {
        const { items } = await api.get("/api/v1/service-points");
        this.setData({ items: items.map((each) => ({ ...each, serves: `${each.city}，服务 ${each.districts.join("、")}` })), loaded: true });
      });
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    call(event) {
      wx.makePhoneCall({ phoneNumber: event.currentTarget.dataset["phone"], fail: () => {} });
    },
    report() {
      wx.navigateTo({ url: "/pages/report/report" });
    },
  },
});
