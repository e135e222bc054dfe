import { untrack } from "svelte";
import { moveFocus } from "../keyboard/focus";
import { Late } from "../late.svelte";
import { pressOver } from "./press";

/** Replaces the buttons that have a menu or a tooltip, so a press that is under way comes to its end first. */
export const popups = new Late(() => import("./popups"), pressOver);

/** Lets a button keep the focus when it is replaced by one with a menu or a tooltip, once these have been read. */
export function keepFocusOnceRead(button: () => HTMLElement | undefined): void {
  const read = () => popups.parts.Tooltip !== undefined;
  let focused = false;
  $effect.pre(() => {
    if (read()) focused = document.activeElement === untrack(button);
  });
  $effect(() => {
    if (read() && focused) moveFocus(untrack(button));
  });
}
