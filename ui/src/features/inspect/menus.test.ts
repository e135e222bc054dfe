import { fireEvent, screen, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { open, paste, row, settle, verdict } from "../../../tests/window";
import { refuse, wireError } from "../../platform/fake/answers";
import { texts } from "../../platform/fake/recorded";
import { pathOf } from "./menus";

const menu = () => screen.getByRole("menu");
const entries = () =>
  within(menu())
    .getAllByRole("menuitem")
    .map((item) => item.textContent.trim());

async function secondary(element: Element): Promise<void> {
  await fireEvent.contextMenu(element, { button: 2, clientX: 300, clientY: 200 });
  await settle();
}

test("the menu of a claim copies its value, name, JSON and path", async () => {
  const { host, user } = await open();
  await paste(texts.valid);
  for (const [label, copied] of [
    ["Copy value", "alice"],
    ["Copy name", "sub"],
    ["Copy as JSON", '{"sub": "alice"}'],
    ["Copy path", "$.sub"],
    ["Copy address of the reference", "https://www.rfc-editor.org/rfc/rfc7519.html#section-4.1.2"],
  ] as const) {
    await secondary(row("sub"));
    expect(menu()).toHaveAccessibleName("sub");
    await user.click(within(menu()).getByRole("menuitem", { name: label }));
    await settle();
    expect(host.copied.at(-1)).toBe(copied);
  }
  await secondary(row("exp"));
  expect(entries()).toContain("Copy as UTC time");
});

test("the menu opens by key, moves by key, and gives the focus back", async () => {
  const { host, user } = await open();
  await paste(texts.valid);
  row("sub").focus();
  await user.keyboard("{Shift>}{F10}{/Shift}");
  await settle();
  expect(menu()).toHaveAccessibleName("sub");
  await user.keyboard("{ArrowDown}{Enter}");
  await settle();
  expect(screen.queryByRole("menu")).toBeNull();
  expect(["alice", "sub"]).toContain(host.copied.at(-1));
  expect(row("sub")).toHaveFocus();
  await user.keyboard("{ContextMenu}");
  await settle();
  expect(menu()).toBeVisible();
  await user.keyboard("{Escape}");
  await settle();
  expect(screen.queryByRole("menu")).toBeNull();
});

test("a row offers to copy its value and its menu while the pointer or the focus is in it", async () => {
  const { host, user } = await open();
  await paste(texts.valid);
  await user.hover(row("sub"));
  await user.click(within(row("sub")).getByRole("button", { name: "Copy value of sub" }));
  expect(host.copied).toEqual(["alice"]);
  await user.click(within(row("sub")).getByRole("button", { name: "More for sub" }));
  await settle();
  expect(entries()).toContain("Copy path");
});

test("token, verdict, checks and findings have menus of their own, and none is the web view's", async () => {
  const { host, user } = await open();
  await paste(texts.weak);
  const list = within(screen.getByRole("region", { name: "Findings" })).getAllByRole("listitem");
  for (const [element, entry, copied] of [
    [screen.getByRole("textbox", { name: "Token" }), "Copy token", texts.weak],
    [verdict().getByRole("heading", { level: 2, name: "Not verified" }), "Copy verdict", /^Not verified: /],
    [verdict().getByRole("button", { name: /^Signature/ }), "Copy reason", /./],
    [list[0] as HTMLElement, "Copy message", /trustno1/],
  ] as const) {
    const own = new MouseEvent("contextmenu", { bubbles: true, cancelable: true, button: 2, clientX: 9 });
    expect(element.dispatchEvent(own)).toBe(false);
    await settle();
    await user.click(within(menu()).getByRole("menuitem", { name: entry }));
    await settle();
    expect(host.copied.at(-1)).toMatch(copied);
  }
});

test("what is selected in the token is copied alone", async () => {
  const { host, user } = await open();
  await paste(texts.valid);
  const field = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Token" });
  field.setSelectionRange(0, 10);
  await secondary(field);
  await user.click(within(menu()).getByRole("menuitem", { name: "Copy selection" }));
  await settle();
  expect(host.copied.at(-1)).toBe(texts.valid.slice(0, 10));
});

test("a path names a claim whatever its name is", () => {
  expect(pathOf("sub")).toBe("$.sub");
  expect(pathOf("https://acme.example/roles")).toBe("$['https://acme.example/roles']");
  expect(pathOf("it's")).toBe("$['it\\'s']");
});

test("other menus open after it", async () => {
  const { user } = await open();
  await paste(texts.valid);
  await secondary(row("sub"));
  await user.keyboard("{Escape}");
  await settle();
  await user.click(screen.getByRole("button", { name: /^Appearance/ }));
  await settle();
  expect(screen.getByRole("menuitemradio", { name: "Dark" })).toBeVisible();
});

test("a reference opens in the browser, from the claim, its menu, a check and a finding", async () => {
  const { host, user } = await open();
  await paste(texts.weak);
  const sub = "https://www.rfc-editor.org/rfc/rfc7519.html#section-4.1.2";
  await user.hover(row("sub"));
  await user.click(within(row("sub")).getByRole("button", { name: "Open 7519 §4.1.2" }));
  expect(host.opened).toEqual([sub]);
  expect(row("sub")).toHaveAttribute("aria-selected", "false");
  await secondary(row("sub"));
  await user.click(within(menu()).getByRole("menuitem", { name: "Open reference" }));
  expect(host.opened).toEqual([sub, sub]);
  for (const part of ["Findings", "Verdict"]) {
    const [first] = within(screen.getByRole("region", { name: part })).getAllByRole("button", {
      name: /^Open RFC/,
    });
    await user.click(first as HTMLElement);
  }
  expect(host.opened).toHaveLength(4);
  expect(host.copied).toEqual([]);
});

test("a browser that does not start is told", async () => {
  const { host, user } = await open();
  host.openReference = async () => refuse(wireError({ area: "references", code: "no_browser" }));
  await paste(texts.valid);
  await user.click(within(row("sub")).getByRole("button", { name: "Open 7519 §4.1.2" }));
  await settle();
  expect(await screen.findByText(/No browser could be started/)).toBeVisible();
});
