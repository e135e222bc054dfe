// Runs in the page and measures a view; its arguments: what to do, then the driver's callback, which gets the answer.
//   {open: digit, from: digit, first: selector}   milliseconds from the key press until the first content is painted
//   {seconds: number}                             milliseconds of the main thread that each second's tick takes
//   {scroll: frames, step: pixels}                milliseconds between the frames while the list scrolls
const [order, done] = arguments;
const frame = () => new Promise((next) => requestAnimationFrame(next));
const pause = (ms) => new Promise((next) => setTimeout(next, ms));
// A frame is painted after its callbacks, so the first task after them runs once it is painted.
const painted = async () => {
  await frame();
  await pause(0);
};
const press = (digit) =>
  document.body.dispatchEvent(
    new KeyboardEvent("keydown", {
      key: digit,
      code: `Digit${digit}`,
      ctrlKey: true,
      bubbles: true,
      cancelable: true,
    }),
  );
const there = (selector) =>
  new Promise((next) => {
    const look = () => document.querySelector(selector) !== null;
    if (look()) return next();
    const observer = new MutationObserver(() => {
      if (!look()) return;
      observer.disconnect();
      next();
    });
    observer.observe(document.body, {
      subtree: true,
      childList: true,
      attributes: true,
    });
  });

const open = async ({ from, open, first }) => {
  press(from);
  while (document.querySelector(first) !== null) await frame();
  await pause(300);
  const start = performance.now();
  press(open);
  await there(first);
  await painted();
  return [performance.now() - start];
};

/** The clock sets its next timer at each tick, so every tick from the second on runs in the replaced function. */
const seconds = async (count) => {
  const real = window.setTimeout;
  const costs = [];
  window.setTimeout = (work, ms, ...rest) =>
    ms < 500 || ms > 1000
      ? real(work, ms, ...rest)
      : real(() => {
          const start = performance.now();
          work();
          // The page changes in microtasks, which end before this one's next turn; reading a height forces the layout.
          void Promise.resolve()
            .then(() => Promise.resolve())
            .then(() => {
              void document.body.offsetHeight;
              costs.push(performance.now() - start);
            });
        }, ms);
  while (costs.length < count) await new Promise((next) => real(next, 100));
  window.setTimeout = real;
  return costs;
};

const scroll = async (frames, step) => {
  const list = document.querySelector('[role="grid"] [role="rowgroup"]');
  const times = [];
  let last = await frame();
  for (let at = 0; at < frames; at += 1) {
    list.scrollTop += step;
    const now = await frame();
    times.push(now - last);
    last = now;
  }
  return times;
};

void (async () => {
  if (order.open !== undefined) done(await open(order));
  else if (order.seconds !== undefined) done(await seconds(order.seconds));
  else done(await scroll(order.scroll, order.step));
})();
