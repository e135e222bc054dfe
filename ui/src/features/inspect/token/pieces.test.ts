import { expect, test } from "vitest";
import { guessSegments, offsets, shown, SHOWN_WHOLE } from "./pieces";

const text = (pieces: { text: string }[]) => pieces.map((piece) => piece.text).join("");

test("pieces put together are the token again", () => {
  const token = "aaaa.bbbbbbbb.cc";
  const cut = shown(token, guessSegments(token), [{ start: 6, end: 9 }], [10]);
  expect(text(cut.start)).toBe(token);
  expect(cut.start.filter((piece) => piece.lit).map((piece) => piece.text)).toEqual(["bbb"]);
  expect(cut.start.filter((piece) => piece.bad).map((piece) => piece.text)).toEqual(["b"]);
  expect(text(cut.start.filter((piece) => piece.beyond))).toBe("bb.cc");
});

test("the bytes of a blamed claim are marked, lit or not", () => {
  const token = "aaaa.bbbbbbbb.cc";
  const cut = shown(token, guessSegments(token), [{ start: 6, end: 9 }], [], [{ start: 8, end: 11 }]);
  expect(text(cut.start)).toBe(token);
  expect(text(cut.start.filter((piece) => piece.blamed))).toBe("bbb");
  expect(text(cut.start.filter((piece) => piece.lit))).toBe("bbb");
});

test("a long token shows its two ends and says how much is between", () => {
  const token = "x".repeat(SHOWN_WHOLE + 1);
  const cut = shown(token, guessSegments(token), [], []);
  expect(text(cut.start).length + cut.hidden + text(cut.end).length).toBe(token.length);
  expect(cut.hidden).toBeGreaterThan(0);
});

test("byte offsets count what the string counts in characters", () => {
  const at = offsets("a–b😀c");
  expect([0, 1, 4, 5, 9].map(at)).toEqual([0, 1, 2, 3, 5]);
});

test("text of nothing but dots has few segments, the last of them the rest", () => {
  const dots = ".".repeat(1_000_000);
  const segments = guessSegments(dots);
  expect(segments).toHaveLength(8);
  expect(segments.at(-1)).toEqual({ kind: "extra", start: 7, end: dots.length });
  expect(guessSegments("a.b").map(({ start, end }) => [start, end])).toEqual([
    [0, 1],
    [2, 3],
  ]);
});
