import { screen, within } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";
import { open, paste, settle, verdict } from "../../../tests/window";
import { refuse, wireError } from "../../platform/fake/answers";
import { keyOf, texts } from "../../platform/fake/recorded";

const samples = () => within(screen.getByRole("region", { name: "Or take a sample apart" }));

describe("samples", () => {
  test("eight are offered, and say what they are made with", async () => {
    await open();
    expect(samples().getAllByRole("button")).toHaveLength(8);
    expect(samples().getByText("Made here when you choose it, with a throw-away key")).toBeVisible();
  });

  test("one click shows a verdict, with the key that was made for the sample", async () => {
    const { user } = await open();
    await user.click(samples().getByRole("button", { name: "Expired" }));
    await settle();
    expect(verdict().getByRole("heading", { name: "Rejected" })).toBeVisible();
    expect(verdict().getByRole("button", { name: /Signature Pass/ })).toBeVisible();
    expect(verdict().getByText(/a sample, made on this computer/)).toBeVisible();
  });

  test("the key of a sample is no key for another token, and is back with the sample", async () => {
    const { host, user } = await open();
    await user.click(samples().getByRole("button", { name: "Expired" }));
    await settle();
    const keys: unknown[] = [];
    const inspect = host.inspect;
    host.inspect = (text, key, ...rest) => {
      keys.push(key);
      return inspect(text, key, ...rest);
    };
    await paste(texts.valid);
    await paste(texts.sample_expired);
    const { text, form } = keyOf("sample_expired");
    expect(keys).toEqual([null, { text, form }]);
  });

  test("a failure is told beside the buttons", async () => {
    const { host, user } = await open();
    host.makeSample = async () => refuse(wireError({ area: "program", code: "internal" }));
    await user.click(samples().getByRole("button", { name: "Valid" }));
    await settle();
    const decoded = within(screen.getByRole("region", { name: "Decoded" }));
    expect(decoded.getByRole("alert")).toHaveTextContent(/./);
  });
});

describe("a well-known secret", () => {
  test("becomes the given key with the button beside its finding", async () => {
    const { user } = await open();
    await user.click(samples().getByRole("button", { name: "HS256 with a well-known secret" }));
    await settle();
    const findings = () => within(screen.getByRole("region", { name: "Findings" }));
    await user.click(findings().getByRole("button", { name: "Use this secret" }));
    await settle();
    expect(verdict().getByRole("button", { name: /Signature Pass/ })).toBeVisible();
    expect(findings().queryByRole("button", { name: "Use this secret" })).toBeNull();
  });
});
