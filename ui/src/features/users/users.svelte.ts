// The users of the profile, loaded page by page, the selected one, and the changes made to them.
import { createContext } from "svelte";
import type { ScopeView, UserColumn, UserSecurity, UserView, WireError } from "../../api/bindings.gen";
import { type Answer, type Host, settled } from "../../platform/host";
import { type Page, Paged } from "../../shared/list/paged.svelte";
import { Enrollment, type NewCodes } from "./enrollment.svelte";
import { NewUserForm } from "./new-user.svelte";
import { UserForm } from "./user-form.svelte";

/** The number of users, and of those that match the text. */
interface Counts {
  all: number;
  found: number;
}

/** What is open over the list. */
export type Sheet =
  | { kind: "edit"; username: string; form: UserForm }
  | { kind: "password"; username: string }
  | { kind: "delete"; username: string }
  | { kind: "enroll"; username: string; work: Enrollment }
  | { kind: "recovery"; username: string; work: NewCodes }
  | { kind: "remove-factor"; username: string };

export class Users {
  catalog = $state.raw<readonly ScopeView[]>([]);
  /** Why the last change to a user failed. */
  refusal = $state.raw<{ username: string; error: WireError } | null>(null);
  text = $state("");
  sort = $state.raw<UserColumn>("username");
  descending = $state.raw(false);
  chosenName = $state<string | null>(null);
  /** The user who is signing in, kept up to date wherever they are in the list. */
  signingIn = $state.raw<string | null>(null);
  /** Is the form for a new user open? */
  creating = $state(false);
  /** The form's input; kept while another view is open, cleared once the user is created or the form is discarded. */
  form: NewUserForm | null = null;

  /** What is open over the list; kept while another view is shown. */
  sheet = $state.raw<Sheet | null>(null);
  /** Is the sheet for importing open, or that of the scope catalog? */
  importing = $state(false);
  editingScopes = $state(false);
  /** How a user proves who they are, and how that went lately, as last read. */
  security = $state.raw<{ username: string; of: UserSecurity } | null>(null);

  readonly chosen = $derived.by(() => {
    const rows = this.rows ?? [];
    const chosen =
      this.text === "" ? this.find(this.chosenName) : rows.find((one) => one.username === this.chosenName);
    return chosen ?? rows[0] ?? null;
  });

  #host: Host;
  #list: Paged<UserView, Counts, WireError>;
  /** Users on screen that are further down than the list was loaded. */
  #others = $state.raw<readonly UserView[]>([]);
  /** Users that were looked for and no longer exist. */
  #missing = $state.raw<ReadonlySet<string>>(new Set());
  #asked = 0;
  #read = 0;
  #queue: Promise<void> = Promise.resolve();

