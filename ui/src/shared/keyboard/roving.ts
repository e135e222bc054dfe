// A list is a single tab stop; arrows, Home and End move inside it.
import type { Attachment } from "svelte/attachments";
import { moveFocus } from "./focus";

export interface RovingOptions {
  /** Finds the items inside the list. */
  items?: string;
  /** Called when the focus moves by key. */
  onmove?: (item: HTMLElement) => void;
}

export function roving(options: RovingOptions = {}): Attachment<HTMLElement> {
  const selector = options.items ?? "[data-item]";
  return (list) => {
    const items = () => [...list.querySelectorAll<HTMLElement>(selector)];
    const settle = (current?: HTMLElement) => {
      const all = items();
      const stop =
        current ??
        all.find((item) => item.getAttribute("tabindex") === "0") ??
        all.find(
          (item) =>
            item.getAttribute("aria-selected") === "true" || item.getAttribute("aria-pressed") === "true",
        ) ??
        all[0];
      for (const item of all) {
        // Check the attribute itself: without it, tabIndex reads -1 and the item cannot be focused at all.
        const tabIndex = item === stop ? "0" : "-1";
        if (item.getAttribute("tabindex") !== tabIndex) item.setAttribute("tabindex", tabIndex);
      }
    };
    const onkeydown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const all = items();
      const at = all.indexOf(event.target as HTMLElement);
      if (at < 0) return;
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      const item = all[Math.min(Math.max(to, 0), all.length - 1)];
      if (!item) return;
      settle(item);
      moveFocus(item);
      options.onmove?.(item);
    };
    const onfocusin = (event: FocusEvent) => {
      const item = (event.target as HTMLElement).closest<HTMLElement>(selector);
      if (item && list.contains(item)) settle(item);
    };
    settle();
    const observer = new MutationObserver(() => settle());
    observer.observe(list, { childList: true, subtree: true });
    list.addEventListener("keydown", onkeydown);
    list.addEventListener("focusin", onfocusin);
    return () => {
      observer.disconnect();
      list.removeEventListener("keydown", onkeydown);
      list.removeEventListener("focusin", onfocusin);
    };
  };
}
