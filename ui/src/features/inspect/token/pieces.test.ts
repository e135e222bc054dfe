import { describe, expect, test } from "vitest";
import { guessSegments, offsets, type Piece, shown } from "./pieces";

const text = (pieces: { text: string }[]) => pieces.map((piece) => piece.text).join("");

test("pieces put together are the token again", () => {
  const token = "aaaa.bbbbbbbb.cc";
  const cut = shown(token, guessSegments(token), [{ start: 6, end: 9 }], [10]);
  expect(text(cut)).toBe(token);
  expect(cut.filter((piece) => piece.lit).map((piece) => piece.text)).toEqual(["bbb"]);
  expect(cut.filter((piece) => piece.bad).map((piece) => piece.text)).toEqual(["b"]);
  expect(text(cut.filter((piece) => piece.beyond))).toBe("bb.cc");
});

test("the bytes of a blamed claim are marked, lit or not", () => {
  const token = "aaaa.bbbbbbbb.cc";
  const cut = shown(token, guessSegments(token), [{ start: 6, end: 9 }], [], [{ start: 8, end: 11 }]);
  expect(text(cut)).toBe(token);
  expect(text(cut.filter((piece) => piece.blamed))).toBe("bbb");
  expect(text(cut.filter((piece) => piece.lit))).toBe("bbb");
});

describe("folds", () => {
  const token = `${"a".repeat(80)}.${"b".repeat(600)}.${"c".repeat(300)}`;
  const segments = guessSegments(token);
  const folds = (pieces: Piece[]) => pieces.flatMap(({ fold }) => (fold ? [fold] : []));
  /** The token, put together from what is shown and what the folds stand for. */
  const whole = (pieces: Piece[]) =>
    pieces.map(({ text, fold }) => (fold ? token.slice(fold.start, fold.end) : text)).join("");

  test("long segments fold in their middle, so that about fifteen lines remain", () => {
    const cut = shown(token, segments, [], []);
    expect(folds(cut).map(({ run }) => run)).toEqual([81, 682]);
    expect(whole(cut)).toBe(token);
    expect(text(cut).length).toBeGreaterThan(400);
    expect(text(cut).length).toBeLessThan(520);
    expect(
      shown(token.slice(0, 500), guessSegments(token.slice(0, 500)), [], []).some(({ fold }) => fold),
    ).toBe(false);
  });

  test("a fold hides nothing that is highlighted, blamed or wrong", () => {
    const cut = shown(token, segments, [{ start: 300, end: 360 }], [500], [{ start: 800, end: 830 }]);
    expect(text(cut.filter(({ lit }) => lit))).toBe("b".repeat(60));
    expect(text(cut.filter(({ blamed }) => blamed))).toBe("c".repeat(30));
    expect(cut.filter(({ bad }) => bad)).toHaveLength(1);
    expect(whole(cut)).toBe(token);
  });

  test("an opened fold shows its whole segment, but of a huge one the two ends", () => {
    expect(folds(shown(token, segments, [], [], [], new Set([81]))).map(({ run }) => run)).toEqual([682]);
    const huge = `a.${"b".repeat(100_000)}.c`;
    const cut = shown(huge, guessSegments(huge), [{ start: 2, end: 100_002 }], [], [], new Set([2]));
    expect(folds(cut)).toHaveLength(1);
    expect(folds(cut)[0]?.opens).toBe(false);
    expect(text(cut).length).toBeLessThan(20_000);
  });
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

test("five parts are those of an encrypted token", () => {
  expect(guessSegments("a.b.c.d.e").map(({ kind }) => kind)).toEqual([
    "header",
    "encrypted_key",
    "initialization_vector",
    "ciphertext",
    "authentication_tag",
  ]);
  expect(guessSegments("a.b.c.d").map(({ kind }) => kind)).toEqual([
    "header",
    "payload",
    "signature",
    "extra",
  ]);
});
