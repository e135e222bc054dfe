// The samples that this window made, with their keys: each is the key of its own token only.
import type { KeyInput, Sample, WireError } from "../../api/bindings.gen";
import { type Host, settled } from "../../platform/host";

export const samples: readonly { sample: Sample; label: string }[] = [
  { sample: "valid", label: "Valid" },
  { sample: "expired", label: "Expired" },
  { sample: "wrong_audience", label: "Wrong audience" },
  { sample: "alg_none", label: "alg none" },
  { sample: "well_known_secret", label: "HS256 with a well-known secret" },
  { sample: "encrypted", label: "Encrypted (JWE)" },
  { sample: "id_token", label: "ID token" },
  { sample: "milliseconds", label: "Times in milliseconds" },
];

export class SampleKeys {
  #byToken = new Map<string, KeyInput>();

  /** Makes a sample and keeps its key. */
  async make(host: Host, sample: Sample): Promise<{ token: string } | { problem: WireError }> {
    const answer = await settled(host.makeSample(sample));
    if (answer.status === "error") return { problem: answer.error };
    const { token, key } = answer.data;
    if (key) this.#byToken.set(token, key);
    return { token };
  }

  of(token: string): KeyInput | undefined {
    return this.#byToken.get(token);
  }

  has(key: KeyInput | null): boolean {
    return key !== null && [...this.#byToken.values()].some(({ text }) => text === key.text);
  }
}
