import {el} from "../dom.js";
import {span} from "../time.js";
import {act, badge, empty, panel} from "./panel.js";

const KINDS = {stable: "稳定令牌", legacy: "普通令牌", jsapi: "JS-SDK 票据"};
const STATES = {living: ["good", "有效"], overlapping: ["warn", "重叠期"], expired: ["soft", "过期"], revoked: ["bad", "已吊销"]};
const SHOWN = 6;

export function tokens(api) {
  return panel(async () => {
    const [found, accounts] = await Promise.all([api.get("tokens"), api.get("accounts")]);
    // Ages move on by themselves; whole minutes are enough to look at.
    const items = found.items.filter(token => token.kind in KINDS).map(token => ({...token, age: Math.floor(token.age / 10) * 10}));
    return {items, accounts: accounts.items.map(({appid, name}) => ({appid, name}))};
  }, ({items, accounts}, again) => accounts.map(account => {
    const mine = items.filter(token => token.appid === account.appid);
    const revoke = act("吊销全部", `revoke-${account.appid}`, async () => { await api.post("tokens/revoke", {appid: account.appid}); await again(); }, "danger");
    return el("section", {class: "block"}, el("h3", {}, account.name, el("code", {}, account.appid), revoke),
      mine.length ? el("ul", {class: "tokens"}, mine.slice(0, SHOWN).map(token => row(api, token, again))) : empty("还没有人取过令牌。"));
  }));
}

function row(api, token, again) {
  const [tone, label] = STATES[token.state] || ["soft", token.state];
  const alive = token.state === "living" || token.state === "overlapping";
  return el("li", {class: alive ? "" : "past"},
    el("div", {}, el("b", {}, KINDS[token.kind]), badge(tone, label), token.forced ? badge("fault", "强制刷新") : null,
      el("code", {}, token.value)),
    el("small", {}, `${span(token.age)}前签发，${token.fetches > 1 ? `被取 ${token.fetches} 次，` : ""}由 ${token.client || "?"}${token.agent ? ` · ${token.agent}` : ""} 取走`),
    alive && token.id ? act("吊销", `revoke-${token.id}`, async () => { await api.post("tokens/revoke", {id: token.id}); await again(); }) : null);
}
