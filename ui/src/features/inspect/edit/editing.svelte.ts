// A token being edited: its texts, its signing key and its preview. The original stays unchanged.
import type {
  Change,
  Draft,
  Edit,
  Fault,
  KeyInput,
  PreviewView,
  Report,
  SignerInput,
  SignerView,
  WireError,
} from "../../../api/bindings.gen";
import { type Host, settled } from "../../../platform/host";

export type Side = "header" | "payload";

/** From this many changes on, discarding them needs confirmation. */
const ASKS_FROM = 4;

const nothing: Draft = {
  header: "",
  payload: "",
  compact: true,
  follow_key: true,
  fault: null,
  lossy: false,
  unbroken: null,
};

export class Editing {
  /** The report about the original token. */
  readonly original: Report;
  draft: Draft = $state.raw(nothing);
  preview = $state.raw<PreviewView | null>(null);
  signer = $state.raw<SignerInput>({ kind: "profile", kid: null });
  /** Why the last change or signature failed. */
  problem = $state.raw<WireError | null>(null);
  /** Incremented when the texts change other than by typing, so that the editors take them over. */
  revision = $state(0);
  signers = $state.raw<readonly SignerView[]>([]);
  /** Do servers accept what the test key signs? */
  testKeyPublished = $state(false);
  readonly changes: readonly Change[] = $derived(this.preview?.changes ?? []);
  /** Is a text not JSON, so that its changes cannot be determined? */
  readonly unread = $derived(
    this.preview?.report.problems.some(({ segment }) => segment === "header" || segment === "payload") ??
      false,
  );
  readonly asks = $derived(this.unread || this.changes.length >= ASKS_FROM);

  /** The given key that the original was checked with, if any. */
  readonly key: KeyInput | null;

  #host: Host;
  /** The original texts. */
  #start: Draft;
  #policy: string | null;
  /** The fault that was put into the token. */
  #broken: Fault | null = null;
  /** Did the user choose the signing key? */
  #chosen = false;
  #asking: Promise<void> | null = null;
  #again = false;

  private constructor(
    host: Host,
    original: Report,
    start: Draft,
    key: KeyInput | null,
    policy: string | null,
  ) {
    this.#host = host;
    this.#policy = policy;
    this.key = key;
    if (key) this.signer = { kind: "given", key };
    this.original = original;
    this.#start = this.draft = start;
  }

  /** Takes the report's token apart; `null` if it has no editable header and payload. */
  static async start(
    host: Host,
    original: Report,
    key: KeyInput | null,
    policy: string | null,
  ): Promise<Editing | WireError | null> {
    const [draft, signers, published] = await Promise.all([
      settled(host.startDraft(original.token)),
      settled(host.listSigners()),
      settled(host.testKeyPublished()),
    ]);
    if (draft.status === "error") return draft.error;
    if (draft.data === null) return null;
    const editing = new Editing(host, original, draft.data, key, policy);
    if (signers.status === "ok") editing.signers = signers.data;
    if (published.status === "ok") editing.testKeyPublished = published.data;
    return editing;
  }

  /**
   * Takes the report's token apart and judges it, or says why it cannot. `null` if the token is no longer open by
   * then; the policy may change meanwhile.
   */
  static async open(
    host: Host,
    original: Report,
    key: KeyInput | null,
    policy: () => string | null,
    isOpen: () => boolean,
  ): Promise<Editing | WireError | string | null> {
    const before = policy();
    const editing = await Editing.start(host, original, key, before);
    if (!isOpen()) return null;
    if (editing === null)
      return "Only a signed token in the compact form can be edited. This one is of another kind.";
    if (!(editing instanceof Editing)) return editing;
    await editing.look();
    if (!isOpen()) return null;
    if (policy() !== before) editing.judgeBy(policy());
    return editing;
  }

  /** The original texts, for the comparison in the editors. */
  before(side: Side): string {
    return this.#start[side];
  }

  /** Updates the preview while the user types. */
  type(side: Side, text: string): void {
    if (this.draft[side] === text) return;
    this.draft = { ...this.draft, [side]: text };
    void this.look();
  }

