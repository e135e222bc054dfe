import { Late } from "../shared/late.svelte";

export const late = new Late(() => import("./late"));
