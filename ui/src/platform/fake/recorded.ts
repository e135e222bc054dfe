// Answers of the real program, which one of its tests writes (`make bindings`, questions in `src-tauri/src/recorded`).
import type {
  Comparison,
  Draft,
  Edit,
  FaultView,
  Finding,
  KeyInput,
  KeyText,
  PolicyView,
  PreviewView,
  Report,
  ScopeView,
  SessionView,
  SignerInput,
  SignerView,
  UserView,
} from "../../api/bindings.gen";
import type { Answer } from "../host";
import comparisons from "./recorded/comparisons.json";
import recordedTexts from "./recorded/texts.json";
import recordedViews from "./recorded/views.json";

/** The time of every answer, in milliseconds. */
export const NOON = Date.parse("2026-11-23T12:00:00Z");

/** What is different about the profile that answers. */
export type World = "usual" | "alice_off" | "test_key_published";

interface RecordedReport {
  text: TextName;
  key: KeyInput | null;
  policy: string | null;
  world: World;
  /** How many seconds after noon. */
  after: number;
  /** Was it judged byte for byte? */
  exact: boolean;
  guess: Finding | null;
  report: Report;
}

interface RecordedPreview {
  original: TextName;
  start: Draft;
  steps: { draft: Draft; edit: Edit; answer: Draft }[];
  draft: Draft;
  signer: SignerInput;
  world: World;
  answer: Answer<PreviewView>;
}

export type TextName = keyof typeof recordedTexts;

/** The texts that can be asked about, by name. */
export const texts: Readonly<Record<TextName, string>> = recordedTexts;

export const views = recordedViews as unknown as Readonly<{
  event_kinds: string[];
  faults: FaultView[];
  policies: PolicyView[];
  scopes: ScopeView[];
  sessions: SessionView[];
  signers: SignerView[];
  users: UserView[];
}>;

const all = <T>(files: Record<string, T>): readonly [name: string, recorded: T][] =>
  Object.entries(files).map(([file, recorded]) => [file.replace(/^.*\/|\.json$/g, ""), recorded]);
const reports = all(
  import.meta.glob<RecordedReport>("./recorded/reports/*.json", { eager: true, import: "default" }),
);
const previews = all(
  import.meta.glob<RecordedPreview>("./recorded/previews/*.json", { eager: true, import: "default" }),
);

/** JSON in which neither the order of members nor an absent one matters. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) =>
    typeof one === "object" && one !== null && !Array.isArray(one)
      ? Object.fromEntries(
          Object.entries(one)
            .filter(([, value]) => value !== null)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : one,
  );
const same = (one: unknown, other: unknown) => canonical(one) === canonical(other);

/** What was asked for in vain: the page may hide it behind a message of its own, so each test looks here at its end. */
export const unrecorded: string[] = [];

function recorded<T>(found: T | undefined, question: string): T {
  if (found !== undefined) return structuredClone(found);
  const message = `${question} is not recorded: add it to src-tauri/src/recorded/questions.rs`;
  unrecorded.push(message);
  throw new Error(message);
}

/** The key of a recorded question, by the name of its file. */
export function keyOf(name: string): KeyInput {
  const found = reports.find(([file]) => file === name)?.[1].key;
  return recorded(found ?? undefined, `A key in ${name}`);
}

/** The same key without what only a user gives. */
export function keyTextOf(name: string): KeyText {
  const { text, form } = keyOf(name);
  return { text, form };
}

/** The last report about a text that was recorded for a time up to `now`, in milliseconds. */
export function reportOf(
  text: string,
  key: KeyInput | null,
  policy: string | null,
  world: World,
  now: number,
  exact: boolean,
): Report {
  const asked = reports
    .map(([, one]) => one)
    .filter(
      (one) => texts[one.text] === text && same(one.key, key) && one.policy === policy && one.exact === exact,
    )
    .filter((one) => one.world === world && NOON + one.after * 1000 <= now)
    .sort((a, b) => b.after - a.after);
  const signed = previews.flatMap(([, { answer, signer, world: where }]) => {
    const fits = where === world && policy === null && same(signer.kind === "given" ? signer.key : null, key);
    return fits && answer.status === "ok" && answer.data.report.token === text ? [answer.data.report] : [];
  });
  const question = `“${text.slice(0, 40)}” (${world}, ${canonical({ key, policy, exact })})`;
  const report = recorded(asked[0]?.report ?? signed[0], question);
  // The page asks again until the answer is as new as its clock.
  return { ...report, times: { ...report.times, now: Math.floor(now / 1000) } };
}

export function guessOf(token: string): Finding | null {
  return reports.find(([, one]) => one.report.token === token)?.[1].guess ?? null;
}

/** The draft of a token; `null` if none was recorded. */
export function startOf(token: string): Draft | null {
  const found = previews.find(([, one]) => texts[one.original] === token)?.[1];
  return found ? structuredClone(found.start) : null;
}

export function editedOf(draft: Draft, edit: Edit): Draft {
  const steps = previews.flatMap(([, one]) => one.steps);
  const found = steps.find((step) => same(step.draft, draft) && same(step.edit, edit));
  return recorded(found?.answer, `The change ${canonical(edit)}`);
}

export function previewOf(
  original: string,
  draft: Draft,
  signer: SignerInput,
  world: World,
): Answer<PreviewView> {
  const found = previews.find(
    ([, one]) =>
      texts[one.original] === original &&
      one.world === world &&
      same(one.draft, draft) &&
      same(one.signer, signer),
  );
  return recorded(found?.[1].answer, `A preview signed with ${canonical(signer)} (${world})`);
}

export function comparisonOf(before: string, after: string): Comparison {
  const named = (name: string) => texts[name as TextName];
  const found = comparisons.find((one) => named(one.before) === before && named(one.after) === after);
  return recorded(found?.answer, "The comparison of these tokens");
}
