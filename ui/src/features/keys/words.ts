// The words for signing keys: what they sign, their state, and what an action on them does.
import type { KeyDetail, KeyLifetimes, KeyPurpose, KeyView } from "../../api/bindings.gen";
import { count, day, magnitude } from "../../shared/time/format";

export const purposes: readonly KeyPurpose[] = ["access", "refresh", "mfa", "test"];

/** What keys of a purpose sign. */
export const signs: Record<KeyPurpose, string> = {
  access: "Access tokens",
  refresh: "Refresh tokens",
  mfa: "Pending tokens",
  test: "Tokens made by hand",
};

/** "access key" */
export const keyName: Record<KeyPurpose, string> = {
  access: "access key",
  refresh: "refresh key",
  mfa: "pending key",
  test: "test key",
};

/** The note beside a group: how long its tokens live, and whether its keys are published. */
export function groupNote(purpose: KeyPurpose, lifetimes: KeyLifetimes): string {
  switch (purpose) {
    case "access":
      return `${magnitude(lifetimes.access)}, public keys in the JWK Set`;
    case "refresh":
      return `${magnitude(lifetimes.refresh)}, secret, never published`;
    case "mfa":
      return `${magnitude(lifetimes.mfa)}, secret, never published`;
    case "test":
      return "published only while you want it";
  }
}

export type Tone = "pass" | "warn" | "neutral";

/** The state of a key and the rest of its sentence: "Retiring", "9 h 27 m left". */
export function stateOf(key: KeyView, now: number): { word: string; rest: string; tone: Tone } {
  const { state } = key;
  if (!key.proven && state.kind !== "retired")
    return { word: "In doubt", rest: "until the keyring confirms it", tone: "warn" };
  switch (state.kind) {
    case "next":
      return { word: "Next", rest: "published, does not sign yet", tone: "neutral" };
    case "active":
      return { word: "Active", rest: "signs and verifies", tone: "pass" };
    case "retiring": {
      const left = seconds(state.until_ms) - now;
      return {
        word: "Retiring",
        rest: left > 0 ? `${magnitude(left)} left` : "its tokens have expired",
        tone: "warn",
      };
    }
    case "retired":
      return { word: "Retired", rest: `since ${day(seconds(state.at_ms), now)}`, tone: "neutral" };
  }
}

/** The share of its last stretch that a retiring key has left. */
export function shareLeft(key: KeyView, nowMs: number): number {
  const { state } = key;
  if (state.kind !== "retiring") return 0;
  return (state.until_ms - nowMs) / Math.max(1, state.until_ms - state.since_ms);
}

/** "22 d" */
export const ageOf = (key: KeyView, now: number): string => {
  const age = Math.max(0, now - seconds(key.created_at_ms));
  return age < 60 ? "now" : (magnitude(age).match(/^\S+ \S+/)?.[0] ?? "");
};

const size: Record<string, string> = {
  ES256: "P-256",
  ES256K: "secp256k1",
  ES384: "P-384",
  ES512: "P-521",
  EdDSA: "Ed25519",
};

/** The curve of a key, or its kind. */
export const curveOf = (algorithm: string): string =>
  size[algorithm] ?? (algorithm.startsWith("HS") ? "secret" : "RSA");

const tokens = (number: number) => `${count(number)} token${number === 1 ? "" : "s"}`;

/** How many tokens may still be valid: "at most 3 tokens are still valid". */
export function livingWords(detail: KeyDetail): string {
  if (detail.living === null) return "Not recorded";
  if (detail.living === 0) return "No token is valid";
  return `At most ${tokens(detail.living)}`;
}

/** The question before a key is retired. */
export function beforeRetiring(detail: KeyDetail | null, key: KeyView): string {
  if (key.state.kind === "next") return "Retire? It has signed nothing";
  if (detail === null || detail.key.kid !== key.kid) return "Retire now?";
  if (detail.living === null) return "Retire? Its tokens are refused";
  if (detail.living === 0) return "Retire? No token is valid";
  return `Retire? Refuses up to ${tokens(detail.living)}`;
}

/** What a rotation does to tokens and to clients, one sentence each. */
export function rotationWords(
  purpose: KeyPurpose,
  active: KeyView | undefined,
  algorithm: string,
  lifetimes: KeyLifetimes,
): string[] {
  const first = active
    ? `A new ${algorithm} key signs from now on. ${active.name} only verifies, until the last of its tokens has expired.`
    : `A new ${algorithm} key signs from now on.`;
  switch (purpose) {
    case "access":
      return [
        first,
        "Tokens that clients hold stay valid until they expire.",
        "The JWK Set lists both keys. A client that keeps a copy of it refuses new tokens until it fetches the set again; most do so when they meet an unknown kid.",
      ];
    case "refresh":
      return [
        first,
        `Sessions go on: their refresh tokens verify for up to ${magnitude(lifetimes.refresh)}.`,
      ];
    case "mfa":
      return [first, `A sign-in that waits for its code can be completed for ${magnitude(lifetimes.mfa)}.`];
    case "test":
      return [first, "Tokens made by hand with the old key verify until they expire."];
  }
}

export const seconds = (ms: number): number => Math.floor(ms / 1000);
