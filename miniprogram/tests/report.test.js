const { fire, newService, newWx, open, problem, settled, tap, text, texts } = require("./stage");
const rows = require("./rows");

const REPORT = "pages/report/report";
const DONE = "pages/done/done";
const PRODUCTS = { items: ["洗衣机", "空调", "洗衣机"].map((category) => ({ category, brand: "", model: "", name: "", warranty_months: 12 })) };
const ADDRESS = { provinceName: "云南省", cityName: "昆明市", countyName: "五华区", detailInfo: "人民中路 1 号", userName: "赵先生", telNumber: "13800000002" };
const answers = (over = {}) => ({
  "GET /api/v1/products": PRODUCTS,
  "GET /api/v1/prices/call-out": rows.callOut(),
  "GET /api/v1/assets": { items: [rows.asset()] },
  "GET /api/v1/me": rows.me(),
  "GET /api/v1/me/consents": { items: ["T1", "T2", "T3", "T4"].map(rows.consent) },
  "POST /api/v1/me/consents": [201, { items: [] }],
  "POST /api/v1/tickets": [201, rows.ticket()],
  ...over,
});
const wx = (over = {}) => newWx({ chooseAddress: ({ success }) => success(ADDRESS), requestSubscribeMessage: ({ fail }) => fail({ errMsg: "" }), ...over });

/** Fills in whatever the three steps need, and stands before the last tap. */
async function written(page) {
  await tap(page, ".category");
  await tap(page, ".next");
  await fire(page, ".hx-field", "change", { name: "fault", value: " 漏水 " });
  await tap(page, ".next");
  await tap(page, ".address");
}

test("a code of ours opens the report with what it knows: my own appliance, or a model", async () => {
  wx();
  const { to, routes } = newService(answers({ "POST /api/v1/labels": rows.label({ asset_id: "a1" }) }));
  routes["GET /api/v1/assets"] = { items: [rows.asset({ address: rows.address() })] };
  const mine = await open(REPORT, { q: encodeURIComponent("https://service.example/h5/report?asset=token") });
  expect([mine.data.draft.asset_id, mine.data.draft.serial_number]).toEqual(["a1", "SN1"]);
  expect(text(mine.querySelector(".hx-notice"), ".words")).toContain("已认出您的设备");
  // Where it stands need not be typed again; another door is another place.
  expect(mine.data.draft).toMatchObject({ region: ["云南省", "昆明市", "五华区"], detail: "人民中路 1 号", latitude: 25.04 });
  mine.instance.change({ detail: "人民中路 2 号" });
  expect(mine.data.draft.latitude).toBe(null);
  global.wx.chooseLocation = ({ success }) => success({ latitude: 25.05, longitude: 102.71, name: "翠湖", address: "" });
  await mine.instance.locate();
  expect(mine.data.draft).toMatchObject({ detail: "人民中路 2 号", latitude: 25.05, longitude: 102.71 });
  global.wx.chooseLocation = ({ fail }) => fail({ errMsg: "chooseLocation:fail cancel" });
  await mine.instance.locate();
  routes["POST /api/v1/labels"] = rows.label();
  const model = await open(REPORT, { scene: "LABEL0001" });
  expect([model.data.draft.asset_id, model.data.draft.serial_number]).toEqual(["", "SN7"]);
  expect(to("POST", "/api/v1/labels").map((call) => call.body.text)).toEqual(["https://service.example/h5/report?asset=token", "scene=LABEL0001"]);
  routes["POST /api/v1/labels"] = problem(404, "not_found");
  const over = await open(REPORT, { scene: "OVER0001" });
  expect(over.data.problem.code).toBe("not_found");
});

test("a step is left only when nothing is missing, and the field says what to do", async () => {
  wx();
  newService(answers());
  const page = await open(REPORT);
  expect(texts(page, ".category")).toEqual(["洗衣机", "空调"]);
  await tap(page, ".next");
  expect(text(page.querySelector(".hx-field"), ".problem")).toBe("请选择或填写是什么设备。");
  await fire(page, ".hx-field", "change", { name: "category", value: "扫地机" });
  expect(page.querySelector(".hx-field").querySelector(".problem")).toBeUndefined();
  await tap(page, ".next");
  await tap(page, ".next");
  expect(text(page.querySelector(".hx-field"), ".problem")).toContain("哪里不对");
  await tap(page, ".back");
  expect(page.data.step).toBe(1);
});

