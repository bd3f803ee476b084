import {el} from "../dom.js";
import {empty} from "./panel.js";

const KEPT = 200;

// A list that grows at its top: the newest rows, fetched by a cursor, each drawn anew when it changes.
export function log({load, row, changing, filters, nothing}) {
  const list = el("ul", {class: "log"}), none = empty(nothing);
  const node = el("div", {class: "sheetless"}, el("div", {class: "filters"}, filters), none, list);
  const drawn = new Map();
  let round = 0;

  async function refresh(anew = false) {
    if (anew) { drawn.clear(); list.replaceChildren(); round += 1; }
    const mine = round;
    const unsettled = [...drawn.values()].filter(entry => changing?.(entry.item)).map(entry => entry.item.id);
    const newest = Math.max(0, ...drawn.keys());
    const since = unsettled.length ? Math.min(...unsettled) - 1 : newest;
    const {items} = await load(since, KEPT);
    if (mine !== round) return;
    for (const item of [...items].sort((one, other) => one.id - other.id)) put(item);
    for (const id of [...drawn.keys()].sort((one, other) => one - other).slice(0, -KEPT)) {
      drawn.get(id).node.remove();
      drawn.delete(id);
    }
    none.hidden = drawn.size > 0;
  }

  function put(item) {
    const text = JSON.stringify(item), known = drawn.get(item.id);
    if (known?.text === text) return;
    const fresh = el("li", {}, row(item));
    if (known) {
      fresh.querySelector("details").open = known.node.querySelector("details").open;
      known.node.replaceWith(fresh);
    } else list.prepend(fresh);
    drawn.set(item.id, {text, item, node: fresh});
  }

  return {node, refresh};
}

export function check(label, onchange) {
  const box = el("input", {type: "checkbox", onchange});
  return {box, node: el("label", {class: "check"}, box, label)};
}

export function choice(label, options, onchange) {
  const select = el("select", {"aria-label": label, onchange}, options.map(([value, text]) => new Option(text, value)));
  return select;
}
