// The sentence of every event, and what else there is to say about it.
import type { EventGroupView, EventSubjectView, EventView } from "../../api/bindings.gen";
import { clockTime, count, day, magnitude, moment } from "../../shared/time/format";

export type Tone = "plain" | "good" | "bad" | "replay";

/** Where an event leads. */
export interface Leads {
  onsession: (sid: string) => void;
  onuser: (username: string) => void;
  onkey: (kid: string) => void;
}

export const groupWords: Record<EventGroupView, string> = {
  sign_in: "Sign-in",
  refresh: "Refresh",
  ended: "Ended",
  refused: "Refused",
  users: "Users",
  keys: "Keys",
  profile: "Profile",
};

/** Why an attempt at a password or code was refused. */
const reasons: Record<string, string> = {
  unknown_user: "no such user",
  inactive_user: "the user is switched off",
  wrong_password: "wrong password",
  too_many_tries: "locked after wrong attempts",
  outdated_pending_token: "the second step is no longer valid",
  used_pending_token: "the second step was used before",
  wrong_code: "wrong code",
  earlier_code: "code of an earlier time",
  future_code: "code of a time to come",
  used_code: "code already used",
  unreadable_second_factor: "the second factor could not be read",
  wrong_recovery_code: "wrong recovery code",
  used_recovery_code: "recovery code already used",
  other_session: "begun in another session",
};

const places: Record<string, string> = {
  system: "the system’s keyring",
  passphrase: "a file sealed with a passphrase",
  session: "memory, for one session",
};

const sources: Record<string, string> = { window: "the window", twb: "twb", issuer: "the issuer" };

/** The label of a source; it may be of another version of this program, or unknown. */
export const sourceLabel = (source: string) =>
  ({ "": "Unknown", window: "Window", issuer: "Issuer" })[source] ?? source;

/** What an event came through, and on whose behalf: "the window, for alice". */
function throughOf({ source, on_behalf_of }: EventView): string {
  const through = source === null ? "unknown" : (sources[source] ?? source);
  return on_behalf_of === null ? through : `${through}, for ${on_behalf_of}`;
}

/** The members of an event's details, each as text. */
class Detail {
  #of: Record<string, unknown>;

  constructor({ detail }: EventView) {
    this.#of = typeof detail === "object" && detail !== null && !Array.isArray(detail) ? detail : {};
  }

  text(name: string): string {
    const value = this.#of[name];
    if (Array.isArray(value)) return value.join(" ");
    if (typeof value === "boolean") return value ? "yes" : "no";
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  }

  number(name: string): number {
    const value = this.#of[name];
    return typeof value === "number" ? value : 0;
  }

  has(name: string): boolean {
    return this.#of[name] === true;
  }

  get reason(): string {
    const reason = this.text("reason");
    return reasons[reason] ?? reason.replaceAll("_", " ");
  }
}

const some = (number: number, one: string): string =>
  number === 0 ? `no ${one}` : `${count(number)} ${one}${number === 1 ? "" : "s"}`;

const who = ({ username }: EventView): string => username ?? "a deleted user";

/** "alice’s" */
const whose = (event: EventView): string => `${who(event)}’s`;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const generation = (event: EventView): number => event.generation ?? 0;

/** What a refused attempt was for. */
const refused = (what: string, event: EventView, detail: Detail): string =>
  event.username
    ? `${what} of ${event.username} refused: ${detail.reason}`
    : `${what} refused: ${detail.reason}`;

type Writer = (event: EventView, detail: Detail) => readonly [Tone, string];

