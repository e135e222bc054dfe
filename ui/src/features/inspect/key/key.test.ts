import { screen, within } from "@testing-library/svelte";
import { describe, expect, test, vi } from "vitest";
import { open, pass, paste } from "../../../../tests/window";
import { keyOf } from "../../../platform/fake/recorded";
import type { Report } from "../../../api/bindings.gen";
import { isUnfit, remedied } from "./key";

const another = keyOf("hmac_with_another_secret").text;
const rightKey = keyOf("hmac_with_its_secret").text;
const { text: encryptedKey, passphrase } = keyOf("valid_with_opened_key");
import { texts } from "../../../platform/fake/recorded";

const signature = () => within(screen.getByRole("region", { name: "Signature" }));
const dialog = () => within(screen.getByRole("dialog", { name: "Try another key" }));
const field = () => dialog().getByLabelText("Secret, PEM, certificate, JWK or JWK Set");

async function opened(token = texts.hmac) {
  const { host, user } = await open();
  await paste(token);
  await user.keyboard("k");
  return { host, user };
}

describe("another key", () => {
  test("a key is tried while it is typed, the proposed change is one click, and using it is the last step", async () => {
    const { user } = await opened();
    expect(field()).toHaveFocus();
    await user.type(field(), rightKey);
    await pass(0.3);
    expect(dialog().getByText("Mismatch")).toBeVisible();
    expect(
      dialog().getByText("Does not match as plain text, but matches once the secret is read as base64"),
    ).toBeVisible();
    expect(signature().getByText("No key")).toBeVisible();
    expect(screen.getByRole("button", { name: /^Key No key/ })).toBeVisible();
    await user.click(dialog().getByRole("button", { name: "Read the secret as base64" }));
    await pass(0.3);
    expect(dialog().getByText("Verified")).toBeVisible();
    expect(dialog().getByRole("radio", { name: "Base64" })).toBeChecked();
    await user.keyboard("{Control>}{Enter}{/Control}");
    await pass(0.3);
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(signature().getByText("Verified")).toBeVisible();
    expect(screen.getByRole("region", { name: "Verdict" })).toHaveFocus();

    await user.click(signature().getByRole("button", { name: "Use the profile's keys" }));
    await pass(0.3);
    expect(signature().getByText("No key")).toBeVisible();
  });

  test("a passphrase that was typed is used, without leaving its field first", async () => {
    const { user } = await opened(texts.valid);
    await user.click(field());
    await user.paste(encryptedKey);
    await pass(0.3);
    await user.type(dialog().getByLabelText("Passphrase of the encrypted key"), passphrase ?? "");
    await user.keyboard("{Control>}{Enter}{/Control}");
    await pass(0.3);
    expect(signature().getByText("Verified")).toBeVisible();
  });

  test("Cancel and Escape leave everything as it was", async () => {
    const { host, user } = await opened();
    await user.type(field(), "x");
    await user.keyboard("{Escape}");
    await user.keyboard("k");
    expect(field()).toHaveValue("");
    await user.click(dialog().getByRole("button", { name: "Cancel" }));
    expect(screen.queryByRole("button", { name: "Use the profile's keys" })).toBeNull();
    expect(host.copied).toEqual([]);
  });

  test("a token from a sign-in is checked with the profile's keys again", async () => {
    const { user } = await opened();
    await user.type(field(), "x");
    await user.click(dialog().getByRole("button", { name: "Use this key" }));
    await user.keyboard("{Control>}3{/Control}");
    await user.click(screen.getByRole("button", { name: /Sign in as alice/ }));
    await user.type(screen.getByLabelText("Password"), "correct horse{Enter}");
    await pass(0.5);
    expect(signature().getByText("Verified")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Use the profile's keys" })).toBeNull();
  });

  test("a file that is too large for a key is refused in place", async () => {
    const { user } = await opened();
    const input = document.querySelector<HTMLInputElement>('[role="dialog"] input[type="file"]');
    if (!input) throw new Error("no file input");
    await user.upload(input, new File(["a".repeat(70_000)], "big.pem"));
    expect(dialog().getByText(/big.pem is larger than 64 KB/)).toBeVisible();
    await user.upload(input, new File([`${rightKey}\n`], "secret.txt"));
    await pass(0.3);
    expect(field()).toHaveValue(rightKey);
  });
});

test("every remedy is a change of the key", () => {
  const key = { text: " ab ", form: "text" } as const;
  expect(remedied(key, "read_as_hex")).toEqual({ text: " ab ", form: "hex" });
  expect(remedied(key, "trim")).toEqual({ text: "ab", form: "text" });
  expect(remedied(key, "add_line_break")).toEqual({ text: "ab\n", form: "text" });
});

describe("a token without a key", () => {
  const step = () => within(screen.getByRole("region", { name: "Key of this token" }));

  test("offers the secret of an HMAC in the verdict column", async () => {
    const { user } = await open();
    await paste(texts.hmac);
    await user.click(step().getByRole("button", { name: /^Enter the secret/ }));
    await user.type(field(), another);
    await user.click(dialog().getByRole("button", { name: "Use this key" }));
    await pass(0.3);
    expect(screen.queryByRole("region", { name: "Key of this token" })).toBeNull();
  });

  test("names the issuer's host, asks it alone and only on a click, and uses what came", async () => {
    const { host, user } = await open();
    await paste(texts.elsewhere);
    host.jwks = keyOf("elsewhere_with_keys").text;
    const fetched = vi.spyOn(host, "fetchJwks");
    const button = step().getByRole("button", { name: "Fetch keys from issuer.example" });
    expect(fetched).not.toHaveBeenCalled();
    await user.click(button);
    await pass(0.3);
    expect(fetched.mock.calls).toEqual([["https://issuer.example/.well-known/openid-configuration"]]);
    expect(screen.getByRole("heading", { name: "Accepted" })).toBeVisible();
    expect(screen.getByRole("region", { name: "Verdict" })).toHaveFocus();
  });

  test("keeps the fetched keys with a new policy for the issuer, if that is wanted", async () => {
    const { host, user } = await open();
    await paste(texts.elsewhere);
    const jwks = keyOf("elsewhere_with_keys").text;
    host.jwks = jwks;
    const asked = vi.spyOn(host, "inspect");
    await user.click(step().getByRole("checkbox", { name: "Keep them with a new policy for this issuer" }));
    await user.click(step().getByRole("button", { name: "Fetch keys from issuer.example" }));
    await pass(0.3);
    const sheet = within(screen.getByRole("dialog", { name: "New policy" }));
    expect(sheet.getByRole("textbox", { name: "Name" })).toHaveValue("issuer.example");
    expect(sheet.getByRole("textbox", { name: "Issuer" })).toHaveValue("https://issuer.example");
    expect(sheet.getByRole("textbox", { name: "Keys of this issuer" })).toHaveValue(jwks);
    await user.click(sheet.getByRole("button", { name: /^Save and use/ }));
    await pass(0.3);
    expect(host.policies.named("issuer.example")?.jwks).toBe(jwks);
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(asked).toHaveBeenCalledWith(texts.elsewhere, null, "issuer.example", false, false);
  });

  test("is one address away from the keys of another place", async () => {
    const { host, user } = await open();
    host.jwks = keyOf("elsewhere_with_keys").text;
    await paste(texts.elsewhere);
    await user.click(step().getByRole("button", { name: "Another address" }));
    const address = step().getByRole("textbox", { name: /^Address of a JWK Set/ });
    expect(address).toHaveFocus();
    await user.clear(address);
    await user.type(address, "https://keys.example/jwks{Enter}");
    await pass(0.3);
    expect(screen.getByRole("region", { name: "Verdict" })).toHaveFocus();
    expect(screen.getByRole("heading", { name: "Accepted" })).toBeVisible();
  });

  test("does not offer an address that the token itself names", async () => {
    await open();
    await paste(texts.jku);
    expect(step().queryByRole("button", { name: /^Fetch/ })).toBeNull();
    expect(step().getByRole("button", { name: /^Paste or open a key/ })).toBeVisible();
  });
});

describe("a JWK Set from an address", () => {
  test("is fetched only by the button that names the host, and tried at once", async () => {
    const { host, user } = await opened();
    host.jwks = rightKey;
    const fetched = vi.spyOn(host, "fetchJwks");
    await user.click(dialog().getByRole("button", { name: "Fetch a JWK Set" }));
    const address = dialog().getByRole("textbox", { name: /^Address of a JWK Set/ });
    expect(address).toHaveValue("https://issuer.example/.well-known/openid-configuration");
    await user.clear(address);
    expect(dialog().getByRole("button", { name: "Fetch" })).toBeDisabled();
    await user.type(address, "https://issuer.example/keys");
    expect(fetched).not.toHaveBeenCalled();
    await user.click(dialog().getByRole("button", { name: "Fetch from issuer.example" }));
    await pass(0.3);
    expect(dialog().getByText(/^From issuer\.example at /)).toBeVisible();
    expect(field()).toHaveValue(rightKey);
  });

  test("that cannot be fetched says why, and what was typed stays", async () => {
    const { user } = await opened();
    await user.type(field(), another);
    await user.click(dialog().getByRole("button", { name: "Fetch a JWK Set" }));
    const address = dialog().getByRole("textbox", { name: /^Address of a JWK Set/ });
    await user.clear(address);
    await user.type(address, "https://nowhere.example/keys{Enter}");
    await pass(0.3);
    expect(address).toHaveAccessibleDescription(/nowhere\.example/);
    expect(field()).toHaveValue(another);
  });

  test("from the token's own header is proposed with what it proves", async () => {
    const { user } = await open();
    await paste(texts.jku);
    await user.keyboard("k");
    await user.click(dialog().getByRole("button", { name: "Fetch a JWK Set" }));
    expect(dialog().getByText(/The token itself names this address/)).toBeVisible();
    expect(dialog().getByRole("button", { name: "Fetch from evil.example" })).toBeEnabled();
  });
});

test("a key of another kind is dropped with the next token, one that opens it or lacks its passphrase is not", async () => {
  const { host } = await open();
  const answer = await host.inspect(texts.hmac, null, null, false, false);
  if (answer.status !== "ok") throw new Error("a report");
  const given = { summary: "Public key, RS256", problem: null, repairs: [], remedy: null, encrypted: false };
  const report: Report = { ...answer.data, user_key: given };
  expect(report.signature.state).toBe("no_key");
  expect(isUnfit(report)).toBe(true);
  expect(isUnfit({ ...report, user_key: null })).toBe(false);
  expect(isUnfit({ ...report, user_key: { ...given, encrypted: true } })).toBe(false);
  expect(isUnfit({ ...report, format: "jwe_compact" })).toBe(false);
  // The key of an encrypted token signed nothing, even if it is of a kind that could.
  const mismatch: Report = { ...report, signature: { ...report.signature, state: "mismatch" } };
  const encrypted: Report = { ...report, format: "jwe_compact" };
  expect(isUnfit(mismatch, mismatch)).toBe(false);
  expect(isUnfit(mismatch, encrypted)).toBe(true);
  expect(isUnfit(encrypted, encrypted)).toBe(false);
});
