// A verdict as plain text, for a ticket or a chat. It never contains the token.
import type { Finding, Report } from "../../../api/bindings.gen";
import { spoken } from "../../../shared/time/format";
import { outcomeWords } from "./checks";

/** `findings`: those shown, which may include one that came after the report. */
export function asText(report: Report, findings: readonly Finding[], draft: boolean): string {
  const steps = report.trace.map(
    (step) =>
      `${outcomeWords[step.outcome].padEnd(12)}${step.name}: ${step.reason}${step.fix ? ` (${step.outcome === "warn" ? "better" : "to pass"}: ${step.fix})` : ""}`,
  );
  const found = findings.map((one) => `${one.severity}: ${one.title}. ${one.message} (${one.rfc})`);
  return [
    `${titleOf(report, draft)}: ${report.verdict.detail}`,
    "",
    ...steps,
    ...(found.length > 0 ? ["", ...found] : []),
  ].join("\n");
}

/** Identifies a verdict: it changes when the verdict does. */
export const verdictKey = (report: Report) => `${report.verdict.title} ${report.verdict.stopped_at}`;

/** The verdict's word; for a draft, what it would be. */
export function titleOf({ verdict: { title } }: Report, draft: boolean): string {
  if (!draft) return title;
  return title.startsWith("Not ")
    ? `Would not be ${title.slice(4)}`
    : `Would be ${title.charAt(0).toLowerCase()}${title.slice(1)}`;
}

/** "Rejected: expired 2 minutes 3 seconds ago" */
export function said(report: Report, draft: boolean): string {
  const title = titleOf(report, draft);
  const { detail, stopped_at } = report.verdict;
  const { expires_at, now } = report.times;
  if (stopped_at === "time" && expires_at !== null && expires_at <= now) {
    return `${title}: expired ${now === expires_at ? "just now" : `${spoken(now - expires_at)} ago`}`;
  }
  const step = report.trace.find((one) => one.check === stopped_at);
  return `${title}: ${(step?.reason ?? detail).replaceAll("`", "")}`;
}
