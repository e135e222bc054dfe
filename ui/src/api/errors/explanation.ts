// The shape of every explanation, and pieces of sentences that several areas use.
export interface Explanation {
  /** What is wrong. */
  sentence: string;
  /** What to do about it. */
  fix: string;
}

export const atMost = (maximum: number, unit: string) => `Use at most ${maximum} ${unit}.`;

/** The default case of every switch: a code without a sentence does not compile. */
export function unknown(problem: never): Explanation {
  return {
    sentence: "Something happened that this window has no words for.",
    fix: `Report it: ${JSON.stringify(problem)}.`,
  };
}
