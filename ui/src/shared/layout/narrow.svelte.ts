// How much room a view has: below 1120 pixels, side panes become bars and drawers. A pane beside the view takes part of
// the window's width.
import { MediaQuery } from "svelte/reactivity";

/** The width of the pane beside a view. */
const ASIDE = 440;

const below = (width: number) => new MediaQuery(`(max-width: ${width - 0.02}px)`);

class Narrow {
  /** A pane is open beside the view. */
  aside = $state(false);
  #window = below(1120);
  #beside = below(1120 + ASIDE);
  #tight = below(960 + ASIDE);

  /** The window itself is narrow: nothing fits beside a view. */
  get window(): boolean {
    return this.#window.current;
  }
  get current(): boolean {
    return this.window || (this.aside && this.#beside.current);
  }
  /** Does choosing a row open its details in a drawer? A click only selects: the drawer would cover the row. */
  opens(byKey: boolean): boolean {
    return this.window || (byKey && this.current);
  }
  /** Narrower than the narrowest window without a pane. */
  get tight(): boolean {
    return !this.window && this.aside && this.#tight.current;
  }
}

export const narrow = new Narrow();
