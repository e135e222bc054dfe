import { expect, test } from "vitest";
import type { Report } from "../../api/bindings.gen";
import { keyNames, withData } from "./data";

test("the names of keys inside a sentence are data, whole or cut", () => {
  expect(withData("kid rT5wQx0d8LkVn2Yb, from a.example", ["rT5wQx0d8LkVn2Yb"])).toBe(
    "kid `rT5wQx0d8LkVn2Yb`, from a.example",
  );
  expect(withData("kid rT5wQx0d8L…, from a.example", ["rT5wQx0d8LkVn2Yb"])).toBe(
    "kid `rT5wQx0d8L…`, from a.example",
  );
  expect(withData("Set `key-1`; pre-key-1 and key-1", ["key-1"])).toBe("Set `key-1`; pre-key-1 and `key-1`");
  expect(withData("kid a+(b-1, from x", ["a+(b-1"])).toBe("kid `a+(b-1`, from x");
});

test("what describes a key without a name is no name, nor is a short plain word", () => {
  const named = (kid: string) => keyNames({ signature: { kid }, header: [] } as unknown as Report);
  expect([named("the RS256 key"), named("key"), named("key-1")]).toEqual([[], [], ["key-1"]]);
});
