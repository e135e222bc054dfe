// An in-memory fake of the program, complete enough to run the whole window in tests and in a plain browser. What it
// says of tokens is recorded from the real program; nothing here is part of a build.
import type { WireError } from "../api/bindings.gen";
import { ok, refuse, wireError } from "./fake/answers";
import {
  comparisonOf,
  editedOf,
  guessOf,
  keyTextOf,
  previewOf,
  reportOf,
  startOf,
  texts,
  views,
} from "./fake/recorded";
import type { Host } from "./host";
import { SigningIn } from "./fake/host/signing-in";

export type { FakeOptions } from "./fake/host/state";

export class FakeHost extends SigningIn implements Host {
  #handedOver: (string | WireError)[] = [];
  #waiting = new Set<() => void>();

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
      : ok(reportOf(text, key, policy, this.world(), this.now(), exact));

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
    return previewOf(original, draft, signer, this.world());
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
}
