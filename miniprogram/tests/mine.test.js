const { fire, newService, newWx, open, problem, tap, text, texts } = require("./stage");
const rows = require("./rows");

const ASSETS = "pages/assets/assets";
const HOUSEHOLD = "pages/household/household";
const PRIVACY = "pages/privacy/privacy";

test("each appliance shows its warranty and its last service, and leads to its own page", async () => {
  const seen = newWx();
  const services = [{ number: "HX9", label: "已完成" }];
  newService({ "GET /api/v1/assets": { items: [rows.asset({ services, name: "妈妈的", room: "阳台" }), rows.asset({ id: "a2", mine: false }), rows.asset({ id: "a3", household_id: "h1" })] } });
  const page = await open(ASSETS);
  expect([text(page, ".name"), text(page, ".cover"), text(page, ".last")]).toEqual(["阳台 · 妈妈的", "保修期内，到 2027-01-01", "服务 1 次，最近一次：已完成"]);
  expect(texts(page, ".marks").slice(0, 2)).toEqual(["洗衣机 XQG80 SN1", "XQG80 SN1"]);
  expect(texts(page, ".tag")).toEqual(["家人共享", "已共享给家人"]);
  await tap(page, ".asset");
  await tap(page, ".report");
  await tap(page, ".receive");
  expect(seen.routes).toEqual(["asset/asset?id=a1", "report/report?asset=a1", "transfer/transfer"].map((each) => `navigateTo /pages/${each}`));
});

test("a vehicle is added by typing, an appliance by its label", async () => {
  const seen = newWx({
    scanCode: ({ success }) => success({ result: "SN:7" }),
    chooseMedia: ({ success }) => success({ tempFiles: [{ tempFilePath: "1" }] }),
  });
  const { to, routes } = newService({
    "GET /api/v1/assets": { items: [] },
    "POST /api/v1/assets": [201, rows.asset()],
    "POST /api/v1/labels": rows.label({ category: "" }),
    "POST /api/v1/attachments": [201, rows.photo()],
  });
  const page = await open(ASSETS);
  expect(text(page.querySelector(".hx-notice"), ".words")).toContain("还没有登记设备");
  await tap(page, ".add");
  await tap(page, ".vehicle");
  await tap(page, ".save");
  expect(text(page.querySelector(".hx-field"), ".problem")).toContain("车型");
  await fire(page, ".hx-field", "change", { name: "category", value: "电动自行车" });
  await fire(page, ".hx-field", "change", { name: "plate_number", value: "云A12345" });
  await fire(page, ".bought", "change", { value: "2025-05-01" });
  await tap(page, ".save");
  expect(to("POST", "/api/v1/assets")[0].body).toEqual({
    kind: "vehicle",
    category: "电动自行车",
    brand: "",
    model: "",
    serial_number: "",
    plate_number: "云A12345",
    purchased_on: "2025-05-01",
    name: "",
    room: "",
  });
  await tap(page, ".add");
  await tap(page, ".scan");
  expect(page.data.fresh).toMatchObject({ kind: "appliance", brand: "海尔", serial_number: "SN7" });
  routes["POST /api/v1/labels"] = rows.label({ brand: "", model: "", serial_number: "" });
  await tap(page, ".photograph");
  expect(seen.toasts.at(-1)).toContain("没有认出");
  await tap(page, ".save");
  expect(text(page.querySelector(".hx-field"), ".problem")).toContain("什么设备");
  await fire(page, ".hx-field", "change", { name: "category", value: "洗衣机" });
  routes["POST /api/v1/assets"] = problem(409, "asset_known");
  await tap(page, ".save");
  expect([page.data.adding, text(page.querySelector(".hx-notice"), ".words")]).toEqual([true, "asset_known。"]);
  await page.instance.onPullDownRefresh();
});

