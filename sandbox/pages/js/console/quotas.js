import {el} from "../dom.js";
import {clock} from "../time.js";
import {empty, panel} from "./panel.js";

const number = value => value.toLocaleString("zh-CN");

export function quotas(api) {
  return panel(async () => {
    const [spent, state] = await Promise.all([api.get("quotas"), api.get("accounts")]);
    return {...spent, names: Object.fromEntries(state.items.map(account => [account.appid, account.name]))};
  }, data => {
    const byAccount = Map.groupBy ? Map.groupBy(data.items, item => item.appid) : group(data.items);
    const used = [...byAccount].map(([appid, items]) => [appid, items.filter(item => item.used || item.minute_used)]).filter(([, items]) => items.length);
    return [
      data.resets_at && el("p", {class: "hint"}, `每日额度在平台时间 ${clock(data.resets_at)} 清零。`),
      used.length ? used.map(([appid, items]) => el("section", {class: "block"},
        el("h3", {}, data.names[appid] || appid, el("code", {}, appid)), items.map(bar))) : empty("今天还没有用掉任何额度。"),
    ];
  });
}

function group(items) {
  const groups = new Map();
  for (const item of items) groups.set(item.appid, [...groups.get(item.appid) || [], item]);
  return groups;
}

function bar(item) {
  const share = item.limit ? Math.min(1, item.used / item.limit) : 0;
  const tone = item.limit && item.left <= 0 ? "bad" : share > 0.8 ? "warn" : "good";
  const level = el("i", {class: tone});
  level.style.setProperty("--share", share.toFixed(4));
  return el("div", {class: "quota"},
    el("div", {}, el("code", {}, item.path), el("span", {}, item.limit ? `${number(item.used)} / ${number(item.limit)}` : `${number(item.used)}，不限`)),
    item.limit && el("div", {class: "meter", role: "meter", "aria-valuemin": "0", "aria-valuemax": String(item.limit || 0), "aria-valuenow": String(item.used),
      "aria-label": item.path}, level),
    item.minute_limit ? el("small", {}, `本分钟 ${number(item.minute_used)} / ${number(item.minute_limit)}`) : null);
}
