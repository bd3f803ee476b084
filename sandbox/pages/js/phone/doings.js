import {phones as api} from "../api.js";
import {el, icon} from "../dom.js";
import {actions, sheet} from "./sheet.js";

// The buttons above a phone, and what its owner does with the camera.
export function ownerActions(phone) {
  const person = phone.person;
  // Where there is little room the symbol stands alone.
  const button = (label, run, symbol) => el("button", {onclick: run, "aria-label": label}, symbol ? [icon(symbol), el("span", {}, label)] : label);
  return [
    button("扫一扫", () => phone.scan(), "scan"),
    person.follows ? button("取关", () => phone.do("unfollow")) : button("关注", () => phone.do("follow")),
    person.blocked_push ? button("恢复接收", () => phone.do("unblock_push")) : button("拒收", () => phone.do("block_push")),
  ];
}

export function settings(phone) {
  const person = phone.person;
  return actions(phone, phone.world.account?.name || "服务号", [
    {label: "扫一扫", run: () => phone.scan()},
    person.blocked_push
      ? {label: "恢复接收通知", run: () => phone.do("unblock_push")}
      : {label: "拒收通知", danger: true, run: () => phone.do("block_push")},
    person.follows
      ? {label: "取消关注", danger: true, run: () => phone.do("unfollow")}
      : {label: "关注", run: () => phone.do("follow")},
  ]);
}

export async function pickCode(phone) {
  const {items} = await api.codes();
  return sheet(phone, "camera", "扫一扫", done => {
    const scene = el("input", {placeholder: "或输入场景值、链接", "aria-label": "场景值或链接", maxlength: "512", autocomplete: "off"});
    const form = el("form", {class: "one", onsubmit: event => {
      event.preventDefault();
      if (scene.value.trim()) done(typed(scene.value.trim()));
    }}, scene, el("button", {type: "submit"}, "识别"));
    return [
      el("button", {class: "leave", "aria-label": "关闭", onclick: () => done(null)}, icon("close")),
      el("div", {class: "finder", "aria-hidden": "true"}),
      el("h2", {}, "将二维码放入框内"), el("p", {}, items.length ? "平台上现有的二维码：" : "平台上还没有二维码。"),
      el("div", {class: "choices"}, items.map(code => el("button", {onclick: () => done({ticket: code.ticket, scene: code.scene})},
        el("img", {src: `/cgi-bin/showqrcode?ticket=${encodeURIComponent(code.ticket)}`, alt: "", loading: "lazy"}),
        el("span", {}, code.scene, el("small", {}, code.expires_at ? "临时二维码" : "永久二维码"))))),
      form,
    ];
  });
}

const typed = text => /^https?:\/\//.test(text) ? {text} : {scene: text};

export async function camera(phone) {
  const seen = await pickCode(phone);
  if (!seen) return;
  const done = await phone.do("scan", seen.text ? {text: seen.text} : seen.ticket ? {ticket: seen.ticket} : {scene: seen.scene});
  if (!done) return;
  if (done.kind === "mini") phone.openMini(done.path || done.page || "", done.query || "");
  else if (done.url) phone.openPage(done.url);
  else { phone.closeWindow(); phone.go("thread"); }
}
