// What follows the token of an SD-JWT: disclosures between `~`, and at the end the segments of a key binding JWT.
import type { Segment, SegmentKind } from "../../../api/bindings.gen";

const BINDING: readonly SegmentKind[] = ["header", "payload", "signature"];
/** After this many disclosures the rest counts as one. */
const MOST = 100;

/** The segments of the text after the token. */
export function presentedSegments(text: string): Segment[] {
  const segments: Segment[] = [];
  let start = 0;
  for (const [nth, disclosure] of text.split("~", MOST).entries()) {
    const end = nth === MOST - 1 ? text.length : start + disclosure.length;
    const isBinding = end === text.length && disclosure.includes(".");
    const parts = isBinding ? disclosure.split(".", BINDING.length) : [disclosure];
    for (const [index, part] of parts.entries()) {
      const kind = (isBinding && BINDING[index]) || "payload";
      const last = index === parts.length - 1 ? end : start + part.length;
      if (last > start) segments.push({ kind, start, end: last });
      start = last + 1;
    }
  }
  return segments;
}
