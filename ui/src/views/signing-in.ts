// Starts a sign-in from any view.
import type { UserView } from "../api/bindings.gen";
import { useKeyring } from "../features/keyring/keyring.svelte";
import { useSignIn } from "../features/sign-in/sign-in.svelte";

export function useSigningIn(): (user: UserView) => void {
  const keyring = useKeyring();
  const signIn = useSignIn();
  return (user) => {
    // A failed database may have room again, so let the sign-in itself find out.
    if (keyring.missing && keyring.view?.state !== "store_failed") keyring.screen = true;
    else signIn.open(user);
  };
}
