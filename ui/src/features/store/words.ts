// The headline for each way the database can fail.
import type { RestoreCause, StoreProblem, WireError } from "../../api/bindings.gen";

export const titles: Record<StoreProblem["code"], string> = {
  missing: "The database is gone",
  damaged: "The database is damaged",
  newer: "The database is from a newer version",
  read_only: "The database cannot be written",
  full: "The disk is full",
  busy: "The database is busy",
  failed: "The database cannot be used",
};

/** The text below the headline, where the usual sentence would only repeat it. */
export function sentenceOf(problem: StoreProblem): string {
  switch (problem.code) {
    case "missing":
      return "This profile was in use, so no new database is created automatically.";
    case "damaged":
      return "It cannot be read as a database of Token Workbench.";
    case "newer":
      return `It has schema ${problem.found}; this version of Token Workbench knows schemas up to ${problem.known}.`;
    case "read_only":
      return "You may not write to its file or its folder.";
    case "full":
      return "There is no room left to write to the database.";
    case "busy":
      return "Another program is keeping it locked.";
    case "failed":
      return "Opening or reading it failed.";
  }
}

/** What works while the database cannot be used. */
export const meanwhile: readonly { name: string; what: string; works: boolean }[] = [
  { name: "Inspect", what: "decodes any token, and verifies it with a key you give", works: true },
  { name: "Users", what: "are in the database", works: false },
  { name: "Sessions", what: "are there too", works: false },
  { name: "Sign-in", what: "needs the database", works: false },
  { name: "Edit & re-sign", what: "needs it too", works: false },
];

/** How the database was recognised as a copy. */
export const causes: Record<RestoreCause, string> = {
  backup: "It was put here from a backup.",
  behind: "It is older than what this profile had already done.",
  unmarked: "The mark that belongs beside it is missing.",
  foreign_mark: "The mark beside it belongs to another database.",
  copied_folder: "The profile’s folder was copied, and the original is still there.",
  put_back: "The profile’s folder was put back from a backup, or copied from another disk.",
};

/** A missing or damaged database can be given up; a busy or newer one cannot. */
export const isLost = (problem: WireError): boolean =>
  problem.area === "store" && (problem.code === "missing" || problem.code === "damaged");

/** "1 session", "2 sessions". */
export const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;
