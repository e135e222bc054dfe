// A paste into the token's field.
import type { Inspector } from "../inspect.svelte";
import { focusVerdictQuietly } from "../verdict/focus-verdict";

/** Inspects what was pasted. The keys that act on a token do nothing inside a field, so the focus leaves it. */
export async function pasteIntoField(inspector: Inspector, given: string): Promise<void> {
  // Without text, the clipboard is asked for what it holds.
  await (given === "" ? inspector.paste() : inspector.pasted(given));
  if (inspector.problem === null && inspector.report !== null) focusVerdictQuietly();
}
