/**
 * The client as the web and Node use it, by fetch, against the same service.
 * @jest-environment node
 */
const fs = require("fs");
const path = require("path");
const { ApiProblem, Client, CODES, fetchTransport } = require("../../src/api/index");
const { BASE, act } = require("./phone");

const PICTURE = path.resolve(__dirname, "../../../docs/pictures/phone-chat-light.png");

test("sign in, upload, report, refusals", async () => {
  let token = null;
  let signedIn = 0;
  const api = new Client({
    base: BASE,
    transport: fetchTransport(),
    token: () => token,
    renew: async () => {
      const { code } = await act("u-lin", "login_code");
      ({ access_token: token } = await api.post("/api/v1/sessions/mini-program", { body: { code }, anonymous: true }));
      signedIn += 1;
    },
  });
  const photo = await api.upload({ file: new Blob([fs.readFileSync(PICTURE)]), form: { purpose: "report" } });
  const report = {
    service_type: "consultation",
    category: "洗衣机",
    fault: "滤网怎么清洗",
    contact: { name: "林女士", phone: "13800000001" },
    attachment_ids: [photo.id],
  };
  const key = api.newKey();
  const { number, version } = await api.post("/api/v1/tickets", { body: report, key });
  // The same key and body is the same report, another body under it is none.
  expect((await api.post("/api/v1/tickets", { body: report, key })).number).toBe(number);
  const reused = await api.post("/api/v1/tickets", { body: { ...report, fault: "别的" }, key }).catch((error) => error);
  const short = await api
    .post("/api/v1/tickets", { body: { ...report, contact: { name: "林女士", phone: "123" } } })
    .catch((error) => error);
  const strange = await api.get("/api/v1/tickets/{number}", { path: { number: "HX/../1" } }).catch((error) => error);
  for (const problem of [reused, short, strange]) {
    expect(problem).toBeInstanceOf(ApiProblem);
    expect(Object.keys(CODES)).toContain(problem.code);
    expect(problem.traceId).not.toBe("");
  }
  expect([reused.code, strange.code, short.of("contact.phone")]).toEqual(["idempotency_key_reused", "not_found", "请填写正确的手机号或带区号的座机号。"]);
  // A session that is over is renewed once for both.
  token = "over";
  const [ticket, me] = await Promise.all([api.get("/api/v1/tickets/{number}", { path: { number } }), api.get("/api/v1/me")]);
  expect([ticket.number, ticket.attachments.length, me.phone_masked, signedIn]).toEqual([number, 1, "138****0001", 2]);
  const cancelled = await api.post("/api/v1/tickets/{number}/transitions", {
    path: { number },
    body: { event: "cancel", version: ticket.version, reason_code: "changed_mind" },
  });
  expect(cancelled.state).toBe("cancelled");
  const late = await api
    .post("/api/v1/tickets/{number}/urgings", { path: { number }, body: {} })
    .catch((error) => error);
  expect([late.is("nothing_to_urge"), version < cancelled.version]).toEqual([true, true]);
});
