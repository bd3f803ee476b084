import {el} from "../dom.js";
import {span} from "../time.js";
import {act, panel} from "./panel.js";

const STEPS = [["+5 分钟", {advance: 300}], ["+1 小时", {advance: 3600}], ["+48 小时", {advance: 172_800}], ["次日零点", {to: "next_midnight"}]];
const SPEEDS = [1, 10, 60, 600];

export function clockPanel(api) {
  return panel(() => api.get("clock"), (clock, again) => {
    const [day, time] = clock.shanghai.split(" ");
    const move = body => async () => { await api.post("clock", body); await again(); };
    return [el("section", {class: "block clock"},
      el("p", {class: "hint"}, "平台时间（北京时间）"),
      el("p", {class: "face-of-clock"}, el("b", {}, time), el("span", {}, day)),
      el("p", {class: "hint"}, Math.abs(clock.offset) < 1 ? "与真实时间一致。" : `比真实时间${clock.offset > 0 ? "快" : "慢"} ${span(clock.offset)}。`,
        " 令牌、窗口、二维码和额度都按它到期。"),
      el("div", {class: "steps"}, STEPS.map(([label, body]) => act(label, `clock-${label}`, move(body), "strong"))),
      el("div", {class: "speeds", role: "group", "aria-label": "流速"}, el("span", {}, "流速"), SPEEDS.map(speed =>
        el("button", {class: "do", "data-key": `speed-${speed}`, "aria-pressed": String((clock.speed ?? 1) === speed), onclick: move({speed})}, `×${speed}`))))];
  });
}
