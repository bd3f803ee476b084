import {el} from "../dom.js";
import {act, badge, empty, panel} from "./panel.js";

const KINDS = {template: "模板消息", one_time: "一次性订阅", notice: "订阅通知"};

export function templates(api) {
  return panel(() => api.get("templates"), ({items}, again) => items.length ? items.map(template => el("section", {class: "block template"},
    el("h3", {}, template.title, badge("soft", KINDS[template.kind] || template.kind), template.banned && badge("bad", "已封禁"),
      act(template.banned ? "解除封禁" : "封禁", `ban-${template.appid}-${template.id}`, async () => {
        await api.post(`accounts/${template.appid}/templates/${template.id}`, {banned: !template.banned});
        await again();
      }, template.banned ? "" : "danger")),
    el("p", {class: "hint"}, el("code", {}, template.id), `　今日成功 ${template.sent_today}，失败 ${template.failed_today}，被拦 ${template.blocked_today}`),
    el("ul", {class: "slots"}, template.fields.map(slot => el("li", {}, el("code", {}, slot.name), slot.label,
      slot.allowed?.length ? el("small", {}, slot.allowed.join("／")) : null)))))
    : empty("没有模板。"));
}
