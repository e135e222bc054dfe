// Keys and what they do: one table names every binding, whoever is on screen handles it.
import { createContext } from "svelte";
import { SvelteMap } from "svelte/reactivity";

export interface Binding {
  id: string;
  /** `n`, `Ctrl+1`, `Ctrl+Enter`, `F6`. */
  key: string;
  /** What it does, verb first or a noun, as the list and the strip show it. */
  label: string;
  /** The group in the list; a view's name for keys of that view. */
  group: string;
  /** The system does it; listed and hinted, never handled here. */
  native?: boolean;
  /** Its place among the hints of the strip; absent: not shown there. */
  hint?: number;
}

const TEXT_TYPES = new Set(["text", "password", "email", "search", "url", "tel", "number"]);

/** Is the caret in something that takes letters? */
export function isTextField(target: EventTarget | null): boolean {
  if (target instanceof HTMLTextAreaElement) return !target.readOnly;
  if (target instanceof HTMLInputElement) return TEXT_TYPES.has(target.type);
  return target instanceof HTMLElement && target.isContentEditable;
}

/** Writes a key event the way the table does. */
export function keyName(event: KeyboardEvent): string {
  const command = event.ctrlKey || event.metaKey;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return `${command ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${key}`;
}

export class Shortcuts {
  readonly bindings: readonly Binding[];
  #handlers = new SvelteMap<string, () => void>();
  /** While a layer is open, only what it allows is handled. */
  layers = $state(0);

  constructor(bindings: readonly Binding[]) {
    this.bindings = bindings;
  }

  /** Handles a binding while the calling component is on screen. Call during its initialisation. */
  on(id: string, handler: () => void, when: () => boolean = () => true): void {
    if (!this.bindings.some((binding) => binding.id === id)) throw new Error(`no binding named ${id}`);
    $effect(() => {
      if (!when()) return;
      this.#handlers.set(id, handler);
      return () => {
        if (this.#handlers.get(id) === handler) this.#handlers.delete(id);
      };
    });
  }

  handles(id: string): boolean {
    return this.#handlers.has(id);
  }

  /** The hints of the strip: what works here and now, four keys of the view at most, then those of every view. */
  hints(): Binding[] {
    if (this.layers > 0) return [];
    const hinted = this.bindings
      .filter((binding) => binding.hint !== undefined && this.handles(binding.id))
      .sort((a, b) => (a.hint ?? 0) - (b.hint ?? 0));
    const everywhere = (binding: Binding) => binding.group === "Everywhere";
    return [...hinted.filter((one) => !everywhere(one)).slice(0, 4), ...hinted.filter(everywhere)];
  }

  /**
   * Handles a key press. Chords with Ctrl are handled on their way down to what has the focus, before switches and menus
   * take the Enter in them for their own; everything else on its way up, once nobody wanted it.
   */
  handle(event: KeyboardEvent, way: "down" | "up"): void {
    if ((event.ctrlKey || event.metaKey) !== (way === "down")) return;
    if (event.defaultPrevented || event.isComposing || this.layers > 0) return;
    const name = keyName(event);
    const single = name.length === 1;
    if (single && isTextField(event.target)) return;
    const binding = this.bindings.find(
      (one) => !one.native && one.key.toLowerCase() === name.toLowerCase() && this.handles(one.id),
    );
    if (!binding) return;
    event.preventDefault();
    if (way === "down") event.stopPropagation();
    this.#handlers.get(binding.id)?.();
  }
}

export const [useShortcuts, provideShortcuts] = createContext<Shortcuts>();
