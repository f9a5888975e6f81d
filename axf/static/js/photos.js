// Photos: those chosen in a form are shown before they are sent; those in a review open large in a dialog.
const LARGEST = 8 * 1024 * 1024;
const MOST = 6;

for (const frame of document.querySelectorAll("[data-photos]")) {
  const field = frame.querySelector("input[type=file]");
  const status = frame.querySelector("[data-photos-status]");
  const chosen = frame.querySelector("[data-photos-chosen]");

  field.addEventListener("change", () => {
    for (const picture of chosen.querySelectorAll("img")) URL.revokeObjectURL(picture.src);
    const files = [...field.files];
    chosen.replaceChildren(...files.slice(0, MOST).filter((file) => file.type.startsWith("image/")).map(preview));
    chosen.hidden = !chosen.children.length;
    const problem = problemOf(frame, files);
    status.textContent = problem || (files.length ? frame.dataset.textChosen.replace("{n}", files.length) : "");
    status.classList.toggle("is-bad", Boolean(problem));
  });

  // The server would refuse them after minutes of uploading, and they would have to be chosen again.
  field.form.addEventListener("submit", (event) => {
    if (!problemOf(frame, [...field.files])) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    field.focus();
  }, true);
}

function problemOf(frame, files) {
  if (files.length > MOST) return frame.dataset.textMany;
  return files.some((file) => file.size > LARGEST) ? frame.dataset.textLarge : "";
}

function preview(file) {
  const item = document.createElement("li");
  const picture = new Image(88, 88);
  picture.alt = file.name;
  picture.src = URL.createObjectURL(file);
  item.append(picture);
  return item;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-photo]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  open(link);
});

function open(link) {
  const small = link.querySelector("img");
  const dialog = document.createElement("dialog");
  dialog.className = "dialog dialog--photo";
  dialog.setAttribute("aria-label", small.alt);
  const large = new Image();
  large.alt = small.alt;
  large.src = link.href;
  const form = document.createElement("form");
  form.method = "dialog";
  const close = document.createElement("button");
  close.className = "button button--quiet";
  close.textContent = document.body.dataset.textClose;
  form.append(close);
  form.addEventListener("submit", (event) => event.stopPropagation());
  dialog.append(large, form);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    link.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}
