/* What was done without a network, kept on the phone in the order in which it was done, and sent when there is one.

   Each act has a key of its own, by which the service knows it again, and the version of the ticket that was seen: an
   act that follows another one of the same ticket takes the version to which that one led. One that is refused holds
   back what follows it at its ticket, until somebody decides. */

const NAME = "hx-field";
const SIGNED_OUT = 401;
const PATIENCE = 60_000;
const PATIENCE_WITH_FILE = 600_000;

const done = (request) => new Promise((yes, no) => {
  request.onsuccess = () => yes(request.result);
  request.onerror = () => no(request.error);
});

let opened = null;
function database() {
  opened ??= new Promise((yes, no) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("acts", { keyPath: "id", autoIncrement: true });
      request.result.createObjectStore("moved");
    };
    request.onsuccess = () => yes(request.result);
    request.onerror = () => no(request.error);
  });
  return opened;
}

async function within(work) {
  const transaction = (await database()).transaction(["acts", "moved"], "readwrite");
  const finished = new Promise((yes, no) => {
    transaction.oncomplete = yes;
    transaction.onabort = transaction.onerror = () => no(transaction.error);
  });
  const result = await work(transaction.objectStore("acts"), transaction.objectStore("moved"));
  await finished;
  return result;
}

export const waiting = async (owner) =>
  (await within((acts) => done(acts.getAll()))).filter((act) => act.owner === owner);
export const forget = (id) => within((acts) => done(acts.delete(id)));

export async function clear() {
  (await database()).close();
  opened = null;
  await done(indexedDB.deleteDatabase(NAME));
}

export const add = (act) => within(async (acts, moved) => done(acts.add({ ...act, version: await newest(moved, act) })));

/* The page may show the version from before an act that has been sent meanwhile. */
async function newest(moved, { number, version }) {
  let current = version;
  for (let next = current; next; next = await done(moved.get(`${number}:${current}`))) current = next;
  return current;
}

/* Sent again as things are now, since whoever did it says so. */
export const again = (id, version) => within(async (acts) => {
  const act = await done(acts.get(id));
  if (!act) return;
  await done(acts.put({ ...act, refused: null, version: act.version && version ? version : act.version }));
});

const settle = (act, version) => within(async (acts, moved) => {
  await done(acts.delete(act.id));
  if (!version || !act.version) return;
  await done(moved.put(version, `${act.number}:${act.version}`));
  for (const other of await done(acts.getAll())) {
    if (other.number === act.number && other.version === act.version) await done(acts.put({ ...other, version }));
  }
});

const refuse = (act, refused) => within((acts) => done(acts.put({ ...act, refused })));

/* Of one browser, one tab sends: two would send out of order. */
let running = null;
export function flush(owner, told) {
  running ??= (navigator.locks ? navigator.locks.request(NAME, () => sendAll(owner, told)) : sendAll(owner, told))
    .finally(() => { running = null; });
  return running;
}

async function sendAll(owner, told) {
  const held = new Set();
  const result = { sent: [], signedOut: false };
  while (navigator.onLine) {
    const act = (await waiting(owner)).find((each) => {
      if (each.refused) held.add(each.number);
      return !held.has(each.number);
    });
    if (!act) break;
    const answer = await send(act, (part) => told?.(act, part));
    if (answer.later) {
      result.signedOut = answer.signedOut ?? false;
      break;
    }
    if (answer.refused) await refuse(act, answer.refused);
    else {
      await settle(act, answer.version);
      result.sent.push(act);
    }
  }
  return result;
}

function send(act, onProgress) {
  return new Promise((yes) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    for (const [name, value] of act.fields) body.append(name, value);
    if (act.version) body.set("version", act.version);
    request.open("POST", act.url);
    request.setRequestHeader("Idempotency-Key", act.key);
    request.setRequestHeader("Done-Ago", String(Math.max(0, Math.round((Date.now() - act.at) / 1000))));
    request.timeout = act.fields.some(([, value]) => value instanceof Blob) ? PATIENCE_WITH_FILE : PATIENCE;
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onerror = request.ontimeout = () => yes({ later: true });
    request.onload = () => yes(understood(request));
    request.send(body);
  });
}

function understood({ status, responseText }) {
  if (status === SIGNED_OUT) return { later: true, signedOut: true };
  if (status >= 500 || status === 429) return { later: true };
  let said = {};
  try { said = JSON.parse(responseText); } catch { /* A page of words for a person. */ }
  if (status === 200) return said.refused ? { refused: said.refused } : { version: said.version };
  if (status === 404 || status === 403) {
    return { refused: { msg: "没有送到。", words: "这张工单已经不在您名下，请联系调度。", yours: false, version: null } };
  }
  return { refused: { msg: said.msg ?? `没有被接受（${status}）。`, words: "请检查后再试。", yours: true, version: null } };
}
