// The fake program as an address in a plain browser describes it.
import type { KeyringState, StoreProblem } from "../../api/bindings.gen";
import { FakeHost, type FakeOptions } from "../fake";
import { storeError } from "./answers";

/** `?keyring=locked&store=store_damaged&users=0&clip=expired` sets the scene in a browser. */
export function fakeFromAddress(search: string): FakeHost {
  const query = new URLSearchParams(search);
  const hour = 3_600_000;
  const at = (ago: number) => Date.now() - ago;
  const file = "/home/me/.local/share/token-workbench/default/workbench.db";
  const people: FakeOptions["users"] = [
    {
      username: "alice",
      display_name: "Alice Archer",
      email: "alice@example.com",
      scopes: ["items:read", "items:write"],
      last_sign_in_at_ms: at(70_000),
    },
    { username: "bob", scopes: ["items:read"], last_sign_in_at_ms: at(hour / 2) },
    {
      username: "carol",
      scopes: ["items:read", "items:write", "users:admin"],
      active: false,
      last_sign_in_at_ms: at(52 * hour),
    },
    { username: "dave", scopes: [] },
  ];
  const host = new FakeHost({
    users: query.get("users") === "0" ? [] : people,
    keyring: (query.get("keyring") as KeyringState | null) ?? "ready",
    system: query.has("keyring") ? "org.freedesktop.Secret.Error.IsLocked: collection 'login'" : null,
    storeProblem: query.has("store") ? storeError(query.get("store") as StoreProblem["code"], file) : null,
    ephemeral: query.has("ephemeral"),
  });
  const scope = "items:read items:write";
  const samples: Record<string, () => string> = {
    expired: () => {
      const token = host.mint("alice", -123, {
        nbf: Math.floor(at(1_023_000) / 1000),
        iat: Math.floor(at(1_023_000) / 1000),
        amr: ["pwd", "otp"],
        scope,
      });
      return `Authorization: Bearer ${token}\n`;
    },
    valid: () =>
      host.mint("alice", 821, {
        iat: Math.floor(at(139_000) / 1000),
        nbf: Math.floor(at(79_000) / 1000),
        amr: ["pwd"],
        scope,
        tenant: "acme-eu",
      }),
    broken: () => {
      const token = host.mint("alice", 900);
      return `${token.slice(0, 188)}+${token.slice(189)}`;
    },
    big: () =>
      host.mint(
        "alice",
        900,
        Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`claim_${i}`, "x".repeat(300)])),
      ),
  };
  host.clipboard = samples[query.get("clip") ?? "expired"]?.() ?? "";
  return host;
}
