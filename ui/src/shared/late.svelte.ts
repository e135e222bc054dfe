/** Parts of the window that the first picture does not show, in a script of their own. */
export class Late<Parts extends object> {
  /** Empty until their script has been read. */
  parts = $state.raw<Partial<Parts>>({});
  #read: () => Promise<Parts>;

  constructor(read: () => Promise<Parts>) {
    this.#read = read;
  }

  async load(): Promise<void> {
    this.parts = await this.#read();
  }
}
