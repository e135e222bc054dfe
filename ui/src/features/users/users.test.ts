import { screen, within } from "@testing-library/svelte";
import { describe, expect, test, vi } from "vitest";
import { resize } from "../../../tests/setup";
import { alice, open, pass, settle } from "../../../tests/window";
import { storeError } from "../../platform/fake/answers";

const people = [
  { ...alice, last_sign_in_at_ms: Date.parse("2026-11-23T11:00:00Z"), active_sessions: 1 },
  { username: "bob", scopes: ["items:read"] },
  { username: "carol", active: false },
];

async function openUsers(options: Parameters<typeof open>[0] = {}, prepare?: Parameters<typeof open>[1]) {
  const opened = await open({ users: people, ...options }, prepare);
  await opened.user.keyboard("{Control>}3{/Control}");
  await settle();
  return opened;
}
const rows = () =>
  within(screen.getByRole("grid", { name: "Users" }))
    .getAllByRole("row")
    .slice(1);
const names = () => rows().map((row) => row.querySelector(".user")?.textContent);
const dialog = () => within(screen.getByRole("dialog"));

describe("the table", () => {
  test("shows who may do what, and how many there are", async () => {
    await openUsers();
    expect(names()).toEqual(["alice", "bob", "carol"]);
    expect(screen.getByText("3 in this profile")).toBeVisible();
    expect(rows()[2]?.querySelector(".on")).toHaveTextContent("Off");
    expect(rows()[2]?.querySelector(".factor")).toHaveTextContent("Off");
    expect(within(rows()[2] as HTMLElement).getByText("never")).toBeVisible();
  });

  test("filters by name or scope from the keyboard, and Escape takes the filter away", async () => {
    const { user } = await openUsers();
    await user.keyboard("/items:w");
    await settle();
    expect(names()).toEqual(["alice"]);
    await user.keyboard("{Escape}");
    await settle();
    expect(names()).toHaveLength(3);
    await settle();
    expect(rows()[0]).toHaveFocus();
  });

  test("the space bar chooses a row and does not scroll the list", async () => {
    const { user } = await openUsers();
    rows()[0]?.focus();
    const pressed = new KeyboardEvent("keydown", { key: " ", bubbles: true, cancelable: true });
    rows()[0]?.dispatchEvent(pressed);
    expect(pressed.defaultPrevented).toBe(true);
    await user.keyboard("{ArrowDown} ");
    expect(rows()[1]).toHaveAttribute("aria-selected", "true");
  });

  test("sorts by a column, and the other way when it is pressed again", async () => {
    const { user } = await openUsers();
    const header = (name: string) => screen.getByRole("columnheader", { name });
    expect(header("User")).toHaveAttribute("aria-sort", "ascending");
    await user.click(screen.getByRole("button", { name: "Active" }));
    await settle();
    expect(names().at(-1)).toBe("carol");
    expect(header("Active")).toHaveAttribute("aria-sort", "descending");
    await user.click(screen.getByRole("button", { name: "Active" }));
    await settle();
    expect(names()[0]).toBe("carol");
  });

  test("of ten thousand users only those in sight are drawn, with one request for a page", async () => {
    const many = Array.from({ length: 10_000 }, (_, at) => ({
      username: `user${String(at).padStart(5, "0")}`,
    }));
    const asked: (string | null)[] = [];
    const { host } = await openUsers({ users: many }, (host) => {
      const list = host.listUsers;
      host.listUsers = (request) => {
        asked.push(request.after);
        return list(request);
      };
    });
    const looked = vi.spyOn(host, "showUser");
    expect(screen.getByText(/^10.000 in this profile$/)).toBeVisible();
    expect(screen.getByRole("grid", { name: "Users" })).toHaveAttribute("aria-rowcount", "10001");
    expect(rows().length).toBeLessThan(60);
    const scroller = rows()[0]?.closest('[role="rowgroup"]') as HTMLElement;
    for (const page of [1, 2, 3]) {
      scroller.scrollTop = page * 200 * 40 - 400;
      scroller.dispatchEvent(new Event("scroll"));
      await settle();
    }
    expect(names()).toContain("user00599");
    expect(rows().length).toBeLessThan(60);
    expect([asked, looked.mock.calls]).toEqual([[null, "200", "400", "600"], []]);
  });

  test("a list that is filtered begins at its top", async () => {
    const many = Array.from({ length: 300 }, (_, at) => ({ username: `user${String(at).padStart(3, "0")}` }));
    const { user } = await openUsers({ users: many });
    const scroller = rows()[0]?.closest('[role="rowgroup"]') as HTMLElement;
    scroller.scrollTop = 400;
    await user.type(screen.getByRole("searchbox"), "user1");
    await settle();
    expect(scroller.scrollTop).toBe(0);
    expect(screen.getByText("100 of 300")).toBeVisible();
  });

  test("arrows move through the rows and the detail follows", async () => {
    const { user } = await openUsers();
    (rows()[0] as HTMLElement).focus();
    await user.keyboard("{ArrowDown}");
    expect(rows()[1]).toHaveFocus();
    expect(rows()[1]).toHaveAttribute("aria-selected", "true");
    expect(screen.getByRole("button", { name: "Sign in as bob" })).toBeVisible();
  });

  test("without users it says so and offers to make one", async () => {
    await openUsers({ users: [] });
    expect(screen.getByText("No users yet")).toBeVisible();
    expect(screen.getByRole("button", { name: /New user/ })).toBeVisible();
  });

  test("what another process changed appears by itself", async () => {
    const { host } = await openUsers();
    host.users.push({ ...host.users[0]!, username: "dave" });
    host.emit("data");
    await settle();
    expect(names()).toContain("dave");
  });

  test("in a narrow window Enter opens the detail as a drawer", async () => {
    resize(1000);
    const { user } = await openUsers();
    (rows()[1] as HTMLElement).focus();
    await user.keyboard("{Enter}");
    await settle();
    expect(dialog().getByRole("heading", { name: "bob" })).toBeVisible();
    await user.keyboard("e");
    await settle();
    expect(screen.getByRole("dialog", { name: "Edit bob" })).toBeVisible();
  });
});

