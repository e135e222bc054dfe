// The named policies: the built-in ones and the saved ones.
import type { PolicySummary, PolicyView, Report, WireError } from "../../../api/bindings.gen";
import { type Host, settled } from "../../../platform/host";
import { textOf } from "../decoded/claim";
import { issuerOf } from "../token/recent";
import { accepting } from "./policy-form";

export class Policies {
  list = $state.raw<readonly PolicyView[]>([]);
  /** The policy being edited, as it was before any change; absent if none is. */
  writing = $state.raw<PolicyView | null>(null);
  /** What the form starts with, if that differs from the policy. */
  proposed = $state.raw<PolicyView | null>(null);
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

  /** What a report would say about the chosen policy. */
  summaryOf(name: string | null): PolicySummary | null {
    const chosen = name === null ? undefined : this.named(name);
    return chosen ? { name: chosen.name, leeway: chosen.leeway_seconds, chosen: "" } : null;
  }

  /** Opens a policy for editing: a saved one itself, a built-in one as a copy under a new name. */
  write(name: string | undefined, asNew = false): void {
    const policy = this.named(name) ?? this.list[0];
    if (!policy) return;
    const own = !policy.builtin && !asNew;
    this.proposed = null;
    this.writing = own ? policy : { ...policy, builtin: false, name: "" };
  }

  /** Opens a policy with the changes that let a token pass the check that blames these members. */
  writeFor(name: string | undefined, report: Report, blamed: readonly string[]): void {
    this.write(name);
    if (!this.writing) return;
    const proposed = accepting(this.writing, report, blamed);
    this.proposed =
      this.writing.name === ""
        ? {
            ...proposed,
            name: this.#free((blamed.includes("iss") && issuerOf(report)) || `${name ?? "Policy"}, changed`),
          }
        : proposed;
  }

  /** Has the token an issuer that no saved policy names? */
  lacks(report: Report): boolean {
    const issuer = textOf(report.claims, "iss");
    return issuer !== "" && this.list.every((one) => one.issuer !== issuer);
  }

  /** Opens a new policy for the issuer of a token, which keeps the issuer's keys if they are given. */
  writeForIssuer(report: Report, jwks: string | null): void {
    const anybody = this.list.find((one) => one.builtin && one.issuer === null);
    this.write(anybody?.name, true);
    if (!this.writing) return;
    const issuer = textOf(report.claims, "iss");
    this.proposed = { ...this.writing, name: this.#free(issuerOf(report)), issuer, jwks };
  }

  /** The name, with a number if a policy has it already. */
  #free(name: string): string {
    let free = name;
    for (let number = 2; this.named(free) !== undefined; number += 1) free = `${name}, ${number}`;
    return free;
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
