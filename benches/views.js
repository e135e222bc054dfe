// Runs in the page and measures a view; its arguments: what to do, then the driver's callback, which gets the answer.
//   {open: digit, from: digit, first: selector}   milliseconds from the key press until the first content is painted
//   {seconds: number}                             milliseconds of the main thread that a second's tick takes, five times
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

/**
 * Runs the clock's ticks one after another, each a second later than the last, and divides: the page's own clock is too
 * coarse for one tick.
 */
const seconds = async (count) => {
  const { setTimeout: wait } = window;
  const { now } = Date;
  let tick = null;
  window.setTimeout = (work, ms, ...rest) => {
    if (ms < 500 || ms > 1000) return wait(work, ms, ...rest);
    tick = work;
    return 0;
  };
  while (tick === null) await new Promise((next) => wait(next, 50));
  let ahead = 0;
  Date.now = () => now() + ahead;
  const pass = async () => {
    ahead += 1000;
    tick();
    // The page changes in microtasks; reading a height forces the layout.
    for (let turn = 0; turn < 25; turn += 1) await null;
    void document.body.offsetHeight;
  };
  const costs = [];
  for (let round = 0; round < 5; round += 1) {
    const start = performance.now();
    for (let second = 0; second < count / 5; second += 1) await pass();
    costs.push((performance.now() - start) / (count / 5));
  }
  Date.now = now;
  window.setTimeout = wait;
  tick();
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
