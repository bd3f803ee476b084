/** A phone for one test: what WeChat would do, what the service answers, and pages drawn on it. */
const path = require("path");
const simulate = require("miniprogram-simulate");

const SOURCES = path.resolve(__dirname, "../src");
// One object for a whole file: what was loaded keeps hold of it.
global.wx = {};
const loaded = new Map();

/**
 * The platform. What a person would see of it is in `seen`; `over` replaces abilities.
 */
function newWx(over = {}) {
  document.body.replaceChildren();
  const storage = new Map();
  const seen = { toasts: [], modals: [], routes: [], storage, depth: 1 };
  global.getCurrentPages = () => Array.from({ length: seen.depth });
  const route = (kind) => (options) => void seen.routes.push(`${kind} ${options.url}`);
  for (const name of Object.keys(global.wx)) delete global.wx[name];
  Object.assign(global.wx, {
    getStorageSync: (key) => storage.get(key) ?? "",
    setStorageSync: (key, value) => void storage.set(key, JSON.parse(JSON.stringify(value))),
    removeStorageSync: (key) => void storage.delete(key),
    getAccountInfoSync: () => ({ miniProgram: { envVersion: "develop" } }),
    login: ({ success }) => success({ code: "a code of wx.login" }),
    showToast: ({ title }) => void seen.toasts.push(title),
    showModal: (options) => {
      seen.modals.push(options);
      options.success?.({ confirm: true, cancel: false });
    },
    navigateBack: () => void seen.routes.push("navigateBack"),
    navigateTo: route("navigateTo"),
    redirectTo: route("redirectTo"),
    reLaunch: route("reLaunch"),
    stopPullDownRefresh: () => {},
    pageScrollTo: () => {},
    openSetting: jest.fn(),
    previewImage: jest.fn(),
    previewMedia: jest.fn(),
    makePhoneCall: jest.fn(),
    setClipboardData: jest.fn(),
    openPrivacyContract: jest.fn(),
    ...over,
  });
  return seen;
}

/**
 * A service that answers by "METHOD /path": a body, [status, body, headers], an Error for a broken line, or a function.
 * Whatever is not scripted is refused loudly.
 */
function newService(script) {
  const asked = [];
  const routes = {
    "POST /api/v1/sessions/mini-program": { access_token: "t", token_type: "Bearer", expires_in: 3600, customer: {} },
    ...script,
  };
  const answered = (call, success, fail) => {
    asked.push(call);
    const scripted = routes[`${call.method} ${call.path}`];
    const found = typeof scripted === "function" ? scripted(call) : scripted;
    if (found === undefined) throw new Error(`nobody scripted ${call.method} ${call.path}`);
    if (found instanceof Error) return setTimeout(() => fail({ errMsg: found.message }), 0);
    const [status, body, header = {}] = Array.isArray(found) ? found : [200, found];
    const text = body === undefined ? "" : JSON.stringify(body);
    return setTimeout(() => success({ statusCode: status, header: { "Content-Type": "application/json", ...header }, data: text }), 0);
  };
  const parts = (url) => {
    const { pathname, searchParams } = new URL(url);
    return { path: pathname, query: Object.fromEntries(searchParams) };
  };
  global.wx.request = ({ url, method, data, header, success, fail }) =>
    answered({ method, ...parts(url), body: data === undefined ? undefined : JSON.parse(data), header }, success, fail);
  global.wx.uploadFile = ({ url, filePath, formData, header, success, fail }) => {
    answered({ method: "POST", ...parts(url), file: filePath, form: formData, header }, success, fail);
    return { onProgressUpdate: (told) => told({ progress: 40 }) };
  };
  return { asked, routes, to: (method, where) => asked.filter((call) => call.method === method && call.path === where) };
}

function problem(status, code, more = {}, headers = {}) {
  return [status, { type: "", title: "", status, detail: "", code, msg: `${code}。`, errors: [], trace_id: "0123456789abcdef", ...more }, headers];
}

/** Loads a page or component, once for a file: its modules anew, for it is registered only when its file is run. */
function load(where) {
  if (!loaded.has(where)) {
    jest.resetModules();
    loaded.set(where, simulate.load(path.join(SOURCES, where), { rootPath: SOURCES }));
  }
  return loaded.get(where);
}

/** Draws a page or component into the document, as if somebody had come to it. */
async function open(where, options, properties) {
  const drawn = simulate.render(load(where), properties);
  drawn.attach(document.body.appendChild(document.createElement("div")));
  const page = drawn.instance;
  if (page.onLoad) await page.onLoad(options ?? {});
  if (page.onShow) await page.onShow();
  await settled();
  return drawn;
}

/** Until everything that was on its way has come and was drawn. */
async function settled(turns = 12) {
  for (let turn = 0; turn < turns; turn += 1) await simulate.sleep(0);
}

function text(drawn, selector) {
  const found = selector ? drawn.querySelector(selector) : drawn;
  return found ? found.dom.textContent.replace(/\s+/g, " ").trim() : null;
}

function texts(drawn, selector) {
  return drawn.querySelectorAll(selector).map((each) => each.dom.textContent.replace(/\s+/g, " ").trim());
}

async function tap(drawn, selector, index = 0) {
  const found = drawn.querySelectorAll(selector)[index];
  if (!found) throw new Error(`there is no ${selector} to tap`);
  found.dispatchEvent("tap");
  await settled();
}

/** An event of a component or a control, with its detail. */
async function fire(drawn, selector, name, detail, index = 0) {
  const found = drawn.querySelectorAll(selector)[index];
  if (!found) throw new Error(`there is no ${selector}`);
  if (found.instance) found.instance.triggerEvent(name, detail);
  else found.dispatchEvent(name, { detail });
  await settled();
}

module.exports = { SOURCES, newWx, newService, problem, load, open, settled, text, texts, tap, fire, simulate };
