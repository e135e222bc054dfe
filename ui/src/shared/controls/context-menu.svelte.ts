// The window's one context menu: what it offers depends on where it is asked for.
import { createContext } from "svelte";
import type { Attachment } from "svelte/attachments";

export interface Entry {
  label: string;
  run: () => void;
}

/** Entries in groups, which a line divides. */
export type Groups = readonly (readonly Entry[])[];

interface Open {
  groups: Groups;
  /** Its accessible name. */
  title: string;
  /** Where its corner goes, in the window. */
  at: { x: number; y: number };
  /** Where the focus was. */
  from: Element | null;
}

export class ContextMenu {
  open = $state.raw<Open | null>(null);

  /** Opens the menu below an element, or at a point. */
  show(title: string, groups: Groups, under: Element, point?: { x: number; y: number }): void {
    const filled = groups.filter((group) => group.length > 0);
    if (filled.length === 0) return;
    const box = under.getBoundingClientRect();
    const at = point ?? { x: box.left + 16, y: Math.min(box.bottom, box.top + 28) };
    this.open = { groups: filled, title, at, from: document.activeElement };
  }

  /** Gives an element a menu: for the secondary button, the menu key, and Shift F10. */
  of(title: () => string, groups: () => Groups): Attachment<HTMLElement> {
    return (element) => {
      const oncontextmenu = (event: MouseEvent) => {
        if (event.defaultPrevented) return;
        event.preventDefault();
        // A menu asked for by key comes without a place, or with one in a corner of the window.
        const pointed = event.button === 2 && (event.clientX > 0 || event.clientY > 0);
        const point = pointed ? { x: event.clientX, y: event.clientY } : undefined;
        this.show(title(), groups(), element, point);
      };
      const onkeydown = (event: KeyboardEvent) => {
        const asked = event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey);
        if (!asked || event.defaultPrevented) return;
        event.preventDefault();
        this.show(title(), groups(), element);
      };
      element.addEventListener("contextmenu", oncontextmenu);
      element.addEventListener("keydown", onkeydown);
      return () => {
        element.removeEventListener("contextmenu", oncontextmenu);
        element.removeEventListener("keydown", onkeydown);
      };
    };
  }
}

/** What is selected with the mouse inside an element. */
export function selectedIn(element: Element | null): string {
  const selection = document.getSelection();
  const inside = element !== null && selection?.anchorNode && element.contains(selection.anchorNode);
  return inside && !selection.isCollapsed ? selection.toString() : "";
}

export const [useContextMenu, provideContextMenu] = createContext<ContextMenu>();
