// What every view is given by the frame around it.

/** The views there are. */
export type ViewName = "inspect" | "sessions" | "users";

export interface ViewProps {
  ongo: (view: ViewName) => void;
  /** The database is not in use: there are no users, and nobody asked the keyring. */
  without: boolean;
}
