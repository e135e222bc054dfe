import { screen, within } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";
import { resize } from "../../../tests/setup";
import { answerFor, open, pass, paste, payload, pieces, row, settle, verdict } from "../../../tests/window";
import { guessSegments } from "./token/pieces";
import { texts } from "../../platform/fake/recorded";

describe("hostile content", () => {
  test("markup in a claim stays text", async () => {
    await open();
    await paste(texts.markup);
    expect(row("sub")).toHaveTextContent("<img src=x onerror=alert(1)>");
    expect(row("<b>")).toBeVisible();
    expect(document.querySelector("img, b[onclick], [role=grid] b, [role=grid] script")).toBeNull();
  });

  test("a token of a million characters is cut in the window, not in the copy", async () => {
    const { host, user } = await open();
    const huge = `${"A".repeat(500_000)}.${"B".repeat(500_000)}.C`;
    answerFor(host, texts.big, () => ({ token: huge, segments: guessSegments(huge) }));
    await paste(huge);
    const text = () => screen.getByTestId("token-text").textContent;
    expect(text().length).toBeLessThan(1_000);
    await user.click(screen.getAllByRole("button", { name: /more characters/ })[0]!);
    expect(text().length).toBeGreaterThan(15_000);
    expect(text().length).toBeLessThan(20_000);
    expect(text()).toMatch(/485.000 characters not shown/);
    await user.keyboard("c");
    await settle();
    expect(host.copied).toEqual([huge]);
    expect(screen.getByText("Token copied")).toBeVisible();
  });

  test("thousands of claims come 200 at a time", async () => {
    const { host, user } = await open();
    answerFor(host, texts.valid, ({ claims: [claim] }) => ({
      claims: Array.from({ length: 500 }, (_, index) => ({ ...claim!, name: `claim_${index}` })),
    }));
    await paste(texts.valid);
    expect(within(payload()).getAllByRole("row")).toHaveLength(200);
    await user.click(screen.getByRole("button", { name: "Show more" }));
    expect(within(payload()).getAllByRole("row")).toHaveLength(400);
  });

  test("a long value can be seen whole", async () => {
    const { user } = await open();
    const long = "x".repeat(500);
    await paste(texts.note);
    expect(row("note")).not.toHaveTextContent(long);
    await user.hover(row("note"));
    await user.click(within(row("note")).getByRole("button", { name: "Show all of note" }));
    expect(row("note")).toHaveTextContent(long);
  });

  test("a payload that is no JSON object is shown as its text or bytes", async () => {
    const { host, user } = await open();
    await paste(texts.not_json);
    const section = () => within(screen.getByRole("region", { name: "Payload" }));
    expect(section().getByText("11 bytes, no claims")).toBeVisible();
    expect(section().getByText("hello there")).toBeVisible();
    await user.click(section().getByRole("button", { name: "Copy the payload as hexadecimal" }));
    expect(host.copied).toEqual(["68656c6c6f207468657265"]);
  });

  test("a kind with rules of its own is named, with what there is to know about it", async () => {
    await open();
    await paste(texts.proof);
    const kind = within(screen.getByRole("region", { name: "Kind of token" }));
    expect(kind.getByRole("heading", { name: "DPoP proof" })).toBeVisible();
    expect(kind.getByText(/checked with the jwk in its own header/)).toBeVisible();
    expect(
      within(screen.getByRole("region", { name: "Signature" })).getByText("Matches its own key"),
    ).toBeVisible();
    expect(screen.queryByRole("region", { name: "Key of this token" })).toBeNull();
  });

  test("a character that is not base64url is marked in place", async () => {
    await open();
    const minted = texts.valid;
    await paste(`${minted.slice(0, 188)}+${minted.slice(189)}`);
    expect(document.querySelector("[data-bad]")).toHaveTextContent("+");
    expect(screen.getAllByText("Character 189 is not base64url").length).toBeGreaterThan(0);
    expect(screen.getByText("No times")).toBeVisible();
  });

  test("what is no JWT has no times, and none are promised", async () => {
    await open();
    await paste(texts.opaque);
    expect(screen.getByText("Not a JWT, no times to show")).toBeVisible();
  });

  test("the times in what is no JWT and no app signed are not judged", async () => {
    const { host } = await open();
    answerFor(host, texts.cookie, () => ({ app_signature: null }));
    await paste(texts.cookie);
    expect(screen.getByText("Not a JWT, so none are compared with the clock")).toBeVisible();
  });

  test("what is no JWT is neither accepted nor rejected, and says what to do instead", async () => {
    await open();
    await paste(texts.cookie);
    expect(screen.getByRole("heading", { name: "Not a JWT" })).not.toHaveClass("rejected");
    expect(screen.getByText("No policy applies, nothing to accept or reject")).toBeVisible();
    expect(screen.getByRole("region", { name: "What to do instead" })).toBeVisible();
    const advice = within(screen.getByRole("region", { name: "What to do instead" })).getAllByText(/./)[1]
      ?.textContent;
    expect(screen.getAllByText(advice ?? ""), "said once").toHaveLength(1);
    const checks = within(screen.getByRole("list", { name: "Checks in server order" }));
    expect(checks.getAllByRole("listitem")).toHaveLength(1);
    expect(checks.getByText("They are for JWTs")).toBeVisible();
    const recent = within(screen.getByRole("region", { name: "Recent tokens" }));
    expect(recent.queryByRole("img", { name: "rejected" })).toBeNull();
  });
});

