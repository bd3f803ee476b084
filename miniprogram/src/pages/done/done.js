/** It was received: what happens next, what to prepare, how the news will come, and whether it was said before. */
const { api } = require("../../lib/api");
const { carry, tell } = require("../../lib/page");
const { askNow, report, worthAsking } = require("../../lib/subscribe");
const { moment } = require("../../lib/words");

/** @typedef {import("../../lib/api").Schemas} Schemas */

Component({
  options: { addGlobalClass: true },
  data: {
    busy: "",
    problem: /** @type {import("../../lib/page").Told | null} */ (null),
    number: "",
    allowed: 0,
    ticket: /** @type {Schemas["TicketOut"] | null} */ (null),
    known: "",
    similar: /** @type {(Schemas["SimilarOut"] & { when: string })[]} */ ([]),
    consents: /** @type {import("../../lib/subscribe").Consent[]} */ ([]),
  },
  methods: {
    /** @param {{ number: string, allowed?: string }} options */
    async onLoad(options) {
      this.setData({ number: options.number, allowed: Number(options.allowed ?? 0) });
      await this.load();
    },
    load() {
      return carry(this, "load", async () => {
        const path = { number: this.data.number };
        const [ticket, similar, incident, consents] = await Promise.all([
          api.get("/api/v1/tickets/{number}", { path }),
          // The report is received, whatever becomes of these two.
          api.get("/api/v1/tickets/{number}/similar", { path }).catch(() => null),
          api.get("/api/v1/tickets/{number}/incident", { path }).catch(() => null),
          worthAsking(),
        ]);
        const like = similar?.may_join ? similar.items : [];
        this.setData({
          ticket,
          consents,
          known: incident?.text || ticket.known_fault?.text || "",
          similar: like.map((each) => ({ ...each, when: moment(each.created_at) })),
        });
      });
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    async join(event) {
      const into = event.currentTarget.dataset["number"];
      const { ticket, number } = this.data;
      if (!ticket) return;
      const body = { event: /** @type {const} */ ("merge"), version: ticket.version, into };
      const done = await carry(this, "join", () => api.post("/api/v1/tickets/{number}/transitions", { path: { number }, body }));
      if (!done && !(await this.joined())) return;
      wx.redirectTo({ url: `/pages/ticket/ticket?number=${into}&said=joined` });
    },
    /** Its answer may have been lost on the way: what is true now decides. @returns {Promise<boolean>} */
    async joined() {
      const { problem, number } = this.data;
      const ticket = await api.get("/api/v1/tickets/{number}", { path: { number } }).catch(() => null);
      this.setData({ problem, ...(ticket ? { ticket } : {}) });
      return ticket?.state === "merged";
    },
    async subscribe() {
      const allowed = await report(await askNow(this.data.consents));
      this.setData({ allowed: this.data.allowed + allowed, consents: await worthAsking() });
      if (!allowed) tell("没有开启也没关系，进度随时可在「消息」里看。");
    },
    open() {
      wx.redirectTo({ url: `/pages/ticket/ticket?number=${this.data.number}` });
    },
    home() {
      wx.reLaunch({ url: "/pages/home/home" });
    },
  },
});
