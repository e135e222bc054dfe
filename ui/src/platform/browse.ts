// Opens a specification in the browser, through the program: the page itself reaches no address.
import { explainInLine } from "../api/errors";
import { useToasts } from "../shared/controls/toasts.svelte";
import { settled, useHost } from "./host";

export function useBrowse(): (address: string) => Promise<void> {
  const host = useHost();
  const toasts = useToasts();
  return async (address) => {
    const answer = await settled(host.openReference(address));
    if (answer.status === "error") toasts.error("Could not open it", explainInLine(answer.error));
  };
}
