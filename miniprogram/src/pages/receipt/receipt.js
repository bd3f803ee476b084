/** The receipt of a ticket: what was done and charged, what was fitted, what is warranted. */
const { api } = require("../../lib/api");
const { carry } = require("../../lib/page");
const { moment, money } = require("../../lib/words");

/** @typedef {import("../../lib/api").Schemas["ReceiptOut"]} Receipt */

/** @type {Record<Receipt["kind"], string>} */
const TITLES = { service: "服务收据", inspection: "上门检测收据", empty_trip: "上门空跑收据" };

/** @param {Receipt["lines"][number]} line */
const line = ({ code, name, unit, quantity, unit_price_fen, amount_fen, discount_fen, discount_reason, not_covered }) => ({
  code,
  name,
  count: `${money(unit_price_fen)} × ${quantity}${unit}`,
  amount: money(amount_fen),
  note: [discount_fen ? `优惠 ${money(discount_fen)}：${discount_reason}` : "", not_covered ? `保修外：${not_covered}` : ""].filter(Boolean).join(" · "),
});

/** @param {Receipt} found */
function inWords(found) {
  const issue = found.issues > 1 ? `（第 ${found.issue} 份，共 ${found.issues} 份）` : "";
  return {
    title: TITLES[found.kind] + issue,
    total: money(found.total_fen),
    waived: found.waived_at ? `${moment(found.waived_at)} 已免收，现应付 ${money(found.due_fen)}：${found.waived_reason}` : "",
    facts: [
      ["工单编号", found.number],
      ["服务项目", found.service],
      ["设备", found.appliance],
      ["服务内容", found.done + (found.fault_code ? `（${found.fault_code}）` : "")],
      ["工程师", found.engineer ? `${found.engineer}，工号 ${found.employee_no}` : ""],
      ["完成时间", moment(found.finished_at)],
    ].flatMap(([name, value]) => (value ? [{ name, value }] : [])),
    lines: found.lines.map(line),
    discount: found.discount_fen ? `优惠合计 -${money(found.discount_fen)}${found.charge_reason ? `（${found.charge_reason}）` : ""}` : "",
    callOut: found.call_out_fen ? `其中上门检测费 ${money(found.call_out_fen)}` : "",
    parts: found.parts.map((each) => `${each.name} ×${each.quantity}${each.serial_number ? `，序列号 ${each.serial_number}` : ""}`),
    warranties: found.warranties.map((each) => `${each.name}：${each.days} 天${each.until ? `，至 ${each.until}` : ""}`),
  };
}

Component({
  options: { addGlobalClass: true },
  data: {
    busy: "",
    problem: /** @type {import("../../lib/page").Told | null} */ (null),
    number: "",
    receipt: /** @type {Receipt | null} */ (null),
    words: /** @type {ReturnType<typeof inWords> | null} */ (null),
    issues: /** @type {number[]} */ ([]),
  },
  methods: {
    /** @param {{ number: string }} options */
    async onLoad(options) {
      this.setData({ number: options.number });
      await this.load();
    },
    load() {
      return this.read();
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    choose(event) {
      return this.read(Number(event.currentTarget.dataset["issue"]));
    },
    /** @param {number} [issue] the newest where none is named */
    read(issue) {
      return carry(this, "load", async () => {
        const query = issue ? { issue } : {};
        const receipt = await api.get("/api/v1/tickets/{number}/receipt", { path: { number: this.data.number }, query });
        const issues = receipt.issues > 1 ? Array.from({ length: receipt.issues }, (_, at) => at + 1) : [];
        this.setData({ receipt, words: inWords(receipt), issues });
      });
    },
    call() {
      wx.makePhoneCall({ phoneNumber: this.data.receipt?.complaint_phone ?? "", fail: () => {} });
    },
    copy() {
      wx.setClipboardData({ data: this.data.receipt?.sha256 ?? "" });
    },
  },
});
