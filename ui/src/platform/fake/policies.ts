// The policies of the in-memory fake: the two built-in ones, and those saved.
import type { PolicyProblem, PolicyView } from "../../api/bindings.gen";
import { views } from "./recorded";

const same = (name: string) => (policy: PolicyView) =>
  policy.name.toLowerCase() === name.trim().toLowerCase();

export class Policies {
  saved: PolicyView[] = [];

  all(): PolicyView[] {
    return [...views.policies, ...this.saved].map((policy) => ({ ...policy }));
  }

  named(name: string): PolicyView | undefined {
    return this.all().find(same(name));
  }

  /** Why a policy cannot be saved. */
  refusal(policy: PolicyView): PolicyProblem | null {
    if (policy.name.trim() === "") return { code: "name_empty" };
    if (policy.name.trim().length > 64) return { code: "name_too_long", maximum: 64 };
    if (views.policies.some(same(policy.name))) return { code: "reserved", name: policy.name };
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
      return views.policies.some(same(name)) ? { code: "reserved", name } : { code: "not_found", name };
    }
    this.saved = left;
    return null;
  }
}
