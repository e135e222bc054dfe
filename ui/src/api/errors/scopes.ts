// Why the scope catalog was not changed.
import type { ScopeProblem } from "../bindings.gen";
import { atMost, type Explanation, unknown } from "./explanation";

export function scopes(problem: ScopeProblem): Explanation {
  switch (problem.code) {
    case "name_empty":
      return { sentence: "A scope needs a name.", fix: "Write one such as items:read." };
    case "name_too_long":
      return { sentence: "The name is too long.", fix: atMost(problem.maximum, "characters") };
    case "name_character":
      return {
        sentence:
          problem.character === " "
            ? "A scope cannot contain a space."
            : `A scope cannot contain “${problem.character}”.`,
        fix: 'Use ASCII letters, digits and signs other than space, " and \\ (RFC 6749 §3.3), such as items:read.',
      };
    case "taken":
      return { sentence: `There is a scope “${problem.name}” already.`, fix: "Choose another name." };
    case "description_too_long":
      return { sentence: "The description is too long.", fix: atMost(problem.maximum, "characters") };
    case "description_character":
      return {
        sentence: `The description contains an invisible character (${problem.character}).`,
        fix: "Write it again without it.",
      };
    case "full":
      return { sentence: `The catalog has ${problem.maximum} scopes.`, fix: "Delete one that nobody needs." };
    case "not_found":
      return {
        sentence: `There is no scope “${problem.name}”.`,
        fix: "Check the list, which is up to date now.",
      };
    default:
      return unknown(problem);
  }
}