describe("a cookie that its app signed", () => {
  const instead = () => within(screen.getByRole("region", { name: "What to do instead" }));
  const signature = () => within(screen.getByRole("region", { name: "Time and signature" }));

  async function enter(secret: string) {
    const { user } = await open();
    await paste(texts.cookie);
    await user.keyboard("k");
    const dialog = within(screen.getByRole("dialog", { name: "Check with the SECRET_KEY" }));
    expect(dialog.queryByRole("button", { name: /Fetch/ })).toBeNull();
    await user.type(dialog.getByRole("textbox", { name: "SECRET_KEY of the app" }), secret);
    await user.keyboard("{Control>}{Enter}{/Control}");
    await settle();
  }

  test("shows when it was signed, its parts, and what it holds", async () => {
    await open();
    await paste(texts.cookie);
    expect(screen.getByText("Signed 26 m ago")).toBeVisible();
    expect(screen.getByText("Flask takes it for 31 d")).toBeVisible();
    expect(screen.getByRole("img", { name: /^Timeline: Signed .*; taken until .*in 30 d/ })).toBeVisible();
    expect(screen.getByText("Session 108")).toBeVisible();
    expect(pieces().map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(["app_value", "app_time", "app_mac"]),
    );
    expect(signature().getByText("Not checked")).toBeVisible();
    expect(signature().getByText("20 bytes, HMAC-SHA1 with SECRET_KEY")).toBeVisible();
    expect(instead().getByText("Send it as a cookie")).toBeVisible();
    expect(instead().getByText("Cookie: session=…")).toBeVisible();
  });

  test("its secret verifies it, and says how it was signed", async () => {
    await enter("dev-secret");
    expect(signature().getByText("Verified")).toBeVisible();
    expect(instead().getByText("Verified")).toBeVisible();
    expect(signature().getByText(/as Flask signs a session/)).toBeVisible();
    expect(screen.getByRole("heading", { name: "Not a JWT" })).toBeVisible();
  });

  test("another secret does not, and another can be tried", async () => {
    await enter("x");
    expect(signature().getByText("Mismatch")).toBeVisible();
    expect(instead().getByRole("button", { name: /^Try another SECRET_KEY/ })).toBeVisible();
  });

  test("can be read as JSON, and begins a token for its user", async () => {
    const { user, host } = await open();
    await paste(texts.cookie);
    await user.keyboard("j");
    await user.click(screen.getByRole("button", { name: "Copy the values as JSON" }));
    expect(host.copied[0]).toContain('"user_id": "42"');
    expect(instead().getByRole("heading", { name: "Need a JWT for user 42?" })).toBeVisible();
  });
});

describe("linked views", () => {
  test("choosing a claim lights its bytes and its check", async () => {
    const { user } = await open();
    await paste(texts.valid);
    await user.click(row("aud"));
    expect(row("aud")).toHaveAttribute("aria-selected", "true");
    expect(pieces().some((piece) => piece.lit && piece.kind === "payload")).toBe(true);
    expect(screen.getByRole("button", { name: /Issuer and audience/ })).toHaveClass("lit");
  });

  test("choosing a check lights its claims", async () => {
    const { user } = await open();
    await paste(texts.valid);
    await user.click(screen.getByRole("button", { name: /^Time claims/ }));
    for (const name of ["exp", "nbf", "iat"]) expect(row(name)).toHaveClass("lit");
    expect(row("sub")).not.toHaveClass("lit");
  });

  test("the claim that fails is pointed at from the start, with what must change", async () => {
    await open();
    await paste(texts.expired);
    expect(row("exp")).toHaveClass("blamed");
    expect(row("nbf")).not.toHaveClass("blamed");
    expect(row("exp")).toHaveAttribute("aria-selected", "true");
    expect(verdict().getByText("What must change to pass")).toBeVisible();
    expect(verdict().getByText(/A server stops here/)).toBeVisible();
  });

  test("JSON is one key away", async () => {
    const { user } = await open();
    await paste(texts.valid);
    await user.keyboard("j");
    expect(screen.getByRole("region", { name: "Payload as JSON" })).toHaveTextContent('"sub": "alice"');
    await user.keyboard("j");
    expect(payload()).toBeVisible();
  });
});

