import {el, face, icon} from "../dom.js";
import {moment, clock} from "../time.js";
import {card} from "./card.js";
import {foot} from "./foot.js";
import {settings} from "./doings.js";
import {back} from "./home.js";
import {NAMES, messagesAt} from "./places.js";

const PAUSE_SECONDS = 300;

export function thread(phone) {
  const [, name] = NAMES[phone.name](phone.world), withAccount = phone.name === "thread";
  const list = el("div", {class: "thread", role: "log", "aria-live": "polite", "aria-label": `与${name}的对话`});
  let previous = 0;
  for (const message of ours(phone)) {
    list.append(...item(phone, message, previous, false));
    previous = message.delivered_at;
  }
  if (!previous) list.append(el("p", {class: "empty"}, withAccount && !phone.person.follows ? "关注之后才能收到通知。" : "还没有消息。"));
  return [
    el("div", {class: "top"}, back(phone), el("h2", {}, name),
      withAccount ? el("button", {class: "nav", "data-key": "more", "aria-label": "更多", onclick: () => settings(phone)}, icon("more")) : el("span")),
    list, foot(phone),
  ];
}

export function append(phone, message) {
  const list = phone.view.querySelector(".thread");
  list.querySelector(".empty")?.remove();
  const others = ours(phone).filter(other => other.id !== message.id);
  list.append(...item(phone, message, others[others.length - 1]?.delivered_at || 0, true));
  list.scrollTop = list.scrollHeight;
}

const ours = phone => messagesAt(phone, phone.name);

function item(phone, message, previous, isNew) {
  const exact = message.channel === "template";
  const when = exact || message.delivered_at - previous > PAUSE_SECONDS
    ? [el("div", {class: "when"}, exact ? `${moment(message.delivered_at).split(" ").slice(0, -1).join(" ")} ${clock(message.delivered_at, true)}` : moment(message.delivered_at))]
    : [];
  return [...when, content(phone, message, isNew)];
}

function content(phone, message, isNew) {
  if (message.channel === "system") return el("div", {class: `note${/暂时无法/.test(message.text) ? " fault" : ""}`}, message.text);
  if (message.channel === "template") return card(phone, message, null, isNew);
  const mine = message.channel === "user";
  const who = mine ? face(`small ${phone.person.role}`, phone.person.nickname) : withFace(phone);
  return el("div", {class: `turn${mine ? " mine" : ""}${isNew ? " new" : ""}`}, who, el("div", {}, bubble(phone, message)));
}

function withFace(phone) {
  const [kind, name] = NAMES[phone.name](phone.world);
  return face(`small ${kind}`, name);
}

function bubble(phone, message) {
  const inside = message.content || {};
  switch (message.kind) {
    case "msgmenu": return choices(phone, message, inside);
    case "news": case "link": return article(phone, message, inside);
    case "miniprogrampage": return miniPage(phone, message, inside);
    case "image": return el("img", {src: here(inside.picture), alt: "图片"});
    case "location": return el("div", {class: "place"}, el("b", {}, inside.label || message.text || "位置"), el("i"));
    default: return el("div", {class: "bubble"}, message.text);
  }
}

// Pictures lie with the platform, whatever name it gives itself.
const here = address => address ? new URL(address, location.href).pathname : "";

function choices(phone, message, menu) {
  const choose = entry => phone.do("tap_menu", {id: message.id, choice: entry.id, appid: message.appid});
  return el("div", {class: "bubble"}, menu.head,
    el("ul", {}, (menu.choices || []).map(entry => el("li", {}, el("button", {onclick: () => choose(entry)}, entry.content)))),
    menu.tail);
}

function article(phone, message, inside) {
  return el("div", {class: "card"}, el("figure"), el("div", {class: "body"}, el("h3", {}, inside.title || message.text),
    el("p", {class: "at"}, inside.description || "")),
    inside.url && el("button", {class: "foot-link", onclick: () => phone.openPage(inside.url)}, "阅读全文", icon("next")));
}

function miniPage(phone, message, inside) {
  return el("div", {class: "card"}, el("div", {class: "body"},
    el("p", {class: "from"}, face("mini", phone.world.mini?.name), phone.world.mini?.name || "小程序"),
    el("h3", {}, inside.title || message.text)),
    el("button", {class: "foot-link", onclick: () => phone.openMini(inside.pagepath || "")}, "打开小程序", icon("next")));
}