test("a family is founded, invited to, and shares an appliance", async () => {
  const seen = newWx();
  const { to } = newService({
    "GET /api/v1/households": { items: [rows.household()] },
    "GET /api/v1/assets": { items: [rows.asset(), rows.asset({ id: "a2", mine: false })] },
    "POST /api/v1/households": [201, rows.household()],
    "POST /api/v1/households/h1/invitations": [201, { code: "abc-def", url: "", expires_at: "2026-01-06T07:00:00Z" }],
    "PUT /api/v1/assets/a1/household": rows.archive(),
    "DELETE /api/v1/households/h1/members/m2": [204, undefined],
    "PUT /api/v1/households/h1/owner": rows.household(),
    "DELETE /api/v1/households/h1/invitations": [204, undefined],
  });
  const page = await open(HOUSEHOLD);
  expect(texts(page, ".member")).toHaveLength(2);
  // Only what is mine is mine to share.
  expect(page.querySelectorAll(".shared")).toHaveLength(1);
  await fire(page, ".share", "change", { value: true });
  await fire(page, ".share", "change", { value: false });
  expect(to("PUT", "/api/v1/assets/a1/household").map((call) => call.body)).toEqual([{ household_id: "h1" }, { household_id: null }]);
  expect(page.instance.onShareAppMessage().path).toBe("/pages/home/home");
  await tap(page, ".invite");
  expect(text(page, ".invitation")).toContain("abc-def");
  expect(page.instance.onShareAppMessage().path).toBe("/pages/household/household?code=abc-def");
  await tap(page, ".remove");
  expect(to("DELETE", "/api/v1/households/h1/members/m2")).toHaveLength(1);
  await tap(page, ".found");
  expect(seen.toasts.at(-1)).toContain("起个名字");
  await fire(page, ".hx-field", "change", { name: "name", value: "爸妈家" }, 1);
  await tap(page, ".found");
  expect(to("POST", "/api/v1/households")[0].body).toEqual({ name: "爸妈家" });
  await tap(page, ".hand");
  expect([to("PUT", "/api/v1/households/h1/owner")[0].body, seen.modals.at(-1).title]).toEqual([{ member_id: "m2" }, "交给对方管理"]);
  await tap(page, ".withdraw");
  expect([page.querySelector(".invitation"), seen.toasts.at(-1)]).toEqual([undefined, "还没有人用的邀请都已失效"]);
});

test("who follows an invitation joins with one tap; who leaves is asked first", async () => {
  const seen = newWx();
  const { to, routes } = newService({
    "GET /api/v1/households": { items: [rows.household(false)] },
    "GET /api/v1/assets": { items: [rows.asset()] },
    "POST /api/v1/household-members": problem(404, "not_found"),
    "PUT /api/v1/assets/a1/household": problem(404, "not_found"),
  });
  const page = await open(HOUSEHOLD, { code: "abc-def" });
  await tap(page, ".join");
  expect(text(page.querySelector(".hx-notice"), ".words")).toBe("not_found。");
  routes["POST /api/v1/household-members"] = [201, rows.household(false)];
  await tap(page, ".join");
  expect([to("POST", "/api/v1/household-members").at(-1).body, seen.toasts]).toEqual([{ code: "abc-def" }, ["已加入家庭"]]);
  await tap(page, ".join");
  expect(seen.toasts.at(-1)).toContain("邀请码");
  await fire(page, ".share", "change", { value: true });
  expect(page.data.problem.code).toBe("not_found");
  global.wx.showModal = (options) => (seen.modals.push(options), options.success({ confirm: false }));
  await tap(page, ".remove");
  expect(seen.modals.at(-1).content).toContain("退出后");
});

const privacy = (over = {}) => ({
  "GET /api/v1/me/privacy": { consents: [rows.standing(), { ...rows.standing(), purpose: "service", label: "提供服务", needed: true }], looks: [{ at: "2026-01-05T07:00:00Z", role: "engineer", number: "HX1", reason: "上门前联系" }], looked: 1 },
  "GET /api/v1/consent-texts": { items: [{ purpose: "rating_invitations", label: "", needed: false, version: 3, text: "服务后邀请您评价。", sha256: "", published_at: "" }] },
  "GET /api/v1/me/deletion": { pending: false, due_at: null, blockers: [], warnings: [{ code: "w", text: "积分会清零。", number: null }] },
  ...over,
});

test("a consent is withdrawn by its switch, in the words that were agreed to", async () => {
  newWx();
  const { to, routes } = newService(privacy({ "POST /api/v1/me/privacy/consents": [201, { items: [] }] }));
  const page = await open(PRIVACY);
  expect(text(page, ".consent")).toContain("服务后邀请您评价。");
  // What no service could do without has no switch.
  expect([page.querySelectorAll(".say").length, text(page, ".needed")]).toEqual([1, "必需"]);
  expect(text(page, ".word")).toBe("1月5日（周一）15:00，您在小程序同意了第 3 版");
  expect(text(page, ".look")).toContain("工程师");
  await fire(page, ".say", "change", { value: false });
  expect(to("POST", "/api/v1/me/privacy/consents")[0].body).toEqual({ purpose: "rating_invitations", version: 3, given: false, source: "mini_program" });
  routes["POST /api/v1/me/privacy/consents"] = problem(409, "consent_needed");
  await fire(page, ".say", "change", { value: false });
  expect(page.data.problem.code).toBe("consent_needed");
});

