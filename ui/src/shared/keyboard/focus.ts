// Restores the focus. A pressed button may disappear because of its own action: the focus then passes to what replaces
// it instead of to the page's body.

const STOPS = [
  '[tabindex="0"]',
  "a[href]",
  'button:not(:disabled, [tabindex="-1"])',
  'input:not(:disabled, [tabindex="-1"])',
  'textarea:not(:disabled, [tabindex="-1"])',
].join(", ");

/** Was a key pressed last, rather than the pointer? */
let byKey = false;

/** Moves the focus. If the last input was a key, the focus ring is shown, even if a pointer was used earlier. */
export function moveFocus(to: HTMLElement | null | undefined, options: FocusOptions = {}): void {
  const shown: FocusOptions & { focusVisible?: boolean } = byKey
    ? { ...options, focusVisible: true }
    : options;
  to?.focus(shown);
}

/** The element itself if it is a tab stop, else the first tab stop inside it; in a list that is the current row. */
function firstStop(element: Element): HTMLElement | null {
  if (element.matches(STOPS)) return element as HTMLElement;
  return (
    element.querySelector<HTMLElement>('[aria-selected="true"][tabindex="0"]') ??
    element.querySelector<HTMLElement>(STOPS)
  );
}

/** Keeps the focus from falling to the page's body while its view stays; returns a function that stops this. */
export function keepFocus(): () => void {
  /** The focused element and its ancestors, innermost first, and the same for the view below layers and toasts. */
  let here: readonly Element[] = [];
  let inView: readonly Element[] = [];
  const remember = () => {
    const line: Element[] = [];
    for (let at = document.activeElement; at && !at.matches("body, main"); at = at.parentElement)
      line.push(at);
    here = line;
    if (line.some((one) => one.matches("[data-pane]"))) inView = line;
  };
  const observer = new MutationObserver((records) => {
    const [last] = here;
    if (document.activeElement !== document.body || !last) return;
    if (last.isConnected) {
      // An element that only moved, such as one of a list that is sorted anew, has lost the focus as well.
      const moved = records.some(({ removedNodes }) => [...removedNodes].some((one) => one.contains(last)));
      if (moved && last instanceof HTMLElement) moveFocus(last, { preventScroll: true });
      return;
    }
    const inLayer = here.some((one) => one.isConnected && one.matches('[role="dialog"]'));
    for (const one of inLayer ? here : inView) {
      const heir = one.isConnected ? firstStop(one) : null;
      if (heir) return moveFocus(heir);
    }
  });
  const key = () => (byKey = true);
  const pointer = () => (byKey = false);
  document.addEventListener("keydown", key, true);
  document.addEventListener("pointerdown", pointer, true);
  document.addEventListener("focusin", remember);
  observer.observe(document.body, { childList: true, subtree: true });
  return () => {
    document.removeEventListener("keydown", key, true);
    document.removeEventListener("pointerdown", pointer, true);
    document.removeEventListener("focusin", remember);
    observer.disconnect();
  };
}
