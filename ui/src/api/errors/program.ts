import type { ProgramProblem } from "../bindings.gen";
import { type Explanation, unknown } from "./explanation";

export function program(problem: ProgramProblem): Explanation {
  switch (problem.code) {
    case "gesture_required":
      return { sentence: "This needs a click or a key press in this window.", fix: "Try again." };
    case "internal":
      return {
        sentence: "Something happened that should not.",
        fix: "Try again. If it comes back, report it with the text below.",
      };
    default:
      return unknown(problem);
  }
}
