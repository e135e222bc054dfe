import type * as Parts from "./late";

/** The parts of the window that the first picture does not show. */
class Late {
  /** `null` until their script has been read. */
  parts = $state.raw<typeof Parts | null>(null);

  async load(): Promise<void> {
    this.parts ??= await import("./late");
  }
}

export const late = new Late();
