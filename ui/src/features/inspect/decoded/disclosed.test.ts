import { screen, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { answerFor, open, paste, settle } from "../../../../tests/window";
import type { Member, PresentationReport } from "../../../api/bindings.gen";
import { texts } from "../../../platform/fake/recorded";
import { presentedSegments } from "../token/presented";
import { disclosedIn, rowsAs } from "./disclosed";

const member = (name: string, value: string, meaning = ""): Member => ({
  name,
  value,
  kind: "string",
  meaning,
  reference: "",
  start: 0,
  end: 0,
  duplicate: false,
  time: null,
  words: [],
  disclosed: null,
});
const disclosed = (one: Member, start: number): Member => ({ ...one, disclosed: { start, end: start + 4 } });
const claims = [
  member("iss", '"https://pid.example"', "Issuer"),
  member("_sd", '["a","b","c","d"]', "Digests"),
  disclosed(member("given_name", '"Erika"', "Given name"), 1),
  disclosed(member("family_name", '"Mustermann"', "Family name"), 6),
  member("iat", "1", "Issued at"),
];
const presentation: PresentationReport = {
  text: "~AAAA~BBBB~eyJ.eyJ.sig",
  disclosed: 2,
  stray: 0,
  hidden: 2,
  digests: ["c", "d"],
  key_binding: null,
};

test("what is disclosed stands in place of its digest, and the rest is folded to its number", async () => {
  const { user } = await open({}, (host) => answerFor(host, texts.valid, () => ({ presentation, claims })));
  await paste(texts.valid);
  const names = () =>
    within(screen.getByRole("grid", { name: "Payload claims" }))
      .getAllByRole("row")
      .map((row) => within(row).getAllByRole("gridcell")[0]?.textContent);
  expect(names()).toEqual(["iss", "given_name", "family_name", "1 hidden", "1 hidden", "iat"]);
  expect(screen.getByText("2 disclosed")).toBeVisible();
  await user.click(screen.getByRole("radio", { name: "As signed" }));
  await settle();
  expect(names()).toEqual(["iss", "_sd", "iat"]);
});

test("rows keep their places among all members, so that links lead to the right bytes", () => {
  const none = { hidden: 0, digests: [] };
  expect(rowsAs(false, claims, none).map(({ index }) => index)).toEqual([0, 2, 3, 4]);
  expect(
    rowsAs(false, claims.slice(0, 2), { hidden: 4, digests: ["a", "b", "c", "d"] }).map(({ index }) => index),
  ).toEqual([0, 1]);
  expect(rowsAs(true, claims, none).map(({ index }) => index)).toEqual([0, 1, 4]);
});

test("other tokens and unreadable digests are left as they are", async () => {
  const { host } = await open();
  const answer = await host.inspect(texts.valid, null, null, false, false);
  if (answer.status !== "ok") throw new Error("a report");
  expect(disclosedIn({ ...answer.data, claims })).toBeNull();
  expect(disclosedIn({ ...answer.data, presentation, claims: [member("_sd", '["a', "")] })).toBeNull();
  expect(disclosedIn({ ...answer.data, presentation, claims })).toEqual({ hidden: 2, digests: ["c", "d"] });
});

test("more than three hidden claims fold to their number", () => {
  const rows = rowsAs(false, claims, { hidden: 4, digests: ["a", "b", "c", "d"] });
  expect(rows.map(({ member: { name } }) => name)).toEqual([
    "iss",
    "given_name",
    "family_name",
    "4 hidden",
    "iat",
  ]);
});

test("a disclosed claim lights its disclosure after the token, not the digests in it", async () => {
  const { host, user } = await open({}, (host) =>
    answerFor(host, texts.valid, () => ({ presentation, claims })),
  );
  await paste(texts.valid);
  await user.hover(screen.getByText("family_name"));
  await settle();
  const shown = screen.getByRole("group", { name: "Disclosures" });
  expect(shown).toHaveTextContent(presentation.text);
  expect([...shown.querySelectorAll(".lit")].map((run) => run.textContent)).toEqual(["BBBB"]);
  expect(document.querySelectorAll('[data-testid="token-text"] .lit')).toHaveLength(1);
  expect(screen.getByText("2 disclosures 19")).toBeVisible();
  await user.keyboard("c");
  expect(host.copied).toEqual([texts.valid + presentation.text]);
});

test("what follows the token is disclosures, and the segments of a key binding JWT", () => {
  const kinds = (text: string) =>
    presentedSegments(text).map(({ kind, start, end }) => [kind, text.slice(start, end)]);
  expect(kinds(presentation.text)).toEqual([
    ["payload", "AAAA"],
    ["payload", "BBBB"],
    ["header", "eyJ"],
    ["payload", "eyJ"],
    ["signature", "sig"],
  ]);
  expect(kinds("~AAAA~")).toEqual([["payload", "AAAA"]]);
  const many = presentedSegments("~A".repeat(100_000));
  expect(many.length).toBeLessThan(101);
  expect(many.at(-1)?.end).toBe(200_000);
});

test("the key binding has its own section, where the nonce is compared with one that is typed in", async () => {
  const key_binding = {
    token: "eyJ.eyJ.sig",
    is_proven: true,
    note: "It is signed",
    members: [member("nonce", '"n-1"', "Given by the verifier")],
  };
  const kind = { name: "SD-JWT", notes: ["Disclosed", "It is signed"] };
  const { user } = await open({}, (host) =>
    answerFor(host, texts.valid, () => ({ kind, presentation: { ...presentation, key_binding }, claims })),
  );
  await paste(texts.valid);
  const section = within(screen.getByRole("region", { name: "Key binding" }));
  expect(section.getByText("Verified")).toBeVisible();
  expect(screen.getAllByText("It is signed")).toHaveLength(1);
  await user.click(section.getByRole("button", { name: "Compare with yours" }));
  await user.type(section.getByLabelText("The nonce you gave"), "n-");
  expect(section.getByText("Differs from yours")).toBeVisible();
  await user.type(section.getByLabelText("The nonce you gave"), "1");
  expect(section.getByText("Equals yours")).toBeVisible();
});

test("an SD-JWT and its key binding are one paste, and its rows say what is disclosed", async () => {
  const token = `${texts.bob}`;
  const key_binding = { token, is_proven: true, note: "It is signed", members: [] };
  const kind = { name: "SD-JWT", notes: ["Disclosed, and each fits its digest: given_name"] };
  const tokens = [texts.valid, token].map((one) => ({ name: "", token: one }));
  await open({}, (host) =>
    answerFor(host, texts.valid, () => ({
      kind,
      tokens,
      presentation: { ...presentation, key_binding },
      claims,
    })),
  );
  await paste(texts.valid);
  expect(screen.queryByRole("region", { name: "In this paste" })).toBeNull();
  expect(screen.queryByRole("region", { name: "Kind of token" })).toBeNull();
});

test("a token bound to a key without key binding says so in one row", async () => {
  const key_binding = { token: null, is_proven: false, note: "No key binding JWT", members: [] };
  await open({}, (host) =>
    answerFor(host, texts.valid, () => ({ presentation: { ...presentation, key_binding }, claims })),
  );
  await paste(texts.valid);
  const section = within(screen.getByRole("region", { name: "Key binding" }));
  expect(section.getByText("Absent")).toBeVisible();
  expect(section.queryByRole("button")).toBeNull();
});

test("a disclosure without a digest is counted apart, and each signed part is said to hold or not", async () => {
  const key_binding = { token: "eyJ.eyJ.sig", is_proven: true, note: "It is signed", members: [] };
  const bad = { ...presentation, disclosed: 1, stray: 1, key_binding };
  await open({}, (host) => answerFor(host, texts.valid, () => ({ presentation: bad, claims })));
  await paste(texts.valid);
  expect(screen.getByText("1 disclosed")).toBeVisible();
  expect(screen.getByText("1 without a digest")).toBeVisible();
  expect(screen.getByText("2 disclosures 8")).toBeVisible();
  const parts = within(screen.getByRole("list", { name: "What is signed" })).getAllByRole("listitem");
  expect(parts.map((part) => part.textContent.replace(/\s+/g, " ").trim())).toEqual([
    expect.stringMatching(/^Issuer JWT, kid \S+: holds$/),
    "1 of 2 disclosures hash to a signed digest: does not hold",
    "Key binding, with the holder's key in cnf: holds",
  ]);
});
