/** What an appliance's owner does with it, what was paid, what things cost, and how one wishes to be served. */
const { fire, newService, newWx, open, problem, tap, text, texts } = require("./stage");
const rows = require("./rows");

const ASSET = "pages/asset/asset";
const TRANSFER = "pages/transfer/transfer";
const RECEIPT = "pages/receipt/receipt";
const PRICES = "pages/prices/prices";
const MEMBERSHIP = "pages/membership/membership";
const POINTS = "pages/points/points";
const PREFERENCES = "pages/preferences/preferences";

const owned = (over = {}, more = {}) => ({
  "GET /api/v1/assets/a1/archive": { ...rows.archive(), ...over },
  "GET /api/v1/households": { items: [rows.household()] },
  ...more,
});

test("an appliance tells its warranty with the reason, and each service with what was done", async () => {
  const seen = newWx();
  newService(owned());
  const page = await open(ASSET, { id: "a1" });
  expect([text(page, ".name"), text(page, ".period")]).toEqual(["海尔 XQG80", "整机保修还剩 90 天，到 2027-01-01按您填写的购买日期计算，凭证核实后为准，从 2026-01-01 起"]);
  expect(texts(page, ".line")).toEqual(["1月5日（周一）15:00 罗松柏上门，16:00 离开", "处理：更换减震器", "更换：减震器 ×2", "收费 ¥50"]);
  await tap(page, ".picture");
  expect(global.wx.previewImage.mock.calls[0][0]).toEqual({ urls: ["b1"], current: "b1" });
  await tap(page, ".open");
  await tap(page, ".report");
  expect(seen.routes).toEqual(["navigateTo /pages/ticket/ticket?number=HX9", "navigateTo /pages/report/report?asset=a1"]);
});

test("of the family's appliance one sees its life, and may change nothing", async () => {
  newWx();
  newService(owned({ mine: false, periods: [], jobs: [{ ...rows.archive().jobs[0], may_open: false, solutions: [], visits: [], parts: [], photos: [] }] }));
  const page = await open(ASSET, { id: "a1" });
  expect([page.querySelector(".hand"), page.querySelector(".remove"), page.querySelector(".open")]).toEqual([undefined, undefined, undefined]);
  expect(text(page, ".uncovered")).toContain("传上购买凭证");
  page.instance.ticket({ currentTarget: { dataset: {} } });
  page.instance.copy();
});

test("a proof of purchase needs its photo and its day", async () => {
  const seen = newWx({ chooseMedia: ({ success }) => success({ tempFiles: [{ tempFilePath: "1" }] }) });
  const document = { id: "p1", purpose: "purchase_proof", url: "paper", at: "2026-01-05T07:00:00Z" };
  const { to } = newService(
    owned({}, { "POST /api/v1/attachments": [201, rows.photo()], "PUT /api/v1/assets/a1/purchase-proof": { ...rows.archive(), purchased_on: "2025-05-01", documents: [document] } }),
  );
  const page = await open(ASSET, { id: "a1" });
  await tap(page, ".unfold-proof");
  await tap(page, ".prove");
  expect(text(page, ".lack")).toContain("先拍一张");
  await tap(page.querySelector(".hx-photos"), ".add");
  await tap(page, ".prove");
  expect(text(page, ".lack")).toContain("购买日期");
  await fire(page, ".bought", "change", { value: "2025-05-01" });
  await tap(page, ".prove");
  expect([to("POST", "/api/v1/attachments")[0].form, to("PUT", "/api/v1/assets/a1/purchase-proof")[0].body]).toEqual([
    { purpose: "purchase_proof" },
    { attachment_id: "p1", purchased_on: "2025-05-01" },
  ]);
  expect([page.data.form, page.querySelectorAll(".document").length, seen.toasts.at(-1)]).toEqual(["", 1, "凭证已保存，客服核实后以它为准"]);
});

