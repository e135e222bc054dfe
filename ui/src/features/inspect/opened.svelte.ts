import { Late } from "../../shared/late.svelte";

export const opened = new Late(() => import("./opened"));
