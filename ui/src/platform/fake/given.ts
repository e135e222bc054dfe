// A stand-in for checking with a given key: the correct one is this, in base64.
import type { KeyInput, Report } from "../../api/bindings.gen";

export const rightKey = "c2hhcmVkLXNlY3JldC1vZi0zMi1ieXRlcy1vci1tb3Jl";

/** A private key that this passphrase opens. */
export const encryptedKey =
  "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==\n-----END ENCRYPTED PRIVATE KEY-----";
export const passphrase = "correct horse";

/** The report when a key is given. */
export function judgeWith(key: KeyInput, report: Report): Report {
  const encrypted = key.text === encryptedKey;
  const verified = encrypted ? key.passphrase === passphrase : key.text === rightKey && key.form === "base64";
  const summary = key.text === "" ? "No key yet" : `Secret, ${key.text.length} bytes`;
  const reason = key.text === rightKey ? "Matches once the secret is read as base64" : "Does not match";
  return {
    ...report,
    policy: {
      name: "any issuer",
      leeway: 0,
      chosen: "Chosen automatically: no saved policy has this issuer",
    },
    signature: {
      ...report.signature,
      state: verified ? "verified" : "mismatch",
      reason: verified ? `Verified with ${summary}` : reason,
      kid: summary,
      origin: "the key given here",
    },
    given: {
      encrypted,
      summary,
      problem: null,
      repairs: [],
      remedy: key.text === rightKey && !verified ? "read_as_base64" : null,
    },
  };
}
