// The menus of the first picture before and after their script has been read.
import { fireEvent, render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { createRawSnippet } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import Menu from "./Menu.svelte";
import { popups } from "./popups.svelte";
import { pass, settle } from "../../../tests/window";

const children = createRawSnippet(() => ({ render: () => "<p>Dark</p>" }));
const button = () => screen.getByRole("button", { name: "Appearance" });

beforeEach(() => {
  popups.parts = {};
});
afterEach(() => popups.load());

test("a press before the menu has been read opens it then", async () => {
  render(Menu, { props: { label: "Appearance", children } });
  await fireEvent.click(button());
  expect(screen.queryByRole("menu")).toBeNull();
  await popups.load();
  await settle();
  expect(screen.getByRole("menu", { name: "Appearance" })).toHaveTextContent("Dark");
});

test("a press that is under way when the menu has been read opens it too", async () => {
  const user = userEvent.setup({ delay: null, advanceTimers: vi.advanceTimersByTime.bind(vi) });
  render(Menu, { props: { label: "Appearance", children } });
  for (const [down, up] of [
    [() => user.pointer({ keys: "[MouseLeft>]", target: button() }), () => user.pointer("[/MouseLeft]")],
    [() => user.keyboard("[Space>]"), () => user.keyboard("[/Space]")],
  ] as const) {
    popups.parts = {};
    await settle();
    button().focus();
    await down();
    const read = popups.load();
    await settle();
    expect(popups.parts.Tooltip).toBeUndefined();
    await up();
    await settle();
    await read;
    await settle();
    expect(screen.getByRole("menu", { name: "Appearance" })).toBeVisible();
    await user.keyboard("{Escape}");
    await settle();
  }
});

test("a press whose end is not seen holds nothing up for long", async () => {
  popups.parts = {};
  await fireEvent.pointerDown(document.body);
  const read = popups.load();
  await pass(1);
  await read;
  expect(popups.parts.Tooltip).toBeDefined();
  await fireEvent.pointerUp(document.body);
});

test("a button that has the focus while the menu is read keeps it", async () => {
  render(Menu, { props: { label: "Appearance", children } });
  button().focus();
  const before = button();
  await popups.load();
  await settle();
  expect(button()).not.toBe(before);
  expect(document.activeElement).toBe(button());
  expect(button()).toHaveAttribute("aria-expanded", "false");
});

test("a button without the focus does not take it when the menu has been read", async () => {
  render(Menu, { props: { label: "Appearance", children } });
  const before = button();
  await popups.load();
  await settle();
  expect(button()).not.toBe(before);
  expect(document.activeElement).toBe(document.body);
});
