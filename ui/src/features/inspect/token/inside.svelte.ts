// The report about the token inside an encrypted one, whose times and claims are shown before it is opened.
import { createContext } from "svelte";
import type { Report } from "../../../api/bindings.gen";
import { type Host, settled } from "../../../platform/host";
import { isOutdated } from "../decoded/lifetime";
import { keepUnchanged } from "../verdict/keep";
import { jweOf } from "./jwe";

export class Inside {
  report = $state.raw<Report | null>(null);

  #host: Host;
  #policy: string | null = null;
  #asked = 0;
  #answered = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  /**
   * Asks about the token inside, if there is one, by the chosen policy, if any. The key that opened it does not check
   * it. Each report about the outer token asks again: the policy, the clock or the profile may have changed.
   */
  async ask(outer: Report | null, policy: string | null): Promise<void> {
    this.#policy = policy;
    const token = jweOf(outer)?.inner ?? null;
    if (token !== this.report?.token) this.report = null;
    if (token === null) this.#answered = ++this.#asked;
    else await this.#judge(token);
  }

  /** Runs every second: the times of the token inside pass, while the outer one may have none. */
  keepCurrent(now: number): void {
    const { report } = this;
    if (!report || this.#asked !== this.#answered || document.hidden || !isOutdated(report, now)) return;
    void this.#judge(report.token);
  }

  async #judge(token: string): Promise<void> {
    const number = ++this.#asked;
    const answer = await settled(this.#host.inspect(token, null, this.#policy, true, false));
    if (number !== this.#asked) return;
    this.#answered = number;
    if (answer.status === "ok")
      this.report = this.report ? keepUnchanged(this.report, answer.data) : answer.data;
  }
}

export const [useInside, provideInside] = createContext<Inside>();
