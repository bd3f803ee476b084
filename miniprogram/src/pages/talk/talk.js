/** The conversation on a ticket: what was said, and the next thing to say, with photos. */
const { api } = require("../../lib/api");
const { OVER } = require("../../lib/acts");
const { drop, keep, kept, unsent } = require("../../lib/drafts");
const { carry, tell } = require("../../lib/page");
const { poller } = require("../../lib/poll");
const { readReplies } = require("../../lib/replies");

/**
 * @typedef {import("../../lib/api").Schemas["MessageOut"]} Message
 * @typedef {import("../../lib/photos").Photo} Photo
 * @typedef {{ text: string, photos: Photo[], key: string }} Draft
 */

/** @type {WeakMap<object, ReturnType<typeof poller>>} */
const pollers = new WeakMap();
/** @returns {Draft} */
const blank = () => ({ text: "", photos: [], key: "" });

Component({
  options: { addGlobalClass: true },
  data: {
    busy: "",
    problem: /** @type {import("../../lib/page").Told | null} */ (null),
    number: "",
    items: /** @type {Message[]} */ ([]),
    older: /** @type {string | null} */ (null),
    draft: blank(),
    lack: "",
    ended: false,
    // Drawn anew after something was sent, so that the photos of the next message are none.
    writing: false,
    loaded: false,
  },
  lifetimes: {
    detached() {
      pollers.get(this)?.stop();
    },
  },
  methods: {
    /** @param {{ number: string, text?: string }} options */
    async onLoad(options) {
      this.setData({ number: options.number });
      const draft = kept(this.name(), blank());
      this.setData({ draft: { ...draft, text: draft.text || decodeURIComponent(options.text ?? "") }, writing: true });
      pollers.set(this, poller(() => this.look()));
      await this.load();
    },
    onShow() {
      pollers.get(this)?.start();
    },
    onHide() {
      pollers.get(this)?.stop();
    },
    onPullDownRefresh() {
      return this.load();
    },
    name() {
      return `talk-${this.data.number}`;
    },
    load() {
      return carry(this, "load", async () => {
        const [ticket] = await Promise.all([api.get("/api/v1/tickets/{number}", { path: { number: this.data.number } }), this.look()]);
        this.setData({ ended: OVER.includes(ticket.state), loaded: true });
        wx.pageScrollTo({ selector: ".end" });
      });
    },
    /**
     * The newest page; what was scrolled back to stays above it.
     * @returns {Promise<boolean>}
     */
    async look() {
      const page = await api.get("/api/v1/tickets/{number}/messages", { path: { number: this.data.number }, query: { limit: 50 } });
      const known = new Set(this.data.items.map((each) => each.id));
      const fresh = page.items.filter((each) => !known.has(each.id));
      if (!known.size) this.setData({ older: page.next_cursor });
      if (!fresh.length) return false;
      this.setData({ items: [...this.data.items, ...fresh] });
      await readReplies(this.data.number);
      return true;
    },
    back() {
      return carry(this, "back", async () => {
        const { older: cursor, number } = this.data;
        const page = await api.get("/api/v1/tickets/{number}/messages", { path: { number }, query: { limit: 50, cursor } });
        this.setData({ items: [...page.items, ...this.data.items], older: page.next_cursor });
      });
    },
    /** @param {Partial<Draft>} part */
    change(part) {
      // Other words are another message: the key of the former must not speak for them.
      const draft = { ...this.data.draft, key: "", ...part };
      this.setData({ draft, lack: "" });
      keep(this.name(), draft);
    },
    /** @param {WechatMiniprogram.CustomEvent<{ value: string }>} event */
    words(event) {
      this.change({ text: event.detail.value });
    },
    /** @param {WechatMiniprogram.CustomEvent<{ photos: Photo[] }>} event */
    photos(event) {
      this.change({ photos: event.detail.photos });
    },
    async send() {
      const { number } = this.data;
      const draft = { ...this.data.draft, key: this.data.draft.key || api.newKey() };
      const lack = unsent(draft.photos) || (draft.text.trim() || draft.photos.length ? "" : "请写几个字，或选一张照片。");
      this.setData({ lack, ...(lack ? {} : { draft }) });
      if (lack) return;
      keep(this.name(), draft);
      const done = await carry(this, "send", async () => {
        const body = { text: draft.text.trim(), attachment_ids: draft.photos.map((each) => each.id) };
        const made = await api.post("/api/v1/tickets/{number}/messages", { path: { number }, body, key: draft.key });
        const known = this.data.items.some((each) => each.id === made.id);
        this.setData({ items: known ? this.data.items : [...this.data.items, made], draft: blank(), writing: false });
      });
      if (!done) return;
      drop(this.name());
      this.setData({ writing: true });
      tell("已发送", "success");
      wx.pageScrollTo({ selector: ".end" });
    },
    ticket() {
      wx.redirectTo({ url: `/pages/ticket/ticket?number=${this.data.number}` });
    },
  },
});
