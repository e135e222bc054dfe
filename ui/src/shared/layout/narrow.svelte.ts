// Below 1120 pixels, side panes become bars and drawers.
import { MediaQuery } from "svelte/reactivity";

export const narrow = new MediaQuery("(max-width: 1119.98px)");
