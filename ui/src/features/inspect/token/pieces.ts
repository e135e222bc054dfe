// Cuts a token's text into runs of equal style: coloured by segment, underlined where highlighted, marked where wrong,
// folded where long.
import type { Report, Segment, SegmentKind } from "../../../api/bindings.gen";
import { isCompactJwe } from "./jwe";
import { type Fold, foldsOf, NONE, type Range } from "./folds";

/** Longer tokens cannot be edited in place. */
export const SHOWN_WHOLE = 16_000;

/** The parts of what an app signed for itself, which is not a JWT. */
export type AppPart = "app_value" | "app_time" | "app_mac";

interface Stretch extends Range {
  kind: SegmentKind | AppPart;
}

const APP_PARTS: Record<string, AppPart> = { Time: "app_time", Signature: "app_mac" };

/** The parts of what an app signed. */
export const appParts = (report: Report) =>
  (report.app_signature?.parts ?? []).map((part) => ({ ...part, kind: APP_PARTS[part.name] ?? "app_value" }));

export interface Piece {
  /** Where it starts in the text. */
  at: number;
  /** Empty for a fold. */
  text: string;
  kind: SegmentKind | AppPart | "dot" | "tilde" | "text";
  lit: boolean;
  /** In a claim that a failed check blames. */
  blamed: boolean;
  bad: boolean;
  /** After the position where parsing had to stop. */
  beyond: boolean;
  /** What it stands for, if it is a fold. */
  fold: Fold | null;
}

/** The folds that are opened, by the start of their runs. */
export type Opened = Parameters<typeof foldsOf>[4];

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

const SIGNED: readonly SegmentKind[] = ["header", "payload", "signature"];
const ENCRYPTED: readonly SegmentKind[] = [
  "header",
  "encrypted_key",
  "initialization_vector",
  "ciphertext",
  "authentication_tag",
];

/** The segments of a text without a report yet: three parts between dots. */
export function guessSegments(text: string): Segment[] {
  const kinds = isCompactJwe(text) ? ENCRYPTED : SIGNED;
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

/** The characters that divide segments. */
const DIVIDERS: Record<string, Piece["kind"]> = { ".": "dot", "~": "tilde" };

/** A text in pieces of one style each, with folds for what is left out. */
export function shown(
  token: string,
  segments: readonly Stretch[],
  lit: readonly Range[],
  bad: readonly number[],
  wrong: readonly Range[] = [],
  opened: Opened = NONE,
  room?: number,
): Piece[] {
  const ranges = lit.filter((range) => range.start < range.end);
  const blamed = wrong.filter((range) => range.start < range.end);
  const folds = foldsOf(token.length, segments, [...ranges, ...blamed], bad, opened, room);
  const stop = bad.length > 0 ? Math.min(...bad) : Infinity;
  const edges = new Set([0, token.length]);
  for (const range of [...segments, ...ranges, ...blamed, ...folds]) edges.add(range.start).add(range.end);
  for (const at of bad) edges.add(at).add(at + 1);
  const sorted = [...edges].filter((edge) => edge >= 0 && edge <= token.length).sort((a, b) => a - b);
  return sorted.slice(0, -1).flatMap((start, index): Piece[] => {
    const end = sorted[index + 1] ?? token.length;
    const fold = folds.find((one) => one.start <= start && end <= one.end) ?? null;
    // A character that is marked in a fold does not divide it.
    if (fold && start > fold.start) return [];
    const text = fold ? "" : token.slice(start, end);
    const kind = segments.find((one) => one.start <= start && end <= one.end)?.kind;
    return [
      {
        at: start,
        text,
        kind: kind ?? DIVIDERS[text] ?? "text",
        lit: ranges.some((range) => range.start <= start && end <= range.end),
        blamed: blamed.some((range) => range.start <= start && end <= range.end),
        bad: bad.includes(start),
        beyond: start > stop,
        fold,
      },
    ];
  });
}

/** The pieces of a report's own token. */
export function shownReport(
  report: Report,
  lit: readonly Range[],
  blamed: readonly Range[] = [],
  opened: Opened = NONE,
  room?: number,
): Piece[] {
  const at = offsets(report.token);
  const moved = <T extends Range>(range: T): T => ({ ...range, start: at(range.start), end: at(range.end) });
  const bad = report.problems.flatMap((problem) => (problem.at === null ? [] : [at(problem.at)]));
  return shown(
    report.token,
    (report.app_signature ? appParts(report) : report.segments).map((part): Stretch => moved(part)),
    lit.map(moved),
    bad,
    blamed.map(moved),
    opened,
    room,
  );
}

/** `eyJhbGciOiJFUzI1NiIsInR5cCI6Im…` */
export function shortForm(text: string, length = 30): string {
  const line = text.trim().replace(/\s+/g, " ");
  return line.length > length ? `${line.slice(0, length)}…` : line;
}
