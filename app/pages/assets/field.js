/* Where he is, so that he need not type it, and how long an offer still waits. Every page works without this. */

import "./send_once.js";

const places = document.querySelectorAll("[data-position]");
if (places.length > 0 && navigator.geolocation) {
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      for (const input of places) input.value = coords[input.dataset.position].toFixed(6);
    },
    () => {},
    { enableHighAccuracy: true, maximumAge: 60_000, timeout: 10_000 },
  );
}

function tick() {
  for (const line of document.querySelectorAll("[data-until]")) {
    const left = Math.floor((new Date(line.dataset.until) - Date.now()) / 1000);
    line.textContent = left > 0
      ? `还有 ${Math.floor(left / 60)} 分 ${String(left % 60).padStart(2, "0")} 秒答复`
      : "已超过答复时间";
  }
}
if (document.querySelector("[data-until]")) {
  tick();
  setInterval(tick, 1000);
}
