// Why a signing key was not changed, imported or exported.
import type { KeyProblem } from "../bindings.gen";
import { KID_BYTES } from "../limits.gen";
import { atMost, type Explanation, unknown } from "./explanation";

export function keys(problem: KeyProblem): Explanation {
  switch (problem.code) {
    case "not_found":
      return { sentence: "This key no longer exists.", fix: "It was deleted elsewhere. Choose another one." };
    case "active":
      return { sentence: "This key is active.", fix: "Rotate it first, then retire it." };
    case "retired":
      return { sentence: "This key is retired, and its private part is gone.", fix: "Use the active key." };
    case "in_use":
      return { sentence: "This key is not retired.", fix: "Retire it first, then delete it." };
    case "name":
      return {
        sentence: "A name needs at least one character, and none may be invisible.",
        fix: atMost(problem.most, "characters"),
      };
    case "too_many":
      return {
        sentence: "Too many keys of this kind are retiring.",
        fix: "Wait until their tokens have expired, or retire some of them now.",
      };
    case "overtaken":
      return {
        sentence: "Another change of this key came first, and stands.",
        fix: "See which key is active now, then try again if you still want to.",
      };
    case "algorithm":
      return {
        sentence: `The rules of this profile do not allow ${problem.algorithm} for this key.`,
        fix: "Choose another algorithm.",
      };
    case "encrypted":
      return { sentence: "The key is encrypted.", fix: "Enter its passphrase." };
    case "algorithm_needed":
      return { sentence: "The key fits several algorithms.", fix: "Choose one." };
    case "unusable":
      return { sentence: `This key cannot be used: ${problem.reason}.`, fix: "Give another private key." };
    case "kid":
      return {
        sentence: "The kid of this JWK cannot be used.",
        fix: `It needs 1 to ${KID_BYTES} bytes, none of them invisible.`,
      };
    case "known":
      return {
        sentence: `This profile has that key already, as ${problem.kid}.`,
        fix: "Use it, or give another key.",
      };
    case "no_public_part":
      return {
        sentence: "This key is a shared secret and has no public part.",
        fix: "Nothing of it is published.",
      };
    default:
      return unknown(problem);
  }
}
