// Runs before every test file.
import "@testing-library/jest-dom/vitest";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { unrecorded } from "../src/platform/fake/recorded";

// The testing library moves faked time by itself only if it finds this name.
vi.stubGlobal("jest", { advanceTimersByTime: (ms: number) => vi.advanceTimersByTime(ms) });

export const NOON = new Date("2026-11-23T12:00:00Z");

/** How wide the window is; happy-dom's own is below the narrow layout's limit. */
export function resize(width: number): void {
  if (typeof window === "undefined") return;
  const page = window as unknown as {
    happyDOM: { setViewport(size: { width: number; height: number }): void };
  };
  page.happyDOM.setViewport({ width, height: 800 });
}

// Nothing is laid out here: what scrolls a long list is as high as a short one.
if (typeof HTMLElement !== "undefined") {
  Object.defineProperty(HTMLElement.prototype, "offsetHeight", {
    configurable: true,
    get(this: HTMLElement) {
      return ["rowgroup", "feed"].includes(this.getAttribute("role") ?? "") ? 320 : 0;
    },
  });
}

beforeEach(() => {
  resize(1280);
  vi.useFakeTimers({
    now: NOON,
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"],
  });
  if (typeof localStorage !== "undefined") localStorage.clear();
});

afterEach(() => {
  // Modules are shared by all files: a press that a test did not end would hold up the next one.
  if (typeof window !== "undefined") window.dispatchEvent(new Event("pointerup"));
  vi.useRealTimers();
  expect(unrecorded.splice(0)).toEqual([]);
});
