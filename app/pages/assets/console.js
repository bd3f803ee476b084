/* Keys for those who work here all day. Every page works without this. */

import "./send_once.js";

/* Where letters are meant for a field: a box that is ticked takes none. */
const TYPED = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const typing = (target) => target.closest(TYPED) !== null;

const rows = () => [...document.querySelectorAll("[data-row]")];

function move(by) {
  const all = rows();
  if (all.length === 0) return;
  const at = all.findIndex((row) => row.classList.contains("at"));
  all[at]?.classList.remove("at");
  const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
  next.classList.add("at");
  (next.matches("a") ? next : next.querySelector("a"))?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

let going = false;

function go(key) {
  going = false;
  document.querySelector(`[data-go="${CSS.escape(key)}"]`)?.click();
}

const KEYS = {
  "/": () => document.getElementById("find").focus(),
  "?": () => document.getElementById("keys").showModal(),
  j: () => move(1),
  k: () => move(-1),
  g: () => { going = true; },
};

/* What is numbered on the page is done by its number. */
function pick(key) {
  const button = /^[1-9]$/.test(key) ? document.querySelector(`[data-pick="${key}"]`) : null;
  return button ? () => button.click() : undefined;
}

/* A job dropped on somebody's day is not his yet: first the page says what it would cost. */
const board = document.querySelector("[data-board]");
if (board) {
  document.addEventListener("dragstart", (event) => {
    const ticket = event.target.closest?.("[data-ticket]")?.dataset.ticket;
    if (ticket) event.dataTransfer.setData("text/plain", ticket);
  });
  for (const lane of board.querySelectorAll("[data-lane]")) {
    lane.addEventListener("dragover", (event) => {
      event.preventDefault();
      lane.classList.add("over");
    });
    lane.addEventListener("dragleave", () => lane.classList.remove("over"));
    lane.addEventListener("drop", (event) => {
      event.preventDefault();
      const ticket = event.dataTransfer.getData("text/plain");
      if (/^HX[0-9A-Z]+$/.test(ticket)) {
        location.assign(`${board.dataset.board}&ticket=${ticket}&to=${lane.dataset.lane}`);
      }
    });
  }
}

document.addEventListener("keydown", (event) => {
  // Out of a field, so that the keys are keys again.
  if (event.key === "Escape" && !event.isComposing && typing(event.target)) event.target.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  if (going) {
    event.preventDefault();
    go(event.key);
    return;
  }
  const act = KEYS[event.key] ?? pick(event.key);
  if (act) {
    event.preventDefault();
    act();
  }
});

/* Whoever has a page of ours before him is here; what he chose last stands, on every page of this browser. */
const HERE = "presence";
for (const button of document.querySelectorAll("button[name=presence]")) {
  button.addEventListener("click", () => localStorage.setItem(HERE, button.value));
}
function stillHere() {
  const presence = localStorage.getItem(HERE) ?? "online";
  if (presence === "offline" || document.hidden) return;
  fetch("/console/queue/presence", { method: "PUT", body: new URLSearchParams({ presence }) }).catch(() => {});
}
setInterval(stillHere, 60_000);

/* From here on the page listens. */
performance.mark("listens");
