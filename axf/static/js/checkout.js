// Every choice is priced by the server at once; without this a button asks for it. Parts of the page that
// changed are replaced by the server's, everything else (what is being typed) stays.
document.documentElement.classList.add("has-checkout");
// What is typed, when to come, and what to do when something runs out have no price.
const UNPRICED = "textarea, [name=invoice_title], [name^=wish], [name=slot_id], [type=hidden]";
let asked = 0;
let running = null;

const formNow = () => document.querySelector("[data-checkout]");
const partsOf = (root) => new Map([...root.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
const bare = (part) => part.innerHTML.replaceAll(/ (selected|open)=""/g, "");

// Focus, open details and a time chosen in the meantime stay, also in a part that is replaced.
function replace(part, fresh) {
  for (const select of fresh.querySelectorAll("select")) {
    const now = part.querySelector(`[name="${select.name}"]`)?.value;
    if ([...select.options].some((option) => option.value === now && !option.disabled)) select.value = now;
  }
  if (bare(part) === bare(fresh)) return;
  const active = part.contains(document.activeElement) ? document.activeElement : null;
  const open = [...part.querySelectorAll("details")].map((each) => each.open);
  part.replaceWith(fresh);
  fresh.querySelectorAll("details").forEach((each, place) => {
    each.open ||= open[place];
  });
  if (!active?.name) return;
  const same = [...fresh.querySelectorAll("[name]")].filter((each) => each.name === active.name);
  (same.find((each) => each.value === active.value) ?? same[0])?.focus({ preventScroll: true });
}

async function update(form) {
  const mine = ++asked;
  running?.abort();
  running = new AbortController();
  const body = new URLSearchParams(new FormData(form));
  body.set("do", "update");
  form.querySelector(".paybar-go").setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, { method: "POST", body, signal: running.signal });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== asked) return;
    const fresh = partsOf(page);
    const here = partsOf(document);
    // Another set of parts (nothing is left to order): the server shows the whole page.
    if ([...fresh.keys()].join() !== [...here.keys()].join()) throw new Error("another page");
    for (const [name, part] of here) replace(part, document.adoptNode(fresh.get(name)));
    running = null;
    const now = formNow();
    const total = `${now.dataset.textTotal} ${now.querySelector("[data-total]").textContent}`;
    document.dispatchEvent(new CustomEvent("axf:say", { detail: total }));
  } catch (error) {
    if (error.name === "AbortError" || mine !== asked) return;
    running = null;
    const ask = document.createElement("button");
    ask.name = "do";
    ask.value = "update";
    ask.hidden = true;
    form.append(ask);
    form.requestSubmit(ask);
  }
}

document.addEventListener("change", (event) => {
  const { form } = event.target;
  if (form?.matches("[data-checkout]") && !event.target.matches(UNPRICED)) update(form);
});

// While the sums are worked out nothing can be ordered for the old ones.
document.addEventListener(
  "submit",
  (event) => {
    if (running && event.target.matches("[data-checkout]")) event.preventDefault();
  },
  true,
);

// Enter in a text field orders nothing.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input[name=invoice_title]")) event.preventDefault();
});

// A browser that comes back may show choices that these sums are not for.
addEventListener("pageshow", (event) => {
  const form = formNow();
  if (!form) return;
  const isOther = [...form.elements].some(
    (each) => ["radio", "checkbox"].includes(each.type) && each.checked !== each.defaultChecked && !each.matches(UNPRICED),
  );
  if (event.persisted || isOther) update(form);
});
