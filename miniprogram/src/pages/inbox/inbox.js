/** Everything I was told, however it travelled. */
const { api } = require("../../lib/api");
const { carry } = require("../../lib/page");
const { moment } = require("../../lib/words");

/** @typedef {import("../../lib/api").Schemas["InboxOut"]["items"][number] & { when: string }} Entry */

Component({
  options: { addGlobalClass: true },
  data: {
    busy: "",
    problem: /** @type {import("../../lib/page").Told | null} */ (null),
    items: /** @type {Entry[]} */ ([]),
    cursor: /** @type {string | null} */ (null),
    unread: 0,
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
        const page = await api.get("/api/v1/me/inbox", { query: { limit: 20 } });
        const items = page.items.map((each) => ({ ...each, when: moment(each.at) }));
        this.setData({ items, cursor: page.next_cursor, unread: page.unread, loaded: true });
      });
    },
    async onReachBottom() {
      const { cursor } = this.data;
      if (cursor === null) return;
      await carry(this, "more", async () => {
        const page = await api.get("/api/v1/me/inbox", { query: { limit: 20, cursor } });
        const items = page.items.map((each) => ({ ...each, when: moment(each.at) }));
        this.setData({ items: [...this.data.items, ...items], cursor: page.next_cursor });
      });
    },
    async readAll() {
      const first = this.data.items[0];
      if (!first) return;
      // Up to the newest that is shown: what comes meanwhile stays unread.
      const done = await carry(this, "read", () => api.post("/api/v1/me/inbox/read", { body: { up_to: first.id } }));
      if (done) await this.load();
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    async open(event) {
      const { id, number } = /** @type {{ id: string, number: string }} */ (event.currentTarget.dataset);
      if (number) wx.navigateTo({ url: `/pages/ticket/ticket?number=${number}` });
      await carry(this, "read", () => api.post("/api/v1/me/inbox/read", { body: { ids: [id] } }));
      if (!number) await this.load();
    },
  },
});
