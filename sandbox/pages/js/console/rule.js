import {el} from "../dom.js";

// kind -> (what it is called, its argument or null, what that is counted in)
const KINDS = {
  slow: ["变慢", 800, "毫秒"], hang: ["没有回答", 10, "秒"], drop_after_accept: ["受理后断线", null], http: ["HTTP 错误", 502, "状态码"],
  garbage_body: ["乱码", null], errcode: ["返回错误码", -1, "错误码"], token_revoked: ["令牌被别人刷新", null], token_flap: ["令牌失效一次", null],
  token_storm: ["令牌一直失效", null], refuse_user: ["用户不可达", 43004, "错误码"], block_content: ["内容被拦", 40249, "错误码"],
  review: ["转入审核", 5, "秒后送达"], job_failed: ["受理后投递失败", null], event_before_response: ["回执先于回答", null],
  unsubscribed_midway: ["发送途中取关", null], cb_duplicate: ["回调重复", 2, "次"], cb_delay: ["回调延迟", 5, "秒"],
  cb_out_of_order: ["回调乱序", 3, "秒"], cb_lost: ["回调丢失", null], cb_bad_signature: ["回调签名错误", null],
  cb_old_timestamp: ["回调时间戳过旧", 600, "秒"], cb_list_as_object: ["List 变成对象", null],
};
const PATHS = [["", "所有接口"], ["/cgi-bin/message/template/send", "模板消息"], ["/cgi-bin/message/subscribe/send", "订阅消息"],
  ["/cgi-bin/message/custom/send", "客服消息"], ["/cgi-bin/stable_token", "稳定令牌"]];

export const describe = kind => KINDS[kind]?.[0] || kind;

export function editor(api, again) {
  const kind = el("select", {name: "kind"}, Object.entries(KINDS).map(([value, [label]]) => new Option(label, value)));
  const amount = el("input", {type: "number", name: "amount", value: "800"});
  const unit = el("span", {class: "unit"}, "毫秒");
  const path = el("select", {name: "path"}, PATHS.map(([value, label]) => new Option(label, value)));
  const chance = el("input", {type: "number", name: "chance", min: "1", max: "100", value: "100"});
  const times = el("input", {type: "number", name: "times", min: "1", placeholder: "不限"});
  const wrong = el("p", {class: "wrong", role: "alert"});
  const amountLabel = el("label", {}, "数值", el("span", {class: "with-unit"}, amount, unit));
  const pathLabel = el("label", {}, "接口", path);
  kind.addEventListener("change", () => {
    const [, usual, measure] = KINDS[kind.value];
    amountLabel.hidden = usual === null;
    amount.value = usual ?? "";
    unit.textContent = measure || "";
    pathLabel.hidden = kind.value.startsWith("cb_");
  });
  return el("form", {class: "block editor", onsubmit: async event => {
    event.preventDefault();
    try {
      await api.post("faults", rule());
      wrong.textContent = "";
      event.target.querySelector("button").focus();
      await again();
    } catch (problem) {
      wrong.textContent = problem.message;
    }
  }}, el("h3", {}, "添加一条规则"),
  el("div", {class: "grid"}, el("label", {}, "故障", kind), amountLabel, pathLabel,
    el("label", {}, "概率", el("span", {class: "with-unit"}, chance, el("span", {class: "unit"}, "%"))), el("label", {}, "次数", times),
    el("button", {type: "submit", class: "do strong", "data-key": "add-rule"}, "添加")), wrong);

  function rule() {
    const match = {};
    if (path.value && !pathLabel.hidden) match.path = path.value;
    if (Number(chance.value) < 100) match.probability = Number(chance.value) / 100;
    const does = KINDS[kind.value][1] === null ? kind.value : {[kind.value]: Number(amount.value)};
    return {match, do: does, times: times.value ? Number(times.value) : null};
  }
}
