// Every form of the cart works alone. This sends them in the background, one after the other, so that the
// numbers that come last are also the newest; all of them are the server's. Something refused: the page's
// numbers are read anew.
const cart = document.querySelector("[data-cart]");
const bar = document.querySelector("[data-cart-bar]");
const body = document.body.dataset;
const texts = cart.dataset;

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
const lineOf = (form) => form.closest("[data-line]");

let last = Promise.resolve();
let epoch = 0; // a refusal takes everything along that was queued behind it

for (const part of [cart, bar]) {
  part?.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.do) return;
    event.preventDefault();
    take(form);
  });
}

cart.addEventListener("change", (event) => {
  const field = event.target;
  if (!field.matches(".counter-number")) return;
  if (field.checkValidity()) field.form.requestSubmit();
  else showQuantity(lineOf(field));
});
cart.addEventListener("focusin", (event) => {
  if (event.target.matches(".counter-number")) event.target.select();
});

function take(form) {
  const line = lineOf(form);
  if (form.dataset.do === "step" && !step(line, Number(form.dataset.step))) return;
  if (form.dataset.do === "number" && !isNewNumber(form, line)) return;
  const data = new URLSearchParams(new FormData(form));
  if (form.dataset.do.startsWith("select")) flip(form, data.get("is_select") === "1");
  const queued = epoch;
  last = last.then(() => (queued === epoch ? send(form, data) : undefined));
}

// Shows a tap at once; the answer to it will say the same, or better.
function step(line, by) {
  const wanted = Number(line.dataset.quantity) + Number(line.dataset.pending || 0) + by;
  if (wanted < 0) return false;
  line.dataset.pending = Number(line.dataset.pending || 0) + by;
  numberOf(line).value = wanted;
  return true;
}

function isNewNumber(form, line) {
  const field = form.elements.quantity;
  if (!/^\d{1,2}$/.test(field.value)) {
    showQuantity(line);
    return false;
  }
  // Enter in the field is a change and a submit: one of them is enough.
  if (field.type !== "hidden" && (field.value === field.dataset.sent || field.value === line.dataset.quantity)) return false;
  field.dataset.sent = field.value;
  return true;
}

async function send(form, data) {
  const answer = await post(form.action, data);
  if (answer.code !== "ok") {
    await refused(answer);
    return;
  }
  const line = lineOf(form);
  const act = form.dataset.do;
  if (!form.isConnected) { // the numbers were read anew in the meantime
    await refresh();
    return;
  }
  if (act === "clear") {
    await refresh();
    document.querySelector("#cart-title").focus();
    return;
  }
  if (act === "select-all") for (const each of cart.querySelectorAll('[data-do="select"]')) flip(each, data.get("is_select") === "1");
  showTotals(answer, line ? settle(form, line, answer) : "");
  if (!cart.querySelector("[data-line]") || (bar && !cart.querySelector(".counter"))) await refresh();
}

async function post(address, data) {
  const headers = { "X-Requested-With": "XMLHttpRequest" };
  headers["X-CSRFToken"] = document.querySelector('meta[name="csrf-token"]').content;
  try {
    return await (await fetch(address, { method: "POST", headers, body: data })).json();
  } catch {
    return {};
  }
}

// Returns what there is to say about the line.
function settle(form, line, answer) {
  const act = form.dataset.do;
  if (act === "step") line.dataset.pending = Number(line.dataset.pending) - Number(form.dataset.step);
  if (act === "number") for (const field of line.querySelectorAll("[name=quantity]")) delete field.dataset.sent;
  if (!answer.quantity) {
    if (act === "delete" || !Number(line.dataset.pending || 0)) remove(line);
    return fill(body.textRemoved, { name: line.dataset.name });
  }
  line.dataset.quantity = answer.quantity;
  showQuantity(line);
  if (act === "step" && form.dataset.step === "1") flip(line.querySelector('[data-do="select"]'), true);
  const short = line.querySelector("[data-short]");
  if (short && answer.quantity <= Number(line.dataset.stock)) {
    if (short.contains(document.activeElement)) numberOf(line).focus();
    short.remove();
  }
  return act === "select" ? "" : fill(body.textQuantity, { name: line.dataset.name, n: answer.quantity });
}

