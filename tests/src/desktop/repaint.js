// Runs inside the page: has it painted for a moment, in colours nobody can tell apart. WebKit takes a screenshot only
// after the next frame, and a page whose clock stands still paints none.
let frames = 20;
const root = document.documentElement;
const timer = setInterval(() => {
  frames -= 1;
  root.style.opacity = frames % 2 === 0 ? "" : "0.9999";
  if (frames <= 0) clearInterval(timer);
}, 25);
