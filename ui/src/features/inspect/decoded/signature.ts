// The states of a signature, and of an encrypted token, in words, colours and icons.
import type { Report } from "../../../api/bindings.gen";
import CircleDashed from "@lucide/svelte/icons/circle-dashed";
import CircleSlash from "@lucide/svelte/icons/circle-slash";
import KeyRound from "@lucide/svelte/icons/key-round";
import Lock from "@lucide/svelte/icons/lock";
import LockOpen from "@lucide/svelte/icons/lock-open";
import ShieldCheck from "@lucide/svelte/icons/shield-check";
import ShieldOff from "@lucide/svelte/icons/shield-off";
import ShieldX from "@lucide/svelte/icons/shield-x";
import { matchesOwnKey } from "../key/key";

const signatureStates = {
  verified: { word: "Verified", tone: "pass", icon: ShieldCheck },
  mismatch: { word: "Mismatch", tone: "fail", icon: ShieldX },
  no_key: { word: "No key", tone: "warn", icon: KeyRound },
  unsupported: { word: "Unsupported algorithm", tone: "warn", icon: CircleSlash },
  unsigned: { word: "Unsigned", tone: "fail", icon: ShieldOff },
} as const;

/** The displayed state: a signature says nothing about an unreadable token. */
export const signatureState = (report: Report) =>
  report.verdict.stopped_at === "parse"
    ? ({ word: "Not checked", tone: "neutral", icon: CircleDashed } as const)
    : matchesOwnKey(report)
      ? ({ word: "Matches its own key", tone: "neutral", icon: KeyRound } as const)
      : signatureStates[report.signature.state];

/** What a key did to an encrypted token. */
export const decryptionState = (report: Report) =>
  report.user_key?.problem === null
    ? ({ word: "Decrypted", tone: "pass", icon: LockOpen } as const)
    : ({ word: "Not decrypted", tone: "fail", icon: Lock } as const);

/** What the secret of an app showed about a cookie. */
export const appSignatureStates = {
  not_checked: { word: "Not checked", tone: "warn", icon: KeyRound },
  verified: signatureStates.verified,
  mismatch: signatureStates.mismatch,
} as const;