test("what coming costs is told before anything is sent, for the place and the appliance", async () => {
  wx();
  const { to, routes } = newService(answers());
  const page = await open(REPORT);
  await written(page);
  expect(text(page.querySelector(".call-out"), ".words")).toBe("上门检测费 50 元，修好免收。");
  expect(to("GET", "/api/v1/prices/call-out").map((call) => call.query)).toEqual([
    { service_type: "repair", category: "洗衣机" },
    { service_type: "repair", category: "洗衣机", city: "昆明市" },
  ]);
  routes["GET /api/v1/prices/call-out"] = problem(404, "not_found");
  await tap(page, ".address");
  expect(page.querySelector(".call-out")).toBeUndefined();
});

test("three steps become one report, and consent is asked for in the tap, before anything is sent", async () => {
  const order = [];
  const subscribe = jest.fn(({ tmplIds, success }) => {
    order.push("asked");
    success({ errMsg: "ok", [tmplIds[0]]: "accept", [tmplIds[1]]: "reject" });
  });
  const seen = wx({ requestSubscribeMessage: subscribe });
  const { to } = newService(answers({ "POST /api/v1/tickets": () => (order.push("sent"), [201, rows.ticket()]) }));
  const page = await open(REPORT);
  await written(page);
  await tap(page, ".span", 1);
  await fire(page, ".hx-field", "change", { name: "phone", value: "13800000002" });
  const { today } = page.data;
  const submitted = page.instance.submit();
  expect(order).toEqual(["asked"]);
  await submitted;
  await settled();
  const [{ body, header }] = to("POST", "/api/v1/tickets");
  expect(body).toEqual({
    service_type: "repair",
    category: "洗衣机",
    brand: "",
    model: "",
    serial_number: "",
    fault: "漏水",
    contact: { name: "赵先生", phone: "13800000002" },
    address: { province: "云南省", city: "昆明市", district: "五华区", detail: "人民中路 1 号" },
    preferred_windows: [{ start: `${today}T13:00:00+08:00`, end: `${today}T17:00:00+08:00` }],
    attachment_ids: [],
  });
  expect(header["Idempotency-Key"]).toMatch(/^[0-9a-f]{32}$/);
  // WeChat allows three at a time.
  expect(subscribe.mock.calls[0][0].tmplIds).toEqual(["T1", "T2", "T3"]);
  expect(to("POST", "/api/v1/me/consents")[0].body).toEqual({
    results: [
      { template_id: "T1", result: "accept" },
      { template_id: "T2", result: "reject" },
    ],
  });
  expect(seen.routes).toEqual(["redirectTo /pages/done/done?number=HX1&allowed=1"]);
  // The next report begins with the address and nothing else.
  expect(seen.storage.get("report")).toMatchObject({ detail: "人民中路 1 号" });
  expect(seen.storage.get("report").fault).toBeUndefined();
});

test("a report whose answer was lost is the same report at the next tap, and another one once it was changed", async () => {
  wx();
  const { to, routes } = newService(answers({ "POST /api/v1/tickets": problem(503, "unavailable", {}, { "Retry-After": "60" }) }));
  const page = await open(REPORT);
  await written(page);
  await tap(page, ".submit");
  expect(text(page.querySelector(".hx-notice"), ".words")).toBe("unavailable。");
  await tap(page.querySelector(".hx-notice"), ".action");
  await fire(page, ".hx-field", "change", { name: "detail", value: "人民中路 2 号" });
  routes["POST /api/v1/tickets"] = [201, rows.ticket()];
  await tap(page, ".submit");
  const keys = to("POST", "/api/v1/tickets").map((call) => call.header["Idempotency-Key"]);
  expect(keys[0]).toBe(keys[1]);
  expect(keys[2]).not.toBe(keys[1]);
});

test("a draft outlives the program, and its key with it", async () => {
  const seen = wx();
  newService(answers({ "POST /api/v1/tickets": problem(503, "unavailable", {}, { "Retry-After": "60" }) }));
  const first = await open(REPORT);
  await written(first);
  await tap(first, ".submit");
  const { key } = first.data.draft;
  const again = await open(REPORT);
  expect(again.data.draft).toMatchObject({ key, fault: " 漏水 ", category: "洗衣机", region: ["云南省", "昆明市", "五华区"] });
  expect(seen.storage.get("report").key).toBe(key);
});

