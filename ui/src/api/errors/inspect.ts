import type { InspectProblem } from "../bindings.gen";
import { type Explanation, unknown } from "./explanation";

export function inspect(problem: InspectProblem): Explanation {
  switch (problem.code) {
    case "overtaken":
      return { sentence: "Something newer was pasted.", fix: "Paste this one again." };
    default:
      return unknown(problem.code);
  }
}
