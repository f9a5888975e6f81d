// The shop cannot be reached: tries again at a tap or when the network is back, and lists the pages that are kept.
const LISTED = 8;
const home = document.querySelector("[data-home]");
const section = document.querySelector("[data-kept-pages]");
const retry = document.querySelector("[data-retry]");

// The page stands at the address that could not be reached; asked for by its own name, home is the way on.
function again() {
  if (location.pathname.endsWith("/offline/")) location.assign(home.href);
  else location.reload();
}

async function list() {
  const name = (await caches.keys()).find((each) => each.startsWith("axf-pages-"));
  if (!name) return;
  const pages = await caches.open(name);
  // Home has a button of its own; this page is no way on.
  const seen = (await pages.keys()).filter((each) => each.url !== home.href && !each.url.endsWith("/offline/"));
  const kept = seen.reverse().slice(0, LISTED);
  const rows = await Promise.all(kept.map(async (each) => rowOf(each.url, await (await pages.match(each)).text())));
  section.querySelector("ul").replaceChildren(...rows);
  section.hidden = !rows.length;
}

function rowOf(address, text) {
  const { title } = new DOMParser().parseFromString(text, "text/html");
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.className = "row";
  link.href = address;
  link.textContent = title.split(" · ").slice(0, -1).join(" · ");
  item.append(link);
  return item;
}

retry.hidden = false;
retry.addEventListener("click", again);
addEventListener("online", again);
if ("caches" in window) list();
