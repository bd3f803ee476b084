// Calls to the sandbox. A phone's doings carry the key of this page; the console's carry its header and cookie.
const meta = name => document.querySelector(`meta[name="${name}"]`).content;
const PHONE_KEY = meta("phone-key");

async function read(answer) {
  const body = await answer.json().catch(() => ({}));
  if (answer.ok) return body;
  const details = (body.details || []).map(detail => `${detail.loc.join(".")}：${detail.msg}`).join("；");
  const failure = new Error(details || body.error || `未能完成（${answer.status}）`);
  failure.status = answer.status;
  throw failure;
}

function send(method, path, headers, body) {
  const sent = body === undefined ? {} : {"Content-Type": "application/json"};
  return fetch(path, {method, headers: {...headers, ...sent}, body: body === undefined ? undefined : JSON.stringify(body)}).then(read);
}

const asPhone = {"X-Phone-Key": PHONE_KEY};
const asConsole = {"X-Sandbox-Console": "1"};

export const phones = {
  directory: () => send("GET", "/phone/directory", {}),
  chat: user => send("GET", `/phone/${encodeURIComponent(user)}/chat`, {}),
  codes: () => send("GET", "/phone/codes", {}),
  act: (user, act, more = {}) => send("POST", `/phone/${encodeURIComponent(user)}/act`, asPhone, {act, ...more}),
  browser: user => send("POST", `/phone/${encodeURIComponent(user)}/browser`, asPhone, {}),
};

export const platform = {
  isOpen: () => meta("console") === "open",
  unlock: secret => send("POST", "/console/session", asPhone, {secret}),
  get: (path, query = {}) => {
    const given = Object.entries(query).filter(([, value]) => value !== "" && value !== null && value !== undefined);
    const text = new URLSearchParams(given).toString();
    return send("GET", `/_sandbox/${path}${text ? `?${text}` : ""}`, asConsole);
  },
  post: (path, body = {}) => send("POST", `/_sandbox/${path}`, asConsole, body),
  remove: path => send("DELETE", `/_sandbox/${path}`, asConsole),
};
