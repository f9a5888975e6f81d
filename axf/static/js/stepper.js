// Lays what is personal over a page that is the same for everybody (the badge, the numbers on the
// steppers, the prices of the shopper's level) and sends taps on + and − in the background. The server's number always wins.
const texts = document.body.dataset;
const lines = new Map(); // goods id -> { server, pending, last, epoch }

let latest; // what the overlay told last

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
const line = (id) => {
  if (!lines.has(id)) lines.set(id, { server: 0, pending: 0, last: Promise.resolve(), epoch: 0 });
  return lines.get(id);
};

function showCount(count) {
  for (const badge of document.querySelectorAll("[data-cart-badge]")) {
    badge.hidden = !(count > 0);
    badge.textContent = count > 99 ? "99+" : count;
    badge.setAttribute("aria-label", fill(texts.textInCart, { n: count }));
    badge.setAttribute("role", "img");
  }
}

function show(id) {
  const { server, pending } = line(id);
  const quantity = Math.max(0, server + pending);
  for (const stepper of document.querySelectorAll(`[data-stepper][data-goods="${id}"]`)) {
    const less = stepper.querySelector('[data-step="-1"]');
    if (!quantity && document.activeElement === less) {
      stepper.querySelector('[data-step="1"]').focus();
    }
    stepper.dataset.quantity = quantity;
    stepper.classList.toggle("is-open", quantity > 0);
    stepper.querySelector("[data-number]").textContent = quantity;
  }
  const buy = document.querySelector(`[data-buy="${id}"] [name=quantity]`);
  if (buy) buy.value = Math.max(1, quantity);
}

function showVipPrices(root, level, prices) {
  for (const place of root.querySelectorAll("[data-vip-price]")) {
    const price = prices[place.dataset.vipPrice];
    place.replaceChildren(...(price === undefined ? [] : vipPrice(level, price)));
  }
}

// What the macro price_vip draws.
function vipPrice(level, price) {
  const said = document.createElement("span");
  said.className = "hidden-text";
  said.textContent = `${texts.textVip} `;
  const label = document.createElement("span");
  label.className = "price-vip-level";
  label.textContent = `V${level}`;
  const yuan = (price / 100).toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return [said, label, ` ¥${yuan}`];
}

async function overlay(root = document) {
  const ids = new Set();
  for (const stepper of root.querySelectorAll('[data-stepper]:not([data-goods="0"])')) ids.add(stepper.dataset.goods);
  for (const heart of root.querySelectorAll("[data-favourite]")) ids.add(heart.dataset.favourite);
  try {
    const answer = await fetch(`${texts.overlayUrl}?goods=${[...ids].join(",")}`, {
      headers: { "X-Requested-With": "XMLHttpRequest" },
    });
    const data = await answer.json();
    if (data.code !== "ok") return;
    latest = data;
    tell("axf:overlay", data);
    showCount(data.count);
    showVipPrices(root, data.vip?.level, data.vip_prices || {});
    for (const id of ids) {
      if (line(id).pending) continue; // a tap is on its way and knows better
      line(id).server = data.quantities[id] || 0;
      show(id);
    }
  } catch {
    // The page is whole without it.
  }
}

async function send(button, id, step, epoch) {
  const state = line(id);
  if (epoch !== state.epoch) return; // an earlier tap failed, this one went with it
  const body = new URLSearchParams(new FormData(button.form));
  let data = {};
  try {
    const answer = await fetch(button.formAction, {
      method: "POST",
      headers: { "X-Requested-With": "XMLHttpRequest" },
      body,
    });
    data = await answer.json();
  } catch {
    data = {};
  }
  if (data.code === "ok") {
    state.server = data.quantity;
    state.pending -= step;
    show(id);
    showCount(data.count);
    const { name } = button.closest("[data-stepper]").dataset;
    tell("axf:say", fill(data.quantity ? texts.textQuantity : texts.textRemoved, { name, n: data.quantity }));
    return;
  }
  state.epoch += 1;
  state.pending = 0;
  if (Number.isInteger(data.quantity)) state.server = data.quantity;
  show(id);
  if (data.login_url) {
    location.assign(data.login_url);
    return;
  }
  tell("axf:toast", data.msg || texts.textFailed);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-stepper] [data-step]");
  if (!button) return;
  event.preventDefault();
  const id = button.closest("[data-stepper]").dataset.goods;
  const step = Number(button.dataset.step);
  const state = line(id);
  if (state.server + state.pending + step < 0) return;
  state.pending += step;
  show(id);
  const { epoch } = state;
  state.last = state.last.then(() => send(button, id, step, epoch));
});

document.addEventListener("axf:cart", (event) => showCount(event.detail.count));
// A module that comes later than the overlay's answer asks for it.
document.addEventListener("axf:overlay-wanted", () => latest && tell("axf:overlay", latest));
document.addEventListener("axf:cards", (event) => overlay(event.detail));
addEventListener("pageshow", (event) => {
  if (event.persisted) overlay();
});

for (const stepper of document.querySelectorAll("[data-stepper]")) {
  line(stepper.dataset.goods).server = Number(stepper.dataset.quantity) || 0;
}
overlay();
