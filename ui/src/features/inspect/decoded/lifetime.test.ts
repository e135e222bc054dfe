import { expect, test } from "vitest";
import { announcement, describe, lifetime } from "./lifetime";

const NOW = 1_795_440_727;
const times = (nbf: number | null, exp: number | null) => ({
  issued_at: nbf,
  not_before: nbf,
  expires_at: exp,
  now: NOW,
});
const at = (nbf: number | null, exp: number | null, leeway = 0) => {
  const { state, title, detail } = lifetime(times(nbf, exp), NOW, leeway);
  return [state, title, detail];
};

test("a token is in one state of its life, with the distance", () => {
  expect(at(NOW - 100, NOW + 800)).toEqual(["valid", "13:20", "of 15:00 left"]);
  const claimed = lifetime(
    { issued_at: NOW, not_before: null, expires_at: NOW + 900, now: NOW },
    NOW,
    0,
    ", as claimed",
  );
  expect(claimed.detail).toBe("of 15:00, as claimed");
  expect(at(NOW - 900, NOW)).toEqual(["expired", "Expired", "now"]);
  expect(at(NOW + 1, NOW + 900)).toEqual(["early", "Not yet valid", "starts in 1 s"]);
  expect(at(NOW - 900, null)).toEqual(["endless", "Never expires", "There is no exp claim"]);
  expect(at(null, null)).toEqual(["none", "No times", "No iat, nbf or exp to draw"]);
});

test("the leeway has its own state, to the second", () => {
  expect(at(NOW - 900, NOW, 30)).toEqual(["leeway", "Within leeway", "30 s of 30 s left"]);
  expect(at(NOW - 900, NOW - 29, 30)).toEqual(["leeway", "Within leeway", "1 s of 30 s left"]);
  expect(at(NOW - 900, NOW - 30, 30)).toEqual(["expired", "Expired", "30 s ago"]);
  expect(at(NOW + 30, NOW + 900, 30)).toEqual(["leeway", "Within leeway", "starts in 30 s"]);
  expect(at(NOW + 31, NOW + 900, 30)).toEqual(["early", "Not yet valid", "starts in 31 s"]);
});

test("the picture is told in words, the leeway too", () => {
  expect(describe(times(null, NOW + 60), NOW, 0)).toMatch(/^expires .*, in 1 m$/);
  expect(describe(times(null, NOW + 60), NOW, 30)).toMatch(/, in 1 m; leeway 30 s$/);
});

test("the countdown speaks at sixty seconds, at ten and at its end, and is silent in between", () => {
  const said = [];
  for (let left = 70; left >= -2; left -= 1) {
    const words = announcement(left, left + 1);
    if (words !== null) said.push(words);
  }
  expect(said).toEqual(["60 seconds left", "10 seconds left", "The token has expired"]);
});
