// Copies through the program, which keeps the text out of clipboard histories and clears secrets later; reports what
// was copied.
import { explainInLine } from "../api/errors";
import { useToasts } from "../shared/controls/toasts.svelte";
import { settled, useHost } from "./host";

export function useCopy(): (text: string, as: string) => Promise<void> {
  const host = useHost();
  const toasts = useToasts();
  return async (text, as) => {
    const answer = await settled(host.copyText(text));
    if (answer.status === "ok") {
      const stays = answer.data;
      toasts.success(
        `Copied as ${as}`,
        stays === null ? undefined : `It leaves the clipboard in ${stays} s.`,
      );
    } else toasts.error("Could not copy", explainInLine(answer.error));
  };
}
