import { screen, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { open, paste } from "../../../../tests/window";
import { texts } from "../../../platform/fake/recorded";

test("the parts of an encrypted token are named, with what each is for", async () => {
  await open();
  await paste(texts.encrypted);
  expect(screen.getByRole("button", { name: "Decrypt with a key" })).toBeVisible();
  const parts = within(screen.getByLabelText("Parts of the encrypted token"));
  expect(parts.getByText("None: the key is agreed on")).toBeVisible();
  expect(parts.getByText("12 bytes")).toBeVisible();
  expect(parts.getByText("16 bytes")).toBeVisible();
  expect(screen.getByText("Tag 22")).toBeVisible();
});
