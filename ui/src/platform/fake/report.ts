// Judges a token well enough to show every part of the window. The real checks are in Rust.
import type {
  Action,
  Check,
  Member,
  Outcome,
  Report,
  SignatureState,
  Step,
  UserView,
} from "../../api/bindings.gen";
import { magnitude } from "../../shared/time/format";
import { badCharacter, clean, decode, membersOf, segmentsOf } from "./parse";

export interface World {
  now: number;
  users: readonly UserView[];
  /** Tokens that this host signed itself. */
  signed: ReadonlySet<string>;
}

const NAMES: [Check, string, string[]][] = [
  ["parse", "Parse", []],
  ["algorithm", "Algorithm", ["alg", "typ"]],
  ["key", "Key", ["kid"]],
  ["signature", "Signature", []],
  ["time", "Time claims", ["exp", "nbf", "iat"]],
  ["issuer_and_audience", "Issuer and audience", ["iss", "aud"]],
  ["revocation", "Revocation", ["jti", "sid"]],
  ["user", "User", ["sub"]],
  ["scopes", "Scopes", ["scope"]],
];

const policy = { name: "items-api", leeway: 0, chosen: "Chosen automatically: a token of this profile" };

function json(segment: string): string {
  try {
    return new TextDecoder().decode(decode(segment));
  } catch {
    return "";
  }
}

const pretty = (text: string) => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

const valueOf = (members: Member[], name: string) => members.find((one) => one.name === name)?.value ?? "";

export function judge(text: string, world: World): Report {
  const { token, cleanUps } = clean(text);
  const empty = token === "";
  const segments = empty ? [] : segmentsOf(token);
  const [head = "", body = "", tail = ""] = token.split(".");
  const bad = empty ? null : badCharacter(token, segments);
  const cutAt = bad?.at ?? token.length;
  const headerText = bad && cutAt < head.length ? "" : json(head);
  const readable = body.slice(0, Math.max(0, cutAt - head.length - 1));
  const bodyText = json(readable.slice(0, readable.length - (readable.length % 4 === 1 ? 1 : 0)));
  const safe = (source: string, start: number) => {
    try {
      return source.startsWith("{") ? membersOf(source, start) : [];
    } catch {
      return [];
    }
  };
  const header = safe(headerText, 0);
  const found = safe(bodyText, head.length + 1);
  const user = world.users.find((one) => `"${one.username}"` === valueOf(found, "sub"));
  const claims = found.map((one) => ({
    ...one,
    words: one.words.map((word) => ({
      ...word,
      standing:
        one.name !== "scope" || !user
          ? word.standing
          : user.scopes.includes(word.text)
            ? ("granted" as const)
            : ("not_held" as const),
    })),
  }));
  const time = (name: string) => claims.find((one) => one.name === name)?.time ?? null;
  const times = { issued_at: time("iat"), not_before: time("nbf"), expires_at: time("exp"), now: world.now };
  const kid = valueOf(header, "kid").replaceAll('"', "") || null;
  const state: SignatureState =
    tail === ""
      ? "unsigned"
      : world.signed.has(token)
        ? "verified"
        : kid === "acc-2026-11"
          ? "mismatch"
          : "no_key";
  const parsed = !bad && header.length > 0 && claims.length > 0;
  const trace = steps({
    parsed,
    bad: bad?.title ?? "No JSON header",
    header,
    claims,
    times,
    state,
    kid,
    user,
  });
  const stop = trace.findIndex((step) => step.outcome === "fail");
  const accepted = stop < 0 && state === "verified";
  const duplicates = [...new Set(claims.filter((one) => one.duplicate).map((one) => one.name))];
  const rejected = parsed ? "Rejected" : "Not a valid token";
  return {
    format: empty
      ? "empty"
      : segments.length === 5
        ? "jwe_compact"
        : header.length > 0 || segments.length === 3
          ? "jws_compact"
          : "opaque",
    summary: empty ? "Nothing" : "Signed token, three segments",
    token,
    clean_ups: cleanUps,
    tokens: several(text),
    segments,
    header,
    claims,
    header_json: pretty(headerText),
    claims_json: pretty(bodyText),
    payload: parsed || bad || bodyText.startsWith("{") ? null : payloadBytes(readable, bodyText),
    problems: bad ? [bad] : [],
    signature: {
      state,
      reason: signatureReason(state, kid),
      kid: state === "verified" || state === "mismatch" ? kid : null,
      origin: state === "verified" || state === "mismatch" ? "GNOME Keyring" : null,
      parts: state === "unsigned" || bad ? [] : parts(tail),
    },
    times,
    verdict: {
      outcome: stop >= 0 ? "rejected" : accepted ? "accepted" : "not_verified",
      title: stop >= 0 ? rejected : accepted ? "Accepted" : "Not verified",
      detail:
        stop >= 0
          ? `401 at check ${stop + 1} of 9, ${trace[stop]?.name.toLowerCase()}`
          : accepted
            ? "9 of 9 checks pass"
            : "Nothing fails, but no key fits",
      status: stop >= 0 ? 401 : accepted ? 200 : null,
      stopped_at: trace[stop]?.check ?? null,
    },
    trace,
    findings: duplicates.map((name) => ({
      id: "duplicate_claim",
      severity: "medium",
      title: "Duplicate claim name",
      message: `Parsers disagree on which \`${name}\` counts`,
      rfc: "RFC 7519 §4",
    })),
    policy,
    given: null,
  };
}

