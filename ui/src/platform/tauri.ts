// The only file that uses Tauri: the generated bindings as a host.
import { commands, events } from "../api/bindings.gen";
import type { Host } from "./host";

export const tauriHost: Host = {
  ...commands,
  onHandedOver: (listener) => events.handedOver.listen(listener),
  onWorkbenchChanged: (listener) => events.workbenchChanged.listen((event) => listener(event.payload)),
};
