import { screen, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { answerFor, open, paste, settle } from "../../../../tests/window";
import type { Member } from "../../../api/bindings.gen";
import { texts } from "../../../platform/fake/recorded";
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
});
const claims = [
  member("iss", '"https://pid.example"', "Issuer"),
  member("_sd", '["a","b","c","d"]', "Digests"),
  member("given_name", '"Erika"', "Disclosed. Given name"),
  member("family_name", '"Mustermann"', "Disclosed. Family name"),
  member("iat", "1", "Issued at"),
];
const kind = { name: "SD-JWT", notes: [] };

test("what is disclosed stands in place of its digest, and the rest is folded to its number", async () => {
  const { user } = await open({}, (host) => answerFor(host, texts.valid, () => ({ kind, claims })));
  await paste(texts.valid);
  const names = () =>
    within(screen.getByRole("grid", { name: "Payload claims" }))
      .getAllByRole("row")
      .map((row) => within(row).getAllByRole("gridcell")[0]?.textContent);
  expect(names()).toEqual(["iss", "given_name", "family_name", "2 hidden", "iat"]);
  expect(screen.getByText("2 disclosed")).toBeVisible();
  await user.click(screen.getByRole("radio", { name: "As signed" }));
  await settle();
  expect(names()).toEqual(["iss", "_sd", "iat"]);
});

test("rows keep their places among all members, so that links lead to the right bytes", () => {
  const disclosed = { disclosed: 2, hidden: 0 };
  expect(rowsAs(false, claims, disclosed).map(({ index }) => index)).toEqual([0, 2, 3, 4]);
  expect(rowsAs(false, claims.slice(0, 2), { disclosed: 0, hidden: 4 }).map(({ index }) => index)).toEqual([
    0, 1,
  ]);
  expect(rowsAs(true, claims, disclosed).map(({ index }) => index)).toEqual([0, 1, 4]);
});

test("other tokens and unreadable digests are left as they are", async () => {
  const { host } = await open();
  const answer = await host.inspect(texts.valid, null, null, false, false);
  if (answer.status !== "ok") throw new Error("a report");
  expect(disclosedIn({ ...answer.data, claims })).toBeNull();
  expect(disclosedIn({ ...answer.data, kind, claims: [member("_sd", '["a', "")] })).toBeNull();
  expect(disclosedIn({ ...answer.data, kind, claims })).toEqual({ disclosed: 2, hidden: 2 });
});
