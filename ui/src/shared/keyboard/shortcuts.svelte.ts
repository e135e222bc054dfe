// Keyboard shortcuts: one table names every binding, and the components on screen handle them.
import { createContext } from "svelte";
import { SvelteMap } from "svelte/reactivity";

export interface Binding {
  id: string;
  /** `n`, `Ctrl+1`, `Ctrl+Enter`, `F6`. */
  key: string;
  /** What it does, as a noun or starting with a verb, as shown in the list and the status bar. */
  label: string;
  /** The group in the list; the view's name for keys of a view. */
  group: string;
  /** Handled by the system: listed and hinted, but not handled here. */
  native?: boolean;
  /** Works under a dialog's layer too. */
  always?: boolean;
  /** Its position among the hints of the status bar; absent if not shown there. */
  hint?: number;
}

const TEXT_TYPES = new Set(["text", "password", "email", "search", "url", "tel", "number"]);

/** Is the caret in a field that accepts text? */
export function isTextField(target: EventTarget | null): boolean {
  if (target instanceof HTMLTextAreaElement) return !target.readOnly;
  if (target instanceof HTMLInputElement) return TEXT_TYPES.has(target.type);
  return target instanceof HTMLElement && target.isContentEditable;
}

/** Is an open menu the target? Letters choose among its entries, and Escape closes it. */
const isMenu = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('[role="menu"]') !== null;

/** Formats a key event as in the table. */
export function keyName(event: KeyboardEvent): string {
  const command = event.ctrlKey || event.metaKey;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  // The plus divides the keys of a chord; on many keyboards it shares a key with the equals sign.
  const sign = command && { "+": "Plus", "=": "Plus", "-": "Minus", _: "Minus" }[key];
  if (sign) return `Ctrl+${sign}`;
  // A character already says whether Shift was held.
  const shift = event.shiftKey && key.length > 1;
  return `${command ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${shift ? "Shift+" : ""}${key}`;
}

export class Shortcuts {
  readonly bindings: readonly Binding[];
  #handlers = new SvelteMap<string, () => void>();
  /** While a layer is open, only the bindings it allows are handled. */
  layers = $state(0);
  /** How many drawers are open. A drawer is a part of its view, so all keys work. */
  drawers = $state(0);
  /** How many of the layers leave the frame usable: under them the keys of the views work. */
  sheets = $state(0);

  constructor(bindings: readonly Binding[]) {
    this.bindings = bindings;
  }

  /** Handles a binding while the calling component is on screen. Call this during its initialisation. */
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

  /** Is the binding not covered by a layer? */
  #reaches({ id }: Binding): boolean {
    return this.layers === 0 || (this.layers <= this.sheets && id.startsWith("view."));
  }

  handles(id: string): boolean {
    return this.#handlers.has(id);
  }

  /** The hints of the status bar: the keys that work now, at most four of the view, then the global ones. */
  hints(): Binding[] {
    if (this.layers > 0) return [];
    const hinted = this.bindings
      .filter((binding) => binding.hint !== undefined && this.handles(binding.id))
      .sort((a, b) => (a.hint ?? 0) - (b.hint ?? 0));
    const everywhere = (binding: Binding) => binding.group === "Everywhere";
    return [...hinted.filter((one) => !everywhere(one)).slice(0, 4), ...hinted.filter(everywhere)];
  }

  /**
   * Handles a key press. Ctrl chords are handled in the capture phase, before switches and menus consume their Enter;
   * other keys in the bubble phase, if nothing else handled them.
   */
  handle(event: KeyboardEvent, way: "down" | "up"): void {
    if ((event.ctrlKey || event.metaKey) !== (way === "down")) return;
    if (event.defaultPrevented || event.isComposing) return;
    if (way === "up" && isMenu(event.target)) return;
    const name = keyName(event);
    const single = name.length === 1;
    if (single && isTextField(event.target)) return;
    const binding = this.bindings.find(
      (one) =>
        !one.native &&
        (one.always || this.#reaches(one)) &&
        one.key.toLowerCase() === name.toLowerCase() &&
        this.handles(one.id),
    );
    if (!binding) return;
    event.preventDefault();
    if (way === "down") event.stopPropagation();
    this.#handlers.get(binding.id)?.();
  }
}

export const [useShortcuts, provideShortcuts] = createContext<Shortcuts>();
