/** From the first tap to the rating, on the pages of a customer, with the engineer on the other side of the same service. */
const fs = require("fs");
const os = require("os");
const path = require("path");
const { fire, newWx, open, tap, text, texts, simulate } = require("../stage");
const { BASE, abilities, act, ask, json, multipart } = require("./phone");

const PASSWORD = "huixiang-demo";
const PICTURE = path.resolve(__dirname, "../../../docs/pictures/phone-chat-light.png");
const CHOSEN = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "photo-")), "fault.png");

jest.mock("../../src/config", () => ({ base: process.env.HUIXIANG_BASE }));

/** Until it is so; what is waited for is named, so that a failure says more than a number of seconds. */
async function until(what, look, seconds = 60) {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    const found = await look();
    if (found) return found;
    await simulate.sleep(50);
  }
  throw new Error(`waited ${seconds} s in vain: ${what}`);
}
const quiet = (page) => until("the page is at rest", () => page.data.busy === "");

/** Away and back again: a page that is come back to looks at once. */
async function back(page) {
  page.instance.onHide();
  await page.instance.onShow();
}

/** The button of an event; what is blocked has none. */
const tapAct = (page, event) => tap(page, ".act", page.querySelectorAll(".act").findIndex((each) => each.dom.dataset.event === event));

async function staff(username) {
  const { access_token } = await json("POST", `${BASE}/api/v1/sessions/staff`, { body: { username, password: PASSWORD } });
  return access_token;
}

/** Whoever has the offer, found as a dispatcher would. */
async function offered(number, agent) {
  const { users } = await json("GET", `${process.env.HUIXIANG_SANDBOX}/phone/directory`);
  return until("an engineer has the offer", async () => {
    const { offers } = await json("GET", `${BASE}/api/v1/tickets/${number}/dispatch`, { token: agent }).catch(() => ({ offers: [] }));
    const name = offers.findLast((each) => each.state === "open")?.name;
    return users.find((each) => each.nickname === name && each.id.startsWith("gong"))?.id;
  });
}

function mover(number, token) {
  return async (event, fields = {}) => {
    const { version } = await json("GET", `${BASE}/api/v1/tickets/${number}`, { token });
    return json("POST", `${BASE}/api/v1/tickets/${number}/transitions`, { token, body: { event, version, ...fields } });
  };
}

async function shown(number, token, purpose) {
  const { type, body } = multipart({ ticket: number, purpose }, PICTURE);
  const answer = await ask("POST", `${BASE}/api/v1/attachments`, { "Content-Type": type, Authorization: `Bearer ${token}` }, body);
  expect(answer.statusCode).toBe(201);
}

/** The rest of today, half an hour at least. */
function comingHours() {
  const now = new Date(Math.floor(Date.now() / 60_000) * 60_000);
  const midnight = new Date(now.getTime() + 8 * 3_600_000).setUTCHours(23, 59, 59, 0) - 8 * 3_600_000;
  const start = Math.min(now.getTime(), midnight - 1_800_000);
  return { start: new Date(start).toISOString(), end: new Date(Math.min(start + 7_200_000, midnight)).toISOString() };
}

