// The form for who a user is and what they may do: its input, and what becomes of it when others change the user.
import type { UserView, WireError } from "../../api/bindings.gen";
import { explainInLine } from "../../api/errors";
import { type Host, settled } from "../../platform/host";
import { type FieldName, fieldOf } from "./new-user.svelte";

export class UserForm {
  readonly username: string;
  displayName = $state("");
  email = $state("");
  scopes = $state.raw<readonly string[]>([]);
  errors = $state.raw<Partial<Record<FieldName, string>>>({});
  /** A refusal that is not about a field. */
  refusal = $state.raw<WireError | null>(null);
  busy = $state(false);
  /** The user as they were when the form was opened. */
  readonly before: UserView;
  readonly touched = $derived.by(() => this.#detailsDiffer(this.before) || this.#scopesDiffer(this.before));

  #host: Host;

  constructor(host: Host, user: UserView) {
    this.#host = host;
    this.before = user;
    this.username = user.username;
    this.displayName = user.display_name;
    this.email = user.email;
    this.scopes = user.scopes;
  }

  #detailsDiffer(user: UserView): boolean {
    return this.displayName.trim() !== user.display_name || this.email.trim() !== user.email;
  }

  #scopesDiffer(user: UserView): boolean {
    return [...this.scopes].sort().join(" ") !== [...user.scopes].sort().join(" ");
  }

  /** Typing in a field clears its old error. */
  touch(field: FieldName): void {
    if (this.errors[field]) this.errors = { ...this.errors, [field]: undefined };
  }

  grant(scope: string, held: boolean): void {
    this.scopes = held ? [...this.scopes, scope] : this.scopes.filter((one) => one !== scope);
  }

  /** What somebody else changed while the form was open: it would be overwritten. */
  changedMeanwhile(now: UserView): string[] {
    const { before } = this;
    const changed: string[] = [];
    if (now.display_name !== before.display_name)
      changed.push(`the display name to “${now.display_name || "none"}”`);
    if (now.email !== before.email) changed.push(`the email address to “${now.email || "none"}”`);
    if (now.scopes.join(" ") !== before.scopes.join(" "))
      changed.push(`the scopes to ${now.scopes.join(" ") || "none"}`);
    return changed;
  }

  /** Saves what differs from when the form was opened. False if it was refused: the errors say why. */
  async save(): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.errors = {};
    this.refusal = null;
    const problem = await this.#write();
    this.busy = false;
    if (!problem) return true;
    const field = fieldOf(problem);
    if (field) this.errors = { [field]: explainInLine(problem) };
    else this.refusal = problem;
    return false;
  }

  async #write(): Promise<WireError | null> {
    const { username } = this;
    if (this.#detailsDiffer(this.before) || this.#scopesDiffer(this.before)) {
      const answer = await settled(
        this.#host.editUser(username, {
          display_name: this.displayName.trim(),
          email: this.email.trim(),
          scopes: this.#scopesDiffer(this.before) ? [...this.scopes] : null,
        }),
      );
      if (answer.status === "error") return answer.error;
    }
    return null;
  }

  firstBad(): FieldName | null {
    const order: FieldName[] = ["display_name", "email"];
    return order.find((field) => this.errors[field]) ?? null;
  }
}
