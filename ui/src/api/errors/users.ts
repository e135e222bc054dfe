// Why a request about a user failed.
import type { UserProblem } from "../bindings.gen";
import { HIGHEST_HASH_COST, LOWEST_HASH_COST } from "../limits.gen";
import { atMost, type Explanation, unknown } from "./explanation";

export function users(problem: UserProblem): Explanation {
  switch (problem.code) {
    case "username_empty":
      return { sentence: "A username is needed.", fix: "Write one such as alice." };
    case "username_too_long":
      return { sentence: "The username is too long.", fix: atMost(problem.maximum, "characters") };
    case "username_character":
      return {
        sentence:
          problem.character === " "
            ? "A username cannot contain a space."
            : `A username cannot contain “${problem.character}”.`,
        fix: "Use unaccented letters, digits and . _ - @ +, and begin with a letter or a digit.",
      };
    case "username_taken":
      return {
        sentence: `“${problem.name}” is taken.`,
        fix: "Choose another one. Upper and lower case count as the same.",
      };
    case "username_is_client":
      return {
        sentence: `“${problem.name}” is the name of a client of the issuer.`,
        fix: "Choose another one: a token could not tell the two apart.",
      };
    case "display_name_too_long":
      return { sentence: "The display name is too long.", fix: atMost(problem.maximum, "characters") };
    case "display_name_character":
      return {
        sentence: `The display name contains an invisible character (${problem.character}).`,
        fix: "Write the name again without it.",
      };
    case "email_invalid":
      return {
        sentence: "This is not an email address.",
        fix: "Write one such as alice@example.com, or leave it empty.",
      };
    case "scope_unknown":
      return {
        sentence: `The scope “${problem.scope}” is not in the catalog.`,
        fix: "Choose scopes from the list.",
      };
    case "hash_unreadable":
      return {
        sentence: "The text is no password hash of a known format.",
        fix: "If it is a password in clear text, choose that for its column.",
      };
    case "hash_buggy":
      return {
        sentence: "$2x$ marks hashes of a version of bcrypt with a bug (CVE-2011-2483).",
        fix: "Leave the hash empty and set a new password.",
      };
    case "hash_scheme":
      return {
        sentence: `The hash is ${problem.scheme}; only bcrypt and passlib’s bcrypt_sha256 are taken.`,
        fix: "Leave the hash empty and set a new password.",
      };
    case "hash_cost":
      return {
        sentence: `The hash has cost ${problem.cost}; only ${LOWEST_HASH_COST} to ${HIGHEST_HASH_COST} are computed.`,
        fix: "Leave the hash empty and set a new password.",
      };
    case "not_found":
      return {
        sentence: `There is no user “${problem.name}”.`,
        fix: "Check the name against the list, which is up to date now.",
      };
    default:
      return unknown(problem);
  }
}
