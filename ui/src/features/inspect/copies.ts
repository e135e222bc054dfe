// The forms in which a token is handed on.
import type { Report } from "../../api/bindings.gen";

export interface Copy {
  label: string;
  /** What the message says: "Copied as cURL". */
  as: string;
  text: string;
}

/** Every form that this report has something for. */
export function copies(report: Report): Copy[] {
  const { token, segments } = report;
  const signature = segments.find((segment) => segment.kind === "signature");
  const all: Copy[] = [
    { label: "Token", as: "token", text: token },
    {
      label: "Token without its signature",
      as: "token without its signature",
      text: signature ? token.slice(0, signature.start) : "",
    },
    { label: "Authorization header", as: "header", text: `Authorization: Bearer ${token}` },
    { label: "cURL", as: "cURL", text: `curl -H ${inShell(`Authorization: Bearer ${token}`)} "$URL"` },
    { label: "Header as JSON", as: "JSON", text: report.header_json },
    { label: "Payload as JSON", as: "JSON", text: report.claims_json },
  ];
  return all.filter((copy) => copy.text !== "");
}

/** In single quotes nothing means anything to a shell but the quote itself. */
function inShell(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
