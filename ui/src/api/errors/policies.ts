// Why a policy was refused.
import type { PolicyProblem } from "../bindings.gen";
import { atMost, type Explanation, unknown } from "./explanation";

export function policies(problem: PolicyProblem): Explanation {
  switch (problem.code) {
    case "name_empty":
      return { sentence: "The policy has no name.", fix: "Write one such as Partner API." };
    case "name_too_long":
      return { sentence: "The policy’s name is too long.", fix: atMost(problem.maximum, "characters") };
    case "name_character":
      return {
        sentence: `The policy’s name contains an invisible character (${problem.character}).`,
        fix: "Write the name again without it.",
      };
    case "reserved":
      return {
        sentence: `“${problem.name}” is a built-in policy, which can be neither changed nor deleted.`,
        fix: "Save yours under another name.",
      };
    case "keys_refused":
      return { sentence: `${problem.why}.`, fix: "Leave the field empty to keep none." };
    case "no_algorithm":
      return {
        sentence: "The policy allows no algorithm, so it would refuse every token.",
        fix: "Choose at least one.",
      };
    case "algorithm_unknown":
      return {
        sentence: `“${problem.name}” is not a signature algorithm.`,
        fix: "Choose algorithms from the list.",
      };
    case "leeway_too_long":
      return { sentence: "The leeway is too long.", fix: atMost(problem.maximum, "seconds") };
    case "value_too_long":
      return { sentence: `The ${problem.field} is too long.`, fix: atMost(problem.maximum, "characters") };
    case "too_many_required":
      return {
        sentence: `Too many ${problem.field} are required.`,
        fix: `Require at most ${problem.maximum}.`,
      };
    case "too_many":
      return {
        sentence: `${problem.maximum} policies are saved already.`,
        fix: "Delete one, then save again.",
      };
    case "not_found":
      return {
        sentence: `There is no policy “${problem.name}”.`,
        fix: "It may have been deleted in another window. Choose one from the list.",
      };
    default:
      return unknown(problem);
  }
}
