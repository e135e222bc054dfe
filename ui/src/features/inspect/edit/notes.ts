// The notes beside the editor's lines: times in words, and the meanings of the header's members.
import type { Member } from "../../../api/bindings.gen";
import { meaningOf } from "../decoded/claim";

/** For each name the notes on its members, in order; an empty note is not shown. */
export type Notes = ReadonlyMap<string, readonly string[]>;

const IN_HEADER = new Set(["alg", "typ"]);
const FOLLOW_KEY = new Set(["alg", "kid"]);

function objectOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}

/** `text` is the editor's text, whose `alg` and `kid` may still be the old ones after another key was chosen. */
export function notesOf(
  members: readonly Member[],
  part: "header" | "payload",
  now: number,
  text: string,
): Notes {
  const typed = part === "header" ? objectOf(text) : {};
  const isReplaced = ({ name, value }: Member) =>
    FOLLOW_KEY.has(name) && name in typed && typed[name] !== objectOf(`{"value":${value}}`)["value"];
  const notes = new Map<string, string[]>();
  for (const member of members) {
    const worth = member.time !== null || (part === "header" && IN_HEADER.has(member.name));
    const list = notes.get(member.name) ?? [];
    list.push(isReplaced(member) ? "will be replaced" : worth ? meaningOf(member, now) : "");
    notes.set(member.name, list);
  }
  for (const [name, list] of notes) if (list.every((note) => note === "")) notes.delete(name);
  return notes;
}
