// The five states of a signature, in words, colours and icons.
import type { Report } from "../../../api/bindings.gen";
import CircleDashed from "@lucide/svelte/icons/circle-dashed";
import CircleSlash from "@lucide/svelte/icons/circle-slash";
import KeyRound from "@lucide/svelte/icons/key-round";
import ShieldCheck from "@lucide/svelte/icons/shield-check";
import ShieldOff from "@lucide/svelte/icons/shield-off";
import ShieldX from "@lucide/svelte/icons/shield-x";

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
    : signatureStates[report.signature.state];
