// The password that a change of the second factor takes, and why it was refused. During a lock it is not looked at.
import type { WireError } from "../../api/bindings.gen";
import { explain, type Explanation } from "../../api/errors";
import { type Answer, settled } from "../../platform/host";
import type { Clock } from "../../shared/time/clock.svelte";
import { lockNow } from "./lock";
import type { Users } from "./users.svelte";

const wasLocked: Explanation = {
  sentence: "The user was locked, so the password was not looked at.",
  fix: "Try it again.",
};

export class PasswordProof {
  value = $state("");
  isBusy = $state(false);
  #refusal = $state.raw<WireError | null>(null);
  /** The user was locked when the password was sent. */
  #unread = $state(false);
  readonly username: string;
  readonly #users: Users;
  readonly #clock: Clock;

  constructor(username: string, users: Users, clock: Clock) {
    this.username = username;
    this.#users = users;
    this.#clock = clock;
  }

  /** The user was deleted. */
  readonly isGone = $derived.by(() => this.#users.isGone(this.username));
  /** It can be sent. */
  readonly isReady = $derived.by(() => !this.isBusy && !this.isGone && this.value !== "");
  readonly lock = $derived.by(() => lockNow(this.#users.find(this.username)?.lock ?? null, this.#clock.ms));
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

  /** Sends the password, and passes on the answer. Returns false if it was refused. */
  async send<T>(
    request: (password: string) => Promise<Answer<T>>,
    ondone: (data: T) => Promise<void>,
  ): Promise<boolean> {
    this.isBusy = true;
    this.#refusal = null;
    this.#unread = this.lock !== null;
    const answer = await settled(request(this.value));
    this.isBusy = false;
    if (answer.status === "error") {
      this.#refusal = answer.error;
      return false;
    }
    this.forget();
    await ondone(answer.data);
    return true;
  }

  forget(): void {
    this.value = "";
  }
}
