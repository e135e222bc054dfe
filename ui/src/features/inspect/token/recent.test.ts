import { screen, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { open, paste } from "../../../../tests/window";
import { texts } from "../../../platform/fake/recorded";

test("what is no JWT stands under its own name, and only what can be read in it is shown", async () => {
  await open();
  await paste(texts.cookie);
  expect(screen.getByText("Not a JWT, no times to show")).toBeVisible();
  const held = within(screen.getByRole("region", { name: "What it holds" }));
  expect(held.getByText("user_id")).toBeVisible();
  expect(screen.queryByRole("region", { name: "Header" })).toBeNull();
  expect(screen.queryByRole("region", { name: "Signature" })).toBeNull();
  await paste(texts.opaque);
  const recent = within(screen.getByRole("region", { name: "Recent tokens" }));
  expect(recent.getByText("Flask session cookie")).toBeVisible();
  expect(recent.getByText("Opaque")).toBeVisible();
});
