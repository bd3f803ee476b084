/** My points and level, what is missing to the next one, and every change with why. */
const { api } = require("../../lib/api");
const { carry } = require("../../lib/page");
const { date } = require("../../lib/words");

/** @typedef {import("../../lib/api").Schemas["MembershipOut"]} Membership */

/** @param {Membership["items"][number]} entry */
const line = ({ id, label, appliance, change, note, number, at, counts_until }) => ({
  id,
  name: appliance ? `${label}：${appliance}` : label,
  change: change > 0 ? `+${change}` : String(change),
  note: note ? `原因：${note}` : "",
  when: date(at) + (change > 0 ? ` · 有效到 ${date(counts_until)}` : ""),
  number,
});

/** @param {Membership} has */
function inWords(has) {
  const { level, next_level, holds_until } = has;
  if (!level) return null;
  return {
    next: next_level ? `再得 ${has.missing} 积分，就是${next_level.name}。` : "已经是最高级别。",
    holds: holds_until ? `没有新积分时，${level.name}保留到 ${date(holds_until)}。` : "",
    lapsing: has.lapsing ? `30 天内有 ${has.lapsing} 积分到期。` : "",
    ways: has.ways.map((each) => ({ name: each.label, points: `${each.points} 分`, most: each.most_a_year ? `一年内前 ${each.most_a_year} 台` : "" })),
    levels: has.levels.flatMap((each) => (each.from_points ? [`${each.name} ${each.from_points} 分`] : [])).join("，"),
  };
}

Component({
  options: { addGlobalClass: true },
  data: {
    busy: "",
    problem: /** @type {import("../../lib/page").Told | null} */ (null),
    has: /** @type {Membership | null} */ (null),
    words: /** @type {ReturnType<typeof inWords>} */ (null),
    lines: /** @type {ReturnType<typeof line>[]} */ ([]),
    cursor: /** @type {string | null} */ (null),
  },
  methods: {
    onLoad() {
      return this.load();
    },
    onPullDownRefresh() {
      return this.load();
    },
    load() {
      return carry(this, "load", async () => {
        const has = await api.get("/api/v1/me/membership");
        this.setData({ has, words: inWords(has), lines: has.items.map(line), cursor: has.next_cursor });
      });
    },
    async onReachBottom() {
      const { cursor } = this.data;
      if (cursor === null) return;
      await carry(this, "more", async () => {
        const page = await api.get("/api/v1/me/membership", { query: { cursor } });
        this.setData({ lines: [...this.data.lines, ...page.items.map(line)], cursor: page.next_cursor });
      });
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    ticket(event) {
      const number = event.currentTarget.dataset["number"];
      if (number) wx.navigateTo({ url: `/pages/ticket/ticket?number=${number}` });
    },
  },
});
