// The row of pictures swipes and takes the arrow keys by itself. This moves it by the small pictures without
// moving the page, and marks the one that is shown.
const still = matchMedia("(prefers-reduced-motion: reduce)");

for (const gallery of document.querySelectorAll("[data-gallery]")) {
  const track = gallery.querySelector(".gallery-track");
  const thumbs = [...gallery.querySelectorAll(".gallery-thumb")];
  const mark = () => {
    const now = Math.round(track.scrollLeft / track.clientWidth);
    thumbs.forEach((thumb, i) => (i === now ? thumb.setAttribute("aria-current", "true") : thumb.removeAttribute("aria-current")));
  };
  thumbs.forEach((thumb, i) => thumb.addEventListener("click", (event) => {
    event.preventDefault();
    track.scrollTo({ left: i * track.clientWidth, behavior: still.matches ? "auto" : "smooth" });
  }));
  track.addEventListener("scroll", mark, { passive: true });
  mark();
}
