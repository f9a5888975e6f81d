// Menus made of details: Escape, choosing or a tap elsewhere closes them; one is open at a time.
const open = () => document.querySelectorAll("details[data-sheet][open]");

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const sheet of open()) {
    const inside = sheet.contains(document.activeElement);
    sheet.open = false;
    if (inside) sheet.querySelector("summary").focus();
  }
});

document.addEventListener("click", (event) => {
  for (const sheet of open()) {
    if (!sheet.contains(event.target) || event.target.closest(".sheet-panel a")) sheet.open = false;
  }
});

document.addEventListener("focusin", (event) => {
  for (const sheet of open()) if (!sheet.contains(event.target)) sheet.open = false;
});

addEventListener("pageshow", (event) => {
  if (event.persisted) for (const sheet of open()) sheet.open = false;
});
