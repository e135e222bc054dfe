// The sessions of the profile as far as they are looked at, the chosen one, and what was done with its tokens.
import { createContext } from "svelte";
import type {
  FamilyMemberView,
  RefreshAnswer,
  SessionColumn,
  SessionDetail,
  SessionListPage,
  SessionView,
  WireError,
} from "../../api/bindings.gen";
import { type Answer, type Host, settled } from "../../platform/host";

const PAGE = 200;

/** Which sessions are listed. */
export type Filter = "all" | "active" | "ended";

export class Sessions {
  rows = $state.raw<readonly SessionView[] | null>(null);
  counts = $state.raw({ all: 0, active: 0 });
  problem = $state.raw<WireError | null>(null);
  text = $state("");
  filter = $state.raw<Filter>("all");
  sort = $state.raw<SessionColumn>("started");
  descending = $state.raw(true);
  chosenSid = $state.raw<string | null>(null);
  detail = $state.raw<SessionDetail | null>(null);
  /** Why what was asked of a session was not done. */
  refusal = $state.raw<{ sid: string | null; error: WireError } | null>(null);
  /** What the last use of a refresh token came to, of which session; several where they raced. */
  answers = $state.raw<{ sid: string; generation: number; of: readonly RefreshAnswer[] } | null>(null);
  busy = $state(false);

  #host: Host;
  #next: string | null = null;
  #asked = 0;
  #shown = 0;
  #loading = false;
  /** Something changed while the list was read. */
  #again = false;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Anything at all to look through? */
  readonly empty = $derived(this.rows?.length === 0 && this.text === "" && this.filter === "all");

  /** Reads the list again, as far as it was read before, and the chosen session. What changes meanwhile is read after. */
  async load(): Promise<void> {
    if (this.#loading) {
      this.#again = true;
      return;
    }
    this.#loading = true;
    do {
      this.#again = false;
      await this.#read();
    } while (this.#again);
    this.#loading = false;
    await this.show();
  }

  async #read(): Promise<void> {
    const number = ++this.#asked;
    const wanted = Math.max(PAGE, this.rows?.length ?? 0);
    let rows: readonly SessionView[] = [];
    let after: string | null = null;
    do {
      const answer: Answer<SessionListPage> = await settled(this.#host.listSessions(this.#request(after)));
      // Another list was asked for: this one is not shown.
      if (number !== this.#asked) return;
      if (answer.status === "error") {
        this.problem = answer.error;
        return;
      }
      rows = joined(rows, answer.data.sessions);
      after = answer.data.next;
      this.counts = { all: answer.data.all, active: answer.data.active };
    } while (after !== null && rows.length < wanted);
    this.problem = null;
    this.rows = rows;
    this.#next = after;
    this.chosenSid ??= rows[0]?.sid ?? null;
  }

  /** Reads the next page, if there is one. */
  async more(): Promise<void> {
    const after = this.#next;
    if (after === null || this.#loading) return;
    this.#next = null;
    const number = this.#asked;
    const answer = await settled(this.#host.listSessions(this.#request(after)));
    if (number !== this.#asked) return;
    if (answer.status === "error") {
      // The row that stands last asks again when it comes into sight.
      this.#next = after;
      this.problem = answer.error;
      return;
    }
    this.rows = joined(this.rows ?? [], answer.data.sessions);
    this.#next = answer.data.next;
  }

  /** Lists other sessions, from the first one on. */
  async list(change: { text?: string; filter?: Filter; sort?: SessionColumn }): Promise<void> {
    if (change.text !== undefined) this.text = change.text;
    if (change.filter !== undefined) this.filter = change.filter;
    if (change.sort !== undefined) {
      this.descending = change.sort === this.sort ? !this.descending : change.sort !== "user";
      this.sort = change.sort;
    }
    this.rows = this.rows?.slice(0, PAGE) ?? null;
    this.#asked += 1;
    this.chosenSid = null;
    await this.load();
  }

  choose(sid: string): void {
    if (sid === this.chosenSid) return;
    this.chosenSid = sid;
    void this.show();
  }

  /** Reads the chosen session. One that is gone gives way to the first that is listed. */
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
      this.problem = answer.error;
      return;
    }
    const first = this.rows?.find((row) => row.sid !== sid)?.sid ?? null;
    this.chosenSid = first;
    if (first !== null) await this.show();
  }

  /** Presents a refresh token that this window holds; `times` at once. */
  async present(sid: string, token: FamilyMemberView, times = 1): Promise<readonly RefreshAnswer[] | null> {
    const answer = await this.#do<readonly RefreshAnswer[]>(async () => {
      if (times > 1) return this.#host.raceRefresh(sid, token.jti, times);
      const one = await this.#host.refreshSession(sid, token.jti);
      return one.status === "ok" ? { status: "ok", data: [one.data] } : one;
    });
    if (answer) this.answers = { sid, generation: token.generation, of: answer };
    return answer;
  }

  async end(sid: string): Promise<boolean> {
    return (await this.#do(() => this.#host.endSession(sid))) !== null;
  }

  /** Ends all sessions of a user; says how many. */
  async endAllOf(username: string): Promise<number | null> {
    return this.#do(() => this.#host.endSessionsOf(username));
  }

  /** A token that this window holds, to look at. */
  async reveal(sid: string, jti: string): Promise<string | null> {
    return this.#do(() => this.#host.revealToken(sid, jti));
  }

  async #do<T>(ask: () => Promise<Answer<T>>): Promise<T | null> {
    if (this.busy) return null;
    this.busy = true;
    this.refusal = null;
    const sid = this.chosenSid;
    const answer = await settled(ask());
    // Before anything can be pressed again: the token that was current may be used up.
    await this.show();
    this.busy = false;
    if (answer.status === "ok") return answer.data;
    this.refusal = { sid, error: answer.error };
    return null;
  }

  #request(after: string | null) {
    return {
      text: this.text,
      active: this.filter === "all" ? null : this.filter === "active",
      sort: this.sort,
      descending: this.descending,
      after,
      most: PAGE,
    };
  }
}

/** Rows that moved between two pages stand once, as they were read last. */
function joined(before: readonly SessionView[], page: readonly SessionView[]): readonly SessionView[] {
  const read = new Set(page.map((row) => row.sid));
  return [...before.filter((row) => !read.has(row.sid)), ...page];
}

export const [useSessions, provideSessions] = createContext<Sessions>();
