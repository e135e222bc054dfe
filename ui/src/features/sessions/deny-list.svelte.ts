// The deny list, and how revoked access tokens are refused: loaded while it is shown.
import type { DenyEntryView, DenyListPage, WireError } from "../../api/bindings.gen";
import { type Answer, type Host, settled } from "../../platform/host";
import { type Page, Paged } from "../../shared/list/paged.svelte";

type Mode = Omit<DenyListPage, "entries" | "next">;

export class DenyList {
  shown = $state(false);
  busy = $state(false);
  /** Why the mode was not switched. */
  refusal = $state.raw<WireError | null>(null);

  #host: Host;
  #list: Paged<DenyEntryView, Mode | null, WireError>;

  constructor(host: Host) {
    this.#host = host;
    this.#list = new Paged<DenyEntryView, Mode | null, WireError>({
      ask: (after, most) => this.#page(after, most),
      key: (entry) => entry.jti,
      counts: null,
    });
  }

  get rows(): readonly DenyEntryView[] | null {
    return this.#list.rows;
  }
  /** How long the list is, and how tokens are refused; null until it was read. */
  get mode(): Mode | null {
    return this.#list.counts;
  }
  get problem(): WireError | null {
    return this.#list.problem;
  }

  open(): void {
    this.shown = true;
    this.refusal = null;
    void this.load();
  }

  close(): void {
    this.shown = false;
  }

  async load(): Promise<void> {
    if (this.shown) await this.#list.load();
  }

  more(): Promise<void> {
    return this.#list.more();
  }

  /** Switches the mode. Returns whether it was switched. */
  async setShortLived(shortLived: boolean): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    const answer = await settled(this.#host.setRevocation(shortLived));
    this.refusal = answer.status === "error" ? answer.error : null;
    await this.#list.load();
    this.busy = false;
    return answer.status === "ok";
  }

  async #page(after: string | null, most: number): Promise<Answer<Page<DenyEntryView, Mode>>> {
    const answer = await settled(this.#host.listDenied(after, most));
    if (answer.status === "error") return answer;
    const { entries, next, ...mode } = answer.data;
    return { status: "ok", data: { rows: entries, next, counts: mode } };
  }
}
