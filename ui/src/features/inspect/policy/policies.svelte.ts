// The named policies: the built-in ones and the saved ones.
import type { PolicyView, WireError } from "../../../api/bindings.gen";
import { type Host, settled } from "../../../platform/host";

export class Policies {
  list = $state.raw<readonly PolicyView[]>([]);
  /** The policy being edited, as it was before any change; absent if none is. */
  writing = $state.raw<PolicyView | null>(null);
  #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  async load(): Promise<void> {
    const answer = await settled(this.#host.listPolicies());
    if (answer.status === "ok") this.list = answer.data;
  }

  named(name: string | undefined): PolicyView | undefined {
    return this.list.find((one) => one.name === name);
  }

  /** Opens a policy for editing: a saved one itself, a built-in one as a copy under a new name. */
  write(name: string | undefined, asNew = false): void {
    const policy = this.named(name) ?? this.list[0];
    if (!policy) return;
    const own = !policy.builtin && !asNew;
    this.writing = own ? policy : { ...policy, builtin: false, name: "" };
  }

  async save(policy: PolicyView): Promise<PolicyView | WireError> {
    // A copy replaces no policy.
    const before = this.writing?.name || null;
    const answer = await settled(this.#host.savePolicy(policy, before));
    if (answer.status === "error") return answer.error;
    await this.load();
    return answer.data;
  }

  async remove(name: string): Promise<WireError | null> {
    const answer = await settled(this.#host.deletePolicy(name));
    await this.load();
    return answer.status === "error" ? answer.error : null;
  }
}
