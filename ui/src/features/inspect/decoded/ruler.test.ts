import { expect, test } from "vitest";
import { layRuler } from "./ruler";

const NOW = 1_795_440_727;
const times = (iat: number | null, nbf: number | null, exp: number | null) => ({
  issued_at: iat,
  not_before: nbf,
  expires_at: exp,
  now: NOW,
});

test("equal times share a flag, the expiry is anchored outward", () => {
  const ruler = layRuler(times(NOW - 900, NOW - 900, NOW - 100), NOW, 388, 0);
  expect(ruler?.flags.map(({ label, anchor }) => [label, anchor])).toEqual([
    ["iat nbf", "start"],
    ["exp", "end"],
  ]);
});

test("an expired token has an overrun that ends at now", () => {
  const ruler = layRuler(times(NOW - 900, NOW - 900, NOW - 100), NOW, 388, 0);
  expect(ruler?.overrun?.to).toBe(ruler?.now);
  expect(ruler?.overrun?.from).toBe(ruler?.bar?.to);
});

test("everything stays inside, however far away now is", () => {
  for (const [iat, exp] of [
    [0, 900],
    [NOW + 1e9, NOW + 1e9 + 60],
    [NOW, NOW],
    [-8e11, 8e11],
  ] as const) {
    const ruler = layRuler(times(iat, null, exp), NOW, 388, 0);
    if (!ruler) throw new Error("no ruler");
    const xs = [ruler.now, ...ruler.flags.map((flag) => flag.x), ...ruler.ticks.map((tick) => tick.x)];
    for (const x of xs) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(388);
    }
  }
});

test("no label lies under the pill, none over another", () => {
  const ruler = layRuler(times(NOW - 100, NOW - 100, NOW + 800), NOW, 388, 0);
  const labelled = ruler?.ticks.filter((tick) => tick.label) ?? [];
  expect(labelled.length).toBeGreaterThan(1);
  for (const tick of labelled) expect(Math.abs(tick.x - (ruler?.now ?? 0))).toBeGreaterThan(38);
  for (const [index, tick] of labelled.slice(1).entries()) {
    expect(tick.x - (labelled[index]?.x ?? 0)).toBeGreaterThan(60);
  }
});

test("a label with seconds is longer, and touches neither the pill nor an end", () => {
  let labels = 0;
  for (let second = 0; second < 60; second += 1) {
    const ruler = layRuler(times(NOW - 30, null, NOW + 60), NOW + second, 900, 0);
    for (const { x, label } of ruler?.ticks ?? []) {
      if (!label) continue;
      expect(label).toMatch(/^\d\d:\d\d:\d\d$/);
      labels += 1;
      expect(Math.abs(x - (ruler?.now ?? 0))).toBeGreaterThan(45);
      expect(Math.min(x, 900 - x)).toBeGreaterThan(27);
    }
  }
  expect(labels).toBeGreaterThan(60);
});

test("without times, or with times no calendar reaches, nothing is drawn", () => {
  expect(layRuler(times(null, null, null), NOW, 388, 0)).toBeNull();
  expect(layRuler(times(NOW, null, 1e17), NOW, 388, 0)).toBeNull();
});

test("an expiry alone is drawn with now, however far apart they are", () => {
  for (const leeway of [0, 30]) {
    const ruler = layRuler(times(null, null, NOW + 2_000_000_000), NOW, 388, leeway);
    expect(ruler?.now).toBeLessThan(40);
    expect(ruler?.flags[0]?.x).toBeGreaterThan(340);
    expect(ruler?.ticks.filter((tick) => tick.label).length).toBeGreaterThan(1);
  }
});

test("the leeway lies before nbf and behind exp, and the overrun begins at its end", () => {
  const ruler = layRuler(times(NOW - 900, NOW - 900, NOW - 100), NOW, 388, 60);
  if (!ruler?.bar || !ruler.overrun) throw new Error("no bar");
  const [before, behind] = ruler.leeway;
  expect(before?.to).toBe(ruler.bar.from);
  expect(behind?.from).toBe(ruler.bar.to);
  expect(behind?.to).toBe(ruler.overrun.from);
  expect(layRuler(times(NOW - 900, NOW - 900, NOW - 30), NOW, 388, 60)?.overrun).toBeNull();
  expect(layRuler(times(NOW - 900, NOW - 900, NOW - 100), NOW, 388, 0)?.leeway).toEqual([]);
});

test("a now beyond what is drawn is told by its time and the way to it, not by a wrong place", () => {
  const pill = (by: number) => layRuler(times(NOW, NOW, NOW + 900), NOW + by, 388, 0)?.pill;
  expect(pill(60)).toBe("now");
  expect(pill(3 * 3600)).toMatch(/^\d\d:\d\d →$/);
  expect(pill(-3 * 3600)).toMatch(/^← \d\d:\d\d$/);
});
