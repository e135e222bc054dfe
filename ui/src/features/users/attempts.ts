// The words for the outcome of an attempt to sign in.
import type { AttemptOutcomeView } from "../../api/bindings.gen";

export type AttemptTone = "good" | "bad" | "locked" | "reset";

export const attemptWords: Record<AttemptOutcomeView, readonly [AttemptTone, string]> = {
  signed_in: ["good", "Signed in"],
  password_right: ["good", "Password correct, code asked for"],
  wrong_password: ["bad", "Wrong password"],
  wrong_code: ["bad", "Wrong code"],
  earlier_code: ["bad", "Code of an earlier time"],
  future_code: ["bad", "Code of a time to come"],
  used_code: ["bad", "Code already used"],
  wrong_recovery_code: ["bad", "Wrong recovery code"],
  used_recovery_code: ["bad", "Recovery code already used"],
  recovery_code_used: ["good", "Recovery code accepted"],
  not_checked: ["locked", "Not checked: locked"],
  inactive: ["bad", "Password correct, but switched off"],
  pending_token_invalid: ["bad", "Second step no longer valid"],
  unreadable_second_factor: ["bad", "Second factor could not be read"],
  failures_reset: ["reset", "Lock and count reset"],
  password_changed: ["reset", "Password changed"],
};
