// What was done because the database is a copy, and the screen that shows it until the user confirms it.
import { createContext } from "svelte";
import type { RestoredView, WireError } from "../../api/bindings.gen";
import { settled, type Host } from "../../platform/host";

export class Restored {
  view = $state.raw<RestoredView | null>(null);
  /** Is the screen open? It opens by itself once; after that only on request. */
  screen = $state(false);
  busy = $state(false);
  failure = $state.raw<WireError | null>(null);

  #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  accept(view: RestoredView | null): void {
    if (view && !this.view) this.screen = true;
    if (!view) this.screen = false;
    this.view = view;
  }

  /** Confirms that the user has read it. */
  async confirm(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    const answer = await settled(this.#host.confirmRestore());
    this.busy = false;
    this.failure = answer.status === "error" ? answer.error : null;
    if (!this.failure) this.accept(null);
  }
}

export const [useRestored, provideRestored] = createContext<Restored>();
