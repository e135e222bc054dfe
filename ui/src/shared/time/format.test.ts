import { describe, expect, test } from "vitest";
import {
  clockTime,
  count,
  countdown,
  day,
  magnitude,
  moment,
  relative,
  roughCountdown,
  roughlyAgo,
  shortTime,
  spoken,
  utc,
  zoneName,
} from "./format";

describe("lengths of time", () => {
  test.each([
    [0, "0 s"],
    [59, "59 s"],
    [123, "2 m 3 s"],
    [1020, "17 m"],
    [3600, "1 h"],
    [3 * 3600 + 120, "3 h 2 m"],
    [6 * 86_400 + 23 * 3600, "6 d 23 h"],
    [-123, "2 m 3 s"],
  ])("%d s is %s", (seconds, words) => expect(magnitude(seconds)).toBe(words));

  test.each([
    [86_399, "23 h 59 m"],
    [3600, "1 h"],
    [3599, "59:59"],
  ])("%d s are roughly %s", (seconds, words) => expect(roughCountdown(seconds)).toBe(words));

  test.each([
    [-3, "now"],
    [48, "48 s ago"],
    [150, "2 m ago"],
    [75_600, "21 h ago"],
    [600_000, "6 d ago"],
  ])("%d s before is roughly %s", (seconds, words) =>
    expect(roughlyAgo(1_000_000 - seconds, 1_000_000)).toBe(words),
  );

  test.each([
    [821, "13:41"],
    [297, "4:57"],
    [0, "0:00"],
    [-5, "0:00"],
    [3600 + 821, "1:13:41"],
    [7 * 86_400 - 1, "6 d 23 h"],
  ])("%d s counts down as %s", (seconds, words) => expect(countdown(seconds)).toBe(words));

  test("before, after and at the moment", () => {
    expect(relative(100, 40)).toBe("in 1 m");
    expect(relative(40, 100)).toBe("1 m ago");
    expect(relative(40, 40)).toBe("now");
    expect(relative(0, 599)).toBe("9 m 59 s ago");
    expect(relative(0, 659)).toBe("10 m ago");
    expect(relative(0, 3599)).toBe("59 m ago");
    expect(relative(659, 0)).toBe("in 10 m 59 s");
  });

  test("spoken in whole words", () => {
    expect(spoken(123)).toBe("2 minutes 3 seconds");
    expect(spoken(61)).toBe("1 minute 1 second");
  });
});

test("counts are grouped by thin spaces", () => expect(count(1048576)).toBe("1\u2009048\u2009576"));

test("a time no calendar reaches is said to be one", () => {
  expect(moment(1e17, 0)).toBe("beyond any calendar");
  expect(moment(-1e17, 0)).toBe("beyond any calendar");
});

test("no time is written as a number that is none", () => {
  for (const odd of [9e15, -9e15, Infinity, NaN]) {
    expect(clockTime(odd)).toBe("--:--:--");
    expect(shortTime(odd)).toBe("--:--");
    expect(day(odd, 0)).toBe("beyond any calendar");
    expect(moment(odd, 0)).toBe("beyond any calendar");
  }
});

test("the time in UTC is written as RFC 3339 has it", () => {
  expect(utc(1_795_440_604)).toBe("2026-11-23T13:30:04Z");
  expect(utc(-1)).toBe("1969-12-31T23:59:59Z");
  expect(utc(8_640_000_000_001)).toBe("beyond any calendar");
  expect(zoneName(8_640_000_000_001)).toBe("local time");
});
