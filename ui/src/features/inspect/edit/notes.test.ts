import { expect, test } from "vitest";
import type { Member } from "../../../api/bindings.gen";
import { notesOf } from "./notes";

const member = (name: string, value: string) =>
  ({ name, value, time: null, meaning: `means ${name}` }) as unknown as Member;
const signed = [member("alg", '"ES256"'), member("kid", '"test"'), member("typ", '"JWT"')];

test("a kid that the chosen key replaces is marked, what stays as typed is not", () => {
  const typed = (kid: string) => JSON.stringify({ alg: "ES256", kid, typ: "JWT" });
  expect(notesOf(signed, "header", 0, typed("old")).get("kid")).toEqual(["will be replaced"]);
  expect(notesOf(signed, "header", 0, typed("old")).get("alg")).toEqual(["means alg"]);
  expect(notesOf(signed, "header", 0, typed("test")).has("kid")).toBe(false);
  expect(notesOf(signed, "header", 0, "{").has("kid"), "a text that breaks off says nothing").toBe(false);
});
