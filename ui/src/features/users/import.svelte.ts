// An import of users: the file, how its columns are read, and what each line would do.
import type { ImportFieldView, ImportLineView, ImportPlanView, WireError } from "../../api/bindings.gen";
import { type Host, settled } from "../../platform/host";

/** Which lines are listed. */
export type LineFilter = "all" | "create" | "update" | "leave" | "refuse";

export class Import {
  fileName = $state("");
  updateScopes = $state(true);
  plan = $state.raw<ImportPlanView | null>(null);
  /** Why the file cannot be read or imported. */
  refusal = $state.raw<WireError | null>(null);
  filter = $state.raw<LineFilter>("all");
  busy = $state(false);

  readonly counts = $derived.by(() => {
    const counts = { all: 0, create: 0, update: 0, leave: 0, refuse: 0, outdated: 0 };
    for (const line of this.plan?.lines ?? []) {
      counts.all += 1;
      counts[line.action.kind] += 1;
      if (line.action.kind === "create" && line.found.kind === "hash" && line.found.outdated)
        counts.outdated += 1;
    }
    return counts;
  });
  readonly shown = $derived.by((): readonly ImportLineView[] => {
    const lines = this.plan?.lines ?? [];
    return this.filter === "all" ? lines : lines.filter((line) => line.action.kind === this.filter);
  });
  /** How many lines would change something. */
  readonly due = $derived(this.counts.create + this.counts.update);

  #host: Host;
  /** May hold hashes and passwords, so nothing draws it. */
  #text = "";
  #fields: (ImportFieldView | null)[] | null = null;
  #asked = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  async open(fileName: string, text: string): Promise<void> {
    this.fileName = fileName;
    this.#text = text;
    this.#fields = null;
    this.plan = null;
    this.filter = "all";
    await this.look();
  }

  /** Says what a column holds; another column that held that is ignored from then on. */
  async setField(column: number, field: ImportFieldView | null): Promise<void> {
    const fields = (this.plan?.fields ?? []).map((one) => (one === field ? null : one));
    fields[column] = field;
    // A user has a hash or a password, not both.
    const other = { password: "password_hash", password_hash: "password" }[field as string];
    this.#fields = fields.map((one) => (one !== null && one === other ? null : one));
    await this.look();
  }

  async setUpdateScopes(update: boolean): Promise<void> {
    this.updateScopes = update;
    await this.look();
  }

  /** Asks again what the file would do. */
  async look(): Promise<void> {
    if (this.#text === "") return;
    const number = ++this.#asked;
    const answer = await settled(this.#host.planImport(this.#request()));
    if (number !== this.#asked) return;
    if (answer.status === "ok") {
      this.plan = answer.data;
      this.refusal = null;
    } else this.refusal = answer.error;
  }

  /** Imports what is shown. Null if it was refused: then the list is up to date again. */
  async run(): Promise<{ created: number; updated: number } | null> {
    if (this.busy || !this.plan) return null;
    this.busy = true;
    const answer = await settled(this.#host.importUsers(this.#request(), this.plan.fingerprint));
    this.busy = false;
    if (answer.status === "ok") return answer.data;
    await this.look();
    this.refusal = answer.error;
    return null;
  }

  /** Saves what each line would do, to a file that the program asks for. */
  report() {
    return settled(this.#host.saveImportReport(this.#request()));
  }

  #request() {
    return { text: this.#text, fields: this.#fields, update_scopes: this.updateScopes };
  }
}
