// What the context menus of Inspect offer. Pure.
import type { Finding, Member, Report, Step } from "../../api/bindings.gen";
import type { Entry, Groups } from "../../shared/controls/context-menu.svelte";
import { utc } from "../../shared/time/format";
import { plainValue } from "./decoded/claim";
import type { Part } from "./decoded/links";
import { addressOf } from "./references";
import { copies } from "./token/copies";
import { outcomeWords } from "./verdict/checks";

/** Copies a text; `what` begins the sentence "… copied". */
export type Copying = (text: string, what: string) => unknown;

/** What the menu of something with a reference can do. */
export interface Acts {
  copy: Copying;
  /** Opens a specification in the browser. */
  browse: (address: string) => unknown;
}

const entry = (copy: Copying, label: string, text: string, what: string): Entry => ({
  label,
  run: () => void copy(text, what),
});

/** What was selected with the mouse comes first. */
const selection = (copy: Copying, selected: string): Entry[] =>
  selected === "" ? [] : [entry(copy, "Copy selection", selected, "selection")];

/** The reference itself, and where it can be read. */
function referenceEntries({ copy, browse }: Acts, reference: string): Entry[] {
  if (reference === "") return [];
  const address = addressOf(reference);
  const text = entry(copy, "Copy reference", reference, "reference");
  if (address === null) return [text];
  const open = { label: "Open reference", run: () => void browse(address) };
  return [open, text, entry(copy, "Copy address of the reference", address, "address")];
}

/** A normalized path (RFC 9535 section 2.7), with a dot where the name allows it. */
export const pathOf = (name: string): string =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
    ? `$.${name}`
    : `$['${name.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}']`;

export function memberMenu(acts: Acts, member: Member, part: Part, selected: string, more: Entry[]): Groups {
  const { copy } = acts;
  const { name, value, time, reference } = member;
  const copying = [
    entry(copy, "Copy value", plainValue(member), "value"),
    entry(copy, "Copy name", name, "name"),
    entry(copy, "Copy as JSON", `{${JSON.stringify(name)}: ${value}}`, "JSON"),
    entry(copy, "Copy path", pathOf(name), part === "header" ? "path in the header" : "path"),
  ];
  if (time !== null) copying.push(entry(copy, "Copy as UTC time", utc(time), "time"));
  return [selection(copy, selected), copying, referenceEntries(acts, reference), more];
}

export function tokenMenu(
  copy: Copying,
  report: Report | null,
  draft: string,
  selected: string,
  more: Entry[],
): Groups {
  const forms = report ? copies(report) : [{ label: "Token", as: "token", text: draft }];
  const all = forms.map(({ label, as, text }) =>
    entry(
      copy,
      `Copy ${label.startsWith("cURL") ? label : label.charAt(0).toLowerCase() + label.slice(1)}`,
      text,
      as,
    ),
  );
  return [selection(copy, selected), draft === "" ? [] : all, more];
}

export function verdictMenu(
  copy: Copying,
  title: string,
  detail: string,
  all: string,
  selected: string,
): Groups {
  return [
    selection(copy, selected),
    [
      entry(copy, "Copy verdict", `${title}: ${detail}`, "verdict"),
      entry(copy, "Copy verdict with all checks", all, "verdict"),
    ],
  ];
}

export function stepMenu(acts: Acts, step: Step, selected: string): Groups {
  const { copy } = acts;
  const { name, outcome, reason, fix, rfc } = step;
  const copying = [
    entry(copy, "Copy check", `${name}, ${outcomeWords[outcome].toLowerCase()}: ${reason}`, "check"),
    entry(copy, "Copy reason", reason, "reason"),
  ];
  if (fix !== "") copying.push(entry(copy, "Copy what must change", fix, "what must change"));
  return [selection(copy, selected), copying, referenceEntries(acts, rfc)];
}

export function findingMenu(acts: Acts, finding: Finding, selected: string): Groups {
  const { copy } = acts;
  const { severity, title, message, rfc } = finding;
  return [
    selection(copy, selected),
    [
      entry(copy, "Copy finding", `${severity}: ${title}. ${message} (${rfc})`, "finding"),
      entry(copy, "Copy message", message, "message"),
    ],
    referenceEntries(acts, rfc),
  ];
}
