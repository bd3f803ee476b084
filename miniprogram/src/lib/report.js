/** A report while it is being written: what is missing at each step, how it is kept, and what is sent of it. */
const drafts = require("./drafts");
const place = require("./place");

/**
 * @typedef {import("./photos").Photo} Photo
 * @typedef {import("./api").Schemas["NewTicket"]} NewTicket
 * @typedef {object} Draft
 * @property {NewTicket["service_type"]} service_type
 * @property {string} category
 * @property {string} brand
 * @property {string} model
 * @property {string} serial_number
 * @property {string} asset_id
 * @property {string} fault
 * @property {Photo[]} photos
 * @property {string} name
 * @property {string} phone
 * @property {string[]} region province, city and district
 * @property {string} detail
 * @property {number | null} latitude of the point on the map, where one was chosen
 * @property {number | null} longitude
 * @property {string} day 2026-01-31
 * @property {string} span of SPANS
 * @property {string} key with which it was sent, until something of it changes
 */

const KEPT = "report";

/** @type {{ value: NewTicket["service_type"], label: string }[]} */
const SERVICES = [
  { value: "repair", label: "维修" },
  { value: "installation", label: "安装" },
  { value: "cleaning", label: "清洗" },
  { value: "maintenance", label: "保养" },
  { value: "consultation", label: "咨询" },
];
const SPANS = [
  { value: "morning", label: "上午 9–12 点", from: "09:00", until: "12:00" },
  { value: "afternoon", label: "下午 13–17 点", from: "13:00", until: "17:00" },
  { value: "evening", label: "晚上 18–20 点", from: "18:00", until: "20:00" },
];

/** @returns {Draft} */
function blank() {
  return {
    service_type: "repair",
    category: "",
    brand: "",
    model: "",
    serial_number: "",
    asset_id: "",
    fault: "",
    photos: [],
    name: "",
    phone: "",
    region: [],
    detail: "",
    latitude: null,
    longitude: null,
    day: "",
    span: "",
    key: "",
  };
}

/** @param {Draft} draft */
function keep(draft) {
  drafts.keep(KEPT, draft);
}

/** @returns {Draft} */
function kept() {
  return drafts.kept(KEPT, blank());
}

/** The next report begins with the same address. @param {Draft} draft */
function sent(draft) {
  const { name, phone, region, detail, latitude, longitude } = draft;
  wx.setStorageSync(KEPT, { name, phone, region, detail, latitude, longitude });
}

/** @param {Draft} draft */
function onSite(draft) {
  return draft.service_type !== "consultation";
}

/** By step, from 1; undefined is nothing to do. @type {((draft: Draft) => Record<string, string | undefined>)[]} */
const STEPS = [
  () => ({}),
  (draft) => (draft.category ? {} : { category: "请选择或填写是什么设备。" }),
  (draft) => ({
    ...(draft.service_type === "repair" && !draft.fault.trim() ? { fault: "请说说哪里不对，一句话也可以。" } : {}),
    ...(drafts.unsent(draft.photos) ? { photos: drafts.unsent(draft.photos) } : {}),
  }),
  (draft) => ({
    ...(draft.name.trim() ? {} : { name: "请填写联系人。" }),
    ...(draft.phone.trim() ? {} : { phone: "请填写电话，工程师要用它联系您。" }),
    ...(onSite(draft) && draft.region.length < 3 ? { region: "请选择省、市、区。" } : {}),
    ...(onSite(draft) && !draft.detail.trim() ? { detail: "请填写街道、门牌号。" } : {}),
  }),
];

/**
 * @param {Draft} draft
 * @param {number} step
 * @returns {Record<string, string>} by field, what to do
 */
function missing(draft, step) {
  const found = Object.entries(STEPS[step]?.(draft) ?? {});
  return Object.fromEntries(found.flatMap(([name, what]) => (what ? [[name, what]] : [])));
}

/** @param {Draft} draft @returns {NewTicket} */
function toTicket(draft) {
  const span = SPANS.find((each) => each.value === draft.span);
  return {
    service_type: draft.service_type,
    category: draft.category,
    brand: draft.brand,
    model: draft.model,
    serial_number: draft.serial_number,
    fault: draft.fault.trim(),
    contact: { name: draft.name.trim(), phone: draft.phone.trim() },
    attachment_ids: draft.photos.map((each) => each.id),
    ...(draft.asset_id ? { asset_id: draft.asset_id } : {}),
    ...(onSite(draft) ? { address: place.sent(draft) } : {}),
    ...(draft.day && span
      ? {
          preferred_windows: [
            { start: `${draft.day}T${span.from}:00+08:00`, end: `${draft.day}T${span.until}:00+08:00` },
          ],
        }
      : {}),
  };
}

/** Where the service found something wrong: field of the draft by its place in the body. */
/** @type {Record<string, string>} */
const PLACES = {
  "body.contact.name": "name",
  "body.contact.phone": "phone",
  "body.address": "region",
  "body.address.detail": "detail",
  "body.fault": "fault",
  "body.category": "category",
  "body.preferred_windows": "day",
  "body.attachment_ids": "photos",
};
const STEP_OF = /** @type {Record<string, number>} */ ({ category: 1, fault: 2, photos: 2 });

/**
 * @param {readonly { field: string, msg: string }[]} errors
 * @returns {{ problems: Record<string, string>, step: number }}
 */
function refusedFields(errors) {
  /** @type {Record<string, string>} */
  const problems = {};
  for (const { field, msg } of errors) {
    const place = Object.keys(PLACES)
      .filter((each) => field === each || field.startsWith(`${each}.`))
      .sort((a, b) => b.length - a.length)[0];
    if (place !== undefined) problems[/** @type {string} */ (PLACES[place])] = msg;
  }
  return { problems, step: Math.min(3, ...Object.keys(problems).map((name) => STEP_OF[name] ?? 3)) };
}

module.exports = { SERVICES, SPANS, blank, keep, kept, sent, onSite, missing, toTicket, refusedFields };
