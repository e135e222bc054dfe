import { screen, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { open, paste } from "../../../../tests/window";
import { aboutWhom, labelOf } from "./recent";
import { texts } from "../../../platform/fake/recorded";

test("what is no JWT stands under its own name, and only what can be read in it is shown", async () => {
  await open();
  await paste(texts.cookie);
  const held = within(screen.getByRole("region", { name: "What it holds" }));
  expect(held.getByText("user_id")).toBeVisible();
  const alike = within(screen.getByRole("region", { name: "Why it looks like a JWT" }));
  expect(alike.getByText("three parts with dots and begins with eyJ")).toBeVisible();
  expect(alike.getByRole("row", { name: "First Header, JSON with alg JSON without alg" })).toBeVisible();
  expect(screen.queryByRole("region", { name: "Header" })).toBeNull();
  expect(screen.queryByRole("region", { name: "Signature" })).toBeNull();
  const next = within(screen.getByRole("region", { name: "What to do instead" }));
  expect(next.getByText(/Find the access token: in the answer of the token request/)).toBeVisible();
  await paste(texts.opaque);
  const recent = within(screen.getByRole("region", { name: "Recent tokens" }));
  expect(recent.getByText("Flask session cookie")).toBeVisible();
  expect(recent.getByText("Text")).toBeVisible();
});

test("a token with rules of its own stands under the name of its kind", async () => {
  const { host } = await open();
  const answer = await host.inspect(texts.weak, null, null, false, false);
  if (answer.status !== "ok") throw new Error("inspected");
  expect(labelOf(answer.data)).toBe("JWT");
  expect(labelOf({ ...answer.data, kind: { name: "DPoP proof", notes: [] } })).toBe("DPoP proof");
  // Padding, a name that stands twice or a wrong key binding fails the first check of a token that can be read.
  const verdict = { ...answer.data.verdict, stopped_at: "parse" as const };
  expect(labelOf({ ...answer.data, verdict })).toBe("JWT");
  expect(labelOf({ ...answer.data, verdict, claims: [] })).toBe("Unreadable");
  expect(labelOf({ ...answer.data, format: "opaque" })).toBe("Not a JWT");
});

test("a token without a subject is told by its issuer", async () => {
  const { host } = await open();
  const answer = await host.inspect(texts.elsewhere, null, null, false, false);
  if (answer.status !== "ok") throw new Error("inspected");
  const report = answer.data;
  const claims = report.claims.filter(({ name }) => name !== "sub");
  expect(aboutWhom({ ...report, claims })).toBe("issuer.example");
  expect(aboutWhom({ ...report, claims: [] })).toBe("");
  expect(aboutWhom({ ...report, issuer_name: "Auth0, acme-dev" })).toBe("Auth0, acme-dev");
});
