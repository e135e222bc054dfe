// The nine checks while there is no token yet, and the words for their outcomes.
import type { Check, Outcome } from "../../../api/bindings.gen";

export const restingChecks: Record<Check, { name: string; question: string }> = {
  parse: { name: "Parse", question: "Segments, base64url, JSON, duplicates" },
  algorithm: { name: "Algorithm", question: "Is it on the allow-list" },
  key: { name: "Key", question: "Which one, and where it came from" },
  signature: { name: "Signature", question: "Does it match, and if not, why" },
  time: { name: "Time claims", question: "exp, nbf and iat against the clock" },
  issuer_and_audience: { name: "Issuer and audience", question: "Do they equal the policy values" },
  revocation: { name: "Revocation", question: "Token, session and family" },
  user: { name: "User", question: "Does it exist, is it active" },
  scopes: { name: "Scopes", question: "Enough for the endpoint" },
};

export const outcomeWords: Record<Outcome, string> = {
  pass: "Pass",
  warn: "Warning",
  fail: "Fail",
  not_checked: "Not checked",
};
