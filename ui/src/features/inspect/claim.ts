// What a row of the claim grid says about a member at a moment. Pure.
import type { Member, Standing, Word } from "../../api/bindings.gen";
import type { ChipState } from "../../shared/controls/chip";
import { moment, relative } from "../../shared/time/format";

/** Rows shown before "Show more". */
export const ROWS = 200;
/** Characters of a value in the grid; the whole of it opens below. */
const IN_GRID = 160;

/** How a scope's chip looks by what user and policy say of it. */
export const chipOf: Record<Standing, ChipState> = {
  plain: "plain",
  granted: "granted",
  not_held: "not held",
  missing: "missing",
};

/** Those the token lacks stand in front: they are what one looks for. */
export const scopesFirst = (words: readonly Word[]) =>
  words.toSorted((a, b) => Number(b.standing === "missing") - Number(a.standing === "missing"));

const SCOPES = new Set(["scope", "scp"]);

export const isScopes = (member: Member) => SCOPES.has(member.name) && member.words.length > 0;

export function valueInGrid(member: Member): string {
  return member.value.length > IN_GRID ? `${member.value.slice(0, IN_GRID)}…` : member.value;
}

/** Would the grid cut it? Data is 7 pixels a character. */
export function needsOpening(member: Member): boolean {
  if (isScopes(member)) return member.words.length > 3;
  if (member.time !== null) return true;
  return member.value.length > 24 || member.name.length > 10 || member.value.includes("\n");
}

export function meaningOf(member: Member, now: number): string {
  if (member.time !== null) return `${moment(member.time, now)}, ${relative(member.time, now)}`;
  return member.meaning;
}

/** The section alone where room is short: `§4.1.1`. */
export const section = (reference: string) => reference.match(/§\S+/)?.[0] ?? reference;

export const duplicates = (members: Member[]) =>
  new Set(members.filter((member) => member.duplicate).map((member) => member.name)).size;

/** How many names no specification knows. */
export const unregistered = (members: Member[]) =>
  new Set(members.filter((member) => member.meaning.startsWith("Unregistered")).map((member) => member.name))
    .size;
