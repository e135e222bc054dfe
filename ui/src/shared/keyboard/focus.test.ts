import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keepFocus, moveFocus } from "./focus";

const page = (html: string) => (document.body.innerHTML = html);
const focus = (selector: string) => document.querySelector<HTMLElement>(selector)?.focus();
/** Removes an element, as its own action would, and lets the page react. */
async function remove(selector: string): Promise<string> {
  document.querySelector(selector)?.remove();
  await Promise.resolve();
  return document.activeElement?.id ?? "";
}

let stop: () => void;
beforeEach(() => (stop = keepFocus()));
afterEach(() => {
  stop();
  page("");
});

test("the focus of a button that goes passes to the next stop of the Tab key around it", async () => {
  page(`<main><section data-pane tabindex="-1"><button id="far"></button>
    <div><button id="gone"></button><button disabled></button><button id="near"></button></div></section></main>`);
  focus("#gone");
  expect(await remove("#gone")).toBe("near");
});

test("a button that only moves among its neighbours keeps the focus", async () => {
  page(
    `<main><section data-pane tabindex="-1"><button id="first"></button><button id="last"></button></section></main>`,
  );
  focus("#first");
  document.querySelector("section")?.append(document.querySelector("#first") as Element);
  await Promise.resolve();
  expect(document.activeElement?.id).toBe("first");
});

test("where a list stands around it, its chosen row is next", async () => {
  page(`<main><section data-pane tabindex="-1"><p><button id="gone"></button></p><input id="filter">
    <i id="row" tabindex="0" aria-selected="true"></i></section></main>`);
  focus("#gone");
  expect(await remove("p")).toBe("row");
});

test("a layer whose opener is gone gives the focus back to where that stood", async () => {
  page(`<main><section data-pane tabindex="-1"><p><button id="opener"></button></p><i id="row" tabindex="0"></i></section></main>
    <div role="dialog"><input id="field"><button id="gone"></button></div>`);
  focus("#opener");
  focus("#gone");
  expect(await remove("p")).toBe("gone");
  expect(await remove("#gone")).toBe("field");
  expect(await remove("[role=dialog]")).toBe("row");
});

test("a note that is dismissed gives it back to where it was", async () => {
  page(
    `<main><section data-pane tabindex="-1"><a></a><button id="before"></button></section></main><p><button></button></p>`,
  );
  focus("#before");
  focus("p button");
  expect(await remove("p")).toBe("before");
});

test("a view that goes as a whole is left to whoever took it away, and a focus given up is not taken back", async () => {
  page(
    `<main><section data-pane tabindex="-1"><button></button></section></main><nav><button id="rail"></button></nav>`,
  );
  focus("section button");
  expect(await remove("section")).toBe("");
  focus("#rail");
  document.querySelector<HTMLElement>("#rail")?.blur();
  expect(await remove("main")).toBe("");
});

test("a focus that a key moves is drawn, one that the pointer moves is not", () => {
  page(`<button></button>`);
  const button = document.querySelector("button");
  const asked = vi.spyOn(HTMLElement.prototype, "focus");
  document.dispatchEvent(new Event("keydown"));
  moveFocus(button);
  document.dispatchEvent(new Event("pointerdown"));
  moveFocus(button, { preventScroll: true });
  expect(asked.mock.calls).toEqual([[{ focusVisible: true }], [{ preventScroll: true }]]);
});
