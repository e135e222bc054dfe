// A verdict as plain text, for a ticket or a chat. Never holds the token.
import type { Report } from "../../api/bindings.gen";
import { outcomeWords } from "./checks";

export function asText(report: Report): string {
  const steps = report.trace.map(
    (step) =>
      `${outcomeWords[step.outcome].padEnd(12)}${step.name}: ${step.reason}${step.fix ? ` (to pass: ${step.fix})` : ""}`,
  );
  const findings = report.findings.map((one) => `${one.severity}: ${one.title}. ${one.message} (${one.rfc})`);
  return [
    `${report.verdict.title}: ${report.verdict.detail}`,
    "",
    ...steps,
    ...(findings.length > 0 ? ["", ...findings] : []),
  ].join("\n");
}
