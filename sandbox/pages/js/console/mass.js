import {el} from "../dom.js";
import {act, empty, panel} from "./panel.js";

// One square for each virtual user: how many messages reached it, how many did not.
export function mass(api) {
  const count = el("input", {type: "number", min: "1", max: "500", value: "500", "aria-label": "人数"});
  const inner = panel(() => api.get("mass"), (data, again) => [
    el("section", {class: "block"}, el("h3", {}, "虚拟用户"),
      el("div", {class: "mass-do"}, count,
        act("创建并关注", "mass-create", async () => { await api.post("mass", {users: Number(count.value), events: false}); await again(); }, "strong"),
        data.users ? act("全部移除", "mass-remove", async () => { await api.remove("mass"); await again(); }, "danger") : null),
      el("p", {class: "hint"}, "他们关注服务号，可以一起接收推送；每一格是一位用户。")),
    data.users ? el("section", {class: "block"},
      el("p", {class: "totals"}, total("good", "送达", data.delivered), total("bad", "失败", data.failed), total("soft", "等待", data.pending)),
      el("div", {class: "heat", role: "img", "aria-label": `${data.users} 位用户，送达 ${data.delivered}，失败 ${data.failed}`}, data.items.map(cell)))
      : empty("还没有虚拟用户。"),
  ]);
  return inner;
}

const total = (tone, label, value) => el("span", {class: tone}, `${label} `, el("b", {}, value.toLocaleString("zh-CN")));

function cell(user) {
  const square = el("i", {class: user.failed ? "bad" : user.pending ? "wait" : user.delivered ? "good" : "", title: `${user.user}：送达 ${user.delivered}，失败 ${user.failed}`});
  square.style.setProperty("--heat", Math.min(1, 0.35 + user.delivered / 12).toFixed(2));
  return square;
}
