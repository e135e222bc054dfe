import { expect, test } from "vitest";
import { jsonName, nudged } from "./json-text";

const after = (line: string, at: number, up: boolean) => {
  const change = nudged(line, at, up);
  return change && line.slice(0, change.from) + change.insert + line.slice(change.to);
};

test("a time moves by a minute, another number by one, whatever its size", () => {
  expect(after('  "exp": 1795440604,', 12, true)).toBe('  "exp": 1795440664,');
  expect(after('  "exp": 1795440604,', 19, false)).toBe('  "exp": 1795440544,');
  expect(after('  "n": 9007199254740993', 10, true)).toBe('  "n": 9007199254740994');
  expect(after('{"a":1,"exp":0}', 13, false)).toBe('{"a":1,"exp":-60}');
  expect(after('{"a":1,"exp":0}', 6, true)).toBe('{"a":2,"exp":0}');
});

test("what is no whole number stays", () => {
  expect(nudged('  "n": 1.5', 8, true)).toBeNull();
  expect(nudged('  "n": "12"', 9, true)).toBeNull();
  expect(nudged('  "n1": true', 5, true)).toBeNull();
  expect(nudged("", 0, true)).toBeNull();
});

test("names are read with their escapes", () => {
  expect(jsonName('"\\u0072ole"')).toBe("role");
  expect(jsonName('"\\x"')).toBe("\\x");
});
