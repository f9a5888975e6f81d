// The selected type is scrolled into view, and "load more" appends instead of leaving.
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
    append(link, new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    location.assign(link.href);
  }
});

function append(link, page) {
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
  const first = fresh[0].querySelector("a, button") || fresh[0];
  if (first === fresh[0]) first.tabIndex = -1;
  first.focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("axf:cards", { detail: list }));
}
