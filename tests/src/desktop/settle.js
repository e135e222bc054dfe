// Runs inside the page: waits until all transitions have finished. Those of new elements start a frame later.
const done = arguments[arguments.length - 1];
const frame = () => new Promise((next) => requestAnimationFrame(next));
const moving = () => document.getAnimations().filter(({ playState, effect }) => playState !== "finished" && effect.getComputedTiming().endTime < Infinity);
(async () => {
  let still = 0;
  while (still < 3) {
    await frame();
    still = moving().length === 0 ? still + 1 : 0;
  }
  done();
})();
