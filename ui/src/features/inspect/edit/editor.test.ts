import { expect, test } from "vitest";
import { mount } from "./editor";

const noted = (text: string) => {
  const parent = document.createElement("div");
  document.body.append(parent);
  const editor = mount(parent, {
    text,
    before: text,
    label: "Payload",
    readonly: false,
    onchange: () => undefined,
  });
  editor.note(
    new Map([
      ["iat", ["3 m ago"]],
      ["exp", ["in 9 h"]],
    ]),
  );
  const notes = [...parent.querySelectorAll(".cm-note")].map((note) => note.textContent);
  editor.destroy();
  return notes;
};

test("each note stands at the end of its member's line", () => {
  expect(noted('{\n "iat": 1,\n "sub": "alice",\n "exp": 2\n}')).toEqual(["3 m ago", "in 9 h"]);
});

test("a carriage return is data, and no line is told to have changed because of it", () => {
  const parent = document.createElement("div");
  const text = '{\r\n "sub": "alice"\r\n}';
  const editor = mount(parent, { text, before: text, label: "Payload", onchange: () => undefined });
  expect(parent.querySelector(".cm-changedLine, .cm-deletedChunk")).toBeNull();
  editor.destroy();
});

test("notes of members that share a line name them, in their order", () => {
  expect(noted('{"iat": 1, "exp": 2}')).toEqual(["iat: 3 m ago\u2003exp: in 9 h"]);
  expect(noted('{"sub": "alice", "exp": 2}')).toEqual(["exp: in 9 h"]);
});
