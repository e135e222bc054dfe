// Dark, light, or the system's scheme. Remembered on this computer.
export type Appearance = "system" | "dark" | "light";

const KEY = "appearance";
const KNOWN: readonly string[] = ["system", "dark", "light"];

function remembered(): Appearance {
  try {
    const stored = localStorage.getItem(KEY);
    return stored !== null && KNOWN.includes(stored) ? (stored as Appearance) : "system";
  } catch {
    return "system";
  }
}

export class Theme {
  choice = $state<Appearance>(remembered());

  constructor() {
    $effect(() => {
      document.documentElement.dataset["theme"] = this.choice;
    });
  }

  choose(choice: Appearance): void {
    this.choice = choice;
    try {
      localStorage.setItem(KEY, choice);
    } catch {
      // Storage may be unavailable: the choice is then not remembered.
    }
  }
}
