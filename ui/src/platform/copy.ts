// Copies through the program, which keeps the text out of clipboard histories and clears secrets later; reports what
// was copied.
import { explainInLine } from "../api/errors";
import { useToasts } from "../shared/controls/toasts.svelte";
import { type Answer, settled, useHost } from "./host";

/** `what` names the text: "token" becomes "Token copied". */
export function useCopy(): (text: string, what: string) => Promise<void> {
  const host = useHost();
  const tell = useTelling();
  return async (text, what) => tell(`${sentenceCase(what)} copied`, await settled(host.copyText(text)));
}

/**
 * Copies a secret that does not look like one: a password, a recovery code. `what` names it: "The password". Returns
 * whether it was copied.
 */
export function useCopySecret(): (text: string, what: string) => Promise<boolean> {
  const host = useHost();
  const tell = useTelling();
  return async (text, what) => {
    const answer = await settled(host.copySecret(text));
    tell(`${what} is copied`, answer);
    return answer.status === "ok";
  };
}

/** Reports that the program copied a secret itself. `what` names it: "The secret". */
export function useCopied(): (what: string, answer: Answer<number | null>) => void {
  const tell = useTelling();
  return (what, answer) => tell(`${what} is copied`, answer);
}

/** Names such as cURL keep their case. */
const sentenceCase = (what: string) =>
  /^[a-z][A-Z]/.test(what) ? what : what.charAt(0).toUpperCase() + what.slice(1);

function useTelling(): (done: string, answer: Answer<number | null>) => void {
  const toasts = useToasts();
  return (done, answer) => {
    if (answer.status === "error") return toasts.error("Could not copy", explainInLine(answer.error));
    const stays = answer.data;
    toasts.success(done, stays === null ? undefined : `It leaves the clipboard in ${stays} s.`);
  };
}