describe("time", () => {
  test("an accepted token is refused at the second it expires, without being asked", async () => {
    await open();
    await paste(texts.ending);
    expect(screen.getByText("1:03")).toBeVisible();
    await pass(62);
    expect(verdict().getByText("Accepted")).toBeVisible();
    expect(screen.getByText("0:01")).toBeVisible();
    await pass(1);
    expect(verdict().getByText("Rejected")).toBeVisible();
    expect(screen.getByText("Expired")).toBeVisible();
  });

  test("relative times stay true", async () => {
    await open();
    await paste(texts.valid);
    await pass(61);
    expect(row("iat")).toHaveTextContent("1 m 1 s ago");
    expect(verdict().getByText(/Valid for 13 m 59 s more/)).toBeVisible();
  });

  test("the countdown speaks at 60 seconds, at 10 and at the end, and is silent otherwise", async () => {
    await open();
    await paste(texts.ending);
    const said = screen.getByTestId("countdown-said");
    const heard: string[] = [];
    for (let second = 0; second < 66; second++) {
      await pass(1);
      if (said.textContent !== heard.at(-1) && said.textContent) heard.push(said.textContent);
    }
    expect(heard).toEqual(["60 seconds left", "10 seconds left", "The token has expired"]);
  });

  test("a verdict is said once, and again only when it changes", async () => {
    await open();
    await paste(texts.ending);
    const said = screen.getByTestId("verdict-said");
    expect(said).toHaveTextContent(/^Accepted: /);
    await pass(62);
    expect(said).toHaveTextContent(/^Accepted: /);
    await pass(1);
    expect(said.textContent).toBe("Rejected: expired just now");
    await pass(10);
    expect(said.textContent).toBe("Rejected: expired just now");
  });
});

describe("a narrow window", () => {
  test("the token is a bar that opens over the view and closes by Escape", async () => {
    resize(1000);
    const { user } = await open();
    await paste(texts.valid);
    expect(screen.queryByRole("textbox", { name: "Token" })).toBeNull();
    await user.click(screen.getByRole("button", { name: "Open the token" }));
    expect(screen.getByRole("textbox", { name: "Token" })).toBeVisible();
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("textbox", { name: "Token" })).toBeNull();
  });

  test("references shrink to their section", async () => {
    resize(1000);
    await open();
    await paste(texts.valid);
    expect(row("exp")).toHaveTextContent("§4.1.4");
    expect(row("exp")).not.toHaveTextContent("7519");
  });
});

describe("the world around the token", () => {
  test("switching the user off elsewhere changes the verdict", async () => {
    const { host } = await open();
    await paste(texts.valid);
    await host.setUserActive("alice", false);
    host.emit("data");
    await settle();
    expect(verdict().getByText("Rejected")).toBeVisible();
    expect(row("sub")).toHaveClass("blamed");
  });

  test("recent tokens are kept newest first and can be taken up again or forgotten", async () => {
    const { user } = await open();
    const first = texts.valid;
    await paste(first);
    await paste(texts.expired);
    const recent = within(screen.getByRole("region", { name: "Recent tokens" }));
    const entries = () => recent.getAllByRole("button", { name: /^\w+ Access/ });
    expect(entries()).toHaveLength(2);
    expect(entries()[0]).toHaveAccessibleName(/rejected/);
    await user.click(entries()[1] as HTMLElement);
    await settle();
    expect(screen.getByRole("textbox", { name: "Token" })).toHaveValue(first);
    await user.click(recent.getByRole("button", { name: "Clear" }));
    expect(screen.queryByRole("region", { name: "Recent tokens" })).toBeNull();
  });

  test("a secret that is found out by guessing is told once it is, for that token alone", async () => {
    await open();
    await paste(texts.weak);
    const findings = within(screen.getByRole("region", { name: "Findings" }));
    expect(findings.getAllByRole("listitem")[0]).toHaveTextContent("A well-known secret");
    const badge = verdict().getByRole("button", { name: /^\d+ findings?$/ });
    expect(badge.parentElement).toHaveClass("critical");
    await paste(texts.valid);
    expect(screen.queryByText("A well-known secret")).toBeNull();
  });

  test("a copied verdict holds what is on show: the guessed secret too, and that a draft is one", async () => {
    const { host, user } = await open();
    await paste(texts.weak);
    await user.click(screen.getByRole("button", { name: "Copy the verdict" }));
    await settle();
    expect(host.copied.at(-1)).toContain("A well-known secret");
    await paste(texts.valid);
    await user.keyboard("e");
    await settle();
    await user.click(screen.getByRole("button", { name: "Copy the verdict" }));
    await settle();
    expect(host.copied.at(-1)).toMatch(/^Would be accepted: /);
  });
});
