// F6 moves the focus from pane to pane, Shift F6 backwards.
import { moveFocus } from "../shared/keyboard/focus";

export function nextPane(step: 1 | -1 = 1): void {
  const panes = [...document.querySelectorAll<HTMLElement>("[data-pane]")];
  const at = panes.findIndex((pane) => pane.contains(document.activeElement));
  const from = at < 0 && step < 0 ? 0 : at;
  const pane = panes[(from + step + panes.length) % panes.length];
  const first = pane?.querySelector<HTMLElement>(
    '[tabindex="0"], button:not([tabindex="-1"]), input, textarea',
  );
  moveFocus(first ?? pane);
}
