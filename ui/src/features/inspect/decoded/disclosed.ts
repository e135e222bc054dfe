// The claims of an SD-JWT (RFC 9901) in two readings: what is disclosed in place of its digests, or what was signed.
import type { Member, Report } from "../../../api/bindings.gen";

/** A row of the grid: a member, or what stands for it, and the member's place among all of them. */
export interface Row {
  member: Member;
  index: number;
}

export const rowsOf = (members: readonly Member[]): Row[] =>
  members.map((member, index) => ({ member, index }));

/** A claim that the program put in the place of its digest. It says so first. */
const isDisclosed = ({ meaning }: Member) => meaning.startsWith("Disclosed. ");

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
  disclosed: number;
  /** Digests that nothing was disclosed for: hidden claims, or decoys. */
  hidden: number;
}

/** What is disclosed at the top of an SD-JWT; `null` for other tokens, and for those without such digests. */
export function disclosedIn({ kind, claims }: Report): Disclosed | null {
  const all = kind?.name === "SD-JWT" ? claims.map(digests).find((count) => count !== null) : null;
  if (all === null || all === undefined) return null;
  const disclosed = claims.filter(isDisclosed).length;
  return { disclosed, hidden: Math.max(all - disclosed, 0) };
}

/** The rows as they were signed, or with the digests folded to the number of hidden claims. */
export function rowsAs(signed: boolean, claims: readonly Member[], { hidden }: Disclosed): Row[] {
  const rows = rowsOf(claims);
  if (signed) return rows.filter(({ member }) => !isDisclosed(member));
  const folded = (row: Row): Row => ({
    ...row,
    member: {
      ...row.member,
      name: `${hidden} hidden`,
      value: "…",
      meaning: "Digests only",
      reference: "not disclosed",
    },
  });
  const [before, after] = [
    rows.filter(({ member }) => digests(member) === null),
    rows.filter(({ member }) => digests(member) !== null),
  ];
  if (hidden === 0) return before;
  // The hidden ones follow the claims that are disclosed.
  const at = before.findLastIndex(({ member }) => isDisclosed(member)) + 1 || (after[0]?.index ?? 0);
  return [...before.slice(0, at), ...after.map(folded), ...before.slice(at)];
}
