import {el, face, icon} from "../dom.js";
import {clock, date} from "../time.js";

// A template or subscribe message. Without a link it has no foot, as on a real phone.
export function card(phone, message, onMore = null, isNew = false) {
  const from = message.channel === "subscribe" ? ["mini", phone.world.mini?.name || "小程序"] : null;
  const rows = el("dl", {}, message.rows.map(row => [el("dt", {}, row.label), el("dd", {}, row.value)]));
  const linked = message.url || message.miniprogram;
  return el("article", {class: `card${isNew ? " new" : ""}`, "data-message": String(message.id)},
    el("div", {class: "body"},
      from && el("p", {class: "from"}, face(...from), from[1]),
      el("h3", {}, message.title),
      el("p", {class: "at"}, `${date(message.delivered_at)} ${clock(message.delivered_at)}`), rows),
    onMore && el("button", {class: "dots", "aria-label": "更多", onclick: onMore}, icon("more")),
    linked && el("button", {class: "foot-link", onclick: () => follow(phone, message)},
      message.miniprogram ? "进入小程序查看" : "查看详情", icon("next")));
}

export async function follow(phone, message) {
  const target = await phone.do("tap_message", {id: message.id});
  if (!target) return;
  const mini = target.miniprogram || message.miniprogram;
  if (mini) phone.openMini(mini.pagepath || mini.page || mini.path || "");
  else phone.openPage(target.url || message.url);
}
