// The users of the profile, the selected one, and the changes made to them.
import { createContext } from "svelte";
import type { ScopeView, UserView, WireError } from "../../api/bindings.gen";
import { type Answer, type Host, settled } from "../../platform/host";
import { NewUserForm } from "./new-user.svelte";

export class Users {
  list = $state.raw<readonly UserView[] | null>(null);
  catalog = $state.raw<readonly ScopeView[]>([]);
  /** Why the list could not be read. */
  problem = $state.raw<WireError | null>(null);
  /** Why the last change to a user failed. */
  refusal = $state.raw<{ username: string; error: WireError } | null>(null);
  filter = $state("");
  chosenName = $state<string | null>(null);
  /** Is the form for a new user open? */
  creating = $state(false);
  /** The form's input; kept while another view is open, cleared once the user is created or the form is discarded. */
  form: NewUserForm | null = null;

  readonly shown = $derived(filtered(this.list ?? [], this.filter));
  readonly chosen = $derived(
    this.shown.find((user) => user.username === this.chosenName) ?? this.shown[0] ?? null,
  );

  #host: Host;
  #asked = 0;
  #queue: Promise<void> = Promise.resolve();

  constructor(host: Host) {
    this.#host = host;
  }

  async load(): Promise<void> {
    const number = ++this.#asked;
    const [users, scopes] = await Promise.all([
      settled(this.#host.listUsers()),
      settled(this.#host.listScopes()),
    ]);
    if (number !== this.#asked) return;
    if (scopes.status === "ok") this.catalog = scopes.data;
    if (users.status === "ok") {
      this.list = users.data;
      this.problem = null;
    } else {
      this.problem = users.error;
    }
  }

  add(user: UserView): void {
    this.#put(user);
    this.filter = "";
    this.chosenName = user.username;
    this.finish();
  }

  /** Opens the form, or continues with the unfinished one. */
  begin(): NewUserForm {
    this.form ??= new NewUserForm(this.#host);
    return this.form;
  }

  finish(): void {
    this.form?.forget();
    this.form = null;
    this.creating = false;
  }

  setActive(user: UserView, active: boolean): Promise<void> {
    return this.#change({ ...user, active }, () => this.#host.setUserActive(user.username, active));
  }

  /** Clears the count of wrong passwords and codes, so that the next try is checked again. */
  endLock(user: UserView): Promise<void> {
    return this.#change({ ...user, lock: null }, () => this.#host.resetFailures(user.username));
  }

  /** Grants or revokes one scope, keeping the catalog's order. */
  setScope(user: UserView, scope: string, held: boolean): Promise<void> {
    const wanted = new Set(user.scopes);
    if (held) wanted.add(scope);
    else wanted.delete(scope);
    const known = this.catalog.map((one) => one.name).filter((name) => wanted.has(name));
    const unknown = [...wanted].filter((name) => !known.includes(name));
    const scopes = [...known, ...unknown];
    return this.#change({ ...user, scopes }, () => this.#host.setUserScopes(user.username, scopes));
  }

  /** Shows a change at once, applies changes one after another, and restores the stored state if one is refused. */
  #change(wanted: UserView, make: () => Promise<Answer<unknown>>): Promise<void> {
    this.refusal = null;
    this.#put(wanted);
    this.#queue = this.#queue.then(async () => {
      const answer = await settled(make());
      if (answer.status === "error") {
        this.refusal = { username: wanted.username, error: answer.error };
        await this.load();
      }
    });
    return this.#queue;
  }

  #put(user: UserView): void {
    const others = (this.list ?? []).filter((one) => one.username !== user.username);
    this.list = [...others, user].sort(byName);
  }
}

/** The engine's order of the list: ASCII letters ignoring case, then by character code. */
function byName(one: UserView, other: UserView): number {
  const [a, b] = [one.username.toLowerCase(), other.username.toLowerCase()];
  return a < b ? -1 : a > b ? 1 : 0;
}

function filtered(list: readonly UserView[], filter: string): readonly UserView[] {
  const words = filter.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return list;
  return list.filter((user) => {
    const text = [user.username, user.display_name, ...user.scopes].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

export const [useUsers, provideUsers] = createContext<Users>();