test("what the service refuses stands at its field, at the step where it is", async () => {
  wx();
  const errors = [
    { field: "body.contact.phone", code: "value_error", msg: "请填写正确的手机号。" },
    { field: "body.fault", code: "value_error", msg: "请描述故障。" },
  ];
  const { routes } = newService(answers({ "POST /api/v1/tickets": problem(422, "invalid_input", { errors }) }));
  const page = await open(REPORT);
  await written(page);
  await tap(page, ".submit");
  expect([page.data.step, page.data.problems]).toEqual([2, { phone: "请填写正确的手机号。", fault: "请描述故障。" }]);
  routes["POST /api/v1/tickets"] = problem(422, "invalid_input", { errors: [{ field: "body", code: "x", msg: "两样都要填。" }] });
  page.instance.setData({ step: 3 });
  await tap(page, ".submit");
  expect(text(page.querySelector(".hx-notice"), ".words")).toContain("两样都要填。");
});

test("the label fills in brand, model and number; one that cannot be read says what to do", async () => {
  wx({ scanCode: ({ success }) => success({ result: "SN:7" }) });
  const { routes, to } = newService(answers({ "POST /api/v1/labels": rows.label() }));
  const page = await open(REPORT);
  await tap(page, ".scan");
  expect(to("POST", "/api/v1/labels")[0].body).toEqual({ text: "SN:7" });
  expect(page.data.draft).toMatchObject({ brand: "海尔", model: "XQG80", serial_number: "SN7", category: "洗衣机" });
  routes["POST /api/v1/labels"] = rows.label({ brand: "", model: "", serial_number: "" });
  await tap(page, ".scan");
  expect(page.data.label).toContain("手动填写");
});

test("a label without a code is photographed instead", async () => {
  wx({ chooseMedia: ({ success }) => success({ tempFiles: [{ tempFilePath: "wxfile://label.jpg" }] }) });
  const { to } = newService(answers({ "POST /api/v1/attachments": [201, rows.photo("p9")], "POST /api/v1/labels": rows.label() }));
  const page = await open(REPORT);
  await tap(page, ".photograph");
  expect(to("POST", "/api/v1/labels")[0].body).toEqual({ attachment_id: "p9" });
});

test("who refuses camera or address is told how to go on, who only changed his mind is left alone", async () => {
  const refusal = (errMsg, errno) => ({ fail }) => fail({ errMsg, errno });
  const seen = wx({ scanCode: refusal("scanCode:fail auth deny"), chooseAddress: refusal("chooseAddress:fail auth deny") });
  newService(answers());
  const page = await open(REPORT);
  await tap(page, ".scan");
  expect(seen.modals[0].content).toContain("摄像头");
  expect(global.wx.openSetting).toHaveBeenCalledTimes(1);
  global.wx.scanCode = refusal("scanCode:fail cancel");
  await tap(page, ".scan");
  global.wx.scanCode = refusal("scanCode:fail privacy permission is not authorized", 104);
  await tap(page, ".scan");
  expect([seen.modals.length, seen.toasts.at(-1)]).toEqual([1, "同意隐私保护指引后才能使用，也可以手动填写。"]);
  page.instance.setData({ step: 3 });
  await tap(page, ".address");
  expect(seen.modals[1].content).toContain("直接填写地址");
});

test("the number that WeChat has proved need not be typed; whoever declines types it", async () => {
  const seen = wx();
  const { to } = newService(
    answers({
      "GET /api/v1/me": rows.me({ phone_verified: false, phone_masked: "" }),
      "PUT /api/v1/me/phone": { phone_masked: "138****0002", phone_verified: true, joined_tickets: 0 },
    }),
  );
  const page = await open(REPORT);
  page.instance.setData({ step: 3 });
  await fire(page, ".phone", "getphonenumber", { errMsg: "getPhoneNumber:fail user deny" });
  expect([page.data.draft.phone, seen.toasts]).toEqual(["", ["没有关系，直接填写手机号就可以。"]]);
  await fire(page, ".phone", "getphonenumber", { errMsg: "getPhoneNumber:ok", code: "of the button" });
  expect(to("PUT", "/api/v1/me/phone")[0].body).toEqual({ code: "of the button" });
  expect([page.data.draft.phone, page.querySelector(".phone")]).toEqual(["138****0002", undefined]);
});

test("a report begins with the appliance that it was opened for, and a consultation needs no address", async () => {
  wx();
  const { to } = newService(answers());
  const page = await open(REPORT, { asset: "a1" });
  expect(page.data.draft).toMatchObject({ asset_id: "a1", brand: "海尔" });
  await tap(page, ".service", 4);
  await tap(page, ".asset");
  await tap(page, ".next");
  await tap(page, ".next");
  await fire(page, ".hx-field", "change", { name: "name", value: "赵先生" });
  await tap(page, ".submit");
  expect(to("POST", "/api/v1/tickets")[0].body).toMatchObject({ service_type: "consultation", asset_id: "a1" });
  expect(to("POST", "/api/v1/tickets")[0].body.address).toBeUndefined();
});

