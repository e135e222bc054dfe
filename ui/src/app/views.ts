// Every view, declared once: the rail, the titles, the keys and the frame read this table.
import KeyRound from "@lucide/svelte/icons/key-round";
import Layers from "@lucide/svelte/icons/layers";
import ScanSearch from "@lucide/svelte/icons/scan-search";
import UsersIcon from "@lucide/svelte/icons/users";
import type { Component } from "svelte";
import type { EventSubjectView } from "../api/bindings.gen";
import InspectContext from "../features/inspect/InspectContext.svelte";
import type { Keys } from "../features/keys/keys.svelte";
import KeysContext from "../features/keys/KeysContext.svelte";
import type { Sessions } from "../features/sessions/sessions.svelte";
import SessionsContext from "../features/sessions/SessionsContext.svelte";
import type { Users } from "../features/users/users.svelte";
import UsersContext from "../features/users/UsersContext.svelte";
import type { Binding } from "../shared/keyboard/shortcuts.svelte";
import InspectView from "../views/InspectView.svelte";
import type { ViewName, ViewProps } from "../views/props";
import { late } from "./late.svelte";

/** The stores whose data the views show. */
export interface Stores {
  users: Users;
  sessions: Sessions;
  keys: Keys;
}

export interface View {
  id: ViewName;
  title: string;
  icon: Component<{ size?: number; strokeWidth?: number }>;
  /** `null` until its script has been read. */
  component: () => Component<ViewProps> | Component | null;
  /** The content beside the title. */
  context: Component;
  /** What is selected in it, as a subject of the event log. */
  selected: (stores: Stores) => EventSubjectView | null;
}

/** In rail order. */
export const views: readonly [View, ...View[]] = [
  {
    id: "inspect",
    title: "Inspect",
    icon: ScanSearch,
    component: () => InspectView,
    context: InspectContext,
    selected: () => null,
  },
  {
    id: "sessions",
    title: "Sessions",
    icon: Layers,
    component: () => late.parts.SessionsView ?? null,
    context: SessionsContext,
    selected: ({ sessions: { chosenSid: sid } }) => (sid ? { kind: "session", sid } : null),
  },
  {
    id: "users",
    title: "Users",
    icon: UsersIcon,
    component: () => late.parts.UsersView ?? null,
    context: UsersContext,
    selected: ({ users }) => (users.chosen ? { kind: "user", username: users.chosen.username } : null),
  },
  {
    id: "keys",
    title: "Keys",
    icon: KeyRound,
    component: () => late.parts.KeysView ?? null,
    context: KeysContext,
    selected: ({ keys: { chosenKid: kid } }) => (kid ? { kind: "key", kid } : null),
  },
];

/** The digit that opens a view with Ctrl: its position in the rail. */
export const digitOf = (view: View): string => String(views.indexOf(view) + 1);

export const viewKeys: readonly Binding[] = views.map((view) => ({
  id: `view.${view.id}`,
  key: `Ctrl+${digitOf(view)}`,
  label: view.title,
  group: "Everywhere",
}));
