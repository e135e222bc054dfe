// One sign-in: for whom, for which scopes, and why it was refused. The password lives no longer than the dialog.
import { createContext } from "svelte";
import type { ErrorCode, SignedIn, UserView, WireError } from "../../api/bindings.gen";
import { type Host, settled } from "../../platform/host";

const OF_THE_KEYRING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "keyring_locked",
  "keyring_absent",
  "keyring_denied",
  "keyring_slow",
  "keyring_failed",
  "key_missing",
  "key_changed",
  "passphrase_due",
]);

export class SignIn {
  user = $state.raw<UserView | null>(null);
  password = $state("");
  asked = $state.raw<readonly string[]>([]);
  busy = $state(false);
  error = $state.raw<WireError | null>(null);
  readonly keyringProblem = $derived(this.error !== null && OF_THE_KEYRING.has(this.error.code));

  #host: Host;
  #attempt = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  open(user: UserView): void {
    this.close();
    this.user = user;
    this.asked = user.scopes;
  }

  close(): void {
    this.#attempt += 1;
    this.user = this.error = null;
    this.password = "";
    this.busy = false;
  }

  ask(scope: string, wanted: boolean): void {
    this.asked = (this.user?.scopes ?? []).filter((one) =>
      one === scope ? wanted : this.asked.includes(one),
    );
  }

  /** Null if it was refused or given up meanwhile. */
  async submit(): Promise<SignedIn | null> {
    const user = this.user;
    if (!user || this.busy) return null;
    const attempt = ++this.#attempt;
    this.busy = true;
    this.error = null;
    const answer = await settled(
      this.#host.signIn({ username: user.username, password: this.password, scopes: [...this.asked] }),
    );
    if (attempt !== this.#attempt) return null;
    this.busy = false;
    if (answer.status === "ok") return answer.data;
    this.error = answer.error;
    return null;
  }
}

export const [useSignIn, provideSignIn] = createContext<SignIn>();
