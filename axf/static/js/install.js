// Registers the service worker and shows what it knows: that this page is a copy kept from the last visit, or that it
// is older than the shop. A page is never reloaded by itself.
const kept = document.querySelector("[data-kept]");
const renewed = document.querySelector("[data-renewed]");
const READING = /^\/axf\/(home|market|goods)\//; // nothing is filled in or paid on these
const ONE_HOUR = 3_600_000;
let isRenewed = false; // a worker of before does not know the files of a new page: only one that came later can judge

function show(note, words) {
  note.hidden = false;
  document.dispatchEvent(new CustomEvent("axf:say", { detail: words.textContent }));
}

function ask() {
  const files = [...document.querySelectorAll('link[rel="stylesheet"], script[src]')].map((each) => {
    const { pathname, search } = new URL(each.href || each.src);
    return pathname + search;
  });
  navigator.serviceWorker.controller?.postMessage({ files });
}

async function register() {
  const registration = await navigator.serviceWorker.register(kept.dataset.worker, { scope: "/axf/" });
  let asked = Date.now();
  // An app on a home screen may stay open for days: coming back to it asks for a newer worker.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || Date.now() - asked < ONE_HOUR) return;
    asked = Date.now();
    registration.update().catch(() => {}); // offline
  });
}

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    if (data.isKept) show(kept, kept);
    else if (data.isOld && isRenewed && READING.test(location.pathname)) show(renewed, renewed.querySelector("p"));
  });
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    isRenewed = true;
    ask();
  });
  addEventListener("load", () => register().catch(() => {})); // without it the shop is whole, only not offline
  renewed.querySelector("button").addEventListener("click", () => location.reload());
  ask();
}

// Browsers that can put the shop on the home screen say so; then a row of the account offers it.
const row = document.querySelector("[data-install]");
if (row) {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    row.hidden = false;
    row.querySelector("button").addEventListener("click", () => {
      row.hidden = true;
      event.prompt();
    }, { once: true });
  });
}
