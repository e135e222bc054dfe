// The entrance: finds the program around the page and starts the window on it.
import { mount } from "svelte";
import App from "./app/App.svelte";
import type { Host } from "./platform/host";
import "./shared/styles/tokens.css";
import "./shared/styles/base.css";

async function findHost(): Promise<Host> {
  // Without a program around it, `npm run dev` in a browser plays one. Never part of a build.
  if (import.meta.env.DEV && !("__TAURI_INTERNALS__" in window)) {
    return (await import("./platform/fake")).fakeFromAddress(location.search);
  }
  return (await import("./platform/tauri")).tauriHost;
}

const target = document.getElementById("app");
if (target) void findHost().then((host) => mount(App, { target, props: { host } }));
