import {phones as api} from "../api.js";
import {el, face} from "../dom.js";
import {pickCode} from "./doings.js";
import {pair, sheet} from "./sheet.js";

// What a page asks of WeChat by the fake `wx`, answered by the owner of this phone.
const METHODS = {login, requestSubscribeMessage, getPhoneNumber, chooseLocation, getLocation, scanCode, closeWindow};

export async function answer(phone, window, {id, method, args = {}}) {
  const run = METHODS[method];
  if (!run) return {id, fail: {errMsg: `${method}:fail not supported`}};
  try {
    const result = await run(phone, args, window);
    return result ? {id, success: {errMsg: `${method}:ok`, ...result}} : {id, fail: {errMsg: `${method}:fail cancel`}};
  } catch (error) {
    return {id, fail: {errMsg: `${method}:fail ${error.message}`}};
  }
}

const asking = (phone, text) => el("div", {class: "who"}, face("mini", phone.world.mini?.name),
  el("b", {}, phone.world.mini?.name || phone.world.account?.name || ""), el("span", {}, text));

async function login(phone) {
  return {code: (await api.act(phone.user, "login_code")).code};
}

async function requestSubscribeMessage(phone, {tmplIds = []}) {
  const consent = more => api.act(phone.user, "consent", more);
  // Without a decision the platform answers what was kept before, or whom it would have to ask.
  const first = await consent({templates: tmplIds});
  if (!first.popup) return first.results;
  const said = await askSubscription(phone, phone.world.templates.filter(template => first.asked.includes(template.id)));
  const accepted = said ? said.accepted : [], refused = first.asked.filter(id => !accepted.includes(id));
  const results = {...first.results};
  for (const [decision, templates] of [["accept", accepted], ["reject", refused]]) {
    if (templates.length) Object.assign(results, (await consent({templates, decision, always: said?.always || false})).results);
  }
  await phone.reloadConsents();
  return results;
}

function askSubscription(phone, templates) {
  return sheet(phone, "", "订阅消息", done => {
    const boxes = templates.map(template => el("input", {type: "checkbox", checked: true, value: template.id}));
    const keep = el("input", {type: "checkbox"});
    const answered = accepted => ({accepted, always: keep.checked});
    return [
      asking(phone, "申请"), el("h2", {}, "发送以下消息"), el("p", {}, "允许一次，可收到一条通知。"),
      el("div", {class: "choices"}, templates.map((template, index) => el("label", {}, boxes[index], el("span", {}, template.title)))),
      el("label", {class: "keep"}, keep, "总是保持以上选择，不再询问"),
      el("div", {class: "pair"},
        el("button", {onclick: () => done(answered([]))}, "取消"),
        el("button", {class: "yes", onclick: () => done(answered(boxes.filter(box => box.checked).map(box => box.value)))}, "允许")),
    ];
  });
}

async function getPhoneNumber(phone) {
  const number = phone.person.phone;
  const allowed = await sheet(phone, "", "手机号", done => [
    asking(phone, "申请"), el("h2", {}, "获取并验证你的手机号"),
    el("div", {class: "choices"}, el("label", {}, el("input", {type: "radio", checked: true, name: "number"}),
      el("span", {}, `${number.slice(0, 3)}****${number.slice(-4)}`, el("small", {}, "微信绑定号码")))),
    pair(done, "允许", "不允许", () => true),
  ]);
  return allowed ? {code: (await api.act(phone.user, "phone_code")).code} : null;
}

const PLACES = [
  {name: "翠湖公园", address: "昆明市五华区翠湖南路 67 号", latitude: 25.0480, longitude: 102.7030},
  {name: "人民中路 128 号", address: "昆明市五华区人民中路 128 号", latitude: 25.0412, longitude: 102.7091},
  {name: "滇池路 569 号", address: "昆明市西山区滇池路 569 号", latitude: 24.9986, longitude: 102.6788},
];

function chooseLocation(phone) {
  return sheet(phone, "", "选择位置", done => [
    el("h2", {}, "选择位置"),
    el("div", {class: "choices"}, PLACES.map(place => el("button", {onclick: () => done(place)},
      el("span", {}, place.name, el("small", {}, place.address))))),
    el("div", {class: "pair"}, el("button", {onclick: () => done(null)}, "取消")),
  ]);
}

async function getLocation(phone) {
  const allowed = await sheet(phone, "", "位置", done => [
    asking(phone, "申请"), el("h2", {}, "获取你的位置信息"), el("p", {}, "仅在本次使用期间"), pair(done, "允许", "不允许", () => true),
  ]);
  return allowed ? {latitude: PLACES[0].latitude, longitude: PLACES[0].longitude, accuracy: 20} : null;
}

async function scanCode(phone) {
  const seen = await pickCode(phone);
  return seen && {result: seen.text || seen.scene, scanType: "QR_CODE", path: ""};
}

function closeWindow(phone) {
  phone.closeWindow();
  return {};
}
