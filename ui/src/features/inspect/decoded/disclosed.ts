// The claims of an SD-JWT (RFC 9901) in two readings: what is disclosed in place of its digests, or what was signed.
import type { Member, Report } from "../../../api/bindings.gen";

/** A row of the grid: a member, or what stands for it, and the member's place among all of them. */
export interface Row {
  member: Member;
  index: number;
  /** Which of the rows that stand for one member. */
  nth?: number;
  /** It stands for claims that were not disclosed. */
  hidden?: boolean;
}

/** More hidden claims than this fold to their number. */
const SINGLE = 3;

export const rowsOf = (members: readonly Member[]): Row[] =>
  members.map((member, index) => ({ member, index }));

const isDisclosed = ({ disclosed }: Member) => disclosed !== null;

/** How many digests a member lists; `null` if it lists none. */
function digests({ name, value }: Member): number | null {
  if (name !== "_sd") return null;
  try {
    const list: unknown = JSON.parse(value);
    return Array.isArray(list) ? list.length : null;
  } catch {
    return null;
  }
}

export interface Disclosed {
  /** How many digests at the top nothing was disclosed for: hidden claims, or decoys. */
  hidden: number;
  /** The first of these digests. */
  digests: readonly string[];
}

/** What is disclosed at the top of an SD-JWT; `null` for other tokens, and for those without such digests. */
export function disclosedIn({ presentation, claims }: Report): Disclosed | null {
  const all = claims.map(digests).find((count) => count !== null);
  if (!presentation || all === undefined) return null;
  return { hidden: Math.max(all - claims.filter(isDisclosed).length, 0), digests: presentation.digests };
}

/** The rows as they were signed, or with the digests of hidden claims in rows of their own, folded if many. */
export function rowsAs(
  signed: boolean,
  claims: readonly Member[],
  { hidden, digests: texts }: Disclosed,
): Row[] {
  const rows = rowsOf(claims);
  if (signed) return rows.filter(({ member }) => !isDisclosed(member));
  const row = ({ member, index }: Row, name: string, value: string, nth: number): Row => ({
    index,
    nth,
    hidden: true,
    member: { ...member, name, value, meaning: nth < 0 ? "Digests only" : "Digest only", reference: "" },
  });
  const standsFor = (one: Row): Row[] =>
    hidden <= SINGLE && texts.length === hidden
      ? texts.map((text, nth) => row(one, "1 hidden", JSON.stringify(text), nth))
      : [row(one, `${hidden} hidden`, "…", -1)];
  const [before, after] = [
    rows.filter(({ member }) => digests(member) === null),
    rows.filter(({ member }) => digests(member) !== null),
  ];
  if (hidden === 0) return before;
  // The hidden ones follow the claims that are disclosed.
  const at = before.findLastIndex(({ member }) => isDisclosed(member)) + 1 || (after[0]?.index ?? 0);
  return [...before.slice(0, at), ...after.slice(0, 1).flatMap(standsFor), ...before.slice(at)];
}
