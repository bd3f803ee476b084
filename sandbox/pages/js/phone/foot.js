import {el, icon} from "../dom.js";

// The bottom of a chat: follow, menu bar, or the line to write in.
export function foot(phone) {
  const node = el("div", {class: "foot"});
  const desk = phone.name === "desk";
  const menu = !desk && phone.world.account?.menu || [];
  if (!desk && !phone.person.follows) node.append(el("button", {class: "wide", "data-key": "follow", onclick: () => phone.do("follow")}, "关注服务号"));
  else if (menu.length && !phone.typing) node.append(menuBar(phone, menu));
  else node.append(...talk(phone, menu.length > 0));
  return node;
}

const to = phone => phone.name === "desk" ? {appid: phone.world.mini.appid} : {};

function talk(phone, hasMenu) {
  const toMenu = () => { phone.typing = false; phone.extras = false; phone.draw(); };
  const input = el("input", {placeholder: "发消息", "aria-label": "发消息", maxlength: "600", "data-key": "say", autocomplete: "off"});
  const form = el("form", {class: "talk", onsubmit: event => {
    event.preventDefault();
    const text = input.value.trim();
    if (!text) return;
    input.value = "";
    phone.do("send_text", {text, ...to(phone)});
  }},
  hasMenu && el("button", {"aria-label": "菜单", onclick: toMenu}, icon("menu")), input,
  el("button", {class: "more", "data-key": "extras", "aria-label": "更多", "aria-expanded": String(phone.extras),
    onclick: () => { phone.extras = !phone.extras; phone.draw(); }}, icon("plus")),
  el("button", {class: "send", type: "submit"}, "发送"));
  return phone.extras ? [form, extras(phone)] : [form];
}

function extras(phone) {
  const entry = (symbol, label, run) => el("button", {onclick: run}, icon(symbol), label);
  return el("div", {class: "extras"},
    entry("picture", "照片", () => phone.do("send_image", to(phone))),
    entry("place", "位置", () => phone.do("send_location", {latitude: 25.0389, longitude: 102.7183, label: "翠湖公园", ...to(phone)})),
    entry("scan", "扫一扫", () => phone.scan()));
}

function menuBar(phone, buttons) {
  const bar = el("div", {class: "menu"}, el("button", {"aria-label": "打字", "data-key": "keyboard", onclick: () => {
    phone.typing = true;
    phone.draw();
    phone.view.querySelector(".talk input")?.focus();
  }}, icon("keyboard")));
  const close = except => bar.querySelectorAll(".sub").forEach(sub => {
    if (sub !== except) { sub.hidden = true; sub.parentNode.querySelector("[aria-expanded]").setAttribute("aria-expanded", "false"); }
  });
  for (const [index, button] of buttons.entries()) {
    const entries = button.sub_button?.list || button.sub_button || [];
    if (!entries.length) {
      bar.append(el("div", {}, el("button", {"data-key": `menu-${index}`, onclick: () => { close(); press(phone, button); }}, button.name)));
      continue;
    }
    const sub = el("div", {class: "sub", hidden: true}, entries.map(entry =>
      el("button", {onclick: () => { close(); press(phone, entry); }}, entry.name)));
    const main = el("button", {"aria-haspopup": "true", "aria-expanded": "false", "data-key": `menu-${index}`, onclick: () => {
      close(sub);
      sub.hidden = !sub.hidden;
      main.setAttribute("aria-expanded", String(!sub.hidden));
    }}, button.name);
    bar.append(el("div", {onkeydown: event => { if (event.key === "Escape") { close(); main.focus(); } }}, sub, main));
  }
  return bar;
}

async function press(phone, entry) {
  switch (entry.type) {
    case "view":
      if (await phone.do("menu_view", {url: entry.url})) phone.openPage(entry.url);
      break;
    case "miniprogram":
      if (await phone.do("menu_mini", {page: entry.pagepath})) phone.openMini(entry.pagepath);
      break;
    case "scancode_push": case "scancode_waitmsg":
      await phone.do("menu_click", {key: entry.key});
      phone.scan();
      break;
    default:
      await phone.do("menu_click", {key: entry.key || entry.name});
  }
}
