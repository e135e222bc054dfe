import { screen, within } from "@testing-library/svelte";
import axe from "axe-core";
import { expect, test, vi } from "vitest";
import { open, pass, paste, settle } from "../../tests/window";
import { bindings } from "./bindings";
import { popups } from "../shared/controls/popups.svelte";
import { late } from "./late.svelte";
import { texts } from "../platform/fake/recorded";

test("every shortcut is listed by the question mark, and the status bar shows four of the view", async () => {
  const { user } = await open();
  await paste(texts.valid);
  const keys = (name: string) =>
    within(screen.getByRole("list", { name }))
      .getAllByRole("listitem")
      .map((item) => item.lastElementChild?.textContent);
  expect(keys("Keys of this view")).toEqual(["Paste", "Edit", "JSON", "Copy"]);
  expect(keys("Keys of every view")).toEqual(["Activity", "All shortcuts"]);
  await user.keyboard("?");
  await settle();
  const dialog = within(screen.getByRole("dialog"));
  for (const binding of bindings) expect(dialog.getAllByText(binding.label).length).toBeGreaterThan(0);
});

test("single letters are text in a field, not shortcuts", async () => {
  const { user } = await open();
  await user.click(screen.getByRole("textbox", { name: "Token" }));
  await user.keyboard("?nfj");
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(screen.getByRole("textbox", { name: "Token" })).toHaveValue("?nfj");
});

test("keys in an open menu are the menu's", async () => {
  const { user } = await open();
  await paste(texts.valid);
  await user.click(screen.getByRole("button", { name: /^Appearance/ }));
  await settle();
  await user.keyboard("e?");
  await settle();
  expect(screen.getByRole("menu")).toBeVisible();
  expect(screen.queryByRole("button", { name: /^Re-sign/ })).toBeNull();
  expect(screen.queryByRole("dialog")).toBeNull();
  await user.keyboard("{Escape}");
  await settle();
  await user.keyboard("e");
  await settle();
  expect(screen.getByRole("button", { name: /^Re-sign/ })).toBeVisible();
  await user.click(screen.getByRole("button", { name: /^Break it/ }));
  await settle();
  await user.keyboard("{Escape}");
  await settle();
  expect(screen.queryByRole("menu")).toBeNull();
  expect(screen.getByRole("button", { name: /^Re-sign/ })).toBeVisible();
});

test("the web view's own menu, which would reload the page, opens in fields alone", async () => {
  await open();
  const opens = (target: Element) =>
    target.dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true }));
  expect(opens(document.body)).toBe(false);
  expect(opens(screen.getByRole("textbox", { name: "Token" }))).toBe(true);
});

test("F6 goes through the panes and around", async () => {
  const { user } = await open();
  await paste(texts.valid);
  const pane = () => document.activeElement?.closest("[data-pane]")?.getAttribute("aria-label");
  const visited: (string | null | undefined)[] = [];
  for (let i = 0; i < 4; i++) {
    await user.keyboard("{F6}");
    visited.push(pane());
  }
  expect(visited).toEqual(["Token", "Decoded", "Verdict", "Token"]);
  await user.keyboard("{Shift>}{F6}{/Shift}");
  expect(pane(), "Shift goes back").toBe("Verdict");
});

test("a list is one stop of the Tab key", async () => {
  await open();
  await paste(texts.valid);
  for (const grid of screen.getAllByRole("grid")) {
    expect(
      within(grid)
        .getAllByRole("row")
        .filter((row) => row.tabIndex === 0),
    ).toHaveLength(1);
  }
});

test("the clock follows the program's, second by second", async () => {
  const { host } = await open({}, (one) => {
    const ask = one.workbench;
    one.workbench = async () => ({ ...(await ask()), now_ms: Date.now() + 3_600_000 });
  });
  expect(host).toBeDefined();
  const shown = () => screen.getByRole("timer", { name: /^Real time/ }).getAttribute("aria-label");
  const before = shown();
  expect(before).toMatch(/:00:00$/);
  await pass(2);
  expect(shown()).toMatch(/:00:02$/);
});

test("a shifted clock says by how much, and a frozen one stands still", async () => {
  const { host } = await open({}, (one) => {
    one.clock = { kind: "shifted", ms: 1_860_000 };
  });
  await paste(texts.valid);
  expect(screen.getByRole("timer", { name: /^\+31 m / })).toBeInTheDocument();
  const statusBar = within(screen.getByRole("contentinfo"));
  expect(statusBar.getByText("Clock +31 m")).toBeVisible();
  const ruler = screen.getByRole("img", { name: /^Timeline: .*; clock \+31 m$/ });
  expect(within(ruler).getByText("+31 m", { exact: false })).toBeVisible();
  host.clock = { kind: "frozen" };
  host.emit("data");
  await settle();
  const shown = () => screen.getByRole("timer", { name: /^Frozen/ }).getAttribute("aria-label");
  const before = shown();
  await pass(3);
  expect(shown()).toBe(before);
  expect(statusBar.getByText("Clock frozen")).toBeVisible();
});

test("each topic asks for what it is about, and for nothing else", async () => {
  const { host } = await open();
  await paste(texts.valid);
  const asked = () => {
    const spies = (["workbench", "listUsers", "listPolicies", "inspect"] as const).map((name) =>
      vi.spyOn(host, name),
    );
    return () => spies.map((spy) => spy.mock.calls.length);
  };
  for (const [topic, expected] of [
    ["users", [0, 1, 0, 1]],
    ["policies", [0, 0, 1, 1]],
    ["sessions", [0, 0, 0, 1]],
    ["keys", [0, 0, 0, 1]],
    ["health", [1, 0, 0, 1]],
    ["profile", [1, 0, 0, 1]],
  ] as const) {
    const calls = asked();
    host.emit(topic);
    await settle();
    expect(calls(), topic).toEqual(expected);
    vi.restoreAllMocks();
  }
});

