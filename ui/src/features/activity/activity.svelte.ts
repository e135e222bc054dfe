// The event log as it is shown: whose events, which of them, and what arrived since.
import { createContext } from "svelte";
import { SvelteSet } from "svelte/reactivity";
import type {
  EventGroupCount,
  EventGroupView,
  EventFilter,
  EventSourceCount,
  EventSubjectView,
  EventView,
  ExportedEvents,
  WireError,
} from "../../api/bindings.gen";
import { type Answer, type Host, settled } from "../../platform/host";
import { type Page, Paged } from "../../shared/list/paged.svelte";

interface Counts {
  /** Events in the profile. */
  all: number;
  /** Those that the filters list. */
  listed: number;
  /** Those without the group. */
  found: number;
  groups: readonly EventGroupCount[];
  /** Those without the source. */
  sources: readonly EventSourceCount[];
}

const everything: EventSubjectView = { kind: "all" };

const same = (a: EventSubjectView, b: EventSubjectView) => JSON.stringify(a) === JSON.stringify(b);

export class Activity {
  shown = $state(false);
  subject = $state.raw<EventSubjectView>(everything);
  group = $state.raw<EventGroupView | null>(null);
  /** What the events came through: empty for those whose source is unknown, null for all. */
  source = $state.raw<string | null>(null);
  text = $state("");
  paused = $state(false);
  /** How many events arrived that are not in the list yet. */
  waiting = $state(0);
  /** Events with a higher number have just arrived. */
  seen = $state(Infinity);

  /** The subject changes with the selection of the view. */
  #follows = false;
  #atTop = true;
  #host: Host;
  #list: Paged<EventView, Counts, WireError>;
  /** The events that the user opened or closed, against their default. */
  #turned = new SvelteSet<number>();

  constructor(host: Host) {
    this.#host = host;
    this.#list = new Paged({
      ask: (after, most) => this.#page(after, most),
      key: (row) => String(row.id),
      counts: { all: 0, listed: 0, found: 0, groups: [], sources: [] },
    });
  }

  get rows(): readonly EventView[] | null {
    return this.#list.rows;
  }
  get counts(): Counts {
    return this.#list.counts;
  }
  get problem(): WireError | null {
    return this.#list.problem;
  }
  get isMore(): boolean {
    return this.#list.isMore;
  }

  /** Shows the events of a subject, which then follows the selection; without one, everything. */
  open(subject: EventSubjectView | null, group: EventGroupView | null = null): void {
    this.shown = true;
    this.#follows = subject !== null;
    void this.filter({ subject: subject ?? everything, group, source: null, text: "" });
  }

  close(): void {
    this.shown = false;
    this.paused = false;
  }

  /** The selection of the view changed. */
  follow(subject: EventSubjectView | null): void {
    if (this.shown && this.#follows && subject && !same(subject, this.subject)) void this.filter({ subject });
  }

  /** Shows everything, whatever is selected from now on. */
  release(): void {
    this.#follows = false;
    void this.filter({ subject: everything });
  }

  /** Lists other events, from the newest. */
  async filter(change: Partial<EventFilter>): Promise<void> {
    if (change.subject) this.subject = change.subject;
    if (change.group !== undefined) this.group = change.group;
    if (change.source !== undefined) this.source = change.source;
    if (change.text !== undefined) this.text = change.text;
    this.waiting = 0;
    this.seen = Infinity;
    this.#turned.clear();
    await this.#list.restart();
  }

  /** A replay is open until it is closed; everything else is closed until it is opened. */
  isOpen(event: EventView): boolean {
    return (event.kind === "refresh_replayed") !== this.#turned.has(event.id);
  }

  turn(event: EventView): void {
    if (!this.#turned.delete(event.id)) this.#turned.add(event.id);
  }

  /** The list was scrolled to or away from its top. */
  async scrolled(atTop: boolean): Promise<void> {
    if (atTop === this.#atTop) return;
    this.#atTop = atTop;
    this.seen = Infinity;
    if (atTop && !this.paused && this.waiting > 0) await this.load();
  }

  async pause(): Promise<void> {
    this.paused = !this.paused;
    if (!this.paused && this.waiting > 0) await this.load();
  }

  /** Reads the list again, with what arrived meanwhile. */
  async load(): Promise<void> {
    const newest = this.rows?.[0]?.id;
    this.waiting = 0;
    if (await this.#list.load()) this.seen = newest ?? Infinity;
  }

  more(): Promise<void> {
    return this.#list.more();
  }

  /** Something happened. Rows never move under the reader: away from the top, what arrived is only counted. */
  async changed(): Promise<void> {
    if (!this.shown) return;
    if (this.#atTop && !this.paused) {
      await this.load();
      return;
    }
    const answer = await settled(this.#host.listEvents(this.#filters(), null, 1));
    if (answer.status === "ok" && this.shown)
      this.waiting = Math.max(0, answer.data.listed - this.counts.listed);
  }

  /** Writes what the filters list to a file; null if none was chosen. */
  export(): Promise<Answer<ExportedEvents | null>> {
    return settled(this.#host.exportEvents(this.#filters()));
  }

  #filters(): EventFilter {
    const { subject, group, source, text } = this;
    return { subject, group, source, text };
  }

  async #page(after: string | null, most: number): Promise<Answer<Page<EventView, Counts>>> {
    const answer = await settled(this.#host.listEvents(this.#filters(), after, most));
    if (answer.status === "error") return answer;
    const { events, next, ...counts } = answer.data;
    return { status: "ok", data: { rows: events, next, counts } };
  }
}

export const [useActivity, provideActivity] = createContext<Activity>();