describe("switching a user off", () => {
  test("asks first when that ends sessions, for four seconds", async () => {
    const { host, user } = await openUsers();
    await user.click(screen.getByRole("switch", { name: "alice is active" }));
    expect(screen.getByRole("button", { name: "End alice’s sessions?" })).toBeVisible();
    await pass(5);
    expect(screen.getByRole("switch", { name: "alice is active" })).toBeChecked();
    await user.click(screen.getByRole("switch", { name: "alice is active" }));
    await user.click(screen.getByRole("button", { name: "End alice’s sessions?" }));
    await settle();
    expect(host.users.find((one) => one.username === "alice")?.active).toBe(false);
    expect(screen.getByRole("switch", { name: "alice is active" })).not.toBeChecked();
  });

  test("asks nothing of someone who has no sessions", async () => {
    const { host, user } = await openUsers();
    await user.click(screen.getByRole("switch", { name: "bob is active" }));
    await settle();
    expect(host.users.find((one) => one.username === "bob")?.active).toBe(false);
  });

  test("a refused change is taken back and explained", async () => {
    const { host, user } = await openUsers();
    host.setUserScopes = async () => ({ status: "error", error: storeError("busy", "workbench.db") });
    await user.click(screen.getByRole("checkbox", { name: /users:admin/ }));
    await settle();
    expect(screen.getByRole("checkbox", { name: /users:admin/ })).not.toBeChecked();
    expect(screen.getByText("Another program keeps workbench.db busy.")).toBeVisible();
  });

  test("scopes are changed in order, one after the other", async () => {
    const { host, user } = await openUsers();
    await user.click(screen.getByRole("checkbox", { name: /users:admin/ }));
    await user.click(screen.getByRole("checkbox", { name: /items:read/ }));
    await settle();
    expect(host.users.find((one) => one.username === "alice")?.scopes).toEqual([
      "items:write",
      "users:admin",
    ]);
  });
});

