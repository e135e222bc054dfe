// Where the focus goes once a token or its key was given: to the answer.
import { moveFocus } from "../../../shared/keyboard/focus";

export const verdictPane = () => document.querySelector<HTMLElement>('[data-pane][aria-label="Verdict"]');

export const focusVerdict = () => moveFocus(verdictPane(), { preventScroll: true });

/** Without a ring around the whole pane: a paste leads here, not the search for a control. */
export function focusVerdictQuietly(): void {
  const quietly: FocusOptions & { focusVisible: boolean } = { preventScroll: true, focusVisible: false };
  verdictPane()?.focus(quietly);
}
