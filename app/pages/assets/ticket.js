/* The page of a ticket follows it: what happens is shown without a tap. The page works without this, by its link. */

import "./h5.js";
import { enhance } from "./photos.js";

const RETRY_MS = 2000;
const LONGEST_RETRY_MS = 30_000;
const live = () => document.getElementById("live");
const number = live().dataset.live;
let last = Number(live().dataset.seq);
let wait = RETRY_MS;
let stop = null;

const say = (words) => { live().querySelector("[data-live-words]").textContent = words; };

/* Whoever is typing keeps what he typed, and a form that came back keeps it too; the rest is replaced by what the
   server says now. */
function busy(part) {
  if (part.querySelector("[role=alert], [aria-invalid]")) return true;
  const changed = [...part.querySelectorAll("input, textarea, select")].some((field) => (
    field.type === "radio" || field.type === "checkbox"
      ? field.checked !== field.defaultChecked
      : field.type !== "hidden" && field.tagName !== "SELECT" && field.value !== field.defaultValue));
  return changed || part.contains(document.activeElement) || part.querySelector(".shots li") !== null;
}

/* What a finger is on is not taken away before the tap is done. */
async function untouched() {
  while (document.querySelector("main :active")) await new Promise((done) => { setTimeout(done, 100); });
}

async function renew() {
  // A form that came back has an address of its own, which cannot be asked again.
  const answer = await fetch(`/h5/tickets/${number}`, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error("no page");
  const said = await answer.text();
  await untouched();
  const fresh = new DOMParser().parseFromString(said, "text/html");
  for (const id of ["live", "acts", "talk", "course"]) {
    const before = document.getElementById(id);
    const after = fresh.getElementById(id);
    if (!before || !after || ("fresh" in before.dataset && busy(before))) continue;
    before.replaceWith(after);
    enhance(after);
  }
  document.title = fresh.title;
  last = Math.max(last, Number(live().dataset.seq));
  say("刚刚更新");
}

async function read(stream) {
  const reader = stream.getReader();
  const words = new TextDecoder();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += words.decode(value, { stream: true });
    const events = text.split("\n\n");
    text = events.pop();
    const seen = events.map((event) => Number(/^id: (\d+)/m.exec(event)?.[1] ?? 0));
    const newest = Math.max(0, ...seen);
    if (newest > last) {
      // Only what is on the page counts as seen: when it cannot be had, the stream is asked again from here.
      await renew();
      last = Math.max(last, newest);
    }
  }
}

async function follow() {
  if (stop || document.hidden) return;
  stop = new AbortController();
  const { signal } = stop;
  try {
    const answer = await fetch(`/api/v1/tickets/${number}/events/stream`, {
      headers: { Accept: "text/event-stream", "Last-Event-ID": String(last) }, signal,
    });
    if (!answer.ok || !answer.body) throw new Error("no stream");
    wait = RETRY_MS;
    say("会自动更新");
    await read(answer.body);
  } catch {
    if (signal.aborted) return;
    say("网络断开了，正在重连");
    wait = Math.min(wait * 2, LONGEST_RETRY_MS);
  }
  stop = null;
  setTimeout(follow, wait);
}

/* A phone in a pocket holds no connection open. */
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) {
    follow();
  } else if (stop) {
    stop.abort();
    stop = null;
  }
});
addEventListener("pagehide", () => stop?.abort());
follow();

/* From here on the page listens. */
performance.mark("listens");
