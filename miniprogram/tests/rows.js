/** Answers of the service for tests, held against its description by the type checker: what is there has the right shape. */

/** @typedef {import("../../clients/ts/types").Schemas} Schemas */
/**
 * What the service may add later need not be here.
 * @template T
 * @typedef {T extends object ? { [K in keyof T]?: Loose<T[K]> } : T} Loose
 */

/** @param {Partial<Schemas["TicketOut"]>} [over] @returns {Loose<Schemas["TicketOut"]>} */
function ticket(over = {}) {
  return {
    number: "HX1",
    version: 1,
    seq: 1,
    channel: "mini_program",
    service_type: "repair",
    category: "洗衣机",
    brand: "",
    model: "",
    serial_number: "",
    asset_id: null,
    fault: "脱水时声音很大",
    state: "submitted",
    label: "已提交",
    promised_at: "2026-01-05T07:25:00Z",
    promise: "预计今天 15:25 前受理并与您联系",
    journey: { steps: ["已提交", "已接单", "已约时间", "维修中", "服务完成"], at: 0 },
    next: "我们正在受理",
    known_fault: null,
    priority: "normal",
    warranty: "unknown",
    warranty_decision: null,
    missing: [],
    contact: { name: "赵先生", phone_masked: "138****0002" },
    address: null,
    preferred_windows: [],
    engineer: null,
    crew: 1,
    companion: null,
    visit: null,
    offer: null,
    diagnosis: { category: "洗衣机", fault: "异响震动", urgency: "普通", advice: [], prepare: ["拔掉电源"], parts: null, reasons: null },
    parts_waiting: [],
    quote: null,
    call_out: null,
    attachments: [],
    rating: null,
    urged: 0,
    complaint_risk: null,
    allowed_events: [],
    created_at: "2026-01-05T07:00:00Z",
    completed_at: null,
    closed_at: null,
    ...over,
  };
}

/** @param {Partial<Schemas["TicketSummary"]>} [over] @returns {Loose<Schemas["TicketSummary"]>} */
function summary(over = {}) {
  const { number, version, service_type, category, fault, state, label, next, promised_at, promise, priority, created_at } = ticket();
  return { number, version, service_type, category, fault, state, label, next, promised_at, promise, priority, created_at, ...over };
}

/** @param {number} seq @param {string} said @returns {Loose<Schemas["TimelineEntry"]>} */
function entry(seq, said) {
  return { seq, event: "submit", label: "已提交", state: "submitted", text: said, actor: "您", at: "2026-01-05T07:00:00Z" };
}

/** @returns {Loose<Schemas["AddressOut"]>} */
function address() {
  return { province: "云南省", city: "昆明市", district: "五华区", detail: "人民中路 1 号", latitude: 25.04, longitude: 102.7, accuracy_m: null };
}

/** @param {Partial<Schemas["AssetOut"]>} [over] @returns {Loose<Schemas["AssetOut"]>} */
function asset(over = {}) {
  return {
    id: "a1",
    kind: "appliance",
    category: "洗衣机",
    brand: "海尔",
    model: "XQG80",
    serial_number: "SN1",
    plate_number: "",
    purchased_on: null,
    warranty: "in",
    warranty_ends_on: "2027-01-01",
    services: [],
    mine: true,
    household_id: null,
    name: "",
    room: "",
    address: null,
    version: 1,
    ...over,
  };
}

/** @returns {Loose<Schemas["ArchiveOut"]>} */
function archive() {
  return {
    id: "a1",
    kind: "appliance",
    category: "洗衣机",
    brand: "海尔",
    model: "XQG80",
    serial_number: "SN1",
    plate_number: "",
    mine: true,
    household_id: null,
    offered_until: null,
    manufactured_on: null,
    purchased_on: null,
    purchase: "unknown",
    periods: [
      { kind: "unit", component: "", fault: "", begins_on: "2026-01-01", ends_on: "2027-01-01", remaining_days: 90, in_force: true, policy_version: "1", source: "claimed", ticket: null },
    ],
    jobs: [
      { number: "HX9", service_type: "repair", fault: "不脱水", state: "closed", label: "已完成", warranty: "in", created_at: "2026-01-05T07:00:00Z", completed_at: null, visits: [{ engineer: "罗松柏", state: "done", arrived_at: "2026-01-05T07:00:00Z", finished_at: "2026-01-05T08:00:00Z" }], solutions: ["更换减震器"], parts: [{ name: "减震器", quantity: 2 }], quoted_fen: null, charged_fen: 5000, rating: null, photos: [{ purpose: "before", url: "b1" }], may_open: true },
    ],
    documents: [],
    removed_at: null,
    name: "",
    room: "",
    address: null,
    version: 4,
  };
}

