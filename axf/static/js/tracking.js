// An order on its way: asks every 20 seconds where its parcels are, only while the page is seen and something is open.
const PAUSE = 20000;
let timer = 0;

const part = () => document.querySelector("[data-tracking][data-live]");

async function refresh() {
  const old = part();
  if (!old) return;
  try {
    const answer = await fetch(old.dataset.tracking, { headers: { Accept: "text/html" } });
    if (answer.ok && !answer.redirected) {
      const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-tracking]");
      if (!found || !("live" in found.dataset)) {
        location.reload(); // What can be done now is told by the whole page.
        return;
      }
      if (found.innerHTML !== old.innerHTML && !old.contains(document.activeElement)) {
        old.replaceWith(document.adoptNode(found));
      }
    }
  } catch {
    // No connection just now: ask again.
  }
  wait();
}

function wait() {
  clearTimeout(timer);
  if (part() && !document.hidden) timer = setTimeout(refresh, PAUSE);
}

document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : refresh()));
wait();
