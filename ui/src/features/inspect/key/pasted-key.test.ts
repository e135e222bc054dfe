import { screen, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { open, paste, settle, verdict } from "../../../../tests/window";
import { keyOf, texts } from "../../../platform/fake/recorded";

const offer = () => screen.queryByRole("button", { name: "Use it as the key of the previous token" });

test("a key that is pasted while a token is open is one click away from being its key", async () => {
  const { user } = await open();
  await paste(texts.elsewhere);
  await paste(texts.public_key);
  await user.click(offer() as HTMLElement);
  await settle();
  expect(screen.getByRole("textbox", { name: "Token" })).toHaveValue(texts.elsewhere);
  expect(verdict().getByRole("button", { name: /Signature Pass/ })).toBeVisible();
  // The key is no token to come back to.
  expect(screen.queryByRole("button", { name: /Public key/ })).toBeNull();
});

test("a key that no token was open for is only explained", async () => {
  await open();
  await paste(texts.public_key);
  expect(offer()).toBeNull();
  expect(screen.getByText("A public key")).toBeVisible();
  expect(screen.getAllByText(/Paste the token/)).toHaveLength(1);
});

test("text in base64 is opened by a button, and is no key", async () => {
  const { user } = await open();
  await paste(texts.valid);
  await paste(texts.base64);
  expect(offer()).toBeNull();
  await user.click(screen.getByRole("button", { name: "Inspect the decoded text" }));
  await settle();
  expect(screen.getByRole("textbox", { name: "Token" })).toHaveValue(texts.base64_inside.trim());
});

test("what is no token has nothing to edit", async () => {
  const { user } = await open();
  await paste(texts.public_key);
  await user.keyboard("e");
  await settle();
  expect(screen.queryByText(/Only a signed token/)).toBeNull();
  const statusBar = within(screen.getByRole("contentinfo"));
  expect(statusBar.queryByText("Edit")).toBeNull();
  await paste(texts.valid);
  expect(statusBar.getByText("Edit")).toBeVisible();
});

test("of an encrypted token the dialog says whether the key decrypts it", async () => {
  const { user } = await open();
  await paste(texts.sample_encrypted);
  await user.keyboard("k");
  const dialog = within(screen.getByRole("dialog", { name: "Decrypt with a key" }));
  const field = dialog.getByLabelText("Secret, private key as PEM, or JWK");
  expect(dialog.queryByRole("button", { name: "Fetch a JWK Set" })).toBeNull();
  await user.click(field);
  await user.paste(keyOf("sample_encrypted_locked").text);
  await user.click(dialog.getByRole("radio", { name: "Text" }));
  await settle();
  expect(await dialog.findByText("Not decrypted")).toBeVisible();
  expect(dialog.queryByText("Encrypted, not signed")).toBeNull();
  await user.clear(field);
  await user.paste(keyOf("sample_encrypted_opened").text);
  expect(await dialog.findByText("Decrypted")).toBeVisible();
});
