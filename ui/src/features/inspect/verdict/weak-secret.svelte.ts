// Tries the most used passwords as a token's secret, separately because it may take longer than a report should.
import type { Finding, Report } from "../../../api/bindings.gen";
import { type Host, settled } from "../../../platform/host";

export class WeakSecret {
  /** The token whose secret was guessed last, and the finding. */
  #guessed = $state.raw<{ token: string; finding: Finding } | null>(null);
  /** The last token tried: an answer about an earlier one is dropped. */
  #tried = "";
  #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** The finding about this token, if its secret was guessed. */
  about({ token }: Report): Finding | null {
    return this.#guessed?.token === token ? this.#guessed.finding : null;
  }

  async guess({ token, header }: Report): Promise<void> {
    this.#tried = token;
    if (!header.some((member) => member.name === "alg" && member.value.startsWith('"HS'))) return;
    const answer = await settled(this.#host.guessSecret(token));
    if (answer.status === "ok" && answer.data && this.#tried === token)
      this.#guessed = { token, finding: answer.data };
  }
}
