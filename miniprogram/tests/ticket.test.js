const { fire, newService, newWx, open, problem, settled, tap, text, texts } = require("./stage");
const rows = require("./rows");

const TICKET = "pages/ticket/ticket";
const RATING = "pages/rating/rating";
const PHOTO = (id, purpose) => ({ id, purpose, url: `full-${id}`, thumbnail_url: `small-${id}`, video_url: null });
const may = (...events) => events.map((event) => ({ event, label: `做 ${event}`, blockers: [] }));
const answers = (ticket, over = {}) => ({
  "GET /api/v1/tickets/HX1": ticket,
  "GET /api/v1/tickets/HX1/events": { items: [rows.entry(1, "已收到您的报修"), rows.entry(2, "已派单")], merged: [] },
  ...over,
});
const opened = (ticket, over) => {
  const service = newService(answers(ticket, over));
  return open(TICKET, { number: "HX1" }).then((page) => ({ page, ...service }));
};

test("where it stands, who comes and when, with the promise in large", async () => {
  newWx();
  const ticket = rows.ticket({
    state: "en_route",
    label: "已出发",
    engineer: { name: "罗松柏", employee_no: "G001", photo_url: "face.jpg", phone_masked: "139****0009" },
    visit: {
      start: "2026-01-05T05:00:00Z",
      end: "2026-01-05T07:00:00Z",
      state: "en_route",
      arrival_code: "625836",
      completion_code: null,
      announced_at: null,
      band: { start: "2026-01-05T05:30:00Z", end: "2026-01-05T06:00:00Z" },
      confirmed_at: null,
      eta: { at: "2026-01-05T05:40:00Z", band_minutes: 10, updated_at: "2026-01-05T05:20:00Z", late_minutes: 0 },
    },
    attachments: [PHOTO("b1", "before"), PHOTO("a1", "after"), PHOTO("r1", "report")],
  });
  const { page } = await opened(ticket);
  expect(text(page, ".promise")).toBe(ticket.promise);
  expect(text(page, ".visit")).toBe("1月5日（周一） 13:30–14:00");
  expect(text(page, ".eta")).toContain("13:40");
  expect(text(page, ".code")).toBe("625836");
  expect(text(page, ".engineer")).toContain("罗松柏 · 工号 G001");
  expect(page.querySelector(".hx-steps").querySelectorAll(".done")).toHaveLength(3);
  expect(texts(page.querySelector(".hx-timeline"), ".words")).toEqual(["已派单", "已收到您的报修"]);
  expect([page.querySelectorAll(".before").length, page.querySelectorAll(".after").length]).toEqual([1, 1]);
  await tap(page, ".after");
  expect(global.wx.previewImage.mock.calls[0][0].urls).toEqual(["full-b1", "full-a1"]);
  expect(page.instance.onShareAppMessage().title).toBe(ticket.promise);
});

test("it follows by itself: soon after news, seldom without, and not while nobody looks", async () => {
  newWx();
  const { page, routes, to } = await opened(rows.ticket());
  jest.useFakeTimers({ advanceTimers: true });
  try {
    page.instance.onHide();
    await jest.advanceTimersByTimeAsync(600_000);
    const before = to("GET", "/api/v1/tickets/HX1").length;
    page.instance.onShow();
    await jest.advanceTimersByTimeAsync(60_000);
    const first = to("GET", "/api/v1/tickets/HX1").length - before;
    await jest.advanceTimersByTimeAsync(60_000);
    const second = to("GET", "/api/v1/tickets/HX1").length - before - first;
    expect(second).toBeLessThan(first);
    expect(to("GET", "/api/v1/tickets/HX1/events")).toHaveLength(1);
    routes["GET /api/v1/tickets/HX1"] = rows.ticket({ version: 2, label: "已派单", state: "accepted" });
    await jest.advanceTimersByTimeAsync(61_000);
    expect([page.data.ticket.version, page.data.at]).toEqual([2, 1]);
    expect(to("GET", "/api/v1/tickets/HX1/events")).toHaveLength(2);
    // A broken line is not told: the page still shows what it knew.
    routes["GET /api/v1/tickets/HX1"] = problem(404, "not_found");
    await jest.advanceTimersByTimeAsync(61_000);
    expect([page.data.problem, page.data.ticket.version]).toEqual([null, 2]);
    page.instance.onUnload();
  } finally {
    jest.useRealTimers();
  }
});

