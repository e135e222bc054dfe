// The entrance: finds the program around the page and starts the window on it.
import { mount } from "svelte";
import App from "./app/App.svelte";
import type { Host } from "./platform/host";
import { tauriHost } from "./platform/tauri";
import "./shared/styles/tokens.css";
import "./shared/styles/base.css";

const target = document.getElementById("app");
const start = (host: Host) => target && mount(App, { target, props: { host } });

// Without a program around it, `npm run dev` in a browser plays one. Never part of a build.
if (import.meta.env.DEV && !("__TAURI_INTERNALS__" in window)) {
  void import("./platform/fake/scene").then(({ fakeFromAddress }) => start(fakeFromAddress(location.search)));
} else {
  start(tauriHost);
}