describe("a locked user", () => {
  test("is told with the way out, and the lock is ended from there", async () => {
    const { host, user } = await openUsers({ users: [{ ...alice, lock: { kind: "until_reset" } }] });
    expect(screen.getByText(/Locked after too many wrong/)).toBeVisible();
    const row = within(screen.getByRole("row", { name: /alice/ }));
    expect(row.getByText("Locked"), "the table says it too").toBeVisible();
    await user.click(screen.getByRole("button", { name: "End the lock" }));
    await settle();
    expect(host.users[0]?.lock).toBeNull();
    expect(screen.queryByText(/Locked/)).toBeNull();
    expect(screen.getByRole("button", { name: "Sign in as alice" }), "the next thing to do").toHaveFocus();
  });

  test("a lock that ends by itself is counted down and gone", async () => {
    await openUsers({ users: [{ ...alice, lock: { kind: "until", ms: Date.now() + 3_000 } }] });
    expect(screen.getByText(/Locked for another/)).toBeVisible();
    await pass(5);
    expect(screen.queryByText(/Locked for/)).toBeNull();
  });
});

describe("a new user", () => {
  async function fill(user: Awaited<ReturnType<typeof open>>["user"], name: string, password: string) {
    await user.keyboard("n");
    await settle();
    await user.type(dialog().getByLabelText("Username"), name);
    await user.type(dialog().getByLabelText("Password"), password);
  }

  test("is made from the keyboard and chosen", async () => {
    const { user } = await openUsers();
    await fill(user, "erin", "four unrelated words");
    await user.click(dialog().getByRole("checkbox", { name: /items:read/ }));
    await user.keyboard("{Control>}{Enter}{/Control}");
    await settle();
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(names()).toContain("erin");
    expect(screen.getByRole("button", { name: "Sign in as erin" })).toBeVisible();
    expect(screen.getByText("Created erin")).toBeVisible();
  });

  test("is in the list with the focus on it where the button that opened the form is gone", async () => {
    const { user } = await openUsers({ users: [] });
    await user.click(screen.getByRole("button", { name: /New user/ }));
    await settle();
    await user.type(dialog().getByLabelText("Username"), "erin");
    await user.type(dialog().getByLabelText("Password"), "four unrelated words");
    await user.keyboard("{Control>}{Enter}{/Control}");
    await settle();
    expect(rows()[0]).toHaveFocus();
  });

  test("is shown at once and kept up to date, however far down the list", async () => {
    const many = Array.from({ length: 300 }, (_, at) => ({ username: `a${at}` }));
    const { host, user } = await openUsers({ users: many });
    await fill(user, "zoe", "four unrelated words");
    await user.keyboard("{Control>}{Enter}{/Control}");
    await settle();
    expect(screen.getByRole("button", { name: "Sign in as zoe" })).toBeVisible();
    expect(names()).not.toContain("zoe");
    await user.click(screen.getByRole("checkbox", { name: /items:read/ }));
    await settle();
    expect(screen.getByRole("checkbox", { name: /items:read/ })).toBeChecked();
    host.users.find((one) => one.username === "zoe")!.lock = { kind: "until_reset" };
    host.emit("users");
    await settle();
    expect(screen.getByText(/Locked after too many wrong/)).toBeVisible();
  });

  test.each([
    ["alice", "four unrelated words", "Username", /is taken/],
    ["bad name", "four unrelated words", "Username", /cannot contain a space\./],
    ["erin", "short", "Password", /at least 8/],
  ])(
    "a refusal of %s / %s stands beside its field, nothing typed is lost",
    async (name, password, field, words) => {
      const { user } = await openUsers();
      await fill(user, name, password);
      await user.click(dialog().getByRole("button", { name: /Create user/ }));
      await settle();
      expect(dialog().getByLabelText(field)).toHaveFocus();
      expect(dialog().getByLabelText(field)).toHaveAccessibleDescription(words);
      expect(dialog().getByLabelText("Username")).toHaveValue(name);
      expect(dialog().getByLabelText("Password")).toHaveValue(password);
    },
  );

  test("the password is rated once typing pauses, with the policy's refusal", async () => {
    const { host, user } = await openUsers();
    const rate = vi.spyOn(host, "ratePassword");
    await fill(user, "erin", "abc");
    await pass(0.3);
    expect(rate).toHaveBeenCalledTimes(1);
    expect(dialog().getByText("Not accepted")).toBeVisible();
  });

  test("what was typed survives a look at another view, the password does not", async () => {
    const { user } = await openUsers();
    await fill(user, "erin", "four unrelated words");
    const rail = within(screen.getByRole("navigation", { hidden: true }));
    await user.click(rail.getByRole("button", { name: /^Inspect/, hidden: true }));
    await settle();
    await user.click(screen.getByRole("button", { name: /^Users/ }));
    await settle();
    expect(dialog().getByLabelText("Username")).toHaveValue("erin");
    expect(dialog().getByLabelText("Password")).toHaveValue("");
  });

  test("Escape asks before it throws away what was typed", async () => {
    const { user } = await openUsers();
    await fill(user, "erin", "four unrelated words");
    await user.keyboard("{Escape}");
    await settle();
    expect(dialog().getByRole("button", { name: "Discard this user?" })).toBeVisible();
    await user.keyboard("{Escape}");
    await settle();
    expect(screen.queryByRole("dialog")).toBeNull();
  });
});

