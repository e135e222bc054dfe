// Why no keys were fetched.
import type { JwksProblem } from "../bindings.gen";
import { type Explanation, unknown } from "./explanation";

export function jwks(problem: JwksProblem): Explanation {
  switch (problem.code) {
    case "address_invalid":
      return {
        sentence: "This is not an address that keys can be fetched from.",
        fix: "Write one such as https://issuer.example/.well-known/jwks.json.",
      };
    case "insecure":
      return {
        sentence: "Keys are fetched over https only; over http from this computer alone.",
        fix: "Write the address with https.",
      };
    case "credentials":
      return {
        sentence: "The address has a username or a password in it.",
        fix: "Take them out. Public keys need neither.",
      };
    case "declined":
      return {
        sentence: `Nothing was fetched from ${problem.origin}.`,
        fix: "Fetch again, and allow it, if you trust the address.",
      };
    case "unreachable":
      return {
        sentence: `No keys came from ${problem.host}.`,
        fix: "Check the address and whether the server runs, or fetch the keys another way and paste them.",
      };
    case "redirected":
      return {
        sentence: `${problem.host} redirects to ${problem.location ?? "another address"}.`,
        fix: problem.location
          ? "Give that address, if you trust it."
          : "Give the address where the keys are.",
      };
    case "status":
      return {
        sentence: `${problem.host} answered with status ${problem.status}.`,
        fix: "Check the path. The issuer’s discovery document names it as jwks_uri.",
      };
    case "too_large":
      return {
        sentence: `The answer of ${problem.host} is larger than ${Math.floor(problem.maximum / 1024)} KiB.`,
        fix: "Check the address. A JWK Set is much smaller.",
      };
    case "not_a_set":
      return {
        sentence: `The answer of ${problem.host} is not a JWK Set.`,
        fix: "Check the path. The issuer’s discovery document names it as jwks_uri.",
      };
    default:
      return unknown(problem);
  }
}
