// Which folds of a token's text are opened, and what of its text is selected.
import { NONE } from "./folds";

/** The opened folds of one text; another text begins folded. */
export class Folded {
  #state = $state.raw<{ text: string; opened: ReadonlySet<number> }>({ text: "", opened: NONE });

  constructor(readonly text: () => string) {}

  get opened(): ReadonlySet<number> {
    return this.#state.text === this.text() ? this.#state.opened : NONE;
  }

  open(run: number): void {
    this.#state = { text: this.text(), opened: new Set([...this.opened, run]) };
  }
}

/** The place in the text of a point inside the element that shows it. */
export function placeIn(root: Element, node: Node | null, offset: number): number | null {
  const element = node instanceof Element ? node : node?.parentElement;
  const piece = element?.closest<HTMLElement>("[data-at]");
  if (!node || !piece || !root.contains(piece)) return null;
  return (
    Number(piece.dataset["at"]) + (node.nodeType === Node.TEXT_NODE && !piece.dataset["to"] ? offset : 0)
  );
}

/** The range of the text that is selected inside an element, folded characters included. */
export function selectedRange(root: Element): [number, number] | null {
  const selection = document.getSelection();
  if (!selection || selection.rangeCount === 0 || selection.isCollapsed) return null;
  const { startContainer, startOffset, endContainer, endOffset } = selection.getRangeAt(0);
  const pieces = [...root.querySelectorAll<HTMLElement>("[data-at]")];
  const inside = pieces.filter((piece) => selection.containsNode(piece, true));
  const [first, last] = [inside[0], inside.at(-1)];
  if (!first || !last) return null;
  const whole = (piece: HTMLElement) =>
    Number(piece.dataset["to"] ?? Number(piece.dataset["at"]) + piece.textContent.length);
  const from = first.contains(startContainer) ? placeIn(root, startContainer, startOffset) : null;
  const to =
    last.contains(endContainer) && !last.dataset["to"] ? placeIn(root, endContainer, endOffset) : null;
  return [from ?? Number(first.dataset["at"]), to ?? whole(last)];
}
