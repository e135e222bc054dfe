// The list of users in memory, paged as the program pages it.
import type {
  NewUser,
  PasswordRating,
  UserListPage,
  UserListRequest,
  UserView,
  WireError,
} from "../../api/bindings.gen";
import { wireError } from "./answers";

export function listed(
  all: readonly UserView[],
  { text, sort, descending, after, most }: UserListRequest,
): UserListPage {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = all.filter((user) => {
    const texts = [user.username, user.display_name, user.email, ...user.scopes].join(" ").toLowerCase();
    return words.every((word) => texts.includes(word));
  });
  const value = (user: UserView): string | number =>
    ({
      username: user.username.toLowerCase(),
      created: user.created_at_ms,
      last_sign_in: user.last_sign_in_at_ms ?? -Infinity,
      active: Number(user.active),
      scopes: user.scopes.join(" "),
      second_factor: ["off", "pending", "on"].indexOf(user.second_factor),
      sessions: user.active_sessions,
      lock: user.lock === null ? 0 : user.lock.kind === "until" ? user.lock.ms : Infinity,
    })[sort];
  const sorted = found.toSorted(
    (a, b) => (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0) * (descending ? -1 : 1),
  );
  const from = Number(after ?? 0);
  return {
    users: sorted.slice(from, from + most).map((user) => ({ ...user })),
    next: from + most < sorted.length ? String(from + most) : null,
    all: all.length,
    found: found.length,
  };
}

/** A user with what is not given as of a new one. */
export function userOf(given: Partial<UserView> & { username: string }): UserView {
  return {
    display_name: "",
    email: "",
    active: true,
    scopes: [],
    created_at_ms: Date.now(),
    last_sign_in_at_ms: null,
    lock: null,
    active_sessions: 0,
    second_factor: "off",
    ...given,
  };
}

/** Why a user is not created; null if they are. */
export function refusalOf(user: NewUser, all: readonly UserView[]): WireError | null {
  if (user.username === "") return wireError({ area: "users", code: "username_empty" });
  if (/[^a-zA-Z0-9._-]/.test(user.username)) {
    return wireError({
      area: "users",
      code: "username_character",
      character: user.username.match(/[^a-zA-Z0-9._-]/)?.[0] ?? "",
    });
  }
  if (all.some((one) => one.username.toLowerCase() === user.username.toLowerCase())) {
    return wireError({ area: "users", code: "username_taken", name: user.username });
  }
  if (user.email !== "" && !/^\S+@\S+$/.test(user.email))
    return wireError({ area: "users", code: "email_invalid" });
  if (user.password.length < 8) return wireError({ area: "passwords", code: "too_short", minimum: 8 });
  return null;
}

export function ratingOf(password: string, username: string): PasswordRating {
  return {
    score: Math.min(4, Math.floor(password.length / 4)),
    advice: password.length < 12 ? "Add another word or two. Uncommon words are better." : "",
    refusal:
      password.length < 8
        ? wireError({ area: "passwords", code: "too_short", minimum: 8 })
        : password === username
          ? wireError({ area: "passwords", code: "guessable" })
          : null,
  };
}
