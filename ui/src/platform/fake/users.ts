// The list of users in memory, paged as the program pages it.
import type { UserListPage, UserListRequest, UserView } from "../../api/bindings.gen";

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
