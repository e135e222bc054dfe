// Reuses the unchanged objects of the previous report, since the page updates only what is a different object.
import type { Report } from "../../../api/bindings.gen";
import { ROWS } from "../decoded/claim";

/** `next`, with equal members and steps taken from `before`. */
export function keepUnchanged(before: Report, next: Report): Report {
  return {
    ...next,
    header: kept(before.header, next.header),
    claims: kept(before.claims, next.claims),
    trace: kept(before.trace, next.trace),
  };
}

/** Items that are not displayed are not worth comparing. */
function kept<Item>(before: Item[], next: Item[]): Item[] {
  return next.map((item, index) => {
    const earlier = before[index];
    return index < ROWS && earlier !== undefined && same(earlier, item) ? earlier : item;
  });
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
