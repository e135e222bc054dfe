// F6 moves the focus from pane to pane.
import { moveFocus } from "../shared/keyboard/focus";

export function nextPane(): void {
  const panes = [...document.querySelectorAll<HTMLElement>("[data-pane]")];
  const at = panes.findIndex((pane) => pane.contains(document.activeElement));
  const pane = panes[(at + 1) % panes.length];
  const first = pane?.querySelector<HTMLElement>(
    '[tabindex="0"], button:not([tabindex="-1"]), input, textarea',
  );
  moveFocus(first ?? pane);
}