test("login, report, progress, quote, rating", async () => {
  fs.copyFileSync(PICTURE, CHOSEN);
  // The answer to the report is lost on its way: the program sends it again, and it is one report.
  const lose = ["/api/v1/tickets"];
  const seen = newWx({
    ...abilities("u-zhao", []),
    chooseMedia: ({ success }) => success({ tempFiles: [{ tempFilePath: CHOSEN }] }),
    chooseAddress: ({ success }) =>
      success({ provinceName: "云南省", cityName: "昆明市", countyName: "五华区", detailInfo: "人民中路 1 号 1 单元 101", userName: "赵先生", telNumber: "13800000002" }),
    scanCode: ({ success }) => success({ result: "品牌：洱澜\n型号：XQG100-EL3\n机号: EL25C00012345" }),
    getPrivacySetting: ({ success }) => success({ needAuthorization: false, privacyContractName: "《隐私保护指引》" }),
    shareFileMessage: jest.fn(),
  });
  const agent = await staff("kefu");

  const report = await open("pages/report/report");
  await quiet(report);
  expect(report.data.problem).toBe(null);
  await tap(report, ".scan");
  await quiet(report);
  expect(report.data.draft).toMatchObject({ brand: "洱澜", model: "XQG100-EL3", serial_number: "EL25C00012345" });
  await fire(report, ".hx-field", "change", { name: "category", value: "洗衣机" });
  await tap(report, ".next");
  await fire(report, ".hx-field", "change", { name: "fault", value: "脱水时声音很大，整机跳动" });
  await tap(report.querySelector(".hx-photos"), ".add");
  await until("the photo was sent", () => report.data.draft.photos[0]?.state === "sent");
  await tap(report, ".next");
  await tap(report, ".address");
  // WeChat has proved his number: it is not typed, and the service takes it by the mask that it showed.
  await fire(report, ".hx-field", "change", { name: "phone", value: "" });
  if (!report.data.askPhone) report.instance.setData({ askPhone: true });
  await until("it is told what coming costs", () => report.data.callOut.includes("费"));
  const { code } = await act("u-zhao", "phone_code");
  await fire(report, ".phone", "getphonenumber", { errMsg: "getPhoneNumber:ok", code });
  await until("the number is there", () => report.data.draft.phone === "138****0002");
  const before = (await json("GET", `${BASE}/api/v1/tickets?limit=100`, { token: seen.storage.get("session").token })).items.length;
  Object.assign(global.wx, abilities("u-zhao", lose));
  await report.instance.submit();
  expect([report.data.problem, report.data.problems]).toEqual([null, {}]);
  const [, number, allowed] = seen.routes.at(-1).match(/number=(\w+)&allowed=(\d)/);
  const { token } = seen.storage.get("session");
  expect(lose).toEqual([]);
  expect((await json("GET", `${BASE}/api/v1/tickets?limit=100`, { token })).items).toHaveLength(before + 1);
  expect(Number(allowed)).toBeGreaterThan(0);

  const done = await open("pages/done/done", { number, allowed });
  await until("the promise is shown", () => text(done, ".promise"));
  expect(text(done, ".told")).toContain("类进展");

  const ticket = await open("pages/ticket/ticket", { number });
  await quiet(ticket);
  expect([ticket.data.ticket.fault, ticket.data.ticket.attachments.length]).toEqual(["脱水时声音很大，整机跳动", 1]);
  const account = await offered(number, agent);
  const engineer = mover(number, await staff(account));
  const engineerToken = await staff(account);
  await engineer("accept");
  await until("the page follows by itself", () => ticket.data.at === 1);
  expect(text(ticket, ".engineer")).toContain("工号");

  await tapAct(ticket, "book");
  await quiet(ticket);
  const today = (each) => new Date(new Date(each.start).getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
  const windows = [...ticket.data.slots.filter((each) => today(each) === today(comingHours())), comingHours()];
  for (const { start, end } of windows) {
    await fire(ticket, ".hx-slots", "pick", { start, end });
    await ticket.instance.carryOut();
    if (ticket.data.ticket.state === "scheduled") break;
  }
  expect(ticket.data.ticket.state).toBe("scheduled");

  await engineer("depart", { latitude: 25.0462, longitude: 102.7043 });
  await back(ticket);
  expect(ticket.data.at).toBe(3);
  await ticket.instance.urge();
  expect([ticket.data.problem, ticket.data.urged !== ""]).toEqual([null, true]);
  // What the customer reads out at the door is what the service takes.
  await engineer("arrive", { code: text(ticket, ".code") });
  await engineer("quote", { lines: [{ code: "CALL-OUT", quantity: 1 }] });
  await back(ticket);
  expect(ticket.data.ticket.state).toBe("quote_pending");
  const total = ticket.data.ticket.quote.total_fen;
  expect(text(ticket.querySelector(".hx-quote"), ".total")).toBe(`合计¥${total / 100}`);
  await tapAct(ticket, "approve_quote");
  await ticket.instance.carryOut();
  expect([ticket.data.problem, ticket.data.ticket.state]).toEqual([null, "in_repair"]);

  for (const purpose of ["before", "after"]) await shown(number, engineerToken, purpose);
  await engineer("finish", { fault_code: "WM-F02", solution: "重新调平并更换减震器", old_parts: "none", charge_fen: total });
  await back(ticket);
  expect([ticket.data.ticket.state, ticket.data.receipt !== null]).toEqual(["completed", true]);
  expect([ticket.querySelectorAll(".before").length, ticket.querySelectorAll(".after").length]).toEqual([1, 1]);
  await tapAct(ticket, "confirm");
  await ticket.instance.carryOut();
  await until("it can be rated", () => ticket.data.ratable);

  const rating = await open("pages/rating/rating", { number });
  await quiet(rating);
  for (const dimension of rating.querySelectorAll(".hx-stars")) await tap(dimension, ".star", 4);
  await tap(rating.querySelector(".hx-photos"), ".add");
  await until("the photo was sent", () => rating.data.photos[0]?.state === "sent");
  await rating.instance.submit();
  expect([rating.data.problem, rating.data.lack, seen.routes.at(-1)]).toEqual([null, "", `redirectTo /pages/ticket/ticket?number=${number}`]);
  await ticket.instance.load();
  expect([ticket.data.ticket.state, ticket.data.ticket.rating.attitude]).toEqual(["closed", 5]);
  ticket.instance.onUnload();

  // And the rest of what is mine, as the service has it.
  const home = await open("pages/home/home");
  await quiet(home);
  const services = await open("pages/services/services");
  await quiet(services);
  expect(services.data.items[0].number).toBe(number);
  const inbox = await open("pages/inbox/inbox");
  await until("the news came", () => inbox.data.items.some((each) => each.number === number));
  await inbox.instance.readAll();
  await quiet(inbox);
  expect(inbox.data.unread).toBe(0);

  const assets = await open("pages/assets/assets");
  await quiet(assets);
  const bike = { category: "电动自行车", plate_number: "云A12345" };
  await tap(assets, ".add");
  await tap(assets, ".vehicle");
  for (const [name, value] of Object.entries(bike)) await fire(assets, ".hx-field", "change", { name, value });
  await assets.instance.save();
  expect(assets.data.problem).toBe(null);
  expect(texts(assets, ".name").join()).toContain("电动自行车");
  await tap(assets, ".asset");
  await until("its life is shown", () => assets.data.archive);

  const household = await open("pages/household/household");
  await quiet(household);
  await fire(household, ".hx-field", "change", { name: "name", value: "我们家" }, 0);
  await household.instance.found();
  await household.instance.invite({ currentTarget: { dataset: { id: household.data.items.at(-1).id } } });
  expect([household.data.problem, household.data.invitation.code.length > 8]).toEqual([null, true]);

  const privacy = await open("pages/privacy/privacy");
  await quiet(privacy);
  const at = privacy.data.consents.findIndex((each) => each.purpose === "rating_invitations");
  await privacy.instance.say({ currentTarget: { dataset: { index: at } }, detail: { value: false } });
  expect([privacy.data.problem, privacy.data.consents[at].allowed, privacy.data.consents[at].text !== ""]).toEqual([null, false, true]);
  await privacy.instance.exportAll();
  expect(global.wx.shareFileMessage.mock.calls[0][0].filePath).toMatch(/^\d{4,} bytes$/);
  await privacy.instance.leave();
  expect([privacy.data.problem, seen.storage.has("session")]).toEqual([null, false]);
});
