import { expect, test } from "vitest";
import { roving } from "./roving";

function list(): HTMLElement {
  const element = document.createElement("div");
  element.innerHTML = "<div data-item>a</div><div data-item>b</div><div data-item>c</div>";
  document.body.append(element);
  roving()(element);
  return element;
}
const stops = (element: HTMLElement) => [...element.children].map((item) => item.getAttribute("tabindex"));

test("every item can take the focus, one is a stop of the Tab key", () => {
  expect(stops(list())).toEqual(["0", "-1", "-1"]);
});

test("arrows, Home and End move the focus and the stop with it", () => {
  const element = list();
  const press = (key: string) =>
    document.activeElement?.dispatchEvent(
      new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }),
    );
  (element.children[0] as HTMLElement).focus();
  for (const [key, at] of [
    ["ArrowDown", 1],
    ["ArrowDown", 2],
    ["ArrowDown", 2],
    ["Home", 0],
    ["ArrowUp", 0],
    ["End", 2],
  ] as const) {
    press(key);
    expect(element.children[at]).toHaveFocus();
  }
  expect(stops(element)).toEqual(["-1", "-1", "0"]);
});
