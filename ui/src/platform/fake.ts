// An in-memory fake of the program, complete enough to run the whole window in tests and in a plain browser. What it
// says of tokens is recorded from the real program; nothing here is part of a build.
import type {
  ClockView,
  EnrollmentView,
  Fault,
  ImportPlanView,
  ImportRequest,
  KeyringState,
  KeyringView,
  RestoredView,
  ScopeUseView,
  SignerInput,
  UserSecurity,
  UserView,
  Shown,
  WireError,
  Workbench,
  Topic,
  WorkbenchChanged,
} from "../api/bindings.gen";
import { ok, refuse, storeError, wireError } from "./fake/answers";
import { Denied } from "./fake/denied";
import { Events } from "./fake/events";
import { Keys } from "./fake/keys";
import { Policies } from "./fake/policies";
import {
  comparisonOf,
  editedOf,
  guessOf,
  keyTextOf,
  NOON,
  previewOf,
  reportOf,
  startOf,
  texts,
  views,
  type World,
} from "./fake/recorded";
import { SECRET, SecondFactors } from "./fake/second-factor";
import { Sessions } from "./fake/sessions";
import { listed, ratingOf, refusalOf, userOf } from "./fake/users";
import type { Answer, Host } from "./host";

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

export class FakeHost implements Host {
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
  #pending = new Map<number, string>();
  #listeners = new Set<(event: WorkbenchChanged) => void>();
  #handedOver: (string | WireError)[] = [];
  #waiting = new Set<() => void>();
  #serial = 0;
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
  #now(): number {
    return Date.now() + this.#ahead + (this.clock.kind === "shifted" ? this.clock.ms : 0);
  }

  #world(): World {
    if (this.isTestKeyPublished) return "test_key_published";
    return this.users.some(({ username, active }) => username === "alice" && !active) ? "alice_off" : "usual";
  }

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
    now_ms: this.#now(),
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

  listUsers: Host["listUsers"] = async (request) => ok(listed(this.users, request));
  showUser: Host["showUser"] = async (username) => {
    const found = this.users.find((user) => user.username === username);
    return ok(found ? { ...found } : null);
  };
  listScopes = async () => ok(views.scopes);

  createUser: Host["createUser"] = async (user) => {
    const refusal = refusalOf(user, this.users);
    if (refusal) return refuse(refusal);
    const { password, ...rest } = user;
    const made = userOf(rest);
    this.users.push(made);
    this.passwords.set(user.username, password);
    return ok({ ...made });
  };

  setUserActive: Host["setUserActive"] = async (username, active) => this.#change(username, { active });
  setUserScopes: Host["setUserScopes"] = async (username, scopes) => this.#change(username, { scopes });

  resetFailures: Host["resetFailures"] = async (username) => this.#change(username, { lock: null });

  editUser: Host["editUser"] = async (username, { scopes, ...details }) => {
    if (details.email !== "" && !details.email.includes("@"))
      return refuse(wireError({ area: "users", code: "email_invalid" }));
    return this.#change(username, scopes ? { ...details, scopes } : details);
  };
  setUserPassword: Host["setUserPassword"] = async (username, password) => {
    const refusal = ratingOf(password, username).refusal;
    if (refusal) return refuse(refusal);
    this.passwords.set(username, password);
    return this.#change(username, { lock: null, active_sessions: 0 });
  };
  deleteUser: Host["deleteUser"] = async (username) => {
    const found = this.users.find((user) => user.username === username);
    if (!found) return refuse(wireError({ area: "users", code: "not_found", name: username }));
    this.users = this.users.filter((user) => user !== found);
    return ok(null);
  };
  /** What is told of every user. */
  security: UserSecurity = { failures: 0, second_factor: { state: "off" }, attempts: [] };
  userSecurity: Host["userSecurity"] = async () => ok(this.security);
  generatePassword: Host["generatePassword"] = async () => ok("k7wqm-3xbtz-aw9pf-mm2qz");

  /** Where each scope is used, by name. */
  scopeUses: ScopeUseView[] = views.scopes.map((one) => ({
    ...one,
    holders: 0,
    first_holders: [],
    policies: [],
  }));
  listScopeUses: Host["listScopeUses"] = async () => ok(this.scopeUses);
  saveScope: Host["saveScope"] = async (before, name, description) => {
    if (name.includes(" "))
      return refuse(wireError({ area: "scopes", code: "name_character", character: " " }));
    const saved = { name, description, holders: 0, first_holders: [], policies: [] };
    this.scopeUses = this.scopeUses.some((one) => one.name === before)
      ? this.scopeUses.map((one) => (one.name === before ? { ...one, name, description } : one))
      : [...this.scopeUses, saved];
    return ok(null);
  };
  deleteScope: Host["deleteScope"] = async (name) => {
    this.scopeUses = this.scopeUses.filter((one) => one.name !== name);
    return ok(0);
  };
  /** What every file would do. */
  importPlan: ImportPlanView | WireError = wireError({ area: "import", code: "empty" });
  planned: ImportRequest[] = [];
  planImport: Host["planImport"] = async (request) => {
    this.planned.push(request);
    return "area" in this.importPlan ? refuse(this.importPlan) : ok(this.importPlan);
  };
  importUsers: Host["importUsers"] = async () => ok({ created: 1, updated: 1 });
  exportUsers: Host["exportUsers"] = async () => ok("/home/me/users.csv");

  ratePassword: Host["ratePassword"] = async (password, username) => ok(ratingOf(password, username));

  signIn: Host["signIn"] = async ({ username, password, scopes: asked }) => {
    if (this.keyring.state !== "ready") return refuse(wireError({ area: "keyring", code: "locked" }));
    const user = this.users.find((one) => one.username === username);
    if (!user || this.passwords.get(username) !== password)
      return refuse(wireError({ area: "sign_in", code: "wrong_credentials" }));
    if (!user.active) return refuse(wireError({ area: "sign_in", code: "user_inactive" }));
    if (this.factors.has(username)) {
      const pending = this.#serial++;
      this.#pending.set(pending, username);
      return ok({ kind: "second_factor_due", pending, expires_in: 300, digits: 6 });
    }
    return ok({ kind: "done", ...this.#signedIn(user, asked) });
  };

  confirmSignIn: Host["confirmSignIn"] = async (pending, code) => {
    const username = this.#pending.get(pending) ?? "";
    const user = this.users.find((one) => one.username === username);
    if (!user) return refuse(wireError({ area: "sign_in", code: "pending_invalid" }));
    if (this.factors.get(username) !== code)
      return refuse(wireError({ area: "sign_in", code: "wrong_code" }));
    this.#pending.delete(pending);
    return ok(this.#signedIn(user, null));
  };
  revealPending: Host["revealPending"] = async () => ok(texts.pending);

  #signedIn(user: UserView, asked: string[] | null) {
    const granted = user.scopes.filter((scope) => asked === null || asked.includes(scope));
    user.last_sign_in_at_ms = Date.now();
    user.active_sessions += 1;
    this.emit("data");
    return {
      username: user.username,
      access_token: user.username === "bob" ? texts.bob : texts.signed_in,
      expires_in: 900,
      scopes: granted,
      sid: "ses_9f2c41",
    };
  }

  ownToken: Host["ownToken"] = async () => ok(this.denied.own);
  revokeToken: Host["revokeToken"] = async () => ok(this.denied.revoke());
  listDenied: Host["listDenied"] = async (after, most) => ok(this.denied.listed(after, most));
  setRevocation: Host["setRevocation"] = async (shortLived) => {
    this.denied.shortLived = shortLived;
    this.emit("sessions", "policies");
    return ok(null);
  };
  listEvents: Host["listEvents"] = async (filter, after, most) => ok(this.events.listed(filter, after, most));
  exportEvents: Host["exportEvents"] = async (filter) => {
    this.events.exported.push(filter);
    return ok({ file: "/home/me/events.jsonl", events: this.events.listed(filter, null, 1).listed });
  };
  beginEnrollment: Host["beginEnrollment"] = async (username) =>
    this.factors.has(username)
      ? refuse(wireError({ area: "second_factor", code: "already_on" }))
      : ok(this.secondFactors.begin(username, this.#now()));
  shapeEnrollment: Host["shapeEnrollment"] = async (handle, settings) =>
    this.#enrollment(
      this.secondFactors.change(handle, {
        settings,
        warnings:
          settings.algorithm === "SHA1"
            ? []
            : [{ setting: "algorithm", apps: ["Google Authenticator on Android", "Authy"] }],
      }),
    );
  revealEnrollment: Host["revealEnrollment"] = async () =>
    ok({ secret: SECRET, uri: `otpauth://totp/Token%20Workbench:bob?secret=${SECRET}` });
  copyEnrollment: Host["copyEnrollment"] = async (_handle, what) => {
    this.copied.push(what);
    return ok(60);
  };
  enrollmentCodes: Host["enrollmentCodes"] = async (handle, drift) =>
    ok(this.secondFactors.codes(handle, drift, this.#now()));
  findSecrets: Host["findSecrets"] = async () =>
    "area" in this.secondFactors.found ? refuse(this.secondFactors.found) : ok(this.secondFactors.found);
  useSecret: Host["useSecret"] = async (handle, index) => {
    const { found } = this.secondFactors;
    const settings = "accounts" in found ? found.accounts[index]?.settings : null;
    return this.#enrollment(
      settings ? this.secondFactors.change(handle, { settings, existing: true, secret_bits: 80 }) : null,
    );
  };
  confirmEnrollment: Host["confirmEnrollment"] = async (handle, code) => {
    const refusal = this.secondFactors.confirm(handle, code, this.#now());
    if (refusal) return refuse(refusal);
    const username = this.secondFactors.open.get(handle)?.username ?? "";
    this.factors.set(username, code);
    await this.#change(username, { second_factor: "on" });
    this.emit("users");
    return ok(this.secondFactors.recovery);
  };
  dropEnrollment: Host["dropEnrollment"] = async (handle) => {
    this.secondFactors.open.delete(handle);
    return ok(null);
  };
  saveRecoveryCodes: Host["saveRecoveryCodes"] = async () => ok("/home/me/recovery-codes-bob.txt");
  printRecoveryCodes: Host["printRecoveryCodes"] = async () => ok(this.secondFactors.prints);
  newRecoveryCodes: Host["newRecoveryCodes"] = async (username, password) =>
    this.passwords.get(username) === password
      ? ok({ enrollment: 99, codes: this.secondFactors.recovery })
      : refuse(wireError({ area: "second_factor", code: "wrong_password" }));
  removeSecondFactor: Host["removeSecondFactor"] = async (username, password) => {
    if (this.passwords.get(username) !== password)
      return refuse(wireError({ area: "second_factor", code: "wrong_password" }));
    this.factors.delete(username);
    return this.#change(username, { second_factor: "off", active_sessions: 0 });
  };

  #enrollment(view: EnrollmentView | null): Answer<EnrollmentView> {
    return view ? ok(view) : refuse(wireError({ area: "second_factor", code: "closed" }));
  }

  listSessions: Host["listSessions"] = async (request) => ok(this.sessions.listed(request));
  showSession: Host["showSession"] = async (sid) => ok(this.sessions.of(sid) ?? null);
  refreshSession: Host["refreshSession"] = async () =>
    ok(this.sessions.refreshed(1)[0] ?? { kind: "unknown" });
  raceRefresh: Host["raceRefresh"] = async (_sid, _jti, requests) => ok(this.sessions.raced(requests));
  endSession: Host["endSession"] = async (sid) => {
    this.sessions.end((one) => one.sid === sid);
    this.emit("sessions");
    return ok(true);
  };
  endSessionsOf: Host["endSessionsOf"] = async (username) => {
    const ended = this.sessions.end((one) => one.username === username);
    this.emit("sessions");
    return ok(ended);
  };
  revealToken: Host["revealToken"] = async (sid, jti) =>
    this.sessions.of(sid)?.held.includes(jti)
      ? ok(texts.valid)
      : refuse(wireError({ area: "sessions", code: "token_not_held", jti }));

  listKeys: Host["listKeys"] = async (request) => ok(this.keys.listed(request));
  showKey: Host["showKey"] = async (kid) => ok(this.keys.detail(kid));
  showJwks: Host["showJwks"] = async () => ok(this.keys.jwks());
  savePublicKey: Host["savePublicKey"] = async (file) => {
    this.keys.saved.push(file);
    return ok(`/home/me/${file.kind}`);
  };
  rotateKey: Host["rotateKey"] = async (purpose, algorithm) => {
    const { kid } = this.keys.add(purpose, algorithm ?? "ES256", Date.now());
    this.emit("keys");
    return ok(kid);
  };
  retireKey: Host["retireKey"] = async (kid) => {
    const since = Date.now() - 60_000;
    this.keys.change(kid, { state: { kind: "retired", since_ms: since, at_ms: Date.now() } });
    this.emit("keys");
    return ok([]);
  };
  deleteKey: Host["deleteKey"] = async (kid) => {
    this.keys.all = this.keys.all.filter((key) => key.kid !== kid);
    this.emit("keys");
    return ok(null);
  };
  renameKey: Host["renameKey"] = async (kid, name) => {
    if (name.trim() === "") return refuse(wireError({ area: "keys", code: "name", most: 40 }));
    this.keys.change(kid, { name: name.trim() });
    this.emit("keys");
    return ok(null);
  };
  importKey: Host["importKey"] = async ({ text, passphrase }) => {
    if (text.includes("ENCRYPTED") && passphrase === null)
      return refuse(wireError({ area: "keys", code: "encrypted" }));
    if (!text.includes("PRIVATE KEY"))
      return refuse(wireError({ area: "keys", code: "unusable", reason: "not a readable key" }));
    const { kid } = this.keys.add("access", "RS256", Date.now());
    this.emit("keys");
    return ok({ kid, short_rsa_bits: 2048 });
  };
  copyPrivateKey: Host["copyPrivateKey"] = async (kid) => {
    this.copied.push(`private part of ${kid}`);
    return ok(60);
  };

  inspect: Host["inspect"] = async (text, key, policy, _aside, exact) =>
    policy !== null && !this.policies.named(policy)
      ? refuse(wireError({ area: "policies", code: "not_found", name: policy }))
      : ok(reportOf(text, key, policy, this.#world(), this.#now(), exact));

  /** Simulates a text from outside the window, or the error instead of it. */
  handOver(text: string | WireError): void {
    this.#handedOver.push(text);
    for (const listener of this.#waiting) listener();
  }

  takeHandover: Host["takeHandover"] = async () => {
    const text = this.#handedOver.shift() ?? null;
    return typeof text === "object" && text !== null ? refuse(text) : ok(text);
  };
  onHandedOver: Host["onHandedOver"] = async (listener) => {
    this.#waiting.add(listener);
    return () => this.#waiting.delete(listener);
  };

  /** How the window looks. */
  look: Shown = { theme: "system", text_size: 100, problem: null };
  appearance: Host["appearance"] = async () => this.look;
  setAppearance: Host["setAppearance"] = async (appearance) => {
    this.look = { ...appearance, problem: null };
    return ok(null);
  };
  makeSample: Host["makeSample"] = async (sample) => {
    const token = sample === "well_known_secret" ? texts.sample_well_known_secret : texts.sample_expired;
    return ok({ token, key: sample === "well_known_secret" ? null : keyTextOf("sample_expired") });
  };
  guessSecret: Host["guessSecret"] = async (token) => ok(guessOf(token));
  fetchJwks: Host["fetchJwks"] = async (url) => {
    const address = URL.canParse(url) ? new URL(url) : null;
    if (!address?.host) return refuse(wireError({ area: "jwks", code: "address_invalid" }));
    if (address.protocol !== "https:" && address.hostname !== "localhost") {
      return refuse(wireError({ area: "jwks", code: "insecure" }));
    }
    if (address.username || address.password) return refuse(wireError({ area: "jwks", code: "credentials" }));
    if (this.jwks === null)
      return refuse(wireError({ area: "jwks", code: "unreachable", host: address.host }));
    return ok({ text: this.jwks, host: address.host, fetched_at_ms: Date.now() });
  };

  listPolicies: Host["listPolicies"] = async () => ok(this.policies.all());
  savePolicy: Host["savePolicy"] = async (policy, before) => {
    const refusal = this.policies.refusal(policy);
    if (refusal) return refuse(wireError({ area: "policies", ...refusal }));
    if (before !== null) this.policies.delete(before);
    const saved = this.policies.save(policy);
    this.emit("data");
    return ok(saved);
  };
  deletePolicy: Host["deletePolicy"] = async (name) => {
    const refusal = this.policies.delete(name);
    if (refusal) return refuse(wireError({ area: "policies", ...refusal }));
    this.emit("data");
    return ok(null);
  };

  /** The claims that a token was last begun with. */
  begun: string | null | undefined;
  beginToken: Host["beginToken"] = async (claims) => {
    this.begun = claims;
    return ok(texts.valid);
  };
  startDraft: Host["startDraft"] = async (text) => ok(startOf(text));
  editDraft: Host["editDraft"] = async (draft, edit) => ok(editedOf(draft, edit));
  previewDraft: Host["previewDraft"] = async (original, draft, signer, fault) => {
    const own = signer.kind === "profile" || signer.kind === "test";
    this.lastSigning = { signer, fault };
    if (own && this.keyring.state !== "ready") return refuse(wireError({ area: "keyring", code: "locked" }));
    return previewOf(original, draft, signer, this.#world());
  };
  listSigners: Host["listSigners"] = async () => ok(views.signers);
  testKeyPublished: Host["testKeyPublished"] = async () => ok(this.isTestKeyPublished);
  publishTestKey: Host["publishTestKey"] = async (publish) => {
    this.isTestKeyPublished = publish;
    this.emit("data");
    return ok(null);
  };
  listFaults: Host["listFaults"] = async () => views.faults;
  compareTokens: Host["compareTokens"] = async (before, after) => ok(comparisonOf(before, after));
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

  readClipboard: Host["readClipboard"] = async () =>
    this.clipboard === "" ? refuse(wireError({ area: "clipboard", code: "empty" })) : ok(this.clipboard);
  copyText: Host["copyText"] = async (text) => {
    this.copied.push(text);
    return ok(/eyJ[\w-]+\.[\w-]+\.[\w-]+/.test(text) ? 60 : null);
  };

  copySecret: Host["copySecret"] = async (text) => {
    this.copied.push(text);
    return ok(60);
  };

  openReference: Host["openReference"] = async (address) => {
    this.opened.push(address);
    return ok(null);
  };

  onWorkbenchChanged: Host["onWorkbenchChanged"] = async (listener) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  async #change(username: string, change: Partial<UserView>): Promise<Answer<null>> {
    const user = this.users.find((one) => one.username === username);
    if (!user) return refuse(wireError({ area: "users", code: "not_found", name: username }));
    Object.assign(user, change);
    return ok(null);
  }
}
