/** Times and money as people say them. Times are those of China, wherever the phone is. */

const HOUR = 3_600_000;
const CHINA = 8 * HOUR;
const WEEKDAYS = "日一二三四五六";

/**
 * @param {string} iso
 * @returns {Date} whose UTC parts are those of China
 */
function china(iso) {
  return new Date(new Date(iso).getTime() + CHINA);
}

/** @param {number} n */
function two(n) {
  return String(n).padStart(2, "0");
}

/** @param {string} iso */
function time(iso) {
  const at = china(iso);
  return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
}

/**
 * @param {Date} at
 * @param {Date} now both as `china` gives them
 */
function day(at, now) {
  const days = Math.floor(at.getTime() / (24 * HOUR)) - Math.floor(now.getTime() / (24 * HOUR));
  const near = /** @type {Record<string, string>} */ ({ "-1": "昨天", 0: "今天", 1: "明天", 2: "后天" })[String(days)];
  return near ?? `${at.getUTCMonth() + 1}月${at.getUTCDate()}日（周${WEEKDAYS[at.getUTCDay()]}）`;
}

/**
 * @param {string} iso
 * @param {Date} [now]
 */
function date(iso, now = new Date()) {
  return day(china(iso), china(now.toISOString()));
}

/**
 * @param {string} iso
 * @param {Date} [now]
 */
function moment(iso, now = new Date()) {
  const on = date(iso, now);
  // A closing bracket brings its own space.
  return `${on}${on.endsWith("）") ? "" : " "}${time(iso)}`;
}

/**
 * @param {{ start: string, end: string }} window
 * @param {Date} [now]
 */
function span(window, now = new Date()) {
  return `${moment(window.start, now)}–${time(window.end)}`;
}

/** @param {number} fen */
function money(fen) {
  return `¥${(fen / 100).toFixed(fen % 100 ? 2 : 0)}`;
}

/** @param {number} seconds */
function countdown(seconds) {
  return seconds >= 60 ? `${Math.ceil(seconds / 60)} 分钟` : `${Math.max(0, Math.ceil(seconds))} 秒`;
}

module.exports = { date, moment, span, time, money, countdown };
