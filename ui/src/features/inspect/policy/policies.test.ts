// Policies: chosen, edited, saved and deleted; no input is lost.
import { screen, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { answerFor, open, paste, settle } from "../../../../tests/window";
import { formOf, policyOf } from "./policy-form";
import { refuse, wireError } from "../../../platform/fake/answers";
import { texts } from "../../../platform/fake/recorded";

async function withToken() {
  const opened = await open({ users: [{ username: "alice" }] });
  await paste(texts.valid);
  return opened;
}

const policyButton = () => screen.getByRole("button", { name: /^Policy / });

test("another policy is chosen from the menu", async () => {
  const { user } = await withToken();
  expect(policyButton()).toHaveTextContent("items-api");
  await user.click(policyButton());
  await settle();
  await user.click(screen.getByRole("menuitemradio", { name: /^any issuer/ }));
  await settle();
  expect(policyButton()).toHaveTextContent("any issuer");
});

test("a new policy starts as a copy, is saved under its name and used", async () => {
  const { host, user } = await withToken();
  await user.click(policyButton());
  await settle();
  await user.click(screen.getByRole("menuitem", { name: /^New policy from items-api/ }));
  await settle();
  const sheet = within(screen.getByRole("dialog", { name: "New policy" }));
  expect(sheet.getByRole("textbox", { name: "Audience" })).toHaveValue("items-api");
  await user.click(sheet.getByRole("button", { name: /^Save and use/ }));
  await settle();
  expect(sheet.getByText(/^The policy has no name/)).toBeVisible();
  await user.type(sheet.getByRole("textbox", { name: "Name" }), "Partner API");
  await user.clear(sheet.getByRole("textbox", { name: "Leeway" }));
  await user.type(sheet.getByRole("textbox", { name: "Leeway" }), "half a minute");
  await user.keyboard("{Control>}{Enter}{/Control}");
  await settle();
  expect(sheet.getByText(/^Write whole seconds/)).toBeVisible();
  await user.clear(sheet.getByRole("textbox", { name: "Leeway" }));
  await user.type(sheet.getByRole("textbox", { name: "Leeway" }), "30");
  await user.keyboard("{Control>}{Enter}{/Control}");
  await settle();
  expect(policyButton()).toHaveTextContent("Partner API");
  expect(screen.getByText("30 s")).toBeVisible();
  expect(host.policies.named("Partner API")?.leeway_seconds).toBe(30);
});

test("a new policy for the issuer of a token is named after it", async () => {
  const { host, user } = await open();
  answerFor(host, texts.elsewhere, () => ({ issuer_name: "Auth0, acme-dev" }));
  const base = host.policies.all()[0];
  if (!base) throw new Error("a policy");
  host.policies.save({ ...base, name: "Auth0, acme-dev" });
  host.emit("data");
  await settle();
  await paste(texts.elsewhere);
  await user.click(policyButton());
  await settle();
  await user.click(screen.getByRole("menuitem", { name: "New policy for Auth0, acme-dev…" }));
  await settle();
  const sheet = within(screen.getByRole("dialog", { name: "New policy" }));
  expect(sheet.getByRole("textbox", { name: "Name" })).toHaveValue("Auth0, acme-dev, 2");
  expect(sheet.getByRole("textbox", { name: "Issuer" })).toHaveValue("https://issuer.example");
  expect(sheet.getByRole("textbox", { name: "Keys of this issuer" })).toHaveValue("");
});

test("no policy is offered for the issuer of a token that has one", async () => {
  const { user } = await withToken();
  await user.click(policyButton());
  await settle();
  expect(screen.queryByRole("menuitem", { name: /^New policy for/ })).toBeNull();
});

test("a saved policy is renamed, not doubled, and deleted after a second thought", async () => {
  const { host, user } = await withToken();
  const base = host.policies.all()[0];
  if (!base) throw new Error("a policy");
  host.policies.save({ ...base, name: "Partner API" });
  host.emit("data");
  await settle();
  await user.click(policyButton());
  await settle();
  await user.click(screen.getByRole("menuitemradio", { name: "Partner API" }));
  await settle();
  await user.keyboard("p");
  await settle();
  const sheet = within(screen.getByRole("dialog", { name: "Policy" }));
  await user.type(sheet.getByRole("textbox", { name: "Name" }), " 2");
  await user.click(sheet.getByRole("button", { name: "Cancel" }));
  await settle();
  expect(sheet.getByRole("button", { name: "Discard the changes?" })).toBeVisible();
  await user.click(sheet.getByRole("button", { name: /^Save and use/ }));
  await settle();
  expect(host.policies.saved.map((policy) => policy.name)).toEqual(["Partner API 2"]);
  await user.keyboard("p");
  await settle();
  const again = within(screen.getByRole("dialog", { name: "Policy" }));
  await user.click(again.getByRole("button", { name: "Delete" }));
  await user.click(again.getByRole("button", { name: "Delete Partner API 2?" }));
  await settle();
  expect(host.policies.saved).toEqual([]);
  expect(policyButton()).toHaveTextContent("items-api");
});

test("a policy that was deleted elsewhere gives way to the profile's own", async () => {
  const { host, user } = await withToken();
  const base = host.policies.all()[0];
  if (!base) throw new Error("a policy");
  host.policies.save({ ...base, name: "Partner API" });
  host.emit("data");
  await settle();
  await user.click(policyButton());
  await settle();
  await user.click(screen.getByRole("menuitemradio", { name: "Partner API" }));
  await settle();
  host.policies.delete("Partner API");
  await paste(texts.valid);
  await settle();
  expect(policyButton()).toHaveTextContent("items-api");
  expect(screen.getByRole("heading", { name: "Accepted" })).toBeVisible();
});

test("a check that fails opens the policy with what lets the token pass", async () => {
  const { user } = await withToken();
  await paste(texts.pending);
  await user.click(policyButton());
  await settle();
  await user.click(screen.getByRole("menuitemradio", { name: /^items-api/ }));
  await settle();
  await user.click(screen.getAllByRole("button", { name: "Change the policy" })[0] as HTMLElement);
  await settle();
  const sheet = within(screen.getByRole("dialog", { name: "New policy" }));
  expect(sheet.getByRole("textbox", { name: "Name" })).toHaveValue("items-api, changed");
  expect(sheet.getByRole("textbox", { name: "typ" })).toHaveValue("mfa+jwt");
});

test("a form without changes is the policy it was made of", () => {
  const policy = {
    name: "x",
    builtin: false,
    issuer: null,
    audience: "a",
    algorithms: ["ES256"],
    typ: "at+jwt",
    required_claims: ["exp", "sub"],
    required_scopes: ["items:read"],
    leeway_seconds: 30,
    max_lifetime_seconds: 0,
    jwks: null,
  };
  expect(policyOf(formOf(policy), policy)).toEqual(policy);
  expect(policyOf({ ...formOf(policy), lifetime: "1.5" }, policy)).toMatchObject({ field: "lifetime" });
});

test("keys are pasted or opened into a policy, and what is refused says why beside them", async () => {
  const { host, user } = await withToken();
  await user.click(policyButton());
  await settle();
  await user.click(screen.getByRole("menuitem", { name: /^New policy from items-api/ }));
  await settle();
  const sheet = within(screen.getByRole("dialog", { name: "New policy" }));
  await user.type(sheet.getByRole("textbox", { name: "Name" }), "Partner API");
  const field = sheet.getByRole("textbox", { name: "Keys of this issuer" });
  const save = host.savePolicy;
  const why = "This holds a private key, and only public keys are kept: leave the private parts out";
  host.savePolicy = async () => refuse(wireError({ area: "policies", code: "keys_refused", why }));
  await user.click(field);
  await user.paste("-----BEGIN PRIVATE KEY-----");
  await user.click(sheet.getByRole("button", { name: /^Save and use/ }));
  await settle();
  expect(field).toHaveAccessibleDescription(/only public keys are kept/);
  expect(field).toHaveValue("-----BEGIN PRIVATE KEY-----");

  host.savePolicy = save;
  await user.clear(field);
  const jwks = '{"keys":[{"kid":"a"},{}]}';
  const file = new File([`${jwks}\n`], "jwks.json");
  const chooser = document.querySelector<HTMLInputElement>('[role="dialog"] input[type="file"]');
  await user.upload(chooser as HTMLInputElement, file);
  await settle();
  expect(field).toHaveValue(jwks);
  expect(field).toHaveAccessibleDescription(/^2 keys: a, one without a kid/);
  await user.click(sheet.getByRole("button", { name: /^Save and use/ }));
  await settle();
  expect(host.policies.named("Partner API")?.jwks).toBe(jwks);
});
