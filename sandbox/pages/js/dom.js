// Elements without markup: nothing that people wrote is ever parsed as HTML.
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  if (tag === "button") node.type = "button";
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (value === true) node.setAttribute(name, "");
    else if (name in node && typeof value !== "string") node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.flat(2).filter(child => child !== null && child !== undefined && child !== false));
  return node;
}

const PATHS = {
  back: "M15 4l-8 8 8 8",
  next: "M9 4l8 8-8 8",
  close: "M5 5l14 14M19 5L5 19",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  plus: "M12 8v8M8 12h8M12 3a9 9 0 100 18 9 9 0 000-18z",
  keyboard: "M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M17 10h.01M8 14h8",
  menu: "M4 7h16M4 12h16M4 17h16",
  chat: "M4 11c0-4 3.600-7 8-7s8 3 8 7-3.600 7-8 7c-1 0-2-.1-2.800-.4L5 19l1-3c-1.300-1.300-2-3-2-5z",
  person: "M12 4a4 4 0 110 8 4 4 0 010-8zM4 20c.6-4 3.800-6 8-6s7.400 2 8 6",
  scan: "M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M4 12h16",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-2 4 4M15.500 9h.01",
  place: "M12 21c-4-4.500-6-8-6-11a6 6 0 0112 0c0 3-2 6.500-6 11zM12 12a2 2 0 100-4 2 2 0 000 4",
  sun: "M12 8a4 4 0 100 8 4 4 0 000-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.500 1.500M17.500 17.500L19 19M19 5l-1.500 1.500M6.500 17.500L5 19",
  moon: "M20 14.500A8 8 0 119.500 4a6.500 6.500 0 0010.500 10.500z",
  reload: "M19 12a7 7 0 11-2-4.900M19 4v4h-4",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  if (name === "more") path.setAttribute("stroke-width", "3.2");
  svg.append(path);
  return svg;
}

export const initial = name => [...(name || "？")][0];

export function face(kind, name, extra = null) {
  return el("i", {class: `face ${kind}`, "aria-hidden": "true"}, initial(name), extra);
}
