// What is known about an encrypted token (RFC 7516): its parts, and what a key did to it.
import type { Report, SegmentKind } from "../../../api/bindings.gen";
import { textOf } from "../decoded/claim";
import { isEncrypted } from "./segments";

export interface Jwe {
  state: "locked" | "unfit" | "opened";
  /** Why the given key does not open it. */
  problem: string;
  algorithm: string;
  content: string;
  /** The recipient's key is a shared secret, not a private key. */
  secret: boolean;
  /** The token inside, once it is opened. */
  inner: string | null;
}

/** What a report says about an encrypted token; `null` for other tokens and for damaged ones. */
export function jweOf(report: Report | null): Jwe | null {
  // The one problem is that it is encrypted.
  if (!report || !isEncrypted(report) || report.problems.length > 1) return null;
  const algorithm = textOf(report.header, "alg");
  const problem = report.user_key?.problem ?? "";
  const opened = report.user_key !== null && problem === "";
  const [, inside] = opened ? report.tokens : [];
  return {
    state: opened ? "opened" : report.user_key ? "unfit" : "locked",
    problem,
    algorithm,
    content: textOf(report.header, "enc"),
    secret: /^(dir|A\d+(GCM)?KW|PBES2)/.test(algorithm),
    inner: inside?.token ?? null,
  };
}

/** The first segment of a kind, as it stands in the token. */
export function partOf(report: Report, kind: SegmentKind): string {
  const segment = report.segments.find((one) => one.kind === kind);
  return segment ? report.token.slice(segment.start, segment.end) : "";
}

/** The bytes that base64url encodes, in hexadecimal groups of four bytes; the text itself if it is damaged. */
export function hexOf(text: string): string {
  try {
    const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    const hex = [...bytes].map((byte) => byte.charCodeAt(0).toString(16).padStart(2, "0"));
    return hex.join("").replace(/.{8}(?=.)/g, "$& ");
  } catch {
    return text;
  }
}

/** Of four steps and more, those in the middle: neither the ends nor the current one and the next. */
export function foldedSteps(length: number, current: number): ReadonlySet<number> {
  const shown = new Set([0, current, current + 1, length - 1]);
  const hidden = Array.from({ length }, (_, index) => index).filter((index) => !shown.has(index));
  return new Set(length < 4 ? [] : hidden);
}

/** The number of bytes that base64url encodes: three for four characters. */
export const bytesIn = (text: string) => Math.floor((text.length * 3) / 4);

/** Is a compact token encrypted? It has five segments then. */
export const isCompactJwe = (token: string) => /^[\w-]+(?:\.[\w-]*){4}$/.test(token);
