import { screen, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { open, settle } from "../../../tests/window";
import type { KeyView } from "../../api/bindings.gen";
import type { FakeOptions } from "../../platform/fake";
import { storeError, wireError } from "../../platform/fake/answers";
import { keyOf } from "../../platform/fake/keys";

const now = () => Date.now();
const DAY = 86_400_000;

const full = (): KeyView[] => [
  keyOf("access-2026-11"),
  keyOf("access-2026-08", {
    created_at_ms: now() - 111 * DAY,
    signed: 31_940,
    state: { kind: "retiring", since_ms: now() - 600_000, until_ms: now() + 34_020_000 },
  }),
  keyOf("access-2026-05", {
    created_at_ms: now() - 202 * DAY,
    state: { kind: "retired", since_ms: now() - 112 * DAY, at_ms: now() - 110 * DAY },
  }),
  keyOf("refresh-2026-10", { purpose: "refresh", algorithm: "HS256", shared: true }),
];

async function openKeys(keys: KeyView[], options: FakeOptions = {}) {
  const opened = await open(options, (host) => {
    host.keys.all = keys;
    host.keys.living.set("kid-of-access-2026-08", 3);
  });
  await opened.user.keyboard("{Control>}4{/Control}");
  await settle();
  return opened;
}

const grid = () => within(screen.getByRole("grid", { name: "Signing keys" }));
const row = (name: string) => grid().getByRole("row", { name: new RegExp(name) });

test("without keys the view says when they are made, and makes one", async () => {
  const { user } = await openKeys([]);
  expect(screen.getByRole("heading", { name: "No keys yet" })).toBeVisible();
  await user.keyboard("n");
  await settle();
  expect(screen.getByRole("dialog", { name: "New key" })).toBeVisible();
  await user.keyboard("{Control>}{Enter}{/Control}");
  await settle();
  expect(row("new-0")).toHaveTextContent("Active");
});

test("keys stand in groups, with their state, age and the tokens they signed", async () => {
  await openKeys(full());
  expect(screen.getByText("4 keys, 2 active")).toBeVisible();
  expect(grid().getByText("7 d, secret, never published")).toBeVisible();
  expect(row("access-2026-11")).toHaveTextContent(/Active signs and verifies ?22 d ?4\s812/);
  expect(row("access-2026-08")).toHaveTextContent(/Retiring ?9 h 27 m left/);
  expect(row("access-2026-05")).toHaveTextContent(/Retired/);
  expect(row("access-2026-11")).toHaveAttribute("aria-selected", "true");
});

test("the arrows skip the heads of the groups", async () => {
  const { user } = await openKeys(full());
  row("access-2026-11").focus();
  await user.keyboard("{End}");
  await settle();
  expect(row("refresh-2026-10")).toHaveFocus();
  await user.keyboard("{ArrowUp}");
  await settle();
  expect(row("access-2026-05")).toHaveFocus();
  await user.keyboard("{Home}");
  await settle();
  expect(row("access-2026-11")).toHaveFocus();
});

test("the JWK Set is shown as it is published, and copied byte for byte", async () => {
  const { host, user } = await openKeys(full());
  const text = screen.getByRole("region", { name: "JWK Set" });
  const lines = [...text.querySelectorAll("div > span")].map((line) => line.textContent);
  expect(lines.join("\n")).toBe(host.keys.jwks());
  expect(within(text).getByText("retiring")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Copy" }));
  await settle();
  expect(host.copied).toEqual([host.keys.jwks()]);
});

test("a rotation says first what it does, and the new key is chosen", async () => {
  const { user } = await openKeys(full());
  await user.keyboard("r");
  await settle();
  const dialog = within(screen.getByRole("dialog", { name: "Rotate the access key" }));
  expect(dialog.getByText(/access-2026-11 only verifies/)).toBeVisible();
  expect(dialog.getByText(/refuses new tokens until it fetches the set again/)).toBeVisible();
  await user.click(dialog.getByRole("button", { name: /^Rotate/ }));
  await settle();
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(row("new-4")).toHaveAttribute("aria-selected", "true");
  expect(row("access-2026-11")).toHaveTextContent("Retiring");
});

test("retiring asks with the number of tokens it refuses; a retired key can be deleted", async () => {
  const { user } = await openKeys(full());
  await user.click(row("access-2026-08"));
  await settle();
  expect(screen.getByText("At most 3 tokens")).toBeVisible();
  await user.keyboard("{Delete}");
  await settle();
  expect(screen.getAllByRole("button", { name: "Retire? Refuses up to 3 tokens" })[0]).toBeVisible();
  expect(row("access-2026-08")).toHaveTextContent("Retiring");
  await user.keyboard("{Delete}");
  await settle();
  expect(row("access-2026-08")).toHaveTextContent("Retired");
  await user.keyboard("{Delete}");
  await settle();
  await user.keyboard("{Delete}");
  await settle();
  expect(grid().queryByText("access-2026-08")).toBeNull();
});

test("a key is renamed in place; a refused name stays as it was typed", async () => {
  const { user } = await openKeys(full());
  await user.click(screen.getByRole("button", { name: "Rename" }));
  await settle();
  const field = screen.getByRole("textbox", { name: "Name" });
  await user.clear(field);
  await user.type(field, " {Enter}");
  await settle();
  expect(field.closest("form")).toHaveTextContent("A name needs at least one character");
  await user.type(field, "for the demo{Enter}");
  await settle();
  expect(row("for the demo")).toBeVisible();
});

test("an import says what is wrong with the key, and keeps it as typed", async () => {
  const { user } = await openKeys(full());
  await user.click(screen.getByRole("button", { name: "Import" }));
  await settle();
  const dialog = within(screen.getByRole("dialog", { name: "Import a private key" }));
  const field = dialog.getByRole("textbox");
  await user.type(field, "hello");
  await user.keyboard("{Control>}{Enter}{/Control}");
  await settle();
  expect(dialog.getByRole("alert")).toHaveTextContent("This key cannot be used: not a readable key.");
  expect(field).toHaveValue("hello");
  await user.clear(field);
  await user.type(field, "-----BEGIN ENCRYPTED PRIVATE KEY-----");
  await user.type(dialog.getByLabelText("Passphrase of the key"), "quiet");
  await user.keyboard("{Control>}{Enter}{/Control}");
  await settle();
  expect(screen.getByText("It has 2048 bits; an RSA key made here has 3072.")).toBeVisible();
  expect(row("new-4")).toHaveTextContent("RS256");
});

test("an encrypted key's passphrase can be cleared and typed anew", async () => {
  const { host, user } = await openKeys(full());
  const refused = wireError({ area: "keys", code: "encrypted" });
  host.importKey = async () => ({ status: "error", error: refused });
  await user.click(screen.getByRole("button", { name: "Import" }));
  await settle();
  const dialog = within(screen.getByRole("dialog", { name: "Import a private key" }));
  await user.type(dialog.getByRole("textbox"), "MIIJ");
  await user.click(dialog.getByRole("button", { name: /Import and use it/ }));
  await settle();
  const passphrase = dialog.getByLabelText("Passphrase of the key");
  await user.type(passphrase, "q");
  await user.clear(passphrase);
  expect(dialog.getByLabelText("Passphrase of the key")).toHaveFocus();
});

test("the private part is copied by the program, and never shown", async () => {
  const { host, user } = await openKeys(full());
  await user.click(screen.getByRole("button", { name: /Copy the private key/ }));
  await settle();
  expect(host.copied).toEqual(["private part of kid-of-access-2026-11"]);
  expect(screen.getByText("It leaves the clipboard in 60 s.")).toBeVisible();
});

test("a public key and the JWK Set are saved to a file that the program asks for", async () => {
  const { host, user } = await openKeys(full());
  const kid = "kid-of-access-2026-11";
  for (const [item, file] of [
    [/as JWK/, { kind: "jwk", kid }],
    [/as PEM/, { kind: "pem", kid }],
  ] as const) {
    await user.click(screen.getByRole("button", { name: "Save the public key" }));
    await settle();
    await user.click(screen.getByRole("menuitem", { name: item }));
    await settle();
    expect(host.keys.saved.at(-1)).toEqual(file);
    expect(screen.getByText(`/home/me/${file.kind}`)).toBeVisible();
  }
  await user.click(screen.getByRole("button", { name: "Save…" }));
  await settle();
  expect(host.keys.saved.at(-1)).toEqual({ kind: "jwk_set" });
  const problem = { area: "import", code: "not_written", file: "/x/jwks.json", system: "denied" } as const;
  host.savePublicKey = async () => ({ status: "error", error: wireError(problem) });
  await user.click(screen.getByRole("button", { name: "Save…" }));
  await settle();
  expect(screen.getByText("Could not save the JWK Set")).toBeVisible();
});

test("a shared secret has no public part to copy", async () => {
  const { user } = await openKeys(full());
  await user.click(row("refresh-2026-10"));
  await settle();
  expect(screen.queryByRole("button", { name: /Public JWK/ })).toBeNull();
  expect(screen.getByText(/nothing of it is published/)).toBeVisible();
});

test("a locked keyring leaves the keys in view and says what waits", async () => {
  const { user } = await openKeys(full(), { keyring: "locked" });
  await user.keyboard("{Escape}");
  await settle();
  expect(screen.getByText("GNOME Keyring locked", { selector: "main *" })).toBeVisible();
  expect(row("access-2026-11")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "See what can be done" }));
  await settle();
  expect(screen.getByRole("heading", { name: "GNOME Keyring is locked" })).toBeVisible();
});

test("keys that cannot be read are an error with a way on, never an empty view", async () => {
  const opened = await open({}, (host) => {
    const list = host.listKeys;
    let broken = true;
    host.listKeys = async (request) => {
      if (!broken) return list(request);
      broken = false;
      return { status: "error", error: storeError("failed", "workbench.db") };
    };
    host.keys.all = full();
  });
  await opened.user.keyboard("{Control>}4{/Control}");
  await settle();
  await opened.user.click(screen.getByRole("button", { name: "Try again" }));
  await settle();
  expect(row("access-2026-11")).toBeVisible();
});
