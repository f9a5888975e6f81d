// <form data-confirm="Really?" data-confirm-name="…"> asks before it goes. The words of the two buttons are
// data-text-yes and data-text-no of the form or of something around it. Without script the form simply goes.
const agreed = new WeakSet();

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.confirm || agreed.delete(form)) return;
  event.preventDefault();
  event.stopPropagation();
  const { submitter } = event;
  if (await ask(form)) {
    agreed.add(form);
    form.requestSubmit(submitter);
  }
}, true);

function ask(form) {
  const { textYes, textNo } = form.closest("[data-text-yes]").dataset;
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.setAttribute("aria-labelledby", "dialog-question");
  const buttons = element("form", "dialog-buttons");
  buttons.method = "dialog";
  const no = element("button", "button button--quiet", textNo);
  const yes = element("button", "button", textYes);
  no.value = "no";
  yes.value = "yes";
  buttons.append(no, yes);
  const question = element("p", "dialog-question", form.dataset.confirm);
  question.id = "dialog-question";
  dialog.append(question);
  if (form.dataset.confirmName) dialog.append(element("p", "dialog-name", form.dataset.confirmName));
  dialog.append(buttons);
  // The form inside must not reach the listeners of the page.
  buttons.addEventListener("submit", (event) => event.stopPropagation());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close("no");
  });
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

function element(tag, name, text = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}
