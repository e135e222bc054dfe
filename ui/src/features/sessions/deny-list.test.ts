// The deny list, and the mode in which revoked access tokens are refused.
import { screen, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { alice, open, settle } from "../../../tests/window";
import { refuse, storeError } from "../../platform/fake/answers";
import { sessionOf } from "../../platform/fake/sessions";
import type { FakeHost } from "../../platform/fake";

const sheet = () => within(screen.getByRole("dialog", { name: "Deny list" }));

async function openList(prepare: (host: FakeHost) => void = () => undefined) {
  const opened = await open({ users: [alice] }, (host) => {
    host.sessions.all = [sessionOf("alice")];
    prepare(host);
  });
  await opened.user.keyboard("{Control>}2{/Control}");
  await settle();
  await opened.user.click(screen.getByRole("button", { name: "Deny list" }));
  await settle();
  return opened;
}

const entry = (jti: string, leaves: number, username: string | null = "alice") => ({
  jti,
  revoked_at_ms: Date.now() - 60_000,
  leaves_at_ms: Date.now() + leaves * 1000,
  sid: null,
  username,
});

test("each entry says whose it was and when it leaves, and a new one appears by itself", async () => {
  const { host } = await openList(
    (host) => (host.denied.entries = [entry("a1", 821), entry("a2", -5, null)]),
  );
  const rows = () =>
    sheet()
      .getAllByRole("row")
      .slice(1)
      .map((row) => row.textContent.replace(/\s+/g, " "));
  expect(rows()[0]).toMatch(/a1 ?alice .*13:4\d/);
  expect(rows()[1]).toMatch(/a2 ?not known .*at the next clean-up/);
  host.denied.entries = [entry("a0", 10), ...host.denied.entries];
  host.emit("sessions");
  await settle();
  expect(rows()).toHaveLength(3);
});

test("an empty list says what would be on it, and one that cannot be read why", async () => {
  const { host } = await openList();
  expect(sheet().getByText(/No token is on the list/)).toBeVisible();
  host.listDenied = async () => refuse(storeError("full", "/profiles/workbench.db"));
  host.emit("sessions");
  await settle();
  expect(sheet().getByRole("alert")).toBeVisible();
});

test("the mode is switched only after it was said what that trades away", async () => {
  const { host, user } = await openList();
  expect(sheet().getByText(/a revoked token is refused at once/)).toBeVisible();
  await user.click(sheet().getByRole("radio", { name: "Short-lived tokens" }));
  expect(sheet().getByText(/works until it expires: up to 5 m/)).toBeVisible();
  expect(host.denied.shortLived).toBe(false);
  await user.click(sheet().getByRole("button", { name: "Leave it" }));
  expect(sheet().queryByRole("button", { name: "Use short-lived tokens" })).toBeNull();
  await user.click(sheet().getByRole("radio", { name: "Short-lived tokens" }));
  await user.click(sheet().getByRole("button", { name: "Use short-lived tokens" }));
  await settle();
  expect(host.denied.shortLived).toBe(true);
  expect(screen.getByText("Access tokens are short-lived now")).toBeVisible();
});

test("a mode that cannot be switched stays, with the reason", async () => {
  const { host, user } = await openList();
  host.setRevocation = async () => refuse(storeError("full", "/profiles/workbench.db"));
  await user.click(sheet().getByRole("radio", { name: "Short-lived tokens" }));
  await user.click(sheet().getByRole("button", { name: "Use short-lived tokens" }));
  await settle();
  expect(sheet().getByRole("alert")).toBeVisible();
  expect(sheet().getByRole("button", { name: "Use short-lived tokens" })).toBeVisible();
});
