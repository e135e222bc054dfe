// What ties all buttons that have a tooltip to the one tooltip there is.
import { Tooltip } from "bits-ui";
import { createContext } from "svelte";

export const newTips = () => Tooltip.createTether<string>();

export const [useTips, provideTips] = createContext<ReturnType<typeof newTips>>();
