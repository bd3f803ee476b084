import {el} from "../dom.js";

// A sheet holds the focus until it is answered; Escape and a tap beside it mean no.
export function sheet(phone, kind, label, build) {
  return new Promise(resolve => {
    const before = document.activeElement;
    const done = answer => {
      node.remove();
      if (before?.isConnected) before.focus({preventScroll: true});
      resolve(answer);
    };
    const box = el("div", {role: "dialog", "aria-modal": "true", "aria-label": label});
    const node = el("div", {class: `sheet ${kind}`, onclick: event => { if (event.target === node) done(null); }}, box);
    node.addEventListener("keydown", event => {
      if (event.key === "Escape") done(null);
      if (event.key === "Tab") stayInside(event, box);
    });
    box.append(...build(done).filter(Boolean));
    phone.screen.append(node);
    box.querySelector("button, input")?.focus({preventScroll: true});
  });
}

function stayInside(event, box) {
  const able = [...box.querySelectorAll("button, input, a[href]")].filter(node => !node.disabled);
  const edge = event.shiftKey ? able[0] : able[able.length - 1];
  if (document.activeElement !== edge) return;
  event.preventDefault();
  (event.shiftKey ? able[able.length - 1] : able[0]).focus();
}

export async function actions(phone, title, entries) {
  const chosen = await sheet(phone, "actions", title, done => [
    title && el("h2", {}, title),
    ...entries.map(entry => el("button", {class: entry.danger ? "danger" : "", onclick: () => done(entry)}, entry.label)),
    el("button", {class: "last", onclick: () => done(null)}, "取消"),
  ]);
  return chosen ? chosen.run() : null;
}

export const pair = (done, yes, no, answer) => el("div", {class: "pair"},
  el("button", {onclick: () => done(null)}, no), el("button", {class: "yes", onclick: () => done(answer())}, yes));
