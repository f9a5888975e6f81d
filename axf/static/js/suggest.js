// Makes a combobox of the search box (ARIA APG: list autocomplete, manual selection), keeps the words that were
// looked for on this device, and tells the shop what was asked for. Without it the box is a plain form.
const form = document.querySelector("[data-search]");
const input = form.elements.q;
const texts = form.dataset;
const isEnglish = document.documentElement.lang === "en";
const KEPT = "axf:searches";
const MOST_KEPT = 10;
const CALM = 120; // ms without a key before the shop is asked
const answers = new Map(); // what was typed -> suggestions

let options = [];
let active = -1;
let timer = 0;
let asking = null;

const list = document.createElement("ul");
list.id = "suggestions";
list.className = "suggestions";
list.hidden = true;
list.setAttribute("role", "listbox");
list.setAttribute("aria-label", texts.textList);
form.append(list);
const told = document.createElement("p");
told.className = "hidden-text";
told.setAttribute("role", "status");
form.append(told);
for (const [name, value] of Object.entries({
  role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
})) input.setAttribute(name, value);

function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT) || "[]");
    return Array.isArray(found) ? found.filter((text) => typeof text === "string").slice(0, MOST_KEPT) : [];
  } catch {
    return [];
  }
}

function keep(words) {
  try {
    if (words.length) localStorage.setItem(KEPT, JSON.stringify(words.slice(0, MOST_KEPT)));
    else localStorage.removeItem(KEPT);
  } catch {
    // A full or forbidden store: then nothing is kept.
  }
}

const searchUrl = (text) => `${form.action}?q=${encodeURIComponent(text)}`;

function close() {
  clearTimeout(timer);
  asking?.abort();
  options = [];
  active = -1;
  list.hidden = true;
  list.replaceChildren();
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function open(found, typed) {
  options = found;
  active = -1;
  input.removeAttribute("aria-activedescendant");
  list.replaceChildren(...found.map((option, i) => item(option, i, typed)));
  list.hidden = !found.length;
  input.setAttribute("aria-expanded", String(Boolean(found.length)));
  told.textContent = found.length ? texts.textCount.replace("{n}", found.length) : "";
}

function item(option, i, typed) {
  const line = document.createElement("li");
  line.id = `suggestion-${i}`;
  line.className = "suggestion";
  line.setAttribute("role", "option");
  line.setAttribute("aria-selected", "false");
  const words = document.createElement("span");
  words.className = "suggestion-text";
  words.append(...marked(option.words, typed));
  line.append(words);
  const label = { type: texts.textType, query: texts.textQuery, kept: texts.textKept }[option.kind];
  if (label) {
    const kind = document.createElement("span");
    kind.className = "hint";
    kind.textContent = label;
    line.append(kind);
  }
  line.addEventListener("click", () => location.assign(option.url));
  return line;
}

function marked(words, typed) {
  const at = typed ? words.toLowerCase().indexOf(typed.toLowerCase()) : -1;
  if (at < 0) return [words];
  const part = document.createElement("strong");
  part.textContent = words.slice(at, at + typed.length);
  return [words.slice(0, at), part, words.slice(at + typed.length)];
}

function move(to) {
  list.children[active]?.setAttribute("aria-selected", "false");
  active = (to + options.length) % options.length;
  const line = list.children[active];
  line.setAttribute("aria-selected", "true");
  line.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", line.id);
}

// From one Chinese character or two letters on, as the shop does it.
const isEnough = (typed) => typed.length >= (/^[\x00-\x7f]*$/.test(typed) ? 2 : 1);

async function offer() {
  const typed = input.value.trim();
  if (!typed) {
    open(kept().map((text) => ({ kind: "kept", words: text, url: searchUrl(text) })), "");
    return;
  }
  if (!isEnough(typed)) {
    close();
    return;
  }
  asking?.abort();
  asking = new AbortController();
  try {
    if (!answers.has(typed)) {
      const answer = await fetch(`${texts.suggestUrl}?q=${encodeURIComponent(typed)}`, { signal: asking.signal });
      const data = await answer.json();
      if (data.code !== "ok") return;
      answers.set(typed, data.suggestions);
    }
  } catch {
    return; // too late, or offline: the box works without
  }
  if (typed !== input.value.trim() || document.activeElement !== input) return;
  open(answers.get(typed).map(({ kind, text, text_en: english, url }) => ({
    kind, words: (isEnglish && english) || text, url,
  })), typed);
}

input.addEventListener("input", (event) => {
  if (event.isComposing) return;
  clearTimeout(timer);
  timer = setTimeout(offer, CALM);
});
input.addEventListener("compositionend", () => {
  clearTimeout(timer);
  timer = setTimeout(offer, CALM);
});
input.addEventListener("focus", () => {
  if (!input.value) offer();
});
input.addEventListener("blur", close);
// A tap on the list must not take the focus from the box, or the list would be gone before the tap counts.
list.addEventListener("mousedown", (event) => event.preventDefault());

// The arrows, Home and End that move in the text lead back to it: Enter then looks for what is typed.
function leaveList() {
  list.children[active]?.setAttribute("aria-selected", "false");
  active = -1;
  input.removeAttribute("aria-activedescendant");
}

input.addEventListener("keydown", (event) => {
  // Safari ends a composition before its Enter, and tells so by the code 229 only.
  if (event.isComposing || event.keyCode === 229) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!options.length) offer();
    else if (event.key === "ArrowDown") move(active + 1);
    else move(active < 0 ? options.length - 1 : active - 1);
  } else if (event.key === "Enter" && active >= 0) {
    event.preventDefault();
    location.assign(options[active].url);
  } else if (["Home", "End", "ArrowLeft", "ArrowRight"].includes(event.key)) {
    leaveList();
  } else if (event.key === "Escape") {
    event.preventDefault();
    if (!options.length) input.value = "";
    close();
  }
});

// What a page of hits looked for is kept here, and counted in the shop: once, not when coming back.
const searched = document.querySelector("[data-searched]")?.dataset.searched;
const [visit] = performance.getEntriesByType("navigation");
if (searched && visit?.type !== "back_forward") {
  keep([searched, ...kept().filter((text) => text !== searched)]);
  if (visit?.type === "navigate") navigator.sendBeacon(texts.askedUrl, new URLSearchParams({ q: searched }));
}

// The start page shows what was looked for, to repeat or to forget.
const history = document.querySelector("[data-search-history]");
function showHistory() {
  const words = kept();
  history.hidden = !words.length;
  history.querySelector("[data-search-history-list]").replaceChildren(...words.map((text) => {
    const line = document.createElement("li");
    line.className = "found-kept";
    const link = document.createElement("a");
    link.className = "pill";
    link.href = searchUrl(text);
    link.textContent = text;
    const forget = document.createElement("button");
    forget.type = "button";
    forget.className = "found-forget";
    forget.textContent = "×";
    forget.setAttribute("aria-label", history.dataset.textRemove.replace("{text}", text));
    forget.addEventListener("click", () => {
      keep(kept().filter((other) => other !== text));
      showHistory();
      (history.querySelector(".found-forget") || input).focus();
    });
    line.append(link, forget);
    return line;
  }));
}
if (history) {
  history.querySelector("[data-search-forget]").addEventListener("click", () => {
    keep([]);
    showHistory();
    input.focus();
  });
  showHistory();
}
