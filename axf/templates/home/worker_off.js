// AXF_SERVICE_WORKER=0: the worker is switched off. This one empties what the other kept, and goes.
self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => event.waitUntil(leave()));

async function leave() {
  for (const name of await caches.keys()) {
    if (name.startsWith("axf-")) await caches.delete(name);
  }
  await self.registration.unregister();
}
