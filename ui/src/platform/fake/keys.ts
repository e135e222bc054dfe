// In-memory signing keys: added by a test, listed as the program would list them.
import type {
  KeyDetail,
  KeyListPage,
  KeyListRequest,
  KeyPurpose,
  KeyView,
  PublicFile,
} from "../../api/bindings.gen";

export function keyOf(name: string, given: Partial<KeyView> = {}, now = Date.now()): KeyView {
  return {
    kid: `kid-of-${name}`,
    name,
    purpose: "access",
    algorithm: "ES256",
    shared: false,
    state: { kind: "active" },
    proven: true,
    created_at_ms: now - 22 * 86_400_000,
    signed: 4812,
    last_signed_at_ms: now - 158_000,
    ...given,
  };
}

const order: readonly KeyPurpose[] = ["access", "refresh", "mfa", "test"];

export class Keys {
  all: KeyView[] = [];
  /** How many tokens of each key may still be valid. */
  living = new Map<string, number>();
  /** What was saved to a file. */
  saved: PublicFile[] = [];

  listed({ after, most }: KeyListRequest): KeyListPage {
    const sorted = [...this.all].sort(
      (a, b) => order.indexOf(a.purpose) - order.indexOf(b.purpose) || b.created_at_ms - a.created_at_ms,
    );
    const start = after === null ? 0 : Number(after);
    const end = start + most;
    return {
      keys: sorted.slice(start, end),
      next: end < sorted.length ? String(end) : null,
      all: sorted.length,
      algorithms: ["ES256", "RS256", "EdDSA"],
      lifetimes: { access: 900, refresh: 604_800, mfa: 300 },
    };
  }

  detail(kid: string): KeyDetail | null {
    const key = this.all.find((one) => one.kid === kid);
    if (!key) return null;
    const living = this.living.get(kid) ?? 0;
    const jwk = `{"kid":"${kid}","kty":"EC"}`;
    return {
      key,
      living: key.purpose === "mfa" || key.purpose === "test" ? null : living,
      public: key.shared ? null : { jwk, pem: `PEM of ${kid}`, thumbprint: `thumb-${kid}` },
      item: key.state.kind === "retired" ? null : `profile:${kid}`,
    };
  }

  jwks(): string {
    const shown = this.all.filter((key) => key.purpose === "access" && key.state.kind !== "retired");
    return JSON.stringify({ keys: shown.map(({ kid, algorithm }) => ({ kid, alg: algorithm })) }, null, 2);
  }

  change(kid: string, to: Partial<KeyView>): void {
    this.all = this.all.map((key) => (key.kid === kid ? { ...key, ...to } : key));
  }

  /** A new active key of a purpose; the one before is retiring. */
  add(purpose: KeyPurpose, algorithm: string, now: number): KeyView {
    const before = this.all.find((key) => key.purpose === purpose && key.state.kind === "active");
    if (before) {
      const state = { kind: "retiring", since_ms: now, until_ms: now + 900_000 } as const;
      this.change(before.kid, { state });
    }
    const made = keyOf(`new-${this.all.length}`, { purpose, algorithm, created_at_ms: now, signed: 0 }, now);
    this.all.push(made);
    return made;
  }
}