test("all my data comes as a file that can be handed to a chat; a failure says when to try again", async () => {
  const shared = jest.fn();
  const seen = newWx({
    downloadFile: jest.fn(({ success }) => success({ statusCode: 200, tempFilePath: "wxfile://all.zip" })),
    shareFileMessage: shared,
  });
  newService(privacy());
  const page = await open(PRIVACY);
  global.wx.removeStorageSync("session");
  await tap(page, ".export");
  expect(global.wx.downloadFile.mock.calls[0][0]).toMatchObject({
    url: "http://127.0.0.1:8000/api/v1/me/export.zip",
    header: { Authorization: "Bearer t" },
  });
  expect(shared.mock.calls[0][0].filePath).toBe("wxfile://all.zip");
  shared.mock.calls[0][0].fail();
  global.wx.downloadFile = ({ fail }) => fail({});
  await tap(page, ".export");
  expect(seen.toasts.at(-1)).toContain("每天的次数有限");
});

test("an account ends after its warnings, and for seven days it can be kept", async () => {
  const seen = newWx();
  const { to, routes } = newService(
    privacy({
      "POST /api/v1/me/deletion": [201, { due_at: "2026-01-12T07:00:00Z", code: "proof-1", warnings: [] }],
      "DELETE /api/v1/me/deletion": [204, undefined],
      "DELETE /api/v1/sessions/current": [204, undefined],
    }),
  );
  const page = await open(PRIVACY);
  global.wx.showModal = (options) => (seen.modals.push(options), options.success({ confirm: seen.modals.length > 1 }));
  await tap(page, ".delete");
  expect(to("POST", "/api/v1/me/deletion")).toEqual([]);
  expect(seen.modals[0].content).toContain("积分会清零。");
  routes["GET /api/v1/me/deletion"] = { pending: true, due_at: "2026-01-12T07:00:00Z", blockers: [], warnings: [] };
  await tap(page, ".delete");
  expect(text(page, ".proof")).toContain("proof-1");
  routes["GET /api/v1/me/deletion"] = privacy()["GET /api/v1/me/deletion"];
  await tap(page.querySelector(".hx-notice"), ".action");
  expect([page.querySelector(".proof"), seen.toasts]).toEqual([undefined, ["已取消注销"]]);
  routes["POST /api/v1/me/deletion"] = problem(409, "deletion_blocked");
  routes["GET /api/v1/me/deletion"] = { pending: false, due_at: null, warnings: [], blockers: [{ code: "open_tickets", text: "还有没完成的服务。", number: "HX1" }] };
  await tap(page, ".delete");
  expect([page.data.problem.code, page.querySelector(".delete")]).toEqual(["deletion_blocked", undefined]);
  await tap(page, ".blocker");
  await tap(page, ".leave");
  expect([seen.storage.has("session"), seen.routes]).toEqual([false, ["navigateTo /pages/ticket/ticket?number=HX1", "reLaunch /pages/home/home"]]);
});

test("WeChat's privacy guide is read and agreed to here; without it one can still report", async () => {
  let needed = true;
  const seen = newWx({
    getPrivacySetting: ({ success }) => success({ needAuthorization: needed, privacyContractName: "《回响隐私保护指引》" }),
    requirePrivacyAuthorize: ({ fail }) => fail({ errMsg: "refused" }),
    openPrivacyContract: jest.fn(({ fail }) => fail?.()),
  });
  newService(privacy());
  const page = await open(PRIVACY);
  expect(text(page, ".guide")).toBe("《回响隐私保护指引》");
  await tap(page, ".guide");
  await tap(page, ".agree");
  expect(seen.toasts).toEqual(["隐私保护指引暂时打不开，请稍后再试。", "未同意也可以报修，照片、扫码和地址请手动填写。"]);
  global.wx.requirePrivacyAuthorize = ({ success }) => ((needed = false), success());
  await tap(page, ".agree");
  expect(page.querySelector(".agree")).toBeUndefined();
  // Old versions of WeChat have no guide, some fail to tell.
  delete global.wx.requirePrivacyAuthorize;
  global.wx.getPrivacySetting = ({ fail }) => fail();
  await page.instance.agreeGuide();
  delete global.wx.getPrivacySetting;
  await page.instance.load();
  expect(page.data.guide).toEqual({ needed: false, name: "" });
});
