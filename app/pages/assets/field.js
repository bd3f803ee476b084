/* The engineer's pages with script: where he is need not be typed, an offer counts down, and what he does works without
   a network. Every page works without this, as long as there is one. */

import "./send_once.js";
import "./field_sign.js";
import { add, again, clear, flush, forget, waiting } from "./field_queue.js";
import { newKey, smaller } from "./photos.js";

const owner = document.body.dataset.owner;
const job = document.querySelector("[data-number]");
const list = document.querySelector("#queue");
const SAID = {
  photos: "kept", quote: "quoted", reservations: "held", messages: "noted", signature: "proved", "completion-code": "proved",
};
const RETRY = 20_000;
const PATIENT_MS = 60_000;
const ofDay = location.pathname === "/field";
let typing = false;

const element = (name, words = "", kind = "") => {
  const made = document.createElement(name);
  made.textContent = words;
  if (kind) made.className = kind;
  return made;
};
const button = (words, act) => {
  const made = element("button", words, "plain small");
  made.type = "button";
  made.addEventListener("click", act);
  return made;
};
const clock = (at) => new Date(at).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });

/* — Where he is — */
function position() {
  return new Promise((yes) => {
    if (!navigator.geolocation) return yes(null);
    return navigator.geolocation.getCurrentPosition(({ coords }) => yes(coords), () => yes(null), {
      enableHighAccuracy: true, maximumAge: 60_000, timeout: 8_000,
    });
  });
}
async function locate(within) {
  const places = [...within.querySelectorAll("[data-position]")].filter((input) => !input.value);
  const coords = places.length > 0 ? await position() : null;
  for (const input of coords ? places : []) input.value = coords[input.dataset.position].toFixed(6);
}

/* — How long an offer still waits — */
function tick() {
  for (const line of document.querySelectorAll("[data-until]")) {
    const left = Math.floor((new Date(line.dataset.until) - Date.now()) / 1000);
    line.textContent = left > 0
      ? `还有 ${Math.floor(left / 60)} 分 ${String(left % 60).padStart(2, "0")} 秒答复`
      : "已超过答复时间";
  }
}
if (document.querySelector("[data-until]")) {
  tick();
  setInterval(tick, 1000);
}

/* — The queue, as it is shown — */
const progress = new Map();
function entry(act) {
  const item = element("li");
  item.append(element("strong", act.label), element("span", ` ${clock(act.at)} · 工单 ${act.number}`, "quiet"));
  if (act.refused) {
    item.append(element("p", `没有办成：${act.refused.msg}`, "danger"), element("p", act.refused.words));
    const acts = element("div", "", "acts");
    if (act.refused.yours) {
      acts.append(button("按现在的情况再发一次", () => again(act.id, act.refused.version).then(refresh).then(work)));
    }
    acts.append(button("不发了", () => forget(act.id).then(refresh).then(work)));
    item.append(acts);
  } else if (act.fields.some(([, value]) => value instanceof Blob)) {
    const bar = element("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", `${act.label}上传进度`);
    progress.set(act.id, bar);
    item.append(bar);
  }
  return item;
}

async function refresh() {
  const acts = await waiting(owner);
  document.querySelector("#offline").hidden = navigator.onLine;
  list.hidden = acts.length === 0;
  list.querySelector("h2").textContent = acts.some((act) => act.refused) ? "需要您处理" : `等待发送（${acts.length}）`;
  list.querySelector("ol").replaceChildren(...acts.map(entry));
  held(acts);
  if (job) ahead(acts.filter((act) => act.number === job.dataset.number));
  return acts;
}

/* What was done for a job that is not his any more waits for his word in the queue. */
function held(acts) {
  for (const line of document.querySelectorAll("[data-gone]")) {
    line.querySelector("[data-held]")?.remove();
    const many = acts.filter((act) => act.number === line.dataset.gone).length;
    if (many === 0) continue;
    const words = element("p", `手机里还有 ${many} 项没有发出的操作，请在上面决定。`, "danger");
    words.dataset.held = "";
    line.append(words);
  }
}

