// The time left to pay, ticking. <strong data-countdown="SECONDS" hidden> inside something with data-text-left
// ("{time} left") and data-text-over; with data-reload the page is asked once more when the time is over.
const ends = new Map();

function start(root) {
  for (const mark of root.querySelectorAll("[data-countdown]")) {
    if (!ends.has(mark)) ends.set(mark, Date.now() + Number(mark.dataset.countdown) * 1000);
  }
  tick();
}

function tick() {
  for (const [mark, end] of ends) {
    const frame = mark.closest("[data-text-left]");
    const seconds = Math.max(0, Math.round((end - Date.now()) / 1000));
    mark.hidden = false;
    mark.textContent = seconds ? frame.dataset.textLeft.replace("{time}", clock(seconds)) : frame.dataset.textOver;
    if (seconds) continue;
    ends.delete(mark);
    if ("reload" in frame.dataset) setTimeout(() => location.reload(), 1500);
  }
}

function clock(seconds) {
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, "0"));
  if (seconds >= 3600) parts.unshift(Math.floor(seconds / 3600));
  return parts.join(":");
}

start(document);
setInterval(tick, 1000);
document.addEventListener("axf:cards", (event) => start(event.detail));
