import { screen } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";
import { open, pass, paste } from "../../../../tests/window";
import { copies } from "./copies";
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
    expect(screen.getByText("Copied as cURL")).toBeVisible();
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
