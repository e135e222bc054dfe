// Comparing two tokens.
import { screen, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { open, paste, settle } from "../../../../tests/window";
import { texts } from "../../../platform/fake/recorded";

test("a token is compared with an earlier one, by key or from the list, until Escape", async () => {
  const { user } = await open();
  await paste(texts.reader);
  const recent = () => within(screen.getByRole("region", { name: "Recent tokens" }));
  expect(recent().queryByRole("button", { name: /^Compare with/ })).toBeNull();
  await paste(texts.admin);
  await user.keyboard("d");
  await settle();
  const changes = within(screen.getByRole("region", { name: "Changes" }));
  expect(changes.getByText("2 against Access alice")).toBeVisible();
  expect(changes.getByText("tenant")).toBeVisible();
  expect(screen.getByRole("heading", { name: "Accepted" })).toBeVisible();
  await user.keyboard("{Escape}");
  await settle();
  expect(screen.queryByRole("region", { name: "Changes" })).toBeNull();
  await user.click(recent().getByRole("button", { name: "Compare with Access alice" }));
  await settle();
  expect(screen.getByRole("region", { name: "Changes" })).toBeVisible();
  await paste(texts.bob);
  expect(screen.queryByRole("region", { name: "Changes" })).toBeNull();
});
