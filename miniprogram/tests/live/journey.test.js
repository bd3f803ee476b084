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

/** Words and a photo to the desk, and its answer on the same page. */
async function talks(number, agent) {
  const talk = await open("pages/talk/talk", { number });
  await quiet(talk);
  await fire(talk, ".hx-field", "change", { name: "text", value: "师傅来之前请先打电话" });
  await tap(talk.querySelector(".hx-photos"), ".add");
  await until("the photo was sent", () => talk.data.draft.photos[0]?.state === "sent");
  await talk.instance.send();
  expect([talk.data.problem, talk.data.lack]).toEqual([null, ""]);
  await json("POST", `${BASE}/api/v1/tickets/${number}/messages`, { token: agent, body: { text: "好的，已转告师傅。" } });
  await talk.instance.look();
  const said = talk.querySelectorAll(".hx-message");
  expect(said.slice(-2).map((each) => [text(each, ".words"), each.querySelectorAll(".picture").length])).toEqual([["师傅来之前请先打电话", 1], ["好的，已转告师傅。", 0]]);
  talk.instance.onHide();
}

/** A complaint that is taken, gets its remedy, and is solved by the customer's word. */
async function complains(number, agent) {
  const page = await open("pages/complaint/complaint", { number });
  await quiet(page);
  expect(page.data.complaint).toBe(null);
  await fire(page, ".hx-field", "change", { name: "text", value: "约好的时间晚了一个小时" });
  await page.instance.say();
  expect([page.data.problem, page.data.complaint.state]).toEqual([null, "open"]);
  const cases = `${BASE}/api/v1/complaints`;
  const { items } = await json("GET", cases, { token: agent });
  const { id } = items.find((each) => each.number === number);
  await json("POST", `${cases}/${id}/take`, { token: agent });
  await json("POST", `${cases}/${id}/remedy`, { token: agent, body: { root_cause: "路上堵车没有先通知", remedy: "致歉，下次上门免上门费" } });
  await page.instance.load();
  expect(text(page, ".remedy")).toContain("下次上门免上门费");
  await page.instance.answer(true);
  expect([page.data.problem, text(page, ".where")]).toEqual([null, "您已确认解决"]);
}

/** An appliance goes to somebody else, by its code, on his own phone. */
async function handsOver(id) {
  const asset = await open("pages/asset/asset", { id });
  await quiet(asset);
  await asset.instance.hand();
  const { code } = asset.data.offer;
  global.wx.removeStorageSync("session");
  Object.assign(global.wx, abilities("u-lin"));
  const transfer = await open("pages/transfer/transfer", { code });
  await transfer.instance.accept();
  expect([transfer.data.problem, transfer.data.name]).toEqual([null, "电动自行车"]);
  global.wx.removeStorageSync("session");
  Object.assign(global.wx, abilities("u-zhao"));
  await asset.instance.load();
  expect(asset.data.problem.code).toBe("not_found");
}

/** Said twice: the second report joins the first one. */
async function joins() {
  const { token } = global.wx.getStorageSync("session");
  const body = { service_type: "consultation", category: "净水器", fault: "滤芯多久换一次", contact: { name: "赵先生", phone: "13800000002" } };
  const [first, second] = [await json("POST", `${BASE}/api/v1/tickets`, { token, body }), await json("POST", `${BASE}/api/v1/tickets`, { token, body })];
  const done = await open("pages/done/done", { number: second.number });
  await quiet(done);
  await tap(done, ".join", done.data.similar.findIndex((each) => each.number === first.number));
  await quiet(done);
  expect([done.data.problem, (await json("GET", `${BASE}/api/v1/tickets/${second.number}`, { token })).state]).toEqual([null, "merged"]);
  const ticket = await open("pages/ticket/ticket", { number: first.number, said: "joined" });
  await quiet(ticket);
  expect(text(ticket, ".merged")).toContain(second.number);
  ticket.instance.onUnload();
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
  await until("the page follows by itself", () => ticket.data.ticket.journey.at === 1);
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
  await ticket.querySelector(".hx-visit").instance.confirm();
  await until("the appointment is confirmed", () => ticket.data.ticket.visit.confirmed_at);
  await talks(number, agent);
  await back(ticket);

  await engineer("depart", { latitude: 25.0462, longitude: 102.7043 });
  await back(ticket);
  expect(ticket.data.ticket.next).toContain("核销码");
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
  const evidence = ticket.querySelector(".hx-evidence");
  expect([evidence.querySelectorAll(".before").length, evidence.querySelectorAll(".after").length]).toEqual([1, 1]);
  await tapAct(ticket, "confirm");
  await ticket.instance.carryOut();
  await until("it can be rated", () => ticket.data.ratable);

  const receipt = await open("pages/receipt/receipt", { number });
  await quiet(receipt);
  expect([text(receipt, ".total"), receipt.data.receipt.total_fen]).toEqual([`¥${total / 100}`, total]);
  await complains(number, agent);

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
  await handsOver(assets.data.items.find((each) => each.plate_number === bike.plate_number).id);

  const household = await open("pages/household/household");
  await quiet(household);
  await fire(household, ".hx-field", "change", { name: "name", value: "我们家" }, 0);
  await household.instance.found();
  await household.instance.invite({ currentTarget: { dataset: { id: household.data.items.at(-1).id } } });
  expect([household.data.problem, household.data.invitation.code.length > 8]).toEqual([null, true]);

  await joins();
  const preferences = await open("pages/preferences/preferences");
  await quiet(preferences);
  await tap(preferences, ".add");
  await preferences.instance.save();
  const prices = await open("pages/prices/prices", { category: "洗衣机" });
  await quiet(prices);
  expect([preferences.data.problem, prices.data.problem, prices.data.lines.length > 0]).toEqual([null, null, true]);

  const membership = await open("pages/membership/membership");
  await quiet(membership);
  expect([membership.data.problem, membership.data.has !== null]).toEqual([null, true]);

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
