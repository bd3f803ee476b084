import {phones as api} from "../api.js";
import {el, icon} from "../dom.js";
import {answer} from "./bridge.js";
import {actions} from "./sheet.js";

// A page of the product in the hand of this phone. Each phone has a browser of its own, with cookies of its own.
export class WebWindow {
  constructor(phone, url) {
    this.phone = phone;
    this.url = url;
    this.kind = "web";
    this.frame = el("iframe", {title: "网页", allow: "geolocation"});
    this.title = el("h2", {}, "正在打开…");
    this.node = el("div", {class: "window"}, this.bar(), this.frame);
    this.listener = event => this.hear(event);
  }

  bar() {
    return el("div", {class: "top"},
      el("button", {class: "nav", "aria-label": "关闭网页", onclick: () => this.close()}, icon("close")), this.title,
      el("button", {class: "nav", "aria-label": "更多", onclick: () => this.more()}, icon("more")));
  }

  async open() {
    this.phone.screen.append(this.node);
    addEventListener("message", this.listener);
    try {
      const {port, key, product} = await api.browser(this.phone.user);
      this.origin = `${location.protocol}//${location.hostname}:${port}`;
      this.frame.src = `${this.origin}/__phone/open?${new URLSearchParams({key, to: this.within(product)})}`;
    } catch (error) {
      this.frame.replaceWith(el("div", {class: "blank"}, error.message));
      this.title.textContent = "无法打开";
    }
  }

  // Pages of the product run through this phone's browser; others are none of the sandbox's business.
  within(product) {
    const target = new URL(this.url, product);
    if (target.origin !== new URL(product).origin) throw new Error("沙箱里的手机只能打开本服务的页面。");
    return target.pathname + target.search;
  }

  hear(event) {
    if (!this.node.isConnected) { removeEventListener("message", this.listener); return; }
    if (event.origin !== this.origin || event.source !== this.frame.contentWindow) return;
    if (event.data?.page) this.title.textContent = event.data.page;
    if (event.data?.wx) answer(this.phone, this, event.data.wx).then(reply => event.source?.postMessage({wx: reply}, this.origin));
  }

  more() {
    return actions(this.phone, "", [{label: "刷新", run: () => this.frame.contentWindow.postMessage({reload: true}, this.origin)}]);
  }

  close() {
    this.phone.closeWindow();
  }
}

// The mini-program: its journeys are shown by the H5 pages of the product, in the frame that WeChat draws around it.
export class MiniWindow extends WebWindow {
  constructor(phone, page, query) {
    super(phone, pageOf(page, query));
    this.kind = "mini";
    this.page = page.split("?")[0] || "pages/index/index";
    this.title.textContent = phone.world.mini?.name || "小程序";
  }

  bar() {
    return el("div", {class: "top"}, el("span"), this.title, el("span", {class: "capsule"},
      el("button", {"aria-label": "更多", onclick: () => this.more()}, icon("more")),
      el("button", {"aria-label": "关闭小程序", onclick: () => this.close()}, icon("close"))));
  }

  async open() {
    await super.open();
    await this.phone.do("open_mini", {page: this.page});
  }

  hear(event) {
    // The frame shows the mini-program's name, not the title of a page.
    if (!event.data?.page) super.hear(event);
  }

  more() {
    const ask = {method: "requestSubscribeMessage", args: {tmplIds: this.phone.world.templates.slice(0, 3).map(t => t.id)}};
    return actions(this.phone, this.phone.world.mini?.name || "小程序", [
      {label: "订阅进度通知", run: () => answer(this.phone, this, ask)},
      {label: "联系客服", run: async () => {
        if (!await this.phone.do("enter_session", {session_from: this.page})) return;
        this.close();
        this.phone.go("desk");
      }},
      {label: "重新进入", run: () => this.frame.contentWindow.postMessage({reload: true}, this.origin)},
    ]);
  }
}

// Pages of the mini-program name their ticket in the query, the H5 pages in the path.
function pageOf(page, query) {
  const [path, own = ""] = page.split("?");
  const asked = new URLSearchParams([own, query].filter(Boolean).join("&"));
  const number = asked.get("number") || asked.get("ticket");
  return /ticket/.test(path) && number ? `/h5/tickets/${encodeURIComponent(number)}` : "/h5/";
}

