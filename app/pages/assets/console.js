/* Keys for those who work here all day. Every page works without this. */

import "./send_once.js";

const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

const rows = () => [...document.querySelectorAll("[data-row]")];

function move(by) {
  const all = rows();
  if (all.length === 0) return;
  const at = all.findIndex((row) => row.classList.contains("at"));
  all[at]?.classList.remove("at");
  const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
  next.classList.add("at");
  next.querySelector("a")?.focus({ preventScroll: true });
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

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  if (going) {
    event.preventDefault();
    go(event.key);
    return;
  }
  const act = KEYS[event.key];
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
