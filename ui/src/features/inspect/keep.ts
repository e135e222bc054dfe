// What an answer has in common with the one before it: the page touches only what is another object.
import type { Report } from "../../api/bindings.gen";
import { ROWS } from "./claim";

/** `next`, with the members and steps that say the same as those of `before` taken from there. */
export function keepUnchanged(before: Report, next: Report): Report {
  return {
    ...next,
    header: kept(before.header, next.header),
    claims: kept(before.claims, next.claims),
    trace: kept(before.trace, next.trace),
  };
}

/** What is not on show is not worth the comparison. */
function kept<Item>(before: Item[], next: Item[]): Item[] {
  return next.map((item, index) => {
    const earlier = before[index];
    return index < ROWS && earlier !== undefined && same(earlier, item) ? earlier : item;
  });
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
