// The form for a new user: its input, the password's strength, and which field a refusal belongs to.
import type { UserView, WireError } from "../../api/bindings.gen";
import { explainInLine } from "../../api/errors";
import { type Host, settled } from "../../platform/host";
import { PasswordDraft } from "./password-draft.svelte";

export type FieldName = "username" | "display_name" | "email" | "password";

/** The field that a refusal is about; null if it is about none. */
export function fieldOf(error: WireError): FieldName | null {
  if (error.area === "passwords") return "password";
  if (error.area !== "users") return null;
  switch (error.code) {
    case "username_empty":
    case "username_too_long":
    case "username_character":
    case "username_taken":
    case "username_is_client":
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

export class NewUserForm {
  username = $state("");
  displayName = $state("");
  email = $state("");
  scopes = $state.raw<readonly string[]>([]);
  busy = $state(false);
  errors = $state.raw<Partial<Record<FieldName, string>>>({});
  /** A refusal that is not about a field. */
  refusal = $state.raw<WireError | null>(null);

  readonly password: PasswordDraft;
  readonly touched = $derived.by(() => {
    const texts = [this.username, this.displayName, this.email, this.password.text];
    return texts.some((text) => text !== "") || this.scopes.length > 0;
  });
  #host: Host;

  constructor(host: Host) {
    this.#host = host;
    this.password = new PasswordDraft(host);
  }

  /** Typing in a field clears its old error. */
  touch(field: FieldName): void {
    if (this.errors[field]) this.errors = { ...this.errors, [field]: undefined };
    if (field === "username") this.password.rateSoon(this.username.trim());
  }

  grant(scope: string, held: boolean): void {
    this.scopes = held ? [...this.scopes, scope] : this.scopes.filter((one) => one !== scope);
  }

  /** Null if it was refused: the errors say why, and the input is kept. */
  async create(): Promise<UserView | null> {
    if (this.busy) return null;
    this.busy = true;
    this.errors = {};
    this.password.error = null;
    this.refusal = null;
    const answer = await settled(
      this.#host.createUser({
        username: this.username.trim(),
        display_name: this.displayName.trim(),
        email: this.email.trim(),
        password: this.password.text,
        scopes: [...this.scopes],
      }),
    );
    this.busy = false;
    if (answer.status === "ok") {
      this.forget();
      return answer.data;
    }
    const field = fieldOf(answer.error);
    if (field === "password") this.password.error = explainInLine(answer.error);
    else if (field) this.errors = { [field]: explainInLine(answer.error) };
    else this.refusal = answer.error;
    return null;
  }

  firstBad(): FieldName | null {
    const order: FieldName[] = ["username", "display_name", "email"];
    return order.find((field) => this.errors[field]) ?? (this.password.error === null ? null : "password");
  }

  /** Forget the password when the form closes. */
  forget(): void {
    this.password.forget();
  }
}
