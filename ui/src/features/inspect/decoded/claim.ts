// What a row of the claim grid shows about a member at a given time. Pure.
import type { Member, PayloadBytes, ScopeState, Word } from "../../../api/bindings.gen";
import type { ChipState } from "../../../shared/controls/chip";
import { count, moment, relative } from "../../../shared/time/format";

/** Rows shown before "Show more". */
export const ROWS = 200;
/** The most characters of a value in the grid; the whole value opens below. */
const IN_GRID = 160;
/** Longer lists have a line for each element. */
const ON_ONE_LINE = 40;

/** A scope's chip, depending on the user and the policy. */
export const chipOf: Record<ScopeState, ChipState> = {
  plain: "plain",
  granted: "granted",
  not_held: "not held",
  missing: "missing",
};

/** Missing scopes come first, since the user is looking for them. */
export const scopesFirst = (words: readonly Word[]) =>
  words.toSorted((a, b) => Number(b.state === "missing") - Number(a.state === "missing"));

const SCOPES = new Set(["scope", "scp"]);

export const isScopes = (member: Member) => SCOPES.has(member.name) && member.words.length > 0;

export function valueInGrid(member: Member): string {
  return member.value.length > IN_GRID ? `${member.value.slice(0, IN_GRID)}…` : member.value;
}

/** Names longer than this leave no room for the reference. */
export const isWide = (names: readonly string[]) => Math.max(...names.map((name) => name.length)) > 16;

/**
 * One width for the names of a section, as long as its longest, from 68 to 200 pixels at the usual size of text. A
 * character of data takes 0.6 of its size, in some sizes rounded up; the size is the row's, so the width grows with it.
 */
export const nameWidth = (names: readonly string[]) =>
  `clamp(5.67em, ${Math.max(...names.map((name) => name.length), 0) * 0.615}em + 1px, 16.67em)`;

/** The names of a vendor's claims are often URLs that only differ at their end. */
export const keepsEnd = (name: string) => name.includes("://");

/** The most rows of one list in the grid. */
const MOST_ELEMENTS = 4;

/** The elements of a list that is too long for one line, each with its comma; empty for anything else. */
export function elementsInGrid(member: Member): string[] {
  if (member.kind !== "array" || member.value.length <= ON_ONE_LINE) return [];
  const parts = elementsOf(member.value);
  if (parts.length < 2) return [];
  const shown = parts.slice(0, MOST_ELEMENTS).map((part) => part.slice(0, IN_GRID));
  return parts.length > MOST_ELEMENTS ? [...shown, "…"] : shown;
}

/** JSON text of a list, cut after the commas between its elements. */
function elementsOf(list: string): string[] {
  const parts: string[] = [];
  let start = 0;
  // Strings are passed over whole, as they may hold commas and brackets.
  let depth = 0;
  for (const { 0: token, index } of list.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},]/g)) {
    if (token === "[" || token === "{") depth += 1;
    else if (token === "]" || token === "}") depth -= 1;
    else if (token === "," && depth === 1) {
      parts.push(list.slice(start, index + 1).trim());
      start = index + 1;
    }
  }
  return [...parts, list.slice(start).trim()];
}

/** The value as it is copied: a string without quotes and escapes, anything else as JSON. */
export function plainValue({ kind, value }: Pick<Member, "kind" | "value">): string {
  if (kind !== "string") return value;
  try {
    return String(JSON.parse(value));
  } catch {
    // Invisible characters are shown in a form that JSON does not have.
    return value;
  }
}

/** Would the grid truncate it? Data takes 7 pixels per character. */
export function needsOpening(member: Member): boolean {
  if (isScopes(member)) return member.words.length > 3;
  if (member.time !== null) return true;
  return member.value.length > 24 || member.name.length > 10 || member.value.includes("\n");
}

export function meaningOf(member: Member, now: number): string {
  if (member.time !== null) return `${moment(member.time, now)}, ${relative(member.time, now)}`;
  return member.meaning;
}

/** Only the section, where space is short: `§4.1.1`. */
export const section = (reference: string) => reference.match(/§\S+/)?.[0] ?? reference;

export const duplicates = (members: Member[]) =>
  new Set(members.filter((member) => member.duplicate).map((member) => member.name)).size;

/** The number of names that no specification defines. */
export const unregistered = (members: Member[]) =>
  new Set(members.filter((member) => member.meaning.startsWith("Unregistered")).map((member) => member.name))
    .size;

/** The size of a payload that is no JSON object, beside its title. */
export const bytesOf = ({ length }: PayloadBytes) =>
  `${count(length)} byte${length === 1 ? "" : "s"}, no claims`;

/** A string member's text, without its quotes. */
export function textOf(members: readonly Member[], name: string): string {
  const value = members.find((one) => one.name === name)?.value;
  if (!value?.startsWith('"')) return "";
  try {
    return String(JSON.parse(value));
  } catch {
    return value.slice(1, -1);
  }
}
