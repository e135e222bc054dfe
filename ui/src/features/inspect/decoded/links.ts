// Links a claim with its bytes and the checks that read it.
import type { Check, Member, Report, Step } from "../../../api/bindings.gen";

export type Part = "header" | "payload";
export type Link = { kind: "member"; part: Part; index: number } | { kind: "step"; check: Check };

export interface Lit {
  /** `payload:3` */
  members: ReadonlySet<string>;
  checks: ReadonlySet<Check>;
  ranges: readonly { start: number; end: number }[];
  /** The disclosures of an SD-JWT: ranges of the text after the token. */
  disclosures: readonly { start: number; end: number }[];
}

export const memberKey = (part: Part, index: number) => `${part}:${index}`;

export function membersOf(report: Report, part: Part): Member[] {
  return part === "header" ? report.header : report.claims;
}

const NOTHING: Lit = { members: new Set(), checks: new Set(), ranges: [], disclosures: [] };
const PARTS: readonly Part[] = ["header", "payload"];

function namedBy(report: Report, names: readonly string[]): { key: string; member: Member }[] {
  return PARTS.flatMap((part) =>
    membersOf(report, part)
      .map((member, index) => ({ key: memberKey(part, index), member }))
      .filter(({ member }) => names.includes(member.name)),
  );
}

/** The bytes of members: in the token, or in the disclosures that follow it. */
const bytesOf = (members: readonly Member[]): Pick<Lit, "ranges" | "disclosures"> => ({
  ranges: members.filter(({ disclosed }) => !disclosed).map(({ start, end }) => ({ start, end })),
  disclosures: members.flatMap(({ disclosed }) => (disclosed ? [disclosed] : [])),
});

export function litBy(report: Report | null, link: Link | null): Lit {
  if (!report || !link) return NOTHING;
  if (link.kind === "step") {
    const step = report.trace.find((one) => one.check === link.check);
    const found = step ? namedBy(report, step.members) : [];
    return {
      members: new Set(found.map(({ key }) => key)),
      checks: new Set([link.check]),
      ...bytesOf(found.map(({ member }) => member)),
    };
  }
  const member = membersOf(report, link.part)[link.index];
  if (!member) return NOTHING;
  return {
    members: new Set([memberKey(link.part, link.index)]),
    checks: new Set(
      report.trace.filter((step) => step.members.includes(member.name)).map((step) => step.check),
    ),
    ...bytesOf([member]),
  };
}

/** The members a failed step blames: those its fix puts in backticks, or all that it read. */
export function blamedBy(step: Step): string[] {
  if (step.outcome !== "fail") return [];
  const named = step.members.filter((name) => step.fix.includes(`\`${name}\``));
  return named.length > 0 ? named : step.members;
}

/** The keys of all members that a failed step blames. */
export function blamed(report: Report): Set<string> {
  const names = report.trace.flatMap(blamedBy);
  return new Set(namedBy(report, names).map(({ key }) => key));
}

/** The bytes of those members in the token. */
export function blamedRanges(report: Report): Lit["ranges"] {
  const names = report.trace.flatMap(blamedBy);
  return bytesOf(namedBy(report, names).map(({ member }) => member)).ranges;
}

/** The initial selection of a new report: the member blamed by the check where a server stops. */
export function firstLink(report: Report): Link | null {
  const step = report.trace.find((one) => one.check === report.verdict.stopped_at);
  const [key] = step ? namedBy(report, blamedBy(step)).map((one) => one.key) : [];
  if (!key) return null;
  const [part, index] = key.split(":") as [Part, string];
  return { kind: "member", part, index: Number(index) };
}

/** The member whose bytes contain a position of the token. */
export function memberAt(report: Report, at: number): Link | null {
  for (const part of PARTS) {
    const index = membersOf(report, part).findIndex((one) => one.start <= at && at < one.end);
    if (index >= 0) return { kind: "member", part, index };
  }
  return null;
}
