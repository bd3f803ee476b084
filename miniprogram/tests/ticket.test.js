const { fire, newService, newWx, open, problem, settled, tap, text, texts } = require("./stage");
const rows = require("./rows");

const TICKET = "pages/ticket/ticket";
const RATING = "pages/rating/rating";
const may = (...events) => events.map((event) => ({ event, label: `做 ${event}`, blockers: [] }));
const answers = (ticket, over = {}) => ({
  "GET /api/v1/tickets/HX1": ticket,
  "GET /api/v1/tickets/HX1/events": { items: [rows.entry(1, "已收到您的报修"), rows.entry(2, "已派单")], merged: [] },
  "GET /api/v1/tickets/HX1/incident": problem(404, "not_found"),
  "GET /api/v1/tickets/HX1/complaint": problem(404, "not_found"),
  "GET /api/v1/tickets/HX1/evidence": rows.evidence(),
  "GET /api/v1/tickets/HX1/receipt": problem(404, "no_receipt"),
  "GET /api/v1/me/inbox": { items: [], next_cursor: null, unread: 0 },
  ...over,
});
const at = (step) => ({ steps: ["已提交", "已接单", "已约时间", "维修中", "服务完成"], at: step });
const opened = (ticket, over) => {
  const service = newService(answers(ticket, over));
  return open(TICKET, { number: "HX1" }).then((page) => ({ page, ...service }));
};

test("where it stands, who comes and when, with the promise in large", async () => {
  newWx();
  const ticket = rows.ticket({
    state: "en_route",
    label: "已出发",
    journey: at(2),
    engineer: { name: "罗松柏", employee_no: "G001", photo_url: "face.jpg", phone_masked: "139****0009" },
    companion: { name: "柏青", employee_no: "G002", photo_url: "", phone_masked: "139****0010" },
    call_out: { ...rows.callOut(), empty_trip_fen: 3000 },
    diagnosis: { ...rows.ticket().diagnosis, advice: ["先关掉水阀"] },
    visit: {
      start: "2026-01-05T05:00:00Z",
      end: "2026-01-05T07:00:00Z",
      state: "en_route",
      arrival_code: "625836",
      completion_code: null,
      announced_at: null,
      band: { start: "2026-01-05T05:30:00Z", end: "2026-01-05T06:00:00Z" },
      confirmed_at: null,
      eta: { at: "2026-01-05T05:40:00Z", band_minutes: 10, updated_at: "2026-01-05T05:20:00Z", late_minutes: 12 },
      link: null,
    },
  });
  const { page } = await opened(ticket, {
    "GET /api/v1/tickets/HX1/incident": rows.incident(),
    "GET /api/v1/me/inbox": { items: [rows.message({ kind: "conversation_reply" }), rows.message()], next_cursor: null, unread: 2 },
  });
  expect(text(page, ".promise")).toBe(ticket.promise);
  expect(text(page, ".visit")).toBe("1月5日（周一）13:30–14:00");
  expect(text(page, ".eta")).toBe("预计 13:40 到，前后 10 分钟，比约定晚约 12 分钟，很抱歉（13:20 更新）");
  expect([text(page, ".companion"), text(page, ".next")]).toEqual(["同行 柏青 · 工号 G002", ticket.next]);
  expect([".known", ".advice"].map((each) => text(page.querySelector(each), ".words"))).toEqual([rows.incident().text, "先关掉水阀"]);
  expect(text(page, ".uncancellable")).toContain("空跑费");
  expect(text(page, ".unread")).toBe("1 条新回复");
  expect(text(page, ".code")).toBe("625836");
  expect(text(page, ".engineer")).toContain("罗松柏 · 工号 G001");
  expect(page.querySelector(".hx-steps").querySelectorAll(".done")).toHaveLength(2);
  expect(texts(page.querySelector(".hx-timeline"), ".words")).toEqual(["已派单", "已收到您的报修"]);
  const evidence = page.querySelector(".hx-evidence");
  expect(["before", "after", "beside"].map((each) => evidence.querySelectorAll(`.${each}`).length)).toEqual([1, 1, 1]);
  expect([text(evidence, ".reading"), text(evidence, ".sealed")]).toEqual(["冷媒压力 0.9 MPa", "您已确认，以上记录已封存，任何人不能再修改。"]);
  await tap(evidence, ".piece", 2);
  expect(global.wx.previewMedia.mock.calls[0][0]).toMatchObject({ current: 2, sources: [{ url: "full-b1" }, { url: "full-a1" }, { url: "film", type: "video" }] });
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
    routes["GET /api/v1/tickets/HX1"] = rows.ticket({ seq: 2, journey: at(1), label: "已派单", state: "accepted" });
    await jest.advanceTimersByTimeAsync(61_000);
    expect([page.data.ticket.seq, page.querySelector(".hx-steps").data.at]).toEqual([2, 1]);
    expect(to("GET", "/api/v1/tickets/HX1/events")).toHaveLength(2);
    // A broken line is not told: the page still shows what it knew.
    routes["GET /api/v1/tickets/HX1"] = problem(404, "not_found");
    await jest.advanceTimersByTimeAsync(61_000);
    expect([page.data.problem, page.data.ticket.seq]).toEqual([null, 2]);
    page.instance.onUnload();
  } finally {
    jest.useRealTimers();
  }
});

