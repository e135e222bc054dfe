import { screen } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { answerFor, open, paste, settle } from "../../../../tests/window";
import { texts } from "../../../platform/fake/recorded";
import { guessSegments } from "./pieces";

const token = `${"A".repeat(40)}.${"B".repeat(700)}.${"C".repeat(86)}`;
const shown = () => screen.getByTestId("token-text").querySelector(".colours")!;

async function opened() {
  const { user } = await open({}, (host) =>
    answerFor(host, texts.valid, () => ({ token, segments: guessSegments(token), claims: [], header: [] })),
  );
  await paste(texts.valid);
  return user;
}

test("a fold opens on a click, and is copied as the characters it stands for", async () => {
  const user = await opened();
  expect(shown().textContent).toMatch(/^A+\.B+\d+ moreB+\.C+$/);
  const pieces = shown().querySelectorAll("[data-at]");
  const last = pieces[pieces.length - 1]!.firstChild!;
  document.getSelection()?.setBaseAndExtent(pieces[0]!.firstChild!, 38, last, 2);
  const data = new Map<string, string>();
  const event = new Event("copy", { bubbles: true, cancelable: true });
  Object.defineProperty(event, "clipboardData", {
    value: { setData: (kind: string, text: string) => data.set(kind, text) },
  });
  last.parentElement!.dispatchEvent(event);
  expect(data.get("text/plain")).toBe(`AA.${"B".repeat(700)}.CC`);
  document.getSelection()?.removeAllRanges();
  await user.click(shown().querySelector("button")!);
  await settle();
  expect(shown().textContent).toBe(token);
});

test("in the field nothing is folded, and a click leads to its character there", async () => {
  const user = await opened();
  const piece = [...shown().querySelectorAll<HTMLElement>("[data-at]")].at(-1)!;
  document.getSelection()?.collapse(piece.firstChild, 3);
  piece.click();
  await settle();
  const field = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Token" });
  expect(field).toHaveFocus();
  expect(field.selectionStart).toBe(745);
  expect(shown().textContent).toContain(token);
  await user.tab();
  await settle();
  expect(shown().textContent).toMatch(/\d+ more/);
});
