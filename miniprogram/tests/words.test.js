/** What a customer says, and what is said back: the conversation, a complaint, a report that was made before. */
const { fire, newService, newWx, open, problem, tap, text, texts } = require("./stage");
const rows = require("./rows");

const TALK = "pages/talk/talk";
const COMPLAINT = "pages/complaint/complaint";
const DONE = "pages/done/done";
const MESSAGES = "/api/v1/tickets/HX1/messages";
const lost = new Error("request:fail timeout");

const talking = (over = {}) => ({
  "GET /api/v1/tickets/HX1": rows.ticket(),
  [`GET ${MESSAGES}`]: { items: [rows.spoken({ id: "1", author: "customer", author_name: "您", text: "几点到？" }), rows.spoken({ id: "2" })], next_cursor: null },
  "GET /api/v1/me/inbox": { items: [rows.message({ id: "9", kind: "conversation_reply" }), rows.message({ id: "8" })], next_cursor: null, unread: 2 },
  "POST /api/v1/me/inbox/read": { unread: 1 },
  "POST /api/v1/attachments": [201, rows.photo()],
  ...over,
});

test("a conversation reads who said what, answers are read then, and older words come on demand", async () => {
  newWx();
  const attachments = [{ id: "p1", url: "full", thumbnail_url: "small" }];
  const { to } = newService(
    talking({
      [`GET ${MESSAGES}`]: ({ query }) =>
        query.cursor
          ? { items: [rows.spoken({ id: "0", author: "system", author_name: "自动回复", text: "您好" })], next_cursor: null }
          : { items: [rows.spoken({ id: "1", author: "customer", author_name: "您", text: "", attachments }), rows.spoken({ id: "2" })], next_cursor: "1" },
    }),
  );
  const page = await open(TALK, { number: "HX1" });
  expect(to("POST", "/api/v1/me/inbox/read").map((call) => call.body)).toEqual([{ ids: ["9"] }]);
  await tap(page, ".older");
  const said = page.querySelectorAll(".hx-message");
  expect(said.map((each) => text(each, ".head"))).toEqual(["自动回复", "您", "客服 柯敏"].map((who) => `${who} · 1月5日（周一）15:00`));
  expect([said.map((each) => each.querySelectorAll(".mine").length), page.querySelector(".older")]).toEqual([[0, 1, 0], undefined]);
  await tap(said[1], ".picture");
  expect(global.wx.previewImage.mock.calls[0][0]).toEqual({ urls: ["full"], current: "full" });
});

test("a message whose answer was lost is the same message, and what was written outlives the program", async () => {
  const seen = newWx({ chooseMedia: ({ success }) => success({ tempFiles: [{ tempFilePath: "1" }] }) });
  const made = rows.spoken({ id: "3", author: "customer", author_name: "您", text: "请先打电话" });
  const { to, routes } = newService(talking({ [`POST ${MESSAGES}`]: problem(503, "unavailable", {}, { "Retry-After": "60" }) }));
  const page = await open(TALK, { number: "HX1" });
  await tap(page, ".send");
  expect(text(page, ".lack")).toBe("请写几个字，或选一张照片。");
  await fire(page, ".hx-field", "change", { name: "text", value: " 请先打电话 " });
  await tap(page.querySelector(".hx-photos"), ".add");
  await tap(page, ".send");
  expect(text(page.querySelector(".hx-notice"), ".words")).toBe("unavailable。");
  // The program is started anew: the words, the photo and the key are still there.
  const again = await open(TALK, { number: "HX1" });
  expect([again.data.draft.text, again.data.draft.photos[0].id]).toEqual([" 请先打电话 ", "p1"]);
  routes[`POST ${MESSAGES}`] = [201, made];
  await tap(again, ".send");
  const sent = to("POST", MESSAGES);
  expect(sent.at(-1).body).toEqual({ text: "请先打电话", attachment_ids: ["p1"] });
  expect(new Set(sent.map((call) => call.header["Idempotency-Key"])).size).toBe(1);
  expect([again.querySelectorAll(".hx-message").length, again.data.draft.text, again.querySelector(".hx-photos").data.photos]).toEqual([3, "", []]);
  expect([seen.toasts, seen.storage.has("talk-HX1")]).toEqual([["已发送"], false]);
});

test("an answer arrives while the page is open; words that were suggested can be changed", async () => {
  newWx();
  const { routes } = newService(talking({ [`GET ${MESSAGES}`]: { items: [], next_cursor: null } }));
  const page = await open(TALK, { number: "HX1", text: encodeURIComponent("请拆开") });
  expect([page.data.draft.text, text(page.querySelector(".hx-notice"), ".words")]).toEqual(["请拆开", "还没有留言。 有话对客服或工程师说，写在下面，有回复会通知您。"]);
  page.instance.onHide();
  jest.useFakeTimers({ advanceTimers: true });
  try {
    page.instance.onShow();
    routes[`GET ${MESSAGES}`] = { items: [rows.spoken()], next_cursor: null };
    await jest.advanceTimersByTimeAsync(61_000);
    expect(page.querySelectorAll(".hx-message")).toHaveLength(1);
    page.instance.onHide();
  } finally {
    jest.useRealTimers();
  }
});

test("what is over can be read, and says where to go on", async () => {
  const seen = newWx();
  const { routes } = newService(talking({ "GET /api/v1/tickets/HX1": problem(404, "not_found") }));
  const page = await open(TALK, { number: "HX1" });
  expect(text(page.querySelector(".hx-notice"), ".words")).toBe("not_found。");
  routes["GET /api/v1/tickets/HX1"] = rows.ticket({ state: "closed" });
  await page.instance.onPullDownRefresh();
  expect(page.querySelector(".send")).toBeUndefined();
  await tap(page.querySelector(".ended"), ".action");
  expect(seen.routes).toEqual(["redirectTo /pages/ticket/ticket?number=HX1"]);
  page.detach();
});

