import {el} from "../dom.js";
import {clock} from "../time.js";
import {check, choice, log} from "./log.js";
import {badge, field, pretty} from "./panel.js";

const PATHS = [
  ["", "全部接口"], ["/cgi-bin/message/template/send", "模板消息"], ["/cgi-bin/message/subscribe/send", "订阅消息"],
  ["/cgi-bin/message/custom/send", "客服消息"], ["/cgi-bin/stable_token", "稳定令牌"], ["/sns/jscode2session", "小程序登录"],
  ["/sns/oauth2/access_token", "网页授权"], ["/cgi-bin/qrcode/create", "二维码"], ["/wxa/msg_sec_check", "内容检查"],
];

export function requests(api) {
  const path = choice("接口", PATHS, () => view.refresh(true));
  const wrong = check("只看出错的", () => view.refresh(true));
  const view = log({
    filters: [path, wrong.node],
    nothing: "还没有请求。服务一调用平台，就会出现在这里。",
    load: async (since, limit) => {
      const page = await api.get("requests", since ? {since, limit, path: path.value} : {before: 0, limit, path: path.value});
      return {items: wrong.box.checked ? page.items.filter(call => call.errcode !== 0) : page.items};
    },
    row: call => el("details", {class: "entry", "data-key": String(call.id)},
      el("summary", {},
        el("time", {}, clock(call.at, true)), el("span", {class: "method"}, call.method), el("span", {class: "path"}, call.path),
        call.faults.map(fault => badge("fault", fault)), call.deduplicated && badge("soft", "去重"),
        result(call), el("span", {class: "ms"}, `${call.ms < 10 ? call.ms.toFixed(1) : Math.round(call.ms)} ms`)),
      el("dl", {class: "fields"}, field("rid", call.rid), field("参数", call.query), field("请求", pretty(call.body)), field("回答", pretty(call.answer)))),
  });
  return view;
}

function result(call) {
  if (call.errcode === 0) return badge("good", "0");
  return badge("bad", call.errcode === null ? "断开" : call.errcode);
}
