import { screen, within } from "@testing-library/svelte";
import type { UserEvent } from "@testing-library/user-event";
import { describe, expect, test } from "vitest";
import { open, pass, settle } from "../../../tests/window";
import type { KeyringState } from "../../api/bindings.gen";
import { storeError } from "../../platform/fake/answers";

describe("a keyring that cannot be used", () => {
  test.each<[KeyringState, RegExp, RegExp]>([
    ["locked", /GNOME Keyring is locked/, /Signing keys live inside it/],
    ["absent", /No keyring service is running/, /Seal with a passphrase/],
    ["no_collection", /is not set up yet/, /no default keyring/],
    ["key_changed", /holds another key/, /will not be used/],
    ["passphrase_due", /sealed with a passphrase/, /opens it until the program ends/],
    ["denied", /refused access/, /Allow access/],
    ["slow", /does not answer/, /prompt/],
    ["failed", /failed/, /What the system said/],
    ["key_missing", /does not hold the signing key/, /never made silently/],
  ])("%s has a screen of its own at the start", async (keyring, title, advice) => {
    await open({ keyring, system: "it said so" });
    expect(screen.getByRole("heading", { level: 2, name: title })).toBeVisible();
    expect(screen.getByRole("main")).toHaveTextContent(advice);
    expect(screen.getByText("it said so")).toBeVisible();
  });

  test("Unlock is offered only where the system can be asked", async () => {
    await open({ keyring: "absent" });
    expect(screen.queryByRole("button", { name: /Unlock/ })).toBeNull();
    expect(screen.getByRole("button", { name: /Try again/ })).toBeVisible();
  });

  test("R tries again; once ready the view is back and a message says so", async () => {
    const { host, user } = await open({ keyring: "locked" });
    host.nextKeyring = "locked";
    await user.keyboard("r");
    await settle();
    expect(screen.getByRole("heading", { name: /is locked/ })).toBeVisible();
    host.nextKeyring = "ready";
    await user.keyboard("u");
    await settle();
    expect(screen.getByText("No verdict yet")).toBeVisible();
    expect(screen.getByText("GNOME Keyring is ready")).toBeVisible();
  });

  test("Escape goes on without keys, the status bar leads back, and sign-in leads there too", async () => {
    const { user } = await open({ keyring: "locked" });
    await user.keyboard("{Escape}");
    expect(screen.getByText("No verdict yet")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "GNOME Keyring locked" }));
    expect(screen.getByRole("heading", { name: /is locked/ })).toBeVisible();
    await user.keyboard("{Control>}3{/Control}");
    await settle();
    await user.keyboard("f");
    await settle();
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(screen.getByRole("heading", { name: /is locked/ })).toBeVisible();
  });

  test("while the first answer is due nothing is in the way; the screen comes with the answer", async () => {
    const { host } = await open({ keyring: "checking" });
    expect(screen.getByText("No verdict yet")).toBeVisible();
    host.keyring = { ...host.keyring, state: "locked" };
    host.emit("health");
    await settle();
    expect(screen.getByRole("heading", { name: /is locked/ })).toBeVisible();
  });

  test("trouble during work turns the status bar amber and leaves the view alone", async () => {
    const { host } = await open();
    host.keyring = { ...host.keyring, state: "locked" };
    host.emit("health");
    await settle();
    expect(screen.getByText("No verdict yet")).toBeVisible();
    expect(screen.getByRole("button", { name: "GNOME Keyring locked" })).toBeVisible();
  });

  test("a full disk is not blamed on the keyring, and sign-in is still tried", async () => {
    const { user } = await open({ keyring: "store_failed" });
    const main = screen.getByRole("main");
    expect(main).toHaveTextContent(/The disk that holds .* is full. Free some space/);
    expect(main).not.toHaveTextContent("GNOME Keyring");
    expect(main).toHaveTextContent("changes need the database");
    await user.keyboard("{Escape}");
    expect(screen.getByRole("button", { name: "Database failed" })).toBeVisible();
    await user.keyboard("{Control>}3{/Control}");
    await settle();
    await user.keyboard("f");
    await settle();
    expect(screen.getByRole("dialog")).toBeVisible();
  });

  test("what still works is true: verifying needs no key, editing does", async () => {
    await open({ keyring: "locked" });
    const meanwhile = screen.getByRole("list", { name: "Meanwhile" });
    expect(meanwhile).toHaveTextContent(/decodes and verifies any token/);
    expect(meanwhile).toHaveTextContent(/Edit & re-sign.*Paused/);
  });

  test("the screen takes the focus, and what follows it too", async () => {
    const { user } = await open({ keyring: "locked" });
    const pane = () => screen.getByRole("main").querySelector("[data-pane]");
    expect(pane()).toHaveFocus();
    await user.click(screen.getByRole("button", { name: /Continue without keys/ }));
    await settle();
    expect(pane()).toHaveFocus();
    await user.click(screen.getByRole("button", { name: "GNOME Keyring locked" }));
    await settle();
    expect(pane()).toHaveFocus();
  });

  test("a profile in memory says so", async () => {
    await open({ ephemeral: true });
    expect(within(screen.getByRole("contentinfo")).getByText(/in memory/)).toBeVisible();
  });
});

