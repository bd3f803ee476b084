/** How I wish to be called, reached and served. */
const { api } = require("../../lib/api");
const { carry, tell } = require("../../lib/page");

/**
 * @typedef {import("../../lib/api").Schemas} Schemas
 * @typedef {Schemas["ContactSpanIn"]} Span
 */

// As many as the service takes.
const MOST = 14;
const DAYS = [..."一二三四五六日"].map((name, at) => ({ day: at + 1, name }));

/** @param {Span} span what a template can draw of it */
const drawn = (span) => ({ ...span, days: DAYS.map((each) => ({ ...each, on: span.weekdays.includes(each.day) })) });

Component({
  options: { addGlobalClass: true },
  data: {
    busy: "",
    problem: /** @type {import("../../lib/page").Told | null} */ (null),
    spans: /** @type {ReturnType<typeof drawn>[]} */ ([]),
    same: true,
    notes: "",
    nickname: "",
    phone: "",
    lack: "",
    most: MOST,
    loaded: false,
  },
  methods: {
    onLoad() {
      return this.load();
    },
    load() {
      return carry(this, "load", async () => {
        const [kept, me] = await Promise.all([api.get("/api/v1/me/preferences"), api.get("/api/v1/me")]);
        this.setData({
          spans: kept.contact_hours.map(drawn),
          same: kept.same_engineer,
          notes: kept.visit_notes,
          nickname: me.name,
          phone: me.phone_masked ? me.phone_masked + (me.phone_verified ? "（微信已验证）" : "") : "还没有登记，报修时填写即可",
          loaded: true,
        });
      });
    },
    add() {
      this.setData({ spans: [...this.data.spans, drawn({ weekdays: [6, 7], from: "09:00", until: "20:00" })], lack: "" });
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    drop(event) {
      const at = Number(event.currentTarget.dataset["at"]);
      this.setData({ spans: this.data.spans.filter((_, each) => each !== at), lack: "" });
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    day(event) {
      const { at, day } = /** @type {{ at: number, day: number }} */ (event.currentTarget.dataset);
      const span = this.data.spans[at];
      if (!span) return;
      const weekdays = span.weekdays.includes(day) ? span.weekdays.filter((each) => each !== day) : [...span.weekdays, day].sort();
      this.setData({ [`spans[${at}]`]: drawn({ ...span, weekdays }), lack: "" });
    },
    /** @param {WechatMiniprogram.CustomEvent<{ value: string }> & WechatMiniprogram.TouchEvent} event */
    time(event) {
      const { at, edge } = /** @type {{ at: number, edge: "from" | "until" }} */ (event.currentTarget.dataset);
      this.setData({ [`spans[${at}].${edge}`]: event.detail.value, lack: "" });
    },
    /** @param {WechatMiniprogram.CustomEvent<{ value: boolean }>} event */
    sameEngineer(event) {
      this.setData({ same: event.detail.value });
    },
    /** @param {WechatMiniprogram.CustomEvent<{ name: "notes" | "nickname", value: string }>} event */
    typed(event) {
      this.setData({ [event.detail.name]: event.detail.value });
    },
    async save() {
      const spans = this.data.spans.filter((each) => each.weekdays.length);
      const wrong = spans.findIndex((each) => each.from >= each.until);
      this.setData({ lack: wrong < 0 ? "" : `第 ${wrong + 1} 个时段：结束时间要晚于开始时间。` });
      if (wrong >= 0) return;
      const contact_hours = spans.map(({ weekdays, from, until }) => ({ weekdays, from, until }));
      const body = { contact_hours, same_engineer: this.data.same, visit_notes: this.data.notes.trim() };
      if (await carry(this, "save", () => api.put("/api/v1/me/preferences", { body }))) tell("已保存，从下一次联系起生效");
    },
    async rename() {
      const nickname = this.data.nickname.trim();
      if (!nickname) return tell("请填写怎么称呼您。");
      if (await carry(this, "rename", () => api.put("/api/v1/me/profile", { body: { nickname } }))) tell("称呼已保存，审核通过后家人可见");
    },
  },
});
