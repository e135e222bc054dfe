// The state of Inspect: the text, the last report about it, what is highlighted, and recent tokens.
import { createContext } from "svelte";
import type {
  Edit,
  Finding,
  FoundToken,
  KeyInput,
  PolicySummary,
  Report,
  Sample,
  WireError,
} from "../../api/bindings.gen";
import { type Host, settled } from "../../platform/host";
import type { Clock } from "../../shared/time/clock.svelte";
import { begin } from "./edit/begin";
import { Editing } from "./edit/editing.svelte";
import { keepUnchanged } from "./verdict/keep";
import { isOutdated } from "./decoded/lifetime";
import { fromClipboard, fromFile, type Input, pastedText } from "./input";
import { firstLink, type Link, litBy } from "./decoded/links";
import { SHOWN_WHOLE } from "./token/pieces";
import { choicesAfter } from "./token/choices";
import type { Comparing, Origin, Waiting } from "./origin";
import { isUnfit } from "./key/key";
import { PastedKey } from "./key/pasted-key.svelte";
import { Policies } from "./policy/policies.svelte";
import { SampleKeys } from "./samples";
import { idOf, type Recent } from "./token/recent";
import { RecentTokens } from "./token/recent.svelte";
import { Announcer } from "./verdict/announcer.svelte";
import { WeakSecret } from "./verdict/weak-secret.svelte";

const TYPING_PAUSE_MS = 150;
/** A compact token with nothing around it (RFC 7515 section 7.1, RFC 7516 section 7.1). */
const PLAIN = /^[\w-]+(?:\.[\w-]*){2,4}$/;

export class Inspector {
  /** The text as it was given, unchanged. */
  text = $state("");
  /** The text in the token field: the cleaned token, text being typed, or a plain token whose report is pending. */
  draft = $state("");
  report = $state.raw<Report | null>(null);
  /** Why there is no report: the clipboard, a file or the program itself failed. */
  problem = $state.raw<WireError | string | null>(null);
  readonly recent = new RecentTokens();
  /** The tokens of the last paste, if there were several to choose from. */
  choices = $state.raw<readonly FoundToken[]>([]);
  /** The given key for the signature; without one the profile's own keys are used. */
  key = $state.raw<KeyInput | null>(null);
  #samples = new SampleKeys();
  /** The open text, if it is a key that was pasted while a token was open. */
  readonly pastedKey = new PastedKey();
  /** The last given key, to start from when another is given. */
  lastKey: KeyInput | null = null;
  /** The name of the chosen policy; without one each token is judged by the policy that fits it. */
  chosenPolicy = $state<string | null>(null);
  /** All policies. */
  readonly policies: Policies;
  /** The policy of the checks; before there is a token, the chosen one, if any. */
  readonly policy: PolicySummary | null = $derived.by(
    () => this.shown?.policy ?? this.policies.summaryOf(this.chosenPolicy),
  );
  /** Is a key being chosen? */
  choosingKey = $state(false);
  reading = $state<"annotated" | "json">("annotated");
  hovered = $state.raw<Link | null>(null);
  selected = $state.raw<Link | null>(null);
  /** The token being edited. */
  editing = $state.raw<Editing | null>(null);
  /** What the token is compared with, if anything. */
  comparing = $state.raw<Comparing | null>(null);
  /** The displayed report: about the token, or about the preview while it is edited. */
  readonly shown = $derived(this.editing?.preview?.report ?? this.report);
  /** The findings about the displayed token, including the one from guessing its secret. */
  readonly findings: readonly Finding[] = $derived.by(() => {
    const found = this.shown?.findings ?? [];
    const guessed = this.editing === null && this.report && this.#weakSecret.about(this.report);
    return guessed ? [guessed, ...found] : found;
  });
  /** Tells screen readers whenever the verdict changes. */
  readonly announcer = new Announcer();
  /** There is no database, so tokens cannot be edited: the signing keys are in it. */
  without = $state(false);
  /** The open entry of the recent tokens. */
  readonly shownId = $derived(this.report && idOf(this.text, this.report));
  /** Texts that arrived while a changed token was being edited: they wait until the user opens them. */
  waiting = $state.raw<readonly Waiting[]>([]);
  readonly lit = $derived(litBy(this.shown, this.hovered ?? this.selected));
  /** Does the field show a text without a report yet? */
  readonly pending = $derived(
    this.report !== null && this.draft !== this.report.token && this.draft !== this.text,
  );
  /** How many tokens were opened: each begins at its top. */
  opened = $state(0);
  /** Is the text judged byte for byte, with everything around the token? */
  exact = $state(false);