describe("another place for the keys", () => {
  test("a passphrase seals them; a weak one is refused where it was typed", async () => {
    const { host, user } = await open({ keyring: "absent", hasKeys: false });
    expect(screen.getByRole("main")).toHaveTextContent("no keys yet");
    await user.click(screen.getByRole("button", { name: "Seal with a passphrase" }));
    const field = screen.getByLabelText("Passphrase");
    expect(field, "the field that was asked for is ready to be typed in").toHaveFocus();
    expect(screen.getByRole("button", { name: /Try again/ }), "one primary button").not.toHaveClass(
      "primary",
    );
    const again = screen.getByLabelText("Passphrase again");
    await user.type(field, "short{Enter}");
    await settle();
    expect(again, "what is typed unseen is typed twice").toHaveFocus();
    await user.keyboard("shirt{Enter}");
    await settle();
    expect(again).toHaveAccessibleDescription(/not the same/);
    expect(host.keyring.kind).toBe("system");
    await user.clear(again);
    await user.type(again, "short");
    await user.click(screen.getByRole("button", { name: "Keep the keys there" }));
    await settle();
    expect(field).toHaveAccessibleDescription(/The passphrase is too short/);
    expect(field).toHaveFocus();
    expect(host.keyring.kind).toBe("system");
    await user.type(again, " but longer");
    await user.type(field, " but longer{Enter}");
    await settle();
    expect(host.keyring.kind).toBe("passphrase");
    expect(host.passphrase).toBe("short but longer");
    expect(screen.getByText("No verdict yet")).toBeVisible();
  });

  test("keys for this session only are asked for twice where keys are left behind, and marked", async () => {
    const { host, user } = await open({ keyring: "absent" });
    expect(screen.getByRole("main")).toHaveTextContent(/Sessions cannot be refreshed/);
    await user.click(screen.getByRole("button", { name: "This session only" }));
    await settle();
    expect(host.keyring.kind).toBe("system");
    await user.click(screen.getByRole("button", { name: "New keys for this session?" }));
    await settle();
    expect(host.keyring.kind).toBe("session");
    expect(within(screen.getByRole("contentinfo")).getByText("this session only")).toBeVisible();
    expect(screen.getByText("Keys of this session are ready")).toBeVisible();
  });

  test("a question is taken back by Escape, which does not leave the screen, and after four seconds", async () => {
    const { user } = await open({ keyring: "key_missing" });
    const ask = () => user.click(screen.getByRole("button", { name: "Make new keys" }));
    await ask();
    await user.keyboard("{Escape}");
    expect(screen.getByRole("button", { name: "Make new keys" })).toHaveFocus();
    await ask();
    await pass(3);
    expect(screen.getByRole("button", { name: "Make new keys? This ends all sessions" })).toBeVisible();
    await pass(2);
    expect(screen.getByRole("button", { name: "Make new keys" })).toBeVisible();
  });

  test("keys that ended with their session are not looked for: new ones are the first way out", async () => {
    await open({ keyring: "key_missing", wasSession: true });
    expect(screen.getByRole("heading", { name: "The keys of the last session are gone" })).toBeVisible();
    expect(screen.getByRole("main")).not.toHaveTextContent("Restore");
    expect(screen.getByRole("main")).toHaveTextContent(/Second factors .* cannot be checked/);
    expect(screen.getByRole("button", { name: "Make new keys" })).toHaveClass("primary");
  });

  test("a forgotten passphrase has a way out, which is asked for twice", async () => {
    const { host, user } = await open({ keyring: "passphrase_due" });
    expect(screen.queryByRole("button", { name: /Try again/ }), "the same file would answer").toBeNull();
    await user.click(screen.getByRole("button", { name: "Keep new keys in the keyring" }));
    expect(host.keyring.kind).toBe("passphrase");
    await user.click(
      screen.getByRole("button", { name: "Make new keys? Sessions cannot be refreshed then" }),
    );
    await settle();
    expect(host.keyring.kind).toBe("system");
    expect(screen.getByText("GNOME Keyring is ready")).toBeVisible();
  });

  test("the passphrase opens the keys; a wrong one says so and is asked for again", async () => {
    const { user } = await open({ keyring: "passphrase_due" });
    const field = screen.getByLabelText("Passphrase");
    expect(field).toHaveFocus();
    await user.type(field, "not this one{Enter}");
    await settle();
    expect(field).toHaveAccessibleDescription(/not the passphrase/);
    await user.clear(field);
    await user.type(field, "plaid lantern quorum{Enter}");
    await settle();
    expect(screen.getByText("No verdict yet")).toBeVisible();
  });

  test("a profile in memory is offered no other place", async () => {
    await open({ keyring: "failed", ephemeral: true });
    expect(screen.queryByRole("button", { name: "Seal with a passphrase" })).toBeNull();
  });

  test.each<KeyringState>(["key_missing", "key_changed"])(
    "%s: new keys are made after a second press",
    async (keyring) => {
      const { host, user } = await open({ keyring });
      await user.click(screen.getByRole("button", { name: "Make new keys" }));
      await settle();
      expect(host.keyring.state).toBe(keyring);
      await user.click(screen.getByRole("button", { name: "Make new keys? This ends all sessions" }));
      await settle();
      expect(host.keyring.state).toBe("ready");
      expect(screen.getByText("No verdict yet")).toBeVisible();
    },
  );
});