test("the appearance is chosen, applied and remembered", async () => {
  const { host, user } = await open();
  expect(document.documentElement.dataset["theme"]).toBe("system");
  await user.click(screen.getByRole("button", { name: /^Appearance/ }));
  await settle();
  await user.click(screen.getByRole("menuitemradio", { name: "Dark" }));
  await settle();
  expect(document.documentElement.dataset["theme"]).toBe("dark");
  expect(host.look).toEqual({ theme: "dark", text_size: 100, problem: null });
});

test("good news leaves after four seconds, failures stay", async () => {
  const { host, user } = await open();
  await paste(texts.valid);
  await user.keyboard("c");
  await settle();
  expect(screen.getByText("Token copied")).toBeVisible();
  await pass(5);
  expect(screen.queryByText("Token copied")).toBeNull();
  host.copyText = () => Promise.reject(new Error("no clipboard"));
  await user.keyboard("c");
  await pass(10);
  expect(screen.getByText("Could not copy")).toBeVisible();
});

test.each(["Inspect", "Users", "New user"])("axe finds nothing to object to in %s", async (place) => {
  const { user } = await open();
  if (place === "Inspect") await paste(texts.expired);
  else await user.keyboard("{Control>}3{/Control}");
  if (place === "New user") await user.keyboard("n");
  await settle();
  vi.useRealTimers();
  // Contrast needs real pixels, so the tests of the real window check it.
  const result = await axe.run(document.body, { rules: { "color-contrast": { enabled: false } } });
  expect(
    result.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`),
  ).toEqual([]);
});

test("the size of the text is changed by key and in the menu, and remembered", async () => {
  const { host, user } = await open();
  await user.keyboard("{Control>}+{/Control}");
  await user.keyboard("{Control>}={/Control}");
  expect(host.look.text_size).toBe(125);
  await user.keyboard("{Control>}-{/Control}");
  expect(host.look.text_size).toBe(110);
  for (let i = 0; i < 9; i++) await user.keyboard("{Control>}+{/Control}");
  expect(host.look.text_size).toBe(150);
  await user.keyboard("?");
  const list = within(screen.getByRole("dialog", { name: "All shortcuts" }));
  expect(list.getByText("Larger text")).toBeVisible();
  await user.keyboard("{Control>}0{/Control}");
  expect(host.look.text_size).toBe(100);
  await user.keyboard("{Escape}");
  await user.click(screen.getByRole("button", { name: /^Appearance/ }));
  await user.click(screen.getByRole("menuitemradio", { name: "125 %" }));
  expect(host.look.text_size).toBe(125);
  expect(host.look).toEqual({ theme: "system", text_size: 125, problem: null });
});

test("the remembered appearance is shown, and one that cannot be read or kept is told", async () => {
  const { host, user } = await open({}, (host) => {
    host.look = { theme: "light", text_size: 125, problem: "appearance.json is damaged" };
  });
  expect(document.documentElement.dataset["theme"]).toBe("light");
  expect(screen.getByText("appearance.json is damaged")).toBeVisible();
  host.setAppearance = () => Promise.reject(new Error("The disk is full"));
  await user.keyboard("{Control>}+{/Control}");
  await settle();
  expect(screen.getAllByText("The appearance is not remembered").length).toBeGreaterThan(0);
});

test("a view that is asked for before its script has been read opens when it has, with the focus", async () => {
  const { user } = await open();
  late.parts = {};
  await user.keyboard("{Control>}2{/Control}");
  await settle();
  expect(screen.getByRole("heading", { name: "Sessions" })).toBeVisible();
  expect(document.querySelector("main [data-pane]")).toBeNull();
  await late.load();
  await settle();
  expect(document.activeElement?.closest("main")).not.toBeNull();
});

test("a button that has the focus keeps it when its menu or tooltip has been read", async () => {
  await open();
  await paste(texts.valid);
  const named = (one: Element) => one.getAttribute("aria-label") ?? one.textContent;
  const stops = () =>
    [...document.querySelectorAll<HTMLButtonElement>("button")].filter((one) => !one.disabled);
  const replaced: (string | null)[] = [];
  for (let at = 0; at < stops().length; at++) {
    popups.parts = {};
    await settle();
    const before = stops()[at];
    before?.focus();
    if (!before || document.activeElement !== before) continue;
    await popups.load();
    await settle();
    if (before.isConnected) continue;
    replaced.push(named(before));
    expect(document.activeElement).toBe(stops()[at]);
  }
  expect(replaced).toContain("Appearance: System");
  expect(replaced.length).toBeGreaterThan(2);
});

test("a context menu that is asked for before it has been read opens then", async () => {
  const { user } = await open();
  await paste(texts.valid);
  popups.parts = {};
  await settle();
  const row = document.querySelector<HTMLElement>('[role="row"][tabindex="0"]');
  row?.focus();
  await user.keyboard("{Shift>}{F10}{/Shift}");
  expect(screen.queryByRole("menu")).toBeNull();
  await popups.load();
  await settle();
  expect(screen.getByRole("menu")).toBeVisible();
  await user.keyboard("{Escape}");
  await settle();
  expect(document.activeElement).toBe(row);
});