test("it is shared, corrected, removed and put back", async () => {
  const seen = newWx({ chooseLocation: ({ success }) => success({ latitude: 25.05, longitude: 102.71, name: "翠湖", address: "" }) });
  const { to, routes } = newService(
    owned({ kind: "vehicle", plate_number: "云A12345", name: "小电驴", room: "车库", address: rows.address() }, {
      "PUT /api/v1/assets/a1/household": { ...rows.archive(), household_id: "h1" },
      "PUT /api/v1/assets/a1": problem(409, "asset_changed"),
      "DELETE /api/v1/assets/a1": [204, undefined],
      "PUT /api/v1/assets/a1/restoration": rows.archive(),
    }),
  );
  const page = await open(ASSET, { id: "a1" });
  expect([text(page, ".name"), text(page, ".where")]).toEqual(["小电驴", "车库 · 昆明市五华区人民中路 1 号"]);
  await tap(page, ".unfold-change");
  await fire(page, ".hx-field", "change", { name: "plate_number", value: "云A67890" }, 5);
  await fire(page, ".day", "change", { value: "2026-01-01" });
  await tap(page, ".nowhere");
  await fire(page, ".region-picker", "change", { value: ["云南省", "昆明市", "官渡区"] });
  await tap(page, ".change");
  expect([text(page, ".lack"), to("PUT", "/api/v1/assets/a1")]).toEqual([expect.stringContaining("门牌号"), []]);
  await tap(page, ".locate");
  await tap(page, ".change");
  // Somebody else changed it meanwhile: what was typed stays, and goes with the version that is there now.
  expect([text(page.querySelector(".hx-notice"), ".words"), page.data.changed.plate_number]).toEqual(["asset_changed。", "云A67890"]);
  routes["PUT /api/v1/assets/a1"] = rows.archive();
  await tap(page, ".change");
  expect(to("PUT", "/api/v1/assets/a1").at(-1).body).toEqual({
    name: "小电驴", room: "车库", brand: "海尔", model: "XQG80", serial_number: "SN1", plate_number: "云A67890", purchased_on: "2026-01-01", manufactured_on: null, version: 4,
    address: { province: "云南省", city: "昆明市", district: "官渡区", detail: "翠湖", latitude: 25.05, longitude: 102.71 },
  });
  await tap(page, ".home", 1);
  await tap(page, ".home", 0);
  expect(to("PUT", "/api/v1/assets/a1/household").map((call) => call.body)).toEqual([{ household_id: "h1" }, { household_id: null }]);
  routes["GET /api/v1/assets/a1/archive"] = { ...rows.archive(), removed_at: "2026-01-05T07:00:00Z" };
  await tap(page, ".remove");
  expect([seen.modals.at(-1).title, page.querySelector(".report")]).toEqual(["移除这台设备", undefined]);
  global.wx.chooseLocation = ({ fail }) => fail({ errMsg: "chooseLocation:fail auth deny" });
  await page.instance.locate();
  page.instance.door({ detail: { value: "1 号" } });
  expect([seen.modals.at(-1).content, page.data.place.latitude]).toEqual(["没有取得位置。地址写清楚就行，位置可以不选。", null]);
  await tap(page, ".restore");
  expect(page.data.asset.removed_at).toBeNull();
  routes["GET /api/v1/households"] = { items: [] };
  await page.instance.onPullDownRefresh();
});

test("it is handed over by a code that is told once, also when the answer is lost, and withdrawn", async () => {
  const seen = newWx();
  const { to, routes } = newService(
    owned({}, { "POST /api/v1/assets/a1/transfer": problem(503, "unavailable", {}, { "Retry-After": "60" }), "DELETE /api/v1/assets/a1/transfer": [204, undefined], "GET /api/v1/households": { items: [] } }),
  );
  const page = await open(ASSET, { id: "a1" });
  expect(page.instance.onShareAppMessage().path).toBe("/pages/home/home");
  await tap(page, ".found");
  await tap(page, ".hand");
  routes["POST /api/v1/assets/a1/transfer"] = [201, { code: "23456789BCDFGHJK", url: "", expires_at: "2026-01-12T07:00:00Z" }];
  await tap(page, ".hand");
  expect(new Set(to("POST", "/api/v1/assets/a1/transfer").map((call) => call.header["Idempotency-Key"])).size).toBe(1);
  expect([text(page, ".code"), page.instance.onShareAppMessage().path]).toEqual(["23456789BCDFGHJK", "/pages/transfer/transfer?code=23456789BCDFGHJK"]);
  await tap(page, ".copy");
  expect(global.wx.setClipboardData.mock.calls[0][0].data).toBe("23456789BCDFGHJK");
  await tap(page, ".withdraw");
  expect([page.querySelector(".code"), seen.toasts.at(-1)]).toEqual([undefined, "转让已撤回，之前的邀请已失效"]);
});

