// The window's only clock: the program's time, ticking on whole seconds.
import { createContext, untrack } from "svelte";
import { magnitude } from "./format";

export class Clock {
  /** Milliseconds since the epoch, refreshed once a second. */
  ms = $state(Date.now());
  /** Whole seconds since the epoch. */
  readonly now = $derived(Math.floor(this.ms / 1000));
  /** The local day's first second since the epoch, for what says only whether something was today. */
  readonly today = $derived(Math.floor(new Date(this.now * 1000).setHours(0, 0, 0, 0) / 1000));
  /** Milliseconds ahead of real time; zero in real time. */
  shift = $state(0);
  /** True while the clock is frozen. */
  frozen = $state(false);
  /** How it differs from real time: "+17 m", "Frozen"; null if it is real. */
  readonly moved = $derived(
    this.frozen
      ? "Frozen"
      : this.shift === 0
        ? null
        : `${this.shift < 0 ? "\u2212" : "+"}${magnitude(Math.round(Math.abs(this.shift) / 1000))}`,
  );
  #offset = 0;

  constructor() {
    $effect(() => {
      let timer: ReturnType<typeof setTimeout>;
      const tick = () => {
        this.#read();
        timer = setTimeout(tick, 1000 - (((this.ms % 1000) + 1000) % 1000));
      };
      // Timers of a hidden window are throttled, so update when it becomes visible again.
      const shown = () => this.#read();
      // If this effect depended on the time that it sets, each second would set the next one off at once.
      untrack(tick);
      document.addEventListener("visibilitychange", shown);
      return () => {
        clearTimeout(timer);
        document.removeEventListener("visibilitychange", shown);
      };
    });
  }

  /** Follows the program's clock, given its current reading and how it runs. */
  follow(programMs: number, shift: number, frozen: boolean): void {
    this.#offset = programMs - Date.now();
    this.shift = shift;
    this.frozen = frozen;
    this.ms = programMs;
  }

  #read(): void {
    if (!this.frozen) this.ms = Date.now() + this.#offset;
  }
}

export const [useClock, provideClock] = createContext<Clock>();
