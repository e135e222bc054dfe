// A token of this profile in Inspect: where it leads, revoking it, and refreshing it once it has expired.
import { screen, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import type { OwnTokenView } from "../../../api/bindings.gen";
import { alice, open, paste, settle, verdict } from "../../../../tests/window";
import { refuse, storeError } from "../../../platform/fake/answers";
import { texts } from "../../../platform/fake/recorded";
import { sessionOf } from "../../../platform/fake/sessions";

const known: OwnTokenView = {
  jti: "a1",
  sid: "ses_alice",
  username: "alice",
  revoked: false,
  looked_up: true,
  refresh: { kind: "ready", jti: "r1" },
};
const own = () => within(screen.getByRole("region", { name: "In this profile" }));

async function inspected(text: string, given: Partial<OwnTokenView> | null = {}) {
  const opened = await open({ users: [alice] }, (host) => {
    host.denied.own = given && { ...known, ...given };
    host.sessions.all = [sessionOf("bob"), sessionOf("alice")];
  });
  await paste(text);
  return opened;
}

test("a token of this profile leads to its session and its user", async () => {
  const { user } = await inspected(texts.valid);
  await user.click(own().getByRole("button", { name: "Open its session" }));
  await settle();
  expect(screen.getByRole("region", { name: "Session of alice" })).toBeVisible();
  await user.keyboard("{Control>}1{/Control}");
  await settle();
  await user.click(own().getByRole("button", { name: "Open alice" }));
  await settle();
  expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Users");
});

test("revoking asks first, and a revoked token says so", async () => {
  const { host, user } = await inspected(texts.valid);
  await user.click(own().getByRole("button", { name: "Revoke the token" }));
  expect(host.denied.own?.revoked).toBe(false);
  await user.click(own().getByRole("button", { name: "Revoke it? Refused at once" }));
  await settle();
  expect(host.denied.own?.revoked).toBe(true);
  expect(screen.getByText("Revoked the token")).toBeVisible();
});

test("a short-lived token says that revoking it changes nothing", async () => {
  await inspected(texts.valid, { looked_up: false });
  expect(own().getByText(/works until it expires/)).toBeVisible();
});

test("a revocation that fails says why and leaves the button", async () => {
  const { host, user } = await inspected(texts.valid);
  host.revokeToken = async () => refuse(storeError("full", "/profiles/workbench.db"));
  await user.click(own().getByRole("button", { name: "Revoke the token" }));
  await user.click(own().getByRole("button", { name: /^Revoke it/ }));
  await settle();
  expect(own().getByRole("alert")).toBeVisible();
  expect(own().getByRole("button", { name: "Revoke the token" })).toBeVisible();
});

test("another's token leads nowhere", async () => {
  await inspected(texts.valid, null);
  expect(screen.queryByRole("region", { name: "In this profile" })).toBeNull();
});

test("an expired token is refreshed by the token that the window holds", async () => {
  const { host, user } = await inspected(texts.expired);
  const presented: string[] = [];
  host.refreshSession = async (sid, jti) => {
    presented.push(`${sid} ${jti}`);
    const signed = { username: "alice", access_token: texts.valid, expires_in: 900, scopes: [], sid };
    return { status: "ok", data: { kind: "refreshed", ...signed } };
  };
  await user.click(verdict().getByRole("button", { name: "Refresh its session" }));
  await settle();
  expect(presented).toEqual(["ses_alice r1"]);
  expect(screen.getByRole("heading", { name: "Accepted" })).toBeVisible();
  expect(own().queryByRole("button", { name: "Revoke the token" })).toBeVisible();
});

test("an expired token that cannot be refreshed here says why", async () => {
  await inspected(texts.expired, { refresh: { kind: "not_held" } });
  expect(verdict().getByText(/did not receive its refresh token/)).toBeVisible();
  expect(verdict().queryByRole("button", { name: "Refresh its session" })).toBeNull();
});