test("a change leaves the list in the order in which the engine gives it", async () => {
  const sorted = ["a-b", "a.b", "a1", "A_b", "ab"];
  const { user } = await openUsers({ users: sorted.map((username) => ({ username })) });
  expect(names()).toEqual(sorted);
  for (const username of sorted)
    await user.click(screen.getByRole("switch", { name: `${username} is active` }));
  expect(names()).toEqual(sorted);
});

describe("what is read of the chosen user", () => {
  const factor = () => screen.queryByText("none: the password alone signs in");

  test("is shown although the answer about the one before comes later", async () => {
    const { host, user } = await openUsers();
    const read = host.userSecurity;
    let late: (() => void) | undefined;
    const waits = new Promise<void>((resolve) => (late = resolve));
    host.userSecurity = async (username) => {
      if (username === "bob") await waits;
      return read(username);
    };
    await user.click(screen.getByRole("gridcell", { name: "bob" }));
    await settle();
    expect(factor()).toBeNull();
    await user.click(rows()[0] as HTMLElement);
    await settle();
    late?.();
    await settle();
    expect(factor()).toBeVisible();
  });

  test("says why it cannot be read", async () => {
    const { host, user } = await openUsers();
    const read = host.userSecurity;
    host.userSecurity = async () => ({ status: "error", error: storeError("failed", "workbench.db") });
    await user.click(screen.getByRole("gridcell", { name: "bob" }));
    await settle();
    expect(screen.getByText(/workbench\.db/)).toBeVisible();
    host.userSecurity = read;
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await settle();
    expect(factor()).toBeVisible();
  });
});

test("the focus stays on its user where others arrive before, and goes to another when that one is deleted", async () => {
  const { host, user } = await openUsers({ users: [{ username: "bob" }, { username: "carol" }] });
  (rows()[0] as HTMLElement).focus();
  await user.keyboard("{ArrowDown}");
  await settle();
  expect(document.activeElement).toHaveTextContent(/^carol/);
  const [bob] = host.users;
  if (bob) host.users.unshift({ ...bob, username: "alice" });
  host.emit("users");
  await settle();
  expect(document.activeElement).toHaveTextContent(/^carol/);
  host.users.pop();
  host.emit("users");
  await settle();
  expect(document.activeElement).toHaveTextContent(/^alice/);
  expect(document.activeElement).toHaveAttribute("aria-selected", "true");
});
