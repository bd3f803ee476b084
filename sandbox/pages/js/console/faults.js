import {el} from "../dom.js";
import {act, badge, empty, panel} from "./panel.js";
import {editor, describe} from "./rule.js";

export function faults(api) {
  return panel(async () => {
    const [presets, rules] = await Promise.all([api.get("presets"), api.get("faults")]);
    return {presets: presets.items, rules: rules.items};
  }, ({presets, rules}, again) => [
    el("section", {class: "block"}, el("h3", {}, "天气"),
      el("div", {class: "presets"}, presets.map(preset => el("button", {class: "preset", "data-key": `preset-${preset.name}`,
        "aria-pressed": String(Boolean(preset.active)), onclick: async () => { await api.post("presets", {name: preset.name}); await again(); }},
      el("b", {}, preset.name), el("small", {}, preset.description))))),
    el("section", {class: "block"}, el("h3", {}, "生效的规则", rules.length ? badge("fault", rules.length) : null,
      rules.length ? act("全部清除", "clear", async () => { await api.remove("faults"); await again(); }, "danger") : null),
    rules.length ? el("ul", {class: "rules"}, rules.map(rule => el("li", {},
      el("div", {}, el("b", {}, describe(rule.kind)), el("code", {}, said(rule.arguments)), where(rule.match)),
      el("small", {}, `命中 ${rule.fired} / ${rule.seen}${rule.left === null ? "" : `，还剩 ${rule.left} 次`}`),
      act("移除", `rule-${rule.id}`, async () => { await api.remove(`faults/${rule.id}`); await again(); })))) : empty("一切正常，没有故障。")),
    editor(api, again),
  ]);
}

const said = given => Object.entries(given).map(([name, value]) => `${name}=${value}`).join(" ");

const where = match => Object.entries(match).filter(([, value]) => value !== null).map(([name, value]) => badge("soft", `${name} ${value}`));
