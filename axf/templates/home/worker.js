// The service worker of the shop: pages from the network first, and what stays of them without one.
//
// Kept are only: the files of SHELL (their addresses carry a hash of their content), the offline page, and the public
// pages that PUBLIC names and whose Cache-Control does not forbid it. Public pages are the same bytes for everybody;
// nothing that belongs to one shopper is ever kept, so nothing has to be forgotten at logout. Only GETs are looked at.
//
// Language: the server says in Content-Language what a page speaks, the browser's cookie decides it. All kept pages
// speak one language, that of the kept offline page; the first page that comes in another one empties the rest.
const SHELL = {{ files|tojson }};
const OFFLINE = {{ offline|tojson }};
const HOME = {{ home|tojson }};
const MOST = {{ most }};
const PUBLIC = /^\/axf\/(home|market\/\d+\/\d+\/\d+|goods\/\d+)\/$/;
const FILES = `axf-files-${VERSION}`;
const PAGES = `axf-pages-${VERSION}`;
const fromStore = new Set(); // clients that were shown a kept page

self.addEventListener("install", (event) => {
  // It takes over at once: open pages hold all they need, and it never reloads one.
  event.waitUntil(install().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => event.waitUntil(activate()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(answerPage(event, url));
  else if (SHELL.includes(url.pathname + url.search)) event.respondWith(answerFile(event, request));
});

self.addEventListener("message", (event) => {
  const { source, data } = event;
  source?.postMessage({
    isKept: fromStore.has(source.id),
    isOld: (data.files || []).some((address) => !SHELL.includes(address)),
  });
});

async function install() {
  const files = await caches.open(FILES);
  await files.addAll(SHELL);
  await keepOffline();
  const home = await fetch(HOME);
  if (mayKeep(home)) await (await caches.open(PAGES)).put(HOME, home);
}

async function activate() {
  for (const name of await caches.keys()) {
    if (name.startsWith("axf-") && name !== FILES && name !== PAGES) await caches.delete(name);
  }
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

async function answerPage(event, url) {
  try {
    const answer = (await event.preloadResponse) || (await fetch(event.request));
    const key = keyOf(url);
    const copy = key && mayKeep(answer) ? answer.clone() : null;
    const noted = note(answer.headers.get("Content-Language"), key, copy);
    event.waitUntil(noted.catch(() => {})); // a full disk must not cost the page
    return answer;
  } catch {
    return answerWithoutNetwork(event, url);
  }
}

async function answerWithoutNetwork(event, url) {
  const pages = await caches.open(PAGES);
  const key = keyOf(url);
  const kept = key ? await pages.match(key) : undefined;
  if (kept?.headers.get("Content-Language") === (await keptLanguage())) {
    fromStore.add(event.resultingClientId);
    return kept;
  }
  return (await pages.match(OFFLINE)) || Response.error();
}

// Takes note of what the network answered: another language empties the store, a copy of a public page goes into it.
async function note(language, key, copy) {
  if (language && language !== (await keptLanguage())) await turn();
  // A late answer from before the switch is shown, but not kept.
  if (!copy || language !== (await keptLanguage())) return;
  const pages = await caches.open(PAGES);
  await pages.delete(key); // so that the newest stands last
  await pages.put(key, copy);
  const kept = (await pages.keys()).filter((each) => ![OFFLINE, HOME].includes(new URL(each.url).pathname));
  await Promise.all(kept.slice(0, Math.max(0, kept.length - MOST)).map((each) => pages.delete(each)));
}

async function keptLanguage() {
  const offline = await (await caches.open(PAGES)).match(OFFLINE);
  return offline ? offline.headers.get("Content-Language") : null;
}

// The kept offline page changes last: a turn that fails on its way is made again by the next page.
async function turn() {
  const pages = await caches.open(PAGES);
  const others = (await pages.keys()).filter((each) => new URL(each.url).pathname !== OFFLINE);
  await Promise.all(others.map((each) => pages.delete(each)));
  await keepOffline();
}

async function keepOffline() {
  const answer = await fetch(OFFLINE);
  if (!answer.ok) throw new Error(`offline page: ${answer.status}`);
  await (await caches.open(PAGES)).put(OFFLINE, answer);
}

// A page is kept under its path. With a query it is another page, but for home, whose query only counts visits.
function keyOf(url) {
  return PUBLIC.test(url.pathname) && (!url.search || url.pathname === HOME) ? url.pathname : null;
}

function mayKeep(answer) {
  const rules = answer.headers.get("Cache-Control") || "private";
  return answer.status === 200 && answer.type === "basic" && !answer.redirected
    && !/private|no-store/i.test(rules);
}

async function answerFile(event, request) {
  const files = await caches.open(FILES);
  const kept = await files.match(request, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.status === 200 && answer.type === "basic") {
    event.waitUntil(files.put(request, answer.clone()).catch(() => {}));
  }
  return answer;
}
