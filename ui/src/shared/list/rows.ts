// What lists that draw only the rows in sight have in common.
import { defaultRangeExtractor, type Range } from "@tanstack/svelte-virtual";

/** The rows to draw: those in sight, and the tab stop wherever the list is scrolled to, so that it keeps the focus. */
export function rowsToDraw(range: Range, stop: number): number[] {
  const inSight = defaultRangeExtractor(range);
  if (stop >= range.count || inSight.includes(stop)) return inSight;
  return [...inSight, stop].sort((a, b) => a - b);
}

/** The row that a key leads to from row `at` of `count`; undefined if the key leads nowhere. */
export function rowByKey(key: string, at: number, count: number): number | undefined {
  return {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: count - 1,
    PageDown: at + 10,
    PageUp: at - 10,
  }[key];
}

/** Is it time to load the next page, with `last` the last row in sight of `count` loaded ones? */
export const isNearEnd = (last: number, count: number): boolean => last >= count - 50;
