// The password that a change of the second factor takes, and why it was refused. During a lock it is not looked at.
import type { UserView, WireError } from "../../api/bindings.gen";
import { explain, type Explanation } from "../../api/errors";
import type { Clock } from "../../shared/time/clock.svelte";
import { lockNow } from "./lock";

const wasLocked: Explanation = {
  sentence: "The user was locked, so the password was not looked at.",
  fix: "Try it again.",
};

export class PasswordProof {
  value = $state("");
  #refusal = $state.raw<WireError | null>(null);
  /** The user was locked when the password was sent. */
  #unread = $state(false);
  readonly #user: () => UserView | null;
  readonly #clock: Clock;

  constructor(user: () => UserView | null, clock: Clock) {
    this.#user = user;
    this.#clock = clock;
  }

  readonly lock = $derived.by(() => lockNow(this.#user()?.lock ?? null, this.#clock.ms));
  readonly #ofPassword = $derived.by(
    () => this.#refusal?.area === "second_factor" && this.#refusal.code === "wrong_password",
  );
  /** What is wrong with the password itself. */
  readonly error = $derived.by(() => (this.#ofPassword && !this.#unread ? this.#refusal : null));
  /** Any other reason; a lock that lasts says so itself. */
  readonly problem = $derived.by(() => {
    if (!this.#refusal || this.error) return null;
    if (!this.#ofPassword) return explain(this.#refusal);
    return this.lock ? null : wasLocked;
  });

  /** The password is about to be sent. */
  begin(): void {
    this.#refusal = null;
    this.#unread = this.lock !== null;
  }

  refuse(why: WireError): void {
    this.#refusal = why;
  }

  forget(): void {
    this.value = "";
  }
}
