// The event log: whose events it shows, what they say, and how it follows what happens.
import { screen, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { alice, open, pass, settle } from "../../../tests/window";
import { resize } from "../../../tests/setup";
import { refuse, storeError } from "../../platform/fake/answers";
import { views } from "../../platform/fake/recorded";
import { sessionOf } from "../../platform/fake/sessions";
import type { FakeHost } from "../../platform/fake";
import type { EventView } from "../../api/bindings.gen";
import { factsOf, isKnown, sentenceOf, timeOf } from "./words";

const log = () => screen.getByRole("region", { name: "Activity" });
const entries = () => within(log()).queryAllByRole("article");
const lines = () => entries().map((entry) => within(entry).getAllByRole("button")[0]!);

/** A replay in the session of bob, and what came before and after. */
function replayed(host: FakeHost) {
  const of = { username: "bob", sid: "ses_bob" };
  host.events.add("signed_in", { username: "alice", sid: "ses_alice" });
  host.events.add("signed_in", of);
  host.events.add("refreshed", { ...of, generation: 1 });
  host.events.add("refresh_replayed", { ...of, jti: "R0", generation: 0, detail: { used_seconds_ago: 858 } });
  host.events.add("sign_in_refused", { username: "alice", detail: { reason: "wrong_password" } });
  host.sessions.all = [sessionOf("alice"), sessionOf("bob", { started_at_ms: 0 })];
}

async function openLog(prepare: (host: FakeHost) => void = replayed) {
  const opened = await open({ users: [alice, { username: "bob" }] }, prepare);
  await opened.user.keyboard("{Control>}j{/Control}");
  await settle();
  return opened;
}

const event = (kind: string, detail: EventView["detail"] = null): EventView => ({
  id: 1,
  at_ms: 0,
  kind,
  username: null,
  sid: null,
  jti: null,
  kid: null,
  generation: null,
  detail,
  source: null,
  on_behalf_of: null,
});

test("every kind of event of this program has a sentence", () => {
  expect(views.event_kinds.filter((kind) => !isKnown(kind))).toEqual([]);
  for (const kind of views.event_kinds)
    expect(sentenceOf(event(kind)).text).not.toMatch(/undefined|null|NaN/);
  expect(sentenceOf(event("of_another_version")).text).toBe("Of another version");
});

test("the text of an event from an earlier version is shown instead of parts that it lacks", () => {
  for (const [kind, note] of [
    ["policy_changed", "rotation grace 10"],
    ["restored", "backup: 3 sessions, 8 recovery codes, 0 keys"],
    ["refreshed", "odd"],
  ] as const) {
    const text = `${kind.charAt(0).toUpperCase()}${kind.slice(1).replaceAll("_", " ")}: ${note}`;
    expect(sentenceOf(event(kind, { note })).text).toBe(text);
  }
});

test("a rule that is on or off is named with its value", () => {
  const changed = (value: boolean) => event("policy_changed", { setting: "test_key_published", value });
  expect(sentenceOf(changed(true)).text).toBe("Rule test key published is now yes");
  expect(sentenceOf(changed(false)).text).toBe("Rule test key published is now no");
});

test("times have milliseconds, and the day only if it is another one", () => {
  const noon = new Date(2026, 10, 23, 12, 0, 4).getTime();
  expect(timeOf(noon + 7, noon)).toEqual({ time: "12:00:04.007", day: "" });
  expect(timeOf(noon - 86_400_000, noon)).toEqual({ time: "12:00:04.000", day: "22 Nov" });
});

test("Ctrl J opens everything, newest first, and closes again", async () => {
  const { user } = await openLog();
  expect(lines().map((line) => line.querySelector(".sentence")?.textContent)).toEqual([
    "Sign-in of alice refused: wrong password",
    "R0 used again: bob’s session revoked",
    "R0 rotated to R1",
    "bob signed in",
    "alice signed in",
  ]);
  expect(within(log()).getByText("5 of 5")).toBeVisible();
  await user.keyboard("{Control>}j{/Control}");
  await settle();
  expect(screen.queryByRole("region", { name: "Activity" })).toBeNull();
});

test("a replay is open by itself and leads to its session", async () => {
  const { user } = await openLog();
  expect(lines().map((line) => line.getAttribute("aria-expanded"))).toEqual([
    "false",
    "true",
    "false",
    "false",
    "false",
  ]);
  expect(entries()[1]).toHaveTextContent(/used 14 m 18 s before, at/);
  await user.click(within(entries()[1]!).getByRole("button", { name: "Show in the tree" }));
  await settle();
  expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Sessions");
  expect(screen.getByRole("region", { name: "Session of bob" })).toBeVisible();
});

test("an event is opened and closed by key, and leads to its user", async () => {
  const { user } = await openLog();
  lines()[0]?.focus();
  await user.keyboard("{ArrowDown}{ArrowUp}{Enter}");
  expect(lines()[0]).toHaveFocus();
  expect(lines()[0]).toHaveAttribute("aria-expanded", "true");
  await user.click(within(entries()[0]!).getByRole("button", { name: "Open user" }));
  await settle();
  expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Users");
});

test("all attempts of a user are the sign-ins of their log", async () => {
  const { user } = await open({ users: [alice, { username: "bob" }] }, (host) => {
    replayed(host);
    host.security = { ...host.security, attempts: [{ at_ms: 0, outcome: "wrong_password" }] };
  });
  await user.keyboard("{Control>}3{/Control}");
  await settle();
  await user.click(screen.getByRole("button", { name: "All sign-in attempts of alice, in Activity" }));
  await settle();
  expect(lines().map((line) => line.querySelector(".sentence")?.textContent)).toEqual([
    "Sign-in of alice refused: wrong password",
    "alice signed in",
  ]);
  expect(within(log()).getByRole("button", { name: "Sign-in 2" })).toHaveAttribute("aria-pressed", "true");
});

test("the log of a session follows the selection until its chip is removed", async () => {
  const { user } = await open({}, replayed);
  await user.keyboard("{Control>}2{/Control}");
  await settle();
  const detail = () => within(screen.getByRole("region", { name: "About the session" }));
  await user.click(detail().getByRole("tab", { name: "Session" }));
  await user.click(detail().getByRole("button", { name: "Activity" }));
  await settle();
  expect(lines()).toHaveLength(1);
  screen.getAllByRole("row")[1]?.focus();
  await user.keyboard("{ArrowDown}");
  await settle();
  expect(
    within(log()).getByRole("button", { name: "Show everything, not only session ses_bob" }),
  ).toBeVisible();
  expect(lines()).toHaveLength(3);
  await user.click(within(log()).getByRole("button", { name: /^Show everything/ }));
  await settle();
  expect(lines()).toHaveLength(5);
  screen.getAllByRole("row")[2]?.focus();
  await user.keyboard("{ArrowUp}");
  await settle();
  expect(lines()).toHaveLength(5);
});

test("groups and words narrow the list, and an export writes what they show", async () => {
  const { host, user } = await openLog();
  await user.click(within(log()).getByRole("button", { name: "Refused 2" }));
  await settle();
  expect(entries()).toHaveLength(2);
  expect(within(log()).getByText("2 of 5")).toBeVisible();
  lines()[0]?.focus();
  await user.keyboard("/wrong{Escape}");
  await settle();
  lines()[0]?.focus();
  await user.keyboard("x");
  await settle();
  expect(host.events.exported).toEqual([
    { subject: { kind: "all" }, group: "refused", source: null, text: "" },
  ]);
  expect(screen.getByText("Exported 2 events")).toBeVisible();
});

test("what events came through narrows them, once there is a choice", async () => {
  const { host, user } = await openLog();
  const through = () => within(log()).queryByRole("group", { name: "Through" });
  const chips = () =>
    within(through()!)
      .getAllByRole("button")
      .map((one) => one.textContent?.trim());
  expect(through()).toBeNull();
  host.events.add("signed_in", { username: "alice", source: "window" });
  host.events.add("key_created", { kid: "acc-1", source: "twb" });
  host.events.add("key_created", { kid: "acc-2", source: "a later way in" });
  host.emit("keys");
  await settle();
  expect(chips()).toEqual(["Any", "Unknown 5", "a later way in 1", "twb 1", "Window 1"]);
  await user.click(within(log()).getByRole("button", { name: "twb 1" }));
  await settle();
  expect(lines().map((line) => line.querySelector(".sentence")?.textContent)).toEqual([
    expect.stringContaining("Key made"),
  ]);
  expect(within(log()).getByRole("button", { name: "All 1" })).toBeVisible();
  expect(within(log()).getByText("1 of 8")).toBeVisible();
  lines()[0]?.focus();
  await user.keyboard("x");
  await settle();
  expect(host.events.exported.at(-1)?.source).toBe("twb");
  within(log()).getByRole("button", { name: "twb 1" }).focus();
  const [last] = host.events.all.splice(
    host.events.all.findIndex((event) => event.source === "twb"),
    1,
  );
  host.emit("keys");
  await settle();
  expect(chips().at(-1), "the chosen one goes to the end").toBe("twb 0");
  expect(document.activeElement).toHaveTextContent("twb 0");
  if (last) host.events.all.push(last);
  await user.click(within(log()).getByRole("button", { name: "Any" }));
  await user.click(within(log()).getByRole("button", { name: "Sign-in 4" }));
  await settle();
  expect(chips()).toEqual(["Any", "Unknown 3", "Window 1"]);
  await user.click(within(log()).getByRole("button", { name: "Unknown 3" }));
  await settle();
  expect(entries()).toHaveLength(3);
});

test("what happens appears at once at the top, and is only counted away from it", async () => {
  const { host, user } = await openLog();
  host.events.add("key_created", { kid: "acc-1" });
  host.emit("keys");
  await settle();
  expect(lines()[0]).toHaveTextContent("Key made");
  const feed = within(log()).getByRole("feed");
  Object.defineProperty(feed, "scrollTop", { configurable: true, writable: true, value: 400 });
  feed.dispatchEvent(new Event("scroll"));
  for (let n = 0; n < 3; n++) host.events.add("signed_in", { username: "alice" });
  host.emit("sessions");
  await settle();
  expect(entries()).toHaveLength(6);
  await user.click(within(log()).getByRole("button", { name: "3 new" }));
  await settle();
  expect(entries()).toHaveLength(9);
});

test("while it is paused nothing moves, and going on shows what came", async () => {
  const { host, user } = await openLog();
  lines()[0]?.focus();
  await user.keyboard("p");
  host.events.add("key_created", { kid: "acc-1" });
  host.emit("keys");
  await settle();
  expect(within(log()).getByText("Paused")).toBeVisible();
  expect(within(log()).getByRole("button", { name: "1 new" })).toBeVisible();
  lines()[0]?.focus();
  await user.keyboard("p");
  await settle();
  expect(lines()[0]).toHaveTextContent("Key made");
});

test("an empty log, one without a match and one that cannot be read say so", async () => {
  const { host, user } = await openLog(() => undefined);
  expect(within(log()).getByText("Nothing has happened yet")).toBeVisible();
  host.events.add("signed_in", { username: "alice" });
  host.emit("sessions");
  await settle();
  await user.type(within(log()).getByRole("searchbox"), "nobody");
  await settle();
  await user.click(within(log()).getByRole("button", { name: "Show all" }));
  await settle();
  expect(entries()).toHaveLength(1);
  host.listEvents = async () => refuse(storeError("full", "/profiles/workbench.db"));
  host.emit("sessions");
  await settle();
  expect(within(log()).getByRole("alert")).toBeVisible();
});

test("where there is no room beside the view it lies over it", async () => {
  resize(1000);
  const { user } = await openLog();
  const drawer = screen.getByRole("dialog", { name: "Activity" });
  expect(within(drawer).getAllByRole("article")).toHaveLength(5);
  await user.keyboard("{Escape}");
  await pass(1);
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("a replay says what was used, when, and what ended with it", () => {
  const event: EventView = {
    id: 7,
    at_ms: 858_000,
    kind: "refresh_replayed",
    username: "bob",
    sid: "ses_bob",
    jti: "R1Q4ZT",
    kid: null,
    generation: 1,
    detail: { used_seconds_ago: 858 },
    source: "twb",
    on_behalf_of: "bob",
  };
  const facts = Object.fromEntries(factsOf(event, 858_000).map(([name, value]) => [name, value]));
  expect(facts).toMatchObject({ Token: "R1Q4ZT", Generation: "R1", Through: "twb, for bob" });
  expect(facts.Age).toMatch(/^used 14 m 18 s before, at /);
});

test("an event says what it came through, in its line and opened; an old one that it is not known", async () => {
  const { user } = await openLog((host) => {
    host.events.add("user_created", { username: "alice" });
    host.events.add("signed_in", { username: "alice", source: "twb", on_behalf_of: "alice" });
  });
  expect(lines()[0]).toHaveTextContent(/twb$/);
  for (const line of lines()) await user.click(line);
  await settle();
  const facts = entries().map((entry) => within(entry).getByText("Through").nextElementSibling);
  expect(facts[0]).toHaveTextContent("twb, for alice");
  expect(facts[1]).toHaveTextContent("unknown");
});
