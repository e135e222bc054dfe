/** Where a token of this profile leads. */
export interface Leads {
  onsession: (sid: string) => void;
  onuser: (username: string) => void;
}