/** @param {Partial<Schemas["Me"]>} [over] @returns {Loose<Schemas["Me"]>} */
function me(over = {}) {
  return { id: "c1", name: "赵建国", role: "customer", phone_masked: "138****0002", phone_verified: true, ...over };
}

/** @param {string} id @returns {Loose<Schemas["ConsentOut"]>} */
function consent(id) {
  return { appid: "wx1", kind: "progress", template_id: id, title: "服务进度", left: 0, always: false, blocked: false, ask: true };
}

/** @param {Partial<Schemas["LabelOut"]>} [over] @returns {Loose<Schemas["LabelOut"]>} */
function label(over = {}) {
  return { brand: "海尔", model: "XQG80", serial_number: "SN7", category: "洗衣机", manufactured_on: null, confidence: 1, seen: [], asset_id: null, ...over };
}

/** @returns {Loose<Schemas["UploadedOut"]>} */
function photo(id = "p1") {
  return { id, url: "u", thumbnail_url: "t", width: 1, height: 1, video_url: null, duration_ms: null };
}

/** @returns {Loose<Schemas["QuoteOut"]>} */
function quote() {
  return {
    version: 2,
    state: "pending",
    total_fen: 15000,
    variation: false,
    review_note: null,
    lines: [
      { code: "L1", name: "更换减震器", kind: "labour", unit: "次", quantity: 1, unit_price_fen: 15050, discount_fen: 50, discount_reason: "", not_covered: null, not_covered_text: "", amount_fen: 15000, warranty_days: 90, part_code: "", approved_before: false },
    ],
  };
}

/** @returns {Loose<Schemas["SlotOut"]>} */
function slot() {
  return { start: "2026-01-06T01:00:00Z", end: "2026-01-06T03:00:00Z", added_minutes: 4, reason: "最快可上门的时段", engineer: null };
}

/** @returns {Loose<Schemas["CallOutOut"]>} */
function callOut() {
  return { fee_fen: 5000, waived_when: ["repaired"], text: "上门检测费 50 元，修好免收。", empty_trip_fen: 0 };
}

/** @returns {Loose<Schemas["UrgingOut"]>} */
function urging() {
  return {
    reason: "工程师已经在路上。",
    promised_at: "2026-01-05T07:25:00Z",
    promise: "预计今天 15:25 前到达",
    next_allowed_at: new Date(Date.now() + 1_800_000).toISOString(),
    count: 1,
    told: "已转告工程师。",
    answer_due_at: "2026-01-05T07:25:00Z",
  };
}

/** @returns {Loose<Schemas["ReceiptOut"]>} */
function receipt() {
  return {
    number: "HX1", issue: 1, issues: 1, kind: "service", service: "维修", appliance: "洗衣机", fault_code: "F", done: "更换减震器", lines: [],
    discount_fen: 0, charge_reason: "", total_fen: 5000, due_fen: 5000, waived_at: null, waived_reason: "", call_out_fen: 0, engineer: "罗松柏", employee_no: "G1", parts: [], old_parts: "",
    warranties: [{ name: "本次维修", days: 90, until: "2026-04-05" }], complaint_phone: "", invoice: "", finished_at: "2026-01-05T09:00:00Z",
    sha256: "", issued_at: "2026-01-05T09:00:00Z",
  };
}

/** @returns {Loose<Schemas["Rubric"]>} */
function rubric() {
  const stars = [1, 2, 3, 4, 5].map((n) => ({ stars: n, text: `${n} 星的意思` }));
  const names = { attitude: "态度", expertise: "专业", timeliness: "准时", conduct: "规范" };
  return { dimensions: Object.entries(names).map(([dimension, label]) => ({ dimension, label, stars })) };
}

/** @param {boolean} mine @returns {Loose<Schemas["HouseholdOut"]>} */
function household(mine = true) {
  const joined_at = "2026-01-05T07:00:00Z";
  return {
    id: "h1",
    name: "我们家",
    mine,
    members: [
      { id: "m1", name_masked: "赵**", phone_masked: "138****0002", is_owner: mine, is_me: true, joined_at },
      { id: "m2", name_masked: "林*", phone_masked: "138****0001", is_owner: !mine, is_me: false, joined_at },
    ],
  };
}

