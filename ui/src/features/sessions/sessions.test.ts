import { screen, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { alice, settle } from "../../../tests/window";
import type { SessionDetail } from "../../api/bindings.gen";
import { wireError } from "../../platform/fake/answers";
import { sessionOf } from "../../platform/fake/sessions";
import { chosen, openSessions, rows } from "../../../tests/sessions";

const bob = { username: "bob", scopes: ["items:read"] };
test("without sessions the view says what one is and leads to the users", async () => {
  const { user } = await openSessions([]);
  expect(screen.getByRole("heading", { name: "No sessions yet" })).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Sign in as a user" }));
  await settle();
  expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Users");
});

test("the newest session is chosen, and the arrows choose others", async () => {
  const older = sessionOf("bob", { started_at_ms: Date.now() - 9_000_000 });
  const { user } = await openSessions([older, sessionOf("alice")]);
  expect(rows().map((row) => row.getAttribute("aria-selected"))).toEqual(["true", "false"]);
  expect(chosen()).toHaveAccessibleName("Session of alice");
  rows()[0]?.focus();
  await user.keyboard("{ArrowDown}");
  await settle();
  expect(chosen()).toHaveAccessibleName("Session of bob");
  expect(rows()[1]).toHaveFocus();
});

test("the list is filtered by text and by whether a session can still be used", async () => {
  const ended = sessionOf("bob", { state: { kind: "ended", at_ms: Date.now(), reason: "revoked" } });
  const { user } = await openSessions([sessionOf("alice"), ended]);
  await user.click(screen.getByRole("radio", { name: "Ended 1" }));
  await settle();
  expect(rows()).toHaveLength(1);
  expect(rows()[0]).toHaveTextContent("Revoked");
  await user.keyboard("/nobody");
  await settle();
  expect(screen.getByText(/No session matches/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Show all" }));
  await settle();
  expect(rows()).toHaveLength(2);
});

test("a column sorts, and sorts the other way when it is pressed again", async () => {
  const { user } = await openSessions([sessionOf("bob"), sessionOf("alice")]);
  await user.click(screen.getByRole("button", { name: "User" }));
  await settle();
  expect(rows().map((row) => row.querySelector(".user")?.textContent)).toEqual(["alice", "bob"]);
  expect(screen.getByRole("columnheader", { name: "User" })).toHaveAttribute("aria-sort", "ascending");
  await user.click(screen.getByRole("button", { name: "User" }));
  await settle();
  expect(rows().map((row) => row.querySelector(".user")?.textContent)).toEqual(["bob", "alice"]);
});

test("of five thousand sessions only those in sight are drawn, and the rest comes page by page", async () => {
  const many = Array.from({ length: 5000 }, (_, number) => sessionOf("alice", { sid: `ses_${number}` }));
  const { host } = await openSessions(many);
  expect(rows().length).toBeLessThan(60);
  expect(screen.getByRole("grid", { name: "Sessions" })).toHaveAttribute("aria-rowcount", "5001");
  const asked: (number | null)[] = [];
  const list = host.listSessions;
  host.listSessions = (request) => {
    asked.push(request.after === null ? null : Number(request.after));
    return list(request);
  };
  host.emit("sessions");
  await settle();
  expect(asked, "one page, once").toEqual([null]);
});

test("a chosen row keeps the focus while the list is scrolled far away from it", async () => {
  const many = Array.from({ length: 150 }, (_, number) => sessionOf("alice", { sid: `ses_${number}` }));
  const { user } = await openSessions(many);
  const first = rows()[0];
  first?.focus();
  const scroller = first?.closest('[role="rowgroup"]') as HTMLElement;
  scroller.scrollTop = 3200;
  scroller.dispatchEvent(new Event("scroll"));
  await settle();
  expect(rows().map((row) => row.getAttribute("aria-rowindex"))).toContain("102");
  expect(first).toHaveFocus();
  await user.keyboard("{ArrowDown}");
  await settle();
  expect(document.activeElement).toHaveAttribute("aria-rowindex", "3");
});

test("tokens of a session that was started elsewhere cannot be used, and it says why", async () => {
  await openSessions([sessionOf("alice", {}, 3)]);
  expect(within(chosen()).queryByRole("button", { name: /^Replay/ })).toBeNull();
  expect(within(chosen()).getByText(/Only hashes of refresh tokens are stored/)).toBeVisible();
});

test("a refresh presents the current token and shows what it came to", async () => {
  const session = { ...sessionOf("alice", {}, 2), held: ["ses_alice-r0", "ses_alice-r1"] };
  const { host, user } = await openSessions([session]);
  const presented: string[] = [];
  host.refreshSession = async (_sid, jti) => {
    presented.push(jti);
    return { status: "ok", data: { kind: "expired" } };
  };
  await user.keyboard("r");
  await settle();
  expect(presented).toEqual(["ses_alice-r1"]);
  expect(within(chosen()).getByText("Refused: the session was not refreshed in time")).toBeVisible();
});

test("a second press right after the first does not present the token that was just used", async () => {
  const before = { ...sessionOf("alice", {}, 1), held: ["ses_alice-r0"] };
  const after = { ...sessionOf("alice", {}, 2), held: ["ses_alice-r0", "ses_alice-r1"] };
  const { host, user } = await openSessions([before]);
  const presented: string[] = [];
  host.refreshSession = async (_sid, jti) => {
    presented.push(jti);
    // The window is not notified of the change yet.
    host.sessions.all = [after];
    return { status: "ok", data: { kind: "expired" } };
  };
  await user.keyboard("r");
  await settle();
  await user.keyboard("r");
  await settle();
  expect(presented).toEqual(["ses_alice-r0", "ses_alice-r1"]);
});

test("a replay says its consequence first, and needs a second press", async () => {
  const session = { ...sessionOf("alice", {}, 2), held: ["ses_alice-r0", "ses_alice-r1"] };
  const { host, user } = await openSessions([session]);
  const presented: string[] = [];
  host.refreshSession = async (_sid, jti) => {
    presented.push(jti);
    return { status: "ok", data: { kind: "replayed", generation: 0, used_seconds_ago: 77 } };
  };
  await user.click(within(chosen()).getByRole("button", { name: "Replay R0" }));
  expect(presented).toEqual([]);
  await user.click(within(chosen()).getByRole("button", { name: "Replay R0? The session ends" }));
  await settle();
  expect(presented).toEqual(["ses_alice-r0"]);
  expect(within(chosen()).getByText(/R0 was used 1 m 17 s before, so the session was ended/)).toBeVisible();
});

test("revoking all is offered only while the user has an active session", async () => {
  const ended = sessionOf("alice", { state: { kind: "ended", at_ms: Date.now(), reason: "revoked" } });
  const { user } = await openSessions([ended]);
  await user.click(screen.getByRole("tab", { name: "Session" }));
  expect(screen.queryByRole("button", { name: "Revoke all of alice" })).toBeNull();
});

test("revoking asks twice, shows the session as revoked, and leaves the focus on what can be done next", async () => {
  const { user } = await openSessions([sessionOf("alice")]);
  within(chosen()).getByRole("button", { name: "Revoke session" }).focus();
  await user.keyboard("{Enter}");
  expect(within(chosen()).getByRole("button", { name: "Revoke alice’s session?" })).toHaveFocus();
  await user.keyboard("{Enter}");
  await settle();
  expect(rows()[0]).toHaveTextContent("Revoked");
  expect(within(chosen()).getByRole("button", { name: "Sign alice in again" })).toHaveFocus();
});

test("Del revokes the chosen session, asks first, and Escape takes the question back", async () => {
  const { user } = await openSessions([sessionOf("alice")]);
  rows()[0]?.focus();
  await user.keyboard("{Delete}");
  expect(within(chosen()).getByRole("status")).toHaveTextContent("Revoke alice’s session?");
  await user.keyboard("{Escape}");
  expect(within(chosen()).getByRole("button", { name: "Revoke session" })).toBeVisible();
  await user.keyboard("{Delete}{Delete}");
  await settle();
  expect(rows()[0]).toHaveTextContent("Revoked");
  expect(rows()[0]).toHaveFocus();
});

test("revoking all sessions of a user says how many were", async () => {
  const { user } = await openSessions([sessionOf("alice"), sessionOf("alice", { sid: "ses_2" })]);
  await user.click(screen.getByRole("tab", { name: "Session" }));
  await user.click(screen.getByRole("button", { name: "Revoke all of alice" }));
  await user.click(screen.getByRole("button", { name: "Revoke all sessions of alice?" }));
  await settle();
  expect(screen.getByText("Revoked 2 sessions of alice")).toBeVisible();
});

test("the family shows the replay that ended it: which token, and how long after its use", async () => {
  const at_ms = Date.now();
  const session: SessionDetail = {
    ...sessionOf("alice", { state: { kind: "ended", at_ms, reason: "replay" } }, 4),
    replay: { generation: 1, at_ms, used_seconds_ago: 858 },
  };
  await openSessions([session]);
  expect(rows()[0]).toHaveTextContent("Revoked, token reuse");
  expect(within(chosen()).getByText("R1 used again")).toBeVisible();
  expect(within(chosen()).getByText(/14 m 18 s after its rotation/)).toBeVisible();
});

test("a family of three hundred folds its middle until it is unfolded", async () => {
  const { user } = await openSessions([sessionOf("alice", {}, 300)]);
  const names = () => [...chosen().querySelectorAll("li .name b")].map((name) => name.textContent);
  expect(names()).toEqual(["R0", "R1", "R2", "R3", "R296", "R297", "R298", "R299"]);
  await user.click(within(chosen()).getByRole("button", { name: "292 rotations" }));
  expect(names().slice(-9, -6)).toEqual(["R291", "R292", "R293"]);
  expect(names().length).toBeLessThan(60);
});

test("a replay inside the fold opens what is beside it", async () => {
  const at_ms = Date.now();
  const ended = { state: { kind: "ended", at_ms, reason: "replay" } } as const;
  const replay = { generation: 150, at_ms, used_seconds_ago: 3 };
  await openSessions([{ ...sessionOf("alice", ended, 300), replay }]);
  const names = [...chosen().querySelectorAll("li .name b")].map((name) => name.textContent);
  expect(names.filter((name) => name.startsWith("R1") && name.length === 4)).toEqual([
    "R149",
    "R150",
    "R151",
  ]);
  expect(within(chosen()).getByText("R150 used again")).toBeVisible();
});

test("a token that this window holds opens in Inspect", async () => {
  const session = { ...sessionOf("alice"), held: ["ses_alice-a0"] };
  const { user } = await openSessions([session]);
  await user.keyboard("i");
  await settle();
  expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Inspect");
  expect(screen.getByRole("heading", { name: "Accepted" })).toBeVisible();
});

test("a user signs in again from the session that ended", async () => {
  const ended = sessionOf("bob", { state: { kind: "ended", at_ms: Date.now(), reason: "password_changed" } });
  const { user } = await openSessions([ended], { users: [alice, bob] });
  await user.click(screen.getByRole("button", { name: "Sign bob in again" }));
  await settle();
  expect(screen.getByRole("dialog", { name: "Sign in as bob" })).toBeVisible();
});

test("a user far down the list signs in again from their session, and their lock is seen", async () => {
  const many = Array.from({ length: 300 }, (_, at) => ({ username: `a${at}` }));
  const ended = sessionOf("bob", { state: { kind: "ended", at_ms: Date.now(), reason: "revoked" } });
  const { host, user } = await openSessions([ended], { users: [...many, bob] });
  await user.click(screen.getByRole("button", { name: "Sign bob in again" }));
  await settle();
  const dialog = screen.getByRole("dialog", { name: "Sign in as bob" });
  host.users.find((one) => one.username === "bob")!.lock = { kind: "until_reset" };
  host.emit("users");
  await settle();
  expect(within(dialog).getByText(/Locked after too many wrong/)).toBeVisible();
});

test("an access token that was revoked alone is no longer called live", async () => {
  const session = sessionOf("alice");
  session.family = session.family.map((member) => ({ ...member, access_refused: true }));
  await openSessions([session]);
  expect(screen.getByText("0 live, 1 ended")).toBeVisible();
  expect(within(chosen()).getByText("Access revoked")).toBeVisible();
});

test("where access tokens are not looked up, it is said that they outlive their session", async () => {
  const { user } = await openSessions([{ ...sessionOf("alice"), short_lived: true }]);
  await user.click(screen.getByRole("tab", { name: "Session" }));
  expect(screen.getByText("Access tokens work until they expire")).toBeVisible();
});

test("a session that was never refreshed is not said to have been", async () => {
  await openSessions([sessionOf("alice")]);
  expect(screen.getByText("Last refreshed").nextElementSibling).toHaveTextContent("never");
});

test("a session that is deleted while it is chosen gives way to the first one", async () => {
  const older = sessionOf("bob", { started_at_ms: Date.now() - 9_000_000 });
  const { host, user } = await openSessions([older, sessionOf("alice")]);
  rows()[0]?.focus();
  await user.keyboard("{ArrowDown}");
  await settle();
  expect(chosen()).toHaveAccessibleName("Session of bob");
  host.sessions.all = host.sessions.all.filter((one) => one.session.username !== "bob");
  host.emit("sessions");
  await settle();
  expect(chosen()).toHaveAccessibleName("Session of alice");
});

test("a chosen session stays chosen when others push it out of what was read", async () => {
  const { host } = await openSessions([sessionOf("bob", { started_at_ms: 0 })]);
  const newer = Array.from({ length: 300 }, (_, number) => sessionOf("alice", { sid: `ses_${number}` }));
  host.sessions.all = [...host.sessions.all, ...newer];
  host.emit("sessions");
  await settle();
  expect(chosen()).toHaveAccessibleName("Session of bob");
});

test("a failure stands under the session it happened in", async () => {
  const { host, user } = await openSessions([
    sessionOf("bob", { started_at_ms: 0 }),
    { ...sessionOf("alice"), held: ["ses_alice-r0"] },
  ]);
  let fail: () => void = () => undefined;
  host.refreshSession = () =>
    new Promise((resolve) => {
      fail = () => resolve({ status: "error", error: wireError({ area: "keyring", code: "locked" }) });
    });
  await user.keyboard("r");
  rows()[0]?.focus();
  await user.keyboard("{ArrowDown}");
  await settle();
  fail();
  await settle();
  expect(chosen()).toHaveAccessibleName("Session of bob");
  expect(within(chosen()).queryByRole("alert")).toBeNull();
  await user.keyboard("{ArrowUp}");
  await settle();
  expect(within(chosen()).getByRole("alert")).toHaveTextContent("The keyring is locked");
});

test("changes that come faster than the list is read do not keep it from being shown", async () => {
  const { host } = await openSessions([sessionOf("alice")]);
  const list = host.listSessions;
  let asked = 0;
  host.listSessions = async (request) => {
    if (++asked < 5) host.emit("sessions");
    return list(request);
  };
  host.sessions.all = [...host.sessions.all, sessionOf("bob")];
  host.emit("sessions");
  await settle();
  expect(rows()).toHaveLength(2);
});
