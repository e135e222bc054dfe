// Names of keys inside sentences, which are data like any other.
import type { Report } from "../../api/bindings.gen";
import { textOf } from "./decoded/claim";

/** A sentence shows a long name by its start. */
const SURE = 8;

/**
 * The names of keys that sentences about a report mention; short plain words could be part of any
 * sentence, and several words describe a key without a name.
 */
export function keyNames(report: Report | null): string[] {
  if (!report) return [];
  const names = [report.signature.kid ?? "", textOf(report.header, "kid")];
  return [...new Set(names)].filter(
    (name) => !/\s/.test(name) && (/[\d_-]/.test(name) || name.length >= SURE),
  );
}

/** A sentence with these names in backticks, whole or cut. */
export function withData(sentence: string, names: readonly string[]): string {
  const parts = sentence.split("`");
  for (const name of names) {
    const start = name.slice(0, SURE).replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
    const found = new RegExp(`(?<![\\w\`-])${start}[^\\s,;:\`]*`, "g");
    for (let at = 0; at < parts.length; at += 2) parts[at] = (parts[at] ?? "").replace(found, "`$&`");
  }
  return parts.join("`");
}
