import { flushSync } from "svelte";
import { expect, test, vi } from "vitest";
import { Clock } from "./clock.svelte";

test("a second is one change, although time passes while the page takes it in", () => {
  let ms = 1_000_000;
  vi.spyOn(Date, "now").mockImplementation(() => (ms += 20));
  let changes = 0;
  const end = $effect.root(() => {
    const clock = new Clock();
    $effect(() => {
      void clock.ms;
      changes += 1;
    });
  });
  flushSync();
  changes = 0;
  vi.advanceTimersToNextTimer();
  flushSync();
  expect(changes).toBe(1);
  end();
});
