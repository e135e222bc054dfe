// Menus and tooltips, which the first picture only has the buttons of: `popups.svelte.ts` reads them after it.
import { Tooltip } from "bits-ui";
export { DropdownMenu, Tooltip } from "bits-ui";
export { default as ContextMenuLayer } from "./ContextMenuLayer.svelte";
export { default as Tip } from "./Tip.svelte";

/** Connects all buttons with a tooltip to the shared one. */
export const newTips = () => Tooltip.createTether<string>();
