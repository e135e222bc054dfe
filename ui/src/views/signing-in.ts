// How a sign-in begins, from whichever view.
import type { UserView } from "../api/bindings.gen";
import { useKeyring } from "../features/keyring/keyring.svelte";
import { useSignIn } from "../features/sign-in/sign-in.svelte";

export function useSigningIn(): (user: UserView) => void {
  const keyring = useKeyring();
  const signIn = useSignIn();
  return (user) => {
    // A database that failed may have room again: the sign-in itself says how it stands.
    if (keyring.troubled && keyring.view?.state !== "store_failed") keyring.screen = true;
    else signIn.open(user);
  };
}
