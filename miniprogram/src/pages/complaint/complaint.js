/** A complaint about a ticket: said, followed, and in the end the customer's word whether it is solved. */
const { api, ApiProblem } = require("../../lib/api");
const { drop, keep, kept } = require("../../lib/drafts");
const { carry, sure, tell } = require("../../lib/page");
const { money, moment } = require("../../lib/words");

/** @typedef {import("../../lib/api").Schemas["ComplaintOut"]} Complaint */

/** @type {Record<Complaint["state"], string>} */
const WHERE = { open: "已登记，正在安排负责人", working: "正在处理", proposed: "已有处理方案，请您确认", closed: "已结束" };
const blank = () => ({ text: "", key: "" });

Component({
  options: { addGlobalClass: true },
  data: {
    busy: "",
    problem: /** @type {import("../../lib/page").Told | null} */ (null),
    number: "",
    complaint: /** @type {Complaint | null} */ (null),
    where: "",
    due: "",
    amount: "",
    hotline: "",
    draft: blank(),
    note: "",
    lack: "",
    loaded: false,
  },
  methods: {
    /** @param {{ number: string }} options */
    async onLoad(options) {
      this.setData({ number: options.number });
      this.setData({ draft: kept(this.name(), blank()) });
      await this.load();
    },
    onPullDownRefresh() {
      return this.load();
    },
    name() {
      return `complaint-${this.data.number}`;
    },
    load() {
      return carry(this, "load", async () => {
        const [complaint, hotline] = await Promise.all([this.read(), this.called()]);
        this.show(complaint);
        this.setData({ hotline, loaded: true });
      });
    },
    /** @returns {Promise<Complaint | null>} null where nobody complained */
    async read() {
      try {
        return await api.get("/api/v1/tickets/{number}/complaint", { path: { number: this.data.number } });
      } catch (error) {
        if (error instanceof ApiProblem && error.is("not_found")) return null;
        throw error;
      }
    },
    /** @returns {Promise<string>} the published number for complaints; empty where there is none */
    async called() {
      const prices = await api.get("/api/v1/prices").catch(() => null);
      return prices?.complaint_phone ?? "";
    },
    /** @param {Complaint | null} complaint */
    show(complaint) {
      if (!complaint) return;
      this.setData({
        complaint,
        where: complaint.outcome === "solved" ? "您已确认解决" : WHERE[complaint.state],
        due: complaint.state === "open" || complaint.state === "working" ? `${moment(complaint.due_at)} 前给您处理方案` : "",
        amount: complaint.remedy_fen ? money(complaint.remedy_fen) : "",
      });
    },
    /** @param {WechatMiniprogram.CustomEvent<{ value: string }>} event */
    words(event) {
      // Other words are said anew: the key of the former must not speak for them.
      this.setData({ draft: { text: event.detail.value, key: "" }, lack: "" });
      keep(this.name(), this.data.draft);
    },
    async say() {
      const draft = { ...this.data.draft, key: this.data.draft.key || api.newKey() };
      const text = draft.text.trim();
      this.setData(text ? { draft } : { lack: "请写下哪里不满意，我们好马上去查。" });
      if (!text) return;
      keep(this.name(), draft);
      const done = await carry(this, "say", async () => {
        this.show(await api.post("/api/v1/tickets/{number}/complaint", { path: { number: this.data.number }, body: { text }, key: draft.key }));
      });
      if (!done) return;
      drop(this.name());
      this.setData({ draft: blank() });
      tell("已登记，有进展会通知您");
    },
    /** @param {WechatMiniprogram.CustomEvent<{ value: string }>} event */
    why(event) {
      this.setData({ note: event.detail.value, lack: "" });
    },
    async solved() {
      if (await sure("问题解决了吗？", "确认后这件事就结束了，以后仍可以再反映。", "已解决")) await this.answer(true);
    },
    async unsolved() {
      if (this.data.note.trim()) await this.answer(false);
      else this.setData({ lack: "请写几个字，告诉我们还有什么没有解决。" });
    },
    /** @param {boolean} solved */
    async answer(solved) {
      const body = { solved, note: solved ? "" : this.data.note.trim() };
      const done = await carry(this, "answer", async () => {
        this.show(await api.post("/api/v1/tickets/{number}/complaint/answer", { path: { number: this.data.number }, body }));
      });
      if (done) {
        this.setData({ note: "" });
        tell(solved ? "谢谢您的确认" : "已收到，我们重新处理");
        return;
      }
      // Its answer may have been lost on the way: what is true now decides.
      const { problem } = this.data;
      this.show(await this.read().catch(() => null));
      this.setData({ problem });
    },
    call() {
      wx.makePhoneCall({ phoneNumber: this.data.hotline, fail: () => {} });
    },
  },
});
