/** One ticket: where it stands, what was promised, who comes, and what can be done now. It follows by itself. */
const { api } = require("../../lib/api");
const { carry, sure, tell } = require("../../lib/page");
const { AT_REST, lacking, offered, step } = require("../../lib/acts");
const { unsent } = require("../../lib/drafts");
const { once } = require("../../lib/once");
const { poller } = require("../../lib/poll");
const { unreadReplies } = require("../../lib/replies");
const { inWords, lastUrging, same } = require("../../lib/ticket");
const { countdown, money } = require("../../lib/words");

/**
 * @typedef {import("../../lib/api").Schemas} Schemas
 * @typedef {Schemas["TicketOut"]} Ticket
 * @typedef {ReturnType<typeof offered>[number]} Offer
 * @typedef {import("../../lib/photos").Photo} Photo
 */

/** @type {WeakMap<object, ReturnType<typeof poller>>} */
const pollers = new WeakMap();
/** What a page shows beside the ticket does not keep it from being shown. @template T @param {Promise<T>} asked @returns {Promise<T | null>} */
const maybe = (asked) => asked.catch(() => null);

Component({
  options: { addGlobalClass: true },
  data: {
    busy: "",
    problem: /** @type {import("../../lib/page").Told | null} */ (null),
    number: "",
    ticket: /** @type {Ticket | null} */ (null),
    entries: /** @type {Schemas["TimelineEntry"][]} */ ([]),
    merged: /** @type {Schemas["MergedTimeline"][]} */ ([]),
    words: /** @type {ReturnType<typeof inWords> | null} */ (null),
    said: "",
    known: "",
    remedy: false,
    unread: 0,
    receipt: /** @type {{ total: string, done: string } | null} */ (null),
    visits: /** @type {Schemas["VisitEvidenceOut"][]} */ ([]),
    acts: /** @type {Offer[]} */ ([]),
    ratable: false,
    urgable: false,
    urged: "",
    coolUntil: 0,
    cool: "",
    // What is being asked before a step is taken.
    asking: /** @type {Offer | null} */ (null),
    slots: /** @type {Schemas["SlotOut"][]} */ ([]),
    given: {
      text: "",
      choice: "",
      photos: /** @type {Photo[]} */ ([]),
      slot: /** @type {{ start: string, end: string } | null} */ (null),
    },
    lack: "",
  },
  lifetimes: {
    detached() {
      pollers.get(this)?.stop();
    },
  },
  methods: {
    /** @param {{ number: string, said?: string }} options */
    async onLoad(options) {
      const said = options.said === "joined" ? "已加到这张工单，您说的话和照片都在里面。" : "";
      this.setData({ number: options.number, said, coolUntil: Number(wx.getStorageSync(`urged-${options.number}`) || 0) });
      pollers.set(this, poller(() => this.look()));
      await this.load();
    },
    async onShow() {
      pollers.get(this)?.start();
      // Whoever comes back to it wants to know now, and not after the next pause.
      if (!this.data.ticket) return;
      await this.look().catch(() => false);
      await this.replies();
    },
    onHide() {
      pollers.get(this)?.stop();
    },
    onUnload() {
      pollers.get(this)?.stop();
    },
    onPullDownRefresh() {
      return this.load();
    },
    load() {
      return carry(this, "load", () => this.look());
    },
    /**
     * Reads it; what lies around it only when something happened.
     * @returns {Promise<boolean>}
     */
    async look() {
      const path = { number: this.data.number };
      const ticket = await api.get("/api/v1/tickets/{number}", { path });
      this.cooling();
      if (same(ticket, this.data.ticket)) return false;
      await Promise.all([this.news(ticket), this.replies()]);
      this.show(ticket);
      return true;
    },
    /** @param {Ticket} ticket */
    show(ticket) {
      this.setData({
        ticket,
        words: inWords(ticket),
        acts: offered(ticket),
        ratable: ticket.allowed_events.some((each) => each.event === "rate_or_expire"),
        urgable: !AT_REST.includes(ticket.state),
      });
    },
    /** @param {Ticket} ticket */
    async around(ticket) {
      const path = { number: ticket.number };
      // Nobody was there yet: there is neither evidence nor a receipt.
      const begun = !ticket.journey || ticket.journey.at > 0;
      const [incident, complaint, evidence, receipt] = await Promise.all([
        maybe(api.get("/api/v1/tickets/{number}/incident", { path })),
        maybe(api.get("/api/v1/tickets/{number}/complaint", { path })),
        begun ? maybe(api.get("/api/v1/tickets/{number}/evidence", { path })) : null,
        begun ? maybe(api.get("/api/v1/tickets/{number}/receipt", { path })) : null,
      ]);
      const shown = (evidence?.visits ?? []).filter((each) => each.before.length || each.after.length || each.beside.length || each.readings.length);
      this.setData({
        known: incident?.text || ticket.known_fault?.text || "",
        remedy: Boolean(complaint?.may_answer),
        visits: shown,
        receipt: receipt && { total: money(receipt.due_fen), done: receipt.done },
      });
    },
    async replies() {
      this.setData({ unread: (await unreadReplies(this.data.number)).length });
    },
    cooling() {
      const seconds = (this.data.coolUntil - Date.now()) / 1000;
      this.setData({ cool: seconds > 0 ? `${countdown(seconds)}后可再催` : "" });
    },
    /** @param {number} coolUntil also after the page was left */
    cool(coolUntil) {
      this.setData({ coolUntil });
      wx.setStorageSync(`urged-${this.data.number}`, coolUntil);
      this.cooling();
    },
    urge() {
      if (this.data.cool) {
        tell(this.data.cool);
        return;
      }
      return carry(this, "urge", async () => {
        const path = { number: this.data.number };
        const asked = once(this, "urging", path, (key) => api.post("/api/v1/tickets/{number}/urgings", { path, body: {}, key }));
        const answer = await asked.catch((error) => {
          if (error.retryAfter) this.cool(Date.now() + error.retryAfter * 1000);
          throw error;
        });
        this.cool(new Date(answer.next_allowed_at).getTime());
        await this.look();
        this.setData({ urged: [answer.reason, answer.promise, answer.told].filter(Boolean).join("\n") });
      });
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    async ask(event) {
      const asking = this.data.acts[Number(event.currentTarget.dataset["index"])];
      if (!asking) return;
      this.setData({ asking, lack: "", given: { text: "", choice: "", photos: [], slot: null } });
      if (!asking.slots) return;
      await carry(this, "slots", async () => {
        const { items } = await api.get("/api/v1/tickets/{number}/slots", { path: { number: this.data.number } });
        this.setData({ slots: items });
      });
    },
    leave() {
      this.setData({ asking: null });
    },
    /** @param {WechatMiniprogram.CustomEvent<{ value: string }>} event */
    words(event) {
      this.setData({ "given.text": event.detail.value });
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    choose(event) {
      this.setData({ "given.choice": event.currentTarget.dataset["value"] });
    },
    /** @param {WechatMiniprogram.CustomEvent<{ start: string, end: string }>} event */
    picked(event) {
      this.setData({ "given.slot": event.detail });
    },
    /** @param {WechatMiniprogram.CustomEvent<{ photos: Photo[] }>} event */
    photos(event) {
      this.setData({ "given.photos": event.detail.photos });
    },
    async carryOut() {
      const { asking, ticket, given } = this.data;
      if (!asking || !ticket) return;
      const { photos } = given;
      const lack = unsent(photos) || lacking(asking.event, given);
      this.setData({ lack });
      if (lack) return;
      if (asking.away && !(await sure(asking.label, "确定吗？提交后不能撤回。", asking.label.slice(0, 4)))) return;
      const done = await carry(this, "step", async () => {
        const body = step(asking.event, ticket, { ...given, photos });
        const now = await api.post("/api/v1/tickets/{number}/transitions", { path: { number: ticket.number }, body });
        this.setData({ asking: null });
        this.show(now);
        await this.news(now);
      });
      if (done) tell("好的，已收到", "success");
      // Somebody was quicker, or the answer was lost on its way: what is true now decides.
      else await this.reload();
    },
    /** @param {Ticket} ticket */
    async news(ticket) {
      const [{ items, merged }] = await Promise.all([
        api.get("/api/v1/tickets/{number}/events", { path: { number: this.data.number } }),
        this.around(ticket),
      ]);
      this.setData({ entries: items, merged, urged: lastUrging(items) });
    },
    /** Reads anew without wiping away what was told. */
    async reload() {
      const { problem, asking } = this.data;
      try {
        if (await this.look()) this.setData({ asking: this.data.acts.some((each) => each.event === asking?.event) ? asking : null });
      } catch {
        // The problem that is shown already says it.
      }
      this.setData({ problem });
    },
    rate() {
      wx.navigateTo({ url: `/pages/rating/rating?number=${this.data.number}` });
    },
    receipt() {
      wx.navigateTo({ url: `/pages/receipt/receipt?number=${this.data.number}` });
    },
    talk() {
      wx.navigateTo({ url: `/pages/talk/talk?number=${this.data.number}` });
    },
    complain() {
      wx.navigateTo({ url: `/pages/complaint/complaint?number=${this.data.number}` });
    },
    prices() {
      const { category, address } = this.data.ticket ?? {};
      wx.navigateTo({ url: `/pages/prices/prices?category=${encodeURIComponent(category ?? "")}&city=${encodeURIComponent(address?.city ?? "")}` });
    },
    /** Only the desk can take a merge back: it is asked, in words that are ready. @param {WechatMiniprogram.TouchEvent} event */
    separate(event) {
      const text = `工单 ${event.currentTarget.dataset["number"]} 和这张不是同一件事，请帮我拆开单独处理。`;
      wx.navigateTo({ url: `/pages/talk/talk?number=${this.data.number}&text=${encodeURIComponent(text)}` });
    },
    onShareAppMessage() {
      return { title: this.data.ticket?.promise ?? "服务进度", path: "/pages/home/home" };
    },
  },
});
