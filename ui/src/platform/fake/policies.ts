// The policies of the in-memory fake: the two built-in ones, and those saved.
import type { PolicyProblem, PolicyView } from "../../api/bindings.gen";

const base: Omit<PolicyView, "name"> = {
  builtin: true,
  issuer: null,
  audience: null,
  algorithms: "HS256 HS384 HS512 RS256 RS384 RS512 ES256 ES384 ES512 PS256 PS384 PS512 ES256K EdDSA".split(
    " ",
  ),
  typ: null,
  required_claims: [],
  required_scopes: [],
  leeway_seconds: 0,
  max_lifetime_seconds: 0,
};

export const builtinPolicies: readonly PolicyView[] = [
  {
    ...base,
    name: "items-api",
    issuer: "http://localhost:8787",
    audience: "items-api",
    algorithms: ["ES256", "ES384", "RS256", "PS256", "EdDSA", "HS256"],
    typ: "at+jwt",
    required_claims: ["iss", "sub", "aud", "client_id", "iat", "exp", "jti"],
    max_lifetime_seconds: 86_400,
  },
  { ...base, name: "any issuer" },
];

const same = (name: string) => (policy: PolicyView) =>
  policy.name.toLowerCase() === name.trim().toLowerCase();

export class Policies {
  saved: PolicyView[] = [];

  all(): PolicyView[] {
    return [...builtinPolicies, ...this.saved].map((policy) => ({ ...policy }));
  }

  named(name: string): PolicyView | undefined {
    return this.all().find(same(name));
  }

  /** Why a policy cannot be saved. */
  refusal(policy: PolicyView): PolicyProblem | null {
    if (policy.name.trim() === "") return { code: "name_empty" };
    if (policy.name.trim().length > 64) return { code: "name_too_long", maximum: 64 };
    if (builtinPolicies.some(same(policy.name))) return { code: "reserved", name: policy.name };
    if (policy.algorithms.length === 0) return { code: "no_algorithm" };
    return policy.leeway_seconds > 3600 ? { code: "leeway_too_long", maximum: 3600 } : null;
  }

  save(policy: PolicyView): PolicyView {
    const saved = { ...policy, name: policy.name.trim(), builtin: false };
    this.saved = [...this.saved.filter((other) => !same(saved.name)(other)), saved];
    this.saved.sort((one, other) => one.name.toLowerCase().localeCompare(other.name.toLowerCase()));
    return { ...saved };
  }

  /** Why a policy cannot be deleted. */
  delete(name: string): PolicyProblem | null {
    const left = this.saved.filter((policy) => !same(name)(policy));
    if (left.length === this.saved.length) {
      return builtinPolicies.some(same(name)) ? { code: "reserved", name } : { code: "not_found", name };
    }
    this.saved = left;
    return null;
  }
}
