/** All my tickets, newest first, a page at a time. */
const { api } = require("../../lib/api");
const { carry } = require("../../lib/page");

Component({
  options: { addGlobalClass: true },
  data: {
    busy: "",
    problem: /** @type {import("../../lib/page").Told | null} */ (null),
    items: /** @type {import("../../lib/api").Schemas["TicketSummary"][]} */ ([]),
    cursor: /** @type {string | null} */ (null),
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
        const page = await api.get("/api/v1/tickets", { query: { limit: 20 } });
        this.setData({ items: page.items, cursor: page.next_cursor, loaded: true });
      });
    },
    async onReachBottom() {
      const { cursor } = this.data;
      if (cursor === null) return;
      await carry(this, "more", async () => {
        const page = await api.get("/api/v1/tickets", { query: { limit: 20, cursor } });
        this.setData({ items: [...this.data.items, ...page.items], cursor: page.next_cursor });
      });
    },
    report() {
      wx.navigateTo({ url: "/pages/report/report" });
    },
  },
});
