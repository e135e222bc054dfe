// One sign-in: for whom, for which scopes, the second factor if one is required, and why it was refused. Password and
// code are forgotten when the dialog closes.
import { createContext } from "svelte";
import type { SignedIn, UserView, WireError } from "../../api/bindings.gen";
import { type Answer, type Host, settled } from "../../platform/host";

/** A sign-in after the correct password. */
export interface Due {
  /** The handle of its pending token. */
  pending: number;
  digits: number;
  /** How long the pending token lives, in milliseconds. */
  lifetime: number;
  /** When it expires, in milliseconds of the program's clock. */
  endsAt: number;
}

export class SignIn {
  user = $state.raw<UserView | null>(null);
  password = $state("");
  /** Set while a second factor is required. */
  due = $state.raw<Due | null>(null);
  code = $state("");
  recoveryCode = $state("");
  /** The user enters a recovery code instead of a code. */
  recovering = $state(false);
  asked = $state.raw<readonly string[]>([]);
  busy = $state(false);
  error = $state.raw<WireError | null>(null);
  readonly keyringProblem = $derived(this.error?.area === "keyring");

  #host: Host;
  #attempt = 0;

  #now: () => number;

  constructor(host: Host, now: () => number) {
    this.#host = host;
    this.#now = now;
  }

  open(user: UserView): void {
    this.close();
    this.user = user;
    this.asked = user.scopes;
  }

  close(): void {
    this.#attempt += 1;
    this.user = this.error = this.due = null;
    this.password = this.code = this.recoveryCode = "";
    this.recovering = this.busy = false;
  }

  ask(scope: string, wanted: boolean): void {
    this.asked = (this.user?.scopes ?? []).filter((one) =>
      one === scope ? wanted : this.asked.includes(one),
    );
  }

  /** Null if it was refused, a second factor is required, or the user cancelled meanwhile. */
  async submit(): Promise<SignedIn | null> {
    const user = this.user;
    if (!user) return null;
    const request = { username: user.username, password: this.password, scopes: [...this.asked] };
    const answer = await this.#ask(() => this.#host.signIn(request));
    if (answer?.kind !== "second_factor_due") return answer;
    const { pending, digits, expires_in } = answer;
    const lifetime = expires_in * 1000;
    this.due = { pending, digits, lifetime, endsAt: this.#now() + lifetime };
    this.password = "";
    return null;
  }

  /** Null if it was refused or the user cancelled meanwhile. */
  async confirm(): Promise<SignedIn | null> {
    const due = this.due;
    if (!due) return null;
    const code = this.recovering ? this.recoveryCode.trim() : this.code;
    // An incomplete code would count as a wrong one.
    if (code === "" || (!this.recovering && code.length !== due.digits)) return null;
    const signed = await this.#ask(() => this.#host.confirmSignIn(due.pending, code));
    if (this.error?.code === "pending_invalid") this.startOver();
    return signed;
  }

  /** Returns the pending token, for inspection. */
  async reveal(): Promise<string | null> {
    const due = this.due;
    return due ? this.#ask(() => this.#host.revealPending(due.pending)) : null;
  }

  /** Goes back to the password; the error stays. */
  startOver(): void {
    this.due = null;
    this.code = this.recoveryCode = "";
    this.recovering = false;
  }

  async #ask<T>(ask: () => Promise<Answer<T>>): Promise<T | null> {
    if (this.busy) return null;
    const attempt = ++this.#attempt;
    this.busy = true;
    this.error = null;
    const answer = await settled(ask());
    if (attempt !== this.#attempt) return null;
    this.busy = false;
    if (answer.status === "ok") return answer.data;
    this.error = answer.error;
    return null;
  }
}

export const [useSignIn, provideSignIn] = createContext<SignIn>();
