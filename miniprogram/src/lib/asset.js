/** An appliance or vehicle in words: its name, its periods of warranty and why they run so, what was done to it. */
const { date, money, moment, time } = require("./words");

/**
 * @typedef {import("./api").Schemas} Schemas
 * @typedef {Schemas["ArchiveOut"]} Archive
 */

/** @type {Record<Schemas["CoverKind"], string>} */
const KINDS = { unit: "整机保修", part: "部件保修", repair: "维修质保" };
/** @type {Record<Schemas["CoverSource"], string>} */
const WHY = {
  proof: "按已核实的购买凭证计算",
  claimed: "按您填写的购买日期计算，凭证核实后为准",
  manufacture: "没有购买凭证，按出厂日期计算",
  fitted: "按更换配件的日期计算",
  repaired: "按完工日期计算",
};

/** @param {Schemas["PeriodOut"]} period */
function period({ kind, component, in_force, ends_on, remaining_days, source, begins_on, ticket }) {
  const left = ends_on ? `还剩 ${remaining_days} 天，到 ${ends_on}` : "终身";
  return {
    name: KINDS[kind] + (component ? ` · ${component}` : ""),
    in_force,
    left: in_force ? left : `已于 ${ends_on} 到期`,
    why: `${WHY[source]}，从 ${begins_on} 起${ticket ? `，工单 ${ticket}` : ""}`,
  };
}

/** @param {Schemas["JobOut"]} job */
function job({ number, label, fault, created_at, visits, solutions, parts, charged_fen, photos, may_open }) {
  const came = visits.flatMap((each) =>
    each.arrived_at ? [`${moment(each.arrived_at)} ${each.engineer}上门${each.finished_at ? `，${time(each.finished_at)} 离开` : ""}`] : [],
  );
  const fitted = parts.map((each) => `${each.name} ×${each.quantity}`).join("、");
  return {
    number,
    head: `${date(created_at)} · ${label}`,
    fault,
    lines: [
      ...came,
      ...solutions.map((each) => `处理：${each}`),
      ...(fitted ? [`更换：${fitted}`] : []),
      ...(solutions.length ? [charged_fen ? `收费 ${money(charged_fen)}` : "没有收费"] : []),
    ],
    photos: photos.map((each) => ({ url: each.url, name: each.purpose === "before" ? "维修前" : "维修后" })),
    may_open,
  };
}

/**
 * What its owner would call it.
 * @param {Pick<Schemas["AssetOut"], "room" | "name" | "brand" | "category">} asset
 */
function called({ room, name, brand, category }) {
  return [room, name || `${brand}${category}`].filter(Boolean).join(" · ");
}

/** @param {Archive} archive */
function inWords(archive) {
  const { brand, model, category, serial_number, plate_number, purchase, purchased_on, room, address } = archive;
  const thing = [brand, model].filter(Boolean).join(" ") || category;
  const unknown = purchase === "unknown";
  return {
    name: archive.name || thing,
    thing: archive.name ? thing : "",
    where: [room, address ? `${address.city}${address.district}${address.detail ?? ""}` : ""].filter(Boolean).join(" · "),
    marks: [serial_number ? `序列号 ${serial_number}` : "序列号未登记", plate_number ? `车牌 ${plate_number}` : ""].filter(Boolean).join(" · "),
    periods: archive.periods.map(period),
    uncovered: unknown ? "还不知道购买日期。传上购买凭证，就能看到保修还剩多久。" : "这个型号没有公布的保修政策，报修时由工程师核对。",
    bought: purchased_on ? `购买日期 ${purchased_on}（${purchase === "verified" ? "已核实" : "您填写的，待核实"}）` : "",
    jobs: archive.jobs.map(job),
  };
}

module.exports = { called, inWords };
