// The tokens inspected in this run, newest first. Kept in memory only.
import type { Report, VerdictOutcome } from "../../../api/bindings.gen";
import { textOf } from "../decoded/claim";
import { hostOf } from "../key/key";
import { jweOf } from "./jwe";

export interface Recent {
  /** The pasted text, with everything around the token; reopening the entry inspects it again. */
  text: string;
  /**
   * The bare token: one token is one entry, however it was pasted. A text that is too long to read is an entry itself.
   */
  token: string;
  /** "Access", "Refresh", "DPoP proof", "Flask session cookie", "Unreadable" … */
  label: string;
  subject: string;
  outcome: VerdictOutcome;
  /** Its name, if it is not a JWT or is encrypted, and so neither accepted nor rejected. */
  other: string | null;
  at: number;
}

const MOST = 20;

const TYPES: Record<string, string> = { "at+jwt": "Access", "rt+jwt": "Refresh", "mfa+jwt": "Pending" };
const FORMATS: Partial<Record<Report["format"], string>> = {
  jwe_compact: "Encrypted",
  jwe_json: "Encrypted",
  jws_json: "JSON form",
  opaque: "Not a JWT",
  too_large: "Too large",
};

export function labelOf(report: Report): string {
  if (report.not_a_jwt !== null) return report.not_a_jwt;
  const named = FORMATS[report.format];
  if (named) return named;
  const isRead = report.header.length > 0 && report.claims.length > 0;
  if (report.verdict.stopped_at === "parse" && !isRead) return "Unreadable";
  if (textOf(report.header, "alg").toLowerCase() === "none") return "alg none";
  return (
    TYPES[textOf(report.header, "typ").toLowerCase().replace("application/", "")] ??
    report.kind?.name ??
    "JWT"
  );
}

/** A token's issuer in a few words: "Auth0, acme-dev", else its host; empty if it names none. */
export function issuerOf({ claims, issuer_name }: Report): string {
  const issuer = textOf(claims, "iss");
  return (issuer_name ?? (hostOf(issuer) || issuer)).slice(0, 60);
}

/** What tells a token from others: a well-known issuer, else its subject, else its issuer. */
export const aboutWhom = (report: Report): string =>
  report.issuer_name ?? (textOf(report.claims, "sub").slice(0, 60) || issuerOf(report));

/** The identity of an entry. */
export const idOf = (text: string, report: Report) => report.token || text;

export function remember(
  list: readonly Recent[],
  text: string,
  report: Report,
  at: number,
  replaceNewest: boolean,
): Recent[] {
  const entry = {
    text,
    token: idOf(text, report),
    label: labelOf(report),
    subject: aboutWhom(report),
    outcome: report.verdict.outcome,
    other: report.not_a_jwt ?? (jweOf(report) ? "Encrypted" : null),
    at,
  };
  const rest = (replaceNewest ? list.slice(1) : list).filter((one) => one.token !== entry.token);
  return [entry, ...rest].slice(0, MOST);
}
