// The form for a new user: what was typed, how good the password is, and which field a refusal belongs to.
import type { ErrorCode, PasswordRating, UserView, WireError } from "../../api/bindings.gen";
import { explainInLine } from "../../api/errors";
import { type Host, settled } from "../../platform/host";

export type FieldName = "username" | "display_name" | "email" | "password";

const FIELD_OF: Partial<Record<ErrorCode, FieldName>> = {
  username_empty: "username",
  username_too_long: "username",
  username_invalid: "username",
  username_taken: "username",
  display_name_too_long: "display_name",
  display_name_invalid: "display_name",
  email_invalid: "email",
  password_too_short: "password",
  password_too_long: "password",
  password_unseen: "password",
  password_blank: "password",
  password_common: "password",
  password_repeated: "password",
  password_sequence: "password",
  password_weak: "password",
  password_guessable: "password",
};

const PAUSE_MS = 250;

export class NewUserForm {
  username = $state("");
  displayName = $state("");
  email = $state("");
  password = $state("");
  scopes = $state.raw<readonly string[]>([]);
  rating = $state.raw<PasswordRating | null>(null);
  busy = $state(false);
  errors = $state.raw<Partial<Record<FieldName, string>>>({});
  /** A refusal that belongs to no field. */
  refusal = $state.raw<WireError | null>(null);
  readonly touched = $derived(
    [this.username, this.displayName, this.email, this.password].some((text) => text !== "") ||
      this.scopes.length > 0,
  );

  #host: Host;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Typing in a field takes its old error away. */
  touch(field: FieldName): void {
    if (this.errors[field]) this.errors = { ...this.errors, [field]: undefined };
    if (field === "password" || field === "username") this.#rateSoon();
  }

  grant(scope: string, held: boolean): void {
    this.scopes = held ? [...this.scopes, scope] : this.scopes.filter((one) => one !== scope);
  }

  /** Null if it was refused: the errors say why, what was typed stays. */
  async create(): Promise<UserView | null> {
    if (this.busy) return null;
    this.busy = true;
    this.errors = {};
    this.refusal = null;
    const answer = await settled(
      this.#host.createUser({
        username: this.username.trim(),
        display_name: this.displayName.trim(),
        email: this.email.trim(),
        password: this.password,
        scopes: [...this.scopes],
      }),
    );
    this.busy = false;
    if (answer.status === "ok") {
      this.forget();
      return answer.data;
    }
    const field = FIELD_OF[answer.error.code];
    if (field) this.errors = { [field]: explainInLine(answer.error) };
    else this.refusal = answer.error;
    return null;
  }

  firstBad(): FieldName | null {
    const order: FieldName[] = ["username", "display_name", "email", "password"];
    return order.find((field) => this.errors[field]) ?? null;
  }

  /** A password lives no longer than its form. */
  forget(): void {
    clearTimeout(this.#pause);
    this.#asked += 1;
    this.password = "";
    this.rating = null;
  }

  #rateSoon(): void {
    clearTimeout(this.#pause);
    const number = ++this.#asked;
    if (this.password === "") {
      this.rating = null;
      return;
    }
    this.#pause = setTimeout(async () => {
      const answer = await settled(this.#host.ratePassword(this.password, this.username.trim()));
      if (number === this.#asked) this.rating = answer.status === "ok" ? answer.data : null;
    }, PAUSE_MS);
  }
}
