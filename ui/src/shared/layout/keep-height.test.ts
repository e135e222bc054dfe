import { expect, test, vi } from "vitest";
import { keepsHeight } from "./keep-height";

test("what becomes lower keeps its place until its width changes", () => {
  let measure = () => {};
  class Observer {
    constructor(callback: () => void) {
      measure = callback;
    }
    observe() {}
    disconnect() {}
  }
  vi.stubGlobal("ResizeObserver", Observer);
  const element = document.createElement("div");
  let [width, height] = [300, 0];
  Object.defineProperty(element, "offsetWidth", { get: () => width });
  element.getBoundingClientRect = () => new DOMRect(0, 0, width, height);
  keepsHeight(element);
  const after = (nextWidth: number, nextHeight: number) => {
    [width, height] = [nextWidth, nextHeight];
    measure();
    return element.style.minHeight;
  };
  expect(after(300, 60)).toBe("60px");
  expect(after(300, 20)).toBe("60px");
  expect(after(300, 80)).toBe("80px");
  expect(after(500, 40)).toBe("40px");
  vi.unstubAllGlobals();
});
