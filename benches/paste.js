// Runs in the page: pastes texts one after another and reports for each how long it took until the text and the answer
// were painted, and the longest time during which the page was unresponsive.
//   arguments: texts, whether to look for pauses, then the driver's callback, which gets [{text, answer, pause}], times
//   in milliseconds
const [texts, pauses, done] = arguments;
const frame = () => new Promise((next) => requestAnimationFrame(next));
const pause = (ms) => new Promise((next) => setTimeout(next, ms));
// A frame is painted after its callbacks, so the first task after them runs once it is painted.
const painted = async () => {
  await frame();
  await pause(0);
};

// Ticks every few milliseconds; a busy page ticks late. Only if pauses are requested, since ticking takes time too.
const TICK_MS = 4;
let longest = 0;
let ticking = 0;
const tick = (last) => {
  ticking = setTimeout(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - TICK_MS);
    tick(now);
  }, TICK_MS);
};

const paste = (text) => {
  const event = new Event("paste", { bubbles: true, cancelable: true });
  Object.defineProperty(event, "clipboardData", { value: { getData: () => text } });
  document.body.dispatchEvent(event);
};

/** The answer is there when the top bar shows the token's `jti`, which is unique to each text. */
const answered = (id) =>
  new Promise((next) => {
    const there = () => document.querySelector("header .id")?.textContent === id;
    if (there()) return next();
    const observer = new MutationObserver(() => {
      if (!there()) return;
      observer.disconnect();
      next();
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
  });

void (async () => {
  const results = [];
  for (const { text, id } of texts) {
    // Start from an idle page.
    await pause(100);
    longest = 0;
    if (pauses) tick(performance.now());
    // Long tokens have no field, and the first token of a run appears together with its answer.
    const held = id !== "" && text.length < 16_000 && document.querySelector("header .id") !== null;
    const start = performance.now();
    const answer = id === "" ? null : answered(id);
    if (id === "") document.querySelector("h1").textContent = text;
    else paste(text);
    const shown = painted().then(() => {
      const field = document.querySelector('textarea[aria-label="Token"]');
      if (held && field?.value !== text) throw new Error("the field does not show what was pasted");
      return performance.now() - start;
    });
    await answer;
    await painted();
    results.push({ answer: performance.now() - start, text: await shown, pause: longest });
    clearTimeout(ticking);
  }
  done(results);
})();
