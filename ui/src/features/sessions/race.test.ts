// Racing a refresh token, and what says why it cannot be done.
import { screen, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { settle } from "../../../tests/window";
import { wireError } from "../../platform/fake/answers";
import { sessionOf } from "../../platform/fake/sessions";
import { chosen, openSessions, rows } from "../../../tests/sessions";

test("what cannot be pressed says why, and pressing it does nothing", async () => {
  const elsewhere = sessionOf("alice", {}, 3);
  const continued = { ...sessionOf("bob", {}, 2), held: ["ses_bob-r0"] };
  const { host, user } = await openSessions([elsewhere, continued]);
  let asked = 0;
  host.raceRefresh = async (_sid, _jti, requests) => {
    asked += 1;
    return { status: "ok", data: host.sessions.raced(requests) };
  };
  host.refreshSession = async () => {
    asked += 1;
    return { status: "ok", data: { kind: "expired" } };
  };
  for (const [index, reason] of [
    [0, /The current one of this session was issued elsewhere/],
    [1, /It holds none of this session/],
  ] as const) {
    await user.click(rows()[index]!);
    await settle();
    const side = within(screen.getByRole("region", { name: "About the session" }));
    await user.click(side.getByRole("tab", { name: "Race" }));
    const buttons = [
      within(chosen()).getByRole("button", { name: "Refresh" }),
      side.getByRole("button", { name: "Race with grace" }),
      side.getByRole("button", { name: "Race" }),
    ];
    for (const button of buttons) {
      expect(button).toHaveAttribute("aria-disabled", "true");
      expect(button).toHaveAccessibleDescription(reason);
      button.focus();
      await user.keyboard("{Enter}");
      await settle();
    }
  }
  expect(asked).toBe(0);
});

test("a session that is over says so where a race would need a new one", async () => {
  const ended = sessionOf("alice", { state: { kind: "ended", at_ms: Date.now(), reason: "replay" } });
  const { user } = await openSessions([ended]);
  await user.click(screen.getByRole("tab", { name: "Race" }));
  expect(screen.getByRole("button", { name: "Sign alice in to race again" })).toHaveAccessibleDescription(
    "Revoked, token reuse: a race needs a session that lives",
  );
});

test("a race shows each answer, and how many won", async () => {
  const session = { ...sessionOf("alice", {}, 1), held: ["ses_alice-r0"] };
  const { host, user } = await openSessions([session]);
  host.sessions.refreshes = [
    { kind: "replayed", generation: 0, used_seconds_ago: 0 },
    ...Array.from({ length: 7 }, () => ({ kind: "session_ended" }) as const),
  ];
  await user.click(within(chosen()).getByRole("button", { name: /^Race/ }));
  await settle();
  expect(within(chosen()).getByText("8 refused")).toBeVisible();
  expect(within(chosen()).getByText("Reuse of R0, family revoked")).toBeVisible();
  expect(within(chosen()).getAllByText("Family already revoked")).toHaveLength(7);
  expect(within(chosen()).getByText("no 5xx")).toBeVisible();
  const side = within(screen.getByRole("region", { name: "About the session" }));
  expect(side.getByRole("tab", { name: "Race" })).toHaveAttribute("aria-selected", "true");
  const presets = side.getAllByRole("listitem").map((item) => item.textContent.replace(/\s+/g, " "));
  expect(presets[0]).toMatch(/Strict.*in use.*1 of 8.*Family ends/);
  expect(presets[1]).toMatch(/Grace 10 s.*8 of 8.*Family lives/);
});

test("a race has as many requests as wanted, and one by another preset is asked for as such", async () => {
  const session = { ...sessionOf("alice", {}, 1), held: ["ses_alice-r0"] };
  const { host, user } = await openSessions([session]);
  const asked: [number, boolean][] = [];
  host.raceRefresh = async (_sid, _jti, requests, grace) => {
    asked.push([requests, grace]);
    return { status: "ok", data: host.sessions.raced(requests) };
  };
  const side = within(screen.getByRole("region", { name: "About the session" }));
  await user.click(side.getByRole("tab", { name: "Race" }));
  await user.click(side.getByRole("radio", { name: "4" }));
  await user.click(side.getByRole("button", { name: "Race with grace" }));
  await settle();
  await user.click(side.getByRole("button", { name: "Race again" }));
  await settle();
  expect(asked).toEqual([
    [4, true],
    [4, false],
  ]);
});

test("the times of a race begin with its first request", async () => {
  const session = { ...sessionOf("alice", {}, 1), held: ["ses_alice-r0"] };
  const { host, user } = await openSessions([session]);
  host.sessions.refreshes = [{ kind: "session_ended" }, { kind: "session_ended" }];
  host.raceRefresh = async (_sid, _jti, requests) => {
    const race = host.sessions.raced(requests);
    const later = (us: number) => us + 2000;
    const lanes = race.lanes.map((lane) => ({
      ...lane,
      sent_us: later(lane.sent_us),
      decides_us: later(lane.decides_us),
      decided_us: later(lane.decided_us),
      answered_us: later(lane.answered_us),
    }));
    return { status: "ok", data: { ...race, lanes } };
  };
  await user.click(within(chosen()).getByRole("button", { name: /^Race/ }));
  await settle();
  const lanes = within(chosen()).getAllByRole("img", { name: /^sent at/ });
  expect(lanes[0]).toHaveAccessibleName(
    "sent at 0.0 ms, waits until 0.0 ms, decided at 0.4 ms, answered at 0.9 ms",
  );
  expect(lanes[0]?.querySelector("rect")).toHaveAttribute("x", "0");
});

test("a request that is not answered is not passed off as a refusal", async () => {
  const session = { ...sessionOf("alice", {}, 1), held: ["ses_alice-r0"] };
  const { host, user } = await openSessions([session]);
  const error = wireError({ area: "keyring", code: "locked" });
  host.sessions.refreshes = [{ kind: "failed", ...error }, { kind: "session_ended" }];
  await user.click(within(chosen()).getByRole("button", { name: /^Race/ }));
  await settle();
  expect(within(chosen()).getByText("1 with 5xx")).toBeVisible();
  expect(within(chosen()).getByText("1 refused")).toBeVisible();
});
