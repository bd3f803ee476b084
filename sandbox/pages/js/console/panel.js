import {el} from "../dom.js";

// A panel that is drawn anew only when what it shows has changed; focus, open details and drafts survive it.
export function panel(load, draw) {
  const node = el("div", {class: "sheetless"});
  let shown = "";
  const refresh = async (force = false) => {
    const data = await load();
    const text = JSON.stringify(data);
    if (!force && text === shown) return;
    const busy = document.activeElement;
    if (!force && node.contains(busy) && busy.matches("input, select, textarea")) return;
    shown = text;
    const key = node.contains(busy) ? busy.dataset.key : null;
    const open = new Set([...node.querySelectorAll("details[open]")].map(details => details.dataset.key));
    node.replaceChildren(...draw(data, () => refresh(true)).flat().filter(Boolean));
    node.querySelectorAll("details").forEach(details => { details.open = open.has(details.dataset.key); });
    if (key) node.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  };
  return {node, refresh};
}

export const badge = (tone, text) => el("span", {class: `badge ${tone}`}, String(text));

export const empty = text => el("p", {class: "nothing"}, text);

// A button that says by itself that it works, and shows what went wrong.
export function act(label, key, run, tone = "") {
  const button = el("button", {class: `do ${tone}`, "data-key": key, onclick: async () => {
    button.disabled = true;
    try {
      await run();
    } catch (problem) {
      button.title = problem.message;
      button.classList.add("failed");
    } finally {
      button.disabled = false;
    }
  }}, label);
  return button;
}

export function pretty(text) {
  if (typeof text !== "string") return JSON.stringify(text, null, 2);
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

export const field = (label, value) => value === "" || value === null || value === undefined ? null
  : el("div", {class: "field"}, el("dt", {}, label), el("dd", {}, el("pre", {tabindex: "0"}, value)));
