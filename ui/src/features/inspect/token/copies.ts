// The forms in which a token can be copied.
import type { Report } from "../../../api/bindings.gen";

export interface Copy {
  label: string;
  /** The text of the message: "cURL copied". */
  as: string;
  text: string;
}

interface Shown {
  draft: string;
  pending: boolean;
  report: Report | null;
}

/** The displayed text: the token and, for an SD-JWT, what follows it. */
export const shownText = ({ draft, pending, report }: Shown) =>
  pending ? draft : draft + (report?.presentation?.text ?? "");

/** Every form available for this report. */
export function copies(report: Report): Copy[] {
  const { segments } = report;
  const token = report.token + (report.presentation?.text ?? "");
  const signature = segments.find((segment) => segment.kind === "signature");
  // Other characters could add headers or control a terminal.
  const sendable = report.format.endsWith("_compact") && /^[\w.~+/=-]+$/.test(token);
  const all: Copy[] = [
    { label: "Token", as: "token", text: token },
    {
      label: "Token without its signature",
      as: "token without its signature",
      text: signature ? report.token.slice(0, signature.start) : "",
    },
    { label: "Authorization header", as: "header", text: sendable ? `Authorization: Bearer ${token}` : "" },
    { label: "cURL", as: "cURL", text: sendable ? `curl -H 'Authorization: Bearer ${token}' "$URL"` : "" },
    { label: "Header as JSON", as: "JSON", text: report.header_json },
    { label: "Payload as JSON", as: "JSON", text: report.claims_json },
  ];
  return all.filter((copy) => copy.text !== "");
}

/** A request with a cookie, under the name that it was pasted with; empty for what is no cookie. */
export function cookieRequest(report: Report, pasted: string): string {
  const { not_a_jwt, token } = report;
  // Other characters could end the quotes.
  if (!/cookie/i.test(not_a_jwt ?? "") || !/^[\w.~+/=%|:-]+$/.test(token)) return "";
  return `curl -b '${cookieName(report, pasted)}=${token}' "$URL"`;
}

/** The name that a cookie was pasted with. */
export function cookieName({ token }: Report, pasted: string): string {
  const before = pasted.slice(0, Math.max(pasted.indexOf(token), 0));
  return /([\w.-]+)=$/.exec(before)?.[1] ?? "session";
}
