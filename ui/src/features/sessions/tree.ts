// Where the tokens of a family are drawn: a chain from left to right, with its middle folded if it is long.
import type { FamilyMemberView, SessionDetail } from "../../api/bindings.gen";

/** A member of the chain, or the number of folded members. */
export type Link = { member: FamilyMemberView } | { folded: number };

/** A link with its place in pixels. */
export type Placed = Link & { x: number; width: number };

/** A chain with more members than this is drawn small. */
const LARGE = 6;
const HEAD = 4;
const TAIL = 4;
const SPENT = 56;
const FOLD = 112;
const WHOLE = 172;

/** Is the chain drawn small? */
export const isCompact = (detail: SessionDetail): boolean => detail.family.length > LARGE;

/** The chain with its middle folded, except for a replay, a forgiven use, and what is beside it. */
export function chain(detail: SessionDetail, unfolded: boolean): Link[] {
  const { family, replay, forgiven } = detail;
  if (unfolded || family.length <= HEAD + TAIL + 1) return family.map((member) => ({ member }));
  const special = [replay?.generation, ...forgiven.map((one) => one.generation)];
  const near = (generation: number) =>
    special.some((one) => one !== undefined && Math.abs(one - generation) <= 1);
  const links: Link[] = [];
  let folded = 0;
  family.forEach((member, index) => {
    if (index >= HEAD && index < family.length - TAIL && !near(member.generation)) {
      folded += 1;
      return;
    }
    if (folded > 0) links.push({ folded });
    folded = 0;
    links.push({ member });
  });
  return links;
}

/** The links with their places, and the width of all. */
export function layout(links: readonly Link[], compact: boolean): { placed: Placed[]; width: number } {
  const gap = compact ? 17.5 : 40;
  let x = 0;
  const placed = links.map((link, index) => {
    const small = "folded" in link ? FOLD : SPENT;
    const width = compact && (index < links.length - 1 || "folded" in link) ? small : WHOLE;
    const here = { ...link, x, width };
    x += width + gap;
    return here;
  });
  return { placed, width: Math.max(0, x - gap) };
}