/* What was refused never happened: the page is as the service gave it, with what was typed into it. */
const steps = document.querySelector("#steps .steps");
const given = job && {
  label: document.querySelector("#state").textContent,
  steps: [...steps.childNodes],
  parts: [...document.querySelectorAll("[data-in]")].map((part) => [part, part.hidden]),
};
function asItWas() {
  if (!steps.dataset.state) return;
  delete steps.dataset.state;
  steps.replaceChildren(...given.steps);
  document.querySelector("#state").textContent = given.label;
  for (const [part, hidden] of given.parts) part.hidden = hidden;
}

/* What comes next, once that which waits has been done. */
function ahead(acts) {
  if (acts.length === 0) return asItWas();
  const state = acts.findLast((act) => act.target)?.target ?? job.dataset.state;
  if (!state) return;
  const next = document.querySelector(`template[data-state="${state}"]`);
  if (steps.dataset.state === state) return;
  steps.dataset.state = state;
  steps.replaceChildren(next?.content.cloneNode(true) ?? element("p", "已经记下。恢复网络、发出以后再继续。", "empty"));
  if (next) document.querySelector("#state").textContent = `${next.dataset.label}（等待发送）`;
  for (const part of document.querySelectorAll("[data-in]")) part.hidden = !part.dataset.in.split(" ").includes(state);
  locate(steps);
}

/* — Sending — */
async function work() {
  const before = await waiting(owner);
  if (!navigator.onLine || before.length === 0) return [];
  const { sent, signedOut } = await flush(owner, (act, part) => {
    const bar = progress.get(act.id);
    if (bar) bar.value = part;
  });
  const left = await refresh();
  if (signedOut) {
    const link = element("a", "登录已过期，请重新登录；没有发出的都还在手机里。");
    link.href = `/console/sign-in?next=${location.pathname}`;
    list.prepend(link);
  }
  if (ofDay && (sent.length > 0 || newlyRefused(before, left))) location.reload();
  const mine = sent.filter((act) => act.number === job?.dataset.number);
  if (mine.length > 0 && !left.some((act) => act.number === job.dataset.number) && !typing) {
    const kind = mine.at(-1).url.split("/")[4];
    location.replace(`${location.pathname}?said=${kind === "checks" ? "checked" : SAID[kind] ?? "done"}`);
  }
  return sent;
}

const newlyRefused = (before, left) => left.some((act) => act.refused && !before.find(({ id }) => id === act.id)?.refused);

/* The day as it is now: others may have changed it while the phone was in a pocket or without a network. */
const opened = Date.now();
function renew() {
  if (ofDay && navigator.onLine && Date.now() - opened > PATIENT_MS) location.reload();
}

const isFile = (value) => value instanceof File;

async function queued(form) {
  await locate(form);
  const values = [...new FormData(form)];
  const files = values.filter(([, value]) => isFile(value));
  const rest = values.filter(([name, value]) => !isFile(value) && name !== "version");
  const common = {
    owner,
    number: job.dataset.number,
    url: new URL(form.action).pathname,
    label: form.dataset.act,
    target: form.dataset.target ?? null,
    version: Number(new FormData(form).get("version")) || null,
    at: Date.now(),
    refused: null,
  };
  if (files.length === 0) return [await add({ ...common, key: newKey(), fields: rest })];
  const ids = [];
  for (const [name, file] of files) {
    const made = file.type.startsWith("image/") ? await smaller(file) : file;
    const content = made instanceof File ? made : new File([made], "photo.jpg", { type: made.type });
    ids.push(await add({ ...common, key: newKey(), fields: [...rest, [name, content]] }));
  }
  return ids;
}

