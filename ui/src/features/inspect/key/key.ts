// A key given for a token, and the changes to it that the diagnosis proposes.
import type { KeyInput, Remedy, Report, SecretForm } from "../../../api/bindings.gen";
import { isEncrypted } from "../token/segments";
import { textOf } from "../decoded/claim";

export const forms: readonly { value: SecretForm; label: string }[] = [
  { value: "text", label: "Text" },
  { value: "base64", label: "Base64" },
  { value: "hex", label: "Hex" },
];

export const remedyWords: Record<Remedy, string> = {
  read_as_text: "Read the secret as text",
  read_as_base64: "Read the secret as base64",
  read_as_hex: "Read the secret as hexadecimal",
  trim: "Take the white space off",
  add_line_break: "End it with a line break",
};

/**
 * How a key changed: completely at once, by typing that may continue, or by partial input that is tried only when
 * complete.
 */
export type By = "choice" | "typing" | "beginning";

/** The key after the change. */
export function remedied({ text, form }: KeyInput, remedy: Remedy): KeyInput {
  switch (remedy) {
    case "read_as_text":
      return { text, form: "text" };
    case "read_as_base64":
      return { text, form: "base64" };
    case "read_as_hex":
      return { text, form: "hex" };
    case "trim":
      return { text: text.trim(), form };
    case "add_line_break":
      return { text: `${text.trim()}\n`, form };
  }
}

/**
 * Is this a private key in a format that may need a passphrase? OpenSSH labels encrypted and plain keys alike. A
 * PKCS#12 file is binary, so it arrives here in base64, where the version 3 follows its length.
 */
export function mayBeEncrypted(text: string): boolean {
  return /BEGIN (ENCRYPTED|OPENSSH) PRIVATE KEY/.test(text) || /^\s*MI[A-Za-z0-9+/]{4}IBAzC/.test(text);
}

/**
 * Is the given key of a kind that cannot check or open the token? One that lacks its passphrase may be. One that opened
 * the token `before` checks no signature.
 */
export function isUnfit(report: Report, before: Report | null = null): boolean {
  const { user_key, signature, app_signature } = report;
  if (user_key === null || user_key.encrypted) return false;
  if (before !== null && isEncrypted(before) && !isEncrypted(report)) return true;
  if (app_signature) return app_signature.state !== "verified";
  return user_key.problem !== null || (signature.state === "no_key" && !isEncrypted(report));
}

/** Does the signature match a key that the token brings along, as that of a DPoP proof does? */
export const matchesOwnKey = ({ signature, trace }: Report): boolean =>
  signature.state === "no_key" &&
  trace.some(({ check, outcome }) => check === "signature" && outcome === "pass");

/** Is a key all that is missing to verify the token? */
export function wantsKey(report: Report): boolean {
  const { format, signature, verdict, user_key } = report;
  const isMissing = signature.state === "no_key" && user_key === null && !matchesOwnKey(report);
  return format === "jws_compact" && isMissing && verdict.outcome === "not_verified";
}

/** The host of a URL, as shown in the confirmation; empty if it is not a URL. */
export function hostOf(address: string): string {
  try {
    const url = new URL(address.trim());
    return url.protocol === "https:" || url.protocol === "http:" ? url.host : "";
  } catch {
    return "";
  }
}

/**
 * Where the keys for a token may be published: the URL in its header, or the discovery document of its issuer, which
 * names them (OpenID Connect Discovery 1.0 section 4).
 */
export function proposedAddress(report: Report): { address: string; fromToken: boolean } {
  const jku = textOf(report.header, "jku");
  if (hostOf(jku)) return { address: jku, fromToken: true };
  const issuer = textOf(report.claims, "iss");
  if (!hostOf(issuer)) return { address: "", fromToken: false };
  return { address: `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`, fromToken: false };
}
