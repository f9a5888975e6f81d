// Every choice is priced by the server at once; without this a button asks for it. Parts of the page that
// changed are replaced by the server's, everything else (what is being typed) stays.
document.documentElement.classList.add("has-checkout");
let asked = 0;
let running = null;

const partsOf = (root) => new Map([...root.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));

// Focus stays where it was, also in a part that is replaced.
function replace(part, fresh) {
  if (part.innerHTML === fresh.innerHTML) return;
  const active = part.contains(document.activeElement) ? document.activeElement : null;
  const open = [...part.querySelectorAll("details")].map((each) => each.open);
  part.replaceWith(fresh);
  fresh.querySelectorAll("details").forEach((each, place) => {
    each.open ||= open[place];
  });
  if (!active?.name) return;
  const same = [...fresh.querySelectorAll("[name]")].filter((each) => each.name === active.name);
  (same.find((each) => each.value === active.value) ?? same[0])?.focus();
}

async function update(form) {
  const mine = ++asked;
  running?.abort();
  running = new AbortController();
  const body = new URLSearchParams(new FormData(form));
  body.set("do", "update");
  const button = form.querySelector(".paybar-go");
  button.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, { method: "POST", body, signal: running.signal });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== asked) return;
    const fresh = partsOf(page);
    const here = partsOf(document);
    // Another set of parts (an address where nobody delivers): the server shows the whole page.
    if ([...fresh.keys()].join() !== [...here.keys()].join()) throw new Error("another page");
    for (const [name, part] of here) replace(part, document.adoptNode(fresh.get(name)));
    const now = document.querySelector("[data-checkout]");
    document.dispatchEvent(
      new CustomEvent("axf:say", {
        detail: `${now.dataset.textTotal} ${now.querySelector("[data-total]").textContent}`,
      }),
    );
  } catch (error) {
    if (error.name === "AbortError" || mine !== asked) return;
    const ask = document.createElement("button");
    ask.name = "do";
    ask.value = "update";
    ask.hidden = true;
    form.append(ask);
    form.requestSubmit(ask);
  }
}

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (!form?.matches("[data-checkout]")) return;
  // What is typed, and what to do when something runs out, has no price.
  if (event.target.matches("textarea, [name=invoice_title], [name^=wish], [name=slot_id]")) return;
  update(form);
});
