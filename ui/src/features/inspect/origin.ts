// Where the open text came from, and what waits beside it.
import type { Comparison } from "../../api/bindings.gen";
import type { Recent } from "./token/recent";

/** The open token compared with an earlier one. */
export interface Comparing {
  other: Recent;
  comparison: Comparison;
}

/** A text that waits to be opened. */
export interface Waiting {
  text: string;
  /** Is it a token issued by this profile? */
  own: boolean;
}

/** Where a text came from: typing updates the newest recent entry instead of adding one. */
export type Origin = "given" | "typed" | "again";
