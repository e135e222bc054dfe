// What follows the token of an SD-JWT, cut into runs of equal style.
export interface Run {
  text: string;
  kind: "tilde" | "dot" | "header" | "payload" | "signature";
  lit: boolean;
}

const SEGMENTS = ["header", "payload", "signature"] as const;

/** Disclosures between `~`, and at the end the three segments of a key binding JWT. */
export function runsOf(text: string, lit: readonly { start: number; end: number }[]): Run[] {
  let at = 0;
  let segment = 0;
  const isJwt = (start: number) => text.indexOf("~", start) < 0 && text.includes(".", start);
  return text.split(/([~.])/).flatMap((part): Run[] => {
    const start = at;
    at += part.length;
    if (part === "") return [];
    if (part === "~") return [{ text: part, kind: "tilde", lit: false }];
    if (part === ".") {
      segment += 1;
      return [{ text: part, kind: "dot", lit: false }];
    }
    const kind = segment > 0 || isJwt(start) ? (SEGMENTS[segment] ?? "signature") : "payload";
    return [{ text: part, kind, lit: lit.some((range) => range.start <= start && at <= range.end) }];
  });
}
