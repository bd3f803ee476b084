/* Keeps today's list, its jobs and what they are drawn with on the phone. The network comes first; what is kept is for
   when there is none, or one that does not answer. VERSION and ASSETS stand above. */

const SHELL = `hx-field-assets-${VERSION}`;
const PAGES = "hx-field-pages";
const PATIENCE = 4000;
// Addresses of customers are on them.
const KEPT_FOR = 24 * 3600 * 1000;
const HOME = "/field";
const NOT_KEPT = `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>没有网络 · 回响</title><main><h1>没有网络</h1><p>这一页没有存在手机里。<a href="${HOME}">回到今日工作</a></p></main></html>`;
const NO_PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96"><rect width="96" height="96" fill="#888"/></svg>';

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(ASSETS)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    const old = names.filter((name) => name.startsWith("hx-field-assets-") && name !== SHELL);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, url));
  else if (url.pathname.startsWith("/assets/")) event.respondWith(asset(request));
  else if (request.destination === "image") event.respondWith(fetch(request).catch(noPicture));
});

/* The list names the jobs of the day: they are kept, and those of before go. */
self.addEventListener("message", (event) => {
  if (event.data?.keep) event.waitUntil(keepOnly(event.data.keep));
});

async function page(request, url) {
  const network = fetch(request).then(async (answer) => {
    await remember(url.pathname, answer);
    return answer;
  });
  network.catch(() => {});
  const late = new Promise((_, no) => { setTimeout(no, PATIENCE); });
  try {
    return await Promise.race([network, late]);
  } catch {
    const kept = await (await caches.open(PAGES)).match(url.pathname);
    if (kept && Date.now() - new Date(kept.headers.get("date")) < KEPT_FOR) return kept;
    return network.catch(() => new Response(NOT_KEPT, { headers: { "Content-Type": "text/html; charset=utf-8" } }));
  }
}

async function remember(path, answer) {
  // A job that is not his any more is not kept on his phone.
  if (answer.status === 404) await (await caches.open(PAGES)).delete(path);
  if (answer.status !== 200 || answer.redirected || answer.type === "opaqueredirect") return;
  await (await caches.open(PAGES)).put(path, answer.clone());
}

async function asset(request) {
  const kept = await caches.match(request);
  return kept ?? fetch(request);
}

async function keepOnly(paths) {
  const cache = await caches.open(PAGES);
  const wanted = new Set([HOME, ...paths]);
  for (const request of await cache.keys()) {
    const path = new URL(request.url).pathname;
    if (path.startsWith(`${HOME}/tickets/`) && !wanted.has(path)) await cache.delete(request);
  }
  for (const path of wanted) {
    const answer = await fetch(path, { credentials: "same-origin" }).catch(() => null);
    if (answer) await remember(path, answer);
  }
}

const noPicture = () => new Response(NO_PICTURE, { headers: { "Content-Type": "image/svg+xml" } });
