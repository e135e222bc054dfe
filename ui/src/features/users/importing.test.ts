// Importing and exporting users, and the scope catalog.
import { screen, within } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";
import type { ImportPlanView } from "../../api/bindings.gen";
import { open, settle } from "../../../tests/window";
import { refuse, wireError } from "../../platform/fake/answers";

const plan: ImportPlanView = {
  format: "CSV",
  columns: ["login", "pw", "department"],
  fields: ["username", "password_hash", null],
  fingerprint: "first",
  lines: [
    {
      line: 2,
      username: "heidi",
      action: { kind: "create", scopes: ["items:read"] },
      hash: "$2b$12$Wm4k…",
      found: { kind: "hash", scheme: "bcrypt", cost: 12, outdated: true },
    },
    {
      line: 3,
      username: "alice",
      action: { kind: "update", kept: ["items:read"], added: ["users:admin"], removed: ["items:write"] },
      hash: "",
      found: { kind: "kept" },
    },
    {
      line: 4,
      username: "ol ivia",
      action: {
        kind: "refuse",
        why: wireError({ area: "users", code: "username_character", character: " " }),
      },
      hash: "",
      found: { kind: "not_looked_at" },
    },
  ],
};

async function openUsers(prepare?: Parameters<typeof open>[1]) {
  const opened = await open({}, prepare);
  await opened.user.keyboard("{Control>}3{/Control}");
  await settle();
  return opened;
}
type User = Awaited<ReturnType<typeof open>>["user"];
const dialog = () => within(screen.getByRole("dialog"));
const lines = () =>
  within(dialog().getByRole("grid", { name: "Lines of the file" }))
    .getAllByRole("row")
    .slice(1);

async function choose(user: User, item: RegExp) {
  await user.click(screen.getByRole("button", { name: "Import and export" }));
  await settle();
  await user.click(screen.getByRole("menuitem", { name: item }));
  await settle();
}
async function openFile(user: User) {
  await choose(user, /Import users/);
  await user.upload(dialog().getByLabelText("File of users"), new File(["login\nheidi"], "people.csv"));
  await settle();
}

describe("an import", () => {
  test("shows what each line would do and does it in one step", async () => {
    const { host, user } = await openUsers((host) => (host.importPlan = plan));
    await openFile(user);
    expect(host.planned.at(-1)).toEqual({ text: "login\nheidi", fields: null, update_scopes: true });
    expect(dialog().getByText("people.csv, 3 lines")).toBeVisible();
    expect(lines().map((line) => line.textContent?.replace(/\s+/g, " "))).toEqual([
      expect.stringContaining("Create"),
      expect.stringContaining("+ users:admin"),
      expect.stringContaining("A username cannot contain a space."),
    ]);
    expect(within(lines()[0] as HTMLElement).getByText("bcrypt, cost 12, upgraded")).toBeVisible();
    expect(lines()[1]).toHaveTextContent("− items:write");
    expect(lines().map((line) => line.classList.contains("bad"))).toEqual([false, false, true]);
    await user.click(dialog().getByRole("radio", { name: "Refused 1" }));
    await settle();
    expect(lines()).toHaveLength(1);
    await user.keyboard("{Control>}{Enter}{/Control}");
    await settle();
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(screen.getByText("Created 1 user, updated 1")).toBeVisible();
  });

  test("is asked anew for other columns, for existing users, and when users change", async () => {
    const { host, user } = await openUsers((host) => (host.importPlan = plan));
    await openFile(user);
    await user.click(dialog().getByRole("button", { name: "Change" }));
    await user.selectOptions(dialog().getByLabelText(/^pw/), "password");
    await settle();
    expect(host.planned.at(-1)?.fields).toEqual(["username", "password", null]);
    await user.click(dialog().getByRole("radio", { name: "Leave alone" }));
    await settle();
    expect(host.planned.at(-1)?.update_scopes).toBe(false);
    const before = host.planned.length;
    host.emit("users");
    await settle();
    expect(host.planned.length).toBeGreaterThan(before);
  });

  test("a refusal stays in the sheet with the list up to date", async () => {
    const { host, user } = await openUsers((host) => (host.importPlan = plan));
    await openFile(user);
    host.importUsers = async () => refuse(wireError({ area: "import", code: "changed" }));
    await user.click(dialog().getByRole("button", { name: /^Import 2 of 3/ }));
    await settle();
    expect(dialog().getByText(/have changed meanwhile, so nothing was imported/)).toBeVisible();
    expect(lines()).toHaveLength(3);
  });

  test("its report is saved to a file that the shell asks for", async () => {
    const { host, user } = await openUsers((host) => (host.importPlan = plan));
    await choose(user, /Import users/);
    expect(dialog().queryByRole("button", { name: "Save report" })).toBeNull();
    await user.upload(dialog().getByLabelText("File of users"), new File(["login\nheidi"], "people.csv"));
    await settle();
    await user.click(dialog().getByRole("radio", { name: "Leave alone" }));
    await user.click(dialog().getByRole("button", { name: "Save report" }));
    await settle();
    expect(host.reported).toEqual([{ text: "login\nheidi", fields: null, update_scopes: false }]);
    expect(screen.getByText("/home/me/import-report.csv")).toBeVisible();
    const problem = { area: "import", code: "not_written", file: "/x/report.csv", system: "denied" } as const;
    host.saveImportReport = async () => refuse(wireError(problem));
    await user.click(dialog().getByRole("button", { name: "Save report" }));
    await settle();
    expect(screen.getByText("Could not save the report")).toBeVisible();
    expect(dialog().getByText("people.csv, 3 lines")).toBeVisible();
  });

  test("a file that cannot be read says why, and nothing can be imported", async () => {
    const { user } = await openUsers();
    await openFile(user);
    expect(dialog().getByText("The file has no users.")).toBeVisible();
    expect(dialog().getByRole("button", { name: /^Import 0 of 0/ })).toBeDisabled();
  });
});

