/** How a chip looks: a word alone, with a check mark, or with a mark for what is wrong. */
export type ChipState = "plain" | "granted" | "missing" | "not held";
