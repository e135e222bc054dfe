// What still works while the keys cannot be read, and what has to wait: for the keyring's screen and for each view.
import type { KeyringView } from "../../api/bindings.gen";

/** A place in the window that says what it can still do. */
export type Place = "users" | "sessions" | "keys" | "activity" | "sign-in";

interface Sentences {
  /** No key can be read. */
  without: string;
  /** The signing keys were read before the trouble began. */
  atHand: string;
  /** The keyring is not to blame: the database cannot be written. */
  storeFailed: string;
}

const inPlace: Record<Place, Sentences> = {
  users: {
    without:
      "Users, passwords and scopes can be viewed and changed. Signing in needs the keys, and so does setting up or checking a second factor.",
    atHand:
      "Users can be viewed and changed, and signing in uses the keys that were read before. Setting up a second factor may need a key that was not.",
    storeFailed: "Users can be viewed. Changes and signing in need the database.",
  },
  sessions: {
    without: "Sessions can be viewed and revoked. Refresh, Replay, Race and signing in need the keys.",
    atHand: "Sessions can be viewed, revoked and refreshed: the keys that were read before are used.",
    storeFailed: "Sessions can be viewed. Revoking, refreshing and signing in need the database.",
  },
  keys: {
    without:
      "Keys can be viewed, and tokens verified with their public parts. Signing, new keys, retiring and copies of private keys need it.",
    atHand:
      "Keys can be viewed, and those that were read before still sign. New keys, retiring and copies of private keys need it.",
    storeFailed: "Keys can be viewed. New keys and changes need the database.",
  },
  activity: {
    without: "Events are shown, filtered and exported as usual: that needs no key.",
    atHand: "Events are shown, filtered and exported as usual: that needs no key.",
    storeFailed: "Events can be viewed and exported. New ones need the database.",
  },
  "sign-in": {
    without: "Signing in needs the keys.",
    atHand:
      "Signing in uses the keys that were read before. A code cannot be checked if its key was not among them.",
    storeFailed: "Signing in needs the database, and is tried again with each attempt.",
  },
};

/** What this place can do and what has to wait, in the keyring's current state. */
export function stillWorks(place: Place, view: KeyringView): string {
  const said = inPlace[place];
  if (view.state === "store_failed") return said.storeFailed;
  return view.keys_at_hand ? said.atHand : said.without;
}

/** The same for the whole window, a line for each part of it. */
export const meanwhile = (view: KeyringView) => [
  { name: "Inspect", what: "decodes and verifies any token", works: true },
  view.store_problem
    ? { name: "Users", what: "can be viewed; changes need the database", works: true }
    : { name: "Users", what: "can be viewed and edited", works: true },
  view.store_problem
    ? { name: "Sessions", what: "can be viewed; changes need the database", works: true }
    : view.keys_at_hand
      ? { name: "Sessions", what: "can be viewed, revoked and refreshed", works: true }
      : { name: "Sessions", what: "can be viewed and revoked, but not refreshed", works: true },
  view.keys_at_hand
    ? { name: "Sign-in", what: "signs with the keys that were read before", works: true }
    : { name: "Sign-in", what: "needs the signing key", works: false },
  view.keys_at_hand
    ? { name: "Edit & re-sign", what: "signs with them too", works: true }
    : { name: "Edit & re-sign", what: "needs it too, unless you give a key", works: false },
];
