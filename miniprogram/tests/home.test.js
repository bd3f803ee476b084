const { newService, newWx, open, problem, tap, text, texts } = require("./stage");
const rows = require("./rows");

const HOME = "pages/home/home";
const SERVICES = "pages/services/services";
const INBOX = "pages/inbox/inbox";
const two = { items: [rows.summary(), rows.summary({ number: "HX2", state: "closed" })], next_cursor: null };
const member = { "GET /api/v1/me/membership": rows.membership() };
const nothing = { items: [], next_cursor: null, unread: 0 };

test("what is under way comes first, with what was promised; what is over does not", async () => {
  newWx();
  const { asked } = newService({ ...member, "GET /api/v1/tickets": two, "GET /api/v1/me/inbox": { ...nothing, unread: 3 } });
  const home = await open(HOME);
  expect(home.querySelectorAll(".hx-ticket-card").map((each) => text(each, ".promise"))).toEqual([rows.ticket().promise]);
  expect(text(home.querySelector(".hx-ticket-card"), ".next")).toBe(rows.ticket().next);
  expect(text(home, ".unread")).toBe("3");
  expect(texts(home, ".note")).toContain("银卡 · 120 积分");
  // Nobody tapped anything to sign in, and two requests at once signed in once.
  expect(asked.filter((call) => call.path.endsWith("/mini-program"))).toHaveLength(1);
  expect(asked.at(-1).header.Authorization).toBe("Bearer t");
});

test("who comes back within the hour is not signed in again", async () => {
  const seen = newWx();
  seen.storage.set("session", { token: "kept", until: Date.now() + 3_600_000 });
  const { asked } = newService({ ...member, "GET /api/v1/tickets": two, "GET /api/v1/me/inbox": nothing });
  await open(HOME);
  expect(asked.map((call) => call.header.Authorization)).toEqual(Array(3).fill("Bearer kept"));
});

test("a session that the service ended is renewed without a word", async () => {
  const seen = newWx();
  seen.storage.set("session", { token: "ended", until: Date.now() + 3_600_000 });
  const guarded = (body) => (call) => (call.header.Authorization === "Bearer t" ? body : problem(401, "unauthenticated"));
  newService({ ...member, "GET /api/v1/tickets": guarded(two), "GET /api/v1/me/inbox": guarded(nothing) });
  const home = await open(HOME);
  expect(home.querySelectorAll(".hx-ticket-card")).toHaveLength(1);
  expect(home.querySelector(".hx-notice")).toBeUndefined();
});

test("without a network the page says so, and comes to life by a tap", async () => {
  newWx({ login: ({ fail }) => fail({ errMsg: "login:fail network" }) });
  newService({ ...member, "GET /api/v1/tickets": two, "GET /api/v1/me/inbox": nothing });
  const home = await open(HOME);
  const notice = home.querySelector(".hx-notice");
  expect(text(notice, ".words")).toBe("网络不太稳定，请检查网络后再试。");
  global.wx.login = ({ success }) => success({ code: "c" });
  await tap(notice, ".action");
  expect(home.querySelector(".hx-notice")).toBeUndefined();
  expect(home.querySelectorAll(".hx-ticket-card")).toHaveLength(1);
});

test("a fault of ours has a number to quote, an account that is refused has its sentence", async () => {
  newWx();
  const { routes } = newService({ ...member, "GET /api/v1/tickets": problem(500, "internal_error"), "GET /api/v1/me/inbox": nothing });
  const home = await open(HOME);
  expect(text(home.querySelector(".hx-notice"), ".trace")).toContain("01234567");
  routes["POST /api/v1/sessions/mini-program"] = problem(403, "high_risk_user");
  global.wx.removeStorageSync("session");
  await home.instance.load();
  expect(text(home.querySelector(".hx-notice"), ".words")).toBe("high_risk_user。");
});

test("every entry leads somewhere that exists", async () => {
  const seen = newWx();
  const { routes } = newService({ ...member, "GET /api/v1/tickets": two, "GET /api/v1/me/inbox": nothing });
  const home = await open(HOME);
  for (let at = 0; at < home.querySelectorAll(".entry").length; at += 1) await tap(home, ".entry", at);
  await tap(home, ".report");
  await tap(home.querySelector(".hx-ticket-card"), ".ticket");
  const pages = require("../src/app.json").pages;
  const missing = seen.routes.filter((route) => !pages.includes(route.replace("navigateTo /", "").split("?")[0]));
  expect([seen.routes.length, missing]).toEqual([home.querySelectorAll(".entry").length + 2, []]);
  expect(home.instance.onShareAppMessage().path).toBe("/pages/home/home");
  // A house without membership does not speak of it.
  routes["GET /api/v1/me/membership"] = rows.membership({ level: null });
  await home.instance.onPullDownRefresh();
  expect(texts(home, ".note").join()).not.toContain("积分");
});

test("all services come a page at a time, and an empty list says what to do", async () => {
  const seen = newWx();
  const { routes, to } = newService({
    "GET /api/v1/tickets": ({ query }) =>
      query.cursor ? { items: [rows.summary({ number: "HX3" })], next_cursor: null } : { items: [rows.summary()], next_cursor: "c1" },
  });
  const services = await open(SERVICES);
  await services.instance.onReachBottom();
  await services.instance.onReachBottom();
  expect(services.querySelectorAll(".hx-ticket-card")).toHaveLength(2);
  expect(to("GET", "/api/v1/tickets").map((call) => call.query.cursor)).toEqual([undefined, "c1"]);
  routes["GET /api/v1/tickets"] = { items: [], next_cursor: null };
  await services.instance.onPullDownRefresh();
  await tap(services.querySelector(".hx-notice"), ".action");
  expect(seen.routes).toEqual(["navigateTo /pages/report/report"]);
});

test("the inbox marks what is opened, and all up to what is shown", async () => {
  const seen = newWx();
  const { to } = newService({
    "GET /api/v1/me/inbox": ({ query }) =>
      query.cursor
        ? { items: [rows.message({ id: "5", number: "" }), rows.message({ id: "4", kind: "conversation_reply", via: "公众号" })], next_cursor: null, unread: 2 }
        : { items: [rows.message()], next_cursor: "6", unread: 2 },
    "POST /api/v1/me/inbox/read": { unread: 0 },
  });
  const inbox = await open(INBOX);
  await inbox.instance.onReachBottom();
  expect(texts(inbox, ".name")).toEqual(["已派单", "已派单", "已派单"]);
  expect(texts(inbox, ".when").at(-1)).toContain("已通过公众号送达");
  // An answer leads to where one can answer it.
  await tap(inbox, ".message", 2);
  await tap(inbox, ".message", 0);
  await tap(inbox, ".message", 1);
  await tap(inbox, ".all");
  expect(seen.routes).toEqual(["navigateTo /pages/talk/talk?number=HX1", "navigateTo /pages/ticket/ticket?number=HX1"]);
  expect(to("POST", "/api/v1/me/inbox/read").map((call) => call.body)).toEqual([{ ids: ["4"] }, { ids: ["7"] }, { ids: ["5"] }, { up_to: "7" }]);
  await tap(inbox, ".filter", 1);
  expect(to("GET", "/api/v1/me/inbox").at(-1).query.unread).toBe("true");
});

test("an inbox without messages says what it is for", async () => {
  newWx();
  newService({ "GET /api/v1/me/inbox": nothing });
  const inbox = await open(INBOX);
  expect(text(inbox.querySelector(".hx-notice"), ".words")).toContain("还没有消息");
  await inbox.instance.readAll();
});
