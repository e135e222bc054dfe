// The tokens of one paste: several side by side, or one inside another.
import type { FoundToken, Report } from "../../../api/bindings.gen";
import { isCompactJwe } from "./jwe";

/** The tokens to choose from once one of them, or another text, was read and `found` in it. */
export function choicesAfter(
  choices: readonly FoundToken[],
  text: string,
  found: readonly FoundToken[],
): readonly FoundToken[] {
  const at = choices.findIndex(({ token }) => token === text);
  if (at < 0) return found;
  // A key opened a step that was itself inside another.
  const isDeeper = at > 0 && isCompactJwe(text) && found.length > 1;
  return isDeeper ? [...choices.slice(0, at), ...found] : choices;
}

/** Are they the open SD-JWT and its key binding, which has a section of its own? */
export function areOnePresentation(choices: readonly FoundToken[], { token, presentation }: Report): boolean {
  const binding = presentation?.key_binding?.token ?? null;
  return binding !== null && choices.every((choice) => choice.token === token || choice.token === binding);
}
