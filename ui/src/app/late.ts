// What the first picture does not show: one script, which `late.svelte.ts` reads after that picture.
export { default as ActivityPane } from "../features/activity/ActivityPane.svelte";
export { default as KeyringScreen } from "../features/keyring/KeyringScreen.svelte";
export { default as SignInDialog } from "../features/sign-in/SignInDialog.svelte";
export { default as RestoredScreen } from "../features/store/RestoredScreen.svelte";
export { default as KeysView } from "../views/KeysView.svelte";
export { default as SessionsView } from "../views/SessionsView.svelte";
export { default as UsersView } from "../views/UsersView.svelte";
export { default as AppearanceChoices } from "./AppearanceChoices.svelte";
export { default as ShortcutList } from "./ShortcutList.svelte";
