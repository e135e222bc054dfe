// Saving what anyone may have of the keys, to a file that the program asks for.
import type { PublicFile } from "../../api/bindings.gen";
import { explainInLine } from "../../api/errors";
import { useToasts } from "../../shared/controls/toasts.svelte";
import { useKeys } from "./keys.svelte";

const words: Record<PublicFile["kind"], string> = {
  jwk: "public JWK",
  pem: "public PEM",
  jwk_set: "JWK Set",
};

export function useSave(): (file: PublicFile) => Promise<void> {
  const keys = useKeys();
  const toasts = useToasts();
  return async (file) => {
    const what = words[file.kind];
    const answer = await keys.save(file);
    if (answer.status === "error") toasts.error(`Could not save the ${what}`, explainInLine(answer.error));
    else if (answer.data !== null) toasts.success(`Saved the ${what}`, answer.data);
  };
}
