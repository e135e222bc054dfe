// The menus of the first picture before and after their script has been read.
import { fireEvent, render, screen } from "@testing-library/svelte";
import { createRawSnippet } from "svelte";
import { afterEach, beforeEach, expect, test } from "vitest";
import Menu from "./Menu.svelte";
import { popups } from "./popups.svelte";
import { settle } from "../../../tests/window";

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