test("urging is answered by a promise, and cools down on the button", async () => {
  const seen = newWx();
  const { page, to, routes } = await opened(rows.ticket(), { "POST /api/v1/tickets/HX1/urgings": [201, rows.urging()] });
  await tap(page, ".urge");
  expect(text(page.querySelector(".urged"), ".words")).toContain("工程师已经在路上。");
  await tap(page, ".urge");
  expect([to("POST", "/api/v1/tickets/HX1/urgings").length, seen.toasts.at(-1)]).toEqual([1, "30 分钟后可再催"]);
  page.instance.setData({ cool: "", coolUntil: 0 });
  routes["POST /api/v1/tickets/HX1/urgings"] = problem(429, "too_many_requests", {}, { "Retry-After": "900" });
  await tap(page, ".urge");
  expect([text(page, ".urge"), page.data.problem.code]).toEqual(["15 分钟后可再催", "too_many_requests"]);
  // Left and come back to: what he was told is still there, and the button still cools.
  routes["GET /api/v1/tickets/HX1/events"] = { items: [{ ...rows.entry(3, "客户催单。正在备件。"), event: "urged" }], merged: [] };
  const again = await open(TICKET, { number: "HX1" });
  expect([text(again, ".urge"), text(again.querySelector(".urged"), ".words")]).toEqual(["15 分钟后可再催", "1月5日（周一）15:00 催过一次：客户催单。正在备件。"]);
});

test("what is agreed to is the quote that was read", async () => {
  const seen = newWx();
  const now = rows.ticket({ version: 6, seq: 6, state: "in_repair", label: "维修中" });
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
  await tap(page, ".prices");
  expect(seen.routes).toEqual([`navigateTo /pages/prices/prices?category=${encodeURIComponent("洗衣机")}&city=`]);
  await tap(page, ".act");
  await tap(page, ".carry-out");
  expect(to("POST", "/api/v1/tickets/HX1/transitions")[0].body).toEqual({ event: "approve_quote", version: 5, quote_version: 2 });
  expect([page.data.ticket.label, page.data.asking]).toEqual(["维修中", null]);
});

test("a quote is declined after one more question, and the question may be answered by no", async () => {
  const seen = newWx({ showModal: jest.fn(({ success }) => success({ confirm: false })) });
  const { page, to } = await opened(
    rows.ticket({ state: "quote_pending", quote: rows.quote(), call_out: rows.callOut(), allowed_events: may("decline_quote", "cancel") }),
    { "POST /api/v1/tickets/HX1/transitions": rows.ticket({ version: 2 }) },
  );
  await tap(page, ".act");
  expect(text(page, ".caution")).toBe("不同意维修时，只收预约前告知的上门检测费 ¥50。");
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
    "POST /api/v1/tickets/HX1/transitions": rows.ticket({ version: 2, state: "cancelled", journey: null }),
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
  routes["GET /api/v1/tickets/HX1"] = rows.ticket({ version: 4, seq: 4, state: "en_route", label: "已出发" });
  await tap(page, ".carry-out");
  expect([page.data.ticket.label, page.data.problem.code, page.data.asking]).toEqual(["已出发", "stale_version", null]);
});

test("what is not solved is told with words and photos, and what is blocked says what to do first", async () => {
  newWx({ chooseMedia: ({ success }) => success({ tempFiles: [{ tempFilePath: "1" }] }) });
  const blocked = { event: "confirm", label: "确认完成", blockers: [{ code: "x", next_step: "请先付款。" }] };
  const { page, to } = await opened(rows.ticket({ state: "completed", journey: at(4), allowed_events: [...may("dispute"), blocked] }), {
    "GET /api/v1/tickets/HX1/receipt": rows.receipt(),
    "POST /api/v1/attachments": [201, rows.photo()],
    "POST /api/v1/tickets/HX1/transitions": rows.ticket({ version: 2, state: "dispatching" }),
  });
  expect(page.querySelector(".urge")).toBeUndefined();
  expect(text(page, ".receipt")).toContain("¥50");
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
  const { page } = await opened(rows.ticket({ state: "closed", journey: at(4), missing: ["型号"], allowed_events: may("supply_info", "rate_or_expire") }));
  expect(page.querySelector(".receipt")).toBeUndefined();
  await tap(page, ".act");
  expect(text(page, ".caution")).toBe("还缺：型号");
  await fire(page, ".hx-photos", "change", { photos: [{ state: "failed" }] });
  await tap(page, ".carry-out");
  expect(text(page, ".lack")).toContain("有照片没有传上来");
});

