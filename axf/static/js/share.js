// Shares a goods: by the phone's own sheet where there is one, else in a dialog with the code and the link. Inside
// WeChat neither that sheet nor the clipboard can be relied on: there the dialog says how WeChat itself shares.
const inWeChat = /MicroMessenger/i.test(navigator.userAgent);

for (const hint of document.querySelectorAll("[data-share-wechat]")) hint.hidden = !inWeChat;
for (const hint of document.querySelectorAll("[data-share-elsewhere]")) hint.hidden = inWeChat;

for (const button of document.querySelectorAll("[data-share-copy]")) {
  button.hidden = inWeChat;
  button.addEventListener("click", () => copy(button));
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-share]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  if (navigator.share && !inWeChat) {
    try {
      await navigator.share({ title: link.dataset.shareTitle, url: link.dataset.shareUrl });
      return;
    } catch (error) {
      if (error.name === "AbortError") return; // the shopper closed the sheet
    }
  }
  show(document.querySelector("[data-share-dialog]"));
});

function show(dialog) {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.showModal();
}

async function copy(button) {
  const input = button.closest(".share").querySelector("[data-share-link]");
  const { textCopied, textSelect } = button.dataset;
  input.select();
  try {
    await navigator.clipboard.writeText(input.value);
    say(button, textCopied);
  } catch {
    // Without https there is no clipboard to write to; the older way may do.
    say(button, document.execCommand("copy") ? textCopied : textSelect);
  }
}

function say(button, text) {
  // A toast would lie behind an open dialog: the button itself tells it, and the live region inside reads it out.
  const told = button.parentElement.querySelector("[role=status]") || document.createElement("p");
  told.setAttribute("role", "status");
  told.className = "share-said";
  told.textContent = text;
  button.parentElement.append(told);
}
