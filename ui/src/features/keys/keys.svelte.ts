// The signing keys of the profile, the chosen one, and the JWK Set as it is published.
import { createContext } from "svelte";
import type {
  KeyDetail,
  KeyImport,
  KeyLifetimes,
  KeyPurpose,
  KeyView,
  PublicFile,
  WireError,
} from "../../api/bindings.gen";
import { type Answer, type Host, settled } from "../../platform/host";
import { type Page, Paged } from "../../shared/list/paged.svelte";

interface Counts {
  all: number;
}

export class Keys {
  chosenKid = $state.raw<string | null>(null);
  detail = $state.raw<KeyDetail | null>(null);
  jwks = $state.raw<string | null>(null);
  /** The algorithms that access keys may have. */
  algorithms = $state.raw<readonly string[]>([]);
  lifetimes = $state.raw<KeyLifetimes | null>(null);
  /** Why the last action on a key was refused. */
  refusal = $state.raw<{ kid: string | null; error: WireError } | null>(null);
  busy = $state(false);

  #host: Host;
  #list: Paged<KeyView, Counts, WireError>;
  #shown = 0;
  /** The view was opened, so the keys are kept up to date. */
  #wanted = false;

  constructor(host: Host) {
    this.#host = host;
    this.#list = new Paged({
      ask: (after, most) => this.#page(after, most),
      key: (row) => row.kid,
      counts: { all: 0 },
    });
  }

  get rows(): readonly KeyView[] | null {
    return this.#list.rows;
  }
  get all(): number {
    return this.#list.counts.all;
  }
  /** Why the keys could not be read. */
  get problem(): WireError | null {
    return this.#list.problem;
  }

  /** Reads the keys for the first time the view is opened. */
  open(): void {
    this.#wanted = true;
    void this.load();
  }

  /** Reads the keys again, as far as they were loaded before, the chosen one and the JWK Set. */
  async load(): Promise<void> {
    if (!this.#wanted || !(await this.#list.load())) return;
    const rows = this.rows ?? [];
    if (!rows.some((row) => row.kid === this.chosenKid)) this.chosenKid = rows[0]?.kid ?? null;
    const set = await settled(this.#host.showJwks());
    if (set.status === "ok") this.jwks = set.data;
    else this.#list.problem = set.error;
    await this.#show();
  }

  async more(): Promise<void> {
    await this.#list.more();
  }

  choose(kid: string): void {
    if (kid === this.chosenKid) return;
    this.chosenKid = kid;
    this.refusal = null;
    void this.#show();
  }

  async #show(): Promise<void> {
    const kid = this.chosenKid;
    const number = ++this.#shown;
    const answer = kid === null ? null : await settled(this.#host.showKey(kid));
    if (number !== this.#shown) return;
    if (answer === null || answer.status === "ok") this.detail = answer?.data ?? null;
    else this.#list.problem = answer.error;
  }

  /** Makes a key that signs from now on. Returns whether it does. */
  async rotate(purpose: KeyPurpose, algorithm: string | null): Promise<boolean> {
    const kid = await this.#do(null, () => this.#host.rotateKey(purpose, algorithm));
    return kid !== null && this.#made(kid);
  }

  /** Imports a private key. Returns its key ID and how short it is, if it is short. */
  async import(key: KeyImport): Promise<{ kid: string; short_rsa_bits: number | null } | null> {
    const imported = await this.#do(null, () => this.#host.importKey(key));
    if (imported) this.#made(imported.kid);
    return imported;
  }

  #made(kid: string): true {
    this.choose(kid);
    return true;
  }

  /** Retires a key. Returns the places where its private part may remain. */
  retire(kid: string): Promise<readonly string[] | null> {
    return this.#do(kid, () => this.#host.retireKey(kid));
  }

  async remove(kid: string): Promise<boolean> {
    return (await this.#do(kid, async () => done(await this.#host.deleteKey(kid)))) !== null;
  }

  async rename(kid: string, name: string): Promise<boolean> {
    return (await this.#do(kid, async () => done(await this.#host.renameKey(kid, name)))) !== null;
  }

  /** Copies the private part. Returns after how many seconds it leaves the clipboard; null if it was not copied. */
  copyPrivate(kid: string): Promise<number | null> {
    return this.#do(kid, () => this.#host.copyPrivateKey(kid));
  }

  /** Saves what anyone may have. Returns the file; null if none was chosen. */
  save(file: PublicFile): Promise<Answer<string | null>> {
    return settled(this.#host.savePublicKey(file));
  }

  /** Typing in a form clears the old error. */
  touch(): void {
    this.refusal = null;
  }

  /** Does something with a key; null if the key is yet to be made, so that its dialog says what went wrong. */
  async #do<T>(kid: string | null, ask: () => Promise<Answer<T>>): Promise<T | null> {
    if (this.busy) return null;
    this.busy = true;
    this.refusal = null;
    const answer = await settled(ask());
    await this.load();
    this.busy = false;
    if (answer.status === "ok") return answer.data;
    this.refusal = { kid, error: answer.error };
    return null;
  }

  async #page(after: string | null, most: number): Promise<Answer<Page<KeyView, Counts>>> {
    const answer = await settled(this.#host.listKeys({ after, most }));
    if (answer.status === "error") return answer;
    const { keys, next, all, algorithms, lifetimes } = answer.data;
    this.algorithms = algorithms;
    this.lifetimes = lifetimes;
    return { status: "ok", data: { rows: keys, next, counts: { all } } };
  }
}

/** An action without a result, so that success can be told from failure. */
function done<T>(answer: Answer<T>): Answer<true> {
  return answer.status === "ok" ? { status: "ok", data: true } : answer;
}

export const [useKeys, provideKeys] = createContext<Keys>();
