// Why a password or a passphrase is refused.
import type { PasswordProblem } from "../bindings.gen";
import { atMost, type Explanation, unknown } from "./explanation";

const LIKE_NOBODY_ELSE = "Choose something nobody else would, such as four unrelated words.";

export function passwords(problem: PasswordProblem): Explanation {
  switch (problem.code) {
    case "too_short":
      return { sentence: "The password is too short.", fix: `Use at least ${problem.minimum} characters.` };
    case "too_long":
      return { sentence: "The password is too long.", fix: atMost(problem.maximum, "bytes") };
    case "unseen":
      return {
        sentence: `The password contains an invisible character (${problem.character}).`,
        fix: "Type it again without that, so that you can type it anywhere.",
      };
    case "blank":
      return { sentence: "The password is nothing but spaces.", fix: LIKE_NOBODY_ELSE };
    case "repeated":
      return { sentence: "The password repeats the same characters over and over.", fix: LIKE_NOBODY_ELSE };
    case "sequence":
      return {
        sentence: "The password is a sequence of keys, letters or digits, or a date.",
        fix: LIKE_NOBODY_ELSE,
      };
    case "weak":
      return { sentence: "The password would be found within a thousand guesses.", fix: LIKE_NOBODY_ELSE };
    case "common":
      return { sentence: "The password is a common one, or close to one.", fix: LIKE_NOBODY_ELSE };
    case "guessable":
      return {
        sentence: "The password is little more than the username or the product’s name.",
        fix: "Choose something that does not contain either, or add more to it.",
      };
    default:
      return unknown(problem);
  }
}
