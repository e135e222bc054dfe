// Answers about the profile.
import type { KeyringView, Shown, Workbench } from "../../../api/bindings.gen";
import { ok, refuse, wireError } from "../answers";
import type { Host } from "../../host";
import { State } from "./state";

/** The profile: its database, keyring, clock and the look of the window. */
export class Profile extends State {
  workbench = async (): Promise<Workbench> => ({
    version: "0.1.0",
    profile: {
      name: "default",
      folder: this.ephemeral ? null : "/home/me/.local/share/token-workbench/default",
      ephemeral: this.ephemeral,
    },
    opening: this.opening,
    restored: this.restored,
    store_problem: this.storeProblem,
    keyring: this.keyring,
    now_ms: this.now(),
    clock: this.clock,
  });
  confirmRestore: Host["confirmRestore"] = async () => {
    this.restored = null;
    return ok(null);
  };
  startAnew: Host["startAnew"] = async () => {
    this.storeProblem = null;
    this.users = [];
    return ok("/home/me/aside-20261123-143004");
  };
  retryStore = async (): Promise<Workbench> => this.workbench();
  retryKeyring = async (): Promise<KeyringView> =>
    (this.keyring = {
      ...this.keyring,
      state: this.nextKeyring,
      system: this.nextKeyring === "ready" ? null : this.keyring.system,
    });
  /** The passphrase that seals the keys. */
  passphrase = "plaid lantern quorum";
  enterPassphrase: Host["enterPassphrase"] = async (passphrase) => {
    if (passphrase !== this.passphrase)
      return refuse(wireError({ area: "keyring", code: "passphrase_wrong" }));
    return ok((this.keyring = { ...this.keyring, state: "ready" }));
  };
  chooseVault: Host["chooseVault"] = async (kind, passphrase) => {
    if (kind === "passphrase" && (passphrase ?? "").length < 8) {
      return refuse(wireError({ area: "passwords", code: "too_short", minimum: 8 }));
    }
    const name = { system: "GNOME Keyring", passphrase: "Passphrase vault", session: "Keys of this session" }[
      kind
    ];
    this.passphrase = passphrase ?? this.passphrase;
    this.keyring = { ...this.keyring, kind, name, state: "ready", system: null, can_choose: false };
    return ok(this.keyring);
  };
  replaceLostKeys: Host["replaceLostKeys"] = async () =>
    ok((this.keyring = { ...this.keyring, state: "ready", system: null }));
  unlockKeyring = async (): Promise<KeyringView> => this.retryKeyring();

  /** How the window looks. */
  look: Shown = { theme: "system", text_size: 100, problem: null };
  appearance: Host["appearance"] = async () => this.look;
  setAppearance: Host["setAppearance"] = async (appearance) => {
    this.look = { ...appearance, problem: null };
    return ok(null);
  };
  moveClock: Host["moveClock"] = async (seconds) => {
    const before = this.clock.kind === "shifted" ? this.clock.ms : 0;
    this.clock = { kind: "shifted", ms: before + seconds * 1000 };
    this.emit("data");
    return ok(null);
  };
  resetClock: Host["resetClock"] = async () => {
    this.clock = { kind: "real" };
    this.emit("data");
    return ok(null);
  };
}
