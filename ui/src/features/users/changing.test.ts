// Editing and deleting a user, an administrator's new password, and what explains a lock.
import { screen, within } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";
import { alice, open, pass, settle } from "../../../tests/window";
import { storeError } from "../../platform/fake/answers";

const people = [{ ...alice, active_sessions: 2, second_factor: "on" as const }, { username: "bob" }];

async function openUsers(prepare?: Parameters<typeof open>[1]) {
  const opened = await open({ users: people }, prepare);
  await opened.user.keyboard("{Control>}3{/Control}");
  await settle();
  return opened;
}
const dialog = () => within(screen.getByRole("dialog"));
const named = (host: Awaited<ReturnType<typeof open>>["host"], name: string) =>
  host.users.find((one) => one.username === name);

async function choose(user: Awaited<ReturnType<typeof open>>["user"], item: RegExp) {
  await user.click(screen.getByRole("button", { name: "More about alice" }));
  await settle();
  await user.click(screen.getByRole("menuitem", { name: item }));
  await settle();
}

describe("editing a user", () => {
  test("changes name, address and scopes, with the keyboard alone", async () => {
    const { host, user } = await openUsers();
    await user.keyboard("e");
    await settle();
    expect(dialog().getByRole("button", { name: /^Save/ })).toBeDisabled();
    await user.type(dialog().getByLabelText("Display name"), "Alice Archer");
    await user.type(dialog().getByLabelText("Email"), "alice@example.com");
    await user.click(dialog().getByRole("checkbox", { name: /items:write/ }));
    await user.keyboard("{Control>}{Enter}{/Control}");
    await settle();
    expect(screen.queryByRole("dialog")).toBeNull();
    const saved = { display_name: "Alice Archer", email: "alice@example.com", scopes: ["items:read"] };
    expect(named(host, "alice")).toMatchObject(saved);
    expect(screen.getByText("Saved alice")).toBeVisible();
  });

  test("a refusal stands beside its field and nothing typed is lost", async () => {
    const { host, user } = await openUsers();
    await user.keyboard("e");
    await settle();
    await user.type(dialog().getByLabelText("Display name"), "Alice");
    await user.type(dialog().getByLabelText("Email"), "alice");
    await user.keyboard("{Control>}{Enter}{/Control}");
    await settle();
    expect(dialog().getByLabelText("Email")).toHaveFocus();
    expect(dialog().getByLabelText("Email")).toHaveAccessibleDescription(/not an email address/);
    host.editUser = async () => ({ status: "error", error: storeError("full", "workbench.db") });
    await user.keyboard("{Control>}{Enter}{/Control}");
    await settle();
    expect(dialog().getByRole("alert")).toHaveTextContent("The disk that holds workbench.db is full");
    expect(dialog().getByLabelText("Display name")).toHaveValue("Alice");
  });

  test("says what others changed meanwhile, and that the user was deleted", async () => {
    const { host, user } = await openUsers();
    await user.keyboard("e");
    await settle();
    await user.type(dialog().getByLabelText("Display name"), "Alice");
    named(host, "alice")!.email = "a@elsewhere.example";
    host.emit("users");
    await settle();
    expect(dialog().getByRole("alert")).toHaveTextContent(
      "Somebody else set the email address to “a@elsewhere.example”",
    );
    host.users = host.users.filter((one) => one.username !== "alice");
    host.emit("users");
    await settle();
    expect(dialog().getByText("alice was deleted meanwhile.")).toBeVisible();
    expect(dialog().getByRole("button", { name: /^Save/ })).toBeDisabled();
    expect(dialog().getByLabelText("Display name")).toHaveValue("Alice");
    await user.click(dialog().getByText("Close", { selector: ".button span" }));
    await settle();
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  test("closing asks once something was typed, and a look at another view keeps it", async () => {
    const { user } = await openUsers();
    await user.keyboard("e");
    await settle();
    await user.type(dialog().getByLabelText("Display name"), "Al");
    await user.keyboard("{Control>}1{/Control}");
    await settle();
    expect(screen.queryByRole("dialog")).toBeNull();
    await user.keyboard("{Control>}3{/Control}");
    await settle();
    expect(dialog().getByLabelText("Display name")).toHaveValue("Al");
    await user.keyboard("{Escape}");
    await settle();
    expect(dialog().getByRole("button", { name: "Discard the changes?" })).toBeVisible();
    await user.keyboard("{Escape}");
    await settle();
    expect(screen.queryByRole("dialog")).toBeNull();
  });
});

describe("a password set by an administrator", () => {
  test("is generated, shown, copied as a secret and set; what it ends is said first", async () => {
    const { host, user } = await openUsers();
    await choose(user, /Set the password/);
    expect(
      dialog().getByText(/This ends 2 active sessions of alice. The second factor stays on./),
    ).toBeVisible();
    await user.click(dialog().getByRole("button", { name: "Generate" }));
    await settle();
    const field = dialog().getByLabelText("New password");
    expect(field).toHaveValue("k7wqm-3xbtz-aw9pf-mm2qz");
    expect(field).toHaveAttribute("type", "text");
    await user.click(dialog().getByRole("button", { name: "Copy" }));
    await settle();
    expect(host.copied).toEqual(["k7wqm-3xbtz-aw9pf-mm2qz"]);
    expect(screen.getByText("The password is copied")).toBeVisible();
    await user.keyboard("{Control>}{Enter}{/Control}");
    await settle();
    expect(host.passwords.get("alice")).toBe("k7wqm-3xbtz-aw9pf-mm2qz");
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  test("is rated while it is typed, and refused beside its field", async () => {
    const { host, user } = await openUsers();
    await choose(user, /Set the password/);
    await user.type(dialog().getByLabelText("New password"), "short");
    await pass(0.3);
    expect(dialog().getByText("Not accepted")).toBeVisible();
    await user.keyboard("{Control>}{Enter}{/Control}");
    await settle();
    expect(dialog().getByLabelText("New password")).toHaveValue("short");
    expect(dialog().getAllByText(/at least 8/)[0]).toBeVisible();
    expect(host.passwords.get("alice")).toBe("correct horse");
  });
});

describe("deleting a user", () => {
  test("says first what goes, and leaves the next one selected", async () => {
    const { host, user } = await openUsers();
    await user.keyboard("{Delete}");
    await settle();
    expect(dialog().getByText(/^2 active sessions/)).toBeVisible();
    expect(dialog().getByText(/^The second factor and its recovery codes/)).toBeVisible();
    await user.click(dialog().getByRole("button", { name: "Delete alice" }));
    await settle();
    expect(named(host, "alice")).toBeUndefined();
    expect(screen.getByText("Deleted alice")).toBeVisible();
    expect(screen.getByRole("button", { name: "Sign in as bob" })).toBeVisible();
  });

  test("a failure stays in the dialog, and a user who is gone already is told", async () => {
    const { host, user } = await openUsers();
    await user.keyboard("{Delete}");
    await settle();
    host.deleteUser = async () => ({ status: "error", error: storeError("busy", "workbench.db") });
    await user.click(dialog().getByRole("button", { name: "Delete alice" }));
    await settle();
    expect(dialog().getByText("Another program keeps workbench.db busy.")).toBeVisible();
    host.users = host.users.filter((one) => one.username !== "alice");
    host.emit("users");
    await settle();
    expect(dialog().getByText("alice was deleted meanwhile.")).toBeVisible();
    expect(dialog().queryByRole("button", { name: "Delete alice" })).toBeNull();
  });
});

test("the detail tells the second factor and the attempts that led to a lock, and keeps up", async () => {
  const now = Date.now();
  const { host } = await openUsers((host) => {
    host.security = {
      failures: 5,
      second_factor: {
        state: "on",
        algorithm: "SHA1",
        digits: 6,
        period_seconds: 30,
        confirmed_at_ms: now,
        recovery_codes_left: 7,
      },
      attempts: [
        { at_ms: now, outcome: "not_checked" },
        { at_ms: now - 1000, outcome: "wrong_code" },
      ],
    };
  });
  const attempts = within(screen.getByRole("region", { name: "Sign-in attempts of alice" }));
  expect(attempts.getAllByRole("listitem").map((one) => one.textContent)).toEqual([
    expect.stringMatching(/Not checked: locked$/),
    expect.stringMatching(/Wrong code$/),
  ]);
  expect(attempts.getByText("5 wrong in a row")).toBeVisible();
  const factor = within(screen.getByRole("region", { name: "Second factor of alice" }));
  expect(factor.getByText("TOTP SHA1, 6 digits, 30 s")).toBeVisible();
  expect(factor.getByText("7 of 10 left")).toBeVisible();
  host.security = { failures: 0, second_factor: { state: "off" }, attempts: [] };
  host.emit("users");
  await settle();
  expect(attempts.getByText("None yet")).toBeVisible();
});

test.each([
  ["Scopes", "scopes"],
  ["2FA", "second_factor"],
  ["Sessions", "sessions"],
  ["Lock", "lock"],
])("the column %s sorts the list", async (label, sort) => {
  const asked: string[] = [];
  const { user } = await openUsers((host) => {
    const list = host.listUsers;
    host.listUsers = (request) => {
      asked.push(request.sort);
      return list(request);
    };
  });
  await user.click(within(screen.getByRole("grid", { name: "Users" })).getByRole("button", { name: label }));
  await settle();
  expect(asked.at(-1)).toBe(sort);
  expect(screen.getByRole("columnheader", { name: label })).toHaveAttribute("aria-sort", "descending");
});
