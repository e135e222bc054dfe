// The layout of the time ruler. Pure geometry: times and a width in, positions out.
import type { Times } from "../../../api/bindings.gen";
import { day, shortTime } from "../../../shared/time/format";
import { makeTicks, PAD, type Tick } from "../../../shared/time/ticks";

export interface Flag {
  x: number;
  label: string;
  anchor: "start" | "end";
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

const PILL_CLEAR = 38;
const NEAR = 44;
/** The range of the ruler: the lifetime with its leeway, and now, unless that would squeeze the lifetime too much. */
function domain(own: number[], now: number, leeway: number): [number, number] {
  const from = Math.min(...own) - leeway;
  const to = Math.max(...own) + leeway;
  // A single time has no length that could be squeezed.
  const most = new Set(own).size > 1 ? Math.max((to - from) * 1.5, 60) : Infinity;
  return [Math.max(Math.min(from, now), from - most), Math.min(Math.max(to, now), to + most)];
}

/** What the flags are called. */
export type FlagNames = Readonly<Partial<Record<"iat" | "nbf" | "exp", string>>>;

function makeFlags(times: Times, at: (t: number) => number, names: FlagNames): Flag[] {
  const named: [string, number | null][] = [
    [names.iat ?? "iat", times.issued_at],
    [names.nbf ?? "nbf", times.not_before],
    [names.exp ?? "exp", times.expires_at],
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
  return Math.abs(now - edge) < 86_400 ? shortTime(now) : day(now, edge);
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
  names: FlagNames = {},
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
    flags: makeFlags(times, at, names),
    ticks: makeTicks(from, to, at, width, clampedNow, clear),
    bar: expiry !== null && start !== null && start < expiry ? { from: at(start), to: at(expiry) } : null,
    leeway: around,
    overrun: ends !== null && now > ends ? { from: at(ends), to: at(clampedNow) } : null,
    now: at(clampedNow),
    pill,
  };
}
