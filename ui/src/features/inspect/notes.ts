// What stands beside the lines of the editor: times in words, and what the header's names mean.
import type { Member } from "../../api/bindings.gen";
import { meaningOf } from "./claim";

/** For each name the notes of its members, in order; an empty one says nothing. */
export type Notes = ReadonlyMap<string, readonly string[]>;

const IN_HEADER = new Set(["alg", "typ"]);

export function notesOf(members: readonly Member[], part: "header" | "payload", now: number): Notes {
  const notes = new Map<string, string[]>();
  for (const member of members) {
    const worth = member.time !== null || (part === "header" && IN_HEADER.has(member.name));
    const list = notes.get(member.name) ?? [];
    list.push(worth ? meaningOf(member, now) : "");
    notes.set(member.name, list);
  }
  for (const [name, list] of notes) if (list.every((note) => note === "")) notes.delete(name);
  return notes;
}
