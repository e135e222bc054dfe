// Edits tokens well enough to run the window without the engine, using JSON.parse. The real implementation is in Rust.
import type { Change, Comparison, Draft, Edit, FaultView } from "../../api/bindings.gen";
import { decode, encode } from "./parse";

export const faults: FaultView[] = [
  { fault: "expired", name: "expired", differs: "exp a minute ago" },
  { fault: "wrong_audience", name: "wrong audience", differs: "aud billing-api" },
  { fault: "alg_none", name: "alg none", differs: "signature dropped" },
  { fault: "bit_flipped", name: "bad signature", differs: "one bit flipped" },
];

const textOf = (segment = "") => {
  try {
    return new TextDecoder().decode(decode(segment));
  } catch {
    return "";
  }
};

const laidOut = (text: string) => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

export function draftOf(token: string): Draft | null {
  const parts = token.trim().split(".");
  if (parts.length !== 3 || !parts[0]?.startsWith("ey")) return null;
  const [header, payload] = [laidOut(textOf(parts[0])), laidOut(textOf(parts[1]))];
  return { header, payload, compact: true, follow_key: true, fault: null, lossy: false, unbroken: null };
}

/** The draft after the change; `null` if its text is not JSON. */
export function edited(draft: Draft, edit: Edit, now: number): Draft | null {
  const set = (side: "header" | "payload", name: string, value: unknown): Draft => ({
    ...draft,
    [side]: JSON.stringify({ ...(JSON.parse(draft[side]) as object), [name]: value }, null, 2),
  });
  try {
    switch (edit.kind) {
      case "set_claim":
        return set("payload", edit.name, JSON.parse(edit.value));
      case "set_header":
        return set("header", edit.name, JSON.parse(edit.value));
      case "expire_in":
        return set("payload", "exp", now + edit.seconds);
      case "mend":
        return { ...draft, ...draft.unbroken, fault: null, unbroken: null };
      case "break": {
        const whole = { ...draft, ...draft.unbroken, fault: null, unbroken: null };
        const { header, payload, follow_key } = whole;
        const broken =
          edit.fault === "expired"
            ? edited(whole, { kind: "expire_in", seconds: -60 }, now)
            : edit.fault === "wrong_audience"
              ? edited(whole, { kind: "set_claim", name: "aud", value: '"billing-api"' }, now)
              : { ...whole, fault: edit.fault };
        return broken && { ...broken, unbroken: { header, payload, follow_key } };
      }
      default:
        return { ...draft };
    }
  } catch {
    return null;
  }
}

/** The signing input of a draft. */
export function inputOf(draft: Draft): string {
  const segment = (text: string) => {
    try {
      return encode(new TextEncoder().encode(draft.compact ? JSON.stringify(JSON.parse(text)) : text));
    } catch {
      return encode(new TextEncoder().encode(text));
    }
  };
  return `${segment(draft.header)}.${segment(draft.payload)}`;
}

const membersOf = (token: string, part: 0 | 1): Record<string, unknown> => {
  try {
    return JSON.parse(textOf(token.split(".")[part])) as Record<string, unknown>;
  } catch {
    return {};
  }
};

export function changesOf(before: string, after: string): Change[] {
  return ([0, 1] as const).flatMap((part) => {
    const [old, now] = [membersOf(before, part), membersOf(after, part)];
    return [...new Set([...Object.keys(now), ...Object.keys(old)])]
      .filter((name) => JSON.stringify(old[name]) !== JSON.stringify(now[name]))
      .map((name) => ({
        in_header: part === 0,
        name,
        before: name in old ? JSON.stringify(old[name]) : null,
        after: name in now ? JSON.stringify(now[name]) : null,
      }));
  });
}

export function compared(before: string, after: string): Comparison {
  const texts = (token: string) => ({
    header: laidOut(textOf(token.split(".")[0])),
    payload: laidOut(textOf(token.split(".")[1])),
  });
  return { before: texts(before), after: texts(after), changes: changesOf(before, after) };
}
