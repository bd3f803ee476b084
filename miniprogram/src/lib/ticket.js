/** A ticket in words: when somebody comes, what waits, what was said of it, and what happened at each visit. */
const { moment, span, time } = require("./words");

/**
 * @typedef {import("./api").Schemas} Schemas
 * @typedef {Schemas["TicketOut"]} Ticket
 */

const STARS = /** @type {const} */ ([["attitude", "态度"], ["expertise", "专业"], ["timeliness", "准时"], ["conduct", "规范"]]);

/**
 * Whether there is nothing to draw anew: neither an event nor a promise nor a place on the way.
 * @param {Ticket} now
 * @param {Ticket | null} before
 */
function same(now, before) {
  return now.seq === before?.seq && now.promised_at === before.promised_at && now.visit?.eta?.updated_at === before.visit?.eta?.updated_at;
}

/** @param {Schemas["EtaOut"] | null | undefined} eta */
function onTheWay(eta) {
  if (!eta) return "";
  const late = eta.late_minutes ? `，比约定晚约 ${eta.late_minutes} 分钟，很抱歉` : "";
  return `预计 ${time(eta.at)} 到，前后 ${eta.band_minutes} 分钟${late}（${time(eta.updated_at)} 更新）`;
}

/** @param {Ticket} ticket */
function inWords(ticket) {
  const { visit, rating, state } = ticket;
  const rings = ticket.call_out?.empty_trip_fen ? "这时取消要收取预约前告知的上门空跑费；如果是我们来得太晚，不收。" : "";
  return {
    visit: visit ? span(visit.band ?? visit) : "",
    eta: onTheWay(visit?.eta),
    parts: ticket.parts_waiting.map((each) => ({
      name: `${each.name} × ${each.quantity}`,
      label: each.label,
      when: [`预计 ${moment(each.due_at)} 前到货`, each.tracking_number ? `${each.carrier} ${each.tracking_number}` : ""].filter(Boolean).join("，"),
    })),
    rating: rating ? STARS.map(([name, label]) => ({ label, stars: "★".repeat(rating[name]), spoken: `${label} ${rating[name]} 星` })) : [],
    uncancellable: state === "en_route" ? `工程师已经在路上，现在要取消请留言或致电客服。${rings}` : "",
  };
}

/**
 * The last time that somebody urged, as the timeline has it.
 * @param {readonly Schemas["TimelineEntry"][]} entries
 */
function lastUrging(entries) {
  const [last] = entries.filter((each) => each.event === "urged").slice(-1);
  return last ? `${moment(last.at)} 催过一次：${last.text}` : "";
}

module.exports = { inWords, lastUrging, same };
