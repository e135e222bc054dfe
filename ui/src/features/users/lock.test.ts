import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { lockInShort } from "./lock";

beforeEach(() => void vi.useFakeTimers({ now: 1_795_440_727_000 }));
afterEach(() => void vi.useRealTimers());
const until = (seconds: number) => ({ kind: "until" as const, ms: Date.now() + seconds * 1000 });

test("the column counts a lock down and ends with it", () => {
  const lock = until(251);
  expect(lockInShort(lock, Date.now())).toBe("Locked, 4:11");
  vi.advanceTimersByTime(1000);
  expect(lockInShort(lock, Date.now())).toBe("Locked, 4:10");
  vi.advanceTimersByTime(300_000);
  expect(lockInShort(lock, Date.now())).toBeNull();
  expect(lockInShort({ kind: "until_reset" }, Date.now())).toBe("Locked");
});

test("the wait after a mistyped password does not flash in the column", () => {
  expect(lockInShort(until(1), Date.now())).toBeNull();
  expect(lockInShort(until(3), Date.now())).toBeNull();
});
