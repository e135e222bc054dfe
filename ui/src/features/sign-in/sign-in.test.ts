import { screen, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { alice, open, pass, settle } from "../../../tests/window";
import { wireError } from "../../platform/fake/answers";

const dialog = () => within(screen.getByRole("dialog"));

async function openDialog(options: Parameters<typeof open>[0] = {}) {
  const opened = await open({ users: [{ ...alice, password: "correct horse" }], ...options });
  await opened.user.keyboard("{Control>}3{/Control}");
  await settle();
  await opened.user.keyboard("f");
  await settle();
  return opened;
}

test("signing in with the keyboard alone leads to the new token, accepted and counting", async () => {
  const { user } = await openDialog();
  expect(dialog().getByLabelText("Password")).toHaveFocus();
  await user.keyboard("correct horse{Enter}");
  await settle();
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Inspect");
  expect(screen.getByRole("heading", { name: "Accepted" })).toBeVisible();
  expect(screen.getByText("15:00")).toBeVisible();
  expect(screen.getByText("Signed in as alice")).toBeVisible();
  expect(document.activeElement?.closest("[data-pane]")).toHaveAccessibleName("Verdict");
});

test("the dialog says that the password grant is for tests", async () => {
  await openDialog();
  expect(dialog().getByText(/password grant, which is for tests: RFC 9700/)).toBeVisible();
});

test("only the scopes left on are asked for", async () => {
  const { host, user } = await openDialog();
  await user.click(dialog().getByRole("checkbox", { name: /items:write/ }));
  const asked: unknown[] = [];
  const signIn = host.signIn;
  host.signIn = (request) => {
    asked.push(request.scopes);
    return signIn(request);
  };
  await user.type(dialog().getByLabelText("Password"), "correct horse{Enter}");
  await settle();
  expect(asked).toEqual([["items:read"]]);
});

test("a wrong password is said in the dialog, which stays with the field chosen", async () => {
  const { user } = await openDialog();
  await user.keyboard("wrong{Enter}");
  await settle();
  expect(dialog().getByRole("alert")).toHaveTextContent("Incorrect password.");
  expect(dialog().getByLabelText("Password")).toHaveFocus();
  expect(dialog().getByLabelText("Password")).toHaveValue("wrong");
});

test("a user who is switched off is told apart, since the password was right", async () => {
  const { user } = await openDialog({ users: [{ ...alice, active: false, password: "correct horse" }] });
  await user.keyboard("correct horse{Enter}");
  await settle();
  expect(dialog().getByRole("alert")).toHaveTextContent("alice is switched off");
});

test("a keyring that fails meanwhile leads to its screen", async () => {
  const { host, user } = await openDialog();
  host.signIn = async () => ({ status: "error", error: wireError({ area: "keyring", code: "locked" }) });
  host.nextKeyring = "locked";
  await user.keyboard("correct horse{Enter}");
  await settle();
  await user.click(dialog().getByRole("button", { name: "See what can be done" }));
  await settle();
  expect(screen.getByRole("heading", { name: "GNOME Keyring is locked" })).toBeVisible();
});

test.each(["key_changed", "passphrase_due"] as const)(
  "%s leads to the keyring's screen too",
  async (code) => {
    const { host, user } = await openDialog();
    host.signIn = async () => ({ status: "error", error: wireError({ area: "keyring", code }) });
    await user.keyboard("correct horse{Enter}");
    await settle();
    expect(dialog().getByRole("button", { name: "See what can be done" })).toBeVisible();
  },
);

test("the password is gone once the dialog closes", async () => {
  const { user } = await openDialog();
  await user.keyboard("secret{Escape}");
  await settle();
  await user.keyboard("f");
  await settle();
  expect(dialog().getByLabelText("Password")).toHaveValue("");
});

test("a locked user is not told that the right password is wrong, and the lock can be ended there", async () => {
  const { host, user } = await openDialog({
    users: [{ ...alice, password: "correct horse", lock: { kind: "until", ms: Date.now() + 3_595_000 } }],
  });
  expect(dialog().getByText("Locked for another 59 m 55 s after wrong passwords or codes.")).toBeVisible();
  const signIn = host.signIn;
  host.signIn = async () => ({
    status: "error",
    error: wireError({ area: "sign_in", code: "wrong_credentials" }),
  });
  await user.keyboard("correct horse{Enter}");
  await settle();
  expect(dialog().queryByText(/Incorrect/), "nobody looked at it").toBeNull();

  host.signIn = signIn;
  await user.click(dialog().getByRole("button", { name: "End the lock" }));
  await settle();
  expect(host.users[0]?.lock).toBeNull();
  expect(dialog().getByText(/was not looked at/)).toBeVisible();
  expect(dialog().getByLabelText("Password")).toHaveFocus();
  await user.keyboard("{Enter}");
  await settle();
  expect(screen.getByText("Signed in as alice")).toBeVisible();
});

test("after the password a code is asked for, and the right one signs in", async () => {
  const { host, user } = await openDialog();
  host.factors.set("alice", "136941");
  await user.keyboard("correct horse{Enter}");
  await settle();
  const code = dialog().getByLabelText("Code of the authenticator");
  expect(code).toHaveFocus();
  expect(dialog().getByText("5:00")).toBeVisible();
  await user.keyboard("136942");
  await settle();
  expect(dialog().getByRole("alert")).toHaveTextContent("The code is not right.");
  expect(code, "a code is typed anew").toHaveValue("");
  await user.keyboard("136941");
  await settle();
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(screen.getByText("Signed in as alice")).toBeVisible();
});

test("a recovery code can be given instead", async () => {
  const { host, user } = await openDialog();
  host.factors.set("alice", "k7qd-3m9x");
  await user.keyboard("correct horse{Enter}");
  await settle();
  await user.click(dialog().getByRole("button", { name: "Use a recovery code instead" }));
  await settle();
  expect(dialog().getByLabelText("Recovery code")).toHaveFocus();
  await user.keyboard("k7qd-3m9{Enter}");
  await settle();
  expect(dialog().getByRole("alert")).toHaveTextContent(
    "The recovery code is not right. Type its 10 letters and digits",
  );
  await user.keyboard("x{Enter}");
  await settle();
  expect(screen.getByText("Signed in as alice")).toBeVisible();
});

test("a sign-in that took too long begins again with the password", async () => {
  const { host, user } = await openDialog();
  host.factors.set("alice", "136941");
  await user.keyboard("correct horse{Enter}");
  await settle();
  host.confirmSignIn = async () => ({
    status: "error",
    error: wireError({ area: "sign_in", code: "pending_invalid" }),
  });
  await user.keyboard("136941");
  await settle();
  expect(dialog().getByLabelText("Password")).toHaveFocus();
  expect(dialog().getByRole("alert")).toHaveTextContent("Start again with the password");
});

test("when the time for the code is over, starting over is what is left to do", async () => {
  const { host, user } = await openDialog();
  host.factors.set("alice", "136941");
  await user.keyboard("correct horse{Enter}");
  await settle();
  await pass(301);
  expect(dialog().queryByRole("textbox")).toBeNull();
  expect(dialog().getByRole("button", { name: /Start over/ })).toHaveFocus();
  await user.keyboard("{Enter}");
  await settle();
  expect(dialog().getByLabelText("Password")).toHaveFocus();
});

test("the pending token can be looked at", async () => {
  const { host, user } = await openDialog();
  host.factors.set("alice", "136941");
  await user.keyboard("correct horse{Enter}");
  await settle();
  await user.click(dialog().getByRole("button", { name: "Inspect the pending token" }));
  await settle();
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Inspect");
});

test("what is not a whole code is not sent, so it does not count as a wrong one", async () => {
  const { host, user } = await openDialog();
  host.factors.set("alice", "136941");
  await user.keyboard("correct horse{Enter}");
  await settle();
  const sent: string[] = [];
  host.confirmSignIn = async (_pending, code) => {
    sent.push(code);
    return { status: "error", error: wireError({ area: "sign_in", code: "wrong_code" }) };
  };
  await user.keyboard("136{Enter}");
  await settle();
  await user.paste("1369411234");
  await settle();
  expect(sent).toEqual([]);
  await user.click(dialog().getByRole("button", { name: "Use a recovery code instead" }));
  await user.keyboard("{Enter}");
  await settle();
  expect(sent).toEqual([]);
});
