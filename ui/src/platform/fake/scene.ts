// The fake program as an address in a plain browser describes it.
import type { KeyringState, StoreProblem } from "../../api/bindings.gen";
import { FakeHost } from "../fake";
import { storeError } from "./answers";
import { type TextName, texts, views } from "./recorded";
import { sessionOf } from "./sessions";

/** `?keyring=locked&store=store_damaged&users=0&clip=expired` sets the scene in a browser. */
export function fakeFromAddress(search: string): FakeHost {
  const query = new URLSearchParams(search);
  const file = "/home/me/.local/share/token-workbench/default/workbench.db";
  const host = new FakeHost({
    users: query.get("users") === "0" ? [] : views.users,
    keyring: (query.get("keyring") as KeyringState | null) ?? "ready",
    system: query.has("keyring") ? "org.freedesktop.Secret.Error.IsLocked: collection 'login'" : null,
    storeProblem: query.has("store") ? storeError(query.get("store") as StoreProblem["code"], file) : null,
    ephemeral: query.has("ephemeral"),
  });
  const clip = query.get("clip") ?? "expired";
  host.clipboard = clip in texts ? texts[clip as TextName] : clip;
  host.sessions.all = views.sessions.map((session) => sessionOf(session.username, session));
  return host;
}
