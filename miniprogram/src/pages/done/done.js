/** It was received: what happens next, what to prepare, and how the news will come. */
const { api } = require("../../lib/api");
const { carry, tell } = require("../../lib/page");
const { askNow, report, worthAsking } = require("../../lib/subscribe");

Component({
  options: { addGlobalClass: true },
  data: {
    busy: "",
    problem: /** @type {import("../../lib/page").Told | null} */ (null),
    number: "",
    allowed: 0,
    ticket: /** @type {import("../../lib/api").Schemas["TicketOut"] | null} */ (null),
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
        const [ticket, consents] = await Promise.all([
          api.get("/api/v1/tickets/{number}", { path: { number: this.data.number } }),
          worthAsking(),
        ]);
        this.setData({ ticket, consents });
      });
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
