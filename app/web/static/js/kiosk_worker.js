// Without a network a page of the tablet is answered by one that says so, and that keeps trying. Nothing personal is
// kept here: that page, and what it is drawn with.
const SHELF = "compagnon-hors-ligne";
const SHELL = "/tablette/hors-ligne";

async function fill() {
  const shelf = await caches.open(SHELF);
  const answer = await fetch(SHELL);
  if (!answer.ok) return;
  const page = await answer.clone().text();
  const parts = [...page.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map((found) => found[1]);
  await Promise.all((await shelf.keys()).map((old) => shelf.delete(old)));
  await shelf.put(SHELL, answer);
  const modules = ["kiosk_queue.js", "kiosk_idle.js", "kiosk_parts.js"].map((name) => `/static/js/${name}`);
  await shelf.addAll([...new Set([...parts, ...modules])]);
}

self.addEventListener("install", (event) => event.waitUntil(fill().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname } = new URL(request.url);
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && pathname.startsWith("/tablette")) {
    event.respondWith(fetch(request).catch(() => caches.match(SHELL)));
  } else if (pathname.startsWith("/static/")) {
    event.respondWith(fetch(request).catch(() => caches.match(request)));
  }
});
