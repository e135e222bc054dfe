import type { SessionProblem } from "../bindings.gen";
import { type Explanation, unknown } from "./explanation";

export function sessions(problem: SessionProblem): Explanation {
  switch (problem.code) {
    case "token_not_held":
      return {
        sentence: "This window does not hold that token.",
        fix: "Sign in again here. Only hashes of refresh tokens are stored.",
      };
    default:
      return unknown(problem.code);
  }
}
