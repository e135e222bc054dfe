// Ctrl V anywhere outside a field inspects the clipboard.
import { isTextField } from "../shared/keyboard/shortcuts.svelte";

/** How long the page waits for a paste event before it asks the program for the clipboard. */
const PATIENCE_MS = 120;

export interface Pasting {
  /** Is a layer with its own fields open? */
  blocked: () => boolean;
  take: (text: string) => void;
  /** Called if no paste event arrives: WebKit sends none unless something editable has the focus. */
  ask: () => void;
}

export function listenForPaste({ blocked, take, ask }: Pasting): () => void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const elsewhere = (event: Event) => blocked() || isTextField(event.target);

  const onkeydown = (event: KeyboardEvent) => {
    const pastes = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "v";
    if (!pastes || event.repeat || elsewhere(event)) return;
    clearTimeout(waiting);
    waiting = setTimeout(ask, PATIENCE_MS);
  };
  const onpaste = (event: ClipboardEvent) => {
    if (elsewhere(event)) return;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (text === "") return;
    clearTimeout(waiting);
    event.preventDefault();
    take(text);
  };
  window.addEventListener("keydown", onkeydown);
  window.addEventListener("paste", onpaste);
  return () => {
    clearTimeout(waiting);
    window.removeEventListener("keydown", onkeydown);
    window.removeEventListener("paste", onpaste);
  };
}
