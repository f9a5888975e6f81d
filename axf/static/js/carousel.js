// Swiping and the arrow keys come from the scrolling list itself. This adds buttons, dots and a slow
// autoplay that ends at the first touch and never starts under reduced motion.
const PAUSE = 5000;
const still = matchMedia("(prefers-reduced-motion: reduce)");

for (const carousel of document.querySelectorAll("[data-carousel]")) {
  const track = carousel.querySelector(".carousel-track");
  const slides = [...track.children];
  if (slides.length > 1) enhance(carousel, track, slides);
}

function enhance(carousel, track, slides) {
  const { sprite, textPrevious, textNext, textPause, textPlay } = carousel.dataset;
  let playing = !still.matches;
  let held = false; // focus or pointer is inside
  let timer;

  const now = () => Math.round(track.scrollLeft / track.clientWidth);
  const go = (index) => {
    const left = ((index + slides.length) % slides.length) * track.clientWidth;
    track.scrollTo({ left, behavior: still.matches ? "auto" : "smooth" });
  };
  const button = (kind, icon, label, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = `carousel-button carousel-button--${kind}`;
    made.innerHTML = '<svg class="icon" aria-hidden="true"><use></use></svg>';
    made.addEventListener("click", act);
    dress(made, icon, label);
    return made;
  };
  const dress = (made, icon, label) => {
    made.querySelector("use").setAttribute("href", `${sprite}#${icon}`);
    made.setAttribute("aria-label", label);
  };
  const run = () => {
    clearInterval(timer);
    if (playing && !held && !document.hidden) timer = setInterval(() => go(now() + 1), PAUSE);
  };
  const play = (on) => {
    playing = on;
    dress(toggle, on ? "pause" : "play", on ? textPause : textPlay);
    run();
  };
  const step = (by) => {
    play(false);
    go(now() + by);
  };

  const dots = document.createElement("p");
  dots.className = "carousel-dots";
  dots.setAttribute("aria-hidden", "true");
  dots.append(...slides.map(() => document.createElement("i")));
  const mark = () => [...dots.children].forEach((dot, i) => dot.classList.toggle("is-now", i === now()));

  const controls = document.createElement("div");
  controls.className = "carousel-controls";
  const toggle = button("play", "pause", textPause, () => {
    held = false;
    play(!playing);
  });
  controls.append(
    button("previous", "chevron", textPrevious, () => step(-1)),
    toggle,
    button("next", "chevron", textNext, () => step(1)),
  );
  carousel.append(dots, controls);

  track.addEventListener("scroll", mark, { passive: true });
  track.addEventListener("pointerdown", () => play(false));
  track.addEventListener("wheel", () => play(false), { passive: true });
  track.addEventListener("keydown", (event) => {
    if (event.key.startsWith("Arrow")) play(false);
  });
  const hold = (on) => () => {
    held = on;
    run();
  };
  carousel.addEventListener("focusin", (event) => {
    if (track.contains(event.target)) play(false);
    else hold(true)();
  });
  carousel.addEventListener("focusout", hold(false));
  carousel.addEventListener("mouseenter", hold(true));
  carousel.addEventListener("mouseleave", hold(false));
  document.addEventListener("visibilitychange", run);
  still.addEventListener("change", () => play(!still.matches && playing));
  mark();
  play(playing);
}
