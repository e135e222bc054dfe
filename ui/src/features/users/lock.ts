// The user-facing words for a lock after wrong passwords and codes.
import type { LockView } from "../../api/bindings.gen";
import type { Explanation } from "../../api/errors";
import { countdown, magnitude } from "../../shared/time/format";

/**
 * The words for a lock; null if it has ended. Locks use the computer's clock, which may differ from the program's;
 * `tick` only triggers an update.
 */
export function lockNow(lock: LockView | null, tick: number): Explanation | null {
  if (lock === null) return null;
  if (lock.kind === "until_reset") {
    return {
      sentence: "Locked after too many wrong passwords or codes in a row.",
      fix: "End the lock, set a new password, or use `twb recover` with the password and a recovery code.",
    };
  }
  const seconds = Math.ceil((lock.ms - Date.now()) / 1000);
  if (seconds <= 0 || Number.isNaN(tick)) return null;
  return {
    sentence: `Locked for another ${magnitude(seconds)} after wrong passwords or codes.`,
    fix: "Until then no password or code is looked at, not even a right one.",
  };
}

/** A mistyped password locks for only a few seconds, which would merely flicker in a table. */
const WORTH_A_COLUMN_S = 5;

/** The same for a narrow column: "Locked", "Locked, 4:11". */
export function lockInShort(lock: LockView | null, tick: number): string | null {
  if (lock === null || lockNow(lock, tick) === null) return null;
  if (lock.kind === "until_reset") return "Locked";
  const seconds = Math.ceil((lock.ms - Date.now()) / 1000);
  return seconds > WORTH_A_COLUMN_S ? `Locked, ${countdown(seconds).replace(/^0/, "")}` : null;
}
