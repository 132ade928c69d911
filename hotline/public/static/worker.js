// Keeps the cards that were opened on this phone. What is said may have changed, so the line is asked first.
const KEPT = "cards";
const PATIENCE = 2000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  const keeping = caches.open(KEPT).then((cache) => cache.addAll(event.data));
  event.waitUntil(keeping.then(() => true, () => false).then((done) => event.ports[0].postMessage(done)));
});

self.addEventListener("fetch", (event) => {
  if (event.request.method === "GET" && new URL(event.request.url).origin === self.location.origin) {
    event.respondWith(answer(event.request));
  }
});

async function answer(request) {
  const kept = await (await caches.open(KEPT)).match(request, { ignoreSearch: true });
  if (!kept) return fetch(request);
  try {
    const fresh = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    if (!fresh.ok) return kept;
    await (await caches.open(KEPT)).put(request, fresh.clone());
    return fresh;
  } catch {
    return kept;
  }
}
