// The keyring as the window knows it, and the screen that explains it when it cannot be used.
import { createContext } from "svelte";
import type { KeyringView } from "../../api/bindings.gen";
import type { Host } from "../../platform/host";

export class Keyring {
  view = $state.raw<KeyringView | null>(null);
  /** Is the screen open? It opens by itself once, at the start; after that only when asked for. */
  screen = $state(false);
  busy = $state<"unlock" | "retry" | null>(null);
  /** The bridge itself broke. */
  failure = $state<string | null>(null);
  readonly ready = $derived(this.view?.state === "ready");
  readonly troubled = $derived(this.view !== null && !["ready", "checking"].includes(this.view.state));

  #host: Host;
  #known = false;
  #onready: () => void;

  constructor(host: Host, onready: () => void) {
    this.#host = host;
    this.#onready = onready;
  }

  accept(view: KeyringView): void {
    this.view = view;
    if (view.state === "checking") return;
    if (view.state === "ready") {
      if (this.screen) this.#onready();
      this.screen = false;
    } else if (!this.#known) {
      this.screen = true;
    }
    this.#known = true;
  }

  retry(): Promise<void> {
    return this.#ask("retry", () => this.#host.retryKeyring());
  }

  unlock(): Promise<void> {
    return this.#ask("unlock", () => this.#host.unlockKeyring());
  }

  async #ask(what: "unlock" | "retry", ask: () => Promise<KeyringView>): Promise<void> {
    if (this.busy) return;
    this.busy = what;
    this.failure = null;
    try {
      this.accept(await ask());
    } catch (cause) {
      this.failure = cause instanceof Error ? cause.message : String(cause);
    } finally {
      this.busy = null;
    }
  }
}

export const [useKeyring, provideKeyring] = createContext<Keyring>();