/* Here, before whoever does it, what is refused is mended at the form; nothing of it stays in the queue. */
async function mend(form, ids) {
  const refused = (await waiting(owner)).filter((act) => ids.includes(act.id) && act.refused);
  for (const act of refused) await forget(act.id);
  if (refused.length === 0) return false;
  // First the list above goes, then the words come: nothing moves any more under a thumb that answers them.
  await refresh();
  const words = form.querySelector("[role=alert]") ?? element("p", "", "danger");
  words.setAttribute("role", "alert");
  words.textContent = `${refused[0].refused.msg}${refused[0].refused.yours ? "" : refused[0].refused.words}`;
  form.prepend(words);
  // A code that was wrong is asked for anew; everything else stays as it was typed.
  const code = form.querySelector("input[autocomplete=one-time-code]");
  if (code) {
    code.value = "";
    code.focus();
  }
  return true;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.dataset.act) return;
  event.preventDefault();
  document.querySelector("#said")?.remove();
  const behind = (await waiting(owner)).length > 0;
  const ids = await queued(form);
  typing = false;
  await refresh();
  await work();
  delete form.dataset.sent;
  if (!behind && (await mend(form, ids))) return;
  form.reset();
});

document.addEventListener("input", (event) => { typing = Boolean(event.target.form?.dataset.act); });

/* — Leaving: nothing of it stays on the phone — */
document.querySelector("#sign-out").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const left = await waiting(owner);
  if (left.length > 0 && !confirm(`还有 ${left.length} 项没有发出，退出就会丢掉。仍要退出吗？`)) {
    delete form.dataset.sent;
    return;
  }
  await clear();
  await forgetPages();
  const kept = await navigator.serviceWorker?.getRegistration("/field");
  await kept?.unregister();
  form.submit();
});

async function forgetPages() {
  for (const name of "caches" in window ? await caches.keys() : []) {
    if (name.startsWith("hx-field")) await caches.delete(name);
  }
}

/* — What is on the page — */
for (const input of document.querySelectorAll("[data-act] input[type=file]")) input.multiple = true;

/* A jump to a part of the page opens it. */
document.addEventListener("click", (event) => {
  const part = event.target.closest("a.go[href^='#']")?.hash;
  const inner = part && document.querySelector(`${part} details`);
  if (inner) inner.open = true;
});

const find = document.querySelector("#find-price");
if (find) {
  const rows = [...document.querySelectorAll(".prices li")];
  const total = document.querySelector("#total");
  const standing = total.textContent;
  find.hidden = false;
  find.addEventListener("input", (event) => {
    const words = event.target.value.trim().toLowerCase().split(/\s+/);
    for (const row of rows) row.hidden = !words.every((word) => row.dataset.words.toLowerCase().includes(word));
  });
  find.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  document.querySelector(".prices").addEventListener("input", () => {
    const fen = rows.reduce((sum, row) => sum + row.dataset.fen * row.querySelector("[name=quantity]").value, 0);
    const above = fen > Number(total.dataset.limit);
    total.textContent = `合计 ${(fen / 100).toFixed(2)} 元${above ? "，超过限额，先由主管复核" : ""}。${above ? "" : standing}`;
    total.className = above ? "fee" : "quiet";
  });
}

/* — From the start — */
async function begin() {
  if (localStorage.getItem("hx-field-owner") !== owner) {
    await forgetPages();
    localStorage.setItem("hx-field-owner", owner);
  }
  if (job) job.dataset.state = document.querySelector("template[data-state]")?.dataset.state ?? "";
  await refresh();
  await work();
  if (!navigator.serviceWorker) return;
  await navigator.serviceWorker.register("/field/worker.js", { scope: "/field" });
  const { active } = await navigator.serviceWorker.ready;
  if (location.pathname !== "/field" || !navigator.onLine) return;
  const jobs = [...document.querySelectorAll("a[href^='/field/tickets/']")].map((link) => link.getAttribute("href"));
  active.postMessage({ keep: [...new Set(jobs)] });
}

locate(document);
begin();
window.addEventListener("offline", refresh);
window.addEventListener("online", () => refresh().then(work).then(() => ofDay && location.reload()));
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && work().then(renew));
setInterval(() => work(), RETRY);

/* From here on the page listens. */
performance.mark("listens");
