// The report about the token inside an encrypted one, whose times and claims are shown before it is opened.
import { createContext } from "svelte";
import type { Report } from "../../../api/bindings.gen";
import { type Host, settled } from "../../../platform/host";
import { jweOf } from "./jwe";

export class Inside {
  report = $state.raw<Report | null>(null);

  #host: Host;
  #asked = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Asks about the token inside, if there is one. The key that opened it does not check it. */
  async ask(outer: Report | null): Promise<void> {
    const number = ++this.#asked;
    const token = jweOf(outer)?.inner ?? null;
    if (token !== this.report?.token) this.report = null;
    if (token === null || this.report) return;
    const answer = await settled(this.#host.inspect(token, null, null, true, false));
    if (number === this.#asked && answer.status === "ok") this.report = answer.data;
  }
}

export const [useInside, provideInside] = createContext<Inside>();
