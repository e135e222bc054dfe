import type { ReferenceProblem } from "../bindings.gen";
import { type Explanation, unknown } from "./explanation";

export function references(problem: ReferenceProblem): Explanation {
  switch (problem.code) {
    case "elsewhere":
      return { sentence: "Only specifications are opened.", fix: "Copy the address, and open it yourself." };
    case "no_browser":
      return { sentence: "No browser could be started.", fix: "Copy the address, and open it yourself." };
    default:
      return unknown(problem);
  }
}
