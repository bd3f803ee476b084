/** One ticket: where it stands, what was promised, who comes, and what can be done now. It follows by itself. */
const { api } = require("../../lib/api");
const { carry, sure, tell } = require("../../lib/page");
const { STAGES, lacking, offered, stage, step } = require("../../lib/acts");
const { poller } = require("../../lib/poll");
const { countdown, money, moment, span } = require("../../lib/words");

/**
 * @typedef {import("../../lib/api").Schemas} Schemas
 * @typedef {Schemas["TicketOut"]} Ticket
 * @typedef {ReturnType<typeof offered>[number]} Offer
 * @typedef {import("../../lib/photos").Photo} Photo
 */

/** @type {WeakMap<object, ReturnType<typeof poller>>} */
const pollers = new WeakMap();
const FINISHED = ["completed", "confirmed", "closed"];

Component({
  options: { addGlobalClass: true },
  data: {
    busy: "",
    problem: /** @type {import("../../lib/page").Told | null} */ (null),
    number: "",
    ticket: /** @type {Ticket | null} */ (null),
    entries: /** @type {Schemas["TimelineEntry"][]} */ ([]),
    receipt: /** @type {{ total: string, done: string, warranties: string[] } | null} */ (null),
    stages: STAGES,
    at: -1,
    visit: "",
    eta: "",
    before: /** @type {Schemas["AttachmentOut"][]} */ ([]),
    after: /** @type {Schemas["AttachmentOut"][]} */ ([]),
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
    /** @param {{ number: string }} options */
    async onLoad(options) {
      this.setData({ number: options.number });
      pollers.set(this, poller(() => this.look()));
      await this.load();
    },
    async onShow() {
      pollers.get(this)?.start();
      // Whoever comes back to it wants to know now, and not after the next pause.
      if (this.data.ticket) await this.look().catch(() => false);
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
     * Reads it; the timeline only when something happened.
     * @returns {Promise<boolean>}
     */
    async look() {
      const path = { number: this.data.number };
      const ticket = await api.get("/api/v1/tickets/{number}", { path });
      this.cooling();
      if (ticket.version === this.data.ticket?.version && ticket.promised_at === this.data.ticket.promised_at) return false;
      const timeline = await api.get("/api/v1/tickets/{number}/events", { path });
      this.show(ticket);
      this.setData({ entries: timeline.items });
      if (FINISHED.includes(ticket.state) && !this.data.receipt) await this.receipt();
      return true;
    },
    /** @param {Ticket} ticket */
    show(ticket) {
      const of = (/** @type {string} */ purpose) => ticket.attachments.filter((each) => each.purpose === purpose);
      const at = stage(ticket.state);
      this.setData({
        ticket,
        at,
        visit: ticket.visit ? span(ticket.visit.band ?? ticket.visit) : "",
        eta: ticket.visit?.eta ? `预计 ${moment(ticket.visit.eta.at)} 前后到` : "",
        before: of("before"),
        after: of("after"),
        acts: offered(ticket),
        ratable: ticket.allowed_events.some((each) => each.event === "rate_or_expire"),
        urgable: at >= 0 && at < 5,
      });
    },
    async receipt() {
      try {
        const found = await api.get("/api/v1/tickets/{number}/receipt", { path: { number: this.data.number } });
        const warranties = found.warranties.map((each) => `${each.name}：保修 ${each.days} 天${each.until ? `，到 ${each.until}` : ""}`);
        this.setData({ receipt: { total: money(found.total_fen), done: found.done, warranties } });
      } catch {
        // Not everything that is finished has one.
      }
    },
    cooling() {
      const seconds = (this.data.coolUntil - Date.now()) / 1000;
      this.setData({ cool: seconds > 0 ? `${countdown(seconds)}后可再催` : "" });
    },
    urge() {
      if (this.data.cool) {
        tell(this.data.cool);
        return;
      }
      return carry(this, "urge", async () => {
        const answer = await api
          .post("/api/v1/tickets/{number}/urgings", { path: { number: this.data.number }, body: {} })
          .catch((error) => {
            if (error.retryAfter) this.setData({ coolUntil: Date.now() + error.retryAfter * 1000 });
            this.cooling();
            throw error;
          });
        const urged = [answer.reason, answer.promise, answer.told].filter(Boolean).join("\n");
        this.setData({ urged, coolUntil: new Date(answer.next_allowed_at).getTime() });
        await this.look();
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
      const photos = given.photos.filter((each) => each.state === "sent");
      const lack = photos.length < given.photos.length ? "照片还没有传完，请稍等或点它重试。" : lacking(asking.event, given);
      this.setData({ lack });
      if (lack) return;
      if (asking.away && !(await sure(asking.label, "确定吗？提交后不能撤回。", asking.label.slice(0, 4)))) return;
      const done = await carry(this, "step", async () => {
        const body = step(asking.event, ticket, { ...given, photos });
        const now = await api.post("/api/v1/tickets/{number}/transitions", { path: { number: ticket.number }, body });
        this.setData({ asking: null });
        this.show(now);
        await this.timeline();
      });
      if (done) tell("好的，已收到", "success");
      // Somebody was quicker, or the answer was lost on its way: what is true now decides.
      else await this.reload();
    },
    async timeline() {
      const { items } = await api.get("/api/v1/tickets/{number}/events", { path: { number: this.data.number } });
      this.setData({ entries: items });
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
    /** @param {WechatMiniprogram.TouchEvent} event */
    enlarge(event) {
      const urls = [...this.data.before, ...this.data.after].map((each) => each.url);
      wx.previewImage({ urls, current: event.currentTarget.dataset["url"] });
    },
    onShareAppMessage() {
      return { title: this.data.ticket?.promise ?? "服务进度", path: "/pages/home/home" };
    },
  },
});
