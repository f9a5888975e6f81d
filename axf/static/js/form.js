// Forms work without this: it moves the focus to what is wrong, shows passwords, says that a form is
// on its way and keeps a second tap from sending it again (the server checks that too).
const texts = document.body.dataset;

document.querySelector("[data-error-summary]")?.focus();

for (const box of document.querySelectorAll("[data-password]")) {
  const input = box.querySelector("input");
  const button = document.createElement("button");
  const show = (visible) => {
    input.type = visible ? "text" : "password";
    button.textContent = visible ? texts.textHide : texts.textShow;
    button.setAttribute("aria-label", visible ? texts.textHidePassword : texts.textShowPassword);
  };
  button.type = "button";
  button.className = "password-show";
  button.addEventListener("click", () => show(input.type === "password"));
  input.classList.add("has-button");
  input.form?.addEventListener("submit", () => show(false));
  show(false);
  box.append(button);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  const button = event.submitter;
  if (!button?.matches(".button")) return;
  button.dataset.text = button.textContent;
  button.setAttribute("aria-busy", "true");
  button.textContent = texts.textBusy;
});

// Coming back with the back button finds the form as it was.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll('.button[aria-busy="true"][data-text]')) {
    button.removeAttribute("aria-busy");
    button.textContent = button.dataset.text;
  }
});

// A way back that needs the browser's memory is only offered where there is one.
for (const button of document.querySelectorAll("[data-back]")) {
  button.hidden = history.length < 2;
  button.addEventListener("click", () => history.back());
}
