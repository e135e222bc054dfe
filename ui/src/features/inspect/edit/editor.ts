// The JSON editor: CodeMirror with a diff against the original, notes at the line ends and numbers that can be nudged.
// Loaded when the first token is edited.
import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { history, historyKeymap, standardKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, HighlightStyle, syntaxHighlighting, syntaxTree } from "@codemirror/language";
import { setDiagnostics } from "@codemirror/lint";
import { unifiedMergeView } from "@codemirror/merge";
import {
  EditorState,
  type Extension,
  type Range,
  StateEffect,
  StateField,
  Text,
  Transaction,
} from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  keymap,
  lineNumbers,
  WidgetType,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { jsonName, nudged } from "../decoded/json-text";
import type { Notes } from "./notes";

export interface EditorHandle {
  /** Replaces the text, as one undoable step. */
  show(text: string): void;
  note(notes: Notes): void;
  /** Marks the position where the text stops being JSON; `null` if all of it is JSON. */
  complain(message: string | null): void;
  focus(): void;
  destroy(): void;
}

export interface EditorOptions {
  text: string;
  /** The text that changes are compared with; `null` shows no changes. */
  before: string | null;
  label: string;
  readonly?: boolean;
  onchange?: (text: string) => void;
}

/** No diff beyond this size: it would take too long for a keystroke. */
const LONGEST_COMPARED = 64 * 1024;

const setNotes = StateEffect.define<Notes>();

class Note extends WidgetType {
  constructor(readonly text: string) {
    super();
  }
  override eq(other: Note): boolean {
    return other.text === this.text;
  }
  override toDOM(): HTMLElement {
    const element = document.createElement("span");
    element.className = "cm-note";
    element.textContent = this.text;
    return element;
  }
  override ignoreEvent(): boolean {
    return true;
  }
}

/** Notes on the outermost object's members, at the ends of their lines; with their names if several share a line. */
function decorate(state: EditorState, notes: Notes): DecorationSet {
  const seen = new Map<string, number>();
  const lines = new Map<number, { key: string; text: string }[]>();
  const root = syntaxTree(state).topNode.firstChild;
  if (notes.size === 0 || root?.name !== "Object") return Decoration.none;
  for (const property of root.getChildren("Property")) {
    const name = property.getChild("PropertyName");
    if (!name) continue;
    const key = jsonName(state.sliceDoc(name.from, name.to));
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    const end = state.doc.lineAt(property.to).to;
    lines.set(end, [...(lines.get(end) ?? []), { key, text: notes.get(key)?.[count] ?? "" }]);
  }
  const found: Range<Decoration>[] = [];
  for (const [end, members] of lines) {
    const text = members
      .filter((member) => member.text !== "")
      .map((member) => (members.length > 1 ? `${member.key}: ${member.text}` : member.text))
      .join("\u2003");
    if (text !== "") found.push(Decoration.widget({ widget: new Note(text), side: 1 }).range(end));
  }
  return Decoration.set(found, true);
}

const notesField = StateField.define<{ notes: Notes; shown: DecorationSet }>({
  create: () => ({ notes: new Map(), shown: Decoration.none }),
  update(value, transaction) {
    const change = transaction.effects.find((effect) => effect.is(setNotes));
    const notes: Notes = change ? change.value : value.notes;
    if (!change && !transaction.docChanged) return value;
    return { notes, shown: decorate(transaction.state, notes) };
  },
  provide: (field) => EditorView.decorations.from(field, (value) => value.shown),
});

/** Alt with an arrow key changes the number under the caret: by a minute if it is a time, else by one. */
function nudge(view: EditorView, up: boolean): boolean {
  const at = view.state.selection.main.head;
  const line = view.state.doc.lineAt(at);
  const change = nudged(line.text, at - line.from, up);
  if (!change) return false;
  const from = line.from + change.from;
  view.dispatch({
    changes: { from, to: line.from + change.to, insert: change.insert },
    selection: { anchor: from + change.insert.length },
    userEvent: "input.nudge",
  });
  return true;
}

const colours = HighlightStyle.define([
  { tag: tags.propertyName, class: "json-name" },
  { tag: [tags.string, tags.number, tags.bool, tags.null], class: "json-value" },
]);

/** The window's content security policy admits only styles with its nonce. */
function nonce(): string {
  return document.querySelector<HTMLStyleElement>("style[nonce], style")?.nonce ?? "";
}

function merge(before: string | null): Extension {
  if (before === null || before.length > LONGEST_COMPARED) return [];
  return unifiedMergeView({
    // A carriage return is data here too: a plain text would be split at it.
    original: Text.of(before.split("\n")),
    mergeControls: false,
    highlightChanges: false,
    gutter: true,
    allowInlineDiffs: false,
  });
}

export function mount(parent: HTMLElement, options: EditorOptions): EditorHandle {
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        // Carriage returns are part of the token's data, not line breaks of the editor.
        EditorState.lineSeparator.of("\n"),
        EditorView.cspNonce.of(nonce()),
        EditorView.contentAttributes.of({
          "aria-label": options.label,
          "aria-multiline": "true",
          ...(options.readonly ? { "aria-readonly": "true" } : {}),
        }),
        EditorView.lineWrapping,
        lineNumbers(),
        history(),
        json(),
        syntaxHighlighting(colours),
        bracketMatching(),
        closeBrackets(),
        merge(options.before),
        notesField,
        EditorState.readOnly.of(options.readonly ?? false),
        keymap.of([
          { key: "Alt-ArrowUp", run: (one) => nudge(one, true) },
          { key: "Alt-ArrowDown", run: (one) => nudge(one, false) },
          ...closeBracketsKeymap,
          ...historyKeymap,
          ...standardKeymap,
        ]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !update.transactions.some((one) => one.annotation(Transaction.remote))) {
            options.onchange?.(update.state.doc.toString());
          }
        }),
      ],
    }),
  });
  return {
    show(text) {
      if (text === view.state.doc.toString()) return;
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: view.state.toText(text) },
        annotations: Transaction.remote.of(true),
      });
    },
    note(notes) {
      view.dispatch({ effects: setNotes.of(notes) });
    },
    complain(message) {
      view.dispatch(setDiagnostics(view.state, message === null ? [] : [diagnostic(view.state, message)]));
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}

/** The first position that the grammar rejects, or the end of the text. */
function diagnostic(state: EditorState, message: string) {
  let from = state.doc.length;
  syntaxTree(state).iterate({
    enter(node) {
      if (node.type.isError && node.from < from) from = node.from;
    },
  });
  const start = Math.min(from, Math.max(0, state.doc.length - 1));
  return { from: start, to: Math.min(start + 1, state.doc.length), severity: "error" as const, message };
}
