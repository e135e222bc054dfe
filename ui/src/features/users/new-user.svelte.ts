// The form for a new user: its input, the password's strength, and which field a refusal belongs to.
import type { PasswordRating, UserView, WireError } from "../../api/bindings.gen";
import { explainInLine } from "../../api/errors";
import { type Host, settled } from "../../platform/host";

export type FieldName = "username" | "display_name" | "email" | "password";

function fieldOf(error: WireError): FieldName | null {
  if (error.area === "passwords") return "password";
  if (error.area !== "users") return null;
  switch (error.code) {
    case "username_empty":
    case "username_too_long":
    case "username_character":
    case "username_taken":
      return "username";
    case "display_name_too_long":
    case "display_name_character":
      return "display_name";
    case "email_invalid":
      return "email";
    default:
      return null;
  }
}

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
  /** A refusal that is not about a field. */
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

  /** Typing in a field clears its old error. */
  touch(field: FieldName): void {
    if (this.errors[field]) this.errors = { ...this.errors, [field]: undefined };
    if (field === "password" || field === "username") this.#rateSoon();
  }

  grant(scope: string, held: boolean): void {
    this.scopes = held ? [...this.scopes, scope] : this.scopes.filter((one) => one !== scope);
  }

  /** Null if it was refused: the errors say why, and the input is kept. */
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
    const field = fieldOf(answer.error);
    if (field) this.errors = { [field]: explainInLine(answer.error) };
    else this.refusal = answer.error;
    return null;
  }

  firstBad(): FieldName | null {
    const order: FieldName[] = ["username", "display_name", "email", "password"];
    return order.find((field) => this.errors[field]) ?? null;
  }

  /** Forget the password when the form closes. */
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
