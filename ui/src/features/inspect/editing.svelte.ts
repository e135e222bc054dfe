// A token while it is edited: its texts, what it is signed with, and what it would be. The original stays as it was.
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
} from "../../api/bindings.gen";
import { type Host, settled } from "../../platform/host";

export type Side = "header" | "payload";

/** More changes than this are not thrown away without asking. */
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
  /** What was said about the token before. */
  readonly original: Report;
  draft: Draft = $state.raw(nothing);
  preview = $state.raw<PreviewView | null>(null);
  signer = $state.raw<SignerInput>({ kind: "profile", kid: null });
  /** Why the last change or signature did not come about. */
  problem = $state.raw<WireError | null>(null);
  /** Grows whenever the texts change other than by typing: the editors then take them over. */
  revision = $state(0);
  signers = $state.raw<readonly SignerView[]>([]);
  /** Do servers accept what the test key signs? */
  testKeyPublished = $state(false);
  readonly changes: readonly Change[] = $derived(this.preview?.changes ?? []);
  /** Is a text no JSON, so that nobody can say what was changed in it? */
  readonly unread = $derived(
    this.preview?.report.problems.some(({ segment }) => segment === "header" || segment === "payload") ??
      false,
  );
  readonly asks = $derived(this.unread || this.changes.length >= ASKS_FROM);

  #host: Host;
  /** The key that the original was checked with, if it was given one. */
  #key: KeyInput | null;
  /** The texts as they were. */
  #start: Draft;
  #policy: string | null;
  /** What the token was made wrong in. */
  #broken: Fault | null = null;
  /** Did somebody choose what signs? */
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
    this.#key = key;
    this.original = original;
    this.#start = this.draft = start;
  }

  /** Takes the report's token apart; `null` if it has no header and payload to edit. */
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

  /** The texts before any change, for the comparison in the editors. */
  before(side: Side): string {
    return this.#start[side];
  }

  /** Follows the keyboard. */
  type(side: Side, text: string): void {
    if (this.draft[side] === text) return;
    this.draft = { ...this.draft, [side]: text };
    void this.look();
  }

  /** Makes one change in the texts. */
  async apply(edit: Edit): Promise<void> {
    const before = this.draft;
    const answer = await settled(this.#host.editDraft(before, edit));
    // What was typed meanwhile counts.
    if (this.draft !== before) return;
    if (answer.status === "error") {
      this.problem = answer.error;
      return;
    }
    if (edit.kind === "break") {
      this.#broken = edit.fault;
      // What is wrong on purpose is not signed with the issuer's key, unless that was asked for.
      if (!this.#chosen) this.signer = { kind: "test" };
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

  /** Signs with the active key from now on, and without a fault of the signing. */
  async signRightly(): Promise<void> {
    if (this.draft.fault !== null) await this.apply({ kind: "mend" });
    await this.signWith({ kind: "profile", kid: null });
  }

  /** Lets servers accept what the test key signs, or no longer. */
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

  /** Asks what the token would be. One question at a time: the last state counts. */
  look(): Promise<void> {
    this.#again = true;
    this.#asking ??= this.#ask();
    return this.#asking;
  }

  /** Asks again about the token as it was signed last. That signs nothing, so nobody needs to have pressed anything. */
  async judge(): Promise<void> {
    const preview = this.preview;
    if (!preview || this.problem) return this.look();
    // What is asked already is answered as of now.
    if (this.#asking) return;
    const { signer } = this;
    const key = signer.kind === "given" ? signer.key : signer.kind === "original" ? this.#key : null;
    const answer = await settled(this.#host.inspect(preview.report.token, key, this.#policy, true));
    if (answer.status === "ok" && this.preview === preview)
      this.preview = { ...preview, report: answer.data };
  }

  /** The token of the texts as they stand now; `null` if it cannot be signed. */
  async sign(): Promise<{ token: string; key: KeyInput | null } | null> {
    await this.look();
    if (!this.preview || this.problem) return null;
    const given = this.signer.kind === "given" ? this.signer.key : null;
    const key = this.signer.kind === "original" ? this.#key : given;
    return { token: this.preview.report.token, key };
  }

  /** Whose words the profile's key that signs has: `null` while none is known. */
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
      const key = this.signer.kind === "original" ? this.#key : null;
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
      } else this.problem = answer.error;
    }
    this.#asking = null;
  }
}
