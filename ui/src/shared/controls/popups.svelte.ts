import { Late } from "../late.svelte";

export const popups = new Late(() => import("./popups"));
