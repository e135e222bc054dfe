// How often a list is read while what it shows changes.
import { expect, test } from "vitest";
import { settle } from "../../../tests/window";
import { Paged } from "./paged.svelte";

function start() {
  const asked: (() => void)[] = [];
  const list = new Paged<string, null, never>({
    ask: () =>
      new Promise((resolve) =>
        asked.push(() => resolve({ status: "ok", data: { rows: ["a"], next: null, counts: null } })),
      ),
    key: (row) => row,
    counts: null,
  });
  return { list, asked };
}

test("fifty changes while a list is read cause one more read", async () => {
  const { list, asked } = start();
  for (let change = 0; change < 50; change += 1) void list.load();
  expect(asked).toHaveLength(1);
  asked[0]?.();
  await settle();
  expect(asked).toHaveLength(2);
  asked[1]?.();
  await settle();
  expect(asked).toHaveLength(2);
  expect(list.rows).toEqual(["a"]);
});