  #weakSecret: WeakSecret;
  #host: Host;
  #clock: Clock;
  #asked = 0;
  #last: [text: string, origin: Origin] = ["", "given"];
  #answered = 0;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #typing = false;

  constructor(host: Host, clock: Clock) {
    this.#host = host;
    this.#clock = clock;
    this.#weakSecret = new WeakSecret(host);
    this.policies = new Policies(host);
    void this.policies.load();
    $effect(() => this.#keepCurrent(clock.now));
    $effect(() => this.announcer.announce(this.shown, this.editing !== null));
  }

  /** Inspects a text that was pasted, dropped or opened. */
  async inspect(text: string): Promise<void> {
    if (text.trim() === "") return this.clear();
    await this.#openOrKeep({ text, own: false });
  }

  /** Inspects a token of this profile; a key given for other tokens is dropped once it is open. */
  async inspectOwn(token: string): Promise<void> {
    await this.#openOrKeep({ text: token, own: true });
  }

  /** Opens a sample that is made now, with the key that goes along. */
  async openSample(sample: Sample): Promise<void> {
    const made = await this.#samples.make(this.#host, sample);
    if ("problem" in made) this.problem = made.problem;
    else await this.#openNext({ text: made.token, own: false });
  }

  async #openOrKeep(next: Waiting): Promise<void> {
    const { editing } = this;
    if (editing && (editing.unread || editing.changes.length > 0)) this.waiting = [...this.waiting, next];
    else await this.#openNext(next);
  }

  /** Opens the last text that arrived while a token was being edited; the edits are dropped. */
  async openWaiting(): Promise<void> {
    const texts = this.waiting;
    this.waiting = [];
    for (const next of texts) await this.#openNext(next);
  }

  async #openNext({ text, own }: Waiting): Promise<void> {
    const ofSample = this.#samples.of(text);
    if (ofSample) this.key = ofSample;
    else if (own || this.#samples.has(this.key)) this.key = null;
    await this.#open(text);
  }

