import type { ClipboardProblem } from "../bindings.gen";
import { type Explanation, unknown } from "./explanation";

export function clipboard(problem: ClipboardProblem): Explanation {
  switch (problem.code) {
    case "empty":
      return { sentence: "The clipboard holds no text.", fix: "Copy a token first, then paste again." };
    case "failed":
      return { sentence: "The clipboard did not answer.", fix: "Try again, or paste into the token field." };
    default:
      return unknown(problem);
  }
}
