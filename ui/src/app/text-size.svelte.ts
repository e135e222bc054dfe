// The size of the text, in percent. Remembered on this computer.
import { type Host, settled } from "../platform/host";

export const sizes: readonly number[] = [80, 90, 100, 110, 125, 150];

const USUAL = 100;
const KEY = "text-size";

function remembered(): number {
  try {
    const stored = Number(localStorage.getItem(KEY));
    return sizes.includes(stored) ? stored : USUAL;
  } catch {
    return USUAL;
  }
}

export class TextSize {
  percent = $state(remembered());
  #host: Host;

  constructor(host: Host) {
    this.#host = host;
    if (this.percent !== USUAL) void this.#show();
  }

  choose(percent: number): void {
    if (!sizes.includes(percent) || percent === this.percent) return;
    this.percent = percent;
    void this.#show();
    try {
      localStorage.setItem(KEY, String(percent));
    } catch {
      // Storage may be unavailable: the choice is then not remembered.
    }
  }

  /** The next size up, or down. */
  step(by: 1 | -1): void {
    this.choose(sizes[sizes.indexOf(this.percent) + by] ?? this.percent);
  }

  reset(): void {
    this.choose(USUAL);
  }

  async #show(): Promise<void> {
    await settled(this.#host.setTextSize(this.percent));
  }
}
