// Why a key cannot be used or kept elsewhere.
import type { KeyringProblem } from "../bindings.gen";
import { type Explanation, unknown } from "./explanation";

export function keyring(problem: KeyringProblem): Explanation {
  switch (problem.code) {
    case "locked":
      return {
        sentence: "The keyring is locked, so the signing key cannot be read.",
        fix: "Unlock the keyring, then try again.",
      };
    case "absent":
      return {
        sentence: "No keyring service answers, so the signing key cannot be read.",
        fix: "Start one, then try again.",
      };
    case "denied":
      return {
        sentence: "The keyring refused access to the signing key.",
        fix: "Allow Token Workbench in the keyring, then try again.",
      };
    case "slow":
      return {
        sentence: "The keyring did not answer in time.",
        fix: "It may be waiting for a prompt. Answer it, then try again.",
      };
    case "failed":
      return { sentence: "The keyring failed.", fix: "See what the system said, then try again." };
    case "key_missing":
      return {
        sentence: "The keyring does not hold the signing key this profile knows.",
        fix: "Restore the keyring, or start with another profile.",
      };
    case "key_changed":
      return {
        sentence: "The keyring’s entry for a signing key contains a different key.",
        fix: "Restore the keyring, or have a new key made on the keyring screen.",
      };
    case "passphrase_due":
      return { sentence: "The keys are sealed with a passphrase.", fix: "Enter it on the keyring screen." };
    case "passphrase_wrong":
      return {
        sentence: "This is not the passphrase that the keys are sealed with.",
        fix: "Check upper and lower case and the keyboard’s layout, then type it again.",
      };
    case "place_impossible":
      return { sentence: "The keys stay where they are.", fix: problem.reason };
    default:
      return unknown(problem);
  }
}
