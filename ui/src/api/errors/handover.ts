// Why a file passed to the program is not shown.
import type { HandoverProblem } from "../bindings.gen";
import { type Explanation, unknown } from "./explanation";

export function handover(problem: HandoverProblem): Explanation {
  switch (problem.code) {
    case "missing":
      return {
        sentence: `There is no file ${problem.file}.`,
        fix: "Check the name and where it is, then give it again.",
      };
    case "unreadable":
      return {
        sentence: `${problem.file} cannot be read.`,
        fix: "Make sure that it is a file and that you may read it, then give it again.",
      };
    case "too_large":
      return {
        sentence: `${problem.file} is larger than any token.`,
        fix: `Give a file of at most ${Math.floor(problem.maximum / 1_048_576)} MiB.`,
      };
    default:
      return unknown(problem);
  }
}