test("urging is answered by a promise, and cools down on the button", async () => {
  const seen = newWx();
  const { page, to, routes } = await opened(rows.ticket(), { "POST /api/v1/tickets/HX1/urgings": [201, rows.urging()] });
  await tap(page, ".urge");
  expect(text(page.querySelectorAll(".hx-notice").at(-1), ".words")).toContain("工程师已经在路上。");
  await tap(page, ".urge");
  expect([to("POST", "/api/v1/tickets/HX1/urgings").length, seen.toasts.at(-1)]).toEqual([1, "30 分钟后可再催"]);
  page.instance.setData({ cool: "", coolUntil: 0 });
  routes["POST /api/v1/tickets/HX1/urgings"] = problem(429, "too_many_requests", {}, { "Retry-After": "900" });
  await tap(page, ".urge");
  expect([text(page, ".urge"), page.data.problem.code]).toEqual(["15 分钟后可再催", "too_many_requests"]);
});

test("what is agreed to is the quote that was read", async () => {
  newWx();
  const now = rows.ticket({ version: 6, state: "in_repair", label: "维修中" });
  const { page, to } = await opened(
    rows.ticket({ version: 5, state: "quote_pending", quote: rows.quote(), allowed_events: may("decline_quote", "approve_quote") }),
    { "POST /api/v1/tickets/HX1/transitions": now },
  );
  const quote = page.querySelector(".hx-quote");
  expect([text(quote, ".name"), text(quote, ".amount"), text(quote, ".total")]).toEqual(["更换减震器", "¥150", "合计¥150"]);
  expect(quote.dom.textContent).toContain("¥150.50 × 1次");
  expect(quote.dom.textContent).toContain("优惠 ¥0.50 · 保修 90 天");
  // The likelier comes first, the one that ends it last.
  expect(texts(page, ".act")).toEqual(["做 approve_quote", "做 decline_quote"]);
  await tap(page, ".act");
  await tap(page, ".carry-out");
  expect(to("POST", "/api/v1/tickets/HX1/transitions")[0].body).toEqual({ event: "approve_quote", version: 5, quote_version: 2 });
  expect([page.data.ticket.label, page.data.asking]).toEqual(["维修中", null]);
});

test("a quote is declined after one more question, and the question may be answered by no", async () => {
  const seen = newWx({ showModal: jest.fn(({ success }) => success({ confirm: false })) });
  const { page, to } = await opened(
    rows.ticket({ state: "quote_pending", quote: rows.quote(), allowed_events: may("decline_quote") }),
    { "POST /api/v1/tickets/HX1/transitions": rows.ticket({ version: 2 }) },
  );
  await tap(page, ".act");
  await fire(page, ".hx-field", "change", { value: " 太贵 " });
  await tap(page, ".carry-out");
  expect(to("POST", "/api/v1/tickets/HX1/transitions")).toEqual([]);
  global.wx.showModal = ({ success }) => success({ confirm: true });
  await tap(page, ".carry-out");
  expect(to("POST", "/api/v1/tickets/HX1/transitions")[0].body).toEqual({ event: "decline_quote", version: 1, quote_version: 2, reason: "太贵" });
  expect(seen.toasts).toEqual(["好的，已收到"]);
});

