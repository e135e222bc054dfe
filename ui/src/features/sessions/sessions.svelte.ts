// The loaded sessions of the profile, the selected one, and the results of using its tokens.
import { createContext } from "svelte";
import type {
  FamilyMemberView,
  RaceView,
  RefreshAnswer,
  SessionColumn,
  SessionDetail,
  SessionView,
  WireError,
} from "../../api/bindings.gen";
import { type Answer, type Host, settled } from "../../platform/host";
import { type Page, Paged } from "../../shared/list/paged.svelte";

import { DenyList } from "./deny-list.svelte";

/** Which sessions to list. */
export type Filter = "all" | "active" | "ended";

/** How many sessions contain the text. */
interface Counts {
  all: number;
  active: number;
}

export class Sessions {
  text = $state("");
  filter = $state.raw<Filter>("all");
  sort = $state.raw<SessionColumn>("started");
  descending = $state.raw(true);
  chosenSid = $state.raw<string | null>(null);
  detail = $state.raw<SessionDetail | null>(null);
  /** Why the last action on a session was refused. */
  refusal = $state.raw<{ sid: string | null; error: WireError } | null>(null);
  /** The answer to the last use of a refresh token, with its session. */
  answer = $state.raw<{ sid: string; generation: number; of: RefreshAnswer } | null>(null);
  /** The last race, with its session. */
  race = $state.raw<{ sid: string; generation: number; of: RaceView } | null>(null);
  busy = $state(false);
  readonly denied: DenyList;

  #host: Host;
  #list: Paged<SessionView, Counts, WireError>;
  #shown = 0;

  constructor(host: Host) {
    this.#host = host;
    this.denied = new DenyList(host);
    this.#list = new Paged({
      ask: (after, most) => this.#page(after, most),
      key: (row) => row.sid,
      counts: { all: 0, active: 0 },
    });
  }

  /** Are there any sessions at all? */
  get empty(): boolean {
    return this.rows?.length === 0 && this.text === "" && this.filter === "all";
  }

  get rows(): readonly SessionView[] | null {
    return this.#list.rows;
  }
  get counts(): Counts {
    return this.#list.counts;
  }
  /** Why the list or the selected session could not be read. */
  get problem(): WireError | null {
    return this.#list.problem;
  }

  /** Reads the list again, as far as it was loaded before, and the selected session. */
  async load(): Promise<void> {
    void this.denied.load();
    if (await this.#list.load()) await this.#listed();
  }

  async #listed(): Promise<void> {
    this.chosenSid ??= this.rows?.[0]?.sid ?? null;
    await this.show();
  }

  /** Reads the next page, if there is one. */
  more(): Promise<void> {
    return this.#list.more();
  }

  /** Lists other sessions, starting with the first page. */
  async list(change: { text?: string; filter?: Filter; sort?: SessionColumn }): Promise<void> {
    if (change.text !== undefined) this.text = change.text;
    if (change.filter !== undefined) this.filter = change.filter;
    if (change.sort !== undefined) {
      this.descending = change.sort === this.sort ? !this.descending : change.sort !== "user";
      this.sort = change.sort;
    }
    this.chosenSid = null;
    if (await this.#list.restart()) await this.#listed();
  }

  choose(sid: string): void {
    if (sid === this.chosenSid) return;
    this.chosenSid = sid;
    void this.show();
  }

  /** Reads the selected session. If it is gone, selects the first in the list. */
  async show(): Promise<void> {
    const sid = this.chosenSid;
    const number = ++this.#shown;
    if (sid === null) {
      this.detail = null;
      return;
    }
    const answer = await settled(this.#host.showSession(sid));
    if (number !== this.#shown) return;
    if (answer.status === "ok" && answer.data) {
      this.detail = answer.data;
      return;
    }
    if (this.detail?.session.sid === sid || answer.status === "ok") this.detail = null;
    if (answer.status === "error") {
      this.#list.problem = answer.error;
      return;
    }
    const first = this.rows?.find((row) => row.sid !== sid)?.sid ?? null;
    this.chosenSid = first;
    if (first !== null) await this.show();
  }

  /** Presents a refresh token that this window holds. */
  async present(sid: string, token: FamilyMemberView): Promise<void> {
    const answer = await this.#do(() => this.#host.refreshSession(sid, token.jti));
    if (!answer) return;
    this.race = null;
    this.answer = { sid, generation: token.generation, of: answer };
  }

  /** Presents a refresh token many times at once, by the preset *grace* if wanted. */
  async runRace(sid: string, token: FamilyMemberView, requests: number, grace: boolean): Promise<boolean> {
    const race = await this.#do(() => this.#host.raceRefresh(sid, token.jti, requests, grace));
    if (!race) return false;
    this.answer = null;
    this.race = { sid, generation: token.generation, of: race };
    return true;
  }

  async end(sid: string): Promise<boolean> {
    return (await this.#do(() => this.#host.endSession(sid))) !== null;
  }

  /** Ends all sessions of a user and returns how many. */
  async endAllOf(username: string): Promise<number | null> {
    return this.#do(() => this.#host.endSessionsOf(username));
  }

  /** Returns a token that this window holds, for inspection. */
  async reveal(sid: string, jti: string): Promise<string | null> {
    return this.#do(() => this.#host.revealToken(sid, jti));
  }

  async #do<T>(ask: () => Promise<Answer<T>>): Promise<T | null> {
    if (this.busy) return null;
    this.busy = true;
    this.refusal = null;
    const sid = this.chosenSid;
    const answer = await settled(ask());
    // Reload before a button can be pressed again, since the current token may be used up.
    await this.show();
    this.busy = false;
    if (answer.status === "ok") return answer.data;
    this.refusal = { sid, error: answer.error };
    return null;
  }

  async #page(after: string | null, most: number): Promise<Answer<Page<SessionView, Counts>>> {
    const active = this.filter === "all" ? null : this.filter === "active";
    const { text, sort, descending } = this;
    const answer = await settled(this.#host.listSessions({ text, active, sort, descending, after, most }));
    if (answer.status === "error") return answer;
    const { sessions, next, ...counts } = answer.data;
    return { status: "ok", data: { rows: sessions, next, counts } };
  }
}

export const [useSessions, provideSessions] = createContext<Sessions>();
