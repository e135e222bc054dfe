import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, test, vi } from "vitest";
import { open, pass, paste, pieces, row, settle, verdict } from "../../../tests/window";
import type { Report } from "../../api/bindings.gen";
import { wireError } from "../../platform/fake/answers";
import { nameWidth } from "./decoded/claim";
import { fromFile } from "./input";
import { texts } from "../../platform/fake/recorded";

describe("pasting", () => {
  test("the empty instrument shows the nine checks at rest and what is ready", async () => {
    await open();
    expect(screen.getByText("No verdict yet")).toBeVisible();
    expect(
      within(screen.getByRole("list", { name: "Checks in server order" })).getAllByRole("listitem"),
    ).toHaveLength(9);
    expect(screen.getByText("1 user")).toBeVisible();
    expect(screen.getByText("automatic")).toBeVisible();
  });

  test("a paste anywhere outside a field shows segments, claims and a verdict", async () => {
    await open();
    const minted = texts.valid;
    await paste(minted);
    expect(pieces().map((piece) => piece.kind)).toEqual(["header", "dot", "payload", "dot", "signature"]);
    expect(
      pieces()
        .map((piece) => piece.text)
        .join(""),
    ).toBe(minted);
    expect(verdict().getByRole("heading", { name: "Accepted" })).toBeVisible();
    expect(row("sub")).toHaveTextContent('"alice"');
  });

  test("a paste while looking at users comes back to Inspect", async () => {
    const { user } = await open();
    await user.keyboard("{Control>}3{/Control}");
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Users");
    await paste(texts.valid);
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Inspect");
  });

  test("a paste into the field leaves it, so that the keys act on the token", async () => {
    const { user } = await open();
    for (const token of [texts.hmac, texts.weak]) {
      const field = screen.getByRole("textbox", { name: "Token" });
      await user.click(field);
      await paste(token, field);
      expect(screen.getByRole("region", { name: "Verdict" })).toHaveFocus();
    }
    await user.keyboard("k");
    expect(screen.getByRole("dialog", { name: "Try another key" })).toBeVisible();
  });

  test("where the page gets no paste event, the program's clipboard is asked", async () => {
    const { host, user } = await open();
    host.clipboard = texts.valid;
    await user.keyboard("{Control>}v{/Control}");
    await pass(0.2);
    expect(verdict().getByText("Accepted")).toBeVisible();
  });

  test("the Paste button inspects the clipboard, and says so in place when it is empty", async () => {
    const { host, user } = await open();
    await user.click(screen.getByRole("button", { name: /Paste from clipboard/ }));
    await settle();
    expect(screen.getByText("The clipboard holds no text.")).toBeVisible();
    host.clipboard = texts.valid;
    await user.click(screen.getByRole("button", { name: /Paste from clipboard/ }));
    await settle();
    expect(verdict().getByText("Accepted")).toBeVisible();
  });

  test("what went wrong with a paste stays beside the token until something else is asked for", async () => {
    const { user } = await open();
    await paste(texts.valid);
    await user.click(screen.getByRole("button", { name: "Paste" }));
    await pass(30);
    expect(screen.getByText("The clipboard holds no text.")).toBeVisible();
    await paste(texts.ending);
    expect(screen.queryByText("The clipboard holds no text.")).toBeNull();
  });

  test("what was stripped is listed, and the text is judged with it where that is asked for", async () => {
    const { user } = await open();
    const minted = texts.valid;
    await paste(`Bearer ${minted}`);
    const section = within(screen.getByRole("region", { name: "As pasted" }));
    expect(section.getByText("1 clean-up")).toBeVisible();
    expect(section.getByText(/Removed the scheme/)).toBeVisible();
    expect(screen.getByRole("textbox", { name: "Token" })).toHaveValue(minted);
    const exactly = () => section.getByRole("button", { name: "Judge as pasted" });
    await user.click(exactly());
    await settle();
    expect(screen.getByRole("textbox", { name: "Token" })).toHaveValue(`Bearer ${minted}`);
    expect(verdict().getByRole("heading", { name: "Not a valid token" })).toBeVisible();
    expect(exactly()).toHaveAttribute("aria-pressed", "true");
    await user.click(exactly());
    await settle();
    expect(screen.getByRole("textbox", { name: "Token" })).toHaveValue(minted);
    expect(verdict().getByRole("heading", { name: "Accepted" })).toBeVisible();
  });

  test("a clean-up that no server makes is told, and the next paste is cleaned up again", async () => {
    const { user } = await open();
    await paste(texts.scheme_twice);
    const section = within(screen.getByRole("region", { name: "As pasted" }));
    expect(section.getByText("As pasted, a server refuses this")).toBeVisible();
    expect(section.getByText(/^The scheme is there twice/)).toBeVisible();
    await paste(texts.scheme);
    expect(section.queryByText("As pasted, a server refuses this")).toBeNull();
    await user.click(section.getByRole("button", { name: "Judge as pasted" }));
    await paste(texts.scheme_twice);
    expect(verdict().getByRole("heading", { name: "Accepted" })).toBeVisible();
  });

  test("typing asks once it pauses, not at every key", async () => {
    const { host, user } = await open();
    const inspect = vi.spyOn(host, "inspect");
    await user.type(screen.getByRole("textbox", { name: "Token" }), "abc.def");
    expect(inspect).not.toHaveBeenCalled();
    await pass(0.2);
    expect(inspect.mock.calls).toEqual([["abc.def", null, null, false, false]]);
  });

  test("the last verdict stays until the new one is there, and late answers are ignored", async () => {
    const { host } = await open();
    const good = texts.valid;
    const bad = texts.expired;
    await paste(good);
    const answers: ((report: { status: "ok"; data: Report }) => void)[] = [];
    const judged = host.inspect;
    host.inspect = () => new Promise((resolve) => answers.push(resolve));
    await paste(bad);
    expect(verdict().getByText("Accepted")).toBeVisible();
    await paste(good);
    const late = await judged(bad, null, null, false, false);
    const current = await judged(good, null, null, false, false);
    if (late.status !== "ok" || current.status !== "ok") throw new Error("judged");
    answers[1]?.(current);
    await settle();
    answers[0]?.(late);
    await settle();
    expect(verdict().getByText("Accepted")).toBeVisible();
    expect(screen.queryByText("Rejected")).toBeNull();
  });

  test("an answer that was given up for an older question is asked for again", async () => {
    const { host } = await open();
    const judged = host.inspect;
    let asked = 0;
    host.inspect = (...question) =>
      ++asked === 1
        ? Promise.resolve({ status: "error", error: wireError({ area: "inspect", code: "overtaken" }) })
        : judged(...question);
    await paste(texts.valid);
    expect(verdict().getByText("Accepted")).toBeVisible();
    expect(asked).toBe(2);
  });

  test("the field shows what was pasted while the answer is on its way", async () => {
    const { host } = await open();
    const [first, second] = [texts.valid, texts.expired];
    await paste(first);
    const judged = host.inspect;
    let answer = () => {};
    host.inspect = (...asked) =>
      new Promise((resolve) => (answer = () => void judged(...asked).then(resolve)));
    await paste(second);
    expect(screen.getByRole("textbox", { name: "Token" })).toHaveValue(second);
    expect(verdict().getByText("Accepted")).toBeVisible();
    answer();
    await settle();
    expect(verdict().getByText("Rejected")).toBeVisible();
    // A text that needs cleaning appears only once it is clean.
    await paste(`Bearer ${first}`);
    expect(screen.getByRole("textbox", { name: "Token" })).toHaveValue(second);
    answer();
    await settle();
    expect(screen.getByRole("textbox", { name: "Token" })).toHaveValue(first);
  });

  test("a refusal by the program is said in place and keeps the old answer", async () => {
    const { host } = await open();
    await paste(texts.valid);
    host.inspect = () => Promise.reject(new Error("bridge is down"));
    await paste("something else");
    expect(screen.getByText("Something happened that should not.")).toBeVisible();
    expect(verdict().getByText("Accepted")).toBeVisible();
  });

  test("after a failed answer the field shows the token that the verdict is about", async () => {
    const { host } = await open();
    const first = texts.valid;
    await paste(first);
    host.inspect = () => Promise.reject(new Error("bridge is down"));
    await paste(texts.expired);
    expect(screen.getByText("Something happened that should not.")).toBeVisible();
    expect(screen.getByRole("textbox", { name: "Token" })).toHaveValue(first);
  });

  test("what is typed while an answer is on its way is not written over by it", async () => {
    const { host, user } = await open();
    await paste(texts.valid);
    const judged = host.inspect;
    let answer = () => {};
    host.inspect = (...asked) =>
      new Promise((resolve) => (answer = () => void judged(...asked).then(resolve)));
    await paste(texts.expired);
    host.inspect = judged;
    const field = screen.getByRole("textbox", { name: "Token" });
    await user.clear(field);
    await user.type(field, "abc");
    answer();
    await settle();
    expect(field).toHaveValue("abc");
    expect(verdict().getByText("Accepted")).toBeVisible();
  });

  test("a dropped file is inspected", async () => {
    await open();
    const file = new File([texts.valid], "token.txt");
    const event = new Event("drop", { bubbles: true, cancelable: true });
    Object.defineProperty(event, "dataTransfer", { value: { files: [file], getData: () => "" } });
    screen.getByRole("group", { name: "Inspect" }).dispatchEvent(event);
    await waitFor(() => expect(verdict().getByText("Accepted")).toBeVisible());
  });

  test("a paste of white space is said and closes no token, in the field too", async () => {
    const { host } = await open();
    await paste(texts.valid);
    await paste(" \n ");
    expect(screen.getByText(/^The clipboard holds only white space/)).toBeVisible();
    expect(verdict().getByText("Accepted")).toBeVisible();
    await paste(texts.valid);
    host.clipboard = "";
    await paste("", screen.getByRole("textbox", { name: "Token" }));
    expect(screen.getByText("The clipboard holds no text.")).toBeVisible();
  });

  test.each([
    [new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]), "a picture"],
    [new Uint8Array(64), "zeros"],
  ])("a file that is no text is refused: %#", async (bytes) => {
    const file = new File([bytes], "photo.png");
    expect(await fromFile(file)).toEqual({
      problem: "photo.png is not a text file. Choose a file that holds a token.",
    });
  });

  test("a file in UTF-16, as PowerShell writes it, is read", async () => {
    const units = [0xfeff, ...Array.from("eyJ.a.b", (sign) => sign.charCodeAt(0))];
    const file = new File([new Uint16Array(units)], "token.txt");
    expect(await fromFile(file)).toEqual({ text: "eyJ.a.b" });
  });

  test.each([[[0x30, 3, 0x80, 0xff, 0]], [[0x30, 0x81, 2, 0xff, 0]], [[0x30, 0x82, 0, 2, 0xff, 0]]])(
    "a key in DER is read in base64, to be offered as one: %#",
    async (bytes) => {
      const file = new File([new Uint8Array(bytes)], "key.der");
      expect(await fromFile(file)).toEqual({ text: btoa(String.fromCharCode(...bytes)) });
      const cut = new File([new Uint8Array(bytes.slice(0, -1))], "key.der");
      expect(await fromFile(cut)).toHaveProperty("problem");
    },
  );

  test("a row that was opened is not open in the next token", async () => {
    const { user } = await open();
    await paste(texts.valid);
    const exp = row("exp");
    exp.focus();
    await user.keyboard("{Enter}");
    expect(screen.getByText("From now")).toBeVisible();
    await paste(texts.ending);
    expect(screen.queryByText("From now")).toBeNull();
  });

  test("the other tokens of a paste stand above the token's text", async () => {
    await open();
    await paste(`{"access_token":"${texts.valid}","id_token":"${texts.ending}"}`);
    const list = screen.getByRole("region", { name: "In this paste" });
    const after = list.compareDocumentPosition(screen.getByTestId("token-text"));
    expect(after & Node.DOCUMENT_POSITION_FOLLOWING).not.toBe(0);
  });

  test("recent tokens are a single tab stop, and D compares with the one in focus", async () => {
    const { user } = await open();
    for (const text of [texts.reader, texts.admin]) await paste(text);
    const recent = within(screen.getByRole("region", { name: "Recent tokens" })).getByRole("list");
    const stops = [...recent.querySelectorAll("button")].filter((button) => button.tabIndex === 0);
    expect(stops).toHaveLength(1);
    stops[0]?.focus();
    await user.keyboard("{ArrowDown}d");
    await settle();
    expect(screen.getByRole("region", { name: "Changes" })).toBeVisible();
  });

  test("the names of a section have one width, as long as the longest", async () => {
    await open();
    await paste(texts.valid);
    const width = screen.getByRole("grid", { name: "Payload claims" }).style.getPropertyValue("--name");
    const names = within(screen.getByRole("grid", { name: "Payload claims" }))
      .getAllByRole("row")
      .map((one) => within(one).getAllByRole("gridcell")[0]?.textContent ?? "");
    expect(width).toBe(nameWidth(names));
    expect(screen.getByRole("grid", { name: "Payload claims" })).not.toHaveClass("wide");
  });
});