test("another time is chosen from the windows that there are, each with its reason", async () => {
  newWx();
  const { page, to, routes } = await opened(rows.ticket({ state: "scheduled", allowed_events: may("rebook") }), {
    "GET /api/v1/tickets/HX1/slots": { items: [rows.slot()], call_out: { fee_fen: 0, waived_when: [], text: "" } },
    "POST /api/v1/tickets/HX1/transitions": problem(409, "slot_taken"),
  });
  await tap(page, ".act");
  await tap(page, ".carry-out");
  expect(text(page, ".lack")).toBe("请选择一个时段。");
  const slots = page.querySelector(".hx-slots");
  expect(text(slots, ".when")).toContain("09:00–11:00");
  await tap(slots, ".slot");
  await tap(page, ".carry-out");
  const window = { start: rows.slot().start, end: rows.slot().end };
  expect(to("POST", "/api/v1/tickets/HX1/transitions")[0].body).toEqual({ event: "rebook", version: 1, reason_code: "customer_wish", window });
  expect(text(page.querySelector(".hx-notice"), ".words")).toBe("slot_taken。");
  routes["GET /api/v1/tickets/HX1/slots"] = { items: [], call_out: { fee_fen: 0, waived_when: [], text: "" } };
  await tap(page, ".leave");
  await tap(page, ".act");
  expect(text(page.querySelectorAll(".hx-notice").at(-1), ".words")).toContain("暂时没有可约的时段");
});

test("cancelling wants a reason", async () => {
  newWx();
  const { page, to } = await opened(rows.ticket({ allowed_events: may("cancel") }), {
    "POST /api/v1/tickets/HX1/transitions": rows.ticket({ version: 2, state: "cancelled" }),
  });
  await tap(page, ".act");
  await tap(page, ".carry-out");
  expect(text(page, ".lack")).toBe("请选择原因。");
  await tap(page, ".reason", 1);
  await tap(page, ".carry-out");
  expect(to("POST", "/api/v1/tickets/HX1/transitions")[0].body).toEqual({ event: "cancel", version: 1, note: "", reason_code: "solved_itself" });
  expect(page.querySelector(".hx-steps")).toBeUndefined();
});

test("a ticket that moved on meanwhile is shown as it is now, with what was in the way", async () => {
  newWx();
  const { page, routes } = await opened(rows.ticket({ allowed_events: may("cancel") }), {
    "POST /api/v1/tickets/HX1/transitions": problem(409, "stale_version"),
  });
  await tap(page, ".act");
  await tap(page, ".reason");
  routes["GET /api/v1/tickets/HX1"] = rows.ticket({ version: 4, state: "en_route", label: "已出发" });
  await tap(page, ".carry-out");
  expect([page.data.ticket.label, page.data.problem.code, page.data.asking]).toEqual(["已出发", "stale_version", null]);
});

test("what is not solved is told with words and photos, and what is blocked says what to do first", async () => {
  newWx({ chooseMedia: ({ success }) => success({ tempFiles: [{ tempFilePath: "1" }] }) });
  const blocked = { event: "confirm", label: "确认完成", blockers: [{ code: "x", next_step: "请先付款。" }] };
  const { page, to } = await opened(rows.ticket({ state: "completed", allowed_events: [...may("dispute"), blocked] }), {
    "GET /api/v1/tickets/HX1/receipt": rows.receipt(),
    "POST /api/v1/attachments": [201, rows.photo()],
    "POST /api/v1/tickets/HX1/transitions": rows.ticket({ version: 2, state: "dispatching" }),
  });
  expect(text(page, ".receipt")).toContain("¥50");
  expect(text(page, ".receipt")).toContain("本次维修：保修 90 天，到 2026-04-05");
  expect(text(page, ".blocked")).toContain("请先付款。");
  await tap(page, ".act");
  await tap(page, ".carry-out");
  expect(text(page, ".lack")).toContain("请写一句说明");
  await fire(page, ".hx-field", "change", { value: "还是漏水" });
  await tap(page.querySelector(".hx-photos"), ".add");
  await tap(page, ".carry-out");
  expect(to("POST", "/api/v1/attachments")[0].form).toEqual({ purpose: "dispute", ticket: "HX1" });
  expect(to("POST", "/api/v1/tickets/HX1/transitions")[0].body).toEqual({ event: "dispute", version: 1, reason: "还是漏水", attachment_ids: ["p1"] });
});

