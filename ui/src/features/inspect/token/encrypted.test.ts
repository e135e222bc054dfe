import { screen, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { answerFor, open, paste } from "../../../../tests/window";
import type { Report } from "../../../api/bindings.gen";
import { texts } from "../../../platform/fake/recorded";

test("the parts of an encrypted token are named, with what each is for", async () => {
  await open();
  await paste(texts.encrypted);
  expect(screen.getByRole("button", { name: "Decrypt with a key" })).toBeVisible();
  const parts = within(screen.getByLabelText("Parts of the encrypted token"));
  expect(parts.getByText("Empty: the key is agreed on or shared")).toBeVisible();
  expect(parts.getByText("12 bytes")).toBeVisible();
  expect(parts.getByText("16 bytes")).toBeVisible();
  expect(screen.getByText("Tag 22")).toBeVisible();
});

test("decrypted claims are shown, and their times are not called missing", async () => {
  const { host } = await open();
  const exp = {
    ...{
      name: "exp",
      value: "1795804200",
      kind: "number" as const,
      meaning: "Expires",
      reference: "7519 §4.1.4",
    },
    ...{ unregistered: false, duplicate: false, time: 1795804200, start: 0, end: 0 },
  };
  answerFor(host, texts.encrypted, (report) => ({
    claims: [{ ...report.header[0], ...exp }] as Report["claims"],
  }));
  await paste(texts.encrypted);
  expect(screen.getByText("Times not checked")).toBeVisible();
  expect(screen.getByText("Decrypting does not prove who wrote them")).toBeVisible();
});
