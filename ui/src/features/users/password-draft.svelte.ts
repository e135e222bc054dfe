// A password being chosen: its text, its strength, and whether it is shown.
import type { PasswordRating } from "../../api/bindings.gen";
import { type Host, settled } from "../../platform/host";

const PAUSE_MS = 250;

export class PasswordDraft {
  text = $state("");
  rating = $state.raw<PasswordRating | null>(null);
  error = $state.raw<string | null>(null);
  shown = $state(false);
  /** The program made it, so nobody has seen it yet. */
  generated = $state(false);

  #host: Host;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  /** The text or the user's name changed: rates it once typing pauses. */
  changed(username: string): void {
    this.error = null;
    this.generated = false;
    this.rateSoon(username);
  }

  rateSoon(username: string): void {
    clearTimeout(this.#pause);
    const number = ++this.#asked;
    if (this.text === "") {
      this.rating = null;
      return;
    }
    this.#pause = setTimeout(() => void this.#rate(number, username), PAUSE_MS);
  }

  /** Replaces the text with a random password and shows it. */
  async generate(username: string): Promise<void> {
    const number = ++this.#asked;
    const answer = await settled(this.#host.generatePassword());
    if (number !== this.#asked || answer.status === "error") return;
    this.text = answer.data;
    this.error = null;
    this.shown = true;
    this.generated = true;
    await this.#rate(number, username);
  }

  async #rate(number: number, username: string): Promise<void> {
    const answer = await settled(this.#host.ratePassword(this.text, username));
    if (number === this.#asked) this.rating = answer.status === "ok" ? answer.data : null;
  }

  /** Forgets the password, when its form closes. */
  forget(): void {
    clearTimeout(this.#pause);
    this.#asked += 1;
    this.text = "";
    this.rating = null;
    this.shown = false;
    this.generated = false;
  }
}
