// The headline for each way the database can fail.
import type { ErrorCode } from "../../api/bindings.gen";

export const titles: Partial<Record<ErrorCode, string>> = {
  store_damaged: "The database is damaged",
  store_newer: "The database is from a newer version",
  store_read_only: "The database cannot be written",
  store_full: "The disk is full",
  store_busy: "The database is busy",
  store_failed: "The database cannot be used",
};
