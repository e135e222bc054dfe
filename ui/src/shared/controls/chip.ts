/** How a chip looks: a word alone, with a check, or with what is wrong with it. */
export type ChipState = "plain" | "granted" | "missing" | "not held";
