// What the profile knows of the open token, if it is one of its own, and what can be done with it.
import { createContext } from "svelte";
import type { OwnTokenView, RefreshAnswer, Report, WireError } from "../../../api/bindings.gen";
import { type Answer, type Host, settled } from "../../../platform/host";

export class Own {
  of = $state.raw<OwnTokenView | null>(null);
  busy = $state(false);
  refusal = $state.raw<WireError | null>(null);

  #host: Host;
  #token = "";
  #asked = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Asks about the token of a report, whenever it is judged. */
  async ask(report: Report | null): Promise<void> {
    const number = ++this.#asked;
    const isOwn = report?.signature.state === "verified" && report.user_key === null;
    if (this.#token !== report?.token) this.refusal = null;
    this.#token = report?.token ?? "";
    if (!isOwn) {
      this.of = null;
      return;
    }
    const answer = await settled(this.#host.ownToken(report.token));
    if (number === this.#asked) this.of = answer.status === "ok" ? answer.data : null;
  }

  /** False if the token was revoked already; null if that failed. */
  revoke(): Promise<boolean | null> {
    return this.#do(() => this.#host.revokeToken(this.#token));
  }

  /** Refreshes the token's session; null if that is not possible or failed. */
  async refresh(): Promise<RefreshAnswer | null> {
    const { of } = this;
    if (!of?.sid || of.refresh.kind !== "ready") return null;
    const { sid, refresh } = of;
    return this.#do(() => this.#host.refreshSession(sid, refresh.jti));
  }

  async #do<T>(act: () => Promise<Answer<T>>): Promise<T | null> {
    if (this.busy) return null;
    this.busy = true;
    this.refusal = null;
    const answer = await settled(act());
    this.busy = false;
    if (answer.status === "ok") return answer.data;
    this.refusal = answer.error;
    return null;
  }
}

export const [useOwn, provideOwn] = createContext<Own>();
