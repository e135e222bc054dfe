// Tells screen readers about the displayed verdict.
import type { Report } from "../../../api/bindings.gen";
import { said, verdictKey } from "./verdict-text";

export class Announcer {
  /** The sentence to read aloud. */
  sentence = $state("");
  /** The last announced verdict, and whether it was about a draft. */
  #announced = "";

  /** Announces the verdict once whenever it changes. */
  announce(report: Report | null, draft: boolean): void {
    if (!report) return;
    const key = `${draft} ${verdictKey(report)}`;
    if (key === this.#announced) return;
    this.#announced = key;
    this.sentence = said(report, draft);
  }

  /** Another token is announced even if its verdict is the same. */
  forget(): void {
    this.#announced = "";
  }

  silence(): void {
    this.sentence = this.#announced = "";
  }
}
