/* An address by tapping: a district that somebody serves instead of typing it, and where the phone is. */

const SHARPEST_WAIT_MS = 12_000;
/* Farther off, a place says less than the district does. */
const USEFUL_M = 1000;
const WHY_NOT = {
  1: "没有得到定位许可。可以在手机或微信的设置里打开，不定位也能提交。",
  2: "暂时定不了位，请到窗边再试，不定位也能提交。",
  3: "定位花的时间太长了，请再试一次，不定位也能提交。",
};

const input = (block, name) => block.querySelector(`input[name=${name}]`);

/* What stands in the fields, as it is told. */
function tell(block, words = "") {
  const measured = input(block, "latitude").value !== "";
  const off = Math.round(Number(input(block, "accuracy_m").value) || 0);
  const button = block.querySelector("[data-locate]");
  button.textContent = measured ? "不附位置" : "用我的位置";
  button.disabled = false;
  const said = block.querySelector("[role=status]");
  said.dataset.ask ??= said.textContent;
  said.textContent = words || (measured ? `已附上位置${off ? `（误差约 ${off} 米）` : ""}。地址仍请写到门牌号。` : said.dataset.ask);
}

function put(block, coords) {
  for (const name of ["latitude", "longitude"]) input(block, name).value = coords ? coords[name].toFixed(6) : "";
  input(block, "accuracy_m").value = coords ? String(Math.round(coords.accuracy)) : "";
  // A draft is kept of what changed.
  block.dispatchEvent(new Event("change", { bubbles: true }));
}

function locate(block) {
  const button = block.querySelector("[data-locate]");
  if (input(block, "latitude").value) {
    put(block, null);
    tell(block);
    return;
  }
  button.disabled = true;
  button.textContent = "正在定位…";
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    const near = coords.accuracy <= USEFUL_M;
    if (near) put(block, coords);
    tell(block, near ? "" : `定位误差约 ${(coords.accuracy / 1000).toFixed(1)} 公里，没有附上。请打开手机定位或到窗边再试。`);
  }, (error) => tell(block, WHY_NOT[error.code] ?? WHY_NOT[2]), {
    enableHighAccuracy: true, maximumAge: 0, timeout: SHARPEST_WAIT_MS,
  });
}

/* Whoever has chosen a district need not type it. */
function elsewhere(select) {
  const typed = select.form.querySelector("[data-elsewhere]");
  if (typed) typed.hidden = select.value !== "";
}

/* After the values were changed by a script. */
export function renew(root = document) {
  for (const select of root.querySelectorAll("[data-area]")) elsewhere(select);
  for (const block of root.querySelectorAll("[data-place]")) tell(block);
}

for (const select of document.querySelectorAll("[data-area]")) select.addEventListener("change", () => elsewhere(select));
for (const block of document.querySelectorAll("[data-place]")) {
  block.hidden = !navigator.geolocation;
  block.querySelector("[data-locate]").addEventListener("click", () => locate(block));
}
renew();