function payloadBytes(segment: string, text: string): Report["payload"] {
  if (segment === "") return null;
  const bytes = decode(segment);
  return { length: bytes.length, hex: hexOf(bytes), text: text.includes("\ufffd") ? null : text };
}

const hexOf = (bytes: Uint8Array) =>
  [...bytes]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("")
    .replace(/(.{8})(?=.)/g, "$1 ");

function several(text: string): Report["tokens"] {
  const found = [...new Set(text.match(/eyJ[\w-]+\.[\w-]+\.[\w-]*/g))];
  return found.length < 2 ? [] : found.map((token, index) => ({ name: `token_${index + 1}`, token }));
}

function signatureReason(state: SignatureState, kid: string | null): string {
  const reasons: Record<SignatureState, string> = {
    verified: `64 bytes, verified with ${kid}`,
    mismatch: `Does not match ${kid}`,
    no_key: `kid ${kid ?? "(none)"} is in no keyring`,
    unsupported: "Not built in",
    unsigned: "The third segment is empty",
  };
  return reasons[state];
}

function parts(tail: string): Report["signature"]["parts"] {
  try {
    const bytes = decode(tail);
    const hex = (from: number, to: number) => hexOf(bytes.slice(from, to));
    if (bytes.length !== 64) return [{ name: "signature", hex: hex(0, bytes.length), bytes: bytes.length }];
    return [
      { name: "r", hex: hex(0, 32), bytes: 32 },
      { name: "s", hex: hex(32, 64), bytes: 32 },
    ];
  } catch {
    return [];
  }
}

interface Facts {
  parsed: boolean;
  bad: string;
  header: Member[];
  claims: Member[];
  times: Report["times"];
  state: SignatureState;
  kid: string | null;
  user: UserView | undefined;
}

function steps(facts: Facts): Step[] {
  return NAMES.map(([check, name, members]) => {
    const [outcome, reason, fix = ""] =
      facts.parsed || check === "parse"
        ? judgeStep(check, facts)
        : (["not_checked", "Needs a readable token"] as const);
    const rfc = check === "time" ? "RFC 7519 §4.1.4" : "";
    return {
      check,
      name,
      outcome,
      reason,
      rfc,
      fix,
      actions: outcome === "fail" ? offers(check) : [],
      members,
    };
  });
}

function offers(check: Check): Action[] {
  switch (check) {
    case "time":
      return [
        { kind: "edit", label: "Re-sign for 15 m", edit: { kind: "expire_in", seconds: 900 } },
        { kind: "move_clock", label: "Clock \u22123 m", seconds: -180 },
      ];
    case "signature":
      return [{ kind: "try_key" }, { kind: "sign_again", label: "Re-sign" }];
    case "user":
      return [{ kind: "show_users" }];
    default:
      return [];
  }
}

function judgeStep(check: Check, facts: Facts): readonly [Outcome, string, string?] {
  const { header, claims, times, state, kid, user } = facts;
  const twice = claims.find((one) => one.duplicate)?.name;
  switch (check) {
    case "parse":
      if (!facts.parsed) return ["fail", facts.bad, "Re-encode the payload as base64url, without padding"];
      return twice
        ? ["fail", `Name ${twice} appears twice`, `Send \`${twice}\` once`]
        : ["pass", "3 segments, valid base64url and JSON"];
    case "algorithm":
      return valueOf(header, "alg") === '"none"'
        ? ["fail", "`none` is not on the allow-list", "`alg` must be one of ES256, RS256"]
        : ["pass", `${valueOf(header, "alg").replaceAll('"', "")} is on the policy allow-list`];
    case "key":
      return state === "no_key" || state === "unsigned"
        ? ["not_checked", `No key for kid ${kid ?? "(none)"}`]
        : ["pass", `kid ${kid}, from GNOME Keyring`];
    case "signature":
      if (state === "mismatch")
        return ["fail", `Does not match ${kid}`, "Sign it again with the private half of that key"];
      return state === "verified" ? ["pass", signatureReason(state, kid)] : ["not_checked", "Needs a key"];
    case "time": {
      const { expires_at: exp, not_before: nbf, now } = times;
      if (exp !== null && now >= exp) {
        const least = now - exp + 1;
        return [
          "fail",
          `exp passed ${magnitude(now - exp)} ago; nbf, iat are fine`,
          `\`exp\` after ${now}, at least ${least} s later`,
        ];
      }
      if (nbf !== null && now < nbf)
        return ["fail", `nbf is ${magnitude(nbf - now)} away`, `\`nbf\` at ${now} or before`];
      return ["pass", exp === null ? "No exp to check" : `Valid for ${magnitude(exp - now)} more`];
    }
    case "issuer_and_audience":
      return valueOf(claims, "aud") === '"items-api"'
        ? ["pass", "Both equal the policy values"]
        : ["fail", "aud is not items-api", "`aud` must be `items-api`"];
    case "revocation":
      return ["pass", "jti and session are not revoked"];
    case "user":
      if (!user) return ["not_checked", "No such user in this profile"];
      return user.active
        ? ["pass", `${user.username} is active`]
        : ["fail", `${user.username} is switched off`, "Switch the user on"];
    case "scopes":
      return ["not_checked", "No endpoint chosen to compare with"];
  }
}
