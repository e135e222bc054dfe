// The loaded part of a possibly long list: read page by page, in the order that its owner requests.

/** The most rows requested at once. */
const PAGE = 200;

export interface Page<Row, Counts> {
  rows: readonly Row[];
  /** The cursor of the next page; null at the end. */
  next: string | null;
  counts: Counts;
}

type Answer<Data, Problem> = { status: "ok"; data: Data } | { status: "error"; error: Problem };

interface Source<Row, Counts, Problem> {
  ask: (after: string | null, most: number) => Promise<Answer<Page<Row, Counts>, Problem>>;
  /** A unique key for each row. */
  key: (row: Row) => string;
  /** The counts before anything was read. */
  counts: Counts;
}

export class Paged<Row, Counts, Problem> {
  rows = $state.raw<readonly Row[] | null>(null);
  counts: Counts;
  /** Why the list could not be read. */
  problem = $state.raw<Problem | null>(null);

  #source: Source<Row, Counts, Problem>;
  #next = $state.raw<string | null>(null);
  #asked = 0;
  #loading = false;
  /** Something changed while the list was being read. */
  #again = false;

  constructor(source: Source<Row, Counts, Problem>) {
    this.#source = source;
    this.counts = $state.raw(source.counts);
  }

  /** Is there another page? */
  get isMore(): boolean {
    return this.#next !== null;
  }

  /**
   * Reads the list again, as far as it was loaded before. Changes meanwhile cause another read. Returns false if a read
   * is already in progress, which then does that.
   */
  async load(): Promise<boolean> {
    if (this.#loading) {
      this.#again = true;
      return false;
    }
    this.#loading = true;
    do {
      this.#again = false;
      await this.#read();
    } while (this.#again);
    this.#loading = false;
    return true;
  }

  async #read(): Promise<void> {
    const number = ++this.#asked;
    const wanted = Math.max(PAGE, this.rows?.length ?? 0);
    let rows: readonly Row[] = [];
    let after: string | null = null;
    do {
      const answer = await this.#source.ask(after, PAGE);
      // Another list was requested meanwhile: drop this one.
      if (number !== this.#asked) return;
      if (answer.status === "error") {
        this.problem = answer.error;
        return;
      }
      rows = this.#joined(rows, answer.data.rows);
      after = answer.data.next;
      this.counts = answer.data.counts;
    } while (after !== null && rows.length < wanted);
    this.problem = null;
    this.rows = rows;
    this.#next = after;
  }

  /** Reads the next page, if there is one. */
  async more(): Promise<void> {
    const after = this.#next;
    if (after === null || this.#loading) return;
    this.#next = null;
    const number = this.#asked;
    const answer = await this.#source.ask(after, PAGE);
    if (number !== this.#asked) return;
    if (answer.status === "error") {
      // The last row requests the page again when it comes into view.
      this.#next = after;
      this.problem = answer.error;
      return;
    }
    this.rows = this.#joined(this.rows ?? [], answer.data.rows);
    this.#next = answer.data.next;
  }

  /** Starts over with another list, from its first page. */
  async restart(): Promise<boolean> {
    this.rows = this.rows?.slice(0, PAGE) ?? null;
    this.#asked += 1;
    return this.load();
  }

  /** Replaces a row, until the list is read again. */
  put(changed: Row): void {
    const key = this.#source.key(changed);
    this.rows = this.rows?.map((row) => (this.#source.key(row) === key ? changed : row)) ?? null;
  }

  /** Rows that moved between two pages are kept once, as they were last read. */
  #joined(before: readonly Row[], page: readonly Row[]): readonly Row[] {
    const read = new Set(page.map(this.#source.key));
    return [...before.filter((row) => !read.has(this.#source.key(row))), ...page];
  }
}