  async #open(text: string): Promise<void> {
    this.#typing = this.exact = false;
    this.editing = this.comparing = null;
    const before = this.report;
    // A text that needs no cleaning is shown in the field at once, before its report arrives.
    if (this.report && text.length <= SHOWN_WHOLE && PLAIN.test(text)) this.draft = text;
    await this.#ask(text, "given");
    // A key of another kind cannot belong to this token, so it is not a fault of the token.
    if (this.text === text && this.key && this.report && isUnfit(this.report, before))
      await this.useKey(null);
  }

  /** Checks this token and those that follow with another key; `null` goes back to the profile's own. */
  async useKey(key: KeyInput | null): Promise<void> {
    const before = this.#samples.has(this.key) ? null : this.key;
    this.lastKey = key ?? before ?? this.lastKey;
    this.key = key;
    await this.#askAnew();
  }

  /** Goes back to the token that was open, with the key that was pasted. */
  async usePastedKey(): Promise<void> {
    const token = this.pastedKey.token;
    if (token === null) return;
    const text = this.text;
    this.recent.drop(text);
    await this.#open(token);
    await this.useKey({ text, form: "text" });
  }

  /** Uses the policy of that name from now on; `null` goes back to the one that fits each token. */
  async judgeBy(name: string | null): Promise<void> {
    this.chosenPolicy = name;
    this.editing?.judgeBy(name);
    await this.#askAnew();
  }

  /** The report as it would be with a key, without using the key yet. */
  async tryKey(key: KeyInput): Promise<Report | null> {
    const answer = await settled(this.#host.inspect(this.text, key, this.chosenPolicy, true, this.exact));
    return answer.status === "ok" ? answer.data : null;
  }

  /** Inspects the clipboard. */
  async paste(): Promise<void> {
    await this.#inspectInput(await fromClipboard(this.#host));
  }

  /** Inspects a text that was pasted, and says so if there is nothing in it. */
  async pasted(text: string): Promise<void> {
    await this.#inspectInput(pastedText(text));
  }

  /** Inspects the content of a file. */
  async open(file: File): Promise<void> {
    await this.#inspectInput(await fromFile(file));
  }

  async #inspectInput(input: Input): Promise<void> {
    if ("problem" in input) this.problem = input.problem;
    else await this.inspect(input.text);
  }

  /** Inspects typed text once typing pauses. */
  type(text: string): void {
    // Earlier requests are no longer about the field's text.
    this.#answered = ++this.#asked;
    this.draft = text;
    this.comparing = null;
    this.exact = false;
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => {
      if (text.trim() === "") this.clear();
      else void this.#ask(text, "typed");
    }, TYPING_PAUSE_MS);
  }

  /** Shows the cleaned token again once the field has lost the focus. */
  settle(): void {
    if (this.report && this.#asked === this.#answered && this.draft === this.text && this.#typing) {
      this.draft = this.report.token;
    }
  }

  /** Inspects the same text again, because the profile's state may have changed. */
  async refresh(): Promise<void> {
    if (this.editing) void this.editing.judge();
    if (this.report && this.#asked === this.#answered) await this.#ask(this.text, "again");
  }

  /** Opens the token for editing, with an initial change if given. */
  async edit(change: Edit | null = null): Promise<void> {
    const report = this.report;
    if (!report || this.without) return;
    if (!this.editing) {
      const isOpen = () => this.report?.token === report.token && this.editing === null;
      const opened = await Editing.open(this.#host, report, this.key, () => this.chosenPolicy, isOpen);
      if (opened === null) return;
      if (!(opened instanceof Editing)) {
        this.problem = opened;
        return;
      }
      this.hovered = this.selected = this.problem = null;
      this.editing = opened;
    }
    if (change) await this.editing.apply(change);
  }

  /** Begins a token, of these claims or of nothing, and opens it for editing. */
  async begin(claims: string | null): Promise<void> {
    const begun = await begin(this.#host, claims);
    if ("problem" in begun) this.problem = begun.problem;
    else {
      await this.#openNext({ text: begun.token, own: true });
      if (this.text === begun.token) await this.edit();
    }
  }

  /** Changes the token and signs it at once, if its own key is at hand; otherwise the change is left open. */
  async editAndSign(change: Edit): Promise<boolean> {
    await this.edit(change);
    return (this.editing?.isSignedAlike ?? false) && this.sign();
  }

  /** Signs the unchanged token with the given key or the profile's active one. */
  async signAgain(): Promise<void> {
    await this.edit();
    await this.editing?.signRightly();
  }

  /** Signs the edited token: the new token is opened, the old one is among the recent ones. */
  async sign(): Promise<boolean> {
    const signed = await this.editing?.sign();
    if (!signed) return false;
    this.key = signed.key;
    await this.#open(signed.token);
    return true;
  }

  /** Compares the token with an earlier one, by default with the previous one. */
  async compareWith(
    other: Recent | undefined = this.recent.list.find((one) => one.token !== this.shownId),
  ): Promise<void> {
    const report = this.report;
    if (!report || !other) return;
    const answer = await settled(this.#host.compareTokens(other.token, report.token));
    if (this.report?.token !== report.token) return;
    if (answer.status === "ok") this.comparing = { other, comparison: answer.data };
    else this.problem = answer.error;
  }

  discard(): void {
    this.editing = null;
    this.hovered = null;
    this.selected = this.report ? firstLink(this.report) : null;
  }

  clear(): void {
    this.editing = this.comparing = null;
    clearTimeout(this.#pause);
    this.#asked += 1;
    this.#answered = this.#asked;
    this.text = this.draft = "";
    this.announcer.silence();
    this.report = this.problem = this.hovered = this.selected = null;
    this.choices = [];
    this.#typing = false;
  }

  /** Judges the text byte for byte, or cleaned up again. */
  async judgeExactly(exact: boolean): Promise<void> {
    this.exact = exact;
    await this.#ask(this.text, "again", true);
    if (this.report && this.#asked === this.#answered) this.draft = this.report.token;
  }

  toggle(link: Link): void {
    this.selected = JSON.stringify(this.selected) === JSON.stringify(link) ? null : link;
  }

  /** If the last paste is still pending, requests it again with its origin. */
  async #askAnew(): Promise<void> {
    if (this.#asked !== this.#answered) await this.#ask(...this.#last);
    else if (this.report) await this.#ask(this.text, "again", true);
  }

  async #ask(text: string, origin: Origin, wanted = origin !== "again"): Promise<void> {
    if (origin !== "again") clearTimeout(this.#pause);
    const number = ++this.#asked;
    this.#last = [text, origin];
    const answer = await settled(this.#host.inspect(text, this.key, this.chosenPolicy, false, this.exact));
    if (number !== this.#asked) return;
    this.#answered = number;
    if (answer.status === "ok") this.#accept(text, answer.data, origin, wanted);
    else if (
      answer.error.area === "policies" &&
      answer.error.code === "not_found" &&
      this.chosenPolicy !== null
    ) {
      // The policy was deleted elsewhere.
      this.chosenPolicy = null;
      this.editing?.judgeBy(null);
      await this.#ask(text, origin, wanted);
    } else if (answer.error.area === "inspect") {
      // Overtaken by an earlier request that arrived later: the page has made no newer one, so ask again.
      await this.#ask(text, origin, wanted);
    } else if (wanted) {
      this.problem = answer.error;
      // Do not show a verdict beside a different token.
      if (origin === "given" && this.report) this.draft = this.report.token;
    }
  }

  #accept(text: string, answer: Report, origin: Origin, wanted: boolean): void {
    if (answer.format === "empty") return this.clear();
    const before = this.report;
    const report = before ? keepUnchanged(before, answer) : answer;
    // Automatic refreshes must not clear a message before it is read.
    if (wanted) this.problem = null;
    if (origin !== "again") this.pastedKey.look(before, this.text, report);
    this.text = text;
    this.report = report;
    this.choices = choicesAfter(this.choices, text, report.tokens);
    if (origin !== "again") {
      this.selected = firstLink(report);
      this.hovered = null;
      if (origin === "given") this.draft = report.token;
      if (origin === "given" && before?.token !== report.token) this.opened += 1;
      this.recent.remember(text, report, this.#clock.now, origin === "typed" && this.#typing);
      this.#typing = origin === "typed";
      void this.#weakSecret.guess(report);
    } else this.recent.judge(text, report);
    if (origin === "given") this.announcer.forget();
  }

  /** Runs every second: inspects again when a time of the token has passed or the report's sentences are outdated. */
  #keepCurrent(now: number): void {
    const { editing, shown } = this;
    if (!shown || this.#asked !== this.#answered || document.hidden || !isOutdated(shown, now)) return;
    // Only the time has changed: policies and users need no reload.
    if (!editing) void this.#ask(this.text, "again");
    else if (editing.preview && !editing.problem) void editing.judge();
  }
}

export const [useInspector, provideInspector] = createContext<Inspector>();
