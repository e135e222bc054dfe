// Every key of the window, declared once: the status bar, the list and the handler read this table.
import type { Binding } from "../shared/keyboard/shortcuts.svelte";
import { viewKeys } from "./views";

export const bindings: readonly Binding[] = [
  ...viewKeys,
  { id: "app.panes", key: "F6", label: "Next pane", group: "Everywhere" },
  { id: "app.panes-back", key: "Shift+F6", label: "Previous pane", group: "Everywhere" },
  { id: "app.real-time", key: "\\", label: "Real time", group: "Everywhere" },
  { id: "text.larger", key: "Ctrl+Plus", label: "Larger text", group: "Everywhere", always: true },
  { id: "text.smaller", key: "Ctrl+Minus", label: "Smaller text", group: "Everywhere", always: true },
  { id: "text.usual", key: "Ctrl+0", label: "Usual text size", group: "Everywhere", always: true },
  { id: "app.help", key: "?", label: "All shortcuts", group: "Everywhere", hint: 9 },
  { id: "app.activity", key: "Ctrl+j", label: "Activity", group: "Everywhere", hint: 8 },
  // Before the views' own: while the focus is in the log, its keys are meant for it.
  { id: "activity.pause", key: "p", label: "Pause", group: "Activity", hint: 0 },
  { id: "activity.export", key: "x", label: "Export", group: "Activity", hint: 0 },
  { id: "activity.close", key: "Escape", label: "Close", group: "Activity", hint: 0 },
  { id: "activity.filter", key: "/", label: "Filter", group: "Activity" },
  { id: "inspect.paste", key: "Ctrl+v", label: "Paste", group: "Inspect", hint: 1, native: true },
  { id: "inspect.edit", key: "e", label: "Edit", group: "Inspect", hint: 2 },
  { id: "inspect.json", key: "j", label: "JSON", group: "Inspect", hint: 3 },
  { id: "inspect.copy", key: "c", label: "Copy", group: "Inspect", hint: 4 },
  { id: "inspect.new", key: "n", label: "New token", group: "Inspect" },
  { id: "inspect.key", key: "k", label: "Try another key", group: "Inspect" },
  // Handled by the steps themselves: on a button, Enter presses it.
  { id: "inspect.next", key: "Enter", label: "Open the next step", group: "Inspect", hint: 0, native: true },
  { id: "inspect.back", key: "Alt+ArrowLeft", label: "Back to the encrypted token", group: "Inspect" },
  { id: "inspect.compare", key: "d", label: "Compare with the previous token", group: "Inspect" },
  { id: "compare.stop", key: "Escape", label: "End the comparison", group: "Inspect" },
  { id: "inspect.policy", key: "p", label: "Change the policy", group: "Inspect" },
  { id: "inspect.fold", key: "Escape", label: "Close the token panel", group: "Inspect" },
  { id: "edit.sign", key: "Ctrl+Enter", label: "Re-sign", group: "Edit", hint: 1 },
  { id: "edit.nudge", key: "Alt+ArrowUp", label: "Nudge number", group: "Edit", hint: 2, native: true },
  { id: "edit.discard", key: "Escape", label: "Discard", group: "Edit", hint: 3 },
  { id: "sessions.refresh", key: "r", label: "Refresh", group: "Sessions", hint: 1 },
  { id: "sessions.revoke", key: "Delete", label: "Revoke session", group: "Sessions", hint: 2 },
  { id: "sessions.inspect", key: "i", label: "Inspect its token", group: "Sessions", hint: 3 },
  { id: "sessions.filter", key: "/", label: "Filter", group: "Sessions", hint: 4 },
  { id: "users.new", key: "n", label: "New user", group: "Users", hint: 1 },
  { id: "users.sign-in", key: "f", label: "Sign in as", group: "Users", hint: 2 },
  { id: "users.edit", key: "e", label: "Edit user", group: "Users", hint: 3 },
  { id: "users.delete", key: "Delete", label: "Delete user", group: "Users" },
  { id: "users.filter", key: "/", label: "Filter", group: "Users", hint: 4 },
  { id: "keys.rotate", key: "r", label: "Rotate", group: "Keys", hint: 1 },
  { id: "keys.export", key: "x", label: "Copy the public JWK", group: "Keys", hint: 2 },
  { id: "keys.new", key: "n", label: "New key", group: "Keys", hint: 3 },
  { id: "keys.end", key: "Delete", label: "Retire or delete the key", group: "Keys" },
  { id: "store.retry", key: "r", label: "Try again", group: "Database" },
  { id: "store.without", key: "Escape", label: "Inspect without it", group: "Database" },
  { id: "restored.leave", key: "Escape", label: "Check later", group: "Profile", hint: 1 },
  { id: "keyring.unlock", key: "u", label: "Unlock", group: "Keyring", hint: 1 },
  { id: "keyring.retry", key: "r", label: "Try again", group: "Keyring", hint: 2 },
  { id: "keyring.leave", key: "Escape", label: "Continue without keys", group: "Keyring", hint: 3 },
];

/** Keys of lists and layers, which handle them themselves: for the list of shortcuts only. */
export const listKeys = [
  { key: "ArrowDown", label: "Next row" },
  { key: "ArrowUp", label: "Previous row" },
  { key: "Enter", label: "Open the row" },
  { key: "Shift+F10", label: "Menu of the row" },
  { key: "Escape", label: "Close the top layer" },
] as const;
