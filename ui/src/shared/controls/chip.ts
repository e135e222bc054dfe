/** How a chip looks: a word alone, with a check mark, with a mark for what is wrong, or as one side of a change. */
export type ChipState = "plain" | "granted" | "missing" | "not held" | "added" | "removed";
