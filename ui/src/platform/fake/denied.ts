// The deny list in memory, and what the program would say of the open token.
import type { DenyEntryView, DenyListPage, OwnTokenView } from "../../api/bindings.gen";

export class Denied {
  /** What the profile knows of every token that is asked about; null if it is not its own. */
  own: OwnTokenView | null = null;
  /** Those that leave first come first. */
  entries: DenyEntryView[] = [];
  shortLived = false;

  /** Revokes the open token. False if it was revoked already. */
  revoke(): boolean {
    if (!this.own || this.own.revoked) return false;
    this.own = { ...this.own, revoked: true };
    return true;
  }

  listed(after: string | null, most: number): DenyListPage {
    const from = after === null ? 0 : Number(after);
    const { entries } = this;
    return {
      entries: entries.slice(from, from + most),
      next: from + most < entries.length ? String(from + most) : null,
      all: entries.length,
      short_lived: this.shortLived,
      short_lived_seconds: 300,
      usual_seconds: 900,
    };
  }
}