test("users are exported to a file that the shell asks for", async () => {
  const { host, user } = await openUsers();
  await choose(user, /Export without hashes/);
  expect(screen.getByText("/home/me/users.csv")).toBeVisible();
  const problem = { area: "import", code: "not_written", file: "/x/users.csv", system: "denied" } as const;
  host.exportUsers = async () => refuse(wireError(problem));
  await choose(user, /Export without hashes/);
  expect(screen.getByText(/could not be written/)).toBeVisible();
});

describe("the scope catalog", () => {
  test("says where a scope is used, adds, renames and deletes", async () => {
    const { host, user } = await openUsers((host) => {
      const [read, ...others] = host.scopeUses;
      if (read)
        host.scopeUses = [
          { ...read, holders: 5, first_holders: ["alice", "bob", "carol"], policies: ["Orders"] },
          ...others,
        ];
    });
    await user.click(screen.getByRole("button", { name: "Scope catalog" }));
    await settle();
    expect(
      dialog().getByText("Held by alice, bob, carol and 2 more. Required by the policy Orders."),
    ).toBeVisible();
    await user.click(dialog().getByRole("button", { name: "New scope" }));
    await user.type(dialog().getByLabelText("Name"), "two words");
    await user.click(dialog().getByRole("button", { name: "Save scope" }));
    await settle();
    expect(dialog().getByLabelText("Name")).toHaveAccessibleDescription(/cannot contain a space/);
    expect(dialog().getByLabelText("Name")).toHaveValue("two words");
    await user.clear(dialog().getByLabelText("Name"));
    await user.type(dialog().getByLabelText("Name"), "orders:all{Enter}");
    await settle();
    expect(host.scopeUses.map((one) => one.name)).toContain("orders:all");

    await user.click(dialog().getByRole("button", { name: "Edit items:read" }));
    await user.type(dialog().getByLabelText("Name"), "-all");
    expect(dialog().getByText(/Holders keep it under a new name/)).toBeVisible();
    await user.click(dialog().getByRole("button", { name: "Save scope" }));
    await settle();
    expect(host.scopeUses[0]?.name).toBe("items:read-all");

    await user.click(dialog().getAllByRole("button", { name: "Delete" })[0] as HTMLElement);
    await user.click(dialog().getByRole("button", { name: "Delete items:read-all, used as below?" }));
    await settle();
    expect(host.scopeUses.map((one) => one.name)).not.toContain("items:read-all");
  });
});