test("an appointment is confirmed, put into the calendar, or said to be unsure", async () => {
  const seen = newWx({ addPhoneCalendar: jest.fn(({ fail }) => fail({ errMsg: "addPhoneCalendar:fail auth deny" })) });
  const visit = {
    start: "2026-01-06T01:00:00Z", end: "2026-01-06T03:00:00Z", state: "booked", arrival_code: null, completion_code: null, announced_at: null,
    band: null, confirmed_at: null, eta: null, link: "a-token-of-sixteen",
  };
  const { page, to, routes } = await opened(rows.ticket({ state: "scheduled", journey: at(2), visit }), {
    "POST /api/v1/visit-answers": problem(404, "not_found"),
  });
  const asked = page.querySelector(".hx-visit");
  await tap(asked, ".calendar");
  expect([global.wx.addPhoneCalendar.mock.calls[0][0].startTime, seen.toasts.at(-1)]).toEqual([1767661200, "没有写进日历，请在设置里允许使用日历。"]);
  await tap(asked, ".confirm");
  expect(text(asked.querySelector(".hx-notice"), ".words")).toBe("not_found。");
  routes["POST /api/v1/visit-answers"] = { number: "HX1" };
  await tap(asked, ".ask");
  await fire(asked, ".hx-field", "change", { value: " 下午可以 " });
  await tap(asked, ".decline");
  routes["GET /api/v1/tickets/HX1"] = rows.ticket({ seq: 2, state: "scheduled", visit: { ...visit, confirmed_at: "2026-01-05T08:00:00Z" } });
  await tap(asked, ".confirm");
  const token = visit.link;
  expect(to("POST", "/api/v1/visit-answers").slice(1).map((call) => call.body)).toEqual([
    { answer: "decline", note: "下午可以", token },
    { answer: "confirm", token },
  ]);
  expect([page.querySelector(".hx-visit").querySelector(".confirm"), seen.toasts.at(-1)]).toEqual([undefined, "谢谢，已为您确认"]);
});

test("a remedy is asked about, a merge can be questioned, and what was rated is shown", async () => {
  const seen = newWx();
  const merged = [{ number: "HX0", items: [] }];
  const { page } = await opened(
    rows.ticket({
      state: "closed",
      journey: at(4),
      rating: { attitude: 5, expertise: 4, timeliness: 3, conduct: 5, comment: "讲得清楚", created_at: "" },
      quote: { ...rows.quote(), variation: true },
      parts_waiting: [{ name: "水泵", quantity: 1, due_at: "2026-01-06T07:00:00Z", state: "shipped", label: "运输中", carrier: "顺丰", tracking_number: "SF1" }],
    }),
    {
      "GET /api/v1/tickets/HX1/complaint": rows.complaint({ state: "proposed", may_answer: true }),
      "GET /api/v1/tickets/HX1/receipt": rows.receipt(),
      "GET /api/v1/tickets/HX1/events": { items: [rows.entry(1, "已收到您的报修")], merged },
    },
  );
  expect(texts(page, ".stars")).toEqual(["★★★★★", "★★★★", "★★★", "★★★★★"]);
  expect(text(page, ".part")).toContain("前到货，顺丰 SF1");
  await tap(page, ".remedy");
  await tap(page, ".talk");
  await tap(page, ".receipt");
  await tap(page, ".separate");
  expect(seen.routes.slice(0, 3)).toEqual(["complaint", "talk", "receipt"].map((name) => `navigateTo /pages/${name}/${name}?number=HX1`));
  expect(decodeURIComponent(seen.routes[3])).toContain("talk?number=HX1&text=工单 HX0 和这张不是同一件事");
  const joined = await open(TICKET, { number: "HX1", said: "joined" });
  expect(text(joined.querySelector(".said"), ".words")).toContain("已加到这张工单");
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
  // The program is left and started anew: what was said is still there.
  const again = await open(RATING, { number: "HX1" });
  expect(again.querySelector(".hx-photos").data.photos).toHaveLength(1);
  await tap(again, ".submit");
  expect(seen.storage.has("rating-HX1")).toBe(false);
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
