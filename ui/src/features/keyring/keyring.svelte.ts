// The window's view of the keyring, and the screen that explains why it cannot be used.
import { createContext } from "svelte";
import type { KeyringView, PasswordRating, VaultChoice, WireError } from "../../api/bindings.gen";
import { type Answer, type Host, settled } from "../../platform/host";

/** How long typing must pause before a passphrase is rated. */
const PAUSE_MS = 250;

export class Keyring {
  view = $state.raw<KeyringView | null>(null);
  /** Is the screen open? It opens by itself once, at start; after that only on request. */
  screen = $state(false);
  busy = $state<"unlock" | "retry" | "enter" | "choose" | "replace" | null>(null);
  passphrase = $state("");
  rating = $state.raw<PasswordRating | null>(null);
  /** Why the passphrase, the chosen place or the new keys were refused. */
  refusal = $state.raw<WireError | null>(null);
  /** The bridge itself broke. */
  failure = $state<string | null>(null);
  readonly ready = $derived(this.view?.state === "ready");
  readonly troubled = $derived(this.view !== null && !["ready", "checking"].includes(this.view.state));

  /** Are there no keys to sign with? Keys that were read before the trouble are still used. */
  readonly missing = $derived(this.troubled && this.view?.keys_at_hand === false);

  #host: Host;
  #known = false;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;
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

  /** Opens the keys with the typed passphrase. */
  enter(): Promise<boolean> {
    return this.#change("enter", () => this.#host.enterPassphrase(this.passphrase));
  }

  /** Keeps the keys in another place; a sealed place uses the typed passphrase. */
  choose(kind: VaultChoice): Promise<boolean> {
    const passphrase = kind === "passphrase" ? this.passphrase : null;
    return this.#change("choose", () => this.#host.chooseVault(kind, passphrase));
  }

  /** Creates new keys for those that are lost or changed. */
  replace(): Promise<boolean> {
    return this.#change("replace", () => this.#host.replaceLostKeys());
  }

  /** Typing clears the old error and rates the passphrase. */
  touch(): void {
    this.refusal = null;
    clearTimeout(this.#pause);
    const number = ++this.#asked;
    if (this.passphrase === "") {
      this.rating = null;
      return;
    }
    this.#pause = setTimeout(async () => {
      const answer = await settled(this.#host.ratePassword(this.passphrase, ""));
      if (number === this.#asked) this.rating = answer.status === "ok" ? answer.data : null;
    }, PAUSE_MS);
  }

  /** Forget the passphrase when its form closes. */
  forget(): void {
    clearTimeout(this.#pause);
    this.#asked += 1;
    this.passphrase = "";
    this.rating = null;
    this.refusal = null;
  }

  async #change(
    what: "enter" | "choose" | "replace",
    ask: () => Promise<Answer<KeyringView>>,
  ): Promise<boolean> {
    if (this.busy) return false;
    this.busy = what;
    this.failure = null;
    this.refusal = null;
    const answer = await settled(ask());
    this.busy = null;
    if (answer.status === "error") {
      this.refusal = answer.error;
      return false;
    }
    this.forget();
    this.accept(answer.data);
    return true;
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