/** @param {Partial<Schemas["InboxOut"]["items"][number]>} [over] @returns {Loose<Schemas["InboxOut"]["items"][number]>} */
function message(over = {}) {
  return { id: "7", kind: "progress", title: "已派单", number: "HX1", lines: [{ label: "工程师", value: "罗松柏" }], at: "2026-01-05T07:00:00Z", read: false, via: null, reason: null, ...over };
}

/** @returns {Loose<Schemas["ConsentStandingOut"]>} */
function standing() {
  return { purpose: "rating_invitations", label: "邀请评价", needed: false, allowed: true, current_version: 3, history: [{ version: 3, given: true, source: "mini_program", at: "2026-01-05T07:00:00Z" }] };
}

/** @returns {Loose<Schemas["EvidenceEvidenceOut"]>} */
function evidence() {
  /** @param {string} id @param {"before" | "after" | "checklist"} purpose @param {string | null} [video_url] */
  const piece = (id, purpose, video_url = null) => ({
    id, purpose, item: "", caption: "", taken_at: "2026-01-05T06:00:00Z", sha256: "", url: `full-${id}`, thumbnail_url: `small-${id}`, video_url, withdrawn_reason: null,
  });
  return {
    number: "HX1",
    sealed_at: null,
    digest: null,
    visits: [
      {
        engineer: "罗松柏",
        arrived_at: "2026-01-05T05:40:00Z",
        sealed: true,
        before: [piece("b1", "before")],
        after: [piece("a1", "after")],
        beside: [piece("v1", "checklist", "film")],
        readings: [{ item: "pressure", name: "冷媒压力", unit: "MPa", value: 0.9, noted_at: "2026-01-05T06:00:00Z" }],
      },
    ],
  };
}

/** @returns {Loose<Schemas["TicketIncidentOut"]>} */
function incident() {
  return { number: "ZX1", title: "停水", state: "fixing", label: "抢修中", text: "附近停水，预计今天 18:00 前恢复", promised_at: null, told_at: null };
}

/** @param {Partial<Schemas["MessageOut"]>} [over] @returns {Loose<Schemas["MessageOut"]>} */
function spoken(over = {}) {
  return { id: "1", author: "staff", author_name: "客服 柯敏", kind: "text", text: "师傅半小时后到。", attachments: [], at: "2026-01-05T07:00:00Z", ...over };
}

/** @param {Partial<Schemas["ComplaintOut"]>} [over] @returns {Loose<Schemas["ComplaintOut"]>} */
function complaint(over = {}) {
  return { number: "HX1", service: "洗衣机维修", state: "open", owner: null, due_at: "2026-01-06T07:00:00Z", remedy: "", remedy_fen: 0, may_answer: false, outcome: null, ...over };
}

/** @returns {Loose<Schemas["SimilarList"]>} */
function similar() {
  const other = { number: "HX0", state: /** @type {const} */ ("dispatching"), category: "洗衣机", fault: "不脱水", same_device: true, same_address: true, created_at: "2026-01-05T01:00:00Z" };
  return { linked: [], similar: ["HX0"], items: [other], may_join: true };
}

/** @param {Partial<Schemas["MembershipOut"]>} [over] @returns {Loose<Schemas["MembershipOut"]>} */
function membership(over = {}) {
  const [plain, silver] = [{ code: "plain", name: "普通", from_points: 0, note: "" }, { code: "silver", name: "银卡", from_points: 100, note: "优先安排" }];
  const earned = { id: "2", change: 20, reason: /** @type {const} */ ("confirmed"), label: "确认完成服务", note: "", number: "HX1", appliance: null, at: "2026-01-05T07:00:00Z", counts_until: "2027-01-05T07:00:00Z" };
  return {
    points: 120, level: silver, next_level: null, missing: null, holds_until: "2026-06-01T07:00:00Z", lapsing: 20, window_days: 365, levels: [plain, silver],
    ways: [{ reason: "appliance", label: "登记设备", points: 10, most_a_year: 3 }], items: [earned], next_cursor: "c1", ...over,
  };
}

/** @returns {Loose<Schemas["PublishedPrices"]>} */
function prices() {
  return {
    version: 3, valid_from: "2026-01-01", city: "", complaint_phone: "12315",
    items: [{ code: "CALL-OUT", name: "上门检测", category: "洗衣机", kind: "call_out", unit: "次", unit_price_fen: 5000, waived_with_repair: true, warranty_days: 90, part_code: "" }],
  };
}

module.exports = {
  address, evidence, incident, spoken, complaint, similar, membership, prices,
  ticket, summary, entry, asset, archive, me, consent, label, photo, quote, slot, callOut, urging, receipt, rubric, household, message, standing,
};
