// Cuts a token's text into runs of equal style: coloured by segment, underlined where highlighted, marked where wrong.
import type { Report, Segment, SegmentKind } from "../../../api/bindings.gen";

/** Longer tokens show only their start and end. */
export const SHOWN_WHOLE = 16_000;
const SHOWN_START = 12_000;
const SHOWN_END = 3_000;

export interface Piece {
  text: string;
  kind: SegmentKind | "dot" | "text";
  lit: boolean;
  /** In a claim that a failed check blames. */
  blamed: boolean;
  bad: boolean;
  /** After the position where parsing had to stop. */
  beyond: boolean;
}

export interface Shown {
  start: Piece[];
  /** The number of characters left out in between. */
  hidden: number;
  end: Piece[];
}

interface Range {
  start: number;
  end: number;
}

/** Converts the report's byte offsets to string offsets. */
export function offsets(token: string): (byte: number) => number {
  if (/^[\x00-\x7f]*$/.test(token)) return (byte) => byte;
  return (byte) => {
    let bytes = 0;
    let at = 0;
    for (const character of token) {
      if (bytes >= byte) break;
      const code = character.codePointAt(0) ?? 0;
      bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
      at += character.length;
    }
    return at;
  };
}

/** After this many segments the rest counts as one, since a text may consist of dots only. */
const MOST_SEGMENTS = 8;

/** The segments of a text without a report yet: three parts between dots. */
export function guessSegments(text: string): Segment[] {
  const kinds: SegmentKind[] = ["header", "payload", "signature"];
  const parts = text.split(".", MOST_SEGMENTS);
  const read = parts.join(".").length;
  if (read < text.length) parts[parts.length - 1] += text.slice(read);
  let start = 0;
  return parts.map((part, index) => {
    const segment = { kind: kinds[index] ?? "extra", start, end: start + part.length };
    start += part.length + 1;
    return segment;
  });
}

function cut(
  token: string,
  from: number,
  to: number,
  segments: Segment[],
  lit: readonly Range[],
  bad: number[],
  blamed: readonly Range[],
) {
  const stop = bad.length > 0 ? Math.min(...bad) : Infinity;
  const edges = new Set([from, to]);
  const add = (edge: number) => edge > from && edge < to && edges.add(edge);
  for (const range of [...segments, ...lit, ...blamed]) {
    add(range.start);
    add(range.end);
  }
  for (const at of bad) {
    add(at);
    add(at + 1);
  }
  const sorted = [...edges].sort((a, b) => a - b);
  return sorted.slice(0, -1).map((start, index): Piece => {
    const end = sorted[index + 1] ?? to;
    const text = token.slice(start, end);
    const kind = segments.find((one) => one.start <= start && end <= one.end)?.kind;
    return {
      text,
      kind: kind ?? (text === "." ? "dot" : "text"),
      lit: lit.some((range) => range.start <= start && end <= range.end),
      blamed: blamed.some((range) => range.start <= start && end <= range.end),
      bad: bad.includes(start),
      beyond: start > stop,
    };
  });
}

export function shown(
  token: string,
  segments: Segment[],
  lit: readonly Range[],
  bad: number[],
  wrong: readonly Range[] = [],
): Shown {
  const length = token.length;
  const ranges = lit.filter((range) => range.start < range.end);
  const blamed = wrong.filter((range) => range.start < range.end);
  if (length <= SHOWN_WHOLE) {
    return { start: cut(token, 0, length, segments, ranges, bad, blamed), hidden: 0, end: [] };
  }
  return {
    start: cut(token, 0, SHOWN_START, segments, ranges, bad, blamed),
    hidden: length - SHOWN_START - SHOWN_END,
    end: cut(token, length - SHOWN_END, length, segments, ranges, bad, blamed),
  };
}

/** The pieces of a report's own token. */
export function shownReport(report: Report, lit: readonly Range[], blamed: readonly Range[] = []): Shown {
  const at = offsets(report.token);
  const moved = <T extends Range>(range: T): T => ({ ...range, start: at(range.start), end: at(range.end) });
  const bad = report.problems.flatMap((problem) => (problem.at === null ? [] : [at(problem.at)]));
  return shown(report.token, report.segments.map(moved), lit.map(moved), bad, blamed.map(moved));
}

/** `eyJhbGciOiJFUzI1NiIsInR5cCI6Im…` */
export function shortForm(text: string, length = 30): string {
  const line = text.trim().replace(/\s+/g, " ");
  return line.length > length ? `${line.slice(0, length)}…` : line;
}
