// Connects all buttons with a tooltip to the shared one.
import { Tooltip } from "bits-ui";
import { createContext } from "svelte";

export const newTips = () => Tooltip.createTether<string>();

export const [useTips, provideTips] = createContext<ReturnType<typeof newTips>>();
