/** The first page: report, what is under way, and the way to everything else. */
const { api } = require("../../lib/api");
const { OVER } = require("../../lib/acts");
const { carry } = require("../../lib/page");

/** @typedef {import("../../lib/api").Schemas["TicketSummary"]} Summary */

const ENTRIES = [
  { page: "services", label: "我的服务", note: "进度、催单、评价" },
  { page: "assets", label: "我的设备和车辆", note: "保修期、维修记录" },
  { page: "household", label: "家庭", note: "和家人一起管理设备" },
  { page: "inbox", label: "消息", note: "每一步进展" },
  { page: "preferences", label: "服务偏好", note: "联系时间、上门提醒" },
  { page: "prices", label: "服务价目表", note: "先报价、后维修" },
  { page: "points", label: "服务网点", note: "服务区域与电话" },
  { page: "privacy", label: "隐私与数据", note: "授权、导出、注销" },
];

/** @param {import("../../lib/api").Schemas["MembershipOut"] | null} has */
const entriesFor = (has) =>
  has?.level ? [...ENTRIES.slice(0, 4), { page: "membership", label: "我的会员", note: `${has.level.name} · ${has.points} 积分` }, ...ENTRIES.slice(4)] : ENTRIES;

Component({
  options: { addGlobalClass: true },
  data: {
    busy: "",
    problem: /** @type {import("../../lib/page").Told | null} */ (null),
    open: /** @type {Summary[]} */ ([]),
    unread: 0,
    loaded: false,
    entries: ENTRIES,
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
        const [tickets, inbox, membership] = await Promise.all([
          api.get("/api/v1/tickets", { query: { limit: 20 } }),
          api.get("/api/v1/me/inbox", { query: { limit: 1 } }),
          // A house without membership does not speak of it.
          api.get("/api/v1/me/membership").catch(() => null),
        ]);
        const open = tickets.items.filter((each) => !OVER.includes(each.state)).slice(0, 3);
        this.setData({ open, unread: inbox.unread, entries: entriesFor(membership), loaded: true });
      });
    },
    report() {
      wx.navigateTo({ url: "/pages/report/report" });
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    go(event) {
      const page = event.currentTarget.dataset["page"];
      wx.navigateTo({ url: `/pages/${page}/${page}` });
    },
    onShareAppMessage() {
      return { title: "报修、查进度，都在这里", path: "/pages/home/home" };
    },
  },
});
