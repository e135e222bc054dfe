// Why a token was not edited or not signed.
import type { EditProblem } from "../bindings.gen";
import { type Explanation, unknown } from "./explanation";

export function edit(problem: EditProblem): Explanation {
  switch (problem.code) {
    case "impossible":
      return {
        sentence: `This token cannot be edited: ${problem.reason}.`,
        fix: "Put the text right first.",
      };
    case "key_unusable":
      return {
        sentence: `${problem.reason.replace(/[.]$/, "")}.`,
        fix: "Choose another key to sign with.",
      };
    case "key_gone":
      return {
        sentence: `The key “${problem.kid}” no longer signs.`,
        fix: "Choose another key to sign with.",
      };
    default:
      return unknown(problem);
  }
}
