// The layout of the time ruler. Pure geometry: times and a width in, positions out.
import type { Times } from "../../../api/bindings.gen";
import { day, clockTime, shortTime } from "../../../shared/time/format";

export interface Flag {
  x: number;
  label: string;
  anchor: "start" | "end";
}
export interface Tick {
  x: number;
  /** Absent for minor ticks and where the pill would cover it. */
  label: string | null;
}
export interface Ruler {
  flags: Flag[];
  ticks: Tick[];
  /** The lifetime, if both ends are known. */
  bar: Span | null;
  /** The leeway before the start and after the expiry. */
  leeway: Span[];
  /** From the last moment at which the token was accepted until now. */
  overrun: Span | null;
  now: number;
  /** The pill's text: "now" or how far the clock was moved, plus the distance if now is outside the ruler. */
  pill: string;
}

/** Half the width of the pill, which depends on its text. */
export const halfOf = (pill: string) => 5 + pill.length * 3.4;
interface Span {
  from: number;
  to: number;
}

const PAD = 24;
const PILL_CLEAR = 38;
const LABEL_GAP = 76;
const NEAR = 44;
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

/** The range of the ruler: the lifetime with its leeway, and now, unless that would squeeze the lifetime too much. */
function domain(own: number[], now: number, leeway: number): [number, number] {
  const from = Math.min(...own) - leeway;
  const to = Math.max(...own) + leeway;
  // A single time has no length that could be squeezed.
  const most = new Set(own).size > 1 ? Math.max((to - from) * 1.5, 60) : Infinity;
  return [Math.max(Math.min(from, now), from - most), Math.min(Math.max(to, now), to + most)];
}

function tickLabel(seconds: number, step: number, now: number): string {
  if (step < MINUTE) return clockTime(seconds);
  if (step < DAY) return shortTime(seconds);
  if (step < 300 * DAY) return day(seconds, now);
  return String(new Date(seconds * 1000).getFullYear());
}

function makeTicks(
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
    const room = x > 18 && x < width - 18 && Math.abs(x - at(now)) > clear;
    ticks.push({ x, label: major ? (room ? tickLabel(time, step, now) : "") : null });
  }
  return ticks;
}

function makeFlags(times: Times, at: (t: number) => number): Flag[] {
  const named: [string, number | null][] = [
    ["iat", times.issued_at],
    ["nbf", times.not_before],
    ["exp", times.expires_at],
  ];
  const merged = new Map<number, string>();
  for (const [name, time] of named) {
    if (time !== null) merged.set(time, merged.has(time) ? `${merged.get(time)} ${name}` : name);
  }
  const flags = [...merged].sort(([a], [b]) => a - b).map(([time, label]) => ({ x: at(time), label }));
  return flags.map((flag, index): Flag => {
    const next = flags[index + 1];
    const last = index === flags.length - 1 && index > 0;
    const crowded = next !== undefined && next.x - flag.x < NEAR;
    return { ...flag, anchor: last || crowded ? "end" : "start" };
  });
}

/** The time of day if it is near, else the date. */
function away(now: number, edge: number): string {
  return Math.abs(now - edge) < DAY ? shortTime(now) : day(now, edge);
}

const LAST = 8_640_000_000_000;

/**
 * Null if there is nothing to draw. The leeway is in seconds, like all times; `moved` says how far the clock was moved.
 */
export function layRuler(
  times: Times,
  now: number,
  width: number,
  leeway: number,
  moved: string | null = null,
): Ruler | null {
  const own = [times.issued_at, times.not_before, times.expires_at].filter((time) => time !== null);
  if (own.length === 0 || own.some((time) => Math.abs(time) > LAST)) return null;
  const [from, end] = domain(own, now, leeway);
  const to = Math.max(end, from + 1);
  const at = (time: number) => PAD + ((time - from) / (to - from)) * (width - 2 * PAD);
  const clampedNow = Math.min(Math.max(now, from), to);
  const start = times.not_before ?? times.issued_at;
  const expiry = times.expires_at;
  const ends = expiry === null ? null : expiry + leeway;
  const beyond = now > to ? `${away(now, to)} →` : now < from ? `← ${away(now, from)}` : null;
  const pill = [moved, beyond].filter((word) => word !== null).join(", ") || "now";
  // At an edge the whole pill is on one side.
  const clear = pill === "now" ? PILL_CLEAR : 2 * halfOf(pill) + 26;
  const around: Span[] = [];
  if (leeway > 0) {
    const opens = times.not_before;
    if (opens !== null) around.push({ from: at(opens - leeway), to: at(opens) });
    if (expiry !== null) around.push({ from: at(expiry), to: at(expiry + leeway) });
  }
  return {
    flags: makeFlags(times, at),
    ticks: makeTicks(from, to, at, width, clampedNow, clear),
    bar: expiry !== null && start !== null && start < expiry ? { from: at(start), to: at(expiry) } : null,
    leeway: around,
    overrun: ends !== null && now > ends ? { from: at(ends), to: at(clampedNow) } : null,
    now: at(clampedNow),
    pill,
  };
}
