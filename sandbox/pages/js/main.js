import {phones as api, platform} from "./api.js";
import {Console} from "./console/console.js";
import {el, icon} from "./dom.js";
import {listen} from "./live.js";
import {Phone} from "./phone/phone.js";

const MOST = 3;
const seats = [];
const world = {users: [], account: null, mini: null, templates: [], product: null, clock: null, newest: 0};
const at = id => document.getElementById(id);

async function refresh() {
  const known = () => JSON.stringify({...world, clock: null, newest: 0, users: world.users.map(user => ({...user, newest: 0}))});
  const before = known();
  Object.assign(world, await api.directory());
  const platformTime = at("platform-time");
  platformTime.hidden = !world.clock || Math.abs(world.clock.offset) < 1;
  platformTime.textContent = `平台时间 ${world.clock?.shanghai.slice(5, 16).replace("-", "月").replace(" ", "日 ") || ""}`;
  if (before !== known()) seats.forEach(phone => phone.worldChanged());
  // Fewer rows than are shown: the platform was reset.
  const shown = Math.max(0, ...seats.flatMap(phone => phone.messages.map(message => message.id)));
  if (world.newest < shown) seats.forEach(phone => phone.load());
}

function remember() {
  history.replaceState(null, "", `${location.pathname}#${seats.map(phone => phone.user).join(",")}`);
  at("add").disabled = seats.length >= MOST;
  fit();
}

function seat(user) {
  const phone = new Phone(user, world, {changed: remember, close: leave, refresh});
  seats.push(phone);
  at("phones").append(phone.node);
  remember();
  return phone.load();
}

function leave(phone) {
  seats.splice(seats.indexOf(phone), 1);
  phone.node.remove();
  remember();
}

// As many phones as there are beside each other, as large as the room allows.
function fit() {
  const room = at("phones"), style = getComputedStyle(room);
  const width = room.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  const gaps = (parseFloat(style.columnGap) || 0) * Math.max(0, seats.length - 1);
  const height = room.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom) - 34 - 26 - 16;
  const scale = Math.min(1, Math.max(0.66, (width - gaps) / Math.max(1, seats.length) / 393));
  room.style.setProperty("--scale", scale.toFixed(3));
  room.style.setProperty("--room", `${Math.max(420, height)}px`);
}

function theme() {
  const button = at("theme"), system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = localStorage.getItem("theme");
  const apply = () => {
    const dark = chosen ? chosen === "dark" : system.matches;
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    button.replaceChildren(icon(dark ? "sun" : "moon"));
  };
  button.addEventListener("click", () => {
    chosen = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    localStorage.setItem("theme", chosen);
    apply();
  });
  system.addEventListener("change", apply);
  apply();
}

function consoleDoor() {
  const button = at("open-console"), place = at("console");
  const desk = new Console(place, platform);
  const show = open => {
    place.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    desk.show(open);
    fit();
  };
  button.addEventListener("click", () => {
    show(place.hidden);
    localStorage.setItem("console", place.hidden ? "closed" : "open");
  });
  const last = localStorage.getItem("console");
  show(innerWidth > 1100 && last !== "closed");
}

// Something came to a phone that is not on the table: one tap puts it there.
function tellOf(message) {
  const button = at("elsewhere");
  if (!world.users.some(user => user.id === message.user)) return;
  button.textContent = `${message.nickname}收到「${message.title}」`;
  button.hidden = false;
  button.onclick = () => {
    button.hidden = true;
    if (seats.length < MOST) seat(message.user);
    else seats[MOST - 1].handOver(message.user);
  };
}

function hearPhones() {
  const live = at("live");
  listen(world.newest, {
    state: on => { live.classList.toggle("on", on); live.lastElementChild.textContent = on ? "实时" : "重新连接中"; },
    changed: refresh,
    message: message => {
      const here = seats.filter(phone => phone.user === message.user);
      here.forEach(phone => phone.receive(message));
      if (!here.length && message.title) tellOf(message);
    },
  });
}

// A link of the platform to a page of the mini-program opens in the first phone.
function arriveByLink() {
  const asked = new URLSearchParams(location.search);
  if (asked.has("mini") && seats[0]) seats[0].openMini(asked.get("path") || "", asked.get("query") || "");
}

async function begin() {
  theme();
  await refresh();
  const known = id => world.users.some(user => user.id === id);
  const wanted = location.hash.slice(1).split(",").filter(known).slice(0, MOST);
  // Whose phone was busy last comes first.
  const ofRole = role => world.users.filter(user => user.role === role).sort((one, other) => other.newest - one.newest).map(user => user.id);
  const usual = [...ofRole("customer").slice(0, 1), ...ofRole("engineer").slice(0, 1)];
  hearPhones();
  consoleDoor();
  await Promise.all((wanted.length ? wanted : usual.slice(0, innerWidth < 560 ? 1 : 2)).map(seat));
  arriveByLink();
  at("add").addEventListener("click", () => {
    const free = world.users.find(user => !seats.some(phone => phone.user === user.id)) || world.users[0];
    if (free && seats.length < MOST) seat(free.id);
  });
  new ResizeObserver(fit).observe(at("phones"));
  document.body.append(el("span", {hidden: true, id: "ready"}));
}

begin();
