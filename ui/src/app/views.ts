// Every view, declared once: the rail, the titles, the keys and the frame read this table.
import KeyRound from "@lucide/svelte/icons/key-round";
import Layers from "@lucide/svelte/icons/layers";
import ScanSearch from "@lucide/svelte/icons/scan-search";
import UsersIcon from "@lucide/svelte/icons/users";
import type { Component } from "svelte";
import InspectContext from "../features/inspect/InspectContext.svelte";
import KeysContext from "../features/keys/KeysContext.svelte";
import SessionsContext from "../features/sessions/SessionsContext.svelte";
import UsersContext from "../features/users/UsersContext.svelte";
import type { Binding } from "../shared/keyboard/shortcuts.svelte";
import InspectView from "../views/InspectView.svelte";
import KeysView from "../views/KeysView.svelte";
import type { ViewName, ViewProps } from "../views/props";
import SessionsView from "../views/SessionsView.svelte";
import UsersView from "../views/UsersView.svelte";

export interface View {
  id: ViewName;
  title: string;
  icon: Component<{ size?: number; strokeWidth?: number }>;
  component: Component<ViewProps> | Component;
  /** The content beside the title. */
  context: Component;
}

/** In rail order. */
export const views: readonly View[] = [
  { id: "inspect", title: "Inspect", icon: ScanSearch, component: InspectView, context: InspectContext },
  { id: "sessions", title: "Sessions", icon: Layers, component: SessionsView, context: SessionsContext },
  { id: "users", title: "Users", icon: UsersIcon, component: UsersView, context: UsersContext },
  { id: "keys", title: "Keys", icon: KeyRound, component: KeysView, context: KeysContext },
];

/** The digit that opens a view with Ctrl: its position in the rail. */
export const digitOf = (view: View): string => String(views.indexOf(view) + 1);

export const viewKeys: readonly Binding[] = views.map((view) => ({
  id: `view.${view.id}`,
  key: `Ctrl+${digitOf(view)}`,
  label: view.title,
  group: "Everywhere",
}));