test("photos go one by one with their progress; one that failed is sent again with its key, and holds the report", async () => {
  const seen = wx({ chooseMedia: ({ count, success }) => success({ tempFiles: ["1", "2"].slice(0, count).map((tempFilePath) => ({ tempFilePath })) }) });
  let broken = true;
  const { to } = newService(
    answers({
      "POST /api/v1/attachments": ({ file }) => (file === "2" && broken ? problem(422, "invalid_input") : [201, rows.photo(`p${file}`)]),
    }),
  );
  const page = await open(REPORT);
  await tap(page, ".category");
  await tap(page, ".next");
  await fire(page, ".hx-field", "change", { name: "fault", value: "漏水" });
  const photos = page.querySelector(".hx-photos");
  await tap(photos, ".add");
  expect(page.data.draft.photos.map((each) => [each.state, each.percent, each.id])).toEqual([["sent", 100, "p1"], ["failed", 40, ""]]);
  await tap(page, ".next");
  expect(page.data.problems.photos).toContain("重试");
  // What was not sent is a temporary file, and not kept.
  expect(seen.storage.get("report").photos).toHaveLength(1);
  broken = false;
  await tap(photos, ".retry");
  const keys = to("POST", "/api/v1/attachments").map((call) => call.header["Idempotency-Key"]);
  expect(keys[1]).toBe(keys[2]);
  await tap(photos, ".remove", 0);
  await tap(page, ".next");
  await fire(page, ".region-picker", "change", { value: ["云南省", "昆明市", "五华区"] });
  await fire(page, ".day-picker", "change", { value: "2027-01-05" });
  await fire(page, ".hx-field", "change", { name: "name", value: "赵先生" });
  await fire(page, ".hx-field", "change", { name: "detail", value: "人民中路" });
  await tap(page, ".submit");
  expect(to("POST", "/api/v1/tickets")[0].body.attachment_ids).toEqual(["p2"]);
});

test("a photo that is still on its way holds the report too, and an album that is closed says what to do", async () => {
  const seen = wx({ chooseMedia: ({ fail }) => fail({ errMsg: "chooseMedia:fail album auth deny" }) });
  newService(answers());
  const page = await open(REPORT);
  page.instance.setData({ step: 2 });
  page.instance.change({ category: "空调", fault: "漏水", photos: [{ key: "k", path: "1", state: "sending", percent: 3, id: "", problem: "" }] });
  await tap(page, ".next");
  expect(page.data.problems.photos).toContain("还没有传完");
  // Gone back meanwhile: nobody is sending it any more, so it waits for a tap.
  await tap(page, ".back");
  await tap(page, ".next");
  expect(page.data.draft.photos.map((each) => each.state)).toEqual(["failed"]);
  await tap(page.querySelector(".hx-photos"), ".add");
  expect(seen.modals[0].content).toContain("相册");
});

test("it was received: the promise, what to prepare, and one more chance to be told in WeChat", async () => {
  const seen = wx({ requestSubscribeMessage: ({ tmplIds, success }) => success(Object.fromEntries(tmplIds.map((id) => [id, "accept"]))) });
  newService(answers({ "GET /api/v1/tickets/HX1": rows.ticket(), "POST /api/v1/me/consents": problem(503, "unavailable", {}, { "Retry-After": "60" }) }));
  const page = await open(DONE, { number: "HX1" });
  expect([text(page, ".promise"), text(page, ".told")]).toEqual([rows.ticket().promise, "所有进展都在「消息」里。"]);
  await tap(page, ".subscribe");
  expect(text(page, ".told")).toContain("3 类进展");
  global.wx.requestSubscribeMessage = ({ fail }) => fail({ errMsg: "requestSubscribeMessage:fail", errCode: 20004 });
  await tap(page, ".subscribe");
  expect(seen.toasts.at(-1)).toContain("没有开启也没关系");
  await tap(page, ".open");
  await tap(page, ".home");
  expect(seen.routes).toEqual(["redirectTo /pages/ticket/ticket?number=HX1", "reLaunch /pages/home/home"]);
});

test("a service that cannot say what to subscribe to does not stand in the way", async () => {
  const subscribe = jest.fn();
  wx({ requestSubscribeMessage: subscribe });
  const { to } = newService(answers({ "GET /api/v1/me/consents": problem(403, "forbidden") }));
  const page = await open(REPORT);
  await written(page);
  await tap(page, ".submit");
  expect([to("POST", "/api/v1/tickets").length, subscribe.mock.calls]).toEqual([1, []]);
});
