// A key that is pasted while a token is open is probably meant for that token.
import type { Report } from "../../../api/bindings.gen";

export class PastedKey {
  /** The text of the token that was open when the key was pasted; null if the open text is no such key. */
  token = $state<string | null>(null);

  /** Called when a new report replaces the one about `text`. */
  look(before: Report | null, text: string, report: Report): void {
    if (!report.is_key) this.token = null;
    else if (before && /^jw[se]_/.test(before.format)) this.token = text;
    // A key that is typed or pasted over another is for the same token.
    else if (!before?.is_key) this.token = null;
  }
}
