// The user-facing words for sessions, refresh tokens and how they end.
import type {
  EndReasonView,
  FamilyMemberView,
  RefreshAnswer,
  RotationView,
  SessionDetail,
  SessionView,
} from "../../api/bindings.gen";
import { explainInLine } from "../../api/errors";
import { count, magnitude } from "../../shared/time/format";

export type Tone = "pass" | "fail" | "neutral";

const ends: Record<EndReasonView, string> = {
  revoked: "Revoked",
  replay: "Revoked, token reuse",
  user_deactivated: "Ended, user off",
  password_changed: "Ended, new password",
  factor_removed: "Ended, factor removed",
  keys_lost: "Ended, keys lost",
  restored: "Ended by a restore",
};

/** The status of a session: "Active", "Revoked, token reuse". */
export function statusOf(session: SessionView, nowMs: number): { word: string; tone: Tone } {
  const { state } = session;
  if (state.kind === "ended") {
    const word = state.reason ? ends[state.reason] : "Ended";
    return { word, tone: state.reason === "replay" || state.reason === "revoked" ? "fail" : "neutral" };
  }
  const over = state.kind === "expired" || (session.expires_at_ms !== null && session.expires_at_ms <= nowMs);
  return over ? { word: "Expired", tone: "neutral" } : { word: "Active", tone: "pass" };
}

/** "1 session", "no session", "3 sessions". */
export const counted = (sessions: number): string =>
  sessions === 0 ? "no session" : `${count(sessions)} session${sessions === 1 ? "" : "s"}`;

/** A duration that may be below a second: "less than 1 s". */
export const lapse = (seconds: number): string => (seconds < 1 ? "less than 1 s" : magnitude(seconds));

/** The result of one use of a refresh token. */
export function answerWords(answer: RefreshAnswer): { word: string; tone: Tone } {
  switch (answer.kind) {
    case "refreshed":
      return { word: "New tokens", tone: "pass" };
    case "replayed":
      return {
        word: `Refused: R${answer.generation} was used ${lapse(answer.used_seconds_ago)} before, so the session was ended`,
        tone: "fail",
      };
    case "session_ended":
      return { word: "Refused: the session has ended", tone: "fail" };
    case "expired":
      return { word: "Refused: the session was not refreshed in time", tone: "fail" };
    case "user_inactive":
      return { word: "Refused: the user is switched off", tone: "fail" };
    case "unknown":
      return { word: "Refused: the profile does not know the token", tone: "fail" };
    case "failed":
      return { word: `Not looked at: ${explainInLine(answer)}`, tone: "fail" };
  }
}

/** What happens to access tokens when their session ends. */
const withIt = (detail: SessionDetail) =>
  detail.short_lived ? "access tokens work until they expire" : "its access tokens are refused";

/** The same, worded as a fact about the session. */
export const onceRevoked = (detail: SessionDetail): string =>
  detail.short_lived ? "Access tokens work until they expire" : "Access tokens are refused";

/** The question before an old token is used again; the family shows the full consequence. */
export function beforeReplay(detail: SessionDetail, generation: number): string {
  const does = {
    strict: "The session ends",
    grace: "The session may end",
    evidence: "The session may end",
    none: "Nothing ends",
  }[detail.rotation.kind];
  return `Replay R${generation}? ${does}`;
}

/** The consequence of using an old token again, shown beforehand. */
export function consequence(detail: SessionDetail): string {
  const { rotation } = detail;
  switch (rotation.kind) {
    case "strict":
      return `The session ends, and ${withIt(detail)}`;
    case "grace":
      return `Within ${magnitude(rotation.seconds)} the same tokens come again; later the session ends`;
    case "evidence":
      return "Forgiven while its successor is unused; else the session ends";
    case "none":
      return "Nothing: refresh tokens are never used up here";
  }
}

/** How refresh tokens rotate in this profile, for the facts about a session. */
export function rotationWords(rotation: RotationView): string {
  switch (rotation.kind) {
    case "strict":
      return "Every use, no grace";
    case "grace":
      return `Every use, ${magnitude(rotation.seconds)} grace`;
    case "evidence":
      return "Every use, until the successor is used";
    case "none":
      return "Never";
  }
}

/** Whether a server would accept a member's access token. */
export function accessOf(
  detail: SessionDetail,
  member: FamilyMemberView,
  nowMs: number,
): "live" | "revoked" | "expired" {
  const { state } = detail.session;
  const end = state.kind === "ended" ? state.at_ms : nowMs;
  if (member.access_refused && member.access_expires_at_ms > end) return "revoked";
  return member.access_expires_at_ms <= nowMs ? "expired" : "live";
}

/** The token that may be used now. */
export function currentOf(detail: SessionDetail): FamilyMemberView | null {
  return detail.family.find((member) => member.active) ?? null;
}

export function newestUsed(detail: SessionDetail, held: boolean): FamilyMemberView | null {
  const used = detail.family.filter(
    (member) => member.used_at_ms !== null && (!held || detail.held.includes(member.jti)),
  );
  return used.at(-1) ?? null;
}

/** The answer to one request of a race, as a client over HTTP would get it. */
export function laneWords(answer: RefreshAnswer): { status: number; word: string; tone: Tone } {
  switch (answer.kind) {
    case "refreshed":
      return { status: 200, word: "New tokens", tone: "pass" };
    case "replayed":
      return { status: 401, word: `Reuse of R${answer.generation}, family revoked`, tone: "fail" };
    case "session_ended":
      return { status: 401, word: "Family already revoked", tone: "neutral" };
    case "failed":
      return { status: 500, word: explainInLine(answer), tone: "fail" };
    default:
      return { status: 401, word: answerWords(answer).word, tone: "neutral" };
  }
}

/** The name of a preset: "Grace 10 s". */
export function presetName(rotation: RotationView): string {
  switch (rotation.kind) {
    case "strict":
      return "Strict";
    case "grace":
      return `Grace ${magnitude(rotation.seconds)}`;
    case "evidence":
      return "Evidence";
    case "none":
      return "No rotation";
  }
}

/** Why the window cannot use the current refresh token of a session; it may hold `older` ones. */
export const notHeld = (older: boolean): string =>
  "Only hashes of refresh tokens are stored, so this window can use only those it received itself. " +
  (older ? "The current one of this session was issued elsewhere." : "It holds none of this session.");

/** Why a race goes under a preset as its rehearsal went. */
export const presetWords: Record<RotationView["kind"], string> = {
  strict: "A used token is a replay: safe, but a client that races is signed out",
  grace: "Each gets the same successor, until it is used",
  evidence: "While no successor was used, each unused one is replaced and the last one counts",
  none: "The token stays good for everybody who has it, a thief included",
};
