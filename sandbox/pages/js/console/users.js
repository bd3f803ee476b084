import {el, face} from "../dom.js";
import {span} from "../time.js";
import {badge, empty, panel} from "./panel.js";

const WINDOWS = {message: "对话", click: "点菜单", follow: "关注", scan: "扫码", enter: "进入客服", pay: "支付"};
const SHOWN = 60;

export function users(api) {
  return panel(async () => {
    const [people, templates, clock] = await Promise.all([api.get("users"), api.get("templates"), api.get("clock")]);
    const titles = Object.fromEntries(templates.items.map(template => [template.id, template.title]));
    // To the minute, so that the list is not drawn anew each second.
    return {items: people.items.slice(0, SHOWN), more: people.items.length - SHOWN, titles, now: Math.floor(clock.now / 60) * 60};
  }, ({items, more, titles, now}) => [
    items.length ? el("ul", {class: "people"}, items.map(user => el("li", {}, face(`small ${user.role}`, user.nickname),
      el("div", {}, el("b", {}, user.nickname), el("code", {}, user.id), user.identities.flatMap(identity => badges(identity, titles, now)))))) : empty("还没有用户。"),
    more > 0 && el("p", {class: "hint"}, `另有 ${more} 位没有列出。`),
  ]);
}

function badges(identity, titles, now) {
  const open = identity.windows.filter(window => window.left > 0 && window.until > now);
  return [
    identity.kind === "service" && badge(identity.follows ? "good" : "soft", identity.follows ? "已关注" : "未关注"),
    identity.blocked_push && badge("bad", "拒收推送"), identity.blacklisted && badge("bad", "黑名单"), identity.snapshot && badge("warn", "快照页"),
    ...open.map(window => badge("info", `${WINDOWS[window.kind] || window.kind}窗口 剩 ${window.left} 条，${span(window.until - now)}`)),
    ...identity.consents.map(consent => badge(consent.blocked ? "bad" : "info",
      `${titles[consent.template_id] || consent.template_id} ${consent.blocked ? "拒收" : consent.always ? "总是允许" : `×${consent.count}`}`)),
  ].filter(Boolean);
}