test("it is taken by the code of the link, by a whole link, and not by one that is over", async () => {
  const seen = newWx();
  const { to, routes } = newService({ "POST /api/v1/asset-transfers": problem(404, "not_found") });
  const page = await open(TRANSFER, {});
  await tap(page, ".accept");
  expect(text(page.querySelector(".hx-field"), ".problem")).toContain("转让码");
  await fire(page, ".hx-field", "change", { value: "https://service.example/h5/transfers/23456789BCDFGHJK " });
  await tap(page, ".accept");
  expect(text(page.querySelector(".hx-notice"), ".words")).toBe("not_found。");
  routes["POST /api/v1/asset-transfers"] = [201, rows.archive()];
  const linked = await open(TRANSFER, { code: "23456789BCDFGHJK" });
  await tap(linked, ".accept");
  expect(to("POST", "/api/v1/asset-transfers").map((call) => call.body)).toEqual(Array(2).fill({ code: "23456789BCDFGHJK" }));
  expect(text(linked, ".mine")).toContain("海尔 XQG80");
  await tap(linked, ".open");
  expect(seen.routes).toEqual(["redirectTo /pages/asset/asset?id=a1"]);
});

test("a receipt says what was done, charged, fitted and warranted; one that was waived says so", async () => {
  newWx();
  const full = {
    ...rows.receipt(), issues: 2, issue: 2, discount_fen: 500, charge_reason: "会员", call_out_fen: 5000, complaint_phone: "12315", sha256: "abc", old_parts: "旧件已交还",
    lines: [{ code: "L1", name: "更换减震器", kind: "labour", unit: "次", quantity: 1, unit_price_fen: 5500, discount_fen: 500, discount_reason: "会员", not_covered: "人为损坏", amount_fen: 5000 }],
    parts: [{ code: "P1", name: "减震器", quantity: 2, serial_number: "S9" }],
  };
  const waived = { ...rows.receipt(), kind: "empty_trip", issues: 2, issue: 1, waived_at: "2026-01-05T10:00:00Z", waived_reason: "我们通知晚了", due_fen: 0, engineer: "", warranties: [] };
  const { to } = newService({ "GET /api/v1/tickets/HX1/receipt": ({ query }) => (query.issue ? waived : full) });
  const page = await open(RECEIPT, { number: "HX1" });
  expect([text(page, ".kind"), text(page, ".total"), text(page, ".discount")]).toEqual(["服务收据（第 2 份，共 2 份）", "¥50", "优惠合计 -¥5（会员）"]);
  expect(text(page, ".line")).toContain("优惠 ¥5：会员 · 保修外：人为损坏");
  expect([text(page, ".part"), text(page, ".warranty")]).toEqual(["减震器 ×2，序列号 S9", "本次维修：90 天，至 2026-04-05"]);
  await tap(page, ".call");
  await tap(page, ".copy");
  expect([global.wx.makePhoneCall.mock.calls[0][0].phoneNumber, global.wx.setClipboardData.mock.calls[0][0].data]).toEqual(["12315", "abc"]);
  await tap(page, ".issue", 0);
  expect(to("GET", "/api/v1/tickets/HX1/receipt").at(-1).query).toEqual({ issue: "1" });
  expect([text(page, ".kind"), text(page, ".waived")]).toEqual(["上门空跑收据（第 1 份，共 2 份）", "1月5日（周一）18:00 已免收，现应付 ¥0：我们通知晚了"]);
  expect(text(page, ".free")).toBe("本次服务不收费。");
});

test("the published prices can be read by category, and an empty list says what holds then", async () => {
  newWx();
  const { to, routes } = newService({ "GET /api/v1/prices": rows.prices(), "GET /api/v1/products": { items: [{ category: "洗衣机" }, { category: "空调" }] } });
  const page = await open(PRICES, { category: encodeURIComponent("洗衣机"), city: encodeURIComponent("昆明市") });
  expect(to("GET", "/api/v1/prices")[0].query).toEqual({ category: "洗衣机", city: "昆明市" });
  expect([text(page, ".line"), text(page, ".head")]).toEqual(["上门检测洗衣机 · 质保 90 天 · 同意维修则免收¥50/次", expect.stringContaining("第 3 版")]);
  await tap(page, ".call");
  routes["GET /api/v1/prices"] = { ...rows.prices(), version: null, items: [], complaint_phone: "" };
  await tap(page, ".chip", 1);
  await tap(page, ".chip", 1);
  expect(to("GET", "/api/v1/prices").map((call) => call.query.category)).toEqual(["洗衣机", "空调", ""]);
  expect(text(page.querySelector(".hx-notice"), ".words")).toContain("暂无公示的价目");
});

