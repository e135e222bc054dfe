// The profile and its health: loaded at start and whenever the program reports a change.
import type { ProfileView, Topic, WireError, Workbench as Answer } from "../api/bindings.gen";
import type { Activity } from "../features/activity/activity.svelte";
import type { Inspector } from "../features/inspect/inspect.svelte";
import type { Keyring } from "../features/keyring/keyring.svelte";
import type { Keys } from "../features/keys/keys.svelte";
import type { Sessions } from "../features/sessions/sessions.svelte";
import type { Restored } from "../features/store/restored.svelte";
import type { Users } from "../features/users/users.svelte";
import { type Host, internalError, settled } from "../platform/host";
import type { Clock } from "../shared/time/clock.svelte";

const DATA: readonly Topic[] = ["profile", "users", "sessions", "keys", "policies"];

export interface Parts {
  clock: Clock;
  keyring: Keyring;
  restored: Restored;
  users: Users;
  sessions: Sessions;
  keys: Keys;
  inspector: Inspector;
  activity: Activity;
}

export class Workbench {
  profile = $state.raw<ProfileView | null>(null);
  version = $state("");
  storeProblem = $state.raw<WireError | null>(null);
  /** The database is being opened. */
  opening = $state(false);
  /** The user goes on with Inspect alone, without the database. */
  without = $state(false);
  /** The program itself does not answer. */
  failure = $state.raw<WireError | null>(null);
  busy = $state(false);

  #host: Host;
  #parts: Parts;
  /** The database is open, and the views' data has been requested. */
  #usable = false;
  #asked = 0;

  constructor(host: Host, parts: Parts) {
    this.#host = host;
    this.#parts = parts;
    $effect(() => {
      let stop: (() => void) | undefined;
      let over = false;
      // Listen first, so that no change is lost between the first answer and the first event.
      void host
        .onWorkbenchChanged(({ topics }) => this.#changed(topics))
        .then((unlisten) => {
          if (over) unlisten();
          else stop = unlisten;
        })
        .catch(() => undefined)
        .then(() => this.load());
      return () => {
        over = true;
        stop?.();
      };
    });
  }

  async load(): Promise<void> {
    await this.#ask(() => this.#host.workbench());
  }

  async retryStore(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    await this.#ask(() => this.#host.retryStore());
    this.busy = false;
  }

  /** Replaces a lost profile with a new one and returns the old files' folder. A failure becomes the store problem. */
  async startAnew(): Promise<string | null> {
    if (this.busy) return null;
    this.busy = true;
    const answer = await settled(this.#host.startAnew());
    await this.load();
    this.busy = false;
    if (answer.status === "ok") return answer.data;
    this.storeProblem = answer.error;
    return null;
  }

  async #ask(ask: () => Promise<Answer>): Promise<void> {
    const number = ++this.#asked;
    try {
      const answer = await ask();
      if (number === this.#asked) this.#accept(answer);
    } catch (cause) {
      if (number === this.#asked) this.failure = internalError(cause);
    }
  }

  #accept(answer: Answer): void {
    const { clock, inspector, keyring, restored } = this.#parts;
    const shift = answer.clock.kind === "shifted" ? answer.clock.ms : 0;
    clock.follow(answer.now_ms, shift, answer.clock.kind === "frozen");
    this.profile = answer.profile;
    this.version = answer.version;
    this.storeProblem = answer.store_problem;
    this.opening = answer.opening;
    this.failure = null;
    if (!answer.store_problem) this.without = false;
    inspector.without = answer.store_problem !== null;
    keyring.accept(answer.keyring);
    restored.accept(answer.restored);
    const usable = !answer.store_problem && !answer.opening;
    if (usable && !this.#usable) this.#loadData(DATA);
    this.#usable = usable;
  }

  /** Reloads the stores of the changed topics. */
  #changed(topics: readonly Topic[]): void {
    if (topics.includes("health") || topics.includes("profile")) void this.load();
    if (this.#usable) this.#loadData(topics);
  }

  #loadData(topics: readonly Topic[]): void {
    const { users, sessions, keys, inspector, restored, activity } = this.#parts;
    if (topics.includes("users")) {
      void users.load();
      void restored.load();
    }
    if (topics.includes("sessions") || topics.includes("users")) void sessions.load();
    // What a key signed changes with the sessions.
    if (topics.includes("keys") || topics.includes("sessions")) void keys.load();
    if (topics.includes("policies")) void inspector.policies.load();
    // Every change is an event.
    void activity.changed();
    // A token's report depends on all of them.
    void inspector.refresh();
  }
}