const COMPLAINTS = "/api/v1/tickets/HX1/complaint";

test("a complaint is said once, and then has a person and a day", async () => {
  const seen = newWx();
  const { to, routes } = newService({
    [`GET ${COMPLAINTS}`]: problem(404, "not_found"),
    "GET /api/v1/prices": rows.prices(),
    [`POST ${COMPLAINTS}`]: problem(503, "unavailable", {}, { "Retry-After": "60" }),
  });
  const page = await open(COMPLAINT, { number: "HX1" });
  await tap(page, ".say");
  expect(text(page.querySelector(".hx-field"), ".problem")).toContain("哪里不满意");
  await fire(page, ".hx-field", "change", { name: "text", value: "约好上午，下午才来" });
  await tap(page, ".say");
  expect(page.data.problem.code).toBe("unavailable");
  const again = await open(COMPLAINT, { number: "HX1" });
  routes[`POST ${COMPLAINTS}`] = [201, rows.complaint({ state: "working", owner: "主管 杜若" })];
  await tap(again, ".say");
  expect(new Set(to("POST", COMPLAINTS).map((call) => call.header["Idempotency-Key"])).size).toBe(1);
  expect([text(again, ".where"), text(again, ".owner"), text(again, ".due")]).toEqual(["正在处理", "主管 杜若", "1月6日（周二）15:00 前给您处理方案"]);
  await tap(again, ".call");
  expect([global.wx.makePhoneCall.mock.calls[0][0].phoneNumber, seen.toasts]).toEqual(["12315", ["已登记，有进展会通知您"]]);
});

test("whether it is solved is the customer's word, and a no says what is not", async () => {
  const seen = newWx();
  const offered = rows.complaint({ state: "proposed", owner: "主管 杜若", remedy: "退还上门费并致歉", remedy_fen: 5000, may_answer: true });
  const { to, routes } = newService({ [`GET ${COMPLAINTS}`]: offered, "GET /api/v1/prices": lost, [`POST ${COMPLAINTS}/answer`]: rows.complaint({ state: "working" }) });
  const page = await open(COMPLAINT, { number: "HX1" });
  expect(text(page, ".remedy")).toBe("处理方案退还上门费并致歉金额¥50");
  await tap(page, ".unsolved");
  expect(text(page.querySelector(".hx-field"), ".problem")).toContain("还有什么没有解决");
  await fire(page, ".hx-field", "change", { name: "note", value: " 还在漏 " });
  await tap(page, ".unsolved");
  expect([to("POST", `${COMPLAINTS}/answer`)[0].body, text(page, ".where")]).toEqual([{ solved: false, note: "还在漏" }, "正在处理"]);
  // The answer to the yes is lost: what the service has decides.
  await page.instance.onPullDownRefresh();
  routes[`POST ${COMPLAINTS}/answer`] = problem(409, "conflict");
  routes[`GET ${COMPLAINTS}`] = rows.complaint({ state: "closed", outcome: "solved" });
  await tap(page, ".solved");
  expect([text(page, ".where"), page.data.problem.code]).toEqual(["您已确认解决", "conflict"]);
  expect([seen.modals.length, page.querySelector(".call")]).toEqual([1, undefined]);
  routes[`POST ${COMPLAINTS}/answer`] = rows.complaint({ state: "closed", outcome: "solved" });
  await page.instance.answer(true);
  expect(seen.toasts.at(-1)).toBe("谢谢您的确认");
  routes[`GET ${COMPLAINTS}`] = problem(500, "internal_error");
  await page.instance.onPullDownRefresh();
  expect(page.data.problem.code).toBe("internal_error");
}, 60_000);

test("a report that was made before joins the earlier one, also when the answer is lost", async () => {
  const seen = newWx();
  const { to, routes } = newService({
    "GET /api/v1/tickets/HX1": rows.ticket({ diagnosis: { ...rows.ticket().diagnosis, advice: ["先关掉水阀"] } }),
    "GET /api/v1/tickets/HX1/similar": rows.similar(),
    "GET /api/v1/tickets/HX1/incident": rows.incident(),
    "GET /api/v1/me/consents": { items: [] },
    "POST /api/v1/tickets/HX1/transitions": problem(409, "stale_version"),
  });
  const page = await open(DONE, { number: "HX1" });
  expect([text(page, ".similar"), text(page.querySelector(".advice"), ".words")]).toEqual([expect.stringContaining("洗衣机 · 不脱水"), "先关掉水阀"]);
  expect(text(page.querySelector(".known"), ".words")).toContain("附近停水");
  await tap(page, ".join");
  expect([page.data.problem.code, seen.routes]).toEqual(["stale_version", []]);
  routes["GET /api/v1/tickets/HX1"] = rows.ticket({ state: "merged" });
  await tap(page, ".join");
  expect(to("POST", "/api/v1/tickets/HX1/transitions")[0].body).toEqual({ event: "merge", version: 1, into: "HX0" });
  routes["POST /api/v1/tickets/HX1/transitions"] = rows.ticket({ state: "merged" });
  await tap(page, ".join");
  expect(seen.routes).toEqual(Array(2).fill("redirectTo /pages/ticket/ticket?number=HX0&said=joined"));
  expect(texts(page, ".similar")).toHaveLength(1);
});
