// Leaving a sheet that would lose something: the first request asks, a second one within a few seconds leaves.

const ASK_MS = 4000;

export class Leaving {
  /** Does the button ask whether to leave? */
  asking = $state(false);
  #calm: ReturnType<typeof setTimeout> | undefined;
  #loses: () => boolean;
  #leave: () => void;

  /** Call it where a component is set up. `loses`: would leaving now lose something? */
  constructor(loses: () => boolean, leave: () => void) {
    this.#loses = loses;
    this.#leave = leave;
    $effect(() => () => clearTimeout(this.#calm));
  }

  readonly request = (): void => {
    if (this.#loses() && !this.asking) {
      this.asking = true;
      this.#calm = setTimeout(() => (this.asking = false), ASK_MS);
      return;
    }
    clearTimeout(this.#calm);
    this.#leave();
  };
}
