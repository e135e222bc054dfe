import { expect, test } from "vitest";
import type { Member } from "../../../api/bindings.gen";
import { elementsInGrid, isWide, keepsEnd, nameWidth } from "./claim";

const list = (value: string, kind: Member["kind"] = "array"): Member => ({
  name: "aud",
  value,
  kind,
  meaning: "",
  reference: "",
  start: 0,
  end: 0,
  duplicate: false,
  time: null,
  words: [],
  disclosed: null,
});

test("a long list breaks after the commas between its elements, and nowhere else", () => {
  const value = '["https://api.acme.example","a,b] \\",c",{"x":[1,2],"y":3}]';
  expect(elementsInGrid(list(value))).toEqual([
    '["https://api.acme.example",',
    '"a,b] \\",c",',
    '{"x":[1,2],"y":3}]',
  ]);
});

test("short lists, lists of one element and other values stay on one line", () => {
  const long = "x".repeat(60);
  expect(elementsInGrid(list('["a","b"]'))).toEqual([]);
  expect(elementsInGrid(list(`["${long}"]`))).toEqual([]);
  expect(elementsInGrid(list(`{"a":"${long}","b":1}`, "object"))).toEqual([]);
});

test("a list of many elements shows the first ones", () => {
  const many = `[${Array.from({ length: 30 }, (_, at) => at).join(",")}]`;
  expect(elementsInGrid(list(many))).toEqual(["[0,", "1,", "2,", "3,", "…"]);
});

test("the names of a section have one width in units of their text, so that larger text cuts none of them", () => {
  expect(nameWidth(["iss", "family_name"])).toMatch(/^clamp\(5\.67em, 6\.7\d*em \+ 1px, 16\.67em\)$/);
  expect(nameWidth([])).toContain(" 0em ");
  expect([isWide(["a".repeat(16)]), isWide(["iss", "a".repeat(17)])]).toEqual([false, true]);
  expect(["http://schemas.xmlsoap.org/role", "iss"].map(keepsEnd)).toEqual([true, false]);
});
