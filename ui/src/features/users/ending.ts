// What the deletion of a user or a new password ends, in words.
import type { UserView } from "../../api/bindings.gen";
import { count } from "../../shared/time/format";

const sessionsOf = (user: UserView) =>
  `${count(user.active_sessions)} active session${user.active_sessions === 1 ? "" : "s"}`;

/** Said before a password is set. */
export function endedWith(user: UserView): string {
  const ends = [...(user.active_sessions > 0 ? [sessionsOf(user)] : []), ...(user.lock ? ["the lock"] : [])];
  const rest = user.second_factor === "on" ? " The second factor stays on." : "";
  if (ends.length === 0) return `${user.username} has no active session that this would end.${rest}`;
  return `This ends ${ends.join(" and ")} of ${user.username}.${rest}`;
}

/** Said before a user is deleted: one line for each thing that goes. */
export function lostWith(user: UserView): string[] {
  return [
    user.active_sessions > 0
      ? `${sessionsOf(user)}: their access and refresh tokens are refused from then on.`
      : "No active session.",
    ...(user.second_factor === "on"
      ? ["The second factor and its recovery codes: the entry in the authenticator app becomes useless."]
      : user.second_factor === "pending"
        ? ["The second factor that is being enrolled."]
        : []),
    "The password and the scopes. Events stay, without the name.",
  ];
}

/** Said before a second factor is removed. */
export function removedWith(user: UserView): string {
  const ends = user.active_sessions > 0 ? ` This ends ${sessionsOf(user)}.` : "";
  return `${user.username} then signs in with the password alone. The recovery codes go too, and the entry in the authenticator app becomes useless.${ends}`;
}
