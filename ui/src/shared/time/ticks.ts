// The ticks of a time ruler: at round local times, as many as fit. Times are in seconds.
import { clockTime, day, shortTime } from "./format";

export interface Tick {
  x: number;
  /** Null for minor ticks; empty where the marker of now would cover it. */
  label: string | null;
}

/** The space at both ends of a ruler, in pixels. */
export const PAD = 24;
const LABEL_GAP = 76;
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** The major step and the number of minor steps in it. */
const STEPS: readonly (readonly [number, number])[] = [
  [1, 1],
  [5, 5],
  [15, 3],
  [MINUTE, 4],
  [5 * MINUTE, 5],
  [15 * MINUTE, 3],
  [HOUR, 4],
  [6 * HOUR, 6],
  [DAY, 4],
  [7 * DAY, 7],
  [30 * DAY, 5],
  [365 * DAY, 12],
  [3650 * DAY, 10],
  [7300 * DAY, 4],
  [18_250 * DAY, 5],
];

function tickLabel(seconds: number, step: number, now: number): string {
  if (step < MINUTE) return clockTime(seconds);
  if (step < DAY) return shortTime(seconds);
  if (step < 300 * DAY) return day(seconds, now);
  return String(new Date(seconds * 1000).getFullYear());
}

/** Half of a label such as 07:45, and what each further character adds to that. */
const HALF_LABEL = 18;
const HALF_CHARACTER = 3.3;

/** `at` maps a time to its position; `clear` is how far from now a label such as 07:45 has to be, in pixels. */
export function makeTicks(
  from: number,
  to: number,
  at: (t: number) => number,
  width: number,
  now: number,
  clear: number,
): Tick[] {
  const pixels = (width - 2 * PAD) / (to - from);
  const [step, parts] = STEPS.find(([seconds]) => seconds * pixels >= LABEL_GAP) ?? [10 * 3650 * DAY, 10];
  const zone = new Date(from * 1000).getTimezoneOffset() * 60;
  const minor = step / parts;
  const first = Math.ceil((from - PAD / pixels - zone) / minor) * minor + zone;
  const ticks: Tick[] = [];
  for (let time = first; at(time) <= width && ticks.length < 400; time += minor) {
    const x = at(time);
    const major = Math.abs((time - zone) % step) < minor / 2;
    const label = major ? tickLabel(time, step, now) : null;
    const longer = Math.max(0, (label ?? "").length - "07:45".length) * HALF_CHARACTER;
    const half = HALF_LABEL + longer;
    const room = x > half && x < width - half && Math.abs(x - at(now)) > clear + longer;
    ticks.push({ x, label: label === null || room ? label : "" });
  }
  return ticks;
}
