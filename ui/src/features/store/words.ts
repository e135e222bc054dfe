// The headline for each way the database can fail.
import type { ErrorCode, RestoreCause } from "../../api/bindings.gen";

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
export const sentences: Partial<Record<ErrorCode, string>> = {
  store_missing: "This profile was in use, so no new database is created automatically.",
};

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
