// What every failure is called in front of people: one sentence that says what happened, one that says what to do.
import type { Details, ErrorCode, WireError } from "./bindings.gen";

export interface Explanation {
  /** What is wrong. */
  sentence: string;
  /** What to do about it. */
  fix: string;
}

const quoted = (value: string | null, otherwise: string) => (value ? `“${value}”` : otherwise);
/** The limits are Rust's: where it gives none, none is named. */
const atMost = (maximum: number | null, unit: string) =>
  maximum === null ? `Use fewer ${unit}.` : `Use at most ${maximum} ${unit}.`;
const size = (bytes: number, unit: "KiB" | "MiB") =>
  `${Math.floor(bytes / (unit === "KiB" ? 1024 : 1_048_576))} ${unit}`;

export const explanations: Record<ErrorCode, (details: Details) => Explanation> = {
  username_empty: () => ({ sentence: "A username is needed.", fix: "Write one such as alice." }),
  username_too_long: (d) => ({
    sentence: "The username is too long.",
    fix: atMost(d.maximum, "characters"),
  }),
  username_invalid: (d) => ({
    sentence: `A username cannot contain ${quoted(d.value === " " ? "space" : d.value, "that character")}.`,
    fix: "Use unaccented letters, digits and . _ - @ +, and begin with a letter or a digit.",
  }),
  username_taken: (d) => ({
    sentence: `${quoted(d.value, "That username")} is taken.`,
    fix: "Choose another one. Upper and lower case count as the same.",
  }),
  display_name_too_long: (d) => ({
    sentence: "The display name is too long.",
    fix: atMost(d.maximum, "characters"),
  }),
  display_name_invalid: (d) => ({
    sentence: `The display name contains an invisible character${d.value ? ` (${d.value})` : ""}.`,
    fix: "Write the name again without it.",
  }),
  email_invalid: () => ({
    sentence: "This is not an email address.",
    fix: "Write one such as alice@example.com, or leave it empty.",
  }),
  password_too_short: (d) => ({
    sentence: "The password is too short.",
    fix: d.minimum === null ? "Use more characters." : `Use at least ${d.minimum} characters.`,
  }),
  password_too_long: (d) => ({
    sentence: "The password is too long.",
    fix: atMost(d.maximum, "bytes"),
  }),
  password_unseen: (d) => ({
    sentence: `The password contains an invisible character${d.value ? ` (${d.value})` : ""}.`,
    fix: "Type it again without that, so that you can type it anywhere.",
  }),
  password_blank: () => ({
    sentence: "The password is nothing but spaces.",
    fix: "Choose something nobody else would, such as four unrelated words.",
  }),
  password_repeated: () => ({
    sentence: "The password repeats the same characters over and over.",
    fix: "Choose something nobody else would, such as four unrelated words.",
  }),
  password_sequence: () => ({
    sentence: "The password is a sequence of keys, letters or digits, or a date.",
    fix: "Choose something nobody else would, such as four unrelated words.",
  }),
  password_weak: () => ({
    sentence: "The password would be found within a thousand guesses.",
    fix: "Choose something nobody else would, such as four unrelated words.",
  }),
  password_common: () => ({
    sentence: "The password is a common one, or close to one.",
    fix: "Choose something nobody else would, such as four unrelated words.",
  }),
  password_guessable: () => ({
    sentence: "The password is little more than the username or the product’s name.",
    fix: "Choose something that does not contain either, or add more to it.",
  }),
  scope_unknown: (d) => ({
    sentence: `The scope ${quoted(d.value, "asked for")} is not in the catalog.`,
    fix: "Choose scopes from the list.",
  }),
  user_not_found: (d) => ({
    sentence: `There is no user ${d.value ? quoted(d.value, "") : "of that name"}.`,
    fix: "Check the name against the list, which is up to date now.",
  }),
  wrong_credentials: () => ({
    sentence: "Incorrect username or password",
    fix: "Check both and sign in again.",
  }),
  pending_invalid: () => ({
    sentence: "This sign-in has expired or is no longer valid.",
    fix: "Start again with the password.",
  }),
  wrong_code: () => ({
    sentence: "The code is not right.",
    fix: "Check the clock of the authenticator, and type the code it shows now.",
  }),
  used_code: () => ({
    sentence: "This code was used already.",
    fix: "Wait for the next one.",
  }),
  used_recovery_code: () => ({
    sentence: "This recovery code was used already.",
    fix: "Use another one, and make new ones once you are signed in.",
  }),
  user_inactive: (d) => ({
    sentence: `The password is right, but ${d.value ?? "this user"} is switched off.`,
    fix: "Switch the user on in Users, then sign in again.",
  }),
  token_not_held: () => ({
    sentence: "This window does not hold that token.",
    fix: "Sign in again here. Only hashes of refresh tokens are stored.",
  }),
  policy_name_empty: () => ({ sentence: "The policy has no name.", fix: "Write one such as Partner API." }),
  policy_name_too_long: (d) => ({
    sentence: "The policy’s name is too long.",
    fix: atMost(d.maximum, "characters"),
  }),
  policy_name_invalid: (d) => ({
    sentence: `The policy’s name contains an invisible character${d.value ? ` (${d.value})` : ""}.`,
    fix: "Write the name again without it.",
  }),
  policy_reserved: (d) => ({
    sentence: `${quoted(d.value, "That")} is a built-in policy, which can be neither changed nor deleted.`,
    fix: "Save yours under another name.",
  }),
  policy_without_algorithm: () => ({
    sentence: "The policy allows no algorithm, so it would refuse every token.",
    fix: "Choose at least one.",
  }),
  policy_algorithm_unknown: (d) => ({
    sentence: `${quoted(d.value, "That")} is not a signature algorithm.`,
    fix: "Choose algorithms from the list.",
  }),
  policy_leeway_too_long: (d) => ({
    sentence: "The leeway is too long.",
    fix: atMost(d.maximum, "seconds"),
  }),
  policy_value_too_long: (d) => ({
    sentence: `The ${d.value ?? "value"} is too long.`,
    fix: atMost(d.maximum, "characters"),
  }),
  policy_too_many_required: (d) => ({
    sentence: `Too many ${d.value ?? "claims or scopes"} are required.`,
    fix: d.maximum === null ? "Require fewer." : `Require at most ${d.maximum}.`,
  }),
  policy_too_many: (d) => ({
    sentence:
      d.maximum === null ? "There is no room for more policies." : `${d.maximum} policies are saved already.`,
    fix: "Delete one, then save again.",
  }),
  policy_not_found: (d) => ({
    sentence: `There is no policy ${d.value ? quoted(d.value, "") : "of that name"}.`,
    fix: "It may have been deleted in another window. Choose one from the list.",
  }),
  keyring_locked: () => ({
    sentence: "The keyring is locked, so the signing key cannot be read.",
    fix: "Unlock the keyring, then try again.",
  }),
  keyring_absent: () => ({
    sentence: "No keyring service answers, so the signing key cannot be read.",
    fix: "Start one, then try again.",
  }),
  keyring_denied: () => ({
    sentence: "The keyring refused access to the signing key.",
    fix: "Allow Token Workbench in the keyring, then try again.",
  }),
  keyring_slow: () => ({
    sentence: "The keyring did not answer in time.",
    fix: "It may be waiting for a prompt. Answer it, then try again.",
  }),
  keyring_failed: () => ({
    sentence: "The keyring failed.",
    fix: "See what the system said, then try again.",
  }),
  key_missing: () => ({
    sentence: "The keyring does not hold the signing key this profile knows.",
    fix: "Restore the keyring, or start with another profile.",
  }),
  key_changed: () => ({
    sentence: "The keyring’s entry for a signing key contains a different key.",
    fix: "Restore the keyring, or have a new key made on the keyring screen.",
  }),
  passphrase_due: () => ({
    sentence: "The keys are sealed with a passphrase.",
    fix: "Enter it on the keyring screen.",
  }),
  passphrase_wrong: () => ({
    sentence: "This is not the passphrase that the keys are sealed with.",
    fix: "Check upper and lower case and the keyboard’s layout, then type it again.",
  }),
  vault_impossible: (d) => ({
    sentence: "The keys stay where they are.",
    fix: d.system ?? "See the log for the reason.",
  }),
  store_read_only: (d) => ({
    sentence: `${d.file ?? "The database"} cannot be written.`,
    fix: "Make the file and its folder writable for you, then try again.",
  }),
  store_full: (d) => ({
    sentence: `The disk that holds ${d.file ?? "the database"} is full.`,
    fix: "Free some space, then try again.",
  }),
  store_missing: (d) => ({
    sentence: `${d.file ?? "The database"} is gone, though this profile was in use.`,
    fix: "Put a backup in its place and try again, or start over.",
  }),
  store_damaged: (d) => ({
    sentence: `${d.file ?? "The database"} is damaged and cannot be read.`,
    fix: "Put a backup in its place and try again, or start over.",
  }),
  store_newer: (d) => ({
    sentence: `${d.file ?? "The database"} was written by a newer version of Token Workbench.`,
    fix: "Update Token Workbench, or use another profile: start it with `--profile NAME`.",
  }),
  store_busy: (d) => ({
    sentence: `Another program keeps ${d.file ?? "the database"} busy.`,
    fix: "Wait for it to finish or close it, then try again.",
  }),
  store_failed: (d) => ({
    sentence: `${d.file ?? "The database"} could not be used.`,
    fix: "See what the system said, then try again.",
  }),
  file_missing: (d) => ({
    sentence: `There is no file ${d.file ?? "of that name"}.`,
    fix: "Check the name and where it is, then give it again.",
  }),
  file_unreadable: (d) => ({
    sentence: `${d.file ?? "The file"} cannot be read.`,
    fix: "Make sure that it is a file and that you may read it, then give it again.",
  }),
  file_too_large: (d) => ({
    sentence: `${d.file ?? "The file"} is larger than any token.`,
    fix: d.maximum === null ? "Give a smaller one." : `Give a file of at most ${size(d.maximum, "MiB")}.`,
  }),
  jwks_address_invalid: () => ({
    sentence: "This is not an address that keys can be fetched from.",
    fix: "Write one such as https://issuer.example/.well-known/jwks.json.",
  }),
  jwks_insecure: () => ({
    sentence: "Keys are fetched over https only; over http from this computer alone.",
    fix: "Write the address with https.",
  }),
  jwks_credentials: () => ({
    sentence: "The address has a username or a password in it.",
    fix: "Take them out. Public keys need neither.",
  }),
  jwks_declined: (d) => ({
    sentence: `Nothing was fetched from ${d.value ?? "the host"}.`,
    fix: "Fetch again, and allow it, if you trust the address.",
  }),
  jwks_unreachable: (d) => ({
    sentence: `No keys came from ${d.value ?? "the host"}.`,
    fix: "Check the address and whether the server runs, or fetch the keys another way and paste them.",
  }),
  jwks_redirected: (d) => ({
    sentence: `${d.value ?? "The host"} redirects to ${d.system ?? "another address"}.`,
    fix: d.system ? "Give that address, if you trust it." : "Give the address where the keys are.",
  }),
  jwks_status: (d) => ({
    sentence: `${d.value ?? "The host"} answered with ${d.system ? `status ${d.system}` : "an error"}.`,
    fix: "Check the path. The issuer’s discovery document names it as jwks_uri.",
  }),
  jwks_too_large: (d) => ({
    sentence: `The answer of ${d.value ?? "the host"} is ${d.maximum === null ? "too large" : `larger than ${size(d.maximum, "KiB")}`}.`,
    fix: "Check the address. A JWK Set is much smaller.",
  }),
  jwks_not_a_set: (d) => ({
    sentence: `The answer of ${d.value ?? "the host"} is not a JWK Set.`,
    fix: "Check the path. The issuer’s discovery document names it as jwks_uri.",
  }),
  gesture_required: () => ({
    sentence: "This needs a click or a key press in this window.",
    fix: "Try again.",
  }),
  clock_out_of_range: () => ({
    sentence: "The clock can show the years 1 to 9999.",
    fix: "Choose a time within them.",
  }),
  clipboard_empty: () => ({
    sentence: "The clipboard holds no text.",
    fix: "Copy a token first, then paste again.",
  }),
  clipboard_failed: () => ({
    sentence: "The clipboard did not answer.",
    fix: "Try again, or paste into the token field.",
  }),
  inspection_overtaken: () => ({
    sentence: "Something newer was pasted.",
    fix: "Paste this one again.",
  }),
  edit_impossible: (d) => ({
    sentence: `This token cannot be edited${d.system ? `: ${d.system}` : ""}.`,
    fix: "Put the text right first.",
  }),
  signing_key_unusable: (d) => ({
    sentence: `${(d.system ?? "This key cannot sign").replace(/[.]$/, "")}.`,
    fix: "Choose another key to sign with.",
  }),
  signing_key_gone: (d) => ({
    sentence: `The key ${quoted(d.value, "that was chosen")} no longer signs.`,
    fix: "Choose another key to sign with.",
  }),
  internal: () => ({
    sentence: "Something happened that should not.",
    fix: "Try again. If it comes back, report it with the text below.",
  }),
};

export function explain(error: WireError): Explanation {
  return explanations[error.code](error.details);
}

/** Sentence and fix in one line, for places with room for one. */
export function explainInLine(error: WireError): string {
  const { sentence, fix } = explain(error);
  return `${/[.!?]$/.test(sentence) ? sentence : `${sentence}.`} ${fix}`;
}
