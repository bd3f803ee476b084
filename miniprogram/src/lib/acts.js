/** What a customer may cause on the page of his ticket, and what each of it asks for. The life cycle says when. */
const { money } = require("./words");

/**
 * @typedef {import("./api").Schemas["TicketOut"]} Ticket
 * @typedef {{ value: string, label: string }} Choice
 * @typedef {object} Act
 * @property {string} [words] the name of its field of text
 * @property {string} [hint]
 * @property {boolean} [needed] the text may not be empty
 * @property {boolean} [photos]
 * @property {boolean} [slots]
 * @property {Choice[]} [choices]
 * @property {boolean} [quote]
 * @property {boolean} [main] the one that most people want
 * @property {boolean} [away] it ends something
 */

/** @type {Record<string, Act>} */
const ACTS = {
  supply_info: { words: "text", hint: "缺什么补什么，也可以只传照片", photos: true, main: true },
  book: { slots: true, main: true },
  rebook: { slots: true },
  engineer_no_show: { words: "note", hint: "约好的时间过了多久？（选填）" },
  approve_quote: { quote: true, main: true },
  decline_quote: { quote: true, words: "reason", hint: "可以说说原因（选填）", away: true },
  decline_variation: { quote: true, words: "reason", hint: "可以说说原因（选填）", away: true },
  confirm: { main: true },
  dispute: { words: "reason", hint: "还有什么没有解决？", needed: true, photos: true },
  reopen: { words: "reason", hint: "又出现了什么问题？", needed: true },
  accept_fail: { words: "note", hint: "想对我们说的话（选填）" },
  cancel: {
    words: "note",
    hint: "补充说明（选填）",
    away: true,
    choices: [
      { value: "changed_mind", label: "不需要了" },
      { value: "solved_itself", label: "已经好了" },
      { value: "too_slow", label: "等得太久" },
      { value: "price", label: "费用原因" },
      { value: "duplicate", label: "重复提交" },
      { value: "other", label: "其他" },
    ],
  },
};

/**
 * @param {Ticket} ticket
 * @returns {(Act & { event: string, label: string, steps: string[], caution: string })[]} what may be offered now, the likeliest first
 */
function offered(ticket) {
  const found = ticket.allowed_events.flatMap(({ event, label, blockers }) => {
    const act = ACTS[event];
    return act ? [{ ...act, event, label, steps: blockers.map((each) => each.next_step), caution: caution(event, ticket) }] : [];
  });
  /** @param {Act} act */
  const rank = (act) => (act.main ? 0 : act.away ? 2 : 1);
  return found.sort((a, b) => rank(a) - rank(b));
}

/**
 * @typedef {{ text: string, choice: string, photos: { id: string }[], slot: { start: string, end: string } | null }} Given
 * @param {string} event
 * @param {Ticket} ticket
 * @param {Given} given
 * @returns {any} the body of the transition
 */
function step(event, ticket, given) {
  const act = ACTS[event] ?? {};
  return {
    event,
    version: ticket.version,
    ...(act.words ? { [act.words]: given.text.trim() } : {}),
    ...(act.photos ? { attachment_ids: given.photos.map((each) => each.id) } : {}),
    ...(act.choices ? { reason_code: given.choice } : {}),
    ...(act.quote ? { quote_version: ticket.quote?.version } : {}),
    ...(act.slots && given.slot ? { window: given.slot } : {}),
    ...(event === "rebook" ? { reason_code: "customer_wish" } : {}),
  };
}

/**
 * @param {string} event
 * @param {Given} given
 * @returns {string} what is missing before it can be sent; empty when nothing is
 */
function lacking(event, given) {
  const act = ACTS[event] ?? {};
  if (act.choices && !given.choice) return "请选择原因。";
  if (act.slots && !given.slot) return "请选择一个时段。";
  if (act.needed && !given.text.trim()) return "请写一句说明，工程师会提前看到。";
  return "";
}

/** What ends a ticket; and where nobody has anything to do to it but its customer. */
const OVER = ["closed", "cancelled", "rejected", "merged"];
const AT_REST = [...OVER, "completed", "confirmed"];

/**
 * @param {string} event
 * @param {Ticket} ticket
 * @returns {string} what to know before it is said
 */
function caution(event, ticket) {
  const fee = ticket.call_out?.fee_fen ? money(ticket.call_out.fee_fen) : "";
  if (event === "supply_info" && ticket.missing.length) return `还缺：${ticket.missing.join("、")}`;
  if (event === "confirm") return "请试一试，确认修好了再点。没有修好请选“还没修好”，会再派工程师来。";
  if (event === "decline_variation") return "不做追加，就按原报价继续维修。";
  if (!fee) return "";
  if (event === "decline_quote") return `不同意维修时，只收预约前告知的上门检测费 ${fee}。`;
  if (event === "cancel" && ticket.state === "quote_pending") return `工程师已经上门，取消时收取预约前告知的上门检测费 ${fee}。`;
  return "";
}

module.exports = { AT_REST, OVER, offered, step, lacking };
