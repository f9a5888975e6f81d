// Says beside the field whether the username is free, when the field is left. It never holds the form up.
for (const field of document.querySelectorAll("[data-check-url]")) {
  const status = document.getElementById(`${field.id}-status`);
  let asked = "";
  let asking;

  const say = (text, kind = "") => {
    status.textContent = text;
    status.classList.toggle("is-good", kind === "available");
    status.classList.toggle("is-bad", kind === "taken" || kind === "malformed");
  };

  field.addEventListener("input", () => {
    asking?.abort();
    asked = "";
    say("");
  });

  field.addEventListener("blur", async () => {
    const username = field.value.trim();
    if (!username || username === asked) return;
    asked = username;
    asking = new AbortController();
    try {
      const answer = await fetch(`${field.dataset.checkUrl}?${new URLSearchParams({ username })}`, {
        headers: { "X-Requested-With": "XMLHttpRequest" },
        signal: asking.signal,
      });
      const { code, msg } = await answer.json();
      if (answer.ok) say(msg, code);
    } catch {
      // Not asked, not told: the form itself will find out.
    }
  });
}
