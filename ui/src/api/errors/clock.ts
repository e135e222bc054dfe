import type { ClockProblem } from "../bindings.gen";
import { type Explanation, unknown } from "./explanation";

export function clock(problem: ClockProblem): Explanation {
  switch (problem.code) {
    case "out_of_range":
      return { sentence: "The clock can show the years 1 to 9999.", fix: "Choose a time within them." };
    default:
      return unknown(problem.code);
  }
}