test("points and level say what they are worth, what is missing and why each changed; without membership nothing is sold", async () => {
  const seen = newWx();
  const corrected = { ...rows.membership().items[0], id: "1", change: -5, label: "更正", note: "重复计算", number: null, appliance: "洗衣机" };
  const { routes } = newService({
    "GET /api/v1/me/membership": ({ query }) => (query.cursor ? rows.membership({ items: [corrected], next_cursor: null }) : rows.membership()),
  });
  const page = await open(MEMBERSHIP);
  expect([text(page, ".level"), text(page, ".points"), text(page, ".next")]).toEqual(["银卡", "120 积分", "已经是最高级别。没有新积分时，银卡保留到 6月1日（周一）。30 天内有 20 积分到期。"]);
  expect(text(page, ".way")).toBe("登记设备一年内前 3 台10 分");
  await page.instance.onReachBottom();
  await page.instance.onReachBottom();
  expect(texts(page, ".change")).toEqual(["+20", "-5"]);
  expect(texts(page, ".entry")[1]).toContain("更正：洗衣机原因：重复计算");
  await tap(page, ".entry", 0);
  await tap(page, ".entry", 1);
  expect(seen.routes).toEqual(["navigateTo /pages/ticket/ticket?number=HX1"]);
  routes["GET /api/v1/me/membership"] = rows.membership({ points: 40, level: rows.membership().levels[0], next_level: rows.membership().level, missing: 60, holds_until: null, lapsing: 0, items: [], next_cursor: null });
  await page.instance.onPullDownRefresh();
  expect(text(page, ".next")).toBe("再得 60 积分，就是银卡。");
  routes["GET /api/v1/me/membership"] = rows.membership({ level: null, levels: [], ways: [], items: [] });
  await page.instance.load();
  expect([page.querySelector(".points"), text(page.querySelector(".none"), ".words")]).toEqual([undefined, "这里还没有会员活动。 报修和维修不受影响。"]);
});

test("our service points can be called, and where none is published one can still report", async () => {
  const seen = newWx();
  const { routes } = newService({ "GET /api/v1/service-points": { items: [{ name: "滇池站", city: "昆明市", districts: ["五华区", "官渡区"], phone: "0871-1" }] } });
  const page = await open(POINTS);
  expect(text(page, ".point")).toContain("昆明市，服务 五华区、官渡区");
  await tap(page, ".call");
  expect(global.wx.makePhoneCall.mock.calls[0][0].phoneNumber).toBe("0871-1");
  routes["GET /api/v1/service-points"] = { items: [] };
  await page.instance.load();
  expect(text(page.querySelector(".hx-notice"), ".words")).toContain("还没有公布的网点");
  await tap(page, ".report");
  expect(seen.routes).toEqual(["navigateTo /pages/report/report"]);
});

test("when to be reached, who should come and how to be called are kept", async () => {
  const seen = newWx();
  const { to } = newService({
    "GET /api/v1/me/preferences": { contact_hours: [{ weekdays: [6, 7], from: "09:00", until: "20:00" }], same_engineer: true, visit_notes: "" },
    "GET /api/v1/me": rows.me(),
    "PUT /api/v1/me/preferences": {},
    "PUT /api/v1/me/profile": { nickname: "老赵", nickname_state: "pending" },
  });
  const page = await open(PREFERENCES);
  expect([page.querySelectorAll(".weekday.on").length, text(page, ".phone")]).toEqual([2, "手机号138****0002（微信已验证）"]);
  await tap(page, ".weekday", 0);
  await tap(page, ".weekday", 6);
  await fire(page, ".until", "change", { value: "08:00" });
  await tap(page, ".save");
  expect([text(page, ".lack"), to("PUT", "/api/v1/me/preferences")]).toEqual(["第 1 个时段：结束时间要晚于开始时间。", []]);
  await fire(page, ".from", "change", { value: "07:30" });
  await tap(page, ".add");
  await tap(page, ".drop", 1);
  await fire(page, ".same", "change", { value: false });
  await fire(page, ".hx-field", "change", { name: "notes", value: " 家有小狗 " }, 0);
  await tap(page, ".save");
  expect(to("PUT", "/api/v1/me/preferences")[0].body).toEqual({
    contact_hours: [{ weekdays: [1, 6], from: "07:30", until: "08:00" }],
    same_engineer: false,
    visit_notes: "家有小狗",
  });
  await fire(page, ".hx-field", "change", { name: "nickname", value: " " }, 1);
  await tap(page, ".rename");
  await fire(page, ".hx-field", "change", { name: "nickname", value: "老赵" }, 1);
  await tap(page, ".rename");
  expect([to("PUT", "/api/v1/me/profile").map((call) => call.body), seen.toasts]).toEqual([
    [{ nickname: "老赵" }],
    ["已保存，从下一次联系起生效", "请填写怎么称呼您。", "称呼已保存，审核通过后家人可见"],
  ]);
});