/** By kind. A name that is a user's stands where it was written; ids stand below. */
const writers: Record<string, Writer> = {
  user_created: (event) => ["plain", `User ${who(event)} created`],
  user_activated: (event) => ["plain", `${who(event)} switched on`],
  user_deactivated: (event) => ["bad", `${who(event)} switched off, all sessions ended`],
  user_edited: (event) => ["plain", `Name or email address of ${who(event)} changed`],
  user_deleted: (_, detail) => [
    "bad",
    `User ${detail.text("username")} deleted, with ${some(detail.number("sessions"), "active session")}`,
  ],
  user_scopes_changed: (event, detail) => [
    "plain",
    `Scopes of ${who(event)} are now ${detail.text("scopes") || "none"}`,
  ],
  users_imported: (_, detail) => [
    "plain",
    `Users imported: ${count(detail.number("created"))} created, ${count(detail.number("updated"))} updated`,
  ],
  scope_saved: (_, detail) => [
    "plain",
    detail.text("before") && detail.text("before") !== detail.text("scope")
      ? `Scope ${detail.text("before")} renamed to ${detail.text("scope")}`
      : `Scope ${detail.text("scope")} ${detail.text("before") ? "changed" : "added"}`,
  ],
  scope_deleted: (_, detail) => [
    "bad",
    `Scope ${detail.text("scope")} deleted and taken from ${some(detail.number("holders"), "user")}`,
  ],
  signed_in: (event) => ["good", `${who(event)} signed in`],
  sign_in_refused: (event, detail) => ["bad", refused("Sign-in", event, detail)],
  token_minted: (event) => ["good", `Access token minted for ${who(event)}`],
  token_signed: (_, detail) => [
    "plain",
    `Edited token signed${detail.text("sub") && ` for ${detail.text("sub")}`}` +
      `${detail.text("fault") && `, made wrong on purpose: ${detail.text("fault")}`}`,
  ],
  key_created: () => ["good", "Key made"],
  key_imported: () => ["good", "Key imported"],
  key_activated: () => ["good", "Key signs from now on"],
  key_retiring: () => ["plain", "Key signs no more and only verifies"],
  key_retired: () => ["bad", "Key retired: its tokens are refused"],
  key_renamed: (_, detail) => ["plain", `Key named ${detail.text("name")}`],
  key_deleted: () => ["bad", "Retired key deleted"],
  key_exported: () => ["bad", "Private part of a key exported"],
  second_factor_due: (event) => ["plain", `Password of ${who(event)} correct, code asked for`],
  failures_reset: (event) => ["plain", `Lock and wrong attempts of ${who(event)} reset`],
  password_changed: (event) => ["bad", `Password of ${who(event)} changed, all sessions ended`],
  hash_upgraded: (event) => ["plain", `Password hash of ${who(event)} replaced by a stronger one`],
  refreshed: (event, detail) => [
    "plain",
    detail.has("kept")
      ? `R${generation(event)} kept, with a new access token`
      : `R${generation(event) - 1} rotated to R${generation(event)}`,
  ],
  refresh_forgiven: (event) => [
    "plain",
    `Second use of a refresh token forgiven: R${generation(event)} replaces an unused one`,
  ],
  refresh_replayed: (event) => [
    "replay",
    `R${generation(event)} used again: ${whose(event)} session revoked`,
  ],
  session_ended: (event, detail) => [
    "bad",
    event.sid
      ? `${whose(event)} session revoked`
      : `All sessions${event.username ? ` of ${event.username}` : ""} ended, ${count(detail.number("sessions"))} of them active`,
  ],
  token_revoked: (event) => [
    "bad",
    event.username ? `Access token of ${event.username} revoked` : "Access token revoked",
  ],
  second_factor_begun: (event) => ["plain", `Second factor of ${who(event)} begun, first code due`],
  second_factor_confirmed: (event) => ["good", `Second factor of ${who(event)} confirmed with a code`],
  second_factor_lapsed: (event) => ["plain", `Unconfirmed second factor of ${who(event)} discarded`],
  second_factor_removed: (event) => ["bad", `Second factor of ${who(event)} removed, all sessions ended`],
  second_factor_refused: (event, detail) => ["bad", refused("Change of the second factor", event, detail)],
  recovery_codes_replaced: (event) => ["plain", `New recovery codes for ${who(event)}`],
  recovery_code_used: (event, detail) => [
    "plain",
    `Recovery code of ${who(event)} used, ${count(detail.number("left"))} left`,
  ],
  data_key_created: () => ["good", "Key that seals second factors made"],
  vault_chosen: (_, detail) => [
    "plain",
    `Keys are kept in ${places[detail.text("place")] ?? detail.text("place")}`,
  ],
  clock_set: (_, detail) => {
    if (detail.text("clock") === "real") return ["plain", "Clock back to real time"];
    if (detail.text("clock") === "frozen") return ["plain", "Clock frozen"];
    const seconds = Math.trunc(detail.number("ms") / 1000);
    return ["plain", `Clock moved ${magnitude(seconds)} ${seconds < 0 ? "back" : "ahead"}`];
  },
  policy_changed: (_, detail) => [
    "plain",
    `Rule ${detail.text("setting").replaceAll("_", " ")} is now ${detail.text("value")}`,
  ],
  policy_saved: (_, detail) => ["plain", `Policy ${detail.text("name")} saved`],
  policy_deleted: (_, detail) => ["bad", `Policy ${detail.text("name")} deleted`],
  client_added: (_, detail) => ["good", `Client ${detail.text("client")} added`],
  client_secret_replaced: (_, detail) => ["plain", `Client ${detail.text("client")} has a new secret`],
  client_signed_in: (_, detail) => ["good", `Client ${detail.text("client")} was given a token`],
  client_removed: (_, detail) => {
    const ended = detail.number("sessions");
    const client = `Client ${detail.text("client")} removed`;
    return ["bad", ended === 0 ? client : `${client}, ${some(ended, "session")} ended`];
  },
  restored: (_, detail) => [
    "bad",
    `Restored copy found: ${some(detail.number("sessions"), "session")} ended, ` +
      `${some(detail.number("recovery_codes"), "recovery code")} used up`,
  ],
  restore_read: () => ["plain", "Notice about the restored copy confirmed"],
  key_proven: () => ["good", "Key found in the keyring, its tokens verify again"],
};

