// Where the focus goes once a token or its key was given: to the answer.
import { moveFocus } from "../../../shared/keyboard/focus";

export const verdictPane = () => document.querySelector<HTMLElement>('[data-pane][aria-label="Verdict"]');

export const focusVerdict = () => moveFocus(verdictPane(), { preventScroll: true });
