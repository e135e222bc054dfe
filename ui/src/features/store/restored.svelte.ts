// What was done because the database is a copy, and the screen that shows it until the user confirms it.
import { createContext } from "svelte";
import type { RestoredView, UserView, WireError } from "../../api/bindings.gen";
import { type Answer, type Host, settled } from "../../platform/host";
import { type Page, Paged } from "../../shared/list/paged.svelte";

export class Restored {
  view = $state.raw<RestoredView | null>(null);
  /** Is the screen open? It opens by itself once; after that only on request. */
  screen = $state(false);
  busy = $state(false);
  failure = $state.raw<WireError | null>(null);

  /** The users to check, loaded page by page. */
  readonly users: Paged<UserView, null, WireError>;

  #host: Host;

  constructor(host: Host) {
    this.#host = host;
    this.users = new Paged({
      ask: (after, most) => this.#page(after, most),
      key: (user) => user.username,
      counts: null,
    });
  }

  async #page(after: string | null, most: number): Promise<Answer<Page<UserView, null>>> {
    const request = { text: "", sort: "username", descending: false, after, most } as const;
    const answer = await settled(this.#host.listUsers(request));
    if (answer.status === "error") return answer;
    return { status: "ok", data: { rows: answer.data.users, next: answer.data.next, counts: null } };
  }

  /** Loads the users to check, while there is something to check. */
  async load(): Promise<void> {
    if (this.view) await this.users.load();
  }

  accept(view: RestoredView | null): void {
    if (view && !this.view) this.screen = true;
    if (!view) this.screen = false;
    this.view = view;
  }

  /** Confirms that the user has read it. */
  async confirm(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    const answer = await settled(this.#host.confirmRestore());
    this.busy = false;
    this.failure = answer.status === "error" ? answer.error : null;
    if (!this.failure) this.accept(null);
  }
}

export const [useRestored, provideRestored] = createContext<Restored>();
