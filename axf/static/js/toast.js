// Says short things: visibly on "axf:toast", only to a screen reader on "axf:say".
const toast = document.querySelector("[data-toast]");
const live = document.querySelector("[data-live]");
let timer;

document.addEventListener("axf:toast", (event) => {
  clearTimeout(timer);
  toast.textContent = event.detail;
  toast.classList.add("is-shown");
  timer = setTimeout(() => toast.classList.remove("is-shown"), 4000);
});

toast.addEventListener("transitionend", () => {
  if (!toast.classList.contains("is-shown")) toast.textContent = "";
});

document.addEventListener("axf:say", (event) => {
  live.textContent = event.detail;
});
