// Reads a token well enough to run the window without the engine: segments, members with their positions, clean-ups.
import type { CleanUp, Member, Problem, Segment, SegmentKind, ValueKind } from "../../api/bindings.gen";
import { meanings } from "./meanings";

export interface Cleaned {
  token: string;
  cleanUps: CleanUp[];
}

export function clean(text: string): Cleaned {
  const cleanUps: CleanUp[] = [];
  let token = text;
  const strip = (pattern: RegExp, message: string) => {
    const found = token.match(pattern);
    if (!found || found[0] === "") return;
    cleanUps.push({ message, removed: found[0].slice(0, 80) });
    token = token.replace(pattern, "");
  };
  strip(/^\s+|\s+$/g, "Removed white space around it");
  strip(/^authorization:\s*/i, "Removed the header name `Authorization`");
  strip(/^bearer\s+/i, "Removed the scheme `Bearer`");
  strip(/\s*\r?\n\s*/g, "Joined broken lines");
  return { token, cleanUps };
}

const KINDS: SegmentKind[] = ["header", "payload", "signature"];

export function segmentsOf(token: string): Segment[] {
  const parts = token.split(".");
  const kinds: SegmentKind[] =
    parts.length === 5
      ? ["header", "encrypted_key", "initialization_vector", "ciphertext", "authentication_tag"]
      : KINDS;
  let start = 0;
  return parts.map((part, index) => {
    const segment = { kind: kinds[index] ?? "extra", start, end: start + part.length };
    start += part.length + 1;
    return segment;
  });
}

export function encode(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export function decode(segment: string): Uint8Array {
  const binary = atob(segment.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

const visible = (text: string) =>
  text.replace(
    /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u{${character.charCodeAt(0).toString(16)}}`,
  );

function kindOf(value: string): ValueKind {
  const first = value[0];
  if (first === '"') return "string";
  if (first === "{") return "object";
  if (first === "[") return "array";
  if (first === "t" || first === "f") return "boolean";
  return first === "n" ? "null" : "number";
}

/** The end of the JSON value that starts at `from`. */
function valueEnd(json: string, from: number): number {
  let depth = 0;
  for (let at = from; at < json.length; at++) {
    const character = json[at];
    if (character === '"') {
      at++;
      while (at < json.length && json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
      if (depth === 0 && json[from] === '"') return at + 1;
    } else if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") {
      if (depth === 0) return at;
      depth--;
      if (depth === 0) return at + 1;
    } else if (character === "," && depth === 0) return at;
  }
  return json.length;
}

/** The members of a top-level object in source order, including duplicates. */
export function membersOf(json: string, segmentStart: number): Member[] {
  const members: Member[] = [];
  let at = json.indexOf("{") + 1;
  while (at > 0 && at < json.length && members.length < 50_000) {
    const nameStart = json.indexOf('"', at);
    if (nameStart < 0) break;
    const nameEnd = valueEnd(json, nameStart);
    const valueStart = json.indexOf(":", nameEnd) + 1;
    const end = valueEnd(json, valueStart);
    if (valueStart <= 0 || end > json.length) break;
    const value = json.slice(valueStart, end).trim();
    const name = visible(String(JSON.parse(json.slice(nameStart, nameEnd))));
    members.push(member(name, value, segmentStart, nameStart, end));
    at = end + 1;
  }
  const names = members.map((one) => one.name);
  return members.map((one) => ({ ...one, duplicate: names.filter((name) => name === one.name).length > 1 }));
}

const WORDS = new Set(["scope", "scp", "amr", "aud"]);
const TIMES = new Set(["exp", "nbf", "iat", "auth_time"]);

function member(name: string, value: string, base: number, from: number, to: number): Member {
  const [meaning, reference] = meanings[name] ?? ["Unregistered, no meaning known", ""];
  const kind = kindOf(value);
  const words = WORDS.has(name) && kind === "string" ? value.slice(1, -1).split(" ").filter(Boolean) : [];
  return {
    name,
    value: visible(value),
    kind,
    meaning,
    reference,
    start: base + Math.floor((from * 8) / 6),
    end: base + Math.ceil((to * 8) / 6),
    duplicate: false,
    time: TIMES.has(name) && kind === "number" ? Math.trunc(Number(value)) : null,
    words: words.map((text) => ({ text, standing: "plain" as const })),
  };
}

/** The first character outside base64url. */
export function badCharacter(token: string, segments: Segment[]): Problem | null {
  const at = token.search(/[^A-Za-z0-9_.-]/);
  if (at < 0) return null;
  const found = visible(token[at] ?? "");
  return {
    title: `Character ${at + 1} is not base64url`,
    message: `Found \`${found}\`, which is not in the base64url alphabet.${found === "+" ? " base64url writes `-` instead." : ""}`,
    segment: segments.find((one) => one.start <= at && at < one.end)?.kind ?? null,
    at,
  };
}