describe("a database that cannot be used", () => {
  test.each([
    ["damaged", /is damaged/],
    ["newer", /newer version/],
    ["read_only", /cannot be written/],
    ["full", /disk is full/],
    ["busy", /is busy/],
  ] as const)("%s takes the whole window, names the file and leaves it alone", async (code, title) => {
    await open({ storeProblem: storeError(code, "/profiles/default/workbench.db") });
    expect(screen.getByRole("heading", { level: 1, name: title })).toBeVisible();
    expect(screen.getByText("/profiles/default/workbench.db")).toBeVisible();
    expect(screen.getByText("The file is left exactly as it is.")).toBeVisible();
  });

  test("Try again opens it once it is well", async () => {
    const { host, user } = await open({ storeProblem: storeError("busy", "workbench.db") });
    host.storeProblem = null;
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await settle();
    expect(screen.getByText("No verdict yet")).toBeVisible();
  });
});

test("a keyring that is locked meanwhile is said, and the keys that were read still sign", async () => {
  const { host, user } = await open();
  host.keyring = { ...host.keyring, state: "locked", keys_at_hand: true, can_unlock: true };
  host.emit("health");
  await settle();
  await user.click(screen.getByRole("button", { name: "GNOME Keyring locked" }));
  const main = within(screen.getByRole("main"));
  expect(main.getByText(/stay in use until the program ends/)).toBeVisible();
  expect(main.getByText(/signs with the keys that were read before/)).toBeVisible();
  await user.keyboard("{Escape}{Control>}3{/Control}");
  await settle();
  await user.keyboard("f");
  await settle();
  expect(screen.getByRole("dialog")).toBeVisible();
});

describe("each view says what still works without the keys", () => {
  const notice = (within_: HTMLElement = screen.getByRole("main")) =>
    within(within_).getByTestId("keyring-notice");
  const go = async (user: UserEvent, digit: string) => {
    await user.keyboard(`{Control>}${digit}{/Control}`);
    await settle();
  };

  test.each([
    ["Sessions", "2", /can be viewed and revoked.*need the keys/],
    ["Users", "3", /can be viewed and changed.*second factor/],
    ["Keys", "4", /verified with their public parts.*need it/],
  ])("%s, which leads to the screen with the ways out", async (_, digit, sentence) => {
    const { user } = await open({ keyring: "locked" });
    await go(user, digit);
    expect(notice()).toHaveTextContent("GNOME Keyring locked");
    expect(notice()).toHaveTextContent(sentence);
    await user.click(within(notice()).getByRole("button", { name: "See what can be done" }));
    expect(screen.getByRole("heading", { name: /is locked/ })).toBeVisible();
  });

  test("the log, for which nothing is missing", async () => {
    const { user } = await open({ keyring: "locked" });
    await user.keyboard("{Escape}{Control>}j{/Control}");
    await settle();
    expect(notice(screen.getByRole("region", { name: "Activity" }))).toHaveTextContent(/needs no key/);
  });

  test("with the keys that were read before, sign-in says that it uses them", async () => {
    const { host, user } = await open();
    host.keyring = { ...host.keyring, state: "locked", keys_at_hand: true, can_unlock: true };
    host.emit("health");
    await settle();
    await go(user, "2");
    expect(notice()).toHaveTextContent(/revoked and refreshed/);
    await go(user, "3");
    expect(notice()).toHaveTextContent(/signing in uses the keys that were read before/);
    await user.keyboard("f");
    await settle();
    expect(notice(screen.getByRole("dialog"))).toHaveTextContent(/keys that were read before/);
  });

  test("a failed database is said instead, and nothing once all is well", async () => {
    const { host, user } = await open({ keyring: "store_failed" });
    await go(user, "3");
    expect(notice()).toHaveTextContent(/Database failed.*Changes and signing in need the database/);
    host.keyring = { ...host.keyring, state: "ready" };
    host.emit("health");
    await settle();
    expect(screen.queryByTestId("keyring-notice")).toBeNull();
  });
});
