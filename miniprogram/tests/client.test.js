/**
 * The client alone: what it sends, when it sends it again, and what it throws.
 * @jest-environment node
 */
const { ApiProblem, Client, CODES, Unreachable, fetchTransport } = require("../src/api/index");

const NO = (status, code, more = {}, headers = {}) => ({
  status,
  headers,
  text: JSON.stringify({ code, msg: `${code}。`, errors: [], trace_id: "t", ...more }),
});
const YES = (body, status = 200) => ({ status, headers: { "content-type": "application/json" }, text: JSON.stringify(body) });

/** A platform that gives these answers in order; an Error in the list is a broken line. */
function playing(answers, settings = {}) {
  const calls = [];
  const waits = [];
  const next = async (call) => {
    calls.push(call);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const client = new Client({
    base: "https://service.example",
    transport: { send: next, upload: next },
    random: () => 0.5,
    sleep: async (ms) => void waits.push(ms),
    ...settings,
  });
  return { client, calls, waits };
}

const REPORT = { service_type: "repair", contact: { name: "赵先生", phone: "13800000002" } };

test("a path and its query are filled in, and what is undefined is not asked for", async () => {
  const { client, calls } = playing([YES({ items: [] }), YES({})]);
  await client.get("/api/v1/me/inbox", { query: { cursor: "a/b", limit: undefined } });
  await client.get("/api/v1/tickets/{number}", { path: { number: "HX 1" } });
  expect(calls.map((call) => call.url)).toEqual([
    "https://service.example/api/v1/me/inbox?cursor=a%2Fb",
    "https://service.example/api/v1/tickets/HX%201",
  ]);
});

test("a report that got no answer is sent again with the same key and body", async () => {
  const { client, calls, waits } = playing([new Unreachable("timeout"), NO(503, "unavailable"), YES({ number: "HX1" }, 201)]);
  expect((await client.post("/api/v1/tickets", { body: REPORT })).number).toBe("HX1");
  expect(new Set(calls.map((call) => call.headers["Idempotency-Key"])).size).toBe(1);
  expect(new Set(calls.map((call) => call.body)).size).toBe(1);
  expect(waits).toEqual([400, 800]);
});

test("two reports have two keys, and one's own key is kept", async () => {
  const { client, calls } = playing([YES({}), YES({}), YES({})], { random: Math.random });
  for (const key of [undefined, undefined, "mine"]) await client.post("/api/v1/tickets", { body: REPORT, ...(key ? { key } : {}) });
  const keys = calls.map((call) => call.headers["Idempotency-Key"]);
  expect(new Set(keys).size).toBe(3);
  expect(keys[2]).toBe("mine");
});

test("a step whose fate nobody knows is not taken twice", async () => {
  const { client, calls } = playing([new Unreachable("timeout")]);
  const step = { path: { number: "HX1" }, body: { event: "confirm", version: 3 } };
  await expect(client.post("/api/v1/tickets/{number}/transitions", step)).rejects.toBeInstanceOf(Unreachable);
  expect(calls).toHaveLength(1);
  expect(calls[0].headers["Idempotency-Key"]).toBeUndefined();
});

test("it waits as long as the service asks, and hands over what is not worth waiting for", async () => {
  const soon = playing([NO(429, "too_many_requests", {}, { "retry-after": "3" }), YES({})]);
  await soon.client.get("/api/v1/me");
  expect(soon.waits).toEqual([3000]);
  const late = playing([NO(429, "too_many_requests", {}, { "retry-after": "1800" })]);
  const failed = await late.client.post("/api/v1/tickets/{number}/urgings", { path: { number: "HX1" }, body: {} }).catch((e) => e);
  expect([failed.code, failed.retryAfter, late.waits]).toEqual(["too_many_requests", 1800, []]);
});

test("four times is enough", async () => {
  const { client, calls } = playing(Array.from({ length: 9 }, () => new Unreachable("timeout")));
  await expect(client.get("/api/v1/me")).rejects.toThrow("timeout");
  expect(calls).toHaveLength(4);
});

test("many requests that are refused at once sign in once, and each is sent again", async () => {
  let token = "old";
  const renew = jest.fn(async () => void (token = "new"));
  const send = async (call) => (call.headers.Authorization === "Bearer new" ? YES({ unread: 1 }) : NO(401, "unauthenticated"));
  const client = new Client({ base: "", transport: { send, upload: send }, token: () => token, renew });
  await Promise.all([client.get("/api/v1/me"), client.get("/api/v1/me/inbox"), client.get("/api/v1/assets")]);
  expect(renew).toHaveBeenCalledTimes(1);
});

test("who is not signed in yet signs in first, and a second refusal is told", async () => {
  let token = null;
  const { client, calls } = playing([NO(401, "unauthenticated")], { token: () => token, renew: async () => void (token = "t") });
  const failed = await client.get("/api/v1/me").catch((error) => error);
  expect([failed.code, calls.length, calls[0].headers.Authorization]).toEqual(["unauthenticated", 1, "Bearer t"]);
});

test("an error knows its code, its sentence, its fields and its trace", async () => {
  const errors = [{ field: "body.contact.phone", code: "value_error", msg: "请填写正确的手机号。" }];
  const { client } = playing([NO(422, "invalid_input", { errors })]);
  const failed = await client.post("/api/v1/tickets", { body: REPORT }).catch((error) => error);
  expect(failed).toBeInstanceOf(ApiProblem);
  expect([failed.is("invalid_input"), failed.is("slot_taken"), failed.of("contact.phone"), failed.of("fault")]).toEqual([
    true,
    false,
    "请填写正确的手机号。",
    undefined,
  ]);
  expect(failed.traceId).toBe("t");
});

test.each([
  [502, "unavailable"],
  [413, "payload_too_large"],
  [500, "internal_error"],
])("a gateway's %i without words is %s", async (status, code) => {
  const { client } = playing([{ status, headers: {}, text: "<html>" }], { attempts: 1 });
  const failed = await client.get("/api/v1/me").catch((error) => error);
  expect([failed.code, failed.msg]).toEqual([code, CODES[code].msg]);
});

test("a photo keeps its key over its tries, and an empty field is not sent", async () => {
  const { client, calls } = playing([new Error("line broke"), YES({ id: "p1" }, 201)]);
  const photo = await client.upload({ file: "wxfile://1.jpg", form: { ticket: undefined, purpose: "report", caption: "" } });
  expect(photo.id).toBe("p1");
  expect(calls[0].form).toEqual({ purpose: "report" });
  expect(calls[0].headers["Idempotency-Key"]).toBe(calls[1].headers["Idempotency-Key"]);
});

test("by fetch: what was said, and a broken line", async () => {
  const asked = [];
  const answer = { status: 201, headers: new Map([["content-type", "application/json"]]), text: async () => '{"id":"p1"}' };
  const working = fetchTransport(async (url, init) => (asked.push([url, init]), answer));
  const client = new Client({ base: "https://service.example", transport: working });
  await client.post("/api/v1/tickets", { body: REPORT });
  await client.upload({ file: new Blob(["x"]), form: { purpose: "report" } });
  expect(JSON.parse(asked[0][1].body)).toEqual(REPORT);
  expect(asked[1][1].body.get("purpose")).toBe("report");
  const broken = fetchTransport(async () => {
    throw new TypeError("no network");
  });
  const failing = new Client({ base: "", transport: broken, attempts: 1 });
  await expect(failing.get("/api/v1/me")).rejects.toBeInstanceOf(Unreachable);
});
