// What of a long token is shown: segments that are too long for the column fold in their middle.

export interface Range {
  start: number;
  end: number;
}

/** Characters that are left out. */
export interface Fold extends Range {
  /** The start of the run it is in, which opens as a whole. */
  run: number;
  /** Even opened, a run shows no more than its two ends. */
  opens: boolean;
}

/** About fifteen lines of the column. */
export const SHOWN = 480;
/** Fewer characters take no more room than the fold that would stand for them. */
const LEAST = 40;
/** The ends of an opened run, and how much may be shown because it is highlighted. */
const OPENED_START = 12_000;
const OPENED_END = 3_000;
/** The characters around a wrong one, by which it is found. */
const AROUND = 8;

/** Every run opened. */
export const ALL = { has: () => true };
export const NONE: ReadonlySet<number> = new Set();

/** The length at which runs are cut so that all together are about as long as `room`. */
function fairLength(lengths: readonly number[], room: number): number {
  let left = room;
  const sorted = [...lengths].sort((a, b) => a - b);
  for (const [index, length] of sorted.entries()) {
    const share = left / (sorted.length - index);
    if (length > share) return Math.max(Math.floor(share), LEAST);
    left -= length;
  }
  return Infinity;
}

/** `ranges` without what is beyond the most that may be shown. */
function bounded(ranges: readonly Range[]): Range[] {
  let left = OPENED_START + OPENED_END;
  return ranges.flatMap(({ start, end }) => {
    const length = Math.min(end - start, left);
    left -= length;
    return length > 0 ? [{ start, end: start + length }] : [];
  });
}

/** What is left of `whole` without `keep`. */
function without(whole: Range, keep: readonly Range[]): Range[] {
  const rest: Range[] = [];
  let from = whole.start;
  for (const { start, end } of [...keep].sort((a, b) => a.start - b.start)) {
    if (end <= from || start >= whole.end) continue;
    if (start > from) rest.push({ start: from, end: start });
    from = end;
  }
  if (from < whole.end) rest.push({ start: from, end: whole.end });
  return rest;
}

/** The segments, and what is between them. */
function runsOf(length: number, segments: readonly Range[]): Range[] {
  const between = without({ start: 0, end: length }, segments);
  return [...segments, ...between].sort((a, b) => a.start - b.start);
}

/**
 * What is left out of a text of that length, in order. `keep` is never left out: what is highlighted, as much as fits;
 * nor is what surrounds the characters at `marks`. About as many characters remain as there is room for.
 */
export function foldsOf(
  length: number,
  segments: readonly Range[],
  keep: readonly Range[],
  marks: readonly number[],
  opened: { has: (run: number) => boolean },
  room = SHOWN,
): Fold[] {
  if (length <= room + LEAST) return [];
  const runs = runsOf(length, segments);
  const fair = fairLength(
    runs.map(({ start, end }) => end - start),
    room,
  );
  const shown = [
    ...marks.slice(0, LEAST).map((at) => ({ start: at - AROUND, end: at + AROUND })),
    ...bounded(keep),
  ];
  return runs.flatMap((run): Fold[] => {
    const opens = !opened.has(run.start);
    const ends = opens ? [Math.ceil(fair / 2), Math.floor(fair / 2)] : [OPENED_START, OPENED_END];
    const middle = { start: run.start + ends[0]!, end: run.end - ends[1]! };
    if (middle.end - middle.start < LEAST) return [];
    return without(middle, shown)
      .filter(({ start, end }) => end - start >= LEAST)
      .map((range) => ({ ...range, run: run.start, opens }));
  });
}
