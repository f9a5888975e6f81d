// The heart of the goods page, filled by the overlay and sent in the background; and the footprint of shoppers who are
// logged in. For a stranger nothing is sent.
const texts = document.body.dataset;
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
const heart = document.querySelector("[data-favourite]");
let isOn = false;
let isBusy = false;
let isNoted = false;

async function post(path, fields = {}) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "X-Requested-With": "XMLHttpRequest" },
    body: new URLSearchParams(fields),
  });
  return answer.json();
}

function show(isFavourite) {
  isOn = isFavourite;
  heart.classList.toggle("is-on", isOn);
  heart.querySelector("button").setAttribute("aria-pressed", isOn);
}

heart.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (isBusy) return;
  isBusy = true;
  const before = isOn;
  show(!before);
  let data = {};
  try {
    data = await post(heart.action, before ? { off: "1" } : {});
  } catch {
    data = {};
  }
  isBusy = false;
  if (data.code === "ok") {
    tell("axf:toast", data.msg);
    return;
  }
  show(before);
  if (data.login_url) location.assign(data.login_url);
  else tell("axf:toast", data.msg || texts.textFailed);
});

document.addEventListener("axf:overlay", ({ detail: data }) => {
  show((data.favourites || []).includes(Number(heart.dataset.favourite)));
  if (!data.user || isNoted) return;
  isNoted = true;
  post(heart.dataset.seen).catch(() => {}); // the page is whole without it
});
tell("axf:overlay-wanted");
