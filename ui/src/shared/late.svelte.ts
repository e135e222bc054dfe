/** Parts of the window that the first picture does not show, in a script of their own. */
export class Late<Parts extends object> {
  /** Empty until their script has been read. */
  parts = $state.raw<Partial<Parts>>({});
  #read: () => Promise<Parts>;
  #ready: () => Promise<void>;

  /** `ready`: what to wait for before what is on screen changes. */
  constructor(read: () => Promise<Parts>, ready = () => Promise.resolve()) {
    this.#read = read;
    this.#ready = ready;
  }

  async load(): Promise<void> {
    const parts = await this.#read();
    await this.#ready();
    this.parts = parts;
  }
}
