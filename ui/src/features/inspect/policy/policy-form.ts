// A policy as the form holds it: lists as words, numbers as text.
import type { PolicyView, Report, WireError } from "../../../api/bindings.gen";
import { textOf } from "../decoded/claim";

export interface PolicyForm {
  name: string;
  issuer: string;
  audience: string;
  algorithms: string[];
  typ: string;
  claims: string;
  scopes: string;
  leeway: string;
  lifetime: string;
  keys: string;
}

export type FieldName = keyof PolicyForm;

/** The groups of algorithms in the form. */
export const algorithms: readonly (readonly string[])[] = [
  ["ES256", "ES384", "ES512", "ES256K"],
  ["RS256", "RS384", "RS512", "EdDSA"],
  ["PS256", "PS384", "PS512"],
  ["HS256", "HS384", "HS512"],
];

const words = (text: string) => text.split(/[\s,]+/).filter(Boolean);

export function formOf(policy: PolicyView): PolicyForm {
  return {
    name: policy.name,
    issuer: policy.issuer ?? "",
    audience: policy.audience ?? "",
    algorithms: [...policy.algorithms],
    typ: policy.typ ?? "",
    claims: policy.required_claims.join(" "),
    scopes: policy.required_scopes.join(" "),
    leeway: String(policy.leeway_seconds),
    lifetime: policy.max_lifetime_seconds === 0 ? "" : String(policy.max_lifetime_seconds),
    keys: policy.jwks ?? "",
  };
}

/** The policy, changed so that the members of the token that a check blames agree with it. */
export function accepting(policy: PolicyView, report: Report, blamed: readonly string[]): PolicyView {
  const next = { ...policy };
  const algorithm = textOf(report.header, "alg");
  const has = (name: string) => report.claims.some((claim) => claim.name === name);
  if (blamed.includes("typ")) next.typ = textOf(report.header, "typ") || null;
  const known = algorithms.flat().includes(algorithm);
  if (blamed.includes("alg") && known && !next.algorithms.includes(algorithm))
    next.algorithms = [...next.algorithms, algorithm];
  if (blamed.includes("iss")) next.issuer = textOf(report.claims, "iss") || null;
  if (blamed.includes("aud"))
    next.audience =
      report.claims.find((claim) => claim.name === "aud")?.words[0]?.text ??
      (textOf(report.claims, "aud") || null);
  const scopes = report.claims.find(({ name }) => name === "scope" || name === "scp");
  const missing = scopes?.words.filter(({ state }) => state === "missing").map(({ text }) => text) ?? [];
  if (scopes && blamed.includes(scopes.name))
    next.required_scopes = next.required_scopes.filter((scope) => !missing.includes(scope));
  next.required_claims = next.required_claims.filter((name) => !blamed.includes(name) || has(name));
  return next;
}

/** Whole seconds; `null` for anything else. */
function seconds(text: string): number | null {
  if (text.trim() === "") return 0;
  const value = Number(text);
  return Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff ? value : null;
}

/** The policy, or the first invalid field. */
export function policyOf(
  form: PolicyForm,
  before: PolicyView,
): PolicyView | { field: FieldName; why: string } {
  const leeway = seconds(form.leeway);
  if (leeway === null) return { field: "leeway", why: "Write whole seconds, such as 30." };
  const lifetime = seconds(form.lifetime);
  if (lifetime === null)
    return { field: "lifetime", why: "Write whole seconds, such as 3600, or nothing for any." };
  return {
    name: form.name,
    builtin: false,
    issuer: form.issuer || null,
    audience: form.audience || null,
    algorithms: form.algorithms,
    typ: form.typ || null,
    // A claim's name may contain white space, so an unchanged list is kept as it is.
    required_claims: form.claims === formOf(before).claims ? before.required_claims : words(form.claims),
    required_scopes: words(form.scopes),
    leeway_seconds: leeway,
    max_lifetime_seconds: lifetime,
    jwks: form.keys.trim() || null,
  };
}

/** The keys of a JWK Set in a line: "2 keys: a, b"; empty for any other text, which the program reads. */
export function namesOf(jwks: string): string {
  try {
    const { keys } = JSON.parse(jwks) as { keys: readonly { kid?: unknown }[] };
    const names = keys.map(({ kid }) => (typeof kid === "string" ? kid : "one without a kid"));
    return names.length === 1 ? `1 key: ${names[0]}` : `${names.length} keys: ${names.join(", ")}`;
  } catch {
    return "";
  }
}

/** The field that a refusal is about; `null` if it is about the whole policy. */
export function fieldOf(error: WireError): FieldName | null {
  if (error.area !== "policies") return null;
  if (error.code.startsWith("name_") || error.code === "reserved") return "name";
  if (error.code === "keys_refused") return "keys";
  return error.code === "leeway_too_long" ? "leeway" : null;
}