function remove(line) {
  const had = line.contains(document.activeElement) || document.activeElement === document.body;
  const next = line.nextElementSibling || line.previousElementSibling;
  line.remove();
  if (had) (next?.querySelector("button") || document.querySelector("#cart-title")).focus();
}

async function refused(answer) {
  epoch += 1;
  if (answer.login_url) {
    location.assign(answer.login_url);
    return;
  }
  tell("axf:toast", answer.msg || body.textFailed);
  await refresh();
}

// Takes lines and bar from the page as the server has it now; the focus stays where it was.
async function refresh() {
  const { id } = document.activeElement;
  try {
    const answer = await fetch(location.pathname);
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = [page.querySelector("[data-cart]"), page.querySelector("[data-cart-bar]")];
    if (!fresh[0] || !fresh[1] !== !bar) {
      location.reload();
      return;
    }
    cart.replaceChildren(...fresh[0].childNodes);
    bar?.replaceChildren(...fresh[1].childNodes);
    if (id) document.getElementById(id)?.focus();
  } catch {
    for (const line of cart.querySelectorAll("[data-line]")) {
      line.dataset.pending = 0;
      showQuantity(line);
    }
  }
}

function showQuantity(line) {
  const field = numberOf(line);
  if (!field) return;
  delete field.dataset.sent;
  field.value = Number(line.dataset.quantity) + Number(line.dataset.pending || 0);
}

function numberOf(line) {
  return line.querySelector(".counter-number");
}

function flip(form, on) {
  form.querySelector("[role=checkbox]").setAttribute("aria-checked", on);
  form.elements.is_select.value = on ? 0 : 1;
}

function showTotals(answer, said) {
  tell("axf:cart", answer);
  if (!bar) return;
  flip(bar.querySelector('[data-do="select-all"]'), answer.is_all_selected);
  const [yuan, fen] = answer.total_text.slice(1).split(".");
  const total = bar.querySelector("[data-total]");
  total.querySelector(".price-yuan").textContent = yuan;
  total.querySelector(".price-fen").textContent = `.${fen}`;
  const saved = bar.querySelector("[data-saved]");
  saved.hidden = !answer.saved;
  saved.textContent = fill(texts.textSaved, { sum: answer.saved_text });
  cart.querySelector("[data-offers]")?.replaceChildren(...answer.offers.map(offer));
  const link = bar.querySelector("[data-checkout]");
  link.textContent = fill(texts.textCheckout, { n: answer.selected_count });
  if (answer.selected_count) {
    link.href = link.dataset.href;
    link.removeAttribute("aria-disabled");
  } else {
    link.removeAttribute("href");
    link.setAttribute("aria-disabled", "true");
  }
  tell("axf:say", `${said} ${fill(texts.textSaid, { n: answer.selected_count, sum: answer.total_text })}`.trim());
}

// How far the cart is to an offer, as the page draws it.
function offer({ text, name, total, minimum }) {
  const item = document.createElement("li");
  item.className = total < minimum ? "progress" : "progress is-done";
  const words = document.createElement("span");
  const hint = document.createElement("span");
  hint.className = "hint";
  hint.textContent = name;
  words.append(`${text} `, hint);
  const progress = document.createElement("progress");
  progress.value = total;
  progress.max = minimum;
  progress.setAttribute("aria-hidden", "true");
  item.append(words, progress);
  return item;
}

// A page out of the browser's memory, or a tab that comes back, may be older than the cart.
addEventListener("pageshow", (event) => {
  if (event.persisted) refresh();
});
