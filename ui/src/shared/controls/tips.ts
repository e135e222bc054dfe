// What connects all buttons with a tooltip to the shared one; there is nothing before the tooltips have been read.
import { createContext } from "svelte";
import type { newTips } from "./popups";

export const [useTips, provideTips] = createContext<() => ReturnType<typeof newTips> | undefined>();
