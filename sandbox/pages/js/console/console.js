import {el} from "../dom.js";
import {callbacks} from "./callbacks.js";
import {clockPanel} from "./clock.js";
import {faults} from "./faults.js";
import {mass} from "./mass.js";
import {quotas} from "./quotas.js";
import {requests} from "./requests.js";
import {templates} from "./templates.js";
import {tokens} from "./tokens.js";
import {users} from "./users.js";

const TABS = [
  ["requests", "请求", requests], ["callbacks", "回调", callbacks], ["quotas", "额度", quotas], ["tokens", "令牌", tokens],
  ["templates", "模板", templates], ["users", "用户", users], ["faults", "故障", faults], ["clock", "时钟", clockPanel], ["mass", "群发", mass],
];
const EVERY_MS = 1000;

// The platform's side of the table. Only who knows the operator's secret gets behind it.
export class Console {
  constructor(place, api) {
    Object.assign(this, {place, api, unlocked: api.isOpen(), visible: false, panels: new Map()});
    this.name = localStorage.getItem("console-tab") || "requests";
    if (!TABS.some(([name]) => name === this.name)) this.name = "requests";
  }

  show(visible) {
    this.visible = visible;
    clearTimeout(this.timer);
    if (!visible) return;
    if (!this.place.childElementCount) this.draw();
    this.tick();
  }

  draw() {
    if (!this.unlocked) {
      this.place.replaceChildren(this.lock());
      return;
    }
    this.tabs = el("div", {class: "tablist", role: "tablist", "aria-label": "平台控制台", onkeydown: event => this.arrow(event)},
      TABS.map(([name, label]) => el("button", {role: "tab", id: `tab-${name}`, "aria-controls": "panel", onclick: () => this.choose(name)}, label)));
    this.complaint = el("p", {class: "complaint", role: "alert", hidden: true});
    this.body = el("div", {class: "panel", role: "tabpanel", id: "panel", tabindex: "0"});
    this.place.replaceChildren(this.tabs, this.complaint, this.body);
    this.choose(this.name);
  }

  choose(name) {
    this.name = name;
    localStorage.setItem("console-tab", name);
    for (const tab of this.tabs.children) {
      const chosen = tab.id === `tab-${name}`;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
    }
    if (!this.panels.has(name)) {
      const [, , make] = TABS.find(([known]) => known === name);
      this.panels.set(name, make(this.api, problem => this.complain(problem)));
    }
    this.body.setAttribute("aria-labelledby", `tab-${name}`);
    this.body.replaceChildren(this.panels.get(name).node);
    this.tick();
  }

  arrow(event) {
    const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    if (!step) return;
    const names = TABS.map(([name]) => name);
    this.choose(names[(names.indexOf(this.name) + step + names.length) % names.length]);
    this.tabs.querySelector("[aria-selected=true]").focus();
  }

  async tick() {
    clearTimeout(this.timer);
    if (!this.visible || !this.unlocked) return;
    const name = this.name;
    if (!document.hidden) {
      try {
        await this.panels.get(name).refresh();
        this.complain(null);
      } catch (problem) {
        if (problem.status === 401) { this.unlocked = false; this.panels.clear(); this.draw(); return; }
        this.complain(problem);
      }
    }
    if (name !== this.name) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tick(), EVERY_MS);
  }

  complain(problem) {
    this.complaint.hidden = !problem;
    this.complaint.textContent = problem ? `平台没有回应：${problem.message}` : "";
  }

  lock() {
    const secret = el("input", {type: "password", "aria-label": "控制密钥", placeholder: "控制密钥", autocomplete: "off", required: true});
    const wrong = el("p", {class: "wrong", role: "alert"});
    return el("form", {class: "lock", onsubmit: async event => {
      event.preventDefault();
      try {
        await this.api.unlock(secret.value);
        this.unlocked = true;
        this.draw();
        this.tick();
      } catch (problem) {
        wrong.textContent = problem.status === 403 ? "密钥不对。" : problem.message;
        secret.select();
      }
    }},
    el("h2", {}, "平台控制台"),
    el("p", {}, "请求与回调、额度、令牌、故障和时钟属于平台一方。请输入启动时打印的控制密钥，或直接打开打印出的控制台地址。"),
    el("div", {}, secret, el("button", {type: "submit", class: "do"}, "进入")), wrong);
  }
}
