// The headline for each way the database can fail.
import type { Details, ErrorCode, RestoreCause } from "../../api/bindings.gen";

export const titles: Partial<Record<ErrorCode, string>> = {
  store_missing: "The database is gone",
  store_damaged: "The database is damaged",
  store_newer: "The database is from a newer version",
  store_read_only: "The database cannot be written",
  store_full: "The disk is full",
  store_busy: "The database is busy",
  store_failed: "The database cannot be used",
};

/** What the screen says below a headline that the usual sentence would only repeat. */
export const sentences: Partial<Record<ErrorCode, (details: Details) => string>> = {
  store_missing: () => "This profile was in use, so no new database is created automatically.",
  store_damaged: () => "It cannot be read as a database of Token Workbench.",
  store_newer: (d) =>
    d.value === null || d.maximum === null
      ? "This version of Token Workbench cannot read it."
      : `It has schema ${d.value}; this version of Token Workbench knows schemas up to ${d.maximum}.`,
  store_read_only: () => "You may not write to its file or its folder.",
  store_full: () => "There is no room left to write to the database.",
  store_busy: () => "Another program is keeping it locked.",
  store_failed: () => "Opening or reading it failed.",
};

/** What works while the database cannot be used. */
export const meanwhile: readonly { name: string; what: string; works: boolean }[] = [
  { name: "Inspect", what: "decodes any token, and verifies it with a key you give", works: true },
  { name: "Users", what: "are in the database", works: false },
  { name: "Sign-in", what: "needs the database", works: false },
  { name: "Edit & re-sign", what: "needs it too", works: false },
];

/** How it was noticed that the database is a copy. */
export const causes: Record<RestoreCause, string> = {
  backup: "It was put here from a backup.",
  behind: "It is older than what this profile had already done.",
  unmarked: "The mark that belongs beside it is missing.",
  foreign_mark: "The mark beside it belongs to another database.",
  copied_folder: "The profile’s folder was copied, and the original is still there.",
  put_back: "The profile’s folder was put back from a backup, or copied from another disk.",
};

/** A database that is gone or damaged can be given up; one that is busy or newer cannot. */
export const lost: readonly ErrorCode[] = ["store_missing", "store_damaged"];

/** "1 session", "2 sessions". */
export const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;
