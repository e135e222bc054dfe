import { screen } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";
import { open, pass, paste } from "../../../../tests/window";
import { cookieRequest, copies } from "./copies";
import type { Report } from "../../../api/bindings.gen";
import { texts } from "../../../platform/fake/recorded";

async function shown() {
  const opened = await open();
  const token = texts.valid;
  await paste(token);
  return { ...opened, token };
}

describe("copying", () => {
  test("a token is handed on in every form by the keyboard, and the message says in which", async () => {
    const { host, user, token } = await shown();
    const menu = async (label: string) => {
      screen.getByRole("button", { name: "Copy as" }).focus();
      await user.keyboard("{Enter}");
      await pass(0.1);
      await user.click(screen.getByRole("menuitem", { name: label }));
      await pass(0.1);
      return host.copied.at(-1) ?? "";
    };
    expect(await menu("Token")).toBe(token);
    expect(await menu("Token without its signature")).toBe(token.slice(0, token.lastIndexOf(".") + 1));
    expect(await menu("Authorization header")).toBe(`Authorization: Bearer ${token}`);
    expect(await menu("cURL")).toBe(`curl -H 'Authorization: Bearer ${token}' "$URL"`);
    expect(screen.getByText("cURL copied")).toBeVisible();
    expect(JSON.parse(await menu("Header as JSON"))).toMatchObject({ alg: "EdDSA" });
    expect(JSON.parse(await menu("Payload as JSON"))).toMatchObject({ sub: "alice" });
  });

  test.each(["a' ; rm -rf ~ '", "one\r\nX-Evil: 1", "\u001b[201~"])(
    "%j is offered neither as a header nor as a command",
    async (tail) => {
      const { host } = await open();
      const answer = await host.inspect(texts.valid, null, null, false, false);
      if (answer.status !== "ok") throw new Error("inspected");
      const forms = copies({ ...answer.data, token: answer.data.token + tail }).map((copy) => copy.as);
      expect(forms).not.toContain("cURL");
      expect(forms).not.toContain("header");
      expect(forms).toContain("token");
    },
  );
});

test("a cookie is copied as a request that sends it as one", () => {
  const cookie = { not_a_jwt: "Flask session cookie", token: "eyJ1.awq.Pu_w" } as Report;
  expect(cookieRequest(cookie, "Cookie: sid=eyJ1.awq.Pu_w; a=b")).toBe(`curl -b 'sid=eyJ1.awq.Pu_w' "$URL"`);
  expect(cookieRequest(cookie, "eyJ1.awq.Pu_w")).toBe(`curl -b 'session=eyJ1.awq.Pu_w' "$URL"`);
  expect(cookieRequest({ ...cookie, token: "a';rm b" }, "x")).toBe("");
  expect(cookieRequest({ ...cookie, not_a_jwt: "PASETO" }, "x")).toBe("");
});
