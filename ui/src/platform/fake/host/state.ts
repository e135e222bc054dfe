// What the fake program holds, and what several of its areas need.
import type {
  ClockView,
  Fault,
  KeyringState,
  KeyringView,
  RestoredView,
  SignerInput,
  Topic,
  UserView,
  WireError,
  WorkbenchChanged,
} from "../../../api/bindings.gen";
import { ok, refuse, storeError, wireError } from "../answers";
import { Denied } from "../denied";
import { Events } from "../events";
import { Keys } from "../keys";
import { Policies } from "../policies";
import { NOON, type World } from "../recorded";
import { SecondFactors } from "../second-factor";
import { Sessions } from "../sessions";
import { userOf } from "../users";
import type { Answer, Host } from "../../host";

export interface FakeOptions {
  users?: (Partial<UserView> & { username: string; password?: string })[];
  keyring?: KeyringState;
  canUnlock?: boolean;
  system?: string | null;
  storeProblem?: WireError | null;
  restored?: RestoredView | null;
  ephemeral?: boolean;
  hasKeys?: boolean;
  /** Were the keys read before the keyring failed? */
  keysAtHand?: boolean;
  wasSession?: boolean;
}

const DATA: Topic[] = ["profile", "users", "sessions", "keys", "policies"];

export class State {
  users: UserView[] = [];
  passwords = new Map<string, string>();
  clipboard = "";
  copied: string[] = [];
  /** Addresses that were opened in the browser. */
  opened: string[] = [];
  clock: ClockView = { kind: "real" };
  keyring: KeyringView;
  storeProblem: WireError | null;
  restored: RestoredView | null;
  opening = false;
  ephemeral: boolean;
  /** The keyring's state after a retry. */
  nextKeyring: KeyringState = "ready";
  /** The response of every host; null if no host answers. */
  jwks: string | null = null;
  /** The last signer of an edited token, and the fault it was signed for. */
  lastSigning: { signer: SignerInput; fault: Fault | null } | null = null;
  isTestKeyPublished = false;
  policies = new Policies();
  sessions = new Sessions();
  events = new Events();
  denied = new Denied();
  keys = new Keys();
  secondFactors = new SecondFactors();
  /** The correct code of each user with a second factor. */
  factors = new Map<string, string>();
  #listeners = new Set<(event: WorkbenchChanged) => void>();
  readonly #ahead = NOON - Date.now();

  constructor(options: FakeOptions = {}) {
    this.keyring = {
      name: options.ephemeral ? "Keys of this session" : "GNOME Keyring",
      state: options.keyring ?? "ready",
      system: options.system ?? null,
      keys_at_hand: options.keysAtHand ?? (options.keyring ?? "ready") === "ready",
      can_unlock: options.canUnlock ?? options.keyring === "locked",
      kind: options.keyring === "passphrase_due" ? "passphrase" : "system",
      can_choose: !options.ephemeral && options.keyring !== "passphrase_due",
      has_keys: options.hasKeys ?? true,
      was_session: options.wasSession ?? false,
      store_problem: options.keyring === "store_failed" ? storeError("full", "/profiles/workbench.db") : null,
    };
    this.storeProblem = options.storeProblem ?? null;
    this.restored = options.restored ?? null;
    this.ephemeral = options.ephemeral ?? false;
    for (const { password = "correct horse", ...user } of options.users ?? []) {
      this.users.push(userOf({ created_at_ms: Date.now() - 86_400_000, ...user }));
      this.passwords.set(user.username, password);
    }
  }

  /** Notifies the window of changed topics; "data" stands for everything in the database. */
  emit(...told: (Topic | "data")[]): void {
    const topics = told.flatMap((one) => (one === "data" ? DATA : [one]));
    for (const listener of this.#listeners) listener({ topics });
  }

  /** The program's time: that of the recorded answers when the window opens. */
  protected now(): number {
    return Date.now() + this.#ahead + (this.clock.kind === "shifted" ? this.clock.ms : 0);
  }

  protected world(): World {
    if (this.isTestKeyPublished) return "test_key_published";
    return this.users.some(({ username, active }) => username === "alice" && !active) ? "alice_off" : "usual";
  }

  onWorkbenchChanged: Host["onWorkbenchChanged"] = async (listener) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  protected async change(username: string, change: Partial<UserView>): Promise<Answer<null>> {
    const user = this.users.find((one) => one.username === username);
    if (!user) return refuse(wireError({ area: "users", code: "not_found", name: username }));
    Object.assign(user, change);
    return ok(null);
  }
}