/**
 * The sentence of an event. A kind of another version of the program is named as stored. Where an earlier version wrote
 * a text that is not known by its parts, that text is shown.
 */
export function sentenceOf(event: EventView): { tone: Tone; text: string } {
  const detail = new Detail(event);
  const [tone, written] = writers[event.kind]?.(event, detail) ?? ["plain", null];
  const note = detail.text("note");
  const stored = capital(event.kind.replaceAll("_", " "));
  const text = note ? `${stored}: ${note}` : (written ?? stored);
  // A username stays as it is written.
  return { tone, text: event.username === null ? capital(text) : text };
}

export const isKnown = (kind: string): boolean => kind in writers;

/** What the event is about, in one line: "session HygaTgeW-2CmGshGXt4Ivg". */
export function aboutOf(event: EventView): string {
  const named = [
    ["session", event.sid],
    ["key", event.kid],
    ["token", event.jti],
  ] as const;
  const ids = named.filter(([, id]) => id !== null).map(([name, id]) => `${name} ${id}`);
  if (ids.length > 0) return ids.join(", ");
  return event.username ? `user ${event.username}` : "this profile";
}

/** The facts that an open event shows, by name. */
export function factsOf(event: EventView, nowMs: number): [name: string, value: string, mono: boolean][] {
  const detail = new Detail(event);
  const facts: [string, string, boolean][] = [];
  if (event.jti) facts.push(["Token", event.jti, true]);
  if (event.kind === "refresh_replayed") {
    const ago = detail.number("used_seconds_ago");
    const used = clockTime(Math.floor(event.at_ms / 1000) - ago);
    facts.push(["Generation", `R${generation(event)}`, true]);
    facts.push(["Age", `used ${ago < 1 ? "less than 1 s" : magnitude(ago)} before, at ${used}`, false]);
    facts.push(["Through", throughOf(event), false]);
    facts.push(["Ended with it", "the session and its other tokens, in one transaction", false]);
    return facts;
  }
  if (event.sid) facts.push(["Session", event.sid, true]);
  if (event.username) facts.push(["User", event.username, false]);
  if (event.kid) facts.push(["Key", event.kid, true]);
  facts.push(["Through", throughOf(event), false]);
  const when = moment(Math.floor(event.at_ms / 1000), nowMs / 1000);
  facts.push(["When", `${when}.${milliseconds(event.at_ms)}`, false]);
  return facts;
}

const milliseconds = (ms: number): string => String(((ms % 1000) + 1000) % 1000).padStart(3, "0");

/** `14:29:51.640`, and the day unless it is today. */
export function timeOf(atMs: number, nowMs: number): { time: string; day: string } {
  const [at, now] = [Math.floor(atMs / 1000), Math.floor(nowMs / 1000)];
  const on = day(at, now);
  return { time: `${clockTime(at)}.${milliseconds(atMs)}`, day: on === day(now, now) ? "" : on };
}

/** The name of a subject for its chip. */
export function subjectWords(subject: EventSubjectView): string {
  switch (subject.kind) {
    case "all":
      return "Everything";
    case "user":
      return subject.username;
    case "session":
      return subject.sid;
    case "key":
      return subject.kid;
  }
}