  constructor(host: Host) {
    this.#host = host;
    this.#list = new Paged({
      ask: (after, most) => this.#page(after, most),
      key: (user) => user.username,
      counts: { all: 0, found: 0 },
    });
  }

  get rows(): readonly UserView[] | null {
    return this.#list.rows;
  }
  get counts(): Counts {
    return this.#list.counts;
  }
  /** Why the list could not be read. */
  get problem(): WireError | null {
    return this.#list.problem;
  }

  /** A user who is loaded in the list, selected or signing in. */
  find(username: string | null): UserView | null {
    const isThey = (user: UserView) => user.username === username;
    return this.rows?.find(isThey) ?? this.#others.find(isThey) ?? null;
  }

  /** Was this user deleted? Only known of users who are looked at. */
  isGone(username: string): boolean {
    return this.rows !== null && this.#missing.has(username);
  }

  /** Reads what is shown of a user beside the list's row. One who was just deleted is about to leave the list. */
  async readSecurity(username: string): Promise<void> {
    const number = ++this.#read;
    const answer = await settled(this.#host.userSecurity(username));
    // Another user was chosen since.
    if (number !== this.#read) return;
    if (answer.status === "ok") this.security = { username, of: answer.data };
    else if (answer.error.area !== "users") this.#list.problem = answer.error;
  }

  openEdit(user: UserView): void {
    this.sheet = { kind: "edit", username: user.username, form: new UserForm(this.#host, user) };
  }

  /** Begins to set up a second factor and shows the sheet. */
  async openEnrollment(user: UserView): Promise<void> {
    this.refusal = null;
    const answer = await settled(this.#host.beginEnrollment(user.username));
    if (answer.status === "error") {
      this.refusal = { username: user.username, error: answer.error };
      return;
    }
    const work = new Enrollment(this.#host, user.username, answer.data);
    this.sheet = { kind: "enroll", username: user.username, work };
  }

  /** Loads any user; null if no user has that name. */
  async look(username: string): Promise<UserView | null> {
    const answer = await settled(this.#host.showUser(username));
    return answer.status === "ok" ? answer.data : null;
  }

  async load(): Promise<void> {
    await Promise.all([this.#loadCatalog(), this.#load(() => this.#list.load())]);
  }

  /** Loads the next page, if there is one. */
  more(): Promise<void> {
    return this.#list.more();
  }

  /** Changes the filter or the sort order, and loads the list from its start. */
  async list(change: { text?: string; sort?: UserColumn }): Promise<void> {
    if (change.text !== undefined) this.text = change.text;
    if (change.sort !== undefined) {
      this.descending = change.sort === this.sort ? !this.descending : change.sort !== "username";
      this.sort = change.sort;
    }
    await this.#load(() => this.#list.restart());
  }

  async #load(read: () => Promise<boolean>): Promise<void> {
    if (!(await read())) return;
    const number = ++this.#asked;
    const looked = new Set(
      [this.chosenName, this.signingIn, this.sheet?.username ?? null].filter((name) => name !== null),
    );
    for (const row of this.rows ?? []) looked.delete(row.username);
    const names = [...looked];
    const answers = await Promise.all(names.map((name) => settled(this.#host.showUser(name))));
    if (number !== this.#asked) return;
    const found = answers.map((answer) => (answer.status === "ok" ? answer.data : undefined));
    this.#others = found.filter((user) => user !== null && user !== undefined);
    this.#missing = new Set(names.filter((_, index) => found[index] === null));
  }

  async #loadCatalog(): Promise<void> {
    const scopes = await settled(this.#host.listScopes());
    if (scopes.status === "ok") this.catalog = scopes.data;
  }

  async #page(after: string | null, most: number): Promise<Answer<Page<UserView, Counts>>> {
    const { text, sort, descending } = this;
    const answer = await settled(this.#host.listUsers({ text, sort, descending, after, most }));
    if (answer.status === "error") return answer;
    const { users, next, ...counts } = answer.data;
    return { status: "ok", data: { rows: users, next, counts } };
  }

  /** Selects a new user, wherever they are in the list. */
  add(user: UserView): void {
    this.#others = [...this.#others, user];
    this.chosenName = user.username;
    void this.list({ text: "" });
    this.finish();
  }

  /** Selects a user by name, wherever they are in the list. */
  async open(username: string): Promise<void> {
    this.chosenName = username;
    await this.list({ text: "" });
  }

  /** Opens the form, or continues with the unfinished one. */
  begin(): NewUserForm {
    this.form ??= new NewUserForm(this.#host);
    return this.form;
  }

  /** Selects the row next to a user's, who is about to go. */
  chooseNeighbour(username: string): void {
    const rows = this.rows ?? [];
    const at = rows.findIndex((row) => row.username === username);
    if (at >= 0) this.chosenName = (rows[at + 1] ?? rows[at - 1])?.username ?? null;
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
    this.#list.put(user);
    this.#others = this.#others.map((one) => (one.username === user.username ? user : one));
  }
}

export const [useUsers, provideUsers] = createContext<Users>();
