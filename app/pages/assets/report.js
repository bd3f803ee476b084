/* 我要报修 in three steps, with a draft that survives a reload and a dead network. The page is one form without this. */

import "./h5.js";
import { renew } from "./place.js";
import { newKey, send, show, smaller, underWay } from "./photos.js";

const DRAFT = "hx-report";
/* Photos that belong to nothing are swept after a day; a draft does not outlive its own. */
const KEPT_MS = 20 * 3600 * 1000;
const form = document.querySelector("form.wizard");
const steps = [...form.querySelectorAll(".step")];
const marks = [...document.querySelectorAll(".progress li")];
const trouble = form.querySelector("[data-trouble]");
const shots = form.querySelector(".shots");
let at = Number(form.dataset.step) - 1;

function open(n, { focus = true } = {}) {
  at = n;
  steps.forEach((step, place) => { step.hidden = place !== n; });
  marks.forEach((mark, place) => {
    mark.classList.toggle("done", place < n);
    if (place === n) mark.setAttribute("aria-current", "step");
    else mark.removeAttribute("aria-current");
  });
  if (n === steps.length - 1) tellFee();
  if (focus) {
    scrollTo(0, 0);
    steps[n].querySelector("h2").focus({ preventScroll: true });
  }
}

function complete(n) {
  return [...steps[n].querySelectorAll("input, select, textarea")].every((field) => field.reportValidity());
}

function next() {
  if (complete(at)) open(at + 1);
}

const nav = (words, act, look) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = look;
  button.textContent = words;
  button.addEventListener("click", act);
  return button;
};
steps.forEach((step, n) => {
  if (n < steps.length - 1) step.append(nav("下一步", next, ""));
  if (n > 0) step.append(nav("上一步", () => open(n - 1), "plain"));
});

/* The draft: what was typed, with the key, so that what arrived without an answer is not sent twice. */
const fields = () => [...form.elements].filter((field) => field.name && !["file", "submit", "button"].includes(field.type));

function keep() {
  const said = {};
  for (const field of fields()) if (field.name !== "photo") said[field.name] = field.value;
  const photos = [...shots.querySelectorAll("li")].flatMap((item) => {
    const id = item.querySelector("input[name=photo]");
    return id ? [{ id: id.value, url: item.querySelector("img").src }] : [];
  });
  localStorage.setItem(DRAFT, JSON.stringify({ said, photos, at, kept: Date.now() }));
}

function restore() {
  let draft = null;
  try {
    draft = JSON.parse(localStorage.getItem(DRAFT));
  } catch { /* Not ours to read: a new one begins. */ }
  const other = ["scene", "asset"].some((name) => form.elements[name].value !== (draft?.said[name] ?? ""));
  if (!draft || Date.now() - draft.kept > KEPT_MS || other) return;
  for (const field of fields()) {
    // Whoever was faster than this script has typed something newer.
    const typed = field.type !== "hidden" && field.defaultValue !== undefined && field.value !== field.defaultValue;
    // The page was opened for one appliance: that it is, whatever was begun before.
    const chosen = field.name === "thing" && [...field.options].some((each) => each.defaultSelected && each.value);
    if (typed || chosen || field.name === "told_fen" || !(field.name in draft.said)) continue;
    field.value = draft.said[field.name];
    if (field.selectedIndex === -1) field.value = "";
  }
  for (const photo of draft.photos) show(shots, photo);
  at = Math.min(draft.at, steps.length - 1);
}

if (form.dataset.draft === "take") restore();
renew();
form.addEventListener("input", keep);
form.addEventListener("change", keep);

/* One of mine needs no category, no model, no label. */
const thing = form.elements.thing;
const unknown = form.querySelector("[data-unknown]");
function known() {
  if (thing && unknown) unknown.hidden = thing.value !== "";
}
thing?.addEventListener("change", known);
known();

/* Where it stands is known of it; what was typed by hand stays. */
const WHERE = ["province", "city", "district", "detail"];
function stands() {
  const address = JSON.parse(thing.selectedOptions[0]?.dataset.address ?? "null");
  if (!address || WHERE.some((name) => form.elements[name].value !== form.elements[name].defaultValue)) return;
  for (const name of WHERE) {
    form.elements[name].value = address[name];
    form.elements[name].defaultValue = address[name];
  }
  const area = form.elements.area;
  if (area) area.value = [...area.options].find((each) => each.value === `${address.city}/${address.district}`)?.value ?? "";
  renew();
}
thing?.addEventListener("change", stands);

/* A photo of the label fills in what it says. */
const scan = form.querySelector("[data-scan]");
if (scan) {
  const input = scan.querySelector("input[type=file]");
  const status = scan.querySelector("[role=status]");
  scan.querySelector("button").hidden = true;
  const read = async () => {
    const [file] = input.files;
    if (!file) return;
    status.textContent = "正在识别铭牌…";
    try {
      const photo = await send(await smaller(file), newKey(), (part) => {
        status.textContent = `正在上传铭牌 ${Math.round(part * 100)}%`;
      });
      status.textContent = "正在识别铭牌…";
      const answer = await fetch("/api/v1/labels", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ attachment_id: photo.id }),
      });
      const says = await answer.json();
      if (!answer.ok) throw new Error(says.errors?.[0]?.msg ?? says.msg);
      for (const name of ["brand", "model", "serial_number", "category"]) {
        if (says[name]) form.elements[name].value = says[name];
      }
      form.querySelector("[data-unknown] details").open = true;
      status.textContent = `已识别：${[says.brand, says.model].filter(Boolean).join(" ") || "序列号"}，请核对。`;
      keep();
    } catch (error) {
      status.textContent = error.message.startsWith("照片") ? error.message : `${error.message}。可重新拍一张，或手动填写。`;
    }
    input.value = "";
  };
  input.addEventListener("change", (event) => {
    event.stopPropagation();
    read();
  });
  read();
}

const city = () => form.elements.area?.value.split("/")[0] || form.elements.city.value.trim();

/* What coming costs is told before it is sent; where it cannot be asked, the server tells it and asks again. */
async function tellFee() {
  const line = form.querySelector("[data-fee]");
  const chosen = thing?.selectedOptions[0]?.dataset.category;
  const category = chosen || form.elements.category?.value || line.dataset.category || "";
  const asked = new URLSearchParams({
    service_type: form.elements.service_type.value, category, city: city(),
  });
  try {
    const answer = await fetch(`/api/v1/prices/call-out?${asked}`);
    const told = answer.ok ? await answer.json() : null;
    if (!told) return;
    form.elements.told_fen.value = told.fee_fen;
    const words = document.createElement("strong");
    words.textContent = told.text;
    line.replaceChildren(words, " ", line.querySelector("a"));
  } catch { /* Said at the submission. */ }
}

function refuse(event, words) {
  event.preventDefault();
  event.stopPropagation();
  trouble.textContent = words;
  trouble.hidden = words === "";
}

form.addEventListener("submit", (event) => {
  if (at < steps.length - 1) {
    refuse(event, "");
    next();
  } else if (underWay() > 0) {
    refuse(event, "还有照片正在上传，请稍等几秒再提交。");
  } else if (!navigator.onLine) {
    keep();
    refuse(event, "网络断开了。您填的内容已存在手机里，联网后再点一次提交。");
  }
});

document.querySelector(".progress").classList.add("on");
open(at, { focus: form.dataset.draft === "keep" });

/* From here on the page listens. */
performance.mark("listens");
