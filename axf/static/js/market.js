// The selected type is scrolled into view, "load more" appends instead of leaving, and coming back finds the list
// and the place again, also in browsers that do not keep whole pages.
const rail = document.querySelector("[data-rail]");
const chosen = rail?.querySelector("[aria-current]");
if (chosen) {
  rail.scrollTop = chosen.offsetTop - rail.offsetTop - (rail.clientHeight - chosen.offsetHeight) / 2;
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-more] a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  if (link.getAttribute("aria-busy")) return;
  link.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(link.href);
    if (!answer.ok) throw new Error(answer.status);
    const first = append(new DOMParser().parseFromString(await answer.text(), "text/html"));
    first.focus({ preventScroll: true });
    remember({ loaded: [...(history.state?.loaded || []), link.href] });
  } catch {
    location.assign(link.href);
  }
});

function append(page) {
  const list = document.querySelector("[data-cards]");
  const more = document.querySelector("[data-more]");
  const fresh = [...page.querySelectorAll("[data-cards] > li")].map((item) => document.adoptNode(item));
  if (!fresh.length) throw new Error("no cards");
  const holder = document.createDocumentFragment();
  holder.append(...fresh);
  document.dispatchEvent(new CustomEvent("axf:say", {
    detail: list.dataset.textLoaded.replace("{n}", fresh.length),
  }));
  list.append(holder);
  more.replaceWith(document.adoptNode(page.querySelector("[data-more]")));
  document.dispatchEvent(new CustomEvent("axf:cards", { detail: list }));
  const first = fresh[0].querySelector("a, button") || fresh[0];
  if (first === fresh[0]) first.tabIndex = -1;
  return first;
}

function remember(more) {
  history.replaceState({ ...history.state, ...more }, "");
}

async function comeBack({ loaded, place }) {
  history.scrollRestoration = "manual";
  try {
    for (const address of loaded) {
      const answer = await fetch(address);
      append(new DOMParser().parseFromString(await answer.text(), "text/html"));
    }
    if (place) scrollTo(0, place);
  } catch {
    // The first page is there, and its way on.
  }
}

addEventListener("pagehide", () => {
  if (history.state?.loaded) remember({ place: scrollY });
});
const [visit] = performance.getEntriesByType("navigation");
if (history.state?.loaded && visit?.type !== "navigate") comeBack(history.state);
