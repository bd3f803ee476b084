/** Whether the appointment suits: yes, or a word to the engineer. Another time is chosen among the acts of the ticket. */
const { api } = require("../../lib/api");
const { carry, tell } = require("../../lib/page");

/** @typedef {import("../../lib/api").Schemas["TicketOut"]} Ticket */

Component({
  options: { addGlobalClass: true },
  properties: { ticket: { type: Object, value: /** @type {any} */ (null) } },
  data: { busy: "", problem: /** @type {import("../../lib/page").Told | null} */ (null), asking: false, note: "" },
  methods: {
    confirm() {
      return this.answer({ answer: "confirm" }, "谢谢，已为您确认");
    },
    ask() {
      this.setData({ asking: !this.data.asking });
    },
    /** @param {WechatMiniprogram.CustomEvent<{ value: string }>} event */
    words(event) {
      this.setData({ note: event.detail.value });
    },
    decline() {
      return this.answer({ answer: "decline", note: this.data.note.trim() }, "已告诉工程师，他会与您联系");
    },
    /**
     * Saying it twice is saying it once.
     * @param {{ answer: "confirm" | "decline", note?: string }} said
     * @param {string} told
     */
    async answer(said, told) {
      const { visit } = /** @type {Ticket} */ (this.data.ticket);
      if (!visit?.link) return;
      const body = { ...said, token: visit.link };
      const done = await carry(this, said.answer, () => api.post("/api/v1/visit-answers", { body }));
      if (done) {
        this.setData({ asking: false, note: "" });
        tell(told);
      }
      this.triggerEvent("change");
    },
    calendar() {
      const { visit, category, address } = /** @type {Ticket} */ (this.data.ticket);
      if (!visit) return;
      const seconds = (/** @type {string} */ iso) => Math.floor(new Date(iso).getTime() / 1000);
      wx.addPhoneCalendar({
        title: `${category}上门服务`,
        startTime: seconds(visit.start),
        endTime: String(seconds(visit.end)),
        location: address?.detail ?? "",
        alarmOffset: 3600,
        fail: (failed) => {
          if (!/cancel/.test(failed.errMsg)) tell("没有写进日历，请在设置里允许使用日历。");
        },
      });
    },
  },
});