test("a ticket without a receipt has none, and a photo that is not there yet holds the step", async () => {
  newWx();
  const { page } = await opened(rows.ticket({ state: "closed", allowed_events: may("supply_info", "rate_or_expire") }), {
    "GET /api/v1/tickets/HX1/receipt": problem(404, "no_receipt"),
  });
  expect(page.querySelector(".receipt")).toBeUndefined();
  await tap(page, ".act");
  await fire(page, ".hx-photos", "change", { photos: [{ state: "failed" }] });
  await tap(page, ".carry-out");
  expect(text(page, ".lack")).toContain("照片还没有传完");
});

test("a ticket of somebody else is not there", async () => {
  newWx();
  const { page } = await opened(problem(404, "not_found"));
  expect([page.data.ticket, text(page.querySelector(".hx-notice"), ".words")]).toEqual([null, "not_found。"]);
  await page.instance.onPullDownRefresh();
  await page.instance.carryOut();
});

test("each star says what it stands for, and a rating needs all four", async () => {
  const seen = newWx({ chooseMedia: ({ success }) => success({ tempFiles: [{ tempFilePath: "1" }] }) });
  const { to } = newService({
    "GET /api/v1/rating-rubric": rows.rubric(),
    "POST /api/v1/attachments": [201, rows.photo()],
    "PUT /api/v1/tickets/HX1/rating": { attitude: 5, expertise: 5, timeliness: 4, conduct: 5, comment: "", created_at: "" },
  });
  const page = await open(RATING, { number: "HX1" });
  const dimensions = page.querySelectorAll(".hx-stars");
  expect(dimensions.map((each) => text(each, ".label"))).toEqual(["态度", "专业", "准时", "规范"]);
  await tap(dimensions[0], ".star", 4);
  expect(text(dimensions[0], ".meaning")).toBe("5 星的意思");
  expect(dimensions[0].querySelectorAll(".on")).toHaveLength(5);
  await tap(page, ".submit");
  expect(text(page, ".lack")).toBe("还差：专业、准时、规范");
  for (const [at, star] of [[1, 4], [2, 3], [3, 4]]) await tap(dimensions[at], ".star", star);
  await fire(page, ".hx-field", "change", { value: " 讲得清楚 " });
  await tap(page.querySelector(".hx-photos"), ".add");
  await tap(page, ".submit");
  expect(to("PUT", "/api/v1/tickets/HX1/rating")[0].body).toEqual({
    attitude: 5,
    expertise: 5,
    timeliness: 4,
    conduct: 5,
    comment: "讲得清楚",
    attachment_ids: ["p1"],
  });
  expect([seen.routes, seen.toasts]).toEqual([["redirectTo /pages/ticket/ticket?number=HX1"], ["谢谢您的评价"]]);
});

test("a rating whose answer was lost is not asked for again, and one that is too late says so", async () => {
  const seen = newWx();
  const { routes } = newService({ "GET /api/v1/rating-rubric": rows.rubric(), "PUT /api/v1/tickets/HX1/rating": problem(409, "not_rateable") });
  const page = await open(RATING, { number: "HX1" });
  page.instance.setData({ stars: { attitude: 1, expertise: 1, timeliness: 1, conduct: 1 } });
  await tap(page, ".submit");
  expect([seen.routes, text(page.querySelector(".hx-notice"), ".words")]).toEqual([[], "not_rateable。"]);
  routes["PUT /api/v1/tickets/HX1/rating"] = problem(409, "already_rated");
  seen.depth = 3;
  await tap(page, ".submit");
  expect(seen.routes).toEqual(["navigateBack"]);
  page.instance.chosen({ detail: { photos: [{ state: "sending" }] } });
  await tap(page, ".submit");
  expect(text(page, ".lack")).toContain("照片还没有传完");
  await settled();
});