  /** Applies one change to the texts. */
  async apply(edit: Edit): Promise<void> {
    const before = this.draft;
    const answer = await settled(this.#host.editDraft(before, edit));
    // Text typed meanwhile takes precedence.
    if (this.draft !== before) return;
    if (answer.status === "error") {
      this.problem = answer.error;
      return;
    }
    if (edit.kind === "break") {
      this.#broken = edit.fault;
      // Do not sign a deliberately broken token with the issuer's key, unless the user chose it.
      if (!this.#chosen && this.signer.kind === "profile") this.signer = { kind: "test" };
    } else if (edit.kind === "mend") this.#broken = null;
    this.#take(answer.data);
    await this.look();
  }

  async change(to: Partial<Pick<Draft, "compact" | "follow_key">>): Promise<void> {
    this.draft = { ...this.draft, ...to };
    await this.look();
  }

  async signWith(signer: SignerInput): Promise<void> {
    this.signer = signer;
    this.#chosen = true;
    await this.look();
  }

  /** Would it be signed with the key that the original was verified with? */
  get isSignedAlike(): boolean {
    if (this.original.signature.state !== "verified" || this.problem) return false;
    return this.signer.kind === (this.key ? "given" : "profile");
  }

  /** Signs with the given key or the active one from now on, without a fault in the signature. */
  async signRightly(): Promise<void> {
    if (this.draft.fault !== null) await this.apply({ kind: "mend" });
    if (this.signer.kind !== "given") await this.signWith({ kind: "profile", kid: null });
  }

  /** Publishes or withdraws the test key, so that servers accept what it signs or not. */
  async publishTestKey(publish: boolean): Promise<void> {
    const answer = await settled(this.#host.publishTestKey(publish));
    if (answer.status === "error") {
      this.problem = answer.error;
      return;
    }
    this.testKeyPublished = publish;
    await this.look();
  }

  /** Judges by another policy. */
  judgeBy(policy: string | null): void {
    this.#policy = policy;
    void this.look();
  }

  /** Requests a preview of the token. One request at a time; the latest state wins. */
  look(): Promise<void> {
    this.#again = true;
    this.#asking ??= this.#ask();
    return this.#asking;
  }

  /** Inspects the last signed token again. This signs nothing, so it needs no gesture. */
  async judge(): Promise<void> {
    const preview = this.preview;
    if (!preview || this.problem) return this.look();
    // A pending request will be answered with the current time anyway.
    if (this.#asking) return;
    const { signer } = this;
    const key = signer.kind === "given" ? signer.key : signer.kind === "original" ? this.key : null;
    const answer = await settled(this.#host.inspect(preview.report.token, key, this.#policy, true, false));
    if (answer.status === "ok" && this.preview === preview)
      this.preview = { ...preview, report: answer.data };
  }

  /** The token of the current texts; `null` if it cannot be signed. */
  async sign(): Promise<{ token: string; key: KeyInput | null } | null> {
    await this.look();
    if (!this.preview || this.problem) return null;
    const given = this.signer.kind === "given" ? this.signer.key : null;
    const key = this.signer.kind === "original" ? this.key : given;
    return { token: this.preview.report.token, key };
  }

  /** The profile's signing key; `null` while unknown. */
  get profileKey(): SignerView | null {
    const kid = this.signer.kind === "profile" ? this.signer.kid : null;
    return this.signers.find((one) => (kid === null ? one.active : one.kid === kid)) ?? null;
  }

  #take(draft: Draft): void {
    this.draft = draft;
    this.problem = null;
    this.revision += 1;
  }

  async #ask(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      const signer = this.signer;
      const key = this.signer.kind === "original" ? this.key : null;
      const answer = await settled(
        this.#host.previewDraft(
          this.original.token,
          this.draft,
          this.signer,
          this.#broken,
          key,
          this.#policy,
        ),
      );
      if (this.#again) continue;
      if (answer.status === "ok") {
        this.preview = answer.data;
        this.problem = null;
      } else if (answer.error.code === "key_unusable" && !this.#chosen && signer.kind === "given") {
        // The given key only verifies.
        this.signer = { kind: "profile", kid: null };
        this.#again = true;
      } else this.problem = answer.error;
    }
    this.#asking = null;
  }
}
