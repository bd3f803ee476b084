import {el, face, icon} from "../dom.js";
import {moment} from "../time.js";
import {card} from "./card.js";
import {NAMES, messagesAt} from "./places.js";
import {actions} from "./sheet.js";

const last = messages => messages[messages.length - 1];

export function summary(message) {
  if (message.title) return `[${message.title}]`;
  return message.text || {image: "[图片]", location: "[位置]", news: "[图文]", msgmenu: "[请选择]"}[message.kind] || "[消息]";
}

export function chats(phone) {
  const {mini} = phone.world;
  const total = Object.values(phone.unread).reduce((sum, count) => sum + count, 0);
  const nothing = {thread: phone.person.follows ? "已关注" : "未关注", notices: "还没有通知"};
  const places = ["thread", "notices", "desk"].filter(name => name !== "desk" || messagesAt(phone, name).length);
  return [
    el("div", {class: "top"}, el("span"), el("h2", {}, total ? `微信（${total}）` : "微信"),
      el("button", {class: "nav", "data-key": "scan", "aria-label": "扫一扫", onclick: () => phone.scan()}, icon("scan"))),
    el("div", {class: "list"},
      places.map(name => {
        const newest = last(messagesAt(phone, name));
        return row(name, NAMES[name](phone.world), newest ? summary(newest) : nothing[name], newest, phone.unread[name], () => phone.go(name));
      }),
      mini && row("mini", ["mini", mini.name], "小程序", null, 0, () => phone.openMini(""))),
    tabs(phone),
  ];
}

function row(key, [kind, name], text, message, unread, onclick) {
  const dot = unread ? el("b", {class: "dot", "aria-label": `${unread} 条未读`}, unread > 99 ? "99+" : String(unread)) : null;
  return el("button", {class: "row", "data-key": `row-${key}`, onclick}, face(kind, name, dot),
    el("span", {}, el("strong", {}, name, message && el("time", {}, moment(message.delivered_at))), el("small", {}, text)));
}

function tabs(phone) {
  const tab = (name, label, symbol) => el("button",
    {"data-key": `tab-${name}`, "aria-current": phone.name === name && "page", onclick: () => phone.go(name)}, icon(symbol), label);
  return el("nav", {class: "tabs", "aria-label": "微信"}, tab("chats", "微信", "chat"), tab("me", "我", "person"));
}

export function back(phone, to = "chats") {
  const count = Object.entries(phone.unread).reduce((sum, [place, n]) => place === phone.name ? sum : sum + n, 0);
  return el("button", {class: "nav", "data-key": "back", "aria-label": "返回", onclick: () => phone.go(to)},
    icon("back"), count ? el("em", {}, String(count)) : null);
}

export function notices(phone) {
  const came = messagesAt(phone, "notices");
  return [
    el("div", {class: "top"}, back(phone), el("h2", {}, "服务通知"), el("span")),
    el("div", {class: "thread", role: "log", "aria-label": "服务通知"},
      came.flatMap(message => [
        el("div", {class: "when"}, moment(message.delivered_at)),
        card(phone, message, () => refuse(phone, message)),
        isRefused(phone, message) ? el("div", {class: "when"}, "已拒收此类通知") : null,
      ].filter(Boolean)),
      came.length ? null : el("p", {class: "empty"}, "在小程序里同意订阅之后，通知会出现在这里。")),
  ];
}

function isRefused(phone, message) {
  return Boolean(phone.consents.find(given => given.template_id === message.template_id)?.blocked);
}

function refuse(phone, message) {
  const refused = isRefused(phone, message);
  const act = refused ? "allow_template" : "refuse_template";
  actions(phone, `${message.title} · ${phone.world.mini?.name || "小程序"}`, [
    {label: refused ? "恢复接收此类通知" : "拒收此类通知", danger: !refused,
      run: async () => { if (await phone.do(act, {template_id: message.template_id, appid: message.appid})) await phone.reloadConsents(); }},
  ]);
}

export function me(phone) {
  const person = phone.person;
  const toggle = (label, note, on, run) => el("label", {}, el("span", {}, label, note && el("small", {}, note)),
    el("input", {type: "checkbox", role: "switch", "data-key": label, checked: on, onchange: run}));
  const roles = {customer: "客户", engineer: "工程师", staff: "员工"};
  const mini = phone.world.mini;
  return [
    el("div", {class: "list"},
      el("div", {class: "me"}, face(person.role, person.nickname),
        el("span", {}, el("b", {}, person.nickname), el("small", {}, `${roles[person.role] || ""} · ${person.phone || "未绑定手机"}`))),
      el("div", {class: "group"}, el("h3", {}, phone.world.account?.name || "服务号"),
        toggle("关注服务号", null, person.follows, () => phone.do(person.follows ? "unfollow" : "follow")),
        toggle("接收推送", "关闭后平台照常受理，但手机不再显示", !person.blocked_push,
          () => phone.do(person.blocked_push ? "unblock_push" : "block_push"))),
      mini && el("div", {class: "group"}, el("h3", {}, `${mini.name} · 订阅消息`), phone.world.templates.map(template => {
        const given = phone.consents.find(consent => consent.template_id === template.id) || {count: 0};
        const note = given.blocked ? "已拒收" : given.always === "accept" ? `总是允许，剩余 ${given.count} 次` : `剩余 ${given.count} 次`;
        return toggle(template.title, note, !given.blocked, async () => {
          const act = given.blocked ? "allow_template" : "refuse_template";
          if (await phone.do(act, {template_id: template.id, appid: mini.appid})) await phone.reloadConsents();
        });
      }))),
    tabs(phone),
  ];
}
