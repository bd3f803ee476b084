import {el} from "../dom.js";
import {clock} from "../time.js";

const KEPT = 18;
const SLOW_MS = 1000;

// Below a phone: when the platform took the last push, and how long it was until the phone showed it.
export class Strip {
  constructor() {
    this.took = [];
    this.text = el("span", {});
    this.bars = el("span", {class: "bars", "aria-hidden": "true"});
    this.node = el("div", {class: "strip"}, this.text, this.bars);
    this.clear();
  }

  clear() {
    this.took = [];
    this.bars.replaceChildren();
    this.text.textContent = "等待推送…";
  }

  add(message) {
    const ms = Math.max(1, Math.round(Date.now() - message.accepted_at * 1000));
    this.took = [...this.took, ms].slice(-KEPT);
    this.text.replaceChildren(`平台受理 ${clock(message.accepted_at, true)}，`, el("b", {}, `${ms} ms`), " 后到达手机");
    const most = Math.max(...this.took, 50);
    this.bars.replaceChildren(...this.took.map(took => {
      const bar = el("i", {class: took > SLOW_MS ? "slow" : ""});
      bar.style.setProperty("--share", (took / most).toFixed(2));
      return bar;
    }));
  }
}
