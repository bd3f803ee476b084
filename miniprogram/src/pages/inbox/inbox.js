/** Everything I was told, however it travelled. */
const { api } = require("../../lib/api");
const { carry } = require("../../lib/page");
const { moment } = require("../../lib/words");

/** @typedef {import("../../lib/api").Schemas["InboxOut"]["items"][number] & { when: string }} Entry */

/** @param {import("../../lib/api").Schemas["InboxOut"]["items"][number]} entry */
const dated = (entry) => ({ ...entry, when: [moment(entry.at), entry.via ? `已通过${entry.via}送达` : entry.reason].filter(Boolean).join(" · ") });

Component({
  options: { addGlobalClass: true },
  data: {
    busy: "",
    problem: /** @type {import("../../lib/page").Told | null} */ (null),
    items: /** @type {Entry[]} */ ([]),
    cursor: /** @type {string | null} */ (null),
    unread: 0,
    // Only what has not been read.
    only: false,
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
        const page = await api.get("/api/v1/me/inbox", { query: { limit: 20, unread: this.data.only } });
        const items = page.items.map(dated);
        this.setData({ items, cursor: page.next_cursor, unread: page.unread, loaded: true });
      });
    },
    async onReachBottom() {
      const { cursor } = this.data;
      if (cursor === null) return;
      await carry(this, "more", async () => {
        const page = await api.get("/api/v1/me/inbox", { query: { limit: 20, cursor, unread: this.data.only } });
        const items = page.items.map(dated);
        this.setData({ items: [...this.data.items, ...items], cursor: page.next_cursor });
      });
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    filter(event) {
      this.setData({ only: event.currentTarget.dataset["only"] });
      return this.load();
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
      const { id, number, kind } = /** @type {{ id: string, number: string, kind: string }} */ (event.currentTarget.dataset);
      const page = kind === "conversation_reply" ? "talk" : "ticket";
      if (number) wx.navigateTo({ url: `/pages/${page}/${page}?number=${number}` });
      await carry(this, "read", () => api.post("/api/v1/me/inbox/read", { body: { ids: [id] } }));
      if (!number) await this.load();
    },
  },
});
