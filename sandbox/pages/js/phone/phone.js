import {phones as api} from "../api.js";
import {el, face, icon} from "../dom.js";
import {clock} from "../time.js";
import {camera, ownerActions} from "./doings.js";
import {chats, me, notices} from "./home.js";
import {NAMES, place} from "./places.js";
import {Strip} from "./strip.js";
import {append, thread} from "./thread.js";
import {MiniWindow, WebWindow} from "./windows.js";

const BANNER_MS = 3000;
const SCREENS = {chats, notices, me, thread, desk: thread};

const nothingUnread = () => ({thread: 0, notices: 0, desk: 0});

// One phone: who holds it, what came, which screen is open. Sheets and windows lie above the screen.
export class Phone {
  constructor(user, world, hooks) {
    Object.assign(this, {user, world, hooks, messages: [], consents: [], unread: nothingUnread()});
    Object.assign(this, {name: "chats", typing: false, extras: false, window: null});
    this.select = el("select", {"aria-label": "谁的手机", onchange: () => this.handOver(this.select.value)});
    this.doings = el("span", {class: "doings"});
    this.view = el("div", {class: "view"});
    this.screen = el("div", {class: "screen"}, this.statusBar(), this.view);
    this.frame = el("div", {class: "frame"}, this.screen);
    this.strip = new Strip();
    this.node = el("section", {class: "seat"},
      el("div", {class: "owner"}, this.select, this.doings,
        el("button", {class: "close", "aria-label": "收起这部手机", onclick: () => hooks.close(this)}, icon("close"))),
      el("div", {class: "fit"}, this.frame), this.strip.node);
  }

  get person() {
    return this.world.users.find(user => user.id === this.user) || {id: this.user, nickname: this.user, role: ""};
  }

  handOver(user) {
    this.user = user;
    this.closeWindow();
    this.name = "chats";
    this.strip.clear();
    this.hooks.changed();
    return this.load();
  }

  async load() {
    const {items, consents} = await api.chat(this.user);
    Object.assign(this, {messages: items, consents, unread: nothingUnread()});
    this.worldChanged();
  }

  async reloadConsents() {
    this.consents = (await api.chat(this.user)).consents;
    if (this.name === "me" || this.name === "notices") this.draw();
  }

  worldChanged() {
    this.fillSelect();
    this.node.setAttribute("aria-label", `${this.person.nickname}的手机`);
    this.doings.replaceChildren(...ownerActions(this));
    // While somebody writes, the text stays; the menu is drawn anew when the sentence is sent.
    if (!this.typing) this.draw();
  }

  fillSelect() {
    const names = {customer: "客户", engineer: "工程师", staff: "员工"};
    const groups = Object.entries(names).map(([role, label]) => {
      const people = this.world.users.filter(user => user.role === role);
      return el("optgroup", {label}, people.map(user => new Option(user.nickname, user.id)));
    });
    this.select.replaceChildren(...groups.filter(group => group.children.length));
    this.select.value = this.user;
  }

  receive(message) {
    if (this.messages.some(known => known.id === message.id)) return;
    this.messages.push(message);
    const where = place(this, message);
    const theirs = message.channel !== "user" && message.channel !== "system";
    const open = this.name === where && !this.window;
    if (theirs && !open) this.unread[where] += 1;
    if (this.name === where && where !== "notices") append(this, message);
    else if (!this.typing || this.name === "notices") this.draw();
    // A card is announced in any case; who reads a chat needs no banner for its next sentence.
    if (theirs && (message.title || !open)) this.alert(message, where);
  }

  alert(message, where) {
    this.frame.classList.remove("buzz");
    void this.frame.offsetWidth;
    this.frame.classList.add("buzz");
    if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(60);
    this.strip.add(message);
    this.banner?.remove();
    const [kind, from] = NAMES[where](this.world);
    const first = message.rows.find(row => row.label === "当前状态") || message.rows[1];
    const banner = el("button", {class: "banner", onclick: () => { banner.remove(); this.closeWindow(); this.go(where); }},
      face(kind, from),
      el("span", {}, el("strong", {}, from, el("time", {}, clock(message.delivered_at, true))),
        el("small", {}, message.title || message.text || "新消息", first ? `：${first.value}` : "")));
    this.banner = banner;
    this.screen.append(banner);
    setTimeout(() => { banner.classList.add("going"); setTimeout(() => banner.remove(), 300); }, BANNER_MS);
  }

  go(name) {
    this.name = name;
    this.typing = this.extras = false;
    if (name in this.unread) this.unread[name] = 0;
    this.draw();
  }

  draw() {
    const focused = this.view.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    this.view.replaceChildren(...SCREENS[this.name](this));
    const list = this.view.querySelector(".thread");
    if (list) list.scrollTop = list.scrollHeight;
    if (focused) this.view.querySelector(`[data-key="${focused}"]`)?.focus();
  }

  statusBar() {
    const time = el("span", {class: "tick"}, clock(Date.now() / 1000));
    setInterval(() => { time.textContent = clock(Date.now() / 1000); }, 5000);
    return el("div", {class: "status", "aria-hidden": "true"}, time,
      el("span", {class: "signal"}, "5G", el("i", {class: "battery"})));
  }

  async do(act, more) {
    try {
      const done = await api.act(this.user, act, more);
      await this.hooks.refresh();
      return done;
    } catch (error) {
      this.say(error.message);
      return null;
    }
  }

  say(text) {
    this.toast?.remove();
    this.toast = el("div", {class: "toast", role: "status"}, text);
    this.screen.append(this.toast);
    setTimeout(() => this.toast.remove(), 2600);
  }

  scan() {
    return camera(this);
  }

  openPage(url) {
    this.closeWindow();
    this.window = new WebWindow(this, url);
    return this.window.open();
  }

  openMini(page, query = "") {
    this.closeWindow();
    this.window = new MiniWindow(this, page, query);
    return this.window.open();
  }

  closeWindow() {
    this.window?.node.remove();
    this.window = null;
  }
}
