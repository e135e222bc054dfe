// The props that the frame passes to every view.

/** The names of all views. */
export type ViewName = "inspect" | "sessions" | "users" | "keys";

export interface ViewProps {
  ongo: (view: ViewName) => void;
  /** The database is not in use: there are no users, and the keyring was not queried. */
  without: boolean;
}
