import {el} from "../dom.js";
import {clock} from "../time.js";
import {choice, log} from "./log.js";
import {badge, field, pretty} from "./panel.js";

const STATUS = {pending: ["soft", "等待"], done: ["good", "成功"], failed: ["bad", "失败"], lost: ["fault", "丢失"], unconfigured: ["soft", "未配置"]};
const EVENTS = {
  subscribe: "关注", unsubscribe: "取消关注", SCAN: "扫码", CLICK: "点菜单", VIEW: "打开网页", view_miniprogram: "打开小程序", text: "文字", image: "图片",
  location: "位置", TEMPLATESENDJOBFINISH: "模板送达", subscribe_msg_popup_event: "订阅选择", subscribe_msg_change_event: "订阅变更",
  subscribe_msg_sent_event: "订阅送达", wxa_media_check: "图片检查", user_enter_tempsession: "进入客服", debug_demo: "调试",
  user_authorization_revoke: "撤回授权", wxa_punish_event: "违规处罚",
};

export function callbacks(api) {
  const status = choice("状态", [["", "全部状态"], ...Object.entries(STATUS).map(([value, [, label]]) => [value, label])], () => view.refresh(true));
  const view = log({
    filters: [status],
    nothing: "还没有回调。手机上的动作和推送的结果会从这里发给服务。",
    changing: push => push.status === "pending",
    load: (since, limit) => api.get("callbacks", since ? {since, limit, status: status.value} : {before: 0, limit, status: status.value}),
    row: push => {
      const [tone, label] = STATUS[push.status] || ["soft", push.status];
      const took = push.attempts[push.attempts.length - 1]?.ms;
      return el("details", {class: "entry", "data-key": String(push.id)},
        el("summary", {}, el("time", {}, clock(push.created_at, true)), el("span", {class: "method"}, EVENTS[push.event] || "事件"),
          el("span", {class: "path"}, push.event), push.attempts.length > 1 && badge("soft", `第 ${push.attempts.length} 次`), badge(tone, label),
          el("span", {class: "ms"}, took === undefined || took === null ? "" : `${Math.round(took)} ms`)),
        el("ol", {class: "attempts"}, push.attempts.map(attempt => el("li", {}, el("time", {}, clock(attempt.at, true)),
          badge(attempt.ok ? "good" : "bad", attempt.status ?? "无应答"), el("span", {}, `${Math.round(attempt.ms)} ms`), el("code", {}, attempt.answer || "（空）")))),
        el("dl", {class: "fields"}, field("openid", push.openid), field("内容", pretty(push.body))));
    },
  });
  return view;
}
