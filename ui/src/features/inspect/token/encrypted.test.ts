import { screen, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { resize } from "../../../../tests/setup";
import { answerFor, open, pass, paste, settle, verdict } from "../../../../tests/window";
import type { Report } from "../../../api/bindings.gen";
import type { FakeHost } from "../../../platform/fake";
import { texts } from "../../../platform/fake/recorded";
import { choicesAfter } from "./choices";
import { foldedSteps } from "./jwe";

const key = (problem: string | null) => ({
  summary: "Private key",
  problem,
  repairs: [],
  remedy: null,
  encrypted: false,
});
const region = (name: string) => within(screen.getByRole("region", { name }));

/** Lets the program open the encrypted token by the policy that fits. Returns the policies it judges the content by. */
function opens(host: FakeHost): (string | null)[] {
  const asked: (string | null)[] = [];
  const tokens = [
    { name: "Outer token", token: texts.encrypted },
    { name: "Decrypted, inner token", token: texts.valid },
  ];
  const inspect = host.inspect;
  host.inspect = async (text, given, policy, ...rest) => {
    if (text === texts.valid) asked.push(policy);
    const answer = await inspect(text, given, null, ...rest);
    if (answer.status === "ok" && text === texts.encrypted) {
      const { verdict } = answer.data;
      return {
        ...answer,
        data: { ...answer.data, tokens, user_key: key(null), verdict: { ...verdict, title: "Decrypted" } },
      };
    }
    return answer;
  };
  return asked;
}

test("an encrypted token is no rejected one: it lacks a key, and its parts are named", async () => {
  await open();
  await paste(texts.encrypted);
  expect(screen.getByRole("button", { name: "Decrypt with a key" })).toBeVisible();
  expect(region("Encrypted key").getByText("empty: the key is agreed on or shared")).toBeVisible();
  expect(region("Initialization vector").getByText(/^12 bytes/)).toBeVisible();
  expect(region("Tag").getByText("16 bytes")).toBeVisible();
  for (const name of ["Tag", "Initialization vector"])
    expect(region(name).getByText(/^([0-9a-f]{8} ?)+$/)).toBeVisible();
  expect(region("Payload").getByText("Needs the shared secret of the recipient")).toBeVisible();
  expect(screen.getByText("Tag 22")).toBeVisible();
  expect(verdict().getByRole("heading", { name: "Encrypted" })).toHaveClass("not_verified");
  expect(verdict().getByRole("button", { name: /Enter the secret/ })).toBeVisible();
  expect(verdict().queryByText("Fail")).toBeNull();
  expect(verdict().getByText("Not decrypted, as no key was given")).toBeVisible();
});

test("the bar of a narrow window colours the five segments of an encrypted token", async () => {
  resize(1000);
  await open();
  await paste(texts.sample_encrypted);
  const kinds = [...document.querySelectorAll(".bar .segments span")].map((one) => one.classList[0]);
  expect(kinds).toEqual(expect.arrayContaining(["header", "encrypted_key"]));
  expect(kinds).not.toContain("payload");
});

test("a key that does not open it is a failed decryption", async () => {
  await open({}, (host) =>
    answerFor(host, texts.encrypted, () => ({ user_key: key("The tag does not match this key") })),
  );
  await paste(texts.encrypted);
  expect(verdict().getByText("The tag does not match this key")).toBeVisible();
  expect(verdict().getByText("Fail")).toBeVisible();
  expect(region("Encrypted key").getByText("Not opened")).toBeVisible();
});

test("what is inside is a step of its own, from which a key leads back", async () => {
  const { host, user } = await open();
  opens(host);
  await paste(texts.encrypted);
  expect(verdict().getByRole("heading", { name: "Decrypted" })).toHaveClass("accepted");
  expect(region("Tag").getByText("Intact")).toBeVisible();
  expect(verdict().getByText("Decrypted with the key given by you: the tag matches")).toBeVisible();
  expect(screen.getByText("of 15:00, step 2")).toBeVisible();
  expect(region("Payload").getByText(/^Issuer.*, not verified yet$/)).toBeVisible();
  expect(verdict().getByRole("button", { name: "Open the signed token" })).toBeVisible();
  (document.activeElement as HTMLElement | null)?.blur();
  await user.keyboard("{Enter}");
  await settle();
  expect(verdict().getByRole("heading", { name: "Accepted" })).toBeVisible();
  const steps = within(screen.getByRole("group", { name: "Steps" })).getAllByRole("button");
  expect(steps.map((step) => step.getAttribute("aria-current"))).toEqual([null, "step"]);
  await user.keyboard("{Alt>}{ArrowLeft}{/Alt}");
  await settle();
  expect(verdict().getByRole("heading", { name: "Decrypted" })).toBeVisible();
});

test("what is inside is judged anew as time passes and when the policy changes", async () => {
  const { host, user } = await open();
  const asked = opens(host);
  await paste(texts.encrypted);
  expect(asked).toEqual([null]);
  await pass(2);
  expect(asked.length).toBeGreaterThan(1);
  await user.click(screen.getByRole("button", { name: /^Policy / }));
  await user.click(screen.getByRole("menuitemradio", { name: /any issuer/ }));
  await settle();
  expect(asked.at(-1)).toBe("any issuer");
});

test("times that only the token itself claims are called so", async () => {
  await open({}, (host) =>
    answerFor(host, texts.elsewhere, ({ times }) => ({
      times: { ...times, issued_at: times.now, expires_at: times.now + 900 },
    })),
  );
  await paste(texts.elsewhere);
  expect(verdict().getByRole("heading", { name: "Not verified" })).toBeVisible();
  expect(screen.getByText("of 15:00, as claimed")).toBeVisible();
});

test("of four steps and more, those in the middle fold, and one click shows them", async () => {
  expect([...foldedSteps(3, 0)]).toEqual([]);
  expect([...foldedSteps(5, 0)]).toEqual([2, 3]);
  expect([...foldedSteps(6, 2)]).toEqual([1, 4]);
  const tokens = [texts.encrypted, "a.b.c.d.e", "f.g.h.i.j", "k.l.m.n.o", texts.valid].map((token) => ({
    name: "",
    token,
  }));
  const { user } = await open({}, (host) =>
    answerFor(host, texts.encrypted, () => ({ tokens, user_key: key(null) })),
  );
  await paste(texts.encrypted);
  const steps = () => within(screen.getByRole("group", { name: "Steps" })).getAllByRole("button");
  const words = () => steps().map((step) => step.textContent.trim().replaceAll(/\s+/g, " "));
  expect(words()).toEqual(["1 Encrypted dir", "2 Encrypted", "2 more", "5 Signed"]);
  await user.click(screen.getByRole("button", { name: "2 more" }));
  expect(words()).toHaveLength(5);
  expect(steps()[2]).toHaveFocus();
});

test("a key that opens an inner step adds what is in it to the steps", () => {
  const found = (...tokens: string[]) => tokens.map((token) => ({ name: "", token }));
  const [outer, inner, last] = ["a.b.c.d.e", "f.g.h.i.j", "k.l.m"] as const;
  const two = found(outer, inner);
  expect(choicesAfter([], outer, two)).toEqual(two);
  expect(choicesAfter(two, inner, found(inner, last))).toEqual(found(outer, inner, last));
  expect(choicesAfter(two, inner, found(inner))).toEqual(two);
  expect(choicesAfter(two, "another", [])).toEqual([]);
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
    user_key: key(null),
  }));
  await paste(texts.encrypted);
  expect(screen.getByText("Times not checked")).toBeVisible();
  expect(screen.getByText("Decrypting does not prove who wrote them")).toBeVisible();
  expect(screen.getByRole("grid", { name: "Payload claims" })).toBeVisible();
});
