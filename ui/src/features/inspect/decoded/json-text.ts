// Small queries on JSON text that work on the text itself, so digits stay as written.

/** A member's name without its quotes; invalid escapes stay as written. */
export function jsonName(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text.slice(1, -1);
  }
}

const TIMES = new Set(["exp", "nbf", "iat", "auth_time", "updated_at"]);
const MINUTE = 60n;

export interface TextChange {
  from: number;
  to: number;
  insert: string;
}

/** The change that moves the integer at `at` up or down: a time by a minute, anything else by one. */
export function nudged(line: string, at: number, up: boolean): TextChange | null {
  for (const match of line.matchAll(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g)) {
    const from = match.index;
    const to = from + match[0].length;
    if (at < from || at > to) continue;
    if (!/^-?\d+$/.test(match[0])) return null;
    const name = line.slice(0, from).match(/"((?:[^"\\]|\\.)*)"\s*:\s*$/)?.[1];
    const step = name !== undefined && TIMES.has(name) ? MINUTE : 1n;
    return { from, to, insert: String(BigInt(match[0]) + (up ? step : -step)) };
  }
  return null;
}
