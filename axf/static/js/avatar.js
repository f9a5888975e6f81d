// Shows the chosen picture before it is sent, and says at once when it is too large.
const LARGEST = 5 * 1024 * 1024;

for (const frame of document.querySelectorAll("[data-avatar]")) {
  const now = frame.querySelector("[data-avatar-now]");
  const field = frame.querySelector("input[type=file]");
  const status = document.getElementById(`${field.id}-status`);
  const before = [...now.childNodes];
  let address;

  field.addEventListener("change", () => {
    if (address) URL.revokeObjectURL(address);
    address = "";
    const [file] = field.files;
    const isLarge = file?.size > LARGEST;
    status.textContent = isLarge ? frame.dataset.textLarge : "";
    status.classList.toggle("is-bad", isLarge);
    now.replaceChildren(...before);
    if (!file || isLarge || !file.type.startsWith("image/")) return;
    address = URL.createObjectURL(file);
    const picture = new Image(72, 72);
    picture.className = "avatar avatar--big";
    picture.alt = "";
    picture.addEventListener("load", () => now.replaceChildren(picture));
    picture.src = address;
  });

  // The server would refuse it after minutes of uploading, and the other fields would be gone.
  field.form.addEventListener("submit", (event) => {
    if (field.files[0]?.size > LARGEST) {
      event.preventDefault();
      field.focus();
    }
  });
}
