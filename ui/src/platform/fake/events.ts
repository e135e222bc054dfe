// In-memory events: added by a test, listed as the program would list them.
import type { EventFilter, EventGroupView, EventListPage, EventView } from "../../api/bindings.gen";

/** The groups of the kinds that tests use. */
const groups: Record<string, EventGroupView[]> = {
  signed_in: ["sign_in"],
  sign_in_refused: ["sign_in", "refused"],
  refreshed: ["refresh"],
  refresh_replayed: ["refresh", "ended", "refused"],
  session_ended: ["ended"],
  key_created: ["keys"],
};

export class Events {
  /** Oldest first. */
  all: EventView[] = [];
  /** The filters of the exports. */
  exported: EventFilter[] = [];

  add(kind: string, given: Partial<EventView> = {}): EventView {
    const event = {
      id: this.all.length + 1,
      at_ms: Date.now(),
      kind,
      username: null,
      sid: null,
      jti: null,
      kid: null,
      generation: null,
      detail: null,
      source: null,
      on_behalf_of: null,
      ...given,
    };
    this.all.push(event);
    return event;
  }

  listed({ subject, group, source, text }: EventFilter, after: string | null, most: number): EventListPage {
    const about = (event: EventView) =>
      subject.kind === "all" ||
      (subject.kind === "user" && event.username === subject.username) ||
      (subject.kind === "session" && event.sid === subject.sid) ||
      (subject.kind === "key" && event.kid === subject.kid);
    const asked = this.all.filter((one) => about(one) && JSON.stringify(one).includes(text)).reverse();
    const of = (event: EventView) => groups[event.kind] ?? [];
    const through = (event: EventView) => event.source ?? "";
    const found = asked.filter((event) => source === null || through(event) === source);
    const inGroup = (event: EventView) => group === null || of(event).includes(group);
    const listed = found.filter(inGroup);
    const sources = asked.filter(inGroup).map(through);
    const from = after === null ? 0 : Number(after);
    const known = [...new Set(found.flatMap(of))];
    return {
      events: listed.slice(from, from + most),
      next: from + most < listed.length ? String(from + most) : null,
      all: this.all.length,
      listed: listed.length,
      found: found.length,
      groups: known.map((one) => ({
        group: one,
        count: found.filter((event) => of(event).includes(one)).length,
      })),
      sources: [...new Set(sources)].sort().map((one) => ({
        source: one,
        count: sources.filter((other) => other === one).length,
      })),
    };
  }
}
