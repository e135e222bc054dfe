// How the window looks: colours and text size. The shell keeps it for every profile of this computer.
import type { Appearance, WireError } from "../api/bindings.gen";
import { type Host, settled } from "../platform/host";

export type Theme = Appearance["theme"];

export const sizes: readonly number[] = [80, 90, 100, 110, 125, 150];

const USUAL = 100;

export class Look {
  #shown = $state.raw<Appearance>({ theme: "system", text_size: USUAL });
  #host: Host;
  #tell: (why: WireError | string) => void;

  /** `tell` is called with the reason if the window does not look, or will not look next time, as was chosen. */
  constructor(host: Host, tell: (why: WireError | string) => void) {
    this.#host = host;
    this.#tell = tell;
    void this.#load();
  }

  get theme(): Theme {
    return this.#shown.theme;
  }

  get textSize(): number {
    return this.#shown.text_size;
  }

  chooseTheme(theme: Theme): void {
    void this.#change({ ...this.#shown, theme });
  }

  chooseSize(percent: number): void {
    if (sizes.includes(percent) && percent !== this.textSize) {
      void this.#change({ ...this.#shown, text_size: percent });
    }
  }

  /** The next size up, or down. */
  step(by: 1 | -1): void {
    const nearest = sizes.findLastIndex((size) => size <= this.textSize);
    this.chooseSize(sizes[nearest + by] ?? this.textSize);
  }

  reset(): void {
    this.chooseSize(USUAL);
  }

  async #load(): Promise<void> {
    try {
      const { problem, ...appearance } = await this.#host.appearance();
      this.#show(appearance);
      if (problem !== null) this.#tell(problem);
    } catch {
      // Without the shell there is nothing to remember; the store says that it does not answer.
    }
  }

  async #change(appearance: Appearance): Promise<void> {
    this.#show(appearance);
    const answer = await settled(this.#host.setAppearance(appearance));
    if (answer.status === "error") this.#tell(answer.error);
  }

  #show(appearance: Appearance): void {
    this.#shown = appearance;
    document.documentElement.dataset["theme"] = appearance.theme;
  }
}
