// A second factor that is being set up: the program keeps the secret and computes the codes, the page shows them.
import type {
  CodeSettingsView,
  EnrollmentCodes,
  EnrollmentText,
  EnrollmentView,
  FoundSecrets,
  RecoveryCodes,
  RevealedSecret,
  SecretSource,
  WireError,
} from "../../api/bindings.gen";
import { type Answer, type Host, settled } from "../../platform/host";

/** Which of the accepted steps a code belongs to, as an offset from the present one. */
export interface Match {
  offset: number;
  used: boolean;
}

export class Enrollment {
  readonly username: string;
  view = $state.raw<EnrollmentView>() as EnrollmentView;
  codes = $state.raw<EnrollmentCodes | null>(null);
  /** How many seconds the phone's clock is ahead; negative if it is behind. */
  drift = $state(0);
  typed = $state("");
  /** The secret and its URI, while they are readable. */
  revealed = $state.raw<RevealedSecret | null>(null);
  /** The recovery codes, once the factor is on. */
  recovery = $state.raw<readonly string[] | null>(null);
  /** Were the recovery codes copied, saved or printed? */
  kept = $state(false);
  /** Why the last step failed. */
  refusal = $state.raw<WireError | null>(null);
  busy = $state(false);
  /** Is an existing secret being looked for? */
  bringing = $state(false);
  found = $state.raw<FoundSecrets | null>(null);
  foundRefusal = $state.raw<WireError | null>(null);

  readonly period = $derived(this.view.settings.period_seconds);
  readonly on = $derived(this.recovery !== null);
  readonly full = $derived(this.typed.length === this.view.settings.digits);
  /** How many steps the phone is from the present one; null if it shows no code. */
  readonly phoneOffset = $derived(this.codes?.phone ? this.codes.phone.step - this.#present : null);
  /** The accepted step that what was typed would match; with nothing typed, what the phone shows. */
  readonly match = $derived(this.matchOf(this.typed === "" ? (this.codes?.phone?.code ?? null) : this.typed));

  readonly #host: Host;
  #asking = false;
  #stale = false;
  /** The drift that the codes were asked for. */
  #askedDrift = 0;

  constructor(host: Host, username: string, view: EnrollmentView) {
    this.#host = host;
    this.username = username;
    this.view = view;
  }

  get #present(): number {
    return Math.floor((this.codes?.now_ms ?? 0) / 1000 / this.period);
  }

  /** The offset of an accepted step from the present one. */
  offsetOf(step: number): number {
    return step - this.#present;
  }

  matchOf(code: string | null): Match | null {
    if (code === null || !this.codes) return null;
    const fitting = this.codes.server.filter((step) => step.code.startsWith(code));
    const step = fitting.find((one) => !one.used) ?? fitting[0];
    return step ? { offset: this.offsetOf(step.step), used: step.used } : null;
  }

  /** Asks for the codes again if a step has begun on either side, or the drift has changed. */
  follow(now: number): void {
    const stepOf = (seconds: number) => Math.floor(seconds / this.period);
    const { codes, drift } = this;
    const current =
      codes !== null &&
      this.#askedDrift === drift &&
      this.#present === stepOf(now) &&
      (codes.phone === null || codes.phone.step === stepOf(now + drift));
    if (!current) void this.look();
  }

  async look(): Promise<void> {
    this.#stale = true;
    if (this.#asking) return;
    this.#asking = true;
    while (this.#stale) {
      this.#stale = false;
      const { drift } = this;
      const { enrollment } = this.view;
      const answer = await settled(this.#host.enrollmentCodes(enrollment, drift));
      if (answer.status === "error") this.refusal = answer.error;
      else if (answer.data !== null && enrollment === this.view.enrollment) {
        this.#askedDrift = drift;
        this.codes = answer.data;
      }
    }
    this.#asking = false;
  }

  async shape(change: Partial<CodeSettingsView>): Promise<void> {
    const settings = { ...this.view.settings, ...change };
    await this.#replace(() => this.#host.shapeEnrollment(this.view.enrollment, settings));
  }

  /** Begins anew with a new secret. */
  async restart(): Promise<void> {
    const { enrollment } = this.view;
    if (await this.#replace(() => this.#host.beginEnrollment(this.username)))
      await settled(this.#host.dropEnrollment(enrollment));
  }

  async find(source: SecretSource): Promise<void> {
    this.found = null;
    this.foundRefusal = null;
    const answer = await settled(this.#host.findSecrets(this.view.enrollment, source));
    if (answer.status === "error") this.foundRefusal = answer.error;
    else this.found = answer.data;
  }

  async use(index: number): Promise<void> {
    if (await this.#replace(() => this.#host.useSecret(this.view.enrollment, index))) this.endBringing();
  }

  endBringing(): void {
    this.bringing = false;
    this.found = null;
    this.foundRefusal = null;
  }

  async #replace(ask: () => Promise<Answer<EnrollmentView>>): Promise<boolean> {
    this.refusal = null;
    const answer = await settled(ask());
    if (answer.status === "error") {
      this.refusal = answer.error;
      return false;
    }
    this.revealed = null;
    this.typed = "";
    this.codes = null;
    this.view = answer.data;
    await this.look();
    return true;
  }

  async reveal(): Promise<void> {
    const answer = await settled(this.#host.revealEnrollment(this.view.enrollment));
    if (answer.status === "error") this.refusal = answer.error;
    else this.revealed = answer.data;
  }

  copy(what: EnrollmentText): Promise<Answer<number | null>> {
    return settled(this.#host.copyEnrollment(this.view.enrollment, what));
  }

  fillFromPhone(): void {
    this.refusal = null;
    this.typed = this.codes?.phone?.code ?? "";
  }

  /** Saves the factor if the code is right. */
  async confirm(): Promise<void> {
    if (this.busy || this.on || !this.full) return;
    this.busy = true;
    this.refusal = null;
    const answer = await settled(this.#host.confirmEnrollment(this.view.enrollment, this.typed));
    this.busy = false;
    if (answer.status === "error") this.refusal = answer.error;
    else {
      this.recovery = answer.data;
      this.revealed = null;
    }
    await this.look();
  }

  /** Has the program forget the secret and the codes. */
  forget(): void {
    this.revealed = null;
    this.recovery = null;
    this.codes = null;
    this.typed = "";
    void settled(this.#host.dropEnrollment(this.view.enrollment));
  }
}

/** New recovery codes; kept while another view covers their sheet, since they are shown only once. */
export class NewCodes {
  made = $state.raw<RecoveryCodes | null>(null);
  /** Were they copied, saved or printed? */
  kept = $state(false);
}
