// The only file that knows Tauri: the generated bindings as a host.
import { commands, events } from "../api/bindings.gen";
import { type Answer, type Host, internalError } from "./host";

/** Refusals of the framework itself (a missing permission, a bad argument) arrive as plain text. */
async function typed<T>(answer: Promise<Answer<T>>): Promise<Answer<T>> {
  const result = await answer;
  if (result.status === "error" && typeof result.error !== "object") {
    return { status: "error", error: internalError(result.error) };
  }
  return result;
}

export const tauriHost: Host = {
  ...commands,
  ratePassword: (password, username) => typed(commands.ratePassword(password, username)),
  inspect: (text, key, policy) => typed(commands.inspect(text, key, policy)),
  takeHandover: () => typed(commands.takeHandover()),
  listPolicies: () => typed(commands.listPolicies()),
  savePolicy: (policy) => typed(commands.savePolicy(policy)),
  deletePolicy: (name) => typed(commands.deletePolicy(name)),
  readClipboard: () => typed(commands.readClipboard()),
  copyText: (text) => typed(commands.copyText(text)),
  listUsers: () => typed(commands.listUsers()),
  listScopes: () => typed(commands.listScopes()),
  createUser: (user) => typed(commands.createUser(user)),
  setUserActive: (username, active) => typed(commands.setUserActive(username, active)),
  setUserScopes: (username, scopes) => typed(commands.setUserScopes(username, scopes)),
  signIn: (request) => typed(commands.signIn(request)),
  onHandedOver: (listener) => events.handedOver.listen(listener),
  onWorkbenchChanged: (listener) => events.workbenchChanged.listen((event) => listener(event.payload)),
};
