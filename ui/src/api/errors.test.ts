// What failures are called: no sentence states a limit that the program did not give.
import { expect, test } from "vitest";
import { wireError } from "../platform/fake";
import type { ErrorCode } from "./bindings.gen";
import { explain, explainInLine, explanations } from "./errors";

const codes = Object.keys(explanations) as ErrorCode[];

test("a limit is named only if the program gave it", () => {
  for (const code of codes) {
    const { sentence, fix } = explain(wireError(code));
    // The years a clock can show are no limit of an input.
    if (code !== "clock_out_of_range") expect(`${sentence} ${fix}`, code).not.toMatch(/\b\d\d+\b/);
  }
  expect(explainInLine(wireError("display_name_too_long", { maximum: 100 }))).toBe(
    "The display name is too long. Use at most 100 characters.",
  );
});

test("every failure has a sentence and a way on", () => {
  for (const code of codes) {
    const { sentence, fix } = explain(wireError(code));
    expect(sentence, code).toMatch(/^\S.*\S$/);
    expect(fix, code).toMatch(/[.]$/);
  }
});
