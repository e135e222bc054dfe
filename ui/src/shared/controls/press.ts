// Whether something is being pressed: a click needs the element that was pressed to be there when it is released.

/** No press takes longer; its end may have gone to another window. */
const LONGEST_MS = 1000;

let pressed = false;
let waiting: (() => void)[] = [];

const begin = () => (pressed = true);

function end(): void {
  pressed = false;
  // The click follows the release in the same task.
  setTimeout(() => {
    for (const go of waiting) go();
    waiting = [];
  });
}

const byKey = (event: KeyboardEvent) => event.key === " ";
addEventListener("pointerdown", begin, true);
addEventListener("keydown", (event) => byKey(event) && begin(), true);
addEventListener("pointerup", end, true);
addEventListener("pointercancel", end, true);
addEventListener("keyup", (event) => byKey(event) && end(), true);
addEventListener("blur", (event) => event.target === window && end(), true);

/** Waits for the end of a press that is under way, and for its click. */
export function pressOver(): Promise<void> {
  if (!pressed) return Promise.resolve();
  return new Promise((resolve) => {
    waiting.push(resolve);
    setTimeout(resolve, LONGEST_MS);
  });
}
