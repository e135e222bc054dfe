// The name, meaning and advice for each state of the keyring.
import type { KeyringState, KeyringView } from "../../api/bindings.gen";

/** Says that the keys are available: a keyring's name is singular, "Keys of this session" is plural. */
export const isReady = (name: string): string => `${name} ${name.startsWith("Keys ") ? "are" : "is"} ready`;

/** Passphrases follow the rules for passwords; only the word differs. */
export const ofPassphrase = (text: string): string => text.replace(/\bpassword/g, "passphrase");

/**
 * The keyring in one line: "GNOME Keyring locked". If the database failed, the name is left out, since the keyring is
 * not to blame.
 */
export const inOneLine = (view: KeyringView): string =>
  view.state === "store_failed"
    ? keyringWords.store_failed.word
    : `${view.name} ${keyringWords[view.state].word}`;

interface Words {
  /** The state's word in the status bar. */
  word: string;
  title: (name: string) => string;
  sentence: string;
  /** Further advice, one line each. */
  advice: string[];
}

export const keyringWords: Record<KeyringState, Words> = {
  checking: {
    word: "checking",
    title: (name) => `Asking ${name}`,
    sentence: "Waiting for the keyring.",
    advice: [],
  },
  ready: {
    word: "ready",
    title: isReady,
    sentence: "Signing keys are at hand.",
    advice: [],
  },
  locked: {
    word: "locked",
    title: (name) => `${name} is locked`,
    sentence: "Signing keys live inside it. Unlock it to sign in.",
    advice: [],
  },
  absent: {
    word: "not running",
    title: () => "No keyring service is running",
    sentence: "Signing keys live in the system’s keyring, and no Secret Service answers on this desktop.",
    advice: ["Start `gnome-keyring-daemon` or KWallet, then try again."],
  },
  no_collection: {
    word: "not set up",
    title: (name) => `${name} is not set up yet`,
    sentence: "It is running but has no default keyring for the signing keys.",
    advice: ["Make one: its own prompt asks for a password for it."],
  },
  denied: {
    word: "refused",
    title: (name) => `${name} refused access`,
    sentence: "Signing keys live inside it, and it did not let Token Workbench read them.",
    advice: ["Allow access in the keyring’s own settings or in its prompt, then try again."],
  },
  slow: {
    word: "not answering",
    title: (name) => `${name} does not answer`,
    sentence: "It may be waiting for a prompt that is hidden behind another window.",
    advice: ["Look for the prompt and answer it, then try again."],
  },
  failed: {
    word: "failed",
    title: (name) => `${name} failed`,
    sentence: "Signing keys live inside it, and it could not hand them out.",
    advice: ["See what the system said, then try again."],
  },
  key_missing: {
    word: "key missing",
    title: (name) => `${name} does not hold the signing key`,
    sentence:
      "This profile’s database knows a signing key that the keyring does not have. A new one is never made silently.",
    advice: [
      "Restore the keyring this profile was made with, then try again.",
      "If it cannot be restored, new keys can take the place of those that are gone.",
    ],
  },
  key_changed: {
    word: "key changed",
    title: (name) => `${name} holds another key`,
    sentence:
      "The keyring’s entry for a signing key of this profile contains a different key. It will not be used.",
    advice: [
      "Restore the keyring this profile was made with, then try again.",
      "If you did not change it yourself, another program did. New keys can take the place of those that were changed.",
    ],
  },
  passphrase_due: {
    word: "needs its passphrase",
    title: () => "The keys are sealed with a passphrase",
    sentence: "Signing keys live in a file of this profile. Its passphrase opens it until the program ends.",
    advice: [],
  },
  store_failed: {
    word: "Database failed",
    title: () => "The database kept the signing key from being used",
    sentence: "The keyring is not to blame.",
    advice: [],
  },
};

/** What is said instead of a state's sentence if the keys were read before. */
export const keysAtHand =
  "The signing keys that were read from it before stay in use until the program ends. No other key can be read or made.";

/** The missing keys were made for one session: nothing is broken, and there is nothing to restore. */
export const sessionOver: Words = {
  word: "key missing",
  title: () => "The keys of the last session are gone",
  sentence:
    "They were kept in memory for that session only and were lost when it ended. New ones are never made silently.",
  advice: [],
};

/** The consequences of making new keys; what happens to sessions depends on what happened to the old keys. */
export const lostWith = (sessions: string): readonly string[] => [
  sessions,
  "Second factors that were sealed with a lost key cannot be checked.",
  "Tokens signed with a lost shared secret (HS256, HS384, HS512) no longer verify; others do until they expire.",
];
